//! Cases of the register.

use super::db::on;
use super::sight::seen;
use super::values::{at_once, iso, maybe_day};
use super::{StoreError, Tx, dialect};
use crate::domain::account::Scope;
use crate::domain::case::{CaseRecord, Conclusion, StepsDone};
use crate::domain::ids::{CaseId, PersonId, RunId};
use crate::domain::person::IdNumber;
use crate::domain::protection::CaseFacts;
use crate::domain::time::Moment;
use std::collections::{HashMap, HashSet};

/// A case as stored. The record's `name` and `id` stay empty: they belong to the person.
#[derive(Debug, Clone)]
pub struct StoredCase {
    /// Derived id.
    pub id: CaseId,
    /// The cadre.
    pub person: PersonId,
    /// What the register says.
    pub record: CaseRecord,
    /// The import that made it.
    pub run: RunId,
    /// When it was first imported.
    pub first: Moment,
    /// The matter it belongs to, where several cadres share one.
    pub matter_no: Option<String>,
    /// Raised by every act; 0 while the case is only a line of the register.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    case_no: String,
    person_id: String,
    unit: String,
    matter: String,
    conclusion: String,
    concluded_on: Option<String>,
    doc_no: Option<String>,
    measure: Option<String>,
    revoked: bool,
    revoked_on: Option<String>,
    organ: Option<String>,
    handler: Option<String>,
    competent: Option<String>,
    superior: Option<String>,
    archive_personnel_on: Option<String>,
    archive_integrity_on: Option<String>,
    archive_file_on: Option<String>,
    feedback_subject_on: Option<String>,
    feedback_competent_on: Option<String>,
    feedback_superior_on: Option<String>,
    feedback_organization_on: Option<String>,
    run_id: String,
    first_ms: i64,
    matter_no: Option<String>,
    version: i64,
}

impl TryFrom<Row> for StoredCase {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let conclusion = conclusion(&row.conclusion)?;
        let record = CaseRecord {
            case_no: row.case_no,
            name: String::new(),
            id: IdNumber::Missing,
            unit: row.unit,
            matter: row.matter,
            conclusion,
            concluded_on: maybe_day("认定日期", row.concluded_on.as_ref())?,
            doc_no: row.doc_no,
            measure: row.measure,
            revoked: row.revoked,
            revoked_on: maybe_day("撤销日期", row.revoked_on.as_ref())?,
            organ: row.organ,
            handler: row.handler,
            competent: row.competent,
            superior: row.superior,
            done: StepsDone {
                archive_personnel: maybe_day("人事档案归档日期", row.archive_personnel_on.as_ref())?,
                archive_integrity: maybe_day("廉政档案归档日期", row.archive_integrity_on.as_ref())?,
                archive_file: maybe_day("入卷归档日期", row.archive_file_on.as_ref())?,
                feedback_subject: maybe_day("反馈本人日期", row.feedback_subject_on.as_ref())?,
                feedback_competent: maybe_day("抄送主管部门日期", row.feedback_competent_on.as_ref())?,
                feedback_superior: maybe_day("抄送上级部门日期", row.feedback_superior_on.as_ref())?,
                feedback_organization: maybe_day("抄送组织部门日期", row.feedback_organization_on.as_ref())?,
            },
        };
        Ok(Self {
            id: CaseId::stored(row.id),
            person: PersonId::stored(row.person_id),
            record,
            run: RunId::stored(row.run_id),
            first: Moment::from_millis(row.first_ms),
            matter_no: row.matter_no,
            version: row.version,
        })
    }
}

/// The few columns a judgement looks at.
#[derive(serde::Deserialize)]
struct FactsRow {
    id: String,
    person_id: String,
    case_no: String,
    matter: String,
    conclusion: String,
    concluded_on: Option<String>,
    doc_no: Option<String>,
    measure: Option<String>,
    revoked: bool,
    revoked_on: Option<String>,
}

impl TryFrom<FactsRow> for (PersonId, CaseFacts) {
    type Error = StoreError;

    fn try_from(row: FactsRow) -> Result<Self, StoreError> {
        let facts = CaseFacts {
            conclusion: conclusion(&row.conclusion)?,
            case: CaseId::stored(row.id),
            case_no: row.case_no,
            matter: row.matter,
            concluded_on: maybe_day("认定日期", row.concluded_on.as_ref())?,
            doc_no: row.doc_no,
            measure: row.measure,
            revoked: row.revoked,
            revoked_on: maybe_day("撤销日期", row.revoked_on.as_ref())?,
        };
        Ok((PersonId::stored(row.person_id), facts))
    }
}

fn conclusion(text: &str) -> Result<Conclusion, StoreError> {
    Conclusion::from_zh(text).ok_or_else(|| StoreError::corrupt("认定结论", text))
}

macro_rules! select {
    ($($tail:expr),+) => {
        concat!(
            "SELECT id, case_no, person_id, unit, matter, conclusion, concluded_on, doc_no, measure, revoked, revoked_on, ",
            "organ, handler, competent, superior, archive_personnel_on, archive_integrity_on, archive_file_on, ",
            "feedback_subject_on, feedback_competent_on, feedback_superior_on, feedback_organization_on, run_id, first_ms, ",
            "matter_no, version FROM tolerance_case ",
            $($tail),+
        )
    };
}

const BY_NUMBER: &str = select!("WHERE case_no = $1 ORDER BY id LIMIT 1000");
const BY_ID: &str = select!("WHERE id = $1");
const ALL: &str = select!("ORDER BY case_no, id");
const ORGANS: &str = "SELECT id, organ FROM tolerance_case WHERE organ IS NOT NULL";
/// The roster may have the cadre in another unit by now.
const SEEN: &str = concat!(
    "SELECT t.id FROM tolerance_case t JOIN person p ON p.id = t.person_id WHERE ",
    seen!("$1": "t.unit", "t.organ", "p.roster_unit")
);
const OF_MATTER: &str = select!("WHERE matter_no = $1 ORDER BY case_no, id LIMIT 1000");
const OF_PERSON: &str = select!("WHERE person_id = $1 ORDER BY case_no, id LIMIT 1000");
const BUMP: &str = "UPDATE tolerance_case SET version = version + 1 WHERE id = $1 AND version = $2";
const PUT: &str = "INSERT INTO tolerance_case (id, case_no, person_id, unit, matter, conclusion, concluded_on, doc_no, measure, \
     revoked, revoked_on, organ, handler, competent, superior, archive_personnel_on, archive_integrity_on, archive_file_on, \
     feedback_subject_on, feedback_competent_on, feedback_superior_on, feedback_organization_on, run_id, first_ms, \
     matter_no) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
     $23, $24, $25) \
     ON CONFLICT (id) DO UPDATE SET person_id = excluded.person_id, unit = excluded.unit, matter = excluded.matter, \
     conclusion = excluded.conclusion, concluded_on = excluded.concluded_on, doc_no = excluded.doc_no, \
     measure = excluded.measure, revoked = excluded.revoked, revoked_on = excluded.revoked_on, organ = excluded.organ, \
     handler = excluded.handler, competent = excluded.competent, superior = excluded.superior, \
     archive_personnel_on = excluded.archive_personnel_on, archive_integrity_on = excluded.archive_integrity_on, \
     archive_file_on = excluded.archive_file_on, feedback_subject_on = excluded.feedback_subject_on, \
     feedback_competent_on = excluded.feedback_competent_on, feedback_superior_on = excluded.feedback_superior_on, \
     feedback_organization_on = excluded.feedback_organization_on";

/// Cases with a number; several cadres may share one matter.
pub async fn by_number(tx: &mut Tx, case_no: &str) -> Result<Vec<StoredCase>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(BY_NUMBER).bind(case_no).fetch_all(c).await)?;
    rows.into_iter().map(StoredCase::try_from).collect()
}

/// One case.
pub async fn by_id(tx: &mut Tx, id: &str) -> Result<Option<StoredCase>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)?;
    row.map(StoredCase::try_from).transpose()
}

/// Every case, by number.
pub async fn all(tx: &mut Tx) -> Result<Vec<StoredCase>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?;
    rows.into_iter().map(StoredCase::try_from).collect()
}

/// Every case as far as it protects, and whom, by number.
pub async fn facts(tx: &mut Tx) -> Result<Vec<(PersonId, CaseFacts)>, StoreError> {
    let mut rows: Vec<FactsRow> = at_once(tx, dialect::case_facts(tx.backend())).await?;
    rows.sort_unstable_by(|one, other| (&one.case_no, &one.id).cmp(&(&other.case_no, &other.id)));
    rows.into_iter().map(TryFrom::try_from).collect()
}

/// The organs that hold cases, by the case's id.
pub async fn organs(tx: &mut Tx) -> Result<HashMap<String, String>, StoreError> {
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(ORGANS).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

/// The cases whose protection somebody sees.
pub async fn seen(tx: &mut Tx, scope: &Scope) -> Result<HashSet<CaseId>, StoreError> {
    let rows: Vec<String> = on!(tx, c => sqlx::query_scalar(SEEN).bind(scope.unit()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(CaseId::stored).collect())
}

/// The cases of one matter.
pub async fn of_matter(tx: &mut Tx, matter_no: &str) -> Result<Vec<StoredCase>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OF_MATTER).bind(matter_no).fetch_all(c).await)?;
    rows.into_iter().map(StoredCase::try_from).collect()
}

/// The cases of one cadre.
pub async fn of_person(tx: &mut Tx, person: &PersonId) -> Result<Vec<StoredCase>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OF_PERSON).bind(person.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(StoredCase::try_from).collect()
}

/// Raises the version; `false` when somebody else did so since it was read.
pub async fn bump(tx: &mut Tx, id: &CaseId, version: i64) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(BUMP).bind(id.as_str()).bind(version)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Inserts or replaces; the version stays as it is.
pub async fn put(tx: &mut Tx, case: &StoredCase) -> Result<(), StoreError> {
    let (r, d) = (&case.record, &case.record.done);
    on!(tx, c => sqlx::query(PUT)
        .bind(case.id.as_str()).bind(&r.case_no).bind(case.person.as_str()).bind(&r.unit).bind(&r.matter)
        .bind(r.conclusion.zh()).bind(iso(r.concluded_on)).bind(&r.doc_no).bind(&r.measure).bind(r.revoked)
        .bind(iso(r.revoked_on)).bind(&r.organ).bind(&r.handler).bind(&r.competent).bind(&r.superior)
        .bind(iso(d.archive_personnel)).bind(iso(d.archive_integrity)).bind(iso(d.archive_file))
        .bind(iso(d.feedback_subject)).bind(iso(d.feedback_competent)).bind(iso(d.feedback_superior))
        .bind(iso(d.feedback_organization)).bind(case.run.as_str()).bind(case.first.millis())
        .bind(&case.matter_no)
        .execute(c).await.map(drop))?;
    Ok(())
}
