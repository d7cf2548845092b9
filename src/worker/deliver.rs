//! The deliverer: what all its connections share. The work is done in [`super::lane`].

use super::channels::Channels;
use super::lane::Lane;
use crate::app::{App, AppError};
use crate::domain::outbox::{Admission, Allowance, Traffic, domain_of};
use crate::domain::time::Moment;
use crate::mail::{FileTransport, SmtpSettings};
use crate::runtime::boot::boot_id;
use crate::runtime::random::Random;
use crate::store::{Backend, mails, meta};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Where mail goes.
#[derive(Clone)]
pub enum Route {
    /// A mail server.
    Smtp(Arc<SmtpSettings>),
    /// `.eml` files.
    File(Arc<FileTransport>),
}

/// How fast, and how patiently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Connections at once.
    pub connections: usize,
    /// What may leave at a time.
    pub limits: Allowance,
    /// How long a mail may take before those that were claimed behind it are given back to the others. The lease of the
    /// one under way is renewed as often.
    pub patience: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            connections: 2,
            limits: Allowance {
                domain_at_once: Some(1),
                ..Allowance::NONE
            },
            patience: Duration::from_secs(20),
        }
    }
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
    /// When a limit lets the next mail go that is due already.
    pub again: Option<Moment>,
}

impl Delivered {
    pub(super) fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.retry += other.retry;
        self.held += other.held;
        self.overtaken += other.overtaken;
        self.wait_until(other.again);
    }

    pub(super) fn wait_until(&mut self, at: Option<Moment>) {
        self.again = self.again.into_iter().chain(at).min();
    }
}

/// One deliverer with its connections. Several may run, in one process or many.
#[derive(Clone)]
pub struct Deliverer {
    pub(super) app: App,
    pub(super) route: Route,
    pub(super) random: Arc<dyn Random>,
    pub(super) pace: Pace,
    pub(super) channels: Channels,
    owner: String,
    traffic: Arc<Mutex<Traffic>>,
    given_back: Arc<Notify>,
}

impl Deliverer {
    /// Makes a deliverer with a name of its own.
    pub fn new(app: App, route: Route, random: Arc<dyn Random>) -> Self {
        let owner = format!("{:016x}", random.next_u64());
        Self {
            app,
            route,
            random,
            pace: Pace::default(),
            channels: Channels::default(),
            owner,
            traffic: Arc::default(),
            given_back: Arc::default(),
        }
    }

    /// The same with ways out beside mail.
    #[must_use]
    pub fn through(mut self, channels: Channels) -> Self {
        self.channels = channels;
        self
    }

    /// The same at another pace.
    #[must_use]
    pub fn at_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Its connections, none of them open.
    pub(super) fn lanes(&self) -> Vec<Lane> {
        (0..self.pace.connections.max(1))
            .map(|_| Lane::new(self.clone(), self.owner.clone()))
            .collect()
    }

    /// Another connection may take what was claimed behind a mail that takes long.
    pub(super) fn tell_given_back(&self) {
        self.given_back.notify_one();
    }

    /// Waits until something was given back.
    pub(super) async fn given_back(&self) {
        self.given_back.notified().await;
    }

    /// After a restart on the embedded database the predecessor's claims are free at once. If the machine itself went
    /// down in between, the last beginnings may not have reached the disk, so each of those claims is in doubt.
    pub async fn reclaim(&self) -> Result<(), AppError> {
        if self.app.db.backend() != Backend::Sqlite {
            return Ok(());
        }
        let boot = boot_id().unwrap_or_default();
        let mut tx = self.app.db.begin().await?;
        let before = meta::get(&mut tx, meta::BOOT).await?;
        if boot.is_empty() || before.as_deref() != Some(boot.as_str()) {
            mails::doubt(&mut tx).await?;
            meta::put(&mut tx, meta::BOOT, &boot).await?;
        }
        let in_doubt = mails::reclaim(&mut tx, &self.owner, self.app.now()).await?;
        tx.commit().await?;
        if in_doubt > 0 {
            tracing::warn!(
                mail.in_doubt = in_doubt,
                "上次停机时有 {in_doubt} 封邮件发送结果不明，将以同一邮件编号重发"
            );
        }
        Ok(())
    }

    /// Delivers what is due until nothing is, or until told to stop, and closes its connections.
    pub async fn run_once(&self, stop: &CancellationToken) -> Result<Delivered, AppError> {
        let mut passes = JoinSet::new();
        let lanes = self.lanes();
        let most = lanes.len();
        for lane in lanes {
            passes.spawn(one_pass(lane, stop.clone()));
        }
        let mut total = Delivered::default();
        loop {
            tokio::select! {
                done = passes.join_next() => match done {
                    None => return Ok(total),
                    Some(done) => total.add(done.map_err(|error| {
                        AppError::Environment(format!("发送邮件的任务异常中断：{error}"))
                    })??),
                },
                () = self.given_back(), if passes.len() < most => {
                    passes.spawn(one_pass(Lane::new(self.clone(), self.owner.clone()), stop.clone()));
                }
            }
        }
    }

    fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for a place for a mail to this address; one that goes over its connection behind another to its domain, of those
    /// before it, is not under way beside it and shares its place.
    pub(super) fn admit<'a>(
        &self,
        recipient: &str,
        before: impl IntoIterator<Item = &'a Arc<Place>>,
        now: Moment,
    ) -> Result<Arc<Place>, Admission> {
        let domain = domain_of(recipient);
        if let Some(place) = before.into_iter().find(|place| place.domain == domain) {
            return Ok(Arc::clone(place));
        }
        match self.traffic().admit(self.pace.limits, &domain, now) {
            Admission::Begin => Ok(Arc::new(Place {
                traffic: Arc::clone(&self.traffic),
                domain,
            })),
            other => Err(other),
        }
    }

    /// Domains to which nothing may go now, and when the first of them opens by itself.
    pub(super) fn closed(&self, now: Moment) -> (Vec<String>, Option<Moment>) {
        self.traffic().closed(self.pace.limits, now)
    }

    /// Nothing more to a domain for a while: it let us wait and took nothing.
    pub(super) fn rest(&self, recipient: &str, now: Moment) {
        self.traffic().rest(&domain_of(recipient), now);
    }

    /// When the server may be given the next mail, if not now.
    pub(super) fn server_opens(&self, now: Moment) -> Option<Moment> {
        self.traffic().server_opens(self.pace.limits, now)
    }
}

async fn one_pass(mut lane: Lane, stop: CancellationToken) -> Result<Delivered, AppError> {
    let done = lane.pass(&stop).await;
    lane.hang_up().await;
    done
}

/// Counts what a connection sends to a domain as under way until it is dropped.
pub(super) struct Place {
    traffic: Arc<Mutex<Traffic>>,
    domain: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut traffic = self.traffic.lock().unwrap_or_else(PoisonError::into_inner);
        traffic.ended(&self.domain);
    }
}
