//! Gives a judged list back: whom to ask about each line, the list's own workbook with what was found beside its rows,
//! and the opinion a unit gets. What is said of a case depends on who reads it; looking at the details is journaled.

use super::Checked;
use super::record::{counts, said};
use crate::app::import::Source;
use crate::app::{App, AppError};
use crate::domain::alert::{Contact, resolve};
use crate::domain::contact::Role;
use crate::domain::obligation::{Kind, due_of};
use crate::domain::paper::{OpinionFacts, OpinionRow, Paper, opinion};
use crate::domain::protection::{Judged, Report, Verdict, View, legend, told};
use crate::domain::time::Moment;
use crate::files::annotate::{Absent, Annotation, Mark};
use crate::store::journal::{self, Entry};
use crate::store::{cases, contacts};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of the run besides its report.
#[derive(Debug, Clone)]
pub struct Stamp<'a> {
    /// The file.
    pub source: &'a Source,
    /// When it was judged.
    pub at: Moment,
    /// For which day.
    pub as_of: NaiveDate,
    /// Who ran it.
    pub by: &'a str,
    /// Columns that were looked at.
    pub columns: u32,
}

/// Whom to ask about each line of a report, in its order.
pub async fn contacts_of(app: &App, report: &Report) -> Result<Vec<String>, AppError> {
    let mut tx = app.db.read().await?;
    let known = contacts::all(&mut tx).await?;
    let organs = cases::organs(&mut tx).await?;
    tx.rollback().await?;
    let mut by_organ: BTreeMap<Option<&str>, String> = BTreeMap::new();
    let lines = report.results.iter().map(|judged| {
        // The organ that holds the case is told of it by mail too; where it is not certain whose case it is, the root unit.
        let case = judged.case_id.as_ref();
        let organ = case.and_then(|case| organs.get(case.as_str())).map(String::as_str);
        by_organ.entry(organ).or_insert_with(|| contact(&known, organ)).clone()
    });
    Ok(lines.collect())
}

/// Name, unit and address of those who handle the cases of an organ.
fn contact(known: &[Contact], organ: Option<&str>) -> String {
    // Who handles cases, else who leads the office, else whoever the findings are told to.
    let roles = [Role::Handler, Role::SectionHead, Role::UnitLiaison];
    let told = roles.iter().map(|role| resolve(known, organ, &[*role], None));
    let found: Vec<String> = told
        .into_iter()
        .find(|found| !found.is_empty())
        .unwrap_or_default()
        .iter()
        .map(|recipient| {
            let own = known.iter().find(|contact| {
                contact.name == recipient.name && contact.email.as_deref() == Some(recipient.email.as_str())
            });
            let unit = own
                .map(|contact| format!("（{}）", contact.unit.replace('/', "")))
                .unwrap_or_default();
            format!("{}{unit}，{}", recipient.name, recipient.email)
        })
        .collect();
    if found.is_empty() {
        NOBODY.to_owned()
    } else {
        found.join("；")
    }
}

/// Said where nobody is known to be asked.
const NOBODY: &str = "没有登记联系人，请告知本系统管理员";
/// The same beside a row of a workbook, whose last sheet says the rest once.
const NOBODY_HERE: &str = "没有登记";

/// Records that the details of cases are looked at; before they are shown.
pub async fn view_details(app: &App, source: &Source, report: &Report, who: &str) -> Result<(), AppError> {
    let shown: BTreeSet<&str> = report
        .results
        .iter()
        .filter_map(|judged| judged.case.as_deref())
        .collect();
    let shown: Vec<&str> = shown.into_iter().collect();
    let mut tx = app.db.begin().await?;
    let entry = Entry {
        actor: who,
        action: "view",
        object_kind: "precheck",
        object_id: &source.hash,
        detail: format!(
            "查看预检明细：{}",
            if shown.is_empty() {
                "无案件".to_owned()
            } else {
                shown.join("、")
            }
        ),
    };
    journal::append(&mut tx, app.now(), &[entry]).await?;
    tx.commit().await?;
    Ok(())
}

/// What is written into the list's workbook.
pub fn annotation(checked: &Checked, contacts: &[String], stamp: &Stamp<'_>, view: View) -> Annotation {
    let report = &checked.report;
    let mut out = Annotation {
        unreadable: report.unreadable.clone(),
        about: about(report, stamp, view),
        legend: Verdict::ALL
            .iter()
            .rev()
            .filter(|verdict| view == View::Details || **verdict != Verdict::Clear)
            .map(|verdict| (*verdict, legend(*verdict, view)))
            .collect(),
        ..Annotation::default()
    };
    let mut is_missed = false;
    for (judged, contact) in report.results.iter().zip(contacts) {
        let Some(said) = told(judged, view) else {
            continue;
        };
        let asks = said.verdict != Verdict::Clear;
        is_missed |= asks && contact == NOBODY;
        let contact = match contact.as_str() {
            _ if !asks => "",
            NOBODY => NOBODY_HERE,
            somebody => somebody,
        };
        match judged.row {
            Some(row) => out.marks.push(Mark {
                sheet: judged.sheet.clone(),
                row,
                name: judged.name.clone(),
                verdict: said.verdict,
                basis: said.basis,
                contact: contact.to_owned(),
                cells: said.cells,
            }),
            None => out.absent.push(Absent {
                name: judged.name.clone(),
                unit: judged.unit.clone().unwrap_or_default(),
                basis: said.basis,
                contact: contact.to_owned(),
            }),
        }
    }
    if is_missed {
        let said = format!("写着「{NOBODY_HERE}」的行{NOBODY}");
        out.about.push(("请联系".to_owned(), said));
    }
    out
}

fn about(report: &Report, stamp: &Stamp<'_>, view: View) -> Vec<(String, String)> {
    let kinds: Vec<&str> = report.domains.iter().map(|domain| domain.zh()).collect();
    let unsaid = || "名单没有写明".to_owned();
    let mut found = counts(report);
    let mut rows = vec![
        ("文件", stamp.source.file.clone()),
        ("文件指纹", format!("SHA-256 {}", stamp.source.hash)),
        ("名单类别", if kinds.is_empty() { unsaid() } else { kinds.join("、") }),
        ("单位", report.unit.clone().unwrap_or_else(unsaid)),
        ("期间", report.period.clone().unwrap_or_else(unsaid)),
        ("判断基准日", stamp.as_of.to_string()),
        ("预检时间", stamp.at.local().format("%Y-%m-%d %H:%M").to_string()),
        ("预检人", stamp.by.to_owned()),
        ("读出", format!("{} 行", report.rows_read)),
    ];
    if !report.unreadable.is_empty() {
        rows.push(("读不出", format!("{} 处，见「读不出的行」", report.unreadable.len())));
    }
    rows.extend(report.notices.iter().map(|notice| ("提示", notice.clone())));
    if view == View::Clerk {
        found.remove(Verdict::Clear.as_str());
    } else {
        rows.push(("受保护人员", format!("{} 行", report.rows_protected)));
    }
    let found = said(&found);
    rows.push(("须核对", if found.is_empty() { "没有".to_owned() } else { found }));
    rows.push(("读取范围", format!("每行前 {} 列", stamp.columns)));
    if view == View::Details {
        rows.push((
            "注意",
            "本表含案件情况，只供有权了解的人员使用，查看已记入审计链。".to_owned(),
        ));
    }
    rows.into_iter().map(|(word, text)| (word.to_owned(), text)).collect()
}

/// The opinion for each unit of a list: rows go to the unit they name. `examiner`: 预审人, where one is named.
pub fn opinions(
    app: &App,
    checked: &Checked,
    contacts: &[String],
    stamp: &Stamp<'_>,
    examiner: Option<&str>,
) -> Result<Vec<(Option<String>, Paper)>, AppError> {
    let report = &checked.report;
    let mut by_unit: BTreeMap<Option<&str>, Vec<(&Judged, &str)>> = BTreeMap::new();
    for (judged, contact) in report.results.iter().zip(contacts) {
        if judged.verdict != Verdict::Clear {
            let unit = judged.unit.as_deref().or(report.unit.as_deref());
            by_unit.entry(unit).or_default().push((judged, contact));
        }
    }
    if by_unit.is_empty() {
        by_unit.insert(report.unit.as_deref(), Vec::new());
    }
    let today = stamp.at.day();
    let terms = app.policy.limit(Kind::FindingReply).map(|limit| limit.terms);
    let terms = terms.expect("a checked profile has this limit");
    let reply_by = due_of(terms, today, &[], app.calendars().national())?.day;
    let mut papers = Vec::with_capacity(by_unit.len());
    for (unit, lines) in by_unit {
        let facts = facts(report, &lines, stamp, unit, reply_by);
        let facts = OpinionFacts {
            organ: app.site_name.clone(),
            examiner: examiner.map(str::to_owned),
            ..facts
        };
        papers.push((unit.map(str::to_owned), opinion(&facts, today)));
    }
    Ok(papers)
}

fn facts(
    report: &Report,
    lines: &[(&Judged, &str)],
    stamp: &Stamp<'_>,
    unit: Option<&str>,
    reply_by: NaiveDate,
) -> OpinionFacts {
    let mut found: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut rows, mut absent) = (Vec::new(), Vec::new());
    for (judged, contact) in lines {
        let Some(told) = told(judged, View::Clerk) else {
            continue;
        };
        *found.entry(judged.verdict.as_str()).or_default() += 1;
        let row = OpinionRow {
            place: place(judged.sheet.as_deref(), judged.row),
            name: judged.name.clone(),
            problem: told.basis,
            contact: (*contact).to_owned(),
        };
        match judged.row {
            Some(_) => rows.push(row),
            None => absent.push(row),
        }
    }
    OpinionFacts {
        organ: String::new(),
        unit: unit.map(str::to_owned),
        kinds: report.domains.iter().map(|domain| domain.zh().to_owned()).collect(),
        period: report.period.clone(),
        file: stamp.source.file.clone(),
        hash: stamp.source.hash.clone(),
        as_of: stamp.as_of,
        rows_read: report.rows_read,
        counts: said(&found),
        rows,
        absent,
        unreadable: report
            .unreadable
            .iter()
            .map(|fault| (place(fault.sheet.as_deref(), Some(fault.row)), fault.reason.clone()))
            .collect(),
        reply_by,
        examiner: None,
    }
}

fn place(sheet: Option<&str>, row: Option<u32>) -> String {
    match (sheet, row) {
        (Some(sheet), Some(row)) => format!("{sheet}第{row}行"),
        (None, Some(row)) => format!("第{row}行"),
        (Some(sheet), None) => sheet.to_owned(),
        (None, None) => "本名单".to_owned(),
    }
}
