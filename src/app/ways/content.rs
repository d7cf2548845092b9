//! What a channel is, as a version keeps it: sealed as a whole, since addresses and headers may hold keys as well.

use super::Mistake;
use crate::app::App;
use crate::domain::channel::{Kind, MOST_PER_MINUTE, Outline};
use crate::outbound::{self, Channel, DingTalk, Folder, Looks, Template, Url, WeCom, Webhook, is_token};
use crate::runtime::crypto::KeyRing;
use crate::runtime::secret::Secret;
use crate::store::channels::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A channel as it was set. It has no `Debug`, since most of it is not to be shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    pub kind: String,
    pub url: Option<String>,
    pub token: Option<String>,
    pub secret: Option<String>,
    pub headers: BTreeMap<String, String>,
    pub body: Option<String>,
    pub markdown: bool,
    pub dir: Option<PathBuf>,
    pub per_minute: u32,
}

/// What a seal belongs to: it cannot be put under another name or number.
fn bound(channel: &str, number: i64) -> Vec<u8> {
    format!("channel:{channel}:{number}").into_bytes()
}

impl Content {
    /// Opens what a version keeps.
    pub fn open(keys: &KeyRing, version: &Version) -> Result<Option<Self>, String> {
        let Some(sealed) = &version.sealed else { return Ok(None) };
        let plain = keys
            .open(sealed, &bound(&version.channel, version.number))
            .map_err(|error| error.to_string())?;
        let content = serde_json::from_slice(&plain);
        content
            .map(Some)
            .map_err(|_| "是另一版本的程序写的，本版本不能识读".to_owned())
    }

    /// Seals it for a version.
    pub fn seal(&self, keys: &KeyRing, channel: &str, number: i64) -> Vec<u8> {
        let plain = serde_json::to_vec(self).expect("texts and numbers can be written");
        keys.seal(&plain, &bound(channel, number))
    }

    /// What a channel of the configuration is.
    pub fn of(channel: &Channel) -> Self {
        let looks = |looks: Looks| looks == Looks::Markdown;
        let of = |secret: &Secret| secret.reveal().to_owned();
        let empty = Self {
            kind: String::new(),
            url: channel.url().map(Url::reveal),
            token: None,
            secret: None,
            headers: BTreeMap::new(),
            body: None,
            markdown: false,
            dir: None,
            per_minute: channel.per_minute,
        };
        match &channel.kind {
            outbound::Kind::WeCom(robot) => Self {
                kind: Kind::WeCom.word().to_owned(),
                token: Some(of(&robot.key)),
                markdown: looks(robot.looks),
                ..empty
            },
            outbound::Kind::DingTalk(robot) => Self {
                kind: Kind::DingTalk.word().to_owned(),
                token: Some(of(&robot.token)),
                secret: robot.secret.as_ref().map(of),
                markdown: looks(robot.looks),
                ..empty
            },
            outbound::Kind::Webhook(hook) => Self {
                kind: Kind::Webhook.word().to_owned(),
                secret: hook.secret.as_ref().map(of),
                headers: hook
                    .headers
                    .iter()
                    .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
                    .collect(),
                body: hook.template.own_text(),
                ..empty
            },
            outbound::Kind::File(folder) => Self {
                kind: Kind::File.word().to_owned(),
                dir: Some(folder.dir.clone()),
                ..empty
            },
        }
    }

    /// The address, where it has one that can be read.
    pub fn address(&self) -> Option<Url> {
        self.url.as_deref().and_then(|url| Url::parse(url).ok())
    }

    /// The channel that it is.
    ///
    /// # Errors
    /// What is wrong, and with which field of a form.
    pub fn channel(&self, id: &str) -> Result<Channel, Mistake> {
        let kind = Kind::from_word(&self.kind).ok_or_else(|| Mistake::whole("不认识的通道种类"))?;
        if !(1..=MOST_PER_MINUTE).contains(&self.per_minute) {
            return Err(Mistake::of(
                "per_minute",
                format!("每分钟最多几条，写 1 到 {MOST_PER_MINUTE}"),
            ));
        }
        let url = || {
            let text = self.url.as_deref().ok_or_else(|| Mistake::of("url", "请填写网址"))?;
            Url::parse(text).map_err(|problem| Mistake::of("url", format!("网址{problem}")))
        };
        let token = || match (&self.token, kind.token()) {
            (Some(token), _) if !token.is_empty() && is_token(token) => Ok(Secret::new(token.clone())),
            (_, name) => Err(Mistake::of(
                "url",
                format!("网址里要有 {}=，把机器人的网址完整地粘贴过来", name.unwrap_or_default()),
            )),
        };
        let looks = if self.markdown { Looks::Markdown } else { Looks::Text };
        let secret = self.secret.clone().map(Secret::new);
        let kind = match kind {
            Kind::WeCom => outbound::Kind::WeCom(WeCom {
                url: url()?,
                key: token()?,
                looks,
            }),
            Kind::DingTalk => outbound::Kind::DingTalk(DingTalk {
                url: url()?,
                token: token()?,
                secret,
                looks,
            }),
            Kind::Webhook => outbound::Kind::Webhook(Webhook {
                url: url()?,
                headers: self.headers()?,
                template: match &self.body {
                    Some(body) => {
                        Template::parse(body).map_err(|problem| Mistake::of("body", format!("正文{problem}")))?
                    }
                    None => Template::default(),
                },
                secret,
            }),
            Kind::File => outbound::Kind::File(Folder {
                dir: self.dir.clone().ok_or_else(|| Mistake::of("dir", "请选择目录"))?,
            }),
        };
        Ok(Channel {
            id: id.to_owned(),
            per_minute: self.per_minute,
            kind,
        })
    }

    fn headers(&self) -> Result<Vec<outbound::Header>, Mistake> {
        let one = |(name, value): (&String, &String)| {
            outbound::header(name, value)
                .map_err(|problem| Mistake::of("headers", format!("请求头「{}」{problem}", name.escape_debug())))
        };
        self.headers.iter().map(one).collect()
    }

    /// What may be said of it.
    pub fn outline(&self) -> Outline {
        Outline {
            kind: Kind::from_word(&self.kind).unwrap_or(Kind::Webhook),
            place: match (self.address(), &self.dir) {
                (Some(url), _) => url.origin().to_string(),
                (None, Some(dir)) => dir.display().to_string(),
                (None, None) => String::new(),
            },
            per_minute: self.per_minute,
            markdown: self.markdown,
            body: self.body.clone(),
            headers: self.headers.keys().cloned().collect(),
            signed: self.secret.is_some(),
        }
    }
}

/// What was typed into the fields that a page does not show again. It goes through the browser sealed, for whoever typed it
/// and the form it was typed into.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unshown {
    /// An address, which may hold a token.
    pub url: String,
    /// The key of a signature.
    pub secret: String,
    /// Headers, a line each.
    pub headers: String,
}

impl Unshown {
    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// As a form carries it.
    pub fn sealed(&self, app: &App, actor: &str, form: &str) -> String {
        if self.is_empty() {
            return String::new();
        }
        let plain = serde_json::to_vec(self).expect("texts can be written");
        crate::domain::ids::hex(&app.keys.seal(&plain, &Self::bound(actor, form)))
    }

    /// Reads what a form carries; nothing where it is not what was typed there.
    pub fn carried(app: &App, actor: &str, form: &str, text: &str) -> Self {
        let opened = || {
            let sealed = bytes(text)?;
            let plain = app.keys.open(&sealed, &Self::bound(actor, form)).ok()?;
            serde_json::from_slice(&plain).ok()
        };
        opened().unwrap_or_default()
    }

    fn bound(actor: &str, form: &str) -> Vec<u8> {
        format!("channel-form:{actor}:{form}").into_bytes()
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}
