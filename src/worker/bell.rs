//! The doorbell: tokio-cron-scheduler at the full minute, and a plain interval beside it, so that a dead
//! scheduler costs a minute. Neither knows what is due; both only wake the worker.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tokio_util::sync::CancellationToken;

/// Six fields: the first second of every minute. The minute is the same in every zone of whole hours.
const EVERY_MINUTE: &str = "0 * * * * *";
/// The interval that rings whatever the scheduler does.
const PLAIN: Duration = Duration::from_mins(1);

/// Rings `bell` until told to stop.
pub(super) async fn ring(bell: Arc<Notify>, stop: CancellationToken) {
    // A scheduler that cannot start is no reason to stop: the interval rings all the same.
    let scheduler = match start(bell.clone()).await {
        Ok(scheduler) => Some(scheduler),
        Err(error) => {
            tracing::warn!(error = %error, "定时器未能启动，改由每分钟轮询唤醒");
            None
        }
    };
    let mut interval = tokio::time::interval(PLAIN);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = interval.tick() => bell.notify_one(),
        }
    }
    if let Some(mut scheduler) = scheduler
        && let Err(error) = scheduler.shutdown().await
    {
        tracing::warn!(error = %error, "定时器未能正常停止");
    }
}

async fn start(bell: Arc<Notify>) -> Result<JobScheduler, JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    let job = Job::new_async(EVERY_MINUTE, move |_, _| {
        let bell = bell.clone();
        Box::pin(async move { bell.notify_one() })
    })?;
    scheduler.add(job).await?;
    scheduler.start().await?;
    Ok(scheduler)
}
