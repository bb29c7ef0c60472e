-- Logs, what became of commands, and what makes a start quick. Ids and hashes are their bytes.
CREATE TABLE workspaces (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  epoch BLOB NOT NULL CHECK (length(epoch) = 16),
  head INTEGER NOT NULL CHECK (head >= 0),
  chain BLOB NOT NULL CHECK (length(chain) = 32),
  local_member BLOB NOT NULL CHECK (length(local_member) = 16),
  is_demo INTEGER NOT NULL CHECK (is_demo IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Header and payload are the very bytes that were hashed into the chain.
CREATE TABLE events (
  ws BLOB NOT NULL REFERENCES workspaces (id),
  seq INTEGER NOT NULL CHECK (seq > 0),
  chain BLOB NOT NULL CHECK (length(chain) = 32),
  received INTEGER NOT NULL,
  header TEXT NOT NULL,
  payload TEXT,
  payload_hash BLOB CHECK (length(payload_hash) = 32),
  PRIMARY KEY (ws, seq),
  CHECK (payload IS NOT NULL OR payload_hash IS NOT NULL)
) STRICT, WITHOUT ROWID;

-- One row for each command, for ever: a command that comes again gets the same answer.
CREATE TABLE outcomes (
  ws BLOB NOT NULL REFERENCES workspaces (id),
  client BLOB NOT NULL CHECK (length(client) = 16),
  seq INTEGER NOT NULL CHECK (seq > 0),
  hash BLOB CHECK (length(hash) = 32),
  status TEXT NOT NULL,
  rejection TEXT,
  first INTEGER,
  last INTEGER,
  PRIMARY KEY (ws, client, seq),
  CHECK ((first IS NULL) = (last IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE clients (
  ws BLOB NOT NULL REFERENCES workspaces (id),
  client BLOB NOT NULL CHECK (length(client) = 16),
  last_seq INTEGER NOT NULL CHECK (last_seq > 0),
  PRIMARY KEY (ws, client)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
  ws BLOB NOT NULL REFERENCES workspaces (id),
  seq INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (ws, seq)
) STRICT;

-- Names, outside the chain, so that they can be erased.
CREATE TABLE profiles (
  ws BLOB NOT NULL REFERENCES workspaces (id),
  member BLOB NOT NULL CHECK (length(member) = 16),
  name TEXT NOT NULL,
  PRIMARY KEY (ws, member)
) STRICT, WITHOUT ROWID;

-- Takes and gives back room, to find out whether the disk has any.
CREATE TABLE probes (
  id INTEGER PRIMARY KEY,
  filler BLOB NOT NULL
) STRICT;
