//! 苗头性问题的提醒 (clause 三(一)): who was reminded of what, and the look to come as a limit.

use super::{App, AppError, people};
use crate::domain::deadline::Terms;
use crate::domain::ids::hex;
use crate::domain::obligation::{Kind, Obligation, State, Wanted, due_given};
use crate::domain::person::IdNumber;
use crate::domain::time::Moment;
use crate::domain::written::{self, Size};
use crate::store::journal::Entry;
use crate::store::reminders::{self, StoredReminder};
use crate::store::{Tx, journal, obligations, papers, people as store_people};
use chrono::{Datelike, NaiveDate};
use sha2::{Digest, Sha256};

/// A reminder to keep.
#[derive(Debug, Clone)]
pub struct NewReminder {
    /// 编号; `None`: the next one of the year.
    pub number: Option<String>,
    /// 姓名
    pub name: String,
    /// 公民身份号码, where namesakes have to be told apart.
    pub id: IdNumber,
    /// 单位
    pub unit: String,
    /// 苗头性问题
    pub problem: String,
    /// 提醒日期
    pub reminded_on: NaiveDate,
    /// 提醒人
    pub reminded_by: String,
    /// Organ whose contacts are told.
    pub organ: Option<String>,
    /// 回看日期
    pub follow_up_on: NaiveDate,
}

/// Keeps a reminder with the day to look again; gives its number.
pub async fn add(app: &App, new: &NewReminder, actor: &str) -> Result<String, AppError> {
    let now = app.now();
    let none = String::new();
    for (what, text, size, needed) in [
        ("姓名", &new.name, Size::Line, true),
        ("单位", &new.unit, Size::Line, true),
        ("提醒的问题", &new.problem, Size::Lines, true),
        ("提醒人", &new.reminded_by, Size::Line, true),
        ("编号", new.number.as_ref().unwrap_or(&none), Size::Line, false),
        ("回看机关", new.organ.as_ref().unwrap_or(&none), Size::Line, false),
    ] {
        if needed && text.trim().is_empty() {
            return Err(AppError::Input(format!("请写明{what}")));
        }
        written::check(what, text, size).map_err(AppError::Input)?;
    }
    if new.reminded_on > now.day() {
        return Err(AppError::Input(format!("提醒日期 {} 晚于今天", new.reminded_on)));
    }
    if new.follow_up_on <= new.reminded_on {
        return Err(AppError::Input("回看日期须晚于提醒日期".to_owned()));
    }
    let limit = app
        .policy
        .limit(Kind::ReminderFollowUp)
        .ok_or_else(|| AppError::Input("现行规则没有「reminder_follow_up」期限，不能登记提醒".to_owned()))?;
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let number = match new.number.as_deref().map(str::trim) {
        Some(number) if !number.is_empty() => number.to_owned(),
        _ => next_number(&mut tx, now).await?,
    };
    if reminders::by_number(&mut tx, &number).await?.is_some() {
        return Err(AppError::Input(format!("提醒 {number} 已登记过")));
    }
    let kept = StoredReminder {
        id: hex(&Sha256::digest(format!("reminder|{number}"))[..10]),
        person: person_of(app, &mut tx, new).await?,
        number: number.clone(),
        unit: new.unit.clone(),
        problem: new.problem.clone(),
        reminded_on: new.reminded_on,
        reminded_by: new.reminded_by.clone(),
        organ: new.organ.clone(),
        follow_up_on: new.follow_up_on,
        checked_on: None,
        result: None,
    };
    reminders::put(&mut tx, &kept, now).await?;
    let key = format!("reminder:{number}");
    let owed = Obligation {
        subject_id: kept.id.clone(),
        number: number.clone(),
        scope_unit: new.organ.clone(),
        acting_unit: Some(new.unit.clone()),
        terms: Terms::GIVEN,
        ..Wanted::under(
            limit,
            key,
            new.reminded_on,
            due_given(new.follow_up_on, app.calendars().national()),
        )
        .begun(now)
    };
    obligations::put(&mut tx, &owed).await?;
    journaled(
        &mut tx,
        app,
        &kept,
        actor,
        "reminder.add",
        format!("提醒 {number}，回看 {}", new.follow_up_on),
    )
    .await?;
    tx.commit().await?;
    Ok(number)
}

/// Records the look.
pub async fn check(app: &App, number: &str, on: NaiveDate, result: &str, actor: &str) -> Result<(), AppError> {
    let now = app.now();
    if result.trim().is_empty() {
        return Err(AppError::Input("请写明回看的情况".to_owned()));
    }
    written::check("回看的情况", result, Size::Lines).map_err(AppError::Input)?;
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let Some(mut kept) = reminders::by_number(&mut tx, number.trim()).await? else {
        return Err(AppError::Input(format!("没有提醒「{number}」")));
    };
    if let Some(day) = kept.checked_on {
        return Err(AppError::Input(format!("提醒 {number} 已于 {day} 回看")));
    }
    if on > now.day() || on < kept.reminded_on {
        return Err(AppError::Input(format!("回看日期 {on} 须在提醒日期与今天之间")));
    }
    kept.checked_on = Some(on);
    kept.result = Some(result.trim().to_owned());
    reminders::put(&mut tx, &kept, now).await?;
    for owed in obligations::of_subject(&mut tx, &kept.id).await? {
        let met = Obligation {
            state: State::Met,
            met_on: Some(on),
            next_at: None,
            ..owed
        };
        obligations::put(&mut tx, &met).await?;
    }
    journaled(
        &mut tx,
        app,
        &kept,
        actor,
        "reminder.check",
        format!("提醒 {number} 已于 {on} 回看"),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// A reminder with the name of whoever was reminded.
#[derive(Debug, Clone)]
pub struct Shown {
    /// As kept.
    pub reminder: StoredReminder,
    /// 姓名
    pub name: String,
    /// Its limit, for `explain obligation`.
    pub obligation: Option<String>,
}

/// Everything about a reminder. It shows a person's file, so the view is journaled.
pub async fn show(app: &App, number: &str, actor: &str) -> Result<Shown, AppError> {
    let mut tx = app.db.begin().await?;
    let Some(reminder) = reminders::by_number(&mut tx, number.trim()).await? else {
        return Err(AppError::Input(format!("没有提醒「{}」", number.trim())));
    };
    let person = store_people::by_id(&mut tx, &reminder.person).await?;
    let owed = obligations::of_subject(&mut tx, &reminder.id).await?;
    let detail = format!("查看提醒 {}", reminder.number);
    journaled(&mut tx, app, &reminder, actor, "view", detail).await?;
    tx.commit().await?;
    Ok(Shown {
        reminder,
        name: person.map(|person| person.name).unwrap_or_default(),
        obligation: owed.first().map(|owed| owed.id.as_str().to_owned()),
    })
}

/// Reminders, those not yet looked at again first.
pub async fn list(app: &App, limit: i64) -> Result<Vec<StoredReminder>, AppError> {
    let mut tx = app.db.read().await?;
    let found = reminders::page(&mut tx, limit).await?;
    tx.rollback().await?;
    Ok(found)
}

/// One run of numbers for all organs, past those that were given by hand.
async fn next_number(tx: &mut Tx, now: Moment) -> Result<String, AppError> {
    let year = now.day().year();
    loop {
        let serial = papers::next_number(tx, "", "TX", year).await?;
        let number = format!("TX-{year}-{serial:03}");
        if reminders::by_number(tx, &number).await?.is_none() {
            return Ok(number);
        }
    }
}

async fn person_of(app: &App, tx: &mut Tx, new: &NewReminder) -> Result<crate::domain::ids::PersonId, AppError> {
    let named = people::Named {
        name: &new.name,
        id: &new.id,
        unit: &new.unit,
        ordinal: 1,
    };
    let Some(mut found) = people::find(tx, &app.keys, &named).await? else {
        return Err(AppError::Input(
            "该单位有多名同名干部，无法确定是谁；请写明公民身份号码（--id-file）".to_owned(),
        ));
    };
    if found.is_new || found.sealed.is_some() {
        found.person.register_unit.get_or_insert_with(|| new.unit.clone());
        store_people::put(tx, &found.person, found.sealed.as_deref()).await?;
    }
    Ok(found.person.id)
}

async fn journaled(
    tx: &mut Tx,
    app: &App,
    reminder: &StoredReminder,
    actor: &str,
    action: &str,
    detail: String,
) -> Result<(), AppError> {
    let entry = Entry {
        actor,
        action,
        object_kind: "reminder",
        object_id: &reminder.id,
        detail,
    };
    journal::append(tx, app.now(), &[entry]).await?;
    Ok(())
}
