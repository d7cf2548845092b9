//! The first page.

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
