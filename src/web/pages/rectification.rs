//! One 整改事项: what it is, how far it is, what happened, and what may be done about it.

use super::rectifications::attachment;
use crate::app::pages;
use crate::app::rectifications::{self, Way};
use crate::app::view::{ItemView, Remaining, TaskState};
use crate::domain::account::{Act, Role, Viewer};
use crate::domain::ids::RectificationId;
use crate::domain::paper::PaperKind;
use crate::domain::rectification::{SelfRating, Tally, Verdict};
use crate::web::desk::{Desk, Problems, Sent};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::Shown as _;
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

/// What was typed into a form that was not taken.
#[derive(Default)]
pub(super) struct Typed {
    /// The word of the form's address.
    form: &'static str,
    pairs: Vec<(&'static str, String)>,
}

impl Typed {
    /// Takes the fields of a form.
    pub fn of(form: &'static str, names: impl Iterator<Item = &'static str>, sent: &Sent) -> Self {
        Self {
            form,
            pairs: names.map(|name| (name, sent.get(name).to_owned())).collect(),
        }
    }

    fn get(&self, form: &str, name: &str) -> &str {
        let own = self.pairs.iter().filter(|_| self.form == form);
        own.into_iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value)
    }

    fn is_in(&self, form: &str) -> bool {
        self.form == form
    }
}

#[derive(Template)]
#[template(path = "pages/rectification.html")]
struct Item<'a> {
    chrome: Chrome<'a>,
    view: ItemView,
    problems: Problems,
    typed: Typed,
    /// What is possible for others than whoever looks is not said.
    allowed: Vec<Way>,
    ratings: [SelfRating; 4],
    measures: Vec<String>,
    papers: [PaperKind; 4],
    may_hand_over: bool,
    may_confirm: bool,
    sees_obligations: bool,
}

impl Item<'_> {
    /// Whether a form is shown: it is possible, or it was just refused and holds what was typed.
    fn offers(&self, key: &str) -> bool {
        let open = |way: &Way| {
            let found = self.view.ways.iter().find(|one| one.way == *way);
            found.is_some_and(|one| one.refused.is_none())
        };
        self.allowed
            .iter()
            .any(|way| way.key() == key && (open(way) || self.typed.is_in(key)))
    }

    /// What is not possible now, and why.
    fn refused(&self) -> Vec<(&'static str, &str)> {
        let own = self.view.ways.iter().filter(|one| self.allowed.contains(&one.way));
        own.filter_map(|one| Some((one.way.word(), one.refused.as_deref()?)))
            .collect()
    }

    /// Whoever the item names, for a hand-over.
    fn holders(&self) -> Vec<&str> {
        let facts = &self.view.life.facts;
        let mut names: Vec<&str> = [&facts.person, &facts.contact, &facts.lead]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        names.dedup();
        names
    }

    fn is_put_off(&self) -> bool {
        self.view.life.first_due != self.view.life.due_on
    }

    /// How far the due day is, unless it is said how late the item is and whose the delay is.
    fn remaining(&self) -> Option<String> {
        let is_told = |remaining: &Remaining| self.view.delay.is_some() && matches!(remaining, Remaining::Over(_));
        let remaining = self.view.row.remaining.filter(|remaining| !is_told(remaining));
        remaining.map(Remaining::words)
    }

    fn has_open_stage(&self) -> bool {
        self.view.life.stages.iter().any(|stage| stage.done_on.is_none())
    }

    fn deduction(&self) -> Option<String> {
        let sum: u32 = self.view.life.steps.iter().map(|step| step.deduction).sum();
        (sum > 0).then(|| Tally(sum).to_string())
    }
}

/// Whether whoever looks may do something about an item: a liaison reports for their own unit and no more.
pub(super) fn allows(viewer: &Viewer, is_own: bool, way: Way) -> bool {
    match way {
        Way::Report | Way::Attach | Way::Extend => {
            viewer.may(Act::ReportProgress) && (viewer.role != Role::Liaison || is_own)
        }
        _ => viewer.may(Act::Supervise),
    }
}

pub(super) fn id(segment: Segment) -> Result<RectificationId, PageError> {
    segment.id("整改事项").map(RectificationId::stored)
}

pub(super) const NOT_FOUND: PageError = PageError::NotFound { what: "整改事项" };

pub async fn show<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    page(&site, &id(segment)?, Problems::default(), Typed::default()).await
}

pub(super) async fn page<S: PageSource>(
    site: &Desk<S>,
    id: &RectificationId,
    problems: Problems,
    typed: Typed,
) -> Result<Response, PageError> {
    let viewer = site.viewer();
    let view = pages::item(site.app(), &viewer, id).await?.ok_or(NOT_FOUND)?;
    let allowed = Way::ALL
        .into_iter()
        .filter(|way| allows(&viewer, view.is_own, *way))
        .collect();
    html(&Item {
        chrome: site
            .chrome(
                Some(Nav::Rectifications),
                format!("{} {}", view.row.number, view.row.problem),
            )
            .await,
        problems,
        typed,
        allowed,
        ratings: [
            SelfRating::NotStarted,
            SelfRating::Ongoing,
            SelfRating::NearlyDone,
            SelfRating::Done,
        ],
        measures: site.app().policy.rectification.measures.clone(),
        papers: PaperKind::LADDER,
        may_hand_over: site.may(Act::Supervise) && !view.life.is_closed(),
        may_confirm: site.may(Act::ReportProgress),
        sees_obligations: site.may(Act::SeeObligations),
        view,
    })
}

/// A file to keep.
fn kept(name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, attachment(name)),
    ];
    (headers, bytes).into_response()
}

/// A file that was handed in; that somebody took it is journaled.
pub async fn evidence<S: PageSource>(
    site: Desk<S>,
    Path((item, hash)): Path<(String, String)>,
    params: Params,
) -> Result<Response, PageError> {
    params.only(&[])?;
    let (id, hash) = (id(Segment(item))?, Segment(hash).id("佐证材料")?);
    let viewer = site.viewer();
    let (row, _) = pages::item_line(site.app(), &viewer, &id).await?.ok_or(NOT_FOUND)?;
    let found = rectifications::fetch(site.app(), &row.number, &hash, &viewer.actor()).await;
    match found {
        Ok(file) => Ok(kept(&file.name, file.bytes)),
        Err(crate::app::AppError::Input(_)) => Err(PageError::NotFound { what: "佐证材料" }),
        Err(other) => Err(other.into()),
    }
}

/// A paper of the ladder as it was issued.
pub async fn paper<S: PageSource>(
    site: Desk<S>,
    Path((item, paper)): Path<(String, String)>,
    params: Params,
) -> Result<Response, PageError> {
    params.only(&[])?;
    let (id, paper) = (id(Segment(item))?, Segment(paper).id("文书")?);
    let found = pages::item_paper(site.app(), &site.viewer(), &id, &paper).await?;
    let (number, bytes) = found.ok_or(PageError::NotFound { what: "文书" })?;
    Ok(kept(&format!("{number}.docx"), bytes))
}

/// A paper of the ladder as it would be: without a number, kept nowhere.
pub async fn draft<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["kind", "to"])?;
    let id = id(segment)?;
    let viewer = site.viewer();
    let (row, _) = pages::item_line(site.app(), &viewer, &id).await?.ok_or(NOT_FOUND)?;
    let kind = params
        .text("kind")
        .map(|text| PaperKind::of_ladder(text).ok_or_else(|| PageError::bad_query("文种「kind」", "处置级别的文书")));
    let wanted = rectifications::Wanted {
        kind: kind.transpose()?,
        code: None,
        to: params.text("to").map(str::to_owned),
    };
    let which = rectifications::ItemRef {
        number: row.number.clone(),
        version: None,
    };
    let papered = rectifications::draft(site.app(), &which, &wanted, &viewer.actor()).await?;
    let name = format!("{}-{}-拟稿.docx", row.number, papered.paper.kind.zh());
    Ok(kept(&name, papered.bytes))
}
