//! The page behind the link of a mail.

use crate::domain::time::Moment;
use chrono::NaiveDate;

/// Where the matter of a link stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerState {
    /// Nobody has taken note yet.
    Open,
    /// Somebody has.
    Noted {
        /// Who.
        by: String,
        /// When.
        at: Moment,
    },
    /// Done, or no longer asked for.
    Settled,
    /// The due day has moved since; another mail tells of it.
    Moved,
    /// The link is too old.
    Expired,
}

/// One matter, without person and content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerView {
    /// Where it stands.
    pub state: AnswerState,
    /// What is due.
    pub kind: String,
    /// Number of the case or rectification.
    pub number: String,
    /// How far it is from its due day.
    pub standing: String,
    /// The due day.
    pub due: Option<NaiveDate>,
    /// What to do.
    pub action: String,
    /// The clause.
    pub clause: String,
    /// Path of the page with the whole of it.
    pub page: String,
}

impl AnswerView {
    /// What is shown for a link that is too old.
    pub fn expired() -> Self {
        Self {
            state: AnswerState::Expired,
            kind: String::new(),
            number: String::new(),
            standing: String::new(),
            due: None,
            action: String::new(),
            clause: String::new(),
            page: String::new(),
        }
    }
}
