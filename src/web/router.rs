//! The table of routes.

use super::state::{PageSource, Site, SiteInfo};
use super::{PageError, assets, guard, health, pages};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get};
use std::sync::Arc;

/// Bytes a form may send.
const MOST_SENT: usize = 64 * 1024;

struct Route<S: PageSource> {
    path: &'static str,
    handler: MethodRouter<Site<S>>,
    /// Whether a form may be sent there.
    posts: bool,
}

/// Every route there is; all but one only read.
fn table<S: PageSource>() -> Vec<Route<S>> {
    let route = |path, handler| Route {
        path,
        handler,
        posts: false,
    };
    vec![
        route("/", get(pages::dashboard::show::<S>)),
        route("/obligations", get(pages::obligations::list::<S>)),
        route("/obligations/{id}", get(pages::obligation::show::<S>)),
        route("/findings", get(pages::findings::list::<S>)),
        route("/findings/{id}", get(pages::finding::show::<S>)),
        route("/standing", get(pages::standing::list::<S>)),
        route("/rectifications", get(pages::rectifications::list::<S>)),
        route("/protections", get(pages::protections::list::<S>)),
        route("/mails", get(pages::mails::list::<S>)),
        route("/mails/{id}", get(pages::mail::show::<S>)),
        route("/mails/{id}/html", get(pages::mail::html_part::<S>)),
        route("/mails/{id}/raw", get(pages::mail::raw::<S>)),
        Route {
            posts: true,
            ..route(
                "/answers/{token}",
                get(pages::answer::show::<S>).post(pages::answer::reply::<S>),
            )
        },
        route("/calendar", get(pages::calendar::show::<S>)),
        route("/help", get(pages::help::show::<S>)),
        route("/healthz", get(health::alive)),
        route("/readyz", get(health::ready::<S>)),
        route("/metrics", get(health::metrics::<S>)),
        route("/assets/{file}", get(assets::show)),
    ]
}

/// Method and path of every route, in the order of the table.
pub fn routes<S: PageSource>() -> Vec<String> {
    let methods = |route: &Route<S>| {
        let post = route.posts.then(|| format!("POST {}", route.path));
        std::iter::once(format!("GET {}", route.path))
            .chain(post)
            .collect::<Vec<_>>()
    };
    table::<S>().iter().flat_map(methods).collect()
}

/// The pages over `source`. The caller must have asked [`super::loopback_only`] about the
/// address it listens on.
pub fn router<S: PageSource>(source: Arc<S>, info: SiteInfo) -> Router {
    let site = Site { source, info };
    table::<S>()
        .into_iter()
        .fold(Router::new(), |router, route| router.route(route.path, route.handler))
        .fallback(async || PageError::NotFound { what: "页面" })
        .layer(DefaultBodyLimit::max(MOST_SENT))
        .layer(from_fn_with_state(site.clone(), guard::guard::<S>))
        .with_state(site)
}
