//! The rectification ledger: load, let `step` decide, keep the act, where the item stands, what it asks for and the
//! journal in one transaction.

mod climb;
mod evidence;
mod export;
mod figures;
mod hands;
mod owed;
mod papers;
mod shown;
mod ways;

pub use evidence::{Attachment, attach, fetch};
pub use export::{ExportForm, Exported, export, export_of, known_columns};
pub use figures::{Reported, rates, report, report_seen};
pub use hands::{
    Absence, Offered, Registrar, confirm, delegate, delegate_by, end_absence, foresee_delegation, foresee_offer, offer,
    offers, offers_of, sees_offer,
};
pub use papers::{Papered, Wanted, draft, paper};
pub use shown::{HistoryLine, ItemLine, LevelLine, Listing, Shown, list, show};
pub use ways::{Open, Way, ways};

pub(super) use climb::{climbed, level_of, schedule};
pub(super) use owed::{From, changes, settle};

use super::{App, AppError};
use crate::domain::account::Viewer;
use crate::domain::alert::{self, Contact};
use crate::domain::calendar::Calendar;
use crate::domain::contact::{Delegation, Role};
use crate::domain::obligation::Kind;
use crate::domain::person::normal_name;
use crate::domain::rectification::{Act, HandOver, Happened, Known, Said, Side, delay, step};
use crate::domain::time::Moment;
use crate::store::journal::{self, Entry};
use crate::store::rectifications::{self as store, StoredRectification};
use crate::store::{Tx, contacts, hands as store_hands};
use chrono::NaiveDate;
use serde::Serialize;

/// Which item is meant.
#[derive(Debug, Clone)]
pub struct ItemRef {
    /// 编号
    pub number: String,
    /// The version that was looked at; another one is a conflict.
    pub version: Option<i64>,
}

/// By whom, and for which day.
#[derive(Debug, Clone)]
pub struct By {
    /// 姓名
    pub name: String,
    /// The account, as the journal names it; `None`: whoever has no account goes by the name.
    pub account: Option<String>,
    /// The day it counts for; `None`: today.
    pub on: Option<NaiveDate>,
}

impl By {
    /// Somebody with an account, today.
    pub fn of(viewer: &Viewer) -> Self {
        Self {
            account: Some(viewer.actor()),
            ..Self::from(viewer.name.as_str())
        }
    }

    /// How the journal names them.
    fn actor(&self) -> &str {
        self.account.as_deref().unwrap_or(&self.name)
    }
}

impl std::convert::From<&str> for By {
    fn from(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            account: None,
            on: None,
        }
    }
}

/// What an accepted act did.
#[derive(Debug, Clone, Serialize)]
pub struct Done {
    /// 编号
    pub number: String,
    /// Version after the act.
    pub version: i64,
    /// What was done.
    pub act: String,
    /// 收
    pub received: &'static str,
    /// 办
    pub done: &'static str,
    /// 验
    pub accepted: &'static str,
    /// The day it is to be done by.
    pub due: Option<String>,
    /// Level of the ladder.
    pub level: Option<String>,
    /// Whose delay it is, where there is one.
    pub delay: Option<String>,
    /// What people should know.
    pub warnings: Vec<String>,
}

/// Records an act.
pub async fn act(app: &App, which: &ItemRef, act: &Act, by: &By) -> Result<Done, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let done = act_in(app, &mut tx, which, act, by, now).await?;
    tx.commit().await?;
    Ok(done)
}

/// The same in a transaction of the caller's.
pub(super) async fn act_in(
    app: &App,
    tx: &mut Tx,
    which: &ItemRef,
    act: &Act,
    by: &By,
    now: Moment,
) -> Result<Done, AppError> {
    let item = find(tx, which).await?;
    take(app, tx, item, act, by, now).await
}

/// Decides about an act and keeps it; the transaction is the caller's.
async fn take(
    app: &App,
    tx: &mut Tx,
    mut item: StoredRectification,
    act: &Act,
    by: &By,
    now: Moment,
) -> Result<Done, AppError> {
    let today = now.day();
    let happened = judge(app, tx, &item, act, by, today).await?;
    let text = zh(app, &happened);
    keep(app, tx, &mut item, vec![happened], by.actor(), &From::act(), now).await?;
    if let Act::Dealt(dealt) = act {
        store::deal(tx, &item, dealt).await?;
    }
    if matches!(act, Act::Dealt(_) | Act::Papered { .. } | Act::Reported { .. }) {
        owed::escalation_met(tx, &item, now).await?;
    }
    if let Act::Raised { level, .. } = act {
        climb::raised(app, tx, &item, *level, now).await?;
    }
    let life = &item.life;
    let calendars = app.calendars();
    let late = delay(life, calendars.of(life.facts.supervisor.as_deref()).0, today)?;
    Ok(Done {
        number: item.number.clone(),
        version: item.version,
        act: text,
        received: life.received_zh(),
        done: life.done_zh(today),
        accepted: life.accepted_zh(),
        due: life.due_on.map(|due| due.to_string()),
        level: life.level.map(|level| app.policy.ladder.zh(level)),
        delay: (late.theirs + late.ours > 0).then(|| late.zh()),
        warnings: warnings(act, &item),
    })
}

/// Decides about an act; nothing is kept.
async fn judge(
    app: &App,
    tx: &mut Tx,
    item: &StoredRectification,
    act: &Act,
    by: &By,
    today: NaiveDate,
) -> Result<Happened, AppError> {
    let roles = roles_of(tx, item, &by.name, today).await?;
    if let Act::Dealt(dealt) = act {
        concerned(tx, item, &dealt.person).await?;
    }
    let calendars = app.calendars();
    let (calendar, _) = calendars.of(item.life.facts.supervisor.as_deref());
    let said = Said {
        act,
        by: &by.name,
        on: by.on.unwrap_or(today),
        today,
    };
    let known = known(app, &roles, calendar);
    step(&item.life, &said, &known).map_err(|refused| AppError::Input(refused.0))
}

/// What an act is held against.
fn known<'a>(app: &'a App, roles: &'a [(Side, Role)], calendar: &'a Calendar) -> Known<'a> {
    Known {
        roles,
        extension: app
            .policy
            .limit(Kind::Rectification)
            .and_then(|limit| limit.extension.as_ref()),
        rules: &app.policy.rectification,
        ladder: &app.policy.ladder,
        calendar,
    }
}

/// Whether an act would be taken, before anybody is asked to be sure of it.
///
/// # Errors
/// Why not.
pub async fn foresee(app: &App, which: &ItemRef, act: &Act, by: &By) -> Result<(), AppError> {
    let today = app.now().day();
    let mut tx = app.db.read().await?;
    let item = find(&mut tx, which).await?;
    let judged = judge(app, &mut tx, &item, act, by, today).await;
    tx.rollback().await?;
    judged.map(drop)
}

/// Whoever is dealt with answers for the item, or belongs to the unit that does.
async fn concerned(tx: &mut Tx, item: &StoredRectification, person: &str) -> Result<(), AppError> {
    let facts = &item.life.facts;
    let (name, unit) = (normal_name(person), alert::folded(&facts.unit));
    let known = contacts::all(tx).await?;
    let of_unit = known
        .iter()
        .any(|contact| normal_name(&contact.name) == name && alert::folded(&contact.unit) == unit);
    if of_unit || HandOver::holds(facts, person) {
        return Ok(());
    }
    Err(AppError::Input(format!(
        "「{person}」不是该事项的责任人、联系人、牵头领导，也不是责任单位的联系人，不能以该事项整改不力处理"
    )))
}

fn warnings(act: &Act, item: &StoredRectification) -> Vec<String> {
    let life = &item.life;
    let mut warnings = Vec::new();
    if matches!(act, Act::Accepted { .. } | Act::ClosingAsked) && life.evidence.iter().all(|one| one.hash.is_none()) {
        warnings.push("佐证材料只有名称，没有文件".to_owned());
    }
    if matches!(act, Act::Accepted { .. }) && life.percent < 100 && life.percent > 0 {
        warnings.push(format!("最后一次报告的完成比例是 {}%", life.percent));
    }
    warnings
}

/// What happened, for people.
pub(super) fn zh(app: &App, happened: &Happened) -> String {
    happened.act.zh(|level| app.policy.ladder.zh(level))
}

/// Keeps what happened: where the item stands, its history, what it asks for, the journal.
pub(super) async fn keep(
    app: &App,
    tx: &mut Tx,
    item: &mut StoredRectification,
    happened: Vec<Happened>,
    actor: &str,
    from: &From<'_>,
    now: Moment,
) -> Result<(), AppError> {
    for one in &happened {
        item.life.take(one);
    }
    item.version += 1;
    store::put(tx, item).await?;
    store::append(tx, &item.id, &happened, actor, now).await?;
    let entries: Vec<Entry<'_>> = happened
        .iter()
        .map(|one| Entry {
            actor,
            action: "rectification",
            object_kind: "rectification",
            object_id: item.id.as_str(),
            detail: format!("{}：{}", item.number, zh(app, one)),
        })
        .collect();
    journal::append(tx, now, &entries).await?;
    settle(app, tx, item, from, actor, now).await
}

/// The item that is meant.
pub(super) async fn find(tx: &mut Tx, which: &ItemRef) -> Result<StoredRectification, AppError> {
    let number = which.number.trim();
    let Some(item) = store::by_number(tx, number).await? else {
        return Err(AppError::Input(format!("没有编号为「{number}」的整改事项")));
    };
    match which.version {
        Some(seen) if seen != item.version => Err(AppError::Conflict(format!(
            "整改事项「{number}」自查看（第 {seen} 版）以后有变化（现为第 {} 版），本次没有改动；请重新查看后再办",
            item.version
        ))),
        _ => Ok(item),
    }
}

/// What somebody is to an item: from the contacts, from the item itself, and in whose place they act today.
async fn roles_of(
    tx: &mut Tx,
    item: &StoredRectification,
    name: &str,
    today: NaiveDate,
) -> Result<Vec<(Side, Role)>, AppError> {
    let contacts = contacts::all(tx).await?;
    let delegations = store_hands::delegations(tx, today).await?;
    let mut roles = own_roles(&contacts, item, name);
    // Whoever answers for the item on the unit's side stands in for no supervisor of it.
    let theirs = roles.iter().any(|(side, _)| *side == Side::Unit);
    let wanted = normal_name(name);
    for one in delegations
        .iter()
        .filter(|one| one.holds(today) && normal_name(&one.deputy) == wanted)
    {
        let unit = alert::folded(&one.unit);
        let away: Vec<Contact> = contacts
            .iter()
            .filter(|c| alert::folded(&c.unit) == unit)
            .cloned()
            .collect();
        let lent = own_roles(&away, item, &one.name);
        roles.extend(lent.into_iter().filter(|(side, _)| !theirs || *side == Side::Unit));
    }
    roles.sort_unstable();
    roles.dedup();
    Ok(roles)
}

/// Whether somebody speaks for the unit that answers for an item.
pub(super) async fn answers_for(
    tx: &mut Tx,
    item: &StoredRectification,
    name: &str,
    today: NaiveDate,
) -> Result<bool, AppError> {
    let roles = roles_of(tx, item, name, today).await?;
    Ok(roles.iter().any(|(side, _)| *side == Side::Unit))
}

fn own_roles(contacts: &[Contact], item: &StoredRectification, name: &str) -> Vec<(Side, Role)> {
    let facts = &item.life.facts;
    let wanted = normal_name(name);
    let named = |held: &Option<String>| held.as_deref().is_some_and(|held| normal_name(held) == wanted);
    let mut roles = Vec::new();
    if named(&facts.person) {
        roles.push((Side::Unit, Role::Responsible));
    }
    if named(&facts.contact) {
        roles.push((Side::Unit, Role::UnitLiaison));
    }
    if named(&facts.lead) {
        roles.push((Side::Unit, Role::DeputyLeader));
    }
    let unit = alert::folded(&facts.unit);
    // The units above the supervising one may do what it may; its own root unit is only told in its place.
    let supervisor = facts.supervisor.as_deref().map(alert::folded);
    let supervises = |own: &str, role: Role| match &supervisor {
        Some(supervisor) => supervisor.starts_with(own),
        None => role == Role::Supervisor,
    };
    for contact in contacts
        .iter()
        .filter(|c| normal_name(&c.name) == wanted && !c.disabled)
    {
        let own = alert::folded(&contact.unit);
        if supervises(&own, contact.role) {
            roles.push((Side::Supervisor, contact.role));
        } else if own == unit {
            roles.push((Side::Unit, contact.role));
        }
    }
    roles
}

/// The contacts as they are on a day: whoever is away is told through whoever stands in.
pub(super) fn present(contacts: &[Contact], delegations: &[Delegation], day: NaiveDate) -> Vec<Contact> {
    let mut contacts = contacts.to_vec();
    for one in delegations.iter().filter(|one| one.holds(day)) {
        let (unit, name) = (alert::folded(&one.unit), normal_name(&one.name));
        for contact in &mut contacts {
            if alert::folded(&contact.unit) == unit && normal_name(&contact.name) == name {
                contact.disabled = true;
                contact.deputy = Some(one.deputy.clone());
            }
        }
    }
    contacts
}
