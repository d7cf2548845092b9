//! The token in which a provider says who has signed in, and whether to believe it. Pure: the moment is given.

use super::base64url;
use super::keys::{Alg, Keys};
use crate::domain::time::Moment;
use serde_json::{Map, Value};

/// How far the clocks of provider and service may be apart, in seconds.
const LEEWAY: f64 = 60.0;

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// Who says it.
    pub issuer: &'a str,
    /// For whom it is said.
    pub client_id: &'a str,
    /// To which question.
    pub nonce: &'a str,
    /// When that was asked.
    pub asked: Moment,
}

/// Why a token is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Doubt {
    /// No token at all.
    #[error("身份令牌的格式无法识别")]
    Shape,
    /// Not signed, or in a way that is not taken.
    #[error("身份令牌的签名算法不是 RS256 或 ES256")]
    Alg,
    /// It needs something that is not known here.
    #[error("身份令牌带有不认识的必须处理的内容（crit）")]
    Critical,
    /// Signed with a key that the provider does not list.
    #[error("身份令牌的签名密钥不在统一身份认证公布的密钥之中")]
    UnknownKey,
    /// Altered, or signed by somebody else.
    #[error("身份令牌的签名不对")]
    Signature,
    /// Somebody else's.
    #[error("身份令牌的签发者（iss）与配置的 issuer 不同")]
    Issuer,
    /// For somebody else.
    #[error("身份令牌不是发给本系统的（aud、azp）")]
    Audience,
    /// It has ended.
    #[error("身份令牌已经过期（exp）：请核对两边的时钟")]
    Expired,
    /// It begins later.
    #[error("身份令牌的签发时间（iat、nbf）在现在以后：请核对两边的时钟")]
    Early,
    /// It is older than the question.
    #[error("身份令牌早在这次登录以前就签发了（iat）：请核对两边的时钟")]
    Old,
    /// It answers another question.
    #[error("身份令牌不是对这次登录的答复（nonce）")]
    Nonce,
    /// It does not say about whom.
    #[error("身份令牌没有写明是谁（sub）")]
    Subject,
}

/// What is said of somebody.
#[derive(Debug, Clone)]
pub(super) struct Claims(Map<String, Value>);

impl Claims {
    /// Reads what is said without asking by whom.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().map(Self)
    }

    /// A text of that name.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn seconds(&self, name: &str) -> Option<f64> {
        self.0.get(name).and_then(Value::as_f64)
    }

    /// Whether it is for that client alone, or for several of which it is the one that asked.
    fn is_for(&self, client_id: &str) -> bool {
        let party = self.0.get("azp");
        let own = party.is_none_or(|party| party.as_str() == Some(client_id));
        own && match self.0.get("aud") {
            Some(Value::String(one)) => one == client_id,
            Some(Value::Array(all)) => {
                let named = all.iter().any(|one| one.as_str() == Some(client_id));
                named && (all.len() == 1 || party.is_some())
            }
            _ => false,
        }
    }

    fn check(&self, wanted: Wanted<'_>, now: Moment) -> Result<(), Doubt> {
        if self.text("iss") != Some(wanted.issuer) {
            return Err(Doubt::Issuer);
        }
        if !self.is_for(wanted.client_id) {
            return Err(Doubt::Audience);
        }
        let (present, asked) = (seconds(now), seconds(wanted.asked));
        if self.seconds("exp").is_none_or(|end| present >= end + LEEWAY) {
            return Err(Doubt::Expired);
        }
        let issued = self.seconds("iat").ok_or(Doubt::Early)?;
        let begins = self
            .0
            .get("nbf")
            .map_or(Some(issued), Value::as_f64)
            .ok_or(Doubt::Early)?;
        if issued.max(begins) > present + LEEWAY {
            return Err(Doubt::Early);
        }
        if issued < asked - LEEWAY {
            return Err(Doubt::Old);
        }
        if self.text("nonce") != Some(wanted.nonce) {
            return Err(Doubt::Nonce);
        }
        self.text("sub").map(drop).ok_or(Doubt::Subject)
    }
}

fn seconds(at: Moment) -> f64 {
    at.millis() as f64 / 1000.0
}

/// What a token says, if it is to be believed: signed by a key of the provider, and said by it, to us, now, in answer to
/// what was asked.
pub(super) fn believed(token: &str, keys: &Keys, wanted: Wanted<'_>, now: Moment) -> Result<Claims, Doubt> {
    let (message, signature) = token.rsplit_once('.').ok_or(Doubt::Shape)?;
    let (head, body) = message.split_once('.').ok_or(Doubt::Shape)?;
    if body.contains('.') {
        return Err(Doubt::Shape);
    }
    let head: Map<String, Value> = base64url(head)
        .and_then(|head| serde_json::from_slice(&head).ok())
        .ok_or(Doubt::Shape)?;
    let text = |name: &str| head.get(name).and_then(Value::as_str);
    let alg = text("alg").and_then(Alg::from_text).ok_or(Doubt::Alg)?;
    if head.contains_key("crit") {
        return Err(Doubt::Critical);
    }
    let signature = base64url(signature).ok_or(Doubt::Shape)?;
    match keys.signed(alg, text("kid"), message.as_bytes(), &signature) {
        None => return Err(Doubt::UnknownKey),
        Some(false) => return Err(Doubt::Signature),
        Some(true) => {}
    }
    let claims = base64url(body)
        .and_then(|body| Claims::parse(&body))
        .ok_or(Doubt::Shape)?;
    claims.check(wanted, now)?;
    Ok(claims)
}

#[cfg(test)]
mod tests;
