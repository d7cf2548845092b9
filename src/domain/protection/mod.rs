//! Judges whether a personnel outcome penalises an exonerated cadre.

pub mod list;
use crate::domain::{case::*, ids::*, person::*};
use chrono::NaiveDate;
use list::*;
pub struct Words;
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct WordsError;
impl Words {
    pub fn builtin() -> Self {
        Self
    }
    pub fn parse(_f: &[(&str, &str)]) -> Result<Self, WordsError> {
        Ok(Self)
    }
}
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdKey(pub [u8; 32]);
pub struct PersonFacts {
    pub person: PersonId,
    pub name: String,
    pub id_key: Option<IdKey>,
    pub roster_unit: Option<String>,
    pub register_unit: Option<String>,
    pub post: Option<String>,
    pub status: Option<CadreStatus>,
    pub cases: Vec<CaseFacts>,
}
pub struct CaseFacts {
    pub case: CaseId,
    pub case_no: String,
    pub matter: String,
    pub conclusion: Conclusion,
    pub concluded_on: Option<NaiveDate>,
    pub doc_no: Option<String>,
    pub measure: Option<String>,
    pub revoked: bool,
    pub revoked_on: Option<NaiveDate>,
}
pub struct GradeFacts {
    pub person: PersonId,
    pub period: String,
    pub grade: String,
}
pub struct Register {
    pub people: Vec<PersonFacts>,
    pub units: Vec<String>,
    pub grades: Vec<GradeFacts>,
}
pub struct JudgeOptions {
    pub as_of: NaiveDate,
    pub domain: Option<Domain>,
    pub unit: Option<String>,
    pub period: Option<String>,
}
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct JudgeError;
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Violation,
    Suspect,
    Absent,
    Review,
    Explain,
    Clear,
}
impl Verdict {
    pub fn as_str(self) -> &'static str {
        ""
    }
    pub fn zh(self) -> &'static str {
        ""
    }
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeClass {
    Adverse,
}
impl OutcomeClass {
    pub fn as_str(self) -> &'static str {
        ""
    }
    pub fn zh(self) -> &'static str {
        ""
    }
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribution {
    Explicit,
}
impl Attribution {
    pub fn as_str(self) -> &'static str {
        ""
    }
    pub fn zh(self) -> &'static str {
        ""
    }
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    NotYet,
}
impl Note {
    pub fn as_str(self) -> &'static str {
        ""
    }
    pub fn zh(self) -> &'static str {
        ""
    }
}
pub struct Match;
impl std::fmt::Display for Match {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("")
    }
}
pub struct Report {
    pub rows_read: u32,
    pub rows_protected: u32,
    pub results: Vec<Judged>,
    pub unreadable: Vec<RowFault>,
    pub unit: Option<String>,
    pub period: Option<String>,
    pub domains: Vec<Domain>,
}
pub struct Judged {
    pub sheet: Option<String>,
    pub row: Option<u32>,
    pub name: String,
    pub unit: Option<String>,
    pub domain: Domain,
    pub verdict: Verdict,
    pub outcome_class: Option<OutcomeClass>,
    pub attribution: Option<Attribution>,
    pub level: Option<Level>,
    pub clause: String,
    pub case: Option<String>,
    pub case_id: Option<CaseId>,
    pub person: Option<PersonId>,
    pub note: Option<Note>,
    pub cell: String,
    pub why: String,
    pub matched: Vec<Match>,
    pub item: String,
    pub result: String,
    pub reason: String,
    pub period: Option<String>,
    pub decided_on: Option<NaiveDate>,
    pub is_final: bool,
}
pub fn judge(
    _l: &List,
    _r: &Register,
    _w: &Words,
    _o: &JudgeOptions,
    _k: &dyn Fn(&CitizenId) -> IdKey,
) -> Result<Report, JudgeError> {
    Err(JudgeError)
}
