//! Judged rows that were kept and final outcomes that were imported; protected people only.

use super::db::on;
use super::values::{iso, maybe_day};
use super::{StoreError, Tx};
use crate::domain::ids::{CaseId, PersonId, RunId};
use crate::domain::kept::Kept;
use crate::domain::protection::Verdict;
use crate::domain::protection::list::Domain;
use crate::domain::time::Moment;

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

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    person_id: String,
    case_id: Option<String>,
    domain: String,
    item: String,
    period: String,
    result: String,
    baseline: String,
    reason: String,
    evidence: String,
    unit: Option<String>,
    decided_on: Option<String>,
    is_final: bool,
    verdict: String,
    cell: String,
    why: String,
    matched: String,
    file: String,
    sheet: Option<String>,
    #[sqlx(rename = "row_no")]
    line: Option<i64>,
    run_id: String,
    kept_ms: i64,
}

impl TryFrom<Row> for Kept {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            person: PersonId::stored(row.person_id),
            case: row.case_id.map(CaseId::stored),
            domain: Domain::from_id(&row.domain).ok_or_else(|| StoreError::corrupt("domain", row.domain.clone()))?,
            item: row.item,
            period: row.period,
            result: row.result,
            baseline: row.baseline,
            reason: row.reason,
            evidence: row.evidence,
            unit: row.unit,
            decided_on: maybe_day("decided_on", row.decided_on.as_ref())?,
            is_final: row.is_final,
            verdict: Verdict::from_text(&row.verdict),
            cell: row.cell,
            why: row.why,
            matched: row.matched.lines().map(str::to_owned).collect(),
            file: row.file,
            sheet: row.sheet,
            row: row.line.and_then(|line| u32::try_from(line).ok()),
            run: RunId::stored(row.run_id),
            at: Moment::from_millis(row.kept_ms),
        })
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT o.id, o.person_id, o.case_id, o.domain, o.item, o.period, o.result, o.baseline, o.reason, o.evidence, ",
            "o.unit, o.decided_on, o.is_final, o.verdict, o.cell, o.why, o.matched, run.file, o.sheet, o.row_no, o.run_id, ",
            "o.kept_ms FROM outcome o JOIN run ON run.id = o.run_id ",
            $tail
        )
    };
}

/// Outcomes one cadre may have; a career has some hundreds.
const MOST: i64 = 20_000;

const BY_ID: &str = select!("WHERE o.id = $1");
const OF_PERSON: &str = select!("WHERE o.person_id = $1 ORDER BY o.kept_ms, o.id LIMIT $2");
const PUT: &str = "INSERT INTO outcome (id, person_id, case_id, domain, item, period, result, baseline, reason, evidence, unit, \
     decided_on, is_final, verdict, cell, why, matched, sheet, row_no, run_id, kept_ms) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) \
     ON CONFLICT (id) DO UPDATE SET case_id = excluded.case_id, baseline = excluded.baseline, reason = excluded.reason, \
     evidence = excluded.evidence, unit = excluded.unit, decided_on = excluded.decided_on, is_final = excluded.is_final, \
     verdict = excluded.verdict, cell = excluded.cell, why = excluded.why, matched = excluded.matched, \
     sheet = excluded.sheet, row_no = excluded.row_no, run_id = excluded.run_id, kept_ms = excluded.kept_ms";
const GRADES: &str = "SELECT person_id, period, result FROM outcome WHERE domain = 'annual_appraisal' \
     ORDER BY person_id, period, kept_ms DESC, id";

/// Keeps an outcome as it is now known; `false` when nothing is new about it.
pub async fn keep(tx: &mut Tx, kept: &Kept) -> Result<bool, StoreError> {
    let before = by_id(tx, &kept.id).await?;
    if before.as_ref().is_some_and(|before| !before.is_changed_by(kept)) {
        return Ok(false);
    }
    put(tx, kept).await?;
    Ok(true)
}

/// The outcome under the id it is, or will be, kept by: its day is part of that where it has no period and another
/// one in the same words was decided on another day.
pub async fn told_apart(tx: &mut Tx, kept: Kept) -> Result<Kept, StoreError> {
    let Some(by_day) = kept.by_day() else {
        return Ok(kept);
    };
    if by_id(tx, &by_day.id).await?.is_some() {
        return Ok(by_day);
    }
    let known = by_id(tx, &kept.id).await?;
    Ok(match known {
        Some(known) if kept.is_apart_from(&known) => by_day,
        _ => kept,
    })
}

/// Inserts or replaces.
pub async fn put(tx: &mut Tx, o: &Kept) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT)
        .bind(&o.id).bind(o.person.as_str()).bind(o.case.as_ref().map(CaseId::as_str)).bind(o.domain.as_str()).bind(&o.item)
        .bind(&o.period).bind(&o.result).bind(&o.baseline).bind(&o.reason).bind(&o.evidence).bind(&o.unit)
        .bind(iso(o.decided_on)).bind(o.is_final).bind(o.verdict.map_or("", Verdict::as_str)).bind(&o.cell).bind(&o.why)
        .bind(o.matched.join("\n")).bind(&o.sheet).bind(o.row.map(i64::from)).bind(o.run.as_str()).bind(o.at.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// One kept outcome.
pub async fn by_id(tx: &mut Tx, id: &str) -> Result<Option<Kept>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)?;
    row.map(Kept::try_from).transpose()
}

/// All that is kept of a cadre, in the order it came.
pub async fn of_person(tx: &mut Tx, person: &PersonId) -> Result<Vec<Kept>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OF_PERSON).bind(person.as_str()).bind(MOST).fetch_all(c).await)?;
    rows.into_iter().map(Kept::try_from).collect()
}

/// Every appraisal grade kept; of several for one year the newest first.
pub async fn grades(tx: &mut Tx) -> Result<Vec<Grade>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(GRADES).fetch_all(c).await)?)
}
