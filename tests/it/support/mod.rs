//! What the tests share.

pub mod app;
pub mod mails;
pub mod pg;
pub mod smtp;
