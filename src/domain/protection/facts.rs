//! What the register and the roster say, as the judgement needs it.

use super::list::Domain;
use crate::domain::case::Conclusion;
use crate::domain::ids::{CaseId, PersonId};
use crate::domain::person::CadreStatus;
use chrono::NaiveDate;

/// Keyed hash of a citizen ID number; the judgement never sees digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdKey(pub [u8; 32]);

/// Somebody of the register or the roster.
pub struct PersonFacts {
    /// Who.
    pub person: PersonId,
    /// 姓名
    pub name: String,
    /// Keyed hash of the ID number; `None`: none on record.
    pub id_key: Option<IdKey>,
    /// Unit of the roster; it beats the register's.
    pub roster_unit: Option<String>,
    /// Unit of the register.
    pub register_unit: Option<String>,
    /// 职务; tells a retirement where 管理状态 does not.
    pub post: Option<String>,
    /// 职级 of the roster; only says whom somebody is compared with.
    pub rank: Option<String>,
    /// 管理状态
    pub status: Option<CadreStatus>,
    /// Cases of this person.
    pub cases: Vec<CaseFacts>,
}

impl PersonFacts {
    /// The unit somebody belongs to, as it was written.
    pub fn home(&self) -> Option<&str> {
        self.roster_unit.as_deref().or(self.register_unit.as_deref())
    }
}

/// A case as far as it protects.
pub struct CaseFacts {
    /// Id.
    pub case: CaseId,
    /// 案件编号
    pub case_no: String,
    /// 事项名称
    pub matter: String,
    /// 认定结论
    pub conclusion: Conclusion,
    /// 认定日期
    pub concluded_on: Option<NaiveDate>,
    /// 结论文号
    pub doc_no: Option<String>,
    /// 处理措施
    pub measure: Option<String>,
    /// 状态 is 撤销.
    pub revoked: bool,
    /// 撤销日期; `None` with `revoked`: withdrawn from the beginning.
    pub revoked_on: Option<NaiveDate>,
}

/// A grade of annual appraisal on record.
pub struct GradeFacts {
    /// Whose.
    pub person: PersonId,
    /// Appraised year, such as `2026`.
    pub period: String,
    /// 考核等次
    pub grade: String,
}

/// Everything a list is judged against.
pub struct Register {
    /// People with cases, and the namesakes and number holders the list names.
    pub people: Vec<PersonFacts>,
    /// Unit names of roster and register.
    pub units: Vec<String>,
    /// Grades on record.
    pub grades: Vec<GradeFacts>,
    /// Sanctions for neglected rectification.
    pub neglect: Vec<NeglectFacts>,
}

/// A sanction for neglected rectification (整改不力), as the ledger has it on record: a cause of its own.
pub struct NeglectFacts {
    /// Whose.
    pub person: PersonId,
    /// 编号 of the item.
    pub item: String,
    /// 措施, such as 诫勉.
    pub measure: String,
    /// 文号
    pub doc_no: String,
    /// 决定日期
    pub decided_on: NaiveDate,
}

/// How a list is to be judged.
pub struct JudgeOptions {
    /// The day of judgement; decides what is final and stands in for a missing 决定日期.
    pub as_of: NaiveDate,
    /// Whether a row without 决定日期 is decided: in a list of final outcomes it is, in a proposed one it is not.
    pub undated_is_final: bool,
    /// Domain of rows whose list does not say.
    pub domain: Option<Domain>,
    /// Unit of the list.
    pub unit: Option<String>,
    /// Period of the list.
    pub period: Option<String>,
    /// Falls that count as no fall.
    pub tolerance: Tolerance,
    /// The kinds of outcome that a conclusion protects.
    pub protected: Vec<Domain>,
}

/// How many percent below its baseline an amount may be before the fall counts; exactly this much does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    /// 工资
    pub salary: u8,
    /// 绩效
    pub performance_pay: u8,
    /// 奖金
    pub bonus: u8,
}

impl Tolerance {
    /// The tolerance of a domain that is counted in money.
    pub fn of(self, domain: Domain) -> Option<u8> {
        match domain {
            Domain::Salary => Some(self.salary),
            Domain::PerformancePay => Some(self.performance_pay),
            Domain::Bonus => Some(self.bonus),
            _ => None,
        }
    }
}
