//! A file as rows of cells, whatever its kind.

use super::{ReadError, delimited, xlsx};
use chrono::NaiveDate;

/// Bounds on what a file may hold.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Bytes that the parts of a workbook inflate to, together.
    pub inflated_bytes: u64,
    /// Bytes of the shared texts of a workbook.
    pub shared_text_bytes: u64,
    /// Parts of a workbook.
    pub parts: usize,
    /// Rows over all sheets.
    pub rows: u32,
    /// Columns that are looked at.
    pub columns: u32,
    /// Cells that hold something, over all sheets.
    pub cells: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 50 << 20,
            inflated_bytes: 512 << 20,
            shared_text_bytes: 128 << 20,
            parts: 2_000,
            rows: 300_000,
            columns: 256,
            cells: 12_000_000,
        }
    }
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text, trimmed.
    Text(String),
    /// A number.
    Number(f64),
    /// A date.
    Date(NaiveDate),
    /// An error such as `#REF!`.
    Error(String),
}

/// A row that holds something.
#[derive(Debug, Clone, Default)]
pub struct RawRow {
    /// The number a person sees.
    pub number: u32,
    /// Its cells from the first column on.
    pub cells: Vec<Cell>,
}

/// A sheet.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Sheet name; `None` for delimited text.
    pub sheet: Option<String>,
    /// Rows that hold something, top to bottom.
    pub rows: Vec<RawRow>,
}

const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Reads a file into tables.
pub fn read_tables(file: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Table>, ReadError> {
    if bytes.len() as u64 > limits.file_bytes {
        return Err(ReadError::too_large(
            file,
            format!("文件超过 {} MiB", limits.file_bytes >> 20),
        ));
    }
    if bytes.is_empty() {
        return Err(ReadError::kind(file, "文件是空的"));
    }
    let extension = file
        .rsplit_once('.')
        .map(|(_, ext)| ext.to_ascii_lowercase())
        .unwrap_or_default();
    match extension.as_str() {
        "xlsx" | "xlsm" if bytes.starts_with(b"PK") => xlsx::read(file, bytes, limits),
        "xlsx" | "xlsm" if bytes.starts_with(OLE) => Err(ReadError::kind(
            file,
            "文件设有打开密码，或其实是旧版 .xls。请去掉密码并另存为 .xlsx",
        )),
        "xlsx" | "xlsm" => Err(ReadError::kind(
            file,
            "扩展名是 .xlsx，内容却不是。请用表格软件打开后另存为 .xlsx",
        )),
        "csv" | "tsv" | "txt" if bytes.starts_with(b"PK") || bytes.starts_with(OLE) => Err(ReadError::kind(
            file,
            "扩展名是文本，内容却是工作簿。请把扩展名改为 .xlsx 或另存",
        )),
        "csv" | "tsv" | "txt" => delimited::read(file, bytes, limits).map(|table| vec![table]),
        "xls" | "ods" | "et" | "lrmx" | "lrm" | "zip" => Err(ReadError::kind(
            file,
            format!("本版本暂不能读取 .{extension}，请另存为 .xlsx 或 .csv"),
        )),
        _ => Err(ReadError::kind(
            file,
            "不认识的文件类型。可以使用 .xlsx、.csv、.tsv、.txt",
        )),
    }
}
