//! 预检: sending lists in, and the record of earlier runs.

use crate::app::AppError;
use crate::app::pages;
use crate::app::precheck::jobs::{self, Asked, Job, Upload};
use crate::app::view::{PageOf, RunRow};
use crate::domain::account::Act;
use crate::domain::protection::list::Domain;
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;
use std::sync::Arc;

/// What files a browser offers to choose.
pub(super) const KINDS: &str = ".xlsx,.xls,.ods,.csv,.tsv,.lrmx,.lrm,.zip";

#[derive(Template)]
#[template(path = "pages/precheck.html")]
struct Precheck<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    typed: Typed,
    domains: Vec<Domain>,
    jobs: Vec<Arc<Job>>,
    most_mib: u64,
    may_keep: bool,
    kinds: &'static str,
    kept_minutes: u32,
}

/// What was typed; files are chosen again.
#[derive(Default)]
struct Typed {
    domain: String,
    unit: String,
    year: String,
    keep: bool,
}

pub async fn show<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    page(&site, Problems::default(), Typed::default()).await
}

async fn page<S: PageSource>(site: &Desk<S>, problems: Problems, typed: Typed) -> Result<Response, PageError> {
    let app = site.app();
    html(&Precheck {
        chrome: site.chrome(Some(Nav::Precheck), "预检").await,
        problems,
        typed,
        domains: Domain::known(),
        jobs: app.jobs().of(&site.viewer(), app.now()),
        most_mib: site.info().files.limits().file_bytes >> 20,
        may_keep: site.may(Act::KeepOutcomes),
        kinds: KINDS,
        kept_minutes: jobs::KEPT_MINUTES,
    })
}

/// The files of a form that were not left empty.
pub(super) fn uploads(sent: &mut Sent) -> Vec<Upload> {
    let files = std::mem::take(&mut sent.files).into_iter();
    let files = files.filter(|file| file.field == "files");
    files
        .map(|file| Upload {
            name: file.name,
            bytes: file.bytes,
        })
        .collect()
}

fn asked(sent: &Sent, problems: &mut Problems) -> Asked {
    let domain = sent.some("domain");
    let known = domain.as_deref().and_then(Domain::from_id);
    if domain.is_some() && known.is_none() {
        problems.add("domain", "名单类别请从列表中选");
    }
    let year = sent.some("year");
    let period = year
        .as_deref()
        .filter(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()));
    if year.is_some() && period.is_none() {
        problems.add("year", "年度应为四位数字，如 2026");
    }
    let unit = sent.some("unit");
    if unit.as_ref().is_some_and(|unit| unit.chars().count() > 100) {
        problems.add("unit", "单位不超过 100 个字");
    }
    Asked {
        domain: known,
        unit,
        period: period.map(|year| format!("{year}年度")),
        keep: sent.ticked("keep"),
    }
}

pub async fn begin<S: PageSource>(site: Desk<S>, mut sent: Sent) -> Result<Response, PageError> {
    let viewer = site.viewer();
    let mut problems = Problems::default();
    let asked = asked(&sent, &mut problems);
    if asked.keep && !viewer.may(Act::KeepOutcomes) {
        site.undone(&sent).await?;
        return Err(PageError::Forbidden { role: viewer.role });
    }
    let uploads = uploads(&mut sent);
    if uploads.is_empty() {
        problems.add("files", "请选择要预检的名单");
    }
    let count = uploads.len();
    if problems.is_empty() {
        match jobs::begin(site.app(), &site.info().files, &viewer, asked, uploads) {
            Ok(id) => {
                let said = format!("已送检 {count} 个文件。");
                return site.done(&sent, &format!("/precheck/{id}"), &said).await;
            }
            Err(AppError::Input(problem) | AppError::Conflict(problem)) => problems.add("", problem),
            Err(other) => {
                site.undone(&sent).await?;
                return Err(other.into());
            }
        }
    }
    site.undone(&sent).await?;
    let typed = Typed {
        domain: sent.get("domain").to_owned(),
        unit: sent.get("unit").to_owned(),
        year: sent.get("year").to_owned(),
        keep: sent.ticked("keep"),
    };
    Ok(refused(page(&site, problems, typed).await?))
}

#[derive(Template)]
#[template(path = "pages/precheck_runs.html")]
struct Runs<'a> {
    chrome: Chrome<'a>,
    list: PageOf<RunRow>,
    pager: m::Pager,
}

pub async fn runs<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["page"])?;
    let list = pages::precheck_runs(site.app(), &site.viewer(), params.page()?).await?;
    html(&Runs {
        chrome: site.chrome(Some(Nav::Precheck), "预检记录").await,
        pager: m::pager(&list, "/precheck/runs", &[]),
        list,
    })
}
