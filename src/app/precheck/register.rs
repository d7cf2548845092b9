//! What the register knows about the people of a list.

use super::neglect;
use crate::app::{App, AppError};
use crate::domain::ids::PersonId;
use crate::domain::person::normal_name;
use crate::domain::protection::list::List;
use crate::domain::protection::{CaseFacts, GradeFacts, IdKey, PersonFacts, Register};
use crate::store::people::{self, Person};
use crate::store::{Tx, cases, outcomes};
use std::collections::{BTreeMap, BTreeSet};

/// Everybody with a case, and the namesakes and number holders the list names.
pub(in crate::app) async fn load(app: &App, tx: &mut Tx, list: &List) -> Result<Register, AppError> {
    let mut by_person: BTreeMap<String, Vec<CaseFacts>> = BTreeMap::new();
    for case in cases::all(tx).await? {
        let r = case.record;
        by_person
            .entry(case.person.as_str().to_owned())
            .or_default()
            .push(CaseFacts {
                case: case.id,
                case_no: r.case_no,
                matter: r.matter,
                conclusion: r.conclusion,
                concluded_on: r.concluded_on,
                doc_no: r.doc_no,
                measure: r.measure,
                revoked: r.revoked,
                revoked_on: r.revoked_on,
            });
    }
    let mut found: BTreeMap<String, Person> = people::with_cases(tx)
        .await?
        .into_iter()
        .map(|person| (person.id.as_str().to_owned(), person))
        .collect();
    let mut names = BTreeSet::new();
    let mut keys = BTreeSet::new();
    for row in list.sheets.iter().flat_map(|sheet| &sheet.rows) {
        names.insert(normal_name(&row.name));
        keys.extend(row.id.valid().map(|id| app.keys.lookup(id.reveal())));
    }
    names.remove("");
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let keys: Vec<[u8; 32]> = keys.into_iter().collect();
    for person in people::by_names(tx, &names)
        .await?
        .into_iter()
        .chain(people::by_keys(tx, &keys).await?)
    {
        found.insert(person.id.as_str().to_owned(), person);
    }
    let people: Vec<PersonFacts> = found
        .into_values()
        .map(|person| PersonFacts {
            id_key: person.id_key.as_deref().and_then(|key| key.try_into().ok()).map(IdKey),
            cases: by_person.remove(person.id.as_str()).unwrap_or_default(),
            person: person.id,
            name: person.name,
            roster_unit: person.roster_unit,
            register_unit: person.register_unit,
            post: person.post,
            rank: person.rank,
            status: person.status,
        })
        .collect();
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
