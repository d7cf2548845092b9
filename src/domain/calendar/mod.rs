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

/// A calendar for the tests of other rooms: 2026 as it was announced, less the days no test goes near.
#[cfg(test)]
pub(crate) mod testing {
    use super::{Calendar, tests};

    pub(crate) fn national() -> Calendar {
        let days = [
            ("2026-04-06", true),
            ("2026-05-01", true),
            ("2026-05-04", true),
            ("2026-05-05", true),
            ("2026-05-09", false),
            ("2026-06-19", true),
            ("2026-09-20", false),
            ("2026-09-25", true),
            ("2026-10-01", true),
            ("2026-10-02", true),
            ("2026-10-05", true),
            ("2026-10-06", true),
            ("2026-10-07", true),
            ("2026-10-10", false),
        ];
        tests::replay(&[tests::notice(2026, 1, Some("2025-11-04"), &days)])
    }
}
