//! What a ledger says of an item.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where an item comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// 容错案件
    Case,
    /// 巡视巡察
    Inspection,
    /// 审计
    Audit,
    /// 督查
    Supervision,
    /// Anything else.
    Other,
}

impl SourceKind {
    /// The word people see.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Case => "容错案件",
            Self::Inspection => "巡察",
            Self::Audit => "审计",
            Self::Supervision => "督查",
            Self::Other => "其他",
        }
    }
}

/// Where an item comes from, with what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Of which sort.
    pub kind: SourceKind,
    /// The words of the ledger; a case is found by its number in them.
    pub text: String,
}

impl Source {
    /// Reads the cell 来源.
    pub fn read(text: &str) -> Self {
        let kind = if text.contains("巡视") || text.contains("巡察") {
            SourceKind::Inspection
        } else if text.contains("审计") {
            SourceKind::Audit
        } else if text.contains("督查") || text.contains("督办") || text.contains("督察") {
            SourceKind::Supervision
        } else if text.contains("容错") || text.trim().starts_with("RC-") {
            SourceKind::Case
        } else {
            SourceKind::Other
        };
        Self {
            kind,
            text: text.trim().to_owned(),
        }
    }
}

/// A part of an item with a day of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// 阶段
    pub name: String,
    /// Its due day.
    pub due_on: NaiveDate,
    /// Day it was reported done.
    pub done_on: Option<NaiveDate>,
}

/// What describes an item; nothing here says how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// 问题
    pub problem: String,
    /// 问题类型
    pub sort: Option<String>,
    /// 来源
    pub source: Option<Source>,
    /// 整改措施
    pub measures: Option<String>,
    /// 整改目标
    pub goal: Option<String>,
    /// 责任单位
    pub unit: String,
    /// 牵头领导
    pub lead: Option<String>,
    /// 责任人
    pub person: Option<String>,
    /// 联系人
    pub contact: Option<String>,
    /// 督办单位
    pub supervisor: Option<String>,
    /// 督办单号
    pub paper_no: Option<String>,
    /// Columns that no word list knows, by their headers: kept to be given back.
    #[serde(default)]
    pub extra: BTreeMap<String, String>,
}

/// How far an item is, as a ledger tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progressed {
    /// 状态, as written.
    pub state: Option<String>,
    /// 完成比例
    pub percent: Option<u8>,
    /// 最近进展
    pub text: Option<String>,
    /// 最近进展日期
    pub on: Option<NaiveDate>,
}

/// How an item stood when it was first listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    /// 整改时限(原); `None` for 长期坚持.
    pub due_on: Option<NaiveDate>,
    /// 延期后时限
    pub extended_to: Option<NaiveDate>,
    /// 延期次数
    pub extensions: Option<u32>,
    /// 交办日期
    pub issued_on: Option<NaiveDate>,
    /// 签收日期
    pub received_on: Option<NaiveDate>,
    /// 阶段节点
    pub stages: Vec<Stage>,
    /// 佐证材料: names of papers.
    pub evidence: Vec<String>,
    /// 申请销号日期
    pub asked_on: Option<NaiveDate>,
    /// 验收人
    pub checked_by: Option<String>,
    /// 验收意见
    pub opinion: Option<String>,
    /// 销号日期
    pub closed_on: Option<NaiveDate>,
    /// 是否反弹
    pub relapsed: Option<bool>,
    /// 回访日期
    pub visited_on: Option<NaiveDate>,
}

/// One line of the rectification ledger (整改台账).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RectificationRecord {
    /// 编号
    pub number: String,
    /// What describes it.
    pub facts: Facts,
    /// How far it is.
    pub progress: Progressed,
    /// Days and answers.
    pub listed: Listed,
}

/// The columns of a ledger as they stand in it, to give it back in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shape {
    /// The line above the header.
    pub title: String,
    /// Header texts in order, with the field each means; no field for a column nobody knows.
    pub columns: Vec<(String, Option<String>)>,
}
