//! Log settings.

use super::entry::Source;
use super::error::ConfigError;
use super::raw;

/// How the program reports about itself on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// Lines for people or for a collector.
    pub format: LogFormat,
    /// The least severe level that is written.
    pub level: LogLevel,
}

/// Shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Severity of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Nothing at all.
    Off,
    /// Failures.
    Error,
    /// And what may become one.
    Warn,
    /// And what the service does.
    Info,
    /// And why.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// The word used in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

pub(super) fn log(source: &Source, written: raw::Log, default: raw::Log) -> Result<Log, ConfigError> {
    let format = source.pick("log.format", written.format, default.format);
    let level = source.pick("log.level", written.level, default.level);
    let levels = [
        LogLevel::Off,
        LogLevel::Error,
        LogLevel::Warn,
        LogLevel::Info,
        LogLevel::Debug,
        LogLevel::Trace,
    ];
    Ok(Log {
        format: format.word(&[("text", LogFormat::Text), ("json", LogFormat::Json)])?,
        level: level.word(&levels.map(|level| (level.as_str(), level)))?,
    })
}
