//! Findings, where they stand, and what happened to them.

use super::db::on;
use super::sight::{by_organ, seen, within};
use super::values::{iso, maybe_day};
use super::{StoreError, Tx};
use crate::domain::account::Scope;
use crate::domain::finding::{Closing, Event, Finding, Given, Owner, Stage, State};
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
    item: String,
    result: String,
    baseline: String,
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
    predecessor: Option<String>,
    state: String,
    owner_unit: Option<String>,
    owner_person: Option<String>,
    answer: Option<String>,
    answered_by: Option<String>,
    closed_by: Option<String>,
    version: i64,
    opened_ms: i64,
}

impl TryFrom<Row> for StoredFinding {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let finding = Finding {
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
            item: row.item,
            result: row.result,
            baseline: row.baseline,
            reason: row.reason,
            evidence: row.evidence,
            period: row.period,
            file: row.file,
            sheet: row.sheet,
            row: row.line.and_then(|line| u32::try_from(line).ok()),
            unit: row.unit,
            decided_on: maybe_day("decided_on", row.decided_on.as_ref())?,
            is_final: row.is_final,
            predecessor: row.predecessor.map(FindingId::stored),
            opened: Moment::from_millis(row.opened_ms),
        };
        let given = match (row.answer, row.answered_by) {
            (Some(answer), Some(by)) => Some(Given {
                answer: serde_json::from_str(&answer).map_err(|_| StoreError::corrupt("answer", answer))?,
                by,
            }),
            _ => None,
        };
        let closed_by = row
            .closed_by
            .as_deref()
            .map(|word| Closing::from_text(word).ok_or_else(|| StoreError::corrupt("closed_by", word)));
        let state = State {
            stage: Stage::from_text(&row.state).ok_or_else(|| StoreError::corrupt("state", row.state))?,
            owner: Owner {
                unit: row.owner_unit,
                person: row.owner_person,
            },
            given,
            closed_by: closed_by.transpose()?,
            gravity: finding.gravity(),
        };
        Ok(Self {
            finding,
            state,
            version: row.version,
        })
    }
}

/// A finding with where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFinding {
    /// The finding.
    pub finding: Finding,
    /// Where it stands.
    pub state: State,
    /// Raised by everything that happens to it.
    pub version: i64,
}

macro_rules! select {
    ($($tail:expr),+) => {
        concat!(
            "SELECT id, natural_key, case_id, case_no, person_id, run_id, domain, verdict, cell, why, matched, item, result, ",
            "baseline, reason, evidence, period, file, sheet, row_no, unit, decided_on, is_final, predecessor, state, ",
            "owner_unit, owner_person, answer, answered_by, closed_by, version, opened_ms FROM finding ",
            $($tail),+
        )
    };
}

/// Findings one case may have; a case has a handful.
const MOST: i64 = 10_000;

const OF_CASE: &str = select!("WHERE case_id = $1 ORDER BY opened_ms, id LIMIT $2");
const BY_ID: &str = select!("WHERE id = $1");
const SEEN_BY_ID: &str = select!(
    "WHERE id = $1 AND ",
    seen!("$2": "owner_unit", "unit"; by_organ!("$2", "finding.case_id"))
);
const PAGE: &str = select!(
    "WHERE ($1 IS NULL OR state = $1) AND ",
    seen!("$2": "owner_unit", "unit"; by_organ!("$2", "finding.case_id")),
    " ORDER BY CASE state WHEN 'open' THEN 0 WHEN 'answered' THEN 1 ELSE 2 END, \
     CASE verdict WHEN 'violation' THEN 0 ELSE 1 END, opened_ms DESC, id LIMIT $3 OFFSET $4"
);
/// Those of a state, as far as they are seen, narrowed by unit, kind and owner, and to what waits for somebody.
macro_rules! narrowed {
    () => {
        concat!(
            "WHERE ($1 IS NULL OR state = $1) AND ",
            seen!("$2": "owner_unit", "unit"; by_organ!("$2", "finding.case_id")),
            " AND ",
            seen!("$3": "unit", "owner_unit"),
            " AND ($4 IS NULL OR domain = $4) AND ",
            seen!("$5": "owner_unit"; "owner_person = $5"),
            " AND ($6 IS NULL OR ($7 AND state = 'answered' AND answered_by <> $6) OR (state = 'open' AND (owner_person = $8 \
             OR ($7 AND owner_unit IS NULL AND owner_person IS NULL) OR (NOT $7 AND $2 IS NOT NULL AND ",
            within!("owner_unit", "$2"),
            ")))) "
        )
    };
}
const NARROWED: &str = select!(
    narrowed!(),
    "ORDER BY CASE state WHEN 'open' THEN 0 WHEN 'answered' THEN 1 ELSE 2 END, \
     CASE verdict WHEN 'violation' THEN 0 ELSE 1 END, opened_ms DESC, id LIMIT $9 OFFSET $10"
);
const COUNT_NARROWED: &str = concat!("SELECT COUNT(*) FROM finding ", narrowed!());
const OF_UNIT: &str = select!(
    "WHERE ($1 OR state <> 'closed') AND ($2 IS NULL OR owner_unit = $2 OR unit = $2 \
     OR substr(owner_unit, 1, length($2) + 1) = $2 || '/' OR substr(unit, 1, length($2) + 1) = $2 || '/') \
     ORDER BY CASE state WHEN 'open' THEN 0 WHEN 'answered' THEN 1 ELSE 2 END, \
     CASE verdict WHEN 'violation' THEN 0 ELSE 1 END, opened_ms DESC, id LIMIT $3"
);
const COUNT: &str = concat!(
    "SELECT COUNT(*) FROM finding WHERE ($1 IS NULL OR state = $1) AND ",
    seen!("$2": "owner_unit", "unit"; by_organ!("$2", "finding.case_id"))
);
/// A server gives sums a type of their own, so they are taken back to whole numbers.
const TALLY: &str = concat!(
    "SELECT domain, COALESCE(NULLIF(unit, ''), owner_unit, ''), state, closed_by, COUNT(*), CAST(COALESCE(SUM(\
     (SELECT COUNT(*) FROM finding_event e WHERE e.finding_id = finding.id AND e.event = 'refused')), 0) AS BIGINT) \
     FROM finding WHERE opened_ms >= $1 AND opened_ms < $2 AND ",
    seen!("$3": "owner_unit", "unit"; by_organ!("$3", "finding.case_id")),
    " AND ",
    seen!("$4": "unit", "owner_unit"),
    " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 LIMIT 100000"
);
const INSERT: &str = "INSERT INTO finding (id, natural_key, case_id, case_no, person_id, run_id, domain, verdict, cell, why, matched, \
     item, result, baseline, reason, evidence, period, file, sheet, row_no, unit, decided_on, is_final, predecessor, opened_ms, \
     owner_unit, state, version) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, \
     $25, $26, 'open', 0) ON CONFLICT (natural_key) DO NOTHING";
const SAVE: &str = "UPDATE finding SET run_id = $2, verdict = $3, cell = $4, why = $5, matched = $6, result = $7, baseline = $8, \
     reason = $9, evidence = $10, file = $11, sheet = $12, row_no = $13, decided_on = $14, is_final = $15, predecessor = $16, \
     state = $17, owner_unit = $18, owner_person = $19, answer = $20, answered_by = $21, closed_by = $22, version = version + 1 \
     WHERE id = $1 AND version = $23";
const APPEND: &str =
    "INSERT INTO finding_event (finding_id, seq, event, body, actor, at_ms) VALUES ($1, $2, $3, $4, $5, $6)";
const EVENTS: &str = "SELECT seq, body, actor, at_ms FROM finding_event WHERE finding_id = $1 ORDER BY seq LIMIT $2";
const LAST: &str = "SELECT COALESCE(MAX(seq), 0) FROM finding_event WHERE finding_id = $1";

/// One finding.
pub async fn by_id(tx: &mut Tx, id: &str) -> Result<Option<Finding>, StoreError> {
    Ok(stored_by_id(tx, id).await?.map(|stored| stored.finding))
}

/// One finding with where it stands.
pub async fn stored_by_id(tx: &mut Tx, id: &str) -> Result<Option<StoredFinding>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)?;
    row.map(StoredFinding::try_from).transpose()
}

/// The same, for somebody who sees this much.
pub async fn seen_by_id(tx: &mut Tx, id: &str, scope: &Scope) -> Result<Option<StoredFinding>, StoreError> {
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SEEN_BY_ID).bind(id).bind(scope.unit()).fetch_optional(c).await)?;
    row.map(StoredFinding::try_from).transpose()
}

/// One page of those in a state, or of all, as far as they are seen: open ones first, violations before suspicions, newest first.
pub async fn page(
    tx: &mut Tx,
    state: Option<&str>,
    scope: &Scope,
    limit: i64,
    offset: i64,
) -> Result<Vec<StoredFinding>, StoreError> {
    let rows: Vec<Row> =
        on!(tx, c => sqlx::query_as(PAGE).bind(state).bind(scope.unit()).bind(limit).bind(offset).fetch_all(c).await)?;
    rows.into_iter().map(StoredFinding::try_from).collect()
}

/// What a list of findings is narrowed to.
#[derive(Debug, Clone, Copy)]
pub struct Narrow<'a> {
    /// State.
    pub state: Option<&'a str>,
    /// What is seen.
    pub scope: &'a Scope,
    /// Unit of the list or of the answer, with those below.
    pub unit: Option<&'a str>,
    /// Kind of outcome.
    pub domain: Option<&'a str>,
    /// Who owes the answer: a unit with those below, or a person.
    pub owner: Option<&'a str>,
    /// For whom something waits.
    pub waiting: Option<Waiting<'a>>,
}

/// Somebody for whom something may wait.
#[derive(Debug, Clone, Copy)]
pub struct Waiting<'a> {
    /// How histories name them.
    pub signature: &'a str,
    /// 姓名
    pub name: &'a str,
    /// They look at answers of others; else they answer for a unit.
    pub confirms: bool,
}

macro_rules! bound {
    ($query:expr, $narrow:expr) => {
        $query
            .bind($narrow.state)
            .bind($narrow.scope.unit())
            .bind($narrow.unit)
            .bind($narrow.domain)
            .bind($narrow.owner)
            .bind($narrow.waiting.map(|waiting| waiting.signature))
            .bind($narrow.waiting.is_some_and(|waiting| waiting.confirms))
            .bind($narrow.waiting.map(|waiting| waiting.name))
    };
}

/// One page of them, in the order of [`page`].
pub async fn narrowed(
    tx: &mut Tx,
    narrow: &Narrow<'_>,
    limit: i64,
    offset: i64,
) -> Result<Vec<StoredFinding>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => bound!(sqlx::query_as(NARROWED), narrow).bind(limit).bind(offset)
        .fetch_all(c).await)?;
    rows.into_iter().map(StoredFinding::try_from).collect()
}

/// How many there are.
pub async fn count_narrowed(tx: &mut Tx, narrow: &Narrow<'_>) -> Result<i64, StoreError> {
    Ok(on!(tx, c => bound!(sqlx::query_scalar(COUNT_NARROWED), narrow).fetch_one(c).await)?)
}

/// Findings of one kind, unit and end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Kind of outcome.
    pub domain: Domain,
    /// Unit of the list, else of the answer; empty where neither is known.
    pub unit: String,
    /// Where they stand.
    pub stage: Stage,
    /// How they ended.
    pub closed_by: Option<Closing>,
    /// How many.
    pub count: u32,
    /// How often a second person sent an answer back.
    pub refused: u32,
}

/// Counts those opened from one moment and before another, as far as they are seen, of a unit with those below it unless
/// none is named.
pub async fn tally(
    tx: &mut Tx,
    (from, until): (Moment, Moment),
    scope: &Scope,
    unit: Option<&str>,
) -> Result<Vec<Tally>, StoreError> {
    let rows: Vec<(String, String, String, Option<String>, i64, i64)> = on!(tx, c => sqlx::query_as(TALLY)
        .bind(from.millis()).bind(until.millis()).bind(scope.unit()).bind(unit).fetch_all(c).await)?;
    let counted = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    rows.into_iter()
        .map(|(domain, unit, state, closed_by, count, refused)| {
            let ended = |word: String| Closing::from_text(&word).ok_or_else(|| StoreError::corrupt("closed_by", word));
            Ok(Tally {
                domain: Domain::stored(&domain).ok_or_else(|| StoreError::corrupt("domain", domain))?,
                unit,
                stage: Stage::from_text(&state).ok_or_else(|| StoreError::corrupt("state", state))?,
                closed_by: closed_by.map(ended).transpose()?,
                count: counted(count),
                refused: counted(refused),
            })
        })
        .collect()
}

/// Those that are not closed, or all, of a unit or of all.
pub async fn list(tx: &mut Tx, all: bool, unit: Option<&str>, limit: i64) -> Result<Vec<StoredFinding>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OF_UNIT).bind(all).bind(unit).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(StoredFinding::try_from).collect()
}

/// Every finding of a case, in the order they were opened.
pub async fn of_case(tx: &mut Tx, case: &CaseId) -> Result<Vec<StoredFinding>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OF_CASE).bind(case.as_str()).bind(MOST).fetch_all(c).await)?;
    rows.into_iter().map(StoredFinding::try_from).collect()
}

/// The findings of a case that wait for an answer.
pub async fn open_of_case(tx: &mut Tx, case: &CaseId) -> Result<Vec<Finding>, StoreError> {
    let all = of_case(tx, case).await?;
    Ok(all
        .into_iter()
        .filter(|one| one.state.stage == Stage::Open)
        .map(|one| one.finding)
        .collect())
}

/// The number of findings in a state, or of all, as far as they are seen.
pub async fn count(tx: &mut Tx, state: Option<&str>, scope: &Scope) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(COUNT).bind(state).bind(scope.unit()).fetch_one(c).await)?)
}

/// Opens a finding; `false` when the same outcome was found before.
pub async fn insert(tx: &mut Tx, f: &Finding) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(INSERT)
        .bind(f.id.as_str()).bind(&f.key).bind(f.case.as_str()).bind(&f.case_no).bind(f.person.as_str()).bind(f.run.as_str())
        .bind(f.domain.as_str()).bind(&f.verdict).bind(&f.cell).bind(&f.why).bind(f.matched.join("\n")).bind(&f.item)
        .bind(&f.result).bind(&f.baseline).bind(&f.reason).bind(&f.evidence).bind(&f.period).bind(&f.file).bind(&f.sheet)
        .bind(f.row.map(i64::from)).bind(&f.unit).bind(iso(f.decided_on)).bind(f.is_final)
        .bind(f.predecessor.as_ref().map(FindingId::as_str)).bind(f.opened.millis()).bind(&f.unit)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Keeps where a finding stands and what it is now; `false` when somebody else changed it since it was read.
pub async fn save(tx: &mut Tx, stored: &StoredFinding) -> Result<bool, StoreError> {
    let (f, s) = (&stored.finding, &stored.state);
    let answer = s
        .given
        .as_ref()
        .map(|given| serde_json::to_string(&given.answer).expect("texts and days always serialise"));
    let rows = on!(tx, c => sqlx::query(SAVE)
        .bind(f.id.as_str()).bind(f.run.as_str()).bind(&f.verdict).bind(&f.cell).bind(&f.why).bind(f.matched.join("\n"))
        .bind(&f.result).bind(&f.baseline).bind(&f.reason).bind(&f.evidence).bind(&f.file).bind(&f.sheet)
        .bind(f.row.map(i64::from)).bind(iso(f.decided_on)).bind(f.is_final)
        .bind(f.predecessor.as_ref().map(FindingId::as_str)).bind(s.stage.as_str()).bind(&s.owner.unit)
        .bind(&s.owner.person).bind(&answer).bind(s.given.as_ref().map(|given| given.by.as_str()))
        .bind(s.closed_by.map(Closing::as_str)).bind(stored.version)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// One thing that happened to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingEvent {
    /// Its place, from 1.
    pub seq: i64,
    /// What.
    pub event: Event,
    /// By whom.
    pub actor: String,
    /// When.
    pub at: Moment,
}

/// Adds to the history of a finding; nothing in it is ever changed.
pub async fn append(
    tx: &mut Tx,
    finding: &FindingId,
    event: &Event,
    actor: &str,
    at: Moment,
) -> Result<(), StoreError> {
    let last: i64 = on!(tx, c => sqlx::query_scalar(LAST).bind(finding.as_str()).fetch_one(c).await)?;
    let body = serde_json::to_string(event).expect("texts and days always serialise");
    on!(tx, c => sqlx::query(APPEND)
        .bind(finding.as_str()).bind(last + 1).bind(event.as_str()).bind(&body).bind(actor).bind(at.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The history of a finding, in order.
pub async fn events(tx: &mut Tx, finding: &FindingId) -> Result<Vec<FindingEvent>, StoreError> {
    let rows: Vec<(i64, String, String, i64)> =
        on!(tx, c => sqlx::query_as(EVENTS).bind(finding.as_str()).bind(MOST).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(seq, body, actor, at_ms)| {
            Ok(FindingEvent {
                seq,
                event: serde_json::from_str(&body).map_err(|_| StoreError::corrupt("finding_event", body))?,
                actor,
                at: Moment::from_millis(at_ms),
            })
        })
        .collect()
}
