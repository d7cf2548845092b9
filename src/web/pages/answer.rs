//! The page behind the link of a mail: it shows one matter, and a form says that its reader has taken note.

use crate::app::view::{AnswerState, AnswerView};
use crate::domain::time::day_zh;
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, html};
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/answer.html")]
struct Answer<'a> {
    chrome: Chrome<'a>,
    view: AnswerView,
    due: String,
    noted: String,
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Noted {
    #[serde(default)]
    note: String,
}

pub async fn show<S: PageSource>(
    site: Desk<S>,
    Path(token): Path<String>,
    params: Params,
) -> Result<Response, PageError> {
    params.only(&[])?;
    let view = site.source.answer(&token).await?;
    page(&site, view).await
}

/// Nothing but this form's own sending changes anything: the link itself only shows.
pub async fn take_note<S: PageSource>(
    site: Desk<S>,
    Path(token): Path<String>,
    Form(noted): Form<Noted>,
) -> Result<Response, PageError> {
    let view = site.source.take_note(&token, &noted.note).await?;
    page(&site, view).await
}

async fn page<S: PageSource>(site: &Desk<S>, view: AnswerView) -> Result<Response, PageError> {
    let title = match view.state {
        AnswerState::Expired => "链接已过期".to_owned(),
        _ => format!("{} {}", view.number, view.kind),
    };
    let noted = match &view.state {
        AnswerState::Noted { by, at } => format!("{by}于 {} 确认收悉。", at.local().format("%Y年%-m月%-d日 %H:%M")),
        _ => String::new(),
    };
    html(&Answer {
        chrome: site.chrome(None, title).await,
        due: view.due.map(day_zh).unwrap_or_default(),
        noted,
        view,
    })
}
