//! Orderly start and stop: soft stop, then a limit, then hard stop.
//!
//! On SIGTERM or SIGINT the soft token asks everybody to take on nothing new; whoever is in the middle of something
//! ends it. A second signal, or the end of the limit, cancels the hard token. A service that ends by itself stops
//! the whole process, which then reports failure.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long work in flight may take after a stop was asked for.
pub const STOP_LIMIT: Duration = Duration::from_mins(1);

/// How long tasks get to notice the hard stop before the process goes without them.
const HARD_STOP_GRACE: Duration = Duration::from_secs(2);

/// Why the process stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopCause {
    /// It was told to.
    Asked,
    /// A service ended by itself; the text says which and why.
    ServiceEnded(String),
}

/// How the stop went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// Everything in flight was completed.
    Clean,
    /// The limit ran out with work in flight.
    TimedOut,
    /// A second signal cut the wait short.
    Aborted,
}

/// The life of the process.
#[derive(Debug)]
pub struct Lifecycle {
    soft: CancellationToken,
    hard: CancellationToken,
    tracker: TaskTracker,
    failure: Failure,
    signals: mpsc::Receiver<()>,
}

/// The first service that ended by itself.
#[derive(Debug, Clone, Default)]
struct Failure(Arc<Mutex<Option<String>>>);

impl Failure {
    fn note(&self, text: String) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(text);
    }

    fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Lifecycle {
    /// Takes over SIGTERM and SIGINT. Call inside the runtime, before anything is started.
    pub fn start() -> std::io::Result<Self> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let (sender, signals) = mpsc::channel(4);
        tokio::spawn(async move {
            loop {
                let arrived = tokio::select! {
                    arrived = terminate.recv() => arrived,
                    arrived = interrupt.recv() => arrived,
                };
                if arrived.is_none() || sender.send(()).await.is_err() {
                    return;
                }
            }
        });
        Ok(Self::with_signals(signals))
    }

    /// A life whose signals come from a channel instead of the operating system.
    pub fn with_signals(signals: mpsc::Receiver<()>) -> Self {
        let hard = CancellationToken::new();
        Self {
            soft: hard.child_token(),
            hard,
            tracker: TaskTracker::new(),
            failure: Failure::default(),
            signals,
        }
    }

    /// Cancelled when nothing new may be taken on.
    pub fn soft(&self) -> CancellationToken {
        self.soft.clone()
    }

    /// Cancelled when whatever still runs has to go.
    pub fn hard(&self) -> CancellationToken {
        self.hard.clone()
    }

    /// Counts the tasks a stop waits for.
    pub fn tracker(&self) -> TaskTracker {
        self.tracker.clone()
    }

    /// Runs a service that lasts until the soft stop. Its end before that, or an error or panic at any time, stops
    /// the process with failure.
    pub fn spawn_service<F>(&self, name: &'static str, service: F)
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let (soft, failure) = (self.soft(), self.failure.clone());
        let running = self.tracker.spawn(service);
        // The watcher is tracked too, so a failure is noted before the stop counts as finished.
        self.tracker.spawn(async move {
            let ended = running.await;
            let stopping = soft.is_cancelled();
            match ended {
                Ok(Ok(())) if stopping => return,
                Ok(Ok(())) => failure.note(format!("{name} 自行停止")),
                Ok(Err(error)) => failure.note(format!("{name} 出错：{error:#}")),
                Err(_) => failure.note(format!("{name} 异常中断")),
            }
            tracing::error!(service.name = name, "service {name} ended by itself");
            soft.cancel();
        });
    }

    /// Asks for a stop from inside, as a signal would.
    pub fn stop(&self) {
        self.soft.cancel();
    }

    /// Waits until a signal arrives or a service ends by itself, and begins the soft stop.
    pub async fn wait_for_signal(&mut self) -> StopCause {
        tokio::select! {
            Some(()) = self.signals.recv() => tracing::info!("stop asked for by signal"),
            () = self.soft.cancelled() => {}
        }
        self.soft.cancel();
        self.cause()
    }

    /// Waits for the work in flight, at most for `limit`; then, or at another signal, begins the hard stop.
    pub async fn finish(&mut self, limit: Duration) -> Finished {
        self.soft.cancel();
        self.tracker.close();
        let finished = tokio::select! {
            biased;
            () = self.tracker.wait() => return Finished::Clean,
            Some(()) = self.signals.recv() => Finished::Aborted,
            () = tokio::time::sleep(limit) => Finished::TimedOut,
        };
        let left = self.tracker.len();
        tracing::warn!(tasks.left = left, "stopping with {left} tasks still running");
        self.hard.cancel();
        if tokio::time::timeout(HARD_STOP_GRACE, self.tracker.wait())
            .await
            .is_err()
        {
            tracing::warn!("leaving tasks that do not heed the hard stop");
        }
        finished
    }

    /// Why the process stops, as far as known now. Ask again after [`Lifecycle::finish`]: a service may fail while
    /// it stops.
    pub fn cause(&self) -> StopCause {
        match self.failure.get() {
            Some(text) => StopCause::ServiceEnded(text),
            None => StopCause::Asked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    const LONG: Duration = Duration::from_secs(30);

    fn life() -> (Lifecycle, mpsc::Sender<()>) {
        let (sender, signals) = mpsc::channel(4);
        (Lifecycle::with_signals(signals), sender)
    }

    #[tokio::test]
    async fn a_signal_stops_softly_and_work_in_flight_is_completed() {
        let (mut life, signals) = life();
        let done = Arc::new(AtomicBool::new(false));
        let (soft, hard, flag) = (life.soft(), life.hard(), done.clone());
        life.spawn_service("deliverer", async move {
            soft.cancelled().await;
            tokio::task::yield_now().await;
            flag.store(!hard.is_cancelled(), Ordering::SeqCst);
            Ok(())
        });
        signals.send(()).await.unwrap();
        assert_eq!(life.wait_for_signal().await, StopCause::Asked);
        assert_eq!(life.finish(LONG).await, Finished::Clean);
        assert!(done.load(Ordering::SeqCst));
        assert_eq!(life.cause(), StopCause::Asked);
    }

    #[tokio::test]
    async fn the_limit_ends_the_wait_and_cancels_hard() {
        let (mut life, _signals) = life();
        let hard = life.hard();
        life.tracker().spawn(async move { hard.cancelled().await });
        life.stop();
        assert_eq!(life.finish(Duration::from_millis(20)).await, Finished::TimedOut);
        assert!(life.hard().is_cancelled());
        assert_eq!(life.tracker().len(), 0);
    }

    #[tokio::test]
    async fn a_second_signal_does_not_wait_for_the_limit() {
        let (mut life, signals) = life();
        let hard = life.hard();
        life.tracker().spawn(async move { hard.cancelled().await });
        signals.send(()).await.unwrap();
        signals.send(()).await.unwrap();
        life.wait_for_signal().await;
        assert_eq!(life.finish(LONG).await, Finished::Aborted);
    }

    #[tokio::test]
    async fn a_service_that_ends_by_itself_stops_the_process_with_failure() {
        let (mut life, _signals) = life();
        life.spawn_service("web", async { anyhow::bail!("port taken") });
        let StopCause::ServiceEnded(text) = life.wait_for_signal().await else {
            panic!("a failure was expected")
        };
        assert!(text.contains("web") && text.contains("port taken"), "{text}");
        assert!(life.soft().is_cancelled());
        assert_eq!(life.finish(LONG).await, Finished::Clean);

        for name in ["returns", "panics"] {
            let (mut life, _signals) = self::life();
            life.spawn_service(name, async move {
                assert!(name != "panics", "meant to");
                Ok(())
            });
            assert!(matches!(life.wait_for_signal().await, StopCause::ServiceEnded(text) if text.contains(name)));
        }
    }

    #[tokio::test]
    async fn a_failure_during_the_stop_is_told_afterwards() {
        let (mut life, _signals) = life();
        let soft = life.soft();
        life.spawn_service("deliverer", async move {
            soft.cancelled().await;
            anyhow::bail!("could not release leases")
        });
        life.stop();
        assert_eq!(life.wait_for_signal().await, StopCause::Asked);
        assert_eq!(life.finish(LONG).await, Finished::Clean);
        assert!(matches!(life.cause(), StopCause::ServiceEnded(_)));
    }

    /// The only test that takes over the process's signals.
    #[tokio::test]
    async fn the_operating_system_signal_arrives() {
        let mut life = Lifecycle::start().unwrap();
        let sent = std::process::Command::new("sh")
            .args(["-c", &format!("kill -TERM {}", std::process::id())])
            .status()
            .unwrap();
        assert!(sent.success());
        let cause = tokio::time::timeout(LONG, life.wait_for_signal()).await.unwrap();
        assert_eq!(cause, StopCause::Asked);
        assert_eq!(life.finish(LONG).await, Finished::Clean);
    }
}
