//! What somebody might try who wants a case to look better than it is.

use super::super::*;
use super::story::*;
use crate::domain::case::Conclusion;
use crate::domain::obligation::Kind;
use crate::domain::policy::{Anchor, Event, Policy};

#[test]
fn a_grave_finding_is_not_made_lighter_after_the_report_nor_any_after_the_meeting() {
    let grave = open().then(5, consider(Aspect::Motive, Weight::ForGain));
    let said = grave.warned(6, &consider(Aspect::Motive, Weight::For));
    assert!(said.contains("原认定「谋取私利」，现改为「有利于容错」"), "{said}");
    let reported = grave.then(20, report(false));
    for lighter in [Weight::For, Weight::Against] {
        assert!(
            reported
                .refused(21, &consider(Aspect::Motive, lighter))
                .contains("不能改轻")
        );
    }
    let other = reported.then(21, consider(Aspect::Motive, Weight::Knowingly));
    assert_eq!(
        other.state.grave(),
        [(Aspect::Motive, Weight::Knowingly)],
        "as grave is another finding"
    );

    let against = open()
        .then(5, consider(Aspect::Method, Weight::Against))
        .then(20, report(true));
    let said = against.warned(21, &consider(Aspect::Method, Weight::For));
    assert!(said.contains("调查报告形成后改为「有利于容错」"), "{said}");
    let decided = against.then(25, decide());
    assert!(
        decided
            .refused(26, &consider(Aspect::Method, Weight::For))
            .contains("集体研究以后不能改轻")
    );
    assert_eq!(
        decided.warned(26, &consider(Aspect::Method, Weight::ForGain)),
        "",
        "graver is always possible"
    );
    let said = decided.warned(26, &consider(Aspect::Motive, Weight::For));
    assert!(said.contains("在集体研究以后补登"), "{said}");
}

#[test]
fn a_finding_is_not_replaced_by_an_older_one() {
    let story = open().then(9, consider(Aspect::Motive, Weight::Knowingly));
    assert!(
        story
            .refused(8, &consider(Aspect::Motive, Weight::For))
            .contains("不能更早")
    );
}

#[test]
fn a_conclusion_against_the_report_or_over_a_grave_finding_is_said_aloud() {
    let against = six(open(), 10).then(20, report(false)).then(25, decide());
    let said = against.warned(26, &conclude(Conclusion::Exempted));
    assert!(
        said.contains("调查报告认为不符合容错条件，而结论是「免予问责」"),
        "{said}"
    );
    assert_eq!(against.warned(26, &conclude(Conclusion::NotTolerated)), "");
    let grave = six(open(), 10)
        .then(11, consider(Aspect::Nature, Weight::Knowingly))
        .then(20, report(true))
        .then(25, decide());
    let said = grave.warned(26, &conclude(Conclusion::Mitigated));
    assert!(
        said.contains("问题性质「明知故犯」：从轻、减轻也不能混淆问题性质"),
        "{said}"
    );
}

#[test]
fn a_started_accountability_is_reviewed_before_the_conclusion() {
    let story = six(accepted(), 10)
        .then(12, Act::StartAccountability)
        .then(20, report(true))
        .then(25, decide());
    assert!(
        story
            .refused(26, &conclude(Conclusion::Exempted))
            .contains("请先登记研判，再作结论")
    );
    let late = story.then(26, review(true)).then(26, conclude(Conclusion::Exempted));
    assert_eq!(late.state.stage, Stage::Concluded);
    let told_late = six(accepted(), 10)
        .then(20, report(true))
        .then(25, decide())
        .then(12, Act::StartAccountability);
    assert_eq!(
        told_late.state.stage,
        Stage::Decided,
        "a start that is told late is told"
    );
    assert!(
        told_late
            .refused(26, &conclude(Conclusion::Exempted))
            .contains("请先登记研判")
    );
}

#[test]
fn what_the_meeting_decided_is_not_withdrawn_or_ended() {
    let decided = six(accepted(), 10).then(20, report(false)).then(25, decide());
    assert!(decided.refused(26, &withdraw()).contains("已经集体研究"));
    assert!(decided.refused(26, &terminate()).contains("应当集体研究"));
    let said = accepted().warned(9, &terminate());
    assert!(said.contains("书面答复申请人"), "{said}");
    assert_eq!(open().warned(9, &terminate()), "");
}

#[test]
fn a_registered_investigation_is_not_hidden_behind_an_application() {
    let register = |conclusion: Conclusion| Act::Register {
        conclusion: text(conclusion.zh()),
        days: [].into(),
        doc_no: None,
        measure: None,
        revoked_on: None,
        revoked: false,
    };
    let under_way = Story::new()
        .then(0, register(Conclusion::Investigating))
        .then(5, apply())
        .then(6, Act::Accept);
    assert!(under_way.refused(9, &withdraw()).contains("不因撤回申请而停止"));
    let only_applied = Story::new()
        .then(0, register(Conclusion::NoTrack))
        .then(5, apply())
        .then(6, Act::Accept);
    assert_eq!(only_applied.then(9, withdraw()).state.stage, Stage::Withdrawn);
}

#[test]
fn a_revocation_is_another_decision() {
    let own_number = Act::Revoke {
        doc_no: text(" 容错〔2025〕3号"),
        reason: text("隐瞒"),
        meeting: meeting("纪要 40"),
    };
    assert!(concluded().refused(60, &own_number).contains("是原结论的文号"));
    let own_minutes = Act::Revoke {
        doc_no: text("撤 1"),
        reason: text("隐瞒"),
        meeting: meeting("纪要 12 "),
    };
    assert!(concluded().refused(60, &own_minutes).contains("是原结论的会议纪要"));
    let said = concluded().warned(60, &revoke());
    assert!(said.contains("其疑似问题随之关闭；请核对会议纪要的日期"), "{said}");
    assert_eq!(concluded().warned(TODAY, &revoke()), "");
    let before = concluded().state;
    let after = revoked().state;
    assert_eq!(
        (after.conclusion, after.doc_no, after.meeting),
        (before.conclusion, before.doc_no, before.meeting)
    );
}

#[test]
fn what_must_be_answered_outlives_the_case() {
    let over = grave()
        .then(26, conclude_over(Conclusion::Exempted, approval()))
        .then(27, remedy())
        .then(60, revoke());
    let days = over.state.timeline().days;
    let open: Vec<Event> = days.keys().copied().collect();
    assert_eq!(open.len(), 3, "{open:?}");
    for event in [Event::OVERRIDDEN, Event::REMEDIED, Event::REVOKED] {
        assert!(open.contains(&event), "{event:?}");
    }
    let reported = over
        .then(61, record(Event::OVERRIDE_REPORTED))
        .then(90, record(Event::REMEDY_CHECKED));
    assert_eq!(reported.state.stage, Stage::Revoked);
    assert!(reported.state.timeline().days.contains_key(&Event::OVERRIDE_REPORTED));

    let ended = clarifying().then(5, refer()).then(9, terminate());
    assert_eq!(
        ended.state.timeline().days.get(&Event::REFERRED),
        Some(&d(5)),
        "the clue is still out"
    );
    assert_eq!(
        ended.then(30, record(Event::REFERRAL_ANSWERED)).state.stage,
        Stage::Terminated
    );
    let withdrawn = accepted().then(4, remedy()).then(9, withdraw());
    assert_eq!(
        withdrawn.state.timeline(),
        crate::domain::obligation::Timeline::default()
    );
}

#[test]
fn another_measure_does_not_put_off_the_look_at_the_first() {
    let day = |story: &Story, event| story.state.days.get(&event).copied();
    let twice = open().then(10, remedy()).then(70, remedy());
    assert_eq!(
        day(&twice, Event::REMEDIED),
        Some(d(10)),
        "the look that is owed stays owed"
    );
    let seen = twice.clone().then(75, record(Event::REMEDY_CHECKED));
    assert_eq!(day(&seen, Event::REMEDY_CHECKED), Some(d(75)), "one look sees both");
    let early = twice.then(40, record(Event::REMEDY_CHECKED));
    assert_eq!(
        (day(&early, Event::REMEDIED), day(&early, Event::REMEDY_CHECKED)),
        (Some(d(70)), None)
    );
    let same_day = open()
        .then(10, remedy())
        .then(40, remedy())
        .then(40, record(Event::REMEDY_CHECKED));
    assert_eq!(
        day(&same_day, Event::REMEDIED),
        Some(d(40)),
        "a look on its own day sees nothing of it"
    );
    let again = seen.then(100, remedy());
    assert_eq!(
        (day(&again, Event::REMEDIED), day(&again, Event::REMEDY_CHECKED)),
        (Some(d(100)), None)
    );
    let told_late = open()
        .then(50, guide())
        .then(80, record(Event::GUIDANCE_CHECKED))
        .then(20, guide());
    assert_eq!(
        day(&told_late, Event::GUIDED),
        Some(d(50)),
        "what was done before was seen"
    );
    assert!(day(&told_late, Event::GUIDANCE_CHECKED).is_some());
}

#[test]
fn each_clue_that_was_handed_over_is_answered() {
    let day = |story: &Story, event| story.state.days.get(&event).copied();
    let two = clarifying().then(5, refer()).then(9, refer());
    assert_eq!(day(&two, Event::REFERRED), Some(d(5)));
    let one = two.then(30, record(Event::REFERRAL_ANSWERED));
    assert_eq!(
        (day(&one, Event::REFERRED), day(&one, Event::REFERRAL_ANSWERED)),
        (Some(d(9)), None)
    );
    let both = one.then(40, record(Event::REFERRAL_ANSWERED));
    assert_eq!(day(&both, Event::REFERRAL_ANSWERED), Some(d(40)));
    assert!(both.refused(50, &record(Event::REFERRAL_ANSWERED)).contains("已登记于"));
}

#[test]
fn visits_are_not_ticked_off_at_once() {
    let first = clarified().then(11, record(Event::VISITED_1));
    assert!(clarified().refused(10, &record(Event::VISITED_1)).contains("另一天"));
    assert!(
        clarified()
            .refused(11, &record(Event::VISITED_2))
            .contains("还没有「第一次回访」")
    );
    // Cleared on 13 March: the first round lasts until 13 June, the second until 13 September.
    let said = first.refused(12, &record(Event::VISITED_2));
    assert!(said.contains("「第一次回访」的期间到 2025-06-13"), "{said}");
    let second = first.then(102, record(Event::VISITED_2));
    assert!(second.refused(103, &record(Event::VISITED_3)).contains("2025-09-13"));
    assert!(second.refused(50, &correct(Event::VISITED_2)).contains("2025-06-13"));
    assert_eq!(second.then(194, record(Event::VISITED_3)).state.stage, Stage::Concluded);
    let looked = open().then(10, remedy());
    assert!(looked.refused(10, &record(Event::REMEDY_CHECKED)).contains("另一天"));
    let seen = looked.then(11, record(Event::REMEDY_CHECKED));
    assert!(seen.refused(11, &correct(Event::REMEDIED)).contains("另一天"));
}

#[test]
fn nothing_is_done_in_a_case_before_it_began() {
    let begun = Story::new().then(3, Act::StartAccountability);
    let guided = Act::Guide {
        content: "谈话".to_owned(),
    };
    for act in [remedy(), guided] {
        let said = begun.refused(2, &act);
        assert!(said.contains("早于案件登记的第一个日期 2025-03-06"), "{said}");
        begun.clone().then(3, act);
    }
}

#[test]
fn a_correction_that_eases_a_deadline_is_said_aloud() {
    let applied = Story::new().then(0, apply());
    let said = applied.warned(9, &correct(Event::APPLIED));
    assert!(
        said.contains("「受理容错申请」的到期日推后：原登记的 2025-03-03"),
        "{said}"
    );
    let said = accepted().warned(9, &correct(Event::ACCEPTED));
    assert!(said.contains("「调查核实并形成调查报告」的到期日推后"), "{said}");
    let said = accepted().warned(1, &correct(Event::ACCEPTED));
    assert!(said.contains("「受理容错申请」的办结日提前"), "{said}");
    let archived = concluded().then(40, archive(Archive::Personnel, "回 1"));
    let said = archived.warned(30, &correct(Event::ARCHIVED_PERSONNEL));
    assert!(said.contains("「结论归入干部人事档案」的办结日提前"), "{said}");
    assert_eq!(
        archived.warned(41, &correct(Event::ARCHIVED_PERSONNEL)),
        "",
        "against oneself needs no warning"
    );
}

#[test]
fn a_started_accountability_that_nobody_reviews_is_an_obligation_of_its_own() {
    let policy = Policy::builtin();
    let limit = policy.limit(Kind::ParallelReview).expect("a limit of the profile");
    assert_eq!(limit.anchor, Anchor::Event(Event::ACCOUNTABILITY_STARTED));
    assert_eq!(limit.done_by, Some(Event::REVIEWED));
    let applied_first = Story::new()
        .then(0, apply())
        .then(3, Act::Accept)
        .then(4, Act::StartAccountability);
    for story in [Story::new().then(4, Act::StartAccountability), applied_first] {
        let days = story.state.timeline().days;
        assert_eq!(days.get(&Event::ACCOUNTABILITY_STARTED), Some(&d(4)));
        assert!(!days.contains_key(&Event::REVIEWED));
        let reviewed = story.then(5, review(false));
        assert_eq!(reviewed.state.timeline().days.get(&Event::REVIEWED), Some(&d(5)));
    }
}
