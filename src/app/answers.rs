//! Answers to a mail: a link in it leads its reader to one page about one reminder. The forms on that page say that they
//! have taken note, hand the reminders of the matter on, or give the answer the matter asks for. The link says nothing about
//! anybody, ends by itself, and changes nothing by being followed: mail scanners follow links.

mod forms;
mod hand_on;

use super::view::{AnswerForm, AnswerState, AnswerView, Reply};
use super::{App, AppError, findings, reconcile, rectifications, routing, wording};
use crate::domain::alert::{Alert, Recipient, Severity};
use crate::domain::finding;
use crate::domain::ids::AlertId;
use crate::domain::obligation::{Kind, Obligation, State};
use crate::domain::rectification::Act;
use crate::domain::time::{Moment, day_zh};
use crate::mail;
use crate::store::journal::{self, Entry};
use crate::store::silences::{self, Acknowledgement};
use crate::store::{Tx, alerts, obligations};

const DAY: i64 = 86_400_000;
/// Who the journal names beside the reader of a mail.
const ACTOR: &str = "mail-link";
/// Where the links lead, before what seals them.
const PLACE: &str = "/answers/";
/// What stands in the place of a link that is for somebody else.
const HIDDEN: &str = "********";

/// Address of the page on which the reader of a reminder answers it.
pub(super) fn link(app: &App, alert: &AlertId, now: Moment) -> String {
    let lasts = i64::from(app.policy.routing.link_days) * DAY;
    let until = now.plus_millis(lasts).millis();
    format!(
        "{}{PLACE}{}-{until:x}-{}",
        app.base_url,
        alert.as_str(),
        seal(app, alert.as_str(), until)
    )
}

/// The link that a mail carries about a reminder; empty where there is nothing to answer.
pub(super) fn of_mail(app: &App, obligation: &Obligation, alert: &Alert, now: Moment) -> String {
    if is_asked(obligation, alert) {
        link(app, &alert.id, now)
    } else {
        String::new()
    }
}

/// The bytes of a mail as anybody but its reader may see them: whoever holds a link of it speaks in its reader's name.
pub fn without_links(bytes: &[u8]) -> Vec<u8> {
    mail::rewritten(bytes, hidden)
}

fn hidden(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(PLACE) {
        let (before, after) = rest.split_at(at + PLACE.len());
        let sealed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '%');
        let end = after.find(|c| !sealed(c)).unwrap_or(after.len());
        out.push_str(before);
        out.push_str(if end > 0 { HIDDEN } else { "" });
        rest = &after[end..];
    }
    out.push_str(rest);
    out
}

/// Whether a mail carries a link: what is urgent asks for a word, and some matters ask for an answer.
pub(super) fn is_asked(obligation: &Obligation, alert: &Alert) -> bool {
    let answered = matches!(
        obligation.kind,
        Kind::FindingReply
            | Kind::FindingConfirm
            | Kind::Progress
            | Kind::Rectification
            | Kind::Stage
            | Kind::Escalation
    );
    obligation.kind != Kind::Backlog && (alert.severity == Severity::Urgent || answered)
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
    let state = state(&alert, &obligation, noted);
    let mut view = AnswerView {
        kind: wording::name(app, &obligation),
        number: obligation.number.clone(),
        standing: match (obligation.state, obligation.met_on) {
            (State::Open, _) => wording::lateness(app, &obligation, now),
            (State::Met, Some(day)) => format!("已于 {} 办结", day_zh(day)),
            (State::Met, None) => "已办结".to_owned(),
            (State::Void, _) => "不再要求".to_owned(),
        },
        due: Some(obligation.due.day),
        action: reconcile::action_of(app, &obligation).to_owned(),
        clause: obligation.clause.clone(),
        // Taking note ends the chain that urgent reminders begin, so nobody takes note before one.
        notes: alert.severity == Severity::Urgent,
        page: reconcile::page_of(app, &obligation).replacen(&app.base_url, "", 1),
        ..AnswerView::expired()
    };
    if matches!(state, AnswerState::Open | AnswerState::Noted { .. })
        && let Some(reader) = &alert.recipient
    {
        view.reader.clone_from(&reader.name);
        view.handed_on = hand_on::said(tx, &obligation).await?;
        view.others = hand_on::others(tx, reader, now).await?;
        view.form = forms::of(app, tx, &obligation, reader, now).await?;
    }
    view.state = state;
    Ok(Some(view))
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

/// The reader of the mail answers. What is settled or has moved since is only shown.
///
/// # Errors
/// Something is missing, is too long, is not theirs to do, or has changed since they looked.
pub async fn reply(app: &App, token: &str, reply: &Reply) -> Result<Option<AnswerView>, AppError> {
    let now = app.now();
    let Some(Read::Good(id)) = read(app, token, now) else {
        return open(app, token).await;
    };
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let found = loaded(&mut tx, &id).await?;
    let Some((alert, obligation)) =
        found.filter(|(alert, obligation)| alert.revision == obligation.revision && obligation.state == State::Open)
    else {
        tx.rollback().await?;
        return open(app, token).await;
    };
    let reader = alert.recipient.clone().filter(|reader| !reader.name.is_empty());
    let by = reader.as_ref().map_or("收件人", |reader| reader.name.as_str());
    let known = || {
        reader
            .clone()
            .ok_or_else(|| AppError::Input("这封邮件没有收件人姓名，只能确认收悉".to_owned()))
    };
    match reply {
        Reply::Note { .. } if alert.severity != Severity::Urgent => {
            return Err(AppError::Input("只有紧急的提醒要确认收悉".to_owned()));
        }
        Reply::Note { text } => {
            routing::note_one(&mut tx, &obligation, by, text, ACTOR, now).await?;
            tx.commit().await?;
            return open(app, token).await;
        }
        Reply::HandOn { to, reason } => {
            hand_on::hand_on(
                app,
                &mut tx,
                (&alert, &obligation),
                &known()?,
                (to.as_str(), reason.as_str()),
                now,
            )
            .await?;
        }
        Reply::Finding { .. } | Reply::Statement { .. } | Reply::Report { .. } => {
            act(app, &mut tx, &obligation, &known()?, reply, now).await?;
            // The act stands under the reader's name; that it came this way is said beside it.
            let row = Entry {
                actor: ACTOR,
                action: "alert.answer",
                object_kind: "alert",
                object_id: alert.id.as_str(),
                detail: format!(
                    "{by}经邮件链接{}：{} {}",
                    reply.zh(),
                    obligation.number,
                    obligation.kind.as_str()
                ),
            };
            journal::append(&mut tx, now, &[row]).await?;
        }
    }
    tx.commit().await?;
    let mut view = open(app, token).await?;
    if let Some(view) = &mut view {
        view.done = Some(reply.zh());
    }
    Ok(view)
}

/// Does what the form of the page offered, if it did.
async fn act(
    app: &App,
    tx: &mut Tx,
    obligation: &Obligation,
    reader: &Recipient,
    reply: &Reply,
    now: Moment,
) -> Result<(), AppError> {
    let by = reader.name.as_str();
    let form = forms::of(app, tx, obligation, reader, now).await?;
    match (reply, form) {
        (Reply::Finding { answer, version }, AnswerForm::Finding { .. }) => {
            let which = findings::FindingRef {
                id: obligation.subject_id.clone(),
                version: Some(*version),
            };
            let act = finding::Act::Answer(answer.clone());
            findings::act_in(app, tx, &which, &act, (by, None), now).await?;
        }
        (Reply::Statement { text }, AnswerForm::Finding { .. } | AnswerForm::Statement) => {
            findings::state_in(tx, &obligation.subject_id, text, by, now).await?;
        }
        (
            Reply::Report {
                percent,
                text,
                stage,
                version,
            },
            AnswerForm::Report { .. },
        ) => {
            let which = rectifications::ItemRef {
                number: obligation.number.clone(),
                version: Some(*version),
            };
            let act = Act::Reported {
                percent: *percent,
                rating: None,
                text: text.clone(),
                stage: stage.clone(),
            };
            let by = rectifications::By::from(by);
            rectifications::act_in(app, tx, &which, &act, &by, now).await?;
        }
        _ => {
            return Err(AppError::Input(format!(
                "「{by}」不能从这封邮件{}，请由经办人登记",
                reply.zh()
            )));
        }
    }
    Ok(())
}
