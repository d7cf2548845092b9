//! Hand-overs and absences.

use super::{By, From, keep};
use crate::app::rectifications::shown::every_seen;
use crate::app::{App, AppError};
use crate::domain::account::Scope;
use crate::domain::alert::{self, is_of};
use crate::domain::contact::{Delegation, Role};
use crate::domain::ids::hex;
use crate::domain::person::normal_name;
use crate::domain::rectification::{Act, HandOver, Hands, Happened};
use crate::domain::written;
use crate::store::hands::{self as store, StoredHandOver};
use crate::store::journal::{self, Entry};
use crate::store::{Tx, contacts, rectifications};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// A hand-over as it stands.
#[derive(Debug, Clone, Serialize)]
pub struct Offered {
    /// What to type to confirm it.
    pub id: String,
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
    /// Numbers of the items.
    pub items: Vec<String>,
    /// Whoever gives has confirmed.
    pub given_on: Option<String>,
    /// Whoever takes has confirmed.
    pub taken_on: Option<String>,
    /// Both have: the items are handed over.
    pub done: bool,
    /// Items that were closed or given to somebody else meanwhile.
    pub left_out: Vec<String>,
}

fn offered(stored: &StoredHandOver, left_out: Vec<String>) -> Offered {
    let hand_over = &stored.hand_over;
    Offered {
        id: stored.id.clone(),
        from: hand_over.from.clone(),
        to: hand_over.to.clone(),
        items: hand_over.items.clone(),
        given_on: hand_over.given_on.map(|day| day.to_string()),
        taken_on: hand_over.taken_on.map(|day| day.to_string()),
        done: hand_over.given_on.is_some() && hand_over.taken_on.is_some(),
        left_out,
    }
}

fn line(what: &str, text: &str) -> Result<String, AppError> {
    written::line(what, text).map_err(AppError::Input)
}

/// A hand-over as it would be offered.
async fn proposed(
    app: &App,
    (from, to): (&str, &str),
    unit: Option<&str>,
    reason: &str,
    scope: &Scope,
) -> Result<HandOver, AppError> {
    let (from, to) = (line("移交人", from)?, line("接收人", to)?);
    let reason = line("移交的理由", reason)?;
    if normal_name(&from) == normal_name(&to) {
        return Err(AppError::Input("移交人和接收人是同一个人".to_owned()));
    }
    let held: Vec<_> = every_seen(app, scope)
        .await?
        .into_iter()
        .filter(|item| !item.life.is_closed() && HandOver::holds(&item.life.facts, &from))
        .filter(|item| unit.is_none_or(|unit| is_of(&item.life.facts.unit, unit)))
        .collect();
    let units: BTreeSet<&str> = held.iter().map(|item| item.life.facts.unit.as_str()).collect();
    if unit.is_none() && units.len() > 1 {
        let units: Vec<&str> = units.into_iter().collect();
        return Err(AppError::Input(format!(
            "「{from}」的事项在几个单位：{}，可能不是同一个人；请用 --unit 写明",
            units.join("、")
        )));
    }
    let items: Vec<String> = held.into_iter().map(|item| item.number).collect();
    if items.is_empty() {
        return Err(AppError::Input(format!("「{from}」名下没有未销号的整改事项")));
    }
    Ok(HandOver {
        from,
        to,
        unit: unit.map(str::to_owned),
        reason,
        items,
        offered_on: app.now().day(),
        given_on: None,
        taken_on: None,
    })
}

/// Whoever takes the items can be told of them.
async fn taker_is_known(tx: &mut Tx, hand_over: &HandOver) -> Result<(), AppError> {
    let known = contacts::all(tx).await?;
    let taker = normal_name(&hand_over.to);
    if known.iter().any(|contact| normal_name(&contact.name) == taker) {
        return Ok(());
    }
    Err(AppError::Input(format!(
        "「{}」不在联系人中：先导入接收人的联系方式，移交后的提醒才能送到",
        hand_over.to
    )))
}

/// Whether a hand-over could be offered, before it is.
///
/// # Errors
/// Why not.
pub async fn foresee_offer(
    app: &App,
    people: (&str, &str),
    unit: Option<&str>,
    reason: &str,
    scope: &Scope,
) -> Result<(), AppError> {
    let hand_over = proposed(app, people, unit, reason, scope).await?;
    let mut tx = app.db.read().await?;
    let known = taker_is_known(&mut tx, &hand_over).await;
    tx.rollback().await?;
    known
}

/// Offers all open items of one person, as far as they are seen, to another. Whoever offers it, and is one of the two,
/// has confirmed by that.
pub async fn offer(
    app: &App,
    from: &str,
    to: &str,
    unit: Option<&str>,
    reason: &str,
    by: &By,
    scope: &Scope,
) -> Result<Offered, AppError> {
    let now = app.now();
    let mut hand_over = proposed(app, (from, to), unit, reason, scope).await?;
    let own = [&hand_over.from, &hand_over.to].map(|name| normal_name(name));
    if own.contains(&normal_name(&by.name)) {
        hand_over.confirm(&by.name, now.day()).map_err(AppError::Input)?;
    }
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    taker_is_known(&mut tx, &hand_over).await?;
    let said = (
        &hand_over.from,
        &hand_over.to,
        &hand_over.reason,
        hand_over.items.join("|"),
    );
    let digest = Sha256::digest(format!("{}|{}|{}|{}|{now}", said.0, said.1, said.2, said.3));
    let stored = StoredHandOver {
        id: hex(&digest[..4]),
        hand_over,
        version: 1,
    };
    store::put(&mut tx, &stored, now).await?;
    let entry = Entry {
        actor: by.actor(),
        action: "hand_over.offer",
        object_kind: "hand_over",
        object_id: &stored.id,
        detail: format!(
            "由{}移交{} {} 件整改事项：{}",
            stored.hand_over.from,
            stored.hand_over.to,
            stored.hand_over.items.len(),
            stored.hand_over.reason
        ),
    };
    journal::append(&mut tx, now, &[entry]).await?;
    tx.commit().await?;
    Ok(offered(&stored, Vec::new()))
}

/// Confirms; when both have, every item is handed over in this one step.
pub async fn confirm(app: &App, id: &str, by: &By) -> Result<Offered, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let Some(mut stored) = store::by_id(&mut tx, id.trim()).await? else {
        return Err(AppError::Input(format!("没有编号为「{id}」的移交")));
    };
    let hands = stored.hand_over.confirm(&by.name, now.day()).map_err(AppError::Input)?;
    stored.version += 1;
    let mut left_out = Vec::new();
    if hands == Hands::Joined {
        for number in stored.hand_over.items.clone() {
            let item = rectifications::by_number(&mut tx, &number).await?;
            let Some(mut item) =
                item.filter(|item| !item.life.is_closed() && HandOver::holds(&item.life.facts, &stored.hand_over.from))
            else {
                left_out.push(number);
                continue;
            };
            let happened = Happened {
                act: Act::HandedOver {
                    from: stored.hand_over.from.clone(),
                    to: stored.hand_over.to.clone(),
                    facts: Box::new(stored.hand_over.handed(&item.life.facts)),
                },
                on: now.day(),
                by: by.name.clone(),
                role: None,
            };
            keep(app, &mut tx, &mut item, vec![happened], by.actor(), &From::act(), now).await?;
        }
    }
    store::put(&mut tx, &stored, now).await?;
    let entry = Entry {
        actor: by.actor(),
        action: "hand_over.confirm",
        object_kind: "hand_over",
        object_id: &stored.id,
        detail: match hands {
            Hands::Waits => "确认移交，等待另一方确认".to_owned(),
            Hands::Joined => format!("双方已确认，移交 {} 件", stored.hand_over.items.len() - left_out.len()),
        },
    };
    journal::append(&mut tx, now, &[entry]).await?;
    tx.commit().await?;
    Ok(offered(&stored, left_out))
}

/// Hand-overs that wait for a confirmation.
pub async fn offers(app: &App) -> Result<Vec<Offered>, AppError> {
    let mut tx = app.db.read().await?;
    let open = store::open(&mut tx).await?;
    tx.rollback().await?;
    Ok(open.iter().map(|one| offered(one, Vec::new())).collect())
}

/// Hand-overs of an item that wait and of which every item is seen.
pub async fn offers_of(app: &App, number: &str, scope: &Scope) -> Result<Vec<Offered>, AppError> {
    let mut tx = app.db.read().await?;
    let open = store::seen_of_item(&mut tx, number, scope).await?;
    tx.rollback().await?;
    Ok(open.iter().map(|one| offered(one, Vec::new())).collect())
}

/// Whether a hand-over waits and every item of it is seen.
pub async fn sees_offer(app: &App, id: &str, scope: &Scope) -> Result<bool, AppError> {
    let mut tx = app.db.read().await?;
    let found = store::seen_by_id(&mut tx, id, scope).await?;
    tx.rollback().await?;
    Ok(found.is_some())
}

/// An absence as it was kept.
#[derive(Debug, Clone, Serialize)]
pub struct Absence {
    /// Whoever is away.
    pub name: String,
    /// Whoever stands in.
    pub deputy: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
}

/// Who registers an absence.
#[derive(Debug, Clone, Copy)]
pub enum Registrar<'a> {
    /// Somebody of the directory, by name: the absent one, or whoever leads the unit.
    Named(&'a str),
    /// Whoever keeps the directory, by account.
    Keeper(&'a str),
}

/// Keeps who stands in for whom over some days: who is told, and who may act in their place.
pub async fn delegate(app: &App, one: &Delegation, by: &str) -> Result<Absence, AppError> {
    delegate_by(app, one, Registrar::Named(by)).await
}

/// The same, by whoever registers it.
pub async fn delegate_by(app: &App, one: &Delegation, by: Registrar<'_>) -> Result<Absence, AppError> {
    let now = app.now();
    let one = &checked(one, now.day())?;
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    allowed(&mut tx, one, by).await?;
    let actor = match by {
        Registrar::Named(by) | Registrar::Keeper(by) => by,
    };
    store::delegate(&mut tx, one, actor, now).await?;
    let entry = Entry {
        actor,
        action: "delegation",
        object_kind: "contact",
        object_id: &one.unit,
        detail: format!(
            "{} 至 {} {}由{}代理：{}",
            one.from, one.to, one.name, one.deputy, one.reason
        ),
    };
    journal::append(&mut tx, now, &[entry]).await?;
    tx.commit().await?;
    Ok(Absence {
        name: one.name.clone(),
        deputy: one.deputy.clone(),
        from: one.from.to_string(),
        to: one.to.to_string(),
    })
}

/// Whether an absence could be kept, before it is.
///
/// # Errors
/// Why not.
pub async fn foresee_delegation(app: &App, one: &Delegation, by: Registrar<'_>) -> Result<Delegation, AppError> {
    let one = checked(one, app.now().day())?;
    let mut tx = app.db.read().await?;
    let allowed = allowed(&mut tx, &one, by).await;
    tx.rollback().await?;
    allowed.map(|()| one)
}

/// Ends an absence: the one who was away is told again from today on.
///
/// # Errors
/// There is no such absence, or no reason.
pub async fn end_absence(
    app: &App,
    (unit, name, from): (&str, &str, chrono::NaiveDate),
    reason: &str,
    actor: &str,
) -> Result<(), AppError> {
    let now = app.now();
    let reason = &written::lines("理由", reason).map_err(AppError::Input)?;
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let known = store::delegations(&mut tx, now.day()).await?;
    let found = known
        .into_iter()
        .find(|one| one.unit == unit && one.name == name && one.from == from);
    let Some(one) = found else {
        return Err(AppError::Input("没有这一次离岗，或者已经结束".to_owned()));
    };
    // One that has not begun never holds.
    let last = now.day().pred_opt().expect("the calendar goes further back");
    let ended = Delegation { to: last, ..one };
    store::delegate(&mut tx, &ended, actor, now).await?;
    let entry = Entry {
        actor,
        action: "delegation.end",
        object_kind: "contact",
        object_id: &ended.unit,
        detail: format!(
            "{} 起{}由{}代理，自 {} 起结束：{reason}",
            ended.from,
            ended.name,
            ended.deputy,
            now.day()
        ),
    };
    journal::append(&mut tx, now, &[entry]).await?;
    Ok(tx.commit().await?)
}

fn checked(one: &Delegation, today: chrono::NaiveDate) -> Result<Delegation, AppError> {
    let one = Delegation {
        unit: line("单位", &one.unit)?,
        name: line("离岗人", &one.name)?,
        deputy: line("代理人", &one.deputy)?,
        reason: line("理由", &one.reason)?,
        ..*one
    };
    if one.from > one.to {
        return Err(AppError::Input(format!("起日 {} 晚于止日 {}", one.from, one.to)));
    }
    if one.to < today {
        return Err(AppError::Input(format!("止日 {} 已过", one.to)));
    }
    if (one.to - one.from).num_days() > LONGEST_ABSENCE {
        return Err(AppError::Input(format!(
            "代理最长 {LONGEST_ABSENCE} 天；长期离岗的，移交全部事项（rectification hand-over）"
        )));
    }
    if normal_name(&one.name) == normal_name(&one.deputy) {
        return Err(AppError::Input("离岗人和代理人是同一个人".to_owned()));
    }
    Ok(one)
}

/// Whether the directory lets it.
async fn allowed(tx: &mut Tx, one: &Delegation, by: Registrar<'_>) -> Result<(), AppError> {
    let known = contacts::all(tx).await?;
    let unit = alert::folded(&one.unit);
    let is = |contact: &alert::Contact, name: &str| normal_name(&contact.name) == normal_name(name);
    if !known
        .iter()
        .any(|contact| is(contact, &one.name) && alert::folded(&contact.unit) == unit)
    {
        return Err(AppError::Input(format!(
            "「{}」的联系人中没有「{}」",
            one.unit, one.name
        )));
    }
    // Whoever stands in is of the same unit, or of one above it: a supervised unit never stands in for its supervisor.
    if !known.iter().any(|contact| {
        is(contact, &one.deputy)
            && contact.email.is_some()
            && !contact.disabled
            && unit.starts_with(&alert::folded(&contact.unit))
    }) {
        return Err(AppError::Input(format!(
            "代理人须是「{}」或其上级单位可以收信的联系人，「{}」不是",
            one.unit, one.deputy
        )));
    }
    // The absent one says so, or somebody who leads the unit; never the deputy. Whoever keeps the directory may do for
    // anybody what they may do by its entries.
    if let Registrar::Named(by) = by {
        let leads = known.iter().any(|contact| {
            is(contact, by)
                && unit.starts_with(&alert::folded(&contact.unit))
                && matches!(
                    contact.role,
                    Role::SectionHead | Role::DeputyLeader | Role::Leader | Role::Administrator
                )
        });
        if normal_name(by) == normal_name(&one.deputy) || !(normal_name(by) == normal_name(&one.name) || leads) {
            return Err(AppError::Input(format!(
                "离岗代理由「{}」本人或该单位的负责人登记，「{by}」不能",
                one.name
            )));
        }
    }
    let others = store::delegations(tx, one.from).await?;
    if let Some(other) = others.iter().find(|other| {
        alert::folded(&other.unit) == unit
            && normal_name(&other.name) == normal_name(&one.name)
            && other.from != one.from
            && other.from <= other.to
            && other.from <= one.to
            && one.from <= other.to
    }) {
        return Err(AppError::Input(format!(
            "「{}」{} 至 {} 已由「{}」代理，日期重叠",
            one.name, other.from, other.to, other.deputy
        )));
    }
    Ok(())
}

/// Days an absence may last.
const LONGEST_ABSENCE: i64 = 366;
