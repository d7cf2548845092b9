//! 登录、退出登录.

use crate::app::accounts::{self, Asked, Refused};
use crate::domain::account::Role;
use crate::web::address::address;
use crate::web::desk::{Desk, Problems, Sent, refused, see_other};
use crate::web::layout::{Chrome, html};
use crate::web::params::Params;
use crate::web::visit::{Jar, cookie, session_token};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::http::{HeaderMap, header};
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
struct SignIn<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    login: String,
    next: String,
    set_up: bool,
    roles: &'static [Role],
    /// The button that leads to the provider, and where it leads.
    sign_on: Option<(&'a str, String)>,
}

/// A path of ours that may follow signing in; anything else leads to the first page. Browsers take a backslash for a slash.
pub(super) fn own_path(text: &str) -> &str {
    let plain = text.starts_with('/') && !text.starts_with("//") && !text.contains('\\');
    let bounded = text.len() <= 1024 && !text.chars().any(char::is_control);
    if plain && bounded && !text.starts_with("/sign-") {
        text
    } else {
        "/"
    }
}

pub async fn show<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only_long(&["next"])?;
    let next = own_path(params.text("next").unwrap_or("/")).to_owned();
    if site.visit.who.is_some() {
        return Ok(see_other(&next));
    }
    page(&site, Problems::default(), String::new(), next).await
}

async fn page<S: PageSource>(
    site: &Desk<S>,
    problems: Problems,
    login: String,
    next: String,
) -> Result<Response, PageError> {
    let provider = site.info().sign_on.as_ref();
    html(&SignIn {
        chrome: site.chrome(None, "登录").await,
        problems,
        login,
        sign_on: provider.map(|on| (on.label.as_str(), address("/sign-in/oidc", &[("next", &next)]))),
        next,
        set_up: site.info().demo || accounts::is_set_up(site.app()).await?,
        roles: if site.info().demo { &Role::ALL } else { &[] },
    })
}

pub async fn let_in<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    let asked = Asked {
        login: sent.get("login").to_owned(),
        password: sent.raw("password").to_owned(),
        code: sent.get("code").to_owned(),
        ..from(&site)
    };
    let next = own_path(sent.get("next")).to_owned();
    match accounts::sign_in(site.app(), &site.info().accounts, asked).await? {
        Ok(token) => {
            site.done(&sent, &next, "").await?;
            Ok(with_session(&site, &next, &token))
        }
        Err(why) => {
            site.undone(&sent).await?;
            let text = match why {
                Refused::Wrong => "登录名、密码或动态验证码不对，或者账号不能使用".to_owned(),
                Refused::Later(minutes) => format!("尝试的次数太多，请 {minutes} 分钟以后再试"),
            };
            let mut problems = Problems::default();
            problems.add("login", text);
            let login = sent.get("login").chars().take(64).collect();
            Ok(refused(page(&site, problems, login, next).await?))
        }
    }
}

pub(super) fn from<S: PageSource>(site: &Desk<S>) -> Asked {
    Asked {
        login: String::new(),
        password: String::new(),
        code: String::new(),
        address: site.visit.address.clone(),
        agent: site.visit.agent.clone(),
    }
}

pub(super) fn with_session<S: PageSource>(site: &Desk<S>, next: &str, token: &str) -> Response {
    let mut response = see_other(next);
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, cookie(site.info(), Jar::Session, token));
    headers.append(header::SET_COOKIE, cookie(site.info(), Jar::Visit, ""));
    if site.info().sign_on.is_some() {
        headers.append(header::SET_COOKIE, cookie(site.info(), Jar::Away, ""));
    }
    response
}

/// One click lets a visitor of the demonstration in; elsewhere there is no such address.
pub async fn demonstrate<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    let role = Role::from_text(sent.get("role"));
    let (true, Some(role)) = (site.info().demo, role) else {
        site.undone(&sent).await?;
        return Err(PageError::NotFound { what: "页面" });
    };
    let token = accounts::demonstrate(site.app(), &site.info().accounts, role, from(&site)).await?;
    let next = own_path(sent.get("next")).to_owned();
    site.done(&sent, &next, "").await?;
    Ok(with_session(&site, &next, &token))
}

pub async fn let_out<S: PageSource>(site: Desk<S>, headers: HeaderMap, sent: Sent) -> Result<Response, PageError> {
    if let Some(token) = session_token(&headers, site.info()) {
        accounts::sign_out(site.app(), &token).await?;
    }
    // Whom a proxy vouches for has no session to end, and may have lists here all the same.
    site.app().jobs().forget(&site.viewer().login);
    site.done(&sent, "/sign-in", "").await?;
    let mut response = see_other("/sign-in");
    let ended = cookie(site.info(), Jar::Session, "");
    response.headers_mut().append(header::SET_COOKIE, ended);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn only_own_pages_follow_signing_in() {
        for own in ["/", "/obligations?show=open&page=2", "/findings/f001"] {
            assert_eq!(own_path(own), own);
        }
        for foreign in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/",
            "evil.example",
            "/a\r\nset-cookie: x",
            "/sign-out",
            "javascript:alert(1)",
        ] {
            assert_eq!(own_path(foreign), "/", "{foreign}");
        }
    }
}
