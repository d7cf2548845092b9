//! The calendar against facts written by hand, against a slow day-by-day reckoning over the raw
//! notices, and against a second witness.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail it by panicking")]

use chinese_holiday::{Ymd, chinese_holiday};
use chrono::{Datelike, NaiveDate, Weekday};
use rongcuo::cli::calendar::{AddArgs, CalendarCommand, CalendarContext, CountArgs, run};
use rongcuo::domain::calendar::{Calendar, CalendarError, Certainty, DayKind, NoticeKind};
use rongcuo::files::calendar::{CalendarFileError, load};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|_| panic!("{text} is no day"))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("calendars/cn")
}

fn raw(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn calendar(as_of: Option<&str>) -> Calendar {
    let source = load(None, day("2026-11-23")).unwrap();
    Calendar::replay(&source.notices, &source.statutory, as_of.map(day)).unwrap()
}

fn added(calendar: &Calendar, start: &str, n: u32) -> (String, Certainty) {
    let deadline = calendar.add(day(start), n).unwrap();
    (deadline.day.to_string(), deadline.certainty)
}

/// Days named by the raw notices, later notices over earlier ones.
fn raw_days() -> HashMap<NaiveDate, bool> {
    let mut files: Vec<Value> = std::fs::read_dir(folder().join("notices"))
        .unwrap()
        .map(|entry| raw(&entry.unwrap().path()))
        .collect();
    assert_eq!(files.len(), 23, "20 annual notices and 3 amendments");
    files.sort_by_key(|file| file["published"].as_str().unwrap().to_owned());
    let mut days = HashMap::new();
    for file in &files {
        for named in file["days"].as_array().unwrap() {
            days.insert(
                day(named["date"].as_str().unwrap()),
                named["isOffDay"].as_bool().unwrap(),
            );
        }
    }
    days
}

/// Holidays of 2027 by the decree in force, looked up in an almanac: the Spring Festival is
/// Saturday 6 February, its eve the Friday; 清明 Monday 5 April.
const STATUTORY_2027: [&str; 6] = [
    "2027-01-01",
    "2027-02-05",
    "2027-02-06",
    "2027-02-07",
    "2027-02-08",
    "2027-04-05",
];

/// The slow calendar: every day from 2007-01-01 to 2027-04-30, whether it works and how surely.
struct Slow {
    first: NaiveDate,
    days: Vec<(bool, Certainty)>,
}

impl Slow {
    fn new() -> Self {
        let named = raw_days();
        let first = day("2007-01-01");
        let mut days = Vec::new();
        let mut date = first;
        while date <= day("2027-04-30") {
            let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
            let holiday = STATUTORY_2027.contains(&date.to_string().as_str());
            let working = named.get(&date).map_or(!weekend && !holiday, |off| !off);
            let certainty = if date.year() == 2027 {
                Certainty::Unpublished
            } else if date >= day("2026-12-29") {
                Certainty::Open
            } else {
                Certainty::Firm
            };
            days.push((working, certainty));
            date = date.succ_opt().unwrap();
        }
        Self { first, days }
    }

    fn date(&self, index: usize) -> NaiveDate {
        self.first + chrono::Days::new(index as u64)
    }
}

#[test]
fn every_deadline_agrees_with_the_slow_calendar() {
    let (slow, fast) = (Slow::new(), calendar(None));
    let starts = (day("2026-12-31") - slow.first).num_days() as usize;
    for start in 0..=starts {
        let (mut index, mut worst) = (start, Certainty::Firm);
        for n in 1..=60 {
            loop {
                index += 1;
                worst = worst.max(slow.days[index].1);
                if slow.days[index].0 {
                    break;
                }
            }
            let got = fast.add(slow.date(start), n).unwrap();
            assert_eq!(
                (got.day, got.certainty),
                (slow.date(index), worst),
                "{} + {n}",
                slow.date(start)
            );
            assert_eq!(got.reason.is_some(), worst != Certainty::Firm);
            assert!(got.alert_day <= got.day);
            assert!(worst != Certainty::Firm || got.alert_day == got.day);
        }
    }
}

#[test]
fn every_count_and_step_back_agrees_with_the_slow_calendar() {
    let (slow, fast) = (Slow::new(), calendar(None));
    for from in (0..slow.days.len() - 400).step_by(3) {
        let (mut working, mut worst) = (0, Certainty::Firm);
        for to in from + 1..from + 100 {
            worst = worst.max(slow.days[to].1);
            working += u32::from(slow.days[to].0);
            let got = fast.count(slow.date(from), slow.date(to)).unwrap();
            assert_eq!(
                (got.working_days, got.certainty),
                (working, worst),
                "{} – {}",
                slow.date(from),
                slow.date(to)
            );
            if slow.days[to].0 && slow.days[from].0 {
                assert_eq!(fast.back(slow.date(to), working).unwrap(), slow.date(from));
            }
        }
    }
    for (index, (working, _)) in slow.days.iter().enumerate() {
        assert_eq!(
            fast.is_working_day(slow.date(index)).unwrap(),
            *working,
            "{}",
            slow.date(index)
        );
    }
}

#[test]
fn the_second_witness_is_wrong_on_two_known_days_only() {
    let calendar = calendar(None);
    let mut parted = Vec::new();
    for date in day("2007-01-01")
        .iter_days()
        .take_while(|date| *date <= day("2026-12-25"))
    {
        let witness = chinese_holiday(Ymd::new(date.year() as u16, date.month() as u8, date.day() as u8));
        if calendar.is_working_day(date).unwrap() != witness.is_workday() {
            parted.push(date.to_string());
        }
    }
    assert_eq!(parted, ["2016-10-09", "2016-12-30"]);
}

#[test]
fn replaying_the_notices_gives_the_merged_years() {
    for year in 2007..=2026 {
        let mut replayed: BTreeMap<String, bool> = BTreeMap::new();
        for seq in 1..=9 {
            let path = folder().join(format!("notices/{year}-{seq}.json"));
            if !path.exists() {
                break;
            }
            for named in raw(&path)["days"].as_array().unwrap() {
                replayed.insert(
                    named["date"].as_str().unwrap().to_owned(),
                    named["isOffDay"].as_bool().unwrap(),
                );
            }
        }
        let merged: BTreeMap<String, bool> = raw(&folder().join(format!("{year}.json")))["days"]
            .as_array()
            .unwrap()
            .iter()
            .map(|named| {
                (
                    named["date"].as_str().unwrap().to_owned(),
                    named["isOffDay"].as_bool().unwrap(),
                )
            })
            .collect();
        assert_eq!(replayed, merged, "{year}");
    }
    assert_eq!(load(None, day("2026-11-23")).unwrap().dropped, []);
}

#[test]
fn the_statutory_days_lie_within_the_holidays_of_the_notices() {
    let source = load(None, day("2026-11-23")).unwrap();
    let calendar = Calendar::replay(&source.notices, &source.statutory, None).unwrap();
    for year in 2007..=2026 {
        for (date, name) in source.statutory.holidays(year).unwrap() {
            assert!(!calendar.is_working_day(*date).unwrap(), "{date} {name}");
        }
    }
    let days = |year| source.statutory.holidays(year).unwrap().len();
    // 10 days until 2007, 11 until 2024, 13 since; 中秋 of 2020 falls on 1 October.
    assert_eq!(
        [days(2007), days(2008), days(2014), days(2020), days(2024), days(2025)],
        [10, 11, 11, 10, 11, 13]
    );
    assert_eq!(source.statutory.regime(2013).unwrap().decree, "国务院令第513号");
    assert!(
        source
            .statutory
            .holidays(2014)
            .unwrap()
            .get(&day("2014-01-30"))
            .is_none(),
        "no eve from 2014 to 2024"
    );
    assert!(source.statutory.holidays(2060).is_some());
}

#[test]
fn the_2015_amendment_counts_from_13_may() {
    // 3 September 2015 is a Thursday, the 6th a Sunday.
    for as_of in ["2015-05-12", "2015-01-01"] {
        assert_eq!(added(&calendar(Some(as_of)), "2015-09-02", 1).0, "2015-09-03");
        assert_eq!(added(&calendar(Some(as_of)), "2015-09-02", 3).0, "2015-09-07");
    }
    for as_of in [Some("2015-05-13"), Some("2015-12-31"), None] {
        assert_eq!(added(&calendar(as_of), "2015-09-02", 1).0, "2015-09-06");
        assert_eq!(added(&calendar(as_of), "2015-09-02", 2).0, "2015-09-07");
    }
}

#[test]
fn the_2019_amendment_counts_from_22_march() {
    // Before: only Wednesday 1 May is off. After: 1–4 May off, Sundays 28 April and 5 May worked.
    let before = calendar(Some("2019-03-21"));
    assert_eq!(added(&before, "2019-04-26", 3).0, "2019-05-02");
    let after = calendar(Some("2019-03-22"));
    assert_eq!(added(&after, "2019-04-26", 1).0, "2019-04-28");
    assert_eq!(added(&after, "2019-04-26", 3).0, "2019-04-30");
    assert_eq!(added(&after, "2019-04-26", 4).0, "2019-05-05");
}

#[test]
fn the_2020_amendment_counts_from_27_january() {
    // Before: back to work on Friday 31 January and Saturday 1 February. After: Monday the 3rd.
    let before = calendar(Some("2020-01-26"));
    assert_eq!(added(&before, "2020-01-23", 1).0, "2020-01-31");
    assert_eq!(added(&before, "2020-01-23", 2).0, "2020-02-01");
    for as_of in [Some("2020-01-27"), None] {
        let after = calendar(as_of);
        assert_eq!(added(&after, "2020-01-23", 1).0, "2020-02-03");
        assert_eq!(after.facts(day("2020-02-03")).unwrap().kind, DayKind::Workday);
    }
    assert_ne!(before.revision(), calendar(Some("2020-01-27")).revision());
}

#[test]
fn year_ends_belong_to_the_next_notice() {
    let all = calendar(None);
    // The 2008 notice: Saturday 29 December 2007 worked, 30 and 31 off, 1 January off.
    assert_eq!(added(&all, "2007-12-28", 1), ("2007-12-29".to_owned(), Certainty::Firm));
    assert_eq!(added(&all, "2007-12-28", 2), ("2008-01-02".to_owned(), Certainty::Firm));
    // It came out on 18 December 2007.
    let early = calendar(Some("2007-12-17"));
    assert_eq!(
        added(&early, "2007-12-27", 1),
        ("2007-12-28".to_owned(), Certainty::Firm)
    );
    assert_eq!(
        added(&early, "2007-12-28", 1),
        ("2007-12-31".to_owned(), Certainty::Open)
    );
    assert_eq!(
        calendar(Some("2007-12-18")).revision(),
        calendar(Some("2008-12-09")).revision()
    );
    // 2006 has no file of its own, though the 2007 notice names two of its days.
    let refused = all.add(day("2006-12-29"), 1).unwrap_err();
    assert_eq!(
        refused,
        CalendarError::BeforeFirst {
            year: 2006,
            first: 2007
        }
    );
    assert!(refused.to_string().contains("2006年"), "{refused}");
    // The first working day of 2007, after the holiday of 1–3 January.
    assert_eq!(added(&all, "2007-01-01", 1).0, "2007-01-04");
}

#[test]
fn the_end_of_2026_is_open_and_2027_an_estimate() {
    let all = calendar(None);
    assert_eq!(added(&all, "2026-11-23", 5), ("2026-11-30".to_owned(), Certainty::Firm));
    // 28 December 2026 is a Monday.
    assert_eq!(added(&all, "2026-12-25", 1), ("2026-12-28".to_owned(), Certainty::Firm));
    assert_eq!(added(&all, "2026-12-25", 2), ("2026-12-29".to_owned(), Certainty::Open));
    assert_eq!(added(&all, "2026-12-28", 3), ("2026-12-31".to_owned(), Certainty::Open));
    // Friday 1 January is a holiday by the regulation.
    let new_year = all.add(day("2026-12-31"), 1).unwrap();
    assert_eq!(
        (new_year.day, new_year.certainty),
        (day("2027-01-04"), Certainty::Unpublished)
    );
    assert_eq!(
        new_year.alert_day,
        day("2027-01-01"),
        "plain Monday to Friday is earlier"
    );
    assert!(new_year.reason.unwrap().to_string().contains("2027年放假安排尚未公布"));
    // Spring Festival: Friday 5 to Monday 8 February 2027.
    let spring = all.add(day("2027-02-04"), 1).unwrap();
    assert_eq!((spring.day, spring.alert_day), (day("2027-02-09"), day("2027-02-05")));
    let eve = all.facts(day("2027-02-05")).unwrap();
    assert_eq!(
        eve.kind,
        DayKind::StatutoryEstimate {
            name: "春节".to_owned()
        }
    );
    assert_eq!(
        all.next_holiday(day("2026-11-23")),
        Some((day("2027-01-01"), "元旦".to_owned()))
    );
    assert!(matches!(
        all.add(day("2060-12-01"), 60),
        Err(CalendarError::BeyondLast { last: 2060 })
    ));
}

#[test]
fn rest_days_as_starts_count_from_the_next_working_day() {
    let all = calendar(None);
    // Saturday 21 November 2026: Monday is day 1, Friday day 5.
    assert_eq!(added(&all, "2026-11-21", 5).0, "2026-11-27");
    // Saturday 10 October 2026 is worked; from the holiday's 7th the 8th is day 1, the 10th day 3.
    assert_eq!(added(&all, "2026-10-07", 3).0, "2026-10-10");
    assert_eq!(added(&all, "2026-10-10", 1).0, "2026-10-12");
    assert_eq!(
        all.facts(day("2026-10-10")).unwrap().kind,
        DayKind::MakeUp {
            name: "国庆节".to_owned()
        }
    );
    let notice = all.facts(day("2026-10-01")).unwrap().notice.unwrap();
    assert_eq!(notice.number.as_deref(), Some("国办发明电〔2025〕7号"));
}

/// A copy of the shipped folder for a test to change.
fn copied() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for part in ["cn", "cn/notices"] {
        std::fs::create_dir(dir.path().join(part)).unwrap();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("calendars").join(part);
        for entry in std::fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, dir.path().join(part).join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    dir
}

fn write(dir: &Path, name: &str, text: &str) {
    std::fs::write(dir.join("cn").join(name), text).unwrap();
}

const PLAIN_2027: &str = r#"{
  "$schema": "https://example.org/schema.json",
  "$id": "https://example.org/2027.json",
  "year": 2027,
  "papers": ["https://example.org/2027"],
  "days": [
    {"name": "元旦", "date": "2026-12-31", "isOffDay": true},
    {"name": "元旦", "date": "2027-01-01", "isOffDay": true},
    {"name": "元旦", "date": "2027-01-03", "isOffDay": false}
  ]
}"#;

#[test]
fn a_plain_year_file_drops_in_and_counts_from_its_import() {
    let dir = copied();
    write(dir.path(), "2027.json", &format!("\u{feff}{PLAIN_2027}"));
    let source = load(Some(dir.path()), day("2026-12-01")).unwrap();
    assert_eq!(source.dropped.len(), 1);
    let notice = source.notices.iter().find(|notice| notice.year == 2027).unwrap();
    assert_eq!(
        (notice.kind, notice.seq, notice.published),
        (NoticeKind::Annual, 1, Some(day("2026-12-01")))
    );
    assert_eq!(notice.url.as_deref(), Some("https://example.org/2027"));
    let at = |as_of: &str| Calendar::replay(&source.notices, &source.statutory, Some(day(as_of))).unwrap();
    assert_eq!(
        added(&at("2026-11-30"), "2026-12-30", 1),
        ("2026-12-31".to_owned(), Certainty::Open)
    );
    assert_eq!(
        added(&at("2026-12-01"), "2026-12-30", 1),
        ("2027-01-03".to_owned(), Certainty::Firm)
    );
}

#[test]
fn an_empty_year_file_publishes_nothing() {
    let dir = copied();
    write(dir.path(), "2027.json", r#"{"year": 2027, "papers": [], "days": []}"#);
    let source = load(Some(dir.path()), day("2026-11-23")).unwrap();
    assert_eq!(source.dropped, []);
    let calendar = Calendar::replay(&source.notices, &source.statutory, None).unwrap();
    assert!(!calendar.is_published(2027));
    assert_eq!(added(&calendar, "2026-12-31", 1).1, Certainty::Unpublished);
}

#[test]
fn a_changed_year_file_amends_its_notice() {
    let dir = copied();
    let mut year = raw(&folder().join("2026.json"));
    let days = year["days"].as_array_mut().unwrap();
    // Saturday 10 October is no longer worked; Thursday 8 October is off.
    days.retain(|named| named["date"] != "2026-10-10");
    days.push(serde_json::json!({"name": "国庆节", "date": "2026-10-08", "isOffDay": true}));
    write(dir.path(), "2026.json", &year.to_string());
    let source = load(Some(dir.path()), day("2026-09-01")).unwrap();
    assert_eq!((source.dropped[0].year, source.dropped[0].days), (2026, 2));
    let amended = source
        .notices
        .iter()
        .find(|notice| (notice.year, notice.seq) == (2026, 2))
        .unwrap();
    assert_eq!(
        (amended.kind, amended.published),
        (NoticeKind::Amendment, Some(day("2026-09-01")))
    );
    let at = |as_of: &str| Calendar::replay(&source.notices, &source.statutory, Some(day(as_of))).unwrap();
    assert_eq!(added(&at("2026-08-31"), "2026-10-07", 3).0, "2026-10-10");
    assert_eq!(added(&at("2026-09-01"), "2026-10-07", 2).0, "2026-10-12");
    assert_eq!(
        at("2026-09-01").facts(day("2026-10-10")).unwrap().kind,
        DayKind::Weekend
    );
}

#[test]
fn a_named_folder_stands_alone() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("cn")).unwrap();
    write(dir.path(), "2027.json", PLAIN_2027);
    let source = load(Some(dir.path()), day("2026-11-23")).unwrap();
    let calendar = Calendar::replay(&source.notices, &source.statutory, None).unwrap();
    assert_eq!(calendar.covered(), [2027]);
    assert!(matches!(
        calendar.add(day("2026-11-23"), 1),
        Err(CalendarError::BeforeFirst {
            year: 2026,
            first: 2027
        })
    ));
}

#[test]
fn bad_files_are_refused_with_their_place() {
    let refused = |name: &str, text: &str| {
        let dir = copied();
        write(dir.path(), name, text);
        load(Some(dir.path()), day("2026-11-23")).unwrap_err().to_string()
    };
    let place = refused(
        "2027.json",
        "{\"year\": 2027,\n \"days\": [{\"name\": \"x\", \"date\": \"2027-02-30\", \"isOffDay\": true}]}",
    );
    assert!(place.contains("2027.json 第 2 行") && place.contains("日期"), "{place}");
    assert!(refused("2027.json", "{\"year\": 2027}").contains("缺少字段 days"));
    assert!(refused("2028.json", PLAIN_2027).contains("2027"));
    assert!(refused("2027年.json", PLAIN_2027).contains("2027年.json"));
    let twice = r#"{"year": 2027, "days": [{"name": "x", "date": "2027-01-01", "isOffDay": true}, {"name": "x", "date": "2027-01-01", "isOffDay": true}]}"#;
    assert!(refused("2027.json", twice).contains("两次"));
    assert!(refused("2027.json", &" ".repeat(2 << 20)).contains("过大"));
    let missing = load(Some(Path::new("/nowhere/at/all")), day("2026-11-23"));
    assert!(matches!(missing, Err(CalendarFileError::NoFolder(_))));
}

struct Ran {
    code: u8,
    out: String,
    err: String,
}

fn command(cmd: CalendarCommand, json: bool, dir: Option<&Path>, today: &str) -> Ran {
    let ctx = CalendarContext {
        entries: Vec::new(),
        notice_by: (12, 1),
        dir: dir.map(Path::to_owned),
        today: day(today),
        json,
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run(cmd, &ctx, &mut out, &mut err).unwrap();
    Ran {
        code,
        out: String::from_utf8(out).unwrap(),
        err: String::from_utf8(err).unwrap(),
    }
}

fn add(start: &str, days: &str, as_of: Option<&str>, json: bool) -> Ran {
    let args = AddArgs {
        start: Some(start.to_owned()),
        days: Some(days.to_owned()),
        batch: None,
        as_of: as_of.map(str::to_owned),
        unit: None,
    };
    command(CalendarCommand::Add(args), json, None, "2026-11-23")
}

fn batch(bytes: &[u8], json: bool) -> Ran {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("list.csv");
    std::fs::write(&path, bytes).unwrap();
    let args = AddArgs {
        batch: Some(path),
        ..AddArgs::default()
    };
    command(CalendarCommand::Add(args), json, None, "2026-11-23")
}

#[test]
fn add_prints_text_and_one_document() {
    let text = add("2026/9/30", "3", None, false);
    assert_eq!(text.code, 0);
    assert!(text.out.contains("2026-10-10 周六（确定）"), "{}", text.out);
    assert!(
        text.out.contains("跳过的节假日（7 天）") && text.out.contains("计入的调休上班日（1 天）"),
        "{}",
        text.out
    );
    let document: Value = serde_json::from_str(&add("20260930", "3", None, true).out).unwrap();
    assert_eq!(document["deadline"], "2026-10-10");
    assert_eq!(document["certainty"], "firm");
    assert_eq!(document["make_up"][0]["date"], "2026-10-10");
    let past: Value = serde_json::from_str(&add("2020-01-23", "1", Some("2020-01-26"), true).out).unwrap();
    assert_eq!(past["deadline"], "2020-01-31");
    let estimate: Value = serde_json::from_str(&add("2027-02-04", "1", None, true).out).unwrap();
    assert_eq!(
        (&estimate["certainty"], &estimate["alert_day"]),
        (&"unpublished".into(), &"2027-02-05".into())
    );
}

#[test]
fn bad_input_is_refused_with_code_two() {
    for (start, days, as_of) in [
        ("2026-02-30", "1", None),
        ("23/11/2026", "1", None),
        ("2026-11-23", "0", None),
        ("2026-11-23", "1.5", None),
        ("2026-11-23", "99999999999", None),
        ("2006-12-31", "1", None),
        ("2061-01-01", "1", None),
        ("2026-11-23", "1", Some("2006-12-13")),
    ] {
        let ran = add(start, days, as_of, false);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{start} {days}");
        assert!(ran.err.starts_with("错误："), "{}", ran.err);
    }
}

#[test]
fn a_batch_answers_good_rows_and_names_bad_ones() {
    let list = "\u{feff}编号,start_date,n_working_days,备注\r\n\
        A1,2026-11-23,5,\"有,逗号\"\r\n\
        A2,2026-02-30,5,\r\n\
        A3,2026-12-28,1,\"两\r\n行\"\r\n\
        A4,2006-01-04,1,x\r\n\
        A5,2026-12-31,1\r\n\
        ,,,\r\n";
    let ran = batch(list.as_bytes(), false);
    assert_eq!(ran.code, 1);
    let expected = "编号,start_date,n_working_days,备注,deadline,certainty\n\
        A1,2026-11-23,5,\"有,逗号\",2026-11-30,firm\n\
        A2,2026-02-30,5,,,\n\
        A3,2026-12-28,1,\"两\r\n行\",2026-12-29,open\n\
        A4,2006-01-04,1,x,,\n\
        A5,2026-12-31,1,,2027-01-04,unpublished\n\
        ,,,,,\n";
    assert_eq!(ran.out, expected);
    // The quoted line break makes the fourth row begin on line 6.
    assert!(
        ran.err.contains("第 3 行") && ran.err.contains("第 6 行") && ran.err.contains("2006年"),
        "{}",
        ran.err
    );
    let document: Value = serde_json::from_str(&batch(list.as_bytes(), true).out).unwrap();
    assert_eq!(document["rows"][1]["deadline"], Value::Null);
    assert_eq!(document["rows"][2]["certainty"], "open");
}

#[test]
fn a_batch_reads_gb18030_and_refuses_what_is_no_list() {
    let (bytes, _, _) = encoding_rs::GB18030.encode("单位,start_date,n_working_days\n云川市,2026-11-23,5\n");
    let ran = batch(&bytes, false);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(
        ran.out,
        "单位,start_date,n_working_days,deadline,certainty\n云川市,2026-11-23,5,2026-11-30,firm\n"
    );
    assert_eq!(batch(b"start_date,days\n2026-11-23,5\n", false).code, 2);
    assert_eq!(batch(b"", false).code, 2);
    assert_eq!(batch(b"PK\x03\x04\0\0start_date", false).code, 2);
    let absent = AddArgs {
        batch: Some("/nowhere/list.csv".into()),
        ..AddArgs::default()
    };
    assert_eq!(command(CalendarCommand::Add(absent), false, None, "2026-11-23").code, 2);
}

#[test]
fn count_answers_alone_and_in_a_batch() {
    let span = |from: &str, to: &str| {
        let args = CountArgs {
            from: Some(from.into()),
            to: Some(to.into()),
            ..CountArgs::default()
        };
        command(CalendarCommand::Count(args), true, None, "2026-11-23")
    };
    let document: Value = serde_json::from_str(&span("2026-09-30", "2026-10-12").out).unwrap();
    // 8, 9, 10 (make-up) and 12 October.
    assert_eq!(
        (&document["working_days"], &document["certainty"]),
        (&4.into(), &"firm".into())
    );
    assert_eq!(span("2026-10-12", "2026-09-30").code, 2);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("spans.csv");
    std::fs::write(
        &path,
        "from_date,to_date\n2026-09-30,2026-10-12\n2026-10-12,2026-09-30\n",
    )
    .unwrap();
    let args = CountArgs {
        batch: Some(path),
        ..CountArgs::default()
    };
    let ran = command(CalendarCommand::Count(args), false, None, "2026-11-23");
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.out,
        "from_date,to_date,working_days,certainty\n2026-09-30,2026-10-12,4,firm\n2026-10-12,2026-09-30,,\n"
    );
}

#[test]
fn check_knows_the_two_faults_of_the_witness_and_asks_for_missing_years() {
    let ran = command(CalendarCommand::Check, true, None, "2026-11-23");
    assert_eq!(ran.code, 0);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    let parted: Vec<&str> = document["contradictions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["date"].as_str().unwrap())
        .collect();
    assert_eq!(parted, ["2016-10-09", "2016-12-30"]);
    assert_eq!(document["published"].as_array().unwrap().len(), 20);
    assert_eq!(document["provisional"][0]["from"], 2027);
    let text = command(CalendarCommand::Check, false, None, "2026-11-23").out;
    assert!(
        text.contains("国办发明电〔2025〕7号，2025-11-04 公布") && text.contains("已知错误"),
        "{text}"
    );
    // From December on the next year is needed.
    let late = command(CalendarCommand::Check, false, None, "2026-12-01");
    assert_eq!(late.code, 1);
    assert!(late.out.contains("缺少2027年"), "{}", late.out);
    // A changed year parts from the witness in a way nobody knows of.
    let dir = copied();
    let mut year = raw(&folder().join("2026.json"));
    year["days"]
        .as_array_mut()
        .unwrap()
        .retain(|named| named["date"] != "2026-10-10");
    write(dir.path(), "2026.json", &year.to_string());
    let changed = command(CalendarCommand::Check, false, Some(dir.path()), "2026-11-23");
    assert_eq!(changed.code, 1);
    assert!(
        changed
            .out
            .contains("2026-10-10 周六：日历为休息，对照为上班；需要核对"),
        "{}",
        changed.out
    );
}
