-- What lists of the ledger are narrowed by, beside where an item stands: the day it was done, and what it waits for.
ALTER TABLE rectification ADD COLUMN done_on TEXT;
ALTER TABLE rectification ADD COLUMN waits TEXT CHECK (waits IN ('check', 'extension'));
UPDATE rectification SET done_on = closed_on;
UPDATE rectification SET done_on = json_extract(life, '$.closings[#-1].asked_on')
    WHERE life <> '' AND json_array_length(life, '$.closings') > 0
    AND COALESCE(json_extract(life, '$.closings[#-1].checked.verdict'), 'granted') = 'granted';
UPDATE rectification SET waits = 'extension'
    WHERE life <> '' AND json_array_length(life, '$.extensions') > 0
    AND json_extract(life, '$.extensions[#-1].decided') IS NULL;
UPDATE rectification SET waits = 'check'
    WHERE life <> '' AND json_array_length(life, '$.closings') > 0
    AND json_extract(life, '$.closings[#-1].checked') IS NULL;
