//! What may stand in a cell and in the name of a sheet.

use crate::files::table::Cell;
use chrono::Datelike as _;
use rust_xlsxwriter::ExcelDateTime;
use std::collections::HashSet;

/// Units of UTF-16 that a cell holds.
const CELL_UNITS: usize = 32_767;
/// A note is for reading at a glance.
const NOTE_CHARACTERS: usize = 600;
/// Characters of the name of a sheet.
const NAME_CHARACTERS: usize = 31;

/// What is put in a cell.
pub(super) enum Place {
    Nothing,
    Number(f64),
    Day(ExcelDateTime),
    Text { text: String, cut: bool },
}

/// A cell as it is written.
pub(super) fn written(cell: &Cell) -> Place {
    let text = match cell {
        Cell::Empty => return Place::Nothing,
        Cell::Number(number) if number.is_finite() => return Place::Number(*number),
        Cell::Date(day) => {
            let year = u16::try_from(day.year())
                .ok()
                .filter(|year| (1900..=9999).contains(year));
            let day = year.and_then(|year| ExcelDateTime::from_ymd(year, day.month() as u8, day.day() as u8).ok());
            if let Some(day) = day {
                return Place::Day(day);
            }
            cell.text()
        }
        Cell::Number(_) | Cell::Text(_) | Cell::Error(_) => cell.text(),
    };
    let (text, cut) = safe(&text.unwrap_or_default());
    Place::Text { text, cut }
}

/// A text without what a workbook cannot hold, no longer than a cell holds; whether it was longer.
pub(super) fn safe(text: &str) -> (String, bool) {
    let mut units = 0;
    let mut kept = String::with_capacity(text.len());
    for c in text.chars().filter(|c| holds(*c)) {
        units += c.len_utf16();
        if units >= CELL_UNITS {
            kept.push('…');
            return (kept, true);
        }
        kept.push(c);
    }
    (kept, false)
}

/// XML holds no control characters but these; calling others by number would make them part of the text.
fn holds(c: char) -> bool {
    matches!(c, '\n' | '\t') || !(c.is_control() || matches!(u32::from(c) & 0xFFFF, 0xFFFE | 0xFFFF))
}

/// A text for a note.
pub(super) fn short(text: &str) -> String {
    let mut kept: String = text.chars().filter(|c| holds(*c)).take(NOTE_CHARACTERS).collect();
    if text.chars().count() > NOTE_CHARACTERS {
        kept.push('…');
    }
    kept
}

/// Names of sheets: each once, and such as a workbook allows.
#[derive(Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    pub(super) fn take(&mut self, wanted: &str) -> String {
        let plain: String = wanted
            .chars()
            .map(|c| {
                if "[]:*?/\\".contains(c) || !holds(c) || c.is_control() {
                    '_'
                } else {
                    c
                }
            })
            .collect();
        let plain = plain.trim().trim_matches('\'');
        let plain = if plain.is_empty() { "工作表" } else { plain };
        for number in 1_u32.. {
            let tail = if number == 1 {
                String::new()
            } else {
                format!("({number})")
            };
            let room = NAME_CHARACTERS - tail.len();
            let mut units = 0;
            let head: String = plain
                .chars()
                .take_while(|c| {
                    units += c.len_utf16();
                    units <= room
                })
                .collect();
            let name = format!("{}{tail}", head.trim_end_matches('\''));
            if self.0.insert(name.to_lowercase()) {
                return name;
            }
        }
        unreachable!("there are more numbers than sheets")
    }
}
