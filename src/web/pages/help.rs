//! 说明: what the marks mean and what the words mean.

use crate::app::view::{Light, Verdict};
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, html};
use crate::web::marks::Shown as _;
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/help.html")]
struct Help<'a> {
    chrome: Chrome<'a>,
}

pub async fn show<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    html(&Help {
        chrome: site.chrome(None, "帮助").await,
    })
}
