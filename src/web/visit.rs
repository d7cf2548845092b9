//! Who is behind a request: a session's cookie, a proxy that is trusted, or nobody yet.

use super::state::{PageSource, Site};
use super::{PageError, SiteInfo};
use crate::app::accounts::{self, Current, oidc};
use crate::domain::account::Viewer;
use crate::domain::ids::hex;
use crate::store::forms;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderValue, Request, header};
use sha2::{Digest as _, Sha256};
use std::net::{IpAddr, SocketAddr};

/// The longest cookie that is looked at.
const LONGEST_COOKIE: usize = 128;
/// The same for what is kept of somebody at the provider; it holds the page they wanted.
const LONGEST_KEPT: usize = 3_500;
/// The parameter that names the form whose outcome a page shows.
pub(super) const DONE: &str = "done";

/// One request, as far as it matters who sent it.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    /// Who has signed in.
    pub who: Option<Current>,
    /// What the browser holds: of a session, else of a visit without one.
    token: String,
    /// A cookie that must be set, because the browser held none.
    pub fresh: bool,
    /// Allows the scripts and styles of this answer only.
    pub nonce: String,
    /// Where the request comes from.
    pub address: String,
    /// Whether it comes from this machine itself.
    pub local: bool,
    /// What the browser says of itself.
    pub agent: String,
    /// What came of the form that led here.
    pub done: Option<String>,
}

impl Visit {
    /// What a form of this visitor carries, and no other site can know.
    pub fn mark(&self) -> String {
        hex(&Sha256::digest(format!("form|{}", self.token))[..16])
    }

    /// Who; pages that need somebody have been refused to nobody before.
    pub fn viewer(&self) -> Option<&Viewer> {
        self.who.as_ref().map(|who| &who.viewer)
    }

    /// How forms and the journal name them.
    pub fn actor(&self) -> String {
        self.viewer()
            .map_or_else(|| format!("visit:{}", self.mark()), Viewer::actor)
    }

    /// The cookie of a visit without a session, when the browser must be given one.
    pub fn cookie(&self, info: &SiteInfo) -> Option<HeaderValue> {
        self.fresh.then(|| cookie(info, Jar::Visit, &self.token))
    }
}

/// The cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Jar {
    /// Somebody has signed in.
    Session,
    /// Nobody has yet: it ties a form to the browser it was shown in.
    Visit,
    /// Somebody is at the provider they sign in with, or half way back.
    Away,
}

/// The name of a cookie; over TLS no other host and no page in clear can have set it.
fn name(info: &SiteInfo, jar: Jar) -> String {
    let prefix = if info.is_secure() { "__Host-" } else { "" };
    let word = match jar {
        Jar::Session => "session",
        Jar::Visit => "visit",
        Jar::Away => "away",
    };
    format!("{prefix}rongcuo-{word}")
}

/// A cookie that scripts cannot read and other sites' forms do not send.
pub(super) fn cookie(info: &SiteInfo, jar: Jar, value: &str) -> HeaderValue {
    let secure = if info.is_secure() { "; Secure" } else { "" };
    let ended = match jar {
        _ if value.is_empty() => "; Max-Age=0".to_owned(),
        Jar::Away => format!("; Max-Age={}", oidc::LONGEST / 1000),
        Jar::Session | Jar::Visit => String::new(),
    };
    let text = format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{ended}",
        name(info, jar)
    );
    HeaderValue::from_str(&text).expect("tokens are plain letters and digits")
}

fn held(headers: &HeaderMap, name: &str) -> Option<String> {
    only(headers, name).filter(|value| value.len() <= LONGEST_COOKIE && value.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The value of a cookie that is there once.
fn only(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    match (found.next(), found.next()) {
        (Some(value), None) => Some(value.to_owned()),
        _ => None,
    }
}

/// The session's token a browser holds.
pub(super) fn session_token(headers: &HeaderMap, info: &SiteInfo) -> Option<String> {
    held(headers, &name(info, Jar::Session))
}

/// What a browser keeps of somebody who is at the provider.
pub(super) fn kept_away(headers: &HeaderMap, info: &SiteInfo) -> Option<String> {
    only(headers, &name(info, Jar::Away)).filter(|value| value.len() <= LONGEST_KEPT)
}

/// What of a request says who sent it.
pub(super) struct Seen {
    headers: HeaderMap,
    peer: Option<IpAddr>,
    query: Option<String>,
}

impl Seen {
    /// Takes it out of a request.
    pub fn of<B>(request: &Request<B>) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        Self {
            headers: request.headers().clone(),
            peer: peer.map(|info| info.0.ip().to_canonical()),
            query: request.uri().query().map(str::to_owned),
        }
    }

    /// Whether a trusted proxy brings it.
    fn is_trusted(&self, info: &SiteInfo) -> bool {
        self.peer.is_some_and(|ip| info.proxies.contains(&ip))
    }

    /// Where it comes from: a trusted proxy is believed about whom it forwards for.
    pub fn address(&self, info: &SiteInfo) -> Option<IpAddr> {
        forwarded(&self.headers).filter(|_| self.is_trusted(info)).or(self.peer)
    }
}

/// Finds out who sent a request.
pub(super) async fn visit<S: PageSource>(site: &Site<S>, seen: Seen) -> Result<Visit, PageError> {
    let (headers, peer, app) = (&seen.headers, seen.peer, site.source.app());
    let (trusted, address) = (seen.is_trusted(&site.info), seen.address(&site.info));
    let session = session_token(headers, &site.info);
    let mut who = match &session {
        Some(token) => accounts::current(app, &site.info.accounts, token).await?,
        None => None,
    };
    let mut token = session.filter(|_| who.is_some());
    // A proxy that says who it is now outweighs a session that somebody left behind.
    if trusted
        && let Some(named) = vouched(headers, &site.info)
        && who.as_ref().is_none_or(|who| who.viewer.login != named)
    {
        who = accounts::by_proxy(app, &named).await?;
        // A proxy brings no token of ours: the mark of its forms is tied to the name by the installation's key.
        token = who.as_ref().map(|_| hex(&app.keys.lookup(&format!("proxy|{named}"))));
    }
    let token = token.or_else(|| held(headers, &name(&site.info, Jar::Visit)));
    let fresh = token.is_none();
    let mut visit = Visit {
        who,
        token: token.unwrap_or_else(|| app.keys.token()),
        fresh,
        nonce: app.keys.token()[..32].to_owned(),
        address: address.map_or_else(|| "unknown".to_owned(), |ip| ip.to_string()),
        // Without a peer nobody is connected: the router is called in the process itself.
        // Whom a proxy on this machine forwards for is not on this machine.
        local: peer.is_none_or(|ip| ip.is_loopback()) && !is_forwarded(headers),
        agent: headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
            .to_owned(),
        done: None,
    };
    if let Some(key) = done_key(seen.query.as_deref()) {
        let mut tx = app.db.read().await.map_err(PageError::internal)?;
        let sent = forms::by_key(&mut tx, key).await.map_err(PageError::internal)?;
        tx.rollback().await.map_err(PageError::internal)?;
        visit.done = sent
            .filter(|sent| sent.actor == visit.actor())
            .and_then(|sent| sent.message);
    }
    Ok(visit)
}

fn done_key(query: Option<&str>) -> Option<&str> {
    query?
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, value)| *name == DONE && value.len() <= LONGEST_COOKIE)
        .map(|(_, value)| value)
}

fn is_forwarded(headers: &HeaderMap) -> bool {
    ["x-forwarded-for", "forwarded", "via"]
        .iter()
        .any(|name| headers.contains_key(*name))
}

/// The address a trusted proxy says it forwards for; it appends the one it saw.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let text = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    let address: IpAddr = text.rsplit(',').next()?.trim().parse().ok()?;
    // One address has one spelling, whatever the proxy listens on.
    Some(address.to_canonical())
}

/// The name a trusted proxy vouches for.
fn vouched(headers: &HeaderMap, info: &SiteInfo) -> Option<String> {
    let mut named = headers.get_all(info.proxy_header.as_deref()?).iter();
    match (named.next(), named.next()) {
        (Some(value), None) => value.to_str().ok().map(str::to_owned).filter(|name| !name.is_empty()),
        _ => None,
    }
}
