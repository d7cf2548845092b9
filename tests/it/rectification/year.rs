//! A whole year of five hundred items, held against a reckoning of its own: which reminder is due when is worked out
//! here from the trace of what people did and from the holidays of the year, by another way than the program's.

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveTime, Weekday};
use rongcuo::cli::rehearse::{Line, Rehearsal, rehearse};
use rongcuo::domain::policy::{DEFAULT_PROFILE, Policy};
use std::collections::{BTreeMap, BTreeSet};

type Instant = DateTime<FixedOffset>;

/// Free days and make-up days as the notice names them.
fn holidays(year: i32) -> BTreeMap<NaiveDate, bool> {
    let text =
        std::fs::read_to_string(format!("{}/calendars/cn/{year}.json", env!("CARGO_MANIFEST_DIR"))).expect("a file");
    let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let mut days: BTreeMap<NaiveDate, bool> = file["days"]
        .as_array()
        .expect("days")
        .iter()
        .map(|day| {
            let date = day["date"].as_str().expect("a date").parse().expect("a day");
            (date, day["isOffDay"].as_bool().expect("a word"))
        })
        .collect();
    // The year after is not announced yet; New Year's Day is free by law.
    days.insert(NaiveDate::from_ymd_opt(year + 1, 1, 1).expect("a day"), true);
    days
}

struct Days2026(BTreeMap<NaiveDate, bool>);

impl Days2026 {
    fn works(&self, day: NaiveDate) -> bool {
        match self.0.get(&day) {
            Some(off) => !off,
            None => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// The n-th working day after (or before) a day, one step at a time.
    fn walk(&self, mut day: NaiveDate, n: i32) -> NaiveDate {
        for _ in 0..n.unsigned_abs() {
            loop {
                day = if n > 0 { day + Days::new(1) } else { day - Days::new(1) };
                if self.works(day) {
                    break;
                }
            }
        }
        day
    }

    /// The day itself, or the last working day before it.
    fn last_on(&self, mut day: NaiveDate) -> NaiveDate {
        while !self.works(day) {
            day = day - Days::new(1);
        }
        day
    }
}

/// The points of a ladder by their distance in working days: 0 is the day itself.
type Ladder = &'static [(&'static str, i32, bool)];

/// The built-in profile: name, distance, sent at any hour.
const BUILT_IN: Ladder = &[
    ("T-10", -10, false),
    ("T-3", -3, false),
    ("T0", 0, false),
    ("T+1", 1, true),
    ("T+5", 5, true),
];

fn when(days: &Days2026, due: NaiveDate, distance: i32) -> Instant {
    let day = if distance == 0 {
        days.last_on(due)
    } else {
        days.walk(due, distance)
    };
    at(day, 9)
}

fn at(day: NaiveDate, hour: u32) -> Instant {
    let time = NaiveTime::from_hms_opt(hour, 0, 0).expect("an hour");
    let zone = FixedOffset::east_opt(8 * 3600).expect("a zone");
    day.and_time(time)
        .and_local_timezone(zone)
        .single()
        .expect("no summer time")
}

/// One item as it stands between two events.
#[derive(Clone)]
struct Stand {
    due: Option<NaiveDate>,
    revision: u32,
    /// Nobody is reminded: done, or waiting for an answer.
    quiet: bool,
    asked: Option<NaiveDate>,
    asked_on: Option<NaiveDate>,
}

/// When somebody did what, with the new day where there is one.
type Deed<'a> = (Instant, &'a str, Option<NaiveDate>);

/// What should have been decided about the days of the items: subject, revision, point, sent or merged, and when.
fn expected(trace: &[Line], year: i32, ladder: Ladder) -> BTreeSet<(String, u32, String, &'static str, String)> {
    let days = Days2026(holidays(year));
    let mut stands: BTreeMap<String, Stand> = BTreeMap::new();
    let mut acts: BTreeMap<String, Vec<Deed<'_>>> = BTreeMap::new();
    let mut busy: BTreeSet<NaiveDate> = BTreeSet::new();
    for line in trace {
        match line {
            Line::Item { number, due, .. } => {
                let stand = Stand {
                    due: *due,
                    revision: 1,
                    quiet: false,
                    asked: None,
                    asked_on: None,
                };
                stands.insert(number.clone(), stand);
            }
            Line::Act {
                at,
                number,
                act,
                day,
                refused,
                ..
            } => {
                let at: Instant = at.parse().expect("a moment");
                busy.insert(at.date_naive());
                if refused.is_none() {
                    acts.entry(number.clone()).or_default().push((at, act, *day));
                }
            }
            _ => {}
        }
    }
    let first = NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
    let last = NaiveDate::from_ymd_opt(year, 12, 31).expect("a day");
    let mut out = BTreeSet::new();
    for (number, mut stand) in stands {
        let mut todo = acts.remove(&number).unwrap_or_default().into_iter().peekable();
        let mut settled: BTreeSet<(u32, &str)> = BTreeSet::new();
        let mut newest: BTreeMap<u32, Instant> = BTreeMap::new();
        for day in first.iter_days().take_while(|day| *day <= last) {
            for hour in [9, 17] {
                if hour == 17 && !busy.contains(&day) {
                    continue;
                }
                let now = at(day, hour);
                while let Some((when, act, to)) = todo.next_if(|(when, ..)| *when < now) {
                    change(&days, &mut stand, act, to, when.date_naive());
                }
                let Some(due) = stand.due.filter(|_| !stand.quiet) else {
                    continue;
                };
                let mut ripe: Vec<(Instant, &str, bool)> = ladder
                    .iter()
                    .map(|(point, distance, loud)| (when(&days, due, *distance), *point, *loud))
                    .filter(|(when, point, _)| *when <= now && !settled.contains(&(stand.revision, *point)))
                    .collect();
                ripe.sort();
                let Some((at, point, loud)) = ripe.pop() else {
                    continue;
                };
                if !loud && !days.works(day) {
                    continue;
                }
                let key = format!("rectification:{number}");
                let overtaken = newest.get(&stand.revision).is_some_and(|sent| *sent > at);
                let outcome = if overtaken { "merged" } else { "sent" };
                newest.entry(stand.revision).or_insert(at);
                settled.insert((stand.revision, point));
                out.insert((key.clone(), stand.revision, point.to_owned(), outcome, now.to_rfc3339()));
                for (_, point, _) in ripe {
                    settled.insert((stand.revision, point));
                    out.insert((
                        key.clone(),
                        stand.revision,
                        point.to_owned(),
                        "merged",
                        now.to_rfc3339(),
                    ));
                }
            }
        }
    }
    out
}

fn change(days: &Days2026, stand: &mut Stand, act: &str, day: Option<NaiveDate>, on: NaiveDate) {
    match act {
        "extension_asked" => {
            stand.quiet = true;
            stand.asked = day;
            stand.asked_on = Some(on);
        }
        "extension_granted" => {
            stand.quiet = false;
            stand.due = stand.asked.take().map(|to| if on > to { days.walk(on, 1) } else { to });
            stand.revision += 1;
        }
        "extension_refused" => {
            stand.quiet = false;
            stand.revision += u32::from(answered_late(days, stand, on));
        }
        "closing_asked" => {
            stand.quiet = true;
            stand.asked_on = Some(on);
        }
        "returned" => {
            stand.quiet = false;
            answered_late(days, stand, on);
            stand.revision += 1;
        }
        "relapsed" => {
            stand.quiet = false;
            stand.due = day;
            stand.revision += 1;
        }
        _ => {}
    }
}

/// Asked in time and answered after the day: what was left when it was asked runs from the answer.
fn answered_late(days: &Days2026, stand: &mut Stand, on: NaiveDate) -> bool {
    let (Some(due), Some(asked)) = (stand.due, stand.asked_on) else {
        return false;
    };
    if asked > due || on <= due {
        return false;
    }
    let left = asked
        .iter_days()
        .skip(1)
        .take_while(|day| *day <= due)
        .filter(|day| days.works(*day))
        .count();
    stand.due = Some(days.walk(on, i32::try_from(left.max(1)).expect("few")));
    true
}

/// What was decided about the days of the items.
fn decided(trace: &[Line]) -> BTreeSet<(String, u32, String, &'static str, String)> {
    trace
        .iter()
        .filter_map(|line| match line {
            Line::Alert {
                at,
                subject,
                point,
                revision,
                outcome,
                ..
            } if subject.starts_with("rectification:") && subject.matches(':').count() == 1 => {
                let at: Instant = at.parse().expect("a moment");
                Some((subject.clone(), *revision, point.clone(), *outcome, at.to_rfc3339()))
            }
            _ => None,
        })
        .collect()
}

async fn year(items: u32, seed: u64, policy: Policy) -> Vec<Line> {
    let rehearsal = Rehearsal {
        year: 2026,
        items,
        seed,
    };
    rehearse(&rehearsal, policy, &mut |_| Ok(()))
        .await
        .unwrap_or_else(|failure| panic!("{failure:?}"))
}

/// Nobody is told the same thing twice, and nothing comes after acceptance.
fn once_and_in_time(trace: &[Line]) {
    let mut told = BTreeSet::new();
    let mut closed: BTreeSet<&str> = BTreeSet::new();
    for line in trace {
        match line {
            Line::Act {
                number,
                act,
                refused: None,
                ..
            } => match *act {
                "accepted" => {
                    closed.insert(number);
                }
                "relapsed" => {
                    closed.remove(number.as_str());
                }
                _ => {}
            },
            Line::Alert {
                number,
                subject,
                kind,
                point,
                revision,
                to: Some(to),
                ..
            } => {
                assert!(
                    told.insert((subject, revision, point, to)),
                    "{subject} {point} twice to {to}"
                );
                assert!(
                    *kind == "follow_up" || !closed.contains(number.as_str()),
                    "{number}: {kind} {point} after acceptance"
                );
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn five_hundred_items_over_a_year_are_reminded_as_reckoned() {
    let trace = year(500, 20_260_105, Policy::builtin()).await;
    once_and_in_time(&trace);
    let (decided, expected) = (decided(&trace), expected(&trace, 2026, BUILT_IN));
    let missing: Vec<_> = expected.difference(&decided).take(5).collect();
    let extra: Vec<_> = decided.difference(&expected).take(5).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "missing {missing:?}\nextra {extra:?}"
    );
    // The year is no idle one: everything that can happen does.
    let sent = |wanted: &str| {
        decided
            .iter()
            .filter(|(_, _, point, outcome, _)| point == wanted && *outcome == "sent")
            .count()
    };
    for point in ["T-10", "T-3", "T0", "T+1", "T+5"] {
        assert!(sent(point) > 20, "{point}: {}", sent(point));
    }
    let acts: BTreeSet<&str> = trace
        .iter()
        .filter_map(|line| match line {
            Line::Act { act, refused: None, .. } => Some(*act),
            _ => None,
        })
        .collect();
    for act in [
        "extension_granted",
        "extension_refused",
        "returned",
        "relapsed",
        "confirmed",
        "visited",
    ] {
        assert!(acts.contains(act), "{act} in {acts:?}");
    }
    assert!(
        trace
            .iter()
            .any(|line| matches!(line, Line::Act { refused: Some(why), .. } if why.contains("已过")))
    );
}

#[tokio::test]
async fn the_same_seed_tells_the_same_year_and_another_one_another() {
    let (first, second) = tokio::join!(year(24, 3, Policy::builtin()), year(24, 3, Policy::builtin()));
    assert!(first == second);
    assert!(first != year(24, 4, Policy::builtin()).await);
}

/// 黄红: two levels, other points. And one with five small steps.
const TWO: Ladder = &[("T-5", -5, false), ("T+1", 1, true), ("T+10", 10, true)];
const MANY: Ladder = &[
    ("T-20", -20, false),
    ("T-2", -2, false),
    ("T+2", 2, true),
    ("T+4", 4, true),
    ("T+8", 8, true),
];

fn with_ladder(ladder: Ladder) -> Policy {
    let from = DEFAULT_PROFILE
        .find("[[schedule]]\nid = \"rectification\"")
        .expect("it is there");
    let to = from + DEFAULT_PROFILE[from..].find("\n]\n").expect("it ends") + 3;
    let points: Vec<String> = ladder
        .iter()
        .map(|(point, distance, loud)| {
            let severity = if *loud { "urgent" } else { "info" };
            let level = match distance {
                1 | 2 => ", level = \"yellow\"",
                8 | 10 => ", level = \"red\"",
                _ => "",
            };
            format!("  {{ point = \"{point}\", severity = \"{severity}\", roles = [\"督办员\"]{level} }},")
        })
        .collect();
    let schedule = format!(
        "[[schedule]]\nid = \"rectification\"\nscope = \"supervisor\"\npoints = [\n{}\n]\n",
        points.join("\n")
    );
    let text = format!("{}{schedule}{}", &DEFAULT_PROFILE[..from], &DEFAULT_PROFILE[to..]);
    Policy::parse(&text).unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test]
async fn two_other_ladders_hold_too() {
    for ladder in [TWO, MANY] {
        let trace = year(40, 11, with_ladder(ladder)).await;
        once_and_in_time(&trace);
        assert_eq!(decided(&trace), expected(&trace, 2026, ladder));
    }
}
