//! The same person on several lists: by ID number, else by name and unit. What cannot be told is said, never guessed.

use crate::domain::unit::{Relation, Units};
use std::collections::{BTreeMap, BTreeSet};

/// A record of a list as far as it says who.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Folded name; empty when the record has none.
    pub name: String,
    /// Good ID number, in whatever form tells two apart.
    pub id: Option<String>,
    /// Place in the register, where that is certain.
    pub person: Option<usize>,
    /// Unit, in the tree's words where it is known.
    pub unit: Option<String>,
    /// 事项; one person may stand in a list once for each.
    pub item: String,
}

/// Whether somebody is on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// On it, with these records.
    Here(Vec<usize>),
    /// Not on it.
    Missing,
    /// It cannot be told, and why.
    Unclear(String),
}

/// One person through all the lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// List by list.
    pub lists: Vec<Presence>,
    /// List by list the records that say this name, doubtful ones too.
    records: Vec<Vec<usize>>,
}

impl Track {
    /// The records on a list.
    pub fn records(&self, list: usize) -> &[usize] {
        &self.records[list]
    }

    /// The first list that has a record, and the record.
    pub fn first(&self) -> (usize, usize) {
        let has = |(list, records): (usize, &Vec<usize>)| Some((list, *records.first()?));
        self.records
            .iter()
            .enumerate()
            .find_map(has)
            .expect("a track has a record")
    }
}

/// One person, or what is so far known to be one.
#[derive(Debug, Clone, Default)]
struct Knot {
    ids: BTreeSet<String>,
    persons: BTreeSet<usize>,
    units: BTreeSet<String>,
    records: BTreeMap<usize, Vec<usize>>,
    doubt: Option<String>,
}

impl Knot {
    fn of(list: usize, at: usize, entry: &Entry) -> Self {
        Self {
            ids: entry.id.iter().cloned().collect(),
            persons: entry.person.into_iter().collect(),
            units: entry.unit.iter().cloned().collect(),
            records: BTreeMap::from([(list, vec![at])]),
            doubt: None,
        }
    }

    fn take(&mut self, other: Self) {
        self.ids.extend(other.ids);
        self.persons.extend(other.persons);
        self.units.extend(other.units);
        self.doubt = self.doubt.take().or(other.doubt);
        for (list, records) in other.records {
            self.records.entry(list).or_default().extend(records);
        }
    }

    /// What shows two records to be of one person: the same number, or the same person of the register.
    fn signs(&self) -> Vec<(bool, String)> {
        let ids = self.ids.iter().map(|id| (true, id.clone()));
        ids.chain(self.persons.iter().map(|at| (false, at.to_string())))
            .collect()
    }

    /// Certainly two: different numbers or persons, or both on one list.
    fn is_not(&self, other: &Self) -> bool {
        let apart = |one: bool, other: bool, common: bool| one && other && !common;
        apart(
            !self.ids.is_empty(),
            !other.ids.is_empty(),
            !self.ids.is_disjoint(&other.ids),
        ) || apart(
            !self.persons.is_empty(),
            !other.persons.is_empty(),
            !self.persons.is_disjoint(&other.persons),
        ) || self.records.keys().any(|list| other.records.contains_key(list))
    }

    /// How their units stand; `None` when one of them has none.
    fn relation(&self, other: &Self, units: &Units) -> Option<Relation> {
        if self.units.is_empty() || other.units.is_empty() {
            return None;
        }
        let all: Vec<Relation> = self
            .units
            .iter()
            .flat_map(|own| other.units.iter().map(|its| units.relation(own, its)))
            .collect();
        Some(if all.contains(&Relation::Same) {
            Relation::Same
        } else if all.contains(&Relation::Line) {
            Relation::Line
        } else {
            Relation::Apart
        })
    }
}

/// Follows every person through the lists, in the order of first appearance.
pub fn tracks(lists: &[Vec<Entry>], units: &Units) -> Vec<Track> {
    let mut names_of_id: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for entry in lists.iter().flatten().filter(|entry| !entry.name.is_empty()) {
        if let Some(id) = &entry.id {
            names_of_id.entry(id).or_default().insert(&entry.name);
        }
    }
    let mut by_name: BTreeMap<&str, Vec<Knot>> = BTreeMap::new();
    for (list, entries) in lists.iter().enumerate() {
        for (at, entry) in entries.iter().enumerate() {
            // A record with nothing but a number is whoever else has it.
            let of_id = || names_of_id.get(entry.id.as_deref()?)?.first().copied();
            let name = if entry.name.is_empty() {
                of_id().unwrap_or_default()
            } else {
                &entry.name
            };
            by_name.entry(name).or_default().push(Knot::of(list, at, entry));
        }
    }
    let mut out: Vec<Track> = Vec::new();
    for (name, knots) in by_name {
        let mut knots = certain(knots);
        for knot in &mut knots {
            let two_names = |id: &String| names_of_id.get(id.as_str()).is_some_and(|names| names.len() > 1);
            if knot.ids.iter().any(two_names) {
                knot.doubt = Some("同一个身份证号在各份名单上姓名不同".to_owned());
            }
        }
        if !name.is_empty() {
            knots = items_of_one(knots, lists);
            for wanted in [Relation::Same, Relation::Line] {
                knots = joined(&knots, wanted, units);
            }
        }
        for at in 0..knots.len() {
            // Without a name nobody else can be meant.
            let rivals = if name.is_empty() { &knots[at..=at] } else { &knots[..] };
            let own = &knots[at];
            out.push(Track {
                lists: (0..lists.len())
                    .map(|list| presence(own, rivals, list, units))
                    .collect(),
                records: (0..lists.len())
                    .map(|list| own.records.get(&list).cloned().unwrap_or_default())
                    .collect(),
            });
        }
    }
    out.sort_by_key(Track::first);
    out
}

/// Joins what is certainly one person.
fn certain(knots: Vec<Knot>) -> Vec<Knot> {
    let mut out: Vec<Option<Knot>> = Vec::new();
    let mut by_sign: BTreeMap<(bool, String), usize> = BTreeMap::new();
    for mut knot in knots {
        // A record with both a number and a person can show two knots to be one.
        let known: BTreeSet<usize> = knot
            .signs()
            .iter()
            .filter_map(|sign| by_sign.get(sign).copied())
            .collect();
        for other in known {
            if let Some(mut earlier) = out[other].take() {
                earlier.take(knot);
                knot = earlier;
            }
        }
        for sign in knot.signs() {
            by_sign.insert(sign, out.len());
        }
        out.push(Some(knot));
    }
    out.into_iter().flatten().collect()
}

/// Records of one list, name and unit without numbers that differ, each of another 事项, are one person's.
fn items_of_one(knots: Vec<Knot>, lists: &[Vec<Entry>]) -> Vec<Knot> {
    let mut out: Vec<Knot> = Vec::new();
    for knot in knots {
        let same = |other: &Knot| {
            let [(list, records)] = knot.records.iter().collect::<Vec<_>>()[..] else {
                return false;
            };
            let Some(others) = other.records.get(list) else {
                return false;
            };
            let item = |at: &usize| lists[*list][*at].item.as_str();
            let items: BTreeSet<&str> = records.iter().chain(others).map(item).collect();
            other.records.len() == 1
                && knot.ids.is_empty()
                && other.ids.is_empty()
                && !knot.units.is_empty()
                && knot.units == other.units
                && items.len() == records.len() + others.len()
        };
        match out.iter().position(same) {
            Some(at) => out[at].take(knot),
            None => out.push(knot),
        }
    }
    out
}

/// Joins namesakes whose units stand so to one another, where each list has one of them at most.
fn joined(knots: &[Knot], wanted: Relation, units: &Units) -> Vec<Knot> {
    let fits = |one: &Knot, other: &Knot| !one.is_not(other) && one.relation(other, units) == Some(wanted);
    let mut group: Vec<usize> = (0..knots.len()).collect();
    for one in 0..knots.len() {
        for other in one + 1..knots.len() {
            if fits(&knots[one], &knots[other]) {
                let (from, to) = (group[other], group[one]);
                group.iter_mut().filter(|own| **own == from).for_each(|own| *own = to);
            }
        }
    }
    let mut out = Vec::new();
    for leader in 0..knots.len() {
        let members: Vec<&Knot> = (0..knots.len())
            .filter(|at| group[*at] == leader)
            .map(|at| &knots[at])
            .collect();
        let alone = members
            .iter()
            .enumerate()
            .all(|(at, one)| members[at + 1..].iter().all(|other| !one.is_not(other)));
        if alone {
            let mut members = members.into_iter().cloned();
            if let Some(mut first) = members.next() {
                members.for_each(|other| first.take(other));
                out.push(first);
            }
        } else {
            out.extend(members.into_iter().cloned());
        }
    }
    out
}

/// Whether a person is on a list; unclear when a namesake there may be the same.
fn presence(own: &Knot, knots: &[Knot], list: usize, units: &Units) -> Presence {
    if let Some(doubt) = &own.doubt {
        return Presence::Unclear(doubt.clone());
    }
    if let Some(records) = own.records.get(&list) {
        return Presence::Here(records.clone());
    }
    let rival = knots
        .iter()
        .find(|other| other.records.contains_key(&list) && !own.is_not(other));
    match rival.map(|rival| own.relation(rival, units)) {
        None => Presence::Missing,
        Some(None) => Presence::Unclear("姓名相同，没有可用的身份证号，也没有单位（可用 --unit 指明）".to_owned()),
        Some(Some(Relation::Apart)) => Presence::Unclear("姓名相同，没有可用的身份证号，单位没有隶属关系".to_owned()),
        Some(Some(Relation::Same | Relation::Line)) => {
            Presence::Unclear("同一单位有几名同名的人，没有可用的身份证号".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units() -> Units {
        Units::new(&["云川市/住建局/质监站", "云川市/教育局"])
    }

    fn entry(name: &str, id: &str, unit: &str) -> Entry {
        Entry {
            name: name.to_owned(),
            id: (!id.is_empty()).then(|| id.to_owned()),
            person: None,
            unit: (!unit.is_empty()).then(|| unit.to_owned()),
            item: String::new(),
        }
    }

    /// One letter a list: here, missing, unclear.
    fn shown(lists: &[Vec<Entry>]) -> Vec<String> {
        tracks(lists, &units())
            .iter()
            .map(|track| {
                let letter = |presence: &Presence| match presence {
                    Presence::Here(records) if records.len() > 1 => 'H',
                    Presence::Here(_) => 'h',
                    Presence::Missing => '-',
                    Presence::Unclear(_) => '?',
                };
                track.lists.iter().map(letter).collect()
            })
            .collect()
    }

    const HOUSING: &str = "云川市/住建局";
    const STATION: &str = "云川市/住建局/质监站";
    const SCHOOLS: &str = "云川市/教育局";

    #[test]
    fn numbers_decide_then_name_and_unit() {
        let lists = [
            vec![
                entry("甲", "1", HOUSING),
                entry("乙", "", HOUSING),
                entry("丙", "3", ""),
            ],
            vec![entry("甲", "1", SCHOOLS), entry("乙", "", STATION)],
            vec![entry("乙", "2", HOUSING), entry("丁", "", HOUSING)],
        ];
        assert_eq!(shown(&lists), ["hh-", "hhh", "h--", "--h"]);
    }

    #[test]
    fn namesakes_are_never_silently_matched() {
        let two = [
            vec![entry("王", "", HOUSING), entry("王", "", HOUSING)],
            vec![entry("王", "", HOUSING)],
        ];
        assert_eq!(shown(&two), ["h?", "h?", "?h"]);
        let elsewhere = [vec![entry("王", "", HOUSING)], vec![entry("王", "", SCHOOLS)]];
        assert_eq!(shown(&elsewhere), ["h?", "?h"]);
        let no_unit = [vec![entry("王", "", "")], vec![entry("王", "", "")]];
        assert_eq!(shown(&no_unit), ["h?", "?h"]);
        let told_apart = [vec![entry("王", "1", HOUSING)], vec![entry("王", "2", HOUSING)]];
        assert_eq!(shown(&told_apart), ["h-", "-h"]);
    }

    #[test]
    fn the_unit_itself_goes_before_those_above_and_below() {
        let lists = [
            vec![entry("王", "", HOUSING)],
            vec![entry("王", "", STATION), entry("王", "", HOUSING)],
        ];
        assert_eq!(shown(&lists), ["hh", "-h"]);
    }

    #[test]
    fn a_number_on_two_names_is_doubted() {
        let lists = [vec![entry("甲", "1", HOUSING)], vec![entry("乙", "1", HOUSING)]];
        assert_eq!(shown(&lists), ["??", "??"]);
    }

    #[test]
    fn a_bare_number_is_whoever_has_it() {
        let lists = [
            vec![entry("甲", "1", HOUSING), entry("", "2", "")],
            vec![entry("", "1", ""), entry("", "3", "")],
        ];
        assert_eq!(shown(&lists), ["hh", "h-", "-h"]);
    }

    #[test]
    fn several_items_of_one_list_are_one_person() {
        let item = |item: &str| Entry {
            item: item.to_owned(),
            ..entry("甲", "", HOUSING)
        };
        let lists = [vec![item("年终奖金"), item("专项奖")], vec![entry("甲", "", HOUSING)]];
        assert_eq!(shown(&lists), ["Hh"]);
    }

    #[test]
    fn the_register_joins_a_number_and_a_name() {
        let person = |entry: Entry| Entry {
            person: Some(7),
            ..entry
        };
        let lists = [
            vec![person(entry("甲", "1", HOUSING))],
            vec![person(entry("甲", "", SCHOOLS))],
            vec![entry("甲", "1", "")],
        ];
        assert_eq!(shown(&lists), ["hhh"]);
    }
}
