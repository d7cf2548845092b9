-- Whose calendar holds the day of a reminder's matter: there, over (the matter is settled, the calendar does not know yet), gone.
ALTER TABLE alert ADD COLUMN entry TEXT CHECK (entry IN ('there', 'over', 'gone'));
UPDATE alert SET entry = 'there' WHERE outcome = 'sent' AND mail_id IS NOT NULL AND kind <> 'backlog'
    AND due_day >= to_char(to_timestamp(decided_ms / 1000) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')
    AND subject_id IN (SELECT id FROM obligation WHERE state = 'open');
CREATE INDEX alert_entry ON alert (subject_id) WHERE entry = 'there';
CREATE INDEX alert_entry_over ON alert (recipient) WHERE entry = 'over';

-- Who reads the reminders of one matter in whose place, until it is settled.
CREATE TABLE alert_hand_on (
    obligation_id TEXT NOT NULL REFERENCES obligation (id),
    from_email TEXT NOT NULL,
    from_name TEXT NOT NULL,
    to_unit TEXT NOT NULL,
    to_name TEXT NOT NULL,
    to_role TEXT NOT NULL,
    to_email TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    ended BOOLEAN NOT NULL,
    PRIMARY KEY (obligation_id, from_email, at_ms)
);
CREATE INDEX alert_hand_on_open ON alert_hand_on (obligation_id) WHERE NOT ended;
