//! Guards around every answer: which names are answered, what may be asked and how often,
//! and the headers that keep a page from being framed, cached or made to load anything.

use super::error::PageError;
use super::state::Site;
use super::visit::{Seen, Visit};
use super::{PageSource, visit};
use crate::app::accounts::oidc;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};

/// The longest address that is read.
const MAX_ADDRESS: usize = 1024;
/// The same where a provider leads people back to: some put whole tokens into it.
const MAX_BACK: usize = 6 * 1024;

/// What a page may load: our style sheet, and scripts that carry this answer's own word.
fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self'; script-src 'nonce-{nonce}'; connect-src 'self'; img-src 'self' data:; \
         frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// The outermost layer: checks the request, finds out who sent it, turns errors into pages, sets the headers.
pub(super) async fn guard<S: PageSource>(State(site): State<Site<S>>, mut request: Request, next: Next) -> Response {
    let mut visit = None;
    // Where something was asked for; what stands behind may be a secret link.
    let place = request.uri().path().split('/').nth(1).unwrap_or_default().to_owned();
    let (now, seen) = (site.source.now(), Seen::of(&request));
    let checked = check(&request, &site.info.base_url);
    // Before anything is looked up.
    let checked = checked.and_then(|()| site.limiter.address(seen.address(&site.info), now));
    let mut response = match checked {
        Err(error) => error.into_response(),
        Ok(()) => match visit::visit(&site, seen).await {
            Err(error) => error.into_response(),
            Ok(known) => {
                let paced = match known.viewer().filter(|_| !is_asset(&request)) {
                    Some(viewer) => site.limiter.account(&viewer.login, now),
                    None => Ok(()),
                };
                request.extensions_mut().insert(known.clone());
                visit = Some(known);
                match paced {
                    Ok(()) => next.run(request).await,
                    Err(error) => error.into_response(),
                }
            }
        },
    };
    if let Some(error) = response.extensions_mut().remove::<PageError>() {
        let number = request_number();
        if let PageError::Internal(cause) = &error {
            tracing::error!(request.id = %number, error = %cause, "failed to show page, request {number}: {cause}");
        }
        if matches!(
            error,
            PageError::Forbidden { .. } | PageError::Stale | PageError::WrongHost | PageError::Paced { .. }
        ) {
            let who = visit.as_ref().map_or_else(|| "nobody yet".to_owned(), Visit::actor);
            tracing::warn!(request.id = %number, who, place, "refused: {error}");
        }
        // Somebody of another host learns nothing, and a database that just failed is not asked again.
        let trouble = match &error {
            PageError::WrongHost | PageError::Internal(_) | PageError::Paced { .. } => None,
            _ => site.trouble().await,
        };
        response = error.page(&site.info, site.source.now(), trouble, &number, visit.as_ref());
    }
    if let Some(visit) = &visit {
        if let Some(cookie) = visit.cookie(&site.info)
            && !response.headers().contains_key(header::SET_COOKIE)
            && is_page(&response)
        {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        if let Ok(policy) = HeaderValue::from_str(&page_policy(&visit.nonce)) {
            let entry = response.headers_mut().entry(header::CONTENT_SECURITY_POLICY);
            entry.or_insert(policy);
        }
    }
    secure(response.headers_mut(), site.info.is_secure());
    response
}

/// What every page brings along.
fn is_asset(request: &Request) -> bool {
    request.uri().path().starts_with("/assets/")
}

/// Only a page can hold a form; a style sheet that is kept for ever carries nobody's cookie.
fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

fn check(request: &Request, base_url: &str) -> Result<(), PageError> {
    if !ours(request.uri(), request.headers(), base_url) {
        return Err(PageError::WrongHost);
    }
    match *request.method() {
        Method::GET | Method::HEAD => {}
        Method::POST => own_form(request.headers(), base_url)?,
        _ => return Err(PageError::MethodNotAllowed),
    }
    let length = request.uri().path_and_query().map_or(0, |text| text.as_str().len());
    let most = if request.uri().path() == oidc::BACK {
        MAX_BACK
    } else {
        MAX_ADDRESS
    };
    if length > most {
        return Err(PageError::bad_query("地址长度", format!("不超过 {most} 个字节")));
    }
    Ok(())
}

/// A form of another site's page is not taken: browsers say where it comes from. One that comes without a word is let
/// through to the mark it must carry, which no other site can know, so that a proxy may strip what browsers say.
fn own_form(headers: &HeaderMap, base_url: &str) -> Result<(), PageError> {
    let said = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let site = said(HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(PageError::WrongHost);
    }
    // Pages that ask for no referrer at all make browsers say `null` of their own forms, and so do foreign sandboxes.
    let known = site.is_some();
    let origin = said(header::ORIGIN).filter(|origin| !(known && *origin == "null"));
    let own = |place: &str| {
        let place = place.parse::<Uri>().ok();
        let authority = place.and_then(|place| place.authority().map(|authority| authority.as_str().to_owned()));
        authority.is_some_and(|authority| is_loopback_name(host_of(&authority)) || is_site(&authority, base_url))
    };
    let places = [origin, said(header::REFERER)];
    if places.into_iter().flatten().all(own) {
        Ok(())
    } else {
        Err(PageError::WrongHost)
    }
}

/// A page of another site can make a browser ask this machine under a name of its own choosing;
/// answering only to the loopback names and the site's own closes that way.
fn ours(uri: &Uri, headers: &HeaderMap, base_url: &str) -> bool {
    let mut named = headers.get_all(header::HOST).iter();
    let host = match (named.next(), named.next()) {
        (Some(host), None) => host.to_str().ok(),
        _ => None,
    };
    let accepted = |authority: &str| is_loopback_name(host_of(authority)) || is_site(authority, base_url);
    host.is_some_and(accepted) && uri.authority().is_none_or(|authority| accepted(authority.as_str()))
}

fn is_loopback_name(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

fn is_site(authority: &str, base_url: &str) -> bool {
    base_url
        .parse::<Uri>()
        .ok()
        .and_then(|uri| uri.host().map(|host| host.eq_ignore_ascii_case(host_of(authority))))
        .unwrap_or(false)
}

/// The host without its port; an address in brackets keeps them.
fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn secure(headers: &mut HeaderMap, tls: bool) {
    // A handler that shows foreign text brings a stricter policy of its own.
    default(
        headers,
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    );
    if tls {
        default(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    default(headers, header::CACHE_CONTROL, "no-store");
    default(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Under `no-referrer` a browser would send our own forms with the origin `null`, and they would be taken for foreign.
    default(headers, header::REFERRER_POLICY, "same-origin");
    default(
        headers,
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    default(
        headers,
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    default(
        headers,
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    );
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// Names a request that failed; the process id keeps numbers of two runs apart in one log.
fn request_number() -> String {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    format!("{}-{number}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_comes_from_here_or_says_nothing() {
        let taken = |pairs: &[(&'static str, &str)]| {
            let headers = pairs
                .iter()
                .map(|(name, value)| {
                    (
                        HeaderName::from_static(name),
                        HeaderValue::from_str(value).expect("plain"),
                    )
                })
                .collect();
            own_form(&headers, "https://rc.yunchuan.example").is_ok()
        };
        let (own, foreign) = ("https://rc.yunchuan.example", "https://evil.example");
        assert!(taken(&[]) && taken(&[("origin", own)]) && taken(&[("referer", "http://127.0.0.1:8087/cases/new")]));
        assert!(taken(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(taken(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", own),
            ("referer", own)
        ]));
        for refused in [
            &[("origin", foreign)][..],
            &[("origin", "null")],
            &[("origin", "")],
            &[("referer", foreign)],
            &[("origin", own), ("referer", foreign)],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site"), ("origin", own)],
            &[("sec-fetch-site", "cross-site"), ("origin", "null")],
            &[("sec-fetch-site", "same-origin"), ("origin", foreign)],
        ] {
            assert!(!taken(refused), "{refused:?}");
        }
    }

    #[test]
    fn hosts_are_compared_without_port_and_case() {
        assert_eq!(host_of("localhost:8087"), "localhost");
        assert_eq!(host_of("[::1]:8087"), "[::1]");
        assert_eq!(host_of("[::1]"), "[::1]");
        assert!(is_loopback_name("LOCALHOST") && is_loopback_name("[::1]") && is_loopback_name("127.0.0.1"));
        assert!(!is_loopback_name("localhost.example.org") && !is_loopback_name("127.0.0.1.example.org"));
        assert!(is_site("RC.yunchuan.example:443", "https://rc.yunchuan.example/x"));
        assert!(!is_site("evil.example", "https://rc.yunchuan.example"));
    }
}
