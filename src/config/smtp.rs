//! How mail leaves the house.

use super::entry::{Entry, Source};
use super::error::ConfigError;
use super::raw;
use crate::domain::outbox::Allowance;
pub use crate::runtime::secret::Secret;
use std::io::Read as _;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// More connections at once would look like an attack to most servers.
const CONNECTIONS_MAX: u32 = 16;
/// A password file longer than this is not a password file.
const PASSWORD_MAX_BYTES: u64 = 4096;

/// Mail settings.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// Sender, a mailbox with or without a display name.
    pub from: String,
    /// Where mail goes.
    pub mode: SmtpMode,
    /// How much of it at a time.
    pub rate: Rate,
}

/// How much mail may leave at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Connections to the server at once.
    pub connections: u32,
    /// What may leave over them.
    pub limits: Allowance,
}

/// Where mail goes, as configured.
#[derive(Debug, Clone)]
pub enum SmtpMode {
    /// To a mail server; complete only after [`super::Config::smtp_ready`].
    Smtp(Box<SmtpSettings>),
    /// Into `.eml` files in this folder, made on first use.
    File {
        /// The folder.
        dir: PathBuf,
    },
}

/// The mail server as configured, not yet known to be usable.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    host: Entry<String>,
    port: u16,
    tls: SmtpTls,
    login: Option<(String, Entry<PathBuf>)>,
    ca_file: Option<PathBuf>,
    hello_name: Option<String>,
}

impl Smtp {
    /// What may be said of it to whoever looks after the site: no name of a login, no secret.
    pub fn told(&self) -> Vec<(&'static str, String)> {
        let mut said = vec![("发件人", self.from.clone())];
        match &self.mode {
            SmtpMode::File { .. } => said.push(("方式", "写成本机文件夹里的 .eml 文件，不发出".to_owned())),
            SmtpMode::Smtp(settings) => {
                let host = settings.host().unwrap_or_else(|| "没有写".to_owned());
                said.push(("服务器", format!("{host}:{}", settings.port)));
                let tls = match settings.tls {
                    SmtpTls::None => "不加密（本机）",
                    SmtpTls::StartTls => "STARTTLS",
                    SmtpTls::Tls => "TLS",
                };
                said.push(("加密", tls.to_owned()));
                let login = if settings.login.is_some() {
                    "用账号和密码文件"
                } else {
                    "不登录"
                };
                said.push(("登录", login.to_owned()));
            }
        }
        said.push(("连接", format!("同时 {} 个", self.rate.connections)));
        said
    }
}

/// Protection of the line to the mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// None; a host on the loopback only.
    None,
    /// Upgraded after the greeting, never optional.
    StartTls,
    /// From the first byte.
    Tls,
}

/// Where mail goes, checked and with secrets read: what a command that sends works with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// A mail server.
    Smtp(SmtpServer),
    /// `.eml` files in this folder.
    File {
        /// The folder.
        dir: PathBuf,
    },
}

/// A mail server that can be talked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpServer {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection of the line.
    pub tls: SmtpTls,
    /// Login, if any.
    pub credentials: Option<Credentials>,
    /// Authority that signs the server's certificate, in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// Name given in EHLO, in place of the machine's.
    pub hello_name: Option<String>,
}

/// A login at the mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// User name.
    pub username: String,
    /// Password.
    pub password: Secret,
}

pub(super) fn smtp(source: &Source, written: raw::Smtp, default: raw::Smtp) -> Result<Smtp, ConfigError> {
    let from = source.pick("smtp.from", written.from, default.from);
    if from.value.contains(char::is_control) || from.value.parse::<lettre::message::Mailbox>().is_err() {
        return Err(from.refuse(
            format!("“{}”不是发件人地址", from.value.escape_debug()),
            "写作 名称 <信箱@域名>",
        ));
    }
    let mode = source.pick("smtp.mode", written.mode, default.mode);
    let dir = source.pick("smtp.dir", written.dir, default.dir);
    let host = source.pick("smtp.host", written.host, default.host);
    let tls = source.pick("smtp.tls", written.tls, default.tls);
    let username = source.pick("smtp.username", written.username, default.username);
    let password_file = source.pick("smtp.password_file", written.password_file, default.password_file);
    name(&host)?;
    let rate = Rate {
        connections: connections(&source.pick("smtp.connections", written.connections, default.connections))?,
        limits: Allowance {
            per_minute: limit(&source.pick("smtp.per_minute", written.per_minute, default.per_minute)),
            domain_at_once: limit(&source.pick(
                "smtp.domain_connections",
                written.domain_connections,
                default.domain_connections,
            )),
            domain_per_minute: limit(&source.pick(
                "smtp.domain_per_minute",
                written.domain_per_minute,
                default.domain_per_minute,
            )),
        },
    };
    let settings = SmtpSettings {
        tls: protection(&tls, &host)?,
        port: port(&source.pick("smtp.port", written.port, default.port))?,
        login: login(source, &username, &password_file)?,
        ca_file: source.file(&source.pick("smtp.ca_file", written.ca_file, default.ca_file))?,
        hello_name: name(&source.pick("smtp.hello_name", written.hello_name, default.hello_name))?,
        host,
    };
    let to_files = mode.word(&[("smtp", false), ("file", true)])?;
    Ok(Smtp {
        from: from.value.trim().to_owned(),
        mode: if to_files {
            SmtpMode::File {
                dir: source.path(&dir)?,
            }
        } else {
            SmtpMode::Smtp(Box::new(settings))
        },
        rate,
    })
}

impl Smtp {
    /// Checks what only a sending command needs and reads the password.
    pub(super) fn ready(&self) -> Result<Outgoing, ConfigError> {
        match &self.mode {
            SmtpMode::File { dir } => Ok(Outgoing::File { dir: dir.clone() }),
            SmtpMode::Smtp(settings) => settings.ready().map(Outgoing::Smtp),
        }
    }
}

impl SmtpSettings {
    /// The host, as far as one is named.
    pub fn host(&self) -> Option<String> {
        self.host.text()
    }

    fn ready(&self) -> Result<SmtpServer, ConfigError> {
        let host = self.host.text().ok_or_else(|| {
            self.host.refuse(
                "没有写邮件服务器，无法发信",
                "在 [smtp] 下写 host = \"邮件服务器\"；暂时不发信时写 mode = \"file\"",
            )
        })?;
        let credentials = match &self.login {
            None => None,
            Some((username, file)) => Some(Credentials {
                username: username.clone(),
                password: Secret::new(secret(file, "密码文件")?),
            }),
        };
        Ok(SmtpServer {
            host,
            port: self.port,
            tls: self.tls,
            credentials,
            ca_file: self.ca_file.clone(),
            hello_name: self.hello_name.clone(),
        })
    }
}

/// An unprotected line would show every mail and the password to the network between.
fn protection(tls: &Entry<String>, host: &Entry<String>) -> Result<SmtpTls, ConfigError> {
    let kind = tls.word(&[
        ("none", SmtpTls::None),
        ("starttls", SmtpTls::StartTls),
        ("tls", SmtpTls::Tls),
    ])?;
    match host.text() {
        Some(name) if kind == SmtpTls::None && !is_loopback(&name) => {
            // The host is what people wrote; `tls` may be the default and then has no place to point at.
            let place = if tls.position.is_some() { tls } else { host };
            Err(place.refuse(
                format!("邮件服务器 {name} 不在本机，不加密发信会泄露内容"),
                "写 tls = \"starttls\" 或 tls = \"tls\"",
            ))
        }
        _ => Ok(kind),
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn port(entry: &Entry<u16>) -> Result<u16, ConfigError> {
    match entry.value {
        0 => Err(entry.refuse("端口不能是 0", "写 1 至 65535 的整数，常用 25、465、587")),
        port => Ok(port),
    }
}

fn connections(entry: &Entry<u32>) -> Result<u32, ConfigError> {
    match entry.value {
        number @ 1..=CONNECTIONS_MAX => Ok(number),
        number => Err(entry.refuse(
            format!("不能是 {number}"),
            format!("写 1 至 {CONNECTIONS_MAX} 的整数，一般写 2"),
        )),
    }
}

/// 0 stands for no limit.
fn limit(entry: &Entry<u32>) -> Option<u32> {
    (entry.value > 0).then_some(entry.value)
}

/// A host name goes into the SMTP dialogue, so nothing that could end a line may be in it.
fn name(entry: &Entry<String>) -> Result<Option<String>, ConfigError> {
    let text = entry.text();
    let odd = |c: char| c.is_whitespace() || c.is_control() || !c.is_ascii();
    match text {
        Some(text) if text.contains(odd) => {
            Err(entry.refuse("主机名含有空格或不能用于主机名的字符", "写域名或 IP 地址"))
        }
        text => Ok(text),
    }
}

fn login(
    source: &Source,
    username: &Entry<String>,
    password_file: &Entry<String>,
) -> Result<Option<(String, Entry<PathBuf>)>, ConfigError> {
    match (username.text(), source.optional_path(password_file)) {
        (None, None) => Ok(None),
        (Some(name), Some(_)) => Ok(Some((name, password_file.path_of(source)?))),
        (Some(_), None) => Err(username.refuse("写了用户名而没有写密码文件", "在 password_file 写存放密码的文件")),
        (None, Some(_)) => Err(password_file.refuse("写了密码文件而没有写用户名", "写上 username，或删去此项")),
    }
}

/// A secret of one line, from a file that nobody else can read; `what` names the file.
pub(super) fn secret(file: &Entry<PathBuf>, what: &str) -> Result<String, ConfigError> {
    let path = file.value.display();
    let unreadable = |error: std::io::Error| {
        file.refuse(
            format!("读不了{what} {path}（{error}）"),
            "检查路径，并让运行本程序的用户可读",
        )
    };
    // The rights are taken from the opened file, so the file checked is the file read.
    let opened = std::fs::File::open(&file.value).map_err(unreadable)?;
    let meta = opened.metadata().map_err(unreadable)?;
    refuse_if_shared(file, what, &meta.permissions())?;
    let mut text = String::new();
    opened
        .take(PASSWORD_MAX_BYTES)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    match text.trim() {
        "" => Err(file.refuse(format!("{what} {path} 是空的"), "把内容写进去，只写一行")),
        text if text.contains(char::is_control) => Err(file.refuse(format!("{what} {path} 不止一行"), "只留一行")),
        text => Ok(text.to_owned()),
    }
}

fn refuse_if_shared(file: &Entry<PathBuf>, what: &str, rights: &std::fs::Permissions) -> Result<(), ConfigError> {
    let others = rights.mode() & 0o077;
    if others == 0 {
        return Ok(());
    }
    let path: &Path = &file.value;
    Err(file.refuse(
        format!("{what} {} 别的用户也能读", path.display()),
        format!("执行 chmod 600 {}", path.display()),
    ))
}
