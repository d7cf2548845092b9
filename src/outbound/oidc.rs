//! A provider people sign in with (OpenID Connect, authorization-code flow with PKCE): where it sends them, and what it
//! says about who came back.
//!
//! Guarantees: the provider is the one of the configuration, to the letter; whatever it says is signed by a key it lists over
//! a line that is checked; what is kept of it is bounded in size and time; no text made here names a code, a token or a secret.

mod keys;
mod token;

use super::address::{Url, encoded};
use super::client::{Body, Client, Failed, Header, Request, header};
use crate::domain::time::Moment;
use crate::runtime::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use keys::{Alg, Keys};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use token::{Claims, Doubt, Wanted, believed};

/// How long the provider's description and keys are kept, in milliseconds.
const KEPT: i64 = 3_600_000;
/// How long a provider that did not answer is not asked again, in milliseconds.
const REST: i64 = 5_000;
/// The longest word of a provider that is repeated, in characters.
const LONGEST_WORD: usize = 64;
/// Where the description lies below the issuer.
const DESCRIPTION: &str = "/.well-known/openid-configuration";

/// What the provider is asked as.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The provider, by the name it gives itself.
    pub issuer: String,
    /// The name it knows this service by.
    pub client_id: String,
    /// What this service proves that with.
    pub secret: Secret,
    /// The claim that holds the name somebody signs in with.
    pub claim: String,
}

/// A provider; cheap to clone.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    client: Client,
    settings: Settings,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    description: Option<(Moment, Arc<Description>)>,
    keys: Option<(Moment, Arc<Keys>)>,
    failed: Option<(Moment, Trouble)>,
}

/// One question to the provider.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Where it sends people back to.
    pub back: &'a str,
    /// Comes back with them.
    pub state: &'a str,
    /// Comes back in the token.
    pub nonce: &'a str,
    /// The secret that proves that whoever redeems the code asked for it.
    pub verifier: &'a str,
}

/// What somebody came back with, and what was asked.
#[derive(Debug, Clone, Copy)]
pub struct Back<'a> {
    /// What was asked.
    pub asked: Asked<'a>,
    /// When.
    pub at: Moment,
    /// What the provider gave.
    pub code: &'a str,
}

/// Why a provider does not say who somebody is. The text is for the log and for `doctor`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It does not let this person in, or they turned back.
    #[error("{0}")]
    Declined(String),
    /// It does not answer; later it may.
    #[error("{0}")]
    Away(String),
    /// What it answers cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// What it says is not to be believed.
    #[error("{0}")]
    Doubtful(String),
}

impl Trouble {
    /// What the word means with which a provider sends somebody back.
    pub fn of_word(error: &str) -> Self {
        let said = format!("统一身份认证答复 {}", word(error));
        match error {
            "access_denied"
            | "login_required"
            | "consent_required"
            | "interaction_required"
            | "account_selection_required" => Self::Declined(said),
            "server_error" | "temporarily_unavailable" => Self::Away(said),
            _ => Self::Unusable(said),
        }
    }
}

impl From<Doubt> for Trouble {
    fn from(doubt: Doubt) -> Self {
        Self::Doubtful(doubt.to_string())
    }
}

/// What a provider says of itself, as far as it is needed.
struct Description {
    authorize: String,
    token: Url,
    keys: Url,
    user: Option<Url>,
    /// Whether this service proves itself in a header; else in the form.
    by_header: bool,
    scope: &'static str,
}

#[derive(Deserialize)]
struct Written {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    response_types_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    scopes_supported: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Redeemed {
    id_token: String,
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct Declined {
    error: String,
}

/// Bytes written in the alphabet of addresses, without padding.
fn base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// A word of the provider that may be repeated: short, and of the characters such words are made of.
fn word(text: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.chars().filter(plain).take(LONGEST_WORD).collect()
}

impl Provider {
    /// The provider of a configuration.
    pub fn new(client: Client, settings: Settings) -> Self {
        let known = Mutex::default();
        Self(Arc::new(Inner {
            client,
            settings,
            known,
        }))
    }

    /// The name it gives itself.
    pub fn issuer(&self) -> &str {
        &self.0.settings.issuer
    }

    /// Where a browser is sent to sign in.
    pub async fn leave(&self, asked: Asked<'_>, now: Moment) -> Result<String, Trouble> {
        let description = self.description(now).await?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(asked.verifier));
        let joint = if description.authorize.contains('?') { '&' } else { '?' };
        let fields = form(&[
            ("response_type", "code"),
            ("client_id", &self.0.settings.client_id),
            ("redirect_uri", asked.back),
            ("scope", description.scope),
            ("state", asked.state),
            ("nonce", asked.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        Ok(format!("{}{joint}{fields}", description.authorize))
    }

    /// The name under which whoever came back signs in, as the provider's claim says it.
    pub async fn redeem(&self, back: Back<'_>, now: Moment) -> Result<String, Trouble> {
        let description = self.description(now).await?;
        let redeemed = self.redeemed(&description, back).await?;
        let (keys, fresh) = self.keys(&description, now, false).await?;
        let wanted = Wanted {
            issuer: &self.0.settings.issuer,
            client_id: &self.0.settings.client_id,
            nonce: back.asked.nonce,
            asked: back.at,
        };
        let claims = match believed(&redeemed.id_token, &keys, wanted, now) {
            // The provider may have changed its keys since they were read.
            Err(Doubt::UnknownKey) if !fresh => {
                let (keys, _) = self.keys(&description, now, true).await?;
                believed(&redeemed.id_token, &keys, wanted, now)?
            }
            claims => claims?,
        };
        let claim = &self.0.settings.claim;
        if let Some(name) = claims.text(claim) {
            return Ok(name.to_owned());
        }
        let told = self.told(&description, &redeemed, &claims).await?;
        let named = told.as_ref().and_then(|told| told.text(claim));
        named
            .map(str::to_owned)
            .ok_or_else(|| Trouble::Unusable(format!("统一身份认证没有给出 {claim}（[web.oidc] claim）")))
    }

    /// Reads the description and the keys; gives the number of keys that can be used.
    pub async fn look(&self, now: Moment) -> Result<usize, Trouble> {
        let description = self.description(now).await?;
        for url in [Some(&description.token), description.user.as_ref()]
            .into_iter()
            .flatten()
        {
            self.0
                .client
                .refused(url)
                .map_or(Ok(()), |why| Err(Trouble::Unusable(why)))?;
        }
        let (keys, _) = self.keys(&description, now, true).await?;
        Ok(keys.len())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn description(&self, now: Moment) -> Result<Arc<Description>, Trouble> {
        {
            let known = self.known();
            if let Some(description) = held(known.description.as_ref(), KEPT, now) {
                return Ok(description);
            }
            if let Some(trouble) = held(known.failed.as_ref(), REST, now) {
                return Err(trouble);
            }
        }
        let read = self.described().await;
        let mut known = self.known();
        match read {
            Ok(description) => {
                let description = Arc::new(description);
                known.description = Some((now, Arc::clone(&description)));
                known.failed = None;
                Ok(description)
            }
            Err(trouble) => {
                known.failed = Some((now, trouble.clone()));
                Err(trouble)
            }
        }
    }

    async fn described(&self) -> Result<Description, Trouble> {
        let issuer = &self.0.settings.issuer;
        let url = endpoint(&format!("{}{DESCRIPTION}", issuer.trim_end_matches('/')), "issuer")?;
        let bytes = self.get(&url, Vec::new()).await?;
        let written: Written = serde_json::from_slice(&bytes)
            .map_err(|_| Trouble::Unusable(format!("{}{DESCRIPTION} 的内容无法识别", issuer.trim_end_matches('/'))))?;
        Description::of(&written, issuer)
    }

    /// The keys, and whether they were read just now.
    async fn keys(&self, description: &Description, now: Moment, anew: bool) -> Result<(Arc<Keys>, bool), Trouble> {
        let kept = held(self.known().keys.as_ref(), KEPT, now).filter(|_| !anew);
        if let Some(keys) = kept {
            return Ok((keys, false));
        }
        let bytes = self.get(&description.keys, Vec::new()).await?;
        let keys = Keys::parse(&bytes).filter(|keys| keys.len() > 0);
        let keys =
            keys.ok_or_else(|| Trouble::Unusable("统一身份认证没有公布可用的签名密钥（jwks_uri）".to_owned()))?;
        let keys = Arc::new(keys);
        self.known().keys = Some((now, Arc::clone(&keys)));
        Ok((keys, true))
    }

    async fn redeemed(&self, description: &Description, back: Back<'_>) -> Result<Redeemed, Trouble> {
        let Settings { client_id, secret, .. } = &self.0.settings;
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", back.code),
            ("redirect_uri", back.asked.back),
            ("code_verifier", back.asked.verifier),
        ];
        let mut headers = Vec::new();
        if description.by_header {
            let pair = format!("{}:{}", encoded(client_id), encoded(secret.reveal()));
            headers.push(authorization(&format!("Basic {}", STANDARD.encode(pair)))?);
        } else {
            fields.push(("client_id", client_id));
            fields.push(("client_secret", secret.reveal()));
        }
        let request = Request {
            url: description.token.clone(),
            headers,
            body: Some(Body::Form(form(&fields))),
        };
        let reply = self.ask(request).await?;
        let origin = description.token.origin();
        if reply.status.as_u16() == 200 {
            return serde_json::from_slice(&reply.body)
                .map_err(|_| Trouble::Unusable(format!("{origin} 的答复里没有身份令牌")));
        }
        let status = reply.status.as_u16();
        let said = serde_json::from_slice::<Declined>(&reply.body).map(|said| word(&said.error));
        let said = said.unwrap_or_default();
        let text = format!("{origin} 没有兑换登录码：{status} {said}");
        Err(match status {
            429 | 500.. => Trouble::Away(text),
            // The code is nobody's, or somebody else's.
            _ if said == "invalid_grant" => Trouble::Doubtful(text),
            _ => Trouble::Unusable(text),
        })
    }

    /// What the provider tells about somebody beside the token, where it tells anything.
    async fn told(
        &self,
        description: &Description,
        redeemed: &Redeemed,
        claims: &Claims,
    ) -> Result<Option<Claims>, Trouble> {
        let (Some(url), Some(access)) = (&description.user, &redeemed.access_token) else {
            return Ok(None);
        };
        let bytes = self.get(url, vec![authorization(&format!("Bearer {access}"))?]).await?;
        let told =
            Claims::parse(&bytes).ok_or_else(|| Trouble::Unusable(format!("{} 的用户信息无法识别", url.origin())))?;
        // Whoever the token is about must be meant, not whoever else the access was given to.
        if told.text("sub") != claims.text("sub") {
            return Err(Trouble::Doubtful(
                "用户信息与身份令牌说的不是同一个人（sub）".to_owned(),
            ));
        }
        Ok(Some(told))
    }

    async fn get(&self, url: &Url, headers: Vec<Header>) -> Result<Vec<u8>, Trouble> {
        let request = Request {
            url: url.clone(),
            headers,
            body: None,
        };
        let reply = self.ask(request).await?;
        match reply.status.as_u16() {
            200 => Ok(reply.body),
            status @ (429 | 500..) => Err(Trouble::Away(format!("{} 答复 {status}", url.origin()))),
            status => Err(Trouble::Unusable(format!("{} 答复 {status}", url.origin()))),
        }
    }

    async fn ask(&self, mut request: Request) -> Result<super::Reply, Trouble> {
        request
            .headers
            .push(header("accept", "application/json").expect("a plain header"));
        self.0.client.ask(request).await.map_err(|failed| match failed {
            // Only a change of the configuration helps.
            Failed::Refused(why) => Trouble::Unusable(why),
            Failed::Unreached(why) | Failed::Unanswered(why) => Trouble::Away(why),
        })
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Provider").field(&self.0.settings).finish()
    }
}

impl Description {
    fn of(written: &Written, issuer: &str) -> Result<Self, Trouble> {
        let unusable = |why: &str| Err(Trouble::Unusable(why.to_owned()));
        if written.issuer != issuer {
            let own = written.issuer.escape_debug().take(200).collect::<String>();
            return unusable(&format!(
                "统一身份认证自称的 issuer 是“{own}”，与配置的不同：须一字不差"
            ));
        }
        let offers = |list: &Option<Vec<String>>, word: &str| {
            list.as_ref().is_none_or(|list| list.iter().any(|one| one == word))
        };
        if !offers(&written.response_types_supported, "code") {
            return unusable("统一身份认证不支持授权码方式（response_types_supported 没有 code）");
        }
        if !offers(&written.code_challenge_methods_supported, "S256") {
            return unusable("统一身份认证不支持 PKCE 的 S256");
        }
        let algs = &written.id_token_signing_alg_values_supported;
        if !Alg::NAMES.iter().any(|alg| offers(algs, alg)) {
            return unusable("统一身份认证的身份令牌不用 RS256 或 ES256 签名");
        }
        let ways = &written.token_endpoint_auth_methods_supported;
        // What is offered where nothing is said.
        let by_header = offers(ways, "client_secret_basic");
        if !by_header && !offers(ways, "client_secret_post") {
            return unusable("统一身份认证不接受 client_secret_basic 或 client_secret_post");
        }
        // A name stands among what is said of the profile; a provider that lists what it knows is not asked for more.
        let scope = if offers(&written.scopes_supported, "profile") {
            "openid profile"
        } else {
            "openid"
        };
        endpoint(&written.authorization_endpoint, "authorization_endpoint")?;
        let user = written.userinfo_endpoint.as_deref();
        Ok(Self {
            token: endpoint(&written.token_endpoint, "token_endpoint")?,
            keys: endpoint(&written.jwks_uri, "jwks_uri")?,
            user: user.and_then(|url| endpoint(url, "userinfo_endpoint").ok()),
            authorize: written.authorization_endpoint.trim().to_owned(),
            by_header,
            scope,
        })
    }
}

/// What is kept, unless it is too old.
fn held<T: Clone>(kept: Option<&(Moment, T)>, longest: i64, now: Moment) -> Option<T> {
    kept.filter(|(at, _)| (now.millis() - at.millis()).abs() < longest)
        .map(|(_, what)| what.clone())
}

fn endpoint(text: &str, name: &str) -> Result<Url, Trouble> {
    Url::parse_guarded(text).map_err(|why| Trouble::Unusable(format!("统一身份认证的 {name} 不能用：{why}")))
}

fn authorization(value: &str) -> Result<Header, Trouble> {
    header("authorization", value).map_err(|_| Trouble::Unusable("统一身份认证给出的令牌不能用于请求头".to_owned()))
}

fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    pairs.join("&")
}
