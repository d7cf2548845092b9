//! Decisions about reminders, silences, what the next weeks bring, and mails without their words.

use super::finding::words;
use super::{Decision, MailState};
use crate::domain::ids::{MailId, ObligationId};
use crate::domain::time::Moment;

words! {
    /// Which decisions a list shows.
    AlertShow {
        /// Every one.
        All = "all", "全部";
        /// Became a mail.
        Sent = "sent", "已发";
        /// Waits for the summary of a morning.
        Digest = "digest", "留待汇总";
        /// A newer one took its place.
        Merged = "merged", "合并";
        /// Silenced.
        Silenced = "silenced", "静默";
        /// Told nobody.
        Unsent = "unsent", "不发";
    }
}
words! {
    /// Which part of the weeks to come a page shows.
    PreviewShow {
        /// What will be sent.
        Sent = "sent", "将发出";
        /// What will not be, and why.
        Unsent = "unsent", "不发及原因";
    }
}

/// What the list of decisions is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertFilter {
    /// Which decisions.
    pub show: AlertShow,
    /// Only about this number.
    pub number: Option<String>,
    /// Only to this reader, by name or address.
    pub reader: Option<String>,
    /// Page, counted from 1.
    pub page: u32,
}

/// A silence in force.
#[derive(Debug, Clone)]
pub struct SilenceRow {
    /// Its id.
    pub id: String,
    /// What is silent.
    pub target: String,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// Since when.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
    /// Whether whoever looks may lift it.
    pub is_own: bool,
}

/// One reminder of the weeks to come, or why there is none.
#[derive(Debug, Clone)]
pub struct ForeseenRow {
    /// When it reaches its readers, or is decided; none where nothing will be.
    pub at: Option<Moment>,
    /// What it is about.
    pub subject: String,
    /// The obligation, where it has a page.
    pub obligation: Option<ObligationId>,
    /// The reminder point.
    pub point: String,
    /// What will become of it.
    pub decision: Decision,
    /// To whom.
    pub recipients: Vec<String>,
    /// Why.
    pub reason: String,
}

/// A mail that was not taken, without its words: for whoever looks after the machine.
#[derive(Debug, Clone)]
pub struct HeldMail {
    /// Its id.
    pub id: MailId,
    /// Where it stands.
    pub state: MailState,
    /// Where it goes, without who it goes to.
    pub to: String,
    /// When it was written.
    pub created: Moment,
    /// How often it was tried.
    pub attempts: u32,
    /// The last reply, without addresses.
    pub reply: Option<String>,
}
