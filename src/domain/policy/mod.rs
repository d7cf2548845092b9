//! Rules as data: limits, reminder points, recipients, each with the clause it rests on.

mod check;
mod event;
mod guard;
mod limit;
mod raw;
mod rectification;
mod routing;
mod said;
mod schedule;

pub use event::{Event, OwnEvent};
pub use guard::{Guard, GuardRule};
pub use limit::{Anchor, AppliesTo, Extension, Limit, Mode, NumberFrom, Postponement, Suspension};
pub use raw::{Fault, PolicyError};
pub use rectification::RectificationRules;
pub use routing::{Chain, ChainStep, Inhibition, Routing, ThroughChannel};
pub use schedule::{Also, Schedule, Scope, Step};

use super::alert::Point;
use super::deadline::Direction;
use super::finding::Consequence;
use super::hidden::Thresholds;
use super::name::Name;
use super::obligation::Kind;
use super::protection::list::Domain;
use super::protection::{JudgeOptions, Tolerance};
use super::quota::Quota;
use super::rectification::Ladder;
use chrono::{NaiveDate, NaiveTime};

/// The profile compiled in: the seed policy.
pub const DEFAULT_PROFILE: &str = include_str!("../../../config/policy/default.toml");

/// A checked profile.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Name and source of the policy.
    pub profile: Profile,
    /// Whether 不予容错 makes archive obligations too.
    pub archive_when_not_tolerated: bool,
    /// Whether a natural last day that is a rest day gives way (民法典 203).
    pub roll_off: bool,
    /// Month and day by which the next year's notice is to be in.
    pub notice_by: (u32, u32),
    /// Months before a conclusion that count as its investigation where nothing tells when it began.
    pub investigation_months: u32,
    /// Start of office hours.
    pub start: NaiveTime,
    /// End of office hours.
    pub end: NaiveTime,
    /// Falls of pay that count as none.
    pub tolerance: Tolerance,
    /// The usual share of 优秀, as information.
    pub quota: Quota,
    /// When the hidden penalty report says something.
    pub hidden_penalty: Thresholds,
    /// How rectification is supervised beside its limits.
    pub rectification: RectificationRules,
    /// The levels a neglected item climbs.
    pub ladder: Ladder,
    /// What waits for the morning summary, and for how long something may be silenced.
    pub routing: Routing,
    inhibitions: Vec<Inhibition>,
    fingerprint: String,
    text: String,
    own_events: Vec<OwnEvent>,
    guards: Vec<GuardRule>,
    protected: Option<Vec<Domain>>,
    protection_clause: Option<String>,
    consequences: Vec<Consequence>,
    limits: Vec<Limit>,
    schedules: Vec<Schedule>,
}

/// Name and source of a policy.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Short id.
    pub id: String,
    /// Name people see.
    pub name: String,
    /// Title of the policy document.
    pub source: String,
}

impl Policy {
    /// The profile compiled in.
    pub fn builtin() -> Self {
        Self::parse(DEFAULT_PROFILE).expect("the built-in profile is checked by a test")
    }

    /// Reads and checks a profile; every mistake has its line and column.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        raw::parse(text)
    }

    /// The same from the bytes of a file.
    pub fn read(bytes: &[u8]) -> Result<Self, PolicyError> {
        raw::read(bytes)
    }

    /// Another text, even by a comment, has another one: what was signed can be told from what is in force.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The profile as it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first limit of a kind.
    pub fn limit(&self, kind: Kind) -> Option<&Limit> {
        self.limits.iter().find(|limit| limit.kind == kind)
    }

    /// The limit of that name, as an obligation remembers it.
    pub fn rule(&self, id: Name) -> Option<&Limit> {
        self.limits.iter().find(|limit| limit.id == id)
    }

    /// Every limit.
    pub fn limits(&self) -> &[Limit] {
        &self.limits
    }

    /// Every reminder schedule.
    pub fn schedules(&self) -> &[Schedule] {
        &self.schedules
    }

    /// The kinds of whole whose lateness silences a part of this kind.
    pub fn wholes_of(&self, part: Kind) -> impl Iterator<Item = Kind> {
        self.inhibitions
            .iter()
            .filter(move |rule| rule.parts.contains(&part))
            .flat_map(|rule| rule.whole.iter().copied())
    }

    /// The guards in force.
    pub fn guards(&self) -> &[GuardRule] {
        &self.guards
    }

    /// Whether a guard is in force.
    pub fn insists_on(&self, guard: Guard) -> bool {
        self.guards.iter().any(|rule| rule.guard == guard)
    }

    /// The kinds of outcome that a conclusion protects (二(五)): of the ten those the profile names, all where it names
    /// none; and what the site's word lists add, which is added to be watched.
    pub fn protected(&self) -> Vec<Domain> {
        let mut known = Domain::known();
        if let Some(named) = &self.protected {
            known.retain(|domain| named.contains(domain) || !Domain::ALL.contains(domain));
        }
        known
    }

    /// How a list of proposed outcomes is judged on a day, as far as nothing else is said of it.
    pub fn judging(&self, as_of: NaiveDate) -> JudgeOptions {
        JudgeOptions {
            as_of,
            undated_is_final: false,
            domain: None,
            unit: None,
            period: None,
            tolerance: self.tolerance,
            protected: self.protected(),
        }
    }

    /// The clause that protection rests on; none where the profile leaves all protected without saying so.
    pub fn protection_clause(&self) -> Option<&str> {
        self.protection_clause.as_deref()
    }

    /// The kinds of outcome that the profile names.
    pub fn named_domains(&self) -> Vec<Domain> {
        let own = self.protected.iter().flatten().copied();
        let of = |rule: &Consequence| rule.domains.clone();
        own.chain(self.consequences.iter().map(|rule| rule.after))
            .chain(self.consequences.iter().flat_map(of))
            .collect()
    }

    /// Which outcomes follow from which.
    pub fn consequences(&self) -> &[Consequence] {
        &self.consequences
    }

    /// Events that the profile adds.
    pub fn own_events(&self) -> &[OwnEvent] {
        &self.own_events
    }

    /// The reminder points of a limit.
    pub fn schedule(&self, limit: &Limit) -> &Schedule {
        self.schedules
            .iter()
            .find(|schedule| schedule.id == limit.schedule)
            .expect("a checked profile has every schedule it refers to")
    }

    /// The day by which the notice of a year is to be in: in the year before.
    pub fn notice_day(&self, year: i32) -> NaiveDate {
        let (month, day) = self.notice_by;
        NaiveDate::from_ymd_opt(year - 1, month, day).expect("the profile's check let only days of every year in")
    }

    /// The reminder points of a limit that the profile no longer has: those of the first schedule that goes on after
    /// the due day, for what is owed does not fall silent with a rule.
    pub fn schedule_of_lost(&self) -> &Schedule {
        let goes_on = |schedule: &&Schedule| schedule.points.iter().any(|step| matches!(step.point, Point::After(_)));
        self.schedules
            .iter()
            .filter(goes_on)
            .max_by_key(|schedule| schedule.scope == Scope::Organ)
            .or_else(|| self.schedules.first())
            .expect("a checked profile has a schedule")
    }

    /// What is allowed but may not be meant, for whoever checks a profile.
    pub fn hints(&self) -> Vec<String> {
        let used = |event: Event| {
            self.limits
                .iter()
                .any(|limit| limit.anchor == Anchor::Event(event) || limit.done_by == Some(event))
        };
        let mut hints: Vec<String> = self
            .own_events
            .iter()
            .filter(|own| !used(own.id))
            .map(|own| format!("事件「{}」（{}）没有期限用到", own.name, own.id.as_str()))
            .collect();
        hints.extend(
            self.schedules
                .iter()
                .filter(|schedule| !self.limits.iter().any(|limit| limit.schedule == schedule.id))
                .map(|schedule| format!("提醒「{}」没有期限用到", schedule.id)),
        );
        hints.extend(self.limits.iter().filter_map(|limit| match limit.anchor {
            Anchor::Event(event) if limit.terms.direction == Direction::Before => {
                event.built_in_zh().map(|zh| {
                    format!(
                        "期限「{}」从「{zh}」倒推，而「{zh}」办了才能登记，到期日总在登记以前；要在事前提醒的，用 [[event]] 自定一个可以预先登记的事件",
                        limit.name
                    )
                })
            }
            _ => None,
        }));
        let missing: Vec<&str> = Kind::KNOWN
            .into_iter()
            .filter(|kind| !kind.is_of_alerts() && self.limit(*kind).is_none())
            .map(Kind::as_str)
            .collect();
        if !missing.is_empty() {
            hints.push(format!("这些事项没有写期限，不会提醒：{}", missing.join("、")));
        }
        hints
    }

    /// The words people see for an event.
    pub fn event_zh(&self, event: Event) -> String {
        event.built_in_zh().map_or_else(
            || {
                self.own_events
                    .iter()
                    .find(|own| own.id == event)
                    .map_or_else(|| event.as_str().to_owned(), |own| own.name.clone())
            },
            str::to_owned,
        )
    }

    /// The words people see for what a limit runs from.
    pub fn anchor_zh(&self, anchor: Anchor) -> String {
        match anchor {
            Anchor::Event(event) => self.event_zh(event),
            Anchor::Given => "台账写明的到期日".to_owned(),
            Anchor::Opened => "发现或首次导入之日".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
