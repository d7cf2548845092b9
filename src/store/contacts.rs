//! Contacts.

use super::db::on;
use super::{StoreError, Tx};
use crate::domain::alert::Contact;
use crate::domain::contact::{Role, is_mail_address};

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
                // What an earlier release took in and no mail can be addressed to is no mailbox.
                email: row.email.filter(|email| is_mail_address(email)),
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
