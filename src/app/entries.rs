//! Days in readers' calendars: a reminder brings the day of its matter, a later one moves it, and once the matter is settled
//! it is taken away again.

use super::letters::mail_host;
use super::reconcile::{action_of, page_of};
use super::{App, AppError, digest, wording};
use crate::domain::alert::{Alert, silence_of_reader};
use crate::domain::contact::by_mailbox;
use crate::domain::ids::MailId;
use crate::domain::obligation::{Kind, Obligation, State};
use crate::domain::time::Moment;
use crate::mail::Deadline;
use crate::store::alerts::{self, Entry};
use crate::store::journal::{self, ACTOR_SERVICE};
use crate::store::{Tx, mails, obligations, silences};

/// Readers written to in one transaction.
const BATCH: i64 = 50;
/// Days one mail takes away; what is beyond waits for the next morning.
const LINES: i64 = 100;

/// The due day for the reader's calendar, while it lies ahead.
pub(super) fn deadline(app: &App, obligation: &Obligation, now: Moment) -> Option<Deadline> {
    let ahead = obligation.kind != Kind::Backlog && obligation.due.day >= now.day();
    ahead.then(|| entry(app, obligation, published(obligation)))
}

/// Between two revisions of a day there is room for taking it away.
fn published(obligation: &Obligation) -> u32 {
    obligation.revision.saturating_mul(2)
}

fn entry(app: &App, obligation: &Obligation, sequence: u32) -> Deadline {
    Deadline {
        uid: format!("{}@{}", obligation.id, mail_host(&app.mail_from)),
        sequence,
        day: obligation.due.day,
        summary: format!("{} {}", wording::name(app, obligation), obligation.number),
        description: action_of(app, obligation).to_owned(),
        url: page_of(app, obligation),
    }
}

/// Keeps that the mail of an alert brings a day, where it does.
pub(super) async fn given(
    app: &App,
    tx: &mut Tx,
    alert: &Alert,
    obligation: &Obligation,
    now: Moment,
) -> Result<(), AppError> {
    if deadline(app, obligation, now).is_some() {
        alerts::keep_entry(tx, &alert.id, Entry::There).await?;
    }
    Ok(())
}

/// What a mail takes away.
pub(super) struct Taken {
    /// The days.
    pub(super) gone: Vec<Deadline>,
    /// The reader's name, as the reminders had it.
    name: String,
}

/// Days that the mail of an identity takes away, and keeps that it does. What is open again stays where it is.
pub(super) async fn taken(
    app: &App,
    tx: &mut Tx,
    spellings: &[String],
    identity: &str,
    now: Moment,
) -> Result<Taken, AppError> {
    let mut gone: Vec<Deadline> = Vec::new();
    let mut numbers: Vec<String> = Vec::new();
    let mut name = String::new();
    let mut over = Vec::new();
    for spelling in spellings {
        over.extend(alerts::over_for(tx, spelling, LINES).await?);
    }
    for stored in over.into_iter().take(LINES as usize) {
        let found = obligations::by_id(tx, &stored.alert.subject_id).await?;
        let Some(obligation) = found.filter(|one| one.state != State::Open) else {
            alerts::keep_entry(tx, &stored.alert.id, Entry::There).await?;
            continue;
        };
        alerts::keep_entry(tx, &stored.alert.id, Entry::Gone).await?;
        name = stored.alert.recipient.map(|to| to.name).unwrap_or_default();
        let sequence = published(&obligation).saturating_add(1);
        let one = entry(app, &obligation, sequence);
        // Several reminders brought the same day.
        if gone.iter().all(|known| known.uid != one.uid) {
            let how = if obligation.state == State::Met {
                "已办结"
            } else {
                "不再要求"
            };
            numbers.push(obligation.number);
            gone.push(Deadline {
                summary: format!("{}（{how}）", one.summary),
                description: format!("{how}，不必再办。"),
                ..one
            });
        }
    }
    if !numbers.is_empty() {
        let mail = MailId::of(identity);
        let row = journal::Entry {
            actor: ACTOR_SERVICE,
            action: "calendar.take_back",
            object_kind: "mail",
            object_id: mail.as_str(),
            detail: format!("已办结或不再要求的从收件人日历中去掉：{}", numbers.join("、")),
        };
        journal::append(tx, now, &[row]).await?;
    }
    Ok(Taken { gone, name })
}

/// Writes to those whose calendars hold days of settled matters and who get no summary this morning; how many.
pub(super) async fn take_back(app: &App, now: Moment) -> Result<u32, AppError> {
    if !digest::is_morning(app, now)? {
        return Ok(0);
    }
    let mut sent = 0;
    loop {
        let mut tx = app.db.begin().await?;
        let readers = alerts::over_readers(&mut tx, now.day(), BATCH).await?;
        if readers.is_empty() {
            tx.rollback().await?;
            return Ok(sent);
        }
        journal::take_turn(&mut tx).await?;
        // What is still to be decided may bring a summary that carries them.
        if !obligations::due(&mut tx, now, 1).await?.is_empty() {
            tx.rollback().await?;
            return Ok(sent);
        }
        let before = sent;
        let silences = silences::in_force(&mut tx, now).await?;
        let boxes = by_mailbox(readers);
        let firsts = boxes
            .iter()
            .filter_map(|spellings| Some((spellings.first()?, spellings)));
        for (reader, spellings) in firsts.filter(|(reader, _)| silence_of_reader(&silences, reader, now).is_none()) {
            let identity = alerts::calendar_key(reader, now.day());
            let Taken { gone, name } = taken(app, &mut tx, spellings, &identity, now).await?;
            if !gone.is_empty() {
                let mail = digest::of_calendar(app, (reader, &name), gone, &identity, now)?;
                sent += u32::from(mails::insert(&mut tx, &mail, now).await?);
            }
        }
        tx.commit().await?;
        if sent == before {
            return Ok(sent);
        }
    }
}
