//! `rongcuo columns …`: what was pointed out of units' lists and is remembered.

use super::args::Global;
use super::open::{self, Use};
use super::output::Failure;
use super::{DONE, printable};
use crate::app::columns::{self, Pointed};
use crate::runtime::user;
use clap::Subcommand;
use serde_json::json;
use std::io::Write;

/// `columns …`
#[derive(Debug, Subcommand)]
pub enum ColumnsCommand {
    /// 列出记住的列对应
    List,
    /// 忘掉一个单位的列对应
    Forget {
        /// 单位，如 云川市/住建局
        unit: String,
    },
}

/// Reads `结果=审核结论`.
pub(super) fn pointed(text: &str) -> Result<Pointed, String> {
    let parts = text.split_once(['=', '＝']);
    let (field, header) = parts.ok_or_else(|| "应写成 栏目=表头，如 结果=审核结论".to_owned())?;
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let (field, header) = (squeezed(field), squeezed(header));
    if field.is_empty() || header.is_empty() {
        return Err("应写成 栏目=表头，如 结果=审核结论".to_owned());
    }
    Ok(Pointed { field, header })
}

/// Runs one of them.
pub async fn run(global: &Global, command: &ColumnsCommand, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    match command {
        ColumnsCommand::List => {
            let app = open::app(global, &config, Use::Read).await?;
            let known = columns::known(&app).await?;
            if global.json() {
                let rows = known
                    .iter()
                    .map(|map| json!({ "unit": map.unit, "field": map.field, "header": map.header, "by": map.actor }));
                writeln!(out, "{}", json!({ "columns": rows.collect::<Vec<_>>() }))?;
                return Ok(DONE);
            }
            for map in &known {
                let line = format!("{}  {}＝{}  （{}）", map.unit, map.field, map.header, map.actor);
                writeln!(out, "{}", printable(&line))?;
            }
            if known.is_empty() {
                writeln!(out, "没有记住的列对应；预检时用 --map 栏目=表头 指明一次即可")?;
            }
        }
        ColumnsCommand::Forget { unit } => {
            let app = open::app(global, &config, Use::Write).await?;
            let gone = columns::forget(&app, unit, &user::name()).await?;
            if gone == 0 {
                return Err(Failure::input(format!(
                    "没有记住「{unit}」的列对应；用 rongcuo columns list 查看"
                )));
            }
            if global.json() {
                writeln!(out, "{}", json!({ "forgotten": gone }))?;
            } else {
                writeln!(out, "已忘掉 {} 的 {gone} 列", printable(unit))?;
            }
        }
    }
    Ok(DONE)
}
