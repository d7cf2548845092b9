//! Whether a result gives its reason with it: 取消资格（某事项）, 受问责，不予推荐.

use super::{Reading, pieces};
use crate::domain::protection::list::Domain;
use crate::domain::protection::naming::{By, Index, Naming};
use crate::domain::protection::pattern::Hit;
use crate::domain::protection::report::OutcomeClass;
use crate::domain::protection::text::{Folded, Span, is_stop};
use crate::domain::protection::words::{Cause, Causes, Words};

/// What begins a hit of which somebody is the object.
const PASSIVE: [char; 3] = ['被', '受', '遭'];

/// It names a matter by its number, or by its title behind a word like 因; or, where it is not favourable, it names a matter
/// of these people or speaks of accountability beside the words of the outcome.
pub(super) fn gives_reason(result: &str, domain: Domain, words: &Words, index: &Index<'_>, people: &[usize]) -> bool {
    let (outcomes, causes) = (words.of(domain), &words.causes);
    let text = Folded::of(result);
    let leads = |naming: &Naming| {
        let before = &text.chars[..naming.span.from];
        causes.leads.iter().any(|lead| before.ends_with(lead))
    };
    let namings = index.look(&text, people).namings;
    if namings.iter().any(|naming| naming.by != By::Title || leads(naming)) {
        return true;
    }
    let found = outcomes.classes.find(&text.chars);
    // Nothing is held against what is given.
    let is_given = !found.is_empty() && found.iter().all(|hit| hit.what == OutcomeClass::Favourable);
    if is_given || namings.is_empty() && !causes.words.find(&text.chars).iter().any(is_general) {
        return false;
    }
    let parts: Vec<&str> = result
        .split(parts_cell)
        .filter(|part| !part.trim().is_empty())
        .collect();
    let said = Reading::of_cells((&parts, 0), &[], causes, index, people);
    let chars = &said.text.chars;
    let outcomes: Vec<Span> = outcomes.classes.find(chars).iter().map(|hit| hit.span).collect();
    let names = words.beside_favourable.as_ref().map_or(&[][..], |beside| &beside.names);
    pieces(0, chars, parts_text).into_iter().any(|clause| {
        let own = &chars[clause.from..clause.to];
        if is_settled(own, causes) {
            return false;
        }
        let here: Vec<Span> = outcomes.iter().copied().filter(|span| span.overlaps(clause)).collect();
        let is_name = names.iter().any(|name| own.ends_with(name));
        // What began in the clause before stands behind nothing of this one.
        let behind_leads = |span: Span| {
            chars
                .get(clause.from..span.from)
                .is_some_and(|before| is_of_leads(before, causes))
        };
        let is_apart = |span: Span| !here.iter().any(|outcome| outcome.overlaps(span));
        let names_one = |naming: &Naming| {
            let (span, is_whole) = (naming.span, naming.span == clause);
            let counts = if here.is_empty() {
                // Posts, offices and honours are called after many a thing.
                is_whole || !is_name
            } else {
                // What is given by that name stands between: 加装电梯先进个人未推荐.
                is_apart(span) && behind_leads(span) && here.iter().any(|outcome| outcome.from == span.to)
            };
            span.overlaps(clause) && (is_whole || people.contains(&naming.case.0)) && counts && !said.negated(span)
        };
        let accuses = |hit: &Hit<Cause>| {
            let span = hit.span;
            let counts = if here.is_empty() {
                // 审查调查室主任, but 被问责干部.
                let is_object = PASSIVE.contains(&chars[span.from]) || span.from > clause.from && behind_leads(span);
                span == clause || !is_name || is_object
            } else {
                let before = behind_leads(span) && here.iter().any(|outcome| outcome.from >= span.to);
                let behind =
                    |outcome: &Span| outcome.to <= span.from && is_of_leads(&chars[outcome.to..span.from], causes);
                is_apart(span) && before || here.iter().any(behind)
            };
            is_general(hit) && counts
        };
        said.named.namings.iter().any(names_one) || said.stated(clause).any(accuses)
    })
}

fn is_general(hit: &Hit<Cause>) -> bool {
    matches!(hit.what, Cause::Explicit | Cause::Implied)
}

/// Characters that part a cell and are gone, or mean something else, where it is folded.
fn parts_cell(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '—' | '–' | '｜' | '|' | '…' | '~' | '～' | '→' | '*' | '=' | '‖' | '·' | '「' | '」' | '“' | '”'
        )
}

/// Those that part its folded text. What stands behind a colon belongs to what stands before it: 问责：无.
fn parts_text(c: char) -> bool {
    is_stop(c) || matches!(c, ',' | '、' | '(' | ')' | '[' | ']' | '【' | '】' | '{' | '}')
}

/// Whether a clause says that nothing is held against anybody.
fn is_settled(clause: &[char], causes: &Causes) -> bool {
    let ends = causes.settled.iter().any(|word| clause.ends_with(word));
    ends || causes.clears.iter().any(|word| clause.starts_with(word))
}

/// Whether characters are nothing, or one word that leads to a reason behind the other: 因受, 被.
fn is_of_leads(mut chars: &[char], causes: &Causes) -> bool {
    while !chars.is_empty() {
        let lead = causes
            .leads
            .iter()
            .filter(|lead| chars.starts_with(lead))
            .map(Vec::len)
            .max();
        match lead {
            Some(length) => chars = &chars[length..],
            None if PASSIVE.contains(&chars[0]) => chars = &chars[1..],
            None => return false,
        }
    }
    true
}
