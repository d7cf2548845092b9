//! What nobody may learn, guess or do in passing: of other units' matters, with a screen left unlocked, too often.

use crate::cli::{Desk, id_number, json};
use crate::support::app::{Bench, on_both, viewer};
use crate::support::casework::{CONTACTS, MATTER, ORGAN, UNIT, new_case};
use crate::support::site::{Answer, Browser, info, session};
use axum::http::StatusCode;
use rongcuo::app::accounts::{self, Administrator};
use rongcuo::app::import::Source;
use rongcuo::app::precheck::{By, Checked, Request, precheck_for};
use rongcuo::app::rectifications as ledger;
use rongcuo::app::view::{CaseFilter, ProtectedRow, ProtectionShow};
use rongcuo::app::{App, pages};
use rongcuo::config::Accounts;
use rongcuo::domain::account::{Role, Scope};
use rongcuo::domain::bucket::Rate;
use rongcuo::domain::case::Conclusion;
use rongcuo::domain::ids::RectificationId;
use rongcuo::domain::person::{CitizenId, IdNumber};
use rongcuo::domain::time::Moment;
use rongcuo::files::{self, HeaderWords, Limits};
use rongcuo::store::Db;
use rongcuo::store::accounts::{self as stored, Account};
use rongcuo::web::{Pace, SiteInfo};
use std::sync::Arc;

const NOW: &str = "2026-11-12T10:00:00+08:00";
const WATER: &str = "云川市/水务局";

/// Somebody with a role who sees only a unit and what lies below it.
async fn of_unit(bench: &Bench, role: Role, unit: &str) -> Browser {
    let browser = Browser::signed_in(&bench.app, role).await;
    let role = role.as_str();
    bench
        .execute(&format!("UPDATE account SET unit = '{unit}' WHERE role = '{role}'"))
        .await;
    browser
}

fn entry<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("name", "林甲"),
        ("case_unit", WATER),
        ("matter", "堤防改造延期"),
        ("organ", WATER),
        ("start", "accountability"),
        ("on", "2026-11-12"),
    ];
    let kept = usual
        .into_iter()
        .filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
    kept.chain(changed.iter().copied()).collect()
}

#[tokio::test]
async fn whoever_enters_a_case_learns_nothing_of_what_others_handle() {
    on_both(NOW, async |bench| {
        let id = id_number(1);
        let register = format!(
            "案件编号,姓名,公民身份号码,单位,事项名称,认定结论,认定日期,状态,问责实施机关\n\
             RC-2026-700,林甲,{id},{UNIT},{MATTER},免予问责,2026-11-02,生效,{ORGAN}\n"
        );
        bench.register(&register).await;
        bench
            .execute(&format!(
                "INSERT INTO matter (number, title, organ, first_ms) VALUES ('SX-1', '{MATTER}', '{ORGAN}', 0); \
                 UPDATE tolerance_case SET matter_no = 'SX-1'"
            ))
            .await;
        let mut water = of_unit(&bench, Role::Handler, WATER).await;
        let known = water.fill("/cases/new", "/cases/new", &entry(&[("id", &id)])).await;
        let unknown = water
            .fill("/cases/new", "/cases/new", &entry(&[("id", &id_number(2))]))
            .await;
        for page in [&known, &unknown] {
            assert_eq!(page.status, StatusCode::OK, "{}", page.text());
            assert!(page.text().contains("没有此人"), "{}", page.text());
            for telling in ["RC-2026-700", "已有案件", "名册或台账中已有", MATTER, ORGAN] {
                assert!(!page.text().contains(telling), "{telling}: {}", page.text());
            }
        }
        // Numbers that others use are refused alike, whoever the case is about, and tell nothing more.
        for (number, said) in [
            (("case_no", "RC-2026-700"), "案件编号 RC-2026-700 已由其他单位使用"),
            (("matter_no", "SX-1"), "事项编号 SX-1 已由其他单位使用"),
        ] {
            for id in [&id, &id_number(2)] {
                let fields = entry(&[("id", id.as_str()), number]);
                let page = water.fill("/cases/new", "/cases/new", &fields).await;
                assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
                assert!(page.text().contains(said), "{}", page.text());
                assert!(!page.text().contains(MATTER) && !page.text().contains(ORGAN));
            }
        }
        // Somebody who sees the case is told.
        let mut all = of_unit(&bench, Role::Handler, "").await;
        let page = all.fill("/cases/new", "/cases/new", &entry(&[("id", &id)])).await;
        assert!(page.text().contains("已有案件 RC-2026-700"), "{}", page.text());
        // And so is the unit in which the roster has the cadre by now.
        bench
            .execute(&format!(
                "UPDATE person SET roster_unit = '{WATER}' WHERE name = '林甲'"
            ))
            .await;
        let mut water = of_unit(&bench, Role::Handler, WATER).await;
        let page = water.fill("/cases/new", "/cases/new", &entry(&[("id", &id)])).await;
        assert!(page.text().contains("已有案件 RC-2026-700"), "{}", page.text());
    })
    .await;
}

async fn judged(bench: &Bench, text: &str, unit: Option<&str>, keep: bool) -> Checked {
    let (words, limits) = (HeaderWords::builtin(), Limits::default());
    let list = files::read_list("拟.csv", text.as_bytes(), &words, &limits).expect("a list");
    let source = Source::new("拟.csv", text.as_bytes());
    let request = Request {
        list: &list,
        source: &source,
        options: bench.app.policy.judging(bench.app.now().day()),
        keep,
        kind: "precheck",
    };
    let by = By {
        who: "林甲（lin.jia）",
        actor: "account:lin.jia",
        scope: &Scope::of(unit),
    };
    precheck_for(&bench.app, &request, by).await.expect("a judged list")
}

#[tokio::test]
async fn a_list_that_claims_a_unit_tells_nothing_of_people_outside_it() {
    on_both(NOW, async |bench| {
        bench.contacts(CONTACTS).await;
        let mut new = new_case("沈砚舟");
        new.id = IdNumber::Valid(CitizenId::parse(&id_number(7)).expect("a number"));
        bench.concluded(&new, Conclusion::Exempted).await;
        bench.set("2026-11-16T10:00:00+08:00");
        let head = "姓名,单位,公民身份号码,事项类别,结果,理由,期间\n";
        let row =
            |name: &str, id: &str| format!("{head}{name},{WATER},{id},年度考核,基本称职,因{MATTER}一事,2026年度\n");
        for text in [
            row("沈砚舟", &id_number(7)),
            // The name alone, and the number under another name.
            row("沈砚舟", ""),
            row("顾临川", &id_number(7)),
        ] {
            for keep in [false, true] {
                let narrow = judged(&bench, &text, Some(WATER), keep).await;
                assert_eq!(
                    (narrow.report.results.len(), narrow.withheld, narrow.kept),
                    (0, 0, 0),
                    "{text}"
                );
                assert_eq!(narrow.report.rows_protected, 0);
            }
            assert_eq!(
                judged(&bench, &text, None, false).await.report.results.len(),
                1,
                "{text}"
            );
        }
        assert_eq!(bench.count("SELECT COUNT(*) FROM finding").await, 0);
        // Whose unit has the case, and whose roster has the cadre, is told.
        let own = row("沈砚舟", &id_number(7)).replace(WATER, UNIT);
        assert_eq!(judged(&bench, &own, Some(UNIT), false).await.report.results.len(), 1);
        bench
            .execute(&format!(
                "UPDATE person SET roster_unit = '{WATER}' WHERE name = '沈砚舟'"
            ))
            .await;
        let text = row("沈砚舟", &id_number(7));
        assert_eq!(judged(&bench, &text, Some(WATER), false).await.report.results.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_register_counts_and_tells_only_what_is_seen() {
    on_both("2026-11-09T10:00:00+08:00", async |bench| {
        bench
            .register(&format!(
                "案件编号,姓名,单位,事项名称,认定结论,认定日期,状态,问责实施机关\n\
                 RC-1,沈砚舟,{UNIT},{MATTER},免予问责,2026-11-06,生效,{ORGAN}\n"
            ))
            .await;
        let list = |unit: &str, result: &str| {
            format!("姓名,单位,事项类别,结果,理由,期间\n沈砚舟,{unit},年度考核,{result},因{MATTER}一事,2026年度\n")
        };
        bench.keep("住建.csv", &list(UNIT, "基本称职")).await;
        bench
            .execute(&format!(
                "UPDATE person SET roster_unit = '{WATER}' WHERE name = '沈砚舟'"
            ))
            .await;
        let asked = CaseFilter {
            show: ProtectionShow::All,
            text: None,
            unit: None,
            page: 1,
        };
        let line = async |unit: Option<&str>| -> ProtectedRow {
            let page = pages::protected(&bench.app, &viewer(Role::Handler, unit), &asked).await;
            let mut rows = page.expect("a list").rows;
            assert_eq!(rows.len(), 1, "{unit:?}");
            rows.remove(0)
        };
        for unit in [None, Some(UNIT), Some("云川市")] {
            let row = line(unit).await;
            assert_eq!((row.findings, row.outcomes.len()), (1, 1), "{unit:?}");
            assert!(row.outcomes[0].contains("基本称职"));
        }
        // The unit of today knows whom it protects, not what another found.
        let row = line(Some(WATER)).await;
        assert_eq!((row.findings, row.outcomes), (0, Vec::new()));
    })
    .await;
}

const LEDGER: &str = "\
编号,问题,责任单位,责任人,督办单位,整改时限,状态
ZG-1,台账缺失,云川市/水务局,程砺,云川市/督查室,2026-11-30,整改中
ZG-2,公示不及时,云川市/水务局,程砺,云川市/督查室,2026-12-12,整改中
ZG-3,收费不公示,云川市/水务局,程砺,云川市/审计局,2026-12-30,整改中
";
const PEOPLE: &str = "\
单位,姓名,角色,邮箱
云川市/督查室,演示督办员,督办员,shen@yunchuan.example
云川市/水务局,高联络,单位联络员,gao@yunchuan.example
云川市/水务局,程砺,经办,cheng@yunchuan.example
";

async fn send(browser: &mut Browser, number: &str, way: &str, fields: &[(&str, &str)]) -> Answer {
    let page = format!("/rectifications/{}", RectificationId::of(number));
    let version = browser.get(&page).await.hidden("version");
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(fields);
    browser.fill(&page, &format!("{page}/{way}"), &all).await
}

#[tokio::test]
async fn a_hand_over_names_and_moves_only_what_is_seen() {
    on_both(NOW, async |bench| {
        bench.contacts(PEOPLE).await;
        bench.rectifications(LEDGER).await;
        let mut desk = of_unit(&bench, Role::Supervisor, "云川市/督查室").await;
        let fields = [("from", "程砺"), ("to", "高联络"), ("reason", "岗位调整")];
        let check = send(&mut desk, "ZG-1", "hand-over", &fields).await;
        assert_eq!(check.status, StatusCode::OK);
        assert!(
            check.text().contains("2 件：ZG-1、ZG-2") && !check.text().contains("ZG-3"),
            "{}",
            check.text()
        );
        let sure = [fields[0], fields[1], fields[2], ("sure", "1")];
        let offered = send(&mut desk, "ZG-1", "hand-over", &sure).await;
        let page = desk.follow(&offered).await;
        assert!(page.text().contains("2 件"), "{}", page.text());
        assert_eq!(
            bench.texts("SELECT number FROM hand_over_item ORDER BY number").await,
            ["ZG-1", "ZG-2"]
        );
        // One over everything is no matter of whoever does not see all of it.
        let giver = ledger::By::from("程砺");
        let all = ledger::offer(&bench.app, "程砺", "高联络", None, "调离", &giver, &Scope::WHOLE).await;
        let all = all.expect("an offer");
        assert_eq!(all.items.len(), 3);
        let page = desk
            .get(&format!("/rectifications/{}", RectificationId::of("ZG-1")))
            .await;
        assert!(!page.text().contains(&all.id), "{}", page.text());
        let foreign = send(&mut desk, "ZG-1", "confirm-hand-over", &[("offer", &all.id)]).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        let scope = Scope::of(Some(WATER));
        assert!(
            ledger::sees_offer(&bench.app, &all.id, &scope)
                .await
                .expect("an answer")
        );
        assert_eq!(
            ledger::offers_of(&bench.app, "ZG-1", &scope)
                .await
                .expect("a list")
                .len(),
            2
        );
        assert_eq!(
            ledger::offers_of(&bench.app, "ZG-3", &scope)
                .await
                .expect("a list")
                .len(),
            1
        );
        // What is done here is journaled under the account.
        let done = send(&mut desk, "ZG-1", "issue", &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let acted = "SELECT DISTINCT actor FROM journal WHERE action IN ('hand_over.offer', 'rectification') \
                     AND actor LIKE 'account:%'";
        assert_eq!(bench.texts(acted).await, ["account:demo-supervisor"]);
        bench.verified().await;
    })
    .await;
}

/// A browser before the pages of a service.
fn before(app: &App, change: impl FnOnce(&mut SiteInfo)) -> Browser {
    let mut site = info("http://127.0.0.1:8087", false);
    change(&mut site);
    Browser::new(Arc::new(app.clone()), site)
}

pub const PASSWORD: &str = "青石板上雨打芭蕉又一年秋";
const FRESH: &str = "渡口老船夫卖三筐橘子吧啊";

/// The three administrators, with passwords.
pub async fn three(app: &App) {
    let rules = Accounts::builtin().rules;
    let link = accounts::first_link(app, &rules)
        .await
        .expect("a link")
        .expect("no accounts yet");
    let token = link.rsplit('/').next().expect("a token").to_owned();
    let one = |role, login: &str, name: &str| Administrator {
        role,
        login: login.to_owned(),
        name: name.to_owned(),
        password: PASSWORD.to_owned(),
    };
    let all = vec![
        one(Role::SystemAdministrator, "sys", "何系统"),
        one(Role::SecurityAdministrator, "sec", "林安全"),
        one(Role::Auditor, "aud", "秦审计"),
    ];
    accounts::set_up(app, &rules, &token, all)
        .await
        .expect("three administrators");
}

async fn enter(browser: &mut Browser, login: &str, password: &str) -> StatusCode {
    let fields = [("login", login), ("password", password), ("next", "/help")];
    browser.fill("/sign-in", "/sign-in", &fields).await.status
}

#[tokio::test]
async fn the_present_password_is_not_guessed_at_a_screen_left_unlocked() {
    on_both(NOW, async |bench| {
        three(&bench.app).await;
        let mut screen = before(&bench.app, |_| {});
        screen.peer = Some(([10, 0, 0, 9], 5000).into());
        assert_eq!(enter(&mut screen, "sys", PASSWORD).await, StatusCode::SEE_OTHER);
        let guess = async |screen: &mut Browser, old: &str| {
            let fields = [("old", old), ("new", FRESH), ("again", FRESH)];
            screen.fill("/account", "/account/password", &fields).await
        };
        for _ in 0..5 {
            assert!(
                guess(&mut screen, "not-the-password")
                    .await
                    .text()
                    .contains("现在的密码不对")
            );
        }
        for path in ["/account/password", "/account/second/drop"] {
            let fields = [
                ("old", PASSWORD),
                ("present", PASSWORD),
                ("new", FRESH),
                ("again", FRESH),
            ];
            let page = screen.fill("/account", path, &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(page.text().contains("15 分钟以后再试"), "{path}: even the right one");
        }
        let refused = "SELECT COUNT(*) FROM journal WHERE action = 'password-refused' AND object_id = 'sys'";
        assert_eq!(bench.count(refused).await, 5);
        // The owner signs in elsewhere meanwhile, and can change it when the time has passed.
        let mut owner = before(&bench.app, |_| {});
        assert_eq!(enter(&mut owner, "sys", PASSWORD).await, StatusCode::SEE_OTHER);
        bench.set("2026-11-12T10:16:00+08:00");
        assert_eq!(guess(&mut owner, PASSWORD).await.status, StatusCode::SEE_OTHER);
        assert_eq!(
            screen.get("/help").await.status,
            StatusCode::SEE_OTHER,
            "the other place has ended"
        );
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn an_administrator_comes_back_in_from_the_machine_and_the_others_are_told() {
    on_both(NOW, async |bench| {
        three(&bench.app).await;
        bench
            .contacts("单位,姓名,角色,邮箱\n云川市,管甲,管理员,guan@yunchuan.example\n云川市,管乙,经办,jing@yunchuan.example\n")
            .await;
        let rules = Accounts::builtin().rules;
        let recover = async |login: &str| accounts::recover(&bench.app, &rules, login, "root").await;
        let mut stale = before(&bench.app, |_| {});
        assert_eq!(enter(&mut stale, "sec", PASSWORD).await, StatusCode::SEE_OTHER);
        bench.execute("UPDATE account SET locked_ms = 1 WHERE login = 'sec'").await;
        let given = recover(" SEC ").await.expect("a link");
        assert_eq!((given.login.as_str(), given.told), ("sec", 1));
        assert_eq!(stale.get("/help").await.status, StatusCode::SEE_OTHER, "the session has ended");
        assert_eq!(enter(&mut stale, "sec", PASSWORD).await, StatusCode::UNPROCESSABLE_ENTITY);
        let path = given.link.replacen("http://127.0.0.1:8080", "", 1);
        let fields = [("password", FRESH), ("again", FRESH)];
        let set = stale.fill(&path, &path, &fields).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text());
        assert_eq!(stale.get(&path).await.status, StatusCode::NOT_FOUND, "it works once");
        assert_eq!(enter(&mut stale, "sec", FRESH).await, StatusCode::SEE_OTHER);
        let entry = bench
            .texts("SELECT actor || ' ' || object_id || ' ' || detail FROM journal WHERE action = 'recover'")
            .await;
        assert!(entry.len() == 1 && entry[0].starts_with("local sec 在服务器上由系统账号 root "), "{entry:?}");
        let mails = bench.texts("SELECT recipient || ' ' || subject FROM mail").await;
        assert_eq!(mails, ["guan@yunchuan.example 【紧急】安全管理员的密码 sec：已在服务器上重设"]);
        for (login, page) in [("sys", "/accounts"), ("aud", "/audit")] {
            let mut other = before(&bench.app, |_| {});
            assert_eq!(enter(&mut other, login, PASSWORD).await, StatusCode::SEE_OTHER);
            let shown = other.get(page).await;
            assert!(shown.text().contains("<strong>账号 sec</strong>"), "{page}: {}", shown.text());
        }
        bench.set("2026-11-20T10:00:00+08:00");
        let mut other = before(&bench.app, |_| {});
        assert_eq!(enter(&mut other, "sys", PASSWORD).await, StatusCode::SEE_OTHER);
        assert!(!other.get("/accounts").await.text().contains("账号 sec</strong>"), "a week later");
        // Nobody else is helped that way.
        bench
            .execute(
                "INSERT INTO account (login, name, role, password, version, created_ms) VALUES ('he', '何甲', 'handler', 'x', 0, 0); \
                 INSERT INTO account (login, name, version, created_ms) VALUES ('lin', '林乙', 0, 0); \
                 UPDATE account SET closed = (1 = 1) WHERE login = 'aud'",
            )
            .await;
        for (login, said) in [
            ("he", "网页"),
            ("lin", "网页"),
            ("aud", "停用"),
            ("nobody", "没有这个账号"),
            ("a b", "没有这个账号"),
        ] {
            let refused = recover(login).await.expect_err(login).to_string();
            assert!(refused.contains(said), "{login}: {refused}");
        }
        assert_eq!(bench.count("SELECT COUNT(*) FROM journal WHERE action = 'recover'").await, 1);
        bench.verified().await;
    })
    .await;
}

/// The three administrators in the database of a folder in which the program runs.
pub fn administrators(desk: &Desk) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let db = Db::open_sqlite(&desk.path("rongcuo.db")).await.expect("a database");
        let mut tx = db.begin().await.expect("a transaction");
        for (role, login, name) in [
            (Role::SystemAdministrator, "sys", "何系统"),
            (Role::SecurityAdministrator, "sec", "林安全"),
            (Role::Auditor, "aud", "秦审计"),
        ] {
            let account = Account {
                login: login.to_owned(),
                name: name.to_owned(),
                role: Some(role),
                unit: None,
                password: Some(String::new()),
                totp: None,
                totp_step: 0,
                closed: false,
                locked: None,
                version: 0,
                created: Moment::from_millis(0),
            };
            assert!(stored::insert(&mut tx, &account).await.expect("an account"));
        }
        tx.commit().await.expect("a commit");
        db.close().await;
    });
}

#[test]
fn the_commands_list_accounts_and_give_a_link() {
    let desk = Desk::new();
    assert!(desk.ok(0, &["account", "list"]).out.contains("还没有账号"));
    administrators(&desk);
    let listed = desk.ok(0, &["account", "list"]).out;
    assert!(
        listed.contains("sys") && listed.contains("林安全") && listed.contains("可用"),
        "{listed}"
    );
    let document = json(&desk.ok(0, &["account", "list", "--format", "json"]).out);
    assert_eq!(document["accounts"][0]["role"], "auditor");
    assert_eq!(document["accounts"][0]["state"], "usable");
    let document = json(&desk.ok(0, &["account", "recover", "sys", "--format", "json"]).out);
    let link = document["link"].as_str().expect("a link");
    assert!(link.starts_with("http://127.0.0.1:8087/set-up/"), "{document}");
    assert!(desk.ok(0, &["account", "list"]).out.contains("待设定密码"));
    assert!(
        desk.ok(2, &["account", "recover", "nobody"])
            .err
            .contains("没有这个账号")
    );
    desk.journal();
}

#[tokio::test]
async fn whoever_asks_too_often_waits() {
    on_both(NOW, async |bench| {
        let pace = Pace {
            address: Rate::per_minute(40),
            account: Rate::per_minute(30),
        };
        let token = session(&bench.app, Role::Handler).await;
        let mut browser = before(&bench.app, |site| site.pace = pace);
        browser.cookies.push(("rongcuo-session".to_owned(), token));
        browser.peer = Some(([10, 0, 0, 9], 5000).into());
        for _ in 0..30 {
            assert_eq!(browser.get("/help").await.status, StatusCode::OK);
        }
        let refused = browser.get("/help").await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.header("retry-after"), "2");
        assert!(
            refused.text().contains("请求太频繁") && refused.text().contains("2 秒"),
            "{}",
            refused.text()
        );
        // Every page brings its looks; the account is not charged for them.
        assert_eq!(browser.get("/assets/none.css").await.status, StatusCode::NOT_FOUND);
        // From elsewhere it is the same account; without one, the address alone counts.
        browser.peer = Some(([10, 0, 0, 8], 5000).into());
        assert_eq!(browser.get("/help").await.status, StatusCode::TOO_MANY_REQUESTS);
        browser.cookies.clear();
        browser.peer = Some(([10, 0, 0, 9], 5001).into());
        let mut left = 0;
        while browser.get("/sign-in").await.status == StatusCode::OK {
            left += 1;
        }
        assert_eq!(left, 40 - 30 - 1 - 1);
        let refused = browser.get("/sign-in").await;
        assert_eq!(
            (refused.status, refused.header("retry-after")),
            (StatusCode::TOO_MANY_REQUESTS, "2")
        );
        // Nobody else is hurt, nor is anybody on this machine; a minute later all is as before.
        browser.peer = Some(([10, 0, 0, 7], 5000).into());
        assert_eq!(browser.get("/sign-in").await.status, StatusCode::OK);
        browser.peer = Some(([127, 0, 0, 1], 5000).into());
        for _ in 0..50 {
            assert_eq!(browser.get("/sign-in").await.status, StatusCode::OK);
        }
        bench.set("2026-11-12T10:01:00+08:00");
        browser.peer = Some(([10, 0, 0, 9], 5000).into());
        assert_eq!(browser.get("/sign-in").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_address_counts_for_itself() {
    let (bench, _folder) = embedded().await;
    let mut browser = before(&bench.app, |site| {
        site.pace.address = Rate::per_minute(30);
        site.proxies = vec![[10, 0, 0, 5].into()];
    });
    browser.peer = Some(([10, 0, 0, 5], 5000).into());
    let asked = async |browser: &mut Browser, forwarded: &str| {
        browser.more = vec![("x-forwarded-for".to_owned(), forwarded.to_owned())];
        browser.get("/sign-in").await.status
    };
    for _ in 0..30 {
        assert_eq!(asked(&mut browser, "10.1.1.1").await, StatusCode::OK);
    }
    assert_eq!(asked(&mut browser, "10.1.1.1").await, StatusCode::TOO_MANY_REQUESTS);
    // What somebody writes in front of what the proxy saw is not believed.
    assert_eq!(
        asked(&mut browser, "10.9.9.9, 10.1.1.1").await,
        StatusCode::TOO_MANY_REQUESTS
    );
    assert_eq!(asked(&mut browser, "10.1.1.2").await, StatusCode::OK);
    // And whoever is no proxy is counted by where they are.
    browser.peer = Some(([10, 0, 0, 6], 5000).into());
    let mut taken = 0;
    while asked(&mut browser, &format!("10.2.2.{taken}")).await == StatusCode::OK {
        taken += 1;
    }
    assert_eq!(taken, 30);
}

async fn embedded() -> (Bench, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open_sqlite(&folder.path().join("test.db"))
        .await
        .expect("a database");
    (crate::support::app::bench(db, NOW).await, folder)
}

#[tokio::test]
async fn more_than_a_form_may_hold_is_not_read() {
    let (bench, _folder) = embedded().await;
    let mut clerk = Browser::signed_in(&bench.app, Role::Handler).await;
    let long = "长".repeat(70 * 1024);
    let page = clerk
        .fill("/cases/new", "/cases/new", &entry(&[("matter", &long)]))
        .await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    let many: Vec<(String, String)> = (0..600).map(|n| (format!("f{n}"), String::new())).collect();
    let many: Vec<(&str, &str)> = many
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let page = clerk.fill("/cases/new", "/cases/new", &many).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    // A file where none is asked for is bounded like the form.
    let heavy = vec![b'x'; 100 * 1024];
    let page = clerk
        .upload("/cases/new", "/cases/new", &[], &[("f", "a.csv", &heavy)])
        .await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(bench.count("SELECT COUNT(*) FROM tolerance_case").await, 0);
}

/// Places in the table of security requirements are there, and so are the tests it names by a piece of their name.
#[test]
fn what_the_table_of_requirements_names_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = include_str!("../../docs/asvs.md");
    let mut named = 0;
    for (at, quoted) in table.split('`').enumerate().filter(|(at, _)| at % 2 == 1) {
        let is_place = ["src/", "tests/", "docs/", "config/"]
            .iter()
            .any(|room| quoted.starts_with(room));
        if !is_place || quoted.contains('…') {
            continue;
        }
        if root.join(quoted).is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(root.join(quoted)).unwrap_or_else(|error| panic!("{quoted}: {error}"));
        named += 1;
        let behind = table.split('`').nth(at + 1).unwrap_or_default();
        let tests = behind
            .strip_prefix('，')
            .and_then(|rest| rest.split(['）', '；', '\n']).next());
        for test in tests
            .unwrap_or_default()
            .split('、')
            .filter(|name| name.is_ascii() && !name.is_empty())
        {
            let there = text.lines().any(|line| line.contains("fn ") && line.contains(test));
            assert!(there, "{quoted} has no test {test}");
        }
    }
    assert!(named > 100, "{named}");
    // Every requirement stands in one row.
    let mut rows: Vec<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next())
        .flat_map(|numbers| numbers.split('、'))
        .filter(|number| number.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    let before = rows.len();
    rows.sort_unstable();
    rows.dedup();
    assert_eq!(rows.len(), before);
}
