-- Whether it was made beside the server, by who has the data directory: it is good whoever is an admin by then.
ALTER TABLE invitations ADD COLUMN is_operators INTEGER NOT NULL DEFAULT 0 CHECK (is_operators IN (0, 1));
-- When somebody began to accept it. Between that and the end of it the log is told, where nobody else may come between.
ALTER TABLE invitations ADD COLUMN reserved_at INTEGER;
