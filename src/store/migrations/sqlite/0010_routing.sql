-- A decision not to send may also be a silence or a whole that speaks for its parts. The severity that waits for the
-- summary of a morning is sent without a mail of its own until then.
CREATE TABLE alert_anew (
    id TEXT PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    subject_key TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    point TEXT NOT NULL,
    revision INTEGER NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('info', 'warn', 'urgent')),
    number TEXT,
    due_day TEXT NOT NULL CHECK (length(due_day) = 10),
    clause TEXT NOT NULL,
    recipient TEXT,
    recipient_name TEXT,
    at_ms INTEGER NOT NULL,
    decided_ms INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('sent', 'merged', 'no_recipient', 'silenced', 'inhibited')),
    reason TEXT NOT NULL,
    title TEXT NOT NULL,
    mail_id TEXT REFERENCES mail (id)
) STRICT;
INSERT INTO alert_anew SELECT id, identity, subject_key, subject_id, kind, point, revision, severity, number, due_day, clause,
    recipient, recipient_name, at_ms, decided_ms, outcome, reason, title, mail_id FROM alert;
DROP TABLE alert;
ALTER TABLE alert_anew RENAME TO alert;
CREATE INDEX alert_subject ON alert (subject_key, revision);
CREATE INDEX alert_decided ON alert (decided_ms);
CREATE INDEX alert_mail ON alert (mail_id);
CREATE INDEX alert_waiting ON alert (recipient, at_ms) WHERE outcome = 'sent' AND mail_id IS NULL;
CREATE INDEX alert_outcome ON alert (outcome);
CREATE INDEX alert_object ON alert (subject_id, severity, outcome);

-- What was told for the last time under the old rules may go on under these.
UPDATE obligation SET next_ms = created_ms WHERE state = 'open' AND NOT backlog AND next_ms IS NULL;

-- Somebody has taken note: told once, it is not told again nor to those above.
CREATE TABLE acknowledgement (
    subject_key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    by_name TEXT NOT NULL,
    note TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (subject_key, revision)
) STRICT;

-- What is silent until when, and why.
CREATE TABLE silence (
    id TEXT PRIMARY KEY,
    target TEXT NOT NULL CHECK (target IN ('number', 'kind', 'unit', 'recipient')),
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    by_name TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX silence_until ON silence (until_ms);
CREATE INDEX obligation_number ON obligation (number);

-- Who had the summary of which morning.
CREATE TABLE digest (
    recipient TEXT NOT NULL,
    day TEXT NOT NULL CHECK (length(day) = 10),
    mail_id TEXT NOT NULL REFERENCES mail (id),
    PRIMARY KEY (day, recipient)
) STRICT;
