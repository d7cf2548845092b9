//! Values as they are stored and read back.

use super::db::on;
use super::{StoreError, Tx};
use crate::domain::ids::unhex;
use chrono::NaiveDate;

/// A civil day as ISO text.
pub(super) fn day(what: &'static str, text: &str) -> Result<NaiveDate, StoreError> {
    iso_day(text)
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
        .ok_or_else(|| StoreError::corrupt(what, text))
}

/// A day as every one is written here; reading it by a pattern takes many times as long, and a register has thousands.
fn iso_day(text: &str) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
        return None;
    };
    let number = |digits: &[&u8]| {
        let digit = |digit: &&u8| char::from(**digit).to_digit(10);
        digits.iter().try_fold(0, |all, next| Some(all * 10 + digit(next)?))
    };
    NaiveDate::from_ymd_opt(
        number(&[y1, y2, y3, y4])? as i32,
        number(&[m1, m2])?,
        number(&[d1, d2])?,
    )
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

/// Rows that the database hands over as one JSON text: where a whole table is read, the driver's way of handing over row
/// by row takes several times as long as everything else.
pub(super) async fn at_once<T: serde::de::DeserializeOwned>(
    tx: &mut Tx,
    statement: &'static str,
) -> Result<Vec<T>, StoreError> {
    let text: String = on!(tx, c => sqlx::query_scalar(statement).fetch_one(c).await)?;
    serde_json::from_str(&text).map_err(|error| StoreError::corrupt("JSON", error.to_string()))
}

/// Bytes that such a text holds in hexadecimal digits.
pub(super) fn bytes<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
    use serde::Deserialize as _;
    let Some(text) = Option::<&str>::deserialize(from)? else {
        return Ok(None);
    };
    let bytes = unhex(text).ok_or_else(|| serde::de::Error::custom("no hexadecimal digits"))?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_it_was_written_and_nothing_else_is() {
        for text in ["2026-03-05", "1999-12-31", "2028-02-29"] {
            assert_eq!(day("日期", text).map(|day| day.to_string()).ok().as_deref(), Some(text));
        }
        for text in ["2026-02-30", "2026-13-01", "2026/03/05", "", "2026-03-0x", "二〇二六"] {
            assert!(day("日期", text).is_err(), "{text}");
        }
    }
}
