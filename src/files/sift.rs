//! Reads a sheet for its protected people only: of 1,000,000 rows those few are kept that may be about somebody looked
//! for, or that must be listed as unreadable; the others are counted and gone. What is kept is raw, header and
//! title with it, so that the usual reading of a list follows and judges nothing differently. A row is left out
//! only where that is certain; in doubt it is kept.

use super::headers::{HEAD, Header, HeaderWords, Kind, LOOKED_AT, Stops, in_one_line};
use super::sieve::{Sieve, Strangers};
use super::split::text_of;
use super::starts::{HAN, Starts, is_han};
use super::table::{Cell, Document, RawRow, Table, is_error};
use super::{dates, grid};
use crate::domain::person::{CitizenId, IdFault};
use crate::domain::protection::list::{Passed, Tally};
use crate::domain::tables::Table as Known;
use std::sync::Arc;

/// Texts whose meaning in a header is remembered.
const REMEMBERED: usize = 256;
/// Different results that are counted without a look into the tally.
const RECENT: usize = 8;

/// A document of which only some rows were kept.
#[derive(Debug)]
pub struct Sifted {
    /// Its sheets with the rows kept.
    pub document: Document,
    /// What the others come to, sheet by sheet.
    pub passed: Vec<Passed>,
}

/// Nothing was left out.
impl From<Document> for Sifted {
    fn from(document: Document) -> Self {
        Self {
            document,
            passed: Vec::new(),
        }
    }
}

impl Sifted {
    pub(super) fn of(file: &str, hash: String, sheets: Vec<(Table, Passed)>) -> Self {
        let (tables, passed) = sheets.into_iter().unzip();
        let document = Document {
            name: file.to_owned(),
            hash,
            tables: Ok(tables),
            faults: Vec::new(),
        };
        Self { document, passed }
    }
}

/// A cell, looked at where it lies.
#[derive(Debug, Clone, Copy)]
pub(super) enum Glance<'a> {
    Empty,
    /// UTF-8, trimmed, and not empty.
    Text(&'a [u8]),
    /// A number or a date.
    Figure,
    /// Anything else.
    Other,
}

/// A row, before it is decided whether it is kept.
pub(super) trait Line {
    fn number(&self) -> u32;
    /// Columns that are looked at.
    fn width(&self) -> usize;
    /// Whether a cell may have several lines.
    fn has_lines(&self) -> bool {
        true
    }
    fn glance(&self, column: usize) -> Glance<'_>;
    fn cell(&self, column: usize) -> Cell;
    /// The row to keep.
    fn raw(&self) -> RawRow;
}

impl Line for RawRow {
    fn number(&self) -> u32 {
        self.number
    }

    fn width(&self) -> usize {
        self.cells.len()
    }

    fn glance(&self, column: usize) -> Glance<'_> {
        match self.cells.get(column) {
            None | Some(Cell::Empty) => Glance::Empty,
            Some(Cell::Text(text)) => Glance::Text(text.as_bytes()),
            Some(Cell::Number(_) | Cell::Date(_)) => Glance::Figure,
            Some(Cell::Error(_)) => Glance::Other,
        }
    }

    fn cell(&self, column: usize) -> Cell {
        self.cells.get(column).cloned().unwrap_or_default()
    }

    fn raw(&self) -> RawRow {
        self.clone()
    }
}

/// What decides over a row, and where it stands.
pub(super) struct Columns {
    name: Option<usize>,
    number: Option<usize>,
    unit: Option<usize>,
    decided: Option<usize>,
    category: Option<usize>,
    /// The header, whose columns of results say which of them counts.
    header: Header,
    baseline: Option<usize>,
    /// Its rows are no rows of one person with one result: all of them are kept.
    is_folded: bool,
}

impl Columns {
    fn of(header: Header) -> Self {
        Self {
            name: header.first("姓名"),
            number: header.first("公民身份号码"),
            unit: header.first("单位"),
            // A day that was only taken for one is no fault where it is none.
            decided: header.first("决定日期").filter(|column| !header.is_guessed(*column)),
            category: header.first("事项类别"),
            is_folded: header.is_repeated() || !header.ticks().is_empty() || says_posts(&header),
            // What is due is the baseline of what was paid.
            baseline: header
                .first("基准")
                .or_else(|| header.first("应发").filter(|_| header.first("结果").is_some())),
            header,
        }
    }

    /// What counts of all that stands in the columns of results.
    fn result<'l>(&self, line: &'l impl Line, kind: &Kind) -> Shown<'l> {
        match self.header.results() {
            [only] => Shown::of(line, Some(*only)),
            several => {
                let said = several.iter().map(|column| Shown::of(line, Some(*column)));
                let says = |said: &Shown<'_>| said.text().is_some_and(|text| !grid::is_dash(text));
                kind.counting(said.filter(says).collect(), self.header.has_sums())
                    .unwrap_or(Shown::Nothing)
            }
        }
    }
}

/// What a list is sifted by.
pub struct Sifting<'a> {
    words: &'a HeaderWords,
    kind: &'a Kind,
    sieve: &'a Sieve,
    strangers: Strangers,
    stops: Stops<'a>,
    /// First characters of the words that every header has one of.
    headers: Starts,
}

impl<'a> Sifting<'a> {
    /// Looks for the people of a sieve under the headers of a list.
    pub fn new(words: &'a HeaderWords, sieve: &'a Sieve) -> Self {
        let kind = &words.list;
        Self {
            words,
            kind,
            sieve,
            strangers: sieve.strangers(),
            stops: Stops::of(words),
            headers: Starts::of(kind.words_for(kind.telling())),
        }
    }

    /// What it is made of.
    pub(super) fn parts(&self) -> (&'a HeaderWords, &'a Sieve) {
        (self.words, self.sieve)
    }

    /// A sheet of the list.
    pub(super) fn sheet(&'a self, name: Option<String>) -> Sheet<'a> {
        self.sheet_in(State::Head, name)
    }

    /// A piece of a sheet whose rows stand under a header above it.
    pub(super) fn below(&'a self, columns: Arc<Columns>) -> Sheet<'a> {
        self.sheet_in(State::Body(columns), None)
    }

    fn sheet_in(&'a self, state: State, name: Option<String>) -> Sheet<'a> {
        Sheet {
            by: self,
            rows: Vec::new(),
            state,
            passed: Passed::default(),
            results: Results::default(),
            titles: Known::default(),
            good_date: Vec::new(),
            to_keep: 0,
            name,
        }
    }

    /// Sifts a document that was read whole.
    pub(super) fn document(&self, mut document: Document) -> Sifted {
        let mut passed = Vec::new();
        if let Ok(tables) = &mut document.tables {
            for table in tables {
                let mut sheet = self.sheet(table.sheet.take());
                for row in std::mem::take(&mut table.rows) {
                    sheet.take(&row);
                }
                let (kept, others) = sheet.finish();
                *table = kept;
                passed.push(others);
            }
        }
        Sifted { document, passed }
    }
}

enum State {
    /// The header is not found yet.
    Head,
    /// There is none: nothing is read of the sheet.
    Headless,
    Body(Arc<Columns>),
}

/// A sheet while its rows come, top to bottom.
pub(super) struct Sheet<'a> {
    by: &'a Sifting<'a>,
    name: Option<String>,
    rows: Vec<RawRow>,
    state: State,
    passed: Passed,
    results: Results,
    /// Whether texts that look like it are words of a header.
    titles: Known<String, bool>,
    /// The date that was read last.
    good_date: Vec<u8>,
    /// Rows to be kept whatever they say: those directly below the header say what its columns hold, and are to say it
    /// again when the list is read.
    to_keep: usize,
}

/// What all cells of a row say together.
#[derive(Debug, Clone, Copy, Default)]
struct Look {
    /// The first column that holds something.
    first: Option<usize>,
    /// Another one is certain to say something else.
    differs: bool,
    /// One of the words stands here without which nothing is a header.
    may_be_header: bool,
    /// A usable ID number stands where numbers stand, written plainly.
    is_numbered: bool,
}

impl Look {
    /// The same for a row with somebody's ID number, which is no header whatever else stands in it.
    #[inline]
    fn of_numbered(line: &impl Line) -> Self {
        let mut look = Self {
            is_numbered: true,
            ..Self::default()
        };
        let mut first = Glance::Empty;
        for column in 0..line.width() {
            let glance = line.glance(column);
            if matches!(glance, Glance::Empty) {
                continue;
            }
            if look.first.is_some() {
                look.differs = surely_differ(first, glance);
            } else {
                look.first = Some(column);
                first = glance;
            }
            if look.differs {
                break;
            }
        }
        look
    }
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Keep,
    /// It is no record, or it is counted.
    Drop,
}

impl Sheet<'_> {
    /// Takes the next row that holds something.
    pub(super) fn take(&mut self, line: &impl Line) {
        match self.state {
            State::Head => {
                self.rows.push(line.raw());
                if self.rows.len() == HEAD {
                    self.begin();
                }
            }
            State::Headless => {}
            State::Body(_) => self.body(line),
        }
    }

    /// The columns that the next row stands under; none before the header, and where there is none.
    pub(super) fn columns(&self) -> Option<&Arc<Columns>> {
        match &self.state {
            State::Body(columns) => Some(columns),
            State::Head | State::Headless => None,
        }
    }

    /// Takes what a piece of this sheet came to that was sifted apart. `false`: the piece is to be sifted here, since
    /// another header stands above it or in it, or since there are too many categories.
    pub(super) fn take_piece(&mut self, mut piece: Sheet<'_>) -> bool {
        let is_under_the_same = match (self.columns(), piece.columns()) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (_, _) => false,
        };
        if !is_under_the_same {
            return false;
        }
        piece.results.flush(&mut piece.passed.tally);
        let is_taken = self.passed.take(piece.passed);
        if is_taken {
            self.rows.append(&mut piece.rows);
        }
        is_taken
    }

    /// The rows kept and what the others come to.
    pub(super) fn finish(mut self) -> (Table, Passed) {
        if matches!(self.state, State::Head) {
            self.begin();
        }
        self.results.flush(&mut self.passed.tally);
        let table = Table {
            sheet: self.name,
            rows: self.rows,
        };
        (table, self.passed)
    }

    /// Finds the header in the rows above, and sifts those below it.
    fn begin(&mut self) {
        let Some((index, height, header)) = self.by.kind.find(&self.rows) else {
            self.state = State::Headless;
            return;
        };
        self.to_keep = if header.is_inferred() { LOOKED_AT } else { 0 };
        self.state = State::Body(Arc::new(Columns::of(header)));
        for row in self.rows.split_off(index + height) {
            self.body(&row);
        }
    }

    fn body(&mut self, line: &impl Line) {
        let State::Body(columns) = &self.state else {
            return;
        };
        let number = columns.number.map_or(Glance::Empty, |column| line.glance(column));
        let look = if matches!(number, Glance::Text(text) if CitizenId::is_plain(text)) {
            Look::of_numbered(line)
        } else {
            self.look(line)
        };
        let is_looked_at = self.to_keep > 0;
        self.to_keep = self.to_keep.saturating_sub(1);
        if look.may_be_header
            && let State::Body(columns) = &self.state
            && let Some(header) = self.by.kind.of_row(&line.raw(), &columns.header)
        {
            // Many lists say the same again on every page.
            if self.columns().is_none_or(|columns| columns.header != header) {
                self.state = State::Body(Arc::new(Columns::of(header)));
            }
            self.rows.push(line.raw());
        } else if is_looked_at
            || self.is_folded()
            || (!look.is_numbered && self.names_unit(line, look))
            || self.fate(line, look) == Fate::Keep
        {
            self.rows.push(line.raw());
        }
    }

    fn is_folded(&self) -> bool {
        matches!(&self.state, State::Body(columns) if columns.is_folded)
    }

    /// Looks over all cells of a row, once.
    fn look(&mut self, line: &impl Line) -> Look {
        let has_lines = line.has_lines();
        let by = self.by;
        let mut look = Look::default();
        let mut first = Glance::Empty;
        for column in 0..line.width() {
            let glance = line.glance(column);
            let is_title = match glance {
                Glance::Empty => continue,
                Glance::Text(text) => {
                    let looks = by.headers.may_begin(text) || (has_lines && text.contains(&b'\n'));
                    looks && self.is_title(text_of(text))
                }
                Glance::Figure if !by.headers.figures => false,
                Glance::Figure | Glance::Other => line.cell(column).text().is_some_and(|text| self.is_title(&text)),
            };
            look.may_be_header |= is_title;
            if look.first.is_none() {
                look.first = Some(column);
                first = glance;
            } else if !look.differs {
                look.differs = surely_differ(first, glance);
            }
        }
        look
    }

    /// Whether a row names the unit of those below it.
    fn names_unit(&self, line: &impl Line, look: Look) -> bool {
        let State::Body(columns) = &self.state else {
            return false;
        };
        let may_name = look.first.is_some_and(|column| match line.glance(column) {
            // Most lists number their rows.
            Glance::Text(text) => !text[0].is_ascii_digit() && grid::may_name_unit(text_of(text)),
            Glance::Empty | Glance::Figure => false,
            Glance::Other => true,
        });
        may_name && self.by.kind.is_list() && grid::unit_line(&line.raw(), self.by.kind, &columns.header).is_some()
    }

    fn is_title(&mut self, text: &str) -> bool {
        if let Some(known) = self.titles.get(text) {
            return *known;
        }
        let kind = self.by.kind;
        let field = kind.field(&in_one_line(text));
        let is_title = field.is_some_and(|field| kind.telling().iter().any(|telling| telling == field));
        if self.titles.len() >= REMEMBERED {
            self.titles.clear();
        }
        self.titles.insert(text.to_owned(), is_title);
        is_title
    }

    fn fate(&mut self, line: &impl Line, look: Look) -> Fate {
        let State::Body(columns) = &self.state else {
            return Fate::Keep;
        };
        match self.by.is_certain_record(line, look, columns.name) {
            Some(true) => {}
            Some(false) => return Fate::Drop,
            None => return Fate::Keep,
        }
        if self.by.may_be_about(line, look, columns) {
            return Fate::Keep;
        }
        if let Some(column) = columns.decided {
            match line.glance(column) {
                Glance::Empty => {}
                Glance::Text(text) if text == self.good_date => {}
                Glance::Text(text) if grid::is_dash(text_of(text)) || dates::in_its_column(text_of(text)).is_some() => {
                    text.clone_into(&mut self.good_date);
                }
                Glance::Figure if is_date(&line.cell(column)) => {}
                Glance::Text(_) | Glance::Figure | Glance::Other => return Fate::Keep,
            }
        }
        let category = Shown::of(line, columns.category);
        let Some(at) = self.passed.category(category.text()) else {
            return Fate::Keep;
        };
        let result = columns.result(line, self.by.kind);
        let of_category = &mut self.passed.by_category[at];
        if of_category.falls.asks_for_sums() {
            let baseline = Shown::of(line, columns.baseline);
            of_category.add(line.number(), baseline.text(), result.text());
        } else {
            of_category.add(line.number(), None, None);
        }
        self.passed.rows += 1;
        if let Some(result) = result.bytes() {
            self.results.add(result, &mut self.passed.tally);
        }
        Fate::Drop
    }
}

/// Whether the posts that somebody is to have and to lose say the result.
fn says_posts(header: &Header) -> bool {
    let (to, from) = header.posts();
    !to.is_empty() || !from.is_empty()
}

fn is_date(cell: &Cell) -> bool {
    match cell {
        Cell::Date(_) => true,
        Cell::Number(serial) => dates::from_serial(*serial).is_some(),
        Cell::Empty | Cell::Text(_) | Cell::Error(_) => false,
    }
}

impl Sifting<'_> {
    /// Whether a row is a record and no blank line, heading, total, note or signature; `None` where a closer look is
    /// needed.
    fn is_certain_record(&self, line: &impl Line, look: Look, name: Option<usize>) -> Option<bool> {
        let first = look.first?;
        if self.is_stop(line, first) || name.is_some_and(|name| name != first && self.is_stop(line, name)) {
            return Some(false);
        }
        // A total may stand behind columns nobody knows.
        if name.is_some_and(|name| matches!(line.glance(name), Glance::Empty)) {
            return None;
        }
        look.differs.then_some(true)
    }

    fn is_stop(&self, line: &impl Line, column: usize) -> bool {
        match line.glance(column) {
            Glance::Empty => false,
            Glance::Text(text) => self.stops.is_stop(text),
            Glance::Figure if !self.stops.begin_as_figures() => false,
            Glance::Figure | Glance::Other => {
                let text = line.cell(column).text();
                text.is_some_and(|text| self.stops.is_stop(text.as_bytes()))
            }
        }
    }

    /// Whether a row may be about somebody looked for, or about nobody who can be told.
    fn may_be_about(&self, line: &impl Line, look: Look, columns: &Columns) -> bool {
        let name = columns.name.map_or(Glance::Empty, |column| line.glance(column));
        let is_wanted = match name {
            Glance::Text(text) if is_han(text) => self.sieve.may_have_plain_name(text),
            Glance::Text(text) if is_error(text_of(text)) => true,
            Glance::Text(text) => self.sieve.may_have_name_of(text_of(text)),
            Glance::Empty => self.sieve.may_have_name(b""),
            Glance::Figure | Glance::Other => true,
        };
        let number = columns.number.map_or(Glance::Empty, |column| line.glance(column));
        if let Glance::Text(number) = number
            && look.is_numbered
        {
            let is_namesake = || match (name, columns.unit.map(|column| line.glance(column))) {
                (Glance::Text(name), Some(Glance::Text(unit))) => {
                    self.sieve.is_namesake(name, number, unit, &self.strangers)
                }
                _ => false,
            };
            return self.sieve.may_have_plain_number(number) || is_wanted && !is_namesake();
        }
        if is_wanted {
            return true;
        }
        match Shown::of(line, columns.number).text() {
            Some(text) if !grid::is_dash(text) => match CitizenId::parse(text) {
                Ok(number) => self.sieve.may_have_number(&number),
                // Whoever publishes a list hides some places of every number; nobody is told so.
                Err(IdFault::Masked) => matches!(name, Glance::Empty),
                Err(_) => true,
            },
            _ => matches!(name, Glance::Empty),
        }
    }
}

/// Whether the texts of two cells are certain to differ.
#[inline]
fn surely_differ(one: Glance<'_>, other: Glance<'_>) -> bool {
    match (one, other) {
        (Glance::Text(one), Glance::Text(other)) => one != other,
        (Glance::Text(text), Glance::Figure) | (Glance::Figure, Glance::Text(text)) => HAN.contains(&text[0]),
        _ => false,
    }
}

impl AsRef<[u8]> for Shown<'_> {
    fn as_ref(&self) -> &[u8] {
        self.bytes().unwrap_or_default()
    }
}

/// The text a person reads in a cell.
enum Shown<'a> {
    Nothing,
    Lent(&'a [u8]),
    Own(String),
}

impl<'a> Shown<'a> {
    fn of(line: &'a impl Line, column: Option<usize>) -> Self {
        let Some(column) = column else {
            return Self::Nothing;
        };
        match line.glance(column) {
            Glance::Empty => Self::Nothing,
            Glance::Text(text) => Self::Lent(text),
            Glance::Figure | Glance::Other => line.cell(column).text().map_or(Self::Nothing, Self::Own),
        }
    }

    fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Nothing => None,
            Self::Lent(text) => Some(text),
            Self::Own(text) => Some(text.as_bytes()),
        }
    }

    fn text(&self) -> Option<&str> {
        self.bytes().map(text_of)
    }
}

/// Counts of the results that came last, on their way into the tally.
#[derive(Default)]
struct Results {
    recent: Vec<(Vec<u8>, u32)>,
    next: usize,
}

impl Results {
    fn add(&mut self, word: &[u8], tally: &mut Tally) {
        if let Some((_, count)) = self.recent.iter_mut().find(|(known, _)| known == word) {
            *count += 1;
        } else if tally.cut {
            tally.add(text_of(word));
        } else if self.recent.len() < RECENT {
            self.recent.push((word.to_owned(), 1));
        } else {
            let (old, count) = std::mem::replace(&mut self.recent[self.next], (word.to_owned(), 1));
            tally.add_many(text_of(&old), count);
            self.next = (self.next + 1) % RECENT;
        }
    }

    fn flush(&mut self, tally: &mut Tally) {
        for (word, count) in self.recent.drain(..) {
            tally.add_many(text_of(&word), count);
        }
    }
}
