//! `rongcuo simulate`

use super::DONE;
use super::args::{Global, SimulateArgs};
use super::open::{self, Use};
use super::output::Failure;
use crate::app::simulate::{alerts_between, grouped, unsent};
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
    let foreseen = alerts_between(&app, from, to).await?;
    let alerts = grouped(&foreseen);
    let unsent = if args.explain {
        unsent(&app, &foreseen).await?
    } else {
        Vec::new()
    };
    if global.json() {
        let mut document = serde_json::json!({ "alerts": alerts });
        if args.explain {
            document["unsent"] = serde_json::json!(unsent);
        }
        writeln!(out, "{document}")?;
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
            "{}  {}{}  → {}",
            &alert.sent_at[..16].replace('T', " "),
            if alert.delivery == "digest" { "［汇总］" } else { "" },
            alert.title,
            alert.recipients.join("、")
        )?;
    }
    if args.explain {
        writeln!(out, "不发的 {} 次（项）", unsent.len())?;
    }
    for one in &unsent {
        writeln!(
            out,
            "{}  {} {} {}：{}",
            one.at
                .as_deref()
                .map_or("—".to_owned(), |at| at[..16].replace('T', " ")),
            one.case.as_deref().unwrap_or("—"),
            one.kind,
            one.point.as_deref().unwrap_or(""),
            one.reason
        )?;
    }
    Ok(DONE)
}
