//! What a judgement says: a line for every row of a protected cadre, with its reasons.

use super::list::{Domain, RowFault};
use crate::domain::case::Level;
use crate::domain::ids::{CaseId, PersonId};
use crate::domain::person::{masked_in, may_have_number};
use crate::domain::quota::Appraised;
use chrono::NaiveDate;
use std::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $id:literal, $zh:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every value, gravest last where there is an order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Reads the word that [`Self::as_str`] gives.
            pub fn from_text(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }

            /// The word other programs read.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            /// The word people see.
            pub fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh,)+ }
            }
        }
    };
}

words! {
    /// What a row is found to be, gravest last.
    Verdict {
        /// 无异常
        Clear = "clear", "无异常";
        /// 待佐证
        Explain = "explain", "待佐证";
        /// 待核
        Review = "review", "待核";
        /// 名单缺漏
        Absent = "absent", "名单缺漏";
        /// 疑似
        Suspect = "suspect", "疑似";
        /// 违反
        Violation = "violation", "违反";
    }
}

words! {
    /// What kind of outcome a row holds.
    OutcomeClass {
        /// The domain's rules call it a worse consequence, or the number fell.
        Adverse = "adverse", "不利";
        /// Nothing was taken away and nothing was given.
        Ordinary = "ordinary", "一般";
        /// Something was given.
        Favourable = "favourable", "有利";
        /// No rule knows the words.
        Unknown = "unknown", "未知";
    }
}

words! {
    /// What the record gives as its reason.
    Attribution {
        /// The tolerated matter itself.
        Explicit = "explicit", "明示";
        /// Only general words of accountability or fault.
        Implied = "implied", "暗示";
        /// Nothing, or words that say nothing.
        None = "none", "无理由";
        /// A cause of its own.
        Independent = "independent", "另有原因";
    }
}

words! {
    /// Why the table was not asked.
    Note {
        /// Decided before the protection began.
        NotYet = "not_yet", "决定时保护尚未开始";
        /// The conclusion was withdrawn before the decision.
        Revoked = "revoked", "决定前认定已撤销";
        /// A statutory effect of the sanction given.
        WithinEffectPeriod = "within_effect_period", "影响期内的法定后果";
    }
}

impl Verdict {
    /// What the verdict says, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Violation => "理由点明容错事项，不应影响的受到了影响。",
            Self::Suspect => "理由笼统提及问责，或者结果不利而未说明缘由。",
            Self::Absent => "名单覆盖的单位中，应列入的受保护人员未列入。",
            Self::Review => "身份、结果或理由不能确定，须由人工核对。",
            Self::Explain => "另有缘由，但没有佐证材料，须补充。",
            Self::Clear => "未见因容错事项受到影响。",
        }
    }
}

words! {
    /// State of a protection towards an outcome.
    Standing {
        /// 免责, in force.
        Full = "full", "完全保护";
        /// Capped, inside the 影响期, the domain reached.
        CappedReached = "capped_in", "限额保护，影响期内且该处分及于此方面";
        /// Capped, inside the 影响期, the domain not reached.
        CappedApart = "capped_out", "限额保护，影响期内但该处分不及此方面";
        /// Capped, no 影响期 running.
        CappedAfter = "capped_after", "限额保护，不在影响期内，按完全保护判";
        /// Capped, and the measure is none whose effects are listed.
        CappedUnlisted = "capped_unlisted", "限额保护，处理措施没有写明或没有列入影响期，按完全保护判";
        /// No conclusion yet, the outcome decided.
        PendingFinal = "pending_final", "容错认定中，结果已定";
        /// No conclusion yet, the outcome proposed.
        PendingProposed = "pending_prop", "容错认定中，结果未定";
        /// Decided before the protection began.
        NotYet = "not_yet", "决定时保护尚未开始";
        /// Withdrawn before the decision.
        Revoked = "revoked", "决定前认定已撤销";
    }
}

/// A cell of the decision table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// State of the protection.
    pub standing: Standing,
    /// Kind of outcome.
    pub class: OutcomeClass,
    /// Cause it names.
    pub attribution: Attribution,
    /// Whether an independent cause has something behind it.
    pub documented: bool,
}

impl Cell {
    /// Reads what `Display` writes; `None` for a verdict the table did not give.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let (standing, class, attribution) = (parts.next()?, parts.next()?, parts.next()?);
        let (attribution, documented) = match attribution.split_once('-') {
            Some((attribution, evidence)) => (attribution, evidence == "documented"),
            None => (attribution, false),
        };
        Some(Self {
            standing: Standing::from_text(standing)?,
            class: OutcomeClass::from_text(class)?,
            attribution: Attribution::from_text(attribution)?,
            documented,
        })
    }

    /// The cause in the words people see.
    pub fn cause_zh(&self) -> &'static str {
        match self.attribution {
            Attribution::Explicit => "点明容错事项（明示）",
            Attribution::Implied => "笼统提及问责（暗示）",
            Attribution::None => "未说明理由",
            Attribution::Independent if self.documented => "另有原因，有佐证",
            Attribution::Independent => "另有原因，无佐证",
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}/{}",
            self.standing.as_str(),
            self.class.as_str(),
            self.attribution.as_str()
        )?;
        match (self.attribution, self.documented) {
            (Attribution::Independent, true) => f.write_str("-documented"),
            (Attribution::Independent, false) => f.write_str("-undocumented"),
            _ => Ok(()),
        }
    }
}

/// Words of a cell that decided something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Column, such as 理由.
    pub place: String,
    /// First and last character in the cell, 1-based.
    pub span: Option<(usize, usize)>,
    /// The words as they stand in the cell.
    pub text: String,
    /// What they were taken for.
    pub meaning: String,
}

impl fmt::Display for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)?;
        if let Some((from, to)) = self.span {
            if from == to {
                write!(f, "第 {from} 字")?;
            } else {
                write!(f, "第 {from}–{to} 字")?;
            }
        }
        write!(f, "：{}（{}）", self.text, self.meaning)
    }
}

/// The judgement of a list.
pub struct Report {
    /// Records under a header.
    pub rows_read: u32,
    /// Rows that are or may be a protected cadre's.
    pub rows_protected: u32,
    /// A line for every such row, and one for everybody missing.
    pub results: Vec<Judged>,
    /// Rows that name nobody or no domain.
    pub unreadable: Vec<RowFault>,
    /// Unit the list covers.
    pub unit: Option<String>,
    /// Period the list covers.
    pub period: Option<String>,
    /// Domains of its rows.
    pub domains: Vec<Domain>,
    /// Grades of its appraisal sheets, counted over everybody; information only.
    pub appraised: Vec<Appraised>,
    /// Where what was asked for is not what the list says of itself.
    pub notices: Vec<String>,
}

/// One line of a judgement.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Sheet; `None` for delimited text.
    pub sheet: Option<String>,
    /// Place of the sheet in the list.
    pub at_sheet: usize,
    /// Row as a person sees it; `None` for somebody missing.
    pub row: Option<u32>,
    /// 姓名 as written.
    pub name: String,
    /// Unit: the row's, else the list's.
    pub unit: Option<String>,
    /// Domain.
    pub domain: Domain,
    /// The verdict.
    pub verdict: Verdict,
    /// Outcome class.
    pub outcome_class: Option<OutcomeClass>,
    /// Attribution.
    pub attribution: Option<Attribution>,
    /// Level of the protection that decided.
    pub level: Option<Level>,
    /// Clause the verdict rests on.
    pub clause: String,
    /// Number of the case that decided; `None` where several are possible.
    pub case: Option<String>,
    /// Id of that case.
    pub case_id: Option<CaseId>,
    /// Who, where that is certain.
    pub person: Option<PersonId>,
    /// Why the table was not asked.
    pub note: Option<Note>,
    /// State, class and attribution: the cell of the table.
    pub cell: String,
    /// The reasons in one sentence.
    pub why: String,
    /// Words that decided, with their places.
    pub matched: Vec<Match>,
    /// 事项
    pub item: String,
    /// 结果, as written.
    pub result: String,
    /// 基准, as written.
    pub baseline: String,
    /// 理由, as written.
    pub reason: String,
    /// 佐证材料, as written.
    pub evidence: String,
    /// Period of the outcome.
    pub period: Option<String>,
    /// 决定日期
    pub decided_on: Option<NaiveDate>,
    /// Decided on or before the day of judgement.
    pub is_final: bool,
}

impl Judged {
    /// Masks the citizen ID numbers that stand among its words: they are neither shown nor kept.
    pub fn mask(&mut self) {
        let matched = self
            .matched
            .iter_mut()
            .flat_map(|one| [&mut one.text, &mut one.meaning]);
        let words = [
            &mut self.name,
            &mut self.why,
            &mut self.item,
            &mut self.result,
            &mut self.baseline,
            &mut self.reason,
            &mut self.evidence,
        ];
        let places = [self.unit.as_mut(), self.period.as_mut()].into_iter().flatten();
        for text in words.into_iter().chain(places).chain(matched) {
            if may_have_number(text) {
                *text = masked_in(text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_reads_what_it_writes() {
        for text in [
            "full/adverse/explicit",
            "capped_out/ordinary/independent-documented",
            "pending_final/unknown/independent-undocumented",
        ] {
            assert_eq!(Cell::parse(text).map(|cell| cell.to_string()).as_deref(), Some(text));
        }
        for wrong in ["", "absent", "identity", "full/adverse", "full/worse/explicit"] {
            assert_eq!(Cell::parse(wrong), None, "{wrong}");
        }
    }
}
