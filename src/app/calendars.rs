//! The calendar as it stands: files, imported notices, local arrangements; and what a change of it does to due days.

use super::{App, AppError, notices, uncancelled};
use crate::domain::account::{Act, Viewer};
use crate::domain::calendar::{Calendar, Calendars, DayFacts, LocalArrangement, Notice};
use crate::domain::ids::{ObligationId, hex};
use crate::domain::obligation::{Restated, Standing};
use crate::domain::time::Moment;
use crate::files::calendar::{self as files, Brought, CalendarSource};
use crate::store::calendar_entries::{self, CalendarEntry};
use crate::store::journal::{ACTOR_SERVICE, Entry};
use crate::store::obligations::{Restating, Touched};
use crate::store::{Tx, contacts, journal, obligations};
use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
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
    /// What looks wrong with the file although it was taken.
    pub warnings: Vec<String>,
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
    /// The obligation.
    #[serde(skip)]
    pub id: ObligationId,
}

/// Sort of an entry that only keeps when a file of the folder was first there.
const SEEN: &str = "seen";

/// Everything the calendar is made of: the files and what was imported.
pub fn source(dir: Option<&Path>, entries: &[CalendarEntry], today: NaiveDate) -> Result<CalendarSource, AppError> {
    let mut source = files::load(dir, today).map_err(|error| AppError::Input(error.to_string()))?;
    let from_files = source.notices.clone();
    date_by_first_sight(&mut source, entries);
    for entry in entries.iter().filter(|entry| entry.sort != SEEN) {
        let unreadable = |_| AppError::Input(format!("导入过的日历「{}」已损坏，请从备份恢复数据库", entry.file));
        if entry.sort == "local" {
            let local: LocalArrangement = serde_json::from_str(&entry.body).map_err(unreadable)?;
            source.local.push(local);
            continue;
        }
        let mut notice: Notice = serde_json::from_str(&entry.body).map_err(unreadable)?;
        let same_year = |one: &&Notice| one.year == notice.year;
        // A newer program may bring the same notice built in.
        if from_files.iter().filter(same_year).any(|one| one.days == notice.days) {
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

/// What has no publication date of its own counts as published on the day it was first there, not anew each day.
fn date_by_first_sight(source: &mut CalendarSource, entries: &[CalendarEntry]) {
    let first = |mark: &str| {
        let seen = entries.iter().find(|entry| entry.sort == SEEN && entry.id == mark);
        seen.map(|entry| Moment::from_millis(entry.imported_ms).day())
    };
    for drop in source.dropped.iter().filter(|drop| !drop.dated) {
        let place = |one: &&mut Notice| (one.year, one.seq) == (drop.year, drop.seq);
        let newest = source
            .notices
            .iter()
            .filter(|one| one.year == drop.year && one.seq != drop.seq)
            .filter_map(|one| one.published)
            .max();
        if let Some(notice) = source.notices.iter_mut().find(place)
            && let Some(day) = first(&mark_of_notice(notice))
        {
            // A correction is never older than what it corrects.
            notice.published = Some(day).max(newest);
        }
    }
    for local in source.local.iter_mut().filter(|local| local.published.is_none()) {
        local.published = first(&mark_of_local(local));
    }
}

fn mark_of_notice(notice: &Notice) -> String {
    mark(&format!("seen notice {} {}", notice.year, to_json(&notice.days)))
}

fn mark_of_local(local: &LocalArrangement) -> String {
    mark(&format!("seen local {} {}", local.unit, to_json(&local.days)))
}

fn mark(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes())[..16])
}

/// A file of the calendar folder that is not among those built in.
struct Dropped {
    mark: String,
    file: String,
    what: String,
}

fn dropped(source: &CalendarSource, today: NaiveDate) -> Result<Vec<Dropped>, AppError> {
    let built_in = files::load(None, today).map_err(|error| AppError::Input(error.to_string()))?;
    let known = |one: &&Notice| {
        let same = |other: &Notice| (other.year, &other.days) == (one.year, &one.days);
        !built_in.notices.iter().any(same)
    };
    let file_of = |one: &Notice| {
        let own = source
            .dropped
            .iter()
            .find(|drop| (drop.year, drop.seq) == (one.year, one.seq));
        own.map_or_else(
            || format!("cn/notices/{}-{}.json", one.year, one.seq),
            |drop| drop.file.clone(),
        )
    };
    let notices = source.notices.iter().filter(known).map(|one| Dropped {
        mark: mark_of_notice(one),
        file: file_of(one),
        what: notice_text(one),
    });
    let local = source.local.iter().map(|one| Dropped {
        mark: mark_of_local(one),
        file: "local".to_owned(),
        what: local_text(one),
    });
    Ok(notices.chain(local).collect())
}

fn notice_text(notice: &Notice) -> String {
    format!(
        "{}年放假安排（{}，{} 天不同）",
        notice.year,
        notice.kind.zh(),
        notice.days.len()
    )
}

fn local_text(local: &LocalArrangement) -> String {
    format!("{}的当地安排「{}」（{} 天）", local.unit, local.name, local.days.len())
}

/// The calendars that a source makes.
pub fn build(source: &CalendarSource, as_of: Option<NaiveDate>) -> Result<Calendars, AppError> {
    let national = Calendar::replay(&source.notices, &source.statutory, as_of)?;
    Ok(Calendars::new(national, &source.local, as_of)?)
}

impl App {
    /// Reads the calendar again when a file or an import has changed it; `None` when nothing has. A file that cannot
    /// be used leaves the calendar as it was; it is said in the log, by `calendar check` and by `doctor`.
    async fn reread_calendars(&self, tx: &mut Tx, now: Moment) -> Result<Option<Reread>, AppError> {
        let entries_mark = calendar_entries::mark(tx).await?;
        let files_mark = self.calendar_dir.as_deref().map(files::fingerprint).unwrap_or_default();
        let mark = |entries_mark: (i64, i64)| format!("{entries_mark:?} {files_mark}");
        if self.calendar_mark() == Some(mark(entries_mark)) {
            return Ok(None);
        }
        let entries = calendar_entries::all(tx).await?;
        let read = source(self.calendar_dir.as_deref(), &entries, now.day())
            .and_then(|source| Ok((build(&source, None)?, dropped(&source, now.day())?)));
        let (calendars, files) = match read {
            Ok(read) => read,
            Err(error) => {
                tracing::error!(%error, "日历文件不能用，仍按原来的日历");
                return Ok(None);
            }
        };
        let brought = keep_first_sight(tx, files, &entries, now).await?;
        Ok(Some(Reread {
            calendars,
            mark: mark(calendar_entries::mark(tx).await?),
            brought,
        }))
    }
}

/// A calendar that was read again and is in force once its transaction is.
struct Reread {
    calendars: Calendars,
    mark: String,
    brought: Vec<String>,
}

/// Keeps and journals the files that were not there before; says what they bring.
async fn keep_first_sight(
    tx: &mut Tx,
    files: Vec<Dropped>,
    entries: &[CalendarEntry],
    now: Moment,
) -> Result<Vec<String>, AppError> {
    let mut brought = Vec::new();
    for file in files {
        if entries.iter().any(|entry| entry.id == file.mark) {
            continue;
        }
        let entry = CalendarEntry {
            id: file.mark,
            sort: SEEN.to_owned(),
            file: file.file.clone(),
            body: String::new(),
            imported_ms: now.millis(),
        };
        calendar_entries::put(tx, &entry, now).await?;
        let journaled = Entry {
            actor: ACTOR_SERVICE,
            action: "calendar.import",
            object_kind: "calendar",
            object_id: &entry.id,
            detail: format!("日历文件夹中有新文件 {}：{}", file.file, file.what),
        };
        journal::append(tx, now, &[journaled]).await?;
        brought.push(file.what);
    }
    Ok(brought)
}

/// Follows the calendar as it stands: reads it again if it changed, reckons the open due days that rest on another
/// one, and watches for the next year's notice, all in one transaction. Gives the number of due days that moved.
pub(super) async fn keep_up(app: &App, now: Moment) -> Result<u32, AppError> {
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let reread = app.reread_calendars(&mut tx, now).await?;
    let current = app.calendars();
    let calendars = reread.as_ref().map_or(&*current, |reread| &reread.calendars);
    let cause = match &reread {
        Some(reread) if !reread.brought.is_empty() => format!("导入{}", reread.brought.join("、")),
        _ => "放假安排变更".to_owned(),
    };
    notices::watch(app, &mut tx, calendars, now).await?;
    let moved = if obligations::any_stale(&mut tx, calendars.revision()).await? {
        let because = Because {
            before: &current,
            cause: &cause,
            actor: ACTOR_SERVICE,
        };
        follow(&mut tx, calendars, &because, now).await?.moved
    } else {
        0
    };
    tx.commit().await?;
    if let Some(reread) = reread {
        app.put_calendars(reread.calendars, reread.mark);
    }
    Ok(moved)
}

/// What a calendar file brings, before anything is written.
struct Coming {
    entry: CalendarEntry,
    what: String,
    before: Calendars,
    calendars: Calendars,
    warnings: Vec<String>,
}

/// Reads a calendar file against what is known; or says why it brings nothing.
async fn read(
    app: &App,
    tx: &mut Tx,
    name: &str,
    bytes: Vec<u8>,
    now: Moment,
) -> Result<Result<Coming, String>, AppError> {
    let mut entries = calendar_entries::all(tx).await?;
    let known = source(app.calendar_dir.as_deref(), &entries, now.day())?;
    let brought = files::read_import(name, bytes, &known.notices, now.day())
        .map_err(|error| AppError::Input(error.to_string()))?;
    let first = known
        .notices
        .iter()
        .filter_map(|one| one.days.first())
        .map(|day| day.date)
        .min();
    let (sort, body, what) = match brought {
        Brought::Nothing => return Ok(Err("日历中已有同样的安排，未作改动".to_owned())),
        Brought::Empty(year) => {
            return Ok(Err(format!("文件中没有列出任何一天，{year} 年仍视为未公布，未作改动")));
        }
        Brought::Notice(notice) => {
            if let Some(first) = first.filter(|first| notice.year < first.year()) {
                return Err(AppError::Input(format!(
                    "{name}：日历自 {} 年起，{} 年的安排不能导入，请核对年份",
                    first.year(),
                    notice.year
                )));
            }
            ("notice", to_json(&notice), notice_text(&notice))
        }
        Brought::Local(local) => {
            let reach =
                |day: NaiveDate| first.is_none_or(|first| day >= first) && day.year() <= known.statutory.last_year();
            if let Some(far) = local.days.iter().find(|day| !reach(day.date)) {
                return Err(AppError::Input(format!(
                    "{name}：{} 不在日历的年份之内，请核对",
                    far.date
                )));
            }
            ("local", to_json(&local), local_text(&local))
        }
    };
    let entry = CalendarEntry {
        // What was replaced in between may come again; the number keeps imports of one moment in order.
        id: format!("{:05}-{}", entries.len(), mark(&body)),
        sort: sort.to_owned(),
        file: name.to_owned(),
        body,
        imported_ms: now.millis(),
    };
    let again = entries
        .iter()
        .rev()
        .find(|one| one.sort == entry.sort && same_subject(one, &entry));
    if again.is_some_and(|last| last.body == entry.body) {
        return Ok(Err(format!("{what}：此前已导入，未作改动")));
    }
    entries.push(entry.clone());
    let before = build(&known, None)?;
    let calendars = build(&source(app.calendar_dir.as_deref(), &entries, now.day())?, None)?;
    let warnings = doubts(tx, &entry, &calendars, &known, now).await?;
    Ok(Ok(Coming {
        entry,
        what,
        before,
        calendars,
        warnings,
    }))
}

/// Takes a calendar file in and reckons every open due day again, in one transaction.
pub async fn import(app: &App, name: &str, bytes: Vec<u8>, actor: &str) -> Result<Imported, AppError> {
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let read = read(app, &mut tx, name, bytes, app.now()).await?;
    taken_in(app, tx, name, read, actor).await
}

/// The same for somebody who has looked at what the file brings: it still comes to a calendar that was `seen` then.
///
/// # Errors
/// Another file came in between, or the file is not theirs to bring.
pub async fn import_for(
    app: &App,
    viewer: &Viewer,
    name: &str,
    bytes: Vec<u8>,
    seen: &str,
) -> Result<Imported, AppError> {
    let (app, viewer, name, seen) = (app.clone(), viewer.clone(), name.to_owned(), seen.to_owned());
    uncancelled(async move {
        let mut tx = app.db.begin().await?;
        journal::take_turn(&mut tx).await?;
        let read = read(&app, &mut tx, &name, bytes, app.now()).await?;
        if let Ok(coming) = &read {
            theirs(&viewer, &coming.entry)?;
            if seen != coming.mark() {
                return Err(AppError::Conflict(
                    "日历在预览之后有变化，或者文件与预览的不同，没有导入：请重新预览后再采用".to_owned(),
                ));
            }
        }
        taken_in(&app, tx, &name, read, &viewer.actor()).await
    })
    .await
}

/// Keeps what was read, or says why there is nothing to keep.
async fn taken_in(
    app: &App,
    mut tx: Tx,
    name: &str,
    read: Result<Coming, String>,
    actor: &str,
) -> Result<Imported, AppError> {
    let now = app.now();
    let coming = match read {
        Ok(coming) => coming,
        Err(said) => return nothing(tx, name, said).await,
    };
    let Coming {
        entry,
        what,
        before,
        calendars,
        warnings,
    } = coming;
    calendar_entries::put(&mut tx, &entry, now).await?;
    let journaled = Entry {
        actor,
        action: "calendar.import",
        object_kind: "calendar",
        object_id: &entry.id,
        detail: format!("{what}，文件 {name}"),
    };
    journal::append(&mut tx, now, &[journaled]).await?;
    notices::watch(app, &mut tx, &calendars, now).await?;
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
        warnings,
        ..done
    })
}

/// A day that is another one under a file to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedDay {
    /// What it is so far.
    pub before: DayFacts,
    /// What it would be.
    pub after: DayFacts,
}

/// What a calendar file would do.
#[derive(Debug, Clone)]
pub struct Foreseen {
    /// What it is, for people.
    pub what: String,
    /// The year whose days it arranges, or the unit whose own arrangement it is.
    pub unit: Option<String>,
    /// The days that would be other ones, in order.
    pub days: Vec<ChangedDay>,
    /// Open due days that would move, and how many of these to an earlier day.
    pub moved: u32,
    /// See `moved`.
    pub earlier: u32,
    /// The first of those that whoever asks may see.
    pub moves: Vec<Move>,
    /// How many of those there are.
    pub seen: u32,
    /// What looks wrong with the file.
    pub warnings: Vec<String>,
    /// Names the file and the calendar it was looked at with.
    pub mark: String,
}

impl Coming {
    /// Names the file and the calendar it comes to.
    fn mark(&self) -> String {
        mark(&format!(
            "{} {} {} {}",
            self.entry.sort,
            self.entry.body,
            self.before.revision(),
            self.calendars.revision()
        ))
    }

    /// The days that the national calendar, or that of the unit of a local arrangement, has otherwise.
    fn days(&self, unit: Option<&str>) -> Vec<ChangedDay> {
        let ((before, _), (after, _)) = (self.before.of(unit), self.calendars.of(unit));
        let first = before.first_day().min(after.first_day());
        let last = before.last_day().max(after.last_day());
        let mut days = Vec::new();
        for date in first.iter_days().take_while(|date| *date <= last) {
            // A year that one of them does not reach has no days to compare.
            if let (Ok(before), Ok(after)) = (before.facts(date), after.facts(date))
                && (before.working, &before.kind) != (after.working, &after.kind)
            {
                days.push(ChangedDay { before, after });
            }
        }
        days
    }
}

/// Whether a file is somebody's to bring: a notice is everybody's, a local arrangement its unit's.
fn theirs(viewer: &Viewer, entry: &CalendarEntry) -> Result<(), AppError> {
    let refused = match serde_json::from_str::<LocalArrangement>(&entry.body) {
        Ok(local) if entry.sort == "local" => !viewer.scope.holds(Some(&local.unit)),
        _ => viewer.scope.unit().is_some(),
    };
    if refused {
        return Err(AppError::Input(
            "放假通知对所有单位生效，当地安排对它的单位生效：请由看得到这些单位的账号导入".to_owned(),
        ));
    }
    Ok(())
}

/// What a calendar file would do: the days that change and the open due days that move. Nothing is written. `Err`: why
/// the file brings nothing.
///
/// # Errors
/// The file cannot be used, or is not theirs to bring.
pub async fn foresee(
    app: &App,
    viewer: &Viewer,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Result<Foreseen, String>, AppError> {
    let now = app.now();
    let mut tx = app.db.read().await?;
    let coming = match read(app, &mut tx, name, bytes, now).await? {
        Ok(coming) => coming,
        Err(said) => {
            tx.rollback().await?;
            return Ok(Err(said));
        }
    };
    theirs(viewer, &coming.entry)?;
    let seen = if viewer.may(Act::SeeObligations) {
        obligations::open_seen(&mut tx, &viewer.scope).await?
    } else {
        Vec::new()
    };
    let seen: BTreeSet<String> = seen.into_iter().collect();
    let because = Because {
        before: &coming.before,
        cause: &coming.what,
        actor: "",
    };
    let mut walk = Walk::begin(&coming.calendars, because.before);
    let mut foreseen = Foreseen {
        what: coming.what.clone(),
        unit: serde_json::from_str::<LocalArrangement>(&coming.entry.body)
            .ok()
            .map(|local| local.unit),
        days: Vec::new(),
        moved: 0,
        earlier: 0,
        moves: Vec::new(),
        seen: 0,
        warnings: coming.warnings.clone(),
        mark: coming.mark(),
    };
    while let Some(page) = walk.next(&mut tx).await? {
        for before in &page {
            let Some(after) = before.under(&coming.calendars)? else {
                continue;
            };
            if after.revision == before.revision {
                continue;
            }
            foreseen.moved += 1;
            foreseen.earlier += u32::from(after.due.day < before.day);
            if seen.contains(before.id.as_str()) {
                foreseen.seen += 1;
                if foreseen.moves.len() < NAMED {
                    foreseen.moves.push(moved(before, &after));
                }
            }
        }
    }
    tx.rollback().await?;
    foreseen.days = coming.days(foreseen.unit.as_deref());
    Ok(Ok(foreseen))
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
        warnings: Vec::new(),
    })
}

/// Two local arrangements of one unit and name, or two notices of one year.
fn same_subject(one: &CalendarEntry, other: &CalendarEntry) -> bool {
    let subject = |entry: &CalendarEntry| {
        let body: serde_json::Value = serde_json::from_str(&entry.body).unwrap_or_default();
        (body["unit"].clone(), body["name"].clone(), body["year"].clone())
    };
    subject(one) == subject(other)
}

/// What looks wrong with an imported file: a year without its statutory holidays, a day of publication to come, a unit
/// that nobody has.
async fn doubts(
    tx: &mut Tx,
    entry: &CalendarEntry,
    calendars: &Calendars,
    known: &CalendarSource,
    now: Moment,
) -> Result<Vec<String>, AppError> {
    let mut said = Vec::new();
    if let Ok(notice) = serde_json::from_str::<Notice>(&entry.body) {
        if let Some(day) = notice.published.filter(|day| *day > now.day()) {
            said.push(format!("公布日期 {day} 晚于今天：请核对文件"));
        }
        let worked: Vec<String> = known
            .statutory
            .holidays(notice.year)
            .into_iter()
            .flatten()
            .filter(|(day, _)| calendars.national().is_working_day(**day).unwrap_or(false))
            .map(|(day, name)| format!("{name}（{day}）"))
            .collect();
        if !worked.is_empty() {
            said.push(format!(
                "按这份文件，{}年的法定节假日 {} 要上班：文件可能不完整，请与通知原文核对；导入完整的文件即可改正",
                notice.year,
                worked.join("、")
            ));
        }
    }
    if let Ok(local) = serde_json::from_str::<LocalArrangement>(&entry.body) {
        let inside = |unit: &str| unit == local.unit || unit.starts_with(&format!("{}/", local.unit));
        if !contacts::all(tx).await?.iter().any(|contact| inside(&contact.unit)) {
            said.push(format!(
                "联系人中没有「{}」：单位的写法须与案件的问责实施机关一致，否则不起作用",
                local.unit
            ));
        }
    }
    Ok(said)
}

fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("dates and texts always serialise")
}

/// Why due days are reckoned again.
struct Because<'a> {
    /// The calendars so far.
    before: &'a Calendars,
    /// What happened, for people.
    cause: &'a str,
    /// Who did it.
    actor: &'a str,
}

/// Walks the open obligations that a change of the calendar may move, page by page.
struct Walk<'a> {
    touched: Touched<'a>,
    after: String,
}

impl<'a> Walk<'a> {
    fn begin(calendars: &'a Calendars, before: &'a Calendars) -> Self {
        Self {
            touched: Touched {
                revision: calendars.revision(),
                since: Some((before.revision(), calendars.changed_since(before))),
            },
            after: String::new(),
        }
    }

    async fn next(&mut self, tx: &mut Tx) -> Result<Option<Vec<Standing>>, AppError> {
        let page = obligations::touched(tx, self.touched, &self.after, PAGE);
        let page = page.instrument(debug_span!("follow.read")).await?;
        let Some(last) = page.last() else {
            return Ok(None);
        };
        last.id.as_str().clone_into(&mut self.after);
        Ok(Some(page))
    }
}

/// Reckons every open due day again that rests on another calendar; what is done stays as it was. Due days that rest
/// on the calendar before and reach no changed day stand, and are not even read.
async fn follow(tx: &mut Tx, calendars: &Calendars, because: &Because<'_>, now: Moment) -> Result<Imported, AppError> {
    let mut done = Imported {
        file: String::new(),
        what: String::new(),
        new: false,
        moved: 0,
        earlier: 0,
        looked_at: 0,
        moves: Vec::new(),
        warnings: Vec::new(),
    };
    let mut walk = Walk::begin(calendars, because.before);
    let mut restating = Restating::begin(tx).await?;
    while let Some(page) = walk.next(tx).await? {
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
                done.moves.push(moved(before, &after));
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

fn moved(before: &Standing, after: &Restated) -> Move {
    Move {
        number: before.number.clone(),
        kind: before.kind.as_str(),
        from: before.day,
        to: after.due.day,
        id: before.id.clone(),
    }
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
