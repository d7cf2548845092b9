//! Cleans text that came from lists and forms before it goes into a header or a body.

/// Cleans one line: control characters and line breaks become a space, characters that reorder or hide text
/// go, runs of white space become one space, and what is longer than `limit` characters ends in an ellipsis.
pub(super) fn line(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut count = 0;
    let mut gap = false;
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        if c.is_control() || c.is_whitespace() {
            gap = count > 0;
            continue;
        }
        let wanted = if gap { 2 } else { 1 };
        if count + wanted > limit {
            out.push('…');
            return out;
        }
        if gap {
            out.push(' ');
        }
        out.push(c);
        count += wanted;
        gap = false;
    }
    out
}

/// Characters without a shape of their own that can reverse, hide or forge what a reader sees.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{feff}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
        || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn breaks_and_controls_become_one_space() {
        assert_eq!(line(" 张三\r\nBcc: x@y\0\u{7f}\u{85}。 ", 99), "张三 Bcc: x@y 。");
    }

    #[test]
    fn text_cannot_be_reversed_or_hidden() {
        assert_eq!(line("甲\u{202e}乙\u{200b}\u{2066}丙\u{feff}\u{e0041}", 99), "甲乙丙");
    }

    #[test]
    fn rare_han_outside_the_first_plane_stay_whole() {
        assert_eq!(line("𠮷野𪚥", 99), "𠮷野𪚥");
        assert_eq!(line("葛\u{e0100}", 99), "葛\u{e0100}");
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        assert_eq!(line("一二三四", 4), "一二三四");
        assert_eq!(line("一二三四五", 4), "一二三四…");
        assert_eq!(line("一二 三", 3), "一二…");
    }
}
