//! Which tolerated matters a text names: by case number, document number, or the distinctive part of a title.

use super::docno::{self, DocNo};
use super::facts::{CaseFacts, Register};
use super::text::{Folded, Span, folded};
use super::words::Words;
use crate::domain::case::Level;
use std::collections::{BTreeSet, HashMap};

/// Characters in a row of a title that name it.
const DISTINCTIVE: usize = 4;
/// A whole title shorter than this names nothing.
const SHORTEST_TITLE: usize = 3;

/// A case of the register, by person and place among that person's cases.
pub(super) type CaseAt = (usize, usize);

/// Every matter of the register, ready to be looked for.
pub(super) struct Index {
    matters: Vec<Matter>,
    grams: HashMap<[char; DISTINCTIVE], BTreeSet<usize>>,
    leads: Vec<Vec<char>>,
}

struct Matter {
    at: CaseAt,
    number: Vec<char>,
    doc: Option<DocNo>,
    title: Vec<char>,
    /// Characters of the title that belong to everyday words.
    everyday: Vec<bool>,
}

/// How a matter is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Number,
    Document,
    Title,
}

/// A matter named in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Naming {
    pub case: CaseAt,
    pub span: Span,
    pub by: By,
}

/// What a text names.
pub(super) struct Named {
    pub namings: Vec<Naming>,
    /// Every document number of the text.
    pub documents: Vec<Span>,
}

impl Index {
    pub fn new(register: &Register, words: &Words) -> Self {
        let mut index = Self {
            matters: Vec::new(),
            grams: HashMap::new(),
            leads: words.causes.leads.clone(),
        };
        for (person, facts) in register.people.iter().enumerate() {
            for (case, facts) in facts.cases.iter().enumerate() {
                if facts.conclusion.level() != Level::None {
                    index.add((person, case), facts, words);
                }
            }
        }
        index
    }

    fn add(&mut self, at: CaseAt, facts: &CaseFacts, words: &Words) {
        let title = folded(&facts.matter);
        let slot = self.matters.len();
        for gram in title.windows(DISTINCTIVE) {
            let gram = gram.try_into().expect("windows have this length");
            self.grams.entry(gram).or_default().insert(slot);
        }
        self.matters.push(Matter {
            at,
            number: folded(&facts.case_no),
            doc: facts.doc_no.as_deref().and_then(DocNo::parse),
            everyday: everyday(&title, &words.everyday),
            title,
        });
    }

    /// Everything a text names.
    pub fn look(&self, text: &Folded) -> Named {
        let chars = &text.chars;
        let documents = docno::find(chars, &self.leads);
        let mut namings = Vec::new();
        let mut candidates: BTreeSet<usize> = BTreeSet::new();
        for gram in chars.windows(DISTINCTIVE) {
            let gram: [char; DISTINCTIVE] = gram.try_into().expect("windows have this length");
            candidates.extend(self.grams.get(&gram).into_iter().flatten());
        }
        for (slot, matter) in self.matters.iter().enumerate() {
            let mut add = |span: Span, by: By| {
                namings.push(Naming {
                    case: matter.at,
                    span,
                    by,
                });
            };
            if let Some(span) = number_in(chars, &matter.number) {
                add(span, By::Number);
            }
            for found in &documents {
                if matter.doc.as_ref().is_some_and(|own| found.doc.is(own, &self.leads)) {
                    add(found.span, By::Document);
                }
            }
            let short = matter.title.len() < DISTINCTIVE;
            if (short || candidates.contains(&slot))
                && let Some(span) = matter.title_in(chars)
            {
                add(span, By::Title);
            }
        }
        Named {
            namings,
            documents: documents.into_iter().map(|found| found.span).collect(),
        }
    }
}

impl Matter {
    /// The longest part of the title that stands in a text and names it.
    fn title_in(&self, text: &[char]) -> Option<Span> {
        let whole = self.title.len();
        if whole < DISTINCTIVE {
            let distinct = whole >= SHORTEST_TITLE && self.everyday.contains(&false);
            return distinct.then(|| position(text, &self.title, 0)).flatten();
        }
        let mut best: Option<Span> = None;
        for from in 0..text.len() {
            for start in 0..whole {
                let length = common(&text[from..], &self.title[start..]);
                let inner = from > 0 && start > 0 && text[from - 1] == self.title[start - 1];
                let longer = best.is_none_or(|span| length > span.to - span.from);
                if length < DISTINCTIVE || inner || !longer {
                    continue;
                }
                let complete = length == whole && self.everyday.contains(&false);
                if complete || has_run(&self.everyday[start..start + length]) {
                    best = Some(Span {
                        from,
                        to: from + length,
                    });
                }
            }
        }
        best
    }
}

fn common(text: &[char], title: &[char]) -> usize {
    text.iter().zip(title).take_while(|(a, b)| a == b).count()
}

/// Whether enough characters in a row belong to no everyday word.
fn has_run(everyday: &[bool]) -> bool {
    everyday.split(|covered| *covered).any(|run| run.len() >= DISTINCTIVE)
}

/// Marks the characters that everyday words cover.
fn everyday(title: &[char], words: &[Vec<char>]) -> Vec<bool> {
    let mut covered = vec![false; title.len()];
    for word in words {
        let mut from = 0;
        while let Some(span) = position(title, word, from) {
            covered[span.from..span.to].fill(true);
            from = span.from + 1;
        }
    }
    covered
}

fn position(text: &[char], word: &[char], from: usize) -> Option<Span> {
    (from..text.len())
        .find(|at| text[*at..].starts_with(word))
        .map(|at| Span {
            from: at,
            to: at + word.len(),
        })
}

/// A case number that is not part of a longer one.
fn number_in(text: &[char], number: &[char]) -> Option<Span> {
    if number.is_empty() {
        return None;
    }
    let mut from = 0;
    while let Some(span) = position(text, number, from) {
        let joined = |c: Option<&char>, edge: Option<&char>| match (c, edge) {
            (Some(c), Some(edge)) => c.is_ascii_alphanumeric() && edge.is_ascii_alphanumeric(),
            _ => false,
        };
        let before = span.from.checked_sub(1).and_then(|at| text.get(at));
        if !joined(before, number.first()) && !joined(text.get(span.to), number.last()) {
            return Some(span);
        }
        from = span.from + 1;
    }
    None
}
