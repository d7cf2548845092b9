//! 登记案件: a form as the register has it, a page to check every limit that will be made, the case itself. What was typed
//! travels in the form.

use super::case_act::said;
use super::form::{Field, FieldKind, Reader, on_page, typed};
use crate::app::pages;
use crate::app::procedure::{self, NewCase, Opening};
use crate::app::view::{Light, PlannedLimit};
use crate::app::{App, AppError, uncancelled};
use crate::domain::case::{CaseRecord, Conclusion, StepsDone};
use crate::domain::person::{CitizenId, IdNumber};
use crate::domain::policy::Guard;
use crate::domain::procedure::{Act, Applicant, CaseState, Dated};
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::Shown as _;
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;
use chrono::NaiveDate;

#[derive(Template)]
#[template(path = "pages/case_new.html")]
struct NewPage<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    first: Vec<Field>,
    more: Vec<Field>,
    open: bool,
}

#[derive(Template)]
#[template(path = "pages/case_new_check.html")]
struct CheckPage<'a> {
    chrome: Chrome<'a>,
    facts: Vec<(&'static str, String)>,
    fields: Vec<Field>,
    opening: Opening,
    /// Whoever looks sees a part of the tree only.
    narrow: bool,
    limits: Vec<PlannedLimit>,
}

/// What is known of a case that begins, or has come as far as a register tells.
const BEGINNINGS: [(&str, &str); 4] = [
    ("accountability", "问责启动（须同步研判容错）"),
    ("cadre", "收到干部本人书面申请"),
    ("unit", "收到单位书面申请"),
    ("clarification", "收到可能不实的反映（澄清）"),
];
/// What a register says of its cases; 未进入认定 begins in one of the other ways.
const CONCLUSIONS: [Conclusion; 8] = [
    Conclusion::Investigating,
    Conclusion::NotAccountable,
    Conclusion::Exempted,
    Conclusion::Exonerated,
    Conclusion::Lighter,
    Conclusion::Mitigated,
    Conclusion::NotTolerated,
    Conclusion::Clarified,
];
/// The steps after a conclusion, by the field's name and by what it is called.
const DONE: [(&str, &str); 7] = [
    ("archive_personnel", "归入干部人事档案的日期"),
    ("archive_integrity", "归入廉政档案的日期"),
    ("archive_file", "入卷归档的日期"),
    ("feedback_subject", "反馈本人（解释答复）的日期"),
    ("feedback_competent", "抄送主管部门的日期"),
    ("feedback_superior", "抄送上级部门的日期"),
    ("feedback_organization", "抄送组织部门的日期"),
];

fn first_fields(app: &App, organ: &str) -> Vec<Field> {
    let begun = BEGINNINGS
        .iter()
        .map(|(value, word)| ((*value).to_owned(), (*word).to_owned()));
    let concluded = CONCLUSIONS.iter().map(|one| {
        let word = match one {
            Conclusion::Investigating => "调查中（已在办理，日期可不填）".to_owned(),
            one => format!("已作结论：{}", one.zh()),
        };
        (one.zh().to_owned(), word)
    });
    let choose = std::iter::once((String::new(), "请选择".to_owned()));
    let organ_named = app.policy.insists_on(Guard::OrganNamed);
    let organ_field = Field::line("organ", "问责实施机关")
        .hinted("谁问责追责、谁容错〔二(四)〕")
        .valued(organ);
    vec![
        Field::line("name", "姓名"),
        Field::line("id", "公民身份号码")
            .optional()
            .hinted("18 位；单位有同名干部的必须填写，登记后加密保存"),
        Field::line("case_unit", "单位").hinted("如 云川市/住建局"),
        Field::line("matter", "事项名称"),
        if organ_named {
            organ_field
        } else {
            organ_field.optional()
        },
        Field::choice("start", "进展或认定结论", choose.chain(begun).chain(concluded)),
        Field::day("on", "日期", Some(app.now().day())).hinted("问责启动、收到申请或反映、作出结论的日期"),
        Field::line("doc_no", "结论文号").optional().hinted("已作结论的填写"),
        Field::lines("measure", "处理措施")
            .optional()
            .hinted("如 诫勉、批评教育"),
    ]
}

fn more_fields(proposed: &str, handler: &str) -> Vec<Field> {
    let mut more = vec![
        Field::line("case_no", "案件编号")
            .optional()
            .hinted(format!("不填的自动编号，下一个是 {proposed}")),
        Field::line("matter_no", "事项编号")
            .optional()
            .hinted("几名干部同属一项问责事项的，填写相同的编号"),
        Field::line("handler", "经办人").optional().valued(handler),
        Field::line("competent", "主管部门").optional(),
        Field::line("superior", "上级部门").optional(),
        Field::lines("reported", "反映的问题")
            .optional()
            .hinted("澄清案件填写，不写姓名"),
    ];
    more.extend(DONE.map(|(name, label)| Field::day(name, label, None).optional()));
    more.push(
        Field::day("revoked_on", "撤销日期", None)
            .optional()
            .hinted("结论已经撤销的填写"),
    );
    more
}

async fn fields<S: PageSource>(site: &Desk<S>) -> Result<(Vec<Field>, Vec<Field>), PageError> {
    let proposed = procedure::proposed_case_no(site.app()).await?;
    let viewer = site.viewer();
    let organ = viewer.scope.unit().unwrap_or_default();
    Ok((first_fields(site.app(), organ), more_fields(&proposed, &viewer.name)))
}

pub async fn show<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let (first, more) = fields(&site).await?;
    page(&site, Problems::default(), first, more).await
}

async fn page<S: PageSource>(
    site: &Desk<S>,
    problems: Problems,
    first: Vec<Field>,
    more: Vec<Field>,
) -> Result<Response, PageError> {
    let wrong = more.iter().any(|field| problems.of(field.name).is_some());
    html(&NewPage {
        chrome: site.chrome(Some(Nav::Cases), "登记案件").await,
        open: wrong
            || more
                .iter()
                .any(|field| field.name != "handler" && !field.value.is_empty()),
        problems,
        first,
        more,
    })
}

pub async fn save<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    match take(&site, &sent).await {
        Ok(Outcome::Opened(location, said)) => site.done(&sent, &location, &said).await,
        Ok(Outcome::Check(opening)) => {
            site.undone(&sent).await?;
            check(&site, &sent, *opening).await
        }
        Ok(Outcome::Again(problems)) => {
            site.undone(&sent).await?;
            let (mut first, mut more) = fields(&site).await?;
            typed(&mut first, &sent);
            typed(&mut more, &sent);
            let page = page(&site, problems, first, more).await?;
            Ok(if sent.ticked("back") { page } else { refused(page) })
        }
        Err(error) => {
            site.undone(&sent).await?;
            Err(error)
        }
    }
}

enum Outcome {
    Opened(String, String),
    Check(Box<Opening>),
    Again(Problems),
}

async fn check<S: PageSource>(site: &Desk<S>, sent: &Sent, mut opening: Opening) -> Result<Response, PageError> {
    let (mut all, more) = fields(site).await?;
    all.extend(more);
    typed(&mut all, sent);
    opening
        .foreseen
        .warnings
        .iter_mut()
        .for_each(|warning| *warning = on_page(warning));
    let filled = all
        .iter()
        .filter(|field| !field.value.is_empty() && field.name != "case_no");
    html(&CheckPage {
        facts: filled.map(|field| (field.label, shown(field))).collect(),
        chrome: site.chrome(Some(Nav::Cases), "核对：登记案件").await,
        limits: pages::planned(site.app(), &opening.foreseen.limits),
        fields: all,
        narrow: site.viewer().scope.unit().is_some(),
        opening,
    })
}

async fn take<S: PageSource>(site: &Desk<S>, sent: &Sent) -> Result<Outcome, PageError> {
    if sent.ticked("back") {
        return Ok(Outcome::Again(Problems::default()));
    }
    let mut reader = Reader::new(sent);
    let read = read(&mut reader, site.app());
    let (new, act, day) = match read {
        Some(read) if reader.problems.is_empty() => read,
        _ => return Ok(Outcome::Again(reader.problems)),
    };
    let viewer = site.viewer();
    if ![Some(new.unit.as_str()), new.organ.as_deref()]
        .iter()
        .any(|unit| viewer.scope.holds(*unit))
    {
        let own = viewer.scope.unit().unwrap_or_default();
        reader.problems.add(
            "case_unit",
            format!("单位和问责实施机关都不在「{own}」范围内，不能由本账号登记"),
        );
        return Ok(Outcome::Again(reader.problems));
    }
    let (app, actor, scope) = (site.app().clone(), viewer.actor(), viewer.scope);
    let told = if sent.ticked("sure") {
        let seen = sent.get("seen").to_owned();
        let opened = uncancelled(async move {
            let first = Dated { act: &act, day };
            procedure::open_for(&app, &new, &first, &actor, (&scope, Some(&seen))).await
        });
        opened.await.map(|done| {
            let said = format!("案件 {} 已登记：{}", done.case, said(&done, ""));
            Outcome::Opened(format!("/cases/{}", done.id), said)
        })
    } else {
        let opening = procedure::foresee_opening(&app, &new, &Dated { act: &act, day }, &scope).await;
        opening.map(|opening| Outcome::Check(Box::new(opening)))
    };
    match told {
        Err(AppError::Input(problem) | AppError::Conflict(problem)) => {
            Ok(Outcome::Again(Problems::whole(on_page(&problem))))
        }
        other => Ok(other?),
    }
}

/// The case and its first act; what is wrong is noted with the reader.
fn read(reader: &mut Reader<'_>, app: &App) -> Option<(NewCase, Act, NaiveDate)> {
    let today = app.now().day();
    let id = match reader.maybe("id").map(|text| CitizenId::parse(&text)) {
        None => IdNumber::Missing,
        Some(Ok(id)) => IdNumber::Valid(id),
        Some(Err(fault)) => {
            reader.problems.add("id", fault.to_string());
            IdNumber::Missing
        }
    };
    let new = NewCase {
        name: reader.text("name", "姓名"),
        id,
        unit: reader.text("case_unit", "单位"),
        matter: reader.text("matter", "事项名称"),
        organ: if app.policy.insists_on(Guard::OrganNamed) {
            Some(reader.text("organ", "问责实施机关"))
        } else {
            reader.maybe("organ")
        },
        case_no: reader.maybe("case_no"),
        matter_no: reader.maybe("matter_no"),
        handler: reader.maybe("handler"),
        competent: reader.maybe("competent"),
        superior: reader.maybe("superior"),
    };
    let start = reader.choice("start", "进展或认定结论", |text| {
        let known = BEGINNINGS.iter().any(|(value, _)| *value == text);
        (known || CONCLUSIONS.iter().any(|one| one.zh() == text)).then(|| text.to_owned())
    });
    let on = reader.maybe_day("on", "日期");
    if let Some(day) = on.filter(|day| *day > today) {
        reader
            .problems
            .add("on", format!("{day} 晚于今天（{today}）：办了以后再登记"));
    }
    let start = start?;
    let conclusion = Conclusion::from_zh(&start);
    if on.is_none() && conclusion != Some(Conclusion::Investigating) && reader.problems.of("on").is_none() {
        reader.problems.add("on", "请写明日期：期限由它起算");
    }
    let act = match (start.as_str(), conclusion) {
        ("accountability", _) => Act::StartAccountability,
        ("cadre", _) => Act::Apply { by: Applicant::Cadre },
        ("unit", _) => Act::Apply { by: Applicant::Unit },
        (_, Some(conclusion)) => register(reader, &new, conclusion, on, today),
        _ => Act::OpenClarification {
            reported: reader.text("reported", "反映的问题"),
        },
    };
    if conclusion.is_none_or(|conclusion| conclusion == Conclusion::Investigating) {
        no_conclusion(reader);
    }
    Some((new, act, on.unwrap_or(today)))
}

/// What a line of the register says of a case.
fn register(
    reader: &mut Reader<'_>,
    new: &NewCase,
    conclusion: Conclusion,
    on: Option<NaiveDate>,
    today: NaiveDate,
) -> Act {
    let [personnel, integrity, file, subject, competent, superior, organization] = DONE.map(|(name, label)| {
        let day = reader.maybe_day(name, label)?;
        if day > today {
            reader
                .problems
                .add(name, format!("{day} 晚于今天（{today}）：办了以后再登记"));
        } else if on.is_some_and(|on| day < on) {
            reader.problems.add(name, format!("{day} 早于作出结论的日期，请核对"));
        }
        Some(day)
    });
    let revoked_on = reader.maybe_day("revoked_on", "撤销日期");
    if let Some(day) = revoked_on.filter(|day| *day > today || on.is_some_and(|on| *day < on)) {
        reader
            .problems
            .add("revoked_on", format!("撤销日期 {day} 应在作出结论以后、今天以前"));
    }
    let record = CaseRecord {
        case_no: String::new(),
        name: String::new(),
        id: IdNumber::Missing,
        unit: new.unit.clone(),
        matter: new.matter.clone(),
        conclusion,
        concluded_on: on.filter(|_| conclusion != Conclusion::Investigating),
        doc_no: reader.maybe("doc_no"),
        measure: reader.maybe("measure"),
        revoked: revoked_on.is_some(),
        revoked_on,
        organ: new.organ.clone(),
        handler: None,
        competent: None,
        superior: None,
        done: StepsDone {
            archive_personnel: personnel,
            archive_integrity: integrity,
            archive_file: file,
            feedback_subject: subject,
            feedback_competent: competent,
            feedback_superior: superior,
            feedback_organization: organization,
        },
    };
    CaseState::baseline(&record, today)
}

/// What goes with a conclusion is not taken silently where there is none.
fn no_conclusion(reader: &mut Reader<'_>) {
    let rest = [
        ("doc_no", "结论文号"),
        ("measure", "处理措施"),
        ("revoked_on", "撤销日期"),
    ];
    for (name, label) in rest.into_iter().chain(DONE) {
        if reader.maybe(name).is_some() && reader.problems.of(name).is_none() {
            reader.problems.add(name, format!("还没有结论，不填写{label}"));
        }
    }
}

/// What the page to check shows of a field: an ID number only in part.
fn shown(field: &Field) -> String {
    if field.name == "id" {
        return CitizenId::parse(&field.value).map_or_else(|_| String::new(), |id| id.masked());
    }
    field.said().to_owned()
}
