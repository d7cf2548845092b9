//! The pages as a browser meets them: each request goes through the whole router.

mod html;
mod samples;
mod source;

use crate::support::site::{Answer, info, session};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use rongcuo::domain::account::Role;
use rongcuo::web::{PageSource as _, router, routes};
use source::{HOSTILE, Mood, SECRET, Samples};
use std::collections::BTreeSet;
use std::sync::Arc;
use tower::ServiceExt;

/// Every page in every shape the samples give it.
const PAGES: [&str; 40] = [
    "/answers/open",
    "/answers/noted",
    "/answers/moved",
    "/answers/expired",
    "/",
    "/obligations",
    "/obligations?show=overdue",
    "/obligations?show=all&number=RC-2026-014&due=2026-11-19",
    "/obligations?show=all&page=9",
    "/obligations/a014integrity",
    "/obligations/a022accept",
    "/obligations/a018follow",
    "/obligations/a014personnel",
    "/findings",
    "/findings?state=all",
    "/findings/f001",
    "/findings/f002",
    "/findings/f003",
    "/standing",
    "/standing?list=restore",
    "/precheck",
    "/precheck/runs",
    "/rectifications",
    "/rectifications?page=2",
    "/protections",
    "/mails",
    "/mails?state=unsent",
    "/mails?state=skipped",
    "/mails/m0002",
    "/mails/m0003",
    "/mails/m0006",
    "/calendar",
    "/calendar?year=2027",
    "/calendar/import",
    "/calendar/moves",
    "/statistics",
    "/statistics/steps",
    "/statistics/findings?period=2026Q3",
    "/help",
    "/no-such-page",
];

/// The pages with a session of somebody who sees all of the samples.
struct Pages {
    router: Router,
    session: String,
}

async fn app(mood: Mood) -> (Pages, Arc<Samples>) {
    let source = Arc::new(Samples::new(mood).await);
    let session = session(source.app(), Role::Handler).await;
    let router = router(Arc::clone(&source), info("https://rc.yunchuan.example", true));
    (Pages { router, session }, source)
}

async fn send(app: &Pages, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    request = request.header(header::COOKIE, format!("__Host-rongcuo-session={}", app.session));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app
        .router
        .clone()
        .oneshot(request.body(Body::empty()).expect("a request"))
        .await
        .expect("an answer");
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: to_bytes(body, 4 << 20).await.expect("a bounded body").to_vec(),
    }
}

async fn get(app: &Pages, path: &str) -> Answer {
    send(app, "GET", path, &[("host", "127.0.0.1:8087")]).await
}

#[tokio::test]
async fn the_table_of_routes_is_the_agreed_one() {
    let golden: Vec<_> = include_str!("web/routes.txt").lines().collect();
    assert_eq!(routes::<Samples>(), golden);
    let (app, _) = app(Mood::Plain).await;
    for route in golden.iter().filter(|route| route.starts_with("GET ")) {
        let address = route.split(' ').nth(1).expect("a path");
        let path = address
            .replace("{id}", "m0002")
            .replace("{token}", "t1")
            .replace("{hash}", "x")
            .replace("{paper}", "x")
            .replace("{file}", "x");
        let forms = golden
            .iter()
            .any(|other| other.starts_with(&format!("POST {address} ")));
        for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
            if forms && method == "POST" {
                continue;
            }
            let answer = send(&app, method, &path, &[("host", "localhost")]).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert!(answer.header("allow").starts_with("GET"), "{method} {path}");
        }
        let head = send(&app, "HEAD", &path, &[("host", "localhost")]).await;
        assert!(head.body.is_empty(), "HEAD {path}");
        let whole = get(&app, &path).await;
        assert_eq!(head.status, whole.status, "HEAD {path}");
        // A new secret each time makes a new picture each time.
        if path == "/account/second" {
            continue;
        }
        assert_eq!(
            head.header("content-length"),
            whole.header("content-length"),
            "HEAD {path}"
        );
    }
}

#[tokio::test]
async fn every_page_is_well_formed_in_every_mood() {
    for mood in [Mood::Plain, Mood::Empty, Mood::Hostile, Mood::Broken] {
        let (app, _) = app(mood).await;
        for path in PAGES {
            let answer = get(&app, path).await;
            let text = answer.text();
            let page = html::read(path, text);
            assert!(text.contains("<html lang=\"zh-CN\">"), "{path}");
            assert!(text.contains("<a class=\"skip\" href=\"#content\">"), "{path}");
            assert_eq!(text.matches("<h1").count(), 1, "{path}");
            for debris in ["{{", "}}", "{%", "Some(", "None", "TODO", "NaN", "操作成功", "您"] {
                assert!(!page.text.contains(debris), "{path}: {debris}");
            }
        }
    }
}

#[tokio::test]
async fn text_of_others_is_shown_as_text() {
    let (app, _) = app(Mood::Hostile).await;
    let mut shown = 0;
    for path in PAGES {
        let answer = get(&app, path).await;
        let text = answer.text();
        let (own, all) = (
            text.matches("<script src=\"/assets/app.").count(),
            text.matches("<script").count(),
        );
        assert!(own <= 1 && all == own, "{path}");
        assert!(!text.contains("<b onclick"), "{path}");
        shown += usize::from(text.contains("alert(1)"));
    }
    assert!(
        shown >= 18,
        "hostile text reached only {shown} pages, so little was tried"
    );
    let number = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22";
    let echoed = get(&app, &format!("/obligations?number={number}")).await;
    assert!(echoed.text().contains("&#60;script&#62;") && !echoed.text().contains("<script>"));
}

#[tokio::test]
async fn every_link_leads_somewhere() {
    let (app, _) = app(Mood::Plain).await;
    let mut seen: BTreeSet<String> = BTreeSet::from(["/".to_owned()]);
    let mut next: Vec<String> = seen.iter().cloned().collect();
    while let Some(path) = next.pop() {
        let answer = get(&app, &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        if !answer.header("content-type").starts_with("text/html") || path.ends_with("/html") {
            continue;
        }
        for address in html::read(&path, answer.text()).addresses {
            if address.starts_with('/') && seen.insert(address.clone()) {
                next.push(address);
            }
        }
    }
    for page in [
        "/mails/m0002/raw",
        "/obligations/a014integrity",
        "/findings/f001",
        "/obligations?due=2026-11-23",
    ] {
        assert!(seen.contains(page), "no link leads to {page}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_guarding_headers() {
    let (app, _) = app(Mood::Plain).await;
    let mut nonces = BTreeSet::new();
    for path in PAGES
        .iter()
        .chain(&["/healthz", "/mails/m0002/raw", "/obligations?page=0"])
    {
        let answer = get(&app, path).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; script-src 'nonce-"),
            "{path}: {policy}"
        );
        assert!(
            policy.ends_with("base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(nonces.insert(policy.to_owned()), "{path}: the word of another answer");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn only_names_of_this_site_are_answered() {
    let (app, source) = app(Mood::Plain).await;
    for host in [
        "127.0.0.1:8087",
        "localhost",
        "LOCALHOST:8087",
        "[::1]:8087",
        "rc.yunchuan.example",
        "RC.yunchuan.example:443",
    ] {
        assert_eq!(
            send(&app, "GET", "/", &[("host", host)]).await.status,
            StatusCode::OK,
            "{host}"
        );
    }
    source.asked.lock().unwrap().clear();
    for host in [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "192.168.1.9",
        "rc.yunchuan.example.evil",
        "",
    ] {
        let answer = send(&app, "GET", "/protections", &[("host", host)]).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
        assert!(!answer.text().contains("云川"), "{host} learns the site's name");
    }
    let none = send(&app, "GET", "/", &[]).await;
    assert_eq!(none.status, StatusCode::MISDIRECTED_REQUEST);
    let two = send(&app, "GET", "/", &[("host", "localhost"), ("host", "evil.example")]).await;
    assert_eq!(two.status, StatusCode::MISDIRECTED_REQUEST);
    let absolute = send(&app, "GET", "http://evil.example/", &[("host", "localhost")]).await;
    assert_eq!(absolute.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(
        source.asked.lock().unwrap().is_empty(),
        "a refused request reached the data"
    );
}

#[tokio::test]
async fn filters_in_the_address_reach_the_query() {
    let (app, source) = app(Mood::Plain).await;
    let cases = [
        (
            "/obligations",
            "ObligationFilter { show: Open, number: None, due: None, page: 1 }",
        ),
        (
            "/obligations?show=backlog&page=3",
            "ObligationFilter { show: Backlog, number: None, due: None, page: 3 }",
        ),
        (
            "/obligations?number=+RC-2026-014+",
            "ObligationFilter { show: All, number: Some(\"RC-2026-014\"), due: None, page: 1 }",
        ),
        (
            "/obligations?due=2026-11-30",
            "ObligationFilter { show: All, number: None, due: Some(2026-11-30), page: 1 }",
        ),
        (
            "/findings?state=answered&unit=%E6%B0%B4%E5%8A%A1%E5%B1%80",
            "FindingFilter { show: Answered, unit: Some(\"水务局\"), domain: None, owner: None, page: 1 }",
        ),
        ("/standing?list=restore", "remedies Restore"),
        ("/mails?state=doubt&page=2", "MailFilter { show: Doubt, page: 2 }"),
        ("/calendar?year=2027", "calendar Some(2027)"),
    ];
    for (path, expected) in cases {
        assert_eq!(get(&app, path).await.status, StatusCode::OK, "{path}");
        assert_eq!(source.asked.lock().unwrap().pop().as_deref(), Some(expected), "{path}");
    }
}

#[tokio::test]
async fn bad_addresses_say_where_and_what_is_right() {
    let (app, source) = app(Mood::Plain).await;
    let long = format!("/?x={}", "a".repeat(1100));
    let cases = [
        (
            "/obligations?show=late",
            "open、overdue、today、week、holiday、met、backlog、all",
        ),
        ("/obligations?due=23.11.2026", "2026-11-23"),
        ("/obligations?page=0", "1 至 100000"),
        ("/findings?stat=open", "「stat」"),
        ("/mails?state=sent&state=held", "只能出现一次"),
        ("/calendar?year=26", "四位数字"),
        ("/help?x=1", "不带参数"),
        ("/obligations?number=%FF", "UTF-8"),
        (long.as_str(), "1024"),
    ];
    for (path, hint) in cases {
        let answer = get(&app, path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(answer.text().contains(hint), "{path}: no {hint}");
        assert!(
            html::read(path, answer.text()).addresses.contains(&"/".to_owned()),
            "{path}: no way out"
        );
    }
    assert!(source.asked.lock().unwrap().is_empty());
    for path in [
        "/obligations/zzz",
        "/obligations/%FF",
        "/findings/..%2F..",
        "/mails/m0002/text",
        "/calendar?year=2031",
        "/assets/app.css",
    ] {
        assert_eq!(get(&app, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_fault_shows_a_number_and_no_inner_text() {
    let (app, _) = app(Mood::Broken).await;
    let (first, second) = (get(&app, "/").await, get(&app, "/mails").await);
    for answer in [&first, &second] {
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!answer.text().contains(SECRET));
    }
    let number = |answer: &Answer| {
        let after = answer
            .text()
            .split("请求编号 ")
            .nth(1)
            .expect("a request number")
            .to_owned();
        after.split('。').next().expect("a sentence").to_owned()
    };
    assert_ne!(number(&first), number(&second));
}

#[tokio::test]
async fn the_style_sheet_is_kept_for_ever_under_the_name_of_its_content() {
    let (app, _) = app(Mood::Plain).await;
    let page = html::read("/", get(&app, "/").await.text());
    let css = page
        .addresses
        .iter()
        .find(|address| address.contains("/app."))
        .expect("a style sheet");
    let answer = get(&app, css).await;
    assert_eq!(answer.header("content-type"), "text/css; charset=utf-8");
    assert!(answer.header("cache-control").contains("immutable"));
    let tag = answer.header("etag").to_owned();
    let again = send(
        &app,
        "GET",
        css,
        &[("host", "localhost"), (header::IF_NONE_MATCH.as_str(), &tag)],
    )
    .await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[tokio::test]
async fn a_mail_is_shown_in_a_box_and_downloaded_unchanged() {
    let (app, _) = app(Mood::Plain).await;
    let page = get(&app, "/mails/m0002").await;
    assert!(
        page.text()
            .contains("<iframe class=\"mail\" src=\"/mails/m0002/html\" sandbox=\"\"")
    );
    assert!(
        page.text().contains("容错护航 &#60;rongcuo@yunchuan.example&#62;"),
        "decoded sender"
    );
    let inner = get(&app, "/mails/m0002/html").await;
    let policy = inner.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'unsafe-inline';"),
        "{policy}"
    );
    assert!(policy.split("; ").any(|rule| rule == "sandbox"), "{policy}");
    assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
    assert!(inner.text().contains("已逾期 1 个工作日"));
    let raw = get(&app, "/mails/m0002/raw").await;
    assert_eq!(raw.body, samples::MAIL.as_bytes());
    assert_eq!(raw.header("content-type"), "message/rfc822");
    assert_eq!(
        raw.header("content-disposition"),
        "attachment; filename=\"rongcuo-m0002.eml\""
    );
}

#[tokio::test]
async fn a_reckoning_shows_each_day_and_what_it_counts_as() {
    let (app, _) = app(Mood::Plain).await;
    let answer = get(&app, "/obligations/a014integrity").await;
    let text = answer.text();
    // Five working days after Thursday 12 November are 13, 16, 17, 18 and 19; two more have passed.
    for words in [
        "政策规定",
        "逾期 2 个工作日",
        "第 5 日",
        "逾期第 2 日",
        ">11/12<",
        ">+2<",
        "到期</text>",
        "起算</text>",
        "今天</text>",
    ] {
        assert!(text.contains(words), "{words}");
    }
    assert!(!text.contains("第 6 日") && !text.contains(">+3<"));
    let long = get(&app, "/obligations/a022accept").await;
    for words in [
        "本单位约定",
        "调休上班（国庆节）",
        "节假日（中秋节）",
        ">班</text>",
        ">休</text>",
    ] {
        assert!(long.text().contains(words), "{words}");
    }
}

#[tokio::test]
async fn the_first_page_counts_and_links() {
    let (app, _) = app(Mood::Plain).await;
    let answer = get(&app, "/").await;
    let text = answer.text();
    for words in [
        "今天 11月23日 周一",
        "本周工作日 <span class=\"num\">5</span> 天",
        "下一个假期：元旦",
        "2027</span> 年放假通知未发布",
    ] {
        assert!(text.contains(words), "{words}");
    }
    for (href, count) in [
        ("/obligations?show=overdue", 2),
        ("/obligations?show=today", 1),
        ("/obligations?show=week", 6),
        ("/findings?state=open", 3),
        ("/mails?state=unsent", 0),
    ] {
        let link = text
            .split(&format!("href=\"{href}\"><span class=\"word\">"))
            .nth(1)
            .unwrap_or_else(|| panic!("no counter {href}"));
        assert!(
            link.split("</a>")
                .next()
                .unwrap()
                .ends_with(&format!(">{count}</span>")),
            "{href}"
        );
    }
    assert_eq!(text.matches("<li><a href=\"/\" aria-current=\"page\">").count(), 1);
    let entries = text
        .split("<nav class=\"side\"")
        .nth(1)
        .unwrap()
        .split("</nav>")
        .next()
        .unwrap()
        .matches("<li>")
        .count();
    assert!(entries <= 9, "{entries} entries");
}

#[tokio::test]
async fn colours_of_text_stand_out_in_both_schemes() {
    let css = include_str!("../../src/web/assets/app.css");
    let blocks: Vec<_> = css
        .split(":root {")
        .skip(1)
        .take(2)
        .map(|block| block.split('}').next().unwrap())
        .collect();
    for (scheme, block) in ["light", "dark"].iter().zip(&blocks) {
        let colour = |name: &str| {
            let value = block
                .split(&format!("--{name}: #"))
                .nth(1)
                .unwrap_or_else(|| panic!("{scheme} {name}"));
            luminance(value.split(';').next().unwrap())
        };
        let pairs = [
            ("ink", "paper"),
            ("ink", "wash"),
            ("ink", "mark"),
            ("ink", "line"),
            ("grey", "paper"),
            ("grey", "wash"),
            ("accent", "paper"),
            ("accent", "accent-wash"),
            ("on-accent", "accent"),
            ("red", "paper"),
            ("red", "red-wash"),
            ("red", "wash"),
            ("amber", "paper"),
            ("amber", "wash"),
            ("green", "paper"),
            ("green", "wash"),
            ("accent", "wash"),
            ("grey", "accent-wash"),
            ("grey", "red-wash"),
        ];
        for (front, back) in pairs {
            let (one, two) = (colour(front), colour(back));
            let ratio = (one.max(two) + 0.05) / (one.min(two) + 0.05);
            assert!(ratio >= 4.5, "{scheme}: {front} on {back} is {ratio:.2}");
        }
    }
}

/// Relative luminance of a colour written with three or six hexadecimal digits.
fn luminance(hex: &str) -> f64 {
    let wide: String = if hex.len() == 3 {
        hex.chars().flat_map(|c| [c, c]).collect()
    } else {
        hex.to_owned()
    };
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&wide[at..at + 2], 16).expect("hexadecimal")) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

/// Writes the pages to a folder for looking at them, when one is named.
#[tokio::test]
async fn pages_can_be_written_to_a_folder() {
    let Some(folder) = std::env::var_os("RONGCUO_PAGES_DIR").map(std::path::PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    for (name, mood) in [
        ("plain", Mood::Plain),
        ("empty", Mood::Empty),
        ("hostile", Mood::Hostile),
    ] {
        let (app, _) = app(mood).await;
        for path in PAGES {
            let page = get(&app, path).await;
            let css = html::read(path, page.text())
                .addresses
                .into_iter()
                .find(|address| address.contains("/app."))
                .unwrap();
            std::fs::write(folder.join(&css[1..]), get(&app, &css).await.body).unwrap();
            let text = page
                .text()
                .replace("href=\"/assets/", "href=\"assets/")
                .replace("src=\"/mails/m0002/html\"", "src=\"inner.html\"");
            let file = format!("{name}{}.html", path.replace(['/', '?', '&', '='], "_"));
            std::fs::write(folder.join(file), text).unwrap();
        }
        std::fs::write(folder.join("inner.html"), get(&app, "/mails/m0002/html").await.body).unwrap();
    }
    assert!(HOSTILE.contains('<'));
}
