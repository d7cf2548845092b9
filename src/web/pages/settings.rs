//! 设置: what the installation is set up by, and where each thing is changed.

use crate::app::settings;
use crate::domain::settings::Document;
use crate::store::settings::Version;
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::Shown as _;
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/settings.html")]
struct Settings<'a> {
    chrome: Chrome<'a>,
    texts: Vec<TextLine>,
}

/// A text and who put it in force.
struct TextLine {
    document: Document,
    version: Option<Version>,
}

pub async fn show<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let mut adopted = settings::in_force(site.app()).await?;
    let texts = Document::ALL.into_iter().map(|document| {
        let own = adopted.iter().position(|version| version.document == document.slug());
        let version = own.map(|at| adopted.swap_remove(at));
        TextLine { document, version }
    });
    let texts = texts.collect();
    html(&Settings {
        chrome: site.chrome(Some(Nav::Settings), "设置").await,
        texts,
    })
}
