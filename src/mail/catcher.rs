//! A small mail server on the loopback that keeps every mail as a file: the mail server of the demonstration.
//! It answers 250 only when the file is on disk.

use super::file::{safe_name, write_whole};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

const CONNECTIONS: usize = 32;
const MAIL_BYTES: usize = 10 * 1024 * 1024;
const COMMAND_BYTES: usize = 1024;
const LINE_BYTES: usize = 64 * 1024;
const COMMANDS: usize = 1000;
const IDLE: Duration = Duration::from_mins(2);

/// The server could not start.
#[derive(Debug, thiserror::Error)]
#[error("演示用的邮件服务器未能启动：{0}")]
pub struct CatcherError(#[from] io::Error);

/// A running server; it ends with its token.
#[derive(Debug)]
pub struct Catcher {
    addr: SocketAddr,
}

struct Keeper {
    dir: PathBuf,
    next: AtomicU64,
}

impl Catcher {
    /// Starts on a free port of the loopback and keeps mails in the folder, numbered after those already there.
    pub async fn start(dir: PathBuf, stop: CancellationToken) -> Result<Self, CatcherError> {
        let next = tokio::task::spawn_blocking({
            let dir = dir.clone();
            move || std::fs::create_dir_all(&dir).and_then(|()| first_free(&dir))
        })
        .await
        .map_err(io::Error::other)??;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let addr = listener.local_addr()?;
        tokio::spawn(serve(
            listener,
            Arc::new(Keeper {
                dir,
                next: AtomicU64::new(next),
            }),
            stop,
        ));
        Ok(Self { addr })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

fn first_free(dir: &Path) -> io::Result<u64> {
    let mut highest = 0;
    for entry in std::fs::read_dir(dir)? {
        let name = entry?.file_name();
        let number = name
            .to_str()
            .and_then(|name| name.split_once('-'))
            .and_then(|(number, _)| number.parse().ok());
        highest = highest.max(number.unwrap_or(0));
    }
    Ok(highest + 1)
}

async fn serve(listener: TcpListener, keeper: Arc<Keeper>, stop: CancellationToken) {
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(seat) = Arc::clone(&seats).acquire_owned().await else {
            return;
        };
        let stream = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = stream else {
            // Out of descriptors, most likely: give others time to end.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let (keeper, stop) = (Arc::clone(&keeper), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                ended = Guest::new(stream, keeper).talk() => if let Err(error) = ended {
                    tracing::debug!(error = %error, "演示邮件服务器的一次连接中断");
                },
            }
            drop(seat);
        });
    }
}

struct Guest {
    stream: BufReader<TcpStream>,
    keeper: Arc<Keeper>,
    sender: bool,
    recipient: bool,
}

impl Guest {
    fn new(stream: TcpStream, keeper: Arc<Keeper>) -> Self {
        Self {
            stream: BufReader::new(stream),
            keeper,
            sender: false,
            recipient: false,
        }
    }

    async fn talk(mut self) -> io::Result<()> {
        self.stream.get_ref().set_nodelay(true)?;
        self.say("220 rongcuo demonstration ESMTP").await?;
        for _ in 0..COMMANDS {
            let Some(line) = self.line(COMMAND_BYTES).await? else {
                return Ok(());
            };
            let command = String::from_utf8_lossy(&line).trim().to_ascii_uppercase();
            if command == "QUIT" {
                return self.say("221 2.0.0 bye").await;
            }
            self.answer(&command).await?;
        }
        self.say("421 4.7.0 too many commands").await
    }

    async fn answer(&mut self, command: &str) -> io::Result<()> {
        let verb = command.split([' ', ':']).next().unwrap_or_default();
        match verb {
            "EHLO" => {
                self.reset();
                self.say(&format!("250-rongcuo\r\n250-8BITMIME\r\n250 SIZE {MAIL_BYTES}"))
                    .await
            }
            "HELO" => {
                self.reset();
                self.say("250 rongcuo").await
            }
            "MAIL" if !command.starts_with("MAIL FROM:<") => self.say("501 5.5.4 MAIL FROM:<address>").await,
            "MAIL" if self.sender => self.say("503 5.5.1 one mail at a time").await,
            "MAIL" => {
                self.sender = true;
                self.say("250 2.1.0 ok").await
            }
            "RCPT" if !self.sender => self.say("503 5.5.1 MAIL first").await,
            "RCPT" if !command.starts_with("RCPT TO:<") => self.say("501 5.5.4 RCPT TO:<address>").await,
            "RCPT" => {
                self.recipient = true;
                self.say("250 2.1.5 ok").await
            }
            "DATA" if !self.recipient => self.say("503 5.5.1 RCPT first").await,
            "DATA" => self.take().await,
            "RSET" => {
                self.reset();
                self.say("250 2.0.0 ok").await
            }
            "NOOP" => self.say("250 2.0.0 ok").await,
            _ => self.say("502 5.5.2 not known here").await,
        }
    }

    fn reset(&mut self) {
        self.sender = false;
        self.recipient = false;
    }

    async fn take(&mut self) -> io::Result<()> {
        self.say("354 end with a dot on a line of its own").await?;
        let mut mail = Vec::new();
        let mut too_big = false;
        loop {
            let Some(line) = self.line(LINE_BYTES).await? else {
                return Ok(());
            };
            if line == b".\r\n" {
                break;
            }
            let text = line.strip_prefix(b".").unwrap_or(&line);
            too_big |= mail.len() + text.len() > MAIL_BYTES;
            if !too_big {
                mail.extend_from_slice(text);
            }
        }
        self.reset();
        if too_big {
            return self.say("552 5.3.4 too big").await;
        }
        match self.keep(mail).await {
            Ok(name) => self.say(&format!("250 2.0.0 kept as {name}")).await,
            Err(error) => {
                tracing::warn!(error = %error, "演示邮件服务器未能保存邮件");
                self.say("451 4.3.0 could not be kept").await
            }
        }
    }

    async fn keep(&self, mail: Vec<u8>) -> io::Result<String> {
        let number = self.keeper.next.fetch_add(1, Ordering::Relaxed);
        let name = format!(
            "{number:06}-{}.eml",
            safe_name(message_id(&mail).as_deref().unwrap_or("mail"))
        );
        let path = self.keeper.dir.join(&name);
        tokio::task::spawn_blocking(move || write_whole(&path, &mail))
            .await
            .map_err(io::Error::other)??;
        Ok(name)
    }

    async fn say(&mut self, reply: &str) -> io::Result<()> {
        let line = format!("{reply}\r\n");
        timeout(IDLE, self.stream.get_mut().write_all(line.as_bytes()))
            .await
            .map_err(io::Error::other)?
    }

    /// One line with its end; `None` when the other side left.
    async fn line(&mut self, limit: usize) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.stream).take(limit as u64);
        timeout(IDLE, bounded.read_until(b'\n', &mut line))
            .await
            .map_err(io::Error::other)??;
        if line.len() >= limit && !line.ends_with(b"\n") {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "line too long"));
        }
        Ok(line.ends_with(b"\n").then_some(line))
    }
}

fn message_id(mail: &[u8]) -> Option<String> {
    mail_parser::MessageParser::new()
        .parse_headers(mail)?
        .message_id()
        .map(str::to_owned)
}
