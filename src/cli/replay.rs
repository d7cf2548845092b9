//! `rongcuo replay`

use super::DONE;
use super::args::Global;
use super::open::{self, Use};
use super::output::Failure;
use crate::app::replay::{Replayed, Told, replay};
use crate::domain::time::Moment;
use chrono::{NaiveDate, NaiveTime};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// `replay`
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// 起始日
    #[arg(long, value_name = "DATE")]
    from: NaiveDate,
    /// 截止日（含），不晚于今天
    #[arg(long, value_name = "DATE")]
    to: NaiveDate,
    /// 按哪一份规则回放（不写即现行规则）
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// Lines of each list on a screen; the document with `--format json` has all.
const SHOWN: usize = 200;

/// Compares what was sent with what would have been.
pub async fn run(global: &Global, args: &ReplayArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    if args.to < args.from {
        return Err(Failure::input("--to 早于 --from"));
    }
    let config = open::config(global)?;
    let mut app = open::app(global, &config, Use::Read).await?;
    if let Some(file) = &args.policy {
        app = app.under(open::policy_file(file)?);
    }
    let today = app.now().day();
    if args.to > today {
        return Err(Failure::input(format!(
            "回放只看已经过去的日子，--to 须不晚于今天（{today}）；以后的用 rongcuo simulate"
        )));
    }
    let end_of_day = NaiveTime::from_hms_milli_opt(23, 59, 59, 999).expect("the last millisecond of a day exists");
    let (from, to) = (Moment::at(args.from, NaiveTime::MIN), Moment::at(args.to, end_of_day));
    let replayed = replay(&app, from, to.min(app.now())).await?;
    let (id, fingerprint) = (&app.policy.profile.id, app.policy.fingerprint());
    if global.json() {
        let mut document = serde_json::to_value(&replayed).map_err(|error| Failure::environment(error.to_string()))?;
        document["policy"] = serde_json::json!({ "id": id, "fingerprint": fingerprint });
        writeln!(out, "{document}")?;
        return Ok(DONE);
    }
    writeln!(
        out,
        "{} 至 {} 按规则「{}」（{fingerprint}）回放，与实际发出的对照",
        args.from, args.to, app.policy.profile.name
    )?;
    writeln!(
        out,
        "事项、联系人、到期日的起算和办结日都按现在登记的；已作废的 {} 项没有作废日期，不回放。",
        replayed.left_out
    )?;
    text(&replayed, out)?;
    Ok(DONE)
}

fn text(replayed: &Replayed, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "同一天发出的 {} 次", replayed.same)?;
    writeln!(out, "换一天发出的 {} 次", replayed.other_day.len())?;
    for (sent, again) in replayed.other_day.iter().take(SHOWN) {
        writeln!(out, "  实际 {}  回放 {}  {}", &sent.at[..10], line(again), sent.title)?;
    }
    writeln!(out, "只有实际发出的 {} 次", replayed.only_sent.len())?;
    for sent in replayed.only_sent.iter().take(SHOWN) {
        writeln!(out, "- {}  {}", line(sent), sent.title)?;
    }
    writeln!(out, "只有回放发出的 {} 次", replayed.only_replayed.len())?;
    for told in replayed.only_replayed.iter().take(SHOWN) {
        writeln!(out, "+ {}  {}", line(told), told.title)?;
    }
    let longest = replayed
        .other_day
        .len()
        .max(replayed.only_sent.len())
        .max(replayed.only_replayed.len());
    if longest > SHOWN {
        writeln!(out, "每类只列出前 {SHOWN} 次，全部的用 --format json")?;
    }
    Ok(())
}

fn line(told: &Told) -> String {
    format!(
        "{}  {}  → {}",
        told.at[..16].replace('T', " "),
        told.point,
        told.recipient
    )
}
