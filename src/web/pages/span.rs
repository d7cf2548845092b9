//! The picture of a whole case against the calendar: a band of days with rest days shaded and make-up days marked, what
//! happened above it, what is due below it.

use crate::app::view::{DayKind, Light, Span};
use askama::Template;
use askama::filters::HtmlSafe;
use chrono::{Datelike as _, NaiveDate};

const MARGIN: u32 = 8;
const LANE: u32 = 17;
const BAND: u32 = 24;
/// Labels above one another; further ones overlap.
const LANES: usize = 7;
/// Characters of a label; its title has all.
const LONGEST: usize = 18;

/// A drawn case.
#[derive(Template)]
#[template(path = "partials/span.html")]
pub(super) struct Picture {
    width: u32,
    height: u32,
    band: u32,
    cells: Vec<Cell>,
    months: Vec<(u32, String)>,
    labels: Vec<Label>,
    today: Option<u32>,
    summary: String,
    clipped: bool,
}

impl HtmlSafe for Picture {}

struct Cell {
    x: u32,
    width: u32,
    class: &'static str,
    mark: &'static str,
    title: String,
}

struct Label {
    x: u32,
    y: u32,
    /// Where its line begins and ends.
    from: u32,
    to: u32,
    anchor: &'static str,
    class: &'static str,
    text: String,
    title: String,
}

/// Where labels of one side stand.
#[derive(Default)]
struct Lanes(Vec<u32>);

impl Lanes {
    /// The first lane that is free from `start` on.
    fn take(&mut self, start: u32, end: u32) -> usize {
        let free = self.0.iter().position(|taken| *taken <= start);
        let lane = free.unwrap_or(self.0.len()).min(LANES - 1);
        if lane == self.0.len() {
            self.0.push(0);
        }
        self.0[lane] = self.0[lane].max(end);
        lane
    }
}

/// Lays a case out.
pub(super) fn picture(span: &Span) -> Picture {
    let per = match span.days.len() {
        0..=90 => 11,
        91..=180 => 6,
        181..=360 => 3,
        _ => 2,
    };
    let width = (span.days.len() as u32 * per).max(560) + 2 * MARGIN;
    let x_of = |date: NaiveDate| {
        let at = span.days.iter().position(|day| day.date == date)?;
        Some(MARGIN + at as u32 * per)
    };
    let (mut above, mut below) = (Lanes::default(), Lanes::default());
    let mut labels = Vec::new();
    let dues = span.dues.iter().map(|(date, light, words)| {
        let said = format!("{} {}：{words}", short(*date), light.word());
        (*date, said, class(*light), false)
    });
    let events = span.events.iter().map(|(date, words)| {
        let said = format!("{} {words}", short(*date));
        (*date, said, "s-event", true)
    });
    for (date, said, class, is_above) in events.chain(dues) {
        let Some(x) = x_of(date) else { continue };
        let text = cut(&said);
        let length = long(&text);
        let ends = x + length + 6 > width;
        let (start, end) = if ends {
            (x.saturating_sub(length), x + 8)
        } else {
            (x, x + length + 10)
        };
        let lane = if is_above { &mut above } else { &mut below }.take(start, end);
        labels.push(Label {
            x: x + per / 2,
            y: lane as u32,
            from: u32::from(is_above),
            to: 0,
            anchor: if ends { "end" } else { "start" },
            class,
            text,
            title: format!("{date} {said}"),
        });
    }
    let band = above.0.len() as u32 * LANE + 6;
    for label in &mut labels {
        let (lane, is_above) = (label.y, label.from == 1);
        if is_above {
            label.y = band - 8 - lane * LANE;
            (label.from, label.to) = (label.y + 3, band);
        } else {
            label.y = band + BAND + 32 + lane * LANE;
            (label.from, label.to) = (band + BAND, label.y - 11);
        }
    }
    let months = span
        .days
        .iter()
        .enumerate()
        .filter(|(at, day)| day.date.day() == 1 || *at == 0 && day.date.day() < 20)
        .map(|(at, day)| {
            let month = day.date.month();
            let name = if month == 1 || at == 0 {
                format!("{}年{month}月", day.date.year())
            } else {
                format!("{month}月")
            };
            (MARGIN + at as u32 * per, name)
        });
    let cells = span.days.iter().enumerate().map(|(at, day)| Cell {
        x: MARGIN + at as u32 * per,
        width: per,
        class: match day.kind {
            DayKind::Workday => "s-work",
            DayKind::Weekend => "s-rest",
            DayKind::Holiday => "s-holiday",
            DayKind::MakeUp => "s-makeup",
        },
        mark: if day.kind == DayKind::MakeUp && per > 10 {
            "班"
        } else {
            ""
        },
        title: format!("{} {} {}", day.date, day.weekday(), day.kind.word()),
    });
    Picture {
        width,
        height: band + BAND + 40 + below.0.len() as u32 * LANE,
        band,
        cells: cells.collect(),
        months: months.collect(),
        labels,
        today: x_of(span.today).map(|x| x + per / 2),
        summary: summary(span),
        clipped: span.clipped,
    }
}

fn summary(span: &Span) -> String {
    let ends = span.days.first().zip(span.days.last());
    ends.map_or_else(String::new, |(first, last)| {
        format!(
            "{} 至 {}，{} 个工作日，{} 项经过，{} 个到期日",
            first.date,
            last.date,
            span.days.iter().filter(|day| !day.kind.is_rest()).count(),
            span.events.len(),
            span.dues.len()
        )
    })
}

fn class(light: Light) -> &'static str {
    match light {
        Light::Overdue => "s-overdue",
        Light::Soon => "s-soon",
        Light::Normal => "s-normal",
        Light::Tentative => "s-tentative",
        Light::Met => "s-met",
    }
}

fn short(date: NaiveDate) -> String {
    format!("{}/{}", date.month(), date.day())
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(LONGEST - 1).collect();
    out.push('…');
    out
}

/// How wide a text of twelve pixels is, near enough to keep labels apart.
fn long(text: &str) -> u32 {
    text.chars().map(|c| if c.is_ascii() { 7 } else { 12 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::view::Day;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn labels_of_near_days_stand_apart() {
        let days: Vec<Day> = day("2026-09-21")
            .iter_days()
            .take(60)
            .map(|date| Day {
                date,
                kind: DayKind::Workday,
            })
            .collect();
        let span = Span {
            days,
            events: vec![
                (day("2026-09-21"), "问责启动".to_owned()),
                (day("2026-09-22"), "同步研判容错情形".to_owned()),
                (
                    day("2026-11-18"),
                    "集体研究、结论作出、反馈容错对象、抄送主管部门".to_owned(),
                ),
            ],
            dues: vec![(day("2026-11-19"), Light::Overdue, "结论归入廉政档案".to_owned())],
            today: day("2026-09-30"),
            clipped: false,
        };
        let drawn = picture(&span);
        let (first, second, last) = (&drawn.labels[0], &drawn.labels[1], &drawn.labels[2]);
        assert_ne!(first.y, second.y, "two labels over one another");
        assert_eq!((last.anchor, last.y), ("end", first.y));
        assert!(last.text.ends_with('…') && last.title.contains("抄送主管部门"));
        assert!(drawn.labels[3].y > drawn.band + BAND && drawn.labels[3].text.contains("逾期"));
        assert!(
            drawn
                .labels
                .iter()
                .all(|label| label.y < drawn.height && label.x < drawn.width)
        );
        assert_eq!(drawn.today, Some(MARGIN + 9 * 11 + 5));
    }
}
