//! Signing in with the word of a provider: with one that does wrong on purpose, and with a real one.

mod fake;
mod real;

use crate::safety::{PASSWORD, three};
use crate::support::app::{Bench, bench, on_both};
use crate::support::site::{Answer, Browser, info};
use axum::http::StatusCode;
use base64::Engine as _;
use fake::{Fake, SECRET, challenge, fields, sign_on};
use rongcuo::app::accounts::{self, oidc::SignOn};
use rongcuo::config::Accounts;
use rongcuo::domain::ids::unhex;
use rongcuo::domain::time::Moment;
use rongcuo::runtime::totp;
use rongcuo::store::Db;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

const NOW: &str = "2026-09-28T10:00:00+08:00";
/// Does a script one fault.
type Plant = fn(&mut fake::Script);

const PAGES: &str = "http://127.0.0.1:8087";

fn browser(bench: &Bench, on: SignOn) -> Browser {
    let mut site = info(PAGES, false);
    site.sign_on = Some(on);
    let mut browser = Browser::new(Arc::new(bench.app.clone()), site);
    browser.peer = Some(SocketAddr::from(([10, 0, 0, 9], 5000)));
    browser
}

/// A service on an embedded database with three accounts, and a provider that names one of them.
async fn small() -> (Bench, Fake, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open_sqlite(&folder.path().join("test.db"))
        .await
        .expect("a database");
    let bench = bench(db, NOW).await;
    three(&bench.app).await;
    (bench, Fake::start(Moment::parse(NOW).expect("a moment")).await, folder)
}

/// Follows the button; gives what the provider is asked.
async fn leave(browser: &mut Browser, fake: &Fake) -> HashMap<String, String> {
    let left = browser.get("/sign-in/oidc?next=/help").await;
    assert_eq!(left.status, StatusCode::SEE_OTHER, "{}", left.text());
    let place = format!("http://{}/authorize?tenant=a&", fake.address);
    let asked = left.header("location").strip_prefix(&place);
    let asked = fields(asked.unwrap_or_else(|| panic!("{}", left.header("location"))));
    fake.set(|script| script.claims["nonce"] = json!(asked["nonce"]));
    asked
}

async fn back(browser: &mut Browser, asked: &HashMap<String, String>) -> Answer {
    let state = &asked["state"];
    browser
        .get(&format!("/sign-in/oidc/back?code=c-1&state={state}&session_state=x"))
        .await
}

/// All the way.
async fn round(browser: &mut Browser, fake: &Fake) -> Answer {
    let asked = leave(browser, fake).await;
    back(browser, &asked).await
}

fn has_session(browser: &Browser) -> bool {
    browser.cookies.iter().any(|(name, _)| name == "rongcuo-session")
}

/// Nobody was let in, and the page says why and leads back.
fn assert_out(answer: &Answer, browser: &Browser, status: StatusCode, why: &str) {
    assert!(
        answer.status == status && answer.text().contains(why),
        "{} {}",
        answer.status,
        answer.text()
    );
    assert!(
        answer.text().contains("<a href=\"/sign-in?next=%2F"),
        "{}",
        answer.text()
    );
    assert!(!has_session(browser));
    assert!(browser.cookies.iter().all(|(name, _)| name != "rongcuo-away"));
}

#[tokio::test]
async fn whoever_the_provider_names_is_let_in_if_the_account_may_be_used() {
    on_both(NOW, async |bench| {
        three(&bench.app).await;
        let fake = Fake::start(bench.app.now()).await;
        let mut guest = browser(&bench, fake.sign_on());
        let form = guest.get("/sign-in?next=/help").await;
        let button = "<a class=\"button second\" href=\"/sign-in/oidc?next=%2Fhelp\">云川市统一身份认证</a>";
        assert!(form.text().contains(button), "{}", form.text());
        let planted = "a".repeat(64);
        guest.cookies.push(("rongcuo-session".to_owned(), planted.clone()));
        let asked = leave(&mut guest, &fake).await;
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", "rong cuo"),
            ("redirect_uri", "http://127.0.0.1:8087/sign-in/oidc/back"),
            ("scope", "openid profile"),
            ("code_challenge_method", "S256"),
        ] {
            assert_eq!(asked[name], value, "{name}");
        }
        let entered = back(&mut guest, &asked).await;
        assert_eq!(
            (entered.status, entered.header("location")),
            (StatusCode::SEE_OTHER, "/help"),
            "{}",
            entered.text()
        );
        let cookies: Vec<&str> = entered
            .headers
            .get_all("set-cookie")
            .iter()
            .map(|cookie| cookie.to_str().expect("ASCII"))
            .collect();
        let session = cookies.iter().find(|cookie| cookie.starts_with("rongcuo-session="));
        let session = session.expect("a session");
        assert!(
            session.contains("HttpOnly; SameSite=Lax") && !session.contains(&planted),
            "{session}"
        );
        assert!(guest.get("/help").await.text().contains("何系统 · 系统管理员"));
        // The code was redeemed by whoever asked for it, under the name and secret of this service.
        let seen = fake.last("/token");
        assert_eq!(challenge(&seen.fields["code_verifier"]), asked["code_challenge"]);
        assert_eq!(
            (
                seen.fields["grant_type"].as_str(),
                seen.fields["code"].as_str(),
                &seen.fields["redirect_uri"]
            ),
            ("authorization_code", "c-1", &asked["redirect_uri"])
        );
        assert!(!seen.fields.contains_key("client_secret"));
        let pair = base64::engine::general_purpose::STANDARD.encode("rong%20cuo:geheim%2F%2B%2077");
        assert_eq!(seen.authorization, format!("Basic {pair}"));
        // It ends like any other.
        let out = guest.fill("/account", "/sign-out", &[]).await;
        assert_eq!(out.header("location").split('?').next(), Some("/sign-in"));
        assert_eq!(guest.get("/help").await.status, StatusCode::SEE_OTHER);
        let told = "SELECT detail FROM journal WHERE action = 'sign-in' AND actor = 'account:sys'";
        assert_eq!(bench.texts(told).await, ["登录（统一身份认证），来自 10.0.0.9"]);
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_else_is_let_in_or_made_or_told_apart() {
    let (bench, fake, _folder) = small().await;
    let mut guest = browser(&bench, fake.sign_on());
    let told = "这个身份现在不能登录本系统";
    let mut pages = Vec::new();
    for (name, spoil) in [
        ("nobody.here", ""),
        // Another spelling may be another person there.
        ("SYS", ""),
        (" sys", ""),
        ("sys@yunchuan.example", ""),
        ("何系统", ""),
        ("sys", "UPDATE account SET locked_ms = 1 WHERE login = 'sys'"),
        ("sec", "UPDATE account SET closed = TRUE WHERE login = 'sec'"),
        ("aud", "UPDATE account SET role = NULL WHERE login = 'aud'"),
    ] {
        if !spoil.is_empty() {
            bench.execute(spoil).await;
        }
        fake.set(|script| script.claims["preferred_username"] = json!(name));
        let refused = round(&mut guest, &fake).await;
        assert_out(&refused, &guest, StatusCode::FORBIDDEN, told);
        let main = refused.text().split("<main").nth(1).expect("a page").to_owned();
        pages.push(main);
    }
    pages.dedup();
    assert_eq!(pages.len(), 1, "{pages:?}");
    assert_eq!(bench.count("SELECT COUNT(*) FROM account").await, 3);
    assert_eq!(bench.count("SELECT COUNT(*) FROM session").await, 0);
    let refusals =
        "SELECT actor || ' ' || object_id || ' ' || detail FROM journal WHERE action = 'sign-in-refused' ORDER BY seq";
    let refusals = bench.texts(refusals).await;
    assert_eq!(refusals.len(), 8, "{refusals:?}");
    assert_eq!(
        refusals[0],
        "oidc nobody.here 登录未成（统一身份认证）：没有这个账号，来自 10.0.0.9"
    );
    assert_eq!(
        refusals[1],
        "oidc - 登录未成（统一身份认证）：没有这个账号，来自 10.0.0.9"
    );
    assert_eq!(refusals[5], "account:sys sys 登录未成（统一身份认证），来自 10.0.0.9");
    bench.verified().await;
    // Tries end, whoever is named.
    let mut tx = bench.app.db.begin().await.expect("a transaction");
    for n in 0..50 {
        rongcuo::store::accounts::failed(&mut tx, &format!("key-{n}"), "10.0.0.9", bench.app.now())
            .await
            .expect("a failure");
    }
    tx.commit().await.expect("a commit");
    let before = fake.count("/token");
    let refused = round(&mut guest, &fake).await;
    assert_out(&refused, &guest, StatusCode::TOO_MANY_REQUESTS, "15 分钟以后再试");
    assert_eq!(fake.count("/token"), before, "nothing is redeemed any more");
}

#[tokio::test]
async fn the_second_factor_of_an_account_is_asked_for_all_the_same() {
    let (bench, fake, _folder) = small().await;
    let mut own = browser(&bench, fake.sign_on());
    round(&mut own, &fake).await;
    let held = own.cookies.iter().find(|(name, _)| name == "rongcuo-session");
    let token = held.expect("signed in").1.clone();
    let rules = Accounts::builtin().rules;
    let who = accounts::current(&bench.app, &rules, &token).await.expect("the store");
    let enrolment = accounts::enrol(&bench.app, "sys");
    let sealed = unhex(&enrolment.sealed).expect("hexadecimal");
    let secret = bench.app.keys.open(&sealed, b"second-factor|sys").expect("a secret");
    let code = || totp::code(&secret, bench.app.now().millis() as u64 / 1000 / totp::STEP);
    accounts::confirm_second(&bench.app, &who.expect("signed in"), &enrolment.sealed, &code())
        .await
        .expect("the first code");

    bench.set("2026-09-28T10:01:00+08:00");
    let mut guest = browser(&bench, fake.sign_on());
    let halfway = round(&mut guest, &fake).await;
    assert_eq!(halfway.header("location"), "/sign-in/oidc/code");
    assert!(!has_session(&guest));
    assert_eq!(guest.get("/help").await.status, StatusCode::SEE_OTHER);
    let page = "/sign-in/oidc/code";
    for wrong in ["", "000000"] {
        let refused = guest.fill(page, page, &[("code", wrong)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("动态验证码不对") && !has_session(&guest));
    }
    let stolen = guest.clone();
    let entered = guest.fill(page, page, &[("code", &code())]).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text());
    assert!(
        entered.header("location").starts_with("/help"),
        "{}",
        entered.header("location")
    );
    assert!(guest.get("/help").await.text().contains("何系统"));
    assert!(guest.cookies.iter().all(|(name, _)| name != "rongcuo-away"));
    // The same code does not count twice, the half way ends, and it is nobody's session.
    let mut copy = stolen.clone();
    assert_eq!(
        copy.fill(page, page, &[("code", &code())]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    bench.set("2026-09-28T10:12:00+08:00");
    let mut late = stolen;
    assert_out(
        &late.get(page).await,
        &late,
        StatusCode::UNPROCESSABLE_ENTITY,
        "已经过期",
    );
    assert_eq!(
        bench
            .count("SELECT COUNT(*) FROM journal WHERE action = 'sign-in-refused' AND actor = 'account:sys'")
            .await,
        3
    );
}

#[tokio::test]
async fn an_answer_counts_once_soon_and_in_the_browser_that_asked() {
    let (bench, fake, _folder) = small().await;
    let stale = StatusCode::UNPROCESSABLE_ENTITY;
    let mut guest = browser(&bench, fake.sign_on());
    // Nothing was asked here.
    assert_out(
        &guest.get("/sign-in/oidc/back?code=c&state=s").await,
        &guest,
        stale,
        "不是在这个浏览器里",
    );
    let asked = leave(&mut guest, &fake).await;
    let mut other = browser(&bench, fake.sign_on());
    assert_out(&back(&mut other, &asked).await, &other, stale, "不是在这个浏览器里");
    // Something else was asked here.
    let mut twice = guest.clone();
    let mut wrong = asked.clone();
    wrong.insert("state".to_owned(), "s-2".to_owned());
    assert_out(&back(&mut twice, &wrong).await, &twice, stale, "重新登录");
    for kept in ["", "AAAA", &"A".repeat(200), "!"] {
        let mut odd = guest.clone();
        odd.cookies = vec![("rongcuo-away".to_owned(), kept.to_owned())];
        assert_out(&back(&mut odd, &asked).await, &odd, stale, "重新登录");
    }
    assert_eq!(fake.count("/token"), 0);
    // The first time it counts; the browser as it was gets nowhere.
    let mut again = guest.clone();
    assert_eq!(back(&mut guest, &asked).await.status, StatusCode::SEE_OTHER);
    assert_out(&back(&mut again, &asked).await, &again, stale, "已经用过");
    assert_eq!(fake.count("/token"), 1);
    // Ten minutes are enough.
    let mut late = browser(&bench, fake.sign_on());
    let asked = leave(&mut late, &fake).await;
    bench.set("2026-09-28T10:10:00+08:00");
    assert_out(&back(&mut late, &asked).await, &late, stale, "已经过期");
    // Nobody learns from the address what the browser keeps, and what it keeps is of no other use.
    let mut other = browser(&bench, fake.sign_on());
    let left = other.get("/sign-in/oidc").await;
    let cookie = left.header("set-cookie");
    assert!(
        cookie.starts_with("rongcuo-away=") && cookie.contains("HttpOnly; SameSite=Lax; Max-Age=600"),
        "{cookie}"
    );
    assert_out(&other.get("/sign-in/oidc/code").await, &other, stale, "重新登录");
}

#[tokio::test]
async fn only_our_own_pages_follow() {
    let (bench, fake, _folder) = small().await;
    for (next, place) in [
        ("/findings?show=open", "/findings?show=open"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/sign-out", "/"),
    ] {
        let mut guest = browser(&bench, fake.sign_on());
        let left = guest
            .get(&format!("/sign-in/oidc?next={}", next.replace('?', "%3F")))
            .await;
        let asked = fields(left.header("location"));
        fake.set(|script| script.claims["nonce"] = json!(asked["nonce"]));
        assert_eq!(back(&mut guest, &asked).await.header("location"), place, "{next}");
        // Who is in already is not sent away.
        assert_eq!(guest.get("/sign-in/oidc?next=/help").await.header("location"), "/help");
    }
}

#[tokio::test]
async fn what_the_provider_refuses_is_said_and_leads_back() {
    let (bench, fake, _folder) = small().await;
    for (word, status, why) in [
        ("access_denied", StatusCode::UNPROCESSABLE_ENTITY, "没有同意登录"),
        ("login_required", StatusCode::UNPROCESSABLE_ENTITY, "没有同意登录"),
        (
            "temporarily_unavailable",
            StatusCode::SERVICE_UNAVAILABLE,
            "现在没有答复",
        ),
        ("invalid_scope", StatusCode::BAD_GATEWAY, "没有通过核对"),
        ("%3Cscript%3E", StatusCode::BAD_GATEWAY, "没有通过核对"),
    ] {
        let mut guest = browser(&bench, fake.sign_on());
        let asked = leave(&mut guest, &fake).await;
        let place = format!(
            "/sign-in/oidc/back?error={word}&error_description=x&state={}",
            asked["state"]
        );
        let answer = guest.get(&place).await;
        assert_out(&answer, &guest, status, why);
        assert!(!answer.text().contains("<script>"));
    }
    // Another provider's answer.
    let mut guest = browser(&bench, fake.sign_on());
    let asked = leave(&mut guest, &fake).await;
    let place = format!(
        "/sign-in/oidc/back?code=c&state={}&iss=https%3A%2F%2Fevil.example",
        asked["state"]
    );
    assert_out(
        &guest.get(&place).await,
        &guest,
        StatusCode::BAD_GATEWAY,
        "没有通过核对",
    );
    assert_eq!(fake.count("/token"), 0);
}

#[tokio::test]
async fn no_token_is_believed_that_the_provider_did_not_give_to_us_for_this() {
    let (bench, fake, _folder) = small().await;
    let doubtful = StatusCode::BAD_GATEWAY;
    let planted: [(&str, Plant); 11] = [
        ("no signature", |script| script.head = json!({ "alg": "none" })),
        ("a signature by the public key", |script| {
            script.head = json!({ "alg": "HS256", "kid": "r1" });
        }),
        ("an unknown key", |script| {
            script.head = json!({ "alg": "RS256", "kid": "r9" });
        }),
        ("another signature", |script| script.signature = Some("AAAA".to_owned())),
        ("another audience", |script| script.claims["aud"] = json!("other")),
        ("another party", |script| script.claims["azp"] = json!("other")),
        ("another issuer", |script| {
            script.claims["iss"] = json!("http://127.0.0.1:1");
        }),
        ("another nonce", |script| script.claims["nonce"] = json!("n-2")),
        ("an end in the past", |script| {
            script.claims["exp"] = json!(1_000_000_000);
        }),
        ("a beginning in the future", |script| {
            script.claims["iat"] = json!(4_000_000_000_u64);
        }),
        ("a code of nobody", |script| {
            let said = json!({ "error": "invalid_grant" }).to_string();
            script.instead.insert("/token", (400, said));
        }),
    ];
    let (head, claims) = {
        let script = fake.script.lock().expect("a script");
        (script.head.clone(), script.claims.clone())
    };
    for (what, plant) in planted {
        fake.set(|script| {
            (script.head, script.claims) = (head.clone(), claims.clone());
            script.signature = None;
            script.instead.clear();
        });
        let mut guest = browser(&bench, fake.sign_on());
        let asked = leave(&mut guest, &fake).await;
        fake.set(plant);
        let answer = back(&mut guest, &asked).await;
        assert!(answer.status == doubtful, "{what}: {}", answer.status);
        assert_out(&answer, &guest, doubtful, "没有通过核对");
    }
    // Each is journaled and counts as a failure of the address.
    assert_eq!(
        bench
            .count("SELECT COUNT(*) FROM journal WHERE action = 'sign-in-refused' AND actor = 'oidc'")
            .await,
        11
    );
    assert_eq!(
        bench
            .count("SELECT COUNT(*) FROM sign_in_failure WHERE address = '10.0.0.9'")
            .await,
        11
    );
    // What the provider or the configuration does wrong is nobody's try.
    let faults: [(&str, Plant); 2] = [
        ("no name", |script| script.claims["preferred_username"] = Value::Null),
        ("another secret", |script| {
            let said = json!({ "error": "invalid_client" }).to_string();
            script.instead.insert("/token", (401, said));
        }),
    ];
    for (what, plant) in faults {
        fake.set(|script| {
            (script.head, script.claims) = (head.clone(), claims.clone());
            script.instead.clear();
            plant(script);
        });
        let mut guest = browser(&bench, fake.sign_on());
        assert_eq!(round(&mut guest, &fake).await.status, doubtful, "{what}");
    }
    let failures = "SELECT COUNT(*) FROM sign_in_failure WHERE address = '10.0.0.9'";
    assert_eq!(bench.count(failures).await, 11);
    fake.set(|script| {
        (script.head, script.claims) = (head, claims);
        script.instead.clear();
    });
    let mut guest = browser(&bench, fake.sign_on());
    assert_eq!(
        round(&mut guest, &fake).await.status,
        StatusCode::SEE_OTHER,
        "without a fault"
    );
}

#[tokio::test]
async fn keys_and_description_are_kept_and_a_new_key_is_looked_for_once() {
    let (bench, fake, _folder) = small().await;
    let on = fake.sign_on();
    let description = "/.well-known/openid-configuration";
    let again = async |expected: (usize, usize), entered: bool| {
        let mut guest = browser(&bench, on.clone());
        let answer = round(&mut guest, &fake).await;
        assert_eq!(has_session(&guest), entered, "{}", answer.text());
        assert_eq!((fake.count(description), fake.count("/keys")), expected);
    };
    again((1, 1), true).await;
    again((1, 1), true).await;
    let rename = |name: &'static str| {
        fake.set(|script| {
            script.head = json!({ "alg": "RS256", "kid": name });
            script.keys["keys"][0]["kid"] = json!(name);
        });
    };
    rename("r2");
    again((1, 2), true).await;
    fake.set(|script| script.head = json!({ "alg": "RS256", "kid": "nobody's" }));
    again((1, 3), false).await;
    rename("r2");
    bench.set("2026-09-28T11:00:00+08:00");
    let now = bench.app.now().millis() / 1000;
    fake.set(|script| (script.claims["iat"], script.claims["exp"]) = (json!(now), json!(now + 300)));
    again((2, 4), true).await;
}

#[tokio::test]
async fn a_name_may_be_told_beside_the_token_about_the_same_person_only() {
    let (bench, fake, _folder) = small().await;
    fake.set(|script| script.claims["preferred_username"] = Value::Null);
    for (user, entered) in [
        (json!({ "sub": "u-1", "preferred_username": "sys" }), true),
        (json!({ "sub": "u-2", "preferred_username": "sys" }), false),
        (json!({ "preferred_username": "sys" }), false),
        (json!({ "sub": "u-1" }), false),
        (json!(["sys"]), false),
    ] {
        fake.set(|script| script.user = user.clone());
        let mut guest = browser(&bench, fake.sign_on());
        round(&mut guest, &fake).await;
        assert_eq!(has_session(&guest), entered, "{user}");
        assert_eq!(fake.last("/user").authorization, "Bearer a-1");
    }
}

#[tokio::test]
async fn a_provider_that_cannot_be_used_leaves_the_password() {
    let (bench, fake, _folder) = small().await;
    let place = format!("http://{}", fake.address);
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        format!("http://{}", listener.local_addr().expect("an address"))
    };
    let away = (StatusCode::SERVICE_UNAVAILABLE, "现在没有答复");
    let unusable = (StatusCode::BAD_GATEWAY, "没有通过核对");
    let try_once = async |on: SignOn, (status, why): (StatusCode, &str)| {
        let mut guest = browser(&bench, on);
        let answer = guest.get("/sign-in/oidc?next=/help").await;
        assert_out(&answer, &guest, status, why);
        let fields = [("login", "sys"), ("password", PASSWORD), ("next", "/help")];
        guest.fill("/sign-in?next=/help", "/sign-in", &fields).await
    };
    let entered = try_once(sign_on(&closed, &[&closed]), away).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text());
    // Not on the list, and by another name than its own.
    try_once(sign_on(&place, &[]), unusable).await;
    assert_eq!(fake.count("/.well-known/openid-configuration"), 0);
    try_once(sign_on(&format!("{place}/"), &[&place]), unusable).await;
    let planted: [(&str, Value); 9] = [
        ("issuer", json!("https://evil.example")),
        ("issuer", Value::Null),
        ("authorization_endpoint", json!("http://id.yunchuan.example/authorize")),
        ("authorization_endpoint", json!("javascript:alert(1)")),
        ("token_endpoint", json!("http://10.1.2.3/token")),
        ("response_types_supported", json!(["id_token"])),
        ("code_challenge_methods_supported", json!(["plain"])),
        ("id_token_signing_alg_values_supported", json!(["HS256", "none"])),
        ("token_endpoint_auth_methods_supported", json!(["private_key_jwt"])),
    ];
    let good = fake.script.lock().expect("a script").description.clone();
    for (name, value) in planted {
        fake.set(|script| {
            script.description = good.clone();
            script.description[name] = value;
        });
        try_once(fake.sign_on(), unusable).await;
    }
    fake.set(|script| script.description = good.clone());
    let elsewhere = format!("{place}/keys");
    for (status, text, told) in [
        // It is not followed.
        (302, elsewhere.as_str(), unusable),
        (404, "", unusable),
        (200, "<html>", unusable),
        (503, "", away),
        (200, &"x".repeat(300 * 1024), away),
    ] {
        fake.set(|script| {
            let path = "/.well-known/openid-configuration";
            script.instead.insert(path, (status, text.to_owned()));
        });
        try_once(fake.sign_on(), told).await;
    }
    assert_eq!(fake.count("/keys"), 0);
    // Whoever is away is not asked again at every click, but soon.
    let on = fake.sign_on();
    let path = "/.well-known/openid-configuration";
    let before = fake.count(path);
    fake.set(|script| drop(script.instead.insert(path, (503, String::new()))));
    for _ in 0..3 {
        try_once(on.clone(), away).await;
    }
    assert_eq!(fake.count(path), before + 1);
    fake.set(|script| script.instead.clear());
    bench.set("2026-09-28T10:00:06+08:00");
    let mut guest = browser(&bench, on.clone());
    assert_eq!(round(&mut guest, &fake).await.status, StatusCode::SEE_OTHER);
    // On the way back.
    for (path, status, told) in [
        ("/token", 400, unusable),
        ("/token", 502, away),
        ("/token", 200, unusable),
    ] {
        fake.set(|script| {
            drop(
                script
                    .instead
                    .insert(path, (status, json!({ "error": "invalid_grant" }).to_string())),
            );
        });
        let mut guest = browser(&bench, on.clone());
        assert_out(&round(&mut guest, &fake).await, &guest, told.0, told.1);
    }
    fake.set(|script| {
        script.instead.clear();
        script.description["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    });
    let mut guest = browser(&bench, fake.sign_on());
    assert_eq!(round(&mut guest, &fake).await.status, StatusCode::SEE_OTHER);
    let seen = fake.last("/token");
    assert_eq!(
        (seen.authorization.as_str(), seen.fields["client_secret"].as_str()),
        ("", SECRET)
    );
}

#[tokio::test]
async fn without_a_provider_there_is_nothing_of_it() {
    let (bench, fake, _folder) = small().await;
    let mut guest = Browser::new(Arc::new(bench.app.clone()), info(PAGES, false));
    assert!(!guest.get("/sign-in").await.text().contains("/sign-in/oidc"));
    for path in [
        "/sign-in/oidc",
        "/sign-in/oidc/back?code=c&state=s",
        "/sign-in/oidc/code",
    ] {
        assert_eq!(guest.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let said = format!("{:?}", fake.sign_on());
    assert!(said.contains("rong cuo") && !said.contains("geheim"), "{said}");
}
