//! Whether an act is possible now, and what follows from it. Clauses are those of the seed policy.

use super::{Act, Archive, Aspect, CaseState, Changes, Meeting, Override, Reach, Stage, Told, Weight};
use crate::domain::case::{Conclusion, Level};
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
    /// Protection ended on this day: open findings must be judged again.
    ProtectionEnded(NaiveDate),
    /// The case ended without a protection: findings made while it was open fall away.
    NeverProtected,
    /// An exoneration stands over a grave finding: it is reported.
    ApprovedOver,
    /// A limit's clock was changed: its reminders start anew.
    ClockChanged(crate::domain::name::Name),
}

/// Why an act is impossible, for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

fn refuse<T>(reason: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(reason.into()))
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
        Act::Register { .. } => only(state, &[Stage::New], "案件已按程序登记过，不能再从台账登记")?,
        Act::StartAccountability => {
            once(state, Event::ACCOUNTABILITY_STARTED)?;
            only(
                state,
                &[Stage::New, Stage::Applied, Stage::Open, Stage::NoCircumstance],
                "案件已过问责启动这一环节",
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
            not_before(state, Event::REPORT_FORMED, dated.day)?;
            collective(meeting, policy)?;
        }
        Act::Conclude { .. } => warnings.extend(conclude(state, dated, policy)?),
        Act::Tell { to, .. } => tell(state, *to, dated.day, policy)?,
        Act::Explain { reasons } => {
            concluded(state, dated.day)?;
            if state.conclusion != Some(Conclusion::NotTolerated) && policy.insists_on(Guard::ToldOrExplained) {
                return refuse("解释答复只用于不予容错的结论；给予容错的，登记反馈（二(四)4）");
            }
            filled(reasons, "解释答复的理由")?;
            once(state, Event::EXPLAINED)?;
        }
        Act::Archive { into, receipt } => archive(state, *into, receipt.as_deref(), dated.day, policy)?,
        Act::Revoke {
            doc_no,
            reason,
            meeting,
        } => {
            concluded(state, dated.day)?;
            filled(doc_no, "撤销决定的文号")?;
            if state.doc_no.as_deref().is_some_and(|own| own.trim() == doc_no.trim()) {
                return refuse(format!(
                    "「{}」是原结论的文号：撤销是另一个决定，须有自己的文号",
                    doc_no.trim()
                ));
            }
            filled(reason, "撤销的理由")?;
            collective(meeting, policy)?;
        }
        Act::Withdraw { reason } => {
            begun(state)?;
            filled(reason, "撤回的理由")?;
            if state.stage == Stage::Clarifying {
                return refuse("这是澄清案件，没有容错申请");
            }
            before_conclusion(state)?;
            if !state.has(Event::APPLIED) {
                return refuse("没有申请可以撤回：本案由问责实施机关自动启动，应当作出认定（二(四)1）");
            }
            let begun_by_itself = state.has(Event::REVIEWED) || state.has(Event::ACCOUNTABILITY_STARTED);
            if begun_by_itself && policy.insists_on(Guard::AutomaticStartStands) {
                return refuse("问责已经启动，是否容错应由机关同步研判，不因撤回申请而停止（二(四)1）；请继续办理");
            }
            not_before(state, Event::APPLIED, dated.day)?;
            not_before(state, Event::ACCEPTED, dated.day)?;
        }
        Act::Terminate { reason } => {
            begun(state)?;
            accepted_first(state, policy)?;
            filled(reason, "终止的理由")?;
            before_conclusion(state)?;
            if state.has(Event::ACCOUNTABILITY_STARTED) && !state.has(Event::REVIEWED) {
                return refuse("问责已启动而未同步研判容错（二(四)1），不能终止：请先登记研判");
            }
            not_before(state, Event::INVESTIGATION_STARTED, dated.day)?;
        }
        Act::Remedy { measures: text } | Act::Guide { content: text } => {
            begun(state)?;
            filled(text, "内容")?;
        }
        Act::OpenClarification { reported } => {
            only(state, &[Stage::New], "澄清须作为新的案件登记，不能与容错认定混在一起")?;
            filled(reported, "反映的问题")?;
        }
        Act::Refer { to, doc_no } => {
            let clarifying = state.stage == Stage::Clarifying || state.conclusion == Some(Conclusion::Clarified);
            if !clarifying && policy.insists_on(Guard::ReferralFromClarification) {
                return refuse("诬告陷害线索在澄清案件中移送：请先登记澄清");
            }
            filled(to, "移送给哪个机关")?;
            filled(doc_no, "移送文号")?;
        }
        Act::Clarify {
            verified_by,
            form,
            reach,
            consent,
            ..
        } => {
            only(state, &[Stage::Clarifying], "澄清正名在澄清核实之后登记一次")?;
            filled(verified_by, "由谁核实")?;
            filled(form, "澄清的形式")?;
            if !consent && *reach != Reach::Subject && policy.insists_on(Guard::ClarificationConsent) {
                return refuse("在单位、系统内或向社会澄清的，须先征得本人同意；未同意的只能告知本人");
            }
        }
        Act::Record { event, .. } => record(state, *event, dated.day, policy)?,
        Act::Correct { event, reason } => {
            filled(reason, "更正的理由（--note）")?;
            correct(state, *event, dated.day)?;
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
        Act::Revoke { .. } => vec![Effect::ProtectionEnded(dated.day)],
        Act::Conclude {
            approved_over: Some(_), ..
        } => vec![Effect::ApprovedOver],
        Act::Conclude {
            conclusion: Conclusion::NotTolerated,
            ..
        }
        | Act::Withdraw { .. }
        | Act::Terminate { .. } => vec![Effect::NeverProtected],
        Act::Extend { limit, .. }
        | Act::Suspend { limit, .. }
        | Act::Resume { limit }
        | Act::Postpone { limit, .. } => vec![Effect::ClockChanged(*limit)],
        _ => Vec::new(),
    }
}

/// Only an event of the profile's own may be announced for a day to come: limits may run backwards from it.
fn not_in_the_future(dated: &Dated<'_>, policy: &Policy, today: NaiveDate) -> Result<(), Refused> {
    let announced = match dated.act {
        Act::Record { event, .. } | Act::Correct { event, .. } => {
            policy.own_events().iter().any(|own| own.id == *event)
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
        Act::Record { event, .. } | Act::Correct { event, .. } => [
            Event::REVOCATION_TOLD,
            Event::REVOCATION_ARCHIVED,
            Event::REFERRAL_ANSWERED,
        ]
        .contains(event),
        // Whoever must be told of the revocation may have to be filled in first.
        Act::Amend { .. } => true,
        _ => false,
    };
    if possible {
        return Ok(());
    }
    refuse(format!("案件{}，不能再办理这一步", state.stage.zh()))
}

fn only(state: &CaseState, stages: &[Stage], otherwise: &str) -> Result<(), Refused> {
    if stages.contains(&state.stage) {
        return Ok(());
    }
    refuse(format!("{otherwise}；案件现在是「{}」", state.stage.zh()))
}

fn begun(state: &CaseState) -> Result<(), Refused> {
    if state.stage == Stage::New {
        return refuse("案件还没有登记，请先登记问责启动或申请");
    }
    Ok(())
}

fn once(state: &CaseState, event: Event) -> Result<(), Refused> {
    once_called(state, event, event.built_in_zh().unwrap_or(event.as_str()))
}

fn once_called(state: &CaseState, event: Event, name: &str) -> Result<(), Refused> {
    match state.days.get(&event) {
        None => Ok(()),
        Some(day) if DECISIONS.contains(&event) => refuse(format!("「{name}」已登记于 {day}")),
        Some(day) => refuse(format!(
            "「{name}」已登记于 {day}；日期有误的，用 case correct 更正并写明理由"
        )),
    }
}

fn filled(text: &str, what: &str) -> Result<(), Refused> {
    if text.trim().is_empty() {
        return refuse(format!("请写明{what}"));
    }
    Ok(())
}

fn not_before(state: &CaseState, event: Event, day: NaiveDate) -> Result<(), Refused> {
    match state.days.get(&event) {
        Some(earlier) if day < *earlier => refuse(format!(
            "{day} 早于「{}」的 {earlier}，请核对日期",
            event.built_in_zh().unwrap_or(event.as_str())
        )),
        _ => Ok(()),
    }
}

fn not_after(state: &CaseState, event: Event, day: NaiveDate) -> Result<(), Refused> {
    match state.days.get(&event) {
        Some(later) if day > *later => refuse(format!(
            "{day} 晚于「{}」的 {later}，请核对日期",
            event.built_in_zh().unwrap_or(event.as_str())
        )),
        _ => Ok(()),
    }
}

fn names(aspects: &[Aspect]) -> String {
    let names: Vec<&str> = aspects.iter().map(|aspect| aspect.zh()).collect();
    names.join("、")
}

/// 应当受理: an application can be answered, but nothing goes on while it lies unaccepted.
fn accepted_first(state: &CaseState, policy: &Policy) -> Result<(), Refused> {
    if !policy.insists_on(Guard::ApplicationAcceptedFirst) {
        return Ok(());
    }
    if state.has(Event::APPLIED) && !state.has(Event::ACCEPTED) {
        return refuse("书面申请应当受理（二(四)1）：请先登记受理；是否符合容错条件，在结论中答复");
    }
    Ok(())
}

fn before_conclusion(state: &CaseState) -> Result<(), Refused> {
    if state.stage == Stage::Concluded {
        return refuse("已作出结论：需要改变的，另作撤销决定，不能撤回或终止");
    }
    Ok(())
}

/// 集体研究 takes more than one.
fn collective(meeting: &Meeting, policy: &Policy) -> Result<(), Refused> {
    if !policy.insists_on(Guard::CollectiveDecision) {
        return Ok(());
    }
    if meeting.attendees < 2 {
        return refuse("应当集体研究（二(四)3）：参加人数须在 2 人以上");
    }
    filled(&meeting.minutes_no, "会议纪要编号")
}

/// A grave finding is changed in the open while it is looked into; what the report said is not made lighter after it.
fn lightened(state: &CaseState, aspect: Aspect, weight: Weight) -> Result<Option<String>, Refused> {
    let Some(before) = state.considered.get(&aspect).map(|considered| considered.weight) else {
        return Ok(None);
    };
    if !before.is_grave() || weight.is_grave() {
        return Ok(None);
    }
    let said = format!("六看·{}原认定「{}」", aspect.zh(), before.zh());
    if state.stage != Stage::Open {
        return refuse(format!(
            "{said}，调查报告形成后不能改轻；确有理由作免责结论的，须有书面特批"
        ));
    }
    Ok(Some(format!(
        "{said}，现改为「{}」：原认定留在记录中，请在调查报告中写明改变的证据和理由",
        weight.zh()
    )))
}

fn review(state: &CaseState, day: NaiveDate, note: &str, policy: &Policy) -> Result<(), Refused> {
    if !state.has(Event::ACCOUNTABILITY_STARTED) && policy.insists_on(Guard::ReviewFollowsAccountability) {
        return refuse("同步研判随问责启动进行（二(四)1）：请先登记问责启动；没有启动问责的，由干部或单位申请");
    }
    before_conclusion(state)?;
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

fn conclude(state: &CaseState, dated: &Dated<'_>, policy: &Policy) -> Result<Vec<String>, Refused> {
    let Act::Conclude {
        conclusion,
        doc_no,
        measure,
        basis,
        mitigation,
        approved_over,
    } = dated.act
    else {
        return Ok(Vec::new());
    };
    accepted_first(state, policy)?;
    if policy.insists_on(Guard::CollectiveDecision) {
        only(
            state,
            &[Stage::Decided],
            "结论须经集体研究作出（二(四)3）：请先登记集体研究",
        )?;
    } else {
        only(
            state,
            &[Stage::Open, Stage::Reported, Stage::Decided],
            "结论在启动认定之后作出一次",
        )?;
    }
    not_before(state, Event::DECIDED, dated.day)?;
    if matches!(
        conclusion,
        Conclusion::Investigating | Conclusion::NoTrack | Conclusion::Clarified
    ) {
        return refuse(format!("「{}」不是结论性认定意见", conclusion.zh()));
    }
    let tolerant = *conclusion != Conclusion::NotTolerated;
    let missing = state.unconsidered();
    let all_six = policy.insists_on(Guard::SixConsiderations);
    if tolerant && !missing.is_empty() && all_six {
        return refuse(format!(
            "六看还缺 {}：对失误错误应当综合分析，逐项登记认定和证据后再作容错结论",
            names(&missing)
        ));
    }
    if policy.insists_on(Guard::NoUmbrella) {
        over_grave(state, *conclusion, approved_over.as_ref())?;
    }
    let mut warnings = Vec::new();
    if !missing.is_empty() && all_six {
        warnings.push(format!("六看还缺 {}，答复时难以说明理由", names(&missing)));
    }
    if blank(doc_no.as_ref()) {
        warnings.push("没有结论文号：之后的名单按文号核对不到本案，编号以后用 case amend --doc-no 补填".to_owned());
    }
    let needs_basis = tolerant || !blank(measure.as_ref());
    if needs_basis && policy.insists_on(Guard::BasisNamed) && blank(basis.as_ref()) {
        warnings.push("没有写明法规依据：免责、从轻、减轻和所附处理须在相关问责规定的范围内（二(四)3）".to_owned());
    }
    let mitigated = conclusion.level() == Level::Capped && policy.insists_on(Guard::MitigationEvidence);
    if mitigated && blank(mitigation.as_ref()) {
        warnings.push("没有积极整改、有效挽回或减轻损失的证据：从轻、减轻以此为条件（二(四)3(2)）".to_owned());
    }
    let exonerated = conclusion.level() == Level::Full && policy.insists_on(Guard::LenientMeasures);
    if exonerated && measure.as_deref().is_some_and(is_sanction) {
        warnings
            .push("免责可以视情况批评教育、责令检查（二(四)3(1)）；所写的处理措施超出了这个范围，请核对".to_owned());
    }
    Ok(warnings)
}

fn blank(text: Option<&String>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}

/// Anything but what clause 二(四)3(1) allows beside an exoneration.
fn is_sanction(measure: &str) -> bool {
    let rest = ["批评教育", "责令检查", "责令作出检查", "责令作出书面检查"]
        .into_iter()
        .fold(measure.to_owned(), |rest, allowed| rest.replace(allowed, ""));
    let rest = rest.replace("予以", "").replace("给予", "");
    rest.chars()
        .any(|c| c.is_alphabetic() && !matches!(c, '并' | '和' | '及' | '无'))
}

/// No 保护伞: what 六看 calls grave cannot end in 免责 by the way.
fn over_grave(state: &CaseState, conclusion: Conclusion, approved: Option<&Override>) -> Result<(), Refused> {
    let grave = state.grave();
    if conclusion.level() != Level::Full || grave.is_empty() {
        if approved.is_some() {
            return refuse("六看没有认定明知故犯、谋取私利，或结论不是免责，不需要书面特批");
        }
        return Ok(());
    }
    let said: Vec<String> = grave
        .iter()
        .map(|(aspect, weight)| format!("{}「{}」", aspect.zh(), weight.zh()))
        .collect();
    match approved {
        None => refuse(format!(
            "六看认定 {}，不能作免责结论（四：防止拿容错当「保护伞」）；确有理由的，须有书面特批，写明批准人、理由和文号",
            said.join("、")
        )),
        Some(approval) => {
            filled(&approval.by, "特批的批准人")?;
            filled(&approval.reason, "特批的理由")?;
            filled(&approval.doc_no, "特批的文号")
        }
    }
}

/// The description of a case may be filled in at any time, the number of its conclusion once there is one.
fn amend(state: &CaseState, changes: &Changes) -> Result<(), Refused> {
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

fn concluded(state: &CaseState, day: NaiveDate) -> Result<(), Refused> {
    only(state, &[Stage::Concluded], "还没有结论")?;
    not_before(state, Event::CONCLUSION, day)
}

fn tell(state: &CaseState, to: Told, day: NaiveDate, policy: &Policy) -> Result<(), Refused> {
    concluded(state, day)?;
    if state.conclusion == Some(Conclusion::NotTolerated) && policy.insists_on(Guard::ToldOrExplained) {
        return refuse("不予容错的，登记解释答复（二(四)4）");
    }
    once(state, to.event())
}

fn archive(
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

fn record(state: &CaseState, event: Event, day: NaiveDate, policy: &Policy) -> Result<(), Refused> {
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
const DECISIONS: [Event; 9] = [
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
fn correct(state: &CaseState, event: Event, day: NaiveDate) -> Result<(), Refused> {
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
