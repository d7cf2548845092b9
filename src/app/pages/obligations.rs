//! 期限事项: the list and one of them.

use super::days::{self, HolidayAhead, Standing};
use super::mails::{self, alert_row};
use super::{Looked, Slice, or_unsaid, reckoning, record_view, run_words, stated};
use crate::app::view::{ObligationFilter, ObligationRow, ObligationShow, ObligationView, PageOf, Since};
use crate::app::{App, AppError, wording};
use crate::domain::account::{Act, Scope, Viewer};
use crate::domain::deadline::{Adjustment, is_stopped};
use crate::domain::ids::ObligationId;
use crate::domain::obligation::{Kind, Obligation, State};
use crate::store::obligations::{Filter, Show};
use crate::store::{Tx, alerts, cases, findings, journal, obligations, people, rectifications, remedies};
use chrono::NaiveDate;

/// What a list of all that is seen is asked for.
pub(super) fn filter(show: Show, today: NaiveDate, scope: &Scope) -> Filter<'_> {
    Filter {
        show,
        today,
        week_end: days::week(today).1,
        number: None,
        due: None,
        scope,
    }
}

/// What runs across a holiday.
pub(super) fn across<'a>(ahead: &HolidayAhead, scope: &'a Scope) -> Filter<'a> {
    Filter {
        today: ahead.first,
        week_end: ahead.resumes,
        ..filter(Show::Across, ahead.first, scope)
    }
}

/// A page of obligations.
pub async fn obligations(
    app: &App,
    viewer: &Viewer,
    asked: &ObligationFilter,
) -> Result<PageOf<ObligationRow>, AppError> {
    let today = app.now().day();
    let slice = Slice::of(asked.page);
    if !viewer.may(Act::SeeObligations) {
        return Ok(slice.nothing());
    }
    let of_all = if asked.show == ObligationShow::Holiday {
        let Some(ahead) = days::next_holiday(app, today) else {
            return Ok(slice.nothing());
        };
        across(&ahead, &viewer.scope)
    } else {
        filter(show(asked.show), today, &viewer.scope)
    };
    let wanted = Filter {
        number: asked.number.as_deref(),
        due: asked.due,
        ..of_all
    };
    let mut tx = app.db.read().await?;
    let found = obligations::page(&mut tx, &wanted, slice.limit, slice.offset).await?;
    let total = obligations::count(&mut tx, &wanted).await?;
    tx.rollback().await?;
    let rows = found.iter().map(|o| row(app, o, today)).collect();
    Ok(slice.of_rows(rows, total))
}

fn show(show: ObligationShow) -> Show {
    match show {
        ObligationShow::Overdue => Show::Overdue,
        ObligationShow::Today => Show::Today,
        ObligationShow::Week => Show::Week,
        ObligationShow::Holiday => Show::Across,
        ObligationShow::Open => Show::Open,
        ObligationShow::Met => Show::Met,
        ObligationShow::Backlog => Show::Backlog,
        ObligationShow::All => Show::All,
    }
}

/// One line of a list.
pub(super) fn row(app: &App, o: &Obligation, today: NaiveDate) -> ObligationRow {
    let standing = Standing {
        kind: o.kind,
        state: o.state,
        due: o.due.day,
        certainty: o.due.certainty,
    };
    let (light, remaining) = days::urgency(app, standing, today);
    let mut kind = wording::name(app, o);
    match o.state {
        State::Void => kind.push_str("（不再要求）"),
        State::Open if is_stopped(&o.adjustments) => kind.push_str("（中止中）"),
        State::Open | State::Met => {}
    }
    ObligationRow {
        id: o.id.clone(),
        light,
        kind,
        number: o.number.clone(),
        unit: unit(o),
        due: days::day(app, o.due.day),
        remaining,
        certainty: days::certainty(o.due.certainty),
        clause: o.clause.clone(),
        met: o.met_on,
    }
}

/// The unit that owes it: a rectification, an answer and what is to be put right are owed by the unit itself,
/// everything else by the one that decided.
fn unit(o: &Obligation) -> String {
    let (first, second) = match o.kind {
        Kind::Rectification | Kind::FindingReply | Kind::Regrade | Kind::Restore => (&o.acting_unit, &o.scope_unit),
        _ => (&o.scope_unit, &o.acting_unit),
    };
    let said = |unit: &Option<String>| unit.clone().filter(|unit| !unit.trim().is_empty());
    or_unsaid(said(first).or_else(|| said(second)).as_deref())
}

/// Who and what an obligation is about, as far as the viewer sees it.
#[derive(Default)]
struct Concerns {
    person: Option<String>,
    matter: Option<String>,
    /// It opens a cadre's file.
    is_file: bool,
}

/// One obligation. It names a cadre to those who may see cases; then the view is journaled.
pub async fn obligation(
    app: &App,
    viewer: &Viewer,
    id: &ObligationId,
    purpose: Option<&str>,
) -> Result<Option<ObligationView>, AppError> {
    let today = app.now().day();
    stated(purpose)?;
    if !viewer.may(Act::SeeObligations) {
        return Ok(None);
    }
    let mut tx = app.db.read().await?;
    let Some(o) = obligations::seen_by_id(&mut tx, id.as_str(), &viewer.scope)
        .await?
        .filter(|o| o.kind != Kind::Backlog)
    else {
        return Ok(None);
    };
    let concerns = concerns(&mut tx, viewer, &o).await?;
    let state = state(&mut tx, &o).await?;
    let mut told = Vec::new();
    for alert in alerts::of_subject(&mut tx, o.id.as_str()).await? {
        let mut row = alert_row(app, alert);
        // A mail that says more than this, or that is not for the viewer, is not linked.
        if let Some(mail) = &row.mail
            && mails::seen(&mut tx, viewer, mail).await?.is_none()
        {
            row.mail = None;
        }
        told.push(row);
    }
    tx.rollback().await?;
    if concerns.is_file {
        let looked = Looked {
            object_kind: "obligation",
            object_id: o.id.as_str().to_owned(),
            detail: format!("查看期限事项 {} {}", o.number, o.kind.as_str()),
        };
        record_view(app, viewer, purpose, looked).await?;
    }
    Ok(Some(ObligationView {
        row: row(app, &o, today),
        person: concerns.person,
        matter: concerns.matter,
        state,
        calendar: wording::calendar(&o),
        adjustments: o.adjustments.iter().map(Adjustment::zh).collect(),
        certainty_reason: reckoning::certainty_reason(app, &o),
        reckoning: reckoning::reckoning(app, &o, today),
        alerts: told,
    }))
}

async fn concerns(tx: &mut Tx, viewer: &Viewer, o: &Obligation) -> Result<Concerns, AppError> {
    if o.key.starts_with("rectification:") {
        let item = rectifications::by_id(tx, &o.subject_id).await?;
        return Ok(Concerns {
            person: item.as_ref().and_then(|item| item.life.facts.person.clone()),
            matter: item.map(|item| item.life.facts.problem),
            is_file: false,
        });
    }
    if !viewer.may(Act::SeeCases) {
        return Ok(Concerns::default());
    }
    let case_id = match o.kind {
        Kind::Regrade | Kind::Restore => remedies::by_id(tx, &o.subject_id)
            .await?
            .map(|entry| entry.case.as_str().to_owned()),
        Kind::Finding | Kind::FindingReply | Kind::FindingConfirm => findings::by_id(tx, &o.subject_id)
            .await?
            .map(|finding| finding.case.as_str().to_owned()),
        _ => Some(o.subject_id.clone()),
    };
    let case = match case_id {
        Some(id) => cases::by_id(tx, &id).await?,
        None => None,
    };
    let person = match &case {
        Some(case) => people::by_id(tx, &case.person).await?,
        None => None,
    };
    Ok(Concerns {
        person: person.map(|person| person.name),
        matter: case.map(|case| case.record.matter),
        is_file: true,
    })
}

async fn state(tx: &mut Tx, o: &Obligation) -> Result<Since, AppError> {
    let run = run_words(tx, o.run.as_ref()).await?;
    let changed = if o.state == State::Open {
        None
    } else {
        let own = journal::last_change(tx, "obligation", o.id.as_str()).await?;
        // Changes of a ledger, of a finding and of the standing lists are journaled under what is owed for.
        let subject = match o.kind {
            Kind::FindingReply | Kind::FindingConfirm => "finding",
            Kind::Regrade | Kind::Restore => "remedy",
            _ => "rectification",
        };
        if own.is_some() {
            own
        } else {
            journal::last_change(tx, subject, &o.subject_id).await?
        }
    };
    let (word, by) = match o.state {
        State::Open if is_stopped(&o.adjustments) => ("未办结，中止中（恢复后重新推算到期日）", format!("由{run}产生")),
        State::Open => ("未办结", format!("由{run}产生")),
        State::Met => match o.kind {
            Kind::FindingReply => ("已办结", "由答复办结".to_owned()),
            Kind::FindingConfirm => ("已办结", "由复核办结".to_owned()),
            _ => ("已办结", format!("由{run}登记办结")),
        },
        State::Void => ("不再要求", format!("由{run}变更或撤销结论")),
    };
    Ok(Since {
        word: word.to_owned(),
        at: changed.unwrap_or(o.created),
        by,
    })
}
