//! Lists compared with one another, and protected cadres with their peers: over real files, through the program and on
//! both databases.

use crate::cli::{Desk, id_number, json};
use crate::support::app::{Bench, on_both};
use rongcuo::app::peers;
use rongcuo::app::report::hidden_penalty;
use rongcuo::domain::hidden::{Measure, Reading, Share};
use rongcuo::domain::protection::JudgeOptions;
use rongcuo::files::{HeaderWords, Limits, read_list};
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use std::fmt::Write as _;

const NOW: &str = "2026-11-23T10:00:00+08:00";

// ---------------------------------------------------------------- peers, on both databases

/// A register of so many fully protected cadres: `保一`, `保二`, … with the numbers from 1 on.
fn register(protected: u32, unit: &str) -> String {
    let mut text = "案件编号,姓名,公民身份号码,单位,事项名称,认定结论,认定日期,结论文号,状态\n".to_owned();
    for serial in 1..=protected {
        writeln!(
            text,
            "RC-2025-{serial:03},保{serial},{},{unit},河道清淤试点进度滞后,免予问责,2025-06-20,云容认〔2025〕{serial}号,生效",
            id_number(serial)
        )
        .expect("a string takes all");
    }
    text
}

/// An appraisal list: so many protected, so many peers, and how many of each are 优秀.
fn appraisal(unit: &str, protected: (u32, u32), peers: (u32, u32)) -> String {
    let mut text = format!("{unit}2026年度考核等次\n姓名,身份证号,职级,考核等次\n");
    let mut row = |name: String, serial: u32, best: bool| {
        let grade = if best { "优秀" } else { "称职" };
        writeln!(text, "{name},{},科员,{grade}", id_number(serial)).expect("a string takes all");
    };
    for serial in 1..=protected.1 {
        row(format!("保{serial}"), serial, serial <= protected.0);
    }
    for serial in 1..=peers.1 {
        row(format!("同{serial}"), 100 + serial, serial <= peers.0);
    }
    text
}

fn options(bench: &Bench) -> JudgeOptions {
    bench.app.policy.judging(bench.app.now().day())
}

async fn count(bench: &Bench, text: &str) -> peers::Kept {
    let list = read_list("名单.csv", text.as_bytes(), &HeaderWords::builtin(), &Limits::default()).expect("a list");
    peers::count(&bench.app, &list, &options(bench)).await.expect("counted")
}

async fn excellent(bench: &Bench) -> rongcuo::domain::hidden::Comparison {
    let report = hidden_penalty(&bench.app, 2026, 2026, None).await.expect("a report");
    assert_eq!(report.measures.len(), 1);
    assert_eq!(report.measures[0].measure, Measure::Excellent);
    report.measures.into_iter().next().expect("one")
}

#[tokio::test]
async fn a_hidden_penalty_is_found_and_none_is_made_up() {
    on_both(NOW, async |bench| {
        bench.register(&register(20, "云川市/住建局")).await;
        count(&bench, &appraisal("云川市住建局", (0, 20), (24, 80))).await;
        let found = excellent(&bench).await;
        assert_eq!(found.reading, Reading::Lower);
        assert_eq!(
            found.protected,
            Share {
                persons: 20,
                favoured: 0
            }
        );
        assert_eq!(
            found.peers,
            Share {
                persons: 80,
                favoured: 24
            }
        );
        // By counting in whole numbers.
        assert!(
            (found.pooled.expect("enough") - 0.002_803_3).abs() < 1e-4,
            "{:?}",
            found.pooled
        );
        // A corrected list takes the place of the first.
        let kept = count(&bench, &appraisal("云川市住建局", (5, 20), (19, 80))).await;
        assert_eq!((kept.groups, kept.changed), (1, 1));
        let found = excellent(&bench).await;
        assert_eq!(found.reading, Reading::Even);
        assert_eq!(found.protected.favoured, 5);
        bench.app.db.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_same_list_twice_counts_once() {
    on_both(NOW, async |bench| {
        bench.register(&register(6, "云川市/住建局")).await;
        let list = appraisal("云川市住建局", (1, 6), (6, 30));
        assert_eq!(count(&bench, &list).await.changed, 1);
        assert_eq!(count(&bench, &list).await.changed, 0);
        let found = excellent(&bench).await;
        assert_eq!((found.protected.persons, found.peers.persons), (6, 30));
        // A conclusion that is revoked makes a peer of the cadre when the list comes again.
        let revoked = register(6, "云川市/住建局")
            .replacen("状态\n", "状态,撤销日期\n", 1)
            .replacen("生效\n", "撤销,2026-01-15\n", 1);
        bench.register(&revoked).await;
        assert_eq!(count(&bench, &list).await.changed, 1);
        assert_eq!(excellent(&bench).await.protected.persons, 5);
        bench.app.db.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_list_of_some_people_does_not_take_the_place_of_the_whole() {
    on_both(NOW, async |bench| {
        bench.register(&register(6, "云川市/住建局")).await;
        count(&bench, &appraisal("云川市住建局", (1, 6), (6, 30))).await;
        let kept = count(&bench, &appraisal("云川市住建局", (1, 1), (0, 0))).await;
        assert_eq!((kept.partial, kept.changed), (1, 0));
        let found = excellent(&bench).await;
        assert_eq!((found.protected.persons, found.peers.persons), (6, 30));
        bench.app.db.close().await;
    })
    .await;
}

#[tokio::test]
async fn few_people_say_nothing_and_other_units_do_not_help() {
    on_both(NOW, async |bench| {
        bench.register(&register(4, "云川市/住建局")).await;
        count(&bench, &appraisal("云川市住建局", (0, 4), (20, 40))).await;
        assert_eq!(excellent(&bench).await.reading, Reading::Insufficient);
        let elsewhere = hidden_penalty(&bench.app, 2026, 2026, Some("云川市/教育局"))
            .await
            .expect("a report");
        assert!(elsewhere.measures.is_empty());
        let another_year = hidden_penalty(&bench.app, 2025, 2025, None).await.expect("a report");
        assert!(another_year.measures.is_empty());
        bench.app.db.close().await;
    })
    .await;
}

#[tokio::test]
async fn who_is_not_proposed_for_promotion_counts_by_the_roster() {
    on_both(NOW, async |bench| {
        bench.register(&register(5, "云川市/住建局")).await;
        let mut roster = "姓名,公民身份号码,单位,职务,职级\n".to_owned();
        for serial in 1..=5 {
            writeln!(roster, "保{serial},{},云川市/住建局,科员,一级科员", id_number(serial)).expect("a string");
        }
        for serial in 101..=130 {
            writeln!(roster, "同{serial},{},云川市/住建局,科员,一级科员", id_number(serial)).expect("a string");
        }
        let parsed = rongcuo::files::read_cadres(
            "名册.csv",
            roster.as_bytes(),
            &HeaderWords::builtin(),
            &Limits::default(),
        )
        .expect("a roster");
        let source = rongcuo::app::import::Source::new("名册.csv", roster.as_bytes());
        rongcuo::app::import::cadres(&bench.app, &source, parsed.rows, parsed.rows_read, parsed.faults)
            .await
            .expect("imported");
        for (month, from) in [(3, 101), (9, 111)] {
            let mut list = "云川市住建局职级晋升名单\n姓名,身份证号,单位,拟晋升职级,结果,决定日期\n".to_owned();
            for serial in from..from + 10 {
                writeln!(
                    list,
                    "同{serial},{},云川市/住建局,四级主任科员,晋升,2026-{month:02}-15",
                    id_number(serial)
                )
                .expect("a string");
            }
            count(&bench, &list).await;
        }
        let report = hidden_penalty(&bench.app, 2026, 2026, None).await.expect("a report");
        let found = &report.measures[0];
        assert_eq!(found.measure, Measure::RankPromotion);
        assert_eq!(
            found.protected,
            Share {
                persons: 5,
                favoured: 0
            }
        );
        assert_eq!(
            found.peers,
            Share {
                persons: 30,
                favoured: 20
            }
        );
        assert_eq!(found.reading, Reading::Lower);
        bench.app.db.close().await;
    })
    .await;
}

// ---------------------------------------------------------------- through the program

fn book(desk: &Desk, name: &str, rows: &[Vec<String>]) -> String {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).expect("a cell");
        }
    }
    book.save(desk.path(name)).expect("a workbook");
    name.to_owned()
}

fn line(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

/// 推荐, 公示 and 最终 of one selection: 保1 is gone from the second list, 刘 from the third, 王 has a namesake.
fn selection(desk: &Desk) -> [String; 3] {
    let list = |stage: &str, people: &[(&str, &str, &str, &str)]| {
        let mut rows = vec![
            line(&[&format!("云川市住建局2026年度先进个人{stage}名单（评先评优）")]),
            line(&["姓名", "身份证号", "单位", "评选项目", "结果", "理由"]),
        ];
        for (name, id, result, reason) in people {
            rows.push(line(&[name, id, "云川市/住建局", "先进个人", result, reason]));
        }
        book(desk, &format!("先进{stage}.xlsx"), &rows)
    };
    let (first, second) = (id_number(1), id_number(50));
    [
        list(
            "推荐",
            &[
                ("保1", &first, "推荐", ""),
                ("刘二", &second, "推荐", ""),
                ("王三", "", "推荐", ""),
                ("王三", "", "推荐", ""),
            ],
        ),
        list(
            "公示",
            &[
                ("刘二", "", "入选", ""),
                ("王三", "", "入选", ""),
                ("赵四", "", "入选", ""),
            ],
        ),
        list("最终", &[("赵四", "", "当选", "")]),
    ]
}

#[test]
fn who_left_the_lists_is_named_and_only_the_protected_are_judged() {
    let desk = Desk::new();
    desk.write("台账.csv", register(1, "云川市/住建局").as_bytes());
    desk.at(NOW, 0, &["import", "register", "台账.csv"]);
    let [first, second, third] = selection(&desk);
    let said = desk.at(
        NOW,
        1,
        &["compare", "stages", &first, &second, &third, "--format", "json"],
    );
    let found = json(&said.out);
    let names: Vec<&str> = found["stages"]
        .as_array()
        .expect("stages")
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(names, ["推荐", "公示", "最终"]);
    let gone = found["gone"].as_array().expect("gone");
    let protected = gone.iter().find(|one| one["name"] == "保1").expect("gone");
    assert_eq!(protected["verdict"], "suspect");
    assert_eq!(
        (&protected["missing_in"], &protected["row"]),
        (&Value::from("公示"), &Value::from(3))
    );
    assert_eq!(protected["case"], "RC-2025-001");
    let other = gone.iter().find(|one| one["name"] == "刘二").expect("gone");
    assert_eq!(
        (&other["from"], &other["verdict"], &other["protected"]),
        (&Value::from("公示"), &Value::Null, &Value::from(false))
    );
    assert_eq!(found["came"][0]["name"], "赵四");
    let unclear = found["unclear"].as_array().expect("unclear");
    assert!(
        unclear.len() >= 2 && unclear.iter().all(|one| one["name"] == "王三"),
        "{unclear:?}"
    );
    assert!(!gone.iter().any(|one| one["name"] == "王三" && one["from"] == "推荐"));
    // Two persons in the text, one of them judged; nothing kept.
    let said = desk.at(NOW, 1, &["compare", "stages", &first, &second, &third]);
    assert!(
        said.out.contains("保1") && said.out.contains("疑似") && said.out.contains("待核"),
        "{}",
        said.out
    );
}

#[test]
fn lists_of_names_need_no_results() {
    let desk = Desk::new();
    desk.write("台账.csv", register(1, "云川市/住建局").as_bytes());
    desk.at(NOW, 0, &["import", "register", "台账.csv"]);
    let list = |stage: &str, names: &[&str]| {
        let mut rows = vec![
            line(&[&format!("云川市住建局2026年度先进个人{stage}名单（评先评优）")]),
            line(&["姓名", "单位", "推荐项目", "备注"]),
        ];
        rows.extend(names.iter().map(|name| line(&[name, "云川市/住建局", "先进个人", ""])));
        book(&desk, &format!("先进{stage}.xlsx"), &rows)
    };
    let (first, second) = (list("推荐", &["保1", "刘二"]), list("公示", &["刘二", "赵四"]));
    let said = desk.at(NOW, 1, &["compare", "stages", &first, &second, "--format", "json"]);
    let found = json(&said.out);
    assert_eq!(found["gone"].as_array().expect("gone").len(), 1);
    assert_eq!(
        (&found["gone"][0]["name"], &found["gone"][0]["protected"]),
        (&Value::from("保1"), &Value::from(true))
    );
    assert_eq!(found["came"][0]["name"], "赵四");
}

#[test]
fn a_kept_comparison_opens_a_finding_once() {
    let desk = Desk::new();
    desk.write("台账.csv", register(1, "云川市/住建局").as_bytes());
    desk.at(NOW, 0, &["import", "register", "台账.csv"]);
    let [first, second, _] = selection(&desk);
    let keep = ["compare", "stages", &first, &second, "--keep", "--format", "json"];
    assert_eq!(json(&desk.at(NOW, 1, &keep).out)["findings_opened"], 1);
    assert_eq!(json(&desk.at(NOW, 1, &keep).out)["findings_opened"], 0);
}

#[test]
fn a_reason_on_any_list_decides() {
    let desk = Desk::new();
    desk.write("台账.csv", register(1, "云川市/住建局").as_bytes());
    desk.at(NOW, 0, &["import", "register", "台账.csv"]);
    let rows = |reason: &str| {
        vec![
            line(&["云川市住建局2026年度先进个人名单（评先评优）"]),
            line(&["姓名", "身份证号", "单位", "结果", "理由"]),
            line(&["保1", &id_number(1), "云川市/住建局", "推荐", reason]),
            line(&["赵四", "", "云川市/住建局", "推荐", ""]),
        ]
    };
    let with = book(&desk, "甲.xlsx", &rows("因河道清淤试点进度滞后一事"));
    let mut without = rows("");
    without.remove(2);
    let without = book(&desk, "乙.xlsx", &without);
    let said = desk.at(
        NOW,
        1,
        &[
            "compare", "stages", &with, &without, "--stage", "初审", "--stage", "复审", "--format", "json",
        ],
    );
    let found = json(&said.out);
    assert_eq!(found["gone"][0]["verdict"], "violation");
    assert_eq!(found["gone"][0]["from"], "初审");
    desk.at(NOW, 2, &["compare", "stages", &with, &without, "--stage", "初审"]);
    desk.at(NOW, 2, &["compare", "stages", &with]);
}

fn yearly(desk: &Desk, year: u32, grades: &[(&str, &str, &str)]) -> String {
    let mut rows = vec![
        line(&[&format!("云川市住建局{year}年度考核等次汇总表")]),
        line(&["姓名", "身份证号", "考核等次"]),
    ];
    rows.extend(grades.iter().map(|(name, id, grade)| line(&[name, id, grade])));
    book(desk, &format!("{year}考核.xlsx"), &rows)
}

#[test]
fn this_year_is_held_against_the_years_before() {
    let desk = Desk::new();
    desk.write("台账.csv", register(1, "云川市/住建局").as_bytes());
    desk.at(NOW, 0, &["import", "register", "台账.csv"]);
    let id = id_number(1);
    // 2024 is known only from what was imported then.
    let old = yearly(&desk, 2024, &[("保1", &id, "优秀"), ("刘二", "", "称职")]);
    desk.at(NOW, 0, &["import", "outcomes", &old]);
    let before = yearly(
        &desk,
        2025,
        &[("保1", &id, "优秀"), ("刘二", "", "优秀"), ("孙五", "", "称职")],
    );
    let now = yearly(&desk, 2026, &[("保1", &id, "基本称职"), ("刘二", "", "优秀")]);
    let said = desk.at(
        NOW,
        0,
        &[
            "compare",
            "years",
            &now,
            &before,
            "--out",
            "各年.xlsx",
            "--format",
            "json",
        ],
    );
    let found = json(&said.out);
    assert_eq!(found["years"], serde_json::json!([2024, 2025, 2026]));
    let person = |name: &str| {
        let people = found["people"].as_array().expect("people");
        people
            .iter()
            .find(|one| one["name"] == name)
            .unwrap_or_else(|| panic!("{name}"))
            .clone()
    };
    let protected = person("保1");
    assert_eq!(protected["values"]["2024"]["kept"], true);
    assert_eq!(protected["fall"]["against"], 2025);
    assert_eq!(protected["fall"]["below_all"], true);
    assert_eq!(protected["protected"]["since_recognition"], true);
    assert_eq!(
        (person("刘二")["fall"].clone(), person("刘二")["values"]["2024"].clone()),
        (Value::Null, Value::Null)
    );
    assert_eq!(person("孙五")["missing"], true);
    assert!(std::fs::metadata(desk.path("各年.xlsx")).expect("a workbook").len() > 1000);
    let said = desk.at(NOW, 0, &["compare", "years", &now, &before]);
    assert!(said.out.contains("低于 2025 年，低于以前各年"), "{}", said.out);
    // What stands there is replaced only when told to, a list never.
    let out = ["compare", "years", &now, &before, "--out"];
    let said = desk.at(NOW, 2, &[&out[..], &["各年.xlsx"]].concat());
    assert!(said.err.contains("--overwrite"), "{}", said.err);
    desk.at(NOW, 0, &[&out[..], &["各年.xlsx", "--overwrite"]].concat());
    let kept = std::fs::read(desk.path(&now)).expect("the list");
    desk.at(NOW, 2, &[&out[..], &[&now, "--overwrite"]].concat());
    assert_eq!(std::fs::read(desk.path(&now)).expect("the list"), kept);
    desk.at(NOW, 2, &["compare", "years", &now, &before, "--period", "2026"]);
}

#[test]
fn sums_of_years_are_compared_by_percent() {
    let desk = Desk::new();
    let pay = |year: u32, sum: &str| {
        let text = format!("姓名,单位,奖金项目,金额\n刘二,云川市/住建局,{year}年度年终奖金,{sum}\n");
        desk.write(&format!("{year}.csv"), text.as_bytes())
    };
    let (now, before) = (pay(2026, "7000"), pay(2025, "8000元"));
    let said = desk.at(
        NOW,
        0,
        &[
            "compare", "years", &now, &before, "--period", "2026", "--period", "2025", "--format", "json",
        ],
    );
    let found = json(&said.out);
    assert_eq!(found["people"].as_array().expect("people").len(), 1);
    assert_eq!(found["people"][0]["fall"]["percent"], 12.5);
    assert_eq!(found["people"][0]["item"], "年终奖金");
}

#[test]
fn the_share_of_the_best_is_told_and_not_judged() {
    let desk = Desk::new();
    let grades: Vec<(String, &str)> = (0..12)
        .map(|at| (format!("同{at}"), if at < 3 { "优秀" } else { "称职" }))
        .collect();
    let mut grades: Vec<(&str, &str, &str)> = grades.iter().map(|(name, grade)| (name.as_str(), "", *grade)).collect();
    grades.push(("试用", "", "不确定等次"));
    grades.push(("病假", "", "未参加考核"));
    let list = yearly(&desk, 2026, &grades);
    let said = desk.at(
        NOW,
        0,
        &["precheck", &list, "--unit", "云川市/住建局", "--format", "json"],
    );
    let quota = &json(&said.out)["quota"][0];
    assert_eq!(
        (&quota["participants"], &quota["excellent"]),
        (&Value::from(12), &Value::from(3))
    );
    assert_eq!(
        (&quota["limit"], &quota["limit_with_approval"]),
        (&Value::from(2), &Value::from(3))
    );
    assert_eq!(quota["standing"], "with_approval");
    assert_eq!(
        quota["not_counted"],
        serde_json::json!({ "undetermined": 1, "absent": 1, "unknown": 0 })
    );
    let said = desk.at(NOW, 0, &["precheck", &list, "--unit", "云川市/住建局"]);
    assert!(said.out.contains("只作提示，不作判断"), "{}", said.out);
}

#[test]
fn the_report_is_written_as_text_json_drawing_and_workbook() {
    let desk = Desk::new();
    desk.write("台账.csv", register(20, "云川市/住建局").as_bytes());
    desk.at(NOW, 0, &["import", "register", "台账.csv"]);
    let list = desk.write("考核.csv", appraisal("云川市住建局", (0, 20), (24, 80)).as_bytes());
    desk.at(NOW, 0, &["import", "outcomes", &list]);
    let said = desk.at(
        NOW,
        0,
        &["report", "hidden-penalty", "--period", "2026", "--format", "json"],
    );
    let found = json(&said.out);
    assert_eq!(found["measures"][0]["reading"], "lower");
    assert_eq!(found["measures"][0]["protected"]["persons"], 20);
    let outputs = ["--xlsx", "比对.xlsx", "--svg", "比对.svg"];
    let said = desk.at(
        NOW,
        0,
        &[&["report", "hidden-penalty", "--period", "2026"][..], &outputs[..]].concat(),
    );
    assert!(said.out.contains("供人工研判，不针对个人，不构成结论"), "{}", said.out);
    let again = [&["report", "hidden-penalty", "--period", "2026"][..], &outputs[..]].concat();
    let refused = desk.at(NOW, 2, &again);
    assert!(refused.err.contains("已存在"), "{}", refused.err);
    desk.at(NOW, 0, &[&again[..], &["--overwrite"]].concat());
    assert!(said.out.contains("显著低于同类人员"), "{}", said.out);
    let drawn = std::fs::read_to_string(desk.path("比对.svg")).expect("a drawing");
    let sheets = rongcuo::files::read_tables(
        "比对.xlsx",
        &std::fs::read(desk.path("比对.xlsx")).expect("a workbook"),
        &Limits::default(),
    );
    assert_eq!(sheets.expect("readable").len(), 3);
    // No name anywhere, nor in the database's counts.
    for text in [&said.out, &drawn, &said.err] {
        assert!(!text.contains("保1") && !text.contains("同1"), "{text}");
    }
    let said = desk.at(NOW, 0, &["report", "hidden-penalty", "--period", "2020"]);
    assert!(said.err.contains("没有可比的名单"), "{}", said.err);
    desk.at(
        NOW,
        2,
        &["report", "hidden-penalty", "--period", "2026", "--period-to", "2025"],
    );
    desk.at(NOW, 2, &["report", "hidden-penalty", "--period", "去年"]);
}
