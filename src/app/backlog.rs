//! 历史存量: what had lapsed before it was first imported comes as one summary, not one mail each.

use super::{App, AppError};
use crate::domain::deadline::Terms;
use crate::domain::ids::{ObligationId, RunId};
use crate::domain::obligation::{Kind, Obligation, Wanted, due_given};
use crate::domain::time::Moment;
use crate::store::{Tx, obligations};

/// Lapsed obligations that one summary counts; the rest is on the page.
pub(super) const COUNTED: i64 = 100_000;

/// Opens one summary for each unit whose obligations of this run had lapsed.
pub(super) async fn summarise(app: &App, tx: &mut Tx, run: &RunId, now: Moment) -> Result<(), AppError> {
    let lapsed = obligations::backlog_of_run(tx, run, COUNTED).await?;
    let mut units: Vec<Option<String>> = lapsed.into_iter().map(|o| o.scope_unit).collect();
    units.sort();
    units.dedup();
    let limit = app
        .policy
        .limit(Kind::Backlog)
        .expect("a checked profile has this limit");
    for unit in units {
        let key = key(run, unit.as_deref());
        if obligations::by_id(tx, ObligationId::of(&key).as_str()).await?.is_some() {
            continue;
        }
        let summary = Obligation {
            subject_id: run.as_str().to_owned(),
            number: "首次导入时已逾期事项".to_owned(),
            scope_unit: unit,
            terms: Terms::GIVEN,
            run: Some(run.clone()),
            ..Wanted::under(limit, key, now.day(), due_given(now.day(), app.calendars().national())).begun(now)
        };
        obligations::put(tx, &summary).await?;
    }
    Ok(())
}

fn key(run: &RunId, unit: Option<&str>) -> String {
    format!("backlog:{run}:{}", unit.unwrap_or("-"))
}
