//! The acts of a case in order. Appended, never changed.

use super::db::on;
use super::values::day;
use super::{StoreError, Tx};
use crate::domain::ids::CaseId;
use crate::domain::procedure::Act;
use crate::domain::time::Moment;
use chrono::NaiveDate;

/// One act as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseEvent {
    /// Its place among the acts of the case, from 1.
    pub seq: i64,
    /// The act.
    pub act: Act,
    /// The day it happened on.
    pub day: NaiveDate,
    /// Who recorded it.
    pub actor: String,
    /// When it was recorded.
    pub at: Moment,
}

/// Acts one case may have; a long one has a few dozen.
pub const MOST: i64 = 2_000;

const APPEND: &str =
    "INSERT INTO case_event (case_id, seq, event, day, body, actor, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const OF_CASE: &str = "SELECT seq, day, body, actor, at_ms FROM case_event WHERE case_id = $1 ORDER BY seq LIMIT $2";

/// Appends an act.
pub async fn append(tx: &mut Tx, case: &CaseId, event: &CaseEvent) -> Result<(), StoreError> {
    let body = serde_json::to_string(&event.act).expect("texts, numbers and days always serialise");
    on!(tx, c => sqlx::query(APPEND)
        .bind(case.as_str()).bind(event.seq).bind(event.act.as_str()).bind(event.day.to_string()).bind(&body)
        .bind(&event.actor).bind(event.at.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The acts of a case in order.
pub async fn of_case(tx: &mut Tx, case: &CaseId) -> Result<Vec<CaseEvent>, StoreError> {
    let rows: Vec<(i64, String, String, String, i64)> =
        on!(tx, c => sqlx::query_as(OF_CASE).bind(case.as_str()).bind(MOST).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(seq, on, body, actor, at_ms)| {
            Ok(CaseEvent {
                seq,
                act: serde_json::from_str(&body).map_err(|_| StoreError::corrupt("case_event", body))?,
                day: day("day", &on)?,
                actor,
                at: Moment::from_millis(at_ms),
            })
        })
        .collect()
}
