//! Kinds of personnel outcome (事项类别): the ten of clause 二(五), and those a site's word lists add.

use crate::domain::name::Name;
use serde::{Deserialize, Deserializer, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// A kind of personnel outcome.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct Domain(Name);

/// Kinds that word lists added, with the word people see.
static ADDED: Mutex<BTreeMap<Name, &'static str>> = Mutex::new(BTreeMap::new());
/// Kinds and wordings one process ever adds.
const MOST: usize = 200;

#[expect(
    non_upper_case_globals,
    reason = "they read as the variants of a closed list, which they are to the program"
)]
impl Domain {
    /// 年度考核
    pub const AnnualAppraisal: Self = Self(Name::known("annual_appraisal"));
    /// 评先评优
    pub const MeritSelection: Self = Self(Name::known("merit_selection"));
    /// 表彰奖励
    pub const Commendation: Self = Self(Name::known("commendation"));
    /// 干部选拔任用
    pub const Appointment: Self = Self(Name::known("appointment"));
    /// 职级晋升
    pub const RankPromotion: Self = Self(Name::known("rank_promotion"));
    /// 职称晋升
    pub const TitlePromotion: Self = Self(Name::known("title_promotion"));
    /// 工资
    pub const Salary: Self = Self(Name::known("salary"));
    /// 绩效
    pub const PerformancePay: Self = Self(Name::known("performance_pay"));
    /// 奖金
    pub const Bonus: Self = Self(Name::known("bonus"));
    /// 党代表、人大代表、政协委员等资格
    pub const Representative: Self = Self(Name::known("representative"));
}

/// The ten with the words people see, in the order of the clause.
const OF_THE_CLAUSE: [(Domain, &str); 10] = [
    (Domain::AnnualAppraisal, "年度考核"),
    (Domain::MeritSelection, "评先评优"),
    (Domain::Commendation, "表彰奖励"),
    (Domain::Appointment, "干部选拔任用"),
    (Domain::RankPromotion, "职级晋升"),
    (Domain::TitlePromotion, "职称晋升"),
    (Domain::Salary, "工资"),
    (Domain::PerformancePay, "绩效"),
    (Domain::Bonus, "奖金"),
    (Domain::Representative, "代表委员资格"),
];

impl Domain {
    /// The ten of the clause, in its order.
    pub const ALL: [Self; 10] = {
        let mut all = [Self::AnnualAppraisal; 10];
        let mut at = 0;
        while at < all.len() {
            all[at] = OF_THE_CLAUSE[at].0;
            at += 1;
        }
        all
    };

    /// The ten, and then those that word lists added.
    pub fn known() -> Vec<Self> {
        let added = ADDED.lock().unwrap_or_else(PoisonError::into_inner);
        Self::ALL.into_iter().chain(added.keys().copied().map(Self)).collect()
    }

    /// Adds a kind, or gives an added one another word; `None` for an id that is no name, one of the ten, or one too many.
    pub(super) fn add(id: &str, zh: &str) -> Option<Self> {
        let name = Name::new(id).filter(|name| !Self::ALL.contains(&Self(*name)))?;
        let mut added = ADDED.lock().unwrap_or_else(PoisonError::into_inner);
        if added.get(&name).is_none_or(|known| *known != zh) {
            if added.len() >= MOST {
                return None;
            }
            // Kept for good, like the names themselves: a kind is copied freely.
            added.insert(name, Box::leak(zh.to_owned().into_boxed_str()));
        }
        Some(Self(name))
    }

    /// The word other programs read.
    pub fn as_str(self) -> &'static str {
        self.0.as_str()
    }

    /// The word people see; of a kind whose word list is gone, the word other programs read.
    pub fn zh(self) -> &'static str {
        let of_the_clause = OF_THE_CLAUSE.iter().find(|(domain, _)| *domain == self);
        of_the_clause.map_or_else(
            || {
                let added = ADDED.lock().unwrap_or_else(PoisonError::into_inner);
                added.get(&self.0).copied().unwrap_or(self.as_str())
            },
            |(_, zh)| *zh,
        )
    }

    /// Reads the id that commands take; only of kinds that are known.
    pub fn from_id(text: &str) -> Option<Self> {
        Self::known().into_iter().find(|domain| domain.as_str() == text)
    }

    /// Reads an id that was stored: its word list may be gone meanwhile.
    pub fn stored(text: &str) -> Option<Self> {
        Name::new(text).map(Self)
    }

    /// One of the ten, or behind them.
    fn place(self) -> usize {
        Self::ALL
            .iter()
            .position(|domain| *domain == self)
            .unwrap_or(Self::ALL.len())
    }
}

impl Ord for Domain {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Domain {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<'de> Deserialize<'de> for Domain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_id(&text).ok_or_else(|| {
            let known: Vec<&str> = Self::known().into_iter().map(Self::as_str).collect();
            serde::de::Error::custom(format!("不认识的事项类别「{text}」，可用的是 {}", known.join("、")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ten_stand_in_the_order_of_the_clause_and_added_ones_behind() {
        let added = Domain::add("a_secondment_of_a_test", "挂职锻炼").expect("a good name");
        assert_eq!(added.zh(), "挂职锻炼");
        assert_eq!(Domain::from_id("a_secondment_of_a_test"), Some(added));
        assert!(Domain::Representative < added && Domain::AnnualAppraisal < Domain::MeritSelection);
        assert_eq!(Domain::known()[..10], Domain::ALL);
        for wrong in ["salary", "挂职", "", "Salary"] {
            assert_eq!(Domain::add(wrong, "甲"), None, "{wrong}");
        }
        assert_eq!(Domain::from_id("never_added"), None);
        assert_eq!(Domain::stored("never_added").map(Domain::zh), Some("never_added"));
    }
}
