//! The record of a run: which file, who, when, for which day, how many rows. No names. Every execution is a run of its
//! own; the same bytes again are known by their hash.

use super::Request;
use crate::app::{App, AppError};
use crate::domain::ids::RunId;
use crate::domain::protection::{Report, Verdict};
use crate::domain::time::Moment;
use crate::store::Tx;
use crate::store::runs::{self, Judging, Past, Run};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Executions of one file that are looked through.
const LOOK_BACK: i64 = 50;

/// Writes it.
pub(super) async fn run(
    tx: &mut Tx,
    request: &Request<'_>,
    report: &Report,
    who: &str,
    now: Moment,
) -> Result<RunId, AppError> {
    Record::of(request, report, who, now).write(tx).await
}

/// A record on its way.
pub(super) struct Record {
    /// What its id is derived from.
    key: String,
    run: Run,
    judging: Judging,
}

impl Record {
    pub(super) fn of(request: &Request<'_>, report: &Report, who: &str, now: Moment) -> Self {
        let domains: Vec<&str> = report.domains.iter().map(|domain| domain.as_str()).collect();
        let judging = Judging {
            actor: who.to_owned(),
            as_of: Some(request.options.as_of),
            domains: domains.join(","),
            kept: request.keep,
        };
        let key = format!(
            "{}|{}|{}|{}|{}",
            request.kind,
            request.source.hash,
            request.options.as_of,
            request.keep,
            now.millis()
        );
        let run = Run {
            id: RunId::of(&key),
            kind: request.kind.to_owned(),
            file: request.source.file.clone(),
            file_hash: request.source.hash.clone(),
            unit: report.unit.clone(),
            period: report.period.clone(),
            rows_read: i64::from(report.rows_read),
            rows_bad: i64::try_from(report.unreadable.len()).unwrap_or(i64::MAX),
            rows_changed: 0,
            counts: serde_json::json!({ "domains": domains, "verdicts": counts(report) }).to_string(),
            at: now,
        };
        Self { key, run, judging }
    }

    pub(super) async fn write(self, tx: &mut Tx) -> Result<RunId, AppError> {
        let Self { key, mut run, judging } = self;
        // Two executions may fall into one millisecond.
        let mut again = 1;
        while !runs::add(tx, &run, &judging).await? {
            again += 1;
            run.id = RunId::of(&format!("{key}|{again}"));
        }
        Ok(run.id)
    }
}

/// Lines by verdict.
pub fn counts(report: &Report) -> BTreeMap<&'static str, u32> {
    let mut counts = BTreeMap::new();
    for judged in &report.results {
        *counts.entry(judged.verdict.as_str()).or_default() += 1;
    }
    counts
}

/// An earlier execution with the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// When.
    pub at: Moment,
    /// Who; empty for runs of an earlier version.
    pub by: String,
    /// The day it judged for.
    pub as_of: Option<NaiveDate>,
    /// Results were kept.
    pub kept: bool,
    /// Lines by verdict.
    pub counts: BTreeMap<String, u32>,
}

impl Earlier {
    /// The newest one of a file; `None`: these bytes were not judged before.
    pub async fn of(app: &App, file_hash: &str) -> Result<Option<Self>, AppError> {
        Ok(Self::all(app, file_hash).await?.into_iter().next())
    }

    /// The newest one of a file for the same day that kept results if `keep` asks for that.
    pub async fn same(app: &App, file_hash: &str, as_of: NaiveDate, keep: bool) -> Result<Option<Self>, AppError> {
        let all = Self::all(app, file_hash).await?;
        Ok(all
            .into_iter()
            .find(|earlier| earlier.as_of == Some(as_of) && (earlier.kept || !keep)))
    }

    async fn all(app: &App, file_hash: &str) -> Result<Vec<Self>, AppError> {
        let mut tx = app.db.read().await?;
        let found = runs::of_file(&mut tx, file_hash, "precheck", LOOK_BACK).await?;
        tx.rollback().await?;
        Ok(found.into_iter().map(Self::from).collect())
    }

    /// What it found, in words.
    pub fn found(&self) -> String {
        let said = said(&self.counts);
        if said.is_empty() {
            "没有涉及受保护人员".to_owned()
        } else {
            said
        }
    }

    /// What it found to be checked, in words that name nobody without a problem.
    pub fn to_check(&self) -> String {
        let mut counts = self.counts.clone();
        counts.remove(Verdict::Clear.as_str());
        let said = said(&counts);
        if said.is_empty() {
            "没有须核对的".to_owned()
        } else {
            said
        }
    }
}

impl From<Past> for Earlier {
    fn from(past: Past) -> Self {
        Self {
            at: past.run.at,
            by: past.judging.actor,
            as_of: past.judging.as_of,
            kept: past.judging.kept,
            counts: verdicts(&past.run.counts),
        }
    }
}

/// Lines by verdict, as they were stored.
pub fn verdicts(counts: &str) -> BTreeMap<String, u32> {
    #[derive(serde::Deserialize, Default)]
    #[serde(default)]
    struct Counts {
        verdicts: BTreeMap<String, u32>,
    }
    serde_json::from_str::<Counts>(counts).unwrap_or_default().verdicts
}

/// Lines by verdict in words, the gravest first.
pub fn said<T: AsRef<str> + Ord>(counts: &BTreeMap<T, u32>) -> String {
    let mut parts = Vec::new();
    for verdict in Verdict::ALL.iter().rev() {
        let count = counts.iter().find(|(word, _)| word.as_ref() == verdict.as_str());
        if let Some((_, count)) = count.filter(|(_, count)| **count > 0) {
            parts.push(format!("{} {count}", verdict.zh()));
        }
    }
    parts.join("、")
}
