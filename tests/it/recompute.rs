//! A changed calendar: every open due day that it moves is moved and told in the journal, and nothing else is touched.

use crate::support::app::{Bench, on_both};
use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use rongcuo::app::calendars::{self, Imported};
use rongcuo::domain::calendar::{Calendar, Calendars, Changed, Notice, NoticeDay, NoticeKind};
use rongcuo::domain::deadline::{Adjustment, Direction, Terms, Unit};
use rongcuo::domain::ids::ObligationId;
use rongcuo::domain::obligation::{Due, Kind, Obligation, State, due_of};
use rongcuo::domain::policy::NumberFrom;
use rongcuo::domain::time::Moment;
use rongcuo::files::calendar::{CalendarSource, load};
use rongcuo::store::{journal, obligations};
use std::sync::LazyLock;

const NOW: &str = "2026-11-05T10:00:00+08:00";

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn obligation(key: &str, event: &str, terms: Terms, calendar: &Calendar) -> Obligation {
    let now = Moment::parse(NOW).expect("a moment");
    Obligation {
        id: ObligationId::of(key),
        key: key.to_owned(),
        kind: Kind::ArchivePersonnel,
        rule: Kind::ArchivePersonnel.name(),
        subject_id: key.to_owned(),
        number: format!("云容〔2026〕{key}号"),
        scope_unit: Some("云川市/纪委监委".to_owned()),
        acting_unit: None,
        acting_person: None,
        calendar_unit: None,
        event_day: day(event),
        terms,
        adjustments: Vec::new(),
        due: due_of(terms, day(event), &[], calendar).expect("inside the calendar"),
        revision: 1,
        moved: None,
        clause: "二（四）5".to_owned(),
        number_from: NumberFrom::Policy,
        state: State::Open,
        met_on: None,
        backlog: false,
        opened_severity: None,
        run: None,
        created: now,
        next_at: Some(Moment::from_millis(now.millis() + 86_400_000)),
    }
}

async fn put(bench: &Bench, all: &[Obligation]) {
    let mut tx = bench.app.db.begin().await.expect("a transaction");
    for one in all {
        obligations::put(&mut tx, one).await.expect("stored");
    }
    tx.commit().await.expect("committed");
}

async fn get(bench: &Bench, one: &Obligation) -> Obligation {
    let mut tx = bench.app.db.read().await.expect("a transaction");
    let stored = obligations::by_id(&mut tx, one.id.as_str()).await.expect("read");
    tx.rollback().await.expect("ended");
    stored.expect("still there")
}

/// The entries of the whole chain, which is whole.
async fn entries(bench: &Bench) -> i64 {
    let mut tx = bench.app.db.read().await.expect("a transaction");
    let entries = journal::verify(&mut tx).await.expect("an unbroken chain");
    tx.rollback().await.expect("ended");
    entries
}

async fn import(bench: &Bench, document: &str) -> Imported {
    let bytes = document.as_bytes().to_vec();
    calendars::import(&bench.app, "通知.json", bytes, "local")
        .await
        .expect("imported")
}

/// 1 December 2026 is a Tuesday.
const AMENDMENT: &str = r#"{"year": 2026, "seq": 2, "kind": "amendment", "number": "国办发明电〔2026〕2号",
    "published": "2026-11-05", "url": null, "days": [{"name": "调整", "date": "2026-12-01", "isOffDay": true}]}"#;

#[tokio::test]
async fn an_amendment_moves_what_runs_over_its_days_and_nothing_else() {
    on_both(NOW, async |bench| {
        let old = bench.app.calendars();
        let calendar = old.national();
        let five = Terms::working_days(5);
        // More than one batch of the statements that write many rows, and some left over.
        let moving: Vec<Obligation> = (0..150)
            .map(|number| obligation(&format!("moving{number}"), "2026-11-27", five, calendar))
            .collect();
        let ends_before = obligation("ends-before", "2026-11-20", five, calendar);
        let begins_after = obligation("begins-after", "2026-12-01", five, calendar);
        let backwards = Terms {
            direction: Direction::Before,
            ..five
        };
        let backwards = obligation("backwards", "2026-12-04", backwards, calendar);
        let given = obligation("given", "2026-12-01", Terms::GIVEN, calendar);
        let mut backlog = obligation("backlog", "2026-11-27", five, calendar);
        (backlog.backlog, backlog.next_at) = (true, None);
        let mut met = obligation("met", "2026-11-27", five, calendar);
        (met.state, met.met_on, met.next_at) = (State::Met, Some(day("2026-11-30")), None);
        // Reckoned under a calendar that nobody knows any more, far from the changed day.
        let mut forgotten = obligation("forgotten", "2026-11-09", five, calendar);
        forgotten.due = Due {
            day: day("2026-11-13"),
            alert_day: day("2026-11-13"),
            calendar_revision: "000000000000".to_owned(),
            ..forgotten.due
        };
        put(&bench, &moving).await;
        let others = [
            &ends_before,
            &begins_after,
            &backwards,
            &given,
            &backlog,
            &met,
            &forgotten,
        ];
        put(&bench, &others.map(Clone::clone)).await;
        let entries_before = entries(&bench).await;

        let done = import(&bench, AMENDMENT).await;

        let new = bench.app.calendars();
        assert_ne!(new.revision(), old.revision());
        assert_eq!((done.moved, done.earlier, done.looked_at), (153, 1, 156));
        // The import itself, what is still missing for the next year, and one for each move.
        assert_eq!(entries(&bench).await, entries_before + 2 + 153);
        for before in &moving {
            let after = get(&bench, before).await;
            assert_eq!((before.due.day, after.due.day), (day("2026-12-04"), day("2026-12-07")));
            assert_eq!((after.due.alert_day, after.revision), (after.due.day, 2));
            assert_eq!(after.next_at, Moment::parse(NOW), "looked at again at once");
            let moved = after.moved.clone().expect("people are told");
            assert_eq!((moved.from, Some(moved.at)), (before.due.day, Moment::parse(NOW)));
            assert_eq!(moved.cause, format!("导入{}", done.what));
        }
        for before in [&ends_before, &begins_after, &given] {
            let mut expected = before.clone();
            expected.due.calendar_revision = new.revision().to_owned();
            assert_eq!(get(&bench, before).await, expected, "{}", before.key);
        }
        let after = get(&bench, &backwards).await;
        assert_eq!(
            (backwards.due.day, after.due.day),
            (day("2026-11-27"), day("2026-11-26"))
        );
        let after = get(&bench, &backlog).await;
        assert_eq!((after.due.day, after.revision), (day("2026-12-07"), 2));
        assert_eq!(
            (after.moved, after.next_at),
            (None, None),
            "nobody is told of what had lapsed before"
        );
        assert_eq!(get(&bench, &met).await, met, "what is done stays as it was");
        let after = get(&bench, &forgotten).await;
        assert_eq!((after.due.day, after.revision), (day("2026-11-16"), 2));

        let mut tx = bench.app.db.read().await.expect("a transaction");
        assert!(!obligations::any_stale(&mut tx, new.revision()).await.expect("read"));
        assert!(obligations::any_stale(&mut tx, "000000000000").await.expect("read"));
        assert!(obligations::any_stale(&mut tx, "zzzzzzzzzzzz").await.expect("read"));
        tx.rollback().await.expect("ended");

        // A second move keeps only the last of them, and works in the same connection as the first.
        let again = AMENDMENT
            .replace("2026-12-01", "2026-12-02")
            .replace("\"seq\": 2", "\"seq\": 3");
        assert_eq!(import(&bench, &again).await.moved, 153);
        let after = get(&bench, &moving[0]).await;
        assert_eq!((after.due.day, after.revision), (day("2026-12-08"), 3));
        assert_eq!(after.moved.expect("people are told").from, day("2026-12-07"));
    })
    .await;
}

#[tokio::test]
async fn a_unit_that_gets_a_calendar_of_its_own_is_reckoned_by_it() {
    on_both(NOW, async |bench| {
        let calendars = bench.app.calendars();
        let inside = obligation("inside", "2026-11-27", Terms::working_days(5), calendars.national());
        let early = obligation("early", "2026-11-09", Terms::working_days(5), calendars.national());
        let outside = Obligation {
            scope_unit: Some("石门市/纪委监委".to_owned()),
            ..obligation("outside", "2026-11-27", Terms::working_days(5), calendars.national())
        };
        put(&bench, &[inside.clone(), early.clone(), outside.clone()]).await;
        let local = r#"{"unit": "云川市", "name": "建市纪念日",
            "days": [{"name": "建市纪念日", "date": "2026-12-01", "isOffDay": true}]}"#;
        let done = import(&bench, local).await;
        assert_eq!((done.moved, done.looked_at), (1, 3));
        let after = get(&bench, &inside).await;
        assert_eq!(
            (after.due.day, after.calendar_unit.as_deref()),
            (day("2026-12-07"), Some("云川市"))
        );
        let after = get(&bench, &early).await;
        assert_eq!((after.due.day, after.revision), (early.due.day, 1));
        assert_eq!(after.calendar_unit.as_deref(), Some("云川市"), "though its day stands");
        let after = get(&bench, &outside).await;
        assert_eq!((after.due.day, after.calendar_unit), (outside.due.day, None));
    })
    .await;
}

fn source() -> CalendarSource {
    load(None, day("2026-11-05")).expect("built in")
}

/// The built-in calendar with one more amendment.
fn amended(days: &[(u64, bool)]) -> Calendars {
    let mut source = source();
    let days: std::collections::BTreeMap<u64, bool> = days.iter().copied().collect();
    if !days.is_empty() {
        source.notices.push(Notice {
            year: 2026,
            seq: 2,
            kind: NoticeKind::Amendment,
            number: None,
            published: Some(day("2026-11-05")),
            url: None,
            days: days
                .into_iter()
                .map(|(offset, off)| NoticeDay {
                    name: "调整".to_owned(),
                    date: day("2026-01-01") + Days::new(offset),
                    off,
                })
                .collect(),
        });
    }
    calendars::build(&source, None).expect("a calendar")
}

fn terms() -> impl Strategy<Value = Terms> {
    let unit = prop_oneof![Just(Unit::WorkingDay), Just(Unit::Day), Just(Unit::Month)];
    (1..60_u32, unit, any::<bool>(), any::<bool>()).prop_map(|(amount, unit, after, roll_off)| Terms {
        amount: if unit == Unit::Month { 1 + amount % 6 } else { amount },
        unit,
        direction: if after { Direction::After } else { Direction::Before },
        roll_off,
    })
}

fn adjustments(event: NaiveDate) -> impl Strategy<Value = Vec<Adjustment>> {
    let extended = (1..20_u32, prop_oneof![Just(Unit::WorkingDay), Just(Unit::Day)]).prop_map(move |(amount, unit)| {
        Adjustment::Extended {
            amount,
            unit,
            on: event,
            approver: "主要负责人".to_owned(),
            reason: "案情复杂".to_owned(),
            informed_on: None,
        }
    });
    let suspended = (0..30_u64, 1..20_u64).prop_map(move |(from, length)| Adjustment::Suspended {
        from: event + Days::new(from),
        until: Some(event + Days::new(from + length)),
        reason: "等待司法结论".to_owned(),
        approver: "分管领导".to_owned(),
    });
    prop::collection::vec(prop_oneof![extended, suspended], 0..3)
}

fn limits() -> impl Strategy<Value = Vec<(NaiveDate, Terms, Vec<Adjustment>)>> {
    let one = (0..420_u64).prop_flat_map(|offset| {
        let event = day("2025-12-15") + Days::new(offset);
        (Just(event), terms(), adjustments(event))
    });
    prop::collection::vec(one, 40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// What the recomputation leaves unread because no changed day lies between event and due day would not move.
    #[test]
    fn a_due_day_rests_on_no_day_outside_its_span(
        limits in limits(),
        days in prop::collection::vec((0..365_u64, any::<bool>()), 0..3),
    ) {
        static BEFORE: LazyLock<Calendars> = LazyLock::new(|| amended(&[]));
        let after = amended(&days);
        let changed = after.changed_since(&BEFORE);
        for (event, terms, adjustments) in limits {
            let Ok(old) = due_of(terms, event, &adjustments, BEFORE.national()) else { continue };
            let untouched = match changed {
                Changed::Anything => false,
                Changed::Nothing => true,
                Changed::Between(first, last) => last < event.min(old.day) || first > event.max(old.day),
            };
            if untouched {
                let new = due_of(terms, event, &adjustments, after.national()).expect("as before");
                prop_assert_eq!((new.day, new.alert_day, new.certainty), (old.day, old.alert_day, old.certainty));
            }
        }
    }
}

#[test]
fn a_change_is_told_by_its_first_and_last_day() {
    // 1 January 2026 is a holiday, the 5th a Monday.
    let plain = amended(&[]);
    assert_eq!(amended(&[(0, true)]).changed_since(&plain), Changed::Nothing);
    let changed = amended(&[(4, true), (11, true), (20, false)]).changed_since(&plain);
    assert_eq!(changed, Changed::Between(day("2026-01-05"), day("2026-01-12")));
    let mut source = source();
    source.notices.retain(|notice| notice.year != 2026);
    let unpublished = calendars::build(&source, None).expect("a calendar");
    // Surer than before is another day too: the end of 2025 was open.
    let Changed::Between(first, _) = plain.changed_since(&unpublished) else {
        panic!("a year came")
    };
    assert_eq!(first, day("2025-12-29"));
}
