-- What the directory said of each contact, in order; only added to. What stood there before comes first.
CREATE TABLE contact_version (
    unit TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    number BIGINT NOT NULL CHECK (number >= 1),
    email TEXT,
    deputy TEXT,
    disabled BOOLEAN NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (unit, name, role, number)
);
INSERT INTO contact_version (unit, name, role, number, email, deputy, disabled, actor, reason, at_ms)
    SELECT unit, name, role, 1, email, deputy, disabled, 'service', '此前的登记', 0 FROM contact;
CREATE FUNCTION contact_version_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of the directory is append-only';
END;
$$;
CREATE TRIGGER contact_version_kept BEFORE UPDATE OR DELETE ON contact_version
    FOR EACH ROW EXECUTE FUNCTION contact_version_append_only();
