//! What is written down after the conclusion, other events of the case, and days that were written down wrong.

use super::check::{concluded, filled, not_after, not_before, once, once_called, refuse};
use super::{Archive, CaseState, Refused, Told};
use crate::domain::case::Conclusion;
use crate::domain::policy::{Event, Guard, Policy};
use chrono::NaiveDate;

pub(super) fn tell(state: &CaseState, to: Told, day: NaiveDate, policy: &Policy) -> Result<(), Refused> {
    concluded(state, day)?;
    if state.conclusion == Some(Conclusion::NotTolerated) && policy.insists_on(Guard::ToldOrExplained) {
        return refuse("不予容错的，登记解释答复（二(四)4）");
    }
    once(state, to.event())
}

pub(super) fn explain(state: &CaseState, reasons: &str, day: NaiveDate, policy: &Policy) -> Result<(), Refused> {
    concluded(state, day)?;
    if state.conclusion != Some(Conclusion::NotTolerated) && policy.insists_on(Guard::ToldOrExplained) {
        return refuse("解释答复只用于不予容错的结论；给予容错的，登记反馈（二(四)4）");
    }
    filled(reasons, "解释答复的理由")?;
    once(state, Event::EXPLAINED)?;
    Ok(())
}

pub(super) fn archive(
    state: &CaseState,
    into: Archive,
    receipt: Option<&str>,
    day: NaiveDate,
    policy: &Policy,
) -> Result<(), Refused> {
    concluded(state, day)?;
    let asked = into != Archive::File && policy.insists_on(Guard::ArchiveReceipts);
    if asked && receipt.is_none_or(|receipt| receipt.trim().is_empty()) {
        return refuse("归入干部人事档案和廉政档案须写明档案部门的回执编号：两份档案各一个");
    }
    once(state, into.event())
}

/// What must have happened before an event can be recorded by hand.
const PRECONDITIONS: [(Event, Event); 9] = [
    (Event::OVERRIDDEN, Event::OVERRIDE_REPORTED),
    (Event::REMEDIED, Event::REMEDY_CHECKED),
    (Event::GUIDED, Event::GUIDANCE_CHECKED),
    (Event::REFERRED, Event::REFERRAL_ANSWERED),
    (Event::REVOKED, Event::REVOCATION_TOLD),
    (Event::REVOKED, Event::REVOCATION_ARCHIVED),
    (Event::CONCLUSION, Event::VISITED_1),
    (Event::VISITED_1, Event::VISITED_2),
    (Event::VISITED_2, Event::VISITED_3),
];

fn precondition(event: Event) -> Option<Event> {
    PRECONDITIONS
        .into_iter()
        .find(|(_, this)| *this == event)
        .map(|(before, _)| before)
}

pub(super) fn record(state: &CaseState, event: Event, day: NaiveDate, policy: &Policy) -> Result<(), Refused> {
    if policy.own_events().iter().any(|own| own.id == event) {
        return once_called(state, event, &policy.event_zh(event));
    }
    let Some(before) = precondition(event) else {
        return refuse(format!(
            "「{}」不能这样登记：它有自己的命令，或者规则文件中没有这个事件",
            event.built_in_zh().unwrap_or(event.as_str())
        ));
    };
    if !state.has(before) {
        return refuse(format!(
            "还没有「{}」，不能登记「{}」",
            before.built_in_zh().unwrap_or_default(),
            event.built_in_zh().unwrap_or_default()
        ));
    }
    not_before(state, before, day)?;
    once(state, event)
}

/// What cannot be another day afterwards.
pub(super) const DECISIONS: [Event; 9] = [
    Event::ACCOUNTABILITY_STARTED,
    Event::REVIEWED,
    Event::INVESTIGATION_STARTED,
    Event::REPORT_FORMED,
    Event::DECIDED,
    Event::CONCLUSION,
    Event::CLARIFIED,
    Event::REVOKED,
    Event::OVERRIDDEN,
];

/// What the first must not be later than; beside what a recorded event waits for.
const ORDER: [(Event, Event); 10] = [
    (Event::APPLIED, Event::ACCEPTED),
    (Event::ACCEPTED, Event::REPORT_FORMED),
    (Event::CONCLUSION, Event::FEEDBACK_SUBJECT),
    (Event::CONCLUSION, Event::FEEDBACK_COMPETENT),
    (Event::CONCLUSION, Event::FEEDBACK_SUPERIOR),
    (Event::CONCLUSION, Event::FEEDBACK_ORGANIZATION),
    (Event::CONCLUSION, Event::EXPLAINED),
    (Event::CONCLUSION, Event::ARCHIVED_PERSONNEL),
    (Event::CONCLUSION, Event::ARCHIVED_INTEGRITY),
    (Event::CONCLUSION, Event::ARCHIVED_FILE),
];

/// Steps after the conclusion and checks may have been written down with a wrong day; decisions may not.
pub(super) fn correct(state: &CaseState, event: Event, day: NaiveDate) -> Result<(), Refused> {
    if DECISIONS.contains(&event) {
        return refuse(format!(
            "「{}」是决定，不能更正日期；需要改变的，另作决定",
            event.built_in_zh().unwrap_or_default()
        ));
    }
    if !state.has(event) {
        return refuse("这个事件还没有登记，没有可以更正的日期");
    }
    for (before, after) in ORDER.into_iter().chain(PRECONDITIONS) {
        if after == event {
            not_before(state, before, day)?;
        }
        if before == event {
            not_after(state, after, day)?;
        }
    }
    Ok(())
}
