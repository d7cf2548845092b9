//! Reminders over time: what `simulate` says is what the daemon sends, and a long outage ends in one mail each.

use crate::support::app::{Bench, on_both, on_both_summarised};
use crate::support::mails;
use chrono::{Datelike, Days, NaiveDate, NaiveTime};
use rongcuo::app::simulate::alerts_between;
use rongcuo::domain::alert::{MERGED_OUTAGE, Outcome, Point, Severity};
use rongcuo::domain::obligation::Kind;
use rongcuo::domain::time::Moment;
use rongcuo::mail::{Catcher, SmtpSettings, Tls};
use rongcuo::runtime::random::SeededRandom;
use rongcuo::store::alerts;
use rongcuo::worker::{Deliverer, Route, run_once};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

const CONTACTS: &str = "\
单位,姓名,角色,邮箱
云川市纪委监委,何收文,经办,shouwen@yunchuan.example
云川市纪委监委,孟科长,科室负责人,meng@yunchuan.example
云川市纪委监委,方分管,分管领导,fang@yunchuan.example
云川市委督查室,秦督办,督办员,duban@yunchuan.example
云川市住建局,罗联络,单位联络员,luo@yunchuan.example
云川市住建局,周分管,分管领导,zhou@yunchuan.example
";

/// A service whose mails go to a real SMTP conversation with a catcher.
struct Daemon<'a> {
    bench: &'a Bench,
    deliverer: Deliverer,
    folder: tempfile::TempDir,
    stop: CancellationToken,
}

impl<'a> Daemon<'a> {
    async fn start(bench: &'a Bench) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let stop = CancellationToken::new();
        let catcher = Catcher::start(folder.path().to_owned(), stop.clone())
            .await
            .expect("a catcher");
        let address = catcher.addr();
        let settings = SmtpSettings::new(&address.ip().to_string(), address.port(), Tls::None);
        let random = Arc::new(SeededRandom::new(5));
        Self {
            bench,
            deliverer: Deliverer::new(bench.app.clone(), Route::Smtp(Arc::new(settings)), random),
            folder,
            stop,
        }
    }

    async fn pass(&self, day: NaiveDate, hour: u32, minute: u32) {
        let time = NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
        self.bench.clock.set(Moment::at(day, time));
        run_once(&self.bench.app, &self.deliverer, &self.stop)
            .await
            .expect("a pass");
    }

    fn mails(&self) -> Vec<mails::Mail> {
        mails::of_folder(self.folder.path())
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Items due all through the year, on rest days too.
fn ledger(year: i32) -> String {
    let mut text = String::from("编号,问题,责任单位,督办单位,整改时限,状态\n");
    let first = NaiveDate::from_ymd_opt(year, 2, 2).expect("a day");
    for (number, day) in first
        .iter_days()
        .step_by(9)
        .take_while(|day| day.year() == year)
        .enumerate()
    {
        let line = format!("ZG-{number:03},问题{number},云川市住建局,云川市委督查室,{day},整改中\n");
        text.push_str(&line);
    }
    text
}

const REGISTER: &str = "\
案件编号,姓名,单位,事项名称,认定结论,认定日期,状态,问责实施机关
RC-1,沈砚舟,云川市住建局,电梯补贴误发,免责,2026-01-09,生效,云川市纪委监委
RC-2,苏念之,云川市水务局,堤防改造延期,从轻,2026-01-08,生效,云川市纪委监委
RC-3,陆知行,云川市水务局,泵站采购失当,不予容错,2026-01-12,生效,云川市纪委监委
RC-4,顾临川,云川市住建局,旧改超支,免予问责,2025-03-10,生效,云川市纪委监委
";

async fn decided(bench: &Bench) -> BTreeMap<String, Outcome> {
    let mut tx = bench.app.db.read().await.expect("the store");
    let all = alerts::all(&mut tx).await.expect("alerts");
    all.into_iter()
        .map(|stored| (stored.alert.identity, stored.alert.outcome))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn simulate_and_the_daemon_agree_over_a_year() {
    on_both_summarised("2026-01-12T16:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        assert_eq!(bench.register(REGISTER).await.added, 4);
        assert!(bench.rectifications(&ledger(2026)).await.added > 30);
        let end = Moment::parse("2026-12-31T23:59:00+08:00").expect("a moment");
        let foretold = alerts_between(&bench.app, bench.app.now(), end)
            .await
            .expect("a simulation");
        let mut reaches = BTreeMap::new();
        let foretold: BTreeMap<String, Outcome> = foretold
            .into_iter()
            .map(|foreseen| {
                let reached = (foreseen.alert.outcome == Outcome::Sent).then_some(foreseen.sent_at);
                reaches.insert(foreseen.alert.identity.clone(), reached);
                (foreseen.alert.identity, foreseen.alert.outcome)
            })
            .collect();
        assert!(foretold.len() > 300, "{} alerts", foretold.len());

        let daemon = Daemon::start(&bench).await;
        let first = bench.app.now().day();
        daemon.pass(first, 16, 0).await;
        for day in first.iter_days().skip(1).take_while(|day| day.year() == 2026) {
            for (hour, minute) in [(0, 10), (9, 0), (17, 59)] {
                daemon.pass(day, hour, minute).await;
            }
        }
        let happened = decided(&bench).await;
        let missing: Vec<_> = foretold
            .iter()
            .filter(|(id, outcome)| happened.get(*id) != Some(*outcome))
            .collect();
        let surplus: Vec<_> = happened
            .iter()
            .filter(|(id, outcome)| foretold.get(*id) != Some(*outcome))
            .collect();
        assert!(
            missing.is_empty() && surplus.is_empty(),
            "missing {missing:#?} surplus {surplus:#?}"
        );

        let mut tx = bench.app.db.read().await.expect("a transaction");
        let mut carried = BTreeMap::new();
        for stored in alerts::all(&mut tx).await.expect("alerts") {
            if stored.alert.outcome != Outcome::Sent {
                continue;
            }
            let mail = stored.mail.expect("what was to be sent has its mail");
            let row = rongcuo::store::mails::by_id(&mut tx, mail.as_str())
                .await
                .expect("mails")
                .expect("the mail");
            let reached = Moment::from_millis(row.created_ms);
            assert_eq!(
                reaches[&stored.alert.identity],
                Some(reached),
                "{}",
                stored.alert.identity
            );
            carried
                .entry((row.message_id, row.recipient))
                .or_insert_with(Vec::new)
                .push(stored.alert.severity);
        }
        tx.rollback().await.expect("the end of reading");
        let ids: BTreeSet<String> = daemon.mails().into_iter().map(|mail| mail.message_id).collect();
        assert!(carried.keys().all(|(id, _)| ids.contains(id)), "every mail went out");
        let summaries = carried.values().filter(|severities| severities.len() > 1).count();
        assert!(summaries > 30, "{summaries} summaries of several reminders");
        let urgent_alone = carried
            .values()
            .filter(|all| all.contains(&Severity::Urgent))
            .all(|all| all.len() == 1);
        assert!(urgent_alone, "what is urgent goes out by itself");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_span_in_the_future_holds_only_what_is_left_for_it() {
    on_both("2026-05-11T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        // T-10, T-3, T0 and T+1 fall in May (6, 15, 20 and 21 May), T+5 on 27 May.
        let ledger =
            "编号,问题,责任单位,督办单位,整改时限,状态\nZG-1,甲,云川市住建局,云川市委督查室,2026-05-20,整改中\n";
        bench.rectifications(ledger).await;
        let from = Moment::parse("2026-05-25T00:00:00+08:00").expect("a moment");
        let to = Moment::parse("2026-12-31T00:00:00+08:00").expect("a moment");
        let mut alerts = alerts_between(&bench.app, from, to).await.expect("a simulation");
        // In December the next year's notice would be asked for.
        alerts.retain(|foreseen| foreseen.alert.kind == Kind::Rectification);
        let points: BTreeSet<String> = alerts.iter().map(|foreseen| foreseen.alert.point.to_string()).collect();
        assert_eq!(points, BTreeSet::from(["T+5".to_owned()]));
        assert!(
            alerts
                .iter()
                .all(|foreseen| foreseen.at.to_string().starts_with("2026-05-27T09:00")),
            "{alerts:?}"
        );
    })
    .await;
}

/// What one obligation got: points by outcome.
async fn points_of(bench: &Bench, number: &str) -> Vec<(Point, Outcome, String)> {
    let mut tx = bench.app.db.read().await.expect("the store");
    let all = alerts::all(&mut tx).await.expect("alerts");
    let mut points: Vec<(Point, Outcome, String)> = all
        .into_iter()
        // Reports of progress have a day of their own.
        .filter(|stored| stored.alert.number.as_deref() == Some(number) && stored.alert.kind != Kind::Progress)
        .map(|stored| (stored.alert.point, stored.alert.outcome, stored.alert.reason))
        .collect();
    points.sort_by_key(|(point, outcome, _)| (point.to_string(), outcome.as_str()));
    points.dedup_by(|a, b| (a.0, a.1) == (b.0, b.1));
    points
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_outage_each_obligation_gets_its_newest_reminder() {
    on_both("2026-05-11T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        // Working days from hand: 15 May is a Friday; 10 working days before 12 June (a Friday) is 29 May.
        let ledger = "\
编号,问题,责任单位,督办单位,整改时限,状态
ZG-LAPSED,甲,云川市住建局,云川市委督查室,2026-05-20,整改中
ZG-NEAR,乙,云川市住建局,云川市委督查室,2026-06-12,整改中
ZG-FAR,丙,云川市住建局,云川市委督查室,2026-08-20,整改中
";
        assert_eq!(bench.rectifications(ledger).await.added, 3);
        let daemon = Daemon::start(&bench).await;
        let stopped = NaiveDate::from_ymd_opt(2026, 5, 11).expect("a day");
        daemon.pass(stopped, 10, 0).await;
        let before = daemon.mails().len();
        // The service lies still for 30 days.
        daemon.pass(stopped + Days::new(30), 10, 0).await;

        let merged = |reason: &String| reason == MERGED_OUTAGE;
        let lapsed = points_of(&bench, "ZG-LAPSED").await;
        let sent: Vec<_> = lapsed
            .iter()
            .filter(|(_, outcome, _)| *outcome == Outcome::Sent)
            .map(|(point, ..)| point.to_string())
            .collect();
        // T-10 of 20 May was the first pass's; 30 days later T+5 is the newest.
        assert_eq!(sent, ["T+5", "T-10"]);
        let rest: Vec<_> = lapsed
            .iter()
            .filter(|(_, outcome, reason)| *outcome == Outcome::Merged && merged(reason))
            .map(|(point, ..)| point.to_string())
            .collect();
        assert_eq!(rest, ["T+1", "T-3", "T0"]);

        let near = points_of(&bench, "ZG-NEAR").await;
        let sent: Vec<_> = near
            .iter()
            .filter(|(_, outcome, _)| *outcome == Outcome::Sent)
            .map(|(point, ..)| point.to_string())
            .collect();
        // 10 June is two working days before 12 June: T-3 (9 June) has passed, T-10 is merged into it.
        assert_eq!(sent, ["T-3"]);
        assert!(near.iter().any(|(point, outcome, reason)| *point == Point::Before(10)
            && *outcome == Outcome::Merged
            && merged(reason)));
        assert!(points_of(&bench, "ZG-FAR").await.is_empty(), "nothing was due");

        let mails = daemon.mails();
        let to_supervisor = |number: &str| {
            mails[before..]
                .iter()
                .filter(|mail| mail.to == "duban@yunchuan.example" && mail.subject.contains(number))
                // Reports of progress have a day of their own.
                .filter(|mail| !mail.subject.contains("进展"))
                .count()
        };
        assert_eq!(
            (
                to_supervisor("ZG-LAPSED"),
                to_supervisor("ZG-NEAR"),
                to_supervisor("ZG-FAR")
            ),
            (1, 1, 0)
        );
        // A second look sends nothing more.
        daemon.pass(stopped + Days::new(30), 10, 1).await;
        assert_eq!(daemon.mails().len(), mails.len());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_had_lapsed_before_the_first_import_comes_as_one_summary() {
    on_both("2026-01-12T16:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        // RC-4 was concluded in March 2025: two archives, the file and four feedbacks have lapsed long since.
        let daemon = Daemon::start(&bench).await;
        bench.register(REGISTER).await;
        let day = bench.app.now().day();
        daemon.pass(day, 16, 0).await;
        let summaries: Vec<_> = daemon
            .mails()
            .into_iter()
            .filter(|mail| mail.subject.contains("历史存量"))
            .collect();
        assert_eq!(summaries.len(), 1);
        assert_eq!(summaries[0].to, "shouwen@yunchuan.example");
        assert_eq!(summaries[0].text.matches("RC-4").count(), 7, "{}", summaries[0].text);
        assert!(
            !daemon.mails().iter().any(|mail| mail.subject.contains("RC-4")),
            "no mail of its own"
        );
        // The same register again changes nothing and tells nobody again.
        let again = bench.register(REGISTER).await;
        assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 4));
        let count = daemon.mails().len();
        daemon.pass(day, 16, 5).await;
        assert_eq!(daemon.mails().len(), count);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reminder_without_anybody_to_tell_waits_for_contacts() {
    on_both("2026-01-12T16:00:00+08:00", async |bench| {
        let daemon = Daemon::start(&bench).await;
        bench.register(REGISTER).await;
        let day = bench.app.now().day();
        daemon.pass(day, 16, 0).await;
        assert!(daemon.mails().is_empty());
        let untold = decided(&bench)
            .await
            .into_values()
            .filter(|outcome| *outcome == Outcome::NoRecipient)
            .count();
        assert!(untold > 0, "it is recorded that nobody could be told");
        bench.contacts(CONTACTS).await;
        daemon.pass(day, 16, 1).await;
        assert!(!daemon.mails().is_empty(), "told as soon as there is somebody");
    })
    .await;
}
