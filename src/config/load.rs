//! The one step from raw text to a checked configuration.

use super::accounts::{Accounts, accounts};
use super::bounce::{Bounce, bounce};
use super::database::{self, DatabaseUrl};
use super::entry::{Entry, Source};
use super::error::ConfigError;
use super::files::files;
use super::inbox::{Inbox, inbox};
use super::log::{Log, log};
use super::oidc::{Oidc, oidc};
use super::outbound::{ChannelSettings, Heartbeat, Outbound, channels, outbound, watch};
use super::raw::{Raw, defaults};
use super::site::{Site, site};
use super::smtp::{Outgoing, Smtp, smtp};
use super::web::{Web, web};
use crate::files::Limits;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The file looked for in the current folder when none is named.
const DEFAULT_FILE: &str = "rongcuo.toml";

/// A configuration file longer than this is something else.
const MAX_BYTES: u64 = 1024 * 1024;

/// The checked configuration: every path absolute, every word understood.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file it came from; `None` when the defaults apply.
    pub file: Option<PathBuf>,
    /// Name and address of the installation.
    pub site: Site,
    /// The database.
    pub database: DatabaseUrl,
    /// Where the pages are listened for, and how.
    pub web: Web,
    /// The provider people may sign in with; `None`: they have passwords.
    pub oidc: Option<Oidc>,
    /// Accounts of the pages.
    pub accounts: Accounts,
    /// Mail. A command that sends asks [`Config::smtp_ready`].
    pub smtp: Smtp,
    /// The mail gateway that tells of bounces; `None`: nobody may.
    pub bounce: Option<Bounce>,
    /// Folder of calendar files; `None` means those built in.
    pub calendar_dir: Option<PathBuf>,
    /// Policy profile; `None` means the one built in.
    pub policy_file: Option<PathBuf>,
    /// Folder of word lists; `None` means those built in.
    pub words_dir: Option<PathBuf>,
    /// Bounds on the files that are read.
    pub files: Limits,
    /// Folder into which other systems drop their lists; `None`: none is watched.
    pub inbox: Option<Inbox>,
    /// Where requests may go.
    pub outbound: Outbound,
    /// Who is told that the service lives.
    pub heartbeat: Option<Heartbeat>,
    /// Channels beside mail.
    pub channels: Vec<ChannelSettings>,
    /// Key file, made on first use.
    pub key_file: PathBuf,
    /// Log settings.
    pub log: Log,
}

impl Config {
    /// Loads `path`, else `rongcuo.toml` of the current folder if there is one, else the defaults.
    /// `database` (the argument `--database`) wins over the file; its relative path counts from the current folder.
    pub fn load(path: Option<&Path>, database: Option<&str>) -> Result<Self, ConfigError> {
        let here = Path::new(DEFAULT_FILE);
        match path {
            Some(path) => Self::from_file(path, database),
            None if here.exists() => Self::from_file(here, database),
            None => Self::from_source(
                &Source {
                    file: None,
                    text: String::new(),
                    base: absolute(Path::new(".")),
                },
                database,
            ),
        }
    }

    /// Where mail goes, with the checks only a sending command needs: the host is named and the password can be read.
    /// Commands that send nothing work without.
    pub fn smtp_ready(&self) -> Result<Outgoing, ConfigError> {
        self.smtp.ready()
    }

    fn from_file(path: &Path, database: Option<&str>) -> Result<Self, ConfigError> {
        let text = read(path)?;
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let base = absolute(folder);
        Self::from_source(
            &Source {
                file: Some(path.to_path_buf()),
                text,
                base,
            },
            database,
        )
    }

    fn from_source(source: &Source, argument: Option<&str>) -> Result<Self, ConfigError> {
        let file = source.file.clone();
        let mut raw: Raw = toml::from_str(&source.text).map_err(|error| {
            ConfigError::of_syntax(file.as_deref().unwrap_or(Path::new(DEFAULT_FILE)), &source.text, &error)
        })?;
        let mut default = defaults();
        let database = source.pick("database.url", raw.database.url, default.database.url);
        let calendar = source.pick("calendar.dir", raw.calendar.dir, default.calendar.dir);
        let policy = source.pick("policy.file", raw.policy.file, default.policy.file);
        let words = source.pick("words.dir", raw.words.dir, default.words.dir);
        let key = source.pick("crypto.key_file", raw.crypto.key_file, default.crypto.key_file);
        let site = site(source, raw.site, default.site)?;
        let accounts = accounts(source, raw.accounts, default.accounts)?;
        let provider = (raw.web.oidc.take(), default.web.oidc.take());
        Ok(Self {
            oidc: oidc(source, provider.0, provider.1, &site.base_url)?,
            web: web(source, raw.web, default.web, (&site.base_url, &accounts.proxies))?,
            site,
            database: match argument {
                Some(text) => database::from_argument(text)?,
                None => database_url(source, &database)?,
            },
            accounts,
            smtp: smtp(source, raw.smtp, default.smtp)?,
            bounce: bounce(source, raw.bounce, default.bounce)?,
            calendar_dir: source.folder(&calendar)?,
            policy_file: source.file(&policy)?,
            words_dir: source.folder(&words)?,
            files: files(source, raw.files, default.files)?,
            inbox: inbox(source, raw.inbox, default.inbox)?,
            outbound: outbound(source, raw.outbound, default.outbound)?,
            heartbeat: watch(source, raw.watch, default.watch)?,
            channels: channels(source, raw.channel)?,
            key_file: source.path(&key)?,
            log: log(source, raw.log, default.log)?,
            file,
        })
    }
}

fn database_url(source: &Source, entry: &Entry<String>) -> Result<DatabaseUrl, ConfigError> {
    DatabaseUrl::parse(&entry.value, &source.base).map_err(|problem| entry.refuse(problem, database::ADVICE))
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let unreadable = |error: std::io::Error| {
        let problem = match error.kind() {
            std::io::ErrorKind::NotFound => "找不到这个文件".to_owned(),
            std::io::ErrorKind::InvalidData => "不是 UTF-8 编码的文本".to_owned(),
            _ => format!("读不了（{error}）"),
        };
        ConfigError::of_file(path, problem, "检查路径、读取权限和编码；写法见 README 的日常使用一节")
    };
    let opened = std::fs::File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    opened
        .take(MAX_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(ConfigError::of_file(
            path,
            "超过 1 MiB，不像配置文件",
            "检查是否指定了别的文件",
        ));
    }
    // Some editors put a byte order mark in front.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

#[cfg(test)]
mod tests;
