//! Columns that no word of their header tells: read where only one reading is possible, and said; else asked for.

use super::hostile::sheet_of;
use super::shapes::{expected, named_results, sifted_for};
use super::{fixture, list, ods_of, refused, zipped};
use rongcuo::domain::protection::list::List;
use rongcuo::files::{self, HeaderWords, Limits};

/// What the first row of a list says: result, baseline and grade.
fn one(list: &List) -> (Option<&str>, Option<&str>, Option<&str>) {
    let row = &list.sheets[0].rows[0];
    (row.result.as_deref(), row.baseline.as_deref(), row.grade.as_deref())
}

/// A list, read whole; sifted for everybody in it, it says the same.
fn read(text: &str) -> List {
    let whole = list("名单.csv", text.as_bytes());
    let again = sifted_for(&["林甲", "林乙", "林丙"], "名单.csv", text);
    assert_eq!(named_results(&whole), named_results(&again));
    assert_eq!(whole.rows_read, again.rows_read);
    assert_eq!(whole.sheets[0].guessed, again.sheets[0].guessed);
    assert_eq!(whole.unreadable, again.unreadable);
    whole
}

fn guessed(list: &List) -> Vec<(&str, &str)> {
    let guessed = list.sheets[0].guessed.iter();
    guessed
        .map(|(header, field)| (header.as_str(), field.as_str()))
        .collect()
}

#[test]
fn a_header_that_ends_like_a_result_is_one_where_nothing_better_is_there() {
    for header in [
        "组织审核意见",
        "镇党委研究意见",
        "党组意见",
        "领导小组审定",
        "变动情形",
        "调整类型",
        "复评结果",
        "审核情况",
        "落实情况",
        "最终意见",
        "会议决定",
        "决定事项",
        "公示等次",
        "综合评定",
        "本年度结论",
    ] {
        let found = read(&format!("姓名,职务,{header},备注\n林甲,科长,取消资格,电梯\n"));
        assert_eq!(one(&found).0, Some("取消资格"), "{header}");
        assert_eq!(guessed(&found), [(header, "结果")]);
        assert!(found.sheets[0].unread.is_empty(), "{:?}", found.sheets[0].unread);
    }
    // A word that is known says it, and then nothing is guessed.
    let known = read("姓名,审核结果,党支部意见\n林甲,取消资格,同意\n");
    assert_eq!((one(&known).0, guessed(&known).len()), (Some("取消资格"), 0));
}

#[test]
fn offices_say_theirs_one_after_the_other_and_what_is_ambiguous_is_asked_for() {
    let offices = read("姓名,党支部意见,镇党委研究意见\n林甲,拟推荐,取消资格\n");
    assert_eq!(one(&offices).0, Some("取消资格"));
    let error = refused("名单.csv", "姓名,复评结果,终审决定\n林甲,入选,取消资格\n".as_bytes()).to_string();
    let first = error.lines().next().unwrap_or_default();
    for part in ["「复评结果」「终审决定」", "请选定一栏", "--map 结果=复评结果"] {
        assert!(first.contains(part), "{part} in {error}");
    }
    let error = refused(
        "名单.csv",
        "姓名,复评结果,终审决定,党委意见\n林甲,入选,取消资格,同意\n".as_bytes(),
    );
    assert!(error.to_string().contains("请选定一栏"), "{error}");
    // What the person says of it, or the people asked, is no result.
    let error = refused("名单.csv", "姓名,本人意见,民主测评结果\n林甲,同意,优秀\n".as_bytes()).to_string();
    assert!(
        error.lines().next().unwrap_or_default().contains("--map 结果="),
        "{error}"
    );
    let nobody = refused("名单.csv", "序号,代号,考核等次\n1,林甲,称职\n".as_bytes()).to_string();
    assert!(
        nobody.contains("看不出哪一栏是姓名") && nobody.contains("--map 姓名=代号"),
        "{nobody}"
    );
}

#[test]
fn an_opinion_beside_a_result_is_a_reason_unless_it_only_agrees() {
    let found = read("姓名,竞聘结果,组织意见\n林甲,落聘,加装电梯一事\n林乙,聘任,同意\n");
    assert_eq!(found.sheets[0].rows[0].reasons, ["加装电梯一事"]);
    assert!(found.sheets[0].rows[1].reasons.is_empty());
    for header in [
        "变动依据",
        "扣减说明",
        "纪检监察意见",
        "审核备注",
        "备注2",
        "发现的问题",
        "复核情况",
    ] {
        let found = read(&format!("姓名,考核等次,{header}\n林甲,不称职,电梯\n"));
        assert_eq!(found.sheets[0].rows[0].reasons, ["电梯"], "{header}");
    }
}

#[test]
fn a_pair_of_sums_is_what_was_before_and_what_is_now() {
    for pair in [
        "原工资|现工资",
        "原月工资|现月工资",
        "变动前|变动后",
        "上月|本月",
        "应得|实得",
        "去年|今年",
        "上年度|本年度",
        "调标前|调标后",
        "核定数|实发数",
        "应发金额|核定金额",
        "基础标准|实际发放",
        "满额|实领",
        "2025年|2026年",
    ] {
        let header = pair.replace('|', ",");
        let found = read(&format!("姓名,{header},备注\n林甲,5000,4000,电梯\n"));
        assert_eq!(one(&found), (Some("4000"), Some("5000"), None), "{pair}");
    }
    // Of several pairs the one that is their sum; where none is, somebody has to say.
    let sums = "姓名,原岗位工资,原合计,现岗位工资,现合计\n林甲,1000,5000,900,4000\n";
    assert_eq!(one(&read(sums)), (Some("4000"), Some("5000"), None));
    let error = refused(
        "名单.csv",
        "姓名,原岗位工资,原薪级,现岗位工资,现薪级\n林甲,1,2,1,1\n".as_bytes(),
    );
    assert!(error.to_string().contains("--map 结果="), "{error}");
    // Posts are no sums.
    let posts = refused("名单.csv", "姓名,原职务,现职务\n林甲,科长,科员\n".as_bytes());
    assert!(posts.to_string().contains("没有找到表头"), "{posts}");
}

#[test]
fn a_grade_beside_what_was_paid_is_not_the_result() {
    let found = read("姓名,考核结果,应发年终奖,核定发放金额,备注\n林甲,称职,10000,0,电梯\n");
    assert_eq!(one(&found), (Some("0"), Some("10000"), Some("称职")));
    let marks = read("姓名,考核等次,去年,今年\n林甲,称职,90,80\n");
    assert_eq!(one(&marks), (Some("称职"), None, None));
    let pair = read("姓名,考核等次,原工资,现工资\n林甲,称职,5000,4000\n");
    assert_eq!(one(&pair), (Some("4000"), Some("5000"), Some("称职")));
}

#[test]
fn the_kind_of_a_change_is_the_result_and_a_new_post_is_not() {
    let posts = read("姓名,调整类型,调整前,调整后,备注\n林甲,免职,局长,无,电梯\n林乙,交流,科长,站长,\n");
    assert_eq!(
        named_results(&posts),
        expected(&[(2, "林甲", Some("免职")), (3, "林乙", Some("交流"))])
    );
    let sums = read("姓名,调整类型,调整前,调整后\n林甲,正常,5000,4000\n");
    assert_eq!(one(&sums), (Some("4000"), Some("5000"), None));
}

#[test]
fn a_year_alone_is_the_result_of_that_year() {
    let text = "云川市住建局2025年度考核,,,,\n姓名,2024年,2025年,2026年,备注\n林甲,称职,基本称职,优秀,电梯\n";
    assert_eq!(one(&read(text)).0, Some("基本称职"));
    // Where something says what came of it, years are history.
    let history = read("姓名,2025年,2026年,党委意见\n林甲,称职,称职,暂缓晋升\n");
    assert_eq!(one(&history).0, Some("暂缓晋升"));
    assert_eq!(one(&read("姓名,2024年,2026年\n林甲,称职,不称职\n")).0, Some("不称职"));
}

#[test]
fn posts_to_have_and_to_lose_say_what_happens() {
    let found = read(
        "姓名,现任职务,拟任职务,拟免职务,备注\n林甲,局长,,住建局局长,电梯\n林乙,科长,站长,科长,\n林丙,科员,科长,—,\n",
    );
    assert_eq!(
        named_results(&found),
        expected(&[
            (2, "林甲", Some("拟免职：住建局局长")),
            (3, "林乙", Some("拟免职：科长，另任命：站长")),
            (4, "林丙", Some("拟任命：科长")),
        ])
    );
    // A column that says the result is the result.
    let said = read("姓名,拟任职务,拟免职务,会议决定\n林甲,站长,,不予任用\n");
    assert_eq!(one(&said).0, Some("不予任用"));
}

#[test]
fn people_are_found_under_words_that_often_mean_something_else() {
    for header in ["考核对象", "人选", "人员", "领取人", "收款人", "户名", "医务人员"] {
        let found = read(&format!("序号,{header},职务,考核等次\n1,林甲,科长,称职\n"));
        assert_eq!(found.sheets[0].rows[0].name, "林甲", "{header}");
        assert_eq!(guessed(&found), [(header, "姓名")]);
    }
    let both = read("领取人,姓名,实发金额\n张三,林甲,1\n");
    assert_eq!(both.sheets[0].rows[0].name, "林甲");
    assert!(guessed(&both).is_empty());
}

#[test]
fn marks_in_columns_of_grades_left_open_are_results() {
    let plain = read("姓名,合格,不合格,未定档次,缓评\n林甲,,,√,\n林乙,,,,√\n");
    assert_eq!(
        named_results(&plain),
        expected(&[(2, "林甲", Some("未定档次")), (3, "林乙", Some("缓评"))])
    );
    // What stands under the same line is a result, too, whatever it is called; a score is none.
    let below = "姓名,年度考核结果,年度考核结果,年度考核结果,年度考核结果\n,合格,不合格,延后评定,得分\n林甲,,,√,\n";
    assert_eq!(named_results(&read(below)), expected(&[(3, "林甲", Some("延后评定"))]));
}

#[test]
fn the_second_line_of_a_header_is_no_record() {
    let text = "姓名,职务,考核意见,考核意见,考核意见\n,,科室意见,主管领导意见,审定等次\n林甲,科长,称职,称职,基本称职\n,,,,不称职\n";
    let found = read(text);
    assert_eq!(named_results(&found), expected(&[(3, "林甲", Some("基本称职"))]));
    // A result that names nobody is told all the same.
    assert_eq!(found.unreadable.len(), 1, "{:?}", found.unreadable);
    assert_eq!(found.unreadable[0].row, 4);
}

#[test]
fn signatures_and_counts_are_no_records() {
    let text = "序号,姓名,考核等次,备注\n1,林甲,称职,\n,,优秀2人，称职10人,\n校长签名：,,2026年12月3日,\n局党组书记签字：,,,2026.12.3\n,,公示期：2026年12月1日至7日,\n,,不称职,本人已签字\n";
    let found = read(text);
    assert_eq!(found.rows_read, 2);
    let told: Vec<u32> = found.unreadable.iter().map(|fault| fault.row).collect();
    assert_eq!(told, [7]);
}

#[test]
fn a_matter_to_be_rectified_may_speak_of_notices_and_signatures() {
    let text = "编号,问题,责任单位,整改措施,整改时限\nZG-1,公示期不足五个工作日,云川市住建局,公布监督电话，补办签字,2026-12-31\n";
    let read = files::read_rectifications("台账.csv", text.as_bytes(), &HeaderWords::builtin(), &Limits::default())
        .expect("a ledger");
    assert_eq!((read.rows.len(), read.faults.len()), (1, 0));
}

#[test]
fn a_formula_that_failed_is_told_whatever_it_is_saved_as() {
    let cell = |text: &str| {
        format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
    };
    let row = |cells: [&str; 2]| {
        format!(
            "<table:table-row>{}{}</table:table-row>",
            cell(cells[0]),
            cell(cells[1])
        )
    };
    let sheet = [["姓名", "考核等次"], ["林甲", "称职"], ["#REF!", "不称职"]]
        .map(row)
        .concat();
    let found = list("考核.ods", &ods_of(&sheet));
    assert_eq!(found.unreadable.len(), 1, "{:?}", found.unreadable);
    assert!(
        found.unreadable[0].reason.contains("公式错误"),
        "{:?}",
        found.unreadable
    );
}

#[test]
fn a_column_pointed_out_counts_where_it_is_and_hides_no_list_where_it_is_not() {
    let words = HeaderWords::builtin();
    let words = words
        .with_list_columns(&[("结果", "审核情况")])
        .expect("a field of lists");
    let read = |text: &str| {
        let found = files::read_list("名单.csv", text.as_bytes(), &words, &Limits::default()).expect("a list");
        let row = &found.sheets[0].rows[0];
        (
            row.result.clone(),
            row.baseline.clone(),
            found.sheets[0].pointed.clone(),
        )
    };
    let own = |text: &str| Some(text.to_owned());
    assert_eq!(
        read("姓名,审核结果,审核情况\n林甲,晋升,暂缓晋升\n"),
        (own("暂缓晋升"), None, vec!["审核情况".to_owned()])
    );
    assert_eq!(read("姓名,审核结果\n林甲,晋升\n"), (own("晋升"), None, Vec::new()));
    assert_eq!(read("姓名,应发,实发\n林甲,5,4\n"), (own("4"), own("5"), Vec::new()));
}

#[test]
fn what_is_no_list_of_people_is_refused_in_words_of_ones_own() {
    let wide = format!("姓名,考核等次{}\n林甲,称职\n", ",x".repeat(1_000_000));
    assert!(refused("宽.csv", wide.as_bytes()).to_string().contains("16384 列"));
    let blocks = (0..200_000).map(|at| format!("<mergeCell ref=\"A{0}:B{0}\"/>", at + 2));
    let merged = format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1" t="inlineStr"><is><t>考核等次</t></is></c></row></sheetData><mergeCells count="200000">{}</mergeCells></worksheet>"#,
        blocks.collect::<String>()
    );
    let bomb = sheet_of(merged.into_bytes());
    assert!(refused("合并.xlsx", &bomb).to_string().contains("合并单元格超过"));
    let cut = refused("断.xlsx", b"PK\x03\x04 and nothing behind it").to_string();
    assert!(cut.contains("压缩结构不完整") && !cut.contains("EOCD"), "{cut}");
    let inner = zipped(&[("a.xlsx", b"PK\x03\x04".to_vec())]);
    let documents = files::Opens::open(&Limits::default(), "外.zip", &inner).expect("an archive");
    let error = documents[0].tables.as_ref().expect_err("a damaged list").to_string();
    assert!(error.starts_with("外.zip/a.xlsx："), "{error}");
}

#[test]
fn an_old_workbook_that_counts_what_it_has_not_is_refused_before_it_is_opened() {
    let good = fixture("list.xls");
    assert!(files::read_tables("好.xls", &good, &Limits::default()).is_ok());
    // How many sectors the table of chains has, and where further lists of them begin.
    for (at, number) in [(44, 0xffff_fff0_u32), (44, 200_000), (72, 200_000)] {
        let mut bad = good.clone();
        bad[at..at + 4].copy_from_slice(&number.to_le_bytes());
        let error = files::read_tables("坏.xls", &bad, &Limits::default()).expect_err("a damaged workbook");
        assert!(error.to_string().contains("内部的目录不合格式"), "{at} {error}");
    }
}
