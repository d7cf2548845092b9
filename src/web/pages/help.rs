//! 帮助: the user's guide with the glossary, on one page that can be searched and printed.

use crate::app::view::{Light, Verdict};
use crate::domain::account::Role;
use crate::web::desk::Desk;
use crate::web::guide::{Block, GUIDE, Guide, Kind, Piece};
use crate::web::layout::{Chrome, html};
use crate::web::marks::Shown as _;
use crate::web::params::Params;
use crate::web::{PageError, PageSource, router};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/help.html")]
struct Help<'a> {
    chrome: Chrome<'a>,
    guide: &'static Guide,
    role: Role,
    /// Paths of the pages that are for this role.
    open: Vec<&'static str>,
}

impl Help<'_> {
    /// Where a piece leads; nowhere when that page is not for this role.
    fn href(&self, piece: &Piece) -> Option<String> {
        match &piece.kind {
            Kind::Link(href) if href.starts_with('#') => Some(format!("/help{href}")),
            Kind::Link(href) => {
                let path = href.split(['?', '#']).next().unwrap_or_default();
                self.open.contains(&path).then(|| href.clone())
            }
            _ => None,
        }
    }

    /// The day of whoever reads.
    fn own(&self) -> String {
        format!("/help#role-{}", self.role.as_str())
    }
}

pub async fn show<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let role = site.viewer().role;
    html(&Help {
        chrome: site.chrome(None, "帮助").await,
        guide: &GUIDE,
        role,
        open: router::pages_for::<S>(role),
    })
}
