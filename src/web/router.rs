//! The table of routes: method, path, whom it is for, how much may be sent to it.

use super::gate::{Who, gate};
use super::state::{PageSource, Site, SiteInfo};
use super::{PageError, assets, guard, health, pages};
use crate::domain::account::Act;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Bytes a form may send.
const MOST_SENT: usize = 64 * 1024;
/// Stands for as many bytes as the site's largest file has.
const AS_FILES: usize = usize::MAX;

struct Route<S: PageSource> {
    method: &'static str,
    path: &'static str,
    who: Who,
    handler: MethodRouter<Site<S>>,
    /// Bytes that may be sent there.
    most: usize,
}

/// Files may be on their way in so many forms at one time; each is held whole.
const UPLOADS: usize = 3;
/// How long one may be on its way.
const LONGEST_UPLOAD: Duration = Duration::from_secs(900);

/// Lets a form with files in if there are not too many on their way.
async fn one_of_few(State(uploads): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(_turn) = uploads.try_acquire() else {
        return PageError::Crowded.into_response();
    };
    match tokio::time::timeout(LONGEST_UPLOAD, next.run(request)).await {
        Ok(response) => response,
        Err(_) => PageError::Crowded.into_response(),
    }
}

/// Every route there is.
fn table<S: PageSource>() -> Vec<Route<S>> {
    let route = |method, path, who, handler| Route {
        method,
        path,
        who,
        handler,
        most: MOST_SENT,
    };
    let show = |path, who, handler| route("GET", path, who, handler);
    let send = |path, who, handler| route("POST", path, who, handler);
    let files = |path, who, handler| Route {
        most: AS_FILES,
        ..route("POST", path, who, handler)
    };
    let may = Who::May;
    vec![
        show("/", may(Act::UseOwnAccount), get(pages::dashboard::show::<S>)),
        show(
            "/obligations",
            may(Act::SeeObligations),
            get(pages::obligations::list::<S>),
        ),
        show(
            "/obligations/{id}",
            may(Act::SeeObligations),
            get(pages::obligation::show::<S>),
        ),
        show("/findings", may(Act::SeeFindings), get(pages::findings::list::<S>)),
        show("/findings/{id}", may(Act::SeeFindings), get(pages::finding::show::<S>)),
        send(
            "/findings/{id}",
            may(Act::AnswerFindings),
            post(pages::finding::act::<S>),
        ),
        send(
            "/findings/{id}/confirm",
            may(Act::ConfirmFindings),
            post(pages::finding::confirm::<S>),
        ),
        show("/standing", may(Act::SeeFindings), get(pages::standing::list::<S>)),
        show("/standing/{id}", may(Act::HandleCases), get(pages::standing::one::<S>)),
        send(
            "/standing/{id}",
            may(Act::HandleCases),
            post(pages::standing::restored::<S>),
        ),
        show("/precheck", may(Act::Precheck), get(pages::precheck::show::<S>)),
        files("/precheck", may(Act::Precheck), post(pages::precheck::begin::<S>)),
        show("/precheck/runs", may(Act::Precheck), get(pages::precheck::runs::<S>)),
        show(
            "/precheck/{id}",
            may(Act::Precheck),
            get(pages::precheck_job::show::<S>),
        ),
        files(
            "/precheck/{id}/again",
            may(Act::Precheck),
            post(pages::precheck_job::again::<S>),
        ),
        send(
            "/precheck/{id}/columns",
            may(Act::Precheck),
            post(pages::precheck_job::columns::<S>),
        ),
        send(
            "/precheck/{id}/drop",
            may(Act::Precheck),
            post(pages::precheck_job::drop::<S>),
        ),
        show(
            "/precheck/{id}/workbook",
            may(Act::Precheck),
            get(pages::precheck_job::workbook::<S>),
        ),
        show(
            "/precheck/{id}/opinion",
            may(Act::Precheck),
            get(pages::precheck_job::opinion::<S>),
        ),
        show(
            "/precheck/{id}/csv",
            may(Act::Precheck),
            get(pages::precheck_job::csv::<S>),
        ),
        show(
            "/precheck/{id}/json",
            may(Act::Precheck),
            get(pages::precheck_job::json::<S>),
        ),
        show(
            "/rectifications",
            may(Act::SeeRectifications),
            get(pages::rectifications::list::<S>),
        ),
        show(
            "/protections",
            may(Act::SeeProtections),
            get(pages::protections::list::<S>),
        ),
        show("/mails", may(Act::SeeMails), get(pages::mails::list::<S>)),
        show("/mails/{id}", may(Act::SeeMails), get(pages::mail::show::<S>)),
        show("/mails/{id}/html", may(Act::SeeMails), get(pages::mail::html_part::<S>)),
        show("/mails/{id}/raw", may(Act::SeeMails), get(pages::mail::raw::<S>)),
        show("/answers/{token}", Who::Anyone, get(pages::answer::show::<S>)),
        send("/answers/{token}", Who::Anyone, post(pages::answer::take_note::<S>)),
        show("/calendar", may(Act::SeeCalendar), get(pages::calendar::show::<S>)),
        show("/help", may(Act::UseOwnAccount), get(pages::help::show::<S>)),
        show("/sign-in", Who::Anyone, get(pages::sign_in::show::<S>)),
        send("/sign-in", Who::Anyone, post(pages::sign_in::let_in::<S>)),
        send("/sign-in/demo", Who::Anyone, post(pages::sign_in::demonstrate::<S>)),
        send("/sign-out", may(Act::UseOwnAccount), post(pages::sign_in::let_out::<S>)),
        show("/set-up/{token}", Who::Anyone, get(pages::set_up::show::<S>)),
        send("/set-up/{token}", Who::Anyone, post(pages::set_up::save::<S>)),
        show("/healthz", Who::Anyone, get(health::alive)),
        show("/readyz", Who::Local, get(health::ready::<S>)),
        show("/metrics", Who::Local, get(health::metrics::<S>)),
        show("/assets/{file}", Who::Anyone, get(assets::show)),
    ]
}

/// Method, path and roles of every route, in the order of the table.
pub fn routes<S: PageSource>() -> Vec<String> {
    table::<S>()
        .iter()
        .map(|route| format!("{} {} {}", route.method, route.path, route.who.word()))
        .collect()
}

/// The pages over `source`. The caller must have asked [`super::loopback_only`] about the
/// address it listens on.
pub fn router<S: PageSource>(source: Arc<S>, info: SiteInfo) -> Router {
    let site = Site { source, info };
    let uploads = Arc::new(Semaphore::new(UPLOADS));
    let as_files = usize::try_from(site.info.files.limits().file_bytes).unwrap_or(usize::MAX);
    table::<S>()
        .into_iter()
        .fold(Router::new(), |router, route| {
            let mut handler = route.handler;
            let most = if route.most == AS_FILES {
                as_files.saturating_add(MOST_SENT)
            } else {
                route.most
            };
            if most > MOST_SENT {
                handler = handler.layer(from_fn_with_state(Arc::clone(&uploads), one_of_few));
            }
            let guarded = handler
                .layer(DefaultBodyLimit::max(most))
                .layer(from_fn_with_state(route.who, gate));
            router.route(route.path, guarded)
        })
        .fallback(async || PageError::NotFound { what: "页面" })
        .method_not_allowed_fallback(async || PageError::MethodNotAllowed)
        .layer(from_fn_with_state(site.clone(), guard::guard::<S>))
        .with_state(site)
}
