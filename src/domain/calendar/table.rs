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

/// Places of a year in the tables.
const PLACES: usize = 366;

/// Numbers of days before a place that are not firm, by sort.
#[derive(Debug, Clone, Copy, Default)]
struct Unsettled {
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
    /// Number of working days before each place.
    rank: Vec<u32>,
    /// The working days in order.
    working: Vec<NaiveDate>,
    unsettled: Vec<Unsettled>,
    /// The first day that is not firm, or the day after the last: what ends before it needs no second look.
    pub(super) settled_until: NaiveDate,
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
            rank: Vec::new(),
            working: Vec::new(),
            unsettled: Vec::new(),
            settled_until: first,
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
        Ok(self.rank[index + 1] > self.rank[index])
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

    /// The first and the last day that works, or does so surely, otherwise than in the calendar before; a day that only
    /// one of the two knows counts.
    pub(super) fn changed_since(&self, before: &Self) -> Option<(NaiveDate, NaiveDate)> {
        let is = |calendar: &Self, day| calendar.place(day).map(|_| calendar.settle(day));
        let last = self.last.max(before.last);
        let days = self.first.min(before.first).iter_days();
        let mut changed = days
            .take_while(|day| *day <= last)
            .filter(|day| is(self, *day) != is(before, *day));
        let first = changed.next()?;
        Some((first, changed.last().unwrap_or(first)))
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
        let mut sum = Unsettled::default();
        (self.rank, self.working, self.unsettled) = (vec![0], Vec::new(), vec![sum]);
        let mut settled_until = None;
        for day in self.first.iter_days().take_while(|day| *day <= self.last) {
            if day.ordinal0() == 0 {
                // The 366th place of an ordinary year is no day.
                let place = (day.year() - self.first.year()) as usize * PLACES;
                self.rank.resize(place + 1, self.working.len() as u32);
                self.unsettled.resize(place + 1, sum);
            }
            let (working, certainty) = self.settle(day);
            if working {
                self.working.push(day);
            }
            self.rank.push(self.working.len() as u32);
            if certainty != Certainty::Firm {
                settled_until.get_or_insert(day);
            }
            sum.open += u32::from(certainty == Certainty::Open);
            sum.unpublished += u32::from(certainty == Certainty::Unpublished);
            self.unsettled.push(sum);
        }
        self.settled_until = settled_until.unwrap_or(self.last + Days::new(1));
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

    /// Place of a day in the tables. Every year has as many places as the longest, so that the year and the day in it,
    /// which a date carries ready, are enough.
    #[inline]
    pub(super) fn place(&self, day: NaiveDate) -> Option<usize> {
        if day < self.first || day > self.last {
            return None;
        }
        Some((day.year() - self.first.year()) as usize * PLACES + day.ordinal0() as usize)
    }

    /// The same, or why it has none.
    pub(super) fn index(&self, day: NaiveDate) -> Result<usize, CalendarError> {
        self.place(day).ok_or_else(|| {
            if day > self.last {
                return self.beyond();
            }
            CalendarError::BeforeFirst {
                year: day.year(),
                first: self.first.year(),
            }
        })
    }

    pub(super) fn beyond(&self) -> CalendarError {
        CalendarError::BeyondLast { last: self.last.year() }
    }

    /// Number of working days before the place.
    #[inline]
    pub(super) fn rank(&self, index: usize) -> u32 {
        self.rank[index]
    }

    /// The working day with that number, counted from 0.
    #[inline]
    pub(super) fn select(&self, number: u32) -> Option<NaiveDate> {
        self.working.get(number as usize).copied()
    }

    /// First unpublished year and first open year end touched by the places `from..to`.
    pub(super) fn doubts(&self, from: usize, to: usize) -> (Option<i32>, Option<i32>) {
        let unpublished = self.first_touched(from, to, |before| before.unpublished);
        let open = self.first_touched(from, to, |before| before.open);
        (unpublished, open)
    }

    fn first_touched(&self, from: usize, to: usize, sort: impl Fn(&Unsettled) -> u32) -> Option<i32> {
        let base = sort(&self.unsettled[from]);
        if from >= to || sort(&self.unsettled[to]) == base {
            return None;
        }
        let offset = self.unsettled[from..=to].partition_point(|before| sort(before) == base);
        Some(self.first.year() + ((from + offset - 1) / PLACES) as i32)
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
