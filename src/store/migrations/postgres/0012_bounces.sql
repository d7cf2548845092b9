-- What a mail gateway told of messages it had taken; each telling counts once.
CREATE TABLE bounce (
    id TEXT PRIMARY KEY,
    mail_id TEXT NOT NULL REFERENCES mail (id),
    kind TEXT NOT NULL CHECK (kind IN ('permanent', 'temporary')),
    reason TEXT NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE INDEX bounce_mail ON bounce (mail_id);
