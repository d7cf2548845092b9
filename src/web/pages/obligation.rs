//! One obligation with its reckoning.

use super::timeline::{Timeline, timeline};
use crate::app::view::{Count, ObligationView};
use crate::domain::ids::ObligationId;
use crate::web::address::address;
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/obligation.html")]
struct Obligation<'a> {
    chrome: Chrome<'a>,
    view: ObligationView,
    timeline: Timeline,
    same_number: String,
}

pub async fn show<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["purpose"])?;
    let id = segment.id("期限事项")?;
    let view = site
        .source
        .obligation(&site.viewer(), ObligationId::stored(id), params.text("purpose"))
        .await?;
    html(&Obligation {
        chrome: site
            .chrome(Some(Nav::Obligations), format!("{} {}", view.row.number, view.row.kind))
            .await,
        timeline: timeline(&view.reckoning, view.row.due.date),
        same_number: address(
            Nav::Obligations.path(),
            &[("show", "all"), ("number", &view.row.number)],
        ),
        view,
    })
}
