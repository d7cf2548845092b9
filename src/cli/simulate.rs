//! `rongcuo simulate`

use super::DONE;
use super::args::{Global, SimulateArgs};
use super::open::{self, Use};
use super::output::Failure;
use crate::app::simulate::{alerts_between, grouped};
use crate::domain::time::Moment;
use chrono::NaiveTime;
use std::io::Write;

/// Days a simulation may span.
const LONGEST: i64 = 3_700;

/// Prints what would be sent; sends nothing.
pub async fn run(global: &Global, args: &SimulateArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    if args.to < args.from {
        return Err(Failure::input("--to 早于 --from"));
    }
    if (args.to - args.from).num_days() > LONGEST {
        return Err(Failure::input("一次最多预演十年，请缩短时间段"));
    }
    let config = open::config(global)?;
    let app = open::app(global, &config, Use::Read).await?;
    let end_of_day = NaiveTime::from_hms_milli_opt(23, 59, 59, 999).expect("the last millisecond of a day exists");
    let (from, to) = (Moment::at(args.from, NaiveTime::MIN), Moment::at(args.to, end_of_day));
    let alerts = grouped(&alerts_between(&app, from, to).await?);
    if global.json() {
        writeln!(out, "{}", serde_json::json!({ "alerts": alerts }))?;
        return Ok(DONE);
    }
    writeln!(
        out,
        "{} 至 {} 将发出 {} 次提醒（只预演，未发送）",
        args.from,
        args.to,
        alerts.len()
    )?;
    for alert in &alerts {
        writeln!(
            out,
            "{}  {}  → {}",
            &alert.at[..16].replace('T', " "),
            alert.title,
            alert.recipients.join("、")
        )?;
    }
    Ok(DONE)
}
