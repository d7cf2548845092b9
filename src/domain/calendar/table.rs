//! The table of days built once from the notices in force: rank by prefix counts, select by array.

use super::notice::in_force;
use super::{CalendarError, LocalArrangement, Notice, NoticeKind, NoticeRef, Statutory};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// How far a reckoned day can be relied on. The greater one is the worse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Every day in between is settled by a notice.
    Firm,
    /// Touches 29–31 December while the next year's notice is not out.
    Open,
    /// Touches a year without a notice: an estimate.
    Unpublished,
}

impl Certainty {
    /// The word other programs read.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Firm => "firm",
            Self::Open => "open",
            Self::Unpublished => "unpublished",
        }
    }

    /// The word people see.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Firm => "确定",
            Self::Open => "年末待定",
            Self::Unpublished => "暂定",
        }
    }

    /// Reads the word back.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Firm, Self::Open, Self::Unpublished]
            .into_iter()
            .find(|it| it.as_str() == text)
    }
}

/// What a day is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DayKind {
    /// An ordinary working day.
    Workday,
    /// An ordinary Saturday or Sunday.
    Weekend,
    /// Off by a notice.
    Holiday {
        /// Name of the holiday.
        name: String,
    },
    /// A Saturday or Sunday worked by a notice (调休上班).
    MakeUp {
        /// The holiday it makes up for.
        name: String,
    },
    /// Off by the regulation, in a year whose notice is not out.
    StatutoryEstimate {
        /// Name of the holiday.
        name: String,
    },
}

/// All that is known of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DayFacts {
    /// The day.
    pub date: NaiveDate,
    /// Whether it counts as a working day.
    pub working: bool,
    /// Why.
    #[serde(flatten)]
    pub kind: DayKind,
    /// How far this can be relied on.
    pub certainty: Certainty,
    /// The notice that names it.
    pub notice: Option<NoticeRef>,
}

#[derive(Debug, Clone)]
struct Named {
    off: bool,
    name: String,
    notice: usize,
}

/// Numbers of days before an index, by sort.
#[derive(Debug, Clone, Copy, Default)]
struct Before {
    working: u32,
    open: u32,
    unpublished: u32,
}

/// The working-day calendar as the notices in force make it.
#[derive(Debug, Clone)]
pub struct Calendar {
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    covered: Vec<i32>,
    named: BTreeMap<NaiveDate, Named>,
    estimated: BTreeMap<NaiveDate, String>,
    notices: Vec<NoticeRef>,
    before: Vec<Before>,
    working: Vec<u32>,
    revision: String,
}

impl Calendar {
    /// Replays the notices published by `as_of` (all of them when none is given), by publication
    /// date. Years between the first published one and the end of the statutory table that have
    /// no notice are estimated.
    pub fn replay(notices: &[Notice], statutory: &Statutory, as_of: Option<NaiveDate>) -> Result<Self, CalendarError> {
        let notices = in_force(notices, as_of)?;
        let covered = published_years(&notices);
        let (first, last) = span(&covered, statutory, as_of)?;
        let mut named = BTreeMap::new();
        for (index, notice) in notices.iter().enumerate() {
            for day in &notice.days {
                let entry = Named {
                    off: day.off,
                    name: day.name.clone(),
                    notice: index,
                };
                named.insert(day.date, entry);
            }
        }
        let mut calendar = Self {
            first,
            last,
            estimated: estimates(&covered, statutory, first.year())?,
            covered,
            named,
            notices: notices.iter().map(|notice| notice.reference()).collect(),
            before: Vec::new(),
            working: Vec::new(),
            revision: String::new(),
        };
        calendar.fill();
        calendar.revision = calendar.digest();
        Ok(calendar)
    }

    /// The same calendar with local arrangements laid over it, the last one on top.
    pub(super) fn overlaid(&self, arrangements: &[&LocalArrangement]) -> Self {
        let mut calendar = self.clone();
        for one in arrangements {
            calendar.notices.push(NoticeRef {
                year: one.days.first().map_or(0, |day| day.date.year()),
                number: Some(match &one.number {
                    Some(number) => format!("{}（{}，{number}）", one.name, one.unit),
                    None => format!("{}（{}）", one.name, one.unit),
                }),
                published: one.published,
                url: one.url.clone(),
            });
            for day in &one.days {
                let entry = Named {
                    off: day.off,
                    name: day.name.clone(),
                    notice: calendar.notices.len() - 1,
                };
                calendar.named.insert(day.date, entry);
            }
        }
        calendar.fill();
        calendar.revision = calendar.digest();
        calendar
    }

    /// The same calendar under another revision.
    pub(super) fn renamed(mut self, revision: &str) -> Self {
        revision.clone_into(&mut self.revision);
        self
    }

    /// Names the data: equal days in force and covered years give an equal revision.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// The years that have a notice, ascending.
    pub fn covered(&self) -> &[i32] {
        &self.covered
    }

    /// Whether the year has a notice in force.
    pub fn is_published(&self, year: i32) -> bool {
        self.covered.binary_search(&year).is_ok()
    }

    /// The first day the calendar answers for.
    pub const fn first_day(&self) -> NaiveDate {
        self.first
    }

    /// The last day the calendar answers for, estimates included.
    pub const fn last_day(&self) -> NaiveDate {
        self.last
    }

    /// Whether the day is a working day, estimates included.
    pub fn is_working_day(&self, day: NaiveDate) -> Result<bool, CalendarError> {
        let index = self.index(day)?;
        Ok(self.before[index + 1].working > self.before[index].working)
    }

    /// All that is known of a day.
    pub fn facts(&self, day: NaiveDate) -> Result<DayFacts, CalendarError> {
        self.index(day)?;
        let (working, certainty) = self.settle(day);
        let notice = self
            .named
            .get(&day)
            .and_then(|named| self.notices.get(named.notice))
            .cloned();
        Ok(DayFacts {
            date: day,
            working,
            kind: self.kind(day),
            certainty,
            notice,
        })
    }

    /// The first day of the next holiday that begins after `day`, with its name.
    pub fn next_holiday(&self, day: NaiveDate) -> Option<(NaiveDate, String)> {
        let mut previous = self.holiday_name(day);
        for next in day.iter_days().skip(1).take_while(|next| *next <= self.last) {
            let name = self.holiday_name(next);
            match name {
                Some(name) if previous != Some(name) => return Some((next, name.to_owned())),
                _ => previous = name,
            }
        }
        None
    }

    fn holiday_name(&self, day: NaiveDate) -> Option<&str> {
        match self.named.get(&day) {
            Some(named) if named.off && !named.name.is_empty() => Some(&named.name),
            Some(_) => None,
            None => self.estimated.get(&day).map(String::as_str),
        }
    }

    fn kind(&self, day: NaiveDate) -> DayKind {
        if let Some(named) = self.named.get(&day) {
            let name = named.name.clone();
            return match (named.off, is_weekend(day)) {
                (true, true) if name.is_empty() => DayKind::Weekend,
                (true, _) => DayKind::Holiday { name },
                (false, true) => DayKind::MakeUp { name },
                (false, false) => DayKind::Workday,
            };
        }
        match self.estimated.get(&day) {
            Some(name) => DayKind::StatutoryEstimate { name: name.clone() },
            None if is_weekend(day) => DayKind::Weekend,
            None => DayKind::Workday,
        }
    }

    /// Whether a day works and how surely. A day named by a neighbouring year's notice is settled
    /// even though its own year has none.
    fn settle(&self, day: NaiveDate) -> (bool, Certainty) {
        let named = self.named.get(&day);
        let working = named.map_or_else(
            || !is_weekend(day) && !self.estimated.contains_key(&day),
            |named| !named.off,
        );
        let certainty = if !self.is_published(day.year()) {
            if named.is_some() {
                Certainty::Firm
            } else {
                Certainty::Unpublished
            }
        } else if at_year_end(day) && !self.is_published(day.year() + 1) {
            Certainty::Open
        } else {
            Certainty::Firm
        };
        (working, certainty)
    }

    fn fill(&mut self) {
        let mut sum = Before::default();
        let mut before = vec![sum];
        let mut select = Vec::new();
        for (index, day) in self.first.iter_days().take_while(|day| *day <= self.last).enumerate() {
            let (working, certainty) = self.settle(day);
            if working {
                select.push(index as u32);
                sum.working += 1;
            }
            sum.open += u32::from(certainty == Certainty::Open);
            sum.unpublished += u32::from(certainty == Certainty::Unpublished);
            before.push(sum);
        }
        self.before = before;
        self.working = select;
    }

    fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for year in &self.covered {
            hash.update(format!("year {year}\n"));
        }
        for (day, named) in self.named.range(self.first..) {
            hash.update(format!("{day} {}\n", u8::from(named.off)));
        }
        // Estimates move due days as well, so another statutory table is another revision.
        for day in self.estimated.keys() {
            hash.update(format!("{day} estimated\n"));
        }
        let mut revision = String::new();
        for byte in hash.finalize().iter().take(6) {
            for nibble in [byte >> 4, byte & 15] {
                revision.extend(char::from_digit(u32::from(nibble), 16));
            }
        }
        revision
    }

    /// Years needed on a day that have no notice: gaps, the year itself, and from `notice_by` (month and day) on the
    /// next one.
    pub fn missing_years(&self, today: NaiveDate, notice_by: (u32, u32)) -> Vec<i32> {
        let newest = self.covered.last().copied().unwrap_or(self.first.year());
        let next = (today.month(), today.day()) >= notice_by;
        let mut needed: BTreeSet<i32> = (self.first.year()..=newest).collect();
        needed.insert(today.year());
        needed.extend(next.then(|| today.year() + 1));
        needed.into_iter().filter(|year| !self.is_published(*year)).collect()
    }

    /// Place of a day in the table, or why it has none.
    pub(super) fn index(&self, day: NaiveDate) -> Result<usize, CalendarError> {
        if day < self.first {
            return Err(CalendarError::BeforeFirst {
                year: day.year(),
                first: self.first.year(),
            });
        }
        if day > self.last {
            return Err(CalendarError::BeyondLast { last: self.last.year() });
        }
        Ok((day - self.first).num_days() as usize)
    }

    /// The day at a place of the table.
    pub(super) fn day_at(&self, index: u32) -> NaiveDate {
        self.first + Days::new(u64::from(index))
    }

    /// Number of working days before the place.
    pub(super) fn rank(&self, index: usize) -> u32 {
        self.before[index].working
    }

    /// The day of the working day with that number, counted from 0.
    pub(super) fn select(&self, number: u32) -> Option<NaiveDate> {
        self.working.get(number as usize).map(|index| self.day_at(*index))
    }

    /// First unpublished year and first open year end touched by the places `from..to`.
    pub(super) fn doubts(&self, from: usize, to: usize) -> (Option<i32>, Option<i32>) {
        let unpublished = self.first_touched(from, to, |before| before.unpublished);
        let open = self.first_touched(from, to, |before| before.open);
        (unpublished, open)
    }

    fn first_touched(&self, from: usize, to: usize, sort: impl Fn(&Before) -> u32) -> Option<i32> {
        let base = sort(&self.before[from]);
        if from >= to || sort(&self.before[to]) == base {
            return None;
        }
        let offset = self.before[from..=to].partition_point(|before| sort(before) == base);
        Some(self.day_at((from + offset - 1) as u32).year())
    }
}

/// Saturday or Sunday.
pub(super) fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The days the next year's notice has been known to rearrange.
fn at_year_end(day: NaiveDate) -> bool {
    day.month() == 12 && day.day() >= 29
}

/// An empty annual file says nothing, so it does not make its year a published one.
fn published_years(notices: &[&Notice]) -> Vec<i32> {
    let years: BTreeSet<i32> = notices
        .iter()
        .filter(|notice| notice.kind == NoticeKind::Annual && !notice.days.is_empty())
        .map(|notice| notice.year)
        .collect();
    years.into_iter().collect()
}

fn span(
    covered: &[i32],
    statutory: &Statutory,
    as_of: Option<NaiveDate>,
) -> Result<(NaiveDate, NaiveDate), CalendarError> {
    let (Some(first), Some(newest)) = (covered.first(), covered.last()) else {
        return Err(CalendarError::NoNotice { as_of });
    };
    let last = statutory.last_year();
    if *newest > last {
        return Err(CalendarError::BeyondLast { last });
    }
    let first = NaiveDate::from_ymd_opt(*first, 1, 1);
    let last_day = NaiveDate::from_ymd_opt(last, 12, 31);
    first.zip(last_day).ok_or(CalendarError::BeyondLast { last })
}

fn estimates(covered: &[i32], statutory: &Statutory, first: i32) -> Result<BTreeMap<NaiveDate, String>, CalendarError> {
    let mut days = BTreeMap::new();
    for year in (first..=statutory.last_year()).filter(|year| covered.binary_search(year).is_err()) {
        let holidays = statutory.holidays(year).ok_or(CalendarError::NoStatutory { year })?;
        days.extend(holidays.iter().map(|(day, name)| (*day, name.clone())));
    }
    Ok(days)
}
