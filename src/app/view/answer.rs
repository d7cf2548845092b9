//! The page behind the link of a mail.

use crate::domain::finding::Answer;
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

/// Somebody who may read the reminders of the matter in the reader's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// What the form sends.
    pub key: String,
    /// Name, post and unit.
    pub said: String,
}

/// What the reader may say beside having taken note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerForm {
    /// Nothing.
    Nothing,
    /// The answer to a finding.
    Finding {
        /// The version the page shows.
        version: i64,
    },
    /// A word to a finding that others answer.
    Statement,
    /// How far a rectification has come.
    Report {
        /// The version the page shows.
        version: i64,
        /// Stages that are not done.
        stages: Vec<String>,
    },
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
    /// Whose name stands under what is said here.
    pub reader: String,
    /// Whether the reminder asks for a word that its reader has taken note.
    pub notes: bool,
    /// Who reads whose reminders of it.
    pub handed_on: Vec<String>,
    /// Who may read them in the reader's place.
    pub others: Vec<Other>,
    /// What else the reader may say.
    pub form: AnswerForm,
    /// What the reader has just said.
    pub done: Option<&'static str>,
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
            reader: String::new(),
            notes: false,
            handed_on: Vec::new(),
            others: Vec::new(),
            form: AnswerForm::Nothing,
            done: None,
        }
    }
}

/// What the reader of a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// They have taken note.
    Note {
        /// A word, if they like.
        text: String,
    },
    /// Somebody else is to read the reminders of the matter.
    HandOn {
        /// Who, as the page named them.
        to: String,
        /// Why.
        reason: String,
    },
    /// The answer to a finding.
    Finding {
        /// The answer.
        answer: Answer,
        /// The version that was looked at.
        version: i64,
    },
    /// What the reader has to say to a finding, without answering it.
    Statement {
        /// Their words.
        text: String,
    },
    /// How far a rectification has come.
    Report {
        /// 完成比例
        percent: Option<u8>,
        /// What was done.
        text: String,
        /// The stage that is done with it.
        stage: Option<String>,
        /// The version that was looked at.
        version: i64,
    },
}

impl Reply {
    /// What was said, in a word.
    pub fn zh(&self) -> &'static str {
        match self {
            Self::Note { .. } => "确认收悉",
            Self::HandOn { .. } => "交由他人接收提醒",
            Self::Finding { .. } => "答复",
            Self::Statement { .. } => "说明",
            Self::Report { .. } => "报告进展",
        }
    }
}
