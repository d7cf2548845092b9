//! One connection's work: claim a batch, and then mail after mail — begin, send, record. A turn between two mails is one
//! transaction: it records what became of the last and begins the next, so that whatever moment the process dies at, at
//! most one mail of a lane is in doubt. Where the server accepts at once, a turn stands between two groups of mails, and
//! a group is in doubt ([`Stride`]). Only a turn that claims reaches the disk before it goes on; it takes the turns before
//! it along.

use super::deliver::{Delivered, Deliverer, Place, Route};
use super::line::{Line, Sent};
use crate::app::{AppError, troubles};
use crate::domain::outbox::{Admission, AttemptOutcome, CHANNEL, LEASE_MILLIS, Next, Stride, after_attempt};
use crate::domain::time::Moment;
use crate::mail::{Attempt, OutgoingMail};
use crate::runtime::crash::{crash_point, is_planted};
use crate::store::mails::{self, Claim, Claimed, Leased};
use crate::store::{StoreError, Tx};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

/// Claims in a row of which nothing can begin, before the pass ends.
const CLAIMS: u8 = 3;

/// A connection with what it has claimed.
pub(super) struct Lane {
    deliverer: Deliverer,
    owner: String,
    batch: VecDeque<Claimed>,
    claimed_at: Instant,
    /// Recorded as begun and not yet sent.
    begun: VecDeque<Begun>,
    stride: Stride,
    line: Line,
    /// The server could not be spoken to in this pass.
    away: bool,
    /// Claims in a row of which nothing could begin.
    vain: u8,
}

/// A mail whose sending is recorded as begun.
struct Begun {
    mail: Claimed,
    place: Arc<Place>,
}

impl Begun {
    fn leased(&self) -> Leased<'_> {
        Leased {
            id: &self.mail.id,
            fence: self.mail.fence,
            reply: "",
        }
    }
}

/// A mail and what became of it.
struct Ended {
    mail: Claimed,
    attempt: Attempt,
}

impl Ended {
    /// Attempts so far, with this one.
    fn attempts(&self) -> u32 {
        u32::try_from(self.mail.attempts.saturating_add(1)).unwrap_or(u32::MAX)
    }

    /// Accepted, and not tried before, so that nothing else ends with it.
    fn plainly_sent(&self) -> Option<Leased<'_>> {
        match &self.attempt {
            Attempt::Accepted { reply } if self.mail.attempts == 0 => Some(Leased {
                id: &self.mail.id,
                fence: self.mail.fence,
                reply,
            }),
            _ => None,
        }
    }
}

/// What a turn leads to.
enum Turn {
    /// What was begun is sent.
    Begin,
    /// What was claimed may not begin now; something else may.
    Again,
    /// Nothing to do.
    Over,
}

/// What a turn does, for the crash points at its commit.
struct Passed {
    claim: bool,
    begin: bool,
    record: bool,
}

impl Passed {
    fn before_commit(&self) {
        if self.claim {
            crash_point("claim.commit.before");
        }
        if self.begin {
            crash_point("begin.commit.before");
        }
        if self.record {
            crash_point("record.commit.before");
        }
    }

    fn after_commit(&self) {
        if self.claim {
            crash_point("claim.commit.after");
        }
        if self.begin {
            crash_point("begin.commit.after");
        }
        if self.record {
            crash_point("record.commit.after");
        }
    }
}

impl Lane {
    pub(super) fn new(deliverer: Deliverer, owner: String) -> Self {
        Self {
            deliverer,
            owner,
            batch: VecDeque::new(),
            claimed_at: Instant::now(),
            begun: VecDeque::new(),
            stride: Stride::default(),
            line: Line::default(),
            away: false,
            vain: 0,
        }
    }

    /// Delivers what is due until nothing is, the server is away, or it is told to stop.
    pub(super) async fn pass(&mut self, stop: &CancellationToken) -> Result<Delivered, AppError> {
        let mut total = Delivered::default();
        let mut ended = Vec::new();
        self.away = false;
        self.vain = 0;
        loop {
            match self.turn(std::mem::take(&mut ended), stop, &mut total).await {
                Ok(Turn::Begin) => ended = self.send_begun().await,
                Ok(Turn::Again) => {}
                Ok(Turn::Over) => break,
                Err(error) => {
                    // The leases run out by themselves.
                    self.batch.clear();
                    self.begun.clear();
                    return Err(error);
                }
            }
        }
        if total.sent > 0 {
            tracing::info!(mails.sent = total.sent, "邮件服务器接收 {} 封邮件", total.sent);
        }
        Ok(total)
    }

    /// Closes the connection.
    pub(super) async fn hang_up(&mut self) {
        self.line.hang_up().await;
    }

    async fn turn(
        &mut self,
        ended: Vec<Ended>,
        stop: &CancellationToken,
        total: &mut Delivered,
    ) -> Result<Turn, AppError> {
        let now = self.deliverer.app.now();
        let stopping = stop.is_cancelled();
        let tired = self.claimed_at.elapsed() >= self.deliverer.pace.patience;
        let idle = self.batch.is_empty() && self.begun.is_empty();
        let db = &self.deliverer.app.db;
        let mut tx = if idle || tired || stopping || self.away {
            db.begin().await?
        } else {
            db.begin_hasty().await?
        };
        let recorded = self.record(&mut tx, &ended, now).await?;
        self.unbegin(&mut tx).await?;
        if self.away {
            // Other ways out are open all the same.
            let (channels, mails): (VecDeque<Claimed>, VecDeque<Claimed>) = std::mem::take(&mut self.batch)
                .into_iter()
                .partition(|mail| mail.recipient.starts_with(CHANNEL));
            self.batch = channels;
            for mail in mails {
                mails::give_back(&mut tx, &mail.id, mail.fence).await?;
            }
        }
        if stopping || tired {
            self.give_back(&mut tx).await?;
        }
        let claims = !stopping && (tired || self.batch.is_empty());
        if claims {
            self.claim(&mut tx, now, total).await?;
        }
        let claimed = claims && !self.batch.is_empty();
        self.vain = if claimed {
            self.vain.saturating_add(1)
        } else {
            self.vain
        };
        let had = !self.batch.is_empty();
        self.begin_next(&mut tx, now, total).await?;
        if self.begun.is_empty() {
            self.give_back(&mut tx).await?;
        }
        let passed = Passed {
            claim: claimed,
            begin: !self.begun.is_empty(),
            record: !ended.is_empty(),
        };
        passed.before_commit();
        tx.commit().await?;
        passed.after_commit();
        for (ended, recorded) in ended.iter().zip(recorded) {
            total.add(recorded.told(&ended.mail));
        }
        Ok(if passed.begin {
            self.vain = 0;
            Turn::Begin
        } else if had && !stopping && self.vain < CLAIMS {
            // The next claim leaves out what may not begin; another lane may still be quicker now and then.
            Turn::Again
        } else {
            Turn::Over
        })
    }

    async fn claim(&mut self, tx: &mut Tx, now: Moment, total: &mut Delivered) -> Result<(), AppError> {
        if let Some(at) = self.deliverer.server_opens(now) {
            total.wait_until(Some(at));
            return Ok(());
        }
        let (closed, opens) = self.deliverer.closed(now);
        total.wait_until(opens);
        let wanted = Claim {
            owner: &self.owner,
            lease_millis: LEASE_MILLIS,
            limit: self.stride.batch(),
            without: &closed,
            channels_only: self.away,
            left: !is_planted("no_doubt_scan"),
        };
        self.batch = mails::claim(tx, now, wanted).await?.into();
        self.claimed_at = Instant::now();
        Ok(())
    }

    /// Gives back what was claimed and not begun.
    async fn give_back(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        for mail in self.batch.drain(..) {
            mails::give_back(tx, &mail.id, mail.fence).await?;
        }
        Ok(())
    }

    /// Takes back what was begun behind a mail that went badly: it is claimed as before.
    async fn unbegin(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        while let Some(Begun { mail, .. }) = self.begun.pop_back() {
            mails::unbegin(tx, &mail.id, mail.fence).await?;
            self.batch.push_front(mail);
        }
        Ok(())
    }

    /// Begins the first mails of the batch that may be begun, as many as go together.
    async fn begin_next(&mut self, tx: &mut Tx, now: Moment, total: &mut Delivered) -> Result<(), AppError> {
        let until = now.plus_millis(LEASE_MILLIS);
        loop {
            self.admit_next(now, total);
            if self.begun.is_empty() {
                return Ok(());
            }
            let begun: Vec<Leased<'_>> = self.begun.iter().map(Begun::leased).collect();
            let ours = mails::begin_listed(tx, &begun, now, until).await?;
            // Where the lease ran out somebody else has the mail; it is theirs to send.
            self.begun.retain(|begun| ours.contains(&begun.mail.id));
            if !self.begun.is_empty() {
                return Ok(());
            }
        }
    }

    /// Takes mails from the batch that may begin now.
    fn admit_next(&mut self, now: Moment, total: &mut Delivered) {
        let most = self.stride.group(self.deliverer.pace.limits);
        let mut at = 0;
        while self.begun.len() < most
            && let Some(mail) = self.batch.get(at)
        {
            let before = self.begun.iter().map(|begun| &begun.place);
            match self.deliverer.admit(&mail.recipient, before, now) {
                Ok(place) => {
                    if let Some(mail) = self.batch.remove(at) {
                        self.begun.push_back(Begun { mail, place });
                    }
                }
                Err(Admission::ServerWaits(opens)) => {
                    total.wait_until(Some(opens));
                    return;
                }
                Err(waits) => {
                    if let Admission::DomainWaits(opens) = waits {
                        total.wait_until(Some(opens));
                    }
                    at += 1;
                }
            }
        }
    }

    /// Sends what was begun, up to the first mail that went badly.
    async fn send_begun(&mut self) -> Vec<Ended> {
        let mut ended = Vec::with_capacity(self.begun.len());
        while let Some(begun) = self.begun.pop_front() {
            let began = Instant::now();
            let one = self.send(begun).await;
            let accepted = matches!(one.attempt, Attempt::Accepted { .. });
            ended.push(one);
            if !self.stride.went(accepted, began.elapsed().as_millis() as u64) {
                break;
            }
        }
        ended
    }

    /// Sends while the lease is kept alive beside it. A mail that takes long lets go of those behind it.
    async fn send(&mut self, begun: Begun) -> Ended {
        let Begun { mail, place } = begun;
        let began = Instant::now();
        let to = mail.recipient.clone();
        let (mail, outgoing) = self.outgoing(mail).await;
        let mut line = std::mem::take(&mut self.line);
        let route = self.deliverer.route.clone();
        let channels = self.deliverer.channels.clone();
        let app = self.deliverer.app.clone();
        let now = app.now();
        let sent = {
            let sending = async {
                if let Some(channel) = outgoing.to.strip_prefix(CHANNEL) {
                    let attempt = channels.send(&app, channel, &outgoing.bytes, now).await;
                    return Sent { attempt, away: false };
                }
                match &route {
                    Route::Smtp(settings) => line.send(settings, &outgoing).await,
                    Route::File(files) => Sent {
                        attempt: files.deliver(&outgoing).await,
                        away: false,
                    },
                }
            };
            let span = tracing::info_span!("sending", mail.id = %mail.id);
            let mut sending = std::pin::pin!(sending.instrument(span));
            loop {
                tokio::select! {
                    sent = &mut sending => break sent,
                    () = sleep(self.deliverer.pace.patience) => {
                        if let Err(error) = self.linger(&mail).await {
                            tracing::warn!(mail.id = %mail.id, error = %error, "邮件发送中的占用未能续期");
                        }
                    }
                }
            }
        };
        drop(place);
        self.line = line;
        self.away |= sent.away;
        // The server itself, or a channel, is no domain that lets us wait.
        let of_domain = !sent.away && !to.starts_with(CHANNEL);
        let waited = began.elapsed() >= self.deliverer.pace.patience;
        if of_domain && waited && !matches!(sent.attempt, Attempt::Accepted { .. }) {
            self.deliverer.rest(&to, self.deliverer.app.now());
        }
        Ended {
            mail,
            attempt: sent.attempt,
        }
    }

    async fn linger(&mut self, mail: &Claimed) -> Result<(), StoreError> {
        let until = self.deliverer.app.now().plus_millis(LEASE_MILLIS);
        let gives = !self.batch.is_empty() || !self.begun.is_empty();
        let mut tx = self.deliverer.app.db.begin_hasty().await?;
        self.unbegin(&mut tx).await?;
        self.give_back(&mut tx).await?;
        mails::renew(&mut tx, &mail.id, mail.fence, until).await?;
        tx.commit().await?;
        if gives {
            self.deliverer.tell_given_back();
        }
        Ok(())
    }

    /// What is handed over, with the mistakes the crash tests must be able to notice; without a test's asking it is the
    /// mail as it was finished.
    async fn outgoing(&self, mut mail: Claimed) -> (Claimed, OutgoingMail) {
        let mut outgoing = OutgoingMail {
            from: std::mem::take(&mut mail.sender),
            to: std::mem::take(&mut mail.recipient),
            bytes: std::mem::take(&mut mail.bytes),
            message_id: std::mem::take(&mut mail.message_id),
        };
        if is_planted("mark_first")
            && let Err(error) = self.mark_first(&mail).await
        {
            tracing::error!(error = %error, "the planted mistake could not be made");
        }
        if is_planted("random_ids") {
            let random = &self.deliverer.random;
            let other = format!("{:016x}{:016x}", random.next_u64(), random.next_u64());
            let own = outgoing.message_id.split('@').next().unwrap_or_default().to_owned();
            outgoing.bytes = String::from_utf8_lossy(&outgoing.bytes)
                .replace(&own, &other)
                .into_bytes();
            outgoing.message_id = outgoing.message_id.replace(&own, &other);
        }
        (mail, outgoing)
    }

    async fn mark_first(&self, mail: &Claimed) -> Result<(), StoreError> {
        let mut tx = self.deliverer.app.db.begin().await?;
        let now = self.deliverer.app.now();
        mails::record_sent(&mut tx, &mail.id, mail.fence, now, "250 not heard yet").await?;
        tx.commit().await
    }

    /// Records what became of mails, in their order. What was accepted at the first attempt is recorded at once.
    async fn record(&self, tx: &mut Tx, ended: &[Ended], now: Moment) -> Result<Vec<Recorded>, AppError> {
        let plain: Vec<Leased<'_>> = ended.iter().filter_map(Ended::plainly_sent).collect();
        let ours = if plain.is_empty() {
            HashSet::new()
        } else {
            mails::record_sent_listed(tx, &plain, now).await?
        };
        let mut recorded = Vec::with_capacity(ended.len());
        for one in ended {
            recorded.push(match one.plainly_sent() {
                Some(sent) => Recorded::new(one, ours.contains(sent.id).then_some(Next::Sent), false),
                None => self.record_one(tx, one, now).await?,
            });
        }
        Ok(recorded)
    }

    async fn record_one(&self, tx: &mut Tx, ended: &Ended, now: Moment) -> Result<Recorded, AppError> {
        let mail = &ended.mail;
        let (outcome, in_doubt) = match &ended.attempt {
            Attempt::Accepted { .. } => (AttemptOutcome::Accepted, false),
            Attempt::Temporary { .. } => (AttemptOutcome::Temporary, false),
            Attempt::Permanent { .. } => (AttemptOutcome::Permanent, false),
            Attempt::Unknown { in_doubt, .. } => (AttemptOutcome::Temporary, *in_doubt),
        };
        let reply = ended.attempt.said();
        let attempts = ended.attempts();
        let jitter = self.deliverer.random.next_u64().to_le_bytes()[0];
        let next = after_attempt(attempts, outcome, now, jitter);
        let ours = match next {
            Next::Sent => mails::record_sent(tx, &mail.id, mail.fence, now, reply).await?,
            Next::RetryAt(at) => mails::record_retry(tx, &mail.id, mail.fence, at, reply, in_doubt).await?,
            Next::Held => mails::record_held(tx, &mail.id, mail.fence, reply).await?,
        };
        match next {
            _ if !ours => {}
            Next::Held => troubles::mail_held(&self.deliverer.app, tx, &mail.id, now).await?,
            // Only what was tried before can have been refused before.
            Next::Sent if mail.attempts > 0 => troubles::mail_ended(tx, &mail.id, now).await?,
            Next::Sent | Next::RetryAt(_) => {}
        }
        Ok(Recorded::new(ended, ours.then_some(next), self.away))
    }
}

/// What the log gets of a reply: servers quote the recipient's address, so of theirs the code alone, and of what this side
/// says of a mail the step that failed.
fn unquoted(recipient: &str, reply: &str) -> String {
    let digits = reply.chars().filter(char::is_ascii_digit).take(3).collect();
    if reply.starts_with(|c: char| c.is_ascii_digit()) || recipient.starts_with(CHANNEL) {
        return digits;
    }
    reply.split('：').next().unwrap_or_default().to_owned()
}

/// What was recorded of a mail; `next` is `None` when somebody else holds it by now.
struct Recorded {
    next: Option<Next>,
    attempts: u32,
    code: String,
    away: bool,
}

impl Recorded {
    fn new(ended: &Ended, next: Option<Next>, away: bool) -> Self {
        Self {
            next,
            attempts: ended.attempts(),
            code: unquoted(&ended.mail.recipient, ended.attempt.said()),
            away,
        }
    }

    /// Says it to the log, and counts it.
    fn told(&self, mail: &Claimed) -> Delivered {
        let id = mail.id.as_str();
        let (attempts, reply) = (self.attempts, self.code.as_str());
        let (what, receiver) = match mail.recipient.strip_prefix(CHANNEL) {
            Some(channel) => ("通道消息", channel),
            None => ("邮件", "邮件服务器"),
        };
        let mut done = Delivered::default();
        match self.next {
            None => {
                done.overtaken = 1;
                tracing::warn!(mail.id = id, "{what}已由另一进程接手，本次记录作废");
            }
            Some(Next::Sent) => {
                done.sent = 1;
                tracing::debug!(mail.id = id, mail.attempts = attempts, "{what}已被{receiver}接收");
            }
            Some(Next::RetryAt(at)) => {
                done.retry = 1;
                tracing::warn!(
                    mail.id = id,
                    mail.attempts = attempts,
                    reply = reply,
                    "{what}暂未送出，{at} 再试"
                );
                if self.away {
                    tracing::warn!("邮件服务器暂时不能对话，其余邮件稍后再送");
                }
            }
            Some(Next::Held) => {
                done.held = 1;
                tracing::error!(
                    mail.id = id,
                    mail.attempts = attempts,
                    reply = reply,
                    "{what}被拒收，等待人工处理"
                );
            }
        }
        done
    }
}
