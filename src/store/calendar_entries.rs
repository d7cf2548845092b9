//! Notices and local arrangements that were imported into this installation.

use super::db::on;
use super::{StoreError, Tx};
use crate::domain::time::Moment;

/// One imported file, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CalendarEntry {
    /// Hash of the content: the same file again is the same entry.
    pub id: String,
    /// `notice` or `local`; `seen` only keeps when a file of the folder was first there.
    pub sort: String,
    /// Name of the file it came in.
    pub file: String,
    /// The content.
    pub body: String,
    /// When it was imported.
    pub imported_ms: i64,
}

/// Entries one installation can have; a year brings a handful.
const MOST: i64 = 10_000;

const ALL: &str = "SELECT id, sort, file, body, imported_ms FROM calendar_entry ORDER BY imported_ms, id LIMIT $1";
const MARK: &str = "SELECT COUNT(*), COALESCE(MAX(imported_ms), 0) FROM calendar_entry";
const PUT: &str = "INSERT INTO calendar_entry (id, sort, file, body, imported_ms) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (id) DO NOTHING";

/// Every entry in the order of import.
pub async fn all(tx: &mut Tx) -> Result<Vec<CalendarEntry>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(ALL).bind(MOST).fetch_all(c).await)?)
}

/// Changes with every import.
pub async fn mark(tx: &mut Tx) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, c => sqlx::query_as(MARK).fetch_one(c).await)?)
}

/// Keeps an entry unless it is there.
pub async fn put(tx: &mut Tx, entry: &CalendarEntry, now: Moment) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT)
        .bind(&entry.id).bind(&entry.sort).bind(&entry.file).bind(&entry.body).bind(now.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}
