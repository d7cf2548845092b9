//! Judges whether a personnel outcome penalises an exonerated cadre: who is it, what kind of outcome is it, why in
//! the record's own words, and what the table says. It raises findings; people decide.

pub mod list;

mod absent;
mod again;
mod amount;
mod beside;
mod contradiction;
mod docno;
mod domain;
mod facts;
mod identity;
mod judge;
mod leave;
mod naming;
mod outcome;
mod passed;
mod pattern;
mod period;
mod reason;
mod report;
mod row;
mod ruling;
mod scope;
mod survey;
mod text;
mod told;
mod words;

#[cfg(test)]
mod tests;

pub use again::{Alone, Document, Past, Rejudged, class_of, days_of, document_of, rejudge};
pub use amount::is_sum;
pub use facts::{CaseFacts, GradeFacts, IdKey, JudgeOptions, NeglectFacts, PersonFacts, Register, Tolerance};
pub use judge::{JudgeError, judge};
pub use report::{Attribution, Cell, Judged, Match, Note, OutcomeClass, Report, Standing, Verdict};
pub use survey::{Surveyed, Watched, survey, watched};
pub use told::{Deciding, Told, View, legend, told};
pub use words::{Grade, Stages, Words, WordsError};
