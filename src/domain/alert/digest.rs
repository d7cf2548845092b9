//! What may wait for the summary of a morning, and when that goes out.

use super::{Planned, Severity};
use crate::domain::calendar::{Calendar, CalendarError};
use crate::domain::obligation::{Kind, Obligation};
use crate::domain::policy::Policy;
use crate::domain::time::Moment;

/// When a reader's next summary goes out; `had`: today's has gone.
pub fn summary_at(policy: &Policy, calendar: &Calendar, had: bool, now: Moment) -> Result<Moment, CalendarError> {
    let today = now.day();
    let morning = Moment::at(today, policy.routing.digest_at);
    if !had && now.time() < policy.end && calendar.is_working_day(today)? {
        return Ok(morning.max(now));
    }
    Ok(Moment::at(calendar.add(today, 1)?.day, policy.routing.digest_at))
}

/// Whether a reminder waits for the reader's next summary: it is not urgent, and the summary does not come too late for
/// the due day.
pub fn waits(obligation: &Obligation, planned: &Planned<'_>, policy: &Policy, summary: Moment, now: Moment) -> bool {
    // The history of an import is a summary already.
    if planned.severity == Severity::Urgent
        || !policy.routing.waits(planned.severity)
        || obligation.kind == Kind::Backlog
    {
        return false;
    }
    let due = obligation.due.alert_day;
    summary.day() == now.day() || summary.day() < due || due < now.day()
}
