//! Judges one outcome outside a list: one that was kept, when its protection has changed, and the new record that an
//! answer gives.

use super::docno::DocNo;
use super::facts::{CaseFacts, Register, Tolerance};
use super::list::{Domain, ListRow};
use super::naming::Index;
use super::outcome::{Around, classify};
use super::pattern::Pattern;
use super::period;
use super::reason::Reading;
use super::report::{Cell, Note, OutcomeClass, Standing, Verdict};
use super::ruling::{When, is_proposal, rule, standing};
use super::text::{Folded, Span};
use super::words::Words;
use crate::domain::person::IdNumber;
use chrono::NaiveDate;

/// What a changed protection makes of a kept outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejudged {
    /// Where the protection stands towards it now; `None`: there is none.
    pub standing: Option<Standing>,
    /// The verdict now.
    pub verdict: Verdict,
    /// Why the table was not asked.
    pub note: Option<Note>,
    /// The cell now.
    pub cell: String,
}

/// What is judged again: its cell, and when it was decided and what for.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// The domain.
    pub domain: Domain,
    /// 结果
    pub result: &'a str,
    /// 期间
    pub period: &'a str,
    /// The day it counts from.
    pub day: NaiveDate,
    /// Decided rather than proposed.
    pub is_final: bool,
    /// The cell it was found in.
    pub cell: &'a str,
}

/// Judges an outcome again under what its case is now. Its class and its cause were read from the words of the
/// record and stay; what the case protects does not. `None`: it was never a matter of the table.
pub fn rejudge(past: &Past<'_>, case: &CaseFacts, protected: &[Domain], words: &Words) -> Option<Rejudged> {
    let cell = Cell::parse(past.cell)?;
    let period = period::parse(past.period);
    let when = When {
        domain: past.domain,
        by_year: words.names(past.domain).is_some_and(|names| names.by_year),
        day: past.day,
        is_final: past.is_final,
        proposed: is_proposal(past.result),
        period: period.as_ref(),
    };
    let now = if protected.contains(&past.domain) {
        standing(case, &when, &words.effects)
    } else {
        None
    };
    let Some(standing) = now else {
        return Some(Rejudged {
            standing: None,
            verdict: Verdict::Clear,
            note: None,
            cell: past.cell.to_owned(),
        });
    };
    let (verdict, note) = rule(standing, cell.class, cell.attribution, cell.documented);
    Some(Rejudged {
        standing: Some(standing),
        verdict,
        note,
        cell: Cell { standing, ..cell }.to_string(),
    })
}

/// An outcome without a list around it.
#[derive(Debug, Clone, Copy)]
pub struct Alone<'a> {
    /// The domain.
    pub domain: Domain,
    /// 事项
    pub item: &'a str,
    /// 结果
    pub result: &'a str,
    /// 基准
    pub baseline: &'a str,
    /// 理由
    pub reason: &'a str,
}

/// The class of an outcome that stands alone, with what decided it.
pub fn class_of(kept: &Alone<'_>, tolerance: Tolerance, words: &Words) -> (OutcomeClass, String) {
    let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let row = ListRow {
        row: 1,
        name: String::new(),
        id: IdNumber::Missing,
        unit: None,
        section: None,
        post: None,
        rank: None,
        category: None,
        item: said(kept.item),
        result: said(kept.result),
        baseline: said(kept.baseline),
        grade: None,
        reasons: said(kept.reason).into_iter().collect(),
        remarks: Vec::new(),
        evidence: None,
        period: None,
        decided_on: None,
    };
    let nobody = Register {
        people: Vec::new(),
        units: Vec::new(),
        grades: Vec::new(),
        neglect: Vec::new(),
    };
    let index = Index::new(&nobody, words);
    let around = Around {
        domain: kept.domain,
        tolerance,
        titles: &[],
        sheet: None,
        fell_alike: false,
        new_post: false,
        grade: None,
        year: None,
    };
    let found = classify(
        &row,
        &around,
        &Reading::of(&row, kept.domain, words, &index, &[]),
        words,
    );
    (found.class, found.said)
}

impl Words {
    /// Whether the words leave a grade open that is to be set when the case has ended in 免责 (补定).
    pub fn awaits_grade(&self, domain: Domain, result: &str) -> bool {
        self.says_only(domain, result, &self.of(domain).regrade)
    }

    /// Whether the words are a grade that is set.
    pub fn is_graded(&self, domain: Domain, result: &str) -> bool {
        self.says_only(domain, result, &self.of(domain).graded)
    }

    /// Whether all the words of the domain that stand in a result are of these.
    fn says_only(&self, domain: Domain, result: &str, these: &[Pattern]) -> bool {
        let text = Folded::of(result).chars;
        let hits = self.of(domain).classes.find(&text);
        !hits.is_empty()
            && hits.iter().all(|hit| {
                let word = &text[hit.span.from..hit.span.to];
                let whole = |found: &Span| found.from == 0 && found.to == word.len();
                these.iter().any(|one| one.find(word).iter().any(whole))
            })
    }

    /// Whether the words give back what was taken.
    pub fn restores(&self, result: &str) -> bool {
        let text = Folded::of(result).chars;
        let denied = [&self.overturned.withheld, &self.overturned.reversed];
        self.restored.iter().flat_map(|word| word.find(&text)).any(|found| {
            let before = &text[..found.from];
            !denied
                .iter()
                .any(|words| words.iter().any(|word| before.ends_with(word)))
        })
    }
}

/// First and last day of a period as people write it.
pub fn days_of(period: &str) -> Option<(NaiveDate, NaiveDate)> {
    period::parse(period).map(|period| (period.from, period.to))
}

/// What a text gives as a document number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// None.
    Missing,
    /// The protected case's own.
    OfCase,
    /// Another one.
    Other,
}

/// Reads a document number and compares it with the protected case's.
pub fn document_of(text: &str, of_case: Option<&str>) -> Document {
    match (DocNo::parse(text), of_case.and_then(DocNo::parse)) {
        (None, _) => Document::Missing,
        (Some(given), Some(own)) if given.is(&own, &[]) => Document::OfCase,
        (Some(_), _) => Document::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_told_from_the_case_s_own() {
        let own = Some("云容认〔2026〕5号");
        for (text, found) in [
            ("", Document::Missing),
            ("有文件", Document::Missing),
            ("云容认[2026]5号", Document::OfCase),
            ("云容认〔2026〕6号", Document::Other),
            ("云组干〔2026〕5号", Document::Other),
        ] {
            assert_eq!(document_of(text, own), found, "{text}");
        }
        assert_eq!(document_of("云容认〔2026〕5号", None), Document::Other);
    }

    #[test]
    fn grades_are_open_or_set_by_their_words() {
        let words = Words::builtin();
        let of = |result: &str| {
            let domain = Domain::AnnualAppraisal;
            (words.awaits_grade(domain, result), words.is_graded(domain, result))
        };
        for open in [
            "5",
            "5B",
            "不确定等次",
            "未定等次",
            "立案未结案不定等次",
            "参加考核，只写评语，不确定等次",
        ] {
            assert_eq!(of(open), (true, false), "{open}");
        }
        for set in ["优秀", "称职", "基本称职", "2", "4B", " 合格 "] {
            assert_eq!(of(set), (false, true), "{set}");
        }
        for neither in [
            "5A",
            "5C",
            "6",
            "6A",
            "受处分不定等次",
            "试用期不定等次",
            "不进行考核",
            "",
            "另议",
        ] {
            assert_eq!(of(neither), (false, false), "{neither}");
        }
    }

    #[test]
    fn what_gives_back_says_so_and_does_not_deny_it() {
        let words = Words::builtin();
        for restored in ["恢复原职级", "补发", "恢复称号"] {
            assert!(words.restores(restored), "{restored}");
        }
        for not in ["不予恢复", "未恢复", "暂不恢复", "称职", ""] {
            assert!(!words.restores(not), "{not}");
        }
    }

    #[test]
    fn a_new_record_is_classed_by_its_words_or_its_figures() {
        let words = Words::builtin();
        let tolerance = Tolerance {
            salary: 0,
            performance_pay: 10,
            bonus: 10,
        };
        for (domain, result, baseline, class) in [
            (Domain::AnnualAppraisal, "称职", "", OutcomeClass::Ordinary),
            (Domain::AnnualAppraisal, "基本称职", "", OutcomeClass::Adverse),
            (Domain::Salary, "8000", "8000", OutcomeClass::Ordinary),
            (Domain::Salary, "7999", "8000", OutcomeClass::Adverse),
            (Domain::Bonus, "9000", "10000", OutcomeClass::Ordinary),
            (Domain::Bonus, "9000", "", OutcomeClass::Unknown),
        ] {
            let alone = Alone {
                domain,
                item: "",
                result,
                baseline,
                reason: "",
            };
            assert_eq!(class_of(&alone, tolerance, &words).0, class, "{result} {baseline}");
        }
    }
}
