//! The table of routes: method, path, whom it is for, how much may be sent to it.

use super::desk::Longest;
use super::gate::{Who, gate};
use super::pace::Limiter;
use super::pages::rectification_acts as acts;
use super::pages::setting_people as people;
use super::pages::setting_texts as texts;
use super::pages::setting_way as way;
use super::pages::setting_ways as ways;
use super::pages::sign_on;
use super::state::{PageSource, Site, SiteInfo};
use super::uploads::{self, Uploads, one_of_few};
use super::{PageError, assets, guard, health, pages};
use crate::domain::account::{Act, Role};
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Router};
use std::convert::Infallible;
use std::sync::Arc;

/// Bytes a form may send.
const MOST_SENT: usize = 64 * 1024;
/// Bytes a form with a text of the settings may send; each character of Chinese takes nine.
const MOST_TEXT: usize = 10 << 20;
/// Bytes a form with one file of evidence may send.
const MOST_EVIDENCE: usize = 21 << 20;
/// Bytes a form with a calendar file may send; the reader has a bound of its own.
const MOST_CALENDAR: usize = 2 << 20;
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

/// Works a form to its end even when its sender goes away, as the browser of a double click does: the second sending is told
/// what came of the first.
async fn to_its_end(request: Request, next: Next) -> Response {
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(error) => PageError::internal(error).into_response(),
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
    let text = |path, who, handler| Route {
        most: MOST_TEXT,
        ..route("POST", path, who, handler)
    };
    let may = Who::May;
    let administer = Who::Either(Act::ManageAccounts, Act::GrantRoles);
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
        show("/cases", may(Act::SeeCases), get(pages::cases::list::<S>)),
        show("/cases/new", may(Act::HandleCases), get(pages::case_new::show::<S>)),
        send("/cases/new", may(Act::HandleCases), post(pages::case_new::save::<S>)),
        show("/cases/{id}", may(Act::SeeCases), get(pages::cases::show::<S>)),
        show(
            "/cases/{id}/act",
            may(Act::HandleCases),
            get(pages::case_act::show::<S>),
        ),
        send(
            "/cases/{id}/act",
            may(Act::HandleCases),
            post(pages::case_act::save::<S>),
        ),
        show(
            "/cases/{id}/paper",
            may(Act::HandleCases),
            get(pages::case_paper::show::<S>),
        ),
        send(
            "/cases/{id}/paper",
            may(Act::HandleCases),
            post(pages::case_paper::save::<S>),
        ),
        show("/cases/{id}/issued", may(Act::SeeCases), get(pages::cases::issued::<S>)),
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
            "/rectifications/export",
            may(Act::SeeRectifications),
            get(pages::rectifications::export::<S>),
        ),
        send(
            "/rectifications/remind",
            may(Act::Supervise),
            post(pages::remind::check::<S>),
        ),
        send(
            "/rectifications/remind/send",
            may(Act::Supervise),
            post(pages::remind::send::<S>),
        ),
        show(
            "/rectifications/{id}",
            may(Act::SeeRectifications),
            get(pages::rectification::show::<S>),
        ),
        show(
            "/rectifications/{id}/evidence/{hash}",
            may(Act::SeeRectifications),
            get(pages::rectification::evidence::<S>),
        ),
        show(
            "/rectifications/{id}/papers/{paper}",
            may(Act::SeeRectifications),
            get(pages::rectification::paper::<S>),
        ),
        show(
            "/rectifications/{id}/draft",
            may(Act::Supervise),
            get(pages::rectification::draft::<S>),
        ),
        send(
            "/rectifications/{id}/issue",
            may(Act::Supervise),
            post(acts::issue::<S>),
        ),
        send(
            "/rectifications/{id}/receive",
            may(Act::Supervise),
            post(acts::receive::<S>),
        ),
        send(
            "/rectifications/{id}/report",
            may(Act::ReportProgress),
            post(acts::report::<S>),
        ),
        Route {
            most: MOST_EVIDENCE,
            ..send(
                "/rectifications/{id}/attach",
                may(Act::ReportProgress),
                post(acts::attach::<S>),
            )
        },
        send(
            "/rectifications/{id}/confirm",
            may(Act::Supervise),
            post(acts::confirm::<S>),
        ),
        send(
            "/rectifications/{id}/extend",
            may(Act::ReportProgress),
            post(acts::extend::<S>),
        ),
        send(
            "/rectifications/{id}/decide-extension",
            may(Act::Supervise),
            post(acts::decide_extension::<S>),
        ),
        send(
            "/rectifications/{id}/close",
            may(Act::Supervise),
            post(acts::close::<S>),
        ),
        send(
            "/rectifications/{id}/check",
            may(Act::Supervise),
            post(acts::check::<S>),
        ),
        send(
            "/rectifications/{id}/relapse",
            may(Act::Supervise),
            post(acts::relapse::<S>),
        ),
        send(
            "/rectifications/{id}/visit",
            may(Act::Supervise),
            post(acts::visit::<S>),
        ),
        send(
            "/rectifications/{id}/raise",
            may(Act::Supervise),
            post(acts::raise::<S>),
        ),
        send(
            "/rectifications/{id}/lower",
            may(Act::Supervise),
            post(acts::lower::<S>),
        ),
        send(
            "/rectifications/{id}/paper",
            may(Act::Supervise),
            post(acts::paper::<S>),
        ),
        send("/rectifications/{id}/deal", may(Act::Supervise), post(acts::deal::<S>)),
        send(
            "/rectifications/{id}/hand-over",
            may(Act::Supervise),
            post(acts::hand_over::<S>),
        ),
        send(
            "/rectifications/{id}/confirm-hand-over",
            may(Act::ReportProgress),
            post(acts::confirm_hand_over::<S>),
        ),
        show(
            "/protections",
            may(Act::SeeProtections),
            get(pages::protections::list::<S>),
        ),
        show(
            "/protections/{id}",
            may(Act::SeeProtections),
            get(pages::protections::person::<S>),
        ),
        show("/alerts", may(Act::SeeMails), get(pages::alerts::list::<S>)),
        show("/alerts/waiting", may(Act::SeeMails), get(pages::alerts::waiting::<S>)),
        show(
            "/alerts/waiting/{id}",
            may(Act::HandleAlerts),
            get(pages::alerts::acknowledging::<S>),
        ),
        send(
            "/alerts/waiting/{id}",
            may(Act::HandleAlerts),
            post(pages::alerts::acknowledge::<S>),
        ),
        show(
            "/alerts/silences",
            may(Act::SeeMails),
            get(pages::alerts::silences::<S>),
        ),
        send(
            "/alerts/silences",
            may(Act::HandleAlerts),
            post(pages::alerts::silence::<S>),
        ),
        send(
            "/alerts/silences/{id}/lift",
            may(Act::HandleAlerts),
            post(pages::alerts::lift::<S>),
        ),
        show("/mails", may(Act::SeeMails), get(pages::mails::list::<S>)),
        show("/mails/preview", may(Act::SeeMails), get(pages::alerts::preview::<S>)),
        show("/mails/held", may(Act::HandleMails), get(pages::held::list::<S>)),
        send(
            "/mails/{id}/resend",
            may(Act::HandleMails),
            post(pages::held::resend::<S>),
        ),
        // Ending a mail asks for its words to be seen.
        show("/mails/{id}/end", may(Act::SeeMails), get(pages::held::end_check::<S>)),
        send("/mails/{id}/end", may(Act::SeeMails), post(pages::held::end::<S>)),
        show("/mails/{id}", may(Act::SeeMails), get(pages::mail::show::<S>)),
        show("/mails/{id}/html", may(Act::SeeMails), get(pages::mail::html_part::<S>)),
        show("/mails/{id}/raw", may(Act::SeeMails), get(pages::mail::raw::<S>)),
        show("/answers/{token}", Who::Anyone, get(pages::answer::show::<S>)),
        send("/answers/{token}", Who::Anyone, post(pages::answer::reply::<S>)),
        show("/calendar", may(Act::SeeCalendar), get(pages::calendar::show::<S>)),
        show(
            "/calendar/import",
            may(Act::ChangeCalendar),
            get(pages::calendar_import::show::<S>),
        ),
        Route {
            most: MOST_CALENDAR,
            ..send(
                "/calendar/import",
                may(Act::ChangeCalendar),
                post(pages::calendar_import::look::<S>),
            )
        },
        Route {
            most: MOST_CALENDAR,
            ..send(
                "/calendar/import/adopt",
                may(Act::ChangeCalendar),
                post(pages::calendar_import::adopt::<S>),
            )
        },
        show(
            "/calendar/moves",
            may(Act::SeeCalendar),
            get(pages::calendar_import::moves::<S>),
        ),
        show(
            "/statistics",
            may(Act::SeeStatistics),
            get(pages::statistics::first::<S>),
        ),
        show(
            "/statistics/{id}",
            may(Act::SeeStatistics),
            get(pages::statistics::show::<S>),
        ),
        show(
            "/statistics/{id}/xlsx",
            may(Act::SeeStatistics),
            get(pages::statistics::workbook::<S>),
        ),
        show("/help", may(Act::UseOwnAccount), get(pages::help::show::<S>)),
        show("/sign-in", Who::Anyone, get(pages::sign_in::show::<S>)),
        send("/sign-in", Who::Anyone, post(pages::sign_in::let_in::<S>)),
        show("/sign-in/oidc", Who::Anyone, get(sign_on::leave::<S>)),
        show("/sign-in/oidc/back", Who::Anyone, get(sign_on::come_back::<S>)),
        show("/sign-in/oidc/code", Who::Anyone, get(sign_on::code::<S>)),
        send("/sign-in/oidc/code", Who::Anyone, post(sign_on::let_in::<S>)),
        send("/sign-in/demo", Who::Anyone, post(pages::sign_in::demonstrate::<S>)),
        send("/sign-out", may(Act::UseOwnAccount), post(pages::sign_in::let_out::<S>)),
        show("/account", may(Act::UseOwnAccount), get(pages::account::show::<S>)),
        send(
            "/account/password",
            may(Act::UseOwnAccount),
            post(pages::account::password::<S>),
        ),
        show(
            "/account/second",
            may(Act::UseOwnAccount),
            get(pages::account::second::<S>),
        ),
        send(
            "/account/second",
            may(Act::UseOwnAccount),
            post(pages::account::confirm_second::<S>),
        ),
        send(
            "/account/second/drop",
            may(Act::UseOwnAccount),
            post(pages::account::drop_second::<S>),
        ),
        send(
            "/account/session",
            may(Act::UseOwnAccount),
            post(pages::account::end_session::<S>),
        ),
        send(
            "/account/sessions",
            may(Act::UseOwnAccount),
            post(pages::account::end_all::<S>),
        ),
        show("/accounts", administer, get(pages::accounts::list::<S>)),
        show(
            "/accounts/new",
            may(Act::ManageAccounts),
            get(pages::accounts::new::<S>),
        ),
        send(
            "/accounts/new",
            may(Act::ManageAccounts),
            post(pages::accounts::make::<S>),
        ),
        show("/accounts/{login}", administer, get(pages::accounts::show::<S>)),
        send(
            "/accounts/{login}/grant",
            may(Act::GrantRoles),
            post(pages::accounts::grant::<S>),
        ),
        send(
            "/accounts/{login}/lock",
            may(Act::GrantRoles),
            post(pages::accounts::lock::<S>),
        ),
        send(
            "/accounts/{login}/unlock",
            may(Act::GrantRoles),
            post(pages::accounts::unlock::<S>),
        ),
        send(
            "/accounts/{login}/sessions",
            may(Act::GrantRoles),
            post(pages::accounts::end_sessions::<S>),
        ),
        send(
            "/accounts/{login}/reset",
            may(Act::ManageAccounts),
            post(pages::accounts::reset::<S>),
        ),
        send(
            "/accounts/{login}/close",
            may(Act::ManageAccounts),
            post(pages::accounts::close::<S>),
        ),
        send(
            "/accounts/{login}/reopen",
            may(Act::ManageAccounts),
            post(pages::accounts::reopen::<S>),
        ),
        show("/settings", may(Act::ChangeSettings), get(pages::settings::show::<S>)),
        show("/settings/people", may(Act::ChangeSettings), get(people::list::<S>)),
        show("/settings/people/new", may(Act::ChangeSettings), get(people::new::<S>)),
        send("/settings/people/new", may(Act::ChangeSettings), post(people::add::<S>)),
        show(
            "/settings/people/{id}",
            may(Act::ChangeSettings),
            get(people::show::<S>),
        ),
        send(
            "/settings/people/{id}",
            may(Act::ChangeSettings),
            post(people::save::<S>),
        ),
        show("/settings/units", may(Act::ChangeSettings), get(people::units::<S>)),
        show("/settings/units/{id}", may(Act::ChangeSettings), get(people::unit::<S>)),
        send(
            "/settings/units/{id}",
            may(Act::ChangeSettings),
            post(people::change_unit::<S>),
        ),
        show("/settings/ways", may(Act::ChangeSettings), get(ways::show::<S>)),
        show("/settings/ways/mail", may(Act::ChangeSettings), get(ways::mail::<S>)),
        send(
            "/settings/ways/mail",
            may(Act::ChangeSettings),
            post(ways::send_mail::<S>),
        ),
        send(
            "/settings/ways/channels/{id}/trial",
            may(Act::ChangeSettings),
            post(ways::send_message::<S>),
        ),
        show("/settings/ways/new", may(Act::ChangeSettings), get(way::new::<S>)),
        send("/settings/ways/new", may(Act::ChangeSettings), post(way::add::<S>)),
        show(
            "/settings/ways/channels/{id}",
            may(Act::ChangeSettings),
            get(way::show::<S>),
        ),
        send(
            "/settings/ways/channels/{id}",
            may(Act::ChangeSettings),
            post(way::save::<S>),
        ),
        show(
            "/settings/texts/{document}",
            may(Act::ChangeSettings),
            get(texts::show::<S>),
        ),
        text(
            "/settings/texts/{document}",
            may(Act::ChangeSettings),
            post(texts::save::<S>),
        ),
        show(
            "/settings/texts/{document}/history",
            may(Act::ChangeSettings),
            get(texts::history::<S>),
        ),
        send(
            "/settings/texts/{document}/restore",
            may(Act::ChangeSettings),
            post(texts::restore::<S>),
        ),
        show(
            "/settings/texts/{document}/versions/{number}",
            may(Act::ChangeSettings),
            get(texts::version::<S>),
        ),
        show(
            "/settings/texts/{document}/versions/{number}/text",
            may(Act::ChangeSettings),
            get(texts::plain::<S>),
        ),
        show("/audit", may(Act::Audit), get(pages::audit::list::<S>)),
        show("/audit/export", may(Act::Audit), get(pages::audit::export::<S>)),
        send("/audit/verify", may(Act::Audit), post(pages::audit::verify::<S>)),
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

/// Paths of the pages that are for a role.
pub(super) fn pages_for<S: PageSource>(role: Role) -> Vec<&'static str> {
    table::<S>()
        .iter()
        .filter(|route| route.method == "GET" && route.who.roles().contains(&role))
        .map(|route| route.path)
        .collect()
}

/// The pages over `source`. The caller must have asked [`super::may_listen`] about the address it listens on.
pub fn router<S: PageSource>(source: Arc<S>, info: SiteInfo) -> Router {
    let limiter = Arc::new(Limiter::new(info.pace));
    let site = Site { source, info, limiter };
    let places = Uploads::default();
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
            let mut longest = Longest::default();
            if most > MOST_SENT {
                longest = Longest(uploads::LONGEST);
                handler = handler.layer(from_fn_with_state(places.clone(), one_of_few));
            }
            if route.method == "POST" {
                handler = handler.layer(from_fn(to_its_end));
            }
            let guarded = handler
                .layer::<_, Infallible>(Extension(longest))
                .layer(DefaultBodyLimit::max(most))
                .layer(from_fn_with_state(route.who, gate));
            router.route(route.path, guarded)
        })
        .fallback(async || PageError::NotFound { what: "页面" })
        .method_not_allowed_fallback(async || PageError::MethodNotAllowed)
        .layer(from_fn_with_state(site.clone(), guard::guard::<S>))
        .with_state(site)
}
