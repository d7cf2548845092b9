//! Titles of matters that share digits, dates, units and everyday phrases with reasons about something else.

use super::{
    A, Domain, Judged, List, ListRow, ListSheet, Register, V, WORDS, case, city, day, judge, judged, key, options,
    person, row,
};
use crate::domain::case::Conclusion;

/// Protected people with the titles of their matters, numbered from 50.
fn register(titles: &[(&str, &str)]) -> Register {
    let mut out = city();
    for (serial, (name, title)) in (50..).zip(titles) {
        let no = format!("RC-2024-{serial}");
        let doc = format!("云容认〔2024〕{serial}号");
        let case = case(&no, title, Conclusion::Exempted, Some("2024-03-01"), &doc);
        out.people.push(person(serial, name, "云川市/财政局", vec![case]));
    }
    out.units.push("云川市/财政局".to_owned());
    out.units.push("松坪县卫生健康局".to_owned());
    out
}

fn lines(register: &Register, rows: Vec<ListRow>) -> Vec<Judged> {
    let sheet = ListSheet {
        rows,
        ..ListSheet::default()
    };
    let list = List {
        sheets: vec![sheet],
        ..List::default()
    };
    let report = judge(&list, register, &WORDS, &options(), &key).expect("every row has its domain");
    report.results
}

/// A penalty of the person numbered 50, whose matter has this title.
fn titled(title: &str, reason: &str) -> Judged {
    let register = register(&[("陈甲", title)]);
    let row = row(5, 50, "陈甲", Domain::Commendation, "取消奖励", reason);
    lines(&register, vec![row]).remove(0)
}

#[test]
fn dates_and_numbers_of_a_title_name_nothing() {
    for (title, reason, attribution) in [
        (
            "2026年春季招生划片失当",
            "受警告处分（云纪〔2026〕5号）",
            A::Independent,
        ),
        ("2026年春季招生划片失当", "2026年病假超过两个月", A::Independent),
        ("2026年春季招生划片失当", "2026年4月任职，任职年限不足", A::Independent),
        ("2026年第三季度专项资金串户", "2026年第三季度请假较多", A::Independent),
        ("二〇二六年春季招生划片失当", "二〇二六年病假较长", A::Independent),
        ("第182号公路涵洞沉降", "受处分（云纪〔2026〕182号）", A::Independent),
        ("第182号公路涵洞沉降", "第182号公路", A::Independent),
        ("2026年春季招生划片失当", "因2026年春季招生划片", A::Explicit),
        ("2026年春季招生划片失当", "招生划片", A::Explicit),
        ("第182号公路涵洞沉降", "第182号公路涵洞", A::Explicit),
        ("一体化泵站设备选型偏差", "一体化泵站", A::Explicit),
    ] {
        let line = titled(title, reason);
        assert_eq!(line.attribution, Some(attribution), "{title} / {reason}: {}", line.why);
    }
}

#[test]
fn a_number_that_repeats_a_title_names_nothing_by_it() {
    let line = titled("云监督办公室系统停摆", "受处分（云监督办公〔2026〕5号）");
    assert_eq!(line.attribution, Some(A::Independent), "{}", line.why);
}

#[test]
fn units_grades_and_kinds_of_outcome_in_a_title_name_nothing() {
    for (title, reason, attribution) in [
        ("云川市财政局办公楼空调漏水", "云川市财政局党组研究决定", A::None),
        ("云川市财政局办公楼空调漏水", "云川市财政局办公楼空调", A::Explicit),
        ("松坪县卫生健康局救护车调度失当", "卫生健康局研究决定", A::None),
        ("年度考核优秀等次误报", "优秀等次名额限制", A::Independent),
        ("年度考核优秀等次误报", "年度考核优秀等次误报", A::Explicit),
        ("年度考核优秀等次误报", "优秀等次误报", A::Explicit),
        ("评先评优绩效奖金重复核算", "评先评优名额限制", A::Independent),
        ("评先评优绩效奖金重复核算", "绩效奖金重复核算", A::Explicit),
    ] {
        let line = titled(title, reason);
        assert_eq!(line.attribution, Some(attribution), "{title} / {reason}: {}", line.why);
    }
}

#[test]
fn another_cadres_matter_is_told_from_one_that_begins_alike() {
    let titles = [
        ("陈甲", "冬菜补贴迟办"),
        ("褚乙", "冬菜补贴误发"),
        ("卫丙", "渡口缆绳老化"),
        ("陈甲", "冬菜补贴错登"),
    ];
    let register = register(&titles);
    let verdict = |who: u32, reason: &str| {
        let name = titles[who as usize - 50].0;
        let mut row = row(5, who, name, Domain::Commendation, "取消奖励", reason);
        row.decided_on = Some(day("2026-06-01"));
        lines(&register, vec![row]).remove(0).verdict
    };
    for reason in ["冬菜补贴迟办", "冬菜补贴误发", "冬菜补贴错登"] {
        assert_eq!(verdict(52, reason), V::Review, "{reason}");
    }
    assert_eq!(verdict(52, "冬菜补贴名额限制"), V::Explain);
    assert_eq!(verdict(50, "冬菜补贴误发"), V::Review);
    assert_eq!(verdict(51, "冬菜补贴误发"), V::Violation);
}

#[test]
fn anothers_case_number_is_known_without_its_hyphens() {
    for number in ["RC-2025-006", "RC2025006", "rc2025-006"] {
        let reason = format!("涉及{number}");
        let row = row(5, 1, "林甲", Domain::Commendation, "取消奖励", &reason);
        assert_eq!(judged(vec![row]).results[0].verdict, V::Review, "{number}");
    }
}

#[test]
fn six_characters_in_a_row_name_a_matter_unless_any_matter_may_have_them() {
    for (title, reason, attribution) in [
        ("适老化改造验收标准放宽", "适老化改造验收", A::Explicit),
        ("适老化改造验收标准放宽", "适老化改造", A::Independent),
        ("校服招标采购程序超期", "校服招标采购", A::Explicit),
        ("零工驿站平台上线宕机", "平台上线", A::Independent),
        ("夜市专项资金项目管理混乱", "专项资金项目管理", A::Independent),
        ("夜市摊位整改落实不到位", "整改落实不到位", A::Independent),
        ("渡口改造工作推进不力", "工作推进不力", A::Independent),
        ("渡口第三季度专项资金串户", "第三季度专项资金", A::Independent),
        ("云川市财政局办公楼空调漏水", "云川市财政局办公会缺席", A::Independent),
    ] {
        let line = titled(title, reason);
        assert_eq!(line.attribution, Some(attribution), "{title} / {reason}: {}", line.why);
    }
}
