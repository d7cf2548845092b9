//! Runs of imports and pre-checks: which file, when, how many rows. No names.

use super::db::on;
use super::{StoreError, Tx};
use crate::domain::ids::RunId;
use crate::domain::time::Moment;

/// A run as stored.
#[derive(Debug, Clone)]
pub struct Run {
    /// Derived from kind and file hash.
    pub id: RunId,
    /// `register`, `cadres`, …, `precheck`.
    pub kind: String,
    /// File name without folder.
    pub file: String,
    /// SHA-256 of its bytes.
    pub file_hash: String,
    /// Unit of a list.
    pub unit: Option<String>,
    /// Period of a list.
    pub period: Option<String>,
    /// Records read.
    pub rows_read: i64,
    /// Records that could not be read.
    pub rows_bad: i64,
    /// Records that changed something.
    pub rows_changed: i64,
    /// Counts by verdict, as JSON.
    pub counts: String,
    /// When.
    pub at: Moment,
}

const PUT: &str = "INSERT INTO run (id, kind, file, file_hash, unit, period, rows_read, rows_bad, rows_changed, counts, at_ms) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
     ON CONFLICT (id) DO UPDATE SET rows_read = excluded.rows_read, rows_bad = excluded.rows_bad, counts = excluded.counts";
const KIND: &str = "SELECT kind FROM run WHERE id = $1";
const KNOWN_SINCE: &str = "SELECT MIN(at_ms) FROM run WHERE file_hash = $1";
const CHANGED: &str = "UPDATE run SET rows_changed = rows_changed + $2 WHERE id = $1";

/// Records a run; the same file again is the same run.
pub async fn put(tx: &mut Tx, run: &Run) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT)
        .bind(run.id.as_str()).bind(&run.kind).bind(&run.file).bind(&run.file_hash).bind(&run.unit).bind(&run.period)
        .bind(run.rows_read).bind(run.rows_bad).bind(run.rows_changed).bind(&run.counts).bind(run.at.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Adds to the number of records that changed something.
pub async fn add_changed(tx: &mut Tx, id: &RunId, changed: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(CHANGED).bind(id.as_str()).bind(changed).execute(c).await.map(drop))?;
    Ok(())
}

/// What sort of run it was.
pub async fn kind(tx: &mut Tx, id: &RunId) -> Result<Option<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(KIND).bind(id.as_str()).fetch_optional(c).await)?)
}

/// Since when a file has been known, in whatever run; `None`: it is new.
pub async fn known_since(tx: &mut Tx, file_hash: &str) -> Result<Option<Moment>, StoreError> {
    let since: Option<i64> = on!(tx, c => sqlx::query_scalar(KNOWN_SINCE).bind(file_hash).fetch_one(c).await)?;
    Ok(since.map(Moment::from_millis))
}
