//! 应补定未补定, 应恢复未恢复: what an investigation that ended in 免责 has left open or taken, and nobody has put right.

use super::ids::{CaseId, RemedyId};
use super::kept::Kept;
use super::protection::list::Domain;
use super::protection::{Attribution, OutcomeClass, Tolerance, Words, class_of, days_of};
use chrono::{Datelike, Months, NaiveDate};

/// Which of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// 应补定: a year's grade was left open.
    Regrade,
    /// 应恢复: something was taken.
    Restore,
}

impl Sort {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Regrade => "regrade",
            Self::Restore => "restore",
        }
    }

    /// The words people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Regrade => "应补定未补定",
            Self::Restore => "应恢复未恢复",
        }
    }

    /// Reads the stored word.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Regrade, Self::Restore]
            .into_iter()
            .find(|sort| sort.as_str() == text)
    }
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not put right.
    Open,
    /// Put right.
    Done,
    /// No longer asked for: the conclusion fell away.
    Void,
}

impl State {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Void => "void",
        }
    }

    /// The words people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Open => "未办",
            Self::Done => "已办",
            Self::Void => "不再要求",
        }
    }

    /// Reads the stored word.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Open, Self::Done, Self::Void]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// Domains in which something can be taken and given back.
const RESTORED: [Domain; 9] = [
    Domain::Appointment,
    Domain::RankPromotion,
    Domain::TitlePromotion,
    Domain::Salary,
    Domain::PerformancePay,
    Domain::Bonus,
    Domain::Commendation,
    Domain::MeritSelection,
    Domain::Representative,
];

/// The investigation of a case that ended in 免责: from the first step to the conclusion, whose own day is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Investigation {
    /// First day.
    pub from: NaiveDate,
    /// Day of the conclusion.
    pub until: NaiveDate,
}

impl Investigation {
    /// The span of a case; `months` stand in where nothing tells when it began.
    pub fn of(begun: Option<NaiveDate>, concluded: NaiveDate, months: u32) -> Self {
        let guessed = || concluded.checked_sub_months(Months::new(months)).unwrap_or(concluded);
        Self {
            from: begun.filter(|day| *day <= concluded).unwrap_or_else(guessed),
            until: concluded,
        }
    }

    fn has(self, day: NaiveDate) -> bool {
        self.from <= day && day < self.until
    }

    fn overlaps(self, from: NaiveDate, to: NaiveDate) -> bool {
        from < self.until && self.from <= to
    }
}

/// By which words and figures outcomes are told.
#[derive(Clone, Copy)]
pub struct Measure<'a> {
    /// The word lists.
    pub words: &'a Words,
    /// Falls that count as none.
    pub tolerance: Tolerance,
}

/// What is owed for an outcome, and what has put it right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// Which list.
    pub sort: Sort,
    /// The outcome.
    pub outcome: &'a Kept,
    /// The later outcome that puts it right.
    pub settled_by: Option<&'a Kept>,
}

/// Derives the id of an entry: one for each outcome of a case.
pub fn id_of(sort: Sort, case: &CaseId, outcome: &str) -> RemedyId {
    RemedyId::of(&format!("{}|{case}|{outcome}", sort.as_str()))
}

/// What a case's investigation has left open or taken, of all that is kept of its cadre.
pub fn wanted<'a>(span: Investigation, kept: &'a [Kept], by: Measure<'_>) -> Vec<Wanted<'a>> {
    kept.iter()
        .filter(|one| one.is_final && class(one, by) == OutcomeClass::Adverse)
        // Another matter's consequence is none of this one's.
        .filter(|one| one.attribution() != Some(Attribution::Independent))
        .filter_map(|outcome| {
            let sort = sort_of(outcome, span, by)?;
            let settled_by = kept.iter().find(|later| settles(sort, outcome, later, by));
            Some(Wanted {
                sort,
                outcome,
                settled_by,
            })
        })
        .collect()
}

fn class(kept: &Kept, by: Measure<'_>) -> OutcomeClass {
    kept.class()
        .unwrap_or_else(|| class_of(&kept.alone(), by.tolerance, by.words).0)
}

fn sort_of(outcome: &Kept, span: Investigation, by: Measure<'_>) -> Option<Sort> {
    if outcome.domain == Domain::AnnualAppraisal {
        let in_span = year_of(outcome).is_some_and(|(from, to)| span.overlaps(from, to));
        let cites = outcome.attribution() == Some(Attribution::Explicit);
        return (by.words.awaits_grade(outcome.domain, &outcome.result) && (in_span || cites)).then_some(Sort::Regrade);
    }
    let taken = match outcome.decided_on {
        Some(day) => span.has(day),
        None => days_of(&outcome.period).is_some_and(|(from, to)| span.overlaps(from, to)),
    };
    (taken && RESTORED.contains(&outcome.domain)).then_some(Sort::Restore)
}

/// The appraised year; a list without one was of the year before it was decided.
fn year_of(outcome: &Kept) -> Option<(NaiveDate, NaiveDate)> {
    days_of(&outcome.period).or_else(|| {
        let year = outcome.day().year() - 1;
        Some((
            NaiveDate::from_ymd_opt(year, 1, 1)?,
            NaiveDate::from_ymd_opt(year, 12, 31)?,
        ))
    })
}

/// Whether a later outcome puts an earlier one right.
fn settles(sort: Sort, outcome: &Kept, later: &Kept, by: Measure<'_>) -> bool {
    if later.id == outcome.id || later.domain != outcome.domain || !later.is_final {
        return false;
    }
    match sort {
        Sort::Regrade => {
            let same_year = year_of(later) == year_of(outcome);
            // Of two rows of one list neither is the later one.
            let since = later.at >= outcome.at && later.run != outcome.run;
            same_year && since && by.words.is_graded(later.domain, &later.result)
        }
        Sort::Restore => {
            let restores = by.words.restores(&later.result);
            let same = |one: &str, other: &str| one == other || one.is_empty() || other.is_empty();
            // What is paid in full this month gives last month's deduction back to nobody.
            let pay = matches!(outcome.domain, Domain::Salary | Domain::PerformancePay | Domain::Bonus);
            let given = class(later, by) == OutcomeClass::Favourable
                && same(&later.item, &outcome.item)
                && (!pay || same(&later.period, &outcome.period));
            (restores || given) && later.day() > outcome.day()
        }
    }
}
