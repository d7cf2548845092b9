//! Styles and fonts. A clerk who opens the file in an office program finds named styles, not hand-set lines.

use super::xml::escape;

/// A line of the page, a 22nd of 225 mm, in twentieths of a point.
pub(super) const LINE: u32 = 579;
/// A character of the body, 三号.
pub(super) const CHARACTER: u32 = 320;
/// What a character gives up, so that 28 of them and not 27 stand on a line.
pub(super) const SQUEEZE: u32 = 5;
/// A character of the 版记 and the foot, 四号.
pub(super) const SMALL_CHARACTER: u32 = 280;
/// Width of the 版心, 156 mm.
pub(super) const TEXT_WIDTH: u32 = 8845;

const TITLE_FONT: &str = "方正小标宋简体";
const BODY_FONT: &str = "仿宋_GB2312";
const HEADING_FONT: &str = "黑体";
const FOOT_FONT: &str = "宋体";

/// Fonts with what to take where they are not installed.
const FONTS: [(&str, &str, &str); 4] = [
    (TITLE_FONT, "宋体", "roman"),
    (BODY_FONT, "仿宋", "modern"),
    (HEADING_FONT, "SimHei", "modern"),
    (FOOT_FONT, "SimSun", "roman"),
];

/// word/fontTable.xml
pub(super) fn font_table() -> String {
    let fonts = FONTS.map(|(name, instead, family)| {
        format!(
            r#"<w:font w:name="{}"><w:altName w:val="{}"/><w:charset w:val="86"/><w:family w:val="{family}"/><w:pitch w:val="fixed"/></w:font>"#,
            escape(name),
            escape(instead)
        )
    });
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}</w:fonts>"#,
        fonts.concat()
    )
}

/// A paragraph style.
struct Style {
    id: &'static str,
    name: &'static str,
    /// `w:pPr`, in the order of the schema.
    paragraph: String,
    font: Option<&'static str>,
    /// Half points.
    size: Option<u32>,
}

impl Style {
    fn xml(&self) -> String {
        let font = self.font.map(fonts).unwrap_or_default();
        let size = self.size.map(size).unwrap_or_default();
        format!(
            r#"<w:style w:type="paragraph" w:customStyle="1" w:styleId="{}"><w:name w:val="{}"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{}</w:pPr><w:rPr>{font}{size}</w:rPr></w:style>"#,
            self.id,
            escape(self.name),
            self.paragraph
        )
    }
}

fn fonts(name: &str) -> String {
    format!(r#"<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}"/>"#)
}

fn size(half_points: u32) -> String {
    format!(r#"<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>"#)
}

fn spacing(before: u32, after: u32) -> String {
    format!(r#"<w:spacing w:before="{before}" w:after="{after}" w:line="{LINE}" w:lineRule="exact"/>"#)
}

fn styles() -> Vec<Style> {
    let two = 2 * CHARACTER;
    let indent = format!(r#"<w:ind w:firstLineChars="200" w:firstLine="{two}"/>"#);
    let table_spacing = r#"<w:spacing w:before="60" w:after="60" w:line="240" w:lineRule="auto"/>"#;
    let style = |id, name, paragraph, font, size| Style {
        id,
        name,
        paragraph,
        font,
        size,
    };
    vec![
        style(
            "PaperTitle",
            "公文标题",
            format!(
                r#"<w:keepNext/><w:snapToGrid w:val="0"/>{}<w:jc w:val="center"/>"#,
                spacing(LINE, LINE)
            ),
            Some(TITLE_FONT),
            Some(44),
        ),
        style(
            "PaperNumber",
            "发文字号",
            r#"<w:jc w:val="center"/>"#.to_owned(),
            None,
            None,
        ),
        style(
            "PaperLetterNumber",
            "函件发文字号",
            r#"<w:jc w:val="right"/>"#.to_owned(),
            None,
            None,
        ),
        style(
            "PaperTo",
            "主送机关",
            r#"<w:keepNext/><w:jc w:val="left"/>"#.to_owned(),
            None,
            None,
        ),
        style("PaperText", "公文正文", indent.clone(), None, None),
        style(
            "PaperHeading",
            "公文一级标题",
            format!(r#"<w:keepNext/>{indent}<w:outlineLvl w:val="0"/>"#),
            Some(HEADING_FONT),
            None,
        ),
        style(
            "PaperEnclosed",
            "附件说明",
            r#"<w:keepNext/><w:keepLines/><w:jc w:val="left"/>"#.to_owned(),
            None,
            None,
        ),
        style(
            "PaperSigned",
            "署名和成文日期",
            r#"<w:jc w:val="right"/>"#.to_owned(),
            None,
            None,
        ),
        style(
            "PaperCell",
            "公文表格",
            format!(r#"<w:snapToGrid w:val="0"/>{table_spacing}<w:jc w:val="left"/>"#),
            None,
            Some(28),
        ),
        style(
            "PaperCellHead",
            "公文表头",
            format!(r#"<w:keepNext/><w:snapToGrid w:val="0"/>{table_spacing}<w:jc w:val="center"/>"#),
            Some(HEADING_FONT),
            Some(28),
        ),
        style(
            "PaperCopies",
            "抄送机关",
            format!(
                r#"<w:spacing w:line="480" w:lineRule="exact"/><w:ind w:left="{hanging}" w:hanging="{hanging}"/><w:jc w:val="left"/>"#,
                hanging = 4 * SMALL_CHARACTER,
            ),
            None,
            Some(28),
        ),
        style(
            "PaperEnd",
            "文末",
            r#"<w:snapToGrid w:val="0"/><w:spacing w:line="20" w:lineRule="exact"/>"#.to_owned(),
            None,
            Some(2),
        ),
        foot("OddFooter", "单页页码", "right"),
        foot("EvenFooter", "双页页码", "left"),
    ]
}

/// The page number stands one character in from the outer margin.
fn foot(id: &'static str, name: &'static str, side: &str) -> Style {
    Style {
        id,
        name,
        paragraph: format!(
            r#"<w:snapToGrid w:val="0"/><w:spacing w:line="400" w:lineRule="exact"/><w:ind w:{side}="{SMALL_CHARACTER}"/><w:jc w:val="{side}"/>"#
        ),
        font: Some(FOOT_FONT),
        size: Some(28),
    }
}

/// word/styles.xml
pub(super) fn sheet() -> String {
    let styles: String = styles().iter().map(Style::xml).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr>{}{}<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:spacing w:line="{LINE}" w:lineRule="exact"/><w:jc w:val="both"/></w:pPr><w:rPr><w:spacing w:val="-{SQUEEZE}"/>{}</w:rPr></w:style>{styles}</w:styles>"#,
        fonts(BODY_FONT),
        size(32),
        size(32)
    )
}
