//! Items as a list and one with all that happened to it.

use super::{ItemRef, find, zh};
use crate::app::{App, AppError, wording};
use crate::domain::account::Scope;
use crate::domain::alert::is_of;
use crate::domain::calendar::Calendar;
use crate::domain::obligation::State;
use crate::domain::rectification::{Life, delay};
use crate::domain::time::Moment;
use crate::store::journal::{self, Entry};
use crate::store::obligations;
use crate::store::rectifications::{self as store, StoredRectification};
use chrono::NaiveDate;
use serde::Serialize;

/// One item in a list.
#[derive(Debug, Clone, Serialize)]
pub struct ItemLine {
    /// 编号
    pub number: String,
    /// 问题
    pub problem: String,
    /// 责任单位
    pub unit: String,
    /// 责任人
    pub person: Option<String>,
    /// 整改时限, as it is now.
    pub due: Option<String>,
    /// 完成比例
    pub percent: u8,
    /// 收
    pub received: &'static str,
    /// 办
    pub done: &'static str,
    /// 验
    pub accepted: &'static str,
    /// Level of the ladder.
    pub level: Option<String>,
    /// Its colour.
    pub colour: Option<String>,
    /// Day of the last report.
    pub reported_on: Option<String>,
    /// Whose delay it is, where there is one.
    pub delay: Option<String>,
    /// Version, for the next act.
    pub version: i64,
}

/// What is listed.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Those that are closed, too.
    pub all: bool,
    /// Only of this unit and those below it.
    pub unit: Option<String>,
    /// Only those of this person.
    pub person: Option<String>,
    /// Only those past their day.
    pub overdue: bool,
    /// Only those that wait for a check or a decision.
    pub waiting: bool,
    /// Only those at this level or above.
    pub level: Option<String>,
    /// At most so many.
    pub limit: usize,
    /// Only those that are seen.
    pub scope: Scope,
}

/// A step of the ladder that was taken.
#[derive(Debug, Clone, Serialize)]
pub struct LevelLine {
    /// Day.
    pub on: String,
    /// Level.
    pub level: String,
    /// By whom; empty when it was reached by itself.
    pub by: String,
}

/// One thing that happened.
#[derive(Debug, Clone, Serialize)]
pub struct HistoryLine {
    /// The day it counts for.
    pub on: String,
    /// When it was recorded.
    pub at: String,
    /// By whom.
    pub actor: String,
    /// What.
    pub text: String,
}

/// One item with everything.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// The line of the list.
    #[serde(flatten)]
    pub line: ItemLine,
    /// Where it stands.
    pub life: Life,
    /// Open limits: name, due day.
    pub limits: Vec<(String, String)>,
    /// Steps of the ladder.
    pub levels: Vec<LevelLine>,
    /// What happened.
    pub history: Vec<HistoryLine>,
}

pub(super) fn line(app: &App, item: &StoredRectification, calendar: &Calendar, today: NaiveDate) -> ItemLine {
    let life = &item.life;
    let late = delay(life, calendar, today).unwrap_or_default();
    let level = life.level.and_then(|id| app.policy.ladder.level(id));
    ItemLine {
        number: item.number.clone(),
        problem: life.facts.problem.clone(),
        unit: life.facts.unit.clone(),
        person: life.facts.person.clone(),
        due: life.due_on.map(|due| due.to_string()),
        percent: life.percent,
        received: life.received_zh(),
        done: life.done_zh(today),
        accepted: life.accepted_zh(),
        level: life.level.map(|id| app.policy.ladder.zh(id)),
        colour: level.map(|level| level.colour.clone()),
        reported_on: life.report.as_ref().map(|report| report.on.to_string()),
        delay: (late.theirs + late.ours > 0).then(|| late.zh()),
        version: item.version,
    }
}

/// Every item, in order of the numbers.
pub(super) async fn every(app: &App) -> Result<Vec<StoredRectification>, AppError> {
    every_seen(app, &Scope::WHOLE).await
}

/// Every item that is seen, in order of the numbers.
pub(super) async fn every_seen(app: &App, scope: &Scope) -> Result<Vec<StoredRectification>, AppError> {
    let mut tx = app.db.read().await?;
    let mut out = Vec::new();
    let mut last = String::new();
    loop {
        let batch = store::after(&mut tx, scope, &last).await?;
        let Some(end) = batch.last() else {
            tx.rollback().await?;
            return Ok(out);
        };
        last.clone_from(&end.number);
        out.extend(batch);
    }
}

/// Items by their days, open ones first.
pub async fn list(app: &App, listing: &Listing) -> Result<Vec<ItemLine>, AppError> {
    let today = app.now().day();
    let calendars = app.calendars();
    let ladder = &app.policy.ladder;
    let least = match &listing.level {
        None => 0,
        Some(text) => {
            let level = ladder
                .find(text)
                .ok_or_else(|| AppError::Input(format!("处置阶梯没有级别「{text}」")))?;
            ladder.rank(level.id)
        }
    };
    let person = listing.person.as_deref();
    let mut found: Vec<StoredRectification> = every_seen(app, &listing.scope).await?;
    found.retain(|item| {
        let life = &item.life;
        (listing.all || !life.is_closed())
            && listing.unit.as_deref().is_none_or(|unit| is_of(&life.facts.unit, unit))
            && person.is_none_or(|name| crate::domain::rectification::HandOver::holds(&life.facts, name))
            && (!listing.overdue || (life.done_on().is_none() && life.due_on.is_some_and(|due| due < today)))
            && (!listing.waiting || life.closing_pending().is_some() || life.extension_pending().is_some())
            && ladder.rank_of(life.level) >= least
    });
    found.sort_by_key(|item| (item.life.is_closed(), item.life.due_on.is_none(), item.life.due_on));
    found.truncate(listing.limit);
    Ok(found
        .iter()
        .map(|item| line(app, item, calendars.of(item.life.facts.supervisor.as_deref()).0, today))
        .collect())
}

/// One item with everything. It may name people, so the view is journaled.
pub async fn show(app: &App, number: &str, actor: &str) -> Result<Shown, AppError> {
    let now: Moment = app.now();
    let mut tx = app.db.begin().await?;
    let which = ItemRef {
        number: number.to_owned(),
        version: None,
    };
    let item = find(&mut tx, &which).await?;
    let events = store::events(&mut tx, &item.id).await?;
    let owed = obligations::of_subject(&mut tx, item.id.as_str()).await?;
    let entry = Entry {
        actor,
        action: "view",
        object_kind: "rectification",
        object_id: item.id.as_str(),
        detail: format!("查看整改事项 {}", item.number),
    };
    journal::append(&mut tx, now, &[entry]).await?;
    tx.commit().await?;
    let calendars = app.calendars();
    let (calendar, _) = calendars.of(item.life.facts.supervisor.as_deref());
    Ok(Shown {
        line: line(app, &item, calendar, now.day()),
        limits: owed
            .iter()
            .filter(|one| one.state == State::Open)
            .map(|one| (wording::name(app, one), one.due.day.to_string()))
            .collect(),
        levels: item
            .life
            .steps
            .iter()
            .map(|step| LevelLine {
                on: step.on.to_string(),
                level: app.policy.ladder.zh(step.level),
                by: step.by.clone(),
            })
            .collect(),
        history: events
            .into_iter()
            .map(|event| HistoryLine {
                on: event.happened.on.to_string(),
                at: event.at.to_string(),
                text: zh(app, &event.happened),
                actor: if event.happened.by.is_empty() {
                    event.actor
                } else {
                    event.happened.by.clone()
                },
            })
            .collect(),
        life: item.life,
    })
}
