//! Where the mail server is, how the line to it is protected, and how long each step may take.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Protection of the line to the mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// None; a server on this machine only.
    None,
    /// Upgraded after the greeting, never optional.
    StartTls,
    /// From the first byte.
    Tls,
}

/// How long each step may take. The defaults are the minima of RFC 5321, section 4.5.3.2: a client that gives
/// up earlier than the server makes duplicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageTimeouts {
    /// Reaching the server, and agreeing on encryption.
    pub connect: Duration,
    /// Greeting and EHLO.
    pub greeting: Duration,
    /// STARTTLS, each step of AUTH, MAIL and RCPT.
    pub command: Duration,
    /// DATA, and writing the content.
    pub data: Duration,
    /// The answer to the final dot.
    pub final_dot: Duration,
}

impl Default for StageTimeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            greeting: Duration::from_mins(5),
            command: Duration::from_mins(5),
            data: Duration::from_mins(2),
            final_dot: Duration::from_mins(10),
        }
    }
}

/// A mail server.
#[derive(Clone)]
pub struct SmtpSettings {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection of the line.
    pub tls: Tls,
    /// User name; empty for no login.
    pub username: String,
    /// Password.
    pub password: String,
    /// Authorities that sign the server's certificate, in PEM form, in place of those the system trusts.
    pub ca_file: Option<PathBuf>,
    /// Name given in EHLO; empty for the address of the own end of the line.
    pub hello_name: String,
    /// How long each step may take.
    pub timeouts: StageTimeouts,
}

impl SmtpSettings {
    /// A server without login, with the usual patience.
    pub fn new(host: &str, port: u16, tls: Tls) -> Self {
        Self {
            host: host.to_owned(),
            port,
            tls,
            username: String::new(),
            password: String::new(),
            ca_file: None,
            hello_name: String::new(),
            timeouts: StageTimeouts::default(),
        }
    }

    /// The host without the brackets of an address literal.
    pub(super) fn bare_host(&self) -> &str {
        bare(&self.host)
    }
}

impl fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("login", &!self.username.is_empty())
            .field("ca_file", &self.ca_file)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

/// Whether the host is this machine, so that a line without encryption crosses no network.
pub fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || bare(host).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_told_from_look_alikes() {
        for own in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.8.8", "::1", "[::1]"] {
            assert!(is_loopback(own), "{own}");
        }
        for other in [
            "localhost.example.org",
            "10.0.0.1",
            "128.0.0.1",
            "mail.example.org",
            "",
            "::2",
        ] {
            assert!(!is_loopback(other), "{other}");
        }
    }

    #[test]
    fn debug_output_hides_the_login() {
        let mut settings = SmtpSettings::new("mail.example.org", 465, Tls::Tls);
        settings.username = "mailuser".to_owned();
        settings.password = "s3cret".to_owned();
        let shown = format!("{settings:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("mailuser"), "{shown}");
    }
}
