//! Judged rows that were kept and final outcomes that were imported; protected people only.

use super::db::on;
use super::values::iso;
use super::{StoreError, Tx};
use crate::domain::ids::{PersonId, RunId};
use crate::domain::protection::list::Domain;
use chrono::NaiveDate;

/// An outcome to keep.
#[derive(Debug, Clone)]
pub struct NewOutcome {
    /// Derived from person, domain, item, period and result.
    pub id: String,
    /// The cadre.
    pub person: PersonId,
    /// The domain.
    pub domain: Domain,
    /// 事项
    pub item: String,
    /// 期间
    pub period: String,
    /// 结果
    pub result: String,
    /// 理由
    pub reason: String,
    /// 决定日期
    pub decided_on: Option<NaiveDate>,
    /// The run that brought it.
    pub run: RunId,
}

/// An appraisal grade kept earlier.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Grade {
    /// The cadre.
    pub person_id: String,
    /// 期间
    pub period: String,
    /// 结果
    pub result: String,
}

const INSERT: &str = "INSERT INTO outcome (id, person_id, domain, item, period, result, reason, decided_on, run_id) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING";
const GRADES: &str =
    "SELECT person_id, period, result FROM outcome WHERE domain = 'annual_appraisal' ORDER BY person_id, period";

/// Keeps an outcome; `false` when it was there already.
pub async fn insert(tx: &mut Tx, o: &NewOutcome) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(INSERT)
        .bind(&o.id).bind(o.person.as_str()).bind(o.domain.as_str()).bind(&o.item).bind(&o.period).bind(&o.result)
        .bind(&o.reason).bind(iso(o.decided_on)).bind(o.run.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Every appraisal grade kept.
pub async fn grades(tx: &mut Tx) -> Result<Vec<Grade>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(GRADES).fetch_all(c).await)?)
}
