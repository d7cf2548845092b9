//! One finding with the words that decided it.

use crate::app::AppError;
use crate::app::findings::{self, Done, FindingRef, Foreseen};
use crate::app::view::{FindingState, FindingView, Verdict};
use crate::domain::finding::{Act, Answer};
use crate::domain::ids::FindingId;
use crate::web::address::address;
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::Shown as _;
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/finding.html")]
struct Finding<'a> {
    chrome: Chrome<'a>,
    reason: Vec<Piece>,
    evidence: Vec<Piece>,
    case_href: Option<String>,
    problems: Problems,
    typed: Typed,
    view: FindingView,
}

/// What an answer would come to, before it closes the finding.
#[derive(Template)]
#[template(path = "pages/finding_check.html")]
struct Check<'a> {
    chrome: Chrome<'a>,
    id: String,
    version: String,
    typed: Typed,
    foreseen: Foreseen,
}

/// What was typed into one of the forms.
#[derive(Default)]
struct Typed {
    act: String,
    result: String,
    baseline: String,
    on: String,
    doc_no: String,
    reason: String,
    unit: String,
    person: String,
}

impl Typed {
    fn of(sent: &Sent) -> Self {
        let field = |name: &str| sent.get(name).to_owned();
        Self {
            act: field("act"),
            result: field("result"),
            baseline: field("baseline"),
            on: field("on"),
            doc_no: field("doc_no"),
            reason: field("reason"),
            unit: field("unit"),
            person: field("person"),
        }
    }
}

pub async fn show<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["purpose"])?;
    let id = segment.id("疑似问题")?;
    page(&site, id, params.text("purpose"), Problems::default(), Typed::default()).await
}

async fn page<S: PageSource>(
    site: &Desk<S>,
    id: String,
    purpose: Option<&str>,
    problems: Problems,
    typed: Typed,
) -> Result<Response, PageError> {
    let view = site
        .source
        .finding(&site.viewer(), FindingId::stored(id), purpose)
        .await?;
    let of_case = |number: &String| address(Nav::Obligations.path(), &[("show", "all"), ("number", number)]);
    html(&Finding {
        chrome: site
            .chrome(
                Some(Nav::Findings),
                format!("{}：{} {}", view.row.verdict.zh(), view.row.domain, view.person),
            )
            .await,
        reason: mark(&view.reason, &view.matched),
        evidence: mark(&view.evidence, &view.matched),
        case_href: view.row.case_number.as_ref().map(of_case),
        problems,
        typed,
        view,
    })
}

/// What one of the forms asks for, or what is wrong with it.
fn asked(sent: &Sent) -> Result<Act, Problems> {
    let field = |name: &str| sent.get(name).to_owned();
    let mut problems = Problems::default();
    let mut need = |name: &'static str, what: &str| {
        if sent.get(name).is_empty() {
            problems.add(name, format!("请写明{what}"));
        }
    };
    let act = match sent.get("act") {
        "corrected" => {
            need("result", "新结果");
            need("doc_no", "文号");
            need("on", "决定日期");
            let day = sent.get("on").parse();
            if day.is_err() && !sent.get("on").is_empty() {
                problems.add("on", "决定日期应写成 年-月-日，如 2026-11-23");
            }
            Act::Answer(Answer::Corrected {
                result: field("result"),
                baseline: sent.some("baseline"),
                decided_on: day.unwrap_or_default(),
                doc_no: field("doc_no"),
            })
        }
        "other_cause" => {
            need("doc_no", "文号");
            need("reason", "其他原因");
            Act::Answer(Answer::OtherCause {
                doc_no: field("doc_no"),
                reason: field("reason"),
            })
        }
        "mistaken" => {
            need("reason", "误报的理由");
            Act::Answer(Answer::Mistaken {
                reason: field("reason"),
            })
        }
        "hand_over" => {
            need("unit", "转办给哪个单位");
            need("reason", "转办的理由");
            Act::HandOver {
                unit: field("unit"),
                person: sent.some("person"),
                reason: field("reason"),
            }
        }
        _ => return Err(Problems::whole("请选择怎样答复")),
    };
    if problems.is_empty() { Ok(act) } else { Err(problems) }
}

/// One of the four answers. What closes the finding at once is looked at first.
pub async fn act<S: PageSource>(site: Desk<S>, segment: Segment, sent: Sent) -> Result<Response, PageError> {
    if sent.ticked("back") {
        site.undone(&sent).await?;
        let id = segment.id("疑似问题")?;
        return page(&site, id, None, Problems::default(), Typed::of(&sent)).await;
    }
    match asked(&sent) {
        Ok(act @ Act::Answer(Answer::Corrected { .. })) if !sent.ticked("sure") => {
            site.undone(&sent).await?;
            check(&site, segment, &sent, &act).await
        }
        act => take(&site, segment, &sent, act).await,
    }
}

async fn check<S: PageSource>(site: &Desk<S>, segment: Segment, sent: &Sent, act: &Act) -> Result<Response, PageError> {
    let id = segment.id("疑似问题")?;
    let which = FindingRef {
        id: id.clone(),
        version: sent.get("version").parse().ok(),
    };
    match findings::foresee_for(site.app(), &site.viewer(), &which, act).await {
        Ok(Some(foreseen)) => html(&Check {
            chrome: site.chrome(Some(Nav::Findings), "核对：已纠正").await,
            version: sent.get("version").to_owned(),
            typed: Typed::of(sent),
            foreseen,
            id,
        }),
        Ok(None) => Err(PageError::NotFound { what: "疑似问题" }),
        Err(AppError::Input(problem) | AppError::Conflict(problem)) => {
            let problems = Problems::whole(problem);
            Ok(refused(page(site, id, None, problems, Typed::of(sent)).await?))
        }
        Err(other) => Err(other.into()),
    }
}

/// The second person's look at an answer.
pub async fn confirm<S: PageSource>(site: Desk<S>, segment: Segment, sent: Sent) -> Result<Response, PageError> {
    let act = match sent.get("act") {
        "confirm" => Ok(Act::Confirm),
        "refuse" if sent.get("reason").is_empty() => {
            let mut problems = Problems::default();
            problems.add("reason", "请写明退回的理由");
            Err(problems)
        }
        "refuse" => Ok(Act::Refuse {
            reason: sent.get("reason").to_owned(),
        }),
        _ => Err(Problems::whole("请选择同意或者退回")),
    };
    take(&site, segment, &sent, act).await
}

async fn take<S: PageSource>(
    site: &Desk<S>,
    segment: Segment,
    sent: &Sent,
    act: Result<Act, Problems>,
) -> Result<Response, PageError> {
    let outcome = match (segment.id("疑似问题"), act) {
        (Err(error), _) => Err(error),
        (Ok(id), Err(problems)) => return again(site, id, sent, problems).await,
        (Ok(id), Ok(act)) => {
            let which = FindingRef {
                id: id.clone(),
                version: sent.get("version").parse().ok(),
            };
            match findings::act_for(site.app(), &site.viewer(), &which, &act).await {
                Ok(Some(done)) => {
                    // Whoever hands it over may not see it any more.
                    let next = match act {
                        Act::HandOver { .. } => "/findings".to_owned(),
                        _ => format!("/findings/{id}"),
                    };
                    return site.done(sent, &next, &said(&done)).await;
                }
                Ok(None) => Err(PageError::NotFound { what: "疑似问题" }),
                Err(AppError::Input(problem) | AppError::Conflict(problem)) => {
                    return again(site, id, sent, Problems::whole(problem)).await;
                }
                Err(other) => Err(other.into()),
            }
        }
    };
    site.undone(sent).await?;
    outcome
}

async fn again<S: PageSource>(
    site: &Desk<S>,
    id: String,
    sent: &Sent,
    problems: Problems,
) -> Result<Response, PageError> {
    site.undone(sent).await?;
    Ok(refused(page(site, id, None, problems, Typed::of(sent)).await?))
}

/// What is true now and what comes next.
fn said(done: &Done) -> String {
    let next = done.due.as_ref().map(|due| {
        if done.state == "answered" {
            format!("，由另一人复核，应于 {due}")
        } else {
            format!("，由{}答复，应于 {due}", done.owner)
        }
    });
    let warnings: Vec<String> = done
        .warnings
        .iter()
        .map(|warning| format!("请注意：{warning}。"))
        .collect();
    format!(
        "{}：{}。疑似问题现为「{}」{}。{}",
        done.case,
        done.act,
        done.state_zh,
        next.unwrap_or_default(),
        warnings.join("")
    )
}

/// A stretch of text, marked or not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub text: String,
    pub marked: bool,
}

/// Cuts a text so that the given words stand out; of overlapping words the earlier wins, of two
/// that begin together the longer.
pub(super) fn mark(text: &str, words: &[String]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = text;
    let mut push = |text: &str, marked| {
        if !text.is_empty() {
            pieces.push(Piece {
                text: text.to_owned(),
                marked,
            });
        }
    };
    while let Some((at, length)) = words
        .iter()
        .filter(|word| !word.is_empty())
        .filter_map(|word| rest.find(word.as_str()).map(|at| (at, word.len())))
        .min_by_key(|(at, length)| (*at, usize::MAX - length))
    {
        push(&rest[..at], false);
        push(&rest[at..at + length], true);
        rest = &rest[at + length..];
    }
    push(rest, false);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, words: &[&str]) -> String {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        mark(text, &words)
            .iter()
            .map(|piece| {
                if piece.marked {
                    format!("[{}]", piece.text)
                } else {
                    piece.text.clone()
                }
            })
            .collect()
    }

    #[test]
    fn decisive_words_stand_out_and_nothing_is_lost() {
        assert_eq!(
            marked(
                "因加装电梯试点补贴误发被容错，加装电梯试点暂停",
                &["加装电梯试点", "被容错"]
            ),
            "因[加装电梯试点]补贴误发[被容错]，[加装电梯试点]暂停"
        );
        assert_eq!(marked("受过问责处理", &["问责", "问责处理"]), "受过[问责处理]");
        assert_eq!(marked("综合考虑", &["问责", ""]), "综合考虑");
        assert_eq!(marked("", &["问责"]), "");
    }
}
