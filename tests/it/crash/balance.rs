//! What should have arrived against what the mail server says it took.

use mail_parser::MessageParser;
use std::collections::{BTreeMap, BTreeSet};

/// A mail as its reader knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Letter {
    pub recipient: String,
    pub subject: String,
}

impl Letter {
    pub fn new(recipient: &str, subject: &str) -> Self {
        Self {
            recipient: recipient.to_owned(),
            subject: subject.to_owned(),
        }
    }
}

/// One line of the server's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub letter: Letter,
    pub message_id: String,
}

impl Accepted {
    /// Reads a mail's bytes with a parser that is not the writer's.
    pub fn read(recipients: &[String], bytes: &[u8]) -> Self {
        let parsed = MessageParser::default().parse(bytes).expect("the server took a mail");
        Self {
            letter: Letter::new(&recipients.join(","), parsed.subject().unwrap_or_default()),
            message_id: parsed.message_id().unwrap_or_default().to_owned(),
        }
    }
}

/// What must never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// Never taken by the server.
    Lost(Letter),
    /// Taken under more than one Message-ID, so the reader sees it twice.
    SecondId(Letter),
    /// Nobody was to be told this.
    Unexpected(Letter),
}

/// The outcome of a balance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Balance {
    pub wrong: Vec<Wrong>,
    /// Acceptances beyond the first of each Message-ID; readers' programs show those once.
    pub repeats: usize,
}

/// Balances the expected letters against the server's log.
pub fn balance(expected: &BTreeSet<Letter>, log: &[Accepted]) -> Balance {
    let mut ids: BTreeMap<&Letter, BTreeSet<&str>> = BTreeMap::new();
    for accepted in log {
        ids.entry(&accepted.letter).or_default().insert(&accepted.message_id);
    }
    let mut wrong: Vec<Wrong> = expected
        .iter()
        .filter(|letter| !ids.contains_key(letter))
        .map(|letter| Wrong::Lost(letter.clone()))
        .collect();
    for (letter, ids) in &ids {
        if ids.len() > 1 {
            wrong.push(Wrong::SecondId((*letter).clone()));
        }
        if !expected.contains(*letter) {
            wrong.push(Wrong::Unexpected((*letter).clone()));
        }
    }
    let distinct: usize = ids.values().map(BTreeSet::len).sum();
    Balance {
        wrong,
        repeats: log.len() - distinct,
    }
}
