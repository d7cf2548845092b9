//! CSV for spreadsheet programs: a mark that says UTF-8, and no cell that could be taken for a formula.

use std::io::{self, Write};

/// Characters with which a spreadsheet program begins to calculate, half and full width, and the separators that let a
/// formula begin in a cell of its own.
const RISKY: &str = "=+-@|%\t\r\n＝＋－＠";

/// A text that stays a text.
pub fn harmless(text: &str) -> String {
    // What a terminal would obey is no text.
    let text: String = text
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\t' | '\r' | '\n'))
        .collect();
    let text = text.as_str();
    let begins = text.trim_start_matches([' ', '\u{3000}', '\u{feff}']);
    if begins.starts_with(|c| RISKY.contains(c)) || text.starts_with(|c| RISKY.contains(c)) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Writes rows of as many columns as the header has.
pub fn write<'a>(
    out: &mut dyn Write,
    header: &[&str],
    rows: impl IntoIterator<Item = &'a Vec<String>>,
) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    csv.write_record(header).map_err(io::Error::from)?;
    for row in rows {
        csv.write_record(row.iter().map(|cell| harmless(cell)))
            .map_err(io::Error::from)?;
    }
    csv.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_calculation() {
        for text in [
            "=1+1",
            "+cmd|' /C calc'!A0",
            "-1",
            "@x",
            "\tx",
            "\r=1",
            "|x",
            "%x",
            "＝1",
            "＋1",
            "－1",
            "＠a",
            " =1",
        ] {
            assert!(harmless(text).starts_with('\''), "{text:?}");
        }
        for text in ["林甲", "二(五)：结果低于一般", "", "2026-11-23"] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let rows = [vec!["林,\"甲\"\n乙".to_owned(), "=1".to_owned()]];
        let mut out = Vec::new();
        write(&mut out, &["姓名", "备注"], &rows).expect("written");
        let text = String::from_utf8(out).expect("text");
        let plain = text.strip_prefix('\u{feff}').expect("a mark");
        let mut read = csv::Reader::from_reader(plain.as_bytes());
        let row = read.records().next().expect("a row").expect("a row");
        assert_eq!((&row[0], &row[1]), ("林,\"甲\"\n乙", "'=1"));
    }
}
