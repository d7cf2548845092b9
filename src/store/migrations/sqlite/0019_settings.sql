-- Rules and word lists that were adopted: each a whole text in the place of the one before; only added to.
CREATE TABLE setting_version (
    document TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    replaces INTEGER NOT NULL,
    restores INTEGER,
    text TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (document, number)
) STRICT;
CREATE TRIGGER setting_version_kept BEFORE UPDATE ON setting_version
BEGIN SELECT RAISE(ABORT, 'adopted settings are append-only'); END;
CREATE TRIGGER setting_version_stays BEFORE DELETE ON setting_version
BEGIN SELECT RAISE(ABORT, 'adopted settings are append-only'); END;
