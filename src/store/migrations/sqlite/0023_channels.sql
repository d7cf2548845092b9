-- Channels set through the pages: each state whole, in the place of the one before; only added to. What a channel is, with its
-- address and secrets, is sealed.
CREATE TABLE channel_version (
    channel TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    replaces INTEGER NOT NULL,
    restores INTEGER,
    state TEXT NOT NULL CHECK (state IN ('in-use', 'retired', 'of-file')),
    sealed BLOB,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (channel, number),
    CHECK ((state = 'in-use') = (sealed IS NOT NULL))
) STRICT;
CREATE TRIGGER channel_version_kept BEFORE UPDATE ON channel_version
BEGIN SELECT RAISE(ABORT, 'versions of channels are append-only'); END;
CREATE TRIGGER channel_version_stays BEFORE DELETE ON channel_version
BEGIN SELECT RAISE(ABORT, 'versions of channels are append-only'); END;
