//! What each paper says and must not say, and what is asked for when a fact is missing.

use super::*;
use crate::domain::case::Conclusion;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn facts(conclusion: Conclusion) -> Facts {
    Facts {
        policy: "云川市关于健全完善容错纠错机制的实施意见".to_owned(),
        organ: "中共云川市纪律检查委员会".to_owned(),
        case_no: "RC-2026-0012".to_owned(),
        name: "李明".to_owned(),
        unit: "云川市住房和城乡建设局".to_owned(),
        post: Some("副局长".to_owned()),
        matter: "老旧小区改造招标延误".to_owned(),
        conclusion,
        concluded_on: Some(day("2026-11-10")),
        doc_no: Some("云容认〔2026〕12号".to_owned()),
        measure: Some("诫勉".to_owned()),
        basis: Some("出于公心；\n程序完备".to_owned()),
        rectification: Some("补办手续\n\n完善内控。".to_owned()),
        competent: Some("云川市人民政府".to_owned()),
        superior: Some("省住房和城乡建设厅".to_owned()),
        organization: Some("中共云川市委组织部".to_owned()),
        archive: vec![ArchiveItem {
            name: "结论性认定意见".to_owned(),
            copies: 2,
            receipt_no: Some("云档收2026-031".to_owned()),
        }],
        regrade: vec![
            RegradeYear {
                year: 2026,
                grade: "基本称职".to_owned(),
            },
            RegradeYear {
                year: 2025,
                grade: "不确定等次".to_owned(),
            },
        ],
        doubt: Some(Doubt {
            list: "2026年度考核结果.xlsx".to_owned(),
            row: Some(12),
            result: "基本称职".to_owned(),
            reason: None,
            reply_by: Some(day("2026-12-04")),
        }),
    }
}

fn paper(kind: PaperKind, facts: &Facts) -> Result<Paper, PaperError> {
    compose(kind, facts, None, day("2026-11-24"))
}

fn text(paper: &Paper) -> String {
    let mut lines = vec![paper.title.clone(), paper.salutation.clone()];
    for block in &paper.body {
        match block {
            Block::Paragraph(text) | Block::Heading(text) => lines.push(text.clone()),
            Block::Table { header, rows } => {
                lines.push(header.join("|"));
                lines.extend(rows.iter().map(|row| row.join("|")));
            }
        }
    }
    lines.join("\n")
}

fn conclusion_for(kind: PaperKind) -> Conclusion {
    match kind {
        PaperKind::Refusal => Conclusion::NotTolerated,
        _ => Conclusion::Exempted,
    }
}

#[test]
fn kinds_and_numbers_are_written_and_read() {
    for kind in PaperKind::ALL {
        assert_eq!(PaperKind::from_text(kind.as_str()), Some(kind));
        assert_eq!(PaperKind::from_text(kind.zh()), Some(kind));
    }
    assert_eq!(PaperKind::from_text("督办单"), None);
    let number = DocNumber {
        prefix: PaperKind::Inquiry.prefix(" 云容 "),
        year: 2026,
        serial: 7,
    };
    assert_eq!(number.to_string(), "云容函〔2026〕7号");
    assert_eq!(PaperKind::Conclusion.prefix("云容"), "云容馈");
    assert_eq!(
        PaperKind::CopyLetter.prefix("云容"),
        PaperKind::RegradeLetter.prefix("云容")
    );
}

#[test]
fn every_paper_has_its_frame() {
    for kind in PaperKind::ALL {
        let paper = paper(kind, &facts(conclusion_for(kind))).expect("all facts are there");
        assert!(
            paper.title.starts_with("中共云川市纪律检查委员会关于"),
            "{}",
            paper.title
        );
        assert!(paper.salutation.ends_with('：'), "{}", paper.salutation);
        assert_eq!(paper.date_zh(), "2026年11月24日");
        assert_eq!(paper.organ, "中共云川市纪律检查委员会");
        let text = text(&paper);
        assert!(
            !text.contains("密级") && !text.contains("。。") && !text.contains("；。"),
            "{text}"
        );
    }
}

#[test]
fn only_an_exoneration_is_told_of_the_protection() {
    let protection = "对于容错免责的，在年度考核、评先评优、表彰奖励时不受影响";
    for kind in [PaperKind::Conclusion, PaperKind::CopyLetter, PaperKind::Inquiry] {
        for conclusion in [Conclusion::NotAccountable, Conclusion::Exempted, Conclusion::Exonerated] {
            let text = text(&paper(kind, &facts(conclusion)).expect("all facts are there"));
            assert!(text.contains(protection) && text.contains("二（五）"), "{text}");
        }
        for conclusion in [Conclusion::Lighter, Conclusion::Mitigated] {
            let text = text(&paper(kind, &facts(conclusion)).expect("all facts are there"));
            assert!(!text.contains("不受影响") && !text.contains("二（五）"), "{text}");
        }
    }
    let refusal = text(&paper(PaperKind::Refusal, &facts(Conclusion::NotTolerated)).expect("all facts are there"));
    assert!(!refusal.contains("不受影响"), "{refusal}");
}

#[test]
fn the_feedback_says_what_was_decided_and_who_is_told() {
    let paper = paper(PaperKind::Conclusion, &facts(Conclusion::Mitigated)).expect("all facts are there");
    let text = text(&paper);
    for words in [
        "李明同志：",
        "根据《云川市关于健全完善容错纠错机制的实施意见》（以下简称《实施意见》）二（四）4的规定",
        "本机关于2026年11月10日作出结论性认定意见（云容认〔2026〕12号）：对你在上述事项中的失误错误予以容错，减轻问责。",
        "处理措施：诫勉。",
        "认定依据：出于公心；程序完备。",
        "二、整改要求\n补办手续。\n完善内控。\n三、抄送和归档",
        "根据《实施意见》二（四）5的规定，结论性认定意见应于5个工作日内归入干部人事档案和廉政档案。",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert_eq!(
        paper.copies_zh().as_deref(),
        Some("抄送：云川市人民政府，省住房和城乡建设厅，中共云川市委组织部。")
    );
    assert_eq!(paper.attachments, ["结论性认定意见（云容认〔2026〕12号）"]);
}

#[test]
fn the_refusal_explains_itself_and_goes_to_nobody_else() {
    let mut facts = facts(Conclusion::NotTolerated);
    let paper = paper(PaperKind::Refusal, &facts).expect("all facts are there");
    let said = text(&paper);
    assert!(said.contains("二、不予容错的理由\n出于公心。\n程序完备。"), "{said}");
    assert!(said.contains("不符合容错条件，不予容错，按照有关规定处理"), "{said}");
    assert!(paper.copies.is_empty());
    facts.basis = None;
    let error = super::compose(PaperKind::Refusal, &facts, None, day("2026-11-24")).expect_err("no reasons");
    assert_eq!(
        error.to_string(),
        "无法生成《不予容错答复》：缺少认定依据（不予容错的理由），请补充后再生成"
    );
}

#[test]
fn the_copy_letter_goes_to_each_office_once_and_never_to_its_sender() {
    let mut facts = facts(Conclusion::Exempted);
    facts.superior = facts.competent.clone();
    facts.organization = Some("中共云川市委组织部".to_owned());
    let letter = paper(PaperKind::CopyLetter, &facts).expect("all facts are there");
    assert_eq!(letter.salutation, "云川市人民政府、中共云川市委组织部：");
    facts.organ = "中共云川市委组织部".to_owned();
    let letter = paper(PaperKind::CopyLetter, &facts).expect("all facts are there");
    assert_eq!(letter.salutation, "云川市人民政府：");
    facts.competent = None;
    facts.superior = Some(" ".to_owned());
    assert_eq!(
        paper(PaperKind::CopyLetter, &facts).expect_err("offices are missing"),
        PaperError::Missing {
            kind: PaperKind::CopyLetter,
            facts: vec!["主管部门", "上级部门", "本机关以外的抄送机关"]
        }
    );
}

#[test]
fn the_archive_list_counts_and_leaves_room_to_sign() {
    let mut facts = facts(Conclusion::NotTolerated);
    facts.archive.push(ArchiveItem {
        name: "调查报告".to_owned(),
        copies: 1,
        receipt_no: None,
    });
    let said = text(&paper(PaperKind::ArchiveList, &facts).expect("all facts are there"));
    for words in [
        "1|结论性认定意见|2|云档收2026-031",
        "2|调查报告|1|\n|合计|3|",
        "廉政档案|||",
        "二（四）5",
        "案件编号：RC-2026-0012",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    facts.archive[1].copies = 0;
    facts.archive[0].name = String::new();
    assert_eq!(
        paper(PaperKind::ArchiveList, &facts).expect_err("not complete"),
        PaperError::Missing {
            kind: PaperKind::ArchiveList,
            facts: vec!["归档材料名称", "归档材料份数"]
        }
    );
}

#[test]
fn the_regrade_letter_asks_in_the_order_of_years_and_concludes_nothing() {
    let paper = paper(PaperKind::RegradeLetter, &facts(Conclusion::NotAccountable)).expect("all facts are there");
    let said = text(&paper);
    assert!(said.contains("1|2025年度|不确定等次\n2|2026年度|基本称职"), "{said}");
    assert!(said.contains("建议按照干部管理权限和有关规定补定等次"), "{said}");
    assert_eq!(paper.salutation, "云川市住房和城乡建设局：");
    assert_eq!(paper.copies, ["中共云川市委组织部"]);
}

#[test]
fn the_inquiry_names_the_record_and_the_day_of_the_reply() {
    let mut facts = facts(Conclusion::Lighter);
    let said = text(&paper(PaperKind::Inquiry, &facts).expect("all facts are there"));
    for words in [
        "名单|2026年度考核结果.xlsx\n位置|第12行\n记载结果|基本称职\n记载理由|未写明",
        "并于2026年12月4日前（含当日）书面说明理由",
        "本函不作为对你单位和该同志的结论",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    facts.conclusion = Conclusion::Investigating;
    facts.concluded_on = None;
    let said = text(&paper(PaperKind::Inquiry, &facts).expect("an open case may be asked about"));
    assert!(said.contains("容错认定正在进行，尚未作出结论"), "{said}");
    assert!(!said.contains("二（五）"), "{said}");
    facts.doubt = None;
    assert_eq!(
        paper(PaperKind::Inquiry, &facts)
            .expect_err("nothing to ask")
            .to_string(),
        "无法生成《核查函》：缺少名单名称、记载结果、答复期限，请补充后再生成"
    );
}

#[test]
fn a_paper_that_does_not_go_with_the_conclusion_is_refused_with_advice() {
    for (kind, conclusion, words) in [
        (
            PaperKind::Conclusion,
            Conclusion::NotTolerated,
            "应当使用《不予容错答复》",
        ),
        (
            PaperKind::Refusal,
            Conclusion::Lighter,
            "应当使用《容错认定意见反馈书》",
        ),
        (
            PaperKind::CopyLetter,
            Conclusion::NotTolerated,
            "抄送只适用于给予容错的",
        ),
        (PaperKind::RegradeLetter, Conclusion::Mitigated, "只适用于容错免责的"),
        (PaperKind::Inquiry, Conclusion::NotTolerated, "不在保护范围"),
        (
            PaperKind::ArchiveList,
            Conclusion::Investigating,
            "请在结论作出后再生成",
        ),
    ] {
        let error = paper(kind, &facts(conclusion)).expect_err("not this paper");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn from_lighter_on_the_measure_is_needed_and_days_stand_in_order() {
    let mut facts = facts(Conclusion::Lighter);
    facts.measure = None;
    facts.doc_no = None;
    facts.organ = String::new();
    assert_eq!(
        paper(PaperKind::Conclusion, &facts)
            .expect_err("not complete")
            .to_string(),
        "无法生成《容错认定意见反馈书》：缺少问责实施机关、处理措施，请补充后再生成"
    );
    facts.conclusion = Conclusion::Exempted;
    facts.organ = "市纪委监委".to_owned();
    let said = text(&paper(PaperKind::Conclusion, &facts).expect("免责 needs no measure"));
    assert!(said.contains("作出结论性认定意见："), "{said}");
    facts.concluded_on = Some(day("2026-11-25"));
    assert_eq!(
        paper(PaperKind::Conclusion, &facts).expect_err("too early").to_string(),
        "无法生成《容错认定意见反馈书》：成文日期（2026年11月24日）早于认定日期（2026年11月25日），请核对后再生成"
    );
    facts.concluded_on = Some(day("2026-11-24"));
    facts.doubt.as_mut().expect("there is one").reply_by = Some(day("2026-11-23"));
    let error = paper(PaperKind::Inquiry, &facts).expect_err("too late");
    assert!(
        error.to_string().contains("答复期限（2026年11月23日）早于成文日期"),
        "{error}"
    );
}

#[test]
fn texts_of_others_become_clean_sentences() {
    assert_eq!(
        phrases::one_line(" 老旧\n小区\u{1}改造 No 5\r\nA区 "),
        "老旧小区改造No 5 A区"
    );
    assert_eq!(phrases::sentence("补办手续；"), "补办手续。");
    assert_eq!(phrases::sentence("（见附件）"), "（见附件）。");
    assert_eq!(phrases::sentence("他说“可以。”"), "他说“可以。”");
    let policy = phrases::Policy::of("《某市容错工作方案》");
    assert_eq!(policy.introduce("二（五）"), "根据《某市容错工作方案》二（五）的规定");
    assert_eq!(policy.again("二（五）"), "根据该文件二（五）的规定");
    assert_eq!(
        phrases::person("住建局", Some("住建局局长"), "李明"),
        "住建局局长李明同志"
    );
}
