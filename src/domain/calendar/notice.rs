//! One notice on holidays and make-up days, and which notices are in force on a day.

use super::CalendarError;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether a notice arranges a whole year or changes an arrangement already made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// 年度放假安排.
    Annual,
    /// 调整通知.
    Amendment,
}

impl NoticeKind {
    /// The word people see.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Annual => "年度通知",
            Self::Amendment => "调整通知",
        }
    }
}

/// A day a notice names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeDay {
    /// Name of the holiday. Empty where a day merely goes back to what its weekday says.
    pub name: String,
    /// The day.
    pub date: NaiveDate,
    /// Off, or else a working day.
    #[serde(rename = "isOffDay")]
    pub off: bool,
}

/// A notice with its own days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The year it arranges; single days may lie in the neighbouring years.
    pub year: i32,
    /// Its place among the notices of the year, from 1.
    pub seq: u32,
    /// Annual or amendment.
    pub kind: NoticeKind,
    /// Document number, where confirmed.
    pub number: Option<String>,
    /// Day of publication; none for a file dropped in without one.
    pub published: Option<NaiveDate>,
    /// Where it was published.
    pub url: Option<String>,
    /// The days it names.
    pub days: Vec<NoticeDay>,
}

/// What a page or a log says of the notice a day rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticeRef {
    /// The year the notice arranges.
    pub year: i32,
    /// Document number, where confirmed.
    pub number: Option<String>,
    /// Day of publication.
    pub published: Option<NaiveDate>,
    /// Where it was published.
    pub url: Option<String>,
}

impl Notice {
    /// Refuses days far from the notice's year and days named twice.
    pub fn check(&self) -> Result<(), CalendarError> {
        let mut seen = BTreeSet::new();
        for day in &self.days {
            if !near(self.year, day.date) {
                return Err(CalendarError::StrayDay {
                    year: self.year,
                    seq: self.seq,
                    date: day.date,
                });
            }
            if !seen.insert(day.date) {
                return Err(CalendarError::RepeatedDay {
                    year: self.year,
                    seq: self.seq,
                    date: day.date,
                });
            }
        }
        Ok(())
    }

    pub(super) fn reference(&self) -> NoticeRef {
        NoticeRef {
            year: self.year,
            number: self.number.clone(),
            published: self.published,
            url: self.url.clone(),
        }
    }
}

/// A notice reaches into the December before and the January after its year.
fn near(year: i32, date: NaiveDate) -> bool {
    let before = date.year() == year - 1 && date.month() == 12;
    let after = date.year() == year + 1 && date.month() == 1;
    date.year() == year || before || after
}

/// The notices published by `as_of`, oldest first. A notice without a publication date is known
/// only to be present now: it comes last, and is out of force whenever a past day is asked for.
pub(super) fn in_force(notices: &[Notice], as_of: Option<NaiveDate>) -> Result<Vec<&Notice>, CalendarError> {
    let mut numbers = BTreeSet::new();
    let mut annual = BTreeSet::new();
    for notice in notices {
        notice.check()?;
        let second_annual = notice.kind == NoticeKind::Annual && !annual.insert(notice.year);
        if !numbers.insert((notice.year, notice.seq)) || second_annual {
            return Err(CalendarError::RepeatedNotice {
                year: notice.year,
                seq: notice.seq,
            });
        }
    }
    let mut chosen: Vec<&Notice> = notices
        .iter()
        .filter(|notice| match (as_of, notice.published) {
            (None, _) => true,
            (Some(limit), Some(published)) => published <= limit,
            (Some(_), None) => false,
        })
        .collect();
    chosen.sort_by_key(|notice| {
        let published = notice.published.unwrap_or(NaiveDate::MAX);
        (published, notice.year, notice.seq)
    });
    Ok(chosen)
}
