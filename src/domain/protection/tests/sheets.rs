//! What a list says besides its rows: headings between them, sheets without a title, columns that often say no reason,
//! columns nobody read.

use super::{
    A, C, Domain, IdNumber, List, ListRow, ListSheet, Register, V, WORDS, case, city, judge, key, options, person, row,
};
use crate::domain::case::Conclusion;
use crate::domain::person::CitizenId;
use crate::domain::protection::Report;
use crate::domain::protection::list::{Unread, UnreadKind as K};

fn sheet(name: &str, title: &str, rows: Vec<ListRow>) -> ListSheet {
    let mut sheet = ListSheet {
        name: Some(name.to_owned()),
        title: vec![title.to_owned()],
        rows,
        ..ListSheet::default()
    };
    for result in sheet.rows.iter().filter_map(|row| row.result.as_deref()) {
        sheet.tally.add(result);
    }
    sheet
}

fn report(sheets: Vec<ListSheet>, register: &Register) -> Report {
    let list = List {
        file: "名单.xlsx".to_owned(),
        sheets,
        ..List::default()
    };
    judge(&list, register, &WORDS, &options(), &key).expect("a sheet says what it is")
}

/// A row without a number and a kind of its own.
fn bare(at: u32, name: &str, result: &str) -> ListRow {
    ListRow {
        id: IdNumber::Missing,
        category: None,
        ..row(at, 1, name, Domain::AnnualAppraisal, result, "")
    }
}

#[test]
fn what_stands_under_a_kind_and_is_no_domain_is_what_a_row_is_about() {
    let honour = |at: u32, said: &str, result: &str| ListRow {
        category: Some(said.to_owned()),
        ..row(at, 1, "林甲", Domain::MeritSelection, result, "")
    };
    let verdicts = |rows: Vec<ListRow>| {
        let report = report(vec![sheet("Sheet1", "2026年度评先评优结果", rows)], &city());
        assert!(report.results.iter().all(|line| line.domain == Domain::MeritSelection));
        let verdicts = report.results.iter().map(|line| line.cell.clone()).collect::<Vec<_>>();
        (verdicts, report.unreadable.len())
    };
    // Two honours are two questions.
    let (cells, unreadable) = verdicts(vec![honour(3, "师德标兵", "未推荐"), honour(4, "优秀教师", "推荐")]);
    assert_eq!((cells.len(), unreadable), (2, 0));
    assert!(cells.iter().all(|cell| cell != "duplicate"), "{cells:?}");
    let (cells, _) = verdicts(vec![honour(3, "师德标兵", "未推荐"), honour(4, "师德标兵", "推荐")]);
    assert!(cells.iter().all(|cell| cell == "duplicate"), "{cells:?}");
    // Where the column names domains, what it says otherwise is none.
    let (cells, unreadable) = verdicts(vec![honour(3, "师德标兵", "未推荐"), honour(4, "评先评优", "推荐")]);
    assert_eq!((cells.len(), unreadable), (1, 1));
}

#[test]
fn a_heading_that_names_a_unit_of_the_list_is_the_unit_of_the_rows_below() {
    let mut register = city();
    let matter = |no: &str, title: &str| vec![case(no, title, Conclusion::Exempted, Some("2026-03-10"), "")];
    register.people.push(person(
        60,
        "陈同",
        "云川市/文旅局/文化馆",
        matter("RC-2026-060", "书画长廊布展返工"),
    ));
    register
        .people
        .push(person(61, "陈同", "云川市/文旅局/图书馆", Vec::new()));
    register.units.push("云川市/文旅局/文化馆".to_owned());
    register.units.push("云川市/文旅局/图书馆".to_owned());
    let verdicts = |headings: [&str; 2]| {
        let rows = headings.iter().zip(3..).map(|(heading, at)| ListRow {
            section: Some((*heading).to_owned()),
            ..bare(at, "陈同", "不称职")
        });
        let title = "云川市文旅局所属单位2026年度考核结果";
        let found = report(vec![sheet("表", title, rows.collect())], &register);
        let lines = found.results.iter().filter(|line| line.row.is_some());
        lines.map(|line| (line.row, line.verdict)).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(["文化馆", "云川市图书馆"]), [(Some(3), V::Suspect)]);
    // As people write them: without a number, in brackets, behind a label, below another heading.
    for heading in [
        "云川市文旅局文化馆",
        "【文化馆】",
        "局属单位:文化馆",
        "局属单位(文化馆)",
        "事业单位\n文化馆(8人)",
        "文化馆\n局机关人员和聘用人员",
        "云川市文旅局文化馆2026年度考核等次表",
    ] {
        assert_eq!(verdicts([heading, "图书馆"]), [(Some(3), V::Suspect)], "{heading}");
    }
    // A title of another list may be anybody's, and where nobody knows whose, it is not the first one's.
    assert_eq!(
        verdicts(["云川市住建局2026年度考核等次表", "图书馆"]),
        [(Some(3), V::Review)]
    );
    assert_eq!(
        verdicts(["云川市档案局2026年度考核等次表", "图书馆"]),
        [(Some(3), V::Review)]
    );
    // What names no unit of the list leaves it open who it is.
    let open = [(Some(3), V::Review), (Some(4), V::Review)];
    assert_eq!(verdicts(["优秀等次", "住建局"]), open);
}

#[test]
fn a_sheet_without_a_title_is_about_what_its_workbook_is() {
    let main = || {
        let title = "云川市住建局2026年第三季度考核奖金发放表";
        sheet(
            "奖金",
            title,
            vec![bare(3, "林戊", "足额发放"), bare(4, "林甲", "足额发放")],
        )
    };
    let aside = |title: &str, result: &str| sheet("明细", title, vec![bare(2, "林甲", result)]);
    let found = report(vec![main(), aside("", "扣发")], &city());
    assert!(found.unreadable.is_empty(), "{:?}", found.unreadable);
    let lines: Vec<_> = found
        .results
        .iter()
        .map(|line| (line.sheet.as_deref(), line.domain))
        .collect();
    assert!(lines.contains(&(Some("明细"), Domain::Bonus)), "{lines:?}");
    // It names nobody's absence, and what has a title or other results is left alone.
    let without = report(
        vec![main(), sheet("明细", "附件", vec![bare(2, "林戊", "扣发")])],
        &city(),
    );
    assert!(
        without.results.iter().all(|line| line.verdict != V::Absent),
        "{:?}",
        without.results
    );
    for other in [aside("云川市住建局通讯录", "扣发"), aside("", "三楼东侧")] {
        let found = report(vec![main(), other], &city());
        assert_eq!(found.unreadable.len(), 1, "{:?}", found.unreadable);
    }
    // Where the workbook is about several kinds, nobody knows which.
    let second = sheet("考核", "云川市住建局2026年度考核", vec![bare(3, "林戊", "称职")]);
    assert_eq!(
        report(vec![main(), second, aside("", "扣发")], &city())
            .unreadable
            .len(),
        1
    );
}

#[test]
fn a_list_that_says_no_kind_is_of_the_only_one_that_has_such_results() {
    let title = "云川市住建局2026年第二批人选情况";
    let judged = |results: [&str; 2]| {
        let rows = vec![bare(3, "林甲", results[0]), bare(4, "林戊", results[1])];
        let list = List {
            file: "名单.xlsx".to_owned(),
            sheets: vec![sheet("表", title, rows)],
            ..List::default()
        };
        judge(&list, &city(), &WORDS, &options(), &key)
    };
    let found = judged(["不予提拔", "提拔"]).expect("posts are given and denied");
    assert_eq!(
        (found.results[0].domain, found.results[0].verdict),
        (Domain::Appointment, V::Suspect)
    );
    assert!(
        found.notices[0].contains("按结果用词当作干部选拔任用"),
        "{:?}",
        found.notices
    );
    // Nobody is missed on it, and what several kinds have is asked for.
    let found = judged(["不称职", "称职"]).expect("grades");
    assert!(found.results.iter().all(|line| line.verdict != V::Absent));
    assert!(judged(["扣发", "足额发放"]).is_err());
    assert!(judged(["三楼东侧", "一楼"]).is_err());
}

#[test]
fn whoever_is_on_one_months_sheet_may_be_missing_from_another() {
    let month = |name: &str, rows| sheet(name, &format!("云川市住建局2026年{name}绩效发放表"), rows);
    let (with, without) = (
        || vec![bare(3, "林戊", "足额发放"), bare(4, "林甲", "足额发放")],
        || vec![bare(3, "林戊", "足额发放")],
    );
    let missing = |sheets| {
        let found = report(sheets, &city());
        let lines = found.results.iter().filter(|line| line.verdict == V::Absent);
        lines
            .map(|line| line.sheet.clone().unwrap_or_default())
            .collect::<Vec<_>>()
    };
    assert_eq!(missing(vec![month("1月", without()), month("2月", with())]), ["1月"]);
    assert_eq!(
        missing(vec![month("1月", without()), month("2月", without())]),
        ["1月", "2月"]
    );
    assert!(missing(vec![month("1月", with()), month("2月", with())]).is_empty());
    // Two sheets of one month are one list.
    let halves = vec![
        sheet("一", "云川市住建局2026年1月绩效发放表", without()),
        month("1月", with()),
    ];
    assert!(missing(halves).is_empty());
}

#[test]
fn a_remark_is_a_reason_where_it_names_a_matter_or_blames() {
    let judged = |result: &str, remark: &str| {
        let row = ListRow {
            remarks: vec![remark.to_owned()],
            ..row(3, 1, "林甲", Domain::AnnualAppraisal, result, "")
        };
        let line = report(vec![sheet("表", "", vec![row])], &city()).results.remove(0);
        (line.verdict, line.outcome_class, line.attribution, line.reason)
    };
    let said = |remark: &str| judged("不称职", remark);
    let matter = "工作踏实，加装电梯试点补贴有瑕疵";
    assert_eq!(
        said(matter),
        (V::Violation, Some(C::Adverse), Some(A::Explicit), matter.to_owned())
    );
    assert_eq!(said("曾被问责").2, Some(A::Implied));
    assert_eq!(judged("称职", matter).0, V::Violation);
    for other in ["工作踏实，分管基建", "与加装电梯试点补贴无关", "同意"] {
        assert_eq!(
            said(other),
            (V::Suspect, Some(C::Adverse), Some(A::None), String::new()),
            "{other}"
        );
    }
}

#[test]
fn a_number_of_which_places_are_hidden_is_no_fault_of_a_stranger() {
    let hidden = |text: &str| IdNumber::Unusable(CitizenId::parse(text).expect_err("hidden in part"));
    for text in [
        "990101********0012",
        "990101＊＊＊＊＊＊＊＊0012",
        "9901××××××××××0012",
        "990101XXXXXXXX0012",
    ] {
        let row = ListRow {
            id: hidden(text),
            ..bare(3, "张三", "称职")
        };
        let found = report(vec![sheet("表", "云川市住建局考核等次", vec![row])], &city());
        assert!(found.unreadable.is_empty(), "{text} {:?}", found.unreadable);
    }
    for text in ["99010119800101001", "9901011980010100A2"] {
        let row = ListRow {
            id: hidden(text),
            ..bare(3, "张三", "称职")
        };
        let found = report(vec![sheet("表", "云川市住建局考核等次", vec![row])], &city());
        assert_eq!(found.unreadable.len(), 1, "{text}");
    }
}

#[test]
fn unread_columns_are_named_those_first_that_may_matter_and_many_others_only_counted() {
    let told = |columns: &[(K, &str)]| {
        let of = |(kind, header): &(K, &str)| Unread {
            kind: *kind,
            header: (*header).to_owned(),
        };
        let sheet = ListSheet {
            unread: columns.iter().map(of).collect(),
            ..sheet("表", "云川市住建局2026年度考核等次", vec![bare(3, "林戊", "称职")])
        };
        report(vec![sheet], &city()).notices.concat()
    };
    let few = told(&[(K::Slight, "科室"), (K::Open, "口碑"), (K::Likely, "谈话时间")]);
    assert!(
        few.starts_with("没有读的栏：「谈话时间」（像是结果、理由或者日期）、「口碑」、「科室」；"),
        "{few}"
    );
    let slight = [
        (K::Slight, "科室"),
        (K::Slight, "排序"),
        (K::Slight, "党龄"),
        (K::Slight, "学科"),
    ];
    assert!(!few.contains("补上表头"), "{few}");
    let bare = told(&[(K::Headless, "第 7 列（没有表头）"), (K::Open, "口碑")]);
    assert!(
        bare.contains("「第 7 列（没有表头）」") && bare.contains("先补上表头"),
        "{bare}"
    );
    let many = told(&[&slight[..], &[(K::Open, "口碑")]].concat());
    assert!(many.starts_with("没有读的栏：「口碑」、另有 4 栏；"), "{many}");
    assert!(told(&slight).starts_with("没有读的栏：「科室」「排序」「党龄」等 4 栏；"));
    assert_eq!(told(&[]), "");
}

#[test]
fn a_roster_whose_unit_or_period_nobody_knows_says_that_nobody_was_missed() {
    let told = |title: &str, rows: Vec<ListRow>| {
        let notices = report(vec![sheet("表", title, rows)], &city()).notices;
        let about = notices
            .iter()
            .find(|notice| notice.contains("没有核对有没有该列而没有列的人"));
        about.map(|notice| notice.split('，').next().unwrap_or_default().to_owned())
    };
    let of = |at, unit: &str| ListRow {
        unit: Some(unit.to_owned()),
        ..bare(at, "林戊", "称职")
    };
    let rows = || vec![bare(3, "林戊", "称职")];
    for (title, said) in [
        ("云川市住建局2026年度考核", None),
        ("云川市住建局考核等次", Some("没有认出名单的期间")),
        ("某某局2026年度考核", Some("没有认出名单的单位")),
        ("公务员考核等次", Some("没有认出名单的单位和期间")),
        // Lists of some only are not looked through for the others.
        ("先进个人评选结果", None),
    ] {
        assert_eq!(told(title, rows()).as_deref(), said, "{title}");
    }
    // A list of several units is none's own.
    let several = vec![of(3, "云川市/住建局"), of(4, "云川市/教育局")];
    assert_eq!(told("公务员2026年度考核", several), None);
    let one = vec![of(3, "云川市/住建局"), of(4, "云川市/住建局")];
    assert!(told("公务员2026年度考核", one).is_some());
    // An approval form is nobody's list, alone or among others.
    let form = ListSheet {
        name: Some("林戊.lrmx".to_owned()),
        ..sheet("表", "公务员2026年度考核", rows())
    };
    assert_eq!(report(vec![form], &city()).notices, Vec::<String>::new());
    // Where nobody is protected, nobody can be missing.
    let mut nobody = city();
    nobody.people.iter_mut().for_each(|person| person.cases.clear());
    let found = report(vec![sheet("表", "公务员考核等次", rows())], &nobody);
    assert_eq!(found.notices, Vec::<String>::new());
}

#[test]
fn a_bracket_about_whom_a_list_holds_besides_is_not_its_unit() {
    let unit = |title: &str| {
        let rows = vec![bare(3, "林甲", "优秀")];
        report(vec![sheet("Sheet1", title, rows)], &city()).unit
    };
    for title in [
        "云川市住建局（不含市农业农村局）2026年度考核等次",
        "云川市住建局(含教育局下属单位)2026年度考核等次",
        "云川市住建局2026年度考核等次（报市教育局、市农业农村局各一份）",
    ] {
        assert_eq!(unit(title).as_deref(), Some("云川市/住建局"), "{title}");
    }
    let named = unit("2026年度考核等次（云川市住建局）");
    assert_eq!(named.as_deref(), Some("云川市/住建局"));
}

#[test]
fn rows_that_say_their_kinds_need_no_guess() {
    let notices = |rows: Vec<ListRow>| report(vec![sheet("Sheet1", "人事情况", rows)], &city()).notices;
    let said = |at: u32, category: Option<&str>| ListRow {
        category: category.map(str::to_owned),
        ..bare(at, "林甲", "优秀")
    };
    let guessed = |notices: &[String]| notices.iter().any(|notice| notice.contains("按结果用词当作"));
    let all = notices(vec![said(3, Some("年度考核")), said(4, Some("年度考核"))]);
    assert!(!guessed(&all), "{all:?}");
    let some = notices(vec![said(3, Some("年度考核")), said(4, None)]);
    assert!(guessed(&some), "{some:?}");
}

#[test]
fn titles_name_the_kind_by_their_longest_word() {
    let of = |title: &str| {
        let rows = vec![bare(3, "林甲", "优秀")];
        report(vec![sheet("Sheet1", title, rows)], &city()).domains
    };
    for (title, domain) in [
        ("2026年度考核奖励审批表", Domain::Commendation),
        ("院长奖励基金分配表", Domain::Bonus),
        ("市第十五次代表大会代表人选考察情况", Domain::Representative),
        ("师德标兵推荐结果公示", Domain::MeritSelection),
        ("2026年度考核奖发放表", Domain::Bonus),
        ("人大代表推荐结果公示", Domain::Representative),
    ] {
        let found = of(title);
        assert!(found.contains(&domain), "{title}: {found:?}");
    }
}
