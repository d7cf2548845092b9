//! Decisions to send and not to send.

use super::db::on;
use super::sight::by_obligation;
use super::values::day;
use super::{StoreError, Tx};
use crate::domain::account::Scope;
use crate::domain::alert::{Alert, HeldBack, Outcome, Point, Recipient, Severity};
use crate::domain::contact::{Role, mailbox};
use crate::domain::ids::{AlertId, MailId};
use crate::domain::obligation::Kind;
use crate::domain::time::Moment;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// An alert as stored.
#[derive(Debug, Clone)]
pub struct StoredAlert {
    /// The decision.
    pub alert: Alert,
    /// When it was taken.
    pub decided: Moment,
    /// The mail it became.
    pub mail: Option<MailId>,
    /// Where that mail stands now: `pending`, `leased`, `sent` or `held`.
    pub mail_state: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    identity: String,
    subject_key: String,
    subject_id: String,
    kind: String,
    point: String,
    revision: i64,
    severity: String,
    number: Option<String>,
    due_day: String,
    clause: String,
    recipient: Option<String>,
    recipient_name: Option<String>,
    at_ms: i64,
    decided_ms: i64,
    outcome: String,
    reason: String,
    title: String,
    mail_id: Option<String>,
    mail_state: Option<String>,
}

impl TryFrom<Row> for StoredAlert {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let recipient = match (row.recipient, row.recipient_name) {
            (Some(email), Some(name)) => Some(Recipient {
                email,
                name,
                role: Role::Handler,
            }),
            _ => None,
        };
        let alert = Alert {
            id: AlertId::stored(row.id),
            identity: row.identity,
            subject_key: row.subject_key,
            subject_id: row.subject_id,
            kind: Kind::from_text(&row.kind).ok_or_else(|| StoreError::corrupt("kind", row.kind.clone()))?,
            point: Point::parse(&row.point).ok_or_else(|| StoreError::corrupt("point", row.point.clone()))?,
            revision: u32::try_from(row.revision)
                .map_err(|_| StoreError::corrupt("revision", row.revision.to_string()))?,
            severity: Severity::from_text(&row.severity)
                .ok_or_else(|| StoreError::corrupt("severity", row.severity.clone()))?,
            number: row.number,
            due: day("due_day", &row.due_day)?,
            clause: row.clause,
            recipient,
            at: Moment::from_millis(row.at_ms),
            outcome: Outcome::from_text(&row.outcome)
                .ok_or_else(|| StoreError::corrupt("outcome", row.outcome.clone()))?,
            reason: row.reason,
            waits: row.outcome == "sent" && row.mail_id.is_none(),
            title: row.title,
        };
        Ok(Self {
            alert,
            decided: Moment::from_millis(row.decided_ms),
            mail: row.mail_id.map(MailId::stored),
            mail_state: row.mail_state,
        })
    }
}

macro_rules! select {
    ($($tail:expr),+) => {
        concat!(
            "SELECT a.id, a.identity, a.subject_key, a.subject_id, a.kind, a.point, a.revision, a.severity, a.number, a.due_day, ",
            "a.clause, a.recipient, a.recipient_name, a.at_ms, a.decided_ms, a.outcome, a.reason, a.title, a.mail_id, ",
            "m.state AS mail_state FROM alert a LEFT JOIN mail m ON m.id = a.mail_id ",
            $($tail),+
        )
    };
}

const DECIDED: &str = "SELECT DISTINCT point FROM alert WHERE subject_key = $1 AND revision = $2 AND outcome <> 'no_recipient' \
     AND NOT (outcome = 'silenced' AND recipient IS NULL)";
const RECORDED: &str = "SELECT DISTINCT point FROM alert WHERE subject_key = $1 AND revision = $2";
const OF_SUBJECT: &str = select!("WHERE a.subject_id = $1 ORDER BY a.at_ms, a.recipient, a.id LIMIT 500");
const UNSENT: &str = select!(
    "WHERE a.outcome <> 'sent' AND ($1 IS NULL OR ",
    by_obligation!("$1", "a.subject_id"),
    ") ORDER BY a.decided_ms DESC, a.identity LIMIT $2 OFFSET $3"
);
const OF_MAIL: &str = select!("WHERE a.mail_id = $1 ORDER BY a.at_ms, a.recipient, a.id LIMIT 500");
/// The condition of [`Asked`]: what waits for the summary of a morning is sent without a mail of its own until then.
macro_rules! asked {
    () => {
        concat!(
            "WHERE ($1 IS NULL OR ",
            by_obligation!("$1", "a.subject_id"),
            ") AND ($2 = '' OR CASE WHEN a.outcome = 'sent' AND a.mail_id IS NULL THEN 'digest' ELSE a.outcome END = $2 ",
            "OR ($2 = 'unsent' AND a.outcome IN ('inhibited', 'no_recipient'))) AND ($3 = '' OR a.number = $3) ",
            "AND ($4 = '' OR lower(a.recipient) = lower($4) OR a.recipient_name = $4)"
        )
    };
}
const ASKED: &str = select!(asked!(), " ORDER BY a.decided_ms DESC, a.identity LIMIT $5 OFFSET $6");
const COUNT_ASKED: &str = concat!("SELECT COUNT(*) FROM alert a ", asked!());
const SINCE: &str = select!("WHERE a.decided_ms >= $1 ORDER BY a.decided_ms, a.subject_key, a.at_ms, a.identity");
const BETWEEN: &str = select!(
    "WHERE a.decided_ms >= $1 AND a.decided_ms <= $2 ORDER BY a.decided_ms, a.subject_key, a.at_ms, a.identity"
);
const COUNT_UNSENT: &str = concat!(
    "SELECT COUNT(*) FROM alert a WHERE a.outcome <> 'sent' AND ($1 IS NULL OR ",
    by_obligation!("$1", "a.subject_id"),
    ")"
);
const ALL: &str = select!("ORDER BY a.at_ms, a.identity");
const INSERT: &str = "INSERT INTO alert (id, identity, subject_key, subject_id, kind, point, revision, severity, number, due_day, clause, \
     recipient, recipient_name, at_ms, decided_ms, outcome, reason, title, mail_id) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT (identity) DO NOTHING";
const WAITING_READERS: &str = "SELECT DISTINCT recipient FROM alert WHERE outcome = 'sent' AND mail_id IS NULL AND lower(recipient) NOT IN \
     (SELECT lower(recipient) FROM digest WHERE day = $1) ORDER BY recipient LIMIT $2";
const WAITING_FOR: &str = select!(
    "WHERE a.recipient = $1 AND a.outcome = 'sent' AND a.mail_id IS NULL ORDER BY a.at_ms, a.identity LIMIT $2"
);
const CARRIED: &str = "UPDATE alert SET mail_id = $2 WHERE id = $1 AND mail_id IS NULL";
const OVERTAKEN: &str = "UPDATE alert SET outcome = 'merged', reason = $2 WHERE id = $1 AND mail_id IS NULL";
/// Of open matters as they stand now.
const HELD_BACK: &str = select!(
    "JOIN obligation o ON o.id = a.subject_id AND o.state = 'open' AND o.revision = a.revision \
     WHERE a.outcome = 'silenced' AND lower(a.recipient) = $1 AND a.decided_ms >= $2 ORDER BY a.at_ms DESC, a.identity DESC LIMIT 5000"
);
const TOLD_OF: &str =
    "SELECT MAX(decided_ms) FROM alert WHERE subject_id = $1 AND outcome = 'sent' AND lower(recipient) = $2";
const AFTER_SILENCE: &str = "UPDATE alert SET outcome = 'sent', reason = $2 WHERE id = $1 AND outcome = 'silenced'";
const UNANSWERED_BY: &str = "SELECT a.subject_id, MAX(a.id) FROM alert a JOIN obligation o ON o.id = a.subject_id \
     WHERE lower(a.recipient) = $1 AND a.decided_ms < $2 AND a.outcome = 'sent' AND a.severity = 'urgent' AND a.revision = o.revision AND o.state = 'open' \
     AND NOT EXISTS (SELECT 1 FROM acknowledgement k WHERE k.subject_key = o.natural_key AND k.revision = o.revision) \
     AND NOT EXISTS (SELECT 1 FROM alert_hand_on h WHERE h.obligation_id = a.subject_id AND lower(h.from_email) = lower(a.recipient) AND NOT h.ended) \
     GROUP BY a.subject_id ORDER BY a.subject_id LIMIT $3";
const HAD_SUMMARY: &str = "SELECT lower(recipient) FROM digest WHERE day = $1";
const KEEP_SUMMARY: &str = "INSERT INTO digest (recipient, day, mail_id) VALUES ($1, $2, $3)";
const BY_ID: &str = select!("WHERE a.id = $1");
const ENTRY: &str = "UPDATE alert SET entry = $2 WHERE id = $1";
/// What never left cannot be taken back, and what is on its way is waited for.
const OVER_READERS: &str = "SELECT DISTINCT a.recipient FROM alert a JOIN mail m ON m.id = a.mail_id WHERE a.entry = 'over' \
     AND (m.state = 'sent' OR (m.state = 'dropped' AND m.in_doubt > 0)) \
     AND lower(a.recipient) NOT IN (SELECT lower(recipient) FROM digest WHERE day = $1) \
     AND NOT EXISTS (SELECT 1 FROM mail k WHERE k.dedup_key = 'calendar|' || lower(a.recipient) || '|' || $1) ORDER BY a.recipient LIMIT $2";
const OVER_FOR: &str = select!(
    "WHERE a.entry = 'over' AND a.recipient = $1 AND (m.state = 'sent' OR (m.state = 'dropped' AND m.in_doubt > 0)) ORDER BY a.due_day, a.identity LIMIT $2"
);
const SUBJECT_OF_MAIL: &str = "SELECT subject_id FROM alert WHERE mail_id = $1 LIMIT 1";

/// What was decided from a moment on, in order.
pub async fn decided_since(tx: &mut Tx, since: Moment) -> Result<Vec<StoredAlert>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SINCE).bind(since.millis()).fetch_all(c).await)?;
    rows.into_iter().map(StoredAlert::try_from).collect()
}

/// What was decided in a span, in order.
pub async fn decided_between(tx: &mut Tx, from: Moment, to: Moment) -> Result<Vec<StoredAlert>, StoreError> {
    let rows: Vec<Row> =
        on!(tx, c => sqlx::query_as(BETWEEN).bind(from.millis()).bind(to.millis()).fetch_all(c).await)?;
    rows.into_iter().map(StoredAlert::try_from).collect()
}

/// Points of a revision that are settled; one that found nobody to tell or fell into a silence is not.
pub async fn decided_points(tx: &mut Tx, subject_key: &str, revision: u32) -> Result<Vec<Point>, StoreError> {
    points(tx, DECIDED, subject_key, revision).await
}

/// Points of a revision that have a decision, whether or not it found anybody.
pub async fn recorded_points(tx: &mut Tx, subject_key: &str, revision: u32) -> Result<Vec<Point>, StoreError> {
    points(tx, RECORDED, subject_key, revision).await
}

async fn points(tx: &mut Tx, sql: &'static str, subject_key: &str, revision: u32) -> Result<Vec<Point>, StoreError> {
    let points: Vec<String> =
        on!(tx, c => sqlx::query_scalar(sql).bind(subject_key).bind(i64::from(revision)).fetch_all(c).await)?;
    points
        .iter()
        .map(|text| Point::parse(text).ok_or_else(|| StoreError::corrupt("point", text.clone())))
        .collect()
}

/// Records a decision; `false` when its identity was there already.
pub async fn insert(tx: &mut Tx, a: &Alert, decided: Moment, mail: Option<&MailId>) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(INSERT)
        .bind(a.id.as_str()).bind(&a.identity).bind(&a.subject_key).bind(&a.subject_id).bind(a.kind.as_str())
        .bind(a.point.to_string()).bind(i64::from(a.revision)).bind(a.severity.as_str()).bind(&a.number)
        .bind(a.due.to_string()).bind(&a.clause).bind(a.recipient.as_ref().map(|r| r.email.as_str()))
        .bind(a.recipient.as_ref().map(|r| r.name.as_str())).bind(a.at.millis()).bind(decided.millis())
        .bind(a.outcome.as_str()).bind(&a.reason).bind(&a.title).bind(mail.map(MailId::as_str))
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// The decisions about one obligation, oldest first.
pub async fn of_subject(tx: &mut Tx, subject_id: &str) -> Result<Vec<StoredAlert>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OF_SUBJECT).bind(subject_id).fetch_all(c).await)?;
    rows.into_iter().map(StoredAlert::try_from).collect()
}

/// The decisions that one mail carries out, oldest first.
pub async fn of_mail(tx: &mut Tx, mail: &str) -> Result<Vec<StoredAlert>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OF_MAIL).bind(mail).fetch_all(c).await)?;
    rows.into_iter().map(StoredAlert::try_from).collect()
}

/// Decisions not to send, as far as they are seen, newest first, and the number of all of them.
pub async fn unsent(
    tx: &mut Tx,
    scope: &Scope,
    limit: i64,
    offset: i64,
) -> Result<(Vec<StoredAlert>, i64), StoreError> {
    let rows: Vec<Row> =
        on!(tx, c => sqlx::query_as(UNSENT).bind(scope.unit()).bind(limit).bind(offset).fetch_all(c).await)?;
    let total: i64 = on!(tx, c => sqlx::query_scalar(COUNT_UNSENT).bind(scope.unit()).fetch_one(c).await)?;
    Ok((
        rows.into_iter().map(StoredAlert::try_from).collect::<Result<_, _>>()?,
        total,
    ))
}

/// Which decisions a list shows.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who asks: decisions about obligations they see.
    pub scope: &'a Scope,
    /// `sent`, `digest`, `merged`, `silenced`, `unsent`; empty for every one.
    pub outcome: &'a str,
    /// About this number; empty for every one.
    pub number: &'a str,
    /// To this reader, by name or address; empty for every one.
    pub reader: &'a str,
}

/// A page of decisions, newest first, and the number of all of them.
pub async fn asked(
    tx: &mut Tx,
    asked: &Asked<'_>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<StoredAlert>, i64), StoreError> {
    let (unit, outcome) = (asked.scope.unit(), asked.outcome);
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(ASKED).bind(unit).bind(outcome).bind(asked.number)
        .bind(asked.reader).bind(limit).bind(offset).fetch_all(c).await)?;
    let total: i64 = on!(tx, c => sqlx::query_scalar(COUNT_ASKED).bind(unit).bind(outcome).bind(asked.number)
        .bind(asked.reader).fetch_one(c).await)?;
    Ok((
        rows.into_iter().map(StoredAlert::try_from).collect::<Result<_, _>>()?,
        total,
    ))
}

/// Every decision; for comparing and for tests.
pub async fn all(tx: &mut Tx) -> Result<Vec<StoredAlert>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?;
    rows.into_iter().map(StoredAlert::try_from).collect()
}

/// Addresses with something to be told, as they are spelt there, whose mailbox has not had the summary of a day.
pub async fn waiting_readers(tx: &mut Tx, day: NaiveDate, limit: i64) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(WAITING_READERS).bind(day.to_string()).bind(limit).fetch_all(c).await)?)
}

/// What a reader is to be told, oldest first.
pub async fn waiting_for(tx: &mut Tx, recipient: &str, limit: i64) -> Result<Vec<StoredAlert>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(WAITING_FOR).bind(recipient).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(StoredAlert::try_from).collect()
}

/// What silences of a reader's own held back since a moment, of open matters as they stand now. `reader` is a mailbox.
pub async fn held_back(tx: &mut Tx, reader: &str, since: Moment) -> Result<Vec<HeldBack>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(HELD_BACK).bind(reader).bind(since.millis()).fetch_all(c).await)?;
    let mut told: BTreeMap<String, Option<Moment>> = BTreeMap::new();
    let mut held = Vec::new();
    for row in rows {
        let StoredAlert { alert, decided, .. } = StoredAlert::try_from(row)?;
        let subject = &alert.subject_id;
        if !told.contains_key(subject) {
            let last: Option<i64> =
                on!(tx, c => sqlx::query_scalar(TOLD_OF).bind(subject).bind(reader).fetch_one(c).await)?;
            told.insert(subject.clone(), last.map(Moment::from_millis));
        }
        let told = told.get(subject).copied().flatten();
        held.push(HeldBack { alert, decided, told });
    }
    Ok(held)
}

/// What a silence held back is told after it: it waits for the next summary.
pub async fn tell_after_silence(tx: &mut Tx, alert: &Alert) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(AFTER_SILENCE).bind(alert.id.as_str()).bind(&alert.reason).execute(c).await.map(drop))?;
    Ok(())
}

/// A mail carries out a decision.
pub async fn carried(tx: &mut Tx, id: &AlertId, mail: &MailId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(CARRIED).bind(id.as_str()).bind(mail.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// Where the day of a matter stands in the calendar of a reader who was told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// A mail has put it there.
    There,
    /// A mail has taken it away.
    Gone,
}

/// Keeps it.
pub async fn keep_entry(tx: &mut Tx, id: &AlertId, entry: Entry) -> Result<(), StoreError> {
    let word = match entry {
        Entry::There => "there",
        Entry::Gone => "gone",
    };
    on!(tx, c => sqlx::query(ENTRY).bind(id.as_str()).bind(word).execute(c).await.map(drop))?;
    Ok(())
}

/// The key under which a mail that only takes days out of a calendar exists once for a reader and a day.
pub fn calendar_key(recipient: &str, day: NaiveDate) -> String {
    format!("calendar|{}|{day}", mailbox(recipient))
}

/// The same of those whose calendars hold days of settled matters and who have had neither a summary nor such a mail on a day.
pub async fn over_readers(tx: &mut Tx, day: NaiveDate, limit: i64) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(OVER_READERS).bind(day.to_string()).bind(limit).fetch_all(c).await)?)
}

/// What told a reader of settled matters whose days their calendar holds, the earliest day first.
pub async fn over_for(tx: &mut Tx, recipient: &str, limit: i64) -> Result<Vec<StoredAlert>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OVER_FOR).bind(recipient).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(StoredAlert::try_from).collect()
}

/// What a reader was to be told is no longer so.
pub async fn overtaken(tx: &mut Tx, id: &AlertId, reason: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(OVERTAKEN).bind(id.as_str()).bind(reason).execute(c).await.map(drop))?;
    Ok(())
}

/// Open obligations a reader was told of urgently before a moment and nobody has taken note of, by id, with one of those
/// reminders: whichever it is, its link leads to the same page.
pub async fn unanswered_by(
    tx: &mut Tx,
    mailbox: &str,
    before: Moment,
    limit: i64,
) -> Result<Vec<(String, AlertId)>, StoreError> {
    let rows: Vec<(String, String)> =
        on!(tx, c => sqlx::query_as(UNANSWERED_BY).bind(mailbox).bind(before.millis()).bind(limit).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|(subject, id)| (subject, AlertId::stored(id)))
        .collect())
}

/// Who has had the summary of a day, by mailbox.
pub async fn had_summary(tx: &mut Tx, day: NaiveDate) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(HAD_SUMMARY).bind(day.to_string()).fetch_all(c).await)?)
}

/// Keeps that a reader has had it.
pub async fn keep_summary(tx: &mut Tx, recipient: &str, day: NaiveDate, mail: &MailId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(KEEP_SUMMARY).bind(recipient).bind(day.to_string()).bind(mail.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// One decision.
pub async fn by_id(tx: &mut Tx, id: &str) -> Result<Option<StoredAlert>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)?;
    row.map(StoredAlert::try_from).transpose()
}

/// The obligation a mail is about.
pub async fn subject_of_mail(tx: &mut Tx, mail: &str) -> Result<Option<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(SUBJECT_OF_MAIL).bind(mail).fetch_optional(c).await)?)
}
