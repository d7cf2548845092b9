//! What an attempt to send came to, and what becomes of a mail after it. Only a person ends a mail.

use super::time::Moment;

/// What a try to deliver came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The receiver took it; for mail, a 2xx answer to the final dot.
    Accepted {
        /// The answer.
        reply: String,
    },
    /// Refused for now; for mail, a 4xx answer, or the server does not want this installation as it stands.
    Temporary {
        /// The answer.
        reply: String,
    },
    /// Refused for good; for mail, a 5xx answer to this sender, this recipient or this content.
    Permanent {
        /// The answer.
        reply: String,
    },
    /// No valid answer.
    Unknown {
        /// What happened.
        what: String,
        /// The end of it may have reached the receiver, so it may have taken it.
        in_doubt: bool,
    },
}

impl Attempt {
    /// What was answered, or what happened instead.
    pub fn said(&self) -> &str {
        match self {
            Self::Accepted { reply } | Self::Temporary { reply } | Self::Permanent { reply } => reply,
            Self::Unknown { what, .. } => what,
        }
    }

    /// No answer, and the receiver cannot have it.
    pub fn failed(what: impl Into<String>) -> Self {
        Self::Unknown {
            what: what.into(),
            in_doubt: false,
        }
    }
}

/// How an attempt ended, as far as the outbox needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The server answered the final dot with 2xx.
    Accepted,
    /// 4xx, a timeout, a broken line, or anything not understood.
    Temporary,
    /// 5xx.
    Permanent,
}

/// Where a mail goes from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Done.
    Sent,
    /// Try again at this moment.
    RetryAt(Moment),
    /// Wait for a person.
    Held,
}

/// How long a claim lasts without renewal.
pub const LEASE_MILLIS: i64 = 60_000;
/// First pause after a failure.
const FIRST_PAUSE_MILLIS: i64 = 60_000;
/// Longest pause between attempts.
const LONGEST_PAUSE_MILLIS: i64 = 3_600_000;

/// Decides. `attempts` counts this one; `jitter` lies in 0..=255 and spreads retries by up to a quarter.
pub fn after_attempt(attempts: u32, outcome: AttemptOutcome, now: Moment, jitter: u8) -> Next {
    match outcome {
        AttemptOutcome::Accepted => Next::Sent,
        AttemptOutcome::Permanent => Next::Held,
        AttemptOutcome::Temporary => {
            let doublings = attempts.saturating_sub(1).min(6);
            let pause = (FIRST_PAUSE_MILLIS << doublings).min(LONGEST_PAUSE_MILLIS);
            let spread = pause / 4 * i64::from(jitter) / 255;
            Next::RetryAt(now.plus_millis(pause - spread))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_millis(1_000_000);

    fn pause(attempts: u32, jitter: u8) -> i64 {
        match after_attempt(attempts, AttemptOutcome::Temporary, NOW, jitter) {
            Next::RetryAt(at) => at.millis() - NOW.millis(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_temporary_failure_is_retried_without_end_at_most_an_hour_apart() {
        assert_eq!([pause(1, 0), pause(2, 0), pause(3, 0)], [60_000, 120_000, 240_000]);
        assert_eq!(pause(7, 0), 3_600_000);
        assert_eq!(pause(100_000, 0), 3_600_000);
        assert_eq!(pause(1, 255), 45_000);
    }

    #[test]
    fn only_a_2xx_is_sent_and_a_5xx_waits_for_a_person() {
        assert_eq!(after_attempt(1, AttemptOutcome::Accepted, NOW, 0), Next::Sent);
        assert_eq!(after_attempt(1, AttemptOutcome::Permanent, NOW, 0), Next::Held);
    }
}
