//! The register of protections.

use super::Level;
use chrono::NaiveDate;

/// One protected cadre in one case.
#[derive(Debug, Clone)]
pub struct ProtectionRow {
    /// The person.
    pub person: String,
    /// The person's unit.
    pub unit: String,
    /// How far the protection reaches.
    pub level: Level,
    /// Its first day, when one is known.
    pub since: Option<NaiveDate>,
    /// The day it was revoked.
    pub revoked: Option<NaiveDate>,
    /// The case.
    pub case_number: String,
    /// The matter's title.
    pub matter: String,
    /// The conclusion's words.
    pub conclusion: String,
}
