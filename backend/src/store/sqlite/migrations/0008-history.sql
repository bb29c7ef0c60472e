-- What happened to one deployment. Every event about one names it, as the first thing it says of this name: within texts
-- the quotes are written with a backslash. The expression has to be the same here and where it is asked for.
CREATE INDEX events_of_deployments
  ON events (ws, substr(payload, instr(payload, '"deployment":"') + 14, 36), seq)
  WHERE instr(payload, '"deployment":"') > 0;
