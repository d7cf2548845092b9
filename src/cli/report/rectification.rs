//! `rongcuo report rectification`

use crate::app::rectifications::{rates, report};
use crate::cli::args::Global;
use crate::cli::case::day;
use crate::cli::open::{self, Use};
use crate::cli::output::{Failure, aligned};
use crate::cli::{DONE, save};
use crate::domain::rectification::{Figure, Span, UnitFigures};
use crate::files::{book, chart};
use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

/// `report rectification`
#[derive(Debug, Args)]
pub struct RectificationArgs {
    /// 年份、季度或月份：2026、2026Q3、2026-07
    #[arg(long, value_name = "PERIOD", value_parser = period, conflicts_with_all = ["from", "to"], required_unless_present = "from")]
    period: Option<Span>,
    /// 起日
    #[arg(long, value_name = "DATE", value_parser = day, requires = "to")]
    from: Option<NaiveDate>,
    /// 止日（含）
    #[arg(long, value_name = "DATE", value_parser = day, requires = "from")]
    to: Option<NaiveDate>,
    /// 只看这个单位和它的下级单位
    #[arg(long, value_name = "PATH")]
    unit: Option<String>,
    /// 列出一个数字对应的事项：应整改、已销号、按期完成、延期、逾期未完成、累计销号、反弹、扣分事项、长期坚持
    #[arg(long, value_name = "FIGURE", value_parser = figure)]
    list: Option<Figure>,
    /// 另写一份表格
    #[arg(long, value_name = "OUT.xlsx")]
    pub(super) xlsx: Option<PathBuf>,
    /// 另画一张图
    #[arg(long, value_name = "OUT.svg")]
    pub(super) svg: Option<PathBuf>,
    /// 要写的文件已存在时覆盖
    #[arg(long)]
    pub(super) overwrite: bool,
}

fn figure(text: &str) -> Result<Figure, String> {
    Figure::read(text).ok_or_else(|| {
        let known: Vec<&str> = Figure::ALL.iter().map(|one| one.zh()).collect();
        format!("没有统计项「{text}」，可用的是 {}", known.join("、"))
    })
}

/// A year, a quarter or a month.
fn period(text: &str) -> Result<Span, String> {
    Span::read(text).ok_or_else(|| format!("「{text}」不是期间，应写成 2026、2026Q3 或 2026-07"))
}

pub(super) async fn run(global: &Global, args: &RectificationArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let app = open::app(global, &config, Use::Read).await?;
    let span = match (args.period, args.from, args.to) {
        (Some(span), ..) => span,
        (None, Some(from), Some(to)) => Span { from, to },
        _ => return Err(Failure::input("请写明期间（--period，或 --from 和 --to）")),
    };
    let report = report(&app, span, args.unit.as_deref()).await?;
    if let Some(path) = &args.xlsx {
        let bytes = book::write(&report.pages()).map_err(|error| Failure::environment(error.to_string()))?;
        save::write(path, &bytes, args.overwrite)?;
    }
    if let Some(path) = &args.svg {
        save::write(path, chart::svg(&report.chart()).as_bytes(), args.overwrite)?;
    }
    if global.json() {
        let document = json!({
            "from": report.span.from.to_string(),
            "to": report.span.to.to_string(),
            "until": report.until.to_string(),
            "unit": report.unit,
            "units": report.figures.units.iter().map(|(unit, figures)| line(unit, figures)).collect::<Vec<_>>(),
            "total": line("合计", &report.figures.total),
            "notes": report.notes(),
        });
        writeln!(out, "{document}")?;
        return Ok(DONE);
    }
    writeln!(out, "{}", report.title())?;
    if let Some(figure) = args.list {
        for (unit, figures) in &report.figures.units {
            let items = figures.items.get(&figure).map(Vec::as_slice).unwrap_or_default();
            if !items.is_empty() {
                writeln!(out, "{unit}：{} {} 件", figure.zh(), items.len())?;
                for number in items {
                    writeln!(out, "  {number}")?;
                }
            }
        }
        writeln!(out, "合计 {} 件", report.figures.total.count(figure))?;
        return Ok(DONE);
    }
    let rows: Vec<[String; 14]> = report
        .table()
        .into_iter()
        .filter_map(|row| row.try_into().ok())
        .collect();
    for line in aligned(&rows) {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "\n说明：")?;
    for (number, note) in (1..).zip(report.notes()) {
        writeln!(out, "{number}. {note}")?;
    }
    Ok(DONE)
}

fn line(unit: &str, figures: &UnitFigures) -> Value {
    let counts: serde_json::Map<String, Value> = Figure::ALL
        .into_iter()
        .map(|figure| (figure.as_str().to_owned(), json!(figures.count(figure))))
        .collect();
    let items: serde_json::Map<String, Value> = Figure::ALL
        .into_iter()
        .map(|figure| {
            (
                figure.as_str().to_owned(),
                json!(figures.items.get(&figure).cloned().unwrap_or_default()),
            )
        })
        .collect();
    let shares: serde_json::Map<String, Value> =
        ["rectification_rate", "on_time_rate", "extension_rate", "relapse_rate"]
            .into_iter()
            .zip(rates(figures))
            .map(|(word, (_, rate))| {
                (
                    word.to_owned(),
                    json!(rate.per_mille().map(|share| f64::from(share) / 10.0)),
                )
            })
            .collect();
    json!({
        "unit": unit, "counts": counts, "rates": shares, "deduction": figures.deducted.to_string(), "items": items,
    })
}
