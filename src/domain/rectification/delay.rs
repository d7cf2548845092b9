//! Whose delay it is: theirs, or ours while something they asked for waits.

use super::life::Life;
use super::limits::due_now;
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
/// A day on which a request of the unit (another day, a check) was waiting is ours, every other is theirs. After a
/// request to close that was granted, nothing is late any more on their side.
///
/// # Errors
/// The calendar does not reach that far.
pub fn delay(life: &Life, calendar: &Calendar, today: NaiveDate) -> Result<Delay, CalendarError> {
    let mut delay = Delay::default();
    let Some(due) = life.due_on else {
        return Ok(delay);
    };
    let end = life.closed_on.unwrap_or(today).min(today);
    if end <= due {
        return Ok(delay);
    }
    let late = calendar.count(due, end)?.working_days;
    // Until the day that counts now nothing is theirs.
    let theirs_from = due_now(life, calendar)?.unwrap_or(due).max(due).min(end);
    let mut waits: Vec<(NaiveDate, NaiveDate)> = life
        .extensions
        .iter()
        .map(|one| (one.asked_on, one.decided.as_ref().map_or(end, |decided| decided.on)))
        .chain(
            life.closings
                .iter()
                .map(|one| (one.asked_on, one.checked.as_ref().map_or(end, |checked| checked.on))),
        )
        .map(|(from, until)| (from.max(theirs_from), until.min(end)))
        .filter(|(from, until)| from < until)
        .collect();
    waits.sort_unstable();
    let mut waited = 0;
    let mut counted_to = theirs_from;
    for (from, until) in waits {
        let from = from.max(counted_to);
        if from < until {
            waited += calendar.count(from, until)?.working_days;
            counted_to = until;
        }
    }
    let after = if theirs_from < end {
        calendar.count(theirs_from, end)?.working_days
    } else {
        0
    };
    delay.theirs = after.saturating_sub(waited);
    delay.ours = late.saturating_sub(delay.theirs);
    Ok(delay)
}
