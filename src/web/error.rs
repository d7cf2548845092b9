//! What a page says when it cannot be shown. A handler returns the error as a value; the
//! outermost layer turns it into a page, so every error looks the same wherever it arose.

use super::layout::Chrome;
use super::state::SiteInfo;
use crate::domain::health::MailTrouble;
use crate::domain::time::Moment;
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use std::fmt;

/// Why a page cannot be shown.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PageError {
    /// The address names nothing.
    #[error("{what} not found")]
    NotFound {
        /// The kind of thing, in Chinese.
        what: &'static str,
    },
    /// A parameter of the address is wrong.
    #[error("bad parameter {field}: expected {expected}")]
    BadQuery {
        /// Where, in Chinese.
        field: String,
        /// What is right, in Chinese.
        expected: String,
    },
    /// Something other than reading was asked for.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// The name in the address is not this site's.
    #[error("request for another host")]
    WrongHost,
    /// A fault of ours; the text is for the log only.
    #[error("internal fault: {0}")]
    Internal(String),
}

impl PageError {
    /// A parameter that is wrong: where, and what is right.
    pub fn bad_query(field: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::BadQuery {
            field: field.into(),
            expected: expected.into(),
        }
    }

    /// A fault of ours.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::BadQuery { .. } => StatusCode::BAD_REQUEST,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::WrongHost => StatusCode::MISDIRECTED_REQUEST,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "没有找到",
            Self::BadQuery { .. } => "地址中的参数有误",
            Self::MethodNotAllowed => "只能查看，不能提交",
            Self::WrongHost => "访问地址不对",
            Self::Internal(_) => "页面暂时无法显示",
        }
    }

    fn message(&self, request: &str) -> String {
        match self {
            Self::NotFound { what } => format!("这个地址没有对应的{what}：地址可能抄写不全，或者所指的内容已不存在。"),
            Self::BadQuery { field, expected } => {
                format!("{field}应为：{expected}。请改正地址，或从下面的入口重新进入。")
            }
            Self::MethodNotAllowed => "网页只供查看，不接受提交或修改。登记、导入请在本机用命令办理。".to_owned(),
            Self::WrongHost => "服务只接受以本机地址（127.0.0.1 或 localhost）或者配置中的网址访问。".to_owned(),
            Self::Internal(_) => {
                format!("故障已记入日志，请求编号 {request}。请稍后重试；仍不能显示的，请将编号告知管理员。")
            }
        }
    }

    /// The page; `request` names this request in the page and in the log.
    pub(super) fn page(&self, site: &SiteInfo, now: Moment, trouble: Option<MailTrouble>, request: &str) -> Response {
        let page = ErrorPage {
            title: self.title(),
            message: self.message(request),
            status: self.status().as_u16(),
            outside: matches!(self, Self::WrongHost),
            chrome: Chrome {
                site,
                title: self.title().to_owned(),
                nav: None,
                now,
                trouble,
            },
        };
        // A host that is not ours is told nothing about the site, not even its name.
        let body = match page.render() {
            Ok(html) if !page.outside => Html(html).into_response(),
            _ => format!("{}：{}\n", page.title, page.message).into_response(),
        };
        let mut response = (self.status(), body).into_response();
        if matches!(self, Self::MethodNotAllowed) {
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        response
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "pages/error.html")]
struct ErrorPage<'a> {
    chrome: Chrome<'a>,
    title: &'static str,
    message: String,
    status: u16,
    outside: bool,
}
