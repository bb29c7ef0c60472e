-- What a sealed deployment was, as the canonical JSON whose hash is in the log.
CREATE TABLE details (
  ws BLOB NOT NULL REFERENCES workspaces (id),
  deployment BLOB NOT NULL CHECK (length(deployment) = 16),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  body TEXT NOT NULL,
  PRIMARY KEY (ws, deployment)
) STRICT, WITHOUT ROWID;

-- When a command was refused: the reason is forgotten after a while, the outcome is not. What was refused before this
-- version counts from the day it came.
ALTER TABLE outcomes ADD COLUMN decided INTEGER;
UPDATE outcomes SET decided = unixepoch() * 1000 WHERE rejection IS NOT NULL;
CREATE INDEX outcomes_refused ON outcomes (ws, decided) WHERE rejection IS NOT NULL;
