//! `rongcuo reminder …`

use super::DONE;
use super::args::Global;
use super::case::{actor, day, id_number};
use super::open::{self, Use};
use super::output::{self, Failure};
use crate::app::reminders::{self, NewReminder, Shown};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

/// `reminder …`
#[derive(Debug, Subcommand)]
pub enum ReminderCommand {
    /// 登记一次提醒和回看日期
    Add(AddArgs),
    /// 登记回看情况
    Check {
        /// 提醒编号
        number: String,
        /// 回看情况
        #[arg(long)]
        text: String,
        /// 回看日期（默认今天）
        #[arg(long, value_name = "DATE", value_parser = day)]
        on: Option<NaiveDate>,
        /// 经办账号或姓名，记入审计链
        #[arg(long)]
        actor: Option<String>,
    },
    /// 查看一次提醒：谁、何事、何时、由谁提醒，回看情况
    Show {
        /// 提醒编号
        number: String,
        /// 经办账号或姓名，记入审计链
        #[arg(long)]
        actor: Option<String>,
    },
    /// 列出提醒，未回看的在前
    List,
}

/// `reminder add`
#[derive(Debug, Args)]
pub struct AddArgs {
    /// 姓名
    #[arg(long)]
    name: String,
    /// 存有公民身份号码的文件（单位里有同名干部时）
    #[arg(long, value_name = "FILE")]
    id_file: Option<PathBuf>,
    /// 单位
    #[arg(long)]
    unit: String,
    /// 苗头性、倾向性问题
    #[arg(long)]
    problem: String,
    /// 提醒人
    #[arg(long)]
    by: String,
    /// 回看日期
    #[arg(long, value_name = "DATE", value_parser = day)]
    follow_up: NaiveDate,
    /// 提醒日期（默认今天）
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<NaiveDate>,
    /// 编号（不写则自动编号 TX-年-序号）
    #[arg(long)]
    number: Option<String>,
    /// 由哪个机关回看（通知其联系人）
    #[arg(long)]
    organ: Option<String>,
    /// 经办账号或姓名，记入审计链
    #[arg(long)]
    actor: Option<String>,
}

/// Reminders a list shows.
const MOST: i64 = 500;

/// Runs one of them.
pub async fn run(global: &Global, command: ReminderCommand, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let app = open::app(global, &config, Use::Write).await?;
    let today = app.now().day();
    match command {
        ReminderCommand::Add(args) => {
            let new = NewReminder {
                number: args.number,
                name: args.name,
                id: id_number(args.id_file.as_deref())?,
                unit: args.unit,
                problem: args.problem,
                reminded_on: args.on.unwrap_or(today),
                reminded_by: args.by,
                organ: args.organ,
                follow_up_on: args.follow_up,
            };
            let number = reminders::add(&app, &new, &actor(args.actor.as_deref())?).await?;
            said(
                global,
                out,
                &number,
                &format!("提醒 {number} 已登记，应于 {} 回看", new.follow_up_on),
            )?;
        }
        ReminderCommand::Check {
            number,
            text,
            on,
            actor: who,
        } => {
            let on = on.unwrap_or(today);
            reminders::check(&app, &number, on, &text, &actor(who.as_deref())?).await?;
            said(global, out, &number, &format!("提醒 {number} 已于 {on} 回看"))?;
        }
        ReminderCommand::Show { number, actor: who } => {
            let shown = reminders::show(&app, &number, &actor(who.as_deref())?).await?;
            show(global, &shown, out)?;
        }
        ReminderCommand::List => {
            let found = reminders::list(&app, MOST).await?;
            if global.json() {
                let list: Vec<_> = found
                    .iter()
                    .map(|one| {
                        json!({ "number": one.number, "unit": one.unit, "reminded_on": one.reminded_on,
                            "follow_up_on": one.follow_up_on, "checked_on": one.checked_on })
                    })
                    .collect();
                writeln!(out, "{}", json!({ "reminders": list }))?;
                return Ok(DONE);
            }
            let mut rows = vec![["编号", "单位", "提醒", "应回看", "已回看"].map(str::to_owned)];
            rows.extend(found.iter().map(|one| {
                let checked = one.checked_on.map_or_else(|| "—".to_owned(), |day| day.to_string());
                [
                    one.number.clone(),
                    one.unit.clone(),
                    one.reminded_on.to_string(),
                    one.follow_up_on.to_string(),
                    checked,
                ]
            }));
            for line in output::aligned(&rows) {
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(DONE)
}

fn show(global: &Global, shown: &Shown, out: &mut dyn Write) -> Result<(), Failure> {
    let one = &shown.reminder;
    if global.json() {
        let document = json!({
            "number": one.number, "name": shown.name, "unit": one.unit, "problem": one.problem,
            "reminded_on": one.reminded_on, "reminded_by": one.reminded_by, "organ": one.organ,
            "follow_up_on": one.follow_up_on, "checked_on": one.checked_on, "result": one.result,
            "obligation": shown.obligation,
        });
        writeln!(out, "{document}")?;
        return Ok(());
    }
    writeln!(out, "提醒：{}", one.number)?;
    writeln!(out, "干部：{}（{}）", shown.name, one.unit)?;
    writeln!(out, "问题：{}", one.problem)?;
    writeln!(out, "提醒：{}，{}", one.reminded_on, one.reminded_by)?;
    if let Some(organ) = &one.organ {
        writeln!(out, "回看机关：{organ}")?;
    }
    match (one.checked_on, &one.result) {
        (Some(day), result) => writeln!(out, "回看：{day}，{}", result.as_deref().unwrap_or_default())?,
        _ => writeln!(out, "应回看：{}", one.follow_up_on)?,
    }
    if let Some(id) = &shown.obligation {
        writeln!(out, "期限：{id}")?;
    }
    Ok(())
}

fn said(global: &Global, out: &mut dyn Write, number: &str, text: &str) -> Result<(), Failure> {
    if global.json() {
        writeln!(out, "{}", json!({ "number": number, "text": text }))?;
    } else {
        writeln!(out, "{text}")?;
    }
    Ok(())
}
