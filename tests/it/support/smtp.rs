//! A mail server that follows a script. It runs on a thread of its own, so a test may block while it waits for
//! another process, and it logs every mail it takes *before* it answers 250.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Where in a conversation something else than usual happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// After the first line of the content.
    Content,
    /// The dot was read, the mail not taken.
    Dot,
    /// The mail was taken and logged, the answer not given.
    Taken,
}

/// What happens instead of the usual answer.
#[derive(Debug, Clone)]
pub enum Act {
    /// This answer, as it is, with a line end added.
    Say(&'static str),
    /// These bytes, as they are.
    Raw(Vec<u8>),
    /// Nothing, while the line stays open.
    Silence,
    /// The usual answer, late.
    Late(Duration),
    /// The line is closed.
    Close,
    /// The usual answer.
    Usual,
    /// The usual answer, and the line is closed.
    Bye,
    /// The beginning of an answer, byte by byte, without end.
    Drip(Duration),
}

/// Encryption the server offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secure {
    No,
    StartTls,
    Tls,
}

/// How one connection goes. The default takes every mail.
#[derive(Debug, Clone)]
pub struct Script {
    pub secure: Secure,
    /// Mechanism, user name and password without which no mail is taken.
    pub login: Option<(&'static str, &'static str, &'static str)>,
    /// Whether it offers to take several commands at once.
    pub together: bool,
    /// Each happens once, in this order.
    pub acts: Vec<(At, Act)>,
    /// These happen whenever nothing above does.
    pub always: Vec<(At, Act)>,
    /// These happen whenever the recipient's address has the text in it, from RCPT on.
    pub to: Vec<(&'static str, At, Act)>,
}

impl Script {
    pub fn ok() -> Self {
        Self {
            secure: Secure::No,
            login: None,
            together: false,
            acts: Vec::new(),
            always: Vec::new(),
            to: Vec::new(),
        }
    }

    /// Something else than usual for one sort of recipient.
    pub fn to(recipient: &'static str, place: At, act: Act) -> Self {
        Self {
            to: vec![(recipient, place, act)],
            ..Self::ok()
        }
    }

    /// The same at every arrival.
    pub fn always(place: At, act: Act) -> Self {
        Self {
            always: vec![(place, act)],
            ..Self::ok()
        }
    }

    pub fn at(place: At, act: Act) -> Self {
        Self {
            acts: vec![(place, act)],
            ..Self::ok()
        }
    }
}

/// A mail the server took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub message_id: String,
    pub from: String,
    pub to: Vec<String>,
    pub bytes: Vec<u8>,
    pub encrypted: bool,
    pub user: Option<String>,
}

#[derive(Default)]
struct Log {
    taken: Mutex<Vec<Taken>>,
    heard: Mutex<Vec<String>>,
    connections: Mutex<usize>,
    /// The connections to come; the last script stays.
    scripts: Mutex<VecDeque<Script>>,
}

/// A running server; it ends when dropped.
pub struct SmtpServer {
    pub addr: SocketAddr,
    log: Arc<Log>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    dir: tempfile::TempDir,
}

impl SmtpServer {
    /// The first connection follows the first script and so on; the last script serves all that come later.
    pub fn start(scripts: Vec<Script>) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let tls = acceptor(dir.path());
        let log = Arc::new(Log {
            scripts: Mutex::new(scripts.into()),
            ..Log::default()
        });
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn({
            let log = Arc::clone(&log);
            move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(async move {
                    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
                    tell.send(listener.local_addr().unwrap()).unwrap();
                    tokio::select! {
                        _ = stopped => {}
                        () = serve(listener, tls, log) => {}
                    }
                });
            }
        });
        let addr = told.recv().expect("the server listens");
        Self {
            addr,
            log,
            stop: Some(stop),
            thread: Some(thread),
            dir,
        }
    }

    /// What the server took, in order.
    pub fn taken(&self) -> Vec<Taken> {
        self.log.taken.lock().unwrap().clone()
    }

    /// From the next connection on this script.
    pub fn follow(&self, script: Script) {
        *self.log.scripts.lock().unwrap() = [script].into();
    }

    /// Every command line it heard.
    pub fn heard(&self) -> Vec<String> {
        self.log.heard.lock().unwrap().clone()
    }

    /// Connections so far.
    pub fn connections(&self) -> usize {
        *self.log.connections.lock().unwrap()
    }

    /// The authority that signed the server's certificate.
    pub fn ca_file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// An authority that did not.
    pub fn other_ca_file(&self) -> PathBuf {
        self.dir.path().join("other.pem")
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the server thread ends");
        }
    }
}

fn authority(name: &str) -> (CertificateParams, KeyPair) {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    (params, KeyPair::generate().unwrap())
}

/// A server certificate for the loopback in `ca.pem`, and another authority in `other.pem`.
pub fn acceptor(dir: &Path) -> TlsAcceptor {
    let (params, key) = authority("test authority");
    std::fs::write(dir.join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    let (other, other_key) = authority("another authority");
    std::fs::write(dir.join("other.pem"), other.self_signed(&other_key).unwrap().pem()).unwrap();

    let own_key = KeyPair::generate().unwrap();
    let mut own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    own.subject_alt_names
        .push(rcgen::SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    let certificate = own.signed_by(&own_key, &Issuer::new(params, key)).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(own_key.serialize_der().into()),
        )
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn serve(listener: TcpListener, tls: TlsAcceptor, log: Arc<Log>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        *log.connections.lock().unwrap() += 1;
        let script = {
            let mut scripts = log.scripts.lock().unwrap();
            if scripts.len() > 1 {
                scripts.pop_front().unwrap()
            } else {
                scripts[0].clone()
            }
        };
        let (tls, log) = (tls.clone(), Arc::clone(&log));
        tokio::spawn(async move {
            let mut talk = Talk {
                script,
                log,
                encrypted: false,
                user: None,
                to: String::new(),
            };
            // A script that closes the line ends here as well as a client that leaves.
            let _ended = talk.run(stream, &tls).await;
        });
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}
type Pipe = BufReader<Box<dyn Stream>>;

struct Talk {
    script: Script,
    log: Arc<Log>,
    encrypted: bool,
    user: Option<String>,
    /// The recipient of the mail under way.
    to: String,
}

/// The line was closed, by a script or by the client.
struct Closed;

impl From<std::io::Error> for Closed {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

impl Talk {
    async fn run(&mut self, stream: tokio::net::TcpStream, tls: &TlsAcceptor) -> Result<(), Closed> {
        let mut pipe: Pipe = if self.script.secure == Secure::Tls {
            self.encrypted = true;
            BufReader::new(Box::new(tls.accept(stream).await?))
        } else {
            BufReader::new(Box::new(stream))
        };
        self.answer(&mut pipe, At::Greeting, "220 test ESMTP").await?;
        let mut from = String::new();
        let mut to = Vec::new();
        loop {
            let line = read(&mut pipe).await?;
            self.log.heard.lock().unwrap().push(line.clone());
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => {
                    let offers = self.offers();
                    self.answer(&mut pipe, At::Ehlo, &offers).await?;
                }
                "STARTTLS" => {
                    self.answer(&mut pipe, At::StartTls, "220 go ahead").await?;
                    self.encrypted = true;
                    pipe = BufReader::new(Box::new(tls.accept(pipe.into_inner()).await?));
                }
                "AUTH" => self.auth(&mut pipe, &line).await?,
                "MAIL" if self.script.login.is_some() && self.user.is_none() => {
                    self.say(&mut pipe, "530 5.7.0 authentication required").await?;
                }
                "MAIL" => {
                    from = bracketed(&line);
                    to.clear();
                    self.to.clear();
                    self.answer(&mut pipe, At::Mail, "250 sender ok").await?;
                }
                "RCPT" => {
                    to.push(bracketed(&line));
                    self.to = bracketed(&line);
                    self.answer(&mut pipe, At::Rcpt, "250 recipient ok").await?;
                }
                "DATA" => {
                    self.answer(&mut pipe, At::Data, "354 go on").await?;
                    self.content(&mut pipe, &from, &to).await?;
                }
                "QUIT" => {
                    self.say(&mut pipe, "221 bye").await?;
                    return Ok(());
                }
                _ => self.say(&mut pipe, "502 what").await?,
            }
        }
    }

    fn offers(&self) -> String {
        let mut lines = vec!["test", "8BITMIME"];
        if self.script.together {
            lines.push("PIPELINING");
        }
        if self.script.secure == Secure::StartTls && !self.encrypted {
            lines.push("STARTTLS");
        }
        let login = self.script.login.map(|(mechanism, ..)| format!("AUTH {mechanism}"));
        if let Some(login) = login
            .as_deref()
            .filter(|_| self.encrypted || self.script.secure == Secure::No)
        {
            lines.push(login);
        }
        let last = lines.len() - 1;
        let line = |(at, text): (usize, &&str)| format!("250{}{text}", if at == last { ' ' } else { '-' });
        lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\r\n")
    }

    async fn auth(&mut self, pipe: &mut Pipe, line: &str) -> Result<(), Closed> {
        let (mechanism, user, password) = self.script.login.unwrap_or(("NONE", "", ""));
        let said = if line.starts_with("AUTH PLAIN ") && mechanism == "PLAIN" {
            line["AUTH PLAIN ".len()..] == encode(format!("\0{user}\0{password}").as_bytes())
        } else if line == "AUTH LOGIN" && mechanism == "LOGIN" {
            self.say(pipe, "334 VXNlcm5hbWU6").await?;
            let name = read(pipe).await?;
            self.say(pipe, "334 UGFzc3dvcmQ6").await?;
            let secret = read(pipe).await?;
            name == encode(user.as_bytes()) && secret == encode(password.as_bytes())
        } else {
            return self.say(pipe, "504 unknown mechanism").await;
        };
        if said {
            self.user = Some(user.to_owned());
            self.answer(pipe, At::Auth, "235 welcome").await
        } else {
            self.say(pipe, "535 5.7.8 bad credentials").await
        }
    }

    async fn content(&mut self, pipe: &mut Pipe, from: &str, to: &[String]) -> Result<(), Closed> {
        let mut bytes = Vec::new();
        loop {
            let mut line = Vec::new();
            if pipe.read_until(b'\n', &mut line).await? == 0 {
                return Err(Closed);
            }
            if line == b".\r\n" {
                break;
            }
            bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            if let Some(act) = self.act(At::Content) {
                self.perform(pipe, act, "").await?;
            }
        }
        if let Some(act) = self.act(At::Dot) {
            return self.perform(pipe, act, "250 unused").await;
        }
        let head = String::from_utf8_lossy(&bytes).into_owned();
        let id = head
            .lines()
            .find_map(|line| line.strip_prefix("Message-ID: "))
            .unwrap_or_default();
        let message_id = id.trim_matches(['<', '>']).to_owned();
        let (from, to) = (from.to_owned(), to.to_vec());
        let taken = Taken {
            message_id,
            from,
            to,
            bytes,
            encrypted: self.encrypted,
            user: self.user.clone(),
        };
        self.log.taken.lock().unwrap().push(taken);
        self.answer(pipe, At::Taken, "250 2.0.0 queued").await
    }

    fn act(&mut self, at: At) -> Option<Act> {
        let Script { acts, always, to, .. } = &mut self.script;
        if let Some(found) = acts.iter().position(|(place, _)| *place == at) {
            return Some(acts.remove(found).1);
        }
        let own = to
            .iter()
            .find(|(text, place, _)| *place == at && self.to.contains(text))
            .map(|(.., act)| act.clone());
        own.or_else(|| {
            always
                .iter()
                .find(|(place, _)| *place == at)
                .map(|(_, act)| act.clone())
        })
    }

    async fn answer(&mut self, pipe: &mut Pipe, at: At, usual: &str) -> Result<(), Closed> {
        match self.act(at) {
            None => self.say(pipe, usual).await,
            Some(act) => self.perform(pipe, act, usual).await,
        }
    }

    async fn perform(&mut self, pipe: &mut Pipe, act: Act, usual: &str) -> Result<(), Closed> {
        match act {
            Act::Say(text) => self.say(pipe, text).await,
            Act::Raw(bytes) => {
                pipe.get_mut().write_all(&bytes).await?;
                Ok(pipe.get_mut().flush().await?)
            }
            Act::Silence => std::future::pending().await,
            Act::Late(delay) => {
                tokio::time::sleep(delay).await;
                self.say(pipe, usual).await
            }
            Act::Close => Err(Closed),
            Act::Usual => self.say(pipe, usual).await,
            Act::Bye => {
                self.say(pipe, usual).await?;
                Err(Closed)
            }
            Act::Drip(pause) => loop {
                pipe.get_mut().write_all(b"2").await?;
                pipe.get_mut().flush().await?;
                tokio::time::sleep(pause).await;
            },
        }
    }

    async fn say(&self, pipe: &mut Pipe, text: &str) -> Result<(), Closed> {
        pipe.get_mut().write_all(format!("{text}\r\n").as_bytes()).await?;
        Ok(pipe.get_mut().flush().await?)
    }
}

async fn read(pipe: &mut Pipe) -> Result<String, Closed> {
    let mut line = Vec::new();
    if pipe.read_until(b'\n', &mut line).await? == 0 {
        return Err(Closed);
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

fn bracketed(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(inner, _)| inner.to_owned())
        .unwrap_or_default()
}

/// Base64 (RFC 4648), for the logins.
fn encode(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let padded = [
            group[0],
            group.get(1).copied().unwrap_or(0),
            group.get(2).copied().unwrap_or(0),
        ];
        let bits = u32::from(padded[0]) << 16 | u32::from(padded[1]) << 8 | u32::from(padded[2]);
        for at in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * at)) as usize & 63] as char;
            out.push(if at > group.len() { '=' } else { sign });
        }
    }
    out
}
