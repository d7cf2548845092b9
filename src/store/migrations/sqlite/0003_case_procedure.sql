-- How a limit is counted, what was decided about it, whose calendar rules, and the last move people must be told of.
ALTER TABLE obligation ADD COLUMN rule TEXT NOT NULL DEFAULT '';
ALTER TABLE obligation ADD COLUMN unit TEXT NOT NULL DEFAULT '工作日';
ALTER TABLE obligation ADD COLUMN direction TEXT NOT NULL DEFAULT 'after';
ALTER TABLE obligation ADD COLUMN roll_off INTEGER NOT NULL DEFAULT 1;
ALTER TABLE obligation ADD COLUMN adjustments TEXT NOT NULL DEFAULT '[]';
ALTER TABLE obligation ADD COLUMN calendar_unit TEXT;
ALTER TABLE obligation ADD COLUMN moved_from TEXT CHECK (length(moved_from) = 10);
ALTER TABLE obligation ADD COLUMN moved_ms INTEGER;
ALTER TABLE obligation ADD COLUMN moved_cause TEXT;
UPDATE obligation SET rule = kind;

-- A matter has one or more cadres; each of them has a case of its own.
CREATE TABLE matter (
    number TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    organ TEXT,
    first_ms INTEGER NOT NULL
) STRICT;

ALTER TABLE tolerance_case ADD COLUMN matter_no TEXT REFERENCES matter (number);
-- Raised by every accepted event; an event that was decided on an older picture is refused.
ALTER TABLE tolerance_case ADD COLUMN version INTEGER NOT NULL DEFAULT 0;

CREATE TABLE case_event (
    case_id TEXT NOT NULL REFERENCES tolerance_case (id),
    seq INTEGER NOT NULL,
    event TEXT NOT NULL,
    day TEXT NOT NULL CHECK (length(day) = 10),
    body TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (case_id, seq)
) STRICT;

-- 苗头性问题的提醒
CREATE TABLE reminder (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES person (id),
    unit TEXT NOT NULL,
    problem TEXT NOT NULL,
    reminded_on TEXT NOT NULL CHECK (length(reminded_on) = 10),
    reminded_by TEXT NOT NULL,
    organ TEXT,
    follow_up_on TEXT NOT NULL CHECK (length(follow_up_on) = 10),
    checked_on TEXT CHECK (length(checked_on) = 10),
    result TEXT,
    first_ms INTEGER NOT NULL
) STRICT;

-- One row per issuing unit, kind of number and year; the last number given out.
CREATE TABLE number_series (
    unit TEXT NOT NULL,
    prefix TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (unit, prefix, year)
) STRICT;

CREATE TABLE paper (
    id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES tolerance_case (id),
    kind TEXT NOT NULL,
    unit TEXT NOT NULL,
    prefix TEXT NOT NULL,
    year INTEGER NOT NULL,
    serial INTEGER NOT NULL,
    number TEXT NOT NULL,
    dated TEXT NOT NULL CHECK (length(dated) = 10),
    -- Digest of the words without number and date: what says whether a paper was issued before.
    content TEXT NOT NULL,
    hash TEXT NOT NULL,
    bytes BLOB NOT NULL,
    actor TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    UNIQUE (unit, prefix, year, serial)
) STRICT;
CREATE INDEX paper_case ON paper (case_id);

-- Notices and local arrangements imported into this installation; they add to the files. `seen` only keeps when a
-- file of the calendar folder was first there.
CREATE TABLE calendar_entry (
    id TEXT PRIMARY KEY,
    sort TEXT NOT NULL CHECK (sort IN ('notice', 'local', 'seen')),
    file TEXT NOT NULL,
    body TEXT NOT NULL,
    imported_ms INTEGER NOT NULL
) STRICT;
