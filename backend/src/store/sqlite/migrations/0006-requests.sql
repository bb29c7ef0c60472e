-- Requests with a key of the caller's own, so that one that comes again is the same one: what it asked for, and the
-- commands it became. They are kept before the commands are given; given again, those get the outcomes they had.
CREATE TABLE requests (
  ws BLOB NOT NULL REFERENCES workspaces (id),
  -- The session or token that asked.
  caller BLOB NOT NULL CHECK (length(caller) = 16),
  key TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  -- The id of what it makes.
  made BLOB CHECK (length(made) = 16),
  commands TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (ws, caller, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX requests_by_age ON requests (at);
