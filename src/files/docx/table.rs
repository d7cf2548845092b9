//! Tables: columns as wide as their texts ask for, the head repeated on every page, rows never torn.

use super::style::TEXT_WIDTH;
use super::xml::{half_widths, paragraph, run};

/// Half a character of 四号, in twentieths of a point.
const HALF_CHARACTER: u32 = 140;
/// Left and right margin of a cell, and a little for fonts whose figures are wider.
const CELL_MARGINS: u32 = 2 * 108 + 280;
/// Texts up to this many half characters stand in the middle of their column.
const SHORT: u32 = 16;
/// A table of up to this many rows stays on one page.
const WHOLE: usize = 6;
/// Height of a row that a person writes into.
const TO_FILL: &str = r#"<w:trHeight w:val="794" w:hRule="atLeast"/>"#;
/// No text asks for more than this many half characters: it can be broken.
const LONGEST: u32 = 60;

/// A table over the whole width; nothing where there are no columns. `leads`: its last row keeps to what follows.
pub(super) fn table(header: &[String], rows: &[Vec<String>], leads: bool) -> String {
    if header.is_empty() {
        return String::new();
    }
    let asked: Vec<u32> = (0..header.len())
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells
                .chain([&header[column]])
                .map(|text| half_widths(text))
                .max()
                .unwrap_or(0)
        })
        .collect();
    let widths = widths(&asked);
    let grid: Vec<String> = widths
        .iter()
        .map(|width| format!(r#"<w:gridCol w:w="{width}"/>"#))
        .collect();
    let head: String = header
        .iter()
        .zip(&widths)
        .map(|(text, width)| cell(*width, &paragraph("PaperCellHead", "", &run(text))))
        .collect();
    let middle: Vec<bool> = asked.iter().map(|asked| *asked <= SHORT).collect();
    let last = rows.len().saturating_sub(1);
    let lines: String = rows
        .iter()
        .enumerate()
        .map(|(at, row)| {
            let keeps = if at < last { rows.len() <= WHOLE } else { leads };
            line(row, &widths, &middle, keeps)
        })
        .collect();
    let edges = ["top", "left", "bottom", "right", "insideH", "insideV"]
        .map(|edge| format!(r#"<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>"#));
    format!(
        r#"<w:tbl><w:tblPr><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="108" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{}</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{lines}</w:tbl>"#,
        edges.concat(),
        grid.concat()
    )
}

/// A row; cells it does not have are empty.
fn line(row: &[String], widths: &[u32], middle: &[bool], keeps_to_next: bool) -> String {
    let keep = if keeps_to_next { "<w:keepNext/>" } else { "" };
    let is_to_fill = row.len() > 1 && row[1..].iter().all(String::is_empty);
    let height = if is_to_fill { TO_FILL } else { "" };
    let texts = row.iter().map(String::as_str).chain(std::iter::repeat(""));
    let cells: String = texts
        .zip(widths.iter().zip(middle))
        .map(|(text, (width, middle))| {
            let place = if *middle { r#"<w:jc w:val="center"/>"# } else { "" };
            cell(*width, &paragraph("PaperCell", &format!("{keep}{place}"), &run(text)))
        })
        .collect();
    format!("<w:tr><w:trPr><w:cantSplit/>{height}</w:trPr>{cells}</w:tr>")
}

fn cell(width: u32, paragraph: &str) -> String {
    format!(r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{paragraph}</w:tc>"#)
}

/// Shares out the width: what is left over goes to all alike; what is short is taken from the widest first, so that
/// a column of short words keeps its words whole.
fn widths(asked: &[u32]) -> Vec<u32> {
    let mut widths: Vec<u32> = asked
        .iter()
        .map(|half| (*half).min(LONGEST) * HALF_CHARACTER + CELL_MARGINS)
        .collect();
    let columns = widths.len() as u32;
    let total: u32 = widths.iter().sum();
    if total <= TEXT_WIDTH {
        let more = (TEXT_WIDTH - total) / columns;
        for width in &mut widths {
            *width += more;
        }
    } else {
        let most = most(&widths);
        for width in &mut widths {
            *width = (*width).min(most);
        }
    }
    let total: u32 = widths.iter().sum();
    if let Some(last) = widths.last_mut() {
        *last = (*last + TEXT_WIDTH).saturating_sub(total);
    }
    widths
}

/// The width that no column may exceed, so that all fit.
fn most(widths: &[u32]) -> u32 {
    let mut sorted = widths.to_vec();
    sorted.sort_unstable();
    let (mut left, mut columns) = (TEXT_WIDTH, sorted.len() as u32);
    for width in sorted {
        if width > left / columns {
            return left / columns;
        }
        left -= width;
        columns -= 1;
    }
    TEXT_WIDTH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_page_and_short_ones_stay_whole() {
        for asked in [
            vec![4, 60, 4, 30],
            vec![4, 4],
            vec![200, 200, 200, 4],
            vec![0],
            vec![16; 12],
        ] {
            let widths = widths(&asked);
            assert_eq!(widths.iter().sum::<u32>(), TEXT_WIDTH, "{asked:?}");
        }
        let widths = widths(&[4, 200, 4, 200]);
        assert!(widths[0] >= 4 * HALF_CHARACTER + CELL_MARGINS, "{widths:?}");
        assert!(widths[1].abs_diff(widths[3]) < 4, "{widths:?}");
    }
}
