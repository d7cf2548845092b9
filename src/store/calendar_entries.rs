//! Notices and local arrangements that were imported into this installation, and what each of them moved.

use super::db::on;
use super::sight::seen;
use super::values::day;
use super::{StoreError, Tx};
use crate::domain::account::Scope;
use crate::domain::ids::ObligationId;
use crate::domain::name::Name;
use crate::domain::obligation::Kind;
use crate::domain::time::Moment;
use chrono::NaiveDate;

/// One imported file, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CalendarEntry {
    /// Hash of the content: the same file again is the same entry.
    pub id: String,
    /// `notice` or `local`; `seen` only keeps when a file of the folder was first there.
    pub sort: String,
    /// Name of the file it came in.
    pub file: String,
    /// The content.
    pub body: String,
    /// When it was imported.
    pub imported_ms: i64,
}

/// Entries one installation can have; a year brings a handful.
const MOST: i64 = 10_000;

const ALL: &str = "SELECT id, sort, file, body, imported_ms FROM calendar_entry ORDER BY imported_ms, id LIMIT $1";
const MARK: &str = "SELECT COUNT(*), COALESCE(MAX(imported_ms), 0) FROM calendar_entry";
const PUT: &str = "INSERT INTO calendar_entry (id, sort, file, body, imported_ms) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (id) DO NOTHING";

/// Every entry in the order of import.
pub async fn all(tx: &mut Tx) -> Result<Vec<CalendarEntry>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(ALL).bind(MOST).fetch_all(c).await)?)
}

/// Changes with every import.
pub async fn mark(tx: &mut Tx) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, c => sqlx::query_as(MARK).fetch_one(c).await)?)
}

/// Keeps an entry unless it is there.
pub async fn put(tx: &mut Tx, entry: &CalendarEntry, now: Moment) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT)
        .bind(&entry.id).bind(&entry.sort).bind(&entry.file).bind(&entry.body).bind(now.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// A notice that came, and how many due days of those that are seen moved with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// When.
    pub at: Moment,
    /// Who brought it.
    pub actor: String,
    /// What it was, for people.
    pub said: String,
    /// Due days that moved.
    pub moved: i64,
}

/// A due day that a notice moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveRow {
    /// When.
    pub at: Moment,
    /// What the journal says of it.
    pub said: String,
    /// The obligation.
    pub obligation: ObligationId,
    /// Number of its case or rectification.
    pub number: String,
    /// What must be done.
    pub kind: Kind,
    /// The limit of the profile.
    pub rule: Name,
    /// Its due day now.
    pub due: NaiveDate,
}

macro_rules! moves {
    ($at:literal, $top:literal) => {
        concat!(
            "FROM journal m JOIN obligation o ON o.id = m.object_id WHERE m.action = 'obligation.move' AND ",
            $at,
            " AND ",
            seen!($top: "o.scope_unit", "o.acting_unit")
        )
    };
}
const ARRIVALS: &str = concat!(
    "SELECT j.at_ms, j.actor, j.detail, (SELECT COUNT(*) ",
    moves!("m.at_ms = j.at_ms", "$1"),
    ") FROM journal j WHERE j.action = 'calendar.import' ORDER BY j.seq DESC LIMIT $2"
);
const MOVES: &str = concat!(
    "SELECT m.at_ms, m.detail, o.id, o.number, o.kind, o.rule, o.due_day ",
    moves!("($2 IS NULL OR m.at_ms = $2)", "$1"),
    " ORDER BY m.at_ms DESC, m.seq LIMIT $3 OFFSET $4"
);
const COUNT_MOVES: &str = concat!("SELECT COUNT(*) ", moves!("($2 IS NULL OR m.at_ms = $2)", "$1"));

/// What came of late, the newest first.
pub async fn arrivals(tx: &mut Tx, scope: &Scope, limit: i64) -> Result<Vec<Arrival>, StoreError> {
    let rows: Vec<(i64, String, String, i64)> =
        on!(tx, c => sqlx::query_as(ARRIVALS).bind(scope.unit()).bind(limit).fetch_all(c).await)?;
    let arrival = |(at_ms, actor, said, moved)| Arrival {
        at: Moment::from_millis(at_ms),
        actor,
        said,
        moved,
    };
    Ok(rows.into_iter().map(arrival).collect())
}

/// A page of what moved, as far as it is seen, the newest first; of one moment where one is named.
pub async fn moves(
    tx: &mut Tx,
    scope: &Scope,
    at: Option<Moment>,
    limit: i64,
    offset: i64,
) -> Result<Vec<MoveRow>, StoreError> {
    let rows: Vec<(i64, String, String, String, String, String, String)> = on!(tx, c => sqlx::query_as(MOVES)
        .bind(scope.unit()).bind(at.map(Moment::millis)).bind(limit).bind(offset).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(at_ms, said, id, number, kind, rule, due)| {
            Ok(MoveRow {
                at: Moment::from_millis(at_ms),
                said,
                obligation: ObligationId::stored(id),
                number,
                kind: Kind::from_text(&kind).ok_or_else(|| StoreError::corrupt("kind", kind))?,
                rule: Name::new(&rule).ok_or_else(|| StoreError::corrupt("rule", rule))?,
                due: day("due_day", &due)?,
            })
        })
        .collect()
}

/// How many there are.
pub async fn count_moves(tx: &mut Tx, scope: &Scope, at: Option<Moment>) -> Result<i64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar(COUNT_MOVES).bind(scope.unit()).bind(at.map(Moment::millis))
        .fetch_one(c).await)?,
    )
}
