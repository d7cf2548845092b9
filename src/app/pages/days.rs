//! Days, lights and what is left, from the calendar. A ledger may name any day, so a day the
//! calendar does not know is shown by its weekday instead of breaking the page.

use crate::app::App;
use crate::app::view::{Certainty, Day, DayKind, Light, Remaining};
use crate::domain::calendar::{self, Calendar};
use crate::domain::obligation::{Kind, State};
use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Working days before the due day within which a limit of a case counts as near.
const NEAR: u32 = 1;
/// The same for a rectification, whose reminders begin earlier.
pub(super) const NEAR_RECTIFICATION: u32 = 3;

/// What decides how urgent something is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub kind: Kind,
    pub state: State,
    pub due: NaiveDate,
    pub certainty: calendar::Certainty,
}

/// A day with what the calendar makes of it.
pub(in crate::app) fn day(app: &App, date: NaiveDate) -> Day {
    named_day(app, date).0
}

/// A day and the holiday that frees or moves it.
pub(super) fn named_day(app: &App, date: NaiveDate) -> (Day, Option<String>) {
    let (kind, name) = match app.calendars().national().facts(date).map(|facts| facts.kind) {
        Ok(kind) => kind_and_name(kind),
        Err(_) if is_weekend(date) => (DayKind::Weekend, None),
        Err(_) => (DayKind::Workday, None),
    };
    (Day { date, kind }, name.filter(|name| !name.is_empty()))
}

/// The page's word for a kind of day; an estimated holiday is free like an announced one.
pub(super) fn kind_and_name(kind: calendar::DayKind) -> (DayKind, Option<String>) {
    match kind {
        calendar::DayKind::Workday => (DayKind::Workday, None),
        calendar::DayKind::Weekend => (DayKind::Weekend, None),
        calendar::DayKind::Holiday { name } | calendar::DayKind::StatutoryEstimate { name } => {
            (DayKind::Holiday, Some(name))
        }
        calendar::DayKind::MakeUp { name } => (DayKind::MakeUp, Some(name)),
    }
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// How sure a day is, for a page.
pub(super) fn certainty(certainty: calendar::Certainty) -> Certainty {
    match certainty {
        calendar::Certainty::Firm => Certainty::Firm,
        calendar::Certainty::Open => Certainty::Open,
        calendar::Certainty::Unpublished => Certainty::Unpublished,
    }
}

/// Monday and Sunday of the week of a day.
pub(super) fn week(today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let since_monday = u64::from(today.weekday().num_days_from_monday());
    let monday = today.checked_sub_days(Days::new(since_monday)).unwrap_or(today);
    let sunday = monday.checked_add_days(Days::new(6)).unwrap_or(today);
    (monday, sunday)
}

/// The next holiday as it stands.
#[derive(Debug, Clone)]
pub(super) struct HolidayAhead {
    /// Its first free day.
    pub first: NaiveDate,
    /// Its name.
    pub name: String,
    /// The working day behind it.
    pub resumes: NaiveDate,
    /// Rest days around it that are worked.
    pub worked: Vec<NaiveDate>,
}

/// Days around a holiday in which a rest day is worked for it.
const AROUND: u64 = 21;

/// The next holiday of the national calendar; none where the calendar ends before.
pub(super) fn next_holiday(app: &App, today: NaiveDate) -> Option<HolidayAhead> {
    let calendars = app.calendars();
    let national = calendars.national();
    let (first, name) = national.next_holiday(today)?;
    let resumes = national.add(first, 1).ok()?.day;
    let makes_up = |date: &NaiveDate| {
        let kind = national.facts(*date).map(|facts| facts.kind);
        kind.is_ok_and(|kind| kind == calendar::DayKind::MakeUp { name: name.clone() })
    };
    let from = first.checked_sub_days(Days::new(AROUND)).unwrap_or(first);
    let around = from.iter_days().take(2 * AROUND as usize);
    Some(HolidayAhead {
        worked: around.filter(makes_up).collect(),
        first,
        resumes,
        name,
    })
}

/// Working days to or past a due day; none for days the calendar does not reach.
pub(super) fn remaining(calendar: &Calendar, due: NaiveDate, today: NaiveDate) -> Option<Remaining> {
    let between = |from, to| calendar.count(from, to).ok().map(|count| count.working_days);
    match due.cmp(&today) {
        std::cmp::Ordering::Equal => Some(Remaining::Today),
        std::cmp::Ordering::Greater => between(today, due).map(Remaining::Left),
        std::cmp::Ordering::Less => between(due, today).map(Remaining::Over),
    }
}

/// The light and what is left. What is done, or no longer asked for, has nothing left.
pub(super) fn urgency(app: &App, it: Standing, today: NaiveDate) -> (Light, Option<Remaining>) {
    if it.state != State::Open {
        return (Light::Met, None);
    }
    let left = remaining(app.calendars().national(), it.due, today);
    let near = if it.kind == Kind::Rectification {
        NEAR_RECTIFICATION
    } else {
        NEAR
    };
    let light = match left {
        _ if it.due < today => Light::Overdue,
        _ if it.due == today => Light::Soon,
        Some(Remaining::Left(days)) if days <= near => Light::Soon,
        _ if it.certainty != calendar::Certainty::Firm => Light::Tentative,
        _ => Light::Normal,
    };
    (light, left)
}
