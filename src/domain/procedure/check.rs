//! Questions that many acts ask of a case, each refused with its reason.

use super::record::DECISIONS;
use super::{Aspect, CaseState, Meeting, Stage};
use crate::domain::policy::{Event, Guard, Policy};
use chrono::NaiveDate;

/// Why an act is impossible, for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

pub(super) fn refuse<T>(reason: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(reason.into()))
}

pub(super) fn only(state: &CaseState, stages: &[Stage], otherwise: &str) -> Result<(), Refused> {
    if stages.contains(&state.stage) {
        return Ok(());
    }
    refuse(format!("{otherwise}；案件现在是「{}」", state.stage.zh()))
}

pub(super) fn begun(state: &CaseState) -> Result<(), Refused> {
    if state.stage == Stage::New {
        return refuse("案件还没有登记，请先登记问责启动或申请");
    }
    Ok(())
}

pub(super) fn once(state: &CaseState, event: Event) -> Result<(), Refused> {
    once_called(state, event, event.built_in_zh().unwrap_or(event.as_str()))
}

pub(super) fn once_called(state: &CaseState, event: Event, name: &str) -> Result<(), Refused> {
    match state.days.get(&event) {
        None => Ok(()),
        Some(day) if DECISIONS.contains(&event) => refuse(format!("「{name}」已登记于 {day}")),
        Some(day) => refuse(format!(
            "「{name}」已登记于 {day}；日期有误的，用 case correct 更正并写明理由"
        )),
    }
}

pub(super) fn filled(text: &str, what: &str) -> Result<(), Refused> {
    if text.trim().is_empty() {
        return refuse(format!("请写明{what}"));
    }
    Ok(())
}

pub(super) fn blank(text: Option<&String>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}

pub(super) fn not_before(state: &CaseState, event: Event, day: NaiveDate) -> Result<(), Refused> {
    match state.days.get(&event) {
        Some(earlier) if day < *earlier => refuse(format!(
            "{day} 早于「{}」的 {earlier}，请核对日期",
            event.built_in_zh().unwrap_or(event.as_str())
        )),
        _ => Ok(()),
    }
}

pub(super) fn not_after(state: &CaseState, event: Event, day: NaiveDate) -> Result<(), Refused> {
    match state.days.get(&event) {
        Some(later) if day > *later => refuse(format!(
            "{day} 晚于「{}」的 {later}，请核对日期",
            event.built_in_zh().unwrap_or(event.as_str())
        )),
        _ => Ok(()),
    }
}

/// What closes a case, or says the last word in it, comes after everything that was done in it.
pub(super) fn last(state: &CaseState, day: NaiveDate) -> Result<(), Refused> {
    for event in DECISIONS.into_iter().chain([Event::APPLIED, Event::ACCEPTED]) {
        not_before(state, event, day)?;
    }
    after_considering(state, day)
}

/// What rests on 六看 comes after them.
pub(super) fn after_considering(state: &CaseState, day: NaiveDate) -> Result<(), Refused> {
    match state.considered.iter().find(|(_, considered)| day < considered.day) {
        Some((aspect, considered)) => refuse(format!(
            "{day} 早于六看·{}的认定（{}），请核对日期",
            aspect.zh(),
            considered.day
        )),
        None => Ok(()),
    }
}

pub(super) fn names(aspects: &[Aspect]) -> String {
    let names: Vec<&str> = aspects.iter().map(|aspect| aspect.zh()).collect();
    names.join("、")
}

/// 应当受理: an application can be answered, but nothing goes on while it lies unaccepted.
pub(super) fn accepted_first(state: &CaseState, policy: &Policy) -> Result<(), Refused> {
    if !policy.insists_on(Guard::ApplicationAcceptedFirst) {
        return Ok(());
    }
    if state.has(Event::APPLIED) && !state.has(Event::ACCEPTED) {
        return refuse("书面申请应当受理（二(四)1）：请先登记受理；是否符合容错条件，在结论中答复");
    }
    Ok(())
}

pub(super) fn before_conclusion(state: &CaseState) -> Result<(), Refused> {
    if state.stage == Stage::Concluded {
        return refuse("已作出结论：需要改变的，另作撤销决定，不能撤回、终止或重新研判");
    }
    Ok(())
}

/// A meeting with more is a slip of the finger.
const MOST_ATTENDEES: u32 = 500;

/// 集体研究 takes more than one.
pub(super) fn collective(meeting: &Meeting, policy: &Policy) -> Result<(), Refused> {
    if !policy.insists_on(Guard::CollectiveDecision) {
        return Ok(());
    }
    if meeting.attendees > MOST_ATTENDEES {
        return refuse(format!("参加人数 {} 不像一次会议的人数，请核对", meeting.attendees));
    }
    if meeting.attendees < 2 {
        return refuse("应当集体研究（二(四)3）：参加人数须在 2 人以上");
    }
    filled(&meeting.minutes_no, "会议纪要编号")
}

pub(super) fn concluded(state: &CaseState, day: NaiveDate) -> Result<(), Refused> {
    only(state, &[Stage::Concluded], "还没有结论")?;
    not_before(state, Event::CONCLUSION, day)
}
