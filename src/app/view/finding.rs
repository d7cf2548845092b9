//! Findings: the list and one of them with the reasons behind it.

use super::{Day, Remaining, Since};
use crate::domain::ids::{FindingId, ObligationId};
pub use crate::domain::protection::{Attribution, Cell, OutcomeClass, Standing, Verdict};
use crate::domain::time::Moment;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $key:literal, $word:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every value, in the order of the page.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// A short key for addresses and styles.
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)+ }
            }

            /// The word on the page.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}
pub(super) use words;

words! {
    /// How far a protection reaches.
    Level {
        /// 免责.
        Full = "full", "完全保护";
        /// 从轻、减轻.
        Capped = "capped", "限额保护";
        /// Not concluded yet.
        Pending = "pending", "调查中";
        /// Revoked.
        Revoked = "revoked", "已撤销";
    }
}
words! {
    /// Where a finding stands.
    FindingState {
        /// Nobody has answered.
        Open = "open", "待答复";
        /// Answered, waits for a second person.
        Answered = "answered", "待复核";
        /// Closed.
        Closed = "closed", "已办结";
    }
}
words! {
    /// Which findings a list shows.
    FindingShow {
        /// What waits for the viewer.
        Waiting = "waiting", "待我办理";
        /// Not answered.
        Open = "open", "待答复";
        /// Answered, not confirmed.
        Answered = "answered", "待复核";
        /// Closed.
        Closed = "closed", "已办结";
        /// Every one.
        All = "all", "全部";
    }
}

/// What the list of findings is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingFilter {
    /// Which states.
    pub show: FindingShow,
    /// Unit of the list or of the answer, with those below.
    pub unit: Option<String>,
    /// Kind of outcome, by its id.
    pub domain: Option<String>,
    /// Who owes the answer: a unit with those below, or a person.
    pub owner: Option<String>,
    /// Page, counted from 1.
    pub page: u32,
}

impl FindingFilter {
    /// A page of everything in some states.
    pub fn of(show: FindingShow, page: u32) -> Self {
        Self {
            show,
            unit: None,
            domain: None,
            owner: None,
            page,
        }
    }
}

/// One line of a list of findings.
#[derive(Debug, Clone)]
pub struct FindingRow {
    /// Its id.
    pub id: FindingId,
    /// What was decided.
    pub verdict: Verdict,
    /// The domain, e.g. `年度考核`.
    pub domain: String,
    /// The outcome in the record's words; none for a person who is missing from a list.
    pub outcome: Option<String>,
    /// The case, when only one is possible.
    pub case_number: Option<String>,
    /// The unit concerned.
    pub unit: String,
    /// Where it stands.
    pub state: FindingState,
    /// When the answer is due.
    pub reply_due: Option<Day>,
    /// Working days to or past that day; none once answered.
    pub remaining: Option<Remaining>,
}

/// One finding with the facts and words that decided it.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says what the page offers, on its own"
)]
pub struct FindingView {
    /// The line of the list.
    pub row: FindingRow,
    /// The person concerned.
    pub person: String,
    /// The item within the domain and the period, e.g. `2026 年度`.
    pub item: String,
    /// The cell of the table; none for a missing person or an unclear identity.
    pub cell: Option<Cell>,
    /// The clause it rests on.
    pub clause: String,
    /// The list it was read from.
    pub file: String,
    /// Its sheet.
    pub sheet: Option<String>,
    /// The row a person sees in the spreadsheet.
    pub line: Option<u32>,
    /// The reason as the list gives it.
    pub reason: String,
    /// The evidence as the list gives it.
    pub evidence: String,
    /// The words that decided.
    pub matched: Vec<String>,
    /// Why this verdict, in a sentence.
    pub why: String,
    /// Whether the outcome was final when it was read.
    pub is_final: bool,
    /// State, since when and by whom.
    pub state: Since,
    /// Who owes the answer.
    pub owner: String,
    /// What happened to it, in order.
    pub history: Vec<HistoryRow>,
    /// The obligation to answer, or to look at the answer.
    pub reply: Option<ObligationId>,
    /// An earlier finding this one follows from.
    pub predecessor: Option<FindingId>,
    /// Raised by everything that happens to it.
    pub version: i64,
    /// The answer that waits for a second person, and by whom it was given.
    pub given: Option<(String, String)>,
    /// The viewer may answer it, or hand it over.
    pub may_answer: bool,
    /// The viewer may agree with the answer or send it back.
    pub may_confirm: bool,
    /// The viewer gave the answer and another person has to look at it.
    pub is_own_answer: bool,
    /// Why it was opened again, the last time.
    pub reopened: Option<String>,
}

/// One thing that happened to a finding.
#[derive(Debug, Clone)]
pub struct HistoryRow {
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// What, in a sentence.
    pub text: String,
}
