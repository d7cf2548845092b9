-- What summaries read: limits that were met in a span of days, and what a notice moved when it came.
CREATE INDEX obligation_met ON obligation (met_on) WHERE state = 'met';
CREATE INDEX journal_move ON journal (at_ms, seq) WHERE action = 'obligation.move';
CREATE INDEX journal_notice ON journal (seq) WHERE action = 'calendar.import';
