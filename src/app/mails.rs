//! What a person decides about a mail: let it go out again, or end it. Nobody and nothing else ends one.

use super::{App, AppError, troubles};
use crate::domain::ids::MailId;
use crate::domain::time::Moment;
use crate::domain::written::{self, Size};
use crate::store::journal::Entry;
use crate::store::mails::{self, MailRow};
use crate::store::{Tx, journal};

/// Puts a held mail back into the queue: the same bytes under the same Message-ID.
pub async fn resend(app: &App, id: &MailId, by: &str) -> Result<MailRow, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let before = found(&mut tx, id).await?;
    if !mails::resend(&mut tx, id.as_str(), now).await? {
        return Err(AppError::Input(format!(
            "只有被拒收而搁置的邮件可以重发，这封邮件{}",
            standing(&before)
        )));
    }
    let detail = format!("已搁置 → 待送出，此前发送 {} 次", before.attempts);
    keep(&mut tx, now, id, by, "mail.resend", detail).await?;
    let after = found(&mut tx, id).await?;
    tx.commit().await?;
    Ok(after)
}

/// Ends a mail that is held or waits. What it told stays untold, so it needs a reason and a name.
pub async fn drop_mail(app: &App, id: &MailId, reason: &str, by: &str) -> Result<MailRow, AppError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(AppError::Input("放弃一封邮件须写明原因".to_owned()));
    }
    written::check("放弃原因", reason, Size::Line).map_err(AppError::Input)?;
    let now = app.now();
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let before = found(&mut tx, id).await?;
    if !mails::drop_mail(&mut tx, id.as_str(), now, by, reason).await? {
        return Err(AppError::Input(format!(
            "只有搁置或待送出的邮件可以放弃，这封邮件{}",
            standing(&before)
        )));
    }
    troubles::mail_ended(&mut tx, id.as_str(), now).await?;
    let detail = format!("{} → 已放弃，此前发送 {} 次", word(&before), before.attempts);
    keep(&mut tx, now, id, by, "mail.drop", detail).await?;
    let after = found(&mut tx, id).await?;
    tx.commit().await?;
    Ok(after)
}

async fn found(tx: &mut Tx, id: &MailId) -> Result<MailRow, AppError> {
    mails::by_id(tx, id.as_str())
        .await?
        .ok_or_else(|| AppError::Input(format!("没有编号为 {} 的邮件", id.as_str())))
}

fn word(mail: &MailRow) -> &'static str {
    match mail.state.as_str() {
        "held" => "已搁置",
        "leased" => "送出中",
        "sent" => "已送出",
        "dropped" => "已放弃",
        _ => "待送出",
    }
}

fn standing(mail: &MailRow) -> String {
    let word = word(mail);
    if mail.state == "leased" {
        return format!("{word}，请稍后再看");
    }
    word.to_owned()
}

async fn keep(
    tx: &mut Tx,
    now: Moment,
    id: &MailId,
    by: &str,
    action: &'static str,
    detail: String,
) -> Result<(), AppError> {
    let entry = Entry {
        actor: by,
        action,
        object_kind: "mail",
        object_id: id.as_str(),
        detail,
    };
    journal::append(tx, now, &[entry]).await?;
    Ok(())
}
