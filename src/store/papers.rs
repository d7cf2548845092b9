//! Papers that were issued, and the numbers given out for them: without gaps and never twice, because the number and
//! the paper are written in one transaction.

use super::db::on;
use super::values::iso;
use super::{StoreError, Tx};
use crate::domain::ids::CaseId;
use crate::domain::time::Moment;
use chrono::NaiveDate;

/// A paper as issued.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredPaper {
    /// Derived from the number.
    pub id: String,
    /// Kind.
    pub kind: String,
    /// Its number as printed.
    pub number: String,
    /// Issuing unit.
    pub unit: String,
    /// What stands before the year.
    pub prefix: String,
    /// Year.
    pub year: i64,
    /// Number within unit, prefix and year.
    pub serial: i64,
    /// 成文日期
    pub dated: String,
    /// The case it belongs to.
    pub case_id: String,
    /// SHA-256 of its bytes.
    pub hash: String,
    /// Who issued it.
    pub actor: String,
    /// When.
    pub at_ms: i64,
}

/// A paper to keep.
#[derive(Debug)]
pub struct NewPaper<'a> {
    /// Derived from the number.
    pub id: &'a str,
    /// The case it belongs to.
    pub case: &'a CaseId,
    /// Kind.
    pub kind: &'a str,
    /// Issuing unit.
    pub unit: &'a str,
    /// What stands before the year.
    pub prefix: &'a str,
    /// Year.
    pub year: i32,
    /// Number within unit, prefix and year.
    pub serial: u32,
    /// The number as printed.
    pub number: &'a str,
    /// 成文日期
    pub dated: NaiveDate,
    /// Digest of its words without number and date.
    pub content: &'a str,
    /// SHA-256 of its bytes.
    pub hash: &'a str,
    /// The document.
    pub bytes: &'a [u8],
    /// Who issued it.
    pub actor: &'a str,
}

/// Papers of one case.
const MOST: i64 = 1_000;

// The row is locked from the first statement on, so two writers never read the same number.
const NEXT: &str = "INSERT INTO number_series (unit, prefix, year, last) VALUES ($1, $2, $3, 1) \
     ON CONFLICT (unit, prefix, year) DO UPDATE SET last = number_series.last + 1 RETURNING last";
const LAST: &str = "SELECT last FROM number_series WHERE unit = $1 AND prefix = $2 AND year = $3";
const LAST_PREFIX: &str = "SELECT prefix FROM paper WHERE unit = $1 ORDER BY at_ms DESC, number DESC LIMIT 1";
const INSERT: &str = "INSERT INTO paper (id, case_id, kind, unit, prefix, year, serial, number, dated, content, hash, bytes, \
     actor, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, kind, number, unit, prefix, year, serial, dated, case_id, hash, actor, at_ms FROM paper ",
            $tail
        )
    };
}

const OF_CASE: &str = select!("WHERE case_id = $1 ORDER BY at_ms, number LIMIT $2");
const SAME: &str = select!(
    "WHERE case_id = $1 AND kind = $2 AND content = $3 AND ($4 IS NULL OR dated = $4) ORDER BY at_ms DESC, number LIMIT 1"
);
const BY_NUMBER: &str = select!("WHERE number = $1 ORDER BY unit LIMIT 100");
const BYTES: &str = "SELECT bytes FROM paper WHERE id = $1";

/// Gives out the next number of a unit's series in a year; it is taken back when the transaction is.
pub async fn next_number(tx: &mut Tx, unit: &str, prefix: &str, year: i32) -> Result<u32, StoreError> {
    let last: i64 = on!(tx, c => sqlx::query_scalar(NEXT)
        .bind(unit).bind(prefix).bind(i64::from(year))
        .fetch_one(c).await)?;
    u32::try_from(last).map_err(|_| StoreError::corrupt("last", last.to_string()))
}

/// The last number given out in a series, 0 before the first.
pub async fn last_number(tx: &mut Tx, unit: &str, prefix: &str, year: i32) -> Result<u32, StoreError> {
    let last: Option<i64> = on!(tx, c => sqlx::query_scalar(LAST)
        .bind(unit).bind(prefix).bind(i64::from(year))
        .fetch_optional(c).await)?;
    let last = last.unwrap_or(0);
    u32::try_from(last).map_err(|_| StoreError::corrupt("last", last.to_string()))
}

/// What stood before the year in the number of a unit's latest paper.
pub async fn last_prefix(tx: &mut Tx, unit: &str) -> Result<Option<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(LAST_PREFIX).bind(unit).fetch_optional(c).await)?)
}

/// Keeps a paper.
pub async fn insert(tx: &mut Tx, p: &NewPaper<'_>, now: Moment) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(p.id).bind(p.case.as_str()).bind(p.kind).bind(p.unit).bind(p.prefix).bind(i64::from(p.year))
        .bind(i64::from(p.serial)).bind(p.number).bind(p.dated.to_string()).bind(p.content).bind(p.hash).bind(p.bytes).bind(p.actor).bind(now.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The papers of a case, oldest first.
pub async fn of_case(tx: &mut Tx, case: &CaseId) -> Result<Vec<StoredPaper>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(OF_CASE).bind(case.as_str()).bind(MOST).fetch_all(c).await)?)
}

/// The latest paper of a case that says the same; of that date, where one is given.
pub async fn same(
    tx: &mut Tx,
    case: &CaseId,
    kind: &str,
    content: &str,
    dated: Option<NaiveDate>,
) -> Result<Option<StoredPaper>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(SAME)
        .bind(case.as_str()).bind(kind).bind(content).bind(iso(dated))
        .fetch_optional(c).await)?)
}

/// The papers of a number; two organs that use the same 机关代字 have one each.
pub async fn by_number(tx: &mut Tx, number: &str) -> Result<Vec<StoredPaper>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(BY_NUMBER).bind(number).fetch_all(c).await)?)
}

/// The document of a paper.
pub async fn bytes(tx: &mut Tx, id: &str) -> Result<Vec<u8>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(BYTES).bind(id).fetch_one(c).await)?)
}
