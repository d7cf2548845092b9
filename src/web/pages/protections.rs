//! 保护名册: the list, and one protected cadre.

use super::{Choice, choices};
use crate::app::pages;
use crate::app::view::{CaseFilter, Level, Light, PageOf, PersonView, ProtectedRow, ProtectionShow};
use crate::domain::ids::PersonId;
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/protections.html")]
struct Protections<'a> {
    chrome: Chrome<'a>,
    filter: CaseFilter<ProtectionShow>,
    list: PageOf<ProtectedRow>,
    choices: Vec<Choice>,
    pager: m::Pager,
    empty: String,
}

pub async fn list<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["level", "text", "unit", "page"])?;
    let filter = CaseFilter {
        show: params.choice("level", ProtectionShow::ALL, ProtectionShow::All, ProtectionShow::key)?,
        text: params.text("text").map(str::to_owned),
        unit: params.text("unit").map(str::to_owned),
        page: params.page()?,
    };
    let list = pages::protected(site.app(), &site.viewer(), &filter).await?;
    let path = Nav::Protections.path();
    let (text, unit) = (filter.text.as_deref(), filter.unit.as_deref());
    let others = [("text", text.unwrap_or_default()), ("unit", unit.unwrap_or_default())];
    html(&Protections {
        choices: choices(
            path,
            "level",
            ProtectionShow::ALL,
            filter.show,
            |one| (one.key(), one.word()),
            &others,
        ),
        pager: m::pager(&list, path, &[("level", filter.show.key()), others[0], others[1]]),
        empty: why_empty(&filter, list.total),
        chrome: site.chrome(Some(Nav::Protections), "保护名册").await,
        filter,
        list,
    })
}

fn why_empty(filter: &CaseFilter<ProtectionShow>, total: u64) -> String {
    if total > 0 {
        return format!("这一页没有内容：一共 {total} 条。");
    }
    if filter.text.is_some() || filter.unit.is_some() || filter.show != ProtectionShow::All {
        return "没有符合条件的人员。请减少条件，或在「全部」中查找。".to_owned();
    }
    "还没有受保护人员。请先登记案件，或导入容错案件台账（rongcuo import register 文件）。".to_owned()
}

#[derive(Template)]
#[template(path = "pages/person.html")]
struct Person<'a> {
    chrome: Chrome<'a>,
    view: PersonView,
    href: String,
    purpose: String,
}

/// One protected cadre.
pub async fn person<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["purpose"])?;
    let what = "受保护人员";
    let id = PersonId::stored(segment.id(what)?);
    let purpose = params.text("purpose");
    let view = pages::person(site.app(), &site.viewer(), &id, purpose).await?;
    let view = view.ok_or(PageError::NotFound { what })?;
    html(&Person {
        chrome: site
            .chrome(Some(Nav::Protections), format!("保护名册：{}", view.person))
            .await,
        href: format!("{}/{id}", Nav::Protections.path()),
        purpose: purpose.unwrap_or_default().to_owned(),
        view,
    })
}
