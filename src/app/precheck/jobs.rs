//! Pre-checks that people send in through pages: they run beside the request, and what comes of them stays in memory
//! only. A job belongs to one account; it is gone after half an hour, when its owner signs out, and with the process.

mod given;
mod work;

pub use given::{Given, csv, json, look, opinion, papers, view_of, workbook};

use super::Checked;
use super::record::Earlier;
use crate::app::columns::Pointed;
use crate::app::import::Source;
use crate::app::{App, AppError};
use crate::domain::account::Viewer;
use crate::domain::protection::list::Domain;
use crate::domain::time::Moment;
use crate::files::original::{Heads, Original};
use crate::files::{Progress, Sandbox};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Minutes a job is kept.
pub const KEPT_MINUTES: u32 = 30;
/// Jobs of one account.
const MOST_OF_ONE: usize = 3;
/// Jobs of everybody.
const MOST: usize = 24;
/// Times the largest file that all jobs may hold together.
const MOST_HELD: u64 = 3;
/// Files that are judged, or given back, at one time.
const AT_ONCE: usize = 2;

/// What is asked of the lists of a job.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Kind of the outcomes, where a list does not say.
    pub domain: Option<Domain>,
    /// Unit, where a list does not say.
    pub unit: Option<String>,
    /// Period, where a list does not say.
    pub period: Option<String>,
    /// Results are kept and findings opened.
    pub keep: bool,
}

/// A file that was sent.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its name without folders.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It waits for its turn.
    Waiting,
    /// It is opened.
    Reading,
    /// Its lists are judged.
    Judging,
    /// It is done, or could not be used.
    Ended,
}

/// A list that was judged.
pub struct Judgement {
    /// The list.
    pub source: Source,
    /// What was found.
    pub checked: Checked,
    /// Faults of the list; the report holds the first of them.
    pub faults: usize,
    /// Whom to ask about each line.
    pub contacts: Vec<String>,
    /// The last time the same bytes were judged.
    pub earlier: Option<Earlier>,
    /// Each line's row as it stands in the list.
    pub originals: Vec<Option<Original>>,
    /// Its headers.
    pub heads: Vec<Heads>,
    /// Columns that were pointed out, now or before.
    pub pointed: Vec<Pointed>,
    /// What became of columns that were pointed out now.
    pub remembered: Option<String>,
    /// When it was judged.
    pub at: Moment,
    /// Its details have been shown, and that is in the journal.
    pub(super) looked: AtomicBool,
}

/// A list of a file and what came of it.
#[derive(Clone)]
pub struct Outcome {
    /// Its name; a member of an archive carries the archive's.
    pub name: String,
    /// The judgement, or why there is none.
    pub judged: Result<Arc<Judgement>, String>,
}

/// A file of a job.
#[derive(Clone)]
pub struct InFile {
    /// Its name.
    pub name: String,
    bytes: Arc<[u8]>,
    /// How far it is.
    pub stage: Stage,
    /// Why nothing of it can be used.
    pub failed: Option<String>,
    /// Its lists.
    pub outcomes: Vec<Outcome>,
    /// How far its reading is.
    pub progress: Progress,
    /// Columns that were pointed out, by the name of the list.
    given: BTreeMap<String, Correction>,
}

impl InFile {
    /// A file that waits for its turn.
    pub fn new(upload: Upload) -> Self {
        Self {
            name: upload.name,
            bytes: upload.bytes.into(),
            stage: Stage::Waiting,
            failed: None,
            outcomes: Vec::new(),
            progress: Progress::default(),
            given: BTreeMap::new(),
        }
    }

    /// Its length.
    pub fn length(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Whether it ended and something of it could not be used.
    pub fn has_failed(&self) -> bool {
        let part = self.outcomes.iter().any(|outcome| outcome.judged.is_err());
        self.stage == Stage::Ended && (self.failed.is_some() || part)
    }
}

/// Columns of one list that somebody pointed out.
#[derive(Debug, Clone)]
struct Correction {
    pointed: Vec<Pointed>,
    /// The unit it is remembered for, where the list does not say.
    unit: Option<String>,
}

/// A pre-check that somebody sent in.
pub struct Job {
    /// Its name in addresses; nobody can guess it.
    pub id: String,
    /// Whose it is.
    owner: Viewer,
    /// When it was sent.
    pub begun: Moment,
    /// The day its lists are judged for.
    pub as_of: NaiveDate,
    /// What was asked.
    pub asked: Asked,
    by: Sandbox,
    files: Mutex<Vec<InFile>>,
    gone: AtomicBool,
}

impl Job {
    fn files(&self) -> MutexGuard<'_, Vec<InFile>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its files as they are now.
    pub fn shown(&self) -> Vec<InFile> {
        self.files().clone()
    }

    /// Whether something is still to be done.
    pub fn is_running(&self) -> bool {
        self.files().iter().any(|file| file.stage != Stage::Ended)
    }

    /// Every list with its file's place, in their order.
    pub fn outcomes(&self) -> Vec<(usize, Outcome)> {
        let files = self.files();
        let of_file = |(at, file): (usize, &InFile)| {
            let own = file.outcomes.iter().map(move |outcome| (at, outcome.clone()));
            own.collect::<Vec<_>>()
        };
        files.iter().enumerate().flat_map(of_file).collect()
    }

    /// A list by its place among all of them.
    pub fn outcome(&self, at: usize) -> Option<(usize, Outcome)> {
        self.outcomes().into_iter().nth(at)
    }

    /// Columns that were looked at.
    pub fn columns(&self) -> u32 {
        self.by.limits().columns
    }

    /// When it is dropped.
    pub fn until(&self) -> Moment {
        self.begun.plus_millis(i64::from(KEPT_MINUTES) * 60_000)
    }

    fn held(&self) -> u64 {
        self.files().iter().map(InFile::length).sum()
    }

    /// Nobody asks for it any more: what is being read is read no further.
    fn let_go(&self) {
        self.gone.store(true, Ordering::Relaxed);
        for file in self.files().iter() {
            file.progress.stop();
        }
    }

    fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }
}

/// The jobs of this process.
pub struct Jobs {
    all: Mutex<Vec<Arc<Job>>>,
    turns: Arc<Semaphore>,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            all: Mutex::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Jobs {
    fn all(&self) -> MutexGuard<'_, Vec<Arc<Job>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, wanted: impl Fn(&Job) -> bool) {
        self.all().retain(|job| {
            let keep = wanted(job);
            if !keep {
                job.let_go();
            }
            keep
        });
    }

    fn sweep(&self, now: Moment) {
        self.keep(|job| now < job.until());
    }

    /// Drops everything of an account.
    pub fn forget(&self, login: &str) {
        self.keep(|job| job.owner.login != login);
    }

    /// Drops one job of an account; whether there was one.
    pub fn drop_one(&self, viewer: &Viewer, id: &str) -> bool {
        let mine = |job: &Job| job.id == id && job.owner.login == viewer.login;
        let there = self.all().iter().any(|job| mine(job));
        self.keep(|job| !mine(job));
        there
    }

    /// A job of this account; somebody else's is not there.
    pub fn find(&self, viewer: &Viewer, id: &str, now: Moment) -> Option<Arc<Job>> {
        self.sweep(now);
        let all = self.all();
        all.iter()
            .find(|job| job.id == id && job.owner.login == viewer.login)
            .cloned()
    }

    /// The jobs of this account, the newest first.
    pub fn of(&self, viewer: &Viewer, now: Moment) -> Vec<Arc<Job>> {
        self.sweep(now);
        let all = self.all();
        let own = all.iter().rev().filter(|job| job.owner.login == viewer.login);
        own.cloned().collect()
    }

    /// Takes a job in, or says why there is no room. Of an account's jobs the oldest finished one gives way.
    fn take(&self, job: &Arc<Job>) -> Result<(), AppError> {
        let crowded = |what: &str| Err(AppError::Input(what.to_owned()));
        let mut all = self.all();
        let own = |other: &Arc<Job>| other.owner.login == job.owner.login;
        while all.iter().filter(|other| own(other)).count() >= MOST_OF_ONE {
            let Some(at) = all.iter().position(|other| own(other) && !other.is_running()) else {
                return crowded("已有几次预检正在进行，请等其中一次结束后再送");
            };
            all.remove(at).let_go();
        }
        let held: u64 = all.iter().map(|other| other.held()).sum();
        if all.len() >= MOST || held + job.held() > MOST_HELD * job.by.limits().file_bytes {
            return crowded("现在送来预检的名单太多，请过几分钟再送");
        }
        all.push(Arc::clone(job));
        Ok(())
    }

    fn has_room(&self, more: u64, by: &Sandbox) -> bool {
        let held: u64 = self.all().iter().map(|job| job.held()).sum();
        held + more <= MOST_HELD * by.limits().file_bytes
    }
}

/// Begins a job; gives its name.
///
/// # Errors
/// Nothing was sent, the unit is not one the viewer sees, or there is no room.
pub fn begin(app: &App, by: &Sandbox, viewer: &Viewer, asked: Asked, uploads: Vec<Upload>) -> Result<String, AppError> {
    let now = app.now();
    app.jobs().sweep(now);
    if uploads.is_empty() {
        return Err(AppError::Input("请选择要预检的名单".to_owned()));
    }
    if asked.unit.is_some() && !viewer.scope.holds(asked.unit.as_deref()) {
        return Err(AppError::Input("所填单位不在当前账号的范围内".to_owned()));
    }
    let job = Arc::new(Job {
        id: app.keys.token()[..32].to_owned(),
        owner: viewer.clone(),
        begun: now,
        as_of: now.day(),
        asked,
        by: by.clone(),
        files: Mutex::new(uploads.into_iter().map(InFile::new).collect()),
        gone: AtomicBool::new(false),
    });
    app.jobs().take(&job)?;
    work::start(app, &job);
    let (app, id) = (app.clone(), job.id.clone());
    // Nobody may ask for it again: what it holds goes all the same.
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(u64::from(KEPT_MINUTES) * 60)).await;
        app.jobs().keep(|job| job.id != id);
    });
    Ok(job.id.clone())
}

/// Sends what failed once more: as it is, or with files in its place.
///
/// # Errors
/// The job still runs, nothing of it failed, or there is no room.
pub fn again(app: &App, job: &Arc<Job>, uploads: Vec<Upload>) -> Result<(), AppError> {
    {
        let mut files = job.files();
        idle(&files)?;
        if !files.iter().any(InFile::has_failed) {
            return Err(AppError::Input("没有未能预检的名单".to_owned()));
        }
        if uploads.is_empty() {
            for file in files.iter_mut().filter(|file| file.has_failed()) {
                file.stage = Stage::Waiting;
            }
        } else {
            let more: u64 = uploads.iter().map(|upload| upload.bytes.len() as u64).sum();
            drop(files);
            if !app.jobs().has_room(more, &job.by) {
                return Err(AppError::Input("现在送来预检的名单太多，请过几分钟再送".to_owned()));
            }
            files = job.files();
            // What could be used of an archive stays.
            files.retain(|file| !file.has_failed() || file.outcomes.iter().any(|outcome| outcome.judged.is_ok()));
            for file in files.iter_mut().filter(|file| file.has_failed()) {
                file.failed = None;
                file.outcomes.retain(|outcome| outcome.judged.is_ok());
            }
            files.extend(uploads.into_iter().map(InFile::new));
        }
    }
    work::start(app, job);
    Ok(())
}

fn idle(files: &[InFile]) -> Result<(), AppError> {
    if files.iter().any(|file| file.stage != Stage::Ended) {
        return Err(AppError::Conflict("预检还在进行，请等它结束".to_owned()));
    }
    Ok(())
}

/// Judges a list once more with a column that somebody points out.
///
/// # Errors
/// There is no such list, field or header, or the job still runs.
pub fn point(
    app: &App,
    job: &Arc<Job>,
    at: (usize, &str),
    column: Pointed,
    unit: Option<String>,
) -> Result<(), AppError> {
    if unit.is_some() && !job.owner.scope.holds(unit.as_deref()) {
        return Err(AppError::Input("所填单位不在当前账号的范围内".to_owned()));
    }
    if column.header.trim().is_empty() || column.header.chars().count() > 100 {
        return Err(AppError::Input("请写明表头，不超过 100 个字".to_owned()));
    }
    let vocabulary = app.vocabulary();
    let pair = [(column.field.as_str(), column.header.as_str())];
    vocabulary.headers.with_list_columns(&pair).map_err(AppError::Input)?;
    {
        let mut files = job.files();
        idle(&files)?;
        let (place, name) = at;
        let gone = || AppError::Input("没有这份名单".to_owned());
        let file = files.get_mut(place).ok_or_else(gone)?;
        let found = file.outcomes.iter_mut().find(|outcome| outcome.name == name);
        let before = match found.ok_or_else(gone)? {
            Outcome { judged: Ok(judged), .. } => judged.pointed.clone(),
            Outcome { .. } => file.given.get(name).map(|one| one.pointed.clone()).unwrap_or_default(),
        };
        let others = before
            .into_iter()
            .filter(|one| one.field != column.field && one.header != column.header);
        let mut pointed: Vec<Pointed> = others.collect();
        pointed.push(column);
        file.given.insert(name.to_owned(), Correction { pointed, unit });
        file.outcomes.retain(|outcome| outcome.name != name);
        file.stage = Stage::Waiting;
    }
    work::start(app, job);
    Ok(())
}
