//! Which column of a unit's lists holds what, as somebody corrected it once.

use super::db::on;
use super::{StoreError, Tx};
use crate::domain::time::Moment;

/// A header of a unit's lists, and the field it stands for.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ColumnMap {
    /// The unit.
    pub unit: String,
    /// The header, without spaces.
    pub header: String,
    /// The field of the list, such as 结果.
    pub field: String,
    /// Who said so.
    pub actor: String,
}

const ALL: &str = "SELECT unit, header, field, actor FROM column_map ORDER BY unit, header LIMIT 10000";
const PUT: &str = "INSERT INTO column_map (unit, header, field, actor, at_ms) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (unit, header) DO UPDATE SET field = excluded.field, actor = excluded.actor, at_ms = excluded.at_ms";
const FORGET: &str = "DELETE FROM column_map WHERE unit = $1";

/// Every correction.
pub async fn all(tx: &mut Tx) -> Result<Vec<ColumnMap>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?)
}

/// Remembers a correction in place of an earlier one of the same header.
pub async fn put(tx: &mut Tx, map: &ColumnMap, now: Moment) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT)
        .bind(&map.unit).bind(&map.header).bind(&map.field).bind(&map.actor).bind(now.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets those of a unit; how many there were.
pub async fn forget(tx: &mut Tx, unit: &str) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(FORGET).bind(unit).execute(c).await.map(|done| done.rows_affected()))?)
}
