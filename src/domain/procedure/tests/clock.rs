//! Extending, stopping and putting off, as the profiles allow it.

use super::super::*;
use super::story::*;
use crate::domain::contact::Role;
use crate::domain::deadline::{Adjustment, Unit, is_stopped};
use crate::domain::name::Name;
use crate::domain::policy::Event;

const INVESTIGATION: Name = Name::known("investigation");
const APPEAL: Name = Name::known("civil_appeal_decide");
const SETTLE: Name = Name::known("petition_settle");
const SOE_REVIEW: Name = Name::known("soe_review_apply");

fn event(word: &'static str) -> Event {
    Event(Name::known(word))
}

fn extend(limit: Name, amount: u32, unit: Unit) -> Act {
    Act::Extend {
        limit,
        amount,
        unit,
        approver: Role::Leader,
        reason: text("案情复杂"),
        informed_on: None,
    }
}

fn informed(limit: Name, amount: u32, unit: Unit, day: u64) -> Act {
    let mut act = extend(limit, amount, unit);
    if let Act::Extend { informed_on, .. } = &mut act {
        *informed_on = Some(d(day));
    }
    act
}

fn suspend(limit: Name, reason: &str) -> Act {
    Act::Suspend {
        limit,
        approver: Role::DeputyLeader,
        reason: text(reason),
    }
}

fn postpone(from: u64, until: u64) -> Act {
    Act::Postpone {
        limit: SOE_REVIEW,
        from: d(from),
        until: d(until),
        reason: text("洪水封路"),
    }
}

/// A case with events of the statutes from day 5 on.
fn appealed() -> Story {
    Story::under(statutes())
        .then(0, Act::StartAccountability)
        .then(5, record(event("appeal_accepted")))
        .then(5, record(event("petition_accepted")))
        .then(5, record(event("soe_sanction_known")))
}

fn adjustments(story: &Story, limit: Name) -> &[Adjustment] {
    story
        .state
        .adjustments
        .get(&limit)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

#[test]
fn an_extension_keeps_to_its_cap_its_number_its_unit_and_its_approver() {
    let story = appealed();
    assert!(
        story
            .refused(9, &extend(APPEAL, 31, Unit::Day))
            .contains("合计最多延长 30 日")
    );
    assert!(story.refused(9, &extend(APPEAL, 0, Unit::Day)).contains("合计最多延长"));
    assert!(
        story
            .refused(9, &extend(APPEAL, u32::MAX, Unit::Day))
            .contains("合计最多延长")
    );
    assert!(
        story
            .refused(9, &extend(APPEAL, 10, Unit::WorkingDay))
            .contains("按日计算")
    );
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Leader) {
        let mut act = extend(APPEAL, 10, Unit::Day);
        if let Act::Extend { approver, .. } = &mut act {
            *approver = role;
        }
        assert!(story.refused(9, &act).contains("须由主要负责人批准"), "{role:?}");
    }
    let mut bare = extend(APPEAL, 10, Unit::Day);
    if let Act::Extend { reason, .. } = &mut bare {
        *reason = text(" ");
    }
    assert!(story.refused(9, &bare).contains("须写明理由"));
    assert!(
        story
            .refused(4, &extend(APPEAL, 10, Unit::Day))
            .contains("早于「作出申诉处理决定」起算")
    );
    let once = story.then(9, extend(APPEAL, 30, Unit::Day));
    let [
        Adjustment::Extended {
            amount: 30,
            unit: Unit::Day,
            on,
            approver,
            ..
        },
    ] = adjustments(&once, APPEAL)
    else {
        panic!("{:?}", adjustments(&once, APPEAL))
    };
    assert_eq!((*on, approver.as_str()), (d(9), "主要负责人"));
    assert!(
        once.refused(10, &extend(APPEAL, 1, Unit::Day))
            .contains("最多延长 1 次，已延长 1 次")
    );
}

#[test]
fn a_second_extension_within_the_number_counts_towards_the_same_cap() {
    let text = include_str!("../../../../config/policy/statutes.toml");
    let twice = text.replace(
        "max = 30, unit = \"日\", times = 1",
        "max = 30, unit = \"日\", times = 2",
    );
    let story = Story {
        policy: crate::domain::policy::Policy::parse(&twice).expect("valid"),
        ..appealed()
    }
    .then(9, extend(APPEAL, 20, Unit::Day));
    assert!(
        story
            .refused(10, &extend(APPEAL, 11, Unit::Day))
            .contains("此次延长后为 31 日")
    );
    let full = story.then(10, extend(APPEAL, 10, Unit::Day));
    assert!(full.refused(11, &extend(APPEAL, 1, Unit::Day)).contains("已延长 2 次"));
}

#[test]
fn whoever_must_be_told_is_told_of_the_approval() {
    let story = appealed();
    assert!(
        story
            .refused(9, &extend(SETTLE, 10, Unit::Day))
            .contains("延长须告知当事人（信访工作条例 34）")
    );
    assert!(
        story
            .refused(9, &informed(SETTLE, 10, Unit::Day, 8))
            .contains("早于批准")
    );
    assert!(
        story
            .refused(9, &informed(SETTLE, 10, Unit::Day, TODAY + 1))
            .contains("告知了以后再登记")
    );
    for day in [9, 12, TODAY] {
        assert!(
            story.attempt(9, &informed(SETTLE, 10, Unit::Day, day)).is_ok(),
            "day {day}"
        );
    }
    assert!(
        story.attempt(9, &extend(APPEAL, 10, Unit::Day)).is_ok(),
        "not every limit asks for it"
    );
}

#[test]
fn a_clock_stops_once_on_a_known_ground_and_goes_on_later() {
    let story = appealed();
    let resume = Act::Resume { limit: APPEAL };
    assert!(story.refused(9, &resume).contains("没有中止，不需要恢复"));
    assert!(
        story
            .refused(9, &suspend(APPEAL, "人手不足"))
            .contains("中止的事由须是：等待司法结论、等待上级机关答复")
    );
    assert!(story.refused(9, &suspend(APPEAL, " ")).contains("中止的事由须是"));
    assert!(story.refused(4, &suspend(APPEAL, "等待司法结论")).contains("早于"));
    let mut wrong = suspend(APPEAL, "等待司法结论");
    if let Act::Suspend { approver, .. } = &mut wrong {
        *approver = Role::Handler;
    }
    assert!(story.refused(9, &wrong).contains("须由分管领导批准，登记的是经办"));
    let stopped = story.then(9, suspend(APPEAL, "等待司法结论：二审未决"));
    assert!(is_stopped(adjustments(&stopped, APPEAL)));
    assert!(
        stopped
            .refused(10, &suspend(APPEAL, "等待司法结论"))
            .contains("已在中止中")
    );
    assert!(stopped.refused(9, &resume).contains("恢复的日期须晚于中止"));
    assert!(stopped.refused(8, &resume).contains("恢复的日期须晚于中止"));
    let running = stopped.then(30, resume.clone());
    assert!(!is_stopped(adjustments(&running, APPEAL)));
    assert!(running.refused(31, &resume).contains("没有中止"));
    let again = running.then(40, suspend(APPEAL, "等待上级机关答复")).then(45, resume);
    let pauses: Vec<_> = adjustments(&again, APPEAL)
        .iter()
        .map(|one| match one {
            Adjustment::Suspended { from, until, .. } => (*from, *until),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        pauses,
        [(d(9), Some(d(30))), (d(40), Some(d(45)))],
        "each pause keeps its own end"
    );
}

#[test]
fn a_limit_is_put_off_for_an_obstacle_that_was_there_while_it_ran() {
    let story = appealed();
    assert!(
        story
            .refused(20, &postpone(10, 10))
            .contains("受阻的起日须早于障碍消除之日")
    );
    assert!(story.refused(20, &postpone(10, 21)).contains("不得晚于申请之日"));
    assert!(story.refused(20, &postpone(1, 5)).contains("没有耽误期限"));
    let mut bare = postpone(10, 15);
    if let Act::Postpone { reason, .. } = &mut bare {
        *reason = text(" ");
    }
    assert!(story.refused(20, &bare).contains("不可抗拒的事由"));
    let put_off = story.then(20, postpone(1, 15));
    assert!(matches!(
        adjustments(&put_off, SOE_REVIEW),
        [Adjustment::Postponed { from, until, applied_on, .. }] if (*from, *until, *applied_on) == (d(1), d(15), d(20))
    ));
}

#[test]
fn a_limit_is_changed_only_as_its_own_rule_says_and_while_it_runs() {
    let story = appealed();
    assert!(
        story
            .refused(9, &suspend(SETTLE, "等待司法结论"))
            .contains("没有中止的规定")
    );
    assert!(
        story
            .refused(9, &extend(SOE_REVIEW, 1, Unit::Month))
            .contains("没有延长的规定")
    );
    let mut other = postpone(6, 8);
    if let Act::Postpone { limit, .. } = &mut other {
        *limit = APPEAL;
    }
    assert!(story.refused(9, &other).contains("没有顺延的规定"));
    let unknown = Name::known("no_such_limit");
    let said = story.refused(9, &extend(unknown, 1, Unit::Day));
    assert!(
        said.contains("没有期限「no_such_limit」") && said.contains("civil_appeal_decide"),
        "{said}"
    );
    let not_begun = Story::under(statutes()).then(0, Act::StartAccountability);
    assert!(
        not_begun
            .refused(9, &extend(APPEAL, 1, Unit::Day))
            .contains("还没有起算")
    );
    let done = story.then(30, record(event("appeal_decided")));
    assert!(done.refused(31, &extend(APPEAL, 1, Unit::Day)).contains("已经办结"));
}

#[test]
fn the_seed_profile_lets_the_investigation_wait_and_grow_once() {
    let story = open()
        .then(5, suspend(INVESTIGATION, "等待鉴定意见"))
        .then(9, Act::Resume { limit: INVESTIGATION })
        .then(10, extend(INVESTIGATION, 30, Unit::WorkingDay));
    assert_eq!(adjustments(&story, INVESTIGATION).len(), 2);
    assert!(
        story
            .refused(11, &extend(INVESTIGATION, 1, Unit::WorkingDay))
            .contains("最多延长 1 次")
    );
    let closed = story.then(12, terminate());
    assert!(
        closed
            .refused(13, &suspend(INVESTIGATION, "等待鉴定意见"))
            .contains("案件已终止")
    );
}

#[test]
fn a_change_comes_before_the_limit_has_run_out() {
    let due = d(40);
    let day = |day: u64| (d(day), d(TODAY));
    for act in [extend(APPEAL, 10, Unit::Day), suspend(APPEAL, "等待司法结论")] {
        assert_eq!(in_time(&act, (d(40), d(40)), due, None), Ok(Vec::new()));
        let late = in_time(&act, day(41), due, None).expect_err("it ran out");
        assert!(late.0.contains("期限已于 2025-04-12 届满"), "{late}");
        let dated_back = in_time(&act, day(40), due, None).expect("approved in time");
        assert!(dated_back[0].contains("请核对批准文件的日期"), "{dated_back:?}");
    }
    let put_off = postpone(40, 50);
    assert_eq!(in_time(&put_off, day(60), due, Some(d(60))), Ok(Vec::new()));
    let late = in_time(&put_off, day(61), due, Some(d(60))).expect_err("asked too late");
    assert!(late.0.contains("申请顺延最迟应在 2025-05-02"), "{late}");
    let idle = in_time(&postpone(41, 50), day(51), due, Some(d(60))).expect_err("it ran out before");
    assert!(idle.0.contains("不是因它耽误的"), "{idle}");
    assert_eq!(
        in_time(&Act::Resume { limit: APPEAL }, day(90), due, None),
        Ok(Vec::new())
    );
}
