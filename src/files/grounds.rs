//! What stands in a column of grounds (依据): the papers that prove something, or the reason itself; and what stands behind
//! an outcome in its own cell.

use super::headers::{Kind, squeezed};
use std::collections::HashSet;

/// What a cell of grounds says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// Document numbers and titles of documents, and nothing else.
    Papers,
    /// What papers are called by.
    Names,
    /// Why.
    Why,
}

/// Characters before the year of a document number that may belong to it.
const LONGEST_ORGAN: usize = 12;

/// What a cell of grounds says.
pub(super) fn said(text: &str, kind: &Kind) -> Said {
    let (papers, fillers) = kind.of_papers();
    let plain = squeezed(text);
    let rest = without_numbers(&without_titles(&plain));
    let has_document = rest != plain;
    let mut names = false;
    for piece in rest.split(|c: char| !c.is_alphanumeric()) {
        let bare = without_words(piece, fillers);
        if bare.is_empty() {
            names |= !has_document && !piece.is_empty();
        } else if papers.iter().any(|word| piece.ends_with(word.as_str())) {
            names = true;
        } else {
            return Said::Why;
        }
    }
    if names { Said::Names } else { Said::Papers }
}

/// A text without what stands in 《》.
fn without_titles(text: &str) -> String {
    let mut depth = 0_u32;
    let kept = text.chars().filter(|c| match c {
        '《' => {
            depth += 1;
            false
        }
        '》' => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    });
    kept.collect()
}

/// A text without its document numbers: a year in brackets, the code before it, and the number behind it.
fn without_numbers(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let is_opening = |c: char| "〔[(【".contains(c);
    let mut out: Vec<char> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let year = chars.get(at + 1..at + 5);
        let is_year = is_opening(chars[at]) && year.is_some_and(|year| year.iter().all(char::is_ascii_digit));
        let closes = chars.get(at + 5).is_some_and(|c| "〕])】".contains(*c));
        let behind = at + 6;
        let number = chars.get(behind..).unwrap_or_default();
        let lead = usize::from(number.first() == Some(&'第'));
        let digits = number[lead.min(number.len())..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count();
        if is_year && closes && digits > 0 {
            let is_code = |c: &&char| c.is_alphanumeric();
            let code = out.iter().rev().take(LONGEST_ORGAN).take_while(is_code).count();
            out.truncate(out.len() - code);
            // Apart from what follows.
            out.push(' ');
            at = behind + lead + digits;
            at += usize::from(chars.get(at) == Some(&'号'));
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out.into_iter().collect()
}

/// What is left of a text where some words begin it, one after the other.
fn without_words<'t>(mut text: &'t str, words: &[String]) -> &'t str {
    loop {
        let longest = words.iter().filter(|word| text.starts_with(word.as_str()));
        match longest.max_by_key(|word| word.len()) {
            Some(word) if !word.is_empty() => text = &text[word.len()..],
            _ => return text,
        }
    }
}

/// What stands beside the outcome that a cell says: 基本合格（试点补贴误发）; 试点补贴误发，党组研究不予推荐.
pub(super) fn why_beside(text: &str, outcomes: &HashSet<String>) -> Option<String> {
    let plain = squeezed(text);
    // What joins the outcome belongs to it: 取消资格, 降低职级.
    let why = if outcome_at(&plain, outcomes).is_some() {
        let clause = plain.find(|c: char| !c.is_alphanumeric());
        clause.map_or_else(String::new, |end| plain[end..].to_owned())
    } else {
        without_outcome(&plain, outcomes)?
    };
    let why = why.trim_matches(|c: char| !c.is_alphanumeric() && !"〔〕《》".contains(c));
    (!why.is_empty()).then(|| why.to_owned())
}

/// The longest word of an outcome that a text begins with.
fn outcome_at<'t>(text: &'t str, outcomes: &HashSet<String>) -> Option<&'t str> {
    let mut ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let end = ends.rfind(|end| outcomes.contains(&text[..*end]))?;
    Some(&text[..end])
}

/// A text without the clause that says the outcome: the one with the longest word of one, the last of several. Where none
/// has any, the first one is taken for it.
fn without_outcome(text: &str, outcomes: &HashSet<String>) -> Option<String> {
    let is_break = |c: char| !c.is_alphanumeric() && !"〔〕《》".contains(c);
    let clauses: Vec<&str> = text.split(is_break).filter(|clause| !clause.is_empty()).collect();
    let word = |clause: &str| {
        let places = clause.char_indices().map(|(at, _)| &clause[at..]);
        places
            .filter_map(|from| outcome_at(from, outcomes))
            .map(str::len)
            .max()
            .unwrap_or(0)
    };
    let words: Vec<usize> = clauses.iter().map(|clause| word(clause)).collect();
    let longest = words.iter().copied().max()?;
    let outcome = if longest == 0 {
        0
    } else {
        words.iter().rposition(|word| *word == longest)?
    };
    let others = clauses.iter().enumerate().filter(|(at, _)| *at != outcome);
    Some(others.map(|(_, clause)| *clause).collect::<Vec<_>>().join("，"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::HeaderWords;

    #[test]
    fn numbers_and_titles_are_papers_and_words_are_reasons() {
        let words = HeaderWords::builtin();
        for (text, what) in [
            ("云纪发〔2026〕12号", Said::Papers),
            ("云人社函[2026]第3号、云教办（2026）8号", Said::Papers),
            ("根据《云川市奖励办法》（云政发〔2025〕7号）", Said::Papers),
            ("见《考勤通报》", Said::Papers),
            ("考勤记录、住院病历", Said::Names),
            ("文件", Said::Names),
            ("脱岗两日（云教办〔2026〕8号）", Said::Why),
            ("在外进修", Said::Why),
            ("被追责，见通报", Said::Why),
            ("2026年旷工", Said::Why),
        ] {
            assert_eq!(said(text, &words.list), what, "{text}");
        }
    }

    #[test]
    fn what_stands_beside_an_outcome_is_why() {
        let words = HeaderWords::builtin();
        let why = |text| why_beside(text, words.outcomes());
        assert_eq!(why("基本合格（电梯补贴误发）").as_deref(), Some("电梯补贴误发"));
        assert_eq!(why("不合格；受过处分").as_deref(), Some("受过处分"));
        assert_eq!(why("称职"), None);
        for outcome in ["取消资格", "推荐后撤下", "扣减绩效工资", "免去局长职务", "延期晋升一年"]
        {
            assert_eq!(why(outcome), None, "{outcome}");
        }
        assert_eq!(why("取消推荐资格，综合研判").as_deref(), Some("综合研判"));
        assert_eq!(
            why("试行时投诉较多，党工委研究不予推荐").as_deref(),
            Some("试行时投诉较多")
        );
        assert_eq!(why("受记过处分，取消推荐资格").as_deref(), Some("受记过处分"));
        assert_eq!(
            why("鉴于推荐程序不规范，定为称职，见〔2026〕3号").as_deref(),
            Some("鉴于推荐程序不规范，见〔2026〕3号")
        );
        assert_eq!(why("基本称职 —"), None);
    }
}
