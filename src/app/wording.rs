//! What an alert says: one title for the mail, the page and `simulate`.

use super::App;
use crate::domain::alert::{Planned, Point};
use crate::domain::calendar::{Calendar, Certainty, DayKind};
use crate::domain::deadline::{self, Direction, Unit, is_paused};
use crate::domain::obligation::{Kind, Obligation};
use crate::domain::time::{Moment, weekday_zh};
use crate::store::journal::{ACTOR_LOCAL, ACTOR_SERVICE};
use chrono::{Datelike, NaiveDate};
use std::cmp::Ordering;

/// Who acts without an account.
pub const ACTORS: &[(&str, &str)] = &[
    (ACTOR_SERVICE, "本系统"),
    (ACTOR_LOCAL, "本机命令"),
    ("mail-link", "邮件链接"),
    ("set-up-link", "首次启用的链接"),
];

/// Who acted, where the name behind an account is not looked up.
pub fn actor(actor: &str) -> &str {
    let known = ACTORS.iter().find(|(kept, _)| *kept == actor);
    known.map_or_else(|| actor.strip_prefix("account:").unwrap_or(actor), |(_, shown)| shown)
}

/// `11月19日（周四）`
pub fn short_day(day: NaiveDate) -> String {
    format!("{}月{}日（{}）", day.month(), day.day(), weekday_zh(day))
}

/// The name of what an obligation asks for, from the limit it comes from.
pub fn name(app: &App, obligation: &Obligation) -> String {
    app.policy
        .rule(obligation.rule)
        .map_or_else(|| kind_name(app, obligation.kind), |limit| limit.name.clone())
}

/// The name of a kind of obligation or alert, from the profile.
pub fn kind_name(app: &App, kind: Kind) -> String {
    let named = if kind == Kind::Finding {
        Kind::FindingReply
    } else {
        kind
    };
    match (kind, app.policy.limit(named)) {
        (Kind::Finding, _) => "发现疑似问题".to_owned(),
        (Kind::DeadlineMoved, _) => "到期日变动".to_owned(),
        (_, Some(limit)) => limit.name.clone(),
        (_, None) => kind.as_str().to_owned(),
    }
}

/// What an alert is about: its own kind where that is another one than the obligation's.
pub fn alert_name(app: &App, obligation: &Obligation, kind: Kind, point: Point) -> String {
    match (obligation.kind, point) {
        (Kind::FindingReply, Point::Opened) if obligation.revision > 1 => "疑似问题有变化".to_owned(),
        (_, Point::Moved) => name(app, obligation),
        (own, _) if own == kind => name(app, obligation),
        _ => kind_name(app, kind),
    }
}

/// How it stands on the day the reminder goes out: a reminder that comes late says how late it is by then.
pub fn standing(app: &App, obligation: &Obligation, point: Point, planned: Moment, now: Moment) -> String {
    let due = obligation.due.day;
    let today = now.day();
    match (point, &obligation.moved) {
        (Point::Moved, Some(moved)) if due < moved.from => "到期日提前".to_owned(),
        (Point::Moved, _) => "到期日推迟".to_owned(),
        (Point::Opened, _) => opened(obligation).to_owned(),
        (Point::Again(_) | Point::Chain(_), _) => format!("{}，无人确认", lateness(app, obligation, now)),
        _ if today <= planned.day() && obligation.due.certainty == Certainty::Firm => point.zh(),
        _ => lateness(app, obligation, now),
    }
}

/// How far an obligation is from its due day.
pub fn lateness(app: &App, obligation: &Obligation, now: Moment) -> String {
    let (due, today) = (obligation.due.day, now.day());
    let calendars = app.calendars();
    let (calendar, _) = calendars.of(obligation.scope_unit.as_deref());
    let days = |from, to| calendar.count(from, to).map_or(0, |count| count.working_days);
    match today.cmp(&due) {
        Ordering::Less => match days(today, due) {
            0 => "即将到期".to_owned(),
            left => Point::Before(left).zh(),
        },
        Ordering::Equal => Point::Due.zh(),
        Ordering::Greater => match days(due, today) {
            0 => "已到期".to_owned(),
            late => Point::After(late).zh(),
        },
    }
}

fn opened(obligation: &Obligation) -> &'static str {
    match obligation.kind {
        Kind::FindingReply if obligation.revision > 1 => "须再次答复或有新情况",
        Kind::FindingConfirm => "已答复，待另一人复核",
        Kind::Regrade | Kind::Restore => "新列入",
        _ => "新发现",
    }
}

/// One line: what, which number, by when. Names no person and no matter.
pub fn title(app: &App, obligation: &Obligation, planned: &Planned<'_>, now: Moment) -> String {
    let kind = planned.step.kind.unwrap_or(obligation.kind);
    let name = alert_name(app, obligation, kind, planned.step.point);
    let standing = standing(app, obligation, planned.step.point, planned.at, now);
    match (obligation.kind, planned.step.point) {
        (Kind::Backlog, _) => format!(
            "历史存量：首次导入时已逾期的事项汇总（{}）",
            short_day(obligation.event_day)
        ),
        (Kind::CalendarMissing, _) => format!("{name}：{}", obligation.number),
        (_, Point::Opened) => format!(
            "{name} {}，请于{}前{}",
            obligation.number,
            short_day(obligation.due.day),
            match obligation.kind {
                Kind::FindingReply => "答复",
                Kind::FindingConfirm => "复核",
                _ => "办理",
            }
        ),
        (_, Point::Moved) => {
            let from = obligation.moved.as_ref().map_or(obligation.due.day, |moved| moved.from);
            format!(
                "{standing}：{name} {}（原{}，现为{}）",
                obligation.number,
                short_day(from),
                short_day(obligation.due.day)
            )
        }
        _ => format!(
            "{standing}：{name} {}（应于{}）",
            obligation.number,
            short_day(obligation.due.day)
        ),
    }
}

/// Whose calendar an obligation is reckoned by.
pub fn calendar(obligation: &Obligation) -> String {
    obligation
        .calendar_unit
        .as_ref()
        .map_or_else(|| "全国放假安排".to_owned(), |unit| format!("{unit}的当地日历"))
}

/// Lines of a mail that count natural days; more helps nobody.
const BRIEF: usize = 45;
/// Lines of an explanation; ten years of days.
const FULL: usize = 4_000;

/// How an obligation's due day came about, short enough for a mail.
pub fn reckoning(app: &App, obligation: &Obligation) -> Vec<(String, String)> {
    let lines = every_day(app, obligation, BRIEF + 1);
    if lines.len() <= BRIEF {
        return lines;
    }
    vec![
        (short_day(obligation.event_day), "起算日，不计入".to_owned()),
        (
            short_day(obligation.due.day),
            format!("{}的最后一日", obligation.terms.zh()),
        ),
    ]
}

/// Every day from the event to the due day, what it counts as and why.
pub fn full_reckoning(app: &App, obligation: &Obligation) -> Vec<(String, String)> {
    every_day(app, obligation, FULL)
}

fn every_day(app: &App, obligation: &Obligation, most: usize) -> Vec<(String, String)> {
    let terms = obligation.terms;
    if !terms.counts() {
        return Vec::new();
    }
    let calendars = app.calendars();
    let (calendar, _) = calendars.of(obligation.scope_unit.as_deref());
    let start = (short_day(obligation.event_day), "起算日，不计入".to_owned());
    if terms.direction == Direction::Before {
        let mut lines = days_before(calendar, obligation, most);
        lines.push((short_day(obligation.event_day), "事件之日，不计入".to_owned()));
        return lines;
    }
    let mut lines = vec![start];
    let Ok(days) = calendar.reckoning(obligation.event_day, obligation.due.day) else {
        return lines;
    };
    let unrolled = deadline::reckon(terms, obligation.event_day, &obligation.adjustments, calendar)
        .map_or(obligation.due.day, |end| end.unrolled);
    let working = terms.unit == Unit::WorkingDay;
    let mut counted = 0;
    for day in days.into_iter().take(most) {
        let date = day.facts.date;
        let kind = kind_of(&day.facts.kind);
        let remark = if is_paused(date, &obligation.adjustments) {
            "中止或顺延期间，不计".to_owned()
        } else if date > unrolled {
            match kind.as_str() {
                "" => "期间最后一日是休息日，顺延到本日".to_owned(),
                rest => format!("{rest}，顺延"),
            }
        } else if working && !day.facts.working {
            format!("{kind}，不计")
        } else {
            counted += 1;
            let unit = if working { "个工作日" } else { "日" };
            match kind.as_str() {
                "" => format!("第 {counted} {unit}"),
                kind => format!("第 {counted} {unit}（{kind}）"),
            }
        };
        lines.push((short_day(date), remark));
    }
    lines
}

fn days_before(calendar: &Calendar, obligation: &Obligation, most: usize) -> Vec<(String, String)> {
    let working = obligation.terms.unit == Unit::WorkingDay;
    let span = obligation
        .due
        .day
        .iter_days()
        .take_while(|day| *day < obligation.event_day);
    let mut days: Vec<_> = span.take(most).filter_map(|day| calendar.facts(day).ok()).collect();
    days.reverse();
    let mut counted = 0;
    let mut lines: Vec<(String, String)> = days
        .into_iter()
        .map(|facts| {
            let kind = kind_of(&facts.kind);
            let remark = if working && !facts.working {
                format!("{kind}，不计")
            } else {
                counted += 1;
                format!("倒数第 {counted} {}", if working { "个工作日" } else { "日" })
            };
            (short_day(facts.date), remark)
        })
        .collect();
    lines.reverse();
    lines
}

fn kind_of(kind: &DayKind) -> String {
    match kind {
        DayKind::Workday => String::new(),
        DayKind::Weekend => "周末".to_owned(),
        DayKind::Holiday { name } => format!("{name}放假"),
        DayKind::MakeUp { name } => format!("{name}调休上班"),
        DayKind::StatutoryEstimate { name } => format!("{name}（按法定假日暂计）"),
    }
}

/// What to say of a day that is not sure.
pub fn certainty(certainty: Certainty) -> Option<String> {
    match certainty {
        Certainty::Firm => None,
        Certainty::Open => Some("暂定：下一年度放假通知尚未发布，12月29日至31日可能调整".to_owned()),
        Certainty::Unpublished => Some("暂定：该年度放假通知尚未发布，按周一至周五减法定假日估算".to_owned()),
    }
}
