-- Which column of a unit's lists holds what, as somebody corrected it once. No names of people.
CREATE TABLE column_map (
    unit TEXT NOT NULL,
    header TEXT NOT NULL,
    field TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (unit, header)
);
