-- Facts about this database: installation id, fingerprint of the key it is sealed with, test marker.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- One row that every writer of the journal locks, so that the chain has one head.
CREATE TABLE journal_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    detail TEXT NOT NULL,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX journal_object ON journal (object_kind, object_id);

CREATE TABLE run (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    file TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    unit TEXT,
    period TEXT,
    rows_read INTEGER NOT NULL,
    rows_bad INTEGER NOT NULL,
    rows_changed INTEGER NOT NULL,
    counts TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE person (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    id_key BLOB UNIQUE,
    id_sealed BLOB,
    register_unit TEXT,
    roster_unit TEXT,
    post TEXT,
    rank TEXT,
    identity TEXT,
    representative TEXT,
    status TEXT
) STRICT;
CREATE INDEX person_name ON person (name_key);
CREATE INDEX person_roster_unit ON person (roster_unit);

CREATE TABLE tolerance_case (
    id TEXT PRIMARY KEY,
    case_no TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    unit TEXT NOT NULL,
    matter TEXT NOT NULL,
    conclusion TEXT NOT NULL,
    concluded_on TEXT CHECK (length(concluded_on) = 10),
    doc_no TEXT,
    measure TEXT,
    revoked INTEGER NOT NULL,
    revoked_on TEXT CHECK (length(revoked_on) = 10),
    organ TEXT,
    handler TEXT,
    competent TEXT,
    superior TEXT,
    archive_personnel_on TEXT CHECK (length(archive_personnel_on) = 10),
    archive_integrity_on TEXT CHECK (length(archive_integrity_on) = 10),
    archive_file_on TEXT CHECK (length(archive_file_on) = 10),
    feedback_subject_on TEXT CHECK (length(feedback_subject_on) = 10),
    feedback_competent_on TEXT CHECK (length(feedback_competent_on) = 10),
    feedback_superior_on TEXT CHECK (length(feedback_superior_on) = 10),
    feedback_organization_on TEXT CHECK (length(feedback_organization_on) = 10),
    run_id TEXT NOT NULL REFERENCES run (id),
    first_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX tolerance_case_no ON tolerance_case (case_no);
CREATE INDEX tolerance_case_person ON tolerance_case (person_id);

CREATE TABLE rectification (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    problem TEXT NOT NULL,
    measures TEXT,
    unit TEXT NOT NULL,
    person TEXT,
    supervisor TEXT,
    due_on TEXT CHECK (length(due_on) = 10),
    state TEXT NOT NULL,
    progress TEXT,
    progress_on TEXT CHECK (length(progress_on) = 10),
    closed_on TEXT CHECK (length(closed_on) = 10),
    first_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE contact (
    unit TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    email TEXT,
    deputy TEXT,
    disabled INTEGER NOT NULL,
    PRIMARY KEY (unit, name, role)
) STRICT;

CREATE TABLE outcome (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id),
    domain TEXT NOT NULL,
    item TEXT NOT NULL,
    period TEXT NOT NULL,
    result TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_on TEXT CHECK (length(decided_on) = 10),
    run_id TEXT NOT NULL REFERENCES run (id)
) STRICT;
CREATE INDEX outcome_person ON outcome (person_id);

CREATE TABLE finding (
    id TEXT PRIMARY KEY,
    natural_key TEXT NOT NULL UNIQUE,
    case_id TEXT NOT NULL REFERENCES tolerance_case (id),
    case_no TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    run_id TEXT NOT NULL REFERENCES run (id),
    domain TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('violation', 'suspect')),
    cell TEXT NOT NULL,
    why TEXT NOT NULL,
    matched TEXT NOT NULL,
    result TEXT NOT NULL,
    reason TEXT NOT NULL,
    period TEXT,
    file TEXT NOT NULL,
    sheet TEXT,
    row_no INTEGER,
    unit TEXT,
    decided_on TEXT CHECK (length(decided_on) = 10),
    is_final INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered')),
    opened_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE obligation (
    id TEXT PRIMARY KEY,
    natural_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    number TEXT NOT NULL,
    scope_unit TEXT,
    acting_unit TEXT,
    event_day TEXT NOT NULL CHECK (length(event_day) = 10),
    days INTEGER NOT NULL,
    due_day TEXT NOT NULL CHECK (length(due_day) = 10),
    alert_day TEXT NOT NULL CHECK (length(alert_day) = 10),
    certainty TEXT NOT NULL CHECK (certainty IN ('firm', 'open', 'unpublished')),
    calendar_revision TEXT NOT NULL,
    revision INTEGER NOT NULL,
    clause TEXT NOT NULL,
    number_from TEXT NOT NULL CHECK (number_from IN ('policy', 'local')),
    state TEXT NOT NULL CHECK (state IN ('open', 'met', 'void')),
    met_on TEXT CHECK (length(met_on) = 10),
    backlog INTEGER NOT NULL,
    opened_severity TEXT,
    run_id TEXT REFERENCES run (id),
    created_ms INTEGER NOT NULL,
    next_ms INTEGER
) STRICT;
CREATE INDEX obligation_subject ON obligation (subject_id);
CREATE INDEX obligation_open_due ON obligation (due_day) WHERE state = 'open';
CREATE INDEX obligation_next ON obligation (next_ms) WHERE state = 'open' AND next_ms IS NOT NULL;
CREATE INDEX obligation_calendar ON obligation (calendar_revision) WHERE state = 'open';
CREATE INDEX obligation_run ON obligation (run_id);

-- The finished bytes; a resend is the same to the last byte.
CREATE TABLE mail (
    id TEXT PRIMARY KEY,
    dedup_key TEXT NOT NULL UNIQUE,
    message_id TEXT NOT NULL UNIQUE,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    recipient_name TEXT NOT NULL,
    subject TEXT NOT NULL,
    bytes BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'leased', 'sent', 'held')),
    attempts INTEGER NOT NULL,
    in_doubt INTEGER NOT NULL,
    next_ms INTEGER NOT NULL,
    lease_until_ms INTEGER,
    lease_owner TEXT,
    fence INTEGER NOT NULL,
    last_reply TEXT,
    created_ms INTEGER NOT NULL,
    sent_ms INTEGER
) STRICT;
CREATE INDEX mail_waiting ON mail (next_ms) WHERE state = 'pending';
CREATE INDEX mail_leased ON mail (lease_until_ms) WHERE state = 'leased';
CREATE INDEX mail_created ON mail (created_ms);

CREATE TABLE alert (
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
    outcome TEXT NOT NULL CHECK (outcome IN ('sent', 'merged', 'no_recipient')),
    reason TEXT NOT NULL,
    title TEXT NOT NULL,
    mail_id TEXT REFERENCES mail (id)
) STRICT;
CREATE INDEX alert_subject ON alert (subject_key, revision);
CREATE INDEX alert_decided ON alert (decided_ms);
CREATE INDEX alert_mail ON alert (mail_id);

CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
INSERT INTO journal_head (id, seq, hash) VALUES (1, 0, x'');
