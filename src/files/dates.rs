//! Dates as people write them.

use crate::domain::numerals::{figure, numeral};
use chrono::NaiveDate;

/// Years a legal day of this product can lie in.
const YEARS: std::ops::RangeInclusive<i32> = 1950..=2100;

/// The years, for people.
pub(super) fn years_zh() -> String {
    format!("{} 年至 {} 年", YEARS.start(), YEARS.end())
}

/// Whether a text is a day of a year that is not read.
pub(super) fn is_out_of_range(text: &str) -> bool {
    read(text).is_some_and(|day| in_range(day).is_none())
}

/// Reads `2026-03-05`, `2026/3/5`, `2026.3.5`, `2026年3月5日`, `20260305`, in full-width digits too, and 二〇二六年三月五日.
pub(super) fn parse(text: &str) -> Option<NaiveDate> {
    read(text).and_then(in_range)
}

/// The same for a cell that can only hold a date: text files keep the serial numbers of a spreadsheet as digits.
pub(super) fn in_its_column(text: &str) -> Option<NaiveDate> {
    let serial = || {
        let plain = super::cells::half_width(text);
        let digits = plain.trim();
        let is_serial = digits.len() == 5 && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse().ok().filter(|_| is_serial).and_then(from_serial)
    };
    parse(text).or_else(serial)
}

/// A text without the time of day behind its date.
fn without_time(text: &str) -> &str {
    let is_time = |rest: &str| {
        rest.contains([':', '时'])
            && rest
                .chars()
                .all(|c| c.is_ascii_digit() || c.is_whitespace() || ":.上午下时分秒".contains(c))
    };
    let parts = text.trim().split_once(char::is_whitespace);
    parts.filter(|(_, rest)| is_time(rest)).map_or(text, |(date, _)| date)
}

fn read(text: &str) -> Option<NaiveDate> {
    let plain: String = without_time(&super::cells::half_width(text))
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    if let Some(day) = in_numerals(&plain) {
        return Some(day);
    }
    let date_part = plain.split(['T', 't']).next().unwrap_or(&plain);
    let mut parts = Vec::new();
    if date_part.len() == 8 && date_part.bytes().all(|b| b.is_ascii_digit()) {
        parts.extend([&date_part[..4], &date_part[4..6], &date_part[6..]]);
    } else {
        let trimmed = date_part.trim_end_matches(['日', '号']);
        parts.extend(trimmed.split(['-', '/', '.', '年', '月', '－', '．']));
    }
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    // A year of two digits is half a date.
    let year = Some(year).filter(|year| year.len() == 4)?;
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// Reads a day in Chinese numerals: 二〇二六年十一月三日.
fn in_numerals(text: &str) -> Option<NaiveDate> {
    let (year, rest) = text.split_once('年')?;
    let (month, day) = rest.split_once('月')?;
    let places: Option<Vec<u8>> = year.chars().map(figure).collect();
    let places = places.filter(|places| places.len() == 4)?;
    let number = |text: &str| u32::try_from(numeral(text)?).ok();
    NaiveDate::from_ymd_opt(
        places.iter().fold(0, |year, place| year * 10 + i32::from(*place)),
        number(month)?,
        number(day.trim_end_matches(['日', '号']))?,
    )
}

/// Reads a spreadsheet's serial number that lost its date format, where it can only be a date.
pub(super) fn from_serial(serial: f64) -> Option<NaiveDate> {
    let days = serial.trunc() as i64;
    if !(20_000..=80_000).contains(&days) {
        return parse(&format!("{days}"));
    }
    in_range(NaiveDate::from_ymd_opt(1899, 12, 30)? + chrono::Days::new(days as u64))
}

fn in_range(date: NaiveDate) -> Option<NaiveDate> {
    use chrono::Datelike as _;
    YEARS.contains(&date.year()).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_writing_is_read() {
        let wanted = NaiveDate::from_ymd_opt(2026, 3, 5);
        for text in [
            "2026-03-05",
            "2026/3/5",
            "2026.3.5",
            "2026年3月5日",
            "20260305",
            "２０２６年３月５日",
            "2026 年 3 月 5 日",
            "2026-03-05 00:00:00",
            "2026/3/5 9:30",
            "2026年3月5日 下午3时",
            "2026-03-05T08:00:00",
            "二〇二六年三月五日",
            "二零二六年三月五号",
            "二Ｏ二六年三月五日",
        ] {
            assert_eq!(parse(text), wanted, "{text}");
        }
        assert_eq!(in_its_column("46086"), wanted);
        assert_eq!(in_its_column(" ４６０８６ "), wanted);
    }

    #[test]
    fn half_a_date_or_no_date_is_none() {
        for text in [
            "2026年3月",
            "2026-02-30",
            "长期坚持",
            "",
            "3月5日",
            "20261305",
            "1026-03-05",
            "2026-03-05 至 12:00",
            "46086",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        for text in ["12345", "460860", "46086.5", "99999"] {
            assert_eq!(in_its_column(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_of_another_century_is_told_from_no_day() {
        assert!(is_out_of_range("2199-03-05") && is_out_of_range("1926年3月5日"));
        assert!(!is_out_of_range("2026-03-05") && !is_out_of_range("26-03-05") && !is_out_of_range("长期坚持"));
    }

    #[test]
    fn a_bare_serial_is_a_date() {
        assert_eq!(from_serial(46349.0), NaiveDate::from_ymd_opt(2026, 11, 23));
        assert_eq!(from_serial(20261123.0), NaiveDate::from_ymd_opt(2026, 11, 23));
        assert_eq!(from_serial(12.0), None);
    }
}
