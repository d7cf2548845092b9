//! 保护名册.

use crate::app::view::{Level, PageOf, ProtectionRow};
use crate::web::address::address;
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks as m;
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/protections.html")]
struct Protections<'a> {
    chrome: Chrome<'a>,
    list: PageOf<ProtectionRow>,
    pager: m::Pager,
}

impl Protections<'_> {
    fn case_href(row: &ProtectionRow) -> String {
        address(
            Nav::Obligations.path(),
            &[("show", "all"), ("number", &row.case_number)],
        )
    }
}

pub async fn list<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["page", "purpose"])?;
    let purpose = params.text("purpose");
    let list = site.source.protections(&site.viewer(), params.page()?, purpose).await?;
    // The reason goes along to the other pages.
    let kept: Vec<_> = purpose.map(|purpose| ("purpose", purpose)).into_iter().collect();
    html(&Protections {
        chrome: site.chrome(Some(Nav::Protections), "保护名册").await,
        pager: m::pager(&list, Nav::Protections.path(), &kept),
        list,
    })
}
