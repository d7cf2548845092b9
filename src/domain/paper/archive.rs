//! 归档移交清单, clause 二(四)5.

use super::PaperKind;
use super::compose::{Common, Text};
use super::facts::{Facts, Needs, PaperError};
use super::phrases::{self, Body};
use crate::domain::time::day_zh;

/// The list of what goes into the two archives, with room to sign for each.
pub(super) fn list(facts: &Facts) -> Result<Text, PaperError> {
    let mut needs = Needs::of(PaperKind::ArchiveList);
    let common = Common::take(facts, &mut needs);
    let case_no = needs.text("案件编号", &facts.case_no);
    let on = needs.day("认定日期", facts.concluded_on);
    needs.at_least_one("归档材料", &facts.archive);
    let mut rows = Vec::new();
    for (item, number) in facts.archive.iter().zip(1_u32..) {
        let name = needs.text("归档材料名称", &item.name);
        if item.copies == 0 {
            needs.note("归档材料份数");
        }
        let receipt = item.receipt_no.as_deref().map(phrases::one_line).unwrap_or_default();
        rows.push([number.to_string(), name, item.copies.to_string(), receipt]);
    }
    needs.met()?;

    let total: u64 = facts.archive.iter().map(|item| u64::from(item.copies)).sum();
    rows.push([String::new(), "合计".to_owned(), total.to_string(), String::new()]);
    let mut body = Body::default();
    body.say(format!(
        "{}“{}”（案件编号：{case_no}）的结论性认定意见已于{}作出。{}，{}。现将下列材料移交归档，请查收。",
        phrases::person(&common.unit, common.post.as_deref(), &common.name),
        common.matter,
        day_zh(on),
        common.policy.cite(phrases::ARCHIVE),
        phrases::INTO_ARCHIVES
    ));
    body.table(["序号", "材料名称", "份数", "回执编号"], rows);
    body.say("移交、接收情况：");
    let archives = ["干部人事档案", "廉政档案"];
    body.table(
        ["归入档案", "移交人（签字）", "接收人（签字）", "接收日期"],
        archives.map(|archive| [archive.to_owned(), String::new(), String::new(), String::new()]),
    );

    Ok(Text {
        title: format!("{}关于{}同志容错材料的归档移交清单", common.organ, common.name),
        salutation: "干部人事档案管理单位、廉政档案管理单位：".to_owned(),
        body: body.blocks(),
        attachments: Vec::new(),
        copies: Vec::new(),
        organ: common.organ,
    })
}
