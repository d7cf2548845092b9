//! 审计: the journal for the auditor: search, export, verification of the chain.

use crate::app::accounts::{self, Recovery};
use crate::app::audit::{self, Asked, Line};
use crate::app::view::PageOf;
use crate::web::address::address;
use crate::web::desk::{Desk, Sent};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

const FILTERS: [&str; 6] = ["actor", "action", "kind", "object", "from", "to"];

#[derive(Template)]
#[template(path = "pages/audit.html")]
struct Audit<'a> {
    chrome: Chrome<'a>,
    list: PageOf<Line>,
    pager: m::Pager,
    asked: Asked,
    from: String,
    to: String,
    export: String,
    recoveries: Vec<Recovery>,
    /// The word of the chain and the word shown of what is done, and of what it is done to.
    actions: &'static [(&'static str, &'static str)],
    kinds: &'static [(&'static str, &'static str)],
}

fn asked(params: &Params) -> Result<Asked, PageError> {
    let text = |name: &str| params.text(name).unwrap_or_default().to_owned();
    Ok(Asked {
        actor: text("actor"),
        action: text("action"),
        kind: text("kind"),
        object: text("object"),
        from: params.day("from")?,
        to: params.day("to")?,
    })
}

pub async fn list<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["actor", "action", "kind", "object", "from", "to", "page"])?;
    let (asked, page) = (asked(&params)?, params.page()?);
    let list = audit::page(site.app(), &asked, page).await?;
    let kept: Vec<(&str, &str)> = FILTERS
        .iter()
        .map(|name| (*name, params.text(name).unwrap_or_default()))
        .collect();
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    html(&Audit {
        chrome: site.chrome(Some(Nav::Audit), "审计").await,
        pager: m::pager(&list, Nav::Audit.path(), &kept),
        export: address("/audit/export", &kept),
        from: day(asked.from),
        to: day(asked.to),
        list,
        asked,
        recoveries: accounts::recoveries(site.app()).await?,
        actions: audit::ACTIONS,
        kinds: audit::KINDS,
    })
}

pub async fn export<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&FILTERS)?;
    let text = audit::export(site.app(), &site.viewer(), &asked(&params)?).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"rongcuo-audit.csv\"",
        ),
    ];
    Ok((headers, text).into_response())
}

pub async fn verify<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    match audit::verify(site.app(), &site.viewer()).await {
        Ok(said) => site.done(&sent, Nav::Audit.path(), &said).await,
        Err(error) => {
            site.undone(&sent).await?;
            Err(error.into())
        }
    }
}
