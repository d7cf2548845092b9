//! Signing in and out, and who is behind a request.

use super::{Rules, journal, key_of, set_up, viewer};
use crate::app::{App, AppError, uncancelled};
use crate::domain::account::{self, Role, Viewer};
use crate::domain::time::Moment;
use crate::runtime::{password, totp};
use crate::store::accounts::{self, Account, Session};
use crate::store::journal as chain;

/// The time of use is noted at most this often, in milliseconds: a page view costs no write.
const SEEN_EVERY: i64 = 60_000;
/// The longest text of a browser that is kept.
const LONGEST_AGENT: usize = 200;

/// What somebody gives to be let in.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The name as it was typed.
    pub login: String,
    /// The password.
    pub password: String,
    /// The code of the second factor; empty when none was typed.
    pub code: String,
    /// Where the request comes from.
    pub address: String,
    /// What the browser says of itself.
    pub agent: String,
}

/// Why nobody was let in. It says nothing about which part was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The name, the password or the code is wrong, or the account cannot be used.
    Wrong,
    /// Too many failures; so many minutes make the window.
    Later(u32),
}

/// Who is behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// Who.
    pub viewer: Viewer,
    /// Names the session in the database; empty for somebody a proxy vouches for.
    pub session: String,
}

/// Lets somebody in: gives the token their browser holds from now on.
pub async fn sign_in(app: &App, rules: &Rules, asked: Asked) -> Result<Result<String, Refused>, AppError> {
    let (app, rules) = (app.clone(), rules.clone());
    uncancelled(async move { let_in(&app, &rules, asked).await }).await
}

async fn let_in(app: &App, rules: &Rules, asked: Asked) -> Result<Result<String, Refused>, AppError> {
    let now = app.now();
    let login = account::login(&asked.login);
    // What is typed into the wrong field may be a password: it is kept by its hash.
    let login_key = key_of(login.as_deref().unwrap_or(&asked.login));
    let account = match look_up(app, rules, (&login_key, login.as_deref()), &asked.address, now).await? {
        Ok(account) => account,
        Err(refused) => return Ok(Err(refused)),
    };
    let hash = account.as_ref().and_then(|account| account.password.clone());
    let fits = password::fits(asked.password.clone(), hash).await;
    let shown = Shown {
        login_key,
        account,
        proven: fits,
        by: "",
    };
    settle(app, rules, &asked, shown, now).await
}

/// The account of a name, if one more try with it is looked at; the key of the name counts its failures.
pub(super) async fn look_up(
    app: &App,
    rules: &Rules,
    (login_key, login): (&str, Option<&str>),
    address: &str,
    now: Moment,
) -> Result<Result<Option<Account>, Refused>, AppError> {
    let mut tx = app.db.read().await?;
    let trials = accounts::trials(&mut tx, login_key, address, rules.throttle.since(now)).await?;
    let account = match login {
        Some(login) => accounts::by_login(&mut tx, login).await?,
        None => None,
    };
    tx.rollback().await?;
    Ok(if rules.throttle.allows(trials) {
        Ok(account)
    } else {
        Err(Refused::Later(rules.throttle.minutes))
    })
}

/// What somebody who wants to be let in has shown.
pub(super) struct Shown {
    /// Counts failures of the name they gave.
    pub login_key: String,
    /// The account of that name as it was read.
    pub account: Option<Account>,
    /// Whether they have shown that it is theirs.
    pub proven: bool,
    /// By which way other than a password, for the journal.
    pub by: &'static str,
}

/// Lets somebody in, if the account still stands as it was read and the code of its second factor is right.
pub(super) async fn settle(
    app: &App,
    rules: &Rules,
    asked: &Asked,
    shown: Shown,
    now: Moment,
) -> Result<Result<String, Refused>, AppError> {
    let Shown {
        login_key,
        account,
        proven,
        by,
    } = shown;
    let step = account
        .as_ref()
        .map(|account| second_step(app, account, &asked.code, now));
    let mut tx = app.db.begin().await?;
    chain::take_turn(&mut tx).await?;
    // Whoever was locked, closed or changed while the password was hashed is not let in by what was read before.
    let fresh = match &account {
        Some(account) => accounts::by_login(&mut tx, &account.login).await?,
        None => None,
    };
    let same = fresh.as_ref().map(|account| account.version) == account.as_ref().map(|account| account.version);
    let code_fits = match (&fresh, step) {
        (Some(account), Some(Step::Code(step))) => accounts::use_step(&mut tx, &account.login, step).await?,
        (_, Some(Step::NotAsked)) => true,
        _ => false,
    };
    let whole = accounts::trials(&mut tx, &login_key, &asked.address, rules.throttle.since(now)).await?;
    match fresh.filter(|account| proven && same && code_fits && viewer(account).is_some()) {
        Some(account) if rules.throttle.allows(whole) => {
            accounts::forgive(&mut tx, &login_key).await?;
            let token = begin(app, rules, &mut tx, &account, (asked, by), now).await?;
            tx.commit().await?;
            Ok(Ok(token))
        }
        _ => {
            accounts::failed(&mut tx, &login_key, &asked.address, now).await?;
            if let Some(account) = &account {
                let actor = format!("account:{}", account.login);
                let detail = format!("登录未成{by}，来自 {}", asked.address);
                journal(&mut tx, now, &actor, "sign-in-refused", &account.login, detail).await?;
            }
            tx.commit().await?;
            Ok(Err(Refused::Wrong))
        }
    }
}

enum Step {
    NotAsked,
    Code(i64),
    Wrong,
}

fn second_step(app: &App, account: &Account, code: &str, now: Moment) -> Step {
    let Some(sealed) = &account.totp else {
        return Step::NotAsked;
    };
    let secret = app.keys.open(sealed, second_of(&account.login).as_bytes());
    let at = u64::try_from(now.millis() / 1000).unwrap_or(0);
    match secret.ok().and_then(|secret| totp::step_of(&secret, code, at)) {
        Some(step) if step > account.totp_step => Step::Code(step),
        _ => Step::Wrong,
    }
}

/// What a second factor's secret is bound to.
pub(super) fn second_of(login: &str) -> String {
    format!("second-factor|{login}")
}

async fn begin(
    app: &App,
    rules: &Rules,
    tx: &mut crate::store::Tx,
    account: &Account,
    (asked, by): (&Asked, &str),
    now: Moment,
) -> Result<String, AppError> {
    let token = app.keys.token();
    let session = Session {
        key: key_of(&token),
        login: account.login.clone(),
        created: now,
        seen: now,
        until: now.plus_millis(i64::from(rules.session_hours) * 3_600_000),
        address: asked.address.clone(),
        agent: asked
            .agent
            .chars()
            .filter(|c| !c.is_control())
            .take(LONGEST_AGENT)
            .collect(),
    };
    accounts::open(tx, &session).await?;
    accounts::sweep(tx, now, rules.throttle.since(now)).await?;
    let actor = format!("account:{}", account.login);
    let detail = format!("登录{by}，来自 {}", asked.address);
    journal(tx, now, &actor, "sign-in", &account.login, detail).await?;
    Ok(token)
}

/// Who holds this token; none when the session has ended, or its account cannot be used any more.
pub async fn current(app: &App, rules: &Rules, token: &str) -> Result<Option<Current>, AppError> {
    let now = app.now();
    let key = key_of(token);
    let mut tx = app.db.read().await?;
    let session = accounts::session(&mut tx, &key).await?;
    let account = match &session {
        Some(session) => accounts::by_login(&mut tx, &session.login).await?,
        None => None,
    };
    tx.rollback().await?;
    let (Some(session), Some(account)) = (session, account) else {
        return Ok(None);
    };
    let idle = session.seen.plus_millis(i64::from(rules.idle_minutes) * 60_000);
    let Some(viewer) = viewer(&account).filter(|_| now < session.until && now < idle) else {
        return Ok(None);
    };
    if now.millis() - session.seen.millis() >= SEEN_EVERY {
        let mut tx = app.db.begin_hasty().await?;
        accounts::seen(&mut tx, &key, now).await?;
        tx.commit().await?;
    }
    Ok(Some(Current { viewer, session: key }))
}

/// Somebody a trusted proxy has signed in already.
pub async fn by_proxy(app: &App, named: &str) -> Result<Option<Current>, AppError> {
    let Some(login) = account::login(named) else {
        return Ok(None);
    };
    let mut tx = app.db.read().await?;
    let account = accounts::by_login(&mut tx, &login).await?;
    tx.rollback().await?;
    Ok(account.as_ref().and_then(viewer).map(|viewer| Current {
        viewer,
        session: String::new(),
    }))
}

/// Ends the session of a token.
pub async fn sign_out(app: &App, token: &str) -> Result<(), AppError> {
    let app = app.clone();
    let key = key_of(token);
    uncancelled(async move {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        if let Some(session) = accounts::session(&mut tx, &key).await? {
            accounts::end(&mut tx, &key).await?;
            let actor = format!("account:{}", session.login);
            journal(&mut tx, now, &actor, "sign-out", &session.login, "退出登录".to_owned()).await?;
            app.jobs().forget(&session.login);
        }
        Ok(tx.commit().await?)
    })
    .await
}

/// Ends one session of an account, by its key.
///
/// # Errors
/// The account has no such session.
pub async fn end_session(app: &App, by: &Viewer, login: &str, key: &str) -> Result<(), AppError> {
    let (app, by, login, key) = (app.clone(), by.actor(), login.to_owned(), key.to_owned());
    uncancelled(async move {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        let session = accounts::session(&mut tx, &key).await?;
        if session.is_none_or(|session| session.login != login) {
            return Err(AppError::Input("没有这个登录：可能已经结束".to_owned()));
        }
        accounts::end(&mut tx, &key).await?;
        journal(&mut tx, now, &by, "end-session", &login, "结束一处登录".to_owned()).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// Lets a visitor of the demonstration in as any of the roles. Only the demonstration offers it.
pub async fn demonstrate(app: &App, rules: &Rules, role: Role, asked: Asked) -> Result<String, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let login = set_up::demonstrator(role);
    let account = if let Some(account) = accounts::by_login(&mut tx, &login).await? {
        account
    } else {
        let mut account = set_up::new(login, format!("演示{}", role.zh()), now);
        account.role = Some(role);
        if role == Role::Liaison {
            account.unit = crate::store::contacts::all(&mut tx)
                .await?
                .into_iter()
                .find(|contact| contact.role == crate::domain::contact::Role::UnitLiaison)
                .map(|contact| contact.unit);
        }
        accounts::insert(&mut tx, &account).await?;
        account
    };
    let token = begin(app, rules, &mut tx, &account, (&asked, ""), now).await?;
    tx.commit().await?;
    Ok(token)
}
