//! Who has taken note of what, and what is silent until when.

use super::db::on;
use super::{StoreError, Tx};
use crate::domain::alert::{Silence, Target};
use crate::domain::time::Moment;

/// Somebody has taken note of an obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Who.
    pub by: String,
    /// What they said to it; may be empty.
    pub note: String,
    /// When.
    pub at: Moment,
}

const ACKNOWLEDGE: &str = "INSERT INTO acknowledgement (subject_key, revision, by_name, note, at_ms) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (subject_key, revision) DO NOTHING";
const ACKNOWLEDGED: &str = "SELECT by_name, note, at_ms FROM acknowledgement WHERE subject_key = $1 AND revision = $2";
const PUT: &str = "INSERT INTO silence (id, target, value, reason, by_name, from_ms, until_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) \
     ON CONFLICT (id) DO UPDATE SET until_ms = excluded.until_ms";
const IN_FORCE: &str = "SELECT id, target, value, reason, by_name, from_ms, until_ms FROM silence WHERE until_ms > $1 \
     ORDER BY until_ms DESC, id LIMIT 1000";

/// Keeps that somebody has taken note; `false` when somebody had before.
pub async fn acknowledge(tx: &mut Tx, key: &str, revision: u32, by: &Acknowledgement) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(ACKNOWLEDGE).bind(key).bind(i64::from(revision)).bind(&by.by).bind(&by.note)
        .bind(by.at.millis()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Who has taken note of an obligation under its present due day.
pub async fn acknowledged(tx: &mut Tx, key: &str, revision: u32) -> Result<Option<Acknowledgement>, StoreError> {
    let row: Option<(String, String, i64)> =
        on!(tx, c => sqlx::query_as(ACKNOWLEDGED).bind(key).bind(i64::from(revision)).fetch_optional(c).await)?;
    Ok(row.map(|(by, note, at)| Acknowledgement {
        by,
        note,
        at: Moment::from_millis(at),
    }))
}

/// Inserts, or moves the end.
pub async fn put(tx: &mut Tx, silence: &Silence) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT).bind(&silence.id).bind(silence.target.word()).bind(silence.target.value())
        .bind(&silence.reason).bind(&silence.by).bind(silence.from.millis()).bind(silence.until.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}

type Row = (String, String, String, String, String, i64, i64);

/// Silences that have not ended by a moment, those that last longest first.
pub async fn in_force(tx: &mut Tx, now: Moment) -> Result<Vec<Silence>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(IN_FORCE).bind(now.millis()).fetch_all(c).await)?;
    rows.into_iter().map(silence).collect()
}

fn silence((id, word, value, reason, by, from, until): Row) -> Result<Silence, StoreError> {
    Ok(Silence {
        id,
        target: Target::stored(&word, value).ok_or_else(|| StoreError::corrupt("target", word))?,
        reason,
        by,
        from: Moment::from_millis(from),
        until: Moment::from_millis(until),
    })
}
