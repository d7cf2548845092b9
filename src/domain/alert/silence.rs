//! What somebody has silenced, and what somebody has taken note of.

use super::folded;
use crate::domain::contact::same_mailbox;
use crate::domain::obligation::{Kind, Obligation};
use crate::domain::time::Moment;

/// What a silence is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// One case or rectification, by its number.
    Number(String),
    /// A sort of obligation.
    Kind(Kind),
    /// A unit and those below it, as the one to act or the one whose contacts are told.
    Unit(String),
    /// One reader, by address.
    Recipient(String),
}

impl Target {
    /// The stored word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Kind(_) => "kind",
            Self::Unit(_) => "unit",
            Self::Recipient(_) => "recipient",
        }
    }

    /// The stored value.
    pub fn value(&self) -> &str {
        match self {
            Self::Kind(kind) => kind.as_str(),
            Self::Number(value) | Self::Unit(value) | Self::Recipient(value) => value,
        }
    }

    /// Reads what was stored.
    pub fn stored(word: &str, value: String) -> Option<Self> {
        match word {
            "number" => Some(Self::Number(value)),
            "kind" => Kind::from_text(&value).map(Self::Kind),
            "unit" => Some(Self::Unit(value)),
            "recipient" => Some(Self::Recipient(value)),
            _ => None,
        }
    }

    /// The words people see.
    pub fn zh(&self) -> String {
        match self {
            Self::Number(number) => format!("编号 {number}"),
            Self::Kind(kind) => format!("种类 {}", kind.as_str()),
            Self::Unit(unit) => format!("单位 {unit}"),
            Self::Recipient(email) => format!("收件人 {email}"),
        }
    }

    /// Whether nothing is said about an obligation at all.
    fn covers(&self, obligation: &Obligation) -> bool {
        match self {
            Self::Number(number) => *number == obligation.number,
            Self::Kind(kind) => *kind == obligation.kind,
            Self::Unit(unit) => {
                let units = [&obligation.scope_unit, &obligation.acting_unit];
                units.into_iter().flatten().any(|one| is_of(one, unit))
            }
            Self::Recipient(_) => false,
        }
    }
}

/// Whether a unit is another or lies below it on its path.
pub fn is_of(unit: &str, above: &str) -> bool {
    let (unit, above) = (unit.trim_matches('/'), above.trim_matches('/'));
    let mut path = unit;
    loop {
        if folded(path) == folded(above) {
            return true;
        }
        match path.rfind('/') {
            Some(cut) => path = &path[..cut],
            None => return false,
        }
    }
}

/// A silence: nothing is sent about its target until it ends, then the newest of what was held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// Short id that people type.
    pub id: String,
    /// What it is about.
    pub target: Target,
    /// Why.
    pub reason: String,
    /// Who wanted it.
    pub by: String,
    /// Beginning.
    pub from: Moment,
    /// End, by plan or because somebody lifted it.
    pub until: Moment,
}

impl Silence {
    /// Whether it is in force.
    pub fn holds(&self, now: Moment) -> bool {
        self.from <= now && now < self.until
    }

    /// Why something is not sent.
    pub fn zh(&self) -> String {
        format!(
            "静默（{}，{}登记，至{}）：{}",
            self.target.zh(),
            self.by,
            self.until.local().format("%Y年%-m月%-d日 %H:%M"),
            self.reason
        )
    }
}

/// The silence that covers an obligation now; the one that lasts longest.
pub fn silence_of<'a>(silences: &'a [Silence], obligation: &Obligation, now: Moment) -> Option<&'a Silence> {
    silences
        .iter()
        .filter(|silence| silence.holds(now) && silence.target.covers(obligation))
        .max_by_key(|silence| silence.until)
}

/// The silence a reader asked for.
pub fn silence_of_reader<'a>(silences: &'a [Silence], email: &str, now: Moment) -> Option<&'a Silence> {
    silences.iter().find(|silence| {
        silence.holds(now) && matches!(&silence.target, Target::Recipient(own) if same_mailbox(own, email))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_covers_those_below_it_and_no_namesake() {
        assert!(is_of("云川市/住建局", "云川市/住建局/"));
        assert!(is_of("云川市/住建局/质监站", "云川市/住建局"));
        assert!(!is_of("云川市/住建局二处", "云川市/住建局"));
        assert!(!is_of("云川市", "云川市/住建局"));
    }
}
