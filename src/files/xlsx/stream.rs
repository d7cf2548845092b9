//! A workbook row by row: what is held is a row, never a sheet.

use super::merged::{self, Block};
use super::{formulas, value};
use crate::domain::protection::list::Passed;
use crate::files::sheet::{Left, MERGE_ROWS};
use crate::files::sift::{Glance, Line, Sheet, Sifting};
use crate::files::table::{Cell, Limits, RawRow, Table};
use crate::files::{ReadError, archive};
use calamine::{DataRef, Reader as _, Xlsx};
use std::collections::HashSet;
use std::io::Cursor;
use std::sync::mpsc::channel;

/// Sifts a workbook; its fingerprint, and sheet by sheet what was kept and what the rest comes to. Weighing, hashing and
/// parsing go on side by side; nothing is parsed before it is weighed.
pub(in crate::files) fn sift(
    file: &str,
    bytes: &[u8],
    limits: &Limits,
    by: &Sifting<'_>,
) -> Result<(String, Vec<(Table, Passed)>), ReadError> {
    let before = limits.progress.rows();
    std::thread::scope(|scope| {
        let (tell, told) = channel();
        let scales = scope.spawn(move || merged::weigh(file, bytes, limits, &tell));
        let hash = scope.spawn(|| archive::fingerprint(bytes));
        let opened = told
            .recv()
            .expect("the scales tell how they stand before they end")
            .and_then(|()| Xlsx::new(Cursor::new(bytes)).map_err(|error| ReadError::broken(file, &error)));
        // What is too heavy is told so, whatever else is wrong with it.
        let merged = scales.join().expect("weighing does not panic");
        let (weighed, mut book) = (merged?, opened?);
        let mut merged = weighed.merged;
        let mut left = Left::new(file, limits);
        let mut tables = Vec::new();
        for name in super::sheets_of(file, &book, limits)? {
            let blocks = match merged.remove(&name) {
                Some(known) => known,
                None => blocks(&mut book, &name),
            };
            left.take_blocks(blocks.len())?;
            let formulas = if weighed.may_lack_values {
                formulas::places(file, &mut book, &name, &left, limits.cells)?
            } else {
                HashSet::new()
            };
            let mut sheet = by.sheet(Some(name.clone()));
            match stream(file, &mut book, &name, (blocks, &formulas), &mut left, &mut sheet)? {
                Streamed::Whole => tables.push(sheet.finish()),
                Streamed::NoCells => {}
                // Rows that do not come top to bottom have to be put in their places first.
                Streamed::OutOfOrder => {
                    limits.progress.set(before);
                    let document = crate::files::Document {
                        name: file.to_owned(),
                        hash: String::new(),
                        tables: Ok(super::read(file, bytes, limits)?),
                        faults: Vec::new(),
                    };
                    let sifted = by.document(document);
                    let tables = sifted.document.tables?;
                    let hash = hash.join().expect("hashing does not panic");
                    return Ok((hash, tables.into_iter().zip(sifted.passed).collect()));
                }
            }
        }
        Ok((hash.join().expect("hashing does not panic"), tables))
    })
}

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

fn blocks(book: &mut Book<'_>, name: &str) -> Vec<Block> {
    let found = book.merge_cells_by_sheet_name(name).unwrap_or_default();
    found.into_iter().map(|block| (block.start, block.end)).collect()
}

enum Streamed {
    Whole,
    OutOfOrder,
    /// A chart sheet has no cells and is no fault.
    NoCells,
}

fn stream(
    file: &str,
    book: &mut Book<'_>,
    name: &str,
    (blocks, formulas): (Vec<Block>, &HashSet<(u32, u32)>),
    left: &mut Left<'_>,
    sheet: &mut Sheet<'_>,
) -> Result<Streamed, ReadError> {
    let Ok(mut reader) = book.worksheet_cells_reader(name) else {
        return Ok(Streamed::NoCells);
    };
    let mut row = Row::default();
    let mut fills = Fills::new(blocks);
    while let Some(cell) = reader.next_cell().map_err(|error| ReadError::broken(file, &error))? {
        let (at, column) = cell.get_position();
        left.check_column(column)?;
        let value = formulas::or_lacking(trimmed(cell.get_value()), (at, column), formulas);
        if column >= left.columns() || is_empty(&value) {
            continue;
        }
        if at != row.at || row.cells.is_empty() {
            if at < row.at {
                return Ok(Streamed::OutOfOrder);
            }
            fills.fill(&mut row, left)?;
            row.give(sheet);
            row.at = at;
            left.take_rows(1)?;
        }
        left.take_text(text_length(&value))?;
        row.put(column, value);
    }
    fills.fill(&mut row, left)?;
    row.give(sheet);
    Ok(Streamed::Whole)
}

/// A row while its cells come.
#[derive(Default)]
struct Row<'a> {
    at: u32,
    /// From the first column to the last that holds something, texts trimmed.
    cells: Vec<DataRef<'a>>,
}

impl<'a> Row<'a> {
    fn put(&mut self, column: u32, value: DataRef<'a>) {
        let column = column as usize;
        if self.cells.len() <= column {
            self.cells.resize(column + 1, DataRef::Empty);
        }
        self.cells[column] = value;
    }

    fn give(&mut self, sheet: &mut Sheet<'_>) {
        if !self.cells.is_empty() {
            sheet.take(self);
            self.cells.clear();
        }
    }
}

impl Line for Row<'_> {
    fn number(&self) -> u32 {
        self.at.saturating_add(1)
    }

    fn width(&self) -> usize {
        self.cells.len()
    }

    fn glance(&self, column: usize) -> Glance<'_> {
        let text = match self.cells.get(column) {
            None | Some(DataRef::Empty) => return Glance::Empty,
            Some(DataRef::SharedString(text)) => text,
            Some(DataRef::String(text)) => text.as_str(),
            Some(DataRef::Int(_) | DataRef::Float(_)) => return Glance::Figure,
            Some(other) => {
                return match value(other) {
                    Cell::Empty => Glance::Empty,
                    Cell::Number(_) | Cell::Date(_) => Glance::Figure,
                    Cell::Text(_) | Cell::Error(_) => Glance::Other,
                };
            }
        };
        if text.is_empty() {
            Glance::Empty
        } else {
            Glance::Text(text.as_bytes())
        }
    }

    fn cell(&self, column: usize) -> Cell {
        self.cells.get(column).map(value).unwrap_or_default()
    }

    fn raw(&self) -> RawRow {
        RawRow {
            number: self.number(),
            cells: self.cells.iter().map(value).collect(),
        }
    }
}

/// A value whose text, if it is one, has no space around it.
fn trimmed<'a>(data: &DataRef<'a>) -> DataRef<'a> {
    match data {
        DataRef::SharedString(text) => DataRef::SharedString(text.trim()),
        DataRef::String(text) if text.trim().len() < text.len() => DataRef::String(text.trim().to_owned()),
        other => other.clone(),
    }
}

fn is_empty(data: &DataRef<'_>) -> bool {
    match data {
        DataRef::Empty | DataRef::DurationIso(_) => true,
        DataRef::SharedString(text) => text.is_empty(),
        DataRef::String(text) => text.is_empty(),
        _ => false,
    }
}

fn text_length(data: &DataRef<'_>) -> usize {
    match data {
        DataRef::Int(_) | DataRef::Float(_) => 0,
        DataRef::SharedString(text) => text.len(),
        DataRef::String(text) => text.len(),
        other => match value(other) {
            Cell::Text(text) | Cell::Error(text) => text.len(),
            Cell::Empty | Cell::Number(_) | Cell::Date(_) => 0,
        },
    }
}

/// Merged blocks on their way down the sheet.
struct Fills<'a> {
    /// By their first row, the last first.
    waiting: Vec<(usize, Block)>,
    /// Those that reach the row at hand, in the order in which they are listed.
    open: Vec<Fill<'a>>,
}

struct Fill<'a> {
    listed: usize,
    block: Block,
    /// What stands in its first cell.
    value: Option<DataRef<'a>>,
}

impl<'a> Fills<'a> {
    fn new(blocks: Vec<Block>) -> Self {
        let mut waiting: Vec<(usize, Block)> = blocks.into_iter().enumerate().collect();
        waiting.sort_by_key(|(listed, (start, _))| std::cmp::Reverse((start.0, *listed)));
        Self {
            waiting,
            open: Vec::new(),
        }
    }

    /// The value of a merged block stands for each of its cells in a row that has cells of its own.
    fn fill(&mut self, row: &mut Row<'a>, left: &mut Left<'_>) -> Result<(), ReadError> {
        if row.cells.is_empty() || (self.waiting.is_empty() && self.open.is_empty()) {
            return Ok(());
        }
        while let Some((listed, block)) = self.waiting.pop_if(|(_, block)| block.0.0 <= row.at) {
            // A block whose first row has no cells has nothing to fill with.
            if block.0.0 == row.at {
                let value = None;
                self.open.push(Fill { listed, block, value });
            }
        }
        self.open.sort_by_key(|fill| fill.listed);
        self.open
            .retain(|fill| row.at <= fill.block.1.0.min(fill.block.0.0.saturating_add(MERGE_ROWS)));
        for fill in &mut self.open {
            let ((top, first), (_, last)) = fill.block;
            if top == row.at {
                fill.value = row.cells.get(first as usize).cloned();
            }
            let Some(value) = fill.value.as_ref().filter(|value| !is_empty(value)) else {
                continue;
            };
            for column in first..=last.min(left.columns().saturating_sub(1)) {
                left.look()?;
                if row.cells.get(column as usize).is_none_or(is_empty) {
                    left.take_text(text_length(value))?;
                    row.put(column, value.clone());
                }
            }
        }
        Ok(())
    }
}
