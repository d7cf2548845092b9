//! How a unit has done over a span: each rate with what it counts, each number with its items.

use super::ladder::Tally;
use super::life::Life;
pub use crate::domain::span::Span;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Figure {
    /// 应整改: to be done by a day of the span.
    Due,
    /// Of these, closed by the end of the span.
    Closed,
    /// Of these, done by their day (and accepted since).
    OnTime,
    /// Of these, put off at least once.
    Extended,
    /// Of these, still open and past their day at the end of the span.
    Overdue,
    /// 销号 so far: closed at any time up to the end of the span.
    EverClosed,
    /// Of these, found in the span to have come back.
    Relapsed,
    /// With points taken off in the span.
    Deducted,
    /// 长期坚持 and not closed at the end of the span.
    Standing,
}

impl Figure {
    /// Every figure, in the order of the report.
    pub const ALL: [Self; 9] = [
        Self::Due,
        Self::Closed,
        Self::OnTime,
        Self::Extended,
        Self::Overdue,
        Self::EverClosed,
        Self::Relapsed,
        Self::Deducted,
        Self::Standing,
    ];

    /// The word of the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Closed => "closed",
            Self::OnTime => "on-time",
            Self::Extended => "extended",
            Self::Overdue => "overdue",
            Self::EverClosed => "ever-closed",
            Self::Relapsed => "relapsed",
            Self::Deducted => "deducted",
            Self::Standing => "standing",
        }
    }

    /// The words people see.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Due => "应整改",
            Self::Closed => "已销号",
            Self::OnTime => "按期完成",
            Self::Extended => "延期",
            Self::Overdue => "逾期未完成",
            Self::EverClosed => "累计销号",
            Self::Relapsed => "反弹",
            Self::Deducted => "扣分事项",
            Self::Standing => "长期坚持",
        }
    }

    /// Reads either.
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|figure| figure.as_str() == text || figure.zh() == text)
    }
}

/// How an item that was to be done by a day of the span came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// 按期完成: done by its day and accepted.
    OnTime,
    /// 逾期完成: accepted, but done after its day.
    Late,
    /// 未完成: not accepted.
    Open,
}

impl Done {
    /// All three, the best first.
    pub const ALL: [Self; 3] = [Self::OnTime, Self::Late, Self::Open];

    /// The word of an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnTime => "on-time",
            Self::Late => "late",
            Self::Open => "open",
        }
    }

    /// The words people see.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::OnTime => "按期完成",
            Self::Late => "逾期完成",
            Self::Open => "未完成",
        }
    }
}

/// An item as it is counted.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'a> {
    /// 编号
    pub number: &'a str,
    /// Where it stands.
    pub life: &'a Life,
}

/// The numbers of one unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitFigures {
    /// Numbers of the items behind each figure.
    pub items: BTreeMap<Figure, Vec<String>>,
    /// 扣分
    pub deducted: Tally,
}

/// One rate: how many of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// Of how many.
    pub of: usize,
    /// How many.
    pub count: usize,
}

impl Rate {
    /// In tenths of a percent, rounded half up; none of nothing.
    pub fn per_mille(self) -> Option<u32> {
        (self.of > 0).then(|| ((self.count * 2000 + self.of) / (self.of * 2)) as u32)
    }

    /// `87.5%`, `—` where there is nothing to divide by.
    pub fn zh(self) -> String {
        self.per_mille()
            .map_or("—".to_owned(), |rate| format!("{}.{}%", rate / 10, rate % 10))
    }
}

impl UnitFigures {
    /// How many.
    pub fn count(&self, figure: Figure) -> usize {
        self.items.get(&figure).map_or(0, Vec::len)
    }

    fn rate(&self, count: Figure, of: Figure) -> Rate {
        Rate {
            of: self.count(of),
            count: self.count(count),
        }
    }

    /// 整改率: closed of those that were to be done.
    pub fn rectified(&self) -> Rate {
        self.rate(Figure::Closed, Figure::Due)
    }

    /// 按期率: done by their day of those that were to be done.
    pub fn on_time(&self) -> Rate {
        self.rate(Figure::OnTime, Figure::Due)
    }

    /// 延期率: put off of those that were to be done.
    pub fn extended(&self) -> Rate {
        self.rate(Figure::Extended, Figure::Due)
    }

    /// 反弹率: come back in the span of those that had ever been closed.
    pub fn relapsed(&self) -> Rate {
        self.rate(Figure::Relapsed, Figure::EverClosed)
    }

    /// Numbers of the items that came out so; together they are those that were to be done.
    pub fn done(&self, how: Done) -> Vec<&str> {
        let of = |figure| self.items.get(&figure).map(Vec::as_slice).unwrap_or_default();
        let (all, without) = match how {
            Done::OnTime => (of(Figure::OnTime), &[] as &[String]),
            Done::Late => (of(Figure::Closed), of(Figure::OnTime)),
            Done::Open => (of(Figure::Due), of(Figure::Closed)),
        };
        let without: BTreeSet<&str> = without.iter().map(String::as_str).collect();
        let all = all.iter().map(String::as_str);
        all.filter(|number| !without.contains(number)).collect()
    }

    fn put(&mut self, figure: Figure, number: &str) {
        self.items.entry(figure).or_default().push(number.to_owned());
    }
}

/// The numbers of every unit, and of all together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// By 责任单位.
    pub units: BTreeMap<String, UnitFigures>,
    /// All together.
    pub total: UnitFigures,
}

/// Counts. What happened after the span does not show; `today` ends a span that is not over.
pub fn figures<'a>(items: impl IntoIterator<Item = Counted<'a>>, span: Span, today: NaiveDate) -> Figures {
    let end = span.to.min(today);
    let mut out = Figures::default();
    for item in items {
        let (counted, deducted) = count(item.life, span, end);
        let unit = out.units.entry(item.life.facts.unit.clone()).or_default();
        for into in [unit, &mut out.total] {
            for figure in &counted {
                into.put(*figure, item.number);
            }
            into.deducted.0 += deducted.0;
        }
    }
    out
}

/// The same by month of the day things were to be done by; how they stand at the end of the whole span.
pub fn by_month<'a>(
    items: &(impl IntoIterator<Item = Counted<'a>> + Clone),
    span: Span,
    today: NaiveDate,
) -> Vec<(Span, UnitFigures)> {
    let end = span.to.min(today);
    let months = span.months_until(end).into_iter();
    let of_month = |month: Span| {
        let mut own = UnitFigures::default();
        for item in items.clone() {
            for figure in count(item.life, month, end).0 {
                own.put(figure, item.number);
            }
        }
        (month, own)
    };
    months.map(of_month).collect()
}

fn count(life: &Life, span: Span, end: NaiveDate) -> (Vec<Figure>, Tally) {
    let mut counted = Vec::new();
    if life.listed_on.is_none_or(|listed| listed > end) {
        return (counted, Tally::default());
    }
    let closed = life.closed_on.filter(|on| *on <= end);
    match life.due_on {
        Some(due) if span.has(due) && due <= end => {
            counted.push(Figure::Due);
            // Done in time is what was accepted in the end, on the day it was handed in.
            let done = life.done_on().filter(|on| *on <= end);
            if closed.is_some() {
                counted.push(Figure::Closed);
                if done.is_some_and(|on| on <= due) {
                    counted.push(Figure::OnTime);
                }
            } else if done.is_none() && due < end {
                counted.push(Figure::Overdue);
            }
            let put_off = life.earlier_extensions > 0
                || life
                    .granted()
                    .any(|one| one.decided.as_ref().is_some_and(|decided| decided.on <= end));
            if put_off {
                counted.push(Figure::Extended);
            }
        }
        None if closed.is_none() => counted.push(Figure::Standing),
        _ => {}
    }
    if closed.is_some() || life.earlier_closings.iter().any(|on| *on <= end) {
        counted.push(Figure::EverClosed);
        if life.relapses.iter().any(|on| span.has(*on) && *on <= end) {
            counted.push(Figure::Relapsed);
        }
    }
    let deducted: u32 = life
        .steps
        .iter()
        .filter(|step| span.has(step.on) && step.on <= end)
        .map(|step| step.deduction)
        .sum();
    if deducted > 0 {
        counted.push(Figure::Deducted);
    }
    (counted, Tally(deducted))
}
