//! 预检: a job of the viewer, and the record of earlier runs.

use super::Slice;
use crate::app::precheck::jobs::{self, InFile, Job, Judgement};
use crate::app::precheck::record::{said, verdicts};
use crate::app::precheck::{export, jobs::look};
use crate::app::view::{
    CellView, FileFailure, FileLine, JobFilter, JobView, LineShow, LineView, ListLine, ListView, PER_PAGE, PageOf,
    RunRow, Stage,
};
use crate::app::{App, AppError};
use crate::domain::account::{Act, Viewer};
use crate::domain::protection::list::Domain;
use crate::domain::protection::{Told, Verdict, View, told};
use crate::files::original::Original;
use crate::store::runs::{self, Past};

/// Faults that a page shows.
const FAULTS_SHOWN: usize = 200;

/// A job of the viewer with one of its lists; `None`: there is no such job of theirs. Where the details of cases are
/// shown, that is journaled.
pub async fn precheck_job(app: &App, viewer: &Viewer, id: &str, asked: JobFilter) -> Result<Option<JobView>, AppError> {
    let Some(job) = app.jobs().find(viewer, id, app.now()) else {
        return Ok(None);
    };
    let files = job.shown();
    let mut lists = Vec::new();
    let mut judged = Vec::new();
    let outcomes = job.outcomes();
    for (at, (place, outcome)) in outcomes.into_iter().enumerate() {
        if let Ok(judgement) = outcome.judged {
            lists.push(line(at, &judgement));
            judged.push((at, place, judgement));
        }
    }
    let chosen = judged.iter().find(|(at, ..)| *at == asked.list).or(judged.first());
    let list = match chosen {
        Some((at, place, judgement)) => {
            look(app, viewer, judgement, false).await?;
            Some(list(app, viewer, &job, (*at, *place), judgement, asked)?)
        }
        None => None,
    };
    Ok(Some(JobView {
        id: job.id.clone(),
        begun: job.begun,
        until: job.until(),
        as_of: job.as_of,
        keep: job.asked.keep,
        running: job.is_running(),
        failed: files.iter().any(InFile::has_failed),
        files: files.iter().map(file).collect(),
        lists,
        list,
    }))
}

fn file(file: &InFile) -> FileLine {
    let whole = file.failed.iter().map(|reason| FileFailure {
        list: None,
        reason: reason.clone(),
    });
    let mut failures: Vec<FileFailure> = whole.collect();
    let mut rows = 0;
    for outcome in &file.outcomes {
        match &outcome.judged {
            Ok(judged) => rows += u64::from(judged.checked.report.rows_read),
            Err(reason) => failures.push(FileFailure {
                list: Some(outcome.name.clone()),
                reason: reason.clone(),
            }),
        }
    }
    if file.stage != Stage::Ended {
        rows = rows.max(file.progress.rows());
    }
    FileLine {
        name: file.name.clone(),
        kib: file.length().div_ceil(1024),
        stage: file.stage,
        rows,
        failures,
    }
}

fn line(at: usize, judged: &Judgement) -> ListLine {
    ListLine {
        at,
        name: judged.source.file.clone(),
        rows_read: judged.checked.report.rows_read,
        sums: export::sums(&judged.checked),
        faults: judged.faults,
    }
}

fn list(
    app: &App,
    viewer: &Viewer,
    job: &Job,
    (at, place): (usize, usize),
    judged: &Judgement,
    asked: JobFilter,
) -> Result<ListView, AppError> {
    let view = jobs::view_of(viewer);
    let checked = &judged.checked;
    let report = &checked.report;
    let mut lines = Vec::new();
    let mut total = 0;
    let first = u64::from(asked.page.saturating_sub(1)) * u64::from(PER_PAGE);
    let results = report.results.iter().zip(&judged.contacts).zip(&judged.originals);
    for ((one, contact), original) in results {
        let Some(said) = told(one, view).filter(|said| asked.show.takes(said.verdict)) else {
            continue;
        };
        if total >= first && lines.len() < PER_PAGE as usize {
            lines.push(LineView {
                sheet: one.sheet.clone(),
                row: one.row,
                name: one.name.clone(),
                unit: one.unit.clone(),
                domain: one.domain.zh(),
                verdict: said.verdict,
                contact: match said.verdict {
                    Verdict::Clear => String::new(),
                    _ => contact.clone(),
                },
                cells: original.as_ref().map(|row| cells(row, &said, view)).unwrap_or_default(),
                basis: said.basis,
            });
        }
        total += 1;
    }
    let mut notices: Vec<String> = report.notices.clone();
    notices.extend(judged.remembered.clone());
    let quota = &app.policy.quota;
    notices.extend(report.appraised.iter().map(|one| export::quota_said(quota, one)));
    let earlier = judged.earlier.as_ref().map(|earlier| {
        let found = match view {
            View::Clerk => earlier.to_check(),
            View::Details => earlier.found(),
        };
        let at = earlier.at.local().format("%Y-%m-%d %H:%M");
        format!("同一文件已于 {at} 由 {} 预检过，结论：{found}", by_whom(&earlier.by))
    });
    let kinds: Vec<&str> = report.domains.iter().map(|domain| domain.zh()).collect();
    Ok(ListView {
        line: line(at, judged),
        file: place,
        unit: report.unit.clone(),
        period: report.period.clone(),
        kinds: kinds.join("、"),
        protected: (view == View::Details).then_some(report.rows_protected),
        withheld: checked.withheld,
        kept: job.asked.keep.then_some((checked.kept, checked.opened, checked.again)),
        earlier,
        notices,
        show: asked.show,
        lines: PageOf {
            rows: lines,
            total,
            page: asked.page,
            per_page: PER_PAGE,
        },
        unreadable: report.unreadable.iter().take(FAULTS_SHOWN).cloned().collect(),
        heads: judged
            .heads
            .iter()
            .map(|heads| (heads.sheet.clone(), heads.columns.clone()))
            .collect(),
        pointed: judged
            .pointed
            .iter()
            .map(|one| (one.field.clone(), one.header.clone()))
            .collect(),
        fields: app.vocabulary().headers.list_fields(),
        papers: jobs::papers(app, viewer, job, judged)?
            .into_iter()
            .map(|(unit, _)| unit)
            .collect(),
    })
}

/// A row with what decided marked in it. To the clerk words are pointed at only where they may be quoted: which words
/// name a case is a detail of it.
fn cells(row: &Original, said: &Told, view: View) -> Vec<CellView> {
    let mut cells: Vec<CellView> = row
        .cells
        .iter()
        .map(|(head, text)| CellView {
            head: head.clone(),
            text: text.clone(),
            decides: false,
            words: Vec::new(),
            notes: Vec::new(),
        })
        .collect();
    for (deciding, at) in said.cells.iter().zip(&row.deciding) {
        let Some(cell) = at.and_then(|at| cells.get_mut(at)) else {
            continue;
        };
        cell.decides = true;
        let may_quote = view == View::Details || deciding.note.contains(&deciding.words);
        if may_quote && !deciding.words.is_empty() && cell.text.contains(&deciding.words) {
            cell.words.push(deciding.words.clone());
        }
        if !cell.notes.contains(&deciding.note) {
            cell.notes.push(deciding.note.clone());
        }
    }
    cells
}

/// Runs of an earlier version name nobody.
fn by_whom(who: &str) -> &str {
    if who.is_empty() { "本机" } else { who }
}

/// A page of earlier pre-checks, newest first. Whoever sees a part of the tree finds those of its units and their own.
pub async fn precheck_runs(app: &App, viewer: &Viewer, page: u32) -> Result<PageOf<RunRow>, AppError> {
    let slice = Slice::of(page);
    let who = viewer.signature();
    let of = (viewer.scope.unit(), who.as_str());
    let mut tx = app.db.read().await?;
    let found = runs::prechecks(&mut tx, of, slice.limit, slice.offset).await?;
    let total = runs::count_prechecks(&mut tx, of).await?;
    tx.rollback().await?;
    let details = viewer.may(Act::SeeDetails);
    Ok(slice.of_rows(found.into_iter().map(|past| run(past, details)).collect(), total))
}

fn run(past: Past, details: bool) -> RunRow {
    let Past { run, judging } = past;
    let domains = judging.domains.split(',').filter_map(Domain::from_id).map(Domain::zh);
    let mut counts = verdicts(&run.counts);
    if !details {
        counts.remove(Verdict::Clear.as_str());
    }
    RunRow {
        at: run.at,
        file: run.file,
        hash: run.file_hash.chars().take(12).collect(),
        kinds: domains.collect::<Vec<_>>().join("、"),
        unit: run.unit,
        period: run.period,
        as_of: judging.as_of,
        by: by_whom(&judging.actor).to_owned(),
        rows: run.rows_read,
        found: said(&counts),
        kept: judging.kept,
    }
}

/// The filters of a list's lines with how many each has, as far as a view tells them.
pub fn line_shows(list: &ListView) -> Vec<(LineShow, Option<u32>)> {
    let sums = list.line.sums;
    LineShow::ALL
        .iter()
        .map(|show| {
            let count = match show {
                LineShow::All => None,
                LineShow::Violation => Some(sums.violation),
                LineShow::Suspect => Some(sums.suspect),
                LineShow::Absent => Some(sums.absent),
                LineShow::Check => Some(sums.check),
            };
            (*show, count)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::precheck::jobs::Upload;

    #[test]
    fn rows_are_told_while_a_file_is_read() {
        let mut sent = InFile::new(Upload {
            name: "名单.csv".to_owned(),
            bytes: vec![0; 2_048],
        });
        sent.progress.set(3_072);
        sent.stage = Stage::Reading;
        assert_eq!(file(&sent).rows, 3_072);
        // What could not be read in the end has no rows.
        sent.stage = Stage::Ended;
        sent.failed = Some("打不开".to_owned());
        assert_eq!(file(&sent).rows, 0);
    }
}
