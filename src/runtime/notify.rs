//! What the service manager is told, where there is one (`NOTIFY_SOCKET`); without one, nothing happens.

use sd_notify::NotifyState;
use std::time::Duration;

/// The service takes requests.
pub fn ready() {
    tell(NotifyState::Ready);
}

/// The service is on its way out.
pub fn stopping() {
    tell(NotifyState::Stopping);
}

/// The service does its work.
pub fn alive() {
    tell(NotifyState::Watchdog);
}

/// How often the manager wants to hear that; `None`: it does not.
pub fn watchdog_every() -> Option<Duration> {
    // Half the time it allows, so that one late word is no reason to restart.
    sd_notify::watchdog_enabled().map(|limit| limit / 2)
}

fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(error = %error, "未能通知服务管理器");
    }
}
