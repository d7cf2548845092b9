//! The first page.

use super::finding::words;
use super::{Day, FindingRow, ObligationRow};

/// The working day at one glance.
#[derive(Debug, Clone)]
pub struct DashboardView {
    /// Today.
    pub today: Day,
    /// Working days of this week, Monday to Sunday.
    pub week_workdays: u32,
    /// The next statutory holiday.
    pub next_holiday: Option<NextHoliday>,
    /// The first year that has no notice although days of it are needed.
    pub missing_year: Option<i32>,
    /// The counters.
    pub counts: DashboardCounts,
    /// What waits for whoever looks, as far as it is theirs.
    pub mine: Vec<MineRow>,
    /// What presses most, gravest first, bounded by the query.
    pub obligations: Vec<ObligationRow>,
    /// Open findings, gravest first, bounded by the query.
    pub findings: Vec<FindingRow>,
}

/// A holiday to come.
#[derive(Debug, Clone)]
pub struct NextHoliday {
    /// `元旦`.
    pub name: String,
    /// Its first free day.
    pub from: Day,
    /// Free days in a row; unknown while the notice is not out.
    pub days: Option<u32>,
    /// The working day behind it.
    pub resumes: Option<Day>,
    /// Rest days around it that are worked.
    pub worked: Vec<Day>,
    /// Open limits that run over it; none for whoever has no desk.
    pub across: Option<u64>,
}

words! {
    /// What may wait for somebody.
    Mine {
        /// Urgent reminders that nobody has taken note of.
        Acknowledge = "acknowledge", "提醒等待确认收悉";
        /// Findings to answer, or to look at a second time.
        Findings = "findings", "疑似问题待答复、待复核";
        /// Extensions to decide.
        Extensions = "extensions", "延期申请待审批";
        /// Items handed in to be checked.
        Checks = "checks", "销号申请待验收";
        /// Cases of the viewer's in which something is still to be done, archives and feedback after a conclusion too.
        Cases = "cases", "本人经办的案件未办结";
        /// Items of the viewer's unit that are not closed.
        Items = "items", "本单位的整改事项未销号";
    }
}

/// So much of one sort waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MineRow {
    /// Of which sort.
    pub what: Mine,
    /// How much.
    pub count: u64,
}

/// What the counters on the first page say.
#[derive(Debug, Clone, Copy, Default)]
pub struct DashboardCounts {
    /// Obligations past their due day.
    pub overdue: u64,
    /// Due today.
    pub today: u64,
    /// Due from today to the end of this week.
    pub week: u64,
    /// Findings that wait for an answer.
    pub findings: u64,
    /// Mails not yet accepted by the mail server.
    pub unsent: u64,
}
