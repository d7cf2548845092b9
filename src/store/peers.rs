//! How many people of a unit and rank the final lists favoured. Counts, no names.

use super::db::on;
use super::sight::seen;
use super::{StoreError, Tx};
use crate::domain::account::Scope;
use crate::domain::hidden::{Group, Measure, Share};
use crate::domain::protection::list::Domain;
use crate::domain::time::Moment;

#[derive(sqlx::FromRow)]
struct Row {
    unit: String,
    domain: String,
    period: String,
    item: String,
    rank: String,
    year: i64,
    protected: i64,
    protected_favoured: i64,
    peers: i64,
    peers_favoured: i64,
}

impl Row {
    /// `None` for a domain that is no longer compared.
    fn group(self) -> Option<Group> {
        let share = |persons, favoured| Share {
            persons: u32::try_from(persons).unwrap_or(0),
            favoured: u32::try_from(favoured).unwrap_or(0),
        };
        Some(Group {
            measure: Domain::from_id(&self.domain).and_then(Measure::of)?,
            unit: self.unit,
            rank: self.rank,
            year: i32::try_from(self.year).ok()?,
            period: self.period,
            item: self.item,
            protected: share(self.protected, self.protected_favoured),
            peers: share(self.peers, self.peers_favoured),
        })
    }
}

macro_rules! select {
    ($($tail:expr),+) => {
        concat!(
            "SELECT unit, domain, period, item, rank, year, protected, protected_favoured, peers, peers_favoured ",
            "FROM peer_group ",
            $($tail),+
        )
    };
}

const OF_LIST: &str = select!("WHERE unit = $1 AND domain = $2 AND period = $3 AND item = $4 ORDER BY rank");
const OF_YEARS: &str = select!(
    "WHERE year BETWEEN $1 AND $2 AND ",
    seen!("$3": "unit"),
    " ORDER BY unit, domain, period, item, rank"
);
const CLEAR: &str = "DELETE FROM peer_group WHERE unit = $1 AND domain = $2 AND period = $3 AND item = $4";
const INSERT: &str = "INSERT INTO peer_group (unit, domain, period, item, rank, year, protected, protected_favoured, peers, \
     peers_favoured, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

/// What is known of one list of a unit, by rank.
pub async fn of_list(
    tx: &mut Tx,
    unit: &str,
    measure: Measure,
    period: &str,
    item: &str,
) -> Result<Vec<Group>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OF_LIST)
        .bind(unit).bind(measure.domain().as_str()).bind(period).bind(item).fetch_all(c).await)?;
    Ok(rows.into_iter().filter_map(Row::group).collect())
}

/// Everything of some years, both included, as far as it is seen.
pub async fn of_years(tx: &mut Tx, from: i32, to: i32, scope: &Scope) -> Result<Vec<Group>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OF_YEARS)
        .bind(i64::from(from)).bind(i64::from(to)).bind(scope.unit()).fetch_all(c).await)?;
    Ok(rows.into_iter().filter_map(Row::group).collect())
}

/// Puts the groups of one list of a unit in place of those of an earlier one.
pub async fn replace(tx: &mut Tx, groups: &[Group], now: Moment) -> Result<(), StoreError> {
    let Some(first) = groups.first() else { return Ok(()) };
    on!(tx, c => sqlx::query(CLEAR)
        .bind(&first.unit).bind(first.measure.domain().as_str()).bind(&first.period).bind(&first.item)
        .execute(c).await.map(drop))?;
    for g in groups {
        on!(tx, c => sqlx::query(INSERT)
            .bind(&g.unit).bind(g.measure.domain().as_str()).bind(&g.period).bind(&g.item).bind(&g.rank)
            .bind(i64::from(g.year)).bind(i64::from(g.protected.persons)).bind(i64::from(g.protected.favoured))
            .bind(i64::from(g.peers.persons)).bind(i64::from(g.peers.favoured)).bind(now.millis())
            .execute(c).await.map(drop))?;
    }
    Ok(())
}
