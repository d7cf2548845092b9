//! Channels set through the pages: every version, the newest of each channel in the place of the configuration's.

use super::db::on;
use super::{StoreError, Tx};
use crate::domain::channel::State;
use crate::domain::time::Moment;

/// A version of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Of which.
    pub channel: String,
    /// From 1; 0 is what the configuration says.
    pub number: i64,
    /// The version in whose place it stands.
    pub replaces: i64,
    /// The earlier version that it is again.
    pub restores: Option<i64>,
    /// Whether anything goes through it.
    pub state: State,
    /// What it is, where it says so itself.
    pub sealed: Option<Vec<u8>>,
    /// Who made it so.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Moment,
}

#[derive(sqlx::FromRow)]
struct Row {
    channel: String,
    number: i64,
    replaces: i64,
    restores: Option<i64>,
    state: String,
    sealed: Option<Vec<u8>>,
    actor: String,
    reason: String,
    at_ms: i64,
}

impl From<Row> for Version {
    fn from(row: Row) -> Self {
        Self {
            channel: row.channel,
            number: row.number,
            replaces: row.replaces,
            restores: row.restores,
            // The table holds no other word; one that it held would not send.
            state: State::from_word(&row.state).unwrap_or(State::Retired),
            sealed: row.sealed,
            actor: row.actor,
            reason: row.reason,
            at: Moment::from_millis(row.at_ms),
        }
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT channel, number, replaces, restores, state, sealed, actor, reason, at_ms FROM channel_version v ",
            $tail
        )
    };
}

const NEWEST_OF_EACH: &str =
    select!("WHERE number = (SELECT MAX(number) FROM channel_version n WHERE n.channel = v.channel) ORDER BY channel");
const ONE: &str = select!("WHERE channel = $1 AND number = $2");
const NEWEST: &str = "SELECT COALESCE(MAX(number), 0) FROM channel_version WHERE channel = $1";
const PAGE: &str = select!("WHERE channel = $1 ORDER BY number DESC LIMIT $2 OFFSET $3");
const ADD: &str = "INSERT INTO channel_version (channel, number, replaces, restores, state, sealed, actor, reason, at_ms) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// The newest version of each channel that has one.
pub async fn newest_of_each(tx: &mut Tx) -> Result<Vec<Version>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(NEWEST_OF_EACH).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Version::from).collect())
}

/// One version.
pub async fn one(tx: &mut Tx, channel: &str, number: i64) -> Result<Option<Version>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(ONE).bind(channel).bind(number).fetch_optional(c).await)?;
    Ok(row.map(Version::from))
}

/// The number of the newest version; 0 where there is none.
pub async fn newest(tx: &mut Tx, channel: &str) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(NEWEST).bind(channel).fetch_one(c).await)?)
}

/// Versions, the newest first.
pub async fn page(tx: &mut Tx, channel: &str, limit: i64, offset: i64) -> Result<Vec<Version>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(PAGE).bind(channel).bind(limit).bind(offset).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Version::from).collect())
}

/// Adds a version.
pub async fn add(tx: &mut Tx, version: &Version) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(ADD)
        .bind(&version.channel).bind(version.number).bind(version.replaces).bind(version.restores)
        .bind(version.state.word()).bind(&version.sealed).bind(&version.actor).bind(&version.reason)
        .bind(version.at.millis()).execute(c).await.map(drop))?;
    Ok(())
}
