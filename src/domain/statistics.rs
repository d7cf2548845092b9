//! Arithmetic of summaries: the middle and the ends of how long things took, and groups too small to be shown alone.

use std::ops::AddAssign;

/// How long things took: the middle of them and their ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// How many.
    pub count: u32,
    /// The quickest.
    pub least: u32,
    /// The slowest.
    pub most: u32,
    /// Twice the median, which may lie between two of them.
    twice_median: u64,
}

impl Spread {
    /// The median.
    pub fn median(self) -> f64 {
        self.twice_median as f64 / 2.0
    }

    /// `4` or `4.5`.
    pub fn median_zh(self) -> String {
        let (whole, half) = (self.twice_median / 2, self.twice_median % 2);
        if half == 0 {
            whole.to_string()
        } else {
            format!("{whole}.5")
        }
    }
}

/// The spread of values that each occur so many times; none of nothing.
pub fn spread(values: impl IntoIterator<Item = (u32, u32)>) -> Option<Spread> {
    let mut values: Vec<(u32, u32)> = values.into_iter().filter(|(_, times)| *times > 0).collect();
    values.sort_unstable();
    let count: u32 = values.iter().map(|(_, times)| times).sum();
    let at = |place: u32| {
        let mut before = 0;
        let found = values.iter().find(|(_, times)| {
            before += times;
            place < before
        });
        found.map(|(value, _)| u64::from(*value))
    };
    let last = count.checked_sub(1)?;
    Some(Spread {
        count,
        least: values.first()?.0,
        most: values.last()?.0,
        twice_median: at(last / 2)? + at(last.div_ceil(2))?,
    })
}

/// Something that counts people or matters.
pub trait Counts {
    /// How many in all.
    fn total(&self) -> u32;
}

/// Groups as they may be shown where fewer than `least` would tell of one person: smaller ones stand together under
/// `others`, with the smallest of the larger ones where they are still too few, so that no difference of two sums tells
/// what was left out. None where all of them together are too few.
pub fn shown_together<T>(groups: Vec<(String, T)>, least: u32, others: &str) -> Option<Vec<(String, T)>>
where
    T: Counts + Default + for<'a> AddAssign<&'a T>,
{
    let total: u32 = groups.iter().map(|(_, one)| one.total()).sum();
    if total < least {
        return None;
    }
    let (mut large, mut few): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(_, one)| one.total() >= least);
    let mut sum: u32 = few.iter().map(|(_, one)| one.total()).sum();
    while sum > 0 && sum < least {
        let smallest = (0..large.len()).min_by_key(|at| large[*at].1.total())?;
        let moved = large.remove(smallest);
        sum += moved.1.total();
        few.push(moved);
    }
    if sum > 0 {
        let mut rest = T::default();
        for (_, one) in &few {
            rest += one;
        }
        large.push((others.to_owned(), rest));
    }
    Some(large)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Default, Clone, PartialEq)]
    struct Own(u32);

    impl Counts for Own {
        fn total(&self) -> u32 {
            self.0
        }
    }

    impl AddAssign<&Own> for Own {
        fn add_assign(&mut self, other: &Self) {
            self.0 += other.0;
        }
    }

    fn groups(counts: &[u32]) -> Vec<(String, Own)> {
        let named = |(at, count): (usize, &u32)| (format!("单位{at}"), Own(*count));
        counts.iter().enumerate().map(named).collect()
    }

    fn told(counts: &[u32]) -> Option<Vec<(String, u32)>> {
        let shown = shown_together(groups(counts), 5, "其他")?;
        Some(shown.into_iter().map(|(name, own)| (name, own.0)).collect())
    }

    #[test]
    fn the_median_lies_in_the_middle() {
        assert_eq!(spread([]), None);
        assert_eq!(spread([(3, 0)]), None);
        let of = |values: &[u32]| {
            let one = spread(values.iter().map(|value| (*value, 1))).expect("something");
            (one.count, one.least, one.median_zh(), one.most)
        };
        assert_eq!(of(&[7]), (1, 7, "7".to_owned(), 7));
        assert_eq!(of(&[9, 2]), (2, 2, "5.5".to_owned(), 9));
        assert_eq!(of(&[5, 1, 3]), (3, 1, "3".to_owned(), 5));
        assert_eq!(of(&[4, 4, 0, 90]), (4, 0, "4".to_owned(), 90));
        let often = spread([(5, 3), (1, 1)]).expect("something");
        assert_eq!((often.count, often.median()), (4, 5.0));
    }

    #[test]
    fn the_few_stand_together_and_cannot_be_told_by_a_difference() {
        assert_eq!(told(&[2, 2]), None);
        assert_eq!(told(&[]), None);
        let pair = |name: &str, count| (name.to_owned(), count);
        assert_eq!(told(&[9, 3, 3]), Some(vec![pair("单位0", 9), pair("其他", 6)]));
        assert_eq!(told(&[9, 7, 1]), Some(vec![pair("单位0", 9), pair("其他", 8)]));
        assert_eq!(told(&[9, 7]), Some(vec![pair("单位0", 9), pair("单位1", 7)]));
        assert_eq!(told(&[6, 1]), Some(vec![pair("其他", 7)]));
        assert_eq!(told(&[2, 2, 2]), Some(vec![pair("其他", 6)]));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_small_is_shown(counts in proptest::collection::vec(0_u32..20, 0..12)) {
            let sum: u32 = counts.iter().sum();
            match told(&counts) {
                None => prop_assert!(sum < 5),
                Some(shown) => {
                    prop_assert_eq!(shown.iter().map(|(_, count)| count).sum::<u32>(), sum);
                    prop_assert!(shown.iter().all(|(_, count)| *count >= 5));
                }
            }
        }

        #[test]
        fn the_spread_is_that_of_the_sorted_values(values in proptest::collection::vec(0_u32..300, 1..40)) {
            let found = spread(values.iter().map(|value| (*value, 1))).expect("something");
            let mut sorted = values;
            sorted.sort_unstable();
            let n = sorted.len();
            let middle = f64::from(sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0;
            prop_assert!((found.median() - middle).abs() < 1e-9);
            prop_assert_eq!((found.least, found.most), (sorted[0], sorted[n - 1]));
        }
    }
}
