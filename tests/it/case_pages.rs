//! Cases on the pages: the list, the file, entering one, every act of a whole procedure, papers, the register of
//! protections.

use crate::cli::id_number;
use crate::support::app::{Bench, on_both};
use crate::support::casework::{CONTACTS, MATTER, ORGAN, UNIT, case_ref, meeting, new_case};
use crate::support::site::{Answer, Browser};
use axum::http::StatusCode;
use rongcuo::app::procedure::{self, NewCase};
use rongcuo::domain::account::Role;
use rongcuo::domain::case::Conclusion;
use rongcuo::domain::procedure::{Act, What};
use rongcuo::store::Db;

const NOW: &str = "2026-11-12T10:00:00+08:00";
const HOSTILE: &str = "<script>alert(1)</script>\"'&";

/// A test on the embedded database.
async fn bench() -> (tempfile::TempDir, Bench) {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open_sqlite(&folder.path().join("test.db"))
        .await
        .expect("a database");
    let bench = crate::support::app::bench(db, NOW).await;
    (folder, bench)
}

async fn handler(bench: &Bench) -> Browser {
    Browser::signed_in(&bench.app, Role::Handler).await
}

/// The handler, who sees only a unit and what lies below it from here on.
async fn of_unit(bench: &Bench, unit: &str) -> Browser {
    let browser = handler(bench).await;
    bench
        .execute(&format!("UPDATE account SET unit = '{unit}' WHERE role = 'handler'"))
        .await;
    browser
}

async fn id_of(bench: &Bench, case_no: &str) -> String {
    let found = bench
        .texts(&format!("SELECT id FROM tolerance_case WHERE case_no = '{case_no}'"))
        .await;
    found.first().expect("a case").clone()
}

/// Fills an act's form in; what is a decision is confirmed on the page that checks it.
async fn act(browser: &mut Browser, id: &str, what: What, fields: &[(&str, &str)]) -> Answer {
    let (page, path) = (
        format!("/cases/{id}/act?what={}", what.key()),
        format!("/cases/{id}/act"),
    );
    let version = browser.get(&page).await.hidden("version");
    let mut all = vec![("what", what.key()), ("version", version.as_str())];
    all.extend_from_slice(fields);
    if what.is_decision() {
        let checked = browser.fill(&page, &path, &all).await;
        if checked.status != StatusCode::OK {
            return checked;
        }
        assert!(checked.text().contains("登记以后不能收回"), "{}", checked.text());
        all.push(("sure", "1"));
    }
    browser.fill(&page, &path, &all).await
}

async fn done(browser: &mut Browser, id: &str, what: What, fields: &[(&str, &str)]) -> String {
    let answer = act(browser, id, what, fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{what:?}: {}", answer.text());
    browser.follow(&answer).await.text().to_owned()
}

const ENTRY: [(&str, &str); 8] = [
    ("name", "沈砚舟"),
    ("case_unit", UNIT),
    ("matter", MATTER),
    ("organ", ORGAN),
    ("start", "免予问责"),
    ("on", "2026-11-12"),
    ("doc_no", "云容认〔2026〕5号"),
    ("competent", "云川市人民政府"),
];

fn entry<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = ENTRY
        .into_iter()
        .filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
    kept.chain(changed.iter().copied()).collect()
}

#[tokio::test]
async fn a_case_is_checked_and_then_entered_with_the_limits_that_were_shown() {
    on_both(NOW, async |bench| {
        let mut browser = handler(&bench).await;
        let id = id_number(1);
        let before = bench.everything().await;
        let checked = browser.fill("/cases/new", "/cases/new", &entry(&[("id", &id)])).await;
        assert_eq!(checked.status, StatusCode::OK, "{}", checked.text());
        let text = checked.text();
        assert_eq!(bench.everything().await, before, "the page to check wrote something");
        for said in [
            "RC-2026-001",
            "新登记的干部",
            "结论归入廉政档案",
            "2026-11-19",
            "〔二(四)5〕",
            "第 5 个工作日",
            "台账登记（免予问责）",
        ] {
            assert!(text.contains(said), "{said} is not on the page to check");
        }
        assert!(
            !text.contains(&format!("<dd class=\"quote\">{id}")),
            "the number stands there in full"
        );
        let shown: Vec<String> = limits_on(text);
        let mut sure = entry(&[("id", &id)]);
        sure.push(("sure", "1"));
        let saved = browser.fill("/cases/new", "/cases/new", &sure).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
        let page = browser.follow(&saved).await;
        assert!(page.text().contains("案件 RC-2026-001 已登记"), "{}", page.text());
        let kept = bench
            .texts("SELECT DISTINCT due_day FROM obligation WHERE state = 'open' ORDER BY due_day")
            .await;
        assert!(kept.len() > 1, "{kept:?}");
        assert_eq!(shown, kept, "other due days were kept than shown");
        assert_eq!(bench.count("SELECT COUNT(*) FROM obligation WHERE backlog").await, 0);
        let actors = bench.texts("SELECT actor FROM case_event").await;
        assert!(actors.iter().all(|actor| actor.starts_with("account:")), "{actors:?}");
        bench.verified().await;
        // The same form once more leads to the same case; the same case under another form is refused.
        let again = browser
            .fill(
                "/cases/new",
                "/cases/new",
                &entry(&[("case_no", "RC-2026-001"), ("id", &id)]),
            )
            .await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("已有这名干部"));
    })
    .await;
}

/// The due days of the limits a page lists, in order, each once.
fn limits_on(text: &str) -> Vec<String> {
    let mut days: Vec<String> = text
        .split("data-label=\"到期日\"")
        .skip(1)
        .map(|cell| {
            let day = cell.split("datetime=\"").nth(1).expect("a day");
            day[..10].to_owned()
        })
        .collect();
    days.sort();
    days.dedup();
    days
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_what_was_typed_stays() {
    let (_folder, bench) = bench().await;
    let mut browser = handler(&bench).await;
    let before = bench.everything().await;
    for (changed, field, said) in [
        (("name", ""), "name", "请写明姓名"),
        (("organ", ""), "organ", "请写明问责实施机关"),
        (("id", "110105194912310021"), "id", "身份证号校验码不符"),
        (("start", "未进入认定"), "start", "请选择进展或认定结论"),
        (("on", "2026-11-13"), "on", "晚于今天"),
        (("on", ""), "on", "请写明日期"),
        (("on", "12.11.2026"), "on", "年-月-日"),
        (("archive_file", "2026-11-11"), "archive_file", "早于作出结论"),
        (("start", "cadre"), "doc_no", "还没有结论"),
        (("start", "clarification"), "reported", "请写明反映的问题"),
    ] {
        let refused = browser.fill("/cases/new", "/cases/new", &entry(&[changed])).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{changed:?}");
        let text = refused.text();
        assert!(
            text.contains(&format!("href=\"#{field}\"")) && text.contains(said),
            "{changed:?}: {text}"
        );
        assert!(text.contains(MATTER), "{changed:?}: what was typed is lost");
    }
    // Days before the calendar and days that are none, where a limit is reckoned from them and where none is.
    for (on, said) in [
        ("1999-01-01", "1999年没有放假安排数据"),
        ("2006-12-31", "2006年没有放假安排数据"),
        ("-1-01-01", "年-月-日"),
    ] {
        let changed = [("start", "accountability"), ("doc_no", ""), ("on", on)];
        let refused = browser.fill("/cases/new", "/cases/new", &entry(&changed)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{on}");
        assert!(refused.text().contains(said) && refused.text().contains(MATTER), "{on}");
    }
    let back = browser.fill("/cases/new", "/cases/new", &entry(&[("back", "1")])).await;
    assert!(back.status == StatusCode::OK && back.text().contains(&format!("value=\"{MATTER}\"")));
    assert_eq!(bench.everything().await, before);
}

#[tokio::test]
async fn a_number_of_another_matter_is_refused_and_a_case_entered_since_the_check_is_seen_first() {
    let (_folder, bench) = bench().await;
    let mut browser = handler(&bench).await;
    let (first, second) = (id_number(1), id_number(2));
    let number = ("case_no", "RC-2026-014");
    let new = "/cases/new";
    let one = entry(&[("id", &first), number, ("sure", "1")]);
    assert_eq!(browser.fill(new, new, &one).await.status, StatusCode::SEE_OTHER);
    let other = [
        ("name", "林乙"),
        ("id", second.as_str()),
        number,
        ("matter", "围挡延期"),
    ];
    for sure in ["", "1"] {
        let mut fields = entry(&other);
        fields.push(("sure", sure));
        let refused = browser.fill(new, new, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{sure}");
        assert!(refused.text().contains(&format!("已用于另一事项「{MATTER}」")));
    }
    // Another cadre of the same matter.
    let shared = entry(&[("name", "林乙"), ("id", &second), number, ("sure", "1")]);
    assert_eq!(browser.fill(new, new, &shared).await.status, StatusCode::SEE_OTHER);

    // The same person in another matter: what came in since the check is shown before it is entered.
    let again = entry(&[("id", &first), ("matter", "围挡延期")]);
    let checked = browser.fill(new, new, &again).await;
    let seen = checked.hidden("seen");
    assert_eq!(seen, "RC-2026-014");
    let meanwhile = entry(&[("id", &first), ("matter", "围挡延期"), ("seen", &seen), ("sure", "1")]);
    assert_eq!(browser.fill(new, new, &meanwhile).await.status, StatusCode::SEE_OTHER);
    let twice = browser.fill(new, new, &meanwhile).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        twice
            .text()
            .contains("核对以后这名干部又有案件登记（现有 RC-2026-001、RC-2026-014）"),
        "{}",
        twice.text()
    );
    assert_eq!(bench.count("SELECT COUNT(*) FROM tolerance_case").await, 3);
}

#[tokio::test]
async fn a_register_of_two_namesakes_asks_for_the_number() {
    let (_folder, bench) = bench().await;
    let mut browser = handler(&bench).await;
    for n in [1, 2] {
        let id = id_number(n);
        let saved = browser
            .fill("/cases/new", "/cases/new", &entry(&[("id", &id), ("sure", "1")]))
            .await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    }
    let refused = browser.fill("/cases/new", "/cases/new", &entry(&[])).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("多名同名干部"), "{}", refused.text());
}

#[tokio::test]
async fn a_whole_procedure_is_handled_on_the_pages() {
    on_both(NOW, async |bench| {
        bench.contacts(CONTACTS).await;
        let mut browser = handler(&bench).await;
        let opened = browser
            .fill(
                "/cases/new",
                "/cases/new",
                &entry(&[("start", "accountability"), ("doc_no", ""), ("sure", "1")]),
            )
            .await;
        let page = browser.follow(&opened).await;
        assert!(page.text().contains("问责已启动，容错待研判"), "{}", page.text());
        let id = id_of(&bench, "RC-2026-001").await;
        let today = "2026-11-12";
        done(
            &mut browser,
            &id,
            What::Review,
            &[("fits", "yes"), ("note", "探索性试点"), ("on", today)],
        )
        .await;
        for aspect in ["主观动机", "客观条件", "程序方法", "问题性质", "后果影响", "处置行为"] {
            let fields = [
                ("aspect", aspect),
                ("weight", "有利于容错"),
                ("finding", "查明"),
                ("evidence", "谈话笔录"),
                ("on", today),
            ];
            done(&mut browser, &id, What::Consider, &fields).await;
        }
        done(
            &mut browser,
            &id,
            What::Report,
            &[("title", "调查报告"), ("fits", "yes"), ("on", today)],
        )
        .await;
        done(
            &mut browser,
            &id,
            What::Decide,
            &[("attendees", "5"), ("minutes", "纪要8号"), ("on", today)],
        )
        .await;
        let concluded = [
            ("conclusion", "免予问责"),
            ("on", today),
            ("doc_no", "云容认〔2026〕5号"),
            ("basis", "问责条例第十七条"),
        ];
        let text = done(&mut browser, &id, What::Conclude, &concluded).await;
        assert!(text.contains("结论：免予问责") && text.contains("下一项期限"), "{text}");
        assert!(text.contains("完全保护"));
        // The two archives and the feedback, from the rows of the limits.
        let case = format!("/cases/{id}");
        for (what, event) in [
            (What::ArchivePersonnel, "archive_personnel_on"),
            (What::ArchiveIntegrity, "archive_integrity_on"),
            (What::TellSubject, "feedback_subject_on"),
            (What::TellCompetent, "feedback_competent_on"),
        ] {
            let row = browser.get(&case).await;
            assert!(
                row.text().contains(&format!("name=\"what\" value=\"{}\"", what.key())),
                "{what:?}"
            );
            let version = row.hidden("version");
            let receipt = format!("回执{}", what.key());
            let fields = [
                ("what", what.key()),
                ("version", version.as_str()),
                ("on", today),
                ("receipt", receipt.as_str()),
            ];
            let sent = browser.fill(&case, &format!("{case}/act"), &fields).await;
            let text = browser.follow(&sent).await;
            assert!(text.text().contains("工作日内，按期"), "{what:?}: {}", text.text());
            let kept = bench.texts(&format!("SELECT {event} FROM tolerance_case")).await;
            assert_eq!(kept, [today], "{what:?}");
        }
        let late = bench.shown("RC-2026-001").await;
        assert!(late.state.stage.zh() == "已作结论" && late.events.len() > 12);
        // A revocation needs a number and a meeting of its own.
        let same = [
            ("doc_no", "云容认〔2026〕5号"),
            ("reason", "发现新的证据"),
            ("attendees", "5"),
            ("minutes", "纪要9号"),
            ("on", today),
        ];
        let refused = act(&mut browser, &id, What::Revoke, &same).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("撤销是另一个决定") && refused.text().contains("发现新的证据"));
        let own = [
            ("doc_no", "云容撤〔2026〕1号"),
            ("reason", "发现新的证据"),
            ("attendees", "5"),
            ("minutes", "纪要9号"),
            ("on", today),
        ];
        let text = done(&mut browser, &id, What::Revoke, &own).await;
        assert!(text.contains("已撤销") && !text.contains("登记结论</a>"), "{text}");
        assert!(browser.get("/cases?state=revoked").await.text().contains("RC-2026-001"));
        assert!(
            !browser
                .get("/cases?state=protecting")
                .await
                .text()
                .contains("RC-2026-001")
        );
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_impossible_says_why_and_changes_nothing() {
    let (_folder, bench) = bench().await;
    let case = bench.open(&new_case("沈砚舟"), &Act::StartAccountability).await;
    let id = id_of(&bench, &case).await;
    let mut browser = handler(&bench).await;
    let page = browser.get(&format!("/cases/{id}")).await;
    assert!(page.text().contains("结论须经集体研究作出"), "{}", page.text());
    for what in What::ALL {
        let page = browser.get(&format!("/cases/{id}/act?what={}", what.key())).await;
        assert_eq!(page.status, StatusCode::OK, "{what:?}");
        assert!(
            !page.text().contains("--") && !page.text().contains("case "),
            "{what:?} names a command"
        );
        let may = page.text().contains("name=\"version\"");
        assert_ne!(may, page.text().contains("现在不能办理"), "{what:?}");
    }
    let before = bench.count("SELECT COUNT(*) FROM case_event").await;
    let form = format!("/cases/{id}/act?what=review");
    let fields = [("what", "archive-file"), ("version", "1"), ("on", "2026-11-12")];
    let refused = browser.fill(&form, &format!("/cases/{id}/act"), &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("还没有结论"), "{}", refused.text());
    let fields = [
        ("what", "review"),
        ("version", "1"),
        ("on", "2026-11-13"),
        ("fits", "yes"),
        ("note", "试点"),
    ];
    let refused = browser.fill(&form, &format!("/cases/{id}/act"), &fields).await;
    assert!(refused.text().contains("晚于今天") && refused.text().contains("试点"));
    assert_eq!(bench.count("SELECT COUNT(*) FROM case_event").await, before);
    for wrong in ["", "?what=open", "?what=review&what=apply"] {
        let answer = browser.get(&format!("/cases/{id}/act{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn the_second_of_two_is_shown_what_the_first_did() {
    let (_folder, bench) = bench().await;
    let case = bench.open(&new_case("沈砚舟"), &Act::StartAccountability).await;
    let id = id_of(&bench, &case).await;
    let mut browser = handler(&bench).await;
    bench.act(&case, crate::support::casework::review()).await;
    let fields = [
        ("what", "report"),
        ("version", "1"),
        ("on", "2026-11-12"),
        ("title", "第一份报告"),
        ("fits", "yes"),
    ];
    let page = format!("/cases/{id}/act?what=report");
    let refused = browser.fill(&page, &format!("/cases/{id}/act"), &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("已被他人登记") && refused.text().contains("第一份报告"));
    assert_eq!(
        refused.hidden("version"),
        "2",
        "the page still names the version it was seen in"
    );
    let done = act(&mut browser, &id, What::Report, &fields[2..]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
}

#[tokio::test]
async fn the_file_shows_steps_limits_history_and_hostile_text_as_text() {
    let (_folder, bench) = bench().await;
    let new = NewCase {
        matter: format!("试点{HOSTILE}"),
        ..new_case("沈砚舟")
    };
    let case = bench.until_decided(&new, None).await;
    let id = id_of(&bench, &case).await;
    let mut browser = handler(&bench).await;
    let views = "SELECT COUNT(*) FROM journal WHERE action = 'view' AND object_kind = 'case'";
    let before = bench.count(views).await;
    let page = browser.get(&format!("/cases/{id}?purpose=%E6%A0%B8%E5%AF%B9")).await;
    let text = page.text();
    assert!(!text.contains("<script>") && text.contains("&#60;script&#62;"));
    for said in [
        "启动",
        "调查",
        "集体研究",
        "反馈",
        "归档",
        "六看",
        "有利于容错",
        "谈话笔录",
        "时间图",
        "何收文",
        "集体研究并作出结论性认定意见",
    ] {
        assert!(text.contains(said), "{said}");
    }
    assert_eq!(text.matches("<h1").count(), 1);
    assert!(!text.contains(" style=") && !text.contains(" onclick"));
    assert_eq!(bench.count(views).await, before + 1);
    let entry = bench
        .texts("SELECT actor || ' ' || detail FROM journal WHERE object_kind = 'case' ORDER BY seq DESC LIMIT 1")
        .await;
    assert!(
        entry[0].starts_with("account:") && entry[0].contains("事由：核对"),
        "{entry:?}"
    );
    assert!(!entry[0].contains("沈砚舟"));
    // A line of a register has a file, too.
    bench.register("案件编号,姓名,单位,事项名称,认定结论,认定日期,问责实施机关\nRC-9,苏念之,云川市/住建局,旧改,从轻,2026-11-10,云川市纪委监委\n").await;
    let id = id_of(&bench, "RC-9").await;
    let page = browser.get(&format!("/cases/{id}")).await;
    assert!(page.text().contains("台账登记（从轻）") && page.text().contains("限额保护"));
    let done = act(&mut browser, &id, What::ArchiveFile, &[("on", "2026-11-11")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
}

#[tokio::test]
async fn the_list_is_searched_by_number_name_matter_and_unit() {
    on_both(NOW, async |bench| {
        bench
            .register(
                "\
案件编号,姓名,单位,事项名称,认定结论,认定日期,状态,撤销日期,问责实施机关
RC-1,沈砚舟,云川市/住建局,电梯补贴,免予问责,2026-11-06,生效,,云川市/纪委监委
RC-2,苏念之,云川市/水务局,堤防100%改造,不予容错,2026-11-06,生效,,云川市/纪委监委
RC-3,陆知行,云川市/水务局/河道站,清淤,调查中,,生效,,云川市/纪委监委
RC-4,顾临川,临江市/住建局,旧改,减轻,2026-11-06,撤销,2026-11-10,临江市/纪委监委
",
            )
            .await;
        let mut browser = handler(&bench).await;
        let numbers = async |browser: &mut Browser, path: &str| {
            let page = browser.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            let mut found: Vec<String> = ["RC-1", "RC-2", "RC-3", "RC-4"]
                .into_iter()
                .filter(|number| page.text().contains(&format!(">{number}</a>")))
                .map(str::to_owned)
                .collect();
            found.sort();
            found.join(" ")
        };
        for (path, expected) in [
            ("/cases", "RC-3"),
            ("/cases?state=protecting", "RC-1"),
            ("/cases?state=refused", "RC-2"),
            ("/cases?state=revoked", "RC-4"),
            ("/cases?state=all", "RC-1 RC-2 RC-3 RC-4"),
            ("/cases?state=all&text=rc-2", "RC-2"),
            ("/cases?state=all&text=%E8%8B%8F%20%E5%BF%B5%E4%B9%8B", "RC-2"),
            ("/cases?state=all&text=100%25", "RC-2"),
            ("/cases?state=all&text=%25", "RC-2"),
            ("/cases?state=all&text=_", ""),
            (
                "/cases?state=all&unit=%E4%BA%91%E5%B7%9D%E5%B8%82%2F%E6%B0%B4%E5%8A%A1%E5%B1%80",
                "RC-2 RC-3",
            ),
            ("/protections", "RC-1 RC-3 RC-4"),
            ("/protections?level=full", "RC-1"),
            ("/protections?level=capped", ""),
            ("/protections?level=pending", "RC-3"),
            ("/protections?level=revoked", "RC-4"),
            ("/protections?text=%E6%97%A7%E6%94%B9", "RC-4"),
        ] {
            assert_eq!(numbers(&mut browser, path).await, expected, "{path}");
        }
        for wrong in [
            "/cases?state=closed",
            "/cases?page=0",
            "/protections?level=none",
            "/cases?sort=name",
        ] {
            assert_eq!(browser.get(wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
        }
        // A sister unit sees its own, in lists and by address, and can do nothing else.
        let mut water = of_unit(&bench, "云川市/水务局").await;
        assert_eq!(numbers(&mut water, "/cases?state=all").await, "RC-2 RC-3");
        assert_eq!(numbers(&mut water, "/protections").await, "RC-3");
        let (own, other) = (id_of(&bench, "RC-2").await, id_of(&bench, "RC-1").await);
        let people = bench
            .texts("SELECT person_id FROM tolerance_case ORDER BY case_no")
            .await;
        assert_eq!(water.get(&format!("/cases/{own}")).await.status, StatusCode::OK);
        for path in [
            format!("/cases/{other}"),
            format!("/cases/{other}/act?what=amend"),
            format!("/cases/{other}/paper?kind=conclusion"),
            format!("/cases/{other}/issued?paper=x"),
            format!("/protections/{}", people[0]),
        ] {
            assert_eq!(water.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let fields = [
            ("what", "amend"),
            ("version", "0"),
            ("on", "2026-11-12"),
            ("matter", "改名"),
            ("reason", "改"),
        ];
        let page = format!("/cases/{own}/act?what=amend");
        let sent = water.fill(&page, &format!("/cases/{other}/act"), &fields).await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND);
        let sent = water
            .fill(
                &page,
                &format!("/cases/{other}/paper"),
                &[("kind", "conclusion"), ("step", "issue")],
            )
            .await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND);
        let entered = water.fill("/cases/new", "/cases/new", &entry(&[("sure", "1")])).await;
        assert!(entered.status == StatusCode::UNPROCESSABLE_ENTITY && entered.text().contains("范围内"));
        assert_eq!(bench.count("SELECT COUNT(*) FROM case_event").await, 0);
    })
    .await;
}

#[tokio::test]
async fn papers_are_drafted_issued_once_and_taken_out_again() {
    let (_folder, bench) = bench().await;
    let case = bench.concluded(&new_case("沈砚舟"), Conclusion::Exempted).await;
    let id = id_of(&bench, &case).await;
    let mut browser = handler(&bench).await;
    let page = browser.get(&format!("/cases/{id}")).await;
    assert!(page.text().contains("起草容错认定意见反馈书"), "{}", page.text());
    assert!(page.text().contains("无法生成《不予容错答复》"));
    let (form, path) = (
        format!("/cases/{id}/paper?kind=conclusion"),
        format!("/cases/{id}/paper"),
    );
    let fields = |step| {
        [
            ("kind", "conclusion"),
            ("code", "云容"),
            ("date", "2026-11-12"),
            ("step", step),
        ]
    };
    let draft = browser.fill(&form, &path, &fields("preview")).await;
    assert_eq!(draft.status, StatusCode::OK, "{}", draft.text());
    assert!(draft.text().contains("沈砚舟") && draft.text().contains("编号制发"));
    let file = browser.fill(&form, &path, &fields("document")).await;
    assert!(file.body.starts_with(b"PK") && file.header("content-disposition").starts_with("attachment"));
    assert_eq!(
        bench.count("SELECT COUNT(*) FROM paper").await,
        0,
        "a draft took a number"
    );
    let mut nobody = fields("issue");
    nobody[1].1 = "";
    let refused = browser.fill(&form, &path, &nobody).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text().contains("请写明机关代字"));
    for said in ["文号 云容馈〔2026〕1号", "没有另编文号"] {
        let issued = browser.fill(&form, &path, &fields("issue")).await;
        let page = browser.follow(&issued).await;
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
    assert_eq!(bench.count("SELECT COUNT(*) FROM paper").await, 1);
    let shown = browser.get(&format!("/cases/{id}")).await;
    let link = shown
        .text()
        .split(&format!("/cases/{id}/issued?paper="))
        .nth(1)
        .expect("a link");
    let paper = link.split('"').next().expect("its end");
    let taken = browser.get(&format!("/cases/{id}/issued?paper={paper}")).await;
    let hash = bench.texts("SELECT hash FROM paper").await;
    assert_eq!(
        rongcuo::domain::ids::hex(&<sha2::Sha256 as sha2::Digest>::digest(&taken.body)),
        hash[0]
    );
    let used = browser.get(&format!("/cases/{id}/paper?kind=archive_list")).await;
    assert!(
        used.text().contains("name=\"code\" value=\"云容\""),
        "the code is not remembered"
    );
    assert_eq!(
        browser.get(&format!("/cases/{id}/issued?paper=zz")).await.status,
        StatusCode::NOT_FOUND
    );
    let unfit = browser
        .fill(&form, &path, &[("kind", "refusal"), ("step", "preview")])
        .await;
    assert!(unfit.status == StatusCode::UNPROCESSABLE_ENTITY && unfit.text().contains("无法生成"));
    let rows = [("kind", "archive_list"), ("items", "调查报告一份"), ("step", "preview")];
    let wrong = browser.fill(&form, &path, &rows).await;
    assert!(wrong.text().contains("应写成 名称=份数"), "{}", wrong.text());
}

#[tokio::test]
async fn a_person_s_page_shows_outcomes_and_findings_and_is_journaled() {
    let (_folder, bench) = bench().await;
    let case = bench.concluded(&new_case("沈砚舟"), Conclusion::Exempted).await;
    let list = format!(
        "姓名,单位,事项类别,事项,结果,理由,期间,决定日期\n沈砚舟,{UNIT},年度考核,,基本称职,因{MATTER}一事,2026年度,\n"
    );
    bench.keep("拟定.csv", &list).await;
    let mut browser = handler(&bench).await;
    let register = browser.get("/protections").await;
    assert!(
        register.text().contains("年度考核 2026 「基本称职」") || register.text().contains("「基本称职」"),
        "{}",
        register.text()
    );
    assert!(register.text().contains("#findings\">1 件"));
    let person = bench.texts("SELECT person_id FROM tolerance_case").await;
    let views = "SELECT COUNT(*) FROM journal WHERE action = 'view' AND object_kind = 'person'";
    let before = bench.count(views).await;
    let page = browser
        .get(&format!("/protections/{}?purpose=%E7%AD%94%E5%A4%8D", person[0]))
        .await;
    for said in ["沈砚舟", "基本称职", "年度考核", "/findings/", &case, "拟定.csv"] {
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
    assert_eq!(bench.count(views).await, before + 1);
    assert_eq!(browser.get("/protections/0000").await.status, StatusCode::NOT_FOUND);
    assert_eq!(bench.count(views).await, before + 1, "looking for nobody is journaled");
}

#[tokio::test]
async fn cases_are_for_handlers_only() {
    let (_folder, bench) = bench().await;
    let case = bench.concluded(&new_case("沈砚舟"), Conclusion::Exempted).await;
    let id = id_of(&bench, &case).await;
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Handler) {
        let mut browser = Browser::signed_in(&bench.app, role).await;
        for path in [
            "/cases".to_owned(),
            "/cases/new".to_owned(),
            format!("/cases/{id}"),
            format!("/cases/{id}/act?what=revoke"),
        ] {
            assert_eq!(
                browser.get(&path).await.status,
                StatusCode::FORBIDDEN,
                "{role:?} {path}"
            );
        }
        assert!(
            !browser.get("/help").await.text().contains("href=\"/cases\""),
            "{role:?}"
        );
        let sent = browser.post(&format!("/cases/{id}/act"), &[("what", "revoke")]).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let seen = procedure::show(&bench.app, &case_ref(&case), "何收文")
        .await
        .expect("the case");
    assert_eq!(seen.state.meeting, Some(meeting()));
}

#[tokio::test]
async fn one_page_s_forms_are_told_apart_by_what_they_say() {
    let (_folder, bench) = bench().await;
    let case = bench.open(&new_case("沈砚舟"), &Act::StartAccountability).await;
    let id = id_of(&bench, &case).await;
    let mut browser = handler(&bench).await;
    bench.act(&case, crate::support::casework::review()).await;
    let page = browser.get(&format!("/cases/{id}/act?what=report")).await;
    let (mark, key, version) = (
        page.hidden("form_mark"),
        page.hidden("form_key"),
        page.hidden("version"),
    );
    let path = format!("/cases/{id}/act");
    let titled = async |browser: &mut Browser, title: &str| {
        let fields = [
            ("form_mark", mark.as_str()),
            ("form_key", key.as_str()),
            ("what", "report"),
            ("version", version.as_str()),
            ("on", "2026-11-12"),
            ("title", title),
            ("fits", "yes"),
        ];
        browser.post(&path, &fields).await
    };
    let first = titled(&mut browser, "第一份报告").await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text());
    let again = titled(&mut browser, "第一份报告").await;
    assert_eq!(again.header("location"), first.header("location"), "the same form once");
    // Back in the browser: the page is the old one, the text is not.
    let other = titled(&mut browser, "第二份报告").await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "never said to be done");
    let text = other.text();
    assert!(text.contains("现在不能办理"), "{text}");
}

#[tokio::test]
async fn the_second_of_two_clicks_waits_for_what_the_first_does() {
    let (_folder, bench) = bench().await;
    let mut browser = handler(&bench).await;
    let page = browser.get("/cases/new").await;
    let (mark, key) = (page.hidden("form_mark"), page.hidden("form_key"));
    let mut fields = vec![("form_mark", mark.as_str()), ("form_key", key.as_str())];
    fields.extend(entry(&[("sure", "1")]));
    // The browser of a double click gives the first one up.
    let mut first = Box::pin(async {
        let mut gone = browser.clone();
        gone.post("/cases/new", &fields).await
    });
    while bench.count("SELECT COUNT(*) FROM form_sent").await == 0 {
        tokio::select! {
            biased;
            _ = &mut first => break,
            () = tokio::task::yield_now() => {}
        }
    }
    drop(first);
    let second = browser.clone().post("/cases/new", &fields).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER, "{}", second.text());
    assert_eq!(bench.count("SELECT COUNT(*) FROM tolerance_case").await, 1);
    assert!(browser.follow(&second).await.text().contains("已登记"));
}
