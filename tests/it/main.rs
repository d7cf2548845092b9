//! One binary for all tests that go through several rooms. Every file below is named by a `mod` line, and
//! `tests/architecture.rs` says so when one is forgotten.

mod calendar;
mod clauses;
mod cli;
mod crash;
mod deadlines;
mod demo;
mod files;
mod mail;
mod pages;
mod papers;
mod recompute;
mod reminders;
mod support;
mod web;
