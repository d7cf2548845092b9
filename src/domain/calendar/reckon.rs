//! Reckoning: deadlines, counts and the days behind them.

use super::table::is_weekend;
use super::{Calendar, CalendarError, Certainty, DayFacts};
use chrono::{Datelike, Days, NaiveDate};
use serde::{Serialize, Serializer};
use std::fmt;

/// The most working days one deadline may span; about eighty years.
pub const MAX_WORKING_DAYS: u32 = 20_000;

/// Why a reckoning is not firm; shown in the words people see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Touches this year, whose notice is not out.
    Unpublished(i32),
    /// Touches the end of this year while the next year's notice is not out.
    YearEnd(i32),
}

impl Doubt {
    const fn certainty(self) -> Certainty {
        match self {
            Self::Unpublished(_) => Certainty::Unpublished,
            Self::YearEnd(_) => Certainty::Open,
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unpublished(year) => write!(
                f,
                "{year}年放假安排尚未公布，该年暂按周一至周五扣除法定节假日估算，不含调休，公布后重新计算"
            ),
            Self::YearEnd(year) => write!(
                f,
                "{}年放假安排尚未公布，{year}年12月29日至31日可能调休，公布后重新计算",
                year + 1
            ),
        }
    }
}

impl Serialize for Doubt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A reckoned deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Deadline {
    /// The last day, always a working day.
    pub day: NaiveDate,
    /// How far it can be relied on.
    pub certainty: Certainty,
    /// The day alerts go by: the earlier of `day` and plain Monday to Friday while not firm.
    pub alert_day: NaiveDate,
    /// Why it is not firm, for people.
    pub reason: Option<Doubt>,
}

/// A number of working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Working days in the span.
    pub working_days: u32,
    /// How far it can be relied on.
    pub certainty: Certainty,
    /// Why it is not firm, for people.
    pub reason: Option<Doubt>,
}

/// One day of a reckoning laid open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReckonedDay {
    /// What the day is.
    #[serde(flatten)]
    pub facts: DayFacts,
    /// Its number among the counted working days, from 1.
    pub ordinal: Option<u32>,
}

impl Calendar {
    /// The `n`-th working day after `start`. The start is day 0 whether it is a working day or
    /// not: an event on a rest day is counted from the next working day as day 1.
    #[inline]
    pub fn add(&self, start: NaiveDate, n: u32) -> Result<Deadline, CalendarError> {
        match self.settled_end(start, n) {
            Some(day) => Ok(Deadline {
                day,
                certainty: Certainty::Firm,
                alert_day: day,
                reason: None,
            }),
            None => self.unsettled_end(start, n),
        }
    }

    /// The answer where notices settle every day in between: two look-ups.
    #[inline]
    fn settled_end(&self, start: NaiveDate, n: u32) -> Option<NaiveDate> {
        if n == 0 || n > MAX_WORKING_DAYS {
            return None;
        }
        let day = self.select(self.rank(self.place(start)? + 1) + n - 1)?;
        (day < self.settled_until).then_some(day)
    }

    /// The answer in all other cases, or why there is none.
    #[inline(never)]
    fn unsettled_end(&self, start: NaiveDate, n: u32) -> Result<Deadline, CalendarError> {
        bounded(n)?;
        let after = self.index(start)? + 1;
        let day = self.select(self.rank(after) + n - 1).ok_or_else(|| self.beyond())?;
        let (certainty, reason) = self.doubt(after, self.index(day)? + 1);
        let alert_day = match certainty {
            Certainty::Firm => day,
            Certainty::Open | Certainty::Unpublished => day.min(self.plain_end(start, n).unwrap_or(day)),
        };
        Ok(Deadline {
            day,
            certainty,
            alert_day,
            reason,
        })
    }

    /// As if there were neither holidays nor make-ups from the first unsettled day on; what notices settle counts as
    /// they say.
    fn plain_end(&self, start: NaiveDate, n: u32) -> Option<NaiveDate> {
        let settled = self.settled_until.checked_sub_days(Days::new(1))?;
        if start >= settled {
            return plain(start, n);
        }
        let counted = self.rank(self.place(settled)? + 1) - self.rank(self.place(start)? + 1);
        plain(settled, n.checked_sub(counted).filter(|left| *left > 0)?)
    }

    /// The `n`-th working day before `day`.
    pub fn back(&self, day: NaiveDate, n: u32) -> Result<NaiveDate, CalendarError> {
        bounded(n)?;
        let number = self.rank(self.index(day)?).checked_sub(n);
        number
            .and_then(|number| self.select(number))
            .ok_or_else(|| self.too_early())
    }

    /// The nearest working day that is not after `day`.
    pub fn on_or_before(&self, day: NaiveDate) -> Result<NaiveDate, CalendarError> {
        let number = self.rank(self.index(day)? + 1).checked_sub(1);
        number
            .and_then(|number| self.select(number))
            .ok_or_else(|| self.too_early())
    }

    /// The nearest working day that is not before `day`.
    pub fn on_or_after(&self, day: NaiveDate) -> Result<NaiveDate, CalendarError> {
        let number = self.rank(self.index(day)?);
        self.select(number).ok_or_else(|| self.beyond())
    }

    /// The number of working days after `from` up to and including `to`.
    #[inline]
    pub fn count(&self, from: NaiveDate, to: NaiveDate) -> Result<Count, CalendarError> {
        match self.settled_count(from, to) {
            Some(working_days) => Ok(Count {
                working_days,
                certainty: Certainty::Firm,
                reason: None,
            }),
            None => self.unsettled_count(from, to),
        }
    }

    #[inline]
    fn settled_count(&self, from: NaiveDate, to: NaiveDate) -> Option<u32> {
        if to < from || to >= self.settled_until {
            return None;
        }
        Some(self.rank(self.place(to)? + 1) - self.rank(self.place(from)? + 1))
    }

    #[inline(never)]
    fn unsettled_count(&self, from: NaiveDate, to: NaiveDate) -> Result<Count, CalendarError> {
        if to < from {
            return Err(CalendarError::Reversed { from, to });
        }
        let (after, end) = (self.index(from)? + 1, self.index(to)? + 1);
        let (certainty, reason) = self.doubt(after, end);
        Ok(Count {
            working_days: self.rank(end) - self.rank(after),
            certainty,
            reason,
        })
    }

    /// Every day after `start` up to and including `until`, the working days numbered.
    pub fn reckoning(&self, start: NaiveDate, until: NaiveDate) -> Result<Vec<ReckonedDay>, CalendarError> {
        if until < start {
            return Err(CalendarError::Reversed { from: start, to: until });
        }
        self.index(start)?;
        self.index(until)?;
        let mut ordinal = 0;
        let mut days = Vec::new();
        for day in start.iter_days().skip(1).take_while(|day| *day <= until) {
            let facts = self.facts(day)?;
            ordinal += u32::from(facts.working);
            days.push(ReckonedDay {
                ordinal: facts.working.then_some(ordinal),
                facts,
            });
        }
        Ok(days)
    }

    fn too_early(&self) -> CalendarError {
        let first = self.first.year();
        CalendarError::BeforeFirst { year: first - 1, first }
    }

    /// The worst certainty of the places `from..to`, with its reason.
    fn doubt(&self, from: usize, to: usize) -> (Certainty, Option<Doubt>) {
        let reason = match self.doubts(from, to) {
            (Some(year), _) => Some(Doubt::Unpublished(year)),
            (None, Some(year)) => Some(Doubt::YearEnd(year)),
            (None, None) => None,
        };
        (reason.map_or(Certainty::Firm, Doubt::certainty), reason)
    }
}

const fn bounded(n: u32) -> Result<(), CalendarError> {
    match n {
        0 => Err(CalendarError::ZeroDays),
        1..=MAX_WORKING_DAYS => Ok(()),
        _ => Err(CalendarError::TooManyDays {
            days: n,
            max: MAX_WORKING_DAYS,
        }),
    }
}

/// The `n`-th Monday-to-Friday day after `start`, as if there were neither holidays nor make-ups.
fn plain(start: NaiveDate, n: u32) -> Option<NaiveDate> {
    let weekday = start.weekday().num_days_from_monday();
    // A weekend start counts like the Friday before it.
    let (base, weekday) = if is_weekend(start) {
        (start.checked_sub_days(Days::new(u64::from(weekday - 4)))?, 4)
    } else {
        (start, weekday)
    };
    let rest = n % 5;
    let over = if weekday + rest > 4 { 2 } else { 0 };
    base.checked_add_days(Days::new(u64::from(n / 5 * 7 + rest + over)))
}
