//! A paper as .docx, laid out after GB/T 9704-2012 as far as the format can: A4, 版心 156 × 225 mm, 22 lines of 28 characters.
//!
//! Written here and not by docx-rs, the best kept of the crates: it has no table head that repeats, no alternative names of fonts and
//! lets pass characters that XML cannot hold; and one paper has to be the same bytes on every machine, which it does not promise.

mod body;
mod parts;
mod style;
mod table;
mod xml;

pub(super) use xml::escape;

use crate::domain::paper::Paper;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Why a paper could not be packed.
#[derive(Debug, thiserror::Error)]
pub enum DocxError {
    /// The archive could not be written.
    #[error("无法生成 docx 文件：{0}")]
    Zip(#[from] zip::result::ZipError),
    /// A part could not be written.
    #[error("无法生成 docx 文件：{0}")]
    Io(#[from] std::io::Error),
}

/// Writes a paper. The same paper gives the same bytes, so a hash of the file identifies it.
pub fn write(paper: &Paper) -> Result<Vec<u8>, DocxError> {
    let parts = [
        ("[Content_Types].xml", parts::CONTENT_TYPES.to_owned()),
        ("_rels/.rels", parts::PACKAGE_RELATIONS.to_owned()),
        ("docProps/core.xml", parts::core(paper)),
        ("word/document.xml", body::document(paper)),
        ("word/_rels/document.xml.rels", parts::DOCUMENT_RELATIONS.to_owned()),
        ("word/styles.xml", style::sheet()),
        ("word/fontTable.xml", style::font_table()),
        ("word/settings.xml", parts::SETTINGS.to_owned()),
        ("word/footer1.xml", parts::footer("OddFooter")),
        ("word/footer2.xml", parts::footer("EvenFooter")),
    ];
    // Stored, not deflated: what a compressor makes of a text may differ from version to version and from processor to processor.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, options)?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests;
