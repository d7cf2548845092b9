//! 设置: one channel beside mail. Each change is looked at first, beside what was, and made with a reason; earlier versions come
//! back the same way. Addresses, keys and headers are never shown again: what was typed goes through the browser sealed.

use super::form::{Field, FieldKind, Reader, typed};
use crate::app::ways::{self, Asked, Change, Line, Mistake, Plan, Unshown};
use crate::app::{App, AppError, uncancelled};
use crate::domain::channel::{Kind, MOST_PER_MINUTE, Outline, PER_MINUTE, State};
use crate::store::channels::Version;
use crate::web::address::encoded;
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

const NEW: &str = "/settings/ways/new";
/// What a page of a channel calls the form of a new one, which has no name yet.
const NO_NAME: &str = "";
/// Fields that a page may show again.
const SHOWN: [&str; 9] = [
    "form",
    "kind",
    "id",
    "looks",
    "body",
    "dir",
    "per_minute",
    "keep_secret",
    "keep_headers",
];

/// Where the page of a channel is.
pub(super) fn path_of(id: &str) -> String {
    format!("/settings/ways/channels/{}", encoded(id))
}

#[derive(Template)]
#[template(path = "pages/setting_way_new.html")]
struct NewPage<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    kind: Kind,
    others: Vec<Kind>,
    /// Whether there is no folder to choose.
    is_closed: bool,
    typed: String,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "pages/setting_way.html")]
struct WayPage<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    path: String,
    line: Line,
    state: String,
    told: String,
    /// What can be changed of it.
    kind: Option<Kind>,
    typed: String,
    fields: Vec<Field>,
    versions: Vec<OfVersion>,
    /// What the configuration says, where the oldest versions are shown.
    of_file: Option<String>,
    pager: m::Pager,
}

/// A version, and what may be said of it.
struct OfVersion {
    version: Version,
    said: String,
    may_return: bool,
}

#[derive(Template)]
#[template(path = "pages/setting_way_check.html")]
struct CheckPage<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    id: String,
    action: String,
    plan: Plan,
    is_retiring: bool,
    hidden: Vec<(&'static str, String)>,
    reason: String,
}

/// What is in force, in words.
pub(super) fn state_zh(line: &Line) -> String {
    match (&line.version, line.in_use) {
        (_, true) if line.is_of_file() => "在用，配置文件所写".to_owned(),
        (Some(version), true) if line.outline.is_none() => {
            format!("第 {} 版不能识读，消息搁置：恢复另一版，或者停用", version.number)
        }
        (Some(version), true) => match &line.barred {
            Some(why) => format!("第 {} 版，消息搁置：{why}", version.number),
            None => format!("在用，第 {} 版", version.number),
        },
        (Some(version), false) if version.state == State::OfFile => {
            "没有在用：第 0 版是配置文件所写，那里已经没有它".to_owned()
        }
        _ => "已停用".to_owned(),
    }
}

/// What the rules in force send through a channel.
pub(super) fn told_zh(app: &App, id: &str) -> String {
    let through = &app.policy.routing.channels;
    through.iter().find(|one| one.id == id).map_or_else(
        || "规则没有用到它".to_owned(),
        |own| {
            let words: Vec<&str> = own.severities.iter().map(|severity| severity.zh()).collect();
            words.join("、")
        },
    )
}

fn outline_zh(outline: &Outline) -> String {
    let pace = format!("每分钟最多 {} 条", outline.per_minute);
    let mut said = vec![outline.kind.zh().to_owned(), outline.place.clone(), pace];
    if outline.signed {
        said.push("有签名密钥".to_owned());
    }
    if !outline.headers.is_empty() {
        said.push(format!("另加请求头 {}", outline.headers.join("、")));
    }
    if outline.body.is_some() {
        said.push("自定的正文".to_owned());
    }
    if outline.markdown {
        said.push("markdown".to_owned());
    }
    said.join("，")
}

/// The fields of a kind; with what there is, they are those of a change.
fn fields(app: &App, kind: Kind, before: Option<&Outline>) -> Vec<Field> {
    let is_new = before.is_none();
    let kept = if is_new {
        ""
    } else {
        "；不显示现在的，空着即不变"
    };
    let mut fields = Vec::new();
    if is_new {
        fields.push(Field::line("id", "名称").hinted("规则用它指明这个通道，如 督查群；字母、汉字、数字、- 和 _"));
    }
    let may_stay = |field: Field| if is_new { field } else { field.optional() };
    if let Some(token) = kind.token() {
        let hint = format!("从群机器人的设置里完整地复制，含 {token}={kept}");
        fields.push(may_stay(Field::address("url", "机器人的网址")).hinted(hint));
    }
    if kind == Kind::Webhook {
        fields.push(may_stay(Field::address("url", "网址")).hinted(format!("完整的网址{kept}")));
    }
    if kind.signs() {
        let (label, hint) = match kind {
            Kind::DingTalk => ("加签密钥", "机器人的安全设置选了「加签」的才填"),
            _ => ("签名密钥", "与对方约定，用来核对消息出自这里"),
        };
        fields.push(
            Field::secret("secret", label)
                .optional()
                .hinted(format!("{hint}{kept}")),
        );
        if before.is_some_and(|before| before.signed) {
            let all = [("", "不变，或换成上面填的"), ("drop", "去掉，不再签名")];
            fields.push(Field::choice("keep_secret", "现在的密钥", all).optional());
        }
    }
    match kind {
        Kind::Webhook => {
            let hint = format!("每行一个，名称: 值{kept}");
            fields.push(Field::lines("headers", "另加的请求头").optional().hinted(hint));
            if before.is_some_and(|before| !before.headers.is_empty()) {
                let all = [("", "不变，或换成上面填的"), ("drop", "去掉")];
                fields.push(Field::choice("keep_headers", "现在的请求头", all).optional());
            }
            let body = before.and_then(|before| before.body.clone()).unwrap_or_default();
            let hint = "JSON，可用 {id} {title} {text} {kind} {number} {day} {link}；空着用程序通常的。在页面上看得到，不写密钥";
            fields.push(Field::lines("body", "正文").optional().hinted(hint).valued(body));
        }
        Kind::WeCom | Kind::DingTalk => {
            let all = [("text", "文字"), ("markdown", "分行加链接（markdown）")];
            let looks = if before.is_some_and(|before| before.markdown) {
                "markdown"
            } else {
                "text"
            };
            fields.push(Field::choice("looks", "样式", all).valued(looks));
        }
        Kind::File => {
            let dirs = app.outward.dirs.iter().map(|dir| dir.display().to_string());
            let mut dirs: Vec<(String, String)> = dirs.map(|dir| (dir.clone(), dir)).collect();
            let now = before.map(|before| before.place.clone());
            // Another is not to be put in its place unasked.
            if let Some(now) = now.iter().find(|now| !dirs.iter().any(|(dir, _)| dir == *now)) {
                dirs.insert(0, (now.clone(), format!("{now}（配置文件不再允许）")));
            }
            let now = now.or_else(|| dirs.first().map(|(dir, _)| dir.clone()));
            fields.push(Field::choice("dir", "写到哪个目录", dirs).valued(now.unwrap_or_default()));
        }
    }
    let per_minute = before.map_or(PER_MINUTE, |before| before.per_minute).to_string();
    let usual = match kind.token() {
        Some(_) => format!("；机器人一般最多 {PER_MINUTE}"),
        None => String::new(),
    };
    let hint = format!("1 到 {MOST_PER_MINUTE}{usual}");
    fields.push(
        Field::line("per_minute", "每分钟最多几条")
            .hinted(hint)
            .valued(per_minute),
    );
    fields
}

/// What was typed now, and before that into the same form, of what a page does not show again.
fn unshown(app: &App, sent: &Sent, actor: &str, form: &str) -> Unshown {
    let before = Unshown::carried(app, actor, form, sent.get("typed"));
    let typed = |name: &str, before: String| sent.some(name).unwrap_or(before);
    Unshown {
        url: typed("url", before.url),
        secret: typed("secret", before.secret),
        headers: typed("headers", before.headers),
    }
}

fn asked(sent: &Sent, kind: Kind, unshown: Unshown) -> Box<Asked> {
    Box::new(Asked {
        kind,
        unshown,
        drop_secret: sent.get("keep_secret") == "drop",
        drop_headers: sent.get("keep_headers") == "drop",
        markdown: sent.get("looks") == "markdown",
        body: sent.get("body").to_owned(),
        dir: sent.get("dir").to_owned(),
        per_minute: sent.get("per_minute").to_owned(),
    })
}

/// Says in the hints that what was typed is still there.
fn still_there(fields: &mut [Field], unshown: &Unshown) {
    for field in fields {
        let there = match field.name {
            "url" => !unshown.url.is_empty(),
            "secret" => !unshown.secret.is_empty(),
            "headers" => !unshown.headers.is_empty(),
            _ => false,
        };
        if there {
            field.required = false;
            "刚才填的还在，不再显示；空着即用它".clone_into(&mut field.hint);
        }
    }
}

/// Puts what was sent into the fields that show it.
fn retyped(fields: &mut [Field], sent: &Sent) {
    typed(fields, sent);
    for field in fields
        .iter_mut()
        .filter(|field| ["url", "secret", "headers"].contains(&field.name))
    {
        field.value.clear();
    }
}

fn problems(mistakes: Vec<Mistake>) -> Problems {
    let mut problems = Problems::default();
    for mistake in mistakes {
        problems.add(mistake.field, mistake.problem);
    }
    problems
}

/// What comes of a form.
enum Outcome {
    Done(i64),
    Check(Box<Plan>, Problems),
    Again(Problems),
}

/// Looks at a change, or makes it when it was looked at.
async fn changed<S: PageSource>(site: &Desk<S>, sent: &Sent, id: &str, change: Change) -> Result<Outcome, PageError> {
    if sent.ticked("back") {
        return Ok(Outcome::Again(Problems::default()));
    }
    let plan = match ways::plan(site.app(), id, &change).await? {
        Ok(plan) => plan,
        Err(mistakes) => return Ok(Outcome::Again(problems(mistakes))),
    };
    if !sent.ticked("sure") {
        return Ok(Outcome::Check(Box::new(plan), Problems::default()));
    }
    let (app, actor, id) = (site.app().clone(), site.viewer().actor(), id.to_owned());
    let (reason, base) = (sent.get("reason").to_owned(), sent.get("base").parse().unwrap_or(-1));
    let made = uncancelled(async move { ways::apply(&app, &id, &change, base, (&reason, &actor)).await }).await;
    match made {
        Ok(Ok(number)) => Ok(Outcome::Done(number)),
        Ok(Err(mistakes)) if mistakes.iter().all(|mistake| mistake.field == "reason") => {
            Ok(Outcome::Check(Box::new(plan), problems(mistakes)))
        }
        Ok(Err(mistakes)) => Ok(Outcome::Again(problems(mistakes))),
        // What is shown now is beside what stands now.
        Err(AppError::Conflict(problem)) => Ok(Outcome::Check(Box::new(plan), Problems::whole(problem))),
        Err(other) => Err(other.into()),
    }
}

/// Ends a form that is done or to be looked at; gives what is wrong where its own page is to be shown again.
async fn answered<S: PageSource>(
    site: &Desk<S>,
    sent: &Sent,
    outcome: Result<Outcome, PageError>,
    (id, form, action): (&str, &str, String),
) -> Result<Result<Response, Problems>, PageError> {
    match outcome {
        Ok(Outcome::Done(number)) => {
            let said = format!("通道「{id}」第 {number} 版已采用：本服务器即时启用，其他服务器一分钟内启用。");
            Ok(Ok(site.done(sent, &path_of(id), &said).await?))
        }
        Ok(Outcome::Check(plan, problems)) => {
            site.undone(sent).await?;
            let actor = site.viewer().actor();
            let mut hidden: Vec<(&'static str, String)> = SHOWN
                .map(|name| (name, sent.get(name).to_owned()))
                .into_iter()
                .collect();
            hidden.push(("number", sent.get("number").to_owned()));
            hidden.retain(|(_, value)| !value.is_empty());
            hidden.push(("base", plan.base.to_string()));
            let unshown = unshown(site.app(), sent, &actor, form);
            hidden.push(("typed", unshown.sealed(site.app(), &actor, form)));
            let wrong = !problems.is_empty();
            let page = html(&CheckPage {
                chrome: site.chrome(Some(Nav::Settings), format!("预览：通道 {id}")).await,
                problems,
                id: id.to_owned(),
                action,
                is_retiring: sent.get("form") == "retire",
                plan: *plan,
                hidden,
                reason: sent.get("reason").to_owned(),
            })?;
            Ok(Ok(if wrong { refused(page) } else { page }))
        }
        Ok(Outcome::Again(problems)) => {
            site.undone(sent).await?;
            Ok(Err(problems))
        }
        Err(error) => {
            site.undone(sent).await?;
            Err(error)
        }
    }
}

fn kind_of(text: &str) -> Result<Kind, PageError> {
    Kind::from_word(text).ok_or(PageError::NotFound {
        what: "通道的种类"
    })
}

pub async fn new<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["kind"])?;
    let kind = params.text("kind").map_or(Ok(Kind::WeCom), kind_of)?;
    let fields = fields(site.app(), kind, None);
    new_page(&site, kind, (fields, String::new()), Problems::default()).await
}

async fn new_page<S: PageSource>(
    site: &Desk<S>,
    kind: Kind,
    (fields, typed): (Vec<Field>, String),
    problems: Problems,
) -> Result<Response, PageError> {
    html(&NewPage {
        chrome: site
            .chrome(Some(Nav::Settings), format!("新增通道：{}", kind.zh()))
            .await,
        problems,
        kind,
        others: Kind::ALL.into_iter().filter(|one| *one != kind).collect(),
        is_closed: kind == Kind::File && site.app().outward.dirs.is_empty(),
        typed,
        fields,
    })
}

pub async fn add<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    let (actor, id) = (site.viewer().actor(), sent.get("id").to_owned());
    let kind = match kind_of(sent.get("kind")) {
        Ok(kind) => kind,
        Err(error) => {
            site.undone(&sent).await?;
            return Err(error);
        }
    };
    let unshown = unshown(site.app(), &sent, &actor, NO_NAME);
    let mut reader = Reader::new(&sent);
    reader.text("id", "名称");
    let outcome = if reader.problems.is_empty() || sent.ticked("back") {
        changed(&site, &sent, &id, Change::Add(asked(&sent, kind, unshown.clone()))).await
    } else {
        Ok(Outcome::Again(reader.problems))
    };
    match answered(&site, &sent, outcome, (&id, NO_NAME, NEW.to_owned())).await? {
        Ok(response) => Ok(response),
        Err(problems) => {
            let mut fields = fields(site.app(), kind, None);
            retyped(&mut fields, &sent);
            still_there(&mut fields, &unshown);
            let typed = unshown.sealed(site.app(), &actor, NO_NAME);
            let wrong = !problems.is_empty();
            let page = new_page(&site, kind, (fields, typed), problems).await?;
            Ok(if wrong { refused(page) } else { page })
        }
    }
}

async fn found<S: PageSource>(site: &Desk<S>, id: &str) -> Result<Line, PageError> {
    let line = ways::one(site.app(), id).await?;
    line.ok_or(PageError::NotFound { what: "通道" })
}

pub async fn show<S: PageSource>(site: Desk<S>, id: Segment, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["page"])?;
    let line = found(&site, &id.0).await?;
    page(&site, line, params.page()?, None, Problems::default()).await
}

async fn page<S: PageSource>(
    site: &Desk<S>,
    line: Line,
    number: u32,
    sent: Option<(&Sent, Unshown)>,
    problems: Problems,
) -> Result<Response, PageError> {
    let (app, path) = (site.app(), path_of(&line.id));
    let kind = line
        .outline
        .as_ref()
        .map(|outline| outline.kind)
        .filter(|_| line.in_use);
    let mut fields = kind.map_or_else(Vec::new, |kind| fields(app, kind, line.outline.as_ref()));
    let mut typed = String::new();
    if let Some((sent, unshown)) = sent {
        retyped(&mut fields, sent);
        still_there(&mut fields, &unshown);
        typed = unshown.sealed(app, &site.viewer().actor(), &line.id);
    }
    let list = ways::history(app, &line.id, number).await?;
    let ends = u64::from(list.page) * u64::from(list.per_page) >= list.total;
    let of_file = ways::of_file(app, &line.id).filter(|_| ends).map(outline_zh);
    let pager = m::pager(&list, &path, &[]);
    let versions = list.rows.into_iter().map(|version| {
        let outline = ways::outline_of(app, &version);
        let said = match (version.state, &outline) {
            (State::Retired, _) => "停用".to_owned(),
            (State::OfFile, _) => "恢复为配置文件所写".to_owned(),
            (State::InUse, Some(outline)) => outline_zh(outline),
            (State::InUse, None) => "不能识读".to_owned(),
        };
        OfVersion {
            may_return: outline.is_some() && version.number != line.number(),
            version,
            said,
        }
    });
    html(&WayPage {
        problems,
        state: state_zh(&line),
        told: told_zh(app, &line.id),
        kind,
        typed,
        fields,
        versions: versions.collect(),
        of_file,
        pager,
        path,
        chrome: site.chrome(Some(Nav::Settings), format!("通道：{}", line.id)).await,
        line,
    })
}

pub async fn save<S: PageSource>(site: Desk<S>, id: Segment, sent: Sent) -> Result<Response, PageError> {
    let outcome = saving(&site, &sent, &id.0).await;
    let path = path_of(&id.0);
    match answered(&site, &sent, outcome, (&id.0, &id.0, path)).await? {
        Ok(response) => Ok(response),
        Err(problems) => {
            let line = found(&site, &id.0).await?;
            let typed = unshown(site.app(), &sent, &site.viewer().actor(), &id.0);
            let again = (sent.get("form") == "set").then_some((&sent, typed));
            let wrong = !problems.is_empty();
            let page = page(&site, line, 1, again, problems).await?;
            Ok(if wrong { refused(page) } else { page })
        }
    }
}

async fn saving<S: PageSource>(site: &Desk<S>, sent: &Sent, id: &str) -> Result<Outcome, PageError> {
    found(site, id).await?;
    let change = match sent.get("form") {
        "retire" => Change::Retire,
        "restore" => Change::Restore(sent.get("number").parse().unwrap_or(-1)),
        _ => {
            let kind = kind_of(sent.get("kind"))?;
            let typed = unshown(site.app(), sent, &site.viewer().actor(), id);
            Change::Set(asked(sent, kind, typed))
        }
    };
    changed(site, sent, id, change).await
}
