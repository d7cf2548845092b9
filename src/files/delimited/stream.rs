//! The same text block by block: what is held is a few blocks, never the file. Several threads sift a block each; what
//! they find is put together in the order of the file, and a block that turns out to stand under another header, or
//! whose rows are too many, is sifted again in its turn. One more thread takes the fingerprint of the file meanwhile.

use super::{
    Cell, Limits, MOST_COLUMNS, RawRow, ReadError, TELLING_LINES, Table, delimiter, has_nul, is_error, marked,
    never_closed, too_many_cells, too_many_columns, too_many_rows, unknown_encoding,
};
use crate::domain::ids::hex;
use crate::domain::protection::list::Passed;
use crate::files::sift::{Columns, Glance, Line, Sheet, Sifting};
use crate::files::split::{Cut, Pieces, Signs, Splitter, last_record, text_of};
use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8};
use ring::digest::{Context, SHA256};
use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::num::NonZero;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes read at a time.
const BLOCK: usize = 256 << 10;
/// Blocks that may wait for the fingerprint.
const WAITING: usize = 8;
/// Threads that sift at most, and blocks that may wait until those before them are done.
const MOST_HANDS: usize = 4;
const AHEAD: usize = 8;
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
pub(in crate::files) fn sift<S: Read + Seek + Send + ?Sized>(
    file: &str,
    source: &mut S,
    limits: &Limits,
    by: &Sifting<'_>,
) -> Result<Streamed, ReadError> {
    let hands = std::thread::available_parallelism().map_or(1, NonZero::get);
    sift_by(file, source, limits, by, (BLOCK, hands.min(MOST_HANDS)))
}

/// The same in blocks of so many bytes, by so many threads.
fn sift_by<S: Read + Seek + Send + ?Sized>(
    file: &str,
    source: &mut S,
    limits: &Limits,
    by: &Sifting<'_>,
    how: (usize, usize),
) -> Result<Streamed, ReadError> {
    let before = limits.progress.rows();
    for supposed in [UTF_8, GB18030] {
        limits.progress.set(before);
        source.rewind().map_err(|error| ReadError::broken(file, &error))?;
        match attempt(file, source, limits, by, supposed, how) {
            Err(Stop::OtherEncoding) => {}
            Err(Stop::Failed(error)) => return Err(error),
            Ok(done) => return Ok(done),
        }
    }
    Err(unknown_encoding(file))
}

fn attempt<S: Read + Send + ?Sized>(
    file: &str,
    source: &mut S,
    limits: &Limits,
    by: &Sifting<'_>,
    supposed: &'static Encoding,
    (block, hands): (usize, usize),
) -> Result<Streamed, Stop> {
    let spare = Spare::default();
    std::thread::scope(|scope| {
        let (tell, told) = sync_channel::<Fresh>(WAITING);
        let fingerprint = scope.spawn(|| {
            let mut hash = Context::new(&SHA256);
            for fresh in told {
                hash.update(&fresh.bytes[fresh.from..]);
                spare.give(fresh.bytes);
            }
            hex(hash.finish().as_ref())
        });
        let mut blocks = Blocks::new(file, source, limits, supposed, (block, tell, &spare));
        let mut reading = Reading::new(file, limits, by);
        let read = match reading.head(&mut blocks) {
            Ok(true) => Ok(reading),
            Ok(false) => together(reading, by, &mut blocks, (hands, &spare)),
            Err(stop) => Err(stop),
        };
        // The fingerprint is done when nobody tells it more.
        drop(blocks);
        let hash = fingerprint.join().expect("hashing does not panic");
        let (table, passed) = read?.sheet.finish();
        Ok(Streamed { table, passed, hash })
    })
}

// ---------------------------------------------------------------- blocks

/// Memory of blocks that nobody looks at any more: taken anew each would cost a fault for every page of it.
#[derive(Default)]
struct Spare(Mutex<Vec<Vec<u8>>>);

impl Spare {
    fn take(&self) -> Vec<u8> {
        hold(&self.0).pop().unwrap_or_default()
    }

    /// Takes a block back when its last holder gives it.
    fn give(&self, block: Arc<Vec<u8>>) {
        if let Some(mut bytes) = Arc::into_inner(block) {
            bytes.clear();
            hold(&self.0).push(bytes);
        }
    }
}

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
    /// Its bytes, whether or not they are UTF-8.
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Plain { bytes, from, to } => &bytes[*from..*to],
            Self::Decoded(text) => text.as_bytes(),
        }
    }

    /// Bytes that are UTF-8; `None` when they are not.
    fn text(&self) -> Option<&[u8]> {
        let bytes = self.bytes();
        let is_text = matches!(self, Self::Decoded(_)) || Encoding::utf8_valid_up_to(bytes) == bytes.len();
        is_text.then_some(bytes)
    }
}

/// The file, block by block.
struct Blocks<'a, S: ?Sized> {
    file: &'a str,
    source: &'a mut S,
    limits: &'a Limits,
    supposed: &'static Encoding,
    /// Bytes read at a time.
    size: usize,
    /// What stands in the block that was read last, the beginning of a character at its end included.
    signs: Signs,
    /// Set by the mark at the beginning.
    is_marked: bool,
    decoder: Option<Decoder>,
    tell: SyncSender<Fresh>,
    spare: &'a Spare,
    read: u64,
    is_last: bool,
    /// What the block before ended with and the next begins with: bytes as they were read, or decoded.
    carry: Vec<u8>,
    decoded: String,
}

impl<'a, S: Read + ?Sized> Blocks<'a, S> {
    fn new(
        file: &'a str,
        source: &'a mut S,
        limits: &'a Limits,
        supposed: &'static Encoding,
        (size, tell, spare): (usize, SyncSender<Fresh>, &'a Spare),
    ) -> Self {
        Self {
            file,
            source,
            limits,
            supposed,
            size,
            signs: Signs::default(),
            is_marked: false,
            decoder: None,
            tell,
            spare,
            read: 0,
            is_last: false,
            carry: Vec::new(),
            decoded: String::new(),
        }
    }

    /// The next block, behind what was kept of the one before.
    fn next(&mut self) -> Result<Block, Stop> {
        // What is kept doubles, so that a record over many blocks is not looked at many times.
        let wanted = self.size.max(self.carry.len()).max(self.decoded.len());
        let unseen = self.carry.len();
        let mut bytes = self.spare.take();
        bytes.reserve(unseen + wanted);
        bytes.append(&mut self.carry);
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
        let from = if is_first { self.begin(&bytes) } else { 0 };
        let bytes = Arc::new(bytes);
        let fresh = Fresh {
            bytes: Arc::clone(&bytes),
            from: unseen,
        };
        // Whoever listens does so until this side ends.
        self.tell.send(fresh).ok();
        let Some(decoder) = &mut self.decoder else {
            self.signs = Signs::of(&bytes[from..]);
            if self.signs.has_nul {
                return Err(has_nul(self.file).into());
            }
            let half = if self.is_last { 0 } else { half_character(&bytes) };
            let to = bytes.len() - half;
            return Ok(Block::Plain { bytes, from, to });
        };
        let mut text = std::mem::take(&mut self.decoded);
        decode(decoder, &bytes[from..], self.is_last, &mut text).ok_or_else(|| unknown_encoding(self.file))?;
        self.signs = Signs::of(text.as_bytes());
        if self.signs.has_nul {
            return Err(has_nul(self.file).into());
        }
        Ok(Block::Decoded(text))
    }

    /// Refuses a record that goes on and on, beginning on this line.
    fn refuse_long(&self, line: u32) -> Result<(), ReadError> {
        if self.carry.len().max(self.decoded.len()) > LONGEST_RECORD {
            return Err(too_long(self.file, line));
        }
        Ok(())
    }

    /// Keeps what stands in a block from here on for the next one.
    fn keep(&mut self, block: &Block, at: usize) {
        match block {
            Block::Plain { bytes, from, .. } => self.carry.extend_from_slice(&bytes[from + at..]),
            Block::Decoded(text) => self.decoded.push_str(&text[at..]),
        }
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
        no_utf8(self.file, self.is_marked)
    }
}

fn no_utf8(file: &str, is_marked: bool) -> Stop {
    if is_marked {
        Stop::Failed(unknown_encoding(file))
    } else {
        Stop::OtherEncoding
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
    /// Cells that may still come.
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

    /// A piece of the text that is sifted apart from what stands above it; `None` where that is for whoever reads on from
    /// above to say.
    fn apart(share: &Share, like: &Like<'a>, columns: Arc<Columns>) -> Option<Self> {
        let mut reading = Self {
            sheet: like.by.below(columns),
            splitter: Some(Splitter::new(like.delimiter).at_line(share.line)),
            ..Self::new(like.file, like.limits, like.by)
        };
        reading.block(share.text(), true).is_ok().then_some(reading)
    }

    /// Takes the blocks down to the one with the header, or all of them; whether nothing is left.
    fn head<S: Read + ?Sized>(&mut self, blocks: &mut Blocks<'_, S>) -> Result<bool, Stop> {
        while self.sheet.columns().is_none() {
            blocks.refuse_long(self.splitter.as_ref().map_or(1, Splitter::line))?;
            let block = blocks.next()?;
            let text = block.text().ok_or_else(|| blocks.no_utf8())?;
            let before = self.rows;
            let rest = self.block(text, blocks.is_last)?;
            self.limits.progress.advance(before, self.rows);
            if blocks.is_last {
                return Ok(true);
            }
            blocks.keep(&block, text.len() - rest.len());
        }
        Ok(false)
    }

    /// Takes what comes next, by what was found in it where that fits.
    fn take(&mut self, share: &Share, found: Option<Self>) -> Result<(), ReadError> {
        let before = self.rows;
        let fits = |found: &Self| {
            let rows = u64::from(self.rows) + u64::from(found.rows);
            rows < u64::from(self.limits.rows) && found.filled() <= self.cells
        };
        let taken = found.filter(fits).and_then(|found| {
            let counts = (found.rows, found.filled());
            self.sheet.take_piece(found.sheet).then_some(counts)
        });
        if let Some((rows, filled)) = taken {
            self.rows += rows;
            self.cells -= filled;
        } else {
            self.splitter = self.splitter.take().map(|splitter| splitter.at_line(share.line));
            self.block(share.text(), true)?;
        }
        self.limits.progress.advance(before, self.rows);
        Ok(())
    }

    /// Cells that held something.
    fn filled(&self) -> u64 {
        self.limits.cells - self.cells
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
            if self.pieces.len() > MOST_COLUMNS {
                return Err(too_many_columns(self.file));
            }
            let filled = self.pieces.trim(text, self.limits.columns as usize);
            self.cells = self
                .cells
                .checked_sub(filled)
                .ok_or_else(|| too_many_cells(self.file, self.limits))?;
            if filled > 0 {
                self.rows += 1;
                self.sheet.take(&Record {
                    text,
                    pieces: &self.pieces,
                });
            }
        }
    }
}

fn too_long(file: &str, line: u32) -> ReadError {
    let what = format!(
        "第 {line} 行起的一条记录超过 {} MiB，多半是缺了一个引号",
        LONGEST_RECORD >> 20
    );
    ReadError::too_large(file, what)
}

// ---------------------------------------------------------------- together

/// A block from the beginning of a record to the end of one, or of the file.
struct Share {
    block: Block,
    /// Where its last record ends.
    to: usize,
    /// The line it begins on.
    line: u32,
}

impl Share {
    fn text(&self) -> &[u8] {
        &self.block.bytes()[..self.to]
    }
}

/// What is the same for all of them.
struct Like<'a> {
    file: &'a str,
    limits: &'a Limits,
    by: &'a Sifting<'a>,
    delimiter: u8,
}

/// Where the threads take their blocks.
struct Shares<'b, 'a, S: ?Sized> {
    blocks: &'b mut Blocks<'a, S>,
    delimiter: u8,
    line: u32,
    /// How many were taken.
    taken: u64,
    is_done: bool,
}

impl<S: Read + ?Sized> Shares<'_, '_, S> {
    /// The next one and its place in the order.
    fn next(&mut self) -> Option<(u64, Result<Share, Stop>)> {
        if self.is_done {
            return None;
        }
        let share = self.share();
        self.is_done = share.is_err() || self.blocks.is_last;
        self.taken += 1;
        Some((self.taken - 1, share))
    }

    fn share(&mut self) -> Result<Share, Stop> {
        loop {
            self.blocks.refuse_long(self.line)?;
            let block = self.blocks.next()?;
            let text = block.bytes();
            let to = if self.blocks.is_last {
                text.len()
            } else {
                last_record(text, self.delimiter, self.blocks.signs.has_marks)
            };
            if !self.blocks.is_last {
                self.blocks.keep(&block, to);
            }
            if to > 0 || self.blocks.is_last {
                let line = self.line;
                self.line += self.blocks.signs.line_ends(text, to);
                return Ok(Share { block, to, line });
            }
            // What is not looked at by anybody else.
            if block.text().is_none() {
                return Err(self.blocks.no_utf8());
            }
        }
    }
}

/// What was found, in the order of the file.
struct Order<'a> {
    reading: Reading<'a>,
    /// The share that comes next.
    next: u64,
    /// Those that were done before it.
    waiting: BTreeMap<u64, Done<'a>>,
    stop: Option<Stop>,
    /// A thread broke off: what it had taken does not come.
    is_broken: bool,
    spare: &'a Spare,
}

/// A share and what was found in it.
type Done<'a> = Result<(Share, Option<Reading<'a>>), Stop>;

impl<'a> Order<'a> {
    /// Takes what was found in a share, and in those that waited for it.
    fn put(&mut self, at: u64, done: Done<'a>) {
        self.waiting.insert(at, done);
        while self.stop.is_none()
            && let Some(done) = self.waiting.remove(&self.next)
        {
            self.next += 1;
            let taken = done.and_then(|(share, found)| {
                self.reading.take(&share, found)?;
                if let Block::Plain { bytes, .. } = share.block {
                    self.spare.give(bytes);
                }
                Ok(())
            });
            self.stop = taken.err();
        }
    }
}

/// Reads on below the header, by several threads.
fn together<'a, S: Read + Send + ?Sized>(
    reading: Reading<'a>,
    by: &'a Sifting<'a>,
    blocks: &mut Blocks<'_, S>,
    (hands, spare): (usize, &'a Spare),
) -> Result<Reading<'a>, Stop> {
    let splitter = reading.splitter.as_ref().expect("a header was cut from the text");
    let like = Like {
        file: reading.file,
        limits: reading.limits,
        by,
        delimiter: splitter.delimiter(),
    };
    let is_marked = blocks.is_marked;
    let shares = Mutex::new(Shares {
        delimiter: like.delimiter,
        line: splitter.line(),
        blocks,
        taken: 0,
        is_done: false,
    });
    let order = Mutex::new(Order {
        reading,
        next: 0,
        waiting: BTreeMap::new(),
        stop: None,
        is_broken: false,
        spare,
    });
    let moved = Condvar::new();
    let work = || {
        let _leaves = Leaves(&order, &moved);
        while let Some(columns) = turn(&order, &moved) {
            let Some((at, share)) = hold(&shares).next() else {
                return;
            };
            let done = share.and_then(|share| {
                let text = share.block.text();
                text.ok_or_else(|| no_utf8(like.file, is_marked))?;
                let found = Reading::apart(&share, &like, columns);
                Ok((share, found))
            });
            hold(&order).put(at, done);
            moved.notify_all();
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..hands {
            scope.spawn(work);
        }
        work();
    });
    let order = order.into_inner().expect("no thread panicked");
    match order.stop {
        Some(stop) => Err(stop),
        None => Ok(order.reading),
    }
}

/// Waits until not too many shares are ahead, and says which columns the next one probably stands under; `None` when
/// nothing more is wanted.
fn turn(order: &Mutex<Order<'_>>, moved: &Condvar) -> Option<Arc<Columns>> {
    let is_wanted = |order: &Order<'_>| order.stop.is_none() && !order.is_broken;
    let is_ahead = |order: &mut Order<'_>| is_wanted(order) && order.waiting.len() >= AHEAD;
    let order = moved.wait_while(hold(order), is_ahead).expect("no thread panics");
    let columns = order.reading.sheet.columns().filter(|_| is_wanted(&order));
    columns.cloned()
}

/// Says when its thread breaks off, so that the others end, and the fault is told, instead of waiting for it.
struct Leaves<'b, 'a>(&'b Mutex<Order<'a>>, &'b Condvar);

impl Drop for Leaves<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).is_broken = true;
            self.1.notify_all();
        }
    }
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no thread panics while it holds this")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{HeaderWords, Sieve};
    use proptest::prelude::*;
    use std::io::Cursor;
    use std::sync::LazyLock;

    static WORDS: LazyLock<HeaderWords> = LazyLock::new(HeaderWords::builtin);

    /// What a text comes to, read in blocks of so many bytes by so many threads.
    fn read(text: &[u8], limits: &Limits, how: (usize, usize)) -> Result<(Table, Passed, String), ReadError> {
        let mut sieve = Sieve::new([11, 12]);
        sieve.add_name("林甲");
        let by = Sifting::new(&WORDS, &sieve);
        sift_by("名单.csv", &mut Cursor::new(text), limits, &by, how)
            .map(|streamed| (streamed.table, streamed.passed, streamed.hash))
    }

    fn row() -> impl Strategy<Value = String> {
        let name = prop::sample::select(vec![
            "王五",
            "王六",
            "林甲",
            "林 甲",
            "\"王\n五\"",
            "\"林\"\"甲\"",
            "王\"五",
            "",
        ]);
        let kind = prop_oneof![
            6 => Just("年度考核".to_owned()),
            1 => (0_u32..90).prop_map(|n| format!("类别{n}")),
        ];
        let result = prop::sample::select(vec!["称职", "优秀", "\"称\r\n职\"", "4900", ""]);
        let row = (name, kind, result, 4900_u32..4903)
            .prop_map(|(name, kind, result, due)| format!("{name},{kind},{result},{due}"));
        prop_oneof![
            60 => row,
            2 => Just("姓名,事项类别,结果,基准".to_owned()),
            1 => Just("姓名,结果,事项类别,基准".to_owned()),
            1 => Just("单位：云川市教育局".to_owned()),
            2 => Just(String::new()),
            1 => Just(",,,".to_owned()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn many_blocks_by_many_threads_come_to_what_one_block_comes_to(
            rows in prop::collection::vec(row(), 60..220),
            end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
            encoding in 0_usize..4,
            block in 4_usize..600,
            hands in 1_usize..5,
            most in prop_oneof![3 => Just((1_000, 1_000)), 1 => (50_u32..200, 200_u64..800)],
            ending in prop::sample::select(vec!["", "\"林甲,没有写完", "林甲,\"年度考核\""]),
        ) {
            let text = format!("姓名,事项类别,结果,基准{end}{}{end}{ending}", rows.join(end));
            let bytes = match encoding {
                0 => text.into_bytes(),
                1 => format!("\u{feff}{text}").into_bytes(),
                2 => [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
                _ => GB18030.encode(&text).0.into_owned(),
            };
            let limits = Limits { rows: most.0, cells: most.1, ..Limits::default() };
            let whole = read(&bytes, &limits, (1 << 20, 1));
            let parts = read(&bytes, &limits, (block, hands));
            match (whole, parts) {
                (Ok((table, passed, hash)), Ok(parts)) => {
                    let alike = |passed: &Passed| -> Vec<bool> {
                        passed.by_category.iter().map(|one| one.falls.alike()).collect()
                    };
                    prop_assert_eq!(alike(&passed), alike(&parts.1));
                    let counted = |passed: Passed| {
                        let of = passed.by_category.into_iter().map(|one| (one.category, one.runs));
                        (passed.rows, passed.tally, of.collect::<Vec<_>>())
                    };
                    prop_assert_eq!((table, counted(passed), hash), (parts.0, counted(parts.1), parts.2));
                }
                (whole, parts) => prop_assert_eq!(whole.err(), parts.err()),
            }
        }
    }
}
