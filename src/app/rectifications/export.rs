//! The ledger given back in the shape it came in: its own title, columns and words, with what stands in them now.

use super::shown::every;
use crate::app::{App, AppError};
use crate::domain::alert::is_of;
use crate::domain::rectification::{Life, SelfRating, Shape};
use crate::files::book::{self, Page, Value};
use crate::files::{is_running_number, plain};
use crate::store::rectifications::{self as store, StoredRectification};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// The workbook with what it holds.
#[derive(Debug, Clone)]
pub struct Exported {
    /// The workbook.
    pub bytes: Vec<u8>,
    /// Items in it.
    pub rows: usize,
}

/// What an export is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportForm {
    /// .xlsx
    Workbook,
    /// .csv
    Text,
}

/// The columns that the ledger which came last had, as field and header.
pub async fn known_columns(app: &App) -> Result<Vec<(String, String)>, AppError> {
    let mut tx = app.db.read().await?;
    let shape = store::shape(&mut tx).await?;
    tx.rollback().await?;
    let columns = shape.into_iter().flat_map(|shape| shape.columns);
    Ok(columns.filter_map(|(header, field)| Some((field?, header))).collect())
}

/// Columns of a ledger that nobody brought a shape for.
const USUAL: [&str; 27] = [
    "编号",
    "来源",
    "问题",
    "问题类型",
    "整改措施",
    "整改目标",
    "责任单位",
    "牵头领导",
    "责任人",
    "联系人",
    "督办单位",
    "整改时限",
    "延期后时限",
    "延期次数",
    "阶段节点",
    "最近进展",
    "最近进展日期",
    "完成比例",
    "佐证材料",
    "状态",
    "申请销号日期",
    "验收人",
    "验收意见",
    "销号日期",
    "是否反弹",
    "回访日期",
    "督办单号",
];

/// What is decided here about an item: given back even where the ledger had no column for it.
const DECIDED: [&str; 6] = [
    "延期后时限",
    "延期次数",
    "申请销号日期",
    "验收人",
    "验收意见",
    "销号日期",
];

/// Writes the ledger, closed items too.
pub async fn export(app: &App, unit: Option<&str>) -> Result<Exported, AppError> {
    let (page, rows) = sheet(app, |item| unit.is_none_or(|unit| is_of(&item.life.facts.unit, unit))).await?;
    let bytes = book::write(&[page]).map_err(|error| AppError::Input(error.to_string()))?;
    Ok(Exported { bytes, rows })
}

/// Writes the items of these numbers, as a workbook or as delimited text.
pub async fn export_of(app: &App, numbers: &BTreeSet<String>, form: ExportForm) -> Result<Exported, AppError> {
    let (page, rows) = sheet(app, |item| numbers.contains(&item.number)).await?;
    let bytes = match form {
        ExportForm::Workbook => book::write(&[page]).map_err(|error| AppError::Input(error.to_string()))?,
        ExportForm::Text => {
            let header: Vec<&str> = page.header.iter().map(|(words, _)| words.as_str()).collect();
            let rows: Vec<Vec<String>> = page.rows.iter().map(|row| row.iter().map(words).collect()).collect();
            let mut bytes = Vec::new();
            plain::write(&mut bytes, &header, &rows).map_err(|error| AppError::Environment(error.to_string()))?;
            bytes
        }
    };
    Ok(Exported { bytes, rows })
}

/// A cell as text.
fn words(value: &Value) -> String {
    match value {
        Value::Blank => String::new(),
        Value::Text(text) => text.clone(),
        Value::Count(count) => count.to_string(),
        Value::Number(number, places) => format!("{number:.*}", usize::from(*places)),
    }
}

/// The ledger as a sheet, as far as it is wanted, and its number of items.
async fn sheet(app: &App, wanted: impl Fn(&StoredRectification) -> bool) -> Result<(Page, usize), AppError> {
    let mut tx = app.db.read().await?;
    let shape = store::shape(&mut tx).await?;
    tx.rollback().await?;
    let mut shape = shape.unwrap_or_else(|| Shape {
        title: format!("{}整改台账", app.site_name),
        columns: std::iter::once(("序号".to_owned(), None))
            .chain(USUAL.map(|name| (name.to_owned(), Some(name.to_owned()))))
            .chain([("灯色".to_owned(), Some("灯色".to_owned()))])
            .collect(),
    });
    let mut items = every(app).await?;
    items.retain(wanted);
    // In the order in which they came; those of one ledger by their numbers.
    items.sort_by(|a, b| (a.first, &a.number).cmp(&(b.first, &b.number)));
    for name in DECIDED {
        let has = |item: &StoredRectification| {
            item.life.handled_here && !matches!(known(app, item, &item.life, name, name), Value::Blank)
        };
        let missing = shape.columns.iter().all(|(_, field)| field.as_deref() != Some(name));
        if missing && items.iter().any(has) {
            shape.columns.push((name.to_owned(), Some(name.to_owned())));
        }
    }
    let rows = items
        .iter()
        .enumerate()
        .map(|(at, item)| {
            shape
                .columns
                .iter()
                .map(|(header, field)| cell(app, item, at, header, field.as_deref()))
                .collect()
        })
        .collect();
    let page = Page {
        name: "整改台账".to_owned(),
        title: Some(shape.title.clone())
            .filter(|title| !title.is_empty())
            .into_iter()
            .collect(),
        header: shape
            .columns
            .iter()
            .map(|(header, field)| (header.clone(), width(field.as_deref())))
            .collect(),
        rows,
    };
    Ok((page, items.len()))
}

fn width(field: Option<&str>) -> f64 {
    match field {
        Some("问题" | "整改措施" | "整改目标" | "最近进展") => 36.0,
        Some("责任单位" | "督办单位" | "阶段节点" | "佐证材料" | "验收意见") => 24.0,
        Some("延期次数" | "完成比例" | "是否反弹" | "灯色") => 9.0,
        Some(_) => 14.0,
        None => 10.0,
    }
}

fn cell(app: &App, item: &StoredRectification, at: usize, header: &str, field: Option<&str>) -> Value {
    let life = &item.life;
    let Some(field) = field else {
        if is_running_number(header) {
            return Value::Count(at as u32 + 1);
        }
        return text(life.facts.extra.get(header));
    };
    known(app, item, life, header, field)
}

fn known(app: &App, item: &StoredRectification, life: &Life, header: &str, field: &str) -> Value {
    let facts = &life.facts;
    let closing = life.closings.last();
    let checked = closing.and_then(|one| one.checked.as_ref());
    match field {
        // A ledger that has both names the paper in a column of its own.
        "编号" if header == "督办单号" && facts.paper_no.is_some() => text(facts.paper_no.as_ref()),
        "编号" => item.number.clone().into(),
        "督办单号" => text(facts.paper_no.as_ref()),
        "问题" => within_a_cell(&facts.problem).into(),
        "问题类型" => text(facts.sort.as_ref()),
        "来源" => text(facts.source.as_ref().map(|source| &source.text)),
        "整改措施" => text(facts.measures.as_ref()),
        "整改目标" => text(facts.goal.as_ref()),
        "责任单位" => facts.unit.clone().into(),
        "牵头领导" => text(facts.lead.as_ref()),
        "责任人" => text(facts.person.as_ref()),
        "联系人" => text(facts.contact.as_ref()),
        "督办单位" => text(facts.supervisor.as_ref()),
        "交办日期" => day(life.issued_on),
        "签收日期" => day(life.received.as_ref().map(|received| received.on)),
        "整改时限" => match life.first_due {
            Some(due) => day(Some(due)),
            None => "长期坚持".into(),
        },
        "延期后时限" => day(life.due_on.filter(|due| Some(*due) != life.first_due)),
        "延期次数" => match life.extension_count() {
            0 => Value::Blank,
            count => Value::Count(count),
        },
        "阶段节点" => {
            let stages: Vec<String> = life
                .stages
                .iter()
                .map(|stage| {
                    let done = if stage.done_on.is_some() { " 已完成" } else { "" };
                    format!("{} {}{done}", stage.name, stage.due_on)
                })
                .collect();
            stages.join("；").into()
        }
        "状态" => match (life.rating, facts.extra.get("状态")) {
            (None, Some(own)) => own.clone().into(),
            (rating, _) => rating.unwrap_or(SelfRating::Ongoing).zh().into(),
        },
        "完成比例" => Value::Text(format!("{}%", life.percent)),
        "最近进展" => text(life.report.as_ref().map(|report| &report.text)),
        "最近进展日期" => day(life.report.as_ref().map(|report| report.on)),
        "佐证材料" => {
            let names: Vec<&str> = life.evidence.iter().map(|one| one.name.as_str()).collect();
            within_a_cell(&names.join("；")).into()
        }
        "申请销号日期" => day(closing.map(|one| one.asked_on)),
        "验收人" => text(checked.map(|checked| &checked.by)),
        "验收意见" => text(checked.map(|checked| &checked.said)),
        "销号日期" => day(life.closed_on),
        "是否反弹" => match (life.relapsed_before || !life.relapses.is_empty(), life.is_closed()) {
            (true, _) => "是".into(),
            (false, true) => "否".into(),
            (false, false) => Value::Blank,
        },
        "回访日期" => day(life.visits.last().map(|visit| visit.on)),
        "灯色" => text(
            life.level
                .and_then(|id| app.policy.ladder.level(id))
                .map(|level| &level.colour),
        ),
        _ => Value::Blank,
    }
}

/// Spreadsheets hold so many characters in a cell.
fn within_a_cell(text: &str) -> String {
    const MOST: usize = 30_000;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain("……（未完）".chars()).collect()
}

fn text(text: Option<&String>) -> Value {
    text.filter(|text| !text.is_empty())
        .map_or(Value::Blank, |text| Value::Text(within_a_cell(text)))
}

fn day(day: Option<NaiveDate>) -> Value {
    day.map_or(Value::Blank, |day| Value::Text(day.to_string()))
}
