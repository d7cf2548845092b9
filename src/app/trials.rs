//! Trying a way out: a mail or a message that asks for nothing goes through the outbox like any other.

use super::letters::Letter;
use super::{App, AppError, channels};
use crate::domain::alert::Contact;
use crate::domain::contact::{self, mailbox, same_mailbox};
use crate::domain::ids::MailId;
use crate::domain::outbox::CHANNEL;
use crate::domain::person::normal_name;
use crate::domain::time::Moment;
use crate::mail::{self, AlertMail};
use crate::store::journal::{self, Entry};
use crate::store::mails::{self, MailRow, NewMail};
use crate::store::{Tx, contacts};

const HOUR: i64 = 3_600_000;
/// Trials of an hour; more would be a way to write to people.
const MOST: usize = 20;
/// How long they are shown.
const SHOWN: i64 = 30 * 24 * HOUR;

/// Trials of the last weeks, the newest first.
pub async fn recent(app: &App) -> Result<Vec<MailRow>, AppError> {
    let mut tx = app.db.read().await?;
    let rows = mails::trials(&mut tx, app.now().plus_millis(-SHOWN)).await?;
    tx.rollback().await?;
    Ok(rows)
}

/// Addresses of the directory that belong to somebody of this name.
pub async fn own_addresses(app: &App, name: &str) -> Result<Vec<String>, AppError> {
    let mut tx = app.db.read().await?;
    let known = contacts::all(&mut tx).await?;
    tx.rollback().await?;
    let own = known
        .into_iter()
        .filter(|one| normal_name(&one.name) == normal_name(name));
    let mut own: Vec<String> = own.filter_map(|one| one.email).collect();
    own.sort_by_key(|one| mailbox(one));
    own.dedup_by(|one, other| same_mailbox(one, other));
    Ok(own)
}

async fn few(tx: &mut Tx, now: Moment) -> Result<(), AppError> {
    let lately = mails::trials(tx, now.plus_millis(-HOUR)).await?;
    if lately.len() >= MOST {
        return Err(AppError::Input(format!("一小时内已测试 {MOST} 次，请过一会儿再试")));
    }
    Ok(())
}

/// Puts a mail to somebody of the directory into the outbox.
///
/// # Errors
/// The address is nobody's there; too many were sent lately.
pub async fn mail(app: &App, address: &str, actor: &str) -> Result<MailId, AppError> {
    let now = app.now();
    let address = contact::mail_address(address).unwrap_or_default();
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    few(&mut tx, now).await?;
    let known = contacts::all(&mut tx).await?;
    let is = |one: &&Contact| one.email.as_deref().is_some_and(|email| same_mailbox(email, &address));
    let Some((to, email)) = known
        .iter()
        .find(is)
        .and_then(|one| one.email.clone().map(|email| (one, email)))
    else {
        return Err(AppError::Input(
            "测试邮件只发给通讯录里的邮箱；不在其中的，先在人员中登记".to_owned(),
        ));
    };
    let new = letter(app, &to.name, &email, now)?;
    let id = new.id.clone();
    if !mails::insert(&mut tx, &new, now).await? {
        return Err(AppError::Input("刚刚已经发过，请过一会儿再试".to_owned()));
    }
    journaled(
        &mut tx,
        actor,
        ("mail.trial", "mail", id.as_str()),
        "测试邮件已放入待发".to_owned(),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}

fn letter(app: &App, name: &str, email: &str, now: Moment) -> Result<NewMail, AppError> {
    let identity = format!("trial|{}|{email}", now.millis());
    let content = AlertMail {
        site: app.site_name.clone(),
        kind_zh: "测试邮件".to_owned(),
        subject_no: String::new(),
        about: None,
        point_zh: "不需要办理".to_owned(),
        severity: mail::Severity3::Info,
        due_zh: None,
        certainty_zh: None,
        facts: Vec::new(),
        clause: String::new(),
        basis_zh: None,
        reckoning: Vec::new(),
        action_zh: "收到即说明发信正常，不需要办理，也不需要回复。".to_owned(),
        link: String::new(),
        answer: String::new(),
        recipient_name: name.to_owned(),
        reason_zh: "系统管理员在设置页面发出，用来查明邮件能否送到。".to_owned(),
        items: Vec::new(),
        deadline: None,
        decided_at: now,
    };
    let letter = Letter {
        to: (email, name),
        identity: &identity,
        thread_key: "",
        at: now,
    };
    letter.written(app, |envelope| mail::render(&content, envelope))
}

/// Puts a message for a channel into the outbox.
///
/// # Errors
/// Too many were sent lately.
pub async fn channel(app: &App, id: &str, actor: &str) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    few(&mut tx, now).await?;
    let identity = format!("trial|{}|{CHANNEL}{id}", now.millis());
    channels::put_trial(app, &mut tx, id, &identity, now).await?;
    journaled(
        &mut tx,
        actor,
        ("channel.trial", "channel", id),
        "测试消息已放入待发".to_owned(),
        now,
    )
    .await?;
    Ok(tx.commit().await?)
}

async fn journaled(
    tx: &mut Tx,
    actor: &str,
    (action, kind, id): (&str, &str, &str),
    detail: String,
    now: Moment,
) -> Result<(), AppError> {
    let entry = Entry {
        actor,
        action,
        object_kind: kind,
        object_id: id,
        detail,
    };
    Ok(journal::append(tx, now, &[entry]).await?)
}
