//! `rongcuo policy check FILE`, `rongcuo policy show`

use super::args::{Global, PolicyWhat};
use super::open;
use super::output::Failure;
use super::{DONE, output};
use crate::domain::policy::{Anchor, Event, Limit, Policy, Schedule, Step};
use serde_json::{Value, json};
use std::io::Write;

/// Checks a profile, or prints the one in force as a table that can be signed.
pub fn run(global: &Global, what: &PolicyWhat, out: &mut dyn Write) -> Result<u8, Failure> {
    match what {
        PolicyWhat::Check { file } => {
            let policy = open::policy_file(file)?;
            if global.json() {
                writeln!(
                    out,
                    "{}",
                    json!({ "profile": policy.profile.id, "limits": policy.limits().len() })
                )?;
            } else {
                writeln!(
                    out,
                    "规则文件无误：{}（{}），期限 {} 项",
                    policy.profile.name,
                    policy.profile.id,
                    policy.limits().len()
                )?;
            }
        }
        PolicyWhat::Show { file } => {
            let policy = match file {
                Some(file) => open::policy_file(file)?,
                None => open::policy(&open::config(global)?)?,
            };
            if global.json() {
                writeln!(out, "{}", document(&policy))?;
            } else {
                table(&policy, out)?;
            }
        }
    }
    Ok(DONE)
}

fn table(policy: &Policy, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "规则：{}（{}）", policy.profile.name, policy.profile.id)?;
    writeln!(out, "来源：{}", policy.profile.source)?;
    writeln!(
        out,
        "上班时间：{}—{}；不予容错的结论{}归入两份档案",
        policy.start.format("%H:%M"),
        policy.end.format("%H:%M"),
        if policy.archive_when_not_tolerated {
            "也"
        } else {
            "不"
        }
    )?;
    let fall = policy.tolerance;
    writeln!(
        out,
        "实发低于基准不超过下列比例的不算不利：工资 {}%，绩效 {}%，奖金 {}%（本单位约定）",
        fall.salary, fall.performance_pay, fall.bonus
    )?;
    writeln!(
        out,
        "按日、月、年计算的期限，最后一日是休息日的{}顺延到下一个工作日",
        if policy.roll_off { "" } else { "不" }
    )?;
    let protected: Vec<&str> = policy.protected().iter().map(|domain| domain.zh()).collect();
    writeln!(out, "结论保护的事项：{}", protected.join("、"))?;
    for rule in policy.guards() {
        writeln!(out, "程序要求：{}（{}）", rule.guard.zh(), rule.clause)?;
    }
    for own in policy.own_events() {
        writeln!(out, "由人登记的事件：{}（{}）", own.name, own.id.as_str())?;
    }
    writeln!(out)?;
    let header = ["事项", "期限", "起算", "办结", "适用", "性质", "数字出自", "依据"].map(str::to_owned);
    let mut rows = vec![header];
    rows.extend(policy.limits().iter().map(|limit| row(policy, limit)));
    for line in output::aligned(&rows) {
        writeln!(out, "{line}")?;
    }
    writeln!(out)?;
    for limit in policy.limits() {
        writeln!(out, "{}（{}）", limit.name, limit.clause)?;
        writeln!(out, "  原文：{}", limit.quote)?;
        writeln!(out, "  要做：{}", limit.action)?;
        for line in changes(limit) {
            writeln!(out, "  {line}")?;
        }
        let schedule = policy.schedule(limit);
        writeln!(out, "  提醒（{}）：{}", schedule.scope.zh(), reminders(schedule))?;
    }
    writeln!(out)?;
    writeln!(out, "核对人：________________    日期：________________")?;
    Ok(())
}

fn row(policy: &Policy, limit: &Limit) -> [String; 8] {
    let amount = match (limit.terms.counts(), limit.anchor) {
        (true, _) => limit.terms.zh(),
        (false, Anchor::Given) => "台账写明".to_owned(),
        (false, _) => "当日".to_owned(),
    };
    let levels: Vec<&str> = limit.levels.iter().map(|level| level.zh()).collect();
    let levels = if levels.is_empty() {
        "—".to_owned()
    } else {
        levels.join("、")
    };
    [
        limit.name.clone(),
        amount,
        policy.anchor_zh(limit.anchor),
        limit
            .done_by
            .map_or_else(|| "—".to_owned(), |event| policy.event_zh(event)),
        levels,
        limit.mode.zh().to_owned(),
        limit.number_from.zh().to_owned(),
        limit.clause.clone(),
    ]
}

/// How a limit may be extended, stopped and put off.
fn changes(limit: &Limit) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(one) = &limit.extension {
        let reason = if one.reason_required {
            "须写明理由"
        } else {
            "理由可不写"
        };
        let inform = if one.inform_subject {
            "，须告知当事人"
        } else {
            ""
        };
        lines.push(format!(
            "延长：最多 {} 次，合计不超过 {}，由{}批准，{reason}{inform}（{}，{}）",
            one.times,
            one.unit.amount_zh(one.max),
            one.approver.zh(),
            one.clause,
            one.number_from.zh()
        ));
    }
    if let Some(one) = &limit.suspension {
        let grounds = if one.grounds.is_empty() {
            "任何写明的事由".to_owned()
        } else {
            one.grounds.join("、")
        };
        lines.push(format!(
            "中止：{grounds}，由{}批准，恢复后接着计算（{}，{}）",
            one.approver.zh(),
            one.clause,
            one.number_from.zh()
        ));
    }
    if let Some(one) = &limit.postponement {
        lines.push(format!(
            "顺延：因不可抗拒的事由或其他正当理由耽误的，障碍消除后 {}内申请（{}，{}）",
            one.unit.amount_zh(one.within),
            one.clause,
            one.number_from.zh()
        ));
    }
    lines
}

fn reminders(schedule: &Schedule) -> String {
    let said: Vec<String> = schedule
        .points
        .iter()
        .map(|step| format!("{}（{}）", step.point.zh(), roles(step)))
        .collect();
    said.join("；")
}

fn roles(step: &Step) -> String {
    let also = step.also.iter().flat_map(|also| also.roles.iter());
    let roles: Vec<&str> = step.roles.iter().chain(also).map(|role| role.zh()).collect();
    roles.join("、")
}

fn document(policy: &Policy) -> Value {
    let limits: Vec<Value> = policy
        .limits()
        .iter()
        .map(|limit| {
            let points: Vec<Value> = policy
                .schedule(limit)
                .points
                .iter()
                .map(|step| json!({ "point": step.point.to_string(), "severity": step.severity.as_str(), "roles": roles(step) }))
                .collect();
            json!({
                "kind": limit.kind.as_str(),
                "name": limit.name,
                "id": limit.id.as_str(),
                "days": limit.terms.amount,
                "unit": limit.terms.unit.zh(),
                "direction": limit.terms.direction.as_str(),
                "anchor": policy.anchor_zh(limit.anchor),
                "anchor_event": anchor_word(limit.anchor),
                "done_by": limit.done_by.map(Event::as_str),
                "levels": limit.levels.iter().map(|level| level.zh()).collect::<Vec<_>>(),
                "changes": changes(limit),
                "mode": limit.mode.zh(),
                "number_from": limit.number_from.zh(),
                "clause": limit.clause,
                "quote": limit.quote,
                "points": points,
            })
        })
        .collect();
    let guards: Vec<Value> = policy
        .guards()
        .iter()
        .map(|rule| json!({ "id": rule.guard.as_str(), "name": rule.guard.zh(), "clause": rule.clause, "quote": rule.quote }))
        .collect();
    let protected: Vec<&str> = policy.protected().iter().map(|domain| domain.as_str()).collect();
    json!({ "id": policy.profile.id, "name": policy.profile.name, "source": policy.profile.source, "limits": limits,
        "guards": guards, "protected": protected })
}

fn anchor_word(anchor: Anchor) -> &'static str {
    match anchor {
        Anchor::Event(event) => event.as_str(),
        Anchor::Given => "given",
        Anchor::Opened => "opened",
    }
}
