//! What the administrators do: one makes and closes accounts, another grants roles, locks and unlocks.

use super::set_up::{login_form, new};
use super::{Rules, changed_since, journal, key_of, name, no_such};
use crate::app::{App, AppError, uncancelled};
use crate::domain::account::{self, Role, Scope, Viewer};
use crate::store::accounts::{self, Account, Link, Session};
use crate::store::{Tx, cases, contacts, journal as chain, people, rectifications};

/// Accounts looked at when it is asked whether an administrator is the last, or somebody has another account.
const MOST: i64 = 10_000;

/// A page of accounts.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The accounts.
    pub rows: Vec<Account>,
    /// How many there are.
    pub total: u64,
}

/// Accounts in the order of their names.
pub async fn listed(app: &App, limit: i64, offset: i64) -> Result<Listed, AppError> {
    let mut tx = app.db.read().await?;
    let rows = accounts::page(&mut tx, limit, offset).await?;
    let total = accounts::count(&mut tx).await?;
    tx.rollback().await?;
    Ok(Listed {
        rows,
        total: u64::try_from(total).unwrap_or(0),
    })
}

/// One account with its sessions.
pub async fn one(app: &App, login: &str) -> Result<Option<(Account, Vec<Session>)>, AppError> {
    let mut tx = app.db.read().await?;
    let account = accounts::by_login(&mut tx, login).await?;
    let sessions = accounts::sessions(&mut tx, login, app.now()).await?;
    tx.rollback().await?;
    Ok(account.map(|account| (account, sessions)))
}

/// Makes an account without a role; gives the link by which its owner sets a password.
///
/// # Errors
/// The name cannot be taken, or is taken.
pub async fn make(app: &App, rules: &Rules, by: &Viewer, login: &str, person: &str) -> Result<String, AppError> {
    let login = account::login(login).ok_or_else(login_form)?;
    let person = name(person)?;
    let (app, rules, actor) = (app.clone(), rules.clone(), by.actor());
    uncancelled(async move {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        chain::take_turn(&mut tx).await?;
        if !accounts::insert(&mut tx, &new(login.clone(), person, now)).await? {
            return Err(AppError::Input(format!("登录名 {login} 已经有人用了")));
        }
        let address = link(&app, &rules, &mut tx, &login).await?;
        journal(
            &mut tx,
            now,
            &actor,
            "make",
            &login,
            "建立账号，尚未授予角色".to_owned(),
        )
        .await?;
        tx.commit().await?;
        Ok(address)
    })
    .await
}

pub(super) async fn link(app: &App, rules: &Rules, tx: &mut Tx, login: &str) -> Result<String, AppError> {
    let token = app.keys.token();
    accounts::drop_links(tx, Some(login)).await?;
    let link = Link {
        key: key_of(&token),
        login: Some(login.to_owned()),
        until: rules.link_until(app.now()),
    };
    accounts::put_link(tx, &link).await?;
    Ok(format!("{}/set-up/{token}", app.base_url))
}

/// A fresh link by which the owner sets another password; the second factor is taken away, every session ends, and an
/// account with a role is locked until the security administrator unlocks it.
///
/// # Errors
/// There is no such account, or no administrator of its kind would be left.
pub async fn reset(app: &App, rules: &Rules, by: &Viewer, login: &str) -> Result<String, AppError> {
    not_oneself(by, login)?;
    let (app, rules, by, login) = (app.clone(), rules.clone(), by.clone(), login.to_owned());
    uncancelled(async move {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        chain::take_turn(&mut tx).await?;
        let mut account = accounts::by_login(&mut tx, &login).await?.ok_or_else(no_such)?;
        // Whoever hands out the link could use it: another administrator must unlock what is to be used by it.
        if account.role.is_some() {
            account.locked = Some(now);
            let all = accounts::page(&mut tx, MOST, 0).await?;
            still_administered(&account, &all)?;
        }
        account.password = None;
        account.totp = None;
        store(&mut tx, &account).await?;
        accounts::end_all(&mut tx, &login, None).await?;
        let address = link(&app, &rules, &mut tx, &login).await?;
        journal(
            &mut tx,
            now,
            &by.actor(),
            "reset",
            &login,
            "重设密码的链接，原密码作废，锁定待安全管理员解锁".to_owned(),
        )
        .await?;
        tx.commit().await?;
        app.jobs().forget(&login);
        Ok(address)
    })
    .await
}

fn not_oneself(by: &Viewer, login: &str) -> Result<(), AppError> {
    if by.login == login {
        return Err(AppError::Input(
            "管理员不能改动自己的账号，请另一位管理员办理".to_owned(),
        ));
    }
    Ok(())
}

/// Refuses what would leave one of the three without anybody.
fn still_administered(account: &Account, all: &[Account]) -> Result<(), AppError> {
    let usable = |role: Role| {
        let others = all.iter().filter(|other| other.login != account.login);
        others
            .chain(std::iter::once(account))
            .any(|one| one.role == Some(role) && !one.closed && one.locked.is_none())
    };
    match Role::ADMINISTRATORS.into_iter().find(|role| !usable(*role)) {
        Some(role) => Err(AppError::Input(format!("这样就没有可用的{}了，未改动", role.zh()))),
        None => Ok(()),
    }
}

pub(super) async fn store(tx: &mut Tx, account: &Account) -> Result<(), AppError> {
    if accounts::update(tx, account).await? {
        Ok(())
    } else {
        Err(changed_since())
    }
}

/// One change of one account by an administrator, journaled with what it was.
async fn change<F>(app: &App, by: &Viewer, login: &str, action: &'static str, step: F) -> Result<(), AppError>
where
    F: FnOnce(&mut Account, &[Account]) -> Result<String, AppError> + Send + 'static,
{
    not_oneself(by, login)?;
    let (app, actor, login) = (app.clone(), by.actor(), login.to_owned());
    uncancelled(async move {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        chain::take_turn(&mut tx).await?;
        let mut account = accounts::by_login(&mut tx, &login).await?.ok_or_else(no_such)?;
        let all = accounts::page(&mut tx, MOST, 0).await?;
        let said = step(&mut account, &all)?;
        still_administered(&account, &all)?;
        store(&mut tx, &account).await?;
        // Whoever is somebody else from now on signs in anew.
        accounts::end_all(&mut tx, &login, None).await?;
        journal(&mut tx, now, &actor, action, &login, said).await?;
        tx.commit().await?;
        // Lists that were judged for what they saw before are not theirs any more.
        app.jobs().forget(&login);
        Ok(())
    })
    .await
}

/// Grants a role and a unit; every session of the account ends.
///
/// # Errors
/// An administrator's role for somebody who has another one under another name, or no administrator would be left.
pub async fn grant(app: &App, by: &Viewer, login: &str, role: Role, unit: Option<&str>) -> Result<(), AppError> {
    let unit = unit.map(str::trim).filter(|unit| !unit.is_empty()).map(str::to_owned);
    if unit
        .as_ref()
        .is_some_and(|unit| unit.chars().count() > 100 || unit.contains(char::is_control))
    {
        return Err(AppError::Input("单位名称应写在一行，不超过 100 字".to_owned()));
    }
    if role == Role::Liaison && unit.is_none() {
        return Err(AppError::Input("单位联络员必须写明单位".to_owned()));
    }
    if role.is_administrator() && unit.is_some() {
        return Err(AppError::Input(
            "系统管理员、安全管理员、审计员不属于某一个单位，单位请留空".to_owned(),
        ));
    }
    change(app, by, login, "grant", move |account, all| {
        let other = all.iter().find(|other| {
            other.login != account.login && other.name == account.name && !other.closed && other.role.is_some()
        });
        if let Some(other) = other
            && (role.is_administrator() || other.role.is_some_and(Role::is_administrator))
            && other.role != Some(role)
        {
            return Err(AppError::Input(format!(
                "{}已经用登录名 {} 担任{}：系统管理员、安全管理员、审计员必须各由一人担任，且不办理业务",
                account.name,
                other.login,
                other.role.map_or("", Role::zh)
            )));
        }
        let before = account.role.map_or("无角色", Role::zh);
        let said = format!(
            "角色由{before}改为{}，单位 {}",
            role.zh(),
            unit.as_deref().unwrap_or("全部")
        );
        account.role = Some(role);
        account.unit = unit;
        Ok(said)
    })
    .await
}

/// Whether nothing here belongs to a unit or to what lies below it: no contact, cadre, case or item.
pub async fn is_unknown_unit(app: &App, unit: &str) -> Result<bool, AppError> {
    let scope = Scope::of(Some(unit.trim()));
    let mut tx = app.db.read().await?;
    let contacts = contacts::all(&mut tx).await?;
    let known = contacts.iter().any(|contact| scope.holds(Some(&contact.unit)))
        || people::units(&mut tx).await?.iter().any(|one| scope.holds(Some(one)))
        || !rectifications::units(&mut tx, &scope, 1).await?.0.is_empty()
        || !cases::seen(&mut tx, &scope).await?.is_empty();
    tx.rollback().await?;
    Ok(!known)
}

/// Locks an account until it is unlocked.
///
/// # Errors
/// No administrator of its kind would be left.
pub async fn lock(app: &App, by: &Viewer, login: &str) -> Result<(), AppError> {
    let now = app.now();
    change(app, by, login, "lock", move |account, _| {
        account.locked = Some(now);
        Ok("锁定账号，结束其全部登录".to_owned())
    })
    .await
}

/// Unlocks an account and forgets its failures.
///
/// # Errors
/// There is no such account.
pub async fn unlock(app: &App, by: &Viewer, login: &str) -> Result<(), AppError> {
    change(app, by, login, "unlock", |account, _| {
        account.locked = None;
        Ok("解锁账号".to_owned())
    })
    .await?;
    let mut tx = app.db.begin().await?;
    accounts::forgive(&mut tx, &key_of(login)).await?;
    Ok(tx.commit().await?)
}

/// Closes an account for good; it stays in the books.
///
/// # Errors
/// No administrator of its kind would be left.
pub async fn close(app: &App, by: &Viewer, login: &str) -> Result<(), AppError> {
    change(app, by, login, "close", |account, _| {
        account.closed = true;
        Ok("停用账号，结束其全部登录".to_owned())
    })
    .await
}

/// Opens a closed account again; its role must be granted anew.
///
/// # Errors
/// There is no such account.
pub async fn reopen(app: &App, by: &Viewer, login: &str) -> Result<(), AppError> {
    change(app, by, login, "reopen", |account, _| {
        account.closed = false;
        account.role = None;
        Ok("恢复账号，角色须重新授予".to_owned())
    })
    .await
}

/// Ends every session of an account; gives their number.
pub async fn end_sessions(app: &App, by: &Viewer, login: &str) -> Result<u64, AppError> {
    let (app, actor, login) = (app.clone(), by.actor(), login.to_owned());
    uncancelled(async move {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        let ended = accounts::end_all(&mut tx, &login, None).await?;
        journal(
            &mut tx,
            now,
            &actor,
            "end-session",
            &login,
            format!("结束全部登录，共 {ended} 处"),
        )
        .await?;
        tx.commit().await?;
        app.jobs().forget(&login);
        Ok(ended)
    })
    .await
}
