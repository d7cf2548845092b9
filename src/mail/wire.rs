//! The line to the server, below the SMTP client that speaks over it. It keeps three promises the client does
//! not: replies are bounded and read in any encoding, a server that speaks out of turn is cut off (otherwise a
//! reply planted before encryption, or a second reply, would answer the next command), and commands that are written
//! together get their replies one by one.

use super::classify::{Reply, read_reply};
use super::settings::SmtpSettings;
use super::tls;
use lettre::transport::smtp::client::AsyncTokioStream;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// Longest reply, all lines together.
const REPLY_LIMIT: usize = 16 * 1024;
/// What the client below is shown of a line; it gives up on lines of a thousand bytes.
const LINE_KEPT: usize = 500;
const AHEAD: &str = "邮件服务器未等命令即作答";
const ODD: &str = "邮件服务器的答复不合规";

enum Io {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    Closed,
}

struct Line {
    io: Io,
    peer: SocketAddr,
    /// What the server said since the client last wrote.
    heard: Vec<u8>,
    whole: bool,
    /// Bytes of the line being heard.
    column: usize,
    /// Replies that may follow this one, because their commands were written with its.
    expected: usize,
    /// What was heard of them so far.
    early: Vec<u8>,
    /// The server said more than it was asked.
    ahead: bool,
    /// The first refusal. The client may say QUIT on its own after one, and its answer must not hide it.
    refusal: Option<Reply>,
}

/// A handle to the line; the SMTP client holds another.
#[derive(Clone)]
pub(super) struct Wire(Arc<Mutex<Line>>);

impl Wire {
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        let peer = stream.peer_addr()?;
        Ok(Self(Arc::new(Mutex::new(Line {
            io: Io::Plain(stream),
            peer,
            heard: Vec::new(),
            whole: false,
            column: 0,
            expected: 0,
            early: Vec::new(),
            ahead: false,
            refusal: None,
        }))))
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_encrypted(&self) -> bool {
        matches!(self.line().io, Io::Tls(_))
    }

    /// Encrypts the line. Until that has succeeded nothing can be read or written.
    pub(super) async fn encrypt(&self, settings: &SmtpSettings) -> Result<(), String> {
        self.in_step().map_err(|error| error.to_string())?;
        let Io::Plain(stream) = std::mem::replace(&mut self.line().io, Io::Closed) else {
            return Err("连接已关闭或已加密".to_owned());
        };
        let stream = tls::encrypt(settings, stream).await?;
        self.line().io = Io::Tls(Box::new(stream));
        Ok(())
    }

    /// Fails when the server said more than one reply to a command.
    pub(super) fn in_step(&self) -> io::Result<()> {
        self.line().in_step()
    }

    /// Whether the line is open and the server has said nothing since it answered. One that closed or that speaks out of
    /// turn has nothing good to say to the next command.
    pub(super) async fn is_quiet(&self) -> bool {
        let mut heard = [0_u8; 1];
        poll_fn(|cx| {
            let mut heard = ReadBuf::new(&mut heard);
            let mut line = self.line();
            let polled = line.io.poll_read(cx, &mut heard);
            Poll::Ready(polled.is_pending() && !line.ahead)
        })
        .await
    }

    /// Drops the line; whoever still holds it reads the end.
    pub(super) fn close(&self) {
        self.line().io = Io::Closed;
    }

    /// The first 4xx or 5xx of this conversation.
    pub(super) fn refusal(&self) -> Option<Reply> {
        self.line().refusal.clone()
    }

    /// Whether the reply that was heard last, one to EHLO, offers an extension.
    pub(super) fn offers(&self, extension: &str) -> bool {
        let line = self.line();
        let heard = String::from_utf8_lossy(&line.heard);
        let mut offered = heard.lines().skip(1).filter_map(|line| line.get(4..));
        offered.any(|text| text.trim().eq_ignore_ascii_case(extension))
    }

    /// Writes what is answered by so many replies.
    pub(super) async fn say(&self, bytes: &[u8], replies: usize) -> io::Result<()> {
        let mut wire = self.clone();
        wire.write_all(bytes).await?;
        wire.flush().await?;
        self.line().expected = replies.saturating_sub(1);
        Ok(())
    }

    /// Waits for the next reply to what was said.
    pub(super) async fn answer(&self) -> io::Result<Reply> {
        self.line().go_on()?;
        let mut bytes = [0_u8; 1024];
        poll_fn(|cx| {
            let mut line = self.line();
            while !line.whole {
                let mut buf = ReadBuf::new(&mut bytes);
                ready!(line.io.poll_read(cx, &mut buf))?;
                if buf.filled().is_empty() {
                    return Poll::Ready(Err(io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        "邮件服务器中断了连接",
                    )));
                }
                line.hear(buf.filled_mut())?;
                line.makes_sense()?;
            }
            Poll::Ready(read_reply(&line.heard).ok_or_else(|| refused(ODD)))
        })
        .await
        .inspect_err(|_| self.close())
    }
}

impl Io {
    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_read(cx, buf),
            Self::Closed => Poll::Ready(Err(closed())),
        }
    }
}

impl Line {
    /// Takes note of what the server said and keeps in `bytes` what the client below needs: lines of ASCII that
    /// are not too long for it, up to the end of the reply. Returns how much that is.
    fn hear(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.heard.len() + self.early.len() + bytes.len() > REPLY_LIMIT {
            return Err(refused("邮件服务器的答复过长"));
        }
        let mut kept = 0;
        for at in 0..bytes.len() {
            if self.whole && self.expected > 0 {
                self.early.extend_from_slice(&bytes[at..]);
                break;
            }
            if self.whole {
                self.ahead = true;
                break;
            }
            let byte = bytes[at];
            self.heard.push(byte);
            if self.column < LINE_KEPT || matches!(byte, b'\r' | b'\n') {
                bytes[kept] = if byte.is_ascii() { byte } else { b'?' };
                kept += 1;
            }
            self.column += 1;
            if byte == b'\n' {
                self.column = 0;
                self.end_of_line();
            }
        }
        Ok(kept)
    }

    /// From a reply that was taken to the one behind it.
    fn go_on(&mut self) -> io::Result<()> {
        if !self.whole {
            return Ok(());
        }
        self.forget();
        self.expected = self.expected.saturating_sub(1);
        let mut early = std::mem::take(&mut self.early);
        self.hear(&mut early)?;
        self.makes_sense()
    }

    fn forget(&mut self) {
        self.heard.clear();
        self.column = 0;
        self.whole = false;
    }

    /// Whether every line heard begins as one of a reply does.
    fn makes_sense(&self) -> io::Result<()> {
        let whole = self.heard.split_inclusive(|byte| *byte == b'\n');
        let mut odd = whole
            .filter(|line| line.ends_with(b"\n"))
            .filter(|line| line.len() < 4 || !line[..3].iter().all(u8::is_ascii_digit));
        odd.next().map_or(Ok(()), |_| Err(refused(ODD)))
    }

    fn end_of_line(&mut self) {
        self.whole = ends_reply(&self.heard);
        if self.whole && self.refusal.is_none() {
            self.refusal = read_reply(&self.heard).filter(|reply| reply.code >= 400);
        }
    }

    /// A reply that came before its command must answer nothing, so nothing more is said.
    fn in_step(&self) -> io::Result<()> {
        if self.ahead { Err(refused(AHEAD)) } else { Ok(()) }
    }
}

/// Whether the last line of what was heard is the last line of a reply: three digits without a hyphen behind.
fn ends_reply(heard: &[u8]) -> bool {
    let body = heard.strip_suffix(b"\n").unwrap_or(heard);
    let start = body.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line = &body[start..];
    line.len() >= 3 && line[..3].iter().all(u8::is_ascii_digit) && line.get(3) != Some(&b'-')
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "连接已断开")
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("encrypted", &self.is_encrypted())
            .finish_non_exhaustive()
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.line().peer)
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut line = self.line();
        let before = buf.filled().len();
        loop {
            ready!(line.io.poll_read(cx, buf))?;
            let read = buf.filled().len() - before;
            let kept = line
                .hear(&mut buf.filled_mut()[before..])
                .inspect_err(|_| line.io = Io::Closed)?;
            buf.set_filled(before + kept);
            // Nothing kept of something read is not the end of the line.
            if kept > 0 || read == 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut line = self.line();
        line.in_step()?;
        line.forget();
        match &mut line.io {
            Io::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Io::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, bytes),
            Io::Closed => Poll::Ready(Err(closed())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.line().io {
            Io::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Io::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
            Io::Closed => Poll::Ready(Err(closed())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.line().io {
            Io::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Io::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
            Io::Closed => Poll::Ready(Ok(())),
        }
    }
}
