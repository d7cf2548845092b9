-- The last completed pass of reconcile, by whichever instance: one row, written at most once a minute.
CREATE TABLE last_tick (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at_ms INTEGER NOT NULL
) STRICT;

-- What is counted every minute is counted in an index.
CREATE INDEX mail_state ON mail (state, created_ms);
CREATE INDEX mail_sent ON mail (sent_ms) WHERE sent_ms IS NOT NULL;
CREATE INDEX mail_in_doubt ON mail (in_doubt) WHERE in_doubt > 0;
CREATE INDEX alert_outcome ON alert (outcome);
CREATE INDEX obligation_open_kind ON obligation (kind) WHERE state = 'open';
