//! What a mail says and whom it goes to, as plain data.

use super::ics::Deadline;
use crate::domain::ids::hex;
use crate::domain::time::Moment;
use hmac::{Hmac, KeyInit, Mac};
use lettre::message::Mailbox;
use sha2::{Digest, Sha256};

/// How pressing a mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity3 {
    /// Good to know.
    Info,
    /// Due soon.
    Warn,
    /// Must be done now.
    Urgent,
}

impl Severity3 {
    /// The word people read.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Info => "提醒",
            Self::Warn => "注意",
            Self::Urgent => "紧急",
        }
    }

    /// A shape beside the word, for prints without colour and eyes that tell colours badly.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Info => "○",
            Self::Warn => "◐",
            Self::Urgent => "■",
        }
    }

    /// Background and ink of the band; both schemes keep a contrast above 4.5:1.
    pub(super) fn colours(self) -> (&'static str, &'static str) {
        match self {
            Self::Info => ("#e8f0fa", "#1d4f91"),
            Self::Warn => ("#fdf1d8", "#7a4b00"),
            Self::Urgent => ("#fbe6e4", "#a3180d"),
        }
    }

    /// The class that carries the same pair in the dark scheme.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Urgent => "urgent",
        }
    }
}

/// One line of a summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertItem {
    /// Number of the case or rectification.
    pub number: String,
    /// What is due.
    pub kind_zh: String,
    /// By when.
    pub due_zh: String,
}

/// What an alert says. Texts are decided by the caller; but for `about` nothing here names a person concerned or
/// a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertMail {
    /// Name of the site.
    pub site: String,
    /// What is due: `结论归入廉政档案`.
    pub kind_zh: String,
    /// Number of the case or rectification: `RC-2026-014`.
    pub subject_no: String,
    /// What the subject names beside kind, number and day, where the site lets it.
    pub about: Option<String>,
    /// Where it stands: `逾期 1 个工作日`.
    pub point_zh: String,
    /// How pressing it is.
    pub severity: Severity3,
    /// The due day: `11月19日（周四）`.
    pub due_zh: Option<String>,
    /// Why the day may still move.
    pub certainty_zh: Option<String>,
    /// What else the reader must know: label and text.
    pub facts: Vec<(String, String)>,
    /// The clause the limit rests on.
    pub clause: String,
    /// Where the number of days comes from: `政策原文` or `本单位约定`.
    pub basis_zh: Option<String>,
    /// The reckoning: day and remark.
    pub reckoning: Vec<(String, String)>,
    /// What to do now.
    pub action_zh: String,
    /// Address of the page to act on; empty for none.
    pub link: String,
    /// Address of the page on which the reader says that they have taken note; empty for none.
    pub answer: String,
    /// Name of the reader.
    pub recipient_name: String,
    /// Why this mail came to this reader.
    pub reason_zh: String,
    /// Lines of a summary; empty for a mail about one thing.
    pub items: Vec<AlertItem>,
    /// The deadline for the reader's calendar; `None` where none lies ahead.
    pub deadline: Option<Deadline>,
    /// When the decision to send was taken.
    pub decided_at: Moment,
}

/// Headers of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Sender, `名称 <信箱@域名>` or a bare address.
    pub from: String,
    /// Address of the only recipient.
    pub to_address: String,
    /// Name of the recipient; may be empty.
    pub to_name: String,
    /// `local@host` without angle brackets, see [`message_id`].
    pub message_id: String,
    /// The `Date` header, shown with +0800.
    pub date: Moment,
    /// The `List-Id` host.
    pub list_id: String,
    /// Mails with the same key are one conversation; empty for a mail on its own. Only a hash of it is sent.
    pub thread_key: String,
}

/// A finished mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Subject in readable form.
    pub subject: String,
    /// The bytes that go to the server, with CRLF line ends, ASCII only.
    pub bytes: Vec<u8>,
}

/// Why a mail could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The recipient's address is none.
    #[error("收件邮箱“{0}”不是有效的邮箱地址，请在联系人中改正（写作 用户名@域名，只用英文字母、数字和符号）")]
    Recipient(String),
    /// The sender's address is none.
    #[error("发件人“{0}”不是有效的邮箱地址，请在配置 smtp.from 中改正（写作 名称 <信箱@域名>）")]
    Sender(String),
    /// The Message-ID could break the header.
    #[error("邮件编号“{0}”含有不允许的字符")]
    MessageId(String),
    /// The link is none.
    #[error("邮件中的链接“{0}”不是网址，请在配置 site.base_url 中改正（以 http:// 或 https:// 开头）")]
    Link(String),
    /// The template or the builder refused.
    #[error("邮件未能生成：{0}")]
    Build(String),
}

/// The Message-ID of a decision: the same identity gives the same id on every try, on every instance that
/// holds the key, and after an old backup was restored.
pub fn message_id(key: &[u8], identity: &str, host: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(identity.as_bytes());
    format!("{}@{host}", &hex(&mac.finalize().into_bytes())[..32])
}

/// The bare address of `名称 <信箱@域名>`; the text itself when it has no such form.
pub fn address_of(from: &str) -> String {
    from.parse::<Mailbox>()
        .map_or_else(|_| from.trim().to_owned(), |mailbox| mailbox.email.to_string())
}

/// First 32 hexadecimal digits of the SHA-256 of the length-prefixed parts.
pub(super) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_id_is_a_published_hmac() {
        // Test case 2 of RFC 4231.
        assert_eq!(
            message_id(b"Jefe", "what do ya want for nothing?", "example.org"),
            "5bdcc146bf60754e6a042426089575c7@example.org"
        );
    }

    #[test]
    fn another_key_or_identity_gives_another_id() {
        let id = message_id(b"k", "a", "h");
        assert_eq!(id, message_id(b"k", "a", "h"));
        assert_ne!(id, message_id(b"k", "b", "h"));
        assert_ne!(id, message_id(b"l", "a", "h"));
    }

    #[test]
    fn the_address_is_found_with_and_without_a_name() {
        assert_eq!(address_of("容错护航 <rongcuo@example.org>"), "rongcuo@example.org");
        assert_eq!(address_of(" rongcuo@example.org "), "rongcuo@example.org");
    }
}
