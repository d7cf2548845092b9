//! Every way a conversation with a mail server can go, and the verdict it must give.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use crate::support::smtp::{Act, At, Script, Secure, SmtpServer};
use rongcuo::mail::{Attempt, NoProbe, OutgoingMail, Probe, Session, SmtpSettings, StageTimeouts, Tls, send};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

const SHORT: Duration = Duration::from_millis(250);

fn settings(server: &SmtpServer) -> SmtpSettings {
    let mut settings = SmtpSettings::new("127.0.0.1", server.addr.port(), Tls::None);
    let long = Duration::from_secs(20);
    settings.timeouts = StageTimeouts {
        connect: long,
        greeting: long,
        command: long,
        data: long,
        final_dot: long,
    };
    settings
}

fn hasty(server: &SmtpServer) -> SmtpSettings {
    let mut settings = settings(server);
    settings.timeouts = StageTimeouts {
        connect: SHORT,
        greeting: SHORT,
        command: SHORT,
        data: SHORT,
        final_dot: SHORT,
    };
    settings
}

fn mail(id: &str) -> OutgoingMail {
    OutgoingMail {
        from: "rongcuo@example.org".to_owned(),
        to: "jingban@example.org".to_owned(),
        bytes: format!("Message-ID: <{id}>\r\nSubject: x\r\n\r\n.leading dot\r\n..\r\n.\r\nend\r\n").into_bytes(),
        message_id: id.to_owned(),
    }
}

async fn once(script: Script) -> (Attempt, SmtpServer) {
    let server = SmtpServer::start(vec![script]);
    let attempt = send(&settings(&server), &mail("one@example.org"), &NoProbe).await;
    (attempt, server)
}

fn unknown(attempt: &Attempt) -> (&str, bool) {
    match attempt {
        Attempt::Unknown { what, in_doubt } => (what, *in_doubt),
        other => panic!("unexpected {other:?}"),
    }
}

#[tokio::test]
async fn an_accepted_mail_arrives_byte_for_byte_at_one_recipient() {
    let (attempt, server) = once(Script::ok()).await;
    assert_eq!(
        attempt,
        Attempt::Accepted {
            reply: "250 2.0.0 queued".to_owned()
        }
    );
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].bytes, mail("one@example.org").bytes);
    assert_eq!(taken[0].from, "rongcuo@example.org");
    assert_eq!(taken[0].to, ["jingban@example.org"]);
    assert_eq!(taken[0].message_id, "one@example.org");
    assert_eq!(server.heard()[0], "EHLO [127.0.0.1]");
}

/// Plain, and with a server that takes several commands at once.
fn both_ways(script: &Script) -> [Script; 2] {
    [false, true].map(|together| Script {
        together,
        ..script.clone()
    })
}

/// A server that answers nothing until it has the three commands, and then answers all at once.
#[tokio::test]
async fn commands_go_together_where_that_is_offered() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut pipe = BufReader::new(stream);
        pipe.get_mut().write_all(b"220 test\r\n").await.unwrap();
        let mut heard = Vec::new();
        let until = async |pipe: &mut BufReader<TcpStream>, end: &str, heard: &mut Vec<String>| {
            loop {
                let mut line = String::new();
                assert!(pipe.read_line(&mut line).await.unwrap() > 0, "{heard:?}");
                heard.push(line.trim_end().to_owned());
                if line.starts_with(end) {
                    return;
                }
            }
        };
        until(&mut pipe, "EHLO", &mut heard).await;
        pipe.get_mut()
            .write_all(b"250-test\r\n250 PIPELINING\r\n")
            .await
            .unwrap();
        for answer in ["250 ok\r\n250-ok\r\n250 ok\r\n354 go on\r\n", "250 taken\r\n"] {
            until(
                &mut pipe,
                if answer.contains("354") { "DATA" } else { ".\r" },
                &mut heard,
            )
            .await;
            pipe.get_mut().write_all(answer.as_bytes()).await.unwrap();
        }
        heard
    });
    let settings = SmtpSettings::new("127.0.0.1", port, Tls::None);
    let attempt = send(&settings, &mail("one@example.org"), &NoProbe).await;
    assert_eq!(
        attempt,
        Attempt::Accepted {
            reply: "250 taken".to_owned()
        }
    );
    let heard = server.await.unwrap();
    let commands = [
        "MAIL FROM:<rongcuo@example.org>",
        "RCPT TO:<jingban@example.org>",
        "DATA",
    ];
    assert_eq!(heard[1..4], commands);
    assert_eq!(heard[4..][3..], ["..leading dot", "...", "..", "end", "."]);
}

#[tokio::test]
async fn of_commands_that_went_together_each_has_its_own_answer() {
    for at in [At::Mail, At::Rcpt, At::Data, At::Dot] {
        for script in both_ways(&Script::at(at, Act::Say("550 5.1.1 no"))) {
            let (attempt, server) = once(script).await;
            let refused = Attempt::Permanent {
                reply: "550 5.1.1 no".to_owned(),
            };
            assert_eq!(attempt, refused, "{at:?}");
            // The server said 354 to DATA behind the refusal, and nothing came.
            assert!(server.taken().is_empty(), "{at:?}");
        }
        for script in both_ways(&Script::at(at, Act::Close)) {
            let (attempt, _server) = once(script).await;
            assert_eq!(unknown(&attempt).1, at == At::Dot, "{at:?} {attempt:?}");
        }
        for script in both_ways(&Script::at(at, Act::Silence)) {
            let server = SmtpServer::start(vec![script]);
            let attempt = send(&hasty(&server), &mail("one@example.org"), &NoProbe).await;
            let (what, in_doubt) = unknown(&attempt);
            assert!(what.contains("超时") && in_doubt == (at == At::Dot), "{at:?} {what}");
        }
    }
}

#[tokio::test]
async fn an_answer_too_many_ends_the_connection_also_behind_commands_that_went_together() {
    for (at, said) in [
        (At::Mail, "250 ok\r\n250 ok\r\n250 ok\r\n"),
        (At::Data, "354 go on\r\n250 2.0.0 queued\r\n"),
    ] {
        for script in both_ways(&Script::at(at, Act::Raw(said.as_bytes().to_vec()))) {
            let (attempt, server) = once(script).await;
            assert!(!unknown(&attempt).1, "{at:?} {attempt:?}");
            assert!(server.taken().is_empty(), "{at:?}");
        }
    }
}

#[tokio::test]
async fn a_refusal_for_now_is_temporary_at_every_step() {
    for at in [At::Greeting, At::Ehlo, At::Mail, At::Rcpt, At::Data, At::Dot] {
        let said = if at == At::Greeting {
            "421 4.3.2 busy"
        } else {
            "451 4.3.0 later"
        };
        let (attempt, server) = once(Script::at(at, Act::Say(said))).await;
        assert_eq!(attempt, Attempt::Temporary { reply: said.to_owned() }, "{at:?}");
        assert!(server.taken().is_empty());
    }
}

#[tokio::test]
async fn a_refusal_for_good_is_permanent_when_it_is_about_the_mail() {
    for at in [At::Mail, At::Rcpt, At::Data, At::Dot] {
        let (attempt, _server) = once(Script::at(at, Act::Say("550-5.1.1 no\r\n550 5.1.1 such user"))).await;
        assert_eq!(
            attempt,
            Attempt::Permanent {
                reply: "550 5.1.1 no 5.1.1 such user".to_owned()
            },
            "{at:?}"
        );
    }
    for at in [At::Greeting, At::Ehlo] {
        let (attempt, _server) = once(Script::at(at, Act::Say("554 5.3.2 not you"))).await;
        assert_eq!(
            attempt,
            Attempt::Temporary {
                reply: "554 5.3.2 not you".to_owned()
            },
            "{at:?}"
        );
    }
}

#[tokio::test]
async fn a_reply_in_gb18030_keeps_its_verdict_and_its_words() {
    let said = b"550 \xd3\xc3\xbb\xa7\xb2\xbb\xb4\xe6\xd4\xda\r\n".to_vec();
    let (attempt, _server) = once(Script::at(At::Rcpt, Act::Raw(said))).await;
    assert_eq!(
        attempt,
        Attempt::Permanent {
            reply: "550 用户不存在".to_owned()
        }
    );
}

#[tokio::test]
async fn silence_ends_at_the_step_and_leaves_doubt_only_after_the_dot() {
    for (at, doubt) in [
        (At::Greeting, false),
        (At::Ehlo, false),
        (At::Mail, false),
        (At::Rcpt, false),
        (At::Data, false),
        (At::Dot, true),
        (At::Taken, true),
    ] {
        let server = SmtpServer::start(vec![Script::at(at, Act::Silence)]);
        let begun = Instant::now();
        let attempt = send(&hasty(&server), &mail("one@example.org"), &NoProbe).await;
        let (what, in_doubt) = unknown(&attempt);
        assert_eq!(in_doubt, doubt, "{at:?}");
        assert!(what.contains("超时"), "{what}");
        assert!(
            begun.elapsed() < Duration::from_secs(8),
            "{at:?} took {:?}",
            begun.elapsed()
        );
        assert_eq!(server.taken().len(), usize::from(at == At::Taken), "{at:?}");
    }
}

#[tokio::test]
async fn a_server_that_stops_reading_the_content_leaves_no_doubt() {
    let server = SmtpServer::start(vec![Script::at(At::Content, Act::Silence)]);
    let mut big = mail("one@example.org");
    for _ in 0..200_000 {
        big.bytes
            .extend_from_slice(b"0123456789012345678901234567890123456789012345678901234567890123456789\r\n");
    }
    let attempt = send(&hasty(&server), &big, &NoProbe).await;
    let (what, in_doubt) = unknown(&attempt);
    assert!(!in_doubt && what.contains("发送邮件内容超时"), "{what}");
}

#[tokio::test]
async fn the_wait_after_the_dot_has_its_own_limit() {
    let server = SmtpServer::start(vec![Script::at(At::Taken, Act::Late(4 * SHORT))]);
    let mut patient = hasty(&server);
    patient.timeouts.final_dot = Duration::from_secs(20);
    let attempt = send(&patient, &mail("one@example.org"), &NoProbe).await;
    assert!(matches!(attempt, Attempt::Accepted { .. }), "{attempt:?}");
}

#[tokio::test]
async fn a_late_answer_within_the_limit_is_waited_for() {
    for at in [At::Greeting, At::Mail, At::Rcpt, At::Data, At::Taken] {
        let (attempt, server) = once(Script::at(at, Act::Late(SHORT))).await;
        assert!(matches!(attempt, Attempt::Accepted { .. }), "{at:?} {attempt:?}");
        assert_eq!(server.taken().len(), 1);
    }
}

#[tokio::test]
async fn a_broken_line_leaves_doubt_only_after_the_dot() {
    for (at, doubt) in [
        (At::Greeting, false),
        (At::Ehlo, false),
        (At::Mail, false),
        (At::Rcpt, false),
        (At::Data, false),
        (At::Dot, true),
        (At::Taken, true),
    ] {
        let (attempt, _server) = once(Script::at(at, Act::Close)).await;
        assert_eq!(unknown(&attempt).1, doubt, "{at:?} {attempt:?}");
    }
}

#[tokio::test]
async fn a_line_that_breaks_inside_a_large_content_leaves_no_doubt() {
    let server = SmtpServer::start(vec![Script::at(At::Content, Act::Close)]);
    let mut big = mail("one@example.org");
    for _ in 0..200_000 {
        big.bytes
            .extend_from_slice(b"0123456789012345678901234567890123456789012345678901234567890123456789\r\n");
    }
    let attempt = send(&settings(&server), &big, &NoProbe).await;
    assert!(!unknown(&attempt).1, "{attempt:?}");
    assert!(server.taken().is_empty());
}

#[tokio::test]
async fn nonsense_is_no_verdict() {
    for raw in [
        &b"hello there\r\n"[..],
        b"\xff\xfe\xfd\r\n",
        b"999 what\r\n",
        b"25\r\n",
        b"\r\n",
    ] {
        for (at, doubt) in [(At::Greeting, false), (At::Rcpt, false), (At::Dot, true)] {
            let (attempt, _server) = once(Script::at(at, Act::Raw(raw.to_vec()))).await;
            assert_eq!(unknown(&attempt).1, doubt, "{at:?} {raw:?} {attempt:?}");
        }
    }
}

#[tokio::test]
async fn an_intermediate_answer_is_no_acceptance() {
    for at in [At::Mail, At::Rcpt, At::Dot] {
        let (attempt, _server) = once(Script::at(at, Act::Say("354 go on"))).await;
        assert_eq!(unknown(&attempt).1, at == At::Dot, "{at:?} {attempt:?}");
    }
    let (attempt, _server) = once(Script::at(At::Data, Act::Say("250 ok"))).await;
    assert!(!unknown(&attempt).1, "{attempt:?}");
}

#[tokio::test]
async fn an_endless_reply_is_cut_off() {
    for (at, doubt) in [(At::Greeting, false), (At::Rcpt, false), (At::Dot, true)] {
        let (attempt, _server) = once(Script::at(at, Act::Raw(vec![b'2'; 1_000_000]))).await;
        assert_eq!(unknown(&attempt).1, doubt, "{at:?} {attempt:?}");
        let lines = "250-again and again\r\n".repeat(50_000).into_bytes();
        let (attempt, _server) = once(Script::at(at, Act::Raw(lines))).await;
        assert_eq!(unknown(&attempt).1, doubt, "{at:?} {attempt:?}");
    }
}

#[tokio::test]
async fn a_long_reply_is_kept_as_one_bounded_line() {
    let said = format!("250-{}\r\n250 \u{1b}[2Jend\r\n", "好".repeat(4000));
    let (attempt, _server) = once(Script::at(At::Taken, Act::Raw(said.into_bytes()))).await;
    let Attempt::Accepted { reply } = attempt else {
        panic!("{attempt:?}")
    };
    assert!(reply.starts_with("250 好好") && reply.chars().count() <= 300 && !reply.contains(char::is_control));
}

#[tokio::test]
async fn a_server_that_answers_ahead_is_cut_off() {
    let ahead = b"250 recipient ok\r\n354 go on\r\n250 queued\r\n".to_vec();
    let (attempt, server) = once(Script::at(At::Rcpt, Act::Raw(ahead))).await;
    assert!(
        unknown(&attempt).0.contains("未等命令即作答") && !unknown(&attempt).1,
        "{attempt:?}"
    );
    assert!(server.taken().is_empty());
}

/// Some servers take the mail and close in one breath. A doubt here would repeat the mail for ever.
#[tokio::test]
async fn an_acceptance_counts_whatever_follows_it() {
    let both = b"250 2.0.0 queued\r\n421 4.4.2 closing\r\n".to_vec();
    let server = SmtpServer::start(vec![Script::at(At::Taken, Act::Raw(both)), Script::ok()]);
    let mut session = Session::open(&settings(&server), &NoProbe).await.expect("open");
    let attempt = session.deliver(&mail("one@example.org"), &NoProbe).await;
    assert_eq!(
        attempt,
        Attempt::Accepted {
            reply: "250 2.0.0 queued".to_owned()
        }
    );
    assert!(!session.is_usable());
    assert!(!unknown(&session.deliver(&mail("two@example.org"), &NoProbe).await).1);
    session.quit().await;
    assert_eq!(server.taken().len(), 1);
}

/// A cancelled mail must not lend its answers to the next one.
#[tokio::test]
async fn after_a_cancelled_mail_the_next_gets_its_own_verdict() {
    let late = Script::at(At::Data, Act::Late(2 * SHORT));
    let refuses = Script::at(At::Dot, Act::Say("554 5.7.1 rejected"));
    let server = SmtpServer::start(vec![late, refuses]);
    let mut session = Session::open(&settings(&server), &NoProbe).await.expect("open");
    let first = mail("one@example.org");
    let cancelled = tokio::time::timeout(SHORT, session.deliver(&first, &NoProbe)).await;
    assert!(cancelled.is_err());

    let reused = session.deliver(&mail("two@example.org"), &NoProbe).await;
    assert!(
        unknown(&reused).0.contains("不能再用"),
        "a session with an open question takes no mail: {reused:?}"
    );
    let fresh = send(&settings(&server), &mail("two@example.org"), &NoProbe).await;
    assert_eq!(
        fresh,
        Attempt::Permanent {
            reply: "554 5.7.1 rejected".to_owned()
        }
    );
    assert!(server.taken().is_empty());
}

#[tokio::test]
async fn a_session_carries_mails_until_one_is_not_accepted() {
    let mut script = Script::ok();
    script.acts = vec![];
    let server = SmtpServer::start(vec![script]);
    let mut session = Session::open(&settings(&server), &NoProbe).await.expect("open");
    for id in ["a@example.org", "b@example.org", "c@example.org"] {
        assert!(matches!(
            session.deliver(&mail(id), &NoProbe).await,
            Attempt::Accepted { .. }
        ));
    }
    session.quit().await;
    assert_eq!(server.connections(), 1);
    let ids: Vec<_> = server.taken().into_iter().map(|taken| taken.message_id).collect();
    assert_eq!(ids, ["a@example.org", "b@example.org", "c@example.org"]);
    assert_eq!(server.heard().last().map(String::as_str), Some("QUIT"));

    let server = SmtpServer::start(vec![Script::at(At::Rcpt, Act::Say("550 5.1.1 no"))]);
    let mut session = Session::open(&settings(&server), &NoProbe).await.expect("open");
    assert!(matches!(
        session.deliver(&mail("a@example.org"), &NoProbe).await,
        Attempt::Permanent { .. }
    ));
    assert!(!session.is_usable());
    assert!(!unknown(&session.deliver(&mail("b@example.org"), &NoProbe).await).1);
    assert!(server.taken().is_empty());
}

#[derive(Default)]
struct Points(Mutex<Vec<(&'static str, usize)>>);

struct Watch<'a> {
    server: &'a SmtpServer,
    points: Points,
}

impl Probe for Watch<'_> {
    fn hit(&self, point: &'static str) {
        // Give the server time to show what it has when this side is at the point.
        std::thread::sleep(Duration::from_millis(100));
        self.points.0.lock().unwrap().push((point, self.server.taken().len()));
    }
}

#[tokio::test]
async fn the_points_of_a_conversation_come_in_order_and_mean_what_they_say() {
    for (secure, tls) in [
        (Secure::No, Tls::None),
        (Secure::StartTls, Tls::StartTls),
        (Secure::Tls, Tls::Tls),
    ] {
        let server = SmtpServer::start(vec![Script { secure, ..Script::ok() }]);
        let mut settings = settings(&server);
        settings.tls = tls;
        settings.ca_file = Some(server.ca_file());
        let watch = Watch {
            server: &server,
            points: Points::default(),
        };
        let attempt = send(&settings, &mail("one@example.org"), &watch).await;
        assert!(matches!(attempt, Attempt::Accepted { .. }), "{attempt:?}");
        let expected = [
            ("smtp.connected", 0),
            ("smtp.mail", 0),
            ("smtp.rcpt", 0),
            ("smtp.data.before", 0),
            ("smtp.data.after", 0),
            // The server cannot have the mail before the dot, and has it right after.
            ("smtp.dot.before", 0),
            ("smtp.dot.after", 1),
            ("smtp.reply.after", 1),
        ];
        assert_eq!(*watch.points.0.lock().unwrap(), expected, "{secure:?}");
    }
}

#[tokio::test]
async fn starttls_and_tls_protect_the_mail_and_the_login() {
    for (secure, tls) in [(Secure::StartTls, Tls::StartTls), (Secure::Tls, Tls::Tls)] {
        for mechanism in ["PLAIN", "LOGIN"] {
            let login = Some((mechanism, "mailuser", "pass word"));
            let server = SmtpServer::start(vec![Script {
                secure,
                login,
                ..Script::ok()
            }]);
            let mut settings = settings(&server);
            settings.tls = tls;
            settings.ca_file = Some(server.ca_file());
            settings.username = "mailuser".to_owned();
            settings.password = "pass word".to_owned();
            for host in ["127.0.0.1", "localhost"] {
                settings.host = host.to_owned();
                let attempt = send(&settings, &mail("one@example.org"), &NoProbe).await;
                assert!(
                    matches!(attempt, Attempt::Accepted { .. }),
                    "{secure:?} {mechanism} {attempt:?}"
                );
            }
            let taken = server.taken();
            assert!(
                taken
                    .iter()
                    .all(|taken| taken.encrypted && taken.user.as_deref() == Some("mailuser"))
            );
            assert_eq!(taken[0].bytes, mail("one@example.org").bytes);
        }
    }
}

#[tokio::test]
async fn a_wrong_or_missing_login_is_no_fault_of_the_mail() {
    let login = Some(("PLAIN", "mailuser", "right"));
    let server = SmtpServer::start(vec![Script { login, ..Script::ok() }]);
    let mut settings = settings(&server);
    let attempt = send(&settings, &mail("one@example.org"), &NoProbe).await;
    assert_eq!(
        attempt,
        Attempt::Temporary {
            reply: "530 5.7.0 authentication required".to_owned()
        }
    );
    settings.username = "mailuser".to_owned();
    settings.password = "wrong".to_owned();
    let attempt = send(&settings, &mail("one@example.org"), &NoProbe).await;
    assert_eq!(
        attempt,
        Attempt::Temporary {
            reply: "535 5.7.8 bad credentials".to_owned()
        }
    );
    let shown = format!("{attempt:?} {settings:?}");
    assert!(!shown.contains("wrong"), "{shown}");
    settings.password = "right".to_owned();
    let attempt = send(&settings, &mail("one@example.org"), &NoProbe).await;
    assert!(matches!(attempt, Attempt::Accepted { .. }), "{attempt:?}");
}

#[tokio::test]
async fn without_the_configured_encryption_nothing_is_sent() {
    let server = SmtpServer::start(vec![Script {
        login: Some(("PLAIN", "u", "p")),
        ..Script::ok()
    }]);
    let mut settings = settings(&server);
    settings.tls = Tls::StartTls;
    settings.username = "u".to_owned();
    settings.password = "p".to_owned();
    let attempt = send(&settings, &mail("one@example.org"), &NoProbe).await;
    assert!(unknown(&attempt).0.contains("STARTTLS") && !unknown(&attempt).1);
    assert_eq!(server.heard(), ["EHLO [127.0.0.1]"]);
}

#[tokio::test]
async fn a_refused_starttls_sends_nothing() {
    let script = Script {
        secure: Secure::StartTls,
        ..Script::at(At::StartTls, Act::Say("454 4.7.0 not now"))
    };
    let server = SmtpServer::start(vec![script]);
    let mut settings = settings(&server);
    settings.tls = Tls::StartTls;
    settings.ca_file = Some(server.ca_file());
    let attempt = send(&settings, &mail("one@example.org"), &NoProbe).await;
    assert_eq!(
        attempt,
        Attempt::Temporary {
            reply: "454 4.7.0 not now".to_owned()
        }
    );
    assert_eq!(server.heard(), ["EHLO [127.0.0.1]", "STARTTLS"]);
}

/// Replies planted in clear behind the answer to STARTTLS must not be taken for replies over the encrypted line.
#[tokio::test]
async fn replies_planted_before_the_encryption_are_not_heard() {
    let planted = b"220 go ahead\r\n250-evil\r\n250 AUTH PLAIN\r\n".to_vec();
    let script = Script {
        secure: Secure::StartTls,
        ..Script::at(At::StartTls, Act::Raw(planted))
    };
    let server = SmtpServer::start(vec![script]);
    let mut settings = settings(&server);
    settings.tls = Tls::StartTls;
    settings.ca_file = Some(server.ca_file());
    let attempt = send(&settings, &mail("one@example.org"), &NoProbe).await;
    assert!(unknown(&attempt).0.contains("未等命令即作答"), "{attempt:?}");
    assert!(server.taken().is_empty());
}

#[tokio::test]
async fn a_certificate_must_be_trusted_and_for_this_host() {
    for (secure, tls) in [(Secure::StartTls, Tls::StartTls), (Secure::Tls, Tls::Tls)] {
        let server = SmtpServer::start(vec![Script { secure, ..Script::ok() }]);
        let mut settings = settings(&server);
        settings.tls = tls;
        settings.ca_file = Some(server.other_ca_file());
        let other = send(&settings, &mail("one@example.org"), &NoProbe).await;
        assert!(unknown(&other).0.contains("证书"), "{other:?}");
        settings.ca_file = Some(server.ca_file());
        settings.host = "127.0.0.2".to_owned();
        let elsewhere = send(&settings, &mail("one@example.org"), &NoProbe).await;
        assert!(!unknown(&elsewhere).1, "{elsewhere:?}");
        settings.ca_file = Some("/nonexistent/ca.pem".into());
        let missing = send(&settings, &mail("one@example.org"), &NoProbe).await;
        assert!(!unknown(&missing).1, "{missing:?}");
        assert!(server.taken().is_empty());
    }
}

#[tokio::test]
async fn without_encryption_only_this_machine_is_spoken_to() {
    // 192.0.2.0/24 is set aside for documentation: an attempt to connect would run into its time limit.
    let settings = SmtpSettings::new("192.0.2.1", 25, Tls::None);
    let begun = Instant::now();
    let attempt = send(&settings, &mail("one@example.org"), &NoProbe).await;
    assert!(unknown(&attempt).0.contains("不加密") && !unknown(&attempt).1);
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_server_that_is_away_leaves_no_doubt() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let settings = SmtpSettings::new("127.0.0.1", port, Tls::None);
    // Spawned, as the deliverer may do: the whole conversation can move between threads.
    let attempt = tokio::spawn(async move { send(&settings, &mail("one@example.org"), &NoProbe).await })
        .await
        .unwrap();
    assert!(!unknown(&attempt).1);
}

#[tokio::test]
async fn a_mail_that_cannot_be_sent_as_it_is_waits_for_a_person() {
    let server = SmtpServer::start(vec![Script::ok()]);
    let mut smuggling = mail("one@example.org");
    smuggling.bytes = b"Subject: x\r\n\r\na\n.\nMAIL FROM:<b@example.org>\r\n".to_vec();
    assert!(matches!(
        send(&settings(&server), &smuggling, &NoProbe).await,
        Attempt::Permanent { .. }
    ));
    let mut two = mail("one@example.org");
    two.to = "a@example.org>\r\nRCPT TO:<b@example.org".to_owned();
    assert!(matches!(
        send(&settings(&server), &two, &NoProbe).await,
        Attempt::Permanent { .. }
    ));
    assert!(server.taken().is_empty());
    assert!(
        !server
            .heard()
            .iter()
            .any(|line| line.starts_with("MAIL") || line.starts_with("RCPT"))
    );
}

#[tokio::test]
async fn mails_do_not_wait_for_delayed_acknowledgements() {
    let server = SmtpServer::start(vec![Script::ok()]);
    let mut session = Session::open(&settings(&server), &NoProbe).await.expect("open");
    let begun = Instant::now();
    for _ in 0..100 {
        assert!(matches!(
            session.deliver(&mail("one@example.org"), &NoProbe).await,
            Attempt::Accepted { .. }
        ));
    }
    // With the stall of 40 ms a mail this takes four seconds and more.
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}
