-- Rules and word lists that were adopted: each a whole text in the place of the one before; only added to.
CREATE TABLE setting_version (
    document TEXT NOT NULL,
    number BIGINT NOT NULL CHECK (number >= 1),
    replaces BIGINT NOT NULL,
    restores BIGINT,
    text TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (document, number)
);
CREATE FUNCTION setting_version_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'adopted settings are append-only';
END;
$$;
CREATE TRIGGER setting_version_kept BEFORE UPDATE OR DELETE ON setting_version
    FOR EACH ROW EXECUTE FUNCTION setting_version_append_only();
