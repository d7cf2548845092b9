//! The demonstration's story, told for every second day of fourteen months: before and after holidays, over make-up
//! Saturdays, over year ends and into a year whose notice is not out yet.

use crate::support::mails::{self, Mail};
use crate::support::site::Browser;
use chrono::{Datelike, NaiveDate, NaiveTime};
use rongcuo::cli::demo::{Stage, tell};
use rongcuo::domain::account::Role;
use rongcuo::domain::time::Moment;
use rongcuo::runtime::clock::FixedClock;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What the mails of every telling must say at least once, by words of their subjects.
const TOLD: [(&str, &[&str]); 6] = [
    ("an accountability nobody reviewed for tolerance", &["同步研判", "逾期"]),
    ("an archive deadline that lapsed", &["廉政档案", "逾期"]),
    ("a feedback not given", &["抄送上级部门", "逾期"]),
    ("a rectification that fell asleep", &["督促整改", "逾期"]),
    ("a cadre marked down for the tolerated matter", &["疑似问题", "新发现"]),
    ("what had lapsed before it was imported", &["历史存量"]),
];

/// The time of day differs from day to day: before, during and after office hours.
fn moment(day: NaiveDate) -> Moment {
    let (hour, minute) = [(0, 30), (8, 59), (10, 0), (16, 30), (23, 45)][day.ordinal() as usize % 5];
    Moment::at(day, NaiveTime::from_hms_opt(hour, minute, 0).expect("a time"))
}

async fn told(day: NaiveDate) -> (usize, Vec<Mail>) {
    let folder = tempfile::tempdir().expect("a folder");
    let stop = CancellationToken::new();
    let stage = Stage::set(folder.path(), "http://127.0.0.1:8087", stop.clone())
        .await
        .expect("a stage");
    let story = tell(&stage, moment(day))
        .await
        .unwrap_or_else(|error| panic!("{day}: {error:?}"));
    stop.cancel();
    assert_eq!(story.sights.len(), 6, "{day}: {:?}", story.sights);
    let mails = mails::of_folder(&stage.mail_folder());
    assert_eq!(usize::try_from(story.mails).expect("a count"), mails.len(), "{day}");
    (story.sights.len(), mails)
}

async fn month(year: i32, month: u32) {
    let first = NaiveDate::from_ymd_opt(year, month, 1).expect("a month");
    // An odd number of days makes a week: over the months every weekday has its turn.
    for day in first.iter_days().step_by(2).take_while(|day| day.month() == month) {
        let (_, mails) = told(day).await;
        for (what, words) in TOLD {
            let count = mails
                .iter()
                .filter(|mail| words.iter().all(|word| mail.subject.contains(word)))
                .count();
            assert!(count > 0, "{day}: no mail tells of {what}: {:?}", subjects(&mails));
        }
        for mail in mails.iter().filter(|mail| mail.subject.contains("疑似问题")) {
            assert!(mail.text.contains("年度考核「基本称职」，拟定"), "{day}: {}", mail.text);
            assert!(mail.text.contains("/findings/"), "{day}: {}", mail.text);
            let private = ["沈砚舟", "加装电梯"].iter().any(|word| mail.text.contains(word));
            assert!(
                !private,
                "{day}: a mail names neither the cadre nor the matter: {}",
                mail.text
            );
        }
        let mut ids: Vec<&str> = mails.iter().map(|mail| mail.message_id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), mails.len(), "{day}: a Message-ID was used twice");
    }
}

fn subjects(mails: &[Mail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.subject.as_str()).collect()
}

macro_rules! months {
    ($($name:ident = $year:literal, $month:literal;)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                month($year, $month).await;
            }
        )+
    };
}

months! {
    january_2026 = 2026, 1;
    february_2026 = 2026, 2;
    march_2026 = 2026, 3;
    april_2026 = 2026, 4;
    may_2026 = 2026, 5;
    june_2026 = 2026, 6;
    july_2026 = 2026, 7;
    august_2026 = 2026, 8;
    september_2026 = 2026, 9;
    october_2026 = 2026, 10;
    november_2026 = 2026, 11;
    december_2026 = 2026, 12;
    january_2027 = 2027, 1;
    february_2027 = 2027, 2;
}

/// Days counted by hand: 25 to 27 September and 1 to 7 October 2026 are rest days, Saturday 10 October is made up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_are_counted_over_holidays() {
    let day = NaiveDate::from_ymd_opt(2026, 10, 13).expect("a day");
    let (_, mails) = told(day).await;
    // Nine working days before 13 October: 12, 10, 9, 8 October, 30, 29, 28, 24, 23 September. Five on from
    // 23 September: 24, 28, 29, 30 September, 8 October.
    let lapsed: Vec<&Mail> = mails
        .iter()
        .filter(|mail| mail.subject.contains("廉政档案") && mail.subject.contains("逾期 1 个工作日"))
        .collect();
    assert!(!lapsed.is_empty(), "{:?}", subjects(&mails));
    for mail in lapsed {
        assert!(mail.subject.contains("应于 10月8日（周四）"), "{}", mail.subject);
        assert!(mail.text.contains("国庆节放假"), "{}", mail.text);
    }
}

/// Whoever signs in by one click is somebody of the city, for whom something waits that is theirs to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_of_the_demonstration_has_something_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let stop = CancellationToken::new();
    let stage = Stage::set(folder.path(), "http://127.0.0.1:8087", stop.clone())
        .await
        .expect("a stage");
    let now = Moment::parse("2026-11-23T10:00:00+08:00").expect("a moment");
    tell(&stage, now).await.expect("a story");
    let app = stage.app(Arc::new(FixedClock::new(now))).await.expect("the service");
    let waits = [
        (
            Role::Handler,
            "江晚舟",
            "本人经办的案件未办结 <span class=\"num\">2</span>",
        ),
        (
            Role::Supervisor,
            "秦牧野",
            "销号申请待验收 <span class=\"num\">1</span>",
        ),
        (
            Role::Liaison,
            "梁望舒",
            "疑似问题待答复、待复核 <span class=\"num\">1</span>",
        ),
        (
            Role::Liaison,
            "梁望舒",
            "本单位的整改事项未销号 <span class=\"num\">2</span>",
        ),
        (Role::Leader, "白敬亭", "整改台账"),
    ];
    for (role, name, task) in waits {
        let mut browser = Browser::signed_in(&app, role).await;
        let desk = browser.get("/").await;
        assert!(desk.text().contains(name), "{role:?}: {}", desk.text());
        assert!(desk.text().contains(task), "{role:?}: {task}: {}", desk.text());
    }
    // What waits can be done: another than whoever asked for it checks.
    let mut supervisor = Browser::signed_in(&app, Role::Supervisor).await;
    let listed = supervisor.get("/rectifications?show=check").await;
    let items = listed.text().split("class=\"num\" href=\"/rectifications/");
    let item = items.into_iter().nth(1).expect("an item");
    let item = format!("/rectifications/{}", item.split('"').next().expect("an address"));
    let page = supervisor.get(&item).await;
    assert!(page.text().contains("id=\"act-check\""), "{}", page.text());
    stop.cancel();
}
