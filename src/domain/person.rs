//! A cadre, and what names one: the citizen ID number and the spellings of a name.

use serde::Serialize;
use std::fmt;

mod citizen_id;
mod plain;
mod spelling;
pub use citizen_id::{CitizenId, IdFault, check_digit as citizen_check_digit, masked_in, may_have_number};
pub use plain::is_plain_name;
pub use spelling::{is_masked, listed_names, masked_name, masks_of, names_within, normal_name, without_dots};

/// Where a cadre stands today (管理状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum CadreStatus {
    /// 现职
    Active,
    /// 离退
    Retired,
    /// 调出
    Transferred,
    /// 已去世
    Deceased,
}

impl CadreStatus {
    /// Every status, in the order of the national code table ZB126.
    pub const ALL: [Self; 4] = [Self::Active, Self::Retired, Self::Transferred, Self::Deceased];

    /// The word people see and files carry.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Active => "现职",
            Self::Retired => "离退",
            Self::Transferred => "调出",
            Self::Deceased => "已去世",
        }
    }

    /// Reads the word of a file.
    pub fn from_zh(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.zh() == text)
    }
}

/// What stood in an ID column.
#[derive(Clone, PartialEq, Eq)]
pub enum IdNumber {
    /// The cell was empty or the column is not there.
    Missing,
    /// A number with the right check digit.
    Valid(CitizenId),
    /// Something stood there that identifies nobody.
    Unusable(IdFault),
}

impl IdNumber {
    /// The usable number, if there is one.
    pub fn valid(&self) -> Option<&CitizenId> {
        match self {
            Self::Valid(id) => Some(id),
            Self::Missing | Self::Unusable(_) => None,
        }
    }
}

/// Never prints the number: it would reach logs.
impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("Missing"),
            Self::Valid(id) => write!(f, "Valid({})", id.masked()),
            Self::Unusable(fault) => write!(f, "Unusable({fault})"),
        }
    }
}

/// One line of a roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CadreRecord {
    /// 姓名, as written.
    pub name: String,
    /// 公民身份号码
    pub id: IdNumber,
    /// 单位: a path (云川市/住建局/质监站) or a full name.
    pub unit: String,
    /// 职务
    pub post: Option<String>,
    /// 职级
    pub rank: Option<String>,
    /// 身份: 公务员, 事业, 国企
    pub identity: Option<String>,
    /// 代表委员身份
    pub representative: Option<String>,
    /// 管理状态; `None` when the roster does not say.
    pub status: Option<CadreStatus>,
}
