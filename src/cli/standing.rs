//! `rongcuo standing …`: 应补定未补定, 应恢复未恢复.

use super::args::Global;
use super::case::{day, named};
use super::open::{self, Use};
use super::output::{self, Failure};
use super::{ATTENTION, DONE};
use crate::app::remedies::{self, RemedyLine, Restored};
use crate::domain::remedy::Sort;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::json;
use std::io::Write;

/// `standing …`
#[derive(Debug, Subcommand)]
pub enum StandingCommand {
    /// 应补定未补定：案件以免责了结而当年等次没有定的
    Regrade(ListArgs),
    /// 应恢复未恢复：案件以免责了结而调查期间取消、降低、停发的
    Restore(ListArgs),
    /// 凭文件登记一项已经恢复（应补定的以导入补定后的等次办结）
    RestoreDone {
        /// 编号
        id: String,
        /// 恢复的文号
        #[arg(long)]
        doc_no: String,
        /// 恢复日期（默认今天）
        #[arg(long, value_name = "DATE", value_parser = day)]
        on: Option<NaiveDate>,
        /// 由谁登记，记入审计链
        #[arg(long, value_name = "NAME")]
        by: String,
        /// 查看时的版本；此后有变化的不予采用
        #[arg(long, value_name = "N")]
        version: Option<i64>,
    },
}

/// Which lines of a list.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// 已办和不再要求的也列
    #[arg(long)]
    all: bool,
    /// 最多几项
    #[arg(long, default_value_t = 500)]
    limit: u32,
}

/// Runs one of them.
pub async fn run(global: &Global, command: StandingCommand, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let (sort, args) = match command {
        StandingCommand::Regrade(args) => (Sort::Regrade, args),
        StandingCommand::Restore(args) => (Sort::Restore, args),
        StandingCommand::RestoreDone {
            id,
            doc_no,
            on,
            by,
            version,
        } => {
            let by = named("--by", &by)?;
            let app = open::app(global, &config, Use::Write).await?;
            let restored = Restored {
                id,
                doc_no,
                on: on.unwrap_or_else(|| app.now().day()),
                version,
            };
            let line = remedies::restored(&app, &restored, &by).await?;
            if global.json() {
                writeln!(out, "{}", serde_json::to_string(&line)?)?;
            } else {
                writeln!(out, "{} {}「{}」：已登记恢复", line.case, line.domain, line.result)?;
            }
            return Ok(DONE);
        }
    };
    let app = open::app(global, &config, Use::Read).await?;
    let (lines, total) = remedies::list(&app, sort, args.all, i64::from(args.limit), 0).await?;
    let code = if lines.iter().any(|line| line.state == "open") {
        ATTENTION
    } else {
        DONE
    };
    if global.json() {
        writeln!(
            out,
            "{}",
            json!({ "list": sort.as_str(), "total": total, "entries": lines })
        )?;
        return Ok(code);
    }
    writeln!(out, "{}（{total} 项）", sort.zh())?;
    print(&lines, out)?;
    Ok(code)
}

fn print(lines: &[RemedyLine], out: &mut dyn Write) -> Result<(), Failure> {
    let header = ["编号", "案件", "单位", "期间", "事项", "结果", "状态", "应于"];
    let mut rows = vec![header.map(str::to_owned)];
    rows.extend(lines.iter().map(|line| {
        let said = |text: Option<&str>| text.filter(|text| !text.is_empty()).unwrap_or("—").to_owned();
        let settled = line
            .settled_by
            .as_ref()
            .map(|by| format!("（{by}）"))
            .unwrap_or_default();
        let period = if line.period.is_empty() {
            line.decided_on.map(|day| day.to_string())
        } else {
            Some(line.period.clone())
        };
        [
            line.id.clone(),
            line.case.clone(),
            said(line.unit.as_deref()),
            said(period.as_deref()),
            format!("{}{}", line.domain, line.item),
            line.result.clone(),
            format!("{}{settled}", line.state_zh),
            said(line.due.as_deref()),
        ]
    }));
    for line in output::aligned(&rows) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
