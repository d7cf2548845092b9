//! Where a finding stands and what can happen to it.

use crate::domain::protection::{Attribution, Verdict};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How far a finding has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// 待答复
    Open,
    /// 待复核: answered, and a second person has to look at it.
    Answered,
    /// 已办结
    Closed,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 3] = [Self::Open, Self::Answered, Self::Closed];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// The word people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Open => "待答复",
            Self::Answered => "待复核",
            Self::Closed => "已办结",
        }
    }

    /// Reads the stored word.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }
}

/// How a finding ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// 已纠正
    Corrected,
    /// 有其他原因
    OtherCause,
    /// 误报
    Mistaken,
    /// Nothing protects the outcome any more, or never did.
    Unprotected,
}

impl Closing {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Corrected, Self::OtherCause, Self::Mistaken, Self::Unprotected];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Corrected => "corrected",
            Self::OtherCause => "other_cause",
            Self::Mistaken => "mistaken",
            Self::Unprotected => "unprotected",
        }
    }

    /// The words people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Corrected => "已纠正",
            Self::OtherCause => "有其他原因",
            Self::Mistaken => "误报",
            Self::Unprotected => "不再视为疑似问题",
        }
    }

    /// Reads the stored word.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|closing| closing.as_str() == text)
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// 已纠正, with the new record.
    Corrected {
        /// 结果
        result: String,
        /// 基准, where the result is a figure.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        baseline: Option<String>,
        /// 决定日期
        decided_on: NaiveDate,
        /// 文号
        doc_no: String,
    },
    /// 有其他原因
    OtherCause {
        /// 文号
        doc_no: String,
        /// The cause.
        reason: String,
    },
    /// 误报
    Mistaken {
        /// Why it is none.
        reason: String,
    },
}

impl Answer {
    /// How a finding ends that is answered so.
    pub fn closing(&self) -> Closing {
        match self {
            Self::Corrected { .. } => Closing::Corrected,
            Self::OtherCause { .. } => Closing::OtherCause,
            Self::Mistaken { .. } => Closing::Mistaken,
        }
    }

    /// What was answered, in a sentence.
    pub fn zh(&self) -> String {
        match self {
            Self::Corrected {
                result,
                decided_on,
                doc_no,
                ..
            } => format!("已纠正：新结果「{result}」，{decided_on} 决定，{doc_no}"),
            Self::OtherCause { doc_no, reason } => format!("有其他原因：{reason}（{doc_no}）"),
            Self::Mistaken { reason } => format!("误报：{reason}"),
        }
    }
}

/// What a person does with a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Answers it.
    Answer(Answer),
    /// 转办: another unit, or another person of it, is to answer.
    HandOver {
        /// 单位
        unit: String,
        /// 责任人
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<String>,
        /// Why.
        reason: String,
    },
    /// A second person agrees with the answer.
    Confirm,
    /// A second person does not.
    Refuse {
        /// Why.
        reason: String,
    },
}

/// What happened to a finding, as its history keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was found.
    Opened {
        /// Where and what.
        said: String,
    },
    /// A person acted.
    Acted {
        /// What was done.
        #[serde(flatten)]
        act: Act,
    },
    /// Somebody who does not answer it has something to say to it.
    Stated {
        /// Their words.
        text: String,
    },
    /// A later list, or the passing of a day, makes it graver.
    Raised {
        /// How, and where it stands.
        said: String,
    },
    /// A later list contradicts the answer.
    Reopened {
        /// How, and where it stands.
        said: String,
    },
    /// It was judged again because its protection changed.
    Rejudged {
        /// What came of it.
        said: String,
    },
}

impl Event {
    /// The stored word.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Acted { act } => match act {
                Act::Answer(answer) => answer.closing().as_str(),
                Act::HandOver { .. } => "handed_over",
                Act::Confirm => "confirmed",
                Act::Refuse { .. } => "refused",
            },
            Self::Stated { .. } => "stated",
            Self::Raised { .. } => "raised",
            Self::Reopened { .. } => "reopened",
            Self::Rejudged { .. } => "rejudged",
        }
    }

    /// What happened, in a sentence.
    pub fn zh(&self) -> String {
        match self {
            Self::Opened { said } => format!("发现：{said}"),
            Self::Acted { act } => act.zh(),
            Self::Stated { text } => format!("说明：{text}"),
            Self::Raised { said } => format!("升级：{said}"),
            Self::Reopened { said } => format!("重新打开：{said}"),
            Self::Rejudged { said } => format!("重新判断：{said}"),
        }
    }
}

impl Act {
    /// What was done, in a sentence.
    pub fn zh(&self) -> String {
        match self {
            Self::Answer(answer) => format!("答复{}", answer.zh()),
            Self::HandOver { unit, person, reason } => {
                let person = person
                    .as_ref()
                    .map(|person| format!("（{person}）"))
                    .unwrap_or_default();
                format!("转办{unit}{person}：{reason}")
            }
            Self::Confirm => "复核同意".to_owned(),
            Self::Refuse { reason } => format!("复核退回：{reason}"),
        }
    }
}

/// An answer that stands, with who gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// What was answered.
    pub answer: Answer,
    /// By whom.
    pub by: String,
}

/// Who must answer: the contact of a unit, or a person named when it was handed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owner {
    /// 单位
    pub unit: Option<String>,
    /// 责任人
    pub person: Option<String>,
}

impl Owner {
    /// Who, in words.
    pub fn zh(&self) -> String {
        match (&self.unit, &self.person) {
            (Some(unit), Some(person)) => format!("{unit}（{person}）"),
            (Some(unit), None) => format!("{unit}单位联络员"),
            (None, Some(person)) => person.clone(),
            (None, None) => "问责实施机关".to_owned(),
        }
    }
}

/// How grave a finding is. Each of the three can only rise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gravity {
    /// 违反 or 疑似.
    pub verdict: Verdict,
    /// The cause the record names.
    pub attribution: Option<Attribution>,
    /// Decided rather than proposed.
    pub is_final: bool,
}

impl Gravity {
    /// In what `other` is graver, in words; `None`: in nothing.
    pub fn risen_in(self, other: Self) -> Option<String> {
        let mut said = Vec::new();
        if other.is_final && !self.is_final {
            said.push("由拟定变为已作出".to_owned());
        }
        if other.verdict > self.verdict {
            said.push(format!("由{}变为{}", self.verdict.zh(), other.verdict.zh()));
        }
        if weight(other.attribution) > weight(self.attribution) {
            let zh = |cause: Option<Attribution>| cause.map_or("理由不详", Attribution::zh);
            said.push(format!("理由由{}变为{}", zh(self.attribution), zh(other.attribution)));
        }
        (!said.is_empty()).then(|| said.join("，"))
    }

    /// Takes over what is graver.
    pub fn rise_to(&mut self, other: Self) {
        self.is_final |= other.is_final;
        self.verdict = self.verdict.max(other.verdict);
        if weight(other.attribution) > weight(self.attribution) {
            self.attribution = other.attribution;
        }
    }
}

fn weight(cause: Option<Attribution>) -> u8 {
    match cause {
        Some(Attribution::Explicit) => 3,
        Some(Attribution::Implied) => 2,
        Some(Attribution::None) => 1,
        Some(Attribution::Independent) | None => 0,
    }
}

/// Where a finding stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// How far it has come.
    pub stage: Stage,
    /// Who must answer.
    pub owner: Owner,
    /// The answer that stands.
    pub given: Option<Given>,
    /// How it ended.
    pub closed_by: Option<Closing>,
    /// How grave it is.
    pub gravity: Gravity,
}

impl State {
    /// A finding just opened: the contact of the unit that the list is of owes the answer.
    pub fn opened(unit: Option<String>, gravity: Gravity) -> Self {
        Self {
            stage: Stage::Open,
            owner: Owner { unit, person: None },
            given: None,
            closed_by: None,
            gravity,
        }
    }
}
