//! The directory: who is told what. Its entries are the contacts; a list that is imported and a page that changes one entry
//! keep them through the same function, and every state an entry had can come back.

use super::view::{PER_PAGE, PageOf};
use super::{App, AppError, troubles};
use crate::domain::alert::{Contact, folded, is_of, reachable};
use crate::domain::contact::{Delegation, Role, mail_address};
use crate::domain::ids::hex;
use crate::domain::person::normal_name;
use crate::domain::time::Moment;
use crate::domain::written;
use crate::store::contacts::{self as store, Version};
use crate::store::journal::{self, Entry};
use crate::store::{Tx, hands, obligations};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Who changes an entry, and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Author<'a> {
    pub actor: &'a str,
    pub reason: &'a str,
}

/// Keeps an entry and its history.
pub(super) async fn keep(tx: &mut Tx, contact: &Contact, by: Author<'_>, now: Moment) -> Result<i64, AppError> {
    store::put(tx, contact).await?;
    Ok(store::add_version(tx, contact, (by.actor, by.reason), now).await?)
}

/// What follows from another directory: whoever could not be told is tried again.
pub(super) async fn changed(tx: &mut Tx, now: Moment) -> Result<(), AppError> {
    obligations::wake_untold(tx, now).await?;
    troubles::recheck(tx, now).await
}

/// The name of an entry in addresses.
pub fn id_of(contact: &Contact) -> String {
    let digest = Sha256::digest(format!(
        "contact\u{1f}{}\u{1f}{}\u{1f}{}",
        contact.unit,
        contact.name,
        contact.role.zh()
    ));
    hex(&digest[..8])
}

/// The name of a unit in addresses.
pub fn id_of_unit(unit: &str) -> String {
    hex(&Sha256::digest(format!("unit\u{1f}{unit}"))[..8])
}

/// Which entries a list shows.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// A part of a name, an address or a unit.
    pub text: String,
    /// Only of this unit and those below it.
    pub unit: String,
}

/// A page of the entries.
pub async fn people(app: &App, asked: &Asked, page: u32) -> Result<PageOf<Contact>, AppError> {
    let mut all = all(app).await?;
    let text = asked.text.trim().to_lowercase();
    let within = |unit: &str| asked.unit.trim().is_empty() || is_of(unit, &asked.unit);
    all.retain(|one| {
        let holds = |held: &str| held.to_lowercase().contains(&text);
        let found = text.is_empty() || holds(&one.name) || holds(&one.unit) || one.email.as_deref().is_some_and(holds);
        found && within(&one.unit)
    });
    Ok(paged(all, page))
}

fn paged<T>(all: Vec<T>, page: u32) -> PageOf<T> {
    let page = page.max(1);
    let total = all.len() as u64;
    let skip = (page as usize - 1).saturating_mul(PER_PAGE as usize);
    PageOf {
        rows: all.into_iter().skip(skip).take(PER_PAGE as usize).collect(),
        total,
        page,
        per_page: PER_PAGE,
    }
}

async fn all(app: &App) -> Result<Vec<Contact>, AppError> {
    let mut tx = app.db.read().await?;
    let all = store::all(&mut tx).await?;
    tx.rollback().await?;
    Ok(all)
}

/// A unit of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its path.
    pub name: String,
    /// Entries.
    pub entries: usize,
    /// Those that can be told.
    pub reachable: usize,
}

impl Unit {
    /// Its name in addresses.
    pub fn id(&self) -> String {
        id_of_unit(&self.name)
    }
}

fn units_of(all: &[Contact]) -> Vec<Unit> {
    let mut units: BTreeMap<&str, Unit> = BTreeMap::new();
    for one in all {
        let unit = units.entry(&one.unit).or_insert_with(|| Unit {
            name: one.unit.clone(),
            entries: 0,
            reachable: 0,
        });
        unit.entries += 1;
        unit.reachable += usize::from(reachable(one, all).is_some());
    }
    units.into_values().collect()
}

/// A page of the units.
pub async fn units(app: &App, text: &str, page: u32) -> Result<PageOf<Unit>, AppError> {
    let mut units = units_of(&all(app).await?);
    units.retain(|unit| unit.name.contains(text.trim()));
    Ok(paged(units, page))
}

/// One unit.
pub async fn unit(app: &App, id: &str) -> Result<Option<Unit>, AppError> {
    Ok(units_of(&all(app).await?).into_iter().find(|unit| unit.id() == id))
}

/// An entry with its history.
#[derive(Debug, Clone)]
pub struct Person {
    /// As it stands.
    pub contact: Contact,
    /// Every state it had, the newest first.
    pub history: Vec<Version>,
    /// Absences that have not ended.
    pub absences: Vec<Delegation>,
}

/// One entry.
pub async fn person(app: &App, id: &str) -> Result<Option<Person>, AppError> {
    let mut tx = app.db.read().await?;
    let found = store::all(&mut tx).await?.into_iter().find(|one| id_of(one) == id);
    let Some(contact) = found else {
        tx.rollback().await?;
        return Ok(None);
    };
    let history = store::history(&mut tx, &contact).await?;
    let mut absences = hands::delegations(&mut tx, app.now().day()).await?;
    tx.rollback().await?;
    let unit = folded(&contact.unit);
    absences.retain(|one| {
        folded(&one.unit) == unit && normal_name(&one.name) == normal_name(&contact.name) && one.from <= one.to
    });
    Ok(Some(Person {
        contact,
        history,
        absences,
    }))
}

/// Something that is to become of the directory.
#[derive(Debug, Clone)]
pub enum Change {
    /// A new entry.
    Add(Contact),
    /// Another address, deputy or state of an entry.
    Set(Contact),
    /// An entry as it was.
    Restore {
        /// Its name in addresses.
        id: String,
        /// The state.
        number: i64,
    },
    /// Nobody of a unit is told any more.
    CloseUnit(String),
    /// Everybody of it is told again.
    OpenUnit(String),
    /// A unit and those below it are called otherwise.
    RenameUnit {
        /// So far.
        from: String,
        /// From now on.
        to: String,
    },
}

/// An entry before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// None where it is new.
    pub before: Option<Contact>,
    /// As it would be.
    pub after: Contact,
}

impl Step {
    /// What changes, in words.
    pub fn zh(&self) -> String {
        let Some(before) = &self.before else {
            return "新增".to_owned();
        };
        let mut said = Vec::new();
        if before.email != self.after.email {
            said.push("邮箱变更");
        }
        if before.deputy != self.after.deputy {
            said.push("代理人变更");
        }
        match (before.disabled, self.after.disabled) {
            (false, true) => said.push("停用"),
            (true, false) => said.push("启用"),
            _ => {}
        }
        said.join("、")
    }
}

/// What a change would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Entry by entry.
    pub steps: Vec<Step>,
    /// Absences that go along with a unit, as they would be, each with the unit it was registered for.
    pub absences: Vec<(Delegation, String)>,
    /// What people should know before.
    pub warnings: Vec<String>,
}

impl Plan {
    /// Tells this plan from another.
    pub fn mark(&self) -> String {
        hex(&Sha256::digest(format!("{:?}{:?}", self.steps, self.absences))[..8])
    }
}

/// What a change would do to the directory as it stands.
///
/// # Errors
/// It cannot be done, or nothing would come of it.
pub async fn plan(app: &App, change: &Change) -> Result<Plan, AppError> {
    let mut tx = app.db.read().await?;
    let plan = plan_in(&mut tx, change, app.now().day()).await;
    tx.rollback().await?;
    plan
}

async fn plan_in(tx: &mut Tx, change: &Change, today: NaiveDate) -> Result<Plan, AppError> {
    let known = store::all(tx).await?;
    let mut absences = Vec::new();
    let same =
        |one: &Contact, other: &Contact| one.unit == other.unit && one.name == other.name && one.role == other.role;
    let mut steps = Vec::new();
    match change {
        Change::Add(new) => {
            let new = checked(new)?;
            if known.iter().any(|one| same(one, &new)) {
                return Err(AppError::Input(format!(
                    "「{}」的{}「{}」已在其中：改邮箱、停用、启用，请打开这一条",
                    new.unit,
                    new.role.zh(),
                    new.name
                )));
            }
            steps.push(Step {
                before: None,
                after: new,
            });
        }
        Change::Set(new) => {
            let new = checked(new)?;
            let before = known.iter().find(|one| same(one, &new)).cloned();
            steps.push(Step {
                before: Some(before.ok_or_else(|| AppError::Input("没有这一条，请回到列表查看".to_owned()))?),
                after: new,
            });
        }
        Change::Restore { id, number } => {
            let before = known.iter().find(|one| id_of(one) == *id).cloned();
            let before = before.ok_or_else(|| AppError::Input("没有这一条，请回到列表查看".to_owned()))?;
            let history = store::history(tx, &before).await?;
            let wanted = history.into_iter().find(|version| version.number == *number);
            let wanted = wanted.ok_or_else(|| AppError::Input(format!("没有第 {number} 版")))?;
            steps.push(Step {
                after: checked(&wanted.contact)?,
                before: Some(before),
            });
        }
        Change::CloseUnit(unit) | Change::OpenUnit(unit) => {
            let disabled = matches!(change, Change::CloseUnit(_));
            steps.extend(known.iter().filter(|one| one.unit == *unit).map(|one| Step {
                before: Some(one.clone()),
                after: Contact {
                    disabled,
                    ..one.clone()
                },
            }));
        }
        Change::RenameUnit { from, to } => {
            renamed(&known, from, to, &mut steps)?;
            absences = carried(hands::delegations(tx, today).await?, from, to.trim().trim_matches('/'));
        }
    }
    steps.retain(|step| step.before.as_ref() != Some(&step.after));
    if steps.is_empty() {
        return Err(AppError::Input("与现在的一样，没有需要改动的".to_owned()));
    }
    let mut after = known.clone();
    for step in &steps {
        match after.iter_mut().find(|one| same(one, &step.after)) {
            Some(own) => own.clone_from(&step.after),
            None => after.push(step.after.clone()),
        }
    }
    Ok(Plan {
        warnings: warnings(&known, &after, &steps),
        steps,
        absences,
    })
}

fn renamed(known: &[Contact], from: &str, to: &str, steps: &mut Vec<Step>) -> Result<(), AppError> {
    let to = line("单位", to)?;
    let to = to.trim_matches('/');
    if to == from {
        return Err(AppError::Input("新的名称与现在的一样".to_owned()));
    }
    let below = format!("{from}/");
    if to.starts_with(&below) {
        return Err(AppError::Input("不能改到自己的下级".to_owned()));
    }
    for one in known
        .iter()
        .filter(|one| one.unit == from || one.unit.starts_with(&below))
    {
        let unit = format!("{to}{}", &one.unit[from.len()..]);
        let there = |other: &&Contact| other.unit == unit && other.name == one.name && other.role == one.role;
        if one.disabled {
            continue;
        }
        steps.push(Step {
            before: known.iter().find(there).cloned(),
            after: Contact {
                unit: unit.clone(),
                ..one.clone()
            },
        });
        steps.push(Step {
            before: Some(one.clone()),
            after: Contact {
                disabled: true,
                ..one.clone()
            },
        });
    }
    Ok(())
}

/// The absences of a unit and of those below it, under its new name.
fn carried(known: Vec<Delegation>, from: &str, to: &str) -> Vec<(Delegation, String)> {
    let below = format!("{from}/");
    let named = |unit: &str| {
        if folded(unit) == folded(from) {
            return Some(to.to_owned());
        }
        unit.strip_prefix(&below).map(|rest| format!("{to}/{rest}"))
    };
    let live = known.into_iter().filter(|one| one.from <= one.to);
    live.filter_map(|one| {
        let unit = named(&one.unit)?;
        let before = one.unit.clone();
        Some((Delegation { unit, ..one }, before))
    })
    .collect()
}

fn line(what: &str, text: &str) -> Result<String, AppError> {
    written::line(what, text).map_err(AppError::Input)
}

/// An entry as a list would be read.
fn checked(new: &Contact) -> Result<Contact, AppError> {
    let some = |what: &str, text: &Option<String>| match text.as_deref().map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => line(what, text).map(Some),
    };
    let email = match some("邮箱", &new.email)? {
        None => None,
        Some(said) => Some(mail_address(&said).ok_or_else(|| AppError::Input(format!("「{said}」不是邮箱地址")))?),
    };
    Ok(Contact {
        unit: line("单位", new.unit.trim().trim_matches('/'))?,
        name: line("姓名", &new.name)?,
        role: new.role,
        email,
        deputy: some("代理人", &new.deputy)?,
        disabled: new.disabled,
    })
}

/// Who would no longer be told, and deputies that lead nowhere.
fn warnings(before: &[Contact], after: &[Contact], steps: &[Step]) -> Vec<String> {
    let mut said = Vec::new();
    let told = |all: &[Contact], unit: &str, role: Role| {
        all.iter()
            .any(|one| folded(&one.unit) == folded(unit) && one.role == role && reachable(one, all).is_some())
    };
    let mut places: Vec<(&str, Role)> = steps
        .iter()
        .map(|step| (step.after.unit.as_str(), step.after.role))
        .collect();
    places.sort_unstable();
    places.dedup();
    for (unit, role) in places {
        if told(before, unit, role) && !told(after, unit, role) {
            said.push(format!(
                "「{unit}」的{}将没有可以收信的人，提醒送上一级和管理员",
                role.zh()
            ));
        }
    }
    for step in steps {
        let one = &step.after;
        if let Some(deputy) = one.deputy.as_deref().filter(|_| one.disabled)
            && reachable(one, after).is_none()
        {
            said.push(format!("「{}」的代理人「{deputy}」不在其中，或者收不到信", one.name));
        }
        if !one.disabled && one.email.is_none() {
            said.push(format!("「{}」没有邮箱，收不到提醒", one.name));
        }
    }
    said
}

/// Makes a change that was looked at; the number of entries.
///
/// # Errors
/// No reason; it cannot be done; the directory has changed since it was looked at.
pub async fn apply(app: &App, change: &Change, mark: &str, reason: &str, actor: &str) -> Result<usize, AppError> {
    let now = app.now();
    let reason = &written::lines("改动的理由", reason).map_err(AppError::Input)?;
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let plan = plan_in(&mut tx, change, now.day()).await?;
    if plan.mark() != mark {
        return Err(AppError::Conflict(
            "预览以后通讯录有变化，本次没有改动；请重新预览".to_owned(),
        ));
    }
    let mut told = Vec::new();
    for step in &plan.steps {
        let number = keep(&mut tx, &step.after, Author { actor, reason }, now).await?;
        told.push((id_of(&step.after), format!("第 {number} 版，{}：{reason}", step.zh())));
    }
    for (absence, before) in &plan.absences {
        hands::carry(&mut tx, absence, before).await?;
        let said = format!(
            "{}自 {} 起由{}代理，改到「{}」名下：{reason}",
            absence.name, absence.from, absence.deputy, absence.unit
        );
        told.push((absence.unit.clone(), said));
    }
    changed(&mut tx, now).await?;
    let entries: Vec<Entry<'_>> = told
        .iter()
        .map(|(id, detail)| Entry {
            actor,
            action: "directory.change",
            object_kind: "contact",
            object_id: id,
            detail: detail.clone(),
        })
        .collect();
    journal::append(&mut tx, now, &entries).await?;
    tx.commit().await?;
    Ok(plan.steps.len())
}
