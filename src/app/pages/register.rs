//! The two registers: rectifications and protections.

use super::days::{self, Standing};
use super::{Looked, Slice, or_unsaid, record_view, stated};
use crate::app::view::{Level, Light, PageOf, ProtectionRow, RectificationRow};
use crate::app::{App, AppError};
use crate::domain::account::{Act, Viewer};
use crate::domain::calendar::Certainty;
use crate::domain::case;
use crate::domain::ids::ObligationId;
use crate::domain::obligation::{Kind, State};
use crate::domain::rectification::main_key;
use crate::store::cases::{self, StoredCase};
use crate::store::people::{self, Person};
use crate::store::rectifications as ledger;
use crate::store::rectifications::StoredRectification;
use chrono::NaiveDate;

/// A page of the rectification ledger.
pub async fn rectifications(app: &App, viewer: &Viewer, page: u32) -> Result<PageOf<RectificationRow>, AppError> {
    let today = app.now().day();
    let slice = Slice::of(page);
    if !viewer.may(Act::SeeRectifications) {
        return Ok(slice.nothing());
    }
    let mut tx = app.db.read().await?;
    let (found, total) = ledger::page(&mut tx, &viewer.scope, slice.limit, slice.offset).await?;
    tx.rollback().await?;
    let links = viewer.may(Act::SeeObligations);
    let rows = found
        .into_iter()
        .map(|item| rectification(app, item, links, today))
        .collect();
    Ok(slice.of_rows(rows, total))
}

fn rectification(app: &App, item: StoredRectification, links: bool, today: NaiveDate) -> RectificationRow {
    let life = item.life;
    let state = if life.done_on().is_some() {
        State::Met
    } else {
        State::Open
    };
    // A day that the ledger gives is sure; 长期坚持 has none and is never near.
    let (light, remaining) = match (life.due_on, state) {
        (None, State::Open) => (Light::Normal, None),
        (due, _) => {
            let standing = Standing {
                kind: Kind::Rectification,
                state,
                due: due.unwrap_or(today),
                certainty: Certainty::Firm,
            };
            days::urgency(app, standing, today)
        }
    };
    let level = life.level.and_then(|id| app.policy.ladder.level(id));
    RectificationRow {
        obligation: life
            .due_on
            .filter(|_| links)
            .map(|_| ObligationId::of(&main_key(&item.number))),
        light,
        received: life.received_zh(),
        done: life.done_zh(today),
        accepted_word: life.accepted_zh(),
        percent: life.percent,
        level: level.map(|level| (level.name.clone(), level.colour.clone())),
        problem: life.facts.problem,
        unit: life.facts.unit,
        person: or_unsaid(life.facts.person.as_deref()),
        due: life.due_on.map(|due| days::day(app, due)),
        remaining,
        certainty: days::certainty(Certainty::Firm),
        report: life
            .report
            .as_ref()
            .map(|report| report.text.clone())
            .filter(|text| !text.is_empty()),
        report_day: life.report.map(|report| report.on),
        accepted: life.closed_on,
        number: item.number,
    }
}

/// A page of the register of protections. It names cadres, so the view is journaled with the cases it shows.
pub async fn protections(
    app: &App,
    viewer: &Viewer,
    page: u32,
    purpose: Option<&str>,
) -> Result<PageOf<ProtectionRow>, AppError> {
    let today = app.now().day();
    let slice = Slice::of(page);
    stated(purpose)?;
    if !viewer.may(Act::SeeProtections) {
        return Ok(slice.nothing());
    }
    let mut tx = app.db.read().await?;
    let (found, total) = cases::protected(&mut tx, &viewer.scope, slice.limit, slice.offset).await?;
    let mut rows = Vec::with_capacity(found.len());
    for case in found {
        let person = people::by_id(&mut tx, &case.person).await?;
        rows.push(protection(case, person.as_ref(), today));
    }
    tx.rollback().await?;
    let shown: Vec<&str> = rows.iter().map(|row| row.case_number.as_str()).collect();
    let looked = Looked {
        object_kind: "protections",
        object_id: slice.page.to_string(),
        detail: format!("查看保护名册第 {} 页：{}", slice.page, shown.join("、")),
    };
    record_view(app, viewer, purpose, looked).await?;
    Ok(slice.of_rows(rows, total))
}

fn protection(case: StoredCase, person: Option<&Person>, today: NaiveDate) -> ProtectionRow {
    let revoked = case.record.is_revoked(today);
    let level = match case.record.conclusion.level() {
        _ if revoked => Level::Revoked,
        case::Level::Full => Level::Full,
        case::Level::Capped => Level::Capped,
        // 不予容错 protects nobody and is not selected.
        case::Level::Pending | case::Level::None => Level::Pending,
    };
    let unit = person.and_then(|person| person.roster_unit.clone());
    let r = case.record;
    ProtectionRow {
        person: or_unsaid(person.map(|person| person.name.as_str())),
        unit: or_unsaid(Some(unit.as_deref().unwrap_or(&r.unit))),
        level,
        since: r.concluded_on,
        revoked: r.revoked_on.filter(|_| revoked),
        case_number: r.case_no,
        matter: r.matter,
        conclusion: r.conclusion.zh().to_owned(),
    }
}
