//! The page behind the link of a mail: it shows one matter, and forms say that its reader has taken note, hands it on,
//! or answers it.

use crate::app::view::{AnswerForm, AnswerState, AnswerView, Reply};
use crate::domain::finding::Answer;
use crate::domain::time::day_zh;
use crate::web::desk::{Desk, Sent};
use crate::web::layout::{Chrome, html};
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/answer.html")]
struct AnswerPage<'a> {
    chrome: Chrome<'a>,
    view: AnswerView,
    due: String,
    noted: String,
}

/// What a form says; each has its own act and its own fields.
fn reply_of(sent: &Sent) -> Result<Reply, PageError> {
    let text = |name: &str| sent.get(name).to_owned();
    let version = || {
        let version = sent.get("version").parse::<i64>();
        version.map_err(|_| PageError::bad_form("表单", "从邮件链接打开的页面提交"))
    };
    let answer = match sent.get("act") {
        "note" => return Ok(Reply::Note { text: text("note") }),
        "hand_on" => {
            return Ok(Reply::HandOn {
                to: text("to"),
                reason: text("reason"),
            });
        }
        "statement" => return Ok(Reply::Statement { text: text("text") }),
        "report" => {
            let percent = sent.some("percent").map(|text| text.parse::<u8>()).transpose();
            return Ok(Reply::Report {
                percent: percent.map_err(|_| PageError::bad_query("完成比例", "0 到 100 的整数"))?,
                text: text("text"),
                stage: sent.some("stage"),
                version: version()?,
            });
        }
        "corrected" => Answer::Corrected {
            result: text("result"),
            baseline: sent.some("baseline"),
            decided_on: sent
                .get("decided_on")
                .parse()
                .map_err(|_| PageError::bad_query("决定日期", "写作 2026-11-19"))?,
            doc_no: text("doc_no"),
        },
        "other_cause" => Answer::OtherCause {
            doc_no: text("doc_no"),
            reason: text("text"),
        },
        "mistaken" => Answer::Mistaken { reason: text("text") },
        _ => return Err(PageError::bad_form("表单", "从邮件链接打开的页面提交")),
    };
    Ok(Reply::Finding {
        answer,
        version: version()?,
    })
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

/// Nothing but a form's own sending changes anything: the link itself only shows.
pub async fn reply<S: PageSource>(site: Desk<S>, Path(token): Path<String>, sent: Sent) -> Result<Response, PageError> {
    let replied = match reply_of(&sent) {
        Ok(reply) => site.source.reply(&token, &reply).await,
        Err(error) => Err(error),
    };
    match replied {
        Ok(view) => {
            site.done(&sent, &format!("/answers/{token}"), "").await?;
            page(&site, view).await
        }
        Err(error) => {
            site.undone(&sent).await?;
            Err(error)
        }
    }
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
    html(&AnswerPage {
        chrome: site.chrome(None, title).await,
        due: view.due.map(day_zh).unwrap_or_default(),
        noted,
        view,
    })
}
