//! What fell against earlier years.

use crate::domain::protection::Grade;

/// What a year's result is worth, as far as it can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// A grade.
    Grade(Grade),
    /// A sum, in ten-thousandths.
    Sum(i128),
}

impl Worth {
    /// Whether this is worse than the other; `None`: they cannot be compared.
    fn below(self, other: Self) -> Option<bool> {
        match (self, other) {
            (Self::Grade(Grade::Rank(own)), Self::Grade(Grade::Rank(other))) => Some(own > other),
            (Self::Sum(own), Self::Sum(other)) => Some(own < other),
            _ => None,
        }
    }
}

/// A year that is worse than an earlier one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fall {
    /// The latest earlier year that was better.
    pub against: i32,
    /// The first year after it that is known: there the fall begins.
    pub begins: i32,
    /// Worse than every earlier year that is known, and there are several.
    pub below_all: bool,
    /// By how many percent a sum fell.
    pub percent: Option<f64>,
}

/// Holds the last of the years against those before it; years ascend.
pub fn fall(years: &[(i32, Worth)]) -> Option<Fall> {
    let ((_, now), earlier) = years.split_last()?;
    let better = |worth: &Worth| now.below(*worth) == Some(true);
    let at = earlier.iter().rposition(|(_, worth)| better(worth))?;
    let (against, before) = earlier[at];
    let comparable: Vec<bool> = earlier.iter().filter_map(|(_, worth)| now.below(*worth)).collect();
    Some(Fall {
        against,
        begins: years[at + 1].0,
        below_all: comparable.len() > 1 && comparable.iter().all(|below| *below),
        percent: match (before, now) {
            (Worth::Sum(before), Worth::Sum(now)) if before > 0 => Some((before - now) as f64 * 100.0 / before as f64),
            _ => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grades(ranks: &[(i32, u8)]) -> Option<Fall> {
        let years: Vec<_> = ranks
            .iter()
            .map(|(year, rank)| (*year, Worth::Grade(Grade::Rank(*rank))))
            .collect();
        fall(&years)
    }

    fn found(ranks: &[(i32, u8)]) -> Option<(i32, i32, bool)> {
        grades(ranks).map(|fall| (fall.against, fall.begins, fall.below_all))
    }

    #[test]
    fn a_fall_begins_after_the_last_better_year() {
        assert_eq!(
            found(&[(2023, 1), (2024, 1), (2025, 0), (2026, 1)]),
            Some((2025, 2026, false))
        );
        assert_eq!(
            found(&[(2023, 0), (2024, 1), (2025, 1), (2026, 2)]),
            Some((2025, 2026, true))
        );
        assert_eq!(found(&[(2024, 0), (2025, 2), (2026, 2)]), Some((2024, 2025, false)));
        assert_eq!(found(&[(2024, 0), (2026, 1)]), Some((2024, 2026, false)));
        assert_eq!(found(&[(2025, 1), (2026, 1)]), None);
        assert_eq!(found(&[(2025, 1), (2026, 0)]), None);
        assert_eq!(found(&[(2026, 3)]), None);
        assert_eq!(found(&[]), None);
    }

    #[test]
    fn sums_fall_by_percent_and_are_not_held_against_grades() {
        let sums = fall(&[(2025, Worth::Sum(80_000_000)), (2026, Worth::Sum(70_000_000))]).expect("a fall");
        assert!((sums.percent.expect("sums") - 12.5).abs() < 1e-9);
        let years = [(2025, Worth::Grade(Grade::BEST)), (2026, Worth::Sum(1))];
        assert_eq!(fall(&years), None);
        let years = [(2025, Worth::Grade(Grade::BEST)), (2026, Worth::Grade(Grade::Absent))];
        assert_eq!(fall(&years), None);
    }
}
