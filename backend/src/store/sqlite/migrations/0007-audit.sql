-- What happened to accounts, chained. The body is the very text that was hashed; what stands beside it repeats a part of
-- it to be looked for.
CREATE TABLE account_events (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  chain BLOB NOT NULL CHECK (length(chain) = 32),
  account BLOB CHECK (length(account) = 16),
  ws BLOB CHECK (length(ws) = 16),
  body TEXT NOT NULL
) STRICT;
CREATE INDEX account_events_of_account ON account_events (account) WHERE account IS NOT NULL;

-- Where the chain ends, so that a missing end is found.
CREATE TABLE account_events_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL CHECK (seq >= 0),
  chain BLOB NOT NULL CHECK (length(chain) = 32)
) STRICT;
INSERT INTO account_events_head (id, seq, chain) VALUES (1, 0, zeroblob(32));

-- The events that tell of what was taken out of a log.
CREATE TABLE redactions (
  ws BLOB NOT NULL REFERENCES workspaces (id),
  seq INTEGER NOT NULL CHECK (seq > 0),
  PRIMARY KEY (ws, seq)
) STRICT, WITHOUT ROWID;

-- There while the file may still have bytes of what was taken out.
CREATE TABLE wipes (
  id INTEGER PRIMARY KEY CHECK (id = 1)
) STRICT;
