//! Mails and the decisions that led to them, or did not.

use super::finding::words;
use super::{AlertRow, PageOf};
use crate::domain::ids::MailId;
use crate::domain::time::Moment;

words! {
    /// What was decided about a reminder.
    Decision {
        /// The mail server took it.
        Sent = "sent", "已送出";
        /// It waits in the outbox.
        Waiting = "waiting", "待送出";
        /// It will be sent at once.
        Ahead = "ahead", "单独发出";
        /// Nothing more is decided about it.
        Quiet = "quiet", "不再提醒";
        /// It waits for the summary of a morning.
        Digest = "digest", "留待汇总";
        /// It waits for working hours.
        Held = "held", "暂缓";
        /// A newer reminder took its place.
        Merged = "merged", "已合并";
        /// Part of the summary of old cases.
        Backlog = "backlog", "并入历史存量";
        /// Silenced by a person.
        Silenced = "silenced", "已静默";
        /// The whole it is a part of speaks for it.
        Inhibited = "inhibited", "由整体代替";
        /// Nobody to tell.
        NoRecipient = "no_recipient", "无收件人";
        /// Given up by a person.
        GivenUp = "given_up", "已放弃";
    }
}
words! {
    /// Where a mail stands.
    MailState {
        /// Waits for its turn or its next attempt.
        Waiting = "waiting", "待送出";
        /// Is being sent.
        Sending = "sending", "送出中";
        /// The mail server took it.
        Sent = "sent", "已送出";
        /// Refused for good; a person must act.
        Held = "held", "已搁置";
        /// The connection broke after the last byte: it may have arrived.
        Doubt = "doubt", "存疑";
        /// Ended unsent by a person.
        Dropped = "dropped", "已放弃";
    }
}
words! {
    /// Which mails a list shows.
    MailShow {
        /// Every one.
        All = "all", "全部";
        /// Not taken by the mail server: waiting, held or in doubt.
        Unsent = "unsent", "未送出";
        /// Taken by the mail server.
        Sent = "sent", "已送出";
        /// Waiting or being sent.
        Waiting = "waiting", "待送出";
        /// Refused for good.
        Held = "held", "已搁置";
        /// In doubt.
        Doubt = "doubt", "存疑";
        /// Ended unsent by a person.
        Dropped = "dropped", "已放弃";
        /// Reminders that became no mail.
        Skipped = "skipped", "决定不发";
    }
}

/// What the list of mails is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailFilter {
    /// Which states.
    pub show: MailShow,
    /// Page, counted from 1.
    pub page: u32,
}

/// The list of mails, or of reminders that became none.
#[derive(Debug, Clone)]
pub enum MailsView {
    /// Mails.
    Mails(PageOf<MailRow>),
    /// Decisions not to send, for [`MailShow::Skipped`].
    Skipped(PageOf<AlertRow>),
}

/// One line of the list of mails.
#[derive(Debug, Clone)]
pub struct MailRow {
    /// Its id.
    pub id: MailId,
    /// Where it stands.
    pub state: MailState,
    /// Who it is for.
    pub to: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// When it was written.
    pub created: Moment,
    /// The last attempt to send it.
    pub last_attempt: Option<Moment>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub next_attempt: Option<Moment>,
    /// The mail server's last reply, or what broke.
    pub last_reply: Option<String>,
    /// Who ended it unsent, and why.
    pub given_up: Option<(String, String)>,
}

/// One mail with its finished bytes.
#[derive(Debug, Clone)]
pub struct MailView {
    /// The line of the list.
    pub row: MailRow,
    /// The decisions that it carries out.
    pub alerts: Vec<AlertRow>,
    /// The message as it is handed to the mail server.
    pub bytes: Vec<u8>,
}
