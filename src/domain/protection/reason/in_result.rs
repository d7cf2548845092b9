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
        let behind_leads = |span: Span| is_of_leads(&chars[clause.from..span.from], causes);
        let counts = |span: Span, is_passive: bool| {
            if here.is_empty() {
                // Posts, offices and honours are called after many a thing: 审查调查室主任.
                return span == clause || !is_name || is_passive;
            }
            let apart = !here.iter().any(|outcome| outcome.overlaps(span));
            apart && behind_leads(span) && here.iter().any(|outcome| outcome.from >= span.to)
        };
        let joins = |span: Span, before: bool| {
            let touches = |outcome: &Span| {
                if before {
                    outcome.from == span.to
                } else {
                    outcome.to <= span.from && is_of_leads(&chars[outcome.to..span.from], causes)
                }
            };
            here.is_empty() || here.iter().any(touches)
        };
        let names_one = |naming: &Naming| {
            let is_whole = naming.span == clause;
            naming.span.overlaps(clause)
                && (is_whole || people.contains(&naming.case.0))
                && !said.negated(naming.span)
                // What is given by that name stands between: 加装电梯先进个人未推荐.
                && counts(naming.span, false)
                && joins(naming.span, true)
        };
        let accuses = |hit: &Hit<Cause>| {
            let is_behind = hit.span.from > clause.from && behind_leads(hit.span);
            let is_passive = PASSIVE.contains(&chars[hit.span.from]) || is_behind;
            is_general(hit) && (counts(hit.span, is_passive) || !here.is_empty() && joins(hit.span, false))
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
