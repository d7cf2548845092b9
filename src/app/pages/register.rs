//! The two registers: rectifications and protections.

use super::days::{self, Standing};
use super::{Slice, or_unsaid, record_view};
use crate::app::view::{Level, Light, PageOf, ProtectionRow, RectificationRow};
use crate::app::{App, AppError};
use crate::domain::calendar::Certainty;
use crate::domain::case;
use crate::domain::ids::ObligationId;
use crate::domain::obligation::{Kind, State};
use crate::domain::rectification::RectificationRecord;
use crate::store::cases::{self, StoredCase};
use crate::store::people::{self, Person};
use crate::store::rectifications as ledger;
use chrono::NaiveDate;

/// A page of the rectification ledger.
pub async fn rectifications(app: &App, page: u32) -> Result<PageOf<RectificationRow>, AppError> {
    let today = app.now().day();
    let slice = Slice::of(page);
    let mut tx = app.db.read().await?;
    let (found, total) = ledger::page(&mut tx, slice.limit, slice.offset).await?;
    tx.rollback().await?;
    let rows = found
        .into_iter()
        .map(|item| rectification(app, item.record, today))
        .collect();
    Ok(slice.of_rows(rows, total))
}

fn rectification(app: &App, r: RectificationRecord, today: NaiveDate) -> RectificationRow {
    let state = if r.closed_on.is_some() { State::Met } else { State::Open };
    // A day that the ledger gives is sure; 长期坚持 has none and is never near.
    let (light, remaining) = match (r.due_on, state) {
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
    RectificationRow {
        obligation: r
            .due_on
            .map(|_| ObligationId::of(&format!("rectification:{}", r.number))),
        light,
        problem: r.problem,
        unit: r.unit,
        person: or_unsaid(r.person.as_deref()),
        due: r.due_on.map(|due| days::day(app, due)),
        remaining,
        certainty: days::certainty(Certainty::Firm),
        report: r.progress,
        report_day: r.progress_on,
        accepted: r.closed_on,
        number: r.number,
    }
}

/// A page of the register of protections. It names cadres, so the view is journaled with the cases it shows.
pub async fn protections(app: &App, page: u32) -> Result<PageOf<ProtectionRow>, AppError> {
    let today = app.now().day();
    let slice = Slice::of(page);
    let mut tx = app.db.read().await?;
    let (found, total) = cases::protected(&mut tx, slice.limit, slice.offset).await?;
    let mut rows = Vec::with_capacity(found.len());
    for case in found {
        let person = people::by_id(&mut tx, &case.person).await?;
        rows.push(protection(case, person.as_ref(), today));
    }
    tx.rollback().await?;
    let shown: Vec<&str> = rows.iter().map(|row| row.case_number.as_str()).collect();
    let detail = format!("查看保护名册第 {} 页：{}", slice.page, shown.join("、"));
    record_view(app, "protections", slice.page.to_string(), detail).await?;
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
