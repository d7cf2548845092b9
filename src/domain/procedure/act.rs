//! What people do in a case, as it is kept: each act with its own facts; the day stands beside it.

use super::CaseState;
use crate::domain::case::{CaseRecord, Conclusion};
use crate::domain::contact::Role;
use crate::domain::deadline::Unit;
use crate::domain::name::Name;
use crate::domain::policy::{Event, Policy};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Who applied, clause 二(四)1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applicant {
    /// 干部本人
    Cadre,
    /// 单位
    Unit,
}

impl Applicant {
    /// The word people see.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Cadre => "干部本人",
            Self::Unit => "单位",
        }
    }
}

/// 六看: what is looked at, in the order of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// 主观动机
    Motive,
    /// 客观条件
    Conditions,
    /// 程序方法
    Method,
    /// 问题性质
    Nature,
    /// 后果影响
    Consequence,
    /// 处置行为
    Handling,
}

impl Aspect {
    /// All six.
    pub const ALL: [Self; 6] = [
        Self::Motive,
        Self::Conditions,
        Self::Method,
        Self::Nature,
        Self::Consequence,
        Self::Handling,
    ];

    /// The words of the policy.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Motive => "主观动机",
            Self::Conditions => "客观条件",
            Self::Method => "程序方法",
            Self::Nature => "问题性质",
            Self::Consequence => "后果影响",
            Self::Handling => "处置行为",
        }
    }

    /// What the policy asks about it.
    pub const fn question(self) -> &'static str {
        match self {
            Self::Motive => "是出于公心还是谋取私利；是无心之过还是明知故犯",
            Self::Conditions => {
                "是因不可抗力、客观条件不具备、上级政策调整、历史遗留问题等客观原因，还是主观故意、失职渎职"
            }
            Self::Method => {
                "是严格执行集体领导、民主集中、会议决定等决策程序，还是个人专断、隐瞒不报、谎报或者拖延报告"
            }
            Self::Nature => "是探索创新中的失误错误，还是有令不行、有禁不止、违纪违法",
            Self::Consequence => {
                "是造成一定程度的损失和不良影响，还是因岗位职责履行不到位造成重大事故、重大损失和恶劣影响"
            }
            Self::Handling => "是主动止损还是消极应对",
        }
    }

    /// Reads the words.
    pub fn from_zh(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|aspect| aspect.zh() == text)
    }
}

/// What was found about an aspect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Speaks for tolerance.
    For,
    /// Speaks against it.
    Against,
    /// 明知故犯
    Knowingly,
    /// 谋取私利
    ForGain,
}

impl Weight {
    /// Every weight.
    pub const ALL: [Self; 4] = [Self::For, Self::Against, Self::Knowingly, Self::ForGain];

    /// The words people see.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::For => "有利于容错",
            Self::Against => "不利于容错",
            Self::Knowingly => "明知故犯",
            Self::ForGain => "谋取私利",
        }
    }

    /// Reads the words.
    pub fn from_zh(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|weight| weight.zh() == text)
    }

    /// How much it speaks against tolerance.
    pub const fn gravity(self) -> u8 {
        match self {
            Self::For => 0,
            Self::Against => 1,
            Self::Knowingly | Self::ForGain => 2,
        }
    }

    /// What no exoneration may pass over without a written word.
    pub const fn is_grave(self) -> bool {
        matches!(self, Self::Knowingly | Self::ForGain)
    }
}

/// Who is told of a conclusion, clause 二(四)4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// 容错对象
    Subject,
    /// 主管部门
    Competent,
    /// 上级部门
    Superior,
    /// 组织部门
    Organization,
}

impl Told {
    /// The event it makes.
    pub const fn event(self) -> Event {
        match self {
            Self::Subject => Event::FEEDBACK_SUBJECT,
            Self::Competent => Event::FEEDBACK_COMPETENT,
            Self::Superior => Event::FEEDBACK_SUPERIOR,
            Self::Organization => Event::FEEDBACK_ORGANIZATION,
        }
    }
}

/// Into which file a paper goes, clause 二(四)5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Archive {
    /// 干部人事档案
    Personnel,
    /// 廉政档案
    Integrity,
    /// 案卷
    File,
}

impl Archive {
    /// The event it makes.
    pub const fn event(self) -> Event {
        match self {
            Self::Personnel => Event::ARCHIVED_PERSONNEL,
            Self::Integrity => Event::ARCHIVED_INTEGRITY,
            Self::File => Event::ARCHIVED_FILE,
        }
    }
}

/// How far a clarification reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Only the cadre is told.
    Subject,
    /// 本单位
    Unit,
    /// 系统内
    System,
    /// 向社会
    Public,
}

impl Reach {
    /// The words people see.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Subject => "仅告知本人",
            Self::Unit => "本单位",
            Self::System => "系统内",
            Self::Public => "向社会",
        }
    }
}

/// A written word that an exoneration stands although 六看 found a grave thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Who gave it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Number of the paper.
    pub doc_no: String,
}

/// A collective decision: how many took part and where it is minuted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// 参加人数
    pub attendees: u32,
    /// 会议纪要编号
    pub minutes_no: String,
}

/// What of a case's description is filled in or changed; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Changes {
    /// 事项名称
    pub matter: Option<String>,
    /// 问责实施机关
    pub organ: Option<String>,
    /// 经办人
    pub handler: Option<String>,
    /// 主管部门
    pub competent: Option<String>,
    /// 上级部门
    pub superior: Option<String>,
    /// 结论文号
    pub doc_no: Option<String>,
}

impl Changes {
    /// Those that are there, by the names people know them by.
    pub fn named(&self) -> Vec<(&'static str, &str)> {
        let all = self.all().into_iter();
        all.filter_map(|(name, text)| Some((name, text?))).collect()
    }

    /// Each by its name, there or not.
    fn all(&self) -> [(&'static str, Option<&str>); 6] {
        [
            ("事项名称", self.matter.as_deref()),
            ("问责实施机关", self.organ.as_deref()),
            ("经办人", self.handler.as_deref()),
            ("主管部门", self.competent.as_deref()),
            ("上级部门", self.superior.as_deref()),
            ("结论文号", self.doc_no.as_deref()),
        ]
    }
}

/// One act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// 登记: the case came from a register; what it said then.
    Register {
        /// 认定结论, as the register's word.
        conclusion: String,
        /// Days it told of, by event.
        days: std::collections::BTreeMap<Event, NaiveDate>,
        /// 结论文号
        doc_no: Option<String>,
        /// 处理措施
        measure: Option<String>,
        /// 撤销日期
        revoked_on: Option<NaiveDate>,
        /// 状态 is 撤销.
        revoked: bool,
    },
    /// 问责启动
    StartAccountability,
    /// 同步研判容错情形, with the automatic start when it fits.
    Review {
        /// Whether there are circumstances for tolerance.
        fits: bool,
        /// Why.
        note: String,
    },
    /// 书面申请
    Apply {
        /// Who.
        by: Applicant,
    },
    /// 受理
    Accept,
    /// One of 六看.
    Consider {
        /// Which.
        aspect: Aspect,
        /// What it speaks for.
        weight: Weight,
        /// The finding in words.
        finding: String,
        /// The evidence.
        evidence: String,
    },
    /// 调查报告
    Report {
        /// Number or title of the report.
        title: String,
        /// Whether it finds the conditions fulfilled.
        fits: bool,
    },
    /// 集体研究
    Decide {
        /// The meeting.
        meeting: Meeting,
    },
    /// 结论性认定意见
    Conclude {
        /// Its word.
        #[serde(with = "conclusion_word")]
        conclusion: Conclusion,
        /// 文号
        doc_no: Option<String>,
        /// 处理措施
        measure: Option<String>,
        /// Legal basis of measure and mitigation.
        basis: Option<String>,
        /// Evidence of 积极整改、挽回或减轻损失.
        mitigation: Option<String>,
        /// Written word over a grave finding.
        approved_over: Option<Override>,
    },
    /// 反馈、抄送
    Tell {
        /// Whom.
        to: Told,
        /// Number of the receipt.
        receipt: Option<String>,
    },
    /// 解释答复
    Explain {
        /// The reasons given.
        reasons: String,
    },
    /// 归档
    Archive {
        /// Into which file.
        into: Archive,
        /// 回执编号
        receipt: Option<String>,
    },
    /// 撤销认定
    Revoke {
        /// 文号
        doc_no: String,
        /// Why.
        reason: String,
        /// The meeting that decided it.
        meeting: Meeting,
    },
    /// 撤回申请
    Withdraw {
        /// Why.
        reason: String,
    },
    /// 终止认定
    Terminate {
        /// Why.
        reason: String,
    },
    /// 补救措施
    Remedy {
        /// What was done.
        measures: String,
    },
    /// 教育指导
    Guide {
        /// What was done.
        content: String,
    },
    /// 澄清: a false report is looked into.
    OpenClarification {
        /// What was reported, without names.
        reported: String,
    },
    /// 移送诬告陷害线索
    Refer {
        /// To which organ.
        to: String,
        /// 文号
        doc_no: String,
    },
    /// 澄清正名
    Clarify {
        /// Who verified it.
        verified_by: String,
        /// In which form.
        form: String,
        /// How far.
        reach: Reach,
        /// 本人同意
        consent: bool,
        /// 文号
        doc_no: Option<String>,
    },
    /// Any other event that fulfils or starts a limit.
    Record {
        /// Which.
        event: Event,
        /// What was found.
        note: String,
    },
    /// The day of a recorded event was wrong.
    Correct {
        /// Which.
        event: Event,
        /// Why.
        reason: String,
    },
    /// 补填、更改案件的基本情况
    Amend {
        /// What.
        changes: Changes,
        /// Why.
        reason: String,
    },
    /// 延长
    Extend {
        /// Which limit.
        limit: Name,
        /// By how much.
        amount: u32,
        /// Unit of it.
        unit: Unit,
        /// Whose approval.
        approver: Role,
        /// Why.
        reason: String,
        /// Day on which the subject was told.
        informed_on: Option<NaiveDate>,
    },
    /// 中止
    Suspend {
        /// Which limit.
        limit: Name,
        /// Whose approval.
        approver: Role,
        /// Ground.
        reason: String,
    },
    /// 恢复
    Resume {
        /// Which limit.
        limit: Name,
    },
    /// 顺延
    Postpone {
        /// Which limit.
        limit: Name,
        /// First day lost.
        from: NaiveDate,
        /// The day the obstacle was gone.
        until: NaiveDate,
        /// The obstacle.
        reason: String,
    },
}

impl Act {
    /// The stored word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Register { .. } => "register",
            Self::StartAccountability => "start_accountability",
            Self::Review { .. } => "review",
            Self::Apply { .. } => "apply",
            Self::Accept => "accept",
            Self::Consider { .. } => "consider",
            Self::Report { .. } => "report",
            Self::Decide { .. } => "decide",
            Self::Conclude { .. } => "conclude",
            Self::Tell { .. } => "tell",
            Self::Explain { .. } => "explain",
            Self::Archive { .. } => "archive",
            Self::Revoke { .. } => "revoke",
            Self::Withdraw { .. } => "withdraw",
            Self::Terminate { .. } => "terminate",
            Self::Remedy { .. } => "remedy",
            Self::Guide { .. } => "guide",
            Self::OpenClarification { .. } => "open_clarification",
            Self::Refer { .. } => "refer",
            Self::Clarify { .. } => "clarify",
            Self::Record { .. } => "record",
            Self::Correct { .. } => "correct",
            Self::Amend { .. } => "amend",
            Self::Extend { .. } => "extend",
            Self::Suspend { .. } => "suspend",
            Self::Resume { .. } => "resume",
            Self::Postpone { .. } => "postpone",
        }
    }

    /// What is already written otherwise and would be written over.
    pub fn writes_over(&self, record: &CaseRecord, state: &CaseState) -> Option<&'static str> {
        match self {
            Self::Consider {
                aspect,
                weight,
                finding,
                evidence,
            } => state
                .considered
                .get(aspect)
                .filter(|before| (before.weight, &before.finding, &before.evidence) != (*weight, finding, evidence))
                .map(|_| aspect.zh()),
            Self::Amend { changes, .. } => {
                let before = [
                    Some(&record.matter),
                    record.organ.as_ref(),
                    record.handler.as_ref(),
                    record.competent.as_ref(),
                    record.superior.as_ref(),
                    record.doc_no.as_ref(),
                ];
                let named = changes.all().into_iter().zip(before);
                named
                    .filter_map(|((name, text), before)| Some((name, text?, before?)))
                    .find(|(_, text, before)| text.trim() != before.trim() && !before.trim().is_empty())
                    .map(|(name, ..)| name)
            }
            _ => None,
        }
    }

    /// What was done, in a few words without names; for the journal and the history.
    pub fn zh(&self, policy: &Policy) -> String {
        match self {
            Self::Register { conclusion, .. } => format!("台账登记（{conclusion}）"),
            Self::StartAccountability => "问责启动".to_owned(),
            Self::Review { fits: true, .. } => "同步研判：有容错情形，自动启动容错认定".to_owned(),
            Self::Review { fits: false, .. } => "同步研判：无容错情形".to_owned(),
            Self::Apply { by } => format!("{}提出书面申请", by.zh()),
            Self::Accept => "受理申请".to_owned(),
            Self::Consider { aspect, weight, .. } => format!("六看·{}：{}", aspect.zh(), weight.zh()),
            Self::Report { title, fits } => {
                let fits = if *fits { "符合" } else { "不符合" };
                format!("调查报告「{title}」：{fits}容错条件")
            }
            Self::Decide { meeting } => {
                format!("集体研究，{} 人参加，纪要 {}", meeting.attendees, meeting.minutes_no)
            }
            Self::Conclude {
                conclusion,
                approved_over,
                ..
            } => {
                let over = if approved_over.is_some() {
                    "（书面特批）"
                } else {
                    ""
                };
                format!("结论：{}{over}", conclusion.zh())
            }
            Self::Tell { to, .. } => to.event().built_in_zh().unwrap_or_default().to_owned(),
            Self::Explain { .. } => "解释答复".to_owned(),
            Self::Archive { into, receipt } => {
                let receipt = receipt.as_ref().map(|no| format!("，回执 {no}")).unwrap_or_default();
                format!("{}{receipt}", into.event().built_in_zh().unwrap_or_default())
            }
            Self::Revoke { doc_no, .. } => format!("撤销认定（{doc_no}）"),
            Self::Withdraw { .. } => "撤回申请".to_owned(),
            Self::Terminate { .. } => "终止认定".to_owned(),
            Self::Remedy { .. } => "采取补救措施".to_owned(),
            Self::Guide { .. } => "教育指导".to_owned(),
            Self::OpenClarification { .. } => "启动澄清".to_owned(),
            Self::Refer { to, doc_no } => format!("诬告陷害线索移送{to}（{doc_no}）"),
            Self::Clarify {
                form, reach, consent, ..
            } => {
                let consent = if *consent {
                    "本人同意"
                } else {
                    "未征得本人同意"
                };
                format!("澄清正名：{form}，范围{}，{consent}", reach.zh())
            }
            Self::Record { event, .. } => format!("登记「{}」", policy.event_zh(*event)),
            Self::Correct { event, .. } => format!("更正「{}」的日期", policy.event_zh(*event)),
            Self::Amend { changes, .. } => {
                let names: Vec<&str> = changes.named().into_iter().map(|(name, _)| name).collect();
                format!("补填或更改{}", names.join("、"))
            }
            Self::Extend {
                limit, amount, unit, ..
            } => format!("{}延长 {}", limit_zh(*limit, policy), unit.amount_zh(*amount)),
            Self::Suspend { limit, .. } => format!("{}中止", limit_zh(*limit, policy)),
            Self::Resume { limit } => format!("{}恢复", limit_zh(*limit, policy)),
            Self::Postpone { limit, .. } => format!("{}顺延", limit_zh(*limit, policy)),
        }
    }
}

/// A limit by the name people know it by; one that the profile no longer has, by its own.
fn limit_zh(limit: Name, policy: &Policy) -> String {
    policy
        .rule(limit)
        .map_or_else(|| limit.to_string(), |rule| format!("「{}」", rule.name))
}

/// A conclusion is kept as the word that files carry.
mod conclusion_word {
    use super::Conclusion;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    pub fn serialize<S: Serializer>(conclusion: &Conclusion, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(conclusion.zh())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Conclusion, D::Error> {
        let word = String::deserialize(deserializer)?;
        Conclusion::from_zh(&word).ok_or_else(|| serde::de::Error::custom(format!("认定结论「{word}」")))
    }
}
