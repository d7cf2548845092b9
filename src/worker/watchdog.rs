//! Tells the service manager that the service does its work, as long as passes of reconcile are completed: a process that
//! lives and does nothing is started anew.

use crate::domain::health::TICK_LIMIT_MILLIS;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long the service counts as working after a completed pass, and after its start.
pub(super) const LIMIT: Duration = Duration::from_millis(TICK_LIMIT_MILLIS.unsigned_abs());

/// Calls `alive` every so often while the last tick is fresh, until told to stop.
pub(super) async fn watch(
    mut ticks: watch::Receiver<u64>,
    every: Duration,
    limit: Duration,
    stop: CancellationToken,
    alive: impl Fn(),
) {
    let mut since = Instant::now();
    let mut told = false;
    while !stop.is_cancelled() {
        if ticks.has_changed().unwrap_or(false) {
            ticks.mark_unchanged();
            (since, told) = (Instant::now(), false);
        }
        if since.elapsed() < limit {
            alive();
        } else if !told {
            told = true;
            tracing::error!(
                "核对循环超过 {} 秒没有完成一轮，不再报告正常，由服务管理器重启",
                limit.as_secs()
            );
        }
        super::supervisor::pause(&stop, every).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    const SHORT: Duration = Duration::from_millis(1);

    #[tokio::test]
    async fn a_loop_that_stands_still_is_not_called_alive() {
        let (ticks, receiver) = watch::channel(0);
        let stop = CancellationToken::new();
        let calls = Arc::new(AtomicU32::new(0));
        let counted = calls.clone();
        let alive = move || {
            counted.fetch_add(1, Ordering::SeqCst);
        };
        let running = tokio::spawn(watch(receiver, SHORT, Duration::ZERO, stop.clone(), alive));
        for _ in 0..20 {
            tokio::time::sleep(SHORT).await;
        }
        stop.cancel();
        running.await.unwrap();
        assert_eq!(calls.load(Ordering::SeqCst), 0);
        drop(ticks);
    }

    #[tokio::test]
    async fn a_tick_makes_it_alive_again() {
        let (ticks, receiver) = watch::channel(0);
        let stop = CancellationToken::new();
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let alive = move || assert!(told.send(()).is_ok(), "the test listens");
        // The start counts as a tick, so the first word comes by itself.
        let limit = Duration::from_mins(1);
        let running = tokio::spawn(watch(receiver, SHORT, limit, stop.clone(), alive));
        heard.recv().await.unwrap();
        ticks.send_modify(|n| *n += 1);
        heard.recv().await.unwrap();
        stop.cancel();
        running.await.unwrap();
        drop(heard);
    }
}
