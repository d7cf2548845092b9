-- Channels set through the pages: each state whole, in the place of the one before; only added to. What a channel is, with its
-- address and secrets, is sealed.
CREATE TABLE channel_version (
    channel TEXT NOT NULL,
    number BIGINT NOT NULL CHECK (number >= 1),
    replaces BIGINT NOT NULL,
    restores BIGINT,
    state TEXT NOT NULL CHECK (state IN ('in-use', 'retired', 'of-file')),
    sealed BYTEA,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (channel, number),
    CHECK ((state = 'in-use') = (sealed IS NOT NULL))
);
CREATE FUNCTION channel_version_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'versions of channels are append-only';
END;
$$;
CREATE TRIGGER channel_version_kept BEFORE UPDATE OR DELETE ON channel_version
    FOR EACH ROW EXECUTE FUNCTION channel_version_append_only();
