//! Delimited text: UTF-8, UTF-16 or GB18030; comma, tab or semicolon.

mod stream;

pub(super) use stream::sift;

use super::ReadError;
use super::split::{Cut, Pieces, Splitter, ends_line};
use super::table::{Cell, Limits, RawRow, Table, is_error};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// A worksheet has no more columns.
const MOST_COLUMNS: usize = super::sheet::MOST_COLUMNS as usize;
/// Lines that tell the separator.
const TELLING_LINES: usize = 20;

pub(super) fn read(file: &str, bytes: &[u8], limits: &Limits) -> Result<Table, ReadError> {
    let text = decode(file, bytes)?;
    let delimiter = delimiter(&text);
    if let Some(line) = unclosed(&text, delimiter) {
        return Err(never_closed(file, line));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut cells = limits.cells;
    let lines = line_starts(&text);
    let mut record = csv::StringRecord::new();
    while reader
        .read_record(&mut record)
        .map_err(|error| ReadError::broken(file, &error))?
    {
        if rows.len() >= limits.rows as usize {
            return Err(too_many_rows(file, limits));
        }
        if record.len() > MOST_COLUMNS {
            return Err(too_many_columns(file));
        }
        let start = record.position().map_or(0, |position| position.byte() as usize);
        let cut: Vec<Cell> = record.iter().take(limits.columns as usize).map(cell).collect();
        let filled = cut.iter().filter(|cell| **cell != Cell::Empty).count() as u64;
        cells = cells.checked_sub(filled).ok_or_else(|| too_many_cells(file, limits))?;
        if filled > 0 {
            rows.push(RawRow {
                number: line_of(&lines, &text, start),
                cells: cut,
            });
            let read = rows.len() as u32;
            limits.progress.advance(read - 1, read);
        }
    }
    Ok(Table { sheet: None, rows })
}

/// The line of a record with a quotation mark that is never closed.
fn unclosed(text: &str, delimiter: u8) -> Option<u32> {
    if !text.contains('"') {
        return None;
    }
    let (mut splitter, mut pieces, mut at) = (Splitter::new(delimiter), Pieces::default(), 0);
    splitter.look_over(text.as_bytes());
    while let Cut::Record(next) = splitter.next(text.as_bytes(), at, true, &mut pieces) {
        if pieces.is_open {
            return Some(pieces.line);
        }
        at = next;
    }
    None
}

fn never_closed(file: &str, line: u32) -> ReadError {
    ReadError::kind(
        file,
        format!("第 {line} 行有一个引号没有配对，其后的内容分不清行和列。请在该行补上或删去引号后重试"),
    )
}

/// Decodes the whole text here, once; the mark at the beginning is not part of the first header.
pub(super) fn decode(file: &str, bytes: &[u8]) -> Result<String, ReadError> {
    let (encoding, mark) = match marked(bytes) {
        Some(known) => known,
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, 0),
        None => (GB18030, 0),
    };
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(&bytes[mark..])
        .ok_or_else(|| unknown_encoding(file))?;
    if text.contains('\0') {
        return Err(has_nul(file));
    }
    Ok(text.into_owned())
}

/// The encoding that a mark at the beginning names, and how long the mark is.
fn marked(bytes: &[u8]) -> Option<(&'static Encoding, usize)> {
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => Some((UTF_8, 3)),
        [0xff, 0xfe, ..] => Some((UTF_16LE, 2)),
        [0xfe, 0xff, ..] => Some((UTF_16BE, 2)),
        _ => None,
    }
}

fn unknown_encoding(file: &str) -> ReadError {
    ReadError::kind(
        file,
        "文字编码无法识别。请另存为 UTF-8 或 GB18030（ANSI）编码的 CSV，或 .xlsx",
    )
}

fn has_nul(file: &str) -> ReadError {
    ReadError::kind(file, "含有空字符，不是文本表格。请重新导出")
}

/// The separator that splits the first lines into most cells, outside quotes.
fn delimiter(text: &str) -> u8 {
    let head: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(TELLING_LINES)
        .collect();
    let score = |separator: char| -> usize {
        head.iter()
            .map(|line| {
                let mut quoted = false;
                line.chars()
                    .filter(|c| {
                        quoted ^= *c == '"';
                        *c == separator && !quoted
                    })
                    .count()
            })
            .sum()
    };
    let best = [',', '\t', ';']
        .into_iter()
        .rev()
        .max_by_key(|separator| score(*separator))
        .unwrap_or(',');
    best as u8
}

fn cell(text: &str) -> Cell {
    let text = text.trim().trim_matches('\u{feff}');
    match text {
        "" => Cell::Empty,
        _ if is_error(text) => Cell::Error(text.to_owned()),
        _ => Cell::Text(text.to_owned()),
    }
}

fn too_many_rows(file: &str, limits: &Limits) -> ReadError {
    ReadError::too_large(file, format!("超过 {} 行", limits.rows))
}

fn too_many_columns(file: &str) -> ReadError {
    ReadError::too_large(file, format!("一行超过 {MOST_COLUMNS} 列"))
}

fn too_many_cells(file: &str, limits: &Limits) -> ReadError {
    ReadError::too_large(file, format!("超过 {} 个单元格", limits.cells))
}

fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = (0..bytes.len()).filter(|at| ends_line(bytes, *at));
    std::iter::once(0).chain(ends.map(|at| at + 1)).collect()
}

/// The physical line on which a record begins; the reader may report the end of the blank lines before it.
fn line_of(lines: &[usize], text: &str, mut start: usize) -> u32 {
    while text.as_bytes().get(start).is_some_and(|b| matches!(b, b'\r' | b'\n')) {
        start += 1;
    }
    lines.partition_point(|line| *line <= start) as u32
}
