//! What rows come to that a list was read without: they concern nobody who is protected, so that none of them is
//! judged, yet some questions are about all rows of a sheet.

use super::list::{Falls, Tally};
use serde::{Deserialize, Serialize};

/// The rows of a sheet that were left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Passed {
    /// How many.
    pub rows: u32,
    /// How often each 结果 stands in them.
    pub tally: Tally,
    /// The rows by their 事项类别, which decides the domain.
    pub by_category: Vec<OfCategory>,
}

/// Rows that share what stands under 事项类别.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OfCategory {
    /// 事项类别, as written.
    pub category: Option<String>,
    /// Row numbers, first and last of each run.
    pub runs: Vec<(u32, u32)>,
    /// Whether they fell alike.
    pub falls: Falls,
}

impl Passed {
    /// Different categories that are kept apart; a row of one more is not left out.
    pub const MOST: usize = 64;

    /// The place of a category; `None` when there are too many.
    pub fn category(&mut self, category: Option<&str>) -> Option<usize> {
        let mut all = self.by_category.iter();
        let known = all.position(|known| known.category.as_deref() == category);
        if known.is_some() || self.by_category.len() >= Self::MOST {
            return known;
        }
        self.by_category.push(OfCategory {
            category: category.map(str::to_owned),
            ..OfCategory::default()
        });
        Some(self.by_category.len() - 1)
    }

    /// Takes those that stand below all taken before. `false`, and nothing is taken: there would be too many categories.
    pub fn take(&mut self, below: Self) -> bool {
        let is_new = |one: &&OfCategory| self.by_category.iter().all(|known| known.category != one.category);
        if self.by_category.len() + below.by_category.iter().filter(is_new).count() > Self::MOST {
            return false;
        }
        self.rows += below.rows;
        for (word, count) in below.tally.counts {
            self.tally.add_many(&word, count);
        }
        self.tally.cut |= below.tally.cut;
        for one in below.by_category {
            match self.by_category.iter_mut().find(|known| known.category == one.category) {
                Some(known) => known.take(one),
                None => self.by_category.push(one),
            }
        }
        true
    }
}

impl OfCategory {
    /// Takes a row that stands below all taken before.
    pub fn add(&mut self, row: u32, baseline: Option<&str>, result: Option<&str>) {
        match self.runs.last_mut() {
            Some((_, last)) if *last + 1 == row => *last = row,
            _ => self.runs.push((row, row)),
        }
        self.falls.add(row, baseline, result);
    }

    /// Takes rows of the same category that stand below all taken before.
    fn take(&mut self, below: Self) {
        let mut runs = below.runs.into_iter();
        if let (Some((_, last)), Some((first, to))) = (self.runs.last_mut(), runs.as_slice().first().copied())
            && *last + 1 == first
        {
            *last = to;
            runs.next();
        }
        self.runs.extend(runs);
        self.falls.merge(&below.falls);
    }

    /// Every row number.
    pub fn rows(&self) -> impl Iterator<Item = u32> {
        self.runs.iter().flat_map(|(first, last)| *first..=*last)
    }
}
