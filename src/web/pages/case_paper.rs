//! One formal paper of a case: what it needs, its text as a draft, the document, and its issue under a number.

use super::cases::{CASE, case_id, document};
use super::form::{Field, FieldKind, Reader, on_page, typed};
use crate::app::papers::{self, Occasion, Written};
use crate::app::procedure::Which;
use crate::app::view::CaseView;
use crate::app::{AppError, pages, uncancelled};
use crate::domain::ids::CaseId;
use crate::domain::paper::{Block, PaperKind};
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/case_paper.html")]
struct PaperPage<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    view: CaseView,
    kind: PaperKind,
    fields: Vec<Field>,
    draft: Option<Written>,
}

fn kind(text: &str) -> Result<PaperKind, PageError> {
    PaperKind::from_text(text).ok_or_else(|| PageError::bad_query("文种「kind」", "案件页面上列出的一种"))
}

async fn view<S: PageSource>(site: &Desk<S>, id: &CaseId) -> Result<CaseView, PageError> {
    let view = pages::case(site.app(), &site.viewer(), id, None).await?;
    view.ok_or(PageError::NotFound { what: CASE })
}

async fn fields<S: PageSource>(site: &Desk<S>, view: &CaseView, kind: PaperKind) -> Result<Vec<Field>, PageError> {
    let organ = view.facts.iter().find(|(name, _)| *name == "问责实施机关");
    let code = match organ {
        Some((_, organ)) => papers::code_used(site.app(), organ).await?,
        None => None,
    };
    let mut fields = vec![
        Field::line("code", "机关代字")
            .hinted("如 云容；文号按机关代字、文种和年度依次编定")
            .valued(code.unwrap_or_default()),
        Field::day("date", "成文日期", Some(site.app().now().day())),
    ];
    match kind {
        PaperKind::Conclusion => fields.push(Field::lines("rectification", "整改要求").optional()),
        PaperKind::Refusal => {
            let reasons = Field::lines("reasons", "不予容错的理由").optional();
            fields.push(reasons.hinted("不填的，用已登记的解释答复"));
        }
        PaperKind::CopyLetter => {
            let organization = Field::line("organization", "组织部门的名称").optional();
            fields.push(organization.hinted("不填的，用本系统的名称"));
        }
        PaperKind::ArchiveList => {
            let items = Field::lines("items", "归档材料").optional();
            fields.push(items.hinted("每行一种，写成 名称=份数，如 调查报告=1；不填的，列结论性认定意见两份"));
        }
        PaperKind::RegradeLetter => {
            let regrade = Field::lines("regrade", "补定的年度和原登记等次");
            fields.push(regrade.hinted("每行一年，写成 2025=不确定等次"));
        }
        PaperKind::Inquiry => {
            let open = view.findings.iter().map(|one| {
                let said = format!("{}：{}", one.domain, one.outcome.as_deref().unwrap_or("未在名单"));
                (one.id.to_string(), said)
            });
            let open: Vec<_> = std::iter::once((String::new(), "请选择".to_owned()))
                .chain(open)
                .collect();
            fields.push(Field::choice("finding", "所问的疑似问题", open));
        }
        _ => {}
    }
    Ok(fields)
}

pub async fn show<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["kind"])?;
    let id = case_id(&site, segment).await?;
    let kind = kind(params.text("kind").unwrap_or_default())?;
    let view = view(&site, &id).await?;
    let fields = fields(&site, &view, kind).await?;
    page(&site, Problems::default(), view, kind, fields, None).await
}

async fn page<S: PageSource>(
    site: &Desk<S>,
    problems: Problems,
    view: CaseView,
    kind: PaperKind,
    fields: Vec<Field>,
    draft: Option<Written>,
) -> Result<Response, PageError> {
    html(&PaperPage {
        chrome: site
            .chrome(Some(Nav::Cases), format!("{}：{}", kind.zh(), view.number))
            .await,
        problems,
        view,
        kind,
        fields,
        draft,
    })
}

enum Outcome {
    Issued(String),
    Draft(Written),
    Document(Written),
    Wrong(Problems),
}

pub async fn save<S: PageSource>(site: Desk<S>, segment: Segment, sent: Sent) -> Result<Response, PageError> {
    let taken = async {
        let id = case_id(&site, segment).await?;
        let kind = kind(sent.get("kind"))?;
        Ok::<_, PageError>((take(&site, &sent, &id, kind).await?, id, kind))
    };
    let (outcome, id, kind) = match taken.await {
        Ok(taken) => taken,
        Err(error) => {
            site.undone(&sent).await?;
            return Err(error);
        }
    };
    let (problems, draft) = match outcome {
        Outcome::Issued(said) => return site.done(&sent, &format!("/cases/{id}"), &said).await,
        Outcome::Document(written) => {
            site.undone(&sent).await?;
            return Ok(document(&format!("{}（拟稿）", kind.zh()), written.bytes));
        }
        Outcome::Draft(written) => (Problems::default(), Some(written)),
        Outcome::Wrong(problems) => (problems, None),
    };
    site.undone(&sent).await?;
    let view = view(&site, &id).await?;
    let mut fields = fields(&site, &view, kind).await?;
    typed(&mut fields, &sent);
    let is_draft = draft.is_some();
    let page = page(&site, problems, view, kind, fields, draft).await?;
    Ok(if is_draft { page } else { refused(page) })
}

async fn take<S: PageSource>(site: &Desk<S>, sent: &Sent, id: &CaseId, kind: PaperKind) -> Result<Outcome, PageError> {
    let mut reader = Reader::new(sent);
    let issues = sent.get("step") == "issue";
    let occasion = Occasion {
        code: if issues {
            Some(reader.text("code", "机关代字"))
        } else {
            reader.maybe("code")
        },
        date: reader.maybe_day("date", "成文日期"),
        organization: reader.maybe("organization"),
        reasons: reader.maybe("reasons"),
        rectification: reader.maybe("rectification"),
        items: pairs(&mut reader, "items", "名称=份数", |name, copies| {
            let copies = copies.parse().ok().filter(|copies| *copies > 0)?;
            (!name.is_empty()).then(|| (name.to_owned(), copies))
        }),
        regrade: pairs(&mut reader, "regrade", "年度=原登记等次", |year, grade| {
            let year = year.parse().ok().filter(|year| (2000..2100).contains(year))?;
            (!grade.is_empty()).then(|| (year, grade.to_owned()))
        }),
        finding: reader.maybe("finding"),
    };
    if !reader.problems.is_empty() {
        return Ok(Outcome::Wrong(reader.problems));
    }
    let (app, actor, id) = (site.app().clone(), site.viewer().actor(), id.clone());
    let written = uncancelled(async move {
        let which = Which::Seen { id: &id, version: None };
        if issues {
            papers::issue(&app, which, kind, &occasion, &actor).await
        } else {
            papers::preview(&app, which, kind, &occasion, &actor).await
        }
    });
    match (written.await, sent.get("step")) {
        (Ok(written), "issue") => {
            let number = written
                .paper
                .number
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            let kind = kind.zh();
            Ok(Outcome::Issued(if written.again {
                format!("同样内容的{kind}已制发为 {number}，没有另编文号")
            } else {
                format!("{kind}已制发，文号 {number}，列在「公文」中，可以下载")
            }))
        }
        (Ok(written), "document") => Ok(Outcome::Document(written)),
        (Ok(written), _) => Ok(Outcome::Draft(written)),
        (Err(AppError::Input(problem) | AppError::Conflict(problem)), _) => {
            Ok(Outcome::Wrong(Problems::whole(on_page(&problem))))
        }
        (Err(other), _) => Err(other.into()),
    }
}

/// Reads lines of two things each.
fn pairs<T>(
    reader: &mut Reader<'_>,
    name: &'static str,
    shape: &str,
    read: impl Fn(&str, &str) -> Option<T>,
) -> Vec<T> {
    let text = reader.maybe(name).unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut found = Vec::new();
    for line in lines {
        let pair = line
            .rsplit_once(['=', '＝'])
            .map(|(one, other)| (one.trim(), other.trim()));
        match pair.and_then(|(one, other)| read(one, other)) {
            Some(pair) => found.push(pair),
            None => reader.problems.add(name, format!("「{line}」应写成 {shape}")),
        }
    }
    found
}
