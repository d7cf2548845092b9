//! All acts in all stages, and what lists and protections do to a finding.

use super::*;
use crate::domain::policy::NumberFrom;
use crate::domain::protection::{Attribution, Document, OutcomeClass};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn gravity(verdict: Verdict, attribution: Attribution, is_final: bool) -> Gravity {
    Gravity {
        verdict,
        attribution: Some(attribution),
        is_final,
    }
}

fn mild() -> Gravity {
    gravity(Verdict::Suspect, Attribution::Implied, false)
}

fn open() -> State {
    State::opened(Some("云川市/住建局".to_owned()), mild())
}

fn corrected(result: &str) -> Act {
    Act::Answer(Answer::Corrected {
        result: result.to_owned(),
        baseline: None,
        decided_on: day("2026-11-20"),
        doc_no: "云组干〔2026〕12号".to_owned(),
    })
}

fn other_cause() -> Act {
    Act::Answer(Answer::OtherCause {
        doc_no: "云纪〔2026〕3号".to_owned(),
        reason: "另案受警告处分".to_owned(),
    })
}

fn mistaken() -> Act {
    Act::Answer(Answer::Mistaken {
        reason: "同名的另一人".to_owned(),
    })
}

fn hand_over() -> Act {
    Act::HandOver {
        unit: "云川市/人社局".to_owned(),
        person: Some("许工资".to_owned()),
        reason: "由人社局核定".to_owned(),
    }
}

fn refuse() -> Act {
    Act::Refuse {
        reason: "文件与本人无关".to_owned(),
    }
}

const KNOWN: Known<'static> = Known {
    outcome: Some((OutcomeClass::Ordinary, "结果“称职”属一般")),
    restores: false,
    document: Document::Other,
    decided_on: None,
};

fn by(name: &'static str, state: &State, act: &Act, known: &Known<'_>) -> Result<Accepted, String> {
    let said = Said {
        act,
        by: name,
        today: day("2026-11-24"),
    };
    step(state, &said, known).map_err(|refused| refused.0)
}

fn answered() -> State {
    by("何收文", &open(), &other_cause(), &KNOWN).expect("possible").state
}

fn closed(how: Closing) -> State {
    let state = match how {
        Closing::Corrected => by("何收文", &open(), &corrected("称职"), &KNOWN),
        Closing::OtherCause => by("孟科长", &answered(), &Act::Confirm, &KNOWN),
        Closing::Mistaken => {
            let waits = by("何收文", &open(), &mistaken(), &KNOWN).expect("possible").state;
            by("孟科长", &waits, &Act::Confirm, &KNOWN)
        }
        Closing::Unprotected => Ok(rejudged(
            &open(),
            &Ruled {
                verdict: None,
                why: "撤销".to_owned(),
            },
        )
        .expect("a change")),
    };
    state.expect("possible").state
}

/// Where each act leads, and what follows.
type Cells = [(&'static str, &'static [Effect]); 6];
/// A state, what something graver does to it, and what the same in a later list does.
type Row = (State, &'static [Effect], Option<&'static [Effect]>);

#[test]
fn every_act_in_every_stage() {
    use Effect as E;
    let acts = [
        corrected("称职"),
        other_cause(),
        mistaken(),
        hand_over(),
        Act::Confirm,
        refuse(),
    ];
    // One row a stage: what each act leads to, in the order above; an empty string is a refusal.
    let rows: [(State, Cells); 6] = [
        (
            open(),
            [
                ("closed", &[E::ReplyMet]),
                ("answered", &[E::ReplyMet, E::ConfirmOpened]),
                ("answered", &[E::ReplyMet, E::ConfirmOpened]),
                ("open", &[E::ReplyHandedOver]),
                ("", &[]),
                ("", &[]),
            ],
        ),
        (
            answered(),
            [
                ("", &[]),
                ("", &[]),
                ("", &[]),
                ("", &[]),
                ("closed", &[E::ConfirmMet]),
                ("open", &[E::ConfirmMet, E::ReplyAgain]),
            ],
        ),
        (closed(Closing::Corrected), [("", &[]); 6]),
        (closed(Closing::OtherCause), [("", &[]); 6]),
        (closed(Closing::Mistaken), [("", &[]); 6]),
        (closed(Closing::Unprotected), [("", &[]); 6]),
    ];
    for (state, cells) in rows {
        for (act, (stage, effects)) in acts.iter().zip(cells) {
            match by("孟科长", &state, act, &KNOWN) {
                Ok(accepted) => {
                    assert_eq!(
                        (accepted.state.stage.as_str(), accepted.effects.as_slice()),
                        (stage, effects),
                        "{act:?}"
                    );
                }
                Err(said) => assert!(
                    stage.is_empty() && !said.is_empty(),
                    "{:?} {act:?}: {said}",
                    state.stage
                ),
            }
        }
    }
}

#[test]
fn how_a_finding_ended_is_what_was_answered() {
    for how in Closing::ALL {
        let state = closed(how);
        assert_eq!((state.stage, state.closed_by), (Stage::Closed, Some(how)));
        assert_eq!(Closing::from_text(how.as_str()), Some(how));
    }
}

#[test]
fn the_second_person_is_another_one_however_the_name_is_written() {
    for act in [Act::Confirm, refuse()] {
        for same in ["何收文", " 何 收文", "何收文　"] {
            let said = by(same, &answered(), &act, &KNOWN).expect_err("the same person");
            assert!(said.contains("另一人"), "{said}");
        }
    }
    let again = by("孟科长", &answered(), &refuse(), &KNOWN).expect("possible").state;
    assert_eq!((again.stage, again.given), (Stage::Open, None));
}

#[test]
fn a_correction_is_judged_by_its_words_and_its_day() {
    use {Document as D, OutcomeClass as C};
    let with = |outcome, restores, document, decided_on| Known {
        outcome: Some(outcome),
        restores,
        document,
        decided_on,
    };
    let now = Some(day("2026-11-10"));
    for (known, why) in [
        (
            with((C::Adverse, "结果“基本称职”属不利"), false, D::Other, now),
            "仍然不利",
        ),
        (
            with((C::Unknown, "结果“另议”没有规则认识"), false, D::Other, now),
            "不能认定",
        ),
        (with((C::Ordinary, ""), false, D::Missing, now), "不是文号"),
        (
            with((C::Ordinary, ""), false, D::Other, Some(day("2026-11-21"))),
            "早于",
        ),
    ] {
        let said = by("何收文", &open(), &corrected("某"), &known).expect_err(why);
        assert!(said.contains(why), "{said}");
    }
    for known in [
        with((C::Favourable, ""), false, D::Other, now),
        with((C::Unknown, ""), true, D::OfCase, now),
    ] {
        by("何收文", &open(), &corrected("恢复"), &known).expect("corrected");
    }
    let early = Said {
        act: &corrected("称职"),
        by: "何收文",
        today: day("2026-11-19"),
    };
    assert!(step(&open(), &early, &KNOWN).is_err_and(|refused| refused.0.contains("晚于今天")));
}

#[test]
fn the_case_s_own_document_is_no_other_cause() {
    let own = Known {
        document: Document::OfCase,
        ..KNOWN
    };
    assert!(by("何收文", &open(), &other_cause(), &own).is_err_and(|said| said.contains("自己的文号")));
    let none = Known {
        document: Document::Missing,
        ..KNOWN
    };
    assert!(by("何收文", &open(), &other_cause(), &none).is_err());
    assert!(
        by("何收文", &open(), &mistaken(), &none).is_ok(),
        "a mistake needs no document"
    );
    assert!(by(" ", &open(), &mistaken(), &KNOWN).is_err(), "nobody");
}

#[test]
fn handing_over_changes_who_owes_the_answer_once() {
    let handed = by("何收文", &open(), &hand_over(), &KNOWN).expect("possible").state;
    assert_eq!(handed.owner.zh(), "云川市/人社局（许工资）");
    assert!(by("何收文", &handed, &hand_over(), &KNOWN).is_err_and(|said| said.contains("不必转办")));
}

#[test]
fn what_comes_again_is_known_graver_or_a_contradiction() {
    use Effect as E;
    let graver = [
        gravity(Verdict::Suspect, Attribution::Implied, true),
        gravity(Verdict::Suspect, Attribution::Explicit, false),
        gravity(Verdict::Violation, Attribution::Implied, false),
    ];
    let alike = [mild(), gravity(Verdict::Suspect, Attribution::None, false)];
    let rows: [Row; 6] = [
        (open(), &[E::ReplyRaised], None),
        (answered(), &[E::ConfirmVoid, E::ReplyAgain], None),
        (closed(Closing::Corrected), &[E::ReplyAgain], Some(&[E::ReplyAgain])),
        (closed(Closing::Unprotected), &[E::ReplyAgain], Some(&[E::ReplyAgain])),
        (closed(Closing::OtherCause), &[E::ReplyAgain], None),
        (closed(Closing::Mistaken), &[E::ReplyAgain], None),
    ];
    let again = |gravity, later| Again {
        gravity,
        later,
        place: "终.csv，第 2 行".to_owned(),
    };
    for (state, raised, contradicted) in rows {
        for gravity in graver {
            for later in [true, false] {
                let accepted = recur(&state, &again(gravity, later)).expect("graver");
                assert_eq!(
                    (accepted.state.stage, accepted.effects.as_slice()),
                    (Stage::Open, raised)
                );
                assert_eq!((accepted.state.given, accepted.state.closed_by), (None, None));
                assert!(accepted.said.contains("终.csv"), "{}", accepted.said);
            }
        }
        for gravity in alike {
            let effects = recur(&state, &again(gravity, true)).map(|accepted| accepted.effects);
            assert_eq!(
                effects.as_deref(),
                contradicted,
                "{:?} {:?}",
                state.stage,
                state.closed_by
            );
            assert_eq!(
                recur(&state, &again(gravity, false)),
                None,
                "a list known before the answer"
            );
        }
    }
}

#[test]
fn gravity_only_rises() {
    let mut one = gravity(Verdict::Violation, Attribution::Explicit, false);
    one.rise_to(gravity(Verdict::Suspect, Attribution::None, true));
    assert_eq!(one, gravity(Verdict::Violation, Attribution::Explicit, true));
    assert_eq!(one.risen_in(mild()), None);
}

#[test]
fn judging_again_closes_lowers_or_raises() {
    use Effect as E;
    let ruled = |verdict| Ruled {
        verdict,
        why: "案件现为免责".to_owned(),
    };
    for (state, void, raised) in [
        (open(), E::ReplyVoid, vec![E::ReplyRaised]),
        (answered(), E::ConfirmVoid, vec![E::ConfirmVoid, E::ReplyAgain]),
    ] {
        let ended = rejudged(&state, &ruled(None)).expect("closed");
        assert_eq!(
            (ended.state.stage, ended.state.closed_by, ended.effects),
            (Stage::Closed, Some(Closing::Unprotected), vec![void])
        );
        let graver = rejudged(&state, &ruled(Some(Verdict::Violation))).expect("raised");
        assert_eq!((graver.state.stage, graver.effects), (Stage::Open, raised));
        assert_eq!(rejudged(&state, &ruled(Some(Verdict::Suspect))), None);
    }
    let mut grave = open();
    grave.gravity.verdict = Verdict::Violation;
    let lower = rejudged(&grave, &ruled(Some(Verdict::Suspect))).expect("changed");
    assert_eq!((lower.state.stage, lower.effects), (Stage::Open, vec![]));
    for how in Closing::ALL {
        assert_eq!(rejudged(&closed(how), &ruled(None)), None);
        let again = rejudged(&closed(how), &ruled(Some(Verdict::Violation)));
        let again = again.map(|again| (again.state.stage, again.state.closed_by, again.effects));
        let reopened = Some((Stage::Open, None, vec![E::ReplyAgain]));
        assert_eq!(again, reopened.filter(|_| how == Closing::Unprotected));
    }
}

// ---- who follows whom ----

fn finding(id: &str, domain: Domain, period: &str, reason: &str) -> Finding {
    Finding {
        id: FindingId::of(id),
        key: id.to_owned(),
        case: CaseId::of("RC-1"),
        case_no: "RC-1".to_owned(),
        person: PersonId::of("林甲"),
        run: RunId::of("run"),
        domain,
        verdict: "suspect".to_owned(),
        cell: "full/adverse/implied".to_owned(),
        why: String::new(),
        matched: Vec::new(),
        item: String::new(),
        result: "基本称职".to_owned(),
        baseline: String::new(),
        reason: reason.to_owned(),
        evidence: String::new(),
        period: Some(period.to_owned()),
        file: "考核.csv".to_owned(),
        sheet: None,
        row: Some(2),
        unit: None,
        decided_on: None,
        is_final: true,
        predecessor: None,
        opened: Moment::parse("2026-11-24").expect("a moment"),
    }
}

#[test]
fn a_later_outcome_names_the_earlier_one_it_follows_from() {
    let rules = [Consequence {
        after: Domain::AnnualAppraisal,
        domains: vec![Domain::Appointment],
        years: 1,
        named: vec!["考核".to_owned()],
        clause: "第二十四条".to_owned(),
        number_from: NumberFrom::Policy,
    }];
    let old = finding("a", Domain::AnnualAppraisal, "2023", "");
    let near = finding("b", Domain::AnnualAppraisal, "2025", "");
    let mut foreign = finding("c", Domain::AnnualAppraisal, "2025", "");
    foreign.case = CaseId::of("RC-2");
    let all = [old.clone(), near.clone(), foreign.clone()];
    let of = |domain, period: &str, reason: &str, others: &[Finding]| {
        predecessor(&finding("x", domain, period, reason), others, &rules).map(|(earlier, _)| earlier.id.clone())
    };
    assert_eq!(of(Domain::Appointment, "2026", "", &all), Some(near.id.clone()));
    assert_eq!(of(Domain::Appointment, "2024", "", &all), Some(old.id.clone()));
    assert_eq!(of(Domain::Appointment, "2027", "", &all), None, "too late");
    assert_eq!(
        of(Domain::Appointment, "2027", "近年考核情况", &all),
        Some(near.id.clone())
    );
    assert_eq!(of(Domain::Appointment, "2025", "", &all), None, "the same year");
    assert_eq!(of(Domain::Salary, "2026", "", &all), None, "no rule reaches it");
    assert_eq!(
        of(Domain::Appointment, "2026", "", &[foreign]),
        None,
        "another protection"
    );
}

#[test]
fn what_is_graver_takes_the_place_of_what_was_found() {
    let mut first = finding("a", Domain::Appointment, "2026", "有关工作");
    first.result = "拟免职".to_owned();
    first.is_final = false;
    let mut second = finding("b", Domain::Appointment, "2026", "因被容错");
    second.result = "免职".to_owned();
    second.verdict = "violation".to_owned();
    second.cell = "full/adverse/explicit".to_owned();
    second.row = Some(9);
    assert!(first.same_matter(&second) && first.same_words(&second));
    first.take(&second);
    assert_eq!(
        first.gravity(),
        gravity(Verdict::Violation, Attribution::Explicit, true)
    );
    assert_eq!(
        (first.result.as_str(), first.row, first.reason.as_str()),
        ("免职", Some(9), "因被容错")
    );
    let mut milder = finding("c", Domain::Appointment, "2026", "");
    milder.cell = "full/adverse/none".to_owned();
    first.take(&milder);
    assert_eq!(
        first.gravity(),
        gravity(Verdict::Violation, Attribution::Explicit, true)
    );
    assert_eq!(first.reason, "因被容错", "the words that made it grave stay");
}
