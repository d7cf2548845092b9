//! What is owed for a finding: the answer, and the second person's look at it.

use super::Scene;
use crate::app::AppError;
use crate::domain::alert::Severity;
use crate::domain::finding::{Effect, Stage};
use crate::domain::ids::ObligationId;
use crate::domain::obligation::{Kind, Obligation, State, Wanted};
use crate::domain::protection::Verdict;
use crate::domain::time::Moment;
use crate::store::findings::StoredFinding;
use crate::store::{Tx, obligations};

fn key(stored: &StoredFinding, kind: Kind) -> String {
    let what = if kind == Kind::FindingConfirm {
        "confirm"
    } else {
        "reply"
    };
    format!("finding:{}:{what}", stored.finding.key)
}

/// Carries one effect out.
pub(super) async fn perform(
    scene: Scene<'_>,
    tx: &mut Tx,
    stored: &StoredFinding,
    effect: Effect,
) -> Result<(), AppError> {
    let now = scene.now;
    match effect {
        Effect::ReplyMet => end(tx, stored, Kind::FindingReply, State::Met, now).await,
        Effect::ReplyVoid => end(tx, stored, Kind::FindingReply, State::Void, now).await,
        Effect::ConfirmMet => end(tx, stored, Kind::FindingConfirm, State::Met, now).await,
        Effect::ConfirmVoid => end(tx, stored, Kind::FindingConfirm, State::Void, now).await,
        Effect::ReplyAgain => begin(scene, tx, stored, Kind::FindingReply).await,
        Effect::ConfirmOpened => begin(scene, tx, stored, Kind::FindingConfirm).await,
        Effect::ReplyRaised | Effect::ReplyHandedOver => tell_anew(scene, tx, stored, effect).await,
    }
}

async fn owed(tx: &mut Tx, stored: &StoredFinding, kind: Kind) -> Result<Option<Obligation>, AppError> {
    Ok(obligations::by_id(tx, ObligationId::of(&key(stored, kind)).as_str()).await?)
}

/// When the answer, or the second look at it, is due.
pub(super) async fn next_due(tx: &mut Tx, stored: &StoredFinding) -> Result<Option<String>, AppError> {
    Ok(open(tx, stored).await?.map(|owed| owed.due.day.to_string()))
}

/// What is owed next.
pub(super) async fn open(tx: &mut Tx, stored: &StoredFinding) -> Result<Option<Obligation>, AppError> {
    let kind = match stored.state.stage {
        Stage::Open => Kind::FindingReply,
        Stage::Answered => Kind::FindingConfirm,
        Stage::Closed => return Ok(None),
    };
    Ok(owed(tx, stored, kind).await?.filter(|owed| owed.state == State::Open))
}

async fn end(tx: &mut Tx, stored: &StoredFinding, kind: Kind, state: State, now: Moment) -> Result<(), AppError> {
    let Some(before) = owed(tx, stored, kind).await?.filter(|owed| owed.state == State::Open) else {
        return Ok(());
    };
    let after = Obligation {
        state,
        met_on: (state == State::Met).then(|| now.day()),
        next_at: None,
        ..before
    };
    Ok(obligations::put(tx, &after).await?)
}

/// Whether its opening is told at once: a violation, or any outcome that is final.
fn loudness(stored: &StoredFinding) -> Severity {
    if stored.state.gravity.verdict == Verdict::Violation || stored.state.gravity.is_final {
        Severity::Urgent
    } else {
        Severity::Warn
    }
}

/// Opens it with the time that the profile gives from today, or opens it again. A profile without a limit for the
/// second look asks for none by a day.
pub(super) async fn begin(scene: Scene<'_>, tx: &mut Tx, stored: &StoredFinding, kind: Kind) -> Result<(), AppError> {
    let Scene { app, case, now, .. } = scene;
    let Some(limit) = app.policy.limit(kind) else {
        return Ok(());
    };
    let key = key(stored, kind);
    let before = owed(tx, stored, kind).await?;
    let finding = &stored.finding;
    let loud = match kind {
        Kind::FindingReply => loudness(stored),
        _ => Severity::Warn,
    };
    let obligation = Obligation {
        subject_id: finding.id.as_str().to_owned(),
        number: finding.case_no.clone(),
        acting_unit: stored.state.owner.unit.clone(),
        acting_person: stored.state.owner.person.clone(),
        revision: before.map_or(0, |before| before.revision) + 1,
        opened_severity: Some(loud),
        run: Some(finding.run.clone()),
        ..Wanted::begun_of(limit, key, case.record.organ.as_deref(), &app.calendars(), now)?
    };
    Ok(obligations::put(tx, &obligation).await?)
}

/// Tells of an open answer once more, under a new revision and with the day it had: whoever makes it graver, or hands
/// it over, gains no time by that.
async fn tell_anew(scene: Scene<'_>, tx: &mut Tx, stored: &StoredFinding, effect: Effect) -> Result<(), AppError> {
    let now = scene.now;
    let Some(before) = owed(tx, stored, Kind::FindingReply)
        .await?
        .filter(|owed| owed.state == State::Open)
    else {
        return begin(scene, tx, stored, Kind::FindingReply).await;
    };
    let loud = if effect == Effect::ReplyRaised {
        Severity::Urgent
    } else {
        loudness(stored)
    };
    let after = Obligation {
        acting_unit: stored.state.owner.unit.clone(),
        acting_person: stored.state.owner.person.clone(),
        revision: before.revision + 1,
        moved: None,
        opened_severity: Some(loud),
        created: now,
        next_at: Some(now),
        ..before
    };
    Ok(obligations::put(tx, &after).await?)
}
