//! Everything between a decision to send and the server's 250: rendering, the conversation, the verdict.

mod attempt;
mod catcher;
mod clean;
mod file;
mod render;
mod transport;

pub use attempt::{Attempt, NoProbe, OutgoingMail, Probe};
pub use catcher::Catcher;
pub use file::FileTransport;
pub use render::{AlertItem, AlertMail, Envelope, RenderError, Rendered, Severity3, address_of, message_id, render};
pub use transport::{SmtpSettings, StageTimeouts, Tls, is_loopback, send};
