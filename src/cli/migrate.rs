//! `rongcuo migrate`

use super::args::{Global, MigrateArgs};
use super::output::Failure;
use super::{DONE, open};
use crate::store::Schema;
use crate::store::meta;
use std::io::Write;

/// Creates or upgrades the schema.
pub async fn run(global: &Global, args: &MigrateArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let db = open::database(&config).await?;
    let before = db.schema().await?;
    if args.rehearsal && before != Schema::Empty {
        return Err(Failure::input(
            "--rehearsal 只能用于新建的空数据库，已有数据的数据库不能改作演练",
        ));
    }
    if before == Schema::Newer {
        db.ready().await?;
    }
    db.migrate().await?;
    if args.rehearsal {
        let mut tx = db.begin().await?;
        meta::put(&mut tx, meta::REHEARSAL, "migrate").await?;
        tx.commit().await?;
    }
    let text = match before {
        Schema::Empty => "数据库结构已建立",
        Schema::Older => "数据库结构已升级",
        Schema::Current | Schema::Newer => "数据库结构已是最新，未作改动",
    };
    if global.json() {
        writeln!(
            out,
            "{}",
            serde_json::json!({ "before": format!("{before:?}").to_lowercase(), "message": text })
        )?;
    } else {
        writeln!(out, "{text}")?;
    }
    Ok(DONE)
}
