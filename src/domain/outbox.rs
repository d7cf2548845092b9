//! What an attempt to send came to, and what becomes of a mail after it. Only a person ends a mail.

use super::time::Moment;
use std::collections::{BTreeMap, VecDeque};

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

/// What the recipient of an entry begins with that goes through a channel beside mail.
pub const CHANNEL: &str = "channel:";

/// How much a connection takes on at a time. Mails that are begun together are in doubt together when the process dies, so
/// that is done only where each takes next to nothing: a server that lets us wait gets one after the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stride {
    /// Mails in a row that were accepted at once.
    quick: u32,
}

/// Mails begun together at most.
pub const GROUP: usize = 8;
/// Milliseconds within which a mail is accepted at once.
const AT_ONCE_MS: u64 = 10;
/// Mails in a row after which the next ones are begun together.
const TRUSTED: u32 = 32;

impl Stride {
    /// Takes note of a mail and the milliseconds it took; `false` when what was begun behind it is better not sent now.
    pub fn went(&mut self, accepted: bool, took_ms: u64) -> bool {
        let well = accepted && took_ms <= AT_ONCE_MS;
        self.quick = if well { self.quick.saturating_add(1) } else { 0 };
        well
    }

    /// Mails to claim at a time.
    pub fn batch(self) -> i64 {
        if self.quick >= TRUSTED { 128 } else { 32 }
    }

    /// Mails to begin at a time. Where so many may go in a minute there is no hurry, and each is counted when its turn comes.
    pub fn group(self, limits: Allowance) -> usize {
        let hurries = limits.per_minute.is_none() && limits.domain_per_minute.is_none();
        if hurries && self.quick >= TRUSTED { GROUP } else { 1 }
    }
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

/// How much mail may leave at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Mails handed to the server within any minute; `None` for no limit.
    pub per_minute: Option<u32>,
    /// Mails to one recipient domain under way at once; `None` for no limit.
    pub domain_at_once: Option<u32>,
    /// Mails to one recipient domain within any minute; `None` for no limit.
    pub domain_per_minute: Option<u32>,
}

impl Allowance {
    /// No limit at all.
    pub const NONE: Self = Self {
        per_minute: None,
        domain_at_once: None,
        domain_per_minute: None,
    };
}

/// Whether a mail may be begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may, and is counted.
    Begin,
    /// As many to its domain are under way as may be.
    DomainBusy,
    /// Its domain had its share of the minute; the next may go at this moment.
    DomainWaits(Moment),
    /// The server had its share of the minute; the next may go at this moment.
    ServerWaits(Moment),
}

/// What is under way and what was begun within the last minute, by the count of one process.
#[derive(Debug, Clone, Default)]
pub struct Traffic {
    begun: Minute,
    domains: BTreeMap<String, Domain>,
}

#[derive(Debug, Clone, Default)]
struct Domain {
    at_once: u32,
    begun: Minute,
    /// Nothing may begin before.
    rests: Option<Moment>,
}

/// How long a domain rests to which a mail took long and did not go: others must not stand behind it again and again.
const REST_MILLIS: i64 = 15 * 60_000;

impl Domain {
    fn is_idle(&self) -> bool {
        self.at_once == 0 && self.begun.0.is_empty() && self.rests.is_none()
    }
}

/// The beginnings within the last minute, oldest first.
#[derive(Debug, Clone, Default)]
struct Minute(VecDeque<Moment>);

const MINUTE_MILLIS: i64 = 60_000;

impl Minute {
    /// When the next may begin, if not now. A clock that was set back forgets what it has not lived through.
    fn opens(&mut self, limit: Option<u32>, now: Moment) -> Option<Moment> {
        self.0
            .retain(|at| (0..MINUTE_MILLIS).contains(&(now.millis() - at.millis())));
        let limit = usize::try_from(limit?).unwrap_or(usize::MAX).max(1);
        let over = self.0.len().checked_sub(limit)?;
        self.0.get(over).map(|at| at.plus_millis(MINUTE_MILLIS))
    }

    fn count(&mut self, limit: Option<u32>, now: Moment) {
        if limit.is_some() {
            self.0.push_back(now);
        }
    }
}

impl Traffic {
    /// Decides whether a mail to a domain may begin now; one that may is under way from here on.
    pub fn admit(&mut self, limits: Allowance, domain: &str, now: Moment) -> Admission {
        if let Some(at) = self.begun.opens(limits.per_minute, now) {
            return Admission::ServerWaits(at);
        }
        match self.closed_until(limits, domain, now) {
            Some(Some(at)) => return Admission::DomainWaits(at),
            Some(None) => return Admission::DomainBusy,
            None => {}
        }
        self.begun.count(limits.per_minute, now);
        let known = self.domains.entry(domain.to_owned()).or_default();
        known.at_once += 1;
        known.begun.count(limits.domain_per_minute, now);
        Admission::Begin
    }

    /// `Some` when nothing to the domain may begin: until a moment, or until one that is under way has ended.
    #[expect(
        clippy::option_option,
        reason = "closed or not, and closed until when, are two questions"
    )]
    fn closed_until(&mut self, limits: Allowance, domain: &str, now: Moment) -> Option<Option<Moment>> {
        let known = self.domains.get_mut(domain)?;
        known.rests = known.rests.filter(|until| *until > now);
        if let Some(until) = known.rests {
            return Some(Some(until));
        }
        if let Some(at) = known.begun.opens(limits.domain_per_minute, now) {
            return Some(Some(at));
        }
        let most = limits.domain_at_once.map(|most| most.max(1));
        most.is_some_and(|most| known.at_once >= most).then_some(None)
    }

    /// A mail to a domain is no longer under way.
    pub fn ended(&mut self, domain: &str) {
        if let Some(known) = self.domains.get_mut(domain) {
            known.at_once = known.at_once.saturating_sub(1);
            if known.is_idle() {
                self.domains.remove(domain);
            }
        }
    }

    /// Lets a domain rest: a mail to it took long and did not go.
    pub fn rest(&mut self, domain: &str, now: Moment) {
        let known = self.domains.entry(domain.to_owned()).or_default();
        known.rests = Some(now.plus_millis(REST_MILLIS));
    }

    /// The domains to which nothing may begin now, and when the first of those that wait for their minute opens.
    pub fn closed(&mut self, limits: Allowance, now: Moment) -> (Vec<String>, Option<Moment>) {
        let names: Vec<String> = self.domains.keys().cloned().collect();
        let (mut closed, mut opens) = (Vec::new(), None);
        for name in names {
            if let Some(until) = self.closed_until(limits, &name, now) {
                opens = opens.into_iter().chain(until).min();
                closed.push(name);
            } else if self.domains.get(&name).is_some_and(Domain::is_idle) {
                self.domains.remove(&name);
            }
        }
        (closed, opens)
    }

    /// When the server may be given the next mail, if not now.
    pub fn server_opens(&mut self, limits: Allowance, now: Moment) -> Option<Moment> {
        self.begun.opens(limits.per_minute, now)
    }
}

/// The domain of an address, in lower case.
pub fn domain_of(address: &str) -> String {
    let domain = address.rsplit_once('@').map_or(address, |(_, domain)| domain);
    domain.to_ascii_lowercase()
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

    #[test]
    fn mails_are_begun_together_only_while_each_is_accepted_at_once() {
        let quick = 1;
        let mut stride = Stride::default();
        for _ in 0..TRUSTED {
            assert_eq!((stride.group(Allowance::NONE), stride.batch()), (1, 32));
            assert!(stride.went(true, quick));
        }
        assert_eq!((stride.group(Allowance::NONE), stride.batch()), (GROUP, 128));
        assert_eq!(stride.group(LIMITS), 1);
        for (accepted, took) in [(false, quick), (true, AT_ONCE_MS + 1)] {
            let mut other = stride;
            assert!(!other.went(accepted, took));
            assert_eq!((other.group(Allowance::NONE), other.batch()), (1, 32));
        }
    }

    const LIMITS: Allowance = Allowance {
        per_minute: Some(5),
        domain_at_once: Some(1),
        domain_per_minute: Some(2),
    };

    #[test]
    fn a_domain_that_let_us_wait_rests_and_others_do_not() {
        let mut traffic = Traffic::default();
        traffic.rest("slow.example", NOW);
        let opens = NOW.plus_millis(REST_MILLIS);
        assert_eq!(
            traffic.admit(LIMITS, "slow.example", NOW),
            Admission::DomainWaits(opens)
        );
        assert_eq!(traffic.admit(LIMITS, "b.example", NOW), Admission::Begin);
        assert_eq!(
            traffic.closed(LIMITS, NOW),
            (vec!["b.example".to_owned(), "slow.example".to_owned()], Some(opens))
        );
        assert_eq!(traffic.admit(LIMITS, "slow.example", opens), Admission::Begin);
    }

    #[test]
    fn a_busy_domain_holds_up_no_other() {
        let mut traffic = Traffic::default();
        assert_eq!(traffic.admit(LIMITS, "a.example", NOW), Admission::Begin);
        assert_eq!(traffic.admit(LIMITS, "a.example", NOW), Admission::DomainBusy);
        assert_eq!(traffic.admit(LIMITS, "b.example", NOW), Admission::Begin);
        assert_eq!(
            traffic.closed(LIMITS, NOW),
            (vec!["a.example".to_owned(), "b.example".to_owned()], None)
        );
        traffic.ended("a.example");
        assert_eq!(traffic.closed(LIMITS, NOW).0, ["b.example"]);
        assert_eq!(traffic.admit(LIMITS, "a.example", NOW), Admission::Begin);
    }

    #[test]
    fn a_minute_is_any_minute_and_opens_when_its_first_mail_is_a_minute_old() {
        let mut traffic = Traffic::default();
        let later = NOW.plus_millis(20_000);
        for at in [NOW, later] {
            assert_eq!(traffic.admit(LIMITS, "a.example", at), Admission::Begin);
            traffic.ended("a.example");
        }
        let opens = NOW.plus_millis(60_000);
        assert_eq!(traffic.admit(LIMITS, "a.example", later), Admission::DomainWaits(opens));
        assert_eq!(
            traffic.closed(LIMITS, later),
            (vec!["a.example".to_owned()], Some(opens))
        );
        let just_before = opens.plus_millis(-1);
        assert!(matches!(
            traffic.admit(LIMITS, "a.example", just_before),
            Admission::DomainWaits(_)
        ));
        assert_eq!(traffic.admit(LIMITS, "a.example", opens), Admission::Begin);
    }

    #[test]
    fn the_server_has_a_minute_of_its_own() {
        let mut traffic = Traffic::default();
        for domain in ["a", "b", "c", "d", "e"] {
            assert_eq!(traffic.admit(LIMITS, domain, NOW), Admission::Begin);
        }
        let opens = NOW.plus_millis(60_000);
        assert_eq!(traffic.admit(LIMITS, "f", NOW), Admission::ServerWaits(opens));
        assert_eq!(traffic.server_opens(LIMITS, NOW), Some(opens));
        assert_eq!(traffic.server_opens(LIMITS, opens), None);
    }

    #[test]
    fn a_clock_set_back_does_not_close_the_server_for_long() {
        let mut traffic = Traffic::default();
        let limits = Allowance {
            per_minute: Some(1),
            ..Allowance::NONE
        };
        assert_eq!(traffic.admit(limits, "a", NOW), Admission::Begin);
        assert_eq!(
            traffic.admit(limits, "a", NOW.plus_millis(-3_600_000)),
            Admission::Begin
        );
    }

    #[test]
    fn without_limits_nothing_is_remembered_of_what_ended() {
        let mut traffic = Traffic::default();
        for _ in 0..1000 {
            assert_eq!(traffic.admit(Allowance::NONE, "a", NOW), Admission::Begin);
        }
        for _ in 0..1000 {
            traffic.ended("a");
        }
        assert!(traffic.domains.is_empty() && traffic.begun.0.is_empty());
    }

    #[test]
    fn a_domain_is_what_stands_behind_the_last_at_sign() {
        assert_eq!(domain_of("\"a@b\"@Example.ORG"), "example.org");
        assert_eq!(domain_of("nobody"), "nobody");
    }
}
