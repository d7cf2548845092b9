//! Rules as data: limits, reminder points, recipients, each with the clause it rests on.

mod event;
mod guard;
mod limit;
mod raw;
mod schedule;

pub use event::{Event, OwnEvent};
pub use guard::{Guard, GuardRule};
pub use limit::{Anchor, AppliesTo, Extension, Limit, Mode, NumberFrom, Postponement, Suspension};
pub use raw::{Fault, PolicyError};
pub use schedule::{Also, Schedule, Scope, Step};

use super::name::Name;
use super::obligation::Kind;
use super::protection::Tolerance;
use super::protection::list::Domain;
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
    /// Start of office hours.
    pub start: NaiveTime,
    /// End of office hours.
    pub end: NaiveTime,
    /// Falls of pay that count as none.
    pub tolerance: Tolerance,
    own_events: Vec<OwnEvent>,
    guards: Vec<GuardRule>,
    protected: Vec<Domain>,
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

    /// The guards in force.
    pub fn guards(&self) -> &[GuardRule] {
        &self.guards
    }

    /// Whether a guard is in force.
    pub fn insists_on(&self, guard: Guard) -> bool {
        self.guards.iter().any(|rule| rule.guard == guard)
    }

    /// The kinds of outcome that a conclusion protects (二(五)).
    pub fn protected(&self) -> &[Domain] {
        &self.protected
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
