-- What lists of the ledger are narrowed by, beside where an item stands: the day it was done, and what it waits for.
ALTER TABLE rectification ADD COLUMN done_on TEXT;
ALTER TABLE rectification ADD COLUMN waits TEXT CHECK (waits IN ('check', 'extension'));
UPDATE rectification SET done_on = closed_on;
UPDATE rectification SET done_on = life::jsonb -> 'closings' -> -1 ->> 'asked_on'
    WHERE life <> '' AND jsonb_array_length(life::jsonb -> 'closings') > 0
    AND COALESCE(life::jsonb -> 'closings' -> -1 -> 'checked' ->> 'verdict', 'granted') = 'granted';
UPDATE rectification SET waits = 'extension'
    WHERE life <> '' AND jsonb_array_length(life::jsonb -> 'extensions') > 0
    AND (life::jsonb -> 'extensions' -> -1 ->> 'decided') IS NULL;
UPDATE rectification SET waits = 'check'
    WHERE life <> '' AND jsonb_array_length(life::jsonb -> 'closings') > 0
    AND (life::jsonb -> 'closings' -> -1 ->> 'checked') IS NULL;
