//! rongcuo（容错护航）: keeps the promises of a 容错纠错 policy.
//!
//! The domain decides, the store remembers, the shell does. Dependencies point one way:
//! `domain` ← `app` ← {`web`, `worker`, `cli`}; `store`, `files`, `mail` and `outbound` know `domain`;
//! only `runtime` and the binary know all.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod files;
pub mod mail;
pub mod outbound;
pub mod runtime;
pub mod store;
pub mod web;
pub mod worker;
