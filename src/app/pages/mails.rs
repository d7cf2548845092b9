//! 告警与邮件: the outbox, one mail, and the decisions behind them.

use super::Slice;
use crate::app::view::{AlertRow, Decision, MailFilter, MailRow, MailShow, MailState, MailView, MailsView};
use crate::app::{App, AppError, wording};
use crate::domain::account::{Act, Viewer};
use crate::domain::alert::{Outcome, Point};
use crate::domain::ids::{MailId, ObligationId};
use crate::domain::obligation::Kind;
use crate::domain::time::Moment;
use crate::store::Tx;
use crate::store::alerts::{self, StoredAlert};
use crate::store::mails::{self, Show};

/// A page of mails, or of decisions not to send.
pub async fn mails(app: &App, viewer: &Viewer, asked: MailFilter) -> Result<MailsView, AppError> {
    let slice = Slice::of(asked.page);
    if !viewer.may(Act::SeeMails) {
        return Ok(MailsView::Mails(slice.nothing()));
    }
    let show = match asked.show {
        MailShow::All => Show::All,
        MailShow::Unsent => Show::Unsent,
        MailShow::Sent => Show::Sent,
        MailShow::Waiting => Show::Waiting,
        MailShow::Held => Show::Held,
        MailShow::Doubt => Show::InDoubt,
        MailShow::Dropped => Show::Dropped,
        MailShow::Skipped => {
            let mut tx = app.db.read().await?;
            let (found, total) = alerts::unsent(&mut tx, &viewer.scope, slice.limit, slice.offset).await?;
            tx.rollback().await?;
            let rows = found.into_iter().map(|alert| alert_row(app, alert)).collect();
            return Ok(MailsView::Skipped(slice.of_rows(rows, total)));
        }
    };
    let mut tx = app.db.read().await?;
    let found = mails::page(&mut tx, show, &viewer.scope, slice.limit, slice.offset).await?;
    let total = mails::count(&mut tx, show, &viewer.scope).await?;
    tx.rollback().await?;
    let rows = found.into_iter().map(mail_row).collect();
    Ok(MailsView::Mails(slice.of_rows(rows, total)))
}

/// One mail with the decisions it carries out.
pub async fn mail(app: &App, viewer: &Viewer, id: &MailId) -> Result<Option<MailView>, AppError> {
    let mut tx = app.db.read().await?;
    let Some(row) = seen(&mut tx, viewer, id).await? else {
        return Ok(None);
    };
    let bytes = mails::bytes(&mut tx, id.as_str()).await?;
    let alerts = alerts::of_mail(&mut tx, id.as_str()).await?;
    tx.rollback().await?;
    Ok(bytes.map(|bytes| MailView {
        row: mail_row(row),
        alerts: alerts.into_iter().map(|alert| alert_row(app, alert)).collect(),
        bytes,
    }))
}

/// The finished bytes of one mail.
pub async fn mail_bytes(app: &App, viewer: &Viewer, id: &MailId) -> Result<Option<Vec<u8>>, AppError> {
    let mut tx = app.db.read().await?;
    let bytes = match seen(&mut tx, viewer, id).await? {
        Some(_) => mails::bytes(&mut tx, id.as_str()).await?,
        None => None,
    };
    tx.rollback().await?;
    Ok(bytes)
}

/// One mail, if the viewer sees it.
pub(super) async fn seen(tx: &mut Tx, viewer: &Viewer, id: &MailId) -> Result<Option<mails::MailRow>, AppError> {
    if !viewer.may(Act::SeeMails) {
        return Ok(None);
    }
    Ok(mails::seen_by_id(tx, id.as_str(), &viewer.scope).await?)
}

/// Where a mail stands.
pub fn mail_state(row: &mails::MailRow) -> MailState {
    match row.state.as_str() {
        "sent" => MailState::Sent,
        "held" => MailState::Held,
        "dropped" => MailState::Dropped,
        "leased" => MailState::Sending,
        _ if row.in_doubt > 0 => MailState::Doubt,
        _ => MailState::Waiting,
    }
}

pub(super) fn mail_row(row: mails::MailRow) -> MailRow {
    let state = mail_state(&row);
    let waits = matches!(state, MailState::Waiting | MailState::Doubt);
    MailRow {
        id: MailId::stored(row.id),
        state,
        to: vec![row.recipient],
        subject: row.subject,
        created: Moment::from_millis(row.created_ms),
        last_attempt: row.begun_ms.or(row.sent_ms).map(Moment::from_millis),
        attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
        next_attempt: waits.then(|| Moment::from_millis(row.next_ms)),
        last_reply: row.last_reply,
        given_up: row.dropped_by.zip(row.dropped_reason),
    }
}

/// A decision as a page shows it.
pub(super) fn alert_row(app: &App, stored: StoredAlert) -> AlertRow {
    let alert = stored.alert;
    let name = match alert.kind {
        Kind::Backlog => "首次导入时已逾期的事项汇总".to_owned(),
        kind => wording::kind_name(app, kind),
    };
    let subject = match (&alert.number, alert.kind) {
        (Some(number), _) => format!("{number} {name}"),
        (None, Kind::Backlog) => format!("历史存量 {name}"),
        (None, _) => name,
    };
    AlertRow {
        at: stored.decided,
        // The summary of old cases has no page of its own.
        obligation: (alert.kind != Kind::Backlog).then(|| ObligationId::stored(alert.subject_id)),
        subject,
        point: point(alert.point),
        decision: match &stored.mail {
            None if alert.outcome == Outcome::Sent => Decision::Digest,
            _ => decision(alert.outcome, stored.mail_state.as_deref()),
        },
        recipients: alert.recipient.map(|to| to.name).into_iter().collect(),
        reason: alert.reason,
        mail: stored.mail,
    }
}

fn decision(outcome: Outcome, mail_state: Option<&str>) -> Decision {
    match (outcome, mail_state) {
        (Outcome::Merged, _) => Decision::Merged,
        (Outcome::NoRecipient, _) => Decision::NoRecipient,
        (Outcome::Silenced, _) => Decision::Silenced,
        (Outcome::Inhibited, _) => Decision::Inhibited,
        (Outcome::Sent, Some("sent")) => Decision::Sent,
        (Outcome::Sent, Some("held")) => Decision::Held,
        (Outcome::Sent, Some("dropped")) => Decision::GivenUp,
        (Outcome::Sent, _) => Decision::Waiting,
    }
}

pub(in crate::app) fn point(point: Point) -> String {
    match point {
        Point::Before(days) => format!("到期前 {days} 个工作日"),
        Point::Due => "到期当日".to_owned(),
        Point::After(days) => format!("逾期第 {days} 个工作日"),
        Point::Opened => "发现时".to_owned(),
        Point::Moved => "到期日变动时".to_owned(),
        Point::Level(_) => "手工升级时".to_owned(),
        Point::Again(times) => format!("无人确认，第 {times} 次再提醒"),
        Point::Chain(step) => format!("无人确认，上报第 {step} 级"),
    }
}
