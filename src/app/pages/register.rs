//! The register of protections.

use super::{Looked, Slice, or_unsaid, record_view, stated};
use crate::app::view::{Level, PageOf, ProtectionRow};
use crate::app::{App, AppError};
use crate::domain::account::{Act, Viewer};
use crate::domain::case;
use crate::store::cases::{self, StoredCase};
use crate::store::people::{self, Person};
use chrono::NaiveDate;

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
