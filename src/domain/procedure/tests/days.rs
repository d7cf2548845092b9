//! The order of days: nothing before what it rests on, nothing that has not come.

use super::super::*;
use super::story::*;
use crate::domain::case::Conclusion;
use crate::domain::policy::{Event, Policy};

/// The earliest day on which an act is possible.
fn not_before(what: &str, story: &Story, earliest: u64, act: &Act) {
    if earliest > 0 {
        let said = story.refused(earliest - 1, act);
        assert!(said.contains("早于") || said.contains("更早"), "{what}: {said}");
    }
    if let Err(refused) = story.attempt(earliest, act) {
        panic!("{what}, on day {earliest}: {refused}");
    }
}

#[test]
fn each_act_comes_after_what_it_rests_on() {
    let started = Story::new().then(3, Act::StartAccountability);
    let applied = Story::new().then(3, apply());
    let early_report = open().then(20, report(true)).then(25, decide());
    let filled_late = six(early_report, 30);
    let table: Vec<(&str, Story, u64, Act)> = vec![
        ("研判不早于问责启动", started.clone(), 3, review(true)),
        ("受理不早于申请", applied.clone(), 3, Act::Accept),
        ("撤回不早于申请", applied, 3, withdraw()),
        ("六看不早于启动", open(), 2, consider(Aspect::Motive, Weight::For)),
        (
            "改变认定不早于原认定",
            reported(),
            10,
            consider(Aspect::Motive, Weight::For),
        ),
        ("报告不早于启动", open(), 2, report(true)),
        (
            "报告不早于受理",
            open().then(3, apply()).then(8, Act::Accept),
            8,
            report(true),
        ),
        ("研究不早于报告", reported(), 20, decide()),
        ("结论不早于研究", decided(), 25, conclude(Conclusion::Exempted)),
        ("结论不早于六看", filled_late, 30, conclude(Conclusion::Exempted)),
        ("反馈不早于结论", concluded(), 26, tell(Told::Subject)),
        ("抄送不早于结论", concluded(), 26, tell(Told::Organization)),
        ("解释不早于结论", not_tolerated(), 26, explain()),
        ("归档不早于结论", concluded(), 26, archive(Archive::Personnel, "回 1")),
        ("入卷不早于结论", concluded(), 26, archive(Archive::File, "卷 1")),
        ("撤销不早于结论", concluded(), 26, revoke()),
        ("撤销送达不早于撤销", revoked(), 60, record(Event::REVOCATION_TOLD)),
        ("撤销归档不早于撤销", revoked(), 60, record(Event::REVOCATION_ARCHIVED)),
        ("撤回不早于受理", accepted(), 3, withdraw()),
        (
            "撤回不早于六看",
            accepted().then(9, consider(Aspect::Motive, Weight::For)),
            9,
            withdraw(),
        ),
        ("撤回不早于报告", accepted().then(9, report(false)), 9, withdraw()),
        ("终止不早于启动", open(), 2, terminate()),
        ("终止不早于研判", started.then(7, review(false)), 7, terminate()),
        (
            "终止不早于六看",
            open().then(9, consider(Aspect::Motive, Weight::For)),
            9,
            terminate(),
        ),
        (
            "终止不早于启动澄清",
            Story::new().then(5, open_clarification()),
            5,
            terminate(),
        ),
        (
            "澄清不早于启动澄清",
            Story::new().then(5, open_clarification()),
            5,
            clarify(Reach::Unit, true),
        ),
        (
            "移送不早于启动澄清",
            Story::new().then(5, open_clarification()),
            5,
            refer(),
        ),
        (
            "办理结果不早于移送",
            clarifying().then(5, refer()),
            5,
            record(Event::REFERRAL_ANSWERED),
        ),
    ];
    for (what, story, earliest, act) in table {
        not_before(what, &story, earliest, &act);
    }
}

#[test]
fn looks_and_visits_come_on_a_later_day() {
    for (story, day, event) in [
        (clarified(), 10, Event::VISITED_1),
        (open().then(10, remedy()), 10, Event::REMEDY_CHECKED),
        (open().then(10, guide()), 10, Event::GUIDANCE_CHECKED),
    ] {
        assert!(story.refused(day - 1, &record(event)).contains("早于"), "{event:?}");
        assert!(story.refused(day, &record(event)).contains("另一天"), "{event:?}");
        assert!(story.attempt(day + 1, &record(event)).is_ok(), "{event:?}");
    }
}

#[test]
fn nothing_is_recorded_before_it_came() {
    let tomorrow = TODAY + 1;
    let acts = [
        (Story::new(), Act::StartAccountability),
        (Story::new(), apply()),
        (Story::new(), open_clarification()),
        (open(), consider(Aspect::Motive, Weight::For)),
        (open(), report(true)),
        (open(), remedy()),
        (decided(), conclude(Conclusion::Exempted)),
        (concluded(), archive(Archive::Personnel, "回 1")),
        (concluded(), revoke()),
        (clarified(), record(Event::VISITED_1)),
        (accepted(), correct(Event::ACCEPTED)),
        (accepted(), withdraw()),
    ];
    for (story, act) in acts {
        let said = story.refused(tomorrow, &act);
        assert!(
            said.contains("晚于今天") && said.contains("办了以后再登记"),
            "{}: {said}",
            act.zh(&Policy::builtin())
        );
        assert!(
            story.attempt(TODAY, &act).is_ok(),
            "{} today",
            act.zh(&Policy::builtin())
        );
    }
    let announced = Event(crate::domain::name::Name::known("contract_end_planned"));
    let story = Story::under(statutes()).then(0, Act::StartAccountability);
    let planned = story.clone().then(tomorrow, record(announced));
    assert_eq!(
        planned.state.days[&announced],
        d(tomorrow),
        "limits run backwards from it"
    );
    assert!(
        Story::under(statutes())
            .refused(0, &record(announced))
            .contains("还没有登记")
    );
    let register = |days, revoked_on| Act::Register {
        conclusion: text("免责"),
        days,
        doc_no: None,
        measure: None,
        revoked_on,
        revoked: false,
    };
    let days = [(Event::CONCLUSION, d(tomorrow))].into();
    assert!(Story::new().refused(0, &register(days, None)).contains("晚于今天"));
    let days = [(Event::CONCLUSION, d(0))].into();
    assert!(
        Story::new()
            .refused(0, &register(days, Some(d(tomorrow))))
            .contains("晚于今天")
    );
}

#[test]
fn a_correction_keeps_the_order() {
    let story = open()
        .then(3, apply())
        .then(8, Act::Accept)
        .then(20, report(true))
        .then(25, decide());
    assert!(
        story
            .refused(9, &correct(Event::APPLIED))
            .contains("晚于「受理容错申请」")
    );
    assert!(
        story
            .refused(2, &correct(Event::ACCEPTED))
            .contains("早于「收到容错申请」")
    );
    assert!(
        story
            .refused(21, &correct(Event::ACCEPTED))
            .contains("晚于「调查报告形成」")
    );
    let short = open_under(without(&[crate::domain::policy::Guard::ReportBeforeDecision]))
        .then(3, apply())
        .then(8, Act::Accept)
        .then(25, decide());
    assert!(
        short
            .refused(26, &correct(Event::ACCEPTED))
            .contains("晚于「集体研究」")
    );
    let archived = concluded().then(28, archive(Archive::Integrity, "廉 1"));
    assert!(
        archived
            .refused(25, &correct(Event::ARCHIVED_INTEGRITY))
            .contains("早于「结论作出」")
    );
    let visited = clarified()
        .then(90, record(Event::VISITED_1))
        .then(180, record(Event::VISITED_2));
    assert!(
        visited
            .refused(181, &correct(Event::VISITED_1))
            .contains("晚于「第二次回访」")
    );
    assert!(
        visited
            .refused(89, &correct(Event::VISITED_2))
            .contains("早于「第一次回访」")
    );
    for decision in [
        Event::ACCOUNTABILITY_STARTED,
        Event::REVIEWED,
        Event::INVESTIGATION_STARTED,
        Event::REPORT_FORMED,
        Event::DECIDED,
        Event::CONCLUSION,
    ] {
        assert!(
            concluded().refused(30, &correct(decision)).contains("是决定"),
            "{decision:?}"
        );
    }
    assert!(clarified().refused(30, &correct(Event::CLARIFIED)).contains("是决定"));
    assert!(
        clarified()
            .refused(30, &correct(Event::CLARIFICATION_OPENED))
            .contains("是决定")
    );
}

#[test]
fn the_investigation_moves_with_the_acceptance_that_began_it() {
    let day = |story: &Story, event| story.state.days.get(&event).copied();
    let moved = accepted().then(5, correct(Event::ACCEPTED));
    assert_eq!(day(&moved, Event::INVESTIGATION_STARTED), Some(d(5)));
    let begun_before = open()
        .then(3, apply())
        .then(8, Act::Accept)
        .then(9, correct(Event::ACCEPTED));
    assert_eq!(
        day(&begun_before, Event::INVESTIGATION_STARTED),
        Some(d(2)),
        "the review began it"
    );
    let considered = accepted().then(6, consider(Aspect::Motive, Weight::For));
    assert!(
        considered
            .refused(7, &correct(Event::ACCEPTED))
            .contains("晚于六看·主观动机")
    );
    assert_eq!(
        day(
            &considered.then(6, correct(Event::ACCEPTED)),
            Event::INVESTIGATION_STARTED
        ),
        Some(d(6))
    );
}
