//! One word of a word list. `~` in it lets a few characters stand between (终止~资格 is found in 终止其委员资格);
//! a leading `=` means the whole cell and nothing else.

use super::text::{Span, folded, is_break};
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
        if self.whole {
            let here = self.pieces.len() == 1 && self.piece_ends(text, 0, &self.pieces[0]) == Some(text.len());
            return if here {
                vec![Span {
                    from: 0,
                    to: text.len(),
                }]
            } else {
                Vec::new()
            };
        }
        (0..text.len())
            .filter_map(|from| self.ends(text, from).map(|to| Span { from, to }))
            .collect()
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
    let mut kept: Vec<Hit<T>> = Vec::new();
    for (_, hit) in found {
        if !kept.iter().any(|other| other.span.overlaps(hit.span)) {
            kept.push(hit);
        }
    }
    kept.sort_by_key(|hit| hit.span.from);
    kept
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
