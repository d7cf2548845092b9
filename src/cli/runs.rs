//! `rongcuo runs …`

use super::args::{Format, Global};
use super::delimited;
use super::open::{self, Use};
use super::output::Failure;
use super::table::Table;
use super::{DONE, printable};
use crate::app::precheck::record::{said, verdicts};
use crate::domain::protection::list::Domain;
use crate::store::runs::{self, Past};
use clap::Subcommand;
use serde_json::{Value, json};
use std::io::Write;

/// `runs …`
#[derive(Debug, Subcommand)]
pub enum RunsCommand {
    /// 列出预检和导入的记录，最近的在前（不含姓名）
    List {
        /// 最多列出多少条
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
}

const HEADER: [&str; 11] = [
    "时间",
    "种类",
    "文件",
    "文件指纹",
    "名单类别",
    "单位",
    "期间",
    "判断基准日",
    "何人",
    "行数",
    "结论",
];

/// Runs one of them.
pub async fn run(global: &Global, command: &RunsCommand, out: &mut dyn Write) -> Result<u8, Failure> {
    let RunsCommand::List { limit } = command;
    let config = open::config(global)?;
    let app = open::app(global, &config, Use::Read).await?;
    let mut tx = app.db.read().await?;
    let found = runs::recent(&mut tx, i64::from(*limit)).await?;
    tx.rollback().await?;
    match global.format {
        Format::Json => {
            let runs: Vec<Value> = found.iter().map(document).collect();
            writeln!(out, "{}", json!({ "runs": runs }))?;
        }
        Format::Csv => {
            let rows: Vec<Vec<String>> = found.iter().map(|past| cells(past).to_vec()).collect();
            delimited::write(out, &HEADER, &rows)?;
        }
        Format::Table => {
            let mut table = Table::new(
                [25, 10, 24, 12, 10, 12],
                ["时间", "种类", "文件", "判断基准日", "何人", "行数"],
            );
            for past in &found {
                let [
                    at,
                    kind,
                    file,
                    hash,
                    domains,
                    unit,
                    period,
                    as_of,
                    actor,
                    rows,
                    verdicts,
                ] = cells(past);
                let about: Vec<&str> = [&domains, &unit, &period]
                    .into_iter()
                    .map(String::as_str)
                    .filter(|text| !text.is_empty())
                    .collect();
                let mut below = vec![("指纹：", hash)];
                if !about.is_empty() {
                    below.push(("名单：", about.join("，")));
                }
                if !verdicts.is_empty() {
                    below.push(("结论：", verdicts));
                }
                table.row(
                    &[at, kind, file, as_of, actor, rows].map(|cell| printable(&cell)),
                    &below,
                );
            }
            for line in table.lines() {
                writeln!(out, "{line}")?;
            }
        }
        Format::Text => {
            for past in &found {
                let [at, kind, file, _, domains, unit, period, as_of, actor, rows, verdicts] =
                    cells(past).map(|cell| printable(&cell));
                let parts: Vec<String> = [domains, unit, period]
                    .into_iter()
                    .filter(|text| !text.is_empty())
                    .collect();
                let day = if as_of.is_empty() {
                    as_of
                } else {
                    format!("，按 {as_of}")
                };
                let who = if actor.is_empty() { actor } else { format!("，{actor}") };
                let found = if verdicts.is_empty() {
                    verdicts
                } else {
                    format!("，{verdicts}")
                };
                let about = if parts.is_empty() {
                    String::new()
                } else {
                    format!("（{}）", parts.join("，"))
                };
                writeln!(out, "{at}  {kind}  {file}{about}  {rows} 行{day}{who}{found}")?;
            }
            if found.is_empty() {
                writeln!(out, "还没有记录")?;
            }
        }
    }
    Ok(DONE)
}

fn kind_zh(kind: &str) -> &str {
    match kind {
        "precheck" => "预检",
        "register" => "导入台账",
        "cadres" => "导入名册",
        "contacts" => "导入联系人",
        "rectifications" => "导入整改台账",
        "outcomes" => "导入结果",
        "entry" => "逐步登记",
        other => other,
    }
}

fn cells(past: &Past) -> [String; HEADER.len()] {
    let (run, judging) = (&past.run, &past.judging);
    let domains: Vec<&str> = judging
        .domains
        .split(',')
        .filter_map(Domain::from_id)
        .map(Domain::zh)
        .collect();
    let kept = if judging.kept { "，已留存" } else { "" };
    [
        run.at.to_string(),
        format!("{}{kept}", kind_zh(&run.kind)),
        run.file.clone(),
        run.file_hash.clone(),
        domains.join("、"),
        run.unit.clone().unwrap_or_default(),
        run.period.clone().unwrap_or_default(),
        judging.as_of.map(|day| day.to_string()).unwrap_or_default(),
        judging.actor.clone(),
        run.rows_read.to_string(),
        said(&verdicts(&run.counts)),
    ]
}

fn document(past: &Past) -> Value {
    let (run, judging) = (&past.run, &past.judging);
    let domains: Vec<&str> = judging.domains.split(',').filter(|domain| !domain.is_empty()).collect();
    json!({
        "id": run.id, "kind": run.kind, "file": run.file, "file_hash": run.file_hash, "domains": domains,
        "unit": run.unit, "period": run.period, "as_of": judging.as_of, "by": judging.actor, "kept": judging.kept,
        "at": run.at.to_string(), "rows_read": run.rows_read, "rows_bad": run.rows_bad, "rows_changed": run.rows_changed,
        "counts": verdicts(&run.counts),
    })
}
