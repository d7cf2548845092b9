//! Reminders: when a point of a schedule is due, who is told, and why somebody is not told.

use super::ids::AlertId;
use super::obligation::Kind;
use super::time::Moment;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;

mod decide;
mod digest;
mod hand_on;
mod recipients;
mod silence;
mod subject;
mod trouble;
pub use decide::{
    Known, MERGED_LATE_ENTRY, MERGED_OUTAGE, MERGED_SAME_MOMENT, MERGED_TOGETHER, Pending, Planned, Verdict, decide,
    point_moment,
};
pub use digest::{summary_at, waits};
pub use hand_on::{HandOn, in_place, key_of, others};
pub use recipients::{Contact, Gap, Recipient, folded, gaps, reachable, resolve};
pub use silence::{HeldBack, Silence, Target, after_silence, is_of, silence_of, silence_of_reader};
pub use subject::{Named, Subject};
pub use trouble::Trouble;

/// How loud an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Before the day.
    Info,
    /// On the day.
    Warn,
    /// A promise is broken.
    Urgent,
}

impl Severity {
    /// The word other programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Urgent => "urgent",
        }
    }

    /// The word people read, as the documents of a profile use it.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Info => "提示",
            Self::Warn => "警示",
            Self::Urgent => "紧急",
        }
    }

    /// Reads the stored word.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Info, Self::Warn, Self::Urgent]
            .into_iter()
            .find(|severity| severity.as_str() == text)
    }
}

/// A reminder point relative to a due day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub enum Point {
    /// The n-th working day before.
    Before(u32),
    /// The day itself; the last working day before it when it is a rest day.
    Due,
    /// The n-th working day after.
    After(u32),
    /// When the thing was found.
    Opened,
    /// When the due day itself moved.
    Moved,
    /// When a level of the ladder was raised by hand; the mildest is 1.
    Level(u32),
    /// The n-th time that something nobody acknowledged is told again.
    Again(u32),
    /// The n-th step up the chain, for something nobody acknowledged.
    Chain(u32),
}

/// Working days a point may lie from its due day.
pub const FARTHEST_POINT: u32 = 250;

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Before(n) => write!(f, "T-{n}"),
            Self::Due => f.write_str("T0"),
            Self::After(n) => write!(f, "T+{n}"),
            Self::Opened => f.write_str("opened"),
            Self::Moved => f.write_str("moved"),
            Self::Level(n) => write!(f, "level-{n}"),
            Self::Again(n) => write!(f, "again-{n}"),
            Self::Chain(n) => write!(f, "chain-{n}"),
        }
    }
}

impl TryFrom<String> for Point {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
            .ok_or_else(|| format!("提醒点「{text}」无法识别，应写成 T-3、T0、T+1 或 opened（最远 {FARTHEST_POINT}）"))
    }
}

impl Point {
    /// Reads `T-3`, `T0`, `T+1`, `opened`, `level-2`, `again-1`, `chain-1`.
    pub fn parse(text: &str) -> Option<Self> {
        let any = |digits: &str| digits.parse::<u32>().ok().filter(|n| *n > 0);
        let number = |digits: &str| any(digits).filter(|n| *n <= FARTHEST_POINT);
        match text {
            "T0" => Some(Self::Due),
            "opened" => Some(Self::Opened),
            "moved" => Some(Self::Moved),
            _ if text.starts_with("level-") => number(&text["level-".len()..]).map(Self::Level),
            _ if text.starts_with("again-") => any(&text["again-".len()..]).map(Self::Again),
            _ if text.starts_with("chain-") => number(&text["chain-".len()..]).map(Self::Chain),
            _ => match text.split_at_checked(2)? {
                ("T-", digits) => number(digits).map(Self::Before),
                ("T+", digits) => number(digits).map(Self::After),
                _ => None,
            },
        }
    }

    /// What a subject line says of it.
    pub fn zh(self) -> String {
        match self {
            Self::Before(n) => format!("还有 {n} 个工作日到期"),
            Self::Due => "今天到期".to_owned(),
            Self::After(n) => format!("逾期 {n} 个工作日"),
            Self::Opened => "新发现".to_owned(),
            Self::Moved => "到期日变动".to_owned(),
            Self::Level(_) => "升级".to_owned(),
            Self::Again(_) => "仍未答复".to_owned(),
            Self::Chain(_) => "逐级上报".to_owned(),
        }
    }

    /// Whether it comes from the chain rather than from a schedule.
    pub fn is_of_chain(self) -> bool {
        matches!(self, Self::Again(_) | Self::Chain(_))
    }
}

/// Why an alert was or was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A mail was put into the outbox.
    Sent,
    /// A newer reminder of the same thing went out in its place.
    Merged,
    /// Nobody to tell.
    NoRecipient,
    /// Somebody has silenced it for a while.
    Silenced,
    /// The whole it is a part of is late itself, and tells of both.
    Inhibited,
}

impl Outcome {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Merged => "merged",
            Self::NoRecipient => "no_recipient",
            Self::Silenced => "silenced",
            Self::Inhibited => "inhibited",
        }
    }

    /// The word people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Sent => "已发",
            Self::Merged => "合并",
            Self::NoRecipient => "无人可通知",
            Self::Silenced => "静默",
            Self::Inhibited => "由整体代替",
        }
    }

    /// Reads the stored word.
    pub fn from_text(text: &str) -> Option<Self> {
        [
            Self::Sent,
            Self::Merged,
            Self::NoRecipient,
            Self::Silenced,
            Self::Inhibited,
        ]
        .into_iter()
        .find(|outcome| outcome.as_str() == text)
    }
}

/// A decision about one reminder to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Derived from the identity.
    pub id: AlertId,
    /// Subject, revision, point, recipient, channel: unique for ever.
    pub identity: String,
    /// Key of the obligation.
    pub subject_key: String,
    /// Id of the obligation.
    pub subject_id: String,
    /// Kind of the alert.
    pub kind: Kind,
    /// Reminder point.
    pub point: Point,
    /// Revision of the due day it was decided under.
    pub revision: u32,
    /// How loud.
    pub severity: Severity,
    /// Number of the case or rectification.
    pub number: Option<String>,
    /// Due day.
    pub due: NaiveDate,
    /// Clause.
    pub clause: String,
    /// Who is told; `None` when nobody could be found or the reminder was merged.
    pub recipient: Option<Recipient>,
    /// The moment the point fell due.
    pub at: Moment,
    /// Sent or not.
    pub outcome: Outcome,
    /// Why.
    pub reason: String,
    /// What it says, in one line.
    pub title: String,
    /// It is told in the summary of a morning rather than in a mail of its own.
    pub waits: bool,
}

impl Alert {
    /// Whether its point needs no further decision.
    pub fn settles(&self) -> bool {
        match self.outcome {
            Outcome::NoRecipient => false,
            // One reader's own silence; the others were told.
            Outcome::Silenced => self.recipient.is_some(),
            Outcome::Sent | Outcome::Merged | Outcome::Inhibited => true,
        }
    }
}

/// The channel of this release.
pub const CHANNEL_MAIL: &str = "mail";

/// The identity under which a reminder exists once, whatever happens.
pub fn identity(subject_key: &str, revision: u32, point: Point, recipient: &str) -> String {
    format!("{subject_key}|r{revision}|{point}|{recipient}|{CHANNEL_MAIL}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_read_and_print_alike() {
        for text in [
            "T-10",
            "T0",
            "T+1",
            "opened",
            "moved",
            "level-2",
            "again-300",
            "chain-2",
        ] {
            assert_eq!(Point::parse(text).expect("valid").to_string(), text);
        }
        for text in [
            "T-0", "T+0", "T", "", "T-x", "T-9999", "期-1", "level-", "level-0", "again-0", "chain-",
        ] {
            assert_eq!(Point::parse(text), None, "{text}");
        }
    }
}
