//! A whole service on a fresh database of either kind, with a clock that the test sets.

use super::pg;
use rongcuo::app::import::{self, Source, Summary};
use rongcuo::app::ways::{Outward, Own};
use rongcuo::app::{App, Parts};
use rongcuo::domain::account::{Role, Scope, Viewer};
use rongcuo::domain::channel::{Kind, Outline};
use rongcuo::domain::policy::{DEFAULT_PROFILE, Policy};
use rongcuo::domain::time::Moment;
use rongcuo::files::{self, HeaderWords, Limits};
use rongcuo::outbound::{self, AllowList, Channel, Origin, Template, Url, Webhook};
use rongcuo::runtime::clock::FixedClock;
use rongcuo::runtime::crypto::KeyRing;
use rongcuo::runtime::random::SeededRandom;
use rongcuo::runtime::secret::Secret;
use rongcuo::store::{Db, Tx};
use std::path::PathBuf;
use std::sync::Arc;

/// A service with its clock.
pub struct Bench {
    pub app: App,
    pub clock: FixedClock,
}

/// Somebody who sees the whole tree and every file.
pub fn everyone() -> Viewer {
    viewer(Role::Handler, None)
}

/// Somebody with a role who sees a unit and what lies below it, or everything.
pub fn viewer(role: Role, unit: Option<&str>) -> Viewer {
    Viewer {
        login: "lin.jia".to_owned(),
        name: "林甲".to_owned(),
        role,
        scope: Scope::of_account(role, unit),
    }
}

/// Runs a test on a fresh embedded database and, where one can be had, on a fresh server one.
/// `now` is a moment such as `2026-09-28T10:00:00+08:00`, or a day, which means nine in the morning.
pub async fn on_both<F>(now: &str, test: F)
where
    F: AsyncFn(Bench),
{
    each_database(async |db| test(bench(db, now).await).await).await;
}

/// The same under the built-in rules as they are, with the summary of each morning.
pub async fn on_both_summarised<F>(now: &str, test: F)
where
    F: AsyncFn(Bench),
{
    each_database(async |db| test(bench_under(db, now, Policy::builtin()).await).await).await;
}

/// The built-in rules, but each reminder is a mail of its own: for tests that look at one reminder.
pub fn each_its_own_mail() -> Policy {
    let waits = "digest = [\"info\", \"warn\"]";
    assert!(DEFAULT_PROFILE.contains(waits));
    Policy::parse(&DEFAULT_PROFILE.replace(waits, "digest = []")).expect("the built-in rules without summaries")
}

/// Runs a test with a fresh embedded database and, where one can be had, with a fresh server one.
pub async fn each_database<F>(test: F)
where
    F: AsyncFn(Db),
{
    let folder = tempfile::tempdir().expect("as the test set it up");
    let db = Db::open_sqlite(&folder.path().join("test.db"))
        .await
        .expect("as the test set it up");
    test(db.clone()).await;
    db.close().await;
    if let Some(server) = pg::database() {
        let db = Db::open_postgres(&server.url()).await.expect("as the test set it up");
        test(db.clone()).await;
        db.close().await;
    }
}

/// A service on an opened, empty database, with the built-in calendar and rules, each reminder a mail of its own.
pub async fn bench(db: Db, now: &str) -> Bench {
    bench_under(db, now, each_its_own_mail()).await
}

/// The same under other rules.
pub async fn bench_under(db: Db, now: &str, policy: Policy) -> Bench {
    bench_with(db, now, policy, None).await
}

/// The same with a calendar folder.
pub async fn bench_with(db: Db, now: &str, policy: Policy, calendar_dir: Option<PathBuf>) -> Bench {
    bench_from(db, now, policy, (calendar_dir, None), outward()).await
}

/// The same with a folder of word lists.
pub async fn bench_saying(db: Db, now: &str, words_dir: PathBuf) -> Bench {
    bench_from(db, now, each_its_own_mail(), (None, Some(words_dir)), outward()).await
}

/// The same with other ways out beside mail.
pub async fn bench_outward(db: Db, now: &str, policy: Policy, outward: Outward) -> Bench {
    bench_from(db, now, policy, (None, None), outward).await
}

/// One channel, as if it stood in the configuration; requests may go to its host alone.
pub fn outward() -> Outward {
    let place = "https://hook.yunchuan.example";
    let hook = Webhook {
        url: Url::parse(&format!("{place}/in/path-of-file")).expect("an address"),
        headers: Vec::new(),
        template: Template::default(),
        secret: Some(Secret::new("secret-of-file".to_owned())),
    };
    let channel = Channel {
        id: "duty".to_owned(),
        per_minute: 20,
        kind: outbound::Kind::Webhook(hook),
    };
    let outline = Outline {
        kind: Kind::Webhook,
        place: place.to_owned(),
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
        allow: AllowList::new(vec![Origin::parse(place).expect("a place")]),
        dirs: Vec::new(),
    }
}

async fn bench_from(
    db: Db,
    now: &str,
    policy: Policy,
    (calendar_dir, words_dir): (Option<PathBuf>, Option<PathBuf>),
    outward: Outward,
) -> Bench {
    db.ready().await.expect("as the test set it up");
    let now = Moment::parse(now).expect("as the test set it up");
    let clock = FixedClock::new(now);
    let source = files::calendar::load(calendar_dir.as_deref(), now.day()).expect("as the test set it up");
    let parts = Parts {
        db,
        keys: KeyRing::from_master(&[7; 32], Arc::new(SeededRandom::new(1))),
        policy,
        words_dir,
        calendars: rongcuo::app::calendars::build(&source, None).expect("as the test set it up"),
        calendar_dir,
        clock: Arc::new(clock.clone()),
        site_name: "云川市委组织部".to_owned(),
        base_url: "http://127.0.0.1:8080".to_owned(),
        mail_from: "rongcuo@yunchuan.example".to_owned(),
        outward,
    };
    let app = App::new(parts).await.expect("as the test set it up");
    Bench { app, clock }
}

impl Bench {
    /// One transaction that reads.
    pub async fn read<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> T) -> T {
        let mut tx = self.app.db.read().await.expect("a transaction");
        let done = work(&mut tx).await;
        tx.rollback().await.expect("the end of reading");
        done
    }

    /// One transaction that writes.
    pub async fn write<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> T) -> T {
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let done = work(&mut tx).await;
        tx.commit().await.expect("a commit");
        done
    }

    /// Sets the clock, as [`Moment::parse`] reads it.
    pub fn set(&self, now: &str) {
        self.clock.set(Moment::parse(now).expect("as the test set it up"));
    }

    /// Imports a case register given as delimited text.
    pub async fn register(&self, text: &str) -> Summary {
        let (words, limits) = (HeaderWords::builtin(), Limits::default());
        let parsed = files::read_register("台账.csv", text.as_bytes(), &words, &limits).expect("as the test set it up");
        let source = Source::new("台账.csv", text.as_bytes());
        let done = import::register(&self.app, &source, parsed.rows, parsed.rows_read, parsed.faults).await;
        done.expect("as the test set it up")
    }

    /// Imports a contact list given as delimited text.
    pub async fn contacts(&self, text: &str) -> Summary {
        let (words, limits) = (HeaderWords::builtin(), Limits::default());
        let parsed =
            files::read_contacts("联系人.csv", text.as_bytes(), &words, &limits).expect("as the test set it up");
        let source = Source::new("联系人.csv", text.as_bytes());
        let done = import::contacts(&self.app, &source, parsed.rows, parsed.rows_read, parsed.faults).await;
        done.expect("as the test set it up")
    }

    /// Imports a rectification ledger given as delimited text.
    pub async fn rectifications(&self, text: &str) -> Summary {
        let (words, limits) = (HeaderWords::builtin(), Limits::default());
        let parsed =
            files::read_rectifications("整改.csv", text.as_bytes(), &words, &limits).expect("as the test set it up");
        let source = Source::new("整改.csv", text.as_bytes());
        let done = import::rectifications(&self.app, &source, parsed.rows, parsed.rows_read, parsed.faults).await;
        done.expect("as the test set it up")
    }
}
