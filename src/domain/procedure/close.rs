//! How a case comes to its end: conclusion, revocation, withdrawal, termination.

use super::check::{
    accepted_first, before_conclusion, begun, blank, collective, concluded, filled, last, names, only, refuse,
};
use super::{Act, Aspect, CaseState, Dated, Meeting, Override, Refused, Stage, Weight};
use crate::domain::case::{Conclusion, Level};
use crate::domain::policy::{Event, Guard, Policy};
use chrono::NaiveDate;

pub(super) fn conclude(state: &CaseState, dated: &Dated<'_>, policy: &Policy) -> Result<Vec<String>, Refused> {
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
    if state.has(Event::ACCOUNTABILITY_STARTED) && !state.has(Event::REVIEWED) {
        return refuse("问责已启动而未同步研判容错（二(四)1）：请先登记研判，再作结论");
    }
    last(state, dated.day)?;
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
    let against = state
        .considered
        .values()
        .filter(|one| one.weight != Weight::For)
        .count();
    if tolerant && against * 2 > Aspect::ALL.len() {
        warnings.push(format!(
            "六看有 {against} 项不利于容错，而结论是「{}」：不该容的坚决不容（六看），请在会议纪要中写明综合分析的理由",
            conclusion.zh()
        ));
    }
    if tolerant && state.unfit {
        warnings.push(format!(
            "调查报告认为不符合容错条件，而结论是「{}」：请在会议纪要中写明改变调查意见的理由",
            conclusion.zh()
        ));
    }
    if conclusion.level() == Level::Capped && !state.grave().is_empty() {
        warnings.push(format!(
            "六看认定 {}：从轻、减轻也不能混淆问题性质（四），请在会议纪要中写明理由",
            grave_words(state)
        ));
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
    if conclusion.level() != Level::Full || state.grave().is_empty() {
        if approved.is_some() {
            return refuse("六看没有认定明知故犯、谋取私利，或结论不是免责，不需要书面特批");
        }
        return Ok(());
    }
    match approved {
        None => refuse(format!(
            "六看认定 {}，不能作免责结论（四：防止拿容错当「保护伞」）；确有理由的，须有书面特批，写明批准人、理由和文号",
            grave_words(state)
        )),
        Some(approval) => {
            filled(&approval.by, "特批的批准人")?;
            filled(&approval.reason, "特批的理由")?;
            filled(&approval.doc_no, "特批的文号")
        }
    }
}

fn grave_words(state: &CaseState) -> String {
    let said: Vec<String> = state
        .grave()
        .iter()
        .map(|(aspect, weight)| format!("{}「{}」", aspect.zh(), weight.zh()))
        .collect();
    said.join("、")
}

/// A grave finding is answered by a conclusion: a case that ends without one could be registered anew without it.
fn nothing_grave(state: &CaseState, policy: &Policy) -> Result<(), Refused> {
    if state.grave().is_empty() || !policy.insists_on(Guard::NoUmbrella) {
        return Ok(());
    }
    refuse(format!(
        "六看认定 {}，应当作出结论，不能以撤回或终止了结（四：防止拿容错当「保护伞」）",
        grave_words(state)
    ))
}

/// A new dated decision, with a number and a meeting of its own; the conclusion itself is never edited.
pub(super) fn revoke(
    state: &CaseState,
    day: NaiveDate,
    doc_no: &str,
    reason: &str,
    meeting: &Meeting,
    (policy, today): (&Policy, NaiveDate),
) -> Result<Vec<String>, Refused> {
    concluded(state, day)?;
    filled(doc_no, "撤销决定的文号")?;
    if state.doc_no.as_deref().is_some_and(|own| own.trim() == doc_no.trim()) {
        return refuse(format!(
            "「{}」是原结论的文号：撤销是另一个决定，须有自己的文号",
            doc_no.trim()
        ));
    }
    filled(reason, "撤销的理由")?;
    collective(meeting, policy)?;
    let minutes = meeting.minutes_no.trim();
    let own = state.meeting.as_ref().map(|own| own.minutes_no.trim());
    if !minutes.is_empty() && own == Some(minutes) {
        return refuse(format!("「{minutes}」是原结论的会议纪要：撤销须另行集体研究"));
    }
    let mut warnings = Vec::new();
    if day < today {
        warnings.push(format!(
            "撤销登记为 {day}（今天 {today}）：自该日起的结果不再受保护，其疑似问题随之关闭；请核对会议纪要的日期"
        ));
    }
    Ok(warnings)
}

pub(super) fn withdraw(state: &CaseState, day: NaiveDate, reason: &str, policy: &Policy) -> Result<(), Refused> {
    begun(state)?;
    filled(reason, "撤回的理由")?;
    if state.stage == Stage::Clarifying {
        return refuse("这是澄清案件，没有容错申请");
    }
    before_conclusion(state)?;
    if state.stage == Stage::Decided {
        return refuse("已经集体研究，应当作出结论性认定意见（二(四)3），不能再撤回");
    }
    if !state.has(Event::APPLIED) {
        return refuse("没有申请可以撤回：本案由问责实施机关自动启动，应当作出认定（二(四)1）");
    }
    let begun_by_itself = state.under_way || state.has(Event::REVIEWED) || state.has(Event::ACCOUNTABILITY_STARTED);
    if begun_by_itself && policy.insists_on(Guard::AutomaticStartStands) {
        return refuse(
            "问责已经启动或认定已由机关进行，是否容错应由机关研判，不因撤回申请而停止（二(四)1）；请继续办理",
        );
    }
    nothing_grave(state, policy)?;
    last(state, day)
}

pub(super) fn terminate(
    state: &CaseState,
    day: NaiveDate,
    reason: &str,
    policy: &Policy,
) -> Result<Vec<String>, Refused> {
    begun(state)?;
    accepted_first(state, policy)?;
    filled(reason, "终止的理由")?;
    before_conclusion(state)?;
    if matches!(state.stage, Stage::Reported | Stage::Decided) {
        return refuse("调查工作已经结束，应当集体研究并作出结论性认定意见（二(四)3），不能终止");
    }
    if state.has(Event::ACCOUNTABILITY_STARTED) && !state.has(Event::REVIEWED) {
        return refuse("问责已启动而未同步研判容错（二(四)1），不能终止：请先登记研判");
    }
    nothing_grave(state, policy)?;
    last(state, day)?;
    if state.has(Event::APPLIED) {
        return Ok(vec![
            "终止以后申请没有结论性认定意见：请将终止的理由书面答复申请人".to_owned(),
        ]);
    }
    Ok(Vec::new())
}
