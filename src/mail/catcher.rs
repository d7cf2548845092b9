//! A small mail server on loopback that keeps what it is sent as `.eml` files; for the demonstration.

use super::file::file_name;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

const CONNECTIONS: usize = 64;
const IDLE: Duration = Duration::from_secs(60);
const LINE_BYTES: u64 = 8_192;
const MESSAGE_BYTES: usize = 10 << 20;

/// A running catcher.
#[derive(Debug)]
pub struct Catcher {
    addr: SocketAddr,
    taken: Arc<AtomicU64>,
}

impl Catcher {
    /// Listens on a free loopback port until told to stop.
    pub async fn start(dir: PathBuf, stop: CancellationToken) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let addr = listener.local_addr()?;
        let taken = Arc::new(AtomicU64::new(0));
        let (dir, counter) = (Arc::new(dir), taken.clone());
        tokio::spawn(async move {
            let places = Arc::new(Semaphore::new(CONNECTIONS));
            loop {
                let Ok(place) = places.clone().acquire_owned().await else {
                    return;
                };
                let socket = tokio::select! {
                    () = stop.cancelled() => return,
                    accepted = listener.accept() => match accepted {
                        Ok((socket, _)) => socket,
                        Err(_) => continue,
                    },
                };
                let (dir, counter) = (dir.clone(), counter.clone());
                tokio::spawn(async move {
                    // A client that breaks off is its own affair.
                    if let Err(error) = converse(socket, &dir, &counter).await {
                        tracing::debug!(error = %error, "演示邮件连接中断");
                    }
                    drop(place);
                });
            }
        });
        Ok(Self { addr, taken })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Mails taken so far.
    pub fn count(&self) -> u64 {
        self.taken.load(Ordering::SeqCst)
    }
}

async fn converse(socket: TcpStream, dir: &Path, taken: &AtomicU64) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let mut stream = BufReader::new(socket);
    say(&mut stream, "220 localhost rongcuo demo").await?;
    loop {
        let line = read_line(&mut stream).await?;
        let verb = String::from_utf8_lossy(&line).trim_end().to_ascii_uppercase();
        match verb.split([' ', ':']).next().unwrap_or("") {
            "" if line.is_empty() => return Ok(()),
            "EHLO" => say(&mut stream, "250-localhost\r\n250-8BITMIME\r\n250 SIZE 10485760").await?,
            "DATA" => {
                say(&mut stream, "354 go ahead").await?;
                let message = read_message(&mut stream).await?;
                let number = taken.fetch_add(1, Ordering::SeqCst) + 1;
                keep(dir, number, message).await?;
                say(&mut stream, &format!("250 kept as {number:04}")).await?;
            }
            "HELO" | "MAIL" | "RCPT" | "RSET" | "NOOP" => say(&mut stream, "250 ok").await?,
            "QUIT" => return say(&mut stream, "221 bye").await,
            _ => say(&mut stream, "502 not known here").await?,
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, text: &str) -> io::Result<()> {
    stream.write_all(format!("{text}\r\n").as_bytes()).await?;
    stream.flush().await
}

async fn read_line(stream: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut bounded = stream.take(LINE_BYTES);
    tokio::time::timeout(IDLE, bounded.read_until(b'\n', &mut line)).await??;
    Ok(line)
}

async fn read_message(stream: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let line = read_line(stream).await?;
        match line.as_slice() {
            b".\r\n" | b".\n" => return Ok(message),
            b"" => return Err(io::ErrorKind::UnexpectedEof.into()),
            [b'.', rest @ ..] => message.extend_from_slice(rest),
            other => message.extend_from_slice(other),
        }
        if message.len() > MESSAGE_BYTES {
            return Err(io::Error::other("message too large"));
        }
    }
}

/// On the disk before the server says 250.
async fn keep(dir: &Path, number: u64, message: Vec<u8>) -> io::Result<()> {
    let id = mail_parser::MessageParser::default()
        .parse_headers(&message)
        .and_then(|parsed| parsed.message_id().map(str::to_owned))
        .unwrap_or_default();
    let path = dir.join(format!("{number:04}-{}", file_name(&id)));
    tokio::task::spawn_blocking(move || {
        let mut file = std::fs::File::create(path)?;
        file.write_all(&message)?;
        file.sync_all()
    })
    .await
    .map_err(io::Error::other)?
}
