//! What people may write into a record: a line for a name or a number, some lines for a finding or a reason, and
//! never an ID number, which has a sealed place of its own.

use super::person::CitizenId;

/// How much may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A name, a number, a title.
    Line,
    /// A finding, a reason; lines may be broken.
    Lines,
}

/// Characters of a line.
pub const LINE: usize = 200;
/// Characters of some lines.
pub const LINES: usize = 4_000;

impl Size {
    const fn most(self) -> usize {
        match self {
            Self::Line => LINE,
            Self::Lines => LINES,
        }
    }
}

/// Places of an ID number.
const ID_PLACES: usize = 18;

/// A line that must be there, without the blanks around it.
pub fn line(what: &str, text: &str) -> Result<String, String> {
    required(what, text, Size::Line)
}

/// The same of several lines.
pub fn lines(what: &str, text: &str) -> Result<String, String> {
    required(what, text, Size::Lines)
}

fn required(what: &str, text: &str, size: Size) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("请写明{what}"));
    }
    check(what, text, size)?;
    Ok(text.to_owned())
}

/// Refuses a text that no record should hold. `what` is the name people know it by; the text itself is not repeated.
pub fn check(what: &str, text: &str, size: Size) -> Result<(), String> {
    let length = text.chars().count();
    if length > size.most() {
        return Err(format!("{what}有 {length} 个字，最多 {} 个", size.most()));
    }
    let broken = |c: char| size == Size::Lines && matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(|c| c.is_control() && !broken(c)) {
        let lines = if size == Size::Line && text.contains(['\n', '\r']) {
            "换行"
        } else {
            "控制字符"
        };
        return Err(format!("{what}中有{lines}，请删去"));
    }
    if text.chars().any(is_hidden) {
        return Err(format!("{what}中有看不见的字符（零宽或改变文字方向的），请删去"));
    }
    if has_id_number(text) {
        return Err(format!("{what}中有公民身份号码，请删去：号码只登记在干部本人名下"));
    }
    Ok(())
}

fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Whether an ID number stands in a text, whatever widths and blanks it is written with.
fn has_id_number(text: &str) -> bool {
    let plain: Vec<char> = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '－'))
        .map(|c| match c {
            '０'..='９' => char::from(b'0' + (u32::from(c) - u32::from('０')) as u8),
            'ｘ' | 'Ｘ' | 'x' => 'X',
            other => other,
        })
        .collect();
    plain
        .windows(ID_PLACES)
        .filter(|window| window.iter().all(|c| c.is_ascii_digit() || *c == 'X'))
        .any(|window| CitizenId::parse(&window.iter().collect::<String>()).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::person::citizen_check_digit;

    #[test]
    fn a_name_is_one_line_and_a_reason_may_be_several() {
        assert_eq!(check("姓名", "李明", Size::Line), Ok(()));
        assert_eq!(check("理由", "第一行\n第二行", Size::Lines), Ok(()));
        assert!(check("姓名", "李\n明", Size::Line).is_err_and(|said| said == "姓名中有换行，请删去"));
        for bad in ["\u{0}", "\u{7}", "\u{1b}[2J", "\u{202E}", "\u{200B}"] {
            assert!(check("理由", bad, Size::Lines).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn as_long_as_allowed_and_no_longer() {
        for (size, most) in [(Size::Line, 200), (Size::Lines, 4_000)] {
            assert_eq!(check("理由", &"字".repeat(most), size), Ok(()));
            assert!(check("理由", &"字".repeat(most + 1), size).is_err());
        }
    }

    #[test]
    fn an_id_number_is_found_however_it_is_written() {
        let first = "99010119800101001";
        let number = format!("{first}{}", char::from(citizen_check_digit(first.as_bytes())));
        let wide: String = number
            .chars()
            .map(|c| char::from_u32(u32::from(c) + 0xFEE0).expect("full width"))
            .collect();
        let apart = format!("{} {}-{}", &number[..6], &number[6..14], &number[14..]);
        for text in [
            number.clone(),
            format!("李明（{number}）"),
            wide,
            apart,
            number.to_lowercase(),
        ] {
            let said = check("理由", &text, Size::Lines).expect_err("an ID number");
            assert!(!said.contains(&number), "{said}");
        }
        // 18 digits with another check digit are a receipt or an account.
        let other = format!("{first}{}", if number.ends_with('0') { '1' } else { '0' });
        assert_eq!(check("回执编号", &other, Size::Line), Ok(()));
    }
}
