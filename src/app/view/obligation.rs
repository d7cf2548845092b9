//! Obligations: the list and one of them with its reckoning.

use super::{Certainty, Day, Decision, Light, Remaining, Since};
use crate::domain::ids::{MailId, ObligationId};
use crate::domain::time::Moment;
use chrono::NaiveDate;

/// Which obligations a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ObligationShow {
    /// Past their due day and not met.
    Overdue,
    /// Due today and not met.
    Today,
    /// Due from today to the end of this week and not met.
    Week,
    /// Not met.
    #[default]
    Open,
    /// Met.
    Met,
    /// Not met, and running over the next holiday.
    Holiday,
    /// Already lapsed when their case was first imported.
    Backlog,
    /// Every one.
    All,
}

impl ObligationShow {
    /// In the order of the page's filter.
    pub const ALL: [Self; 8] = [
        Self::Open,
        Self::Overdue,
        Self::Today,
        Self::Week,
        Self::Holiday,
        Self::Met,
        Self::Backlog,
        Self::All,
    ];

    /// The value in the address.
    pub fn key(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Today => "today",
            Self::Week => "week",
            Self::Holiday => "holiday",
            Self::Open => "open",
            Self::Met => "met",
            Self::Backlog => "backlog",
            Self::All => "all",
        }
    }

    /// The word on the page.
    pub fn word(self) -> &'static str {
        match self {
            Self::Overdue => "逾期",
            Self::Today => "今天到期",
            Self::Week => "本周到期",
            Self::Holiday => "跨下一个假期",
            Self::Open => "未办结",
            Self::Met => "已办结",
            Self::Backlog => "历史存量",
            Self::All => "全部",
        }
    }
}

/// What the list of obligations is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObligationFilter {
    /// Which states.
    pub show: ObligationShow,
    /// Only those of this case or rectification number.
    pub number: Option<String>,
    /// Only those due on this day.
    pub due: Option<NaiveDate>,
    /// Page, counted from 1.
    pub page: u32,
}

/// One line of a list of obligations.
#[derive(Debug, Clone)]
pub struct ObligationRow {
    /// Its id.
    pub id: ObligationId,
    /// How urgent it is.
    pub light: Light,
    /// What must be done, e.g. `结论归入廉政档案`.
    pub kind: String,
    /// The number of the case, finding or rectification it belongs to.
    pub number: String,
    /// The unit that owes it.
    pub unit: String,
    /// The due day.
    pub due: Day,
    /// Working days to or past the due day; none once it is met.
    pub remaining: Option<Remaining>,
    /// How sure the due day is.
    pub certainty: Certainty,
    /// The clause it rests on.
    pub clause: String,
    /// The day it was met.
    pub met: Option<NaiveDate>,
}

/// Whose number a limit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberSource {
    /// It stands in the policy's text.
    Policy,
    /// The site set it.
    Local,
}

impl NumberSource {
    /// The words on the page.
    pub fn word(self) -> &'static str {
        match self {
            Self::Policy => "政策规定",
            Self::Local => "本单位约定",
        }
    }
}

/// One obligation with everything its day rests on.
#[derive(Debug, Clone)]
pub struct ObligationView {
    /// The line of the list.
    pub row: ObligationRow,
    /// The person concerned.
    pub person: Option<String>,
    /// The matter's title.
    pub matter: Option<String>,
    /// The state, since when and by whom.
    pub state: Since,
    /// Whose calendar rules it.
    pub calendar: String,
    /// Extensions, stopped clocks, time lost to obstacles, in words.
    pub adjustments: Vec<String>,
    /// Why the due day is or is not certain.
    pub certainty_reason: String,
    /// How the due day came about.
    pub reckoning: Reckoning,
    /// What was decided about reminders, oldest first.
    pub alerts: Vec<AlertRow>,
}

/// How a due day came about.
#[derive(Debug, Clone)]
pub struct Reckoning {
    /// The event that starts the count, e.g. `作出结论性认定意见`.
    pub event: String,
    /// Its day.
    pub event_day: Day,
    /// The limit in words, e.g. `5 个工作日`.
    pub limit: String,
    /// Whose number that is.
    pub source: NumberSource,
    /// Today.
    pub today: NaiveDate,
    /// The days from the event to the due day, or to today when that is later.
    pub days: Vec<DayView>,
    /// Days left out of `days` because the span is long.
    pub omitted: u32,
}

/// What a day counts as in a reckoning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Not counted.
    None,
    /// The n-th day of the limit.
    Counted(u32),
    /// The n-th day past the limit.
    Over(u32),
}

/// A day of a reckoning.
#[derive(Debug, Clone)]
pub struct DayView {
    /// The day.
    pub day: Day,
    /// The holiday's name, for free and make-up days of a notice.
    pub name: Option<String>,
    /// What it counts as.
    pub count: Count,
}

/// A decision about one reminder.
#[derive(Debug, Clone)]
pub struct AlertRow {
    /// When it was decided.
    pub at: Moment,
    /// The obligation it is about.
    pub obligation: Option<ObligationId>,
    /// What it is about: number and kind.
    pub subject: String,
    /// The reminder point in words, e.g. `到期前 3 个工作日`.
    pub point: String,
    /// What was decided.
    pub decision: Decision,
    /// Who is told, or would have been: role and name.
    pub recipients: Vec<String>,
    /// Why.
    pub reason: String,
    /// The mail it became.
    pub mail: Option<MailId>,
}
