//! Finds the cadre a line means, or makes one.

use crate::app::AppError;
use crate::domain::ids::{PersonId, hex};
use crate::domain::person::{IdNumber, normal_name};
use crate::runtime::crypto::KeyRing;
use crate::store::Tx;
use crate::store::people::{self, Person};

/// A cadre that a line means.
pub struct Found {
    /// The cadre, as stored or new.
    pub person: Person,
    /// The sealed ID number, where the line gives one that is not stored yet.
    pub sealed: Option<Vec<u8>>,
    /// Not stored yet.
    pub is_new: bool,
}

/// How a line names a cadre.
pub struct Named<'a> {
    /// 姓名
    pub name: &'a str,
    /// 公民身份号码
    pub id: &'a IdNumber,
    /// 单位
    pub unit: &'a str,
    /// The how-many-eth line of one file with this name, unit and no number.
    pub ordinal: usize,
}

/// Finds by number, else by name and unit. `None`: several people are meant, only a number can tell.
pub async fn find(tx: &mut Tx, keys: &KeyRing, named: &Named<'_>) -> Result<Option<Found>, AppError> {
    let name_key = normal_name(named.name);
    if let Some(id) = named.id.valid() {
        let lookup = keys.lookup(id.reveal());
        if let Some(person) = people::by_key(tx, &lookup).await? {
            return Ok(Some(Found {
                person,
                sealed: None,
                is_new: false,
            }));
        }
        let adoptable = same_unit(people::by_name(tx, &name_key).await?, named.unit, |p| {
            p.id_key.is_none()
        });
        let (mut person, is_new) = match <[Person; 1]>::try_from(adoptable) {
            Ok([person]) => (person, false),
            Err(_) => (
                blank(PersonId::of(&format!("id:{}", hex(&lookup))), named.name, name_key),
                true,
            ),
        };
        person.id_key = Some(lookup.to_vec());
        let sealed = keys.seal(id.reveal().as_bytes(), person.id.as_str().as_bytes());
        return Ok(Some(Found {
            person,
            sealed: Some(sealed),
            is_new,
        }));
    }
    let mut candidates = same_unit(people::by_name(tx, &name_key).await?, named.unit, |_| true);
    let own = PersonId::of(&format!("name:{name_key}|{}#{}", folded(named.unit), named.ordinal));
    if let Some(position) = candidates.iter().position(|p| p.id == own) {
        let person = candidates.swap_remove(position);
        return Ok(Some(Found {
            person,
            sealed: None,
            is_new: false,
        }));
    }
    if named.ordinal == 1 {
        match <[Person; 1]>::try_from(candidates) {
            Ok([person]) => {
                return Ok(Some(Found {
                    person,
                    sealed: None,
                    is_new: false,
                }));
            }
            Err(several) if !several.is_empty() => return Ok(None),
            Err(_) => {}
        }
    }
    Ok(Some(Found {
        person: blank(own, named.name, name_key),
        sealed: None,
        is_new: true,
    }))
}

fn same_unit(people: Vec<Person>, unit: &str, keep: impl Fn(&Person) -> bool) -> Vec<Person> {
    let wanted = folded(unit);
    people
        .into_iter()
        .filter(|person| {
            let at_unit = |own: &Option<String>| own.as_deref().is_some_and(|own| folded(own) == wanted);
            keep(person) && (at_unit(&person.roster_unit) || at_unit(&person.register_unit))
        })
        .collect()
}

fn folded(unit: &str) -> String {
    normal_name(unit).replace('/', "")
}

fn blank(id: PersonId, name: &str, name_key: String) -> Person {
    Person {
        id,
        name: name.trim().to_owned(),
        name_key,
        id_key: None,
        register_unit: None,
        roster_unit: None,
        post: None,
        rank: None,
        identity: None,
        representative: None,
        status: None,
    }
}
