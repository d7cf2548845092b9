//! One word of a word list. `~` in it lets a few characters stand between (终止~资格 is found in 终止其委员资格);
//! a leading `=` means the whole cell and nothing else.

use super::text::{Span, folded, is_break};
use crate::domain::tables::Table;
use std::sync::Arc;

/// Most characters that may stand at a `~`.
const WIDEST_GAP: usize = 8;
/// Most inflections between two characters of a word (追过其责).
const MOST_INFLECTIONS: usize = 3;

/// What may stand between any two characters of a word without making another of it (立过案, 追了责).
#[derive(Debug, Default)]
pub(super) struct Inflections {
    within: Vec<Vec<char>>,
    /// Words that only begin like one of them (审查其中).
    except: Vec<Vec<char>>,
}

impl Inflections {
    pub fn new(within: Vec<Vec<char>>, except: Vec<Vec<char>>) -> Self {
        Self { within, except }
    }

    /// How long the inflection is that a text begins with.
    fn length(&self, text: &[char]) -> Option<usize> {
        let begins = |words: &[Vec<char>]| words.iter().find(|word| text.starts_with(word)).map(Vec::len);
        let length = begins(&self.within)?;
        begins(&self.except).is_none().then_some(length)
    }
}

/// A word to look for.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    pieces: Vec<Vec<char>>,
    whole: bool,
    /// Its characters; a text that lacks one of them does not have the word.
    signs: Signs,
    inflections: Option<Arc<Inflections>>,
    /// The word as the list has it.
    pub text: String,
}

impl Pattern {
    /// Reads a word; `None` when nothing is left of it.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, body) = text.strip_prefix('=').map_or((false, text), |body| (true, body));
        let pieces: Vec<Vec<char>> = body.split('~').map(folded).collect();
        let empty = pieces.iter().any(Vec::is_empty);
        (!empty).then(|| Self {
            signs: Signs::of(pieces.iter().flatten()),
            pieces,
            whole,
            inflections: None,
            text: text.to_owned(),
        })
    }

    /// The same word, found where it is inflected, too.
    pub fn inflected(mut self, by: &Arc<Inflections>) -> Self {
        self.inflections = Some(Arc::clone(by));
        self
    }

    /// Literal characters, for longest match first.
    pub fn weight(&self) -> usize {
        self.pieces.iter().map(Vec::len).sum::<usize>() + usize::from(self.whole)
    }

    /// Whether a few characters may stand inside the word.
    pub fn has_gap(&self) -> bool {
        self.pieces.len() > 1
    }

    /// Every place where the word stands.
    pub fn find(&self, text: &[char]) -> Vec<Span> {
        let places = if self.whole { 1 } else { text.len() };
        (0..places).filter_map(|from| self.at(text, from)).collect()
    }

    /// The word where it begins at a place of a text.
    fn at(&self, text: &[char], from: usize) -> Option<Span> {
        let to = self.ends(text, from)?;
        let fills = from == 0 && to == text.len() && !self.has_gap();
        (!self.whole || fills).then_some(Span { from, to })
    }

    fn ends(&self, text: &[char], from: usize) -> Option<usize> {
        let (first, rest) = self.pieces.split_first()?;
        let mut end = self.piece_ends(text, from, first)?;
        for piece in rest {
            let gap = text[end..]
                .iter()
                .take(WIDEST_GAP)
                .take_while(|c| **c == '、' || !is_break(**c))
                .count();
            end = (end..=end + gap).find_map(|at| self.piece_ends(text, at, piece))?;
        }
        Some(end)
    }

    /// Where a piece ends that begins at a place of a text.
    fn piece_ends(&self, text: &[char], from: usize, piece: &[char]) -> Option<usize> {
        // At nearly every place already the first character differs.
        if text.get(from) != piece.first() {
            return None;
        }
        if text[from..].starts_with(piece) {
            return Some(from + piece.len());
        }
        let inflections = self.inflections.as_ref()?;
        let mut at = from + 1;
        for c in &piece[1..] {
            let mut passed = 0;
            while text.get(at) != Some(c) {
                if passed == MOST_INFLECTIONS {
                    return None;
                }
                at += inflections.length(text.get(at..)?)?;
                passed += 1;
            }
            at += 1;
        }
        Some(at)
    }
}

/// Which characters a text has: a bit for each, which others may share. Nearly every word is missing from a text, and
/// this tells most of them without looking for them.
#[derive(Debug, Clone, Copy)]
struct Signs(u64);

impl Signs {
    fn of<'a>(chars: impl IntoIterator<Item = &'a char>) -> Self {
        let bit = |c: &char| 1 << ((u32::from(*c) ^ (u32::from(*c) >> 6)) & 63);
        Self(chars.into_iter().fold(0, |bits, c| bits | bit(c)))
    }

    fn has(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }
}

/// A word found in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit<T> {
    pub span: Span,
    pub what: T,
}

/// Finds words of several meanings, longest first; what a longer word covers is no longer looked at.
pub(super) fn find_all<T: Copy>(text: &[char], words: &[(Pattern, T)]) -> Vec<Hit<T>> {
    find_each(text, words.iter().map(|(pattern, what)| (pattern, *what)))
}

/// The same for words from wherever they come.
pub(super) fn find_each<'a, T: Copy>(text: &[char], words: impl Iterator<Item = (&'a Pattern, T)>) -> Vec<Hit<T>> {
    let signs = Signs::of(text);
    let mut found: Vec<(usize, Hit<T>)> = Vec::new();
    for (pattern, what) in words.filter(|(pattern, _)| signs.has(pattern.signs)) {
        for span in pattern.find(text) {
            found.push((pattern.weight(), Hit { span, what }));
        }
    }
    found.sort_by_key(|(weight, hit)| (std::cmp::Reverse(*weight), hit.span.from));
    longest(found.into_iter().map(|(_, hit)| hit))
}

/// What is left of hits, longest first, without those that a longer one covers; in the order of the text.
fn longest<T: Copy>(hits: impl Iterator<Item = Hit<T>>) -> Vec<Hit<T>> {
    let mut kept: Vec<Hit<T>> = Vec::new();
    for hit in hits {
        if !kept.iter().any(|other| other.span.overlaps(hit.span)) {
            kept.push(hit);
        }
    }
    kept.sort_by_key(|hit| hit.span.from);
    kept
}

/// Many words of several meanings, which many texts are searched for. Each is found by its first character: most words
/// begin with none that a text has.
#[derive(Debug, Clone)]
pub(super) struct Patterns<T> {
    words: Vec<(Pattern, T)>,
    /// Places of the words by their first characters.
    starts: Table<char, Vec<usize>>,
}

impl<T> Default for Patterns<T> {
    fn default() -> Self {
        Self {
            words: Vec::new(),
            starts: Table::default(),
        }
    }
}

impl<T: Copy> Patterns<T> {
    pub fn new(words: Vec<(Pattern, T)>) -> Self {
        let mut starts: Table<char, Vec<usize>> = Table::default();
        for (at, (pattern, _)) in words.iter().enumerate() {
            if let Some(first) = pattern.pieces.first().and_then(|piece| piece.first()) {
                starts.entry(*first).or_default().push(at);
            }
        }
        Self { words, starts }
    }

    pub fn iter(&self) -> impl Iterator<Item = &(Pattern, T)> {
        self.words.iter()
    }

    /// As [`find_all`].
    pub fn find(&self, text: &[char]) -> Vec<Hit<T>> {
        longest(self.found(text).into_iter().map(|(_, hit)| hit))
    }

    /// As [`find_all`], and the same for the words alone that let nothing stand between.
    pub fn find_and_tight(&self, text: &[char]) -> (Vec<Hit<T>>, Vec<Hit<T>>) {
        let found = self.found(text);
        let tight = found.iter().filter(|(pattern, _)| !pattern.has_gap());
        let tight = longest(tight.map(|(_, hit)| *hit));
        (longest(found.into_iter().map(|(_, hit)| hit)), tight)
    }

    /// Whether any of the words stands in a text.
    pub fn any_in(&self, text: &[char]) -> bool {
        self.stand_in(text).next().is_some()
    }

    /// Every word wherever it stands, longest first.
    fn found<'p>(&'p self, text: &'p [char]) -> Vec<(&'p Pattern, Hit<T>)> {
        let mut found: Vec<_> = self.stand_in(text).collect();
        found.sort_by_key(|(pattern, hit)| (std::cmp::Reverse(pattern.weight()), hit.span.from));
        found
    }

    fn stand_in<'p>(&'p self, text: &'p [char]) -> impl Iterator<Item = (&'p Pattern, Hit<T>)> {
        let signs = Signs::of(text);
        let from_here = move |(from, first): (usize, &char)| {
            let words = self.starts.get(first).into_iter().flatten().map(|at| &self.words[*at]);
            let possible = words.filter(move |(pattern, _)| signs.has(pattern.signs));
            possible.filter_map(move |(pattern, what)| {
                let span = pattern.at(text, from)?;
                Some((pattern, Hit { span, what: *what }))
            })
        };
        text.iter().enumerate().flat_map(from_here)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(word: &str, text: &str) -> Vec<(usize, usize)> {
        let pattern = Pattern::parse(word).unwrap();
        pattern
            .find(&folded(text))
            .into_iter()
            .map(|span| (span.from, span.to))
            .collect()
    }

    #[test]
    fn a_gap_is_short_and_stays_inside_a_clause() {
        assert_eq!(spans("终止~资格", "终止其委员资格"), [(0, 7)]);
        assert_eq!(spans("终止~资格", "终止，资格"), []);
        assert_eq!(spans("终止~资格", "终止一二三四五六七八九资格"), []);
        assert_eq!(spans("=5B", "５Ｂ"), [(0, 2)]);
        assert_eq!(spans("=5B", "15B"), []);
    }

    #[test]
    fn the_longest_word_wins() {
        let words: Vec<_> = ["称职", "基本称职", "不称职"]
            .iter()
            .enumerate()
            .map(|(n, word)| (Pattern::parse(word).unwrap(), n))
            .collect();
        let found: Vec<usize> = find_all(&folded("基本称职"), &words)
            .iter()
            .map(|hit| hit.what)
            .collect();
        assert_eq!(found, [1]);
    }

    #[test]
    fn many_words_are_found_as_few_are() {
        let list = [
            "称职",
            "基本称职",
            "=不称职",
            "不~职",
            "受~处理",
            "受处分",
            "处分",
            "处",
        ];
        let words: Vec<_> = (0..)
            .zip(list)
            .map(|(n, word)| (Pattern::parse(word).unwrap(), n))
            .collect();
        let many = Patterns::new(words.clone());
        let shown = |hits: Vec<Hit<i32>>| -> Vec<(usize, usize, i32)> {
            hits.iter().map(|hit| (hit.span.from, hit.span.to, hit.what)).collect()
        };
        for text in [
            "",
            "不称职",
            "评为不称职",
            "不能胜任现职",
            "受党纪处分，受政务处理",
            "基本称职、称职",
            "处处分",
        ] {
            let text = folded(text);
            let few = find_all(&text, &words);
            assert_eq!(many.any_in(&text), !few.is_empty());
            let (all, tight) = many.find_and_tight(&text);
            let kept: Vec<_> = words.iter().filter(|(word, _)| !word.has_gap()).cloned().collect();
            assert_eq!(shown(tight), shown(find_all(&text, &kept)));
            assert_eq!(shown(all), shown(few.clone()));
            assert_eq!(shown(many.find(&text)), shown(few));
        }
    }

    #[test]
    fn inflections_stand_inside_a_word_and_not_around_it() {
        let words = |list: &[&str]| list.iter().map(|word| folded(word)).collect();
        let by = Arc::new(Inflections::new(words(&["过", "其", "一次"]), words(&["其中"])));
        let spans = |word: &str, text: &str| -> Vec<(usize, usize)> {
            let found = Pattern::parse(word).unwrap().inflected(&by).find(&folded(text));
            found.into_iter().map(|span| (span.from, span.to)).collect()
        };
        assert_eq!(spans("立案", "曾立过案"), [(1, 4)]);
        assert_eq!(spans("立案", "立过一次案"), [(0, 5)]);
        assert_eq!(spans("立案", "立过"), []);
        assert_eq!(spans("立案", "立个案"), []);
        assert_eq!(spans("审查中", "审查其中"), []);
        assert_eq!(spans("追究~责任", "追过究领导责任"), [(0, 7)]);
        assert_eq!(spans("=错误", "错过误"), [(0, 3)]);
        let plain = Pattern::parse("立案").unwrap();
        assert!(plain.find(&folded("立过案")).is_empty());
    }
}
