//! The conversation with the mail server, each stage under a time limit of our own.
//!
//! No pool: a connection whose send was cut short would answer the next mail with the last one's reply. Any error or
//! time-out drops the connection, and only a 2xx to the final dot means accepted.

use super::attempt::{Attempt, OutgoingMail, Probe, one_line};
use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Response, Severity};
use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;

mod implicit;

/// How the line is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Not at all.
    None,
    /// Upgraded after the greeting, never optional.
    StartTls,
    /// From the first byte.
    Tls,
}

/// How long each stage may take. The defaults are those of RFC 5321 section 4.5.3.2.
#[derive(Debug, Clone, Copy)]
pub struct StageTimeouts {
    /// TCP and TLS.
    pub connect: Duration,
    /// Greeting and EHLO.
    pub greeting: Duration,
    /// AUTH, MAIL, RCPT.
    pub command: Duration,
    /// DATA.
    pub data: Duration,
    /// The message and the reply to its final dot.
    pub final_dot: Duration,
}

impl Default for StageTimeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            greeting: Duration::from_secs(300),
            command: Duration::from_secs(300),
            data: Duration::from_secs(120),
            final_dot: Duration::from_secs(600),
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
    /// User name and password.
    pub credentials: Option<(String, String)>,
    /// Authority that signs the server's certificate, in place of the host's.
    pub ca_file: Option<PathBuf>,
    /// Name given in EHLO.
    pub hello_name: String,
    /// Time limits.
    pub timeouts: StageTimeouts,
}

impl fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpSettings({}:{} {:?})", self.host, self.port, self.tls)
    }
}

/// Whether a host is this machine.
pub fn is_loopback(host: &str) -> bool {
    let plain = host.trim_start_matches('[').trim_end_matches(']');
    plain.eq_ignore_ascii_case("localhost") || plain.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Sends one mail over a connection of its own.
pub async fn send(settings: &SmtpSettings, mail: &OutgoingMail, probe: &dyn Probe) -> Attempt {
    let (from, to) = match (mail.from.parse::<Address>(), mail.to.parse::<Address>()) {
        (Ok(from), Ok(to)) => (from, to),
        _ => {
            return Attempt::Permanent {
                reply: "邮箱地址无法识别，未发送；请在联系人中改正".to_owned(),
            };
        }
    };
    let mut connection = match open(settings).await {
        Ok(connection) => connection,
        Err(what) => return Attempt::Unknown { what, in_doubt: false },
    };
    probe.hit("smtp.connected");
    let attempt = match transact(&mut connection, settings, from, to, mail, probe).await {
        Ok(attempt) => attempt,
        Err(attempt) => {
            connection.abort().await;
            return attempt;
        }
    };
    // The verdict is in; how the goodbye goes changes nothing.
    if tokio::time::timeout(Duration::from_secs(2), connection.quit())
        .await
        .is_err()
    {
        connection.abort().await;
    }
    attempt
}

async fn transact(
    connection: &mut AsyncSmtpConnection,
    settings: &SmtpSettings,
    from: Address,
    to: Address,
    mail: &OutgoingMail,
    probe: &dyn Probe,
) -> Result<Attempt, Attempt> {
    let limits = settings.timeouts;
    stage(
        "MAIL",
        limits.command,
        connection.command(Mail::new(Some(from), Vec::new())),
    )
    .await?;
    stage("RCPT", limits.command, connection.command(Rcpt::new(to, Vec::new()))).await?;
    probe.hit("smtp.data.before");
    let go_ahead = stage("DATA", limits.data, connection.command(Data)).await?;
    if go_ahead.code().severity != Severity::PositiveIntermediate {
        return Err(Attempt::Unknown {
            what: format!("DATA 的应答不合规程：{}", said(&go_ahead)),
            in_doubt: false,
        });
    }
    probe.hit("smtp.data.after");
    let response = match tokio::time::timeout(limits.final_dot, message(connection, &mail.bytes, probe)).await {
        Err(_) => {
            return Err(Attempt::Unknown {
                what: timed_out("正文", limits.final_dot),
                in_doubt: true,
            });
        }
        Ok(Err(error)) => return Err(verdict("正文", &error, true)),
        Ok(Ok(response)) => response,
    };
    if response.code().severity != Severity::PositiveCompletion {
        return Err(Attempt::Unknown {
            what: format!("正文的应答不合规程：{}", said(&response)),
            in_doubt: true,
        });
    }
    probe.hit("smtp.reply.after");
    Ok(Attempt::Accepted { reply: said(&response) })
}

async fn stage(
    name: &str,
    limit: Duration,
    step: impl Future<Output = Result<Response, SmtpError>>,
) -> Result<Response, Attempt> {
    match tokio::time::timeout(limit, step).await {
        Err(_) => Err(Attempt::Unknown {
            what: timed_out(name, limit),
            in_doubt: false,
        }),
        Ok(Err(error)) => Err(verdict(name, &error, false)),
        Ok(Ok(response)) => Ok(response),
    }
}

/// What an error of the mail stages says about this mail.
fn verdict(stage: &str, error: &SmtpError, in_doubt: bool) -> Attempt {
    let reply = one_line(&format!("{stage}：{}", chain(error)));
    if error.is_permanent() {
        Attempt::Permanent { reply }
    } else if error.is_transient() {
        Attempt::Temporary { reply }
    } else {
        Attempt::Unknown { what: reply, in_doubt }
    }
}

fn timed_out(stage: &str, limit: Duration) -> String {
    format!("{stage}：邮件服务器 {} 秒内没有应答", limit.as_secs_f32())
}

fn said(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    one_line(&format!("{} {}", response.code(), lines.join(" ")))
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}

/// Connects, greets, protects the line and signs in. A refusal here is not about a mail.
async fn open(settings: &SmtpSettings) -> Result<AsyncSmtpConnection, String> {
    let limits = settings.timeouts;
    let hello = hello(&settings.hello_name);
    let connecting = TcpStream::connect((settings.host.trim_matches(['[', ']']), settings.port));
    let socket = limited("连接", limits.connect, connecting).await?;
    // Without this the body and its final dot wait for one another's acknowledgement, 40 ms a mail.
    socket.set_nodelay(true).map_err(|error| format!("连接：{error}"))?;
    let stream: Box<dyn AsyncTokioStream> = match settings.tls {
        Tls::Tls => limited("加密", limits.connect, implicit::connect(settings, socket)).await?,
        Tls::None | Tls::StartTls => Box::new(socket),
    };
    let mut connection = limited(
        "问候",
        limits.greeting,
        AsyncSmtpConnection::connect_with_transport(stream, &hello),
    )
    .await?;
    if settings.tls == Tls::StartTls {
        if !connection.can_starttls() {
            connection.abort().await;
            return Err("邮件服务器没有提供 STARTTLS，未发送（不改用明文）".to_owned());
        }
        let parameters = parameters(settings)?;
        limited("STARTTLS", limits.connect, connection.starttls(parameters, &hello)).await?;
    }
    if let Some((user, password)) = &settings.credentials {
        if settings.tls == Tls::None && !is_loopback(&settings.host) {
            connection.abort().await;
            return Err("登录信息不以明文发送：请在 [smtp] 下设置 tls".to_owned());
        }
        let login = Credentials::new(user.clone(), password.clone());
        limited(
            "登录",
            limits.command,
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &login),
        )
        .await?;
    }
    Ok(connection)
}

async fn limited<T, E: std::error::Error>(
    stage: &str,
    limit: Duration,
    step: impl Future<Output = Result<T, E>>,
) -> Result<T, String> {
    match tokio::time::timeout(limit, step).await {
        Err(_) => Err(timed_out(stage, limit)),
        Ok(Err(error)) => Err(one_line(&format!("{stage}：{}", chain(&error)))),
        Ok(Ok(value)) => Ok(value),
    }
}

fn hello(name: &str) -> ClientId {
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ClientId::Ipv4(ip),
        Ok(IpAddr::V6(ip)) => ClientId::Ipv6(ip),
        Err(_) => ClientId::Domain(name.to_owned()),
    }
}

fn parameters(settings: &SmtpSettings) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        let shown = path.display();
        let pem = std::fs::read(path).map_err(|error| format!("证书 {shown} 无法读取：{error}"))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| format!("证书 {shown} 无法识别：{error}"))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|error| format!("加密设置有误：{error}"))
}

/// Sends the message and its final dot, telling the probe on either side of the dot.
async fn message(connection: &mut AsyncSmtpConnection, bytes: &[u8], probe: &dyn Probe) -> Result<Response, SmtpError> {
    // The line end before the dot is the message's own last line end.
    let body = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
    let ended = std::sync::atomic::AtomicBool::new(false);
    let chunks = Chunks {
        body: Some(body),
        ended: &ended,
        probe,
    };
    let sending = std::pin::pin!(connection.message_iter(chunks));
    AfterDot {
        sending,
        ended: &ended,
        probe,
        told: false,
    }
    .await
}

/// The message as its only chunk. Being asked for another means that it is written and the dot comes next.
struct Chunks<'a> {
    body: Option<&'a [u8]>,
    ended: &'a std::sync::atomic::AtomicBool,
    probe: &'a dyn Probe,
}

impl<'a> Iterator for Chunks<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let chunk = self.body.take();
        if chunk.is_none() {
            self.ended.store(true, std::sync::atomic::Ordering::SeqCst);
            self.probe.hit("smtp.dot.before");
        }
        chunk
    }
}

/// Tells the probe when the dot is out: at the first wait after it, which is the wait for the reply.
struct AfterDot<'a, F> {
    sending: Pin<&'a mut F>,
    ended: &'a std::sync::atomic::AtomicBool,
    probe: &'a dyn Probe,
    told: bool,
}

impl<F: Future> Future for AfterDot<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let polled = self.sending.as_mut().poll(context);
        if !self.told && self.ended.load(std::sync::atomic::Ordering::SeqCst) {
            self.told = true;
            self.probe.hit("smtp.dot.after");
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for host in ["127.0.0.1", "localhost", "LOCALHOST", "::1", "[::1]", "127.8.9.1"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["mail.example.org", "10.0.0.1", "localhost.example.org", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn settings_never_print_the_password() {
        let settings = SmtpSettings {
            host: "mail.example.org".into(),
            port: 25,
            tls: Tls::StartTls,
            credentials: Some(("user".into(), "secret-word".into())),
            ca_file: None,
            hello_name: "localhost".into(),
            timeouts: StageTimeouts::default(),
        };
        assert!(!format!("{settings:?}").contains("secret-word"));
    }
}
