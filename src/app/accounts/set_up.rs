//! The first administrators, and a password of one's own: both by a link that works once.

use super::{Rules, hashed, journal, key_of, name};
use crate::app::{App, AppError, uncancelled};
use crate::domain::account::{self, Role};
use crate::store::accounts::{self, Account, Link};
use crate::store::journal as chain;

/// One of 三员 as the set-up page names them.
#[derive(Debug, Clone)]
pub struct Administrator {
    /// As what.
    pub role: Role,
    /// The name to sign in with.
    pub login: String,
    /// 姓名
    pub name: String,
    /// The password.
    pub password: String,
}

/// What a link opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opens {
    /// The set-up of the first three administrators.
    FirstAdministrators,
    /// The password of an account, by its name.
    Password {
        /// The name to sign in with.
        login: String,
        /// 姓名
        name: String,
    },
}

/// Whether there is any account.
pub async fn is_set_up(app: &App) -> Result<bool, AppError> {
    let mut tx = app.db.read().await?;
    let count = accounts::count(&mut tx).await?;
    tx.rollback().await?;
    Ok(count > 0)
}

/// A fresh link to the first set-up, which ends earlier ones; none when there are accounts already.
pub async fn first_link(app: &App, rules: &Rules) -> Result<Option<String>, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if accounts::count(&mut tx).await? > 0 {
        tx.rollback().await?;
        return Ok(None);
    }
    let token = app.keys.token();
    accounts::drop_links(&mut tx, None).await?;
    let link = Link {
        key: key_of(&token),
        login: None,
        until: rules.link_until(now),
    };
    accounts::put_link(&mut tx, &link).await?;
    tx.commit().await?;
    Ok(Some(format!("{}/set-up/{token}", app.base_url)))
}

/// What a link opens; none for what is used up, ended or was never given.
pub async fn what_opens(app: &App, token: &str) -> Result<Option<Opens>, AppError> {
    let mut tx = app.db.read().await?;
    let link = accounts::link(&mut tx, &key_of(token)).await?;
    let link = link.filter(|link| app.now() < link.until);
    let opens = match link {
        None => None,
        Some(Link { login: None, .. }) => Some(Opens::FirstAdministrators),
        Some(Link { login: Some(login), .. }) => accounts::by_login(&mut tx, &login)
            .await?
            .filter(|account| !account.closed)
            .map(|account| Opens::Password {
                login: account.login,
                name: account.name,
            }),
    };
    tx.rollback().await?;
    Ok(opens)
}

fn used_up() -> AppError {
    AppError::Input("链接已经用过或者过期，请向给链接的人再要一个".to_owned())
}

/// Makes the first three administrators; the link is used up by it.
///
/// # Errors
/// A name or password cannot be taken, two of them are the same person, or the link is used up. Nothing is changed then.
pub async fn set_up(app: &App, rules: &Rules, token: &str, three: Vec<Administrator>) -> Result<(), AppError> {
    if what_opens(app, token).await? != Some(Opens::FirstAdministrators) {
        return Err(used_up());
    }
    let now = app.now();
    let mut made: Vec<Account> = Vec::new();
    for role in Role::ADMINISTRATORS {
        let Some(one) = three.iter().find(|one| one.role == role) else {
            return Err(AppError::Input(format!("没有填写{}", role.zh())));
        };
        let wrong = |error: AppError| match error {
            AppError::Input(problem) => AppError::Input(format!("{}：{problem}", role.zh())),
            other => other,
        };
        let login = account::login(&one.login).ok_or_else(|| wrong(login_form()))?;
        let name = name(&one.name).map_err(wrong)?;
        if made
            .iter()
            .any(|earlier| earlier.login == login || earlier.name == name)
        {
            return Err(AppError::Input(
                "系统管理员、安全管理员、审计员必须是三个人，登录名也各不相同".to_owned(),
            ));
        }
        let mut account = new(login, name, now);
        account.role = Some(role);
        account.password = Some(hashed(app, rules, &account, &one.password).await.map_err(wrong)?);
        made.push(account);
    }
    let (app, token) = (app.clone(), token.to_owned());
    uncancelled(async move {
        let mut tx = app.db.begin().await?;
        chain::take_turn(&mut tx).await?;
        if accounts::link(&mut tx, &key_of(&token)).await?.is_none() || accounts::count(&mut tx).await? > 0 {
            return Err(used_up());
        }
        for account in &made {
            accounts::insert(&mut tx, account).await?;
            let detail = format!("首次启用，建立{}", account.role.map_or("", Role::zh));
            journal(&mut tx, now, "set-up-link", "make", &account.login, detail).await?;
        }
        accounts::drop_links(&mut tx, None).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// Sets the password of the account a link is for; the link is used up by it, and every session ends.
///
/// # Errors
/// The password cannot be taken, or the link is used up.
pub async fn set_own_password(app: &App, rules: &Rules, token: &str, password: &str) -> Result<(), AppError> {
    let Some(Opens::Password { login, .. }) = what_opens(app, token).await? else {
        return Err(used_up());
    };
    let mut tx = app.db.read().await?;
    let account = accounts::by_login(&mut tx, &login).await?.ok_or_else(used_up)?;
    tx.rollback().await?;
    let hash = hashed(app, rules, &account, password).await?;
    let (app, token) = (app.clone(), token.to_owned());
    uncancelled(async move {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        chain::take_turn(&mut tx).await?;
        if accounts::link(&mut tx, &key_of(&token)).await?.is_none() {
            return Err(used_up());
        }
        let mut account = accounts::by_login(&mut tx, &login).await?.ok_or_else(used_up)?;
        account.password = Some(hash);
        accounts::update(&mut tx, &account).await?;
        accounts::drop_links(&mut tx, Some(&login)).await?;
        accounts::end_all(&mut tx, &login, None).await?;
        let actor = format!("account:{login}");
        journal(
            &mut tx,
            now,
            &actor,
            "set-password",
            &login,
            "用一次性链接设定密码".to_owned(),
        )
        .await?;
        Ok(tx.commit().await?)
    })
    .await
}

pub(super) fn login_form() -> AppError {
    AppError::Input("登录名应为 2 至 32 个小写字母、数字、点、横线或下划线，如 lin.jia".to_owned())
}

/// The people whom visitors of the demonstration sign in as: role, name, and the unit that is seen.
pub async fn demonstrators(app: &App, people: &[(Role, &str, Option<&str>)]) -> Result<(), AppError> {
    let mut tx = app.db.begin().await?;
    for (role, name, unit) in people {
        let mut account = new(demonstrator(*role), (*name).to_owned(), app.now());
        account.role = Some(*role);
        account.unit = unit.map(str::to_owned);
        accounts::insert(&mut tx, &account).await?;
    }
    Ok(tx.commit().await?)
}

/// The account that stands for a role in the demonstration.
pub(super) fn demonstrator(role: Role) -> String {
    format!("demo-{}", role.as_str())
}

pub(super) fn new(login: String, name: String, now: crate::domain::time::Moment) -> Account {
    Account {
        login,
        name,
        role: None,
        unit: None,
        password: None,
        totp: None,
        totp_step: 0,
        closed: false,
        locked: None,
        version: 0,
        created: now,
    }
}
