//! `rongcuo precheck`

use super::ATTENTION;
use super::args::{Global, PrecheckArgs};
use super::import::{Input, list_failures, list_faults, write_json};
use super::open::{self, Use};
use super::output::Failure;
use super::quota;
use crate::app::precheck::{Checked, Request, precheck};
use crate::domain::protection::list::Domain;
use crate::domain::protection::{Attribution, JudgeOptions, Judged, Note, OutcomeClass, Report, Verdict};
use serde_json::{Value, json};
use std::io::Write;

/// Judges a proposed list.
pub async fn run(
    global: &Global,
    args: &PrecheckArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let input = Input::load(&config, &args.file)?;
    let domain = args.domain.as_deref().map(domain).transpose()?;
    let lists = input.lists(args.strict, err)?;
    let app = open::app(global, &config, if args.keep { Use::Write } else { Use::Read }).await?;
    let as_of = args.as_of.unwrap_or_else(|| app.now().day());
    let mut code = list_failures(&lists.bad, err)?;
    let mut documents = Vec::new();
    for (source, list) in &lists.good {
        let options = JudgeOptions {
            as_of,
            undated_is_final: false,
            domain,
            unit: args.unit.clone(),
            period: args.period.clone(),
            tolerance: app.policy.tolerance,
            protected: app.policy.protected(),
        };
        let request = Request {
            list,
            source,
            options,
            keep: args.keep,
            kind: "precheck",
        };
        let Checked {
            report,
            opened,
            again,
            kept,
        } = precheck(&app, &request).await?;
        if global.json() {
            let mut document = document(&source.file, &as_of.to_string(), &report);
            document["findings_opened"] = json!(opened);
            document["quota"] = json!(quota::document(&app.policy.quota, &report.appraised));
            document["findings_again"] = json!(again);
            documents.push(document);
        } else {
            table(&source.file, &report, out)?;
            quota::tell(&app.policy.quota, &report.appraised, out)?;
            if args.keep {
                writeln!(
                    out,
                    "已留存结果 {kept} 条，新开疑似问题 {opened} 件，升级或重新打开 {again} 件"
                )?;
            }
            list_faults(&report.unreadable, err)?;
        }
        let clear = report.results.iter().all(|judged| judged.verdict == Verdict::Clear);
        if !clear || !report.unreadable.is_empty() {
            code = ATTENTION;
        }
    }
    if global.json() {
        write_json(&input.name, documents, &lists.bad, out)?;
    }
    Ok(code)
}

pub(super) fn domain(text: &str) -> Result<Domain, Failure> {
    Domain::from_id(text).ok_or_else(|| {
        let known: Vec<String> = Domain::known()
            .iter()
            .map(|d| format!("{}（{}）", d.as_str(), d.zh()))
            .collect();
        Failure::input(format!("--domain「{text}」不是事项类别，可用：{}", known.join("、")))
    })
}

/// The JSON that other programs read.
fn document(file: &str, as_of: &str, report: &Report) -> Value {
    json!({
        "file": file,
        "as_of": as_of,
        "rows_read": report.rows_read,
        "rows_protected": report.rows_protected,
        "unreadable": report.unreadable,
        "results": report.results.iter().map(result).collect::<Vec<_>>(),
    })
}

fn result(judged: &Judged) -> Value {
    json!({
        "sheet": judged.sheet,
        "row": judged.row,
        "name": judged.name,
        "unit": judged.unit,
        "domain": judged.domain.as_str(),
        "verdict": judged.verdict.as_str(),
        "outcome_class": judged.outcome_class.map(OutcomeClass::as_str),
        "attribution": judged.attribution.map(Attribution::as_str),
        "level": judged.level.map(crate::domain::case::Level::as_str),
        "clause": judged.clause,
        "case": judged.case,
        "note": judged.note.map(Note::as_str),
        "cell": judged.cell,
        "why": judged.why,
        "matched": judged.matched.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn table(file: &str, report: &Report, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(
        out,
        "{file}：读出 {} 行，涉及受保护人员 {} 人，未能读出 {} 行",
        report.rows_read,
        report.rows_protected,
        report.unreadable.len()
    )?;
    for judged in &report.results {
        let place = match (&judged.sheet, judged.row) {
            (Some(sheet), Some(row)) => format!("{sheet} 第 {row} 行"),
            (None, Some(row)) => format!("第 {row} 行"),
            (_, None) => "未在名单".to_owned(),
        };
        writeln!(out, "{place}  {}  {}  {}", judged.name, judged.verdict.zh(), judged.why)?;
        for matched in &judged.matched {
            writeln!(out, "    {matched}")?;
        }
    }
    Ok(())
}
