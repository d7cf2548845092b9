//! The record of a run: which file, when, how many rows. No names.

use super::Request;
use crate::app::AppError;
use crate::domain::ids::RunId;
use crate::domain::protection::Report;
use crate::domain::time::Moment;
use crate::store::Tx;
use crate::store::runs::{self, Run};
use std::collections::BTreeMap;

/// Writes it.
pub(super) async fn run(tx: &mut Tx, request: &Request<'_>, report: &Report, now: Moment) -> Result<RunId, AppError> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for judged in &report.results {
        *counts.entry(judged.verdict.as_str()).or_default() += 1;
    }
    let domains: Vec<&str> = report.domains.iter().map(|domain| domain.as_str()).collect();
    let id = RunId::of(&format!(
        "{}|{}|{}|{}",
        request.kind, request.source.hash, request.options.as_of, request.keep
    ));
    let run = Run {
        id: id.clone(),
        kind: request.kind.to_owned(),
        file: request.source.file.clone(),
        file_hash: request.source.hash.clone(),
        unit: report.unit.clone(),
        period: report.period.clone(),
        rows_read: i64::from(report.rows_read),
        rows_bad: i64::try_from(report.unreadable.len()).unwrap_or(i64::MAX),
        rows_changed: 0,
        counts: serde_json::json!({ "domains": domains, "verdicts": counts }).to_string(),
        at: now,
    };
    runs::put(tx, &run).await?;
    Ok(id)
}
