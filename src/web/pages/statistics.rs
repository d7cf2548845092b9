//! 统计: drawings with their tables, and workbooks to take away.

use super::rectifications::attachment;
use super::{Choice, choices};
use crate::app::statistics::{self, Asked, Part, Report, Statistics};
use crate::domain::account::Act;
use crate::domain::ids::RectificationId;
use crate::domain::rectification::Done;
use crate::domain::span::Span;
use crate::web::address::address;
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, Nav, html};
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use chrono::{Datelike as _, NaiveDate};

const PATH: &str = "/statistics";
/// Years that a filter offers, this one among them.
const YEARS: i32 = 5;
/// Numbers of items that a page lists.
const LISTED: usize = 500;
/// Column of the first of the three ends of an item, in the tables of rectifications.
const FIRST_END: usize = 2;

#[derive(Template)]
#[template(path = "pages/statistics.html")]
struct Page<'a> {
    chrome: Chrome<'a>,
    asked: Asked,
    period: String,
    choices: Vec<Choice>,
    periods: Vec<Span>,
    taken: String,
    view: Statistics,
    items: Option<Items>,
    sees_findings: bool,
}

/// The items behind a number.
struct Items {
    title: String,
    numbers: Vec<(String, RectificationId)>,
    more: usize,
}

impl Page<'_> {
    /// Where a cell leads: the items behind a number, or the list of what a row is about.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates lend what they pass")]
    fn lead(&self, part: &Part, row: &usize, column: &usize) -> Option<String> {
        let key = part.keys.get(*row)?.as_deref();
        let period = self.period.as_str();
        let unit = self.asked.unit.as_deref().unwrap_or_default();
        match (self.asked.report, part.table.name.as_str()) {
            (Report::Rectifications, "各月") if *column == 0 => {
                Some(address(PATH, &[("period", key?), ("unit", unit)]))
            }
            (Report::Rectifications, table) => {
                let of_month = table == "各月";
                if *column == 0 {
                    return Some(address("/rectifications", &[("show", "all"), ("unit", fits(key?)?)]));
                }
                let how = Done::ALL.get(column.checked_sub(FIRST_END)?)?;
                let period = if of_month { key? } else { period };
                let of = if of_month { "" } else { key.unwrap_or_default() };
                let link = address(
                    PATH,
                    &[
                        ("period", period),
                        ("unit", unit),
                        ("ended", how.as_str()),
                        ("of", fits(of)?),
                    ],
                );
                Some(format!("{link}#items"))
            }
            (Report::Findings, table) if *column == 0 && self.sees_findings => {
                let name = if table == "各类别" { "domain" } else { "unit" };
                Some(address("/findings", &[("state", "all"), (name, fits(key?)?)]))
            }
            _ => None,
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates lend what they pass")]
    fn is_period(&self, span: &Span) -> bool {
        *span == self.asked.span
    }
}

/// What an address can carry.
fn fits(text: &str) -> Option<&str> {
    (text.chars().count() <= 64).then_some(text)
}

/// The spans a filter offers: the year that is looked at with its parts, and the years before today.
fn periods(span: Span, today: NaiveDate) -> Vec<Span> {
    let year = span.from.year();
    let years = (0..YEARS).filter_map(|back| Span::of_months(today.year() - back, 1, 12));
    let quarters = (0..4).filter_map(|at| Span::of_months(year, at * 3 + 1, 3));
    let months = (1..=12).filter_map(|month| Span::of_months(year, month, 1));
    let mut all: Vec<Span> = years.chain(quarters).chain(months).collect();
    all.retain(|one| one.from <= today || *one == span);
    if !all.contains(&span) {
        all.insert(0, span);
    }
    all
}

fn asked(report: Report, params: &Params, today: NaiveDate) -> Result<Asked, PageError> {
    let span = match params.text("period") {
        None => Span::of_months(today.year(), 1, 12),
        Some(text) => Span::read(text),
    };
    Ok(Asked {
        report,
        span: span.ok_or_else(|| PageError::bad_query("期间「period」", "2026、2026Q3 或 2026-07"))?,
        unit: params.text("unit").map(str::to_owned),
    })
}

fn report(segment: Segment) -> Result<Report, PageError> {
    let key = segment.id("统计")?;
    let found = Report::ALL.iter().copied().find(|report| report.key() == key);
    found.ok_or(PageError::NotFound { what: "统计" })
}

/// Where a summary stands.
fn place(report: Report) -> String {
    if report == Report::Rectifications {
        PATH.to_owned()
    } else {
        format!("{PATH}/{}", report.key())
    }
}

/// The first of the summaries: how rectifications came out.
pub async fn first<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["period", "unit", "ended", "of"])?;
    let today = site.app().now().day();
    let asked = asked(Report::Rectifications, &params, today)?;
    let done = params.text("ended").map(|key| {
        Done::ALL.into_iter().find(|how| how.as_str() == key).ok_or_else(|| {
            let keys: Vec<_> = Done::ALL.iter().map(|how| how.as_str()).collect();
            PageError::bad_query("完成情况「ended」", keys.join("、"))
        })
    });
    let Some(how) = done.transpose()? else {
        return show_of(&site, asked).await;
    };
    let of = params.text("of");
    let (view, numbers) = statistics::itemised(site.app(), &site.viewer(), &asked, (how, of)).await?;
    let items = items(&asked, how, of, numbers);
    page(&site, asked, view, Some(items)).await
}

fn items(asked: &Asked, how: Done, of: Option<&str>, mut numbers: Vec<String>) -> Items {
    let more = numbers.len().saturating_sub(LISTED);
    let title = format!(
        "{}：{}{} {} 项",
        of.unwrap_or("合计"),
        asked.span.zh(),
        how.zh(),
        numbers.len()
    );
    numbers.truncate(LISTED);
    Items {
        title,
        numbers: numbers
            .into_iter()
            .map(|number| (number.clone(), RectificationId::of(&number)))
            .collect(),
        more,
    }
}

pub async fn show<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    let report = report(segment)?;
    let params = params.only(&["period", "unit"])?;
    let asked = asked(report, &params, site.app().now().day())?;
    show_of(&site, asked).await
}

async fn show_of<S: PageSource>(site: &Desk<S>, asked: Asked) -> Result<Response, PageError> {
    let view = statistics::statistics(site.app(), &site.viewer(), &asked).await?;
    page(site, asked, view, None).await
}

async fn page<S: PageSource>(
    site: &Desk<S>,
    asked: Asked,
    view: Statistics,
    items: Option<Items>,
) -> Result<Response, PageError> {
    let period = asked.span.key();
    let unit = asked.unit.clone().unwrap_or_default();
    let kept = [("period", period.as_str()), ("unit", unit.as_str())];
    let mut tabs = choices(PATH, "", Report::ALL, asked.report, |one| ("", one.word()), &[]);
    for (tab, report) in tabs.iter_mut().zip(Report::ALL) {
        tab.href = address(&place(*report), &kept);
    }
    let taken = address(&format!("{PATH}/{}/xlsx", asked.report.key()), &kept);
    html(&Page {
        chrome: site
            .chrome(Some(Nav::Statistics), format!("统计：{}", asked.report.word()))
            .await,
        periods: periods(asked.span, site.app().now().day()),
        choices: tabs,
        taken,
        sees_findings: site.may(Act::SeeFindings),
        period,
        asked,
        view,
        items,
    })
}

/// The tables of a summary, and what is behind them, as a workbook.
pub async fn workbook<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    let report = report(segment)?;
    let params = params.only(&["period", "unit"])?;
    let asked = asked(report, &params, site.app().now().day())?;
    let view = statistics::statistics(site.app(), &site.viewer(), &asked).await?;
    let name = format!("统计-{}-{}.xlsx", asked.report.word(), asked.span.key());
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned(),
        ),
        (header::CONTENT_DISPOSITION, attachment(&name)),
    ];
    Ok((headers, view.workbook()?).into_response())
}
