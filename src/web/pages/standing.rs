//! 应补定未补定, 应恢复未恢复.

use super::{Choice, choices};
use crate::app::view::{PageOf, RemedyRow, RemedyShow};
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/standing.html")]
struct Standing<'a> {
    chrome: Chrome<'a>,
    show: RemedyShow,
    list: PageOf<RemedyRow>,
    choices: Vec<Choice>,
    pager: m::Pager,
}

/// The two lists have no entry of their own in the left column: they stand with the findings.
const PATH: &str = "/standing";

pub async fn list<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["list", "page"])?;
    let show = params.choice("list", RemedyShow::ALL, RemedyShow::Regrade, RemedyShow::key)?;
    let list = site.source.remedies(&site.viewer(), show, params.page()?).await?;
    html(&Standing {
        choices: choices(PATH, "list", RemedyShow::ALL, show, |one| (one.key(), one.word()), &[]),
        pager: m::pager(&list, PATH, &[("list", show.key())]),
        chrome: site.chrome(Some(Nav::Findings), show.word()).await,
        show,
        list,
    })
}
