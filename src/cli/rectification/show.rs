//! What the commands about 整改事项 print.

use crate::app::rectifications::{Absence, Attachment, Done, ItemLine, Offered, Papered, Shown};
use crate::cli::args::Global;
use crate::cli::output::{Failure, aligned};
use serde_json::json;
use std::io::Write;
use std::path::Path;

pub(super) fn done(global: &Global, done: &Done, out: &mut dyn Write) -> Result<(), Failure> {
    if global.json() {
        writeln!(out, "{}", serde_json::to_string(done)?)?;
        return Ok(());
    }
    writeln!(out, "{}：{}（第 {} 版）", done.number, done.act, done.version)?;
    writeln!(
        out,
        "  收：{}  办：{}  验：{}  时限：{}",
        done.received,
        done.done,
        done.accepted,
        done.due.as_deref().unwrap_or("长期坚持")
    )?;
    if let Some(level) = &done.level {
        writeln!(out, "  处置级别：{level}")?;
    }
    if let Some(delay) = &done.delay {
        writeln!(out, "  {delay}")?;
    }
    for warning in &done.warnings {
        writeln!(out, "请注意：{warning}")?;
    }
    Ok(())
}

pub(super) fn list(global: &Global, found: &[ItemLine], out: &mut dyn Write) -> Result<(), Failure> {
    if global.json() {
        writeln!(out, "{}", json!({ "rectifications": found }))?;
        return Ok(());
    }
    let header = [
        "编号",
        "责任单位",
        "责任人",
        "时限",
        "进度",
        "收",
        "办",
        "验",
        "级别",
        "最近报告",
    ];
    let mut rows = vec![header.map(str::to_owned)];
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "—".to_owned());
    rows.extend(found.iter().map(|one| {
        [
            one.number.clone(),
            one.unit.clone(),
            or_dash(&one.person),
            one.due.clone().unwrap_or_else(|| "长期坚持".to_owned()),
            format!("{}%", one.percent),
            one.received.to_owned(),
            one.done.to_owned(),
            one.accepted.to_owned(),
            or_dash(&one.level),
            or_dash(&one.reported_on),
        ]
    }));
    for line in aligned(&rows) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

pub(super) fn item(global: &Global, shown: &Shown, out: &mut dyn Write) -> Result<(), Failure> {
    if global.json() {
        writeln!(out, "{}", serde_json::to_string(shown)?)?;
        return Ok(());
    }
    let (line, life) = (&shown.line, &shown.life);
    let facts = &life.facts;
    writeln!(out, "整改事项：{}（第 {} 版）", line.number, line.version)?;
    writeln!(out, "问题：{}", facts.problem)?;
    let mut said = |name: &str, text: Option<&str>| match text {
        Some(text) => writeln!(out, "{name}：{text}"),
        None => Ok(()),
    };
    said("问题类型", facts.sort.as_deref())?;
    let source = facts
        .source
        .as_ref()
        .map(|source| format!("{}（{}）", source.text, source.kind.zh()));
    said("来源", source.as_deref())?;
    said("整改措施", facts.measures.as_deref())?;
    said("整改目标", facts.goal.as_deref())?;
    said("责任单位", Some(&facts.unit))?;
    said("牵头领导", facts.lead.as_deref())?;
    said("责任人", facts.person.as_deref())?;
    said("联系人", facts.contact.as_deref())?;
    said("督办单位", facts.supervisor.as_deref())?;
    said("督办单号", facts.paper_no.as_deref())?;
    let due = line.due.as_deref().unwrap_or("长期坚持");
    match (life.first_due, life.extension_count()) {
        (Some(first), count) if count > 0 => {
            writeln!(out, "整改时限：{due}（原定 {first}，延期 {count} 次）")?;
        }
        _ => writeln!(out, "整改时限：{due}")?,
    }
    writeln!(
        out,
        "收：{}  办：{}（{}%）  验：{}",
        line.received, line.done, line.percent, line.accepted
    )?;
    if let Some(delay) = &line.delay {
        writeln!(out, "{delay}")?;
    }
    if let Some(level) = &line.level {
        writeln!(out, "处置级别：{level}")?;
    }
    for stage in &life.stages {
        let done = stage.done_on.map_or("未完成".to_owned(), |on| format!("{on} 完成"));
        writeln!(out, "阶段：{}，{}，{done}", stage.name, stage.due_on)?;
    }
    for one in &life.evidence {
        match &one.hash {
            Some(hash) => writeln!(out, "材料：{}（{} 字节，{}…）", one.name, one.bytes, &hash[..12])?,
            None => writeln!(out, "材料：{}（没有文件）", one.name)?,
        }
    }
    for dealt in &life.dealt {
        writeln!(
            out,
            "处理：{} {}（{}，{}）",
            dealt.person, dealt.measure, dealt.doc_no, dealt.on
        )?;
    }
    for (name, due) in &shown.limits {
        writeln!(out, "待办：{name}，应于 {due}")?;
    }
    writeln!(out, "经过：")?;
    for one in &shown.history {
        writeln!(out, "  {}  {}  {}", one.on, one.actor, one.text)?;
    }
    Ok(())
}

pub(super) fn exported(global: &Global, path: &Path, rows: usize, out: &mut dyn Write) -> Result<(), Failure> {
    if global.json() {
        writeln!(out, "{}", json!({ "file": path.display().to_string(), "rows": rows }))?;
    } else {
        writeln!(out, "已写出 {}，{rows} 件", path.display())?;
    }
    Ok(())
}

pub(super) fn fetched(global: &Global, path: &Path, found: &Attachment, out: &mut dyn Write) -> Result<(), Failure> {
    if global.json() {
        let document = json!({ "file": path.display().to_string(), "name": found.name, "bytes": found.bytes.len() });
        writeln!(out, "{document}")?;
    } else {
        writeln!(out, "已取出「{}」，写到 {}", found.name, path.display())?;
    }
    Ok(())
}

pub(super) fn papered(global: &Global, path: &Path, papered: &Papered, out: &mut dyn Write) -> Result<(), Failure> {
    let number = papered.paper.number.as_ref().map(ToString::to_string);
    if global.json() {
        let document = json!({
            "file": path.display().to_string(), "kind": papered.paper.kind.as_str(), "number": number,
            "title": papered.paper.title, "sha256": papered.hash,
        });
        writeln!(out, "{document}")?;
    } else {
        let number = number.map_or("拟稿，没有编号".to_owned(), |number| format!("文号 {number}"));
        writeln!(out, "{}（{number}），已写到 {}", papered.paper.title, path.display())?;
    }
    Ok(())
}

pub(super) fn hand_over(global: &Global, offered: &Offered, out: &mut dyn Write) -> Result<(), Failure> {
    if global.json() {
        writeln!(out, "{}", serde_json::to_string(offered)?)?;
        return Ok(());
    }
    told(offered, out)
}

fn told(offered: &Offered, out: &mut dyn Write) -> Result<(), Failure> {
    let confirmed = |day: &Option<String>| day.as_ref().map_or("未确认".to_owned(), |day| format!("{day} 确认"));
    writeln!(
        out,
        "移交 {}：由{}（{}）移交{}（{}），{} 件",
        offered.id,
        offered.from,
        confirmed(&offered.given_on),
        offered.to,
        confirmed(&offered.taken_on),
        offered.items.len()
    )?;
    for number in &offered.items {
        let left = if offered.left_out.contains(number) {
            "（已销号或已改由他人负责，没有移交）"
        } else {
            ""
        };
        writeln!(out, "  {number}{left}")?;
    }
    if offered.done {
        writeln!(out, "双方已确认，移交生效")?;
    } else {
        writeln!(
            out,
            "双方确认后生效：rongcuo rectification confirm-hand-over {} --by 姓名",
            offered.id
        )?;
    }
    Ok(())
}

pub(super) fn hand_overs(global: &Global, open: &[Offered], out: &mut dyn Write) -> Result<(), Failure> {
    if global.json() {
        writeln!(out, "{}", json!({ "hand_overs": open }))?;
        return Ok(());
    }
    if open.is_empty() {
        writeln!(out, "没有等待确认的移交")?;
    }
    for one in open {
        told(one, out)?;
    }
    Ok(())
}

pub(super) fn absence(global: &Global, kept: &Absence, out: &mut dyn Write) -> Result<(), Failure> {
    if global.json() {
        writeln!(out, "{}", serde_json::to_string(kept)?)?;
    } else {
        writeln!(out, "{} 至 {}，{}由{}代理", kept.from, kept.to, kept.name, kept.deputy)?;
    }
    Ok(())
}
