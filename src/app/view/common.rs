//! Pieces that several pages share.

use crate::domain::time::{Moment, weekday_zh};
use chrono::{Datelike, NaiveDate, Weekday};

/// Rows on one page of a list.
pub const PER_PAGE: u32 = 50;

/// One page of a longer list.
#[derive(Debug, Clone)]
pub struct PageOf<T> {
    /// The rows of this page, at most `per_page`.
    pub rows: Vec<T>,
    /// Rows on all pages together.
    pub total: u64,
    /// This page, counted from 1.
    pub page: u32,
    /// Rows on a full page.
    pub per_page: u32,
}

/// Rows before a page, which counts from 1.
pub fn offset_of(page: u32) -> i64 {
    i64::from(page.max(1) - 1) * i64::from(PER_PAGE)
}

impl<T> PageOf<T> {
    /// A page of the usual length.
    pub fn usual(rows: Vec<T>, total: i64, page: u32) -> Self {
        Self {
            rows,
            total: u64::try_from(total).unwrap_or(0),
            page: page.max(1),
            per_page: PER_PAGE,
        }
    }

    /// The pages there are; an empty list still has one.
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(u64::from(self.per_page.max(1))).max(1)
    }

    /// The number of the first row on this page, counted from 1.
    pub fn first(&self) -> u64 {
        u64::from(self.page.saturating_sub(1)) * u64::from(self.per_page) + 1
    }

    /// The number of the last row on this page; the one before the first where there is none.
    pub fn last(&self) -> u64 {
        self.first() + self.rows.len() as u64 - 1
    }
}

/// What the calendar makes of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind {
    /// An ordinary working day.
    Workday,
    /// A Saturday or Sunday that stays free.
    Weekend,
    /// Free under a notice.
    Holiday,
    /// A Saturday or Sunday that is worked under a notice.
    MakeUp,
}

impl DayKind {
    /// The word on the page.
    pub fn word(self) -> &'static str {
        match self {
            Self::Workday => "工作日",
            Self::Weekend => "休息日",
            Self::Holiday => "节假日",
            Self::MakeUp => "调休上班",
        }
    }

    /// A short key for styles.
    pub fn key(self) -> &'static str {
        match self {
            Self::Workday => "work",
            Self::Weekend => "weekend",
            Self::Holiday => "holiday",
            Self::MakeUp => "makeup",
        }
    }

    /// Whether nobody works on it.
    pub fn is_rest(self) -> bool {
        matches!(self, Self::Weekend | Self::Holiday)
    }
}

/// A day and what the calendar makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The civil day.
    pub date: NaiveDate,
    /// Worked or free.
    pub kind: DayKind,
}

impl Day {
    /// `周一` … `周日`.
    pub fn weekday(&self) -> &'static str {
        weekday_zh(self.date)
    }

    /// `班` or `休` where the day is not what its weekday says.
    pub fn mark(&self) -> Option<&'static str> {
        let weekend = matches!(self.date.weekday(), Weekday::Sat | Weekday::Sun);
        match self.kind {
            DayKind::MakeUp => Some("班"),
            DayKind::Holiday if !weekend => Some("休"),
            _ => None,
        }
    }
}

/// How urgent a thing with a due day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    /// The due day has passed.
    Overdue,
    /// Due today or within the reminder points.
    Soon,
    /// There is time.
    Normal,
    /// The due day is an estimate.
    Tentative,
    /// Done.
    Met,
}

impl Light {
    /// All lights, gravest first.
    pub const ALL: [Self; 5] = [Self::Overdue, Self::Soon, Self::Normal, Self::Tentative, Self::Met];

    /// The word on the page.
    pub fn word(self) -> &'static str {
        match self {
            Self::Overdue => "逾期",
            Self::Soon => "临期",
            Self::Normal => "正常",
            Self::Tentative => "暂定",
            Self::Met => "已办结",
        }
    }

    /// A short key for styles.
    pub fn key(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Soon => "soon",
            Self::Normal => "normal",
            Self::Tentative => "tentative",
            Self::Met => "met",
        }
    }
}

impl Light {
    /// What the light says, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Overdue => "到期日已过，仍未办结。",
            Self::Soon => "今天到期，或者已进入提醒时点。",
            Self::Normal => "尚未进入提醒时点。",
            Self::Tentative => "到期日所在年份的放假通知未发布，日期为估计，通知发布后重新计算。",
            Self::Met => "已登记办结，保留备查。",
        }
    }
}

/// Working days to or past a due day, as of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remaining {
    /// Working days left.
    Left(u32),
    /// Due today.
    Today,
    /// Working days past the due day; 0 when only rest days have passed since.
    Over(u32),
}

impl Remaining {
    /// `剩 3 个工作日`, `今天到期`, `逾期 2 个工作日`.
    pub fn words(self) -> String {
        match self {
            Self::Left(days) => format!("剩 {days} 个工作日"),
            Self::Today => "今天到期".to_owned(),
            Self::Over(0) => "已过到期日".to_owned(),
            Self::Over(days) => format!("逾期 {days} 个工作日"),
        }
    }
}

/// How sure a due day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Every day up to it is settled by a published notice.
    Firm,
    /// It touches 29–31 December while the next year's notice is not out.
    Open,
    /// It rests on a year without a notice.
    Unpublished,
}

impl Certainty {
    /// The word on the page.
    pub fn word(self) -> &'static str {
        match self {
            Self::Firm => "确定",
            Self::Open => "待次年通知",
            Self::Unpublished => "通知未发布",
        }
    }

    /// Whether the day may still move.
    pub fn is_tentative(self) -> bool {
        self != Self::Firm
    }
}

/// A state with its history: which, since when, by whom.
#[derive(Debug, Clone)]
pub struct Since {
    /// The state's word.
    pub word: String,
    /// When it began.
    pub at: Moment,
    /// Who or what brought it about.
    pub by: String,
}
