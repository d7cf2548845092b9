//! Use cases: load, let the domain decide, store. One transaction each.

mod backlog;
pub mod calendars;
pub mod columns;
pub mod compare;
mod context;
mod error;
pub mod explain;
pub mod findings;
pub mod import;
pub mod inbox;
pub mod mails;
mod notices;
pub mod pages;
pub mod papers;
pub mod peers;
pub mod people;
pub mod policies;
pub mod precheck;
pub mod procedure;
pub mod reconcile;
pub mod rectifications;
pub mod remedies;
pub mod reminders;
pub mod report;
mod settle;
pub mod simulate;
pub mod view;
pub mod vocabulary;
mod wording;

pub use context::{App, Parts, uncancelled};
pub use error::AppError;
