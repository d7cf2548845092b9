//! Cuts delimited text into records where it lies. It finds what the `csv` crate finds (a test compares them) and
//! copies nothing, keeps its place between blocks of a file, and knows on which line a record begins.

/// A cell: a piece of the text, or of the copy that a doubled quotation mark made necessary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    from: u32,
    to: u32,
    is_copy: bool,
}

/// One record.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    cells: Vec<Piece>,
    copies: Vec<u8>,
    /// Cells that hold something, no space around any of them; `None` where that was not looked at, or is not so.
    tidy: Option<u64>,
    /// The line on which it begins, counted from 1.
    pub(super) line: u32,
    /// A cell stands in quotation marks; no other one has several lines.
    pub(super) is_quoted: bool,
    /// A quotation mark was never closed: where records end is not known any more.
    pub(super) is_open: bool,
}

impl Pieces {
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// The text of a cell; empty beyond the last.
    #[inline]
    pub(super) fn get<'a>(&'a self, text: &'a [u8], column: usize) -> &'a [u8] {
        match self.cells.get(column) {
            Some(piece) => {
                let of = if piece.is_copy { &self.copies } else { text };
                &of[piece.from as usize..piece.to as usize]
            }
            None => b"",
        }
    }
}

/// Where a file has been cut up to.
#[derive(Debug)]
pub(super) struct Splitter {
    delimiter: u8,
    /// Where an unquoted cell may end in the text that was looked over last: a bit for each byte.
    ends: Vec<u64>,
    line: u32,
}

/// Bytes that are looked over together.
const TOGETHER: usize = 64;

/// What a cut came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// A record; what follows it begins here.
    Record(usize),
    /// No whole record is left: what comes next belongs behind what begins here.
    More(usize),
}

impl Splitter {
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            ends: Vec::new(),
            line: 1,
        }
    }

    /// The same for a text that begins on this line.
    pub(super) fn at_line(self, line: u32) -> Self {
        Self { line, ..self }
    }

    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The line that comes next, counted from 1.
    pub(super) fn line(&self) -> u32 {
        self.line
    }

    /// Looks a text over before records are cut from it.
    pub(super) fn look_over(&mut self, text: &[u8]) {
        let delimiter = self.delimiter;
        let (chunks, rest) = text.as_chunks::<TOGETHER>();
        // Zeros behind the text end nothing.
        let mut last = [0; TOGETHER];
        last[..rest.len()].copy_from_slice(rest);
        self.ends.clear();
        self.ends
            .extend(chunks.iter().chain([&last]).map(|chunk| ends_in(chunk, delimiter)));
    }

    /// The next record of the text that was looked over, from `from` on; `is_last` says that nothing comes after it.
    pub(super) fn next(&mut self, bytes: &[u8], from: usize, is_last: bool, out: &mut Pieces) -> Cut {
        let mut at = from;
        out.cells.clear();
        out.copies.clear();
        out.tidy = None;
        out.is_quoted = false;
        out.is_open = false;
        let mut line = self.line;
        while let Some(b'\r' | b'\n') = bytes.get(at) {
            if at + 1 == bytes.len() && bytes[at] == b'\r' && !is_last {
                // Whether it ends a line alone is not known yet.
                break;
            }
            line += u32::from(ends_line(bytes, at));
            at += 1;
        }
        if matches!(bytes.get(at), None | Some(b'\r' | b'\n')) {
            // Blank lines may be counted off at once.
            self.line = line;
            return Cut::More(at);
        }
        out.line = line;
        let mut tidy = Some(0);
        loop {
            if let Some(end) = self.plain_cells(bytes, &mut at, (&mut tidy, out)) {
                out.tidy = tidy;
                match bytes.get(end) {
                    None if !is_last => return Cut::More(from),
                    _ => {
                        self.line = line;
                        return Cut::Record(end);
                    }
                }
            }
            out.is_quoted = true;
            tidy = None;
            match self.quoted(bytes, at + 1, &mut line, out) {
                (end, Some(byte)) if byte == self.delimiter => at = end + 1,
                (_, None) if !is_last => return Cut::More(from),
                (end, _) => {
                    self.line = line;
                    return Cut::Record(end);
                }
            }
        }
    }

    /// Cuts the cells from a place on that stand in no quotation marks, to the end of the record, and says where that is;
    /// `None` before one that does, which begins at the place then.
    #[inline]
    fn plain_cells(&self, bytes: &[u8], at: &mut usize, (tidy, out): (&mut Option<u64>, &mut Pieces)) -> Option<usize> {
        let (mut filled, mut are_trimmed) = (0, true);
        let mut word = *at / TOGETHER;
        let mut ends = self
            .ends
            .get(word)
            .map_or(0, |ends| ends & u64::MAX << (*at % TOGETHER));
        while bytes.get(*at) != Some(&b'"') {
            while ends == 0 {
                word += 1;
                match self.ends.get(word) {
                    Some(next) => ends = *next,
                    None => break,
                }
            }
            let end = if ends == 0 {
                bytes.len()
            } else {
                word * TOGETHER + ends.trailing_zeros() as usize
            };
            out.cells.push(Piece {
                from: *at as u32,
                to: end as u32,
                is_copy: false,
            });
            let cell = &bytes[*at..end];
            filled += u64::from(!cell.is_empty());
            are_trimmed &= cell.is_empty() || is_trimmed(cell);
            if bytes.get(end) != Some(&self.delimiter) {
                *tidy = tidy.filter(|_| are_trimmed).map(|before| before + filled);
                return Some(end);
            }
            ends &= ends.wrapping_sub(1);
            *at = end + 1;
        }
        // What stands in quotation marks is looked at apart.
        None
    }

    /// Where an unquoted cell ends.
    #[inline]
    fn end_from(&self, at: usize, bytes: &[u8]) -> usize {
        let (mut word, place) = (at / TOGETHER, at % TOGETHER);
        let mut ends = self.ends.get(word).map_or(0, |ends| ends & u64::MAX << place);
        while ends == 0 {
            word += 1;
            match self.ends.get(word) {
                Some(next) => ends = *next,
                None => return bytes.len(),
            }
        }
        word * TOGETHER + ends.trailing_zeros() as usize
    }

    fn may_end(&self, byte: u8) -> bool {
        byte == self.delimiter || matches!(byte, b'\r' | b'\n')
    }

    /// A cell that begins with a quotation mark; where it ends and what stands there.
    fn quoted(&self, bytes: &[u8], from: usize, line: &mut u32, out: &mut Pieces) -> (usize, Option<u8>) {
        let mut at = from;
        let copied = out.copies.len();
        let mut taken = from;
        loop {
            let Some(length) = bytes[at..].iter().position(|byte| matches!(byte, b'"' | b'\n' | b'\r')) else {
                at = bytes.len();
                break;
            };
            at += length;
            if bytes[at] != b'"' {
                *line += u32::from(ends_line(bytes, at));
                at += 1;
                continue;
            }
            match bytes.get(at + 1) {
                Some(b'"') => {
                    out.copies.extend_from_slice(&bytes[taken..=at]);
                    at += 2;
                    taken = at;
                }
                Some(byte) if !self.may_end(*byte) => {
                    // Text behind the closing mark belongs to the cell as it stands.
                    out.copies.extend_from_slice(&bytes[taken..at]);
                    let end = self.end_from(at + 1, bytes);
                    out.copies.extend_from_slice(&bytes[at + 1..end]);
                    out.push_copy(copied);
                    return (end, bytes.get(end).copied());
                }
                other => {
                    Self::close(bytes, taken, at, copied, out);
                    return (at + 1, other.copied());
                }
            }
        }
        out.is_open = true;
        Self::close(bytes, taken, at, copied, out);
        (at, None)
    }

    fn close(bytes: &[u8], taken: usize, end: usize, copied: usize, out: &mut Pieces) {
        if out.copies.len() == copied {
            out.cells.push(Piece {
                from: taken as u32,
                to: end as u32,
                is_copy: false,
            });
        } else {
            out.copies.extend_from_slice(&bytes[taken..end]);
            out.push_copy(copied);
        }
    }
}

/// A bit for each byte that an unquoted cell may end with. Plain loops over all of them at once: these the compiler makes
/// short work of.
fn ends_in(chunk: &[u8; TOGETHER], delimiter: u8) -> u64 {
    /// Brings the lowest bits of eight bytes together in the highest one.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut marks = [0_u8; TOGETHER];
    for (mark, byte) in marks.iter_mut().zip(chunk) {
        *mark = u8::from(*byte == delimiter) | u8::from(*byte == b'\n') | u8::from(*byte == b'\r');
    }
    let mut bits = 0;
    let (eights, _) = marks.as_chunks::<8>();
    for (at, eight) in eights.iter().enumerate() {
        bits |= (u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56) << (8 * at);
    }
    bits
}

/// Whether a line ends with this byte: a line feed, or a carriage return that none follows.
pub(super) fn ends_line(text: &[u8], at: usize) -> bool {
    match text[at] {
        b'\n' => true,
        b'\r' => text.get(at + 1) != Some(&b'\n'),
        _ => false,
    }
}

/// What stands in a text somewhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Signs {
    pub(super) has_nul: bool,
    pub(super) has_marks: bool,
    has_returns: bool,
    feeds: u32,
}

impl Signs {
    /// Looks a text over for each of them.
    pub(super) fn of(text: &[u8]) -> Self {
        let has = |byte: u8| memchr::memchr(byte, text).is_some();
        Self {
            has_nul: has(0),
            has_marks: has(b'"'),
            has_returns: has(b'\r'),
            feeds: memchr::memchr_iter(b'\n', text).count() as u32,
        }
    }

    /// How many lines end in the text these are of, down to a place near its end.
    pub(super) fn line_ends(self, text: &[u8], to: usize) -> u32 {
        let feeds = Self::of(&text[to..]).feeds;
        let alone = |pair: &&[u8]| pair[0] == b'\r' && pair[1] != b'\n';
        let returns = if self.has_returns {
            let text = &text[..to];
            text.windows(2).filter(alone).count() as u32 + u32::from(text.last() == Some(&b'\r'))
        } else {
            0
        };
        self.feeds - feeds + returns
    }
}

/// Where the last record ends that is certain to be whole, in a text that begins with a record and goes on; zero if
/// none is. Whether there are quotation marks in it is known.
pub(super) fn last_record(text: &[u8], delimiter: u8, has_marks: bool) -> usize {
    // Whether a line ends with the last byte is not known if a line feed may follow it.
    let known = text.strip_suffix(b"\r").unwrap_or(text);
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let next = |from: usize| {
        text[from..]
            .iter()
            .position(|byte| *byte == b'"')
            .map(|length| from + length)
    };
    let (mut at, mut last) = (0, 0);
    while let Some(mark) = Some(at).filter(|_| has_marks).and_then(next) {
        if let Some(end) = text[at..mark].iter().rposition(is_end) {
            last = at + end + 1;
        }
        let begins_cell = mark == 0 || is_end(&text[mark - 1]) || text[mark - 1] == delimiter;
        at = mark + 1;
        // Within a cell that began without one it is a character as any other.
        if !begins_cell {
            continue;
        }
        loop {
            // Whether a mark at the end of the text closes the cell is not known.
            match next(at) {
                Some(mark) if mark + 1 < text.len() => {
                    at = mark + 2;
                    if text[mark + 1] != b'"' {
                        at = mark + 1;
                        break;
                    }
                }
                _ => return last,
            }
        }
    }
    let rest = known.get(at..).unwrap_or_default();
    rest.iter().rposition(is_end).map_or(last, |end| at + end + 1)
}

/// Characters that are surely no space, told by their first byte or their only one, and those that may be.
const SOLID: [bool; 256] = {
    let mut solid = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        solid[byte] = (byte as u8).is_ascii_graphic() || is_han_first(byte as u8);
        byte += 1;
    }
    solid
};

const fn is_han_first(byte: u8) -> bool {
    0xe4 <= byte && byte <= 0xe9
}

/// Whether no space stands around a cell's text, as far as a glance tells; not of an empty one.
#[inline]
fn is_trimmed(bytes: &[u8]) -> bool {
    match bytes {
        [only] => only.is_ascii_graphic(),
        // A character of two bytes behind another one is looked at closely.
        [first, .., last] if last.is_ascii() => SOLID[usize::from(*first)] && last.is_ascii_graphic(),
        [first, ..] => {
            SOLID[usize::from(*first)] && bytes.len().checked_sub(3).is_some_and(|at| is_han_first(bytes[at]))
        }
        [] => false,
    }
}

/// A cell's text without the space around it and without marks of byte order.
#[cold]
fn trimmed(bytes: &[u8]) -> &[u8] {
    text_of(bytes).trim().trim_matches('\u{feff}').as_bytes()
}

/// A cell of a block that was found to be UTF-8: cells end where characters do.
pub(super) fn text_of(cell: &[u8]) -> &str {
    std::str::from_utf8(cell).expect("the whole block was checked")
}

impl Pieces {
    /// Trims the first cells, so many of them, and leaves out the others. Says how many hold something.
    pub(super) fn trim(&mut self, text: &[u8], most: usize) -> u64 {
        if let Some(filled) = self.tidy
            && self.cells.len() <= most
        {
            return filled;
        }
        self.cells.truncate(most);
        let mut filled = 0;
        for piece in &mut self.cells {
            if piece.from == piece.to {
                continue;
            }
            let of = if piece.is_copy { &self.copies } else { text };
            let whole = &of[piece.from as usize..piece.to as usize];
            if !is_trimmed(whole) {
                let inner = trimmed(whole);
                piece.from += (inner.as_ptr().addr() - whole.as_ptr().addr()) as u32;
                piece.to = piece.from + inner.len() as u32;
            }
            filled += u64::from(piece.from < piece.to);
        }
        filled
    }

    fn push_copy(&mut self, from: usize) {
        self.cells.push(Piece {
            from: from as u32,
            to: self.copies.len() as u32,
            is_copy: true,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_record_is_whole_once_its_line_has_ended_outside_quotation_marks() {
        for (text, end) in [
            ("a,b\nc,d", 4),
            ("a\r\nb\r\n", 6),
            ("a\rb\r", 2),
            ("a,\"b\nc", 0),
            ("a\n\"b\nc\",\nd\"\ne", 12),
            ("a\n\"b\"\"\nc\"", 2),
            ("\"a\"\"\"\nb", 6),
            ("a\"b\nc\"\nd", 7),
            ("", 0),
        ] {
            assert_eq!(last_record(text.as_bytes(), b',', text.contains('"')), end, "{text:?}");
        }
        let long = "长,\r\n".repeat(300) + "a\r";
        let signs = Signs::of(long.as_bytes());
        assert_eq!(signs.line_ends(long.as_bytes(), long.len()), 301);
        assert_eq!(signs.line_ends(long.as_bytes(), long.len() - 7), 299);
        assert!(!signs.has_nul && !signs.has_marks);
        let signs = Signs::of(b"a\0\"");
        assert!(signs.has_nul && signs.has_marks);
    }

    /// Every record with its line, the text given in blocks of so many characters.
    fn cut(text: &str, delimiter: u8, block: usize) -> Vec<(u32, Vec<String>)> {
        let mut splitter = Splitter::new(delimiter);
        let mut pieces = Pieces::default();
        let mut records = Vec::new();
        let mut held = String::new();
        let mut rest = text.chars().peekable();
        loop {
            held.extend(rest.by_ref().take(block));
            let is_last = rest.peek().is_none();
            let mut at = 0;
            splitter.look_over(held.as_bytes());
            loop {
                match splitter.next(held.as_bytes(), at, is_last, &mut pieces) {
                    Cut::Record(next) => {
                        let cells =
                            (0..pieces.len()).map(|column| text_of(pieces.get(held.as_bytes(), column)).to_owned());
                        records.push((pieces.line, cells.collect()));
                        at = next;
                    }
                    Cut::More(from) => {
                        held.drain(..from);
                        break;
                    }
                }
            }
            if is_last {
                return records;
            }
        }
    }

    /// The same from the library that everybody uses.
    fn oracle(text: &str, delimiter: u8) -> Vec<(u32, Vec<String>)> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let mut records = Vec::new();
        for record in reader.records() {
            let record = record.expect("text");
            let start = record.position().expect("a place").byte() as usize;
            let start = start + text[start..].find(|c| c != '\r' && c != '\n').expect("a record");
            let line = 1 + (0..start).filter(|at| ends_line(text.as_bytes(), *at)).count();
            records.push((line as u32, record.iter().map(str::to_owned).collect()));
        }
        records
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn records_are_those_of_the_usual_library(
            text in "([a,;\t\"\r\n ]|张){0,40}",
            block in 1_usize..50,
            delimiter in prop::sample::select(vec![b',', b';', b'\t']),
        ) {
            prop_assert_eq!(cut(&text, delimiter, block), oracle(&text, delimiter));
        }

        #[test]
        fn a_text_parted_behind_its_last_record_has_the_same_records(
            text in "([a,;\t\"\r\n ]|张){0,40}",
            seen in 0_usize..50,
            delimiter in prop::sample::select(vec![b',', b';', b'\t']),
        ) {
            let seen: String = text.chars().take(seen).collect();
            // It goes on behind what was seen of it.
            let end = if seen.len() == text.len() { 0 } else { last_record(seen.as_bytes(), delimiter, seen.contains('"')) };
            let mut records = oracle(&text[..end], delimiter);
            let below = Signs::of(seen.as_bytes()).line_ends(seen.as_bytes(), end);
            records.extend(oracle(&text[end..], delimiter).into_iter().map(|(line, cells)| (line + below, cells)));
            prop_assert_eq!(records, oracle(&text, delimiter));
        }
    }
}
