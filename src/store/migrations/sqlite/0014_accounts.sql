-- Who may sign in. A role and a unit are granted by another than who makes the account.
CREATE TABLE account (
    login TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT,
    unit TEXT,
    password TEXT,
    totp_sealed BLOB,
    totp_step INTEGER NOT NULL DEFAULT 0,
    closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
    locked_ms INTEGER,
    version INTEGER NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;

-- Kept by the hash of what the browser holds.
CREATE TABLE session (
    key TEXT PRIMARY KEY,
    login TEXT NOT NULL REFERENCES account (login),
    created_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
) STRICT;
CREATE INDEX session_login ON session (login);
CREATE INDEX session_until ON session (until_ms);

-- One-time links: the first three administrators, or a password of one's own. Kept by their hash.
CREATE TABLE set_up_link (
    key TEXT PRIMARY KEY,
    login TEXT,
    until_ms INTEGER NOT NULL
) STRICT;

-- Signing in that failed; the name as it was typed is kept only by its hash, for somebody may type a password there.
CREATE TABLE sign_in_failure (
    login_key TEXT NOT NULL,
    address TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_failure_login ON sign_in_failure (login_key, at_ms);
CREATE INDEX sign_in_failure_address ON sign_in_failure (address, at_ms);

-- Forms that were sent: the same one sent again shows what came of the first.
CREATE TABLE form_sent (
    key TEXT PRIMARY KEY,
    actor TEXT NOT NULL,
    path TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    location TEXT,
    message TEXT
) STRICT;
CREATE INDEX form_sent_at ON form_sent (at_ms);
