//! 告警: what was decided about reminders, what waits for somebody to take note, what is silent, what the weeks to come bring.

use super::{Choice, choices};
use crate::app::AppError;
use crate::app::pages::{self, Preview};
use crate::app::routing::{self, NewSilence, Noted};
use crate::app::view::{
    AlertFilter, AlertRow, AlertShow, ForeseenRow, Light, ObligationRow, PageOf, PreviewShow, SilenceRow,
};
use crate::domain::account::Act;
use crate::domain::alert::Target;
use crate::domain::ids::ObligationId;
use crate::domain::obligation::Kind;
use crate::domain::time::Moment;
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::{Params, Segment, day_of};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;
use chrono::NaiveTime;

const LIST: &str = "/alerts";
const WAITING: &str = "/alerts/waiting";
const SILENCES: &str = "/alerts/silences";
const PREVIEW: &str = "/mails/preview";

#[derive(Template)]
#[template(path = "pages/alerts.html")]
struct Alerts<'a> {
    chrome: Chrome<'a>,
    list: PageOf<AlertRow>,
    filter: AlertFilter,
    choices: Vec<Choice>,
    pager: m::Pager,
    empty: String,
}

pub async fn list<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["show", "number", "reader", "page"])?;
    let filter = AlertFilter {
        show: params.choice("show", AlertShow::ALL, AlertShow::All, AlertShow::key)?,
        number: params.text("number").map(str::to_owned),
        reader: params.text("reader").map(str::to_owned),
        page: params.page()?,
    };
    let list = pages::alert_list(site.app(), &site.viewer(), &filter).await?;
    let others = [
        ("number", filter.number.as_deref().unwrap_or_default()),
        ("reader", filter.reader.as_deref().unwrap_or_default()),
    ];
    let mut kept = vec![("show", filter.show.key())];
    kept.extend(others);
    html(&Alerts {
        choices: choices(
            LIST,
            "show",
            AlertShow::ALL,
            filter.show,
            |one| (one.key(), one.word()),
            &others,
        ),
        pager: m::pager(&list, LIST, &kept),
        empty: if list.total > 0 {
            format!("第 {} 页没有内容：一共 {} 条。", filter.page, list.total)
        } else {
            "没有这样的决定：还没有到提醒时点的事项，或者放宽筛选条件。".to_owned()
        },
        chrome: site
            .chrome(Some(Nav::Mails), format!("告警：{}", filter.show.word()))
            .await,
        list,
        filter,
    })
}

#[derive(Template)]
#[template(path = "pages/alerts_waiting.html")]
struct Waiting<'a> {
    chrome: Chrome<'a>,
    list: PageOf<ObligationRow>,
    pager: m::Pager,
    may_handle: bool,
}

pub async fn waiting<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let page = params.only(&["page"])?.page()?;
    let list = pages::unanswered(site.app(), &site.viewer(), page).await?;
    html(&Waiting {
        chrome: site.chrome(Some(Nav::Mails), "等待确认").await,
        pager: m::pager(&list, WAITING, &[]),
        may_handle: site.may(Act::HandleAlerts),
        list,
    })
}

#[derive(Template)]
#[template(path = "pages/acknowledge.html")]
struct Acknowledge<'a> {
    chrome: Chrome<'a>,
    row: ObligationRow,
    problems: Problems,
    note: String,
}

async fn noting<S: PageSource>(
    site: &Desk<S>,
    row: ObligationRow,
    problems: Problems,
    note: &str,
) -> Result<Response, PageError> {
    html(&Acknowledge {
        chrome: site
            .chrome(Some(Nav::Mails), format!("确认收悉：{} {}", row.number, row.kind))
            .await,
        row,
        problems,
        note: note.to_owned(),
    })
}

async fn open_of<S: PageSource>(site: &Desk<S>, segment: Segment) -> Result<(ObligationRow, &'static str), PageError> {
    let id = ObligationId::stored(segment.id("期限事项")?);
    let found = pages::open_of(site.app(), &site.viewer(), &id).await?;
    found.ok_or(PageError::NotFound {
        what: "未办结的期限事项",
    })
}

/// What somebody is about to take note of.
pub async fn acknowledging<S: PageSource>(
    site: Desk<S>,
    segment: Segment,
    params: Params,
) -> Result<Response, PageError> {
    params.only(&[])?;
    let (row, _) = open_of(&site, segment).await?;
    noting(&site, row, Problems::default(), "").await
}

/// Somebody takes note.
pub async fn acknowledge<S: PageSource>(site: Desk<S>, segment: Segment, sent: Sent) -> Result<Response, PageError> {
    let (row, kind) = match open_of(&site, segment).await {
        Ok(found) => found,
        Err(error) => {
            site.undone(&sent).await?;
            return Err(error);
        }
    };
    let viewer = site.viewer();
    let noted = Noted {
        number: &row.number,
        kind: Some(kind),
        by: &viewer.name,
        note: sent.get("note"),
    };
    match routing::acknowledge(site.app(), &noted, &viewer.actor()).await {
        Ok(0) => {
            let said = format!("{} {}：此前已有人确认，没有改变", row.number, row.kind);
            site.done(&sent, WAITING, &said).await
        }
        Ok(_) => {
            let said = format!(
                "{} {}：已确认收悉，不再重复提醒、不再逐级上报；事项仍须办结",
                row.number, row.kind
            );
            site.done(&sent, WAITING, &said).await
        }
        Err(AppError::Input(problem) | AppError::Conflict(problem)) => {
            site.undone(&sent).await?;
            let mut problems = Problems::default();
            problems.add("note", problem);
            Ok(refused(noting(&site, row, problems, sent.get("note")).await?))
        }
        Err(other) => {
            site.undone(&sent).await?;
            Err(other.into())
        }
    }
}

#[derive(Template)]
#[template(path = "pages/silences.html")]
struct Silences<'a> {
    chrome: Chrome<'a>,
    rows: Vec<SilenceRow>,
    problems: Problems,
    /// Word and name of each kind.
    kinds: Vec<(&'static str, String)>,
    longest: u32,
    may_handle: bool,
    whole: bool,
    typed: TypedSilence,
}

/// What was typed for a silence.
#[derive(Default)]
struct TypedSilence {
    target: String,
    value: String,
    kind: String,
    until: String,
    reason: String,
}

pub async fn silences<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    silence_page(&site, Problems::default(), TypedSilence::default()).await
}

async fn silence_page<S: PageSource>(
    site: &Desk<S>,
    problems: Problems,
    typed: TypedSilence,
) -> Result<Response, PageError> {
    let (app, viewer) = (site.app(), site.viewer());
    let mut kinds: Vec<(&'static str, String)> = Vec::new();
    for limit in app.policy.limits() {
        if kinds.iter().all(|(word, _)| *word != limit.kind.as_str()) {
            kinds.push((limit.kind.as_str(), limit.name.clone()));
        }
    }
    html(&Silences {
        chrome: site.chrome(Some(Nav::Mails), "静默").await,
        rows: pages::silence_list(app, &viewer).await?,
        problems,
        kinds,
        longest: app.policy.routing.longest_silence,
        may_handle: site.may(Act::HandleAlerts),
        whole: viewer.scope.unit().is_none(),
        typed,
    })
}

/// What is to be silent until when, or what is wrong with it.
fn read(sent: &Sent) -> Result<(Target, Moment), Problems> {
    let mut problems = Problems::default();
    let value = sent.get("value");
    let target = match sent.get("target") {
        "kind" => Kind::from_text(sent.get("kind")).map(Target::Kind),
        _ if value.is_empty() => None,
        "number" => Some(Target::Number(value.to_owned())),
        "unit" => Some(Target::Unit(value.to_owned())),
        "recipient" => Some(Target::Recipient(value.to_owned())),
        _ => None,
    };
    if target.is_none() {
        problems.add("value", "选择静默什么，并填写编号、单位、邮箱或选择事项种类");
    }
    // The end of a day is the beginning of the next.
    let until = day_of(sent.get("until"))
        .and_then(|day| day.succ_opt())
        .map(|next| Moment::at(next, NaiveTime::MIN));
    if until.is_none() {
        problems.add(
            "until",
            match sent.get("until") {
                "" => "填写静默到哪一天（含）".to_owned(),
                text => format!("没有 {text} 这一天：写成 年-月-日，如 2026-11-23"),
            },
        );
    }
    if sent.get("reason").is_empty() {
        problems.add("reason", "填写静默的理由");
    }
    match (target, until) {
        (Some(target), Some(until)) if problems.is_empty() => Ok((target, until)),
        _ => Err(problems),
    }
}

/// Silences something.
pub async fn silence<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    let ended = silenced(&site, &sent).await;
    let problems = match ended {
        Ok(Ok(said)) => return site.done(&sent, SILENCES, &said).await,
        Ok(Err(problems)) => problems,
        Err(error) => {
            site.undone(&sent).await?;
            return Err(error);
        }
    };
    site.undone(&sent).await?;
    let own = |name: &str| sent.get(name).to_owned();
    let typed = TypedSilence {
        target: own("target"),
        value: own("value"),
        kind: own("kind"),
        until: own("until"),
        reason: own("reason"),
    };
    Ok(refused(silence_page(&site, problems, typed).await?))
}

async fn silenced<S: PageSource>(site: &Desk<S>, sent: &Sent) -> Result<Result<String, Problems>, PageError> {
    let (target, until) = match read(sent) {
        Ok(read) => read,
        Err(problems) => return Ok(Err(problems)),
    };
    let viewer = site.viewer();
    if !pages::may_silence(site.app(), &viewer, &target).await? {
        let mut problems = Problems::default();
        problems.add(
            "value",
            "只能静默本单位及其下级的事项；按种类、收件人的静默由能看到全部单位的账号办理",
        );
        return Ok(Err(problems));
    }
    let new = NewSilence {
        target,
        reason: sent.get("reason").to_owned(),
        by: viewer.name.clone(),
        until,
    };
    match routing::silence(site.app(), new, &viewer.actor()).await {
        Ok(silence) => Ok(Ok(format!(
            "已静默：{}，到 {} 为止；到时补发最近一次提醒",
            silence.target.zh(),
            silence.until.local().format("%Y-%m-%d %H:%M")
        ))),
        Err(AppError::Input(problem) | AppError::Conflict(problem)) => Ok(Err(Problems::whole(problem))),
        Err(other) => Err(other.into()),
    }
}

/// Ends a silence early.
pub async fn lift<S: PageSource>(site: Desk<S>, segment: Segment, sent: Sent) -> Result<Response, PageError> {
    match lifted(&site, segment).await {
        Ok(said) => site.done(&sent, SILENCES, &said).await,
        Err(error) => {
            site.undone(&sent).await?;
            Err(error)
        }
    }
}

async fn lifted<S: PageSource>(site: &Desk<S>, segment: Segment) -> Result<String, PageError> {
    let id = segment.id("静默")?;
    let viewer = site.viewer();
    let rows = pages::silence_list(site.app(), &viewer).await?;
    if !rows.iter().any(|row| row.id == id && row.is_own) {
        return Err(PageError::NotFound {
            what: "生效中的静默"
        });
    }
    let silence = routing::lift(site.app(), &id, &viewer.name, &viewer.actor()).await?;
    Ok(format!(
        "已解除静默：{}，此间没有发出的提醒随即补发",
        silence.target.zh()
    ))
}

#[derive(Template)]
#[template(path = "pages/preview.html")]
struct Foreseen<'a> {
    chrome: Chrome<'a>,
    shown: Option<PageOf<ForeseenRow>>,
    too_much: u64,
    show: PreviewShow,
    choices: Vec<Choice>,
    pager: Option<m::Pager>,
    page: u32,
}

/// The next four weeks; nothing is sent.
pub async fn preview<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["show", "page"])?;
    let show = params.choice("show", PreviewShow::ALL, PreviewShow::Sent, PreviewShow::key)?;
    let page = params.page()?;
    let (shown, too_much) = match pages::preview(site.app(), &site.viewer(), show, page).await? {
        Preview::Page(list) => (Some(list), 0),
        Preview::TooMuch(count) => (None, count),
    };
    html(&Foreseen {
        chrome: site
            .chrome(Some(Nav::Mails), format!("未来四周：{}", show.word()))
            .await,
        choices: choices(
            PREVIEW,
            "show",
            PreviewShow::ALL,
            show,
            |one| (one.key(), one.word()),
            &[],
        ),
        pager: shown
            .as_ref()
            .filter(|list| list.total > 0)
            .map(|list| m::pager(list, PREVIEW, &[("show", show.key())])),
        shown,
        too_much,
        show,
        page,
    })
}
