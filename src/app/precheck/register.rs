//! What the register knows about the people of a list.

use super::neglect;
use crate::app::{App, AppError};
use crate::domain::ids::PersonId;
use crate::domain::person::normal_name;
use crate::domain::protection::list::List;
use crate::domain::protection::{GradeFacts, IdKey, PersonFacts, Register};
use crate::store::{Tx, cases, outcomes, people};
use std::collections::{BTreeMap, BTreeSet};

/// Everybody with a case, and the namesakes and number holders the list names.
pub(in crate::app) async fn load(app: &App, tx: &mut Tx, list: &List) -> Result<Register, AppError> {
    let with_cases = people::with_cases(tx).await?.into_iter();
    let mut found: BTreeMap<PersonId, PersonFacts> = with_cases.map(|person| (person.person.clone(), person)).collect();
    for (person, case) in cases::facts(tx).await? {
        if let Some(person) = found.get_mut(&person) {
            person.cases.push(case);
        }
    }
    let mut names = BTreeSet::new();
    let mut keys = BTreeSet::new();
    for row in list.sheets.iter().flat_map(|sheet| &sheet.rows) {
        names.insert(normal_name(&row.name));
        keys.extend(row.id.valid().map(|id| app.keys.lookup(id.reveal())));
    }
    names.remove("");
    // A number has one holder.
    for IdKey(known) in found.values().filter_map(|person| person.id_key.as_ref()) {
        keys.remove(known);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let keys: Vec<[u8; 32]> = keys.into_iter().collect();
    let namesakes = people::others_by_names(tx, &names).await?.into_iter();
    for person in namesakes.chain(people::others_by_keys(tx, &keys).await?) {
        found.insert(person.person.clone(), person);
    }
    let people: Vec<PersonFacts> = found.into_values().collect();
    let grades = outcomes::grades(tx)
        .await?
        .into_iter()
        .map(|grade| GradeFacts {
            person: PersonId::stored(grade.person_id),
            period: grade.period,
            grade: grade.result,
        })
        .collect();
    let neglect = neglect::of_people(tx, &people).await?;
    Ok(Register {
        people,
        units: people::units(tx).await?,
        grades,
        neglect,
    })
}
