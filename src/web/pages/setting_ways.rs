//! 设置: the ways out as they are, and trying them. What mail is, is written in the configuration; secrets are not shown, not
//! even that of a login's name.

use super::setting_way::{path_of, state_zh, told_zh};
use crate::app::view::MailState;
use crate::app::ways::{self, Line};
use crate::app::{AppError, pages, trials, uncancelled};
use crate::domain::outbox::CHANNEL;
use crate::domain::time::Moment;
use crate::store::mails::MailRow;
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::Shown as _;
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

const WAYS: &str = "/settings/ways";

#[derive(Template)]
#[template(path = "pages/setting_ways.html")]
struct WaysPage<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    mail: Vec<(&'static str, String)>,
    channels: Vec<ChannelLine>,
    trials: Vec<Trial>,
}

/// A channel, and what the rules send through it.
struct ChannelLine {
    line: Line,
    path: String,
    state: String,
    told: String,
}

/// Something that was sent to try a way.
struct Trial {
    at: Moment,
    to: String,
    state: MailState,
    reply: String,
}

#[derive(Template)]
#[template(path = "pages/setting_mail.html")]
struct MailPage<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    address: String,
    own: Vec<String>,
}

fn trial(row: MailRow) -> Trial {
    let state = pages::mail_state(&row);
    let to = match row.recipient.strip_prefix(CHANNEL) {
        Some(channel) => format!("通道 {channel}"),
        None => row.recipient,
    };
    Trial {
        at: Moment::from_millis(row.created_ms),
        to,
        state,
        reply: row.last_reply.unwrap_or_default(),
    }
}

async fn page<S: PageSource>(site: &Desk<S>, problems: Problems) -> Result<Response, PageError> {
    let trials = trials::recent(site.app()).await?;
    let lines = ways::list(site.app()).await?;
    let channels = lines.into_iter().map(|line| ChannelLine {
        path: path_of(&line.id),
        state: state_zh(&line),
        told: told_zh(site.app(), &line.id),
        line,
    });
    html(&WaysPage {
        problems,
        mail: site.info().mail.clone(),
        channels: channels.collect(),
        trials: trials.into_iter().map(trial).collect(),
        chrome: site.chrome(Some(Nav::Settings), "邮件和通道").await,
    })
}

pub async fn show<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    page(&site, Problems::default()).await
}

pub async fn mail<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    mail_page(&site, String::new(), Problems::default()).await
}

async fn mail_page<S: PageSource>(site: &Desk<S>, address: String, problems: Problems) -> Result<Response, PageError> {
    let own = trials::own_addresses(site.app(), &site.viewer().name).await?;
    html(&MailPage {
        chrome: site.chrome(Some(Nav::Settings), "测试邮件").await,
        problems,
        address: if address.is_empty() {
            own.first().cloned().unwrap_or_default()
        } else {
            address
        },
        own,
    })
}

pub async fn send_mail<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    let (app, actor, address) = (
        site.app().clone(),
        site.viewer().actor(),
        sent.get("address").to_owned(),
    );
    let done = if address.is_empty() {
        Err(AppError::Input("请写明收件邮箱".to_owned()))
    } else {
        uncancelled(async move { trials::mail(&app, &address, &actor).await }).await
    };
    match done {
        Ok(_) => {
            let said = "测试邮件已放入待发，一般一分钟内送出；结果见下表。";
            site.done(&sent, WAYS, said).await
        }
        Err(AppError::Input(problem)) => {
            site.undone(&sent).await?;
            let mut problems = Problems::default();
            problems.add("address", problem);
            Ok(refused(
                mail_page(&site, sent.get("address").to_owned(), problems).await?,
            ))
        }
        Err(other) => {
            site.undone(&sent).await?;
            Err(other.into())
        }
    }
}

pub async fn send_message<S: PageSource>(site: Desk<S>, id: Segment, sent: Sent) -> Result<Response, PageError> {
    let line = ways::one(site.app(), &id.0).await;
    if !matches!(&line, Ok(Some(line)) if line.in_use) {
        site.undone(&sent).await?;
        line?;
        return Err(PageError::NotFound { what: "通道" });
    }
    let (app, actor) = (site.app().clone(), site.viewer().actor());
    match uncancelled(async move { trials::channel(&app, &id.0, &actor).await }).await {
        Ok(()) => {
            let said = "测试消息已放入待发，一般一分钟内送出；结果见下表。";
            site.done(&sent, WAYS, said).await
        }
        Err(AppError::Input(problem)) => {
            site.undone(&sent).await?;
            Ok(refused(page(&site, Problems::whole(problem)).await?))
        }
        Err(other) => {
            site.undone(&sent).await?;
            Err(other.into())
        }
    }
}
