//! What a case offers is what it takes, and what it does not offer it refuses for a reason of its own.

use super::super::*;
use super::story::*;
use crate::domain::case::Conclusion;
use crate::domain::policy::Event;

fn offers(story: &Story) -> Vec<What> {
    let policy = &story.policy;
    let possible = |what: &What| offered(&story.state, *what, policy, d(TODAY)).is_ok();
    What::ALL.iter().copied().filter(possible).collect()
}

fn why_not(story: &Story, what: What) -> String {
    offered(&story.state, what, &story.policy, d(TODAY))
        .expect_err("not offered")
        .0
}

#[test]
fn words_of_addresses_lead_back() {
    for what in What::ALL {
        assert_eq!(What::from_key(what.key()), Some(*what));
        let twice = What::ALL.iter().filter(|other| other.zh() == what.zh()).count();
        assert_eq!(twice, 1, "{what:?}");
    }
    assert_eq!(What::from_key("register"), None);
}

#[test]
fn a_new_case_begins_in_one_of_two_ways() {
    assert_eq!(offers(&Story::new()), [What::Accountability, What::Apply]);
    assert!(why_not(&Story::new(), What::Conclude).contains("集体研究"));
}

#[test]
fn each_stage_offers_its_next_step() {
    let story = Story::new().then(0, Act::StartAccountability);
    assert!(offers(&story).contains(&What::Review) && !offers(&story).contains(&What::Report));
    let story = story.then(1, review(true));
    for what in [
        What::Consider,
        What::Report,
        What::Extend,
        What::Suspend,
        What::Terminate,
    ] {
        assert!(offers(&story).contains(&what), "{what:?}");
    }
    assert!(why_not(&story, What::Review).contains("已登记"));
    assert!(why_not(&story, What::Resume).contains("没有中止"));
    let story = Aspect::ALL
        .into_iter()
        .fold(story, |story, aspect| story.then(2, consider(aspect, Weight::For)))
        .then(3, report(true));
    assert!(offers(&story).contains(&What::Decide) && !offers(&story).contains(&What::Terminate));
    let story = story.then(4, decide());
    assert!(offers(&story).contains(&What::Conclude));
    let story = story.then(5, conclude(Conclusion::Exempted));
    for what in [
        What::TellSubject,
        What::ArchivePersonnel,
        What::ArchiveIntegrity,
        What::Revoke,
        What::Record,
    ] {
        assert!(offers(&story).contains(&what), "{what:?}");
    }
    assert!(why_not(&story, What::Explain).contains("只用于不予容错"));
    let visits = offered(&story.state, What::Record, &story.policy, d(TODAY)).expect("a visit");
    let first = visits
        .iter()
        .any(|act| matches!(act, Act::Record { event, .. } if *event == Event::VISITED_1));
    let second = visits
        .iter()
        .any(|act| matches!(act, Act::Record { event, .. } if *event == Event::VISITED_2));
    assert!(first && !second, "a second visit before the first");
    assert_eq!(What::of_event(Event::VISITED_1), Some(What::Record));
}

#[test]
fn an_offer_of_a_correction_names_what_was_recorded() {
    let story = Story::new().then(0, apply()).then(2, Act::Accept);
    let acts = offered(&story.state, What::Correct, &story.policy, d(TODAY)).expect("two days");
    let events: Vec<Event> = acts
        .iter()
        .filter_map(|act| match act {
            Act::Correct { event, .. } => Some(*event),
            _ => None,
        })
        .collect();
    assert!(
        events.contains(&Event::APPLIED) && events.contains(&Event::ACCEPTED),
        "{events:?}"
    );
    assert!(
        !events.contains(&Event::INVESTIGATION_STARTED),
        "a decision may not be moved"
    );
    assert_eq!(why_not(&Story::new(), What::Correct), "还没有可以更正日期的登记");
}
