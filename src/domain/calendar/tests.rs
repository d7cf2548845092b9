//! The reckoning over small hand-made years; the real notices are tested from outside.

use super::*;
use chrono::NaiveDate;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

pub(super) fn notice(year: i32, seq: u32, published: Option<&str>, days: &[(&str, bool)]) -> Notice {
    let kind = if seq == 1 {
        NoticeKind::Annual
    } else {
        NoticeKind::Amendment
    };
    let days = days
        .iter()
        .map(|(date, off)| NoticeDay {
            name: "节".to_owned(),
            date: day(date),
            off: *off,
        })
        .collect();
    Notice {
        year,
        seq,
        kind,
        number: None,
        published: published.map(day),
        url: None,
        days,
    }
}

fn statutory() -> Statutory {
    let may = HolidayRule {
        name: "劳动节".to_owned(),
        anchor: Anchor::Fixed { month: 5, day: 1 },
        offset: 0,
        days: 1,
    };
    let eve = HolidayRule {
        name: "春节".to_owned(),
        anchor: Anchor::SpringFestival,
        offset: -1,
        days: 2,
    };
    let regime = Regime {
        from: 2020,
        to: None,
        decree: "令".to_owned(),
        clause: "第二条".to_owned(),
        holidays: vec![may, eve],
    };
    let dates = (2020..=2030)
        .map(|year| FestivalDates {
            year,
            spring_festival: day(&format!("{year}-02-10")),
            qingming: day(&format!("{year}-04-05")),
            duanwu: day(&format!("{year}-06-10")),
            mid_autumn: day(&format!("{year}-09-20")),
        })
        .collect();
    Statutory::new(StatutoryData {
        regimes: vec![regime],
        dates,
    })
    .expect("valid")
}

/// 2021 with a holiday on Monday 4 January and a make-up on Saturday the 9th.
fn one_year() -> Vec<Notice> {
    vec![notice(
        2021,
        1,
        Some("2020-11-01"),
        &[("2021-01-04", true), ("2021-01-09", false)],
    )]
}

pub(super) fn replay(notices: &[Notice]) -> Calendar {
    Calendar::replay(notices, &statutory(), None).expect("a calendar")
}

#[test]
fn holidays_are_skipped_and_make_up_days_count() {
    let calendar = replay(&one_year());
    // Friday the 1st; the 4th is off; 5 6 7 8 and the Saturday count.
    assert_eq!(calendar.add(day("2021-01-01"), 5).unwrap().day, day("2021-01-09"));
    assert_eq!(calendar.add(day("2021-01-01"), 6).unwrap().day, day("2021-01-11"));
    assert_eq!(calendar.back(day("2021-01-11"), 2).unwrap(), day("2021-01-08"));
    assert_eq!(calendar.on_or_before(day("2021-01-10")).unwrap(), day("2021-01-09"));
    assert_eq!(calendar.on_or_after(day("2021-01-02")).unwrap(), day("2021-01-05"));
    assert_eq!(
        calendar
            .count(day("2021-01-01"), day("2021-01-11"))
            .unwrap()
            .working_days,
        6
    );
    assert_eq!(
        calendar
            .count(day("2021-01-05"), day("2021-01-05"))
            .unwrap()
            .working_days,
        0
    );
}

#[test]
fn a_start_on_a_rest_day_counts_from_the_next_working_day() {
    let calendar = replay(&one_year());
    for start in ["2021-01-02", "2021-01-03", "2021-01-04"] {
        assert_eq!(calendar.add(day(start), 1).unwrap().day, day("2021-01-05"), "{start}");
    }
    // A make-up Saturday as the start is day 0 as well.
    assert_eq!(calendar.add(day("2021-01-09"), 1).unwrap().day, day("2021-01-11"));
}

#[test]
fn the_year_end_is_open_and_the_next_year_an_estimate() {
    let calendar = replay(&one_year());
    // 2021-12-28 is a Tuesday.
    let firm = calendar.add(day("2021-12-27"), 1).unwrap();
    assert_eq!(
        (firm.day, firm.certainty, firm.reason),
        (day("2021-12-28"), Certainty::Firm, None)
    );
    let open = calendar.add(day("2021-12-28"), 1).unwrap();
    assert_eq!((open.day, open.certainty), (day("2021-12-29"), Certainty::Open));
    assert!(open.reason.unwrap().to_string().contains("2022年放假安排尚未公布"));
    let estimate = calendar.add(day("2022-02-08"), 1).unwrap();
    // 9 and 10 February are the statutory festival of the made-up table: Wednesday and Thursday.
    assert_eq!(
        (estimate.day, estimate.certainty),
        (day("2022-02-11"), Certainty::Unpublished)
    );
    assert_eq!(estimate.alert_day, day("2022-02-09"));
    assert_eq!(
        calendar.facts(day("2022-02-09")).unwrap().kind,
        DayKind::StatutoryEstimate {
            name: "春节".to_owned()
        }
    );
}

#[test]
fn a_day_the_next_notice_names_is_known_even_in_a_gap() {
    let mut notices = one_year();
    notices.push(notice(2023, 1, Some("2022-11-01"), &[("2022-12-31", false)]));
    let calendar = replay(&notices);
    assert_eq!(calendar.covered(), [2021, 2023]);
    let facts = calendar.facts(day("2022-12-31")).unwrap();
    assert_eq!((facts.working, facts.certainty), (true, Certainty::Firm));
    assert_eq!(facts.kind, DayKind::MakeUp { name: "节".to_owned() });
    assert_eq!(
        calendar.facts(day("2022-12-30")).unwrap().certainty,
        Certainty::Unpublished
    );
}

#[test]
fn an_amendment_counts_from_its_day_of_publication() {
    let mut notices = one_year();
    notices.push(notice(2021, 2, Some("2021-01-06"), &[("2021-01-09", true)]));
    let working = |as_of: &str| {
        let calendar = Calendar::replay(&notices, &statutory(), Some(day(as_of))).unwrap();
        calendar.is_working_day(day("2021-01-09")).unwrap()
    };
    assert!(working("2021-01-05"));
    assert!(!working("2021-01-06"));
}

#[test]
fn an_undated_notice_is_last_and_unknown_to_the_past() {
    let mut notices = vec![notice(2021, 2, None, &[("2021-01-09", true)])];
    notices.extend(one_year());
    assert!(!replay(&notices).is_working_day(day("2021-01-09")).unwrap());
    let past = Calendar::replay(&notices, &statutory(), Some(day("2029-01-01"))).unwrap();
    assert!(past.is_working_day(day("2021-01-09")).unwrap());
}

#[test]
fn an_empty_annual_notice_publishes_nothing() {
    let mut notices = one_year();
    notices.push(notice(2022, 1, Some("2021-11-01"), &[]));
    let calendar = replay(&notices);
    assert_eq!(calendar.covered(), [2021]);
    assert_eq!(
        calendar.facts(day("2022-01-03")).unwrap().certainty,
        Certainty::Unpublished
    );
}

#[test]
fn what_cannot_be_answered_is_an_error_with_a_name() {
    let calendar = replay(&one_year());
    assert_eq!(
        calendar.add(day("2020-12-31"), 1),
        Err(CalendarError::BeforeFirst {
            year: 2020,
            first: 2021
        })
    );
    assert_eq!(
        calendar.back(day("2021-01-05"), 3),
        Err(CalendarError::BeforeFirst {
            year: 2020,
            first: 2021
        })
    );
    assert_eq!(
        calendar.add(day("2030-12-31"), 1),
        Err(CalendarError::BeyondLast { last: 2030 })
    );
    assert_eq!(
        calendar.add(day("2031-01-01"), 1),
        Err(CalendarError::BeyondLast { last: 2030 })
    );
    assert_eq!(calendar.add(day("2021-01-05"), 0), Err(CalendarError::ZeroDays));
    assert!(matches!(
        calendar.add(day("2021-01-05"), u32::MAX),
        Err(CalendarError::TooManyDays { .. })
    ));
    assert!(matches!(
        calendar.count(day("2021-01-06"), day("2021-01-05")),
        Err(CalendarError::Reversed { .. })
    ));
    assert!(matches!(
        Calendar::replay(&[], &statutory(), None),
        Err(CalendarError::NoNotice { .. })
    ));
    let stray = notice(2021, 1, None, &[("2022-06-01", true)]);
    assert!(matches!(
        Calendar::replay(&[stray], &statutory(), None),
        Err(CalendarError::StrayDay { .. })
    ));
}

#[test]
fn the_revision_names_the_data_and_not_its_order() {
    let base = replay(&one_year());
    assert_eq!(base.revision().len(), 12);
    assert_eq!(base.revision(), replay(&one_year()).revision());
    let mut changed = one_year();
    changed.push(notice(2021, 2, Some("2021-01-06"), &[("2021-01-09", true)]));
    assert_ne!(base.revision(), replay(&changed).revision());
    changed.reverse();
    let again = replay(&changed);
    changed.reverse();
    assert_eq!(again.revision(), replay(&changed).revision());
}

#[test]
fn a_reckoning_numbers_the_working_days() {
    let days = replay(&one_year())
        .reckoning(day("2021-01-01"), day("2021-01-09"))
        .unwrap();
    let numbers: Vec<Option<u32>> = days.iter().map(|it| it.ordinal).collect();
    assert_eq!(numbers, [None, None, None, Some(1), Some(2), Some(3), Some(4), Some(5)]);
    assert_eq!(days[2].facts.kind, DayKind::Holiday { name: "节".to_owned() });
    assert_eq!(
        days[2].facts.notice.as_ref().unwrap().published,
        Some(day("2020-11-01"))
    );
}

#[test]
fn the_next_holiday_is_one_that_has_not_begun() {
    let calendar = replay(&one_year());
    assert_eq!(
        calendar.next_holiday(day("2021-01-01")),
        Some((day("2021-01-04"), "节".to_owned()))
    );
    assert_eq!(
        calendar.next_holiday(day("2022-02-09")),
        Some((day("2022-05-01"), "劳动节".to_owned()))
    );
}
