//! What may happen to an item, as it is kept.

use super::facts::{Facts, Stage};
use super::life::{Evidence, SelfRating};
use crate::domain::contact::Role;
use crate::domain::name::Name;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One column that is another one now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Column of the ledger.
    pub column: String,
    /// What stood there; empty for nothing.
    pub from: String,
    /// What stands there now.
    pub to: String,
}

/// What was decided about somebody for neglect (整改不力).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dealt {
    /// 姓名
    pub person: String,
    /// 措施: a word of the profile.
    pub measure: String,
    /// 决定机关
    pub organ: String,
    /// 文号
    pub doc_no: String,
    /// 决定日期; an act has a day of its own beside it.
    #[serde(rename = "decided_on")]
    pub on: NaiveDate,
    /// 事由: in what it was neglected.
    pub reason: String,
}

/// An act or an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// It was listed for the first time.
    Listed {
        /// What describes it.
        facts: Box<Facts>,
        /// 整改时限(原); none for 长期坚持.
        due_on: Option<NaiveDate>,
        /// 延期后时限, where it had been extended before.
        extended_to: Option<NaiveDate>,
        /// 延期次数 before.
        extensions: u32,
        /// 阶段节点
        stages: Vec<Stage>,
        /// 完成比例
        percent: u8,
        /// 自评状态
        rating: Option<SelfRating>,
        /// It had come back before.
        #[serde(default)]
        relapsed: bool,
    },
    /// What describes it changed.
    Changed {
        /// What describes it now.
        facts: Box<Facts>,
        /// Stages now, those done among them.
        stages: Vec<Stage>,
        /// What changed, for people.
        changes: Vec<Change>,
    },
    /// 交办
    Issued,
    /// 签收
    Received,
    /// 报告进展
    Reported {
        /// 完成比例
        percent: Option<u8>,
        /// 自评状态
        rating: Option<SelfRating>,
        /// What was done.
        text: String,
        /// The stage that is done with it.
        stage: Option<String>,
    },
    /// 佐证材料
    Attached {
        /// The material.
        evidence: Evidence,
    },
    /// 长期坚持: still kept up.
    Confirmed {
        /// What was seen.
        text: String,
    },
    /// 申请延期
    ExtensionAsked {
        /// The new day.
        to: NaiveDate,
        /// Why.
        reason: String,
    },
    /// 同意延期
    ExtensionGranted {
        /// What was said to it.
        remark: Option<String>,
        /// The day it is to be done by, where the answer came after the day that was asked for.
        #[serde(default)]
        due: Option<NaiveDate>,
    },
    /// 不同意延期
    ExtensionRefused {
        /// Why not.
        reason: String,
        /// The day it is to be done by, where the answer came after the day.
        #[serde(default)]
        due: Option<NaiveDate>,
    },
    /// 申请销号
    ClosingAsked,
    /// 验收合格, 销号
    Accepted {
        /// 验收意见
        opinion: Option<String>,
        /// It came with a ledger and was not checked here.
        by_ledger: bool,
    },
    /// 退回
    Returned {
        /// Why.
        reason: String,
        /// Another day to have it done by, where one was set.
        redo_by: Option<NaiveDate>,
    },
    /// 反弹
    Relapsed {
        /// What was found.
        reason: String,
        /// The new day to have it done by.
        due_on: NaiveDate,
    },
    /// 回访 (回头看)
    Visited {
        /// What was seen.
        result: String,
    },
    /// A level was reached by itself.
    Reached {
        /// Level of the ladder.
        level: Name,
        /// The reminder point that reached it.
        point: String,
        /// 扣分, in hundredths.
        deduction: u32,
    },
    /// A level was raised by hand.
    Raised {
        /// Level of the ladder.
        level: Name,
        /// Why.
        reason: String,
        /// 扣分, in hundredths.
        deduction: u32,
    },
    /// A level was lowered.
    Lowered {
        /// Level now; none for none.
        level: Option<Name>,
        /// Why.
        reason: String,
    },
    /// A paper of the ladder was issued.
    Papered {
        /// 提醒函, 督办通知单, …
        paper: String,
        /// 文号
        doc_no: String,
    },
    /// Somebody was dealt with for neglect.
    Dealt(Dealt),
    /// Handed over from one person to another.
    HandedOver {
        /// From.
        from: String,
        /// To.
        to: String,
        /// What describes it now.
        facts: Box<Facts>,
    },
}

/// An act, by whom and on which day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Happened {
    /// What.
    #[serde(flatten)]
    pub act: Act,
    /// The day it counts for.
    pub on: NaiveDate,
    /// By whom.
    pub by: String,
    /// As what they acted; none for the service and for a ledger.
    pub role: Option<Role>,
}

impl Act {
    /// The stored word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Listed { .. } => "listed",
            Self::Changed { .. } => "changed",
            Self::Issued => "issued",
            Self::Received => "received",
            Self::Reported { .. } => "reported",
            Self::Attached { .. } => "attached",
            Self::Confirmed { .. } => "confirmed",
            Self::ExtensionAsked { .. } => "extension_asked",
            Self::ExtensionGranted { .. } => "extension_granted",
            Self::ExtensionRefused { .. } => "extension_refused",
            Self::ClosingAsked => "closing_asked",
            Self::Accepted { .. } => "accepted",
            Self::Returned { .. } => "returned",
            Self::Relapsed { .. } => "relapsed",
            Self::Visited { .. } => "visited",
            Self::Reached { .. } => "reached",
            Self::Raised { .. } => "raised",
            Self::Lowered { .. } => "lowered",
            Self::Papered { .. } => "papered",
            Self::Dealt(_) => "dealt",
            Self::HandedOver { .. } => "handed_over",
        }
    }

    /// What happened, for people. `level` gives the name of a level.
    pub fn zh(&self, level: impl Fn(Name) -> String) -> String {
        match self {
            Self::Listed {
                due_on, extended_to, ..
            } => match (due_on, extended_to) {
                (Some(due), Some(to)) => format!("列入台账，整改时限 {due}，已延期至 {to}"),
                (Some(due), None) => format!("列入台账，整改时限 {due}"),
                (None, _) => "列入台账，长期坚持".to_owned(),
            },
            Self::Changed { changes, .. } => {
                let said: Vec<String> = changes.iter().map(Change::zh).collect();
                format!("台账变更：{}", said.join("；"))
            }
            Self::Issued => "交办".to_owned(),
            Self::Received => "签收".to_owned(),
            Self::Reported {
                percent,
                rating,
                text,
                stage,
            } => {
                let mut said = vec![format!("报告进展：{text}")];
                said.extend(percent.map(|percent| format!("完成 {percent}%")));
                said.extend(rating.map(|rating| format!("自评「{}」", rating.zh())));
                said.extend(stage.as_ref().map(|stage| format!("「{stage}」已完成")));
                said.join("，")
            }
            Self::Attached { evidence } => match &evidence.hash {
                Some(_) => format!("提交佐证材料「{}」（{} 字节）", evidence.name, evidence.bytes),
                None => format!("佐证材料「{}」（台账所列，没有文件）", evidence.name),
            },
            Self::Confirmed { text } => format!("长期坚持确认：{text}"),
            Self::ExtensionAsked { to, reason } => format!("申请延期至 {to}：{reason}"),
            Self::ExtensionGranted { remark, due } => {
                let said = remark.as_ref().map(|said| format!("：{said}")).unwrap_or_default();
                format!("同意延期{said}{}", put_off(*due))
            }
            Self::ExtensionRefused { reason, due } => format!("不同意延期：{reason}{}", put_off(*due)),
            Self::ClosingAsked => "申请销号".to_owned(),
            Self::Accepted { opinion, by_ledger } => {
                let how = if *by_ledger {
                    "销号（按台账登记）"
                } else {
                    "验收合格，销号"
                };
                format!(
                    "{how}{}",
                    opinion.as_ref().map(|said| format!("：{said}")).unwrap_or_default()
                )
            }
            Self::Returned { reason, redo_by } => {
                let by = redo_by.map(|day| format!("，重新限期 {day}")).unwrap_or_default();
                format!("验收退回：{reason}{by}")
            }
            Self::Relapsed { reason, due_on } => format!("反弹，重新整改，时限 {due_on}：{reason}"),
            Self::Visited { result } => format!("回访：{result}"),
            Self::Reached { level: id, point, .. } => format!("升为{}（{point}）", level(*id)),
            Self::Raised { level: id, reason, .. } => format!("手工升为{}：{reason}", level(*id)),
            Self::Lowered {
                level: Some(id),
                reason,
            } => format!("降为{}：{reason}", level(*id)),
            Self::Lowered { level: None, reason } => format!("撤下处置级别：{reason}"),
            Self::Papered { paper, doc_no } => format!("制发{paper}（{doc_no}）"),
            Self::Dealt(dealt) => format!(
                "{}对{}作出{}（{}，{}）：{}",
                dealt.organ, dealt.person, dealt.measure, dealt.doc_no, dealt.on, dealt.reason
            ),
            Self::HandedOver { from, to, .. } => format!("由{from}移交{to}"),
        }
    }
}

/// What an answer that came late does to the day.
fn put_off(due: Option<NaiveDate>) -> String {
    due.map(|day| format!("，时限顺延至 {day}")).unwrap_or_default()
}

impl Change {
    /// `责任人：甲 → 乙`.
    pub fn zh(&self) -> String {
        let shown = |text: &str| {
            if text.is_empty() {
                "（空）".to_owned()
            } else {
                text.to_owned()
            }
        };
        format!("{}：{} → {}", self.column, shown(&self.from), shown(&self.to))
    }
}
