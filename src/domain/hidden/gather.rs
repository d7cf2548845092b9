//! From the rows of a final list to counts without names.

use super::{Group, Measure, Share};
use std::collections::BTreeMap;

/// One person of a list, as far as it is counted.
#[derive(Debug, Clone)]
pub struct Counted {
    /// Tells one person of the list from another; not kept.
    pub who: String,
    /// 单位
    pub unit: String,
    /// 职级
    pub rank: String,
    /// What is counted.
    pub measure: Measure,
    /// Year of the period.
    pub year: i32,
    /// 期间
    pub period: String,
    /// 事项
    pub item: String,
    /// On which side.
    pub side: Side,
    /// What the row gave.
    pub mark: Mark,
}

/// On which side of the comparison somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Fully protected.
    Protected,
    /// Nobody whom a case concerns.
    Peer,
}

/// What a row gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Whether it was given.
    Given(bool),
    /// So much; given when it is not below the median of unit and rank.
    Sum(i128),
}

type Place = (Measure, String, String, i32, String, String);

/// Counts people by unit, rank, period and item; who stands there twice is counted once.
pub fn gather(rows: Vec<Counted>) -> Vec<Group> {
    let mut places: BTreeMap<Place, BTreeMap<String, (Side, Mark)>> = BTreeMap::new();
    for row in rows {
        let place = (row.measure, row.unit, row.rank, row.year, row.period, row.item);
        let known = places.entry(place).or_default();
        known
            .entry(row.who)
            .and_modify(|(_, mark)| *mark = both(*mark, row.mark))
            .or_insert((row.side, row.mark));
    }
    places
        .into_iter()
        .map(|((measure, unit, rank, year, period, item), people)| {
            let middle = median(people.values().filter_map(|(_, mark)| sum(*mark)).collect());
            let share = |side: Side| {
                let mut share = Share::default();
                for (_, mark) in people.values().filter(|(own, _)| *own == side) {
                    share.persons += 1;
                    share.favoured += u32::from(match mark {
                        Mark::Given(given) => *given,
                        Mark::Sum(sum) => middle.is_some_and(|middle| sum * 2 >= middle),
                    });
                }
                share
            };
            Group {
                measure,
                year,
                period,
                item,
                protected: share(Side::Protected),
                peers: share(Side::Peer),
                unit,
                rank,
            }
        })
        .collect()
}

/// Whether a list counts fewer than half the people of an earlier one: it is about some of them only.
pub fn is_partial(list: &[Group], earlier: &[Group]) -> bool {
    let persons = |groups: &[Group]| -> u64 {
        groups
            .iter()
            .map(|group| u64::from(group.protected.persons) + u64::from(group.peers.persons))
            .sum()
    };
    persons(list) * 2 < persons(earlier)
}

fn both(one: Mark, other: Mark) -> Mark {
    match (one, other) {
        (Mark::Sum(one), Mark::Sum(other)) => Mark::Sum(one + other),
        (Mark::Given(one), Mark::Given(other)) => Mark::Given(one || other),
        (Mark::Sum(sum), Mark::Given(_)) | (Mark::Given(_), Mark::Sum(sum)) => Mark::Sum(sum),
    }
}

fn sum(mark: Mark) -> Option<i128> {
    match mark {
        Mark::Sum(sum) => Some(sum),
        Mark::Given(_) => None,
    }
}

/// Twice the median, which may lie between two sums.
fn median(mut sums: Vec<i128>) -> Option<i128> {
    sums.sort_unstable();
    let middle = sums.len().checked_sub(1)?;
    Some(sums[middle / 2] + sums[middle.div_ceil(2)])
}
