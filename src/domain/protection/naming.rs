//! Which tolerated matters a text names: by case number, document number, or the distinctive part of a title.

use super::docno::{self, DocNo};
use super::facts::{CaseFacts, PersonFacts, Register};
use super::pattern::Patterns;
use super::text::{Folded, Span, folded};
use super::words::{Cause, Words};
use crate::domain::case::Level;
use crate::domain::shares::{by_shares, joined};
use crate::domain::tables::{Set, Table};
use crate::domain::unit::place_of;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Characters in a row of a title that name it.
pub(super) const DISTINCTIVE: usize = 4;
/// Characters in a row that name it though most of them belong to everyday words.
const VERBATIM: usize = 6;
/// Of those, characters of its own.
const OWN: usize = 2;
/// A whole title shorter than this names nothing.
const SHORTEST_TITLE: usize = 3;

/// Characters that a further part of a shortened title has.
const SHORTEST_PART: usize = 2;

/// A case of the register, by person and place among that person's cases.
pub(super) type CaseAt = (usize, usize);

/// Every matter of the register, ready to be looked for.
pub(super) struct Index<'a> {
    matters: Vec<Matter>,
    by_person: Table<usize, Vec<usize>>,
    by_number: Table<Vec<char>, usize>,
    number_lengths: BTreeSet<usize>,
    /// What case numbers begin with: hardly any place of a text does.
    number_starts: Set<char>,
    by_document: Table<(u16, u32), Vec<usize>>,
    /// Matters by the parts of their titles that a naming may begin with.
    grams: Table<[char; DISTINCTIVE], Vec<usize>>,
    leads: &'a [Vec<char>],
    everyday: Everyday<'a>,
}

struct Matter {
    at: CaseAt,
    /// The case number without its hyphens.
    number: Vec<char>,
    doc: Option<DocNo>,
    title: Vec<char>,
    /// Characters of the title that belong to everyday words.
    everyday: Vec<bool>,
    /// Found out when it is asked for: few texts come near enough to a title.
    kinds: OnceLock<Vec<CharKind>>,
}

/// What a character of a title counts for in a longer run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CharKind {
    /// Of a unit, a date or the words of outcomes: any list may have it.
    Foreign,
    /// Of words that many a matter has in its name.
    Common,
    Own,
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

/// Matters that are kept for one part of a title.
const MOST_OF_A_GRAM: usize = 256;
/// And of those with the very same title: one that is not the row's own is enough.
const MOST_OF_A_TITLE: usize = 8;

/// People whose matters are worth a thread of their own.
const WORTH_WHILE: usize = 500;

impl<'a> Index<'a> {
    pub fn new(register: &Register, words: &'a Words) -> Self {
        let everyday = Everyday::of(words, register);
        let people: Vec<(usize, &PersonFacts)> = register.people.iter().enumerate().collect();
        let matters = by_shares(&people, WORTH_WHILE, |people| {
            let cases = people.iter().flat_map(|(person, facts)| {
                let cases = facts.cases.iter().enumerate();
                cases.map(|(case, facts)| ((*person, case), facts))
            });
            let concluded = cases.filter(|(_, facts)| facts.conclusion.level() != Level::None);
            concluded
                .map(|(at, facts)| Matter::of(at, facts, &everyday))
                .collect::<Vec<_>>()
        });
        let mut index = Self {
            matters: joined(matters),
            by_person: Table::default(),
            by_number: Table::default(),
            number_lengths: BTreeSet::new(),
            number_starts: Set::default(),
            by_document: Table::default(),
            grams: Table::default(),
            leads: &words.causes.leads,
            everyday,
        };
        for slot in 0..index.matters.len() {
            index.enter(slot);
        }
        index
    }

    fn enter(&mut self, slot: usize) {
        let matter = &self.matters[slot];
        let sparse = !has_run(&matter.everyday);
        for (start, gram) in matter.title.windows(DISTINCTIVE).enumerate() {
            if !sparse && !matter.everyday[start..start + DISTINCTIVE].contains(&false) {
                continue;
            }
            let gram = gram.try_into().expect("windows have this length");
            let slots = self.grams.entry(gram).or_default();
            // A title may have the same part twice.
            if slots.len() >= MOST_OF_A_GRAM || slots.last() == Some(&slot) {
                continue;
            }
            let alike = slots.iter().filter(|other| self.matters[**other].title == matter.title);
            if alike.take(MOST_OF_A_TITLE).count() < MOST_OF_A_TITLE {
                slots.push(slot);
            }
        }
        if let Some(first) = matter.number.first() {
            self.number_starts.insert(*first);
            self.number_lengths.insert(matter.number.len());
            self.by_number.entry(matter.number.clone()).or_insert(slot);
        }
        if let Some(doc) = &matter.doc {
            self.by_document.entry(doc.key()).or_default().push(slot);
        }
        self.by_person.entry(matter.at.0).or_default().push(slot);
    }

    /// What a text names: every case of the given people, and of other people's enough to know that one is named.
    pub fn look(&self, text: &Folded, people: &[usize]) -> Named {
        let chars = &text.chars;
        let documents = docno::find(chars, self.leads);
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
        let mut numbers: Vec<Span> = out.documents.clone();
        for slot in &own {
            if let Some(span) = self.matters[*slot].number_in(chars) {
                out.add(&self.matters[*slot], span, By::Number);
                numbers.push(span);
            }
        }
        let other = |slot: &usize| !people.contains(&self.matters[*slot].at.0);
        for (slot, span) in self.numbers_in(chars) {
            numbers.push(span);
            if other(&slot) {
                out.add(&self.matters[slot], span, By::Number);
            }
        }
        for slot in &own {
            self.name_own(*slot, chars, &documents, &numbers, &mut out.namings);
        }
        for found in &documents {
            let slots = self.by_document.get(&found.doc.key()).into_iter().flatten();
            let same = |slot: &&usize| {
                self.matters[**slot]
                    .doc
                    .as_ref()
                    .is_some_and(|doc| found.doc.is(doc, self.leads))
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
            let slots = self.grams.get(&gram).into_iter().flatten().filter(|slot| other(slot));
            // Titles may share a beginning and differ behind it.
            let named = slots.filter_map(|slot| {
                Some((
                    slot,
                    self.matters[*slot].title_at(chars, from, &numbers, &self.everyday)?,
                ))
            });
            if let Some((slot, span)) = named.max_by_key(|(_, span)| span.to) {
                out.add(&self.matters[*slot], span, By::Title);
                done = span.to;
            }
        }
        out
    }

    /// Every case number of the register that stands in a text, whoever's it is. Its hyphens may be missing.
    fn numbers_in(&self, text: &[char]) -> Vec<(usize, Span)> {
        if !text.iter().any(|c| self.number_starts.contains(c)) {
            return Vec::new();
        }
        let (places, bare): (Vec<usize>, Vec<char>) =
            text.iter().copied().enumerate().filter(|(_, c)| *c != '-').unzip();
        let mut out = Vec::new();
        for length in &self.number_lengths {
            for (at, window) in bare.windows(*length).enumerate() {
                let Some(slot) = self.by_number.get(window) else {
                    continue;
                };
                let span = Span {
                    from: places[at],
                    to: places[at + length - 1] + 1,
                };
                if stands_free(text, span) {
                    out.push((*slot, span));
                }
            }
        }
        out
    }

    fn name_own(
        &self,
        slot: usize,
        chars: &[char],
        documents: &[docno::Found],
        numbers: &[Span],
        namings: &mut Vec<Naming>,
    ) {
        let matter = &self.matters[slot];
        let mut add = |span: Span, by: By| {
            namings.push(Naming {
                case: matter.at,
                span,
                by,
            });
        };
        for found in documents {
            if matter.doc.as_ref().is_some_and(|own| found.doc.is(own, self.leads)) {
                add(found.span, By::Document);
            }
        }
        if let Some(span) = matter.title_in(chars, numbers, &self.everyday) {
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
    fn of(at: CaseAt, facts: &CaseFacts, everyday: &Everyday<'_>) -> Self {
        let title = folded(&facts.matter);
        Self {
            at,
            number: folded(&facts.case_no).into_iter().filter(|c| *c != '-').collect(),
            doc: facts.doc_no.as_deref().and_then(DocNo::parse),
            everyday: everyday.in_title(&title),
            title,
            kinds: OnceLock::new(),
        }
    }

    /// The longest part of the title that stands in a text and names it; `numbers` are the document and case numbers
    /// of the text.
    fn title_in(&self, text: &[char], numbers: &[Span], everyday: &Everyday<'_>) -> Option<Span> {
        let whole = self.title.len();
        if whole < DISTINCTIVE {
            let distinct = whole >= SHORTEST_TITLE && self.everyday.contains(&false);
            return distinct.then(|| position(text, &self.title, numbers)).flatten();
        }
        let mut best: Option<(Span, usize)> = None;
        for from in 0..text.len() {
            for start in 0..whole {
                if text[from] != self.title[start] || from > 0 && start > 0 && text[from - 1] == self.title[start - 1] {
                    continue;
                }
                if let Some(span) = self.run(text, from, start, numbers, everyday)
                    && best.is_none_or(|(best, _)| span.to - span.from > best.to - best.from)
                {
                    best = Some((span, start));
                }
            }
        }
        best.map(|(span, start)| self.with_earlier_parts(text, span, start))
    }

    /// A run with the earlier parts of the title that stand directly before it (夜市先租后招 of 滨江夜市摊位先租后招), so that
    /// what denies the shortened title stands beside it.
    fn with_earlier_parts(&self, text: &[char], mut span: Span, mut start: usize) -> Span {
        while span.from >= SHORTEST_PART && start >= SHORTEST_PART {
            let before = &text[..span.from];
            let part = (0..=start - SHORTEST_PART).find_map(|from| {
                let title = &self.title[from..start];
                let length = (SHORTEST_PART..=title.len())
                    .rev()
                    .find(|length| before.ends_with(&title[..*length]))?;
                Some((from, length))
            });
            let Some((from, length)) = part else { break };
            span.from -= length;
            start = from;
        }
        span
    }

    /// The longest part of the title that begins at a place of a text and names it.
    fn title_at(&self, text: &[char], from: usize, numbers: &[Span], everyday: &Everyday<'_>) -> Option<Span> {
        let starts = 0..self.title.len();
        starts
            .filter_map(|start| self.run(text, from, start, numbers, everyday))
            .max_by_key(|span| span.to)
    }

    /// What text and title share from these places on, where it names the matter.
    fn run(&self, text: &[char], from: usize, start: usize, numbers: &[Span], everyday: &Everyday<'_>) -> Option<Span> {
        let length = common(&text[from..], &self.title[start..]);
        if length < DISTINCTIVE {
            return None;
        }
        let span = Span {
            from,
            to: from + length,
        };
        let run = &self.everyday[start..start + length];
        let kinds = || self.kinds.get_or_init(|| everyday.kinds(&self.title));
        let verbatim = || is_verbatim(&kinds()[start..start + length]);
        (!lies_in(span, numbers) && (has_run(run) || self.is_most(run) || verbatim())).then_some(span)
    }

    /// Whether a run is the whole title or, where the title has few characters of its own, most of it with all of them.
    fn is_most(&self, run: &[bool]) -> bool {
        let own = |run: &[bool]| run.iter().filter(|covered| !**covered).count();
        let all = own(&self.everyday);
        let most = run.len() > DISTINCTIVE && 2 * run.len() > self.title.len();
        all > 0 && own(run) == all && (most || run.len() == self.title.len())
    }

    /// The case number in a text, unless it is part of a longer one.
    fn number_in(&self, text: &[char]) -> Option<Span> {
        number_in(text, &self.number)
    }
}

fn common(text: &[char], title: &[char]) -> usize {
    text.iter().zip(title).take_while(|(a, b)| a == b).count()
}

/// Whether enough characters of a run are left after its everyday words.
fn has_run(everyday: &[bool]) -> bool {
    everyday.iter().filter(|covered| !**covered).count() >= DISTINCTIVE
}

/// Whether a run is long enough to name a matter whatever words it has, and has something of its own.
fn is_verbatim(run: &[CharKind]) -> bool {
    let counts = run.iter().filter(|kind| **kind != CharKind::Foreign).count();
    let own = run
        .chunk_by(|a, b| a == b)
        .filter(|run| run[0] == CharKind::Own)
        .map(<[_]>::len);
    counts >= VERBATIM && own.max().is_some_and(|own| own >= OWN)
}

/// What says nothing of one matter: everyday words, the words of outcomes and of their kinds, names of units, and
/// dates and numbers.
struct Everyday<'a> {
    /// Everyday words alone.
    plain: Lexicon,
    /// The others.
    foreign: Lexicon,
    /// What many a matter has in its name besides; `None`: no run counts by its length.
    common: Option<Lexicon>,
    causes: &'a Patterns<Cause>,
}

/// Words that are looked for at every place of a title.
#[derive(Default)]
struct Lexicon {
    words: Set<Vec<char>>,
    /// Lengths of the words by their first characters.
    lengths: Table<char, BTreeSet<usize>>,
}

impl<'a> Everyday<'a> {
    fn of(words: &'a Words, register: &Register) -> Self {
        Self {
            plain: Lexicon::of(words.everyday.iter().cloned()),
            foreign: Lexicon::of(words.of_outcomes().chain(unit_parts(register))),
            common: words.common.as_ref().map(|common| Lexicon::of(common.iter().cloned())),
            causes: &words.causes.words,
        }
    }

    /// Marks the characters of a title that are no part of what is its own.
    fn in_title(&self, title: &[char]) -> Vec<bool> {
        let mut covered = dates(title);
        self.plain.cover(title, &mut covered);
        self.foreign.cover(title, &mut covered);
        covered
    }

    /// What each character counts for in a longer run.
    fn kinds(&self, title: &[char]) -> Vec<CharKind> {
        let Some(common) = &self.common else {
            return vec![CharKind::Foreign; title.len()];
        };
        let mut foreign = dates(title);
        self.foreign.cover(title, &mut foreign);
        let mut shared = vec![false; title.len()];
        self.plain.cover(title, &mut shared);
        common.cover(title, &mut shared);
        for hit in self.causes.find(title) {
            shared[hit.span.from..hit.span.to].fill(true);
        }
        let kind = |(foreign, shared): (bool, bool)| match (foreign, shared) {
            (true, _) => CharKind::Foreign,
            (false, true) => CharKind::Common,
            (false, false) => CharKind::Own,
        };
        foreign.into_iter().zip(shared).map(kind).collect()
    }
}

impl Lexicon {
    fn of(words: impl Iterator<Item = Vec<char>>) -> Self {
        let mut out = Self::default();
        for word in words {
            if let Some(first) = word.first() {
                out.lengths.entry(*first).or_default().insert(word.len());
                out.words.insert(word);
            }
        }
        out
    }

    /// Marks the characters of its words.
    fn cover(&self, title: &[char], covered: &mut [bool]) {
        for (from, first) in title.iter().enumerate() {
            for length in self.lengths.get(first).into_iter().flatten() {
                let word = title.get(from..from + length);
                if word.is_some_and(|word| self.words.contains(word)) {
                    covered[from..from + length].fill(true);
                }
            }
        }
    }
}

/// Names of the units of a register, level by level, and what they are called without their place or the unit above.
fn unit_parts(register: &Register) -> BTreeSet<Vec<char>> {
    let people = register.people.iter();
    let own = people.flat_map(|person| [&person.roster_unit, &person.register_unit].into_iter().flatten());
    let levels: BTreeSet<&str> = register
        .units
        .iter()
        .chain(own)
        .flat_map(|name| name.split(['/', '／']))
        .collect();
    let mut out = BTreeSet::new();
    let mut add = |part: &str| {
        // One character is no name.
        let part = folded(part);
        if part.len() > 1 {
            out.insert(part);
        }
    };
    for level in &levels {
        add(level);
        if let Some(place) = place_of(level) {
            add(&place);
            add(&level[place.len()..]);
        }
        for (at, _) in level.char_indices().skip(1) {
            if levels.contains(&level[..at]) {
                add(&level[at..]);
            }
        }
    }
    out
}

/// Marks digits, the signs of dates and numbers, and Chinese figures that stand at one.
fn dates(title: &[char]) -> Vec<bool> {
    let figure = |c: char| {
        matches!(
            c,
            '〇' | '○' | '零' | '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '百' | '千'
        )
    };
    let sign = |c: char| matches!(c, '年' | '月' | '日' | '号' | '第');
    let mut covered: Vec<bool> = title.iter().map(|c| c.is_ascii_digit() || sign(*c)).collect();
    let mut from = 0;
    for run in title.chunk_by(|a, b| figure(*a) == figure(*b)) {
        let to = from + run.len();
        let behind = title.get(to).is_some_and(|c| sign(*c) && *c != '第' || *c == '季');
        let ordinal = from > 0 && title[from - 1] == '第';
        if figure(run[0]) && (behind || ordinal) {
            covered[from..to].fill(true);
        }
        from = to;
    }
    covered
}

fn lies_in(span: Span, outer: &[Span]) -> bool {
    outer.iter().any(|outer| outer.from <= span.from && span.to <= outer.to)
}

/// Where a word stands outside the numbers of a text.
fn position(text: &[char], word: &[char], numbers: &[Span]) -> Option<Span> {
    (0..text.len())
        .filter(|at| text[*at..].starts_with(word))
        .map(|at| Span {
            from: at,
            to: at + word.len(),
        })
        .find(|span| !lies_in(*span, numbers))
}

/// A case number, given without hyphens, that is not part of a longer one. Its hyphens may be missing.
fn number_in(text: &[char], number: &[char]) -> Option<Span> {
    let first = *number.first()?;
    (0..text.len()).filter(|from| text[*from] == first).find_map(|from| {
        let mut at = from;
        for c in number {
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
