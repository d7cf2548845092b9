//! The one place that other programs post to: a mail gateway tells of messages that bounced. Its signature stands for
//! whoever sends it, so neither cookie nor origin is asked for, and nothing is shown.

use crate::app::App;
use crate::app::bounces::{Gate, Knock, Refused, take};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use std::sync::Arc;
use std::time::Duration;

/// Where they post to.
pub const PATH: &str = "/bounces";
/// Bytes a telling may have.
const MOST_SENT: usize = 16 * 1024;
/// How long a telling may be on its way.
const LONGEST_SENDING: Duration = Duration::from_secs(30);
const TIMESTAMP: &str = "x-rongcuo-timestamp";
const SIGNATURE: &str = "x-rongcuo-signature";

struct Counter {
    app: App,
    gate: Gate,
}

/// The route, to be merged with the pages.
pub fn bounces(app: App, gate: Gate) -> Router {
    Router::new()
        .route(PATH, post(receive))
        .with_state(Arc::new(Counter { app, gate }))
}

/// The body, while it comes neither too large nor too slowly.
async fn read(body: Body) -> Result<Bytes, StatusCode> {
    match tokio::time::timeout(LONGEST_SENDING, to_bytes(body, MOST_SENT)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

async fn receive(State(counter): State<Arc<Counter>>, headers: HeaderMap, body: Body) -> Response {
    let body = match read(body).await {
        Ok(body) => body,
        Err(status) => return status.into_response(),
    };
    let told = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let value = values.next().filter(|_| values.next().is_none());
        value.and_then(|value| value.to_str().ok()).unwrap_or_default()
    };
    let knock = Knock {
        timestamp: told(TIMESTAMP),
        signature: told(SIGNATURE),
        body: &body,
    };
    let (status, text) = match take(&counter.app, &counter.gate, knock).await {
        Ok(()) => (StatusCode::ACCEPTED, String::new()),
        Err(refused @ Refused::Stranger) => {
            tracing::warn!("退信回执未受理：{refused}");
            (StatusCode::UNAUTHORIZED, format!("{refused}\n"))
        }
        Err(refused @ Refused::Unclear(_)) => (StatusCode::BAD_REQUEST, format!("{refused}\n")),
        Err(Refused::Fault(error)) => {
            tracing::error!(error = %error, "退信回执未能记下");
            (StatusCode::INTERNAL_SERVER_ERROR, String::new())
        }
    };
    let safe = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, safe, text).into_response()
}
