//! What leaves the house by HTTP, against a real server on the loopback.

use crate::cli::Desk;
use crate::support::app::on_both;
use crate::support::smtp::acceptor;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request as Asked, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use rongcuo::app::health;
use rongcuo::domain::ids::hex;
use rongcuo::domain::outbox::Attempt;
use rongcuo::domain::time::Moment;
use rongcuo::outbound::{
    self, AllowList, Channel, Client, DingTalk, Folder, HEADER_ID, HEADER_SIGNATURE, HEADER_TIMESTAMP, Kind, Limits,
    Looks, Message, Origin, Template, Url, WeCom, Webhook,
};
use rongcuo::runtime::lifecycle::{Finished, Lifecycle};
use rongcuo::runtime::secret::Secret;
use rongcuo::worker::Heartbeat;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const NOW: Moment = Moment::from_millis(1_790_000_000_123);

/// What the server was asked.
#[derive(Clone)]
pub struct Seen {
    method: String,
    pub path: String,
    pub query: HashMap<String, String>,
    pub headers: HeaderMap,
    body: Vec<u8>,
}

impl Seen {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("as the test set it up")
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().expect("as the test set it up")
    }
}

/// What the server answers.
#[derive(Clone)]
enum Answer {
    Say(u16, String),
    Elsewhere(String),
    /// Nothing, ever.
    Silence,
    /// The address it was asked under.
    Echo,
}

/// A server on the loopback.
pub struct Server {
    address: SocketAddr,
    answer: Arc<Mutex<Answer>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

type Shared = (Arc<Mutex<Answer>>, Arc<Mutex<Vec<Seen>>>);

impl Server {
    pub async fn start() -> Self {
        let answer = Arc::new(Mutex::new(Answer::Say(200, String::new())));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("as the test set it up");
        let address = listener.local_addr().expect("as the test set it up");
        let router = Router::new().fallback(reply).with_state((answer.clone(), seen.clone()));
        tokio::spawn(async move { axum::serve(listener, router).await.expect("as the test set it up") });
        Self { address, answer, seen }
    }

    pub fn says(&self, status: u16, body: &str) {
        *self.answer.lock().expect("as the test set it up") = Answer::Say(status, body.to_owned());
    }

    fn does(&self, answer: Answer) {
        *self.answer.lock().expect("as the test set it up") = answer;
    }

    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).expect("as the test set it up")
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("as the test set it up").clone()
    }

    pub fn last(&self) -> Seen {
        self.seen().pop().expect("a request")
    }

    pub fn client(&self) -> Client {
        client(&format!("http://{}", self.address), Limits::default())
    }
}

async fn reply(State((answer, seen)): State<Shared>, asked: Asked) -> Response {
    let (parts, body) = asked.into_parts();
    let text = parts.uri.to_string();
    let body = to_bytes(body, 1 << 20).await.expect("as the test set it up").to_vec();
    seen.lock().expect("as the test set it up").push(Seen {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts
            .uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter_map(|one| one.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        headers: parts.headers,
        body,
    });
    let answer = answer.lock().expect("as the test set it up").clone();
    let (status, body) = match answer {
        Answer::Say(status, body) => (status, body),
        Answer::Echo => (400, text),
        Answer::Silence => std::future::pending().await,
        Answer::Elsewhere(place) => {
            let elsewhere = Response::builder().status(302).header(header::LOCATION, place);
            return elsewhere.body(Body::empty()).expect("as the test set it up");
        }
    };
    let answer = Response::builder().status(StatusCode::from_u16(status).expect("as the test set it up"));
    answer.body(Body::from(body)).expect("as the test set it up")
}

fn client(allowed: &str, limits: Limits) -> Client {
    Client::new(
        AllowList::new(vec![Origin::parse(allowed).expect("as the test set it up")]),
        None,
        limits,
    )
}

fn message() -> Message {
    Message {
        id: "5f2a".to_owned(),
        title: "【紧急】归入人事档案 RC-2：\"逾期\"".to_owned(),
        kind: "结论归入干部人事档案".to_owned(),
        number: "RC-2".to_owned(),
        day: NaiveDate::from_ymd_opt(2026, 9, 30),
        link: "http://127.0.0.1:8087/obligations/x".to_owned(),
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn channel(kind: Kind) -> Channel {
    Channel {
        id: "试".to_owned(),
        per_minute: 20,
        kind,
    }
}

fn webhook(url: Url) -> Channel {
    channel(Kind::Webhook(Webhook {
        url,
        headers: vec![outbound::header("X-Token", "abc").expect("as the test set it up")],
        template: Template::parse(r#"{"msg": {"t": "{title}", "b": ["{text}", 1]}, "to": "{link}"}"#)
            .expect("as the test set it up"),
        secret: Some(secret("signing-key")),
    }))
}

fn wecom(url: Url, looks: Looks) -> Channel {
    let key = secret("robot-key-77");
    channel(Kind::WeCom(WeCom { url, key, looks }))
}

fn dingtalk(url: Url, looks: Looks) -> Channel {
    channel(Kind::DingTalk(DingTalk {
        url,
        token: secret("token-99"),
        secret: Some(secret("SEC-key")),
        looks,
    }))
}

/// Every kind that speaks HTTP.
fn each(url: &Url) -> [Channel; 3] {
    [
        webhook(url.clone()),
        wecom(url.clone(), Looks::Text),
        dingtalk(url.clone(), Looks::Text),
    ]
}

async fn send(client: &Client, channel: &Channel) -> Attempt {
    outbound::send(client, channel, &message(), NOW).await
}

/// The same function by another library.
fn hmac(key: &str, text: &[u8]) -> Vec<u8> {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key.as_bytes());
    ring::hmac::sign(&key, text).as_ref().to_vec()
}

#[tokio::test]
async fn a_webhook_gets_its_own_shape_signed() {
    let server = Server::start().await;
    server.says(204, "");
    let attempt = send(&server.client(), &webhook(server.url("/in?a=1"))).await;
    assert_eq!(
        attempt,
        Attempt::Accepted {
            reply: "204".to_owned()
        }
    );
    let seen = server.last();
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str(), seen.query["a"].as_str()),
        ("POST", "/in", "1")
    );
    assert_eq!(seen.header("host"), server.address.to_string());
    assert_eq!(seen.header("content-type"), "application/json; charset=utf-8");
    assert_eq!((seen.header("x-token"), seen.header(HEADER_ID)), ("abc", "5f2a"));
    let expected = json!({
        "msg": { "t": message().title, "b": ["结论归入干部人事档案 RC-2，应于 2026年9月30日", 1] },
        "to": "http://127.0.0.1:8087/obligations/x",
    });
    assert_eq!(seen.json(), expected);
    assert_eq!(seen.header(HEADER_TIMESTAMP), "1790000000");
    let signed = [b"1790000000.".as_slice(), &seen.body].concat();
    assert_eq!(
        seen.header(HEADER_SIGNATURE),
        format!("v1={}", hex(&hmac("signing-key", &signed)))
    );
}

#[tokio::test]
async fn a_wecom_robot_is_asked_as_it_wants() {
    let server = Server::start().await;
    let client = server.client();
    let url = server.url("/cgi-bin/webhook/send");
    server.says(200, r#"{"errcode":0,"errmsg":"ok"}"#);
    let attempt = send(&client, &wecom(url.clone(), Looks::Text)).await;
    assert_eq!(
        attempt,
        Attempt::Accepted {
            reply: "0 ok".to_owned()
        }
    );
    let seen = server.last();
    assert_eq!(seen.query["key"], "robot-key-77");
    let text = format!(
        "{}\n结论归入干部人事档案 RC-2，应于 2026年9月30日\nhttp://127.0.0.1:8087/obligations/x",
        message().title
    );
    assert_eq!(seen.json(), json!({ "msgtype": "text", "text": { "content": text } }));
    send(&client, &wecom(url.clone(), Looks::Markdown)).await;
    let shown = server.last().json();
    assert_eq!(shown["msgtype"], "markdown");
    assert!(
        shown["markdown"]["content"]
            .as_str()
            .expect("as the test set it up")
            .contains("[查看](http://127.0.0.1:8087/obligations/x)")
    );
    for (body, temporary) in [
        (r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#, true),
        (r#"{"errcode":-1,"errmsg":"system busy"}"#, true),
        (r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#, false),
    ] {
        server.says(200, body);
        let attempt = send(&client, &wecom(url.clone(), Looks::Text)).await;
        let as_expected = match &attempt {
            Attempt::Temporary { .. } => temporary,
            Attempt::Permanent { .. } => !temporary,
            _ => false,
        };
        assert!(as_expected, "{body}: {attempt:?}");
    }
}

#[tokio::test]
async fn a_dingtalk_robot_gets_a_signature_it_can_check() {
    let server = Server::start().await;
    let client = server.client();
    let url = server.url("/robot/send");
    server.says(200, r#"{"errcode":0,"errmsg":"ok"}"#);
    // Moments whose signatures hold every character that must be escaped.
    let mut escaped = String::new();
    for later in 0..20 {
        let now = NOW.plus_millis(later);
        let attempt = outbound::send(&client, &dingtalk(url.clone(), Looks::Text), &message(), now).await;
        assert_eq!(
            attempt,
            Attempt::Accepted {
                reply: "0 ok".to_owned()
            }
        );
        let seen = server.last();
        assert_eq!(seen.query["access_token"], "token-99");
        let timestamp = &seen.query["timestamp"];
        assert_eq!(*timestamp, now.millis().to_string());
        let expected = hmac("SEC-key", format!("{timestamp}\nSEC-key").as_bytes());
        let sign = &seen.query["sign"];
        let decoded = sign.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
        assert_eq!(STANDARD.decode(decoded).expect("as the test set it up"), expected);
        escaped.push_str(sign);
    }
    assert!(escaped.contains("%2B") && escaped.contains("%2F") && !escaped.contains(['+', '/', '=']));
    send(&client, &dingtalk(url.clone(), Looks::Markdown)).await;
    assert_eq!(server.last().json()["msgtype"], "markdown");
    server.says(200, r#"{"errcode":130101,"errmsg":"send too fast"}"#);
    let attempt = send(&client, &dingtalk(url.clone(), Looks::Text)).await;
    assert_eq!(
        attempt,
        Attempt::Temporary {
            reply: "130101 send too fast".to_owned()
        }
    );
    server.says(200, r#"{"errcode":310000,"errmsg":"sign not match"}"#);
    let attempt = send(&client, &dingtalk(url, Looks::Text)).await;
    assert_eq!(
        attempt,
        Attempt::Permanent {
            reply: "310000 sign not match".to_owned()
        }
    );
}

#[tokio::test]
async fn a_message_becomes_one_whole_file() {
    let folder = tempfile::tempdir().expect("as the test set it up");
    let dir = folder.path().join("gateway");
    let server = Server::start().await;
    let channel = channel(Kind::File(Folder { dir: dir.clone() }));
    for _ in 0..2 {
        let attempt = send(&server.client(), &channel).await;
        assert_eq!(
            attempt,
            Attempt::Accepted {
                reply: "已写入 5f2a.json".to_owned()
            }
        );
    }
    let files: Vec<_> = std::fs::read_dir(&dir)
        .expect("as the test set it up")
        .map(|entry| entry.expect("as the test set it up").path())
        .collect();
    assert_eq!(files, [dir.join("5f2a.json")]);
    let text = std::fs::read_to_string(&files[0]).expect("as the test set it up");
    let document: Value = serde_json::from_str(&text).expect("as the test set it up");
    assert_eq!(document["title"], message().title);
    assert_eq!(
        (&document["number"], &document["day"]),
        (&json!("RC-2"), &json!("2026-09-30"))
    );
    assert_eq!(
        std::fs::metadata(&files[0])
            .expect("as the test set it up")
            .permissions()
            .mode()
            & 0o777,
        0o640
    );
    // A folder that cannot be made is no answer, and nobody can have the message.
    std::fs::write(folder.path().join("file"), "").expect("as the test set it up");
    let blocked = self::channel(Kind::File(Folder {
        dir: folder.path().join("file/in"),
    }));
    let attempt = send(&server.client(), &blocked).await;
    assert!(
        matches!(attempt, Attempt::Unknown { in_doubt: false, .. }),
        "{attempt:?}"
    );
}

#[tokio::test]
async fn what_the_status_says_is_heard() {
    let server = Server::start().await;
    let client = server.client();
    for channel in each(&server.url("/")) {
        for status in [408, 429, 500, 502, 503] {
            server.says(status, "later");
            let expected = Attempt::Temporary {
                reply: format!("{status} later"),
            };
            assert_eq!(send(&client, &channel).await, expected);
        }
        for status in [400, 401, 404, 413] {
            server.says(status, "no");
            let expected = Attempt::Permanent {
                reply: format!("{status} no"),
            };
            assert_eq!(send(&client, &channel).await, expected);
        }
    }
    for robot in &each(&server.url("/"))[1..] {
        server.says(200, "<html>portal</html>");
        let attempt = send(&client, robot).await;
        assert!(
            matches!(attempt, Attempt::Unknown { in_doubt: true, .. }),
            "{attempt:?}"
        );
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (server, other) = (Server::start().await, Server::start().await);
    server.does(Answer::Elsewhere(format!("http://{}/", other.address)));
    for channel in each(&server.url("/")) {
        let attempt = send(&server.client(), &channel).await;
        assert!(
            matches!(&attempt, Attempt::Permanent { reply } if reply.starts_with("302 ")),
            "{attempt:?}"
        );
    }
    assert_eq!((server.seen().len(), other.seen().len()), (3, 0));
}

#[tokio::test]
async fn what_is_not_on_the_list_is_not_asked() {
    let (server, other) = (Server::start().await, Server::start().await);
    for channel in each(&other.url("/")) {
        let attempt = send(&server.client(), &channel).await;
        let Attempt::Permanent { reply } = &attempt else {
            panic!("{attempt:?}")
        };
        assert!(
            reply.contains("allow") && reply.contains(&other.address.to_string()),
            "{reply}"
        );
        assert!(!reply.contains("token") && !reply.contains("robot-key"), "{reply}");
    }
    assert!(other.seen().is_empty() && server.seen().is_empty());
}

#[tokio::test]
async fn a_name_that_leads_into_the_house_is_not_connected_to() {
    let server = Server::start().await;
    let port = server.address.port();
    // The resolver reads these as 127.0.0.1; to the list they are names.
    for name in ["2130706433", "0x7f.1"] {
        let place = format!("https://{name}:{port}");
        let hook = webhook(Url::parse(&place).expect("as the test set it up"));
        let attempt = send(&client(&place, Limits::default()), &hook).await;
        let Attempt::Permanent { reply } = &attempt else {
            panic!("{attempt:?}")
        };
        assert!(reply.contains("本机或内网地址"), "{reply}");
    }
    assert!(server.seen().is_empty());
    let place = format!("http://localhost:{port}");
    let hook = webhook(Url::parse(&place).expect("as the test set it up"));
    let attempt = send(&client(&place, Limits::default()), &hook).await;
    assert!(
        matches!(attempt, Attempt::Accepted { .. }),
        "localhost is named: {attempt:?}"
    );
}

#[tokio::test]
async fn silence_and_floods_are_bounded() {
    let server = Server::start().await;
    let short = Limits {
        answer: Duration::from_millis(200),
        ..Limits::default()
    };
    let place = format!("http://{}", server.address);
    server.does(Answer::Silence);
    for channel in each(&server.url("/")) {
        let attempt = send(&client(&place, short), &channel).await;
        assert!(
            matches!(attempt, Attempt::Unknown { in_doubt: true, .. }),
            "{attempt:?}"
        );
    }
    server.says(200, &"x".repeat(Limits::default().bytes + 1));
    let attempt = send(&server.client(), &webhook(server.url("/"))).await;
    assert!(
        matches!(attempt, Attempt::Unknown { in_doubt: true, .. }),
        "{attempt:?}"
    );
    // Nobody listens there any more.
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("as the test set it up");
        listener.local_addr().expect("as the test set it up")
    };
    let place = format!("http://{closed}");
    for channel in each(&Url::parse(&place).expect("as the test set it up")) {
        let attempt = send(&client(&place, Limits::default()), &channel).await;
        assert!(
            matches!(attempt, Attempt::Unknown { in_doubt: false, .. }),
            "{attempt:?}"
        );
    }
}

#[tokio::test]
async fn a_receiver_that_quotes_the_secret_is_not_repeated() {
    let server = Server::start().await;
    server.does(Answer::Echo);
    for channel in each(&server.url("/")) {
        let attempt = send(&server.client(), &channel).await;
        for secret in ["robot-key-77", "token-99", "SEC-key", "signing-key"] {
            assert!(!attempt.said().contains(secret), "{attempt:?}");
            assert!(!format!("{channel:?}").contains(secret), "{channel:?}");
        }
        assert!(attempt.said().starts_with("400 /"), "{attempt:?}");
    }
}

#[tokio::test]
async fn heartbeats_are_counted_and_at_most_one_an_interval() {
    on_both("2026-09-28T10:00:00+08:00", async |bench| {
        let server = Server::start().await;
        let heartbeat = Heartbeat {
            client: server.client(),
            url: server.url("/ping/abc?x=1"),
            every: Duration::from_mins(5),
        };
        heartbeat.beat(&bench.app).await;
        let seen = server.last();
        assert_eq!(
            (seen.method.as_str(), seen.path.as_str(), seen.query["x"].as_str()),
            ("GET", "/ping/abc", "1")
        );
        server.says(500, "");
        heartbeat.beat(&bench.app).await;
        server.does(Answer::Elsewhere("http://127.0.0.1:1/".to_owned()));
        heartbeat.beat(&bench.app).await;
        assert_eq!(
            health::figures(&bench.app)
                .await
                .expect("as the test set it up")
                .heartbeats,
            (1, 2)
        );

        server.says(200, "");
        let (_sender, signals) = tokio::sync::mpsc::channel(1);
        let mut life = Lifecycle::with_signals(signals);
        let folder = tempfile::tempdir().expect("as the test set it up");
        let route = rongcuo::worker::Route::File(Arc::new(
            rongcuo::mail::FileTransport::new(folder.path()).expect("as the test set it up"),
        ));
        let random = Arc::new(rongcuo::runtime::random::SeededRandom::new(1));
        let deliverer = rongcuo::worker::Deliverer::new(bench.app.clone(), route, random);
        rongcuo::worker::Supervisor::new(bench.app.clone(), deliverer).beat(heartbeat, &life);
        let before = server.seen().len();
        for _ in 0..600 {
            health::tick(&bench.app, bench.app.now())
                .await
                .expect("as the test set it up");
            tokio::time::sleep(Duration::from_millis(10)).await;
            if server.seen().len() > before {
                break;
            }
        }
        for _ in 0..20 {
            health::tick(&bench.app, bench.app.now())
                .await
                .expect("as the test set it up");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        life.stop();
        assert_eq!(life.finish(Duration::from_secs(30)).await, Finished::Clean);
        assert_eq!(server.seen().len(), before + 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_beats_tells_of_its_channels_and_tests_one() {
    let server = Server::start().await;
    server.says(200, r#"{"errcode":0,"errmsg":"ok"}"#);
    let desk = Desk::new();
    let place = format!("http://{}", server.address);
    let config = format!(
        "[smtp]\nmode = \"file\"\ndir = \"outbox\"\n[outbound]\nallow = [\"{place}\"]\n\
         [watch]\nheartbeat_url = \"{place}/beat\"\n\
         [[channel]]\nid = \"群\"\nkind = \"wecom\"\nurl = \"{place}/send\"\ntoken_file = \"robot.key\"\n\
         [[channel]]\nid = \"外\"\nkind = \"webhook\"\nurl = \"https://gw.example.org/in\"\n\
         [[channel]]\nid = \"文件\"\nkind = \"file\"\ndir = \"gateway\"\n"
    );
    desk.write("rongcuo.toml", config.as_bytes());
    desk.write("robot.key", b"robot-key-77\n");
    let owner = |mode| {
        std::fs::set_permissions(desk.path("robot.key"), std::fs::Permissions::from_mode(mode))
            .expect("as the test set it up");
    };
    owner(0o644);
    let said = desk.run(&["channel", "test", "群"]);
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
    assert!(
        said.err.contains("chmod 600") && server.seen().is_empty(),
        "{}",
        said.err
    );
    owner(0o600);

    desk.ok(0, &["serve", "--run-once"]);
    let seen = server.last();
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("GET", "/beat"));

    let before = server.seen().len();
    let said = desk.run(&["doctor"]);
    for line in [
        format!("正常  心跳：发往 {place}，在允许外发的地址之列"),
        format!("正常  通道：群（wecom）：发往 {place}，在允许外发的地址之列"),
        "注意  通道：外（webhook）：https://gw.example.org 不在 [outbound] allow 之列".to_owned(),
        "正常  通道：文件（file）：写成文件".to_owned(),
    ] {
        assert!(said.out.contains(&line), "{line}\n{}", said.out);
    }
    assert_eq!(server.seen().len(), before, "doctor sends nothing");

    let said = desk.ok(0, &["channel", "test", "群"]);
    assert_eq!(said.out, "群：已接收（0 ok）\n");
    assert_eq!(server.last().query["key"], "robot-key-77");
    let said = desk.ok(3, &["channel", "test", "外", "--format", "json"]);
    let said: Value = serde_json::from_str(&said.out).expect("as the test set it up");
    assert_eq!(said["outcome"], "permanent");
    desk.ok(0, &["channel", "test", "文件"]);
    assert_eq!(
        std::fs::read_dir(desk.path("gateway"))
            .expect("as the test set it up")
            .count(),
        1
    );
    let said = desk.ok(2, &["channel", "test", "没有"]);
    assert!(said.err.contains("群、外、文件"), "{}", said.err);
}

#[tokio::test]
async fn an_encrypted_line_wants_a_trusted_certificate() {
    let folder = tempfile::tempdir().expect("as the test set it up");
    let tls = acceptor(folder.path());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("as the test set it up");
    let place = format!("https://{}", listener.local_addr().expect("as the test set it up"));
    let taken = Arc::new(Mutex::new(Vec::new()));
    let log = taken.clone();
    tokio::spawn(async move {
        loop {
            let (line, _) = listener.accept().await.expect("as the test set it up");
            // A client that does not trust the certificate goes away.
            let Ok(mut line) = tls.accept(line).await else { continue };
            let mut asked = Vec::new();
            while !asked.ends_with(b"}") {
                assert_ne!(
                    line.read_buf(&mut asked).await.expect("as the test set it up"),
                    0,
                    "the request is whole"
                );
            }
            log.lock()
                .expect("as the test set it up")
                .push(String::from_utf8(asked).expect("as the test set it up"));
            line.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
                .await
                .expect("as the test set it up");
            line.shutdown().await.expect("as the test set it up");
        }
    });
    let hook = webhook(Url::parse(&format!("{place}/in")).expect("as the test set it up"));
    let allow = || AllowList::new(vec![Origin::parse(&place).expect("as the test set it up")]);
    let trusting = |file: &str| Client::new(allow(), Some(folder.path().join(file)), Limits::default());
    let attempt = send(&trusting("other.pem"), &hook).await;
    assert!(
        matches!(&attempt, Attempt::Unknown { what, in_doubt: false } if what.contains("证书")),
        "{attempt:?}"
    );
    assert!(taken.lock().expect("as the test set it up").is_empty());
    let attempt = send(&trusting("ca.pem"), &hook).await;
    assert_eq!(
        attempt,
        Attempt::Accepted {
            reply: "202".to_owned()
        }
    );
    assert!(taken.lock().expect("as the test set it up")[0].starts_with("POST /in HTTP/1.1\r\n"));
}
