//! 应补定未补定, 应恢复未恢复.

use super::finding::words;
use super::{Day, Remaining};
use crate::domain::ids::ObligationId;

words! {
    /// Which of the two lists.
    RemedyShow {
        /// Grades that were left open.
        Regrade = "regrade", "应补定未补定";
        /// What was taken.
        Restore = "restore", "应恢复未恢复";
    }
}

/// One entry that is not put right; it names no cadre.
#[derive(Debug, Clone)]
pub struct RemedyRow {
    /// Its id.
    pub id: String,
    /// Raised by everything that happens to it.
    pub version: i64,
    /// The viewer may record that it was restored.
    pub may_restore: bool,
    /// Number of the case.
    pub case_number: String,
    /// The unit that has to put it right.
    pub unit: String,
    /// The domain and the item.
    pub what: String,
    /// The period, else the day of the decision.
    pub period: String,
    /// What was decided.
    pub result: String,
    /// When it is due; none under rules without such a limit.
    pub due: Option<Day>,
    /// Working days to or past that day.
    pub remaining: Option<Remaining>,
    /// Its obligation.
    pub obligation: Option<ObligationId>,
}
