//! 统一身份认证登录: to the provider and back, and the code of the second factor.

use super::sign_in::{from, own_path, with_session};
use crate::app::accounts::Asked;
use crate::app::accounts::oidc::{self, Answer, Came, SignOn, Why};
use crate::web::address::address;
use crate::web::desk::{Desk, Problems, Sent, refused, see_other};
use crate::web::layout::{Chrome, html};
use crate::web::params::Params;
use crate::web::visit::{Jar, cookie, kept_away};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// The longest word of a provider that is read.
const LONGEST: usize = 4_096;

#[derive(Template)]
#[template(path = "pages/sign_on.html")]
struct NotIn<'a> {
    chrome: Chrome<'a>,
    message: String,
    label: &'a str,
    /// The forms and the button again.
    ways: [String; 2],
}

#[derive(Template)]
#[template(path = "pages/sign_on_code.html")]
struct Code<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
}

/// Where no provider is configured there is no such address.
fn provider<S: PageSource>(site: &Desk<S>) -> Result<&SignOn, PageError> {
    let on = site.info().sign_on.as_ref();
    on.ok_or(PageError::NotFound { what: "页面" })
}

pub async fn leave<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let on = provider(&site)?;
    let params = params.only_long(&["next"])?;
    let next = own_path(params.text("next").unwrap_or("/"));
    if site.visit.who.is_some() {
        return Ok(see_other(next));
    }
    match oidc::leave(site.app(), on, next).await? {
        Ok(left) => Ok(keeping(&site, see_other(&left.location), &left.kept)),
        Err(why) => not_in(&site, on, why, next).await,
    }
}

pub async fn come_back<S: PageSource>(
    site: Desk<S>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, PageError> {
    let on = provider(&site)?;
    let params = params.among(&["state", "code", "error", "iss"], LONGEST)?;
    let text = |name| params.text(name).unwrap_or_default().to_owned();
    let answer = Answer {
        state: text("state"),
        code: text("code"),
        error: text("error"),
        issuer: params.text("iss").map(str::to_owned),
    };
    let (app, rules) = (site.app(), &site.info().accounts);
    let came = oidc::come_back(app, rules, on, kept_away(&headers, site.info()), answer, from(&site)).await?;
    match came {
        Came::In { token, next } => Ok(with_session(&site, &next, &token)),
        Came::Halfway { kept } => Ok(keeping(&site, see_other("/sign-in/oidc/code"), &kept)),
        Came::Out { why, next } => not_in(&site, on, why, &next).await,
    }
}

pub async fn code<S: PageSource>(site: Desk<S>, headers: HeaderMap, params: Params) -> Result<Response, PageError> {
    let on = provider(&site)?;
    params.only(&[])?;
    let kept = kept_away(&headers, site.info());
    if kept.is_some_and(|kept| oidc::is_halfway(site.app(), &kept)) {
        return code_page(&site, Problems::default()).await;
    }
    not_in(&site, on, Why::Stale, "/").await
}

pub async fn let_in<S: PageSource>(site: Desk<S>, headers: HeaderMap, sent: Sent) -> Result<Response, PageError> {
    let on = provider(&site)?;
    let asked = Asked {
        code: sent.get("code").to_owned(),
        ..from(&site)
    };
    let kept = kept_away(&headers, site.info()).unwrap_or_default();
    match oidc::with_code(site.app(), &site.info().accounts, &kept, asked).await? {
        Came::In { token, next } => {
            site.done(&sent, &next, "").await?;
            Ok(with_session(&site, &next, &token))
        }
        Came::Halfway { kept } => {
            site.undone(&sent).await?;
            Ok(keeping(&site, see_other("/sign-in/oidc/code"), &kept))
        }
        Came::Out { why: Why::Code, .. } => {
            site.undone(&sent).await?;
            let mut problems = Problems::default();
            problems.add("code", message(Why::Code));
            Ok(refused(code_page(&site, problems).await?))
        }
        Came::Out { why, next } => {
            site.undone(&sent).await?;
            not_in(&site, on, why, &next).await
        }
    }
}

async fn code_page<S: PageSource>(site: &Desk<S>, problems: Problems) -> Result<Response, PageError> {
    html(&Code {
        chrome: site.chrome(None, "动态验证码").await,
        problems,
    })
}

/// Has the browser keep something until its user comes back.
fn keeping<S: PageSource>(site: &Desk<S>, mut response: Response, kept: &str) -> Response {
    let cookie = cookie(site.info(), Jar::Away, kept);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// Says why nobody was let in, and leads back to the form, which needs no provider.
async fn not_in<S: PageSource>(site: &Desk<S>, on: &SignOn, why: Why, next: &str) -> Result<Response, PageError> {
    let next = [("next", next)];
    let page = html(&NotIn {
        chrome: site.chrome(None, "没有登录").await,
        message: message(why),
        label: &on.label,
        ways: ["/sign-in", "/sign-in/oidc"].map(|path| address(path, &next)),
    })?;
    let mut response = (status(why), page).into_response();
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, cookie(site.info(), Jar::Away, ""));
    if let Some(cookie) = site.visit.cookie(site.info()) {
        headers.append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

const fn status(why: Why) -> StatusCode {
    match why {
        Why::Stale | Why::Declined | Why::Code => StatusCode::UNPROCESSABLE_ENTITY,
        Why::Away => StatusCode::SERVICE_UNAVAILABLE,
        Why::Doubtful => StatusCode::BAD_GATEWAY,
        Why::NoAccount => StatusCode::FORBIDDEN,
        Why::Later(_) => StatusCode::TOO_MANY_REQUESTS,
    }
}

fn message(why: Why) -> String {
    match why {
        Why::Stale => "这次登录已经过期或者已经用过，或者不是在这个浏览器里开始的。请重新登录。",
        Why::Declined => "统一身份认证没有同意登录：可能在那里取消了，或者那里没有开通本系统。",
        Why::Away => {
            "统一身份认证现在没有答复。请稍后再试，或者用本系统的登录名和密码登录；一直如此的，请告知系统管理员。"
        }
        Why::Doubtful => {
            "统一身份认证的答复没有通过核对。请用本系统的登录名和密码登录，并告知系统管理员：原因记在服务的日志里。"
        }
        Why::NoAccount => "统一身份认证已经确认了身份，但这个身份现在不能登录本系统。需要使用的，请与安全管理员联系。",
        Why::Code => "动态验证码不对或者已经用过，或者账号不能使用",
        Why::Later(minutes) => return format!("尝试的次数太多，请 {minutes} 分钟以后再试。"),
    }
    .to_owned()
}
