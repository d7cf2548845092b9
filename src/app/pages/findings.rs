//! 疑似问题: the list and one of them.

use super::days;
use super::{Looked, Slice, opens, or_unsaid, record_view, run_words, stated};
use crate::app::findings::may_answer;
use crate::app::view::{
    Cell, FindingFilter, FindingRow, FindingShow, FindingState, FindingView, HistoryRow, PageOf, Since, Verdict,
};
use crate::app::{App, AppError, wording};
use crate::domain::account::{Act, Viewer};
use crate::domain::finding::{Event, Finding, Stage, same_person};
use crate::domain::ids::FindingId;
use crate::domain::obligation::{Kind, Obligation, State};
use crate::store::findings::{self as store, Narrow, StoredFinding, Waiting};
use crate::store::{Tx, obligations, people};
use chrono::NaiveDate;

/// The stored word of findings that wait for an answer.
pub(super) const OPEN: &str = "open";

/// A page of findings.
pub async fn findings(app: &App, viewer: &Viewer, asked: FindingFilter) -> Result<PageOf<FindingRow>, AppError> {
    let today = app.now().day();
    let slice = Slice::of(asked.page);
    if !viewer.may(Act::SeeFindings) {
        return Ok(slice.nothing());
    }
    let state = match asked.show {
        FindingShow::Open => Some(OPEN),
        FindingShow::Answered => Some("answered"),
        FindingShow::Closed => Some("closed"),
        FindingShow::All | FindingShow::Waiting => None,
    };
    let signature = viewer.signature();
    let mine = waiting_for(viewer, &signature);
    let narrow = Narrow {
        state,
        unit: asked.unit.as_deref(),
        domain: asked.domain.as_deref(),
        owner: asked.owner.as_deref(),
        waiting: mine.waiting.filter(|_| asked.show == FindingShow::Waiting),
        ..mine
    };
    let mut tx = app.db.read().await?;
    let found = store::narrowed(&mut tx, &narrow, slice.limit, slice.offset).await?;
    let total = store::count_narrowed(&mut tx, &narrow).await?;
    let rows = rows(app, &mut tx, &found, today).await?;
    tx.rollback().await?;
    Ok(slice.of_rows(rows, total))
}

/// What waits for somebody whose signature is given.
pub(super) fn waiting_for<'a>(viewer: &'a Viewer, signature: &'a str) -> Narrow<'a> {
    Narrow {
        state: None,
        scope: &viewer.scope,
        unit: None,
        domain: None,
        owner: None,
        waiting: Some(Waiting {
            signature,
            name: &viewer.name,
            confirms: viewer.may(Act::ConfirmFindings),
        }),
    }
}

/// The lines of a list.
pub(super) async fn rows(
    app: &App,
    tx: &mut Tx,
    found: &[StoredFinding],
    today: NaiveDate,
) -> Result<Vec<FindingRow>, AppError> {
    let mut rows = Vec::with_capacity(found.len());
    for one in found {
        let reply = reply(tx, one).await?;
        rows.push(row(app, one, reply.as_ref(), today)?);
    }
    Ok(rows)
}

/// The obligation that matters now: to answer, or while an answer waits for it, to look at it a second time.
async fn reply(tx: &mut Tx, stored: &StoredFinding) -> Result<Option<Obligation>, AppError> {
    let kind = match stored.state.stage {
        Stage::Answered => Kind::FindingConfirm,
        Stage::Open | Stage::Closed => Kind::FindingReply,
    };
    let owed = obligations::of_subject(tx, stored.finding.id.as_str()).await?;
    Ok(owed.into_iter().find(|o| o.kind == kind))
}

fn row(
    app: &App,
    stored: &StoredFinding,
    reply: Option<&Obligation>,
    today: NaiveDate,
) -> Result<FindingRow, AppError> {
    let f = &stored.finding;
    let state = match stored.state.stage {
        Stage::Open => FindingState::Open,
        Stage::Answered => FindingState::Answered,
        Stage::Closed => FindingState::Closed,
    };
    let owed = reply.filter(|o| o.state == State::Open);
    Ok(FindingRow {
        id: f.id.clone(),
        verdict: verdict(&f.verdict)?,
        domain: f.domain.zh().to_owned(),
        outcome: Some(f.result.clone()).filter(|result| !result.is_empty()),
        case_number: Some(f.case_no.clone()),
        unit: or_unsaid(f.unit.as_deref()),
        state,
        reply_due: reply.map(|o| days::day(app, o.due.day)),
        remaining: owed.and_then(|o| days::remaining(app.calendars().national(), o.due.day, today)),
    })
}

fn verdict(text: &str) -> Result<Verdict, AppError> {
    Verdict::from_text(text).ok_or_else(|| crate::store::StoreError::corrupt("verdict", text).into())
}

/// One finding, with the evidence that whoever owes the answer needs. It names a cadre, so the view is journaled.
pub async fn finding(
    app: &App,
    viewer: &Viewer,
    id: &FindingId,
    purpose: Option<&str>,
) -> Result<Option<FindingView>, AppError> {
    let today = app.now().day();
    stated(purpose)?;
    if !viewer.may(Act::SeeFindings) {
        return Ok(None);
    }
    let mut tx = app.db.read().await?;
    let Some(stored) = store::seen_by_id(&mut tx, id.as_str(), &viewer.scope).await? else {
        return Ok(None);
    };
    let reply = reply(&mut tx, &stored).await?;
    let person = people::by_id(&mut tx, &stored.finding.person).await?;
    let run = run_words(&mut tx, Some(&stored.finding.run)).await?;
    let history = store::events(&mut tx, &stored.finding.id).await?;
    tx.rollback().await?;
    let looked = Looked {
        object_kind: "finding",
        object_id: id.as_str().to_owned(),
        detail: format!("查看疑似问题，案件 {}", stored.finding.case_no),
    };
    record_view(app, viewer, purpose, looked).await?;
    let row = row(app, &stored, reply.as_ref(), today)?;
    let state = &stored.state;
    let given = state.given.as_ref().filter(|_| state.stage == Stage::Answered);
    let is_own_answer = given.is_some_and(|given| same_person(&given.by, &viewer.signature()));
    let reopened = history.iter().rev().find_map(|one| match &one.event {
        Event::Raised { said } | Event::Reopened { said } => Some(said.clone()),
        _ => None,
    });
    let f = stored.finding;
    Ok(Some(FindingView {
        person: or_unsaid(person.as_ref().map(|person| person.name.as_str())),
        item: item_and_period(&f),
        cell: Cell::parse(&f.cell),
        clause: clause(app),
        state: match history.last() {
            Some(last) if history.len() > 1 => Since {
                word: stored.state.closed_by.map_or_else(
                    || row.state.word().to_owned(),
                    |how| format!("{}（{}）", row.state.word(), how.zh()),
                ),
                at: last.at,
                by: wording::actor(&last.actor).to_owned(),
            },
            _ => Since {
                word: row.state.word().to_owned(),
                at: f.opened,
                by: format!("{run}时产生"),
            },
        },
        owner: stored.state.owner.zh(),
        history: history
            .iter()
            .map(|one| HistoryRow {
                at: one.at,
                by: wording::actor(&one.actor).to_owned(),
                text: one.event.zh(),
            })
            .collect(),
        reply: reply.filter(|o| opens(viewer, o)).map(|o| o.id),
        predecessor: f.predecessor.clone(),
        evidence: f.evidence.clone(),
        file: f.file,
        sheet: f.sheet,
        line: f.row,
        reason: f.reason,
        matched: f.matched,
        why: f.why,
        is_final: f.is_final,
        version: stored.version,
        may_answer: state.stage == Stage::Open && may_answer(viewer, &state.owner),
        may_confirm: given.is_some() && viewer.may(Act::ConfirmFindings) && !is_own_answer,
        given: given.map(|given| (given.by.clone(), given.answer.zh())),
        is_own_answer,
        reopened: reopened.filter(|_| state.stage == Stage::Open),
        row,
    }))
}

fn clause(app: &App) -> String {
    let limit = app.policy.limit(Kind::FindingReply);
    limit.map(|limit| limit.clause.clone()).unwrap_or_default()
}

fn item_and_period(f: &Finding) -> String {
    let (item, period) = (f.item.as_str(), f.period.as_deref().unwrap_or(""));
    let is_year = period.len() == 4 && period.bytes().all(|byte| byte.is_ascii_digit());
    let period = if is_year {
        format!("{period} 年度")
    } else {
        period.to_owned()
    };
    let said: Vec<&str> = [item, period.as_str()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    or_unsaid(Some(&said.join("，")))
}
