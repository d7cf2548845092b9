//! Limits of the statutes reckoned by hand, each against the real calendar; the comments are the hand's work.

use chrono::NaiveDate;
use rongcuo::domain::calendar::{Calendar, Certainty};
use rongcuo::domain::deadline::{Adjustment, Direction, Reckoned, Terms, Unit, reckon};
use rongcuo::domain::policy::{Anchor, Limit, Policy};
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

// ---- every limit of the statutes ----

const STATUTES: &str = include_str!("../../config/policy/statutes.toml");

/// 2026 年：元旦 1 月 1—3 日放假，4 日（周日）上班；春节 2 月 15—23 日，14、28 日（周六）上班；清明 4 月 4—6 日；劳动节
/// 5 月 1—5 日，9 日（周六）上班；端午 6 月 19—21 日；中秋 9 月 25—27 日；国庆 10 月 1—7 日，9 月 20 日（周日）、
/// 10 月 10 日（周六）上班。
///
/// Limit, its number as the statute has it, event day, last day with and without the roll-off, and the hand's work.
const BY_HAND: [(&str, &str, &str, &str, &str, &str); 37] = [
    (
        "civil_review_apply",
        "30 日内",
        "2026-01-16",
        "2026-02-24",
        "2026-02-15",
        "1 月还有 15 日，2 月 15 日期满，春节放假到 23 日",
    ),
    (
        "civil_review_apply",
        "30 日内",
        "2026-03-05",
        "2026-04-07",
        "2026-04-04",
        "3 月还有 26 日，4 月 4 日期满，清明放假到 6 日",
    ),
    (
        "civil_appeal_direct",
        "30 日内",
        "2026-12-01",
        "2026-12-31",
        "2026-12-31",
        "12 月 31 日是周四",
    ),
    (
        "civil_review_decide",
        "30 日内",
        "2026-09-01",
        "2026-10-08",
        "2026-10-01",
        "9 月还有 29 日，10 月 1 日期满，国庆放假到 7 日",
    ),
    (
        "civil_appeal_after_review",
        "15 日内",
        "2026-02-13",
        "2026-02-28",
        "2026-02-28",
        "28 日是周六，调休上班",
    ),
    (
        "civil_appeal_after_review",
        "15 日内",
        "2026-09-16",
        "2026-10-08",
        "2026-10-01",
        "9 月还有 14 日，10 月 1 日期满",
    ),
    (
        "civil_appeal_decide",
        "60 日内",
        "2026-03-02",
        "2026-05-06",
        "2026-05-01",
        "3 月 29 日、4 月 30 日，5 月 1 日是第 60 日，放假到 5 日",
    ),
    (
        "supervision_reexamination_apply",
        "1 个月内",
        "2026-01-31",
        "2026-02-28",
        "2026-02-28",
        "2 月没有 31 日；28 日（周六）调休上班",
    ),
    (
        "supervision_reexamination_apply",
        "1 个月内",
        "2024-01-31",
        "2024-02-29",
        "2024-02-29",
        "闰年，月末是 29 日（周四）",
    ),
    (
        "supervision_reexamination_decide",
        "1 个月内",
        "2026-08-31",
        "2026-09-30",
        "2026-09-30",
        "9 月没有 31 日；30 日是周三",
    ),
    (
        "supervision_review_apply",
        "1 个月内",
        "2026-09-03",
        "2026-10-08",
        "2026-10-03",
        "10 月 3 日在国庆假中",
    ),
    (
        "supervision_review_decide",
        "2 个月内",
        "2025-12-31",
        "2026-02-28",
        "2026-02-28",
        "2 月没有 31 日",
    ),
    (
        "soe_decide",
        "6 个月内",
        "2025-08-31",
        "2026-02-28",
        "2026-02-28",
        "2 月没有 31 日",
    ),
    (
        "soe_decide",
        "6 个月内",
        "2025-07-01",
        "2026-01-04",
        "2026-01-01",
        "元旦放假到 3 日，4 日（周日）调休上班",
    ),
    (
        "soe_tell",
        "1 个月内",
        "2026-04-04",
        "2026-05-06",
        "2026-05-04",
        "起算在放假日不影响；5 月 4 日在劳动节假中",
    ),
    (
        "soe_review_apply",
        "1 个月内",
        "2026-01-23",
        "2026-02-24",
        "2026-02-23",
        "2 月 23 日是春节假的最后一日",
    ),
    (
        "soe_review_decide",
        "1 个月内",
        "2026-05-19",
        "2026-06-22",
        "2026-06-19",
        "6 月 19 日端午，放假到 21 日（周日）",
    ),
    (
        "soe_appeal_apply",
        "1 个月内",
        "2024-01-30",
        "2024-02-29",
        "2024-02-29",
        "2 月没有 30 日，闰年月末 29 日",
    ),
    (
        "soe_appeal_decide",
        "2 个月内",
        "2025-12-15",
        "2026-02-24",
        "2026-02-15",
        "2 月 15 日是春节假的第一日",
    ),
    (
        "pay_change",
        "1 个月内",
        "2025-12-03",
        "2026-01-04",
        "2026-01-03",
        "1 月 3 日放假，4 日（周日）调休上班",
    ),
    (
        "party_appeal_settle",
        "3 个月内",
        "2025-11-30",
        "2026-02-28",
        "2026-02-28",
        "2 月没有 30 日",
    ),
    (
        "petition_register",
        "15 日内",
        "2026-04-24",
        "2026-05-09",
        "2026-05-09",
        "4 月还有 6 日，5 月 9 日（周六）调休上班",
    ),
    (
        "petition_object",
        "5 个工作日内",
        "2026-09-17",
        "2026-09-23",
        "2026-09-23",
        "18、20（周日上班）、21、22、23 日",
    ),
    (
        "petition_object",
        "5 个工作日内",
        "2025-12-30",
        "2026-01-07",
        "2026-01-07",
        "31 日，1 月 4（周日上班）、5、6、7 日",
    ),
    (
        "petition_settle",
        "60 日内",
        "2026-06-01",
        "2026-07-31",
        "2026-07-31",
        "6 月还有 29 日，7 月 31 日是第 60 日（周五）",
    ),
    (
        "petition_settle",
        "60 日内",
        "2025-11-03",
        "2026-01-04",
        "2026-01-02",
        "11 月 27 日、12 月 31 日，1 月 2 日是第 60 日，放假到 3 日",
    ),
    (
        "petition_review_ask",
        "30 日内",
        "2026-09-10",
        "2026-10-10",
        "2026-10-10",
        "9 月还有 20 日，10 月 10 日（周六）调休上班",
    ),
    (
        "petition_review_answer",
        "30 日内",
        "2026-10-09",
        "2026-11-09",
        "2026-11-08",
        "10 月还有 22 日，11 月 8 日是周日",
    ),
    (
        "petition_recheck_ask",
        "30 日内",
        "2024-01-30",
        "2024-02-29",
        "2024-02-29",
        "1 月还有 1 日，闰年 2 月 29 日是第 30 日",
    ),
    (
        "petition_recheck_answer",
        "30 日内",
        "2025-12-05",
        "2026-01-04",
        "2026-01-04",
        "12 月还有 26 日，1 月 4 日（周日）调休上班",
    ),
    (
        "inspection_review_apply",
        "30 日内",
        "2026-05-20",
        "2026-06-22",
        "2026-06-19",
        "5 月还有 11 日，6 月 19 日端午",
    ),
    (
        "inspection_review_decide",
        "30 日内",
        "2026-08-28",
        "2026-09-28",
        "2026-09-27",
        "8 月还有 3 日，9 月 27 日（周日）是中秋假的最后一日",
    ),
    (
        "contract_end_notice",
        "30 日前",
        "2026-11-02",
        "2026-09-30",
        "2026-10-03",
        "往前数到 10 月 3 日；国庆假中，提早到假前",
    ),
    (
        "contract_end_notice",
        "30 日前",
        "2026-03-01",
        "2026-01-30",
        "2026-01-30",
        "2 月 28 日往前，1 月 30 日是第 30 日（周五）",
    ),
    (
        "assessment_record",
        "3 年内",
        "2023-05-01",
        "2026-05-06",
        "2026-05-01",
        "5 月 1 日，劳动节放假到 5 日",
    ),
    (
        "archive_personnel",
        "5 个工作日内",
        "2026-09-28",
        "2026-10-10",
        "2026-10-10",
        "29、30 日，国庆后 8、9、10 日（周六上班）",
    ),
    (
        "archive_integrity",
        "5 个工作日内",
        "2026-02-11",
        "2026-02-25",
        "2026-02-25",
        "12、13、14（周六上班），春节后 24、25 日",
    ),
];

fn statutes() -> Policy {
    Policy::parse(STATUTES).expect("a profile")
}

fn limit_of<'a>(policy: &'a Policy, id: &str) -> &'a Limit {
    let limits = policy.limits();
    limits
        .iter()
        .find(|limit| limit.id.as_str() == id)
        .unwrap_or_else(|| panic!("no limit {id}"))
}

#[test]
fn every_limit_of_the_statutes_ends_on_the_day_reckoned_by_hand() {
    let policy = statutes();
    for (id, said, event, rolled, unrolled, why) in BY_HAND {
        let limit = limit_of(&policy, id);
        assert_eq!(limit.terms.zh(), said, "{id}");
        assert_eq!(last(limit.terms, event), rolled, "{id} from {event}: {why}");
        let switched_off = Terms {
            roll_off: false,
            ..limit.terms
        };
        assert_eq!(
            last(switched_off, event),
            unrolled,
            "{id} from {event} without the roll-off: {why}"
        );
    }
    for limit in policy.limits() {
        if matches!(limit.anchor, Anchor::Event(_)) {
            assert!(
                BY_HAND.iter().any(|(id, ..)| *id == limit.id.as_str()),
                "{} has no day reckoned by hand",
                limit.id
            );
        }
    }
}

/// Limit, how far it may be extended, event day, last day after the whole extension, and the hand's work.
const EXTENDED_BY_HAND: [(&str, &str, &str, &str, &str); 5] = [
    (
        "civil_appeal_decide",
        "30 日",
        "2026-03-02",
        "2026-06-01",
        "90 日：5 月 31 日（周日）",
    ),
    (
        "soe_decide",
        "6 个月",
        "2025-08-31",
        "2026-08-31",
        "12 个月，不是 2 月 28 日再加 6 个月",
    ),
    (
        "soe_appeal_decide",
        "1 个月",
        "2025-12-15",
        "2026-03-16",
        "3 个月：3 月 15 日（周日）",
    ),
    (
        "pay_change",
        "5 个月",
        "2025-12-03",
        "2026-06-03",
        "最长 6 个月：6 月 3 日（周三）",
    ),
    (
        "petition_settle",
        "30 日",
        "2026-06-01",
        "2026-08-31",
        "90 日：8 月 30 日（周日）",
    ),
];

#[test]
fn every_extension_of_the_statutes_ends_on_the_day_reckoned_by_hand() {
    let policy = statutes();
    for (id, said, event, due, why) in EXTENDED_BY_HAND {
        let limit = limit_of(&policy, id);
        let rule = limit.extension.as_ref().expect("it can be extended");
        assert_eq!(rule.unit.amount_zh(rule.max), said, "{id}");
        let end = end(limit.terms, event, &[extended(rule.max, rule.unit)]);
        assert_eq!(end.day, day(due), "{id} from {event}: {why}");
    }
    let extendable = policy.limits().iter().filter(|limit| limit.extension.is_some());
    assert_eq!(extendable.count(), EXTENDED_BY_HAND.len());
}

#[test]
fn statutory_limits_stopped_or_put_off_over_a_holiday() {
    let policy = statutes();
    let appeal = limit_of(&policy, "civil_appeal_decide").terms;
    // 60 日原到 5 月 1 日；停 4 月 1 至 10 日共 10 日，到 5 月 11 日（周一）。
    assert_eq!(
        end(appeal, "2026-03-02", &[suspended("2026-04-01", "2026-04-11")]).day,
        day("2026-05-11")
    );
    // 停 2 月 10 日至 25 日：60 日自 1 月 5 日原到 3 月 6 日，停 15 日（含春节），到 21 日（周六）→ 23 日。
    assert_eq!(
        end(appeal, "2026-01-05", &[suspended("2026-02-10", "2026-02-25")]).day,
        day("2026-03-23")
    );
    // 工作日：5 个自 9 月 28 日；29 日①，30 日中止，10 月 9 日恢复②，10 日（周六上班）③，12、13 日④⑤。
    let archive = limit_of(&policy, "archive_personnel").terms;
    assert_eq!(
        end(archive, "2026-09-28", &[suspended("2026-09-30", "2026-10-09")]).day,
        day("2026-10-13")
    );

    let review = limit_of(&policy, "soe_review_apply");
    // 1 个月自 1 月 23 日到 2 月 23 日。2 月 20 日受阻时还剩 20 至 23 日的 4 日；3 月 2 日消除，2 至 5 日（周四）。
    let lost = [Adjustment::Postponed {
        from: day("2026-02-20"),
        until: day("2026-03-02"),
        applied_on: day("2026-03-16"),
        reason: "雪灾".to_owned(),
    }];
    assert_eq!(end(review.terms, "2026-01-23", &lost).day, day("2026-03-05"));
    // 障碍消除后 10 个工作日内申请：3、4、5、6、9、10、11、12、13、16 日。
    let rule = review.postponement.as_ref().expect("it can be put off");
    assert_eq!(last(rule.terms(true), "2026-03-02"), "2026-03-16");
    // 跨国庆：9 月 24 日消除，28、29、30 日（25 至 27 日中秋），10 月 8、9、10（周六上班）、12、13、14、15 日。
    assert_eq!(last(rule.terms(true), "2026-09-24"), "2026-10-15");
}

/// The numbers of the statutes that were read in full, and none besides.
#[test]
fn no_number_is_said_to_be_a_statutes_that_is_not_in_the_list() {
    let policy = statutes();
    let from_text: Vec<&str> = policy
        .limits()
        .iter()
        .filter(|limit| limit.number_from == rongcuo::domain::policy::NumberFrom::Policy)
        .map(|limit| limit.id.as_str())
        .collect();
    let mut listed: Vec<&str> = BY_HAND.iter().map(|(id, ..)| *id).collect();
    listed.dedup();
    assert_eq!(from_text, listed);
    for limit in policy.limits() {
        let recalled = ["档案材料收集", "问责条例", "诫勉", "12345", "税收"];
        assert!(
            !recalled.iter().any(|word| limit.clause.contains(word)),
            "{} rests on a text that was not read",
            limit.id
        );
    }
}
