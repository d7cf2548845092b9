//! 疑似问题: the list.

use super::{Choice, choices};
use crate::app::view::{FindingFilter, FindingRow, FindingShow, PageOf};
use crate::domain::protection::list::Domain;
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
    filter: FindingFilter,
    domains: Vec<Domain>,
    is_narrowed: bool,
}

pub async fn list<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["state", "unit", "domain", "owner", "page"])?;
    let text = |name: &str| params.text(name).map(str::to_owned);
    let filter = FindingFilter {
        show: params.choice("state", FindingShow::ALL, FindingShow::Open, FindingShow::key)?,
        unit: text("unit"),
        domain: text("domain"),
        owner: text("owner"),
        page: params.page()?,
    };
    if filter
        .domain
        .as_deref()
        .is_some_and(|domain| Domain::from_id(domain).is_none())
    {
        return Err(PageError::bad_query("类别「domain」", "从页面的列表中选"));
    }
    let list = site.source.findings(&site.viewer(), filter.clone()).await?;
    let path = Nav::Findings.path();
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    let (unit, domain, owner) = (
        or_empty(&filter.unit),
        or_empty(&filter.domain),
        or_empty(&filter.owner),
    );
    let others = [
        ("unit", unit.as_str()),
        ("domain", domain.as_str()),
        ("owner", owner.as_str()),
    ];
    let mut all = vec![("state", filter.show.key())];
    all.extend_from_slice(&others);
    let is_narrowed = others.iter().any(|(_, value)| !value.is_empty());
    html(&Findings {
        choices: choices(
            path,
            "state",
            FindingShow::ALL,
            filter.show,
            |one| (one.key(), one.word()),
            &others,
        ),
        pager: m::pager(&list, path, &all),
        empty: why_empty(&filter, is_narrowed, list.total),
        domains: Domain::known(),
        is_narrowed,
        chrome: site
            .chrome(Some(Nav::Findings), format!("疑似问题：{}", filter.show.word()))
            .await,
        list,
        filter,
    })
}

fn why_empty(filter: &FindingFilter, is_narrowed: bool, total: u64) -> String {
    if total > 0 {
        return format!("第 {} 页没有内容：一共 {total} 项。", filter.page);
    }
    if is_narrowed {
        return "没有符合筛选条件的疑似问题。".to_owned();
    }
    match filter.show {
        FindingShow::Waiting => "没有等待本人办理的疑似问题。",
        FindingShow::Open => "没有待答复的疑似问题：已留存的名单中，没有发现受保护人员因容错事项受到影响。",
        FindingShow::Answered => "没有待复核的答复。",
        FindingShow::Closed => "还没有办结的疑似问题。",
        FindingShow::All => "还没有疑似问题。名单经预检并留存结果后，判为违反、疑似的列在这里。",
    }
    .to_owned()
}
