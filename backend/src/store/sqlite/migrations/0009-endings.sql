-- How often all sessions of an account, or all but one, were ended. Whoever signs in has begun by reading it: a session
-- that would outlive what ended the others is not kept.
ALTER TABLE accounts ADD COLUMN sign_outs INTEGER NOT NULL DEFAULT 0;

-- The newest of a workspace, and of each of its people, without reading past everybody else's.
CREATE INDEX account_events_of_workspace ON account_events (ws, seq) WHERE ws IS NOT NULL;
CREATE INDEX account_events_of_account_alone ON account_events (account, seq) WHERE ws IS NULL;
DROP INDEX account_events_of_account;
