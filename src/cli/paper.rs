//! `rongcuo paper …`

use super::DONE;
use super::args::Global;
use super::case::{actor, day};
use super::open::{self, Use};
use super::output::Failure;
use crate::app::papers::{self, Occasion, Written};
use crate::app::procedure::CaseRef;
use crate::domain::paper::{Block, PaperKind};
use crate::store::papers::StoredPaper;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};

/// `paper …`
#[derive(Debug, Subcommand)]
pub enum PaperCommand {
    /// 拟稿：看全文，不编号、不留存
    Preview(PaperArgs),
    /// 制发：编号、留存并写出 .docx
    Issue(PaperArgs),
    /// 取出已制发的公文
    Export {
        /// 文号，如 云容函〔2026〕12号
        number: String,
        /// 写到哪个文件
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// 制发机关（几个机关用同一个机关代字时）
        #[arg(long)]
        organ: Option<String>,
        /// 经办账号或姓名，记入审计链
        #[arg(long)]
        actor: Option<String>,
    },
}

/// `paper preview`, `paper issue`
#[derive(Debug, Args)]
pub struct PaperArgs {
    /// 案件编号
    #[arg(value_name = "CASE")]
    case_no: String,
    /// 文种：容错认定意见反馈书、不予容错答复、抄送函、归档移交清单、补定等次建议函、核查函
    #[arg(long, value_parser = kind)]
    kind: PaperKind,
    /// 姓名（同一编号有几名干部时）
    #[arg(long)]
    name: Option<String>,
    /// 机关代字，如 云容（制发时必需）
    #[arg(long)]
    code: Option<String>,
    /// 写到哪个 .docx 文件
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// 成文日期（默认今天）
    #[arg(long, value_name = "DATE", value_parser = day)]
    date: Option<NaiveDate>,
    /// 组织部门的名称（本系统的名称就是组织部门的，可以不写）
    #[arg(long)]
    organization: Option<String>,
    /// 不予容错的理由（还没有登记解释答复时）
    #[arg(long)]
    reasons: Option<String>,
    /// 整改要求
    #[arg(long)]
    rectification: Option<String>,
    /// 归档材料，写成 名称=份数，可重复
    #[arg(long, value_parser = item)]
    item: Vec<(String, u32)>,
    /// 补定的年度，写成 2025=不确定等次，可重复
    #[arg(long, value_parser = regrade)]
    regrade: Vec<(i32, String)>,
    /// 核查函所问的疑似问题编号
    #[arg(long)]
    finding: Option<String>,
    /// 经办账号或姓名，记入审计链
    #[arg(long)]
    actor: Option<String>,
}

/// Runs one of them.
pub async fn run(global: &Global, command: PaperCommand, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let app = open::app(global, &config, Use::Write).await?;
    let (args, issue) = match command {
        PaperCommand::Export {
            number,
            out: file,
            organ,
            actor: who,
        } => {
            free(Some(&file))?;
            let issued = papers::issued(&app, &number, organ.as_deref(), &actor(who.as_deref())?).await?;
            save(&file, &issued.bytes)?;
            exported(global, &issued.paper, &file, out)?;
            return Ok(DONE);
        }
        PaperCommand::Preview(args) => (args, false),
        PaperCommand::Issue(args) => (args, true),
    };
    free(args.out.as_deref())?;
    let which = CaseRef {
        case_no: args.case_no,
        name: args.name,
        version: None,
    };
    let occasion = Occasion {
        code: args.code,
        date: args.date,
        organization: args.organization,
        reasons: args.reasons,
        rectification: args.rectification,
        items: args.item,
        regrade: args.regrade,
        finding: args.finding,
    };
    let actor = actor(args.actor.as_deref())?;
    let written = if issue {
        papers::issue(&app, &which, args.kind, &occasion, &actor).await?
    } else {
        papers::preview(&app, &which, args.kind, &occasion, &actor).await?
    };
    let number = written.paper.number.as_ref().map(ToString::to_string);
    if let Some(file) = &args.out {
        save(file, &written.bytes).map_err(|failure| match &number {
            Some(number) => failure.and(&format!("；公文已编为 {number} 并留存，可用 paper export 取出")),
            None => failure,
        })?;
    }
    if global.json() {
        let document = json!({
            "kind": written.paper.kind.as_str(), "title": written.paper.title, "number": number, "hash": written.hash,
            "dated": written.paper.date, "issued_before": written.again, "file": args.out, "text": text(&written),
        });
        writeln!(out, "{document}")?;
        return Ok(DONE);
    }
    write!(out, "{}", text(&written))?;
    if written.again {
        writeln!(
            out,
            "\n同样内容的公文已于 {} 制发，取出的就是它，没有另编文号；确需另发的，用 --date 写明另一个成文日期",
            written.paper.date
        )?;
    }
    writeln!(out, "\nSHA-256 {}", written.hash)?;
    if let Some(file) = &args.out {
        writeln!(out, "已写到 {}", file.display())?;
    }
    Ok(DONE)
}

/// Nothing that is there is written over.
fn free(file: Option<&Path>) -> Result<(), Failure> {
    match file {
        Some(file) if file.exists() => Err(Failure::input(format!("{} 已存在，请换一个文件名", file.display()))),
        _ => Ok(()),
    }
}

fn exported(global: &Global, paper: &StoredPaper, file: &Path, out: &mut dyn Write) -> Result<(), Failure> {
    if global.json() {
        let document = json!({ "number": paper.number, "kind": paper.kind, "organ": paper.unit, "dated": paper.dated,
            "hash": paper.hash, "file": file });
        writeln!(out, "{document}")?;
    } else {
        writeln!(out, "{} 已写到 {}", paper.number, file.display())?;
        writeln!(out, "SHA-256 {}", paper.hash)?;
    }
    Ok(())
}

fn save(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(file, bytes)
        .map_err(|error| Failure::environment(format!("{}：无法写入（{error}）", file.display())))
}

/// The paper as plain text, for a look before it is issued.
fn text(written: &Written) -> String {
    let paper = &written.paper;
    let mut lines = vec![paper.title.clone()];
    lines.push(
        paper
            .number
            .as_ref()
            .map_or_else(|| "（拟稿，未编号）".to_owned(), ToString::to_string),
    );
    lines.push(String::new());
    lines.push(paper.salutation.clone());
    for block in &paper.body {
        match block {
            Block::Paragraph(text) | Block::Heading(text) => lines.push(format!("　　{text}")),
            Block::Table { header, rows } => {
                lines.push(header.join(" | "));
                lines.extend(rows.iter().map(|row| row.join(" | ")));
            }
        }
    }
    match paper.attachments.as_slice() {
        [] => {}
        [only] => lines.push(format!("　　附件：{only}")),
        several => lines.extend(several.iter().zip(1..).map(|(name, at)| {
            let before = if at == 1 { "附件：" } else { "　　　" };
            format!("　　{before}{at}.{name}")
        })),
    }
    lines.push(String::new());
    lines.push(format!("　　　　{}", paper.organ));
    lines.push(format!("　　　　{}", paper.date_zh()));
    lines.extend(paper.copies_zh());
    lines.push(String::new());
    lines.join("\n")
}

fn kind(text: &str) -> Result<PaperKind, String> {
    PaperKind::from_text(text).ok_or_else(|| {
        let known: Vec<&str> = PaperKind::ALL.iter().map(|kind| kind.zh()).collect();
        format!("「{text}」不是文种，可用的是 {}", known.join("、"))
    })
}

fn item(text: &str) -> Result<(String, u32), String> {
    let read = text
        .rsplit_once('=')
        .and_then(|(name, copies)| Some((name.trim().to_owned(), copies.trim().parse().ok()?)));
    read.filter(|(name, copies)| !name.is_empty() && *copies > 0)
        .ok_or_else(|| format!("「{text}」应写成 名称=份数，如 调查报告=1"))
}

fn regrade(text: &str) -> Result<(i32, String), String> {
    let read = text
        .split_once('=')
        .and_then(|(year, grade)| Some((year.trim().parse().ok()?, grade.trim().to_owned())));
    read.filter(|(year, grade)| (2000..2100).contains(year) && !grade.is_empty())
        .ok_or_else(|| format!("「{text}」应写成 年度=原登记等次，如 2025=不确定等次"))
}
