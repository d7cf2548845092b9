//! `rongcuo case …`: one subcommand for each act of the procedure.

mod command;
mod show;

pub use command::CaseCommand;

use super::args::Global;
use super::open::{self, Use};
use super::output::Failure;
use super::{ATTENTION, DONE};
use crate::app::procedure::{self, CaseRef, Done, NewCase};
use crate::domain::person::{CitizenId, IdNumber};
use crate::domain::procedure::{Act, Applicant, Dated};
use crate::domain::written::{self, Size};
use crate::store::journal::ACTOR_LOCAL;
use chrono::NaiveDate;
use command::{OpenArgs, Start, Step};
use std::io::{Read, Write};
use std::path::Path;

/// Runs one of them.
pub async fn run(global: &Global, command: CaseCommand, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let app = open::app(global, &config, Use::Write).await?;
    let today = app.now().day();
    let done = match command {
        CaseCommand::Open(args) => {
            let (day, actor) = (args.on.unwrap_or(today), actor(args.actor.as_deref())?);
            let (new, first) = opening(args)?;
            let first = Dated { act: &first, day };
            procedure::open(&app, &new, &first, &actor).await?
        }
        CaseCommand::Show(args) => return show::one(global, &app, &args, out).await,
        CaseCommand::List { limit } => return show::list(global, &app, limit, out).await,
        other => {
            let (step, act) = other.into_act()?;
            let dated = Dated {
                act: &act,
                day: step.on.unwrap_or(today),
            };
            procedure::act(&app, &which(&step), &dated, &actor(step.actor.as_deref())?).await?
        }
    };
    tell(global, &done, out)
}

fn which(step: &Step) -> CaseRef {
    CaseRef {
        case_no: step.case_no.clone(),
        name: step.name.clone(),
        version: step.version,
    }
}

/// Longest name of an operator.
const LONGEST_ACTOR: usize = 40;

/// Who acts, for the journal.
pub(super) fn actor(given: Option<&str>) -> Result<String, Failure> {
    match given.map(str::trim) {
        None => Ok(ACTOR_LOCAL.to_owned()),
        Some(name) => named("--actor", name),
    }
}

/// Somebody who acts and has to say who they are.
pub(super) fn named(option: &str, name: &str) -> Result<String, Failure> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_ACTOR {
        return Err(Failure::input(format!(
            "{option} 须是经办账号或姓名，不超过 {LONGEST_ACTOR} 个字"
        )));
    }
    written::check(&format!("{option} "), name, Size::Line).map_err(Failure::input)?;
    Ok(name.to_owned())
}

/// A file that holds one ID number is shorter than this.
const LONGEST_ID_FILE: u64 = 256;

/// Reads an ID number from a file: on the command line it would stay in the shell's history.
pub(super) fn id_number(file: Option<&Path>) -> Result<IdNumber, Failure> {
    let Some(file) = file else {
        return Ok(IdNumber::Missing);
    };
    let mut text = String::new();
    std::fs::File::open(file)
        .and_then(|opened| opened.take(LONGEST_ID_FILE).read_to_string(&mut text))
        .map_err(|error| Failure::input(format!("{}：无法读取（{error}）", file.display())))?;
    CitizenId::parse(text.trim())
        .map(IdNumber::Valid)
        .map_err(|fault| Failure::input(format!("{}：{fault}", file.display())))
}

fn opening(args: OpenArgs) -> Result<(NewCase, Act), Failure> {
    let id = id_number(args.id_file.as_deref())?;
    let first = match args.start {
        Start::Accountability => Act::StartAccountability,
        Start::Cadre => Act::Apply { by: Applicant::Cadre },
        Start::Unit => Act::Apply { by: Applicant::Unit },
        Start::Clarification => Act::OpenClarification {
            reported: args.reported.unwrap_or_default(),
        },
    };
    let new = NewCase {
        case_no: args.case_no,
        matter_no: args.matter_no,
        matter: args.matter,
        name: args.name,
        id,
        unit: args.unit,
        organ: args.organ,
        handler: args.handler,
        competent: args.competent,
        superior: args.superior,
    };
    Ok((new, first))
}

fn tell(global: &Global, done: &Done, out: &mut dyn Write) -> Result<u8, Failure> {
    if global.json() {
        writeln!(out, "{}", serde_json::to_string(done)?)?;
    } else {
        writeln!(out, "{}：{}", done.case, done.act)?;
        writeln!(out, "案件现为「{}」，第 {} 版", done.stage, done.version)?;
        for warning in &done.warnings {
            writeln!(out, "请注意：{warning}")?;
        }
        if done.findings_closed > 0 {
            writeln!(out, "不再核对的疑似问题：{} 件", done.findings_closed)?;
        }
        if done.findings_opened > 0 {
            writeln!(out, "因此新开或升级的疑似问题：{} 件", done.findings_opened)?;
        }
        for limit in &done.limits {
            let stopped = if limit.stopped { "（中止中）" } else { "" };
            writeln!(
                out,
                "  待办：{}，应于 {}{}{stopped}",
                limit.name,
                limit.due,
                limit.provisional()
            )?;
        }
    }
    Ok(if done.warnings.is_empty() { DONE } else { ATTENTION })
}

/// Reads a day.
pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| format!("「{text}」不是日期，应写成 2026-11-24"))
}
