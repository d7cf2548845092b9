//! The calendar as it stands: files, imported notices, local arrangements; and what a change of it does to due days.

use super::{App, AppError};
use crate::domain::calendar::{Calendar, Calendars, LocalArrangement, Notice};
use crate::domain::ids::hex;
use crate::domain::obligation::{Restated, Standing};
use crate::domain::time::Moment;
use crate::files::calendar::{self as files, Brought, CalendarSource};
use crate::store::calendar_entries::{self, CalendarEntry};
use crate::store::journal::Entry;
use crate::store::obligations::{Restating, Touched};
use crate::store::{Tx, journal, obligations};
use chrono::NaiveDate;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::path::Path;
use tracing::{Instrument, debug_span};

/// Obligations read at a time while due days are reckoned again.
const PAGE: i64 = 2_000;
/// Moves that an import names one by one; the journal has them all.
const NAMED: usize = 200;

/// What an import of a calendar file did.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    /// File name.
    pub file: String,
    /// What it was, for people.
    pub what: String,
    /// Whether it brought something new.
    pub new: bool,
    /// Open due days that moved.
    pub moved: u32,
    /// Of these, the ones that are earlier now.
    pub earlier: u32,
    /// Open due days looked at.
    pub looked_at: u64,
    /// The first of them one by one.
    pub moves: Vec<Move>,
}

/// One due day that moved.
#[derive(Debug, Clone, Serialize)]
pub struct Move {
    /// Number of the case or rectification.
    pub number: String,
    /// Kind of the obligation.
    pub kind: &'static str,
    /// The day before.
    pub from: NaiveDate,
    /// The day now.
    pub to: NaiveDate,
}

/// Everything the calendar is made of: the files and what was imported.
pub fn source(dir: Option<&Path>, entries: &[CalendarEntry], today: NaiveDate) -> Result<CalendarSource, AppError> {
    let mut source = files::load(dir, today).map_err(|error| AppError::Input(error.to_string()))?;
    for entry in entries {
        let unreadable = |_| AppError::Input(format!("导入过的日历「{}」已损坏，请从备份恢复数据库", entry.file));
        if entry.sort == "local" {
            let local: LocalArrangement = serde_json::from_str(&entry.body).map_err(unreadable)?;
            source.local.push(local);
            continue;
        }
        let mut notice: Notice = serde_json::from_str(&entry.body).map_err(unreadable)?;
        let same_year = |one: &&Notice| one.year == notice.year;
        // A newer program may bring the same notice built in.
        if source
            .notices
            .iter()
            .filter(same_year)
            .any(|one| one.days == notice.days)
        {
            continue;
        }
        let taken = source
            .notices
            .iter()
            .filter(same_year)
            .map(|one| one.seq)
            .max()
            .unwrap_or(0);
        if source
            .notices
            .iter()
            .any(|one| (one.year, one.seq) == (notice.year, notice.seq))
        {
            notice.seq = taken + 1;
        }
        source.notices.push(notice);
    }
    Ok(source)
}

/// The calendars that a source makes.
pub fn build(source: &CalendarSource, as_of: Option<NaiveDate>) -> Result<Calendars, AppError> {
    let national = Calendar::replay(&source.notices, &source.statutory, as_of)?;
    Ok(Calendars::new(national, &source.local, as_of)?)
}

impl App {
    /// Reads the calendar again when a file or an import has changed it. A file that cannot be used leaves the
    /// calendar as it was; it is said in the log and by `calendar check`.
    pub async fn refresh_calendars(&self, tx: &mut Tx) -> Result<(), AppError> {
        let entries_mark = calendar_entries::mark(tx).await?;
        let files_mark = self.calendar_dir.as_deref().map(files::fingerprint).unwrap_or_default();
        let mark = format!("{entries_mark:?} {files_mark}");
        if self.calendar_mark() == Some(mark.clone()) {
            return Ok(());
        }
        let entries = calendar_entries::all(tx).await?;
        let read =
            source(self.calendar_dir.as_deref(), &entries, self.now().day()).and_then(|source| build(&source, None));
        match read {
            Ok(calendars) => self.put_calendars(calendars, mark),
            Err(error) => tracing::error!(%error, "日历文件不能用，仍按原来的日历"),
        }
        Ok(())
    }
}

/// Takes a calendar file in and reckons every open due day again, in one transaction.
pub async fn import(app: &App, name: &str, bytes: Vec<u8>, actor: &str) -> Result<Imported, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let mut entries = calendar_entries::all(&mut tx).await?;
    let known = source(app.calendar_dir.as_deref(), &entries, now.day())?;
    let brought = files::read_import(name, bytes, &known.notices, now.day())
        .map_err(|error| AppError::Input(error.to_string()))?;
    let (sort, body, what) = match brought {
        Brought::Nothing => return nothing(tx, name, "日历中已有同样的安排，未作改动".to_owned()).await,
        Brought::Empty(year) => {
            let what = format!("文件中没有列出任何一天，{year} 年仍视为未公布，未作改动");
            return nothing(tx, name, what).await;
        }
        Brought::Notice(notice) => {
            let what = format!(
                "{}年放假安排（{}，{} 天不同）",
                notice.year,
                notice.kind.zh(),
                notice.days.len()
            );
            ("notice", to_json(&notice), what)
        }
        Brought::Local(local) => {
            let what = format!("{}的当地安排「{}」（{} 天）", local.unit, local.name, local.days.len());
            ("local", to_json(&local), what)
        }
    };
    let entry = CalendarEntry {
        id: hex(&Sha256::digest(body.as_bytes())[..16]),
        sort: sort.to_owned(),
        file: name.to_owned(),
        body,
        imported_ms: now.millis(),
    };
    if entries.iter().any(|one| one.id == entry.id) {
        return nothing(tx, name, format!("{what}：此前已导入，未作改动")).await;
    }
    calendar_entries::put(&mut tx, &entry, now).await?;
    entries.push(entry.clone());
    let before = build(&known, None)?;
    let calendars = build(&source(app.calendar_dir.as_deref(), &entries, now.day())?, None)?;
    let journaled = Entry {
        actor,
        action: "calendar.import",
        object_kind: "calendar",
        object_id: &entry.id,
        detail: format!("{what}，文件 {name}"),
    };
    journal::append(&mut tx, now, &[journaled]).await?;
    let because = Because {
        before: &before,
        cause: &format!("导入{what}"),
        actor,
    };
    let done = follow(&mut tx, &calendars, &because, now).await?;
    tx.commit().instrument(debug_span!("follow.commit")).await?;
    app.put_calendars(calendars, String::new());
    Ok(Imported {
        file: name.to_owned(),
        what,
        new: true,
        ..done
    })
}

async fn nothing(tx: Tx, name: &str, what: String) -> Result<Imported, AppError> {
    tx.rollback().await?;
    Ok(Imported {
        file: name.to_owned(),
        what,
        new: false,
        moved: 0,
        earlier: 0,
        looked_at: 0,
        moves: Vec::new(),
    })
}

fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("dates and texts always serialise")
}

/// Why due days are reckoned again.
pub(super) struct Because<'a> {
    /// The calendars so far.
    pub(super) before: &'a Calendars,
    /// What happened, for people.
    pub(super) cause: &'a str,
    /// Who did it.
    pub(super) actor: &'a str,
}

/// Reckons every open due day again that rests on another calendar; what is done stays as it was. Due days that rest
/// on the calendar before and reach no changed day stand, and are not even read.
pub(super) async fn follow(
    tx: &mut Tx,
    calendars: &Calendars,
    because: &Because<'_>,
    now: Moment,
) -> Result<Imported, AppError> {
    let mut done = Imported {
        file: String::new(),
        what: String::new(),
        new: false,
        moved: 0,
        earlier: 0,
        looked_at: 0,
        moves: Vec::new(),
    };
    let touched = Touched {
        revision: calendars.revision(),
        since: Some((because.before.revision(), calendars.changed_since(because.before))),
    };
    let mut restating = Restating::begin(tx).await?;
    let mut after_id = String::new();
    loop {
        let page = obligations::touched(tx, touched, &after_id, PAGE);
        let page = page.instrument(debug_span!("follow.read")).await?;
        let Some(last) = page.last() else {
            break;
        };
        last.id.as_str().clone_into(&mut after_id);
        let (restated, entries) =
            debug_span!("follow.reckon").in_scope(|| reckon_page(&page, calendars, because, &mut done))?;
        done.looked_at += restated.len() as u64;
        let write = restating.add(tx, &restated);
        write.instrument(debug_span!("follow.write")).await?;
        let write = journal::append(tx, now, &entries);
        write.instrument(debug_span!("follow.journal")).await?;
    }
    let write = restating.finish(tx, calendars.revision(), because.cause, now);
    write.instrument(debug_span!("follow.write")).await?;
    let settle = obligations::settle_revision(tx, calendars.revision());
    done.looked_at += settle.instrument(debug_span!("follow.settle")).await?;
    Ok(done)
}

/// What becomes of the obligations of a page, and what the journal says of those that move.
fn reckon_page<'a>(
    page: &'a [Standing],
    calendars: &Calendars,
    because: &Because<'a>,
    done: &mut Imported,
) -> Result<(Vec<Restated>, Vec<Entry<'a>>), AppError> {
    let (mut restated, mut entries) = (Vec::new(), Vec::new());
    for before in page {
        let Some(after) = before.under(calendars)? else {
            continue;
        };
        if after.revision != before.revision {
            done.moved += 1;
            done.earlier += u32::from(after.due.day < before.day);
            if done.moves.len() < NAMED {
                done.moves.push(Move {
                    number: before.number.clone(),
                    kind: before.kind.as_str(),
                    from: before.day,
                    to: after.due.day,
                });
            }
            entries.push(Entry {
                actor: because.actor,
                action: "obligation.move",
                object_kind: "obligation",
                object_id: before.id.as_str(),
                detail: moved_text(before, &after, because.cause),
            });
        }
        restated.push(after);
    }
    Ok((restated, entries))
}

fn moved_text(before: &Standing, after: &Restated, cause: &str) -> String {
    format!(
        "{} {}：{cause}，到期日由 {}（{}）改为 {}（{}）",
        before.number,
        before.kind.as_str(),
        before.day,
        before.certainty.zh(),
        after.due.day,
        after.due.certainty.zh()
    )
}
