//! What a page says when it cannot be shown. A handler returns the error as a value; the
//! outermost layer turns it into a page, so every error looks the same wherever it arose.

use super::address::address;
use super::desk::see_other;
use super::layout::Chrome;
use super::state::SiteInfo;
use super::unsent::Unsent;
use super::visit::Visit;
use crate::domain::account::Role;
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
    /// A form that no page of ours has made.
    #[error("bad form {field}: expected {expected}")]
    BadForm {
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
    /// Nobody has signed in.
    #[error("nobody has signed in")]
    SignIn {
        /// The page that was asked for.
        next: Option<String>,
    },
    /// The page is not for this role.
    #[error("not for {}", role.as_str())]
    Forbidden {
        /// The role of whoever asked.
        role: Role,
    },
    /// The form is not one that this visitor was shown, or was shown before they signed in.
    #[error("a form without its mark")]
    Stale,
    /// The same of a form, or of one that nobody who has signed in sent; what was typed is still there.
    #[error("a form to be sent anew")]
    Unsent(Box<Unsent>),
    /// The form was sent before, and this came of it.
    #[error("a form that was sent before")]
    SentBefore {
        /// The page that shows it.
        location: String,
    },
    /// The form was sent before and is still worked on, or broke off.
    #[error("a form that is worked on")]
    Busy,
    /// Too much was asked in a short time.
    #[error("asked too often")]
    Paced {
        /// When more may be asked, from now.
        seconds: u32,
        /// The limit that was met, by its name in the configuration.
        limit: &'static str,
    },
    /// Too many files are on their way.
    #[error("too many files on their way")]
    Crowded,
    /// More was sent than is read.
    #[error("too much was sent")]
    TooLarge,
    /// What was asked cannot be done.
    #[error("refused: {problem}")]
    Refused {
        /// Why, and what to do, in Chinese.
        problem: String,
    },
    /// Somebody else was quicker.
    #[error("conflict: {problem}")]
    Conflict {
        /// Why, and what to do, in Chinese.
        problem: String,
    },
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

    /// A form is not as our pages make them.
    pub fn bad_form(field: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::BadForm {
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
            Self::BadQuery { .. } | Self::BadForm { .. } => StatusCode::BAD_REQUEST,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::WrongHost => StatusCode::MISDIRECTED_REQUEST,
            Self::SignIn { next: Some(_) } | Self::SentBefore { .. } => StatusCode::SEE_OTHER,
            Self::SignIn { next: None } => StatusCode::UNAUTHORIZED,
            Self::Unsent(unsent) if unsent.key.is_none() => StatusCode::UNAUTHORIZED,
            Self::Forbidden { .. } | Self::Stale | Self::Unsent(_) => StatusCode::FORBIDDEN,
            Self::Busy | Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::Crowded => StatusCode::SERVICE_UNAVAILABLE,
            Self::Paced { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Refused { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "没有找到",
            Self::BadForm { .. } => "提交的表单有误",
            Self::BadQuery { .. } => "地址中的参数有误",
            Self::MethodNotAllowed => "这个地址不接受这样的请求",
            Self::WrongHost => "访问地址不对",
            Self::SignIn { .. } => "请先登录",
            Self::Forbidden { .. } => "这个页面不归这个角色使用",
            Self::Stale => "表单已经失效",
            Self::Unsent(unsent) if unsent.key.is_none() => "请先登录，填写的内容还在",
            Self::Unsent(_) => "请核对后重新提交",
            Self::SentBefore { .. } => "已经提交过",
            Self::Busy => "已经提交，正在办理",
            Self::Crowded => "现在提交文件的人多",
            Self::Paced { .. } => "请求太频繁",
            Self::TooLarge => "提交的内容太大",
            Self::Refused { .. } => "没有办成",
            Self::Conflict { .. } => "内容刚刚变动过",
            Self::Internal(_) => "页面暂时无法显示",
        }
    }

    fn message(&self, request: &str) -> String {
        match self {
            Self::NotFound { what } => format!("这个地址没有对应的{what}：地址可能抄写不全，或者所指的内容已不存在。"),
            Self::BadQuery { field, expected } | Self::BadForm { field, expected } => {
                format!("{field}应为：{expected}。请改正，或从下面的入口重新进入。")
            }
            Self::MethodNotAllowed => "这个地址不接受这样的请求，请从页面上的链接和按钮进入。".to_owned(),
            Self::WrongHost => "服务只接受以本机地址（127.0.0.1 或 localhost）或者配置中的网址访问。".to_owned(),
            Self::SignIn { .. } => {
                "还没有登录，或者登录已经超时结束。请登录后重新办理，刚才的内容没有保存。".to_owned()
            }
            Self::Forbidden { role } => format!(
                "当前以{}登录，没有这项权限。确需使用的，请安全管理员调整角色。",
                role.zh()
            ),
            Self::Stale => "表单不是在这次登录中打开的，没有办理。请返回上一页，刷新后重新填写。".to_owned(),
            Self::Unsent(unsent) if unsent.key.is_none() => {
                "还没有登录，或者登录已经超时结束，没有办理。填写的内容还在这一页，请不要关闭。".to_owned()
            }
            Self::Unsent(_) => {
                "表单不是在这次登录中打开的，还没有办理。填写的内容都在下面，请核对，没有问题的再次提交。".to_owned()
            }
            Self::SentBefore { .. } => "同一份表单已经提交过，没有重复办理。".to_owned(),
            Self::Busy => {
                "同一份表单正在办理，或者上次办理时中断了。请回到列表查看结果，没有办成的重新填写。".to_owned()
            }
            Self::Crowded => {
                "同时提交的文件太多，或者上传没有在规定的时间内完成，没有办理。请过几分钟再提交。".to_owned()
            }
            Self::Paced { seconds, limit } => format!(
                "短时间内打开的页面太多，没有办理。请过 {seconds} 秒再试。经常如此的，请管理员调整 [web] {limit}。"
            ),
            Self::TooLarge => "超过了这里可以提交的大小，没有办理。请减小文件，或分几次提交。".to_owned(),
            Self::Refused { problem } | Self::Conflict { problem } => {
                format!("{}。没有作任何改动。", problem.trim_end_matches('。'))
            }
            Self::Internal(_) => {
                format!("故障已记入日志，请求编号 {request}。请稍后重试；仍不能显示的，请将编号告知管理员。")
            }
        }
    }

    /// The page; `request` names this request in the page and in the log.
    pub(super) fn page(
        &self,
        site: &SiteInfo,
        now: Moment,
        trouble: Option<MailTrouble>,
        request: &str,
        visit: Option<&Visit>,
    ) -> Response {
        match self {
            Self::SignIn { next: Some(next) } => return see_other(&address("/sign-in", &[("next", next)])),
            Self::SentBefore { location } => return see_other(location),
            _ => {}
        }
        let (title, message) = (self.title(), self.message(request));
        let chrome = Chrome {
            site,
            title: title.to_owned(),
            nav: None,
            now,
            trouble,
            viewer: visit.and_then(Visit::viewer).cloned(),
            mark: visit.map(Visit::mark).unwrap_or_default(),
            key: match self {
                Self::Unsent(unsent) => unsent.key.clone().unwrap_or_default(),
                _ => String::new(),
            },
            done: None,
            nonce: visit.map(|visit| visit.nonce.clone()).unwrap_or_default(),
        };
        let rendered = match self {
            Self::Unsent(form) => UnsentPage {
                chrome,
                title,
                message: message.clone(),
                form,
            }
            .render(),
            _ => ErrorPage {
                chrome,
                title,
                message: message.clone(),
                status: self.status().as_u16(),
                sign_in: matches!(self, Self::SignIn { .. }),
            }
            .render(),
        };
        // A host that is not ours is told nothing about the site, not even its name.
        let body = match rendered {
            Ok(html) if !matches!(self, Self::WrongHost) => Html(html).into_response(),
            _ => format!("{title}：{message}\n").into_response(),
        };
        let mut response = (self.status(), body).into_response();
        if let Self::Paced { seconds, .. } = self {
            let after = HeaderValue::from(*seconds);
            response.headers_mut().insert(header::RETRY_AFTER, after);
        }
        if matches!(self, Self::MethodNotAllowed) {
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
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
    sign_in: bool,
}

#[derive(Template)]
#[template(path = "pages/unsent.html")]
struct UnsentPage<'a> {
    chrome: Chrome<'a>,
    title: &'static str,
    message: String,
    form: &'a Unsent,
}
