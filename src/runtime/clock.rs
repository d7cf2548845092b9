//! The only place that asks the machine what time it is.

use crate::domain::time::Moment;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment, in whole milliseconds.
    fn now(&self) -> Moment;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Moment {
        let millis = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            // A clock set before 1970 is wrong, but time still has to run forward.
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |millis| -millis),
        };
        Moment::from_millis(millis)
    }
}

/// A clock that stands still until it is set. Clones show the same time.
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<AtomicI64>);

impl FixedClock {
    /// A clock that shows `at`.
    pub fn new(at: Moment) -> Self {
        Self(Arc::new(AtomicI64::new(at.millis())))
    }

    /// Sets the clock, forward or back.
    pub fn set(&self, at: Moment) {
        self.0.store(at.millis(), Ordering::SeqCst);
    }

    /// Moves the clock by `millis`.
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Moment {
        Moment::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A clock that began at a given moment and runs on from there; serves `--debug-now`.
#[derive(Debug, Clone, Copy)]
pub struct OffsetClock {
    start: Moment,
    began: Instant,
}

impl OffsetClock {
    /// A clock that shows `start` now.
    pub fn starting_at(start: Moment) -> Self {
        Self {
            start,
            began: Instant::now(),
        }
    }
}

impl Clock for OffsetClock {
    fn now(&self) -> Moment {
        let run = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.start.plus_millis(run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_lies_in_this_century() {
        let year = SystemClock.now().day().format("%Y").to_string();
        assert!(("2026".."2100").contains(&year.as_str()), "{year}");
    }

    #[test]
    fn clones_of_a_fixed_clock_show_the_same_time() {
        let clock = FixedClock::new(Moment::from_millis(5));
        let other = clock.clone();
        clock.set(Moment::from_millis(100));
        other.advance(-30);
        assert_eq!(clock.now(), Moment::from_millis(70));
    }

    #[test]
    fn an_offset_clock_runs_on_from_its_start() {
        let start = Moment::parse("2031-02-01T08:59:59Z").unwrap();
        let clock = OffsetClock::starting_at(start);
        let first = clock.now();
        assert!(first >= start && first < start.plus_millis(60_000));
        let tick = Instant::now();
        while clock.now() == first {
            assert!(tick.elapsed().as_secs() < 10, "the clock stands still");
            std::thread::yield_now();
        }
        assert!(clock.now() > first);
    }
}
