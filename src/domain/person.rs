//! A cadre and the citizen ID number that names one.

use super::unseen::is_unseen;
use serde::Serialize;
use std::fmt;

mod citizen_id;
pub use citizen_id::{CitizenId, IdFault, check_digit as citizen_check_digit, masked_in, may_have_number};

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

/// How somebody is addressed behind their name.
pub const COMRADE: &str = "同志";

/// Folds what people write in different ways into one form of a name: spaces inside it go away,
/// full-width forms become plain, the middle dots are one, remarks in brackets, asterisks and an address behind it and numbers and
/// signs of a list before it go away. Figures behind a name stay: rosters tell namesakes by them.
pub fn normal_name(text: &str) -> String {
    let folded: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !is_unseen(*c))
        .map(|c| match c {
            '•' | '・' | '．' | '‧' | '∙' | '●' | '･' | '.' => '·',
            'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '０'..='９' => {
                char::from_u32(c as u32 - 0xfee0).expect("the full-width block mirrors ASCII")
            }
            other => other,
        })
        .collect();
    // What is taken away may have hidden more of it.
    let mut name = folded.as_str();
    loop {
        let shorter = addressed(remarked(listed(name.trim_end_matches(['*', '＊']))));
        if shorter.len() == name.len() {
            return name.to_owned();
        }
        name = shorter;
    }
}

/// A folded name without the sign or the number of a list before it.
fn listed(text: &str) -> &str {
    let plain = text.trim_start_matches(['★', '☆', '※', '▲', '△', '■', '◆', '*', '＊', '·']);
    let behind = plain.trim_start_matches(|c: char| c.is_ascii_digit());
    let unnumbered = behind.strip_prefix(['·', '、']).filter(|_| behind.len() < plain.len());
    let name = unnumbered.unwrap_or(plain);
    if name.is_empty() { text } else { name }
}

/// A name without the remark in brackets behind it.
fn remarked(name: &str) -> &str {
    match name.find(['（', '(']) {
        Some(at) if at > 0 && name.ends_with(['）', ')']) => &name[..at],
        _ => name,
    }
}

/// A name without the address behind it.
fn addressed(name: &str) -> &str {
    name.strip_suffix(COMRADE)
        .filter(|rest| !rest.is_empty())
        .unwrap_or(name)
}

/// What stands between the names of a cell that lists several people.
const BETWEEN: [char; 7] = ['、', ',', '，', ';', '；', '/', '\n'];

/// The names of a cell that lists several people, or one with such a mark behind it.
pub fn listed_names(text: &str) -> Vec<String> {
    // A number before the first is no name.
    let (number, rest) = text.split_once('、').unwrap_or(("", text));
    let is_number = !number.is_empty() && number.trim().chars().all(char::is_numeric);
    let text = if is_number { rest } else { text };
    if !text.contains(BETWEEN) {
        return Vec::new();
    }
    let names = text.split(BETWEEN).map(normal_name);
    names.filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_list_adds_to_a_name_goes_away() {
        for written in [
            "闻立言同志",
            "1.闻立言",
            "12、闻立言",
            "★闻立言",
            "※ 闻立言（女）",
            "３．闻立言",
        ] {
            assert_eq!(normal_name(written), "闻立言", "{written}");
        }
        // Rosters tell namesakes so, and nobody is called an address alone.
        assert_eq!(normal_name("闻立言1"), "闻立言1");
        assert_eq!(normal_name("同志"), "同志");
        assert_eq!(listed_names("闻立言、顾南乔"), ["闻立言", "顾南乔"]);
        assert_eq!(listed_names("1、闻立言、顾南乔"), ["闻立言", "顾南乔"]);
        assert_eq!(listed_names("闻立言、"), ["闻立言"]);
        assert!(listed_names("阿依古丽·买买提").is_empty() && listed_names("1、闻立言").is_empty());
    }

    #[test]
    fn spellings_of_one_name_agree() {
        assert_eq!(normal_name("张 三"), "张三");
        assert_eq!(normal_name("张\u{3000}三"), "张三");
        assert_eq!(normal_name("阿依古丽・买买提"), normal_name("阿依古丽．买买提"));
        assert_eq!(normal_name("阿依古丽 • 买买提"), "阿依古丽·买买提");
        assert_eq!(normal_name("阿依古丽.买买提"), "阿依古丽·买买提");
        assert_eq!(normal_name("沈砚舟（兼）"), "沈砚舟");
        assert_eq!(normal_name("沈砚舟*"), "沈砚舟");
        for unseen in "\u{202e}\u{202c}\u{200e}\u{2066}\u{ad}\u{61c}\u{fe0f}\u{3164}\u{2800}\u{180e}\u{2064}\u{1}\u{7f}\u{e0001}\u{115f}\u{fff9}".chars() {
            assert_eq!(normal_name(&format!("{unseen}沈{unseen}砚舟{unseen}")), "沈砚舟", "{unseen:?}");
        }
    }
}
