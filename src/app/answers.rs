//! Answers to a mail: a link in it leads its reader to one page about one reminder, and the form on that page says that
//! they have taken note. The link says nothing about anybody, ends by itself, and changes nothing by being followed:
//! mail scanners follow links.

use super::view::{AnswerState, AnswerView};
use super::{App, AppError, reconcile, routing, wording};
use crate::domain::alert::Alert;
use crate::domain::ids::AlertId;
use crate::domain::obligation::{Obligation, State};
use crate::domain::time::Moment;
use crate::mail;
use crate::store::silences::{self, Acknowledgement};
use crate::store::{Tx, alerts, obligations};

const DAY: i64 = 86_400_000;
/// Who the journal names beside the reader of a mail.
const ACTOR: &str = "mail-link";

/// Address of the page on which the reader of a reminder says that they have taken note.
pub(super) fn link(app: &App, alert: &AlertId, now: Moment) -> String {
    let until = now.plus_millis(i64::from(app.policy.routing.link_days) * DAY).millis();
    format!(
        "{}/answers/{}-{until:x}-{}",
        app.base_url,
        alert.as_str(),
        seal(app, alert.as_str(), until)
    )
}

/// What only this installation can have written.
fn seal(app: &App, alert: &str, until: i64) -> String {
    let id = mail::message_id(app.keys.message_key(), &format!("answer|{alert}|{until}"), "link");
    id.split('@').next().unwrap_or_default().to_owned()
}

enum Read {
    Good(String),
    Expired,
}

/// The reminder a link is about; `None` for what nobody here has written.
fn read(app: &App, token: &str, now: Moment) -> Option<Read> {
    let mut parts = token.split('-');
    let (alert, until, sealed) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let until = i64::from_str_radix(until, 16).ok()?;
    let own = seal(app, alert, until);
    // Every character is compared, whatever the first difference is.
    let differs =
        own.len() != sealed.len() || own.bytes().zip(sealed.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) != 0;
    if differs {
        return None;
    }
    Some(if now.millis() < until {
        Read::Good(alert.to_owned())
    } else {
        Read::Expired
    })
}

/// The page behind a link; `None` when there is none.
pub async fn open(app: &App, token: &str) -> Result<Option<AnswerView>, AppError> {
    let now = app.now();
    let mut tx = app.db.read().await?;
    let view = match read(app, token, now) {
        None => None,
        Some(Read::Expired) => Some(AnswerView::expired()),
        Some(Read::Good(alert)) => view(app, &mut tx, &alert, now).await?,
    };
    tx.rollback().await?;
    Ok(view)
}

async fn loaded(tx: &mut Tx, alert: &str) -> Result<Option<(Alert, Obligation)>, AppError> {
    let Some(stored) = alerts::by_id(tx, alert).await? else {
        return Ok(None);
    };
    let obligation = obligations::by_id(tx, &stored.alert.subject_id).await?;
    Ok(obligation.map(|obligation| (stored.alert, obligation)))
}

async fn view(app: &App, tx: &mut Tx, alert: &str, now: Moment) -> Result<Option<AnswerView>, AppError> {
    let Some((alert, obligation)) = loaded(tx, alert).await? else {
        return Ok(None);
    };
    let noted = silences::acknowledged(tx, &obligation.key, obligation.revision).await?;
    Ok(Some(AnswerView {
        state: state(&alert, &obligation, noted),
        kind: wording::name(app, &obligation),
        number: obligation.number.clone(),
        standing: wording::lateness(app, &obligation, now),
        due: Some(obligation.due.day),
        action: reconcile::action_of(app, &obligation).to_owned(),
        clause: obligation.clause.clone(),
        page: reconcile::page_of(app, &obligation).replacen(&app.base_url, "", 1),
    }))
}

fn state(alert: &Alert, obligation: &Obligation, noted: Option<Acknowledgement>) -> AnswerState {
    match (obligation.state, noted) {
        (State::Open, _) if alert.revision != obligation.revision => AnswerState::Moved,
        (State::Open, None) => AnswerState::Open,
        (State::Open, Some(noted)) => AnswerState::Noted {
            by: noted.by,
            at: noted.at,
        },
        (State::Met | State::Void, _) => AnswerState::Settled,
    }
}

/// The reader of the mail takes note; once is enough, and a second time changes nothing.
///
/// # Errors
/// The note is too long or holds an ID number.
pub async fn acknowledge(app: &App, token: &str, note: &str) -> Result<Option<AnswerView>, AppError> {
    let now = app.now();
    let Some(Read::Good(id)) = read(app, token, now) else {
        return open(app, token).await;
    };
    let mut tx = app.db.read().await?;
    let found = loaded(&mut tx, &id).await?;
    tx.rollback().await?;
    if let Some((alert, obligation)) = found
        && alert.revision == obligation.revision
        && obligation.state == State::Open
    {
        let by = alert
            .recipient
            .map(|reader| reader.name)
            .filter(|name| !name.is_empty());
        let by = by.unwrap_or_else(|| "收件人".to_owned());
        routing::note_one(app, obligation.id.as_str(), &by, note, ACTOR).await?;
    }
    open(app, token).await
}
