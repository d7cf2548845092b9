//! Whose delay it is: theirs, or ours while something they asked for waits.

use super::life::Life;
use crate::domain::calendar::{Calendar, CalendarError};
use chrono::NaiveDate;

/// Working days after the due day, by who let them pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delay {
    /// The unit's.
    pub theirs: u32,
    /// The supervisor's: a request that had been made waited for an answer.
    pub ours: u32,
}

impl Delay {
    /// For people.
    pub fn zh(self) -> String {
        match (self.theirs, self.ours) {
            (0, 0) => "没有逾期".to_owned(),
            (theirs, 0) => format!("逾期 {theirs} 个工作日"),
            (theirs, ours) => {
                format!(
                    "逾期 {} 个工作日，其中责任单位 {theirs} 个、等待审批或验收 {ours} 个",
                    theirs + ours
                )
            }
        }
    }
}

/// Reckons the working days after the due day until it was closed, or until today.
///
/// A day after the day that was due when something was asked for, on which it waited for an answer, is ours; every other
/// day after the due day of now is theirs.
///
/// # Errors
/// The calendar does not reach that far.
pub fn delay(life: &Life, calendar: &Calendar, today: NaiveDate) -> Result<Delay, CalendarError> {
    let mut delay = Delay::default();
    let Some(due) = life.due_on else {
        return Ok(delay);
    };
    let end = life.closed_on.unwrap_or(today).min(today);
    let days = |from: NaiveDate, until: NaiveDate| -> Result<u32, CalendarError> {
        Ok(if from < until {
            calendar.count(from, until)?.working_days
        } else {
            0
        })
    };
    let asked = life
        .extensions
        .iter()
        .map(|one| (one.asked_on, Some(one.from), &one.decided));
    let handed_in = life.closings.iter().map(|one| (one.asked_on, one.due_on, &one.checked));
    let mut waited_since = 0;
    for (asked_on, due_then, answer) in asked.chain(handed_in) {
        let until = answer.as_ref().map_or(end, |answer| answer.on).min(end);
        delay.ours += days(due_then.map_or(asked_on, |then| then.max(asked_on)), until)?;
        waited_since += days(asked_on.max(due), until)?;
    }
    delay.theirs = days(due, end)?.saturating_sub(waited_since);
    Ok(delay)
}
