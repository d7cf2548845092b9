-- What the directory said of each contact, in order; only added to. What stood there before comes first.
CREATE TABLE contact_version (
    unit TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    email TEXT,
    deputy TEXT,
    disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (unit, name, role, number)
) STRICT;
INSERT INTO contact_version (unit, name, role, number, email, deputy, disabled, actor, reason, at_ms)
    SELECT unit, name, role, 1, email, deputy, disabled, 'service', '此前的登记', 0 FROM contact;
CREATE TRIGGER contact_version_kept BEFORE UPDATE ON contact_version
BEGIN SELECT RAISE(ABORT, 'the history of the directory is append-only'); END;
CREATE TRIGGER contact_version_stays BEFORE DELETE ON contact_version
BEGIN SELECT RAISE(ABORT, 'the history of the directory is append-only'); END;
