//! What a mail gateway told of messages it had taken.

use super::db::on;
use super::{StoreError, Tx};
use crate::domain::time::Moment;

/// One telling.
#[derive(Debug, Clone, Copy)]
pub struct NewBounce<'a> {
    /// The same for the same telling.
    pub id: &'a str,
    /// The mail it is about.
    pub mail_id: &'a str,
    /// `permanent` or `temporary`.
    pub kind: &'a str,
    /// The gateway's words.
    pub reason: &'a str,
}

const INSERT: &str = "INSERT INTO bounce (id, mail_id, kind, reason, at_ms) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (id) DO NOTHING";

/// Keeps a telling; `false` when it is known already.
pub async fn insert(tx: &mut Tx, bounce: NewBounce<'_>, now: Moment) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(INSERT)
        .bind(bounce.id).bind(bounce.mail_id).bind(bounce.kind).bind(bounce.reason).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
