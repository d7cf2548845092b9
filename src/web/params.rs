//! Parameters of addresses, read strictly: a misspelt filter must not show a different list.

use super::PageError;
use super::visit::DONE;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use chrono::{Datelike as _, NaiveDate};
use std::ops::RangeInclusive;

/// The highest page number that is looked up.
const MAX_PAGE: u32 = 100_000;
/// The longest value of a parameter, in characters.
const MAX_VALUE: usize = 64;
/// The longest value that is itself an address.
const MAX_LONG: usize = 1024;
/// The longest id in a path.
const MAX_ID: usize = 64;

/// Years that addresses and forms may name.
const YEARS: RangeInclusive<i32> = 1949..=2200;

/// A day as addresses and forms write it; no signs, and no year that nobody means.
pub(super) fn day_of(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    YEARS.contains(&day.year()).then_some(day)
}

/// The parameters of one address.
pub(super) struct Params(Vec<(String, String)>);

impl<T: Send + Sync> FromRequestParts<T> for Params {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &T) -> Result<Self, PageError> {
        let Query(pairs) = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| unreadable())?;
        // Broken UTF-8 arrives as replacement characters and would silently look for something else.
        if pairs
            .iter()
            .any(|(name, value)| name.contains('\u{fffd}') || value.contains('\u{fffd}'))
        {
            return Err(unreadable());
        }
        // What came of a form is shown by whatever page it leads to.
        Ok(Self(pairs.into_iter().filter(|(name, _)| name != DONE).collect()))
    }
}

fn unreadable() -> PageError {
    PageError::bad_query("问号后的部分", "名称=值，以 & 相连，并按 UTF-8 编码")
}

impl Params {
    /// Refuses parameters the page does not know, repeated ones and overlong values.
    pub fn only(self, known: &[&str]) -> Result<Self, PageError> {
        self.bounded(known, MAX_VALUE)
    }

    /// The same for a page whose parameter is itself an address.
    pub fn only_long(self, known: &[&str]) -> Result<Self, PageError> {
        self.bounded(known, MAX_LONG)
    }

    /// The same for where another site leads people back to, which may add parameters of its own: those are not looked at.
    pub fn among(mut self, known: &[&str], longest: usize) -> Result<Self, PageError> {
        self.0.retain(|(name, _)| known.contains(&name.as_str()));
        self.bounded(known, longest)
    }

    fn bounded(self, known: &[&str], longest: usize) -> Result<Self, PageError> {
        for (at, (name, value)) in self.0.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let name: String = name.chars().take(20).collect();
                return Err(PageError::bad_query(
                    format!("「{name}」"),
                    if known.is_empty() {
                        "这个页面不带参数".to_owned()
                    } else {
                        format!("只能是 {}", known.join("、"))
                    },
                ));
            }
            if self.0[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(PageError::bad_query(format!("「{name}」"), "只能出现一次"));
            }
            if value.chars().count() > longest {
                return Err(PageError::bad_query(
                    format!("「{name}」"),
                    format!("不超过 {longest} 个字"),
                ));
            }
        }
        Ok(self)
    }

    /// The value of a parameter, trimmed; none when absent or empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The page number; 1 when absent.
    pub fn page(&self) -> Result<u32, PageError> {
        let Some(text) = self.text("page") else { return Ok(1) };
        text.parse()
            .ok()
            .filter(|page| (1..=MAX_PAGE).contains(page))
            .ok_or_else(|| PageError::bad_query("页码「page」", format!("1 至 {MAX_PAGE} 的整数")))
    }

    /// A day; none when absent.
    pub fn day(&self, name: &str) -> Result<Option<NaiveDate>, PageError> {
        self.text(name)
            .map(|text| {
                day_of(text).ok_or_else(|| PageError::bad_query(format!("日期「{name}」"), "年-月-日，如 2026-11-23"))
            })
            .transpose()
    }

    /// A year; none when absent.
    pub fn year(&self) -> Result<Option<i32>, PageError> {
        self.text("year")
            .map(|text| {
                text.parse()
                    .ok()
                    .filter(|year| YEARS.contains(year))
                    .ok_or_else(|| PageError::bad_query("年份「year」", "四位数字，如 2026"))
            })
            .transpose()
    }

    /// One of several values, found by its key; the first of `all` when absent.
    pub fn choice<T: Copy>(
        &self,
        name: &str,
        all: &[T],
        default: T,
        key: fn(T) -> &'static str,
    ) -> Result<T, PageError> {
        let Some(text) = self.text(name) else {
            return Ok(default);
        };
        all.iter().copied().find(|value| key(*value) == text).ok_or_else(|| {
            let keys: Vec<_> = all.iter().map(|value| key(*value)).collect();
            PageError::bad_query(format!("筛选「{name}」"), keys.join("、"))
        })
    }
}

/// The variable segment of a path.
pub(super) struct Segment(pub String);

impl<T: Send + Sync> FromRequestParts<T> for Segment {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &T) -> Result<Self, PageError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| PageError::NotFound { what: "页面" })?;
        Ok(Self(text))
    }
}

impl Segment {
    /// Takes it as an id; anything that cannot be one names nothing.
    pub fn id(self, what: &'static str) -> Result<String, PageError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if self.0.is_empty() || self.0.len() > MAX_ID || !self.0.bytes().all(plain) {
            return Err(PageError::NotFound { what });
        }
        Ok(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn page_numbers_are_bounded() {
        assert_eq!(params(&[]).page().expect("absent means the first"), 1);
        assert_eq!(params(&[("page", "7")]).page().expect("a number"), 7);
        for wrong in ["0", "-1", "100001", "1.5", "一", "99999999999999999999"] {
            assert!(params(&[("page", wrong)]).page().is_err(), "{wrong}");
        }
    }

    #[test]
    fn unknown_and_repeated_parameters_are_refused() {
        assert!(params(&[("shwo", "all")]).only(&["show", "page"]).is_err());
        assert!(params(&[("page", "1"), ("page", "2")]).only(&["page"]).is_err());
        assert!(params(&[("number", &"长".repeat(65))]).only(&["number"]).is_err());
        assert!(params(&[("page", "1")]).only(&["page"]).is_ok());
        let led = params(&[("session_state", "x"), ("session_state", "y"), ("code", "abc")]).among(&["code"], 3);
        assert_eq!(led.expect("foreign ones are passed over").text("code"), Some("abc"));
        assert!(params(&[("code", "a"), ("code", "b")]).among(&["code"], 3).is_err());
        assert!(params(&[("code", "abcd")]).among(&["code"], 3).is_err());
    }

    #[test]
    fn days_are_of_years_that_somebody_means() {
        assert!(day_of("2026-11-23").is_some() && day_of("1949-10-01").is_some());
        for wrong in [
            "-1-01-01",
            "0001-01-01",
            "1948-12-31",
            "+12026-01-01",
            "2201-01-01",
            "2026-02-30",
        ] {
            assert_eq!(day_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ids_are_plain_and_short() {
        assert!(Segment("a1B2-c_3".to_owned()).id("邮件").is_ok());
        for wrong in ["", "../etc", "a b", "甲", &"a".repeat(65)] {
            assert!(Segment(wrong.to_owned()).id("邮件").is_err(), "{wrong}");
        }
    }
}
