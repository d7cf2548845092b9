//! What the tests share.

pub mod pg;
