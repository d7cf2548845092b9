//! What a judgement leaves behind when it is kept: outcomes, and findings with the answer they are owed.

use super::Request;
use crate::app::{App, AppError};
use crate::domain::alert::Severity;
use crate::domain::finding::{self, Finding};
use crate::domain::ids::{FindingId, ObligationId, RunId, hex};
use crate::domain::obligation::{Kind, Obligation, State, due_of};
use crate::domain::protection::{Judged, Verdict};
use crate::domain::time::Moment;
use crate::store::journal::{self, ACTOR_LOCAL, Entry};
use crate::store::outcomes::{self, NewOutcome};
use crate::store::{Tx, cases, findings, obligations};

/// Keeps the outcome of a row; `false` when it is known.
pub(super) async fn outcome(tx: &mut Tx, judged: &Judged, run: &RunId) -> Result<bool, AppError> {
    let Some(person) = judged.person.clone().filter(|_| judged.row.is_some()) else {
        return Ok(false);
    };
    let period = judged.period.clone().unwrap_or_default();
    let key = format!(
        "{person}|{}|{}|{period}|{}",
        judged.domain.as_str(),
        judged.item,
        judged.result
    );
    let outcome = NewOutcome {
        id: hex(&<sha2::Sha256 as sha2::Digest>::digest(key.as_bytes())[..10]),
        person,
        domain: judged.domain,
        item: judged.item.clone(),
        period,
        result: judged.result.clone(),
        reason: judged.reason.clone(),
        decided_on: judged.decided_on,
        run: run.clone(),
    };
    Ok(outcomes::insert(tx, &outcome).await?)
}

/// Opens a finding for a violation or a suspicion; `false` when it is known.
pub(super) async fn finding(
    app: &App,
    tx: &mut Tx,
    judged: &Judged,
    request: &Request<'_>,
    run: &RunId,
    now: Moment,
) -> Result<bool, AppError> {
    if !matches!(judged.verdict, Verdict::Violation | Verdict::Suspect) {
        return Ok(false);
    }
    let (Some(case), Some(case_no), Some(person)) = (&judged.case_id, &judged.case, &judged.person) else {
        return Ok(false);
    };
    let key = finding::key(
        case,
        judged.domain,
        &judged.item,
        judged.period.as_deref().unwrap_or(""),
        &judged.result,
    );
    let finding = Finding {
        id: FindingId::of(&key),
        key,
        case: case.clone(),
        case_no: case_no.clone(),
        person: person.clone(),
        run: run.clone(),
        domain: judged.domain,
        verdict: judged.verdict.as_str().to_owned(),
        cell: judged.cell.clone(),
        why: judged.why.clone(),
        matched: judged.matched.iter().map(ToString::to_string).collect(),
        result: judged.result.clone(),
        reason: judged.reason.clone(),
        evidence: judged.evidence.clone(),
        period: judged.period.clone(),
        file: request.source.file.clone(),
        sheet: judged.sheet.clone(),
        row: judged.row,
        unit: judged.unit.clone(),
        decided_on: judged.decided_on,
        is_final: judged.is_final,
        opened: now,
    };
    if !findings::insert(tx, &finding).await? {
        return Ok(false);
    }
    let organ = cases::by_id(tx, case.as_str())
        .await?
        .and_then(|case| case.record.organ);
    let reply = reply_obligation(app, &finding, organ, judged, run, now)?;
    obligations::put(tx, &reply).await?;
    let detail = format!("{case_no} {} {}", finding.domain.as_str(), finding.verdict);
    journal::append(
        tx,
        now,
        &[Entry {
            actor: ACTOR_LOCAL,
            action: "finding.open",
            object_kind: "finding",
            object_id: finding.id.as_str(),
            detail,
        }],
    )
    .await?;
    Ok(true)
}

/// The answer owed to a finding. A violation, or any outcome that is final, is told at once.
fn reply_obligation(
    app: &App,
    finding: &Finding,
    organ: Option<String>,
    judged: &Judged,
    run: &RunId,
    now: Moment,
) -> Result<Obligation, AppError> {
    let limit = app
        .policy
        .limit(Kind::FindingReply)
        .expect("a checked profile has this limit");
    let key = format!("finding:{}:reply", finding.key);
    let loud = judged.verdict == Verdict::Violation || judged.is_final;
    Ok(Obligation {
        id: ObligationId::of(&key),
        key,
        kind: Kind::FindingReply,
        subject_id: finding.id.as_str().to_owned(),
        number: finding.case_no.clone(),
        scope_unit: organ,
        acting_unit: finding.unit.clone(),
        event_day: now.day(),
        rule: limit.id,
        calendar_unit: None,
        terms: limit.terms,
        adjustments: Vec::new(),
        moved: None,
        due: due_of(limit.terms, now.day(), &[], app.calendars().national())?,
        revision: 1,
        clause: limit.clause.clone(),
        number_from: limit.number_from,
        state: State::Open,
        met_on: None,
        backlog: false,
        opened_severity: Some(if loud { Severity::Urgent } else { Severity::Warn }),
        run: Some(run.clone()),
        created: now,
        next_at: Some(now),
    })
}
