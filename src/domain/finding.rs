//! 疑似问题: an outcome that the decision table calls a violation or a suspicion.

use super::ids::{CaseId, FindingId, PersonId, RunId};
use super::protection::Verdict;
use super::protection::list::Domain;
use super::time::Moment;
use chrono::NaiveDate;

/// A finding as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Derived from the key.
    pub id: FindingId,
    /// Natural key: case, domain, item, period, outcome.
    pub key: String,
    /// The protection it concerns.
    pub case: CaseId,
    /// Its number.
    pub case_no: String,
    /// The cadre.
    pub person: PersonId,
    /// The run that found it.
    pub run: RunId,
    /// The domain.
    pub domain: Domain,
    /// `violation` or `suspect`.
    pub verdict: String,
    /// Cell of the table.
    pub cell: String,
    /// Sentence for a person.
    pub why: String,
    /// The words that decided it, one a line.
    pub matched: Vec<String>,
    /// Words of the outcome.
    pub result: String,
    /// The record's own reason.
    pub reason: String,
    /// 佐证材料, as the list has it.
    pub evidence: String,
    /// Period.
    pub period: Option<String>,
    /// File, sheet and row it came from.
    pub file: String,
    /// Sheet.
    pub sheet: Option<String>,
    /// Row.
    pub row: Option<u32>,
    /// Unit on the list.
    pub unit: Option<String>,
    /// Day of the decision.
    pub decided_on: Option<NaiveDate>,
    /// Decided on or before the as-of day.
    pub is_final: bool,
    /// When it was opened.
    pub opened: Moment,
}

impl Finding {
    /// The verdict in the word people see.
    pub fn verdict_zh(&self) -> &str {
        let known = [Verdict::Violation, Verdict::Suspect];
        known
            .into_iter()
            .find(|verdict| verdict.as_str() == self.verdict)
            .map_or(&self.verdict, |verdict| verdict.zh())
    }

    /// File, sheet and row in words.
    pub fn place(&self) -> String {
        let sheet = self.sheet.as_ref().map(|sheet| format!("，工作表「{sheet}」"));
        let row = self.row.map(|row| format!("，第 {row} 行"));
        format!("{}{}{}", self.file, sheet.unwrap_or_default(), row.unwrap_or_default())
    }
}

/// The natural key: the same outcome found twice is one finding. A proposed outcome that later
/// becomes final in the same words stays the same finding.
pub fn key(case: &CaseId, domain: Domain, item: &str, period: &str, result: &str) -> String {
    format!("{}|{}|{item}|{period}|{result}", case.as_str(), domain.as_str())
}
