//! Values as they are stored and read back.

use super::StoreError;
use chrono::NaiveDate;

/// A civil day as ISO text.
pub(super) fn day(what: &'static str, text: &str) -> Result<NaiveDate, StoreError> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| StoreError::corrupt(what, text))
}

/// An optional civil day.
pub(super) fn maybe_day(what: &'static str, text: Option<&String>) -> Result<Option<NaiveDate>, StoreError> {
    text.map(|text| day(what, text)).transpose()
}

/// ISO text of an optional day.
pub(super) fn iso(day: Option<NaiveDate>) -> Option<String> {
    day.map(|day| day.to_string())
}
