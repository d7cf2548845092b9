//! 应补定未补定, 应恢复未恢复: what is not put right yet.

use super::{Slice, days, opens, or_unsaid};
use crate::app::view::{PageOf, RemedyRow, RemedyShow};
use crate::app::{App, AppError};
use crate::domain::account::{Act, Viewer};
use crate::domain::ids::ObligationId;
use crate::domain::obligation::State;
use crate::domain::remedy::Sort;
use crate::store::remedies::{self as store, Remedy};
use crate::store::{Tx, obligations};
use chrono::NaiveDate;

/// A page of one of the lists.
pub async fn remedies(app: &App, viewer: &Viewer, show: RemedyShow, page: u32) -> Result<PageOf<RemedyRow>, AppError> {
    let today = app.now().day();
    let slice = Slice::of(page);
    if !viewer.may(Act::SeeFindings) {
        return Ok(slice.nothing());
    }
    let sort = match show {
        RemedyShow::Regrade => Sort::Regrade,
        RemedyShow::Restore => Sort::Restore,
    };
    let mut tx = app.db.read().await?;
    let total = store::count(&mut tx, sort, false, &viewer.scope).await?;
    let mut rows = Vec::new();
    for entry in store::page(&mut tx, sort, false, &viewer.scope, slice.limit, slice.offset).await? {
        rows.push(row(app, viewer, &mut tx, entry, today).await?);
    }
    tx.rollback().await?;
    Ok(slice.of_rows(rows, total))
}

/// One entry; `None`: there is no such one for the viewer.
pub async fn remedy(app: &App, viewer: &Viewer, id: &str) -> Result<Option<RemedyRow>, AppError> {
    let mut tx = app.db.read().await?;
    let Some(entry) = store::seen_by_id(&mut tx, id, &viewer.scope).await? else {
        return Ok(None);
    };
    let row = row(app, viewer, &mut tx, entry, app.now().day()).await?;
    tx.rollback().await?;
    Ok(Some(row))
}

async fn row(app: &App, viewer: &Viewer, tx: &mut Tx, entry: Remedy, today: NaiveDate) -> Result<RemedyRow, AppError> {
    let id = ObligationId::of(&format!("remedy:{}", entry.id));
    let owed = obligations::by_id(tx, id.as_str())
        .await?
        .filter(|owed| owed.state == State::Open);
    let decided = entry.decided_on.map(|day| day.to_string());
    let period = Some(entry.period).filter(|period| !period.is_empty()).or(decided);
    let what = [entry.domain.zh(), entry.item.as_str()];
    Ok(RemedyRow {
        id: entry.id.to_string(),
        version: entry.version,
        may_restore: entry.sort == Sort::Restore
            && entry.state == crate::domain::remedy::State::Open
            && viewer.may(Act::HandleCases),
        case_number: entry.case_no,
        unit: or_unsaid(entry.unit.as_deref()),
        what: what
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("，"),
        period: or_unsaid(period.as_deref()),
        result: entry.result,
        due: owed.as_ref().map(|owed| days::day(app, owed.due.day)),
        remaining: owed
            .as_ref()
            .and_then(|owed| days::remaining(app.calendars().national(), owed.due.day, today)),
        obligation: owed.filter(|owed| opens(viewer, owed)).map(|owed| owed.id),
    })
}
