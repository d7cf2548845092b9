//! 处置阶梯: the levels a neglected item climbs, as the profile has them.

use crate::domain::alert::Severity;
use crate::domain::contact::Role;
use crate::domain::name::Name;
use crate::domain::policy::{Also, NumberFrom, Scope};
use std::fmt;

/// One level.
#[derive(Debug, Clone)]
pub struct Level {
    /// The word that reminder points refer to.
    pub id: Name,
    /// Its name for people.
    pub name: String,
    /// Its colour, in a word: 蓝, 黄, 橙, 红.
    pub colour: String,
    /// The paper that goes with it: 提醒函, 督办通知单, 告诫书, 移交函.
    pub paper: Option<String>,
    /// 扣分 when it is reached, in hundredths.
    pub deduction: u32,
    /// How loud it is when it was raised by hand.
    pub severity: Severity,
    /// Whose contacts are told when it was raised by hand.
    pub scope: Scope,
    /// Which roles of them.
    pub roles: Vec<Role>,
    /// Who is told beside them.
    pub also: Option<Also>,
    /// What to do, said in a mail and in the paper.
    pub action: String,
    /// Clause it rests on.
    pub clause: String,
    /// Whose number the deduction is.
    pub number_from: NumberFrom,
}

/// The levels, the mildest first.
#[derive(Debug, Clone, Default)]
pub struct Ladder(pub Vec<Level>);

impl Level {
    /// The papers that may go with a level.
    pub const PAPERS: [&'static str; 4] = ["提醒函", "督办通知单", "告诫书", "移交函"];
}

impl Ladder {
    /// A level by its word.
    pub fn level(&self, id: Name) -> Option<&Level> {
        self.0.iter().find(|level| level.id == id)
    }

    /// Its place, the mildest is 1; 0 for a level that the profile no longer has.
    pub fn rank(&self, id: Name) -> u32 {
        self.0
            .iter()
            .position(|level| level.id == id)
            .map_or(0, |place| place as u32 + 1)
    }

    /// Place of a level that may be none.
    pub fn rank_of(&self, level: Option<Name>) -> u32 {
        level.map_or(0, |id| self.rank(id))
    }

    /// The name people see; the word itself for a level that the profile no longer has.
    pub fn zh(&self, id: Name) -> String {
        self.level(id)
            .map_or_else(|| id.as_str().to_owned(), |level| level.name.clone())
    }

    /// A level by its word or by the name people see.
    pub fn find(&self, text: &str) -> Option<&Level> {
        self.0
            .iter()
            .find(|level| level.id.as_str() == text || level.name == text || level.colour == text)
    }
}

/// Points taken off, in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Tally(pub u32);

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match (rest, rest % 10) {
            (0, _) => write!(f, "{whole}"),
            (_, 0) => write!(f, "{whole}.{}", rest / 10),
            _ => write!(f, "{whole}.{rest:02}"),
        }
    }
}
