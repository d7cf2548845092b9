//! 工作台: what must be done today.

use crate::app::view::{DashboardView, Mine};
use crate::domain::account::Act;
use crate::web::address::address;
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
    counters: Vec<Counter>,
    /// Whether the list of obligations opens to whoever looks.
    sees_obligations: bool,
    sees_findings: bool,
}

impl Dashboard<'_> {
    /// The list behind a number of what waits.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]
    fn list_of(&self, what: &Mine) -> String {
        match what {
            Mine::Acknowledge => "/alerts/waiting".to_owned(),
            Mine::Findings => "/findings?state=waiting".to_owned(),
            Mine::Extensions => "/rectifications?show=extension".to_owned(),
            Mine::Checks => "/rectifications?show=check".to_owned(),
            Mine::Cases => "/cases?state=mine".to_owned(),
            Mine::Items => {
                let unit = self.chrome.viewer.as_ref().and_then(|viewer| viewer.scope.unit());
                address(
                    "/rectifications",
                    &[("show", "open"), ("unit", unit.unwrap_or_default())],
                )
            }
        }
    }
}

struct Counter {
    key: &'static str,
    word: &'static str,
    count: u64,
    /// The list behind it, where that opens to whoever looks.
    href: Option<&'static str>,
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
    let counter = |key, word, count, act, href| Counter {
        key,
        word,
        count,
        href: viewer.may(act).then_some(href),
    };
    let (owed, counts) = (Act::SeeObligations, &view.counts);
    let mut counters = vec![
        counter("overdue", "逾期", counts.overdue, owed, "/obligations?show=overdue"),
        counter("today", "今天到期", counts.today, owed, "/obligations?show=today"),
        counter("week", "本周到期", counts.week, owed, "/obligations?show=week"),
    ];
    if !view.mine.is_empty() {
        let waiting = view.mine.iter().map(|row| row.count).sum();
        counters.push(counter("mine", "待我处理", waiting, Act::SeeDesk, "#mine"));
    }
    let open = counter(
        "findings",
        "疑似问题",
        counts.findings,
        Act::SeeFindings,
        "/findings?state=open",
    );
    counters.push(Counter {
        // Whoever reads summaries finds the number again in one.
        href: open
            .href
            .or(viewer.may(Act::SeeStatistics).then_some("/statistics/findings")),
        ..open
    });
    let unsent = "/mails?state=unsent";
    counters.push(counter("unsent", "未送出邮件", counts.unsent, Act::SeeMails, unsent));
    html(&Dashboard {
        sees_obligations: viewer.may(Act::SeeObligations),
        sees_findings: viewer.may(Act::SeeFindings),
        chrome: site.chrome(Some(Nav::Dashboard), "工作台").await,
        view,
        counters,
    })
}
