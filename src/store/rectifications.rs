//! The rectification ledger: where each item stands, and what happened to it.

use super::db::on;
use super::sight::{seen, within};
use super::values::{day, iso, maybe_day};
use super::{StoreError, Tx};
use crate::domain::account::Scope;
use crate::domain::ids::RectificationId;
use crate::domain::rectification::{Dealt, Facts, Happened, Life, Report, SelfRating, Shape};
use crate::domain::time::Moment;
use chrono::NaiveDate;

/// An item as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRectification {
    /// Derived from the number.
    pub id: RectificationId,
    /// 编号
    pub number: String,
    /// Where it stands.
    pub life: Life,
    /// Raised by each act.
    pub version: i64,
    /// When it was first imported.
    pub first: Moment,
}

/// One thing that happened, as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct RectificationEvent {
    /// Its place, from 1.
    pub seq: i64,
    /// What.
    pub happened: Happened,
    /// Who recorded it.
    pub actor: String,
    /// When it was recorded.
    pub at: Moment,
}

/// Events one item may have; a busy one has a few hundred.
pub const MOST: i64 = 5_000;

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
    life: String,
    version: i64,
    first_ms: i64,
}

impl TryFrom<Row> for StoredRectification {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let (id, number, version) = (row.id.clone(), row.number.clone(), row.version);
        let first = Moment::from_millis(row.first_ms);
        let life = if row.life.is_empty() {
            of_columns(row, first)?
        } else {
            serde_json::from_str(&row.life).map_err(|_| StoreError::corrupt("life", row.life))?
        };
        Ok(Self {
            id: RectificationId::stored(id),
            number,
            life,
            version,
            first,
        })
    }
}

/// The life of an item that was kept before items had one.
fn of_columns(row: Row, first: Moment) -> Result<Life, StoreError> {
    let due_on = maybe_day("整改时限", row.due_on.as_ref())?;
    let closed_on = maybe_day("销号日期", row.closed_on.as_ref())?;
    let progress_on = maybe_day("最近进展日期", row.progress_on.as_ref())?;
    let report = match (row.progress, progress_on) {
        (None, None) => None,
        (text, on) => Some(Report {
            on: on.unwrap_or(first.day()),
            text: text.unwrap_or_default(),
        }),
    };
    Ok(Life {
        facts: Facts {
            problem: row.problem,
            measures: row.measures,
            unit: row.unit,
            person: row.person,
            supervisor: row.supervisor,
            ..Facts::default()
        },
        listed_on: Some(first.day()),
        first_due: due_on,
        due_on,
        report,
        rating: SelfRating::read(&row.state),
        closed_on,
        closed_by_ledger: closed_on.is_some(),
        ..Life::default()
    })
}

macro_rules! select {
    ($($tail:expr),+) => {
        concat!(
            "SELECT id, number, problem, measures, unit, person, supervisor, due_on, state, progress, progress_on, ",
            "closed_on, life, version, first_ms FROM rectification ",
            $($tail),+
        )
    };
}

/// The colour an item shows on a day: `$7` is that day, `$8` the last one that is near.
macro_rules! light {
    () => {
        "CASE WHEN done_on IS NOT NULL THEN 'met' WHEN due_on IS NULL THEN 'normal' WHEN due_on < $7 THEN 'overdue' \
         WHEN due_on <= $8 THEN 'soon' ELSE 'normal' END"
    };
}

/// The condition of a [`Filter`]; both databases know `replace`, and only a text that holds the other is changed by it.
macro_rules! asked {
    () => {
        concat!(
            "WHERE ",
            seen!("$1": "unit", "supervisor"),
            " AND CASE $2 WHEN 'all' THEN TRUE WHEN 'open' THEN closed_on IS NULL WHEN 'closed' THEN closed_on IS NOT NULL ",
            "WHEN 'overdue' THEN done_on IS NULL AND due_on IS NOT NULL AND due_on < $7 ",
            "ELSE waits IS NOT NULL AND waits = $2 END AND ($3 = '' OR ",
            light!(),
            " = $3) AND ($4 = '' OR ",
            within!("unit", "$4"),
            ") AND ($5 = '' OR ",
            within!("supervisor", "$5"),
            ") AND ($6 = '' OR replace(lower(number || ' ' || problem || ' ' || unit || ' ' || COALESCE(person, '')), lower($6), '') \
             <> lower(number || ' ' || problem || ' ' || unit || ' ' || COALESCE(person, '')))"
        )
    };
}

const BY_NUMBER: &str = select!("WHERE number = $1");
const BY_ID: &str = select!("WHERE id = $1");
const PAGE: &str = select!(
    asked!(),
    " ORDER BY closed_on IS NOT NULL, due_on IS NULL, due_on, number LIMIT $9 OFFSET $10"
);
const AFTER: &str = select!(
    "WHERE ",
    seen!("$1": "unit", "supervisor"),
    " AND number > $2 ORDER BY number LIMIT $3"
);
const SEEN_AFTER: &str = select!(
    "WHERE number > $1 AND ",
    seen!("$3": "unit", "supervisor"),
    " AND ($4 = '' OR ",
    within!("unit", "$4"),
    ") ORDER BY number LIMIT $2"
);
const COUNT: &str = concat!("SELECT COUNT(*) FROM rectification ", asked!());
const LIGHTS: &str = concat!(
    "SELECT ",
    light!(),
    ", COUNT(*) FROM rectification ",
    asked!(),
    " GROUP BY 1"
);
const NUMBERS: &str = concat!("SELECT number FROM rectification ", asked!(), " ORDER BY number");
const UNITS: &str = concat!(
    "SELECT DISTINCT unit FROM rectification WHERE ",
    seen!("$1": "unit", "supervisor"),
    " ORDER BY unit LIMIT $2"
);
const SUPERVISORS: &str = concat!(
    "SELECT DISTINCT supervisor FROM rectification WHERE supervisor IS NOT NULL AND ",
    seen!("$1": "unit", "supervisor"),
    " ORDER BY supervisor LIMIT $2"
);
const PUT: &str = "INSERT INTO rectification (id, number, problem, measures, unit, person, supervisor, due_on, state, progress, \
     progress_on, closed_on, first_ms, life, level, version, done_on, waits) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
     ON CONFLICT (id) DO UPDATE SET problem = excluded.problem, measures = excluded.measures, unit = excluded.unit, \
     person = excluded.person, supervisor = excluded.supervisor, due_on = excluded.due_on, state = excluded.state, \
     progress = excluded.progress, progress_on = excluded.progress_on, closed_on = excluded.closed_on, \
     life = excluded.life, level = excluded.level, version = excluded.version, done_on = excluded.done_on, \
     waits = excluded.waits";
const LAST: &str = "SELECT COALESCE(MAX(seq), 0) FROM rectification_event WHERE rectification_id = $1";
const APPEND: &str = "INSERT INTO rectification_event (rectification_id, seq, event, day, body, actor, at_ms) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const EVENTS: &str =
    "SELECT seq, day, body, actor, at_ms FROM rectification_event WHERE rectification_id = $1 ORDER BY seq LIMIT $2";
const PUT_SHAPE: &str = "INSERT INTO ledger_shape (id, title, columns, at_ms) VALUES (1, $1, $2, $3) \
     ON CONFLICT (id) DO UPDATE SET title = excluded.title, columns = excluded.columns, at_ms = excluded.at_ms";
const SHAPE: &str = "SELECT title, columns FROM ledger_shape WHERE id = 1";
const KEEP_FILE: &str =
    "INSERT INTO evidence (hash, kind, bytes, first_ms) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING";
const FILE: &str = "SELECT bytes FROM evidence WHERE hash = $1";
const DEAL: &str = "INSERT INTO rectification_dealt (rectification_id, number, unit, person, measure, doc_no, decided_on) \
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (rectification_id, person, doc_no) DO NOTHING";
const DEALT: &str = "SELECT number, unit, person, measure, doc_no, decided_on FROM rectification_dealt \
     ORDER BY decided_on, number LIMIT 20000";
const KEEP_PAPER: &str = "INSERT INTO rectification_paper (id, rectification_id, kind, organ, number, hash, bytes, actor, at_ms) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

const PAPERS: &str =
    "SELECT id, kind, number, at_ms FROM rectification_paper WHERE rectification_id = $1 ORDER BY at_ms, id LIMIT 500";
const PAPER: &str = "SELECT number, bytes FROM rectification_paper WHERE rectification_id = $1 AND id = $2";

/// Items read at once when all are walked.
const BATCH: i64 = 500;

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

/// Which items a list shows.
#[derive(Debug, Clone, Copy)]
pub struct Filter<'a> {
    /// Who asks: items of a unit, or supervised by one, that they see.
    pub scope: &'a Scope,
    /// `open`, `overdue`, `check` (handed in, not checked), `extension` (asked for, not decided), `closed` or `all`.
    pub show: &'a str,
    /// `overdue`, `soon`, `normal` or `met`; empty for every one.
    pub light: &'a str,
    /// Of this unit and those below it; empty for every one.
    pub unit: &'a str,
    /// Supervised by this unit and those below it; empty for every one.
    pub supervisor: &'a str,
    /// With this text in number, problem, unit or person; empty for every one.
    pub text: &'a str,
    /// The day it is looked at.
    pub today: NaiveDate,
    /// The last day that is near.
    pub near: NaiveDate,
}

macro_rules! ask {
    ($query:expr, $filter:expr) => {
        $query
            .bind($filter.scope.unit())
            .bind($filter.show)
            .bind($filter.light)
            .bind($filter.unit)
            .bind($filter.supervisor)
            .bind($filter.text)
            .bind($filter.today.to_string())
            .bind($filter.near.to_string())
    };
}

/// One page, open ones first, by due day.
pub async fn page(
    tx: &mut Tx,
    filter: &Filter<'_>,
    limit: i64,
    offset: i64,
) -> Result<Vec<StoredRectification>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => ask!(sqlx::query_as(PAGE), filter).bind(limit).bind(offset).fetch_all(c).await)?;
    rows.into_iter().map(StoredRectification::try_from).collect()
}

/// The number of items on all pages together.
pub async fn count(tx: &mut Tx, filter: &Filter<'_>) -> Result<i64, StoreError> {
    Ok(on!(tx, c => ask!(sqlx::query_scalar(COUNT), filter).fetch_one(c).await)?)
}

/// How many items show which light.
pub async fn lights(tx: &mut Tx, filter: &Filter<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(tx, c => ask!(sqlx::query_as(LIGHTS), filter).fetch_all(c).await)?)
}

/// The numbers of all items on all pages together.
pub async fn numbers(tx: &mut Tx, filter: &Filter<'_>) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => ask!(sqlx::query_scalar(NUMBERS), filter).fetch_all(c).await)?)
}

/// The units that answer for items, and those that supervise them.
pub async fn units(tx: &mut Tx, scope: &Scope, limit: i64) -> Result<(Vec<String>, Vec<String>), StoreError> {
    let units = on!(tx, c => sqlx::query_scalar(UNITS).bind(scope.unit()).bind(limit).fetch_all(c).await)?;
    let supervisors = on!(tx, c => sqlx::query_scalar(SUPERVISORS).bind(scope.unit()).bind(limit).fetch_all(c).await)?;
    Ok((units, supervisors))
}

/// Some items that are seen after a number, in order of their numbers; empty when there are no more.
pub async fn after(tx: &mut Tx, scope: &Scope, number: &str) -> Result<Vec<StoredRectification>, StoreError> {
    let rows: Vec<Row> =
        on!(tx, c => sqlx::query_as(AFTER).bind(scope.unit()).bind(number).bind(BATCH).fetch_all(c).await)?;
    rows.into_iter().map(StoredRectification::try_from).collect()
}

/// The same of what is seen, of a unit and those below it unless that is empty.
pub async fn seen_after(
    tx: &mut Tx,
    number: &str,
    scope: &Scope,
    unit: &str,
) -> Result<Vec<StoredRectification>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SEEN_AFTER).bind(number).bind(BATCH).bind(scope.unit()).bind(unit)
        .fetch_all(c).await)?;
    rows.into_iter().map(StoredRectification::try_from).collect()
}

/// Inserts or replaces.
pub async fn put(tx: &mut Tx, item: &StoredRectification) -> Result<(), StoreError> {
    let (life, facts) = (&item.life, &item.life.facts);
    let body = serde_json::to_string(life).expect("texts, numbers and days always serialise");
    let state = life.rating.map_or("整改中", SelfRating::zh);
    on!(tx, c => sqlx::query(PUT)
        .bind(item.id.as_str()).bind(&item.number).bind(&facts.problem).bind(&facts.measures).bind(&facts.unit)
        .bind(&facts.person).bind(&facts.supervisor).bind(iso(life.due_on)).bind(state)
        .bind(life.report.as_ref().map(|report| report.text.as_str()))
        .bind(iso(life.report.as_ref().map(|report| report.on)))
        .bind(iso(life.closed_on)).bind(item.first.millis()).bind(&body)
        .bind(life.level.map(crate::domain::name::Name::as_str)).bind(item.version)
        .bind(iso(life.done_on())).bind(life.waits_for())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Adds to the history of an item; nothing in it is ever changed.
pub async fn append(
    tx: &mut Tx,
    id: &RectificationId,
    happened: &[Happened],
    actor: &str,
    at: Moment,
) -> Result<(), StoreError> {
    let last: i64 = on!(tx, c => sqlx::query_scalar(LAST).bind(id.as_str()).fetch_one(c).await)?;
    for (seq, one) in (last + 1..).zip(happened) {
        let body = serde_json::to_string(one).expect("texts, numbers and days always serialise");
        on!(tx, c => sqlx::query(APPEND)
            .bind(id.as_str()).bind(seq).bind(one.act.as_str()).bind(one.on.to_string()).bind(&body).bind(actor)
            .bind(at.millis())
            .execute(c).await.map(drop))?;
    }
    Ok(())
}

/// The history of an item, in order.
pub async fn events(tx: &mut Tx, id: &RectificationId) -> Result<Vec<RectificationEvent>, StoreError> {
    let rows: Vec<(i64, String, String, String, i64)> =
        on!(tx, c => sqlx::query_as(EVENTS).bind(id.as_str()).bind(MOST).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(seq, on, body, actor, at_ms)| {
            let happened: Happened =
                serde_json::from_str(&body).map_err(|_| StoreError::corrupt("rectification_event", body))?;
            if happened.on != day("day", &on)? {
                return Err(StoreError::corrupt("rectification_event.day", on));
            }
            Ok(RectificationEvent {
                seq,
                happened,
                actor,
                at: Moment::from_millis(at_ms),
            })
        })
        .collect()
}

/// Remembers the shape of a ledger.
pub async fn put_shape(tx: &mut Tx, shape: &Shape, at: Moment) -> Result<(), StoreError> {
    let columns = serde_json::to_string(&shape.columns).expect("texts always serialise");
    on!(tx, c => sqlx::query(PUT_SHAPE).bind(&shape.title).bind(&columns).bind(at.millis()).execute(c).await.map(drop))?;
    Ok(())
}

/// The shape of the ledger that came last.
pub async fn shape(tx: &mut Tx) -> Result<Option<Shape>, StoreError> {
    let row: Option<(String, String)> = on!(tx, c => sqlx::query_as(SHAPE).fetch_optional(c).await)?;
    row.map(|(title, columns)| {
        Ok(Shape {
            title,
            columns: serde_json::from_str(&columns).map_err(|_| StoreError::corrupt("columns", columns))?,
        })
    })
    .transpose()
}

/// Somebody who was dealt with for neglect, as a judgement of lists sees it.
#[derive(Debug, Clone)]
pub struct DealtWith {
    /// 编号 of the item.
    pub number: String,
    /// 责任单位
    pub unit: String,
    /// 姓名
    pub person: String,
    /// 措施
    pub measure: String,
    /// 文号
    pub doc_no: String,
    /// 决定日期
    pub decided_on: NaiveDate,
}

/// Keeps that somebody was dealt with; the same decision once.
pub async fn deal(tx: &mut Tx, item: &StoredRectification, dealt: &Dealt) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(DEAL)
        .bind(item.id.as_str()).bind(&item.number).bind(&item.life.facts.unit).bind(&dealt.person).bind(&dealt.measure)
        .bind(&dealt.doc_no).bind(dealt.on.to_string())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Everybody who was dealt with for neglect.
pub async fn dealt(tx: &mut Tx) -> Result<Vec<DealtWith>, StoreError> {
    let rows: Vec<(String, String, String, String, String, String)> =
        on!(tx, c => sqlx::query_as(DEALT).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(number, unit, person, measure, doc_no, decided_on)| {
            Ok(DealtWith {
                number,
                unit,
                person,
                measure,
                doc_no,
                decided_on: day("decided_on", &decided_on)?,
            })
        })
        .collect()
}

/// A paper of the ladder to keep.
#[derive(Debug)]
pub struct LadderPaper<'a> {
    /// Derived from organ and number.
    pub id: &'a str,
    /// The item it is about.
    pub item: &'a RectificationId,
    /// Kind.
    pub kind: &'a str,
    /// Who signs.
    pub organ: &'a str,
    /// The number as printed.
    pub number: &'a str,
    /// SHA-256 of its bytes.
    pub hash: &'a str,
    /// The document.
    pub bytes: &'a [u8],
    /// Who issued it.
    pub actor: &'a str,
}

/// Keeps a paper of the ladder.
pub async fn keep_paper(tx: &mut Tx, p: &LadderPaper<'_>, at: Moment) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(KEEP_PAPER)
        .bind(p.id).bind(p.item.as_str()).bind(p.kind).bind(p.organ).bind(p.number).bind(p.hash).bind(p.bytes)
        .bind(p.actor).bind(at.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// A paper of the ladder that was issued.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct IssuedPaper {
    /// Its id.
    pub id: String,
    /// Kind.
    pub kind: String,
    /// The number as printed.
    pub number: String,
    /// When it was issued.
    pub at_ms: i64,
}

/// The papers that were issued about an item, in order.
pub async fn papers(tx: &mut Tx, id: &RectificationId) -> Result<Vec<IssuedPaper>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(PAPERS).bind(id.as_str()).fetch_all(c).await)?)
}

/// Number and bytes of one of them.
pub async fn paper(tx: &mut Tx, id: &RectificationId, paper: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(PAPER).bind(id.as_str()).bind(paper).fetch_optional(c).await)?)
}

/// Keeps a file that was handed in; the same content once.
pub async fn keep_file(tx: &mut Tx, hash: &str, kind: &str, bytes: &[u8], at: Moment) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(KEEP_FILE).bind(hash).bind(kind).bind(bytes).bind(at.millis()).execute(c).await.map(drop))?;
    Ok(())
}

/// The content of a file that was handed in.
pub async fn file(tx: &mut Tx, hash: &str) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(FILE).bind(hash).fetch_optional(c).await)?)
}
