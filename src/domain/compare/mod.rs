//! Comparing lists with one another: who is the same person on several lists, and what fell from year to year.

mod fall;
mod tracks;

pub use fall::{Fall, Worth, fall};
pub use tracks::{Entry, Presence, Track, tracks};
