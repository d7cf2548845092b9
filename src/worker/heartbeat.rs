//! Tells an outside watcher that passes are completed. When it hears nothing, it knows what nobody here can tell.

use crate::app::App;
use crate::outbound::{Client, Request, Url};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Who is told, and how often at most.
#[derive(Clone)]
pub struct Heartbeat {
    /// Makes the requests.
    pub client: Client,
    /// Address.
    pub url: Url,
    /// At most once in this time.
    pub every: Duration,
}

impl Heartbeat {
    /// One heartbeat. What goes wrong is counted and told in the log, and nobody waits for it.
    pub async fn beat(&self, app: &App) {
        let request = Request {
            url: self.url.clone(),
            headers: Vec::new(),
            body: None,
        };
        let answer = self.client.ask(request).await;
        let answered = answer.as_ref().is_ok_and(|reply| reply.status.is_success());
        app.pulse().heartbeat(answered);
        match answer {
            Ok(_) if answered => tracing::debug!("心跳已送达"),
            Ok(reply) => {
                let status = reply.status.as_u16();
                tracing::warn!(http.status = status, "心跳没有被接受（{status}）");
            }
            Err(error) => tracing::warn!(error = %error, "心跳未能送达"),
        }
    }

    /// Beats after passes until told to stop.
    pub(super) async fn run(self, app: App, stop: CancellationToken) {
        let mut ticks = app.pulse().ticks();
        let mut last: Option<Instant> = None;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                changed = ticks.changed() => if changed.is_err() { return },
            }
            if last.is_none_or(|at| at.elapsed() >= self.every) {
                last = Some(Instant::now());
                tokio::select! {
                    // A beat holds nothing that must be finished.
                    () = stop.cancelled() => return,
                    () = self.beat(&app) => {}
                }
            }
        }
    }
}
