//! The working-day calendar of the People's Republic of China, as the notices of the State
//! Council's General Office make it. Notices are replayed by publication date; years without a
//! notice are estimated and marked so, and a year before the first notice is an error.

mod error;
mod local;
mod notice;
mod reckon;
mod statutory;
mod table;

#[cfg(test)]
mod tests;

pub use error::CalendarError;
pub use local::{Calendars, Changed, LocalArrangement};
pub use notice::{Notice, NoticeDay, NoticeKind, NoticeRef};
pub use reckon::{Count, Deadline, Doubt, MAX_WORKING_DAYS, ReckonedDay};
pub use statutory::{Anchor, FestivalDates, HolidayRule, Regime, Statutory, StatutoryData};
pub use table::{Calendar, Certainty, DayFacts, DayKind};
