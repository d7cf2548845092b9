//! A channel takes a message and says what became of it. Who is told through which, and when it is tried again, is decided
//! elsewhere.

use super::address::Url;
use super::client::{Client, Failed, Reply, Request};
use super::dingtalk::DingTalk;
use super::file::Folder;
use super::message::Message;
use super::webhook::Webhook;
use super::wecom::WeCom;
use crate::domain::outbox::Attempt;
use crate::domain::time::Moment;
use crate::runtime::secret::Secret;
use serde::Deserialize;

/// A header's value shorter than this is a word rather than a key.
const SHORTEST_KEY: usize = 8;
/// Longest reply kept, in characters.
const REPLY_CHARS: usize = 300;

/// A way out beside mail.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Its name in the configuration.
    pub id: String,
    /// Messages it takes in a minute; whoever sends asks [`crate::domain::pace::may_go`].
    pub per_minute: u32,
    /// What it is.
    pub kind: Kind,
}

/// What a channel is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Any receiver of JSON.
    Webhook(Webhook),
    /// A robot of 企业微信.
    WeCom(WeCom),
    /// A robot of 钉钉.
    DingTalk(DingTalk),
    /// A folder.
    File(Folder),
}

impl Channel {
    /// Where it sends to; `None`: nowhere outside.
    pub fn url(&self) -> Option<&Url> {
        match &self.kind {
            Kind::Webhook(hook) => Some(&hook.url),
            Kind::WeCom(robot) => Some(&robot.url),
            Kind::DingTalk(robot) => Some(&robot.url),
            Kind::File(_) => None,
        }
    }

    /// What of it nobody is to read: keys, and what may be one in headers and in the address.
    pub fn secrets(&self) -> Vec<String> {
        let own = |secret: &Secret| secret.reveal().to_owned();
        match &self.kind {
            Kind::Webhook(hook) => {
                let values = hook.headers.iter().filter_map(|(_, value)| value.to_str().ok());
                let values = values.map(str::to_owned).chain(within(&hook.url));
                let values = values.filter(|value| value.len() >= SHORTEST_KEY);
                hook.secret.iter().map(own).chain(values).collect()
            }
            Kind::WeCom(robot) => vec![own(&robot.key)],
            Kind::DingTalk(robot) => robot.secret.iter().chain([&robot.token]).map(own).collect(),
            Kind::File(_) => Vec::new(),
        }
    }
}

/// Shortest part of a path that may be a key; words of an address are shorter.
const SHORTEST_PART: usize = 16;

/// What may be a key in an address: values of its query, long parts of its path.
fn within(url: &Url) -> Vec<String> {
    let (path, query) = url.target().split_once('?').unwrap_or((url.target(), ""));
    let values = query.split('&').filter_map(|pair| Some(pair.split_once('=')?.1));
    let parts = path.split('/').filter(|part| part.len() >= SHORTEST_PART);
    values.chain(parts).map(str::to_owned).collect()
}

/// Sends one message once and says what the receiver answered.
pub async fn send(client: &Client, channel: &Channel, message: &Message, now: Moment) -> Attempt {
    let attempt = match &channel.kind {
        Kind::Webhook(hook) => ask(client, hook.request(message, now), Webhook::judge).await,
        Kind::WeCom(robot) => ask(client, robot.request(message), WeCom::judge).await,
        Kind::DingTalk(robot) => ask(client, robot.request(message, now), DingTalk::judge).await,
        Kind::File(folder) => folder.deliver(message).await,
    };
    shown(attempt, &channel.secrets())
}

async fn ask(client: &Client, request: Request, judge: impl Fn(&Reply) -> Attempt) -> Attempt {
    match client.ask(request).await {
        Ok(reply) => refusal(&reply).unwrap_or_else(|| judge(&reply)),
        // Only a change of the configuration helps.
        Err(Failed::Refused(reply)) => Attempt::Permanent { reply },
        Err(Failed::Unreached(what)) => Attempt::failed(what),
        Err(Failed::Unanswered(what)) => Attempt::Unknown { what, in_doubt: true },
    }
}

/// What the status alone decides; `None` for a 2xx.
fn refusal(reply: &Reply) -> Option<Attempt> {
    let status = reply.status.as_u16();
    let said = || format!("{status} {}", String::from_utf8_lossy(&reply.body));
    Some(match status {
        200..300 => return None,
        300..400 => Attempt::Permanent {
            reply: format!("{status} 要求转往别的地址，不跟随：请把地址改为最终的地址"),
        },
        408 | 425 | 429 | 500.. => Attempt::Temporary { reply: said() },
        _ => Attempt::Permanent { reply: said() },
    })
}

/// What a robot's code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    Accepted,
    Later,
    Refused,
}

/// The robots answer 200 to everything and say in the body how it ended.
pub(super) fn judge_code(reply: &Reply, meaning: impl Fn(i64) -> Code) -> Attempt {
    #[derive(Deserialize)]
    struct Said {
        errcode: i64,
        #[serde(default)]
        errmsg: String,
    }
    let Ok(said) = serde_json::from_slice::<Said>(&reply.body) else {
        return Attempt::Unknown {
            what: format!("答复看不懂：{}", String::from_utf8_lossy(&reply.body)),
            in_doubt: true,
        };
    };
    let reply = format!("{} {}", said.errcode, said.errmsg);
    match meaning(said.errcode) {
        Code::Accepted => Attempt::Accepted { reply },
        Code::Later => Attempt::Temporary { reply },
        Code::Refused => Attempt::Permanent { reply },
    }
}

/// One bounded line that repeats no secret: receivers quote what they were sent.
fn shown(attempt: Attempt, secrets: &[String]) -> Attempt {
    let line = |text: String| {
        let secrets = secrets.iter().filter(|secret| !secret.is_empty());
        let masked = secrets.fold(text, |text, secret| text.replace(secret.as_str(), "***"));
        let line: String = masked.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        line.trim().chars().take(REPLY_CHARS).collect::<String>()
    };
    match attempt {
        Attempt::Accepted { reply } => Attempt::Accepted { reply: line(reply) },
        Attempt::Temporary { reply } => Attempt::Temporary { reply: line(reply) },
        Attempt::Permanent { reply } => Attempt::Permanent { reply: line(reply) },
        Attempt::Unknown { what, in_doubt } => Attempt::Unknown {
            what: line(what),
            in_doubt,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_key_in_an_address_is_not_repeated() {
        let url = Url::parse("https://gateway.example/hook/T0A1B2C3D4E5F6G7?key=URLSECRET77&n=1").expect("an address");
        let reply = "400 POST /hook/T0A1B2C3D4E5F6G7?key=URLSECRET77&n=1".to_owned();
        let secrets: Vec<String> = within(&url)
            .into_iter()
            .filter(|one| one.len() >= SHORTEST_KEY)
            .collect();
        let shown = shown(Attempt::Permanent { reply }, &secrets);
        assert_eq!(shown.said(), "400 POST /hook/***?key=***&n=1");
    }
}
