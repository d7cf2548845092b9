//! What is written down after the conclusion, other events of the case, and days that were written down wrong.

use super::check::{begun, concluded, filled, not_after, not_before, once, once_called, refuse};
use super::{Archive, CaseState, Changes, Refused, Stage, Told};
use crate::domain::case::Conclusion;
use crate::domain::deadline::Unit;
use crate::domain::policy::{Anchor, Event, Guard, Policy};
use chrono::{Days, Months, NaiveDate};

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
) -> Result<Vec<String>, Refused> {
    concluded(state, day)?;
    let asked = into != Archive::File && policy.insists_on(Guard::ArchiveReceipts);
    if asked && receipt.is_none_or(|receipt| receipt.trim().is_empty()) {
        return refuse("归入干部人事档案和廉政档案须写明档案部门的回执编号：两份档案各一个");
    }
    once(state, into.event())?;
    let given = receipt.map(str::trim).unwrap_or_default();
    let twice = asked
        && state
            .receipts
            .iter()
            .any(|(event, other)| *event != into.event() && other.trim() == given);
    Ok(if twice {
        vec![format!(
            "回执编号「{given}」已用于另一份登记：两份档案各有一个回执，请核对"
        )]
    } else {
        Vec::new()
    })
}

/// The description of a case may be filled in at any time, the number of its conclusion once there is one.
pub(super) fn amend(state: &CaseState, changes: &Changes) -> Result<(), Refused> {
    begun(state)?;
    let named = changes.named();
    if named.is_empty() {
        return refuse("请写明补填或更改什么：事项名称、问责实施机关、经办人、主管部门、上级部门或结论文号");
    }
    for (name, text) in named {
        filled(text, name)?;
    }
    if changes.doc_no.is_some() && state.stage != Stage::Concluded {
        return refuse(format!(
            "案件现在是「{}」，没有结论，不能填写结论文号",
            state.stage.zh()
        ));
    }
    Ok(())
}

/// What must have happened before an event can be recorded by hand.
pub(super) const PRECONDITIONS: [(Event, Event); 9] = [
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
    begun(state)?;
    if policy.own_events().iter().any(|own| own.id == event) {
        return once_called(state, event, &policy.event_zh(event));
    }
    let Some(before) = precondition(event) else {
        let possible: Vec<String> = PRECONDITIONS
            .iter()
            .map(|(_, event)| *event)
            .chain(policy.own_events().iter().map(|own| own.id))
            .map(|event| format!("{}（{}）", policy.event_zh(event), event.as_str()))
            .collect();
        let why = match event.built_in_zh() {
            Some(name) => format!("「{name}」有自己的命令（见 case --help）"),
            None => format!("没有事件「{}」", event.as_str()),
        };
        return refuse(format!("{why}；可以这样登记的是：{}", possible.join("、")));
    };
    let known = |event| state.days.get(&event).copied();
    if known(before).is_none() {
        return refuse(format!(
            "还没有「{}」，不能登记「{}」",
            before.built_in_zh().unwrap_or_default(),
            event.built_in_zh().unwrap_or_default()
        ));
    }
    not_before(state, before, day)?;
    looked_later((before, known(before)), (event, Some(day)))?;
    round(state, before, event, day, policy)?;
    once(state, event)
}

/// A look at what became of something is taken on a later day.
fn looked_later(before: (Event, Option<NaiveDate>), look: (Event, Option<NaiveDate>)) -> Result<(), Refused> {
    let looks = [
        Event::REMEDY_CHECKED,
        Event::GUIDANCE_CHECKED,
        Event::VISITED_1,
        Event::VISITED_2,
        Event::VISITED_3,
    ];
    if looks.contains(&look.0) && before.1.is_some() && before.1 == look.1 {
        return refuse(format!(
            "「{}」须在「{}」之后另一天进行",
            look.0.built_in_zh().unwrap_or_default(),
            before.0.built_in_zh().unwrap_or_default()
        ));
    }
    Ok(())
}

/// A visit belongs to its own round: it does not come before the last day of the round before it, so that three visits
/// are not ticked off at once.
fn round(state: &CaseState, before: Event, event: Event, day: NaiveDate, policy: &Policy) -> Result<(), Refused> {
    if ![Event::VISITED_2, Event::VISITED_3].contains(&event) {
        return Ok(());
    }
    let ended = policy
        .limits()
        .iter()
        .find(|limit| limit.done_by == Some(before))
        .and_then(|limit| {
            let Anchor::Event(anchor) = limit.anchor else {
                return None;
            };
            let from = state.days.get(&anchor)?;
            match limit.terms.unit {
                Unit::Day => from.checked_add_days(Days::new(limit.terms.amount.into())),
                Unit::Month => from.checked_add_months(Months::new(limit.terms.amount)),
                Unit::Year => from.checked_add_months(Months::new(limit.terms.amount.saturating_mul(12))),
                Unit::WorkingDay => None,
            }
        });
    match ended {
        Some(ended) if day < ended => refuse(format!(
            "「{}」的期间到 {ended}，此前的回访不能登记为「{}」",
            before.built_in_zh().unwrap_or_default(),
            event.built_in_zh().unwrap_or_default()
        )),
        _ => Ok(()),
    }
}

/// What cannot be another day afterwards.
pub(super) const DECISIONS: [Event; 10] = [
    Event::CLARIFICATION_OPENED,
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
const ORDER: [(Event, Event); 12] = [
    (Event::APPLIED, Event::ACCEPTED),
    (Event::ACCEPTED, Event::REPORT_FORMED),
    (Event::ACCEPTED, Event::DECIDED),
    (Event::ACCEPTED, Event::CONCLUSION),
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
pub(super) fn correct(
    state: &CaseState,
    event: Event,
    day: NaiveDate,
    policy: &Policy,
) -> Result<Vec<String>, Refused> {
    if DECISIONS.contains(&event) {
        return refuse(format!(
            "「{}」是决定，不能更正日期；需要改变的，另作决定",
            event.built_in_zh().unwrap_or_default()
        ));
    }
    let known = |event| state.days.get(&event).copied();
    let Some(recorded) = known(event) else {
        return refuse("这个事件还没有登记，没有可以更正的日期");
    };
    for (before, after) in ORDER.into_iter().chain(PRECONDITIONS) {
        if after == event {
            not_before(state, before, day)?;
            looked_later((before, known(before)), (event, Some(day)))?;
            round(state, before, event, day, policy)?;
        }
        if before == event {
            not_after(state, after, day)?;
            looked_later((event, Some(day)), (after, known(after)))?;
        }
    }
    let began = state.began_with_acceptance() && event == Event::ACCEPTED;
    if began && let Some((aspect, considered)) = state.considered.iter().find(|(_, one)| one.day < day) {
        return refuse(format!(
            "{day} 晚于六看·{}的认定（{}），请核对日期",
            aspect.zh(),
            considered.day
        ));
    }
    let mut eased: Vec<String> = Vec::new();
    for limit in policy.limits() {
        let anchored = |anchor| limit.anchor == Anchor::Event(anchor);
        if day > recorded && (anchored(event) || (began && anchored(Event::INVESTIGATION_STARTED))) {
            eased.push(format!("「{}」的到期日推后", limit.name));
        }
        if day < recorded && limit.done_by == Some(event) {
            eased.push(format!("「{}」的办结日提前", limit.name));
        }
    }
    if eased.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![format!(
        "更正后{}：原登记的 {recorded} 和更正的理由留在记录中，须有书面依据备查",
        eased.join("，")
    )])
}
