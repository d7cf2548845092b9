-- An item of the ledger has a life: received, done, accepted, each on its own.
ALTER TABLE rectification ADD COLUMN life TEXT NOT NULL DEFAULT '';
ALTER TABLE rectification ADD COLUMN level TEXT;
ALTER TABLE rectification ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE obligation ADD COLUMN acting_person TEXT;
CREATE INDEX rectification_open ON rectification (closed_on, due_on);

-- What happened to an item, in order.
CREATE TABLE rectification_event (
    rectification_id TEXT NOT NULL REFERENCES rectification (id),
    seq INTEGER NOT NULL,
    event TEXT NOT NULL,
    day TEXT NOT NULL CHECK (length(day) = 10),
    body TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (rectification_id, seq)
) STRICT;
CREATE TRIGGER rectification_event_kept BEFORE UPDATE ON rectification_event
BEGIN SELECT RAISE(ABORT, 'the history of a rectification is append-only'); END;
CREATE TRIGGER rectification_event_stays BEFORE DELETE ON rectification_event
BEGIN SELECT RAISE(ABORT, 'the history of a rectification is append-only'); END;

-- Files handed in as evidence, each content once.
CREATE TABLE evidence (
    hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
    kind TEXT NOT NULL,
    bytes BLOB NOT NULL,
    first_ms INTEGER NOT NULL
) STRICT;

-- All open items of one person handed to another; both confirm.
CREATE TABLE hand_over (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    done INTEGER NOT NULL CHECK (done IN (0, 1)),
    version INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

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
    at_ms INTEGER NOT NULL
) STRICT;

-- The columns of the ledger that came last, so that it is given back in its own shape.
CREATE TABLE ledger_shape (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    title TEXT NOT NULL,
    columns TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

-- Papers of the ladder; their numbers come from number_series like those of the cases.
CREATE TABLE rectification_paper (
    id TEXT PRIMARY KEY,
    rectification_id TEXT NOT NULL REFERENCES rectification (id),
    kind TEXT NOT NULL,
    organ TEXT NOT NULL,
    number TEXT NOT NULL,
    hash TEXT NOT NULL,
    bytes BLOB NOT NULL,
    actor TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    UNIQUE (organ, number)
) STRICT;

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
) STRICT;
