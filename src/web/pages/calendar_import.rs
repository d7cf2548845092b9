//! 日历: taking a notice in, after a look at what it changes; and what moved when a notice came.

use crate::app::AppError;
use crate::app::calendars::{self, Foreseen, Imported};
use crate::app::pages;
use crate::app::view::{ArrivalRow, Day, DayKind, MovedRow, PageOf};
use crate::domain::account::Act;
use crate::domain::calendar::{self, DayFacts};
use crate::domain::time::Moment;
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

const MOVES: &str = "/calendar/moves";

#[derive(Template)]
#[template(path = "pages/calendar_import.html")]
struct Import<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    /// Why a file that was looked at brings nothing.
    nothing: Option<String>,
}

/// A file that was looked at.
#[derive(Template)]
#[template(path = "pages/calendar_check.html")]
struct Check<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    foreseen: Foreseen,
    days: Vec<Changed>,
    moves: Vec<Move>,
    sees_obligations: bool,
    name: String,
    content: String,
}

/// A day that would be another one.
struct Changed {
    date: chrono::NaiveDate,
    before: &'static str,
    after: &'static str,
    name: String,
}

/// An open due day that would move.
struct Move {
    number: String,
    kind: String,
    id: String,
    from: Day,
    to: Day,
    earlier: bool,
}

pub async fn show<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    page(&site, Problems::default(), None).await
}

async fn page<S: PageSource>(
    site: &Desk<S>,
    problems: Problems,
    nothing: Option<String>,
) -> Result<Response, PageError> {
    html(&Import {
        chrome: site.chrome(Some(Nav::Calendar), "导入放假通知").await,
        problems,
        nothing,
    })
}

/// What a file that was sent would change.
pub async fn look<S: PageSource>(site: Desk<S>, mut sent: Sent) -> Result<Response, PageError> {
    // Nothing is changed yet, so the form may be sent again.
    site.undone(&sent).await?;
    let Some(file) = sent.files.pop().filter(|file| file.field == "file") else {
        let mut problems = Problems::default();
        problems.add("file", "请选择年份文件、调整通知或当地安排（.json）");
        return Ok(refused(page(&site, problems, None).await?));
    };
    let Ok(content) = String::from_utf8(file.bytes) else {
        let mut problems = Problems::default();
        problems.add("file", "不是 UTF-8 文本，请另存为 UTF-8 的 .json 文件");
        return Ok(refused(page(&site, problems, None).await?));
    };
    check(&site, file.name, content, Problems::default()).await
}

async fn check<S: PageSource>(
    site: &Desk<S>,
    name: String,
    content: String,
    problems: Problems,
) -> Result<Response, PageError> {
    let (app, viewer) = (site.app(), site.viewer());
    let again = !problems.is_empty();
    let foreseen = match calendars::foresee(app, &viewer, &name, content.clone().into_bytes()).await {
        Ok(Ok(foreseen)) => foreseen,
        Ok(Err(nothing)) => return page(site, problems, Some(nothing)).await,
        Err(AppError::Input(problem)) => {
            let mut problems = problems;
            problems.add("file", problem);
            return Ok(refused(page(site, problems, None).await?));
        }
        Err(other) => return Err(other.into()),
    };
    let moves = foreseen.moves.iter().map(|one| Move {
        number: one.number.clone(),
        kind: pages::kind_word(app, one.kind),
        id: one.id.to_string(),
        from: pages::day_of(app, one.from),
        to: pages::day_of(app, one.to),
        earlier: one.to < one.from,
    });
    let shown = html(&Check {
        chrome: site
            .chrome(Some(Nav::Calendar), format!("核对：{}", foreseen.what))
            .await,
        days: foreseen.days.iter().map(changed).collect(),
        moves: moves.collect(),
        sees_obligations: site.may(Act::SeeObligations),
        problems,
        foreseen,
        name,
        content,
    })?;
    Ok(if again { refused(shown) } else { shown })
}

fn changed(day: &calendars::ChangedDay) -> Changed {
    let name_of = |facts: &DayFacts| match &facts.kind {
        calendar::DayKind::Holiday { name }
        | calendar::DayKind::MakeUp { name }
        | calendar::DayKind::StatutoryEstimate { name } => name.clone(),
        calendar::DayKind::Workday | calendar::DayKind::Weekend => String::new(),
    };
    let name = Some(name_of(&day.after)).filter(|name| !name.is_empty());
    Changed {
        date: day.after.date,
        before: word(&day.before),
        after: word(&day.after),
        name: name.unwrap_or_else(|| name_of(&day.before)),
    }
}

fn word(facts: &DayFacts) -> &'static str {
    match facts.kind {
        calendar::DayKind::Workday => DayKind::Workday.word(),
        calendar::DayKind::Weekend => DayKind::Weekend.word(),
        calendar::DayKind::Holiday { .. } => "放假",
        calendar::DayKind::MakeUp { .. } => "调休上班",
        calendar::DayKind::StatutoryEstimate { .. } => "法定节假日（估计）",
    }
}

/// Takes in what was looked at.
pub async fn adopt<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    let (name, content) = (sent.get("name").to_owned(), sent.raw("content").to_owned());
    let bytes = content.clone().into_bytes();
    match calendars::import_for(site.app(), &site.viewer(), &name, bytes, sent.get("seen")).await {
        Ok(done) => site.done(&sent, MOVES, &said(&done)).await,
        Err(AppError::Input(problem) | AppError::Conflict(problem)) => {
            site.undone(&sent).await?;
            check(&site, name, content, Problems::whole(problem)).await
        }
        Err(other) => {
            site.undone(&sent).await?;
            Err(other.into())
        }
    }
}

/// What is true now and what comes next.
fn said(done: &Imported) -> String {
    if !done.new {
        return format!("{}。", done.what);
    }
    let warnings: Vec<String> = done
        .warnings
        .iter()
        .map(|warning| format!("请注意：{warning}。"))
        .collect();
    format!(
        "已采用{}。未办结期限中 {} 项改期，其中 {} 项提前；改期的已列出，责任人由提醒告知。{}",
        done.what,
        done.moved,
        done.earlier,
        warnings.concat()
    )
}

#[derive(Template)]
#[template(path = "pages/calendar_moves.html")]
struct Moves<'a> {
    chrome: Chrome<'a>,
    arrivals: Vec<ArrivalRow>,
    list: PageOf<MovedRow>,
    pager: m::Pager,
    at: Option<Moment>,
    sees_obligations: bool,
}

/// What moved, and when which notice came.
pub async fn moves<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["at", "page"])?;
    let at = params.text("at").map(|text| {
        let millis: Option<i64> = text.parse().ok().filter(|millis| (0..=1 << 43).contains(millis));
        let millis = millis.ok_or_else(|| PageError::bad_query("时间「at」", "页面给出的链接中的数字"));
        millis.map(Moment::from_millis)
    });
    let at = at.transpose()?;
    let (app, viewer) = (site.app(), site.viewer());
    let list = pages::moved(app, &viewer, at, params.page()?).await?;
    let key = at.map(|at| at.millis().to_string()).unwrap_or_default();
    html(&Moves {
        chrome: site.chrome(Some(Nav::Calendar), "改期记录").await,
        arrivals: pages::arrivals(app, &viewer).await?,
        pager: m::pager(&list, MOVES, &[("at", key.as_str())]),
        sees_obligations: site.may(Act::SeeObligations),
        list,
        at,
    })
}
