-- How many people of a unit and rank a final list favoured: fully protected ones and their peers. No names.
CREATE TABLE peer_group (
    unit TEXT NOT NULL,
    domain TEXT NOT NULL,
    period TEXT NOT NULL,
    item TEXT NOT NULL,
    rank TEXT NOT NULL,
    year INTEGER NOT NULL,
    protected INTEGER NOT NULL CHECK (protected >= 0),
    protected_favoured INTEGER NOT NULL CHECK (protected_favoured BETWEEN 0 AND protected),
    peers INTEGER NOT NULL CHECK (peers >= 0),
    peers_favoured INTEGER NOT NULL CHECK (peers_favoured BETWEEN 0 AND peers),
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (unit, domain, period, item, rank)
) STRICT;
CREATE INDEX peer_group_year ON peer_group (year);
