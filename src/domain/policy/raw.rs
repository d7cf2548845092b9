//! A profile as it is written, each checked value with its place, and the checks that give line and column.

use super::{
    Anchor, AppliesTo, Event, Extension, Guard, GuardRule, Limit, Mode, NumberFrom, OwnEvent, Policy, Postponement,
    Profile, Schedule, Scope, Step, Suspension,
};
use crate::domain::alert::Point;
use crate::domain::deadline::{Direction, Terms, Unit};
use crate::domain::name::Name;
use crate::domain::obligation::Kind;
use crate::domain::protection::Tolerance;
use crate::domain::protection::list::Domain;
use chrono::{Datelike, NaiveDate, NaiveTime};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use toml::Spanned;

/// One mistake with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
    /// What is wrong and what to do.
    pub problem: String,
}

/// Why a profile cannot be used: every mistake found, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PolicyError(pub Vec<Fault>);

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "规则文件有 {} 处错误", self.0.len())?;
        for fault in &self.0 {
            write!(f, "\n  第 {} 行第 {} 列：{}", fault.line, fault.column, fault.problem)?;
        }
        Ok(())
    }
}

/// By this month and day the next year's notice is looked for, where a profile does not say.
const NOTICE_BY: (u32, u32) = (12, 1);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    profile: RawProfile,
    switches: RawSwitches,
    hours: RawHours,
    pay_tolerance: Tolerance,
    #[serde(default)]
    protection: RawProtection,
    #[serde(rename = "guard", default)]
    guards: Vec<RawGuard>,
    #[serde(rename = "event", default)]
    events: Vec<RawEvent>,
    #[serde(rename = "limit")]
    limits: Vec<Spanned<RawLimit>>,
    #[serde(rename = "schedule")]
    schedules: Vec<RawSchedule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProfile {
    id: Name,
    name: Spanned<String>,
    source: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSwitches {
    archive_when_not_tolerated: bool,
    roll_off: bool,
    #[serde(default)]
    next_year_notice_by: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHours {
    start: Spanned<String>,
    end: Spanned<String>,
}

/// Which kinds of outcome are protected; all where the profile does not say.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProtection {
    #[serde(default)]
    domains: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    clause: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGuard {
    id: Spanned<Guard>,
    clause: Spanned<String>,
    quote: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEvent {
    id: Spanned<Name>,
    name: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimit {
    #[serde(default)]
    id: Option<Spanned<Name>>,
    kind: Spanned<Kind>,
    name: Spanned<String>,
    anchor: Spanned<Name>,
    #[serde(default)]
    done_by: Option<Spanned<Name>>,
    #[serde(default)]
    levels: Vec<AppliesTo>,
    amount: Spanned<u32>,
    #[serde(default = "working_day")]
    unit: Unit,
    #[serde(default = "after")]
    direction: Spanned<Direction>,
    mode: Spanned<Mode>,
    number_from: Spanned<NumberFrom>,
    clause: Option<Spanned<String>>,
    quote: Option<Spanned<String>>,
    schedule: Spanned<String>,
    action: Spanned<String>,
    #[serde(default)]
    extension: Option<Spanned<Extension>>,
    #[serde(default)]
    suspension: Option<Spanned<Suspension>>,
    #[serde(default)]
    postponement: Option<Spanned<Postponement>>,
}

const fn working_day() -> Unit {
    Unit::WorkingDay
}

fn after() -> Spanned<Direction> {
    Spanned::new(0..0, Direction::After)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSchedule {
    id: Spanned<String>,
    scope: Scope,
    points: Spanned<Vec<Step>>,
}

/// Collects mistakes with their places.
struct Checker<'a> {
    text: &'a str,
    faults: Vec<Fault>,
}

impl Checker<'_> {
    fn at(&mut self, span: Range<usize>, problem: impl Into<String>) {
        let (line, column) = place(self.text, span.start);
        self.faults.push(Fault {
            line,
            column,
            problem: problem.into(),
        });
    }

    fn filled(&mut self, text: &Spanned<String>, what: &str) -> String {
        if text.get_ref().trim().is_empty() {
            self.at(text.span(), format!("{what}是空的，请写明"));
        }
        text.get_ref().trim().to_owned()
    }

    /// A day of every year, as month and day.
    fn day_of_year(&mut self, text: &Spanned<String>) -> (u32, u32) {
        // Read in a year without 29 February: the day must exist in each.
        NaiveDate::parse_from_str(&format!("2001-{}", text.get_ref()), "%Y-%m-%d").map_or_else(
            |_| {
                self.at(
                    text.span(),
                    format!("「{}」不是每年都有的日期，应写成 12-01", text.get_ref()),
                );
                NOTICE_BY
            },
            |day| (day.month(), day.day()),
        )
    }

    fn time(&mut self, text: &Spanned<String>) -> NaiveTime {
        NaiveTime::parse_from_str(text.get_ref(), "%H:%M").unwrap_or_else(|_| {
            self.at(text.span(), format!("「{}」不是时刻，应写成 09:00", text.get_ref()));
            NaiveTime::MIN
        })
    }
}

fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// Reads and checks a profile.
pub(super) fn parse(text: &str) -> Result<Policy, PolicyError> {
    let raw: Raw = toml::from_str(text).map_err(|error| PolicyError(vec![syntax(text, &error)]))?;
    let mut checker = Checker {
        text,
        faults: Vec::new(),
    };
    let policy = build(&raw, &mut checker);
    checker.faults.sort_by_key(|fault| (fault.line, fault.column));
    if checker.faults.is_empty() {
        Ok(policy)
    } else {
        Err(PolicyError(checker.faults))
    }
}

fn syntax(text: &str, error: &toml::de::Error) -> Fault {
    let (line, column) = place(text, error.span().map_or(text.len(), |span| span.start));
    Fault {
        line,
        column,
        problem: said(error.message()),
    }
}

/// The parser's own words in Chinese where they are known; the words between backticks are kept.
fn said(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let first = quoted.next().unwrap_or_default();
    let rest: Vec<&str> = quoted.collect();
    if message.starts_with("unknown field") {
        format!("不认识的键「{first}」，可用的是 {}", rest.join("、"))
    } else if message.starts_with("unknown variant") {
        format!("不认识的取值「{first}」，可用的是 {}", rest.join("、"))
    } else if message.starts_with("missing field") {
        format!("缺少「{first}」")
    } else if message.starts_with("duplicate key") {
        format!("同一处写了两次：{message}")
    } else if message.starts_with("invalid type") || message.starts_with("invalid value") {
        format!("取值的类型或范围不对（{message}）")
    } else {
        message.to_owned()
    }
}

fn build(raw: &Raw, check: &mut Checker<'_>) -> Policy {
    let profile = Profile {
        id: raw.profile.id.as_str().to_owned(),
        name: check.filled(&raw.profile.name, "规则名称"),
        source: check.filled(&raw.profile.source, "来源文件"),
    };
    let (start, end) = (check.time(&raw.hours.start), check.time(&raw.hours.end));
    if start >= end {
        check.at(raw.hours.end.span(), "上班时间须早于下班时间");
    }
    let own_events = own_events(&raw.events, check);
    let guards = guards(&raw.guards, check);
    let protected = protected(&raw.protection, check);
    let schedules = schedules(&raw.schedules, check);
    let mut limits: Vec<Limit> = Vec::new();
    let mut places: Vec<Range<usize>> = Vec::new();
    for spanned in &raw.limits {
        let limit = limit(spanned.get_ref(), raw, &own_events, check);
        if limits.iter().any(|other| other.id == limit.id) {
            let span = spanned
                .get_ref()
                .id
                .as_ref()
                .map_or_else(|| spanned.get_ref().kind.span(), Spanned::span);
            check.at(
                span,
                format!(
                    "期限「{}」写了两次；同一种事项有几个期限时，各写一个不同的 id",
                    limit.id
                ),
            );
        }
        places.push(spanned.get_ref().anchor.span());
        limits.push(limit);
    }
    cycles(&limits, &places, check);
    for kind in [Kind::Rectification, Kind::FindingReply, Kind::Backlog] {
        if !limits.iter().any(|limit| limit.kind == kind) {
            check.at(0..0, format!("缺少期限 {}：服务本身要用到它", kind.as_str()));
        }
    }
    Policy {
        profile,
        archive_when_not_tolerated: raw.switches.archive_when_not_tolerated,
        roll_off: raw.switches.roll_off,
        notice_by: raw
            .switches
            .next_year_notice_by
            .as_ref()
            .map_or(NOTICE_BY, |text| check.day_of_year(text)),
        start,
        end,
        tolerance: raw.pay_tolerance,
        own_events,
        guards,
        protected,
        limits,
        schedules,
    }
}

fn guards(raw: &[RawGuard], check: &mut Checker<'_>) -> Vec<GuardRule> {
    let mut guards: Vec<GuardRule> = Vec::new();
    for one in raw {
        let guard = *one.id.get_ref();
        if guards.iter().any(|other| other.guard == guard) {
            check.at(one.id.span(), format!("程序要求「{}」写了两次", guard.as_str()));
        }
        guards.push(GuardRule {
            guard,
            clause: check.filled(&one.clause, "程序要求的条款（clause）"),
            quote: check.filled(&one.quote, "程序要求的原文（quote）"),
        });
    }
    guards
}

fn protected(raw: &RawProtection, check: &mut Checker<'_>) -> Vec<Domain> {
    let Some(named) = &raw.domains else {
        return Domain::ALL.to_vec();
    };
    if raw
        .clause
        .as_ref()
        .is_none_or(|clause| clause.get_ref().trim().is_empty())
    {
        let span = named.first().map_or(0..0, Spanned::span);
        check.at(span, "受保护的事项没有写明依据的条款（clause）");
    }
    let mut domains = Vec::new();
    for word in named {
        if let Some(domain) = Domain::from_id(word.get_ref()) {
            domains.push(domain);
        } else {
            let known: Vec<&str> = Domain::ALL.iter().map(|domain| domain.as_str()).collect();
            check.at(
                word.span(),
                format!("不认识的事项类别「{}」，可用的是 {}", word.get_ref(), known.join("、")),
            );
        }
    }
    domains
}

fn own_events(raw: &[RawEvent], check: &mut Checker<'_>) -> Vec<OwnEvent> {
    let mut own: Vec<OwnEvent> = Vec::new();
    for event in raw {
        let id = Event(*event.id.get_ref());
        if id.built_in_zh().is_some() {
            check.at(
                event.id.span(),
                format!("事件「{}」是程序自有的，不必也不能另行定义", id.as_str()),
            );
        }
        if ANCHOR_WORDS.contains(&id.as_str()) || own.iter().any(|other| other.id == id) {
            check.at(event.id.span(), format!("事件「{}」重复", id.as_str()));
        }
        own.push(OwnEvent {
            id,
            name: check.filled(&event.name, "事件名称"),
        });
    }
    own
}

fn schedules(raw: &[RawSchedule], check: &mut Checker<'_>) -> Vec<Schedule> {
    let mut schedules: Vec<Schedule> = Vec::new();
    for one in raw {
        let id = check.filled(&one.id, "提醒的 id");
        if schedules.iter().any(|other| other.id == id) {
            check.at(one.id.span(), format!("提醒「{id}」写了两次"));
        }
        if let Some(step) = one.points.get_ref().iter().find(|step| step.roles.is_empty()) {
            check.at(one.points.span(), format!("提醒点 {} 没有写明通知哪些角色", step.point));
        }
        if one.points.get_ref().iter().any(|step| step.point == Point::Moved) {
            check.at(one.points.span(), "到期日变动的通知由程序自动发出，不写在提醒点里");
        }
        match Schedule::new(id, one.scope, one.points.get_ref().clone()) {
            Some(schedule) => schedules.push(schedule),
            None => check.at(one.points.span(), "至少要有一个提醒点"),
        }
    }
    schedules
}

/// Anchors that are no events.
const ANCHOR_WORDS: [&str; 2] = ["given", "opened"];

fn event(name: &Spanned<Name>, own: &[OwnEvent], check: &mut Checker<'_>) -> Event {
    let event = Event(*name.get_ref());
    if event.built_in_zh().is_none() && !own.iter().any(|one| one.id == event) {
        check.at(
            name.span(),
            format!(
                "没有任何环节会产生事件「{}」：请用程序自有的事件，或先用 [[event]] 定义由人登记的事件",
                event.as_str()
            ),
        );
    }
    event
}

fn limit(raw: &RawLimit, whole: &Raw, own: &[OwnEvent], check: &mut Checker<'_>) -> Limit {
    let kind = *raw.kind.get_ref();
    let anchor = match raw.anchor.get_ref().as_str() {
        "given" => Anchor::Given,
        "opened" => Anchor::Opened,
        _ => Anchor::Event(event(&raw.anchor, own, check)),
    };
    let done_by = raw.done_by.as_ref().map(|name| event(name, own, check));
    if matches!(anchor, Anchor::Event(_)) && done_by.is_none() {
        check.at(
            raw.anchor.span(),
            "以事件起算的期限要写明由哪个事件办结（done_by），否则永远不会办结",
        );
    }
    amounts(raw, anchor, check);
    let name = raw.name.get_ref();
    let clause = if let Some(clause) = &raw.clause {
        check.filled(clause, &format!("期限「{name}」依据的条款（clause）"))
    } else {
        check.at(raw.kind.span(), format!("期限「{name}」没有写明依据的条款（clause）"));
        String::new()
    };
    let quote = if let Some(quote) = &raw.quote {
        check.filled(quote, &format!("期限「{name}」的原文（quote）"))
    } else {
        check.at(raw.kind.span(), format!("期限「{name}」没有写明条款原文（quote）"));
        String::new()
    };
    if *raw.mode.get_ref() == Mode::Prompt && *raw.number_from.get_ref() == NumberFrom::Policy {
        check.at(
            raw.number_from.span(),
            "原文为「及时」的，政策没有给出数字，number_from 应写 \"local\"（本单位约定）",
        );
    }
    let schedule = check.filled(&raw.schedule, "提醒（schedule）");
    if !whole.schedules.iter().any(|one| *one.id.get_ref() == schedule) {
        check.at(raw.schedule.span(), format!("引用的提醒「{schedule}」不存在"));
    }
    Limit {
        id: raw.id.as_ref().map_or_else(|| kind.name(), |id| *id.get_ref()),
        kind,
        name: check.filled(&raw.name, "名称（name）"),
        anchor,
        done_by,
        levels: raw.levels.clone(),
        terms: Terms {
            amount: *raw.amount.get_ref(),
            unit: raw.unit,
            direction: *raw.direction.get_ref(),
            roll_off: whole.switches.roll_off,
        },
        mode: *raw.mode.get_ref(),
        number_from: *raw.number_from.get_ref(),
        clause,
        quote,
        schedule,
        action: check.filled(&raw.action, "要做的事（action）"),
        extension: raw.extension.as_ref().map(|spanned| extension(raw, spanned, check)),
        suspension: raw.suspension.as_ref().map(|spanned| {
            if spanned.get_ref().clause.trim().is_empty() {
                check.at(spanned.span(), "中止的规定没有写明条款（clause）");
            }
            spanned.get_ref().clone()
        }),
        postponement: raw.postponement.as_ref().map(|spanned| {
            let one = spanned.get_ref();
            if one.clause.trim().is_empty() {
                check.at(spanned.span(), "顺延的规定没有写明条款（clause）");
            }
            if one.within == 0 || one.within > one.unit.most() {
                check.at(
                    spanned.span(),
                    format!("申请顺延的时间须在 1 到 {} 之间", one.unit.most()),
                );
            }
            one.clone()
        }),
    }
}

fn amounts(raw: &RawLimit, anchor: Anchor, check: &mut Checker<'_>) {
    let amount = *raw.amount.get_ref();
    match anchor {
        Anchor::Event(_) if amount == 0 || amount > raw.unit.most() => check.at(
            raw.amount.span(),
            format!("数量须在 1 到 {} 之间（单位：{}）", raw.unit.most(), raw.unit.zh()),
        ),
        Anchor::Given if amount != 0 => check.at(raw.amount.span(), "到期日由台账写明的，数量应写 0"),
        Anchor::Opened if amount > raw.unit.most() => check.at(
            raw.amount.span(),
            format!("数量不得大于 {}（单位：{}）", raw.unit.most(), raw.unit.zh()),
        ),
        _ => {}
    }
    if *raw.direction.get_ref() == Direction::Before {
        if !matches!(anchor, Anchor::Event(_)) {
            check.at(raw.direction.span(), "倒推（direction = \"before\"）的期限须以事件为准");
        }
        if raw.extension.is_some() || raw.suspension.is_some() || raw.postponement.is_some() {
            check.at(raw.direction.span(), "倒推的期限不能延长、中止或顺延");
        }
    }
}

fn extension(raw: &RawLimit, spanned: &Spanned<Extension>, check: &mut Checker<'_>) -> Extension {
    let one = spanned.get_ref();
    if one.clause.trim().is_empty() {
        check.at(spanned.span(), "延长的规定没有写明条款（clause）");
    }
    if one.max == 0 || one.max > one.unit.most() {
        check.at(
            spanned.span(),
            format!("最多延长的数量须在 1 到 {} 之间", one.unit.most()),
        );
    }
    if one.times == 0 || one.times > 10 {
        check.at(spanned.span(), "延长次数须在 1 到 10 之间");
    }
    if matches!(raw.anchor.get_ref().as_str(), "given" | "opened") {
        check.at(spanned.span(), "只有以事件起算的期限才能写延长规定");
    }
    one.clone()
}

/// A limit's fulfilment may start the next limit, and so on; a ring of them would never end.
fn cycles(limits: &[Limit], places: &[Range<usize>], check: &mut Checker<'_>) {
    let mut next: BTreeMap<Event, Vec<(Event, usize)>> = BTreeMap::new();
    for (index, limit) in limits.iter().enumerate() {
        if let (Anchor::Event(from), Some(to)) = (limit.anchor, limit.done_by) {
            next.entry(from).or_default().push((to, index));
        }
    }
    for (index, limit) in limits.iter().enumerate() {
        let (Anchor::Event(start), Some(first)) = (limit.anchor, limit.done_by) else {
            continue;
        };
        let mut seen = Vec::new();
        let mut ahead = vec![first];
        while let Some(event) = ahead.pop() {
            if event == start {
                check.at(
                    places[index].clone(),
                    format!("期限「{}」首尾相接成环：办结它又会使它重新起算", limit.name),
                );
                break;
            }
            if !seen.contains(&event) {
                seen.push(event);
                ahead.extend(next.get(&event).into_iter().flatten().map(|(to, _)| *to));
            }
        }
    }
}
