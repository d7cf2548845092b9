//! The two registers: rectifications and protections.

use super::{Certainty, Day, Level, Light, Remaining};
use crate::domain::ids::ObligationId;
use chrono::NaiveDate;

/// One 整改事项.
#[derive(Debug, Clone)]
pub struct RectificationRow {
    /// Its number.
    pub number: String,
    /// How urgent it is.
    pub light: Light,
    /// 收: received.
    pub received: &'static str,
    /// 办: done.
    pub done: &'static str,
    /// 验: accepted.
    pub accepted_word: &'static str,
    /// Percent done.
    pub percent: u8,
    /// Level of the ladder and its colour.
    pub level: Option<(String, String)>,
    /// The problem.
    pub problem: String,
    /// The responsible unit.
    pub unit: String,
    /// The responsible person.
    pub person: String,
    /// The due day, when one is set.
    pub due: Option<Day>,
    /// Working days to or past the due day; none once accepted.
    pub remaining: Option<Remaining>,
    /// How sure the due day is.
    pub certainty: Certainty,
    /// The last report's words.
    pub report: Option<String>,
    /// The last report's day.
    pub report_day: Option<NaiveDate>,
    /// The day it was accepted.
    pub accepted: Option<NaiveDate>,
    /// The obligation behind the due day.
    pub obligation: Option<ObligationId>,
}

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
