//! 日历: a year with its free and worked days and what is due.

use super::days::{self, Standing};
use super::{Slice, number};
use crate::app::view::{
    ArrivalRow, CalendarDay, CalendarView, Coverage, Day, DueDot, Light, MovedRow, NoticeRow, PageOf,
};
use crate::app::{App, AppError, wording};
use crate::domain::account::{Act, Viewer};
use crate::domain::calendar::{DayFacts, NoticeRef};
use crate::domain::obligation::Kind;
use crate::domain::time::Moment;
use crate::store::calendar_entries::{self, Arrival, MoveRow};
use crate::store::obligations::{self, DueGroup};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// What came that a page shows.
const ARRIVALS: i64 = 10;

/// A year, or this one; none for a year the calendar does not reach. How much is due, only for those who have a desk.
pub async fn calendar(app: &App, viewer: &Viewer, year: Option<i32>) -> Result<Option<CalendarView>, AppError> {
    let today = app.now().day();
    let year = year.unwrap_or_else(|| today.year());
    let (first_year, last_year) = (
        app.calendars().national().first_day().year(),
        app.calendars().national().last_day().year(),
    );
    let (Some(from), Some(to)) = (
        NaiveDate::from_ymd_opt(year, 1, 1),
        NaiveDate::from_ymd_opt(year, 12, 31),
    ) else {
        return Ok(None);
    };
    if !(first_year..=last_year).contains(&year) {
        return Ok(None);
    }
    let mut tx = app.db.read().await?;
    let groups = if viewer.may(Act::SeeDesk) {
        obligations::by_day(&mut tx, from, to, &viewer.scope).await?
    } else {
        Vec::new()
    };
    let arrivals = calendar_entries::arrivals(&mut tx, &viewer.scope, ARRIVALS).await?;
    tx.rollback().await?;
    let mut due = dots(app, &groups, today);
    let facts = from
        .iter_days()
        .take_while(|date| *date <= to)
        .map(|date| app.calendars().national().facts(date))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Some(CalendarView {
        year,
        first_year,
        last_year,
        today,
        coverage: coverage(app, year),
        workdays: u32::try_from(facts.iter().filter(|day| day.working).count()).unwrap_or(0),
        notices: notices(year, &facts),
        arrivals: arrivals.into_iter().map(|one| arrival(viewer, one)).collect(),
        days: facts.into_iter().map(|facts| calendar_day(facts, &mut due)).collect(),
    }))
}

/// A page of due days that notices moved, as far as they are seen; of one moment where one is named.
pub async fn moved(app: &App, viewer: &Viewer, at: Option<Moment>, page: u32) -> Result<PageOf<MovedRow>, AppError> {
    let slice = Slice::of(page);
    if !viewer.may(Act::SeeObligations) {
        return Ok(slice.nothing());
    }
    let mut tx = app.db.read().await?;
    let found = calendar_entries::moves(&mut tx, &viewer.scope, at, slice.limit, slice.offset).await?;
    let total = calendar_entries::count_moves(&mut tx, &viewer.scope, at).await?;
    tx.rollback().await?;
    Ok(slice.of_rows(found.into_iter().map(|one| moved_row(app, one)).collect(), total))
}

/// The word people know a kind by.
pub fn kind_word(app: &App, kind: &str) -> String {
    Kind::from_text(kind).map_or_else(|| kind.to_owned(), |kind| wording::kind_name(app, kind))
}

/// A day with what the calendar of now makes of it.
pub fn day_of(app: &App, date: NaiveDate) -> Day {
    days::day(app, date)
}

/// What came to this installation, the newest first.
pub async fn arrivals(app: &App, viewer: &Viewer) -> Result<Vec<ArrivalRow>, AppError> {
    let mut tx = app.db.read().await?;
    let found = calendar_entries::arrivals(&mut tx, &viewer.scope, 5 * ARRIVALS).await?;
    tx.rollback().await?;
    Ok(found.into_iter().map(|one| arrival(viewer, one)).collect())
}

fn arrival(viewer: &Viewer, one: Arrival) -> ArrivalRow {
    ArrivalRow {
        at: one.at,
        by: wording::actor(&one.actor).to_owned(),
        said: one.said,
        moved: viewer.may(Act::SeeDesk).then(|| number(one.moved)),
    }
}

fn moved_row(app: &App, one: MoveRow) -> MovedRow {
    let named = format!("{} {}：", one.number, one.kind.as_str());
    let limit = app.policy.rule(one.rule);
    MovedRow {
        at: one.at,
        said: one.said.strip_prefix(&named).unwrap_or(&one.said).to_owned(),
        kind: limit.map_or_else(|| wording::kind_name(app, one.kind), |limit| limit.name.clone()),
        due: days::day(app, one.due),
        obligation: one.obligation,
        number: one.number,
    }
}

fn coverage(app: &App, year: i32) -> Coverage {
    match (
        app.calendars().national().is_published(year),
        app.calendars().national().is_published(year + 1),
    ) {
        (false, _) => Coverage::Unpublished,
        (true, false) => Coverage::Open,
        (true, true) => Coverage::Firm,
    }
}

fn calendar_day(facts: DayFacts, due: &mut BTreeMap<NaiveDate, DueDot>) -> CalendarDay {
    let (kind, name) = days::kind_and_name(facts.kind);
    CalendarDay {
        day: Day { date: facts.date, kind },
        name: name.filter(|name| !name.is_empty()),
        certainty: days::certainty(facts.certainty),
        due: due.remove(&facts.date),
    }
}

fn dots(app: &App, groups: &[DueGroup], today: NaiveDate) -> BTreeMap<NaiveDate, DueDot> {
    let gravity = |light: Light| Light::ALL.iter().position(|known| *known == light);
    let mut dots: BTreeMap<NaiveDate, DueDot> = BTreeMap::new();
    for group in groups {
        let standing = Standing {
            kind: group.kind,
            state: group.state,
            due: group.day,
            certainty: group.certainty,
        };
        let (light, _) = days::urgency(app, standing, today);
        let dot = dots.entry(group.day).or_insert(DueDot { light, count: 0 });
        dot.count = dot.count.saturating_add(u32::try_from(group.count).unwrap_or(u32::MAX));
        if gravity(light) < gravity(dot.light) {
            dot.light = light;
        }
    }
    dots
}

/// The notices that name days of the year, oldest first. The first of the year's own arranges the
/// whole of it; later ones change an arrangement; neighbours reach in at the turn of the year.
fn notices(year: i32, facts: &[DayFacts]) -> Vec<NoticeRow> {
    let mut found: Vec<(&NoticeRef, Vec<&str>)> = Vec::new();
    for day in facts {
        let Some(notice) = &day.notice else { continue };
        let name = match &day.kind {
            crate::domain::calendar::DayKind::Holiday { name } | crate::domain::calendar::DayKind::MakeUp { name } => {
                name.as_str()
            }
            _ => "",
        };
        let at = found.iter().position(|(known, _)| *known == notice).unwrap_or_else(|| {
            found.push((notice, Vec::new()));
            found.len() - 1
        });
        let names = &mut found[at].1;
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    found.sort_by_key(|(notice, _)| notice.published.unwrap_or(NaiveDate::MAX));
    let annual = found.iter().position(|(notice, _)| notice.year == year);
    found
        .iter()
        .enumerate()
        .map(|(at, (notice, names))| NoticeRow {
            number: notice.number.clone(),
            published: notice.published,
            about: match (Some(at) == annual, notice.year == year) {
                (true, _) => format!("{year} 年全年"),
                (false, true) => format!("调整{}安排", names.join("、")),
                (false, false) => format!("{} 年放假安排涉及本年的日期", notice.year),
            },
        })
        .collect()
}
