//! (being written)

pub mod calendar;
