//! A 容错案件: one accountability matter and one cadre's tolerance track in it.

use super::person::IdNumber;
use chrono::NaiveDate;
use serde::Serialize;

/// 结论性认定意见, clause 二(四)3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Conclusion {
    /// 不予问责
    NotAccountable,
    /// 免予问责
    Exempted,
    /// 免责, where the register does not say which of the two.
    Exonerated,
    /// 从轻
    Lighter,
    /// 减轻
    Mitigated,
    /// 不予容错
    NotTolerated,
    /// 调查中: no conclusion yet.
    Investigating,
    /// No tolerance track: not looked into, withdrawn or ended without a conclusion.
    NoTrack,
    /// 澄清正名: a report about the cadre was found untrue (clause 四); no fault, and as protected as 免责.
    Clarified,
}

impl Conclusion {
    /// Every conclusion.
    pub const ALL: [Self; 9] = [
        Self::NotAccountable,
        Self::Exempted,
        Self::Exonerated,
        Self::Lighter,
        Self::Mitigated,
        Self::NotTolerated,
        Self::Investigating,
        Self::NoTrack,
        Self::Clarified,
    ];

    /// The word people see and files carry.
    pub fn zh(self) -> &'static str {
        match self {
            Self::NotAccountable => "不予问责",
            Self::Exempted => "免予问责",
            Self::Exonerated => "免责",
            Self::Lighter => "从轻",
            Self::Mitigated => "减轻",
            Self::NotTolerated => "不予容错",
            Self::Investigating => "调查中",
            Self::NoTrack => "未进入认定",
            Self::Clarified => "澄清正名",
        }
    }

    /// Reads the word of a file.
    pub fn from_zh(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|conclusion| conclusion.zh() == text)
    }

    /// What the conclusion protects.
    pub fn level(self) -> Level {
        match self {
            Self::NotAccountable | Self::Exempted | Self::Exonerated | Self::Clarified => Level::Full,
            Self::Lighter | Self::Mitigated => Level::Capped,
            Self::Investigating => Level::Pending,
            Self::NotTolerated | Self::NoTrack => Level::None,
        }
    }
}

/// Level of a protection (保护标记).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// 免责: nothing adverse may cite the matter, without end.
    Full,
    /// 从轻, 减轻: the sanction and its statutory effects inside the 影响期 are allowed.
    Capped,
    /// 容错 track open, no conclusion yet.
    Pending,
    /// 不予容错: not watched.
    None,
}

impl Level {
    /// The word other programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Capped => "capped",
            Self::Pending => "pending",
            Self::None => "none",
        }
    }

    /// The word people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Full => "完全保护",
            Self::Capped => "限额保护",
            Self::Pending => "认定中",
            Self::None => "不保护",
        }
    }
}

/// One line of the case register (容错案件台账).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRecord {
    /// 案件编号
    pub case_no: String,
    /// 姓名
    pub name: String,
    /// 公民身份号码
    pub id: IdNumber,
    /// 单位
    pub unit: String,
    /// 事项名称
    pub matter: String,
    /// 认定结论
    pub conclusion: Conclusion,
    /// 认定日期; required for every conclusion but 调查中.
    pub concluded_on: Option<NaiveDate>,
    /// 结论文号
    pub doc_no: Option<String>,
    /// 处理措施, such as 诫勉.
    pub measure: Option<String>,
    /// 状态 is 撤销.
    pub revoked: bool,
    /// 撤销日期
    pub revoked_on: Option<NaiveDate>,
    /// 问责实施机关
    pub organ: Option<String>,
    /// 经办人
    pub handler: Option<String>,
    /// 主管部门
    pub competent: Option<String>,
    /// 上级部门
    pub superior: Option<String>,
    /// The days on which the steps were done.
    pub done: StepsDone,
}

impl CaseRecord {
    /// Whether the conclusion is withdrawn on a day; the day of the withdrawal counts.
    pub fn is_revoked(&self, on: NaiveDate) -> bool {
        self.revoked && self.revoked_on.is_none_or(|day| day <= on)
    }
}

/// Days on which the steps after a conclusion were done; `None`: not recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepsDone {
    /// 人事档案归档日期
    pub archive_personnel: Option<NaiveDate>,
    /// 廉政档案归档日期
    pub archive_integrity: Option<NaiveDate>,
    /// 入卷归档日期
    pub archive_file: Option<NaiveDate>,
    /// 反馈本人日期; for 不予容错 the day of the 解释答复.
    pub feedback_subject: Option<NaiveDate>,
    /// 抄送主管部门日期
    pub feedback_competent: Option<NaiveDate>,
    /// 抄送上级部门日期
    pub feedback_superior: Option<NaiveDate>,
    /// 抄送组织部门日期
    pub feedback_organization: Option<NaiveDate>,
}
