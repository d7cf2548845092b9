//! The program itself, end to end: exit codes, imports twice, bad rows, personal data, clocks of one's own.

use crate::support::mails;
use crate::support::smtp::{Act, At, Script, SmtpServer};
use rongcuo::domain::person::citizen_check_digit;
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A folder in which the program runs.
pub struct Desk {
    pub folder: TempDir,
}

/// What a run said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

const NOW: &str = "2026-11-23T10:00:00+08:00";

const CONFIG: &str = "\
[site]
name = \"云川市委组织部\"
[smtp]
mode = \"file\"
dir = \"outbox\"
";

pub fn id_number(serial: u32) -> String {
    let first = format!("99010119800101{serial:03}");
    format!("{first}{}", char::from(citizen_check_digit(first.as_bytes())))
}

impl Desk {
    pub fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        desk.write("rongcuo.toml", CONFIG.as_bytes());
        std::fs::create_dir(desk.path("outbox")).expect("a folder");
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> String {
        std::fs::write(self.path(name), bytes).expect("a file");
        name.to_owned()
    }

    pub fn run(&self, args: &[&str]) -> Said {
        Self::run_in(self.folder.path(), args)
    }

    fn run_in(folder: &Path, args: &[&str]) -> Said {
        let done = Command::new(env!("CARGO_BIN_EXE_rongcuo"))
            .args(args)
            .current_dir(folder)
            .stdin(Stdio::null())
            .output()
            .expect("the program runs");
        Said {
            code: done.status.code().unwrap_or(-1),
            out: String::from_utf8(done.stdout).expect("text"),
            err: String::from_utf8(done.stderr).expect("text"),
        }
    }

    /// Runs on a set day and expects an exit code.
    pub fn at(&self, now: &str, code: i32, args: &[&str]) -> Said {
        let args: Vec<&str> = args.iter().copied().chain(["--debug-now", now]).collect();
        let said = self.run(&args);
        assert_eq!(said.code, code, "{args:?}\n{}\n{}", said.out, said.err);
        said
    }

    pub fn ok(&self, code: i32, args: &[&str]) -> Said {
        let said = self.run(args);
        assert_eq!(said.code, code, "{args:?}\n{}\n{}", said.out, said.err);
        said
    }

    /// Contacts, roster and register of a small city.
    pub fn furnish(&self) {
        self.write("联系人.csv", CONTACTS.as_bytes());
        self.write("台账.csv", register().as_bytes());
        self.at(NOW, 0, &["import", "contacts", "联系人.csv"]);
        self.at(NOW, 0, &["import", "register", "台账.csv"]);
    }

    /// An appraisal list on which 林甲 is marked down for the tolerated matter.
    pub fn list(&self) -> &'static str {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_name("机关").expect("a name");
        let rows = [
            vec!["云川市住建局2026年度公务员年度考核等次汇总表".to_owned()],
            ["序号", "姓名", "身份证号", "职务", "考核等次", "备注"]
                .map(str::to_owned)
                .to_vec(),
            [
                "1",
                "林甲",
                &id_number(1),
                "科长",
                "基本称职",
                "因老旧小区加装电梯试点补贴误发一事",
            ]
            .map(str::to_owned)
            .to_vec(),
            ["2", "林戊", &id_number(5), "科员", "称职", ""]
                .map(str::to_owned)
                .to_vec(),
            ["合计", "2人", "", "", "", ""].map(str::to_owned).to_vec(),
        ];
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write_string(row, column, cell).expect("a cell");
            }
        }
        book.save(self.path("考核.xlsx")).expect("a workbook");
        "考核.xlsx"
    }

    pub fn journal(&self) -> String {
        self.ok(0, &["audit", "verify"]).out
    }
}

const CONTACTS: &str = "\
单位,姓名,角色,邮箱
云川市纪委监委,何收文,经办,shouwen@yunchuan.example
云川市纪委监委,孟科长,科室负责人,meng@yunchuan.example
";

fn register() -> String {
    format!(
        "案件编号,姓名,公民身份号码,单位,事项名称,认定结论,认定日期,结论文号,状态,问责实施机关\n\
         RC-2026-001,林甲,{},云川市/住建局,老旧小区加装电梯试点补贴误发,免予问责,2026-11-20,云容认〔2026〕1号,生效,云川市纪委监委\n",
        id_number(1)
    )
}

pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn the_same_file_twice_changes_nothing() {
    let desk = Desk::new();
    desk.furnish();
    let ledger =
        "编号,问题,责任单位,督办单位,整改时限,状态\nZG-1,复核缺失,云川市/住建局,云川市委督查室,2026-12-31,整改中\n";
    desk.write("整改.csv", ledger.as_bytes());
    let roster = format!("姓名,公民身份号码,单位\n林戊,{},云川市/住建局\n", id_number(5));
    desk.write("名册.csv", roster.as_bytes());
    desk.at(NOW, 0, &["import", "rectifications", "整改.csv"]);
    desk.at(NOW, 0, &["import", "cadres", "名册.csv"]);
    let before = desk.journal();
    for (kind, file) in [
        ("register", "台账.csv"),
        ("contacts", "联系人.csv"),
        ("rectifications", "整改.csv"),
        ("cadres", "名册.csv"),
    ] {
        let said = desk.at(
            "2026-11-24T10:00:00+08:00",
            0,
            &["import", kind, file, "--format", "json"],
        );
        let summary = json(&said.out);
        assert_eq!(
            (&summary["added"], &summary["changed"]),
            (&Value::from(0), &Value::from(0)),
            "{kind}: {}",
            said.out
        );
    }
    assert_eq!(desk.journal(), before, "nothing happened, so nothing is journaled");
}

/// Rows that are right but for one day, and what is said of each: row, column, day.
fn with_days(header: &str, row: &[(&str, &str)], days: &[(&str, &str)]) -> (String, Vec<(usize, String, String)>) {
    let columns: Vec<&str> = header.split(',').collect();
    let line = |number: usize, other: Option<(&str, &str)>| -> String {
        let cell = |column: &&str| {
            let own = other.filter(|(name, _)| name == column).map(|(_, text)| text);
            let usual = row.iter().find(|(name, _)| name == column).map(|(_, text)| *text);
            own.or(usual).unwrap_or_default().replace('#', &number.to_string())
        };
        columns.iter().map(cell).collect::<Vec<_>>().join(",")
    };
    let mut lines = vec![header.to_owned(), line(2, None)];
    let mut expected = Vec::new();
    for (column, shape) in days {
        for year in [1999, 2099, 2199] {
            let text = shape.replace('Y', &year.to_string());
            lines.push(line(lines.len() + 1, Some((column, &text))));
            expected.push((lines.len(), (*column).to_owned(), format!("{year}-03-05")));
        }
    }
    (lines.join("\n"), expected)
}

#[test]
fn a_day_that_no_calendar_has_is_named_and_holds_up_no_other_row() {
    let ledger = with_days(
        "编号,问题,责任单位,督办单位,整改时限,延期后时限,交办日期,签收日期,最近进展,最近进展日期,申请销号日期,销号日期,回访日期,阶段节点",
        &[
            ("编号", "ZG-#"),
            ("问题", "台账不全"),
            ("责任单位", "云川市/住建局"),
            ("整改时限", "2026-12-31"),
            ("最近进展", "已摸底"),
        ],
        &[
            ("整改时限", "Y-03-05"),
            ("延期后时限", "Y-03-05"),
            ("交办日期", "Y-03-05"),
            ("签收日期", "Y-03-05"),
            ("最近进展日期", "Y-03-05"),
            ("申请销号日期", "Y-03-05"),
            ("销号日期", "Y-03-05"),
            ("回访日期", "Y-03-05"),
            ("阶段节点", "摸底 Y-03-05"),
        ],
    );
    let register = with_days(
        "案件编号,姓名,单位,事项名称,认定结论,认定日期,状态,撤销日期,问责实施机关,人事档案归档日期,廉政档案归档日期,入卷归档日期,反馈本人日期,抄送主管部门日期,抄送上级部门日期,抄送组织部门日期",
        &[
            ("案件编号", "RC-#"),
            ("姓名", "林#"),
            ("单位", "云川市/住建局"),
            ("事项名称", "补贴误发"),
            ("认定结论", "免予问责"),
            ("认定日期", "2026-11-20"),
        ],
        &[
            ("认定日期", "Y-03-05"),
            ("撤销日期", "Y-03-05"),
            ("人事档案归档日期", "Y-03-05"),
            ("廉政档案归档日期", "Y-03-05"),
            ("入卷归档日期", "Y-03-05"),
            ("反馈本人日期", "Y-03-05"),
            ("抄送主管部门日期", "Y-03-05"),
            ("抄送上级部门日期", "Y-03-05"),
            ("抄送组织部门日期", "Y-03-05"),
        ],
    );
    let desk = Desk::new();
    // Without its own day a row is left out: a limit in any of the years, an extension that lies beyond the calendar, a
    // conclusion and a revocation in any.
    for (kind, (text, expected), added) in [("rectifications", ledger, 24), ("register", register, 22)] {
        let file = format!("{kind}.csv");
        desk.write(&file, text.as_bytes());
        let said = desk.at(NOW, 1, &["import", kind, &file]);
        assert!(
            said.out.contains(&format!("新增 {added}，")),
            "{kind}: {}{}",
            said.out,
            said.err
        );
        assert!(said.err.contains(&format!("{file}：\n")), "{kind}: {}", said.err);
        for (row, column, day) in expected {
            let place = format!("第 {row} 行「{column}」列：");
            let told = said.err.lines().find(|line| line.starts_with(&place));
            let told = told.unwrap_or_else(|| panic!("{kind}: {place} {}", said.err));
            assert!(told.contains(&day), "{told}");
            // An extension to a day before the limit is none, whatever the calendar says.
            let range = told.contains("只能写 2007-01-01 至 ") || told.contains("1950 年至 2100 年");
            assert!(range || told.contains("早于原定的时限"), "{told}");
        }
        let again = desk.at(NOW, 1, &["import", kind, &file]);
        assert!(again.out.contains("新增 0，变更 0，"), "{kind}: {}", again.out);
    }
    let lists = "姓名,单位,事项类别,结果,理由,期间,决定日期\n\
        林2,云川市/住建局,年度考核,基本称职,因补贴误发一事,2025年度,1999-03-05\n\
        林2,云川市/住建局,年度考核,称职,,2024年度,2199-03-05\n\
        林2,云川市/住建局,年度考核,称职,,2023年度,2024-01-05\n";
    desk.write("结果.csv", lists.as_bytes());
    let said = desk.at(NOW, 1, &["import", "outcomes", "结果.csv"]);
    assert!(said.out.contains("读出 3 行"), "{}{}", said.out, said.err);
    assert!(
        said.err.contains("第 3 行「决定日期」列：") && said.err.contains("1950 年至 2100 年"),
        "{}",
        said.err
    );
}

#[test]
fn a_bad_row_is_named_and_the_good_ones_are_in() {
    let desk = Desk::new();
    let bad = format!(
        "{}RC-2026-002,林乙,123,云川市/住建局,道路挖掘,免予问责,2026年13月1日,,生效,\n",
        register()
    );
    desk.write("台账.csv", bad.as_bytes());
    let said = desk.at(NOW, 1, &["import", "register", "台账.csv"]);
    assert!(said.out.contains("新增 1"), "{}", said.out);
    assert!(
        said.err.contains("第 3 行") && said.err.contains("认定日期"),
        "{}",
        said.err
    );
    let strict = Desk::new();
    strict.write("台账.csv", bad.as_bytes());
    let said = strict.at(NOW, 2, &["import", "register", "台账.csv", "--strict"]);
    assert!(said.err.contains("第 3 行"), "{}", said.err);
    let said = strict.at(
        NOW,
        0,
        &[
            "simulate",
            "--from",
            "2026-11-23",
            "--to",
            "2026-12-31",
            "--format",
            "json",
        ],
    );
    assert_eq!(
        json(&said.out)["alerts"],
        Value::Array(Vec::new()),
        "nothing was taken in"
    );
}

#[test]
fn bad_input_and_a_broken_environment_have_codes_of_their_own() {
    let desk = Desk::new();
    assert_eq!(desk.run(&["import", "register", "没有.csv"]).code, 2);
    desk.write("空.csv", b"");
    let said = desk.ok(2, &["import", "register", "空.csv"]);
    assert!(said.err.contains("空.csv"), "{}", said.err);
    assert_eq!(desk.run(&["nonsense"]).code, 2);
    assert_eq!(desk.run(&["calendar", "add", "2026-02-30", "5"]).code, 2);
    desk.write("坏.toml", b"[smtp]\nhots = \"x\"\n");
    let said = desk.ok(
        2,
        &[
            "simulate",
            "--config",
            "坏.toml",
            "--from",
            "2026-11-23",
            "--to",
            "2026-11-24",
        ],
    );
    assert!(said.err.contains("hots") && said.err.contains('2'), "{}", said.err);
    let said = desk.run(&[
        "simulate",
        "--database",
        "postgres://nobody@127.0.0.1:1/none",
        "--from",
        "2026-11-23",
        "--to",
        "2026-11-24",
    ]);
    assert_eq!(said.code, 3, "{}", said.err);
    desk.write(
        "外网.toml",
        b"[web]\nlisten = \"0.0.0.0:8087\"\n[smtp]\nmode = \"file\"\n",
    );
    let said = desk.run(&["serve", "--config", "外网.toml"]);
    assert_eq!(said.code, 2, "only the loopback address: {}", said.err);
}

#[test]
fn a_list_is_judged_kept_and_told() {
    let desk = Desk::new();
    desk.furnish();
    let list = desk.list();
    let before = desk.journal();
    let said = desk.at(NOW, 1, &["precheck", list, "--as-of", "2026-11-23", "--format", "json"]);
    let report = json(&said.out);
    assert_eq!(
        (&report["rows_read"], &report["rows_protected"]),
        (&Value::from(2), &Value::from(1))
    );
    let line = &report["results"][0];
    assert_eq!(line["sheet"], "机关");
    assert_eq!(line["row"], 3);
    assert_eq!(line["verdict"], "violation");
    assert_eq!(line["outcome_class"], "adverse");
    assert_eq!(line["attribution"], "explicit");
    assert_eq!(line["level"], "full");
    assert_eq!(line["clause"], "二(五)");
    assert_eq!(line["case"], "RC-2026-001");
    assert_eq!(line["note"], Value::Null);
    assert_eq!(
        line["matched"][1],
        "理由第 2–15 字：老旧小区加装电梯试点补贴误发（容错事项名称）"
    );
    assert_eq!(desk.journal(), before, "a look leaves nothing but its run");

    let said = desk.at(NOW, 1, &["precheck", list, "--keep", "--format", "json"]);
    assert_eq!(json(&said.out)["findings_opened"], 1);
    let again = desk.at(
        "2026-11-24T10:00:00+08:00",
        1,
        &["precheck", list, "--keep", "--format", "json"],
    );
    assert_eq!(
        json(&again.out)["findings_opened"],
        0,
        "the same outcome is the same finding"
    );

    desk.at("2026-11-24T10:05:00+08:00", 0, &["serve", "--run-once"]);
    let mails = mails::of_folder(&desk.path("outbox"));
    let told: Vec<_> = mails
        .iter()
        .filter(|mail| mail.subject.contains("疑似问题 RC-2026-001"))
        .collect();
    assert_eq!(told.len(), 2, "handler and head of the section");
    let link = told[0].text.split("/findings/").nth(1).expect("a link to the finding");
    let id: String = link.chars().take_while(char::is_ascii_alphanumeric).collect();
    let said = desk.ok(0, &["explain", "finding", &id]);
    assert!(said.out.contains("老旧小区加装电梯试点补贴误发"), "{}", said.out);
    assert_eq!(desk.run(&["explain", "finding", "0000"]).code, 2);
}

#[test]
fn final_appraisals_are_imported_as_outcomes() {
    let desk = Desk::new();
    desk.furnish();
    let list = desk.list();
    let said = desk.at(NOW, 1, &["import", "outcomes", list]);
    assert!(said.out.contains("新留存 1 条，新开疑似问题 1 件"), "{}", said.out);
    let again = desk.at(NOW, 0, &["import", "outcomes", list]);
    assert!(again.out.contains("新留存 0 条，新开疑似问题 0 件"), "{}", again.out);
}

#[test]
fn an_id_number_is_nowhere_in_clear() {
    let desk = Desk::new();
    desk.furnish();
    let list = desk.list();
    let mut said = String::new();
    for args in [
        &["precheck", list, "--keep"][..],
        &["precheck", list, "--format", "json"],
        &["serve", "--run-once"],
        &["simulate", "--from", "2026-11-23", "--to", "2026-12-31"],
        &["import", "register", "台账.csv"],
    ] {
        let args: Vec<&str> = args.iter().copied().chain(["--debug-now", NOW]).collect();
        let run = desk.run(&args);
        said.push_str(&run.out);
        said.push_str(&run.err);
    }
    let number = id_number(1);
    assert!(!said.contains(&number));
    for entry in walk(desk.folder.path()) {
        let name = entry.file_name().expect("a name").to_string_lossy().into_owned();
        if name == "台账.csv" || name == "考核.xlsx" {
            continue;
        }
        let bytes = std::fs::read(&entry).expect("a file");
        let found = bytes.windows(number.len()).any(|window| window == number.as_bytes());
        assert!(!found, "{name} holds an ID number in clear");
    }
}

pub fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            out.extend(walk(&path));
        } else {
            out.push(path);
        }
    }
    out
}

#[test]
fn the_key_is_private_and_another_key_is_refused() {
    let desk = Desk::new();
    desk.furnish();
    let mode = std::fs::metadata(desk.path("rongcuo.key"))
        .expect("made on first use")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::remove_file(desk.path("rongcuo.key")).expect("ours");
    let said = desk.run(&["import", "register", "台账.csv"]);
    assert_eq!(said.code, 3, "{}", said.err);
    assert!(said.err.contains("密钥"), "{}", said.err);
    assert!(!desk.path("rongcuo.key").exists(), "no new key in its place");
}

#[test]
fn a_broken_link_of_the_audit_chain_is_named() {
    let desk = Desk::new();
    desk.furnish();
    let database = desk.path("rongcuo.db");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let url = format!("sqlite:{}", database.display());
        let pool = sqlx::SqlitePool::connect(&url).await.expect("the database");
        sqlx::query("DROP TRIGGER journal_no_update")
            .execute(&pool)
            .await
            .expect("whoever owns the file can");
        let changed = sqlx::query("UPDATE journal SET detail = 'x' WHERE seq = 2")
            .execute(&pool)
            .await
            .expect("tampering");
        assert_eq!(changed.rows_affected(), 1);
        pool.close().await;
    });
    let said = desk.ok(1, &["audit", "verify"]);
    assert!(
        said.out.contains('2') || said.err.contains('2'),
        "{}{}",
        said.out,
        said.err
    );
}

#[test]
fn a_clock_of_ones_own_is_for_rehearsals() {
    let desk = Desk::new();
    desk.write(
        "真.toml",
        b"[database]\nurl = \"sqlite:real.db\"\n[smtp]\nhost = \"mail.example.org\"\ntls = \"starttls\"\n",
    );
    let said = desk.run(&["serve", "--run-once", "--config", "真.toml", "--debug-now", NOW]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("--debug-now"), "{}", said.err);
    desk.at(NOW, 0, &["serve", "--run-once"]);
}

#[test]
fn a_refused_mail_is_listed_sent_again_as_it_is_or_ended() {
    let server = SmtpServer::start(vec![Script::always(At::Rcpt, Act::Say("550 5.1.1 no such user"))]);
    let desk = Desk::new();
    let config = format!(
        "[smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n",
        server.addr.port()
    );
    desk.write("rongcuo.toml", config.as_bytes());
    desk.ok(0, &["migrate", "--rehearsal"]);
    desk.furnish();
    let list = desk.list();
    desk.at(NOW, 1, &["precheck", list, "--keep"]);
    let day = "2026-11-24T10:05:00+08:00";
    let said = desk.at(day, 1, &["serve", "--run-once"]);
    assert!(said.out.contains("邮件送出 0"), "{}", said.out);

    let held = json(&desk.ok(1, &["mail", "list", "--state", "held", "--format", "json"]).out);
    let mails = held["mails"].as_array().expect("a list");
    assert!(mails.len() >= 2, "{held}");
    assert!(
        mails
            .iter()
            .all(|mail| mail["last_reply"] == "550 5.1.1 no such user" && mail["attempts"] == 1)
    );
    let (first, second) = (
        mails[0]["id"].as_str().expect("an id"),
        mails[1]["id"].as_str().expect("an id"),
    );
    assert!(desk.ok(1, &["mail", "list"]).out.contains(first));

    assert_eq!(
        desk.run(&["mail", "drop", second, "--by", "何收文"]).code,
        2,
        "without a reason"
    );
    desk.ok(0, &["mail", "drop", second, "--reason", "已当面告知", "--by", "何收文"]);
    let ended = json(
        &desk
            .ok(0, &["mail", "list", "--state", "dropped", "--format", "json"])
            .out,
    );
    assert_eq!(ended["mails"][0]["dropped"]["reason"], "已当面告知", "{ended}");
    let again = desk.run(&["mail", "resend", second, "--by", "何收文"]);
    assert!(again.code == 2 && again.err.contains("已放弃"), "{}", again.err);

    server.follow(Script::ok());
    desk.at(day, 0, &["mail", "resend", first, "--by", "何收文"]);
    desk.at("2026-11-24T10:06:00+08:00", 0, &["serve", "--run-once"]);
    let sent = desk.ok(0, &["mail", "list", "--state", "sent"]).out;
    assert!(sent.contains(first) && !sent.contains(second), "{sent}");
    // What is told of the refusals goes out beside it.
    assert!(
        !server.taken().is_empty(),
        "the server took the one that was let go again"
    );
    let left = desk
        .ok(i32::from(mails.len() > 2), &["mail", "list", "--state", "unsent"])
        .out;
    assert!(!left.contains(first) && !left.contains(second), "{left}");
    desk.journal();
}

#[test]
fn relative_paths_count_from_the_configuration() {
    let desk = Desk::new();
    desk.furnish();
    let elsewhere = tempfile::tempdir().expect("a folder");
    let config = desk.path("rongcuo.toml").display().to_string();
    let said = Desk::run_in(
        elsewhere.path(),
        &[
            "serve",
            "--run-once",
            "--config",
            &config,
            "--debug-now",
            "2026-12-10T10:00:00+08:00",
        ],
    );
    assert!(said.code <= 1, "{}", said.err);
    assert!(!mails::of_folder(&desk.path("outbox")).is_empty());
    assert_eq!(
        std::fs::read_dir(elsewhere.path()).expect("a folder").count(),
        0,
        "nothing is left where it was called from"
    );
}

#[test]
fn two_senders_on_one_embedded_database_are_refused() {
    let desk = Desk::new();
    desk.furnish();
    let held = rongcuo::runtime::sole::SoleSender::of(&desk.path("rongcuo.db")).expect("free");
    let said = desk.run(&["serve", "--run-once", "--debug-now", NOW]);
    assert_eq!(said.code, 3, "{}", said.err);
    drop(held);
    desk.at(NOW, 0, &["serve", "--run-once"]);
}

#[test]
fn a_batch_carries_its_columns_along() {
    let desk = Desk::new();
    desk.write(
        "起算.csv",
        "案号,start_date,n_working_days\n甲,2026-09-24,5\n乙,2027-03-01,5\n".as_bytes(),
    );
    let said = desk.at(NOW, 0, &["calendar", "add", "--batch", "起算.csv"]);
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines[0], "案号,start_date,n_working_days,deadline,certainty");
    assert_eq!(lines[1], "甲,2026-09-24,5,2026-10-09,firm");
    assert_eq!(lines[2], "乙,2027-03-01,5,2027-03-08,unpublished");
}

#[test]
fn a_profile_is_checked_and_printed() {
    let desk = Desk::new();
    let profile = include_str!("../../config/policy/default.toml");
    desk.write("好.toml", profile.as_bytes());
    desk.ok(0, &["policy", "check", "好.toml"]);
    desk.write("坏.toml", profile.replacen("amount = 5", "tage = 5", 1).as_bytes());
    let said = desk.ok(2, &["policy", "check", "坏.toml"]);
    let line = 1 + profile
        .lines()
        .position(|line| line == "amount = 5")
        .expect("a limit of five days");
    assert!(
        said.err.contains("坏.toml") && said.err.contains(&format!("第 {line} 行第 1 列")),
        "{}",
        said.err
    );
    let shown = desk.ok(0, &["policy", "show"]).out;
    let archive = shown
        .lines()
        .find(|line| line.contains("| 结论归入廉政档案 |"))
        .expect("a line of its own");
    for word in ["5 个工作日", "硬性", "政策规定", "二(四)5"] {
        assert!(archive.contains(word), "{archive}");
    }
    let places = |line: &str| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    assert!(shown.lines().all(|line| places(line) <= 100), "it fits a page");
    for word in [
        "来源：XX市关于健全完善容错纠错机制",
        "校验值",
        "不予容错的结论：也归入两份档案",
        "最后一日是休息日的：顺延",
        "六看认定明知故犯",
        "代表委员资格",
        "延长：最多 1 次，合计不超过 30 个工作日，由主要负责人批准，须写明理由",
        "中止：等待上级机关答复、等待司法结论、等待鉴定意见，由分管领导批准",
        "变通：不可延长、中止或顺延",
        "通知：督办员、责任人、单位联络员、分管领导、主要负责人",
        "核对人（签字）：____",
        "单位（盖章）",
    ] {
        assert!(shown.contains(word), "the sheet lacks {word}");
    }
    let document = json(&desk.ok(0, &["policy", "show", "好.toml", "--format", "json"]).out);
    let limits = document["limits"].as_array().expect("a list");
    let archive = limits
        .iter()
        .find(|limit| limit["kind"] == "archive_integrity")
        .expect("a limit of its own");
    assert_eq!((&archive["days"], &archive["unit"]), (&5.into(), &"工作日".into()));
    let investigation = limits
        .iter()
        .find(|limit| limit["kind"] == "investigation")
        .expect("a limit of its own");
    assert_eq!(investigation["extension"]["max"], 30);
    assert_eq!(investigation["suspension"]["approver"], "分管领导");
    assert_eq!(document["switches"]["roll_off"], true);
}

#[test]
fn a_file_that_is_no_profile_is_bad_input() {
    let desk = Desk::new();
    let huge = format!(
        "{}# {}",
        include_str!("../../config/policy/default.toml"),
        "x".repeat(10_000_000)
    );
    desk.write("大.toml", huge.as_bytes());
    desk.write("空.toml", b"");
    desk.write("乱.toml", &[0xff; 300]);
    std::fs::create_dir(desk.path("夹.toml")).expect("a folder");
    for (file, said) in [
        ("大.toml", "超过 1 MiB"),
        ("空.toml", "缺少 [profile] 一节"),
        ("乱.toml", "UTF-8"),
        ("夹.toml", "无法读取"),
        ("没有.toml", "无法读取"),
    ] {
        for what in ["check", "show"] {
            let told = desk.ok(2, &["policy", what, file]);
            assert!(told.err.contains(file) && told.err.contains(said), "{}", told.err);
        }
    }
    desk.write(
        "rongcuo.toml",
        format!("{CONFIG}[policy]\nfile = \"空.toml\"\n").as_bytes(),
    );
    desk.ok(2, &["serve", "--run-once"]);
}

#[test]
fn a_profile_that_lost_a_limit_in_use_is_told_before_it_is_put_in_force() {
    let desk = Desk::new();
    desk.furnish();
    let profile = include_str!("../../config/policy/default.toml");
    desk.write("同.toml", profile.as_bytes());
    let same = desk.ok(0, &["policy", "check", "同.toml", "--in-use"]);
    assert!(!same.out.contains("注意"), "{}", same.out);
    let without: Vec<&str> = profile
        .split("\n\n")
        .filter(|block| !block.contains("kind = \"archive_integrity\""))
        .collect();
    desk.write("缺.toml", without.join("\n\n").as_bytes());
    let hinted = desk.ok(0, &["policy", "check", "缺.toml"]);
    assert!(
        hinted.out.contains("提示") && hinted.out.contains("archive_integrity"),
        "{}",
        hinted.out
    );
    let told = desk.ok(1, &["policy", "check", "缺.toml", "--in-use"]);
    assert!(
        told.out.contains("注意：期限「archive_integrity」") && told.out.contains("还有 1 项未办结"),
        "{}",
        told.out
    );
    let document = json(
        &desk
            .ok(1, &["policy", "check", "缺.toml", "--in-use", "--format", "json"])
            .out,
    );
    assert_eq!(document["lost"].as_array().expect("a list").len(), 1);
}

#[test]
fn a_notice_is_imported_and_every_command_reckons_by_it() {
    let desk = Desk::new();
    desk.furnish();
    desk.write(
        "2027.json",
        r#"{"year": 2027, "days": [
            {"name": "元旦", "date": "2027-01-01", "isOffDay": true},
            {"name": "元旦", "date": "2027-01-02", "isOffDay": false},
            {"name": "元旦", "date": "2027-01-04", "isOffDay": true}]}"#
            .as_bytes(),
    );
    let add = ["calendar", "add", "2026-12-31", "1", "--format", "json"];
    assert_eq!(json(&desk.ok(0, &add).out)["deadline"], "2027-01-04");
    let done = json(
        &desk
            .at(NOW, 1, &["calendar", "import", "2027.json", "--format", "json"])
            .out,
    );
    // Three days are no year: it is taken, and doubted aloud.
    assert!(
        done["warnings"][0]
            .as_str()
            .is_some_and(|said| said.contains("国庆节（2027-10-01）")),
        "{done}"
    );
    assert_eq!(
        (done["new"].as_bool(), done["moved"].as_u64()),
        (Some(true), Some(0)),
        "{done}"
    );
    let add = json(&desk.ok(0, &add).out);
    assert_eq!(
        (&add["deadline"], &add["certainty"]),
        (&json("\"2027-01-02\""), &json("\"firm\""))
    );
    assert!(desk.ok(0, &["calendar", "check"]).out.contains("2027年 年度通知"));
    let again = desk.at(NOW, 0, &["calendar", "import", "2027.json"]).out;
    assert!(again.contains("已有同样的安排"), "{again}");
    desk.write(
        "local.json",
        r#"{"unit": "云川市纪委监委", "name": "自行调休", "days": [{"name": "调休", "date": "2026-11-24", "isOffDay": true}]}"#
            .as_bytes(),
    );
    // Everything of the case that runs is one day later now.
    let moved = json(
        &desk
            .at(NOW, 0, &["calendar", "import", "local.json", "--format", "json"])
            .out,
    );
    assert!(moved["moved"].as_u64() > Some(0) && moved["earlier"] == 0, "{moved}");
    let own = desk
        .ok(0, &["calendar", "add", "2026-11-23", "1", "--unit", "云川市纪委监委"])
        .out;
    assert!(
        own.contains("2026-11-25") && own.contains("按云川市纪委监委的当地日历"),
        "{own}"
    );
    assert!(
        desk.ok(0, &["calendar", "add", "2026-11-23", "1"])
            .out
            .contains("2026-11-24")
    );
    let check = desk.ok(0, &["calendar", "check"]).out;
    assert!(
        check.contains("云川市纪委监委「自行调休」：1 天，与全国安排不同的有 2026-11-24"),
        "{check}"
    );
    for (name, text, said) in [
        ("bad.json", "{\"year\": 2028, \"days\": [", "第 1 行"),
        (
            "far.json",
            r#"{"year": 2028, "days": [{"name": "元旦", "date": "2031-01-01", "isOffDay": true}]}"#,
            "2031",
        ),
        (
            "twice.json",
            r#"{"unit": "甲", "name": "乙", "days": [{"name": "丙", "date": "2026-11-24", "isOffDay": true}, {"name": "丙", "date": "2026-11-24", "isOffDay": false}]}"#,
            "2026-11-24",
        ),
    ] {
        desk.write(name, text.as_bytes());
        let refused = desk.at(NOW, 2, &["calendar", "import", name]);
        assert!(refused.err.contains(said), "{name}: {}", refused.err);
    }
    desk.at(NOW, 2, &["calendar", "import", "nowhere.json"]);
    let empty = desk.write("empty.json", b"{\"year\": 2028, \"days\": []}");
    assert!(
        desk.at(NOW, 0, &["calendar", "import", &empty])
            .out
            .contains("仍视为未公布")
    );
}

#[test]
fn a_new_database_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    desk.furnish();
    for file in ["rongcuo.db", "rongcuo.db-wal", "rongcuo.db-shm"] {
        // Whoever closes the database last takes the files beside it away.
        if let Ok(meta) = std::fs::metadata(desk.path(file)) {
            assert_eq!(meta.permissions().mode() & 0o077, 0, "{file}");
        }
    }
    assert!(desk.path("rongcuo.db").exists());
}

#[test]
fn the_doctor_names_what_is_wrong_and_changes_nothing() {
    let desk = Desk::new();
    let fresh = desk.ok(1, &["doctor"]).out;
    assert!(
        fresh.contains("注意  数据库") && !desk.path("rongcuo.db").exists(),
        "{fresh}"
    );
    desk.furnish();
    let fine = desk.at(NOW, 1, &["doctor", "--format", "json"]).out;
    let fine = json(&fine);
    let verdict = |document: &Value, check: &str| {
        let all = document["checks"].as_array().expect("a list");
        let own = all
            .iter()
            .find(|one| one["check"] == check)
            .unwrap_or_else(|| panic!("{check}: {document}"));
        own["verdict"].as_str().expect("a word").to_owned()
    };
    for check in [
        "配置",
        "规则",
        "词表",
        "数据库",
        "密钥",
        "时钟",
        "放假安排",
        "联系人",
        "邮件",
    ] {
        assert_eq!(verdict(&fine, check), "ok", "{check}");
    }
    assert_eq!(
        verdict(&fine, "邮件服务器"),
        "attention",
        "mails that go to files reach nobody"
    );
    let december = json(
        &desk
            .at("2026-12-01T10:00:00+08:00", 1, &["doctor", "--format", "json"])
            .out,
    );
    assert_eq!(verdict(&december, "放假安排"), "attention");
    let before = json(
        &desk
            .at("2026-11-01T10:00:00+08:00", 3, &["doctor", "--format", "json"])
            .out,
    );
    assert_eq!(verdict(&before, "时钟"), "fault", "records from the future");
    // Nobody listens on a port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|one| one.local_addr())
        .expect("a port")
        .port();
    desk.write(
        "rongcuo.toml",
        format!("[smtp]\nhost = \"127.0.0.1\"\nport = {port}\n").as_bytes(),
    );
    let silent = json(&desk.ok(3, &["doctor", "--format", "json", "--debug-now", NOW]).out);
    assert_eq!(verdict(&silent, "邮件服务器"), "fault");
    std::fs::rename(desk.path("rongcuo.key"), desk.path("elsewhere.key")).expect("a rename");
    let lost = json(&desk.ok(3, &["doctor", "--format", "json", "--debug-now", NOW]).out);
    assert_eq!(verdict(&lost, "密钥"), "fault");
    assert!(!desk.path("rongcuo.key").exists(), "no new key in its place");
}

#[test]
fn an_archive_of_lists_is_judged_list_by_list() {
    let desk = Desk::new();
    desk.furnish();
    let bytes = std::fs::read(desk.path(desk.list())).expect("the list");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in [("机关/名单.xlsx", &bytes[..]), ("机关/坏.xlsx", b"PK broken")] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .expect("a part");
        std::io::Write::write_all(&mut zip, bytes).expect("a part");
    }
    desk.write("名单.zip", &zip.finish().expect("an archive").into_inner());
    let said = desk.at(NOW, 1, &["precheck", "名单.zip"]);
    assert!(said.out.contains("名单.zip/机关/名单.xlsx：读出"), "{}", said.out);
    assert!(said.err.contains("坏.xlsx：文件已损坏"), "{}", said.err);
    let json: Value = serde_json::from_str(&desk.at(NOW, 1, &["precheck", "名单.zip", "--format", "json"]).out)
        .expect("one document");
    assert_eq!(json["file"], "名单.zip");
    assert_eq!(json["files"][0]["file"], "名单.zip/机关/名单.xlsx");
    assert!(
        json["failed"][0]["reason"]
            .as_str()
            .is_some_and(|reason| reason.contains("损坏"))
    );
    // With --strict one list that cannot be read keeps all of them out.
    desk.at(NOW, 2, &["precheck", "名单.zip", "--strict"]);
    desk.at(NOW, 1, &["import", "outcomes", "名单.zip"]);
}

#[test]
fn limits_of_files_are_settings_and_a_refused_file_is_bad_input() {
    let desk = Desk::new();
    desk.furnish();
    let list = desk.list();
    desk.write("rongcuo.toml", format!("{CONFIG}[files]\nmax_rows = 2\n").as_bytes());
    let said = desk.at(NOW, 2, &["precheck", list]);
    assert!(said.err.contains("超过 2 行"), "{}", said.err);
    desk.write("rongcuo.toml", format!("{CONFIG}[files]\nmemory_mib = 1\n").as_bytes());
    let said = desk.at(NOW, 2, &["precheck", list]);
    assert!(said.err.contains(list) && said.err.contains("错误："), "{}", said.err);
}

#[test]
fn a_list_judged_for_another_unit_than_it_names_is_told() {
    let desk = Desk::new();
    desk.furnish();
    let list = desk.list();
    let same = desk.run(&["precheck", list, "--debug-now", NOW]);
    assert!(!same.err.contains("请核对"), "{}", same.err);
    let other = desk.run(&[
        "precheck",
        list,
        "--unit",
        "云川市/水务局",
        "--period",
        "2025年度",
        "--debug-now",
        NOW,
    ]);
    for said in [
        "云川市/住建局",
        "按指明的「云川市/水务局」判断",
        "期间「2026」",
        "请核对",
    ] {
        assert!(other.err.contains(said), "{said}: {}", other.err);
    }
}
