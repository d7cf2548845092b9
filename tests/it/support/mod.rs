//! What the tests share.

pub mod app;
pub mod pg;
pub mod smtp;
