//! Style sheet, script and icon, compiled in and named by their content, so that a browser may keep
//! them for ever and still gets a new one after an upgrade.

use super::PageError;
use super::params::Segment;
use crate::domain::ids::hex;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

struct Asset {
    path: String,
    tag: String,
    mime: &'static str,
    text: &'static str,
}

static CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("app", "css", "text/css; charset=utf-8", include_str!("assets/app.css")));
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "app",
        "js",
        "text/javascript; charset=utf-8",
        include_str!("assets/app.js"),
    )
});
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_str!("assets/icon.svg")));

impl Asset {
    fn new(stem: &str, extension: &str, mime: &'static str, text: &'static str) -> Self {
        let hash = hex(&Sha256::digest(text.as_bytes())[..8]);
        Self {
            path: format!("/assets/{stem}.{hash}.{extension}"),
            tag: format!("\"{hash}\""),
            mime,
            text,
        }
    }
}

/// Address of the style sheet.
pub(super) fn css_path() -> &'static str {
    &CSS.path
}

/// Address of the script.
pub(super) fn script_path() -> &'static str {
    &SCRIPT.path
}

/// Address of the icon.
pub(super) fn icon_path() -> &'static str {
    &ICON.path
}

/// Serves them.
pub(super) async fn show(Segment(file): Segment, headers: HeaderMap) -> Result<Response, PageError> {
    let wanted = format!("/assets/{file}");
    let asset = [&*CSS, &*SCRIPT, &*ICON]
        .into_iter()
        .find(|asset| asset.path == wanted)
        .ok_or(PageError::NotFound { what: "文件" })?;
    let tag = HeaderValue::from_static(asset.tag.as_str());
    let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
    let meta = [(header::ETAG, tag), (header::CACHE_CONTROL, kept)];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| {
        known
            .split(',')
            .any(|one| one.trim().trim_start_matches("W/") == asset.tag)
    }) {
        return Ok((StatusCode::NOT_MODIFIED, meta).into_response());
    }
    let mime = [(header::CONTENT_TYPE, HeaderValue::from_static(asset.mime))];
    Ok((meta, mime, asset.text).into_response())
}
