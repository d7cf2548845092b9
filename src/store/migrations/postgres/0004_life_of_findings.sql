-- A finding has a life: who owes the answer, what was answered, how it ended.
ALTER TABLE finding ADD COLUMN item TEXT NOT NULL DEFAULT '';
ALTER TABLE finding ADD COLUMN baseline TEXT NOT NULL DEFAULT '';
ALTER TABLE finding ADD COLUMN predecessor TEXT;
ALTER TABLE finding ADD COLUMN owner_unit TEXT;
ALTER TABLE finding ADD COLUMN owner_person TEXT;
ALTER TABLE finding ADD COLUMN answer TEXT;
ALTER TABLE finding ADD COLUMN answered_by TEXT;
ALTER TABLE finding ADD COLUMN closed_by TEXT CHECK (closed_by IN ('corrected', 'other_cause', 'mistaken', 'unprotected'));
ALTER TABLE finding ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE finding DROP CONSTRAINT finding_state_check;
-- Until now only the end of a protection closed a finding, and nothing was answered. The item stands in the key.
UPDATE finding SET owner_unit = unit,
    closed_by = CASE state WHEN 'answered' THEN 'unprotected' END,
    state = CASE state WHEN 'answered' THEN 'closed' ELSE state END,
    item = substr(natural_key, length(case_id) + length(domain) + 3,
        length(natural_key) - length(case_id) - length(domain) - length(COALESCE(period, '')) - length(result) - 4);
ALTER TABLE finding ADD CONSTRAINT finding_state_check CHECK (state IN ('open', 'answered', 'closed'));
ALTER TABLE finding ALTER COLUMN item DROP DEFAULT;
ALTER TABLE finding ALTER COLUMN baseline DROP DEFAULT;
ALTER TABLE finding ALTER COLUMN evidence DROP DEFAULT;
ALTER TABLE finding ALTER COLUMN version DROP DEFAULT;
CREATE INDEX finding_case ON finding (case_id);
CREATE INDEX finding_state ON finding (state);

-- What happened to a finding, in order.
CREATE TABLE finding_event (
    finding_id TEXT NOT NULL REFERENCES finding (id),
    seq BIGINT NOT NULL,
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (finding_id, seq)
);
CREATE FUNCTION finding_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of a finding is append-only';
END;
$$;
CREATE TRIGGER finding_event_no_change BEFORE UPDATE OR DELETE ON finding_event
    FOR EACH ROW EXECUTE FUNCTION finding_event_append_only();

-- All that a kept outcome needs to be judged again when its protection changes.
ALTER TABLE outcome ADD COLUMN unit TEXT;
ALTER TABLE outcome ADD COLUMN baseline TEXT NOT NULL DEFAULT '';
ALTER TABLE outcome ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
ALTER TABLE outcome ADD COLUMN case_id TEXT REFERENCES tolerance_case (id);
ALTER TABLE outcome ADD COLUMN verdict TEXT NOT NULL DEFAULT '';
ALTER TABLE outcome ADD COLUMN cell TEXT NOT NULL DEFAULT '';
ALTER TABLE outcome ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE outcome ADD COLUMN matched TEXT NOT NULL DEFAULT '';
ALTER TABLE outcome ADD COLUMN is_final BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE outcome ADD COLUMN sheet TEXT;
ALTER TABLE outcome ADD COLUMN row_no BIGINT;
ALTER TABLE outcome ADD COLUMN kept_ms BIGINT NOT NULL DEFAULT 0;
UPDATE outcome SET kept_ms = (SELECT at_ms FROM run WHERE run.id = outcome.run_id);
UPDATE outcome SET is_final = TRUE
    WHERE decided_on <= to_char(timestamp '1970-01-01' + (kept_ms / 1000 + 28800) * interval '1 second', 'YYYY-MM-DD');
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
    version BIGINT NOT NULL,
    opened_ms BIGINT NOT NULL
);
CREATE INDEX remedy_case ON remedy (case_id);
CREATE INDEX remedy_state ON remedy (sort, state);
