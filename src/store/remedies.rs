//! 应补定未补定, 应恢复未恢复.

use super::db::on;
use super::sight::{by_organ, seen};
use super::values::{iso, maybe_day};
use super::{StoreError, Tx};
use crate::domain::account::Scope;
use crate::domain::ids::{CaseId, PersonId, RemedyId};
use crate::domain::protection::list::Domain;
use crate::domain::remedy::{Sort, State};
use crate::domain::time::Moment;
use chrono::NaiveDate;

/// An entry of one of the two lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// Derived from list, case and outcome.
    pub id: RemedyId,
    /// Which list.
    pub sort: Sort,
    /// The case that ended in 免责.
    pub case: CaseId,
    /// Its number.
    pub case_no: String,
    /// The cadre.
    pub person: PersonId,
    /// The kept outcome.
    pub outcome: String,
    /// The domain.
    pub domain: Domain,
    /// 事项
    pub item: String,
    /// 期间
    pub period: String,
    /// 结果
    pub result: String,
    /// Unit that has to put it right.
    pub unit: Option<String>,
    /// 决定日期
    pub decided_on: Option<NaiveDate>,
    /// Where it stands.
    pub state: State,
    /// The day it was put right, or fell away.
    pub settled_on: Option<NaiveDate>,
    /// By what: the new outcome, a document number, or why it fell away.
    pub settled_by: Option<String>,
    /// Raised by everything that happens to it.
    pub version: i64,
    /// When it came onto the list.
    pub opened: Moment,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    sort: String,
    case_id: String,
    case_no: String,
    person_id: String,
    outcome_id: String,
    domain: String,
    item: String,
    period: String,
    result: String,
    unit: Option<String>,
    decided_on: Option<String>,
    state: String,
    settled_on: Option<String>,
    settled_by: Option<String>,
    version: i64,
    opened_ms: i64,
}

impl TryFrom<Row> for Remedy {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: RemedyId::stored(row.id),
            sort: Sort::from_text(&row.sort).ok_or_else(|| StoreError::corrupt("sort", row.sort))?,
            case: CaseId::stored(row.case_id),
            case_no: row.case_no,
            person: PersonId::stored(row.person_id),
            outcome: row.outcome_id,
            domain: Domain::from_id(&row.domain).ok_or_else(|| StoreError::corrupt("domain", row.domain))?,
            item: row.item,
            period: row.period,
            result: row.result,
            unit: row.unit,
            decided_on: maybe_day("decided_on", row.decided_on.as_ref())?,
            state: State::from_text(&row.state).ok_or_else(|| StoreError::corrupt("state", row.state))?,
            settled_on: maybe_day("settled_on", row.settled_on.as_ref())?,
            settled_by: row.settled_by,
            version: row.version,
            opened: Moment::from_millis(row.opened_ms),
        })
    }
}

macro_rules! select {
    ($($tail:expr),+) => {
        concat!(
            "SELECT id, sort, case_id, case_no, person_id, outcome_id, domain, item, period, result, unit, decided_on, state, ",
            "settled_on, settled_by, version, opened_ms FROM remedy ",
            $($tail),+
        )
    };
}

const BY_ID: &str = select!("WHERE id = $1");
const SEEN_BY_ID: &str = select!(
    "WHERE id = $1 AND ",
    seen!("$2": "unit"; by_organ!("$2", "remedy.case_id"))
);
const OF_CASE: &str = select!("WHERE case_id = $1 ORDER BY id LIMIT 10000");
const PAGE: &str = select!(
    "WHERE sort = $1 AND ($2 OR state = 'open') AND ",
    seen!("$3": "unit"; by_organ!("$3", "remedy.case_id")),
    " ORDER BY CASE state WHEN 'open' THEN 0 WHEN 'done' THEN 1 ELSE 2 END, case_no, period, id LIMIT $4 OFFSET $5"
);
const COUNT: &str = concat!(
    "SELECT COUNT(*) FROM remedy WHERE sort = $1 AND ($2 OR state = 'open') AND ",
    seen!("$3": "unit"; by_organ!("$3", "remedy.case_id"))
);
const PUT: &str = "INSERT INTO remedy (id, sort, case_id, case_no, person_id, outcome_id, domain, item, period, result, unit, \
     decided_on, state, settled_on, settled_by, version, opened_ms) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
     ON CONFLICT (id) DO UPDATE SET case_no = excluded.case_no, unit = excluded.unit, decided_on = excluded.decided_on, \
     state = excluded.state, settled_on = excluded.settled_on, settled_by = excluded.settled_by, version = excluded.version, \
     opened_ms = excluded.opened_ms";

/// One entry.
pub async fn by_id(tx: &mut Tx, id: &str) -> Result<Option<Remedy>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)?;
    row.map(Remedy::try_from).transpose()
}

/// The same, for somebody who sees this much.
pub async fn seen_by_id(tx: &mut Tx, id: &str, scope: &Scope) -> Result<Option<Remedy>, StoreError> {
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SEEN_BY_ID).bind(id).bind(scope.unit()).fetch_optional(c).await)?;
    row.map(Remedy::try_from).transpose()
}

/// The entries of a case.
pub async fn of_case(tx: &mut Tx, case: &CaseId) -> Result<Vec<Remedy>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OF_CASE).bind(case.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(Remedy::try_from).collect()
}

/// One page of a list as far as it is seen: those not put right, or all with these first.
pub async fn page(
    tx: &mut Tx,
    sort: Sort,
    all: bool,
    scope: &Scope,
    limit: i64,
    offset: i64,
) -> Result<Vec<Remedy>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(PAGE).bind(sort.as_str()).bind(all).bind(scope.unit()).bind(limit)
        .bind(offset)        .fetch_all(c).await)?;
    rows.into_iter().map(Remedy::try_from).collect()
}

/// The length of a list as far as it is seen.
pub async fn count(tx: &mut Tx, sort: Sort, all: bool, scope: &Scope) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(COUNT).bind(sort.as_str()).bind(all).bind(scope.unit()).fetch_one(c).await)?)
}

/// Inserts or replaces.
pub async fn put(tx: &mut Tx, r: &Remedy) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT)
        .bind(r.id.as_str()).bind(r.sort.as_str()).bind(r.case.as_str()).bind(&r.case_no).bind(r.person.as_str())
        .bind(&r.outcome).bind(r.domain.as_str()).bind(&r.item).bind(&r.period).bind(&r.result).bind(&r.unit)
        .bind(iso(r.decided_on)).bind(r.state.as_str()).bind(iso(r.settled_on)).bind(&r.settled_by).bind(r.version)
        .bind(r.opened.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}
