//! A sheet while its cells come in, under the limits.

use super::ReadError;
use super::table::{Cell, Limits, RawRow};
use std::collections::BTreeMap;

/// Cells that a merged block may fill; a block over a whole column fills only what is near.
pub(super) const MERGE_ROWS: u32 = 5_000;

/// Columns that a sheet has at most.
pub(super) const MOST_COLUMNS: u32 = 16_384;
/// Cells that rows may fill which a file says once and counts: no list of people says the same of a hundred thousand.
const REPEATED: u64 = 1_000_000;

/// Merged blocks of all sheets: three for every row of a long list.
const MERGED: usize = 150_000;

/// What may still be taken of a file.
pub(super) struct Left<'a> {
    file: &'a str,
    limits: &'a Limits,
    rows: u32,
    cells: u64,
    text: u64,
    /// Cells looked at while merged blocks are filled.
    looks: u64,
    repeated: u64,
    blocks: usize,
}

impl<'a> Left<'a> {
    pub(super) fn new(file: &'a str, limits: &'a Limits) -> Self {
        Self {
            file,
            limits,
            rows: limits.rows,
            cells: limits.cells,
            text: limits.text_bytes,
            looks: limits.cells.saturating_mul(4),
            repeated: REPEATED,
            blocks: MERGED,
        }
    }

    /// Columns that are looked at.
    pub(super) fn columns(&self) -> u32 {
        self.limits.columns
    }

    pub(super) fn take_rows(&mut self, count: u32) -> Result<(), ReadError> {
        let before = self.limits.rows - self.rows;
        self.rows = self
            .rows
            .checked_sub(count)
            .ok_or_else(|| ReadError::too_large(self.file, format!("超过 {} 行", self.limits.rows)))?;
        self.limits.progress.advance(before, before + count);
        Ok(())
    }

    fn take_cell(&mut self, cell: &Cell) -> Result<(), ReadError> {
        self.take_text(match cell {
            Cell::Text(text) | Cell::Error(text) => text.len(),
            Cell::Empty | Cell::Number(_) | Cell::Date(_) => 0,
        })
    }

    /// A cell with so many bytes of text.
    pub(super) fn take_text(&mut self, text: usize) -> Result<(), ReadError> {
        self.cells = self
            .cells
            .checked_sub(1)
            .ok_or_else(|| ReadError::too_large(self.file, format!("超过 {} 个单元格", self.limits.cells)))?;
        self.text = self
            .text
            .checked_sub(text as u64)
            .ok_or_else(|| ReadError::too_large(self.file, format!("文字超过 {} MiB", self.limits.text_bytes >> 20)))?;
        Ok(())
    }

    /// Whether a column is one that sheets have.
    pub(super) fn check_column(&self, column: u32) -> Result<(), ReadError> {
        if column < MOST_COLUMNS {
            return Ok(());
        }
        Err(ReadError::too_large(self.file, format!("一行超过 {MOST_COLUMNS} 列")))
    }

    /// So many cells of rows that the file counts and does not write.
    fn take_repeated(&mut self, cells: u64) -> Result<(), ReadError> {
        self.repeated = self
            .repeated
            .checked_sub(cells)
            .ok_or_else(|| ReadError::too_large(self.file, format!("重复的行超过 {REPEATED} 个单元格")))?;
        Ok(())
    }

    /// So many merged blocks of a sheet.
    pub(super) fn take_blocks(&mut self, count: usize) -> Result<(), ReadError> {
        self.blocks = self
            .blocks
            .checked_sub(count)
            .ok_or_else(|| ReadError::too_large(self.file, format!("合并单元格超过 {MERGED} 处")))?;
        Ok(())
    }

    pub(super) fn look(&mut self) -> Result<(), ReadError> {
        self.looks = self
            .looks
            .checked_sub(1)
            .ok_or_else(|| ReadError::too_large(self.file, "合并的单元格过多"))?;
        Ok(())
    }
}

/// Rows of a sheet by their number, counted from 0.
#[derive(Default)]
pub(super) struct Rows {
    rows: BTreeMap<u32, Vec<Cell>>,
    /// Length of the row before: the next one is likely as long.
    length: usize,
}

impl Rows {
    /// Puts a cell in its place; an empty one, or one beyond the columns looked at, takes none.
    pub(super) fn put(&mut self, left: &mut Left<'_>, row: u32, column: u32, value: Cell) -> Result<(), ReadError> {
        if column >= left.limits.columns || value == Cell::Empty {
            return Ok(());
        }
        left.take_cell(&value)?;
        let length = self.length;
        let cells = match self.rows.entry(row) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => {
                left.take_rows(1)?;
                new.insert(Vec::with_capacity(length))
            }
        };
        put(cells, column, value);
        self.length = cells.len();
        Ok(())
    }

    /// The same row again, so many times below itself.
    pub(super) fn repeat(&mut self, left: &mut Left<'_>, row: u32, times: u32) -> Result<(), ReadError> {
        let Some(cells) = self.rows.get(&row).filter(|_| times > 0).cloned() else {
            return Ok(());
        };
        let filled = cells.iter().filter(|cell| **cell != Cell::Empty).count() as u64;
        left.take_repeated(filled.saturating_mul(u64::from(times)))?;
        left.take_rows(times)?;
        for below in 1..=times {
            for cell in cells.iter().filter(|cell| **cell != Cell::Empty) {
                left.take_cell(cell)?;
            }
            self.rows.insert(row.saturating_add(below), cells.clone());
        }
        Ok(())
    }

    /// The value of a merged block stands for each of its cells; rows without any cell of their own stay absent.
    pub(super) fn fill(&mut self, left: &mut Left<'_>, start: (u32, u32), end: (u32, u32)) -> Result<(), ReadError> {
        let origin = self
            .rows
            .get(&start.0)
            .and_then(|cells| cells.get(start.1 as usize))
            .cloned();
        let Some(value) = origin.filter(|value| *value != Cell::Empty) else {
            return Ok(());
        };
        let last_row = end.0.min(start.0.saturating_add(MERGE_ROWS));
        let last_column = end.1.min(left.limits.columns.saturating_sub(1));
        if last_row < start.0 {
            return Ok(());
        }
        for (_, cells) in self.rows.range_mut(start.0..=last_row) {
            for column in start.1..=last_column {
                left.look()?;
                if cells.get(column as usize).is_none_or(|cell| *cell == Cell::Empty) {
                    left.take_cell(&value)?;
                    put(cells, column, value.clone());
                }
            }
        }
        Ok(())
    }

    /// The rows as a person numbers them.
    pub(super) fn finish(self) -> Vec<RawRow> {
        self.rows
            .into_iter()
            .map(|(row, cells)| RawRow {
                number: row.saturating_add(1),
                cells,
            })
            .collect()
    }
}

fn put(cells: &mut Vec<Cell>, column: u32, value: Cell) {
    let column = column as usize;
    if cells.len() <= column {
        cells.resize(column + 1, Cell::Empty);
    }
    cells[column] = value;
}
