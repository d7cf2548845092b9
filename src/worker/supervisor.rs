//! Keeps reconcile and the deliverer going until told to stop.

use super::bell;
use super::deliver::{Delivered, Deliverer};
use super::heartbeat::Heartbeat;
use super::inbox::Watcher;
use super::watchdog;
use crate::app::reconcile::{Pass, reconcile};
use crate::app::{App, AppError, health};
use crate::runtime::lifecycle::Lifecycle;
use crate::runtime::notify;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How long to wait after a failed pass; the interval would ring anyway.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// The outbox is looked at this often even when nobody rings.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// The loops of the daemon.
#[derive(Clone)]
pub struct Supervisor {
    app: App,
    deliverer: Deliverer,
    bell: Arc<Notify>,
    post: Arc<Notify>,
}

impl Supervisor {
    /// Takes the parts.
    pub fn new(app: App, deliverer: Deliverer) -> Self {
        Self {
            app,
            deliverer,
            bell: Arc::new(Notify::new()),
            post: Arc::new(Notify::new()),
        }
    }

    /// Watches a folder as a service of the process.
    pub fn watch(watcher: Watcher, lifecycle: &Lifecycle) {
        let stop = lifecycle.soft();
        lifecycle.spawn_service("inbox", async move {
            watcher.run(stop).await;
            Ok(())
        });
    }

    /// Lets an outside watcher know of completed passes, as a service of the process.
    pub fn beat(&self, heartbeat: Heartbeat, lifecycle: &Lifecycle) {
        let (app, stop) = (self.app.clone(), lifecycle.soft());
        lifecycle.spawn_service("heartbeat", async move {
            heartbeat.run(app, stop).await;
            Ok(())
        });
    }

    /// Starts the loops as services of the process.
    pub fn start(&self, lifecycle: &Lifecycle) {
        let soft = lifecycle.soft();
        let (this, stop) = (self.clone(), soft.clone());
        lifecycle.spawn_service("bell", async move {
            bell::ring(this.bell.clone(), stop).await;
            Ok(())
        });
        let (this, stop) = (self.clone(), soft.clone());
        lifecycle.spawn_service("reconcile", async move {
            this.reconcile_loop(stop).await;
            Ok(())
        });
        if let Some(every) = notify::watchdog_every() {
            let (ticks, stop) = (self.app.pulse().ticks(), soft.clone());
            lifecycle.spawn_service("watchdog", async move {
                watchdog::watch(ticks, every, watchdog::LIMIT, stop, notify::alive).await;
                Ok(())
            });
        }
        let (this, stop) = (self.clone(), soft);
        lifecycle.spawn_service("deliver", async move {
            this.deliver_loop(stop).await;
            Ok(())
        });
    }

    async fn reconcile_loop(&self, stop: CancellationToken) {
        loop {
            match reconcile(&self.app, self.app.now()).await {
                Ok(pass) => {
                    log_pass(pass);
                    ticked(&self.app).await;
                    self.post.notify_one();
                }
                Err(error) => {
                    tracing::error!(error = %error, "核对到期事项失败，稍后重试");
                    pause(&stop, AFTER_FAILURE).await;
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.bell.notified() => {}
            }
        }
    }

    async fn deliver_loop(&self, stop: CancellationToken) {
        if let Err(error) = self.deliverer.reclaim().await {
            tracing::error!(error = %error, "收回上次未完成的邮件失败，等占用到期后自动收回");
        }
        loop {
            if let Err(error) = self.deliverer.run_once(&stop).await {
                tracing::error!(error = %error, "发送邮件失败，稍后重试");
                pause(&stop, AFTER_FAILURE).await;
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.post.notified() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }
}

/// One pass of reconcile and delivery.
pub async fn run_once(
    app: &App,
    deliverer: &Deliverer,
    stop: &CancellationToken,
) -> Result<(Pass, Delivered), AppError> {
    deliverer.reclaim().await?;
    let pass = reconcile(app, app.now()).await?;
    log_pass(pass);
    ticked(app).await;
    let delivered = deliverer.run_once(stop).await?;
    Ok((pass, delivered))
}

/// A mark that cannot be written is told; whoever looks for it will find it old.
async fn ticked(app: &App) {
    if let Err(error) = health::tick(app, app.now()).await {
        tracing::warn!(error = %error, "未能记下本轮核对的时刻");
    }
}

fn log_pass(pass: Pass) {
    if pass != Pass::default() {
        tracing::info!(
            alerts.sent = pass.sent,
            alerts.merged = pass.merged,
            alerts.untold = pass.untold,
            obligations.moved = pass.moved,
            "本轮核对：发出提醒 {}，合并 {}，无人可通知 {}，期限变动 {}",
            pass.sent,
            pass.merged,
            pass.untold,
            pass.moved
        );
    }
}

pub(super) async fn pause(stop: &CancellationToken, length: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(length) => {}
    }
}
