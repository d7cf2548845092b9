//! Archives: how heavy a workbook really is, and many lists in one file. Names inside are shown, never used as paths.

use super::sift::{Sifted, Sifting};
use super::table::{Document, Limits, extension, sift_member, whole};
use super::xml::{Texts, Xml};
use super::{ReadError, delimited};
use crate::domain::ids::hex;
use crate::domain::protection::list::RowFault;
use quick_xml::events::Event;
use std::io::{BufReader, Cursor, Read};

/// The cells of an OpenDocument workbook.
const CELLS: &str = "content.xml";

/// SHA-256 in hexadecimal digits.
pub(super) fn fingerprint(bytes: &[u8]) -> String {
    hex(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref())
}

pub(super) fn is_ods(bytes: &[u8]) -> bool {
    zip::ZipArchive::new(Cursor::new(bytes)).is_ok_and(|archive| archive.index_for_name(CELLS).is_some())
}

/// Counts what the parts of one really inflate to, under hard caps, before any parser sees them: declared sizes lie.
pub(super) fn weigh(file: &str, bytes: &[u8], limits: &Limits) -> Result<(), ReadError> {
    let mut scales = Scales::new(file, bytes, limits)?;
    for part in scales.parts() {
        let mut texts = Texts::default();
        let has_cells = scales.name(part) == CELLS;
        scales.weigh(part, &mut |bytes| texts.take(if has_cells { bytes } else { &[] }))?;
        texts.check(file)?;
    }
    Ok(())
}

/// A workbook while its parts are weighed.
pub(super) struct Scales<'a> {
    file: &'a str,
    limits: &'a Limits,
    archive: zip::ZipArchive<Cursor<&'a [u8]>>,
    left: u64,
    buffer: Vec<u8>,
}

impl<'a> Scales<'a> {
    pub(super) fn new(file: &'a str, bytes: &'a [u8], limits: &'a Limits) -> Result<Self, ReadError> {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| ReadError::broken(file, &error))?;
        if archive.len() > limits.parts {
            return Err(ReadError::too_large(
                file,
                format!("工作簿的组成部分超过 {} 个", limits.parts),
            ));
        }
        check_apart(file, &mut archive)?;
        Ok(Self {
            file,
            limits,
            archive,
            left: limits.inflated_bytes,
            buffer: vec![0; 64 << 10],
        })
    }

    /// The parts by their place.
    pub(super) fn parts(&self) -> std::ops::Range<usize> {
        0..self.archive.len()
    }

    /// The name of a part as it is compared: in small letters, with slashes.
    pub(super) fn name(&self, part: usize) -> String {
        let Some(Ok(name)) = self.archive.name_for_index(part) else {
            return String::new();
        };
        name.replace('\\', "/").to_ascii_lowercase()
    }

    /// Goes through a part as XML, which refuses what is nested too deep.
    pub(super) fn nesting(&mut self, part: usize) -> Result<(), ReadError> {
        let file = self.file;
        let part = self.archive.by_index(part);
        let part = part.map_err(|error| ReadError::broken(file, &error))?;
        let mut xml = Xml::new(file, BufReader::new(part.take(self.limits.inflated_bytes)));
        while xml.next()? != Event::Eof {}
        Ok(())
    }

    /// Inflates a part, shows what comes out and counts it.
    pub(super) fn weigh(&mut self, part: usize, show: &mut dyn FnMut(&[u8])) -> Result<(), ReadError> {
        let file = self.file;
        let mut part = self
            .archive
            .by_index(part)
            .map_err(|error| ReadError::broken(file, &error))?;
        let shared = part.name_raw().to_ascii_lowercase().ends_with(b"sharedstrings.xml");
        let mut own = if shared {
            self.limits.shared_text_bytes.min(self.left)
        } else {
            self.left
        };
        loop {
            let read = part
                .read(&mut self.buffer)
                .map_err(|error| ReadError::broken(file, &error))?;
            if read == 0 {
                return Ok(());
            }
            own = own
                .checked_sub(read as u64)
                .ok_or_else(|| ReadError::too_large(file, "工作簿解压后过大（可能不是正常的表格）"))?;
            self.left = self.left.saturating_sub(read as u64);
            show(&self.buffer[..read]);
        }
    }
}

/// Every list of an archive with a result of its own; the approval forms in it are one roster together.
pub(super) fn read(file: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Document>, ReadError> {
    let all = lists(file, bytes, limits, &read_whole, &Sifted::from)?;
    Ok(all.into_iter().map(|sifted| sifted.document).collect())
}

/// The same for protected people only.
pub(super) fn sift(file: &str, bytes: &[u8], limits: &Limits, by: &Sifting<'_>) -> Result<Vec<Sifted>, ReadError> {
    let member = |name: &str, bytes: &[u8], left: &Limits| sift_member(name, bytes, left, by);
    lists(file, bytes, limits, &member, &|document| by.document(document))
}

fn read_whole(name: &str, bytes: &[u8], left: &Limits) -> Result<Sifted, ReadError> {
    whole(name, bytes, left).map(Sifted::from)
}

type Reads<'a> = &'a dyn Fn(&str, &[u8], &Limits) -> Result<Sifted, ReadError>;

fn lists(
    file: &str,
    bytes: &[u8],
    limits: &Limits,
    read: Reads<'_>,
    of_forms: &dyn Fn(Document) -> Sifted,
) -> Result<Vec<Sifted>, ReadError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| ReadError::broken(file, &error))?;
    if archive.len() > limits.members {
        return Err(ReadError::too_large(
            file,
            format!("压缩包中的文件超过 {} 个", limits.members),
        ));
    }
    check_apart(file, &mut archive)?;
    let mut left = limits.clone();
    let mut out = Vec::new();
    let mut forms = Forms::default();
    for index in 0..archive.len() {
        let part = match archive.by_index(index) {
            Ok(part) => part,
            Err(zip::result::ZipError::UnsupportedArchive(_)) => return Err(ReadError::locked(file)),
            Err(error) => return Err(ReadError::broken(file, &error)),
        };
        let name = shown_name(part.name_raw());
        if part.is_dir() || is_litter(&name) {
            continue;
        }
        let is_form = matches!(extension(&name).as_str(), "lrmx" | "lrm");
        let taken = check_inside(&name).and_then(|()| inflate(&name, part, &mut left));
        let read = taken.and_then(|bytes| {
            let read: Reads<'_> = if is_form { &read_whole } else { read };
            let list = read(&name, &bytes, &left)?;
            left.take(&list);
            Ok(list)
        });
        if is_form {
            forms.take(name, read);
            continue;
        }
        let mut list = read.unwrap_or_else(|error| {
            Sifted::from(Document {
                name: String::new(),
                hash: fingerprint(name.as_bytes()),
                tables: Err(error.inside(file)),
                faults: Vec::new(),
            })
        });
        list.document.name = format!("{file}/{name}");
        out.push(list);
    }
    out.extend(forms.finish(file, fingerprint(bytes)).map(of_forms));
    if out.is_empty() {
        return Err(ReadError::kind(file, "压缩包里没有文件"));
    }
    Ok(out)
}

impl Limits {
    /// What a member was takes from what the others may be.
    fn take(&mut self, list: &Sifted) {
        let tables = list.document.tables.as_deref().unwrap_or_default();
        let kept = tables.iter().map(|table| table.rows.len() as u32).sum::<u32>();
        let passed = list.passed.iter().map(|passed| passed.rows).sum::<u32>();
        let cells = tables
            .iter()
            .flat_map(|table| &table.rows)
            .map(|row| row.cells.len() as u64);
        self.cells = self.cells.saturating_sub(cells.sum());
        self.rows = self.rows.saturating_sub(kept.saturating_add(passed));
    }
}

/// Refuses an archive whose members lie over one another: so few bytes are read thousands of times.
fn check_apart(file: &str, archive: &mut zip::ZipArchive<Cursor<&[u8]>>) -> Result<(), ReadError> {
    let mut places = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let part = archive
            .by_index_raw(index)
            .map_err(|error| ReadError::broken(file, &error))?;
        places.extend(part.data_start().map(|from| (from, from + part.compressed_size())));
    }
    places.sort_unstable();
    let overlaps = places.windows(2).any(|pair| pair[1].0 < pair[0].1);
    if overlaps {
        return Err(ReadError::kind(
            file,
            "文件的各个部分互相重叠，不是正常的压缩包或者工作簿；请重新打包或者另存后再试",
        ));
    }
    Ok(())
}

/// Approval forms: each is one person, so all of them make one roster and a bad one is a bad row.
#[derive(Default)]
struct Forms {
    tables: Vec<super::Table>,
    faults: Vec<RowFault>,
}

impl Forms {
    fn take(&mut self, name: String, read: Result<Sifted, ReadError>) {
        match read.and_then(|list| list.document.tables) {
            Ok(tables) => self.tables.extend(tables.into_iter().map(|table| super::Table {
                sheet: Some(name.clone()),
                ..table
            })),
            Err(error) => self.faults.push(RowFault {
                sheet: Some(name),
                row: 1,
                column: None,
                reason: error.to_string(),
            }),
        }
    }

    fn finish(self, file: &str, hash: String) -> Option<Document> {
        if self.tables.is_empty() && self.faults.is_empty() {
            return None;
        }
        let tables = if self.tables.is_empty() {
            Err(ReadError::kind(
                file,
                format!("任免审批表都读不出：{}", self.faults[0].reason),
            ))
        } else {
            Ok(self.tables)
        };
        Some(Document {
            name: file.to_owned(),
            hash,
            tables,
            faults: self.faults,
        })
    }
}

/// Refuses a member that is to lie outside the folder it is unpacked in: no packing program makes such.
fn check_inside(name: &str) -> Result<(), ReadError> {
    if name.split('/').any(|step| step == "..") {
        return Err(ReadError::kind(
            name,
            "压缩包里的这个文件指向上级文件夹（../），不是正常打包的，没有读；请核对来源，重新打包后再试",
        ));
    }
    Ok(())
}

/// The bytes of a member, under its own limit and that of all.
fn inflate(name: &str, part: impl Read, left: &mut Limits) -> Result<Vec<u8>, ReadError> {
    let most = left.file_bytes.min(left.inflated_bytes);
    let mut bytes = Vec::new();
    let read = part.take(most + 1).read_to_end(&mut bytes);
    left.inflated_bytes = left.inflated_bytes.saturating_sub(bytes.len() as u64);
    read.map_err(|error| ReadError::broken(name, &error))?;
    if bytes.len() as u64 > most {
        return Err(ReadError::too_large(name, "压缩包解开后过大"));
    }
    Ok(bytes)
}

/// The name of a member as a person reads it: many programs write it in GBK without saying so.
fn shown_name(raw: &[u8]) -> String {
    let text = delimited::decode("", raw).unwrap_or_else(|_| String::from_utf8_lossy(raw).into_owned());
    text.replace('\\', "/")
        .chars()
        .filter(|c| !c.is_control())
        .take(255)
        .collect::<String>()
        .trim_start_matches('/')
        .to_owned()
}

/// What packing programs and desktops leave behind.
fn is_litter(name: &str) -> bool {
    let own = name.rsplit('/').next().unwrap_or(name);
    name.starts_with("__MACOSX/")
        || own.is_empty()
        || own.starts_with('.')
        || own.starts_with("~$")
        || own.eq_ignore_ascii_case("thumbs.db")
        || own.eq_ignore_ascii_case("desktop.ini")
}
