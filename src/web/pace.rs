//! How often an address and an account may ask. What is held of them is bounded: whoever comes with ever new addresses
//! fills no memory, and once it is full the newcomers share one bucket.

use super::PageError;
use crate::domain::bucket::{Bucket, Rate};
use crate::domain::time::Moment;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

/// Buckets that are held of each kind.
const MOST: usize = 10_000;
/// Full ones are looked for at most this often, in milliseconds.
const SWEEP_EVERY: i64 = 1_000;
/// Bits of an address that name one customer of a network.
const HOME: u32 = 64;

/// Who may ask how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// From one address.
    pub address: Rate,
    /// With one account.
    pub account: Rate,
}

/// What is left to whom.
pub(super) struct Limiter {
    addresses: Kept<IpAddr>,
    accounts: Kept<String>,
}

impl Limiter {
    pub fn new(pace: Pace) -> Self {
        Self {
            addresses: Kept::new(pace.address, "address_per_minute"),
            accounts: Kept::new(pace.account, "account_per_minute"),
        }
    }

    /// Counts a request from an address. This machine's own are not counted: a proxy that is not named in the
    /// configuration stands before everybody, and accounts are counted anyway.
    pub fn address(&self, address: Option<IpAddr>, now: Moment) -> Result<(), PageError> {
        match address {
            Some(address) if !address.is_loopback() => self.addresses.take(home(address), now),
            _ => Ok(()),
        }
    }

    /// Counts a request of an account.
    pub fn account(&self, login: &str, now: Moment) -> Result<(), PageError> {
        self.accounts.take(login.to_owned(), now)
    }
}

/// The newer kind of address is given out by the network: whoever has one has all of it.
pub(super) fn home(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(whole) => IpAddr::V6(Ipv6Addr::from_bits(
            whole.to_bits() & (u128::MAX << (Ipv6Addr::BITS - HOME)),
        )),
    }
}

struct Kept<K> {
    rate: Rate,
    /// Its name in the configuration.
    limit: &'static str,
    held: Mutex<Held<K>>,
}

struct Held<K> {
    of: HashMap<K, Bucket>,
    rest: Option<Bucket>,
    swept: Option<Moment>,
}

impl<K: Eq + std::hash::Hash> Kept<K> {
    fn new(rate: Rate, limit: &'static str) -> Self {
        Self {
            rate,
            limit,
            held: Mutex::new(Held {
                of: HashMap::new(),
                rest: None,
                swept: None,
            }),
        }
    }

    fn take(&self, key: K, now: Moment) -> Result<(), PageError> {
        let rate = self.rate;
        if rate.is_unlimited() {
            return Ok(());
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let held = &mut *held;
        if held.of.len() >= MOST && !held.of.contains_key(&key) {
            let due = held
                .swept
                .is_none_or(|at| (now.millis() - at.millis()).abs() >= SWEEP_EVERY);
            if due {
                held.of.retain(|_, bucket| !rate.is_full(*bucket, now));
                held.swept = Some(now);
            }
        }
        let bucket = if held.of.len() >= MOST && !held.of.contains_key(&key) {
            held.rest.get_or_insert_with(|| rate.full(now))
        } else {
            held.of.entry(key).or_insert_with(|| rate.full(now))
        };
        let limit = self.limit;
        rate.take(bucket, now)
            .map_err(|seconds| PageError::Paced { seconds, limit })
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.held.lock().expect("no holder panicked").of.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment::from_millis(seconds * 1000)
    }

    fn limiter(count: u32) -> Limiter {
        let rate = Rate::per_minute(count);
        Limiter::new(Pace {
            address: rate,
            account: rate,
        })
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn each_has_a_bucket_of_its_own() {
        let limiter = limiter(2);
        for _ in 0..2 {
            assert!(limiter.address(Some(ip("10.0.0.9")), at(0)).is_ok());
            assert!(limiter.account("lin.jia", at(0)).is_ok());
        }
        assert!(matches!(
            limiter.address(Some(ip("10.0.0.9")), at(0)),
            Err(PageError::Paced {
                seconds: 30,
                limit: "address_per_minute"
            })
        ));
        assert!(limiter.account("lin.jia", at(0)).is_err());
        assert!(limiter.address(Some(ip("10.0.0.8")), at(0)).is_ok() && limiter.account("he.yi", at(0)).is_ok());
        assert!(limiter.address(Some(ip("10.0.0.9")), at(30)).is_ok());
    }

    #[test]
    fn this_machine_is_not_counted_and_a_network_counts_as_one() {
        let limiter = limiter(1);
        for address in [Some(ip("127.0.0.1")), Some(ip("::1")), None] {
            assert!((0..9).all(|_| limiter.address(address, at(0)).is_ok()), "{address:?}");
        }
        assert!(limiter.address(Some(ip("2001:db8:1:2::7")), at(0)).is_ok());
        assert!(limiter.address(Some(ip("2001:db8:1:2:ffff::9")), at(0)).is_err());
        assert!(limiter.address(Some(ip("2001:db8:1:3::7")), at(0)).is_ok());
    }

    #[test]
    fn ever_new_addresses_fill_no_memory_and_share_what_is_left() {
        let limiter = limiter(2);
        let known = Some(ip("10.0.0.9"));
        assert!(limiter.address(known, at(0)).is_ok());
        let strangers = u32::try_from(MOST).expect("small") + 50;
        let refused = (1..strangers)
            .filter(|n| {
                limiter
                    .address(Some(IpAddr::V4((0x0b00_0000 + n).into())), at(0))
                    .is_err()
            })
            .count();
        assert_eq!(limiter.addresses.len(), MOST);
        assert_eq!(refused, 50 - 2, "the newcomers share one bucket");
        assert!(
            limiter.address(known, at(0)).is_ok(),
            "whoever was known before is not hurt"
        );
        // When theirs are full again they are forgotten, and others have their own.
        assert!(limiter.address(Some(ip("172.16.0.1")), at(90)).is_ok());
        assert_eq!(limiter.addresses.len(), 1);
    }
}
