//! A cell as text.

use super::table::Cell;
use std::borrow::Cow;

/// Digits that a double holds exactly.
const EXACT_DIGITS: f64 = 1e15;

impl Cell {
    /// The text a person reads in the cell; `None` when it is empty.
    pub fn text(&self) -> Option<String> {
        self.shown().map(Cow::into_owned)
    }

    /// The same, lent where it lies in the cell.
    pub(super) fn shown(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Empty => None,
            Self::Text(text) | Self::Error(text) => Some(Cow::Borrowed(text)),
            Self::Number(number) => Some(Cow::Owned(number_text(*number))),
            Self::Date(day) => Some(Cow::Owned(day.to_string())),
        }
    }
}

/// A number in plain form; one with more digits than a double holds, as a spreadsheet shows it.
fn number_text(number: f64) -> String {
    if number.abs() >= EXACT_DIGITS {
        let text = format!("{number:.5E}");
        return text.replacen('E', "E+", 1);
    }
    if number.fract() == 0.0 {
        return format!("{number:.0}");
    }
    format!("{}", (number * 1e6).round() / 1e6)
}

/// Full-width letters, digits and signs as plain ones.
pub(super) fn half_width(text: &str) -> String {
    half_widths(text).collect()
}

/// The same, one after another.
pub(super) fn half_widths(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|c| match c {
        '！'..='～' => char::from_u32(c as u32 - 0xfee0).expect("the full-width block mirrors ASCII"),
        '\u{3000}' => ' ',
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_see_them() {
        assert_eq!(number_text(7500.0), "7500");
        assert_eq!(number_text(0.1 + 0.2), "0.3");
        assert_eq!(number_text(990_101_197_911_020_313.0), "9.90101E+17");
    }
}
