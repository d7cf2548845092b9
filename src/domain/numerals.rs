//! Numbers in Chinese numerals.

/// More than anybody is paid.
const LARGEST: i128 = 100_000_000_000_000;

/// What a figure stands for where figures stand one by one, as in years (二〇二六).
pub fn figure(c: char) -> Option<u8> {
    // Typed for want of the sign.
    let value = if c == 'O' { 0 } else { value_of(c)? };
    u8::try_from(value).ok().filter(|value| *value < 10)
}

/// Whether a character is one of a number in Chinese numerals.
pub fn is_numeral(c: char) -> bool {
    value_of(c).is_some()
}

/// A number in Chinese numerals (肆仟零伍拾, 三十一); none beyond [`LARGEST`], in its 万 and 亿.
pub fn numeral(text: &str) -> Option<i128> {
    let (mut total, mut section, mut digit) = (0_i128, 0_i128, None);
    for c in text.chars() {
        match value_of(c)? {
            // A nought only stands for places that are left out.
            0 if digit.is_none() => {}
            value @ 1..=9 if digit.is_none() => digit = Some(value),
            unit @ (10 | 100 | 1000) => section += digit.take().unwrap_or(1) * unit,
            unit @ (10_000 | 100_000_000) => {
                section += digit.take().unwrap_or(0);
                total = if unit == 10_000 {
                    total + section * unit
                } else {
                    (total + section) * unit
                };
                section = 0;
                if !(1..=LARGEST).contains(&total) {
                    return None;
                }
            }
            _ => return None,
        }
    }
    (!text.is_empty()).then_some(total + section + digit.unwrap_or(0))
}

fn value_of(c: char) -> Option<i128> {
    Some(match c {
        '零' | '〇' | '○' => 0,
        '壹' | '一' => 1,
        '贰' | '貳' | '二' | '两' => 2,
        '叁' | '叄' | '三' => 3,
        '肆' | '四' => 4,
        '伍' | '五' => 5,
        '陆' | '六' => 6,
        '柒' | '七' => 7,
        '捌' | '八' => 8,
        '玖' | '九' => 9,
        '拾' | '十' => 10,
        '佰' | '百' => 100,
        '仟' | '千' => 1000,
        '万' | '萬' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_figures_are_read() {
        for (text, value) in [
            ("三", Some(3)),
            ("十一", Some(11)),
            ("三十一", Some(31)),
            ("肆仟零伍拾", Some(4050)),
            ("", None),
            ("三个", None),
            ("九九九亿亿", None),
        ] {
            assert_eq!(numeral(text), value, "{text}");
        }
        let year: Option<Vec<u8>> = "二〇二六零○O".chars().map(figure).collect();
        assert_eq!(year, Some(vec![2, 0, 2, 6, 0, 0, 0]));
        assert_eq!(figure('十'), None);
    }
}
