//! OpenDocument sheets as a stream: office programs write the empty rest of a sheet as one cell repeated a million
//! times, so nothing empty is ever spread out, and what is filled counts as often as it is repeated.

use super::sheet::{Left, Rows};
use super::table::{Cell, Limits, Table, text_cell};
use super::xml::{Xml, attribute, check_length, reference};
use super::{ReadError, archive, dates, xlsx};
use quick_xml::events::{BytesStart, Event};
use std::io::{BufRead, BufReader, Cursor};

/// What stands inside a sheet and is no row of it: pictures, remarks, what tracking keeps of deleted rows.
const ASIDE: [&str; 6] = [
    "shapes",
    "annotation",
    "tracked-changes",
    "forms",
    "named-expressions",
    "frame",
];

pub(super) fn read(file: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Table>, ReadError> {
    archive::weigh(file, bytes, limits)?;
    let broken = |error: zip::result::ZipError| ReadError::broken(file, &error);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.by_name("encrypted-package").is_ok() || is_encrypted(file, &mut archive)? {
        return Err(ReadError::locked(file));
    }
    let content = archive.by_name("content.xml").map_err(broken)?;
    Reader {
        file,
        xml: Xml::new(file, BufReader::with_capacity(64 << 10, content)),
        left: Left::new(file, limits),
        tables: Vec::new(),
    }
    .read()
}

/// The manifest says of each part whether it is encrypted.
fn is_encrypted(file: &str, archive: &mut zip::ZipArchive<Cursor<&[u8]>>) -> Result<bool, ReadError> {
    let Ok(manifest) = archive.by_name("META-INF/manifest.xml") else {
        return Ok(false);
    };
    let mut xml = Xml::new(file, BufReader::new(manifest));
    loop {
        match xml.next()? {
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "encryption-data" => {
                return Ok(true);
            }
            Event::Eof => return Ok(false),
            _ => {}
        }
    }
}

struct Reader<'a, R> {
    file: &'a str,
    xml: Xml<'a, R>,
    left: Left<'a>,
    tables: Vec<Table>,
}

/// A merged block, first and last cell.
type Block = ((u32, u32), (u32, u32));

/// Where the next cell of a sheet stands.
#[derive(Default)]
struct Sheet {
    rows: Rows,
    merged: Vec<Block>,
    row: u32,
    column: u32,
    /// How often the row at hand is repeated.
    times: u32,
}

impl<R: BufRead> Reader<'_, R> {
    fn read(mut self) -> Result<Vec<Table>, ReadError> {
        loop {
            let (name, is_start) = match self.xml.next()? {
                Event::Start(element) if element.local_name().as_ref() == "table" => {
                    (attribute(&element, "name").unwrap_or_default(), true)
                }
                Event::Start(element) if ASIDE.contains(&element.local_name().as_ref()) => (String::new(), false),
                Event::Eof if self.tables.is_empty() => {
                    return Err(ReadError::broken(self.file, &"没有工作表"));
                }
                Event::Eof => return Ok(self.tables),
                _ => continue,
            };
            if is_start {
                let table = self.sheet(name)?;
                self.tables.push(table);
            } else {
                self.xml.skip()?;
            }
        }
    }

    fn sheet(&mut self, name: String) -> Result<Table, ReadError> {
        let mut sheet = Sheet::default();
        loop {
            let event = self.xml.next()?;
            let is_empty = matches!(event, Event::Empty(_));
            match event {
                Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                    "table-row" => {
                        sheet.column = 0;
                        sheet.times = count(&element, "number-rows-repeated");
                        if is_empty {
                            sheet.row = sheet.row.saturating_add(sheet.times);
                        }
                    }
                    "table-cell" => {
                        let cell = Attributes::of(&element);
                        let text = if is_empty { String::new() } else { self.text()? };
                        self.put(&mut sheet, &cell, text)?;
                    }
                    "covered-table-cell" => {
                        sheet.column = sheet.column.saturating_add(count(&element, "number-columns-repeated"));
                        if !is_empty {
                            self.xml.skip()?;
                        }
                    }
                    // A table inside a table is part of a picture.
                    "table" if !is_empty => self.xml.skip()?,
                    aside if ASIDE.contains(&aside) && !is_empty => self.xml.skip()?,
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "table-row" => {
                        sheet.rows.repeat(&mut self.left, sheet.row, sheet.times - 1)?;
                        sheet.row = sheet.row.saturating_add(sheet.times);
                    }
                    "table" => break,
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
        }
        for (start, end) in sheet.merged {
            sheet.rows.fill(&mut self.left, start, end)?;
        }
        Ok(Table {
            sheet: Some(name),
            rows: sheet.rows.finish(),
        })
    }

    fn put(&mut self, sheet: &mut Sheet, cell: &Attributes, text: String) -> Result<(), ReadError> {
        let value = cell.value(text);
        let (row, column) = (sheet.row, sheet.column);
        sheet.column = column.saturating_add(cell.repeated);
        if value == Cell::Empty {
            return Ok(());
        }
        if cell.columns > 1 || cell.rows > 1 {
            let last = (
                row.saturating_add(cell.rows - 1),
                column.saturating_add(cell.columns - 1),
            );
            sheet.merged.push(((row, column), last));
        }
        // Columns that nobody looks at are not gone through one by one.
        for again in 0..cell.repeated.min(self.left.columns()) {
            sheet
                .rows
                .put(&mut self.left, row, column.saturating_add(again), value.clone())?;
        }
        Ok(())
    }

    /// The paragraphs of a cell, a line each; remarks are left out.
    fn text(&mut self) -> Result<String, ReadError> {
        let mut text = String::new();
        let (mut depth, mut paragraphs) = (0_usize, 0_usize);
        loop {
            check_length(self.file, text.len())?;
            let event = self.xml.next()?;
            let is_empty = matches!(event, Event::Empty(_));
            match event {
                Event::Start(element) | Event::Empty(element) => {
                    match element.local_name().as_ref() {
                        "p" | "h" => {
                            if paragraphs > 0 {
                                text.push('\n');
                            }
                            paragraphs += 1;
                        }
                        "s" => {
                            let spaces = count(&element, "c").min(1000);
                            text.extend(std::iter::repeat_n(' ', spaces as usize));
                        }
                        "tab" => text.push(' '),
                        "line-break" => text.push('\n'),
                        aside if !is_empty && (ASIDE.contains(&aside) || aside == "table") => {
                            self.xml.skip()?;
                            continue;
                        }
                        _ => {}
                    }
                    if !is_empty {
                        depth += 1;
                    }
                }
                Event::Text(part) if paragraphs > 0 && depth > 0 => text.push_str(&part.xml10_content()),
                Event::CData(part) if paragraphs > 0 && depth > 0 => text.push_str(&part),
                Event::GeneralRef(part) if depth > 0 => text.extend(reference(&part)),
                Event::End(_) if depth == 0 => return Ok(text),
                Event::End(_) => depth -= 1,
                Event::Eof => return Ok(text),
                _ => {}
            }
        }
    }
}

/// What the attributes of a cell say.
struct Attributes {
    kind: String,
    value: Option<String>,
    repeated: u32,
    columns: u32,
    rows: u32,
}

impl Attributes {
    fn of(element: &BytesStart<'_>) -> Self {
        let mut found = Self {
            kind: String::new(),
            value: None,
            repeated: 1,
            columns: 1,
            rows: 1,
        };
        let mut office = String::new();
        for attribute in element.attributes().with_checks(false).filter_map(Result::ok) {
            let text = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0);
            let text = text.map_or_else(|_| attribute.value.clone().into_owned(), std::borrow::Cow::into_owned);
            match attribute.key.local_name().as_ref() {
                // `office:` says what the value is stored as, `calcext:` that it is an error.
                "value-type" if attribute.key.as_ref().starts_with("calcext") => found.kind = text,
                "value-type" => office = text,
                "value" | "date-value" | "boolean-value" | "string-value" => found.value = Some(text),
                "number-columns-repeated" => found.repeated = number(&text),
                "number-columns-spanned" => found.columns = number(&text),
                "number-rows-spanned" => found.rows = number(&text),
                _ => {}
            }
        }
        if found.kind != "error" {
            found.kind = office;
        }
        found
    }

    fn value(&self, text: String) -> Cell {
        let stored = self.value.as_deref().map(str::trim);
        match (self.kind.as_str(), stored) {
            ("error", _) if !text.trim().is_empty() => Cell::Error(text.trim().to_owned()),
            ("float" | "percentage" | "currency", Some(value)) => match value.parse::<f64>() {
                Ok(number) if number.is_finite() => Cell::Number(number),
                _ => text_cell(text),
            },
            ("date", Some(value)) => dates::parse(value).map_or_else(|| text_cell(text), Cell::Date),
            ("boolean", Some(value)) => Cell::Text(xlsx::yes_or_no(value == "true").to_owned()),
            ("string", Some(value)) if text.is_empty() => text_cell(value.to_owned()),
            _ => text_cell(text),
        }
    }
}

fn count(element: &BytesStart<'_>, name: &str) -> u32 {
    attribute(element, name).map_or(1, |text| number(&text))
}

/// A count is at least one, whatever is written.
fn number(text: &str) -> u32 {
    text.trim().parse::<u32>().unwrap_or(1).max(1)
}
