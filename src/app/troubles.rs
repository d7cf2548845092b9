//! Reminders that reach nobody are matters of their own: for the next in the chain and the administrator.

use super::{App, AppError};
use crate::domain::alert::{Gap, Trouble, gaps};
use crate::domain::contact::same_mailbox;
use crate::domain::obligation::{Kind, Obligation, State, Wanted};
use crate::domain::outbox::CHANNEL;
use crate::domain::time::Moment;
use crate::store::journal::{self, ACTOR_SERVICE, Entry};
use crate::store::{Tx, alerts, contacts, mails, obligations};
use chrono::NaiveDate;

/// Open troubles looked at in one go.
const MOST: i64 = 2_000;

/// What an obligation of this sort tells of.
pub(super) fn of(obligation: &Obligation) -> Option<Trouble> {
    matches!(obligation.kind, Kind::ContactTrouble | Kind::MailTrouble)
        .then(|| Trouble::of_key(&obligation.key))
        .flatten()
}

/// Opens what a reminder ran into, unless it is open already.
pub(super) async fn contact(app: &App, tx: &mut Tx, gap: &Gap, now: Moment) -> Result<(), AppError> {
    match of_gap(app, gap, now)? {
        Some(trouble) => open(tx, trouble, now).await,
        None => Ok(()),
    }
}

/// What a gap makes; `None` where the profile does not ask for it.
pub(super) fn of_gap(app: &App, gap: &Gap, now: Moment) -> Result<Option<Obligation>, AppError> {
    let number = match &gap.name {
        Some(name) => format!("{}{}{name}没有可用的邮箱", gap.unit, gap.role.zh()),
        None => format!("{}没有{}", gap.unit, gap.role.zh()),
    };
    made(
        app,
        Kind::ContactTrouble,
        (Trouble::of_gap(gap).key(), number),
        Some(&gap.unit),
        now,
    )
}

fn made(
    app: &App,
    kind: Kind,
    (key, number): (String, String),
    unit: Option<&str>,
    now: Moment,
) -> Result<Option<Obligation>, AppError> {
    let Some(limit) = app.policy.limit(kind) else {
        return Ok(None);
    };
    let begun = Wanted::begun_of(limit, key, unit, &app.calendars(), now)?;
    Ok(Some(Obligation {
        subject_id: begun.id.as_str().to_owned(),
        number,
        ..begun
    }))
}

async fn open(tx: &mut Tx, trouble: Obligation, now: Moment) -> Result<(), AppError> {
    let before = obligations::by_id(tx, trouble.id.as_str()).await?;
    if before.as_ref().is_some_and(|before| before.state == State::Open) {
        return Ok(());
    }
    let obligation = Obligation {
        revision: before.map_or(0, |before| before.revision) + 1,
        ..trouble
    };
    obligations::put(tx, &obligation).await?;
    note(tx, &obligation, "open", now).await
}

async fn note(tx: &mut Tx, obligation: &Obligation, what: &str, now: Moment) -> Result<(), AppError> {
    let entry = Entry {
        actor: ACTOR_SERVICE,
        action: "trouble",
        object_kind: "obligation",
        object_id: obligation.id.as_str(),
        detail: format!("{} {what}：{}", obligation.kind.as_str(), obligation.number),
    };
    Ok(journal::append(tx, now, &[entry]).await?)
}

/// After the contacts have changed: whoever can be reached now is no trouble any more.
pub(super) async fn recheck(tx: &mut Tx, now: Moment) -> Result<(), AppError> {
    let known = contacts::all(tx).await?;
    for trouble in obligations::open_of_kind(tx, Kind::ContactTrouble, MOST).await? {
        let role = of(&trouble).and_then(|trouble| trouble.role());
        let (Some(unit), Some(role)) = (trouble.scope_unit.as_deref(), role) else {
            continue;
        };
        let still = gaps(&known, Some(unit), &[role])
            .iter()
            .any(|gap| Trouble::of_gap(gap).key() == trouble.key);
        if !still {
            end(tx, trouble, now.day(), now).await?;
        }
    }
    Ok(())
}

async fn end(tx: &mut Tx, trouble: Obligation, day: NaiveDate, now: Moment) -> Result<(), AppError> {
    let ended = Obligation {
        state: State::Met,
        met_on: Some(day),
        next_at: None,
        ..trouble
    };
    obligations::put(tx, &ended).await?;
    note(tx, &ended, "met", now).await
}

/// A mail was refused for good: its reader has not been told, somebody must be.
pub async fn mail_held(app: &App, tx: &mut Tx, mail: &str, now: Moment) -> Result<(), AppError> {
    let app = &app.latest();
    let Some(row) = mails::by_id(tx, mail).await? else {
        return Ok(());
    };
    // A refused mail about a refused mail opens nothing more: with every address wrong there would be no end. It stays
    // held, and the pages and the monitor show it.
    if let Some(subject) = alerts::subject_of_mail(tx, mail).await?
        && obligations::by_id(tx, &subject)
            .await?
            .is_some_and(|about| about.kind == Kind::MailTrouble)
    {
        return Ok(());
    }
    journal::take_turn(tx).await?;
    let recipient = row.recipient.as_str();
    let known = contacts::all(tx).await?;
    let holder = known.iter().find(|contact| {
        contact
            .email
            .as_deref()
            .is_some_and(|email| same_mailbox(email, recipient))
    });
    let unit = holder.map(|holder| holder.unit.as_str());
    let number = match (recipient.strip_prefix(CHANNEL), holder) {
        (Some(channel), _) => format!("经通道“{channel}”的消息"),
        (None, Some(holder)) => format!("发给{}{}{}的邮件", holder.unit, holder.role.zh(), holder.name),
        (None, None) => "发给名册以外收件人的邮件".to_owned(),
    };
    let key = Trouble::of_mail(mail, holder.map(|holder| holder.role), recipient).key();
    match made(app, Kind::MailTrouble, (key, number), unit, now)? {
        Some(trouble) => open(tx, trouble, now).await,
        None => Ok(()),
    }
}

/// A mail that was refused went out after all, or a person gave it up.
pub async fn mail_ended(tx: &mut Tx, mail: &str, now: Moment) -> Result<(), AppError> {
    let is_of = |one: &Obligation| matches!(of(one), Some(Trouble::Mail { mail: about, .. }) if about == mail);
    let open = obligations::open_of_kind(tx, Kind::MailTrouble, MOST).await?;
    if let Some(trouble) = open.into_iter().rfind(is_of) {
        journal::take_turn(tx).await?;
        end(tx, trouble, now.day(), now).await?;
    }
    Ok(())
}
