-- Which items a hand-over is about, so that whoever does not see one of them is not shown it.
CREATE TABLE hand_over_item (
    hand_over_id TEXT NOT NULL REFERENCES hand_over (id),
    number TEXT NOT NULL,
    PRIMARY KEY (hand_over_id, number)
) STRICT;
CREATE INDEX hand_over_item_number ON hand_over_item (number);
INSERT OR IGNORE INTO hand_over_item (hand_over_id, number)
    SELECT h.id, i.value FROM hand_over h, json_each(h.body, '$.items') i;
