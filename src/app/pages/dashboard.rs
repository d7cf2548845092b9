//! 工作台: the working day at one glance.

use super::obligations::{across, filter, row};
use super::{days, findings, ledger, number};
use crate::app::view::{DashboardCounts, DashboardView, LedgerFilter, LedgerShow, Mine, MineRow, NextHoliday};
use crate::app::{App, AppError};
use crate::domain::account::{Act, Role, Scope, Viewer};
use crate::domain::calendar::DayKind;
use crate::store::obligations::{self, Show};
use crate::store::{Tx, casebook, findings as found, mails, rectifications};
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
    }
    if has_desk && viewer.may(Act::SeeObligations) {
        pressing = obligations::page(&mut tx, &filter(Show::Pressing, today, scope), OBLIGATIONS, 0).await?;
    }
    if has_desk && viewer.may(Act::SeeFindings) {
        open = found::page(&mut tx, Some(findings::OPEN), scope, FINDINGS, 0).await?;
    }
    let findings = findings::rows(app, &mut tx, &open, today).await?;
    let tentative = has_desk && obligations::tentative(&mut tx, scope).await? > 0;
    let next_holiday = next_holiday(app, &mut tx, viewer, today).await?;
    let mine = if has_desk {
        mine(app, &mut tx, viewer, today).await?
    } else {
        Vec::new()
    };
    tx.rollback().await?;
    let holiday_unknown = next_holiday.as_ref().is_none_or(|next| next.days.is_none());
    Ok(DashboardView {
        today: days::day(app, today),
        week_workdays: week_workdays(app, today),
        missing_year: missing_year(app, today).filter(|_| tentative || holiday_unknown),
        next_holiday,
        counts: counted,
        mine,
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
async fn next_holiday(
    app: &App,
    tx: &mut Tx,
    viewer: &Viewer,
    today: NaiveDate,
) -> Result<Option<NextHoliday>, AppError> {
    let Some(ahead) = days::next_holiday(app, today) else {
        return Ok(None);
    };
    let is_same = |date: &NaiveDate| {
        let facts = app.calendars().national().facts(*date);
        let same = DayKind::Holiday {
            name: ahead.name.clone(),
        };
        facts.is_ok_and(|facts| facts.kind == same)
    };
    let days = ahead.first.iter_days().take_while(is_same).count();
    let across = if viewer.may(Act::SeeDesk) {
        Some(number(obligations::count(tx, &across(&ahead, &viewer.scope)).await?))
    } else {
        None
    };
    Ok(Some(NextHoliday {
        from: days::day(app, ahead.first),
        days: u32::try_from(days).ok().filter(|days| *days > 0),
        resumes: Some(days::day(app, ahead.resumes)),
        worked: ahead.worked.iter().map(|date| days::day(app, *date)).collect(),
        name: ahead.name,
        across,
    }))
}

/// What waits for somebody; each number comes from the query that counts the list it leads to.
async fn mine(app: &App, tx: &mut Tx, viewer: &Viewer, today: NaiveDate) -> Result<Vec<MineRow>, AppError> {
    let mut rows = Vec::new();
    let mut put = |what, count: i64| {
        rows.push(MineRow {
            what,
            count: number(count),
        });
    };
    if viewer.may(Act::HandleAlerts) {
        put(
            Mine::Acknowledge,
            obligations::count_unanswered(tx, &viewer.scope).await?,
        );
    }
    if viewer.may(Act::AnswerFindings) || viewer.may(Act::ConfirmFindings) {
        let signature = viewer.signature();
        let narrow = findings::waiting_for(viewer, &signature);
        put(Mine::Findings, found::count_narrowed(tx, &narrow).await?);
    }
    if viewer.may(Act::HandleCases) {
        let wanted = casebook::Filter {
            show: casebook::Show::Owing,
            text: None,
            unit: None,
            handler: Some(&viewer.name),
            scope: &viewer.scope,
            today,
        };
        put(Mine::Cases, casebook::count(tx, &wanted).await?);
    }
    let mut listed = Vec::new();
    if viewer.may(Act::Supervise) {
        listed.push((Mine::Extensions, LedgerShow::Extension, None));
        listed.push((Mine::Checks, LedgerShow::Check, None));
    }
    if viewer.role == Role::Liaison {
        listed.push((Mine::Items, LedgerShow::Open, viewer.scope.unit().map(str::to_owned)));
    }
    for (what, show, unit) in listed {
        let asked = LedgerFilter {
            show,
            light: None,
            unit,
            supervisor: None,
            text: None,
            page: 1,
        };
        let wanted = ledger::filter(app, viewer, &asked, today);
        put(what, rectifications::count(tx, &wanted).await?);
    }
    Ok(rows)
}
