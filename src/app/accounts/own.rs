//! What people do with their own account.

use super::sign_in::second_of;
use super::{Current, Rules, changed_since, hashed, journal, key_of, no_such};
use crate::app::{App, AppError, uncancelled};
use crate::domain::ids::{hex, unhex};
use crate::runtime::{password, totp};
use crate::store::accounts::{self, Account, Session};
use crate::store::{Tx, journal as chain};

/// A second factor that is about to be set up; nothing is kept until its first code was right.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// The secret as it is typed into a device.
    pub secret: String,
    /// The same as an address that devices read.
    pub address: String,
    /// The sealed secret that the form brings back.
    pub sealed: String,
}

async fn loaded(tx: &mut Tx, login: &str) -> Result<Account, AppError> {
    accounts::by_login(tx, login).await?.ok_or_else(no_such)
}

/// The own account, if the present password is right. Whoever found a screen unlocked may not go on guessing it; signing
/// in counts its own tries, so that nobody keeps the owner out by guessing here.
async fn checked(app: &App, rules: &Rules, who: &Current, given: &str, from: &str) -> Result<Account, AppError> {
    let (app, rules, who) = (app.clone(), rules.clone(), who.clone());
    let (given, from) = (given.to_owned(), from.to_owned());
    uncancelled(async move { guessed(&app, &rules, &who, given, &from).await }).await
}

async fn guessed(app: &App, rules: &Rules, who: &Current, given: String, from: &str) -> Result<Account, AppError> {
    let now = app.now();
    let login = who.viewer.login.as_str();
    let (key, since) = (key_of(&format!("present|{login}")), rules.throttle.since(now));
    let later = || {
        let minutes = rules.throttle.minutes;
        AppError::Input(format!("试的次数太多，请 {minutes} 分钟以后再试"))
    };
    let mut tx = app.db.read().await?;
    let account = loaded(&mut tx, login).await?;
    let before = accounts::trials(&mut tx, &key, from, since).await?;
    tx.rollback().await?;
    if !rules.throttle.allows(before) {
        return Err(later());
    }
    let fits = password::fits(given, account.password.clone()).await;
    let mut tx = app.db.begin().await?;
    chain::take_turn(&mut tx).await?;
    let whole = accounts::trials(&mut tx, &key, from, since).await?;
    if fits && rules.throttle.allows(whole) {
        accounts::forgive(&mut tx, &key).await?;
        tx.commit().await?;
        return Ok(account);
    }
    accounts::failed(&mut tx, &key, from, now).await?;
    let said = format!("现在的密码答错，来自 {from}");
    journal(&mut tx, now, &who.viewer.actor(), "password-refused", login, said).await?;
    tx.commit().await?;
    Err(if rules.throttle.allows(whole) {
        AppError::Input("现在的密码不对".to_owned())
    } else {
        later()
    })
}

/// Replaces the own password; every other session ends.
///
/// # Errors
/// The present password is wrong or was tried too often, or the new one cannot be taken.
pub async fn change_password(
    app: &App,
    rules: &Rules,
    who: &Current,
    (old, new): (&str, &str),
    from: &str,
) -> Result<(), AppError> {
    let mut account = checked(app, rules, who, old, from).await?;
    account.password = Some(hashed(app, rules, &account, new).await?);
    let session = who.session.clone();
    kept(
        app,
        who,
        account,
        "set-password",
        "更改密码，其他各处的登录随之结束",
        Some(session),
    )
    .await
}

async fn kept(
    app: &App,
    who: &Current,
    account: Account,
    action: &'static str,
    said: &'static str,
    end_but: Option<String>,
) -> Result<(), AppError> {
    let (app, actor) = (app.clone(), who.viewer.actor());
    uncancelled(async move {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        chain::take_turn(&mut tx).await?;
        if !accounts::update(&mut tx, &account).await? {
            return Err(changed_since());
        }
        if let Some(but) = end_but {
            accounts::end_all(&mut tx, &account.login, Some(&but)).await?;
        }
        journal(&mut tx, now, &actor, action, &account.login, said.to_owned()).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// A fresh secret for a second factor.
pub fn enrol(app: &App, login: &str) -> Enrolment {
    let token = app.keys.token();
    let secret = unhex(&token[..totp::SECRET_BYTES * 2]).expect("a token is hexadecimal");
    let sealed = hex(&app.keys.seal(&secret, second_of(login).as_bytes()));
    enrolment(login, &secret, sealed)
}

/// The same secret once more, for a form that is shown again; none when it is not one of ours.
pub fn enrolment_again(app: &App, login: &str, sealed: &str) -> Option<Enrolment> {
    let secret = app.keys.open(&unhex(sealed)?, second_of(login).as_bytes()).ok()?;
    Some(enrolment(login, &secret, sealed.to_owned()))
}

fn enrolment(login: &str, secret: &[u8], sealed: String) -> Enrolment {
    let text = totp::text(secret);
    Enrolment {
        address: format!("otpauth://totp/rongcuo:{login}?secret={text}&issuer=rongcuo"),
        sealed,
        secret: text,
    }
}

/// Keeps a second factor whose first code is right.
///
/// # Errors
/// The code is wrong, or the form was not ours.
pub async fn confirm_second(app: &App, who: &Current, sealed: &str, code: &str) -> Result<(), AppError> {
    let login = &who.viewer.login;
    let foreign = || AppError::Input("表单不完整，请重新打开页面再设置".to_owned());
    let sealed = unhex(sealed).ok_or_else(foreign)?;
    let secret = app
        .keys
        .open(&sealed, second_of(login).as_bytes())
        .map_err(|_| foreign())?;
    let at = u64::try_from(app.now().millis() / 1000).unwrap_or(0);
    let Some(step) = totp::step_of(&secret, code, at) else {
        return Err(AppError::Input(
            "动态验证码不对：请核对手机的时间是否准确，输入当前显示的六位数字".to_owned(),
        ));
    };
    let mut tx = app.db.read().await?;
    let mut account = loaded(&mut tx, login).await?;
    tx.rollback().await?;
    if account.totp.is_some() {
        return Err(AppError::Input(
            "已经开通了动态验证码：换手机的，先在「我的账号」用密码停用，再重新开通".to_owned(),
        ));
    }
    account.totp = Some(sealed);
    account.totp_step = step;
    kept(app, who, account, "second-factor", "开通动态验证码", None).await
}

/// Takes the second factor away.
///
/// # Errors
/// The password is wrong, or was tried too often.
pub async fn drop_second(app: &App, rules: &Rules, who: &Current, given: &str, from: &str) -> Result<(), AppError> {
    let mut account = checked(app, rules, who, given, from).await?;
    account.totp = None;
    kept(app, who, account, "second-factor", "停用动态验证码", None).await
}

/// The own account and where it is signed in.
pub async fn own_sessions(app: &App, who: &Current) -> Result<(Account, Vec<Session>), AppError> {
    let mut tx = app.db.read().await?;
    let account = loaded(&mut tx, &who.viewer.login).await?;
    let sessions = accounts::sessions(&mut tx, &who.viewer.login, app.now()).await?;
    tx.rollback().await?;
    Ok((account, sessions))
}

/// Ends every session of the own account, this one too.
pub async fn sign_out_everywhere(app: &App, who: &Current) -> Result<u64, AppError> {
    super::end_sessions(app, &who.viewer, &who.viewer.login).await
}
