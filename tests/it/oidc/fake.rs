//! A provider that does as it is told. It is here to do wrong: that all goes well with a real one is shown in `real`.

use crate::support::signer::{Signer, base64url};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use rongcuo::app::accounts::oidc::SignOn;
use rongcuo::domain::time::Moment;
use rongcuo::outbound::{AllowList, Client, Limits, Origin, Provider, Settings};
use rongcuo::runtime::secret::Secret;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;

pub const SECRET: &str = "geheim/+ 77";

/// What was asked of it.
#[derive(Clone)]
pub struct Seen {
    pub path: String,
    pub authorization: String,
    pub fields: HashMap<String, String>,
}

/// What it does next.
pub struct Script {
    /// What it says of itself.
    pub description: Value,
    /// What it lists as its keys.
    pub keys: Value,
    /// Head and claims of the token.
    pub head: Value,
    pub claims: Value,
    /// Puts this in place of the token's signature, if anything.
    pub signature: Option<String>,
    /// What it tells beside the token.
    pub user: Value,
    /// Answers this instead, by path.
    pub instead: HashMap<&'static str, (u16, String)>,
    pub seen: Vec<Seen>,
}

pub struct Fake {
    pub address: SocketAddr,
    pub script: Arc<Mutex<Script>>,
}

type Shared = (Arc<Signer>, Arc<Mutex<Script>>);

impl Fake {
    /// One that names `sys`, at that moment.
    pub async fn start(now: Moment) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let place = format!("http://{address}");
        let signer = Arc::new(Signer::new());
        let seconds = now.millis() / 1000;
        let script = Script {
            description: json!({
                "issuer": place, "authorization_endpoint": format!("{place}/authorize?tenant=a"),
                "token_endpoint": format!("{place}/token"), "jwks_uri": format!("{place}/keys"),
                "userinfo_endpoint": format!("{place}/user"), "response_types_supported": ["code", "id_token"],
                "code_challenge_methods_supported": ["plain", "S256"], "scopes_supported": ["openid", "profile", "email"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }),
            keys: signer.keys(),
            head: json!({ "alg": "RS256", "kid": "r1" }),
            claims: json!({
                "iss": place, "sub": "u-1", "aud": "rong cuo", "iat": seconds, "exp": seconds + 300,
                "preferred_username": "sys",
            }),
            signature: None,
            user: Value::Null,
            instead: HashMap::new(),
            seen: Vec::new(),
        };
        let script = Arc::new(Mutex::new(script));
        let router = Router::new().fallback(reply).with_state((signer, script.clone()));
        tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { address, script }
    }

    pub fn set(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script.lock().expect("a script"));
    }

    /// How often a path was asked for.
    pub fn count(&self, path: &str) -> usize {
        let script = self.script.lock().expect("a script");
        script.seen.iter().filter(|seen| seen.path == path).count()
    }

    pub fn last(&self, path: &str) -> Seen {
        let script = self.script.lock().expect("a script");
        let found = script.seen.iter().rev().find(|seen| seen.path == path);
        found.unwrap_or_else(|| panic!("{path} was not asked for")).clone()
    }

    /// Signing in with it, as a configuration would say it.
    pub fn sign_on(&self) -> SignOn {
        sign_on(
            &format!("http://{}", self.address),
            &[&format!("http://{}", self.address)],
        )
    }
}

/// Signing in with a provider, where only these places may be asked.
pub fn sign_on(issuer: &str, allowed: &[&str]) -> SignOn {
    let allow = allowed.iter().map(|place| Origin::parse(place).expect("a place"));
    let limits = Limits {
        answer: Duration::from_secs(2),
        ..Limits::WAITED_FOR
    };
    let settings = Settings {
        issuer: issuer.to_owned(),
        client_id: "rong cuo".to_owned(),
        secret: Secret::new(SECRET.to_owned()),
        claim: "preferred_username".to_owned(),
    };
    let client = Client::new(AllowList::new(allow.collect()), None, limits);
    SignOn::new(
        Provider::new(client, settings),
        "云川市统一身份认证".to_owned(),
        "http://127.0.0.1:8087",
    )
}

/// The challenge a verifier answers.
pub fn challenge(verifier: &str) -> String {
    base64url(Sha256::digest(verifier))
}

/// Parameters as a form or an address writes them.
pub fn fields(text: &str) -> HashMap<String, String> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next().expect("two digits"), rest.next().expect("two digits")];
                let digits = std::str::from_utf8(&digits).expect("digits");
                u8::from_str_radix(digits, 16).expect("digits")
            }
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(bytes).expect("UTF-8")
}

async fn reply(State((signer, script)): State<Shared>, asked: Request) -> Response {
    let (parts, body) = asked.into_parts();
    let body = to_bytes(body, 1 << 16).await.expect("a body");
    let path = parts.uri.path().to_owned();
    let mut script = script.lock().expect("a script");
    let authorization = parts.headers.get(header::AUTHORIZATION);
    script.seen.push(Seen {
        path: path.clone(),
        authorization: authorization.map_or_else(String::new, |value| value.to_str().expect("ASCII").to_owned()),
        fields: fields(std::str::from_utf8(&body).expect("a form")),
    });
    let (status, text) = script
        .instead
        .get(path.as_str())
        .cloned()
        .unwrap_or_else(|| match path.as_str() {
            "/.well-known/openid-configuration" => (200, script.description.to_string()),
            "/keys" => (200, script.keys.to_string()),
            "/token" => {
                let mut token = signer.token(&script.head, &script.claims);
                if let Some(signature) = &script.signature {
                    let message = token.rsplit_once('.').expect("a token").0;
                    token = format!("{message}.{signature}");
                }
                (
                    200,
                    json!({ "token_type": "Bearer", "access_token": "a-1", "id_token": token }).to_string(),
                )
            }
            "/user" if !script.user.is_null() => (200, script.user.to_string()),
            _ => (404, String::new()),
        });
    let mut answer = Response::builder().status(StatusCode::from_u16(status).expect("a status"));
    if (300..400).contains(&status) {
        answer = answer.header(header::LOCATION, &text);
    }
    answer.body(Body::from(text)).expect("an answer")
}
