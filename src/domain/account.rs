//! Who may sign in, as what, and what that lets them see and do. The table of roles and acts is [`access`].

pub mod access;
mod password;
mod throttle;

pub use access::{Act, may};
pub use password::{LONGEST_PASSWORD, WeakPassword, check_password};
pub use throttle::{Throttle, Trials};

use super::unit::lies_within;

/// What somebody is in this system. A contact's role says who is told; this says who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// 经办
    Handler,
    /// 预审员
    Prechecker,
    /// 督办员
    Supervisor,
    /// 单位联络员
    Liaison,
    /// 领导
    Leader,
    /// 系统管理员
    SystemAdministrator,
    /// 安全管理员
    SecurityAdministrator,
    /// 审计员
    Auditor,
}

impl Role {
    /// Every role, the working ones first.
    pub const ALL: [Self; 8] = [
        Self::Handler,
        Self::Prechecker,
        Self::Supervisor,
        Self::Liaison,
        Self::Leader,
        Self::SystemAdministrator,
        Self::SecurityAdministrator,
        Self::Auditor,
    ];

    /// 三员: no two of them are one person, and none of them handles the matters themselves.
    pub const ADMINISTRATORS: [Self; 3] = [Self::SystemAdministrator, Self::SecurityAdministrator, Self::Auditor];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::Prechecker => "prechecker",
            Self::Supervisor => "supervisor",
            Self::Liaison => "liaison",
            Self::Leader => "leader",
            Self::SystemAdministrator => "system-administrator",
            Self::SecurityAdministrator => "security-administrator",
            Self::Auditor => "auditor",
        }
    }

    /// Reads the stored word.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// The word people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Handler => "经办",
            Self::Prechecker => "预审员",
            Self::Supervisor => "督办员",
            Self::Liaison => "单位联络员",
            Self::Leader => "领导",
            Self::SystemAdministrator => "系统管理员",
            Self::SecurityAdministrator => "安全管理员",
            Self::Auditor => "审计员",
        }
    }

    /// Whether it is one of 三员.
    pub fn is_administrator(self) -> bool {
        Self::ADMINISTRATORS.contains(&self)
    }
}

/// The part of the tree of units somebody sees: a unit and what lies below it, or all of it; and whether the steps of
/// cases are part of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    top: Option<String>,
    without_steps: bool,
}

impl Scope {
    /// The whole tree.
    pub const WHOLE: Self = Self {
        top: None,
        without_steps: false,
    };

    /// A unit and what lies below it; no unit means the whole tree.
    pub fn of(unit: Option<&str>) -> Self {
        let levels = unit.unwrap_or_default().split(['/', '／', '\\', '＼']).map(str::trim);
        let path = levels.filter(|level| !level.is_empty()).collect::<Vec<_>>().join("/");
        Self {
            top: (!path.is_empty()).then_some(path),
            without_steps: false,
        }
    }

    /// What an account sees: somebody who only answers for a unit sees what the unit owes, and no step of a case, not even
    /// that there is one.
    pub fn of_account(role: Role, unit: Option<&str>) -> Self {
        Self {
            without_steps: !may(role, Act::SeeCases) && !may(role, Act::Supervise),
            ..Self::of(unit)
        }
    }

    /// Whether the steps of cases are seen.
    pub fn has_steps(&self) -> bool {
        !self.without_steps
    }

    /// The unit at the top, unless it is the whole tree.
    pub fn unit(&self) -> Option<&str> {
        self.top.as_deref()
    }

    /// Whether a unit is seen. What names no unit is seen only by whoever sees everything.
    pub fn holds(&self, unit: Option<&str>) -> bool {
        match (&self.top, unit) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(top), Some(unit)) => lies_within(unit, top),
        }
    }
}

/// Whoever looks at a page or changes something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The name they sign in with.
    pub login: String,
    /// 姓名
    pub name: String,
    /// As what.
    pub role: Role,
    /// What they see.
    pub scope: Scope,
}

impl Viewer {
    /// Whether they may.
    pub fn may(&self, act: Act) -> bool {
        may(self.role, act)
    }

    /// How the journal names them.
    pub fn actor(&self) -> String {
        format!("account:{}", self.login)
    }

    /// How histories that people read name them.
    pub fn signature(&self) -> String {
        format!("{}（{}）", self.name, self.login)
    }
}

/// The name and the account of a signature; of a name that somebody typed there is no account.
pub fn signed(text: &str) -> (&str, Option<&str>) {
    let parts = text.trim().strip_suffix('）').and_then(|text| text.rsplit_once('（'));
    match parts {
        Some((name, own)) if login(own).as_deref() == Some(own) => (name, Some(own)),
        _ => (text, None),
    }
}

/// A name to sign in with, as it is stored: lower case letters, digits, dots, hyphens and underscores, two to thirty-two.
pub fn login(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_');
    ((2..=32).contains(&text.len()) && text.bytes().all(plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_sees_itself_and_what_lies_below() {
        let own = Scope::of(Some("云川市/住建局"));
        for seen in ["云川市/住建局", "云川市/住建局/质监站"] {
            assert!(own.holds(Some(seen)), "{seen}");
        }
        for unseen in ["云川市", "云川市/住建局质监站", "云川市/住", "云川市/水务局", ""] {
            assert!(!own.holds(Some(unseen)), "{unseen}");
        }
        assert!(!own.holds(None));
        let plain = Scope::of(Some("云川市住建局"));
        assert!(plain.holds(Some("云川市住建局")) && plain.holds(Some("云川市住建局质监站")));
        assert!(!plain.holds(Some("云川市")) && !plain.holds(Some("云川市水务局")));
        assert!(Scope::WHOLE.holds(None) && Scope::of(Some(" / ")) == Scope::WHOLE);
        let spelled = Scope::of(Some(" 云川市／住建局/"));
        assert_eq!(spelled, own);
        // Blanks make no name longer than the path they stand in.
        assert!(!own.holds(Some("云川市          ")) && own.holds(Some("云川市／住建局/ 质监站")));
    }

    #[test]
    fn names_to_sign_in_with_are_plain() {
        assert_eq!(login(" Lin.Jia-01 ").as_deref(), Some("lin.jia-01"));
        for wrong in ["", "a", "林甲", "a b", "a\n", &"a".repeat(33), "a/b", "<b>"] {
            assert_eq!(login(wrong), None, "{wrong}");
        }
    }
}
