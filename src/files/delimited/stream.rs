//! The same text block by block: what is held is a block, never the file. A second thread takes the fingerprint of
//! the file meanwhile.

use super::{
    Cell, Limits, RawRow, ReadError, TELLING_LINES, Table, delimiter, has_nul, is_error, marked, never_closed,
    too_many_cells, too_many_rows, unknown_encoding,
};
use crate::domain::ids::hex;
use crate::domain::protection::list::Passed;
use crate::files::sift::{Glance, Line, Sheet, Sifting};
use crate::files::split::{Cut, Pieces, Splitter, text_of};
use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8};
use ring::digest::{Context, SHA256};
use std::io::{Read, Seek};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

/// Bytes read at a time.
const BLOCK: usize = 256 << 10;
/// Blocks that may wait for the fingerprint.
const WAITING: usize = 8;
/// A record longer than this is no record: somewhere a quotation mark is missing.
const LONGEST_RECORD: usize = 16 << 20;

/// What a file came to.
pub(in crate::files) struct Streamed {
    pub(in crate::files) table: Table,
    pub(in crate::files) passed: Passed,
    /// SHA-256 in hexadecimal digits.
    pub(in crate::files) hash: String,
}

/// Why a reading ended early.
enum Stop {
    /// It is not in the encoding that was supposed.
    OtherEncoding,
    Failed(ReadError),
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        Self::Failed(error)
    }
}

/// Sifts a text. It is supposed to be UTF-8 until something stands in it that is not; then it is read again.
pub(in crate::files) fn sift<S: Read + Seek + ?Sized>(
    file: &str,
    source: &mut S,
    limits: &Limits,
    by: &Sifting<'_>,
) -> Result<Streamed, ReadError> {
    let before = limits.progress.rows();
    for supposed in [UTF_8, GB18030] {
        limits.progress.set(before);
        source.rewind().map_err(|error| ReadError::broken(file, &error))?;
        match attempt(file, source, limits, by, supposed) {
            Err(Stop::OtherEncoding) => {}
            Err(Stop::Failed(error)) => return Err(error),
            Ok(done) => return Ok(done),
        }
    }
    Err(unknown_encoding(file))
}

fn attempt<S: Read + ?Sized>(
    file: &str,
    source: &mut S,
    limits: &Limits,
    by: &Sifting<'_>,
    supposed: &'static Encoding,
) -> Result<Streamed, Stop> {
    std::thread::scope(|scope| {
        let (tell, told) = sync_channel::<Fresh>(WAITING);
        let fingerprint = scope.spawn(move || {
            let mut hash = Context::new(&SHA256);
            for fresh in told {
                hash.update(&fresh.bytes[fresh.from..]);
            }
            hex(hash.finish().as_ref())
        });
        let mut blocks = Blocks::new(file, source, limits, supposed, tell);
        let read = Reading::new(file, limits, by).all(&mut blocks);
        // The fingerprint is done when nobody tells it more.
        drop(blocks);
        let hash = fingerprint.join().expect("hashing does not panic");
        let (table, passed) = read?;
        Ok(Streamed { table, passed, hash })
    })
}

// ---------------------------------------------------------------- blocks

/// Bytes that the fingerprint has not seen.
struct Fresh {
    bytes: Arc<Vec<u8>>,
    from: usize,
}

/// A block: UTF-8 where it was read, or decoded.
enum Block {
    Plain {
        bytes: Arc<Vec<u8>>,
        from: usize,
        to: usize,
    },
    Decoded(String),
}

impl Block {
    /// Bytes that are UTF-8; `None` when they are not.
    fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Plain { bytes, from, to } => {
                let text = &bytes[*from..*to];
                (Encoding::utf8_valid_up_to(text) == text.len()).then_some(text)
            }
            Self::Decoded(text) => Some(text.as_bytes()),
        }
    }
}

/// The file, block by block.
struct Blocks<'a, S: ?Sized> {
    file: &'a str,
    source: &'a mut S,
    limits: &'a Limits,
    supposed: &'static Encoding,
    /// Set by the mark at the beginning.
    is_marked: bool,
    decoder: Option<Decoder>,
    tell: SyncSender<Fresh>,
    read: u64,
    is_last: bool,
    /// Text of the block before that belongs to the next record.
    carry: String,
    /// Bytes behind it that are no whole character.
    tail: Vec<u8>,
}

impl<'a, S: Read + ?Sized> Blocks<'a, S> {
    fn new(
        file: &'a str,
        source: &'a mut S,
        limits: &'a Limits,
        supposed: &'static Encoding,
        tell: SyncSender<Fresh>,
    ) -> Self {
        Self {
            file,
            source,
            limits,
            supposed,
            is_marked: false,
            decoder: None,
            tell,
            read: 0,
            is_last: false,
            carry: String::new(),
            tail: Vec::new(),
        }
    }

    /// The next block, behind what was kept of the one before.
    fn next(&mut self) -> Result<Block, Stop> {
        // What is kept doubles, so that a record over many blocks is not looked at many times.
        let wanted = BLOCK.max(self.carry.len());
        let carried = if self.decoder.is_none() { self.carry.len() } else { 0 };
        let mut bytes = Vec::with_capacity(carried + self.tail.len() + wanted);
        bytes.extend_from_slice(&self.carry.as_bytes()[..carried]);
        bytes.append(&mut self.tail);
        let unseen = bytes.len();
        let got = Read::take(&mut *self.source, wanted as u64)
            .read_to_end(&mut bytes)
            .map_err(|error| ReadError::broken(self.file, &error))?;
        let is_first = self.read == 0;
        self.read += got as u64;
        if self.read > self.limits.file_bytes {
            let most = format!("文件超过 {} MiB", self.limits.file_bytes >> 20);
            return Err(ReadError::too_large(self.file, most).into());
        }
        self.is_last = got < wanted;
        let mark = if is_first { self.begin(&bytes) } else { 0 };
        if self.decoder.is_none() && !self.is_last {
            self.tail = bytes[bytes.len() - half_character(&bytes)..].to_vec();
        }
        let (from, to) = (mark, bytes.len() - self.tail.len());
        let bytes = Arc::new(bytes);
        let fresh = Fresh {
            bytes: Arc::clone(&bytes),
            from: unseen,
        };
        // Whoever listens does so until this side ends.
        self.tell.send(fresh).ok();
        let Some(decoder) = &mut self.decoder else {
            let has_nul_byte = bytes[unseen..].contains(&0);
            self.carry.clear();
            return if has_nul_byte {
                Err(has_nul(self.file).into())
            } else {
                Ok(Block::Plain { bytes, from, to })
            };
        };
        let mut text = std::mem::take(&mut self.carry);
        let kept = text.len();
        decode(decoder, &bytes[from..], self.is_last, &mut text).ok_or_else(|| unknown_encoding(self.file))?;
        if text.as_bytes()[kept..].contains(&0) {
            return Err(has_nul(self.file).into());
        }
        Ok(Block::Decoded(text))
    }

    /// Looks at the mark in the first block; how long it is.
    fn begin(&mut self, bytes: &[u8]) -> usize {
        let known = marked(bytes);
        self.is_marked = known.is_some();
        let (encoding, mark) = known.unwrap_or((self.supposed, 0));
        self.decoder = (encoding != UTF_8).then(|| encoding.new_decoder_without_bom_handling());
        mark
    }

    /// What a block that is no UTF-8 means.
    fn no_utf8(&self) -> Stop {
        if self.is_marked {
            Stop::Failed(unknown_encoding(self.file))
        } else {
            Stop::OtherEncoding
        }
    }
}

/// Bytes at the end that begin a character and do not end it.
fn half_character(bytes: &[u8]) -> usize {
    for (back, byte) in bytes.iter().rev().take(3).enumerate() {
        let length = match byte {
            0x00..=0x7f => return 0,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xff => 4,
            0x80..=0xbf => continue,
        };
        return if back + 1 < length { back + 1 } else { 0 };
    }
    0
}

/// Appends what bytes mean; `None` when they mean nothing.
fn decode(decoder: &mut Decoder, bytes: &[u8], is_last: bool, text: &mut String) -> Option<()> {
    text.reserve(decoder.max_utf8_buffer_length_without_replacement(bytes.len())?);
    match decoder.decode_to_string_without_replacement(bytes, text, is_last) {
        (DecoderResult::InputEmpty, _) => Some(()),
        (DecoderResult::OutputFull | DecoderResult::Malformed(..), _) => None,
    }
}

// ---------------------------------------------------------------- records

/// The records while they come.
struct Reading<'a> {
    file: &'a str,
    limits: &'a Limits,
    sheet: Sheet<'a>,
    /// Known with the first lines.
    splitter: Option<Splitter>,
    pieces: Pieces,
    rows: u32,
    cells: u64,
}

impl<'a> Reading<'a> {
    fn new(file: &'a str, limits: &'a Limits, by: &'a Sifting<'a>) -> Self {
        Self {
            file,
            limits,
            sheet: by.sheet(None),
            splitter: None,
            pieces: Pieces::default(),
            rows: 0,
            cells: limits.cells,
        }
    }

    fn all<S: Read + ?Sized>(mut self, blocks: &mut Blocks<'_, S>) -> Result<(Table, Passed), Stop> {
        loop {
            let block = blocks.next()?;
            let text = block.text().ok_or_else(|| blocks.no_utf8())?;
            let rest = self.block(text, blocks.is_last)?;
            if blocks.is_last {
                return Ok(self.sheet.finish());
            }
            if rest.len() > LONGEST_RECORD {
                let line = self.splitter.as_ref().map_or(1, Splitter::line);
                let what = format!(
                    "第 {line} 行起的一条记录超过 {} MiB，多半是缺了一个引号",
                    LONGEST_RECORD >> 20
                );
                return Err(ReadError::too_large(self.file, what).into());
            }
            blocks.carry.push_str(text_of(rest));
        }
    }

    /// Takes the records of a block; what is left of it belongs to the next.
    fn block<'t>(&mut self, text: &'t [u8], is_last: bool) -> Result<&'t [u8], ReadError> {
        let splitter = if let Some(known) = &mut self.splitter {
            known
        } else {
            let head = text_of(text);
            if !is_last && !has_telling_lines(head) {
                return Ok(text);
            }
            self.splitter.insert(Splitter::new(delimiter(head)))
        };
        splitter.look_over(text);
        let mut at = 0;
        loop {
            match splitter.next(text, at, is_last, &mut self.pieces) {
                Cut::Record(next) => at = next,
                Cut::More(from) => return Ok(&text[from..]),
            }
            if self.pieces.is_open {
                return Err(never_closed(self.file, self.pieces.line));
            }
            if self.rows >= self.limits.rows {
                return Err(too_many_rows(self.file, self.limits));
            }
            let filled = self.pieces.trim(text, self.limits.columns as usize);
            self.cells = self
                .cells
                .checked_sub(filled)
                .ok_or_else(|| too_many_cells(self.file, self.limits))?;
            if filled > 0 {
                self.limits.progress.advance(self.rows, self.rows + 1);
                self.rows += 1;
                self.sheet.take(&Record {
                    text,
                    pieces: &self.pieces,
                });
            }
        }
    }
}

/// Whether the lines that tell the separator are all there, one more behind them.
fn has_telling_lines(text: &str) -> bool {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.take(TELLING_LINES + 1).count() > TELLING_LINES
}

struct Record<'a> {
    text: &'a [u8],
    pieces: &'a Pieces,
}

impl Line for Record<'_> {
    fn number(&self) -> u32 {
        self.pieces.line
    }

    #[inline]
    fn width(&self) -> usize {
        self.pieces.len()
    }

    fn has_lines(&self) -> bool {
        self.pieces.is_quoted
    }

    #[inline]
    fn glance(&self, column: usize) -> Glance<'_> {
        match self.pieces.get(self.text, column) {
            b"" => Glance::Empty,
            text if text[0] == b'#' && is_error(text_of(text)) => Glance::Other,
            text => Glance::Text(text),
        }
    }

    fn cell(&self, column: usize) -> Cell {
        let text = || text_of(self.pieces.get(self.text, column)).to_owned();
        match self.glance(column) {
            Glance::Empty => Cell::Empty,
            Glance::Text(_) | Glance::Figure => Cell::Text(text()),
            Glance::Other => Cell::Error(text()),
        }
    }

    fn raw(&self) -> RawRow {
        RawRow {
            number: self.number(),
            cells: (0..self.width()).map(|column| self.cell(column)).collect(),
        }
    }
}
