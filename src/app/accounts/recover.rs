//! A way back in for an administrator who lost a password, given on the machine itself to whoever owns its database.

use super::manage::{link, store};
use super::{ACCOUNT, Rules, journal, no_such};
use crate::app::letters::Letter;
use crate::app::{App, AppError, uncancelled};
use crate::domain::account::{self, Role};
use crate::domain::alert::Contact;
use crate::domain::contact;
use crate::domain::time::Moment;
use crate::mail::{self, AlertMail, Severity3};
use crate::store::journal::{self as chain, ACTOR_LOCAL, Wanted};
use crate::store::mails::NewMail;
use crate::store::{Tx, accounts, contacts, mails};

/// The word of the journal.
const RECOVER: &str = "recover";
/// How long the other administrators are told of it on their pages.
const TOLD_FOR: i64 = 7 * 86_400_000;
/// Recoveries that are told of at most.
const MOST: i64 = 20;

/// What a recovery gave.
#[derive(Debug, Clone)]
pub struct Recovered {
    /// The name to sign in with.
    pub login: String,
    /// As what.
    pub role: Role,
    /// The address that sets a password once.
    pub link: String,
    /// How many readers are told by mail.
    pub told: usize,
}

/// A link that sets an administrator's password anew. The old password, the second factor, a lock and every session end;
/// the other administrators see it on their pages, and those among the contacts get a mail. `by` is the machine's account.
///
/// # Errors
/// There is no such account, it is closed, or it is no administrator's: those are helped on the pages.
pub async fn recover(app: &App, rules: &Rules, login: &str, by: &str) -> Result<Recovered, AppError> {
    let login = account::login(login).ok_or_else(no_such)?;
    let (app, rules, by) = (app.clone(), rules.clone(), by.to_owned());
    uncancelled(async move {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        chain::take_turn(&mut tx).await?;
        let mut account = accounts::by_login(&mut tx, &login).await?.ok_or_else(no_such)?;
        let Some(role) = account.role.filter(|role| role.is_administrator()) else {
            return Err(AppError::Input(format!(
                "{login} 不是系统管理员、安全管理员或审计员：请系统管理员在网页「账号」中重设密码"
            )));
        };
        if account.closed {
            return Err(AppError::Input(format!(
                "{login} 已停用：请另一位管理员在网页「账号」中恢复"
            )));
        }
        account.password = None;
        account.totp = None;
        account.locked = None;
        store(&mut tx, &account).await?;
        accounts::end_all(&mut tx, &login, None).await?;
        let address = link(&app, &rules, &mut tx, &login).await?;
        let said = format!(
            "在服务器上由系统账号 {by} 重设{}的密码：原密码、动态验证码作废，解除锁定，结束全部登录",
            role.zh()
        );
        journal(&mut tx, now, ACTOR_LOCAL, RECOVER, &login, said).await?;
        let told = tell(&app, &mut tx, &login, role, &by, now).await?;
        tx.commit().await?;
        app.jobs().forget(&login);
        Ok(Recovered {
            login,
            role,
            link: address,
            told,
        })
    })
    .await
}

async fn tell(app: &App, tx: &mut Tx, login: &str, role: Role, by: &str, now: Moment) -> Result<usize, AppError> {
    let mut told: Vec<String> = Vec::new();
    for reader in contacts::all(tx).await? {
        let Some(email) = reader.email.clone() else { continue };
        let had = told.iter().any(|known| contact::same_mailbox(known, &email));
        if reader.role != contact::Role::Administrator || reader.disabled || had {
            continue;
        }
        let mail = composed(app, login, (role, by), (&email, &reader), now)?;
        mails::insert(tx, &mail, now).await?;
        told.push(email);
    }
    Ok(told.len())
}

fn composed(
    app: &App,
    login: &str,
    (role, by): (Role, &str),
    (email, reader): (&str, &Contact),
    now: Moment,
) -> Result<NewMail, AppError> {
    let identity = format!("{RECOVER}|{login}|{now}|{email}");
    let content = AlertMail {
        site: app.site_name.clone(),
        kind_zh: format!("{}的密码", role.zh()),
        subject_no: login.to_owned(),
        about: None,
        point_zh: "已在服务器上重设".to_owned(),
        severity: Severity3::Urgent,
        due_zh: None,
        certainty_zh: None,
        facts: vec![("服务器的系统账号".to_owned(), by.to_owned())],
        clause: String::new(),
        basis_zh: None,
        reckoning: Vec::new(),
        action_zh: "向本人核实。不是单位安排的，立即锁定该账号，请审计员核对审计链。".to_owned(),
        link: format!("{}/accounts/{login}", app.base_url),
        answer: String::new(),
        recipient_name: reader.name.clone(),
        reason_zh: format!("发给联系人中{}的管理员。", reader.unit),
        items: Vec::new(),
        deadline: None,
        decided_at: now,
    };
    let letter = Letter {
        to: (email, &reader.name),
        identity: &identity,
        thread_key: "",
        at: now,
    };
    letter.written(app, |envelope| mail::render(&content, envelope))
}

/// A recovery that the administrators are told of.
#[derive(Debug, Clone)]
pub struct Recovery {
    /// When.
    pub at: Moment,
    /// Whose password.
    pub login: String,
    /// What was done, in words.
    pub said: String,
}

/// The recoveries of the last days, the newest first.
pub async fn recoveries(app: &App) -> Result<Vec<Recovery>, AppError> {
    let wanted = Wanted {
        actor: "",
        action: RECOVER,
        kind: ACCOUNT,
        object: "",
        from: app.now().millis() - TOLD_FOR,
        until: i64::MAX,
    };
    let mut tx = app.db.read().await?;
    let found = chain::page(&mut tx, &wanted, i64::MAX, MOST, 0).await?;
    tx.rollback().await?;
    Ok(found
        .into_iter()
        .map(|row| Recovery {
            at: Moment::from_millis(row.at_ms),
            login: row.object_id,
            said: row.detail,
        })
        .collect())
}
