//! `rongcuo finding …`: one subcommand for each thing that is done with a 疑似问题.

use super::args::Global;
use super::case::{actor, day, named};
use super::open::{self, Use};
use super::output::{self, Failure};
use super::{ATTENTION, DONE};
use crate::app::findings::{self, Done, FindingLine, FindingRef, Shown};
use crate::domain::finding::{Act, Answer};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::json;
use std::io::Write;

/// `finding …`
#[derive(Debug, Subcommand)]
pub enum FindingCommand {
    /// 列出疑似问题：待答复、待复核的，或全部；不写姓名
    List {
        /// 只列没有办结的（不写即此）
        #[arg(long, conflicts_with = "all")]
        open: bool,
        /// 办结的也列
        #[arg(long)]
        all: bool,
        /// 只列名单或答复责任属于该单位的，含下级单位
        #[arg(long, value_name = "PATH")]
        unit: Option<String>,
        /// 最多几件
        #[arg(long, default_value_t = 200)]
        limit: u32,
    },
    /// 查看一件：现状、依据、经过
    Show {
        /// 编号
        id: String,
        /// 经办账号或姓名，记入审计链
        #[arg(long)]
        actor: Option<String>,
    },
    /// 答复：已纠正、有其他原因、误报，或转办
    Answer(AnswerArgs),
    /// 复核答复（有其他原因、误报的答复，由答复人以外的一人）
    Confirm(ConfirmArgs),
}

/// `finding answer`
#[derive(Debug, Args)]
pub struct AnswerArgs {
    /// 编号
    id: String,
    /// 怎样答复
    #[command(subcommand)]
    answer: AnswerWhat,
}

/// By whom, and what was seen before.
#[derive(Debug, Args)]
pub struct ByArgs {
    /// 由谁办理，记入经过和审计链
    #[arg(long, value_name = "NAME")]
    by: String,
    /// 查看时的版本；此后有变化的不予采用
    #[arg(long, value_name = "N")]
    version: Option<i64>,
}

/// The four answers.
#[derive(Debug, Subcommand)]
pub enum AnswerWhat {
    /// 已纠正：写明新的结果
    Corrected {
        /// 新结果，用名单上的用词或数额
        #[arg(long)]
        result: String,
        /// 基准（新结果是数额时；不写用原名单的）
        #[arg(long)]
        baseline: Option<String>,
        /// 纠正的决定日期
        #[arg(long, value_name = "DATE", value_parser = day)]
        on: NaiveDate,
        /// 纠正的文号
        #[arg(long)]
        doc_no: String,
        /// By whom.
        #[command(flatten)]
        by: ByArgs,
    },
    /// 有其他原因：写明原因和文号
    OtherCause {
        /// 文号（不能是该容错案件自己的）
        #[arg(long)]
        doc_no: String,
        /// 原因
        #[arg(long)]
        reason: String,
        /// By whom.
        #[command(flatten)]
        by: ByArgs,
    },
    /// 误报：写明理由
    Mistaken {
        /// 理由
        #[arg(long)]
        reason: String,
        /// By whom.
        #[command(flatten)]
        by: ByArgs,
    },
    /// 转办：改由另一单位或另一人答复，期限不变
    HandOver {
        /// 转办给哪个单位
        #[arg(long, value_name = "PATH")]
        unit: String,
        /// 责任人
        #[arg(long)]
        person: Option<String>,
        /// 理由
        #[arg(long)]
        reason: String,
        /// By whom.
        #[command(flatten)]
        by: ByArgs,
    },
}

/// `finding confirm`
#[derive(Debug, Args)]
pub struct ConfirmArgs {
    /// 编号
    id: String,
    /// By whom.
    #[command(flatten)]
    by: ByArgs,
    /// 退回答复；不写即同意
    #[arg(long, requires = "reason")]
    refuse: bool,
    /// 退回的理由
    #[arg(long, requires = "refuse")]
    reason: Option<String>,
}

/// Runs one of them.
pub async fn run(global: &Global, command: FindingCommand, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    match command {
        FindingCommand::List { all, unit, limit, .. } => {
            let app = open::app(global, &config, Use::Read).await?;
            let found = findings::list(&app, all, unit.as_deref(), i64::from(limit)).await?;
            list(global, &found, out)
        }
        FindingCommand::Show { id, actor: who } => {
            let app = open::app(global, &config, Use::Write).await?;
            let shown = findings::show(&app, &id, &actor(who.as_deref())?).await?;
            show(global, &shown, out)
        }
        FindingCommand::Answer(args) => {
            let (act, by) = args.answer.into_act();
            take(global, &config, args.id, act, &by, out).await
        }
        FindingCommand::Confirm(args) => {
            let act = match args.reason {
                Some(reason) if args.refuse => Act::Refuse { reason },
                _ => Act::Confirm,
            };
            take(global, &config, args.id, act, &args.by, out).await
        }
    }
}

impl AnswerWhat {
    fn into_act(self) -> (Act, ByArgs) {
        match self {
            Self::Corrected {
                result,
                baseline,
                on,
                doc_no,
                by,
            } => {
                let answer = Answer::Corrected {
                    result,
                    baseline,
                    decided_on: on,
                    doc_no,
                };
                (Act::Answer(answer), by)
            }
            Self::OtherCause { doc_no, reason, by } => (Act::Answer(Answer::OtherCause { doc_no, reason }), by),
            Self::Mistaken { reason, by } => (Act::Answer(Answer::Mistaken { reason }), by),
            Self::HandOver {
                unit,
                person,
                reason,
                by,
            } => (Act::HandOver { unit, person, reason }, by),
        }
    }
}

async fn take(
    global: &Global,
    config: &crate::config::Config,
    id: String,
    act: Act,
    by: &ByArgs,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let who = named("--by", &by.by)?;
    let app = open::app(global, config, Use::Write).await?;
    let which = FindingRef {
        id,
        version: by.version,
    };
    tell(global, &findings::act(&app, &which, &act, &who).await?, out)
}

fn tell(global: &Global, done: &Done, out: &mut dyn Write) -> Result<u8, Failure> {
    if global.json() {
        writeln!(out, "{}", serde_json::to_string(done)?)?;
    } else {
        writeln!(out, "{}：{}", done.case, done.act)?;
        writeln!(out, "疑似问题现为「{}」，第 {} 版", done.state_zh, done.version)?;
        if let Some(due) = &done.due {
            let what = if done.state == "answered" {
                "由另一人复核".to_owned()
            } else {
                format!("由{}答复", done.owner)
            };
            writeln!(out, "  待办：{what}，应于 {due}")?;
        }
        for warning in &done.warnings {
            writeln!(out, "请注意：{warning}")?;
        }
    }
    Ok(if done.warnings.is_empty() { DONE } else { ATTENTION })
}

fn list(global: &Global, found: &[FindingLine], out: &mut dyn Write) -> Result<u8, Failure> {
    let waiting = found.iter().any(|one| one.closed_by.is_none());
    let code = if waiting { ATTENTION } else { DONE };
    if global.json() {
        writeln!(out, "{}", json!({ "findings": found }))?;
        return Ok(code);
    }
    let header = ["编号", "案件", "判断", "事项", "结果", "状态", "由谁答复", "应于"];
    let mut rows = vec![header.map(str::to_owned)];
    rows.extend(found.iter().map(|one| {
        let period = one.period.as_deref().unwrap_or_default();
        [
            one.id.clone(),
            one.case.clone(),
            one.verdict_zh.clone(),
            format!("{period}{}", one.domain),
            format!("{}{}", one.result, if one.is_final { "" } else { "（拟定）" }),
            one.state_zh.to_owned(),
            one.owner.clone(),
            one.due.clone().unwrap_or_else(|| "—".to_owned()),
        ]
    }));
    for line in output::aligned(&rows) {
        writeln!(out, "{line}")?;
    }
    Ok(code)
}

fn show(global: &Global, shown: &Shown, out: &mut dyn Write) -> Result<u8, Failure> {
    if global.json() {
        writeln!(out, "{}", serde_json::to_string(shown)?)?;
        return Ok(DONE);
    }
    let line = &shown.line;
    writeln!(out, "疑似问题：{}（第 {} 版）", line.id, line.version)?;
    writeln!(out, "案件：{}", line.case)?;
    let unit = line.unit.as_deref().unwrap_or("单位未写明");
    writeln!(out, "干部：{}（{unit}）", shown.name)?;
    let period = line.period.as_deref().unwrap_or_default();
    let stage = if line.is_final { "已作出" } else { "拟定" };
    writeln!(out, "结果：{period}{}「{}」，{stage}", line.domain, line.result)?;
    writeln!(out, "出处：{}", shown.place)?;
    writeln!(out, "判断：{}", shown.why)?;
    if let Some(earlier) = &shown.predecessor {
        writeln!(out, "由来：疑似问题 {earlier}")?;
    }
    writeln!(out, "状态：{}", line.state_zh)?;
    writeln!(out, "由谁答复：{}", line.owner)?;
    if let Some(due) = &line.due {
        writeln!(out, "应于：{due}")?;
    }
    writeln!(out, "经过：")?;
    for one in &shown.history {
        writeln!(out, "  {}  {}  {}", one.at, one.actor, one.text)?;
    }
    Ok(DONE)
}
