//! 整改台账 as people work it in a browser: from the list to acceptance, with each refusal, and no more than is theirs.

use crate::support::app::{Bench, on_both};
use crate::support::site::{Answer, Browser, info};
use axum::http::StatusCode;
use rongcuo::app::accounts::{self, Asked};
use rongcuo::app::rectifications as ledger;
use rongcuo::config::Accounts;
use rongcuo::domain::account::Role;
use rongcuo::domain::ids::RectificationId;
use rongcuo::store::accounts as stored;
use std::sync::Arc;

const NOW: &str = "2026-10-20T10:00:00+08:00";

const CONTACTS: &str = "\
单位,姓名,角色,邮箱
云川市/督查室,沈督办,督办员,shen@yunchuan.example
云川市/督查室,许科长,科室负责人,xu@yunchuan.example
云川市/督查室,钱分管,分管领导,qian@yunchuan.example
云川市/水务局,高联络,单位联络员,gao@yunchuan.example
云川市/水务局,程砺,经办,cheng@yunchuan.example
云川市/教育局,何联络,单位联络员,he@yunchuan.example
";

const LEDGER: &str = "\
编号,问题,责任单位,责任人,督办单位,整改时限,状态,最近进展,最近进展日期,销号日期
ZG-1,台账缺失,云川市/水务局,程砺,云川市/督查室,2026-10-30,整改中,已补 12 份,2026-10-15,
ZG-2,公示不及时,云川市/水务局,程砺,云川市/督查室,2026-10-12,整改中,,,
ZG-3,<b onclick=x>收费不公示</b>,云川市/教育局,何见山,云川市/督查室,2026-11-30,整改中,,,
ZG-4,资金追缴,云川市/教育局,何见山,云川市/督查室,2026-09-18,已完成,,,2026-09-17
ZG-5,档案混乱,临江市/住建局,周予安,临江市/督查室,2026-10-12,整改中,,,
";

/// Somebody of a unit who signs in under their own name.
async fn person(bench: &Bench, name: &str, role: Role, unit: Option<&str>) -> Browser {
    let login = format!("demo-{}", role.as_str());
    let mut tx = bench.app.db.begin().await.expect("as the test set it up");
    let found = stored::by_login(&mut tx, &login).await.expect("as the test set it up");
    tx.rollback().await.expect("as the test set it up");
    let asked = || Asked {
        login: String::new(),
        password: String::new(),
        code: String::new(),
        address: "127.0.0.1".to_owned(),
        agent: "test".to_owned(),
    };
    if found.is_none() {
        let rules = Accounts::builtin().rules;
        accounts::demonstrate(&bench.app, &rules, role, asked())
            .await
            .expect("as the test set it up");
    }
    let mut tx = bench.app.db.begin().await.expect("as the test set it up");
    let mut account = stored::by_login(&mut tx, &login)
        .await
        .expect("as the test set it up")
        .expect("it was made");
    account.name = name.to_owned();
    account.unit = unit.map(str::to_owned);
    assert!(stored::update(&mut tx, &account).await.expect("as the test set it up"));
    tx.commit().await.expect("as the test set it up");
    let mut browser = Browser::new(Arc::new(bench.app.clone()), info("http://127.0.0.1:8087", false));
    let token = accounts::demonstrate(&bench.app, &Accounts::builtin().rules, role, asked())
        .await
        .expect("as the test set it up");
    browser.cookies.push(("rongcuo-session".to_owned(), token));
    browser
}

async fn filled(bench: &Bench) {
    bench.contacts(CONTACTS).await;
    bench.rectifications(LEDGER).await;
}

fn path(number: &str) -> String {
    format!("/rectifications/{}", RectificationId::of(number))
}

/// Sends a form of an item's page as it was looked at.
async fn send(browser: &mut Browser, number: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
    let page = path(number);
    let shown = browser.get(&page).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
    let version = shown.hidden("version");
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(fields);
    browser.fill(&page, &format!("{page}/{act}"), &all).await
}

async fn shown(bench: &Bench, number: &str) -> ledger::Shown {
    ledger::show(&bench.app, number, "测试").await.expect("an item")
}

#[tokio::test]
async fn the_list_is_filtered_by_its_address_and_laid_out_as_a_board() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let mut desk = person(&bench, "沈督办", Role::Supervisor, Some("云川市")).await;
        let numbers = async |desk: &mut Browser, address: &str| {
            let page = desk.get(address).await;
            assert_eq!(page.status, StatusCode::OK, "{address}: {}", page.text());
            let all = ["ZG-1", "ZG-2", "ZG-3", "ZG-4", "ZG-5"];
            let held = all
                .into_iter()
                .filter(|number| page.text().contains(&format!(">{number}<")));
            held.collect::<Vec<_>>().join(" ")
        };
        for (address, expected) in [
            ("/rectifications", "ZG-1 ZG-2 ZG-3"),
            ("/rectifications?show=overdue", "ZG-2"),
            ("/rectifications?show=check", ""),
            ("/rectifications?show=closed", "ZG-4"),
            ("/rectifications?show=all", "ZG-1 ZG-2 ZG-3 ZG-4"),
            ("/rectifications?light=normal", "ZG-1 ZG-3"),
            ("/rectifications?light=overdue", "ZG-2"),
            ("/rectifications?show=all&light=met", "ZG-4"),
            (
                "/rectifications?unit=%E4%BA%91%E5%B7%9D%E5%B8%82%2F%E6%B0%B4%E5%8A%A1%E5%B1%80",
                "ZG-1 ZG-2",
            ),
            (
                "/rectifications?supervisor=%E4%BA%91%E5%B7%9D%E5%B8%82",
                "ZG-1 ZG-2 ZG-3",
            ),
            ("/rectifications?text=%E5%85%AC%E7%A4%BA", "ZG-2 ZG-3"),
            ("/rectifications?text=zg-2", "ZG-2"),
            ("/rectifications?text=%25", ""),
            ("/rectifications?view=board", "ZG-1 ZG-2 ZG-3"),
            ("/rectifications?view=board&light=overdue", "ZG-2"),
        ] {
            assert_eq!(numbers(&mut desk, address).await, expected, "{address}");
        }
        let page = desk.get("/rectifications").await;
        // 15 October was a Thursday: Friday, Monday, Tuesday.
        assert!(page.text().contains("3 个工作日前"), "{}", page.text());
        assert!(page.text().contains("<progress max=\"100\"") && !page.text().contains("<b onclick"));
        for wrong in [
            "/rectifications?light=tentative",
            "/rectifications?show=x",
            "/rectifications?view=x",
        ] {
            assert_eq!(desk.get(wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
        }
        // What is taken away is what the list shows.
        let taken = desk.get("/rectifications/export?show=overdue&form=csv").await;
        assert_eq!(taken.header("content-type"), "text/csv; charset=utf-8");
        assert!(taken.text().contains("ZG-2") && !taken.text().contains("ZG-1"));
        let book = desk.get("/rectifications/export?show=all").await;
        assert!(book.body.starts_with(b"PK") && book.header("content-disposition").contains(".xlsx"));
    })
    .await;
}

#[tokio::test]
async fn an_item_goes_from_its_report_to_its_acceptance() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let mut liaison = person(&bench, "高联络", Role::Liaison, Some("云川市/水务局")).await;
        let mut desk = person(&bench, "沈督办", Role::Supervisor, Some("云川市")).await;
        for (act, said) in [("issue", "等待责任单位签收"), ("receive", "已签收")] {
            let done = send(&mut desk, "ZG-1", act, &[]).await;
            assert!(desk.follow(&done).await.text().contains(said), "{act}");
        }
        let again = send(&mut desk, "ZG-1", "issue", &[]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("已于 2026-10-20 交办"));
        let fields = [
            ("text", "已完成 <i>八成</i>"),
            ("percent", "80"),
            ("rating", "基本完成"),
        ];
        let reported = send(&mut liaison, "ZG-1", "report", &fields).await;
        let page = liaison.follow(&reported).await;
        assert!(page.text().contains("进展已登记，现为基本完成") && page.text().contains("80%"));
        assert!(page.text().contains("&#60;i&#62;八成") && !page.text().contains("<i>"));
        let item = shown(&bench, "ZG-1").await;
        assert_eq!((item.line.percent, item.line.done), (80, "基本完成"));
        // What is wrong is named at its field, and what was typed stays.
        let wrong = send(
            &mut liaison,
            "ZG-1",
            "report",
            &[("text", "又一次"), ("percent", "八成")],
        )
        .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("href=\"#report-percent\"") && wrong.text().contains(">又一次</textarea>"));
        // Evidence: the content must be what the name says.
        let page = path("ZG-1");
        let version = liaison.get(&page).await.hidden("version");
        let attach = format!("{page}/attach");
        let fields = [("version", version.as_str())];
        for (name, bytes) in [("假.pdf", &b"MZ"[..]), ("页.html", b"<script>")] {
            let refused = liaison.upload(&page, &attach, &fields, &[("file", name, bytes)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        }
        let report = &b"%PDF-1.7 report"[..];
        let kept = liaison
            .upload(&page, &attach, &fields, &[("file", "整改报告.pdf", report)])
            .await;
        let page = liaison.follow(&kept).await;
        assert!(page.text().contains("「整改报告.pdf」已留存"), "{}", page.text());
        let link = page.text().split("/evidence/").nth(1).expect("a link");
        let link = format!("{}/evidence/{}", path("ZG-1"), link.split('"').next().expect("its end"));
        let file = liaison.get(&link).await;
        assert_eq!(file.body, report);
        assert_eq!(file.header("content-type"), "application/octet-stream");
        assert!(file.header("content-disposition").starts_with("attachment;"));
        // An extension is asked for by the unit and decided by another who stands high enough.
        let asked = send(
            &mut liaison,
            "ZG-1",
            "extend",
            &[("to", "2026-11-10"), ("reason", "等待招标")],
        )
        .await;
        assert!(liaison.follow(&asked).await.text().contains("等待审批"));
        let refused = send(&mut desk, "ZG-1", "decide-extension", &[("verdict", "grant")]).await;
        assert!(refused.text().contains("审批") && refused.status == StatusCode::UNPROCESSABLE_ENTITY);
        let mut leader = person(&bench, "钱分管", Role::Supervisor, Some("云川市")).await;
        let granted = send(&mut leader, "ZG-1", "decide-extension", &[("verdict", "grant")]).await;
        assert!(leader.follow(&granted).await.text().contains("时限为 2026-11-10"));
        // Closing is asked for and checked by two; acceptance is shown once more before it is taken.
        let mut desk = person(&bench, "沈督办", Role::Supervisor, Some("云川市")).await;
        let asked = send(&mut desk, "ZG-1", "close", &[]).await;
        assert!(desk.follow(&asked).await.text().contains("等待验收"));
        assert!(desk.get("/rectifications?show=check").await.text().contains(">ZG-1<"));
        let own = send(&mut desk, "ZG-1", "check", &[("verdict", "accept"), ("sure", "1")]).await;
        assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY, "whoever asked accepts");
        let mut head = person(&bench, "许科长", Role::Supervisor, Some("云川市")).await;
        let fields = [("verdict", "accept"), ("opinion", "资料齐全")];
        let check = send(&mut head, "ZG-1", "check", &fields).await;
        assert!(check.status == StatusCode::OK && check.text().contains("销号不能撤回"));
        assert_eq!(
            shown(&bench, "ZG-1").await.line.accepted,
            "待验收",
            "the check page changes nothing"
        );
        let fields = [("verdict", "accept"), ("opinion", "资料齐全"), ("sure", "1")];
        let accepted = send(&mut head, "ZG-1", "check", &fields).await;
        assert!(head.follow(&accepted).await.text().contains("已销号，转入回访"));
        // What was decided here is taken away with the list, though the ledger had no columns for it.
        let taken = head.get("/rectifications/export?show=closed&form=csv").await;
        assert!(
            taken.text().contains(",延期后时限,延期次数,")
                && taken.text().contains(",2026-11-10,1,")
                && taken.text().contains(",2026-10-20,许科长,资料齐全,2026-10-20,"),
            "{}",
            taken.text()
        );
        let early = send(&mut head, "ZG-1", "visit", &[("result", "保持良好")]).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        bench.set("2026-11-20T10:00:00+08:00");
        let mut head = person(&bench, "许科长", Role::Supervisor, Some("云川市")).await;
        let visited = send(&mut head, "ZG-1", "visit", &[("result", "保持良好")]).await;
        assert!(head.follow(&visited).await.text().contains("回访已登记"));
        let relapsed = send(
            &mut head,
            "ZG-1",
            "relapse",
            &[("reason", "又缺"), ("due", "2026-12-31")],
        )
        .await;
        assert!(head.follow(&relapsed).await.text().contains("重新整改"));
        assert_eq!(shown(&bench, "ZG-1").await.line.accepted, "反弹");
    })
    .await;
}

#[tokio::test]
async fn an_older_look_is_a_conflict_and_a_form_counts_once() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let mut desk = person(&bench, "沈督办", Role::Supervisor, Some("云川市")).await;
        let page = path("ZG-1");
        let looked = desk.get(&page).await;
        let (version, mark, key) = (
            looked.hidden("version"),
            looked.hidden("form_mark"),
            looked.hidden("form_key"),
        );
        for (on, said) in [("1999-01-01", "没有放假安排数据"), ("-1-01-01", "年-月-日")] {
            let refused = send(&mut desk, "ZG-1", "issue", &[("on", on)]).await;
            assert_eq!(
                refused.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{on}: {}",
                refused.text()
            );
            assert!(refused.text().contains(said), "{on}: {}", refused.text());
        }
        send(&mut desk, "ZG-1", "issue", &[]).await;
        let late = [
            ("form_mark", mark.as_str()),
            ("form_key", key.as_str()),
            ("version", version.as_str()),
            ("text", "迟到的报告"),
        ];
        let conflict = desk.post(&format!("{page}/report"), &late).await;
        assert_eq!(conflict.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(conflict.text().contains("以后有变化") && conflict.text().contains("迟到的报告"));
        assert!(!conflict.text().contains('您'));
        let looked = desk.get(&page).await;
        let (version, mark, key) = (
            looked.hidden("version"),
            looked.hidden("form_mark"),
            looked.hidden("form_key"),
        );
        let fields = [
            ("form_mark", mark.as_str()),
            ("form_key", key.as_str()),
            ("version", version.as_str()),
            ("text", "补了台账"),
        ];
        for _ in 0..2 {
            let done = desk.post(&format!("{page}/report"), &fields).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER);
        }
        let reports = shown(&bench, "ZG-1").await.history;
        assert_eq!(reports.iter().filter(|line| line.text.contains("补了台账")).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_sees_or_does_what_is_not_theirs() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let mut sister = person(&bench, "何联络", Role::Liaison, Some("云川市/教育局")).await;
        let list = sister.get("/rectifications?show=all").await;
        assert!(list.text().contains(">ZG-3<") && !list.text().contains(">ZG-1<"));
        assert_eq!(sister.get(&path("ZG-1")).await.status, StatusCode::NOT_FOUND);
        let own = path("ZG-3");
        let shown_own = sister.get(&own).await;
        assert!(shown_own.text().contains("act-report") && !shown_own.text().contains("act-raise"));
        let foreign = [("version", "1"), ("text", "代报")];
        let refused = sister.fill(&own, &format!("{}/report", path("ZG-1")), &foreign).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        // What a liaison may not do is not theirs to send either.
        for act in ["receive", "close", "check", "raise", "paper", "hand-over"] {
            let sent = sister.fill(&own, &format!("{own}/{act}"), &[("version", "1")]).await;
            assert_eq!(sent.status, StatusCode::FORBIDDEN, "{act}");
        }
        let mut leader = person(&bench, "钱分管", Role::Leader, Some("云川市")).await;
        let page = leader.get(&path("ZG-1")).await;
        assert!(page.status == StatusCode::OK && !page.text().contains("id=\"act-"));
        assert_eq!(leader.get(&path("ZG-5")).await.status, StatusCode::NOT_FOUND);
        let sent = leader
            .fill("/help", &format!("{}/report", path("ZG-1")), &[("version", "1")])
            .await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN);
        let mut system = person(&bench, "何系统", Role::SystemAdministrator, None).await;
        assert_eq!(system.get("/rectifications").await.status, StatusCode::FORBIDDEN);
        assert_eq!(shown(&bench, "ZG-1").await.line.received, "—");
    })
    .await;
}

#[tokio::test]
async fn several_items_are_reminded_after_one_more_look() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let mut desk = person(&bench, "沈督办", Role::Supervisor, Some("云川市")).await;
        let (one, two) = (
            RectificationId::of("ZG-1").to_string(),
            RectificationId::of("ZG-2").to_string(),
        );
        let closed = RectificationId::of("ZG-4").to_string();
        let none = desk.fill("/rectifications", "/rectifications/remind", &[]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        let ticked = [
            ("item", one.as_str()),
            ("item", two.as_str()),
            ("item", closed.as_str()),
        ];
        let check = desk.fill("/rectifications", "/rectifications/remind", &ticked).await;
        assert_eq!(check.status, StatusCode::OK, "{}", check.text());
        assert!(check.text().contains("已于 2026-09-17 销号"), "{}", check.text());
        assert_eq!(
            shown(&bench, "ZG-1").await.line.level,
            None,
            "the check page changes nothing"
        );
        let (first, second) = (
            check.hidden(&format!("version-{one}")),
            check.hidden(&format!("version-{two}")),
        );
        let (mark, key) = (check.hidden("form_mark"), check.hidden("form_key"));
        let versions = [format!("version-{one}"), format!("version-{two}")];
        let mut fields = vec![
            ("form_mark", mark.as_str()),
            ("form_key", key.as_str()),
            ("item", one.as_str()),
            ("item", two.as_str()),
            (versions[0].as_str(), first.as_str()),
            (versions[1].as_str(), second.as_str()),
            ("level", "blue"),
        ];
        let wordless = desk.post("/rectifications/remind/send", &fields).await;
        assert_eq!(wordless.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wordless.text().contains("填写提醒的理由"));
        fields.push(("reason", "半月没有进展"));
        let sent = desk.post("/rectifications/remind/send", &fields).await;
        assert!(desk.follow(&sent).await.text().contains("已提醒 2 件，现为蓝色提醒"));
        for number in ["ZG-1", "ZG-2"] {
            assert_eq!(
                shown(&bench, number).await.line.level.as_deref(),
                Some("蓝色提醒"),
                "{number}"
            );
        }
        let foreign = RectificationId::of("ZG-5").to_string();
        let unseen = desk
            .fill(
                "/rectifications",
                "/rectifications/remind",
                &[("item", foreign.as_str())],
            )
            .await;
        assert_eq!(unseen.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_paper_is_drafted_looked_at_issued_and_kept() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let mut desk = person(&bench, "沈督办", Role::Supervisor, Some("云川市")).await;
        let page = path("ZG-2");
        let raised = send(
            &mut desk,
            "ZG-2",
            "raise",
            &[("level", "yellow"), ("reason", "逾期未改")],
        )
        .await;
        assert!(desk.follow(&raised).await.text().contains("现为黄色督办"));
        let draft = desk.get(&format!("{page}/draft?kind=supervision_notice")).await;
        let draft = if draft.status == StatusCode::OK {
            draft
        } else {
            desk.get(&format!("{page}/draft")).await
        };
        assert!(draft.body.starts_with(b"PK"), "{}", draft.text_or_empty());
        let missing = send(&mut desk, "ZG-2", "paper", &[]).await;
        assert!(missing.text().contains("href=\"#paper-code\""));
        let id_number = crate::cli::id_number(1);
        for code in ["=1", "<b>", "../x", "2026", "云督〔2026〕", id_number.as_str()] {
            let refused = send(&mut desk, "ZG-2", "paper", &[("code", code)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{code}");
            assert!(refused.text().contains("机关代字只写年份以前的字"), "{code}");
        }
        let check = send(&mut desk, "ZG-2", "paper", &[("code", "云督")]).await;
        assert!(check.text().contains("将制发督办通知单"), "{}", check.text());
        let issued = send(&mut desk, "ZG-2", "paper", &[("code", "云督"), ("sure", "1")]).await;
        let shown_page = desk.follow(&issued).await;
        assert!(shown_page.text().contains("督办通知单已制发"), "{}", shown_page.text());
        let link = shown_page.text().split("/papers/").nth(1).expect("a link");
        let link = format!("{page}/papers/{}", link.split('"').next().expect("its end"));
        assert!(desk.get(&link).await.body.starts_with(b"PK"));
        assert_eq!(
            desk.get(&format!("{page}/papers/nothing")).await.status,
            StatusCode::NOT_FOUND
        );
    })
    .await;
}

#[tokio::test]
async fn a_hand_over_is_confirmed_by_the_two_themselves() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let mut desk = person(&bench, "沈督办", Role::Supervisor, Some("云川市")).await;
        // A page to check has passed the checks.
        let id_number = crate::cli::id_number(1);
        for (from, to, reason, said) in [
            ("某人", "高联络", "岗位调整", "名下没有未销号的整改事项"),
            ("程砺", "某人", "岗位调整", "不在联系人中"),
            ("程砺", "高联络", id_number.as_str(), "公民身份号码"),
        ] {
            let fields = [("from", from), ("to", to), ("reason", reason)];
            let refused = send(&mut desk, "ZG-1", "hand-over", &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
            assert!(refused.text().contains(said), "{said}");
        }
        let late = [
            ("person", "程砺"),
            ("measure", "约谈"),
            ("organ", "云川市/督查室"),
            ("doc_no", "云督〔2026〕1号"),
            ("decided", "2199-01-01"),
            ("reason", "逾期未改"),
        ];
        let refused = send(&mut desk, "ZG-1", "deal", &late).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
        let fields = [("from", "程砺"), ("to", "高联络"), ("reason", "岗位调整")];
        let check = send(&mut desk, "ZG-1", "hand-over", &fields).await;
        assert!(
            check.text().contains("当前账号所见的 2 件：ZG-2、ZG-1"),
            "{}",
            check.text()
        );
        let fields = [
            ("from", "程砺"),
            ("to", "高联络"),
            ("reason", "岗位调整"),
            ("sure", "1"),
        ];
        let offered = send(&mut desk, "ZG-1", "hand-over", &fields).await;
        let page = desk.follow(&offered).await;
        let offer = page.hidden("offer");
        let fields = [("offer", offer.as_str())];
        let other = send(&mut desk, "ZG-1", "confirm-hand-over", &fields).await;
        assert!(other.text().contains("本人确认"), "{}", other.text());
        let mut sister = person(&bench, "程砺", Role::Liaison, Some("云川市/教育局")).await;
        let own = path("ZG-3");
        let unseen = sister.fill(&own, &format!("{own}/confirm-hand-over"), &fields).await;
        assert_eq!(unseen.status, StatusCode::NOT_FOUND);
        for (name, said) in [("程砺", "等待另一方确认"), ("高联络", "2 件已由程砺移交高联络")] {
            let mut who = person(&bench, name, Role::Liaison, Some("云川市/水务局")).await;
            let done = send(&mut who, "ZG-1", "confirm-hand-over", &fields).await;
            assert!(who.follow(&done).await.text().contains(said), "{name}");
        }
        assert_eq!(shown(&bench, "ZG-2").await.line.person.as_deref(), Some("高联络"));
    })
    .await;
}

#[tokio::test]
async fn an_item_says_once_how_late_it_is() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let mut desk = person(&bench, "沈督办", Role::Supervisor, Some("云川市")).await;
        for (number, said, once) in [("ZG-2", "逾期 6 个工作日", 1), ("ZG-1", "剩 8 个工作日", 1)] {
            let page = desk.get(&path(number)).await;
            let lede = page.text().split("<p class=\"lede\">").nth(1).expect("a lede");
            let lede = lede.split("</p>").next().expect("its end");
            assert_eq!(lede.matches(said).count(), once, "{number}: {lede}");
        }
    })
    .await;
}
