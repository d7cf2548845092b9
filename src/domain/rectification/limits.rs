//! Which limits run for an item: the day it is to be done by, its stages, and what the profile lets run from what
//! happened to it.

use super::life::{Life, Verdict};
use crate::domain::calendar::{Calendar, CalendarError};
use crate::domain::deadline::Adjustment;
use crate::domain::obligation::{Due, Kind, Wanted, due_given, due_of};
use crate::domain::policy::{Anchor, Event, Limit, Policy};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Why the clock of an item stands still.
const EXTENSION_PENDING: &str = "延期申请等待审批";

/// The natural key of an item's due day.
pub fn main_key(number: &str) -> String {
    format!("rectification:{number}")
}

/// The natural key of a stage.
fn stage_key(number: &str, stage: &str) -> String {
    format!("rectification:{number}:stage:{stage}")
}

fn key(number: &str, limit: &Limit) -> String {
    format!("rectification:{number}:{}", limit.id)
}

/// What an item asks for now, and what stands in the way of its clock.
///
/// # Errors
/// The calendar does not reach that far.
pub fn wanted(
    number: &str,
    life: &Life,
    policy: &Policy,
    calendar: &Calendar,
    backlog: bool,
) -> Result<Vec<(Wanted, Vec<Adjustment>)>, CalendarError> {
    let mut out = Vec::new();
    let main = policy.limit(Kind::Rectification);
    let done = life.done_on();
    if let (Some(limit), Some(due)) = (main, life.due_on) {
        let pending = life.extension_pending().map(|pending| Adjustment::Suspended {
            from: pending.asked_on,
            until: None,
            reason: EXTENSION_PENDING.to_owned(),
            approver: limit
                .extension
                .as_ref()
                .map_or("", |rules| rules.approver.zh())
                .to_owned(),
        });
        let want = one(main_key(number), limit, due, due_given(due, calendar), done);
        out.push((want, pending.into_iter().collect()));
    }
    if let Some(limit) = policy.limit(Kind::Stage) {
        for stage in &life.stages {
            let key = stage_key(number, &stage.name);
            let due = due_given(stage.due_on, calendar);
            let met = stage.done_on.or(done);
            out.push((one(key, limit, stage.due_on, due, met), Vec::new()));
        }
    }
    let timeline = timeline(life);
    for limit in policy.limits() {
        let Anchor::Event(anchor) = limit.anchor else {
            continue;
        };
        let Some(event_day) = timeline.get(&anchor).copied() else {
            continue;
        };
        let due = due_of(limit.terms, event_day, &[], calendar)?;
        let recurring = limit.kind.recurs();
        let met = limit
            .done_by
            .filter(|_| !recurring)
            .and_then(|event| timeline.get(&event).copied());
        if limit.kind == Kind::Progress {
            // Once the whole is due, nobody asks for its parts; what had lapsed before it came here is kept awake by them.
            let before_the_whole = life.due_on.is_some_and(|whole| due.day < whole);
            if !(before_the_whole || backlog) {
                continue;
            }
        }
        out.push((one(key(number, limit), limit, event_day, due, met), Vec::new()));
    }
    Ok(out)
}

fn one(key: String, limit: &Limit, event_day: NaiveDate, due: Due, met_on: Option<NaiveDate>) -> Wanted {
    Wanted {
        met_on,
        ..Wanted::under(limit, key, event_day, due)
    }
}

/// The day of each event that a limit may run from or be done by. What was overtaken by a later one is left out.
fn timeline(life: &Life) -> BTreeMap<Event, NaiveDate> {
    let mut days = BTreeMap::new();
    let mut put = |event: Event, day: Option<NaiveDate>| {
        if let Some(day) = day {
            days.insert(event, day);
        }
    };
    if life.is_closed() {
        put(Event::RECTIFICATION_CLOSED, life.closed_on);
        for (event, visit) in [Event::RECHECKED_1, Event::RECHECKED_2, Event::RECHECKED_3]
            .into_iter()
            .zip(&life.visits)
        {
            put(event, Some(visit.on));
        }
    }
    put(Event::RECTIFICATION_ISSUED, life.issued_on);
    put(
        Event::RECTIFICATION_RECEIVED,
        life.received.as_ref().map(|received| received.on).or(life.done_on()),
    );
    if let Some(last) = life.extensions.last() {
        put(Event::EXTENSION_ASKED, Some(last.asked_on));
        put(
            Event::EXTENSION_DECIDED,
            last.decided.as_ref().map(|decided| decided.on),
        );
    }
    if let Some(last) = life.closings.last() {
        put(Event::CLOSING_ASKED, Some(last.asked_on));
        put(Event::CLOSING_CHECKED, last.checked.as_ref().map(|checked| checked.on));
    }
    let first = life.issued_on.max(life.listed_on);
    if !life.is_closed() && life.is_standing() {
        let last = life.confirmed.as_ref().map(|confirmed| confirmed.on);
        put(Event::RECTIFICATION_CONFIRMED, last.max(first));
    }
    if life.done_on().is_none() && !life.is_standing() {
        let report = life.report.as_ref().map(|report| report.on);
        let returned = life
            .closings
            .last()
            .and_then(|one| one.checked.as_ref())
            .filter(|checked| checked.verdict == Verdict::Refused)
            .map(|checked| checked.on);
        let relapsed = life.relapses.last().copied();
        put(
            Event::PROGRESS_REPORTED,
            [report, returned, relapsed, first].into_iter().max().flatten(),
        );
    }
    days
}
