//! Looks into the folder into which other systems drop their lists.

use crate::app::inbox::{Dropped, Ended, Inbox};
use crate::app::{App, AppError};
use crate::runtime::sole::SoleSender;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it looks: a file that did not change in between is whole.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// The same for a single pass.
const LOOK_TWICE: Duration = Duration::from_secs(2);
/// Beside this name in the folder lies the lock of whoever handles it.
const LOCK: &str = ".rongcuo";

/// What a look did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Handled {
    /// Moved to `done/`.
    pub done: u32,
    /// Moved to `failed/`.
    pub failed: u32,
    /// Left for the next look.
    pub waiting: u32,
    /// Could not be put away; they stay until they change.
    pub stuck: u32,
}

/// The folder and what was seen in it.
pub struct Watcher {
    app: App,
    inbox: Inbox,
    seen: Vec<Dropped>,
    /// Files that could not be put away; they are not judged again and again.
    stuck: Vec<Dropped>,
}

impl Watcher {
    /// Watches a folder.
    pub fn new(app: App, inbox: Inbox) -> Self {
        Self {
            app,
            inbox,
            seen: Vec::new(),
            stuck: Vec::new(),
        }
    }

    /// Handles what did not change since the last look.
    pub async fn look(&mut self, stop: &CancellationToken) -> Result<Handled, AppError> {
        let dir = self.inbox.dir.display();
        let cannot = |error: std::io::Error| AppError::Environment(format!("收件夹 {dir} 无法读取（{error}）"));
        let now = self.inbox.look().map_err(cannot)?;
        let before = std::mem::replace(&mut self.seen, now.clone());
        self.stuck.retain(|file| now.contains(file));
        let mut handled = Handled::default();
        // Another instance at the same folder; it does the work.
        let Ok(_sole) = SoleSender::of(&self.inbox.dir.join(LOCK)) else {
            return Ok(handled);
        };
        for file in now {
            if stop.is_cancelled() || self.stuck.contains(&file) {
                continue;
            }
            if !before.contains(&file) {
                handled.waiting += 1;
                continue;
            }
            match self.inbox.handle(&self.app, &file).await {
                Ok(Ended::Done) => handled.done += 1,
                Ok(Ended::Failed) => handled.failed += 1,
                Ok(Ended::Changed) => handled.waiting += 1,
                Err(error @ AppError::Store(_)) => return Err(error),
                Err(error) => {
                    tracing::error!(error = %error, "收件夹中的一个文件没有处理完，改变后再试");
                    self.stuck.push(file);
                }
            }
        }
        handled.stuck = u32::try_from(self.stuck.len()).unwrap_or(u32::MAX);
        if handled.done + handled.failed > 0 {
            tracing::info!(
                inbox.done = handled.done,
                inbox.failed = handled.failed,
                "收件夹：处理 {}，未能处理 {}",
                handled.done,
                handled.failed
            );
        }
        Ok(handled)
    }

    /// One pass: two looks, so that a file that is being written is left alone.
    pub async fn run_once(&mut self, stop: &CancellationToken) -> Result<Handled, AppError> {
        let first = self.look(stop).await?;
        if first.waiting == 0 {
            return Ok(first);
        }
        super::supervisor::pause(stop, LOOK_TWICE).await;
        self.look(stop).await
    }

    /// Looks until told to stop.
    pub async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.look(&stop).await {
                tracing::error!(error = %error, "查看收件夹失败，稍后重试");
            }
            super::supervisor::pause(&stop, LOOK_EVERY).await;
        }
    }
}
