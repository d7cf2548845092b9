//! A protection has changed: what was found and what was kept under it is judged again.

use super::found::{Found, found};
use super::{Scene, settle};
use crate::app::{App, AppError};
use crate::domain::case::Level;
use crate::domain::finding::{Closing, Event, Finding, Ruled, Stage, rejudged};
use crate::domain::kept;
use crate::domain::protection::{CaseFacts, Note, Past, Rejudged, Standing, Verdict, rejudge};
use crate::domain::remedy::{Sort, id_of};
use crate::store::cases::StoredCase;
use crate::store::findings::{self as store, StoredFinding};
use crate::store::journal::{self, Entry};
use crate::store::{Tx, outcomes, remedies};

/// What judging again did.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::app) struct Rejudgement {
    /// Findings that are none any more.
    pub closed: u32,
    /// Findings that became graver.
    pub raised: u32,
    /// Findings made of what was kept as clear, or opened again because their outcome is protected again.
    pub opened: u32,
}

/// Judges the findings of a case that no answer has closed, and the outcomes kept under it, by what the case is now.
pub(in crate::app) async fn judge_again(scene: Scene<'_>, tx: &mut Tx) -> Result<Rejudgement, AppError> {
    let Scene { app, case, now, .. } = scene;
    let facts = facts_of(case);
    let mut done = Rejudgement::default();
    let findings = store::of_case(tx, &case.id).await?;
    for stored in &findings {
        let closed = stored.state.stage == Stage::Closed;
        if !closed || stored.state.closed_by == Some(Closing::Unprotected) {
            match finding(scene, tx, stored.clone(), &facts).await? {
                Some(None) => done.closed += 1,
                Some(Some(_)) if closed => done.opened += 1,
                Some(Some(verdict)) if verdict > stored.state.gravity.verdict => done.raised += 1,
                _ => {}
            }
        }
    }
    for kept in outcomes::of_person(tx, &case.person).await? {
        if kept.case.as_ref() != Some(&case.id) {
            continue;
        }
        let Some(ruled) = judged(app, &kept.past(), &facts) else {
            continue;
        };
        // What a person has to look at for another reason than the table's stays with that person.
        let by_table = matches!(kept.verdict, Some(verdict) if !matches!(verdict, Verdict::Review | Verdict::Absent));
        if !by_table || kept.verdict == Some(ruled.verdict) {
            continue;
        }
        let mut again = kept.clone();
        again.cell.clone_from(&ruled.cell);
        again.verdict = Some(ruled.verdict);
        let why = kept.why.trim_end_matches('。');
        again.why = format!(
            "{why}；{}，重新判断 → {}。",
            now_stands(&ruled, case),
            ruled.verdict.zh()
        );
        outcomes::put(tx, &again).await?;
        let finding = Finding::of(&again, (&case.id, &case.record.case_no), ruled.verdict, now);
        if !grave(ruled.verdict) || findings.iter().any(|one| one.finding.key == finding.key) {
            continue;
        }
        if found(scene, tx, finding, None).await? == Found::Opened {
            done.opened += 1;
        }
    }
    Ok(done)
}

fn grave(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Violation | Verdict::Suspect)
}

fn judged(app: &App, past: &Past<'_>, facts: &CaseFacts) -> Option<Rejudged> {
    rejudge(past, facts, &app.policy.protected(), &app.vocabulary().words)
}

/// The verdict it has now; the outer `None`: nothing has changed.
async fn finding(
    scene: Scene<'_>,
    tx: &mut Tx,
    mut stored: StoredFinding,
    facts: &CaseFacts,
) -> Result<Option<Option<Verdict>>, AppError> {
    let Scene {
        app, case, actor, now, ..
    } = scene;
    let Some(ruled) = judged(app, &stored.finding.past(), facts) else {
        return Ok(None);
    };
    let owed = remedy_of(tx, &stored.finding, case).await?;
    let (verdict, why) = decided(&stored.finding, &ruled, case, owed);
    let accepted = rejudged(
        &stored.state,
        &Ruled {
            verdict,
            why: why.clone(),
        },
    );
    let Some(accepted) = accepted else {
        if stored.state.stage == Stage::Closed {
            return Ok(None);
        }
        let said = format!("{why}，继续核对");
        let entry = Entry {
            actor,
            action: "finding.rejudge",
            object_kind: "finding",
            object_id: stored.finding.id.as_str(),
            detail: format!("{}：{said}", case.record.case_no),
        };
        journal::append(tx, now, &[entry]).await?;
        store::append(tx, &stored.finding.id, &Event::Rejudged { said }, actor, now).await?;
        return Ok(None);
    };
    if let Some(verdict) = verdict {
        verdict.as_str().clone_into(&mut stored.finding.verdict);
        stored.finding.cell.clone_from(&ruled.cell);
        let before = stored.finding.why.trim_end_matches('。');
        stored.finding.why = format!("{before}；{why}，改判为{}。", verdict.zh());
    }
    let event = Event::Rejudged {
        said: accepted.said.clone(),
    };
    settle(scene, tx, &mut stored, accepted, ("finding.rejudge", &event)).await?;
    Ok(Some(verdict))
}

/// What becomes of a finding, and why.
///
/// What was decided while the matter was looked into is none any more once nothing protects it. When the matter ends
/// in 免责, though, it was decided too early rather than rightly: it goes over to the list of what is to be put right,
/// and where that list has no place for it, it stays.
fn decided(finding: &Finding, ruled: &Rejudged, case: &StoredCase, owed: Option<Sort>) -> (Option<Verdict>, String) {
    let decided = finding.past().day;
    let exonerated = case.record.conclusion.level() == Level::Full;
    match (ruled.standing, case.record.revoked_on) {
        (None, _) => (None, "认定没有产生保护，不再视为疑似问题".to_owned()),
        (Some(Standing::Revoked), Some(ended)) => (
            None,
            format!("保护于 {ended} 因撤销而终止；该结果作出于 {decided}，不再视为疑似问题"),
        ),
        (Some(Standing::Revoked), None) => (None, "认定已撤销，不再视为疑似问题".to_owned()),
        (Some(Standing::NotYet), _) if exonerated => match owed {
            Some(sort) => (
                None,
                format!("结论为免责；该结果作出于 {decided}，当时尚在调查，已列入{}", sort.zh()),
            ),
            None => (
                Some(finding.gravity().verdict),
                format!("结论为免责；该结果作出于 {decided}，当时尚在调查，须说明是否因此作出"),
            ),
        },
        (Some(_), Some(ended)) if case.record.revoked && grave(ruled.verdict) => (
            Some(ruled.verdict),
            format!("保护于 {ended} 因撤销而终止；该结果作出于 {decided}，当时仍受保护"),
        ),
        (Some(_), _) => (
            Some(ruled.verdict).filter(|verdict| grave(*verdict)),
            now_stands(ruled, case),
        ),
    }
}

fn now_stands(ruled: &Rejudged, case: &StoredCase) -> String {
    let standing = ruled.standing.map_or("不受保护", Standing::zh);
    let note = ruled
        .note
        .map(|note: Note| format!("（{}）", note.zh()))
        .unwrap_or_default();
    format!("案件现为{}，{standing}{note}", case.record.conclusion.zh())
}

/// The entry of the lists that has taken a finding's outcome over.
async fn remedy_of(tx: &mut Tx, finding: &Finding, case: &StoredCase) -> Result<Option<Sort>, AppError> {
    let period = finding.period.as_deref().unwrap_or_default();
    let (person, domain, item, result) = (&finding.person, finding.domain, &finding.item, &finding.result);
    let by_day = finding.decided_on.filter(|_| period.is_empty());
    let mut outcome = kept::id_of(person, domain, item, period, result);
    if let Some(own) = by_day.map(|day| kept::id_by_day(person, domain, item, result, day))
        && outcomes::by_id(tx, &own).await?.is_some()
    {
        outcome = own;
    }
    for sort in [Sort::Regrade, Sort::Restore] {
        if remedies::by_id(tx, id_of(sort, &case.id, &outcome).as_str())
            .await?
            .is_some()
        {
            return Ok(Some(sort));
        }
    }
    Ok(None)
}

fn facts_of(case: &StoredCase) -> CaseFacts {
    let r = &case.record;
    CaseFacts {
        case: case.id.clone(),
        case_no: r.case_no.clone(),
        matter: r.matter.clone(),
        conclusion: r.conclusion,
        concluded_on: r.concluded_on,
        doc_no: r.doc_no.clone(),
        measure: r.measure.clone(),
        revoked: r.revoked,
        revoked_on: r.revoked_on,
    }
}
