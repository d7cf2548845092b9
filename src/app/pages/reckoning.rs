//! How a due day came about, day by day.

use super::days::{day, named_day};
use crate::app::App;
use crate::app::view::{Count, DayView, NumberSource, Reckoning};
use crate::domain::calendar::Certainty;
use crate::domain::deadline::{Direction, Unit, is_paused};
use crate::domain::obligation::{Kind, Obligation, State};
use crate::domain::policy::{Anchor, Event, NumberFrom};
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
        event: event(app, o),
        event_day: day(app, o.event_day),
        limit: if o.terms.counts() {
            o.terms.unit.amount_zh(o.terms.amount)
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

fn event(app: &App, o: &Obligation) -> String {
    match (o.kind, app.policy.rule(o.rule).map(|limit| limit.anchor)) {
        (Kind::Rectification, _) => "登记整改台账".to_owned(),
        (Kind::Finding | Kind::FindingReply, _) => "发现疑似问题".to_owned(),
        (Kind::FindingConfirm, _) => "疑似问题已答复".to_owned(),
        (Kind::Regrade | Kind::Restore, _) => "列入清单".to_owned(),
        (Kind::Backlog, _) => "首次导入".to_owned(),
        (_, Some(Anchor::Event(Event::CONCLUSION))) => "作出结论性认定意见".to_owned(),
        (_, Some(anchor)) => app.policy.anchor_zh(anchor),
        (_, None) => "起算事件".to_owned(),
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
            let working_days = o.terms.unit == Unit::WorkingDay;
            let count = if day.kind.is_rest() && (working_days || date > o.due.day) || is_paused(date, &o.adjustments) {
                Count::None
            } else if date > o.due.day {
                over += 1;
                Count::Over(over)
            } else if o.terms.counts() && date > o.event_day {
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
    if !o.terms.counts() {
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
    let plain = o.terms.unit == Unit::WorkingDay && o.adjustments.is_empty() && o.terms.direction == Direction::After;
    let reckoned = plain
        .then(|| app.calendars().national().add(o.event_day, o.terms.amount).ok())
        .flatten();
    reckoned
        .and_then(|deadline| deadline.reason.map(|reason| reason.to_string()))
        .or_else(|| crate::app::wording::certainty(o.due.certainty))
        .unwrap_or_default()
}
