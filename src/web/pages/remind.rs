//! Reminding several 整改事项 at once: ticked in the list, looked at once more, then raised one by one to a level of the
//! ladder, each through the use case of the command.

use super::rectification_acts::version;
use crate::app::pages;
use crate::app::rectifications::{self as ledger, By, ItemRef, Way};
use crate::app::view::RectificationRow;
use crate::app::{App, AppError};
use crate::domain::account::Viewer;
use crate::domain::ids::RectificationId;
use crate::domain::rectification::Act;
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::Shown as _;
use crate::web::params::Segment;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

/// Items that are reminded at once: a page of the list.
const MOST: usize = 50;

#[derive(Template)]
#[template(path = "pages/remind.html")]
struct Remind<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    items: Vec<Ticked>,
    /// Word and name of each level.
    levels: Vec<(String, String)>,
    level: String,
    reason: String,
}

impl Remind<'_> {
    fn possible(&self) -> usize {
        self.items.iter().filter(|item| item.refused.is_none()).count()
    }
}

/// One item that was ticked.
struct Ticked {
    row: RectificationRow,
    /// Why it cannot be raised at all.
    refused: Option<String>,
}

/// The items that were ticked; one that is not seen is no item.
async fn ticked(app: &App, viewer: &Viewer, sent: &Sent) -> Result<Vec<Ticked>, PageError> {
    let mut ids = sent.all("item");
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Err(PageError::Refused {
            problem: "没有选择整改事项，请在台账中勾选".to_owned(),
        });
    }
    if ids.len() > MOST {
        return Err(PageError::bad_query("所选事项", format!("一次不超过 {MOST} 件")));
    }
    let mut items = Vec::new();
    for id in ids {
        let id = RectificationId::stored(Segment(id.to_owned()).id("整改事项")?);
        let found = pages::item_line(app, viewer, &id).await?;
        let (row, _) = found.ok_or(PageError::NotFound { what: "整改事项" })?;
        let ways = ledger::ways(app, &row.number, &viewer.name).await?;
        let raise = ways.into_iter().find(|one| one.way == Way::Raise);
        items.push(Ticked {
            row,
            refused: raise.and_then(|one| one.refused),
        });
    }
    Ok(items)
}

async fn page<S: PageSource>(
    site: &Desk<S>,
    items: Vec<Ticked>,
    problems: Problems,
    sent: &Sent,
) -> Result<Response, PageError> {
    let levels = site.app().policy.ladder.0.iter();
    html(&Remind {
        chrome: site.chrome(Some(Nav::Rectifications), "核对：提醒所选整改事项").await,
        problems,
        items,
        levels: levels
            .map(|level| (level.id.as_str().to_owned(), level.name.clone()))
            .collect(),
        level: sent.get("level").to_owned(),
        reason: sent.get("reason").to_owned(),
    })
}

/// Shows what was ticked once more; nothing is changed.
pub async fn check<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    site.undone(&sent).await?;
    let items = ticked(site.app(), &site.viewer(), &sent).await?;
    page(&site, items, Problems::default(), &sent).await
}

/// Raises them. What cannot be is named with its reason; the others stand.
pub async fn send<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    match raised(&site, &sent).await {
        Ok(Ok(said)) => site.done(&sent, Nav::Rectifications.path(), &said).await,
        Ok(Err(problems)) => {
            site.undone(&sent).await?;
            let items = ticked(site.app(), &site.viewer(), &sent).await?;
            Ok(refused(page(&site, items, problems, &sent).await?))
        }
        Err(error) => {
            site.undone(&sent).await?;
            Err(error)
        }
    }
}

async fn raised<S: PageSource>(site: &Desk<S>, sent: &Sent) -> Result<Result<String, Problems>, PageError> {
    let (app, viewer) = (site.app(), site.viewer());
    let items = ticked(app, &viewer, sent).await?;
    let mut problems = Problems::default();
    let level = app.policy.ladder.find(sent.get("level"));
    if level.is_none() {
        problems.add("level", "选择提醒的级别");
    }
    let reason = sent.get("reason");
    if reason.is_empty() {
        problems.add("reason", "填写提醒的理由");
    }
    let (Some(level), true) = (level, problems.is_empty()) else {
        return Ok(Err(problems));
    };
    let act = Act::Raised {
        level: level.id,
        reason: reason.to_owned(),
        deduction: level.deduction,
    };
    let by = By::of(&viewer);
    // A form that is not whole changes nothing.
    let items: Vec<ItemRef> = items
        .iter()
        .map(|item| {
            Ok(ItemRef {
                number: item.row.number.clone(),
                version: Some(version(sent.get(&format!("version-{}", item.row.id)))?),
            })
        })
        .collect::<Result<_, PageError>>()?;
    let mut done = 0_usize;
    for which in &items {
        match ledger::act(app, which, &act, &by).await {
            Ok(_) => done += 1,
            Err(AppError::Input(why) | AppError::Conflict(why)) => {
                problems.add("", format!("{}：{why}", which.number));
            }
            Err(other) => return Err(other.into()),
        }
    }
    if done == 0 {
        return Ok(Err(problems));
    }
    let mut said = format!("已提醒 {done} 件，现为{}，有关人员随即收到提醒", level.name);
    for problem in &problems.0 {
        said.push_str("；没有办成的 ");
        said.push_str(&problem.text);
    }
    Ok(Ok(said))
}
