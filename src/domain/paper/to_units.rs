//! Letters to offices and units: 抄送函, 补定等次建议函 and 核查函.

use super::compose::{Common, Text, in_order};
use super::facts::{Facts, Needs, PaperError, optional};
use super::phrases::{self, Body};
use super::{Doubt, PaperKind};
use crate::domain::case::{Conclusion, Level};
use crate::domain::time::day_zh;
use chrono::NaiveDate;

/// 主管部门, 上级部门 and 组织部门 as far as they are known: each once, and not the sender itself.
pub(super) fn offices(facts: &Facts) -> Vec<String> {
    let known = [&facts.competent, &facts.superior, &facts.organization];
    let organ = phrases::one_line(&facts.organ);
    let mut offices: Vec<String> = Vec::new();
    for office in known.into_iter().filter_map(|office| optional(office.as_deref())) {
        if office != organ && !offices.contains(&office) {
            offices.push(office);
        }
    }
    offices
}

/// 抄送函, clause 二(四)4.
pub(super) fn copy_letter(facts: &Facts) -> Result<Text, PaperError> {
    let mut needs = Needs::of(PaperKind::CopyLetter);
    let common = Common::take(facts, &mut needs);
    let on = needs.day("认定日期", facts.concluded_on);
    needs.some("主管部门", facts.competent.as_deref());
    needs.some("上级部门", facts.superior.as_deref());
    needs.some("组织部门", facts.organization.as_deref());
    let to = offices(facts);
    needs.at_least_one("本机关以外的抄送机关", &to);
    needs.met()?;

    let is_full = facts.conclusion.level() == Level::Full;
    let under = if is_full {
        common.policy.introduce(phrases::FEEDBACK)
    } else {
        common.policy.cite(phrases::FEEDBACK)
    };
    let mut body = Body::default();
    body.say(format!(
        "{under}，现将{}在“{}”中的容错结论性认定意见抄送你单位。",
        phrases::person(&common.unit, common.post.as_deref(), &common.name),
        common.matter
    ));
    body.heading("认定意见");
    body.say(decision(facts, &common, on));
    if let Some(measure) = optional(facts.measure.as_deref()) {
        body.say(format!("处理措施：{}", phrases::sentence(&measure)));
    }
    if is_full {
        body.heading("结果运用");
        body.say(format!(
            "{}，{}该规定适用于上述认定意见，请在有关工作中予以落实。",
            common.policy.again(phrases::PROTECTION),
            phrases::UNAFFECTED
        ));
    }
    body.say("特此函告。");

    Ok(Text {
        title: format!("{}关于抄送{}同志容错认定意见的函", common.organ, common.name),
        salutation: format!("{}：", to.join("、")),
        body: body.blocks(),
        attachments: vec![phrases::opinion(common.doc_no.as_deref())],
        copies: Vec::new(),
        organ: common.organ,
    })
}

/// 补定等次建议函: asks a unit to look again at the years graded under the matter. It concludes nothing about the grades.
pub(super) fn regrade_letter(facts: &Facts) -> Result<Text, PaperError> {
    let mut needs = Needs::of(PaperKind::RegradeLetter);
    let common = Common::take(facts, &mut needs);
    let on = needs.day("认定日期", facts.concluded_on);
    needs.at_least_one("需要补定等次的年度和原登记等次", &facts.regrade);
    let mut years = facts.regrade.clone();
    years.sort_by_key(|year| year.year);
    let rows: Vec<[String; 3]> = years
        .iter()
        .zip(1..)
        .map(|(year, number): (_, u32)| {
            let grade = needs.text("原登记等次", &year.grade);
            [number.to_string(), format!("{}年度", year.year), grade]
        })
        .collect();
    needs.met()?;

    let mut body = Body::default();
    body.say(format!(
        "关于你单位{}在“{}”中的有关问题，{}",
        person_within(&common),
        common.matter,
        decision(facts, &common, on)
    ));
    body.say(format!(
        "{}，{}",
        common.policy.cite(phrases::PROTECTION),
        phrases::UNAFFECTED
    ));
    body.say("该同志下列年度的年度考核登记情况，请你单位予以复核：");
    body.table(["序号", "考核年度", "原登记等次"], rows);
    body.say("经复核，原登记等次系因上述事项确定，或者因上述事项未确定等次的，建议按照干部管理权限和有关规定补定等次；另有其他原因的，请说明原因并附有关文件。请将复核结果书面函复本机关。");
    body.say("特此函告。");

    let copies = offices(facts);
    let organization = optional(facts.organization.as_deref());
    Ok(Text {
        title: format!("{}关于建议补定{}同志年度考核等次的函", common.organ, common.name),
        salutation: format!("{}：", common.unit),
        body: body.blocks(),
        attachments: Vec::new(),
        // Grades are the organization department's business; the others need not know.
        copies: copies
            .into_iter()
            .filter(|office| Some(office) == organization.as_ref() && *office != common.unit)
            .collect(),
        organ: common.organ,
    })
}

/// 核查函: asks a unit for the reasons of one record. It says that nothing is concluded yet.
pub(super) fn inquiry(facts: &Facts, date: NaiveDate) -> Result<Text, PaperError> {
    let kind = PaperKind::Inquiry;
    let mut needs = Needs::of(kind);
    let common = Common::take(facts, &mut needs);
    let pending = facts.conclusion == Conclusion::Investigating;
    let on = if pending {
        date
    } else {
        needs.day("认定日期", facts.concluded_on)
    };
    let asked = Asked::take(facts.doubt.as_ref(), &mut needs);
    needs.met()?;
    in_order(kind, ("成文日期", date), ("答复期限", asked.reply_by))?;

    let person = person_within(&common);
    let mut body = Body::default();
    body.say(format!("经核对有关名单，你单位{person}有下列记载："));
    body.table(["项目", "内容"], asked.rows);
    if pending {
        body.say(format!(
            "该同志在“{}”中的有关问题，容错认定正在进行，尚未作出结论。",
            common.matter
        ));
    } else {
        let decision = decision(facts, &common, on);
        body.say(format!("关于该同志在“{}”中的有关问题，{decision}", common.matter));
    }
    if facts.conclusion.level() == Level::Full {
        body.say(format!(
            "{}，{}",
            common.policy.cite(phrases::PROTECTION),
            phrases::UNAFFECTED
        ));
    }
    body.say(format!(
        "请你单位核查下列事项，并于{}前（含当日）书面说明理由：",
        day_zh(asked.reply_by)
    ));
    body.say("（一）上述结果依据什么、由谁、何时作出。");
    body.say("（二）上述结果与上述事项有无关系。");
    body.say("（三）另有其他原因的，请写明原因，并附有关文件及文号。");
    body.say("上述情况尚待核实，本函不作为对你单位和该同志的结论。");
    body.say("请予函复。");

    Ok(Text {
        title: format!("{}关于核查{}同志有关事项的函", common.organ, common.name),
        salutation: format!("{}：", common.unit),
        body: body.blocks(),
        attachments: Vec::new(),
        copies: Vec::new(),
        organ: common.organ,
    })
}

/// The record asked about.
struct Asked {
    rows: Vec<[String; 2]>,
    reply_by: NaiveDate,
}

impl Asked {
    fn take(doubt: Option<&Doubt>, needs: &mut Needs) -> Self {
        let list = needs.some("名单名称", doubt.map(|doubt| doubt.list.as_str()));
        let result = needs.some("记载结果", doubt.map(|doubt| doubt.result.as_str()));
        let reply_by = needs.day("答复期限", doubt.and_then(|doubt| doubt.reply_by));
        let row = doubt.and_then(|doubt| doubt.row);
        let reason = optional(doubt.and_then(|doubt| doubt.reason.as_deref()));
        let mut rows = vec![["名单".to_owned(), list]];
        rows.extend(row.map(|row| ["位置".to_owned(), format!("第{row}行")]));
        rows.push(["记载结果".to_owned(), result]);
        rows.push(["记载理由".to_owned(), reason.unwrap_or_else(|| "未写明".to_owned())]);
        Self { rows, reply_by }
    }
}

/// Post and name, where the unit is addressed and need not be named again.
fn person_within(common: &Common) -> String {
    let post = common.post.as_deref().unwrap_or_default();
    let post = post.strip_prefix(common.unit.as_str()).unwrap_or(post);
    format!("{post}{}同志", common.name)
}

/// The decision, of a third person.
fn decision(facts: &Facts, common: &Common, on: NaiveDate) -> String {
    if facts.conclusion == Conclusion::Clarified {
        // There was no fault, so none may be named.
        let number = common.doc_no.as_ref().map(|number| format!("（{number}）"));
        return format!(
            "经核实，反映失实，本机关已于{}予以澄清{}。",
            day_zh(on),
            number.unwrap_or_default()
        );
    }
    format!(
        "{}对该同志在上述事项中的失误错误{}。",
        phrases::decided(on, common.doc_no.as_deref()),
        phrases::outcome(facts.conclusion)
    )
}
