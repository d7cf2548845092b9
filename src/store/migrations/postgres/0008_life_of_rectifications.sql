-- An item of the ledger has a life: received, done, accepted, each on its own.
ALTER TABLE rectification ADD COLUMN life TEXT NOT NULL DEFAULT '';
ALTER TABLE rectification ADD COLUMN level TEXT;
ALTER TABLE rectification ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE obligation ADD COLUMN acting_person TEXT;
CREATE INDEX rectification_open ON rectification (closed_on, due_on);

-- What happened to an item, in order.
CREATE TABLE rectification_event (
    rectification_id TEXT NOT NULL REFERENCES rectification (id),
    seq BIGINT NOT NULL,
    event TEXT NOT NULL,
    day TEXT NOT NULL CHECK (length(day) = 10),
    body TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (rectification_id, seq)
);
CREATE FUNCTION rectification_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of a rectification is append-only';
END;
$$;
CREATE TRIGGER rectification_event_kept BEFORE UPDATE OR DELETE ON rectification_event
    FOR EACH ROW EXECUTE FUNCTION rectification_event_append_only();

-- Files handed in as evidence, each content once.
CREATE TABLE evidence (
    hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
    kind TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    first_ms BIGINT NOT NULL
);

-- All open items of one person handed to another; both confirm.
CREATE TABLE hand_over (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    done BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    at_ms BIGINT NOT NULL
);

-- Who stands in for whom while they are away.
CREATE TABLE delegation (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL,
    name TEXT NOT NULL,
    deputy TEXT NOT NULL,
    from_day TEXT NOT NULL CHECK (length(from_day) = 10),
    to_day TEXT NOT NULL CHECK (length(to_day) = 10),
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_ms BIGINT NOT NULL
);

-- The columns of the ledger that came last, so that it is given back in its own shape.
CREATE TABLE ledger_shape (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    title TEXT NOT NULL,
    columns TEXT NOT NULL,
    at_ms BIGINT NOT NULL
);

-- Papers of the ladder; their numbers come from number_series like those of the cases.
CREATE TABLE rectification_paper (
    id TEXT PRIMARY KEY,
    rectification_id TEXT NOT NULL REFERENCES rectification (id),
    kind TEXT NOT NULL,
    organ TEXT NOT NULL,
    number TEXT NOT NULL,
    hash TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    actor TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    UNIQUE (organ, number)
);

-- Who was dealt with for neglect: what a judgement of lists must know.
CREATE TABLE rectification_dealt (
    rectification_id TEXT NOT NULL REFERENCES rectification (id),
    number TEXT NOT NULL,
    unit TEXT NOT NULL,
    person TEXT NOT NULL,
    measure TEXT NOT NULL,
    doc_no TEXT NOT NULL,
    decided_on TEXT NOT NULL CHECK (length(decided_on) = 10),
    PRIMARY KEY (rectification_id, person, doc_no)
);
