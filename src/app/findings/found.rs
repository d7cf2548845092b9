//! A violation or a suspicion in a kept list: a new finding, or one that comes again.

use super::{Scene, owed, settle};
use crate::app::{App, AppError};
use crate::domain::finding::{Again, Closing, Event, Finding, Stage, State, predecessor, recur};
use crate::domain::obligation::Kind;
use crate::domain::time::Moment;
use crate::store::Tx;
use crate::store::findings::{self as store, StoredFinding};
use crate::store::journal::{self, Entry};

/// What a row did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::app) enum Found {
    /// A new finding.
    Opened,
    /// A known one has become graver, or its answer is contradicted.
    Again,
    /// Nothing new.
    Known,
}

/// Opens a finding, or does what its coming again asks for. `known_since`: since when the file has been known.
pub(in crate::app) async fn found(
    scene: Scene<'_>,
    tx: &mut Tx,
    finding: Finding,
    known_since: Option<Moment>,
) -> Result<Found, AppError> {
    let siblings = store::of_case(tx, &scene.case.id).await?;
    if let Some(known) = known(&siblings, &finding) {
        return again(scene, tx, known, &finding, known_since).await;
    }
    open(scene, tx, finding, &siblings).await?;
    Ok(Found::Opened)
}

/// The finding that a row is about: of the same matter in the same words; or one of the matter that is said to have
/// been corrected, whatever the words are now.
fn known(siblings: &[StoredFinding], finding: &Finding) -> Option<StoredFinding> {
    let of_matter = || siblings.iter().filter(|one| one.finding.same_matter(finding));
    let corrected =
        |one: &&StoredFinding| one.state.closed_by == Some(Closing::Corrected) && one.finding.period.is_some();
    siblings
        .iter()
        .find(|one| one.finding.key == finding.key)
        .or_else(|| of_matter().find(|one| one.finding.same_words(finding)))
        .or_else(|| of_matter().find(corrected))
        .cloned()
}

async fn again(
    scene: Scene<'_>,
    tx: &mut Tx,
    mut known: StoredFinding,
    finding: &Finding,
    known_since: Option<Moment>,
) -> Result<Found, AppError> {
    let closed = store::events(tx, &known.finding.id).await?.last().map(|last| last.at);
    let later = match (closed, known_since) {
        (Some(closed), Some(since)) => since > closed,
        _ => true,
    };
    let again = Again {
        gravity: finding.gravity(),
        later,
        place: finding.place(),
    };
    let Some(accepted) = recur(&known.state, &again) else {
        return Ok(Found::Known);
    };
    let said = accepted.said.clone();
    let (event, action) = if known.state.stage == Stage::Open {
        (Event::Raised { said }, "finding.raise")
    } else {
        (Event::Reopened { said }, "finding.reopen")
    };
    known.finding.take(finding);
    settle(scene, tx, &mut known, accepted, (action, &event)).await?;
    Ok(Found::Again)
}

async fn open(scene: Scene<'_>, tx: &mut Tx, mut finding: Finding, siblings: &[StoredFinding]) -> Result<(), AppError> {
    let Scene { app, actor, now, .. } = scene;
    follow(app, &mut finding, siblings.iter().map(|one| &one.finding));
    store::insert(tx, &finding).await?;
    let said = format!("{}，{}", finding.verdict_zh(), finding.place());
    store::append(tx, &finding.id, &Event::Opened { said }, actor, now).await?;
    let stored = StoredFinding {
        state: State::opened(finding.unit.clone(), finding.gravity()),
        finding,
        version: 0,
    };
    owed::begin(scene, tx, &stored, Kind::FindingReply).await?;
    let finding = &stored.finding;
    let entry = Entry {
        actor,
        action: "finding.open",
        object_kind: "finding",
        object_id: finding.id.as_str(),
        detail: format!("{} {} {}", finding.case_no, finding.domain.as_str(), finding.verdict),
    };
    journal::append(tx, now, &[entry]).await?;
    // Lists do not come in the order of the years.
    for sibling in siblings.iter().filter(|one| one.finding.predecessor.is_none()) {
        let mut later = sibling.clone();
        if follow(app, &mut later.finding, [finding]) {
            store::save(tx, &later).await?;
        }
    }
    Ok(())
}

/// Names the earlier finding it follows from, if there is one.
fn follow<'a>(app: &'a App, finding: &mut Finding, others: impl IntoIterator<Item = &'a Finding>) -> bool {
    let Some((earlier, rule)) = predecessor(finding, others, app.policy.consequences()) else {
        return false;
    };
    let why = finding.why.trim_end_matches('。');
    finding.why = format!("{why}；{}。", rule.says(earlier));
    finding.predecessor = Some(earlier.id.clone());
    true
}
