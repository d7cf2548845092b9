//! Sums of money as people type them, counted in ten-thousandths so that nothing is rounded.

use super::text::folded;
use crate::domain::numerals::numeral;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

const PLACES: usize = 4;
/// Ten-thousandths in a yuan.
const YUAN: i128 = 10_000;
/// A sum beyond this is nobody's pay, and products of two sums below it fit.
const LARGEST: i128 = 1_000_000_000_000_000_000;

/// A sum; `None` when the cell is not a number and nothing else.
pub(super) fn parse(text: &str) -> Option<i128> {
    plain(text).or_else(|| written(text))
}

/// Whether a cell holds a sum and nothing else.
pub fn is_sum(text: &str) -> bool {
    parse(text).is_some()
}

/// Digits, perhaps with a point among them: what nearly every cell holds.
fn plain(text: &str) -> Option<i128> {
    let bytes = text.as_bytes();
    let point = bytes.iter().position(|b| *b == b'.').unwrap_or(bytes.len());
    let (whole, part) = (&bytes[..point], bytes.get(point + 1..).unwrap_or_default());
    if whole.is_empty() || whole.len() > 15 || !whole.iter().chain(part).all(u8::is_ascii_digit) {
        return None;
    }
    let digits = whole
        .iter()
        .chain(part.iter().chain([b'0'; PLACES].iter()).take(PLACES));
    let value = digits.fold(0_u64, |value, digit| value * 10 + u64::from(digit - b'0'));
    Some(i128::from(value))
}

fn written(text: &str) -> Option<i128> {
    let chars: String = folded(text)
        .into_iter()
        .filter(|c| !matches!(c, ',' | '¥' | '￥'))
        .collect();
    let chars = ["人民币", "RMB", "CNY"]
        .iter()
        .find_map(|currency| chars.strip_prefix(currency))
        .unwrap_or(&chars);
    let chars = ["/月", "/人", "/年", "每月", "%"]
        .iter()
        .find_map(|unit| chars.strip_suffix(unit))
        .unwrap_or(chars);
    let chars = chars.strip_suffix(['整', '正']).unwrap_or(chars);
    // What is taken off: as accounts write it, or in words.
    let taken = chars
        .strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')').or_else(|| inner.strip_suffix(")元")))
        .or_else(|| chars.strip_prefix("减少").or_else(|| chars.strip_prefix('减')));
    if let Some(taken) = taken {
        return positive(taken).map(|value| -value);
    }
    match chars.strip_prefix('-') {
        Some(body) => positive(body).map(|value| -value),
        None => positive(chars),
    }
}

fn positive(chars: &str) -> Option<i128> {
    figures(chars).or_else(|| in_words(chars))
}

fn figures(chars: &str) -> Option<i128> {
    let (body, scale) = if let Some(body) = chars.strip_suffix("万元").or_else(|| chars.strip_suffix('万')) {
        (body, 10_000)
    } else {
        (chars.strip_suffix(['元', '圆']).unwrap_or(chars), 1)
    };
    let (whole, part) = body.split_once('.').unwrap_or((body, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || whole.len() > 15 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: String = part.chars().chain("0000".chars()).take(PLACES).collect();
    let value: i128 = format!("{whole}{part}").parse().ok()?;
    Some(value * scale)
}

/// A sum in Chinese numerals, as vouchers have it: 肆仟零伍拾元伍角. Without 元 it is no sum but a score or a grade.
fn in_words(chars: &str) -> Option<i128> {
    let at = chars.find(['元', '圆'])?;
    let (yuan, rest) = (numeral(&chars[..at])?, &chars[at + '元'.len_utf8()..]);
    let (jiao, rest) = rest
        .split_once('角')
        .map_or((None, rest), |(jiao, rest)| (Some(jiao), rest));
    let fen = rest.strip_suffix('分');
    if fen.is_none() && !rest.is_empty() {
        return None;
    }
    let part = |text: Option<&str>| text.map_or(Some(0), |text| numeral(text).filter(|value| *value < 10));
    Some(yuan * YUAN + part(jiao)? * (YUAN / 10) + part(fen)? * (YUAN / 100))
}

/// Whether a sum fell by more than so many percent of its baseline.
pub(super) fn fell(baseline: i128, value: i128, tolerance_percent: u8) -> bool {
    (baseline - value) * 100 > baseline.abs() * i128::from(tolerance_percent)
}

/// Whether every row fell, and all by the same share up to a rounding to whole yuan. Rows come one at a time and in
/// any order, and none of them is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Falls {
    rows: u64,
    /// Not yet refuted.
    alike: bool,
    /// Baseline, sum and row of the largest baseline; of several the last row's.
    largest: (i128, i128, u32),
    /// The shares that every row so far allows, from and to.
    from: Share,
    to: Share,
}

/// A fraction with a positive denominator.
type Share = (i128, i128);

impl Default for Falls {
    fn default() -> Self {
        Self {
            rows: 0,
            alike: true,
            largest: (0, 0, 0),
            from: (-LARGEST, 1),
            to: (LARGEST, 1),
        }
    }
}

impl Falls {
    /// Whether the sums of more rows can still make a difference.
    pub fn asks_for_sums(&self) -> bool {
        self.alike
    }

    /// Takes a row: what stands in its cells of baseline and result.
    pub fn add(&mut self, row: u32, baseline: Option<&str>, result: Option<&str>) {
        self.rows += 1;
        if !self.alike {
            return;
        }
        match baseline.and_then(parse).zip(result.and_then(parse)) {
            Some((baseline, value)) if value < baseline && baseline > 0 && baseline <= LARGEST && value >= -LARGEST => {
                self.narrow(
                    (baseline, value, row),
                    (value - 2 * YUAN, baseline),
                    (value + 2 * YUAN, baseline),
                );
            }
            _ => self.alike = false,
        }
    }

    /// Takes the rows of another.
    pub fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.alike &= other.alike;
        self.narrow(other.largest, other.from, other.to);
    }

    /// Whether there were several rows and all fell alike.
    pub(crate) fn alike(&self) -> bool {
        let share = (self.largest.1, self.largest.0);
        self.rows > 1
            && self.alike
            && order(self.from, share) != Ordering::Greater
            && order(share, self.to) != Ordering::Greater
    }

    fn narrow(&mut self, largest: (i128, i128, u32), from: Share, to: Share) {
        if (largest.0, largest.2) >= (self.largest.0, self.largest.2) {
            self.largest = largest;
        }
        if order(from, self.from) == Ordering::Greater {
            self.from = from;
        }
        if order(to, self.to) == Ordering::Less {
            self.to = to;
        }
    }
}

fn order(one: Share, other: Share) -> Ordering {
    (one.0 * other.1).cmp(&(other.0 * one.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_sum() {
        assert_eq!(parse("７８００元"), Some(78_000_000));
        assert_eq!(parse("15,000.00"), Some(150_000_000));
        assert_eq!(parse("1.2万元"), Some(120_000_000));
        assert_eq!(parse("4900元/月"), Some(49_000_000));
        assert_eq!(parse("85%"), Some(850_000));
        assert_eq!(parse("0"), Some(0));
        assert_eq!(parse("人民币6500元"), Some(65_000_000));
        assert_eq!(parse("（800.50）"), Some(-8_005_000));
        assert_eq!(parse("减600元"), Some(-6_000_000));
        assert_eq!(parse("-600"), Some(-6_000_000));
        assert_eq!(parse("叁仟元整"), Some(30_000_000));
        assert_eq!(parse("人民币壹万零伍佰贰拾元伍角捌分"), Some(105_205_800));
        assert_eq!(parse("贰拾叁万元"), Some(2_300_000_000));
        assert_eq!(parse("一亿二千万元"), Some(1_200_000_000_000));
        for words in [
            "",
            "Ⅱ档",
            "9600→0",
            "扣发500元",
            "1.2.3",
            "-",
            "--5",
            "减",
            "()",
            "-(5)",
        ] {
            assert_eq!(parse(words), None, "{words}");
        }
        for words in [
            "元",
            "整",
            "十",
            "三档",
            "一等功",
            "二二元",
            "三元三",
            "四元拾角",
            "两分",
            "亿亿亿亿元",
            "一亿亿亿亿亿亿亿元",
        ] {
            assert_eq!(parse(words), None, "{words}");
        }
    }

    #[test]
    fn exactly_the_tolerance_is_no_fall() {
        assert!(!fell(20_000, 18_000, 10));
        assert!(fell(20_000, 17_999, 10));
        assert!(fell(9_860, 9_859, 0));
    }

    #[test]
    fn a_common_cut_forgives_rounding_and_nothing_else() {
        let cut = |pairs: &[(i128, i128)]| falls(pairs).alike();
        assert!(cut(&[(6000, 5100), (5000, 4250), (4401, 3741)]));
        assert!(!cut(&[(6000, 5100), (5000, 4200)]));
        assert!(!cut(&[(6000, 5100), (5000, 5000)]));
        assert!(!cut(&[(6000, 5100)]));
    }

    fn falls(pairs: &[(i128, i128)]) -> Falls {
        let mut falls = Falls::default();
        for (row, (baseline, value)) in pairs.iter().enumerate() {
            falls.add(row as u32 + 1, Some(&baseline.to_string()), Some(&value.to_string()));
        }
        falls
    }

    /// The same question asked of all rows at once.
    fn oracle(pairs: &[(i128, i128)]) -> bool {
        let largest = pairs.iter().max_by_key(|(baseline, _)| *baseline);
        pairs.len() > 1
            && pairs.iter().all(|(baseline, value)| {
                let (most, its) = largest.expect("there are several");
                let off = (value * most - its * baseline).abs();
                *baseline > 0 && value < baseline && off <= 2 * most
            })
    }

    proptest::proptest! {
        #[test]
        fn rows_one_by_one_and_in_two_heaps_say_what_all_say_at_once(
            share in 50_i128..100,
            rows in proptest::collection::vec((0_i128..400, -2_i128..3, proptest::bool::ANY), 0..7),
        ) {
            let pairs: Vec<(i128, i128)> =
                rows.iter().map(|(baseline, off, _)| (*baseline, baseline * share / 100 + off)).collect();
            let whole = falls(&pairs);
            proptest::prop_assert_eq!(whole.alike(), oracle(&pairs));
            let (mut left, mut right) = (Falls::default(), Falls::default());
            for (row, ((baseline, value), (_, _, is_left))) in pairs.iter().zip(&rows).enumerate() {
                let heap = if *is_left { &mut left } else { &mut right };
                heap.add(row as u32 + 1, Some(&baseline.to_string()), Some(&value.to_string()));
            }
            right.merge(&left);
            proptest::prop_assert_eq!(right.alike(), whole.alike());
        }

        #[test]
        fn plain_digits_are_read_as_any_writing_is(text in "[0-9.]{0,20}") {
            if let Some(sum) = plain(&text) {
                proptest::prop_assert_eq!(written(&text), Some(sum));
            }
        }
    }

    #[test]
    fn sums_beyond_all_pay_do_not_overflow() {
        let mut falls = Falls::default();
        falls.add(1, Some("999999999999999万元"), Some("999999999999998万元"));
        falls.add(2, Some("999999999999999万元"), Some("-999999999999999万元"));
        assert!(!falls.alike());
    }
}
