-- People and machines that may ask, outside of every log, so that all of it can be erased. Of secrets only hashes are
-- kept; the one exception is the second factor's, which has to be known to check a code.
CREATE TABLE accounts (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  name TEXT NOT NULL,
  -- Folded to lower case.
  login TEXT NOT NULL UNIQUE,
  -- As PHC text. One that is none, such as an empty one, lets nobody in.
  password TEXT NOT NULL,
  -- The secret that codes are asked by, and the newest step that was used.
  totp_secret BLOB,
  totp_step INTEGER,
  -- A secret that no code has proved yet.
  totp_draft BLOB,
  made INTEGER NOT NULL,
  disabled_at INTEGER
) STRICT, WITHOUT ROWID;

-- Each is deleted when it is used.
CREATE TABLE recovery_codes (
  account BLOB NOT NULL REFERENCES accounts (id),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;

-- Who an account is in a workspace, also after they were removed there: who is a member now is in the log.
CREATE TABLE memberships (
  account BLOB NOT NULL REFERENCES accounts (id),
  ws BLOB NOT NULL REFERENCES workspaces (id),
  member BLOB NOT NULL CHECK (length(member) = 16),
  PRIMARY KEY (account, ws),
  UNIQUE (ws, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  account BLOB NOT NULL REFERENCES accounts (id),
  device TEXT NOT NULL,
  began INTEGER NOT NULL,
  used INTEGER NOT NULL,
  -- When it ends if it is not used any more, and when it ends in any case.
  idle_end INTEGER NOT NULL,
  absolute_end INTEGER NOT NULL,
  is_shared INTEGER NOT NULL CHECK (is_shared IN (0, 1)),
  -- When the password was given last.
  confirmed_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of_account ON sessions (account);

CREATE TABLE invitations (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  ws BLOB NOT NULL REFERENCES workspaces (id),
  -- Who the one who accepts will be: chosen before, so that accepting once more makes nobody twice.
  member BLOB NOT NULL CHECK (length(member) = 16),
  role TEXT NOT NULL,
  note TEXT NOT NULL,
  by BLOB NOT NULL CHECK (length(by) = 16),
  ends INTEGER NOT NULL,
  -- When it was accepted or withdrawn.
  used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  account BLOB NOT NULL REFERENCES accounts (id),
  ws BLOB NOT NULL REFERENCES workspaces (id),
  member BLOB NOT NULL CHECK (length(member) = 16),
  name TEXT NOT NULL,
  scope TEXT NOT NULL,
  made INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  used INTEGER,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;

-- The token of the first visit.
CREATE TABLE setup (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  ends INTEGER NOT NULL,
  used_at INTEGER
) STRICT;

-- Counts everything that may end somebody's access, also what another process does: open streams look again then.
CREATE TABLE access_changes (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  count INTEGER NOT NULL
) STRICT;
INSERT INTO access_changes (id, count) VALUES (1, 0);
CREATE TRIGGER session_revoked AFTER UPDATE OF revoked_at ON sessions
  BEGIN UPDATE access_changes SET count = count + 1; END;
CREATE TRIGGER token_revoked AFTER UPDATE OF revoked_at ON tokens
  BEGIN UPDATE access_changes SET count = count + 1; END;
CREATE TRIGGER account_disabled AFTER UPDATE OF disabled_at ON accounts
  BEGIN UPDATE access_changes SET count = count + 1; END;
