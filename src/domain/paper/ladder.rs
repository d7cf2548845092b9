//! Papers of the ladder: 提醒函, 督办通知单, 告诫书 to the unit, 移交函 to whoever may decide about the people.

use super::phrases::{Body, Policy, one_line, sentence};
use super::{DocNumber, Paper, PaperKind};
use crate::domain::time::day_zh;
use chrono::NaiveDate;

/// What such a paper says of an item.
#[derive(Debug, Clone)]
pub struct LadderFacts {
    /// Full title of the policy document.
    pub policy: String,
    /// Clause of supervision, as the profile writes it.
    pub clause: String,
    /// Its words.
    pub quote: String,
    /// 督办单位, who signs.
    pub organ: String,
    /// 责任单位, in full.
    pub unit: String,
    /// Who gets a 移交函.
    pub to: Option<String>,
    /// 编号
    pub number: String,
    /// 问题
    pub problem: String,
    /// 整改措施
    pub measures: Option<String>,
    /// 责任人
    pub person: Option<String>,
    /// The day it is to be done by.
    pub due: Option<NaiveDate>,
    /// The first day, where it was put off.
    pub first_due: Option<NaiveDate>,
    /// The last report: day and words.
    pub report: Option<(NaiveDate, String)>,
    /// 完成比例
    pub percent: u8,
    /// Whose delay it is; empty before the day.
    pub late: String,
    /// Steps of the ladder taken so far: day and level.
    pub steps: Vec<(NaiveDate, String)>,
    /// What was decided about people: a line each.
    pub dealt: Vec<String>,
    /// What to do.
    pub action: String,
    /// By when to answer.
    pub reply_by: NaiveDate,
}

impl PaperKind {
    /// Every paper of the ladder.
    pub const LADDER: [Self; 4] = [Self::Reminder, Self::Supervision, Self::Warning, Self::Referral];

    /// A paper of the ladder by its name.
    pub fn of_ladder(text: &str) -> Option<Self> {
        Self::LADDER
            .into_iter()
            .find(|kind| kind.zh() == text || kind.as_str() == text)
    }
}

/// Composes one; `None` where the kind is none of the ladder's, or a 移交函 has nobody to go to.
pub fn ladder(kind: PaperKind, facts: &LadderFacts, number: Option<DocNumber>, date: NaiveDate) -> Option<Paper> {
    let organ = one_line(&facts.organ);
    let unit = one_line(&facts.unit);
    let policy = Policy::of(&facts.policy);
    let basis = format!(
        "{}（“{}”）",
        policy.cite(&clause_zh(&facts.clause)),
        one_line(&facts.quote).trim_end_matches('。')
    );
    let mut body = Body::default();
    let (title, salutation) = match kind {
        PaperKind::Reminder => {
            body.say(format!("{basis}，现就下列整改事项提醒你单位："));
            item(&mut body, facts);
            body.say(format!("请你单位{}", sentence(&facts.action)));
            body.say("特此函告。");
            (format!("{organ}关于整改事项{}的提醒函", facts.number), unit)
        }
        PaperKind::Supervision => {
            body.say(format!("{basis}，现对下列整改事项进行督办："));
            item(&mut body, facts);
            body.heading("存在的问题");
            body.say(sentence(&standing(facts)));
            body.heading("督办要求");
            body.lines(&facts.action);
            body.say(format!("请于{}前（含当日）书面报告办理情况。", day_zh(facts.reply_by)));
            (format!("{organ}关于整改事项{}的督办通知单", facts.number), unit)
        }
        PaperKind::Warning => {
            body.say(format!("{basis}，现就下列整改事项对你单位予以告诫："));
            item(&mut body, facts);
            body.heading("督办经过");
            history(&mut body, facts);
            body.heading("告诫事项");
            body.say(sentence(&standing(facts)));
            body.lines(&facts.action);
            body.say(format!(
                "请于{}前（含当日）完成整改并书面报告。逾期仍不整改的，按照上述规定处理。",
                day_zh(facts.reply_by)
            ));
            (format!("{organ}关于整改事项{}的告诫书", facts.number), unit)
        }
        PaperKind::Referral => {
            let to = one_line(facts.to.as_deref()?);
            body.say(format!("{basis}，现将{unit}下列整改事项的有关情况移交你单位："));
            item(&mut body, facts);
            body.heading("督办经过");
            history(&mut body, facts);
            body.heading("移交事由");
            body.say(sentence(&standing(facts)));
            body.lines(&facts.action);
            body.say("上述情况由你单位按照有关规定和干部管理权限研究，本函不作为对任何单位和个人的结论。处理结果请函告本机关。");
            (format!("{organ}关于移交整改事项{}有关情况的函", facts.number), to)
        }
        _ => return None,
    };
    Some(Paper {
        kind,
        title,
        number,
        salutation: format!("{salutation}："),
        body: body.blocks(),
        attachments: Vec::new(),
        organ,
        date,
        copies: Vec::new(),
    })
}

/// The profile writes 三(三), a paper 三（三）.
fn clause_zh(clause: &str) -> String {
    clause.replace('(', "（").replace(')', "）")
}

fn item(body: &mut Body, facts: &LadderFacts) {
    let due = match (facts.due, facts.first_due) {
        (Some(due), Some(first)) if first != due => format!("{}（原定{}）", day_zh(due), day_zh(first)),
        (Some(due), _) => day_zh(due),
        (None, _) => "长期坚持".to_owned(),
    };
    let progress = match &facts.report {
        Some((on, text)) => format!("{}：{}（完成{}%）", day_zh(*on), one_line(text), facts.percent),
        None => "未报告过进展".to_owned(),
    };
    let mut rows = vec![
        ["编号".to_owned(), facts.number.clone()],
        ["问题".to_owned(), one_line(&facts.problem)],
    ];
    rows.extend(
        facts
            .measures
            .as_deref()
            .map(|text| ["整改措施".to_owned(), one_line(text)]),
    );
    rows.extend(
        facts
            .person
            .as_deref()
            .map(|text| ["责任人".to_owned(), one_line(text)]),
    );
    rows.push(["整改时限".to_owned(), due]);
    rows.push(["最近进展".to_owned(), progress]);
    body.table(["项目", "内容"], rows);
}

fn standing(facts: &LadderFacts) -> String {
    match (facts.due, facts.late.as_str()) {
        (Some(due), late) if !late.is_empty() => format!("整改时限{}已过，{late}", day_zh(due)),
        (Some(due), _) => format!("整改时限为{}，请抓紧落实", day_zh(due)),
        (None, _) => "该事项须长期坚持，请按要求报告坚持情况".to_owned(),
    }
}

fn history(body: &mut Body, facts: &LadderFacts) {
    for (on, level) in &facts.steps {
        body.say(format!("{}，升为{level}。", day_zh(*on)));
    }
    for line in &facts.dealt {
        body.say(sentence(line));
    }
    if facts.steps.is_empty() && facts.dealt.is_empty() {
        body.say("此前没有督办记录。");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::paper::Block;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn facts() -> LadderFacts {
        LadderFacts {
            policy: "云川市实施意见".to_owned(),
            clause: "三(三)".to_owned(),
            quote: "加强对纠错整改工作的监督检查。".to_owned(),
            organ: "云川市市委督查室".to_owned(),
            unit: "云川市水务局".to_owned(),
            to: Some("云川市纪委监委".to_owned()),
            number: "ZG-2026-031".to_owned(),
            problem: "台账\n缺失".to_owned(),
            measures: None,
            person: Some("程砺".to_owned()),
            due: Some(day("2026-10-30")),
            first_due: Some(day("2026-09-30")),
            report: None,
            percent: 0,
            late: "逾期 5 个工作日".to_owned(),
            steps: vec![(day("2026-11-02"), "黄色督办".to_owned())],
            dealt: Vec::new(),
            action: "书面说明原因".to_owned(),
            reply_by: day("2026-11-13"),
        }
    }

    fn text(paper: &Paper) -> String {
        paper.words()
    }

    #[test]
    fn each_says_what_it_is_for() {
        for (kind, title, to, said) in [
            (PaperKind::Reminder, "提醒函", "云川市水务局：", "特此函告。"),
            (
                PaperKind::Supervision,
                "督办通知单",
                "云川市水务局：",
                "请于2026年11月13日前（含当日）书面报告办理情况。",
            ),
            (
                PaperKind::Warning,
                "告诫书",
                "云川市水务局：",
                "2026年11月2日，升为黄色督办。",
            ),
            (
                PaperKind::Referral,
                "有关情况的函",
                "云川市纪委监委：",
                "不作为对任何单位和个人的结论",
            ),
        ] {
            let paper = ladder(kind, &facts(), None, day("2026-11-06")).expect("a paper");
            assert!(paper.title.ends_with(title), "{}", paper.title);
            assert_eq!(paper.salutation, to);
            let words = text(&paper);
            assert!(words.contains(said), "{words}");
            assert!(words.contains("根据《云川市实施意见》三（三）的规定"), "{words}");
            assert!(words.contains("2026年10月30日（原定2026年9月30日）"), "{words}");
            assert!(
                !paper
                    .body
                    .iter()
                    .any(|block| matches!(block, Block::Paragraph(text) if text.contains('\n')))
            );
        }
    }

    #[test]
    fn a_referral_needs_somebody_to_go_to_and_other_kinds_are_none_of_these() {
        let nobody = LadderFacts { to: None, ..facts() };
        assert!(ladder(PaperKind::Referral, &nobody, None, day("2026-11-06")).is_none());
        assert!(ladder(PaperKind::Inquiry, &facts(), None, day("2026-11-06")).is_none());
        for kind in PaperKind::LADDER {
            assert_eq!(PaperKind::of_ladder(kind.zh()), Some(kind));
        }
    }
}
