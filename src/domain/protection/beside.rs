//! What stands beside a favourable word. A favour holds only where all of it is understood: nobody can list every verb
//! by which a list takes one back (晋升压一压, 从推荐名单中拿下).

use super::text::Span;
use super::words::Beside;
use crate::domain::unit::is_han;

/// Whether everything outside of `hits` is known to change nothing. `signs` is the text without the words that only
/// look like such as turn an outcome round.
pub(super) fn is_understood(text: &[char], signs: &[char], hits: &[Span], rule: &Beside) -> bool {
    let is_open = |at: usize| is_han(text[at]) && !hits.iter().any(|hit| (hit.from..hit.to).contains(&at));
    let mut from = 0;
    while from < text.len() {
        let to = (from..text.len()).find(|at| !is_open(*at)).unwrap_or(text.len());
        if to > from && !is_plain(&text[from..to], &signs[from..to], rule) {
            return false;
        }
        from = to + 1;
    }
    true
}

/// Whether a run of characters is of words that change nothing, with or without a name.
fn is_plain(run: &[char], signs: &[char], rule: &Beside) -> bool {
    let mut rest = run;
    while let Some(word) = rule.plain.iter().find(|word| rest.starts_with(word)) {
        rest = &rest[word.len()..];
    }
    let (whole, signs) = (rest, &signs[run.len() - rest.len()..]);
    while let Some(word) = rule.plain.iter().find(|word| rest.ends_with(word)) {
        rest = &rest[..rest.len() - word.len()];
    }
    if rest.is_empty() {
        return true;
    }
    // The first or last characters of a name may be one of those words.
    let named = |text: &[char]| rule.names.iter().any(|name| text.ends_with(name));
    let turned = |word: &Vec<char>| signs.windows(word.len()).any(|at| at == word.as_slice());
    [run, whole, rest].into_iter().any(named) && !rule.turning.iter().any(turned)
}
