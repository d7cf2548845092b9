-- A mail's bytes never change and its state does with every step, so they live apart. A sending leaves its beginning, and a
-- person may end a mail.
ALTER TABLE mail DROP CONSTRAINT mail_state_check;
ALTER TABLE mail ADD CONSTRAINT mail_state_check CHECK (state IN ('pending', 'leased', 'sent', 'held', 'dropped'));
ALTER TABLE mail ADD COLUMN begun_ms BIGINT;
ALTER TABLE mail ADD COLUMN dropped_ms BIGINT;
ALTER TABLE mail ADD COLUMN dropped_by TEXT;
ALTER TABLE mail ADD COLUMN dropped_reason TEXT;
-- Until now every claim began to send at once.
UPDATE mail SET begun_ms = CASE state WHEN 'leased' THEN next_ms ELSE sent_ms END;
CREATE TABLE mail_bytes (
    mail_id TEXT PRIMARY KEY REFERENCES mail (id),
    bytes BYTEA NOT NULL
);
INSERT INTO mail_bytes (mail_id, bytes) SELECT id, bytes FROM mail;
ALTER TABLE mail DROP COLUMN bytes;
DROP INDEX mail_waiting;
CREATE INDEX mail_waiting ON mail (next_ms, id) WHERE state = 'pending';
-- What is counted every minute is counted in an index.
CREATE INDEX IF NOT EXISTS mail_state ON mail (state, created_ms);
CREATE INDEX IF NOT EXISTS mail_sent ON mail (sent_ms) WHERE sent_ms IS NOT NULL;
CREATE INDEX IF NOT EXISTS mail_in_doubt ON mail (in_doubt) WHERE in_doubt > 0;
