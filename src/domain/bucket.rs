//! How often something may be asked: a bucket that fills steadily. Its size is what a minute brings, so that a burst is
//! allowed and a stream is held to the rate.

use super::time::Moment;

/// What one request takes out; a millisecond at one a minute brings one back.
const ONE: u64 = 60_000;

/// How often; none for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(Option<u32>);

/// What is left of a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    held: u64,
    at: Moment,
}

impl Rate {
    /// So many a minute; 0 means without limit.
    pub fn per_minute(count: u32) -> Self {
        Self((count > 0).then_some(count))
    }

    /// Whether there is no limit.
    pub fn is_unlimited(self) -> bool {
        self.0.is_none()
    }

    fn size(self) -> u64 {
        u64::from(self.0.unwrap_or(0)) * ONE
    }

    /// The bucket of somebody who has not asked before.
    pub fn full(self, now: Moment) -> Bucket {
        Bucket {
            held: self.size(),
            at: now,
        }
    }

    fn refilled(self, bucket: Bucket, now: Moment) -> Bucket {
        // A clock that was set back brings nothing and takes nothing.
        let passed = u64::try_from(now.millis() - bucket.at.millis()).unwrap_or(0);
        let brought = passed.saturating_mul(u64::from(self.0.unwrap_or(0)));
        Bucket {
            held: bucket.held.saturating_add(brought).min(self.size()),
            at: now,
        }
    }

    /// Whether a bucket is as good as one that was never used.
    pub fn is_full(self, bucket: Bucket, now: Moment) -> bool {
        self.refilled(bucket, now).held >= self.size()
    }

    /// Takes one request out.
    ///
    /// # Errors
    /// There is none left; in so many seconds there will be.
    pub fn take(self, bucket: &mut Bucket, now: Moment) -> Result<(), u32> {
        let Some(rate) = self.0 else { return Ok(()) };
        *bucket = self.refilled(*bucket, now);
        if bucket.held >= ONE {
            bucket.held -= ONE;
            return Ok(());
        }
        let millis = (ONE - bucket.held).div_ceil(u64::from(rate));
        Err(u32::try_from(millis.div_ceil(1000)).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Moment {
        Moment::from_millis(millis)
    }

    #[test]
    fn a_burst_is_allowed_and_a_stream_is_held_to_the_rate() {
        let rate = Rate::per_minute(3);
        let mut bucket = rate.full(at(0));
        for _ in 0..3 {
            assert_eq!(rate.take(&mut bucket, at(0)), Ok(()));
        }
        assert_eq!(rate.take(&mut bucket, at(0)), Err(20));
        assert_eq!(
            rate.take(&mut bucket, at(19_999)),
            Err(1),
            "what is refused costs nothing"
        );
        assert_eq!(rate.take(&mut bucket, at(20_000)), Ok(()));
        assert_eq!(rate.take(&mut bucket, at(20_000)), Err(20));
        assert!(!rate.is_full(bucket, at(79_999)) && rate.is_full(bucket, at(80_000)));
        // However long nobody asked, no more than a minute's worth is there.
        for _ in 0..3 {
            assert_eq!(rate.take(&mut bucket, at(9_000_000)), Ok(()));
        }
        assert!(rate.take(&mut bucket, at(9_000_000)).is_err());
    }

    #[test]
    fn a_clock_that_is_set_back_lets_nobody_ask_more_or_less() {
        let rate = Rate::per_minute(1);
        let mut bucket = rate.full(at(500_000));
        assert_eq!(rate.take(&mut bucket, at(500_000)), Ok(()));
        assert_eq!(rate.take(&mut bucket, at(0)), Err(60));
        assert_eq!(rate.take(&mut bucket, at(60_000)), Ok(()));
    }

    #[test]
    fn nothing_means_without_limit() {
        let rate = Rate::per_minute(0);
        let mut bucket = rate.full(at(0));
        assert!((0..10_000).all(|_| rate.take(&mut bucket, at(0)).is_ok()));
        assert!(rate.is_unlimited() && !Rate::per_minute(1).is_unlimited());
    }
}
