//! `rongcuo compare stages`

use super::{StagesArgs, place, read, unreadable, who};
use crate::app::compare::{Given, Gone, StageReport, Stages, stages};
use crate::cli::args::Global;
use crate::cli::import::{list_faults, names as names_of};
use crate::cli::open::Use;
use crate::cli::output::Failure;
use crate::cli::{ATTENTION, DONE};
use crate::domain::protection::{Attribution, Stages as StageWords, Verdict};
use serde_json::{Value, json};
use std::io::Write;

/// Compares the lists of one selection.
pub async fn run(global: &Global, args: &StagesArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8, Failure> {
    if !args.stage.is_empty() && args.stage.len() != args.files.len() {
        return Err(Failure::input(format!(
            "--stage 写了 {} 个，名单有 {} 份；应各写一个",
            args.stage.len(),
            args.files.len()
        )));
    }
    let periods = vec![args.period.clone(); args.files.len()];
    let purpose = if args.keep { Use::Write } else { Use::Read };
    let (app, given) = read(global, &args.files, &args.scope, &periods, purpose, names_of, err).await?;
    let names = if args.stage.is_empty() {
        names(&given, &app.vocabulary().words.stages)
    } else {
        args.stage.clone()
    };
    let asked = Stages {
        given,
        names,
        keep: args.keep,
    };
    let report = stages(&app, &asked).await?;
    if global.json() {
        writeln!(out, "{}", document(&asked, &report))?;
    } else {
        text(&asked, &report, out)?;
        for given in &asked.given {
            list_faults(&given.list.file, &given.list.unreadable, err)?;
        }
    }
    let verdict = |gone: &Gone| {
        gone.judged
            .as_ref()
            .is_some_and(|judged| judged.verdict != Verdict::Clear)
    };
    let attention = report.gone.iter().any(verdict)
        || !report.unclear.is_empty()
        || asked.given.iter().any(|given| !given.list.unreadable.is_empty());
    Ok(if attention { ATTENTION } else { DONE })
}

/// What each list is called: by its title, sheet or file name, else by its place; no two alike.
fn names(given: &[Given], words: &StageWords) -> Vec<String> {
    let of_list = |given: &Given| {
        let sheets = given.list.sheets.iter();
        let mut places = sheets
            .flat_map(|sheet| sheet.title.iter().chain(&sheet.name))
            .collect::<Vec<_>>();
        places.insert(0, &given.list.file);
        let stands = |word: &&String| places.iter().any(|place| place.contains(word.as_str()));
        words.known.iter().find(stands).cloned()
    };
    let said: Vec<Option<String>> = given.iter().map(of_list).collect();
    let distinct = said.iter().flatten().collect::<std::collections::BTreeSet<_>>().len() == given.len();
    (0..given.len())
        .map(|at| {
            let by_place = || words.names.get(at).cloned();
            said[at]
                .clone()
                .filter(|_| distinct)
                .or_else(by_place)
                .unwrap_or_else(|| format!("第 {} 份", at + 1))
        })
        .collect()
}

fn document(asked: &Stages, report: &StageReport) -> Value {
    let named = |results: &[Option<String>]| {
        let pairs = asked
            .names
            .iter()
            .cloned()
            .zip(results.iter().map(|result| json!(result)));
        Value::Object(pairs.collect())
    };
    let gone: Vec<Value> = report
        .gone
        .iter()
        .map(|gone| {
            let judged = gone.judged.as_ref();
            json!({
                "name": gone.name, "unit": gone.unit, "from": asked.names[gone.on], "missing_in": asked.names[gone.on + 1],
                "back_in": gone.back_on.map(|on| &asked.names[on]), "sheet": gone.sheet, "row": gone.row,
                "results": named(&gone.results), "protected": judged.is_some(),
                "verdict": judged.map(|judged| judged.verdict.as_str()),
                "domain": judged.map(|judged| judged.domain.as_str()),
                "attribution": judged.and_then(|judged| judged.attribution).map(Attribution::as_str),
                "clause": judged.map(|judged| &judged.clause), "case": judged.and_then(|judged| judged.case.as_ref()),
                "cell": judged.map(|judged| &judged.cell), "why": judged.map(|judged| &judged.why),
                "matched": judged.map_or_else(Vec::new, |judged| judged.matched.iter().map(ToString::to_string).collect()),
            })
        })
        .collect();
    let came: Vec<Value> = report
        .came
        .iter()
        .map(|came| {
            json!({
                "name": came.name, "unit": came.unit, "in": asked.names[came.on], "sheet": came.sheet, "row": came.row,
                "results": named(&came.results),
            })
        })
        .collect();
    let unclear: Vec<Value> = report
        .unclear
        .iter()
        .map(|one| {
            json!({
                "name": one.name, "unit": one.unit, "in": asked.names[one.list], "verdict": Verdict::Review.as_str(),
                "why": one.why, "protected": one.protected,
            })
        })
        .collect();
    json!({
        "stages": asked.names.iter().zip(&asked.given).map(|(name, given)| json!({
            "name": name, "file": given.list.file, "rows_read": given.list.rows_read,
        })).collect::<Vec<_>>(),
        "as_of": asked.given.first().map(|given| given.options.as_of.to_string()),
        "gone": gone, "came": came, "unclear": unclear, "unreadable": unreadable(&asked.given),
        "kept": report.kept, "findings_opened": report.opened,
    })
}

fn text(asked: &Stages, report: &StageReport, out: &mut dyn Write) -> Result<(), Failure> {
    let lists: Vec<String> = asked
        .names
        .iter()
        .zip(&asked.given)
        .map(|(name, given)| format!("{name}（{}，{} 行）", given.list.file, given.list.rows_read))
        .collect();
    writeln!(out, "{}", lists.join(" → "))?;
    writeln!(out, "\n后一份名单上没有了的：{} 人次", report.gone.len())?;
    for gone in &report.gone {
        let verdict = gone.judged.as_ref().map(|judged| format!("  {}", judged.verdict.zh()));
        let back = gone.back_on.map(|on| format!("，在{}又有", asked.names[on]));
        let result = gone.results[gone.on].as_ref().map(|result| format!("“{result}”"));
        writeln!(
            out,
            "  {}{} {}  {}{}  {}没有{}",
            asked.names[gone.on],
            result.unwrap_or_default(),
            place(gone.sheet.as_deref(), gone.row),
            who(&gone.name, gone.unit.as_deref()),
            verdict.unwrap_or_default(),
            asked.names[gone.on + 1],
            back.unwrap_or_default()
        )?;
        if let Some(judged) = &gone.judged {
            writeln!(out, "    {}", judged.why)?;
            for matched in &judged.matched {
                writeln!(out, "    {matched}")?;
            }
        }
    }
    writeln!(out, "\n后来才有的：{} 人", report.came.len())?;
    for came in &report.came {
        writeln!(
            out,
            "  {} {}  {}",
            asked.names[came.on],
            place(came.sheet.as_deref(), came.row),
            who(&came.name, came.unit.as_deref())
        )?;
    }
    if !report.unclear.is_empty() {
        writeln!(out, "\n待核，不能认定是不是同一个人：{} 人次", report.unclear.len())?;
        for one in &report.unclear {
            let protected = if one.protected { "  受保护" } else { "" };
            writeln!(
                out,
                "  {}  {}{protected}  {}",
                asked.names[one.list],
                who(&one.name, one.unit.as_deref()),
                one.why
            )?;
        }
    }
    if asked.keep {
        writeln!(
            out,
            "\n已留存结果 {} 条，新开疑似问题 {} 件",
            report.kept, report.opened
        )?;
    }
    Ok(())
}
