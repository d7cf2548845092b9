//! What surrounds every page.

use super::state::{Site, SiteInfo};
use super::{PageError, PageSource};
use crate::domain::health::MailTrouble;
use crate::domain::time::{Moment, day_zh, weekday_zh};
use askama::Template;
use axum::response::{Html, IntoResponse, Response};

/// An entry of the left column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nav {
    Dashboard,
    Obligations,
    Findings,
    Rectifications,
    Protections,
    Mails,
    Calendar,
    Help,
}

impl Nav {
    pub const ALL: [Self; 8] = [
        Self::Dashboard,
        Self::Obligations,
        Self::Findings,
        Self::Rectifications,
        Self::Protections,
        Self::Mails,
        Self::Calendar,
        Self::Help,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::Dashboard => "工作台",
            Self::Obligations => "期限事项",
            Self::Findings => "疑似问题",
            Self::Rectifications => "整改台账",
            Self::Protections => "保护名册",
            Self::Mails => "告警与邮件",
            Self::Calendar => "日历",
            Self::Help => "说明",
        }
    }

    pub fn path(self) -> &'static str {
        match self {
            Self::Dashboard => "/",
            Self::Obligations => "/obligations",
            Self::Findings => "/findings",
            Self::Rectifications => "/rectifications",
            Self::Protections => "/protections",
            Self::Mails => "/mails",
            Self::Calendar => "/calendar",
            Self::Help => "/help",
        }
    }
}

/// Head, left column and foot of one page.
pub(super) struct Chrome<'a> {
    pub site: &'a SiteInfo,
    pub title: String,
    pub nav: Option<Nav>,
    pub now: Moment,
    /// Why mail does not work, if it does not.
    pub trouble: Option<MailTrouble>,
}

impl Chrome<'_> {
    /// When the page was made, for the printed sheet.
    pub fn made(&self) -> String {
        let day = self.now.day();
        format!(
            "{} {} {}",
            day_zh(day),
            weekday_zh(day),
            self.now.time().format("%H:%M")
        )
    }
}

impl<S: PageSource> Site<S> {
    /// The surroundings of a page of this site.
    pub async fn chrome(&self, nav: Option<Nav>, title: impl Into<String> + Send) -> Chrome<'_> {
        let title = title.into();
        Chrome {
            site: &self.info,
            title,
            nav,
            now: self.source.now(),
            trouble: self.trouble().await,
        }
    }

    /// Why mail does not work. A page is shown all the same when that cannot be found out.
    pub async fn trouble(&self) -> Option<MailTrouble> {
        self.source.mail_trouble().await.unwrap_or_else(|error| {
            tracing::warn!(error = %error, "未能查明邮件是否正常");
            None
        })
    }
}

/// Renders a page.
pub(super) fn html(page: &impl Template) -> Result<Response, PageError> {
    let body = page.render().map_err(PageError::internal)?;
    Ok(Html(body).into_response())
}
