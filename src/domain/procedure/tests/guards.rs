//! Each guard of the profile, in force and not.

use super::super::*;
use super::story::*;
use crate::domain::case::Conclusion;
use crate::domain::policy::{Event, Guard, Policy};

/// What is refused with the guard and possible without it.
fn refused_by(guard: Guard, tell: impl Fn(Policy) -> Story, day: u64, act: &Act, reason: &str) {
    let said = tell(Policy::builtin()).refused(day, act);
    assert!(said.contains(reason), "{guard:?}: {said}");
    let mut story = tell(without(&[guard]));
    if let Err(refused) = story.attempt(day, act) {
        panic!("without {guard:?}: {refused}");
    }
    story = story.then(day, act.clone());
    assert_eq!(
        CaseState::of(story.acts.iter().map(|(act, day)| (act, *day))),
        story.state
    );
}

/// What is said with the guard and not without it.
fn said_by(guard: Guard, tell: impl Fn(Policy) -> Story, day: u64, act: &Act, words: &str) {
    let said = tell(Policy::builtin()).warned(day, act);
    assert!(said.contains(words), "{guard:?}: {said}");
    let said = tell(without(&[guard])).warned(day, act);
    assert!(!said.contains(words), "without {guard:?}: {said}");
}

fn applied(policy: Policy) -> Story {
    open_under(policy).then(3, apply())
}

fn looked_into(policy: Policy) -> Story {
    six(open_under(policy), 10)
}

fn decided_under(policy: Policy) -> Story {
    looked_into(policy).then(20, report(true)).then(25, decide())
}

#[test]
fn every_guard_that_the_procedure_keeps_has_its_case_here() {
    // The organ is asked for where a case is opened, not by the step.
    assert_eq!(Guard::ALL.len(), 15);
}

#[test]
fn a_review_follows_accountability() {
    let guard = Guard::ReviewFollowsAccountability;
    refused_by(guard, Story::under, 0, &review(true), "请先登记问责启动");
    let story = Story::under(without(&[guard]));
    assert_eq!(story.clone().then(0, review(true)).state.stage, Stage::Open);
    let none = story.then(0, review(false));
    assert_eq!(none.state.stage, Stage::NoCircumstance, "a reviewed case is no new one");
    assert_eq!(
        none.then(1, Act::StartAccountability).state.stage,
        Stage::NoCircumstance,
        "what was reviewed before waits for no other review"
    );
}

#[test]
fn an_application_is_accepted_before_anything_goes_on() {
    let guard = Guard::ApplicationAcceptedFirst;
    let reason = "请先登记受理";
    refused_by(guard, applied, 10, &consider(Aspect::Motive, Weight::For), reason);
    refused_by(guard, applied, 10, &report(true), reason);
    refused_by(guard, applied, 10, &terminate(), reason);
}

#[test]
fn a_withdrawn_application_does_not_stop_what_the_organ_began() {
    let accepted = |policy| applied(policy).then(4, Act::Accept);
    refused_by(
        Guard::AutomaticStartStands,
        accepted,
        10,
        &withdraw(),
        "不因撤回申请而停止",
    );
    let started_only = |policy| Story::under(policy).then(0, apply()).then(1, Act::StartAccountability);
    refused_by(
        Guard::AutomaticStartStands,
        started_only,
        10,
        &withdraw(),
        "不因撤回申请而停止",
    );
}

#[test]
fn a_decision_waits_for_the_report() {
    refused_by(
        Guard::ReportBeforeDecision,
        looked_into,
        25,
        &decide(),
        "在调查报告形成之后",
    );
}

#[test]
fn a_conclusion_rests_on_a_meeting_of_several_that_is_minuted() {
    let guard = Guard::CollectiveDecision;
    let reported = |policy| looked_into(policy).then(20, report(true));
    let alone = |minutes: &str, attendees| Act::Decide {
        meeting: Meeting {
            attendees,
            minutes_no: text(minutes),
        },
    };
    refused_by(guard, reported, 25, &alone("纪要 1", 1), "参加人数须在 2 人以上");
    refused_by(guard, reported, 25, &alone(" ", 5), "请写明会议纪要编号");
    refused_by(guard, reported, 26, &conclude(Conclusion::Exempted), "请先登记集体研究");
    let concluded = |policy| decided_under(policy).then(26, conclude(Conclusion::Exempted));
    let revoked_alone = Act::Revoke {
        doc_no: text("撤 1"),
        reason: text("隐瞒"),
        meeting: Meeting {
            attendees: 1,
            minutes_no: String::new(),
        },
    };
    refused_by(guard, concluded, 60, &revoked_alone, "参加人数须在 2 人以上");
}

#[test]
fn a_tolerant_conclusion_has_all_six_considerations() {
    let guard = Guard::SixConsiderations;
    let five = |policy| {
        let mut story = open_under(policy);
        for aspect in Aspect::ALL.into_iter().filter(|aspect| *aspect != Aspect::Handling) {
            story = story.then(10, consider(aspect, Weight::For));
        }
        story
    };
    said_by(guard, five, 20, &report(true), "六看还缺 处置行为");
    let decided = |policy| five(policy).then(20, report(true)).then(25, decide());
    for tolerant in [
        Conclusion::NotAccountable,
        Conclusion::Exonerated,
        Conclusion::Lighter,
        Conclusion::Mitigated,
    ] {
        refused_by(guard, decided, 26, &conclude(tolerant), "六看还缺 处置行为");
    }
    said_by(
        guard,
        decided,
        26,
        &conclude(Conclusion::NotTolerated),
        "六看还缺 处置行为",
    );
}

fn grave(policy: Policy) -> Story {
    looked_into(policy)
        .then(11, consider(Aspect::Motive, Weight::ForGain))
        .then(20, report(true))
        .then(25, decide())
}

#[test]
fn a_grave_finding_is_exonerated_only_by_a_written_word() {
    let guard = Guard::NoUmbrella;
    for full in [Conclusion::NotAccountable, Conclusion::Exempted, Conclusion::Exonerated] {
        refused_by(guard, grave, 26, &conclude(full), "主观动机「谋取私利」");
    }
    let story = grave(Policy::builtin());
    for (what, approval) in [
        (
            "批准人",
            Override {
                by: text(" "),
                ..approval()
            },
        ),
        (
            "理由",
            Override {
                reason: text(" "),
                ..approval()
            },
        ),
        (
            "文号",
            Override {
                doc_no: text(" "),
                ..approval()
            },
        ),
    ] {
        let said = story.refused(26, &conclude_over(Conclusion::Exempted, approval));
        assert!(said.contains(&format!("请写明特批的{what}")), "{said}");
    }
    let act = conclude_over(Conclusion::Exempted, approval());
    assert!(act.zh(&Policy::builtin()).contains("书面特批"), "the journal names it");
    let accepted = story.attempt(26, &act).expect("approved");
    assert_eq!(accepted.effects, [Effect::ApprovedOver]);
    let timeline = accepted.state.timeline();
    assert_eq!(
        timeline.days.get(&Event::OVERRIDDEN),
        Some(&d(26)),
        "it is to be reported"
    );
    assert!(!timeline.days.contains_key(&Event::OVERRIDE_REPORTED));
    let idle = decided_under(Policy::builtin());
    assert!(idle.refused(26, &act).contains("不需要书面特批"));
    let capped = conclude_over(Conclusion::Mitigated, approval());
    assert!(story.refused(26, &capped).contains("不需要书面特批"));
}

#[test]
fn a_grave_finding_is_answered_by_a_conclusion() {
    let guard = Guard::NoUmbrella;
    let grave = |policy| open_under(policy).then(10, consider(Aspect::Nature, Weight::Knowingly));
    refused_by(guard, grave, 12, &terminate(), "问题性质「明知故犯」，应当作出结论");
    let applied = |policy| {
        Story::under(policy)
            .then(0, apply())
            .then(3, Act::Accept)
            .then(10, consider(Aspect::Nature, Weight::Knowingly))
    };
    refused_by(guard, applied, 12, &withdraw(), "问题性质「明知故犯」，应当作出结论");
}

#[test]
fn a_measure_beside_an_exoneration_is_no_sanction() {
    let guard = Guard::LenientMeasures;
    let with = |measure: &str| {
        let mut act = conclude(Conclusion::Exempted);
        if let Act::Conclude { measure: own, .. } = &mut act {
            *own = Some(text(measure));
        }
        act
    };
    for sanction in ["诫勉", "批评教育并诫勉", "党内警告"] {
        said_by(guard, decided_under, 26, &with(sanction), "超出了这个范围");
    }
    for lenient in ["批评教育", "给予批评教育，责令作出书面检查", "无", " "] {
        let said = decided_under(Policy::builtin()).warned(26, &with(lenient));
        assert_eq!(said, "", "{lenient}");
    }
}

#[test]
fn a_capped_conclusion_names_what_mitigates_it() {
    let bare = |conclusion| {
        let mut act = conclude(conclusion);
        if let Act::Conclude { mitigation, .. } = &mut act {
            *mitigation = Some(text(" "));
        }
        act
    };
    for capped in [Conclusion::Lighter, Conclusion::Mitigated] {
        said_by(
            Guard::MitigationEvidence,
            decided_under,
            26,
            &bare(capped),
            "减轻损失的证据",
        );
        assert_eq!(decided_under(Policy::builtin()).warned(26, &conclude(capped)), "");
    }
    assert_eq!(
        decided_under(Policy::builtin()).warned(26, &bare(Conclusion::Exempted)),
        ""
    );
}

#[test]
fn a_conclusion_names_its_legal_basis() {
    let bare = |conclusion, measure: Option<&str>| {
        let mut act = conclude(conclusion);
        if let Act::Conclude {
            basis, measure: own, ..
        } = &mut act
        {
            *basis = None;
            *own = measure.map(text);
        }
        act
    };
    let words = "没有写明法规依据";
    said_by(
        Guard::BasisNamed,
        decided_under,
        26,
        &bare(Conclusion::Exempted, None),
        words,
    );
    said_by(
        Guard::BasisNamed,
        decided_under,
        26,
        &bare(Conclusion::Lighter, Some("诫勉")),
        words,
    );
    said_by(
        Guard::BasisNamed,
        decided_under,
        26,
        &bare(Conclusion::NotTolerated, Some("党内警告")),
        words,
    );
    let said = decided_under(Policy::builtin()).warned(26, &bare(Conclusion::NotTolerated, None));
    assert_eq!(said, "", "without measure nothing needs a basis");
}

#[test]
fn telling_and_explaining_do_not_stand_for_each_other() {
    let guard = Guard::ToldOrExplained;
    let tolerated = |policy| decided_under(policy).then(26, conclude(Conclusion::Exempted));
    let not = |policy| decided_under(policy).then(26, conclude(Conclusion::NotTolerated));
    refused_by(guard, tolerated, 27, &explain(), "解释答复只用于不予容错");
    for told in [Told::Subject, Told::Competent, Told::Superior, Told::Organization] {
        refused_by(guard, not, 27, &tell(told), "登记解释答复");
        let once = tolerated(Policy::builtin()).then(27, tell(told));
        assert!(once.refused(28, &tell(told)).contains("case correct"), "each once");
    }
}

#[test]
fn both_archives_give_a_receipt() {
    let guard = Guard::ArchiveReceipts;
    let concluded = |policy| decided_under(policy).then(26, conclude(Conclusion::Exempted));
    for into in [Archive::Personnel, Archive::Integrity] {
        for receipt in [None, Some(text(" "))] {
            refused_by(guard, concluded, 28, &Act::Archive { into, receipt }, "回执编号");
        }
    }
    let file = Act::Archive {
        into: Archive::File,
        receipt: None,
    };
    assert_eq!(
        concluded(Policy::builtin()).warned(28, &file),
        "",
        "the case file is the organ's own"
    );
    let archived = |policy| concluded(policy).then(28, archive(Archive::Personnel, "回 7"));
    said_by(
        guard,
        archived,
        28,
        &archive(Archive::Integrity, " 回 7"),
        "两份档案各有一个回执",
    );
    let both = archived(Policy::builtin()).then(29, archive(Archive::Integrity, "廉 9"));
    let receipt = |event| both.state.receipts.get(&event).map(String::as_str);
    assert_eq!(receipt(Event::ARCHIVED_PERSONNEL), Some("回 7"));
    assert_eq!(receipt(Event::ARCHIVED_INTEGRITY), Some("廉 9"));
}

#[test]
fn a_public_clarification_needs_consent() {
    let guard = Guard::ClarificationConsent;
    let open = |policy| Story::under(policy).then(0, open_clarification());
    for reach in [Reach::Unit, Reach::System, Reach::Public] {
        refused_by(guard, open, 10, &clarify(reach, false), "须先征得本人同意");
    }
    let told = clarifying().then(10, clarify(Reach::Subject, false));
    assert_eq!(told.state.conclusion, Some(Conclusion::Clarified));
    assert_eq!(told.state.standing(), Conclusion::Clarified, "a protection of its own");
}

#[test]
fn a_referral_belongs_to_a_clarification() {
    refused_by(
        Guard::ReferralFromClarification,
        open_under,
        10,
        &refer(),
        "请先登记澄清",
    );
    let nothing = Story::under(without(&[Guard::ReferralFromClarification]));
    assert!(nothing.refused(0, &refer()).contains("案件还没有登记"));
    assert_eq!(clarified().then(12, refer()).state.days[&Event::REFERRED], d(12));
}

#[test]
fn without_any_guard_days_still_have_an_order() {
    let story = open_under(without(Guard::ALL)).then(10, consider(Aspect::Motive, Weight::For));
    assert!(story.refused(1, &conclude(Conclusion::Exempted)).contains("早于"));
    assert!(
        story
            .refused(9, &conclude(Conclusion::Exempted))
            .contains("早于六看·主观动机")
    );
    assert!(story.refused(1, &decide()).contains("早于"));
    assert_eq!(
        story.then(10, conclude(Conclusion::Exempted)).state.stage,
        Stage::Concluded
    );
}
