//! The connection of one lane, kept as long as it is good for the next mail.

use crate::mail::{Attempt, OutgoingMail, Probe, Session, SmtpSettings};
use crate::runtime::crash::crash_point;

/// Mails over one connection; many servers end it after some hundreds.
const MOST: u32 = 100;

/// Reaches the crash points of the conversation.
struct CrashAt;

impl Probe for CrashAt {
    fn hit(&self, point: &'static str) {
        crash_point(point);
    }
}

/// How an attempt went.
pub(super) struct Sent {
    pub(super) attempt: Attempt,
    /// There was no conversation: the server could not be reached, or let nobody in.
    pub(super) away: bool,
}

/// A connection, or none yet.
#[derive(Default)]
pub(super) struct Line {
    kept: Option<Session>,
}

impl Line {
    /// Sends a mail over the kept connection, or over a new one when there is none or the kept one turns out to be over
    /// before anything of the mail was given to it.
    pub(super) async fn send(&mut self, settings: &SmtpSettings, mail: &OutgoingMail) -> Sent {
        if let Some(mut session) = self.kept.take() {
            let attempt = session.deliver(mail, &CrashAt).await;
            if !session.is_stale() {
                self.keep(session);
                return Sent { attempt, away: false };
            }
            tracing::debug!("邮件服务器已结束保持的连接，重新连接");
        }
        match Session::open(settings, &CrashAt).await {
            Err(attempt) => Sent { attempt, away: true },
            Ok(mut session) => {
                let attempt = session.deliver(mail, &CrashAt).await;
                self.keep(session);
                Sent { attempt, away: false }
            }
        }
    }

    fn keep(&mut self, session: Session) {
        if session.is_usable() && session.carried() < MOST {
            self.kept = Some(session);
        } else {
            // The verdict must be recorded at once, so nobody waits for the farewell.
            tokio::spawn(session.quit());
        }
    }

    /// Says goodbye.
    pub(super) async fn hang_up(&mut self) {
        if let Some(session) = self.kept.take() {
            session.quit().await;
        }
    }
}
