//! The pure core: values in, decisions with reasons out. No IO, no clock, no randomness.

pub mod alert;
pub mod calendar;
pub mod case;
pub mod compare;
pub mod contact;
pub mod deadline;
pub mod finding;
pub mod health;
pub mod hidden;
pub mod ids;
pub mod kept;
pub mod name;
pub mod obligation;
pub mod outbox;
pub mod paper;
pub mod person;
pub mod policy;
pub mod procedure;
pub mod protection;
pub mod quota;
pub mod rectification;
pub mod remedy;
pub mod time;
pub mod unit;
pub mod unseen;
pub mod written;
