//! Papers to the cadre: 容错认定意见反馈书 and 不予容错答复.

use super::PaperKind;
use super::compose::{Common, Text};
use super::facts::{Facts, Needs, PaperError, optional};
use super::phrases::{self, Body};
use super::to_units::offices;
use crate::domain::case::Level;

/// 容错认定意见反馈书. Only 免责 carries the protection of clause 二(五); 从轻 and 减轻 do not.
pub(super) fn conclusion(facts: &Facts) -> Result<Text, PaperError> {
    let mut needs = Needs::of(PaperKind::Conclusion);
    let common = Common::take(facts, &mut needs);
    let on = needs.day("认定日期", facts.concluded_on);
    let is_full = facts.conclusion.level() == Level::Full;
    let measure = if is_full {
        optional(facts.measure.as_deref())
    } else {
        // 从轻 and 减轻 say nothing until it is said what was imposed.
        Some(needs.some("处理措施", facts.measure.as_deref()))
    };
    needs.met()?;

    let mut body = Body::default();
    body.say(format!(
        "本机关对你在“{}”中的有关问题及是否符合容错条件作了调查研究。{}，现将结论性认定意见反馈如下。",
        common.matter,
        common.policy.introduce(phrases::FEEDBACK)
    ));
    body.heading("认定意见");
    body.say(format!(
        "{}对你在上述事项中的失误错误{}。",
        phrases::decided(on, common.doc_no.as_deref()),
        phrases::outcome(facts.conclusion)
    ));
    if let Some(measure) = &measure {
        body.say(format!("处理措施：{}", phrases::sentence(measure)));
    }
    if let Some(basis) = optional(facts.basis.as_deref()) {
        body.say(format!("认定依据：{}", phrases::sentence(&basis)));
    }
    if is_full {
        body.heading("结果运用");
        body.say(format!(
            "{}，{}该规定适用于上述认定意见；今后因上述事项在这些方面受到影响的，请及时向本机关反映。",
            common.policy.again(phrases::PROTECTION),
            phrases::UNAFFECTED
        ));
    }
    if optional(facts.rectification.as_deref()).is_some() {
        body.heading("整改要求");
        body.lines(facts.rectification.as_deref().unwrap_or_default());
    }
    body.heading("抄送和归档");
    // Only whom the case names is told: the copies line below says the same.
    let copies: Vec<String> = [&facts.competent, &facts.superior, &facts.organization]
        .into_iter()
        .filter_map(|one| optional(one.as_deref()))
        .collect();
    if !copies.is_empty() {
        body.say(format!(
            "{}，结论性认定意见同时抄送{}。",
            common.policy.again(phrases::FEEDBACK),
            copies.join("、")
        ));
    }
    body.say(format!(
        "{}，{}。",
        common.policy.again(phrases::ARCHIVE),
        phrases::INTO_ARCHIVES
    ));
    body.say("特此反馈。");

    Ok(Text {
        title: format!("{}关于{}同志的容错认定意见反馈书", common.organ, common.name),
        salutation: format!("{}同志：", common.name),
        body: body.blocks(),
        attachments: vec![phrases::opinion(common.doc_no.as_deref())],
        copies: offices(facts),
        organ: common.organ,
    })
}

/// 不予容错答复. Clause 二(四)4 asks for an explanation, so the reasons are needed.
pub(super) fn refusal(facts: &Facts) -> Result<Text, PaperError> {
    let mut needs = Needs::of(PaperKind::Refusal);
    let common = Common::take(facts, &mut needs);
    let on = needs.day("认定日期", facts.concluded_on);
    needs.some("认定依据（不予容错的理由）", facts.basis.as_deref());
    needs.met()?;

    let mut body = Body::default();
    body.say(format!(
        "本机关对你在“{}”中的有关问题及是否符合容错条件作了调查研究。{}，现就不予容错的认定意见和理由答复如下。",
        common.matter,
        common.policy.cite(phrases::FEEDBACK)
    ));
    body.heading("认定意见");
    body.say(format!(
        "{}你在上述事项中的有关问题不符合容错条件，不予容错，按照有关规定处理。",
        phrases::decided(on, common.doc_no.as_deref())
    ));
    if let Some(measure) = optional(facts.measure.as_deref()) {
        body.say(format!("处理措施：{}", phrases::sentence(&measure)));
    }
    body.heading("不予容错的理由");
    body.lines(facts.basis.as_deref().unwrap_or_default());
    if optional(facts.rectification.as_deref()).is_some() {
        body.heading("整改要求");
        body.lines(facts.rectification.as_deref().unwrap_or_default());
    }
    body.say("特此答复。");

    Ok(Text {
        title: format!("{}关于对{}同志不予容错的答复", common.organ, common.name),
        salutation: format!("{}同志：", common.name),
        body: body.blocks(),
        attachments: Vec::new(),
        copies: Vec::new(),
        organ: common.organ,
    })
}
