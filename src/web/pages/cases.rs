//! 案件: the list, one of them as a file, and the papers kept with it.

use super::form::on_page;
use super::span::{Picture, picture};
use super::{Choice, choices};
use crate::app::pages;
use crate::app::papers;
use crate::app::view::{CaseFilter, CaseRow, CaseShow, CaseView, Level, Light, Offer, PageOf, StepState};
use crate::domain::account::Act;
use crate::domain::ids::CaseId;
use crate::domain::paper::PaperKind;
use crate::domain::procedure::What;
use crate::web::address::address;
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

/// What the address of a case names.
pub(super) const CASE: &str = "案件";

#[derive(Template)]
#[template(path = "pages/cases.html")]
struct Cases<'a> {
    chrome: Chrome<'a>,
    filter: CaseFilter<CaseShow>,
    list: PageOf<CaseRow>,
    choices: Vec<Choice>,
    pager: m::Pager,
    empty: String,
    handles: bool,
}

pub async fn list<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["state", "text", "unit", "page"])?;
    let filter = CaseFilter {
        show: params.choice("state", CaseShow::ALL, CaseShow::UnderWay, CaseShow::key)?,
        text: params.text("text").map(str::to_owned),
        unit: params.text("unit").map(str::to_owned),
        page: params.page()?,
    };
    let list = pages::cases(site.app(), &site.viewer(), &filter).await?;
    let path = Nav::Cases.path();
    let (text, unit) = (filter.text.as_deref(), filter.unit.as_deref());
    let others = [("text", text.unwrap_or_default()), ("unit", unit.unwrap_or_default())];
    html(&Cases {
        choices: choices(
            path,
            "state",
            CaseShow::ALL,
            filter.show,
            |one| (one.key(), one.word()),
            &others,
        ),
        pager: m::pager(&list, path, &[("state", filter.show.key()), others[0], others[1]]),
        empty: why_empty(&filter, list.total),
        handles: site.may(Act::HandleCases),
        chrome: site
            .chrome(Some(Nav::Cases), format!("案件：{}", filter.show.word()))
            .await,
        filter,
        list,
    })
}

fn why_empty(filter: &CaseFilter<CaseShow>, total: u64) -> String {
    if total > 0 {
        return format!("第 {} 页没有内容：一共 {total} 件。", filter.page);
    }
    if filter.text.is_some() || filter.unit.is_some() {
        return format!(
            "「{}」中没有符合条件的案件。请减少条件，或在「全部」中查找。",
            filter.show.word()
        );
    }
    match filter.show {
        CaseShow::UnderWay => "没有办理中的案件。",
        CaseShow::Mine => "没有由本人经办、还有事项未办结的案件：案件的经办人写明姓名的才列在这里。",
        CaseShow::Protecting => "没有保护中的案件。",
        CaseShow::NotTolerated => "没有不予容错的案件。",
        CaseShow::Revoked => "没有已撤销的案件。",
        CaseShow::All => "还没有案件。请登记案件，或导入容错案件台账（rongcuo import register 文件）。",
    }
    .to_owned()
}

#[derive(Template)]
#[template(path = "pages/case.html")]
struct Case<'a> {
    chrome: Chrome<'a>,
    view: CaseView,
    picture: Picture,
    possible: Vec<Offer>,
    impossible: Vec<Offer>,
    papers: Vec<(PaperKind, Option<String>)>,
    handles: bool,
    purpose: String,
}

impl Case<'_> {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]
    fn act_href(&self, what: &What, event: Option<&crate::domain::policy::Event>) -> String {
        let path = format!("/cases/{}/act", self.view.id);
        address(
            &path,
            &[
                ("what", what.key()),
                ("event", event.map_or("", |event| event.as_str())),
            ],
        )
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]
    fn paper_href(&self, kind: &PaperKind) -> String {
        address(&format!("/cases/{}/paper", self.view.id), &[("kind", kind.as_str())])
    }

    fn issued_href(&self, id: &str) -> String {
        address(&format!("/cases/{}/issued", self.view.id), &[("paper", id)])
    }
}

/// The id of a case the viewer sees.
pub(super) async fn case_id<S: PageSource>(site: &Desk<S>, segment: Segment) -> Result<CaseId, PageError> {
    let id = CaseId::stored(segment.id(CASE)?);
    if !pages::sees_case(site.app(), &site.viewer(), &id).await? {
        return Err(PageError::NotFound { what: CASE });
    }
    Ok(id)
}

pub async fn show<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["purpose"])?;
    let id = case_id(&site, segment).await?;
    let purpose = params.text("purpose");
    let view = pages::case(site.app(), &site.viewer(), &id, purpose).await?;
    let mut view = view.ok_or(PageError::NotFound { what: CASE })?;
    for offer in &mut view.offers {
        offer.why_not = offer.why_not.as_deref().map(on_page);
    }
    let seen = crate::app::procedure::Which::Seen { id: &id, version: None };
    let papers = papers::fitting(site.app(), seen).await?;
    let (possible, impossible) = view.offers.iter().cloned().partition(|offer| offer.why_not.is_none());
    html(&Case {
        chrome: site
            .chrome(Some(Nav::Cases), format!("{} {}", view.number, view.matter))
            .await,
        picture: picture(&view.span),
        papers: papers
            .into_iter()
            .map(|(kind, why_not)| (kind, why_not.as_deref().map(on_page)))
            .collect(),
        handles: site.may(Act::HandleCases),
        purpose: purpose.unwrap_or_default().to_owned(),
        possible,
        impossible,
        view,
    })
}

/// A paper that was issued in a case, as it was issued.
pub async fn issued<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["paper"])?;
    let id = case_id(&site, segment).await?;
    let wanted = params.text("paper").unwrap_or_default();
    let actor = site.viewer().actor();
    let issued = papers::issued_in(site.app(), &id, wanted, &actor).await?;
    let issued = issued.ok_or(PageError::NotFound { what: "公文" })?;
    Ok(document(&issued.paper.number, issued.bytes))
}

/// A document to be saved under a name.
pub(super) fn document(name: &str, bytes: Vec<u8>) -> Response {
    let encoded = address("", &[("f", &format!("{name}.docx"))]);
    let encoded = encoded.trim_start_matches("?f=");
    let disposition = format!("attachment; filename=\"paper.docx\"; filename*=UTF-8''{encoded}");
    let kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    (
        [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    )
        .into_response()
}
