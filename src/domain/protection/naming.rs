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
    by_person: HashMap<usize, Vec<usize>>,
    by_number: HashMap<Vec<char>, usize>,
    number_lengths: BTreeSet<usize>,
    by_document: HashMap<(u16, u32), Vec<usize>>,
    /// Matters by the distinctive parts of their titles, one of each person's.
    grams: HashMap<[char; DISTINCTIVE], Vec<usize>>,
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

/// Matters of other people that are kept for one distinctive part of a title: one that is not the row's own is enough.
const MOST_OF_A_GRAM: usize = 8;

impl Index {
    pub fn new(register: &Register, words: &Words) -> Self {
        let mut index = Self {
            matters: Vec::new(),
            by_person: HashMap::new(),
            by_number: HashMap::new(),
            number_lengths: BTreeSet::new(),
            by_document: HashMap::new(),
            grams: HashMap::new(),
            leads: words.causes.leads.clone(),
        };
        let everyday = Everyday::of(&words.everyday);
        for (person, facts) in register.people.iter().enumerate() {
            for (case, facts) in facts.cases.iter().enumerate() {
                if facts.conclusion.level() != Level::None {
                    index.add((person, case), facts, &everyday);
                }
            }
        }
        index
    }

    fn add(&mut self, at: CaseAt, facts: &CaseFacts, everyday: &Everyday<'_>) {
        let slot = self.matters.len();
        let title = folded(&facts.matter);
        let matter = Matter {
            at,
            number: folded(&facts.case_no),
            doc: facts.doc_no.as_deref().and_then(DocNo::parse),
            everyday: everyday.in_title(&title),
            title,
        };
        for (start, gram) in matter.title.windows(DISTINCTIVE).enumerate() {
            if !matter.everyday[start..start + DISTINCTIVE].contains(&false) {
                continue;
            }
            let gram = gram.try_into().expect("windows have this length");
            let slots = self.grams.entry(gram).or_default();
            // A title may have the same part twice; its own matter is not kept yet.
            let known = slots
                .iter()
                .any(|other| self.matters.get(*other).is_none_or(|matter| matter.at.0 == at.0));
            if slots.len() < MOST_OF_A_GRAM && !known {
                slots.push(slot);
            }
        }
        if !matter.number.is_empty() {
            self.number_lengths.insert(matter.number.len());
            self.by_number.entry(matter.number.clone()).or_insert(slot);
        }
        if let Some(doc) = &matter.doc {
            self.by_document.entry(doc.key()).or_default().push(slot);
        }
        self.by_person.entry(at.0).or_default().push(slot);
        self.matters.push(matter);
    }

    /// What a text names: every case of the given people, and of other people's enough to know that one is named.
    pub fn look(&self, text: &Folded, people: &[usize]) -> Named {
        let chars = &text.chars;
        let documents = docno::find(chars, &self.leads);
        let own: Vec<usize> = people
            .iter()
            .filter_map(|person| self.by_person.get(person))
            .flatten()
            .copied()
            .collect();
        let mut out = Named {
            namings: Vec::new(),
            documents: documents.iter().map(|found| found.span).collect(),
        };
        for slot in &own {
            self.name_own(*slot, chars, &documents, &mut out.namings);
        }
        let other = |slot: &usize| !people.contains(&self.matters[*slot].at.0);
        for length in &self.number_lengths {
            for (from, window) in chars.windows(*length).enumerate() {
                let span = Span {
                    from,
                    to: from + length,
                };
                if let Some(slot) = self.by_number.get(window).filter(|slot| other(slot))
                    && stands_free(chars, span)
                {
                    out.add(&self.matters[*slot], span, By::Number);
                }
            }
        }
        for found in &documents {
            let slots = self.by_document.get(&found.doc.key()).into_iter().flatten();
            let same = |slot: &&usize| {
                self.matters[**slot]
                    .doc
                    .as_ref()
                    .is_some_and(|doc| found.doc.is(doc, &self.leads))
            };
            if let Some(slot) = slots.filter(|slot| other(slot)).find(same) {
                out.add(&self.matters[*slot], found.span, By::Document);
            }
        }
        let mut done = 0;
        for (from, gram) in chars.windows(DISTINCTIVE).enumerate() {
            if from < done {
                continue;
            }
            let gram: [char; DISTINCTIVE] = gram.try_into().expect("windows have this length");
            let Some(slot) = self.grams.get(&gram).into_iter().flatten().find(|slot| other(slot)) else {
                continue;
            };
            if let Some(span) = self.matters[*slot].title_in(&chars[from..]) {
                let span = Span {
                    from: span.from + from,
                    to: span.to + from,
                };
                out.add(&self.matters[*slot], span, By::Title);
                done = span.to;
            }
        }
        out
    }

    fn name_own(&self, slot: usize, chars: &[char], documents: &[docno::Found], namings: &mut Vec<Naming>) {
        let matter = &self.matters[slot];
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
        for found in documents {
            if matter.doc.as_ref().is_some_and(|own| found.doc.is(own, &self.leads)) {
                add(found.span, By::Document);
            }
        }
        if let Some(span) = matter.title_in(chars) {
            add(span, By::Title);
        }
    }
}

impl Named {
    fn add(&mut self, matter: &Matter, span: Span, by: By) {
        self.namings.push(Naming {
            case: matter.at,
            span,
            by,
        });
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

/// Whether enough characters of a run are left after its everyday words.
fn has_run(everyday: &[bool]) -> bool {
    everyday.iter().filter(|covered| !**covered).count() >= DISTINCTIVE
}

/// Everyday words by their first characters.
struct Everyday<'a>(HashMap<char, Vec<&'a [char]>>);

impl<'a> Everyday<'a> {
    fn of(words: &'a [Vec<char>]) -> Self {
        let mut by_first: HashMap<char, Vec<&[char]>> = HashMap::new();
        for word in words {
            if let Some(first) = word.first() {
                by_first.entry(*first).or_default().push(word);
            }
        }
        Self(by_first)
    }

    /// Marks the characters of a title that the words cover.
    fn in_title(&self, title: &[char]) -> Vec<bool> {
        let mut covered = vec![false; title.len()];
        for (from, first) in title.iter().enumerate() {
            for word in self.0.get(first).into_iter().flatten() {
                if title[from..].starts_with(word) {
                    covered[from..from + word.len()].fill(true);
                }
            }
        }
        covered
    }
}

fn position(text: &[char], word: &[char], from: usize) -> Option<Span> {
    (from..text.len())
        .find(|at| text[*at..].starts_with(word))
        .map(|at| Span {
            from: at,
            to: at + word.len(),
        })
}

/// A case number that is not part of a longer one. Its hyphens may be missing.
fn number_in(text: &[char], number: &[char]) -> Option<Span> {
    let wanted: Vec<char> = number.iter().copied().filter(|c| *c != '-').collect();
    let first = *wanted.first()?;
    (0..text.len()).filter(|from| text[*from] == first).find_map(|from| {
        let mut at = from;
        for c in &wanted {
            while at > from && text.get(at) == Some(&'-') {
                at += 1;
            }
            if text.get(at) != Some(c) {
                return None;
            }
            at += 1;
        }
        let span = Span { from, to: at };
        stands_free(text, span).then_some(span)
    })
}

/// Whether no letter or digit joins a number on either side.
fn stands_free(text: &[char], span: Span) -> bool {
    let joined =
        |c: Option<&char>, edge: char| c.is_some_and(char::is_ascii_alphanumeric) && edge.is_ascii_alphanumeric();
    let before = span.from.checked_sub(1).and_then(|at| text.get(at));
    !joined(before, text[span.from]) && !joined(text.get(span.to), text[span.to - 1])
}
