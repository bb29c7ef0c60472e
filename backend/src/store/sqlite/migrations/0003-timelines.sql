-- Where timelines of a log began, other than the first: after a restore and after an import.
CREATE TABLE timelines (
  ws BLOB NOT NULL REFERENCES workspaces (id),
  epoch BLOB NOT NULL CHECK (length(epoch) = 16),
  began INTEGER NOT NULL CHECK (began >= 0),
  PRIMARY KEY (ws, epoch)
) STRICT, WITHOUT ROWID;
