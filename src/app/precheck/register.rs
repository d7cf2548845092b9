//! What the register knows about the people of a list.

use super::neglect;
use crate::app::{App, AppError};
use crate::domain::ids::PersonId;
use crate::domain::person::{CitizenId, normal_name};
use crate::domain::protection::list::List;
use crate::domain::protection::{GradeFacts, IdKey, PersonFacts, Register};
use crate::domain::tables::{Set, Table};
use crate::store::rectifications::{self, DealtWith};
use crate::store::{Tx, cases, outcomes, people};
use std::collections::BTreeMap;
use tokio_util::task::AbortOnDropHandle;

/// Everybody with a case, and the namesakes and number holders the list names.
pub(in crate::app) async fn load(app: &App, tx: &mut Tx, list: &List) -> Result<Register, AppError> {
    Known::load(tx).await?.with(tx, list, &Keys::of(app, list)).await
}

/// The keyed hashes of the ID numbers of a list; each is asked for several times and takes its while.
pub(super) struct Keys<'a>(Table<&'a str, [u8; 32]>);

impl<'a> Keys<'a> {
    pub(super) fn of(app: &App, list: &'a List) -> Self {
        let rows = list.sheets.iter().flat_map(|sheet| &sheet.rows);
        let numbers = rows.filter_map(|row| row.id.valid()).map(CitizenId::reveal);
        Self(numbers.map(|number| (number, app.keys.lookup(number))).collect())
    }

    /// That of a number of the list.
    pub(super) fn get(&self, number: &CitizenId) -> Option<IdKey> {
        self.0.get(number.reveal()).copied().map(IdKey)
    }
}

/// What the register knows, on its way while a file is read: most of it does not depend on what the file holds.
pub struct Ahead(AbortOnDropHandle<Result<Known, AppError>>);

impl Ahead {
    /// Begins to read.
    pub fn begin(app: &App) -> Self {
        let app = app.clone();
        Self(AbortOnDropHandle::new(tokio::spawn(async move {
            let mut tx = app.db.read().await?;
            let known = Known::load(&mut tx).await?;
            tx.rollback().await?;
            Ok(known)
        })))
    }

    pub(super) async fn known(self) -> Result<Known, AppError> {
        self.0
            .await
            .map_err(|error| AppError::Environment(format!("内部任务异常中止：{error}")))?
    }
}

/// What the register knows whoever is on a list.
pub(super) struct Known {
    /// Everybody with a case.
    people: BTreeMap<PersonId, PersonFacts>,
    units: Vec<String>,
    grades: Vec<GradeFacts>,
    dealt: Vec<DealtWith>,
}

impl Known {
    pub(super) async fn load(tx: &mut Tx) -> Result<Self, AppError> {
        let with_cases = people::with_cases(tx).await?.into_iter();
        let mut people: BTreeMap<PersonId, PersonFacts> =
            with_cases.map(|person| (person.person.clone(), person)).collect();
        for (person, case) in cases::facts(tx).await? {
            if let Some(person) = people.get_mut(&person) {
                person.cases.push(case);
            }
        }
        let grades = outcomes::grades(tx).await?.into_iter();
        Ok(Self {
            people,
            units: people::units(tx).await?,
            grades: grades
                .map(|grade| GradeFacts {
                    person: PersonId::stored(grade.person_id),
                    period: grade.period,
                    grade: grade.result,
                })
                .collect(),
            dealt: rectifications::dealt(tx).await?,
        })
    }

    /// The same with the namesakes and number holders that a list names.
    pub(super) async fn with(self, tx: &mut Tx, list: &List, keys: &Keys<'_>) -> Result<Register, AppError> {
        let mut found = self.people;
        let rows = list.sheets.iter().flat_map(|sheet| &sheet.rows);
        let mut names: Set<String> = rows.map(|row| normal_name(&row.name)).collect();
        names.remove("");
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.sort_unstable();
        // A number has one holder.
        let held: Set<&[u8; 32]> = found
            .values()
            .filter_map(|person| person.id_key.as_ref().map(|IdKey(key)| key))
            .collect();
        let mut keys: Vec<[u8; 32]> = keys.0.values().filter(|key| !held.contains(key)).copied().collect();
        keys.sort_unstable();
        let namesakes = people::others_by_names(tx, &names).await?.into_iter();
        for person in namesakes.chain(people::others_by_keys(tx, &keys).await?) {
            found.entry(person.person.clone()).or_insert(person);
        }
        let people: Vec<PersonFacts> = found.into_values().collect();
        let neglect = neglect::of_people(self.dealt, &people);
        Ok(Register {
            people,
            units: self.units,
            grades: self.grades,
            neglect,
        })
    }
}
