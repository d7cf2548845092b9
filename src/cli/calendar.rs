//! `rongcuo calendar`: reckons working days and checks the calendar.

mod batch;
pub(super) mod check;
mod import;

pub use import::{ImportArgs, run as import};

use crate::app::{AppError, calendars};
use crate::domain::calendar::{CalendarError, Calendars, Count, DayKind, Deadline, Doubt, ReckonedDay};
use crate::domain::time::weekday_zh;
use crate::files::calendar::CalendarSource;
use crate::store::calendar_entries::CalendarEntry;
use chrono::NaiveDate;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Done.
pub const DONE: u8 = 0;
/// Done, and something needs attention.
pub const ATTENTION: u8 = 1;
/// Bad input or usage; nothing was changed.
pub const BAD_INPUT: u8 = 2;

/// The most special days the human text lists.
const MAX_LISTED: usize = 60;

/// The commands of `rongcuo calendar`.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum CalendarWhat {
    /// The questions.
    #[command(flatten)]
    Ask(CalendarCommand),
    /// 导入放假通知、调整通知或当地安排，重新计算受影响的期限
    Import(ImportArgs),
}

/// Questions to the calendar; they change nothing.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum CalendarCommand {
    /// 推算起算日之后第 N 个工作日
    Add(AddArgs),
    /// 计算两日之间（不含起日、含止日）的工作日数
    Count(CountArgs),
    /// 核对日历：已公布年份、暂定年份、本地调整、来源矛盾
    Check,
}

/// Arguments of `calendar add`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct AddArgs {
    /// 起算日，如 2026-11-23（当日不计）
    #[arg(value_name = "START", required_unless_present = "batch")]
    pub start: Option<String>,
    /// 工作日数，1 以上
    #[arg(value_name = "DAYS", required_unless_present = "batch")]
    pub days: Option<String>,
    /// 批量：读取含 start_date,n_working_days 两列的 CSV，- 为标准输入
    #[arg(long, value_name = "FILE", conflicts_with_all = ["start", "days"])]
    pub batch: Option<PathBuf>,
    /// 只采用该日（含）以前公布的通知
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// 按哪个单位的当地日历（默认全国），如 云川市/住建局
    #[arg(long, value_name = "UNIT")]
    pub unit: Option<String>,
}

/// Arguments of `calendar count`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct CountArgs {
    /// 起日（不计入）
    #[arg(value_name = "FROM", required_unless_present = "batch")]
    pub from: Option<String>,
    /// 止日（计入）
    #[arg(value_name = "TO", required_unless_present = "batch")]
    pub to: Option<String>,
    /// 批量：读取含 from_date,to_date 两列的 CSV，- 为标准输入
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to"])]
    pub batch: Option<PathBuf>,
    /// 只采用该日（含）以前公布的通知
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// 按哪个单位的当地日历（默认全国），如 云川市/住建局
    #[arg(long, value_name = "UNIT")]
    pub unit: Option<String>,
}

/// What the command needs to know of its surroundings.
#[derive(Debug, Clone)]
pub struct CalendarContext {
    /// The configured folder; none means the calendar built in.
    pub dir: Option<PathBuf>,
    /// What was imported into the database.
    pub entries: Vec<CalendarEntry>,
    /// Month and day from which the next year's notice is needed.
    pub notice_by: (u32, u32),
    /// The civil day in Asia/Shanghai.
    pub today: NaiveDate,
    /// One JSON document instead of text.
    pub json: bool,
}

/// Input the command refuses; the text says where and what to do.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    #[error("{0}")]
    Input(String),
    #[error(transparent)]
    Output(#[from] std::io::Error),
}

/// Runs the command and gives the exit code. Only a failing output is an error; refused input
/// is told on `err` and gives [`BAD_INPUT`].
pub fn run(
    cmd: CalendarCommand,
    ctx: &CalendarContext,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, anyhow::Error> {
    let done = match cmd {
        CalendarCommand::Add(args) => add(&args, ctx, out, err),
        CalendarCommand::Count(args) => count(&args, ctx, out, err),
        CalendarCommand::Check => check::run(ctx, out),
    };
    match done {
        Ok(code) => {
            out.flush()?;
            Ok(code)
        }
        Err(Refusal::Output(error)) => Err(error.into()),
        Err(refusal) => {
            writeln!(err, "错误：{refusal}")?;
            Ok(BAD_INPUT)
        }
    }
}

#[derive(Serialize)]
struct AddDocument<'a> {
    start: NaiveDate,
    days: u32,
    deadline: NaiveDate,
    weekday: &'static str,
    certainty: &'static str,
    alert_day: NaiveDate,
    reason: Option<Doubt>,
    calendar_unit: Option<&'a str>,
    skipped: Vec<Special>,
    make_up: Vec<Special>,
    calendar_revision: &'a str,
}

#[derive(Serialize)]
struct CountDocument<'a> {
    from: NaiveDate,
    to: NaiveDate,
    working_days: u32,
    certainty: &'static str,
    reason: Option<Doubt>,
    calendar_unit: Option<&'a str>,
    calendar_revision: &'a str,
}

/// A day that is not what its weekday says.
#[derive(Serialize)]
struct Special {
    date: NaiveDate,
    name: String,
}

fn add(args: &AddArgs, ctx: &CalendarContext, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8, Refusal> {
    let calendars = open(ctx, args.as_of.as_deref())?;
    let (calendar, calendar_unit) = calendars.of(args.unit.as_deref());
    if let Some(path) = &args.batch {
        return batch::run(calendar, &batch::ADD, path, ctx.json, out, err);
    }
    let start = named_date("起算日", args.start.as_deref())?;
    let days = working_days(args.days.as_deref().unwrap_or_default())?;
    let deadline = calendar.add(start, days)?;
    let between = calendar.reckoning(start, deadline.day)?;
    let (skipped, make_up) = specials(&between);
    if ctx.json {
        let document = AddDocument {
            start,
            days,
            deadline: deadline.day,
            weekday: weekday_zh(deadline.day),
            certainty: deadline.certainty.as_str(),
            alert_day: deadline.alert_day,
            reason: deadline.reason,
            calendar_unit,
            skipped,
            make_up,
            calendar_revision: calendar.revision(),
        };
        print_json(out, &document)?;
    } else {
        writeln!(out, "{start}（{}）之后第 {days} 个工作日：", weekday_zh(start))?;
        deadline_text(out, &deadline)?;
        ruled_by(out, calendar_unit)?;
        list(out, "跳过的节假日", &skipped)?;
        list(out, "计入的调休上班日", &make_up)?;
    }
    Ok(DONE)
}

fn deadline_text(out: &mut dyn Write, deadline: &Deadline) -> Result<(), Refusal> {
    writeln!(
        out,
        "  {} {}（{}）",
        deadline.day,
        weekday_zh(deadline.day),
        deadline.certainty.zh()
    )?;
    if let Some(reason) = &deadline.reason {
        writeln!(out, "  原因：{reason}")?;
        writeln!(
            out,
            "  提醒按较早的 {} {} 计",
            deadline.alert_day,
            weekday_zh(deadline.alert_day)
        )?;
    }
    Ok(())
}

fn count(args: &CountArgs, ctx: &CalendarContext, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8, Refusal> {
    let calendars = open(ctx, args.as_of.as_deref())?;
    let (calendar, calendar_unit) = calendars.of(args.unit.as_deref());
    if let Some(path) = &args.batch {
        return batch::run(calendar, &batch::COUNT, path, ctx.json, out, err);
    }
    let from = named_date("起日", args.from.as_deref())?;
    let to = named_date("止日", args.to.as_deref())?;
    let Count {
        working_days,
        certainty,
        reason,
    } = calendar.count(from, to)?;
    if ctx.json {
        let document = CountDocument {
            from,
            to,
            working_days,
            certainty: certainty.as_str(),
            reason,
            calendar_unit,
            calendar_revision: calendar.revision(),
        };
        print_json(out, &document)?;
        return Ok(DONE);
    }
    writeln!(
        out,
        "{from} 之后至 {to}（含）共 {working_days} 个工作日（{}）",
        certainty.zh()
    )?;
    if let Some(reason) = reason {
        writeln!(out, "  原因：{reason}")?;
    }
    ruled_by(out, calendar_unit)?;
    Ok(DONE)
}

fn ruled_by(out: &mut dyn Write, unit: Option<&str>) -> Result<(), Refusal> {
    if let Some(unit) = unit {
        writeln!(out, "  按{unit}的当地日历")?;
    }
    Ok(())
}

/// Days off and days worked that the weekday alone would not tell.
fn specials(days: &[ReckonedDay]) -> (Vec<Special>, Vec<Special>) {
    let (mut skipped, mut make_up) = (Vec::new(), Vec::new());
    for day in days {
        let date = day.facts.date;
        match &day.facts.kind {
            DayKind::Holiday { name } | DayKind::StatutoryEstimate { name } => {
                skipped.push(Special {
                    date,
                    name: name.clone(),
                });
            }
            DayKind::MakeUp { name } => make_up.push(Special {
                date,
                name: name.clone(),
            }),
            DayKind::Workday | DayKind::Weekend => {}
        }
    }
    (skipped, make_up)
}

fn list(out: &mut dyn Write, title: &str, days: &[Special]) -> Result<(), Refusal> {
    if days.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {title}（{} 天）：", days.len())?;
    for day in days.iter().take(MAX_LISTED) {
        writeln!(out, "    {} {} {}", day.date, weekday_zh(day.date), day.name)?;
    }
    if days.len() > MAX_LISTED {
        writeln!(out, "    ……其余 {} 天从略", days.len() - MAX_LISTED)?;
    }
    Ok(())
}

fn source(ctx: &CalendarContext) -> Result<CalendarSource, Refusal> {
    Ok(calendars::source(ctx.dir.as_deref(), &ctx.entries, ctx.today)?)
}

fn open(ctx: &CalendarContext, as_of: Option<&str>) -> Result<Calendars, Refusal> {
    let as_of = as_of.map(|text| named_date("--as-of", Some(text))).transpose()?;
    Ok(calendars::build(&source(ctx)?, as_of)?)
}

fn print_json(out: &mut dyn Write, document: &impl Serialize) -> Result<(), Refusal> {
    serde_json::to_writer_pretty(&mut *out, document).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

fn named_date(what: &str, text: Option<&str>) -> Result<NaiveDate, Refusal> {
    let text = text.unwrap_or_default();
    parse_date(text).ok_or_else(|| Refusal::Input(format!("{what} {}", bad_date(text))))
}

fn bad_date(text: &str) -> String {
    format!("“{}”不是有效日期，请写作 2026-11-23", shorten(text))
}

/// Reads `2026-11-23`, `2026/11/23` and `20261123`.
fn parse_date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return date(&text[..4], &text[4..6], &text[6..]);
    }
    let separator = if text.contains('/') { '/' } else { '-' };
    let mut parts = text.split(separator);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        None
    } else {
        date(year, month, day)
    }
}

fn date(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let digits = |text: &str, lengths: &[usize]| -> Option<u32> {
        let plain = lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if plain { text.parse().ok() } else { None }
    };
    let year = i32::try_from(digits(year, &[4])?).ok()?;
    NaiveDate::from_ymd_opt(year, digits(month, &[1, 2])?, digits(day, &[1, 2])?)
}

fn working_days(text: &str) -> Result<u32, Refusal> {
    let trimmed = text.trim();
    let plain = !trimmed.is_empty() && trimmed.bytes().all(|byte| byte.is_ascii_digit());
    let refusal = || Refusal::Input(format!("工作日数“{}”不是 1 以上的整数，请改正", shorten(text)));
    if !plain {
        return Err(refusal());
    }
    trimmed.parse().map_err(|_| refusal())
}

/// Keeps a strange cell from filling the terminal, and its control characters out of it.
fn shorten(text: &str) -> String {
    text.chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .take(40)
        .collect()
}

fn origin(dir: Option<&Path>) -> String {
    dir.map_or_else(|| "内置日历".to_owned(), |dir| format!("文件夹 {}", dir.display()))
}
