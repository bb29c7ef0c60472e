-- Who came and went in a workspace, without reading past everything else. In the words of `member_events`.
CREATE INDEX events_of_members ON events (ws, seq) WHERE instr(header, '"kind":"member.') > 0;
