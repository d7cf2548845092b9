//! One finding with the words that decided it.

use crate::app::view::{FindingState, FindingView, Verdict};
use crate::domain::ids::FindingId;
use crate::web::address::address;
use crate::web::desk::Desk;
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
    view: FindingView,
}

pub async fn show<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["purpose"])?;
    let id = segment.id("疑似问题")?;
    let view = site
        .source
        .finding(&site.viewer(), FindingId::stored(id), params.text("purpose"))
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
        view,
    })
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
