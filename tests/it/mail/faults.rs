//! What a mail server can do to the outbox: in every case nothing is lost, nothing goes out under a second Message-ID,
//! the other recipients get their mail, and the row says what happened.

use crate::support::app::{Bench, bench, each_database, on_both};
use crate::support::smtp::{Act, At, Script, Secure, SmtpServer, Taken};
use rongcuo::domain::account::Scope;
use rongcuo::domain::ids::MailId;
use rongcuo::domain::outbox::Allowance;
use rongcuo::mail::{SmtpSettings, StageTimeouts, Tls};
use rongcuo::runtime::random::SeededRandom;
use rongcuo::store::mails::{self, MailRow, NewMail, Show};
use rongcuo::store::{Backend, StoreError, meta};
use rongcuo::worker::{Delivered, Deliverer, Pace, Route};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub(super) const NOW: &str = "2026-09-28T09:00:00+08:00";
const SHORT: Duration = Duration::from_millis(300);
pub(super) const LONG: Duration = Duration::from_secs(30);
/// The mail to whom things happen, and two others.
const READERS: [&str; 3] = ["chen@odd.example", "lin@even.example", "zhou@plain.example"];

pub(super) fn timeouts(each: Duration) -> StageTimeouts {
    StageTimeouts {
        connect: each,
        greeting: each,
        command: each,
        data: each,
        final_dot: each,
    }
}

fn settings(server: &SmtpServer) -> SmtpSettings {
    let mut settings = SmtpSettings::new("127.0.0.1", server.addr.port(), Tls::None);
    settings.timeouts = timeouts(LONG);
    settings
}

/// The outbox of a bench with what works at it.
pub(super) struct Post<'a> {
    bench: &'a Bench,
    deliverer: Deliverer,
}

impl<'a> Post<'a> {
    pub(super) fn new(bench: &'a Bench, settings: SmtpSettings) -> Self {
        let route = Route::Smtp(Arc::new(settings));
        let deliverer = Deliverer::new(bench.app.clone(), route, Arc::new(SeededRandom::new(7)));
        Self { bench, deliverer }
    }

    pub(super) fn at_pace(mut self, pace: Pace) -> Self {
        self.deliverer = self.deliverer.at_pace(pace);
        self
    }

    /// Puts a mail to each reader into the outbox, in this order.
    pub(super) async fn write(&self, readers: &[&str]) {
        let mut tx = self.bench.app.db.begin().await.expect("a transaction");
        for (number, to) in readers.iter().enumerate() {
            let id = format!("{number:04}");
            let mail = NewMail {
                id: MailId::stored(id.clone()),
                dedup_key: id.clone(),
                message_id: format!("{id}@yunchuan.example"),
                sender: "rongcuo@yunchuan.example".to_owned(),
                recipient: (*to).to_owned(),
                recipient_name: String::new(),
                subject: "x".to_owned(),
                bytes: format!("Message-ID: <{id}@yunchuan.example>\r\nSubject: x\r\n\r\n{ID_NUMBER}\r\n").into_bytes(),
            };
            let new = mails::insert(&mut tx, &mail, self.bench.app.now()).await;
            assert!(new.expect("an insert"));
        }
        tx.commit().await.expect("a commit");
    }

    pub(super) async fn run(&self) -> Delivered {
        let done = self.deliverer.run_once(&CancellationToken::new()).await;
        done.expect("the database works")
    }

    /// A pass, as many minutes later.
    pub(super) async fn run_after(&self, minutes: i64) -> Delivered {
        let later = self.bench.app.now().plus_millis(minutes * 60_000);
        self.bench.clock.set(later);
        self.run().await
    }

    /// The rows, in the order they were written.
    pub(super) async fn rows(&self) -> Vec<MailRow> {
        let rows = self
            .bench
            .read(async |tx| mails::page(tx, Show::All, &Scope::WHOLE, 1000, 0).await)
            .await;
        let mut rows = rows.expect("a page");
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        rows
    }
}

/// How often each Message-ID was taken.
pub(super) fn copies(taken: &[Taken]) -> BTreeMap<String, usize> {
    let mut copies = BTreeMap::new();
    for mail in taken {
        *copies.entry(mail.message_id.clone()).or_insert(0) += 1;
    }
    copies
}

pub(super) fn states(rows: &[MailRow]) -> Vec<&str> {
    rows.iter().map(|row| row.state.as_str()).collect()
}

/// What stands in every mail and nowhere in the log.
const ID_NUMBER: &str = "11010519491231002X";

/// The log of a test, as the service writes it.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .expect("nobody failed while writing")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Listens until the guard goes; everything runs on the test's own thread.
    fn listen() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let lines = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || writer.clone());
        (log, tracing::subscriber::set_default(lines.finish()))
    }

    /// Of each of these mails some line says each of these things; no line says whose mail it is, what stands in it, or how
    /// the service logs in.
    fn tells(&self, mails: &[&str], things: &[&str], about: &str) {
        let log = String::from_utf8(self.0.lock().expect("nobody failed while writing").clone()).expect("UTF-8");
        for id in mails {
            for thing in things {
                let told = log
                    .lines()
                    .any(|line| line.contains("mail.id=") && line.contains(id) && line.contains(thing));
                assert!(told, "{about}: {thing} of {id} in\n{log}");
            }
        }
        for hidden in [
            ID_NUMBER, "@odd.", "@even.", "@plain.", "reader@", "mailuser", "right", "wrong",
        ] {
            assert!(!log.contains(hidden), "{about}: {hidden} in\n{log}");
        }
    }
}

/// What one recipient's mail comes to while the others' go through.
struct Case {
    script: Script,
    /// The step at which it comes to it, in the log's words.
    step: &'static str,
    state: &'static str,
    says: &'static str,
    in_doubt: i64,
    /// The server took it, whatever it said.
    taken: usize,
}

fn to_odd(at: At, act: Act, state: &'static str, says: &'static str) -> Case {
    Case {
        script: Script::to("@odd.", at, act),
        step: match at {
            At::Rcpt => "报告收件人（RCPT）",
            At::Data => "请求发送内容（DATA）",
            _ => "等待邮件服务器确认收下",
        },
        state,
        says,
        in_doubt: 0,
        taken: 0,
    }
}

fn doubtful(at: At, act: Act, says: &'static str, taken: usize) -> Case {
    Case {
        in_doubt: 1,
        taken,
        ..to_odd(at, act, "pending", says)
    }
}

async fn one_recipient_in_trouble(cases: Vec<Case>) {
    for (case, together) in cases.iter().flat_map(|case| [(case, false), (case, true)]) {
        let about = format!("{:?}, commands together: {together}", case.script.to);
        each_database(async |db| {
            let bench = bench(db, NOW).await;
            let (log, _listening) = Log::listen();
            let server = SmtpServer::start(vec![Script {
                together,
                ..case.script.clone()
            }]);
            let mut settings = settings(&server);
            settings.timeouts = timeouts(SHORT);
            let post = Post::new(&bench, settings);
            post.write(&READERS).await;
            let done = post.run().await;
            assert_eq!((done.sent, done.retry + done.held), (2, 1), "{about}: {done:?}");
            let rows = post.rows().await;
            assert_eq!(states(&rows), [case.state, "sent", "sent"], "{about}: {rows:?}");
            let odd = &rows[0];
            let said = odd.last_reply.as_deref().unwrap_or_default();
            assert!(said.contains(case.says), "{about}: {said}");
            assert_eq!((odd.attempts, odd.in_doubt), (1, case.in_doubt), "{about}");
            assert_eq!(server.taken().len(), 2 + case.taken, "{about}");
            let end = if case.state == "held" {
                "邮件被拒收"
            } else {
                "邮件暂未送出"
            };
            let code = if said.starts_with(|c: char| c.is_ascii_digit()) {
                &said[..3]
            } else {
                case.step
            };
            log.tells(&[&odd.id], &[case.step, end, code], &about);

            server.follow(Script::ok());
            if case.state == "held" {
                // Nobody but a person lets it go again, however long it lies.
                post.run_after(24 * 60).await;
                assert_eq!(states(&post.rows().await), ["held", "sent", "sent"], "{about}");
                let mail = MailId::stored(odd.id.clone());
                let again = rongcuo::app::mails::resend(&bench.app, &mail, "何收文").await;
                again.expect("a held mail may go again");
            }
            post.run_after(2).await;
            let rows = post.rows().await;
            assert_eq!(states(&rows), ["sent", "sent", "sent"], "{about}: {rows:?}");
            assert_eq!(rows[0].attempts, 2, "{about}");
            let copies = copies(&server.taken());
            assert_eq!(copies.len(), READERS.len(), "{about}: {copies:?}");
            assert_eq!(copies[&rows[0].message_id], 1 + case.taken, "{about}: {copies:?}");
            assert_eq!(copies.values().sum::<usize>(), READERS.len() + case.taken, "{about}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_refused_recipient_waits_alone() {
    one_recipient_in_trouble(vec![
        to_odd(At::Rcpt, Act::Say("450 4.7.1 greylisted"), "pending", "450 4.7.1"),
        to_odd(At::Rcpt, Act::Say("451 4.3.0 local error"), "pending", "451 4.3.0"),
        to_odd(At::Rcpt, Act::Say("452 4.2.2 mailbox full"), "pending", "452 4.2.2"),
        to_odd(At::Rcpt, Act::Say("421 4.3.2 closing"), "pending", "421 4.3.2"),
        to_odd(
            At::Rcpt,
            Act::Say("550 5.1.1 <chen@odd.example> no such user"),
            "held",
            "550 5.1.1",
        ),
        to_odd(At::Rcpt, Act::Say("552 5.2.2 mailbox full"), "held", "552 5.2.2"),
        to_odd(At::Data, Act::Say("451 4.3.0 later"), "pending", "451 4.3.0"),
        to_odd(At::Dot, Act::Say("452 4.3.1 no space"), "pending", "452 4.3.1"),
        to_odd(At::Dot, Act::Say("554 5.7.1 rejected as spam"), "held", "554 5.7.1"),
    ])
    .await;
}

#[tokio::test]
async fn a_server_that_falls_silent_or_breaks_off_is_asked_again() {
    one_recipient_in_trouble(vec![
        to_odd(At::Rcpt, Act::Silence, "pending", "超时"),
        to_odd(At::Rcpt, Act::Drip(SHORT / 10), "pending", "超时"),
        to_odd(At::Rcpt, Act::Close, "pending", "中断"),
        to_odd(At::Data, Act::Silence, "pending", "超时"),
        to_odd(At::Data, Act::Close, "pending", "中断"),
        doubtful(At::Dot, Act::Silence, "确认收下超时", 0),
        doubtful(At::Dot, Act::Close, "确认收下", 0),
        doubtful(At::Taken, Act::Silence, "确认收下超时", 1),
        doubtful(At::Taken, Act::Close, "确认收下", 1),
        doubtful(At::Taken, Act::Drip(SHORT / 10), "确认收下超时", 1),
        // The answer comes when nobody waits for it any more; nothing else may take it for its own.
        doubtful(At::Taken, Act::Late(2 * SHORT), "确认收下超时", 1),
        to_odd(At::Rcpt, Act::Late(2 * SHORT), "pending", "超时"),
    ])
    .await;
}

/// A server that lets nobody in: one mail of each connection is tried, the others wait untouched.
async fn nobody_is_let_in(script: Script, says: &str, change: impl Fn(&SmtpServer, &mut SmtpSettings)) {
    each_database(async |db| {
        let bench = bench(db, NOW).await;
        let (log, _listening) = Log::listen();
        let server = SmtpServer::start(vec![script.clone()]);
        let mut broken = settings(&server);
        broken.timeouts = timeouts(SHORT);
        change(&server, &mut broken);
        let readers: Vec<String> = (0..12).map(|number| format!("reader@d{number}.example")).collect();
        let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
        let post = Post::new(&bench, broken.clone());
        post.write(&readers).await;
        let done = post.run().await;
        assert!(
            (1..=2).contains(&done.retry) && done.sent + done.held == 0,
            "{says}: {done:?}"
        );
        let rows = post.rows().await;
        assert!(
            rows.iter().all(|row| row.state == "pending" && row.in_doubt == 0),
            "{rows:?}"
        );
        let tried: Vec<&MailRow> = rows.iter().filter(|row| row.attempts > 0).collect();
        assert_eq!(tried.len(), done.retry as usize, "{says}");
        let said = tried[0].last_reply.as_deref().unwrap_or_default();
        assert!(said.contains(says), "{said}");
        let ids: Vec<&str> = tried.iter().map(|row| row.id.as_str()).collect();
        log.tells(&ids, &["邮件暂未送出"], says);
        assert!(server.taken().is_empty(), "{says}");

        // It recovers, and so do they.
        server.follow(Script {
            secure: script.secure,
            ..Script::ok()
        });
        let mut mended = settings(&server);
        if script.secure != Secure::No {
            mended.tls = broken.tls;
            mended.ca_file = Some(server.ca_file());
        }
        let post = Post::new(&bench, mended);
        assert_eq!(post.run_after(2).await.sent, 12, "{says}");
        assert!(copies(&server.taken()).values().all(|copies| *copies == 1), "{says}");
        assert_eq!(server.taken().len(), 12, "{says}");
    })
    .await;
}

#[tokio::test]
async fn a_server_that_lets_nobody_in_costs_the_waiting_mails_nothing() {
    let same = |_: &SmtpServer, _: &mut SmtpSettings| {};
    let greeting = |act| Script::always(At::Greeting, act);
    nobody_is_let_in(greeting(Act::Say("421 4.3.2 try later")), "421", same).await;
    nobody_is_let_in(greeting(Act::Say("554 5.3.2 not you")), "554", same).await;
    nobody_is_let_in(greeting(Act::Silence), "超时", same).await;
    nobody_is_let_in(greeting(Act::Drip(SHORT / 10)), "超时", same).await;
    nobody_is_let_in(greeting(Act::Close), "中断", same).await;
    nobody_is_let_in(Script::always(At::Ehlo, Act::Silence), "超时", same).await;
    let away = |_: &SmtpServer, settings: &mut SmtpSettings| {
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        settings.port = free.expect("a free port").port();
    };
    nobody_is_let_in(Script::ok(), "连接邮件服务器", away).await;
    let login = Script {
        login: Some(("PLAIN", "mailuser", "right")),
        ..Script::ok()
    };
    let wrong = |_: &SmtpServer, settings: &mut SmtpSettings| {
        settings.username = "mailuser".to_owned();
        settings.password = "wrong".to_owned();
    };
    nobody_is_let_in(login, "535", wrong).await;
    let tls = Script {
        secure: Secure::StartTls,
        ..Script::ok()
    };
    let foreign = |server: &SmtpServer, settings: &mut SmtpSettings| {
        settings.tls = Tls::StartTls;
        settings.ca_file = Some(server.other_ca_file());
        settings.timeouts = timeouts(LONG);
    };
    nobody_is_let_in(tls, "证书", foreign).await;
}

#[tokio::test]
async fn half_the_mails_refused_are_half_the_mails_delivered() {
    on_both(NOW, async |bench| {
        let server = SmtpServer::start(vec![Script::to("@odd.", At::Rcpt, Act::Say("550 5.1.1 no such user"))]);
        let post = Post::new(&bench, settings(&server));
        let readers: Vec<&str> = (0..80).map(|number| READERS[number % 2]).collect();
        post.write(&readers).await;
        let done = post.run().await;
        assert_eq!((done.sent, done.held, done.retry), (40, 40, 0));
        for (number, row) in post.rows().await.iter().enumerate() {
            let expected = if number % 2 == 0 { "held" } else { "sent" };
            assert_eq!((row.state.as_str(), row.attempts), (expected, 1), "{row:?}");
        }
        assert_eq!(copies(&server.taken()).len(), 40);
    })
    .await;
}

/// Behind many mails that were accepted at once the next ones are begun together; one of them that goes badly takes none
/// of the others along.
#[tokio::test]
async fn among_mails_begun_together_each_has_its_own_fate() {
    let late = Act::Late(Duration::from_millis(30));
    for (at, act, state) in [
        (At::Rcpt, Act::Say("550 5.1.1 no such user"), "held"),
        (At::Dot, Act::Say("451 4.3.0 later"), "pending"),
        (At::Rcpt, Act::Close, "pending"),
        (At::Taken, late, "sent"),
    ] {
        each_database(async |db| {
            let bench = bench(db, NOW).await;
            let server = SmtpServer::start(vec![Script::to("@odd.", at, act.clone())]);
            let post = Post::new(&bench, settings(&server)).at_pace(Pace {
                connections: 1,
                ..Pace::default()
            });
            let reader = |number| match number {
                60 | 61 | 150 => "chen@odd.example",
                _ => "lin@even.example",
            };
            let readers: Vec<&str> = (0..200).map(reader).collect();
            post.write(&readers).await;
            post.run().await;
            for (number, row) in post.rows().await.iter().enumerate() {
                let expected = if readers[number].contains("odd") { state } else { "sent" };
                assert_eq!(
                    (row.state.as_str(), row.attempts, row.in_doubt),
                    (expected, 1, 0),
                    "{at:?} {number}: {row:?}"
                );
            }
            let copies = copies(&server.taken());
            assert!(copies.values().all(|copies| *copies == 1), "{at:?}");
            assert_eq!(copies.len(), if state == "sent" { 200 } else { 197 }, "{at:?}");
        })
        .await;
    }
}

/// The server lets nobody in any more while mails are begun together: one was tried, the others keep their place.
#[tokio::test]
async fn mails_begun_together_keep_their_place_when_the_server_goes_away() {
    on_both(NOW, async |bench| {
        let gone = Script::always(At::Greeting, Act::Say("421 4.3.2 closing down"));
        let server = SmtpServer::start(vec![Script::ok(), gone]);
        let post = Post::new(&bench, settings(&server)).at_pace(Pace {
            connections: 1,
            ..Pace::default()
        });
        post.write(&["lin@even.example"; 200]).await;
        let done = post.run().await;
        // A connection carries a hundred.
        assert_eq!((done.sent, done.retry), (100, 1));
        let rows = post.rows().await;
        let untouched = |row: &&MailRow| row.state == "pending" && row.attempts == 0 && row.in_doubt == 0;
        assert_eq!(rows.iter().filter(untouched).count(), 99, "{rows:?}");
        server.follow(Script::ok());
        assert_eq!(post.run_after(2).await.sent, 100);
        assert_eq!(copies(&server.taken()).len(), 200);
        assert_eq!(server.taken().len(), 200);
    })
    .await;
}

#[tokio::test]
async fn a_greylisted_mail_goes_through_when_its_time_has_come() {
    on_both(NOW, async |bench| {
        let server = SmtpServer::start(vec![Script::to("@odd.", At::Rcpt, Act::Say("450 4.7.1 greylisted"))]);
        let post = Post::new(&bench, settings(&server));
        post.write(&READERS).await;
        let mut minutes = 0;
        while minutes < 10 {
            post.run_after(i64::from(minutes > 0)).await;
            minutes += 1;
            assert_eq!(states(&post.rows().await), ["pending", "sent", "sent"]);
        }
        // Tried after 1, 2 and 4 minutes more each time; not at every pass.
        let tried = post.rows().await[0].attempts;
        assert!((3..=5).contains(&tried), "{tried} attempts in ten minutes");
        server.follow(Script::ok());
        for _ in 0..8 {
            post.run_after(1).await;
        }
        let rows = post.rows().await;
        assert_eq!(states(&rows), ["sent", "sent", "sent"], "{rows:?}");
        assert_eq!(server.taken().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn mails_follow_each_other_over_one_connection() {
    on_both(NOW, async |bench| {
        let server = SmtpServer::start(vec![Script::ok()]);
        let pace = Pace {
            connections: 1,
            ..Pace::default()
        };
        let post = Post::new(&bench, settings(&server)).at_pace(pace);
        let readers = ["chen@odd.example"; 250];
        post.write(&readers).await;
        assert_eq!(post.run().await.sent, 250);
        // A hundred over each, and a farewell at the end of each.
        assert_eq!(server.connections(), 3);
        let said_goodbye = server.heard().iter().filter(|line| *line == "QUIT").count();
        assert!(said_goodbye >= 1, "{said_goodbye}");
        assert_eq!(copies(&server.taken()).len(), 250);
        let rows = post.rows().await;
        assert!(rows.iter().all(|row| row.state == "sent" && row.attempts == 1));
    })
    .await;
}

/// The server ends a kept connection: no attempt of the next mail, which goes out over another at once.
#[tokio::test]
async fn a_kept_connection_that_is_over_costs_the_next_mail_nothing() {
    let farewells = [
        Script::at(At::Taken, Act::Bye),
        Script {
            acts: vec![(At::Mail, Act::Usual), (At::Mail, Act::Close)],
            ..Script::ok()
        },
        Script {
            acts: vec![(At::Mail, Act::Usual), (At::Mail, Act::Say("421 4.4.2 idle too long"))],
            ..Script::ok()
        },
        Script::at(
            At::Taken,
            Act::Raw(b"250 2.0.0 queued\r\n421 4.4.2 closing\r\n".to_vec()),
        ),
    ];
    for script in farewells {
        let about = format!("{:?}", script.acts);
        each_database(async |db| {
            let bench = bench(db, NOW).await;
            let server = SmtpServer::start(vec![script.clone()]);
            let pace = Pace {
                connections: 1,
                ..Pace::default()
            };
            let post = Post::new(&bench, settings(&server)).at_pace(pace);
            post.write(&READERS).await;
            let done = post.run().await;
            assert_eq!((done.sent, done.retry), (3, 0), "{about}");
            let rows = post.rows().await;
            assert!(
                rows.iter()
                    .all(|row| row.state == "sent" && row.attempts == 1 && row.in_doubt == 0),
                "{about}: {rows:?}"
            );
            assert_eq!(copies(&server.taken()).len(), 3, "{about}");
            assert_eq!(server.connections(), 3, "{about}");
        })
        .await;
    }
}

/// A refusal of the mail itself is an attempt, also over a kept connection.
#[tokio::test]
async fn a_kept_connection_that_refuses_the_sender_is_believed() {
    on_both(NOW, async |bench| {
        let script = Script {
            acts: vec![(At::Mail, Act::Usual), (At::Mail, Act::Say("451 4.7.0 slow down"))],
            ..Script::ok()
        };
        let server = SmtpServer::start(vec![script, Script::ok()]);
        let pace = Pace {
            connections: 1,
            ..Pace::default()
        };
        let post = Post::new(&bench, settings(&server)).at_pace(pace);
        post.write(&READERS).await;
        let done = post.run().await;
        assert_eq!((done.sent, done.retry), (2, 1));
        assert_eq!(states(&post.rows().await), ["sent", "pending", "sent"]);
    })
    .await;
}

/// One domain's server keeps us waiting; everything else is delivered meanwhile, also what was claimed behind it.
#[tokio::test]
async fn a_slow_domain_holds_up_no_other() {
    on_both(NOW, async |bench| {
        let server = SmtpServer::start(vec![Script::to("@odd.", At::Rcpt, Act::Silence)]);
        let mut settings = settings(&server);
        settings.timeouts.command = Duration::from_secs(6);
        let pace = Pace {
            patience: Duration::from_millis(100),
            ..Pace::default()
        };
        let post = Post::new(&bench, settings).at_pace(pace);
        // All at the head of the queue are for the slow domain.
        let mut readers = vec!["chen@odd.example"; 3];
        readers.extend(vec!["lin@even.example"; 20]);
        post.write(&readers).await;
        let deliverer = post.deliverer.clone();
        let running = tokio::spawn(async move {
            let done = deliverer.run_once(&CancellationToken::new()).await;
            done.expect("the database works")
        });
        let others = async || {
            let rows = post.rows().await;
            rows.iter().filter(|row| row.state == "sent").count()
        };
        let mut looks = 0;
        while others().await < 20 && !running.is_finished() {
            looks += 1;
            assert!(looks < 2000, "the others were not delivered");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(
            !running.is_finished(),
            "the slow domain ended before the others were delivered"
        );
        running.abort();
        assert!(running.await.is_err());
        assert_eq!(server.taken().len(), 20);
    })
    .await;
}

/// It is not tried with every mail of its: the connections would stand behind it again and again.
#[tokio::test]
async fn a_domain_that_lets_us_wait_rests_before_it_is_asked_again() {
    on_both(NOW, async |bench| {
        let server = SmtpServer::start(vec![Script::to("@odd.", At::Rcpt, Act::Silence)]);
        let mut settings = settings(&server);
        settings.timeouts.command = SHORT;
        let pace = Pace {
            patience: Duration::from_millis(100),
            ..Pace::default()
        };
        let post = Post::new(&bench, settings).at_pace(pace);
        post.write(&[
            "chen@odd.example",
            "chu@odd.example",
            "lin@even.example",
            "wei@odd.example",
        ])
        .await;
        let tried = async || -> Vec<i64> { post.rows().await.iter().map(|row| row.attempts).collect() };
        let done = post.run().await;
        assert_eq!((done.sent, done.retry), (1, 1), "{done:?}");
        assert_eq!(tried().await, [1, 0, 1, 0]);
        // Its first mail would be due by now.
        post.run_after(2).await;
        assert_eq!(tried().await, [1, 0, 1, 0]);
        server.follow(Script::ok());
        post.run_after(15).await;
        assert_eq!(states(&post.rows().await), ["sent"; 4]);
        assert_eq!(tried().await, [2, 1, 1, 1]);
    })
    .await;
}

/// A server that nobody gets through to is no domain's fault: when it is back, every domain is served at once.
#[tokio::test]
async fn a_server_that_does_not_answer_lets_no_domain_rest() {
    on_both(NOW, async |bench| {
        let server = SmtpServer::start(vec![Script::always(At::Greeting, Act::Silence)]);
        let mut settings = settings(&server);
        settings.timeouts = timeouts(SHORT);
        let pace = Pace {
            patience: Duration::from_millis(100),
            ..Pace::default()
        };
        let post = Post::new(&bench, settings).at_pace(pace);
        post.write(&READERS).await;
        assert_eq!(post.run().await.sent, 0);
        server.follow(Script::ok());
        let done = post.run_after(2).await;
        assert_eq!(done.sent, 3, "{done:?}");
    })
    .await;
}

#[tokio::test]
async fn a_limit_of_a_domain_leaves_the_others_alone_and_loses_nothing() {
    on_both(NOW, async |bench| {
        let server = SmtpServer::start(vec![Script::ok()]);
        let pace = Pace {
            limits: Allowance {
                domain_per_minute: Some(2),
                ..Pace::default().limits
            },
            ..Pace::default()
        };
        let post = Post::new(&bench, settings(&server)).at_pace(pace);
        post.write(&[
            "a@odd.example",
            "b@odd.example",
            "c@odd.example",
            "d@odd.example",
            "e@odd.example",
            "f@even.example",
        ])
        .await;
        let begun = bench.app.now();
        let first = post.run().await;
        assert_eq!((first.sent, first.again), (3, Some(begun.plus_millis(60_000))));
        let waiting = post.rows().await;
        assert!(
            waiting[2..5]
                .iter()
                .all(|row| row.attempts == 0 && row.state == "pending"),
            "waiting for its minute is no attempt: {waiting:?}"
        );
        assert_eq!(post.run().await.sent, 0, "the minute is not over");
        assert_eq!(post.run_after(1).await.sent, 2);
        assert_eq!(post.run_after(1).await.sent, 1);
        let order: Vec<_> = server.taken().into_iter().map(|mail| mail.to[0].clone()).collect();
        let odd: Vec<_> = order
            .iter()
            .filter(|to| to.ends_with("@odd.example"))
            .cloned()
            .collect();
        assert!(odd.is_sorted(), "{odd:?}");
    })
    .await;
}

#[tokio::test]
async fn a_limit_of_the_server_holds_over_all_connections() {
    on_both(NOW, async |bench| {
        let server = SmtpServer::start(vec![Script::ok()]);
        let pace = Pace {
            connections: 4,
            limits: Allowance {
                per_minute: Some(5),
                ..Allowance::NONE
            },
            ..Pace::default()
        };
        let post = Post::new(&bench, settings(&server)).at_pace(pace);
        post.write(&["a@odd.example"; 12]).await;
        assert_eq!(post.run().await.sent, 5);
        assert_eq!(post.run_after(1).await.sent, 5);
        assert_eq!(post.run_after(1).await.sent, 2);
        assert_eq!(copies(&server.taken()).len(), 12);
    })
    .await;
}

/// After a power cut the last beginnings may be forgotten, so that every claim is in doubt; after the death of the
/// process alone they are known.
#[tokio::test]
async fn a_claim_is_in_doubt_when_the_machine_itself_went_down() {
    on_both(NOW, async |bench| {
        if bench.app.db.backend() != Backend::Sqlite {
            return;
        }
        let server = SmtpServer::start(vec![Script::ok()]);
        let post = Post::new(&bench, settings(&server));
        post.write(&READERS).await;
        post.deliverer.reclaim().await.expect("the database works");
        for (another_start, in_doubt) in [(false, 0), (true, 3)] {
            let wanted = mails::Claim {
                owner: "the one before",
                lease_millis: 3_600_000,
                limit: 10,
                without: &[],
                channels_only: false,
                left: true,
            };
            let now = bench.app.now();
            let claimed = bench.write(async |tx| {
                let claimed = mails::claim(tx, now, wanted).await.expect("a claim");
                if another_start {
                    meta::put(tx, meta::BOOT, "another").await.expect("a fact");
                }
                claimed.len()
            });
            assert_eq!(claimed.await, 3);
            post.deliverer.reclaim().await.expect("the database works");
            let given_back = bench.write(async |tx| {
                for mail in mails::claim(tx, now, wanted).await? {
                    mails::give_back(tx, &mail.id, mail.fence).await?;
                }
                Ok::<_, StoreError>(())
            });
            given_back.await.expect("a claim given back");
            let doubts: i64 = post.rows().await.iter().map(|row| row.in_doubt).sum();
            assert_eq!(doubts, in_doubt, "another start: {another_start}");
        }
        assert_eq!(post.run().await.sent, 3);
    })
    .await;
}

/// Only a person ends a mail, and says why.
#[tokio::test]
async fn a_person_ends_a_mail_and_nobody_sends_it_after_that() {
    on_both(NOW, async |bench| {
        let server = SmtpServer::start(vec![Script::to("@odd.", At::Rcpt, Act::Say("550 5.1.1 gone"))]);
        let post = Post::new(&bench, settings(&server));
        post.write(&READERS).await;
        post.run().await;
        let (odd, sent) = (MailId::stored("0000".to_owned()), MailId::stored("0001".to_owned()));
        let no_reason = rongcuo::app::mails::drop_mail(&bench.app, &odd, "  ", "何收文").await;
        assert!(no_reason.is_err());
        for (id, refused) in [(&sent, "已送出"), (&MailId::stored("none".to_owned()), "没有编号")] {
            for tried in [
                rongcuo::app::mails::drop_mail(&bench.app, id, "不必", "何收文").await,
                rongcuo::app::mails::resend(&bench.app, id, "何收文").await,
            ] {
                let error = tried.expect_err("it is not his to end").to_string();
                assert!(error.contains(refused), "{error}");
            }
        }
        let ended = rongcuo::app::mails::drop_mail(&bench.app, &odd, "已当面告知", "何收文").await;
        let ended = ended.expect("a held mail may be ended");
        assert_eq!(
            (
                ended.state.as_str(),
                ended.dropped_by.as_deref(),
                ended.dropped_reason.as_deref()
            ),
            ("dropped", Some("何收文"), Some("已当面告知"))
        );
        server.follow(Script::ok());
        post.run_after(24 * 60).await;
        assert_eq!(server.taken().len(), 2);
        let again = rongcuo::app::mails::resend(&bench.app, &odd, "何收文").await;
        assert!(again.expect_err("it has ended").to_string().contains("已放弃"));
        assert!(bench.verified().await > 0);
    })
    .await;
}
