//! What a job gives back: the marked workbook, the opinions, and the lines for other programs.

use super::{Job, Judgement, work};
use crate::app::inbox::blocking;
use crate::app::precheck::export::{self, Exported};
use crate::app::precheck::giveback::{self, Stamp};
use crate::app::{App, AppError};
use crate::domain::account::{Act, Viewer};
use crate::domain::paper::Paper;
use crate::domain::protection::View;
use crate::files::annotate::annotate;
use crate::files::{Opens as _, docx, plain};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A file that is given back.
#[derive(Debug, Clone)]
pub struct Given {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How much somebody is told.
pub fn view_of(viewer: &Viewer) -> View {
    if viewer.may(Act::SeeDetails) {
        View::Details
    } else {
        View::Clerk
    }
}

/// Notes in the journal that the details of a list are looked at: the first time they are shown, and at every copy.
pub async fn look(app: &App, viewer: &Viewer, judged: &Judgement, copied: bool) -> Result<(), AppError> {
    let first = !judged.looked.load(Ordering::Relaxed);
    if view_of(viewer) == View::Details && (first || copied) {
        giveback::view_details(app, &judged.source, &judged.checked.report, &viewer.actor()).await?;
        judged.looked.store(true, Ordering::Relaxed);
    }
    Ok(())
}

/// What is known of the run besides its report.
pub fn stamp<'a>(job: &Job, judged: &'a Judgement, by: &'a str) -> Stamp<'a> {
    Stamp {
        source: &judged.source,
        at: judged.at,
        as_of: job.as_of,
        by,
        columns: job.columns(),
    }
}

fn found(job: &Job, at: usize) -> Result<Option<(usize, Arc<Judgement>)>, AppError> {
    match job.outcome(at) {
        None => Ok(None),
        Some((place, outcome)) => match outcome.judged {
            Ok(judged) => Ok(Some((place, judged))),
            Err(reason) => Err(AppError::Input(reason)),
        },
    }
}

/// The name of a list without the archive it came in and without its ending.
fn stem(name: &str) -> &str {
    let own = name.rsplit('/').next().unwrap_or(name);
    match own.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => own,
    }
}

/// The list's own workbook with what was found beside its rows; `None`: there is no such list.
pub async fn workbook(app: &App, viewer: &Viewer, job: &Job, at: usize) -> Result<Option<Given>, AppError> {
    let Some((place, judged)) = found(job, at)? else {
        return Ok(None);
    };
    look(app, viewer, &judged, true).await?;
    let who = viewer.signature();
    let annotation = giveback::annotation(
        &judged.checked,
        &judged.contacts,
        &stamp(job, &judged, &who),
        view_of(viewer),
    );
    let words = app.vocabulary();
    let own = work::own_words(&words.headers, &judged.pointed)?;
    let Some((name, bytes)) = job
        .files()
        .get(place)
        .map(|file| (file.name.clone(), Arc::clone(&file.bytes)))
    else {
        return Ok(None);
    };
    let turns = Arc::clone(&app.jobs().turns);
    let turn = turns.acquire().await;
    let (by, list) = (job.by.clone(), judged.source.file.clone());
    let made = blocking(move || {
        let documents = by.open(&name, &bytes).map_err(|error| error.to_string())?;
        let document = documents.into_iter().find(|document| document.name == list);
        let document = document.ok_or_else(|| "名单已不在文件里".to_owned())?;
        let mut out = std::io::Cursor::new(Vec::new());
        let scratch = std::env::temp_dir();
        annotate(
            &document,
            own.as_ref().unwrap_or(&words.headers),
            &annotation,
            &scratch,
            &mut out,
        )
        .map_err(|error| error.to_string())?;
        Ok(out.into_inner())
    });
    let made = made.await?.map_err(|error: String| AppError::Input(error))?;
    drop(turn);
    Ok(Some(Given {
        name: format!("{}.预检结果.xlsx", stem(&judged.source.file)),
        kind: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        bytes: made,
    }))
}

/// The opinions of a list, one for each unit.
pub fn papers(
    app: &App,
    viewer: &Viewer,
    job: &Job,
    judged: &Judgement,
) -> Result<Vec<(Option<String>, Paper)>, AppError> {
    let who = viewer.signature();
    let stamp = stamp(job, judged, &who);
    giveback::opinions(app, &judged.checked, &judged.contacts, &stamp, Some(&viewer.name))
}

/// One of them.
pub fn opinion(app: &App, viewer: &Viewer, job: &Job, at: usize, which: usize) -> Result<Option<Given>, AppError> {
    let Some((_, judged)) = found(job, at)? else {
        return Ok(None);
    };
    let papers = papers(app, viewer, job, &judged)?;
    let several = papers.len() > 1;
    let Some((unit, paper)) = papers.into_iter().nth(which) else {
        return Ok(None);
    };
    let bytes = docx::write(&paper).map_err(|error| AppError::Environment(error.to_string()))?;
    let unit = unit
        .filter(|_| several)
        .map(|unit| format!("-{}", unit.replace('/', "")));
    Ok(Some(Given {
        name: format!(
            "{}{}.预检意见.docx",
            stem(&judged.source.file),
            unit.unwrap_or_default()
        ),
        kind: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        bytes,
    }))
}

async fn judgements(app: &App, viewer: &Viewer, job: &Job) -> Result<Vec<Arc<Judgement>>, AppError> {
    let outcomes = job.outcomes().into_iter();
    let judged: Vec<Arc<Judgement>> = outcomes.filter_map(|(_, outcome)| outcome.judged.ok()).collect();
    for one in &judged {
        look(app, viewer, one, true).await?;
    }
    Ok(judged)
}

fn exported<'a>(app: &'a App, viewer: &Viewer, job: &Job, judged: &'a Judgement) -> Exported<'a> {
    Exported {
        source: &judged.source,
        as_of: job.as_of,
        checked: &judged.checked,
        contacts: &judged.contacts,
        earlier: judged.earlier.as_ref(),
        view: view_of(viewer),
        quota: &app.policy.quota,
    }
}

/// The lines of all lists for spreadsheet programs.
pub async fn csv(app: &App, viewer: &Viewer, job: &Job) -> Result<Given, AppError> {
    let judged = judgements(app, viewer, job).await?;
    let rows: Vec<Vec<String>> = judged
        .iter()
        .flat_map(|one| exported(app, viewer, job, one).rows())
        .collect();
    let mut bytes = Vec::new();
    plain::write(&mut bytes, &export::header(view_of(viewer)), &rows)
        .map_err(|error| AppError::Environment(error.to_string()))?;
    Ok(Given {
        name: "预检结果.csv".to_owned(),
        kind: "text/csv; charset=utf-8",
        bytes,
    })
}

/// All lists for other programs.
pub async fn json(app: &App, viewer: &Viewer, job: &Job) -> Result<Given, AppError> {
    let judged = judgements(app, viewer, job).await?;
    let documents: Result<Vec<String>, _> = judged
        .iter()
        .map(|one| exported(app, viewer, job, one).json())
        .collect();
    let documents = documents.map_err(|error| AppError::Environment(error.to_string()))?;
    Ok(Given {
        name: "预检结果.json".to_owned(),
        kind: "application/json",
        bytes: format!("{{\"files\":[{}]}}\n", documents.join(",")).into_bytes(),
    })
}
