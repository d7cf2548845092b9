//! Gives a list back: every row where it stood, as it was, with what was found about it in three columns beside it.
//!
//! Texts are written as texts, so that none can become a formula; a note and a colour stand on the cell that decided.

mod looks;
mod merged;
mod pages;
mod place;

use super::headers::{Header, HeaderWords};
use super::table::{Cell, Document, RawRow, Table};
use crate::domain::protection::list::RowFault;
use crate::domain::protection::{Deciding, Verdict};
use looks::{Looks, columns_wide};
use merged::Block;
use place::{Names, Place, written};
use rust_xlsxwriter::{Note, Workbook, Worksheet, XlsxError};
use std::collections::HashMap;
use std::io::Write;
use std::ops::RangeInclusive;
use std::path::Path;

/// Why a list cannot be given back.
#[derive(Debug, thiserror::Error)]
pub enum AnnotateError {
    /// No room beside the last column.
    #[error("{0}列数太多，放不下预检结论等三列（工作表最多 16384 列）。请删去右边不用的列后重试")]
    TooWide(String),
    /// No room below the last row.
    #[error("{0}行号太大（工作表最多 1048576 行）。请删去空行后重试")]
    TooTall(String),
    /// The list could not be opened.
    #[error("{0}")]
    Unread(#[from] super::ReadError),
    /// The workbook could not be made.
    #[error("无法生成工作簿（{0}）")]
    Workbook(#[from] XlsxError),
}

/// What is written beside the rows and after them.
#[derive(Debug, Default)]
pub struct Annotation {
    /// What was found, by sheet and row.
    pub marks: Vec<Mark>,
    /// People who are missing.
    pub absent: Vec<Absent>,
    /// What could not be read.
    pub unreadable: Vec<RowFault>,
    /// What the reader should know: a word and what it is.
    pub about: Vec<(String, String)>,
    /// What each verdict means.
    pub legend: Vec<(Verdict, &'static str)>,
}

/// What was found about a row.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Sheet.
    pub sheet: Option<String>,
    /// Row as a person sees it.
    pub row: u32,
    /// 姓名, as it stands in the row: of lists side by side it tells which.
    pub name: String,
    /// 预检结论
    pub verdict: Verdict,
    /// 依据
    pub basis: String,
    /// 请联系
    pub contact: String,
    /// Cells that decided.
    pub cells: Vec<Deciding>,
}

/// Somebody who is missing from the list.
#[derive(Debug, Clone)]
pub struct Absent {
    /// 姓名
    pub name: String,
    /// 单位
    pub unit: String,
    /// 依据
    pub basis: String,
    /// 请联系
    pub contact: String,
}

const HEADS: [&str; 3] = ["预检结论", "依据", "请联系"];
const OWN_WIDTHS: [u16; 3] = [10, 30, 26];
const COLUMNS: usize = 16_384;
const ROWS: u32 = 1_048_576;

/// Writes the workbook. `scratch`: folder for what does not fit into memory; it is gone afterwards.
pub fn annotate(
    document: &Document,
    words: &HeaderWords,
    annotation: &Annotation,
    scratch: &Path,
    out: impl Write + Send,
) -> Result<(), AnnotateError> {
    let tables = document.tables.as_ref().map_err(Clone::clone)?;
    let looks = Looks::new();
    let mut book = Workbook::new();
    book.set_tempdir(scratch)?;
    let mut names = Names::default();
    let mut cut = Vec::new();
    for table in tables {
        let sheet = book.add_worksheet_with_low_memory()?;
        let name = names.take(table.sheet.as_deref().unwrap_or("名单"));
        sheet.set_name(&name)?;
        let marks = annotation.marks.iter().filter(|mark| mark.sheet == table.sheet);
        let mut page = Page {
            sheet,
            looks: &looks,
            name: &name,
            marks: marks.fold(HashMap::new(), |mut by_row, mark| {
                by_row.entry(mark.row).or_insert_with(Vec::new).push(mark);
                by_row
            }),
            widths: Vec::new(),
            blocks: Vec::new(),
            cut: &mut cut,
        };
        page.write(table, words)?;
    }
    pages::absent(&mut book, &mut names, &looks, &annotation.absent)?;
    pages::unreadable(&mut book, &mut names, &looks, &annotation.unreadable)?;
    pages::about(&mut book, &mut names, &looks, annotation, &cut)?;
    book.save_to_writer(out)?;
    Ok(())
}

/// One sheet while it is written.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    looks: &'a Looks,
    name: &'a str,
    marks: HashMap<u32, Vec<&'a Mark>>,
    /// Places of each column.
    widths: Vec<usize>,
    /// Cells of the header that span others.
    blocks: Vec<Block>,
    /// Cells that were too long for a workbook.
    cut: &'a mut Vec<String>,
}

impl Page<'_> {
    fn write(&mut self, table: &Table, words: &HeaderWords) -> Result<(), AnnotateError> {
        let found = words.list.find(&table.rows);
        let beside = last_column(&table.rows);
        if found.is_some() && beside + HEADS.len() > COLUMNS {
            return Err(AnnotateError::TooWide(format!("工作表「{}」", self.name)));
        }
        if table.rows.last().is_some_and(|row| row.number > ROWS) {
            return Err(AnnotateError::TooTall(format!("工作表「{}」", self.name)));
        }
        // What stands above a list says nothing of how wide its columns are.
        let from = found.as_ref().map_or(0, |(index, ..)| *index);
        self.widths(&table.rows[from..], found.is_some().then_some(beside))?;
        let (head, below, mut header) = match found {
            Some((index, height, header)) => (index, index + height, Some(header)),
            None => (usize::MAX, usize::MAX, None),
        };
        let top = merged::top(&table.rows, head);
        self.blocks = merged::blocks(table.rows.get(top..below).unwrap_or_default());
        for (index, row) in table.rows.iter().enumerate() {
            let above = header.as_ref().filter(|_| index >= below);
            let again = above.and_then(|above| words.list.of_row(row, above));
            let is_head = (top..below).contains(&index) || again.is_some();
            let heads_here = again.is_some() || index + 1 == below;
            if again.is_some() {
                header = again;
            }
            let marks = self.marks.remove(&row.number);
            let is_above = index < top && head != usize::MAX;
            let is_title = is_above || head == usize::MAX;
            self.height(row, (is_title, is_above), marks.as_deref().unwrap_or_default())?;
            self.row(row, is_head, (is_title, is_above))?;
            if heads_here {
                for (column, text) in (beside..).zip(HEADS) {
                    self.sheet
                        .write_string_with_format(row.number - 1, column as u16, text, &self.looks.own_head)?;
                }
                if index + 1 == below {
                    self.sheet.set_freeze_panes(row.number, 0)?;
                    self.sheet.set_repeat_rows(row.number - 1, row.number - 1)?;
                }
            }
            if let (Some(header), Some(marks)) = (&header, marks) {
                self.mark(row, header, &marks, beside)?;
            }
        }
        Ok(())
    }

    fn widths(&mut self, rows: &[RawRow], beside: Option<usize>) -> Result<(), AnnotateError> {
        self.widths = columns_wide(rows);
        // Chinese characters are higher than what office programs make room for.
        self.sheet.set_default_row_height(looks::height(1));
        for (column, width) in (0_u16..).zip(&self.widths) {
            self.sheet.set_column_width(column, *width as f64)?;
        }
        if let Some(beside) = beside {
            for (column, width) in (beside as u16..).zip(OWN_WIDTHS) {
                self.sheet.set_column_width(column, width)?;
            }
        }
        self.sheet
            .set_landscape()
            .set_paper_size(9)
            .set_print_fit_to_pages(1, 0)
            .set_print_gridlines(true);
        Ok(())
    }

    /// Not every office program measures rows that fold, or has the font it would measure them by, so it is said how high
    /// they are.
    fn height(
        &mut self,
        row: &RawRow,
        (is_title, is_above): (bool, bool),
        marks: &[&Mark],
    ) -> Result<(), AnnotateError> {
        let mut lines = 1;
        if !one_text(row) && !is_above {
            for (cell, width) in row.cells.iter().zip(&self.widths) {
                if let Cell::Text(text) = cell
                    && looks::folds(text)
                {
                    lines = lines.max(looks::lines(text, *width));
                }
            }
        }
        let own = |text: fn(&Mark) -> &str, width: u16| {
            let all = marks.iter().map(|mark| looks::lines(text(mark), usize::from(width)));
            all.sum::<usize>()
        };
        lines = lines
            .max(own(|mark| &mark.basis, OWN_WIDTHS[1]))
            .max(own(|mark| &mark.contact, OWN_WIDTHS[2]));
        if is_title && one_text(row) {
            self.sheet.set_row_height(row.number - 1, looks::title_height(lines))?;
        } else if lines > 1 {
            self.sheet.set_row_height(row.number - 1, looks::height(lines))?;
        }
        Ok(())
    }

    /// The row as it was. A title over merged cells is read as one text in each of them; it is written once.
    fn row(&mut self, row: &RawRow, is_head: bool, (is_title, is_above): (bool, bool)) -> Result<(), AnnotateError> {
        let once = !is_head && one_text(row);
        let at = row.number - 1;
        let held = |cell: &Cell| *cell != Cell::Empty;
        if once && is_title {
            let (first, last) = (row.cells.iter().position(held), row.cells.iter().rposition(held));
            if let (Some(first), Some(last)) = (first, last.filter(|last| Some(*last) != first)) {
                return self.span((at..=at, first..=last), &row.cells[first], &self.looks.wide_title);
            }
        }
        let mut spanned = 0;
        for (column, cell) in row.cells.iter().enumerate().filter(|(_, cell)| held(cell)) {
            if column < spanned {
                continue;
            }
            // 填报单位 and 填报时间 over several columns each.
            let alike = || row.cells[column..].iter().take_while(|other| *other == cell).count();
            if is_above && !once && matches!(cell, Cell::Text(_)) && alike() > 1 {
                spanned = column + alike();
                self.span((at..=at, column..=spanned - 1), cell, &self.looks.plain)?;
                continue;
            }
            let block = self.blocks.iter().find(|block| is_head && block.holds(at, column));
            if let Some(block) = block {
                if block.is_at(at, column) {
                    self.span((block.rows.clone(), block.columns.clone()), cell, &self.looks.span)?;
                }
                continue;
            }
            let look = match cell {
                _ if is_head => &self.looks.head,
                _ if once && is_title => &self.looks.title,
                Cell::Date(_) => &self.looks.date,
                // What stands above the list may run over the cells beside it.
                Cell::Text(text) if !once && !is_above && looks::folds(text) => &self.looks.text,
                _ => &self.looks.plain,
            };
            self.cell(row.number - 1, column as u16, cell, look)?;
            if once {
                break;
            }
        }
        Ok(())
    }

    /// One cell over several rows and columns.
    fn span(
        &mut self,
        (rows, columns): (RangeInclusive<u32>, RangeInclusive<usize>),
        cell: &Cell,
        look: &rust_xlsxwriter::Format,
    ) -> Result<(), AnnotateError> {
        let (first, last) = (*columns.start() as u16, *columns.end() as u16);
        self.sheet
            .merge_range(*rows.start(), first, *rows.end(), last, "", look)?;
        self.cell(*rows.start(), first, cell, look)
    }

    fn cell(
        &mut self,
        row: u32,
        column: u16,
        cell: &Cell,
        look: &rust_xlsxwriter::Format,
    ) -> Result<(), AnnotateError> {
        match written(cell) {
            Place::Nothing => {
                self.sheet.write_blank(row, column, look)?;
            }
            Place::Number(number) => {
                self.sheet.write_number_with_format(row, column, number, look)?;
            }
            Place::Day(day) => {
                self.sheet.write_datetime_with_format(row, column, &day, look)?;
            }
            Place::Text { text, cut } => {
                if cut {
                    self.cut
                        .push(format!("「{}」第 {} 行第 {} 列", self.name, row + 1, column + 1));
                }
                self.sheet.write_string_with_format(row, column, text, look)?;
            }
        }
        Ok(())
    }

    fn mark(&mut self, row: &RawRow, header: &Header, marks: &[&Mark], beside: usize) -> Result<(), AnnotateError> {
        let Some(gravest) = marks.iter().map(|mark| mark.verdict).max() else {
            return Ok(());
        };
        let at = row.number - 1;
        let repeated = header.is_repeated();
        let lines = |text: fn(&Mark) -> &str| {
            let said = |mark: &&Mark| match text(mark) {
                "" => String::new(),
                // A row of several people says whom it means.
                text if repeated => format!("{}：{text}", mark.name),
                text => text.to_owned(),
            };
            let mut texts: Vec<String> = marks.iter().map(said).collect();
            texts.dedup();
            texts.retain(|text| !text.is_empty());
            place::safe(&texts.join("\n")).0
        };
        let look = self.looks.verdict(gravest);
        self.sheet
            .write_string_with_format(at, beside as u16, gravest.zh(), &look.word)?;
        self.sheet
            .write_string_with_format(at, beside as u16 + 1, lines(|mark| &mark.basis), &self.looks.own)?;
        self.sheet
            .write_string_with_format(at, beside as u16 + 2, lines(|mark| &mark.contact), &self.looks.own)?;
        let mut notes: Vec<(usize, Vec<&str>)> = Vec::new();
        for (mark, cell) in marks
            .iter()
            .flat_map(|mark| mark.cells.iter().map(move |cell| (mark, cell)))
        {
            let own = repeated.then(|| header.of_name(row, &mark.name));
            if let Some(column) = column_of(row, own.as_ref().unwrap_or(header), cell) {
                match notes.iter_mut().find(|(known, _)| *known == column) {
                    Some((_, said)) if said.contains(&cell.note.as_str()) => {}
                    Some((_, said)) => said.push(&cell.note),
                    None => notes.push((column, vec![&cell.note])),
                }
            }
        }
        for (column, said) in notes {
            let empty = Cell::Empty;
            let cell = row.cells.get(column).unwrap_or(&empty);
            let fill = if matches!(cell, Cell::Date(_)) {
                &look.date
            } else {
                &look.cell
            };
            self.cell(at, column as u16, cell, fill)?;
            let text = place::short(&format!("预检：{}", said.join("\n")));
            let lines = text.lines().map(|line| 1 + line.chars().count() / 15).sum::<usize>();
            let note = Note::new(text)
                .set_author("容错护航")
                .add_author_prefix(false)
                .set_width(240)
                .set_height((lines as u32 * 20 + 16).min(400));
            self.sheet.insert_note(at, column as u16, &note)?;
        }
        Ok(())
    }
}

/// Where a deciding cell stands: of several columns of the field the one with the words, else the first that says
/// something, else the first.
pub(super) fn column_of(row: &RawRow, header: &Header, cell: &Deciding) -> Option<usize> {
    let columns = match (cell.field, header.all(cell.field)) {
        // Opinions and what is due may be the result, too.
        ("结果", []) => header.results(),
        (_, columns) => columns,
    };
    let text = |column: usize| row.cells.get(column).and_then(Cell::text);
    let is_result = matches!(cell.field, "结果" | "考核等次") && columns.is_empty();
    let has_words = |text: &str| !cell.words.is_empty() && text.contains(&cell.words);
    if is_result && !header.ticks().is_empty() {
        // A mark says what its header says.
        let is_filled = |(column, _): &&(usize, String)| text(*column).is_some();
        let mut filled = header.ticks().iter().filter(is_filled);
        let said = filled.clone().find(|(_, word)| has_words(word));
        let found = said.or_else(|| filled.next()).or_else(|| header.ticks().first());
        return found.map(|(column, _)| *column);
    }
    let (to, from) = header.posts();
    let posts = [from, to].concat();
    let columns: &[usize] = if is_result { &posts } else { columns };
    let says = |column: &usize| text(*column).is_some_and(|text| has_words(&text));
    // A remark may stand where no header does.
    let headless = || {
        let mut open = (0..row.cells.len()).filter(|column| cell.field == "理由" && header.is_headless(*column));
        open.find(says)
    };
    let by_words = columns.iter().copied().find(says).or_else(headless);
    let first = || columns.iter().copied().find(|column| text(*column).is_some());
    by_words.or_else(first).or_else(|| columns.first().copied())
}

/// One text over several cells: a merged title or section.
fn one_text(row: &RawRow) -> bool {
    let mut filled = row.cells.iter().filter(|cell| **cell != Cell::Empty);
    match filled.next() {
        Some(Cell::Text(first)) => filled.all(|cell| matches!(cell, Cell::Text(text) if text == first)),
        _ => false,
    }
}

/// The first column that nothing stands in, titles over the whole width apart.
fn last_column(rows: &[RawRow]) -> usize {
    let used = |row: &RawRow| {
        row.cells
            .iter()
            .rposition(|cell| *cell != Cell::Empty)
            .map_or(0, |at| at + 1)
    };
    rows.iter().filter(|row| !one_text(row)).map(used).max().unwrap_or(0)
}

#[cfg(test)]
mod tests;
