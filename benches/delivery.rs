//! How fast mail leaves: ten thousand mails from the outbox to a server on this machine, beside Postfix's `smtp-source`
//! and Prometheus Alertmanager at the same server; once at Postfix's `smtp-sink`, and once at a server of our own, which keeps
//! the Message-IDs. It only measures; `docs/delivery.md` has the figures.
//!
//! `cargo bench --bench delivery [NUMBER]`; programs that are not installed are left out.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up must stop")]

use rongcuo::domain::ids::MailId;
use rongcuo::domain::time::Moment;
use rongcuo::store::Db;
use rongcuo::store::mails::{self, NewMail};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const NUMBER: usize = 10_000;
/// About what a reminder with its two texts takes.
const BODY_LINES: usize = 80;
const ALERTMANAGER: &str = "/usr/bin/prometheus-alertmanager";
const SMTP_SOURCE: &str = "/usr/sbin/smtp-source";
const SMTP_SINK: &str = "/usr/sbin/smtp-sink";

/// A server that takes everything.
enum Sink {
    /// It keeps what came.
    Ours { port: u16, seen: Arc<Mutex<Seen>> },
    /// It keeps nothing.
    Postfix { port: u16, process: Child },
}

#[derive(Default)]
struct Seen {
    taken: usize,
    ids: BTreeSet<Vec<u8>>,
    last: Option<Instant>,
}

/// Which of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Ours,
    Postfix,
}

impl Sink {
    fn start(at: At) -> Self {
        match at {
            At::Ours => Self::ours(),
            At::Postfix => Self::postfix(&[]),
        }
    }

    /// One that can be waited for: Postfix's ends with so many mails, before it answers the last.
    fn until(at: At, number: usize) -> Self {
        match at {
            At::Ours => Self::ours(),
            At::Postfix => Self::postfix(&["-M", &number.to_string()]),
        }
    }

    fn ours() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, seen) = (stream.unwrap(), Arc::clone(&shared));
                // A client that breaks off has said what it wanted.
                std::thread::spawn(move || drop(talk(&stream, &seen)));
            }
        });
        Self::Ours { port, seen }
    }

    fn postfix(options: &[&str]) -> Self {
        let port = free_port();
        let process = Command::new(SMTP_SINK)
            // Asked for where the superuser starts it.
            .args(["-u", "nobody"])
            .args(options)
            .args([&format!("127.0.0.1:{port}"), "100"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        wait_for_port(port);
        Self::Postfix { port, process }
    }

    fn port(&self) -> u16 {
        match self {
            Self::Ours { port, .. } | Self::Postfix { port, .. } => *port,
        }
    }

    /// Waits for so many mails; when the last came.
    fn wait_for(&mut self, number: usize) -> Instant {
        let began = Instant::now();
        loop {
            match self {
                Self::Ours { seen, .. } => {
                    let seen = seen.lock().unwrap();
                    if seen.taken >= number {
                        return seen.last.unwrap();
                    }
                }
                Self::Postfix { process, .. } => {
                    if process.try_wait().unwrap().is_some() {
                        return Instant::now();
                    }
                }
            }
            assert!(began.elapsed() < Duration::from_mins(30), "not everything arrived");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Mails that came and different ones among them, where that is kept.
    fn came(&self) -> Option<(usize, usize)> {
        match self {
            Self::Ours { seen, .. } => {
                let seen = seen.lock().unwrap();
                Some((seen.taken, seen.ids.len()))
            }
            Self::Postfix { .. } => None,
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if let Self::Postfix { process, .. } = self {
            // It may have ended by itself.
            process.kill().ok();
            process.wait().ok();
        }
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn wait_for_port(port: u16) {
    let mut looks = 0;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        looks += 1;
        assert!(looks < 600, "nobody listens");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn talk(stream: &TcpStream, seen: &Mutex<Seen>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut reader, mut writer) = (BufReader::with_capacity(32 * 1024, stream), stream);
    let mut answers = b"220 sink ESMTP\r\n".to_vec();
    let mut line = Vec::new();
    loop {
        line.clear();
        // As RFC 2920 asks: what was answered goes out when nothing more is to be read.
        if reader.buffer().is_empty() {
            writer.write_all(&answers)?;
            answers.clear();
        }
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        line.make_ascii_uppercase();
        match &line[..line.len().min(4)] {
            b"DATA" => {
                answers.extend_from_slice(b"354 go on\r\n");
                writer.write_all(&answers)?;
                answers.clear();
                let mut id = Vec::new();
                loop {
                    line.clear();
                    if reader.read_until(b'\n', &mut line)? == 0 {
                        return Ok(());
                    }
                    if line == b".\r\n" {
                        break;
                    }
                    if id.is_empty() && line.len() > 11 && line[..11].eq_ignore_ascii_case(b"message-id:") {
                        id.clone_from(&line);
                    }
                }
                {
                    let mut seen = seen.lock().unwrap();
                    seen.taken += 1;
                    seen.ids.insert(id);
                    seen.last = Some(Instant::now());
                }
                answers.extend_from_slice(b"250 2.0.0 queued\r\n");
            }
            b"QUIT" => return writer.write_all(b"221 bye\r\n"),
            b"EHLO" => answers.extend_from_slice(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"),
            _ => answers.extend_from_slice(b"250 ok\r\n"),
        }
    }
}

/// A child's end and the most memory it held, in MiB.
struct Watched {
    took: Duration,
    peak_mib: f64,
}

/// Watches a sender to its end. Its time counts from its first connection to the sink: a service that is asked to send
/// has started long ago, as Alertmanager has.
fn watch(mut child: Child, port: u16) -> Watched {
    let mut began = None;
    let mut peak: f64 = 0.0;
    loop {
        if began.is_none() && is_connected(port) {
            began = Some(Instant::now());
        }
        peak = peak.max(peak_of(child.id()));
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{status:?}");
            return Watched {
                took: began.expect("it sent something").elapsed(),
                peak_mib: peak,
            };
        }
        let pause = if began.is_none() { 1 } else { 5 };
        std::thread::sleep(Duration::from_millis(pause));
    }
}

/// Whether somebody speaks to a port of this machine.
fn is_connected(port: u16) -> bool {
    const ESTABLISHED: &str = "01";
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let mut lines = table.lines().skip(1).map(|line| line.split_whitespace().skip(1));
    lines.any(|mut fields| {
        let (local, state) = (fields.next().unwrap(), fields.nth(1).unwrap());
        state == ESTABLISHED && local.ends_with(&format!(":{port:04X}"))
    })
}

fn peak_of(process: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: f64 = line
        .and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0.0);
    kib / 1024.0
}

struct Figures {
    name: &'static str,
    per_second: f64,
    peak_mib: f64,
    /// Mails that came, and different ones among them, where that is kept.
    came: Option<(usize, Option<usize>)>,
}

fn message(number: usize) -> Vec<u8> {
    let mut text = format!(
        "From: rongcuo@yunchuan.example\r\nTo: r@d{d}.example\r\nSubject: x\r\nMessage-ID: <{number:08}@yunchuan.example>\r\n\r\n",
        d = number % 4
    );
    for _ in 0..BODY_LINES {
        text.push_str("0123456789012345678901234567890123456789012345678901234567890123456789012345\r\n");
    }
    text.into_bytes()
}

async fn fill(database: &Path, number: usize) {
    let db = Db::open_sqlite(database).await.unwrap();
    db.ready().await.unwrap();
    let mut tx = db.begin().await.unwrap();
    for one in 0..number {
        let mail = NewMail {
            id: MailId::stored(format!("{one:08}")),
            dedup_key: format!("{one:08}"),
            message_id: format!("{one:08}@yunchuan.example"),
            sender: "rongcuo@yunchuan.example".to_owned(),
            recipient: format!("r@d{}.example", one % 4),
            recipient_name: String::new(),
            subject: "x".to_owned(),
            bytes: message(one),
        };
        let now = Moment::parse("2026-09-28T10:00:00+08:00").unwrap();
        assert!(mails::insert(&mut tx, &mail, now).await.unwrap());
    }
    tx.commit().await.unwrap();
    db.close().await;
}

/// The outbox to the sink: the real program, its database a file on disk.
fn rongcuo(at: At, number: usize, connections: u32, name: &'static str) -> Figures {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let sink = Sink::start(at);
    let database = folder.path().join("rongcuo.db");
    let config = format!(
        "[database]\nurl = \"sqlite:{}\"\n[smtp]\nhost = \"127.0.0.1\"\nport = {}\nconnections = {connections}\n[web]\nlisten = \
         \"127.0.0.1:0\"\n[crypto]\nkey_file = \"test.key\"\n",
        database.display(),
        sink.port()
    );
    std::fs::write(folder.path().join("rongcuo.toml"), config).unwrap();
    let key = folder.path().join("test.key");
    std::fs::write(&key, format!("rongcuo-key 1\n{}\n", "5c".repeat(32))).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(fill(&database, number));
    let child = Command::new(env!("CARGO_BIN_EXE_rongcuo"))
        .args(["serve", "--run-once"])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let watched = watch(child, sink.port());
    let recorded = runtime.block_on(async {
        let db = Db::open_sqlite(&database).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let counts = mails::counts(&mut tx).await.unwrap();
        tx.rollback().await.unwrap();
        db.close().await;
        counts
    });
    assert_eq!(
        (recorded.sent as usize, recorded.waiting, recorded.in_doubt),
        (number, 0, 0)
    );
    Figures {
        name,
        per_second: number as f64 / watched.took.as_secs_f64(),
        peak_mib: watched.peak_mib,
        came: sink.came().map(|(taken, distinct)| (taken, Some(distinct))),
    }
}

/// The limit: no store, no record, one kept connection.
fn smtp_source(at: At, number: usize) -> Option<Figures> {
    if !Path::new(SMTP_SOURCE).exists() {
        return None;
    }
    let sink = Sink::start(at);
    let size = message(0).len();
    let child = Command::new(SMTP_SOURCE)
        .args(["-s", "1", "-d", "-m", &number.to_string(), "-l", &size.to_string()])
        .args(["-f", "a@yunchuan.example", "-t", "r@d0.example"])
        .arg(format!("127.0.0.1:{}", sink.port()))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let watched = watch(child, sink.port());
    Some(Figures {
        name: "smtp-source（一条连接，不存不记）",
        per_second: number as f64 / watched.took.as_secs_f64(),
        peak_mib: watched.peak_mib,
        came: sink.came().map(|(taken, _)| (taken, None)),
    })
}

/// One mail for each alert, as its own configuration file asks for.
fn alertmanager(at: At, number: usize) -> Option<Figures> {
    if !Path::new(ALERTMANAGER).exists() {
        return None;
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut sink = Sink::until(at, number);
    let config = format!(
        "global:\n  smtp_smarthost: 127.0.0.1:{}\n  smtp_from: a@yunchuan.example\n  smtp_require_tls: false\nroute:\n  \
         receiver: mail\n  group_by: ['...']\n  group_wait: 0s\n  group_interval: 1h\n  repeat_interval: 24h\nreceivers:\n\
         - name: mail\n  email_configs:\n  - to: r@d0.example\n",
        sink.port()
    );
    std::fs::write(folder.path().join("am.yml"), config).unwrap();
    let port = free_port();
    let mut child = Command::new(ALERTMANAGER)
        .arg("--config.file=am.yml")
        .arg("--storage.path=data")
        .arg("--cluster.listen-address=")
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for_port(port);
    let began = Instant::now();
    let summary = "0123456789".repeat(BODY_LINES * 2);
    for chunk in (0..number).collect::<Vec<_>>().chunks(500) {
        let alerts: Vec<_> = chunk
            .iter()
            .map(|one| {
                serde_json::json!({ "labels": { "alertname": "due", "case": format!("RC-{one}") },
                    "annotations": { "summary": summary } })
            })
            .collect();
        post(port, &serde_json::to_string(&alerts).unwrap());
    }
    let last = sink.wait_for(number);
    let peak_mib = peak_of(child.id());
    let took = last - began;
    child.kill().unwrap();
    child.wait().unwrap();
    Some(Figures {
        name: "Alertmanager（每条告警一封）",
        per_second: number as f64 / took.as_secs_f64(),
        peak_mib,
        came: sink.came().map(|(taken, distinct)| (taken, Some(distinct))),
    })
}

fn post(port: u16, body: &str) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "POST /api/v2/alerts HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

fn main() {
    let number = std::env::args()
        .skip(1)
        .find_map(|text| text.parse().ok())
        .unwrap_or(NUMBER);
    if Path::new(SMTP_SINK).exists() {
        println!("收信的是 Postfix 的 smtp-sink：{}", table(At::Postfix, number));
    }
    println!("收信的是自带的计数程序：{}", table(At::Ours, number));
}

fn table(at: At, number: usize) -> String {
    let mut all = Vec::new();
    all.extend(smtp_source(at, number));
    all.push(rongcuo(at, number, 1, "rongcuo（一条连接）"));
    all.push(rongcuo(at, number, 2, "rongcuo（两条连接，默认）"));
    all.push(rongcuo(at, number, 4, "rongcuo（四条连接）"));
    all.extend(alertmanager(at, number));
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let mut table = format!(
        "{number} 封，每封 {} 字节；结束时系统负载 {}\n\n| 程序 | 封/秒 | 与 Alertmanager 之比 | 与 smtp-source 之比 | 内存峰值 | 送达 | 不同的邮件编号 |\n|---|--:|--:|--:|--:|--:|--:|\n",
        message(0).len(),
        load.split(' ').next().unwrap_or_default()
    );
    let to = |name: &str, one: &Figures| {
        let peer = all.iter().find(|peer| peer.name.starts_with(name));
        peer.map_or_else(
            || "—".to_owned(),
            |peer| format!("{:.2}", one.per_second / peer.per_second),
        )
    };
    for one in &all {
        let shown = |number: Option<usize>| number.map_or_else(|| "—".to_owned(), |number| number.to_string());
        let (taken, distinct) = (one.came.map(|came| came.0), one.came.and_then(|came| came.1));
        writeln!(
            table,
            "| {} | {:.0} | {} | {} | {:.0} MiB | {} | {} |",
            one.name,
            one.per_second,
            to("Alertmanager", one),
            to("smtp-source", one),
            one.peak_mib,
            shown(taken),
            shown(distinct)
        )
        .unwrap();
    }
    table
}
