//! The tree of units.
