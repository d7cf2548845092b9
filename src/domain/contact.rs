//! Who is told what: the people behind the roles of a unit.

use super::unseen::is_unseen;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

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

/// Whether mail can be addressed to this: a plain ASCII address that every mail server takes (RFC 5321 4.1.2, without quoted
/// local parts and address literals).
pub fn is_mail_address(text: &str) -> bool {
    let word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    text.split_once('@').is_some_and(|(local, host)| {
        text.len() <= 254 && local.len() <= 64 && local.split('.').all(word) && host.split('.').all(label)
    })
}

/// The address as mail goes to it, out of what a list or a form says: full-width signs made narrow, no blanks around it, the
/// domain in small letters. `None` for what no server takes.
///
/// A domain has no case (RFC 1035 2.3.3). What stands before the `@` is for its server alone to understand (RFC 5321 2.4), so
/// it goes out as it was written.
pub fn mail_address(text: &str) -> Option<String> {
    let narrow: String = text
        .chars()
        .filter(|c| c.is_whitespace() || !is_unseen(*c))
        .map(|c| match c {
            '！'..='～' => char::from_u32(c as u32 - 0xfee0).expect("the full-width block mirrors ASCII"),
            other => other,
        })
        .collect();
    let (local, domain) = narrow.trim().split_once('@')?;
    let address = format!("{local}@{}", domain.to_ascii_lowercase());
    is_mail_address(&address).then_some(address)
}

/// What mailboxes are told apart by: the address without case.
///
/// Strictly only its own server may say that `Li@` and `li@` are one box. The servers that offices use (Exchange, Coremail,
/// Postfix, the public providers) put both into one, none gives two people boxes that differ by case alone, and RFC 5321 2.4
/// asks that none does. Two spellings in a list are one person, who is not to get two summaries.
pub fn mailbox(address: &str) -> String {
    address.to_ascii_lowercase()
}

/// Whether two addresses are one [`mailbox`].
pub fn same_mailbox(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Puts the spellings of one mailbox together, each where its first stands.
pub fn by_mailbox(addresses: Vec<String>) -> Vec<Vec<String>> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut boxes: Vec<Vec<String>> = Vec::new();
    for address in addresses {
        let place = *places.entry(mailbox(&address)).or_insert(boxes.len());
        match boxes.get_mut(place) {
            Some(spellings) => spellings.push(address),
            None => boxes.push(vec![address]),
        }
    }
    boxes
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

#[cfg(test)]
mod tests {
    use super::{by_mailbox, is_mail_address, mail_address, same_mailbox};

    #[test]
    fn an_address_is_one_that_every_server_takes() {
        for good in [
            "he@yunchuan.example",
            "a.b-c_d+e@x1.example",
            "A@X.EXAMPLE",
            "a@localhost",
        ] {
            assert!(is_mail_address(good), "{good}");
        }
        let long = format!("{}@x.example", "a".repeat(65));
        for bad in [
            "",
            "a",
            "@x.example",
            "a@",
            "n..n@x.example",
            ".a@x.example",
            "a.@x.example",
            "a@x..example",
            "a@-x.example",
            "a@x-.example",
            "a@x.example.",
            "a b@x.example",
            "何@x.example",
            "a@b@c.example",
            "a@[127.0.0.1]",
            "\"a\"@x.example",
            long.as_str(),
        ] {
            assert!(!is_mail_address(bad), "{bad}");
        }
    }
    #[test]
    fn an_address_is_one_however_it_is_typed() {
        for text in [
            "He.W@yunchuan.example",
            " He.W@YunChuan.Example\t",
            "　Ｈｅ．Ｗ＠ｙｕｎｃｈｕａｎ．ｅｘａｍｐｌｅ　",
            "He.W@yunchuan.example\u{200b}",
        ] {
            assert_eq!(mail_address(text).as_deref(), Some("He.W@yunchuan.example"), "{text}");
        }
        for bad in [
            "",
            "he",
            "he @x.example",
            "he\t@x.example",
            "a@x.example\nb@x.example",
            "何@x.example",
            "he@x..example",
        ] {
            assert_eq!(mail_address(bad), None, "{bad}");
        }
        assert!(same_mailbox("He@x.example", "he@X.example") && !same_mailbox("he@x.example", "he@y.example"));
    }

    #[test]
    fn spellings_of_one_mailbox_stand_together() {
        let given = ["b@x.example", "A@x.example", "B@x.example", "a@x.example"].map(str::to_owned);
        let expected = [vec!["b@x.example", "B@x.example"], vec!["A@x.example", "a@x.example"]];
        assert_eq!(by_mailbox(given.to_vec()), expected);
    }
}
