//! Formal papers of a case: composed from what is recorded, numbered, kept with their hash.

use super::procedure::{CaseRef, find, state_of};
use super::{App, AppError};
use crate::domain::ids::hex;
use crate::domain::paper::{ArchiveItem, DocNumber, Doubt, Facts, Paper, PaperKind, RegradeYear, compose};
use crate::domain::policy::Event;
use crate::domain::procedure::{Act, CaseState};
use crate::files::docx;
use crate::store::case_events::{self, CaseEvent};
use crate::store::cases::StoredCase;
use crate::store::journal::Entry;
use crate::store::papers::{self, NewPaper};
use crate::store::{Tx, findings, journal, obligations, people};
use chrono::{Datelike, NaiveDate};
use sha2::{Digest, Sha256};

/// What a paper needs beside what the case records.
#[derive(Debug, Clone, Default)]
pub struct Occasion {
    /// 机关代字, such as 云容; needed to issue.
    pub code: Option<String>,
    /// 成文日期; `None`: today.
    pub date: Option<NaiveDate>,
    /// Name of the organization department; `None`: the site's own name.
    pub organization: Option<String>,
    /// 整改要求
    pub rectification: Option<String>,
    /// Materials and copies for 归档移交清单; empty: the conclusion for both archives.
    pub items: Vec<(String, u32)>,
    /// Years and grades for 补定等次建议函.
    pub regrade: Vec<(i32, String)>,
    /// The finding a 核查函 asks about.
    pub finding: Option<String>,
}

/// A paper as written.
#[derive(Debug)]
pub struct Written {
    /// The paper.
    pub paper: Paper,
    /// The document.
    pub bytes: Vec<u8>,
    /// SHA-256 of the document.
    pub hash: String,
}

/// Composes a draft: no number is given out and nothing is kept. It shows a person's file, so the view is journaled.
pub async fn preview(
    app: &App,
    which: &CaseRef,
    kind: PaperKind,
    occasion: &Occasion,
    actor: &str,
) -> Result<Written, AppError> {
    let mut tx = app.db.begin().await?;
    let case = find(&mut tx, which).await?;
    let facts = facts(app, &mut tx, &case, kind, occasion).await?;
    let written = write(app, kind, &facts, None, occasion)?;
    journaled(
        &mut tx,
        app,
        &case,
        actor,
        "paper.preview",
        format!("拟稿：{}", kind.zh()),
    )
    .await?;
    tx.commit().await?;
    Ok(written)
}

/// Issues a paper: its number, its bytes and the journal in one transaction, so that no number is lost or given twice.
pub async fn issue(
    app: &App,
    which: &CaseRef,
    kind: PaperKind,
    occasion: &Occasion,
    actor: &str,
) -> Result<Written, AppError> {
    let code = occasion
        .code
        .as_deref()
        .map(str::trim)
        .filter(|code| !code.is_empty())
        .ok_or_else(|| AppError::Input("请写明机关代字（--code），如 云容".to_owned()))?;
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let case = find(&mut tx, which).await?;
    let facts = facts(app, &mut tx, &case, kind, occasion).await?;
    let (prefix, year) = (kind.prefix(code), occasion.date.unwrap_or_else(|| now.day()).year());
    // Whether the paper can be composed is known before a number is taken.
    write(app, kind, &facts, None, occasion)?;
    let serial = papers::next_number(&mut tx, &facts.organ, &prefix, year).await?;
    let number = DocNumber { prefix, year, serial };
    let printed = number.to_string();
    let written = write(app, kind, &facts, Some(number.clone()), occasion)?;
    let id = hex(&Sha256::digest(format!("{}|{printed}", facts.organ))[..10]);
    let kept = NewPaper {
        id: &id,
        case: &case.id,
        kind: kind.as_str(),
        unit: &facts.organ,
        prefix: &number.prefix,
        year,
        serial,
        number: &printed,
        hash: &written.hash,
        bytes: &written.bytes,
        actor,
    };
    papers::insert(&mut tx, &kept, now).await?;
    let detail = format!("{} {printed}，SHA-256 {}", kind.zh(), written.hash);
    journaled(&mut tx, app, &case, actor, "paper.issue", detail).await?;
    tx.commit().await?;
    Ok(written)
}

/// The document that was issued under a number.
pub async fn issued(app: &App, number: &str) -> Result<Vec<u8>, AppError> {
    let mut tx = app.db.read().await?;
    let bytes = papers::bytes(&mut tx, number.trim()).await?;
    tx.rollback().await?;
    bytes.ok_or_else(|| AppError::Input(format!("没有文号为「{number}」的公文")))
}

async fn journaled(
    tx: &mut Tx,
    app: &App,
    case: &StoredCase,
    actor: &str,
    action: &str,
    detail: String,
) -> Result<(), AppError> {
    let entry = Entry {
        actor,
        action,
        object_kind: "case",
        object_id: case.id.as_str(),
        detail,
    };
    journal::append(tx, app.now(), &[entry]).await?;
    Ok(())
}

fn write(
    app: &App,
    kind: PaperKind,
    facts: &Facts,
    number: Option<DocNumber>,
    occasion: &Occasion,
) -> Result<Written, AppError> {
    let date = occasion.date.unwrap_or_else(|| app.now().day());
    let paper = compose(kind, facts, number, date).map_err(|error| AppError::Input(error.to_string()))?;
    let bytes = docx::write(&paper).map_err(|error| AppError::Environment(error.to_string()))?;
    Ok(Written {
        hash: hex(&Sha256::digest(&bytes)),
        paper,
        bytes,
    })
}

async fn facts(
    app: &App,
    tx: &mut Tx,
    case: &StoredCase,
    kind: PaperKind,
    occasion: &Occasion,
) -> Result<Facts, AppError> {
    let r = &case.record;
    if r.is_revoked(app.now().day()) {
        return Err(AppError::Input("本案结论已经撤销，不能再据以制发公文".to_owned()));
    }
    let organ = r
        .organ
        .clone()
        .ok_or_else(|| AppError::Input("本案没有登记问责实施机关，公文无从署名；请在台账中补填".to_owned()))?;
    let events = case_events::of_case(tx, &case.id).await?;
    let state = state_of(case, &events, app.now());
    let person = people::by_id(tx, &case.person)
        .await?
        .ok_or_else(|| AppError::Input("找不到案件对应的干部".to_owned()))?;
    Ok(Facts {
        policy: app.policy.profile.source.clone(),
        organ,
        case_no: r.case_no.clone(),
        name: person.name,
        unit: r.unit.clone(),
        post: person.post,
        matter: r.matter.clone(),
        conclusion: r.conclusion,
        concluded_on: r.concluded_on,
        doc_no: r.doc_no.clone(),
        measure: r.measure.clone(),
        basis: if kind == PaperKind::Refusal {
            reasons(&events).or_else(|| state.basis.clone())
        } else {
            state.basis.clone()
        },
        rectification: occasion.rectification.clone(),
        competent: r.competent.clone(),
        superior: r.superior.clone(),
        organization: occasion
            .organization
            .clone()
            .or_else(|| Some(app.site_name.clone()).filter(|name| name.contains("组织部"))),
        archive: archive_items(occasion, &state),
        regrade: occasion
            .regrade
            .iter()
            .map(|(year, grade)| RegradeYear {
                year: *year,
                grade: grade.clone(),
            })
            .collect(),
        doubt: doubt(tx, case, occasion).await?,
    })
}

/// The reasons given in the latest 解释答复.
fn reasons(events: &[CaseEvent]) -> Option<String> {
    events.iter().rev().find_map(|event| match &event.act {
        Act::Explain { reasons } => Some(reasons.clone()),
        _ => None,
    })
}

fn archive_items(occasion: &Occasion, state: &CaseState) -> Vec<ArchiveItem> {
    if occasion.items.is_empty() {
        return [
            ("结论性认定意见（归入干部人事档案）", Event::ARCHIVED_PERSONNEL),
            ("结论性认定意见（归入廉政档案）", Event::ARCHIVED_INTEGRITY),
        ]
        .into_iter()
        .map(|(name, event)| ArchiveItem {
            name: name.to_owned(),
            copies: 1,
            receipt_no: state.receipts.get(&event).cloned(),
        })
        .collect();
    }
    occasion
        .items
        .iter()
        .map(|(name, copies)| ArchiveItem {
            name: name.clone(),
            copies: *copies,
            receipt_no: None,
        })
        .collect()
}

async fn doubt(tx: &mut Tx, case: &StoredCase, occasion: &Occasion) -> Result<Option<Doubt>, AppError> {
    let Some(id) = &occasion.finding else {
        return Ok(None);
    };
    let finding = findings::by_id(tx, id)
        .await?
        .filter(|finding| finding.case == case.id)
        .ok_or_else(|| AppError::Input(format!("本案没有编号为 {id} 的疑似问题")))?;
    let reply_by = obligations::of_subject(tx, id).await?.first().map(|owed| owed.due.day);
    Ok(Some(Doubt {
        list: finding.file.clone(),
        row: finding.row,
        result: finding.result.clone(),
        reason: (!finding.reason.trim().is_empty()).then(|| finding.reason.clone()),
        reply_by,
    }))
}
