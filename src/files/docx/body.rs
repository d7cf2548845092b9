//! The document itself, from 发文字号 to 版记.

use super::style::{CHARACTER, LINE, TEXT_WIDTH};
use super::table::table;
use super::xml::{half_widths, paragraph, run};
use crate::domain::paper::{Block, Paper};

/// Half characters of a title that fit on a line.
const TITLE_LINE: u32 = 40;
/// Characters between the date and the right margin.
const DATE_INDENT: u32 = 4;

/// word/document.xml
pub(super) fn document(paper: &Paper) -> String {
    // 版记 is never alone on a page either.
    let keep = if paper.copies.is_empty() { "" } else { "<w:keepNext/>" };
    let blocks = [
        number(paper),
        title(&paper.title),
        paragraph("PaperTo", "", &run(&paper.salutation)),
        body(&paper.body),
        enclosed(&paper.attachments),
        signed(&paper.organ, &paper.date_zh(), keep),
        copies(paper),
        SECTION.to_owned(),
    ];
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>{}</w:body></w:document>"#,
        blocks.concat()
    )
}

/// A4; above 37 mm, on the left 28 mm, 版心 156 × 225 mm. The grid is one of lines only: office programs disagree on what a
/// grid of characters means, so the 28 characters come from the style.
const SECTION: &str = r#"<w:sectPr><w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="even" r:id="rId5"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1473" w:bottom="1984" w:left="1588" w:header="851" w:footer="1389" w:gutter="0"/><w:cols w:space="720"/><w:docGrid w:type="lines" w:linePitch="579"/></w:sectPr>"#;

fn number(paper: &Paper) -> String {
    let style = if paper.kind.is_letter() {
        "PaperLetterNumber"
    } else {
        "PaperNumber"
    };
    let line = paper
        .number
        .as_ref()
        .map(|number| paragraph(style, "", &run(&number.to_string())));
    line.unwrap_or_default()
}

/// A title that needs two lines is broken behind the name of the organ, where the sense allows it.
fn title(text: &str) -> String {
    let broken = (half_widths(text) > TITLE_LINE)
        .then(|| text.find("关于"))
        .flatten()
        .filter(|at| *at > 0);
    let runs = match broken {
        Some(at) => format!("{}<w:r><w:br/></w:r>{}", run(&text[..at]), run(&text[at..])),
        None => run(text),
    };
    paragraph("PaperTitle", "", &runs)
}

/// The last paragraph or table keeps to what follows, so that no signature stands alone on a page, and so does a paragraph
/// that introduces a table.
fn body(blocks: &[Block]) -> String {
    let last = blocks.len().saturating_sub(1);
    let is_table = |at: usize| matches!(blocks.get(at), Some(Block::Table { .. }));
    blocks
        .iter()
        .enumerate()
        .map(|(at, block)| match block {
            Block::Paragraph(text) => {
                let leads = at == last || is_table(at + 1);
                paragraph("PaperText", if leads { "<w:keepNext/>" } else { "" }, &run(text))
            }
            Block::Heading(text) => paragraph("PaperHeading", "", &run(text)),
            // Two tables without a line between them would be read as one.
            Block::Table { header, rows } if is_table(at + 1) => {
                table(header, rows, false) + &paragraph("PaperEnd", "", "")
            }
            Block::Table { header, rows } => table(header, rows, at == last),
        })
        .collect()
}

/// 附件：one name, or numbered names below each other.
fn enclosed(names: &[String]) -> String {
    let numbered = names.len() > 1;
    let hanging = |at: usize| match (numbered, at) {
        (false, _) => 3 * CHARACTER,
        (true, 0) => 3 * CHARACTER + CHARACTER * 3 / 2,
        (true, _) => CHARACTER * 3 / 2,
    };
    let left = 2 * CHARACTER + hanging(0);
    let line = |(at, name): (usize, &String)| {
        let before = if at == 0 { LINE } else { 0 };
        let mut runs = String::new();
        if at == 0 {
            runs.push_str(&run("附件："));
        }
        if numbered {
            runs.push_str(&run(&format!("{}.", at + 1)));
            runs.push_str("<w:r><w:tab/></w:r>");
        }
        runs.push_str(&run(name));
        let properties = format!(
            r#"<w:spacing w:before="{before}"/><w:ind w:left="{left}" w:hanging="{}"/>"#,
            hanging(at)
        );
        paragraph("PaperEnclosed", &properties, &runs)
    };
    names.iter().enumerate().map(line).collect()
}

/// 署名 stands in the middle above the date, the date four characters in from the margin; both move left for a long name.
/// A name of more than a line is set against the same margin as the date. `keep` holds the date to what follows.
fn signed(organ: &str, date: &str, keep: &str) -> String {
    let organ_width = half_widths(organ) * CHARACTER / 2;
    let date_width = half_widths(date) * CHARACTER / 2;
    let overhang = organ_width.saturating_sub(date_width) / 2;
    let date_indent = overhang.max(DATE_INDENT * CHARACTER);
    let organ_indent = (date_indent + date_width / 2).saturating_sub(organ_width / 2);
    let fits = organ_indent + organ_width <= TEXT_WIDTH;
    let (organ_indent, date_indent) = if fits {
        (organ_indent, date_indent)
    } else {
        (DATE_INDENT * CHARACTER, DATE_INDENT * CHARACTER)
    };
    let line = |properties: &str, before: u32, right: u32, text: &str| {
        let properties = format!(r#"{properties}<w:spacing w:before="{before}"/><w:ind w:right="{right}"/>"#);
        paragraph("PaperSigned", &properties, &run(text))
    };
    [
        line("<w:keepNext/>", 2 * LINE, organ_indent, organ),
        line(keep, 0, date_indent, date),
    ]
    .concat()
}

/// 版记: at the foot of the last page, between two rules that go from margin to margin. A frame, which office programs put
/// on the page of the line it is anchored to: the empty one of no height behind it.
fn copies(paper: &Paper) -> String {
    let Some(text) = paper.copies_zh() else {
        return String::new();
    };
    let frame = format!(
        r#"<w:framePr w:w="{TEXT_WIDTH}" w:wrap="around" w:vAnchor="margin" w:hAnchor="margin" w:xAlign="left" w:yAlign="bottom"/>"#
    );
    let rules = ["top", "bottom"]
        .map(|edge| format!(r#"<w:{edge} w:val="single" w:sz="8" w:space="4" w:color="000000"/>"#))
        .concat();
    let properties = format!("{frame}<w:pBdr>{rules}</w:pBdr>");
    [
        // The blank is a character and not an indent, which would shorten the rules.
        paragraph("PaperCopies", &properties, &run(&format!("\u{3000}{text}"))),
        paragraph("PaperEnd", "", ""),
    ]
    .concat()
}
