-- Who ran it, for which day it judged, of which kinds the list was, and whether results were kept. Every execution is a
-- run of its own from here on; the same bytes again are found by their hash.
ALTER TABLE run ADD COLUMN actor TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN as_of TEXT CHECK (length(as_of) = 10);
ALTER TABLE run ADD COLUMN domains TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN kept BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX run_hash ON run (file_hash, at_ms);
