//! A column whose header no synonym knows changes nothing, wherever it stands and whatever is in it.

use crate::cli::Desk;
use proptest::prelude::*;
use proptest::sample::select;
use rongcuo::domain::case::Conclusion;
use rongcuo::domain::ids::{CaseId, PersonId};
use rongcuo::domain::person::CadreStatus;
use rongcuo::domain::protection::list::Domain;
use rongcuo::domain::protection::{CaseFacts, IdKey, JudgeOptions, PersonFacts, Register, Tolerance, Words, judge};
use rongcuo::files::{self, HeaderWords, Limits};
use std::sync::LazyLock;

static WORDS: LazyLock<Words> = LazyLock::new(Words::builtin);
static HEADERS: LazyLock<HeaderWords> = LazyLock::new(HeaderWords::builtin);

const LIST: [[&str; 7]; 7] = [
    ["序号", "姓名", "职务", "考核等次", "理由", "佐证材料", "决定日期"],
    ["1", "林甲", "局长", "基本称职", "加装电梯一事被问责", "", "2026-12-30"],
    ["2", "林戊", "副局长", "不称职", "旷工", "", "2026-12-30"],
    ["3", "林乙", "科长", "称职", "", "", "2026-12-30"],
    ["4", "林丙", "科员", "不确定等次", "病假超半年", "病历", ""],
    ["5", "林 丁", "科员", "留评", "综合研判", "", "2026年12月30日"],
    ["合计", "", "", "5 人", "", "", ""],
];

fn register() -> Register {
    let person = |name: &str, no: &str, matter: &str| PersonFacts {
        person: PersonId::of(name),
        name: name.to_owned(),
        id_key: None,
        roster_unit: Some("云川市/住建局".to_owned()),
        register_unit: None,
        post: None,
        rank: None,
        status: Some(CadreStatus::Active),
        cases: vec![CaseFacts {
            case: CaseId::of(no),
            case_no: no.to_owned(),
            matter: matter.to_owned(),
            conclusion: Conclusion::Exempted,
            concluded_on: "2026-03-10".parse().ok(),
            doc_no: None,
            measure: None,
            revoked: false,
            revoked_on: None,
        }],
    };
    Register {
        people: vec![
            person("林甲", "RC-1", "老旧小区加装电梯试点补贴误发"),
            person("林乙", "RC-2", "智能红绿灯试点误判"),
            person("林丙", "RC-3", "秸秆离田补贴核验疏漏"),
            person("林丁", "RC-4", "农村客运班线撤并"),
            person("林庚", "RC-5", "集中供暖管网改造"),
        ],
        units: vec!["云川市/住建局".to_owned()],
        grades: Vec::new(),
        neglect: Vec::new(),
    }
}

/// What is said of the list, with the words of a further column set in at a place.
fn said(further: Option<(usize, &[&str])>) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer
        .write_record(["云川市住建局2026年度考核结果"])
        .expect("in memory");
    for (at, row) in LIST.iter().enumerate() {
        let mut cells = row.to_vec();
        if let Some((place, words)) = further {
            cells.insert(place, words[at.min(words.len() - 1)]);
        }
        writer.write_record(&cells).expect("in memory");
    }
    let bytes = writer.into_inner().expect("in memory");
    let list = files::read_list("名单.csv", &bytes, &HEADERS, &Limits::default()).expect("a plain list");
    let options = JudgeOptions {
        undated_is_final: false,
        as_of: "2027-01-10".parse().expect("a day"),
        domain: None,
        unit: None,
        period: None,
        tolerance: Tolerance {
            salary: 0,
            performance_pay: 10,
            bonus: 10,
        },
        protected: Domain::ALL.to_vec(),
    };
    let report = judge(&list, &register(), &WORDS, &options, &|_| IdKey([0; 32])).expect("the title says what it is");
    format!(
        "{} {} {:?} {:?}",
        report.rows_read,
        report.rows_protected,
        report
            .unreadable
            .iter()
            .map(|fault| (fault.row, &fault.reason))
            .collect::<Vec<_>>(),
        report.results
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn a_column_nobody_knows_changes_nothing(
        place in 0_usize..=7,
        header in select(vec!["星座", "桌号", "车牌", "宿舍", "Remark-X", "个人栏", "填报顺位"]),
        words in proptest::collection::vec(
            select(vec!["", "无", "7", "不称职", "被问责", "林甲", "RC-1", "合计", "2026-01-01", "云容认〔2026〕1号", "a,\"b"]),
            6,
        ),
    ) {
        let mut column = vec![header];
        // A first cell that says 合计 is a total row and not a column's affair.
        column.extend(words.into_iter().map(|word| if place == 0 && word == "合计" { "" } else { word }));
        prop_assert_eq!(said(Some((place, &column))), said(None));
    }
}

#[test]
fn the_list_holds_something_of_every_sort() {
    let plain = said(None);
    for part in ["Violation", "Clear", "Review", "Absent", "林庚"] {
        assert!(plain.contains(part), "{part} in {plain}");
    }
}

#[test]
fn a_column_that_was_pointed_out_once_is_remembered_for_its_unit() {
    let desk = Desk::new();
    let now = "2027-01-10T10:00:00+08:00";
    desk.write(
        "register.csv",
        "案件编号,姓名,公民身份号码,单位,事项名称,认定结论,认定日期,结论文号\n\
         RC-1,林甲,,云川市/住建局,老旧小区加装电梯试点补贴误发,免责,2026-03-10,云容认〔2026〕1号\n"
            .as_bytes(),
    );
    let list = |unit: &str| format!("{unit}2026年度考核,,\n姓名,个人栏,备注\n林甲,不称职,加装电梯一事\n");
    desk.write("one.csv", list("云川市住建局").as_bytes());
    desk.write("two.csv", list("云川市住建局（修订）").as_bytes());
    desk.write("other.csv", list("云川市交通局").as_bytes());
    assert_eq!(
        desk.run(&["import", "register", "register.csv", "--debug-now", now])
            .code,
        0
    );
    let check = |args: &[&str]| desk.run(&[&["precheck"], args, &["--debug-now", now]].concat());

    let unknown = check(&["one.csv"]);
    assert_eq!(unknown.code, 2, "{}", unknown.out);
    assert!(unknown.err.contains("结果"), "{}", unknown.err);
    let wrong = check(&["one.csv", "--map", "成绩=个人栏"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("可用的是") && wrong.err.contains("考核等次"),
        "{}",
        wrong.err
    );
    assert_eq!(check(&["one.csv", "--map", "结果"]).code, 2);

    let pointed = check(&["one.csv", "--map", "考核等次=个 人 栏"]);
    assert_eq!(pointed.code, 1, "{}", pointed.err);
    assert!(pointed.out.contains("违反"), "{}", pointed.out);
    assert!(pointed.err.contains("已记住 云川市/住建局"), "{}", pointed.err);
    for file in ["one.csv", "two.csv"] {
        let again = check(&[file, "--annotate", "out.xlsx", "--overwrite"]);
        assert_eq!(again.code, 1, "{file} {}", again.err);
        assert!(
            again.err.contains("按记住的列对应读取：考核等次＝个人栏"),
            "{}",
            again.err
        );
    }
    assert_eq!(desk.run(&["import", "outcomes", "two.csv", "--debug-now", now]).code, 1);
    assert_eq!(check(&["other.csv"]).code, 2, "another unit's lists are read as ever");

    let known = desk.run(&["columns", "list"]);
    assert!(known.out.contains("云川市/住建局  考核等次＝个人栏"), "{}", known.out);
    assert_eq!(desk.run(&["columns", "forget", "云川市/住建局"]).code, 0);
    assert_eq!(desk.run(&["columns", "forget", "云川市/住建局"]).code, 2);
    assert_eq!(check(&["one.csv"]).code, 2);
    assert_eq!(desk.run(&["audit", "verify"]).code, 0);
}

#[test]
fn columns_that_make_every_row_unknown_are_not_remembered() {
    let desk = Desk::new();
    let now = "2027-01-10T10:00:00+08:00";
    desk.write(
        "register.csv",
        "案件编号,姓名,公民身份号码,单位,事项名称,认定结论,认定日期,结论文号\n\
         RC-1,林甲,,云川市/住建局,老旧小区加装电梯试点补贴误发,免责,2026-03-10,云容认〔2026〕1号\n"
            .as_bytes(),
    );
    let import = ["import", "register", "register.csv", "--debug-now", now];
    assert_eq!(desk.run(&import).code, 0);
    let list = |who: &str| format!("云川市住建局2026年专项奖金,,\n姓名,甲项,乙项\n{who},5000,3000\n");
    desk.write("奖金.csv", list("林甲").as_bytes());
    desk.write("别人.csv", list("林庚").as_bytes());
    let check = |args: &[&str]| desk.run(&[&["precheck"], args, &["--debug-now", now]].concat());

    let asked = check(&["奖金.csv"]);
    let first = asked.err.lines().next().unwrap_or_default();
    assert!(first.contains("--map 结果=乙项 --map 基准=甲项"), "{}", asked.err);
    // A sum that is held against nothing says nothing, whoever is on the list.
    for file in ["奖金.csv", "别人.csv"] {
        let wrong = check(&[file, "--map", "结果=甲项"]);
        assert!(wrong.err.contains("列的对应没有记住"), "{file} {}", wrong.err);
        assert!(!wrong.err.contains("已记住"), "{file} {}", wrong.err);
    }
    assert_eq!(check(&["奖金.csv"]).code, 2, "nothing is remembered");
    let right = check(&["奖金.csv", "--map", "结果=乙项", "--map", "基准=甲项"]);
    assert!(right.err.contains("已记住 云川市/住建局"), "{}", right.err);
    let again = check(&["奖金.csv"]);
    assert!(again.out.contains("疑似"), "{} {}", again.out, again.err);
    // Columns that do not say the result are remembered whatever the rows come to.
    desk.write(
        "考核.csv",
        "云川市住建局2026年度考核,,\n姓名,考核等次,说法\n林甲,留评,略\n".as_bytes(),
    );
    let reason = check(&["考核.csv", "--map", "理由=说法"]);
    assert!(reason.err.contains("已记住 云川市/住建局"), "{}", reason.err);
}

#[test]
fn what_is_remembered_of_one_list_leaves_the_others_of_its_unit_alone() {
    let desk = Desk::new();
    let now = "2027-01-10T10:00:00+08:00";
    desk.write(
        "register.csv",
        "案件编号,姓名,公民身份号码,单位,事项名称,认定结论,认定日期,结论文号\n\
         RC-1,林甲,,云川市/住建局,老旧小区加装电梯试点补贴误发,免责,2026-03-10,云容认〔2026〕1号\n\
         RC-2,林乙,,云川市/住建局/质监站,混凝土回弹抽检漏项,免责,2026-03-10,云容认〔2026〕2号\n"
            .as_bytes(),
    );
    let import = ["import", "register", "register.csv", "--debug-now", now];
    assert_eq!(desk.run(&import).code, 0);
    let list = |name: &str, text: &str| desk.write(name, text.as_bytes());
    list(
        "职级.csv",
        "云川市住建局2026年职级晋升,,\n姓名,个人栏,备注\n林甲,暂缓晋升,加装电梯一事\n",
    );
    list(
        "奖金.csv",
        "云川市住建局2026年专项奖金,,,\n姓名,应发,实发,备注\n林甲,5000,3000,加装电梯一事\n",
    );
    list(
        "读不出.csv",
        "云川市住建局2026年度考核,,\n姓名,丁戊己,备注\n林甲,不称职,加装电梯一事\n",
    );
    list(
        "下级.csv",
        "云川市住建局质监站2026年职级晋升,,\n姓名,个人栏,备注\n林乙,暂缓晋升,混凝土回弹一事\n",
    );
    let check = |args: &[&str]| desk.run(&[&["precheck"], args, &["--debug-now", now]].concat());

    let unread = check(&["职级.csv"]);
    let first = unread.err.lines().next().unwrap_or_default();
    assert!(
        unread.code == 2 && first.contains("--map 结果=个人栏"),
        "{}",
        unread.err
    );
    let pointed = check(&["职级.csv", "--map", "结果=个人栏"]);
    assert!(pointed.err.contains("已记住 云川市/住建局"), "{}", pointed.err);
    // A list that has no such header is read as ever, and it is said.
    let bonus = check(&["奖金.csv"]);
    assert_eq!(bonus.code, 1, "{}", bonus.err);
    assert!(bonus.out.contains("违反"), "{}", bonus.out);
    for part in ["结果＝个人栏 没有用上", "rongcuo columns forget 云川市/住建局"] {
        assert!(bonus.err.contains(part), "{part} in {}", bonus.err);
    }
    let neither = check(&["读不出.csv"]);
    assert_eq!(neither.code, 2);
    assert!(neither.err.contains("columns forget 云川市/住建局"), "{}", neither.err);
    // The unit below has lists of its own.
    assert_eq!(
        check(&["下级.csv"]).code,
        2,
        "what is remembered of one unit is not of another"
    );
    // What was read without a word that says so is told.
    list(
        "党组.csv",
        "云川市住建局2026年职级晋升,,\n姓名,局党组意见,备注\n林甲,暂缓晋升,加装电梯一事\n",
    );
    let guessed = check(&["党组.csv", "--format", "json"]);
    assert_eq!(guessed.code, 1, "{}", guessed.err);
    for text in [&guessed.err, &guessed.out] {
        assert!(text.contains("「局党组意见」当作结果"), "{text}");
    }
    assert!(guessed.out.contains("\"violation\""), "{}", guessed.out);
    // What is given and not there is told, and changes nothing that was read.
    let wrong = check(&["奖金.csv", "--map", "结果=个人栏"]);
    assert!(wrong.code == 2 && wrong.err.contains("这份名单没有"), "{}", wrong.err);
    let reason = check(&["奖金.csv", "--map", "理由=个人栏"]);
    assert!(reason.code == 1 && reason.err.contains("没有用上"), "{}", reason.err);
}
