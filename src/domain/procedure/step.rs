//! Whether an act is possible now, and what follows from it. Clauses are those of the seed policy.

use super::check::{
    accepted_first, before_conclusion, begun, collective, filled, names, not_before, once, only, refuse,
};
use super::close::{conclude, revoke, terminate, withdraw};
use super::record::{amend, archive, correct, explain, record, tell};
use super::state::OUTLIVING;
use super::{Act, Aspect, CaseState, Reach, Refused, Stage, Weight};
use crate::domain::case::Conclusion;
use crate::domain::policy::{Event, Guard, Policy};
use crate::domain::written;
use chrono::NaiveDate;

/// An act with its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated<'a> {
    /// The act.
    pub act: &'a Act,
    /// The day it happened on.
    pub day: NaiveDate,
}

/// An accepted act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// How the case stands now.
    pub state: CaseState,
    /// What people must be told of although it is possible.
    pub warnings: Vec<String>,
    /// What the shell has to do beside keeping it.
    pub effects: Vec<Effect>,
}

/// What follows from an act outside the case itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// An exoneration stands over a grave finding: it is reported.
    ApprovedOver,
    /// A limit's clock was changed: its reminders start anew.
    ClockChanged(crate::domain::name::Name),
}

/// Decides whether an act is possible in a state. `today` bounds the days that can have come.
pub fn step(state: &CaseState, dated: &Dated<'_>, policy: &Policy, today: NaiveDate) -> Result<Accepted, Refused> {
    let mut warnings = Vec::new();
    for (what, text, size) in dated.act.texts() {
        written::check(what, text, size).map_err(Refused)?;
    }
    not_in_the_future(dated, policy, today)?;
    if state.stage.is_closed() {
        still_possible_when_closed(state, dated.act)?;
    }
    match dated.act {
        Act::Register { .. } => {
            only(state, &[Stage::New], "案件已按程序登记过，不能再从台账登记")?;
            register(dated.act, today)?;
        }
        Act::StartAccountability => {
            once(state, Event::ACCOUNTABILITY_STARTED)?;
            only(
                state,
                &[
                    Stage::New,
                    Stage::NoCircumstance,
                    Stage::Applied,
                    Stage::Open,
                    Stage::Reported,
                    Stage::Decided,
                ],
                "问责启动在作出结论以前登记",
            )?;
        }
        Act::Review { note, .. } => review(state, dated.day, note, policy)?,
        Act::Apply { .. } => apply(state)?,
        Act::Accept => accept(state, dated.day)?,
        Act::Consider {
            aspect,
            weight,
            finding,
            evidence,
        } => {
            accepted_first(state, policy)?;
            only(
                state,
                &[Stage::Open, Stage::Reported, Stage::Decided],
                "六看在受理（或同步研判启动）之后、作出结论之前登记",
            )?;
            not_before(state, Event::INVESTIGATION_STARTED, dated.day)?;
            filled(finding, "认定情况")?;
            filled(evidence, "证据")?;
            if let Some(before) = state.considered.get(aspect).filter(|before| dated.day < before.day) {
                return refuse(format!(
                    "六看·{}已于 {} 认定，改变认定的日期不能更早",
                    aspect.zh(),
                    before.day
                ));
            }
            warnings.extend(lightened(state, *aspect, *weight)?);
        }
        Act::Report { title, fits } => {
            accepted_first(state, policy)?;
            only(state, &[Stage::Open], "调查报告在调查核实阶段登记一次")?;
            filled(title, "调查报告的名称或编号")?;
            not_before(state, Event::INVESTIGATION_STARTED, dated.day)?;
            not_before(state, Event::ACCEPTED, dated.day)?;
            let missing = state.unconsidered();
            if *fits && !missing.is_empty() && policy.insists_on(Guard::SixConsiderations) {
                warnings.push(format!(
                    "六看还缺 {}：作出容错结论前须逐项登记认定和证据",
                    names(&missing)
                ));
            }
        }
        Act::Decide { meeting } => {
            accepted_first(state, policy)?;
            if policy.insists_on(Guard::ReportBeforeDecision) {
                only(state, &[Stage::Reported], "集体研究在调查报告形成之后（二(四)3）")?;
            } else {
                only(state, &[Stage::Open, Stage::Reported], "集体研究在启动认定之后登记一次")?;
            }
            not_before(state, Event::INVESTIGATION_STARTED, dated.day)?;
            not_before(state, Event::ACCEPTED, dated.day)?;
            not_before(state, Event::REPORT_FORMED, dated.day)?;
            collective(meeting, policy)?;
        }
        Act::Conclude { .. } => warnings.extend(conclude(state, dated, policy)?),
        Act::Tell { to, .. } => tell(state, *to, dated.day, policy)?,
        Act::Explain { reasons } => explain(state, reasons, dated.day, policy)?,
        Act::Archive { into, receipt } => {
            warnings.extend(archive(state, *into, receipt.as_deref(), dated.day, policy)?);
        }
        Act::Revoke {
            doc_no,
            reason,
            meeting,
        } => warnings.extend(revoke(state, dated.day, doc_no, reason, meeting, (policy, today))?),
        Act::Withdraw { reason } => withdraw(state, dated.day, reason, policy)?,
        Act::Terminate { reason } => warnings.extend(terminate(state, dated.day, reason, policy)?),
        Act::Remedy { measures: text } | Act::Guide { content: text } => {
            begun(state)?;
            filled(text, "内容")?;
            of_this_case(state, dated.day)?;
        }
        Act::OpenClarification { reported } => {
            only(state, &[Stage::New], "澄清须作为新的案件登记，不能与容错认定混在一起")?;
            filled(reported, "反映的问题")?;
        }
        Act::Refer { to, doc_no } => {
            begun(state)?;
            let clarifying = state.stage == Stage::Clarifying || state.conclusion == Some(Conclusion::Clarified);
            if !clarifying && policy.insists_on(Guard::ReferralFromClarification) {
                return refuse("诬告陷害线索在澄清案件中移送：请先登记澄清");
            }
            filled(to, "移送给哪个机关")?;
            filled(doc_no, "移送文号")?;
            not_before(state, Event::CLARIFICATION_OPENED, dated.day)?;
        }
        Act::Clarify {
            verified_by,
            form,
            reach,
            consent,
            ..
        } => {
            only(state, &[Stage::Clarifying], "澄清正名在澄清核实之后登记一次")?;
            not_before(state, Event::CLARIFICATION_OPENED, dated.day)?;
            filled(verified_by, "由谁核实")?;
            filled(form, "澄清的形式")?;
            if !consent && *reach != Reach::Subject && policy.insists_on(Guard::ClarificationConsent) {
                return refuse("在单位、系统内或向社会澄清的，须先征得本人同意；未同意的只能告知本人");
            }
        }
        Act::Record { event, .. } => record(state, *event, dated.day, policy)?,
        Act::Correct { event, reason } => {
            filled(reason, "更正的理由（--note）")?;
            warnings.extend(correct(state, *event, dated.day, policy)?);
        }
        Act::Amend { changes, reason } => {
            amend(state, changes)?;
            filled(reason, "更改的理由")?;
        }
        Act::Extend { .. } | Act::Suspend { .. } | Act::Resume { .. } | Act::Postpone { .. } => {
            super::clock::possible(state, dated, policy, today)?;
        }
    }
    let mut next = state.clone();
    next.apply(dated.act, dated.day);
    Ok(Accepted {
        effects: effects(dated),
        state: next,
        warnings,
    })
}

fn effects(dated: &Dated<'_>) -> Vec<Effect> {
    match dated.act {
        Act::Conclude {
            approved_over: Some(_), ..
        } => vec![Effect::ApprovedOver],
        Act::Extend { limit, .. }
        | Act::Suspend { limit, .. }
        | Act::Resume { limit }
        | Act::Postpone { limit, .. } => vec![Effect::ClockChanged(*limit)],
        _ => Vec::new(),
    }
}

/// Years that an investigation may have lasted before the conclusion with which a register begins.
const YEARS_BEFORE_REGISTER: u32 = 5;

/// What is done in a case is not done before it began; a register does not tell when that was.
fn of_this_case(state: &CaseState, day: NaiveDate) -> Result<(), Refused> {
    let Some(first) = state.days.values().min() else {
        return Ok(());
    };
    let earlier = chrono::Months::new(if state.registered {
        12 * YEARS_BEFORE_REGISTER
    } else {
        0
    });
    if first.checked_sub_months(earlier).is_some_and(|begun| day < begun) {
        return refuse(format!("{day} 早于案件登记的第一个日期 {first}，请核对日期"));
    }
    Ok(())
}

/// Only an event of the profile's own may be announced for a day to come: limits may run backwards from it.
fn not_in_the_future(dated: &Dated<'_>, policy: &Policy, today: NaiveDate) -> Result<(), Refused> {
    let announced = match dated.act {
        Act::Record { event, .. } | Act::Correct { event, .. } => {
            // What fulfils a limit has happened; what limits run from may be announced.
            let fulfils = policy.limits().iter().any(|limit| limit.done_by == Some(*event));
            !fulfils && policy.own_events().iter().any(|own| own.id == *event)
        }
        _ => false,
    };
    if dated.day > today && !announced {
        return refuse(format!("{} 晚于今天（{today}）：办了以后再登记", dated.day));
    }
    Ok(())
}

fn still_possible_when_closed(state: &CaseState, act: &Act) -> Result<(), Refused> {
    let possible = match act {
        Act::Record { event, .. } | Act::Correct { event, .. } => OUTLIVING.iter().any(|(_, answer)| answer == event),
        // Whoever must be told of the revocation may have to be filled in first.
        Act::Amend { .. } => true,
        _ => false,
    };
    if possible {
        return Ok(());
    }
    refuse(format!("案件{}，不能再办理这一步", state.stage.zh()))
}

/// A grave finding is changed in the open while it is looked into; what the report said of it is not made lighter
/// afterwards, and what the meeting weighed is not made lighter after the meeting.
fn lightened(state: &CaseState, aspect: Aspect, weight: Weight) -> Result<Option<String>, Refused> {
    let Some(before) = state.considered.get(&aspect).map(|considered| considered.weight) else {
        let late = state.stage == Stage::Decided;
        return Ok(late.then(|| {
            format!(
                "六看·{}在集体研究以后补登：集体研究应当综合考虑各项因素（二(四)3），请核对会议纪要",
                aspect.zh()
            )
        }));
    };
    if weight.gravity() >= before.gravity() {
        return Ok(None);
    }
    let said = format!("六看·{}原认定「{}」", aspect.zh(), before.zh());
    match state.stage {
        Stage::Decided => refuse(format!("{said}，集体研究以后不能改轻；改变认定的，在研究以前登记")),
        Stage::Reported if before.is_grave() => refuse(format!(
            "{said}，调查报告形成后不能改轻；确有理由作免责结论的，须有书面特批"
        )),
        Stage::Reported => Ok(Some(format!(
            "{said}，调查报告形成后改为「{}」：请在会议纪要中写明改变的证据和理由",
            weight.zh()
        ))),
        _ if before.is_grave() => Ok(Some(format!(
            "{said}，现改为「{}」：原认定留在记录中，请在调查报告中写明改变的证据和理由；作免责结论仍须有书面特批",
            weight.zh()
        ))),
        _ => Ok(None),
    }
}

/// What a register tells of has come, and its conclusion is one that is known.
fn register(act: &Act, today: NaiveDate) -> Result<(), Refused> {
    let Act::Register {
        conclusion,
        days,
        revoked_on,
        ..
    } = act
    else {
        return Ok(());
    };
    if Conclusion::from_zh(conclusion).is_none() {
        return refuse(format!("认定结论「{conclusion}」不能识别"));
    }
    match days.values().chain(revoked_on).find(|day| **day > today) {
        Some(day) => refuse(format!("台账中的 {day} 晚于今天（{today}）：办了以后再登记")),
        None => Ok(()),
    }
}

fn review(state: &CaseState, day: NaiveDate, note: &str, policy: &Policy) -> Result<(), Refused> {
    if !state.has(Event::ACCOUNTABILITY_STARTED) && policy.insists_on(Guard::ReviewFollowsAccountability) {
        return refuse("同步研判随问责启动进行（二(四)1）：请先登记问责启动；没有启动问责的，由干部或单位申请");
    }
    before_conclusion(state)?;
    if state.stage == Stage::Clarifying {
        return refuse("这是澄清案件，没有容错研判");
    }
    once(state, Event::REVIEWED)?;
    not_before(state, Event::ACCOUNTABILITY_STARTED, day)?;
    filled(note, "研判的情况")
}

fn apply(state: &CaseState) -> Result<(), Refused> {
    before_conclusion(state)?;
    if matches!(state.stage, Stage::Reported | Stage::Decided) {
        return refuse("调查已经结束，申请的理由可在集体研究时一并考虑；案件无须再登记申请");
    }
    if state.stage == Stage::Clarifying {
        return refuse("这是澄清案件，没有容错申请");
    }
    once(state, Event::APPLIED)
}

fn accept(state: &CaseState, day: NaiveDate) -> Result<(), Refused> {
    if !state.has(Event::APPLIED) {
        return refuse("没有登记书面申请，不能受理；由机关自动启动的，登记同步研判");
    }
    once(state, Event::ACCEPTED)?;
    not_before(state, Event::APPLIED, day)
}
