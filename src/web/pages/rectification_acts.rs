//! What people do about a 整改事项: each form goes through the use case that the command of the same name goes through.

use super::rectification::{NOT_FOUND, Typed, allows, id, page};
use crate::app::AppError;
use crate::app::pages;
use crate::app::rectifications::{self as ledger, Attachment, By, Done, ItemRef, Listing, Wanted, Way};
use crate::domain::account::Act as Power;
use crate::domain::ids::RectificationId;
use crate::domain::paper::PaperKind;
use crate::domain::rectification::{Act, Dealt, SelfRating};
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::params::{Segment, day_of};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;
use chrono::NaiveDate;

/// One field of a form.
struct Field {
    name: &'static str,
    label: &'static str,
    /// Its id on the page.
    id: &'static str,
}

macro_rules! fields {
    ($way:literal: $($name:literal $label:literal),*) => {
        &[$(Field { name: $name, label: $label, id: concat!($way, "-", $name) }),*]
    };
}

/// The fields of each form, beside its version.
const fn fields(way: Way) -> &'static [Field] {
    match way {
        Way::Issue => fields!("issue": "on" "交办日期"),
        Way::Receive => fields!("receive": "on" "签收日期"),
        Way::Report => {
            fields!("report": "text" "进展情况", "percent" "完成比例", "rating" "自评状态", "stage" "同时完成的阶段", "on" "报告日期")
        }
        Way::Attach => fields!("attach": "file" "文件"),
        Way::Confirm => fields!("confirm": "text" "确认的情况", "on" "确认日期"),
        Way::Extend => fields!("extend": "to" "新的时限", "reason" "理由"),
        Way::DecideExtension => fields!("decide-extension": "verdict" "决定", "reason" "理由"),
        Way::Close => &[],
        Way::Check => fields!("check": "verdict" "验收结果", "opinion" "意见", "redo_by" "重新限定的日期"),
        Way::Relapse => fields!("relapse": "reason" "反弹的情况", "due" "重新整改的时限"),
        Way::Visit => fields!("visit": "result" "回访的情况", "on" "回访日期"),
        Way::Raise => fields!("raise": "level" "升到", "reason" "理由"),
        Way::Lower => fields!("lower": "level" "降到", "reason" "理由"),
        Way::Paper => fields!("paper": "kind" "文种", "code" "机关代字", "to" "受移交机关"),
        Way::Deal => {
            fields!("deal": "person" "被处理人", "measure" "措施", "organ" "决定机关", "doc_no" "文号", "decided" "决定日期", "reason" "事由")
        }
    }
}

const HAND_OVER: &[Field] = fields!("hand-over": "from" "移交人", "to" "接收人", "reason" "理由");

/// Ways that cannot be taken back: they are shown once more before they are taken.
const fn is_final(way: Way) -> bool {
    matches!(way, Way::Check | Way::Paper | Way::Deal)
}

/// What a form says, or what is wrong with it.
struct Form<'a> {
    sent: &'a Sent,
    fields: &'static [Field],
    problems: Problems,
}

impl<'a> Form<'a> {
    fn new(sent: &'a Sent, fields: &'static [Field]) -> Self {
        Self {
            sent,
            fields,
            problems: Problems::default(),
        }
    }

    fn wrong(&mut self, name: &str, text: impl Into<String>) {
        let field = self.fields.iter().find(|field| field.name == name);
        self.problems.add(field.map_or("", |field| field.id), text);
    }

    fn label(&self, name: &str) -> &'static str {
        let field = self.fields.iter().find(|field| field.name == name);
        field.map_or("", |field| field.label)
    }

    /// A text that must be there.
    fn text(&mut self, name: &str) -> String {
        let text = self.sent.get(name);
        if text.is_empty() {
            let label = self.label(name);
            self.wrong(name, format!("填写{label}"));
        }
        text.to_owned()
    }

    /// A day that may be missing.
    fn maybe_day(&mut self, name: &str) -> Option<NaiveDate> {
        let text = self.sent.get(name);
        let day = day_of(text);
        if day.is_none() && !text.is_empty() {
            let label = self.label(name);
            self.wrong(name, format!("{label}写成 年-月-日，如 2026-11-23"));
        }
        day
    }

    /// A day that must be there.
    fn day(&mut self, name: &str) -> NaiveDate {
        if self.sent.get(name).is_empty() {
            let label = self.label(name);
            self.wrong(name, format!("填写{label}"));
        }
        self.maybe_day(name).unwrap_or_default()
    }

    /// One of two answers: whether it is the first.
    fn verdict(&mut self, yes: &str, no: &str) -> bool {
        let text = self.sent.get("verdict");
        if text != yes && text != no {
            let label = self.label("verdict");
            self.wrong("verdict", format!("选择{label}"));
        }
        text == yes
    }

    fn ended<T>(self, thing: T) -> Result<T, Problems> {
        if self.problems.is_empty() {
            Ok(thing)
        } else {
            Err(self.problems)
        }
    }
}

/// The act that a form stands for.
fn act_of<S: PageSource>(site: &Desk<S>, way: Way, sent: &Sent) -> Result<Act, Problems> {
    let mut form = Form::new(sent, fields(way));
    let ladder = &site.app().policy.ladder;
    let act = match way {
        Way::Issue => Act::Issued,
        Way::Receive => Act::Received,
        Way::Close => Act::ClosingAsked,
        Way::Confirm => Act::Confirmed {
            text: form.text("text"),
        },
        Way::Visit => Act::Visited {
            result: form.text("result"),
        },
        Way::Report => {
            let percent = sent
                .some("percent")
                .map(|text| text.trim_end_matches('%').parse::<u8>());
            if percent.as_ref().is_some_and(Result::is_err) {
                form.wrong("percent", "完成比例写 0 至 100 的整数");
            }
            let rating = sent.some("rating").map(|text| SelfRating::read(&text));
            if rating == Some(None) {
                form.wrong("rating", "自评状态从列出的中选择");
            }
            Act::Reported {
                percent: percent.and_then(Result::ok),
                rating: rating.flatten(),
                text: form.text("text"),
                stage: sent.some("stage"),
            }
        }
        Way::Extend => Act::ExtensionAsked {
            to: form.day("to"),
            reason: sent.get("reason").to_owned(),
        },
        Way::DecideExtension => {
            if form.verdict("grant", "refuse") {
                Act::ExtensionGranted {
                    remark: sent.some("reason"),
                    due: None,
                }
            } else {
                Act::ExtensionRefused {
                    reason: form.text("reason"),
                    due: None,
                }
            }
        }
        Way::Check => {
            if form.verdict("accept", "return") {
                Act::Accepted {
                    opinion: sent.some("opinion"),
                    by_ledger: false,
                }
            } else {
                Act::Returned {
                    reason: form.text("opinion"),
                    redo_by: form.maybe_day("redo_by"),
                }
            }
        }
        Way::Relapse => Act::Relapsed {
            reason: form.text("reason"),
            due_on: form.day("due"),
        },
        Way::Raise => {
            let reason = form.text("reason");
            let Some(level) = ladder.find(sent.get("level")) else {
                form.wrong("level", "从处置阶梯中选择级别");
                return Err(form.problems);
            };
            Act::Raised {
                level: level.id,
                reason,
                deduction: level.deduction,
            }
        }
        Way::Lower => {
            let level = sent.some("level").map(|text| ladder.find(&text).map(|level| level.id));
            if level == Some(None) {
                form.wrong("level", "从处置阶梯中选择级别");
            }
            Act::Lowered {
                level: level.flatten(),
                reason: form.text("reason"),
            }
        }
        Way::Deal => Act::Dealt(Dealt {
            person: form.text("person"),
            measure: form.text("measure"),
            organ: form.text("organ"),
            doc_no: form.text("doc_no"),
            on: form.day("decided"),
            reason: form.text("reason"),
        }),
        // These carry more than an act and are read by themselves.
        Way::Attach | Way::Paper => return Err(Problems::whole("这一项由另外的表单办理")),
    };
    form.ended(act)
}

/// What came of a form.
enum Outcome {
    /// It is done; what is now true.
    Done(String),
    /// It is not; what is wrong.
    Refused(Problems),
    /// It is shown once more before it is taken.
    Check(Vec<String>),
}

/// What was refused is said on the page; whatever else fails is no matter of the form.
fn outcome<T>(ended: Result<T, AppError>, said: impl FnOnce(T) -> String) -> Result<Outcome, PageError> {
    match ended {
        Ok(done) => Ok(Outcome::Done(said(done))),
        Err(AppError::Input(problem) | AppError::Conflict(problem)) => {
            // The command's own words for its options mean nothing here.
            let problem = problem
                .replace("（--by）", "")
                .replace("（--code）", "")
                .replace("（--to）", "");
            Ok(Outcome::Refused(Problems::whole(problem)))
        }
        Err(other) => Err(other.into()),
    }
}

#[derive(Template)]
#[template(path = "pages/rectification_check.html")]
struct Check<'a> {
    chrome: Chrome<'a>,
    /// Where the form goes, and back.
    item: String,
    key: &'static str,
    what: &'static str,
    /// Label, name and value of each field.
    lines: Vec<(&'static str, &'static str, String)>,
    version: String,
    remarks: Vec<String>,
}

impl Check<'_> {
    /// A value as people read it: answers to a choice stand in their own words.
    fn shown(value: &str) -> String {
        match value {
            "accept" => "合格，销号".to_owned(),
            "return" => "退回".to_owned(),
            other => PaperKind::of_ladder(other).map_or_else(|| other.to_owned(), |kind| kind.zh().to_owned()),
        }
    }
}

async fn ended<S: PageSource>(
    site: &Desk<S>,
    sent: &Sent,
    id: &RectificationId,
    (key, what): (&'static str, &'static str),
    fields: &'static [Field],
    outcome: Result<Outcome, PageError>,
) -> Result<Response, PageError> {
    let path = format!("{}/{id}", Nav::Rectifications.path());
    match outcome {
        Ok(Outcome::Done(said)) => site.done(sent, &path, &said).await,
        Ok(Outcome::Refused(problems)) => {
            site.undone(sent).await?;
            let typed = Typed::of(key, fields.iter().map(|field| field.name), sent);
            Ok(refused(page(site, id, problems, typed).await?))
        }
        Ok(Outcome::Check(remarks)) => {
            site.undone(sent).await?;
            html(&Check {
                chrome: site.chrome(Some(Nav::Rectifications), format!("核对：{what}")).await,
                item: path,
                key,
                what,
                lines: fields
                    .iter()
                    .map(|field| (field.label, field.name, sent.get(field.name).to_owned()))
                    .collect(),
                version: sent.get("version").to_owned(),
                remarks,
            })
        }
        Err(error) => {
            site.undone(sent).await?;
            Err(error)
        }
    }
}

/// The item a form is about, as it was looked at, if whoever sends it sees it and may.
async fn target<S: PageSource>(
    site: &Desk<S>,
    id: &RectificationId,
    sent: &Sent,
    way: Way,
) -> Result<ItemRef, PageError> {
    let viewer = site.viewer();
    let (row, is_own) = pages::item_line(site.app(), &viewer, id).await?.ok_or(NOT_FOUND)?;
    if !allows(&viewer, is_own, way) {
        return Err(PageError::Forbidden { role: viewer.role });
    }
    Ok(ItemRef {
        number: row.number,
        version: Some(version(sent.get("version"))?),
    })
}

pub(super) fn version(text: &str) -> Result<i64, PageError> {
    text.parse()
        .map_err(|_| PageError::bad_form("表单", "由本网站的页面提交"))
}

async fn act<S: PageSource>(site: Desk<S>, segment: Segment, sent: Sent, way: Way) -> Result<Response, PageError> {
    let id = match id(segment) {
        Ok(id) => id,
        Err(error) => {
            site.undone(&sent).await?;
            return Err(error);
        }
    };
    let came = done(&site, &id, &sent, way).await;
    ended(&site, &sent, &id, (way.key(), way.word()), fields(way), came).await
}

async fn done<S: PageSource>(
    site: &Desk<S>,
    id: &RectificationId,
    sent: &Sent,
    way: Way,
) -> Result<Outcome, PageError> {
    let which = target(site, id, sent, way).await?;
    let (app, viewer) = (site.app(), site.viewer());
    let on = if way.may_be_dated_back() {
        let mut form = Form::new(sent, fields(way));
        let on = form.maybe_day("on");
        match form.ended(on) {
            Ok(on) => on,
            Err(problems) => return Ok(Outcome::Refused(problems)),
        }
    } else {
        None
    };
    let by = By { on, ..By::of(&viewer) };
    match way {
        Way::Attach => {
            let Some(file) = sent.files.iter().find(|file| file.field == "file") else {
                let mut form = Form::new(sent, fields(way));
                form.wrong("file", "选择文件");
                return Ok(Outcome::Refused(form.problems));
            };
            let file = Attachment {
                name: file.name.clone(),
                bytes: file.bytes.clone(),
            };
            let name = file.name.clone();
            let attached = ledger::attach(app, &which, file, &by).await;
            let next = if viewer.may(Power::Supervise) {
                "材料齐全、阶段完成的，可以申请销号"
            } else {
                "材料齐全、阶段完成的，请督办单位登记申请销号"
            };
            outcome(attached, |_| format!("佐证材料「{name}」已留存。{next}"))
        }
        Way::Paper => {
            let mut form = Form::new(sent, fields(way));
            let kind = sent.some("kind").map(|text| PaperKind::of_ladder(&text));
            if kind == Some(None) {
                form.wrong("kind", "从列出的文种中选择");
            }
            form.text("code");
            if let Err(problems) = form.ended(()) {
                return Ok(Outcome::Refused(problems));
            }
            let wanted = Wanted {
                kind: kind.flatten(),
                code: sent.some("code"),
                to: sent.some("to"),
            };
            if !sent.ticked("sure") {
                // What cannot be composed or issued is said before anybody is asked to be sure.
                let act = Act::Papered {
                    paper: "—".to_owned(),
                    doc_no: "—".to_owned(),
                };
                let foreseen = ledger::foresee(app, &which, &act, &by).await;
                if let refused @ Outcome::Refused(_) = outcome(foreseen, |()| String::new())? {
                    return Ok(refused);
                }
                let drafted = ledger::draft(app, &which, &wanted, &site.viewer().actor()).await;
                return Ok(match outcome(drafted, |paper| paper.paper.kind.zh().to_owned())? {
                    Outcome::Done(kind) => Outcome::Check(vec![format!(
                        "将制发{kind}，取得文号并留存；文号取得后不能收回，发现有误只能另行制发。"
                    )]),
                    other => other,
                });
            }
            let papered = ledger::paper(app, &which, &wanted, &by).await;
            outcome(papered, |papered| {
                let number = papered.paper.number.as_ref().map(ToString::to_string);
                format!(
                    "{}已制发（{}），见「文书」。送达后请责任单位签收",
                    papered.paper.kind.zh(),
                    number.unwrap_or_default()
                )
            })
        }
        _ => {
            let act = match act_of(site, way, sent) {
                Ok(act) => act,
                Err(problems) => return Ok(Outcome::Refused(problems)),
            };
            if is_final(way) && !sent.ticked("sure") && !matches!(act, Act::Returned { .. }) {
                // What would be refused is said before anybody is asked to be sure.
                let foreseen = ledger::foresee(app, &which, &act, &by).await;
                return Ok(match outcome(foreseen, |()| String::new())? {
                    Outcome::Done(_) => Outcome::Check(remarks(way)),
                    other => other,
                });
            }
            outcome(ledger::act(app, &which, &act, &by).await, |done| said(&act, &done))
        }
    }
}

fn remarks(way: Way) -> Vec<String> {
    let text = match way {
        Way::Check => "销号后事项转入回访；反弹的，登记反弹，重新整改。销号不能撤回。",
        _ => "登记的处理记入该事项和本人，名单预检时作为整改不力的依据。登记不能撤回。",
    };
    vec![text.to_owned()]
}

/// What is now true, and what comes next.
fn said(act: &Act, done: &Done) -> String {
    let next = match act {
        Act::Issued => "已交办，等待责任单位签收".to_owned(),
        Act::Received => "已签收，按期报告进展".to_owned(),
        Act::Reported { .. } => format!("进展已登记，现为{}", done.done),
        Act::Confirmed { .. } => "已登记定期确认".to_owned(),
        Act::ExtensionAsked { to, .. } => format!("已申请延期至 {to}，等待审批；审批以前原时限不变"),
        Act::ExtensionGranted { .. } => format!("延期已同意，时限为 {}", done.due.as_deref().unwrap_or("—")),
        Act::ExtensionRefused { .. } => format!("延期未同意，时限为 {}", done.due.as_deref().unwrap_or("—")),
        Act::ClosingAsked => "已申请销号，等待验收；验收由另一人办理".to_owned(),
        Act::Accepted { .. } => "验收合格，已销号，转入回访".to_owned(),
        Act::Returned { .. } => format!("已退回责任单位，时限为 {}", done.due.as_deref().unwrap_or("—")),
        Act::Relapsed { due_on, .. } => format!("反弹已登记，重新整改，时限 {due_on}"),
        Act::Visited { .. } => "回访已登记".to_owned(),
        Act::Raised { .. } => format!(
            "现为{}，有关人员随即收到提醒；级别有文书的，可以制发",
            done.level.as_deref().unwrap_or("—")
        ),
        Act::Lowered { .. } => match &done.level {
            Some(level) => format!("现为{level}"),
            None => "处置级别已撤下".to_owned(),
        },
        Act::Dealt(dealt) => format!("已登记对{}的处理：{}", dealt.person, dealt.measure),
        _ => done.act.clone(),
    };
    let mut text = format!("{}：{next}", done.number);
    for warning in &done.warnings {
        text.push_str("。注意：");
        text.push_str(warning);
    }
    text
}

macro_rules! acts {
    ($($name:ident $way:ident $doc:literal)*) => {
        $(
            #[doc = $doc]
            pub async fn $name<S: PageSource>(site: Desk<S>, segment: Segment, sent: Sent) -> Result<Response, PageError> {
                act(site, segment, sent, Way::$way).await
            }
        )*
    };
}

acts! {
    issue Issue "交办"
    receive Receive "签收"
    report Report "报告进展"
    attach Attach "提交佐证材料"
    confirm Confirm "长期坚持确认"
    extend Extend "申请延期"
    decide_extension DecideExtension "审批延期"
    close Close "申请销号"
    check Check "验收"
    relapse Relapse "登记反弹"
    visit Visit "登记回访"
    raise Raise "升级"
    lower Lower "降级"
    paper Paper "制发文书"
    deal Deal "登记处理"
}

/// Offers all open items of one person to another; both confirm.
pub async fn hand_over<S: PageSource>(site: Desk<S>, segment: Segment, sent: Sent) -> Result<Response, PageError> {
    let id = match id(segment) {
        Ok(id) => id,
        Err(error) => {
            site.undone(&sent).await?;
            return Err(error);
        }
    };
    let came = offered(&site, &id, &sent).await;
    ended(&site, &sent, &id, ("hand-over", "移交"), HAND_OVER, came).await
}

async fn offered<S: PageSource>(site: &Desk<S>, id: &RectificationId, sent: &Sent) -> Result<Outcome, PageError> {
    let (app, viewer) = (site.app(), site.viewer());
    let (row, _) = pages::item_line(app, &viewer, id).await?.ok_or(NOT_FOUND)?;
    if !viewer.may(Power::Supervise) {
        return Err(PageError::Forbidden { role: viewer.role });
    }
    let mut form = Form::new(sent, HAND_OVER);
    let (from, to, reason) = (form.text("from"), form.text("to"), form.text("reason"));
    if let Err(problems) = form.ended(()) {
        return Ok(Outcome::Refused(problems));
    }
    if !sent.ticked("sure") {
        let foreseen = ledger::foresee_offer(app, (&from, &to), Some(&row.unit), &reason, &viewer.scope).await;
        if let refused @ Outcome::Refused(_) = outcome(foreseen, |()| String::new())? {
            return Ok(refused);
        }
        let held = Listing {
            person: Some(from.clone()),
            unit: Some(row.unit.clone()),
            limit: 1_000,
            scope: viewer.scope.clone(),
            ..Listing::default()
        };
        let held = ledger::list(app, &held).await?;
        let numbers: Vec<&str> = held.iter().map(|line| line.number.as_str()).collect();
        let all = if viewer.scope.unit().is_some() {
            "当前账号所见的"
        } else {
            "全部"
        };
        return Ok(Outcome::Check(vec![format!(
            "移交的是「{from}」在「{}」名下未销号的{all} {} 件：{}。由移交人、接收人本人各自确认后生效。",
            row.unit,
            numbers.len(),
            numbers.join("、")
        )]));
    }
    let offer = ledger::offer(
        app,
        &from,
        &to,
        Some(&row.unit),
        &reason,
        &By::of(&viewer),
        &viewer.scope,
    )
    .await;
    outcome(offer, |offer| {
        format!(
            "已提出由{}移交{} {} 件，双方确认后生效（移交编号 {}）",
            offer.from,
            offer.to,
            offer.items.len(),
            offer.id
        )
    })
}

/// Whoever gives or takes confirms.
pub async fn confirm_hand_over<S: PageSource>(
    site: Desk<S>,
    segment: Segment,
    sent: Sent,
) -> Result<Response, PageError> {
    let id = match id(segment) {
        Ok(id) => id,
        Err(error) => {
            site.undone(&sent).await?;
            return Err(error);
        }
    };
    let came = confirmed(&site, &id, &sent).await;
    ended(&site, &sent, &id, ("confirm-hand-over", "确认移交"), &[], came).await
}

async fn confirmed<S: PageSource>(site: &Desk<S>, id: &RectificationId, sent: &Sent) -> Result<Outcome, PageError> {
    let (app, viewer) = (site.app(), site.viewer());
    pages::item_line(app, &viewer, id).await?.ok_or(NOT_FOUND)?;
    let offer = sent.get("offer");
    if !ledger::sees_offer(app, offer, &viewer.scope).await? {
        return Err(PageError::NotFound { what: "移交" });
    }
    let confirmed = ledger::confirm(app, offer, &By::of(&viewer)).await;
    outcome(confirmed, |offer| {
        if offer.done {
            let left = if offer.left_out.is_empty() {
                String::new()
            } else {
                format!("；此前已销号或改由他人办理的没有移交：{}", offer.left_out.join("、"))
            };
            format!(
                "双方已确认，{} 件已由{}移交{}{left}",
                offer.items.len() - offer.left_out.len(),
                offer.from,
                offer.to
            )
        } else {
            "已确认，等待另一方确认".to_owned()
        }
    })
}
