//! The page behind the link of a mail: it shows one matter, and forms say that its reader has taken note, hands it on,
//! or answers it.

use crate::app::view::{AnswerForm, AnswerState, AnswerView, Reply};
use crate::domain::finding::Answer;
use crate::domain::time::day_zh;
use crate::web::layout::{Chrome, html};
use crate::web::params::Params;
use crate::web::state::Site;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/answer.html")]
struct AnswerPage<'a> {
    chrome: Chrome<'a>,
    view: AnswerView,
    due: String,
    noted: String,
}

/// What a form sends; each has its own act and its own fields.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    act: String,
    note: String,
    to: String,
    reason: String,
    text: String,
    result: String,
    baseline: String,
    decided_on: String,
    doc_no: String,
    percent: String,
    stage: String,
    version: i64,
}

impl Sent {
    fn reply(self) -> Result<Reply, PageError> {
        let filled = |text: String| Some(text).filter(|text| !text.trim().is_empty());
        let answer = match self.act.as_str() {
            "note" => return Ok(Reply::Note { text: self.note }),
            "hand_on" => {
                let (to, reason) = (self.to, self.reason);
                return Ok(Reply::HandOn { to, reason });
            }
            "statement" => return Ok(Reply::Statement { text: self.text }),
            "report" => {
                let percent = filled(self.percent).map(|text| text.trim().parse::<u8>());
                return Ok(Reply::Report {
                    percent: percent
                        .transpose()
                        .map_err(|_| PageError::bad_query("完成比例", "0 到 100 的整数"))?,
                    text: self.text,
                    stage: filled(self.stage),
                    version: self.version,
                });
            }
            "corrected" => Answer::Corrected {
                result: self.result,
                baseline: filled(self.baseline),
                decided_on: self
                    .decided_on
                    .trim()
                    .parse()
                    .map_err(|_| PageError::bad_query("决定日期", "写作 2026-11-19"))?,
                doc_no: self.doc_no,
            },
            "other_cause" => Answer::OtherCause {
                doc_no: self.doc_no,
                reason: self.text,
            },
            "mistaken" => Answer::Mistaken { reason: self.text },
            _ => return Err(PageError::bad_query("表单", "从邮件链接打开的页面提交")),
        };
        Ok(Reply::Finding {
            answer,
            version: self.version,
        })
    }
}

pub async fn show<S: PageSource>(
    State(site): State<Site<S>>,
    Path(token): Path<String>,
    params: Params,
) -> Result<Response, PageError> {
    params.only(&[])?;
    let view = site.source.answer(&token).await?;
    page(&site, view).await
}

/// Nothing but a form's own sending changes anything: the link itself only shows.
pub async fn reply<S: PageSource>(
    State(site): State<Site<S>>,
    Path(token): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, PageError> {
    let view = site.source.reply(&token, &sent.reply()?).await?;
    page(&site, view).await
}

async fn page<S: PageSource>(site: &Site<S>, view: AnswerView) -> Result<Response, PageError> {
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
