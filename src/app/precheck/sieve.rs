//! Whom a pre-check looks for in a list.

use crate::app::{App, AppError};
use crate::domain::tables::Table;
use crate::domain::unit::{Finder, Units};
use crate::files::Sieve;
use crate::runtime::crypto::KeyRing;
use crate::runtime::random::Random;
use crate::store::people::{self, Known};
use std::borrow::Cow;

/// Everybody with a case, by name and ID number.
pub async fn sieve(app: &App, random: &dyn Random) -> Result<Sieve, AppError> {
    let mut tx = app.db.read().await?;
    let wanted = people::with_cases(&mut tx).await?;
    tx.rollback().await?;
    of(&app.keys, key(random), &wanted)
}

/// A key for one reading.
pub(super) fn key(random: &dyn Random) -> [u64; 2] {
    [random.next_u64(), random.next_u64()]
}

/// The same for people who were read. Their numbers are opened for this alone and dropped as hashes.
pub(super) fn of(keys: &KeyRing, key: [u64; 2], wanted: &[Known]) -> Result<Sieve, AppError> {
    let mut sieve = Sieve::new(key);
    for person in wanted {
        sieve.add_name(&person.facts.name);
        if person.name_key != person.facts.name {
            sieve.add_name(&person.name_key);
        }
        if let Some(number) = number(keys, person)? {
            sieve.add_number(&number);
        }
    }
    Ok(sieve)
}

fn number(keys: &KeyRing, person: &Known) -> Result<Option<String>, AppError> {
    let open = |sealed: &Vec<u8>| keys.open(sealed, person.facts.person.as_str().as_bytes());
    let number = person.id_sealed.as_ref().map(open).transpose();
    let number = number.map_err(|error| AppError::Environment(format!("身份证号码无法解密：{error}")))?;
    Ok(number.map(|number| String::from_utf8_lossy(&number).into_owned()))
}

/// Units that are held against one another; in a larger tree that takes longer than the namesakes do.
const MOST_UNITS: usize = 1_000;

/// Tells the sieve where the people looked for belong, and who else is on record, so that namesakes in other units are
/// left out of a long list. Nothing is told where that would not be certain.
pub(super) fn tell_places(
    sieve: &mut Sieve,
    keys: &KeyRing,
    (wanted, others): (&[Known], &[Known]),
    units: &[String],
) -> Result<(), AppError> {
    let is_sealed = |person: &Known| person.id_sealed.is_some() || person.facts.id_key.is_none();
    let everybody = || wanted.iter().chain(others);
    if units.len() > MOST_UNITS || !everybody().all(is_sealed) {
        return Ok(());
    }
    let tree = Units::new(units);
    let names: Vec<&str> = tree.names().collect();
    sieve.know_units(names.iter().map(|name| (*name).to_owned()));
    let mut finder = Finder::new(&tree);
    let mut near: Table<Cow<'_, str>, Option<Vec<&str>>> = Table::default();
    for person in wanted {
        // Whoever belongs nowhere is not whom a row of some unit is about.
        let Some(said) = person.facts.home() else {
            continue;
        };
        let home = finder.name(said);
        let units = near.entry(home.clone()).or_insert_with_key(|home| {
            // Of two names in the tree that stand above one another one begins with the other.
            let is_near = |unit: &&&str| unit.starts_with(home.as_ref()) || home.starts_with(**unit);
            let is_known = names.binary_search(&home.as_ref()).is_ok();
            is_known.then(|| names.iter().filter(is_near).copied().collect())
        });
        let place = units.as_deref().map(|near| (home.as_ref(), near));
        sieve.add_place(&person.facts.name, place);
        if person.name_key != person.facts.name {
            sieve.add_place(&person.name_key, place);
        }
    }
    for person in others {
        if let Some(number) = number(keys, person)? {
            sieve.add_other_number(&number);
        }
    }
    Ok(())
}
