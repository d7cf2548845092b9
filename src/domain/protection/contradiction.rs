//! Two rows of one person and one item that do not agree.

use super::facts::Register;
use super::judge::Seen;
use super::list::Domain;
use super::outcome::is_one_of;
use super::report::{Judged, Note, OutcomeClass, Verdict};
use super::text::folded;
use super::words::Words;
use crate::domain::ids::PersonId;
use crate::domain::tables::Set;
use std::collections::{HashMap, HashSet};

/// Whose row it is, of which domain, 事项 and 期间.
type Item<'a> = (usize, Domain, Vec<char>, &'a str);

fn item<'a>(person: usize, seen: &'a Seen<'_>) -> Item<'a> {
    let item = seen.item.map(folded).unwrap_or_default();
    (person, seen.domain, item, &seen.item_period)
}

/// Marks rows of one person and item with different outcomes: all are to be looked at.
pub(super) fn mark(seen: &[Seen<'_>], register: &Register, words: &Words, results: &mut [Judged]) {
    // Nearly everybody stands in one row.
    let (mut known, mut again) = (Set::default(), Set::default());
    for person in seen.iter().filter_map(Seen::person) {
        if !known.insert(person) {
            again.insert(person);
        }
    }
    let mut by_item: HashMap<Item<'_>, Vec<&Seen<'_>>> = HashMap::new();
    for seen in seen {
        if let Some(person) = seen.person().filter(|person| again.contains(person)) {
            by_item.entry(item(person, seen)).or_default().push(seen);
        }
    }
    by_item.retain(|_, rows| rows.len() > 1);
    if by_item.is_empty() {
        return;
    }
    let by_place = results
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some(((line.at_sheet, line.row?, line.domain, line.person.clone()?), at)))
        .collect();
    let lines = Lines { by_place, register };
    for rows in by_item.values() {
        let outcomes: HashSet<Vec<char>> = rows.iter().map(|seen| outcome(seen, &lines, results)).collect();
        if outcomes.len() > 1 && !is_move(rows, words, &lines, results) {
            mark_rows(rows, &lines, results);
        }
    }
}

/// Lines by what they are about.
struct Lines<'a> {
    /// By sheet, row, domain and person: where people stand side by side, one row is about several.
    by_place: HashMap<(usize, u32, Domain, PersonId), usize>,
    register: &'a Register,
}

impl Lines<'_> {
    fn of(&self, seen: &Seen<'_>) -> Option<usize> {
        let person = self.register.people[seen.person()?].person.clone();
        let place = (seen.sheet, seen.row.row, seen.domain, person);
        self.by_place.get(&place).copied()
    }
}

/// What a row says of the outcome: the words that a rule knows, else the cell as it is.
fn outcome(seen: &Seen<'_>, lines: &Lines<'_>, results: &[Judged]) -> Vec<char> {
    let line = lines.of(seen).map(|at| &results[at]);
    let words = line.and_then(|line| line.matched.iter().find(|found| found.place == "结果"));
    let cell = || seen.row.result.as_deref().unwrap_or("");
    folded(words.map_or_else(cell, |found| found.text.as_str()))
}

/// Whether the rows take posts from somebody and give them others: two acts, and no two words for one.
fn is_move(rows: &[&Seen<'_>], words: &Words, lines: &Lines<'_>, results: &[Judged]) -> bool {
    let (mut taken, mut given) = (false, false);
    for seen in rows {
        let is_given = lines
            .of(seen)
            .is_some_and(|at| results[at].outcome_class == Some(OutcomeClass::Favourable));
        let is_taken = is_one_of(&words.of(seen.domain).dismissal, &outcome(seen, lines, results));
        if !is_given && !is_taken {
            return false;
        }
        taken |= is_taken;
        given |= is_given;
    }
    taken && given
}

fn mark_rows(rows: &[&Seen<'_>], lines: &Lines<'_>, results: &mut [Judged]) {
    let mut lines: Vec<usize> = rows.iter().filter_map(|seen| lines.of(seen)).collect();
    lines.sort_unstable();
    lines.dedup();
    let live = |line: &Judged| !matches!(line.note, Some(Note::Revoked | Note::NotYet));
    if !lines.iter().any(|at| live(&results[*at])) {
        return;
    }
    let said: Vec<String> = lines.iter().map(|at| results[*at].result.clone()).collect();
    let gravest = lines
        .iter()
        .map(|at| results[*at].verdict)
        .max()
        .unwrap_or(Verdict::Review);
    for at in lines {
        let line = &mut results[at];
        let own = if gravest > Verdict::Review {
            format!("；其中按表判为{}", gravest.zh())
        } else {
            String::new()
        };
        line.why = format!(
            "同一人同一事项有不同的结果（{}），两行都待核{own}。本行：{}",
            said.join("／"),
            line.why
        );
        line.verdict = Verdict::Review;
        line.note = None;
        "duplicate".clone_into(&mut line.cell);
    }
}
