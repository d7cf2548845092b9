//! Findings.

use super::db::on;
use super::values::{iso, maybe_day};
use super::{StoreError, Tx};
use crate::domain::finding::Finding;
use crate::domain::ids::{CaseId, FindingId, PersonId, RunId};
use crate::domain::protection::list::Domain;
use crate::domain::time::Moment;

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    natural_key: String,
    case_id: String,
    case_no: String,
    person_id: String,
    run_id: String,
    domain: String,
    verdict: String,
    cell: String,
    why: String,
    matched: String,
    result: String,
    reason: String,
    evidence: String,
    period: Option<String>,
    file: String,
    sheet: Option<String>,
    #[sqlx(rename = "row_no")]
    line: Option<i64>,
    unit: Option<String>,
    decided_on: Option<String>,
    is_final: bool,
    state: String,
    opened_ms: i64,
}

impl TryFrom<Row> for Finding {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: FindingId::stored(row.id),
            key: row.natural_key,
            case: CaseId::stored(row.case_id),
            case_no: row.case_no,
            person: PersonId::stored(row.person_id),
            run: RunId::stored(row.run_id),
            domain: Domain::stored(&row.domain).ok_or_else(|| StoreError::corrupt("domain", row.domain.clone()))?,
            verdict: row.verdict,
            cell: row.cell,
            why: row.why,
            matched: row.matched.lines().map(str::to_owned).collect(),
            result: row.result,
            reason: row.reason,
            evidence: row.evidence,
            period: row.period,
            file: row.file,
            sheet: row.sheet,
            row: row.line.and_then(|line| u32::try_from(line).ok()),
            unit: row.unit,
            decided_on: maybe_day("decided_on", row.decided_on.as_ref())?,
            is_final: row.is_final,
            opened: Moment::from_millis(row.opened_ms),
        })
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, natural_key, case_id, case_no, person_id, run_id, domain, verdict, cell, why, matched, result, reason, evidence, ",
            "period, file, sheet, row_no, unit, decided_on, is_final, state, opened_ms FROM finding ",
            $tail
        )
    };
}

const OPEN_OF_CASE: &str = select!("WHERE case_id = $1 AND state = 'open' ORDER BY opened_ms, id LIMIT 10000");
const CLOSE: &str = "UPDATE finding SET state = 'answered' WHERE id = $1";
const BY_ID: &str = select!("WHERE id = $1");
const PAGE: &str = select!(
    "WHERE ($1 IS NULL OR state = $1) ORDER BY CASE state WHEN 'open' THEN 0 ELSE 1 END, \
     CASE verdict WHEN 'violation' THEN 0 ELSE 1 END, opened_ms DESC, id LIMIT $2 OFFSET $3"
);
const COUNT: &str = "SELECT COUNT(*) FROM finding WHERE ($1 IS NULL OR state = $1)";
const INSERT: &str = "INSERT INTO finding (id, natural_key, case_id, case_no, person_id, run_id, domain, verdict, cell, why, matched, result, \
     reason, evidence, period, file, sheet, row_no, unit, decided_on, is_final, state, opened_ms) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 'open', $22) \
     ON CONFLICT (natural_key) DO NOTHING";

/// One finding.
pub async fn by_id(tx: &mut Tx, id: &str) -> Result<Option<Finding>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)?;
    row.map(Finding::try_from).transpose()
}

/// A finding with where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFinding {
    /// The finding.
    pub finding: Finding,
    /// `open` or `answered`.
    pub state: String,
}

impl TryFrom<Row> for StoredFinding {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let state = row.state.clone();
        Ok(Self {
            finding: Finding::try_from(row)?,
            state,
        })
    }
}

/// One finding with where it stands.
pub async fn stored_by_id(tx: &mut Tx, id: &str) -> Result<Option<StoredFinding>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)?;
    row.map(StoredFinding::try_from).transpose()
}

/// One page of those in a state, or of all: open ones first, violations before suspicions, newest first.
pub async fn page(tx: &mut Tx, state: Option<&str>, limit: i64, offset: i64) -> Result<Vec<StoredFinding>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(PAGE).bind(state).bind(limit).bind(offset).fetch_all(c).await)?;
    rows.into_iter().map(StoredFinding::try_from).collect()
}

/// The open findings of a case.
pub async fn open_of_case(tx: &mut Tx, case: &CaseId) -> Result<Vec<Finding>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OPEN_OF_CASE).bind(case.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(Finding::try_from).collect()
}

/// Closes a finding; why stands in the journal.
pub async fn close(tx: &mut Tx, id: &FindingId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(CLOSE).bind(id.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// The number of findings in a state, or of all.
pub async fn count(tx: &mut Tx, state: Option<&str>) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(COUNT).bind(state).fetch_one(c).await)?)
}

/// Opens a finding; `false` when the same outcome was found before.
pub async fn insert(tx: &mut Tx, f: &Finding) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(INSERT)
        .bind(f.id.as_str()).bind(&f.key).bind(f.case.as_str()).bind(&f.case_no).bind(f.person.as_str()).bind(f.run.as_str())
        .bind(f.domain.as_str()).bind(&f.verdict).bind(&f.cell).bind(&f.why).bind(f.matched.join("\n")).bind(&f.result)
        .bind(&f.reason).bind(&f.evidence).bind(&f.period).bind(&f.file).bind(&f.sheet).bind(f.row.map(i64::from)).bind(&f.unit)
        .bind(iso(f.decided_on)).bind(f.is_final).bind(f.opened.millis())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
