//! Bytes to records: spreadsheets and delimited text as offices have them. No database.

pub mod annotate;
mod archive;
pub mod book;
pub mod calendar;
mod cells;
pub mod chart;
pub mod child;
mod dates;
mod delimited;
pub mod docx;
mod error;
pub mod evidence;
pub mod folder;
mod grid;
mod grounds;
mod headers;
mod ledger;
mod lists;
mod lrmx;
mod ods;
pub mod original;
pub mod plain;
mod posts;
mod progress;
mod records;
mod sheet;
mod sieve;
mod sift;
mod split;
mod starts;
mod table;
mod wire;
pub mod words;
mod xls;
mod xlsx;
mod xml;

pub use child::Sandbox;
pub use error::ReadError;
pub use headers::{HeaderWords, HeaderWordsError};
pub use ledger::{is_running_number, ledger_shape, read_rectifications, rectifications};
pub use lists::{list, list_with, read_list, sifted_list};
pub use progress::Progress;
pub use records::{cadres, contacts, read_cadres, read_contacts, read_register, register};
pub use sieve::Sieve;
pub use sift::{Sifted, Sifting};
pub use table::{Bytes, Cell, Document, Limits, Opens, RawRow, Table, read_tables};

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

/// The one list of a file.
fn single(file: &str, bytes: &[u8], by: &impl Opens) -> Result<Document, ReadError> {
    let mut documents = by.open(file, bytes)?;
    match documents.pop() {
        Some(only) if documents.is_empty() => Ok(only),
        _ => Err(ReadError::kind(file, "压缩包里有多份名单，此处一次只收一份")),
    }
}
