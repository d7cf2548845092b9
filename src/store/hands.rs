//! Hand-overs and absences.

use super::db::on;
use super::sight::seen;
use super::values::day;
use super::{StoreError, Tx};
use crate::domain::account::Scope;
use crate::domain::contact::Delegation;
use crate::domain::rectification::HandOver;
use crate::domain::time::Moment;

/// A hand-over as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHandOver {
    /// Short id that people type.
    pub id: String,
    /// What is handed over, and who has confirmed.
    pub hand_over: HandOver,
    /// Raised by each confirmation.
    pub version: i64,
}

const PUT: &str = "INSERT INTO hand_over (id, body, done, version, at_ms) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (id) DO UPDATE SET body = excluded.body, done = excluded.done, version = excluded.version";
const PUT_ITEM: &str =
    "INSERT INTO hand_over_item (hand_over_id, number) VALUES ($1, $2) ON CONFLICT (hand_over_id, number) DO NOTHING";
/// Hand-overs that wait, of which somebody sees every item: `$2` is their place.
macro_rules! waiting {
    ($which:literal) => {
        concat!(
            "SELECT h.id, h.body, h.version FROM hand_over h WHERE NOT h.done AND ",
            $which,
            " AND NOT EXISTS (SELECT 1 FROM hand_over_item j LEFT JOIN rectification r ON r.number = j.number \
             WHERE j.hand_over_id = h.id AND NOT COALESCE(",
            seen!("$2": "r.unit", "r.supervisor"),
            ", FALSE)) ORDER BY h.at_ms, h.id LIMIT 500"
        )
    };
}
const SEEN_BY_ID: &str = waiting!("h.id = $1");
const SEEN_OF_ITEM: &str =
    waiting!("EXISTS (SELECT 1 FROM hand_over_item i WHERE i.hand_over_id = h.id AND i.number = $1)");
const BY_ID: &str = "SELECT id, body, version FROM hand_over WHERE id = $1";
const OPEN: &str = "SELECT id, body, version FROM hand_over WHERE NOT done ORDER BY at_ms, id LIMIT 500";
const DELEGATE: &str = "INSERT INTO delegation (id, unit, name, deputy, from_day, to_day, reason, actor, at_ms) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET to_day = excluded.to_day, \
     deputy = excluded.deputy, reason = excluded.reason, actor = excluded.actor, at_ms = excluded.at_ms";
const DELEGATIONS: &str = "SELECT unit, name, deputy, from_day, to_day, reason FROM delegation WHERE to_day >= $1 \
     ORDER BY from_day, unit, name LIMIT 2000";

const DROP: &str = "DELETE FROM delegation WHERE id = $1";
const CARRY: &str = "UPDATE delegation SET id = $2, unit = $3 WHERE id = $1";

/// Inserts or replaces.
pub async fn put(tx: &mut Tx, stored: &StoredHandOver, at: Moment) -> Result<(), StoreError> {
    let body = serde_json::to_string(&stored.hand_over).expect("texts and days always serialise");
    let done = stored.hand_over.given_on.is_some() && stored.hand_over.taken_on.is_some();
    on!(tx, c => sqlx::query(PUT).bind(&stored.id).bind(&body).bind(done).bind(stored.version).bind(at.millis())
        .execute(c).await.map(drop))?;
    for number in &stored.hand_over.items {
        on!(tx, c => sqlx::query(PUT_ITEM).bind(&stored.id).bind(number).execute(c).await.map(drop))?;
    }
    Ok(())
}

fn stored((id, body, version): (String, String, i64)) -> Result<StoredHandOver, StoreError> {
    Ok(StoredHandOver {
        id,
        hand_over: serde_json::from_str(&body).map_err(|_| StoreError::corrupt("hand_over", body))?,
        version,
    })
}

/// Finds by id.
pub async fn by_id(tx: &mut Tx, id: &str) -> Result<Option<StoredHandOver>, StoreError> {
    let row: Option<(String, String, i64)> = on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)?;
    row.map(stored).transpose()
}

/// Those that wait for a confirmation.
pub async fn open(tx: &mut Tx) -> Result<Vec<StoredHandOver>, StoreError> {
    let rows: Vec<(String, String, i64)> = on!(tx, c => sqlx::query_as(OPEN).fetch_all(c).await)?;
    rows.into_iter().map(stored).collect()
}

/// The one with an id that waits, if every item of it is seen.
pub async fn seen_by_id(tx: &mut Tx, id: &str, scope: &Scope) -> Result<Option<StoredHandOver>, StoreError> {
    let row: Option<(String, String, i64)> =
        on!(tx, c => sqlx::query_as(SEEN_BY_ID).bind(id).bind(scope.unit()).fetch_optional(c).await)?;
    row.map(stored).transpose()
}

/// Those of an item that wait, and of which every item is seen.
pub async fn seen_of_item(tx: &mut Tx, number: &str, scope: &Scope) -> Result<Vec<StoredHandOver>, StoreError> {
    let rows: Vec<(String, String, i64)> =
        on!(tx, c => sqlx::query_as(SEEN_OF_ITEM).bind(number).bind(scope.unit()).fetch_all(c).await)?;
    rows.into_iter().map(stored).collect()
}

fn id_of(unit: &str, one: &Delegation) -> String {
    format!("{unit}|{}|{}", one.name, one.from)
}

/// An absence of a unit that has another name now; it takes the place of one under that name.
pub async fn carry(tx: &mut Tx, one: &Delegation, before: &str) -> Result<(), StoreError> {
    let (from, to) = (id_of(before, one), id_of(&one.unit, one));
    if from == to {
        return Ok(());
    }
    on!(tx, c => sqlx::query(DROP).bind(&to).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(CARRY).bind(&from).bind(&to).bind(&one.unit).execute(c).await.map(drop))?;
    Ok(())
}

/// Keeps who stands in for whom. The same absence again replaces what was said of it.
pub async fn delegate(tx: &mut Tx, one: &Delegation, actor: &str, at: Moment) -> Result<(), StoreError> {
    let id = id_of(&one.unit, one);
    on!(tx, c => sqlx::query(DELEGATE)
        .bind(&id).bind(&one.unit).bind(&one.name).bind(&one.deputy).bind(one.from.to_string()).bind(one.to.to_string())
        .bind(&one.reason).bind(actor).bind(at.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}

type DelegationRow = (String, String, String, String, String, String);

/// Absences that have not ended before a day.
pub async fn delegations(tx: &mut Tx, since: chrono::NaiveDate) -> Result<Vec<Delegation>, StoreError> {
    let rows: Vec<DelegationRow> =
        on!(tx, c => sqlx::query_as(DELEGATIONS).bind(since.to_string()).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(unit, name, deputy, from, to, reason)| {
            Ok(Delegation {
                unit,
                name,
                deputy,
                from: day("from_day", &from)?,
                to: day("to_day", &to)?,
                reason,
            })
        })
        .collect()
}
