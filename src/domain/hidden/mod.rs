//! The hidden penalty: ten clean rows may still hide a pattern. Protected cadres are compared with the peers of their
//! own unit and rank, in numbers without names; a report for a person, never an alert about one.

mod compare;
mod exact;
mod gather;

pub use compare::{Comparison, Reading, UnitLine, compare};
pub use exact::{Table, two_sided};
pub use gather::{Counted, Mark, Side, gather, is_partial};

use super::policy::NumberFrom;
use super::protection::list::Domain;

/// When the comparison says something.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds {
    /// Fewer protected ones than this: 样本不足.
    pub min_protected: u32,
    /// Fewer peers than this: 样本不足.
    pub min_peers: u32,
    /// A difference is named when the p-value is not above this.
    pub level: f64,
    /// Whether the numbers stand in the policy.
    pub number_from: NumberFrom,
}

impl Thresholds {
    /// Where a profile does not say.
    pub fn usual() -> Self {
        Self {
            min_protected: 5,
            min_peers: 20,
            level: 0.05,
            number_from: NumberFrom::Local,
        }
    }
}

/// So many people, and how many of them were favoured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// People.
    pub persons: u32,
    /// Favoured among them.
    pub favoured: u32,
}

impl Share {
    /// Percent; `None` of nobody.
    pub fn percent(self) -> Option<f64> {
        (self.persons > 0).then(|| f64::from(self.favoured) * 100.0 / f64::from(self.persons))
    }

    fn add(&mut self, other: Self) {
        self.persons += other.persons;
        self.favoured += other.favoured;
    }
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// 年度考核优秀
    Excellent,
    /// 提拔任用
    Appointment,
    /// 职级晋升
    RankPromotion,
    /// 职称晋升
    TitlePromotion,
    /// 绩效 at or above the median of unit and rank.
    PerformancePay,
    /// 奖金, the same.
    Bonus,
}

impl Measure {
    /// Every measure, in the order of the clause.
    pub const ALL: [Self; 6] = [
        Self::Excellent,
        Self::Appointment,
        Self::RankPromotion,
        Self::TitlePromotion,
        Self::PerformancePay,
        Self::Bonus,
    ];

    /// What the lists of a domain are counted for; `None`: they are not compared.
    pub fn of(domain: Domain) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.domain() == domain)
    }

    /// The domain whose lists are counted.
    pub fn domain(self) -> Domain {
        match self {
            Self::Excellent => Domain::AnnualAppraisal,
            Self::Appointment => Domain::Appointment,
            Self::RankPromotion => Domain::RankPromotion,
            Self::TitlePromotion => Domain::TitlePromotion,
            Self::PerformancePay => Domain::PerformancePay,
            Self::Bonus => Domain::Bonus,
        }
    }

    /// The word other programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Excellent => "excellent",
            Self::Appointment => "appointment",
            Self::RankPromotion => "rank_promotion",
            Self::TitlePromotion => "title_promotion",
            Self::PerformancePay => "performance_pay",
            Self::Bonus => "bonus",
        }
    }

    /// The words people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Excellent => "年度考核优秀",
            Self::Appointment => "提拔任用",
            Self::RankPromotion => "职级晋升",
            Self::TitlePromotion => "职称晋升",
            Self::PerformancePay => "绩效不低于中位数",
            Self::Bonus => "奖金不低于中位数",
        }
    }

    /// Whether a list names a choice of people, so that who is not on it was not chosen.
    pub fn is_choice(self) -> bool {
        matches!(self, Self::Appointment | Self::RankPromotion | Self::TitlePromotion)
    }
}

/// The people of one unit and rank on one list, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// 单位
    pub unit: String,
    /// 职级
    pub rank: String,
    /// What the list was about.
    pub measure: Measure,
    /// Year of the period.
    pub year: i32,
    /// 期间
    pub period: String,
    /// 事项
    pub item: String,
    /// Fully protected cadres.
    pub protected: Share,
    /// Everybody else whom no case concerns.
    pub peers: Share,
}

#[cfg(test)]
mod tests;
