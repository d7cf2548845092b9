//! What the values of a profile must say: each mistake with its line and column.

mod routing;

use super::raw::{
    Raw, RawAlso, RawConsequence, RawEvent, RawExtension, RawGuard, RawHidden, RawHours, RawLevel, RawLimit,
    RawPostponement, RawProtection, RawQuota, RawRectification, RawStep, RawSuspension, RawTolerance, told,
};
use super::{
    Also, Anchor, AppliesTo, Event, Extension, Guard, GuardRule, Limit, Mode, NumberFrom, OwnEvent, Policy,
    PolicyError, Postponement, Profile, RectificationRules, Schedule, Step, Suspension,
};

use crate::domain::alert::Point;
use crate::domain::contact::Role;
use crate::domain::deadline::{Direction, Terms, Unit};
use crate::domain::finding::Consequence;
use crate::domain::hidden::Thresholds;
use crate::domain::ids::hex;
use crate::domain::name::Name;
use crate::domain::obligation::Kind;
use crate::domain::protection::Tolerance;
use crate::domain::protection::list::Domain;
use crate::domain::quota::Quota;
use crate::domain::rectification::{Ladder, Level};
use chrono::{Datelike, NaiveDate, NaiveTime};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml::Spanned;

/// By this month and day the next year's notice is looked for, where a profile does not say.
const NOTICE_BY: (u32, u32) = (12, 1);

/// Months of an investigation whose beginning nothing tells, where a profile does not say.
const INVESTIGATION: u32 = 24;
/// Years over which one outcome may follow from another.
const MOST_YEARS: u32 = 10;

/// Collects mistakes with their places.
#[derive(Default)]
struct Checker {
    found: Vec<(usize, String)>,
}

impl Checker {
    fn at(&mut self, span: Range<usize>, problem: impl Into<String>) {
        self.found.push((span.start, problem.into()));
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

    fn between(&mut self, number: &Spanned<u32>, least: u32, unit: Unit, what: &str) {
        if *number.get_ref() < least || *number.get_ref() > unit.most() {
            let most = unit.most();
            self.at(
                number.span(),
                format!("{what}须在 {least} 到 {most} 之间（单位：{}）", unit.zh()),
            );
        }
    }

    /// The values of a list, each once.
    fn each_once<T: Copy + PartialEq>(&mut self, list: &[Spanned<T>], said: impl Fn(T) -> String) -> Vec<T> {
        let mut values = Vec::new();
        for one in list {
            if values.contains(one.get_ref()) {
                self.at(one.span(), format!("「{}」写了两次", said(*one.get_ref())));
            } else {
                values.push(*one.get_ref());
            }
        }
        values
    }
}

/// Makes the profile, or tells every mistake.
pub(super) fn build(raw: &Raw, text: &str) -> Result<Policy, PolicyError> {
    let mut checker = Checker::default();
    let policy = policy(raw, text, &mut checker);
    if checker.found.is_empty() {
        Ok(policy)
    } else {
        Err(told(text, checker.found))
    }
}

fn policy(raw: &Raw, text: &str, check: &mut Checker) -> Policy {
    let profile = Profile {
        id: raw.profile.id.as_str().to_owned(),
        name: check.filled(&raw.profile.name, "规则名称"),
        source: check.filled(&raw.profile.source, "来源文件"),
    };
    let (start, end) = hours(&raw.hours, check);
    let own_events = own_events(&raw.events, check);
    let guards = guards(&raw.guards, check);
    Policy {
        profile,
        archive_when_not_tolerated: raw.switches.archive_when_not_tolerated,
        roll_off: raw.switches.roll_off,
        notice_by: raw
            .switches
            .next_year_notice_by
            .as_ref()
            .map_or(NOTICE_BY, |text| check.day_of_year(text)),
        investigation_months: raw
            .switches
            .investigation_months
            .as_ref()
            .map_or(INVESTIGATION, |months| {
                check.between(months, 1, Unit::Month, "推定的调查期间");
                *months.get_ref()
            }),
        start,
        end,
        tolerance: tolerance(&raw.pay_tolerance, check),
        protected: protected(raw.protection.as_ref(), check),
        protection_clause: raw
            .protection
            .as_ref()
            .map(|protection| protection.clause.get_ref().trim().to_owned()),
        quota: raw.quota.as_ref().map_or_else(Quota::usual, |raw| quota(raw, check)),
        hidden_penalty: raw
            .hidden_penalty
            .as_ref()
            .map_or_else(Thresholds::usual, |raw| hidden_penalty(raw, check)),
        rectification: raw
            .rectification
            .as_ref()
            .map_or_else(RectificationRules::usual, |raw| rectification(raw, check)),
        ladder: ladder(&raw.ladder, check),
        routing: routing::routing(raw.routing.as_ref(), (start, end), check),
        inhibitions: routing::inhibitions(raw, check),
        consequences: raw.consequences.iter().map(|one| consequence(one, check)).collect(),
        limits: limits(raw, &own_events, &guards, check),
        schedules: schedules(raw, check),
        fingerprint: fingerprint(text),
        text: text.to_owned(),
        own_events,
        guards,
    }
}

/// Line ends are those of whatever wrote the file last.
fn fingerprint(text: &str) -> String {
    let digest = Sha256::digest(text.replace("\r\n", "\n"));
    hex(&digest[..8])
}

fn hours(raw: &RawHours, check: &mut Checker) -> (NaiveTime, NaiveTime) {
    let before = check.found.len();
    let (start, end) = (check.time(&raw.start), check.time(&raw.end));
    if check.found.len() == before && start >= end {
        check.at(raw.end.span(), "上班时间须早于下班时间");
    }
    (start, end)
}

fn tolerance(raw: &RawTolerance, check: &mut Checker) -> Tolerance {
    for percent in [&raw.salary, &raw.performance_pay, &raw.bonus] {
        if *percent.get_ref() > 100 {
            check.at(percent.span(), "百分比须在 0 到 100 之间");
        }
    }
    Tolerance {
        salary: *raw.salary.get_ref(),
        performance_pay: *raw.performance_pay.get_ref(),
        bonus: *raw.bonus.get_ref(),
    }
}

fn quota(raw: &RawQuota, check: &mut Checker) -> Quota {
    let (percent, with_approval) = (*raw.percent.get_ref(), *raw.with_approval.get_ref());
    if !(1..=100).contains(&percent) {
        check.at(raw.percent.span(), "百分比须在 1 到 100 之间");
    }
    if !(percent..=100).contains(&with_approval) {
        check.at(raw.with_approval.span(), "经批准的比例须不低于平常的比例，不高于 100");
    }
    Quota {
        percent,
        with_approval,
        basis: check.filled(&raw.basis, "优秀比例的出处（basis）"),
        number_from: raw.number_from,
    }
}

fn hidden_penalty(raw: &RawHidden, check: &mut Checker) -> Thresholds {
    for least in [&raw.min_protected, &raw.min_peers] {
        if *least.get_ref() == 0 {
            check.at(least.span(), "最少人次须不小于 1");
        }
    }
    let level = *raw.level.get_ref();
    // Written so that a NaN is refused too.
    if !(level > 0.0 && level <= 0.5) {
        check.at(raw.level.span(), "显著性水平须大于 0、不大于 0.5");
    }
    Thresholds {
        min_protected: *raw.min_protected.get_ref(),
        min_peers: *raw.min_peers.get_ref(),
        level,
        number_from: raw.number_from,
    }
}

fn rectification(raw: &RawRectification, check: &mut Checker) -> RectificationRules {
    let mut measures: Vec<String> = Vec::new();
    if raw.measures.get_ref().is_empty() {
        check.at(raw.measures.span(), "处理措施（measures）至少写一项");
    }
    for word in raw.measures.get_ref() {
        let text = check.filled(word, "处理措施（measures）");
        if measures.contains(&text) {
            check.at(word.span(), format!("「{text}」写了两次"));
        }
        measures.push(text);
    }
    RectificationRules {
        clause: check.filled(&raw.clause, "督促整改依据的条款（clause）"),
        accept_roles: roles(&raw.accept_roles, "验收人的角色（accept_roles）", check),
        measures,
        number_from: raw.number_from,
    }
}

/// The most that one level takes off.
const MOST_DEDUCTION: f64 = 100.0;

fn ladder(raw: &[RawLevel], check: &mut Checker) -> Ladder {
    let mut levels: Vec<Level> = Vec::new();
    for one in raw {
        let id = *one.id.get_ref();
        let name = check.filled(&one.name, "处置级别的名称（name）");
        if levels.iter().any(|other| other.id == id) {
            check.at(one.id.span(), format!("处置级别「{}」写了两次", id.as_str()));
        }
        if levels.iter().any(|other| other.name == name) {
            check.at(one.name.span(), format!("处置级别「{name}」写了两次"));
        }
        let paper = one.paper.as_ref().map(|paper| {
            let word = check.filled(paper, "处置级别的文书（paper）");
            if !Level::PAPERS.contains(&word.as_str()) {
                check.at(
                    paper.span(),
                    format!("不认识的文书「{word}」，可用的是 {}", Level::PAPERS.join("、")),
                );
            }
            word
        });
        levels.push(Level {
            id,
            name,
            colour: check.filled(&one.colour, "处置级别的颜色（colour）"),
            paper,
            deduction: one.deduction.as_ref().map_or(0, |points| hundredths(points, check)),
            severity: one.severity,
            scope: one.scope,
            roles: roles(&one.roles, "处置级别的角色（roles）", check),
            also: one.also.as_ref().map(|raw| also(raw, "处置级别", check)),
            action: check.filled(&one.action, "处置级别要做的事（action）"),
            clause: check.filled(&one.clause, "处置级别依据的条款（clause）"),
            number_from: one.number_from,
        });
    }
    Ladder(levels)
}

/// Points as hundredths, so that sums are exact.
fn hundredths(points: &Spanned<f64>, check: &mut Checker) -> u32 {
    let value = *points.get_ref();
    let scaled = (value * 100.0).round();
    // A NaN lies in no range.
    if !(0.0..=MOST_DEDUCTION).contains(&value) || (value * 100.0 - scaled).abs() > 1e-6 {
        check.at(
            points.span(),
            format!("扣分（deduction）须在 0 到 {MOST_DEDUCTION} 之间，最多两位小数"),
        );
        return 0;
    }
    scaled as u32
}

fn also(raw: &RawAlso, whose: &str, check: &mut Checker) -> Also {
    Also {
        scope: raw.scope,
        roles: roles(&raw.roles, &format!("{whose}另行通知的角色（also 的 roles）"), check),
    }
}

fn guards(raw: &[RawGuard], check: &mut Checker) -> Vec<GuardRule> {
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

fn protected(raw: Option<&RawProtection>, check: &mut Checker) -> Option<Vec<Domain>> {
    let raw = raw?;
    check.filled(&raw.clause, "受保护的事项依据的条款（clause）");
    if raw.domains.get_ref().is_empty() {
        check.at(
            raw.domains.span(),
            "受保护的事项至少写一项；全部保护的，不写 [protection] 一节",
        );
    }
    Some(domains(raw.domains.get_ref(), check))
}

fn domains(raw: &[Spanned<String>], check: &mut Checker) -> Vec<Domain> {
    let mut domains: Vec<Domain> = Vec::new();
    for word in raw {
        match domain(word, check) {
            Some(domain) if domains.contains(&domain) => {
                check.at(word.span(), format!("「{}」写了两次", word.get_ref()));
            }
            Some(domain) => domains.push(domain),
            None => {}
        }
    }
    domains
}

fn domain(word: &Spanned<String>, check: &mut Checker) -> Option<Domain> {
    let found = Domain::from_id(word.get_ref());
    if found.is_none() {
        let known: Vec<&str> = Domain::known().into_iter().map(Domain::as_str).collect();
        check.at(
            word.span(),
            format!("不认识的事项类别「{}」，可用的是 {}", word.get_ref(), known.join("、")),
        );
    }
    found
}

fn consequence(raw: &RawConsequence, check: &mut Checker) -> Consequence {
    if raw.domains.get_ref().is_empty() {
        check.at(raw.domains.span(), "受连带的事项（domains）至少写一项");
    }
    if !(1..=MOST_YEARS).contains(raw.years.get_ref()) {
        check.at(
            raw.years.span(),
            format!("连带的年数（years）须在 1 到 {MOST_YEARS} 之间"),
        );
    }
    Consequence {
        after: domain(&raw.after, check).unwrap_or(Domain::AnnualAppraisal),
        domains: domains(raw.domains.get_ref(), check),
        years: *raw.years.get_ref(),
        named: raw
            .named
            .iter()
            .map(|word| check.filled(word, "理由中的用词（named）"))
            .collect(),
        clause: check.filled(&raw.clause, "连带依据的条款（clause）"),
        number_from: raw.number_from,
    }
}

fn own_events(raw: &[RawEvent], check: &mut Checker) -> Vec<OwnEvent> {
    let mut own: Vec<OwnEvent> = Vec::new();
    for event in raw {
        let id = Event(*event.id.get_ref());
        if id.built_in_zh().is_some() {
            check.at(
                event.id.span(),
                format!("事件「{}」是程序自有的，不必也不能另行定义", id.as_str()),
            );
        }
        if ANCHOR_WORDS.contains(&id.as_str()) {
            check.at(
                event.id.span(),
                format!("「{}」是 anchor 的保留词，不能作事件的名称", id.as_str()),
            );
        }
        if own.iter().any(|other| other.id == id) {
            check.at(event.id.span(), format!("事件「{}」写了两次", id.as_str()));
        }
        own.push(OwnEvent {
            id,
            name: check.filled(&event.name, "事件名称"),
        });
    }
    own
}

fn schedules(raw: &Raw, check: &mut Checker) -> Vec<Schedule> {
    let mut schedules: Vec<Schedule> = Vec::new();
    let chains = routing::chains(&raw.chains, check);
    for one in &raw.schedules {
        let id = check.filled(&one.id, "提醒的名称（id）");
        if schedules.iter().any(|other| other.id == id) {
            check.at(one.id.span(), format!("提醒「{id}」写了两次"));
        }
        let mut steps: Vec<Step> = Vec::new();
        for raw_step in one.points.get_ref() {
            let step = step(raw_step, raw, check);
            if steps.iter().any(|other| other.point == step.point) {
                check.at(raw_step.point.span(), format!("提醒点 {} 写了两次", step.point));
            }
            steps.push(step);
        }
        let chain = one
            .chain
            .as_ref()
            .and_then(|named| routing::chain_of(named, &steps, &chains, check));
        match Schedule::new(id, one.scope, steps, chain) {
            Some(schedule) => schedules.push(schedule),
            None => check.at(one.points.span(), "至少要有一个提醒点"),
        }
    }
    schedules
}

fn step(raw: &RawStep, whole: &Raw, check: &mut Checker) -> Step {
    let point = *raw.point.get_ref();
    if point == Point::Moved {
        check.at(raw.point.span(), "到期日变动的通知由程序自动发出，不写在提醒点里");
    }
    if point.is_of_chain() {
        check.at(raw.point.span(), "无人确认后的通知由 [[chain]] 规定，不写在提醒点里");
    }
    if matches!(point, Point::Level(_)) {
        check.at(
            raw.point.span(),
            "手工升级的通知由程序自动发出，不写在提醒点里；到某一提醒点自动升级的，在该点写 level",
        );
    }
    let level = raw.level.as_ref().map(|level| {
        if !whole.ladder.iter().any(|one| one.id.get_ref() == level.get_ref()) {
            check.at(
                level.span(),
                format!("处置阶梯（[[ladder]]）没有级别「{}」", level.get_ref().as_str()),
            );
        }
        *level.get_ref()
    });
    let kind = raw.kind.as_ref().map(|kind| {
        let known =
            *kind.get_ref() == Kind::Finding || whole.limits.iter().any(|limit| limit.kind.get_ref() == kind.get_ref());
        if !known {
            check.at(
                kind.span(),
                format!(
                    "提醒的种类「{}」不存在：写 finding，或写某项期限的 kind，或不写",
                    kind.get_ref().as_str()
                ),
            );
        }
        *kind.get_ref()
    });
    Step {
        point,
        severity: raw.severity,
        roles: roles(&raw.roles, &format!("提醒点 {point} 的角色（roles）"), check),
        also: raw
            .also
            .as_ref()
            .map(|raw| also(raw, &format!("提醒点 {point} "), check)),
        kind,
        level,
    }
}

fn roles(raw: &Spanned<Vec<Spanned<Role>>>, whose: &str, check: &mut Checker) -> Vec<Role> {
    if raw.get_ref().is_empty() {
        check.at(raw.span(), format!("{whose}是空的，请写明通知哪些角色"));
    }
    check.each_once(raw.get_ref(), |role| role.zh().to_owned())
}

/// Anchors that are no events.
const ANCHOR_WORDS: [&str; 2] = ["given", "opened"];

fn limits(raw: &Raw, own: &[OwnEvent], guards: &[GuardRule], check: &mut Checker) -> Vec<Limit> {
    let mut limits: Vec<Limit> = Vec::new();
    for one in &raw.limits {
        let limit = limit(one, raw, own, check);
        if limits.iter().any(|other| other.id == limit.id) {
            let span = one.id.as_ref().map_or_else(|| one.kind.span(), Spanned::span);
            check.at(
                span,
                format!(
                    "期限「{}」写了两次；同一种事项有几个期限时，各写一个不同的 id",
                    limit.id
                ),
            );
        }
        let by_program = limit.kind.own_anchor().is_some();
        if by_program
            && limits
                .iter()
                .any(|other| other.kind == limit.kind && other.id != limit.id)
        {
            check.at(
                one.kind.span(),
                format!("「{}」只能有一项期限：程序只用第一项", limit.kind.as_str()),
            );
        }
        fulfilled(one, &limit, guards, check);
        limits.push(limit);
    }
    let places: Vec<Range<usize>> = raw.limits.iter().map(|limit| limit.anchor.span()).collect();
    cycles(&limits, &places, check);
    for (kind, zh) in [
        (Kind::Rectification, "督促整改"),
        (Kind::FindingReply, "疑似问题答复"),
        (Kind::Backlog, "历史存量"),
    ] {
        if !limits.iter().any(|limit| limit.kind == kind) {
            check.at(0..0, format!("缺少期限 {}（{zh}）：服务本身要用到它", kind.as_str()));
        }
    }
    limits
}

fn event(name: &Spanned<Name>, own: &[OwnEvent], check: &mut Checker) -> Event {
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

fn limit(raw: &RawLimit, whole: &Raw, own: &[OwnEvent], check: &mut Checker) -> Limit {
    let kind = *raw.kind.get_ref();
    let anchor = match raw.anchor.get_ref().as_str() {
        "given" => Anchor::Given,
        "opened" => Anchor::Opened,
        _ => Anchor::Event(event(&raw.anchor, own, check)),
    };
    let done_by = raw.done_by.as_ref().map(|name| event(name, own, check));
    started_and_done(raw, kind, anchor, done_by, check);
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
    if raw.mode == Mode::Prompt && *raw.number_from.get_ref() == NumberFrom::Policy {
        check.at(
            raw.number_from.span(),
            "原文为「及时」的，政策没有给出数字，number_from 应写 \"local\"（本单位约定）",
        );
    }
    let schedule = check.filled(&raw.schedule, "提醒（schedule）");
    if !whole.schedules.iter().any(|one| one.id.get_ref().trim() == schedule) {
        check.at(raw.schedule.span(), format!("引用的提醒「{schedule}」不存在"));
    }
    Limit {
        id: raw.id.as_ref().map_or_else(|| kind.name(), |id| *id.get_ref()),
        kind,
        name: check.filled(&raw.name, "名称（name）"),
        anchor,
        done_by,
        levels: levels(raw, anchor, check),
        terms: Terms {
            amount: *raw.amount.get_ref(),
            unit: raw.unit,
            direction: raw.direction.as_ref().map_or(Direction::After, |one| *one.get_ref()),
            roll_off: whole.switches.roll_off,
        },
        mode: raw.mode,
        number_from: *raw.number_from.get_ref(),
        clause,
        quote,
        schedule,
        action: check.filled(&raw.action, "要做的事（action）"),
        extension: raw.extension.as_ref().map(|one| extension(one.get_ref(), check)),
        suspension: raw.suspension.as_ref().map(|one| suspension(one.get_ref(), check)),
        postponement: raw.postponement.as_ref().map(|one| postponement(one.get_ref(), check)),
    }
}

/// Something must start a limit and something must end it.
fn started_and_done(raw: &RawLimit, kind: Kind, anchor: Anchor, done_by: Option<Event>, check: &mut Checker) {
    if kind.is_of_alerts() {
        check.at(
            raw.kind.span(),
            format!("「{}」是提醒的种类，不能作期限的种类", kind.as_str()),
        );
        return;
    }
    match (kind.own_anchor(), anchor) {
        (Some(own), _) if own != anchor => check.at(
            raw.anchor.span(),
            format!(
                "「{}」由程序自行起算，anchor 应写 \"{}\"",
                kind.as_str(),
                if own == Anchor::Given { "given" } else { "opened" }
            ),
        ),
        (None, Anchor::Given | Anchor::Opened) => check.at(
            raw.anchor.span(),
            format!(
                "没有任何环节会给「{}」写明到期日或发现之日：given 只用于 rectification、stage、reminder_follow_up、\
                 calendar_missing，opened 只用于 finding_reply、escalation、contact_trouble、mail_trouble、backlog",
                kind.as_str()
            ),
        ),
        _ => {}
    }
    match (anchor, &raw.done_by, done_by) {
        (Anchor::Event(_), None, _) => check.at(
            raw.anchor.span(),
            "以事件起算的期限要写明由哪个事件办结（done_by），否则永远不会办结",
        ),
        (Anchor::Event(start), Some(word), Some(end)) if start == end && !kind.recurs() => {
            check.at(word.span(), "起算和办结是同一个事件：期限一起算就办结了");
        }
        (Anchor::Event(start), Some(word), Some(end)) if start.is_of_ledger() != end.is_of_ledger() => {
            check.at(
                word.span(),
                "案件的事件与整改事项的事件不在同一件事上：这样的期限永远不会办结",
            );
        }
        (Anchor::Given | Anchor::Opened, Some(word), _) => {
            check.at(word.span(), "由台账、答复办结的期限不写 done_by");
        }
        _ => {}
    }
    if matches!(anchor, Anchor::Event(_)) {
        return;
    }
    for (span, what) in [
        // The day of a ledger is moved by requests of the unit, as far as its limit lets it.
        (
            raw.extension
                .as_ref()
                .map(Spanned::span)
                .filter(|_| kind != Kind::Rectification),
            "延长",
        ),
        (raw.suspension.as_ref().map(Spanned::span), "中止"),
        (raw.postponement.as_ref().map(Spanned::span), "顺延"),
    ] {
        if let Some(span) = span {
            check.at(span, format!("只有以事件起算的期限才能写{what}的规定"));
        }
    }
}

/// Events that come before any conclusion, or after it has been revoked: whatever runs from them knows no conclusion.
const WITHOUT_CONCLUSION: [Event; 10] = [
    Event::ACCOUNTABILITY_STARTED,
    Event::APPLIED,
    Event::REVIEWED,
    Event::ACCEPTED,
    Event::INVESTIGATION_STARTED,
    Event::REPORT_FORMED,
    Event::DECIDED,
    Event::REVOKED,
    Event::REVOCATION_TOLD,
    Event::REVOCATION_ARCHIVED,
];

fn levels(raw: &RawLimit, anchor: Anchor, check: &mut Checker) -> Vec<AppliesTo> {
    let Some(listed) = &raw.levels else {
        return Vec::new();
    };
    if !listed.get_ref().is_empty() {
        match anchor {
            Anchor::Given | Anchor::Opened => {
                check.at(listed.span(), "不是由案件起算的期限不分结论，levels 应写 [] 或不写");
            }
            Anchor::Event(event) if WITHOUT_CONCLUSION.contains(&event) || event.is_of_ledger() => check.at(
                listed.span(),
                format!(
                    "「{}」时没有结论可分，levels 应写 [] 或不写",
                    event.built_in_zh().unwrap_or_default()
                ),
            ),
            Anchor::Event(_) => {}
        }
    }
    check.each_once(listed.get_ref(), |level| level.zh().to_owned())
}

/// A limit that no act can fulfil under the procedure this profile asks for.
fn fulfilled(raw: &RawLimit, limit: &Limit, guards: &[GuardRule], check: &mut Checker) {
    let (Some(done_by), Some(word)) = (limit.done_by, &raw.done_by) else {
        return;
    };
    if !guards.iter().any(|rule| rule.guard == Guard::ToldOrExplained) {
        return;
    }
    let told = [
        Event::FEEDBACK_SUBJECT,
        Event::FEEDBACK_COMPETENT,
        Event::FEEDBACK_SUPERIOR,
        Event::FEEDBACK_ORGANIZATION,
    ];
    let not_tolerated = limit.levels.is_empty() || limit.levels.contains(&AppliesTo::NotTolerated);
    let others = limit.levels.is_empty() || limit.levels.iter().any(|level| *level != AppliesTo::NotTolerated);
    let impossible = if told.contains(&done_by) && not_tolerated {
        "不予容错的结论"
    } else if done_by == Event::EXPLAINED && others {
        "不予容错以外的结论"
    } else {
        return;
    };
    check.at(
        word.span(),
        format!(
            "程序要求 told_or_explained 在用时，{impossible}不会有「{}」，期限永远不会办结：请在 levels 中写明适用的结论",
            done_by.built_in_zh().unwrap_or_default()
        ),
    );
}

fn amounts(raw: &RawLimit, anchor: Anchor, check: &mut Checker) {
    match anchor {
        Anchor::Event(_) => check.between(&raw.amount, 1, raw.unit, "数量"),
        Anchor::Given if *raw.amount.get_ref() != 0 => {
            check.at(raw.amount.span(), "到期日由台账写明的，数量应写 0");
        }
        Anchor::Given => {}
        Anchor::Opened => check.between(&raw.amount, 0, raw.unit, "数量"),
    }
    let Some(direction) = raw.direction.as_ref().filter(|one| *one.get_ref() == Direction::Before) else {
        return;
    };
    if !matches!(anchor, Anchor::Event(_)) {
        check.at(direction.span(), "倒推（direction = \"before\"）的期限须以事件为准");
    } else if raw.extension.is_some() || raw.suspension.is_some() || raw.postponement.is_some() {
        check.at(direction.span(), "倒推的期限不能延长、中止或顺延");
    }
}

fn extension(one: &RawExtension, check: &mut Checker) -> Extension {
    check.between(&one.max, 1, one.unit, "合计最多延长的数量（max）");
    let times = *one.times.get_ref();
    if times == 0 || times > 10 {
        check.at(one.times.span(), "延长次数（times）须在 1 到 10 之间");
    } else if times > (*one.max.get_ref()).max(1) {
        check.at(
            one.times.span(),
            "延长次数（times）多于合计的数量（max）：一次至少延长 1",
        );
    }
    Extension {
        max: *one.max.get_ref(),
        unit: one.unit,
        times,
        approver: one.approver,
        reason_required: one.reason_required,
        inform_subject: one.inform_subject,
        clause: check.filled(&one.clause, "延长的规定依据的条款（clause）"),
        number_from: one.number_from,
    }
}

/// Grounds of one suspension.
const MOST_GROUNDS: usize = 50;

fn suspension(one: &RawSuspension, check: &mut Checker) -> Suspension {
    let mut grounds: Vec<String> = Vec::new();
    if let Some(beyond) = one.grounds.get(MOST_GROUNDS) {
        check.at(beyond.span(), format!("中止的事由最多 {MOST_GROUNDS} 种"));
    }
    for ground in one.grounds.iter().take(MOST_GROUNDS) {
        let text = check.filled(ground, "中止的事由（grounds）");
        if grounds.contains(&text) {
            check.at(ground.span(), format!("「{text}」写了两次"));
        }
        grounds.push(text);
    }
    Suspension {
        grounds,
        approver: one.approver,
        clause: check.filled(&one.clause, "中止的规定依据的条款（clause）"),
        number_from: one.number_from,
    }
}

fn postponement(one: &RawPostponement, check: &mut Checker) -> Postponement {
    check.between(&one.within, 1, one.unit, "申请顺延的时间（within）");
    Postponement {
        within: *one.within.get_ref(),
        unit: one.unit,
        clause: check.filled(&one.clause, "顺延的规定依据的条款（clause）"),
        number_from: one.number_from,
    }
}

/// A limit's fulfilment may start the next limit, and so on; a ring of them would never end.
fn cycles(limits: &[Limit], places: &[Range<usize>], check: &mut Checker) {
    let mut next: BTreeMap<Event, Vec<(Event, usize)>> = BTreeMap::new();
    for (index, limit) in limits.iter().enumerate() {
        if let (Anchor::Event(from), Some(to)) = (limit.anchor, limit.done_by)
            && from != to
        {
            next.entry(from).or_default().push((to, index));
        }
    }
    for (index, limit) in limits.iter().enumerate() {
        let (Anchor::Event(start), Some(first)) = (limit.anchor, limit.done_by) else {
            continue;
        };
        if start == first {
            continue;
        }
        let mut seen = BTreeSet::new();
        let mut ahead = vec![first];
        while let Some(event) = ahead.pop() {
            if event == start {
                check.at(
                    places[index].clone(),
                    format!("期限「{}」首尾相接成环：办结它又会使它重新起算", limit.name),
                );
                break;
            }
            if seen.insert(event) {
                ahead.extend(next.get(&event).into_iter().flatten().map(|(to, _)| *to));
            }
        }
    }
}
