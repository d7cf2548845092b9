//! The picture of a reckoning: weeks from left to right, rows of at most four, so that the same
//! weekday always stands in the same column of its week.

use crate::app::view::{Count, DayKind, DayView, Reckoning};
use askama::Template;
use askama::filters::HtmlSafe;
use chrono::{Datelike, NaiveDate};

const CELL_WIDTH: u32 = 34;
const CELL_HEIGHT: u32 = 62;
const HEAD_HEIGHT: u32 = 22;
const WEEKS_A_ROW: u32 = 4;
/// Days drawn; the table below the picture has the rest.
const MAX_DAYS: usize = 200;

/// A drawn reckoning.
#[derive(Template)]
#[template(path = "partials/timeline.html")]
pub(super) struct Timeline {
    width: u32,
    height: u32,
    heads: Vec<Head>,
    cells: Vec<Cell>,
    summary: String,
    clipped: bool,
}

impl HtmlSafe for Timeline {}

struct Head {
    x: u32,
    word: &'static str,
    rest: bool,
}

struct Cell {
    x: u32,
    y: u32,
    label: String,
    class: &'static str,
    middle: String,
    role: &'static str,
    role_class: &'static str,
    mark: &'static str,
    title: String,
}

/// Lays a reckoning out.
pub(super) fn timeline(reckoning: &Reckoning, due: NaiveDate) -> Timeline {
    let days = &reckoning.days[..reckoning.days.len().min(MAX_DAYS)];
    let lead = days
        .first()
        .map_or(0, |first| first.day.date.weekday().num_days_from_monday());
    let weeks = (lead + days.len() as u32).div_ceil(7).max(1);
    let columns = weeks.min(WEEKS_A_ROW) * 7;
    let rows = weeks.div_ceil(WEEKS_A_ROW);
    let cells = days
        .iter()
        .enumerate()
        .map(|(at, day)| {
            let slot = lead + at as u32;
            let before = at.checked_sub(1).map(|at| days[at].day.date);
            cell(day, before, slot % columns, slot / columns, reckoning, due)
        })
        .collect();
    Timeline {
        width: columns * CELL_WIDTH + 1,
        height: HEAD_HEIGHT + rows * CELL_HEIGHT + 1,
        heads: (0..columns).map(head).collect(),
        cells,
        summary: format!(
            "{}（{}）起算，{}，{} 到期",
            reckoning.event, reckoning.event_day.date, reckoning.limit, due
        ),
        clipped: reckoning.days.len() > MAX_DAYS || reckoning.omitted > 0,
    }
}

fn head(column: u32) -> Head {
    let words = ["一", "二", "三", "四", "五", "六", "日"];
    let weekday = column % 7;
    Head {
        x: column * CELL_WIDTH + CELL_WIDTH / 2,
        word: words[weekday as usize],
        rest: weekday > 4,
    }
}

fn cell(
    day: &DayView,
    before: Option<NaiveDate>,
    column: u32,
    row: u32,
    reckoning: &Reckoning,
    due: NaiveDate,
) -> Cell {
    let date = day.day.date;
    let is_event = date == reckoning.event_day.date;
    let (role, role_class) = match (is_event, date == due, date == reckoning.today) {
        (_, true, true) => ("今天到期", "role-due"),
        (_, true, false) => ("到期", "role-due"),
        (true, ..) => ("起算", "role-event"),
        (.., true) => ("今天", "role-today"),
        _ => ("", ""),
    };
    let class = match day.count {
        Count::Over(_) => "c-over",
        Count::Counted(_) if day.day.kind.is_rest() => "c-counted c-rest",
        Count::Counted(_) => "c-counted",
        Count::None if day.day.kind == DayKind::Holiday => "c-holiday",
        Count::None if day.day.kind.is_rest() => "c-rest",
        Count::None => "c-plain",
    };
    let middle = match day.count {
        Count::Counted(n) => n.to_string(),
        Count::Over(n) => format!("+{n}"),
        Count::None => String::new(),
    };
    let new_month = before.is_none_or(|before| before.month() != date.month());
    let label = if new_month {
        format!("{}/{}", date.month(), date.day())
    } else {
        date.day().to_string()
    };
    let name = day.name.as_deref().unwrap_or_default();
    Cell {
        x: column * CELL_WIDTH,
        y: HEAD_HEIGHT + row * CELL_HEIGHT,
        label,
        class,
        middle,
        role,
        role_class,
        mark: day.day.mark().unwrap_or_default(),
        title: format!("{date} {} {}{name}", day.day.weekday(), day.day.kind.word()),
    }
}
