//! A pre-check at work or done: its progress, what was found, what is given back.

use super::finding::{Piece, mark};
use super::precheck::{KINDS, uploads};
use crate::app::AppError;
use crate::app::columns::Pointed;
use crate::app::pages;
use crate::app::precheck::jobs::{self, Given, Job};
use crate::app::view::{CellView, JobFilter, JobView, LineShow, ListView, Stage};
use crate::domain::account::Act;
use crate::web::address::{address, encoded};
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;

/// Seconds after which a page of running work is asked for again.
const REFRESH: u32 = 2;
/// Lists of a job that an address can name.
const MOST_LISTS: usize = 100_000;

#[derive(Template)]
#[template(path = "pages/precheck_job.html")]
struct Page<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    view: JobView,
    choices: Vec<Tab>,
    pager: Option<m::Pager>,
    refresh: u32,
    kinds: &'static str,
    fields: Vec<String>,
    with_details: bool,
}

/// A filter with how many lines it has.
struct Tab {
    word: String,
    href: String,
    current: bool,
}

fn gone() -> PageError {
    PageError::NotFound {
        what: "预检结果，或者结果已经清除：结果只在内存中保留 30 分钟，退出登录、服务重新启动后即清除，请重新送检",
    }
}

/// A job of whoever asks; somebody else's is not there.
fn job<S: PageSource>(site: &Desk<S>, segment: Segment) -> Result<Arc<Job>, PageError> {
    let id = segment.id("预检结果").map_err(|_| gone())?;
    let app = site.app();
    app.jobs().find(&site.viewer(), &id, app.now()).ok_or_else(gone)
}

fn number(params: &Params, name: &str) -> Result<usize, PageError> {
    let Some(text) = params.text(name) else { return Ok(0) };
    text.parse()
        .ok()
        .filter(|at| *at < MOST_LISTS)
        .ok_or_else(|| PageError::bad_query(format!("「{name}」"), "从 0 起的整数"))
}

pub async fn show<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["list", "show", "page"])?;
    let filter = JobFilter {
        list: number(&params, "list")?,
        show: params.choice("show", LineShow::ALL, LineShow::All, LineShow::key)?,
        page: params.page()?,
    };
    let job = job(&site, segment)?;
    page(&site, &job, filter, Problems::default()).await
}

async fn page<S: PageSource>(
    site: &Desk<S>,
    job: &Job,
    filter: JobFilter,
    problems: Problems,
) -> Result<Response, PageError> {
    let viewer = site.viewer();
    let view = pages::precheck_job(site.app(), &viewer, &job.id, filter).await?;
    let view = view.ok_or_else(gone)?;
    let path = format!("/precheck/{}", view.id);
    let list = view.list.as_ref();
    let at = list.map(|list| list.line.at.to_string()).unwrap_or_default();
    let title = if view.running { "正在预检" } else { "预检结果" };
    html(&Page {
        chrome: site.chrome(Some(Nav::Precheck), title).await,
        problems,
        choices: list.map(|list| tabs(list, &path, &at)).unwrap_or_default(),
        pager: list.map(|list| m::pager(&list.lines, &path, &[("list", &at), ("show", list.show.key())])),
        refresh: REFRESH,
        kinds: KINDS,
        fields: site.app().vocabulary().headers.list_fields(),
        with_details: viewer.may(Act::SeeDetails),
        view,
    })
}

fn tabs(list: &ListView, path: &str, at: &str) -> Vec<Tab> {
    let shows = pages::line_shows(list).into_iter();
    shows
        .map(|(show, count)| Tab {
            word: match count {
                Some(count) => format!("{} {count}", show.word()),
                None => show.word().to_owned(),
            },
            href: address(path, &[("list", at), ("show", show.key())]),
            current: show == list.show,
        })
        .collect()
}

/// The text of a cell with the words that decided marked, or all of it.
fn pieces(cell: &CellView) -> Vec<Piece> {
    if cell.decides && cell.words.is_empty() {
        let text = if cell.text.is_empty() { "（空）" } else { &cell.text };
        return vec![Piece {
            text: text.to_owned(),
            marked: true,
        }];
    }
    mark(&cell.text, &cell.words)
}

/// Shows the job again with what is wrong.
async fn refuse<S: PageSource>(
    site: &Desk<S>,
    sent: &Sent,
    job: &Job,
    field: &'static str,
    error: AppError,
) -> Result<Response, PageError> {
    site.undone(sent).await?;
    let (AppError::Input(problem) | AppError::Conflict(problem)) = error else {
        return Err(error.into());
    };
    let mut problems = Problems::default();
    problems.add(field, problem);
    let filter = JobFilter {
        list: sent.get("list").parse().unwrap_or(0),
        show: LineShow::All,
        page: 1,
    };
    Ok(refused(page(site, job, filter, problems).await?))
}

pub async fn again<S: PageSource>(site: Desk<S>, segment: Segment, mut sent: Sent) -> Result<Response, PageError> {
    let job = match job(&site, segment) {
        Ok(job) => job,
        Err(error) => {
            site.undone(&sent).await?;
            return Err(error);
        }
    };
    let uploads = uploads(&mut sent);
    match jobs::again(site.app(), &job, uploads) {
        Ok(()) => {
            let path = format!("/precheck/{}", job.id);
            site.done(&sent, &path, "已重送未能预检的名单。").await
        }
        Err(error) => refuse(&site, &sent, &job, "files", error).await,
    }
}

pub async fn columns<S: PageSource>(site: Desk<S>, segment: Segment, sent: Sent) -> Result<Response, PageError> {
    let job = match job(&site, segment) {
        Ok(job) => job,
        Err(error) => {
            site.undone(&sent).await?;
            return Err(error);
        }
    };
    let column = Pointed {
        field: sent.get("field").to_owned(),
        header: sent.get("header").to_owned(),
    };
    if column.field.is_empty() || column.header.is_empty() {
        let unchosen = AppError::Input("请选择名单中的表头和当作的栏目".to_owned());
        return refuse(&site, &sent, &job, "header", unchosen).await;
    }
    let file = sent.get("file").parse().unwrap_or(usize::MAX);
    match jobs::point(site.app(), &job, (file, sent.get("name")), column, sent.some("unit")) {
        Ok(()) => {
            let path = format!("/precheck/{}", job.id);
            let path = address(&path, &[("list", sent.get("list"))]);
            site.done(&sent, &path, "已按指明的列重新送检。").await
        }
        Err(error) => refuse(&site, &sent, &job, "header", error).await,
    }
}

pub async fn drop<S: PageSource>(site: Desk<S>, segment: Segment, sent: Sent) -> Result<Response, PageError> {
    let id = segment.id("预检结果").map_err(|_| gone())?;
    if !site.app().jobs().drop_one(&site.viewer(), &id) {
        site.undone(&sent).await?;
        return Err(gone());
    }
    site.done(&sent, "/precheck", "名单和预检结果已从内存中清除。").await
}

fn file(given: Option<Given>) -> Result<Response, PageError> {
    let given = given.ok_or(PageError::NotFound { what: "名单" })?;
    let ending = given.name.rsplit('.').next().unwrap_or_default();
    let name = format!(
        "attachment; filename=\"precheck.{ending}\"; filename*=UTF-8''{}",
        encoded(&given.name)
    );
    let headers = [
        (header::CONTENT_TYPE, given.kind.to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, given.bytes).into_response())
}

pub async fn workbook<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["list"])?;
    let job = job(&site, segment)?;
    file(jobs::workbook(site.app(), &site.viewer(), &job, number(&params, "list")?).await?)
}

pub async fn opinion<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["list", "paper"])?;
    let job = job(&site, segment)?;
    let (list, paper) = (number(&params, "list")?, number(&params, "paper")?);
    file(jobs::opinion(site.app(), &site.viewer(), &job, list, paper)?)
}

pub async fn csv<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let job = job(&site, segment)?;
    file(Some(jobs::csv(site.app(), &site.viewer(), &job).await?))
}

pub async fn json<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let job = job(&site, segment)?;
    file(Some(jobs::json(site.app(), &site.viewer(), &job).await?))
}
