//! Extending, stopping and putting off a limit: what its own rule in the profile allows.

use super::check::refuse;
use super::{Act, CaseState, Dated, Refused};
use crate::domain::deadline::{Adjustment, is_stopped};
use crate::domain::name::Name;
use crate::domain::policy::{Anchor, Extension, Limit, Policy};
use chrono::NaiveDate;

/// Whether a change of a limit's clock is possible, as far as case and profile say. Days that depend on the calendar
/// are checked by [`in_time`].
pub(super) fn possible(state: &CaseState, dated: &Dated<'_>, policy: &Policy, today: NaiveDate) -> Result<(), Refused> {
    let id = limit_of(dated.act).ok_or_else(|| Refused("没有写明期限".to_owned()))?;
    let (limit, begun) = running(state, id, policy)?;
    let done = state.adjustments.get(&id).map(Vec::as_slice).unwrap_or_default();
    match dated.act {
        Act::Extend {
            amount,
            unit,
            approver,
            reason,
            informed_on,
            ..
        } => {
            let Some(rule) = &limit.extension else {
                return refuse(format!("「{}」不能延长：规则中没有延长的规定", limit.name));
            };
            if unit != &rule.unit {
                return refuse(format!("「{}」的延长按{}计算", limit.name, rule.unit.zh()));
            }
            extendable(rule, done, *amount)?;
            approved(*approver, rule.approver)?;
            if rule.reason_required && reason.trim().is_empty() {
                return refuse("延长须写明理由");
            }
            not_before_it_began(limit, begun, dated.day)?;
            match (rule.inform_subject, informed_on) {
                (true, None) => refuse(format!("延长须告知当事人（{}）：请写明告知日期", rule.clause)),
                // What is told is the approval: its day may come after it, but must have come.
                (_, Some(day)) if *day < dated.day => {
                    refuse(format!("告知日期 {day} 早于批准的 {}，请核对日期", dated.day))
                }
                (_, Some(day)) if *day > today => {
                    refuse(format!("告知日期 {day} 晚于今天（{today}）：告知了以后再登记"))
                }
                _ => Ok(()),
            }
        }
        Act::Suspend { approver, reason, .. } => {
            let Some(rule) = &limit.suspension else {
                return refuse(format!("「{}」不能中止：规则中没有中止的规定", limit.name));
            };
            if is_stopped(done) {
                return refuse(format!("「{}」已在中止中", limit.name));
            }
            approved(*approver, rule.approver)?;
            not_before_it_began(limit, begun, dated.day)?;
            let known = rule.grounds.iter().any(|ground| reason.starts_with(ground.as_str()));
            if reason.trim().is_empty() || (!rule.grounds.is_empty() && !known) {
                return refuse(format!("中止的事由须是：{}", rule.grounds.join("、")));
            }
            Ok(())
        }
        Act::Resume { .. } => {
            let since = done.iter().find_map(|one| match one {
                Adjustment::Suspended { from, until: None, .. } => Some(*from),
                _ => None,
            });
            match since {
                None => refuse(format!("「{}」没有中止，不需要恢复", limit.name)),
                Some(since) if dated.day <= since => refuse(format!("恢复的日期须晚于中止的 {since}")),
                Some(_) => Ok(()),
            }
        }
        Act::Postpone {
            from, until, reason, ..
        } => {
            if limit.postponement.is_none() {
                return refuse(format!("「{}」不能顺延：规则中没有顺延的规定", limit.name));
            }
            if from >= until || *until > dated.day {
                return refuse("受阻的起日须早于障碍消除之日，障碍消除之日不得晚于申请之日");
            }
            if *until <= begun {
                return refuse(format!(
                    "障碍在「{}」起算（{begun}）以前已经消除，没有耽误期限",
                    limit.name
                ));
            }
            if reason.trim().is_empty() {
                return refuse("请写明耽误期限的不可抗拒的事由或其他正当理由");
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The limit that an act changes the clock of.
pub(super) fn limit_of(act: &Act) -> Option<Name> {
    match act {
        Act::Extend { limit, .. }
        | Act::Suspend { limit, .. }
        | Act::Resume { limit }
        | Act::Postpone { limit, .. } => Some(*limit),
        _ => None,
    }
}

/// The limit and the day it began to run.
fn running<'a>(state: &CaseState, id: Name, policy: &'a Policy) -> Result<(&'a Limit, NaiveDate), Refused> {
    let Some(limit) = policy.rule(id) else {
        let known: Vec<&str> = policy
            .limits()
            .iter()
            .filter(|limit| limit.extension.is_some() || limit.suspension.is_some() || limit.postponement.is_some())
            .map(|limit| limit.id.as_str())
            .collect();
        return refuse(format!("规则中没有期限「{id}」；可以调整的有 {}", known.join("、")));
    };
    let begun = match limit.anchor {
        Anchor::Event(event) => state.days.get(&event).copied(),
        Anchor::Given | Anchor::Opened => None,
    };
    let Some(begun) = begun else {
        return refuse(format!("「{}」还没有起算", limit.name));
    };
    if limit.done_by.is_some_and(|event| state.has(event)) {
        return refuse(format!("「{}」已经办结", limit.name));
    }
    Ok((limit, begun))
}

fn not_before_it_began(limit: &Limit, begun: NaiveDate, day: NaiveDate) -> Result<(), Refused> {
    if day < begun {
        return refuse(format!("{day} 早于「{}」起算的 {begun}，请核对日期", limit.name));
    }
    Ok(())
}

fn extendable(rule: &Extension, done: &[Adjustment], amount: u32) -> Result<(), Refused> {
    let before: Vec<u32> = done
        .iter()
        .filter_map(|one| match one {
            Adjustment::Extended { amount, .. } => Some(*amount),
            _ => None,
        })
        .collect();
    if before.len() >= rule.times as usize {
        return refuse(format!(
            "最多延长 {} 次，已延长 {} 次（{}）",
            rule.times,
            before.len(),
            rule.clause
        ));
    }
    let sum = before.iter().sum::<u32>().saturating_add(amount);
    if amount == 0 || sum > rule.max {
        return refuse(format!(
            "合计最多延长 {}，此次延长后为 {}（{}）",
            rule.unit.amount_zh(rule.max),
            rule.unit.amount_zh(sum),
            rule.clause
        ));
    }
    Ok(())
}

fn approved(given: crate::domain::contact::Role, wanted: crate::domain::contact::Role) -> Result<(), Refused> {
    if given == wanted {
        return Ok(());
    }
    refuse(format!("须由{}批准，登记的是{}", wanted.zh(), given.zh()))
}

/// Whether a change comes in time: an extension before the limit has run out, an application to put off within its
/// own time after the obstacle, which must have come while the limit ran. What is written down only after the limit
/// has run out is said aloud: an approval may have been dated back.
pub fn in_time(
    act: &Act,
    (day, today): (NaiveDate, NaiveDate),
    due: NaiveDate,
    apply_by: Option<NaiveDate>,
) -> Result<Vec<String>, Refused> {
    match act {
        Act::Extend { .. } | Act::Suspend { .. } if day > due => {
            refuse(format!("期限已于 {due} 届满，延长和中止须在届满以前办理"))
        }
        Act::Extend { .. } | Act::Suspend { .. } if today > due => Ok(vec![format!(
            "期限已于 {due} 届满，这时才登记 {day} 的批准：请核对批准文件的日期"
        )]),
        Act::Postpone { from, .. } if *from > due => {
            refuse(format!("障碍自 {from} 起，期限已于 {due} 届满，不是因它耽误的"))
        }
        Act::Postpone { .. } => match apply_by {
            Some(last) if day > last => refuse(format!("申请顺延最迟应在 {last}，{day} 已经过了")),
            _ => Ok(Vec::new()),
        },
        _ => Ok(Vec::new()),
    }
}
