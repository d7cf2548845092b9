//! 疑似问题: the list.

use super::{Choice, choices};
use crate::app::view::{FindingFilter, FindingRow, FindingShow, PageOf};
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/findings.html")]
struct Findings<'a> {
    chrome: Chrome<'a>,
    list: PageOf<FindingRow>,
    choices: Vec<Choice>,
    pager: m::Pager,
    empty: String,
}

pub async fn list<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["state", "page"])?;
    let filter = FindingFilter {
        show: params.choice("state", FindingShow::ALL, FindingShow::Open, FindingShow::key)?,
        page: params.page()?,
    };
    let list = site.source.findings(&site.viewer(), filter).await?;
    let path = Nav::Findings.path();
    html(&Findings {
        choices: choices(
            path,
            "state",
            FindingShow::ALL,
            filter.show,
            |one| (one.key(), one.word()),
            &[],
        ),
        pager: m::pager(&list, path, &[("state", filter.show.key())]),
        empty: why_empty(filter, list.total),
        chrome: site
            .chrome(Some(Nav::Findings), format!("疑似问题：{}", filter.show.word()))
            .await,
        list,
    })
}

fn why_empty(filter: FindingFilter, total: u64) -> String {
    if total > 0 {
        return format!("第 {} 页没有内容：一共 {total} 项。", filter.page);
    }
    match filter.show {
        FindingShow::Open => "没有待答复的疑似问题：已留存的名单中，没有发现受保护人员因容错事项受到影响。",
        FindingShow::Answered => "没有待复核的答复。",
        FindingShow::Closed => "还没有办结的疑似问题。",
        FindingShow::All => {
            "还没有疑似问题。名单经预检并留存（rongcuo precheck --keep 文件）后，判为违反、疑似的列在这里。"
        }
    }
    .to_owned()
}
