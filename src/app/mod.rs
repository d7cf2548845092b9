//! Use cases: load, let the domain decide, store. One transaction each.

mod backlog;
pub mod calendars;
mod context;
mod error;
pub mod explain;
pub mod import;
pub mod inbox;
mod notices;
pub mod pages;
pub mod papers;
pub mod people;
pub mod policies;
pub mod precheck;
pub mod procedure;
pub mod reconcile;
pub mod reminders;
mod settle;
pub mod simulate;
pub mod view;
mod wording;

pub use context::{App, Parts, uncancelled};
pub use error::AppError;
