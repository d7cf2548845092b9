//! How often somebody may try to sign in.

use crate::domain::time::Moment;

/// The limits, from the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// Failures on one account within the window.
    pub per_account: u32,
    /// Failures from one address within the window.
    pub per_address: u32,
    /// The window, in minutes.
    pub minutes: u32,
}

/// Failures within the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Trials {
    /// On the account.
    pub account: u32,
    /// From the address.
    pub address: u32,
}

impl Throttle {
    /// Where the window begins that ends now.
    pub fn since(&self, now: Moment) -> Moment {
        now.plus_millis(-i64::from(self.minutes) * 60_000)
    }

    /// Whether another try is looked at. Whoever may not try learns nothing of the password, not even when it is right.
    pub fn allows(&self, trials: Trials) -> bool {
        trials.account < self.per_account && trials.address < self.per_address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_end_for_an_account_and_for_an_address() {
        let throttle = Throttle {
            per_account: 5,
            per_address: 20,
            minutes: 15,
        };
        let trials = |account, address| Trials { account, address };
        assert!(throttle.allows(trials(4, 19)));
        assert!(!throttle.allows(trials(5, 0)));
        assert!(!throttle.allows(trials(0, 20)));
        let now = Moment::from_millis(1_000_000_000);
        assert_eq!(throttle.since(now).millis(), 1_000_000_000 - 900_000);
    }
}
