//! Sums of money as people type them, counted in ten-thousandths so that nothing is rounded.

use super::text::folded;

const PLACES: usize = 4;

/// A sum; `None` when the cell is not a number and nothing else.
pub(super) fn parse(text: &str) -> Option<i128> {
    let chars: String = folded(text)
        .into_iter()
        .filter(|c| !matches!(c, ',' | '¥' | '￥'))
        .collect();
    let chars = ["/月", "/人", "/年", "每月", "%"]
        .iter()
        .find_map(|unit| chars.strip_suffix(unit))
        .unwrap_or(&chars);
    let (body, scale) = if let Some(body) = chars.strip_suffix("万元").or_else(|| chars.strip_suffix('万')) {
        (body, 10_000)
    } else {
        (chars.strip_suffix('元').unwrap_or(chars), 1)
    };
    let (negative, body) = body.strip_prefix('-').map_or((false, body), |body| (true, body));
    let (whole, part) = body.split_once('.').unwrap_or((body, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || whole.len() > 15 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: String = part.chars().chain("0000".chars()).take(PLACES).collect();
    let value: i128 = format!("{whole}{part}").parse().ok()?;
    Some(if negative { -value * scale } else { value * scale })
}

/// Whether a sum fell by more than so many percent of its baseline.
pub(super) fn fell(baseline: i128, value: i128, tolerance_percent: u8) -> bool {
    (baseline - value) * 100 > baseline.abs() * i128::from(tolerance_percent)
}

/// Whether every pair fell, and all by the same share up to a rounding to whole yuan.
pub(super) fn fell_alike(pairs: &[(i128, i128)]) -> bool {
    let Some(largest) = pairs.iter().copied().max_by_key(|(baseline, _)| *baseline) else {
        return false;
    };
    let yuan = 10_i128.pow(u32::try_from(PLACES).expect("a small number"));
    pairs.len() > 1
        && pairs.iter().all(|(baseline, value)| {
            let off = (value * largest.0 - largest.1 * baseline).abs();
            *baseline > 0 && value < baseline && off <= 2 * yuan * largest.0
        })
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
        for words in ["", "Ⅱ档", "9600→0", "扣发500元", "1.2.3", "-"] {
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
        let yuan = |sum: i128| sum * 10_000;
        let cut =
            |pairs: &[(i128, i128)]| fell_alike(&pairs.iter().map(|(a, b)| (yuan(*a), yuan(*b))).collect::<Vec<_>>());
        assert!(cut(&[(6000, 5100), (5000, 4250), (4401, 3741)]));
        assert!(!cut(&[(6000, 5100), (5000, 4200)]));
        assert!(!cut(&[(6000, 5100), (5000, 5000)]));
        assert!(!cut(&[(6000, 5100)]));
    }
}
