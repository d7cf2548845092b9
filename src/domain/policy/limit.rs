//! One limit: from which event, how long, how binding, on which clause.

use super::Event;
use crate::domain::contact::Role;
use crate::domain::deadline::{Direction, Terms, Unit};
use crate::domain::name::Name;
use crate::domain::obligation::Kind;
use serde::Deserialize;

/// One limit.
#[derive(Debug, Clone)]
pub struct Limit {
    /// Its own name within the profile; the kind's where the profile gives none.
    pub id: Name,
    /// What must be done.
    pub kind: Kind,
    /// Its name for people.
    pub name: String,
    /// The event it runs from.
    pub anchor: Anchor,
    /// The event that fulfils it; none where a ledger or an answer does.
    pub done_by: Option<Event>,
    /// Conclusions it applies to; empty: whatever the conclusion.
    pub levels: Vec<AppliesTo>,
    /// How long, counted how; amount 0 where the anchor gives the day itself.
    pub terms: Terms,
    /// How binding the text is.
    pub mode: Mode,
    /// Whether the number stands in the policy or is a local default.
    pub number_from: NumberFrom,
    /// Clause it rests on.
    pub clause: String,
    /// The words of the clause.
    pub quote: String,
    /// Reminder schedule.
    pub schedule: String,
    /// What to do, said in a mail.
    pub action: String,
    /// How it may be extended.
    pub extension: Option<Extension>,
    /// How its clock may be stopped.
    pub suspension: Option<Suspension>,
    /// How it may be put off after an obstacle.
    pub postponement: Option<Postponement>,
}

/// The event a limit runs from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// A dated event of the case.
    Event(Event),
    /// A ledger names the due day itself.
    Given,
    /// The day something was found or first imported.
    Opened,
}

/// Conclusions a limit applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppliesTo {
    /// 免责
    Full,
    /// 从轻, 减轻
    Capped,
    /// 不予容错
    NotTolerated,
    /// 澄清正名
    Clarified,
}

impl AppliesTo {
    /// The words people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Full => "免责",
            Self::Capped => "从轻减轻",
            Self::NotTolerated => "不予容错",
            Self::Clarified => "澄清正名",
        }
    }
}

/// How binding a limit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A number in the text.
    Hard,
    /// 一般, 原则上: a number the text lets one depart from.
    General,
    /// 及时: the text gives no number.
    Prompt,
}

impl Mode {
    /// The words people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Hard => "硬性",
            Self::General => "一般",
            Self::Prompt => "及时",
        }
    }
}

/// Where the number comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberFrom {
    /// The policy text.
    Policy,
    /// A local default, to be shown as 本单位约定.
    Local,
}

impl NumberFrom {
    /// The words people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Policy => "政策规定",
            Self::Local => "本单位约定",
        }
    }
}

/// 延长: how far, how often, by whose word.
#[derive(Debug, Clone)]
pub struct Extension {
    /// The most that all extensions together may add.
    pub max: u32,
    /// Unit of `max`.
    pub unit: Unit,
    /// How many extensions.
    pub times: u32,
    /// Whose approval.
    pub approver: Role,
    /// Whether a reason must be written down.
    pub reason_required: bool,
    /// Whether the subject must have been told of it.
    pub inform_subject: bool,
    /// Clause it rests on.
    pub clause: String,
    /// Whose numbers.
    pub number_from: NumberFrom,
}

/// 中止: the clock stops and goes on later.
#[derive(Debug, Clone)]
pub struct Suspension {
    /// On which grounds; empty: any that is written down.
    pub grounds: Vec<String>,
    /// Whose approval.
    pub approver: Role,
    /// Clause it rests on.
    pub clause: String,
    /// Whose rule.
    pub number_from: NumberFrom,
}

/// 顺延 after an obstacle: to be applied for within a time after the obstacle ended.
#[derive(Debug, Clone)]
pub struct Postponement {
    /// Amount of the time within which to apply.
    pub within: u32,
    /// Its unit.
    pub unit: Unit,
    /// Clause it rests on.
    pub clause: String,
    /// Whose number.
    pub number_from: NumberFrom,
}

impl Postponement {
    /// The time to apply as a limit of its own.
    pub fn terms(&self, roll_off: bool) -> Terms {
        Terms {
            amount: self.within,
            unit: self.unit,
            direction: Direction::After,
            roll_off,
        }
    }
}
