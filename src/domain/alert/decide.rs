//! Which reminder of an obligation is due now. A pure decision over the row, the schedule, the
//! calendar, what was decided before, and `now`: start-up, catch-up and a normal minute are one path.

use super::{Point, Severity};
use crate::domain::calendar::{Calendar, CalendarError};
use crate::domain::deadline::is_stopped;
use crate::domain::obligation::{Obligation, State};
use crate::domain::policy::{Chain, Policy, Schedule, Step};
use crate::domain::time::Moment;
use std::borrow::Cow;

/// A reminder point with the moment it falls due.
#[derive(Debug, Clone)]
pub struct Planned<'a> {
    /// The step of the schedule, or what its chain makes of it.
    pub step: Cow<'a, Step>,
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
/// Two reminders of the same moment are one.
pub const MERGED_TOGETHER: &str = "与同一时刻的另一提醒并为一封";
/// Two points of one schedule fall on the same moment.
pub const MERGED_SAME_MOMENT: &str = "与同一天的另一提醒点重合，并为一封";
/// The point had passed before the obligation was known.
pub const MERGED_LATE_ENTRY: &str = "登记时该提醒点已过，并入最近一次";

/// What was decided and done about an obligation before.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// Points of this revision that already have a decision.
    pub decided: &'a [Point],
    /// Somebody has taken note of it: it is neither told again nor to those above.
    pub acknowledged: bool,
}

/// Decides.
pub fn decide<'a>(
    obligation: &Obligation,
    schedule: &'a Schedule,
    policy: &Policy,
    calendar: &Calendar,
    known: Known<'_>,
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
    let decided = known.decided;
    let mut planned = plan(obligation, schedule, policy, calendar)?;
    if let Some(chain) = schedule.chain.as_ref().filter(|_| !known.acknowledged) {
        let further = upward(chain, &planned, policy, calendar, now)?;
        planned.extend(further);
    }
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
        verdict.merged.push(merged(obligation, newest.1.clone(), None));
    }
    let sent = verdict.send.clone();
    verdict
        .merged
        .extend(older.iter().map(|(_, p)| merged(obligation, p.clone(), sent.as_ref())));
    Ok(verdict)
}

fn merged<'a>(obligation: &Obligation, planned: Planned<'a>, sent: Option<&Planned<'_>>) -> Pending<'a> {
    let of_chain = |sent: &Planned<'_>| sent.step.point.is_of_chain() || planned.step.point.is_of_chain();
    let reason = if sent.is_some_and(|sent| sent.at == planned.at && of_chain(sent)) {
        MERGED_TOGETHER
    } else if sent.is_some_and(|sent| sent.at == planned.at) {
        MERGED_SAME_MOMENT
    } else if planned.at < obligation.created {
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
                step: Cow::Borrowed(step),
                severity,
                at: point_moment(step.point, obligation, policy, calendar)?,
            })
        })
        .collect()
}

/// What follows the first urgent reminder while nobody acknowledges it: the steps of the chain, and of the times it is
/// told again the last that has come and the next. Those between fell into a pause of the service; one of them is enough.
fn upward<'a>(
    chain: &Chain,
    planned: &[Planned<'a>],
    policy: &Policy,
    calendar: &Calendar,
    now: Moment,
) -> Result<Vec<Planned<'a>>, CalendarError> {
    let urgent = planned.iter().filter(|p| p.severity == Severity::Urgent);
    let Some(first) = urgent.min_by_key(|p| p.at) else {
        return Ok(Vec::new());
    };
    let start = first.at.day();
    let on = |days: u32| Ok(Moment::at(calendar.add(start, days)?.day, policy.start));
    let mut further = Vec::new();
    for (number, step) in (1..).zip(&chain.steps) {
        further.push(Planned {
            step: Cow::Owned(Step {
                point: Point::Chain(number),
                severity: Severity::Urgent,
                roles: step.roles.clone(),
                also: None,
                kind: None,
                level: None,
            }),
            severity: Severity::Urgent,
            at: on(step.after)?,
        });
    }
    let Some(every) = chain.repeat else {
        return Ok(further);
    };
    let passed = if now.day() > start {
        calendar.count(start, now.day())?.working_days / every
    } else {
        0
    };
    for number in [passed, passed + 1] {
        let days = number * every;
        if number == 0 || days > FARTHEST {
            continue;
        }
        let above = chain.steps.iter().filter(|step| step.after <= days);
        let mut roles = first.step.roles.clone();
        for role in above.flat_map(|step| &step.roles) {
            if !roles.contains(role) {
                roles.push(*role);
            }
        }
        further.push(Planned {
            step: Cow::Owned(Step {
                point: Point::Again(number),
                severity: Severity::Urgent,
                roles,
                also: first.step.also.clone(),
                kind: None,
                level: None,
            }),
            severity: Severity::Urgent,
            at: on(days)?,
        });
    }
    Ok(further)
}

/// Working days after which nothing is told again: ten years; nobody answers then.
const FARTHEST: u32 = 2_500;

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
        // The chain reckons its own moments; they belong to the reminder it begins with.
        Point::Opened | Point::Level(_) | Point::Again(_) | Point::Chain(_) => return Ok(obligation.created),
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
