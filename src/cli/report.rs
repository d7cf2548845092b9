//! `rongcuo report …`

mod rectification;

use super::args::Global;
use super::open::{self, Use};
use super::output::{Failure, aligned};
use super::{DONE, save};
use crate::app::report::{HiddenPenalty, hidden_penalty, p_zh};
use crate::domain::hidden::{Comparison, Reading, Share, UnitLine};
use crate::files::{book, chart};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// `report …`
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// 隐性影响比对：受保护的干部与同单位、同职级的人员相比（只有人次，没有姓名）
    HiddenPenalty(HiddenArgs),
    /// 督促整改统计：各单位的整改率、按期率、延期率、反弹率、扣分
    Rectification(rectification::RectificationArgs),
}

/// `report hidden-penalty`
#[derive(Debug, Args)]
pub struct HiddenArgs {
    /// 年份，如 2026
    #[arg(long, value_name = "YEAR", value_parser = year)]
    pub period: i32,
    /// 截止年份（含；默认只看一年）
    #[arg(long, value_name = "YEAR", value_parser = year)]
    pub period_to: Option<i32>,
    /// 只看这个单位和它的下级单位
    #[arg(long, value_name = "PATH")]
    pub unit: Option<String>,
    /// 另写一份表格
    #[arg(long, value_name = "OUT.xlsx")]
    pub xlsx: Option<PathBuf>,
    /// 另画一张图
    #[arg(long, value_name = "OUT.svg")]
    pub svg: Option<PathBuf>,
    /// 要写的文件已存在时覆盖
    #[arg(long)]
    pub overwrite: bool,
}

fn year(text: &str) -> Result<i32, String> {
    let plain = text.trim_end_matches("年度").trim_end_matches('年');
    plain
        .parse()
        .ok()
        .filter(|year| (1950..2100).contains(year))
        .ok_or_else(|| format!("「{text}」不是年份，应写成 2026"))
}

/// Refuses files that may not be written, and one file for two things.
fn outputs(xlsx: Option<&Path>, svg: Option<&Path>, overwrite: bool) -> Result<(), Failure> {
    if let (Some(xlsx), Some(svg)) = (xlsx, svg)
        && xlsx == svg
    {
        return Err(Failure::input(
            "--xlsx 和 --svg 写的是同一个文件，请各写一个".to_owned(),
        ));
    }
    for path in xlsx.into_iter().chain(svg) {
        save::check(path, overwrite, &[])?;
    }
    Ok(())
}

/// Runs a report.
pub async fn run(
    global: &Global,
    what: &ReportCommand,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let args = match what {
        ReportCommand::HiddenPenalty(args) => args,
        ReportCommand::Rectification(args) => {
            outputs(args.xlsx.as_deref(), args.svg.as_deref(), args.overwrite)?;
            return rectification::run(global, args, out).await;
        }
    };
    outputs(args.xlsx.as_deref(), args.svg.as_deref(), args.overwrite)?;
    let config = open::config(global)?;
    let app = open::app(global, &config, Use::Read).await?;
    let to = args.period_to.unwrap_or(args.period);
    let report = hidden_penalty(&app, args.period, to, args.unit.as_deref()).await?;
    if report.measures.is_empty() {
        writeln!(
            err,
            "提示：{}没有可比的名单；已定的人事结果用 rongcuo import outcomes 导入后才计入",
            report.title()
        )?;
    }
    if let Some(path) = &args.xlsx {
        let bytes = book::write(&report.pages()).map_err(|error| Failure::environment(error.to_string()))?;
        save::write(path, &bytes, args.overwrite)?;
    }
    if let Some(path) = &args.svg {
        save::write(path, chart::svg(&report.chart()).as_bytes(), args.overwrite)?;
    }
    if global.json() {
        writeln!(out, "{}", document(&report))?;
    } else {
        text(&report, out)?;
    }
    Ok(DONE)
}

// ---------------------------------------------------------------- JSON

fn document(report: &HiddenPenalty) -> Value {
    json!({
        "period": report.from.to_string(),
        "period_to": report.to.to_string(),
        "unit": report.unit,
        "thresholds": {
            "min_protected": report.thresholds.min_protected,
            "min_peers": report.thresholds.min_peers,
            "level": report.thresholds.level,
            "number_from": report.thresholds.number_from.zh(),
        },
        "measures": report.measures.iter().map(measure).collect::<Vec<_>>(),
        "notes": report.notes(),
    })
}

fn measure(one: &Comparison) -> Value {
    let enough = one.enough();
    json!({
        "measure": one.measure.as_str(),
        "name": one.measure.zh(),
        "protected": share(one.protected, enough),
        "peers": share(one.peers, enough),
        "unmatched": one.unmatched,
        "too_few": one.too_few,
        "difference": one.difference().filter(|_| enough),
        "adjusted_difference": one.adjusted().filter(|_| enough),
        "expected": Some(one.expected).filter(|_| enough),
        "p_pooled": one.pooled,
        "p_stratified": one.stratified,
        "reading": one.reading.as_str(),
        "said": one.reading.zh(),
        "units": one.units.iter().map(unit).collect::<Vec<_>>(),
    })
}

/// Of very few people the count would tell what one of them got.
fn share(share: Share, enough: bool) -> Value {
    json!({
        "persons": share.persons,
        "favoured": enough.then_some(share.favoured),
        "percent": share.percent().filter(|_| enough),
    })
}

fn unit(line: &UnitLine) -> Value {
    json!({
        "unit": line.unit,
        "protected": share(line.protected, line.enough()),
        "peers": share(line.peers, line.enough()),
        "difference": line.p.and(line.difference()),
        "p": line.p,
        "reading": if line.enough() { "compared" } else { Reading::Insufficient.as_str() },
    })
}

// ---------------------------------------------------------------- text

fn text(report: &HiddenPenalty, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "{}", report.title())?;
    writeln!(out, "{}", report.notes()[0])?;
    for one in &report.measures {
        writeln!(out, "\n{}：{}", one.measure.zh(), one.reading.zh())?;
        let side = |name: &str, share: Share| {
            let percent = share.percent().filter(|_| one.enough());
            [
                format!("  {name}"),
                format!("{} 人次", share.persons),
                percent.map_or_else(String::new, |_| format!("获得 {}", share.favoured)),
                percent.map_or_else(String::new, |percent| format!("{percent:.1}%")),
            ]
        };
        for line in aligned(&[side("受保护人员", one.protected), side("同类人员", one.peers)]) {
            writeln!(out, "{line}")?;
        }
        if let (Some(difference), Some(pooled), Some(stratified)) = (one.difference(), one.pooled, one.stratified) {
            writeln!(
                out,
                "  相差 {difference:+.1} 个百分点；按同单位同职级的比例应有 {:.1}，实有 {}；合并检验 {}，分层检验 {}",
                one.expected,
                one.protected.favoured,
                p_zh(pooled),
                p_zh(stratified)
            )?;
        }
        if one.unmatched > 0 {
            writeln!(
                out,
                "  另有受保护人员 {} 人次没有同单位同职级的人员可比，未计",
                one.unmatched
            )?;
        }
        if one.too_few > 0 {
            writeln!(
                out,
                "  另有受保护人员 {} 人次所在单位样本不足，合起来也不足，未计",
                one.too_few
            )?;
        }
        for line in aligned(&one.units.iter().map(unit_line).collect::<Vec<_>>()) {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out, "\n说明：")?;
    for (number, note) in (1..).zip(report.notes().iter().skip(1)) {
        writeln!(out, "{number}. {note}")?;
    }
    Ok(())
}

fn unit_line(line: &UnitLine) -> [String; 4] {
    let side = |name: &str, own: Share| match line.p {
        Some(_) => format!("{name} {}／{}", own.favoured, own.persons),
        None => format!("{name} {} 人次", own.persons),
    };
    let said = match (line.p, line.difference()) {
        (Some(p), Some(difference)) => format!("{difference:+.1} 个百分点，{}", p_zh(p)),
        _ => Reading::Insufficient.zh().to_owned(),
    };
    [
        format!("    {}", line.unit),
        side("受保护", line.protected),
        side("同类", line.peers),
        said,
    ]
}
