//! Rules and word lists that were adopted: every version, the newest of each document in force.

use super::db::on;
use super::{StoreError, Tx};
use crate::domain::time::Moment;

/// A version of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Of what, as [`crate::domain::settings::Document::slug`] names it.
    pub document: String,
    /// From 1; 0 is what the site's files say.
    pub number: i64,
    /// The version in whose place it stands.
    pub replaces: i64,
    /// The earlier version whose text it has again.
    pub restores: Option<i64>,
    /// The whole text.
    pub text: String,
    /// Who adopted it.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Moment,
}

#[derive(sqlx::FromRow)]
struct Row {
    document: String,
    number: i64,
    replaces: i64,
    restores: Option<i64>,
    text: String,
    actor: String,
    reason: String,
    at_ms: i64,
}

impl From<Row> for Version {
    fn from(row: Row) -> Self {
        Self {
            document: row.document,
            number: row.number,
            replaces: row.replaces,
            restores: row.restores,
            text: row.text,
            actor: row.actor,
            reason: row.reason,
            at: Moment::from_millis(row.at_ms),
        }
    }
}

macro_rules! select {
    ($text:literal, $tail:literal) => {
        concat!(
            "SELECT document, number, replaces, restores, ",
            $text,
            ", actor, reason, at_ms FROM setting_version v ",
            $tail
        )
    };
}

const MARK: &str = "SELECT (SELECT COUNT(*) FROM setting_version) + (SELECT COUNT(*) FROM channel_version)";
const IN_FORCE: &str = select!(
    "text",
    "WHERE number = (SELECT MAX(number) FROM setting_version n WHERE n.document = v.document) ORDER BY document"
);
const NAMED: &str = select!(
    "'' AS text",
    "WHERE number = (SELECT MAX(number) FROM setting_version n WHERE n.document = v.document) ORDER BY document"
);
const ONE: &str = select!("text", "WHERE document = $1 AND number = $2");
const NEWEST: &str = "SELECT COALESCE(MAX(number), 0) FROM setting_version WHERE document = $1";
const PAGE: &str = select!(
    "'' AS text",
    "WHERE document = $1 ORDER BY number DESC LIMIT $2 OFFSET $3"
);
const ADD: &str = "INSERT INTO setting_version (document, number, replaces, restores, text, actor, reason, at_ms) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Grows with every version, also of a channel.
pub async fn mark(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(MARK).fetch_one(c).await)?)
}

/// The newest version of each document that has one.
pub async fn in_force(tx: &mut Tx) -> Result<Vec<Version>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(IN_FORCE).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Version::from).collect())
}

/// The same without their texts.
pub async fn named(tx: &mut Tx) -> Result<Vec<Version>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(NAMED).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Version::from).collect())
}

/// One version.
pub async fn one(tx: &mut Tx, document: &str, number: i64) -> Result<Option<Version>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(ONE).bind(document).bind(number).fetch_optional(c).await)?;
    Ok(row.map(Version::from))
}

/// The number of the newest version; 0 where none was adopted.
pub async fn newest(tx: &mut Tx, document: &str) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(NEWEST).bind(document).fetch_one(c).await)?)
}

/// Versions without their texts, the newest first.
pub async fn page(tx: &mut Tx, document: &str, limit: i64, offset: i64) -> Result<Vec<Version>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(PAGE).bind(document).bind(limit).bind(offset).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Version::from).collect())
}

/// Adds a version.
pub async fn add(tx: &mut Tx, version: &Version) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(ADD)
        .bind(&version.document).bind(version.number).bind(version.replaces).bind(version.restores)
        .bind(&version.text).bind(&version.actor).bind(&version.reason).bind(version.at.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}
