//! The summary of a morning: what waited for it is put together for each reader, once a working day.

use super::letters::Letter;
use super::reconcile::{action_of, compose_as, is_of_one, page_of, shown};
use super::{App, AppError, answers, entries, rectifications, wording};
use crate::domain::alert::{Alert, Contact, Recipient, Severity};
use crate::domain::contact::{Role, by_mailbox, mailbox, same_mailbox};
use crate::domain::obligation::{Obligation, State};
use crate::domain::time::Moment;
use crate::mail::{self, Deadline, DigestLine, DigestMail};
use crate::runtime::crash::crash_point;
use crate::store::alerts::StoredAlert;
use crate::store::journal::{self, ACTOR_SERVICE, Entry};
use crate::store::mails::NewMail;
use crate::store::{Tx, alerts, contacts, hands, mails, obligations};
use chrono::NaiveTime;
use std::collections::HashMap;

/// Readers written to in one transaction.
const BATCH: i64 = 50;
/// Readers looked at for those.
const READERS: i64 = 10_000;
/// Reminders one summary carries; what is beyond waits for the next morning.
const LINES: i64 = 500;
/// Unanswered matters it repeats.
const REPEATED: i64 = 60;
const DONE: &str = "汇总发出前已办结或不再要求，未另提醒";
const MOVED: &str = "汇总发出前到期日已变动，由变动通知代替";

/// Whoever gets one summary.
pub(super) struct Reader {
    /// Where it goes: as the contacts spell it today.
    address: String,
    /// How the reminders spell it.
    spellings: Vec<String>,
}

impl Reader {
    /// A reader whose address has one spelling.
    pub(super) fn alone(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            spellings: vec![address.to_owned()],
        }
    }

    /// The reader of a mailbox; `None` where no spelling is given.
    fn of(spellings: Vec<String>, listed: &HashMap<String, &Contact>) -> Option<Self> {
        let first = spellings.first()?;
        let own = listed.get(&mailbox(first)).and_then(|contact| contact.email.as_ref());
        let mut reader = Self::alone(own.unwrap_or(first));
        reader.spellings.extend(spellings);
        reader.spellings.sort_unstable();
        reader.spellings.dedup();
        Some(reader)
    }

    fn is(&self, email: &str) -> bool {
        same_mailbox(&self.address, email)
    }
}

/// Writes the summaries of this morning that are not written yet; how many.
pub(super) async fn send(app: &App, now: Moment) -> Result<u32, AppError> {
    let today = now.day();
    if !is_open(app, now) {
        return Ok(0);
    }
    let calendars = app.calendars();
    let mut works_somewhere = calendars.national().is_working_day(today)?;
    for (_, local) in calendars.local_units() {
        works_somewhere |= local.is_working_day(today)?;
    }
    if !works_somewhere {
        return Ok(0);
    }
    let mut sent = 0;
    // Readers whose summary cannot be written; the others get theirs.
    let mut failed: Vec<String> = Vec::new();
    loop {
        let mut tx = app.db.begin().await?;
        // Each has a working day by the calendar of their unit.
        let contacts = contacts::all(&mut tx).await?;
        let mut listed: HashMap<String, &Contact> = HashMap::new();
        for contact in &contacts {
            if let Some(email) = &contact.email {
                listed.entry(mailbox(email)).or_insert(contact);
            }
        }
        let works = |reader: &str| {
            let unit = listed.get(&mailbox(reader)).map(|contact| contact.unit.as_str());
            calendars.of(unit).0.is_working_day(today).unwrap_or(false)
        };
        let waiting = alerts::waiting_readers(&mut tx, today, READERS).await?;
        let mut readers: Vec<Reader> = by_mailbox(waiting)
            .into_iter()
            .filter_map(|spellings| Reader::of(spellings, &listed))
            .collect();
        readers.retain(|reader| !failed.contains(&reader.address) && works(&reader.address));
        readers.truncate(BATCH as usize);
        let mut keepers = keepers(app, &mut tx, now).await?;
        keepers.retain(|keeper| !failed.contains(&keeper.email) && works(&keeper.email));
        if readers.is_empty() && keepers.is_empty() {
            tx.rollback().await?;
            return Ok(sent);
        }
        journal::take_turn(&mut tx).await?;
        // Another instance may still be deciding: what it decides belongs into the same summary.
        if !obligations::due(&mut tx, now, 1).await?.is_empty() {
            tx.rollback().await?;
            return Ok(sent);
        }
        let before = sent;
        let alone: Vec<Reader> = keepers
            .iter()
            .filter(|keeper| !readers.iter().any(|reader| reader.is(&keeper.email)))
            .map(|keeper| Reader::alone(&keeper.email))
            .collect();
        let mut written = 0;
        let mut wrong = None;
        for reader in readers.iter().chain(&alone) {
            let keeper = keepers.iter().find(|keeper| reader.is(&keeper.email));
            match one(app, &mut tx, reader, keeper, now).await {
                Ok(new) => written += u32::from(new),
                Err(error) if is_of_one(&error) => {
                    wrong = Some((reader.address.clone(), error));
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        if let Some((reader, error)) = wrong {
            // What was written beside it is written again without it.
            tx.rollback().await?;
            tracing::error!(error = %error, "一位收件人的汇总无法写成，其余照常");
            failed.push(reader);
            continue;
        }
        sent += written;
        crash_point("digest.commit.before");
        tx.commit().await?;
        crash_point("digest.commit.after");
        if sent == before && (readers.len() as i64) < BATCH {
            return Ok(sent);
        }
    }
}

/// Whether what waits for the morning goes out now.
pub(super) fn is_morning(app: &App, now: Moment) -> Result<bool, AppError> {
    Ok(is_open(app, now) && app.calendars().national().is_working_day(now.day())?)
}

/// Whether it is the time of day at which summaries go out.
fn is_open(app: &App, now: Moment) -> bool {
    (app.policy.routing.digest_at..app.policy.end).contains(&now.time())
}

/// Administrators who have had none today: they are told every morning that the service is alive.
async fn keepers(app: &App, tx: &mut Tx, now: Moment) -> Result<Vec<Recipient>, AppError> {
    if app.policy.routing.digest.is_empty() {
        return Ok(Vec::new());
    }
    let delegations = hands::delegations(tx, now.day()).await?;
    let present = rectifications::present(&contacts::all(tx).await?, &delegations, now.day());
    let had = alerts::had_summary(tx, now.day()).await?;
    let mut keepers: Vec<Recipient> = Vec::new();
    for contact in present.iter().filter(|contact| contact.role == Role::Administrator) {
        let Some(email) = contact.email.clone().filter(|_| !contact.disabled) else {
            continue;
        };
        let known = keepers.iter().any(|known| same_mailbox(&known.email, &email));
        if !known && !had.contains(&mailbox(&email)) {
            keepers.push(Recipient {
                email,
                name: contact.name.clone(),
                role: contact.role,
            });
        }
    }
    Ok(keepers)
}

/// Writes one reader's summary; `false` when nothing is left to say and nobody waits for a sign of life.
async fn one(
    app: &App,
    tx: &mut Tx,
    reader: &Reader,
    keeper: Option<&Recipient>,
    now: Moment,
) -> Result<bool, AppError> {
    let mut told: Vec<(StoredAlert, Obligation)> = Vec::new();
    let mut overtaken = Vec::new();
    let mut waiting = Vec::new();
    for spelling in &reader.spellings {
        waiting.extend(alerts::waiting_for(tx, spelling, LINES).await?);
    }
    waiting.sort_by(|a, b| (a.alert.at, &a.alert.identity).cmp(&(b.alert.at, &b.alert.identity)));
    waiting.truncate(LINES as usize);
    for stored in waiting {
        match obligations::by_id(tx, &stored.alert.subject_id).await? {
            Some(obligation) if obligation.state != State::Open => overtaken.push((stored.alert, DONE)),
            Some(obligation) if obligation.revision != stored.alert.revision => overtaken.push((stored.alert, MOVED)),
            Some(obligation) => told.push((stored, obligation)),
            None => overtaken.push((stored.alert, DONE)),
        }
    }
    for (alert, reason) in &overtaken {
        alerts::overtaken(tx, &alert.id, reason).await?;
    }
    let entries: Vec<Entry<'_>> = overtaken.iter().map(|(alert, reason)| entry(alert, reason)).collect();
    journal::append(tx, now, &entries).await?;
    if told.is_empty() && keeper.is_none() {
        return Ok(false);
    }
    let address = reader.address.as_str();
    let identity = format!("digest|{address}|{}", now.day());
    let gone = entries::taken(app, tx, &reader.spellings, &identity, now).await?.gone;
    let mail = match (told.as_slice(), keeper) {
        // One thing alone is told in full.
        ([(stored, obligation)], None) if gone.is_empty() => {
            let to = stored.alert.recipient.clone().unwrap_or_else(|| nameless(address));
            compose_as(app, tx, obligation, &stored.alert, &to, &identity, now).await?
        }
        _ => summary(app, tx, (reader, keeper), (&told, gone), &identity, now).await?,
    };
    mails::insert(tx, &mail, now).await?;
    alerts::keep_summary(tx, address, now.day(), &mail.id).await?;
    for (stored, obligation) in &told {
        alerts::carried(tx, &stored.alert.id, &mail.id).await?;
        entries::given(app, tx, &stored.alert, obligation, now).await?;
    }
    Ok(true)
}

fn entry<'a>(alert: &'a Alert, reason: &str) -> Entry<'a> {
    Entry {
        actor: ACTOR_SERVICE,
        action: "alert",
        object_kind: "alert",
        object_id: alert.id.as_str(),
        detail: format!("{} {} merged：{reason}", alert.kind.as_str(), alert.point),
    }
}

fn nameless(email: &str) -> Recipient {
    Recipient {
        email: email.to_owned(),
        name: String::new(),
        role: Role::Handler,
    }
}

pub(super) async fn summary(
    app: &App,
    tx: &mut Tx,
    (reader, keeper): (&Reader, Option<&Recipient>),
    (told, gone): (&[(StoredAlert, Obligation)], Vec<Deadline>),
    identity: &str,
    now: Moment,
) -> Result<NewMail, AppError> {
    let mut lines = unanswered(app, tx, reader, told, now).await?;
    lines.extend(told.iter().map(|(stored, obligation)| {
        let alert = &stored.alert;
        DigestLine {
            severity: shown(alert.severity),
            kind_zh: wording::alert_name(app, obligation, alert.kind, alert.point),
            standing_zh: wording::standing(app, obligation, alert.point, alert.at, now),
            answer: answers::of_mail(app, obligation, alert, now),
            ..line(app, obligation)
        }
    }));
    let name = told
        .iter()
        .find_map(|(stored, _)| stored.alert.recipient.as_ref())
        .or(keeper)
        .map(|to| to.name.clone())
        .unwrap_or_default();
    let reason = match (told.is_empty(), keeper) {
        (true, _) => "管理员每个工作日早晨收到这一封；收不到，就说明服务或邮件出了问题。",
        (false, Some(_)) => "汇总不紧急的提醒，管理员没有提醒时也发；紧急的随时单独发出。",
        (false, None) => "汇总不紧急的提醒；紧急的随时单独发出。",
    };
    let content = DigestMail {
        site: app.site_name.clone(),
        day_zh: wording::short_day(now.day()),
        lines,
        health: health(app, tx, now).await?,
        link: format!("{}/obligations", app.base_url),
        recipient_name: name.clone(),
        reason_zh: reason.to_owned(),
        deadlines: told
            .iter()
            .filter_map(|(_, obligation)| entries::deadline(app, obligation, now))
            .collect(),
        gone,
        decided_at: now,
    };
    written(app, &content, &reader.address, identity)
}

/// A mail that only takes days out of a reader's calendar.
pub(super) fn of_calendar(
    app: &App,
    (reader, name): (&str, &str),
    gone: Vec<Deadline>,
    identity: &str,
    now: Moment,
) -> Result<NewMail, AppError> {
    let content = DigestMail {
        site: app.site_name.clone(),
        day_zh: wording::short_day(now.day()),
        lines: Vec::new(),
        health: Vec::new(),
        link: format!("{}/obligations", app.base_url),
        recipient_name: name.to_owned(),
        reason_zh: "此前的提醒把这些日期放进了日历；不用办理。".to_owned(),
        deadlines: Vec::new(),
        gone,
        decided_at: now,
    };
    written(app, &content, reader, identity)
}

fn written(app: &App, content: &DigestMail, reader: &str, identity: &str) -> Result<NewMail, AppError> {
    let letter = Letter {
        to: (reader, &content.recipient_name),
        identity,
        thread_key: &format!("digest|{reader}"),
        at: content.decided_at,
    };
    letter.written(app, |envelope| mail::render_digest(content, envelope))
}

/// What the reader was told urgently and nobody has taken note of: it stands at the top of every summary.
async fn unanswered(
    app: &App,
    tx: &mut Tx,
    reader: &Reader,
    told: &[(StoredAlert, Obligation)],
    now: Moment,
) -> Result<Vec<DigestLine>, AppError> {
    let mut lines = Vec::new();
    // What was told urgently this very morning need not be said twice.
    let morning = Moment::at(now.day(), NaiveTime::MIN);
    for (id, alert) in alerts::unanswered_by(tx, &mailbox(&reader.address), morning, REPEATED).await? {
        if told.iter().any(|(_, obligation)| obligation.id.as_str() == id) {
            continue;
        }
        let Some(obligation) = obligations::by_id(tx, &id).await? else {
            continue;
        };
        let standing = wording::lateness(app, &obligation, now);
        lines.push(DigestLine {
            severity: shown(Severity::Urgent),
            standing_zh: format!("{standing}，还没有人确认收悉"),
            answer: answers::link(app, &alert, now),
            ..line(app, &obligation)
        });
    }
    Ok(lines)
}

fn line(app: &App, obligation: &Obligation) -> DigestLine {
    DigestLine {
        severity: shown(Severity::Info),
        kind_zh: wording::name(app, obligation),
        number: obligation.number.clone(),
        standing_zh: String::new(),
        due_zh: wording::short_day(obligation.due.day),
        action_zh: action_of(app, obligation).to_owned(),
        clause: obligation.clause.clone(),
        link: page_of(app, obligation),
        answer: String::new(),
    }
}

/// Whoever reads this knows that the service is alive; whoever does not get it knows as well.
async fn health(app: &App, tx: &mut Tx, now: Moment) -> Result<Vec<(String, String)>, AppError> {
    let counts = mails::counts(tx).await?;
    let mails = match (counts.waiting, counts.held) {
        (waiting, 0) => format!("待送出 {waiting} 封，没有被拒收的"),
        (waiting, held) => format!("待送出 {waiting} 封，被拒收 {held} 封，请到邮件页面处理"),
    };
    let calendars = app.calendars();
    let last = calendars.national().covered().last();
    let calendar = last.map_or_else(
        || "没有正式的放假通知".to_owned(),
        |year| format!("放假通知已有到 {year} 年"),
    );
    Ok(vec![
        (
            "最近核对".to_owned(),
            now.local().format("%Y年%-m月%-d日 %H:%M").to_string(),
        ),
        ("邮件".to_owned(), mails),
        ("日历".to_owned(), calendar),
    ])
}
