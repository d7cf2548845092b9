-- Whether a mail is the summary of a morning is asked for each mail of a list.
CREATE INDEX digest_mail ON digest (mail_id);
