//! Signing in and being kept out, through the whole router: accounts, sessions, roles, forms.

use crate::support::app::{Bench, on_both};
use crate::support::site::{Answer, Browser, info};
use axum::http::StatusCode;
use rongcuo::app::App;
use rongcuo::app::accounts::{self, Administrator};
use rongcuo::config::Accounts;
use rongcuo::domain::account::Role;
use rongcuo::runtime::totp;
use rongcuo::web::routes;
use std::net::SocketAddr;
use std::sync::Arc;

const NOW: &str = "2026-09-28T10:00:00+08:00";
const PASSWORD: &str = "青石板上雨打芭蕉又一年秋";
const OTHER: &str = "渡口老船夫卖三筐橘子吧啊";

fn browser(bench: &Bench) -> Browser {
    Browser::new(Arc::new(bench.app.clone()), info("http://127.0.0.1:8087", false))
}

/// Path and query of a link that was given out.
fn path(link: &str) -> String {
    link.replacen("http://127.0.0.1:8080", "", 1)
}

async fn three(bench: &Bench) {
    let rules = Accounts::builtin().rules;
    let link = accounts::first_link(&bench.app, &rules)
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
    accounts::set_up(&bench.app, &rules, &token, all)
        .await
        .expect("three administrators");
}

async fn enter(browser: &mut Browser, login: &str, password: &str) -> StatusCode {
    enter_with(browser, login, password, "").await
}

async fn enter_with(browser: &mut Browser, login: &str, password: &str, code: &str) -> StatusCode {
    let fields = [
        ("login", login),
        ("password", password),
        ("code", code),
        ("next", "/help"),
    ];
    browser.fill("/sign-in", "/sign-in", &fields).await.status
}

#[tokio::test]
async fn the_first_three_are_made_by_a_link_that_works_once() {
    on_both(NOW, async |bench| {
        let rules = Accounts::builtin().rules;
        let first = accounts::first_link(&bench.app, &rules).await.unwrap().expect("a link");
        let second = accounts::first_link(&bench.app, &rules).await.unwrap().expect("a link");
        let mut browser = browser(&bench);
        assert_eq!(
            browser.get(&path(&first)).await.status,
            StatusCode::NOT_FOUND,
            "an earlier link still works"
        );
        assert!(browser.get("/sign-in").await.text().contains("一次性链接"));
        let fields = |names: [&'static str; 3]| {
            let mut fields = Vec::new();
            for (role, login, name, end) in [
                ("system-administrator", "sys", names[0], "一"),
                ("security-administrator", "sec", names[1], "二"),
                ("auditor", "aud", names[2], "三"),
            ] {
                fields.push((format!("{role}-login"), login.to_owned()));
                fields.push((format!("{role}-name"), name.to_owned()));
                fields.push((format!("{role}-password"), format!("{PASSWORD}{end}")));
            }
            fields
        };
        let page = path(&second);
        for (names, said) in [(["甲某", "甲某", "丙某"], "三个人"), (["甲某", "", "丙某"], "姓名")] {
            let all = fields(names);
            let all: Vec<_> = all
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let refused = browser.fill(&page, &page, &all).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                refused.text().contains(said) && !refused.text().contains(PASSWORD),
                "{said}"
            );
            assert!(refused.text().contains("value=\"sys\""), "what was typed is lost");
        }
        let all = fields(["甲某", "乙某", "丙某"]);
        let all: Vec<_> = all
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let mut shared = all.clone();
        shared[8].1 = shared[5].1;
        let refused = browser.fill(&page, &page, &shared).await;
        assert!(refused.text().contains("密码必须各不相同"), "{}", refused.text());
        let made = browser.fill(&page, &page, &all).await;
        let next = browser.follow(&made).await;
        assert!(next.text().contains("三位管理员已建立"), "{}", next.text());
        assert_eq!(browser.get(&page).await.status, StatusCode::NOT_FOUND);
        assert_eq!(accounts::first_link(&bench.app, &rules).await.unwrap(), None);
        let own = format!("{PASSWORD}二");
        assert_eq!(enter(&mut browser, "sec", &own).await, StatusCode::SEE_OTHER);
        assert!(browser.get("/help").await.text().contains("乙某 · 安全管理员"));
    })
    .await;
}

#[tokio::test]
async fn nobody_learns_which_part_was_wrong_and_tries_end() {
    on_both(NOW, async |bench| {
        three(&bench).await;
        let mut guest = browser(&bench);
        guest.peer = Some(SocketAddr::from(([10, 0, 0, 9], 5000)));
        let refused = async |guest: &mut Browser, login: &str| {
            let fields = [("login", login), ("password", "wrong-password-1")];
            let answer = guest.fill("/sign-in", "/sign-in", &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{login}");
            // The page says the same for both, but for the name that was typed and the marks of the form.
            let text = answer.text().split("class=\"problems\"").nth(1).unwrap().to_owned();
            text.split("</div>").next().unwrap().to_owned()
        };
        assert_eq!(refused(&mut guest, "sys").await, refused(&mut guest, "nobody").await);
        for _ in 0..4 {
            refused(&mut guest, "sys").await;
        }
        let fields = [("login", "sys"), ("password", PASSWORD)];
        let later = guest.fill("/sign-in", "/sign-in", &fields).await;
        assert!(
            later.text().contains("15 分钟以后再试"),
            "a right password is looked at after five wrong ones"
        );
        // The same answer for a name that is nobody's.
        for _ in 0..5 {
            refused(&mut guest, "ghost").await;
        }
        let fields = [("login", "ghost"), ("password", PASSWORD)];
        assert!(
            guest
                .fill("/sign-in", "/sign-in", &fields)
                .await
                .text()
                .contains("15 分钟以后再试")
        );
        // Another account from the same address is let in, and the first one again after the window.
        assert_eq!(enter(&mut guest, "sec", PASSWORD).await, StatusCode::SEE_OTHER);
        bench.set("2026-09-28T10:16:00+08:00");
        guest.cookies.clear();
        assert_eq!(enter(&mut guest, "sys", PASSWORD).await, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn an_address_that_tries_many_names_is_kept_out() {
    on_both(NOW, async |bench| {
        three(&bench).await;
        let mut tx = bench.app.db.begin().await.unwrap();
        for n in 0..50 {
            let at = bench.app.now();
            rongcuo::store::accounts::failed(&mut tx, &format!("key-{n}"), "10.0.0.9", at)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let mut guest = browser(&bench);
        guest.peer = Some(SocketAddr::from(([10, 0, 0, 9], 5000)));
        assert_eq!(
            enter(&mut guest, "sys", PASSWORD).await,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        guest.peer = Some(SocketAddr::from(([10, 0, 0, 10], 5000)));
        assert_eq!(enter(&mut guest, "sys", PASSWORD).await, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn a_session_is_new_at_signing_in_and_ends_in_every_way() {
    on_both(NOW, async |bench| {
        three(&bench).await;
        let mut guest = browser(&bench);
        // What a browser brings along is never made a session.
        let planted = "a".repeat(64);
        guest.cookies.push(("rongcuo-session".to_owned(), planted.clone()));
        assert_eq!(guest.get("/help").await.status, StatusCode::SEE_OTHER);
        assert_eq!(enter(&mut guest, "sys", PASSWORD).await, StatusCode::SEE_OTHER);
        let token = guest
            .cookies
            .iter()
            .find(|(name, _)| name == "rongcuo-session")
            .unwrap()
            .1
            .clone();
        assert_ne!(token, planted);
        assert_eq!(guest.get("/help").await.status, StatusCode::OK);
        // A visit's cookie opens nothing.
        let mut other = browser(&bench);
        other.get("/sign-in").await;
        let visit = other
            .cookies
            .iter()
            .find(|(name, _)| name == "rongcuo-visit")
            .unwrap()
            .1
            .clone();
        other.cookies.push(("rongcuo-session".to_owned(), visit));
        assert_eq!(other.get("/help").await.status, StatusCode::SEE_OTHER);
        // Idle for an hour it ends; in use it ends after twelve hours.
        bench.set("2026-09-28T10:59:00+08:00");
        assert_eq!(guest.get("/help").await.status, StatusCode::OK);
        bench.set("2026-09-28T11:58:00+08:00");
        assert_eq!(guest.get("/help").await.status, StatusCode::OK, "use prolongs it");
        bench.set("2026-09-28T12:59:00+08:00");
        assert_eq!(guest.get("/help").await.status, StatusCode::SEE_OTHER, "idle");
        guest.cookies.clear();
        assert_eq!(enter(&mut guest, "sys", PASSWORD).await, StatusCode::SEE_OTHER);
        for hour in 13..=24 {
            let day = if hour < 24 { "2026-09-28" } else { "2026-09-29" };
            bench.set(&format!("{day}T{:02}:50:00+08:00", hour % 24));
            guest.get("/help").await;
        }
        bench.set("2026-09-29T01:00:00+08:00");
        assert_eq!(guest.get("/help").await.status, StatusCode::SEE_OTHER, "twelve hours");
        // Signing out ends it at the server, not only in the browser.
        assert_eq!(enter(&mut guest, "sys", PASSWORD).await, StatusCode::SEE_OTHER);
        let kept = guest.cookies.clone();
        assert_eq!(
            guest.fill("/help", "/sign-out", &[]).await.status,
            StatusCode::SEE_OTHER
        );
        assert!(guest.cookies.iter().all(|(name, _)| name != "rongcuo-session"));
        guest.cookies = kept;
        assert_eq!(guest.get("/help").await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn a_code_of_the_second_factor_counts_once() {
    on_both(NOW, async |bench| {
        three(&bench).await;
        let mut own = browser(&bench);
        enter(&mut own, "sys", PASSWORD).await;
        let token = own
            .cookies
            .iter()
            .find(|(name, _)| name == "rongcuo-session")
            .unwrap()
            .1
            .clone();
        let rules = Accounts::builtin().rules;
        let who = accounts::current(&bench.app, &rules, &token)
            .await
            .unwrap()
            .expect("signed in");
        let enrolment = accounts::enrol(&bench.app, "sys");
        let at = |app: &App| u64::try_from(app.now().millis() / 1000).unwrap();
        let secret = bench
            .app
            .keys
            .open(&unhex(&enrolment.sealed), b"second-factor|sys")
            .unwrap();
        assert!(
            accounts::confirm_second(&bench.app, &who, &enrolment.sealed, "000000")
                .await
                .is_err()
        );
        let code = totp::code(&secret, at(&bench.app) / totp::STEP);
        accounts::confirm_second(&bench.app, &who, &enrolment.sealed, &code)
            .await
            .expect("the first code");
        let mut guest = browser(&bench);
        assert_eq!(
            enter(&mut guest, "sys", PASSWORD).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "without a code"
        );
        assert_eq!(
            enter_with(&mut guest, "sys", PASSWORD, &code).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "used"
        );
        bench.set("2026-09-28T10:01:00+08:00");
        let code = totp::code(&secret, at(&bench.app) / totp::STEP);
        assert_eq!(
            enter_with(&mut guest, "sys", OTHER, &code).await,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        bench.set("2026-09-28T10:02:00+08:00");
        let code = totp::code(&secret, at(&bench.app) / totp::STEP);
        assert_eq!(
            enter_with(&mut guest, "sys", PASSWORD, &code).await,
            StatusCode::SEE_OTHER
        );
        assert!(
            accounts::drop_second(&bench.app, &rules, &who, OTHER, "127.0.0.1")
                .await
                .is_err()
        );
    })
    .await;
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal"))
        .collect()
}

#[tokio::test]
async fn the_auditor_finds_by_the_words_that_people_know() {
    on_both(NOW, async |bench| {
        let case = crate::support::casework::new_case("林甲");
        let case = bench
            .open(&case, &rongcuo::domain::procedure::Act::StartAccountability)
            .await;
        let mut handler = Browser::signed_in(&bench.app, Role::Handler).await;
        assert_eq!(handler.get("/cases").await.status, StatusCode::OK);
        let mut auditor = Browser::signed_in(&bench.app, Role::Auditor).await;
        for (asked, found) in [
            ("actor=demo-handler", "演示经办（demo-handler）"),
            ("actor=account:demo-handler", "演示经办（demo-handler）"),
            ("actor=%E6%BC%94%E7%A4%BA%E7%BB%8F%E5%8A%9E", "演示经办（demo-handler）"),
            (&format!("object={case}&action=case.act"), "办理案件</td>"),
            // What is owed for the case is found with it, by its name.
            (&format!("object={case}&action=obligation.add"), "产生期限</td>"),
            ("object=demo-handler&kind=account", "登录</td>"),
        ] {
            let page = auditor.get(&format!("/audit?{asked}")).await;
            let rows = page
                .text()
                .split("<tbody>")
                .nth(1)
                .unwrap_or_else(|| panic!("{asked}: nothing"));
            assert!(rows.contains(found), "{asked}: {rows}");
            assert!(!rows.contains("parallel_review"), "{asked}: {rows}");
        }
        let none = auditor.get("/audit?object=RC-9999-001").await;
        assert!(none.text().contains("没有符合条件的记录"));
        let reversed = auditor.get("/audit?from=2026-11-30&to=2026-11-01").await;
        assert!(reversed.text().contains("起始日期晚于截止日期"), "{}", reversed.text());
    })
    .await;
}

#[tokio::test]
async fn administrators_grant_lock_and_close_and_never_themselves() {
    on_both(NOW, async |bench| {
        three(&bench).await;
        let (app, rules) = (&bench.app, Accounts::builtin().rules);
        let who = |login: &str, role| rongcuo::domain::account::Viewer {
            login: login.to_owned(),
            name: String::new(),
            role,
            scope: rongcuo::domain::account::Scope::WHOLE,
        };
        let (sys, sec) = (
            who("sys", Role::SystemAdministrator),
            who("sec", Role::SecurityAdministrator),
        );
        let link = accounts::make(app, &rules, &sys, "lin.jia", "林甲")
            .await
            .expect("an account");
        assert!(accounts::make(app, &rules, &sys, "lin.jia", "林乙").await.is_err());
        let mut guest = browser(&bench);
        let page = path(&link);
        let short = guest
            .fill(&page, &page, &[("password", "short"), ("again", "short")])
            .await;
        assert!(short.text().contains("至少 12 个字符"), "{}", short.text());
        let personal = guest
            .fill(&page, &page, &[("password", "lin.jia20261"), ("again", "lin.jia20261")])
            .await;
        assert_eq!(personal.status, StatusCode::UNPROCESSABLE_ENTITY);
        let set = guest
            .fill(&page, &page, &[("password", PASSWORD), ("again", PASSWORD)])
            .await;
        assert_eq!(set.status, StatusCode::SEE_OTHER);
        assert_eq!(
            enter(&mut guest, "lin.jia", PASSWORD).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "no role yet"
        );
        assert!(
            accounts::grant(app, &sec, "lin.jia", Role::Liaison, None)
                .await
                .is_err(),
            "a liaison of no unit"
        );
        // A unit that nothing here belongs to is granted, and said.
        let mut security = browser(&bench);
        enter(&mut security, "sec", PASSWORD).await;
        for (unit, warned) in [("没有/这个", true), ("", false)] {
            let fields = [("role", "handler"), ("unit", unit)];
            let granted = security
                .fill("/accounts/lin.jia", "/accounts/lin.jia/grant", &fields)
                .await;
            let page = security.follow(&granted).await;
            assert!(page.text().contains("角色已授予"), "{}", page.text());
            assert_eq!(page.text().contains("没有「没有/这个」及其下级单位"), warned);
        }
        accounts::grant(app, &sec, "lin.jia", Role::Handler, None)
            .await
            .expect("a role");
        assert_eq!(enter(&mut guest, "lin.jia", PASSWORD).await, StatusCode::SEE_OTHER);
        assert_eq!(guest.get("/obligations").await.status, StatusCode::OK);
        // Another role from the next request on: the session has ended.
        accounts::grant(app, &sec, "lin.jia", Role::Prechecker, None)
            .await
            .expect("a role");
        assert_eq!(guest.get("/obligations").await.status, StatusCode::SEE_OTHER);
        assert_eq!(enter(&mut guest, "lin.jia", PASSWORD).await, StatusCode::SEE_OTHER);
        assert_eq!(guest.get("/obligations").await.status, StatusCode::FORBIDDEN);
        accounts::lock(app, &sec, "lin.jia").await.expect("locked");
        assert_eq!(guest.get("/help").await.status, StatusCode::SEE_OTHER);
        assert_eq!(
            enter(&mut guest, "lin.jia", PASSWORD).await,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        accounts::unlock(app, &sec, "lin.jia").await.expect("unlocked");
        assert_eq!(enter(&mut guest, "lin.jia", PASSWORD).await, StatusCode::SEE_OTHER);
        // A new link makes the old password worthless.
        accounts::reset(app, &rules, &sys, "lin.jia").await.expect("a link");
        assert_eq!(guest.get("/help").await.status, StatusCode::SEE_OTHER);
        assert_eq!(
            enter(&mut guest, "lin.jia", PASSWORD).await,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        // Nor can whoever hands out links use one alone: it must be unlocked by another.
        let mut tx = app.db.read().await.unwrap();
        let kept = rongcuo::store::accounts::by_login(&mut tx, "lin.jia").await.unwrap();
        tx.rollback().await.unwrap();
        assert!(kept.is_some_and(|account| account.locked.is_some() && account.password.is_none()));
        assert!(
            accounts::reset(app, &rules, &sys, "sec").await.is_err(),
            "the only one of its kind"
        );
        assert!(accounts::reset(app, &rules, &sys, "sys").await.is_err(), "oneself");
        // Nobody is two of the three, nobody changes themselves, and none of the three is the last to go.
        accounts::make(app, &rules, &sys, "second", "何系统")
            .await
            .expect("an account");
        for role in [Role::Auditor, Role::SecurityAdministrator, Role::Handler] {
            assert!(
                accounts::grant(app, &sec, "second", role, None).await.is_err(),
                "{role:?}"
            );
        }
        assert!(accounts::grant(app, &sec, "sec", Role::Handler, None).await.is_err());
        assert!(accounts::close(app, &sys, "aud").await.is_err());
        assert!(accounts::lock(app, &sec, "sys").await.is_err());
    })
    .await;
}

#[tokio::test]
async fn every_route_is_for_its_roles_only() {
    let bench = one(NOW).await;
    let mut tried = 0;
    for role in Role::ALL {
        let mut browser = Browser::signed_in(&bench.0.app, role).await;
        for route in routes::<App>() {
            let (method, address, who) = parts(&route);
            let address = filled(address);
            let answer = browser.send(method, &address, None, axum::body::Body::empty()).await;
            let allowed = who == "anyone" || who == "local" || who.split(',').any(|one| one == role.as_str());
            if allowed {
                // A form without its mark is refused as a form, not as a route.
                assert!(!answer.text_or_empty().contains("不归这个角色使用"), "{route} {role:?}");
            } else {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{route} {role:?}");
                assert!(answer.text().contains("不归这个角色使用"), "{route} {role:?}");
                tried += 1;
            }
        }
    }
    assert!(tried > 60, "only {tried} denied pairs were tried");
    // Nobody at all: reading leads to signing in, sending is refused.
    let mut nobody = browser(&bench.0);
    for route in routes::<App>() {
        let (method, address, who) = parts(&route);
        if who == "anyone" || who == "local" {
            continue;
        }
        let answer = nobody
            .send(method, &filled(address), None, axum::body::Body::empty())
            .await;
        let expected = if method == "GET" {
            StatusCode::SEE_OTHER
        } else {
            StatusCode::UNAUTHORIZED
        };
        assert_eq!(answer.status, expected, "{route}");
        if method == "GET" {
            assert!(answer.header("location").starts_with("/sign-in?next="), "{route}");
        }
    }
}

fn parts(route: &str) -> (&str, &str, &str) {
    let mut words = route.split(' ');
    let mut next = || words.next().expect("method, path, roles");
    (next(), next(), next())
}

fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "x1" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

/// A bench on an embedded database, for tests that are about the router.
async fn one(now: &str) -> (Bench, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("as the test set it up");
    let db = rongcuo::store::Db::open_sqlite(&folder.path().join("test.db"))
        .await
        .expect("as the test set it up");
    (crate::support::app::bench(db, now).await, folder)
}

#[tokio::test]
async fn no_form_is_taken_without_its_mark_or_twice() {
    let (bench, _folder) = one(NOW).await;
    three(&bench).await;
    for role in Role::ALL {
        let mut browser = Browser::signed_in(&bench.app, role).await;
        for route in routes::<App>() {
            let (method, address, who) = parts(&route);
            // A webhook is sealed, not marked, and the page behind a mail's link is its own credential.
            if method != "POST" || address.starts_with("/bounces") || !who.split(',').any(|one| one == role.as_str()) {
                continue;
            }
            let bare = browser.post(&filled(address), &[("note", "x")]).await;
            assert_eq!(bare.status, StatusCode::FORBIDDEN, "{route}");
            let foreign = [
                ("form_mark", "0123456789abcdef0123456789abcdef"),
                ("form_key", "0123456789abcdef0123456789abcdef"),
            ];
            assert_eq!(
                browser.post(&filled(address), &foreign).await.status,
                StatusCode::FORBIDDEN,
                "{route}"
            );
        }
    }
    // The same form twice is one act, and the second shows what came of the first.
    let mut guest = browser(&bench);
    let page = guest.get("/sign-in").await;
    let fields = [
        ("form_mark", page.hidden("form_mark")),
        ("form_key", page.hidden("form_key")),
        ("login", "sys".to_owned()),
        ("password", PASSWORD.to_owned()),
        ("next", "/help".to_owned()),
    ];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let before = guest.cookies.clone();
    assert_eq!(guest.post("/sign-in", &fields).await.status, StatusCode::SEE_OTHER);
    let count = async || {
        let mut tx = bench.app.db.read().await.unwrap();
        let sessions = rongcuo::store::accounts::sessions(&mut tx, "sys", bench.app.now())
            .await
            .unwrap();
        tx.rollback().await.unwrap();
        sessions.len()
    };
    assert_eq!(count().await, 1);
    guest.cookies = before;
    let again = guest.post("/sign-in", &fields).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert!(
        again.header("location").starts_with("/help?done="),
        "{}",
        again.header("location")
    );
    assert_eq!(count().await, 1);
}

#[tokio::test]
async fn other_sites_cannot_send_our_forms_or_follow_us_out() {
    let (bench, _folder) = one(NOW).await;
    three(&bench).await;
    let mut guest = browser(&bench);
    guest
        .more
        .push(("origin".to_owned(), "https://evil.example".to_owned()));
    let page = guest.get("/sign-in").await;
    let fields = [
        ("form_mark", page.hidden("form_mark")),
        ("form_key", page.hidden("form_key")),
        ("login", "sys".to_owned()),
        ("password", PASSWORD.to_owned()),
    ];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(
        guest.post("/sign-in", &fields).await.status,
        StatusCode::MISDIRECTED_REQUEST
    );
    guest.more.clear();
    let fields = [("login", "sys"), ("password", PASSWORD), ("next", "//evil.example/")];
    let answer = guest.fill("/sign-in", "/sign-in", &fields).await;
    assert_eq!(answer.header("location"), "/");
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"),
        "{cookie}"
    );
    // Over TLS the cookie is for TLS only and bound to this host.
    let mut tls = Browser::new(Arc::new(bench.app.clone()), info("https://rc.yunchuan.example", false));
    let answer = tls.get("/sign-in").await;
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-rongcuo-visit=") && cookie.contains("; Secure"),
        "{cookie}"
    );
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test]
async fn only_the_demonstration_lets_anybody_in() {
    let (bench, _folder) = one(NOW).await;
    let mut real = browser(&bench);
    let answer = real.fill_sign_in_demo().await;
    assert_eq!(answer, StatusCode::NOT_FOUND);
    let mut demo = Browser::new(Arc::new(bench.app.clone()), info("http://127.0.0.1:8087", true));
    for role in Role::ALL {
        demo.cookies.clear();
        let fields = [("role", role.as_str()), ("next", "/")];
        let answer = demo.fill("/sign-in", "/sign-in/demo", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{role:?}");
        let mut page = demo.get("/").await;
        if page.status == StatusCode::SEE_OTHER {
            page = demo.follow(&page).await;
        }
        assert_eq!(page.status, StatusCode::OK, "{role:?}");
        assert!(page.text().contains(role.zh()), "{role:?}");
    }
}

impl Browser {
    async fn fill_sign_in_demo(&mut self) -> StatusCode {
        let page = self.get("/sign-in").await;
        assert!(!page.text().contains("演示模式"));
        // A site without accounts shows no form at all; its mark is that of the visit.
        let fields = [("role", "handler"), ("next", "/")];
        if page.text().contains("form_mark") {
            self.fill("/sign-in", "/sign-in/demo", &fields).await.status
        } else {
            match self.post("/sign-in/demo", &fields).await.status {
                StatusCode::FORBIDDEN => StatusCode::NOT_FOUND,
                other => other,
            }
        }
    }
}

#[tokio::test]
async fn a_proxy_is_believed_only_where_it_is_named() {
    let (bench, _folder) = one(NOW).await;
    three(&bench).await;
    let mut site = info("http://127.0.0.1:8087", false);
    site.proxies = vec!["10.0.0.1".parse().unwrap()];
    site.proxy_header = Some("x-remote-user".to_owned());
    let mut through = Browser::new(Arc::new(bench.app.clone()), site);
    through.more = vec![("x-remote-user".to_owned(), "sys".to_owned())];
    through.peer = Some(SocketAddr::from(([10, 0, 0, 2], 5000)));
    assert_eq!(
        through.get("/help").await.status,
        StatusCode::SEE_OTHER,
        "another address"
    );
    through.peer = Some(SocketAddr::from(([10, 0, 0, 1], 5000)));
    assert!(through.get("/help").await.text().contains("何系统 · 系统管理员"));
    through.more = vec![("x-remote-user".to_owned(), "nobody".to_owned())];
    assert_eq!(
        through.get("/help").await.status,
        StatusCode::SEE_OTHER,
        "no such account"
    );
    through.more = vec![
        ("x-remote-user".to_owned(), "sys".to_owned()),
        ("x-remote-user".to_owned(), "sec".to_owned()),
    ];
    assert_eq!(through.get("/help").await.status, StatusCode::SEE_OTHER, "two names");
    // Numbers and readiness are for programs on this machine.
    through.more.clear();
    assert_eq!(through.get("/metrics").await.status, StatusCode::NOT_FOUND);
    through.peer = Some(SocketAddr::from(([127, 0, 0, 1], 5000)));
    assert_eq!(through.get("/metrics").await.status, StatusCode::OK);
    through.more = vec![("x-forwarded-for".to_owned(), "203.0.113.9".to_owned())];
    assert_eq!(
        through.get("/metrics").await.status,
        StatusCode::NOT_FOUND,
        "through a proxy here"
    );
}

#[tokio::test]
async fn what_was_typed_while_the_sign_in_ended_is_sent_under_the_next_one() {
    let (bench, _folder) = one(NOW).await;
    let mut clerk = Browser::signed_in(&bench.app, Role::Handler).await;
    let page = clerk.get("/cases/new").await;
    let fields = [
        ("form_mark", page.hidden("form_mark")),
        ("form_key", page.hidden("form_key")),
        ("name", "沈砚舟".to_owned()),
        ("case_unit", "云川市/住建局".to_owned()),
        ("matter", "加装电梯<b>\"补贴\"误发".to_owned()),
        ("organ", "云川市纪委监委".to_owned()),
        ("start", "accountability".to_owned()),
        ("on", NOW[..10].to_owned()),
    ];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    bench.execute("DELETE FROM session").await;
    let lost = clerk.post("/cases/new", &fields).await;
    assert_eq!(lost.status, StatusCode::UNAUTHORIZED);
    assert!(lost.text().contains("href=\"/sign-in\""), "at least the way in");
    assert!(
        !lost.text().contains("沈砚舟"),
        "nothing that may come from elsewhere is held out"
    );
    clerk.more.push(("sec-fetch-site".to_owned(), "same-origin".to_owned()));
    let held = clerk.post("/cases/new", &fields).await;
    assert_eq!(held.status, StatusCode::UNAUTHORIZED);
    let text = held.text();
    assert!(text.contains("沈砚舟") && text.contains("加装电梯&#60;b&#62;") && !text.contains("加装电梯<b>"));
    assert!(text.contains("href=\"/sign-in\" target=\"_blank\"") && text.contains("action=\"/cases/new\""));
    let secret = [
        ("present", "旧的 密码 十二个字符"),
        ("password", "新的 密码 十二个字符"),
    ];
    let refused = clerk.post("/account/password", &secret).await;
    assert!(refused.status == StatusCode::UNAUTHORIZED && !refused.text().contains("十二个字符"));
    // Signed in anew, beside this page: the form is shown once more and sent by hand.
    let fresh = Browser::signed_in(&bench.app, Role::Handler).await;
    clerk.cookies.clone_from(&fresh.cookies);
    let carried = |page: &Answer| {
        let names = [
            "form_mark",
            "form_key",
            "name",
            "case_unit",
            "matter",
            "organ",
            "start",
            "on",
        ];
        names.map(|name| {
            let value = page.hidden(name).replace("&#60;", "<").replace("&#62;", ">");
            (name, value.replace("&#34;", "\""))
        })
    };
    let fields = carried(&held);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let again = clerk.post("/cases/new", &fields).await;
    assert_eq!(
        again.status,
        StatusCode::FORBIDDEN,
        "nothing is done before it is sent by hand"
    );
    assert!(again.text().contains("请核对") && again.text().contains("沈砚舟"));
    let fields = carried(&again);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let checked = clerk.post("/cases/new", &fields).await;
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.text());
    assert!(checked.text().contains("补贴&#34;误发"), "{}", checked.text());
    assert_eq!(bench.count("SELECT COUNT(*) FROM tolerance_case").await, 0);
}
