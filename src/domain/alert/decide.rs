//! Which reminder of an obligation is due now. A pure decision over the row, the schedule, the
//! calendar, what was decided before, and `now`: start-up, catch-up and a normal minute are one path.

use super::{Point, Severity};
use crate::domain::calendar::{Calendar, CalendarError};
use crate::domain::deadline::is_stopped;
use crate::domain::obligation::{Obligation, State};
use crate::domain::policy::{Policy, Schedule, Step};
use crate::domain::time::Moment;

/// A reminder point with the moment it falls due.
#[derive(Debug, Clone)]
pub struct Planned<'a> {
    /// The step of the schedule.
    pub step: &'a Step,
    /// How loud: the step's, or the finding's own when it opens.
    pub severity: Severity,
    /// The moment the point falls due.
    pub at: Moment,
}

/// A point that is settled without a mail.
#[derive(Debug, Clone)]
pub struct Pending<'a> {
    /// The point.
    pub planned: Planned<'a>,
    /// Why no mail of its own.
    pub reason: &'static str,
}

/// What to do about an obligation now.
#[derive(Debug, Clone)]
pub struct Verdict<'a> {
    /// The one reminder to send.
    pub send: Option<Planned<'a>>,
    /// Older reminders that are recorded and not sent.
    pub merged: Vec<Pending<'a>>,
    /// When to look again; `None`: nothing further will ever be due.
    pub next: Option<Moment>,
}

/// A newer reminder took its place after a pause of the service.
pub const MERGED_OUTAGE: &str = "因停机合并：服务停运期间已过的提醒并入最近一次";
/// The point had passed before the obligation was known.
pub const MERGED_LATE_ENTRY: &str = "登记时该提醒点已过，并入最近一次";

/// Decides. `decided` are the points of this revision that already have a decision.
pub fn decide<'a>(
    obligation: &Obligation,
    schedule: &'a Schedule,
    policy: &Policy,
    calendar: &Calendar,
    decided: &[Point],
    now: Moment,
) -> Result<Verdict<'a>, CalendarError> {
    let mut verdict = Verdict {
        send: None,
        merged: Vec::new(),
        next: None,
    };
    if obligation.state != State::Open || obligation.backlog || is_stopped(&obligation.adjustments) {
        return Ok(verdict);
    }
    let mut planned = plan(obligation, schedule, policy, calendar)?;
    planned.sort_by_key(|p| p.at);
    let newest_decided = planned.iter().rposition(|p| decided.contains(&p.step.point));
    let (due, future): (Vec<_>, Vec<_>) = planned
        .into_iter()
        .enumerate()
        .filter(|(_, p)| !decided.contains(&p.step.point))
        .partition(|(_, p)| p.at <= now);
    verdict.next = future.first().map(|(_, p)| p.at);
    let Some((newest, older)) = due.split_last() else {
        return Ok(verdict);
    };
    let may_send_from = sending_moment(newest.1.severity, policy, calendar, now)?;
    if newest_decided.is_none_or(|position| position < newest.0) {
        if may_send_from > now {
            verdict.next = Some(verdict.next.map_or(may_send_from, |next| next.min(may_send_from)));
            return Ok(verdict);
        }
        verdict.send = Some(newest.1.clone());
    } else {
        verdict.merged.push(merged(obligation, newest.1.clone()));
    }
    verdict
        .merged
        .extend(older.iter().map(|(_, p)| merged(obligation, p.clone())));
    Ok(verdict)
}

fn merged<'a>(obligation: &Obligation, planned: Planned<'a>) -> Pending<'a> {
    let reason = if planned.at < obligation.created {
        MERGED_LATE_ENTRY
    } else {
        MERGED_OUTAGE
    };
    Pending { planned, reason }
}

fn plan<'a>(
    obligation: &Obligation,
    schedule: &'a Schedule,
    policy: &Policy,
    calendar: &Calendar,
) -> Result<Vec<Planned<'a>>, CalendarError> {
    let moved = obligation.moved.as_ref().map(|_| &schedule.moved);
    schedule
        .points
        .iter()
        .chain(moved)
        .map(|step| {
            let severity = match (step.point, obligation.opened_severity, &obligation.moved) {
                (Point::Opened, Some(own), _) => own,
                // Less time than people were told of: they must know at once.
                (Point::Moved, _, Some(moved)) if obligation.due.day < moved.from => Severity::Urgent,
                _ => step.severity,
            };
            Ok(Planned {
                step,
                severity,
                at: point_moment(step.point, obligation, policy, calendar)?,
            })
        })
        .collect()
}

/// The moment a point of an obligation falls due: the start of office hours on its working day.
pub fn point_moment(
    point: Point,
    obligation: &Obligation,
    policy: &Policy,
    calendar: &Calendar,
) -> Result<Moment, CalendarError> {
    let due = obligation.due.alert_day;
    let day = match point {
        // Nothing is late before the day people were told, however early they were reminded of it.
        Point::Before(n) => calendar.back(due, n)?,
        Point::Due => calendar.on_or_before(due)?,
        Point::After(n) => calendar.add(obligation.due.day, n)?.day,
        Point::Opened | Point::Level(_) => return Ok(obligation.created),
        Point::Moved => {
            return Ok(obligation.moved.as_ref().map_or(obligation.created, |moved| moved.at));
        }
    };
    Ok(Moment::at(day, policy.start))
}

/// Office hours are respected unless a promise is broken.
fn sending_moment(
    severity: Severity,
    policy: &Policy,
    calendar: &Calendar,
    now: Moment,
) -> Result<Moment, CalendarError> {
    if severity == Severity::Urgent {
        return Ok(now);
    }
    let today = now.day();
    if calendar.is_working_day(today)? {
        if now.time() < policy.start {
            return Ok(Moment::at(today, policy.start));
        }
        if now.time() < policy.end {
            return Ok(now);
        }
    }
    Ok(Moment::at(calendar.add(today, 1)?.day, policy.start))
}
