//! A robot of 企业微信.

use super::address::Url;
use super::channel::{Code, judge_code};
use super::client::{Body, Reply, Request};
use super::message::{Looks, Message};
use crate::domain::outbox::Attempt;
use crate::runtime::secret::Secret;
use serde_json::json;

/// Bytes a robot takes.
const TEXT_BYTES: usize = 2048;
const MARKDOWN_BYTES: usize = 4096;

/// Too many messages, too many at once, or busy: later it may do.
const LATER: [i64; 3] = [-1, 45009, 45033];

/// Where and how.
#[derive(Debug, Clone)]
pub struct WeCom {
    /// Address without the key.
    pub url: Url,
    /// The robot's key.
    pub key: Secret,
    /// How it shows.
    pub looks: Looks,
}

impl WeCom {
    pub(super) fn request(&self, message: &Message) -> Request {
        let body = match self.looks {
            Looks::Text => json!({ "msgtype": "text", "text": { "content": message.shown(self.looks, TEXT_BYTES) } }),
            Looks::Markdown => json!({
                "msgtype": "markdown", "markdown": { "content": message.shown(self.looks, MARKDOWN_BYTES) },
            }),
        };
        Request {
            url: self.url.with_parameter("key", self.key.reveal()),
            headers: Vec::new(),
            body: Some(Body::Json(body.to_string().into_bytes())),
        }
    }

    pub(super) fn judge(reply: &Reply) -> Attempt {
        judge_code(reply, |code| match code {
            0 => Code::Accepted,
            code if LATER.contains(&code) => Code::Later,
            _ => Code::Refused,
        })
    }
}
