//! Log lines on standard error.

use crate::config::{Log, LogFormat, LogLevel};
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Why logging could not be set up: something else did it first.
#[derive(Debug, thiserror::Error)]
#[error("日志已经由别处设置")]
pub struct TelemetryError;

/// Starts writing log lines to standard error.
pub fn init(log: Log) -> Result<(), TelemetryError> {
    let ansi = std::io::stderr().is_terminal();
    tracing::subscriber::set_global_default(subscriber(log, ansi, std::io::stderr)).map_err(|_| TelemetryError)
}

fn subscriber<W>(log: Log, ansi: bool, writer: W) -> Box<dyn tracing::Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter(log.level))
        .with_writer(writer);
    match log.format {
        LogFormat::Text => Box::new(builder.with_ansi(ansi).finish()),
        LogFormat::Json => Box::new(builder.json().with_current_span(true).finish()),
    }
}

/// Our own events follow the configured level. Those of libraries stop at warnings: below that the mail library prints
/// whole conversations, addresses and logins included.
fn filter(level: LogLevel) -> EnvFilter {
    let others = match level {
        LogLevel::Off | LogLevel::Error => level,
        _ => LogLevel::Warn,
    };
    EnvFilter::new(format!("{},rongcuo={}", others.as_str(), level.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn written(format: LogFormat, level: LogLevel) -> String {
        let lines = Lines::default();
        let sink = lines.clone();
        let subscriber = subscriber(Log { format, level }, false, move || sink.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!(target: "rongcuo::worker", { mail.id = "m1" }, "claimed mail m1");
            tracing::error!(target: "rongcuo::worker", "failed to claim");
            tracing::debug!(target: "lettre", "AUTH PLAIN c2VjcmV0");
            tracing::warn!(target: "sqlx::query", "slow statement");
        });
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn libraries_never_speak_below_warnings() {
        let text = written(LogFormat::Text, LogLevel::Trace);
        assert!(
            text.contains("claimed mail m1") && text.contains("slow statement"),
            "{text}"
        );
        assert!(!text.contains("AUTH"), "{text}");
    }

    #[test]
    fn the_level_is_obeyed() {
        let text = written(LogFormat::Text, LogLevel::Error);
        assert!(text.contains("failed to claim"), "{text}");
        assert!(!text.contains("claimed mail") && !text.contains("slow"), "{text}");
        assert_eq!(written(LogFormat::Text, LogLevel::Off), "");
    }

    #[test]
    fn json_lines_are_objects_with_fields() {
        let text = written(LogFormat::Json, LogLevel::Debug);
        let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(first["level"], "DEBUG");
        assert_eq!(first["fields"]["mail.id"], "m1");
    }
}
