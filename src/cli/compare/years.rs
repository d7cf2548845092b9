//! `rongcuo compare years`

use super::{YearsArgs, read, unreadable, who};
use crate::app::compare::{Given, Line, YearReport, years};
use crate::cli::args::Global;
use crate::cli::import::list_faults;
use crate::cli::open::Use;
use crate::cli::output::{Failure, aligned, width};
use crate::cli::{ATTENTION, DONE, save};
use crate::domain::compare::{Fall, Worth};
use crate::domain::protection::Grade;
use crate::files;
use crate::files::book::{self, Page, Value as Cell};
use serde_json::{Value, json};
use std::io::Write;

/// Compares the lists of several years.
pub async fn run(global: &Global, args: &YearsArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8, Failure> {
    let periods: Vec<Option<String>> = match args.period.len() {
        0 => vec![None; args.files.len()],
        some if some == args.files.len() => args.period.iter().cloned().map(Some).collect(),
        some => {
            return Err(Failure::input(format!(
                "--period 写了 {some} 个，名单有 {} 份；应各写一个",
                args.files.len()
            )));
        }
    };
    if let Some(path) = &args.out {
        save::check(path, args.overwrite, &args.files)?;
    }
    let (app, given) = read(global, &args.files, &args.scope, &periods, Use::Read, files::list, err).await?;
    let report = years(&app, &given).await?;
    if report.left_out > 0 {
        writeln!(err, "提示：{} 行看不出年份，或者早于前三年，没有比对", report.left_out)?;
    }
    if let Some(path) = &args.out {
        let bytes = book::write(&[page(&report)]).map_err(|error| Failure::environment(error.to_string()))?;
        save::write(path, &bytes, args.overwrite)?;
    }
    if global.json() {
        writeln!(out, "{}", document(&given, &report))?;
    } else {
        text(&report, out)?;
        for given in &given {
            list_faults(&given.list.file, &given.list.unreadable, err)?;
        }
    }
    let attention = !report.unclear.is_empty() || given.iter().any(|given| !given.list.unreadable.is_empty());
    Ok(if attention { ATTENTION } else { DONE })
}

/// What is said of a fall.
fn fall_zh(fall: &Fall, this: i32) -> String {
    let percent = fall
        .percent
        .map_or_else(String::new, |percent| format!(" {percent:.1}%"));
    let begins = if fall.begins == this {
        String::new()
    } else {
        format!("，{} 年起", fall.begins)
    };
    let all = if fall.below_all { "，低于以前各年" } else { "" };
    format!("低于 {} 年{percent}{begins}{all}", fall.against)
}

/// Everything that is marked on a line.
fn marks(line: &Line, this: i32) -> Vec<String> {
    let mut marks: Vec<String> = line.fall.iter().map(|fall| fall_zh(fall, this)).collect();
    if line.missing {
        marks.push("本年不在名单".to_owned());
    }
    if line.ungraded {
        marks.push("本年没有等次".to_owned());
    }
    if let Some(case) = &line.recognised {
        let year = case.year.map(|year| format!("，{year} 年认定")).unwrap_or_default();
        let since = match case.since {
            Some(true) => "，下降始于认定当年或以后",
            Some(false) => "，下降早于认定",
            None => "",
        };
        marks.push(format!("受保护（{}{year}{since}）", case.case));
    }
    marks
}

fn shown(line: &Line, at: usize) -> String {
    line.values[at].as_ref().map_or_else(
        || "—".to_owned(),
        |value| format!("{}{}", value.result, if value.kept { "（留存）" } else { "" }),
    )
}

fn this_year(report: &YearReport) -> i32 {
    report.years.last().copied().unwrap_or_default()
}

fn text(report: &YearReport, out: &mut dyn Write) -> Result<(), Failure> {
    let this = this_year(report);
    let widths: Vec<usize> = (0..report.years.len())
        .map(|at| {
            report
                .lines
                .iter()
                .map(|line| width(&shown(line, at)))
                .max()
                .unwrap_or(0)
                .max(4)
        })
        .collect();
    let padded = |texts: Vec<String>| {
        let cells = texts.iter().zip(&widths).map(|(text, wide)| {
            let gap = " ".repeat(wide.saturating_sub(width(text)));
            format!("{text}{gap}")
        });
        cells.collect::<Vec<_>>().join("  ")
    };
    let mut rows = vec![[
        "姓名（单位）".to_owned(),
        "事项".to_owned(),
        padded(report.years.iter().map(ToString::to_string).collect()),
        "提示（供参考，不作判断）".to_owned(),
    ]];
    for line in &report.lines {
        let item = if line.item.is_empty() {
            line.domain.zh()
        } else {
            &line.item
        };
        rows.push([
            who(&line.name, line.unit.as_deref()),
            item.to_owned(),
            padded((0..report.years.len()).map(|at| shown(line, at)).collect()),
            marks(line, this).join("；"),
        ]);
    }
    for line in aligned(&rows) {
        writeln!(out, "{line}")?;
    }
    let fallen = report.lines.iter().filter(|line| line.fall.is_some()).count();
    writeln!(out, "\n共 {} 项，{this} 年比以前下降的 {fallen} 项", report.lines.len())?;
    if !report.unclear.is_empty() {
        writeln!(out, "\n待核，不能认定是不是同一个人：{} 人次", report.unclear.len())?;
        for one in &report.unclear {
            let name = who(&one.name, one.unit.as_deref());
            writeln!(out, "  {} 年  {name}  {}", report.years[one.list], one.why)?;
        }
    }
    Ok(())
}

fn document(given: &[Given], report: &YearReport) -> Value {
    let people: Vec<Value> = report.lines.iter().map(|line| person(line, report)).collect();
    let unclear: Vec<Value> = report
        .unclear
        .iter()
        .map(|one| json!({ "name": one.name, "unit": one.unit, "year": report.years[one.list], "why": one.why, "protected": one.protected }))
        .collect();
    json!({
        "files": given.iter().map(|given| &given.list.file).collect::<Vec<_>>(),
        "years": report.years, "people": people, "unclear": unclear,
        "left_out": report.left_out, "unreadable": unreadable(given),
    })
}

fn person(line: &Line, report: &YearReport) -> Value {
    let values = report.years.iter().zip(&line.values).map(|(year, value)| {
        let value = value.as_ref().map(|value| {
            json!({
                "result": value.result, "kept": value.kept,
                "rank": match value.worth { Some(Worth::Grade(Grade::Rank(rank))) => Some(rank), _ => None },
                "sum": match value.worth { Some(Worth::Sum(sum)) => Some(sum as f64 / 10_000.0), _ => None },
            })
        });
        (year.to_string(), json!(value))
    });
    json!({
        "name": line.name, "unit": line.unit, "domain": line.domain.as_str(), "item": line.item,
        "values": Value::Object(values.collect()),
        "fall": line.fall.map(|fall| json!({
            "against": fall.against, "begins": fall.begins, "below_all": fall.below_all, "percent": fall.percent,
        })),
        "missing": line.missing, "ungraded": line.ungraded,
        "protected": line.recognised.as_ref().map(|case| json!({
            "case": case.case, "recognised": case.year, "since_recognition": case.since,
        })),
    })
}

fn page(report: &YearReport) -> Page {
    let this = this_year(report);
    let fixed = [("姓名", 12.0), ("单位", 30.0), ("事项", 18.0)];
    let mut header: Vec<(String, f64)> = fixed.iter().map(|(word, wide)| ((*word).to_owned(), *wide)).collect();
    header.extend(report.years.iter().map(|year| (format!("{year} 年"), 14.0)));
    header.push(("提示".to_owned(), 50.0));
    let rows = report.lines.iter().map(|line| {
        let item = if line.item.is_empty() {
            line.domain.zh()
        } else {
            &line.item
        };
        let mut row = vec![
            Cell::from(line.name.as_str()),
            line.unit.as_deref().map_or(Cell::Blank, Cell::from),
            Cell::from(item),
        ];
        row.extend(
            (0..report.years.len()).map(|at| match line.values[at].as_ref().and_then(|value| value.worth) {
                Some(Worth::Sum(sum)) => Cell::Number(sum as f64 / 10_000.0, 2),
                _ => Cell::from(shown(line, at)),
            }),
        );
        row.push(Cell::from(marks(line, this).join("；")));
        row
    });
    Page {
        name: "各年比对".to_owned(),
        title: vec![
            format!("{this} 年与以前各年比对"),
            "供参考，不作判断。没有评上优秀、数额下降都可能另有原因。".to_owned(),
        ],
        header,
        rows: rows.collect(),
    }
}
