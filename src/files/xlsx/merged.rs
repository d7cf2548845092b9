//! Merged blocks stand behind the cells of a sheet and are needed before them. They are found while the parts of the
//! workbook are weighed, so that no sheet is parsed twice. What is not as office programs write it is left to the
//! workbook library to find.

use crate::files::ReadError;
use crate::files::archive::Scales;
use crate::files::table::Limits;
use crate::files::xml::{Depth, Texts, Xml, attribute};
use quick_xml::events::Event;
use std::collections::HashMap;
use std::sync::mpsc::Sender;

/// A merged block, first and last cell.
pub(super) type Block = ((u32, u32), (u32, u32));

/// What was found while a workbook was weighed.
#[derive(Default)]
pub(super) struct Weighed {
    /// The merged blocks of the sheets whose blocks are certain, by the name of the sheet.
    pub(super) merged: HashMap<String, Vec<Block>>,
    /// Some formula may have no value beside it.
    pub(super) may_lack_values: bool,
}

/// Bytes behind the cells of a sheet that are looked at.
const MOST_BEHIND: usize = 8 << 20;
/// Bytes of a workbook's own list of its sheets.
const MOST_LISTED: usize = 4 << 20;
/// A longer name is no name of an element.
const LONGEST_NAME: usize = 64;
/// One of these stands in every name that matters, and in hardly anything that cells are written with.
const MARKS: [u8; 2] = *b"g!";
const WORKBOOK: &str = "xl/workbook.xml";
const RELATIONS: &str = "xl/_rels/workbook.xml.rels";
/// The texts of the cells of all sheets.
const TEXTS: &str = "xl/sharedstrings.xml";

/// Weighs a workbook. Says so when everything but the sheets is weighed, and in the end which blocks are merged.
pub(super) fn weigh(
    file: &str,
    bytes: &[u8],
    limits: &Limits,
    without_sheets: &Sender<Result<(), ReadError>>,
) -> Result<Weighed, ReadError> {
    let weighed = Scales::new(file, bytes, limits).and_then(|mut scales| {
        let mut listed: HashMap<String, Vec<u8>> = HashMap::new();
        let (sheets, others): (Vec<_>, Vec<_>) = scales.parts().partition(|part| is_sheet(&scales.name(*part)));
        for part in others {
            let name = scales.name(part);
            let (mut depth, mut texts) = (Depth::default(), Texts::default());
            let mut kept = Vec::new();
            let keeps = name == WORKBOOK || name == RELATIONS;
            let is_xml = is_xml(&name);
            let has_cells = name == TEXTS;
            scales.weigh(part, &mut |bytes| {
                depth.take(if is_xml { bytes } else { &[] });
                texts.take(if has_cells { bytes } else { &[] });
                if keeps && kept.len() <= MOST_LISTED {
                    kept.extend_from_slice(bytes);
                }
            })?;
            depth.check(|| scales.nesting(part))?;
            texts.check(file)?;
            listed.insert(name, kept);
        }
        Ok((scales, sheets, listed))
    });
    let (mut scales, sheets, listed) = match weighed {
        Ok(weighed) => weighed,
        Err(error) => {
            // Nobody listens any more when the reading ended before.
            without_sheets.send(Err(error.clone())).ok();
            return Err(error);
        }
    };
    without_sheets.send(Ok(())).ok();
    let mut by_part: HashMap<String, Vec<Block>> = HashMap::new();
    let mut formulas = super::formulas::Search::default();
    for part in sheets {
        let (mut search, mut depth, mut texts) = (Search::default(), Depth::default(), Texts::default());
        scales.weigh(part, &mut |bytes| {
            depth.take(bytes);
            texts.take(bytes);
            search.take(bytes);
            formulas.take(bytes);
        })?;
        depth.check(|| scales.nesting(part))?;
        texts.check(file)?;
        if let Some(blocks) = search.finish(file) {
            by_part.insert(scales.name(part), blocks);
        }
    }
    let mut weighed = Weighed {
        may_lack_values: formulas.found(),
        ..Weighed::default()
    };
    for (sheet, part) in sheet_parts(file, &listed).unwrap_or_default() {
        if let Some(blocks) = by_part.get(&part) {
            weighed.merged.insert(sheet, blocks.clone());
        }
    }
    Ok(weighed)
}

fn is_sheet(name: &str) -> bool {
    name.starts_with("xl/worksheets/") && is_xml(name)
}

fn is_xml(name: &str) -> bool {
    let part = std::path::Path::new(name);
    part.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("xml"))
}

/// The part of each sheet, as the workbook lists them.
fn sheet_parts(file: &str, listed: &HashMap<String, Vec<u8>>) -> Option<Vec<(String, String)>> {
    let mut targets = HashMap::new();
    each_element(file, listed.get(RELATIONS)?, |element| {
        if element.local_name().as_ref() == "Relationship"
            && let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target"))
        {
            targets.insert(id, target);
        }
    })?;
    let mut parts = Vec::new();
    each_element(file, listed.get(WORKBOOK)?, |element| {
        if element.local_name().as_ref() == "sheet"
            && let (Some(name), Some(id)) = (attribute(element, "name"), attribute(element, "id"))
            && let Some(target) = targets.get(&id)
        {
            let part = target
                .strip_prefix('/')
                .map_or_else(|| format!("xl/{target}"), str::to_owned);
            parts.push((name, part.replace('\\', "/").to_ascii_lowercase()));
        }
    })?;
    Some(parts)
}

fn each_element(file: &str, xml: &[u8], mut see: impl FnMut(&quick_xml::events::BytesStart<'_>)) -> Option<()> {
    let mut xml = Xml::new(file, xml);
    loop {
        match xml.next().ok()? {
            Event::Start(element) | Event::Empty(element) => see(&element),
            Event::Eof => return Some(()),
            _ => {}
        }
    }
}

// ---------------------------------------------------------------- a sheet as bytes

/// Looks in a sheet for the element that lists its merged blocks.
#[derive(Default)]
struct Search {
    at: Place,
    name: Vec<u8>,
    /// That element and all behind it.
    behind: Vec<u8>,
    /// Something stands there that such a look cannot judge.
    is_unsure: bool,
    any: bool,
}

#[derive(Default, PartialEq, Eq)]
enum Place {
    #[default]
    Outside,
    InName,
    Behind,
}

impl Search {
    fn take(&mut self, mut bytes: &[u8]) {
        if !self.any && !bytes.is_empty() {
            self.any = true;
            // Two bytes a character: nothing would be found in it.
            self.is_unsure = bytes.iter().take(4).any(|byte| matches!(byte, 0 | 0xfe | 0xff));
        }
        let mut skipped = false;
        while !bytes.is_empty() && !self.is_unsure {
            match self.at {
                Place::Outside if !std::mem::replace(&mut skipped, true) => {
                    // Without a mark only a name that the next bytes go on with can matter; none began before these.
                    let last = &bytes[bytes.len().saturating_sub(LONGEST_NAME)..];
                    if last.contains(&b'>') && !MARKS.iter().any(|mark| bytes.contains(mark)) {
                        bytes = last;
                    }
                }
                Place::Outside => {
                    let Some(open) = bytes.iter().position(|byte| *byte == b'<') else {
                        return;
                    };
                    bytes = &bytes[open + 1..];
                    self.name.clear();
                    self.at = Place::InName;
                }
                Place::InName => {
                    let end = bytes
                        .iter()
                        .position(|byte| matches!(byte, b' ' | b'>' | b'/' | b'\t' | b'\r' | b'\n'));
                    let end_or_all = end.unwrap_or(bytes.len());
                    let is_new = self.name.is_empty();
                    self.name.extend_from_slice(&bytes[..end_or_all.min(LONGEST_NAME)]);
                    bytes = &bytes[end_or_all..];
                    self.is_unsure = self.name.len() > LONGEST_NAME || self.name.first() == Some(&b'!');
                    if end.is_none() {
                        return;
                    }
                    // An end tag begins with a slash.
                    if is_new && self.name.is_empty() {
                        self.at = Place::Outside;
                    } else if is_list(&self.name) {
                        self.behind.push(b'<');
                        self.behind.append(&mut self.name);
                        self.at = Place::Behind;
                    } else {
                        self.at = Place::Outside;
                    }
                }
                Place::Behind => {
                    self.behind.extend_from_slice(bytes);
                    self.is_unsure = self.behind.len() > MOST_BEHIND;
                    return;
                }
            }
        }
    }

    /// The blocks; `None` where that is not certain.
    fn finish(self, file: &str) -> Option<Vec<Block>> {
        if self.is_unsure {
            return None;
        }
        let mut blocks = Vec::new();
        if self.behind.is_empty() {
            return Some(blocks);
        }
        let mut xml = Xml::new(file, self.behind.as_slice());
        loop {
            match xml.next().ok()? {
                Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "mergeCell" => {
                    blocks.push(block(&attribute(&element, "ref")?)?);
                }
                Event::End(element) if element.local_name().as_ref() == "mergeCells" => return Some(blocks),
                Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "mergeCells" => {}
                Event::Text(_) => {}
                _ => return None,
            }
        }
    }
}

/// Whether an element lists merged blocks, whatever its prefix.
fn is_list(name: &[u8]) -> bool {
    let own = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
    own == b"mergeCells"
}

/// `A1:K1`, and nothing but that.
fn block(text: &str) -> Option<Block> {
    let (first, last) = text.split_once(':')?;
    let (first, last) = (cell(first)?, cell(last)?);
    (first.0 <= last.0 && first.1 <= last.1).then_some((first, last))
}

fn cell(text: &str) -> Option<(u32, u32)> {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = &text[letters..];
    if !(1..=3).contains(&letters) || !(1..=7).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let column = text[..letters]
        .bytes()
        .fold(0, |column, letter| column * 26 + u32::from(letter - b'A') + 1);
    let row: u32 = digits.parse().ok()?;
    Some((row.checked_sub(1)?, column - 1))
}
