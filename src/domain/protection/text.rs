//! Text folded for comparison: widths, spaces, quotation marks and line breaks no longer differ, and every
//! character still knows where it stood.

use crate::domain::unseen::is_unseen;

/// Folded text of one or several cells.
#[derive(Debug, Clone, Default)]
pub(super) struct Folded {
    /// Folded characters.
    pub chars: Vec<char>,
    /// Cell and 0-based place in it of every character.
    at: Vec<(usize, usize)>,
    cells: Vec<String>,
}

/// Folded places `from..to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Span {
    pub from: usize,
    pub to: usize,
}

impl Span {
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }
}

impl Folded {
    /// Folds one text.
    pub fn of(text: &str) -> Self {
        Self::of_cells(&[text])
    }

    /// Folds cells that are read together, a comma between them.
    pub fn of_cells<S: AsRef<str>>(cells: &[S]) -> Self {
        // Each text with the comma before it.
        let most = cells.iter().map(|text| text.as_ref().chars().count() + 1).sum();
        let mut out = Self {
            chars: Vec::with_capacity(most),
            at: Vec::with_capacity(most),
            cells: Vec::with_capacity(cells.len()),
        };
        for (cell, text) in cells.iter().enumerate() {
            if !out.chars.is_empty() {
                out.chars.push(',');
                out.at.push((cell, 0));
            }
            for (place, c) in text.as_ref().chars().enumerate() {
                if let Some(c) = fold(c) {
                    out.chars.push(c);
                    out.at.push((cell, place));
                }
            }
            out.cells.push(text.as_ref().to_owned());
        }
        out
    }

    /// The cell a span begins in, its first and last character there (1-based), and its words as written.
    pub fn shown(&self, span: Span) -> (usize, usize, usize, String) {
        let (cell, from) = self.at[span.from];
        let to = self.at[span.from..span.to]
            .iter()
            .rev()
            .find(|(of, _)| *of == cell)
            .map_or(from, |(_, to)| *to);
        let words = self.cells[cell].chars().skip(from).take(to + 1 - from).collect();
        (cell, from + 1, to + 1, words)
    }
}

/// Folds a plain text to characters.
pub(super) fn folded(text: &str) -> Vec<char> {
    text.chars().filter_map(fold).collect()
}

/// Whether a character separates clauses.
pub(super) fn is_break(c: char) -> bool {
    is_stop(c) || matches!(c, ',' | ':' | '、')
}

/// Whether a character ends a sentence.
pub(super) fn is_stop(c: char) -> bool {
    matches!(c, '。' | ';' | '!' | '?')
}

fn fold(c: char) -> Option<char> {
    // Nearly every character is one of these.
    if matches!(c, '\u{4e00}'..='\u{9fff}') || c.is_ascii_alphanumeric() {
        return Some(c.to_ascii_uppercase());
    }
    let c = match c {
        '\u{3000}' => ' ',
        '！'..='～' => char::from_u32(c as u32 - 0xfee0)?,
        other => other,
    };
    if c.is_whitespace() || is_unseen(c) {
        return None;
    }
    match c {
        '“' | '”' | '‘' | '’' | '「' | '」' | '『' | '』' | '"' | '\'' | '《' | '》' | '〈' | '〉' | '`' => {
            None
        }
        '–' | '—' | '―' | '－' | '‐' | '‑' | '−' | '─' => Some('-'),
        '．' | '｡' => Some('。'),
        other => Some(other.to_ascii_uppercase()),
    }
}
