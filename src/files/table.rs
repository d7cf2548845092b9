//! A file as rows of cells, whatever its kind.

use super::sift::{Sifted, Sifting};
use super::{Progress, ReadError, delimited, lrmx, ods, xls, xlsx};
use crate::domain::protection::list::RowFault;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{Cursor, Read, Seek, SeekFrom};

/// Bounds on what a file may hold and on the process that opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Bytes that the parts of a workbook inflate to, together.
    pub inflated_bytes: u64,
    /// Bytes of the shared texts of a workbook.
    pub shared_text_bytes: u64,
    /// Bytes of all texts that are taken.
    pub text_bytes: u64,
    /// Parts of a workbook.
    pub parts: usize,
    /// Files in an archive.
    pub members: usize,
    /// Rows over all sheets.
    pub rows: u32,
    /// Columns that are looked at.
    pub columns: u32,
    /// Cells that hold something, over all sheets.
    pub cells: u64,
    /// Bytes of memory the opening process may take.
    pub memory_bytes: u64,
    /// Seconds of computing the opening process may take.
    pub cpu_seconds: u64,
    /// Seconds until it must have answered.
    pub wall_seconds: u64,
    /// Not a bound: how far whoever reads by them has come.
    #[serde(skip)]
    pub progress: Progress,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 100 << 20,
            inflated_bytes: 1 << 30,
            shared_text_bytes: 128 << 20,
            text_bytes: 512 << 20,
            parts: 2_000,
            members: 10_000,
            // Title and header rows come on top of a million records, or of 300,000 records of 40 columns.
            rows: 1_100_000,
            columns: 256,
            cells: 12_500_000,
            memory_bytes: 2 << 30,
            cpu_seconds: 120,
            wall_seconds: 240,
            progress: Progress::default(),
        }
    }
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text, trimmed.
    Text(String),
    /// A number.
    Number(f64),
    /// A date.
    Date(#[serde(with = "day_number")] NaiveDate),
    /// An error such as `#REF!`.
    Error(String),
}

/// A row that holds something.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RawRow {
    /// The number a person sees.
    pub number: u32,
    /// Its cells from the first column on.
    pub cells: Vec<Cell>,
}

/// A sheet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Sheet name; `None` for delimited text.
    pub sheet: Option<String>,
    /// Rows that hold something, top to bottom.
    pub rows: Vec<RawRow>,
}

/// One list: a file, or a member of an archive with a result of its own.
#[derive(Debug)]
pub struct Document {
    /// File name; a member carries the archive's name before its own, for either may name unit and year.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub hash: String,
    /// Its sheets, or why there are none.
    pub tables: Result<Vec<Table>, ReadError>,
    /// What was left out of it.
    pub faults: Vec<RowFault>,
}

/// Opens files; what is inside is read elsewhere.
pub trait Opens {
    /// The lists that a file holds: one, or many when it is an archive.
    fn open(&self, file: &str, bytes: &[u8]) -> Result<Vec<Document>, ReadError>;

    /// The same with only the rows that may be about somebody whom the sieve looks for; the file is not held whole.
    fn sift(&self, file: &str, bytes: &mut dyn Bytes, by: &Sifting<'_>) -> Result<Vec<Sifted>, ReadError>;
}

/// The bytes of a file, from wherever they come.
pub trait Bytes: Read + Seek + Send {}

impl<T: Read + Seek + Send> Bytes for T {}

/// What a file begins with, and how long it is.
pub(super) fn beginning(file: &str, bytes: &mut dyn Bytes, limits: &Limits) -> Result<Vec<u8>, ReadError> {
    let broken = |error: std::io::Error| ReadError::broken(file, &error);
    let length = bytes.seek(SeekFrom::End(0)).map_err(broken)?;
    check_length(file, length, limits)?;
    bytes.rewind().map_err(broken)?;
    let mut head = Vec::new();
    Read::take(&mut *bytes, OLE.len() as u64)
        .read_to_end(&mut head)
        .map_err(broken)?;
    bytes.rewind().map_err(broken)?;
    Ok(head)
}

/// Bounds alone mean: in this process. Only for files of one's own making, for tests, and inside the reading process.
impl Opens for Limits {
    fn open(&self, file: &str, bytes: &[u8]) -> Result<Vec<Document>, ReadError> {
        check_size(file, bytes, self)?;
        if kind(file, bytes)? == Kind::Archive {
            return super::archive::read(file, bytes, self);
        }
        Ok(vec![whole(file, bytes, self)?])
    }

    fn sift(&self, file: &str, bytes: &mut dyn Bytes, by: &Sifting<'_>) -> Result<Vec<Sifted>, ReadError> {
        let head = beginning(file, bytes, self)?;
        if is_delimited(file, &head) {
            return Ok(vec![stream(file, bytes, self, by)?]);
        }
        let mut whole = Vec::new();
        let read = bytes.take(self.file_bytes + 1).read_to_end(&mut whole);
        read.map_err(|error| ReadError::broken(file, &error))?;
        sift_whole(file, &whole, self, by)
    }
}

/// Sifts a file that is held whole, as workbooks are.
pub(super) fn sift_whole(
    file: &str,
    bytes: &[u8],
    limits: &Limits,
    by: &Sifting<'_>,
) -> Result<Vec<Sifted>, ReadError> {
    check_size(file, bytes, limits)?;
    if kind(file, bytes)? == Kind::Archive {
        return super::archive::sift(file, bytes, limits, by);
    }
    Ok(vec![sift_member(file, bytes, limits, by)?])
}

/// Sifts what is one list.
pub(super) fn sift_member(file: &str, bytes: &[u8], limits: &Limits, by: &Sifting<'_>) -> Result<Sifted, ReadError> {
    match kind(file, bytes)? {
        Kind::Xlsx => {
            let (hash, tables) = xlsx::sift(file, bytes, limits, by)?;
            Ok(Sifted::of(file, hash, tables))
        }
        Kind::Delimited => stream(file, &mut Cursor::new(bytes), limits, by),
        _ => Ok(by.document(whole(file, bytes, limits)?)),
    }
}

fn stream(file: &str, bytes: &mut dyn Bytes, limits: &Limits, by: &Sifting<'_>) -> Result<Sifted, ReadError> {
    let streamed = super::delimited::sift(file, bytes, limits, by)?;
    Ok(Sifted::of(file, streamed.hash, vec![(streamed.table, streamed.passed)]))
}

/// Reads what is one list, all of it.
pub(super) fn whole(file: &str, bytes: &[u8], limits: &Limits) -> Result<Document, ReadError> {
    Ok(Document {
        name: file.to_owned(),
        hash: super::archive::fingerprint(bytes),
        tables: Ok(read_tables(file, bytes, limits)?),
        faults: Vec::new(),
    })
}

/// What a file is, by its content where that tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    Xls,
    Ods,
    Delimited,
    Lrmx,
    Lrm,
    Archive,
}

const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const ZIP: &[u8] = b"PK";

pub(super) fn check_size(file: &str, bytes: &[u8], limits: &Limits) -> Result<(), ReadError> {
    check_length(file, bytes.len() as u64, limits)
}

fn check_length(file: &str, length: u64, limits: &Limits) -> Result<(), ReadError> {
    if length > limits.file_bytes {
        return Err(ReadError::too_large(
            file,
            format!("文件超过 {} MiB", limits.file_bytes >> 20),
        ));
    }
    if length == 0 {
        return Err(ReadError::kind(file, "文件是空的"));
    }
    Ok(())
}

pub(super) fn extension(file: &str) -> String {
    file.rsplit_once('.')
        .map(|(_, ext)| ext.to_ascii_lowercase())
        .unwrap_or_default()
}

/// Text by its name and its beginning; nothing is opened to find that out.
pub(super) fn is_delimited(file: &str, bytes: &[u8]) -> bool {
    matches!(extension(file).as_str(), "csv" | "tsv" | "txt") && !bytes.starts_with(ZIP) && !bytes.starts_with(OLE)
}

/// The kind of a file. A workbook under another workbook's ending is read as what it is.
pub(super) fn kind(file: &str, bytes: &[u8]) -> Result<Kind, ReadError> {
    let extension = extension(file);
    let (zip, ole) = (bytes.starts_with(ZIP), bytes.starts_with(OLE));
    match extension.as_str() {
        "xlsx" | "xlsm" | "xls" | "et" | "ods" if ole => {
            if encrypted_package(bytes) {
                return Err(ReadError::locked(file));
            }
            Ok(Kind::Xls)
        }
        "xlsx" | "xlsm" | "xls" | "et" | "ods" if zip => Ok(if super::archive::is_ods(bytes) {
            Kind::Ods
        } else {
            Kind::Xlsx
        }),
        "xlsx" | "xlsm" | "xls" | "et" | "ods" => Err(ReadError::kind(
            file,
            format!("扩展名是 .{extension}，内容却不是。请用表格软件打开后另存为 .xlsx"),
        )),
        "csv" | "tsv" | "txt" if zip || ole => Err(ReadError::kind(
            file,
            "扩展名是文本，内容却是工作簿。请把扩展名改为 .xlsx 或另存",
        )),
        "csv" | "tsv" | "txt" => Ok(Kind::Delimited),
        "lrmx" => Ok(Kind::Lrmx),
        "lrm" => Ok(Kind::Lrm),
        "zip" if zip => Ok(Kind::Archive),
        "zip" => Err(ReadError::kind(file, "扩展名是 .zip，内容却不是。请重新压缩")),
        "7z" | "rar" | "hzb" | "zb3" | "zzb3" => Err(ReadError::kind(
            file,
            format!("不读取 .{extension}。请解开，或压缩成 .zip"),
        )),
        _ => Err(ReadError::kind(
            file,
            "不认识的文件类型。可以使用 .xlsx、.xls、.ods、.csv、.tsv、.txt、.lrmx、.lrm、.zip",
        )),
    }
}

/// A workbook with an opening password is a stream of this name inside an old container.
fn encrypted_package(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(name.len()).any(|window| window == name)
}

/// Reads one file, no archive, into tables.
pub fn read_tables(file: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Table>, ReadError> {
    check_size(file, bytes, limits)?;
    match kind(file, bytes)? {
        Kind::Xlsx => xlsx::read(file, bytes, limits),
        Kind::Xls => xls::read(file, bytes, limits),
        Kind::Ods => ods::read(file, bytes, limits),
        Kind::Delimited => delimited::read(file, bytes, limits).map(|table| vec![table]),
        Kind::Lrmx => lrmx::read(file, bytes),
        Kind::Lrm => lrmx::read_old(file, bytes),
        Kind::Archive => Err(ReadError::kind(file, "压缩包里的压缩包不读取，请解开后再交")),
    }
}

/// Whether a text is the error of a formula, which some programs save as text.
pub(super) fn is_error(text: &str) -> bool {
    text.starts_with('#')
        && matches!(
            text,
            "#REF!" | "#N/A" | "#VALUE!" | "#NAME?" | "#DIV/0!" | "#NUM!" | "#NULL!"
        )
}

/// A text cell; text of nothing but spaces is empty.
pub(super) fn text_cell(text: impl Into<Cow<'static, str>>) -> Cell {
    let text: Cow<'static, str> = text.into();
    let trimmed = text.trim();
    if trimmed.is_empty() {
        Cell::Empty
    } else if trimmed.len() == text.len() {
        Cell::Text(text.into_owned())
    } else {
        Cell::Text(trimmed.to_owned())
    }
}

mod day_number {
    use chrono::{Datelike as _, NaiveDate};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the form serde asks for")]
    pub(super) fn serialize<S: Serializer>(day: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(day.num_days_from_ce())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
        NaiveDate::from_num_days_from_ce_opt(i32::deserialize(deserializer)?)
            .ok_or_else(|| D::Error::custom("a day number outside the calendar"))
    }
}
