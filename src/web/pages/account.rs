//! 我的账号: password, second factor, where it is signed in.

use crate::app::AppError;
use crate::app::accounts::{self, Enrolment};
use crate::domain::time::Moment;
use crate::store::accounts::{Account, Session};
use crate::web::desk::{Desk, Problems, Sent, refused, see_other};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::params::Params;
use crate::web::qr;
use crate::web::visit::{Jar, cookie};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::http::header;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/account.html")]
struct Own<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    account: Account,
    sessions: Vec<Place>,
    least: usize,
    by_proxy: bool,
}

/// Where somebody is signed in.
pub(super) struct Place {
    pub key: String,
    pub address: String,
    pub agent: String,
    pub created: String,
    pub seen: String,
    pub here: bool,
}

impl Place {
    pub fn of(session: Session, own: &str) -> Self {
        let when = |at: Moment| at.local().format("%Y年%-m月%-d日 %H:%M").to_string();
        Self {
            here: session.key == own,
            created: when(session.created),
            seen: when(session.seen),
            address: session.address,
            agent: session.agent,
            key: session.key,
        }
    }
}

pub async fn show<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    page(&site, Problems::default()).await
}

async fn page<S: PageSource>(site: &Desk<S>, problems: Problems) -> Result<Response, PageError> {
    let who = site.current()?;
    let (account, sessions) = accounts::own_sessions(site.app(), &who).await?;
    html(&Own {
        chrome: site.chrome(Some(Nav::Account), "我的账号").await,
        problems,
        account,
        sessions: sessions
            .into_iter()
            .map(|session| Place::of(session, &who.session))
            .collect(),
        least: site.info().accounts.password_least,
        by_proxy: who.session.is_empty(),
    })
}

/// Shows the page again with what could not be done, or goes on.
async fn ended<S: PageSource>(
    site: &Desk<S>,
    sent: &Sent,
    field: &'static str,
    done: Result<(), AppError>,
    said: &str,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => site.done(sent, "/account", said).await,
        Err(AppError::Input(problem) | AppError::Conflict(problem)) => {
            site.undone(sent).await?;
            let mut problems = Problems::default();
            problems.add(field, problem);
            Ok(refused(page(site, problems).await?))
        }
        Err(other) => {
            site.undone(sent).await?;
            Err(other.into())
        }
    }
}

pub async fn password<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    let who = site.current()?;
    let done = if sent.raw("new") == sent.raw("again") {
        let rules = &site.info().accounts;
        accounts::change_password(
            site.app(),
            rules,
            &who,
            (sent.raw("old"), sent.raw("new")),
            &site.visit.address,
        )
        .await
    } else {
        Err(AppError::Input("两次输入的新密码不一样".to_owned()))
    };
    ended(&site, &sent, "old", done, "密码已更改，其他各处的登录已结束。").await
}

#[derive(Template)]
#[template(path = "pages/second_factor.html")]
struct Second<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    enrolment: Enrolment,
    code: String,
}

pub async fn second<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let who = site.current()?;
    second_page(
        &site,
        Problems::default(),
        accounts::enrol(site.app(), &who.viewer.login),
    )
    .await
}

async fn second_page<S: PageSource>(
    site: &Desk<S>,
    problems: Problems,
    enrolment: Enrolment,
) -> Result<Response, PageError> {
    html(&Second {
        chrome: site.chrome(Some(Nav::Account), "开通动态验证码").await,
        problems,
        code: qr::svg(&enrolment.address),
        enrolment,
    })
}

pub async fn confirm_second<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    let who = site.current()?;
    match accounts::confirm_second(site.app(), &who, sent.get("sealed"), sent.get("code")).await {
        Ok(()) => {
            site.done(&sent, "/account", "动态验证码已开通，下次登录起要填写。")
                .await
        }
        Err(AppError::Input(problem) | AppError::Conflict(problem)) => {
            site.undone(&sent).await?;
            let mut problems = Problems::default();
            problems.add("code", problem);
            // The same secret again: it is in the device already.
            let login = &who.viewer.login;
            let again = accounts::enrolment_again(site.app(), login, sent.get("sealed"));
            let enrolment = again.unwrap_or_else(|| accounts::enrol(site.app(), login));
            Ok(refused(second_page(&site, problems, enrolment).await?))
        }
        Err(other) => {
            site.undone(&sent).await?;
            Err(other.into())
        }
    }
}

pub async fn drop_second<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    let who = site.current()?;
    let done = accounts::drop_second(
        site.app(),
        &site.info().accounts,
        &who,
        sent.raw("present"),
        &site.visit.address,
    )
    .await;
    ended(&site, &sent, "present", done, "动态验证码已停用。").await
}

pub async fn end_session<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    let who = site.current()?;
    let login = who.viewer.login.clone();
    let done = accounts::end_session(site.app(), &who.viewer, &login, sent.get("session")).await;
    ended(&site, &sent, "", done, "该处登录已结束。").await
}

pub async fn end_all<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    let who = site.current()?;
    accounts::sign_out_everywhere(site.app(), &who).await?;
    site.done(&sent, "/sign-in", "").await?;
    let mut response = see_other("/sign-in");
    let ended = cookie(site.info(), Jar::Session, "");
    response.headers_mut().append(header::SET_COOKIE, ended);
    Ok(response)
}
