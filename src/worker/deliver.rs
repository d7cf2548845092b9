//! The deliverer: claim in one short transaction, send outside it, record in another.

use crate::app::{App, AppError};
use crate::domain::outbox::{AttemptOutcome, LEASE_MILLIS, Next, after_attempt};
use crate::domain::time::Moment;
use crate::mail::{Attempt, FileTransport, OutgoingMail, Probe, SmtpSettings, send};
use crate::runtime::crash::{crash_point, is_planted};
use crate::runtime::random::Random;
use crate::store::mails::{self, Claimed};
use crate::store::{Backend, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Mails claimed at a time: one, so that no lease runs out while its mail waits behind a slow one.
const BATCH: i64 = 1;
/// How often a lease is renewed while a send runs.
const RENEW_EVERY: Duration = Duration::from_secs(20);

/// Where mail goes.
#[derive(Clone)]
pub enum Route {
    /// A mail server.
    Smtp(Arc<SmtpSettings>),
    /// `.eml` files.
    File(Arc<FileTransport>),
}

/// What one pass delivered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Taken by the server.
    pub sent: u32,
    /// To be tried again.
    pub retry: u32,
    /// Refused for good, waiting for a person.
    pub held: u32,
    /// Sent or tried while somebody else took the mail over; theirs is what is recorded.
    pub overtaken: u32,
}

impl Delivered {
    fn attempts(self) -> u32 {
        self.sent + self.retry + self.held + self.overtaken
    }
}

/// One deliverer. Several may run, in one process or many.
#[derive(Clone)]
pub struct Deliverer {
    app: App,
    route: Route,
    random: Arc<dyn Random>,
    owner: String,
}

/// Reaches the crash points of the conversation.
struct CrashAt;

impl Probe for CrashAt {
    fn hit(&self, point: &'static str) {
        crash_point(point);
    }
}

impl Deliverer {
    /// Makes a deliverer with a name of its own.
    pub fn new(app: App, route: Route, random: Arc<dyn Random>) -> Self {
        let owner = format!("{:016x}", random.next_u64());
        Self {
            app,
            route,
            random,
            owner,
        }
    }

    /// After a restart on the embedded database the predecessor's claims are free at once.
    pub async fn reclaim(&self) -> Result<(), AppError> {
        if self.app.db.backend() != Backend::Sqlite {
            return Ok(());
        }
        let mut tx = self.app.db.begin().await?;
        let freed = mails::reclaim(&mut tx, &self.owner, self.app.now()).await?;
        tx.commit().await?;
        if freed > 0 {
            tracing::warn!(
                mail.in_doubt = freed,
                "上次停机时有 {freed} 封邮件发送结果不明，将以同一邮件编号重发"
            );
        }
        Ok(())
    }

    /// Delivers what is due until nothing is, or until told to stop.
    pub async fn run_once(&self, stop: &CancellationToken) -> Result<Delivered, AppError> {
        let mut total = Delivered::default();
        loop {
            if stop.is_cancelled() {
                return Ok(total);
            }
            let batch = self.batch().await?;
            total.sent += batch.sent;
            total.retry += batch.retry;
            total.held += batch.held;
            total.overtaken += batch.overtaken;
            if batch.attempts() == 0 {
                return Ok(total);
            }
        }
    }

    async fn batch(&self) -> Result<Delivered, AppError> {
        let mut tx = self.app.db.begin().await?;
        let claimed = mails::claim(&mut tx, &self.owner, self.app.now(), LEASE_MILLIS, BATCH).await?;
        crash_point("claim.commit.before");
        tx.commit().await?;
        if !claimed.is_empty() {
            crash_point("claim.commit.after");
        }
        let mut done = Delivered::default();
        for mail in claimed {
            let mail = self.with_planted_faults(mail).await?;
            let attempt = self.send_leased(&mail).await;
            match self.record(&mail, &attempt).await? {
                Some(Next::Sent) => done.sent += 1,
                Some(Next::RetryAt(_)) => done.retry += 1,
                Some(Next::Held) => done.held += 1,
                None => done.overtaken += 1,
            }
        }
        Ok(done)
    }

    /// The two mistakes the crash tests must be able to notice; without a test's asking the mail passes untouched.
    async fn with_planted_faults(&self, mut mail: Claimed) -> Result<Claimed, AppError> {
        if is_planted("mark_first") {
            let reply = "250 not heard yet".to_owned();
            self.record(&mail, &Attempt::Accepted { reply }).await?;
        }
        if is_planted("random_ids") {
            let other = format!("{:016x}{:016x}", self.random.next_u64(), self.random.next_u64());
            let own = mail.message_id.split('@').next().unwrap_or_default();
            mail.bytes = String::from_utf8_lossy(&mail.bytes).replace(own, &other).into_bytes();
            mail.message_id = mail.message_id.replace(own, &other);
        }
        Ok(mail)
    }

    /// Sends while the lease is kept alive beside it.
    async fn send_leased(&self, mail: &Claimed) -> Attempt {
        let outgoing = OutgoingMail {
            from: mail.sender.clone(),
            to: mail.recipient.clone(),
            bytes: mail.bytes.clone(),
            message_id: mail.message_id.clone(),
        };
        let sending = async {
            match &self.route {
                Route::Smtp(settings) => send(settings, &outgoing, &CrashAt).await,
                Route::File(files) => files.deliver(&outgoing).await,
            }
        };
        let mut sending = std::pin::pin!(sending);
        loop {
            tokio::select! {
                attempt = &mut sending => return attempt,
                () = tokio::time::sleep(RENEW_EVERY) => {
                    if let Err(error) = self.renew(mail).await {
                        tracing::warn!(mail.id = %mail.id, error = %error, "邮件发送中的占用未能续期");
                    }
                }
            }
        }
    }

    async fn renew(&self, mail: &Claimed) -> Result<(), StoreError> {
        let mut tx = self.app.db.begin().await?;
        mails::renew(&mut tx, &mail.id, mail.fence, self.app.now().plus_millis(LEASE_MILLIS)).await?;
        tx.commit().await
    }

    /// Records what became of a mail; `None` when somebody else holds it by now.
    async fn record(&self, mail: &Claimed, attempt: &Attempt) -> Result<Option<Next>, AppError> {
        let now = self.app.now();
        let (outcome, reply, in_doubt) = match attempt {
            Attempt::Accepted { reply } => (AttemptOutcome::Accepted, reply, false),
            Attempt::Temporary { reply } => (AttemptOutcome::Temporary, reply, false),
            Attempt::Permanent { reply } => (AttemptOutcome::Permanent, reply, false),
            Attempt::Unknown { what, in_doubt } => (AttemptOutcome::Temporary, what, *in_doubt),
        };
        let attempts = u32::try_from(mail.attempts).unwrap_or(u32::MAX);
        let jitter = self.random.next_u64().to_le_bytes()[0];
        let next = after_attempt(attempts, outcome, now, jitter);
        let mut tx = self.app.db.begin().await?;
        let ours = match next {
            Next::Sent => mails::record_sent(&mut tx, &mail.id, mail.fence, now, reply).await?,
            Next::RetryAt(at) => mails::record_retry(&mut tx, &mail.id, mail.fence, at, reply, in_doubt).await?,
            Next::Held => mails::record_held(&mut tx, &mail.id, mail.fence, reply).await?,
        };
        crash_point("record.commit.before");
        tx.commit().await?;
        crash_point("record.commit.after");
        log_attempt(mail, next, reply, ours);
        Ok(ours.then_some(next))
    }

    /// When there will be something to deliver.
    pub async fn next(&self) -> Result<Option<Moment>, AppError> {
        let mut tx = self.app.db.read().await?;
        let next = mails::next(&mut tx).await?;
        tx.rollback().await?;
        Ok(next)
    }
}

fn log_attempt(mail: &Claimed, next: Next, reply: &str, ours: bool) {
    // Servers quote the recipient's address in their replies; the log gets the code alone.
    let reply: String = reply.chars().filter(char::is_ascii_digit).take(3).collect();
    let reply = reply.as_str();
    let id = mail.id.as_str();
    if !ours {
        tracing::warn!(mail.id = id, "邮件已由另一进程接手，本次记录作废");
        return;
    }
    match next {
        Next::Sent => tracing::info!(mail.id = id, mail.attempts = mail.attempts, "邮件已被邮件服务器接收"),
        Next::RetryAt(at) => tracing::warn!(
            mail.id = id,
            mail.attempts = mail.attempts,
            smtp.reply = reply,
            "邮件暂未送出，{at} 再试"
        ),
        Next::Held => tracing::error!(
            mail.id = id,
            mail.attempts = mail.attempts,
            smtp.reply = reply,
            "邮件被拒收，等待人工处理"
        ),
    }
}
