//! 期限事项: the list.

use super::{Choice, choices};
use crate::app::view::{ObligationFilter, ObligationRow, ObligationShow, PageOf};
use crate::web::address::address;
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/obligations.html")]
struct Obligations<'a> {
    chrome: Chrome<'a>,
    filter: ObligationFilter,
    list: PageOf<ObligationRow>,
    choices: Vec<Choice>,
    pager: m::Pager,
    without_number: String,
    without_due: String,
    empty: String,
}

pub async fn list<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let filter = read(params)?;
    let list = site.source.obligations(&site.viewer(), filter.clone()).await?;
    let show = filter.show.key();
    let number = filter.number.clone().unwrap_or_default();
    let due = filter.due.map(|day| day.to_string()).unwrap_or_default();
    let others = [("number", number.as_str()), ("due", due.as_str())];
    let path = Nav::Obligations.path();
    html(&Obligations {
        choices: choices(
            path,
            "show",
            &ObligationShow::ALL,
            filter.show,
            |one| (one.key(), one.word()),
            &others,
        ),
        pager: m::pager(&list, path, &[("show", show), others[0], others[1]]),
        without_number: address(path, &[("show", show), others[1]]),
        without_due: address(path, &[("show", show), others[0]]),
        empty: why_empty(&filter, list.total),
        chrome: site
            .chrome(Some(Nav::Obligations), format!("期限事项：{}", filter.show.word()))
            .await,
        filter,
        list,
    })
}

fn read(params: Params) -> Result<ObligationFilter, PageError> {
    let params = params.only(&["show", "number", "due", "page"])?;
    let number = params.text("number").map(str::to_owned);
    let due = params.day("due")?;
    // Whoever looks for a number or a day wants to see it whatever its state.
    let usual = if number.is_some() || due.is_some() {
        ObligationShow::All
    } else {
        ObligationShow::Open
    };
    Ok(ObligationFilter {
        show: params.choice("show", &ObligationShow::ALL, usual, ObligationShow::key)?,
        number,
        due,
        page: params.page()?,
    })
}

fn why_empty(filter: &ObligationFilter, total: u64) -> String {
    if total > 0 {
        return format!("第 {} 页没有内容：一共 {total} 项。", filter.page);
    }
    if let Some(number) = &filter.number {
        return format!(
            "没有编号为「{number}」的事项。编号须写全，如 RC-2026-014；也可能该编号下没有「{}」的事项。",
            filter.show.word()
        );
    }
    if let Some(due) = filter.due {
        return format!("{due} 这一天没有到期的事项。");
    }
    match filter.show {
        ObligationShow::Overdue => "没有逾期的事项：应办的都已按期办结，或者尚未到期。",
        ObligationShow::Today => "今天没有到期的事项。",
        ObligationShow::Week => "本周没有到期的事项。",
        ObligationShow::Holiday => "没有跨过下一个假期的期限。",
        ObligationShow::Open => "没有未办结的事项。尚未导入容错案件台账的，请先导入（rongcuo import register 文件）。",
        ObligationShow::Met => "还没有办结的事项。归档、送达登记之后会列在这里。",
        ObligationShow::Backlog => "没有历史存量：导入台账时，没有已经逾期的事项。",
        ObligationShow::All => "还没有期限事项。请先导入容错案件台账（rongcuo import register 文件）。",
    }
    .to_owned()
}
