//! The statutory holidays of a year: 全国年节及纪念日放假办法 第二条, in the wording in force for
//! that year. They are what an unpublished year is estimated by.

use super::CalendarError;
use chrono::{Datelike, Days, NaiveDate};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The longest holiday the table may hold; anything longer is a slip of the pen.
const MAX_HOLIDAY_DAYS: u32 = 15;

/// The wording of the regulation over a span of years.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Regime {
    /// First year it governs.
    pub from: i32,
    /// Last year it governs; none while in force.
    pub to: Option<i32>,
    /// Decree that gave the wording.
    pub decree: String,
    /// Article the holidays stand in.
    pub clause: String,
    /// The holidays for all citizens.
    pub holidays: Vec<HolidayRule>,
}

/// One holiday: a run of days that begins `offset` days from its anchor.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HolidayRule {
    /// Name people know.
    pub name: String,
    /// The day it hangs on.
    pub anchor: Anchor,
    /// Days from the anchor to the first day off; −1 is 除夕 seen from 正月初一.
    pub offset: i32,
    /// Length in days.
    pub days: u32,
}

/// A day of the solar or of the lunar year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Anchor {
    /// Month and day of the solar year.
    Fixed {
        /// 1 to 12.
        month: u32,
        /// 1 to 31.
        day: u32,
    },
    /// 农历正月初一.
    SpringFestival,
    /// 清明.
    Qingming,
    /// 农历五月初五.
    Duanwu,
    /// 农历八月十五.
    MidAutumn,
}

impl TryFrom<String> for Anchor {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "spring_festival" => return Ok(Self::SpringFestival),
            "qingming" => return Ok(Self::Qingming),
            "duanwu" => return Ok(Self::Duanwu),
            "mid_autumn" => return Ok(Self::MidAutumn),
            _ => {}
        }
        let parts = text
            .split_once('-')
            .and_then(|(m, d)| Some((m.parse().ok()?, d.parse().ok()?)));
        match parts {
            // A leap year is asked so that 02-29 is told from 02-30; years without it fail later.
            Some((month, day)) if NaiveDate::from_ymd_opt(2000, month, day).is_some() => Ok(Self::Fixed { month, day }),
            _ => Err(format!("无法识别的节日“{text}”")),
        }
    }
}

/// Solar dates of the festivals that move.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FestivalDates {
    /// The year.
    pub year: i32,
    /// 农历正月初一.
    pub spring_festival: NaiveDate,
    /// 清明.
    pub qingming: NaiveDate,
    /// 端午.
    pub duanwu: NaiveDate,
    /// 中秋.
    pub mid_autumn: NaiveDate,
}

/// The table as its file holds it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct StatutoryData {
    /// Wordings by years.
    pub regimes: Vec<Regime>,
    /// Moving festivals by year.
    pub dates: Vec<FestivalDates>,
}

/// The statutory holidays, checked once and asked by year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statutory {
    regimes: Vec<Regime>,
    years: BTreeMap<i32, BTreeMap<NaiveDate, String>>,
}

impl Statutory {
    /// Checks the table and works out the days of every year in it.
    pub fn new(data: StatutoryData) -> Result<Self, CalendarError> {
        let mut years = BTreeMap::new();
        for dates in &data.dates {
            let regime = find(&data.regimes, dates.year).ok_or_else(|| {
                let year = dates.year;
                CalendarError::BadStatutory(format!("{year}年没有适用的放假办法"))
            })?;
            if years.insert(dates.year, holidays_of(regime, dates)?).is_some() {
                let year = dates.year;
                return Err(CalendarError::BadStatutory(format!("{year}年出现了两次")));
            }
        }
        if years.is_empty() {
            return Err(CalendarError::BadStatutory("没有任何年份".to_owned()));
        }
        Ok(Self {
            regimes: data.regimes,
            years,
        })
    }

    /// The holidays of a year by day; none when the table does not hold the year.
    pub fn holidays(&self, year: i32) -> Option<&BTreeMap<NaiveDate, String>> {
        self.years.get(&year)
    }

    /// The wording of the regulation that governs a year.
    pub fn regime(&self, year: i32) -> Option<&Regime> {
        find(&self.regimes, year)
    }

    /// The last year of the table.
    pub fn last_year(&self) -> i32 {
        self.years.keys().next_back().copied().unwrap_or(i32::MIN)
    }
}

fn find(regimes: &[Regime], year: i32) -> Option<&Regime> {
    regimes
        .iter()
        .find(|regime| regime.from <= year && regime.to.is_none_or(|to| year <= to))
}

fn holidays_of(regime: &Regime, dates: &FestivalDates) -> Result<BTreeMap<NaiveDate, String>, CalendarError> {
    let mut days: BTreeMap<NaiveDate, String> = BTreeMap::new();
    for rule in &regime.holidays {
        let first = first_day(rule, dates)?;
        for day in first.iter_days().take(rule.days as usize) {
            days.entry(day)
                // 中秋 falls into 国庆 in some years; both names are true then.
                .and_modify(|name| *name = format!("{name}、{}", rule.name))
                .or_insert_with(|| rule.name.clone());
        }
    }
    Ok(days)
}

fn first_day(rule: &HolidayRule, dates: &FestivalDates) -> Result<NaiveDate, CalendarError> {
    let year = dates.year;
    let anchor = match rule.anchor {
        Anchor::Fixed { month, day } => NaiveDate::from_ymd_opt(year, month, day),
        Anchor::SpringFestival => Some(dates.spring_festival),
        Anchor::Qingming => Some(dates.qingming),
        Anchor::Duanwu => Some(dates.duanwu),
        Anchor::MidAutumn => Some(dates.mid_autumn),
    };
    let shift = Days::new(u64::from(rule.offset.unsigned_abs()));
    let first = anchor.and_then(|day| {
        if rule.offset < 0 {
            day.checked_sub_days(shift)
        } else {
            day.checked_add_days(shift)
        }
    });
    match first {
        Some(day) if day.year() == year && (1..=MAX_HOLIDAY_DAYS).contains(&rule.days) => Ok(day),
        _ => {
            let name = &rule.name;
            Err(CalendarError::BadStatutory(format!("{year}年“{name}”的日期或天数不对")))
        }
    }
}
