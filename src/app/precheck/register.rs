//! What the register knows about the people of a list.

use super::{neglect, sieve};
use crate::app::{App, AppError};
use crate::domain::ids::PersonId;
use crate::domain::person::{CitizenId, normal_name};
use crate::domain::protection::list::{List, ListRow};
use crate::domain::protection::{CaseFacts, GradeFacts, IdKey, PersonFacts, Register};
use crate::domain::shares::{by_shares, joined};
use crate::domain::tables::{Set, Table};
use crate::files::Sieve;
use crate::runtime::crypto::KeyRing;
use crate::runtime::random::Random;
use crate::store::people::Half;
use crate::store::rectifications::{self, DealtWith};
use crate::store::{Db, Tx, cases, outcomes, people};
use std::collections::BTreeMap;
use tokio::sync::oneshot;
use tokio_util::task::AbortOnDropHandle;

/// Everybody with a case, and the namesakes and number holders the list names.
pub(in crate::app) async fn load(app: &App, tx: &mut Tx, list: &List) -> Result<Register, AppError> {
    Known::load(tx).await?.with(tx, list, &Keys::of(app, list)).await
}

/// Rows that are worth a thread of their own.
const WORTH_WHILE: usize = 2_000;

/// The keyed hashes of the ID numbers of a list; each is asked for several times and takes its while.
pub(super) struct Keys<'a>(Table<&'a str, [u8; 32]>);

impl<'a> Keys<'a> {
    pub(super) fn of(app: &App, list: &'a List) -> Self {
        let of_rows = |rows: &'a [ListRow]| -> Vec<(&'a str, [u8; 32])> {
            let numbers = rows.iter().filter_map(|row| row.id.valid()).map(CitizenId::reveal);
            numbers.map(|number| (number, app.keys.lookup(number))).collect()
        };
        let sheets = list.sheets.iter();
        let shares = sheets.flat_map(|sheet| by_shares(&sheet.rows, WORTH_WHILE, of_rows));
        // Growing on the way would put all of them in their places again and again.
        Self(joined(shares.collect()).into_iter().collect())
    }

    /// That of a number of the list.
    pub(super) fn get(&self, number: &CitizenId) -> Option<IdKey> {
        self.0.get(number.reveal()).copied().map(IdKey)
    }
}

/// People without a case, where they are not more than this, are read ahead of a list.
const FEW: i64 = 20_000;

/// What the register knows, on its way while a file is read: most of it does not depend on what the file holds.
pub struct Ahead(AbortOnDropHandle<Result<Known, AppError>>);

/// How long a file is that is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// It is read sooner than it would be found out where everybody belongs.
    Short,
    /// Its namesakes take longer than that.
    Long,
}

impl Length {
    /// Bytes of a file that many namesakes may stand in.
    const MANY: u64 = 4 << 20;

    /// That of a file of so many bytes.
    pub fn of(bytes: u64) -> Self {
        if bytes < Self::MANY { Self::Short } else { Self::Long }
    }
}

/// The same, before it is known whom the file is searched for.
pub struct Begun {
    told: oneshot::Receiver<Sieve>,
    ahead: Ahead,
}

impl Begun {
    /// Begins to read for a service that is there already.
    pub fn of(app: &App, random: &dyn Random, file: Length) -> Self {
        Self::by(&app.db, &app.keys, random, file)
    }

    /// Begins to read by all that is needed for it, while the rest of a service is put together.
    pub fn by(db: &Db, keys: &KeyRing, random: &dyn Random, file: Length) -> Self {
        let key = sieve::key(random);
        let half = |which: Half| {
            let (db, keys) = (db.clone(), keys.clone());
            spawn(async move {
                let mut tx = db.read().await?;
                let people = people::half_with_cases(&mut tx, which).await?;
                tx.rollback().await?;
                let sieve = sieve::of(&keys, key, &people)?;
                Ok((people, sieve))
            })
        };
        let (lower, upper) = (half(Half::Lower), half(Half::Upper));
        let reading = db.clone();
        let beside = spawn(async move {
            let mut tx = reading.read().await?;
            let beside = Beside::load(&mut tx).await?;
            tx.rollback().await?;
            Ok(beside)
        });
        let reading = db.clone();
        let rest = spawn(async move {
            let mut tx = reading.read().await?;
            let rest = Rest::load(&mut tx).await?;
            tx.rollback().await?;
            Ok(rest)
        });
        let (tell, told) = oneshot::channel();
        let keys = keys.clone();
        let ahead = Ahead(spawn(async move {
            let (mut people, sieve) = done(lower).await?;
            let (mut upper, of_upper) = done(upper).await?;
            people.append(&mut upper);
            let mut sieve = sieve.with(&of_upper);
            // Whoever began this waits for the sieve.
            let beside = match file {
                Length::Short => {
                    tell.send(sieve).ok();
                    done(beside).await?
                }
                Length::Long => {
                    let beside = done(beside).await?;
                    if let Some(others) = &beside.others {
                        sieve::tell_places(&mut sieve, &keys, (&people, others), &beside.units)?;
                    }
                    tell.send(sieve).ok();
                    beside
                }
            };
            Ok(Known::of(people, beside, done(rest).await?))
        }));
        Self { told, ahead }
    }

    /// Whom the file is searched for, and what comes behind that.
    pub async fn sieve(self) -> Result<(Sieve, Ahead), AppError> {
        let Self { told, ahead } = self;
        match told.await {
            Ok(sieve) => Ok((sieve, ahead)),
            // Why it came to nothing.
            Err(nothing) => match ahead.known().await {
                Ok(_) => Err(AppError::Environment(nothing.to_string())),
                Err(error) => Err(error),
            },
        }
    }
}

/// A task that ends with whoever waits for it.
fn spawn<T: Send + 'static>(
    task: impl Future<Output = Result<T, AppError>> + Send + 'static,
) -> AbortOnDropHandle<Result<T, AppError>> {
    AbortOnDropHandle::new(tokio::spawn(task))
}

impl Ahead {
    pub(super) async fn known(self) -> Result<Known, AppError> {
        done(self.0).await
    }
}

/// What a task came to.
async fn done<T>(task: AbortOnDropHandle<Result<T, AppError>>) -> Result<T, AppError> {
    task.await
        .map_err(|error| AppError::Environment(format!("内部任务异常中止：{error}")))?
}

/// What the register knows whoever is on a list.
pub(super) struct Known {
    /// Everybody with a case.
    people: BTreeMap<PersonId, PersonFacts>,
    beside: Beside,
    rest: Rest,
}

/// Who else is on record, and where.
struct Beside {
    units: Vec<String>,
    /// Everybody without a case, where they were read.
    others: Option<Vec<people::Known>>,
}

impl Beside {
    async fn load(tx: &mut Tx) -> Result<Self, AppError> {
        Ok(Self {
            units: people::units(tx).await?,
            others: people::without_cases(tx, FEW).await?,
        })
    }
}

/// What is known of them beside that.
struct Rest {
    /// In the order of their numbers, which is that of everybody's.
    cases: Vec<(PersonId, CaseFacts)>,
    grades: Vec<GradeFacts>,
    dealt: Vec<DealtWith>,
}

impl Rest {
    async fn load(tx: &mut Tx) -> Result<Self, AppError> {
        let grades = outcomes::grades(tx).await?.into_iter();
        Ok(Self {
            cases: cases::facts(tx).await?,
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
}

impl Known {
    pub(super) async fn load(tx: &mut Tx) -> Result<Self, AppError> {
        let people = people::with_cases(tx).await?;
        let beside = Beside {
            units: people::units(tx).await?,
            others: None,
        };
        Ok(Self::of(people, beside, Rest::load(tx).await?))
    }

    /// Puts together what was read.
    fn of(people: Vec<people::Known>, beside: Beside, mut rest: Rest) -> Self {
        let with_cases = people.into_iter().map(|person| person.facts);
        let mut people: BTreeMap<PersonId, PersonFacts> =
            with_cases.map(|person| (person.person.clone(), person)).collect();
        for (person, case) in std::mem::take(&mut rest.cases) {
            if let Some(person) = people.get_mut(&person) {
                person.cases.push(case);
            }
        }
        Self { people, beside, rest }
    }

    /// The same with the namesakes and number holders that a list names.
    pub(super) async fn with(self, tx: &mut Tx, list: &List, keys: &Keys<'_>) -> Result<Register, AppError> {
        let mut found = self.people;
        let (beside, rest) = (self.beside, self.rest);
        let others = match beside.others {
            Some(others) => among(others, list, keys),
            None => others(tx, &found, list, keys).await?,
        };
        for person in others {
            found.entry(person.person.clone()).or_insert(person);
        }
        let people: Vec<PersonFacts> = found.into_values().collect();
        let neglect = neglect::of_people(rest.dealt, &people);
        Ok(Register {
            people,
            units: beside.units,
            grades: rest.grades,
            neglect,
        })
    }
}

/// The names of a list as people are looked for by them.
fn names(list: &List) -> Set<String> {
    let rows = list.sheets.iter().flat_map(|sheet| &sheet.rows);
    let mut names: Set<String> = rows.map(|row| normal_name(&row.name)).collect();
    names.remove("");
    names
}

/// Those of the people without a case whose name or number a list has.
fn among(others: Vec<people::Known>, list: &List, keys: &Keys<'_>) -> Vec<PersonFacts> {
    if others.is_empty() {
        return Vec::new();
    }
    let (names, keys): (_, Set<&[u8; 32]>) = (names(list), keys.0.values().collect());
    let is_listed = |person: &people::Known| {
        let key = person.facts.id_key.as_ref();
        names.contains(&person.name_key) || key.is_some_and(|IdKey(key)| keys.contains(key))
    };
    let listed = others.into_iter().filter(is_listed);
    listed.map(|person| person.facts).collect()
}

/// The same, asked for.
async fn others(
    tx: &mut Tx,
    found: &BTreeMap<PersonId, PersonFacts>,
    list: &List,
    keys: &Keys<'_>,
) -> Result<Vec<PersonFacts>, AppError> {
    let names = names(list);
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    // A number has one holder.
    let held: Set<&[u8; 32]> = found
        .values()
        .filter_map(|person| person.id_key.as_ref().map(|IdKey(key)| key))
        .collect();
    let mut keys: Vec<[u8; 32]> = keys.0.values().filter(|key| !held.contains(key)).copied().collect();
    keys.sort_unstable();
    let mut others = people::others_by_names(tx, &names).await?;
    others.append(&mut people::others_by_keys(tx, &keys).await?);
    Ok(others)
}
