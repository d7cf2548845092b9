//! The forms in which a judgement leaves: a table for spreadsheet programs, a document for other programs.

use super::Checked;
use super::record::Earlier;
use crate::app::import::Source;
use crate::domain::case::Level;
use crate::domain::protection::{Attribution, Judged, Note, OutcomeClass, Verdict, View, told};
use crate::domain::quota::{Appraised, Quota};
use crate::domain::shares::{by_shares, joined};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

/// One list and what was found.
pub struct Exported<'a> {
    /// The file.
    pub source: &'a Source,
    /// The day it was judged for.
    pub as_of: NaiveDate,
    /// What was found.
    pub checked: &'a Checked,
    /// Whom to ask about each line.
    pub contacts: &'a [String],
    /// The last time the same bytes were judged.
    pub earlier: Option<&'a Earlier>,
    /// How much is said.
    pub view: View,
    /// The share of 优秀.
    pub quota: &'a Quota,
}

/// Everything of a list, for programs; its keys stand in the order in which those of a JSON object usually stand.
#[derive(Serialize)]
struct Document<'a> {
    as_of: String,
    earlier_run: Option<Value>,
    file: &'a str,
    findings_again: u32,
    findings_opened: u32,
    notices: &'a [String],
    quota: Vec<Value>,
    results: Vec<Found<'a>>,
    rows_protected: u32,
    rows_read: u32,
    unreadable: Value,
}

/// A line of it.
#[derive(Serialize)]
struct Found<'a> {
    attribution: Option<&'static str>,
    case: Option<&'a str>,
    cell: &'a str,
    clause: &'a str,
    domain: &'static str,
    level: Option<&'static str>,
    matched: Vec<String>,
    name: &'a str,
    note: Option<&'static str>,
    outcome_class: Option<&'static str>,
    row: Option<u32>,
    sheet: Option<&'a str>,
    unit: Option<&'a str>,
    verdict: &'static str,
    why: &'a str,
}

/// Lines that are worth a thread of their own.
const WORTH_WHILE: usize = 1_000;

const COLUMNS: [&str; 9] = [
    "文件",
    "工作表",
    "行",
    "姓名",
    "单位",
    "事项类别",
    "预检结论",
    "依据",
    "请联系",
];
const DETAIL_COLUMNS: [&str; 4] = ["结果类别", "归因", "案件编号", "命中"];

/// The heads of the table.
pub fn header(view: View) -> Vec<&'static str> {
    let mut header = COLUMNS.to_vec();
    if view == View::Details {
        header.extend(DETAIL_COLUMNS);
    }
    header
}

impl Exported<'_> {
    /// The document of a view.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        match self.view {
            View::Details => self.everything(),
            View::Clerk => self.to_check(),
        }
    }

    /// Everything the judgement found.
    pub fn everything(&self) -> Result<String, serde_json::Error> {
        let report = &self.checked.report;
        let document = Document {
            as_of: self.as_of.to_string(),
            earlier_run: self.earlier.map(earlier_json),
            file: &self.source.file,
            findings_again: self.checked.again,
            findings_opened: self.checked.opened,
            notices: &report.notices,
            quota: quota_json(self.quota, &report.appraised),
            results: joined(by_shares(&report.results, WORTH_WHILE, |lines| {
                lines.iter().map(result).collect()
            })),
            rows_protected: report.rows_protected,
            rows_read: report.rows_read,
            unreadable: json!(report.unreadable),
        };
        serde_json::to_string(&document)
    }

    /// What must be checked, without the cases.
    fn to_check(&self) -> Result<String, serde_json::Error> {
        let report = &self.checked.report;
        let lines = report
            .results
            .iter()
            .zip(self.contacts)
            .filter_map(|(judged, contact)| {
                let said = told(judged, View::Clerk)?;
                Some(json!({
                    "basis": said.basis, "contact": contact, "domain": judged.domain.as_str(), "name": judged.name,
                    "row": judged.row, "sheet": judged.sheet, "unit": judged.unit, "verdict": judged.verdict.as_str(),
                }))
            });
        serde_json::to_string(&json!({
            "as_of": self.as_of.to_string(), "file": self.source.file, "notices": report.notices,
            "quota": quota_json(self.quota, &report.appraised), "results": lines.collect::<Vec<_>>(),
            "rows_read": report.rows_read, "unreadable": report.unreadable,
        }))
    }

    /// Rows of the table.
    pub fn rows(&self) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for (judged, contact) in self.checked.report.results.iter().zip(self.contacts) {
            let Some(said) = told(judged, self.view) else {
                continue;
            };
            let mut row = vec![
                self.source.file.clone(),
                judged.sheet.clone().unwrap_or_default(),
                judged.row.map(|row| row.to_string()).unwrap_or_default(),
                judged.name.clone(),
                judged.unit.clone().unwrap_or_default(),
                judged.domain.zh().to_owned(),
                judged.verdict.zh().to_owned(),
                said.basis,
                contact.clone(),
            ];
            if self.view == View::Details {
                let matched: Vec<String> = judged.matched.iter().map(ToString::to_string).collect();
                row.extend([
                    judged
                        .outcome_class
                        .map(OutcomeClass::zh)
                        .unwrap_or_default()
                        .to_owned(),
                    judged.attribution.map(Attribution::zh).unwrap_or_default().to_owned(),
                    judged.case.clone().unwrap_or_default(),
                    matched.join("；"),
                ]);
            }
            rows.push(row);
        }
        rows
    }
}

/// An earlier run, for other programs.
pub fn earlier_json(earlier: &Earlier) -> Value {
    json!({
        "at": earlier.at.to_string(), "by": earlier.by, "as_of": earlier.as_of, "kept": earlier.kept,
        "counts": earlier.counts,
    })
}

/// How many 优秀 there are against the usual share, one entry a sheet, for other programs.
pub fn quota_json(quota: &Quota, sheets: &[Appraised]) -> Vec<Value> {
    sheets
        .iter()
        .map(|one| {
            let (limit, with_approval) = quota.limits(one.participants);
            json!({
                "sheet": one.sheet, "unit": one.unit, "participants": one.participants, "excellent": one.excellent,
                "not_counted": { "undetermined": one.undetermined, "absent": one.absent, "unknown": one.unknown },
                "percent": quota.percent, "limit": limit,
                "percent_with_approval": quota.with_approval, "limit_with_approval": with_approval,
                "standing": quota.standing(one).as_str(), "basis": quota.basis, "number_from": quota.number_from.zh(),
            })
        })
        .collect()
}

/// The same in words; told with a pre-check, never judged.
pub fn quota_said(quota: &Quota, one: &Appraised) -> String {
    let (limit, with_approval) = quota.limits(one.participants);
    let place: Vec<&str> = [one.sheet.as_deref(), one.unit.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    let place = if place.is_empty() {
        String::new()
    } else {
        format!("（{}）", place.join("，"))
    };
    format!(
        "优秀比例{}：有等次 {} 人，优秀 {} 人；{}% 为 {limit} 人，经批准 {}% 为 {with_approval} 人；{}。{}，只作提示，不作判断；\
         未定等次 {} 人、未参加考核 {} 人、看不出等次 {} 人不算在内",
        place,
        one.participants,
        one.excellent,
        quota.percent,
        quota.with_approval,
        quota.standing(one).zh(),
        quota.basis,
        one.undetermined,
        one.absent,
        one.unknown
    )
}

fn result(judged: &Judged) -> Found<'_> {
    Found {
        attribution: judged.attribution.map(Attribution::as_str),
        case: judged.case.as_deref(),
        cell: &judged.cell,
        clause: &judged.clause,
        domain: judged.domain.as_str(),
        level: judged.level.map(Level::as_str),
        matched: judged.matched.iter().map(ToString::to_string).collect(),
        name: &judged.name,
        note: judged.note.map(Note::as_str),
        outcome_class: judged.outcome_class.map(OutcomeClass::as_str),
        row: judged.row,
        sheet: judged.sheet.as_deref(),
        unit: judged.unit.as_deref(),
        verdict: judged.verdict.as_str(),
        why: &judged.why,
    }
}

/// Lines by the filters of a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// 违反
    pub violation: u32,
    /// 疑似
    pub suspect: u32,
    /// 名单缺漏
    pub absent: u32,
    /// 待核, 待佐证
    pub check: u32,
}

/// How many lines of each kind there are.
pub fn sums(checked: &Checked) -> Sums {
    let mut sums = Sums::default();
    for judged in &checked.report.results {
        match judged.verdict {
            Verdict::Violation => sums.violation += 1,
            Verdict::Suspect => sums.suspect += 1,
            Verdict::Absent => sums.absent += 1,
            Verdict::Review | Verdict::Explain => sums.check += 1,
            Verdict::Clear => {}
        }
    }
    sums
}
