//! What a calendar can refuse, in the words people see.

use chrono::NaiveDate;

/// Why the calendar gives no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// No annual notice is in force, so nothing can be reckoned.
    #[error("{}，无法推算工作日；请放入国务院办公厅放假安排的年份文件", no_notice(*as_of))]
    NoNotice {
        /// The publication day asked for, if any.
        as_of: Option<NaiveDate>,
    },
    /// The day lies in a year before the first published one.
    #[error("{year}年没有放假安排数据（日历从{first}年开始），无法推算工作日；请改用{first}年及以后的日期")]
    BeforeFirst {
        /// The year that has no data.
        year: i32,
        /// The first year with a notice.
        first: i32,
    },
    /// The day, or the result, lies after the end of the statutory table.
    #[error("结果或日期超出日历范围：法定节假日表只到{last}年，无法推算此后的日期")]
    BeyondLast {
        /// The last year of the table.
        last: i32,
    },
    /// The working day after zero days is not defined.
    #[error("工作日数必须是 1 以上的整数")]
    ZeroDays,
    /// More days than the bound.
    #[error("工作日数 {days} 过大，最多 {max} 个工作日")]
    TooManyDays {
        /// The number asked for.
        days: u32,
        /// The bound.
        max: u32,
    },
    /// A span that ends before it begins.
    #[error("结束日期 {to} 早于开始日期 {from}，请检查先后顺序")]
    Reversed {
        /// First day of the span.
        from: NaiveDate,
        /// Last day of the span.
        to: NaiveDate,
    },
    /// A notice names a day far from its year.
    #[error("{year}年第{seq}号放假安排中的 {date} 不在该年前后，请核对年份")]
    StrayDay {
        /// Year of the notice.
        year: i32,
        /// Number of the notice within the year.
        seq: u32,
        /// The stray day.
        date: NaiveDate,
    },
    /// A notice names a day twice.
    #[error("{year}年第{seq}号放假安排中 {date} 出现了两次，请只保留一条")]
    RepeatedDay {
        /// Year of the notice.
        year: i32,
        /// Number of the notice within the year.
        seq: u32,
        /// The repeated day.
        date: NaiveDate,
    },
    /// Two annual notices for one year, or two notices with one number.
    #[error("{year}年第{seq}号放假安排重复：每年只有一份年度通知，其余应为调整通知，序号不得相同")]
    RepeatedNotice {
        /// Year of the notice.
        year: i32,
        /// Number of the notice within the year.
        seq: u32,
    },
    /// A local arrangement names a day twice.
    #[error("{unit}的当地安排中 {date} 出现了两次，请只保留一条")]
    LocalRepeatedDay {
        /// Whose arrangement.
        unit: String,
        /// The repeated day.
        date: NaiveDate,
    },
    /// A local arrangement that says nothing, or not for whom.
    #[error("当地安排须写明单位（unit），并至少列出一天（days）")]
    LocalEmpty,
    /// A year cannot be estimated.
    #[error("法定节假日表缺少{year}年，无法估算；请补全 statutory.json")]
    NoStatutory {
        /// The year that is missing.
        year: i32,
    },
    /// The statutory table contradicts itself.
    #[error("法定节假日表有误：{0}")]
    BadStatutory(String),
}

fn no_notice(as_of: Option<NaiveDate>) -> String {
    match as_of {
        Some(day) => format!("截至 {day} 没有已公布的放假安排通知"),
        None => "日历中没有放假安排通知".to_owned(),
    }
}
