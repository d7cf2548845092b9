//! What goes through channels beside mail: an entry of the outbox like a mail, whose recipient is a channel and whose
//! content is a message of kind, number and day. The deliverer knows the channels; here they are names.

use super::reconcile::page_of;
use super::{App, AppError, wording};
use crate::domain::alert::{Alert, Outcome};
use crate::domain::health::MAIL_LIMIT_MILLIS;
use crate::domain::ids::MailId;
use crate::domain::obligation::{Kind, Obligation};
use crate::domain::outbox::CHANNEL;
use crate::domain::time::Moment;
use crate::mail;
use crate::store::mails::{self, NewMail};
use crate::store::{Tx, journal};
use chrono::NaiveDate;
use serde::Serialize;

/// A message as the outbox keeps it.
#[derive(Serialize)]
struct Content<'a> {
    id: &'a str,
    title: &'a str,
    kind: &'a str,
    number: &'a str,
    day: Option<NaiveDate>,
    link: &'a str,
}

/// Puts a decision into the outbox of each channel that its severity goes through; once for all its readers.
pub(super) async fn tell(
    app: &App,
    tx: &mut Tx,
    obligation: &Obligation,
    alerts: &[Alert],
    now: Moment,
) -> Result<(), AppError> {
    // What a refusal is told through may refuse it again, and so on for ever.
    if obligation.kind == Kind::MailTrouble {
        return Ok(());
    }
    let sent = |alert: &&Alert| matches!(alert.outcome, Outcome::Sent | Outcome::NoRecipient);
    let Some(alert) = alerts.iter().find(sent) else {
        return Ok(());
    };
    let through = app.policy.routing.channels.iter();
    for channel in through.filter(|channel| channel.severities.contains(&alert.severity)) {
        let identity = format!(
            "{}|r{}|{}|{CHANNEL}{}",
            obligation.key, obligation.revision, alert.point, channel.id
        );
        let kind = wording::alert_name(app, obligation, alert.kind, alert.point);
        let content = Content {
            id: &identity,
            title: &alert.title,
            kind: &kind,
            number: &obligation.number,
            day: Some(obligation.due.day),
            link: &page_of(app, obligation),
        };
        put(app, tx, &channel.id, content, now).await?;
    }
    Ok(())
}

/// Tells by another way that mails do not go out: once a day and channel, while one has waited too long.
pub(super) async fn tell_of_late_mails(app: &App, now: Moment) -> Result<(), AppError> {
    if app.policy.routing.channels.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    let oldest = mails::oldest_waiting_by_mail(&mut tx).await?;
    if oldest.is_none_or(|oldest| now.millis() - oldest.millis() <= MAIL_LIMIT_MILLIS) {
        tx.rollback().await?;
        return Ok(());
    }
    journal::take_turn(&mut tx).await?;
    for channel in &app.policy.routing.channels {
        let identity = format!("late-mails|{}|{CHANNEL}{}", now.day(), channel.id);
        let content = Content {
            id: &identity,
            title: "邮件四个小时没有送出，请管理员检查邮件服务器",
            kind: "邮件送不出去",
            number: "",
            day: Some(now.day()),
            link: &format!("{}/mails?state=unsent", app.base_url),
        };
        put(app, &mut tx, &channel.id, content, now).await?;
    }
    Ok(tx.commit().await?)
}

/// A message that asks for nothing, to try a channel.
pub(super) async fn put_trial(
    app: &App,
    tx: &mut Tx,
    channel: &str,
    identity: &str,
    now: Moment,
) -> Result<(), AppError> {
    let content = Content {
        id: identity,
        title: &format!("{}：测试消息", app.site_name),
        kind: "测试消息，不需要办理",
        number: "",
        day: Some(now.day()),
        link: &app.base_url,
    };
    put(app, tx, channel, content, now).await
}

async fn put(app: &App, tx: &mut Tx, channel: &str, content: Content<'_>, now: Moment) -> Result<(), AppError> {
    let identity = content.id.to_owned();
    let message_id = mail::message_id(app.keys.message_key(), &identity, "channel");
    let content = Content {
        // The receiver can tell a repeat by it; it says nothing about the matter.
        id: message_id.split('@').next().unwrap_or_default(),
        ..content
    };
    let bytes = serde_json::to_vec(&content).map_err(|error| AppError::Environment(error.to_string()))?;
    let new = NewMail {
        id: MailId::of(&identity),
        dedup_key: identity,
        message_id: message_id.clone(),
        sender: mail::address_of(&app.mail_from),
        recipient: format!("{CHANNEL}{channel}"),
        recipient_name: channel.to_owned(),
        subject: content.title.to_owned(),
        bytes,
    };
    mails::insert(tx, &new, now).await?;
    Ok(())
}
