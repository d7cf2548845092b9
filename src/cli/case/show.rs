//! `case show`, `case list`

use super::command::Step;
use super::{actor, which};
use crate::app::App;
use crate::app::procedure::{self, Shown};
use crate::cli::DONE;
use crate::cli::args::Global;
use crate::cli::output::{self, Failure};
use crate::domain::case::Conclusion;
use crate::domain::paper::PaperKind;
use crate::domain::procedure::Aspect;
use crate::domain::time::Moment;
use serde_json::{Value, json};
use std::io::Write;

/// Prints everything kept about one case.
pub(super) async fn one(global: &Global, app: &App, step: &Step, out: &mut dyn Write) -> Result<u8, Failure> {
    let shown = procedure::show(app, &which(step), &actor(step.actor.as_deref())?).await?;
    if global.json() {
        writeln!(out, "{}", document(app, &shown))?;
        return Ok(DONE);
    }
    let record = &shown.case.record;
    writeln!(out, "案件：{}（第 {} 版）", record.case_no, shown.case.version)?;
    if let Some(matter) = &shown.case.matter_no {
        writeln!(out, "事项：{matter} {}", record.matter)?;
    } else {
        writeln!(out, "事项：{}", record.matter)?;
    }
    if !shown.siblings.is_empty() {
        writeln!(out, "同一事项的其他案件：{}", shown.siblings.join("、"))?;
    }
    writeln!(out, "干部：{}（{}）", shown.name, record.unit)?;
    for (label, text) in [
        ("问责实施机关", &record.organ),
        ("经办人", &record.handler),
        ("主管部门", &record.competent),
        ("上级部门", &record.superior),
        ("结论文号", &record.doc_no),
        ("处理措施", &record.measure),
        ("法规依据", &shown.state.basis),
    ] {
        if let Some(text) = text {
            writeln!(out, "{label}：{text}")?;
        }
    }
    writeln!(out, "现状：{}", shown.state.stage.zh())?;
    if let Some(conclusion) = shown.state.conclusion {
        writeln!(out, "结论：{}", conclusion.zh())?;
    }
    writeln!(out, "\n六看")?;
    for aspect in Aspect::ALL {
        match shown.state.considered.get(&aspect) {
            Some(one) => writeln!(
                out,
                "  {}：{}。{}（证据：{}）",
                aspect.zh(),
                one.weight.zh(),
                one.finding,
                one.evidence
            )?,
            None => writeln!(out, "  {}：未登记（{}）", aspect.zh(), aspect.question())?,
        }
    }
    writeln!(out, "\n期限")?;
    for limit in &shown.limits {
        let state = match (limit.state, &limit.met_on) {
            ("met", Some(day)) => format!("已于 {day} 办结"),
            ("void", _) => "不再要求".to_owned(),
            _ if limit.stopped => "中止中".to_owned(),
            _ => "待办".to_owned(),
        };
        writeln!(
            out,
            "  {} 应于 {}{}：{state}（{}）",
            limit.name,
            limit.due,
            limit.provisional(),
            limit.id
        )?;
    }
    writeln!(out, "\n经过")?;
    for event in &shown.events {
        writeln!(
            out,
            "  {} {}（{} 登记）",
            event.day,
            event.act.zh(&app.policy),
            event.actor
        )?;
        for (name, text, _) in event.act.texts() {
            writeln!(out, "    {name}：{}", text.trim().replace('\n', "\n      "))?;
        }
    }
    if !shown.findings.is_empty() {
        writeln!(out, "\n疑似问题（未答复）")?;
        for finding in &shown.findings {
            writeln!(
                out,
                "  {}：{}「{}」，{}（{}）",
                finding.verdict_zh(),
                finding.domain.zh(),
                finding.result,
                finding.place(),
                finding.id
            )?;
        }
    }
    if !shown.papers.is_empty() {
        writeln!(out, "\n公文")?;
        for paper in &shown.papers {
            let kind = PaperKind::from_text(&paper.kind).map_or(paper.kind.as_str(), |kind| kind.zh());
            writeln!(out, "  {} {kind} SHA-256 {}", paper.number, paper.hash)?;
        }
    }
    Ok(DONE)
}

fn document(app: &App, shown: &Shown) -> Value {
    let record = &shown.case.record;
    let considered: Vec<Value> = shown
        .state
        .considered
        .iter()
        .map(|(aspect, one)| {
            json!({ "aspect": aspect.zh(), "weight": one.weight.zh(), "finding": one.finding, "evidence": one.evidence })
        })
        .collect();
    let events: Vec<Value> = shown
        .events
        .iter()
        .map(|event| {
            json!({ "seq": event.seq, "day": event.day, "act": event.act, "text": event.act.zh(&app.policy), "actor": event.actor,
                "at": event.at.to_string() })
        })
        .collect();
    let findings: Vec<Value> = shown
        .findings
        .iter()
        .map(|one| {
            json!({ "id": one.id.as_str(), "verdict": one.verdict, "domain": one.domain.as_str(), "result": one.result,
                "place": one.place() })
        })
        .collect();
    let papers: Vec<Value> = shown
        .papers
        .iter()
        .map(|paper| {
            json!({ "number": paper.number, "kind": paper.kind, "hash": paper.hash, "actor": paper.actor,
                "at": Moment::from_millis(paper.at_ms).to_string() })
        })
        .collect();
    json!({
        "case": record.case_no, "version": shown.case.version, "matter_no": shown.case.matter_no, "matter": record.matter,
        "siblings": shown.siblings, "name": shown.name, "unit": record.unit, "organ": record.organ,
        "handler": record.handler, "competent": record.competent, "superior": record.superior,
        "stage": shown.state.stage.zh(), "conclusion": shown.state.conclusion.map(Conclusion::zh),
        "concluded_on": record.concluded_on, "doc_no": record.doc_no, "measure": record.measure, "basis": shown.state.basis,
        "considered": considered, "limits": shown.limits, "events": events,
        "findings": findings, "papers": papers,
    })
}

/// Prints one line a case; no names.
pub(super) async fn list(global: &Global, app: &App, limit: usize, out: &mut dyn Write) -> Result<u8, Failure> {
    let cases = procedure::list(app, limit).await?;
    if global.json() {
        writeln!(out, "{}", json!({ "cases": cases }))?;
        return Ok(DONE);
    }
    let mut rows = vec![["案件", "事项", "单位", "现状", "版本", "最近的待办"].map(str::to_owned)];
    rows.extend(cases.iter().map(|case| {
        [
            case.case.clone(),
            case.matter.clone(),
            case.unit.clone(),
            case.stage.to_owned(),
            case.version.to_string(),
            case.next.clone().unwrap_or_else(|| "—".to_owned()),
        ]
    }));
    for line in output::aligned(&rows) {
        writeln!(out, "{line}")?;
    }
    Ok(DONE)
}
