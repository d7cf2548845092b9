//! 整改台账: the table, the board, and the ledger to take away.

use super::{Choice, choices};
use crate::app::pages;
use crate::app::rectifications::ExportForm;
use crate::app::view::{LedgerFilter, LedgerLook, LedgerShow, LedgerUnits, LedgerView, Light};
use crate::domain::account::Act;
use crate::web::address::address;
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

/// Lights that an item can have.
const LIGHTS: [Light; 4] = [Light::Overdue, Light::Soon, Light::Normal, Light::Met];
/// What an address may ask of the ledger.
const KNOWN: [&str; 7] = ["show", "light", "unit", "supervisor", "text", "view", "page"];

#[derive(Template)]
#[template(path = "pages/rectifications.html")]
struct Rectifications<'a> {
    chrome: Chrome<'a>,
    view: LedgerView,
    filter: LedgerFilter,
    look: LedgerLook,
    units: LedgerUnits,
    choices: Vec<Choice>,
    looks: Vec<Choice>,
    lights: [Light; 4],
    pager: Option<m::Pager>,
    /// Addresses of the same list to take away: .xlsx, .csv.
    taken: [String; 2],
    may_remind: bool,
    empty: String,
}

impl Rectifications<'_> {
    /// The list of one light.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]
    fn of_light(&self, light: &Light) -> String {
        let others = narrowed(&self.filter);
        let mut all = vec![("show", self.filter.show.key()), ("light", light.key())];
        all.extend(others.iter().filter(|(name, _)| *name != "light").copied());
        address(Nav::Rectifications.path(), &all)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]
    fn is_lit(&self, light: &Light) -> bool {
        self.filter.light == Some(*light)
    }

    fn is_narrowed(&self) -> bool {
        narrowed(&self.filter).iter().any(|(_, value)| !value.is_empty())
    }
}

/// What a filter narrows the list by beside its states.
fn narrowed(filter: &LedgerFilter) -> [(&'static str, &str); 4] {
    [
        ("light", filter.light.map(Light::key).unwrap_or_default()),
        ("unit", filter.unit.as_deref().unwrap_or_default()),
        ("supervisor", filter.supervisor.as_deref().unwrap_or_default()),
        ("text", filter.text.as_deref().unwrap_or_default()),
    ]
}

fn filter(params: &Params) -> Result<LedgerFilter, PageError> {
    let own = |name: &str| params.text(name).map(str::to_owned);
    let light = params.text("light").map(|key| {
        LIGHTS.into_iter().find(|light| light.key() == key).ok_or_else(|| {
            let keys: Vec<_> = LIGHTS.iter().map(|light| light.key()).collect();
            PageError::bad_query("筛选「light」", keys.join("、"))
        })
    });
    Ok(LedgerFilter {
        show: params.choice("show", LedgerShow::ALL, LedgerShow::Open, LedgerShow::key)?,
        light: light.transpose()?,
        unit: own("unit"),
        supervisor: own("supervisor"),
        text: own("text"),
        page: params.page()?,
    })
}

pub async fn list<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&KNOWN)?;
    let filter = filter(&params)?;
    let look = params.choice("view", LedgerLook::ALL, LedgerLook::Table, LedgerLook::key)?;
    let (app, viewer) = (site.app(), site.viewer());
    let path = Nav::Rectifications.path();
    let others = narrowed(&filter);
    let mut kept = vec![("show", filter.show.key())];
    kept.extend(others);
    let mut pager = None;
    let view = match look {
        LedgerLook::Table => {
            let list = pages::ledger(app, &viewer, &filter).await?;
            pager = (list.total > 0).then(|| m::pager(&list, path, &kept));
            LedgerView::Table(list)
        }
        LedgerLook::Board => LedgerView::Board(pages::board(app, &viewer, &filter).await?),
    };
    let mut shown_as = others.to_vec();
    shown_as.push(("view", if look == LedgerLook::Board { look.key() } else { "" }));
    let taken = ["xlsx", "csv"].map(|form| {
        let mut all = kept.clone();
        all.push(("form", form));
        address("/rectifications/export", &all)
    });
    html(&Rectifications {
        choices: choices(
            path,
            "show",
            LedgerShow::ALL,
            filter.show,
            |one| (one.key(), one.word()),
            &shown_as,
        ),
        looks: choices(
            path,
            "view",
            LedgerLook::ALL,
            look,
            |one| (if one == LedgerLook::Board { one.key() } else { "" }, one.word()),
            &kept,
        ),
        units: pages::ledger_units(app, &viewer).await?,
        lights: LIGHTS,
        may_remind: site.may(Act::Supervise),
        empty: why_empty(&filter, &view),
        chrome: site
            .chrome(Some(Nav::Rectifications), format!("整改台账：{}", filter.show.word()))
            .await,
        taken,
        pager,
        view,
        look,
        filter,
    })
}

fn why_empty(filter: &LedgerFilter, view: &LedgerView) -> String {
    if let LedgerView::Table(list) = view
        && list.total > 0
    {
        return format!("第 {} 页没有内容：一共 {} 项。", filter.page, list.total);
    }
    if narrowed(filter).iter().any(|(_, value)| !value.is_empty()) {
        return "没有符合筛选条件的整改事项：放宽条件，或清除筛选。".to_owned();
    }
    match filter.show {
        LedgerShow::Open => {
            "没有未销号的整改事项：已列入台账的都已销号，或者还没有导入台账（rongcuo import rectifications 文件）。"
        }
        LedgerShow::Overdue => "没有逾期未完成的整改事项。",
        LedgerShow::Check => "没有等待验收的整改事项：申请销号的都已验收或退回。",
        LedgerShow::Extension => "没有等待审批的延期申请。",
        LedgerShow::Closed => "还没有销号的整改事项。",
        LedgerShow::All => "还没有整改事项。请先导入整改台账（rongcuo import rectifications 文件）。",
    }
    .to_owned()
}

/// What the list shows, on all its pages, in the columns of the ledger.
pub async fn export<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["show", "light", "unit", "supervisor", "text", "form"])?;
    let filter = filter(&params)?;
    let (form, end, kind) = match params.text("form") {
        None | Some("xlsx") => (
            ExportForm::Workbook,
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        Some("csv") => (ExportForm::Text, "csv", "text/csv; charset=utf-8"),
        Some(_) => return Err(PageError::bad_query("格式「form」", "xlsx、csv")),
    };
    let exported = pages::ledger_export(site.app(), &site.viewer(), &filter, form).await?;
    let name = format!("整改台账-{}.{end}", site.app().now().day());
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, attachment(&name)),
    ];
    Ok((headers, exported.bytes).into_response())
}

/// A file to keep, under a name that may be Chinese.
pub(super) fn attachment(name: &str) -> String {
    let encoded = address("", &[("n", name)]);
    let encoded = encoded.trim_start_matches("?n=");
    let end = name.rsplit_once('.').map_or("bin", |(_, end)| end);
    let end: String = end.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    format!("attachment; filename=\"rongcuo.{end}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::attachment;

    #[test]
    fn a_name_cannot_leave_its_header() {
        assert_eq!(
            attachment("甲\"\r\n;.pdf"),
            "attachment; filename=\"rongcuo.pdf\"; filename*=UTF-8''%E7%94%B2%22%0D%0A%3B.pdf"
        );
        assert!(attachment("无").starts_with("attachment; filename=\"rongcuo.bin\";"));
    }
}
