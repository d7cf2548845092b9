//! The daemon's loops: reconcile rings and deliveries. What is due is computed from rows each time.

mod bell;
mod channels;
mod deliver;
mod heartbeat;
mod inbox;
mod lane;
mod line;
mod supervisor;
mod watchdog;

pub use channels::Channels;
pub use deliver::{Delivered, Deliverer, Pace, Route};
pub use heartbeat::Heartbeat;
pub use inbox::{Handled, Watcher};
pub use supervisor::{Supervisor, run_once};
