//! What people say to reminders: that they have taken note, that something may be silent for a while.

use super::{App, AppError};
use crate::domain::account::Scope;
use crate::domain::alert::{
    Contact, HandOn, HeldBack, Point, Silence, Target, after_silence, is_of, silence_of_reader,
};
use crate::domain::contact::{mail_address, mailbox, same_mailbox};
use crate::domain::ids::hex;
use crate::domain::obligation::{Obligation, State};
use crate::domain::time::Moment;
use crate::domain::written::{self, Size};
use crate::store::journal::{self, ACTOR_SERVICE, Entry};
use crate::store::silences::{self, Acknowledgement};
use crate::store::{Tx, alerts, contacts, hand_ons, obligations};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What every decision of a pass looks at.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Who can be told.
    pub contacts: Vec<Contact>,
    /// Silences in force, and those that ended lately.
    pub silences: Vec<Silence>,
    /// Who has had today's summary, by mailbox.
    pub summarised: BTreeSet<String>,
}

/// What happened to an obligation before.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// Points of this revision that are settled.
    pub decided: Vec<Point>,
    /// Who has taken note of it.
    pub acknowledged: Option<Acknowledgement>,
    /// Name of the whole it is a part of, while that is late itself.
    pub late_whole: Option<String>,
    /// Who reads its reminders in whose place.
    pub handed_on: Vec<HandOn>,
}

/// Reads what a decision needs to know of the past.
pub async fn before(app: &App, tx: &mut Tx, obligation: &Obligation, now: Moment) -> Result<Before, AppError> {
    Ok(Before {
        decided: alerts::decided_points(tx, &obligation.key, obligation.revision).await?,
        acknowledged: silences::acknowledged(tx, &obligation.key, obligation.revision).await?,
        late_whole: late_whole(app, tx, obligation, now).await?,
        handed_on: hand_ons::of(tx, obligation.id.as_str()).await?,
    })
}

async fn late_whole(app: &App, tx: &mut Tx, obligation: &Obligation, now: Moment) -> Result<Option<String>, AppError> {
    if app.policy.wholes_of(obligation.kind).next().is_none() {
        return Ok(None);
    }
    let siblings = obligations::of_subject(tx, &obligation.subject_id).await?;
    Ok(whole_of(app, obligation, siblings.iter(), now))
}

/// The whole among the obligations of the same matter that is late, by its name.
pub fn whole_of<'a>(
    app: &App,
    part: &Obligation,
    mut siblings: impl Iterator<Item = &'a Obligation>,
    now: Moment,
) -> Option<String> {
    let whole = siblings.find(|other| {
        other.state == State::Open
            && other.subject_id == part.subject_id
            && other.due.day < now.day()
            && app.policy.wholes_of(part.kind).any(|kind| kind == other.kind)
    })?;
    Some(super::wording::name(app, whole))
}

/// What somebody takes note of.
#[derive(Debug, Clone)]
pub struct Noted<'a> {
    /// Number of the case, rectification or finding.
    pub number: &'a str,
    /// Only obligations of this kind; all of the number where none is named.
    pub kind: Option<&'a str>,
    /// Who.
    pub by: &'a str,
    /// What they want to say to it.
    pub note: &'a str,
}

/// Takes note of everything open under a number: it is no longer told again nor to those above. What has to be done
/// still has to be done, and its own reminder points stand.
///
/// # Errors
/// Nothing is open under the number.
pub async fn acknowledge(app: &App, noted: &Noted<'_>, actor: &str) -> Result<u32, AppError> {
    let now = app.now();
    let by = said("确认人", noted.by, Size::Line)?;
    written::check("说明", noted.note, Size::Lines).map_err(AppError::Input)?;
    let note_text = noted.note.trim().to_owned();
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let open: Vec<Obligation> = obligations::open_of_number(&mut tx, noted.number)
        .await?
        .into_iter()
        .filter(|one| noted.kind.is_none_or(|kind| kind == one.kind.as_str()))
        .collect();
    if open.is_empty() {
        return Err(AppError::Input(format!(
            "编号「{}」没有{}未办结的事项，请核对编号（rongcuo alert list 列出等待确认的）",
            noted.number,
            noted.kind.map(|kind| format!("种类为 {kind} 的")).unwrap_or_default()
        )));
    }
    let count = note(&mut tx, &open, (&by, &note_text), actor, now).await?;
    tx.commit().await?;
    Ok(count)
}

/// Takes note of one open obligation in a transaction of the caller's.
pub(super) async fn note_one(
    tx: &mut Tx,
    obligation: &Obligation,
    by: &str,
    text: &str,
    actor: &str,
    now: Moment,
) -> Result<u32, AppError> {
    let by = said("确认人", by, Size::Line)?;
    written::check("说明", text, Size::Lines).map_err(AppError::Input)?;
    note(tx, std::slice::from_ref(obligation), (&by, text.trim()), actor, now).await
}

async fn note(
    tx: &mut Tx,
    open: &[Obligation],
    (by, text): (&str, &str),
    actor: &str,
    now: Moment,
) -> Result<u32, AppError> {
    let mut details = Vec::new();
    for one in open {
        let entry = Acknowledgement {
            by: by.to_owned(),
            note: text.to_owned(),
            at: now,
        };
        if silences::acknowledge(tx, &one.key, one.revision, &entry).await? {
            obligations::set_next(tx, &one.id, Some(now)).await?;
            details.push((one.id.as_str(), format!("{by}确认收悉{}", because(text))));
        }
    }
    let rows: Vec<Entry<'_>> = details
        .iter()
        .map(|(id, detail)| Entry {
            actor,
            action: "alert.acknowledge",
            object_kind: "obligation",
            object_id: id,
            detail: detail.clone(),
        })
        .collect();
    journal::append(tx, now, &rows).await?;
    Ok(u32::try_from(details.len()).unwrap_or(u32::MAX))
}

fn because(note: &str) -> String {
    if note.is_empty() {
        String::new()
    } else {
        format!("：{note}")
    }
}

fn said(what: &str, text: &str, size: Size) -> Result<String, AppError> {
    written::check(what, text, size).map_err(AppError::Input)?;
    if text.trim().is_empty() {
        return Err(AppError::Input(format!("{what}没有写")));
    }
    Ok(text.trim().to_owned())
}

/// A silence somebody wants.
#[derive(Debug, Clone)]
pub struct NewSilence {
    /// What it is about.
    pub target: Target,
    /// Why.
    pub reason: String,
    /// Who wants it.
    pub by: String,
    /// When it ends.
    pub until: Moment,
}

/// Silences something until a moment.
///
/// # Errors
/// No reason, no author, an end that has passed or lies too far ahead, a target nothing is told of: a number under which
/// nothing is open, a unit nobody knows, an address of nobody.
pub async fn silence(app: &App, new: NewSilence, actor: &str) -> Result<Silence, AppError> {
    let now = app.now();
    let longest = app.policy.routing.longest_silence;
    if new.until <= now {
        // An end is the midnight behind the last day.
        let last = new.until.plus_millis(-1).day();
        return Err(AppError::Input(format!(
            "静默到 {last} 为止，已经过去：请写今天或以后的日期"
        )));
    }
    if new.until > now.plus_millis(i64::from(longest) * DAY) {
        return Err(AppError::Input(format!(
            "按现行规则，静默最长 {longest} 日，请写早一些的日期"
        )));
    }
    let target = match new.target {
        Target::Number(text) => Target::Number(said("编号", &text, Size::Line)?),
        Target::Unit(text) => Target::Unit(said("单位", &text, Size::Line)?),
        Target::Recipient(text) => {
            let text = said("邮箱", &text, Size::Line)?;
            Target::Recipient(mail_address(&text).unwrap_or(text))
        }
        kind @ Target::Kind(_) => kind,
    };
    let digest = Sha256::digest(format!("{}|{}|{}", target.word(), target.value(), now.millis()));
    let silence = Silence {
        id: hex(&digest[..4]),
        target,
        reason: said("静默的理由", &new.reason, Size::Lines)?,
        by: said("登记人", &new.by, Size::Line)?,
        from: now,
        until: new.until,
    };
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    exists(&mut tx, &silence.target).await?;
    silences::put(&mut tx, &silence).await?;
    journaled(&mut tx, &silence, "alert.silence", silence.zh(), actor, now).await?;
    tx.commit().await?;
    Ok(silence)
}

const DAY: i64 = 86_400_000;

/// A silence that holds back nothing is a slip of the pen: whoever wrote it would be told all the same.
async fn exists(tx: &mut Tx, target: &Target) -> Result<(), AppError> {
    let refused = match target {
        Target::Kind(_) => return Ok(()),
        Target::Number(number) => {
            if !obligations::open_of_number(tx, number).await?.is_empty() {
                return Ok(());
            }
            format!("没有编号为「{number}」的未办结事项，请核对编号")
        }
        Target::Unit(unit) => {
            let contacts = contacts::all(tx).await?;
            let known = contacts.into_iter().map(|contact| contact.unit);
            let open = obligations::open_units(tx).await?;
            if known.chain(open).any(|one| is_of(&one, unit)) {
                return Ok(());
            }
            format!("联系人名册和未办结事项里都没有单位「{unit}」，请写名册里的全称")
        }
        Target::Recipient(email) => {
            let contacts = contacts::all(tx).await?;
            let mut known = contacts.iter().filter_map(|contact| contact.email.as_deref());
            if known.any(|one| same_mailbox(one, email)) {
                return Ok(());
            }
            format!("联系人名册里没有邮箱「{email}」，请核对邮箱")
        }
    };
    Err(AppError::Input(refused))
}

/// Ends a silence early: what was held back is told at the next pass.
///
/// # Errors
/// There is no such silence, or it has ended.
pub async fn lift(app: &App, id: &str, by: &str, actor: &str) -> Result<Silence, AppError> {
    let now = app.now();
    let by = said("解除人", by, Size::Line)?;
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let known = silences::in_force(&mut tx, now).await?;
    let Some(mut silence) = known.into_iter().find(|silence| silence.id == id) else {
        return Err(AppError::Input(format!(
            "没有生效中的静默「{id}」，用 rongcuo alert list 查看"
        )));
    };
    silence.until = now;
    silences::put(&mut tx, &silence).await?;
    obligations::wake_silenced(&mut tx, now).await?;
    let detail = format!("{by}解除静默：{}", silence.target.zh());
    journaled(&mut tx, &silence, "alert.lift", detail, actor, now).await?;
    tx.commit().await?;
    Ok(silence)
}

/// Silences looked back at, in milliseconds since they ended: longer than a service stands still.
const LOOK_BACK: i64 = 90 * DAY;

/// The silences that matter now: those in force, and for the reason why a point was passed over those that ended lately.
pub(super) async fn silences(tx: &mut Tx, now: Moment) -> Result<Vec<Silence>, AppError> {
    Ok(silences::in_force(tx, now.plus_millis(-LOOK_BACK)).await?)
}

/// What readers' own silences held back, by mailbox. What was told meanwhile is among it.
pub(super) async fn held_back(
    tx: &mut Tx,
    silences: impl Iterator<Item = &Silence>,
) -> Result<BTreeMap<String, Vec<HeldBack>>, AppError> {
    let mut since: BTreeMap<String, Moment> = BTreeMap::new();
    for silence in silences {
        if let Target::Recipient(email) = &silence.target {
            let first = since.entry(mailbox(email)).or_insert(silence.from);
            *first = silence.from.min(*first);
        }
    }
    let mut held = BTreeMap::new();
    for (reader, since) in since {
        let own = alerts::held_back(tx, &reader, since).await?;
        held.insert(reader, own);
    }
    Ok(held)
}

/// What a reader's own silences held back is told after their end, of each open matter the newest: in their next summary.
pub(super) async fn catch_up(app: &App, now: Moment) -> Result<(), AppError> {
    let mut tx = app.db.read().await?;
    // Those that end last come first.
    let all = silences(&mut tx, now).await?;
    let ended: Vec<&Silence> = all
        .iter()
        .filter(|one| matches!(one.target, Target::Recipient(_)) && one.until <= now)
        .filter(|one| silence_of_reader(&all, one.target.value(), now).is_none())
        .collect();
    let held = held_back(&mut tx, ended.iter().copied()).await?;
    tx.rollback().await?;
    if held.values().all(|held| after_silence(held).is_empty()) {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    // Another instance may have told them in between.
    for (reader, held) in held_back(&mut tx, ended.iter().copied()).await? {
        let told = after_silence(&held);
        for alert in &told {
            alerts::tell_after_silence(&mut tx, alert).await?;
        }
        let last = ended
            .iter()
            .find(|silence| same_mailbox(silence.target.value(), &reader));
        if let Some(silence) = last.filter(|_| !told.is_empty()) {
            let detail = format!("{}静默已结束，补发 {} 项", silence.target.zh(), told.len());
            journaled(&mut tx, silence, "alert.catch_up", detail, ACTOR_SERVICE, now).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn journaled(
    tx: &mut Tx,
    silence: &Silence,
    action: &'static str,
    detail: String,
    actor: &str,
    now: Moment,
) -> Result<(), AppError> {
    let entry = Entry {
        actor,
        action,
        object_kind: "silence",
        object_id: &silence.id,
        detail,
    };
    Ok(journal::append(tx, now, &[entry]).await?)
}

/// Silences in force, and what waits for somebody to take note.
pub struct Waiting {
    /// In force, the one that ends first at the top.
    pub silences: Vec<Silence>,
    /// Open obligations that are late or were opened urgently, not acknowledged.
    pub unanswered: Vec<Obligation>,
    /// What is read by somebody in another's place, with the matter's number and kind.
    pub handed_on: Vec<(Obligation, HandOn)>,
}

/// Most lines of a list; the number of all is told beside it.
pub const LISTED: i64 = 500;

/// Lists them, for a unit and those below it where one is named.
pub async fn waiting(app: &App, unit: Option<&str>) -> Result<Waiting, AppError> {
    let now = app.now();
    let mut tx = app.db.read().await?;
    let mut silences = silences::in_force(&mut tx, now).await?;
    silences.sort_by_key(|silence| silence.until);
    let scope = Scope::of(unit);
    let unanswered = obligations::unanswered(&mut tx, &scope, LISTED, 0).await?;
    let mut handed_on = Vec::new();
    for one in hand_ons::open(&mut tx, &scope, LISTED).await? {
        if let Some(obligation) = obligations::by_id(&mut tx, &one.obligation).await? {
            handed_on.push((obligation, one));
        }
    }
    tx.rollback().await?;
    Ok(Waiting {
        silences,
        unanswered,
        handed_on,
    })
}
