//! A judged row of a protected cadre as it is kept: what happened, and all that is needed to judge it again.

use super::ids::{CaseId, PersonId, RunId, hex};
use super::protection::list::Domain;
use super::protection::{Alone, Attribution, Cell, Judged, OutcomeClass, Past, Verdict};
use super::time::Moment;
use chrono::{Datelike, NaiveDate};
use sha2::{Digest, Sha256};

/// A kept outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Derived from person, domain, item, period and result; of several without a period also from the day.
    pub id: String,
    /// The cadre.
    pub person: PersonId,
    /// The case that decided the verdict.
    pub case: Option<CaseId>,
    /// The domain.
    pub domain: Domain,
    /// 事项
    pub item: String,
    /// 期间
    pub period: String,
    /// 结果
    pub result: String,
    /// 基准
    pub baseline: String,
    /// 理由
    pub reason: String,
    /// 佐证材料
    pub evidence: String,
    /// Unit on the list.
    pub unit: Option<String>,
    /// 决定日期
    pub decided_on: Option<NaiveDate>,
    /// Decided, or only proposed.
    pub is_final: bool,
    /// The verdict when it was kept; none on record before the fourth schema.
    pub verdict: Option<Verdict>,
    /// Cell of the table, as [`Cell::parse`] reads it.
    pub cell: String,
    /// The reasons in one sentence.
    pub why: String,
    /// The words that decided, one a line.
    pub matched: Vec<String>,
    /// File it came from.
    pub file: String,
    /// Sheet.
    pub sheet: Option<String>,
    /// Row.
    pub row: Option<u32>,
    /// The run that brought it.
    pub run: RunId,
    /// When it was kept.
    pub at: Moment,
}

impl Kept {
    /// A judged row of somebody known; `None` for somebody missing from a list or not told apart.
    pub fn of(judged: &Judged, file: &str, run: &RunId, now: Moment) -> Option<Self> {
        let person = judged.person.clone().filter(|_| judged.row.is_some())?;
        let period = judged.period.clone().unwrap_or_default();
        Some(Self {
            id: id_of(&person, judged.domain, &judged.item, &period, &judged.result),
            person,
            case: judged.case_id.clone(),
            domain: judged.domain,
            item: judged.item.clone(),
            period,
            result: judged.result.clone(),
            baseline: judged.baseline.clone(),
            reason: judged.reason.clone(),
            evidence: judged.evidence.clone(),
            unit: judged.unit.clone(),
            decided_on: judged.decided_on,
            is_final: judged.is_final,
            verdict: Some(judged.verdict),
            cell: judged.cell.clone(),
            why: judged.why.clone(),
            matched: judged.matched.iter().map(ToString::to_string).collect(),
            file: file.to_owned(),
            sheet: judged.sheet.clone(),
            row: judged.row,
            run: run.clone(),
            at: now,
        })
    }

    /// Whether it is another outcome than one that is known in the same words: neither has a period, and they were
    /// decided on different days. What was only proposed without a day is the same when it is decided.
    pub fn is_apart_from(&self, known: &Self) -> bool {
        self.period.is_empty() && differ(self.decided_on, known.decided_on)
    }

    /// The same outcome under an id of its own by its day; `None`: it has a period, or no day.
    pub fn by_day(&self) -> Option<Self> {
        let day = self.decided_on.filter(|_| self.period.is_empty())?;
        let id = id_by_day(&self.person, self.domain, &self.item, &self.result, day);
        Some(Self { id, ..self.clone() })
    }

    /// The day that tells it apart from an outcome in the same words.
    pub fn own_day(&self) -> Option<NaiveDate> {
        self.decided_on
            .filter(|_| self.by_day().is_some_and(|own| own.id == self.id))
    }

    /// As it stands alone.
    pub fn alone(&self) -> Alone<'_> {
        Alone {
            domain: self.domain,
            item: &self.item,
            result: &self.result,
            baseline: &self.baseline,
            reason: &self.reason,
        }
    }

    /// As it is judged again.
    pub fn past(&self) -> Past<'_> {
        Past {
            domain: self.domain,
            result: &self.result,
            period: &self.period,
            day: self.day(),
            is_final: self.is_final,
            cell: &self.cell,
        }
    }

    /// The class it was found to be of, where that is on record.
    pub fn class(&self) -> Option<OutcomeClass> {
        Cell::parse(&self.cell).map(|cell| cell.class)
    }

    /// The cause it names, where that is on record.
    pub fn attribution(&self) -> Option<Attribution> {
        Cell::parse(&self.cell).map(|cell| cell.attribution)
    }

    /// The day it counts from: of the decision, else the day it became known.
    pub fn day(&self) -> NaiveDate {
        self.decided_on.unwrap_or_else(|| self.at.day())
    }

    /// The year it is for: of its period, else of its decision.
    pub fn year(&self) -> i32 {
        year_of(&self.period, self.decided_on, self.at)
    }

    /// Whether `other` is news beside what is kept. What was final once stays final.
    pub fn is_changed_by(&self, other: &Self) -> bool {
        let told = |kept: &Self| {
            (
                kept.baseline.clone(),
                kept.reason.clone(),
                kept.evidence.clone(),
                kept.unit.clone(),
                kept.decided_on,
                kept.cell.clone(),
                kept.is_final,
            )
        };
        told(self) != told(other) && (other.is_final || !self.is_final)
    }
}

/// The id of an outcome: the same words for the same person, item and period are the same outcome.
pub fn id_of(person: &PersonId, domain: Domain, item: &str, period: &str, result: &str) -> String {
    let key = format!("{person}|{}|{item}|{period}|{result}", domain.as_str());
    hex(&Sha256::digest(key.as_bytes())[..10])
}

/// The id of an outcome without a period, where another one in the same words was decided on another day.
pub fn id_by_day(person: &PersonId, domain: Domain, item: &str, result: &str, day: NaiveDate) -> String {
    let key = format!("{person}|{}|{item}||{result}|{day}", domain.as_str());
    hex(&Sha256::digest(key.as_bytes())[..10])
}

/// Whether both days are known and not the same.
pub(super) fn differ(one: Option<NaiveDate>, other: Option<NaiveDate>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one != other)
}

/// The year an outcome is for.
pub(super) fn year_of(period: &str, decided_on: Option<NaiveDate>, at: Moment) -> i32 {
    let digits: String = period.chars().take_while(char::is_ascii_digit).collect();
    match digits.parse() {
        Ok(year) if digits.len() == 4 => year,
        _ => decided_on.unwrap_or_else(|| at.day()).year(),
    }
}
