//! Reminders that somebody reads in another's place.

use super::db::on;
use super::sight::by_obligation;
use super::{StoreError, Tx};
use crate::domain::account::Scope;
use crate::domain::alert::{HandOn, Recipient};
use crate::domain::contact::Role;
use crate::domain::time::Moment;

macro_rules! select {
    ($($tail:expr),+) => {
        concat!(
            "SELECT obligation_id, from_email, from_name, to_unit, to_name, to_role, to_email, reason, at_ms FROM alert_hand_on ",
            $($tail),+
        )
    };
}

const PUT: &str = "INSERT INTO alert_hand_on (obligation_id, from_email, from_name, to_unit, to_name, to_role, to_email, reason, at_ms, ended) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, FALSE)";
const END: &str =
    "UPDATE alert_hand_on SET ended = TRUE WHERE obligation_id = $1 AND lower(from_email) = lower($2) AND NOT ended";
const OF: &str = select!("WHERE obligation_id = $1 AND NOT ended ORDER BY at_ms, from_email LIMIT 200");
const EVER_OF: &str = select!("WHERE obligation_id = $1 ORDER BY at_ms, from_email LIMIT 200");
const OPEN: &str = select!(
    "WHERE NOT ended AND ($2 IS NULL OR ",
    by_obligation!("$2", "alert_hand_on.obligation_id"),
    ") ORDER BY at_ms, obligation_id, from_email LIMIT $1"
);

#[derive(sqlx::FromRow)]
struct Row {
    obligation_id: String,
    from_email: String,
    from_name: String,
    to_unit: String,
    to_name: String,
    to_role: String,
    to_email: String,
    reason: String,
    at_ms: i64,
}

impl TryFrom<Row> for HandOn {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            obligation: row.obligation_id,
            from_email: row.from_email,
            from_name: row.from_name,
            to_unit: row.to_unit,
            to: Recipient {
                email: row.to_email,
                name: row.to_name,
                role: Role::from_zh(&row.to_role).ok_or_else(|| StoreError::corrupt("to_role", row.to_role))?,
            },
            reason: row.reason,
            at: Moment::from_millis(row.at_ms),
        })
    }
}

/// Keeps it; what the same reader handed on before ends.
pub async fn put(tx: &mut Tx, one: &HandOn) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(END).bind(&one.obligation).bind(&one.from_email).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(PUT).bind(&one.obligation).bind(&one.from_email).bind(&one.from_name).bind(&one.to_unit)
        .bind(&one.to.name).bind(one.to.role.zh()).bind(&one.to.email).bind(&one.reason).bind(one.at.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Those in force for an obligation.
pub async fn of(tx: &mut Tx, obligation: &str) -> Result<Vec<HandOn>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OF).bind(obligation).fetch_all(c).await)?;
    rows.into_iter().map(HandOn::try_from).collect()
}

/// Those there ever were.
pub async fn ever_of(tx: &mut Tx, obligation: &str) -> Result<Vec<HandOn>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(EVER_OF).bind(obligation).fetch_all(c).await)?;
    rows.into_iter().map(HandOn::try_from).collect()
}

/// Those in force about what is seen, the oldest first.
pub async fn open(tx: &mut Tx, scope: &Scope, limit: i64) -> Result<Vec<HandOn>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OPEN).bind(limit).bind(scope.unit()).fetch_all(c).await)?;
    rows.into_iter().map(HandOn::try_from).collect()
}
