//! Lists given back by the program itself: the marked workbook, the forms of output, the record of runs, folders of lists
//! and the folder that is watched.

use crate::cli::{Desk, Said, id_number, json};
use crate::support::app::on_both;
use calamine::{Reader as _, Xlsx, open_workbook};
use rongcuo::app::import::Source;
use rongcuo::app::precheck::record::Earlier;
use rongcuo::app::precheck::{Request, precheck_by};
use rongcuo::files::{self, HeaderWords, Limits};
use rust_xlsxwriter::Workbook;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Places at which the handling of a dropped file may be stopped.
pub const STOPS: [&str; 2] = ["inbox.judged", "inbox.recorded"];

const NOW: &str = "2026-11-23T10:00:00+08:00";
const MATTER: &str = "老旧小区加装电梯试点补贴误发";

/// A desk with contacts, a register and a list on which 林甲 is marked down for the tolerated matter.
fn desk() -> Desk {
    let desk = desk_of_nobody();
    desk.write(
        "联系人.csv",
        "单位,姓名,角色,邮箱\n云川市纪委监委,何收文,经办,shouwen@yunchuan.example\n".as_bytes(),
    );
    desk.at(NOW, 0, &["import", "contacts", "联系人.csv"]);
    desk
}

/// The same without contacts.
fn desk_of_nobody() -> Desk {
    let desk = Desk::new();
    let register = format!(
        "案件编号,姓名,公民身份号码,单位,事项名称,认定结论,认定日期,结论文号,状态,问责实施机关\n\
         RC-2026-001,林甲,{},云川市/住建局,{MATTER},免予问责,2026-11-02,云容认〔2026〕1号,生效,云川市纪委监委\n\
         RC-2026-002,林丙,{},云川市/住建局,道路挖掘围挡延期,免予问责,2026-11-02,云容认〔2026〕2号,生效,云川市纪委监委\n",
        id_number(1),
        id_number(3)
    );
    desk.write("台账.csv", register.as_bytes());
    desk.at(NOW, 0, &["import", "register", "台账.csv"]);
    list(&desk.path("考核.xlsx"));
    desk
}

fn list(path: &Path) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("机关").expect("a name");
    let rows = [
        ["云川市住建局2026年度公务员年度考核等次汇总表", "", "", "", ""],
        ["序号", "姓名", "身份证号", "考核等次", "备注"],
        ["1", "林甲", &id_number(1), "基本称职", &format!("因{MATTER}一事")],
        ["2", "林丙", &id_number(3), "称职", ""],
        ["3", "林戊", &id_number(5), "称职", "=1+1"],
    ];
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, column, cell).expect("a cell");
        }
    }
    sheet.write_number(4, 0, 3.5).expect("a cell");
    book.save(path).expect("a workbook");
}

fn cell(path: &Path, sheet: &str, row: u32, column: u32) -> String {
    let mut book: Xlsx<_> = open_workbook(path).expect("a workbook");
    let range = book.worksheet_range(sheet).expect("a sheet");
    range
        .get_value((row - 1, column))
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// Every text of a workbook's parts.
fn parts(path: &Path) -> String {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).expect("a file")).expect("a workbook");
    let mut all = String::new();
    for at in 0..zip.len() {
        zip.by_index(at).expect("a part").read_to_string(&mut all).ok();
    }
    all
}

fn precheck(desk: &Desk, code: i32, args: &[&str]) -> Said {
    let args: Vec<&str> = ["precheck"].iter().chain(args).copied().collect();
    desk.at(NOW, code, &args)
}

#[test]
fn the_clerk_gets_the_list_back_and_learns_nothing_of_the_case() {
    let desk = desk();
    precheck(&desk, 1, &["考核.xlsx", "--annotate", "结果.xlsx"]);
    let path = desk.path("结果.xlsx");
    assert_eq!(
        cell(&path, "机关", 1, 0),
        "云川市住建局2026年度公务员年度考核等次汇总表"
    );
    assert_eq!(cell(&path, "机关", 2, 5), "预检结论");
    assert_eq!(cell(&path, "机关", 3, 5), "违反");
    assert!(cell(&path, "机关", 3, 6).contains("二(五)"));
    assert!(cell(&path, "机关", 3, 7).contains("何收文"));
    assert_eq!(cell(&path, "机关", 4, 5), "", "nobody learns that 林丙 is protected");
    assert_eq!(
        (cell(&path, "机关", 5, 0), cell(&path, "机关", 5, 4)),
        ("3.5".into(), "=1+1".into())
    );
    assert_eq!(cell(&path, "机关", 3, 2), id_number(1));
    let all = parts(&path);
    for detail in ["RC-2026", "云容认", "免予问责", "容错事项", "无异常"] {
        assert!(!all.contains(detail), "{detail}");
    }
    assert!(!all.contains("<f>"), "no formula");
    assert!(all.contains("“基本称职”：结果低于一般"), "a note says what was found");
    assert_eq!(
        std::fs::metadata(&path).expect("a file").permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn that_nobody_is_known_to_be_asked_is_said_in_full_once() {
    let desk = desk_of_nobody();
    precheck(&desk, 1, &["考核.xlsx", "--annotate", "结果.xlsx"]);
    let path = desk.path("结果.xlsx");
    assert_eq!(cell(&path, "机关", 3, 7), "没有登记");
    let all = parts(&path);
    let said = "写着「没有登记」的行没有登记联系人，请告知本系统管理员";
    assert_eq!(all.matches("没有登记联系人").count(), 1);
    assert!(all.contains(said));
}

#[test]
fn details_are_for_those_who_ask_and_asking_is_journaled() {
    let desk = desk();
    let entries = |desk: &Desk| desk.journal();
    precheck(&desk, 1, &["考核.xlsx", "--annotate", "结果.xlsx"]);
    let before = entries(&desk);
    precheck(
        &desk,
        1,
        &["考核.xlsx", "--annotate", "明细.xlsx", "--details", "--by", "周核查"],
    );
    assert_ne!(entries(&desk), before, "the view stands in the journal");
    let path = desk.path("明细.xlsx");
    assert!(cell(&path, "机关", 3, 6).contains("RC-2026-001"));
    assert_eq!(cell(&path, "机关", 4, 5), "无异常");
    assert!(parts(&path).contains("容错事项名称"));
}

#[test]
fn what_is_there_is_not_written_over() {
    let desk = desk();
    desk.write("结果.xlsx", b"mine");
    for (args, says) in [
        (&["考核.xlsx", "--annotate", "结果.xlsx"][..], "已存在"),
        (&["考核.xlsx", "--annotate", "考核.xlsx", "--overwrite"], "名单本身"),
        (&["考核.xlsx", "--annotate", "结果.csv"], ".xlsx"),
        (&["考核.xlsx", "--annotate", "没有/结果.xlsx"], "没有这个文件夹"),
    ] {
        let said = precheck(&desk, 2, args);
        assert!(said.err.contains(says), "{args:?}: {}", said.err);
    }
    assert_eq!(std::fs::read(desk.path("结果.xlsx")).expect("a file"), b"mine");
    precheck(&desk, 1, &["考核.xlsx", "--annotate", "结果.xlsx", "--overwrite"]);
    assert_eq!(cell(&desk.path("结果.xlsx"), "机关", 3, 5), "违反");
}

#[test]
fn csv_reads_back_and_a_table_is_ruled() {
    let desk = desk();
    let hostile = format!("姓名,单位,考核等次,备注\n林甲,\"=cmd|' /C calc'!A0\",基本称职,因{MATTER}\n");
    desk.write("2026年度考核.csv", hostile.as_bytes());
    let said = precheck(
        &desk,
        1,
        &["2026年度考核.csv", "--unit", "云川市/住建局", "--format", "csv"],
    );
    let plain = said.out.strip_prefix('\u{feff}').expect("a mark");
    let mut read = csv::Reader::from_reader(plain.as_bytes());
    let header = read.headers().expect("a header").clone();
    assert_eq!(header.len(), 9);
    let rows: Vec<csv::StringRecord> = read.records().collect::<Result<_, _>>().expect("rows");
    let row = rows
        .iter()
        .find(|row| &row[2] == "2")
        .unwrap_or_else(|| panic!("{}", said.out));
    assert_eq!((&row[3], &row[4]), ("林甲", "'=cmd|' /C calc'!A0"));
    assert!(!said.out.contains("RC-2026"));
    let said = precheck(&desk, 1, &["考核.xlsx", "--format", "csv", "--details"]);
    assert!(
        said.out.contains("RC-2026-001") && said.out.contains("案件编号"),
        "{}",
        said.out
    );
    let said = precheck(&desk, 1, &["考核.xlsx", "--format", "table"]);
    assert!(
        said.out.contains("| 机关 第 3 行") && said.out.contains("何收文"),
        "{}",
        said.out
    );
    assert!(
        !said.out.contains("RC-2026") && !said.out.contains("受保护"),
        "{}",
        said.out
    );
    let said = desk.ok(2, &["audit", "verify", "--format", "csv"]);
    assert!(said.err.contains("precheck"), "{}", said.err);
}

#[test]
fn the_same_file_again_shows_the_earlier_run() {
    let desk = desk();
    let first = json(&precheck(&desk, 1, &["考核.xlsx", "--format", "json", "--by", "周核查"]).out);
    assert!(first["earlier_run"].is_null());
    std::fs::copy(desk.path("考核.xlsx"), desk.path("改名.xlsx")).expect("a copy");
    let again = json(&precheck(&desk, 1, &["改名.xlsx", "--format", "json"]).out);
    let earlier = &again["earlier_run"];
    assert_eq!(
        (&earlier["by"], &earlier["counts"]["violation"]),
        (&"周核查".into(), &1.into()),
        "{earlier}"
    );
    let said = precheck(&desk, 1, &["考核.xlsx"]);
    assert!(
        said.out.contains("本文件已于 2026-11-23T10:00") && said.out.contains("违反 1"),
        "{}",
        said.out
    );
    let runs = json(&desk.ok(0, &["runs", "list", "--format", "json"]).out);
    let runs = runs["runs"].as_array().expect("a list").clone();
    let prechecks: Vec<_> = runs.iter().filter(|run| run["kind"] == "precheck").collect();
    assert_eq!(prechecks.len(), 3, "every execution is kept");
    assert!(
        prechecks
            .iter()
            .all(|run| run["domains"][0] == "annual_appraisal" && run["as_of"] == "2026-11-23")
    );
    for form in ["text", "csv", "table"] {
        let said = desk.ok(0, &["runs", "list", "--format", form]);
        assert!(
            said.out.contains("考核.xlsx") && !said.out.contains("林甲"),
            "{}",
            said.out
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_execution_is_a_run_on_both_databases() {
    on_both(NOW, async |bench| {
        let text = "姓名,单位,考核等次\n林甲,云川市/住建局,称职\n";
        let list = files::read_list(
            "2026年度考核.csv",
            text.as_bytes(),
            &HeaderWords::builtin(),
            &Limits::default(),
        );
        let (list, source) = (list.expect("a list"), Source::new("2026年度考核.csv", text.as_bytes()));
        let as_of = bench.app.now().day();
        let request = |keep: bool| Request {
            list: &list,
            source: &source,
            options: bench.app.policy.judging(as_of),
            keep,
            kind: "precheck",
        };
        assert_eq!(Earlier::of(&bench.app, &source.hash).await.expect("an answer"), None);
        // The clock stands still: two executions in one millisecond are two.
        for (keep, who) in [(false, "甲"), (false, "乙"), (true, "丙")] {
            precheck_by(&bench.app, &request(keep), who)
                .await
                .expect("a judged list");
        }
        let mut tx = bench.app.db.read().await.expect("a transaction");
        let runs = rongcuo::store::runs::of_file(&mut tx, &source.hash, "precheck", 10)
            .await
            .expect("runs");
        let mut who: Vec<String> = runs.iter().map(|past| past.judging.actor.clone()).collect();
        who.sort();
        assert_eq!(who, ["丙", "乙", "甲"]);
        let kept = Earlier::same(&bench.app, &source.hash, as_of, true)
            .await
            .expect("an answer");
        assert_eq!(kept.expect("the kept one").by, "丙");
        let other = as_of.succ_opt().expect("a day");
        assert_eq!(
            Earlier::same(&bench.app, &source.hash, other, false)
                .await
                .expect("an answer"),
            None
        );
    })
    .await;
}

#[test]
fn a_folder_is_judged_list_by_list_and_only_failures_again() {
    let desk = desk();
    for folder in ["报送", "报送/一", "报送/二"] {
        std::fs::create_dir(desk.path(folder)).expect("a folder");
    }
    list(&desk.path("报送/一/考核.xlsx"));
    desk.write("报送/二/坏.xlsx", b"PK\x03\x04 and nothing more");
    desk.write("报送/~$考核.xlsx", b"lock");
    desk.write("报送/.隐藏.csv", b"x");
    std::os::unix::fs::symlink(desk.path("考核.xlsx"), desk.path("报送/链接.xlsx")).expect("a link");
    let said = precheck(&desk, 1, &["报送", "--annotate", "交回"]);
    assert!(
        said.err.contains("（1/2）报送/一/考核.xlsx") && said.err.contains("（2/2）"),
        "{}",
        said.err
    );
    assert!(
        said.out.contains("预检 1 份（违反 1、无异常 1），未能预检 1 份"),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("未能预检  报送/二/坏.xlsx：文件已损坏"),
        "{}",
        said.out
    );
    assert_eq!(cell(&desk.path("交回/一_考核.预检结果.xlsx"), "机关", 3, 5), "违反");
    // The broken one is mended; the other one is not judged again.
    list(&desk.path("报送/二/坏.xlsx"));
    std::fs::write(desk.path("报送/二/坏.xlsx"), "姓名,考核等次\n林戊,称职\n").expect("a file");
    std::fs::rename(desk.path("报送/二/坏.xlsx"), desk.path("报送/二/2026年度考核.csv")).expect("a file");
    let said = precheck(
        &desk,
        0,
        &["报送", "--annotate", "交回", "--retry-failed", "--format", "json"],
    );
    let document = json(&said.out);
    let count = |key: &str| document[key].as_array().expect("a list").len();
    assert_eq!(
        (count("files"), count("failed"), count("skipped")),
        (1, 0, 1),
        "{document}"
    );
    // Without the option everything is judged: the register may have changed.
    let said = precheck(
        &desk,
        1,
        &["报送", "--annotate", "交回", "--overwrite", "--format", "json"],
    );
    assert_eq!(json(&said.out)["files"].as_array().expect("a list").len(), 2);
}

#[test]
fn each_unit_of_a_list_gets_an_opinion() {
    let desk = desk();
    let text =
        format!("姓名,单位,考核等次,备注\n林甲,云川市/住建局,基本称职,因{MATTER}\n林丙,云川市/住建局/质监站,不称职,\n");
    desk.write("2026年度考核.csv", text.as_bytes());
    precheck(
        &desk,
        1,
        &["2026年度考核.csv", "--opinion", "意见.docx", "--by", "周核查"],
    );
    let mut names: Vec<String> = std::fs::read_dir(desk.folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("意见-"))
        .collect();
    names.sort();
    assert_eq!(names, ["意见-云川市_住建局.docx", "意见-云川市_住建局_质监站.docx"]);
    let all = parts(&desk.path("意见-云川市_住建局.docx"));
    for said in [
        "云川市住建局：",
        "林甲",
        "第2行",
        "预审人",
        "周核查",
        "2026年11月30日",
        "何收文",
    ] {
        assert!(all.contains(said), "{said}");
    }
    for detail in ["RC-2026", "加装电梯", "免予问责", "林丙"] {
        assert!(!all.contains(detail), "{detail}");
    }
}

fn inbox_desk(keep: bool) -> Desk {
    let desk = desk();
    std::fs::create_dir(desk.path("收件")).expect("a folder");
    let config = std::fs::read_to_string(desk.path("rongcuo.toml")).expect("the configuration");
    let config = format!("{config}[inbox]\ndir = \"收件\"\nkeep = {keep}\n");
    desk.write("rongcuo.toml", config.as_bytes());
    desk
}

fn names(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(path)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_dropped_list_is_judged_and_moved_with_a_note() {
    let desk = inbox_desk(true);
    list(&desk.path("收件/考核.xlsx"));
    desk.write("收件/坏.xlsx", b"PK\x03\x04 and nothing more");
    desk.write("收件/~$考核.xlsx", b"lock");
    desk.write("收件/.partial", b"x");
    std::os::unix::fs::symlink(desk.path("台账.csv"), desk.path("收件/链接.csv")).expect("a link");
    std::fs::create_dir(desk.path("收件/文件夹")).expect("a folder");
    let said = json(&desk.at(NOW, 1, &["serve", "--run-once", "--format", "json"]).out);
    assert_eq!(
        (&said["inbox"]["done"], &said["inbox"]["failed"]),
        (&1.into(), &1.into()),
        "{said}"
    );
    assert_eq!(
        names(&desk.path("收件/done")),
        ["考核.xlsx", "考核.说明.txt", "考核.预检结果.xlsx"]
    );
    assert_eq!(names(&desk.path("收件/failed")), ["坏.xlsx", "坏.说明.txt"]);
    assert_eq!(
        names(&desk.path("收件")),
        [
            ".partial",
            ".rongcuo.lock",
            "done",
            "failed",
            "~$考核.xlsx",
            "文件夹",
            "链接.csv"
        ]
        .map(str::to_owned)
        .as_slice(),
        "links, folders, hidden files and locks stay"
    );
    let note = std::fs::read_to_string(desk.path("收件/done/考核.说明.txt")).expect("a note");
    assert!(
        note.contains("须核对：违反 1，新开疑似问题 1 件") && !note.contains("RC-2026"),
        "{note}"
    );
    let note = std::fs::read_to_string(desk.path("收件/failed/坏.说明.txt")).expect("a note");
    assert!(note.contains("文件已损坏"), "{note}");
    assert_eq!(cell(&desk.path("收件/done/考核.预检结果.xlsx"), "机关", 3, 5), "违反");
    let said = desk.run(&["doctor", "--format", "json"]);
    let checks = json(&said.out)["checks"].clone();
    let checks = checks.as_array().expect("checks");
    let own = checks
        .iter()
        .find(|check| check["check"] == "收件夹")
        .expect("a line on the folder");
    assert_eq!(own["verdict"], "attention", "{own}");
    // The same list once more: its names get a number, its findings none.
    list(&desk.path("收件/考核.xlsx"));
    desk.at(NOW, 0, &["serve", "--run-once"]);
    let note = std::fs::read_to_string(desk.path("收件/done/考核(2).说明.txt")).expect("a note");
    assert!(!note.contains("新开疑似问题"), "{note}");
    assert_eq!(names(&desk.path("收件/done")).len(), 6, "nothing was written over");
}

#[test]
fn a_stop_before_the_move_leaves_no_finding_twice() {
    let desk = inbox_desk(true);
    list(&desk.path("收件/考核.xlsx"));
    for point in STOPS {
        let ended = Command::new(env!("CARGO_BIN_EXE_rongcuo"))
            .args(["serve", "--run-once", "--debug-now", NOW])
            .env("RONGCUO_CRASH_AT", point)
            .current_dir(desk.folder.path())
            .stdin(Stdio::null())
            .output()
            .expect("the program runs");
        assert!(!ended.status.success(), "{point} is reached");
        assert!(
            desk.path("收件/考核.xlsx").exists(),
            "{point}: the file is where it was"
        );
    }
    let said = json(&desk.at(NOW, 0, &["serve", "--run-once", "--format", "json"]).out);
    assert_eq!(said["inbox"]["done"], 1, "{said}");
    assert!(!desk.path("收件/考核.xlsx").exists());
    // The first execution opened the finding; the list says so when it is judged with keeping.
    let said = json(&precheck(&desk, 1, &["收件/done/考核(2).xlsx", "--keep", "--format", "json"]).out);
    assert_eq!(said["findings_opened"], 0, "{said}");
}
