//! Plain workbooks to take away: a title, a header, text and numbers.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

/// One sheet.
#[derive(Debug, Clone)]
pub struct Page {
    /// Sheet name.
    pub name: String,
    /// Lines above the header, the first of them the title.
    pub title: Vec<String>,
    /// Header words with the width of their column, in characters.
    pub header: Vec<(String, f64)>,
    /// Rows under it.
    pub rows: Vec<Vec<Value>>,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Blank,
    /// Text, never a formula.
    Text(String),
    /// A whole number.
    Count(u32),
    /// A number with so many places behind the point.
    Number(f64, u8),
}

impl Value {
    /// The same in a table that people read.
    pub fn zh(&self) -> String {
        match self {
            Self::Blank => "—".to_owned(),
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Number(number, places) => format!("{number:.*}", usize::from(*places)),
        }
    }

    /// Whether it stands to the right.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Count(_) | Self::Number(..))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Why a workbook was not written.
#[derive(Debug, thiserror::Error)]
#[error("表格无法写出（{0}）")]
pub struct BookError(#[from] XlsxError);

/// Writes a workbook; the same pages give the same cells.
///
/// # Errors
/// More rows than a sheet holds, or a sheet name that spreadsheets refuse.
pub fn write(pages: &[Page]) -> Result<Vec<u8>, BookError> {
    let mut book = Workbook::new();
    for page in pages {
        fill(book.add_worksheet(), page)?;
    }
    Ok(book.save_to_buffer()?)
}

fn fill(sheet: &mut Worksheet, page: &Page) -> Result<(), XlsxError> {
    sheet.set_name(&page.name)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    let title = Format::new().set_bold().set_font_size(14);
    let head = framed()
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap();
    let text = framed().set_text_wrap();
    let mut at = 0;
    for (line, words) in page.title.iter().enumerate() {
        match line {
            0 => sheet.write_string_with_format(at, 0, words, &title)?,
            _ => sheet.write_string(at, 0, words)?,
        };
        at += 1;
    }
    for (column, (words, width)) in (0_u16..).zip(&page.header) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(at, column, words, &head)?;
    }
    if !page.header.is_empty() {
        // Two lines of header words; office programs do not all grow the row by themselves.
        sheet.set_row_height(at, 32)?;
        sheet.set_repeat_rows(at, at)?;
        at += 1;
        sheet.set_freeze_panes(at, 0)?;
    }
    for row in &page.rows {
        for (column, value) in (0_u16..).zip(row) {
            match value {
                Value::Blank => sheet.write_blank(at, column, &text)?,
                Value::Text(words) => sheet.write_string_with_format(at, column, words, &text)?,
                Value::Count(count) => sheet.write_number_with_format(at, column, *count, &framed())?,
                Value::Number(number, places) => {
                    let shown = framed().set_num_format(format!("0.{}", "0".repeat(usize::from(*places))));
                    sheet.write_number_with_format(at, column, *number, &shown)?
                }
            };
        }
        at += 1;
    }
    Ok(())
}

fn framed() -> Format {
    Format::new()
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::VerticalCenter)
}
