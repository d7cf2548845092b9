//! Forms that were sent: the key in a form makes that it counts once.

use super::db::on;
use super::{StoreError, Tx};
use crate::domain::time::Moment;

/// What came of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Who sent it.
    pub actor: String,
    /// Where to.
    pub path: String,
    /// The page that shows what came of it; none while it is worked on.
    pub location: Option<String>,
    /// What is now true, in words.
    pub message: Option<String>,
}

const CLAIM: &str =
    "INSERT INTO form_sent (key, actor, path, at_ms) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO NOTHING";
const BY_KEY: &str = "SELECT actor, path, location, message FROM form_sent WHERE key = $1";
const DONE: &str = "UPDATE form_sent SET location = $2, message = $3 WHERE key = $1";
const RELEASE: &str = "DELETE FROM form_sent WHERE key = $1 AND location IS NULL";
const SWEEP: &str = "DELETE FROM form_sent WHERE at_ms <= $1";

/// Takes a key; `false` when it was taken before.
pub async fn claim(tx: &mut Tx, key: &str, actor: &str, path: &str, at: Moment) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(CLAIM).bind(key).bind(actor).bind(path).bind(at.millis())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// What came of a key.
pub async fn by_key(tx: &mut Tx, key: &str) -> Result<Option<Sent>, StoreError> {
    let row: Option<(String, String, Option<String>, Option<String>)> =
        on!(tx, c => sqlx::query_as(BY_KEY).bind(key).fetch_optional(c).await)?;
    Ok(row.map(|(actor, path, location, message)| Sent {
        actor,
        path,
        location,
        message,
    }))
}

/// Notes what came of it.
pub async fn done(tx: &mut Tx, key: &str, location: &str, message: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(DONE).bind(key).bind(location).bind(message).execute(c).await.map(drop))?;
    Ok(())
}

/// Gives a key back: nothing came of it, and the form may be sent again with what was wrong put right.
pub async fn release(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(RELEASE).bind(key).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets old ones.
pub async fn sweep(tx: &mut Tx, before: Moment) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(SWEEP).bind(before.millis()).execute(c).await.map(drop))?;
    Ok(())
}
