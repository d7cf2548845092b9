//! 整改台账: the list, the board, and one item with everything.

use super::finding::words;
use super::{Day, Light, PageOf, Remaining};
use crate::app::rectifications::{Offered, Open};
use crate::domain::ids::{ObligationId, RectificationId};
use crate::domain::rectification::Life;
use crate::domain::time::Moment;
use chrono::NaiveDate;

words! {
    /// Which items a list shows.
    LedgerShow {
        /// Not closed.
        Open = "open", "未销号";
        /// Past the day and not done.
        Overdue = "overdue", "逾期";
        /// Handed in, not checked.
        Check = "check", "待验收";
        /// Another day asked for, not decided.
        Extension = "extension", "待批延期";
        /// Closed.
        Closed = "closed", "已销号";
        /// Every one.
        All = "all", "全部";
    }
}
words! {
    /// How items are laid out.
    LedgerLook {
        /// A table.
        Table = "table", "表格";
        /// Columns by light.
        Board = "board", "看板";
    }
}

/// What the ledger is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerFilter {
    /// Which states.
    pub show: LedgerShow,
    /// Only those with this light.
    pub light: Option<Light>,
    /// Only of this unit and those below it.
    pub unit: Option<String>,
    /// Only supervised by this unit and those below it.
    pub supervisor: Option<String>,
    /// Only with this text in number, problem, unit or person.
    pub text: Option<String>,
    /// Page, counted from 1.
    pub page: u32,
}

/// One 整改事项 in a list.
#[derive(Debug, Clone)]
pub struct RectificationRow {
    /// Its id.
    pub id: RectificationId,
    /// Its number.
    pub number: String,
    /// Raised by each act.
    pub version: i64,
    /// How urgent it is.
    pub light: Light,
    /// 收: received.
    pub received: &'static str,
    /// 办: done.
    pub done: &'static str,
    /// 验: accepted.
    pub accepted_word: &'static str,
    /// Percent done.
    pub percent: u8,
    /// Level of the ladder and its colour.
    pub level: Option<(String, String)>,
    /// The problem.
    pub problem: String,
    /// The responsible unit.
    pub unit: String,
    /// The responsible person.
    pub person: String,
    /// The due day, when one is set.
    pub due: Option<Day>,
    /// Working days to or past the due day; none once accepted.
    pub remaining: Option<Remaining>,
    /// The last report's words.
    pub report: Option<String>,
    /// The last report's day.
    pub report_day: Option<NaiveDate>,
    /// Working days since the last report.
    pub report_ago: Option<u32>,
    /// The day it was accepted.
    pub accepted: Option<NaiveDate>,
}

/// The items of one light on a board.
#[derive(Debug, Clone)]
pub struct BoardColumn {
    /// Which.
    pub light: Light,
    /// How many there are.
    pub total: u64,
    /// The first of them.
    pub rows: Vec<RectificationRow>,
}

/// The units that a filter offers.
#[derive(Debug, Clone, Default)]
pub struct LedgerUnits {
    /// Responsible ones.
    pub units: Vec<String>,
    /// Supervising ones.
    pub supervisors: Vec<String>,
}

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    /// Done.
    Done,
    /// Past its day.
    Late,
    /// To be done.
    Open,
}

/// One line of the task list of an item.
#[derive(Debug, Clone)]
pub struct Task {
    /// What.
    pub name: String,
    /// How far.
    pub state: TaskState,
    /// The word for it.
    pub word: String,
    /// The day by which.
    pub due: Option<Day>,
}

/// A limit that runs for an item.
#[derive(Debug, Clone)]
pub struct RunningLimit {
    /// Its obligation.
    pub id: ObligationId,
    /// Its name.
    pub name: String,
    /// The due day.
    pub due: Day,
    /// Working days to or past it.
    pub remaining: Option<Remaining>,
}

/// One report of progress.
#[derive(Debug, Clone)]
pub struct Reporting {
    /// The day it counts for.
    pub on: NaiveDate,
    /// By whom.
    pub by: String,
    /// Percent done, where it was said.
    pub percent: Option<u8>,
    /// What was said.
    pub text: String,
    /// The stage that was done with it.
    pub stage: Option<String>,
}

/// One level of the ladder as an item sees it.
#[derive(Debug, Clone)]
pub struct Rung {
    /// The word of the profile.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its colour, in a word.
    pub colour: String,
    /// The paper that goes with it.
    pub paper: Option<String>,
    /// When it is reached by itself.
    pub points: Vec<String>,
    /// What to do then.
    pub action: String,
    /// The clause.
    pub clause: String,
    /// When it was reached, and by whom; empty for by itself.
    pub taken: Vec<(NaiveDate, String)>,
    /// The item stands there.
    pub current: bool,
    /// It lies above where the item stands.
    pub above: bool,
}

/// A paper that was issued.
#[derive(Debug, Clone)]
pub struct LedgerPaper {
    /// Its id.
    pub id: String,
    /// 文种
    pub kind: String,
    /// 文号
    pub number: String,
    /// When.
    pub at: Moment,
}

/// One thing that happened to an item.
#[derive(Debug, Clone)]
pub struct ItemEvent {
    /// The day it counts for.
    pub on: NaiveDate,
    /// When it was recorded.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// What.
    pub text: String,
}

/// One item with everything.
#[derive(Debug, Clone)]
pub struct ItemView {
    /// The line of the list.
    pub row: RectificationRow,
    /// Where it stands.
    pub life: Life,
    /// 整改时限(原).
    pub first_due: Option<Day>,
    /// Whose delay it is, where there is one.
    pub delay: Option<String>,
    /// The steps of its life and its stages.
    pub tasks: Vec<Task>,
    /// Limits that run.
    pub limits: Vec<RunningLimit>,
    /// Reports of progress, the last first.
    pub reports: Vec<Reporting>,
    /// The ladder, the mildest first.
    pub rungs: Vec<Rung>,
    /// Papers that were issued.
    pub papers: Vec<LedgerPaper>,
    /// Hand-overs that wait for a confirmation.
    pub hand_overs: Vec<Offered>,
    /// What whoever looks may do about it, and why not the rest.
    pub ways: Vec<Open>,
    /// What happened, the last first.
    pub history: Vec<ItemEvent>,
    /// The responsible unit lies within what whoever looks sees.
    pub is_own: bool,
}

/// The ledger as a page shows it.
#[derive(Debug, Clone)]
pub enum LedgerView {
    /// A table.
    Table(PageOf<RectificationRow>),
    /// Columns by light.
    Board(Vec<BoardColumn>),
}
