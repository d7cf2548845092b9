//! `rongcuo monitor`: whether a service that runs elsewhere keeps its promises. Reads its database and nothing else.

use super::args::Global;
use super::open;
use super::output::Failure;
use super::{ATTENTION, DONE};
use crate::app::settings;
use crate::app::{calendars, health};
use crate::store::{Schema, calendar_entries};
use std::io::Write;

/// Says what holds and what does not, a line each.
pub async fn run(global: &Global, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let now = open::clock(global, &config)?.now();
    if !open::is_there(&config) {
        return Err(Failure::environment("数据库还不存在，没有可监看的服务"));
    }
    let db = open::database(&config).await?;
    if db.schema().await? == Schema::Empty {
        return Err(Failure::environment("数据库是空的，没有可监看的服务"));
    }
    db.ready().await?;
    let mut tx = db.read().await?;
    let entries = calendar_entries::all(&mut tx).await?;
    tx.rollback().await?;
    let source = calendars::source(config.calendar_dir.as_deref(), &entries, now.day())?;
    let calendars = calendars::build(&source, None)?;
    let policy = open::policy_under(&config, &settings::adopted_in(&db).await?)?;
    let checks = health::monitor(&db, &policy, &calendars, now).await?;
    db.close().await;
    let ok = checks.iter().all(|one| one.ok);
    if global.json() {
        writeln!(out, "{}", serde_json::json!({ "ok": ok, "checks": checks }))?;
    } else {
        for one in &checks {
            writeln!(
                out,
                "{}  {}：{}",
                if one.ok { "正常" } else { "注意" },
                one.check,
                one.text
            )?;
        }
    }
    Ok(if ok { DONE } else { ATTENTION })
}
