//! 应补定未补定, 应恢复未恢复.

use super::{Choice, choices};
use crate::app::remedies::{self, Restored};
use crate::app::view::{PageOf, RemedyRow, RemedyShow};
use crate::app::{AppError, pages};
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::{Params, Segment};
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

#[derive(Template)]
#[template(path = "pages/standing_one.html")]
struct One<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    row: RemedyRow,
    doc_no: String,
    on: String,
}

/// An entry with the form that records its restoration.
pub async fn one<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let id = segment.id("事项")?;
    let today = site.app().now().day().to_string();
    page(&site, &id, Problems::default(), String::new(), today).await
}

async fn page<S: PageSource>(
    site: &Desk<S>,
    id: &str,
    problems: Problems,
    doc_no: String,
    on: String,
) -> Result<Response, PageError> {
    let row = pages::remedy(site.app(), &site.viewer(), id).await?;
    html(&One {
        chrome: site.chrome(Some(Nav::Findings), "登记恢复").await,
        problems,
        row: row.ok_or(PageError::NotFound { what: "事项" })?,
        doc_no,
        on,
    })
}

pub async fn restored<S: PageSource>(site: Desk<S>, segment: Segment, sent: Sent) -> Result<Response, PageError> {
    let (doc_no, on) = (sent.get("doc_no").to_owned(), sent.get("on").to_owned());
    let ended = record(&site, segment, &sent).await;
    let (id, problems) = match ended {
        Ok(said) => return site.done(&sent, &format!("{PATH}?list=restore"), &said).await,
        Err(Ended::Wrong(id, problems)) => (id, problems),
        Err(Ended::Failed(error)) => {
            site.undone(&sent).await?;
            return Err(error);
        }
    };
    site.undone(&sent).await?;
    Ok(refused(page(&site, &id, problems, doc_no, on).await?))
}

/// Why nothing was recorded.
enum Ended {
    /// The form can be put right.
    Wrong(String, Problems),
    /// It cannot.
    Failed(PageError),
}

async fn record<S: PageSource>(site: &Desk<S>, segment: Segment, sent: &Sent) -> Result<String, Ended> {
    let id = segment.id("事项").map_err(Ended::Failed)?;
    let viewer = site.viewer();
    let failed = |error: AppError| Ended::Failed(error.into());
    let row = pages::remedy(site.app(), &viewer, &id).await.map_err(failed)?;
    if row.is_none() {
        return Err(Ended::Failed(PageError::NotFound { what: "事项" }));
    }
    let mut problems = Problems::default();
    if sent.get("doc_no").is_empty() {
        problems.add("doc_no", "请写明恢复的文号");
    }
    let on = sent.get("on").parse();
    if on.is_err() {
        problems.add("on", "恢复日期应写成 年-月-日，如 2026-11-23");
    }
    let (Ok(on), true) = (on, problems.is_empty()) else {
        return Err(Ended::Wrong(id, problems));
    };
    let done = Restored {
        id: id.clone(),
        doc_no: sent.get("doc_no").to_owned(),
        on,
        version: sent.get("version").parse().ok(),
    };
    match remedies::restored(site.app(), &done, &viewer.actor()).await {
        Ok(line) => Ok(format!(
            "{} {}「{}」：已登记恢复，办结。",
            line.case, line.domain, line.result
        )),
        Err(AppError::Input(problem) | AppError::Conflict(problem)) => Err(Ended::Wrong(id, Problems::whole(problem))),
        Err(other) => Err(failed(other)),
    }
}
