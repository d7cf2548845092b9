//! What an alert says: one title for the mail, the page and `simulate`.

use super::App;
use crate::domain::alert::{Planned, Point};
use crate::domain::calendar::{Certainty, DayKind};
use crate::domain::obligation::{Kind, Obligation};
use crate::domain::time::weekday_zh;
use chrono::{Datelike, NaiveDate};

/// `11月19日（周四）`
pub fn short_day(day: NaiveDate) -> String {
    format!("{}月{}日（{}）", day.month(), day.day(), weekday_zh(day))
}

/// The name of what must be done, from the profile.
pub fn kind_name(app: &App, kind: Kind) -> String {
    let named = if kind == Kind::Finding {
        Kind::FindingReply
    } else {
        kind
    };
    match (kind, app.policy.limit(named)) {
        (Kind::Finding, _) => "发现疑似问题".to_owned(),
        (_, Some(limit)) => limit.name.clone(),
        (_, None) => kind.as_str().to_owned(),
    }
}

/// One line: what, which number, by when. Names no person and no matter.
pub fn title(app: &App, obligation: &Obligation, planned: &Planned<'_>) -> String {
    let kind = planned.step.kind.unwrap_or(obligation.kind);
    let name = kind_name(app, kind);
    match (obligation.kind, planned.step.point) {
        (Kind::Backlog, _) => format!(
            "历史存量：首次导入时已逾期的事项汇总（{}）",
            short_day(obligation.event_day)
        ),
        (_, Point::Opened) => format!(
            "{name} {}，请于{}前答复",
            obligation.number,
            short_day(obligation.due.day)
        ),
        (_, point) => format!(
            "{}：{name} {}（应于{}）",
            point.zh(),
            obligation.number,
            short_day(obligation.due.day)
        ),
    }
}

/// Days between the event and the due day, the rest days and make-up days named.
pub fn reckoning(app: &App, obligation: &Obligation) -> Vec<(String, String)> {
    if obligation.days == 0 {
        return Vec::new();
    }
    let mut lines = vec![(short_day(obligation.event_day), "起算日，不计入".to_owned())];
    let Ok(days) = app.calendar.reckoning(obligation.event_day, obligation.due.day) else {
        return lines;
    };
    for day in days {
        let kind = match &day.facts.kind {
            DayKind::Workday => String::new(),
            DayKind::Weekend => "周末".to_owned(),
            DayKind::Holiday { name } => format!("{name}放假"),
            DayKind::MakeUp { name } => format!("{name}调休上班"),
            DayKind::StatutoryEstimate { name } => format!("{name}（按法定假日暂计）"),
        };
        let remark = match (day.ordinal, kind.is_empty()) {
            (Some(n), true) => format!("第 {n} 个工作日"),
            (Some(n), false) => format!("第 {n} 个工作日（{kind}）"),
            (None, _) => format!("{kind}，不计"),
        };
        lines.push((short_day(day.facts.date), remark));
    }
    lines
}

/// What to say of a day that is not sure.
pub fn certainty(certainty: Certainty) -> Option<String> {
    match certainty {
        Certainty::Firm => None,
        Certainty::Open => Some("暂定：下一年度放假通知尚未发布，12月29日至31日可能调整".to_owned()),
        Certainty::Unpublished => Some("暂定：该年度放假通知尚未发布，按周一至周五减法定假日估算".to_owned()),
    }
}
