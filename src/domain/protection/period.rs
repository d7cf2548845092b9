//! The span of time an outcome is for: 2026年度, 2026年第三季度, 2026年10月.

use super::text::folded;
use crate::domain::numerals::figure;
use chrono::{Datelike, Days, Months, NaiveDate};

/// A period with its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Period {
    /// `2026` for a year; otherwise as people write it.
    pub text: String,
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl Period {
    /// Whether the two have a day in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    /// Whether it is one whole year.
    pub fn is_year(&self) -> bool {
        NaiveDate::from_ymd_opt(self.from.year(), 1, 1) == Some(self.from)
            && NaiveDate::from_ymd_opt(self.from.year(), 12, 31) == Some(self.to)
    }
}

/// The first period a text names; a full date is none.
pub(super) fn find(text: &str) -> Option<Period> {
    let chars = arabic(&numbers_apart(text));
    (0..chars.len()).find_map(|at| at_year(&chars, at))
}

/// The folded text with a space left where one stands between two numbers (附件1 2026年度). Figures that stand one by
/// one (2 0 2 6年) are one number.
fn numbers_apart(text: &str) -> Vec<char> {
    let mut out: Vec<char> = Vec::new();
    let mut one_by_one = true;
    for part in text.split(char::is_whitespace) {
        let part = folded(part);
        let behind = part.iter().take_while(|c| c.is_ascii_digit()).count();
        let at_end = part.iter().rev().take_while(|c| c.is_ascii_digit()).count();
        if behind > 0 && out.last().is_some_and(char::is_ascii_digit) && !(one_by_one && behind == 1) {
            out.push(' ');
        }
        if !part.is_empty() {
            one_by_one = at_end == 1;
        }
        out.extend(part);
    }
    out
}

/// Reads a period cell: as [`find`], or whatever dates stand in it, from the first to the last.
pub(super) fn parse(text: &str) -> Option<Period> {
    let chars = arabic(&folded(text));
    let plain: String = chars.iter().collect();
    let dated = chars
        .iter()
        .any(|c| matches!(c, '-' | '~' | '至' | '到' | '/' | '.' | '。' | 'Q' | '日'));
    if !dated && chars.contains(&'年') {
        return find(text).or_else(|| spanned(&chars, plain));
    }
    spanned(&chars, plain)
}

/// The span from the first to the last date of a text.
fn spanned(chars: &[char], plain: String) -> Option<Period> {
    let tokens = tokens(chars);
    let (first, last) = (tokens.first()?, tokens.last()?);
    let year_only = tokens.len() == 1 && first.month.is_none();
    Some(Period {
        text: if year_only { first.year.to_string() } else { plain },
        from: first.start()?,
        to: last.end()?,
    })
}

/// A year, with a month and a day where they are given.
#[derive(Debug, Clone, Copy)]
struct Token {
    year: i32,
    month: Option<u32>,
    /// Months it covers from there.
    count: u32,
    day: Option<u32>,
}

impl Token {
    fn start(&self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))
    }

    fn end(&self) -> Option<NaiveDate> {
        if self.day.is_some() {
            return self.start();
        }
        months(self.year, self.month.unwrap_or(1), self.count, String::new()).map(|period| period.to)
    }
}

/// Years, months and days in the order they stand; a month behind another belongs to the year before it.
fn tokens(chars: &[char]) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let digits: String = chars[at..].iter().take_while(|c| c.is_ascii_digit()).take(8).collect();
        if digits.is_empty() {
            let half = [('上', 1), ('下', 7)]
                .into_iter()
                .find(|(c, _)| chars[at..].starts_with(&[*c, '半', '年']));
            if let (Some((_, month)), Some(last)) = (half, out.last_mut()) {
                (last.month, last.count) = (Some(month), 6);
            }
            at += 1;
            continue;
        }
        let quarter = at > 0 && chars[at - 1] == 'Q';
        at += digits.len();
        take(&mut out, &digits, quarter, chars.get(at));
    }
    out
}

/// Takes one number of a text as a date, a year, a quarter, a month or a day.
fn take(out: &mut Vec<Token>, digits: &str, quarter: bool, next: Option<&char>) {
    let number = |text: &str| text.parse::<u32>().unwrap_or(0);
    let year = digits.get(..4).map_or(0, |year| number(year).cast_signed());
    match (digits.len(), out.last_mut()) {
        (4 | 6 | 8, _) if (1950..2100).contains(&year) => {
            let part = |from: usize| digits.get(from..from + 2).map(number);
            out.push(Token {
                year,
                month: part(4),
                count: if digits.len() > 4 { 1 } else { 12 },
                day: part(6),
            });
        }
        (1, Some(last)) if quarter => (last.month, last.count) = (Some(number(digits) * 3).map(|m| m.max(3) - 2), 3),
        (1 | 2, Some(last)) if last.month.is_none() => (last.month, last.count) = (Some(number(digits)), 1),
        (1 | 2, Some(last)) if next == Some(&'月') => {
            let year = last.year;
            out.push(Token {
                year,
                month: Some(number(digits)),
                count: 1,
                day: None,
            });
        }
        (1 | 2, Some(last)) if last.day.is_none() => last.day = Some(number(digits)),
        _ => {}
    }
}

/// Chinese figures of a year as digits: 二〇二六年.
fn arabic(chars: &[char]) -> Vec<char> {
    let digit = |c: &char| figure(*c).map(|value| char::from(b'0' + value));
    let mut out = Vec::with_capacity(chars.len());
    let mut at = 0;
    while at < chars.len() {
        let year: Option<Vec<char>> = chars[at..].iter().take(4).map(digit).collect();
        if let Some(year) = year.filter(|year| year.len() == 4 && chars.get(at + 4) == Some(&'年')) {
            // The number of a file is no part of the year behind it: 41二〇二六年度.
            if out.last().is_some_and(char::is_ascii_digit) {
                out.push(' ');
            }
            out.extend(year);
            at += 4;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
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
        assert_eq!(shown("云川市住建局二〇二六年度考核名单"), some("2026", "2026-12-31"));
        assert_eq!(shown("41二〇二六年度考核名单"), some("2026", "2026-12-31"));
        assert_eq!(shown("2026年第三季度绩效"), some("2026年第三季度", "2026-09-30"));
        assert_eq!(shown("2026年3季度"), some("2026年第三季度", "2026-09-30"));
        assert_eq!(shown("２０２６年１０月工资"), some("2026年10月", "2026-10-31"));
        assert_eq!(shown("2026年上半年"), some("2026年上半年", "2026-06-30"));
        assert_eq!(shown("填报日期：2027年1月8日"), None);
        for text in [
            "27 2026年度考核等次",
            "附件2 2026年度考核",
            "附件1\u{3000}2026年度云川市住建局考核等次",
            "12  2026 年考核",
            "1 2 2026年考核",
            "2 0 2 6 年度考核",
            "附件 2-2026年度考核",
        ] {
            assert_eq!(shown(text), some("2026", "2026-12-31"), "{text}");
        }
        assert_eq!(shown("文号2 02612026年度"), None);
        assert_eq!(parse("2026").unwrap().text, "2026");
        for (text, to) in [
            ("2026-07", "2026-07-31"),
            ("2026/07", "2026-07-31"),
            ("2026.7", "2026-07-31"),
            ("202607", "2026-07-31"),
            ("2026Q3", "2026-09-30"),
            ("2026上半年", "2026-06-30"),
            ("2026下半年", "2026-12-31"),
            ("2026年1-6月", "2026-06-30"),
            ("2026年7月3日", "2026-07-03"),
            ("2026.07-2026.12", "2026-12-31"),
            ("2026-07-01至2026-12-31", "2026-12-31"),
            ("2026年6月1日至7月31日", "2026-07-31"),
            ("2026年6月至2027年5月", "2027-05-31"),
            ("二〇二六年度", "2026-12-31"),
            ("2026年度", "2026-12-31"),
        ] {
            assert_eq!(
                parse(text).map(|period| period.to.to_string()).as_deref(),
                Some(to),
                "{text}"
            );
        }
        assert_eq!(parse("长期").map(|period| period.text), None);
    }
}
