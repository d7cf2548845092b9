//! The life of a finding: load, let `step` decide, keep its state, its history, what is owed and the journal in one
//! transaction.

mod again;
mod found;
mod owed;
mod shown;

pub(super) use again::{Rejudgement, judge_again};
pub(super) use found::{Found, found};
pub use shown::{FindingLine, HistoryLine, Shown, list, show};

use super::{App, AppError, uncancelled};
use crate::domain::account::{Role, Viewer, access};
use crate::domain::finding::{Accepted, Act, Answer, Event, Known, Owner, Said, step};
use crate::domain::person::normal_name;
use crate::domain::protection::{Document, OutcomeClass, class_of, document_of};
use crate::domain::time::Moment;
use crate::domain::written::{self, Size};
use crate::store::cases::{self, StoredCase};
use crate::store::findings::{self as store, StoredFinding};
use crate::store::journal::{self, Entry};
use crate::store::{StoreError, Tx, contacts};
use serde::Serialize;

/// What every step of a finding's life works with.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    /// The service.
    pub app: &'a App,
    /// The case of the finding.
    pub case: &'a StoredCase,
    /// Who acts, for the history.
    pub actor: &'a str,
    /// How the journal names them, where that is another word.
    pub account: Option<&'a str>,
    /// Now.
    pub now: Moment,
}

/// Which finding is meant.
#[derive(Debug, Clone)]
pub struct FindingRef {
    /// Its id.
    pub id: String,
    /// The version that was looked at; another one is a conflict.
    pub version: Option<i64>,
}

/// What an accepted act did.
#[derive(Debug, Clone, Serialize)]
pub struct Done {
    /// Id of the finding.
    pub finding: String,
    /// Number of its case.
    pub case: String,
    /// `open`, `answered` or `closed`.
    pub state: &'static str,
    /// The same in the word people see.
    #[serde(skip)]
    pub state_zh: &'static str,
    /// Version after the act.
    pub version: i64,
    /// What was done.
    pub act: String,
    /// Who owes the answer.
    pub owner: String,
    /// When the answer, or the second look at it, is due.
    pub due: Option<String>,
    /// What people should know.
    pub warnings: Vec<String>,
}

/// Records an act of a person.
pub async fn act(app: &App, which: &FindingRef, act: &Act, by: &str) -> Result<Done, AppError> {
    acted(app, which, act, by, None).await
}

/// Records an act of somebody with an account; `None`: there is no such finding for them.
///
/// # Errors
/// The act is not possible, or not theirs.
pub async fn act_for(app: &App, viewer: &Viewer, which: &FindingRef, act: &Act) -> Result<Option<Done>, AppError> {
    let mut tx = app.db.read().await?;
    let seen = store::seen_by_id(&mut tx, which.id.trim(), &viewer.scope).await?;
    tx.rollback().await?;
    let Some(stored) = seen else { return Ok(None) };
    theirs(viewer, &stored, act)?;
    let (app, which, act) = (app.clone(), which.clone(), act.clone());
    let (by, account) = (viewer.signature(), viewer.actor());
    let done = uncancelled(async move { acted(&app, &which, &act, &by, Some(&account)).await });
    Ok(Some(done.await?))
}

/// What an act would come to.
#[derive(Debug, Clone)]
pub struct Foreseen {
    /// Number of the case.
    pub case: String,
    /// What is found, in a few words.
    pub finding: String,
    /// What would be recorded.
    pub act: String,
    /// Where the finding would stand.
    pub state: String,
    /// What would follow, in sentences.
    pub effects: Vec<&'static str>,
}

/// What an act of somebody with an account would come to; nothing is written. `None`: there is no such finding for them.
///
/// # Errors
/// The act is not possible, or not theirs.
pub async fn foresee_for(
    app: &App,
    viewer: &Viewer,
    which: &FindingRef,
    act: &Act,
) -> Result<Option<Foreseen>, AppError> {
    let mut tx = app.db.read().await?;
    let seen = store::seen_by_id(&mut tx, which.id.trim(), &viewer.scope).await?;
    let Some(seen) = seen else { return Ok(None) };
    theirs(viewer, &seen, act)?;
    let decided = decided(app, &mut tx, which, act, &viewer.signature(), app.now()).await?;
    tx.rollback().await?;
    let (stage, how) = (decided.accepted.state.stage, decided.accepted.state.closed_by);
    Ok(Some(Foreseen {
        case: decided.case.record.case_no,
        finding: decided.stored.finding.short(),
        act: act.zh(),
        state: match how {
            Some(how) => format!("{}（{}）", stage.zh(), how.zh()),
            None => stage.zh().to_owned(),
        },
        effects: decided.accepted.effects.iter().map(|effect| effect.zh()).collect(),
    }))
}

fn theirs(viewer: &Viewer, stored: &StoredFinding, act: &Act) -> Result<(), AppError> {
    if matches!(act, Act::Answer(_) | Act::HandOver { .. }) && !may_answer(viewer, &stored.state.owner) {
        return Err(AppError::Input(format!(
            "该疑似问题由{}答复：单位联络员只答复本单位的",
            stored.state.owner.zh()
        )));
    }
    Ok(())
}

/// Whether an answer is theirs: a liaison answers for their own unit only.
pub(super) fn may_answer(viewer: &Viewer, owner: &Owner) -> bool {
    let own = || viewer.scope.unit().is_some() && viewer.scope.holds(owner.unit.as_deref());
    viewer.may(access::Act::AnswerFindings) && (viewer.role != Role::Liaison || own())
}

async fn acted(app: &App, which: &FindingRef, act: &Act, by: &str, account: Option<&str>) -> Result<Done, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let done = act_in(app, &mut tx, which, act, (by, account), now).await?;
    tx.commit().await?;
    Ok(done)
}

/// An act that is possible, before anything is written.
struct Decided {
    stored: StoredFinding,
    case: StoredCase,
    accepted: Accepted,
}

async fn decided(
    app: &App,
    tx: &mut Tx,
    which: &FindingRef,
    act: &Act,
    by: &str,
    now: Moment,
) -> Result<Decided, AppError> {
    let stored = find(tx, which).await?;
    let case = case_of(tx, &stored).await?;
    let judged = judged(app, &stored, act);
    let known = Known {
        outcome: judged.as_ref().map(|(class, said)| (*class, said.as_str())),
        restores: matches!(act, Act::Answer(Answer::Corrected { result, .. }) if app.vocabulary().words.restores(result)),
        document: match act {
            Act::Answer(Answer::Corrected { doc_no, .. } | Answer::OtherCause { doc_no, .. }) => {
                document_of(doc_no, case.record.doc_no.as_deref())
            }
            _ => Document::Missing,
        },
        decided_on: stored.finding.decided_on.filter(|_| stored.finding.is_final),
    };
    let said = Said {
        act,
        by,
        today: now.day(),
    };
    let accepted = step(&stored.state, &said, &known).map_err(|refused| AppError::Input(refused.0))?;
    Ok(Decided { stored, case, accepted })
}

/// An act in a transaction of the caller's.
pub(super) async fn act_in(
    app: &App,
    tx: &mut Tx,
    which: &FindingRef,
    act: &Act,
    (by, account): (&str, Option<&str>),
    now: Moment,
) -> Result<Done, AppError> {
    let Decided {
        mut stored,
        case,
        accepted,
    } = decided(app, tx, which, act, by, now).await?;
    let event = Event::Acted { act: act.clone() };
    let scene = Scene {
        app,
        case: &case,
        actor: by,
        account,
        now,
    };
    settle(scene, tx, &mut stored, accepted, ("finding.act", &event)).await?;
    let warnings = unreachable_owner(tx, act).await?;
    let due = owed::next_due(tx, &stored).await?;
    Ok(Done {
        finding: stored.finding.id.to_string(),
        case: case.record.case_no,
        state: stored.state.stage.as_str(),
        state_zh: stored.state.stage.zh(),
        version: stored.version,
        act: act.zh(),
        owner: stored.state.owner.zh(),
        due,
        warnings,
    })
}

/// Keeps what somebody has to say to a finding that others answer; it changes nothing about where the finding stands.
pub(super) async fn state_in(tx: &mut Tx, id: &str, text: &str, by: &str, now: Moment) -> Result<(), AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AppError::Input("请写明说明的内容".to_owned()));
    }
    written::check("说明", text, Size::Lines).map_err(AppError::Input)?;
    let which = FindingRef {
        id: id.to_owned(),
        version: None,
    };
    let stored = find(tx, &which).await?;
    let event = Event::Stated { text: text.to_owned() };
    store::append(tx, &stored.finding.id, &event, by, now).await?;
    let entry = Entry {
        actor: by,
        action: "finding.state",
        object_kind: "finding",
        object_id: stored.finding.id.as_str(),
        detail: format!("{}：{}", stored.finding.case_no, event.zh()),
    };
    Ok(journal::append(tx, now, &[entry]).await?)
}

async fn find(tx: &mut Tx, which: &FindingRef) -> Result<StoredFinding, AppError> {
    let id = which.id.trim();
    let Some(stored) = store::stored_by_id(tx, id).await? else {
        return Err(AppError::Input(format!("没有编号为 {id} 的疑似问题")));
    };
    match which.version {
        Some(seen) if seen != stored.version => Err(AppError::Conflict(format!(
            "疑似问题 {id} 在查看（第 {seen} 版）之后有变化（现为第 {} 版），本次没有改动；请重新查看后再办",
            stored.version
        ))),
        _ => Ok(stored),
    }
}

async fn case_of(tx: &mut Tx, stored: &StoredFinding) -> Result<StoredCase, AppError> {
    let id = stored.finding.case.as_str();
    let case = cases::by_id(tx, id).await?;
    case.ok_or_else(|| StoreError::corrupt("case_id", id).into())
}

/// The class of the new record that an answer gives.
fn judged(app: &App, stored: &StoredFinding, act: &Act) -> Option<(OutcomeClass, String)> {
    let Act::Answer(Answer::Corrected { result, baseline, .. }) = act else {
        return None;
    };
    let record = stored.finding.with_result(result, baseline.as_deref());
    Some(class_of(&record, app.policy.tolerance, &app.vocabulary().words))
}

/// A unit without a liaison is told through the units above it; whoever hands over should know.
async fn unreachable_owner(tx: &mut Tx, act: &Act) -> Result<Vec<String>, AppError> {
    let Act::HandOver { unit, .. } = act else {
        return Ok(Vec::new());
    };
    let plain = |unit: &str| normal_name(unit).replace('/', "");
    let known = contacts::all(tx)
        .await?
        .iter()
        .any(|contact| plain(&contact.unit) == plain(unit));
    Ok(if known {
        Vec::new()
    } else {
        vec![format!(
            "联系人中没有「{}」：提醒将逐级向上找联系人，请导入该单位的联系人",
            unit.trim()
        )]
    })
}

/// Keeps what was decided about a finding: state, history, obligations, journal.
async fn settle(
    scene: Scene<'_>,
    tx: &mut Tx,
    stored: &mut StoredFinding,
    accepted: Accepted,
    (action, event): (&str, &Event),
) -> Result<(), AppError> {
    let Scene {
        actor, account, now, ..
    } = scene;
    stored.state = accepted.state;
    if !store::save(tx, stored).await? {
        return Err(AppError::Conflict(format!(
            "疑似问题 {} 同时被他人登记，本次没有改动；请重新查看后再办",
            stored.finding.id
        )));
    }
    stored.version += 1;
    store::append(tx, &stored.finding.id, event, actor, now).await?;
    for effect in &accepted.effects {
        owed::perform(scene, tx, stored, *effect).await?;
    }
    let entry = Entry {
        actor: account.unwrap_or(actor),
        action,
        object_kind: "finding",
        object_id: stored.finding.id.as_str(),
        detail: format!("{}：{}", stored.finding.case_no, event.zh()),
    };
    journal::append(tx, now, &[entry]).await?;
    Ok(())
}
