//! A calendar that changes while limits run: amendments, the next year's notice, local arrangements, files dropped into
//! the folder. The days are reckoned by hand.

use crate::support::app::{Bench, bench_with, each_database, each_its_own_mail, everyone};
use chrono::NaiveDate;
use rongcuo::app::calendars::{self, Imported};
use rongcuo::app::explain;
use rongcuo::app::pages;
use rongcuo::app::reconcile::reconcile;
use rongcuo::app::simulate::alerts_between;
use rongcuo::domain::account::Scope;
use rongcuo::domain::calendar::Certainty;
use rongcuo::domain::obligation::{Kind, Obligation, State};
use rongcuo::domain::time::Moment;
use rongcuo::store::{Db, cases, journal, mails, obligations};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const CONTACTS: &str = "\
单位,姓名,角色,邮箱
云川市,管理甲,管理员,admin@yunchuan.example
云川市,何收文,经办,shouwen@yunchuan.example
";

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("calendars")
}

/// The shipped calendar in a folder of its own, without some of its files.
fn folder_without(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for part in ["cn", "cn/notices"] {
        std::fs::create_dir_all(folder.path().join(part)).expect("a folder");
        for entry in std::fs::read_dir(shipped().join(part)).expect("the shipped calendar") {
            let path = entry.expect("an entry").path();
            let name = format!("{part}/{}", path.file_name().expect("a name").to_string_lossy());
            if path.is_file() && !names.contains(&name.as_str()) {
                std::fs::copy(&path, folder.path().join(&name)).expect("a copy");
            }
        }
    }
    folder
}

async fn service(db: Db, now: &str, calendar: &Path) -> Bench {
    let bench = bench_with(db, now, each_its_own_mail(), Some(calendar.to_owned())).await;
    bench.contacts(CONTACTS).await;
    bench
}

/// A register of exonerations concluded on these days.
async fn concluded(bench: &Bench, days: &[&str]) {
    let mut text = String::from("案件编号,姓名,单位,事项名称,认定结论,认定日期,结论文号,问责实施机关\n");
    for (number, day) in days.iter().enumerate() {
        writeln!(
            text,
            "RC-{number},李明{number},云川市/住建局,试点补贴误发,免予问责,{day},云容〔2026〕{number}号,云川市"
        )
        .expect("a string takes it");
    }
    let done = bench.register(&text).await;
    assert_eq!(done.unreadable.len(), 0, "{:?}", done.unreadable);
}

async fn owed(bench: &Bench, case: &str, kind: Kind) -> Obligation {
    let mut tx = bench.app.db.read().await.expect("a transaction");
    let found = cases::by_number(&mut tx, case).await.expect("a case");
    let all = obligations::of_subject(&mut tx, found[0].id.as_str())
        .await
        .expect("its limits");
    tx.rollback().await.expect("the end");
    all.into_iter().find(|one| one.kind == kind).expect("the limit")
}

async fn archive_day(bench: &Bench, case: &str) -> NaiveDate {
    owed(bench, case, Kind::ArchivePersonnel).await.due.day
}

async fn import(bench: &Bench, file: &str) -> Imported {
    let bytes = std::fs::read(shipped().join(file)).expect("the shipped notice");
    calendars::import(&bench.app, file, bytes, "孟科长")
        .await
        .expect("an import")
}

async fn import_text(bench: &Bench, name: &str, text: &str) -> Imported {
    let done = calendars::import(&bench.app, name, text.as_bytes().to_vec(), "孟科长").await;
    done.expect("an import")
}

async fn pass(bench: &Bench, now: &str) {
    bench.set(now);
    reconcile(&bench.app, Moment::parse(now).expect("a moment"))
        .await
        .expect("a pass");
}

async fn subjects(bench: &Bench) -> Vec<String> {
    let mut tx = bench.app.db.read().await.expect("a transaction");
    let rows = mails::page(&mut tx, mails::Show::All, &Scope::WHOLE, 1_000, 0)
        .await
        .expect("mails");
    tx.rollback().await.expect("the end");
    rows.into_iter().map(|row| row.subject).collect()
}

/// Action, object and words of every entry, after the chain was found whole.
async fn journaled(db: &Db) -> Vec<(String, String, String)> {
    let mut tx = db.read().await.expect("a transaction");
    journal::verify(&mut tx).await.expect("an unbroken chain");
    tx.rollback().await.expect("the end");
    let sql = "SELECT action, object_id, detail FROM journal ORDER BY seq";
    match db {
        Db::Sqlite { readers, .. } => sqlx::query_as(sql).fetch_all(readers).await,
        Db::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await,
    }
    .expect("the journal")
}

#[tokio::test]
async fn the_amendment_of_2020_moves_what_is_open_and_nothing_else() {
    each_database(async |db| {
        let folder = folder_without(&["cn/2020.json", "cn/notices/2020-2.json"]);
        let bench = service(db.clone(), "2020-01-21", folder.path()).await;
        concluded(&bench, &["2020-01-20"]).await;
        // 21, 22, 23; 24–30 off; 31, and the make-up Saturday 1 February.
        assert_eq!(archive_day(&bench, "RC-0").await, day("2020-02-01"));
        bench
            .register(
                "案件编号,姓名,单位,事项名称,认定结论,认定日期,结论文号,问责实施机关,廉政档案归档日期\n\
                 RC-0,李明0,云川市/住建局,试点补贴误发,免予问责,2020-01-20,云容〔2026〕0号,云川市,2020-01-21\n",
            )
            .await;
        let done_before = owed(&bench, "RC-0", Kind::ArchiveIntegrity).await;
        assert_eq!(done_before.state, State::Met);
        bench.set("2020-01-27T15:00:00+08:00");
        let done = import(&bench, "cn/notices/2020-2.json").await;
        assert!(done.new && done.moved > 0 && done.earlier == 0, "{done:?}");
        // 31 and 1 February are off now; 3 and 4 February.
        let after = owed(&bench, "RC-0", Kind::ArchivePersonnel).await;
        assert_eq!(after.due.day, day("2020-02-04"));
        assert_eq!(after.revision, 2);
        assert_eq!(
            owed(&bench, "RC-0", Kind::ArchiveIntegrity).await,
            done_before,
            "what is done stays as it was"
        );
        let entries = journaled(&db).await;
        let moved = entries
            .iter()
            .find(|(action, object, _)| action == "obligation.move" && object == after.id.as_str())
            .expect("the move is journaled");
        for part in ["2020-02-01", "2020-02-04", "导入2020年放假安排（调整通知"] {
            assert!(moved.2.contains(part), "{part}: {}", moved.2);
        }
        assert!(entries.iter().any(|(action, ..)| action == "calendar.import"));
        let again = import(&bench, "cn/notices/2020-2.json").await;
        assert!(!again.new, "the same notice again brings nothing");
    })
    .await;
}

#[tokio::test]
async fn the_amendments_of_2015_and_2019_move_some_days_earlier_and_that_is_urgent() {
    each_database(async |db| {
        let folder = folder_without(&["cn/2019.json", "cn/notices/2019-2.json"]);
        let bench = service(db, "2019-03-21", folder.path()).await;
        bench.set("2019-04-29");
        concluded(&bench, &["2019-04-22", "2019-04-26", "2019-04-29"]).await;
        let days = async |bench: &Bench| {
            let mut all = Vec::new();
            for case in ["RC-0", "RC-1", "RC-2"] {
                all.push(archive_day(bench, case).await);
            }
            all
        };
        // Only 1 May is off: 23–26 and 29; 29, 30, 2, 3, 6; 30, 2, 3, 6, 7.
        assert_eq!(
            days(&bench).await,
            [day("2019-04-29"), day("2019-05-06"), day("2019-05-07")]
        );
        let done = import(&bench, "cn/notices/2019-2.json").await;
        // Sundays 28 April and 5 May are worked, 1–4 May off: 23–26 and 28; 28, 29, 30, 5, 6; 30, 5, 6, 7, 8.
        assert_eq!(
            days(&bench).await,
            [day("2019-04-28"), day("2019-05-06"), day("2019-05-08")]
        );
        assert!(done.earlier > 0 && done.earlier < done.moved, "{done:?}");
        pass(&bench, "2019-04-29T10:00:00+08:00").await;
        let told = subjects(&bench).await;
        let urgent: Vec<&String> = told.iter().filter(|subject| subject.contains("到期日提前")).collect();
        assert!(
            urgent
                .iter()
                .any(|subject| subject.contains("结论归入干部人事档案 RC-0")),
            "{told:#?}"
        );
        assert!(
            urgent.iter().all(|subject| subject.starts_with("【紧急】")),
            "{told:#?}"
        );
        let later: Vec<&String> = told.iter().filter(|subject| subject.contains("到期日推迟")).collect();
        assert!(
            !later.is_empty() && later.iter().all(|subject| !subject.starts_with("【紧急】")),
            "{told:#?}"
        );
        // Its archives keep their day; its copies, three working days, come a day earlier: 28, 29, 30 April.
        let told_of = |what: &str| {
            told.iter()
                .filter(|one| one.contains("RC-1") && one.contains(what))
                .count()
        };
        assert_eq!((told_of("归入"), told_of("抄送")), (0, 3), "{told:#?}");
    })
    .await;
    each_database(async |db| {
        let folder = folder_without(&["cn/2015.json", "cn/notices/2015-2.json"]);
        let bench = service(db, "2015-05-12", folder.path()).await;
        bench.set("2015-09-04");
        concluded(&bench, &["2015-08-31", "2015-09-04"]).await;
        assert_eq!(archive_day(&bench, "RC-0").await, day("2015-09-07"));
        assert_eq!(archive_day(&bench, "RC-1").await, day("2015-09-11"));
        import(&bench, "cn/notices/2015-2.json").await;
        // 3–5 September off, Sunday 6 worked: 1, 2, 6, 7, 8; and 6, 7, 8, 9, 10.
        assert_eq!(archive_day(&bench, "RC-0").await, day("2015-09-08"));
        assert_eq!(archive_day(&bench, "RC-1").await, day("2015-09-10"));
    })
    .await;
}

/// As if the General Office had arranged New Year 2027 over the year's end.
const YEAR_2027: &str = r#"{"year": 2027, "papers": [], "days": [
    {"name": "元旦", "date": "2026-12-26", "isOffDay": false},
    {"name": "元旦", "date": "2026-12-31", "isOffDay": true},
    {"name": "元旦", "date": "2027-01-01", "isOffDay": true},
    {"name": "元旦", "date": "2027-01-02", "isOffDay": true},
    {"name": "元旦", "date": "2027-01-03", "isOffDay": true}
]}"#;

#[tokio::test]
async fn over_the_end_of_2026_days_are_provisional_until_the_notice_comes() {
    each_database(async |db| {
        let folder = folder_without(&[]);
        let bench = service(db, "2026-12-25", folder.path()).await;
        concluded(&bench, &["2026-12-21", "2026-12-22", "2026-12-25"]).await;
        let case = async |number: &str| owed(&bench, number, Kind::ArchivePersonnel).await.due;
        // 22–25 and 28: nothing of it can change. 23, 24, 25, 28, 29: the 29th may be rearranged.
        let (first, second, third) = (case("RC-0").await, case("RC-1").await, case("RC-2").await);
        assert_eq!((first.day, first.certainty), (day("2026-12-28"), Certainty::Firm));
        assert_eq!((second.day, second.certainty), (day("2026-12-29"), Certainty::Open));
        // 28–31, then 1 January is a statutory holiday: Monday the 4th, an estimate; plain Monday to Friday says the 1st.
        assert_eq!(
            (third.day, third.certainty),
            (day("2027-01-04"), Certainty::Unpublished)
        );
        assert_eq!(third.alert_day, day("2027-01-01"));
        import_text(&bench, "2027.json", YEAR_2027).await;
        // The worked Saturday 26 December counts: 23, 24, 25, 26, 28; and 26, 28, 29, 30, 4 January.
        let (first, second, third) = (case("RC-0").await, case("RC-1").await, case("RC-2").await);
        assert_eq!((first.day, first.certainty), (day("2026-12-26"), Certainty::Firm));
        assert_eq!((second.day, second.certainty), (day("2026-12-28"), Certainty::Firm));
        assert_eq!((third.day, third.certainty), (day("2027-01-04"), Certainty::Firm));
        let text = explain_archive(&bench, "RC-2").await;
        assert!(text.contains("12月26日（周六）：第 1 个工作日（"), "{text}");
        assert!(text.contains("12月31日（周四）：元旦放假，不计"), "{text}");
    })
    .await;
}

async fn explain_archive(bench: &Bench, case: &str) -> String {
    let id = owed(bench, case, Kind::ArchivePersonnel).await.id;
    let explained = explain::obligation(&bench.app, id.as_str())
        .await
        .expect("an explanation");
    let lines: Vec<String> = explained
        .lines
        .iter()
        .map(|(label, text)| format!("{label}：{text}"))
        .collect();
    lines.join("\n")
}

#[tokio::test]
async fn a_local_arrangement_rules_its_own_unit_alone() {
    each_database(async |db| {
        let folder = folder_without(&[]);
        let bench = service(db, "2026-05-06", folder.path()).await;
        bench
            .register(
                "案件编号,姓名,单位,事项名称,认定结论,认定日期,结论文号,问责实施机关\n\
                 RC-0,李明,云川市/住建局,试点补贴误发,免予问责,2026-05-06,云容〔2026〕1号,云川市/纪委\n\
                 RC-1,王芳,云川市/教育局,学位分配,免予问责,2026-05-06,云容〔2026〕2号,云川市\n",
            )
            .await;
        // 7, 8, the make-up Saturday 9, 11, 12.
        assert_eq!(archive_day(&bench, "RC-0").await, day("2026-05-12"));
        let done = import_text(
            &bench,
            "纪委.json",
            r#"{"unit": "云川市/纪委", "name": "集中培训调休", "published": "2026-05-06", "days": [
                {"name": "调休", "date": "2026-05-09", "isOffDay": true},
                {"name": "调休", "date": "2026-05-10", "isOffDay": false},
                {"name": "开斋节", "date": "2026-05-11", "isOffDay": true}
            ]}"#,
        )
        .await;
        assert!(done.new, "{done:?}");
        // Its own: 7, 8, Sunday 10, 12, 13. The national make-up Saturday is off there.
        assert_eq!(archive_day(&bench, "RC-0").await, day("2026-05-13"));
        assert_eq!(
            archive_day(&bench, "RC-1").await,
            day("2026-05-12"),
            "others follow the nation"
        );
        let text = explain_archive(&bench, "RC-0").await;
        assert!(text.contains("日历：云川市/纪委的当地日历"), "{text}");
        assert!(text.contains("5月10日（周日）：第 3 个工作日"), "{text}");
        assert!(text.contains("5月11日（周一）：开斋节放假，不计"), "{text}");
        assert!(explain_archive(&bench, "RC-1").await.contains("日历：全国放假安排"));
    })
    .await;
}

#[tokio::test]
async fn a_file_dropped_into_the_folder_is_followed_journaled_and_dated_by_its_first_sight() {
    each_database(async |db| {
        let folder = folder_without(&[]);
        let bench = service(db.clone(), "2026-12-25", folder.path()).await;
        concluded(&bench, &["2026-12-25"]).await;
        pass(&bench, "2026-12-25T09:01:00+08:00").await;
        let before = journaled(&db).await.len();
        std::fs::write(
            folder.path().join("cn/2027.json"),
            "{\"year\": 2027, \"papers\": [], \"days\": []}",
        )
        .expect("a file");
        pass(&bench, "2026-12-25T09:02:00+08:00").await;
        assert!(
            !bench.app.calendars().national().is_published(2027),
            "an empty file publishes nothing"
        );
        assert_eq!(journaled(&db).await.len(), before);
        std::fs::write(folder.path().join("cn/2027.json"), "{\"year\": 2027, \"days\": [").expect("a file");
        pass(&bench, "2026-12-25T09:03:00+08:00").await;
        assert_eq!(
            owed(&bench, "RC-0", Kind::ArchivePersonnel).await.due.certainty,
            Certainty::Unpublished,
            "half a file changes nothing"
        );
        std::fs::write(folder.path().join("cn/2027.json"), YEAR_2027).expect("a file");
        pass(&bench, "2026-12-25T09:04:00+08:00").await;
        let after = owed(&bench, "RC-0", Kind::ArchivePersonnel).await;
        assert_eq!(
            (after.due.day, after.due.certainty),
            (day("2027-01-04"), Certainty::Firm)
        );
        let entries = journaled(&db).await;
        let seen: Vec<_> = entries
            .iter()
            .filter(|(action, ..)| action == "calendar.import")
            .collect();
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert!(
            seen[0].2.contains("2027.json") && seen[0].2.contains("5 天不同"),
            "{}",
            seen[0].2
        );
        assert!(
            entries
                .iter()
                .any(|(action, _, detail)| action == "obligation.change" && detail.contains("2027年放假通知已导入"))
        );
        // Asked a month later, it still counts as known since that day.
        bench.set("2027-01-25");
        let mut tx = db.read().await.expect("a transaction");
        let kept = rongcuo::store::calendar_entries::all(&mut tx).await.expect("entries");
        tx.rollback().await.expect("the end");
        let source = calendars::source(Some(folder.path()), &kept, day("2027-01-25")).expect("a source");
        let as_of = |text: &str| calendars::build(&source, Some(day(text))).expect("a calendar");
        assert!(as_of("2026-12-25").national().is_published(2027));
        assert!(!as_of("2026-12-24").national().is_published(2027));
    })
    .await;
}

#[tokio::test]
async fn a_notice_that_is_missing_in_december_is_said_once_to_each_and_on_the_page() {
    each_database(async |db| {
        let folder = folder_without(&[]);
        let bench = service(db, "2026-11-20", folder.path()).await;
        pass(&bench, "2026-11-20T09:00:00+08:00").await;
        pass(&bench, "2026-11-30T18:00:00+08:00").await;
        let missing = |all: &[String]| all.iter().filter(|subject| subject.contains("放假通知")).count();
        assert_eq!(missing(&subjects(&bench).await), 0, "November is in time");
        let coming = alerts_between(
            &bench.app,
            Moment::parse("2026-12-01").expect("a moment"),
            Moment::parse("2026-12-31").expect("a moment"),
        );
        let coming = coming.await.expect("a simulation");
        let said: Vec<_> = coming
            .iter()
            .filter(|foreseen| foreseen.alert.kind == Kind::CalendarMissing)
            .collect();
        assert_eq!(said.len(), 2, "to the administrator and the officer");
        for now in [
            "2026-12-01T09:00:00+08:00",
            "2026-12-02T09:00:00+08:00",
            "2026-12-20T09:00:00+08:00",
        ] {
            pass(&bench, now).await;
        }
        let told = subjects(&bench).await;
        assert_eq!(missing(&told), 2, "{told:#?}");
        assert!(told[0].contains("2027年"), "{told:#?}");
        let page = pages::dashboard(&bench.app, &everyone()).await.expect("the first page");
        assert_eq!(page.missing_year, Some(2027));
        import_text(&bench, "2027.json", YEAR_2027).await;
        pass(&bench, "2026-12-21T09:00:00+08:00").await;
        assert_eq!(missing(&subjects(&bench).await), 2);
        let page = pages::dashboard(&bench.app, &everyone()).await.expect("the first page");
        assert_ne!(page.missing_year, Some(2027));
    })
    .await;
}
