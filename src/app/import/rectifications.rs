//! `import rectifications`: the ledger, again and again. A due day never moves silently, nothing is ever deleted, and
//! what it would change can be looked at before.

use super::days::Days;
use super::{Effect, Source, Summary, close_run, open_run};
use crate::app::rectifications::{From, keep};
use crate::app::{App, AppError, backlog};
use crate::domain::account::Scope;
use crate::domain::alert::folded;
use crate::domain::ids::{RectificationId, RunId};
use crate::domain::protection::list::{Located, RowFault};
use crate::domain::rectification::{Change, Differences, Happened, Life, RectificationRecord, Shape, differences};
use crate::domain::time::Moment;
use crate::files::is_running_number;
use crate::store::journal::ACTOR_LOCAL;
use crate::store::rectifications::{self as store, StoredRectification};
use crate::store::{Tx, contacts};
use serde::Serialize;
use std::collections::{BTreeSet, HashSet};

const KIND: &str = "rectifications";

/// A ledger as it was read.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Its rows.
    pub rows: Vec<Located<RectificationRecord>>,
    /// Its columns, to give it back in.
    pub shape: Option<Shape>,
    /// Records read.
    pub rows_read: u32,
    /// What could not be read.
    pub faults: Vec<RowFault>,
}

/// What a row changes.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Changed {
    /// 编号
    pub number: String,
    /// It was not known before.
    pub is_new: bool,
    /// Column, before, after.
    pub changes: Vec<Change>,
}

/// What a ledger did, or would do.
#[derive(Debug, Clone, Serialize)]
pub struct Compared {
    /// The counts.
    #[serde(flatten)]
    pub summary: Summary,
    /// What changes, item by item.
    pub items: Vec<Changed>,
    /// Numbers that this ledger does not have and that are not closed; nothing happens to them.
    pub not_listed: Vec<String>,
    /// Units that have no contact: nobody there can be told.
    pub unknown_units: Vec<String>,
    /// Columns that no word list knows; they are kept and given back as they are.
    pub unknown_columns: Vec<String>,
    /// Nothing was written.
    pub dry_run: bool,
}

/// Numbers named of those that a ledger leaves out.
const NOT_LISTED: usize = 100;

/// Takes a ledger in.
pub async fn rectifications(
    app: &App,
    source: &Source,
    rows: Vec<Located<RectificationRecord>>,
    rows_read: u32,
    faults: Vec<RowFault>,
) -> Result<Summary, AppError> {
    let ledger = Ledger {
        rows,
        shape: None,
        rows_read,
        faults,
    };
    Ok(self::ledger(app, source, ledger, false).await?.summary)
}

/// Takes a ledger in, or tells what taking it in would change.
pub async fn ledger(app: &App, source: &Source, ledger: Ledger, dry_run: bool) -> Result<Compared, AppError> {
    let now = app.now();
    let mut summary = Summary::new(source, ledger.rows_read, ledger.faults);
    let mut tx = app.db.begin().await?;
    let run = open_run(&mut tx, KIND, source, ledger.rows_read, summary.unreadable.len(), now).await?;
    let mut changed = Vec::new();
    let units: BTreeSet<String> = ledger.rows.iter().map(|row| row.value.facts.unit.clone()).collect();
    let listed: Vec<String> = ledger.rows.iter().map(|row| row.value.number.clone()).collect();
    let days = Days::of(app)?;
    for mut row in ledger.rows {
        if !within(days, &mut row, &mut summary.unreadable) {
            continue;
        }
        let (effect, differences) = take(app, &mut tx, &row.value, &run, now).await?;
        for (column, reason) in differences.refused {
            let fault = RowFault::of_column(row.sheet.as_deref(), row.row, column, reason);
            summary.unreadable.push(fault);
        }
        if effect != Effect::Unchanged {
            changed.push(Changed {
                number: row.value.number,
                is_new: effect == Effect::Added,
                changes: differences.changes,
            });
        }
        summary.count(effect);
    }
    let not_listed = not_listed(&mut tx, &listed).await?;
    let known: HashSet<String> = contacts::all(&mut tx).await?.iter().map(|c| folded(&c.unit)).collect();
    let mut unknown_units: Vec<String> = units
        .into_iter()
        .filter(|unit| !known.contains(&folded(unit)))
        .collect();
    if known.is_empty() {
        unknown_units.clear();
    }
    let unknown_columns = ledger.shape.iter().flat_map(|shape| &shape.columns);
    let unknown_columns: Vec<String> = unknown_columns
        .filter(|(header, field)| field.is_none() && !header.is_empty() && !is_running_number(header))
        .map(|(header, _)| header.clone())
        .collect();
    if dry_run {
        tx.rollback().await?;
    } else {
        if let Some(shape) = &ledger.shape {
            store::put_shape(&mut tx, shape, now).await?;
        }
        backlog::summarise(app, &mut tx, &run, now).await?;
        close_run(&mut tx, KIND, &run, &summary, now).await?;
        tx.commit().await?;
    }
    Ok(Compared {
        summary,
        items: changed,
        not_listed,
        unknown_units,
        unknown_columns,
        dry_run,
    })
}

/// Takes the days that no calendar reckons with out of a row; `false` where it cannot be taken in without one.
fn within(days: Days, row: &mut Located<RectificationRecord>, faults: &mut Vec<RowFault>) -> bool {
    let Located {
        sheet,
        row: number,
        value,
    } = row;
    let RectificationRecord { progress, listed, .. } = value;
    let mut fault = |column: &str, reason: String| {
        faults.push(RowFault::of_column(sheet.as_deref(), *number, column, reason));
    };
    for (column, day) in [("整改时限", listed.due_on), ("延期后时限", listed.extended_to)] {
        if let Some(why) = day.and_then(|day| days.beyond(day)) {
            fault(
                column,
                format!("{why}；这一行没有采用。时限很远的请写下一次核查的日期；长期坚持的，时限写「长期坚持」"),
            );
            return false;
        }
    }
    for (column, day) in [
        ("最近进展日期", &mut progress.on),
        ("交办日期", &mut listed.issued_on),
        ("签收日期", &mut listed.received_on),
        ("申请销号日期", &mut listed.asked_on),
        ("销号日期", &mut listed.closed_on),
        ("回访日期", &mut listed.visited_on),
    ] {
        if let Some(why) = days.take_out(day) {
            fault(column, why);
        }
    }
    listed.stages.retain(|stage| {
        let why = days.beyond(stage.due_on);
        if let Some(why) = &why {
            fault("阶段节点", format!("{why}；阶段「{}」没有采用", stage.name));
        }
        why.is_none()
    });
    true
}

async fn take(
    app: &App,
    tx: &mut Tx,
    row: &RectificationRecord,
    run: &RunId,
    now: Moment,
) -> Result<(Effect, Differences), AppError> {
    let known = store::by_number(tx, &row.number).await?;
    let is_new = known.is_none();
    let mut item = known.unwrap_or_else(|| StoredRectification {
        id: RectificationId::of(&row.number),
        number: row.number.clone(),
        life: Life::default(),
        version: 0,
        first: now,
    });
    let found = differences(&item.life, row, now.day());
    if found.acts.is_empty() {
        return Ok((Effect::Unchanged, found));
    }
    let happened: Vec<Happened> = found
        .acts
        .iter()
        .map(|suggested| Happened {
            act: suggested.act.clone(),
            on: suggested.on,
            by: suggested.by.clone(),
            role: None,
        })
        .collect();
    let from = From { run: Some(run), is_new };
    keep(app, tx, &mut item, happened, ACTOR_LOCAL, &from, now).await?;
    let effect = if is_new { Effect::Added } else { Effect::Changed };
    Ok((effect, found))
}

/// Items that are still open and that a ledger leaves out.
async fn not_listed(tx: &mut Tx, listed: &[String]) -> Result<Vec<String>, AppError> {
    let listed: std::collections::HashSet<&str> = listed.iter().map(String::as_str).collect();
    let mut out = Vec::new();
    let mut last = String::new();
    loop {
        let batch = store::after(tx, &Scope::WHOLE, &last).await?;
        let Some(end) = batch.last() else {
            return Ok(out);
        };
        last.clone_from(&end.number);
        for item in &batch {
            if !item.life.is_closed() && !listed.contains(item.number.as_str()) && out.len() < NOT_LISTED {
                out.push(item.number.clone());
            }
        }
    }
}
