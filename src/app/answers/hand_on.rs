//! Handing the reminders of one matter on.

use super::ACTOR;
use crate::app::view::Other;
use crate::app::{App, AppError, entries, reconcile, rectifications};
use crate::domain::alert::{self, Alert, Contact, HandOn, Outcome, Recipient};
use crate::domain::contact::same_mailbox;
use crate::domain::ids::AlertId;
use crate::domain::obligation::Obligation;
use crate::domain::time::Moment;
use crate::domain::written::{self, Size};
use crate::store::journal::{self, Entry};
use crate::store::{Tx, alerts, contacts, hand_ons, hands, mails};

/// Names a page lists; a unit above many has more, and whoever wants one of those hands on to somebody nearer first.
const LISTED: usize = 200;

/// Who reads whose reminders of the matter, in words.
pub(super) async fn said(tx: &mut Tx, obligation: &Obligation) -> Result<Vec<String>, AppError> {
    let handed = hand_ons::of(tx, obligation.id.as_str()).await?;
    Ok(handed.iter().map(HandOn::zh).collect())
}

async fn present(tx: &mut Tx, now: Moment) -> Result<Vec<Contact>, AppError> {
    let delegations = hands::delegations(tx, now.day()).await?;
    Ok(rectifications::present(
        &contacts::all(tx).await?,
        &delegations,
        now.day(),
    ))
}

/// Who may read in the reader's place, by name and post.
pub(super) async fn others(tx: &mut Tx, reader: &Recipient, now: Moment) -> Result<Vec<Other>, AppError> {
    let contacts = present(tx, now).await?;
    let found = alert::others(&contacts, &reader.email);
    Ok(found
        .into_iter()
        .take(LISTED)
        .map(|one| Other {
            key: alert::key_of(one),
            said: format!("{} {}（{}）", one.name, one.role.zh(), one.unit),
        })
        .collect())
}

/// Hands the reminders of a matter on, and tells the other of the present one at once.
///
/// # Errors
/// No reason, nobody the page named, somebody who has handed it on themselves.
pub(super) async fn hand_on(
    app: &App,
    tx: &mut Tx,
    (from, obligation): (&Alert, &Obligation),
    reader: &Recipient,
    (to, reason): (&str, &str),
    now: Moment,
) -> Result<(), AppError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(AppError::Input("请写明交由他人的理由".to_owned()));
    }
    written::check("理由", reason, Size::Line).map_err(AppError::Input)?;
    let contacts = present(tx, now).await?;
    let found = alert::others(&contacts, &reader.email);
    let taker = found.into_iter().find(|one| alert::key_of(one) == to);
    let Some((taker, email)) = taker.and_then(|one| Some((one, one.email.clone()?))) else {
        return Err(AppError::Input(
            "请从列表中选一位本单位、下级单位的联系人或者代理人".to_owned(),
        ));
    };
    let before = hand_ons::of(tx, obligation.id.as_str()).await?;
    if before.iter().any(|one| same_mailbox(&one.from_email, &email)) {
        return Err(AppError::Input(format!(
            "「{}」已把这一项的提醒交给别人，不能再交回",
            taker.name
        )));
    }
    // A form that is sent twice says one thing.
    let same = |one: &HandOn| same_mailbox(&one.from_email, &reader.email) && same_mailbox(&one.to.email, &email);
    if before.iter().any(same) {
        return Ok(());
    }
    let handed = HandOn {
        obligation: obligation.id.as_str().to_owned(),
        from_email: reader.email.clone(),
        from_name: reader.name.clone(),
        to_unit: taker.unit.clone(),
        to: Recipient {
            email,
            name: taker.name.clone(),
            role: taker.role,
        },
        reason: reason.to_owned(),
        at: now,
    };
    hand_ons::put(tx, &handed).await?;
    let row = Entry {
        actor: ACTOR,
        action: "alert.hand_on",
        object_kind: "obligation",
        object_id: obligation.id.as_str(),
        detail: handed.zh(),
    };
    journal::append(tx, now, &[row]).await?;
    tell(app, tx, (from, obligation), &handed, now).await
}

/// The same reminder, to the other: under its own identity, so whoever has had it is not told again.
async fn tell(
    app: &App,
    tx: &mut Tx,
    (from, obligation): (&Alert, &Obligation),
    handed: &HandOn,
    now: Moment,
) -> Result<(), AppError> {
    let identity = alert::identity(&obligation.key, obligation.revision, from.point, &handed.to.email);
    let told = Alert {
        id: AlertId::of(&identity),
        identity,
        recipient: Some(handed.to.clone()),
        outcome: Outcome::Sent,
        reason: handed.zh(),
        waits: false,
        ..from.clone()
    };
    if alerts::by_id(tx, told.id.as_str()).await?.is_some() {
        return Ok(());
    }
    let mail = reconcile::compose_as(app, tx, obligation, &told, &handed.to, &told.identity, now).await?;
    mails::insert(tx, &mail, now).await?;
    alerts::insert(tx, &told, now, Some(&mail.id)).await?;
    entries::given(app, tx, &told, obligation, now).await
}
