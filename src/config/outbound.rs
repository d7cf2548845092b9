//! Where requests may go, who is told that the service lives, and the channels beside mail.

use super::entry::{Entry, Source};
use super::error::ConfigError;
use super::raw;
use super::smtp::secret;
use crate::domain::channel::{self, Kind as Word, MOST, MOST_PER_MINUTE, NAME_CHARS, Outline, PER_MINUTE};
use crate::outbound::{
    AllowList, Channel, DingTalk, Folder, Header, Kind, Looks, Origin, Template, Url, WeCom, Webhook, is_token,
};
use crate::runtime::secret::Secret;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use toml::Spanned;

/// Longest pause between heartbeats, in minutes.
const LONGEST_PAUSE: u32 = 24 * 60;
/// Where requests may go.
#[derive(Debug, Clone, Default)]
pub struct Outbound {
    /// The places.
    pub allow: AllowList,
    /// Folders that channels set through the pages may write to.
    pub dirs: Vec<PathBuf>,
    /// Authority that signs their certificates, in place of the system's.
    pub ca_file: Option<PathBuf>,
}

/// Who is told that the service lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heartbeat {
    /// Address.
    pub url: Url,
    /// At most once in this time.
    pub every: Duration,
}

/// A channel as configured; a command that sends asks [`ChannelSettings::ready`].
#[derive(Debug, Clone)]
pub struct ChannelSettings {
    /// Name.
    pub id: String,
    /// What it is.
    pub kind: Word,
    /// Where it sends to; `None`: into a folder.
    pub url: Option<Url>,
    per_minute: u32,
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    Webhook {
        headers: Vec<Header>,
        template: Template,
        secret: Option<Entry<PathBuf>>,
    },
    WeCom {
        key: Entry<PathBuf>,
        looks: Looks,
    },
    DingTalk {
        token: Entry<PathBuf>,
        secret: Option<Entry<PathBuf>>,
        looks: Looks,
    },
    File {
        dir: PathBuf,
    },
}

impl ChannelSettings {
    /// What may be said of it; no secret is read for that.
    pub fn outline(&self) -> Outline {
        let (markdown, body, headers, signed) = match &self.way {
            Way::Webhook {
                headers,
                template,
                secret,
            } => {
                let names = headers.iter().map(|(name, _)| name.to_string());
                (false, template.own_text(), names.collect(), secret.is_some())
            }
            Way::WeCom { looks, .. } => (*looks == Looks::Markdown, None, Vec::new(), false),
            Way::DingTalk { secret, looks, .. } => (*looks == Looks::Markdown, None, Vec::new(), secret.is_some()),
            Way::File { .. } => (false, None, Vec::new(), false),
        };
        Outline {
            kind: self.kind,
            place: match (&self.url, &self.way) {
                (Some(url), _) => url.origin().to_string(),
                (None, Way::File { dir }) => dir.display().to_string(),
                (None, _) => String::new(),
            },
            per_minute: self.per_minute,
            markdown,
            body,
            headers,
            signed,
        }
    }

    /// The folder it writes to, if it is one.
    pub fn dir(&self) -> Option<&PathBuf> {
        match &self.way {
            Way::File { dir } => Some(dir),
            _ => None,
        }
    }

    /// The channel with its secrets read.
    pub fn ready(&self) -> Result<Channel, ConfigError> {
        let read = |file: &Entry<PathBuf>| secret(file, "密钥文件").map(Secret::new);
        let maybe = |file: &Option<Entry<PathBuf>>| file.as_ref().map(read).transpose();
        let url = || self.url.clone().expect("a channel that is no folder has an address");
        let kind = match &self.way {
            Way::Webhook {
                headers,
                template,
                secret,
            } => Kind::Webhook(Webhook {
                url: url(),
                headers: headers.clone(),
                template: template.clone(),
                secret: maybe(secret)?,
            }),
            Way::WeCom { key, looks } => Kind::WeCom(WeCom {
                url: url(),
                key: token(key, read(key)?)?,
                looks: *looks,
            }),
            Way::DingTalk {
                token: file,
                secret,
                looks,
            } => Kind::DingTalk(DingTalk {
                url: url(),
                token: token(file, read(file)?)?,
                secret: maybe(secret)?,
                looks: *looks,
            }),
            Way::File { dir } => Kind::File(Folder { dir: dir.clone() }),
        };
        Ok(Channel {
            id: self.id.clone(),
            per_minute: self.per_minute,
            kind,
        })
    }
}

/// A token goes into an address as it is.
fn token(file: &Entry<PathBuf>, text: Secret) -> Result<Secret, ConfigError> {
    if is_token(text.reveal()) {
        return Ok(text);
    }
    let path = file.value.display();
    Err(file.refuse(
        format!("密钥文件 {path} 里有不能用于网址的字符"),
        "只写网址中等号后面的那一段",
    ))
}

pub(super) fn outbound(
    source: &Source,
    written: raw::Outbound,
    default: raw::Outbound,
) -> Result<Outbound, ConfigError> {
    let allow = source.pick("outbound.allow", written.allow, default.allow);
    let places: Result<Vec<Origin>, ConfigError> = allow
        .value
        .iter()
        .map(|text| {
            Origin::parse(text).map_err(|problem| {
                allow.refuse(
                    format!("“{}”{problem}", text.escape_debug()),
                    "写作 https://主机名 或 https://主机名:端口",
                )
            })
        })
        .collect();
    let dirs = source.pick("outbound.allow_dirs", written.allow_dirs, default.allow_dirs);
    let folder = |text: &String| {
        let text = text.trim();
        if text.is_empty() {
            return Err(dirs.refuse("没有写路径", "写上路径，或删去这一项"));
        }
        Ok(source.base.join(text))
    };
    Ok(Outbound {
        allow: AllowList::new(places?),
        dirs: dirs.value.iter().map(folder).collect::<Result<_, _>>()?,
        ca_file: source.file(&source.pick("outbound.ca_file", written.ca_file, default.ca_file))?,
    })
}

pub(super) fn watch(
    source: &Source,
    written: raw::Watch,
    default: raw::Watch,
) -> Result<Option<Heartbeat>, ConfigError> {
    let url = source.pick("watch.heartbeat_url", written.heartbeat_url, default.heartbeat_url);
    let minutes = source.pick(
        "watch.heartbeat_minutes",
        written.heartbeat_minutes,
        default.heartbeat_minutes,
    );
    if !(1..=LONGEST_PAUSE).contains(&minutes.value) {
        return Err(minutes.refuse(
            format!("{} 超出范围", minutes.value),
            format!("写一个 1 到 {LONGEST_PAUSE} 之间的整数"),
        ));
    }
    if url.text().is_none() {
        return Ok(None);
    }
    Ok(Some(Heartbeat {
        url: address(&url)?,
        every: Duration::from_mins(u64::from(minutes.value)),
    }))
}

fn address(entry: &Entry<String>) -> Result<Url, ConfigError> {
    // The address may hold a key, so it is not repeated.
    Url::parse(&entry.value).map_err(|problem| entry.refuse(problem, "写完整的网址，如 https://主机名/路径"))
}

/// The channels, in the order in which they are written.
pub(super) fn channels(
    source: &Source,
    written: Vec<Spanned<raw::Channel>>,
) -> Result<Vec<ChannelSettings>, ConfigError> {
    let mut channels: Vec<ChannelSettings> = Vec::new();
    for table in written {
        let place = source.at("channel", table.span().start, ());
        if channels.len() == MOST {
            return Err(place.refuse(format!("通道超过 {MOST} 个"), "删去不用的"));
        }
        let raw = table.into_inner();
        let id = required(source, &place, "channel.id", raw.id.clone())?;
        if !channel::is_name(&id.value) {
            return Err(id.refuse(
                "通道的名称不对",
                format!("用字母、汉字、数字、- 和 _，最多 {NAME_CHARS} 个字"),
            ));
        }
        if channels.iter().any(|known| known.id == id.value) {
            return Err(id.refuse(format!("名称“{}”用了两次", id.value), "换一个名称"));
        }
        channels.push(one(source, &place, id.value, raw)?);
    }
    Ok(channels)
}

fn one(source: &Source, place: &Entry<()>, id: String, raw: raw::Channel) -> Result<ChannelSettings, ConfigError> {
    let kind = required(source, place, "channel.kind", raw.kind)?;
    let word = kind.word(&Word::ALL.map(|word| (word.word(), word)))?;
    let per_minute = source.written("channel.per_minute", raw.per_minute);
    if let Some(entry) = &per_minute
        && !(1..=MOST_PER_MINUTE).contains(&entry.value)
    {
        return Err(entry.refuse(
            format!("{} 超出范围", entry.value),
            format!("写一个 1 到 {MOST_PER_MINUTE} 之间的整数"),
        ));
    }
    let given = Given {
        url: source.written("channel.url", raw.url),
        headers: source.written("channel.headers", raw.headers),
        body: source.written("channel.body", raw.body),
        looks: source.written("channel.format", raw.format),
        token: source.written("channel.token_file", raw.token_file),
        secret: source.written("channel.secret_file", raw.secret_file),
        dir: source.written("channel.dir", raw.dir),
    };
    let (url, way) = given.way(source, place, word)?;
    Ok(ChannelSettings {
        id,
        kind: word,
        url,
        per_minute: per_minute.map_or(PER_MINUTE, |entry| entry.value),
        way,
    })
}

/// What is written of a channel beside its name and kind.
struct Given {
    url: Option<Entry<String>>,
    headers: Option<Entry<BTreeMap<String, String>>>,
    body: Option<Entry<String>>,
    looks: Option<Entry<String>>,
    token: Option<Entry<String>>,
    secret: Option<Entry<String>>,
    dir: Option<Entry<String>>,
}

impl Given {
    fn way(&self, source: &Source, place: &Entry<()>, word: Word) -> Result<(Option<Url>, Way), ConfigError> {
        self.fits(word)?;
        let missing = |key: &str| place.refuse(format!("没有写 {key}"), format!("在这个 [[channel]] 下写上 {key}"));
        let file = |entry: &Option<Entry<String>>| entry.as_ref().map(|entry| entry.path_of(source)).transpose();
        if word == Word::File {
            let dir = self.dir.as_ref().ok_or_else(|| missing("dir"))?;
            return Ok((None, Way::File { dir: source.path(dir)? }));
        }
        let entry = self.url.as_ref().ok_or_else(|| missing("url"))?;
        let url = address(entry)?;
        let no_token = |name: &str| {
            if url.has_parameter(name) {
                return Err(entry.refuse(
                    format!("网址里写了 {name}，配置文件会被别人看到"),
                    format!("把 {name}= 后面的那一段写进单独的文件，用 token_file 指明，网址里删去"),
                ));
            }
            Ok(())
        };
        let way = match word {
            Word::WeCom => {
                no_token("key")?;
                Way::WeCom {
                    key: file(&self.token)?.ok_or_else(|| missing("token_file"))?,
                    looks: self.looks()?,
                }
            }
            Word::DingTalk => {
                no_token("access_token")?;
                Way::DingTalk {
                    token: file(&self.token)?.ok_or_else(|| missing("token_file"))?,
                    secret: file(&self.secret)?,
                    looks: self.looks()?,
                }
            }
            Word::Webhook | Word::File => Way::Webhook {
                headers: self.headers()?,
                template: self.template()?,
                secret: file(&self.secret)?,
            },
        };
        Ok((Some(url), way))
    }

    /// A key that means nothing for this kind is refused, as any unknown key is.
    fn fits(&self, word: Word) -> Result<(), ConfigError> {
        let robot = matches!(word, Word::WeCom | Word::DingTalk);
        let texts = [
            (&self.url, word != Word::File),
            (&self.body, word == Word::Webhook),
            (&self.looks, robot),
            (&self.token, robot),
            (&self.secret, matches!(word, Word::Webhook | Word::DingTalk)),
            (&self.dir, word == Word::File),
        ];
        let unfit = |refuse: ConfigError| Err(refuse);
        for (entry, fits) in texts {
            if let Some(entry) = entry
                && !fits
            {
                return unfit(entry.refuse("这一种通道没有这一项", "删去此项"));
            }
        }
        match &self.headers {
            Some(headers) if word != Word::Webhook => unfit(headers.refuse("这一种通道没有这一项", "删去此项")),
            _ => Ok(()),
        }
    }

    fn looks(&self) -> Result<Looks, ConfigError> {
        self.looks.as_ref().map_or(Ok(Looks::Text), |entry| {
            entry.word(&[("text", Looks::Text), ("markdown", Looks::Markdown)])
        })
    }

    fn template(&self) -> Result<Template, ConfigError> {
        self.body.as_ref().map_or_else(
            || Ok(Template::default()),
            |entry| {
                Template::parse(&entry.value)
                    .map_err(|problem| entry.refuse(problem, "写一段 JSON，文字里用 {title}、{text}、{link} 等占位"))
            },
        )
    }

    fn headers(&self) -> Result<Vec<Header>, ConfigError> {
        let Some(entry) = &self.headers else {
            return Ok(Vec::new());
        };
        let one = |(name, value): (&String, &String)| {
            crate::outbound::header(name, value)
                .map_err(|problem| entry.refuse(format!("请求头“{}”{problem}", name.escape_debug()), "改正或删去"))
        };
        entry.value.iter().map(one).collect()
    }
}

fn required(
    source: &Source,
    place: &Entry<()>,
    key: &'static str,
    written: Option<Spanned<String>>,
) -> Result<Entry<String>, ConfigError> {
    source.written(key, written).ok_or_else(|| {
        let name = key.rsplit('.').next().unwrap_or(key);
        place.refuse(format!("没有写 {name}"), format!("在这个 [[channel]] 下写上 {name}"))
    })
}
