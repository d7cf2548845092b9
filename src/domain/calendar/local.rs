//! Local arrangements: a region's own holidays, a unit's own rest or working days, over the national calendar.

use super::{Calendar, CalendarError, NoticeDay};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// A local arrangement of days for one unit and the units below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalArrangement {
    /// The unit, as a path or a full name.
    pub unit: String,
    /// What it is about.
    pub name: String,
    /// Document number, where there is one.
    #[serde(default)]
    pub number: Option<String>,
    /// Day of publication; none for a file dropped in without one.
    #[serde(default)]
    pub published: Option<NaiveDate>,
    /// Where it was published.
    #[serde(default)]
    pub url: Option<String>,
    /// The days it names; they beat the national arrangement of the same days.
    pub days: Vec<NoticeDay>,
}

impl LocalArrangement {
    /// Refuses an arrangement without a unit or days, and days named twice.
    pub fn check(&self) -> Result<(), CalendarError> {
        let mut seen = BTreeSet::new();
        for day in &self.days {
            if !seen.insert(day.date) {
                return Err(CalendarError::LocalRepeatedDay {
                    unit: self.unit.clone(),
                    date: day.date,
                });
            }
        }
        if self.unit.trim().is_empty() || self.days.is_empty() {
            return Err(CalendarError::LocalEmpty);
        }
        Ok(())
    }
}

/// The national calendar and those that units have made of it.
#[derive(Debug, Clone)]
pub struct Calendars {
    national: Calendar,
    local: BTreeMap<String, Calendar>,
}

impl Calendars {
    /// Lays the local arrangements known by `as_of` (all when none is given) over the national calendar. A unit
    /// takes over what the units above it have arranged; of two arrangements of a day the later one holds.
    pub fn new(
        national: Calendar,
        local: &[LocalArrangement],
        as_of: Option<NaiveDate>,
    ) -> Result<Self, CalendarError> {
        let mut known: Vec<&LocalArrangement> = Vec::new();
        for one in local {
            one.check()?;
            let in_force = as_of.is_none_or(|limit| one.published.is_some_and(|published| published <= limit));
            if in_force {
                known.push(one);
            }
        }
        known.sort_by_key(|one| (one.published.unwrap_or(NaiveDate::MAX), one.unit.len()));
        let units: BTreeSet<&str> = known.iter().map(|one| one.unit.as_str()).collect();
        let mut calendars: BTreeMap<String, Calendar> = units
            .into_iter()
            .map(|unit| {
                let mut own: Vec<&LocalArrangement> =
                    known.iter().copied().filter(|one| governs(&one.unit, unit)).collect();
                // What is nearer to the unit holds over what is farther; within one unit, the later one.
                own.sort_by_key(|one| one.unit.len());
                (unit.to_owned(), national.overlaid(&own))
            })
            .collect();
        let mut national = national;
        if !calendars.is_empty() {
            // One revision for all: whatever changes, every due day is looked at again.
            let mut hash = Sha256::new();
            hash.update(national.revision());
            for (unit, calendar) in &calendars {
                hash.update(format!("\n{unit} {}", calendar.revision()));
            }
            let revision = crate::domain::ids::hex(&hash.finalize()[..6]);
            national = national.renamed(&revision);
            for calendar in calendars.values_mut() {
                *calendar = calendar.clone().renamed(&revision);
            }
        }
        Ok(Self {
            national,
            local: calendars,
        })
    }

    /// The national calendar alone.
    pub fn national(&self) -> &Calendar {
        &self.national
    }

    /// Names the data of all calendars together.
    pub fn revision(&self) -> &str {
        self.national.revision()
    }

    /// The calendar that rules for a unit, with the unit whose arrangement it is; `None`: the national one.
    pub fn of(&self, unit: Option<&str>) -> (&Calendar, Option<&str>) {
        let nearest = unit.and_then(|unit| {
            self.local
                .iter()
                .filter(|(own, _)| governs(own, unit))
                .max_by_key(|(own, _)| own.len())
        });
        match nearest {
            Some((own, calendar)) => (calendar, Some(own)),
            None => (&self.national, None),
        }
    }

    /// Which days are other days than they were.
    pub fn changed_since(&self, before: &Self) -> Changed {
        if !self.local.keys().eq(before.local.keys()) {
            return Changed::Anything;
        }
        let pairs = self.local.values().zip(before.local.values());
        let spans = pairs
            .chain([(&self.national, &before.national)])
            .filter_map(|(now, then)| now.changed_since(then));
        spans
            .reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))
            .map_or(Changed::Nothing, |(first, last)| Changed::Between(first, last))
    }

    /// The units that have arrangements of their own.
    pub fn local_units(&self) -> impl Iterator<Item = (&str, &Calendar)> {
        self.local.iter().map(|(unit, calendar)| (unit.as_str(), calendar))
    }
}

/// How far two sets of calendars part. A due day was reckoned from the days between its event and itself and from no
/// others, so where none of these has changed it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// A unit has a calendar of its own that had none, or the other way round.
    Anything,
    /// No day.
    Nothing,
    /// No day before the first and none after the second.
    Between(NaiveDate, NaiveDate),
}

/// Whether an arrangement of `above` rules for `unit`: the same unit, or one above it on the path.
fn governs(above: &str, unit: &str) -> bool {
    unit == above || unit.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
}
