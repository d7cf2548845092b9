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

/// Rows that one statement writes when there are many. Far below what either database takes in binds.
pub(super) const BATCH: usize = 64;

/// The places of [`BATCH`] rows of so many columns: `($1, $2), ($3, $4), …`.
pub(super) fn rows(columns: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> = (1..=columns)
            .map(|column| format!("${}", row * columns + column))
            .collect();
        format!("({})", places.join(", "))
    };
    (0..BATCH).map(row).collect::<Vec<_>>().join(", ")
}
