//! The binary workbooks of 1997–2003. The library spreads a sheet over its whole range when it opens the file, so
//! only the memory of the reading process bounds what a file may claim.

mod container;

use super::ReadError;
use super::sheet::{Left, Rows};
use super::table::{Cell, Limits, Table};
use super::xlsx;
use calamine::{Data, DataRef, Reader as _, Xls, XlsError};
use std::io::Cursor;

pub(super) fn read(file: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Table>, ReadError> {
    if !container::is_sound(bytes) {
        return Err(ReadError::broken(file, &"内部的目录不合格式"));
    }
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => ReadError::locked(file),
        other => ReadError::broken(file, &other),
    })?;
    let mut left = Left::new(file, limits);
    let mut tables = Vec::new();
    for sheet in book.sheet_names() {
        let merged = book.merge_cells_by_sheet_name(&sheet).unwrap_or_default();
        // A chart sheet has no cells and is no fault.
        let Ok(range) = book.worksheet_range(&sheet) else {
            continue;
        };
        let (top, side) = range.start().unwrap_or_default();
        let mut rows = Rows::default();
        for (row, column, data) in range.used_cells() {
            let (row, column) = (top.saturating_add(row as u32), side.saturating_add(column as u32));
            rows.put(&mut left, row, column, value(data))?;
        }
        left.take_blocks(merged.len())?;
        for block in merged {
            rows.fill(&mut left, block.start, block.end)?;
        }
        tables.push(Table {
            sheet: Some(sheet),
            rows: rows.finish(),
        });
    }
    Ok(tables)
}

fn value(data: &Data) -> Cell {
    xlsx::value(&match data {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(flag) => DataRef::Bool(*flag),
        Data::DateTime(at) => DataRef::DateTime(*at),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(_) | Data::Empty => DataRef::Empty,
        Data::Error(error) => DataRef::Error(error.clone()),
    })
}
