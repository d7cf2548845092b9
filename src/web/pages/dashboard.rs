//! 工作台: what must be done today.

use crate::app::view::DashboardView;
use crate::domain::account::Act;
use crate::web::desk::{Desk, see_other};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;
use chrono::Datelike;

#[derive(Template)]
#[template(path = "pages/dashboard.html")]
struct Dashboard<'a> {
    chrome: Chrome<'a>,
    view: DashboardView,
    counters: [Counter; 5],
}

struct Counter {
    key: &'static str,
    word: &'static str,
    count: u64,
    href: &'static str,
}

pub async fn show<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let viewer = site.viewer();
    if !viewer.may(Act::SeeDesk) {
        // Each role begins at the first page that is for it.
        let first = Nav::of(Some(&viewer)).first().map_or("/help", |nav| nav.path());
        return Ok(see_other(first));
    }
    let view = site.source.dashboard(&site.viewer()).await?;
    let counter = |key, word, count, href| Counter { key, word, count, href };
    let counters = [
        counter("overdue", "逾期", view.counts.overdue, "/obligations?show=overdue"),
        counter("today", "今天到期", view.counts.today, "/obligations?show=today"),
        counter("week", "本周到期", view.counts.week, "/obligations?show=week"),
        counter("findings", "疑似问题", view.counts.findings, "/findings?state=open"),
        counter("unsent", "未送出邮件", view.counts.unsent, "/mails?state=unsent"),
    ];
    html(&Dashboard {
        chrome: site.chrome(Some(Nav::Dashboard), "工作台").await,
        view,
        counters,
    })
}
