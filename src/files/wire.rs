//! What the reading process tells the one that asked: frames of a length and a message each, so that neither side
//! holds a second copy of the whole. Binary, because numbers must come through exactly.

use super::ReadError;
use super::table::{Document, Limits, RawRow, Table};
use crate::domain::protection::list::RowFault;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io::{self, Read, Write};

/// Rows in one frame.
const ROWS: usize = 256;

/// What is asked: the bytes of the file follow.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) file: String,
    pub(super) limits: Limits,
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
    /// Something was left out of the list.
    Fault(RowFault),
    /// The whole file cannot be used.
    Refused(ReadError),
    /// Nothing more comes.
    End,
}

/// Writes an answer; what is written is freed as it goes.
pub(super) fn answer(output: &mut dyn Write, opened: Result<Vec<Document>, ReadError>) -> io::Result<()> {
    match opened {
        Err(error) => send(output, &Frame::Refused(error))?,
        Ok(documents) => {
            for document in documents {
                let (name, hash) = (document.name, document.hash);
                send(output, &Frame::Document { name, hash })?;
                for fault in document.faults {
                    send(output, &Frame::Fault(fault))?;
                }
                match document.tables {
                    Err(error) => send(output, &Frame::Failed(error))?,
                    Ok(tables) => {
                        for table in tables {
                            send_table(output, table)?;
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
pub(super) fn receive(input: &mut dyn Read, mut most: u64) -> io::Result<Result<Vec<Document>, ReadError>> {
    let mut documents: Vec<Document> = Vec::new();
    let out_of_order = || io::Error::new(io::ErrorKind::InvalidData, "a frame out of order");
    loop {
        match take::<Frame>(input, &mut most)? {
            Frame::Document { name, hash } => documents.push(Document {
                name,
                hash,
                tables: Ok(Vec::new()),
                faults: Vec::new(),
            }),
            Frame::Failed(error) => documents.last_mut().ok_or_else(out_of_order)?.tables = Err(error),
            Frame::Fault(fault) => documents.last_mut().ok_or_else(out_of_order)?.faults.push(fault),
            Frame::Sheet(sheet) => {
                let tables = documents.last_mut().and_then(|document| document.tables.as_mut().ok());
                tables.ok_or_else(out_of_order)?.push(Table {
                    sheet,
                    rows: Vec::new(),
                });
            }
            Frame::Rows(rows) => {
                let tables = documents.last_mut().and_then(|document| document.tables.as_mut().ok());
                let table = tables.and_then(|tables| tables.last_mut());
                table.ok_or_else(out_of_order)?.rows.extend(rows);
            }
            Frame::Refused(error) => return Ok(Err(error)),
            Frame::End => return Ok(Ok(documents)),
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
