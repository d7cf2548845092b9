//! What every XML reader here refuses, and how it reads a reference.

use super::ReadError;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::io::BufRead;

/// Elements inside one another; office programs stay below 20.
const DEEPEST: usize = 128;

/// How deep elements may be nested in bytes that nobody parses yet: cheap, and no less than they are where the bytes
/// are as office programs write them.
#[derive(Default)]
pub(super) struct Depth {
    open: i64,
    is_deep: bool,
    last: u8,
}

impl Depth {
    pub(super) fn take(&mut self, bytes: &[u8]) {
        let Some((first, last)) = bytes.first().zip(bytes.last()) else {
            return;
        };
        if self.is_deep {
            return;
        }
        let step = |one: u8, next: u8| {
            let begins = i64::from(one == b'<') & i64::from(next != b'/' && next != b'?' && next != b'!');
            let is = |byte: u8, other: u8| i64::from(byte == other);
            let ends = (is(one, b'<') & is(next, b'/')) | (is(one, b'/') & is(next, b'>'));
            begins - ends
        };
        let inside: i64 = bytes.iter().zip(&bytes[1..]).map(|(one, next)| step(*one, *next)).sum();
        self.open += step(self.last, *first) + inside;
        self.last = *last;
        self.is_deep = self.open > DEEPEST as i64;
    }

    /// Looks closely where too many elements may have been open.
    pub(super) fn check(&self, closely: impl FnOnce() -> Result<(), ReadError>) -> Result<(), ReadError> {
        if self.is_deep { closely() } else { Ok(()) }
    }
}

/// A text longer than this is no cell's: a workbook holds 32,767 characters of one, each of which takes ten bytes at most.
const LONGEST_TEXT: usize = 2 << 20;

/// How long a text gets in bytes that nobody parses yet: whoever parses it holds all of it, several times over.
#[derive(Default)]
pub(super) struct Texts {
    run: usize,
    is_long: bool,
}

impl Texts {
    pub(super) fn take(&mut self, bytes: &[u8]) {
        // Between two tags of one piece nothing is longer than the piece.
        let is_tag = |byte: &u8| *byte == b'<';
        match (bytes.iter().position(is_tag), bytes.iter().rposition(is_tag)) {
            (Some(first), Some(last)) => {
                self.is_long |= self.run + first > LONGEST_TEXT;
                self.run = bytes.len() - last;
            }
            _ => self.run += bytes.len(),
        }
        self.is_long |= self.run > LONGEST_TEXT;
    }

    /// Refuses what has too long a text.
    pub(super) fn check(&self, file: &str) -> Result<(), ReadError> {
        if self.is_long { Err(too_long(file)) } else { Ok(()) }
    }
}

/// Refuses a text of so many bytes where it is no cell's.
pub(super) fn check_length(file: &str, bytes: usize) -> Result<(), ReadError> {
    if bytes > LONGEST_TEXT {
        Err(too_long(file))
    } else {
        Ok(())
    }
}

fn too_long(file: &str) -> ReadError {
    let most = LONGEST_TEXT >> 20;
    ReadError::too_large(file, format!("有一个单元格的文字超过 {most} MiB"))
}

/// Events of an untrusted document.
pub(super) struct Xml<'a, R> {
    file: &'a str,
    reader: quick_xml::Reader<R>,
    buffer: Vec<u8>,
    depth: usize,
}

impl<'a, R: BufRead> Xml<'a, R> {
    pub(super) fn new(file: &'a str, source: R) -> Self {
        let mut reader = quick_xml::Reader::from_reader(source);
        // Bare `&` in texts of some writers is no reason to lose the file.
        reader.config_mut().allow_dangling_amp = true;
        Self {
            file,
            reader,
            buffer: Vec::new(),
            depth: 0,
        }
    }

    /// The next event; a document type, which can define entities, is refused.
    pub(super) fn next(&mut self) -> Result<Event<'_>, ReadError> {
        self.buffer.clear();
        let event = self
            .reader
            .read_event_into(&mut self.buffer)
            .map_err(|error| ReadError::broken(self.file, &error))?;
        match &event {
            Event::DocType(_) => {
                return Err(ReadError::kind(
                    self.file,
                    "内含文档类型声明（DOCTYPE），为安全起见不读取",
                ));
            }
            Event::Start(_) => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err(ReadError::broken(self.file, &format!("元素嵌套超过 {DEEPEST} 层")));
                }
            }
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::Eof if self.depth > 0 => return Err(ReadError::broken(self.file, &"文件没有写完")),
            _ => {}
        }
        Ok(event)
    }

    /// Passes over the rest of an element that was just begun.
    pub(super) fn skip(&mut self) -> Result<(), ReadError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.next()?;
        }
        Ok(())
    }
}

/// What `&…;` stands for; an entity that XML does not define itself stands for nothing.
pub(super) fn reference(of: &BytesRef<'_>) -> Option<String> {
    if let Some(known) = quick_xml::escape::resolve_predefined_entity(of) {
        return Some(known.to_owned());
    }
    of.resolve_char_ref().ok().flatten().map(String::from)
}

/// The value of an attribute, by its name without prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element
        .attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.local_name().as_ref() == name)
        .map(|attribute| {
            let plain = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0);
            plain.map_or_else(|_| attribute.value.clone().into_owned(), std::borrow::Cow::into_owned)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_too_long_however_it_comes() {
        let is_long = |text: &str, piece: usize| {
            let mut texts = Texts::default();
            text.as_bytes().chunks(piece).for_each(|bytes| texts.take(bytes));
            texts.check("名单.xlsx").is_err()
        };
        let of = |length: usize| format!("<t>a</t><t>{}</t><t>b</t>", "x".repeat(length));
        for piece in [1 << 10, 64 << 10, 1 << 20] {
            assert!(!is_long(&of(LONGEST_TEXT - 100), piece), "{piece}");
            assert!(is_long(&of(LONGEST_TEXT + 100), piece), "{piece}");
            assert!(!is_long(&of(LONGEST_TEXT / 2).repeat(3), piece), "{piece}");
        }
    }
}
