//! Facts about the database itself.

use super::db::on;
use super::{StoreError, Tx};

/// Fingerprint of the key the database is sealed with.
pub const KEY_FINGERPRINT: &str = "key_fingerprint";
/// Made by `demo` or marked for tests: accepts a clock that is not the host's.
pub const REHEARSAL: &str = "rehearsal";

/// Check value of the rules that were last in force.
pub const POLICY: &str = "policy";

/// The start of the machine on which mail was last delivered.
pub const BOOT: &str = "boot";

const GET: &str = "SELECT value FROM meta WHERE name = $1";
const PUT: &str =
    "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const PUT_NEW: &str = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";

/// Reads a fact.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(GET).bind(name).fetch_optional(c).await)?)
}

/// Writes a fact.
pub async fn put(tx: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT).bind(name).bind(value).execute(c).await.map(drop))?;
    Ok(())
}

/// Writes a fact unless one is there; gives the one that stands.
pub async fn put_new(tx: &mut Tx, name: &str, value: &str) -> Result<String, StoreError> {
    on!(tx, c => sqlx::query(PUT_NEW).bind(name).bind(value).execute(c).await.map(drop))?;
    Ok(get(tx, name).await?.unwrap_or_else(|| value.to_owned()))
}
