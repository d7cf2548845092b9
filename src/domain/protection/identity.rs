//! Who a row is about.

use super::facts::{IdKey, Register};
use super::list::ListRow;
use super::report::Match;
use crate::domain::person::{
    CitizenId, IdNumber, is_plain_name, listed_names, masked_name, masks_of, names_within, normal_name, without_dots,
};
use crate::domain::tables::Table;
use crate::domain::unit::{Finder, Relation, Units};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// What is known of who a row names.
pub(super) enum Who {
    /// Nobody on record, or only namesakes that the ID number excludes.
    Nobody,
    /// This person.
    Person(usize),
    /// One of these, or a contradiction between them.
    Unsure { people: BTreeSet<usize>, why: String },
}

/// The register, ready for looking people up.
pub(super) struct People<'a> {
    pub register: &'a Register,
    pub units: &'a Units,
    by_key: Table<&'a IdKey, usize>,
    by_name: Table<String, Vec<usize>>,
    /// By what a list that hides a part of each name may write; only such lists ask.
    by_mask: OnceLock<Table<String, Vec<usize>>>,
    homes: Vec<Option<Cow<'a, str>>>,
}

/// What a person is found by: the name in one spelling, without the dots that lists leave out.
fn spelt(name: &str) -> String {
    without_dots(&normal_name(name))
}

impl<'a> People<'a> {
    pub fn new(register: &'a Register, units: &'a Units) -> Self {
        let mut out = Self {
            register,
            units,
            by_key: Table::default(),
            by_name: Table::default(),
            by_mask: OnceLock::new(),
            homes: Vec::new(),
        };
        let mut finder = Finder::new(units);
        for (at, person) in register.people.iter().enumerate() {
            if let Some(key) = &person.id_key {
                out.by_key.insert(key, at);
            }
            let name = if is_plain_name(&person.name) {
                person.name.clone()
            } else {
                spelt(&person.name)
            };
            out.by_name.entry(name).or_default().push(at);
            out.homes.push(person.home().map(|said| finder.name(said)));
        }
        out
    }

    /// The unit of a person in the tree's own words.
    pub fn home(&self, person: usize) -> Option<&str> {
        self.homes[person].as_deref()
    }

    /// Finds who a row is about; `unit` is the row's or the list's, in the tree's words where the tree knows it.
    pub fn find(&self, row: &ListRow, unit: Option<&str>, key_of: &dyn Fn(&CitizenId) -> IdKey) -> Who {
        let is_plain = is_plain_name(&row.name);
        let name = if is_plain {
            Cow::Borrowed(row.name.as_str())
        } else {
            Cow::Owned(spelt(&row.name))
        };
        let found = match row.id.valid() {
            Some(id) => self.by_number(&key_of(id), (&row.name, &name), unit),
            None => self.by_name_and_unit(&name, unit),
        };
        // Such a name holds no other.
        if is_plain {
            return found;
        }
        let found = match found {
            Who::Nobody => self.among_several(&row.name),
            found => found,
        };
        match found {
            Who::Nobody => self.perhaps(&row.name, unit),
            found => found,
        }
    }

    /// Somebody of that unit whose name the cell hides in part, or holds together with something else.
    fn perhaps(&self, cell: &str, unit: Option<&str>) -> Who {
        let of_unit = |person: &usize| unit.is_none_or(|unit| self.relation(*person, unit) != Relation::Apart);
        let masked: Vec<usize> = self.masked(cell).iter().copied().filter(of_unit).collect();
        if !masked.is_empty() {
            return Self::unsure(&masked, "姓名隐去了一部分，与名册中的人相符");
        }
        let within = self.within(cell).into_iter().filter(of_unit);
        Self::unsure(
            &within.collect::<Vec<_>>(),
            "姓名一格里除了姓名还有别的文字或数字，请改成只写姓名",
        )
    }

    fn masked(&self, cell: &str) -> &[usize] {
        let Some(masked) = masked_name(cell) else { return &[] };
        let by_mask = self.by_mask.get_or_init(|| {
            let mut by_mask: Table<String, Vec<usize>> = Table::default();
            for (at, person) in self.register.people.iter().enumerate() {
                for mask in masks_of(&normal_name(&person.name)) {
                    by_mask.entry(mask).or_default().push(at);
                }
            }
            by_mask
        });
        by_mask.get(&masked).map_or(&[], Vec::as_slice)
    }

    fn within(&self, cell: &str) -> Vec<usize> {
        let names = names_within(cell);
        let people = names.iter().flat_map(|name| self.named(&without_dots(name)));
        people.copied().collect()
    }

    /// Somebody of those whom one cell names together.
    fn among_several(&self, cell: &str) -> Who {
        let names = listed_names(cell);
        let people: Vec<usize> = names.iter().flat_map(|name| self.named(name)).copied().collect();
        Self::unsure(&people, "一格里写了几个人的姓名，请改成每人一行")
    }

    fn by_number(&self, key: &IdKey, (cell, name): (&str, &str), unit: Option<&str>) -> Who {
        let namesakes = self.named(name);
        let Some(holder) = self.by_key.get(key).copied() else {
            return self.unknown_number(namesakes, unit);
        };
        let is_named = name.is_empty() || spelt(&self.register.people[holder].name) == name;
        if is_named || self.masked(cell).contains(&holder) || self.within(cell).contains(&holder) {
            return Who::Person(holder);
        }
        let mut people: BTreeSet<usize> = namesakes.iter().copied().collect();
        people.insert(holder);
        Who::Unsure {
            people,
            why: format!(
                "身份证号是{}的，姓名却是{}，号码与姓名矛盾",
                self.holder(holder),
                normal_name(cell)
            ),
        }
    }

    /// Whose number it is: who has nothing to do with what is judged is not named.
    fn holder(&self, person: usize) -> &str {
        let person = &self.register.people[person];
        if person.cases.is_empty() {
            "另一名干部"
        } else {
            &person.name
        }
    }

    /// A good number that nobody on record has.
    fn unknown_number(&self, namesakes: &[usize], unit: Option<&str>) -> Who {
        let Some(unit) = unit else {
            return Self::unsure(namesakes, "身份证号在名册中没有，又没有单位，只有姓名相同");
        };
        let here: Vec<usize> = namesakes
            .iter()
            .copied()
            .filter(|person| self.relation(*person, unit) != Relation::Apart)
            .collect();
        match here.as_slice() {
            [] => Who::Nobody,
            [only] if self.register.people[*only].id_key.is_none() => Who::Person(*only),
            _ => Self::unsure(&here, "姓名和单位相同，身份证号有效却不是该人的，号码与姓名矛盾"),
        }
    }

    fn by_name_and_unit(&self, name: &str, unit: Option<&str>) -> Who {
        let namesakes = self.named(name);
        if namesakes.is_empty() {
            return Who::Nobody;
        }
        let Some(unit) = unit else {
            return Self::unsure(namesakes, "没有可用的身份证号，也没有单位，只有姓名相同");
        };
        for wanted in [Relation::Same, Relation::Line] {
            let here: Vec<usize> = namesakes
                .iter()
                .copied()
                .filter(|person| self.relation(*person, unit) == wanted)
                .collect();
            match here.as_slice() {
                [] => {}
                [only] => return Who::Person(*only),
                _ => {
                    return Self::unsure(
                        &here,
                        &format!("{unit}及上下级单位有 {} 名同名干部，没有可用的身份证号", here.len()),
                    );
                }
            }
        }
        Self::unsure(namesakes, &format!("{unit}没有这个人，同名干部在没有隶属关系的单位"))
    }

    fn unsure(people: &[usize], why: &str) -> Who {
        if people.is_empty() {
            return Who::Nobody;
        }
        Who::Unsure {
            people: people.iter().copied().collect(),
            why: why.to_owned(),
        }
    }

    fn named(&self, name: &str) -> &[usize] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    fn relation(&self, person: usize, unit: &str) -> Relation {
        self.homes[person]
            .as_deref()
            .map_or(Relation::Apart, |home| self.units.relation(home, unit))
    }
}

/// What is said of an ID number that cannot be used.
pub(super) fn number_note(row: &ListRow) -> Option<Match> {
    match &row.id {
        IdNumber::Unusable(fault) => Some(Match {
            place: "公民身份号码".to_owned(),
            span: None,
            text: fault.to_string(),
            meaning: "不能用来认人，按姓名和单位判断".to_owned(),
        }),
        IdNumber::Missing | IdNumber::Valid(_) => None,
    }
}
