//! `rongcuo policy check FILE`, `rongcuo policy show`

use super::args::{Global, PolicyWhat};
use super::open;
use super::output::Failure;
use super::{DONE, output};
use crate::domain::policy::{Anchor, Limit, Policy, Schedule, Step};
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
    writeln!(out)?;
    let header = ["事项", "期限", "起算", "适用", "性质", "数字出自", "依据"].map(str::to_owned);
    let mut rows = vec![header];
    rows.extend(policy.limits().iter().map(row));
    for line in output::aligned(&rows) {
        writeln!(out, "{line}")?;
    }
    writeln!(out)?;
    for limit in policy.limits() {
        writeln!(out, "{}（{}）", limit.name, limit.clause)?;
        writeln!(out, "  原文：{}", limit.quote)?;
        writeln!(out, "  要做：{}", limit.action)?;
        if let Some(schedule) = policy.schedule(limit.kind) {
            writeln!(out, "  提醒：{}", reminders(schedule))?;
        }
    }
    writeln!(out)?;
    writeln!(out, "核对人：________________    日期：________________")?;
    Ok(())
}

fn row(limit: &Limit) -> [String; 7] {
    let amount = match (limit.days, limit.anchor) {
        (0, Anchor::Given) => "台账写明".to_owned(),
        (0, _) => "当日".to_owned(),
        (days, _) => format!("{days} 个{}", limit.unit.zh()),
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
        limit.anchor.zh().to_owned(),
        levels,
        limit.mode.zh().to_owned(),
        limit.number_from.zh().to_owned(),
        limit.clause.clone(),
    ]
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
                .schedule(limit.kind)
                .into_iter()
                .flat_map(|schedule| &schedule.points)
                .map(|step| json!({ "point": step.point.to_string(), "severity": step.severity.as_str(), "roles": roles(step) }))
                .collect();
            json!({
                "kind": limit.kind.as_str(),
                "name": limit.name,
                "days": limit.days,
                "unit": limit.unit.zh(),
                "anchor": limit.anchor.zh(),
                "mode": limit.mode.zh(),
                "number_from": limit.number_from.zh(),
                "clause": limit.clause,
                "quote": limit.quote,
                "points": points,
            })
        })
        .collect();
    json!({ "id": policy.profile.id, "name": policy.profile.name, "source": policy.profile.source, "limits": limits })
}
