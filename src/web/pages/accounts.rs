//! 账号: the system administrator makes and closes them, the security administrator grants roles, locks and unlocks.

use super::account::Place;
use crate::app::AppError;
use crate::app::accounts::{self, Recovery};
use crate::app::view::{PER_PAGE, PageOf};
use crate::domain::account::Role;
use crate::store::accounts::Account;
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/accounts.html")]
struct Accounts<'a> {
    chrome: Chrome<'a>,
    list: PageOf<Account>,
    pager: m::Pager,
    recoveries: Vec<Recovery>,
}

pub async fn list<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["page"])?;
    let page = params.page()?;
    let found = accounts::listed(
        site.app(),
        i64::from(PER_PAGE),
        i64::from(page - 1) * i64::from(PER_PAGE),
    )
    .await?;
    let list = PageOf {
        rows: found.rows,
        total: found.total,
        page,
        per_page: PER_PAGE,
    };
    html(&Accounts {
        chrome: site.chrome(Some(Nav::Accounts), "账号").await,
        pager: m::pager(&list, Nav::Accounts.path(), &[]),
        list,
        recoveries: accounts::recoveries(site.app()).await?,
    })
}

#[derive(Template)]
#[template(path = "pages/account_new.html")]
struct New<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    login: String,
    name: String,
}

pub async fn new<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    html(&New {
        chrome: site.chrome(Some(Nav::Accounts), "建立账号").await,
        problems: Problems::default(),
        login: String::new(),
        name: String::new(),
    })
}

/// The one-time link is shown once and stands nowhere else.
#[derive(Template)]
#[template(path = "pages/account_link.html")]
struct OnceOnly<'a> {
    chrome: Chrome<'a>,
    login: String,
    link: String,
    hours: u32,
}

async fn link<S: PageSource>(site: &Desk<S>, sent: &Sent, login: &str, link: String) -> Result<Response, PageError> {
    let said = "一次性链接只显示一次；没有记下的，重新生成。";
    site.done(sent, &format!("/accounts/{login}"), said).await?;
    html(&OnceOnly {
        chrome: site.chrome(Some(Nav::Accounts), "一次性链接").await,
        login: login.to_owned(),
        link,
        hours: site.info().accounts.link_hours,
    })
}

pub async fn make<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    let rules = &site.info().accounts;
    let (login, name) = (sent.get("login").to_ascii_lowercase(), sent.get("name").to_owned());
    match accounts::make(site.app(), rules, &site.viewer(), &login, &name).await {
        Ok(address) => link(&site, &sent, &login, address).await,
        Err(AppError::Input(problem)) => {
            site.undone(&sent).await?;
            let field = if problem.contains("姓名") { "name" } else { "login" };
            let mut problems = Problems::default();
            problems.add(field, problem);
            let page = New {
                chrome: site.chrome(Some(Nav::Accounts), "建立账号").await,
                problems,
                login,
                name,
            };
            Ok(refused(html(&page)?))
        }
        Err(other) => {
            site.undone(&sent).await?;
            Err(other.into())
        }
    }
}

#[derive(Template)]
#[template(path = "pages/account_one.html")]
struct One<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    account: Account,
    sessions: Vec<Place>,
    own: bool,
    role: String,
    unit: String,
}

pub async fn show<S: PageSource>(site: Desk<S>, login: Segment, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    page(&site, &login.0, Problems::default(), None).await
}

async fn page<S: PageSource>(
    site: &Desk<S>,
    login: &str,
    problems: Problems,
    sent: Option<&Sent>,
) -> Result<Response, PageError> {
    let found = accounts::one(site.app(), login).await?;
    let (account, sessions) = found.ok_or(PageError::NotFound { what: "账号" })?;
    let typed = |field: &str| sent.map(|sent| sent.get(field).to_owned());
    html(&One {
        chrome: site.chrome(Some(Nav::Accounts), format!("账号 {login}")).await,
        problems,
        own: site.viewer().login == account.login,
        role: typed("role").unwrap_or_else(|| account.role.map_or("", Role::as_str).to_owned()),
        unit: typed("unit").unwrap_or_else(|| account.unit.clone().unwrap_or_default()),
        sessions: sessions.into_iter().map(|session| Place::of(session, "")).collect(),
        account,
    })
}

async fn ended<S: PageSource>(
    site: &Desk<S>,
    sent: &Sent,
    login: &str,
    done: Result<(), AppError>,
    said: &str,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => site.done(sent, &format!("/accounts/{login}"), said).await,
        Err(AppError::Input(problem) | AppError::Conflict(problem)) => {
            site.undone(sent).await?;
            Ok(refused(page(site, login, Problems::whole(problem), Some(sent)).await?))
        }
        Err(other) => {
            site.undone(sent).await?;
            Err(other.into())
        }
    }
}

pub async fn grant<S: PageSource>(site: Desk<S>, login: Segment, sent: Sent) -> Result<Response, PageError> {
    let done = match Role::from_text(sent.get("role")) {
        Some(role) => {
            let unit = sent.some("unit");
            accounts::grant(site.app(), &site.viewer(), &login.0, role, unit.as_deref()).await
        }
        None => Err(AppError::Input("请选择角色".to_owned())),
    };
    let mut said = "角色已授予，原有登录已结束。".to_owned();
    // It is granted by now, whatever becomes of the look at the unit; its people may be imported later.
    if let (Ok(()), Some(unit)) = (&done, sent.some("unit"))
        && accounts::is_unknown_unit(site.app(), &unit).await.unwrap_or_default()
    {
        said += &[
            "请注意：联系人、名册、台账中没有「",
            &unit,
            "」及其下级单位，请核对单位名称。",
        ]
        .concat();
    }
    ended(&site, &sent, &login.0, done, &said).await
}

pub async fn lock<S: PageSource>(site: Desk<S>, login: Segment, sent: Sent) -> Result<Response, PageError> {
    let done = accounts::lock(site.app(), &site.viewer(), &login.0).await;
    ended(&site, &sent, &login.0, done, "账号已锁定，登录已全部结束。").await
}

pub async fn unlock<S: PageSource>(site: Desk<S>, login: Segment, sent: Sent) -> Result<Response, PageError> {
    let done = accounts::unlock(site.app(), &site.viewer(), &login.0).await;
    ended(&site, &sent, &login.0, done, "账号已解锁，登录失败的次数重新计算。").await
}

pub async fn close<S: PageSource>(site: Desk<S>, login: Segment, sent: Sent) -> Result<Response, PageError> {
    let done = accounts::close(site.app(), &site.viewer(), &login.0).await;
    ended(&site, &sent, &login.0, done, "账号已停用，登录已全部结束。").await
}

pub async fn reopen<S: PageSource>(site: Desk<S>, login: Segment, sent: Sent) -> Result<Response, PageError> {
    let done = accounts::reopen(site.app(), &site.viewer(), &login.0).await;
    ended(&site, &sent, &login.0, done, "账号已恢复，请安全管理员重新授予角色。").await
}

pub async fn end_sessions<S: PageSource>(site: Desk<S>, login: Segment, sent: Sent) -> Result<Response, PageError> {
    let done = accounts::end_sessions(site.app(), &site.viewer(), &login.0)
        .await
        .map(drop);
    ended(&site, &sent, &login.0, done, "登录已全部结束。").await
}

pub async fn reset<S: PageSource>(site: Desk<S>, login: Segment, sent: Sent) -> Result<Response, PageError> {
    let rules = &site.info().accounts;
    match accounts::reset(site.app(), rules, &site.viewer(), &login.0).await {
        Ok(address) => link(&site, &sent, &login.0, address).await,
        Err(error) => ended(&site, &sent, &login.0, Err(error), "").await,
    }
}
