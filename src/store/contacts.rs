//! Contacts.

use super::db::on;
use super::{StoreError, Tx};
use crate::domain::alert::Contact;
use crate::domain::contact::{Role, mail_address};
use crate::domain::time::Moment;

#[derive(sqlx::FromRow)]
struct Row {
    unit: String,
    name: String,
    role: String,
    email: Option<String>,
    deputy: Option<String>,
    disabled: bool,
}

const ALL: &str = "SELECT unit, name, role, email, deputy, disabled FROM contact ORDER BY unit, role, name";
const PUT: &str = "INSERT INTO contact (unit, name, role, email, deputy, disabled) VALUES ($1, $2, $3, $4, $5, $6) \
     ON CONFLICT (unit, name, role) DO UPDATE SET email = excluded.email, deputy = excluded.deputy, disabled = excluded.disabled";

/// Every contact.
pub async fn all(tx: &mut Tx) -> Result<Vec<Contact>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?;
    rows.into_iter()
        .map(|row| {
            let role = Role::from_zh(&row.role).ok_or_else(|| StoreError::corrupt("角色", row.role.clone()))?;
            Ok(Contact {
                unit: row.unit,
                name: row.name,
                role,
                // An earlier release took them in as they were typed; what no mail can be addressed to is no mailbox.
                email: row.email.as_deref().and_then(mail_address),
                deputy: row.deputy,
                disabled: row.disabled,
            })
        })
        .collect()
}

/// Inserts or replaces.
pub async fn put(tx: &mut Tx, contact: &Contact) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT)
        .bind(&contact.unit).bind(&contact.name).bind(contact.role.zh()).bind(&contact.email).bind(&contact.deputy)
        .bind(contact.disabled)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// A state that an entry had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// From 1.
    pub number: i64,
    /// The entry.
    pub contact: Contact,
    /// Who wrote it.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When; the beginning of time where nobody knows.
    pub at: Moment,
}

#[derive(sqlx::FromRow)]
struct VersionRow {
    number: i64,
    email: Option<String>,
    deputy: Option<String>,
    disabled: bool,
    actor: String,
    reason: String,
    at_ms: i64,
}

const NEWEST: &str = "SELECT COALESCE(MAX(number), 0) FROM contact_version WHERE unit = $1 AND name = $2 AND role = $3";
const ADD: &str = "INSERT INTO contact_version (unit, name, role, number, email, deputy, disabled, actor, reason, at_ms) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const HISTORY: &str = "SELECT number, email, deputy, disabled, actor, reason, at_ms FROM contact_version \
     WHERE unit = $1 AND name = $2 AND role = $3 ORDER BY number DESC LIMIT 200";

/// Adds a state to the history of its entry; its number.
pub async fn add_version(
    tx: &mut Tx,
    contact: &Contact,
    (actor, reason): (&str, &str),
    at: Moment,
) -> Result<i64, StoreError> {
    let (unit, name, role) = (&contact.unit, &contact.name, contact.role.zh());
    let newest: i64 = on!(tx, c => sqlx::query_scalar(NEWEST).bind(unit).bind(name).bind(role).fetch_one(c).await)?;
    on!(tx, c => sqlx::query(ADD)
        .bind(unit).bind(name).bind(role).bind(newest + 1).bind(&contact.email).bind(&contact.deputy)
        .bind(contact.disabled).bind(actor).bind(reason).bind(at.millis())
        .execute(c).await.map(drop))?;
    Ok(newest + 1)
}

/// The states an entry had, the newest first.
pub async fn history(tx: &mut Tx, contact: &Contact) -> Result<Vec<Version>, StoreError> {
    let (unit, name, role) = (&contact.unit, &contact.name, contact.role.zh());
    let rows: Vec<VersionRow> =
        on!(tx, c => sqlx::query_as(HISTORY).bind(unit).bind(name).bind(role).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|row| Version {
            number: row.number,
            contact: Contact {
                email: row.email,
                deputy: row.deputy,
                disabled: row.disabled,
                ..contact.clone()
            },
            actor: row.actor,
            reason: row.reason,
            at: Moment::from_millis(row.at_ms),
        })
        .collect())
}
