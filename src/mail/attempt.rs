//! One mail on its way and how the attempt ended.

/// A finished mail with its envelope.
#[derive(Debug, Clone)]
pub struct OutgoingMail {
    /// Envelope sender.
    pub from: String,
    /// Envelope recipient; one mail has one.
    pub to: String,
    /// The message.
    pub bytes: Vec<u8>,
    /// Its Message-ID, without angle brackets.
    pub message_id: String,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The server answered the final dot with 2xx.
    Accepted {
        /// What it said.
        reply: String,
    },
    /// 4xx: later.
    Temporary {
        /// What it said.
        reply: String,
    },
    /// 5xx about this mail: a person must look.
    Permanent {
        /// What it said.
        reply: String,
    },
    /// No verdict about this mail: a broken line, a time-out, a server that does not speak.
    Unknown {
        /// What happened.
        what: String,
        /// The final dot may have reached the server.
        in_doubt: bool,
    },
}

/// Is told when the conversation reaches a named point.
pub trait Probe: Send + Sync {
    /// The point is reached.
    fn hit(&self, point: &'static str);
}

/// A probe that does nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProbe;

impl Probe for NoProbe {
    fn hit(&self, _point: &'static str) {}
}

/// A server's words on one line, without control characters, bounded.
pub(super) fn one_line(text: &str) -> String {
    const LONGEST: usize = 300;
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(LONGEST)
        .collect()
}
