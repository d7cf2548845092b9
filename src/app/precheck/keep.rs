//! What a judgement leaves behind when it is kept: outcomes, findings, and what follows for the two standing lists.

use super::Request;
use crate::app::findings::{Found, Scene, found};
use crate::app::{App, AppError, remedies};
use crate::domain::finding::Finding;
use crate::domain::ids::{PersonId, RunId};
use crate::domain::kept::Kept;
use crate::domain::protection::{Report, Verdict};
use crate::domain::time::Moment;
use crate::store::{Tx, cases, outcomes, runs};
use std::collections::BTreeSet;

/// How much was new.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Left {
    /// Outcomes kept.
    pub kept: u32,
    /// Findings opened.
    pub opened: u32,
    /// Findings raised or opened again.
    pub again: u32,
}

/// Keeps the judged rows of protected people.
pub(super) async fn all(
    app: &App,
    tx: &mut Tx,
    request: &Request<'_>,
    report: &Report,
    run: &RunId,
    (actor, now): (&str, Moment),
) -> Result<Left, AppError> {
    let known_since = runs::known_since(tx, &request.source.hash).await?;
    let mut left = Left::default();
    let mut people: BTreeSet<PersonId> = BTreeSet::new();
    for judged in &report.results {
        let Some(kept) = Kept::of(judged, &request.source.file, run, now) else {
            continue;
        };
        let kept = outcomes::told_apart(tx, kept).await?;
        if outcomes::keep(tx, &kept).await? {
            left.kept += 1;
            people.insert(kept.person.clone());
        }
        match finding(app, tx, &kept, known_since, (actor, now)).await? {
            Found::Opened => left.opened += 1,
            Found::Again => left.again += 1,
            Found::Known => {}
        }
    }
    for person in &people {
        remedies::follow_person(app, tx, person, actor, now).await?;
    }
    Ok(left)
}

/// A violation or a suspicion is a finding of its case.
async fn finding(
    app: &App,
    tx: &mut Tx,
    kept: &Kept,
    known_since: Option<Moment>,
    (actor, now): (&str, Moment),
) -> Result<Found, AppError> {
    let (Some(verdict @ (Verdict::Violation | Verdict::Suspect)), Some(case)) = (kept.verdict, &kept.case) else {
        return Ok(Found::Known);
    };
    let Some(case) = cases::by_id(tx, case.as_str()).await? else {
        return Ok(Found::Known);
    };
    let finding = Finding::of(kept, (&case.id, &case.record.case_no), verdict, now);
    let scene = Scene {
        app,
        case: &case,
        actor,
        account: None,
        now,
    };
    found(scene, tx, finding, known_since).await
}
