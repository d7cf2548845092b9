//! The comparison: like with like, then over everything.

use super::{Group, Measure, Share, Table, Thresholds, two_sided};
use std::collections::BTreeMap;

/// The line of the units with too few people each, where they have enough together.
const OTHERS: &str = "其他单位";

/// What a comparison comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Too few people to say anything.
    Insufficient,
    /// No difference that chance would not explain.
    Even,
    /// Protected ones got less than their peers.
    Lower,
    /// Protected ones got more than their peers.
    Higher,
}

impl Reading {
    /// The word other programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Insufficient => "insufficient",
            Self::Even => "even",
            Self::Lower => "lower",
            Self::Higher => "higher",
        }
    }

    /// The words people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Insufficient => "样本不足",
            Self::Even => "未见显著差异",
            Self::Lower => "显著低于同类人员",
            Self::Higher => "显著高于同类人员",
        }
    }
}

/// One measure over all units.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What is compared.
    pub measure: Measure,
    /// Protected cadres who have peers in their own unit and rank.
    pub protected: Share,
    /// Those peers.
    pub peers: Share,
    /// Protected cadres who have none and are left out.
    pub unmatched: u32,
    /// Protected cadres of units that have too few people even together; they are left out, or what is missing in the
    /// lines could be got from the whole.
    pub too_few: u32,
    /// How many of the protected would be favoured at the rates of their own units and ranks.
    pub expected: f64,
    /// p-value of one table over all, which units of different customs can mislead.
    pub pooled: Option<f64>,
    /// p-value by unit, rank and year.
    pub stratified: Option<f64>,
    /// What it comes to, by the stratified value.
    pub reading: Reading,
    /// Unit by unit.
    pub units: Vec<UnitLine>,
}

/// One measure in one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitLine {
    /// 单位
    pub unit: String,
    /// Protected cadres.
    pub protected: Share,
    /// Their peers.
    pub peers: Share,
    /// p-value by rank and year; `None`: too few people.
    pub p: Option<f64>,
}

impl Comparison {
    /// Whether favoured people may be told: of too few the count would be the result of one of them.
    pub fn enough(&self) -> bool {
        self.reading != Reading::Insufficient
    }

    /// Share of the protected less that of the peers, in percentage points.
    pub fn difference(&self) -> Option<f64> {
        difference(self.protected, self.peers)
    }

    /// The same against the peers of each one's own unit and rank.
    pub fn adjusted(&self) -> Option<f64> {
        (self.protected.persons > 0)
            .then(|| (f64::from(self.protected.favoured) - self.expected) * 100.0 / f64::from(self.protected.persons))
    }
}

impl UnitLine {
    /// The same as for the whole.
    pub fn enough(&self) -> bool {
        self.p.is_some()
    }

    /// Share of the protected less that of the peers, in percentage points.
    pub fn difference(&self) -> Option<f64> {
        difference(self.protected, self.peers)
    }
}

fn difference(protected: Share, peers: Share) -> Option<f64> {
    Some(protected.percent()? - peers.percent()?)
}

/// Compares every measure that has lists.
pub fn compare(groups: &[Group], thresholds: &Thresholds) -> Vec<Comparison> {
    Measure::ALL
        .into_iter()
        .filter_map(|measure| {
            let own: Vec<&Group> = groups.iter().filter(|group| group.measure == measure).collect();
            (!own.is_empty()).then(|| one(measure, &own, thresholds))
        })
        .collect()
}

fn one(measure: Measure, groups: &[&Group], thresholds: &Thresholds) -> Comparison {
    let mut unmatched = 0;
    let mut by_unit: BTreeMap<&str, Vec<Table>> = BTreeMap::new();
    for ((unit, _, _), table) in strata(measure, groups) {
        if table.protected.persons == 0 {
            continue;
        }
        if table.peers.persons == 0 {
            unmatched += table.protected.persons;
            continue;
        }
        by_unit.entry(unit).or_default().push(table);
    }
    let (mut units, few): (Vec<UnitLine>, Vec<UnitLine>) = by_unit
        .iter()
        .map(|(unit, tables)| line(unit, tables, thresholds))
        .partition(UnitLine::enough);
    let mut counted: Vec<Table> = units
        .iter()
        .flat_map(|line| &by_unit[line.unit.as_str()])
        .copied()
        .collect();
    let rest: Vec<Table> = few
        .iter()
        .flat_map(|line| &by_unit[line.unit.as_str()])
        .copied()
        .collect();
    let others = line(OTHERS, &rest, thresholds);
    let mut too_few = 0;
    if others.enough() {
        counted.extend(rest);
        units.push(others);
    } else {
        if counted.is_empty() {
            counted = rest;
        } else {
            too_few = others.protected.persons;
        }
        units.extend(few);
    }
    let (protected, peers) = totals(&counted);
    let expected = counted
        .iter()
        .map(|table| {
            f64::from(table.protected.persons) * f64::from(table.peers.favoured) / f64::from(table.peers.persons)
        })
        .sum();
    let enough = enough(protected, peers, thresholds);
    let stratified = enough.then(|| two_sided(&counted));
    Comparison {
        measure,
        protected,
        peers,
        unmatched,
        too_few,
        expected,
        pooled: enough.then(|| two_sided(&[Table { protected, peers }])),
        stratified,
        reading: reading(stratified, f64::from(protected.favoured), expected, thresholds.level),
        units,
    }
}

fn line(unit: &str, tables: &[Table], thresholds: &Thresholds) -> UnitLine {
    let (protected, peers) = totals(tables);
    UnitLine {
        unit: unit.to_owned(),
        protected,
        peers,
        p: enough(protected, peers, thresholds).then(|| two_sided(tables)),
    }
}

fn enough(protected: Share, peers: Share, thresholds: &Thresholds) -> bool {
    protected.persons >= thresholds.min_protected && peers.persons >= thresholds.min_peers
}

fn reading(p: Option<f64>, seen: f64, expected: f64, level: f64) -> Reading {
    match p {
        None => Reading::Insufficient,
        Some(p) if p > level => Reading::Even,
        Some(_) if seen < expected => Reading::Lower,
        Some(_) => Reading::Higher,
    }
}

fn totals(tables: &[Table]) -> (Share, Share) {
    let (mut protected, mut peers) = (Share::default(), Share::default());
    for table in tables {
        protected.add(table.protected);
        peers.add(table.peers);
    }
    (protected, peers)
}

type Stratum<'a> = (&'a str, &'a str, i32);

/// One table for each unit, rank and year. Several lists of a year hold the same people, so they are not added up:
/// the largest list says how many there are; promotions of a year are added, other shares are the lists' average.
fn strata<'a>(measure: Measure, groups: &[&'a Group]) -> BTreeMap<Stratum<'a>, Table> {
    let mut lists: BTreeMap<Stratum<'a>, Vec<&Group>> = BTreeMap::new();
    for group in groups {
        let stratum = (group.unit.as_str(), group.rank.as_str(), group.year);
        lists.entry(stratum).or_default().push(group);
    }
    lists
        .into_iter()
        .map(|(stratum, lists)| {
            let of = |side: fn(&Group) -> Share| year(measure, lists.iter().map(|group| side(group)));
            let table = Table {
                protected: of(|group| group.protected),
                peers: of(|group| group.peers),
            };
            (stratum, table)
        })
        .collect()
}

fn year(measure: Measure, lists: impl Iterator<Item = Share>) -> Share {
    let (mut most, mut all) = (0, Share::default());
    for share in lists {
        most = most.max(share.persons);
        all.add(share);
    }
    let favoured = if measure.is_choice() {
        all.favoured.min(most)
    } else {
        average(all, most)
    };
    Share {
        persons: most,
        favoured,
    }
}

/// The favoured of so many people at the lists' common share, to the nearest person.
fn average(all: Share, persons: u32) -> u32 {
    let (favoured, of) = (u64::from(all.favoured) * u64::from(persons), u64::from(all.persons));
    ((favoured * 2 + of) / (of * 2).max(1)) as u32
}
