//! A clerk at the command line: the whole procedure, papers and reminders by their commands, what each exit code means,
//! and what a text may hold.

use crate::cli::{Desk, Said, id_number, json, walk};
use crate::support::mails;
use serde_json::Value;

const MATTER: &str = "老旧小区加装电梯试点补贴误发";

/// Runs a command on a day, with JSON asked for: a document where it was done, nothing but a word where it was not.
fn done(desk: &Desk, now: &str, code: i32, args: &[&str]) -> Value {
    let args: Vec<&str> = args.iter().copied().chain(["--format", "json"]).collect();
    let said = desk.at(&format!("{now}T10:00:00+08:00"), code, &args);
    if code == 2 {
        assert!(said.out.is_empty(), "{args:?}: {}", said.out);
        assert!(said.err.starts_with("错误："), "{args:?}: {}", said.err);
        return Value::String(said.err);
    }
    json(&said.out)
}

fn open(desk: &Desk, now: &str, name: &str, start: &str, more: &[&str]) -> String {
    let args = [
        "case",
        "open",
        "--start",
        start,
        "--matter",
        MATTER,
        "--name",
        name,
        "--unit",
        "云川市/住建局",
        "--organ",
        "云川市纪委监委",
    ];
    let args: Vec<&str> = args.iter().chain(more).copied().collect();
    let opened = done(desk, now, 0, &args);
    opened["case"].as_str().expect("a number").to_owned()
}

const ASPECTS: [&str; 6] = ["主观动机", "客观条件", "程序方法", "问题性质", "后果影响", "处置行为"];

fn until_decided(desk: &Desk, now: &str, case: &str) {
    done(
        desk,
        now,
        0,
        &["case", "review", case, "--fits", "--note", "探索性试验中的失误"],
    );
    for aspect in ASPECTS {
        let args = [
            "case",
            "consider",
            case,
            "--aspect",
            aspect,
            "--weight",
            "有利于容错",
            "--finding",
            "查明",
        ];
        let args: Vec<&str> = args.into_iter().chain(["--evidence", "谈话笔录"]).collect();
        done(desk, now, 0, &args);
    }
    done(desk, now, 0, &["case", "report", case, "--title", "调查报告", "--fits"]);
    done(
        desk,
        now,
        0,
        &[
            "case",
            "decide",
            case,
            "--attendees",
            "5",
            "--minutes",
            "纪要〔2026〕8号",
        ],
    );
}

const CONCLUDE: [&str; 8] = [
    "--conclusion",
    "免予问责",
    "--doc-no",
    "云容认〔2026〕5号",
    "--basis",
    "问责条例第十七条",
    "--measure",
    "批评教育",
];

#[test]
fn a_case_from_accountability_to_revocation_by_commands() {
    let desk = Desk::new();
    let case = open(&desk, "2026-11-02", "林甲", "accountability", &["--handler", "何收文"]);
    until_decided(&desk, "2026-11-03", &case);
    let concluded: Vec<&str> = ["case", "conclude", &case].into_iter().chain(CONCLUDE).collect();
    let answer = done(&desk, "2026-11-04", 0, &concluded);
    assert_eq!(answer["stage"], "已作结论");
    assert_eq!(answer["limits"].as_array().map(Vec::len), Some(7));
    let text = desk.at("2026-11-04T10:00:00+08:00", 0, &["case", "show", &case]).out;
    for part in ["现状：已作结论", "问责条例第十七条", "谈话笔录", "待办"] {
        assert!(text.contains(part), "{part}\n{text}");
    }

    // What was left out when the case was opened.
    let missing = done(&desk, "2026-11-05", 2, &["paper", "preview", &case, "--kind", "抄送函"]);
    assert!(missing.to_string().contains("case amend"), "{missing}");
    let amend = [
        "case",
        "amend",
        &case,
        "--competent",
        "云川市人民政府",
        "--superior",
        "自治区住建厅",
        "--reason",
        "立案时未填",
    ];
    done(&desk, "2026-11-05", 0, &amend);
    for to in ["本人", "主管部门", "上级部门", "组织部门"] {
        done(
            &desk,
            "2026-11-05",
            0,
            &["case", "tell", &case, "--to", to, "--receipt", "回执1"],
        );
    }
    done(
        &desk,
        "2026-11-06",
        2,
        &["case", "archive", &case, "--into", "人事档案"],
    );
    for (into, receipt) in [("人事档案", "档收1号"), ("廉政档案", "廉收1号")] {
        done(
            &desk,
            "2026-11-06",
            0,
            &["case", "archive", &case, "--into", into, "--receipt", receipt],
        );
    }
    let last = done(&desk, "2026-11-06", 0, &["case", "archive", &case, "--into", "案卷"]);
    assert_eq!(last["limits"], Value::Array(Vec::new()), "every limit is kept");
    let correct = [
        "case",
        "correct",
        &case,
        "--event",
        "入卷归档",
        "--on",
        "2026-11-05",
        "--note",
        "登记日期有误",
    ];
    done(&desk, "2026-11-09", 1, &correct);
    done(&desk, "2026-11-09", 0, &["case", "remedy", &case, "--text", "追回补贴"]);
    done(
        &desk,
        "2026-12-09",
        0,
        &["case", "record", &case, "--event", "补救措施回看", "--note", "已追回"],
    );
    done(&desk, "2026-12-09", 0, &["case", "guide", &case, "--text", "谈心谈话"]);
    done(
        &desk,
        "2026-12-10",
        0,
        &["case", "record", &case, "--event", "guidance_checked"],
    );
    let revoke = [
        "case",
        "revoke",
        &case,
        "--doc-no",
        "云容撤〔2026〕1号",
        "--reason",
        "查明隐瞒事实",
        "--attendees",
        "5",
        "--minutes",
        "纪要〔2026〕20号",
    ];
    let revoked = done(&desk, "2026-12-11", 0, &revoke);
    assert_eq!(revoked["stage"], "已撤销");
    for event in ["撤销决定送达和抄送", "撤销决定归入两份档案"] {
        done(&desk, "2026-12-14", 0, &["case", "record", &case, "--event", event]);
    }
    done(&desk, "2026-12-14", 2, &["case", "guide", &case, "--text", "再谈"]);
    let shown = done(&desk, "2026-12-14", 0, &["case", "show", &case]);
    assert_eq!(
        shown["limits"]
            .as_array()
            .expect("limits")
            .iter()
            .filter(|one| one["state"] == "open")
            .count(),
        0
    );
    let listed = done(&desk, "2026-12-14", 0, &["case", "list"]);
    assert_eq!(
        (&listed["cases"][0]["stage"], &listed["cases"][0]["case"]),
        (&"已撤销".into(), &case.as_str().into())
    );
    assert!(!listed.to_string().contains("林甲"), "a list names nobody");
    desk.journal();
}

#[test]
fn applications_clarifications_and_clocks_by_commands() {
    let desk = Desk::new();
    let now = "2026-11-02";
    let applied = open(&desk, now, "林乙", "cadre", &[]);
    done(&desk, now, 2, &["case", "report", &applied, "--title", "报告"]);
    done(&desk, now, 0, &["case", "accept", &applied]);
    done(&desk, now, 0, &["case", "accountability", &applied]);
    let early = done(&desk, now, 2, &["case", "terminate", &applied, "--text", "不再办理"]);
    assert!(early.to_string().contains("研判"), "{early}");
    done(&desk, now, 0, &["case", "review", &applied, "--note", "无容错情形"]);
    let ended = done(&desk, now, 1, &["case", "terminate", &applied, "--text", "问题不存在"]);
    assert!(
        ended["warnings"][0]
            .as_str()
            .is_some_and(|said| said.contains("书面答复申请人"))
    );

    let later = open(&desk, now, "林丙", "accountability", &[]);
    done(&desk, now, 0, &["case", "apply", &later, "--by", "单位"]);
    done(&desk, now, 0, &["case", "accept", &later]);
    let clock = ["--limit", "investigation"];
    let stop: Vec<&str> = ["case", "suspend", &later]
        .into_iter()
        .chain(clock)
        .chain(["--approver", "分管领导", "--reason", "等待鉴定意见"])
        .collect();
    done(&desk, "2026-11-09", 0, &stop);
    let go: Vec<&str> = ["case", "resume", &later].into_iter().chain(clock).collect();
    done(&desk, "2026-11-16", 0, &go);
    let extend: Vec<&str> = ["case", "extend", &later]
        .into_iter()
        .chain(clock)
        .chain([
            "--amount",
            "10",
            "--unit",
            "工作日",
            "--approver",
            "主要负责人",
            "--reason",
            "案情复杂",
        ])
        .collect();
    let extended = done(&desk, "2026-11-17", 0, &extend);
    assert!(
        extended["act"]
            .as_str()
            .is_some_and(|act| act.contains("调查核实") && act.contains("10 个工作日"))
    );
    let postpone: Vec<&str> = ["case", "postpone", &later]
        .into_iter()
        .chain(clock)
        .chain(["--from", "2026-11-17", "--until", "2026-11-18", "--reason", "暴雪封路"])
        .collect();
    let none = done(&desk, "2026-11-18", 2, &postpone);
    assert!(none.to_string().contains("不能顺延"), "{none}");
    let own = include_str!("../../config/policy/default.toml").replacen(
        "suspension = { grounds",
        "postponement = { within = 10, unit = \"日\", clause = \"二(四)2\", number_from = \"local\" }\nsuspension = { grounds",
        1,
    );
    desk.write("规则.toml", own.as_bytes());
    let config = "[policy]\nfile = \"规则.toml\"\n[database]\nurl = \"sqlite:rongcuo.db\"\n[smtp]\nmode = \"file\"\ndir = \"outbox\"\n";
    desk.write("顺延.toml", config.as_bytes());
    let under: Vec<&str> = postpone.iter().copied().chain(["--config", "顺延.toml"]).collect();
    done(&desk, "2026-11-18", 0, &under);

    let withdrawn = open(&desk, now, "林丁", "unit", &[]);
    done(
        &desk,
        now,
        0,
        &["case", "withdraw", &withdrawn, "--text", "单位不再申请"],
    );

    let clarified = open(&desk, now, "林戊", "clarification", &["--reported", "反映收受礼金"]);
    done(
        &desk,
        now,
        0,
        &[
            "case",
            "refer",
            &clarified,
            "--to",
            "市公安局",
            "--doc-no",
            "云移〔2026〕1号",
        ],
    );
    let clarify = [
        "case",
        "clarify",
        &clarified,
        "--verified-by",
        "信访室",
        "--form",
        "会议",
        "--reach",
        "本单位",
        "--doc-no",
        "云澄〔2026〕1号",
    ];
    done(&desk, now, 2, &clarify);
    let agreed: Vec<&str> = clarify.into_iter().chain(["--consent"]).collect();
    let answer = done(&desk, now, 0, &agreed);
    let limits: Vec<&str> = answer["limits"]
        .as_array()
        .expect("limits")
        .iter()
        .filter_map(|limit| limit["limit"].as_str())
        .collect();
    assert_eq!(
        limits.iter().filter(|limit| limit.starts_with("follow_up_")).count(),
        3,
        "{limits:?}"
    );
    done(
        &desk,
        "2027-02-01",
        0,
        &[
            "case",
            "record",
            &clarified,
            "--event",
            "第一次回访",
            "--note",
            "顾虑已消除",
        ],
    );
    done(
        &desk,
        "2027-02-01",
        0,
        &["case", "record", &clarified, "--event", "referral_answered"],
    );
    let unknown = done(
        &desk,
        "2027-02-01",
        2,
        &["case", "record", &clarified, "--event", "回访"],
    );
    assert!(unknown.to_string().contains("第一次回访"), "{unknown}");
    let own = done(
        &desk,
        "2027-02-01",
        2,
        &["case", "record", &clarified, "--event", "结论作出"],
    );
    assert!(
        own.to_string().contains("自己的命令") && own.to_string().contains("visited_2"),
        "{own}"
    );
    desk.journal();
}

#[test]
fn a_warning_is_one_and_two_at_once_are_told_apart() {
    let desk = Desk::new();
    let case = open(&desk, "2026-11-02", "林甲", "accountability", &[]);
    done(
        &desk,
        "2026-11-02",
        0,
        &["case", "review", &case, "--fits", "--note", "有"],
    );
    let report = done(
        &desk,
        "2026-11-02",
        1,
        &["case", "report", &case, "--title", "报告", "--fits"],
    );
    assert_eq!(
        report["warnings"].as_array().map(Vec::len),
        Some(1),
        "六看 are not there yet"
    );
    let stale = [
        "case",
        "decide",
        &case,
        "--attendees",
        "5",
        "--minutes",
        "纪要",
        "--version",
        "2",
    ];
    let said = done(&desk, "2026-11-02", 2, &stale);
    assert!(
        said.to_string().contains("第 2 版") && said.to_string().contains("第 3 版"),
        "{said}"
    );
    let fresh = [
        "case",
        "decide",
        &case,
        "--attendees",
        "5",
        "--minutes",
        "纪要",
        "--version",
        "3",
    ];
    done(&desk, "2026-11-02", 0, &fresh);
}

#[test]
fn an_obligation_is_explained_day_by_day() {
    let desk = Desk::new();
    let case = open(&desk, "2026-09-28", "林甲", "accountability", &[]);
    let shown = done(&desk, "2026-09-28", 0, &["case", "show", &case]);
    let id = shown["limits"][0]["id"].as_str().expect("an id").to_owned();
    let document = done(&desk, "2026-09-28", 0, &["explain", "obligation", &id]);
    let lines: Vec<String> = document["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| {
            format!(
                "{}：{}",
                line[0].as_str().unwrap_or_default(),
                line[1].as_str().unwrap_or_default()
            )
        })
        .collect();
    for line in [
        "依据：二(四)1（本单位约定）",
        "起算：问责启动：2026-09-28",
        "9月28日（周一）：起算日，不计入",
        "9月30日（周三）：第 2 个工作日",
        "10月1日（周四）：国庆节放假，不计",
        "10月8日（周四）：第 3 个工作日",
        "到期日：2026-10-08（确定）",
        "状态：未办结",
    ] {
        assert!(lines.iter().any(|own| own == line), "{line}\n{lines:#?}");
    }
    let text = desk
        .at("2026-09-28T10:00:00+08:00", 0, &["explain", "obligation", &id])
        .out;
    assert_eq!(text.lines().collect::<Vec<_>>(), lines);
    done(&desk, "2026-09-28", 2, &["explain", "obligation", "0000"]);
}

#[test]
fn papers_by_commands() {
    let desk = Desk::new();
    let now = "2026-11-04";
    let more = ["--competent", "云川市人民政府", "--superior", "自治区住建厅"];
    let case = open(&desk, now, "林甲", "accountability", &more);
    until_decided(&desk, now, &case);
    let concluded: Vec<&str> = ["case", "conclude", &case].into_iter().chain(CONCLUDE).collect();
    done(&desk, now, 0, &concluded);
    let issue = |kind: &str, more: &[&str], code: i32| {
        let args = ["paper", "issue", &case, "--kind", kind, "--code", "云容"];
        let args: Vec<&str> = args.iter().chain(more).copied().collect();
        done(&desk, now, code, &args)
    };
    let draft = done(
        &desk,
        now,
        0,
        &["paper", "preview", &case, "--kind", "容错认定意见反馈书"],
    );
    assert_eq!(draft["number"], Value::Null);
    assert!(
        draft["text"]
            .as_str()
            .is_some_and(|text| text.contains("未编号") && text.contains("林甲同志："))
    );

    let first = issue("容错认定意见反馈书", &["--out", "反馈书.docx"], 0);
    assert_eq!(
        (&first["number"], &first["issued_before"]),
        (&"云容馈〔2026〕1号".into(), &false.into())
    );
    let again = issue("容错认定意见反馈书", &[], 0);
    assert_eq!((&again["number"], &again["hash"]), (&first["number"], &first["hash"]));
    assert_eq!(again["issued_before"], true);
    let kept = issue("容错认定意见反馈书", &["--out", "反馈书.docx"], 2);
    assert!(kept.to_string().contains("已存在"), "{kept}");
    assert_eq!(issue("抄送函", &[], 0)["number"], "云容函〔2026〕1号");
    assert_eq!(
        issue("归档移交清单", &["--item", "调查报告=2"], 0)["number"],
        "云容移〔2026〕1号"
    );
    issue("补定等次建议函", &[], 2);
    assert_eq!(
        issue("补定等次建议函", &["--regrade", "2025=不确定等次"], 0)["number"],
        "云容函〔2026〕2号"
    );
    issue("不予容错答复", &[], 2);
    issue("核查函", &[], 2);
    issue("通知", &[], 2);
    issue("归档移交清单", &["--item", "调查报告=零"], 2);

    let list =
        format!("姓名,单位,事项类别,结果,理由,期间\n林甲,云川市/住建局,年度考核,基本称职,因{MATTER}一事,2026年度\n");
    desk.write("考核.csv", list.as_bytes());
    desk.at("2026-11-04T10:00:00+08:00", 1, &["precheck", "考核.csv", "--keep"]);
    let shown = done(&desk, now, 0, &["case", "show", &case]);
    let finding = shown["findings"][0]["id"].as_str().expect("an open finding").to_owned();
    assert_eq!(
        issue("核查函", &["--finding", &finding], 0)["number"],
        "云容函〔2026〕3号"
    );

    // The number is given and the paper kept, although the file could not be written: it says how to get at it.
    let lost = desk.at(
        "2026-11-04T10:00:00+08:00",
        3,
        &[
            "paper",
            "issue",
            &case,
            "--kind",
            "归档移交清单",
            "--code",
            "云容",
            "--out",
            "没有/清单.docx",
        ],
    );
    assert!(
        lost.err.contains("云容移〔2026〕2号") && lost.err.contains("paper export"),
        "{}",
        lost.err
    );
    done(
        &desk,
        now,
        0,
        &["paper", "export", "云容移〔2026〕2号", "--out", "清单.docx"],
    );
    let exported = done(
        &desk,
        now,
        0,
        &["paper", "export", "云容馈〔2026〕1号", "--out", "又一份.docx"],
    );
    assert_eq!(exported["hash"], first["hash"]);
    let bytes = |name: &str| std::fs::read(desk.path(name)).expect("a file");
    assert_eq!(bytes("又一份.docx"), bytes("反馈书.docx"));
    done(
        &desk,
        now,
        2,
        &["paper", "export", "云容馈〔2026〕1号", "--out", "又一份.docx"],
    );
    done(
        &desk,
        now,
        2,
        &["paper", "export", "云容馈〔2026〕9号", "--out", "没有.docx"],
    );
    desk.journal();
}

#[test]
fn a_reminder_by_commands() {
    let desk = Desk::new();
    let contacts = "单位,姓名,角色,邮箱\n云川市纪委监委,何收文,经办,shouwen@yunchuan.example\n";
    desk.write("联系人.csv", contacts.as_bytes());
    desk.at("2026-11-02T10:00:00+08:00", 0, &["import", "contacts", "联系人.csv"]);
    let add = [
        "reminder",
        "add",
        "--name",
        "林甲",
        "--unit",
        "云川市/住建局",
        "--problem",
        "工程款支付材料不全",
        "--by",
        "孟科长",
        "--organ",
        "云川市纪委监委",
        "--follow-up",
    ];
    let dated = |day: &'static str| -> Vec<&str> { add.into_iter().chain([day]).collect() };
    done(&desk, "2026-11-02", 2, &dated("2026-11-02"));
    let number = done(&desk, "2026-11-02", 0, &dated("2026-12-02"))["number"].clone();
    let number = number.as_str().expect("a number");
    desk.at("2026-12-02T10:00:00+08:00", 0, &["serve", "--run-once"]);
    let mails = mails::of_folder(&desk.path("outbox"));
    let told = mails
        .iter()
        .find(|mail| mail.text.contains(number))
        .expect("a mail on the day");
    assert!(
        told.to == "shouwen@yunchuan.example" && !told.text.contains("林甲"),
        "{}",
        told.text
    );
    let shown = done(&desk, "2026-12-02", 0, &["reminder", "show", number]);
    assert_eq!(
        (&shown["name"], &shown["reminded_by"]),
        (&"林甲".into(), &"孟科长".into())
    );
    let id = shown["obligation"].as_str().expect("a limit").to_owned();
    done(&desk, "2026-12-02", 0, &["explain", "obligation", &id]);
    done(&desk, "2026-12-02", 2, &["reminder", "check", number, "--text", " "]);
    done(
        &desk,
        "2026-12-02",
        0,
        &["reminder", "check", number, "--text", "已改正"],
    );
    done(
        &desk,
        "2026-12-02",
        2,
        &["reminder", "check", number, "--text", "已改正"],
    );
    let listed = done(&desk, "2026-12-02", 0, &["reminder", "list"]);
    assert_eq!(listed["reminders"][0]["checked_on"], "2026-12-02");
    done(&desk, "2026-12-02", 2, &["reminder", "show", "TX-无"]);
    desk.journal();
}

#[test]
fn arguments_that_cannot_be_used_are_explained_in_chinese() {
    let desk = Desk::new();
    let said = |args: &[&str]| -> String {
        let said: Said = desk.ok(2, args);
        assert!(
            said.out.is_empty() && said.err.starts_with("错误："),
            "{args:?}: {}",
            said.err
        );
        said.err
    };
    assert!(said(&["case", "decide", "RC-1"]).contains("--attendees"));
    assert!(said(&["case", "tell", "RC-1", "--to", "省里"]).contains("组织部门"));
    assert!(said(&["case", "open", "--start", "x"]).contains("clarification"));
    assert!(said(&["case", "decided", "RC-1"]).contains("decide"));
    assert!(said(&["case", "show", "RC-1", "--verzion", "2"]).contains("--version"));
    assert!(said(&["case", "accept", "RC-1", "--on", "2026-2-30"]).contains("2026-11-24"));
    assert!(said(&["case", "decide", "RC-1", "--attendees", "五", "--minutes", "x"]).contains("--attendees"));
    assert!(said(&["paper", "issue", "RC-1", "--kind", "通报"]).contains("核查函"));
    for help in [
        &["case", "--help"][..],
        &["case", "open", "--help"],
        &["paper", "issue", "--help"],
    ] {
        assert!(desk.ok(0, help).out.contains("各命令通用"), "{help:?}");
    }
}

#[test]
fn hostile_texts_are_refused_and_formulas_are_only_text() {
    let desk = Desk::new();
    let now = "2026-11-02";
    let case = open(&desk, now, "林甲", "accountability", &[]);
    let long = "字".repeat(10_000);
    let before = desk.journal();
    let number = id_number(7);
    let with_number = format!("同案人 {number} 已处理");
    for text in [
        long.as_str(),
        "研判\u{7}",
        "研判\u{1b}[2J",
        "研判\u{202E}情况",
        "\u{200B}",
        &with_number,
        "",
        "  ",
    ] {
        let refused = done(&desk, now, 2, &["case", "review", &case, "--fits", "--note", text]);
        let said = refused.to_string();
        assert!(!said.contains(&number) && said.chars().count() < 200, "{said}");
    }
    for (name, value) in [
        ("--name", "林\n甲"),
        ("--unit", long.as_str()),
        ("--matter", "事项\u{1}"),
        ("--case-no", "RC\n1"),
        ("--organ", number.as_str()),
    ] {
        let mut args = vec!["case", "open", "--start", "accountability"];
        for (option, usual) in [
            ("--name", "林乙"),
            ("--unit", "云川市/住建局"),
            ("--matter", ""),
            ("--organ", "云川市纪委监委"),
            ("--case-no", "RC-X"),
        ] {
            args.extend([option, if option == name { value } else { usual }]);
        }
        let refused = done(&desk, now, 2, &args).to_string();
        assert!(!refused.contains(&number), "{refused}");
    }
    for actor in ["", "何\n收文", long.as_str()] {
        done(
            &desk,
            now,
            2,
            &["case", "review", &case, "--note", "有", "--actor", actor],
        );
    }
    assert_eq!(desk.journal(), before, "nothing was taken in");

    let formula = "=cmd|' /C calc'!A0";
    done(&desk, now, 0, &["case", "review", &case, "--fits", "--note", formula]);
    let shown = done(&desk, now, 0, &["case", "show", &case]);
    assert_eq!(shown["events"][1]["act"]["note"], formula);
    let lines = "第一行\n第二行";
    done(&desk, now, 0, &["case", "guide", &case, "--text", lines]);
    let text = desk.at("2026-11-02T10:00:00+08:00", 0, &["case", "show", &case]).out;
    assert!(text.contains("内容：第一行\n      第二行"), "{text}");
}

#[test]
fn an_id_number_is_read_from_a_file_and_found_nowhere_else() {
    let desk = Desk::new();
    let (now, number) = ("2026-11-02", id_number(9));
    desk.write("号码.txt", format!("{number}\n").as_bytes());
    let case = open(&desk, now, "林甲", "accountability", &["--id-file", "号码.txt"]);
    let mut said = String::new();
    let mut run = |args: &[&str]| {
        let args: Vec<&str> = args
            .iter()
            .copied()
            .chain(["--debug-now", "2026-11-02T10:00:00+08:00"])
            .collect();
        let done = desk.run(&args);
        said.push_str(&done.out);
        said.push_str(&done.err);
        done.code
    };
    assert_eq!(run(&["case", "show", &case]), 0);
    assert_eq!(run(&["case", "show", &case, "--format", "json"]), 0);
    assert_eq!(
        run(&["case", "review", &case, "--fits", "--note", &format!("号码{number}")]),
        2
    );
    assert_eq!(
        run(&["case", "review", &case, "--fits", "--note", "有", "--actor", &number]),
        2
    );
    assert_eq!(run(&["case", "open", "--id", &number]), 2, "there is no such option");
    let remind = [
        "reminder",
        "add",
        "--name",
        "林甲",
        "--unit",
        "云川市/住建局",
        "--problem",
        "材料不全",
        "--by",
        "科长",
        "--follow-up",
        "2026-12-02",
        "--id-file",
        "号码.txt",
    ];
    assert_eq!(run(&remind), 0);
    assert_eq!(run(&["reminder", "list"]), 0);
    assert_eq!(run(&["serve", "--run-once"]), 0);
    desk.write("坏.txt", b"123");
    assert_eq!(
        run(&[
            "case",
            "open",
            "--start",
            "cadre",
            "--matter",
            "某事",
            "--name",
            "林乙",
            "--unit",
            "某局",
            "--organ",
            "某机关",
            "--id-file",
            "坏.txt"
        ]),
        2
    );
    assert!(!said.contains(&number), "{said}");
    for entry in walk(desk.folder.path()) {
        if entry.ends_with("号码.txt") {
            continue;
        }
        let bytes = std::fs::read(&entry).expect("a file");
        let found = bytes.windows(number.len()).any(|window| window == number.as_bytes());
        assert!(!found, "{} holds an ID number in clear", entry.display());
    }
}
