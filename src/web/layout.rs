//! What surrounds every page.

use super::state::{Site, SiteInfo};
use super::{PageError, PageSource};
use crate::domain::account::{Act, Viewer};
use crate::domain::health::MailTrouble;
use crate::domain::time::{Moment, day_zh, weekday_zh};
use askama::Template;
use axum::response::{Html, IntoResponse, Response};

/// An entry of the left column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nav {
    Dashboard,
    Cases,
    Obligations,
    Precheck,
    Findings,
    Rectifications,
    Protections,
    Mails,
    Held,
    Calendar,
    Statistics,
    Accounts,
    Settings,
    Audit,
    Account,
}

impl Nav {
    /// The entries there are; 期限事项 is reached from the first page and by looking for a number, 我的账号 from the head.
    pub const ALL: [Self; 13] = [
        Self::Dashboard,
        Self::Cases,
        Self::Protections,
        Self::Precheck,
        Self::Findings,
        Self::Rectifications,
        Self::Mails,
        Self::Held,
        Self::Calendar,
        Self::Statistics,
        Self::Accounts,
        Self::Settings,
        Self::Audit,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::Dashboard => "工作台",
            Self::Cases => "案件",
            Self::Obligations => "期限事项",
            Self::Precheck => "预检",
            Self::Findings => "疑似问题",
            Self::Rectifications => "整改台账",
            Self::Protections => "保护名册",
            Self::Mails => "告警与邮件",
            Self::Held => "未送出的邮件",
            Self::Calendar => "日历",
            Self::Statistics => "统计",
            Self::Accounts => "账号",
            Self::Settings => "设置",
            Self::Audit => "审计",
            Self::Account => "我的账号",
        }
    }

    pub fn path(self) -> &'static str {
        match self {
            Self::Dashboard => "/",
            Self::Cases => "/cases",
            Self::Obligations => "/obligations",
            Self::Precheck => "/precheck",
            Self::Findings => "/findings",
            Self::Rectifications => "/rectifications",
            Self::Protections => "/protections",
            Self::Mails => "/mails",
            Self::Held => "/mails/held",
            Self::Calendar => "/calendar",
            Self::Statistics => "/statistics",
            Self::Accounts => "/accounts",
            Self::Settings => "/settings",
            Self::Audit => "/audit",
            Self::Account => "/account",
        }
    }

    /// Where the guide tells of it.
    pub fn help(self) -> String {
        match self {
            Self::Dashboard => "/help#page-desk".to_owned(),
            other => format!("/help#page{}", other.path().replace('/', "-")),
        }
    }

    /// Whom the entry is for: whoever may do one of these.
    fn acts(self) -> &'static [Act] {
        match self {
            Self::Dashboard => &[Act::SeeDesk],
            Self::Cases => &[Act::SeeCases],
            Self::Obligations => &[Act::SeeObligations],
            Self::Precheck => &[Act::Precheck],
            Self::Findings => &[Act::SeeFindings],
            Self::Rectifications => &[Act::SeeRectifications],
            Self::Protections => &[Act::SeeProtections],
            Self::Mails => &[Act::SeeMails],
            Self::Held => &[Act::HandleMails],
            Self::Calendar => &[Act::SeeCalendar],
            Self::Statistics => &[Act::SeeStatistics],
            Self::Accounts => &[Act::ManageAccounts, Act::GrantRoles],
            Self::Settings => &[Act::ChangeSettings],
            Self::Audit => &[Act::Audit],
            Self::Account => &[Act::UseOwnAccount],
        }
    }

    /// The entries of somebody's left column.
    pub fn of(viewer: Option<&Viewer>) -> Vec<Self> {
        let seen = |nav: &Self| {
            viewer.is_some_and(|viewer| {
                // Whoever sees mails sees the envelopes among them.
                let spared = *nav == Self::Held && viewer.may(Act::SeeMails);
                !spared && nav.acts().iter().any(|act| viewer.may(*act))
            })
        };
        Self::ALL.into_iter().filter(seen).collect()
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
    /// Who looks at it, if somebody has signed in.
    pub viewer: Option<Viewer>,
    /// What forms of the page carry so that no other site can send them.
    pub mark: String,
    /// What forms of the page carry so that each counts once.
    pub key: String,
    /// What came of the form that led here.
    pub done: Option<String>,
    /// Allows the scripts of this page.
    pub nonce: String,
}

impl Chrome<'_> {
    /// The entries of the left column.
    pub fn navs(&self) -> Vec<Nav> {
        Nav::of(self.viewer.as_ref())
    }

    /// Where the guide tells of this page.
    pub fn help(&self) -> String {
        self.nav.map_or_else(|| "/help".to_owned(), Nav::help)
    }

    /// Whether whoever looks may do something: a page shows no button that would be refused.
    pub fn may(&self, act: Act) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.may(act))
    }

    /// Who printed the page.
    pub fn printed_by(&self) -> String {
        match &self.viewer {
            Some(viewer) => format!("{}（{}）打印", viewer.name, viewer.role.zh()),
            None => "未登录打印".to_owned(),
        }
    }

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
