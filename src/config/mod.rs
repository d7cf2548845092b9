//! `rongcuo.toml`: one validating step from text to [`Config`]; nothing else sees the raw text.
//!
//! Guarantees: unknown keys are refused, paths are absolute, a folder that is named exists, and every refusal
//! says where it stands and what to do.

mod accounts;
mod bounce;
mod database;
mod entry;
mod error;
mod files;
mod inbox;
mod load;
mod log;
mod oidc;
mod outbound;
mod raw;

mod site;
mod smtp;
mod web;

pub use accounts::Accounts;
pub use bounce::Bounce;
pub use database::DatabaseUrl;
pub use error::{ConfigError, Origin};
pub use inbox::Inbox;
pub use load::Config;
pub use log::{Log, LogFormat, LogLevel};
pub use oidc::Oidc;
pub use outbound::{ChannelSettings, Heartbeat, Outbound};
pub use site::Site;
pub use smtp::{Credentials, Outgoing, Rate, Secret, Smtp, SmtpMode, SmtpServer, SmtpSettings, SmtpTls};
pub use web::{TlsFiles, Web};
