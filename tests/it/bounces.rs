//! What a mail gateway tells of messages that bounced, through the whole router and on both databases.

use crate::support::app::{Bench, on_both};
use crate::support::site::info;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rongcuo::app::bounces::Gate;
use rongcuo::app::reconcile::reconcile;
use rongcuo::domain::alert::Contact;
use rongcuo::domain::contact::Role;
use rongcuo::domain::ids::{MailId, hex};
use rongcuo::domain::obligation::Kind;
use rongcuo::runtime::secret::Secret;
use rongcuo::store::mails::{self, Claim, MailRow, NewMail};
use rongcuo::store::{contacts, journal, obligations};
use rongcuo::web::{bounces, router};
use sha2::Sha256;
use std::sync::Arc;
use tower::ServiceExt;

const NOW: &str = "2026-09-28T10:00:00+08:00";
const SECRET: &str = "0123456789abcdef";
const READER: &str = "shouwen@yunchuan.example";

/// Pages and bounces, as the service listens.
fn site(bench: &Bench, secret: Option<&str>) -> Router {
    let info = info("https://rc.yunchuan.example", false);
    let pages = router(Arc::new(bench.app.clone()), info);
    match secret {
        Some(secret) => pages.merge(bounces(bench.app.clone(), Gate::new(Secret::new(secret.to_owned())))),
        None => pages,
    }
}

/// Two mails to one reader, which the server took one after the other, and who is asked about him.
async fn sent(bench: &Bench) {
    let mut tx = bench.app.db.begin().await.expect("a transaction");
    for (name, role, email) in [
        ("何收文", Role::Handler, READER),
        ("林知微", Role::SectionHead, "zhiwei@yunchuan.example"),
    ] {
        let contact = Contact {
            unit: "云川市纪委监委".to_owned(),
            name: name.to_owned(),
            role,
            email: Some(email.to_owned()),
            deputy: None,
            disabled: false,
        };
        contacts::put(&mut tx, &contact).await.expect("an insert");
    }
    for id in ["one", "two"] {
        let mail = NewMail {
            id: MailId::stored(id.to_owned()),
            dedup_key: id.to_owned(),
            message_id: format!("{id}@yunchuan.example"),
            sender: "rongcuo@yunchuan.example".to_owned(),
            recipient: READER.to_owned(),
            recipient_name: "何收文".to_owned(),
            subject: "x".to_owned(),
            bytes: b"Subject: x\r\n\r\nbody\r\n".to_vec(),
        };
        mails::insert(&mut tx, &mail, bench.app.now()).await.expect("an insert");
    }
    tx.commit().await.expect("a commit");
    take_all(bench).await;
}

/// The server takes whatever waits, each a second after the one before.
async fn take_all(bench: &Bench) {
    let now = bench.app.now();
    let mut tx = bench.app.db.begin().await.expect("a transaction");
    let wanted = Claim {
        owner: "test",
        lease_millis: 60_000,
        limit: 10,
        without: &[],
        channels_only: false,
        left: true,
    };
    let claimed = mails::claim(&mut tx, now, wanted).await.expect("a claim");
    for (second, mail) in (1..).zip(&claimed) {
        let at = now.plus_millis(second * 1000);
        let begun = mails::begin(&mut tx, &mail.id, mail.fence, now, at).await;
        assert!(begun.expect("an update"));
        let taken = mails::record_sent(&mut tx, &mail.id, mail.fence, at, "250 ok").await;
        assert!(taken.expect("an update"));
    }
    tx.commit().await.expect("a commit");
}

struct Letter<'a> {
    secret: &'a str,
    /// Seconds from now at which it says it was signed.
    off: i64,
    body: &'a str,
}

async fn post(bench: &Bench, router: &Router, letter: Letter<'_>) -> (StatusCode, String) {
    let seconds = (bench.app.now().millis() / 1000 + letter.off).to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(letter.secret.as_bytes()).expect("any length");
    mac.update(format!("{seconds}.{}", letter.body).as_bytes());
    // From a gateway of another name, by a browser's measure from another site, without a cookie.
    let request = Request::post("/bounces")
        .header("host", "gateway.example")
        .header("origin", "https://gateway.example")
        .header("x-rongcuo-timestamp", seconds)
        .header(
            "x-rongcuo-signature",
            format!("v1={}", hex(&mac.finalize().into_bytes())),
        )
        .body(Body::from(letter.body.to_owned()))
        .expect("a request");
    answer(router, request).await
}

async fn answer(router: &Router, request: Request<Body>) -> (StatusCode, String) {
    let response = router.clone().oneshot(request).await.expect("the router answers");
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    (status, String::from_utf8(body.to_vec()).expect("text"))
}

/// A telling that is signed and in time: always taken, and nothing is said.
async fn tell(bench: &Bench, body: &str) {
    let letter = Letter {
        secret: SECRET,
        off: 0,
        body,
    };
    let said = post(bench, &site(bench, Some(SECRET)), letter).await;
    assert_eq!(said, (StatusCode::ACCEPTED, String::new()), "{body}");
}

async fn row(bench: &Bench, id: &str) -> MailRow {
    let mut tx = bench.app.db.read().await.expect("a transaction");
    let row = mails::by_id(&mut tx, id).await.expect("a row");
    tx.rollback().await.expect("the end");
    row.expect("the mail is there")
}

async fn states(bench: &Bench) -> [String; 2] {
    [row(bench, "one").await.state, row(bench, "two").await.state]
}

/// Open matters about mails that reached nobody, and entries of the audit chain, which is whole.
async fn figures(bench: &Bench) -> (usize, i64) {
    let mut tx = bench.app.db.read().await.expect("a transaction");
    let open = obligations::open_of_kind(&mut tx, Kind::MailTrouble, 10).await;
    let entries = journal::verify(&mut tx).await.expect("the chain is whole");
    tx.rollback().await.expect("the end");
    (open.expect("obligations").len(), entries)
}

const GONE: &str = r#"{"kind":"permanent","message_id":"<one@yunchuan.example>","reason":"550 5.1.1 no such user"}"#;

#[tokio::test]
async fn a_bounce_for_good_holds_the_mail_and_others_are_told_once() {
    on_both(NOW, async |bench| {
        sent(&bench).await;
        let before = figures(&bench).await;
        tell(&bench, GONE).await;
        assert_eq!(states(&bench).await, ["held", "sent"]);
        let said = row(&bench, "one").await.last_reply.unwrap_or_default();
        assert!(said.contains("退信") && said.contains("550 5.1.1"), "{said}");
        let after = figures(&bench).await;
        assert_eq!((before.0, after.0), (0, 1));
        tell(&bench, GONE).await;
        assert_eq!(figures(&bench).await, after, "the same telling counts once");
        let pass = reconcile(&bench.app, bench.app.now()).await.expect("a pass");
        assert!(pass.sent > 0, "somebody else hears of it: {pass:?}");

        // It goes out once more and comes back once more: the same words are another telling now.
        let id = MailId::stored("one".to_owned());
        rongcuo::app::mails::resend(&bench.app, &id, "林知微")
            .await
            .expect("it is held");
        take_all(&bench).await;
        assert_eq!(states(&bench).await, ["sent", "sent"]);
        tell(&bench, GONE).await;
        assert_eq!(states(&bench).await, ["held", "sent"]);
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_numbers_its_tellings_is_taken_at_its_word() {
    on_both(NOW, async |bench| {
        sent(&bench).await;
        let numbered = r#"{"id":"b-1","kind":"permanent","message_id":"one@yunchuan.example"}"#;
        tell(&bench, numbered).await;
        let id = MailId::stored("one".to_owned());
        rongcuo::app::mails::resend(&bench.app, &id, "林知微")
            .await
            .expect("it is held");
        take_all(&bench).await;
        // Told again late, in other words: still the bounce of before.
        tell(
            &bench,
            r#"{"id":"b-1","kind":"permanent","message_id":"one@yunchuan.example","reason":"again"}"#,
        )
        .await;
        assert_eq!(states(&bench).await, ["sent", "sent"]);
        tell(
            &bench,
            r#"{"id":"b-2","kind":"permanent","message_id":"one@yunchuan.example"}"#,
        )
        .await;
        assert_eq!(states(&bench).await, ["held", "sent"]);
    })
    .await;
}

/// The gateway is quicker than the record of the acceptance.
#[tokio::test]
async fn a_bounce_waits_for_the_mail_that_is_under_way() {
    on_both(NOW, async |bench| {
        sent(&bench).await;
        tell(&bench, GONE).await;
        let id = MailId::stored("one".to_owned());
        rongcuo::app::mails::resend(&bench.app, &id, "林知微")
            .await
            .expect("it is held");
        let now = bench.app.now();
        let mut tx = bench.app.db.begin().await.expect("a transaction");
        let wanted = Claim {
            owner: "test",
            lease_millis: 60_000,
            limit: 10,
            without: &[],
            channels_only: false,
            left: true,
        };
        let mail = mails::claim(&mut tx, now, wanted).await.expect("a claim").remove(0);
        assert!(
            mails::begin(&mut tx, &mail.id, mail.fence, now, now)
                .await
                .expect("an update")
        );
        tx.commit().await.expect("a commit");
        let record = async {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            let mut tx = bench.app.db.begin().await.expect("a transaction");
            let taken = mails::record_sent(&mut tx, &mail.id, mail.fence, now, "250 ok").await;
            assert!(taken.expect("an update"));
            tx.commit().await.expect("a commit");
        };
        tokio::join!(record, tell(&bench, GONE));
        assert_eq!(states(&bench).await, ["held", "sent"]);
    })
    .await;
}

#[tokio::test]
async fn a_bounce_for_now_is_only_noted() {
    on_both(NOW, async |bench| {
        sent(&bench).await;
        let before = figures(&bench).await;
        for _ in 0..2 {
            tell(
                &bench,
                r#"{"kind":"temporary","message_id":"one@yunchuan.example","reason":"452 full"}"#,
            )
            .await;
        }
        assert_eq!(states(&bench).await, ["sent", "sent"]);
        assert_eq!(figures(&bench).await, (0, before.1 + 1));
    })
    .await;
}

#[tokio::test]
async fn an_address_alone_means_its_newest_mail() {
    on_both(NOW, async |bench| {
        sent(&bench).await;
        let address = r#"{"kind":"permanent","recipient":"Shouwen@Yunchuan.example"}"#;
        tell(&bench, address).await;
        assert_eq!(states(&bench).await, ["sent", "held"]);
        // Told in other words it is still about that mail, which is held already.
        tell(
            &bench,
            r#"{"kind":"permanent","recipient":"shouwen@yunchuan.example","reason":"x"}"#,
        )
        .await;
        assert_eq!(states(&bench).await, ["sent", "held"]);
    })
    .await;
}

#[tokio::test]
async fn what_names_no_mail_of_ours_is_answered_alike_and_changes_nothing() {
    on_both(NOW, async |bench| {
        sent(&bench).await;
        let before = figures(&bench).await;
        for body in [
            r#"{"kind":"permanent","message_id":"other@yunchuan.example"}"#,
            r#"{"kind":"permanent","message_id":"one@yunchuan.example","recipient":"zhiwei@yunchuan.example"}"#,
            r#"{"kind":"permanent","recipient":"nobody@yunchuan.example"}"#,
        ] {
            tell(&bench, body).await;
        }
        assert_eq!(states(&bench).await, ["sent", "sent"]);
        bench.clock.set(bench.app.now().plus_millis(8 * 24 * 3_600_000));
        tell(&bench, r#"{"kind":"permanent","recipient":"shouwen@yunchuan.example"}"#).await;
        assert_eq!(states(&bench).await, ["sent", "sent"], "an address alone means lately");
        assert_eq!(figures(&bench).await, before);
    })
    .await;
}

#[tokio::test]
async fn strangers_and_nonsense_change_nothing() {
    on_both(NOW, async |bench| {
        sent(&bench).await;
        let before = figures(&bench).await;
        let open = site(&bench, Some(SECRET));
        let long = format!(r#"{{"kind":"permanent","reason":"{}"}}"#, "x".repeat(20_000));
        for (secret, off, body, status) in [
            ("0123456789abcdee", 0, GONE, StatusCode::UNAUTHORIZED),
            (SECRET, -301, GONE, StatusCode::UNAUTHORIZED),
            (SECRET, 301, GONE, StatusCode::UNAUTHORIZED),
            (SECRET, 0, "{", StatusCode::BAD_REQUEST),
            (SECRET, 0, r#"{"kind":"permanent"}"#, StatusCode::BAD_REQUEST),
            (SECRET, 0, long.as_str(), StatusCode::PAYLOAD_TOO_LARGE),
        ] {
            let said = post(&bench, &open, Letter { secret, off, body }).await;
            assert_eq!(said.0, status, "{off} {said:?}");
        }
        let unsigned = Request::post("/bounces").body(Body::from(GONE)).expect("a request");
        assert_eq!(answer(&open, unsigned).await.0, StatusCode::UNAUTHORIZED);
        let look = Request::get("/bounces").body(Body::empty()).expect("a request");
        assert_eq!(answer(&open, look).await.0, StatusCode::METHOD_NOT_ALLOWED);
        // Not asked for, so not there; the pages keep to their own guard.
        let letter = Letter {
            secret: SECRET,
            off: 0,
            body: GONE,
        };
        let closed = post(&bench, &site(&bench, None), letter).await;
        assert!(
            closed.0.is_client_error() && closed.0 != StatusCode::UNAUTHORIZED,
            "{closed:?}"
        );
        let foreign = Request::get("/").header("host", "gateway.example").body(Body::empty());
        let foreign = answer(&open, foreign.expect("a request")).await;
        assert_eq!(foreign.0, StatusCode::MISDIRECTED_REQUEST);
        assert_eq!(states(&bench).await, ["sent", "sent"]);
        assert_eq!(figures(&bench).await, before);
    })
    .await;
}
