//! Mail into files: the file transport and the demonstration's mail server.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use rongcuo::mail::{Attempt, Catcher, FileTransport, NoProbe, OutgoingMail, Session, SmtpSettings, Tls, send};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use tokio_util::sync::CancellationToken;

fn mail(id: &str) -> OutgoingMail {
    OutgoingMail {
        from: "rongcuo@example.org".to_owned(),
        to: "jingban@example.org".to_owned(),
        bytes: format!("Message-ID: <{id}>\r\nSubject: x\r\n\r\n.dot\r\n.\r\nend\r\n").into_bytes(),
        message_id: id.to_owned(),
    }
}

fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_mail_becomes_one_file_however_often_it_is_sent() {
    let dir = tempfile::tempdir().unwrap();
    let files = FileTransport::new(dir.path().join("out")).unwrap();
    for _ in 0..3 {
        let attempt = files.deliver(&mail("0af3@example.org")).await;
        assert!(matches!(attempt, Attempt::Accepted { .. }), "{attempt:?}");
    }
    assert!(matches!(
        files.deliver(&mail("../x@example.org")).await,
        Attempt::Accepted { .. }
    ));
    assert_eq!(
        names(&dir.path().join("out")),
        ["0af3@example.org.eml", "_x@example.org.eml"]
    );
    let written = std::fs::read(dir.path().join("out/0af3@example.org.eml")).unwrap();
    assert_eq!(written, mail("0af3@example.org").bytes);
}

#[tokio::test]
async fn a_folder_that_is_away_is_no_verdict() {
    let dir = tempfile::tempdir().unwrap();
    let files = FileTransport::new(dir.path().join("out")).unwrap();
    std::fs::remove_dir(dir.path().join("out")).unwrap();
    let attempt = files.deliver(&mail("a@example.org")).await;
    assert!(
        matches!(attempt, Attempt::Unknown { in_doubt: false, .. }),
        "{attempt:?}"
    );
    std::fs::write(dir.path().join("file"), b"").unwrap();
    assert!(
        FileTransport::new(dir.path().join("file"))
            .unwrap_err()
            .to_string()
            .contains("smtp.dir")
    );
}

#[tokio::test]
async fn the_demonstration_server_keeps_what_it_was_given() {
    let dir = tempfile::tempdir().unwrap();
    let stop = CancellationToken::new();
    let catcher = Catcher::start(dir.path().to_owned(), stop.clone()).await.unwrap();
    let settings = SmtpSettings::new("127.0.0.1", catcher.addr().port(), Tls::None);
    let mut session = Session::open(&settings, &NoProbe).await.expect("open");
    for id in ["a@example.org", "b@example.org"] {
        let attempt = session.deliver(&mail(id), &NoProbe).await;
        assert!(matches!(attempt, Attempt::Accepted { .. }), "{attempt:?}");
    }
    session.quit().await;
    assert_eq!(
        names(dir.path()),
        ["000001-a@example.org.eml", "000002-b@example.org.eml"]
    );
    assert_eq!(
        std::fs::read(dir.path().join("000002-b@example.org.eml")).unwrap(),
        mail("b@example.org").bytes
    );

    let later = Catcher::start(dir.path().to_owned(), stop).await.unwrap();
    let settings = SmtpSettings::new("127.0.0.1", later.addr().port(), Tls::None);
    assert!(matches!(
        send(&settings, &mail("c@example.org"), &NoProbe).await,
        Attempt::Accepted { .. }
    ));
    assert_eq!(names(dir.path())[2], "000003-c@example.org.eml");
}

/// Says the lines and returns the first three characters of each answer.
fn converse(port: u16, lines: &[&str]) -> Vec<String> {
    let mut line = TcpStream::connect(("127.0.0.1", port)).unwrap();
    for text in lines {
        line.write_all(text.as_bytes()).unwrap();
    }
    let mut said = String::new();
    line.read_to_string(&mut said).unwrap();
    said.lines()
        .filter(|line| line.as_bytes().get(3) == Some(&b' '))
        .map(|line| line[..3].to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_server_keeps_order_and_bounds() {
    let dir = tempfile::tempdir().unwrap();
    let stop = CancellationToken::new();
    let catcher = Catcher::start(dir.path().to_owned(), stop.clone()).await.unwrap();
    let port = catcher.addr().port();
    let talk = tokio::task::spawn_blocking(move || {
        let order = [
            "DATA\r\n",
            "RCPT TO:<a@b>\r\n",
            "NOOP\r\n",
            "XYZ\r\n",
            "MAIL FROM:<a@b>\r\n",
            "DATA\r\n",
            "RSET\r\n",
            "QUIT\r\n",
        ];
        assert_eq!(
            converse(port, &order),
            ["220", "503", "503", "250", "502", "250", "503", "250", "221"]
        );
        let row = format!("{}\r\n", "x".repeat(998));
        let rows: Vec<&str> = std::iter::repeat_n(row.as_str(), 11_000).collect();
        let mut big = vec!["EHLO x\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n", "DATA\r\n"];
        big.extend(rows);
        big.extend([".\r\n", "QUIT\r\n"]);
        assert_eq!(converse(port, &big), ["220", "250", "250", "250", "354", "552", "221"]);
    });
    talk.await.unwrap();
    assert!(names(dir.path()).is_empty());
    stop.cancel();
}
