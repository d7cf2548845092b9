//! 苗头性问题的提醒: who was reminded of what, when, by whom, and when to look again.

use super::db::on;
use super::values::{day, iso, maybe_day};
use super::{StoreError, Tx};
use crate::domain::ids::PersonId;
use crate::domain::time::Moment;
use chrono::NaiveDate;

/// A reminder as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReminder {
    /// Derived from the number.
    pub id: String,
    /// 编号
    pub number: String,
    /// Who was reminded.
    pub person: PersonId,
    /// 单位
    pub unit: String,
    /// 苗头性问题
    pub problem: String,
    /// 提醒日期
    pub reminded_on: NaiveDate,
    /// 提醒人
    pub reminded_by: String,
    /// Organ whose contacts are told of the look to come.
    pub organ: Option<String>,
    /// 回看日期
    pub follow_up_on: NaiveDate,
    /// The day it was looked at again.
    pub checked_on: Option<NaiveDate>,
    /// What was found then.
    pub result: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    number: String,
    person_id: String,
    unit: String,
    problem: String,
    reminded_on: String,
    reminded_by: String,
    organ: Option<String>,
    follow_up_on: String,
    checked_on: Option<String>,
    result: Option<String>,
}

impl TryFrom<Row> for StoredReminder {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            number: row.number,
            person: PersonId::stored(row.person_id),
            unit: row.unit,
            problem: row.problem,
            reminded_on: day("reminded_on", &row.reminded_on)?,
            reminded_by: row.reminded_by,
            organ: row.organ,
            follow_up_on: day("follow_up_on", &row.follow_up_on)?,
            checked_on: maybe_day("checked_on", row.checked_on.as_ref())?,
            result: row.result,
        })
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, number, person_id, unit, problem, reminded_on, reminded_by, organ, follow_up_on, checked_on, result ",
            "FROM reminder ",
            $tail
        )
    };
}

const BY_NUMBER: &str = select!("WHERE number = $1");
const PAGE: &str = select!("ORDER BY checked_on IS NOT NULL, follow_up_on, number LIMIT $1");
const PUT: &str = "INSERT INTO reminder (id, number, person_id, unit, problem, reminded_on, reminded_by, organ, follow_up_on, \
     checked_on, result, first_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
     ON CONFLICT (id) DO UPDATE SET checked_on = excluded.checked_on, result = excluded.result";

/// One reminder.
pub async fn by_number(tx: &mut Tx, number: &str) -> Result<Option<StoredReminder>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(BY_NUMBER).bind(number).fetch_optional(c).await)?;
    row.map(StoredReminder::try_from).transpose()
}

/// Those not yet looked at again first, by the day they are due.
pub async fn page(tx: &mut Tx, limit: i64) -> Result<Vec<StoredReminder>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(PAGE).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(StoredReminder::try_from).collect()
}

/// Inserts, or records the look.
pub async fn put(tx: &mut Tx, r: &StoredReminder, now: Moment) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT)
        .bind(&r.id).bind(&r.number).bind(r.person.as_str()).bind(&r.unit).bind(&r.problem)
        .bind(r.reminded_on.to_string()).bind(&r.reminded_by).bind(&r.organ).bind(r.follow_up_on.to_string())
        .bind(iso(r.checked_on)).bind(&r.result).bind(now.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}
