//! What machines ask: whether the process lives, whether it can work, and its numbers.

use super::state::{PageSource, Site};
use super::{PageError, exposition};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// 200 when everything the work rests on is there, else 503 and what is missing.
pub(super) async fn ready<S: PageSource>(State(site): State<Site<S>>) -> Response {
    let checks = site.source.of_now().readiness().await;
    let ready = checks.iter().all(|one| one.ok);
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = format!("{}\n", serde_json::json!({ "ready": ready, "checks": checks }));
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

pub(super) async fn metrics<S: PageSource>(State(site): State<Site<S>>) -> Result<Response, PageError> {
    let text = exposition::write(&site.source.of_now().figures().await?);
    Ok(([(header::CONTENT_TYPE, exposition::CONTENT_TYPE)], text).into_response())
}
