//! `calendar import`: takes a notice or a local arrangement in and says which due days it moved.

use crate::app::calendars::{self, Imported};
use crate::cli::args::Global;
use crate::cli::open::{self, Use};
use crate::cli::output::{Failure, aligned};
use crate::cli::{ATTENTION, DONE};
use crate::store::journal::ACTOR_LOCAL;
use std::io::{Read as _, Write};
use std::path::PathBuf;

/// A file longer than this is no calendar; the reader says so of anything over its own bound.
const MAX_BYTES: u64 = 2 << 20;
/// Moves the human text lists.
const LISTED: usize = 60;

/// Arguments of `calendar import`.
#[derive(Debug, Clone, clap::Args)]
pub struct ImportArgs {
    /// 年份文件、通知文件或当地安排文件（.json）
    pub file: PathBuf,
    /// 经办账号或姓名，记入审计链
    #[arg(long, value_name = "NAME")]
    pub actor: Option<String>,
}

/// Runs the command.
pub async fn run(global: &Global, args: &ImportArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let shown = args.file.display();
    let mut bytes = Vec::new();
    std::fs::File::open(&args.file)
        .and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes))
        .map_err(|error| Failure::input(format!("{shown}：无法读取（{error}）")))?;
    let name = args
        .file
        .file_name()
        .map_or_else(|| shown.to_string(), |name| name.to_string_lossy().into_owned());
    let app = open::app(global, &config, Use::Write).await?;
    let actor = args.actor.as_deref().unwrap_or(ACTOR_LOCAL);
    let done = calendars::import(&app, &name, bytes, actor).await?;
    if global.json() {
        writeln!(out, "{}", serde_json::to_string(&done)?)?;
    } else {
        tell(&done, out)?;
    }
    // A day that is earlier now is what somebody has to look at.
    Ok(if done.earlier > 0 || !done.warnings.is_empty() {
        ATTENTION
    } else {
        DONE
    })
}

fn tell(done: &Imported, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "{}：{}", done.file, done.what)?;
    if !done.new {
        return Ok(());
    }
    for warning in &done.warnings {
        writeln!(out, "请注意：{warning}")?;
    }
    writeln!(
        out,
        "重新计算未办结期限 {} 项：{} 项改期，其中 {} 项提前；已办结的不受影响",
        done.looked_at, done.moved, done.earlier
    )?;
    let rows: Vec<[String; 4]> = done
        .moves
        .iter()
        .take(LISTED)
        .map(|one| {
            let way = if one.to < one.from { "提前" } else { "推迟" };
            [
                format!("  {}", one.number),
                one.kind.to_owned(),
                format!("{} → {}", one.from, one.to),
                way.to_owned(),
            ]
        })
        .collect();
    for line in aligned(&rows) {
        writeln!(out, "{line}")?;
    }
    if done.moved as usize > rows.len() {
        writeln!(
            out,
            "  ……其余 {} 项见审计链和各期限的说明",
            done.moved as usize - rows.len()
        )?;
    }
    Ok(())
}
