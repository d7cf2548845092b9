//! Bytes to records: spreadsheets and delimited text as offices have them. No database.

pub mod calendar;
mod cells;
mod dates;
mod delimited;
pub mod docx;
mod error;
mod grid;
mod headers;
mod lists;
mod records;
mod table;
pub mod words;
mod xlsx;

pub use error::ReadError;
pub use headers::{HeaderWords, HeaderWordsError};
pub use lists::read_list;
pub use records::{read_cadres, read_contacts, read_rectifications, read_register};
pub use table::{Cell, Limits, RawRow, Table, read_tables};

use crate::domain::protection::list::{Located, RowFault};

/// Records of one kind, what could not be read, and how many there were.
#[derive(Debug, Clone)]
pub struct Parsed<T> {
    /// Good records with their place.
    pub rows: Vec<Located<T>>,
    /// What is wrong, and where.
    pub faults: Vec<RowFault>,
    /// Records under a header, readable or not.
    pub rows_read: u32,
}
