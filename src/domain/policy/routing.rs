//! How reminders reach people beyond their points: the morning summary, the chain of those who are told when nobody
//! acknowledges, what is silent beside something graver.

use super::NumberFrom;
use crate::domain::alert::{Severity, Subject};
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
    /// How much the subject of a mail says.
    pub subject: Subject,
    /// Days the link of a mail can be used.
    pub link_days: u32,
    /// Who hears of a reader that cannot be told where nobody else is on record.
    pub anybody: Vec<Role>,
    /// Who of a unit that owes the answer to a finding, or of its organ, may give it from the link of a mail.
    pub answers: Vec<Role>,
    /// How often one pass looks again at what its own decisions have opened.
    pub follow_ups: u32,
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
    /// Days a link can be used where a profile does not say.
    pub(super) const LINK_DAYS: u32 = 60;
    /// How often a pass looks again where a profile does not say; a matter opens few others.
    pub(super) const FOLLOW_UPS: u32 = 4;
    /// Who may answer a finding from a mail where a profile does not say.
    pub(super) const ANSWERS: [Role; 3] = [Role::Handler, Role::SectionHead, Role::UnitLiaison];
    /// Who hears of a reader that cannot be told where a profile does not say.
    pub(super) const ANYBODY: [Role; 4] = [Role::SectionHead, Role::Handler, Role::Supervisor, Role::DeputyLeader];

    /// A profile that says nothing of it sends each reminder as a mail of its own.
    pub fn usual(start: NaiveTime) -> Self {
        Self {
            digest: Vec::new(),
            digest_at: start,
            longest_silence: Self::LONGEST_SILENCE,
            above: BTreeMap::new(),
            channels: Vec::new(),
            subject: Subject::Number,
            link_days: Self::LINK_DAYS,
            anybody: Self::ANYBODY.to_vec(),
            answers: Self::ANSWERS.to_vec(),
            follow_ups: Self::FOLLOW_UPS,
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
