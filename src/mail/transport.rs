//! The conversation with the mail server. Every step has its own time limit, every failure ends the
//! connection, one mail has one recipient, and only a 2xx answer to the final dot counts as accepted.

use super::classify::{Attempt, Reply, Stage, broken, one_line, refusal, timed_out};
use super::settings::{SmtpSettings, Tls, is_loopback};
use super::wire::Wire;
use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Auth, Data, Ehlo, Mail, Rcpt, Starttls};
use lettre::transport::smtp::extension::{ClientId, Extension, ServerInfo};
use lettre::transport::smtp::{self};
use std::fmt::Display;
use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a farewell may take; its outcome means nothing.
const QUIT_LIMIT: Duration = Duration::from_secs(5);
/// Challenges answered in one login.
const CHALLENGES: usize = 4;
/// The extension of RFC 2920.
const PIPELINING: &str = "PIPELINING";
/// The dot is written with so much of the content before it. Once that has begun the server may have the whole mail.
const LAST_PIECE: usize = 16 * 1024;
/// Longest line of a mail, without its end (RFC 5322).
const LINE_LIMIT: usize = 998;

/// A mail on its way: finished bytes for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingMail {
    /// Address of the sender.
    pub from: String,
    /// Address of the recipient.
    pub to: String,
    /// The finished mail: ASCII, CRLF line ends.
    pub bytes: Vec<u8>,
    /// The Message-ID the bytes carry, without angle brackets.
    pub message_id: String,
}

/// Is told the points a conversation passes: `smtp.connected`, `smtp.mail`, `smtp.rcpt`, `smtp.data.before`,
/// `smtp.data.after` (the server asks for the content), `smtp.dot.before` (the dot is not written),
/// `smtp.dot.after` (dot written, answer not read), `smtp.reply.after` (2xx read).
pub trait Probe: Send + Sync {
    /// The conversation is at the point.
    fn hit(&self, point: &'static str);
}

/// Listens to nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProbe;

impl Probe for NoProbe {
    fn hit(&self, _point: &'static str) {}
}

/// Delivers one mail over a connection of its own.
pub async fn send(settings: &SmtpSettings, mail: &OutgoingMail, probe: &dyn Probe) -> Attempt {
    match Session::open(settings, probe).await {
        Err(attempt) => attempt,
        Ok(mut session) => {
            let attempt = session.deliver(mail, probe).await;
            // The verdict must be recorded at once, so nobody waits for the farewell.
            tokio::spawn(session.quit());
            attempt
        }
    }
}

/// A connection on which several mails may follow each other, as long as each is accepted.
#[derive(Debug)]
pub struct Session {
    conversation: Conversation,
    usable: bool,
    carried: u32,
    stale: bool,
}

impl Session {
    /// Connects, encrypts as configured and logs in.
    pub async fn open(settings: &SmtpSettings, probe: &dyn Probe) -> Result<Self, Attempt> {
        let mut conversation = Conversation::connect(settings).await?;
        conversation.log_in(settings).await?;
        probe.hit("smtp.connected");
        Ok(Self {
            conversation,
            usable: true,
            carried: 0,
            stale: false,
        })
    }

    /// Whether another mail may follow.
    pub fn is_usable(&self) -> bool {
        self.usable
    }

    /// Mails the server took over this connection.
    pub fn carried(&self) -> u32 {
        self.carried
    }

    /// The last mail failed because a connection that was good for an earlier one had come to its end before the server
    /// answered MAIL: nothing of the mail was given to it, so another connection may be tried at once.
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    /// Delivers one mail. Unless it is accepted the connection is dropped: its next answer could belong to
    /// this mail. A call that is cancelled half-way leaves the session unusable for the same reason.
    pub async fn deliver(&mut self, mail: &OutgoingMail, probe: &dyn Probe) -> Attempt {
        if !std::mem::replace(&mut self.usable, false) {
            return Attempt::failed("这次连接已不能再用");
        }
        let kept = self.carried > 0;
        if kept && !self.conversation.wire.is_quiet().await {
            self.stale = true;
            self.conversation.wire.close();
            return Attempt::failed("邮件服务器已结束这次连接");
        }
        let attempt = match self.conversation.transact(mail, probe).await {
            Ok(reply) => Attempt::Accepted { reply: reply.text },
            Err(attempt) => attempt,
        };
        self.stale = kept && !self.conversation.past_mail && is_farewell(&attempt);
        if matches!(attempt, Attempt::Accepted { .. }) {
            self.carried = self.carried.saturating_add(1);
            self.usable = self.conversation.wire.in_step().is_ok();
        } else {
            self.conversation.wire.close();
        }
        attempt
    }

    /// Says goodbye, if there is anybody to say it to.
    pub async fn quit(mut self) {
        if self.usable && timeout(QUIT_LIMIT, self.conversation.client.quit()).await.is_err() {
            tracing::debug!("邮件服务器未回应告别");
        }
        self.conversation.wire.close();
    }
}

/// No answer, or the server closes its service (RFC 5321, section 3.8): what a kept connection says when its time is over.
fn is_farewell(attempt: &Attempt) -> bool {
    match attempt {
        Attempt::Unknown { .. } => true,
        Attempt::Temporary { reply } => reply.starts_with("421"),
        Attempt::Accepted { .. } | Attempt::Permanent { .. } => false,
    }
}

struct Conversation {
    client: AsyncSmtpConnection,
    wire: Wire,
    offers: ServerInfo,
    timeouts: super::settings::StageTimeouts,
    /// The server takes several commands at once.
    pipelines: bool,
    /// The server answered MAIL of the mail under way.
    past_mail: bool,
}

impl std::fmt::Debug for Conversation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conversation")
            .field("wire", &self.wire)
            .finish_non_exhaustive()
    }
}

impl Conversation {
    async fn connect(settings: &SmtpSettings) -> Result<Self, Attempt> {
        let limits = settings.timeouts;
        let stream = reach(settings).await?;
        let hello = hello_name(settings, &stream);
        let wire = Wire::new(stream).map_err(|error| broken(Stage::Connect, &error.to_string()))?;
        if settings.tls == Tls::Tls {
            encrypt(&wire, settings).await?;
        }
        let speaking = AsyncSmtpConnection::connect_with_transport(Box::new(wire.clone()), &hello);
        let client = judge(&wire, Stage::Greeting, limits.greeting, speaking).await?;
        let offers = client.server_info().clone();
        let pipelines = wire.offers(PIPELINING);
        let mut conversation = Self {
            client,
            wire,
            offers,
            timeouts: limits,
            pipelines,
            past_mail: false,
        };
        if settings.tls == Tls::StartTls {
            conversation.upgrade(settings, hello).await?;
        }
        Ok(conversation)
    }

    /// STARTTLS or nothing. What the server offered in clear is forgotten.
    async fn upgrade(&mut self, settings: &SmtpSettings, hello: ClientId) -> Result<(), Attempt> {
        if !self.offers.supports_feature(Extension::StartTls) {
            self.wire.close();
            return Err(Attempt::failed("邮件服务器未提供加密（STARTTLS），为防泄露未发送"));
        }
        self.command(Stage::StartTls, self.timeouts.command, Starttls, 220)
            .await?;
        encrypt(&self.wire, settings).await?;
        let answer = self.client.command(Ehlo::new(hello));
        let response = judge(&self.wire, Stage::Greeting, self.timeouts.greeting, answer).await?;
        self.offers =
            ServerInfo::from_response(&response).map_err(|error| broken(Stage::Greeting, &error.to_string()))?;
        self.pipelines = self.wire.offers(PIPELINING);
        Ok(())
    }

    async fn log_in(&mut self, settings: &SmtpSettings) -> Result<(), Attempt> {
        if settings.username.is_empty() {
            return Ok(());
        }
        if !self.wire.is_encrypted() && !is_loopback(&settings.host) {
            return Err(Attempt::failed("连接未加密，未发送用户名和密码"));
        }
        let mechanism = self
            .offers
            .get_auth_mechanism(&[Mechanism::Plain, Mechanism::Login])
            .ok_or_else(|| Attempt::failed("邮件服务器不支持 PLAIN 或 LOGIN 登录方式"))?;
        let odd = |error: smtp::Error| broken(Stage::Auth, &error.to_string());
        let credentials = Credentials::new(settings.username.clone(), settings.password.clone());
        let mut next = Auth::new(mechanism, credentials.clone(), None).map_err(odd)?;
        for _ in 0..CHALLENGES {
            let answer = self.client.command(next);
            let response = judge(&self.wire, Stage::Auth, self.timeouts.command, answer).await?;
            match u16::from(response.code()) {
                235 => return Ok(()),
                334 => next = Auth::new_from_response(mechanism, credentials.clone(), &response).map_err(odd)?,
                _ => break,
            }
        }
        Err(broken(Stage::Auth, "邮件服务器的答复不合规"))
    }

    async fn transact(&mut self, mail: &OutgoingMail, probe: &dyn Probe) -> Result<Reply, Attempt> {
        self.past_mail = false;
        let content = content(&mail.bytes)?;
        self.envelope(address(&mail.from)?, address(&mail.to)?, probe).await?;
        // Said more than 354, the server gets no content.
        self.wire
            .in_step()
            .map_err(|error| broken(Stage::Data, &error.to_string()))?;
        let (first, last) = content.split_at(content.len().saturating_sub(LAST_PIECE));
        let limit = self.timeouts.data;
        if !first.is_empty() {
            self.say(Stage::Content, limit, first, 0).await?;
        }
        probe.hit("smtp.dot.before");
        self.say(Stage::FinalDot, limit, last, 1).await?;
        probe.hit("smtp.dot.after");
        let reply = self.hear(Stage::FinalDot, self.timeouts.final_dot).await?;
        if !(200..300).contains(&reply.code) {
            return Err(broken(Stage::FinalDot, &reply.text));
        }
        probe.hit("smtp.reply.after");
        Ok(reply)
    }

    /// Names sender and recipient and asks for the content. A server that offers it (RFC 2920) gets the three commands at
    /// once; each has its own reply, and the first refusal ends the connection before anything of the content is given
    /// away, whatever the replies behind it say.
    async fn envelope(&mut self, from: Address, to: Address, probe: &dyn Probe) -> Result<(), Attempt> {
        let limits = self.timeouts;
        let steps = [
            (Stage::Mail, Mail::new(Some(from), vec![]).to_string(), limits.command),
            (Stage::Rcpt, Rcpt::new(to, vec![]).to_string(), limits.command),
            (Stage::Data, Data.to_string(), limits.data),
        ];
        if self.pipelines {
            probe.hit(point(Stage::Mail));
            let together = steps.each_ref().map(|(_, command, _)| command.as_str()).concat();
            self.say(Stage::Mail, limits.command, together.as_bytes(), steps.len())
                .await?;
        }
        for (stage, command, limit) in &steps {
            if !self.pipelines {
                probe.hit(point(*stage));
                self.say(*stage, *limit, command.as_bytes(), 1).await?;
            } else if *stage != Stage::Mail {
                probe.hit(point(*stage));
            }
            let reply = self.hear(*stage, *limit).await?;
            expect(*stage, reply.code, if *stage == Stage::Data { 354 } else { 250 })?;
            self.past_mail = true;
        }
        probe.hit("smtp.data.after");
        Ok(())
    }

    /// Writes, within the limit.
    async fn say(&self, stage: Stage, limit: Duration, bytes: &[u8], replies: usize) -> Result<(), Attempt> {
        match timeout(limit, self.wire.say(bytes, replies)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(broken(stage, &error.to_string())),
            Err(_) => Err(timed_out(stage, limit)),
        }
    }

    /// Waits for a reply within the limit that is no refusal.
    async fn hear(&self, stage: Stage, limit: Duration) -> Result<Reply, Attempt> {
        match timeout(limit, self.wire.answer()).await {
            Ok(Ok(reply)) => refusal(stage, &reply).map_or(Ok(reply), Err),
            Ok(Err(error)) => {
                Err(heard_refusal(&self.wire, stage).unwrap_or_else(|| broken(stage, &error.to_string())))
            }
            Err(_) => Err(heard_refusal(&self.wire, stage).unwrap_or_else(|| timed_out(stage, limit))),
        }
    }

    async fn command<C: Display>(
        &mut self,
        stage: Stage,
        limit: Duration,
        command: C,
        wanted: u16,
    ) -> Result<(), Attempt> {
        let response = judge(&self.wire, stage, limit, self.client.command(command)).await?;
        expect(stage, u16::from(response.code()), wanted)
    }
}

fn expect(stage: Stage, code: u16, wanted: u16) -> Result<(), Attempt> {
    // RFC 5321 lets a server answer RCPT with 251 when it forwards.
    if code == wanted || (stage == Stage::Rcpt && code == 251) {
        return Ok(());
    }
    Err(broken(stage, &format!("邮件服务器答复 {code}，不合规")))
}

/// What a probe is told before a command.
fn point(stage: Stage) -> &'static str {
    match stage {
        Stage::Mail => "smtp.mail",
        Stage::Rcpt => "smtp.rcpt",
        _ => "smtp.data.before",
    }
}

/// Waits for an answer within the limit. A refusal heard before the time ran out counts.
async fn judge<T>(
    wire: &Wire,
    stage: Stage,
    limit: Duration,
    answer: impl Future<Output = Result<T, smtp::Error>>,
) -> Result<T, Attempt> {
    match timeout(limit, answer).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err(explain(wire, stage, &error)),
        Err(_) => Err(heard_refusal(wire, stage).unwrap_or_else(|| timed_out(stage, limit))),
    }
}

fn explain(wire: &Wire, stage: Stage, error: &smtp::Error) -> Attempt {
    heard_refusal(wire, stage).unwrap_or_else(|| broken(stage, &reason(error)))
}

fn heard_refusal(wire: &Wire, stage: Stage) -> Option<Attempt> {
    wire.refusal().and_then(|reply| refusal(stage, &reply))
}

/// The innermost cause says what happened; the words around it name the client's parts.
fn reason(error: &smtp::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    match cause.to_string() {
        text if text.is_empty() || text == "incomplete response" => "邮件服务器中断了连接".to_owned(),
        text => text,
    }
}

async fn reach(settings: &SmtpSettings) -> Result<TcpStream, Attempt> {
    if settings.tls == Tls::None && !is_loopback(&settings.host) {
        let host = one_line(&settings.host);
        return Err(Attempt::failed(format!(
            "邮件服务器 {host} 不在本机，不加密的连接会泄露内容，未发送（请配置 smtp.tls）"
        )));
    }
    let limit = settings.timeouts.connect;
    let failed = |error: std::io::Error| broken(Stage::Connect, &error.to_string());
    let stream = timeout(limit, TcpStream::connect((settings.bare_host(), settings.port)))
        .await
        .map_err(|_| timed_out(Stage::Connect, limit))?
        .map_err(failed)?;
    // Commands and content are written apart; without this every mail waits for a delayed acknowledgement.
    stream.set_nodelay(true).map_err(failed)?;
    // A name such as localhost says nothing about where it leads.
    let peer = stream.peer_addr().map_err(failed)?;
    if settings.tls == Tls::None && !peer.ip().is_loopback() {
        return Err(Attempt::failed("不加密的连接指向了本机之外，未发送"));
    }
    Ok(stream)
}

async fn encrypt(wire: &Wire, settings: &SmtpSettings) -> Result<(), Attempt> {
    let limit = settings.timeouts.connect;
    timeout(limit, wire.encrypt(settings))
        .await
        .map_err(|_| timed_out(Stage::Encrypt, limit))?
        .map_err(|why| broken(Stage::Encrypt, &why))
}

fn hello_name(settings: &SmtpSettings, stream: &TcpStream) -> ClientId {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    if !settings.hello_name.is_empty() && settings.hello_name.chars().all(plain) {
        return ClientId::Domain(settings.hello_name.clone());
    }
    match stream.local_addr().map(|local| local.ip()) {
        Ok(IpAddr::V4(ip)) => ClientId::Ipv4(ip),
        Ok(IpAddr::V6(ip)) => ClientId::Ipv6(ip),
        Err(_) => ClientId::default(),
    }
}

fn address(text: &str) -> Result<Address, Attempt> {
    let refused = || Attempt::Permanent {
        reply: one_line(&format!("未发送：“{text}”不是有效的邮箱地址")),
    };
    let plain = text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>'));
    if !plain {
        return Err(refused());
    }
    text.parse().map_err(|_| refused())
}

/// The content as it is written, with the dot. Line ends other than CRLF could hide a second mail from this side and show
/// it to the server.
fn content(bytes: &[u8]) -> Result<Vec<u8>, Attempt> {
    let refused = |why: &str| Attempt::Permanent {
        reply: format!("未发送：邮件{why}"),
    };
    let body = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
    if body.is_empty() {
        return Err(refused("没有内容"));
    }
    let mut written = Vec::with_capacity(body.len() + body.len() / 32 + 8);
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let text = match line.strip_suffix(b"\n") {
            Some(line) => line.strip_suffix(b"\r").ok_or_else(|| refused("的换行不规范"))?,
            None => line,
        };
        if text.contains(&b'\r') || text.contains(&0) || !text.is_ascii() || text.len() > LINE_LIMIT {
            return Err(refused("含有不能原样传送的字符或过长的行"));
        }
        if line.starts_with(b".") {
            written.push(b'.');
        }
        written.extend_from_slice(line);
    }
    written.extend_from_slice(b"\r\n.\r\n");
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_that_could_hide_a_second_mail_is_refused() {
        for bad in [
            &b"a\n.\nb\r\n"[..],
            b"a\r.\rb",
            b"a\r\n.\n",
            b"a\0b",
            "中".as_bytes(),
            b"",
            b"\r\n",
            b"a\r",
            b"a\r\r\n",
        ] {
            assert!(matches!(content(bad), Err(Attempt::Permanent { .. })), "{bad:?}");
        }
        assert!(matches!(content(&[b'x'; 999]), Err(Attempt::Permanent { .. })));
        assert_eq!(content(b"a\r\n.\r\n.b\r\n"), Ok(b"a\r\n..\r\n..b\r\n.\r\n".to_vec()));
        assert_eq!(content(b"a\r\n\r\n"), Ok(b"a\r\n\r\n.\r\n".to_vec()));
    }

    #[test]
    fn an_address_cannot_carry_a_command() {
        for bad in ["a@b>\r\nRCPT TO:<c@d", "a@b> x", "张三@例子.cn", "nobody", ""] {
            assert!(address(bad).is_err(), "{bad:?}");
        }
        assert!(address("jing.ban-1@example.org").is_ok());
    }
}
