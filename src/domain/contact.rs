//! Who is told what: the people behind the roles of a unit.

use serde::{Deserialize, Serialize};

/// 角色 of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    /// 经办
    #[serde(rename = "经办")]
    Handler,
    /// 科室负责人
    #[serde(rename = "科室负责人")]
    SectionHead,
    /// 分管领导
    #[serde(rename = "分管领导")]
    DeputyLeader,
    /// 主要负责人
    #[serde(rename = "主要负责人")]
    Leader,
    /// 督办员
    #[serde(rename = "督办员")]
    Supervisor,
    /// 单位联络员
    #[serde(rename = "单位联络员")]
    UnitLiaison,
    /// 主管部门
    #[serde(rename = "主管部门")]
    CompetentDepartment,
    /// 上级部门
    #[serde(rename = "上级部门")]
    SuperiorDepartment,
    /// 组织部门
    #[serde(rename = "组织部门")]
    OrganizationDepartment,
    /// 管理员
    #[serde(rename = "管理员")]
    Administrator,
    /// 责任人: whoever an item names, found among the contacts of its unit.
    #[serde(rename = "责任人")]
    Responsible,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 11] = [
        Self::Handler,
        Self::SectionHead,
        Self::DeputyLeader,
        Self::Leader,
        Self::Supervisor,
        Self::UnitLiaison,
        Self::CompetentDepartment,
        Self::SuperiorDepartment,
        Self::OrganizationDepartment,
        Self::Administrator,
        Self::Responsible,
    ];

    /// The word people see and files carry.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Handler => "经办",
            Self::SectionHead => "科室负责人",
            Self::DeputyLeader => "分管领导",
            Self::Leader => "主要负责人",
            Self::Supervisor => "督办员",
            Self::UnitLiaison => "单位联络员",
            Self::CompetentDepartment => "主管部门",
            Self::SuperiorDepartment => "上级部门",
            Self::OrganizationDepartment => "组织部门",
            Self::Administrator => "管理员",
            Self::Responsible => "责任人",
        }
    }

    /// Reads the word of a file.
    pub fn from_zh(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.zh() == text)
    }
}

/// One line of the contact list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRecord {
    /// 单位
    pub unit: String,
    /// 姓名
    pub name: String,
    /// 角色
    pub role: Role,
    /// 邮箱; `None` when the cell is empty.
    pub email: Option<String>,
    /// 代理人: a name in the same list who is told instead while this contact is 停用.
    pub deputy: Option<String>,
    /// 停用
    pub disabled: bool,
}

/// 代理: who is told and acts in somebody's place while they are away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// 单位 of whoever is away.
    pub unit: String,
    /// Whoever is away.
    pub name: String,
    /// Whoever stands in.
    pub deputy: String,
    /// First day.
    pub from: chrono::NaiveDate,
    /// Last day.
    pub to: chrono::NaiveDate,
    /// Why.
    pub reason: String,
}

impl Delegation {
    /// Whether it holds on a day.
    pub fn holds(&self, day: chrono::NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }
}
