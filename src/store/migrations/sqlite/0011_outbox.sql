-- A mail's bytes never change and its state does with every step, so they live apart. A sending leaves its beginning, and a
-- person may end a mail. SQLite changes no CHECK in place; the new rows take the old ones' place before the commit looks.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE mail_old AS SELECT * FROM mail;
DROP TABLE mail;
CREATE TABLE mail (
    id TEXT PRIMARY KEY,
    dedup_key TEXT NOT NULL UNIQUE,
    message_id TEXT NOT NULL UNIQUE,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    recipient_name TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'leased', 'sent', 'held', 'dropped')),
    attempts INTEGER NOT NULL,
    in_doubt INTEGER NOT NULL,
    next_ms INTEGER NOT NULL,
    begun_ms INTEGER,
    lease_until_ms INTEGER,
    lease_owner TEXT,
    fence INTEGER NOT NULL,
    last_reply TEXT,
    created_ms INTEGER NOT NULL,
    sent_ms INTEGER,
    dropped_ms INTEGER,
    dropped_by TEXT,
    dropped_reason TEXT
) STRICT;
-- Until now every claim began to send at once.
INSERT INTO mail (id, dedup_key, message_id, sender, recipient, recipient_name, subject, state, attempts, in_doubt, next_ms,
    begun_ms, lease_until_ms, lease_owner, fence, last_reply, created_ms, sent_ms)
SELECT id, dedup_key, message_id, sender, recipient, recipient_name, subject, state, attempts, in_doubt, next_ms,
    CASE state WHEN 'leased' THEN next_ms ELSE sent_ms END, lease_until_ms, lease_owner, fence, last_reply, created_ms, sent_ms
FROM mail_old;
CREATE TABLE mail_bytes (
    mail_id TEXT PRIMARY KEY REFERENCES mail (id),
    bytes BLOB NOT NULL
) STRICT;
INSERT INTO mail_bytes (mail_id, bytes) SELECT id, bytes FROM mail_old;
DROP TABLE mail_old;
CREATE INDEX mail_waiting ON mail (next_ms, id) WHERE state = 'pending';
CREATE INDEX mail_leased ON mail (lease_until_ms) WHERE state = 'leased';
CREATE INDEX mail_created ON mail (created_ms);
-- What is counted every minute is counted in an index; the old table took its own with it.
CREATE INDEX mail_state ON mail (state, created_ms);
CREATE INDEX mail_sent ON mail (sent_ms) WHERE sent_ms IS NOT NULL;
CREATE INDEX mail_in_doubt ON mail (in_doubt) WHERE in_doubt > 0;
