//! Papers of the ladder: composed from where an item stands, numbered without gaps, kept with their hash.

use super::{By, ItemRef, find, take};
use crate::app::{App, AppError, wording};
use crate::domain::ids::hex;
use crate::domain::obligation::{Kind, due_of};
use crate::domain::paper::{DocNumber, LadderFacts, Paper, PaperKind, check_code, ladder};
use crate::domain::rectification::{Act, delay};
use crate::domain::time::Moment;
use crate::domain::written::{self, Size};
use crate::files::docx;
use crate::store::Tx;
use crate::store::journal::{self, Entry};
use crate::store::papers::next_number;
use crate::store::rectifications::{self as store, LadderPaper, StoredRectification};
use chrono::Datelike as _;
use sha2::{Digest, Sha256};

/// What a paper needs beside the item.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Which; `None`: the one of the item's level.
    pub kind: Option<PaperKind>,
    /// 机关代字, such as 云督; needed to issue.
    pub code: Option<String>,
    /// Who gets a 移交函.
    pub to: Option<String>,
}

/// A paper as written.
#[derive(Debug)]
pub struct Papered {
    /// The paper.
    pub paper: Paper,
    /// The document.
    pub bytes: Vec<u8>,
    /// SHA-256 of the document.
    pub hash: String,
}

/// Composes a draft: nothing is kept but that somebody looked.
pub async fn draft(app: &App, which: &ItemRef, wanted: &Wanted, actor: &str) -> Result<Papered, AppError> {
    if let Some(code) = &wanted.code {
        check_code(code).map_err(AppError::Input)?;
    }
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let item = find(&mut tx, which).await?;
    let papered = compose(app, &item, wanted, None, now)?;
    let entry = Entry {
        actor,
        action: "paper.preview",
        object_kind: "rectification",
        object_id: item.id.as_str(),
        detail: format!("{}：拟稿 {}", item.number, papered.paper.kind.zh()),
    };
    journal::append(&mut tx, now, &[entry]).await?;
    tx.commit().await?;
    Ok(papered)
}

/// Issues one: its number, its bytes, the act and the journal in one transaction.
pub async fn paper(app: &App, which: &ItemRef, wanted: &Wanted, by: &By) -> Result<Papered, AppError> {
    let now = app.now();
    let code = wanted.code.as_deref().map(str::trim).unwrap_or_default();
    if code.is_empty() {
        return Err(AppError::Input("请写明机关代字（--code），如 云督".to_owned()));
    }
    check_code(code).map_err(AppError::Input)?;
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let item = find(&mut tx, which).await?;
    // Whether it can be composed is known before a number is taken.
    let draft = compose(app, &item, wanted, None, now)?;
    let (kind, organ) = (draft.paper.kind, draft.paper.organ);
    let (prefix, year) = (kind.prefix(code), now.day().year());
    let serial = next_number(&mut tx, &organ, &prefix, year).await?;
    let number = DocNumber { prefix, year, serial };
    let printed = number.to_string();
    let papered = compose(app, &item, wanted, Some(number), now)?;
    keep(&mut tx, &item, &papered, &printed, by.actor(), now).await?;
    let act = Act::Papered {
        paper: kind.zh().to_owned(),
        doc_no: printed,
    };
    take(app, &mut tx, item, &act, by, now).await?;
    tx.commit().await?;
    Ok(papered)
}

async fn keep(
    tx: &mut Tx,
    item: &StoredRectification,
    papered: &Papered,
    printed: &str,
    actor: &str,
    now: Moment,
) -> Result<(), AppError> {
    let id = hex(&Sha256::digest(format!("{}|{printed}", papered.paper.organ))[..10]);
    let kept = LadderPaper {
        id: &id,
        item: &item.id,
        kind: papered.paper.kind.as_str(),
        organ: &papered.paper.organ,
        number: printed,
        hash: &papered.hash,
        bytes: &papered.bytes,
        actor,
    };
    Ok(store::keep_paper(tx, &kept, now).await?)
}

fn compose(
    app: &App,
    item: &StoredRectification,
    wanted: &Wanted,
    number: Option<DocNumber>,
    now: Moment,
) -> Result<Papered, AppError> {
    let (life, today) = (&item.life, now.day());
    let level = life.level.and_then(|id| app.policy.ladder.level(id));
    let of_level = level
        .and_then(|level| level.paper.as_deref())
        .and_then(PaperKind::of_ladder);
    let kind = wanted.kind.or(of_level).ok_or_else(|| {
        AppError::Input("该事项现在的处置级别没有文书；请用 --kind 写明：提醒函、督办通知单、告诫书、移交函".to_owned())
    })?;
    // What is asked for goes with the level of the paper, wherever the item stands.
    let level = app
        .policy
        .ladder
        .0
        .iter()
        .find(|level| level.paper.as_deref() == Some(kind.zh()))
        .or(level);
    let limit = app
        .policy
        .limit(Kind::Rectification)
        .expect("a checked profile has this limit");
    let calendars = app.calendars();
    let (calendar, _) = calendars.of(life.facts.supervisor.as_deref());
    let answer = app
        .policy
        .limit(Kind::Escalation)
        .map_or(limit.terms, |limit| limit.terms);
    let late = delay(life, calendar, today)?;
    let organ = life.facts.supervisor.clone().unwrap_or_else(|| app.site_name.clone());
    if let Some(to) = &wanted.to {
        written::check("受移交机关", to, Size::Line).map_err(AppError::Input)?;
    }
    let facts = LadderFacts {
        policy: app.policy.profile.source.clone(),
        clause: level.map_or_else(|| limit.clause.clone(), |level| level.clause.clone()),
        quote: limit.quote.clone(),
        organ: in_full(&organ),
        unit: in_full(&life.facts.unit),
        to: wanted.to.clone(),
        number: item.number.clone(),
        problem: life.facts.problem.clone(),
        measures: life.facts.measures.clone(),
        person: life.facts.person.clone(),
        due: life.due_on,
        first_due: life.first_due,
        report: life.report.as_ref().map(|report| (report.on, report.text.clone())),
        percent: life.percent,
        late: if late.theirs + late.ours > 0 {
            late.zh()
        } else {
            String::new()
        },
        steps: life
            .steps
            .iter()
            .map(|step| (step.on, app.policy.ladder.zh(step.level)))
            .collect(),
        dealt: life
            .dealt
            .iter()
            .map(|dealt| {
                let day = wording::short_day(dealt.on);
                format!(
                    "{day}，{}对{}{}（{}）",
                    dealt.organ, dealt.person, dealt.measure, dealt.doc_no
                )
            })
            .collect(),
        action: level.map_or_else(|| limit.action.clone(), |level| level.action.clone()),
        reply_by: due_of(answer, today, &[], calendar)?.day,
    };
    let paper = ladder(kind, &facts, number, today)
        .ok_or_else(|| AppError::Input("移交函请写明移交给哪个机关（--to）".to_owned()))?;
    let bytes = docx::write(&paper).map_err(|error| AppError::Environment(error.to_string()))?;
    Ok(Papered {
        hash: hex(&Sha256::digest(&bytes)),
        paper,
        bytes,
    })
}

/// A unit as a paper names it: the path 云川市/住建局 is for sorting.
fn in_full(unit: &str) -> String {
    unit.split('/').map(str::trim).collect()
}
