//! `import cadres`: the roster.

use super::{Effect, Source, Summary, close_run, open_run};
use crate::app::people::{self, Named};
use crate::app::{App, AppError};
use crate::domain::person::{CadreRecord, IdNumber, normal_name};
use crate::domain::protection::list::{Located, RowFault};
use crate::store::people as store;
use std::collections::HashMap;

const KIND: &str = "cadres";

/// Takes a roster in.
pub async fn cadres(
    app: &App,
    source: &Source,
    rows: Vec<Located<CadreRecord>>,
    rows_read: u32,
    faults: Vec<RowFault>,
) -> Result<Summary, AppError> {
    let now = app.now();
    let mut summary = Summary::new(source, rows_read, faults);
    let mut without_number: HashMap<(String, String), usize> = HashMap::new();
    let mut tx = app.db.begin().await?;
    let run = open_run(&mut tx, KIND, source, rows_read, summary.unreadable.len(), now).await?;
    for row in rows {
        let record = row.value;
        let ordinal = match record.id {
            IdNumber::Valid(_) => 1,
            IdNumber::Missing | IdNumber::Unusable(_) => {
                let seen = without_number
                    .entry((normal_name(&record.name), record.unit.clone()))
                    .or_default();
                *seen += 1;
                *seen
            }
        };
        let named = Named {
            name: &record.name,
            id: &record.id,
            unit: &record.unit,
            ordinal,
        };
        let Some(found) = people::find(&mut tx, &app.keys, &named).await? else {
            summary.unreadable.push(RowFault::of_column(
                row.sheet.as_deref(),
                row.row,
                "姓名",
                "本单位已有多名同名干部，无身份证号无法区分；请补填公民身份号码",
            ));
            continue;
        };
        let before = found.person.clone();
        let mut person = found.person;
        record.name.trim().clone_into(&mut person.name);
        person.name_key = normal_name(&record.name);
        person.roster_unit = Some(record.unit);
        // A column that the file does not have says nothing about what is stored.
        person.post = record.post.or(person.post);
        person.rank = record.rank.or(person.rank);
        person.identity = record.identity.or(person.identity);
        person.representative = record.representative.or(person.representative);
        person.status = record.status.or(person.status);
        let effect = match (found.is_new, person == before && found.sealed.is_none()) {
            (true, _) => Effect::Added,
            (false, true) => Effect::Unchanged,
            (false, false) => Effect::Changed,
        };
        if effect != Effect::Unchanged {
            store::put(&mut tx, &person, found.sealed.as_deref()).await?;
        }
        summary.count(effect);
    }
    close_run(&mut tx, KIND, &run, &summary, now).await?;
    tx.commit().await?;
    Ok(summary)
}
