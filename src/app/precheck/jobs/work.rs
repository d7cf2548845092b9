//! The work of a job: one file after another, each opened by a process of its own.

use super::{Correction, InFile, Job, Judgement, Outcome, Stage};
use crate::app::columns::{self, Columns, Pointed, Read};
use crate::app::import::Source;
use crate::app::inbox::blocking;
use crate::app::precheck::record::Earlier;
use crate::app::precheck::{By, Request, giveback, precheck_for, sieve};
use crate::app::vocabulary::Vocabulary;
use crate::app::{App, AppError};
use crate::domain::protection::{JudgeOptions, View, told};
use crate::files::original::{Wanted, heads, originals};
use crate::files::{HeaderWords, Opens as _, Progress, Sifted, Sifting};
use crate::runtime::random::SystemRandom;
use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Faults of a list that are held; all are counted.
const FAULTS_HELD: usize = 10_000;
/// Lines whose rows are held as they stand.
const ROWS_HELD: usize = 5_000;

/// Does in the background what there is to do.
pub(super) fn start(app: &App, job: &Arc<Job>) {
    let (app, job) = (app.clone(), Arc::clone(job));
    tokio::spawn(async move { run(&app, &job).await });
}

async fn run(app: &App, job: &Job) {
    loop {
        let turns = Arc::clone(&app.jobs().turns);
        let Ok(_turn) = turns.acquire().await else { return };
        let next = {
            let mut files = job.files();
            if job.is_gone() {
                return;
            }
            let next = files
                .iter_mut()
                .enumerate()
                .find(|(_, file)| file.stage == Stage::Waiting);
            next.map(|(at, file)| {
                file.stage = Stage::Reading;
                file.failed = None;
                file.progress = Progress::default();
                (at, file.clone())
            })
        };
        let Some((at, file)) = next else { return };
        let ended = whole(app, job, at, &file).await;
        let mut files = job.files();
        let Some(file) = files.get_mut(at) else { return };
        file.stage = Stage::Ended;
        match ended {
            Ok(outcomes) if outcomes.is_empty() => file.failed = Some("里面没有可以预检的名单".to_owned()),
            Ok(outcomes) => file.outcomes = outcomes,
            Err(error) => file.failed = Some(said(&error)),
        }
    }
}

/// What people are told of a failure; what is no fault of the list is in the log.
fn said(error: &AppError) -> String {
    match error {
        AppError::Input(reason) | AppError::Conflict(reason) => reason.clone(),
        other => {
            tracing::error!(error = %other, "未能预检名单：{other}");
            "服务出了故障，名单没有预检，请再送一次".to_owned()
        }
    }
}

async fn whole(app: &App, job: &Job, at: usize, file: &InFile) -> Result<Vec<Outcome>, AppError> {
    let words = app.vocabulary();
    let columns = Columns::load(app, Vec::new()).await?;
    let documents = open(app, job, file, &words, columns.is_empty()).await?;
    if let Some(file) = job.files().get_mut(at) {
        file.stage = Stage::Judging;
    }
    let mut outcomes = Vec::new();
    for sifted in documents {
        let name = sifted.document.name.clone();
        // Of an archive that is sent again, what was judged stays.
        let done = file
            .outcomes
            .iter()
            .find(|outcome| outcome.name == name && outcome.judged.is_ok());
        if let Some(done) = done {
            outcomes.push(done.clone());
            continue;
        }
        let judged = judge(app, job, &words, &columns, file.given.get(&name), sifted).await;
        outcomes.push(Outcome {
            name,
            judged: judged.map(Arc::new).map_err(|error| said(&error)),
        });
        // Whoever watches sees list after list of an archive, and how many rows were read so far.
        if let Some(file) = job.files().get_mut(at) {
            file.outcomes.clone_from(&outcomes);
        }
        if job.is_gone() {
            break;
        }
    }
    Ok(outcomes)
}

/// Only rows that may be about protected people are held, unless columns were pointed out for some unit.
async fn open(
    app: &App,
    job: &Job,
    file: &InFile,
    words: &Arc<Vocabulary>,
    usual: bool,
) -> Result<Vec<Sifted>, AppError> {
    let sieve = if usual && file.given.is_empty() {
        Some(sieve(app, &SystemRandom).await?)
    } else {
        None
    };
    let (by, name, bytes, words) = (
        job.by.clone().watched(&file.progress),
        file.name.clone(),
        Arc::clone(&file.bytes),
        Arc::clone(words),
    );
    let opened = blocking(move || {
        if let Some(sieve) = sieve {
            return by.sift(&name, &mut Cursor::new(bytes), &Sifting::new(&words.headers, &sieve));
        }
        let documents = by.open(&name, &bytes);
        documents.map(|documents| documents.into_iter().map(Sifted::from).collect())
    });
    opened.await?.map_err(|error| AppError::Input(error.to_string()))
}

async fn judge(
    app: &App,
    job: &Job,
    words: &Vocabulary,
    columns: &Columns,
    given: Option<&Correction>,
    sifted: Sifted,
) -> Result<Judgement, AppError> {
    let document = &sifted.document;
    let corrected = given.map(|given| Columns::given(given.pointed.clone()));
    let columns = corrected.as_ref().unwrap_or(columns);
    let read = columns.read(&words.headers, (document, &sifted.passed), job.asked.unit.as_deref());
    let Read {
        words: own,
        list,
        pointed,
        absent,
        remembered: before,
    } = read.map_err(|error| AppError::Input(error.to_string()))?;
    let headers = own.as_deref().unwrap_or(&words.headers);
    let source = Source {
        file: document.name.clone(),
        hash: document.hash.clone(),
    };
    let earlier = Earlier::of(app, &source.hash).await?;
    let request = Request {
        list: &list,
        source: &source,
        options: JudgeOptions {
            domain: job.asked.domain,
            unit: job.asked.unit.clone(),
            period: job.asked.period.clone(),
            ..app.policy.judging(job.as_of)
        },
        keep: job.asked.keep,
        kind: "precheck",
    };
    let (who, actor) = (job.owner.signature(), job.owner.actor());
    let by = By {
        who: &who,
        actor: &actor,
        scope: &job.owner.scope,
    };
    let mut checked = precheck_for(app, &request, by).await?;
    let faults = checked.report.unreadable.len();
    checked.report.unreadable.truncate(FAULTS_HELD);
    let contacts = giveback::contacts_of(app, &checked.report).await?;
    let mut wanted = Vec::new();
    let mut places = Vec::new();
    for judged in &checked.report.results {
        let row = judged.row.filter(|_| wanted.len() < ROWS_HELD);
        places.push(row.map(|_| wanted.len()));
        if let Some(row) = row {
            let cells = told(judged, View::Details).map(|told| told.cells).unwrap_or_default();
            wanted.push(Wanted {
                sheet: judged.sheet.clone(),
                row,
                name: judged.name.clone(),
                cells,
            });
        }
    }
    let mut rows = originals(document, headers, &wanted);
    let remembered = match given {
        Some(_) if !absent.is_empty() => Some(format!("指明的 {} 这份名单没有，没有用上", columns::said(&absent))),
        Some(given) if !columns::says_something(&given.pointed, &list, &checked.report, &words.headers) => {
            Some(columns::SAYS_NOTHING.to_owned())
        }
        Some(given) => Some(remember(app, job, given, checked.report.unit.as_deref()).await?),
        None => before
            .filter(|before| !before.unused.is_empty())
            .map(|before| before.said()),
    };
    Ok(Judgement {
        originals: places.into_iter().map(|at| at.and_then(|at| rows[at].take())).collect(),
        heads: heads(document, headers),
        source,
        faults,
        contacts,
        earlier,
        pointed,
        remembered,
        at: app.now(),
        checked,
        looked: AtomicBool::new(false),
    })
}

/// The words a list is read by where columns were pointed out.
pub(super) fn own_words(usual: &HeaderWords, pointed: &[Pointed]) -> Result<Option<HeaderWords>, AppError> {
    if pointed.is_empty() {
        return Ok(None);
    }
    let pairs: Vec<(&str, &str)> = pointed
        .iter()
        .map(|one| (one.field.as_str(), one.header.as_str()))
        .collect();
    usual.with_list_columns(&pairs).map(Some).map_err(AppError::Input)
}

/// What was pointed out once is remembered for the unit, as far as that is known.
async fn remember(app: &App, job: &Job, given: &Correction, found: Option<&str>) -> Result<String, AppError> {
    let unit = found.or(job.asked.unit.as_deref()).or(given.unit.as_deref());
    let Some(unit) = unit.filter(|unit| job.owner.scope.holds(Some(unit))) else {
        return Ok("看不出名单是哪个单位的，列的对应只用于这一次；改列时填写单位即可记住".to_owned());
    };
    let said: Vec<String> = given
        .pointed
        .iter()
        .map(|one| format!("{}＝{}", one.field, one.header))
        .collect();
    columns::remember(app, unit, &given.pointed, &job.owner.actor()).await?;
    Ok(format!("已记住 {unit} 的列：{}", said.join("、")))
}
