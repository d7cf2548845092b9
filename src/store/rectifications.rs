//! The rectification ledger.

use super::db::on;
use super::values::{iso, maybe_day};
use super::{StoreError, Tx};
use crate::domain::ids::RectificationId;
use crate::domain::rectification::RectificationRecord;
use crate::domain::time::Moment;

/// A rectification as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRectification {
    /// Derived from the number.
    pub id: RectificationId,
    /// What the ledger says.
    pub record: RectificationRecord,
    /// When it was first imported.
    pub first: Moment,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    number: String,
    problem: String,
    measures: Option<String>,
    unit: String,
    person: Option<String>,
    supervisor: Option<String>,
    due_on: Option<String>,
    state: String,
    progress: Option<String>,
    progress_on: Option<String>,
    closed_on: Option<String>,
    first_ms: i64,
}

impl TryFrom<Row> for StoredRectification {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let record = RectificationRecord {
            number: row.number,
            problem: row.problem,
            measures: row.measures,
            unit: row.unit,
            person: row.person,
            supervisor: row.supervisor,
            due_on: maybe_day("整改时限", row.due_on.as_ref())?,
            state: row.state,
            progress: row.progress,
            progress_on: maybe_day("最近进展日期", row.progress_on.as_ref())?,
            closed_on: maybe_day("销号日期", row.closed_on.as_ref())?,
        };
        Ok(Self {
            id: RectificationId::stored(row.id),
            record,
            first: Moment::from_millis(row.first_ms),
        })
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, number, problem, measures, unit, person, supervisor, due_on, state, progress, progress_on, ",
            "closed_on, first_ms FROM rectification ",
            $tail
        )
    };
}

const BY_NUMBER: &str = select!("WHERE number = $1");
const BY_ID: &str = select!("WHERE id = $1");
const PAGE: &str = select!("ORDER BY closed_on IS NOT NULL, due_on IS NULL, due_on, number LIMIT $1 OFFSET $2");
const COUNT: &str = "SELECT COUNT(*) FROM rectification";
const PUT: &str = "INSERT INTO rectification (id, number, problem, measures, unit, person, supervisor, due_on, state, progress, \
     progress_on, closed_on, first_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
     ON CONFLICT (id) DO UPDATE SET problem = excluded.problem, measures = excluded.measures, unit = excluded.unit, \
     person = excluded.person, supervisor = excluded.supervisor, due_on = excluded.due_on, state = excluded.state, \
     progress = excluded.progress, progress_on = excluded.progress_on, closed_on = excluded.closed_on";

/// Finds by number.
pub async fn by_number(tx: &mut Tx, number: &str) -> Result<Option<StoredRectification>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(BY_NUMBER).bind(number).fetch_optional(c).await)?;
    row.map(StoredRectification::try_from).transpose()
}

/// Finds by id.
pub async fn by_id(tx: &mut Tx, id: &str) -> Result<Option<StoredRectification>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)?;
    row.map(StoredRectification::try_from).transpose()
}

/// One page, open ones first, by due day.
pub async fn page(tx: &mut Tx, limit: i64, offset: i64) -> Result<(Vec<StoredRectification>, i64), StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(PAGE).bind(limit).bind(offset).fetch_all(c).await)?;
    let total: i64 = on!(tx, c => sqlx::query_scalar(COUNT).fetch_one(c).await)?;
    Ok((
        rows.into_iter()
            .map(StoredRectification::try_from)
            .collect::<Result<_, _>>()?,
        total,
    ))
}

/// Inserts or replaces.
pub async fn put(tx: &mut Tx, item: &StoredRectification) -> Result<(), StoreError> {
    let r = &item.record;
    on!(tx, c => sqlx::query(PUT)
        .bind(item.id.as_str()).bind(&r.number).bind(&r.problem).bind(&r.measures).bind(&r.unit).bind(&r.person)
        .bind(&r.supervisor).bind(iso(r.due_on)).bind(&r.state).bind(&r.progress).bind(iso(r.progress_on))
        .bind(iso(r.closed_on)).bind(item.first.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}
