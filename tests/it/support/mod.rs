//! What the tests share.

pub mod app;
pub mod casework;
pub mod mails;
pub mod pg;
pub mod signer;
pub mod site;
pub mod smtp;
