-- A finding has a life: who owes the answer, what was answered, how it ended. SQLite changes no CHECK in place.
CREATE TABLE finding_4 (
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
    item TEXT NOT NULL,
    result TEXT NOT NULL,
    baseline TEXT NOT NULL,
    reason TEXT NOT NULL,
    evidence TEXT NOT NULL,
    period TEXT,
    file TEXT NOT NULL,
    sheet TEXT,
    row_no INTEGER,
    unit TEXT,
    decided_on TEXT CHECK (length(decided_on) = 10),
    is_final INTEGER NOT NULL,
    predecessor TEXT,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
    owner_unit TEXT,
    owner_person TEXT,
    answer TEXT,
    answered_by TEXT,
    closed_by TEXT CHECK (closed_by IN ('corrected', 'other_cause', 'mistaken', 'unprotected')),
    version INTEGER NOT NULL,
    opened_ms INTEGER NOT NULL
) STRICT;
-- Until now only the end of a protection closed a finding, and nothing was answered. The item stands in the key.
INSERT INTO finding_4 (id, natural_key, case_id, case_no, person_id, run_id, domain, verdict, cell, why, matched, item, result,
    baseline, reason, evidence, period, file, sheet, row_no, unit, decided_on, is_final, state, owner_unit, closed_by, version,
    opened_ms)
SELECT id, natural_key, case_id, case_no, person_id, run_id, domain, verdict, cell, why, matched,
    substr(natural_key, length(case_id) + length(domain) + 3,
        length(natural_key) - length(case_id) - length(domain) - length(COALESCE(period, '')) - length(result) - 4),
    result, '', reason, evidence, period, file, sheet, row_no, unit, decided_on, is_final,
    CASE state WHEN 'answered' THEN 'closed' ELSE state END, unit,
    CASE state WHEN 'answered' THEN 'unprotected' END, 0, opened_ms
FROM finding;
DROP TABLE finding;
ALTER TABLE finding_4 RENAME TO finding;
CREATE INDEX finding_case ON finding (case_id);
CREATE INDEX finding_state ON finding (state);

-- What happened to a finding, in order.
CREATE TABLE finding_event (
    finding_id TEXT NOT NULL REFERENCES finding (id),
    seq INTEGER NOT NULL,
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (finding_id, seq)
) STRICT;
CREATE TRIGGER finding_event_no_update BEFORE UPDATE ON finding_event
BEGIN
    SELECT RAISE(ABORT, 'the history of a finding is append-only');
END;
CREATE TRIGGER finding_event_no_delete BEFORE DELETE ON finding_event
BEGIN
    SELECT RAISE(ABORT, 'the history of a finding is append-only');
END;

-- All that a kept outcome needs to be judged again when its protection changes.
ALTER TABLE outcome ADD COLUMN unit TEXT;
ALTER TABLE outcome ADD COLUMN baseline TEXT NOT NULL DEFAULT '';
ALTER TABLE outcome ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
ALTER TABLE outcome ADD COLUMN case_id TEXT REFERENCES tolerance_case (id);
ALTER TABLE outcome ADD COLUMN verdict TEXT NOT NULL DEFAULT '';
ALTER TABLE outcome ADD COLUMN cell TEXT NOT NULL DEFAULT '';
ALTER TABLE outcome ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE outcome ADD COLUMN matched TEXT NOT NULL DEFAULT '';
ALTER TABLE outcome ADD COLUMN is_final INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outcome ADD COLUMN sheet TEXT;
ALTER TABLE outcome ADD COLUMN row_no INTEGER;
ALTER TABLE outcome ADD COLUMN kept_ms INTEGER NOT NULL DEFAULT 0;
UPDATE outcome SET kept_ms = (SELECT at_ms FROM run WHERE run.id = outcome.run_id);
UPDATE outcome SET is_final = 1 WHERE decided_on <= date(kept_ms / 1000, 'unixepoch', '+8 hours');
CREATE INDEX outcome_case ON outcome (case_id);

-- 应补定未补定 and 应恢复未恢复
CREATE TABLE remedy (
    id TEXT PRIMARY KEY,
    sort TEXT NOT NULL CHECK (sort IN ('regrade', 'restore')),
    case_id TEXT NOT NULL REFERENCES tolerance_case (id),
    case_no TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    outcome_id TEXT NOT NULL REFERENCES outcome (id),
    domain TEXT NOT NULL,
    item TEXT NOT NULL,
    period TEXT NOT NULL,
    result TEXT NOT NULL,
    unit TEXT,
    decided_on TEXT CHECK (length(decided_on) = 10),
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'void')),
    settled_on TEXT CHECK (length(settled_on) = 10),
    settled_by TEXT,
    version INTEGER NOT NULL,
    opened_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX remedy_case ON remedy (case_id);
CREATE INDEX remedy_state ON remedy (sort, state);
