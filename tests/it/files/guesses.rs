//! Columns that no word of their header tells: read where only one reading is possible, and said; else asked for.

use super::hostile::sheet_of;
use super::shapes::{expected, named_results, sifted_for};
use super::{fixture, list, ods_of, refused, zipped};
use rongcuo::domain::protection::list::List;
use rongcuo::files::{self, HeaderWords, Limits};
use rust_xlsxwriter::Workbook;

/// What the first row of a list says: result, baseline and grade.
pub(super) fn one(list: &List) -> (Option<&str>, Option<&str>, Option<&str>) {
    let row = &list.sheets[0].rows[0];
    (row.result.as_deref(), row.baseline.as_deref(), row.grade.as_deref())
}

/// A list, read whole; sifted for everybody in it, it says the same.
pub(super) fn read(text: &str) -> List {
    let whole = list("名单.csv", text.as_bytes());
    let again = sifted_for(&["林甲", "林乙", "林丙"], "名单.csv", text);
    assert_eq!(named_results(&whole), named_results(&again));
    assert_eq!(whole.rows_read, again.rows_read);
    assert_eq!(whole.sheets[0].guessed, again.sheets[0].guessed);
    assert_eq!(whole.unreadable, again.unreadable);
    whole
}

pub(super) fn guessed(list: &List) -> Vec<(&str, &str)> {
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
        "变更情况",
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
    assert_eq!(one(&known).0, Some("取消资格"));
    assert_eq!(guessed(&known), [("党支部意见", "理由（只限点到事项或者问责的话）")]);
}

#[test]
fn offices_say_theirs_one_after_the_other_and_what_is_ambiguous_is_asked_for() {
    let offices = read("姓名,党支部意见,镇党委研究意见\n林甲,拟推荐,取消资格\n");
    assert_eq!(one(&offices).0, Some("取消资格"));
    let grades = read("姓名,科室初评等次,主管部门审定等次\n林甲,优秀,合格\n林乙,合格,同意\n");
    assert_eq!(
        named_results(&grades),
        expected(&[(2, "林甲", Some("合格")), (3, "林乙", Some("合格"))])
    );
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
fn beside_a_result_what_is_headed_like_a_reason_is_one() {
    for header in [
        "核减说明",
        "落选情形",
        "不予上报情形",
        "降等缘由",
        "违纪情况",
        "问责情况",
        "核查情况",
        "情况说明（附后）",
    ] {
        let text = format!("姓名,审核结果,{header}\n林甲,取消资格,电梯补贴\n林乙,入选,同意\n");
        let found = read(&text);
        assert_eq!(found.sheets[0].rows[0].reasons, ["电梯补贴"], "{header}");
        assert!(found.sheets[0].rows[1].reasons.is_empty(), "{header}");
    }
    // Where the result was guessed, too, and beside a reason by its word.
    let both = read("姓名,复评结论,落选情形,备注\n林甲,取消资格,电梯补贴,已谈话\n");
    assert_eq!(both.sheets[0].rows[0].reasons.len(), 2);
    assert_eq!(guessed(&both), [("复评结论", "结果"), ("落选情形", "理由")]);
    // Remarks of all kinds are kept apart: most of them are no reasons.
    for header in ["单位意见", "综合评语", "近期情况", "科室鉴定", "变动情形", "处理情况"] {
        let found = read(&format!("姓名,考核等次,{header}\n林甲,不称职,电梯补贴\n"));
        let row = &found.sheets[0].rows[0];
        assert_eq!(
            (row.reasons.len(), &row.remarks[..]),
            (0, &["电梯补贴".to_owned()][..]),
            "{header}"
        );
    }
    for header in ["本人说明", "民主测评情况", "教学工作情况", "家庭情况", "填表说明"] {
        let found = read(&format!("姓名,考核等次,{header}\n林甲,不称职,电梯补贴\n"));
        let row = &found.sheets[0].rows[0];
        assert!(row.reasons.is_empty() && row.remarks.is_empty(), "{header}");
    }
}

#[test]
fn columns_nobody_read_are_told_those_first_that_may_matter() {
    let found = read("姓名,考核等次,科室,群众口碑,教学工作情况,谈话时间,排序\n林甲,称职,二科,好,好,上午,1\n");
    let unread = found.sheets[0].unread.iter().map(|unread| unread.header.as_str());
    assert_eq!(
        unread.collect::<Vec<_>>(),
        ["教学工作情况", "谈话时间", "群众口碑", "科室", "排序"]
    );
}

#[test]
fn steps_of_a_scale_before_and_after_are_no_sums() {
    let text =
        "序号,姓名,变动前,变动前,变动后,变动后,变动原因\n,,级别,级别工资,级别,级别工资,\n1,林甲,9,2100,8,1950,电梯\n";
    let found = read(text);
    assert_eq!(one(&found), (Some("1950"), Some("2100"), None));
    assert_eq!(
        guessed(&found),
        [("变动后 级别工资", "结果"), ("变动前 级别工资", "基准")]
    );
    // Where nothing tells, the header that is proposed is one that the program finds again.
    let text = "姓名,变动前,变动前,变动后,变动后\n,岗位工资,津贴,岗位工资,津贴\n林甲,1,2,3,4\n";
    let error = refused("名单.csv", text.as_bytes()).to_string();
    let map = error.split("--map 结果=").nth(1).expect("an example");
    let header: String = map.chars().take_while(|c| *c != '（').collect();
    let words = HeaderWords::builtin();
    let words = words.with_list_columns(&[("结果", header.trim())]).expect("a field");
    let again = files::read_list("名单.csv", text.as_bytes(), &words, &Limits::default()).expect("a list");
    assert_eq!(again.sheets[0].pointed, [header.trim()]);
    assert!(header.starts_with("变动后"), "{error}");
}

#[test]
fn what_a_sum_is_held_against_goes_by_many_names() {
    for (before, after) in [
        ("任期激励标准", "兑现金额"),
        ("计发标准", "实发金额"),
        ("核定额", "实发额"),
        ("定额", "实发数"),
        ("测算额", "实发奖金"),
        ("年终奖标准", "实发年终奖"),
        ("上年兑现额", "本年兑现额"),
    ] {
        let found = read(&format!("姓名,{before},{after}\n林甲,5000,4000\n"));
        assert_eq!(one(&found), (Some("4000"), Some("5000"), None), "{before}");
    }
    assert_eq!(one(&read("姓名,实得,备注\n林甲,4000,电梯\n")).0, Some("4000"));
    // What is due says it better.
    let due = read("姓名,定额,应发金额,实发金额\n林甲,9000,5000,4000\n");
    assert_eq!(one(&due).1, Some("5000"));
    assert_eq!(
        one(&read("姓名,应发额,核定额\n林甲,5000,4000\n")),
        (Some("4000"), Some("5000"), None)
    );
}

#[test]
fn a_mark_below_any_word_of_an_outcome_is_that_outcome() {
    let text = "姓名,推荐,未推荐,取消资格,缓议\n林甲,,,√,\n林乙,√,,,\n林丙,,,,○\n";
    assert_eq!(
        named_results(&read(text)),
        expected(&[
            (2, "林甲", Some("取消资格")),
            (3, "林乙", Some("推荐")),
            (4, "林丙", None)
        ])
    );
    // A note in merged cells stands in every column.
    let noted = format!(
        "姓名,入选,未入选,取消资格\n林甲,,,√\n林乙,√,,\n{}\n",
        ["注：在相应栏内打勾"; 4].join(",")
    );
    assert_eq!(
        named_results(&read(&noted)),
        expected(&[(2, "林甲", Some("取消资格")), (3, "林乙", Some("入选"))])
    );
    // Apart from the others, or with more than marks, it is some other column.
    let text = "姓名,推荐,未推荐,职务,嘉奖\n林甲,,√,科长,√\n";
    assert_eq!(named_results(&read(text)), expected(&[(2, "林甲", Some("未推荐"))]));
    let text = "姓名,推荐,未推荐,记功\n林甲,,√,二〇二四年\n林乙,√,,\n";
    assert_eq!(
        named_results(&read(text)),
        expected(&[(2, "林甲", Some("未推荐")), (3, "林乙", Some("推荐"))])
    );
}

#[test]
fn days_of_decisions_go_by_many_names() {
    let day = |text: &str| read(text).sheets[0].rows[0].decided_on.map(|day| day.to_string());
    for header in ["通过日期", "表决日期", "审议通过时间", "生效日期", "通知日期", "日期"] {
        let text = format!("姓名,审核结果,{header}\n林甲,取消资格,2026.6.30\n");
        assert_eq!(day(&text).as_deref(), Some("2026-06-30"), "{header}");
    }
    // Two of them, a day beside a signature, and one that is no day, decide nothing.
    for text in [
        "姓名,审核结果,日期,谈话时间\n林甲,取消资格,2026.6.30,2026.7.1\n",
        "姓名,审核结果,签名,日期\n林甲,取消资格,,2026.6.30\n",
        "姓名,审核结果,日期\n林甲,取消资格,上午\n",
    ] {
        assert_eq!(day(text), None, "{text}");
        assert!(read(text).unreadable.is_empty(), "{text}");
    }
    let known = "姓名,审核结果,生效日期,批准日期\n林甲,取消资格,2026.8.1,2026.6.30\n";
    assert_eq!(day(known).as_deref(), Some("2026-06-30"));
}

#[test]
fn the_column_proposed_for_the_result_is_the_one_that_holds_outcomes() {
    let text = "姓名,班组,个人栏,去向\n林甲,一班,停发,在岗\n林乙,二班,追回1200元,在岗\n";
    let error = refused("名单.csv", text.as_bytes()).to_string();
    let first = error.lines().next().unwrap_or_default();
    assert!(
        first.contains("可能是「个人栏」") && first.contains("--map 结果=个人栏"),
        "{error}"
    );
    let text = "代号,班组,个人栏\n林甲,一班,停发\n";
    let both = refused("名单.csv", format!("序号,姓名拼音,职务,{text}").as_bytes()).to_string();
    assert!(!both.contains("--map 姓名=个人栏"), "{both}");
}

#[test]
fn headings_and_lines_of_labels_between_rows_are_no_records() {
    let text = "序号,姓名,考核等次,备注\n一、云川市博物馆（2人）,,,\n1,林甲,称职,\n（二）图书馆,,,\n2,林乙,称职,\n馆长：,,分管馆长：,\n以上共2人，供研究。,,,\n";
    let found = read(text);
    let sections = found.sheets[0].rows.iter().map(|row| row.section.as_deref());
    assert_eq!(
        sections.collect::<Vec<_>>(),
        [Some("云川市博物馆(2人)"), Some("图书馆")]
    );
    assert_eq!(
        (found.rows_read, found.unreadable.len()),
        (2, 0),
        "{:?}",
        found.unreadable
    );
}

#[test]
fn headings_without_a_number_stand_below_the_last_with_one() {
    let text = "序号,姓名,考核等次,备注\n博物馆,,,\n1,林甲,称职,\n2、图书馆,,,\n【少儿部】,,,\n2,林乙,称职,\n注：以上为在编人员。,,,\n合计,,,\n,林丙,,\n第三部分：文化馆,,,\n3,林甲,称职,\n";
    let found = read(text);
    let rows = &found.sheets[0].rows;
    let said: Vec<_> = rows
        .iter()
        .map(|row| (row.name.as_str(), row.section.as_deref()))
        .collect();
    assert_eq!(
        said,
        [
            ("林甲", Some("博物馆")),
            ("林乙", Some("图书馆\n【少儿部】")),
            // A name alone in its column is somebody, and no heading.
            ("林丙", Some("图书馆\n【少儿部】")),
            ("林甲", Some("文化馆")),
        ]
    );
}

#[test]
fn a_title_of_another_list_below_is_nobodys_name() {
    let table = "姓名,考核等次,备注\n林甲,称职,\n林乙,称职,\n";
    let text = format!(
        "云川市博物馆考核表,,\n{table},,\n云川市图书馆2026年考核等次,,\n{table}云川市文化馆考核名单,,\n{table}"
    );
    let found = read(&text);
    let rows = &found.sheets[0].rows;
    let sections: Vec<_> = rows.iter().map(|row| row.section.as_deref()).collect();
    let (second, third) = (
        Some("云川市图书馆2026年考核等次"),
        Some("云川市图书馆2026年考核等次\n云川市文化馆考核名单"),
    );
    assert_eq!(sections, [None, None, second, second, third, third]);
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
    assert!(posts.to_string().contains("没有一栏像是写着结果用词"), "{posts}");
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
fn a_second_line_of_years_or_months_belongs_to_the_text_before_the_blanks() {
    let years = read(
        "2026年度考核\n序号,姓名,年度考核结果,,,说明\n,,2024年,2025年,2026年,\n1,林甲,优秀,合格,基本合格,受过问责\n",
    );
    assert_eq!(years.sheets[0].rows.len(), 1);
    assert_eq!(one(&years).0, Some("基本合格"));
    let months = read(
        "工资表\n姓名,岗位工资,,津贴,,应发合计,,备注\n,上月,本月,上月,本月,上月,本月,\n林甲,3000,2900,2500,2400,5500,5300,\n",
    );
    assert_eq!(months.sheets[0].rows.len(), 1);
    assert_eq!(one(&months), (Some("5300"), Some("5500"), None));
    // A column of its own is none of them.
    let beside = read("姓名,考核结果,,\n,2025年,2026年,备注\n林甲,优秀,合格,病假\n");
    assert_eq!(one(&beside).0, Some("合格"));
    assert_eq!(beside.sheets[0].rows[0].reasons, ["病假"]);
}

#[test]
fn what_came_of_a_recommendation_in_the_end_counts() {
    let found = read(
        "最美护士推荐\n姓名,推荐情况,公示后结果,调整原因\n林甲,推荐,撤下,收到反映\n林乙,推荐,当选,\n林丙,推荐,撤销称号,\n",
    );
    assert_eq!(one(&found).0, Some("撤下"));
    assert_eq!(guessed(&found), [("公示后结果", "结果")]);
    // What says no outcome is no result.
    let other = read("最美护士推荐\n姓名,推荐情况,核查结果\n林甲,推荐,属实\n林乙,未推荐,属实\n");
    assert_eq!(one(&other).0, Some("推荐"));
}

#[test]
fn signatures_and_counts_are_no_records() {
    let text = "序号,姓名,考核等次,备注\n1,林甲,称职,\n,,优秀2人，称职10人,\n校长签名：,,2026年12月3日,\n局党组书记签字：,,,2026.12.3\n,,公示期：2026年12月1日至7日,\n,,不称职,本人已签字\n";
    let found = read(text);
    assert_eq!(found.rows_read, 2);
    let told: Vec<u32> = found.unreadable.iter().map(|fault| fault.row).collect();
    assert_eq!(told, [7]);
    let below = "序号,姓名,考核等次,备注\n1,林甲,称职,\n主要负责人（签字）：,,经办人：李某,\n,,二〇二六年十一月三日,\n";
    let found = read(below);
    assert_eq!((found.rows_read, found.unreadable.len()), (1, 0));
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

#[test]
fn a_column_that_holds_outcomes_is_the_result_whatever_it_is_headed_by() {
    for (header, cells) in [("拟办方案", ["取消资格", "推荐"]), ("组工会审", ["暂缓任用", "提拔"])]
    {
        let found = read(&format!(
            "姓名,职务,{header},备注\n林甲,科长,{},电梯\n林乙,副科长,{},\n",
            cells[0], cells[1]
        ));
        assert_eq!(one(&found).0, Some(cells[0]), "{header}");
        assert_eq!(guessed(&found), [(header, "结果")]);
    }
    // Two such columns, one word alone, and what people say of themselves, are asked for.
    for text in [
        "姓名,甲方案,乙方案\n林甲,推荐,取消资格\n林乙,推荐,推荐\n",
        "姓名,拟办方案,科室\n林甲,取消资格,一科\n林乙,再商,二科\n",
        "姓名,本人自评,科室\n林甲,优秀,一科\n林乙,称职,二科\n",
    ] {
        assert!(
            refused("名单.csv", text.as_bytes()).to_string().contains("--map"),
            "{text}"
        );
    }
}

#[test]
fn an_opinion_beside_a_result_is_a_reason_where_it_speaks_of_accountability() {
    let found = read("姓名,终审结果,终审意见\n林甲,未入选,失误较多\n林乙,入选,事迹突出\n");
    let row = &found.sheets[0].rows[0];
    assert_eq!((row.result.as_deref(), row.reasons.len()), (Some("未入选"), 1));
    assert_eq!(row.reasons, ["失误较多"]);
}

#[test]
fn a_kind_of_change_says_more_than_the_post_beside_it() {
    let text = "姓名,拟任职务,办理类别\n林甲,信息中心副主任,降职\n林乙,办公室主任,提拔\n林丙,,免职\n";
    let found = read(text);
    assert_eq!(one(&found).0, Some("降职"));
    assert_eq!(guessed(&found), [("办理类别", "结果")]);
}

#[test]
fn a_list_of_one_outcome_is_told_by_the_column_of_its_reasons() {
    let found = read("姓名,职务,不确定等次原因\n林甲,科长,电梯试点误发\n林乙,副科长,\n");
    let row = &found.sheets[0].rows[0];
    assert_eq!(row.result.as_deref(), Some("不确定等次"));
    assert_eq!(row.reasons, ["电梯试点误发"]);
    assert_eq!(guessed(&found), [("不确定等次原因", "结果")]);
}

#[test]
fn the_earlier_of_two_quarters_months_or_years_is_the_baseline() {
    for (before, after) in [
        ("二季度发放数", "三季度发放数"),
        ("第二季度绩效", "第三季度绩效"),
        ("9月", "10月"),
        ("2025年奖金", "2026年奖金"),
        ("申报奖金", "核定奖金"),
    ] {
        let found = read(&format!("姓名,{before},{after}\n林甲,3000,1000\n林乙,3000,3000\n"));
        assert_eq!(
            (one(&found).0, one(&found).1),
            (Some("1000"), Some("3000")),
            "{before} {after}"
        );
    }
    let all = "姓名,8月,9月,10月\n林甲,3000,3000,1000\n";
    assert!(refused("名单.csv", all.as_bytes()).to_string().contains("--map"));
}

#[test]
fn who_decides_may_agree_to_what_was_proposed() {
    let found = read(
        "姓名,现任职务,拟任职务,拟免职务,动议意见,常委会决定,备注\n林甲,局长,,局长,免职,同意,引发舆情\n林乙,科长,,科长,免职,缓议,\n",
    );
    assert_eq!(
        named_results(&found),
        expected(&[(2, "林甲", Some("免职")), (3, "林乙", Some("缓议"))])
    );
    let votes = read(
        "姓名,推荐单位意见,联审意见,常委会票决,备注\n林甲,推荐,通过,未当选,\n林乙,推荐,取消资格,同意,\n林丙,推荐,通过,当选,\n",
    );
    assert_eq!(
        named_results(&votes),
        expected(&[
            (2, "林甲", Some("未当选")),
            (3, "林乙", Some("取消资格")),
            (4, "林丙", Some("当选"))
        ])
    );
    let offices = read(
        "记功嘉奖审核表,,,,,\n,,审核意见,,,\n姓名,单位,主管局,人社局,县政府,不予奖励的理由\n林甲,水利局,同意,同意,取消奖励,审计\n林乙,水利局,同意,取消奖励,同意,\n",
    );
    assert_eq!(
        named_results(&offices),
        expected(&[(4, "林甲", Some("取消奖励")), (5, "林乙", Some("取消奖励"))])
    );
}

#[test]
fn posts_below_an_opinion_are_posts() {
    let found = read("姓名,现任职务,拟任免意见,,备注\n,,拟任,拟免,\n林甲,科长,,科长,\n林乙,科长,站长,科长,\n");
    assert_eq!(
        named_results(&found),
        expected(&[
            (3, "林甲", Some("拟免职：科长")),
            (4, "林乙", Some("拟免职：科长，另任命：站长"))
        ])
    );
}

#[test]
fn what_was_taken_or_says_nothing_alone_is_no_result() {
    let found = read("姓名,核定标准,扣减,,实发\n,,金额,原因,\n林甲,1800,0,,1800\n林乙,1800,600,电梯,1200\n");
    assert_eq!(one(&found), (Some("1800"), Some("1800"), None));
    let words = read("姓名,处理方式,金额,备注\n林甲,停发,0,电梯\n林乙,不变,860,\n林丙,扣减,-320,\n");
    assert_eq!(one(&words).0, Some("停发"));
    // With something to hold it against, the sum says it.
    let sums = read("姓名,处理方式,应发,金额,备注\n林甲,停发,900,0,电梯\n林乙,不变,860,860,\n");
    assert_eq!(one(&sums), (Some("0"), Some("900"), None));
}

#[test]
fn of_looks_one_after_the_other_the_last_that_says_something_counts() {
    for header in [
        "初评,复核,终评",
        "初评,复核,审定",
        "年级组初评,考核小组复核,校务会终评",
        "初评等次,复核等次,终评等次",
    ] {
        let found = read(&format!(
            "姓名,职务,{header},说明\n林甲,教师,优秀,称职,不称职,电梯\n林乙,教师,优秀,称职,同意,\n林丙,教师,优秀,,,\n"
        ));
        assert_eq!(
            named_results(&found),
            expected(&[
                (2, "林甲", Some("不称职")),
                (3, "林乙", Some("称职")),
                (4, "林丙", Some("优秀"))
            ]),
            "{header}"
        );
    }
    // Who signed is no result.
    let signed = read("姓名,职务,变动情形,初审,复核\n林甲,科长,取消资格,王五,赵六\n");
    assert_eq!(one(&signed).0, Some("取消资格"));
}

#[test]
fn a_result_headed_by_a_year_is_that_years() {
    let found = read("姓名,2025年度\n林甲,优秀\n");
    assert_eq!(one(&found).0, Some("优秀"));
    assert_eq!(found.sheets[0].rows[0].period.as_deref(), Some("2025年度"));
}

#[test]
fn a_sheet_beside_a_good_one_that_cannot_be_told_is_listed() {
    let book = |other: &[&[&str]]| {
        let mut book = Workbook::new();
        let good: &[&[&str]] = &[&["姓名", "考核等次"], &["林甲", "称职"]];
        for (name, rows) in [("甲", other), ("乙", good)] {
            let sheet = book.add_worksheet();
            sheet.set_name(name).expect("a name");
            for (row, cells) in rows.iter().enumerate() {
                for (column, text) in cells.iter().enumerate() {
                    let (row, column) = (row.try_into().expect("a row"), column.try_into().expect("a column"));
                    sheet.write_string(row, column, *text).expect("a cell");
                }
            }
        }
        list("名单.xlsx", &book.save_to_buffer().expect("a workbook"))
    };
    let told = book(&[
        &["考核结果"],
        &["姓名", "岗位", "结论性安排", "去向"],
        &["林甲", "科长", "不称职", "机关"],
    ]);
    assert_eq!(told.rows_read, 1);
    let places: Vec<_> = (told.unreadable.iter())
        .map(|fault| (fault.sheet.as_deref(), fault.row))
        .collect();
    assert_eq!(places, [(Some("甲"), 2)]);
    let says = &told.unreadable[0].reason;
    assert!(
        says.contains("没有读") && says.contains("--map 结果=结论性安排"),
        "{says}"
    );
    // A sheet of addresses and one without a header are no lists.
    for other in [
        &[&["姓名", "联系电话"][..], &["林甲", "123"]][..],
        &[&["填表说明"][..], &["请如实填写"]],
    ] {
        assert_eq!(book(other).unreadable, [], "{other:?}");
    }
}

#[test]
fn what_a_result_was_changed_to_counts() {
    for header in [
        "原定,变更后",
        "变更前,变更后",
        "原定,更正后",
        "初评,复核后",
        "原定等次,变更后等次",
    ] {
        let found = read(&format!("姓名,职务,{header},备注\n林甲,科长,优秀,称职,电梯\n"));
        assert_eq!(one(&found), (Some("称职"), None, None), "{header}");
        let sums = read(&format!("姓名,职务,{header},备注\n林甲,科长,4000,3200,电梯\n"));
        assert_eq!(one(&sums).0, Some("3200"), "{header}");
    }
    let sums = read("姓名,原定,变更后\n林甲,4000,3200\n");
    assert_eq!(one(&sums), (Some("3200"), Some("4000"), None));
    let posts = read("姓名,变动类型,变更前,变更后\n林甲,免职,局长,无\n林乙,交流,科长,站长\n");
    assert_eq!(one(&posts), (Some("免职"), None, None));
}

#[test]
fn a_conclusion_is_the_result_beside_opinions() {
    let found = read("职称评审\n姓名,审核结论,审核意见\n林甲,不予推荐,评审未通过\n林乙,推荐,同意\n");
    assert_eq!(one(&found).0, Some("不予推荐"));
    let alone = read("职称评审\n姓名,审核结论\n林甲,不予推荐\n林乙,推荐\n");
    assert_eq!(one(&alone).0, Some("不予推荐"));
}

#[test]
fn what_was_paid_is_the_result_beside_a_grade() {
    for header in ["核发情况", "核发结果", "发放意见"] {
        let found = read(&format!(
            "姓名,考核等次,{header},不发原因\n林甲,称职,不发,根据问责情况\n林乙,称职,足额发放,\n"
        ));
        assert_eq!(one(&found).0, Some("不发"), "{header}");
        assert_eq!(found.sheets[0].rows[0].grade.as_deref(), Some("称职"), "{header}");
    }
}
