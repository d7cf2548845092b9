//! Civil days and moments. Legal days are civil dates in Asia/Shanghai whatever the host's zone.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, SecondsFormat, TimeZone, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Offset of Asia/Shanghai from UTC in seconds. No daylight saving since 1991-09-15, and every
/// moment this product handles lies after that day.
const SHANGHAI_OFFSET_SECONDS: i32 = 8 * 3600;

/// The zone all legal days are reckoned in.
pub fn shanghai() -> FixedOffset {
    FixedOffset::east_opt(SHANGHAI_OFFSET_SECONDS).expect("eight hours is a valid offset")
}

/// A point in time: whole milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

impl Moment {
    /// Wraps milliseconds since the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The moment at `time` of the civil `day` in Asia/Shanghai.
    pub fn at(day: NaiveDate, time: NaiveTime) -> Self {
        let local = shanghai()
            .from_local_datetime(&day.and_time(time))
            .single()
            .expect("a fixed offset maps every local time to one moment");
        Self(local.timestamp_millis())
    }

    /// The civil day in Asia/Shanghai on which this moment lies.
    pub fn day(self) -> NaiveDate {
        self.local().date_naive()
    }

    /// The time of day in Asia/Shanghai.
    pub fn time(self) -> NaiveTime {
        self.local().time()
    }

    /// This moment with the offset of Asia/Shanghai.
    pub fn local(self) -> DateTime<FixedOffset> {
        shanghai()
            .timestamp_millis_opt(self.0)
            .single()
            .unwrap_or_else(|| shanghai().timestamp_opt(0, 0).single().expect("the epoch exists"))
    }

    /// A moment `millis` milliseconds later (earlier when negative).
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Reads an RFC 3339 moment (`2026-12-01T09:00:00+08:00`), a local `2026-12-01T09:00:00`, or a
    /// bare day, which means 09:00 of that day in Asia/Shanghai.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            return Some(Self(at.timestamp_millis()));
        }
        if let Ok(local) = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S") {
            return Some(Self::at(local.date(), local.time()));
        }
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        Some(Self::at(day, NaiveTime::from_hms_opt(9, 0, 0).expect("09:00 exists")))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.local().to_rfc3339_opts(SecondsFormat::Secs, false))
    }
}

/// `周一` … `周日`.
pub fn weekday_zh(day: NaiveDate) -> &'static str {
    match day.weekday() {
        Weekday::Mon => "周一",
        Weekday::Tue => "周二",
        Weekday::Wed => "周三",
        Weekday::Thu => "周四",
        Weekday::Fri => "周五",
        Weekday::Sat => "周六",
        Weekday::Sun => "周日",
    }
}

/// `2026年11月23日`.
pub fn day_zh(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_late_in_utc_belongs_to_the_next_day_in_shanghai() {
        let at = Moment::parse("2026-03-01T16:00:00Z").expect("valid");
        assert_eq!(at.day().to_string(), "2026-03-02");
        assert_eq!(at.to_string(), "2026-03-02T00:00:00+08:00");
    }

    #[test]
    fn a_bare_day_means_nine_in_the_morning() {
        assert_eq!(
            Moment::parse("2026-12-01").expect("valid").to_string(),
            "2026-12-01T09:00:00+08:00"
        );
        assert_eq!(Moment::parse("2026-02-30"), None);
    }
}
