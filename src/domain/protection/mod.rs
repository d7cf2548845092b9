//! Judges whether a personnel outcome penalises an exonerated cadre.

pub mod list;
