//! Who watches the watcher: readiness, numbers, the bar on the pages, `monitor`, and the service manager.

use crate::cli::Desk;
use crate::support::app::{Bench, on_both};
use crate::support::site::{Browser, info};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use chrono::NaiveDate;
use rongcuo::app::health::{self, Check};
use rongcuo::app::reconcile::reconcile;
use rongcuo::app::routing::{self, NewSilence};
use rongcuo::domain::account::Role;
use rongcuo::domain::alert::Target;
use rongcuo::domain::ids::MailId;
use rongcuo::domain::obligation::Kind;
use rongcuo::domain::time::Moment;
use rongcuo::store::mails::NewMail;
use rongcuo::store::mails::{Claim, Claimed};
use rongcuo::store::{Db, StoreError, Tx};
use rongcuo::store::{health as store, mails, obligations};
use rongcuo::web::router;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt as _;

const NOW: &str = "2026-09-28T10:00:00+08:00";
const FIVE_MINUTES: i64 = 5 * 60 * 1000;
const FOUR_HOURS: i64 = 4 * 60 * 60 * 1000;

/// RC-3 was refused on a Tuesday; with Mid-Autumn on 25–27 September the answer was due on Monday the 28th.
const REGISTER: &str = "\
案件编号,姓名,单位,事项名称,认定结论,认定日期,状态,撤销日期,问责实施机关,反馈本人日期
RC-1,沈砚舟,云川市住建局,电梯补贴误发,免责,2026-09-28,生效,,云川市纪委监委,
RC-3,陆知行,云川市水务局,泵站采购失当,不予容错,2026-09-22,生效,,云川市纪委监委,
";
const CONTACTS: &str = "\
单位,姓名,角色,邮箱
云川市纪委监委,何收文,经办,shouwen@yunchuan.example
云川市纪委监委,林知微,科室负责人,zhiwei@yunchuan.example
";

async fn ask(bench: &Bench, path: &str) -> (StatusCode, String) {
    let info = info("http://127.0.0.1:8087", false);
    let request = Request::get(path).header("host", "localhost").body(Body::empty());
    let app = router(Arc::new(bench.app.clone()), info);
    let response = app
        .oneshot(request.expect("as the test set it up"))
        .await
        .expect("as the test set it up");
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20)
        .await
        .expect("as the test set it up");
    (status, String::from_utf8(body.to_vec()).expect("as the test set it up"))
}

/// The names of the checks that fail.
async fn missing(bench: &Bench) -> Vec<String> {
    let (status, body) = ask(bench, "/readyz").await;
    let body: Value = serde_json::from_str(&body).expect("as the test set it up");
    let checks = body["checks"].as_array().expect("as the test set it up");
    let failed: Vec<String> = checks
        .iter()
        .filter(|one| one["ok"] == false)
        .map(|one| one["check"].as_str().expect("as the test set it up").to_owned())
        .collect();
    assert_eq!(status.is_success(), failed.is_empty(), "{body}");
    assert_eq!(body["ready"], failed.is_empty());
    if !status.is_success() {
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    }
    failed
}

async fn post(bench: &Bench, name: &str, at: Moment) -> MailId {
    let id = MailId::of(name);
    let mail = NewMail {
        id: id.clone(),
        dedup_key: name.to_owned(),
        message_id: format!("<{name}@yunchuan.example>"),
        sender: "rongcuo@yunchuan.example".to_owned(),
        recipient: "shouwen@yunchuan.example".to_owned(),
        recipient_name: "何收文".to_owned(),
        subject: "提醒".to_owned(),
        bytes: b"Subject: x\r\n\r\nbody\r\n".to_vec(),
    };
    let new = bench.write(async |tx| mails::insert(tx, &mail, at).await).await;
    assert!(new.expect("as the test set it up"));
    id
}

/// Claims mails and begins to send each.
async fn claim(tx: &mut Tx, now: Moment, limit: i64) -> Vec<Claimed> {
    let wanted = Claim {
        owner: "test",
        lease_millis: 60_000,
        limit,
        without: &[],
        channels_only: false,
        left: true,
    };
    let claimed = mails::claim(tx, now, wanted).await.expect("as the test set it up");
    for mail in &claimed {
        let begun = mails::begin(tx, &mail.id, mail.fence, now, now.plus_millis(60_000)).await;
        assert!(begun.expect("as the test set it up"));
    }
    claimed
}

/// Claims the next mail and ends the attempt.
async fn attempt(bench: &Bench, now: Moment, held: bool) {
    let recorded = bench.write(async |tx| {
        let claimed = claim(tx, now, 1).await.remove(0);
        if held {
            mails::record_held(tx, &claimed.id, claimed.fence, "550 no such user").await
        } else {
            mails::record_retry(tx, &claimed.id, claimed.fence, now, "421 later", false).await
        }
    });
    assert!(recorded.await.expect("as the test set it up"));
}

/// A pass that is completed.
async fn pass(bench: &Bench) {
    let now = bench.app.now();
    reconcile(&bench.app, now).await.expect("as the test set it up");
    health::tick(&bench.app, now).await.expect("as the test set it up");
}

/// The server takes every mail that waits.
async fn deliver(bench: &Bench) {
    let now = bench.app.now();
    let all = bench.write(async |tx| {
        for mail in claim(tx, now, 100).await {
            let sent = mails::record_sent(tx, &mail.id, mail.fence, now, "250 ok").await;
            assert!(sent.expect("as the test set it up"));
        }
    });
    all.await;
}

#[tokio::test]
async fn readiness_names_what_is_missing() {
    on_both(NOW, async |bench| {
        let now = bench.app.now();
        assert_eq!(missing(&bench).await, ["tick"], "no pass was completed yet");
        health::tick(&bench.app, now).await.expect("as the test set it up");
        assert_eq!(missing(&bench).await, [""; 0]);
        bench.clock.set(now.plus_millis(FIVE_MINUTES - 1));
        assert_eq!(missing(&bench).await, [""; 0]);
        bench.clock.set(now.plus_millis(FIVE_MINUTES));
        assert_eq!(missing(&bench).await, ["tick"]);
        health::tick(&bench.app, bench.app.now())
            .await
            .expect("as the test set it up");
        post(&bench, "late", bench.app.now().plus_millis(-FOUR_HOURS)).await;
        assert_eq!(missing(&bench).await, [""; 0], "four hours are allowed");
        bench.clock.set(bench.app.now().plus_millis(1));
        assert_eq!(missing(&bench).await, ["mail"]);
        bench.set("2027-01-04T10:00:00+08:00");
        assert_eq!(missing(&bench).await, ["calendar", "tick", "mail"]);
        bench.app.db.close().await;
        assert_eq!(missing(&bench).await, ["database", "calendar"]);
        assert_eq!(ask(&bench, "/healthz").await, (StatusCode::OK, "ok\n".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn the_tick_is_written_once_a_minute_and_a_mark_from_the_future_gives_way() {
    on_both(NOW, async |bench| {
        let now = bench.app.now();
        let after = async |seconds: i64| {
            health::tick(&bench.app, now.plus_millis(seconds * 1000))
                .await
                .expect("as the test set it up");
            let last = bench.read(async |tx| store::last_tick(tx).await).await;
            let last = last.expect("as the test set it up").expect("as the test set it up");
            (last.millis() - now.millis()) / 1000
        };
        assert_eq!(after(0).await, 0);
        assert_eq!(after(59).await, 0);
        assert_eq!(after(60).await, 60);
        assert_eq!(after(30).await, 60, "another instance's clock is behind");
        assert_eq!(after(3600).await, 3600);
        assert_eq!(after(100).await, 100, "the clock was wrong");
    })
    .await;
}

/// A reader of the exposition format that forgives nothing; gives each series with its value.
fn parse(text: &str) -> BTreeMap<String, i64> {
    let is_name = |name: &str| {
        !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    assert!(text.ends_with('\n'), "the last line is not ended");
    let (mut series, mut families) = (BTreeMap::new(), BTreeSet::new());
    let (mut helped, mut current) = (None, None);
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').expect("a help text");
            assert!(is_name(name) && !help.is_empty(), "{line}");
            assert!(families.insert(name), "{name} comes twice");
            helped = Some(name);
            current = None;
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a type");
            assert_eq!(helped, Some(name), "{line}");
            assert!(matches!(kind, "gauge" | "counter"), "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            current = Some(name);
        } else {
            let (key, value) = line.rsplit_once(' ').expect("a value");
            let (name, labels) = match key.split_once('{') {
                Some((name, labels)) => (name, labels.strip_suffix('}').expect("a closing brace")),
                None => (key, ""),
            };
            assert_eq!(current, Some(name), "{line} stands outside its family");
            for label in labels.split(',').filter(|label| !label.is_empty()) {
                let (label, value) = label.split_once('=').expect("a label");
                let value = value
                    .strip_prefix('"')
                    .and_then(|v| v.strip_suffix('"'))
                    .expect("quotes");
                let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
                assert!(is_name(label) && value.chars().all(plain), "{line}");
            }
            let value: i64 = value.parse().expect("a whole number");
            assert!(series.insert(key.to_owned(), value).is_none(), "{line}");
        }
    }
    series
}

#[tokio::test]
async fn metrics_are_exact_and_name_nobody() {
    on_both(NOW, async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        bench.set("2026-09-29T10:00:00+08:00");
        let now = bench.app.now();
        let pass = reconcile(&bench.app, now).await.expect("as the test set it up");
        health::tick(&bench.app, now).await.expect("as the test set it up");
        attempt(&bench, now, true).await;
        bench.clock.set(now.plus_millis(90_000));
        let (status, text) = ask(&bench, "/metrics").await;
        assert_eq!(status, StatusCode::OK);
        let series = parse(&text);
        let value = |key: &str| *series.get(key).unwrap_or_else(|| panic!("{key} is missing:\n{text}"));
        assert_eq!(value("rongcuo_obligations_open{kind=\"explanation\"}"), 1);
        assert_eq!(value("rongcuo_obligations_lapsed{kind=\"explanation\"}"), 1);
        assert_eq!(value("rongcuo_obligations_open{kind=\"archive_personnel\"}"), 2);
        assert!(!series.contains_key("rongcuo_obligations_lapsed{kind=\"archive_personnel\"}"));
        assert_eq!(value("rongcuo_alerts_total{outcome=\"sent\"}"), i64::from(pass.sent));
        assert_eq!(
            value("rongcuo_alerts_total{outcome=\"merged\"}"),
            i64::from(pass.merged)
        );
        assert_eq!(
            value("rongcuo_alerts_total{outcome=\"no_recipient\"}"),
            i64::from(pass.untold)
        );
        assert_eq!(value("rongcuo_mails{state=\"held\"}"), 1);
        assert_eq!(value("rongcuo_mails{state=\"pending\"}"), i64::from(pass.sent) - 1);
        assert_eq!(value("rongcuo_mail_oldest_waiting_seconds"), 90);
        assert_eq!(value("rongcuo_last_tick_age_seconds"), 90);
        // From 29 September to the end of the year.
        assert_eq!(value("rongcuo_calendar_days_covered"), 93);
        assert_eq!(value("rongcuo_findings_open"), 0);
        assert_eq!(
            value(&format!(
                "rongcuo_build_info{{version=\"{}\"}}",
                env!("CARGO_PKG_VERSION")
            )),
            1
        );
        for secret in ["沈砚舟", "陆知行", "RC-", "@", "云川"] {
            assert!(!text.contains(secret), "{secret} is in\n{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn metrics_count_silences_and_what_they_hold_back() {
    on_both(NOW, async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        let silence = async |target: Target| {
            let new = NewSilence {
                target,
                reason: "搬迁".to_owned(),
                by: "何收文".to_owned(),
                until: Moment::parse("2026-10-09T00:00:00+08:00").expect("as the test set it up"),
            };
            let silence = routing::silence(&bench.app, new, "测试").await;
            silence.expect("as the test set it up").id
        };
        let figures = async || -> Vec<i64> {
            let series = parse(&ask(&bench, "/metrics").await.1);
            let keys = [
                "rongcuo_silences",
                "rongcuo_alerts_held_back",
                "rongcuo_alerts_total{outcome=\"silenced\"}",
                "rongcuo_alerts_total{outcome=\"inhibited\"}",
            ];
            keys.iter().map(|key| *series.get(*key).expect("a figure")).collect()
        };
        assert_eq!(figures().await, [0, 0, 0, 0]);
        let of_matter = silence(Target::Kind(Kind::from_text("explanation").expect("a kind"))).await;
        let of_reader = silence(Target::Recipient("SHOUWEN@yunchuan.example".to_owned())).await;
        assert_eq!(figures().await, [2, 0, 0, 0], "nothing fell into them yet");
        bench.set("2026-09-29T10:00:00+08:00");
        reconcile(&bench.app, bench.app.now())
            .await
            .expect("as the test set it up");
        let told = async |condition: &str| {
            let sql = format!("SELECT COUNT(*) FROM alert WHERE outcome = 'silenced' AND {condition}");
            bench.count(&sql).await
        };
        let (matter, reader) = (told("recipient IS NULL").await, told("recipient IS NOT NULL").await);
        assert!(matter > 0 && reader > 0, "{matter} {reader}");
        assert_eq!(figures().await, [2, matter + reader, matter + reader, 0]);
        routing::lift(&bench.app, &of_reader, "何收文", "测试")
            .await
            .expect("as the test set it up");
        assert_eq!(figures().await, [1, matter, matter + reader, 0]);
        routing::lift(&bench.app, &of_matter, "何收文", "测试")
            .await
            .expect("as the test set it up");
        assert_eq!(figures().await, [0, 0, matter + reader, 0]);
    })
    .await;
}

#[tokio::test]
async fn every_page_says_when_mail_does_not_work() {
    const PAGES: [&str; 9] = [
        "/",
        "/obligations",
        "/findings",
        "/standing",
        "/rectifications",
        "/mails",
        "/calendar",
        "/help",
        "/nowhere",
    ];
    on_both(NOW, async |bench| {
        let shows = async |word: &str| {
            for page in PAGES {
                let mut browser = Browser::signed_in(&bench.app, Role::Handler).await;
                let text = browser.get(page).await.text().to_owned();
                assert_eq!(text.contains("role=\"alert\""), !word.is_empty(), "{page}");
                assert!(text.contains(word), "{page}: {word}");
                assert!(
                    word.is_empty() || text.contains("href=\"/mails?state=unsent\""),
                    "{page}"
                );
            }
        };
        let now = bench.app.now();
        shows("").await;
        post(&bench, "first", now).await;
        shows("").await;
        for _ in 0..3 {
            attempt(&bench, now, false).await;
        }
        shows("最近几次发送都失败了").await;
        bench.clock.set(now.plus_millis(FOUR_HOURS + 1));
        shows("最早的一封自 2026年9月28日 10:00 起没有送出").await;
        attempt(&bench, bench.app.now(), true).await;
        shows("有 1 封提醒被邮件服务器拒收").await;
    })
    .await;
}

async fn broken(bench: &Bench) -> Vec<&'static str> {
    let app = &bench.app;
    let checks: Vec<Check> = health::monitor(&app.db, &app.policy, &app.calendars(), app.now())
        .await
        .expect("as the test set it up");
    checks.into_iter().filter(|one| !one.ok).map(|one| one.check).collect()
}

#[tokio::test]
async fn monitor_notices_each_promise_that_is_broken() {
    on_both(NOW, async |bench| {
        bench.register(REGISTER).await;
        pass(&bench).await;
        assert_eq!(broken(&bench).await, ["recipients"], "nobody is there to be told");
        bench.contacts(CONTACTS).await;
        reconcile(&bench.app, bench.app.now())
            .await
            .expect("as the test set it up");
        deliver(&bench).await;
        assert_eq!(broken(&bench).await, [""; 0]);

        // On the next morning the answer is overdue; reconcile stands still.
        bench.set("2026-09-29T09:05:00+08:00");
        assert_eq!(broken(&bench).await, ["tick"], "five minutes are allowed");
        bench.clock.set(bench.app.now().plus_millis(1));
        assert_eq!(broken(&bench).await, ["tick", "reconcile", "alerts"]);

        // A row that says «not yet» although its day has passed is caught by the decision itself.
        let put_off = bench.write(async |tx| {
            let day: NaiveDate = "2026-09-29".parse().expect("as the test set it up");
            let lapsed = obligations::lapsed(tx, day, "", 10).await?;
            assert_eq!(lapsed.len(), 1);
            let later = Moment::parse("2027-01-01").expect("as the test set it up");
            for one in obligations::due(tx, bench.app.now(), 100).await? {
                obligations::set_next(tx, &one.id, Some(later)).await?;
            }
            Ok::<_, StoreError>(())
        });
        put_off.await.expect("as the test set it up");
        assert_eq!(broken(&bench).await, ["tick", "alerts"]);
        let woken = bench
            .write(async |tx| obligations::wake_open(tx, bench.app.now()).await)
            .await;
        woken.expect("as the test set it up");
        pass(&bench).await;
        assert_eq!(broken(&bench).await, [""; 0]);

        // Mails: three attempts that all fail, then too old, then refused.
        let now = bench.app.now();
        let counts = bench.read(async |tx| mails::counts(tx).await).await;
        let waiting = counts.expect("as the test set it up").waiting;
        assert!(waiting > 0);
        for _ in 0..waiting * 3 {
            attempt(&bench, now, false).await;
        }
        assert_eq!(broken(&bench).await, ["delivery"]);
        bench.clock.set(now.plus_millis(FOUR_HOURS + 1));
        pass(&bench).await;
        assert_eq!(broken(&bench).await, ["mail", "delivery"]);
        attempt(&bench, bench.app.now(), true).await;
        assert!(broken(&bench).await.contains(&"held"));
    })
    .await;
}

#[tokio::test]
async fn monitor_notices_a_mail_that_was_taken_out_by_hand() {
    on_both(NOW, async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        bench.set("2026-09-29T10:00:00+08:00");
        pass(&bench).await;
        let behind_the_back = async |sql: &str| {
            let (before, after) = match &bench.app.db {
                Db::Sqlite { .. } => ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"),
                Db::Postgres(_) => (
                    "SET session_replication_role = replica",
                    "SET session_replication_role = origin",
                ),
            };
            bench.execute(&format!("{before}; {sql}; {after}")).await;
        };
        let said = async || {
            let app = &bench.app;
            let checks = health::monitor(&app.db, &app.policy, &app.calendars(), app.now()).await;
            let mut checks = checks.expect("as the test set it up");
            checks.retain(|one| one.check == "outbox");
            checks.pop().expect("as the test set it up")
        };
        assert!(said().await.ok, "{:?}", said().await);
        behind_the_back("DELETE FROM mail_bytes WHERE mail_id = (SELECT MIN(id) FROM mail)").await;
        assert!(
            !said().await.ok && said().await.text.contains("，1 封邮件没有正文"),
            "{:?}",
            said().await
        );
        // Row and bytes: as many are left of either, and the reminder still says that it was sent.
        behind_the_back("DELETE FROM mail_bytes").await;
        behind_the_back("DELETE FROM mail").await;
        let sent = bench
            .count("SELECT COUNT(*) FROM alert WHERE mail_id IS NOT NULL")
            .await;
        assert!(sent > 0);
        let expected = format!("有 {sent} 个记作已发或待发的提醒在邮件表中没有邮件，0 封邮件没有正文");
        assert!(
            !said().await.ok && said().await.text.contains(&expected),
            "{:?}",
            said().await
        );
    })
    .await;
}

#[tokio::test]
async fn monitor_tells_that_the_notices_end_once_the_next_is_expected() {
    on_both("2026-12-01T09:00:00+08:00", async |bench| {
        bench
            .contacts("单位,姓名,角色,邮箱\n云川市,甘理,管理员,gan@yunchuan.example\n")
            .await;
        let at = async |now: &str| {
            bench.set(now);
            pass(&bench).await;
            broken(&bench).await.contains(&"calendar")
        };
        assert!(!at("2026-12-01T09:00:00+08:00").await, "thirty days");
        assert!(at("2026-12-02T09:00:00+08:00").await, "twenty-nine");
    })
    .await;
}

#[test]
fn monitor_answers_by_exit_code_and_changes_nothing() {
    let desk = Desk::new();
    let said = desk.run(&["monitor"]);
    assert_eq!(said.code, 3, "{}{}", said.out, said.err);
    assert!(!desk.path("rongcuo.db").exists(), "it only reads");
    desk.furnish();
    let now = "2026-11-23T10:00:00+08:00";
    let said = desk.at(now, 1, &["monitor"]);
    assert!(said.out.contains("注意  tick：还没有完成过一轮核对"), "{}", said.out);
    desk.at(now, 0, &["serve", "--run-once"]);
    let before = std::fs::read(desk.path("rongcuo.db")).expect("as the test set it up");
    let said = desk.at(now, 0, &["monitor"]);
    assert!(said.out.lines().all(|line| line.starts_with("正常  ")), "{}", said.out);
    let said = desk.at("2026-11-23T10:05:01+08:00", 1, &["monitor", "--format", "json"]);
    let said: Value = serde_json::from_str(&said.out).expect("as the test set it up");
    assert_eq!(said["ok"], false);
    let failed: Vec<&Value> = said["checks"]
        .as_array()
        .expect("as the test set it up")
        .iter()
        .filter(|one| one["ok"] == false)
        .collect();
    assert_eq!(failed.len(), 1, "{said}");
    assert_eq!(failed[0]["check"], "tick");
    assert_eq!(
        std::fs::read(desk.path("rongcuo.db")).expect("as the test set it up"),
        before
    );
}

#[test]
fn the_service_manager_is_told_ready_alive_and_stopping() {
    let desk = Desk::new();
    desk.write(
        "rongcuo.toml",
        b"[smtp]\nmode = \"file\"\ndir = \"outbox\"\n[web]\nlisten = \"127.0.0.1:0\"\n",
    );
    let socket = UnixDatagram::bind(desk.path("notify")).expect("as the test set it up");
    socket
        .set_read_timeout(Some(Duration::from_mins(1)))
        .expect("as the test set it up");
    let mut child = Command::new(env!("CARGO_BIN_EXE_rongcuo"))
        .arg("serve")
        .current_dir(desk.folder.path())
        .env("NOTIFY_SOCKET", desk.path("notify"))
        .env("WATCHDOG_USEC", "200000")
        .env_remove("WATCHDOG_PID")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("as the test set it up");
    let mut first = String::new();
    BufReader::new(child.stdout.take().expect("as the test set it up"))
        .read_line(&mut first)
        .expect("as the test set it up");
    assert!(first.starts_with("listening on "), "{first}");
    let hear = || {
        let mut bytes = [0; 256];
        let length = socket.recv(&mut bytes).expect("as the test set it up");
        String::from_utf8(bytes[..length].to_vec()).expect("as the test set it up")
    };
    let mut heard = Vec::new();
    while heard.iter().filter(|word| *word == "WATCHDOG=1\n").count() < 3 || !heard.contains(&"READY=1\n".to_owned()) {
        heard.push(hear());
    }
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .expect("as the test set it up")
            .success()
    );
    while heard.last().is_none_or(|word| word != "STOPPING=1\n") {
        heard.push(hear());
    }
    assert!(child.wait().expect("as the test set it up").success());
    let known = ["READY=1\n", "WATCHDOG=1\n", "STOPPING=1\n"];
    assert!(heard.iter().all(|word| known.contains(&word.as_str())), "{heard:?}");
}
