//! 整改台账: the list, the board, and one item with everything.

use super::days::{self, Standing};
use super::{Slice, number, or_unsaid};
use crate::app::rectifications::{self, ExportForm, Exported};
use crate::app::view::{
    BoardColumn, ItemEvent, ItemView, LedgerFilter, LedgerPaper, LedgerUnits, Light, PageOf, RectificationRow,
    Reporting, Rung, RunningLimit, Task, TaskState,
};
use crate::app::{App, AppError, wording};
use crate::domain::account::{Act as Power, Viewer};
use crate::domain::calendar::Certainty;
use crate::domain::ids::RectificationId;
use crate::domain::obligation::{Kind, State};
use crate::domain::paper::PaperKind;
use crate::domain::rectification::{Act, Life, delay};
use crate::domain::time::Moment;
use crate::store::rectifications::{self as store, Filter, RectificationEvent, StoredRectification};
use crate::store::{Tx, obligations};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Items of one light on a board.
const ON_A_BOARD: i64 = 20;
/// Units that a filter offers.
const OFFERED: i64 = 300;
/// Working days within which an item counts as near, and one more: the first day that is not near.
const NOT_NEAR: u32 = days::NEAR_RECTIFICATION + 1;

/// The last day that is near, seen from a day.
fn near(app: &App, today: NaiveDate) -> NaiveDate {
    let first_far = app.calendars().national().add(today, NOT_NEAR).map(|end| end.day);
    first_far.ok().and_then(|day| day.pred_opt()).unwrap_or(today)
}

pub(super) fn filter<'a>(app: &App, viewer: &'a Viewer, asked: &'a LedgerFilter, today: NaiveDate) -> Filter<'a> {
    Filter {
        scope: &viewer.scope,
        show: asked.show.key(),
        light: asked.light.map(Light::key).unwrap_or_default(),
        unit: asked.unit.as_deref().unwrap_or_default(),
        supervisor: asked.supervisor.as_deref().unwrap_or_default(),
        text: asked.text.as_deref().unwrap_or_default(),
        today,
        near: near(app, today),
    }
}

/// A page of the ledger, as far as it is seen.
pub async fn ledger(app: &App, viewer: &Viewer, asked: &LedgerFilter) -> Result<PageOf<RectificationRow>, AppError> {
    let today = app.now().day();
    let slice = Slice::of(asked.page);
    if !viewer.may(Power::SeeRectifications) {
        return Ok(slice.nothing());
    }
    let wanted = filter(app, viewer, asked, today);
    let mut tx = app.db.read().await?;
    let found = store::page(&mut tx, &wanted, slice.limit, slice.offset).await?;
    let total = store::count(&mut tx, &wanted).await?;
    tx.rollback().await?;
    let rows = found.into_iter().map(|item| row(app, &item, today)).collect();
    Ok(slice.of_rows(rows, total))
}

/// The same by light, the first items of each.
pub async fn board(app: &App, viewer: &Viewer, asked: &LedgerFilter) -> Result<Vec<BoardColumn>, AppError> {
    let today = app.now().day();
    let mut columns = Vec::new();
    let mut tx = app.db.read().await?;
    let counts = store::lights(&mut tx, &filter(app, viewer, asked, today)).await?;
    for light in [Light::Overdue, Light::Soon, Light::Normal, Light::Met] {
        if asked.light.is_some_and(|only| only != light) {
            continue;
        }
        let wanted = Filter {
            light: light.key(),
            ..filter(app, viewer, asked, today)
        };
        let found = store::page(&mut tx, &wanted, ON_A_BOARD, 0).await?;
        let total = counts.iter().find(|(key, _)| key == light.key());
        columns.push(BoardColumn {
            light,
            total: number(total.map_or(0, |(_, count)| *count)),
            rows: found.iter().map(|item| row(app, item, today)).collect(),
        });
    }
    tx.rollback().await?;
    Ok(columns)
}

/// The units that a filter offers.
pub async fn ledger_units(app: &App, viewer: &Viewer) -> Result<LedgerUnits, AppError> {
    let mut tx = app.db.read().await?;
    let (units, supervisors) = store::units(&mut tx, &viewer.scope, OFFERED).await?;
    tx.rollback().await?;
    Ok(LedgerUnits { units, supervisors })
}

/// What a list shows, on all its pages, to take away.
pub async fn ledger_export(
    app: &App,
    viewer: &Viewer,
    asked: &LedgerFilter,
    form: ExportForm,
) -> Result<Exported, AppError> {
    let today = app.now().day();
    let mut tx = app.db.read().await?;
    let numbers = store::numbers(&mut tx, &filter(app, viewer, asked, today)).await?;
    tx.rollback().await?;
    let numbers: BTreeSet<String> = numbers.into_iter().collect();
    rectifications::export_of(app, &numbers, form).await
}

fn row(app: &App, item: &StoredRectification, today: NaiveDate) -> RectificationRow {
    let life = &item.life;
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
    let reported = life.report.as_ref().map(|report| report.on);
    let since = |day: NaiveDate| app.calendars().national().count(day, today).ok();
    RectificationRow {
        id: item.id.clone(),
        number: item.number.clone(),
        version: item.version,
        light,
        received: life.received_zh(),
        done: life.done_zh(today),
        accepted_word: life.accepted_zh(),
        percent: life.percent,
        level: level.map(|level| (level.name.clone(), level.colour.clone())),
        problem: life.facts.problem.clone(),
        unit: life.facts.unit.clone(),
        person: or_unsaid(life.facts.person.as_deref()),
        due: life.due_on.map(|due| days::day(app, due)),
        remaining,
        report: life
            .report
            .as_ref()
            .map(|report| report.text.clone())
            .filter(|text| !text.is_empty()),
        report_day: reported,
        report_ago: reported
            .filter(|day| *day <= today)
            .and_then(since)
            .map(|count| count.working_days),
        accepted: life.closed_on,
    }
}

/// Whether somebody sees an item: its unit or the one that supervises it lies within what they see.
fn sees(viewer: &Viewer, item: &StoredRectification) -> bool {
    let facts = &item.life.facts;
    let supervisor = facts.supervisor.as_deref();
    let within = viewer.scope.holds(Some(&facts.unit)) || supervisor.is_some_and(|unit| viewer.scope.holds(Some(unit)));
    within && viewer.may(Power::SeeRectifications)
}

async fn seen(tx: &mut Tx, viewer: &Viewer, id: &RectificationId) -> Result<Option<StoredRectification>, AppError> {
    let item = store::by_id(tx, id.as_str()).await?;
    Ok(item.filter(|item| sees(viewer, item)))
}

/// The line of one item, and whether the viewer answers for its unit; none for what they do not see.
pub async fn item_line(
    app: &App,
    viewer: &Viewer,
    id: &RectificationId,
) -> Result<Option<(RectificationRow, bool)>, AppError> {
    let today = app.now().day();
    let mut tx = app.db.read().await?;
    let item = seen(&mut tx, viewer, id).await?;
    tx.rollback().await?;
    Ok(item.map(|item| (row(app, &item, today), viewer.scope.holds(Some(&item.life.facts.unit)))))
}

/// One item with everything. It may name people, so the view is journaled.
pub async fn item(app: &App, viewer: &Viewer, id: &RectificationId) -> Result<Option<ItemView>, AppError> {
    let today = app.now().day();
    let mut tx = app.db.read().await?;
    let Some(item) = seen(&mut tx, viewer, id).await? else {
        tx.rollback().await?;
        return Ok(None);
    };
    let owed = obligations::of_subject(&mut tx, item.id.as_str()).await?;
    let papers = store::papers(&mut tx, &item.id).await?;
    let events = store::events(&mut tx, &item.id).await?;
    tx.rollback().await?;
    let ways = rectifications::ways(app, &item.number, &viewer.name).await?;
    // The command's own question notes that somebody looked.
    rectifications::show(app, &item.number, &viewer.actor()).await?;
    let hand_overs = rectifications::offers_of(app, &item.number, &viewer.scope).await?;
    let (calendars, life) = (app.calendars(), &item.life);
    let (calendar, _) = calendars.of(life.facts.supervisor.as_deref());
    let late = delay(life, calendar, today)?;
    Ok(Some(ItemView {
        first_due: life.first_due.map(|due| days::day(app, due)),
        delay: (late.theirs + late.ours > 0).then(|| late.zh()),
        tasks: tasks(app, life, today),
        limits: owed
            .iter()
            .filter(|one| one.state == State::Open)
            .map(|one| RunningLimit {
                id: one.id.clone(),
                name: wording::name(app, one),
                due: days::day(app, one.due.day),
                remaining: days::remaining(calendar, one.due.day, today),
            })
            .collect(),
        reports: events.iter().rev().filter_map(reporting).collect(),
        rungs: rungs(app, life),
        papers: papers
            .into_iter()
            .map(|paper| LedgerPaper {
                kind: PaperKind::of_ladder(&paper.kind).map_or(paper.kind, |kind| kind.zh().to_owned()),
                id: paper.id,
                number: paper.number,
                at: Moment::from_millis(paper.at_ms),
            })
            .collect(),
        hand_overs,
        ways,
        history: events
            .iter()
            .rev()
            .map(|event| ItemEvent {
                on: event.happened.on,
                at: event.at,
                by: match event.happened.by.as_str() {
                    "" => event.actor.clone(),
                    by => by.to_owned(),
                },
                text: rectifications::zh(app, &event.happened),
            })
            .collect(),
        is_own: viewer.scope.holds(Some(&life.facts.unit)),
        row: row(app, &item, today),
        life: item.life,
    }))
}

fn reporting(event: &RectificationEvent) -> Option<Reporting> {
    let Act::Reported {
        percent, text, stage, ..
    } = &event.happened.act
    else {
        return None;
    };
    Some(Reporting {
        on: event.happened.on,
        by: event.happened.by.clone(),
        percent: *percent,
        text: text.clone(),
        stage: stage.clone(),
    })
}

/// The steps of an item's life in their order, its stages among them.
fn tasks(app: &App, life: &Life, today: NaiveDate) -> Vec<Task> {
    let done = |on: NaiveDate| (TaskState::Done, format!("已于 {on} 完成"));
    let step = |name: &str, on: Option<NaiveDate>, due: Option<NaiveDate>| {
        let (state, word) = match (on, due) {
            (Some(on), _) => done(on),
            (None, Some(due)) if due < today => (TaskState::Late, "逾期未完成".to_owned()),
            (None, _) => (TaskState::Open, "未完成".to_owned()),
        };
        Task {
            name: name.to_owned(),
            state,
            word,
            due: due.map(|due| days::day(app, due)),
        }
    };
    let mut tasks = vec![
        step("交办", life.issued_on, None),
        step("签收", life.received.as_ref().map(|received| received.on), None),
    ];
    for stage in &life.stages {
        tasks.push(step(
            &format!("阶段：{}", stage.name),
            stage.done_on,
            Some(stage.due_on),
        ));
    }
    if life.is_standing() && !life.is_closed() {
        tasks.push(Task {
            name: "长期坚持，定期确认".to_owned(),
            state: TaskState::Open,
            word: life
                .confirmed
                .as_ref()
                .map_or_else(|| "还没有确认过".to_owned(), |last| format!("最近于 {} 确认", last.on)),
            due: None,
        });
        return tasks;
    }
    tasks.push(step("整改完成，申请销号", life.done_on(), life.due_on));
    tasks.push(step("验收销号", life.closed_on, None));
    if life.is_closed() {
        tasks.push(step("回访", life.visits.last().map(|visit| visit.on), None));
    }
    tasks
}

fn rungs(app: &App, life: &Life) -> Vec<Rung> {
    let ladder = &app.policy.ladder;
    let now = ladder.rank_of(life.level);
    let steps: Vec<_> = app
        .policy
        .limit(Kind::Rectification)
        .map(|limit| app.policy.schedule(limit).points.as_slice())
        .unwrap_or_default()
        .iter()
        .collect();
    ladder
        .0
        .iter()
        .map(|level| Rung {
            key: level.id.as_str().to_owned(),
            name: level.name.clone(),
            colour: level.colour.clone(),
            paper: level.paper.clone(),
            points: steps
                .iter()
                .filter(|step| step.level == Some(level.id))
                .map(|step| step.point.zh())
                .collect(),
            action: level.action.clone(),
            clause: level.clause.clone(),
            taken: life
                .steps
                .iter()
                .filter(|step| step.level == level.id)
                .map(|step| (step.on, step.by.clone()))
                .collect(),
            current: life.level == Some(level.id),
            above: ladder.rank(level.id) > now,
        })
        .collect()
}

/// A paper that was issued about an item: its number and its bytes.
pub async fn item_paper(
    app: &App,
    viewer: &Viewer,
    id: &RectificationId,
    paper: &str,
) -> Result<Option<(String, Vec<u8>)>, AppError> {
    let mut tx = app.db.read().await?;
    let found = match seen(&mut tx, viewer, id).await? {
        Some(item) => store::paper(&mut tx, &item.id, paper).await?,
        None => None,
    };
    tx.rollback().await?;
    Ok(found)
}
