//! The sections on how reminders reach people.

use super::{Checker, roles};
use crate::domain::alert::Severity;
use crate::domain::contact::Role;
use crate::domain::deadline::Unit;
use crate::domain::obligation::Kind;
use crate::domain::policy::raw::{Raw, RawChain, RawRouting};
use crate::domain::policy::{Chain, ChainStep, Inhibition, Routing, Step, ThroughChannel};
use chrono::NaiveTime;
use std::collections::BTreeMap;
use toml::Spanned;

/// Most days a profile may let a silence, or the link of a mail, last.
const MOST_SILENCE: u32 = 366;
/// Most times a pass may look again.
const MOST_FOLLOW_UPS: u32 = 20;

pub(super) fn routing(raw: Option<&RawRouting>, hours: (NaiveTime, NaiveTime), check: &mut Checker) -> Routing {
    let Some(raw) = raw else {
        return Routing::usual(hours.0);
    };
    let digest = check.each_once(raw.digest.get_ref(), |severity| severity.as_str().to_owned());
    for severity in raw.digest.get_ref() {
        if *severity.get_ref() == Severity::Urgent {
            check.at(severity.span(), "紧急的（urgent）随时发出，不能并入早间汇总");
        }
    }
    let digest_at = check.time(&raw.digest_at);
    if !(hours.0..hours.1).contains(&digest_at) {
        check.at(raw.digest_at.span(), "早间汇总的时刻须在上班时间以内");
    }
    let longest = *raw.longest_silence.get_ref();
    if !(1..=MOST_SILENCE).contains(&longest) {
        check.at(
            raw.longest_silence.span(),
            format!("静默最长的日数须在 1 到 {MOST_SILENCE} 之间"),
        );
    }
    let above: BTreeMap<Role, Role> = raw
        .above
        .iter()
        .map(|(role, above)| (*role, *above.get_ref()))
        .collect();
    for (role, next) in &raw.above {
        let mut top = *next.get_ref();
        // Upwards at most once through every role.
        for _ in Role::ALL {
            match above.get(&top) {
                Some(further) if top != *role => top = *further,
                _ => break,
            }
        }
        if top == *role {
            check.at(next.span(), format!("「{}」逐级向上又回到自己", role.zh()));
        }
    }
    let mut channels: Vec<ThroughChannel> = Vec::new();
    for one in &raw.channels {
        let id = check.filled(&one.id, "通道的名称（channels 的 id）");
        if channels.iter().any(|other| other.id == id) {
            check.at(one.id.span(), format!("通道「{id}」写了两次"));
        }
        if one.severities.get_ref().is_empty() {
            check.at(
                one.severities.span(),
                "通道的轻重（severities）是空的，请写明哪些提醒经它发出",
            );
        }
        let severities = check.each_once(one.severities.get_ref(), |severity| severity.as_str().to_owned());
        channels.push(ThroughChannel { id, severities });
    }
    let mut within = |number: Option<&Spanned<u32>>, usual: u32, most: u32, what: &str| {
        let Some(number) = number else { return usual };
        if !(1..=most).contains(number.get_ref()) {
            check.at(number.span(), format!("{what}须在 1 到 {most} 之间"));
        }
        *number.get_ref()
    };
    let link_days = within(
        raw.link_days.as_ref(),
        Routing::LINK_DAYS,
        MOST_SILENCE,
        "邮件里的链接有效的日数",
    );
    let follow_ups = within(
        raw.follow_ups.as_ref(),
        Routing::FOLLOW_UPS,
        MOST_FOLLOW_UPS,
        "一次核对中再看的次数",
    );
    let anybody = raw.anybody.as_ref().map_or_else(
        || Routing::ANYBODY.to_vec(),
        |named| roles(named, "代收的角色（anybody）", check),
    );
    let answers = raw.answers.as_ref().map_or_else(
        || Routing::ANSWERS.to_vec(),
        |named| roles(named, "可以从邮件答复的角色（answers）", check),
    );
    Routing {
        channels,
        subject: raw.subject,
        link_days,
        anybody,
        answers,
        follow_ups,
        digest,
        digest_at,
        above,
        longest_silence: longest,
        number_from: raw.number_from,
    }
}

pub(super) fn chains(raw: &[RawChain], check: &mut Checker) -> Vec<Chain> {
    let mut chains: Vec<Chain> = Vec::new();
    for one in raw {
        let id = check.filled(&one.id, "逐级上报的名称（id）");
        if chains.iter().any(|other| other.id == id) {
            check.at(one.id.span(), format!("逐级上报「{id}」写了两次"));
        }
        let mut steps: Vec<ChainStep> = Vec::new();
        for step in one.steps.get_ref() {
            check.between(&step.after, 1, Unit::WorkingDay, "上报的工作日数（after）");
            let after = *step.after.get_ref();
            if steps.last().is_some_and(|before| before.after >= after) {
                check.at(step.after.span(), "逐级上报的各级须由近及远，工作日数逐级增加");
            }
            steps.push(ChainStep {
                after,
                roles: roles(&step.roles, "逐级上报的角色（roles）", check),
            });
        }
        let repeat = one.repeat.as_ref().map(|repeat| {
            check.between(repeat, 1, Unit::WorkingDay, "再次提醒的间隔（repeat）");
            *repeat.get_ref()
        });
        if steps.is_empty() && repeat.is_none() {
            check.at(one.steps.span(), "逐级上报至少写一级，或写明再次提醒的间隔（repeat）");
        }
        chains.push(Chain {
            id,
            repeat,
            steps,
            number_from: one.number_from,
        });
    }
    chains
}

/// The chain a schedule names. It begins with the first urgent reminder, so there has to be one.
pub(super) fn chain_of(
    named: &Spanned<String>,
    steps: &[Step],
    chains: &[Chain],
    check: &mut Checker,
) -> Option<Chain> {
    let id = named.get_ref().trim();
    if !steps.iter().any(Step::may_be_urgent) {
        check.at(
            named.span(),
            "逐级上报从第一个紧急的提醒起算，这一节没有紧急的提醒点（severity = \"urgent\"），也没有 opened",
        );
    }
    let found = chains.iter().find(|chain| chain.id == id);
    if found.is_none() {
        check.at(named.span(), format!("没有写逐级上报（[[chain]]）「{id}」"));
    }
    found.cloned()
}

pub(super) fn inhibitions(raw: &Raw, check: &mut Checker) -> Vec<Inhibition> {
    let known = |kind: Kind| raw.limits.iter().any(|limit| *limit.kind.get_ref() == kind);
    raw.inhibitions
        .iter()
        .map(|one| {
            let whole = check.each_once(one.whole.get_ref(), |kind| kind.as_str().to_owned());
            let parts = check.each_once(one.parts.get_ref(), |kind| kind.as_str().to_owned());
            for (list, what) in [(&one.whole, "整体（whole）"), (&one.parts, "部分（parts）")] {
                if list.get_ref().is_empty() {
                    check.at(list.span(), format!("{what}是空的，请写明事项种类"));
                }
            }
            for kind in one.whole.get_ref().iter().chain(one.parts.get_ref()) {
                if !known(*kind.get_ref()) {
                    check.at(kind.span(), format!("没有期限属于种类「{}」", kind.get_ref().as_str()));
                }
            }
            for kind in one.parts.get_ref() {
                if whole.contains(kind.get_ref()) {
                    check.at(kind.span(), "同一种事项不能既是整体又是部分");
                }
            }
            Inhibition { whole, parts }
        })
        .collect()
}
