//! Citizen identification number, GB 11643.

use chrono::NaiveDate;
use std::fmt;

/// Weights of the first seventeen digits, GB 11643-1999.
const WEIGHTS: [u16; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check characters by the weighted sum modulo eleven.
const CHECK: [u8; 11] = *b"10X98765432";

/// The weights of eight digits each for [`weighed`]: those of every other digit together, the last one lowest.
const WEIGHED: [[u64; 2]; 2] = [every_other_weight(0), every_other_weight(8)];
/// That of the seventeenth digit.
const LAST_WEIGHT: u64 = WEIGHTS[16] as u64;

const fn every_other_weight(from: usize) -> [u64; 2] {
    let mut packed = [0; 2];
    let mut at = 0;
    while at < 8 {
        packed[at % 2] = packed[at % 2] << 16 | WEIGHTS[from + at] as u64;
        at += 1;
    }
    packed
}

/// Whether eight characters are digits, all of them looked at together.
fn are_digits(eight: u64) -> bool {
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    // What is above nine carries into the high half when six is added.
    let above = eight.wrapping_add(0x0606_0606_0606_0606);
    eight & HIGH == ZEROS && above & HIGH == ZEROS
}

/// The sum of eight digits, each by its weight. In a product of numbers of four places of sixteen bits the highest place is
/// the sum of the products across; no place runs over.
fn weighed(digits: u64, [even, odd]: &[u64; 2]) -> u64 {
    const EVERY_OTHER: u64 = 0x000f_000f_000f_000f;
    let of = |digits: u64, weights: u64| (digits & EVERY_OTHER).wrapping_mul(weights) >> 48;
    of(digits, *even) + of(digits >> 8, *odd)
}

/// A number of eighteen places with a right check digit. Deliberately without `Display` and with
/// a masked `Debug`: whoever needs the digits asks for them by [`CitizenId::reveal`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CitizenId(String);

/// Why a text is no usable number. Carries no digits, so that it may be shown and logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdFault {
    /// Neither 15 nor 18 places, or other characters.
    Shape,
    /// The check digit does not fit.
    CheckDigit,
    /// The birth date in it is no date.
    BirthDate,
    /// Some of its places are hidden, as in lists that are published.
    Masked,
    /// A spreadsheet stored it as a number and rounded its last digits away.
    Rounded,
}

impl fmt::Display for IdFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shape => "身份证号位数或字符不对（应为 18 位）",
            Self::CheckDigit => "身份证号校验码不符",
            Self::BirthDate => "身份证号中的出生日期不存在",
            Self::Masked => "身份证号隐去了几位",
            Self::Rounded => "身份证号被表格软件存成数字，末几位已丢失（请把该列设为文本后重新填写）",
        })
    }
}

impl CitizenId {
    /// Reads a number as people write it: full-width digits, spaces, a leading apostrophe, a lower-case
    /// x, the old fifteen digits (which become eighteen).
    pub fn parse(text: &str) -> Result<Self, IdFault> {
        if Self::is_plain(text.as_bytes()) {
            return Ok(Self(text.to_owned()));
        }
        let plain = fold(text);
        match plain.len() {
            _ if is_masked(&plain) => Err(IdFault::Masked),
            18 => Self::checked(plain),
            15 => Self::from_old(&plain),
            _ if looks_rounded(&plain) => Err(IdFault::Rounded),
            _ => Err(IdFault::Shape),
        }
    }

    /// Whether a text is a usable number written plainly, in just its eighteen places. Says quickly of nearly every
    /// number what [`Self::parse`] would say; `false` says nothing.
    pub fn is_plain(text: &[u8]) -> bool {
        let Ok(bytes) = <&[u8; 18]>::try_from(text) else {
            return false;
        };
        let ([first, second], [last, check]) = bytes.as_chunks::<8>() else {
            return false;
        };
        let [first, second] = [first, second].map(|eight| u64::from_le_bytes(*eight));
        if !are_digits(first) || !are_digits(second) || !last.is_ascii_digit() {
            return false;
        }
        let sum = weighed(first, &WEIGHED[0]) + weighed(second, &WEIGHED[1]) + u64::from(last - b'0') * LAST_WEIGHT;
        let number = |places: &[u8]| places.iter().fold(0, |all, place| all * 10 + u32::from(place - b'0'));
        CHECK[(sum % 11) as usize] == *check && {
            let (month, day) = (number(&bytes[10..12]), number(&bytes[12..14]));
            // Every month has 28 days; the few born later are looked at closely.
            (1..=12).contains(&month)
                && ((1..=28).contains(&day)
                    || NaiveDate::from_ymd_opt(number(&bytes[6..10]) as i32, month, day).is_some())
        }
    }

    /// The eighteen places. For sealing and hashing only.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// First three and last four places, the rest starred: what a page may show.
    pub fn masked(&self) -> String {
        format!("{}***********{}", &self.0[..3], &self.0[14..])
    }

    fn checked(plain: String) -> Result<Self, IdFault> {
        let bytes = plain.as_bytes();
        if !bytes[..17].iter().all(u8::is_ascii_digit) || !matches!(bytes[17], b'0'..=b'9' | b'X') {
            return Err(IdFault::Shape);
        }
        if check_digit(&bytes[..17]) != bytes[17] {
            return Err(IdFault::CheckDigit);
        }
        if NaiveDate::parse_from_str(&plain[6..14], "%Y%m%d").is_err() {
            return Err(IdFault::BirthDate);
        }
        Ok(Self(plain))
    }

    fn from_old(plain: &str) -> Result<Self, IdFault> {
        if !plain.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdFault::Shape);
        }
        let mut full = format!("{}19{}", &plain[..6], &plain[6..]);
        let check = check_digit(full.as_bytes());
        full.push(char::from(check));
        Self::checked(full)
    }
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CitizenId({})", self.masked())
    }
}

/// The check character that belongs to seventeen digits.
pub fn check_digit(first_seventeen: &[u8]) -> u8 {
    let sum: u16 = first_seventeen
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u16::from(digit - b'0') * weight)
        .sum();
    CHECK[(sum % 11) as usize]
}

/// Whether so many digits stand together in a text that they may be a number for [`masked_in`].
pub fn may_have_number(text: &str) -> bool {
    let mut run = 0;
    // Full-width digits have three bytes each; what begins as they do and is none costs a closer look and nothing else.
    let mut left = 0;
    text.bytes().any(|byte| {
        match byte {
            b'0'..=b'9' => run += 1,
            FULL_WIDTH => {
                run += 1;
                left = 2;
            }
            _ if left > 0 => left -= 1,
            _ => run = 0,
        }
        run == FEWEST_DIGITS
    })
}

/// First byte of full-width characters in UTF-8.
const FULL_WIDTH: u8 = 0xEF;

/// Digits of the old number.
const FEWEST_DIGITS: u32 = 15;

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '０'..='９')
}

/// A text with every number in it masked that stands there in one piece, in eighteen places or the old fifteen.
pub fn masked_in(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_digit) {
        masked.push_str(&rest[..start]);
        rest = &rest[start..];
        let mut end = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
        if rest[..end].chars().count() == 17 {
            let check = rest[end..]
                .chars()
                .next()
                .filter(|c| matches!(c, 'X' | 'x' | 'Ｘ' | 'ｘ'));
            end += check.map_or(0, char::len_utf8);
        }
        match CitizenId::parse(&rest[..end]) {
            Ok(id) => masked.push_str(&id.masked()),
            Err(_) => masked.push_str(&rest[..end]),
        }
        rest = &rest[end..];
    }
    masked.push_str(rest);
    masked
}

fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| {
            !c.is_whitespace()
                && !matches!(
                    c,
                    '\'' | '’' | '‘' | '\u{200b}' | '\u{feff}' | '\u{200e}' | '\u{202d}' | '\u{202c}'
                )
        })
        .map(|c| match c {
            '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
                char::from_u32(c as u32 - 0xfee0).expect("the full-width block mirrors ASCII")
            }
            other => other,
        })
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Whether signs stand for some of the digits: 990101********0012.
fn is_masked(plain: &str) -> bool {
    let hides = |c: char| matches!(c, '*' | '＊' | '×' | '✕' | '●' | '○' | '#' | '＃' | '?' | '？');
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    let others = plain.chars().all(|c| c.is_ascii_digit() || c == 'X' || hides(c));
    others && digits >= 4 && (plain.contains(hides) || plain.contains("XX"))
}

/// `9.90101E+17`, or so many zeros at the end that a float must have made them.
fn looks_rounded(plain: &str) -> bool {
    plain.contains("E+")
        && plain
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'E' | '+'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::strategy::Strategy as _;

    #[test]
    fn the_standard_s_own_example_is_right() {
        assert!(CitizenId::parse("11010519491231002X").is_ok());
        assert_eq!(CitizenId::parse("110105194912310021"), Err(IdFault::CheckDigit));
    }

    #[test]
    fn writings_of_one_number_agree() {
        let plain = CitizenId::parse("11010519491231002X").expect("valid");
        for text in [
            "１１０１０５１９４９１２３１００２ｘ",
            " 110105 19491231 002x ",
            "'11010519491231002X",
        ] {
            assert_eq!(CitizenId::parse(text).as_ref(), Ok(&plain));
        }
        assert_eq!(CitizenId::parse("110105491231002").as_ref(), Ok(&plain));
    }

    #[test]
    fn many_digits_together_may_be_a_number() {
        for (text, may) in [
            ("身份证号110105491231002", true),
            ("１１０１０５４９１２３１００２", true),
            ("１1０1０5４9１2３1００2", true),
            ("110105491231，2", false),
            ("2026-11-05 2026-11-06", false),
            ("云容认〔2026〕1号", false),
        ] {
            assert_eq!(may_have_number(text), may, "{text}");
            assert!(may || masked_in(text) == text, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_seen_together_is_what_is_seen_place_by_place(
            first in "[0-9]{6}(19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}",
            at in 0_usize..18,
            other in proptest::prelude::any::<u8>().prop_filter("text", u8::is_ascii),
        ) {
            let mut bytes = first.clone().into_bytes();
            bytes.push(check_digit(&bytes));
            for changed in [bytes.clone(), { bytes[at] = other; bytes }] {
                let text = String::from_utf8(changed).expect("plain characters");
                let is_number = CitizenId::checked(text.clone()).is_ok();
                proptest::prop_assert_eq!(CitizenId::is_plain(text.as_bytes()), is_number, "{:?}", text);
            }
        }

        #[test]
        fn a_plain_number_is_a_number(first in "[0-9]{6}(1[89]|20)[0-9]{2}[01][0-9][0-3][0-9]{4}", last in "[0-9Xx]?") {
            for text in [format!("{first}{last}"), format!("{first}{}", char::from(check_digit(first.as_bytes())))] {
                proptest::prop_assert_eq!(CitizenId::is_plain(text.as_bytes()), CitizenId::parse(&text).is_ok_and(|id| id.reveal() == text));
            }
        }
    }

    #[test]
    fn what_a_spreadsheet_rounded_is_named_so() {
        assert_eq!(CitizenId::parse("9.90101E+17"), Err(IdFault::Rounded));
        assert_eq!(CitizenId::parse("abc"), Err(IdFault::Shape));
    }

    #[test]
    fn a_number_within_a_text_is_masked() {
        let masked = "110***********002X";
        for number in [
            "11010519491231002X",
            "11010519491231002x",
            "１１０１０５１９４９１２３１００２Ｘ",
            "110105491231002",
        ] {
            let text = masked_in(&format!("因2024年事故（{number}）一事，{number}"));
            assert_eq!(text, format!("因2024年事故（{masked}）一事，{masked}"));
        }
        for other in ["", "扣发1200元", "110105194912310021", "1101051949123100210", "X"] {
            assert_eq!(masked_in(other), other);
        }
        assert_eq!(masked_in(masked), masked);
    }

    #[test]
    fn neither_debug_nor_mask_shows_the_birth_date() {
        let id = CitizenId::parse("11010519491231002X").expect("valid");
        assert_eq!(id.masked(), "110***********002X");
        assert!(!format!("{id:?}").contains("1949"));
    }
}
