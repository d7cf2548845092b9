//! One binary for all tests that go through several rooms. Every file below is named by a `mod` line, and
//! `tests/architecture.rs` says so when one is forgotten.

mod accounts;
mod calendar;
mod cases;
mod clauses;
mod cli;
mod cli_case;
mod columns;
mod compare;
mod corpus;
mod crash;
mod deadlines;
mod demo;
mod files;
mod finding_pages;
mod findings;
mod giveback;
mod health;
mod live_calendar;
mod mail;
mod outbound;
mod pages;
mod paper_numbers;
mod papers;
mod policy;
mod precheck_pages;
mod recompute;
mod rectification;
mod reminders;
mod routing;
mod scope;
mod standing;
mod support;
mod vocabulary;
mod web;
