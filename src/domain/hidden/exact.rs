//! Exact tests of 2×2 tables, one or many at a time, given their margins. One table: Fisher's test. Many: the exact
//! conditional test of stratified tables, so that units with different customs are not taken for a difference.

use super::Share;
use statrs::distribution::{Discrete as _, Hypergeometric};
use statrs::statistics::{Max as _, Min as _};

/// One table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Protected cadres.
    pub protected: Share,
    /// Their peers.
    pub peers: Share,
}

/// Probabilities that are equal on paper differ by rounding; R's tests allow the same.
const TIE: f64 = 1.0 + 1e-7;

/// The two-sided p-value: how likely, by chance, is a count of favoured protected ones that is no likelier than the
/// one seen.
///
/// `statrs` has a ready Fisher test, but it takes probabilities within one part in ten thousand for equal and overflows
/// with a thousand people; its hypergeometric distribution is summed here instead.
pub fn two_sided(tables: &[Table]) -> f64 {
    let mut chances = vec![1.0];
    let mut seen = 0;
    for table in tables {
        let (least, own) = distribution(table);
        chances = convolved(&chances, &own);
        seen += table.protected.favoured as usize - least;
    }
    let limit = chances[seen] * TIE;
    let sum: f64 = chances.iter().filter(|chance| **chance <= limit).sum();
    sum.min(1.0)
}

/// The least count of favoured protected ones, and the chance of each from there on.
fn distribution(table: &Table) -> (usize, Vec<f64>) {
    let (protected, peers) = (table.protected, table.peers);
    let all = u64::from(protected.persons) + u64::from(peers.persons);
    let favoured = u64::from(protected.favoured) + u64::from(peers.favoured);
    let chance = Hypergeometric::new(all, favoured, u64::from(protected.persons))
        .expect("the favoured and the protected are among all");
    let span = chance.min()..=chance.max();
    (
        *span.start() as usize,
        span.map(|count| chance.ln_pmf(count).exp()).collect(),
    )
}

fn convolved(one: &[f64], other: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; one.len() + other.len() - 1];
    for (at, a) in one.iter().enumerate() {
        for (by, b) in other.iter().enumerate() {
            out[at + by] += a * b;
        }
    }
    out
}
