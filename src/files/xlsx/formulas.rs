//! Formulas without a value. Office programs store beside each formula what it came to; programs that write workbooks by
//! themselves often do not, and such a cell reads as empty. Here it reads as a fault, so that nobody's result is lost
//! in silence.

use super::super::ReadError;
use super::super::sheet::Left;
use super::super::table::Cell;
use calamine::{CellErrorType, DataRef, Xlsx};
use std::collections::HashSet;
use std::io::{Read, Seek};

/// How a cell is shown whose formula has no value.
const NO_VALUE: &str = "没有存下结果的公式";
/// What ends a formula.
const END: &[u8] = b"</f>";
/// What may follow it where there is no value: the end of the cell, or a value with nothing in it.
const WITHOUT: [&[u8]; 4] = [b"</c", b"<v></v", b"<v/", b"<v />"];
/// Bytes that tell.
const LOOK: usize = 10;

/// Looks in the bytes of sheets for what formulas without a value look like. Other spellings are not found.
#[derive(Default)]
pub(super) struct Search {
    found: bool,
    /// The last bytes, for what stands over the edge.
    tail: Vec<u8>,
}

impl Search {
    pub(super) fn take(&mut self, bytes: &[u8]) {
        if self.found {
            return;
        }
        // No formula begins or goes on here.
        if !bytes.contains(&b'f') && !self.tail.contains(&b'f') {
            self.keep(bytes);
            return;
        }
        let head = &bytes[..bytes.len().min(LOOK)];
        let edge = [self.tail.as_slice(), head].concat();
        self.found = lacks(&edge) || lacks(bytes);
        self.keep(bytes);
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.tail.extend_from_slice(&bytes[bytes.len().saturating_sub(LOOK)..]);
        let over = self.tail.len().saturating_sub(LOOK);
        self.tail.drain(..over);
    }

    pub(super) fn found(&self) -> bool {
        self.found
    }
}

fn lacks(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'f') {
        let begin = at.saturating_sub(2);
        if let Some(behind) = rest[begin..].strip_prefix(END)
            && WITHOUT.iter().any(|without| behind.starts_with(without))
        {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

/// Where a sheet has formulas.
pub(super) fn places<R: Read + Seek>(
    file: &str,
    book: &mut Xlsx<R>,
    sheet: &str,
    left: &Left<'_>,
    most: u64,
) -> Result<HashSet<(u32, u32)>, ReadError> {
    let mut places = HashSet::new();
    let Ok(mut reader) = book.worksheet_cells_reader(sheet) else {
        return Ok(places);
    };
    while let Some(cell) = reader.next_formula().map_err(|error| ReadError::broken(file, &error))? {
        left.check_column(cell.get_position().1)?;
        if !cell.get_value().is_empty() {
            places.insert(cell.get_position());
        }
        if places.len() as u64 > most {
            return Err(ReadError::too_large(file, format!("超过 {most} 个单元格")));
        }
    }
    Ok(places)
}

/// A value, or what stands for it where a formula has none.
pub(super) fn or_lacking<'a>(value: DataRef<'a>, at: (u32, u32), formulas: &HashSet<(u32, u32)>) -> DataRef<'a> {
    match value {
        DataRef::Empty if formulas.contains(&at) => DataRef::Error(CellErrorType::GettingData),
        value => value,
    }
}

/// How an error of a cell is shown.
pub(super) fn shown(error: &CellErrorType) -> Cell {
    Cell::Error(match error {
        CellErrorType::GettingData => NO_VALUE.to_owned(),
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(parts: &[&str]) -> bool {
        let mut search = Search::default();
        for part in parts {
            search.take(part.as_bytes());
        }
        search.found()
    }

    #[test]
    fn a_formula_without_a_value_is_found_wherever_the_bytes_are_cut() {
        for text in [
            "<c r=\"A1\"><f>B1</f></c><c r=\"B1\"><v>7</v></c>",
            "<c r=\"A1\"><f>IF(B1,1)</f><v></v></c>",
            "<c r=\"A1\"><f>B1</f><v/></c>",
            "<c r=\"A1\"><f>B1</f><v /></c>",
        ] {
            for cut in 0..text.len() {
                assert!(found(&[&text[..cut], &text[cut..]]), "{text} cut at {cut}");
            }
            let single: Vec<&str> = text.split_inclusive(|_| true).collect();
            assert!(found(&single), "{text}");
        }
        assert!(!found(&[
            "<c r=\"A1\"><f>B1</f><v>3</v></c>",
            "<c><f>B2</f><v>称职</v></c>"
        ]));
    }
}
