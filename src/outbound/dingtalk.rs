//! A robot of 钉钉.

use super::address::{Url, encoded};
use super::channel::{Code, judge_code};
use super::client::{Body, Reply, Request};
use super::message::{Looks, Message, plain};
use super::signing::hmac_sha256;
use crate::domain::outbox::Attempt;
use crate::domain::time::Moment;
use crate::runtime::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

/// Bytes a robot takes, with room for the frame.
const CONTENT_BYTES: usize = 16 * 1024;

/// Busy, or too many messages (the code of old and the code of now).
const LATER: [i64; 3] = [-1, 130_101, 410_100];

/// Where and how.
#[derive(Debug, Clone)]
pub struct DingTalk {
    /// Address without the token.
    pub url: Url,
    /// The robot's access token.
    pub token: Secret,
    /// Key of the signature, where the robot asks for one.
    pub secret: Option<Secret>,
    /// How it shows.
    pub looks: Looks,
}

impl DingTalk {
    pub(super) fn request(&self, message: &Message, now: Moment) -> Request {
        let content = message.shown(self.looks, CONTENT_BYTES);
        let body = match self.looks {
            Looks::Text => json!({ "msgtype": "text", "text": { "content": content } }),
            Looks::Markdown => json!({
                "msgtype": "markdown", "markdown": { "title": plain(&message.title), "text": content },
            }),
        };
        let mut url = self.url.with_parameter("access_token", self.token.reveal());
        if let Some(secret) = &self.secret {
            let timestamp = now.millis().to_string();
            let signed = hmac_sha256(secret, &[timestamp.as_bytes(), b"\n", secret.reveal().as_bytes()]);
            url = url
                .with_parameter("timestamp", &timestamp)
                .with_parameter("sign", &encoded(&STANDARD.encode(signed)));
        }
        Request {
            url,
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
