//! 疑似问题: an outcome that the decision table calls a violation or a suspicion, and its life until it is closed.

mod chain;
mod life;
mod step;

#[cfg(test)]
mod tests;

pub use chain::{Consequence, predecessor};
pub use life::{Act, Answer, Closing, Event, Given, Gravity, Owner, Stage, State};
pub use step::{Accepted, Again, Effect, Known, Refused, Ruled, Said, recur, rejudged, same_person, step};

use super::ids::{CaseId, FindingId, PersonId, RunId};
use super::kept::{Kept, differ, year_of};
use super::protection::list::Domain;
use super::protection::{Alone, Cell, Past, Verdict};
use super::time::Moment;
use chrono::NaiveDate;

/// A finding as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Derived from the key.
    pub id: FindingId,
    /// Natural key: case, domain, item, period, outcome; of several without a period also the day.
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
    /// 事项
    pub item: String,
    /// Words of the outcome.
    pub result: String,
    /// 基准, where the outcome is a figure.
    pub baseline: String,
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
    /// An earlier finding it follows from.
    pub predecessor: Option<FindingId>,
    /// When it was opened.
    pub opened: Moment,
}

impl Finding {
    /// A finding about a kept outcome of a case, found `now`.
    pub fn of(kept: &Kept, case: (&CaseId, &str), verdict: Verdict, now: Moment) -> Self {
        let (case, case_no) = case;
        let mut key = key(case, kept.domain, &kept.item, &kept.period, &kept.result);
        if let Some(day) = kept.own_day() {
            key = format!("{key}|{day}");
        }
        Self {
            id: FindingId::of(&key),
            key,
            case: case.clone(),
            case_no: case_no.to_owned(),
            person: kept.person.clone(),
            run: kept.run.clone(),
            domain: kept.domain,
            verdict: verdict.as_str().to_owned(),
            cell: kept.cell.clone(),
            why: kept.why.clone(),
            matched: kept.matched.clone(),
            item: kept.item.clone(),
            result: kept.result.clone(),
            baseline: kept.baseline.clone(),
            reason: kept.reason.clone(),
            evidence: kept.evidence.clone(),
            period: Some(kept.period.clone()).filter(|period| !period.is_empty()),
            file: kept.file.clone(),
            sheet: kept.sheet.clone(),
            row: kept.row,
            unit: kept.unit.clone(),
            decided_on: kept.decided_on,
            is_final: kept.is_final,
            predecessor: None,
            opened: now,
        }
    }

    /// What came again and is graver takes the place of what was found; its verdict is never lowered by it.
    pub fn take(&mut self, again: &Self) {
        let (before, now) = (self.gravity(), again.gravity());
        let mut raised = before;
        raised.rise_to(now);
        if now.verdict > before.verdict || (raised.verdict, raised.attribution) == (now.verdict, now.attribution) {
            self.verdict.clone_from(&again.verdict);
            self.cell.clone_from(&again.cell);
            self.why.clone_from(&again.why);
            self.matched.clone_from(&again.matched);
            self.reason.clone_from(&again.reason);
            self.evidence.clone_from(&again.evidence);
        }
        self.result.clone_from(&again.result);
        self.baseline.clone_from(&again.baseline);
        self.file.clone_from(&again.file);
        self.sheet.clone_from(&again.sheet);
        self.row = again.row;
        self.run = again.run.clone();
        self.decided_on = again.decided_on.or(self.decided_on);
        self.is_final = raised.is_final;
    }

    /// The same outcome with another result.
    pub fn with_result<'a>(&'a self, result: &'a str, baseline: Option<&'a str>) -> Alone<'a> {
        Alone {
            domain: self.domain,
            item: &self.item,
            result,
            baseline: baseline.unwrap_or(&self.baseline),
            reason: "",
        }
    }

    /// As it is judged again.
    pub fn past(&self) -> Past<'_> {
        Past {
            domain: self.domain,
            result: &self.result,
            period: self.period.as_deref().unwrap_or_default(),
            day: self.decided_on.unwrap_or_else(|| self.opened.day()),
            is_final: self.is_final,
            cell: &self.cell,
        }
    }

    /// Whether both are about one matter: the same case, domain, item and period, or without a period the same day.
    pub fn same_matter(&self, other: &Self) -> bool {
        let apart = self.period.is_none() && differ(self.decided_on, other.decided_on);
        (&self.case, self.domain, &self.item, &self.period) == (&other.case, other.domain, &other.item, &other.period)
            && !apart
    }

    /// Whether the results are the same words; what was 拟免职 is 免职 when it is decided.
    pub fn same_words(&self, other: &Self) -> bool {
        let plain = |text: &str| text.trim().trim_start_matches('拟').to_owned();
        plain(&self.result) == plain(&other.result)
    }

    /// How grave it is.
    pub fn gravity(&self) -> Gravity {
        Gravity {
            verdict: Verdict::from_text(&self.verdict).unwrap_or(Verdict::Suspect),
            attribution: Cell::parse(&self.cell).map(|cell| cell.attribution),
            is_final: self.is_final,
        }
    }

    /// The year it is for: of its period, else of the decision.
    pub fn year(&self) -> i32 {
        year_of(self.period.as_deref().unwrap_or_default(), self.decided_on, self.opened)
    }

    /// What it is about in a few words, without the cadre and the matter.
    pub fn short(&self) -> String {
        let period = self.period.as_deref().map(|period| format!("{period} "));
        format!("{}{}“{}”", period.unwrap_or_default(), self.domain.zh(), self.result)
    }

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
