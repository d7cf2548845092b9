//! 统计: what was done in time, how long steps took, what was found, and the hidden penalty; each as drawings with their
//! tables, and as a workbook. Every question names its viewer: their scope narrows the statements, and whoever may not see
//! the matters themselves is told of no group so small that it would tell of one of them.

mod findings;
mod steps;

use super::rectifications::{Reported, report_seen};
use super::report::{HiddenPenalty, hidden_penalty_seen};
use super::{App, AppError};
use crate::domain::account::{Act, Viewer};
use crate::domain::rectification::{Done, UnitFigures};
use crate::domain::span::Span;
use crate::files::book::{self, Page};
use crate::files::chart;
use chrono::Datelike;

/// Which summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// 整改完成
    Rectifications,
    /// 办案用时
    Steps,
    /// 疑似问题
    Findings,
    /// 隐性影响比对
    Hidden,
}

impl Report {
    /// Every one, in the order of the page.
    pub const ALL: &'static [Self] = &[Self::Rectifications, Self::Steps, Self::Findings, Self::Hidden];

    /// The word of an address.
    pub fn key(self) -> &'static str {
        match self {
            Self::Rectifications => "rectifications",
            Self::Steps => "steps",
            Self::Findings => "findings",
            Self::Hidden => "hidden",
        }
    }

    /// The word on the page.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rectifications => "整改完成",
            Self::Steps => "办案用时",
            Self::Findings => "疑似问题",
            Self::Hidden => "隐性影响比对",
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which summary.
    pub report: Report,
    /// The days looked at.
    pub span: Span,
    /// Only this unit and those below it.
    pub unit: Option<String>,
}

/// One drawing with its table.
#[derive(Debug, Clone)]
pub struct Part {
    /// What it shows.
    pub title: String,
    /// The drawing, as SVG.
    pub drawing: Option<String>,
    /// The table under it.
    pub table: Page,
    /// What each row is about, for whoever asks on: a unit, a kind of outcome, a month; none for sums.
    pub keys: Vec<Option<String>>,
}

/// A summary.
#[derive(Debug, Clone)]
pub struct Statistics {
    /// The title.
    pub title: String,
    /// Drawings and tables.
    pub parts: Vec<Part>,
    /// How to read it.
    pub notes: Vec<String>,
    /// Why there is nothing to show.
    pub empty: Option<String>,
    /// Sheets of the workbook beyond the tables.
    sheets: Vec<Page>,
}

impl Statistics {
    /// The workbook: the tables, what is behind them, and how to read it.
    pub fn workbook(&self) -> Result<Vec<u8>, AppError> {
        let mut pages: Vec<Page> = self.parts.iter().map(|part| part.table.clone()).collect();
        pages.extend(self.sheets.iter().cloned());
        let notes = self.empty.iter().chain(&self.notes);
        pages.push(Page {
            name: "说明".to_owned(),
            title: vec![self.title.clone()],
            header: vec![("说明".to_owned(), 110.0)],
            rows: notes.map(|note| vec![book::Value::from(note.clone())]).collect(),
        });
        book::write(&pages).map_err(|error| AppError::Environment(error.to_string()))
    }
}

/// A summary of what somebody sees.
pub async fn statistics(app: &App, viewer: &Viewer, asked: &Asked) -> Result<Statistics, AppError> {
    match asked.report {
        Report::Rectifications => Ok(rectifications(&reported(app, viewer, asked).await?)),
        Report::Steps => steps::steps(app, viewer, asked).await,
        Report::Findings => findings::findings(app, viewer, asked).await,
        Report::Hidden => {
            let (from, to) = (asked.span.from.year(), asked.span.to.year());
            let report = hidden_penalty_seen(app, &viewer.scope, from, to, asked.unit.as_deref()).await?;
            Ok(hidden(&report))
        }
    }
}

/// The summary of rectifications with the numbers of the items that came out so, of a unit where one is named.
pub async fn itemised(
    app: &App,
    viewer: &Viewer,
    asked: &Asked,
    (how, unit): (Done, Option<&str>),
) -> Result<(Statistics, Vec<String>), AppError> {
    let report = reported(app, viewer, asked).await?;
    let figures = match unit {
        None => Some(&report.figures.total),
        Some(unit) => report.figures.units.get(unit),
    };
    let numbers = figures.map(|figures| figures.done(how)).unwrap_or_default();
    let numbers = numbers.into_iter().map(str::to_owned).collect();
    Ok((rectifications(&report), numbers))
}

async fn reported(app: &App, viewer: &Viewer, asked: &Asked) -> Result<Reported, AppError> {
    if !viewer.may(Act::SeeRectifications) {
        return Err(AppError::Input("整改事项不归这个角色查看".to_owned()));
    }
    report_seen(app, &viewer.scope, asked.span, asked.unit.as_deref()).await
}

/// Words of a title: the span and whose numbers these are.
fn about(asked: &Asked, viewer: &Viewer) -> String {
    let unit = asked.unit.as_deref().or(viewer.scope.unit()).unwrap_or("全部单位");
    format!("（{}，{unit}）", asked.span.zh())
}

fn rectifications(report: &Reported) -> Statistics {
    let label = |unit: &str| unit.rsplit('/').next().unwrap_or(unit).to_owned();
    let units = report.done_by_unit();
    let whole = |(unit, figures): &(&str, &'_ UnitFigures)| ((*unit).to_owned(), (*figures).clone());
    let named: Vec<(String, UnitFigures)> = units.iter().map(whole).collect();
    let last = named.len().saturating_sub(1);
    let months = || report.months.iter().map(|(month, figures)| (month.zh(), figures));
    let mut parts = vec![Part {
        title: "各单位".to_owned(),
        drawing: Some(
            report
                .done_chart(
                    ("units", "应整改事项的完成情况，按责任单位"),
                    named.iter().map(|(unit, figures)| (label(unit), figures)),
                )
                .svg(),
        ),
        table: report.done_table(
            "各单位",
            "责任单位",
            named.iter().map(|(unit, figures)| (unit.clone(), figures)),
        ),
        keys: (0..named.len())
            .map(|at| (at != last).then(|| named[at].0.clone()))
            .collect(),
    }];
    if report.months.len() > 1 {
        parts.push(Part {
            title: "各月".to_owned(),
            drawing: Some(
                report
                    .done_chart(("months", "应整改事项的完成情况，按整改时限所在的月"), months())
                    .svg(),
            ),
            table: report.done_table("各月", "整改时限所在的月", months()),
            keys: report.months.iter().map(|(month, _)| Some(month.key())).collect(),
        });
    }
    let mut notes = report.notes();
    notes.push(format!(
        "按期完成、逾期完成、未完成合起来是应整改；各月的完成情况也都算到 {}。",
        report.until
    ));
    Statistics {
        title: report.title(),
        empty: units
            .is_empty()
            .then(|| "这段时间没有到期的整改事项：换一个期间，或者还没有导入整改台账。".to_owned()),
        parts: if units.is_empty() { Vec::new() } else { parts },
        notes,
        sheets: report.pages(),
    }
}

fn hidden(report: &HiddenPenalty) -> Statistics {
    let mut pages = report.pages();
    // The notes stand on a sheet of their own in every workbook.
    pages.retain(|page| page.name != "说明");
    let empty = report.measures.is_empty();
    let drawing = || chart::svg(&report.chart());
    let part = |(at, table): (usize, Page)| Part {
        title: table.name.clone(),
        drawing: (at == 0).then(drawing),
        keys: vec![None; table.rows.len()],
        table,
    };
    Statistics {
        title: report.title(),
        parts: if empty {
            Vec::new()
        } else {
            pages.into_iter().enumerate().map(part).collect()
        },
        notes: report.notes(),
        empty: empty.then(|| {
            "没有可比的名单：已定的人事结果导入（rongcuo import outcomes 文件）后才计入，一份名单须写明单位和年度。"
                .to_owned()
        }),
        sheets: Vec::new(),
    }
}
