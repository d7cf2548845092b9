//! The span of time an outcome is for: 2026年度, 2026年第三季度, 2026年10月.

use super::text::folded;
use chrono::{Days, Months, NaiveDate};

/// A period with its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Period {
    /// `2026` for a year; otherwise as people write it.
    pub text: String,
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// The first period a text names; a full date is none.
pub(super) fn find(text: &str) -> Option<Period> {
    let chars = folded(text);
    (0..chars.len()).find_map(|at| at_year(&chars, at))
}

/// Reads a period cell: as [`find`], or a bare year.
pub(super) fn parse(text: &str) -> Option<Period> {
    find(text).or_else(|| {
        let year: i32 = text.trim().parse().ok()?;
        (1950..2100)
            .contains(&year)
            .then(|| months(year, 1, 12, year.to_string()))?
    })
}

fn at_year(chars: &[char], at: usize) -> Option<Period> {
    let digits: String = chars.get(at..at + 4)?.iter().collect();
    if chars.get(at + 4) != Some(&'年') || at > 0 && chars[at - 1].is_ascii_digit() {
        return None;
    }
    let year: i32 = digits.parse().ok().filter(|year| (1950..2100).contains(year))?;
    let rest: String = chars[at + 5..].iter().take(8).collect();
    if let Some(half) = [("上半年", 1), ("下半年", 7)]
        .into_iter()
        .find(|(word, _)| rest.starts_with(word))
    {
        return months(year, half.1, 6, format!("{year}年{}", half.0));
    }
    if let Some(quarter) = quarter(&rest) {
        let zh = ["一", "二", "三", "四"][quarter as usize - 1];
        return months(year, quarter * 3 - 2, 3, format!("{year}年第{zh}季度"));
    }
    let month: String = rest.chars().take_while(char::is_ascii_digit).collect();
    if !month.is_empty() && rest[month.len()..].starts_with('月') {
        let after = rest[month.len() + '月'.len_utf8()..].chars().next();
        if after.is_some_and(|c| c.is_ascii_digit()) {
            return None;
        }
        let number: u32 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
        return months(year, number, 1, format!("{year}年{number}月"));
    }
    months(year, 1, 12, year.to_string())
}

fn quarter(rest: &str) -> Option<u32> {
    let rest = rest.strip_prefix('第').unwrap_or(rest);
    [
        ("一", 1),
        ("二", 2),
        ("三", 3),
        ("四", 4),
        ("1", 1),
        ("2", 2),
        ("3", 3),
        ("4", 4),
    ]
    .into_iter()
    .find(|(word, _)| rest.strip_prefix(word).is_some_and(|rest| rest.starts_with("季")))
    .map(|(_, quarter)| quarter)
}

fn months(year: i32, month: u32, count: u32, text: String) -> Option<Period> {
    let from = NaiveDate::from_ymd_opt(year, month, 1)?;
    let to = from
        .checked_add_months(Months::new(count))?
        .checked_sub_days(Days::new(1))?;
    Some(Period { text, from, to })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_and_dates_are_not() {
        let shown = |text: &str| find(text).map(|period| (period.text, period.to.to_string()));
        let some = |text: &str, to: &str| Some((text.to_owned(), to.to_owned()));
        assert_eq!(shown("云川市住建局2026年度公务员考核"), some("2026", "2026-12-31"));
        assert_eq!(shown("2026年第三季度绩效"), some("2026年第三季度", "2026-09-30"));
        assert_eq!(shown("2026年3季度"), some("2026年第三季度", "2026-09-30"));
        assert_eq!(shown("２０２６年１０月工资"), some("2026年10月", "2026-10-31"));
        assert_eq!(shown("2026年上半年"), some("2026年上半年", "2026-06-30"));
        assert_eq!(shown("填报日期：2027年1月8日"), None);
        assert_eq!(parse("2026").unwrap().text, "2026");
    }
}
