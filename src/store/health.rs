//! What says whether the service works: the last tick, and counts that indexes answer.

use super::db::on;
use super::{StoreError, Tx};
use crate::domain::health::{Alerts, MailSigns};
use crate::domain::time::Moment;

const LAST_TICK: &str = "SELECT at_ms FROM last_tick WHERE id = 1";
/// Instances share the row: one of them writes it once a minute, the others find it fresh. A mark from the future, left
/// by a clock that was wrong, is written over.
const TICK: &str = "INSERT INTO last_tick (id, at_ms) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms \
     WHERE last_tick.at_ms <= $2 OR last_tick.at_ms > $3";
const OLDEST_WAITING: &str = "SELECT MIN(created_ms) FROM mail WHERE state IN ('pending', 'leased')";
const BY_STATE: &str = "SELECT state, COUNT(*) FROM mail GROUP BY state";
const IN_DOUBT: &str = "SELECT CAST(COALESCE(SUM(in_doubt), 0) AS BIGINT) FROM mail WHERE in_doubt > 0";
const HELD: &str = "SELECT COUNT(*) FROM mail WHERE state = 'held'";
const WAITING: &str = "SELECT COUNT(*) FROM mail WHERE state IN ('pending', 'leased')";
/// The attempt under way has not failed yet.
const FAILING: &str = "SELECT MIN(created_ms) FROM mail WHERE (state = 'pending' AND attempts >= $1) OR (state = 'leased' AND attempts > $1)";
const LAST_SENT: &str = "SELECT MAX(sent_ms) FROM mail WHERE sent_ms IS NOT NULL";
const BY_OUTCOME: &str = "SELECT outcome, COUNT(*) FROM alert GROUP BY outcome";
const OPEN_BY_KIND: &str = "SELECT kind, COUNT(*) FROM obligation WHERE state = 'open' AND kind <> 'backlog' GROUP BY kind ORDER BY kind LIMIT 1000";
const LAPSED_BY_KIND: &str = "SELECT kind, COUNT(*) FROM obligation WHERE state = 'open' AND due_day < $1 AND kind <> 'backlog' \
     GROUP BY kind ORDER BY kind LIMIT 1000";
const FINDINGS: &str = "SELECT COUNT(*) FROM finding WHERE state IN ('open', 'answered')";
const OVERLOOKED: &str =
    "SELECT COUNT(*) FROM obligation WHERE state = 'open' AND next_ms IS NOT NULL AND next_ms <= $1";
/// Both walk an index beside the other's: nothing is sorted and no row is read.
const LOST_MAILS: &str = "SELECT COUNT(*) FROM alert a WHERE a.mail_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.id = a.mail_id)";
const LOST_BYTES: &str =
    "SELECT COUNT(*) FROM mail m WHERE NOT EXISTS (SELECT 1 FROM mail_bytes b WHERE b.mail_id = m.id)";
/// Nothing takes a mail out, so as many bytes as mails are all of them; only a difference is looked into.
const BYTES_MISSING: &str = "SELECT (SELECT COUNT(*) FROM mail) - (SELECT COUNT(*) FROM mail_bytes)";
const SILENCES: &str = "SELECT COUNT(*) FROM silence WHERE until_ms > $1 AND from_ms <= $1";
/// Of open matters as they stand now. A reader's own silence names the reader, any other ends the identity of what it held back.
const HELD_BACK: &str = "SELECT COUNT(*) FROM alert a WHERE a.outcome = 'silenced' \
     AND EXISTS (SELECT 1 FROM obligation o WHERE o.id = a.subject_id AND o.state = 'open' AND o.revision = a.revision) \
     AND EXISTS (SELECT 1 FROM silence s WHERE s.until_ms > $1 AND s.from_ms <= a.decided_ms AND CASE WHEN s.target = 'recipient' \
     THEN lower(a.recipient) = lower(s.value) ELSE a.recipient IS NULL AND a.identity LIKE '%|silence ' || s.id END)";
/// A reminder of an obligation as it stands now that found nobody, and that no later decision settled.
const UNTOLD: &str = "SELECT COUNT(*) FROM alert a JOIN obligation o ON o.id = a.subject_id WHERE a.outcome = 'no_recipient' \
     AND o.state = 'open' AND o.revision = a.revision AND NOT EXISTS (SELECT 1 FROM alert b WHERE b.subject_key = a.subject_key \
     AND b.revision = a.revision AND b.point = a.point AND b.outcome <> 'no_recipient')";

/// When reconcile last completed a pass, in whichever instance.
pub async fn last_tick(tx: &mut Tx) -> Result<Option<Moment>, StoreError> {
    let at: Option<i64> = on!(tx, c => sqlx::query_scalar(LAST_TICK).fetch_optional(c).await)?;
    Ok(at.map(Moment::from_millis))
}

/// Notes a completed pass, unless one was noted less than `apart_millis` ago.
pub async fn tick(tx: &mut Tx, now: Moment, apart_millis: i64) -> Result<(), StoreError> {
    let (before, after) = (now.plus_millis(-apart_millis), now.plus_millis(apart_millis));
    on!(tx, c => sqlx::query(TICK).bind(now.millis()).bind(before.millis()).bind(after.millis()).execute(c).await.map(drop))?;
    Ok(())
}

/// Whether mail works. Asked for every page, so it looks only at what is not sent.
pub async fn mail_signs(tx: &mut Tx, many_attempts: i64) -> Result<MailSigns, StoreError> {
    let moment = |at: Option<i64>| at.map(Moment::from_millis);
    Ok(MailSigns {
        held: on!(tx, c => sqlx::query_scalar(HELD).fetch_one(c).await)?,
        waiting: on!(tx, c => sqlx::query_scalar(WAITING).fetch_one(c).await)?,
        oldest_waiting: moment(on!(tx, c => sqlx::query_scalar(OLDEST_WAITING).fetch_one(c).await)?),
        failing_since: moment(on!(tx, c => sqlx::query_scalar(FAILING).bind(many_attempts).fetch_one(c).await)?),
        last_sent: moment(on!(tx, c => sqlx::query_scalar(LAST_SENT).fetch_one(c).await)?),
    })
}

/// Mails by state.
pub async fn mails_by_state(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(BY_STATE).fetch_all(c).await)?)
}

/// Attempts whose end nobody knows, over all mails.
pub async fn in_doubt(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(IN_DOUBT).fetch_one(c).await)?)
}

/// Decisions by outcome.
pub async fn alerts_by_outcome(tx: &mut Tx) -> Result<Alerts, StoreError> {
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(BY_OUTCOME).fetch_all(c).await)?;
    let count = |outcome: &str| rows.iter().find(|(word, _)| word == outcome).map_or(0, |(_, n)| *n);
    Ok(Alerts {
        sent: count("sent"),
        merged: count("merged"),
        no_recipient: count("no_recipient"),
        silenced: count("silenced"),
        inhibited: count("inhibited"),
    })
}

/// Open obligations by kind.
pub async fn open_by_kind(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(OPEN_BY_KIND).fetch_all(c).await)?)
}

/// Open obligations whose due day has passed, by kind.
pub async fn lapsed_by_kind(tx: &mut Tx, today: chrono::NaiveDate) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(LAPSED_BY_KIND).bind(today.to_string()).fetch_all(c).await)?)
}

/// Findings that are not closed.
pub async fn findings_open(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(FINDINGS).fetch_one(c).await)?)
}

/// Open obligations that reconcile should have looked at by `by` and did not.
pub async fn overlooked(tx: &mut Tx, by: Moment) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(OVERLOOKED).bind(by.millis()).fetch_one(c).await)?)
}

/// Reminders that found nobody to tell and still stand so.
pub async fn untold(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(UNTOLD).fetch_one(c).await)?)
}

/// Reminders whose mail is gone from the outbox, and mails whose bytes are.
pub async fn lost(tx: &mut Tx) -> Result<(i64, i64), StoreError> {
    let mails: i64 = on!(tx, c => sqlx::query_scalar(LOST_MAILS).fetch_one(c).await)?;
    let missing: i64 = on!(tx, c => sqlx::query_scalar(BYTES_MISSING).fetch_one(c).await)?;
    if mails == 0 && missing == 0 {
        return Ok((0, 0));
    }
    let bytes = on!(tx, c => sqlx::query_scalar(LOST_BYTES).fetch_one(c).await)?;
    Ok((mails, bytes))
}

/// Silences in force, and reminders of open matters that they hold back.
pub async fn silences(tx: &mut Tx, now: Moment) -> Result<(i64, i64), StoreError> {
    Ok((
        on!(tx, c => sqlx::query_scalar(SILENCES).bind(now.millis()).fetch_one(c).await)?,
        on!(tx, c => sqlx::query_scalar(HELD_BACK).bind(now.millis()).fetch_one(c).await)?,
    ))
}
