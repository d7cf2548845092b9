//! Workbooks, cell by cell: a range of the whole sheet would be as large as its farthest cell says.

use super::table::{Cell, Limits, RawRow, Table};
use super::{ReadError, dates};
use calamine::{DataRef, Reader as _, Xlsx};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

/// Cells that a merged block may fill; a block over a whole column fills only what is near.
const MERGE_ROWS: u32 = 5_000;

pub(super) fn read(file: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Table>, ReadError> {
    weigh(file, bytes, limits)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| ReadError::broken(file, &error))?;
    let mut left = Left {
        rows: limits.rows,
        cells: limits.cells,
    };
    let mut tables = Vec::new();
    for sheet in book.sheet_names() {
        let merged = book.merge_cells_by_sheet_name(&sheet).unwrap_or_default();
        // A chart sheet has no cells and is no fault.
        let Ok(mut reader) = book.worksheet_cells_reader(&sheet) else {
            continue;
        };
        let mut rows: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
        while let Some(cell) = reader.next_cell().map_err(|error| ReadError::broken(file, &error))? {
            let (row, column) = cell.get_position();
            let value = value(cell.get_value());
            if column >= limits.columns || value == Cell::Empty {
                continue;
            }
            left.take_cell(file, limits)?;
            let cells = match rows.entry(row) {
                std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::btree_map::Entry::Vacant(new) => {
                    left.take_row(file, limits)?;
                    new.insert(Vec::new())
                }
            };
            put(cells, column, value);
        }
        for block in merged {
            fill(&mut rows, block.start, block.end, limits);
        }
        let rows = rows
            .into_iter()
            .map(|(row, cells)| RawRow { number: row + 1, cells })
            .collect();
        tables.push(Table {
            sheet: Some(sheet),
            rows,
        });
    }
    Ok(tables)
}

struct Left {
    rows: u32,
    cells: u64,
}

impl Left {
    fn take_row(&mut self, file: &str, limits: &Limits) -> Result<(), ReadError> {
        self.rows = self
            .rows
            .checked_sub(1)
            .ok_or_else(|| ReadError::too_large(file, format!("超过 {} 行", limits.rows)))?;
        Ok(())
    }

    fn take_cell(&mut self, file: &str, limits: &Limits) -> Result<(), ReadError> {
        self.cells = self
            .cells
            .checked_sub(1)
            .ok_or_else(|| ReadError::too_large(file, format!("超过 {} 个单元格", limits.cells)))?;
        Ok(())
    }
}

fn put(cells: &mut Vec<Cell>, column: u32, value: Cell) {
    let column = column as usize;
    if cells.len() <= column {
        cells.resize(column + 1, Cell::Empty);
    }
    cells[column] = value;
}

/// The value of a merged block stands for each of its cells; rows without any cell of their own stay absent.
fn fill(rows: &mut BTreeMap<u32, Vec<Cell>>, start: (u32, u32), end: (u32, u32), limits: &Limits) {
    let Some(value) = rows
        .get(&start.0)
        .and_then(|cells| cells.get(start.1 as usize))
        .cloned()
    else {
        return;
    };
    if value == Cell::Empty {
        return;
    }
    let last_row = end.0.min(start.0.saturating_add(MERGE_ROWS));
    let last_column = end.1.min(limits.columns - 1);
    for (_, cells) in rows.range_mut(start.0..=last_row) {
        for column in start.1..=last_column {
            if cells.get(column as usize).is_none_or(|cell| *cell == Cell::Empty) {
                put(cells, column, value.clone());
            }
        }
    }
}

fn value(data: &DataRef<'_>) -> Cell {
    match data {
        DataRef::Empty | DataRef::DurationIso(_) => Cell::Empty,
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) => text_cell(text),
        DataRef::SharedString(text) => text_cell(text),
        DataRef::Bool(flag) => Cell::Text(if *flag { "是" } else { "否" }.to_owned()),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            match chrono::NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day)) {
                Some(day) => Cell::Date(day),
                None => Cell::Number(at.as_f64()),
            }
        }
        DataRef::DateTimeIso(text) => {
            dates::parse(text.split('T').next().unwrap_or(text)).map_or_else(|| text_cell(text), Cell::Date)
        }
        DataRef::Error(error) => Cell::Error(error.to_string()),
    }
}

fn text_cell(text: &str) -> Cell {
    let text = text.trim();
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::Text(text.to_owned())
    }
}

/// Counts what the parts really inflate to, under hard caps, before any parser sees them: declared sizes lie.
fn weigh(file: &str, bytes: &[u8], limits: &Limits) -> Result<(), ReadError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| ReadError::broken(file, &error))?;
    if archive.len() > limits.parts {
        return Err(ReadError::too_large(
            file,
            format!("工作簿的组成部分超过 {} 个", limits.parts),
        ));
    }
    let mut left = limits.inflated_bytes;
    let mut buffer = vec![0; 64 << 10];
    for index in 0..archive.len() {
        let mut part = archive
            .by_index(index)
            .map_err(|error| ReadError::broken(file, &error))?;
        let name = part
            .name()
            .map_err(|error| ReadError::broken(file, &error))?
            .to_ascii_lowercase();
        let shared = name.ends_with("sharedstrings.xml");
        let mut own = if shared {
            limits.shared_text_bytes.min(left)
        } else {
            left
        };
        loop {
            let read = part
                .read(&mut buffer)
                .map_err(|error| ReadError::broken(file, &error))? as u64;
            if read == 0 {
                break;
            }
            own = own
                .checked_sub(read)
                .ok_or_else(|| ReadError::too_large(file, "工作簿解压后过大（可能不是正常的表格）"))?;
            left = left.saturating_sub(read);
        }
    }
    Ok(())
}
