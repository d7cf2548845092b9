//! A span of days that people name: a year, a quarter, a month.

use chrono::{Datelike, Months, NaiveDate};

/// Which days are looked at, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl Span {
    /// Whether a day lies in it.
    pub fn has(self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }

    /// So many months from the first day of one; none beyond what a calendar holds.
    pub fn of_months(year: i32, first: u32, months: u32) -> Option<Self> {
        let from = NaiveDate::from_ymd_opt(year, first, 1)?;
        let after = from.checked_add_months(Months::new(months))?;
        Some(Self {
            from,
            to: after.pred_opt()?,
        })
    }

    /// Reads `2026`, `2026Q3` or `2026-07`.
    pub fn read(text: &str) -> Option<Self> {
        let year = |text: &str| text.parse().ok().filter(|year| (1950..2100).contains(year));
        let plain = text.trim().trim_end_matches("年度").trim_end_matches('年');
        if let Some((years, quarter)) = plain.split_once(['Q', 'q']) {
            let quarter: u32 = quarter.parse().ok().filter(|quarter| (1..=4).contains(quarter))?;
            return Self::of_months(year(years)?, quarter * 3 - 2, 3);
        }
        if let Some((years, month)) = plain.split_once('-') {
            return Self::of_months(year(years)?, month.parse().ok()?, 1);
        }
        Self::of_months(year(plain)?, 1, 12)
    }

    /// The word an address carries, read back by [`Span::read`]; the days themselves where it has no such word.
    pub fn key(self) -> String {
        let (year, month) = (self.from.year(), self.from.month());
        match [12, 3, 1]
            .into_iter()
            .find(|n| Self::of_months(year, month, *n) == Some(self))
        {
            Some(12) if month == 1 => year.to_string(),
            Some(3) if month % 3 == 1 => format!("{year}Q{}", month.div_ceil(3)),
            Some(1) => format!("{year}-{month:02}"),
            _ => format!("{}..{}", self.from, self.to),
        }
    }

    /// The same in the words people see.
    pub fn zh(self) -> String {
        let (year, month) = (self.from.year(), self.from.month());
        match [12, 3, 1]
            .into_iter()
            .find(|n| Self::of_months(year, month, *n) == Some(self))
        {
            Some(12) if month == 1 => format!("{year} 年"),
            Some(3) if month % 3 == 1 => {
                let quarter = ["一", "二", "三", "四"][(month.div_ceil(3) - 1) as usize];
                format!("{year} 年第{quarter}季度")
            }
            Some(1) => format!("{year} 年 {month} 月"),
            _ => format!("{} 至 {}", self.from, self.to),
        }
    }

    /// The months it touches that begin by a day, each whole.
    pub fn months_until(self, until: NaiveDate) -> Vec<Self> {
        let first = Self::of_months(self.from.year(), self.from.month(), 1);
        let after = |month: &Self| {
            let next = month.to.succ_opt()?;
            Self::of_months(next.year(), next.month(), 1)
        };
        std::iter::successors(first, after)
            .take_while(|month| month.from <= self.to && month.from <= until)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn a_year_a_quarter_and_a_month_are_read_and_named() {
        for (text, from, to, zh) in [
            ("2026", "2026-01-01", "2026-12-31", "2026 年"),
            ("2026Q1", "2026-01-01", "2026-03-31", "2026 年第一季度"),
            ("2026Q4", "2026-10-01", "2026-12-31", "2026 年第四季度"),
            ("2024-02", "2024-02-01", "2024-02-29", "2024 年 2 月"),
        ] {
            let span = Span::read(text).expect(text);
            assert_eq!((span.from, span.to), (day(from), day(to)), "{text}");
            assert_eq!((span.key().as_str(), span.zh().as_str()), (text, zh));
        }
        assert_eq!(Span::read("2026年度"), Span::read("2026"));
        for wrong in [
            "", "26", "2026Q5", "2026Q", "2026-13", "2026-00", "-1", "2100", "2026-1-1",
        ] {
            assert_eq!(Span::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn months_end_with_the_span_or_the_day() {
        let names = |span: Span, until: &str| {
            let months = span.months_until(day(until)).into_iter();
            months.map(Span::key).collect::<Vec<_>>().join(" ")
        };
        let quarter = Span::read("2026Q1").expect("a quarter");
        assert_eq!(names(quarter, "2030-01-01"), "2026-01 2026-02 2026-03");
        assert_eq!(names(quarter, "2026-02-01"), "2026-01 2026-02");
        assert_eq!(names(quarter, "2025-12-31"), "");
        let odd = Span {
            from: day("2026-01-20"),
            to: day("2026-02-02"),
        };
        assert_eq!(
            (names(odd, "2027-01-01").as_str(), odd.key().as_str()),
            ("2026-01 2026-02", "2026-01-20..2026-02-02")
        );
    }
}
