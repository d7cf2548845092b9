//! What a judgement says: a line for every row of a protected cadre, with its reasons.

use super::list::{Domain, RowFault};
use crate::domain::case::Level;
use crate::domain::ids::{CaseId, PersonId};
use chrono::NaiveDate;
use std::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $id:literal, $zh:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
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
