//! When and to whom reminders go.

use crate::domain::alert::{Point, Severity};
use crate::domain::contact::Role;
use crate::domain::name::Name;
use crate::domain::obligation::Kind;
use crate::domain::policy::Chain;
use serde::Deserialize;

/// When and to whom reminders go.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Name a limit refers to.
    pub id: String,
    /// Whose contacts.
    pub scope: Scope,
    /// Reminder points in order.
    pub points: Vec<Step>,
    /// What is said when the due day itself has moved: to whom the day matters.
    pub moved: Step,
    /// Who is told when nobody acknowledges.
    pub chain: Option<Chain>,
}

/// Whose contacts are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// 问责实施机关
    Organ,
    /// 督办单位
    Supervisor,
    /// 责任单位
    Unit,
}

impl Scope {
    /// The words people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Organ => "问责实施机关",
            Self::Supervisor => "督办单位",
            Self::Unit => "责任单位",
        }
    }
}

/// One reminder point.
#[derive(Debug, Clone)]
pub struct Step {
    /// When.
    pub point: Point,
    /// How loud.
    pub severity: Severity,
    /// Which roles of the schedule's scope.
    pub roles: Vec<Role>,
    /// People of another unit who are told too.
    pub also: Option<Also>,
    /// Kind of the alert where it differs from the obligation's.
    pub kind: Option<Kind>,
    /// Level of the ladder that an item of the ledger reaches with this reminder.
    pub level: Option<Name>,
}

impl Step {
    /// Whether an urgent reminder may come of it; how loud an opening is, is up to what was found.
    pub fn may_be_urgent(&self) -> bool {
        self.severity == Severity::Urgent || self.point == Point::Opened
    }
}

/// Further recipients.
#[derive(Debug, Clone)]
pub struct Also {
    /// Whose contacts.
    pub scope: Scope,
    /// Which roles.
    pub roles: Vec<Role>,
}

impl Schedule {
    /// Adds what is said when the day moves: to those told on the day itself, else to those told first.
    pub(super) fn new(id: String, scope: Scope, points: Vec<Step>, chain: Option<Chain>) -> Option<Self> {
        let model = points
            .iter()
            .find(|step| step.point == Point::Due)
            .or_else(|| points.first())?;
        let moved = Step {
            point: Point::Moved,
            severity: Severity::Info,
            kind: Some(Kind::DeadlineMoved),
            level: None,
            ..model.clone()
        };
        Some(Self {
            id,
            scope,
            points,
            moved,
            chain,
        })
    }
}
