//! 整改事项, clause 三(三): supervised until it is done, with consequences for neglect.
//!
//! An item is what its ledger says of it ([`Facts`]) and what has happened to it ([`Happened`], kept in order and never
//! changed); [`Life`] is the sum. [`step`] decides whether something may happen, [`differences`] what a ledger that came
//! again would change, [`wanted`] which limits run.

mod act;
mod delay;
mod differences;
mod facts;
mod figures;
mod hand_over;
mod ladder;
mod life;
mod limits;
mod step;

pub use act::{Act, Change, Dealt, Happened};
pub use delay::{Delay, delay};
pub use differences::{Differences, Suggested, differences};
pub use facts::{Facts, Listed, Progressed, RectificationRecord, Shape, Source, SourceKind, Stage};
pub use figures::{Counted, Done, Figure, Figures, Rate, Span, UnitFigures, by_month, figures};
pub use hand_over::{HandOver, Hands};
pub use ladder::{Ladder, Level, Tally};
pub use life::{
    Closing, Decided, Evidence, Extending, LedgerSaid, Life, Reached, Received, Report, SelfRating, Verdict, Visit,
};
pub use limits::{main_key, wanted};
pub use step::{Known, Refused, Said, Side, step};

#[cfg(test)]
mod tests;
