//! The page behind a one-time link: the first three administrators, or a password of one's own.

use crate::app::AppError;
use crate::app::accounts::{self, Administrator, Opens};
use crate::domain::account::Role;
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, html};
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/set_up.html")]
struct SetUp<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    opens: Opens,
    least: usize,
    three: Vec<Typed>,
}

/// What was typed for one administrator; passwords are typed again.
struct Typed {
    role: Role,
    login: String,
    name: String,
}

pub async fn show<S: PageSource>(site: Desk<S>, token: Segment, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let opens = opens(&site, &token).await?;
    page(&site, Problems::default(), opens, None).await
}

async fn opens<S: PageSource>(site: &Desk<S>, token: &Segment) -> Result<Opens, PageError> {
    let opens = accounts::what_opens(site.app(), &token.0).await?;
    opens.ok_or(PageError::NotFound {
        what: "链接，或者链接已经用过、过期，请向给链接的人再要一个",
    })
}

async fn page<S: PageSource>(
    site: &Desk<S>,
    problems: Problems,
    opens: Opens,
    sent: Option<&Sent>,
) -> Result<Response, PageError> {
    let typed = |role: Role, field: &str| {
        sent.map(|sent| sent.get(&format!("{}-{field}", role.as_str())).to_owned())
            .unwrap_or_default()
    };
    let three = Role::ADMINISTRATORS.map(|role| Typed {
        role,
        login: typed(role, "login"),
        name: typed(role, "name"),
    });
    let title = match opens {
        Opens::FirstAdministrators => "首次启用：建立三位管理员",
        Opens::Password { .. } => "设定密码",
    };
    html(&SetUp {
        chrome: site.chrome(None, title).await,
        problems,
        opens,
        least: site.info().accounts.password_least,
        three: three.into(),
    })
}

pub async fn save<S: PageSource>(site: Desk<S>, token: Segment, sent: Sent) -> Result<Response, PageError> {
    let opens = match opens(&site, &token).await {
        Ok(opens) => opens,
        Err(error) => {
            site.undone(&sent).await?;
            return Err(error);
        }
    };
    let rules = &site.info().accounts;
    let ended = match &opens {
        Opens::FirstAdministrators => {
            let three = Role::ADMINISTRATORS.map(|role| {
                let field = |field: &str| format!("{}-{field}", role.as_str());
                Administrator {
                    role,
                    login: sent.get(&field("login")).to_owned(),
                    name: sent.get(&field("name")).to_owned(),
                    password: sent.raw(&field("password")).to_owned(),
                }
            });
            if share_a_password(&three) {
                let said = "三位管理员的密码必须各不相同，由本人各自填写";
                Err(AppError::Input(said.to_owned()))
            } else {
                accounts::set_up(site.app(), rules, &token.0, three.into()).await
            }
        }
        Opens::Password { .. } if sent.raw("password") != sent.raw("again") => {
            Err(AppError::Input("两次输入的密码不一样".to_owned()))
        }
        Opens::Password { .. } => accounts::set_own_password(site.app(), rules, &token.0, sent.raw("password")).await,
    };
    match ended {
        Ok(()) => {
            let said = match opens {
                Opens::FirstAdministrators => "三位管理员已建立，链接已作废。请各自登录",
                Opens::Password { .. } => "密码已设定，链接已作废。请登录",
            };
            site.done(&sent, "/sign-in", said).await
        }
        Err(AppError::Input(problem) | AppError::Conflict(problem)) => {
            site.undone(&sent).await?;
            Ok(refused(
                page(&site, Problems::whole(problem), opens, Some(&sent)).await?,
            ))
        }
        Err(other) => {
            site.undone(&sent).await?;
            Err(other.into())
        }
    }
}

/// A password that two of them have is no secret between them.
fn share_a_password(three: &[Administrator]) -> bool {
    let given = three.iter().map(|one| &one.password).filter(|given| !given.is_empty());
    let given: Vec<_> = given.collect();
    (1..given.len()).any(|at| given[..at].contains(&given[at]))
}
