-- The evidence column of the list a finding came from; what was found before has none on record.
ALTER TABLE finding ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
