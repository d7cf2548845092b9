//! 整改台账.

use crate::app::view::{Light, PageOf, RectificationRow};
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/rectifications.html")]
struct Rectifications<'a> {
    chrome: Chrome<'a>,
    list: PageOf<RectificationRow>,
    pager: m::Pager,
}

pub async fn list<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let page = params.only(&["page"])?.page()?;
    let list = site.source.rectifications(&site.viewer(), page).await?;
    html(&Rectifications {
        chrome: site.chrome(Some(Nav::Rectifications), "整改台账").await,
        pager: m::pager(&list, Nav::Rectifications.path(), &[]),
        list,
    })
}
