//! Texts that may come from files, made safe for headers.

/// Removes what breaks a header or turns its direction: control characters, bidirectional overrides, byte order
/// marks; folds white space; cuts at `longest` characters.
pub(super) fn line(text: &str, longest: usize) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c })
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2028}' | '\u{2029}'))
        .collect();
    plain
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(longest)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn nothing_that_breaks_a_header_is_left() {
        assert_eq!(line("张三\r\nBcc: x@example.org", 80), "张三 Bcc: x@example.org");
        assert_eq!(line("a\u{202e}b\0c\u{feff}", 80), "ab c");
        assert_eq!(line("一二三四", 2), "一二");
    }
}
