//! Channels beside mail through pages: looked at, set, sent through at once, taken over by another process, changed, taken out
//! of use and brought back; their addresses and keys shown nowhere.

use crate::cli::Desk;
use crate::outbound::{Seen, Server};
use crate::support::app::{Bench, bench_outward, each_database, each_its_own_mail, on_both};
use crate::support::site::{Answer, Browser};
use axum::http::StatusCode;
use rongcuo::app::reconcile::reconcile;
use rongcuo::app::ways::{self, Change, Outward, Own, Unshown};
use rongcuo::app::{settings as texts, trials};
use rongcuo::domain::account::Role;
use rongcuo::domain::channel::{self, Outline};
use rongcuo::domain::policy::{DEFAULT_PROFILE, Policy};
use rongcuo::domain::settings::Document;
use rongcuo::mail::FileTransport;
use rongcuo::outbound::{AllowList, Channel, Kind, Origin, Template, Webhook};
use rongcuo::runtime::random::SeededRandom;
use rongcuo::runtime::secret::Secret;
use rongcuo::store::{Db, channels, journal};
use rongcuo::worker::{Channels, Deliverer, Route};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

const NOW: &str = "2026-11-23T10:00:00+08:00";
const LIST: &str = "/settings/ways";
const NEW: &str = "/settings/ways/new";
const GATEWAY: &str = "/settings/ways/channels/gw";
const DUTY: &str = "/settings/ways/channels/duty";
/// What may stand nowhere but sealed.
const SECRETS: [&str; 6] = [
    "path-of-hook",
    "signing-key-1",
    "signing-key-2",
    "token-value-1",
    "robot-key-1",
    "secret-of-file",
];

fn place(server: &Server) -> String {
    server.url("/").origin().to_string()
}

/// A site that may send to these servers, with a channel of its configuration that sends to the first.
fn outward(servers: &[&Server]) -> Outward {
    let channel = own(servers[0]);
    let outline = Outline {
        kind: channel::Kind::Webhook,
        place: place(servers[0]),
        per_minute: 20,
        markdown: false,
        body: None,
        headers: Vec::new(),
        signed: true,
    };
    Outward {
        own: vec![Own {
            id: "duty".to_owned(),
            outline,
            ready: Arc::new(move || Ok(channel.clone())),
        }],
        allow: AllowList::new(
            servers
                .iter()
                .map(|one| Origin::parse(&place(one)).expect("a place"))
                .collect(),
        ),
        dirs: Vec::new(),
    }
}

fn own(server: &Server) -> Channel {
    Channel {
        id: "duty".to_owned(),
        per_minute: 20,
        kind: Kind::Webhook(Webhook {
            url: server.url("/of-file"),
            headers: Vec::new(),
            template: Template::default(),
            secret: Some(Secret::new("secret-of-file".to_owned())),
        }),
    }
}

/// Sends a message through a channel; gives what the outbox says of it and what the server was asked for it.
async fn tried(bench: &Bench, server: &Server, id: &str) -> (String, Option<Seen>) {
    let before = server.seen().len();
    let later = bench.app.now().plus_millis(61_000);
    bench.clock.set(later);
    trials::channel(&bench.app, id, "test").await.expect("a trial");
    let folder = tempfile::tempdir().expect("a folder");
    let route = Route::File(Arc::new(FileTransport::new(folder.path()).expect("a folder")));
    let sender = Deliverer::new(bench.app.clone(), route, Arc::new(SeededRandom::new(1)))
        .through(Channels::new(server.client(), vec![own(server)]));
    sender.run_once(&CancellationToken::new()).await.expect("a pass");
    let of_now = format!(
        "SELECT state || ' ' || COALESCE(last_reply, '') FROM mail WHERE created_ms = {}",
        later.millis()
    );
    let said = bench.texts(&of_now).await;
    (said[0].clone(), server.seen().get(before).cloned())
}

/// The hidden fields of the last form of a page that has the field.
fn hidden_of(page: &Answer) -> Vec<(String, String)> {
    let text = page.text();
    let form = text.split("<form").find(|form| form.contains("name=\"sure\""));
    let form = form.unwrap_or_else(|| panic!("no form to confirm: {text}"));
    let fields = form.split("<input type=\"hidden\" name=\"").skip(1);
    let pair = |field: &str| {
        let (name, rest) = field.split_once("\" value=\"").expect("a field");
        let value = rest.split('"').next().expect("a value");
        (name.to_owned(), value.replace("&#34;", "\"").replace("&#38;", "&"))
    };
    fields.map(pair).collect()
}

/// Sends the form of a page that checks, with a reason.
async fn confirmed(admin: &mut Browser, checked: &Answer, path: &str, reason: &str) -> Answer {
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.text());
    sent_with(admin, checked, path, reason).await
}

/// Sends the form of a page that checks again, as it was shown or refused.
async fn sent_with(admin: &mut Browser, checked: &Answer, path: &str, reason: &str) -> Answer {
    let hidden = hidden_of(checked);
    let mut all: Vec<(&str, &str)> = hidden
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    all.extend([("reason", reason), ("sure", "1")]);
    admin.post(path, &all).await
}

/// Looks at a change and makes it.
async fn made(admin: &mut Browser, (page, path): (&str, &str), fields: &[(&str, &str)]) -> Answer {
    let checked = admin.fill(page, path, fields).await;
    let done = confirmed(admin, &checked, path, "按约定").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    admin.follow(&done).await
}

fn untold(what: &str, text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{what} says {secret}: {text}");
    }
}

fn says(page: &Answer, words: &[&str]) {
    for word in words {
        assert!(page.text().contains(word), "{word}: {}", page.text());
    }
}

fn hook(server: &Server) -> Vec<(&'static str, String)> {
    vec![
        ("kind", "webhook".to_owned()),
        ("id", "gw".to_owned()),
        ("url", format!("{}/path-of-hook", place(server))),
        ("secret", "signing-key-1".to_owned()),
        ("headers", "X-Gate: token-value-1".to_owned()),
        ("body", "{\"t\": \"{title}\"}".to_owned()),
        ("per_minute", "30".to_owned()),
    ]
}

fn as_sent<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_is_looked_at_set_and_sent_through_at_once_and_its_keys_are_told_nowhere() {
    each_database(async |db| {
        let (server, other) = (Server::start().await, Server::start().await);
        let bench = bench_outward(db.clone(), NOW, each_its_own_mail(), outward(&[&server, &other])).await;
        let beside = bench_outward(db.clone(), NOW, each_its_own_mail(), outward(&[&server, &other])).await;
        let mut admin = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
        let asked = hook(&server);

        let checked = admin.fill(NEW, NEW, &as_sent(&asked)).await;
        assert_eq!(checked.status, StatusCode::OK, "{}", checked.text());
        says(&checked, &["预览：通道 gw", "通用接口", &place(&server), "已设置", "x-gate（值不显示）", "30 条", "没有用到它"]);
        untold("the page that checks", checked.text());
        assert!(admin.get(GATEWAY).await.status == StatusCode::NOT_FOUND, "nothing is set yet");
        let refused = confirmed(&mut admin, &checked, NEW, " ").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&refused, &["请写明理由"]);
        let told = sent_with(&mut admin, &refused, NEW, "密钥是 signing-key-1").await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&told, &["理由里写了通道的密钥"]);
        // What was typed and is not shown goes along.
        let done = sent_with(&mut admin, &told, NEW, "督查群的网关").await;
        let shown = admin.follow(&done).await;
        says(&shown, &["通道「gw」第 1 版已采用", "在用，第 1 版", "督查群的网关", "demo-system-administrator"]);

        let (said, seen) = tried(&bench, &server, "gw").await;
        assert!(said.starts_with("sent"), "{said}");
        let seen = seen.expect("a request");
        assert_eq!((seen.path.as_str(), &seen.headers["x-gate"]), ("/path-of-hook", &"token-value-1".parse().expect("a value")));
        assert!(seen.headers.contains_key("x-rongcuo-signature"));
        // Another process takes it over with its next pass.
        beside.set("2026-11-23T10:30:00+08:00");
        let (said, _) = tried(&beside, &server, "gw").await;
        assert!(said.starts_with("held") && said.contains("没有名为“gw”"), "{said}");
        reconcile(&beside.app, beside.app.now()).await.expect("a pass");
        assert!(tried(&beside, &server, "gw").await.0.starts_with("sent"));

        // The number alone: the keys stay, and so does the address.
        let quick = [("form", "set"), ("kind", "webhook"), ("body", "{\"t\": \"{title}\"}"), ("per_minute", "40")];
        let checked = admin.fill(GATEWAY, GATEWAY, &quick).await;
        says(&checked, &["30 条", "<strong>40 条</strong>", "不变"]);
        assert!(!checked.text().contains("将更换"), "{}", checked.text());
        made(&mut admin, (GATEWAY, GATEWAY), &quick).await;
        let seen = tried(&bench, &server, "gw").await.1.expect("a request");
        assert!(seen.path == "/path-of-hook" && seen.headers.contains_key("x-rongcuo-signature"));

        // Another host: what was kept for the first does not go there.
        let away = format!("{}/path-of-hook", place(&other));
        let mut moved = quick.to_vec();
        moved.push(("url", &away));
        let refused = admin.fill(GATEWAY, GATEWAY, &moved).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&refused, &["原来的密钥不会发给别的主机", "原来的请求头不会发给别的主机", "刚才填的还在"]);
        untold("the page that refuses", refused.text());
        // The address that was typed is still there, though the page does not show it.
        let typed = refused.hidden("typed");
        let again = [
            ("form", "set"),
            ("kind", "webhook"),
            ("typed", typed.as_str()),
            ("secret", "signing-key-2"),
            ("keep_headers", "drop"),
            ("per_minute", "40"),
        ];
        let checked = admin.fill(GATEWAY, GATEWAY, &again).await;
        says(&checked, &[&place(&other), "将更换", "没有"]);
        // It is of use for no other form, and to nobody else.
        let elsewhere = [
            ("kind", "webhook"),
            ("id", "gw2"),
            ("typed", typed.as_str()),
            ("per_minute", "40"),
        ];
        let refused = admin.fill(NEW, NEW, &elsewhere).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&refused, &["请填写网址"]);
        let unshown = Unshown {
            url: away.clone(),
            ..Unshown::default()
        };
        let sealed = unshown.sealed(&bench.app, "account:one", "gw");
        assert!(Unshown::carried(&bench.app, "account:one", "gw", &sealed) == unshown);
        for (actor, form, text) in [
            ("account:two", "gw", sealed.as_str()),
            ("account:one", "gw2", &sealed),
            ("account:one", "gw", &sealed[2..]),
            ("account:one", "gw", "网址"),
        ] {
            assert!(Unshown::carried(&bench.app, actor, form, text).is_empty());
        }
        made(&mut admin, (GATEWAY, GATEWAY), &again).await;
        let seen = tried(&bench, &other, "gw").await.1.expect("a request to the other");
        assert!(!seen.headers.contains_key("x-gate"));

        // The first comes back with its own keys, as a version of its own.
        let restore = [("form", "restore"), ("number", "1")];
        let shown = made(&mut admin, (GATEWAY, GATEWAY), &restore).await;
        says(&shown, &["在用，第 4 版"]);
        let seen = tried(&bench, &server, "gw").await.1.expect("a request");
        assert!(seen.path == "/path-of-hook" && seen.headers.contains_key("x-gate"));

        let shown = made(&mut admin, (GATEWAY, GATEWAY), &[("form", "retire")]).await;
        says(&shown, &["已停用", "第 5 版"]);
        assert_eq!(admin.fill(LIST, &format!("{GATEWAY}/trial"), &[]).await.status, StatusCode::NOT_FOUND);
        let (said, seen) = tried(&bench, &server, "gw").await;
        assert!(said.starts_with("held") && said.contains("已停用") && seen.is_none(), "{said}");
        for page in [LIST, GATEWAY, "/settings"] {
            untold(page, admin.get(page).await.text());
        }

        // Kept sealed, and only added to; the journal says what, not the keys.
        let newest = bench
            .read(async |tx| channels::page(tx, "gw", 10, 0).await.expect("versions"))
            .await;
        let numbers: Vec<(i64, i64, Option<i64>)> =
            newest.iter().map(|one| (one.number, one.replaces, one.restores)).collect();
        assert_eq!(numbers, [(5, 4, None), (4, 3, Some(1)), (3, 2, None), (2, 1, None), (1, 0, None)]);
        for version in &newest {
            let sealed = String::from_utf8_lossy(version.sealed.as_deref().unwrap_or_default()).into_owned();
            untold("what is kept", &sealed);
            assert!(!sealed.contains("webhook"));
        }
        let said = bench
            .texts("SELECT action || ' ' || object_id || ' ' || detail FROM journal WHERE action LIKE 'channel.%' AND action <> 'channel.trial' ORDER BY seq")
            .await;
        assert_eq!(said.len(), 5, "{said:?}");
        assert!(said[0].starts_with("channel.set gw 第 1 版，代替第 0 版：通用接口，发往 http://127.0.0.1"), "{said:?}");
        assert!(said[1].contains("改动：每分钟最多：按约定"), "{said:?}");
        assert!(said[3].starts_with("channel.restore gw 第 4 版") && said[3].contains("恢复第 1 版的内容"), "{said:?}");
        assert!(said[4].starts_with("channel.retire gw 第 5 版"), "{said:?}");
        let everything = "SELECT detail FROM journal UNION ALL SELECT COALESCE(message, '') || path FROM form_sent \
                          UNION ALL SELECT COALESCE(last_reply, '') FROM mail";
        untold("the database", &bench.texts(everything).await.join("\n"));
        let mut tx = bench.app.db.read().await.expect("a transaction");
        journal::verify(&mut tx).await.expect("an unbroken chain");
        tx.rollback().await.expect("ended");
        for gone in ["DELETE FROM channel_version", "UPDATE channel_version SET state = 'of-file', sealed = NULL"] {
            let refused = match &bench.app.db {
                Db::Sqlite { writer, .. } => sqlx::query(gone).execute(writer).await.is_err(),
                Db::Postgres(pool) => sqlx::query(gone).execute(pool).await.is_err(),
            };
            assert!(refused, "{gone}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_of_the_configuration_is_version_0_and_comes_back() {
    each_database(async |db| {
        let server = Server::start().await;
        let bench = bench_outward(db, NOW, each_its_own_mail(), outward(&[&server])).await;
        let mut admin = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
        says(&admin.get(LIST).await, &["在用，配置文件所写", "通用接口"]);
        assert_eq!(
            tried(&bench, &server, "duty").await.1.expect("a request").path,
            "/of-file"
        );
        // Its key stays while its host does; the file is not written.
        let slower = [("form", "set"), ("kind", "webhook"), ("per_minute", "5")];
        let checked = admin.fill(DUTY, DUTY, &slower).await;
        says(&checked, &["配置文件", "设置页面", "<strong>5 条</strong>"]);
        let told = sent_with(&mut admin, &checked, DUTY, "密钥 secret-of-file 不变").await;
        assert_eq!(
            told.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "a key of the file is one too"
        );
        let shown = made(&mut admin, (DUTY, DUTY), &slower).await;
        says(&shown, &["在用，第 1 版", "第 0 版", "配置文件现在所写"]);
        let seen = tried(&bench, &server, "duty").await.1.expect("a request");
        assert!(seen.path == "/of-file" && seen.headers.contains_key("x-rongcuo-signature"));

        // A page that was opened before says so.
        let checked = admin.fill(DUTY, DUTY, &[("form", "retire")]).await;
        made(
            &mut admin,
            (DUTY, DUTY),
            &[("form", "set"), ("kind", "webhook"), ("per_minute", "6")],
        )
        .await;
        let stale = confirmed(&mut admin, &checked, DUTY, "迟了").await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&stale, &["已改为第 2 版"]);
        let same = admin
            .fill(DUTY, DUTY, &[("form", "set"), ("kind", "webhook"), ("per_minute", "6")])
            .await;
        assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&same, &["没有需要采用的改动"]);

        // Retired, it is out of use whatever the file says, and the file is where it comes back from.
        made(&mut admin, (DUTY, DUTY), &[("form", "retire")]).await;
        assert!(tried(&bench, &server, "duty").await.0.contains("已停用"));
        let change = admin.fill(DUTY, DUTY, &slower).await;
        assert_eq!(change.status, StatusCode::UNPROCESSABLE_ENTITY);
        let shown = made(&mut admin, (DUTY, DUTY), &[("form", "restore"), ("number", "0")]).await;
        says(&shown, &["在用，配置文件所写"]);
        assert_eq!(
            tried(&bench, &server, "duty").await.1.expect("a request").path,
            "/of-file"
        );
        let again = admin.fill(DUTY, DUTY, &[("form", "restore"), ("number", "0")]).await;
        says(&again, &["没有需要采用的改动"]);
        let stored = bench
            .read(async |tx| channels::one(tx, "duty", 4).await.expect("read").expect("a version"))
            .await;
        assert!(stored.sealed.is_none(), "the file's keys are not copied");
        untold("the page", shown.text());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_rules_send_through_is_not_taken_out_of_use() {
    on_both(NOW, async |bench| {
        let before = "\nanswers = [";
        let line = "channels = [{ id = \"duty\", severities = [\"warn\", \"urgent\"] }]";
        let rules = DEFAULT_PROFILE.replacen(before, &format!("\n{line}{before}"), 1);
        let stray = rules.replacen("\"duty\"", "\"nobody\"", 1);
        let mistakes = texts::check(&bench.app, Document::Profile, &stray).expect_err("nobody listens");
        assert!(mistakes[0].problem.contains("没有在用的通道「nobody」"), "{mistakes:?}");
        let checked = texts::check(&bench.app, Document::Profile, &rules).expect("rules");
        let proposal = texts::Proposal {
            document: Document::Profile,
            checked,
            base: 0,
            restores: None,
        };
        texts::adopt(&bench.app, proposal, "经通道告知", "test")
            .await
            .expect("adopted");
        let mut admin = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
        let refused = admin.fill(DUTY, DUTY, &[("form", "retire")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&refused, &["现行的规则第 1 版经它发出警示、紧急的提醒", "先在通知"]);
        // Somebody has the page open from before the rules named it.
        let all = [("form", "retire"), ("base", "0"), ("reason", "不用了"), ("sure", "1")];
        let refused = admin.fill(DUTY, DUTY, &all).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            bench
                .read(async |tx| channels::newest(tx, "duty").await.expect("a number"))
                .await
                == 0
        );

        let without = Policy::builtin().text().to_owned();
        let checked = texts::check(&bench.app, Document::Profile, &without).expect("rules");
        let proposal = texts::Proposal {
            document: Document::Profile,
            checked,
            base: 1,
            restores: None,
        };
        texts::adopt(&bench.app, proposal, "不再经通道", "test")
            .await
            .expect("adopted");
        let shown = made(&mut admin, (DUTY, DUTY), &[("form", "retire")]).await;
        says(&shown, &["已停用"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_sets_nothing_outside_the_bounds_of_the_configuration() {
    each_database(async |db| {
        let (server, other) = (Server::start().await, Server::start().await);
        let bench = bench_outward(db.clone(), NOW, each_its_own_mail(), outward(&[&server, &other])).await;
        let mut admin = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
        let refused = |page: &Answer, words: &[&str]| {
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.text());
            says(page, words);
            untold("the page", page.text());
        };
        for (change, words) in [
            (
                ("url", "https://hook.example.org/path-of-hook"),
                "https://hook.example.org 不在配置文件允许外发的地址之列",
            ),
            (("url", "ftp://hook.example.org/x"), "网址要以 https:// 或 http:// 开头"),
            (("url", "gateway"), "网址要以 https:// 或 http:// 开头"),
            (("url", "https://a b/"), "网址写得不对"),
            (("secret", "short"), "签名密钥至少 8 个字"),
            (("url", "http://127.0.0.1@evil.example/"), "不能有用户名或密码"),
            (("headers", "Host: evil.example"), "由程序自己写"),
            (("headers", "没有冒号"), "请求头第 1 行"),
            (("headers", "X-Way: a\nx-way: b"), "请求头第 2 行的「x-way」前面已写过"),
            (("body", "{\"t\": "), "正文不是完整的 JSON"),
            (("body", "{\"t\": \"{name}\"}"), "不认识的占位"),
            (("per_minute", "0"), "写 1 到 6000"),
            (("id", "../gw"), "名称用字母、汉字"),
            (("id", ""), "请写明名称"),
            (("id", "duty"), "已有名为「duty」的通道"),
        ] {
            let mut asked = hook(&server);
            let at = asked.iter().position(|(name, _)| *name == change.0).expect("a field");
            change.1.clone_into(&mut asked[at].1);
            refused(&admin.fill(NEW, NEW, &as_sent(&asked)).await, &[words]);
        }
        let folder = [("kind", "file"), ("id", "gw"), ("dir", "/etc"), ("per_minute", "5")];
        refused(
            &admin.fill(NEW, NEW, &folder).await,
            &["/etc 不是配置文件允许写入的目录"],
        );

        // Robots are given by the address they are copied with; the key in it is taken out of it and sealed.
        let robot = |address: String| {
            vec![
                ("kind", "wecom".to_owned()),
                ("id", "群".to_owned()),
                ("url", address),
                ("looks", "markdown".to_owned()),
                ("per_minute", "20".to_owned()),
            ]
        };
        let keyless = robot(format!("{}/send", place(&server)));
        refused(&admin.fill(NEW, NEW, &as_sent(&keyless)).await, &["网址里要有 key="]);
        let whole = robot(format!("{}/send?key=robot-key-1&v=2", place(&server)));
        let shown = made(&mut admin, (NEW, NEW), &as_sent(&whole)).await;
        says(&shown, &["通道「群」第 1 版已采用", "企业微信机器人"]);
        untold("the page", shown.text());
        server.says(200, r#"{"errcode":0,"errmsg":"ok"}"#);
        let (said, seen) = tried(&bench, &server, "群").await;
        assert!(said.starts_with("sent"), "{said}");
        let seen = seen.expect("a request");
        assert_eq!(
            (seen.query["key"].as_str(), seen.query["v"].as_str()),
            ("robot-key-1", "2")
        );
        let page = "/settings/ways/channels/%E7%BE%A4";
        let away = format!("{}/send", place(&other));
        let moved = [
            ("form", "set"),
            ("kind", "wecom"),
            ("url", away.as_str()),
            ("looks", "text"),
            ("per_minute", "20"),
        ];
        refused(&admin.fill(page, page, &moved).await, &["网址里要有 key="]);

        // What the configuration permits no more is not sent to, and not brought back.
        let narrow = bench_outward(db.clone(), NOW, each_its_own_mail(), outward(&[&other])).await;
        narrow.set("2026-11-23T11:00:00+08:00");
        let (said, seen) = tried(&narrow, &server, "群").await;
        assert!(
            said.starts_with("held") && said.contains("不在配置文件允许外发的地址之列") && seen.is_none(),
            "{said}"
        );
        let line = ways::one(&narrow.app, "群").await.expect("a line").expect("a channel");
        let why = line.barred.expect("outside the bounds");
        assert!(why.contains("不在配置文件允许外发的地址之列"), "{why}");
        assert_eq!(
            ways::one(&bench.app, "群")
                .await
                .expect("a line")
                .expect("a channel")
                .barred,
            None
        );
        let unnamed = [("form", "restore"), ("number", "abc")];
        refused(&admin.fill(page, page, &unnamed).await, &["没有写明恢复哪一版"]);
        made(&mut admin, (page, page), &[("form", "retire")]).await;
        let mistakes = ways::plan(&narrow.app, "群", &Change::Restore(1))
            .await
            .expect("a plan");
        let mistakes = mistakes.err().expect("outside the bounds");
        assert!(
            mistakes[0].problem.contains("不在配置文件允许外发的地址之列"),
            "{mistakes:?}"
        );
    })
    .await;
}

#[test]
fn commands_list_retire_and_restore_and_go_by_what_is_set() {
    let desk = Desk::new();
    let config = "[smtp]\nmode = \"file\"\ndir = \"outbox\"\n\
                  [[channel]]\nid = \"文件\"\nkind = \"file\"\ndir = \"gateway\"\n";
    desk.write("rongcuo.toml", config.as_bytes());
    desk.ok(0, &["migrate"]);
    desk.ok(0, &["channel", "test", "文件"]);
    let said = desk.ok(0, &["channel", "list"]);
    assert!(
        said.out.contains("文件：配置文件所写，写成文件") && said.out.contains("每分钟最多 20 条"),
        "{}",
        said.out
    );
    let said = desk.run(&["channel", "retire", "文件", "--reason", " "]);
    assert!(
        said.code == 2 && said.err.contains("请写明理由"),
        "{}{}",
        said.out,
        said.err
    );
    let said = desk.ok(0, &["channel", "retire", "文件", "--reason", "网关检修"]);
    assert!(said.out.contains("通道「文件」已停用，是它的第 1 版"), "{}", said.out);
    let said = desk.run(&["channel", "test", "文件"]);
    assert!(
        said.code == 2 && said.err.contains("已停用"),
        "{}{}",
        said.out,
        said.err
    );
    let said = desk.run(&["doctor"]);
    assert!(
        said.out.contains("正常  设置的通道：文件（第 1 版）：已停用"),
        "{}",
        said.out
    );
    let said = desk.run(&["channel", "restore", "文件", "1", "--reason", "检修完了"]);
    assert!(
        said.code == 2 && said.err.contains("没有内容可以恢复"),
        "{}{}",
        said.out,
        said.err
    );
    desk.ok(0, &["channel", "restore", "文件", "0", "--reason", "检修完了"]);
    desk.ok(0, &["channel", "test", "文件"]);
    let said = desk.ok(0, &["channel", "list", "--format", "json"]);
    let said: serde_json::Value = serde_json::from_str(&said.out).expect("a document");
    assert_eq!(said["channels"][0]["version"], 2);
    let said = desk.run(&["channel", "retire", "别的", "--reason", "不用"]);
    assert!(
        said.code == 2 && said.err.contains("没有名为“别的”的通道"),
        "{}{}",
        said.out,
        said.err
    );
}
