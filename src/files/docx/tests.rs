//! What the parts say, looked at as text. Whether an office program opens them is a matter for the tests over rooms.

use super::*;
use crate::domain::paper::{Block, DocNumber, PaperKind};
use std::io::Read;

fn paper() -> Paper {
    Paper {
        kind: PaperKind::CopyLetter,
        title: "市纪委监委关于抄送李明同志容错认定意见的函".to_owned(),
        number: Some(DocNumber {
            prefix: "云容函".to_owned(),
            year: 2026,
            serial: 12,
        }),
        salutation: "市委组织部：".to_owned(),
        body: vec![
            Block::Heading("一、认定意见".to_owned()),
            Block::Paragraph("正文<&>\"'\u{0}\u{8}\u{202E}\n=cmd|' /C calc'!A0".to_owned()),
        ],
        attachments: vec!["意见".to_owned()],
        organ: "市纪委监委".to_owned(),
        date: chrono::NaiveDate::from_ymd_opt(2026, 11, 4).expect("a day"),
        copies: vec!["甲".to_owned(), "乙".to_owned()],
    }
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut text = String::new();
    archive
        .by_name(name)
        .expect("the part")
        .read_to_string(&mut text)
        .expect("UTF-8");
    text
}

#[test]
fn the_page_is_laid_out_after_the_standard() {
    let document = part(&write(&paper()).expect("written"), "word/document.xml");
    for words in [
        r#"<w:pgSz w:w="11906" w:h="16838"/>"#,
        r#"w:top="2098" w:right="1473" w:bottom="1984" w:left="1588""#,
        r#"w:linePitch="579""#,
        "云容函〔2026〕12号",
        "2026年11月4日",
        "抄送：甲，乙。",
    ] {
        assert!(document.contains(words), "{words}\n{document}");
    }
    assert_eq!(11906 - 1588 - 1473, style::TEXT_WIDTH);
    let height = 16838 - 2098 - 1984;
    assert!((22 * style::LINE..23 * style::LINE).contains(&height));
    assert_eq!(style::TEXT_WIDTH / (style::CHARACTER - style::SQUEEZE), 28);
}

#[test]
fn texts_are_escaped_and_what_xml_cannot_hold_is_dropped() {
    let document = part(&write(&paper()).expect("written"), "word/document.xml");
    assert!(
        document.contains("正文&lt;&amp;&gt;&quot;&apos;=cmd|&apos; /C calc&apos;!A0<"),
        "{document}"
    );
    assert_eq!(xml::escape("a\u{FFFE}\u{1FFFF}\t\u{85}b"), "ab");
}

#[test]
fn the_same_paper_is_the_same_bytes_and_another_is_not() {
    let first = write(&paper()).expect("written");
    assert_eq!(first, write(&paper()).expect("written"));
    let mut other = paper();
    other.organ.push('局');
    assert_ne!(first, write(&other).expect("written"));
}

#[test]
fn what_is_not_there_leaves_no_trace() {
    let mut paper = paper();
    paper.number = None;
    paper.attachments.clear();
    paper.copies.clear();
    let document = part(&write(&paper).expect("written"), "word/document.xml");
    for word in ["PaperLetterNumber", "附件", "抄送：", "<w:tbl>"] {
        assert!(!document.contains(word), "{word}");
    }
}

#[test]
fn every_style_used_is_defined() {
    let mut paper = paper();
    paper.attachments.push("又一份".to_owned());
    paper.body.push(Block::Table {
        header: vec!["序号".to_owned()],
        rows: vec![vec!["1".to_owned()]],
    });
    let bytes = write(&paper).expect("written");
    let styles = part(&bytes, "word/styles.xml");
    for name in ["word/document.xml", "word/footer1.xml", "word/footer2.xml"] {
        let text = part(&bytes, name);
        for used in text.split(r#"<w:pStyle w:val=""#).skip(1) {
            let id = used.split('"').next().expect("an id");
            assert!(styles.contains(&format!(r#"w:styleId="{id}""#)), "{id}");
        }
    }
}
