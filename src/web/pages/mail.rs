//! One mail, shown from its finished bytes: what stands here is what the mail server gets, but for the link that is its reader's.

use crate::app::answers;
use crate::app::view::{MailState, MailView};
use crate::domain::ids::MailId;
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use mail_parser::{Message, MessageParser, PartType};

/// Header lines that are shown.
const MAX_HEADERS: usize = 60;

/// The mail's own HTML may style itself and nothing else: no scripts, no forms, no requests.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                           frame-ancestors 'self'; sandbox";

#[derive(Template)]
#[template(path = "pages/mail.html")]
struct Mail<'a> {
    chrome: Chrome<'a>,
    view: MailView,
    content: Content,
    /// A link was for its reader only.
    hidden: bool,
}

/// The readable parts of a message.
struct Content {
    headers: Vec<(String, String)>,
    text: Option<String>,
    html: Option<String>,
}

pub async fn show<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let id = segment.id("邮件")?;
    let mut view = site.source.mail(&site.viewer(), MailId::stored(id)).await?;
    let shown = shown(&site, view.bytes.clone());
    let hidden = shown != view.bytes;
    view.bytes = shown;
    html(&Mail {
        chrome: site
            .chrome(Some(Nav::Mails), format!("邮件：{}", view.row.subject))
            .await,
        content: content(&view.bytes),
        view,
        hidden,
    })
}

/// The bytes of a mail as they may be shown. An account has no mailbox, so nobody who reads them here is surely their reader;
/// in the demonstration everybody is made up, and the visitor plays them all.
fn shown<S: PageSource>(site: &Desk<S>, bytes: Vec<u8>) -> Vec<u8> {
    if site.info().demo {
        bytes
    } else {
        answers::without_links(&bytes)
    }
}

/// The HTML part alone, for the frame of the page.
pub async fn html_part<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let bytes = site
        .source
        .mail_bytes(&site.viewer(), MailId::stored(segment.id("邮件")?))
        .await?;
    let body = content(&shown(&site, bytes)).html.ok_or(PageError::NotFound {
        what: "邮件网页正文"
    })?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, MAIL_POLICY),
    ];
    Ok((headers, body).into_response())
}

/// The message as a file.
pub async fn raw<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let id = segment.id("邮件")?;
    let name = format!("attachment; filename=\"rongcuo-{id}.eml\"");
    let bytes = site.source.mail_bytes(&site.viewer(), MailId::stored(id)).await?;
    let headers: [(HeaderName, String); 2] = [
        (header::CONTENT_TYPE, "message/rfc822".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, shown(&site, bytes)).into_response())
}

fn content(bytes: &[u8]) -> Content {
    let Some(message) = MessageParser::default().parse(bytes) else {
        return Content {
            headers: Vec::new(),
            text: None,
            html: None,
        };
    };
    Content {
        headers: headers(&message),
        text: message.text_bodies().find_map(|part| match &part.body {
            PartType::Text(text) => Some(text.replace("\r\n", "\n")),
            _ => None,
        }),
        html: message.html_bodies().find_map(|part| match &part.body {
            PartType::Html(html) => Some(html.clone().into_owned()),
            _ => None,
        }),
    }
}

/// Headers in their order, decoded where they are words and addresses.
fn headers(message: &Message<'_>) -> Vec<(String, String)> {
    message
        .headers_raw()
        .take(MAX_HEADERS)
        .map(|(name, raw)| {
            let folded = raw.split_whitespace().collect::<Vec<_>>().join(" ");
            (name.to_owned(), decoded(message, name).unwrap_or(folded))
        })
        .collect()
}

fn decoded(message: &Message<'_>, name: &str) -> Option<String> {
    if name.eq_ignore_ascii_case("subject") {
        return message.subject().map(str::to_owned);
    }
    let addresses = match name.to_ascii_lowercase().as_str() {
        "from" => message.from(),
        "to" => message.to(),
        "cc" => message.cc(),
        "reply-to" => message.reply_to(),
        _ => None,
    }?;
    let one = |each: &mail_parser::Addr<'_>| {
        let address = each.address().unwrap_or_default();
        each.name()
            .map_or_else(|| address.to_owned(), |name| format!("{name} <{address}>"))
    };
    Some(addresses.iter().map(one).collect::<Vec<_>>().join("，"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_only_mail_has_no_html_part() {
        let mail = "From: =?utf-8?B?5a656ZSZ5oqk6Iiq?= <rc@example.org>\r\nTo: a@example.org, b@example.org\r\n\
                    Subject: =?utf-8?B?5LuK5pel5Yiw5pyf?=\r\n\r\n\u{7b2c}\u{4e00}\u{884c}\r\n";
        let content = content(mail.as_bytes());
        assert!(content.html.is_none());
        assert_eq!(content.text.as_deref(), Some("第一行\n"));
        assert_eq!(
            content.headers,
            [
                ("From".to_owned(), "容错护航 <rc@example.org>".to_owned()),
                ("To".to_owned(), "a@example.org，b@example.org".to_owned()),
                ("Subject".to_owned(), "今日到期".to_owned()),
            ]
        );
    }
}
