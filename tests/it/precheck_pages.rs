//! Lists sent in through pages: judged beside the request, shown in two views, given back, and gone.

use crate::cli::json;
use crate::support::app::{Bench, on_both};
use crate::support::casework::{CONTACTS, MATTER, UNIT, new_case};
use crate::support::site::{Answer, Browser, info, session};
use axum::http::StatusCode;
use rongcuo::domain::account::Role;
use rongcuo::domain::case::Conclusion;
use rongcuo::files::{Limits, Sandbox};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const NOW: &str = "2026-11-02T10:00:00+08:00";

/// A city with an exonerated cadre; gives the number of the case.
async fn city(bench: &Bench) -> String {
    bench.contacts(CONTACTS).await;
    let case = bench.concluded(&new_case("林甲"), Conclusion::Exempted).await;
    bench.set("2026-11-09T10:00:00+08:00");
    case
}

fn list(reason: &str) -> String {
    format!(
        "姓名,单位,身份证号,事项类别,结果,理由,期间\n\
         林甲,{UNIT},,年度考核,基本称职,{reason},2026年度\n\
         王乙,{UNIT},,年度考核,称职,,2026年度\n"
    )
}

fn explicit() -> String {
    list(&format!("因{MATTER}一事"))
}

/// The page of a job once nothing of it is to be done any more.
async fn ended(browser: &mut Browser, sent: &Answer) -> Answer {
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    let path = sent.header("location").to_owned();
    ended_at(browser, &path).await
}

async fn ended_at(browser: &mut Browser, path: &str) -> Answer {
    for _ in 0..1200 {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        if !page.text().contains("http-equiv=\"refresh\"") {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the pre-check does not end");
}

fn job_of(sent: &Answer) -> String {
    let location = sent.header("location");
    location.split('?').next().expect("a path").to_owned()
}

#[tokio::test]
async fn a_list_is_judged_and_only_the_run_is_kept() {
    on_both(NOW, async |bench| {
        let case = city(&bench).await;
        let mut clerk = Browser::signed_in(&bench.app, Role::Prechecker).await;
        let text = explicit();
        let sent = clerk
            .upload("/precheck", "/precheck", &[], &[("files", "拟.csv", text.as_bytes())])
            .await;
        let page = ended(&mut clerk, &sent).await;
        let text = page.text();
        for said in [
            "违反",
            "第 <span class=\"num\">2</span> 行",
            "基本称职",
            "何收文",
            "读出</dt>",
            "下载标注后的原表",
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
        // The clerk learns neither the case nor which words name it; the whole cell is marked.
        assert!(!text.contains(&case) && !text.contains("受保护人员 <span"), "{text}");
        assert!(text.contains(&format!("<mark>因{MATTER}一事</mark>")), "{text}");
        assert!(text.contains("<mark>基本称职</mark>"));
        assert_eq!(bench.count("SELECT COUNT(*) FROM finding").await, 0);
        let runs = bench.texts("SELECT actor FROM run WHERE kind = 'precheck'").await;
        assert_eq!(runs, ["演示预审员（demo-prechecker）"]);
        assert_eq!(
            bench
                .count("SELECT COUNT(*) FROM journal WHERE action = 'view' AND object_kind = 'precheck'")
                .await,
            0
        );

        let mut handler = Browser::signed_in(&bench.app, Role::Handler).await;
        let text = explicit();
        let sent = handler
            .upload("/precheck", "/precheck", &[], &[("files", "拟.csv", text.as_bytes())])
            .await;
        let page = ended(&mut handler, &sent).await;
        assert!(
            page.text().contains(&case) && page.text().contains(&format!("<mark>{MATTER}</mark>")),
            "{}",
            page.text()
        );
        assert!(page.text().contains("同一文件已于"), "the earlier run is not told");
        let looked = "SELECT actor FROM journal WHERE action = 'view' AND object_kind = 'precheck'";
        assert_eq!(bench.texts(looked).await, ["account:demo-handler"]);
        // Filters stand in the address; what is looked at again is not journaled again.
        let job = job_of(&sent);
        let none = handler.get(&format!("{job}?show=absent")).await;
        assert!(none.text().contains("没有「缺漏」的行"), "{}", none.text());
        assert_eq!(bench.texts(looked).await.len(), 1);
        assert_eq!(
            handler.get(&format!("{job}?show=odd")).await.status,
            StatusCode::BAD_REQUEST
        );
        let runs = handler.get("/precheck/runs").await;
        assert!(
            runs.text().contains("演示预审员（demo-prechecker）") && !runs.text().contains("林甲"),
            "{}",
            runs.text()
        );
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn results_are_kept_only_when_asked_and_only_by_whom_it_is_for() {
    on_both(NOW, async |bench| {
        city(&bench).await;
        let text = explicit();
        let files = [("files", "拟.csv", text.as_bytes())];
        let mut clerk = Browser::signed_in(&bench.app, Role::Prechecker).await;
        assert!(!clerk.get("/precheck").await.text().contains("name=\"keep\""));
        let refused = clerk.upload("/precheck", "/precheck", &[("keep", "1")], &files).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(bench.count("SELECT COUNT(*) FROM run WHERE kind = 'precheck'").await, 0);
        let mut handler = Browser::signed_in(&bench.app, Role::Handler).await;
        let sent = handler.upload("/precheck", "/precheck", &[("keep", "1")], &files).await;
        let page = ended(&mut handler, &sent).await;
        assert!(page.text().contains("新开疑似问题 1 件"), "{}", page.text());
        assert_eq!(bench.count("SELECT COUNT(*) FROM finding").await, 1);
        let by = "SELECT actor FROM journal WHERE action IN ('keep', 'finding.open') ORDER BY seq";
        assert_eq!(bench.texts(by).await, ["account:demo-handler", "account:demo-handler"]);
        for role in [Role::Supervisor, Role::Liaison, Role::Leader, Role::Auditor] {
            let mut other = Browser::signed_in(&bench.app, role).await;
            assert_eq!(other.get("/precheck").await.status, StatusCode::FORBIDDEN, "{role:?}");
        }
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_job_is_its_owners_and_goes_with_time_and_at_signing_out() {
    on_both(NOW, async |bench| {
        city(&bench).await;
        let mut clerk = Browser::signed_in(&bench.app, Role::Prechecker).await;
        let mut other = Browser::signed_in(&bench.app, Role::Handler).await;
        let text = explicit();
        let files = [("files", "拟.csv", text.as_bytes())];
        let sent = clerk.upload("/precheck", "/precheck", &[], &files).await;
        ended(&mut clerk, &sent).await;
        let job = job_of(&sent);
        for path in ["", "/workbook", "/opinion", "/csv", "/json"] {
            let answer = other.get(&format!("{job}{path}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert!(other.get(&job).await.text().contains("30 分钟"));
        let dropped = other.fill("/precheck", &format!("{job}/drop"), &[]).await;
        assert_eq!(dropped.status, StatusCode::NOT_FOUND);
        assert_eq!(clerk.get(&job).await.status, StatusCode::OK);
        let dropped = clerk.fill(&job, &format!("{job}/drop"), &[]).await;
        assert!(clerk.follow(&dropped).await.text().contains("已从内存中清除"));
        assert_eq!(clerk.get(&job).await.status, StatusCode::NOT_FOUND);

        let sent = clerk.upload("/precheck", "/precheck", &[], &files).await;
        ended(&mut clerk, &sent).await;
        let job = job_of(&sent);
        bench.set("2026-11-09T10:29:00+08:00");
        assert_eq!(clerk.get(&job).await.status, StatusCode::OK);
        bench.set("2026-11-09T10:30:00+08:00");
        assert_eq!(clerk.get(&job).await.status, StatusCode::NOT_FOUND);

        let sent = clerk.upload("/precheck", "/precheck", &[], &files).await;
        ended(&mut clerk, &sent).await;
        let job = job_of(&sent);
        clerk.fill("/precheck", "/sign-out", &[]).await;
        let mut again = Browser::signed_in(&bench.app, Role::Prechecker).await;
        assert_eq!(again.get(&job).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn one_bad_file_does_not_hold_up_the_others_and_is_sent_again_alone() {
    on_both(NOW, async |bench| {
        city(&bench).await;
        let mut clerk = Browser::signed_in(&bench.app, Role::Prechecker).await;
        let text = explicit();
        let files: [(&str, &str, &[u8]); 2] = [
            ("files", "坏.xlsx", b"no workbook"),
            ("files", "拟.csv", text.as_bytes()),
        ];
        let sent = clerk.upload("/precheck", "/precheck", &[], &files).await;
        let page = ended(&mut clerk, &sent).await;
        assert!(
            page.text().contains("未能预检") && page.text().contains("坏.xlsx：扩展名是 .xlsx"),
            "{}",
            page.text()
        );
        assert!(page.text().contains("违反"), "the good list is held up");
        let job = job_of(&sent);
        let again = clerk.upload(&job, &format!("{job}/again"), &[], &[]).await;
        let page = ended(&mut clerk, &again).await;
        assert!(page.text().contains("坏.xlsx：扩展名是 .xlsx"));
        let good = list("过失");
        let again = clerk
            .upload(
                &job,
                &format!("{job}/again"),
                &[],
                &[("files", "好.csv", good.as_bytes())],
            )
            .await;
        let page = ended(&mut clerk, &again).await;
        assert!(
            page.text().contains("好.csv") && !page.text().contains("坏.xlsx"),
            "{}",
            page.text()
        );
        assert_eq!(
            bench.count("SELECT COUNT(*) FROM run WHERE kind = 'precheck'").await,
            2,
            "the good one was judged again"
        );
        let refused = clerk.upload(&job, &format!("{job}/again"), &[], &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let none = clerk
            .upload("/precheck", "/precheck", &[("unit", "云川市/住建局")], &[])
            .await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.text().contains("请选择要预检的名单") && none.text().contains("value=\"云川市/住建局\""));
        let odd = clerk
            .upload(
                "/precheck",
                "/precheck",
                &[("year", "去年")],
                &[("files", "拟.csv", text.as_bytes())],
            )
            .await;
        assert!(odd.text().contains("四位数字"), "{}", odd.text());
    })
    .await;
}

#[tokio::test]
async fn a_column_is_pointed_out_once_and_remembered_for_the_unit() {
    on_both(NOW, async |bench| {
        city(&bench).await;
        let mut clerk = Browser::signed_in(&bench.app, Role::Prechecker).await;
        let odd = explicit().replacen("结果", "个人结论栏", 1);
        let files = [("files", "云川市住建局2026年度考核.csv", odd.as_bytes())];
        let sent = clerk.upload("/precheck", "/precheck", &[], &files).await;
        let page = ended(&mut clerk, &sent).await;
        let job = job_of(&sent);
        assert!(
            !page.text().contains("<mark>基本称职</mark>"),
            "the column needs no pointing out: {}",
            page.text()
        );
        let fields = [
            ("file", "0"),
            ("name", "云川市住建局2026年度考核.csv"),
            ("list", "0"),
            ("field", "结果"),
            ("header", "个人结论栏"),
            ("unit", UNIT),
        ];
        assert!(page.text().contains("<option value=\"\">请选择</option>") && !page.text().contains("selected="));
        for (at, field, value) in [(3, "field", "等第"), (3, "field", ""), (4, "header", "")] {
            let mut wrong = fields;
            wrong[at] = (field, value);
            let refused = clerk.fill(&job, &format!("{job}/columns"), &wrong).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}");
        }
        let pointed = clerk.fill(&job, &format!("{job}/columns"), &fields).await;
        let page = ended(&mut clerk, &pointed).await;
        assert!(
            page.text().contains("<mark>基本称职</mark>") && page.text().contains("已记住"),
            "{}",
            page.text()
        );
        let known = "SELECT unit || ' ' || field || ' ' || header || ' ' || actor FROM column_map";
        assert_eq!(
            bench.texts(known).await,
            [format!("{UNIT} 结果 个人结论栏 account:demo-prechecker")]
        );
        let sent = clerk.upload("/precheck", "/precheck", &[], &files).await;
        let page = ended(&mut clerk, &sent).await;
        assert!(page.text().contains("<mark>基本称职</mark>"), "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn what_is_given_back_says_what_the_view_may_say() {
    on_both(NOW, async |bench| {
        let case = city(&bench).await;
        let text = explicit();
        for (role, details) in [(Role::Prechecker, false), (Role::Handler, true)] {
            let mut browser = Browser::signed_in(&bench.app, role).await;
            let sent = browser
                .upload("/precheck", "/precheck", &[], &[("files", "拟.csv", text.as_bytes())])
                .await;
            ended(&mut browser, &sent).await;
            let job = job_of(&sent);
            let csv = browser.get(&format!("{job}/csv")).await;
            assert!(
                csv.text().starts_with('\u{feff}') && csv.text().contains("预检结论"),
                "{}",
                csv.text()
            );
            assert_eq!(csv.text().contains(&case), details, "{}", csv.text());
            let document = browser.get(&format!("{job}/json")).await;
            let read = json(document.text());
            assert_eq!(read["files"][0]["rows_read"], 2);
            assert_eq!(document.text().contains(&case), details, "{}", document.text());
            for (what, ending) in [("workbook", "预检结果.xlsx"), ("opinion", "预检意见.docx")] {
                let given = browser.get(&format!("{job}/{what}")).await;
                assert_eq!(given.status, StatusCode::OK, "{}", given.text_or_empty());
                assert!(given.body.starts_with(b"PK"), "{what}");
                let name: String = ending
                    .bytes()
                    .map(|byte| match byte {
                        b'.' | b'a'..=b'z' => char::from(byte).to_string(),
                        _ => format!("%{byte:02X}"),
                    })
                    .collect();
                assert!(
                    given.header("content-disposition").contains(&name),
                    "{}",
                    given.header("content-disposition")
                );
                assert_eq!(
                    browser.get(&format!("{job}/{what}?list=7")).await.status,
                    StatusCode::NOT_FOUND
                );
            }
        }
        // The page and each copy of the details.
        let looked = "SELECT COUNT(*) FROM journal WHERE action = 'view' AND object_kind = 'precheck'";
        assert_eq!(bench.count(looked).await, 4);
    })
    .await;
}

#[tokio::test]
async fn a_unit_is_told_nothing_of_its_sister() {
    on_both(NOW, async |bench| {
        city(&bench).await;
        let mut clerk = Browser::signed_in(&bench.app, Role::Prechecker).await;
        bench
            .execute("UPDATE account SET unit = '云川市/水务局' WHERE login = 'demo-prechecker'")
            .await;
        let text = explicit();
        let sent = clerk
            .upload("/precheck", "/precheck", &[], &[("files", "拟.csv", text.as_bytes())])
            .await;
        let page = ended(&mut clerk, &sent).await;
        assert!(
            page.text().contains("不在当前账号的范围内") && !page.text().contains("违反</span>"),
            "{}",
            page.text()
        );
        let csv = clerk.get(&format!("{}/csv", job_of(&sent))).await;
        assert!(!csv.text().contains("林甲"), "{}", csv.text());
        let other = clerk
            .upload(
                "/precheck",
                "/precheck",
                &[("unit", UNIT)],
                &[("files", "拟.csv", text.as_bytes())],
            )
            .await;
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
        let runs = clerk.get("/precheck/runs").await;
        assert!(runs.text().contains("拟.csv"), "own runs are listed");
        bench
            .execute("UPDATE account SET unit = '云川市/住建局' WHERE login = 'demo-prechecker'")
            .await;
        let sent = clerk
            .upload("/precheck", "/precheck", &[], &[("files", "拟.csv", text.as_bytes())])
            .await;
        assert!(ended(&mut clerk, &sent).await.text().contains("违反</span>"));
    })
    .await;
}

#[tokio::test]
async fn hostile_lists_are_shown_as_text_and_numbers_are_masked() {
    on_both(NOW, async |bench| {
        city(&bench).await;
        let mut clerk = Browser::signed_in(&bench.app, Role::Prechecker).await;
        let text =
            list("<script>alert(1)</script>").replace(&format!("{UNIT},,年"), &format!("{UNIT},450102198001010012,年"));
        let sent = clerk
            .upload(
                "/precheck",
                "/precheck",
                &[],
                &[("files", "<b onclick=x>.csv", text.as_bytes())],
            )
            .await;
        let page = ended(&mut clerk, &sent).await;
        let shown = page.text();
        assert!(
            shown.contains("&#60;script&#62;") && !shown.contains("<script>") && !shown.contains("<b onclick"),
            "{shown}"
        );
        assert!(!shown.contains("19800101"), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn an_account_has_few_jobs_and_the_oldest_gives_way() {
    on_both(NOW, async |bench| {
        city(&bench).await;
        let mut clerk = Browser::signed_in(&bench.app, Role::Prechecker).await;
        let text = explicit();
        let mut jobs = Vec::new();
        for _ in 0..4 {
            let sent = clerk
                .upload("/precheck", "/precheck", &[], &[("files", "拟.csv", text.as_bytes())])
                .await;
            ended(&mut clerk, &sent).await;
            jobs.push(job_of(&sent));
        }
        assert_eq!(clerk.get(&jobs[0]).await.status, StatusCode::NOT_FOUND);
        for job in &jobs[1..] {
            assert_eq!(clerk.get(job).await.status, StatusCode::OK);
        }
    })
    .await;
}

/// A reading program that tells it has read 5,120 rows and then reads on for ever.
fn endless(folder: &Path) -> Sandbox {
    let (program, own) = (folder.join("endless"), folder.join("own"));
    let told = r"\003\000\000\000\000\000\000\000\010\200\050";
    let script = format!(
        "#!/bin/sh\necho $$ > {}\nprintf '{told}'\nexec sleep 600\n",
        own.display()
    );
    std::fs::write(&program, script).expect("a script");
    let runs = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, runs).expect("a script");
    Sandbox::with_program(program, Limits::default()).apart()
}

#[tokio::test]
async fn rows_are_told_while_they_are_read_and_a_job_can_be_stopped() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = rongcuo::store::Db::open_sqlite(&folder.path().join("test.db")).await;
    let bench = crate::support::app::bench(db.expect("a database"), NOW).await;
    city(&bench).await;
    let mut site = info("http://127.0.0.1:8087", false);
    site.files = endless(folder.path());
    let mut clerk = Browser::new(Arc::new(bench.app.clone()), site);
    let token = session(&bench.app, Role::Prechecker).await;
    clerk.cookies.push(("rongcuo-session".to_owned(), token));
    let text = explicit();
    let files = [
        ("files", "甲.csv", text.as_bytes()),
        ("files", "乙.csv", text.as_bytes()),
    ];
    let sent = clerk.upload("/precheck", "/precheck", &[], &files).await;
    let job = job_of(&sent);
    let mut page = clerk.get(&job).await;
    for _ in 0..600 {
        if page.text().contains("5120") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        page = clerk.get(&job).await;
    }
    for said in [
        "<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>",
        "data-every=\"2\"",
        "已完成 0 个文件，共 2 个；已读出 <span class=\"num\">5120</span> 行；正在读取：甲.csv",
        "<progress id=\"work\" max=\"2\" value=\"0\">",
        "<td data-label=\"读出行数\" class=\"num right\">5120</td>",
        "停止预检",
    ] {
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
    let own = std::fs::read_to_string(folder.path().join("own")).expect("it has started");
    let own = Path::new("/proc").join(own.trim());
    assert!(own.exists(), "the reading has ended by itself");
    let stopped = clerk.fill(&job, &format!("{job}/drop"), &[]).await;
    assert!(clerk.follow(&stopped).await.text().contains("已从内存中清除"));
    assert_eq!(clerk.get(&job).await.status, StatusCode::NOT_FOUND);
    for _ in 0..600 {
        if !own.exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it is still being read");
}
