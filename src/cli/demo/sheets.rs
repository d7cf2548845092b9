//! Writes the demonstration's lists as real workbooks, as an office would have them.

use crate::cli::output::Failure;
use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};
use std::path::Path;

/// A list to write.
pub(super) struct Sheet<'a> {
    /// Title over the header, merged across it.
    pub title: &'a str,
    /// Header words.
    pub header: &'a [&'a str],
    /// Rows of texts.
    pub rows: Vec<Vec<String>>,
}

/// Writes one workbook with one sheet.
pub(super) fn write(path: &Path, sheet: &Sheet<'_>) -> Result<(), Failure> {
    build(sheet)
        .and_then(|mut book| book.save(path))
        .map_err(|error| Failure::environment(format!("{}：无法写出演示名单（{error}）", path.display())))
}

fn build(sheet: &Sheet<'_>) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    let title = Format::new()
        .set_bold()
        .set_font_size(16)
        .set_align(FormatAlign::Center);
    let head = Format::new().set_bold().set_text_wrap();
    let last = u16::try_from(sheet.header.len().saturating_sub(1)).unwrap_or(u16::MAX);
    page.merge_range(0, 0, 0, last, sheet.title, &title)?;
    for (column, text) in (0_u16..).zip(sheet.header) {
        page.write_string_with_format(1, column, *text, &head)?;
        page.set_column_width(column, 16)?;
    }
    for (row, cells) in (2_u32..).zip(&sheet.rows) {
        for (column, text) in (0_u16..).zip(cells) {
            // Always a string: a text that begins with = must not become a formula.
            if !text.is_empty() {
                page.write_string(row, column, text)?;
            }
        }
    }
    Ok(book)
}
