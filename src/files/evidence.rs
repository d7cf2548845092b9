//! What a file that is handed in as evidence is, by its content and its name together. Nothing of it is opened: the
//! first bytes and the names of its parts decide, and it is given back as it came.

/// The most bytes of one file.
pub const MOST_BYTES: u64 = 20 << 20;

/// Kinds that are taken, by the end of the name.
const KINDS: [(&str, Content); 15] = [
    ("pdf", Content::Starts(b"%PDF-")),
    ("ofd", Content::Package(b"OFD.xml")),
    ("docx", Content::Package(b"word/")),
    ("xlsx", Content::Package(b"xl/")),
    ("pptx", Content::Package(b"ppt/")),
    ("doc", Content::Starts(OLE)),
    ("xls", Content::Starts(OLE)),
    ("ppt", Content::Starts(OLE)),
    ("wps", Content::Starts(OLE)),
    ("et", Content::Starts(OLE)),
    ("jpg", Content::Starts(&[0xff, 0xd8, 0xff])),
    ("jpeg", Content::Starts(&[0xff, 0xd8, 0xff])),
    ("png", Content::Starts(b"\x89PNG\r\n\x1a\n")),
    ("tif", Content::Starts(b"II*\0")),
    ("txt", Content::Text),
];

const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// The name of the part that carries macros.
const MACROS: &[u8] = b"vbaProject.bin";

enum Content {
    /// The first bytes.
    Starts(&'static [u8]),
    /// An archive with a part whose name begins like this.
    Package(&'static [u8]),
    /// Text without control characters.
    Text,
}

/// What a file is.
///
/// # Errors
/// It is empty, too big, of a kind that is not taken, or its content is not what its name says.
pub fn kind(name: &str, bytes: &[u8]) -> Result<&'static str, String> {
    if bytes.is_empty() {
        return Err(format!("「{name}」是空文件"));
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!(
            "「{name}」有 {} MB，最大 {} MB",
            bytes.len() >> 20,
            MOST_BYTES >> 20
        ));
    }
    let end = name
        .rsplit_once('.')
        .map(|(_, end)| end.to_ascii_lowercase())
        .unwrap_or_default();
    let Some((kind, content)) = KINDS.iter().find(|(known, _)| *known == end) else {
        let known: Vec<&str> = KINDS.iter().map(|(known, _)| *known).collect();
        return Err(format!("「{name}」的类型不接收，可用的是 {}", known.join("、")));
    };
    let fits = match content {
        Content::Starts(magic) => bytes.starts_with(magic),
        Content::Package(part) => bytes.starts_with(b"PK\x03\x04") && holds(bytes, part),
        Content::Text => !bytes.iter().any(|byte| *byte < 0x20 && !b"\t\r\n".contains(byte)),
    };
    if !fits {
        return Err(format!("「{name}」的内容不是 {end} 文件：请用原文件，不要只改扩展名"));
    }
    if matches!(content, Content::Package(_)) && holds(bytes, MACROS) {
        return Err(format!("「{name}」含有宏，不接收：请另存为不含宏的文件或 PDF"));
    }
    Ok(kind)
}

/// The names of an archive's parts stand in it as they are.
fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_and_name_must_agree() {
        assert_eq!(kind("销号报告.pdf", b"%PDF-1.7 ..."), Ok("pdf"));
        assert_eq!(kind("照片.JPG", &[0xff, 0xd8, 0xff, 0xe0]), Ok("jpg"));
        assert_eq!(kind("台账.xlsx", b"PK\x03\x04....xl/workbook.xml"), Ok("xlsx"));
        assert_eq!(kind("说明.txt", "已整改".as_bytes()), Ok("txt"));
        for (name, bytes) in [
            ("空.pdf", &b""[..]),
            ("假.pdf", b"MZ\x90\0"),
            ("程序.exe", b"MZ\x90\0"),
            ("网页.html", b"<script>"),
            ("没有扩展名", b"%PDF-"),
            ("宏.xlsx", b"PK\x03\x04....xl/workbook.xml....xl/vbaProject.bin"),
            ("错.docx", b"PK\x03\x04....xl/workbook.xml"),
            ("二进制.txt", b"\0\x01"),
        ] {
            assert!(kind(name, bytes).is_err(), "{name}");
        }
    }
}
