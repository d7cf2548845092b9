//! Words of WordprocessingML.

/// Text that may stand in an element or in an attribute: escaped, without what XML cannot hold and without what would
/// turn the direction of the line or hide in it.
pub(in crate::files) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_dropped(*c)) {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            c => escaped.push(c),
        }
    }
    escaped
}

fn is_dropped(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
        || matches!(u32::from(c) & 0xFFFF, 0xFFFE | 0xFFFF)
}

/// A run of text. The hint gives quotation marks and dashes the Chinese font.
pub(super) fn run(text: &str) -> String {
    format!(
        r#"<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r>"#,
        escape(text)
    )
}

/// A paragraph of a style; `properties` come after the style in the order of the schema.
pub(super) fn paragraph(style: &str, properties: &str, runs: &str) -> String {
    format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{runs}</w:p>"#)
}

/// Width of a text in half characters: what is ASCII takes one, everything else two.
pub(super) fn half_widths(text: &str) -> u32 {
    text.chars()
        .filter(|c| !is_dropped(*c))
        .map(|c| if c.is_ascii() { 1 } else { 2 })
        .sum()
}
