//! What was typed into a form that cannot be taken as it is, because the sign-in it was shown in has ended: it is shown again,
//! to be sent by hand under the new sign-in. Passwords and files are not kept, and nothing that may come from another site.

use super::desk::{KEY, MARK, bounded};
use super::error::PageError;
use super::params::day_of;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest as _, Request};
use axum::http::{HeaderMap, HeaderName, Method, Uri, header};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Bytes that are kept of a form as it was sent.
const MOST: usize = 512 * 1024;
/// Forms of nobody that are read at a time, so that no strangers fill the memory, and how long one may take.
static READERS: Semaphore = Semaphore::const_new(8);
const LONGEST: Duration = Duration::from_secs(20);
/// Where passwords, codes and keys are typed.
const SECRET: [&str; 5] = ["/account", "/set-up", "/sign-in", "/sign-out", "/settings/ways"];

/// A form that was not taken.
#[derive(Debug, Clone)]
pub struct Unsent {
    /// Where it goes.
    pub(super) action: String,
    /// What was typed, but for the marks of its page.
    pub(super) fields: Vec<(String, String)>,
    /// What makes it count once when it is sent anew; none while nobody has signed in.
    pub(super) key: Option<String>,
}

impl Unsent {
    /// What somebody typed, in its order: no codes of choices and records, no ID numbers.
    pub(super) fn typed(&self) -> Vec<&str> {
        let typed =
            |text: &&str| !text.is_ascii() || text.contains(' ') || text.contains('\n') || day_of(text).is_some();
        let values = self.fields.iter().map(|(_, value)| value.trim());
        values.filter(typed).collect()
    }
}

/// Whether the form of a request may be kept: the browser says that a page of ours sent it.
pub(super) fn may_keep(uri: &Uri, headers: &HeaderMap) -> bool {
    let said = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let own = match said(HeaderName::from_static("sec-fetch-site")) {
        Some(site) => site == "same-origin",
        None => said(header::ORIGIN).is_some_and(|origin| {
            let place = origin.split_once("://").map(|(_, place)| place);
            place.is_some() && place == said(header::HOST)
        }),
    };
    let plain = said(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    own && plain && !SECRET.iter().any(|secret| uri.path().starts_with(secret))
}

/// The form with its fields; none where there is nothing to keep, or too much.
pub(super) fn kept(uri: &Uri, pairs: &[(String, String)], key: Option<String>) -> Option<Unsent> {
    let fields: Vec<_> = pairs
        .iter()
        .filter(|(name, _)| name != MARK && name != KEY)
        .cloned()
        .collect();
    let size: usize = fields.iter().map(|(name, value)| name.len() + value.len()).sum();
    let unsent = Unsent {
        action: uri.path().to_owned(),
        fields,
        key,
    };
    (size <= MOST && !unsent.typed().is_empty()).then_some(unsent)
}

/// What nobody who has signed in sent: kept if it may be.
pub(super) async fn of_nobody(request: Request) -> Option<PageError> {
    if request.method() != Method::POST || !may_keep(request.uri(), request.headers()) {
        return None;
    }
    let _turn = READERS.try_acquire().ok()?;
    let uri = request.uri().clone();
    let body = tokio::time::timeout(LONGEST, to_bytes(request.into_body(), MOST)).await;
    let whole = axum::http::Request::post("/").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let whole = whole.body(Body::from(body.ok()?.ok()?)).ok()?;
    let axum::Form(pairs) = axum::Form::<Vec<(String, String)>>::from_request(whole, &())
        .await
        .ok()?;
    let pairs = bounded(pairs).ok()?;
    kept(&uri, &pairs, None).map(|unsent| PageError::Unsent(Box::new(unsent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        pairs
            .iter()
            .chain(&form)
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().expect("plain")))
            .collect()
    }

    #[test]
    fn only_what_surely_came_from_our_own_page_is_kept() {
        let at = |path: &'static str, said: &[(&'static str, &str)]| may_keep(&Uri::from_static(path), &headers(said));
        let own = ("sec-fetch-site", "same-origin");
        assert!(at("/cases/new", &[own]));
        let host = ("host", "rc.yunchuan.example:8087");
        assert!(at(
            "/cases/new",
            &[host, ("origin", "https://rc.yunchuan.example:8087")]
        ));
        for foreign in [
            &[][..],
            &[host],
            &[("origin", "null")],
            &[host, ("origin", "https://rc.yunchuan.example")],
            &[("sec-fetch-site", "none")],
            &[
                host,
                ("origin", "https://rc.yunchuan.example:8087"),
                ("sec-fetch-site", "same-site"),
            ],
        ] {
            assert!(!at("/cases/new", foreign), "{foreign:?}");
        }
        for secret in [
            "/account/password",
            "/accounts/new",
            "/set-up/x",
            "/sign-in",
            "/settings/ways/new",
        ] {
            assert!(!at(secret, &[own]), "{secret}");
        }
    }

    #[test]
    fn what_is_kept_is_bounded_and_without_the_marks() {
        let uri = Uri::from_static("/cases/new");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let typed = [
            pair(MARK, "0123"),
            pair(KEY, "4567"),
            pair("matter", "加装电梯"),
            pair("on", "2026-11-12"),
            pair("id", "110105194912310029"),
        ];
        let unsent = kept(&uri, &typed, None).expect("something was typed");
        assert_eq!(unsent.fields, typed[2..]);
        assert_eq!(unsent.typed(), ["加装电梯", "2026-11-12"]);
        assert!(kept(&uri, &typed[..2], None).is_none(), "nothing was typed");
        assert!(kept(&uri, &[pair("text", &"长".repeat(MOST / 2))], None).is_none());
    }
}
