//! 设置: a text is changed, checked, looked at with what it would do, adopted with a reason; earlier ones come back the
//! same way.

use crate::app::settings::{self, Checked, Current, Effect, Mistake, Proposal};
use crate::app::view::PageOf;
use crate::app::{AppError, uncancelled};
use crate::domain::settings::{Document, Line, Sort, diff, join, parts};
use crate::store::settings::Version;
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

/// Places of a text that a form can hold.
const PLACES: [&str; 12] = [
    "text", "text_2", "text_3", "text_4", "text_5", "text_6", "text_7", "text_8", "text_9", "text_10", "text_11",
    "text_12",
];
/// The field of a whole text on the page that checks it.
const WHOLE: &str = "whole";
/// Mistakes that are told at once.
const TOLD: usize = 20;
/// Lines of a list of effects.
const LISTED: usize = 100;
/// Lines of a difference that a page shows.
const DIFFERENCES: usize = 2_000;

/// What a page of this kind is about: a text, or the part of the rules about telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Subject {
    document: Document,
    routing: bool,
}

impl Subject {
    fn of(slug: &str) -> Result<Self, PageError> {
        let (document, routing) = match slug {
            "routing" => (Some(Document::Profile), true),
            slug => (Document::from_slug(slug), false),
        };
        let document = document.ok_or(PageError::NotFound { what: "设置" })?;
        Ok(Self { document, routing })
    }

    fn slug(self) -> &'static str {
        if self.routing { "routing" } else { self.document.slug() }
    }

    fn zh(self) -> &'static str {
        if self.routing {
            "通知：规则中谁在什么时候收到什么"
        } else {
            self.document.zh()
        }
    }

    fn path(self) -> String {
        format!("/settings/texts/{}", self.slug())
    }
}

/// A place of a text in a form.
struct Place {
    name: &'static str,
    /// The number of its first line in the whole.
    first: usize,
    text: String,
    rows: usize,
}

/// The places of a text: the whole, or what is about telling.
fn places(subject: Subject, text: &str) -> Vec<Place> {
    let rows = |text: &str| (text.lines().count() + 2).clamp(8, 32);
    if !subject.routing {
        return vec![Place {
            name: PLACES[0],
            first: 1,
            text: text.to_owned(),
            rows: rows(text),
        }];
    }
    let own = parts(text).into_iter().filter(|part| part.routing);
    PLACES
        .iter()
        .zip(own)
        .map(|(name, part)| Place {
            name,
            first: part.first,
            rows: rows(&part.text),
            text: part.text,
        })
        .collect()
}

#[derive(Template)]
#[template(path = "pages/setting_text.html")]
struct TextPage<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    subject: Subject,
    current: Current,
    places: Vec<Place>,
    base: i64,
}

#[derive(Template)]
#[template(path = "pages/setting_check.html")]
struct CheckPage<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    subject: Subject,
    base: i64,
    restores: Option<i64>,
    text: String,
    reason: String,
    lines: Vec<Line>,
    added: usize,
    removed: usize,
    cut: bool,
    effect: Option<Effect>,
    /// Due days that move.
    moving: usize,
    /// Reminders that are not sent any more, and that are sent instead.
    gone: usize,
    come: usize,
}

#[derive(Template)]
#[template(path = "pages/setting_history.html")]
struct HistoryPage<'a> {
    chrome: Chrome<'a>,
    document: Document,
    list: PageOf<Version>,
    /// The text that was there before all versions stands on this page.
    ends: bool,
    pager: m::Pager,
}

#[derive(Template)]
#[template(path = "pages/setting_version.html")]
struct VersionPage<'a> {
    chrome: Chrome<'a>,
    document: Document,
    number: i64,
    version: Option<Version>,
    in_force: i64,
    lines: Vec<Line>,
    cut: bool,
}

pub async fn show<S: PageSource>(site: Desk<S>, slug: Segment, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let subject = Subject::of(&slug.0)?;
    let current = settings::current(site.app(), subject.document).await?;
    let places = places(subject, &current.text);
    page(&site, subject, current, places, Problems::default()).await
}

async fn page<S: PageSource>(
    site: &Desk<S>,
    subject: Subject,
    current: Current,
    places: Vec<Place>,
    problems: Problems,
) -> Result<Response, PageError> {
    html(&TextPage {
        chrome: site.chrome(Some(Nav::Settings), subject.zh()).await,
        problems,
        subject,
        base: current.number,
        current,
        places,
    })
}

/// What comes of a form.
enum Outcome {
    Adopted(i64),
    Check(Box<Proposal>, Problems),
    Again(Vec<Place>, Problems),
}

pub async fn save<S: PageSource>(site: Desk<S>, slug: Segment, sent: Sent) -> Result<Response, PageError> {
    let outcome = match Subject::of(&slug.0) {
        Ok(subject) => take(&site, &sent, subject).await.map(|outcome| (subject, outcome)),
        Err(error) => Err(error),
    };
    answer(&site, &sent, outcome).await
}

pub async fn restore<S: PageSource>(site: Desk<S>, slug: Segment, sent: Sent) -> Result<Response, PageError> {
    let outcome = match Subject::of(&slug.0) {
        Ok(subject) => restored(&site, &sent, subject).await.map(|outcome| (subject, outcome)),
        Err(error) => Err(error),
    };
    answer(&site, &sent, outcome).await
}

async fn answer<S: PageSource>(
    site: &Desk<S>,
    sent: &Sent,
    outcome: Result<(Subject, Outcome), PageError>,
) -> Result<Response, PageError> {
    let (subject, outcome) = match outcome {
        Ok((subject, Outcome::Adopted(number))) => {
            let document = subject.document;
            let said = format!(
                "{}第 {number} 版已采用：本服务器即时启用，其他服务器一分钟内启用。",
                document.zh()
            );
            let to = format!("/settings/texts/{}/history", document.slug());
            return site.done(sent, &to, &said).await;
        }
        Ok(other) => other,
        Err(error) => {
            site.undone(sent).await?;
            return Err(error);
        }
    };
    site.undone(sent).await?;
    match outcome {
        Outcome::Check(proposal, problems) => {
            let wrong = !problems.is_empty();
            let page = check(site, sent, subject, *proposal, problems).await?;
            Ok(if wrong { refused(page) } else { page })
        }
        Outcome::Again(places, problems) => {
            let wrong = !problems.is_empty();
            let current = settings::current(site.app(), subject.document).await?;
            let page = page(site, subject, current, places, problems).await?;
            Ok(if wrong { refused(page) } else { page })
        }
        Outcome::Adopted(_) => Err(PageError::internal("an adopted text is told before")),
    }
}

async fn take<S: PageSource>(site: &Desk<S>, sent: &Sent, subject: Subject) -> Result<Outcome, PageError> {
    let current = settings::current(site.app(), subject.document).await?;
    let base: i64 = sent.get("base").parse().unwrap_or(-1);
    let (text, typed) = typed(sent, subject, &current);
    if sent.ticked("back") {
        return Ok(Outcome::Again(typed, Problems::default()));
    }
    if base != current.number {
        let problem = format!(
            "打开以后已采用第 {} 版，下面是刚才的内容；请对照现行的内容核对后再预览",
            current.number
        );
        return Ok(Outcome::Again(typed, Problems::whole(problem)));
    }
    let Some(text) = text else {
        return Ok(Outcome::Again(
            places(subject, &current.text),
            Problems::whole("表单与现行的内容对不上，请重新修改"),
        ));
    };
    let checked = match settings::check(site.app(), subject.document, &text) {
        Ok(checked) => checked,
        Err(mistakes) => {
            let problems = told(&mistakes, &typed, &text);
            return Ok(Outcome::Again(typed, problems));
        }
    };
    if checked.text == current.text {
        return Ok(Outcome::Again(
            typed,
            Problems::whole("与现行的一字不差，没有需要采用的改动"),
        ));
    }
    let restores = match sent.get("restores").parse::<i64>() {
        Ok(number) => settings::version(site.app(), subject.document, number)
            .await?
            .filter(|version| version.text == checked.text)
            .map(|version| version.number),
        Err(_) => None,
    };
    let proposal = Proposal {
        document: subject.document,
        checked,
        base,
        restores,
    };
    if !sent.ticked("sure") {
        return Ok(Outcome::Check(Box::new(proposal), Problems::default()));
    }
    let (app, actor, reason) = (site.app().clone(), site.viewer().actor(), sent.get("reason").to_owned());
    let adopting = proposal.clone();
    match uncancelled(async move { settings::adopt(&app, adopting, &reason, &actor).await }).await {
        Ok(number) => Ok(Outcome::Adopted(number)),
        Err(AppError::Input(problem)) => {
            let mut problems = Problems::default();
            problems.add("reason", problem);
            Ok(Outcome::Check(Box::new(proposal), problems))
        }
        Err(AppError::Conflict(problem)) => Ok(Outcome::Again(typed, Problems::whole(problem))),
        Err(other) => Err(other.into()),
    }
}

/// The whole text that was sent, and the places it was typed in.
fn typed(sent: &Sent, subject: Subject, current: &Current) -> (Option<String>, Vec<Place>) {
    let whole = sent.raw(WHOLE);
    if !whole.is_empty() {
        return (Some(whole.to_owned()), places(subject, whole));
    }
    let mut own = places(subject, &current.text);
    for place in &mut own {
        sent.raw(place.name).clone_into(&mut place.text);
    }
    if !subject.routing {
        return (own.first().map(|place| place.text.clone()), own);
    }
    let texts: Vec<&str> = own.iter().map(|place| place.text.as_str()).collect();
    let whole = join(&current.text, &texts);
    // Where the lines of a place now begin.
    if whole.is_some() {
        let mut before = 0;
        let mut changed = own.iter_mut();
        for part in parts(&current.text) {
            let lines = if part.routing {
                let Some(place) = changed.next() else { break };
                place.first = before + 1;
                place.text.lines().count()
            } else {
                part.text.lines().count()
            };
            before += lines;
        }
    }
    (whole, own)
}

/// Mistakes at the place they stand in, with the line they are about.
fn told(mistakes: &[Mistake], places: &[Place], text: &str) -> Problems {
    let mut problems = Problems::default();
    for mistake in mistakes.iter().take(TOLD) {
        let Some((line, column)) = mistake.place else {
            problems.add(PLACES[0], mistake.problem.clone());
            continue;
        };
        let shown: String = text
            .lines()
            .nth(line - 1)
            .unwrap_or_default()
            .trim()
            .chars()
            .take(60)
            .collect();
        let shown = if shown.is_empty() {
            String::new()
        } else {
            format!("（{shown}）")
        };
        let own = places
            .iter()
            .find(|place| (place.first..place.first + place.text.lines().count().max(1)).contains(&line));
        match own {
            Some(place) => problems.add(
                place.name,
                format!(
                    "第 {} 行第 {column} 列：{}{shown}",
                    line + 1 - place.first,
                    mistake.problem
                ),
            ),
            None => problems.add(
                "",
                format!("规则全文第 {line} 行第 {column} 列：{}{shown}", mistake.problem),
            ),
        }
    }
    if mistakes.len() > TOLD {
        problems.add("", format!("还有 {} 处错误：改好以上各处再预览", mistakes.len() - TOLD));
    }
    problems
}

async fn restored<S: PageSource>(site: &Desk<S>, sent: &Sent, subject: Subject) -> Result<Outcome, PageError> {
    let number: i64 = sent.get("number").parse().unwrap_or(-1);
    let wanted = settings::version(site.app(), subject.document, number).await?;
    let wanted = wanted.ok_or(PageError::NotFound { what: "版本" })?;
    let current = settings::current(site.app(), subject.document).await?;
    let again = |problems| Outcome::Again(places(subject, &wanted.text), problems);
    if wanted.text == current.text {
        return Ok(again(Problems::whole(format!(
            "第 {number} 版与现行的一字不差，没有需要恢复的"
        ))));
    }
    match settings::check(site.app(), subject.document, &wanted.text) {
        Ok(checked) => {
            let proposal = Proposal {
                document: subject.document,
                checked,
                base: current.number,
                restores: Some(number),
            };
            Ok(Outcome::Check(Box::new(proposal), Problems::default()))
        }
        Err(mistakes) => {
            let problems = told(&mistakes, &places(subject, &wanted.text), &wanted.text);
            Ok(again(problems))
        }
    }
}

async fn check<S: PageSource>(
    site: &Desk<S>,
    sent: &Sent,
    subject: Subject,
    proposal: Proposal,
    problems: Problems,
) -> Result<Response, PageError> {
    let current = settings::current(site.app(), subject.document).await?;
    let Checked { text, policy } = proposal.checked;
    let mut lines = diff(&current.text, &text);
    let count = |sort: Sort| lines.iter().filter(|line| line.sort == sort).count();
    let (added, removed) = (count(Sort::Added), count(Sort::Removed));
    let cut = lines.len() > DIFFERENCES;
    lines.truncate(DIFFERENCES);
    let mut effect = match &policy {
        Some(policy) => Some(settings::effect(site.app(), policy).await?),
        None => None,
    };
    let (mut moving, mut gone, mut come) = (0, 0, 0);
    if let Some(effect) = &mut effect {
        moving = effect.moving.len();
        effect.moving.truncate(LISTED);
        if let Some(mails) = &mut effect.mails {
            (gone, come) = (mails.gone.len(), mails.come.len());
            mails.gone.truncate(LISTED);
            mails.come.truncate(LISTED);
        }
    }
    html(&CheckPage {
        chrome: site
            .chrome(Some(Nav::Settings), format!("预览：{}", subject.zh()))
            .await,
        problems,
        subject,
        base: proposal.base,
        restores: proposal.restores,
        text,
        reason: sent.get("reason").to_owned(),
        lines,
        added,
        removed,
        cut,
        effect,
        moving,
        gone,
        come,
    })
}

fn document(slug: &str) -> Result<Document, PageError> {
    Document::from_slug(slug).ok_or(PageError::NotFound { what: "设置" })
}

pub async fn history<S: PageSource>(site: Desk<S>, slug: Segment, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["page"])?;
    let document = document(&slug.0)?;
    let list = settings::history(site.app(), document, params.page()?).await?;
    let path = format!("/settings/texts/{}/history", document.slug());
    // The text before all versions is a row as well, the last one.
    let mut all = PageOf {
        rows: vec![(); list.rows.len()],
        total: list.total + 1,
        page: list.page,
        per_page: list.per_page,
    };
    let ends = u64::from(all.page) == all.pages();
    all.rows.extend(ends.then_some(()));
    html(&HistoryPage {
        chrome: site
            .chrome(Some(Nav::Settings), format!("历史：{}", document.zh()))
            .await,
        pager: m::pager(&all, &path, &[]),
        document,
        ends,
        list,
    })
}

/// The version an address names.
async fn found<S: PageSource>(site: &Desk<S>, slug: &str, number: &str) -> Result<(Document, Current), PageError> {
    let document = document(slug)?;
    let missing = PageError::NotFound { what: "版本" };
    let number: i64 = number.parse().map_err(|_| missing.clone())?;
    let version = settings::version(site.app(), document, number).await?;
    Ok((document, version.ok_or(missing)?))
}

pub async fn version<S: PageSource>(
    site: Desk<S>,
    Path((slug, number)): Path<(String, String)>,
    params: Params,
) -> Result<Response, PageError> {
    params.only(&[])?;
    let (document, shown) = found(&site, &slug, &number).await?;
    let current = settings::current(site.app(), document).await?;
    let before = match &shown.version {
        Some(version) => settings::version(site.app(), document, version.replaces).await?,
        None => None,
    };
    let mut lines = before.map_or_else(Vec::new, |before| diff(&before.text, &shown.text));
    let cut = lines.len() > DIFFERENCES;
    lines.truncate(DIFFERENCES);
    html(&VersionPage {
        chrome: site
            .chrome(Some(Nav::Settings), format!("{}第 {} 版", document.zh(), shown.number))
            .await,
        document,
        number: shown.number,
        version: shown.version,
        in_force: current.number,
        lines,
        cut,
    })
}

/// A text as a file.
pub async fn plain<S: PageSource>(
    site: Desk<S>,
    Path((slug, number)): Path<(String, String)>,
    params: Params,
) -> Result<Response, PageError> {
    params.only(&[])?;
    let (document, shown) = found(&site, &slug, &number).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}-{}.toml\"", document.slug(), shown.number),
        ),
    ];
    Ok((headers, shown.text).into_response())
}
