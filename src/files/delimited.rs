//! Delimited text: UTF-8, UTF-16 or GB18030; comma, tab or semicolon.

use super::ReadError;
use super::table::{Cell, Limits, RawRow, Table};
use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};

pub(super) fn read(file: &str, bytes: &[u8], limits: &Limits) -> Result<Table, ReadError> {
    let text = decode(file, bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
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
            return Err(ReadError::too_large(file, format!("超过 {} 行", limits.rows)));
        }
        let start = record.position().map_or(0, |position| position.byte() as usize);
        let cut: Vec<Cell> = record.iter().take(limits.columns as usize).map(cell).collect();
        let filled = cut.iter().filter(|cell| **cell != Cell::Empty).count() as u64;
        cells = cells
            .checked_sub(filled)
            .ok_or_else(|| ReadError::too_large(file, format!("超过 {} 个单元格", limits.cells)))?;
        if filled > 0 {
            rows.push(RawRow {
                number: line_of(&lines, &text, start),
                cells: cut,
            });
        }
    }
    Ok(Table { sheet: None, rows })
}

/// Decodes the whole text here, once; the mark at the beginning is not part of the first header.
pub(super) fn decode(file: &str, bytes: &[u8]) -> Result<String, ReadError> {
    let (encoding, body) = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (UTF_8, rest),
        [0xff, 0xfe, rest @ ..] => (UTF_16LE, rest),
        [0xfe, 0xff, rest @ ..] => (UTF_16BE, rest),
        plain if std::str::from_utf8(plain).is_ok() => (UTF_8, plain),
        other => (GB18030, other),
    };
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(body)
        .ok_or_else(|| {
            ReadError::kind(
                file,
                "文字编码无法识别。请另存为 UTF-8 或 GB18030（ANSI）编码的 CSV，或 .xlsx",
            )
        })?;
    if text.contains('\0') {
        return Err(ReadError::kind(file, "含有空字符，不是文本表格。请重新导出"));
    }
    Ok(text.into_owned())
}

/// The separator that splits the first lines into most cells, outside quotes.
fn delimiter(text: &str) -> u8 {
    let head: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(20).collect();
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
        "#REF!" | "#N/A" | "#VALUE!" | "#NAME?" | "#DIV/0!" | "#NUM!" | "#NULL!" => Cell::Error(text.to_owned()),
        _ => Cell::Text(text.to_owned()),
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(
            text.bytes()
                .enumerate()
                .filter(|(_, b)| *b == b'\n')
                .map(|(at, _)| at + 1),
        )
        .collect()
}

/// The physical line on which a record begins; the reader may report the end of the blank lines before it.
fn line_of(lines: &[usize], text: &str, mut start: usize) -> u32 {
    while text.as_bytes().get(start).is_some_and(|b| matches!(b, b'\r' | b'\n')) {
        start += 1;
    }
    lines.partition_point(|line| *line <= start) as u32
}
