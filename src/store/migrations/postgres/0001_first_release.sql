-- Facts about this database: installation id, fingerprint of the key it is sealed with, test marker.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- One row that every writer of the journal locks, so that the chain has one head.
CREATE TABLE journal_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL
);

CREATE TABLE journal (
    seq BIGINT PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    detail TEXT NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL
);
CREATE INDEX journal_object ON journal (object_kind, object_id);

CREATE TABLE run (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    file TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    unit TEXT,
    period TEXT,
    rows_read BIGINT NOT NULL,
    rows_bad BIGINT NOT NULL,
    rows_changed BIGINT NOT NULL,
    counts TEXT NOT NULL,
    at_ms BIGINT NOT NULL
);

CREATE TABLE person (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    id_key BYTEA UNIQUE,
    id_sealed BYTEA,
    register_unit TEXT,
    roster_unit TEXT,
    post TEXT,
    rank TEXT,
    identity TEXT,
    representative TEXT,
    status TEXT
);
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
    revoked BOOLEAN NOT NULL,
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
    first_ms BIGINT NOT NULL
);
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
    first_ms BIGINT NOT NULL
);

CREATE TABLE contact (
    unit TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    email TEXT,
    deputy TEXT,
    disabled BOOLEAN NOT NULL,
    PRIMARY KEY (unit, name, role)
);

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
);
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
    row_no BIGINT,
    unit TEXT,
    decided_on TEXT CHECK (length(decided_on) = 10),
    is_final BOOLEAN NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered')),
    opened_ms BIGINT NOT NULL
);

CREATE TABLE obligation (
    id TEXT PRIMARY KEY,
    natural_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    number TEXT NOT NULL,
    scope_unit TEXT,
    acting_unit TEXT,
    event_day TEXT NOT NULL CHECK (length(event_day) = 10),
    days BIGINT NOT NULL,
    due_day TEXT NOT NULL CHECK (length(due_day) = 10),
    alert_day TEXT NOT NULL CHECK (length(alert_day) = 10),
    certainty TEXT NOT NULL CHECK (certainty IN ('firm', 'open', 'unpublished')),
    calendar_revision TEXT NOT NULL,
    revision BIGINT NOT NULL,
    clause TEXT NOT NULL,
    number_from TEXT NOT NULL CHECK (number_from IN ('policy', 'local')),
    state TEXT NOT NULL CHECK (state IN ('open', 'met', 'void')),
    met_on TEXT CHECK (length(met_on) = 10),
    backlog BOOLEAN NOT NULL,
    opened_severity TEXT,
    run_id TEXT REFERENCES run (id),
    created_ms BIGINT NOT NULL,
    next_ms BIGINT
);
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
    bytes BYTEA NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'leased', 'sent', 'held')),
    attempts BIGINT NOT NULL,
    in_doubt BIGINT NOT NULL,
    next_ms BIGINT NOT NULL,
    lease_until_ms BIGINT,
    lease_owner TEXT,
    fence BIGINT NOT NULL,
    last_reply TEXT,
    created_ms BIGINT NOT NULL,
    sent_ms BIGINT
);
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
    revision BIGINT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('info', 'warn', 'urgent')),
    number TEXT,
    due_day TEXT NOT NULL CHECK (length(due_day) = 10),
    clause TEXT NOT NULL,
    recipient TEXT,
    recipient_name TEXT,
    at_ms BIGINT NOT NULL,
    decided_ms BIGINT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('sent', 'merged', 'no_recipient')),
    reason TEXT NOT NULL,
    title TEXT NOT NULL,
    mail_id TEXT REFERENCES mail (id)
);
CREATE INDEX alert_subject ON alert (subject_key, revision);
CREATE INDEX alert_decided ON alert (decided_ms);
CREATE INDEX alert_mail ON alert (mail_id);

CREATE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only';
END;
$$;
CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION journal_append_only();
INSERT INTO journal_head (id, seq, hash) VALUES (1, 0, ''::bytea);
