//! 整改事项, clause 三(三).

use chrono::NaiveDate;

/// One line of the rectification ledger (整改台账).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RectificationRecord {
    /// 编号
    pub number: String,
    /// 问题
    pub problem: String,
    /// 整改措施
    pub measures: Option<String>,
    /// 责任单位
    pub unit: String,
    /// 责任人
    pub person: Option<String>,
    /// 督办单位
    pub supervisor: Option<String>,
    /// 整改时限; `None` for 长期坚持.
    pub due_on: Option<NaiveDate>,
    /// 状态, as written.
    pub state: String,
    /// 最近进展
    pub progress: Option<String>,
    /// 最近进展日期
    pub progress_on: Option<NaiveDate>,
    /// 销号日期
    pub closed_on: Option<NaiveDate>,
}
