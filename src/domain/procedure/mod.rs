//! The procedure of a case as the seed policy has it (二(四), 三, 四): acts, what they add up to, and which act is
//! possible when. One pure [`step`] decides; the shell keeps what it accepted.

mod act;
mod check;
mod clock;
mod close;
mod offer;
mod record;
mod state;
mod step;
mod written;

#[cfg(test)]
mod tests;

pub use act::{Act, Applicant, Archive, Aspect, Changes, Meeting, Override, Reach, Told, Weight};
pub use check::Refused;
pub use clock::in_time;
pub use offer::{What, approver_of, offered};
pub use state::{CaseState, Considered, Stage};
pub use step::{Accepted, Dated, Effect, step};
