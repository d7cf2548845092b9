//! `rongcuo rehearse`: a whole year of rectification with made-up units on an empty database, so that a site can see what
//! its own profile would send before it is in force. Nothing is sent, nothing of the site's own is touched. The same
//! seed and profile give the same trace.

mod dice;
mod units;

use super::args::Global;
use super::output::Failure;
use super::{DONE, open, save};
use crate::app::import::{self, Ledger, Source};
use crate::app::reconcile::reconcile;
use crate::app::rectifications::{self as ledger, Attachment, By, ItemRef};
use crate::app::ways::Outward;
use crate::app::{App, Parts};
use crate::domain::alert::Outcome;
use crate::domain::calendar::{Calendar, Calendars};
use crate::domain::contact::{ContactRecord, Role};
use crate::domain::policy::Policy;
use crate::domain::protection::list::Located;
use crate::domain::rectification::Act;
use crate::domain::time::Moment;
use crate::files;
use crate::runtime::clock::FixedClock;
use crate::runtime::crypto::KeyRing;
use crate::runtime::random::SystemRandom;
use crate::store::{Db, alerts};
use chrono::{Datelike, NaiveDate, NaiveTime};
use clap::Args;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use units::{Deed, Planned};

/// `rehearse`
#[derive(Debug, Args)]
pub struct RehearseArgs {
    /// 哪一年
    #[arg(long, value_name = "YEAR", default_value_t = 2026)]
    year: i32,
    /// 整改事项的件数
    #[arg(long, value_name = "N", default_value_t = 500)]
    items: u32,
    /// 随机种子；同一种子、同一规则的过程相同
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// 逐条写出台账、各单位的办理和发出的提醒（JSON，每行一条）
    #[arg(long, value_name = "OUT.jsonl")]
    trace: Option<PathBuf>,
    /// 文件已存在时覆盖
    #[arg(long)]
    overwrite: bool,
}

/// One line of the trace, in the order in which things happened.
#[derive(Debug, Clone, Serialize, PartialEq)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Line {
    /// An item as it was listed.
    Item {
        /// 编号
        number: String,
        /// 责任单位
        unit: String,
        /// 责任人
        person: String,
        /// 整改时限; none for 长期坚持.
        due: Option<NaiveDate>,
    },
    /// Somebody did something.
    Act {
        /// When.
        at: String,
        /// 编号
        number: String,
        /// Word of the act.
        act: &'static str,
        /// By whom.
        by: String,
        /// The new day, where the act has one.
        day: Option<NaiveDate>,
        /// It was refused, and why.
        refused: Option<String>,
    },
    /// A reminder was decided.
    Alert {
        /// When.
        at: String,
        /// 编号
        number: String,
        /// Natural key of the obligation.
        subject: String,
        /// Kind.
        kind: &'static str,
        /// Reminder point.
        point: String,
        /// Revision of the due day.
        revision: u32,
        /// Due day.
        due: NaiveDate,
        /// `sent`, `merged` or `no_recipient`.
        outcome: &'static str,
        /// Address.
        to: Option<String>,
    },
    /// Where an item stands at the end.
    End {
        /// 编号
        number: String,
        /// 办
        done: &'static str,
        /// 验
        accepted: &'static str,
        /// 扣分, in hundredths.
        deduction: u32,
    },
}

/// What is rehearsed.
#[derive(Debug, Clone, Copy)]
pub struct Rehearsal {
    /// The year.
    pub year: i32,
    /// Items.
    pub items: u32,
    /// Seed.
    pub seed: u64,
}

/// Items that a rehearsal may have.
const MOST_ITEMS: u32 = 5_000;

/// Runs the command.
pub async fn run(
    global: &Global,
    args: &RehearseArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    if let Some(path) = &args.trace {
        save::check(path, args.overwrite, &[])?;
    }
    if args.items == 0 || args.items > MOST_ITEMS {
        return Err(Failure::input(format!("件数须在 1 到 {MOST_ITEMS} 之间")));
    }
    let config = open::config(global)?;
    let policy = open::policy_in_force(&config).await?;
    let rehearsal = Rehearsal {
        year: args.year,
        items: args.items,
        seed: args.seed,
    };
    let mut told = |month: u32| Ok(writeln!(err, "{}年{month}月……", args.year)?);
    let trace = rehearse(&rehearsal, policy, &mut told).await?;
    if let Some(path) = &args.trace {
        let mut bytes = Vec::new();
        for line in &trace {
            serde_json::to_writer(&mut bytes, line)?;
            bytes.push(b'\n');
        }
        save::write(path, &bytes, args.overwrite)?;
    }
    tell(global, &rehearsal, &trace, out)?;
    Ok(DONE)
}

fn tell(global: &Global, rehearsal: &Rehearsal, trace: &[Line], out: &mut dyn Write) -> Result<(), Failure> {
    let (mut sent, mut merged, mut untold) = (BTreeMap::new(), 0, 0);
    let (mut acts, mut refused, mut closed) = (0, 0, 0);
    for line in trace {
        match line {
            Line::Act { refused: why, .. } => {
                acts += 1;
                refused += u32::from(why.is_some());
            }
            Line::Alert {
                kind, point, outcome, ..
            } => match *outcome {
                "sent" => *sent.entry((*kind, point.clone())).or_insert(0u32) += 1,
                "merged" => merged += 1,
                _ => untold += 1,
            },
            Line::End { accepted, .. } => closed += u32::from(*accepted == "已销号"),
            Line::Item { .. } => {}
        }
    }
    if global.json() {
        let sent: Vec<_> = sent
            .iter()
            .map(|((kind, point), count)| json!({ "kind": kind, "point": point, "mails": count }))
            .collect();
        let document = json!({
            "year": rehearsal.year, "items": rehearsal.items, "seed": rehearsal.seed, "acts": acts,
            "acts_refused": refused, "closed": closed, "sent": sent, "merged": merged, "no_recipient": untold,
        });
        writeln!(out, "{document}")?;
        return Ok(());
    }
    writeln!(
        out,
        "{}年，{} 件整改事项（种子 {}）：办理 {acts} 次，其中不予登记 {refused} 次；年末已销号 {closed} 件",
        rehearsal.year, rehearsal.items, rehearsal.seed
    )?;
    writeln!(out, "会发出的邮件：")?;
    for ((kind, point), count) in &sent {
        writeln!(out, "  {kind}  {point}  {count} 封")?;
    }
    writeln!(out, "合并 {merged} 条，没有联系人 {untold} 条")?;
    Ok(())
}

/// Lives through the year.
///
/// # Errors
/// The year has no calendar, or the temporary database fails.
pub async fn rehearse(
    rehearsal: &Rehearsal,
    policy: Policy,
    month: &mut dyn FnMut(u32) -> Result<(), Failure>,
) -> Result<Vec<Line>, Failure> {
    let folder = tempfile::tempdir()?;
    let first = NaiveDate::from_ymd_opt(rehearsal.year, 1, 1)
        .ok_or_else(|| Failure::input(format!("没有 {} 年", rehearsal.year)))?;
    // What was published by the end of the year is known in it.
    let last = NaiveDate::from_ymd_opt(rehearsal.year, 12, 31).expect("every year has this day");
    let calendar = calendar(last)?;
    let clock = FixedClock::new(at(first, 8, 0));
    let db = Db::open_sqlite(&folder.path().join("rehearsal.db")).await?;
    db.ready().await?;
    let keys = KeyRing::load_or_create(&folder.path().join("rehearsal.key"), Arc::new(SystemRandom))
        .map_err(|error| Failure::environment(error.to_string()))?;
    let parts = Parts {
        db: db.clone(),
        keys,
        policy,
        words_dir: None,
        calendars: Calendars::new(calendar.clone(), &[], None)
            .map_err(|error| Failure::environment(error.to_string()))?,
        calendar_dir: None,
        clock: Arc::new(clock.clone()),
        site_name: units::SITE.to_owned(),
        base_url: "http://127.0.0.1".to_owned(),
        mail_from: "容错护航 <rongcuo@example.org>".to_owned(),
        outward: Outward::default(),
    };
    let app = App::new(parts).await?;
    let mut plans = units::plans(rehearsal, &calendar)?;
    let mut trace: Vec<Line> = Vec::new();
    list(&app, &plans, &mut trace).await?;
    let mut told = 0;
    for day in first.iter_days().take_while(|day| *day <= last) {
        if day.month() != told {
            told = day.month();
            month(told)?;
        }
        clock.set(at(day, 9, 0));
        pass(&app, &mut trace).await?;
        let working = calendar
            .is_working_day(day)
            .map_err(|error| Failure::environment(error.to_string()))?;
        if !working {
            continue;
        }
        let mut acted = false;
        let mut minute = 0;
        for plan in &mut plans {
            for deed in plan.on(day) {
                clock.set(at(day, 10, 0).plus_millis(minute * 1_000));
                minute += 1;
                acted = true;
                perform(&app, plan, deed, &mut trace).await?;
            }
        }
        if acted {
            clock.set(at(day, 17, 0));
            pass(&app, &mut trace).await?;
        }
    }
    for plan in &plans {
        let shown = ledger::show(&app, &plan.number, "rehearse").await?;
        trace.push(Line::End {
            number: plan.number.clone(),
            done: shown.line.done,
            accepted: shown.line.accepted,
            deduction: shown.life.steps.iter().map(|step| step.deduction).sum(),
        });
    }
    drop(app);
    db.close().await;
    Ok(trace)
}

fn at(day: NaiveDate, hour: u32, minute: u32) -> Moment {
    Moment::at(
        day,
        NaiveTime::from_hms_opt(hour, minute, 0).expect("a time of the day"),
    )
}

fn calendar(today: NaiveDate) -> Result<Calendar, Failure> {
    let source = files::calendar::load(None, today).map_err(|error| Failure::environment(error.to_string()))?;
    Calendar::replay(&source.notices, &source.statutory, Some(today)).map_err(|error| Failure::input(error.to_string()))
}

/// Contacts and the ledger, through the same use cases as the commands.
async fn list(app: &App, plans: &[Planned], trace: &mut Vec<Line>) -> Result<(), Failure> {
    let contacts: Vec<Located<ContactRecord>> = units::contacts()
        .into_iter()
        .map(|(unit, name, role): (String, String, Role)| ContactRecord {
            email: Some(units::address(&unit, &name)),
            unit,
            name,
            role,
            deputy: None,
            disabled: false,
        })
        .enumerate()
        .map(|(at, value)| Located {
            sheet: None,
            row: at as u32 + 2,
            value,
        })
        .collect();
    let count = contacts.len() as u32;
    import::contacts(app, &Source::new("联系人", b"contacts"), contacts, count, Vec::new()).await?;
    let rows: Vec<_> = plans
        .iter()
        .enumerate()
        .map(|(at, plan)| Located {
            sheet: None,
            row: at as u32 + 2,
            value: plan.record(),
        })
        .collect();
    let rows_read = rows.len() as u32;
    let read = Ledger {
        rows,
        shape: None,
        rows_read,
        faults: Vec::new(),
    };
    import::ledger(app, &Source::new("整改台账", b"ledger"), read, false).await?;
    trace.extend(plans.iter().map(|plan| Line::Item {
        number: plan.number.clone(),
        unit: plan.unit.clone(),
        person: plan.person.clone(),
        due: plan.due,
    }));
    Ok(())
}

/// One pass of the service; what it decided is added to the trace.
async fn pass(app: &App, trace: &mut Vec<Line>) -> Result<(), Failure> {
    let now = app.now();
    reconcile(app, now).await?;
    let mut tx = app.db.read().await?;
    let decided = alerts::decided_since(&mut tx, now).await?;
    tx.rollback().await?;
    for decided in decided {
        let alert = decided.alert;
        trace.push(Line::Alert {
            at: now.to_string(),
            number: alert.number.clone().unwrap_or_default(),
            subject: alert.subject_key.clone(),
            kind: alert.kind.as_str(),
            point: alert.point.to_string(),
            revision: alert.revision,
            due: alert.due,
            outcome: alert.outcome.as_str(),
            to: alert
                .recipient
                .as_ref()
                .filter(|_| alert.outcome == Outcome::Sent)
                .map(|recipient| recipient.email.clone()),
        });
    }
    Ok(())
}

async fn perform(app: &App, plan: &mut Planned, deed: Deed, trace: &mut Vec<Line>) -> Result<(), Failure> {
    let now = app.now();
    let item = ItemRef {
        number: plan.number.clone(),
        version: None,
    };
    let (act, who) = plan.act(&deed, now.day());
    let by = By::from(who.as_str());
    let day = match &act {
        Act::ExtensionAsked { to, .. } => Some(*to),
        Act::Returned { redo_by, .. } => *redo_by,
        Act::Relapsed { due_on, .. } => Some(*due_on),
        _ => None,
    };
    let word = act.as_str();
    let done = if let Act::Attached { evidence } = &act {
        let file = Attachment {
            name: evidence.name.clone(),
            bytes: format!("{} {}", plan.number, now).into_bytes(),
        };
        ledger::attach(app, &item, file, &by).await
    } else {
        ledger::act(app, &item, &act, &by).await
    };
    let refused = match done {
        Ok(_) => None,
        Err(crate::app::AppError::Input(why)) => Some(why),
        Err(other) => return Err(other.into()),
    };
    if refused.is_none() {
        plan.happened(&deed, &act, now.day());
    }
    trace.push(Line::Act {
        at: now.to_string(),
        number: plan.number.clone(),
        act: word,
        by: who,
        day,
        refused,
    });
    Ok(())
}
