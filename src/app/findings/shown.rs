//! Findings as people ask for them: the list, and everything about one.

use super::owed;
use crate::app::{App, AppError};
use crate::domain::finding::{Closing, Finding};
use crate::store::findings::{self as store, StoredFinding};
use crate::store::journal::{self, Entry};
use crate::store::{Tx, people};
use serde::Serialize;

/// One line of `finding list`; it names no cadre.
#[derive(Debug, Clone, Serialize)]
pub struct FindingLine {
    /// Its id.
    pub id: String,
    /// `open`, `answered` or `closed`.
    pub state: &'static str,
    /// The same in the word people see.
    #[serde(skip)]
    pub state_zh: &'static str,
    /// `violation` or `suspect`.
    pub verdict: String,
    /// The same in the word people see.
    #[serde(skip)]
    pub verdict_zh: String,
    /// The domain.
    pub domain: &'static str,
    /// 结果
    pub result: String,
    /// 期间
    pub period: Option<String>,
    /// Whether it is decided.
    pub is_final: bool,
    /// 案件编号
    pub case: String,
    /// Unit of the list.
    pub unit: Option<String>,
    /// Who owes the answer.
    pub owner: String,
    /// When the answer, or the second look at it, is due.
    pub due: Option<String>,
    /// How it ended.
    pub closed_by: Option<&'static str>,
    /// Version.
    pub version: i64,
}

/// One line of a history.
#[derive(Debug, Clone, Serialize)]
pub struct HistoryLine {
    /// When.
    pub at: String,
    /// By whom.
    pub actor: String,
    /// The word other programs read.
    pub event: &'static str,
    /// In a sentence.
    pub text: String,
}

/// Everything about a finding.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// Its line.
    #[serde(flatten)]
    pub line: FindingLine,
    /// The cadre.
    pub name: String,
    /// 事项
    pub item: String,
    /// File, sheet and row.
    pub place: String,
    /// 理由
    pub reason: String,
    /// 佐证材料
    pub evidence: String,
    /// Why, in a sentence.
    pub why: String,
    /// The words that decided it.
    pub matched: Vec<String>,
    /// The earlier finding it follows from.
    pub predecessor: Option<String>,
    /// What happened to it.
    pub history: Vec<HistoryLine>,
}

/// Findings that are not closed, or all, of a unit and those below it or of all.
pub async fn list(app: &App, all: bool, unit: Option<&str>, limit: i64) -> Result<Vec<FindingLine>, AppError> {
    let mut tx = app.db.read().await?;
    let found = store::list(&mut tx, all, unit.map(str::trim), limit).await?;
    let mut lines = Vec::with_capacity(found.len());
    for stored in &found {
        lines.push(line(&mut tx, stored).await?);
    }
    tx.rollback().await?;
    Ok(lines)
}

async fn line(tx: &mut Tx, stored: &StoredFinding) -> Result<FindingLine, AppError> {
    let Finding { id, domain, .. } = &stored.finding;
    Ok(FindingLine {
        id: id.to_string(),
        state: stored.state.stage.as_str(),
        state_zh: stored.state.stage.zh(),
        verdict: stored.finding.verdict.clone(),
        verdict_zh: stored.finding.verdict_zh().to_owned(),
        domain: domain.zh(),
        result: stored.finding.result.clone(),
        period: stored.finding.period.clone(),
        is_final: stored.finding.is_final,
        case: stored.finding.case_no.clone(),
        unit: stored.finding.unit.clone(),
        owner: stored.state.owner.zh(),
        due: owed::next_due(tx, stored).await?,
        closed_by: stored.state.closed_by.map(Closing::as_str),
        version: stored.version,
    })
}

/// Everything about a finding. It shows a person's file, so the view is journaled.
pub async fn show(app: &App, id: &str, actor: &str) -> Result<Shown, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let Some(stored) = store::stored_by_id(&mut tx, id.trim()).await? else {
        return Err(AppError::Input(format!("没有编号为 {} 的疑似问题", id.trim())));
    };
    let person = people::by_id(&mut tx, &stored.finding.person).await?;
    let history = store::events(&mut tx, &stored.finding.id).await?;
    let line = line(&mut tx, &stored).await?;
    let entry = Entry {
        actor,
        action: "view",
        object_kind: "finding",
        object_id: stored.finding.id.as_str(),
        detail: format!("查看疑似问题，案件 {}", stored.finding.case_no),
    };
    journal::append(&mut tx, now, &[entry]).await?;
    tx.commit().await?;
    let f = stored.finding;
    Ok(Shown {
        line,
        name: person.map(|person| person.name).unwrap_or_default(),
        place: f.place(),
        item: f.item,
        reason: f.reason,
        evidence: f.evidence,
        why: f.why,
        matched: f.matched,
        predecessor: f.predecessor.map(|id| id.to_string()),
        history: history
            .into_iter()
            .map(|one| HistoryLine {
                at: one.at.to_string(),
                actor: one.actor,
                event: one.event.as_str(),
                text: one.event.zh(),
            })
            .collect(),
    })
}
