//! `rongcuo compare …`

mod stages;
mod years;

use super::args::Global;
use super::import::Input;
use super::open::{self, Use};
use super::output::Failure;
use super::precheck::domain;
use crate::app::App;
use crate::app::compare::Given;
use crate::config::Config;
use crate::domain::protection::JudgeOptions;
use crate::domain::protection::list::List;
use crate::files::{Document, HeaderWords, ReadError};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// `compare …`
#[derive(Debug, Subcommand)]
pub enum CompareCommand {
    /// 一次选拔的几份名单（推荐、公示、最终）：后一份里少了谁、多了谁；受保护的干部按判断表判断
    Stages(StagesArgs),
    /// 今年与前三年的名单：每个人各年的结果，比以前下降的标出
    Years(YearsArgs),
}

/// `compare stages`
#[derive(Debug, Args)]
pub struct StagesArgs {
    /// 名单文件，从先到后，2 至 5 份
    #[arg(required = true, num_args = 2..=5, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// 各份名单的称呼，按文件的次序（不写时看标题和文件名，再不然为推荐、公示、最终）
    #[arg(long, value_name = "NAME")]
    pub stage: Vec<String>,
    /// How the lists are read.
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// 期间（名单未写明时），如 2026年度
    #[arg(long, value_name = "P")]
    pub period: Option<String>,
    /// 留存受保护人员的结果，并对违反、疑似的开立疑似问题
    #[arg(long)]
    pub keep: bool,
}

/// `compare years`
#[derive(Debug, Args)]
pub struct YearsArgs {
    /// 名单文件：今年的和以前的，共 1 至 4 份，次序不限
    #[arg(required = true, num_args = 1..=4, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// 各份名单的年份（名单未写明时），按文件的次序各写一个
    #[arg(long, value_name = "P")]
    pub period: Vec<String>,
    /// How the lists are read.
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// 另写一份表格
    #[arg(long, value_name = "X.xlsx")]
    pub out: Option<PathBuf>,
    /// 要写的文件已存在时覆盖
    #[arg(long)]
    pub overwrite: bool,
}

/// How lists that do not say so are read.
#[derive(Debug, Args)]
pub struct ScopeArgs {
    /// 按哪一天判断（默认今天）
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<NaiveDate>,
    /// 事项类别（名单未写明时），如 merit_selection
    #[arg(long, value_name = "ID")]
    pub domain: Option<String>,
    /// 单位（名单未写明时），如 云川市/住建局
    #[arg(long, value_name = "PATH")]
    pub unit: Option<String>,
    /// 有读不出的行时不比对
    #[arg(long)]
    pub strict: bool,
}

/// Runs a comparison.
pub async fn run(
    global: &Global,
    what: &CompareCommand,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    match what {
        CompareCommand::Stages(args) => stages::run(global, args, out, err).await,
        CompareCommand::Years(args) => years::run(global, args, out, err).await,
    }
}

/// How a list is read from its file.
type Reader = fn(&Document, &HeaderWords) -> Result<List, ReadError>;

/// Opens the service and reads the lists, each file one.
async fn read(
    global: &Global,
    files: &[PathBuf],
    scope: &ScopeArgs,
    periods: &[Option<String>],
    purpose: Use,
    reader: Reader,
    err: &mut dyn Write,
) -> Result<(App, Vec<Given>), Failure> {
    let config = open::config(global)?;
    open::vocabulary(&config).await?;
    let domain = scope.domain.as_deref().map(domain).transpose()?;
    let mut read = Vec::new();
    for file in files {
        read.push(one(&config, file, reader, scope.strict, err).await?);
    }
    let app = open::app(global, &config, purpose).await?;
    let as_of = scope.as_of.unwrap_or_else(|| app.now().day());
    let given = read
        .into_iter()
        .zip(periods)
        .map(|((source, list), period)| Given {
            list,
            source,
            options: JudgeOptions {
                domain,
                unit: scope.unit.clone(),
                period: period.clone(),
                ..app.policy.judging(as_of)
            },
        })
        .collect();
    Ok((app, given))
}

async fn one(
    config: &Config,
    file: &Path,
    reader: Reader,
    strict: bool,
    err: &mut dyn Write,
) -> Result<(crate::app::import::Source, List), Failure> {
    let input = Input::load(config, file).await?;
    let mut lists = input.each(reader, |list| &list.unreadable, strict, err)?;
    match (lists.good.pop(), lists.good.is_empty() && lists.bad.is_empty()) {
        (Some(only), true) => Ok(only),
        _ => Err(Failure::input(format!(
            "{}：压缩包里有多份名单，比对时一个文件只放一份",
            input.name
        ))),
    }
}

/// Rows that cannot be read, with their file, for other programs.
fn unreadable(given: &[Given]) -> Vec<Value> {
    given
        .iter()
        .flat_map(|given| {
            given.list.unreadable.iter().map(|fault| {
                json!({ "file": given.list.file, "sheet": fault.sheet, "row": fault.row, "reason": fault.reason })
            })
        })
        .collect()
}

/// A place as people say it.
fn place(sheet: Option<&str>, row: u32) -> String {
    sheet.map_or_else(|| format!("第 {row} 行"), |sheet| format!("{sheet} 第 {row} 行"))
}

/// A name with the unit behind it.
fn who(name: &str, unit: Option<&str>) -> String {
    unit.map_or_else(|| name.to_owned(), |unit| format!("{name}（{unit}）"))
}
