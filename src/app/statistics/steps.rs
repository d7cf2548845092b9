//! How long each step of the case procedure took, beside its limit.

use super::{Asked, Part, Statistics, about};
use crate::app::{App, AppError};
use crate::domain::account::{Act, Viewer};
use crate::domain::calendar::CalendarError;
use crate::domain::name::Name;
use crate::domain::policy::Limit;
use crate::domain::statistics::{Spread, spread};
use crate::files::book::{Page, Value};
use crate::files::chart::{Reach, Spans};
use crate::store::obligations::{self, MetGroup};
use std::collections::BTreeMap;

/// One step as it was done in a span.
#[derive(Debug, Default)]
struct Step {
    /// Working days taken, with how often.
    taken: Vec<(u32, u32)>,
    /// Working days the limit gave, with how often.
    given: Vec<(u32, u32)>,
    /// How many were done by their day.
    in_time: u32,
}

pub(super) async fn steps(app: &App, viewer: &Viewer, asked: &Asked) -> Result<Statistics, AppError> {
    let mut tx = app.db.read().await?;
    let met = obligations::met(&mut tx, asked.span, &viewer.scope, asked.unit.as_deref()).await?;
    tx.rollback().await?;
    let steps = gathered(app, &met)?;
    // Whoever sees the cases may see how long one took.
    let least = if viewer.may(Act::SeeCases) {
        1
    } else {
        app.policy.hidden_penalty.min_protected
    };
    let lines: Vec<(&Limit, &Step, Option<Spread>)> = app
        .policy
        .limits()
        .iter()
        .filter_map(|limit| {
            let step = steps.get(&limit.id)?;
            Some((limit, step, spread(step.taken.iter().copied())))
        })
        .collect();
    let title = format!("办案用时{}", about(asked, viewer));
    let mut notes = vec![
        "用时是从起算日到办结日的工作日天数，起算日不算；按办结日归入期间，案件和台账登记的都计入。延长和中止的时间也算在内。"
            .to_owned(),
        "限期一栏是规则的规定；图中的限期按各件实际的到期日折成工作日，取中位数，所以按自然日、月计算的限期也能相比。".to_owned(),
    ];
    if least > 1 {
        notes.push(format!(
            "不足 {least} 件的步骤只列件数（样本不足），以免看出一件案件的情况。"
        ));
    }
    let shown = |spread: &Option<Spread>| spread.filter(|spread| spread.count >= least);
    let chart = Spans {
        name: "steps",
        title: title.clone(),
        unit: "个工作日".to_owned(),
        lines: lines
            .iter()
            .map(|(limit, step, all)| Reach {
                label: limit.name.clone(),
                spread: shown(all).map(|one| (f64::from(one.least), one.median(), f64::from(one.most))),
                limit: shown(all).and_then(|_| given(step)),
                said: said(shown(all), step),
            })
            .collect(),
    };
    let table = Page {
        name: "办案用时".to_owned(),
        title: vec![title.clone()],
        header: [
            ("步骤", 30.0),
            ("限期", 16.0),
            ("依据", 18.0),
            ("件数", 8.0),
            ("中位数（工作日）", 12.0),
            ("最短（工作日）", 12.0),
            ("最长（工作日）", 12.0),
            ("按期件数", 10.0),
            ("按期率（%）", 10.0),
        ]
        .map(|(word, width)| (word.to_owned(), width))
        .to_vec(),
        rows: lines
            .iter()
            .map(|(limit, step, all)| row(limit, step, all.map_or(0, |all| all.count), shown(all)))
            .collect(),
    };
    let empty = lines.is_empty();
    Ok(Statistics {
        parts: if empty {
            Vec::new()
        } else {
            vec![Part {
                title: "各步骤".to_owned(),
                drawing: Some(chart.svg()),
                keys: vec![None; table.rows.len()],
                table,
            }]
        },
        title,
        notes,
        empty: empty.then(|| "这段时间没有办结的步骤：换一个期间，或者放宽单位。".to_owned()),
        sheets: Vec::new(),
    })
}

fn gathered(app: &App, met: &[MetGroup]) -> Result<BTreeMap<Name, Step>, CalendarError> {
    let calendars = app.calendars();
    let mut steps: BTreeMap<Name, Step> = BTreeMap::new();
    for group in met {
        let (calendar, _) = calendars.of(group.calendar_unit.as_deref());
        // A register may tell of days that no calendar reaches, or of a step done before what it followed.
        if group.met_on < group.event_day
            || group.event_day < calendar.first_day()
            || group.due.max(group.met_on) > calendar.last_day()
        {
            continue;
        }
        let days = |to| calendar.count(group.event_day, to).map(|count| count.working_days);
        let step = steps.entry(group.rule).or_default();
        step.taken.push((days(group.met_on)?, group.count));
        if group.due > group.event_day {
            step.given.push((days(group.due)?, group.count));
        }
        if group.met_on <= group.due {
            step.in_time += group.count;
        }
    }
    Ok(steps)
}

/// The limit in working days, as it was given in the middle of the cases.
fn given(step: &Step) -> Option<f64> {
    spread(step.given.iter().copied()).map(Spread::median)
}

fn said(spread: Option<Spread>, step: &Step) -> String {
    match spread {
        None => "样本不足".to_owned(),
        Some(one) => format!(
            "中位 {}，{}—{}；{} 件，按期 {}",
            one.median_zh(),
            one.least,
            one.most,
            one.count,
            step.in_time
        ),
    }
}

fn row(limit: &Limit, step: &Step, count: u32, spread: Option<Spread>) -> Vec<Value> {
    let mut row = vec![
        Value::from(limit.name.clone()),
        Value::from(limit.terms.unit.amount_zh(limit.terms.amount)),
        Value::from(limit.clause.clone()),
        Value::Count(count),
    ];
    match spread {
        None => row.extend([
            Value::from("样本不足"),
            Value::Blank,
            Value::Blank,
            Value::Blank,
            Value::Blank,
        ]),
        Some(one) => row.extend([
            Value::Number(one.median(), 1),
            Value::Count(one.least),
            Value::Count(one.most),
            Value::Count(step.in_time),
            Value::Number(f64::from(step.in_time) * 100.0 / f64::from(one.count), 1),
        ]),
    }
    row
}
