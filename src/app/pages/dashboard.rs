//! 工作台: the working day at one glance.

use super::obligations::{filter, row};
use super::{days, findings, number};
use crate::app::view::{DashboardCounts, DashboardView, NextHoliday};
use crate::app::{App, AppError};
use crate::domain::account::{Act, Scope, Viewer};
use crate::domain::calendar::DayKind;
use crate::store::obligations::{self, Show};
use crate::store::{Tx, findings as found, mails};
use chrono::{Datelike, NaiveDate};

/// Obligations on the first page; the lists have the rest.
const OBLIGATIONS: i64 = 20;
/// Findings on the first page.
const FINDINGS: i64 = 10;

/// The first page. Every number comes from the query that counts the list it leads to. Findings say what became of
/// somebody, so whoever may not see them gets their number alone.
pub async fn dashboard(app: &App, viewer: &Viewer) -> Result<DashboardView, AppError> {
    let today = app.now().day();
    let scope = &viewer.scope;
    let has_desk = viewer.may(Act::SeeDesk);
    let mut tx = app.db.read().await?;
    let mut pressing = Vec::new();
    let mut open = Vec::new();
    let mut counted = DashboardCounts::default();
    if has_desk {
        counted = counts(&mut tx, today, scope).await?;
        pressing = obligations::page(&mut tx, &filter(Show::Pressing, today, scope), OBLIGATIONS, 0).await?;
    }
    if has_desk && viewer.may(Act::SeeFindings) {
        open = found::page(&mut tx, Some(findings::OPEN), scope, FINDINGS, 0).await?;
    }
    let findings = findings::rows(app, &mut tx, &open, today).await?;
    let tentative = has_desk && obligations::tentative(&mut tx, scope).await? > 0;
    tx.rollback().await?;
    let next_holiday = next_holiday(app, today);
    let holiday_unknown = next_holiday.as_ref().is_none_or(|next| next.days.is_none());
    Ok(DashboardView {
        today: days::day(app, today),
        week_workdays: week_workdays(app, today),
        missing_year: missing_year(app, today).filter(|_| tentative || holiday_unknown),
        next_holiday,
        counts: counted,
        obligations: pressing.iter().map(|o| row(app, o, today)).collect(),
        findings,
    })
}

async fn counts(tx: &mut Tx, today: NaiveDate, scope: &Scope) -> Result<DashboardCounts, AppError> {
    Ok(DashboardCounts {
        overdue: number(obligations::count(tx, &filter(Show::Overdue, today, scope)).await?),
        today: number(obligations::count(tx, &filter(Show::Today, today, scope)).await?),
        week: number(obligations::count(tx, &filter(Show::Week, today, scope)).await?),
        findings: number(found::count(tx, Some(findings::OPEN), scope).await?),
        unsent: number(mails::count(tx, mails::Show::Unsent, scope).await?),
    })
}

fn week_workdays(app: &App, today: NaiveDate) -> u32 {
    let (monday, sunday) = days::week(today);
    let week = monday.iter_days().take_while(|date| *date <= sunday);
    u32::try_from(week.filter(|date| !days::day(app, *date).kind.is_rest()).count()).unwrap_or(0)
}

/// The first year from this one on that no notice arranges yet.
fn missing_year(app: &App, today: NaiveDate) -> Option<i32> {
    (today.year()..=app.calendars().national().last_day().year())
        .find(|year| !app.calendars().national().is_published(*year))
}

/// The next holiday; how long it is only where a notice says so.
fn next_holiday(app: &App, today: NaiveDate) -> Option<NextHoliday> {
    let (first, name) = app.calendars().national().next_holiday(today)?;
    let is_same = |date: &NaiveDate| {
        let facts = app.calendars().national().facts(*date);
        facts.is_ok_and(|facts| facts.kind == DayKind::Holiday { name: name.clone() })
    };
    let days = first.iter_days().take_while(is_same).count();
    Some(NextHoliday {
        from: days::day(app, first),
        days: u32::try_from(days).ok().filter(|days| *days > 0),
        name,
    })
}
