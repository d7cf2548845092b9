//! `rongcuo alert …`

use super::DONE;
use super::args::Global;
use super::case::actor;
use super::open::{self, Use};
use super::output::Failure;
use crate::app::routing::{self, LISTED, NewSilence, Noted};
use crate::domain::alert::{HandOn, Silence, Target};
use crate::domain::obligation::{Kind, Obligation};
use crate::domain::time::Moment;
use chrono::{NaiveDate, NaiveTime};
use clap::{Args, Subcommand};
use serde_json::json;
use std::io::Write;

/// `alert …`
#[derive(Debug, Subcommand)]
pub enum AlertCommand {
    /// 列出发过紧急提醒、还没有人确认收悉的事项，交由他人接收提醒的事项，和生效中的静默
    List {
        /// 只看这个单位及其下级
        #[arg(long, value_name = "PATH")]
        unit: Option<String>,
    },
    /// 确认收悉：不再重复提醒、不再逐级上报；事项仍须办结
    Ack(AckArgs),
    /// 静默：一段时间内不发，到期后补发最近一次
    Silence(SilenceArgs),
    /// 提前解除静默
    Lift {
        /// 静默的编号（alert list 列出）
        id: String,
        /// 解除人
        #[arg(long)]
        by: String,
        /// 经办账号或姓名，记入审计链
        #[arg(long)]
        actor: Option<String>,
    },
}

/// `alert ack`
#[derive(Debug, Args)]
pub struct AckArgs {
    /// 案件、整改事项的编号
    number: String,
    /// 只确认这一种事项
    #[arg(long)]
    kind: Option<String>,
    /// 确认人
    #[arg(long)]
    by: String,
    /// 说明
    #[arg(long, default_value = "")]
    note: String,
    /// 经办账号或姓名，记入审计链
    #[arg(long)]
    actor: Option<String>,
}

/// `alert silence`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("target").required(true).multiple(false).args(["number", "kind", "unit", "recipient"]))]
pub struct SilenceArgs {
    /// 一个案件或整改事项
    #[arg(long)]
    number: Option<String>,
    /// 一种事项
    #[arg(long)]
    kind: Option<String>,
    /// 一个单位及其下级
    #[arg(long, value_name = "PATH")]
    unit: Option<String>,
    /// 一个收件人的邮箱
    #[arg(long, value_name = "EMAIL")]
    recipient: Option<String>,
    /// 静默到哪一天（含）
    #[arg(long, value_name = "DATE")]
    until: NaiveDate,
    /// 理由
    #[arg(long)]
    reason: String,
    /// 登记人
    #[arg(long)]
    by: String,
    /// 经办账号或姓名，记入审计链
    #[arg(long)]
    actor: Option<String>,
}

/// Runs one of them.
pub async fn run(global: &Global, command: AlertCommand, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let app = open::app(global, &config, Use::Write).await?;
    match command {
        AlertCommand::List { unit } => list(global, &routing::waiting(&app, unit.as_deref()).await?, out)?,
        AlertCommand::Ack(args) => {
            let noted = Noted {
                number: &args.number,
                kind: args.kind.as_deref(),
                by: &args.by,
                note: &args.note,
            };
            let count = routing::acknowledge(&app, &noted, &actor(args.actor.as_deref())?).await?;
            if global.json() {
                writeln!(out, "{}", json!({ "acknowledged": count }))?;
            } else if count == 0 {
                writeln!(out, "{}：此前已有人确认，没有改变", args.number)?;
            } else {
                writeln!(
                    out,
                    "{}：已确认 {count} 项，不再重复提醒和逐级上报；事项仍须办结",
                    args.number
                )?;
            }
        }
        AlertCommand::Silence(args) => {
            let new = NewSilence {
                target: target(&args)?,
                reason: args.reason,
                by: args.by,
                until: end_of(args.until)?,
            };
            let silence = routing::silence(&app, new, &actor(args.actor.as_deref())?).await?;
            said(global, &silence, "已静默", out)?;
        }
        AlertCommand::Lift { id, by, actor: who } => {
            let silence = routing::lift(&app, &id, &by, &actor(who.as_deref())?).await?;
            said(global, &silence, "已解除静默", out)?;
        }
    }
    app.db.close().await;
    Ok(DONE)
}

fn target(args: &SilenceArgs) -> Result<Target, Failure> {
    let (number, unit, recipient) = (args.number.clone(), args.unit.clone(), args.recipient.clone());
    let named = number
        .map(Target::Number)
        .or(unit.map(Target::Unit))
        .or(recipient.map(Target::Recipient));
    match (named, args.kind.as_deref()) {
        (Some(target), _) => Ok(target),
        (None, Some(kind)) => Kind::from_text(kind)
            .map(Target::Kind)
            .ok_or_else(|| Failure::input(format!("「{kind}」不是事项种类"))),
        (None, None) => Err(Failure::input(
            "请写明静默什么：--number、--kind、--unit 或 --recipient",
        )),
    }
}

/// The end of a day is the beginning of the next.
fn end_of(day: NaiveDate) -> Result<Moment, Failure> {
    day.succ_opt()
        .map(|next| Moment::at(next, NaiveTime::MIN))
        .ok_or_else(|| Failure::input(format!("{day} 超出日历范围")))
}

fn list(global: &Global, waiting: &routing::Waiting, out: &mut dyn Write) -> Result<(), Failure> {
    if global.json() {
        let unanswered: Vec<_> = waiting.unanswered.iter().map(row).collect();
        let silences: Vec<_> = waiting.silences.iter().map(shown).collect();
        let handed_on: Vec<_> = waiting.handed_on.iter().map(handed).collect();
        return Ok(writeln!(
            out,
            "{}",
            json!({ "unanswered": unanswered, "silences": silences, "handed_on": handed_on })
        )?);
    }
    writeln!(out, "没有人确认收悉的 {} 项", waiting.unanswered.len())?;
    for one in &waiting.unanswered {
        let unit = one.acting_unit.as_deref().or(one.scope_unit.as_deref()).unwrap_or("—");
        writeln!(
            out,
            "  {}  {}  应于 {}  {unit}",
            one.number,
            one.kind.as_str(),
            one.due.day
        )?;
    }
    if waiting.unanswered.len() as i64 >= LISTED {
        writeln!(out, "  只列出前 {LISTED} 项")?;
    }
    writeln!(out, "交由他人接收提醒的 {} 项", waiting.handed_on.len())?;
    for (one, handed) in &waiting.handed_on {
        writeln!(out, "  {}  {}  {}", one.number, one.kind.as_str(), handed.zh())?;
    }
    writeln!(out, "生效中的静默 {} 项", waiting.silences.len())?;
    for silence in &waiting.silences {
        writeln!(out, "  {}  {}", silence.id, silence.zh())?;
    }
    Ok(())
}

fn row(one: &Obligation) -> serde_json::Value {
    json!({
        "obligation": one.id.as_str(), "number": one.number, "kind": one.kind.as_str(),
        "due": one.due.day.to_string(), "unit": one.acting_unit.as_ref().or(one.scope_unit.as_ref()),
    })
}

fn handed((one, handed): &(Obligation, HandOn)) -> serde_json::Value {
    json!({
        "obligation": one.id.as_str(), "number": one.number, "kind": one.kind.as_str(), "from": handed.from_name,
        "to": handed.to.name, "to_unit": handed.to_unit, "to_role": handed.to.role.zh(), "reason": handed.reason,
        "at": handed.at.to_string(),
    })
}

fn shown(silence: &Silence) -> serde_json::Value {
    json!({
        "id": silence.id, "target": silence.target.word(), "value": silence.target.value(), "reason": silence.reason,
        "by": silence.by, "from": silence.from.to_string(), "until": silence.until.to_string(),
    })
}

fn said(global: &Global, silence: &Silence, what: &str, out: &mut dyn Write) -> Result<(), Failure> {
    if global.json() {
        writeln!(out, "{}", shown(silence))?;
    } else {
        writeln!(out, "{what} {}：{}", silence.id, silence.zh())?;
    }
    Ok(())
}
