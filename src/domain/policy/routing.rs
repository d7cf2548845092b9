//! How reminders reach people beyond their points: the morning summary, the chain of those who are told when nobody
//! acknowledges, what is silent beside something graver.

use super::NumberFrom;
use crate::domain::alert::Severity;
use crate::domain::contact::Role;
use crate::domain::obligation::Kind;
use chrono::NaiveTime;
use std::collections::BTreeMap;

/// What is told in which way.
#[derive(Debug, Clone)]
pub struct Routing {
    /// Severities that wait for the summary of the next working morning; the others go out at once.
    pub digest: Vec<Severity>,
    /// When the summary goes out.
    pub digest_at: NaiveTime,
    /// Most days a silence may last.
    pub longest_silence: u32,
    /// Who stands above a role: told when its holder cannot be.
    pub above: BTreeMap<Role, Role>,
    /// Channels beside mail, and what goes through them too.
    pub channels: Vec<ThroughChannel>,
    /// Whose numbers these are.
    pub number_from: NumberFrom,
}

/// What goes through a channel beside the mails. Channels are many people's, so they get kind, number and day alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThroughChannel {
    /// Its name in the site's configuration.
    pub id: String,
    /// Severities.
    pub severities: Vec<Severity>,
}

impl Routing {
    /// Most days a silence may last where a profile does not say.
    const LONGEST_SILENCE: u32 = 60;

    /// A profile that says nothing of it sends each reminder as a mail of its own.
    pub fn usual(start: NaiveTime) -> Self {
        Self {
            digest: Vec::new(),
            digest_at: start,
            longest_silence: Self::LONGEST_SILENCE,
            above: BTreeMap::new(),
            channels: Vec::new(),
            number_from: NumberFrom::Local,
        }
    }

    /// Whether reminders of a severity wait for the summary.
    pub fn waits(&self, severity: Severity) -> bool {
        self.digest.contains(&severity)
    }
}

/// Who is told when nobody acknowledges an urgent reminder, and how often those told are told again.
#[derive(Debug, Clone)]
pub struct Chain {
    /// Name a schedule refers to.
    pub id: String,
    /// Working days after which whoever was told is told again; `None`: never.
    pub repeat: Option<u32>,
    /// Steps upward, the nearest first.
    pub steps: Vec<ChainStep>,
    /// Whose numbers these are.
    pub number_from: NumberFrom,
}

/// One step up the chain.
#[derive(Debug, Clone)]
pub struct ChainStep {
    /// Working days after the first urgent reminder.
    pub after: u32,
    /// Who is told then, among the contacts of the schedule's scope.
    pub roles: Vec<Role>,
}

/// While the whole is late, its parts say nothing.
#[derive(Debug, Clone)]
pub struct Inhibition {
    /// Kinds of the whole.
    pub whole: Vec<Kind>,
    /// Kinds of its parts.
    pub parts: Vec<Kind>,
}
