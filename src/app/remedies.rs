//! 应补定未补定, 应恢复未恢复: the two lists follow what is kept and what the cases are, and each entry is owed by a day.

use super::{App, AppError, findings};
use crate::domain::account::Scope;
use crate::domain::alert::Severity;
use crate::domain::case::Level;
use crate::domain::ids::{ObligationId, PersonId};
use crate::domain::obligation::{Kind, Obligation, State as OwedState, Wanted as Owing};
use crate::domain::policy::Event;
use crate::domain::protection::{Document, document_of};
use crate::domain::remedy::{Investigation, Measure, Sort, State, Wanted, id_of, wanted};
use crate::domain::time::Moment;
use crate::domain::written::{self, Size};
use crate::store::cases::{self, StoredCase};
use crate::store::journal::{self, Entry};
use crate::store::remedies::{self as store, Remedy};
use crate::store::{Tx, case_events, obligations, outcomes};
use chrono::NaiveDate;
use serde::Serialize;

/// Steps that tell when a matter began to be looked into.
const BEGINNINGS: [Event; 5] = [
    Event::ACCOUNTABILITY_STARTED,
    Event::APPLIED,
    Event::ACCEPTED,
    Event::INVESTIGATION_STARTED,
    Event::CLARIFICATION_OPENED,
];

/// Brings the lists into line for every case of a cadre.
pub(super) async fn follow_person(
    app: &App,
    tx: &mut Tx,
    person: &PersonId,
    actor: &str,
    now: Moment,
) -> Result<(), AppError> {
    for case in cases::of_person(tx, person).await? {
        follow_case(app, tx, &case, actor, now).await?;
    }
    Ok(())
}

/// Brings the lists into line with what a case is and what is kept of its cadre.
pub(super) async fn follow_case(
    app: &App,
    tx: &mut Tx,
    case: &StoredCase,
    actor: &str,
    now: Moment,
) -> Result<(), AppError> {
    let stored = store::of_case(tx, &case.id).await?;
    let kept = outcomes::of_person(tx, &case.person).await?;
    if stored.is_empty() && kept.is_empty() {
        return Ok(());
    }
    let span = investigation(app, tx, case, now).await?;
    let vocabulary = app.vocabulary();
    let by = Measure {
        words: &vocabulary.words,
        tolerance: app.policy.tolerance,
    };
    let asked = span.map(|span| wanted(span, &kept, by)).unwrap_or_default();
    for want in &asked {
        let id = id_of(want.sort, &case.id, &want.outcome.id);
        let before = stored.iter().find(|one| one.id == id);
        if let Some(after) = changed(case, want, before, now) {
            keep(app, tx, &after, case, actor, now).await?;
        }
    }
    let gone = stored.iter().filter(|one| {
        one.state == State::Open
            && !asked
                .iter()
                .any(|want| id_of(want.sort, &case.id, &want.outcome.id) == one.id)
    });
    for one in gone {
        let why = if span.is_some() {
            "案件或结果的情况变化"
        } else {
            "免责结论不再有效"
        };
        let after = Remedy {
            state: State::Void,
            settled_on: Some(now.day()),
            settled_by: Some(why.to_owned()),
            version: one.version + 1,
            ..one.clone()
        };
        keep(app, tx, &after, case, actor, now).await?;
    }
    Ok(())
}

/// The span in which a case that stands at 免责 was looked into.
async fn investigation(
    app: &App,
    tx: &mut Tx,
    case: &StoredCase,
    now: Moment,
) -> Result<Option<Investigation>, AppError> {
    let r = &case.record;
    let Some(concluded) = r.concluded_on.filter(|_| r.conclusion.level() == Level::Full) else {
        return Ok(None);
    };
    if r.is_revoked(now.day()) {
        return Ok(None);
    }
    let events = case_events::of_case(tx, &case.id).await?;
    let state = super::procedure::state_of(case, &events, now);
    let begun = BEGINNINGS
        .iter()
        .filter_map(|event| state.days.get(event))
        .min()
        .copied();
    Ok(Some(Investigation::of(
        begun,
        concluded,
        app.policy.investigation_months,
    )))
}

/// What becomes of an entry; `None`: it stays as it is.
fn changed(case: &StoredCase, want: &Wanted<'_>, before: Option<&Remedy>, now: Moment) -> Option<Remedy> {
    let outcome = want.outcome;
    let entry = |version, opened| Remedy {
        id: id_of(want.sort, &case.id, &outcome.id),
        sort: want.sort,
        case: case.id.clone(),
        case_no: case.record.case_no.clone(),
        person: outcome.person.clone(),
        outcome: outcome.id.clone(),
        domain: outcome.domain,
        item: outcome.item.clone(),
        period: outcome.period.clone(),
        result: outcome.result.clone(),
        unit: outcome.unit.clone().or_else(|| Some(case.record.unit.clone())),
        decided_on: outcome.decided_on,
        state: State::Open,
        settled_on: None,
        settled_by: None,
        version,
        opened,
    };
    match (before, want.settled_by) {
        (None, None) => Some(entry(1, now)),
        (Some(one), None) if one.state == State::Void => Some(entry(one.version + 1, now)),
        (Some(one), Some(by)) if one.state == State::Open => Some(Remedy {
            state: State::Done,
            settled_on: Some(now.day()),
            settled_by: Some(format!("新结果「{}」（{}）", by.result, by.file)),
            version: one.version + 1,
            ..one.clone()
        }),
        _ => None,
    }
}

async fn keep(
    app: &App,
    tx: &mut Tx,
    after: &Remedy,
    case: &StoredCase,
    actor: &str,
    now: Moment,
) -> Result<(), AppError> {
    store::put(tx, after).await?;
    owed(app, tx, after, case, now).await?;
    let (action, what) = match after.state {
        State::Open => ("remedy.open", "列入"),
        State::Done => ("remedy.done", "办结"),
        State::Void => ("remedy.void", "不再要求"),
    };
    let by = after
        .settled_by
        .as_ref()
        .map(|by| format!("：{by}"))
        .unwrap_or_default();
    let entry = Entry {
        actor,
        action,
        object_kind: "remedy",
        object_id: after.id.as_str(),
        detail: format!(
            "{} {}{what}，{} {}{by}",
            after.case_no,
            after.sort.zh(),
            after.domain.zh(),
            after.period
        ),
    };
    journal::append(tx, now, &[entry]).await?;
    Ok(())
}

fn kind_of(sort: Sort) -> Kind {
    match sort {
        Sort::Regrade => Kind::Regrade,
        Sort::Restore => Kind::Restore,
    }
}

/// The obligation behind an entry; a profile without the limit has none.
async fn owed(app: &App, tx: &mut Tx, entry: &Remedy, case: &StoredCase, now: Moment) -> Result<(), AppError> {
    let key = format!("remedy:{}", entry.id);
    let id = ObligationId::of(&key);
    let before = obligations::by_id(tx, id.as_str()).await?;
    let after = match (entry.state, before, app.policy.limit(kind_of(entry.sort))) {
        (State::Open, before, Some(limit)) => Obligation {
            subject_id: entry.id.to_string(),
            number: entry.case_no.clone(),
            acting_unit: entry.unit.clone(),
            revision: before.map_or(0, |before| before.revision) + 1,
            opened_severity: Some(Severity::Warn),
            ..Owing::begun_of(limit, key, case.record.organ.as_deref(), &app.calendars(), now)?
        },
        (state @ (State::Done | State::Void), Some(before), _) if before.state == OwedState::Open => Obligation {
            state: if state == State::Done {
                OwedState::Met
            } else {
                OwedState::Void
            },
            met_on: entry.settled_on.filter(|_| state == State::Done),
            next_at: None,
            ..before
        },
        _ => return Ok(()),
    };
    Ok(obligations::put(tx, &after).await?)
}

/// One line of a list; it names no cadre.
#[derive(Debug, Clone, Serialize)]
pub struct RemedyLine {
    /// Its id.
    pub id: String,
    /// 案件编号
    pub case: String,
    /// `open`, `done` or `void`.
    pub state: &'static str,
    /// The same in the word people see.
    #[serde(skip)]
    pub state_zh: &'static str,
    /// The domain.
    pub domain: &'static str,
    /// 事项
    pub item: String,
    /// 期间, for 应补定 the appraised year.
    pub period: String,
    /// 结果
    pub result: String,
    /// Unit that has to put it right.
    pub unit: Option<String>,
    /// 决定日期
    pub decided_on: Option<NaiveDate>,
    /// When it is due.
    pub due: Option<String>,
    /// The day it was put right, or fell away.
    pub settled_on: Option<NaiveDate>,
    /// By what.
    pub settled_by: Option<String>,
    /// Version.
    pub version: i64,
}

/// One page of a list, those not put right first, and its length.
pub async fn list(
    app: &App,
    sort: Sort,
    all: bool,
    limit: i64,
    offset: i64,
) -> Result<(Vec<RemedyLine>, i64), AppError> {
    let mut tx = app.db.read().await?;
    let total = store::count(&mut tx, sort, all, &Scope::WHOLE).await?;
    let mut lines = Vec::new();
    for one in store::page(&mut tx, sort, all, &Scope::WHOLE, limit, offset).await? {
        lines.push(line(&mut tx, one).await?);
    }
    tx.rollback().await?;
    Ok((lines, total))
}

async fn line(tx: &mut Tx, one: Remedy) -> Result<RemedyLine, AppError> {
    let owed = obligations::by_id(tx, ObligationId::of(&format!("remedy:{}", one.id)).as_str()).await?;
    Ok(RemedyLine {
        id: one.id.to_string(),
        case: one.case_no,
        state: one.state.as_str(),
        state_zh: one.state.zh(),
        domain: one.domain.zh(),
        item: one.item,
        period: one.period,
        result: one.result,
        unit: one.unit,
        decided_on: one.decided_on,
        due: owed
            .filter(|owed| owed.state == OwedState::Open)
            .map(|owed| owed.due.day.to_string()),
        settled_on: one.settled_on,
        settled_by: one.settled_by,
        version: one.version,
    })
}

/// A restoration that a person records.
#[derive(Debug, Clone)]
pub struct Restored {
    /// Which entry.
    pub id: String,
    /// 文号
    pub doc_no: String,
    /// The day it was restored.
    pub on: NaiveDate,
    /// The version that was looked at; another one is a conflict.
    pub version: Option<i64>,
}

/// Records that something was restored, with the document that says so.
pub async fn restored(app: &App, done: &Restored, by: &str) -> Result<RemedyLine, AppError> {
    let now = app.now();
    let refuse = |why: String| Err(AppError::Input(why));
    written::check("文号", &done.doc_no, Size::Line).map_err(AppError::Input)?;
    if document_of(&done.doc_no, None) == Document::Missing {
        return refuse(format!("「{}」不是文号，应如 云组干〔2026〕12号", done.doc_no.trim()));
    }
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let Some(before) = store::by_id(&mut tx, done.id.trim()).await? else {
        return refuse(format!("没有编号为 {} 的应恢复事项", done.id.trim()));
    };
    if let Some(seen) = done.version.filter(|seen| *seen != before.version) {
        return Err(AppError::Conflict(format!(
            "该事项在查看（第 {seen} 版）之后有变化（现为第 {} 版），本次没有改动；请重新查看后再办",
            before.version
        )));
    }
    if before.sort == Sort::Regrade {
        return refuse("应补定的年度以导入补定后的考核等次办结（import outcomes），不另行登记".to_owned());
    }
    if before.state != State::Open {
        return refuse(format!("该事项{}，不能再登记", before.state.zh()));
    }
    if done.on > now.day() || before.decided_on.is_some_and(|taken| done.on < taken) {
        return refuse(format!("恢复日期 {} 须在作出该结果之日与今天之间", done.on));
    }
    let Some(case) = cases::by_id(&mut tx, before.case.as_str()).await? else {
        return refuse("该事项的案件已不存在".to_owned());
    };
    let after = Remedy {
        state: State::Done,
        settled_on: Some(done.on),
        settled_by: Some(done.doc_no.trim().to_owned()),
        version: before.version + 1,
        ..before
    };
    keep(app, &mut tx, &after, &case, by, now).await?;
    let line = line(&mut tx, after).await?;
    tx.commit().await?;
    Ok(line)
}

/// What a case has become: the lists first, for a finding that they take over is closed with that as its reason.
pub(super) async fn case_changed(
    app: &App,
    tx: &mut Tx,
    case: &StoredCase,
    actor: &str,
    now: Moment,
) -> Result<findings::Rejudgement, AppError> {
    follow_case(app, tx, case, actor, now).await?;
    let scene = findings::Scene {
        app,
        case,
        actor,
        account: None,
        now,
    };
    findings::judge_again(scene, tx).await
}
