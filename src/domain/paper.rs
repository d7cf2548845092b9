//! 公文: the formal papers of a case, composed from plain facts. What a paper looks like on the page is for whoever writes it.
//!
//! A paper carries no 密级: state secrets have no place here, and nothing may look as if they had.

mod archive;
mod compose;
mod facts;
mod ladder;
mod opinion;
mod phrases;
mod to_person;
mod to_units;

pub use compose::compose;
pub use facts::{ArchiveItem, Doubt, Facts, PaperError, RegradeYear};
pub use ladder::{LadderFacts, ladder};
pub use opinion::{OpinionFacts, OpinionRow, opinion};

use super::time::day_zh;
use chrono::NaiveDate;
use serde::Serialize;
use std::fmt;

/// What kind of paper (文种).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    /// 容错认定意见反馈书, to the person; clause 二(四)4.
    Conclusion,
    /// 不予容错答复, to the person; clause 二(四)4.
    Refusal,
    /// 抄送函, to 主管部门, 上级部门 and 组织部门; clause 二(四)4.
    CopyLetter,
    /// 归档移交清单; clause 二(四)5.
    ArchiveList,
    /// 补定等次建议函, to the unit; clause 二(五).
    RegradeLetter,
    /// 核查函, to the unit; clause 二(五).
    Inquiry,
    /// 预检意见, to the unit whose list was judged; it is of no case and has no number.
    Opinion,
    /// 提醒函, to the unit of a 整改事项; clause 三(三).
    Reminder,
    /// 督办通知单, the same.
    Supervision,
    /// 告诫书, the same.
    Warning,
    /// 移交函, to whoever decides about the people; clause 三(三).
    Referral,
}

impl PaperKind {
    /// Every kind that is issued in a case.
    pub const ALL: [Self; 6] = [
        Self::Conclusion,
        Self::Refusal,
        Self::CopyLetter,
        Self::ArchiveList,
        Self::RegradeLetter,
        Self::Inquiry,
    ];

    /// The word other programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conclusion => "conclusion",
            Self::Refusal => "refusal",
            Self::CopyLetter => "copy_letter",
            Self::ArchiveList => "archive_list",
            Self::RegradeLetter => "regrade_letter",
            Self::Inquiry => "inquiry",
            Self::Opinion => "precheck_opinion",
            Self::Reminder => "rectification_reminder",
            Self::Supervision => "supervision_notice",
            Self::Warning => "warning",
            Self::Referral => "referral_letter",
        }
    }

    /// The name people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Conclusion => "容错认定意见反馈书",
            Self::Refusal => "不予容错答复",
            Self::CopyLetter => "抄送函",
            Self::ArchiveList => "归档移交清单",
            Self::RegradeLetter => "补定等次建议函",
            Self::Inquiry => "核查函",
            Self::Opinion => "预检意见",
            Self::Reminder => "提醒函",
            Self::Supervision => "督办通知单",
            Self::Warning => "告诫书",
            Self::Referral => "移交函",
        }
    }

    /// Reads either word.
    pub fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text || kind.zh() == text)
    }

    /// What stands before the year: the organ's code and a character for the kind. Kinds that
    /// share a prefix share one run of numbers. 认 is left to the conclusions themselves.
    pub fn prefix(self, organ_code: &str) -> String {
        let character = match self {
            Self::Conclusion => "馈",
            Self::Refusal => "复",
            Self::ArchiveList => "移",
            Self::Opinion => "检",
            Self::CopyLetter | Self::RegradeLetter | Self::Inquiry | Self::Reminder | Self::Referral => "函",
            Self::Supervision => "督",
            Self::Warning => "诫",
        };
        format!("{}{character}", organ_code.trim())
    }

    /// Whether the paper is a 函, whose number stands at the right margin.
    pub fn is_letter(self) -> bool {
        matches!(
            self,
            Self::CopyLetter | Self::RegradeLetter | Self::Inquiry | Self::Reminder | Self::Referral
        )
    }
}

/// Longest 机关代字.
const LONGEST_CODE: usize = 12;

/// Refuses what is no 机关代字: it stands in every number of the organ for ever. `Err` says what is right.
pub fn check_code(code: &str) -> Result<(), String> {
    let fits =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '〇' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}');
    let code = code.trim();
    let speaks = code.chars().any(|c| fits(c) && !c.is_ascii_digit());
    if speaks && code.chars().all(fits) && code.chars().count() <= LONGEST_CODE {
        return Ok(());
    }
    Err(format!(
        "机关代字只写年份以前的字，如 云容：只用汉字、字母、数字，不超过 {LONGEST_CODE} 个字"
    ))
}

/// 发文字号, such as 云容函〔2026〕12号.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DocNumber {
    /// 机关代字, see [`PaperKind::prefix`].
    pub prefix: String,
    /// Year.
    pub year: i32,
    /// Number within prefix and year.
    pub serial: u32,
}

impl fmt::Display for DocNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}〔{}〕{}号", self.prefix, self.year, self.serial)
    }
}

/// One piece of the body (正文).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(String),
    /// A heading such as 一、认定意见.
    Heading(String),
    /// A table.
    Table {
        /// Heads of the columns.
        header: Vec<String>,
        /// Rows, each as long as the header.
        rows: Vec<Vec<String>>,
    },
}

/// A paper, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Kind.
    pub kind: PaperKind,
    /// 标题: 发文机关, 事由 and 文种.
    pub title: String,
    /// 发文字号; a draft has none.
    pub number: Option<DocNumber>,
    /// 主送机关 or the person, with a colon at the end.
    pub salutation: String,
    /// 正文
    pub body: Vec<Block>,
    /// 附件说明: names of what is enclosed.
    pub attachments: Vec<String>,
    /// 发文机关署名
    pub organ: String,
    /// 成文日期
    pub date: NaiveDate,
    /// 抄送机关
    pub copies: Vec<String>,
}

impl Paper {
    /// 成文日期 as it is written: 2026年11月24日.
    pub fn date_zh(&self) -> String {
        day_zh(self.date)
    }

    /// Its words without number and date, each piece on a line of its own: two papers that say the same are the same.
    pub fn words(&self) -> String {
        let mut words = vec![self.kind.as_str(), &self.title, &self.salutation];
        for block in &self.body {
            match block {
                Block::Paragraph(text) => words.extend(["p", text]),
                Block::Heading(text) => words.extend(["h", text]),
                Block::Table { header, rows } => {
                    for row in std::iter::once(header).chain(rows) {
                        words.push("r");
                        words.extend(row.iter().map(String::as_str));
                    }
                }
            }
        }
        words.push("附件");
        words.extend(self.attachments.iter().map(String::as_str));
        words.push(&self.organ);
        words.extend(self.copies.iter().map(String::as_str));
        words.join("\n")
    }

    /// The line 抄送：甲，乙，丙。
    pub fn copies_zh(&self) -> Option<String> {
        (!self.copies.is_empty()).then(|| format!("抄送：{}。", self.copies.join("，")))
    }
}

#[cfg(test)]
mod tests;
