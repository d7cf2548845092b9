//! Limits of the statutes reckoned by hand, each against the real calendar; the comments are the hand's work.

use chrono::NaiveDate;
use rongcuo::domain::calendar::{Calendar, Certainty};
use rongcuo::domain::deadline::{Adjustment, Direction, Reckoned, Terms, Unit, reckon};
use rongcuo::files;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn calendar() -> Calendar {
    let source = files::calendar::load(None, day("2026-11-24")).expect("built in");
    Calendar::replay(&source.notices, &source.statutory, None).expect("built in")
}

fn terms(amount: u32, unit: Unit) -> Terms {
    Terms {
        amount,
        unit,
        direction: Direction::After,
        roll_off: true,
    }
}

fn before(amount: u32, unit: Unit) -> Terms {
    Terms {
        direction: Direction::Before,
        ..terms(amount, unit)
    }
}

fn end(terms: Terms, event: &str, adjustments: &[Adjustment]) -> Reckoned {
    reckon(terms, day(event), adjustments, &calendar()).expect("within the calendar")
}

fn last(terms: Terms, event: &str) -> String {
    end(terms, event, &[]).day.to_string()
}

fn extended(amount: u32, unit: Unit) -> Adjustment {
    Adjustment::Extended {
        amount,
        unit,
        on: day("2026-01-05"),
        approver: "主要负责人".to_owned(),
        reason: "案情复杂".to_owned(),
        informed_on: None,
    }
}

fn suspended(from: &str, until: &str) -> Adjustment {
    Adjustment::Suspended {
        from: day(from),
        until: Some(day(until)),
        reason: "等待司法结论".to_owned(),
        approver: "分管领导".to_owned(),
    }
}

#[test]
fn natural_days_roll_off_a_rest_day() {
    // 公务员法 95：30 日。3 月 5 日 + 30 日 = 4 月 4 日，清明节放假到 6 日，顺延到 7 日（周二）。
    assert_eq!(last(terms(30, Unit::Day), "2026-03-05"), "2026-04-07");
    // 15 日：9 月 16 日 + 15 日 = 10 月 1 日，国庆放假到 7 日，顺延到 8 日。
    assert_eq!(last(terms(15, Unit::Day), "2026-09-16"), "2026-10-08");
    // 信访 15 日：2 月 13 日 + 15 日 = 2 月 28 日，周六调休上班，不顺延。
    assert_eq!(last(terms(15, Unit::Day), "2026-02-13"), "2026-02-28");
    let switched_off = Terms {
        roll_off: false,
        ..terms(30, Unit::Day)
    };
    assert_eq!(last(switched_off, "2026-03-05"), "2026-04-04");
}

#[test]
fn months_and_years_end_on_the_corresponding_day_or_the_months_last() {
    // 监察法 56：1 个月。1 月 31 日的对应日 2 月没有，为 2 月 28 日（周六调休上班）。
    assert_eq!(last(terms(1, Unit::Month), "2026-01-31"), "2026-02-28");
    assert_eq!(last(terms(1, Unit::Month), "2026-03-31"), "2026-04-30");
    // 2 个月：3 月 1 日 → 5 月 1 日，劳动节放假到 5 日，顺延到 6 日。
    assert_eq!(last(terms(2, Unit::Month), "2026-03-01"), "2026-05-06");
    // 国有企业管理人员处分条例 29：6 个月。2025 年 8 月 31 日 → 2026 年 2 月 28 日。
    assert_eq!(last(terms(6, Unit::Month), "2025-08-31"), "2026-02-28");
    // 3 年：2023 年 5 月 1 日 → 2026 年 5 月 1 日 → 5 月 6 日。
    assert_eq!(last(terms(3, Unit::Year), "2023-05-01"), "2026-05-06");
    // 闰日：2024 年 2 月 29 日 + 1 年 = 2025 年 2 月 28 日（周五）。
    assert_eq!(last(terms(1, Unit::Year), "2024-02-29"), "2025-02-28");
}

#[test]
fn working_days_take_in_make_up_days() {
    // 9 月 29、30 日，国庆放假，10 月 8、9 日，10 日（周六调休上班）是第 5 个。
    assert_eq!(last(terms(5, Unit::WorkingDay), "2026-09-28"), "2026-10-10");
}

#[test]
fn backward_limits_keep_their_whole_time() {
    // 提前 30 日：11 月 2 日往前 30 日是 10 月 3 日，国庆假中，须提早到 9 月 30 日。
    assert_eq!(last(before(30, Unit::Day), "2026-11-02"), "2026-09-30");
    // 提前 10 个工作日：5 月 6 日往前，4 月 30、29、28、27、24、23、22、21、20、17 日。
    assert_eq!(last(before(10, Unit::WorkingDay), "2026-05-06"), "2026-04-17");
    // 提前 1 个月、1 年。
    assert_eq!(last(before(1, Unit::Month), "2026-03-31"), "2026-02-28");
    assert_eq!(last(before(1, Unit::Year), "2026-03-31"), "2025-03-31");
}

#[test]
fn extensions_of_one_unit_are_added_up_before_they_are_counted() {
    // 信访 34：60 日 + 30 日 = 90 日。6 月 1 日 + 60 = 7 月 31 日；+ 90 = 8 月 30 日（周日）→ 31 日。
    let plain = terms(60, Unit::Day);
    assert_eq!(last(plain, "2026-06-01"), "2026-07-31");
    let longer = end(plain, "2026-06-01", &[extended(30, Unit::Day)]);
    assert_eq!((longer.unrolled, longer.day), (day("2026-08-30"), day("2026-08-31")));
    // 6 个月 + 6 个月 = 12 个月：2025 年 1 月 31 日 → 2026 年 1 月 31 日（周六）→ 2 月 2 日。
    let year = end(terms(6, Unit::Month), "2025-01-31", &[extended(6, Unit::Month)]);
    assert_eq!(year.day, day("2026-02-02"));
    // 单位不同的接着算：30 日到 4 月 4 日（不先顺延），再 5 个工作日：7、8、9、10、13 日。
    let mixed = end(terms(30, Unit::Day), "2026-03-05", &[extended(5, Unit::WorkingDay)]);
    assert_eq!(mixed.day, day("2026-04-13"));
}

#[test]
fn a_stopped_clock_goes_on_where_it_stood() {
    // 5 个工作日：3 月 3 日是第 1 个；4 日中止，11 日恢复，11、12、13、16 日是第 2 至 5 个。
    let pause = [suspended("2026-03-04", "2026-03-11")];
    assert_eq!(
        end(terms(5, Unit::WorkingDay), "2026-03-02", &pause).day,
        day("2026-03-16")
    );
    // 15 日：本到 3 月 17 日，停 10 日，到 27 日（周五）。
    let pause = [suspended("2026-03-04", "2026-03-14")];
    assert_eq!(end(terms(15, Unit::Day), "2026-03-02", &pause).day, day("2026-03-27"));
    // 1 个月：本到 4 月 2 日，停 10 日，到 12 日（周日）→ 13 日。
    let pause = [suspended("2026-03-10", "2026-03-20")];
    assert_eq!(end(terms(1, Unit::Month), "2026-03-02", &pause).day, day("2026-04-13"));
    // 在期满以后才中止的，不起作用。
    let late = [suspended("2026-03-18", "2026-03-20")];
    assert_eq!(
        end(terms(5, Unit::WorkingDay), "2026-03-02", &late).day,
        day("2026-03-09")
    );
    // 第一次中止把第二次中止带进了期限：两次都不计。
    let two = [
        suspended("2026-03-04", "2026-03-11"),
        suspended("2026-03-12", "2026-03-18"),
    ];
    // 3 日①，11 日②，18、19、20 日③④⑤。
    assert_eq!(
        end(terms(5, Unit::WorkingDay), "2026-03-02", &two).day,
        day("2026-03-20")
    );
}

#[test]
fn time_lost_to_an_obstacle_is_given_back() {
    // 1 个月：6 月 1 日 → 7 月 1 日。6 月 25 日受阻时还剩 7 日；7 月 6 日消除，6 至 12 日（周日）→ 13 日。
    let lost = [Adjustment::Postponed {
        from: day("2026-06-25"),
        until: day("2026-07-06"),
        applied_on: day("2026-07-08"),
        reason: "洪水".to_owned(),
    }];
    let put_off = end(terms(1, Unit::Month), "2026-06-01", &lost);
    assert_eq!((put_off.unrolled, put_off.day), (day("2026-07-12"), day("2026-07-13")));
    // 障碍消除后 10 个工作日内申请：7 月 6 日之后第 10 个工作日是 20 日。
    assert_eq!(last(terms(10, Unit::WorkingDay), "2026-07-06"), "2026-07-20");
}

#[test]
fn a_day_beyond_the_last_notice_is_said_to_be_unsure() {
    let into_next_year = end(terms(1, Unit::Month), "2026-12-05", &[]);
    assert_eq!(into_next_year.day, day("2027-01-05"));
    assert_eq!(into_next_year.certainty, Certainty::Unpublished);
    let year_end = end(terms(30, Unit::Day), "2026-11-30", &[]);
    assert_eq!((year_end.day, year_end.certainty), (day("2026-12-30"), Certainty::Open));
    let twelve_months = end(terms(6, Unit::Month), "2026-02-28", &[extended(6, Unit::Month)]);
    // 2027 年 2 月 28 日是周日；放假通知未公布，提醒先按最早的一天。
    assert_eq!(twelve_months.alert_day, day("2027-02-28"));
    assert_eq!(twelve_months.certainty, Certainty::Unpublished);
    let switched_off = Terms {
        roll_off: false,
        ..terms(1, Unit::Month)
    };
    assert_eq!(
        end(switched_off, "2026-12-05", &[]).certainty,
        Certainty::Firm,
        "no notice can move it"
    );
    let too_far = reckon(terms(10, Unit::Year), day("2055-01-01"), &[], &calendar());
    assert!(too_far.is_err(), "beyond the statutory table");
}
