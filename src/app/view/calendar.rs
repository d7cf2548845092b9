//! A year at a glance.

use super::{Certainty, Day, Light};
use crate::domain::ids::ObligationId;
use crate::domain::time::Moment;
use chrono::NaiveDate;

/// How much of a year the notices settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// Every day is settled.
    Firm,
    /// Settled but for 29–31 December, which the next year's notice may still move.
    Open,
    /// No notice yet: Monday to Friday less the statutory holidays.
    Unpublished,
}

/// A year with its free and worked days and what is due.
#[derive(Debug, Clone)]
pub struct CalendarView {
    /// The year.
    pub year: i32,
    /// The first year there is.
    pub first_year: i32,
    /// The last year that can be shown.
    pub last_year: i32,
    /// Today.
    pub today: NaiveDate,
    /// How much is settled.
    pub coverage: Coverage,
    /// Working days of the year.
    pub workdays: u32,
    /// The notices behind it, by day of publication.
    pub notices: Vec<NoticeRow>,
    /// What came to this installation of late, the newest first.
    pub arrivals: Vec<ArrivalRow>,
    /// Every day of the year, in order.
    pub days: Vec<CalendarDay>,
}

/// A notice of the State Council's office, or a local one.
#[derive(Debug, Clone)]
pub struct NoticeRow {
    /// Its number, where known.
    pub number: Option<String>,
    /// The day of publication, where known.
    pub published: Option<NaiveDate>,
    /// What it settles, e.g. `2026 年全年` or `调整劳动节安排`.
    pub about: String,
}

/// A notice or an arrangement that came to this installation.
#[derive(Debug, Clone)]
pub struct ArrivalRow {
    /// When.
    pub at: Moment,
    /// Who brought it.
    pub by: String,
    /// What it was.
    pub said: String,
    /// Due days that moved with it; none for whoever has no desk.
    pub moved: Option<u64>,
}

/// A due day that a notice moved.
#[derive(Debug, Clone)]
pub struct MovedRow {
    /// When.
    pub at: Moment,
    /// The obligation.
    pub obligation: ObligationId,
    /// Number of the case or rectification.
    pub number: String,
    /// What must be done.
    pub kind: String,
    /// Why, from which day to which.
    pub said: String,
    /// The due day now.
    pub due: Day,
}

/// A day of the year.
#[derive(Debug, Clone)]
pub struct CalendarDay {
    /// The day.
    pub day: Day,
    /// The holiday's name.
    pub name: Option<String>,
    /// Whether it may still change.
    pub certainty: Certainty,
    /// What is due on it.
    pub due: Option<DueDot>,
}

/// Things due on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueDot {
    /// The gravest of them.
    pub light: Light,
    /// How many.
    pub count: u32,
}
