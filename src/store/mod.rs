//! All SQL. One statement text serves SQLite and PostgreSQL; what differs stands in [`dialect`].

mod db;
pub mod dialect;
mod error;
mod sight;
mod values;

pub mod accounts;
pub mod alerts;
pub mod bounces;
pub mod calendar_entries;
pub mod case_events;
pub mod casebook;
pub mod cases;
pub mod channels;
pub mod column_maps;
pub mod contacts;
pub mod findings;
pub mod forms;
pub mod hand_ons;
pub mod hands;
pub mod health;
pub mod journal;
pub mod mails;
pub mod matters;
pub mod meta;
pub mod obligations;
pub mod outcomes;
pub mod papers;
pub mod peers;
pub mod people;
pub mod rectifications;
pub mod remedies;
pub mod reminders;
pub mod runs;
pub mod settings;
pub mod silences;

pub use db::{Backend, Db, Schema, Tx};
pub use error::StoreError;
