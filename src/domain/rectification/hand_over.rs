//! 移交: all open items of one person to another in one step, which both confirm.

use super::facts::Facts;
use crate::domain::person::normal_name;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A hand-over as offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
    /// Only items of this unit and those below it.
    pub unit: Option<String>,
    /// Why.
    pub reason: String,
    /// Numbers of the items.
    pub items: Vec<String>,
    /// Day it was offered.
    pub offered_on: NaiveDate,
    /// Confirmed by whoever gives.
    pub given_on: Option<NaiveDate>,
    /// Confirmed by whoever takes.
    pub taken_on: Option<NaiveDate>,
}

/// What a confirmation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hands {
    /// The other one has still to confirm.
    Waits,
    /// Both have: the items are handed over now.
    Joined,
}

impl HandOver {
    /// Whether an item has this person: as 责任人, 联系人 or 牵头领导.
    pub fn holds(facts: &Facts, name: &str) -> bool {
        let name = normal_name(name);
        [&facts.person, &facts.contact, &facts.lead]
            .into_iter()
            .flatten()
            .any(|held| normal_name(held) == name)
    }

    /// The same item with the other person wherever this one stood.
    pub fn handed(&self, facts: &Facts) -> Facts {
        let from = normal_name(&self.from);
        let mut facts = facts.clone();
        for held in [&mut facts.person, &mut facts.contact, &mut facts.lead] {
            if held.as_deref().is_some_and(|held| normal_name(held) == from) {
                *held = Some(self.to.clone());
            }
        }
        facts
    }

    /// Takes a confirmation in.
    ///
    /// # Errors
    /// It is not theirs to confirm, or they have done so.
    pub fn confirm(&mut self, by: &str, today: NaiveDate) -> Result<Hands, String> {
        let name = normal_name(by);
        let (own, day) = if name == normal_name(&self.from) {
            ("移交人", &mut self.given_on)
        } else if name == normal_name(&self.to) {
            ("接收人", &mut self.taken_on)
        } else {
            return Err(format!(
                "移交须由「{}」和「{}」本人确认，「{by}」不是",
                self.from, self.to
            ));
        };
        if let Some(day) = day {
            return Err(format!("{own}「{by}」已于 {day} 确认"));
        }
        *day = Some(today);
        Ok(if self.given_on.is_some() && self.taken_on.is_some() {
            Hands::Joined
        } else {
            Hands::Waits
        })
    }
}
