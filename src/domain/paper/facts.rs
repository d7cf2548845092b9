//! What the papers are made of, and what is said when a fact is not there.

use super::{PaperKind, phrases};
use crate::domain::case::Conclusion;
use crate::domain::time::day_zh;
use chrono::NaiveDate;

/// The facts of a case and, for some kinds, of one occasion. Which of them a paper needs is its own matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Full title of the policy document, without 《》.
    pub policy: String,
    /// 问责实施机关, who signs.
    pub organ: String,
    /// 案件编号
    pub case_no: String,
    /// 姓名
    pub name: String,
    /// 单位
    pub unit: String,
    /// 职务
    pub post: Option<String>,
    /// 事项名称
    pub matter: String,
    /// 认定结论, from which the level of the protection follows.
    pub conclusion: Conclusion,
    /// 认定日期
    pub concluded_on: Option<NaiveDate>,
    /// 结论文号
    pub doc_no: Option<String>,
    /// 处理措施
    pub measure: Option<String>,
    /// 认定依据; for 不予容错 the reasons.
    pub basis: Option<String>,
    /// 整改要求
    pub rectification: Option<String>,
    /// 主管部门
    pub competent: Option<String>,
    /// 上级部门
    pub superior: Option<String>,
    /// 组织部门
    pub organization: Option<String>,
    /// What goes into the archives; for 归档移交清单.
    pub archive: Vec<ArchiveItem>,
    /// Years to be graded anew; for 补定等次建议函.
    pub regrade: Vec<RegradeYear>,
    /// What is asked about; for 核查函.
    pub doubt: Option<Doubt>,
}

/// One line of 归档移交清单.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveItem {
    /// 材料名称
    pub name: String,
    /// 份数
    pub copies: u32,
    /// 回执编号, once there is one.
    pub receipt_no: Option<String>,
}

/// A year whose grade the matter may have touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegradeYear {
    /// 年度
    pub year: i32,
    /// 原登记等次
    pub grade: String,
}

/// One record of a list that a unit is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Name of the list.
    pub list: String,
    /// Row in it.
    pub row: Option<u32>,
    /// 记载结果
    pub result: String,
    /// 记载理由
    pub reason: Option<String>,
    /// 答复期限
    pub reply_by: Option<NaiveDate>,
}

/// Why a paper cannot be made, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// Facts are not there.
    #[error("无法生成《{}》：缺少{}，请补充后再生成", .kind.zh(), .facts.join("、"))]
    Missing {
        /// The paper.
        kind: PaperKind,
        /// The facts, by the names people know them by.
        facts: Vec<&'static str>,
    },
    /// The paper does not go with the conclusion.
    #[error("无法生成《{}》：认定结论为「{}」，{advice}", .kind.zh(), .conclusion.zh())]
    Unfit {
        /// The paper.
        kind: PaperKind,
        /// The conclusion on record.
        conclusion: Conclusion,
        /// Which paper it should be, or why none.
        advice: &'static str,
    },
    /// Two days stand the wrong way round.
    #[error("无法生成《{}》：{later}（{}）早于{earlier}（{}），请核对后再生成", .kind.zh(), day_zh(*.later_on), day_zh(*.earlier_on))]
    Order {
        /// The paper.
        kind: PaperKind,
        /// The day that has to come first.
        earlier: &'static str,
        /// When it is.
        earlier_on: NaiveDate,
        /// The day that has to come after it.
        later: &'static str,
        /// When it is.
        later_on: NaiveDate,
    },
}

/// Takes facts out, on one line each, and notes all that are missing, so that a person is told once.
pub(super) struct Needs {
    kind: PaperKind,
    missing: Vec<&'static str>,
}

impl Needs {
    pub(super) fn of(kind: PaperKind) -> Self {
        Self {
            kind,
            missing: Vec::new(),
        }
    }

    pub(super) fn text(&mut self, fact: &'static str, value: &str) -> String {
        let text = phrases::one_line(value);
        if text.is_empty() {
            self.note(fact);
        }
        text
    }

    pub(super) fn some(&mut self, fact: &'static str, value: Option<&str>) -> String {
        self.text(fact, value.unwrap_or_default())
    }

    pub(super) fn day(&mut self, fact: &'static str, value: Option<NaiveDate>) -> NaiveDate {
        value.unwrap_or_else(|| {
            self.note(fact);
            NaiveDate::default()
        })
    }

    pub(super) fn at_least_one<T>(&mut self, fact: &'static str, values: &[T]) {
        if values.is_empty() {
            self.note(fact);
        }
    }

    /// Notes a fact that is missing; the same fact of several rows is named once.
    pub(super) fn note(&mut self, fact: &'static str) {
        if !self.missing.contains(&fact) {
            self.missing.push(fact);
        }
    }

    pub(super) fn met(self) -> Result<(), PaperError> {
        if self.missing.is_empty() {
            return Ok(());
        }
        Err(PaperError::Missing {
            kind: self.kind,
            facts: self.missing,
        })
    }
}

/// A fact that may be absent, on one line.
pub(super) fn optional(value: Option<&str>) -> Option<String> {
    value.map(phrases::one_line).filter(|text| !text.is_empty())
}
