//! Workbooks, cell by cell: a range of the whole sheet would be as large as its farthest cell says.

mod formulas;
mod merged;
mod stream;

pub(super) use stream::sift;

use super::sheet::{Left, Rows};
use super::table::{Cell, Limits, Table, text_cell};
use super::{ReadError, dates};
use calamine::{DataRef, Reader as _, Xlsx};
use std::collections::HashSet;
use std::io::Cursor;

pub(super) fn read(file: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Table>, ReadError> {
    // Nobody waits for the parts beside the sheets.
    let (tell, _told) = std::sync::mpsc::channel();
    let weighed = merged::weigh(file, bytes, limits, &tell)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| ReadError::broken(file, &error))?;
    let mut left = Left::new(file, limits);
    let mut tables = Vec::new();
    for sheet in sheets_of(file, &book, limits)? {
        let merged = book.merge_cells_by_sheet_name(&sheet).unwrap_or_default();
        let formulas = if weighed.may_lack_values {
            formulas::places(file, &mut book, &sheet, &left, limits.cells)?
        } else {
            HashSet::new()
        };
        // A chart sheet has no cells and is no fault.
        let Ok(mut reader) = book.worksheet_cells_reader(&sheet) else {
            continue;
        };
        let mut rows = Rows::default();
        while let Some(cell) = reader.next_cell().map_err(|error| ReadError::broken(file, &error))? {
            let (row, column) = cell.get_position();
            left.check_column(column)?;
            let found = formulas::or_lacking(cell.get_value().clone(), (row, column), &formulas);
            rows.put(&mut left, row, column, value(&found))?;
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

/// The names of a workbook's sheets: it may list one part of it thousands of times.
fn sheets_of(file: &str, book: &Xlsx<Cursor<&[u8]>>, limits: &Limits) -> Result<Vec<String>, ReadError> {
    let names = book.sheet_names();
    if names.len() > limits.parts {
        return Err(ReadError::too_large(file, format!("工作表超过 {} 张", limits.parts)));
    }
    Ok(names)
}

pub(super) fn value(data: &DataRef<'_>) -> Cell {
    match data {
        DataRef::Empty | DataRef::DurationIso(_) => Cell::Empty,
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) => text_cell(text.clone()),
        DataRef::SharedString(text) => text_cell((*text).to_owned()),
        DataRef::Bool(flag) => Cell::Text(yes_or_no(*flag).to_owned()),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            match chrono::NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day)) {
                Some(day) => Cell::Date(day),
                None => Cell::Number(at.as_f64()),
            }
        }
        DataRef::DateTimeIso(text) => dates::parse(text).map_or_else(|| text_cell(text.clone()), Cell::Date),
        DataRef::Error(error) => formulas::shown(error),
    }
}

pub(super) fn yes_or_no(flag: bool) -> &'static str {
    if flag { "是" } else { "否" }
}
