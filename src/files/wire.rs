//! What the reading process tells the one that asked: frames of a length and a message each, so that neither side
//! holds a second copy of the whole. Binary, because numbers must come through exactly.

use super::sift::Sifted;
use super::table::{Limits, RawRow, Table};
use super::{HeaderWords, Progress, ReadError, Sieve};
use crate::domain::protection::list::{Passed, RowFault};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::HashSet;
use std::io::{self, Read, Write};

/// Rows in one frame.
const ROWS: usize = 256;

/// What is asked: the bytes of the file follow.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) file: String,
    pub(super) limits: Limits,
    /// Whether what to look for follows, before the file.
    pub(super) is_sifted: bool,
}

/// What is looked for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) words: HeaderWords,
    /// The words of outcomes, which are no part of those of headers.
    pub(super) outcomes: HashSet<String>,
    pub(super) sieve: Sieve,
}

/// The same, lent.
#[derive(Debug, Serialize)]
pub(super) struct WantedRef<'a> {
    pub(super) words: &'a HeaderWords,
    pub(super) outcomes: &'a HashSet<String>,
    pub(super) sieve: &'a Sieve,
}

/// What is answered, one after the other.
#[derive(Debug, Serialize, Deserialize)]
enum Frame {
    /// A list begins.
    Document { name: String, hash: String },
    /// It cannot be used.
    Failed(ReadError),
    /// A sheet of it begins.
    Sheet(Option<String>),
    /// Rows of the sheet.
    Rows(Vec<RawRow>),
    /// What the rows of the sheet come to that were left out.
    Passed(Passed),
    /// Something was left out of the list.
    Fault(RowFault),
    /// The whole file cannot be used.
    Refused(ReadError),
    /// Nothing more comes.
    End,
    /// So many rows were read up to now; comes while the file is read, before everything else.
    Read(u64),
}

/// Tells how far the reading is.
pub(super) fn tell(output: &mut dyn Write, rows: u64) -> io::Result<()> {
    send(output, &Frame::Read(rows))?;
    output.flush()
}

/// Writes an answer; what is written is freed as it goes.
pub(super) fn answer(output: &mut dyn Write, opened: Result<Vec<Sifted>, ReadError>) -> io::Result<()> {
    match opened {
        Err(error) => send(output, &Frame::Refused(error))?,
        Ok(documents) => {
            for Sifted { document, passed } in documents {
                let (name, hash) = (document.name, document.hash);
                send(output, &Frame::Document { name, hash })?;
                for fault in document.faults {
                    send(output, &Frame::Fault(fault))?;
                }
                match document.tables {
                    Err(error) => send(output, &Frame::Failed(error))?,
                    Ok(tables) => {
                        let mut passed = passed.into_iter();
                        for table in tables {
                            send_table(output, table)?;
                            if let Some(passed) = passed.next() {
                                send(output, &Frame::Passed(passed))?;
                            }
                        }
                    }
                }
            }
        }
    }
    send(output, &Frame::End)?;
    output.flush()
}

fn send_table(output: &mut dyn Write, table: Table) -> io::Result<()> {
    send(output, &Frame::Sheet(table.sheet))?;
    let mut rows = table.rows.into_iter();
    loop {
        let some: Vec<RawRow> = rows.by_ref().take(ROWS).collect();
        if some.is_empty() {
            return Ok(());
        }
        send(output, &Frame::Rows(some))?;
    }
}

/// Reads an answer of at most so many bytes.
pub(super) fn receive(
    input: &mut dyn Read,
    mut most: u64,
    progress: &Progress,
) -> io::Result<Result<Vec<Sifted>, ReadError>> {
    let mut documents: Vec<Sifted> = Vec::new();
    let out_of_order = || io::Error::new(io::ErrorKind::InvalidData, "a frame out of order");
    loop {
        let frame = take::<Frame>(input, &mut most)?;
        let last = documents.last_mut();
        match frame {
            Frame::Document { name, hash } => documents.push(Sifted::of(&name, hash, Vec::new())),
            Frame::Failed(error) => last.ok_or_else(out_of_order)?.document.tables = Err(error),
            Frame::Fault(fault) => last.ok_or_else(out_of_order)?.document.faults.push(fault),
            Frame::Sheet(sheet) => {
                let list = last.ok_or_else(out_of_order)?;
                let tables = list.document.tables.as_mut().map_err(|_| out_of_order())?;
                tables.push(Table {
                    sheet,
                    rows: Vec::new(),
                });
                list.passed.push(Passed::default());
            }
            Frame::Rows(rows) => {
                let tables = last.and_then(|list| list.document.tables.as_mut().ok());
                let table = tables.and_then(|tables| tables.last_mut());
                table.ok_or_else(out_of_order)?.rows.extend(rows);
            }
            Frame::Passed(passed) => {
                let sheet = last.and_then(|list| list.passed.last_mut());
                *sheet.ok_or_else(out_of_order)? = passed;
            }
            Frame::Refused(error) => return Ok(Err(error)),
            Frame::End => return Ok(Ok(documents)),
            Frame::Read(rows) => progress.set(rows),
        }
    }
}

pub(super) fn send(output: &mut dyn Write, message: &impl Serialize) -> io::Result<()> {
    let bytes = postcard::to_stdvec(message).map_err(io::Error::other)?;
    output.write_all(&(bytes.len() as u64).to_le_bytes())?;
    output.write_all(&bytes)
}

/// One message; `left` says how many bytes may still come.
pub(super) fn take<T: DeserializeOwned>(input: &mut dyn Read, left: &mut u64) -> io::Result<T> {
    let mut length = [0; 8];
    input.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    *left = left
        .checked_sub(length)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "more than may come"))?;
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    postcard::from_bytes(&bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
