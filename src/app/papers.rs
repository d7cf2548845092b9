//! Formal papers of a case: composed from what is recorded, numbered, kept with their hash.

use super::procedure::{Which, find, state_of};
use super::{App, AppError};
use crate::domain::ids::{CaseId, hex};
use crate::domain::obligation::Kind;
use crate::domain::paper::{
    ArchiveItem, DocNumber, Doubt, Facts, Paper, PaperError, PaperKind, RegradeYear, check_code, compose,
};
use crate::domain::policy::Event;
use crate::domain::procedure::{Act, CaseState};
use crate::domain::written::{self, Size};
use crate::files::docx;
use crate::store::case_events::{self, CaseEvent};
use crate::store::cases::StoredCase;
use crate::store::journal::Entry;
use crate::store::papers::{self, NewPaper, StoredPaper};
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
    /// Why no tolerance, where no 解释答复 is recorded yet.
    pub reasons: Option<String>,
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
    /// The same paper had been issued before; this is that one, and no number was given out.
    pub again: bool,
}

/// Composes a draft: no number is given out and nothing is kept. It shows a person's file, so the view is journaled.
pub async fn preview<'a>(
    app: &App,
    which: impl Into<Which<'a>>,
    kind: PaperKind,
    occasion: &Occasion,
    actor: &str,
) -> Result<Written, AppError> {
    let which = which.into();
    readable(occasion)?;
    let mut tx = app.db.begin().await?;
    let case = find(&mut tx, which).await?;
    let facts = facts(app, &mut tx, &case, kind, occasion).await?;
    let written = write(kind, &facts, None, occasion.date.unwrap_or_else(|| app.now().day()))?;
    journaled(
        &mut tx,
        app,
        &case.id,
        actor,
        "paper.preview",
        format!("拟稿：{}", kind.zh()),
    )
    .await?;
    tx.commit().await?;
    Ok(written)
}

/// Issues a paper: its number, its bytes and the journal in one transaction, so that no number is lost or given twice.
/// A paper that says the same as one issued before is that one.
pub async fn issue<'a>(
    app: &App,
    which: impl Into<Which<'a>>,
    kind: PaperKind,
    occasion: &Occasion,
    actor: &str,
) -> Result<Written, AppError> {
    let which = which.into();
    readable(occasion)?;
    let code = occasion
        .code
        .as_deref()
        .map(str::trim)
        .filter(|code| !code.is_empty())
        .ok_or_else(|| AppError::Input("请写明机关代字（--code），如 云容".to_owned()))?;
    let now = app.now();
    let date = occasion.date.unwrap_or_else(|| now.day());
    if date > now.day() {
        return Err(AppError::Input(format!(
            "成文日期 {date} 晚于今天（{}）：到那一天再制发",
            now.day()
        )));
    }
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let case = find(&mut tx, which).await?;
    let facts = facts(app, &mut tx, &case, kind, occasion).await?;
    // Whether the paper can be composed is known before a number is taken.
    let draft = write(kind, &facts, None, date)?;
    let content = hex(&Sha256::digest(draft.paper.words()));
    if let Some(before) = papers::same(&mut tx, &case.id, kind.as_str(), &content, occasion.date).await? {
        let again = stored(&mut tx, &before, draft.paper).await?;
        let detail = format!("取出 {}", before.number);
        journaled(&mut tx, app, &case.id, actor, "paper.export", detail).await?;
        tx.commit().await?;
        return Ok(again);
    }
    let (prefix, year) = (kind.prefix(code), date.year());
    let serial = papers::next_number(&mut tx, &facts.organ, &prefix, year).await?;
    let number = DocNumber { prefix, year, serial };
    let printed = number.to_string();
    let written = write(kind, &facts, Some(number.clone()), date)?;
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
        dated: date,
        content: &content,
        hash: &written.hash,
        bytes: &written.bytes,
        actor,
    };
    papers::insert(&mut tx, &kept, now).await?;
    let detail = format!("{} {printed}，SHA-256 {}", kind.zh(), written.hash);
    journaled(&mut tx, app, &case.id, actor, "paper.issue", detail).await?;
    tx.commit().await?;
    Ok(written)
}

/// A paper taken out again.
#[derive(Debug)]
pub struct Issued {
    /// As kept.
    pub paper: StoredPaper,
    /// The document.
    pub bytes: Vec<u8>,
}

/// The document that was issued under a number. It shows a person's file, so the view is journaled.
pub async fn issued(app: &App, number: &str, organ: Option<&str>, actor: &str) -> Result<Issued, AppError> {
    let number = number.trim();
    let mut tx = app.db.begin().await?;
    let mut found = papers::by_number(&mut tx, number).await?;
    if let Some(organ) = organ {
        found.retain(|paper| paper.unit == organ.trim());
    }
    if found.len() > 1 {
        let organs: Vec<&str> = found.iter().map(|paper| paper.unit.as_str()).collect();
        return Err(AppError::Input(format!(
            "「{number}」有几个机关用过：{}，请用 --organ 写明是哪一个",
            organs.join("、")
        )));
    }
    let paper = found
        .pop()
        .ok_or_else(|| AppError::Input(format!("没有文号为「{number}」的公文")))?;
    let bytes = whole(&mut tx, &paper).await?;
    let case = CaseId::stored(paper.case_id.clone());
    journaled(&mut tx, app, &case, actor, "paper.export", format!("取出 {number}")).await?;
    tx.commit().await?;
    Ok(Issued { paper, bytes })
}

/// The document with an id that was issued in a case. It shows a person's file, so the view is journaled.
pub async fn issued_in(app: &App, case: &CaseId, id: &str, actor: &str) -> Result<Option<Issued>, AppError> {
    let mut tx = app.db.begin().await?;
    let own = papers::of_case(&mut tx, case).await?;
    let Some(paper) = own.into_iter().find(|paper| paper.id == id) else {
        return Ok(None);
    };
    let bytes = whole(&mut tx, &paper).await?;
    journaled(
        &mut tx,
        app,
        case,
        actor,
        "paper.export",
        format!("取出 {}", paper.number),
    )
    .await?;
    tx.commit().await?;
    Ok(Some(Issued { paper, bytes }))
}

/// Which papers go with a case as it stands, and the reason where one does not. What a person still has to write does
/// not stand against a paper.
pub async fn fitting<'a>(app: &App, which: impl Into<Which<'a>>) -> Result<Vec<(PaperKind, Option<String>)>, AppError> {
    let which = which.into();
    let mut tx = app.db.read().await?;
    let case = find(&mut tx, which).await?;
    let mut fitting = Vec::new();
    for kind in PaperKind::ALL {
        let why_not = match facts(app, &mut tx, &case, kind, &Occasion::default()).await {
            Ok(facts) => match compose(kind, &facts, None, app.now().day()) {
                Ok(_) | Err(PaperError::Missing { .. }) => None,
                Err(error) => Some(error.to_string()),
            },
            Err(AppError::Input(why)) => Some(why),
            Err(other) => return Err(other),
        };
        fitting.push((kind, why_not));
    }
    tx.rollback().await?;
    Ok(fitting)
}

/// The 机关代字 that the organ of a case used last.
pub async fn code_used(app: &App, organ: &str) -> Result<Option<String>, AppError> {
    let mut tx = app.db.read().await?;
    let prefix = papers::last_prefix(&mut tx, &in_full(organ)).await?;
    tx.rollback().await?;
    Ok(prefix.map(|mut prefix| {
        prefix.pop();
        prefix
    }))
}

/// The document as it was issued, or a word that it is not.
async fn whole(tx: &mut Tx, paper: &StoredPaper) -> Result<Vec<u8>, AppError> {
    let bytes = papers::bytes(tx, &paper.id).await?;
    if hex(&Sha256::digest(&bytes)) != paper.hash {
        return Err(AppError::Environment(format!(
            "留存的公文 {} 与登记的 SHA-256 不符，已被改动，不能使用",
            paper.number
        )));
    }
    Ok(bytes)
}

/// A paper that was issued before, in the words of the draft that says the same.
async fn stored(tx: &mut Tx, before: &StoredPaper, draft: Paper) -> Result<Written, AppError> {
    let corrupt = || AppError::Environment(format!("留存的公文 {} 读不出编号或日期", before.number));
    let number = DocNumber {
        prefix: before.prefix.clone(),
        year: i32::try_from(before.year).map_err(|_| corrupt())?,
        serial: u32::try_from(before.serial).map_err(|_| corrupt())?,
    };
    Ok(Written {
        bytes: whole(tx, before).await?,
        hash: before.hash.clone(),
        paper: Paper {
            number: Some(number),
            date: before.dated.parse().map_err(|_| corrupt())?,
            ..draft
        },
        again: true,
    })
}

/// What people add for one paper is held to what a record may hold.
fn readable(occasion: &Occasion) -> Result<(), AppError> {
    let code = occasion.code.as_deref().map(str::trim).unwrap_or_default();
    if !code.is_empty() {
        check_code(code).map_err(AppError::Input)?;
    }
    let texts = [
        ("组织部门的名称", occasion.organization.as_deref(), Size::Line),
        ("不予容错的理由", occasion.reasons.as_deref(), Size::Lines),
        ("整改要求", occasion.rectification.as_deref(), Size::Lines),
    ];
    let items = occasion.items.iter().map(|(name, _)| ("归档材料", name));
    let grades = occasion.regrade.iter().map(|(_, grade)| ("原登记等次", grade));
    let lists = items
        .chain(grades)
        .map(|(what, text)| (what, Some(text.as_str()), Size::Line));
    for (what, text, size) in texts.into_iter().chain(lists) {
        written::check(what, text.unwrap_or_default(), size).map_err(AppError::Input)?;
    }
    Ok(())
}

async fn journaled(
    tx: &mut Tx,
    app: &App,
    case: &CaseId,
    actor: &str,
    action: &str,
    detail: String,
) -> Result<(), AppError> {
    let entry = Entry {
        actor,
        action,
        object_kind: "case",
        object_id: case.as_str(),
        detail,
    };
    journal::append(tx, app.now(), &[entry]).await?;
    Ok(())
}

/// Why there is no paper, and where what is missing is to be written.
fn refused(error: &PaperError) -> AppError {
    let mut said = error.to_string();
    if let PaperError::Missing { facts, .. } = error {
        for (fact, hint) in [
            ("主管部门", "主管部门、上级部门用 case amend 补填"),
            ("组织部门", "组织部门的名称写在 --organization"),
            ("处理措施", "处理措施在作出结论时登记（case conclude --measure）"),
            (
                "认定依据（不予容错的理由）",
                "理由取自解释答复（case explain），也可写在 --reasons",
            ),
            ("需要补定等次的年度和原登记等次", "年度和原等次写在 --regrade"),
            ("名单名称", "核查哪一件疑似问题写在 --finding（case show 列出编号）"),
        ] {
            if facts.contains(&fact) {
                said.push('。');
                said.push_str(hint);
            }
        }
    }
    AppError::Input(said)
}

fn write(kind: PaperKind, facts: &Facts, number: Option<DocNumber>, date: NaiveDate) -> Result<Written, AppError> {
    let paper = compose(kind, facts, number, date).map_err(|error| refused(&error))?;
    let bytes = docx::write(&paper).map_err(|error| AppError::Environment(error.to_string()))?;
    Ok(Written {
        hash: hex(&Sha256::digest(&bytes)),
        paper,
        bytes,
        again: false,
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
    let organ =
        r.organ.as_deref().map(in_full).ok_or_else(|| {
            AppError::Input("本案没有登记问责实施机关，公文无从署名；请用 case amend 补填".to_owned())
        })?;
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
        unit: in_full(&r.unit),
        post: person.post,
        matter: r.matter.clone(),
        conclusion: r.conclusion,
        concluded_on: r.concluded_on,
        doc_no: r.doc_no.clone(),
        measure: r.measure.clone(),
        basis: if kind == PaperKind::Refusal {
            occasion
                .reasons
                .clone()
                .or_else(|| reasons(&events))
                .or_else(|| state.basis.clone())
        } else {
            state.basis.clone()
        },
        rectification: occasion.rectification.clone(),
        competent: r.competent.as_deref().map(in_full),
        superior: r.superior.as_deref().map(in_full),
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

/// A unit as a paper names it: the path 云川市/住建局 is for sorting.
fn in_full(unit: &str) -> String {
    unit.split('/').map(str::trim).collect()
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
    let owed = obligations::of_subject(tx, id).await?;
    let reply_by = owed
        .iter()
        .find(|owed| owed.kind == Kind::FindingReply)
        .map(|owed| owed.due.day);
    Ok(Some(Doubt {
        list: finding.file.clone(),
        row: finding.row,
        result: finding.result.clone(),
        reason: (!finding.reason.trim().is_empty()).then(|| finding.reason.clone()),
        reply_by,
    }))
}
