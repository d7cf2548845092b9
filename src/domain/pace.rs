//! How many messages a channel takes in a minute.

use super::time::Moment;

/// The span messages are counted over.
const MINUTE_MILLIS: i64 = 60_000;

/// Whether one more may go now, from the moments of those that went, in any order; if not, when.
pub fn may_go(went: &[Moment], per_minute: u32, now: Moment) -> Result<(), Moment> {
    let since = now.plus_millis(-MINUTE_MILLIS);
    let mut recent: Vec<Moment> = went.iter().copied().filter(|at| *at > since).collect();
    let limit = usize::try_from(per_minute.max(1)).unwrap_or(usize::MAX);
    if recent.len() < limit {
        return Ok(());
    }
    recent.sort_unstable();
    // When this one has left the span, one fewer than the limit is in it.
    Err(recent[recent.len() - limit].plus_millis(MINUTE_MILLIS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment::from_millis(seconds * 1000)
    }

    #[test]
    fn the_limit_holds_over_any_minute() {
        assert_eq!(may_go(&[], 2, at(100)), Ok(()));
        assert_eq!(may_go(&[at(90)], 2, at(100)), Ok(()));
        assert_eq!(may_go(&[at(95), at(90)], 2, at(100)), Err(at(150)));
        assert_eq!(may_go(&[at(95), at(90)], 2, at(149)), Err(at(150)));
        assert_eq!(may_go(&[at(95), at(90)], 2, at(150)), Ok(()));
        assert_eq!(may_go(&[at(80), at(95), at(90)], 2, at(100)), Err(at(150)));
    }

    #[test]
    fn a_limit_of_nothing_means_one() {
        assert_eq!(may_go(&[], 0, at(100)), Ok(()));
        assert_eq!(may_go(&[at(100)], 0, at(100)), Err(at(160)));
    }
}
