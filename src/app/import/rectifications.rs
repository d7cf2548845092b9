//! `import rectifications`: the ledger, again and again. A due day never moves silently.

use super::{Effect, Source, Summary, close_run, open_run};
use crate::app::{App, AppError, backlog};
use crate::domain::deadline::Terms;
use crate::domain::ids::{ObligationId, RectificationId, RunId};
use crate::domain::obligation::{Kind, Obligation, State, due_given};
use crate::domain::protection::list::{Located, RowFault};
use crate::domain::rectification::RectificationRecord;
use crate::domain::time::Moment;
use crate::store::journal::{ACTOR_LOCAL, Entry};
use crate::store::rectifications::{self as store, StoredRectification};
use crate::store::{Tx, journal, obligations};

const KIND: &str = "rectifications";

/// Takes a ledger in.
pub async fn rectifications(
    app: &App,
    source: &Source,
    rows: Vec<Located<RectificationRecord>>,
    rows_read: u32,
    faults: Vec<RowFault>,
) -> Result<Summary, AppError> {
    let now = app.now();
    let mut summary = Summary::new(source, rows_read, faults);
    let mut tx = app.db.begin().await?;
    let run = open_run(&mut tx, KIND, source, rows_read, summary.unreadable.len(), now).await?;
    for row in rows {
        let (effect, note) = take(app, &mut tx, row.value, &run, now).await?;
        if let Some((column, reason)) = note {
            summary.unreadable.push(RowFault {
                sheet: row.sheet,
                row: row.row,
                column: Some(column.to_owned()),
                reason,
            });
        }
        summary.count(effect);
    }
    backlog::summarise(app, &mut tx, &run, now).await?;
    close_run(&mut tx, KIND, &run, &summary, now).await?;
    tx.commit().await?;
    Ok(summary)
}

type Note = Option<(&'static str, String)>;

async fn take(
    app: &App,
    tx: &mut Tx,
    mut record: RectificationRecord,
    run: &RunId,
    now: Moment,
) -> Result<(Effect, Note), AppError> {
    let today = now.day();
    let mut note = None;
    let known = store::by_number(tx, &record.number).await?;
    if let Some(future) = record.closed_on.take_if(|day| *day > today) {
        note = Some(("销号日期", format!("{future} 晚于今天（{today}），未采用")));
    }
    if let Some(before) = &known {
        record.closed_on = record.closed_on.or(before.record.closed_on);
        if let (Some(old), new) = (before.record.due_on, record.due_on)
            && new != Some(old)
        {
            note = Some((
                "整改时限",
                format!(
                    "原定 {old}，表中改为{}；改期须按延期办理，本次未改",
                    new.map_or("空白".to_owned(), |d| d.to_string())
                ),
            ));
            record.due_on = Some(old);
        }
    }
    let id = known
        .as_ref()
        .map_or_else(|| RectificationId::of(&record.number), |before| before.id.clone());
    let item = StoredRectification {
        id,
        record,
        first: known.as_ref().map_or(now, |before| before.first),
    };
    if known.as_ref() == Some(&item) {
        return Ok((Effect::Unchanged, note));
    }
    store::put(tx, &item).await?;
    let action = if known.is_some() {
        "rectification.change"
    } else {
        "rectification.add"
    };
    let detail = format!("{}：{}", item.record.number, item.record.state);
    journal::append(
        tx,
        now,
        &[Entry {
            actor: ACTOR_LOCAL,
            action,
            object_kind: "rectification",
            object_id: item.id.as_str(),
            detail,
        }],
    )
    .await?;
    settle(app, tx, &item, run, known.is_none(), now).await?;
    Ok((
        if known.is_some() {
            Effect::Changed
        } else {
            Effect::Added
        },
        note,
    ))
}

async fn settle(
    app: &App,
    tx: &mut Tx,
    item: &StoredRectification,
    run: &RunId,
    is_new: bool,
    now: Moment,
) -> Result<(), AppError> {
    let Some(due_on) = item.record.due_on else {
        return Ok(());
    };
    let limit = app
        .policy
        .limit(Kind::Rectification)
        .expect("a checked profile has this limit");
    let key = format!("rectification:{}", item.record.number);
    let stored = obligations::of_subject(tx, item.id.as_str())
        .await?
        .into_iter()
        .find(|o| o.key == key);
    let state = if item.record.closed_on.is_some() {
        State::Met
    } else {
        State::Open
    };
    let due = due_given(due_on, app.calendars().national());
    let backlog = stored
        .as_ref()
        .map_or(is_new && state == State::Open && due_on < now.day(), |o| o.backlog);
    let reopened = stored
        .as_ref()
        .is_some_and(|o| o.state != State::Open && state == State::Open);
    let next_at = match (&stored, state) {
        (_, State::Met | State::Void) => None,
        (Some(before), State::Open) if !reopened => before.next_at,
        _ => (!backlog).then_some(now),
    };
    let after = Obligation {
        id: ObligationId::of(&key),
        key,
        kind: Kind::Rectification,
        subject_id: item.id.as_str().to_owned(),
        number: item.record.number.clone(),
        scope_unit: item.record.supervisor.clone(),
        acting_unit: Some(item.record.unit.clone()),
        event_day: stored.as_ref().map_or(now.day(), |o| o.event_day),
        rule: limit.id,
        calendar_unit: None,
        terms: Terms::GIVEN,
        adjustments: Vec::new(),
        moved: None,
        due: stored.as_ref().map_or(due, |o| o.due.clone()),
        revision: stored.as_ref().map_or(1, |o| o.revision + u32::from(reopened)),
        clause: limit.clause.clone(),
        number_from: limit.number_from,
        state,
        met_on: item.record.closed_on,
        backlog,
        opened_severity: None,
        run: stored.as_ref().map_or(Some(run.clone()), |o| o.run.clone()),
        created: stored.as_ref().map_or(now, |o| o.created),
        next_at,
    };
    obligations::put(tx, &after).await?;
    Ok(())
}
