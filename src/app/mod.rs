//! Use cases: load, let the domain decide, store.

pub mod view;
