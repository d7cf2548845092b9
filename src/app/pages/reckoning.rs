//! How a due day came about, day by day.

use super::days::{day, named_day};
use crate::app::App;
use crate::app::view::{Count, DayView, NumberSource, Reckoning};
use crate::domain::calendar::Certainty;
use crate::domain::obligation::{Kind, Obligation, State};
use crate::domain::policy::NumberFrom;
use chrono::{Datelike, NaiveDate};

/// Days laid open; a page with more helps nobody.
const MAX_DAYS: usize = 200;

/// Lays the days open from the event to the due day, or to today when that is later.
pub(super) fn reckoning(app: &App, o: &Obligation, today: NaiveDate) -> Reckoning {
    // A day that a ledger gives may lie before the day on which the ledger came.
    let first = o.event_day.min(o.due.day);
    // What is done, or no longer asked for, does not run on.
    let until = match o.state {
        State::Open => today,
        State::Met | State::Void => o.met_on.unwrap_or(o.due.day),
    };
    let last = o.due.day.max(until);
    let span = usize::try_from((last - first).num_days()).unwrap_or(0) + 1;
    let days = days(app, o, first, last);
    Reckoning {
        event: event(o).to_owned(),
        event_day: day(app, o.event_day),
        limit: if o.days > 0 {
            format!("{} 个工作日", o.days)
        } else {
            "至台账写明的整改时限".to_owned()
        },
        source: match o.number_from {
            NumberFrom::Policy => NumberSource::Policy,
            NumberFrom::Local => NumberSource::Local,
        },
        today,
        omitted: u32::try_from(span - days.len()).unwrap_or(u32::MAX),
        days,
    }
}

fn event(o: &Obligation) -> &'static str {
    match o.kind {
        Kind::Rectification => "登记整改台账",
        Kind::Finding | Kind::FindingReply => "发现疑似问题",
        Kind::Backlog => "首次导入",
        _ => "作出结论性认定意见",
    }
}

fn days(app: &App, o: &Obligation, first: NaiveDate, last: NaiveDate) -> Vec<DayView> {
    let (mut counted, mut over) = (0, 0);
    first
        .iter_days()
        .take_while(|date| *date <= last)
        .take(MAX_DAYS)
        .map(|date| {
            let (day, name) = named_day(app, date);
            let count = if day.kind.is_rest() {
                Count::None
            } else if date > o.due.day {
                over += 1;
                Count::Over(over)
            } else if o.days > 0 && date > o.event_day {
                counted += 1;
                Count::Counted(counted)
            } else {
                // The event's own day does not count, and a day that was given is not counted up to.
                Count::None
            };
            DayView { day, name, count }
        })
        .collect()
}

/// Why the due day is, or is not, certain.
pub(super) fn certainty_reason(app: &App, o: &Obligation) -> String {
    if o.days == 0 {
        return "到期日由台账写明，不随放假安排变动".to_owned();
    }
    let (from, to) = (o.event_day.year(), o.due.day.year());
    if o.due.certainty == Certainty::Firm {
        let years = if from == to {
            format!("{from} 年")
        } else {
            format!("{from} 年、{to} 年")
        };
        return format!("{years}放假通知已发布，其间每一天都已确定");
    }
    let reckoned = app.calendar.add(o.event_day, o.days).ok();
    reckoned
        .and_then(|deadline| deadline.reason)
        .or_else(|| crate::app::wording::certainty(o.due.certainty))
        .unwrap_or_default()
}
