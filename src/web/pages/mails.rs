//! 告警与邮件: what was sent, what waits, and what was decided not to send.

use super::{Choice, choices};
use crate::app::view::{MailFilter, MailShow, MailsView};
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/mails.html")]
struct Mails<'a> {
    chrome: Chrome<'a>,
    view: MailsView,
    choices: Vec<Choice>,
    pager: m::Pager,
    empty: String,
}

pub async fn list<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["state", "page"])?;
    let filter = MailFilter {
        show: params.choice("state", MailShow::ALL, MailShow::All, MailShow::key)?,
        page: params.page()?,
    };
    let view = site.source.mails(&site.viewer(), filter).await?;
    let path = Nav::Mails.path();
    let kept = [("state", filter.show.key())];
    let (pager, total) = match &view {
        MailsView::Mails(list) => (m::pager(list, path, &kept), list.total),
        MailsView::Skipped(list) => (m::pager(list, path, &kept), list.total),
    };
    html(&Mails {
        choices: choices(
            path,
            "state",
            MailShow::ALL,
            filter.show,
            |one| (one.key(), one.word()),
            &[],
        ),
        pager,
        empty: why_empty(filter, total),
        chrome: site
            .chrome(Some(Nav::Mails), format!("告警与邮件：{}", filter.show.word()))
            .await,
        view,
    })
}

fn why_empty(filter: MailFilter, total: u64) -> String {
    if total > 0 {
        return format!("第 {} 页没有内容：一共 {total} 封（条）。", filter.page);
    }
    match filter.show {
        MailShow::All => "还没有邮件：没有到提醒时点的事项，或者尚未导入台账和联系人。",
        MailShow::Unsent => "没有未送出的邮件：已生成的都已由邮件服务器接收。",
        MailShow::Sent => "还没有送出的邮件。",
        MailShow::Waiting => "没有等待送出的邮件。",
        MailShow::Held => "没有搁置的邮件：邮件服务器没有拒收任何一封。",
        MailShow::Doubt => "没有存疑的邮件：每次发送都得到了邮件服务器的答复。",
        MailShow::Dropped => "没有放弃的邮件：没有人为终止发送任何一封。",
        MailShow::Skipped => "没有决定不发的提醒：到时点的提醒都已生成邮件。",
    }
    .to_owned()
}
