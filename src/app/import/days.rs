//! The days a file may name: those by which the calendar can reckon. One row that names another does not hold up the rest.

use crate::app::{App, AppError};
use crate::domain::alert::FARTHEST_POINT;
use chrono::NaiveDate;

/// From the first day of the calendar to the last behind which every reminder point still lies in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Days {
    first: NaiveDate,
    last: NaiveDate,
}

impl Days {
    pub(super) fn of(app: &App) -> Result<Self, AppError> {
        let calendars = app.calendars();
        let national = calendars.national();
        Ok(Self {
            first: national.first_day(),
            last: national.back(national.last_day(), FARTHEST_POINT)?,
        })
    }

    /// Why a day is not taken; `None` for one that is.
    pub(super) fn beyond(self, day: NaiveDate) -> Option<String> {
        let Self { first, last } = self;
        let there = (first..=last).contains(&day);
        (!there).then(|| format!("{day} 日历推算不到，只能写 {first} 至 {last} 的日期"))
    }

    /// Takes a day out of a cell that the row can do without; why.
    pub(super) fn take_out(self, day: &mut Option<NaiveDate>) -> Option<String> {
        let why = day.and_then(|day| self.beyond(day))?;
        *day = None;
        Some(format!("{why}；这一格没有采用"))
    }
}
