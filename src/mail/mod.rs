//! From a decision to send to the server's word that it has the mail: finished bytes, and their delivery.

mod catcher;
mod classify;
mod clean;
mod digest;
mod file;
mod ics;
mod message;
mod parts;
mod render;
mod settings;
mod tls;
mod transport;
mod wire;

pub use catcher::{Catcher, CatcherError};
pub use classify::{Attempt, one_line};
pub use digest::{DigestLine, DigestMail, render_digest};
pub use file::{FileError, FileTransport};
pub use ics::Deadline;
pub use message::{AlertItem, AlertMail, Envelope, RenderError, Rendered, Severity3, address_of, message_id};
pub use parts::{Parts, parts, rewritten};
pub use render::render;
pub use settings::{SmtpSettings, StageTimeouts, Tls, is_loopback};
pub use transport::{NoProbe, OutgoingMail, Probe, Session, send};
