//! `rongcuo policy check FILE`, `rongcuo policy show`

mod document;
mod sheet;

use super::args::{Global, PolicyWhat};
use super::open;
use super::output::Failure;
use super::{ATTENTION, DONE};
use crate::app::{policies, settings};
use crate::domain::policy::{Extension, Postponement, Suspension};
use crate::store::journal::ACTOR_LOCAL;
use serde_json::json;
use std::io::Write;
use std::path::Path;

/// Checks a profile, or prints the one in force as a table that can be signed.
pub async fn run(global: &Global, what: &PolicyWhat, out: &mut dyn Write) -> Result<u8, Failure> {
    match what {
        PolicyWhat::Check { file, in_use } => check(global, file, *in_use, out).await,
        PolicyWhat::Adopt { file, reason } => adopt(global, file, reason, out).await,
        PolicyWhat::Show { file } => {
            let policy = match file {
                Some(file) => {
                    open::vocabulary(&open::config(global)?).await?;
                    open::policy_file(file)?
                }
                None => open::policy_in_force(&open::config(global)?).await?,
            };
            if global.json() {
                writeln!(out, "{}", document::of(&policy))?;
            } else {
                for line in sheet::of(&policy) {
                    writeln!(out, "{line}")?;
                }
            }
            Ok(DONE)
        }
    }
}

/// Works also where the service cannot start with the rules that were adopted.
async fn adopt(global: &Global, file: &Path, reason: &str, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    open::vocabulary(&config).await?;
    let policy = open::policy_file(file)?;
    let (name, print) = (policy.profile.name.clone(), policy.fingerprint().to_owned());
    let now = open::clock(global, &config)?.now();
    let db = open::database(&config).await?;
    db.ready().await?;
    let number = settings::adopt_rules_in(&db, policy, (reason, ACTOR_LOCAL), now).await?;
    db.close().await;
    if global.json() {
        writeln!(
            out,
            "{}",
            json!({ "document": "profile", "number": number, "fingerprint": print })
        )?;
    } else {
        writeln!(out, "已采用「{name}」为规则第 {number} 版；运行中的服务一分钟内启用")?;
    }
    Ok(DONE)
}

async fn check(global: &Global, file: &Path, in_use: bool, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    open::vocabulary(&config).await?;
    let policy = open::policy_file(file)?;
    let hints = policy.hints();
    let lost = if in_use {
        let db = open::database(&config).await?;
        db.ready().await?;
        let lost = policies::lost(&db, &policy).await?;
        db.close().await;
        lost
    } else {
        Vec::new()
    };
    let lost: Vec<String> = lost.iter().map(policies::Lost::zh).collect();
    if global.json() {
        let document = json!({
            "profile": policy.profile.id, "limits": policy.limits().len(), "fingerprint": policy.fingerprint(),
            "hints": hints, "lost": lost,
        });
        writeln!(out, "{document}")?;
    } else {
        writeln!(
            out,
            "规则文件无误：{}（{}），期限 {} 项，校验值 {}",
            policy.profile.name,
            policy.profile.id,
            policy.limits().len(),
            policy.fingerprint()
        )?;
        for hint in &hints {
            writeln!(out, "提示：{hint}")?;
        }
        for one in &lost {
            writeln!(out, "注意：{one}")?;
        }
    }
    Ok(if lost.is_empty() { DONE } else { ATTENTION })
}

fn extension(one: &Extension) -> String {
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
    format!(
        "最多 {} 次，合计不超过 {}，由{}批准，{reason}{inform}（{}，{}）",
        one.times,
        one.unit.amount_zh(one.max),
        one.approver.zh(),
        one.clause,
        one.number_from.zh()
    )
}

fn suspension(one: &Suspension) -> String {
    let grounds = if one.grounds.is_empty() {
        "任何写明的事由".to_owned()
    } else {
        one.grounds.join("、")
    };
    format!(
        "{grounds}，由{}批准，恢复后接着计算（{}，{}）",
        one.approver.zh(),
        one.clause,
        one.number_from.zh()
    )
}

fn postponement(one: &Postponement) -> String {
    format!(
        "因不可抗拒的事由或其他正当理由耽误的，障碍消除后 {}内申请（{}，{}）",
        one.unit.amount_zh(one.within),
        one.clause,
        one.number_from.zh()
    )
}
