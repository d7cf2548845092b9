//! `import contacts`: who is told what.

use super::{Effect, Source, Summary, close_run, open_run};
use crate::app::directory::{self, Author};
use crate::app::{App, AppError};
use crate::domain::alert::Contact;
use crate::domain::contact::ContactRecord;
use crate::domain::protection::list::{Located, RowFault};
use crate::store::contacts as store;
use crate::store::journal::ACTOR_LOCAL;

const KIND: &str = "contacts";

/// Takes the contact list in.
pub async fn contacts(
    app: &App,
    source: &Source,
    rows: Vec<Located<ContactRecord>>,
    rows_read: u32,
    faults: Vec<RowFault>,
) -> Result<Summary, AppError> {
    let now = app.now();
    let mut summary = Summary::new(source, rows_read, faults);
    let mut tx = app.db.begin().await?;
    let run = open_run(&mut tx, KIND, source, rows_read, summary.unreadable.len(), now).await?;
    let known = store::all(&mut tx).await?;
    let reason = format!("导入 {}", source.file);
    let by = Author {
        actor: ACTOR_LOCAL,
        reason: &reason,
    };
    for row in rows {
        let record = row.value;
        let contact = Contact {
            unit: record.unit,
            name: record.name,
            role: record.role,
            email: record.email,
            deputy: record.deputy,
            disabled: record.disabled,
        };
        let before = known
            .iter()
            .find(|k| k.unit == contact.unit && k.name == contact.name && k.role == contact.role);
        let effect = match before {
            Some(same) if *same == contact => Effect::Unchanged,
            Some(_) => Effect::Changed,
            None => Effect::Added,
        };
        if effect != Effect::Unchanged {
            directory::keep(&mut tx, &contact, by, now).await?;
        }
        summary.count(effect);
    }
    if summary.wrote() {
        directory::changed(&mut tx, now).await?;
    }
    close_run(&mut tx, KIND, &run, &summary, now).await?;
    tx.commit().await?;
    Ok(summary)
}
