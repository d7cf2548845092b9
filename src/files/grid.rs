//! Walks the records of a sheet under its header.

use super::headers::{Header, HeaderWords, Kind, Stops, squeezed};
use super::starts::Starts;
use super::table::{Cell, RawRow, Table};
use crate::domain::protection::is_sum;
use crate::domain::protection::list::{RowFault, Unread, UnreadKind};
use crate::domain::shares::by_shares;
use chrono::NaiveDate;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A sheet with a header.
pub(super) struct Grid<'a> {
    pub(super) sheet: Option<&'a str>,
    /// Lines above the header.
    pub(super) title: Vec<String>,
    /// Records with the header they stand under.
    pub(super) records: Vec<Record<'a>>,
    /// Header texts of the first header.
    pub(super) header: Vec<String>,
    /// The same with the field each means.
    pub(super) columns: Vec<(String, Option<String>)>,
    /// Those that no field knows and that may matter.
    pub(super) unread: Vec<Unread>,
    /// Those that were taken for a field without a word that says so, with that field.
    pub(super) guessed: Vec<(String, String)>,
    /// Those that somebody pointed out.
    pub(super) pointed: Vec<String>,
    /// What of it could not be read.
    pub(super) faults: Vec<RowFault>,
}

/// A row under a header.
pub(super) struct Record<'a> {
    pub(super) row: &'a RawRow,
    header: Arc<Header>,
    /// The unit that a line above it names, below the first header.
    pub(super) block_unit: Option<Arc<str>>,
    /// What the headings above it say, a line each: the last one with a number and those below it, below the last line
    /// that names a unit.
    pub(super) section: Option<Arc<str>>,
}

impl<'a> Grid<'a> {
    /// `None`: the sheet has no header of this kind.
    pub(super) fn of(table: &'a Table, kind: &Kind, words: &HeaderWords) -> Option<Self> {
        let (index, height, header) = kind.find(&table.rows)?;
        let title = table.rows[..index].iter().map(line).collect();
        let texts = header.texts.iter().map(|text| text.replace('\n', " ")).collect();
        let columns = header.with_fields();
        let mut unread = kind.unread(&header);
        let guessed = header.guessed();
        let pointed = kind.pointed_in(&header);
        let mut faults = Vec::new();
        let place = (table.sheet.as_ref(), table.rows[index + height - 1].number);
        let mut above = header.clone();
        let mut current = side_by_side(header, kind, place, &mut faults);
        let mut lines = Vec::new();
        let starts = Starts::of(kind.words_for(kind.telling()));
        let stops = Stops::of(words);
        let (mut block_unit, mut section) = (None, None);
        for row in &table.rows[index + height..] {
            if may_be_header(row, &starts)
                && let Some(again) = kind.of_row(row, &above)
            {
                above = again.clone();
                unread.extend(kind.unread(&again));
                current = side_by_side(again, kind, (table.sheet.as_ref(), row.number), &mut faults);
                continue;
            }
            if let Some(unit) = kind.is_list().then(|| unit_line(row, kind, &current[0])).flatten() {
                block_unit = Some(Arc::from(unit));
                section = None;
                continue;
            }
            if let Some(heading) = kind.is_list().then(|| heading(row, &current[0], &stops)).flatten() {
                section = Some(heading.below(section.as_deref()));
                continue;
            }
            for header in &current {
                lines.push(Record {
                    row,
                    header: header.clone(),
                    block_unit: block_unit.clone(),
                    section: section.clone(),
                });
            }
        }
        let records = records(lines, &stops);
        if kind.is_list() {
            unread.extend(headless(&records));
        }
        Some(Self {
            sheet: table.sheet.as_deref(),
            title,
            records,
            header: texts,
            columns,
            unread,
            guessed,
            pointed,
            faults,
        })
    }
}

/// Rows that are worth a thread of their own.
const WORTH_WHILE: usize = 2_000;

/// Those of the rows under a header that are records: no row's being one depends on another's.
fn records<'a>(lines: Vec<Record<'a>>, stops: &Stops<'_>) -> Vec<Record<'a>> {
    let are = by_shares(&lines, WORTH_WHILE, |lines| {
        let are = lines.iter().map(|line| is_record(line.row, &line.header, stops));
        are.collect::<Vec<bool>>()
    });
    let with = lines.into_iter().zip(are.into_iter().flatten());
    with.filter_map(|(line, is)| is.then_some(line)).collect()
}

/// Columns without a header in which records of somebody say something.
fn headless(records: &[Record<'_>]) -> impl Iterator<Item = Unread> {
    let of_somebody = |record: &&Record<'_>| {
        ["姓名", "公民身份号码"]
            .iter()
            .any(|field| record.cell(field).is_some())
    };
    let columns: BTreeSet<usize> = records
        .iter()
        .filter(of_somebody)
        .flat_map(|record| record.headless().map(|(column, _)| column))
        .collect();
    columns.into_iter().map(|column| Unread {
        kind: UnreadKind::Headless,
        header: format!("第 {} 列（没有表头）", column + 1),
    })
}

/// The headers of lists that stand side by side; one, as nearly everywhere.
fn side_by_side(
    header: Header,
    kind: &Kind,
    (sheet, row): (Option<&String>, u32),
    faults: &mut Vec<RowFault>,
) -> Vec<Arc<Header>> {
    if !kind.is_list() || !header.is_repeated() {
        return vec![Arc::new(header)];
    }
    if let Some(parts) = header.side_by_side() {
        return parts.into_iter().map(Arc::new).collect();
    }
    faults.push(RowFault::of_column(
        sheet.map(String::as_str),
        row,
        "姓名",
        "表头有几个同样的姓名栏，各栏又不成组，只读了最左边的一个；请改成每行一人后重新预检",
    ));
    vec![Arc::new(header)]
}

/// Whether one of the words may stand here without which nothing is a header.
pub(super) fn may_be_header(row: &RawRow, starts: &Starts) -> bool {
    row.cells.iter().any(|cell| match cell {
        Cell::Empty => false,
        Cell::Text(text) => starts.may_begin(text.as_bytes()) || text.contains('\n'),
        Cell::Number(_) | Cell::Date(_) => starts.figures,
        Cell::Error(_) => true,
    })
}

/// Whether the first text of a row may begin a line that names a unit; cheap, since every row is asked.
pub(super) fn may_name_unit(first: &str) -> bool {
    first.len() >= "单位:".len() && first.contains([':', '：'])
}

/// The unit that a line between the blocks of a list names (单位：云川市教育局); none where the row names somebody
/// beside it, or has somebody's number.
pub(super) fn unit_line(row: &RawRow, kind: &Kind, header: &Header) -> Option<String> {
    let mut filled = row
        .cells
        .iter()
        .enumerate()
        .filter_map(|(column, cell)| Some((column, cell.shown()?)));
    let (at, first) = filled.next().filter(|(_, first)| may_name_unit(first))?;
    let (label, said) = first.split_once([':', '：'])?;
    if !kind.unit_labels.contains(&squeezed(label)) {
        return None;
    }
    // A merged cell says the same again.
    let mut others = filled.filter(|(_, text)| *text != first);
    let (said, at_said) = if said.trim().is_empty() {
        let (column, beside) = others.next()?;
        (beside, column)
    } else {
        (Cow::Borrowed(said), at)
    };
    let name = header.first("姓名");
    if header.has_number(row) || others.any(|(column, _)| Some(column) == name && column != at_said) {
        return None;
    }
    // What else stands in the cell (填报时间：…) has a colon too.
    let unit: String = said
        .split_whitespace()
        .take_while(|part| !part.contains([':', '：']))
        .collect();
    let unit = unit.split(['(', '（', '[', '【']).next().unwrap_or_default();
    // 单位：元 says how sums are counted.
    let is_measure = unit.ends_with('元') || unit.chars().count() < 3;
    (!is_measure).then(|| unit.to_owned())
}

/// Characters of a heading.
const LONGEST_HEADING: usize = 60;
/// Headings without a number that are remembered below one with a number.
const LAST_HEADINGS: usize = 3;

/// A heading between the rows.
struct Heading {
    text: String,
    /// It has a number, and so begins anew.
    is_numbered: bool,
}

impl Heading {
    /// What is known from here on, below the headings above.
    fn below(self, above: Option<&str>) -> Arc<str> {
        match above {
            Some(above) if !self.is_numbered => {
                let mut lines: Vec<&str> = above.lines().collect();
                lines.push(&self.text);
                // The first one is that with the number.
                if lines.len() > LAST_HEADINGS + 1 {
                    lines.remove(1);
                }
                lines.join("\n").into()
            }
            _ => self.text.into(),
        }
    }
}

/// What a heading between the rows says without its number (一、云川市文化馆（12人）); none where the row says anything
/// else, or is a record, a note or a signature. One without a number may be anything: whoever reads it looks for what it
/// names.
fn heading(row: &RawRow, header: &Header, stops: &Stops<'_>) -> Option<Heading> {
    let mut texts = row.cells.iter().filter_map(Cell::shown);
    let text = texts.next()?;
    if texts.any(|other| other != text) {
        return None;
    }
    let plain = squeezed(&text);
    let length = plain.chars().count();
    if !(2..=LONGEST_HEADING).contains(&length) {
        return None;
    }
    if let Some(said) = numbered(&plain).filter(|said| said.chars().count() > 1) {
        return Some(Heading {
            text: said.to_owned(),
            is_numbered: true,
        });
    }
    let is_heading = plain.contains(is_han)
        && !stops.is_stop(plain.as_bytes())
        && !stops.words.is_remark(&plain)
        && !plain.ends_with(['。', ';'])
        && !is_record(row, header, stops);
    is_heading.then_some(Heading {
        text: plain,
        is_numbered: false,
    })
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// What stands behind the number of a heading: 一、 or (一) or 第一、 or 2、 or 第二部分:.
fn numbered(text: &str) -> Option<&str> {
    let of_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十百".contains(c);
    let behind = |text: &'_ str| {
        let rest = text.trim_start_matches(of_number);
        (rest.len() < text.len()).then_some(text.len() - rest.len())
    };
    if let Some(inner) = text.strip_prefix('(') {
        return inner[behind(inner)?..].strip_prefix(')');
    }
    let text = text.strip_prefix('第').unwrap_or(text);
    let rest = &text[behind(text)?..];
    let rest = ["部分", "组", "类"]
        .iter()
        .find_map(|word| rest.strip_prefix(word).filter(|rest| rest.starts_with([':', '、'])))
        .unwrap_or(rest);
    let said = rest.strip_prefix(['、', '.', ',', ':'])?;
    // 1.5 is a number, and 2026.3.5 a day.
    said.starts_with(|c: char| !c.is_ascii_digit()).then_some(said)
}

/// A longer text alone in a row of one cell is a remark and no name.
const LONGEST_NAME: usize = 15;

/// Blank lines, section headings, totals, notes and signatures are no records.
fn is_record(row: &RawRow, header: &Header, stops: &Stops<'_>) -> bool {
    let words = stops.words;
    let mut filled: Vec<(usize, Cow<'_, str>)> = Vec::with_capacity(row.cells.len());
    let held = row.cells.iter().enumerate().filter(|(column, _)| header.holds(*column));
    filled.extend(held.filter_map(|(column, cell)| Some((column, cell.shown()?))));
    let Some((_, first)) = filled.first() else {
        return false;
    };
    let name = header
        .first("姓名")
        .and_then(|column| row.cells.get(column))
        .and_then(Cell::shown);
    let is_stop = |text: &str| stops.is_stop(text.as_bytes());
    if is_stop(first) || name.as_deref().is_some_and(is_stop) {
        return false;
    }
    // A total may stand behind columns nobody knows; a row that names somebody is never one for that.
    let number = header.first("公民身份号码").and_then(|column| row.cells.get(column));
    let names_nobody = name.is_none() && number.and_then(Cell::shown).is_none();
    if names_nobody && filled.iter().any(|(_, text)| words.is_total(text)) {
        return false;
    }
    // A line of labels (院长： 财务科：) is one of signatures.
    let is_labelled = first.ends_with([':', '：']);
    // A signature, a notice or a count; what stands below the result must not be one. Records of other kinds, which name
    // nobody, may well speak of such things.
    let says_result = |(column, text): &(usize, Cow<'_, str>)| {
        let is_of_a_signature = || text.ends_with([':', '：']) || words.is_remark(text) || words.is_stop(text);
        is_result_column(header, *column) && !is_days(text) && !is_of_a_signature()
    };
    let of_people = header.first("姓名").is_some();
    if of_people
        && names_nobody
        && (is_labelled || filled.iter().any(|(_, text)| words.is_remark(text)))
        && !filled.iter().any(says_result)
    {
        return false;
    }
    if filled.windows(2).all(|pair| pair[0].1 == pair[1].1) {
        // One text in the row: a record only where a name or the result stands and nothing is merged over it.
        let at = filled[0].0;
        let result = is_result_column(header, at) && !is_days(&filled[0].1);
        let is_name = name.is_some_and(|name| {
            (row.cells.len() > 1 || name.chars().count() <= LONGEST_NAME) && !words.is_title(&name)
        });
        return filled.len() == 1 && (is_name || result);
    }
    true
}

fn is_result_column(header: &Header, column: usize) -> bool {
    let (to, from) = header.posts();
    let results = [header.results(), header.all("考核等次"), to, from];
    results.iter().any(|columns| columns.contains(&column)) || header.ticks().iter().any(|(tick, _)| *tick == column)
}

/// Whether a text is nothing but a day or a span of days.
fn is_days(text: &str) -> bool {
    let plain = squeezed(text);
    let of_days = |c: char| c.is_ascii_digit() || "年月日至到-—~./".contains(c);
    let separators = plain.chars().filter(|c| "-/.".contains(*c)).count();
    let of_figures = plain.contains(|c: char| c.is_ascii_digit())
        && (plain.contains(['年', '月']) || separators > 1)
        && plain.chars().all(of_days);
    of_figures || super::dates::parse(&plain).is_some()
}

fn line(row: &RawRow) -> String {
    let mut texts: Vec<String> = row.cells.iter().filter_map(Cell::text).collect();
    texts.dedup();
    texts.join(" ")
}

impl Record<'_> {
    /// The cell of a field.
    pub(super) fn cell(&self, field: &str) -> Option<&Cell> {
        let column = self.header.first(field)?;
        self.row.cells.get(column).filter(|cell| **cell != Cell::Empty)
    }

    /// The text of a field.
    pub(super) fn text(&self, field: &str) -> Option<String> {
        self.cell(field).and_then(Cell::text)
    }

    /// What a row is for: its own column, else the year that its result is headed by.
    pub(super) fn period(&self) -> Option<String> {
        let headed = || self.header.year_of_result().map(|year| format!("{year}年度"));
        self.text("期间").or_else(headed)
    }

    /// The result: what counts of all that stands in its columns.
    pub(super) fn result(&self, kind: &Kind) -> Option<String> {
        self.counting(self.header.results(), kind, self.header.has_sums())
    }

    /// The grade, which may stand beside another result.
    pub(super) fn grade(&self, kind: &Kind) -> Option<String> {
        self.counting(self.header.grades(), kind, false)
    }

    fn counting(&self, columns: &[usize], kind: &Kind, sums: bool) -> Option<String> {
        let said = |column: &usize| self.row.cells.get(*column).and_then(Cell::text);
        match columns {
            [only] => said(only),
            several => {
                let says = |text: &String| !is_dash(text);
                kind.counting(several.iter().filter_map(said).filter(says).collect(), sums)
            }
        }
    }

    /// What is marked of the columns for one result each.
    pub(super) fn ticked(&self, kind: &Kind) -> Vec<&str> {
        let is_marked = |column: usize| {
            let text = self.row.cells.get(column).and_then(Cell::text);
            text.is_some_and(|text| !is_dash(&text) && kind.is_mark(&text, &self.header))
        };
        let ticks = self.header.ticks().iter();
        ticks
            .filter(|(column, _)| is_marked(*column))
            .map(|(_, word)| word.as_str())
            .collect()
    }

    /// The posts that somebody is to have and to lose, where columns of theirs say the result.
    pub(super) fn posts(&self) -> (Option<String>, Option<String>) {
        let said = |columns: &[usize]| {
            let texts = columns.iter().filter_map(|column| self.row.cells.get(*column)?.text());
            texts.into_iter().find(|text| !is_dash(text))
        };
        let (to, from) = self.header.posts();
        (said(to), said(from))
    }

    /// The texts of every column of a field, left to right, each once.
    pub(super) fn texts(&self, field: &str) -> Vec<(String, String)> {
        self.header
            .all(field)
            .iter()
            .filter(|column| !self.header.is_remark(**column))
            .filter_map(|column| {
                let text = self.row.cells.get(*column).and_then(Cell::text)?;
                Some((self.header.text(*column).unwrap_or(field).replace('\n', " "), text))
            })
            .collect()
    }

    /// The texts of the columns that are headed like reasons and often say other things.
    pub(super) fn remarks(&self) -> Vec<String> {
        let columns = self.header.all("理由").iter();
        let remarks = columns.filter(|column| self.header.is_remark(**column) && !self.header.is_opinion(**column));
        remarks
            .filter_map(|column| self.row.cells.get(*column).and_then(Cell::text))
            .collect()
    }

    /// What stands in columns without a header and may be a remark: more than dashes, figures, days and marks, and not
    /// what a merged cell beside it says.
    pub(super) fn headless(&self) -> impl Iterator<Item = (usize, String)> {
        let cells = self.row.cells.iter().enumerate();
        let open = cells.filter(|(column, cell)| **cell != Cell::Empty && self.header.is_headless(*column));
        open.filter_map(|(column, cell)| Some((column, cell.text()?)))
            .filter(|(column, text)| {
                let says = text.chars().filter(|c| is_han(*c)).count() > 1 && !is_days(text) && !is_sum(text);
                let mut others = self.row.cells.iter().enumerate();
                says && !others.any(|(other, cell)| other != *column && cell.text().as_ref() == Some(text))
            })
    }

    /// What opinions say beside the result of the same name.
    pub(super) fn opinions(&self) -> impl Iterator<Item = String> {
        self.said_in("理由", |column| self.header.is_opinion(column))
    }

    /// What columns of evidence say that give the reason, too.
    pub(super) fn grounds(&self) -> impl Iterator<Item = String> {
        self.said_in("佐证材料", |column| self.header.is_ground(column))
    }

    /// What the other columns of evidence say.
    pub(super) fn evidence(&self) -> Option<String> {
        let column = self.header.all("佐证材料").iter();
        let column = column.copied().find(|column| !self.header.is_ground(*column))?;
        self.row.cells.get(column).and_then(Cell::text)
    }

    /// What stands in a column that says the result and behind it why.
    pub(super) fn with_reason(&self) -> Option<String> {
        let column = self.header.with_reasons().first()?;
        self.row.cells.get(*column).and_then(Cell::text)
    }

    fn said_in(&self, field: &str, is_it: impl Fn(usize) -> bool) -> impl Iterator<Item = String> {
        let columns = self.header.all(field).iter().filter(move |column| is_it(**column));
        columns.filter_map(|column| self.row.cells.get(*column).and_then(Cell::text))
    }

    /// Whether a field was taken from a column without a word that says so.
    pub(super) fn is_guessed(&self, field: &str) -> bool {
        let column = self.header.first(field);
        column.is_some_and(|column| self.header.is_guessed(column))
    }

    /// The columns that no word list knows, by their headers; a header that stands twice counts once.
    pub(super) fn unknown(&self) -> Vec<(String, String)> {
        self.header
            .unknown()
            .filter_map(|(column, header)| Some((header.to_owned(), self.row.cells.get(column).and_then(Cell::text)?)))
            .collect()
    }

    /// Whether the header has the field at all.
    pub(super) fn has(&self, field: &str) -> bool {
        self.header.first(field).is_some()
    }

    /// A date; the fault says what stood there.
    pub(super) fn date(&self, sheet: Option<&str>, field: &str) -> Result<Option<NaiveDate>, RowFault> {
        let read = match self.cell(field) {
            None => return Ok(None),
            Some(Cell::Text(text)) if is_dash(text) => return Ok(None),
            Some(Cell::Date(day)) => Some(*day),
            Some(Cell::Number(serial)) => super::dates::from_serial(*serial),
            Some(Cell::Text(text)) => super::dates::in_its_column(text),
            Some(Cell::Error(_) | Cell::Empty) => None,
        };
        read.map(Some).ok_or_else(|| {
            let found = self.text(field).unwrap_or_default();
            let reason = if super::dates::is_out_of_range(&found) {
                format!("「{}」不在可以读的年份内（{}）", cut(&found), super::dates::years_zh())
            } else {
                format!("「{}」不是日期，应写成 2026-03-05 或 2026年3月5日", cut(&found))
            };
            self.fault(sheet, Some(field), reason)
        })
    }

    /// A fault of this row.
    pub(super) fn fault(&self, sheet: Option<&str>, field: Option<&str>, reason: impl Into<String>) -> RowFault {
        let column = field.map(|field| {
            let own = self.header.first(field).and_then(|column| self.header.text(column));
            own.unwrap_or(field).replace('\n', " ")
        });
        RowFault {
            sheet: sheet.map(str::to_owned),
            row: self.row.number,
            column,
            reason: reason.into(),
        }
    }
}

/// A dash and the like say nothing.
pub(super) fn is_dash(text: &str) -> bool {
    // Nearly every text begins as none of them does, and folding takes no such character away.
    if text.starts_with(|c: char| c.is_ascii_alphanumeric() || (matches!(c, '\u{4e00}'..='\u{9fff}') && c != '无')) {
        return false;
    }
    matches!(
        squeezed(text).as_str(),
        "" | "-" | "--" | "—" | "——" | "/" | "\\" | "无" | "、" | "－"
    )
}

/// What is quoted in a message stays short.
pub(super) fn cut(text: &str) -> String {
    const LONGEST: usize = 30;
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST)
        .collect();
    if text.chars().count() > LONGEST {
        format!("{plain}…")
    } else {
        plain
    }
}
