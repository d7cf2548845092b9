//! Whatever is tried in whatever order: what must hold of every case.

use super::super::*;
use super::story::*;
use crate::domain::case::{Conclusion, Level};
use crate::domain::contact::Role;
use crate::domain::deadline::Unit;
use crate::domain::name::Name;
use crate::domain::obligation::Timeline;
use crate::domain::policy::{Event, Guard, Policy};
use proptest::prelude::*;
use std::sync::LazyLock;

/// The profiles: with every guard, without any, and one with events of its own.
static POLICIES: LazyLock<[Policy; 3]> = LazyLock::new(|| [Policy::builtin(), without(Guard::ALL), statutes()]);

fn words() -> impl Strategy<Value = String> {
    prop_oneof![9 => Just(text("写明")), 1 => Just(text(" "))]
}

fn option() -> impl Strategy<Value = Option<String>> {
    prop::option::of(words())
}

fn meetings() -> impl Strategy<Value = Meeting> {
    (0..4_u32, words()).prop_map(|(attendees, minutes_no)| Meeting { attendees, minutes_no })
}

fn conclusions() -> impl Strategy<Value = Conclusion> {
    prop::sample::select(Conclusion::ALL.to_vec())
}

fn events() -> impl Strategy<Value = Event> {
    let mut events: Vec<Event> = Event::BUILT_IN.iter().map(|(event, _)| *event).collect();
    events.push(Event(Name::known("appeal_accepted")));
    prop::sample::select(events)
}

fn limits() -> impl Strategy<Value = Name> {
    prop::sample::select(vec![
        Name::known("investigation"),
        Name::known("decision"),
        Name::known("civil_appeal_decide"),
        Name::known("unknown"),
    ])
}

fn roles() -> impl Strategy<Value = Role> {
    prop::sample::select(vec![Role::Leader, Role::DeputyLeader, Role::Handler])
}

fn concluding() -> impl Strategy<Value = Act> {
    let over = prop::option::of((words(), words()).prop_map(|(by, reason)| Override {
        by,
        reason,
        doc_no: text("特批 1"),
    }));
    (conclusions(), option(), option(), option(), over).prop_map(
        |(conclusion, doc_no, measure, basis, approved_over)| Act::Conclude {
            conclusion,
            doc_no,
            measure,
            basis,
            mitigation: None,
            approved_over,
        },
    )
}

fn considering() -> impl Strategy<Value = Act> {
    let weights = prop::sample::select(Weight::ALL.to_vec());
    (prop::sample::select(Aspect::ALL.to_vec()), weights, words()).prop_map(|(aspect, weight, finding)| Act::Consider {
        aspect,
        weight,
        finding,
        evidence: text("证据"),
    })
}

fn registering() -> impl Strategy<Value = Act> {
    (conclusions(), any::<bool>(), prop::option::of(0..700_u64)).prop_map(|(conclusion, revoked, on)| Act::Register {
        conclusion: text(conclusion.zh()),
        days: [(Event::CONCLUSION, d(0))].into(),
        doc_no: None,
        measure: None,
        revoked_on: on.map(d),
        revoked,
    })
}

fn beginning() -> impl Strategy<Value = Act> {
    prop_oneof![
        registering(),
        Just(Act::StartAccountability),
        (any::<bool>(), words()).prop_map(|(fits, note)| Act::Review { fits, note }),
        Just(apply()),
        Just(Act::Accept),
        Just(open_clarification()),
    ]
}

fn deciding() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => considering(),
        2 => (words(), any::<bool>()).prop_map(|(title, fits)| Act::Report { title, fits }),
        2 => meetings().prop_map(|meeting| Act::Decide { meeting }),
        3 => concluding(),
        1 => (words(), words(), meetings()).prop_map(|(doc_no, reason, meeting)| Act::Revoke { doc_no, reason, meeting }),
        1 => words().prop_map(|reason| Act::Withdraw { reason }),
        1 => words().prop_map(|reason| Act::Terminate { reason }),
        1 => (words(), any::<bool>()).prop_map(|(form, consent)| Act::Clarify {
            verified_by: text("核实组"),
            form,
            reach: Reach::Unit,
            consent,
            doc_no: None,
        }),
    ]
}

fn following() -> impl Strategy<Value = Act> {
    let told = prop::sample::select(vec![Told::Subject, Told::Competent, Told::Superior, Told::Organization]);
    let into = prop::sample::select(vec![Archive::Personnel, Archive::Integrity, Archive::File]);
    prop_oneof![
        1 => (told, option()).prop_map(|(to, receipt)| Act::Tell { to, receipt }),
        1 => words().prop_map(|reasons| Act::Explain { reasons }),
        1 => (into, option()).prop_map(|(into, receipt)| Act::Archive { into, receipt }),
        1 => words().prop_map(|measures| Act::Remedy { measures }),
        1 => words().prop_map(|content| Act::Guide { content }),
        1 => words().prop_map(|to| Act::Refer { to, doc_no: text("移送 1") }),
        3 => events().prop_map(record),
        3 => events().prop_map(correct),
    ]
}

fn clocking() -> impl Strategy<Value = Act> {
    prop_oneof![
        (limits(), 0..40_u32, roles()).prop_map(|(limit, amount, approver)| Act::Extend {
            limit,
            amount,
            unit: Unit::WorkingDay,
            approver,
            reason: text("案情复杂"),
            informed_on: None,
        }),
        (limits(), roles()).prop_map(|(limit, approver)| Act::Suspend {
            limit,
            approver,
            reason: text("等待上级机关答复"),
        }),
        limits().prop_map(|limit| Act::Resume { limit }),
        (limits(), 0..700_u64, 0..700_u64).prop_map(|(limit, from, until)| Act::Postpone {
            limit,
            from: d(from),
            until: d(until),
            reason: text("洪水"),
        }),
    ]
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![2 => beginning(), 4 => deciding(), 4 => following(), 1 => clocking()]
}

/// How a case came where the trying begins.
fn prefixes() -> impl Strategy<Value = Vec<(Act, chrono::NaiveDate)>> {
    let stories = vec![
        Story::new(),
        Story::new().then(0, apply()),
        open(),
        accepted(),
        reported(),
        decided(),
        grave(),
        concluded(),
        not_tolerated(),
        clarifying(),
        clarified(),
        revoked(),
        accepted().then(5, withdraw()),
    ];
    prop::sample::select(stories.into_iter().map(|story| story.acts).collect::<Vec<_>>())
}

/// Days that mostly go forwards, sometimes back, sometimes beyond today.
fn moves() -> impl Strategy<Value = i64> {
    prop_oneof![8 => 0..12_i64, 2 => -15..0_i64, 1 => 80..400_i64]
}

/// What a case must satisfy at any time.
fn sound(state: &CaseState, policy: &Policy) {
    let order = [
        (Event::APPLIED, Event::ACCEPTED),
        (Event::INVESTIGATION_STARTED, Event::REPORT_FORMED),
        (Event::INVESTIGATION_STARTED, Event::DECIDED),
        (Event::REPORT_FORMED, Event::DECIDED),
        (Event::DECIDED, Event::CONCLUSION),
        (Event::CONCLUSION, Event::FEEDBACK_SUBJECT),
        (Event::CONCLUSION, Event::FEEDBACK_ORGANIZATION),
        (Event::CONCLUSION, Event::EXPLAINED),
        (Event::CONCLUSION, Event::ARCHIVED_PERSONNEL),
        (Event::CONCLUSION, Event::ARCHIVED_INTEGRITY),
        (Event::CONCLUSION, Event::VISITED_1),
        (Event::VISITED_1, Event::VISITED_2),
        (Event::VISITED_2, Event::VISITED_3),
        (Event::REMEDIED, Event::REMEDY_CHECKED),
        (Event::GUIDED, Event::GUIDANCE_CHECKED),
        (Event::REFERRED, Event::REFERRAL_ANSWERED),
        (Event::CLARIFICATION_OPENED, Event::CLARIFIED),
        (Event::OVERRIDDEN, Event::OVERRIDE_REPORTED),
        (Event::REVOKED, Event::REVOCATION_TOLD),
    ];
    let accepted_first = [
        (Event::ACCEPTED, Event::REPORT_FORMED),
        (Event::ACCEPTED, Event::DECIDED),
    ];
    let accepted_first = accepted_first
        .into_iter()
        .filter(|_| policy.insists_on(Guard::ApplicationAcceptedFirst));
    for (before, after) in order.into_iter().chain(accepted_first) {
        if let (Some(first), Some(second)) = (state.days.get(&before), state.days.get(&after)) {
            assert!(first <= second, "{before:?} {first} after {after:?} {second}");
        }
    }
    for considered in state.considered.values() {
        let begun = state.days.get(&Event::INVESTIGATION_STARTED);
        assert!(
            begun.is_none_or(|begun| *begun <= considered.day),
            "considered before it began"
        );
        let concluded = state.days.get(&Event::CONCLUSION);
        assert!(
            concluded.is_none_or(|day| considered.day <= *day),
            "considered after the conclusion"
        );
    }
    for (event, day) in &state.days {
        let own = policy.own_events().iter().any(|own| own.id == *event);
        assert!(own || *day <= d(TODAY), "{event:?} has not come");
    }
    if policy.insists_on(Guard::ApplicationAcceptedFirst) && state.has(Event::DECIDED) {
        assert!(
            !state.has(Event::APPLIED) || state.has(Event::ACCEPTED),
            "left unaccepted"
        );
    }
    if state.has(Event::CONCLUSION) && !state.registered {
        assert!(
            !state.has(Event::ACCOUNTABILITY_STARTED) || state.has(Event::REVIEWED),
            "never reviewed"
        );
    }
    if state.stage == Stage::Withdrawn {
        assert_eq!(
            state.timeline(),
            Timeline::default(),
            "a withdrawn case asks for nothing"
        );
    }
    for (limit, adjustments) in &state.adjustments {
        let stopped = adjustments
            .iter()
            .filter(|one| matches!(one, crate::domain::deadline::Adjustment::Suspended { until: None, .. }))
            .count();
        assert!(stopped <= 1, "{limit} is stopped {stopped} times");
    }
}

/// What an accepted act must not do.
fn allowed(before: &CaseState, act: &Act, after: &CaseState, policy: &Policy) {
    if before.stage.is_closed() {
        assert_eq!(after.stage, before.stage, "a closed case stays closed: {act:?}");
    }
    if before.stage == Stage::Concluded {
        assert!(matches!(after.stage, Stage::Concluded | Stage::Revoked), "{act:?}");
        assert_eq!(after.stage == Stage::Revoked, matches!(act, Act::Revoke { .. }));
    }
    if matches!(before.stage, Stage::Concluded | Stage::Revoked) {
        assert_eq!(after.conclusion, before.conclusion, "{act:?}");
        assert_eq!(
            (&after.doc_no, &after.measure, &after.basis),
            (&before.doc_no, &before.measure, &before.basis)
        );
        assert_eq!(
            (&after.meeting, &after.considered),
            (&before.meeting, &before.considered)
        );
        assert_eq!(after.days.get(&Event::CONCLUSION), before.days.get(&Event::CONCLUSION));
    }
    if let Act::Conclude {
        conclusion,
        approved_over,
        ..
    } = act
        && policy.insists_on(Guard::NoUmbrella)
        && conclusion.level() == Level::Full
    {
        let written = approved_over
            .as_ref()
            .is_some_and(|one| !one.by.trim().is_empty() && !one.reason.trim().is_empty());
        assert_eq!(written, !before.grave().is_empty(), "免责 over a grave finding");
        assert_eq!(after.has(Event::OVERRIDDEN), written);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_tried(
        which in 0..3_usize,
        prefix in prefixes(),
        tried in prop::collection::vec((acts(), moves()), 0..60),
    ) {
        let policy = &POLICIES[which];
        let mut state = CaseState::default();
        let mut kept: Vec<(Act, chrono::NaiveDate)> = Vec::new();
        let start = prefix.last().map_or(d(0), |(_, day)| *day);
        let later = tried.into_iter().scan(start, |day, (act, by)| {
            *day += chrono::TimeDelta::days(by);
            Some((act, *day))
        });
        for (act, on) in prefix.into_iter().chain(later) {
            let before = state.clone();
            if let Ok(accepted) = step(&state, &Dated { act: &act, day: on }, policy, d(TODAY)) {
                allowed(&before, &act, &accepted.state, policy);
                sound(&accepted.state, policy);
                state = accepted.state;
                kept.push((act, on));
            } else {
                prop_assert_eq!(&state, &before, "a refused act changes nothing");
            }
        }
        let replayed = CaseState::of(kept.iter().map(|(act, day)| (act, *day)));
        prop_assert_eq!(&replayed, &state, "what is kept adds up to the same");
        let stored: Vec<(Act, chrono::NaiveDate)> = kept
            .iter()
            .map(|(act, day)| {
                let body = serde_json::to_string(act).expect("it serialises");
                (serde_json::from_str(&body).expect("it is read"), *day)
            })
            .collect();
        prop_assert_eq!(CaseState::of(stored.iter().map(|(act, day)| (act, *day))), state);
    }
}
