//! Mails that wait or were refused, for whoever looks after the machine: envelopes only. Letting a mail go out again, and
//! ending one.

use crate::app::view::{HeldMail, MailState, MailView, PageOf};
use crate::app::{AppError, mails, pages};
use crate::domain::account::Act;
use crate::domain::ids::MailId;
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

const LIST: &str = "/mails/held";

#[derive(Template)]
#[template(path = "pages/held.html")]
struct Held<'a> {
    chrome: Chrome<'a>,
    list: PageOf<HeldMail>,
    pager: m::Pager,
}

pub async fn list<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let page = params.only(&["page"])?.page()?;
    whole(&site)?;
    let list = pages::held(site.app(), &site.viewer(), page).await?;
    html(&Held {
        chrome: site.chrome(Some(Nav::Held), "未送出的邮件").await,
        pager: m::pager(&list, LIST, &[]),
        list,
    })
}

/// Envelopes of all units stand in one list: whoever sees a part of the tree looks at the mails of that part.
fn whole<S: PageSource>(site: &Desk<S>) -> Result<(), PageError> {
    if site.viewer().scope.unit().is_some() {
        return Err(PageError::NotFound { what: "页面" });
    }
    Ok(())
}

/// A mail that whoever acts may act on: one they see, or, for whoever looks after the machine, any.
async fn target<S: PageSource>(site: &Desk<S>, segment: Segment) -> Result<MailId, PageError> {
    let id = MailId::stored(segment.id("邮件")?);
    if site.may(Act::SeeMails) {
        site.source.mail(&site.viewer(), id.clone()).await?;
    } else {
        whole(site)?;
    }
    Ok(id)
}

/// Lets a held mail go out again: the same bytes under the same number.
pub async fn resend<S: PageSource>(site: Desk<S>, segment: Segment, sent: Sent) -> Result<Response, PageError> {
    let work = async {
        let id = target(&site, segment).await?;
        let resent = mails::resend(site.app(), &id, &site.viewer().actor()).await;
        Ok::<_, PageError>((id, resent?))
    };
    match work.await {
        Ok((id, _)) => {
            let said = format!("邮件 {id} 已放回队列，下一轮发信时以同一邮件编号重发");
            let next = if site.may(Act::SeeMails) {
                format!("{}/{id}", Nav::Mails.path())
            } else {
                LIST.to_owned()
            };
            site.done(&sent, &next, &said).await
        }
        Err(error) => {
            site.undone(&sent).await?;
            Err(error)
        }
    }
}

#[derive(Template)]
#[template(path = "pages/mail_end.html")]
struct End<'a> {
    chrome: Chrome<'a>,
    view: MailView,
    problems: Problems,
    reason: String,
}

async fn ending<S: PageSource>(
    site: &Desk<S>,
    view: MailView,
    problems: Problems,
    reason: &str,
) -> Result<Response, PageError> {
    html(&End {
        chrome: site
            .chrome(Some(Nav::Mails), format!("不再发送：{}", view.row.subject))
            .await,
        view,
        problems,
        reason: reason.to_owned(),
    })
}

/// What ending a mail means, before it is ended: it cannot be taken back.
pub async fn end_check<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let id = MailId::stored(segment.id("邮件")?);
    let view = site.source.mail(&site.viewer(), id).await?;
    ending(&site, view, Problems::default(), "").await
}

/// Ends a mail.
pub async fn end<S: PageSource>(site: Desk<S>, segment: Segment, sent: Sent) -> Result<Response, PageError> {
    let work = async {
        let id = target(&site, segment).await?;
        let ended = mails::drop_mail(site.app(), &id, sent.get("reason"), &site.viewer().actor()).await;
        Ok::<_, PageError>((id, ended))
    };
    match work.await {
        Ok((id, Ok(_))) => {
            let said = format!("邮件 {id} 不再发送；其中提醒的事，请另行告知收件人");
            site.done(&sent, &format!("{}/{id}", Nav::Mails.path()), &said).await
        }
        Ok((id, Err(AppError::Input(problem) | AppError::Conflict(problem)))) => {
            site.undone(&sent).await?;
            let mut problems = Problems::default();
            problems.add("reason", problem);
            let view = site.source.mail(&site.viewer(), id).await?;
            Ok(refused(ending(&site, view, problems, sent.get("reason")).await?))
        }
        Ok((_, Err(other))) => {
            site.undone(&sent).await?;
            Err(other.into())
        }
        Err(error) => {
            site.undone(&sent).await?;
            Err(error)
        }
    }
}
