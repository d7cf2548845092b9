//! Runs of imports and pre-checks: which file, when, how many rows. No names.

use super::db::on;
use super::sight::seen;
use super::{StoreError, Tx, values};
use crate::domain::ids::RunId;
use crate::domain::time::Moment;
use chrono::NaiveDate;

/// A run as stored.
#[derive(Debug, Clone)]
pub struct Run {
    /// Derived from kind and file hash.
    pub id: RunId,
    /// `register`, `cadres`, …, `precheck`.
    pub kind: String,
    /// File name without folder.
    pub file: String,
    /// SHA-256 of its bytes.
    pub file_hash: String,
    /// Unit of a list.
    pub unit: Option<String>,
    /// Period of a list.
    pub period: Option<String>,
    /// Records read.
    pub rows_read: i64,
    /// Records that could not be read.
    pub rows_bad: i64,
    /// Records that changed something.
    pub rows_changed: i64,
    /// Counts by verdict, as JSON.
    pub counts: String,
    /// When.
    pub at: Moment,
}

/// What the run of a judged list has besides.
#[derive(Debug, Clone)]
pub struct Judging {
    /// Who ran it.
    pub actor: String,
    /// The day it judged for.
    pub as_of: Option<NaiveDate>,
    /// Kinds of outcomes, by their ids, separated by commas.
    pub domains: String,
    /// Results were kept.
    pub kept: bool,
}

/// A run and, where it judged a list, how.
#[derive(Debug, Clone)]
pub struct Past {
    /// The run.
    pub run: Run,
    /// How; of other runs the actor is empty.
    pub judging: Judging,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    kind: String,
    file: String,
    file_hash: String,
    unit: Option<String>,
    period: Option<String>,
    rows_read: i64,
    rows_bad: i64,
    rows_changed: i64,
    counts: String,
    at_ms: i64,
    actor: String,
    as_of: Option<String>,
    domains: String,
    kept: bool,
}

macro_rules! past {
    () => {
        "SELECT id, kind, file, file_hash, unit, period, rows_read, rows_bad, rows_changed, counts, at_ms, actor, as_of, domains, kept FROM run "
    };
}
const ADD: &str = "INSERT INTO run (id, kind, file, file_hash, unit, period, rows_read, rows_bad, rows_changed, counts, at_ms, \
     actor, as_of, domains, kept) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (id) DO NOTHING";
const RECENT: &str = concat!(past!(), "ORDER BY at_ms DESC, id LIMIT $1");
/// Of somebody who sees a part of the tree: what they ran themselves, and what is of a unit there.
macro_rules! of_somebody {
    () => {
        concat!(
            "WHERE kind = 'precheck' AND ",
            seen!("$1": "unit"; "actor = $2"),
            " "
        )
    };
}
const PRECHECKS: &str = concat!(past!(), of_somebody!(), "ORDER BY at_ms DESC, id LIMIT $3 OFFSET $4");
const COUNT_PRECHECKS: &str = concat!("SELECT COUNT(*) FROM run ", of_somebody!());
const OF_FILE: &str = concat!(
    past!(),
    "WHERE file_hash = $1 AND kind = $2 ORDER BY at_ms DESC, id LIMIT $3"
);
const PUT: &str = "INSERT INTO run (id, kind, file, file_hash, unit, period, rows_read, rows_bad, rows_changed, counts, at_ms) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
     ON CONFLICT (id) DO UPDATE SET rows_read = excluded.rows_read, rows_bad = excluded.rows_bad, counts = excluded.counts";
const KIND: &str = "SELECT kind FROM run WHERE id = $1";
const KNOWN_SINCE: &str = "SELECT MIN(at_ms) FROM run WHERE file_hash = $1";
const CHANGED: &str = "UPDATE run SET rows_changed = rows_changed + $2 WHERE id = $1";

/// Records a run; the same file again is the same run.
pub async fn put(tx: &mut Tx, run: &Run) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT)
        .bind(run.id.as_str()).bind(&run.kind).bind(&run.file).bind(&run.file_hash).bind(&run.unit).bind(&run.period)
        .bind(run.rows_read).bind(run.rows_bad).bind(run.rows_changed).bind(&run.counts).bind(run.at.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Records the run of a judged list; `false` when there is one with this id.
pub async fn add(tx: &mut Tx, run: &Run, judging: &Judging) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(ADD)
        .bind(run.id.as_str()).bind(&run.kind).bind(&run.file).bind(&run.file_hash).bind(&run.unit).bind(&run.period)
        .bind(run.rows_read).bind(run.rows_bad).bind(run.rows_changed).bind(&run.counts).bind(run.at.millis())
        .bind(&judging.actor).bind(values::iso(judging.as_of)).bind(&judging.domains).bind(judging.kept)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// The newest runs, newest first.
pub async fn recent(tx: &mut Tx, most: i64) -> Result<Vec<Past>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(RECENT).bind(most).fetch_all(c).await)?;
    rows.into_iter().map(past).collect()
}

/// A page of pre-checks, newest first: all, or those of a unit and below and those of an actor.
pub async fn prechecks(
    tx: &mut Tx,
    (unit, actor): (Option<&str>, &str),
    limit: i64,
    offset: i64,
) -> Result<Vec<Past>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(PRECHECKS).bind(unit).bind(actor).bind(limit).bind(offset)
        .fetch_all(c).await)?;
    rows.into_iter().map(past).collect()
}

/// How many there are.
pub async fn count_prechecks(tx: &mut Tx, (unit, actor): (Option<&str>, &str)) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(COUNT_PRECHECKS).bind(unit).bind(actor).fetch_one(c).await)?)
}

/// The newest runs of one kind with the same bytes, newest first.
pub async fn of_file(tx: &mut Tx, file_hash: &str, kind: &str, most: i64) -> Result<Vec<Past>, StoreError> {
    let rows: Vec<Row> =
        on!(tx, c => sqlx::query_as(OF_FILE).bind(file_hash).bind(kind).bind(most).fetch_all(c).await)?;
    rows.into_iter().map(past).collect()
}

fn past(row: Row) -> Result<Past, StoreError> {
    Ok(Past {
        run: Run {
            id: RunId::stored(row.id),
            kind: row.kind,
            file: row.file,
            file_hash: row.file_hash,
            unit: row.unit,
            period: row.period,
            rows_read: row.rows_read,
            rows_bad: row.rows_bad,
            rows_changed: row.rows_changed,
            counts: row.counts,
            at: Moment::from_millis(row.at_ms),
        },
        judging: Judging {
            actor: row.actor,
            as_of: values::maybe_day("判断基准日", row.as_of.as_ref())?,
            domains: row.domains,
            kept: row.kept,
        },
    })
}

/// Adds to the number of records that changed something.
pub async fn add_changed(tx: &mut Tx, id: &RunId, changed: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(CHANGED).bind(id.as_str()).bind(changed).execute(c).await.map(drop))?;
    Ok(())
}

/// What sort of run it was.
pub async fn kind(tx: &mut Tx, id: &RunId) -> Result<Option<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(KIND).bind(id.as_str()).fetch_optional(c).await)?)
}

/// Since when a file has been known, in whatever run; `None`: it is new.
pub async fn known_since(tx: &mut Tx, file_hash: &str) -> Result<Option<Moment>, StoreError> {
    let since: Option<i64> = on!(tx, c => sqlx::query_scalar(KNOWN_SINCE).bind(file_hash).fetch_one(c).await)?;
    Ok(since.map(Moment::from_millis))
}
