//! What somebody has silenced, and what somebody has taken note of.

use super::{Alert, Outcome, folded};
use crate::domain::contact::same_mailbox;
use crate::domain::obligation::{Kind, Obligation};
use crate::domain::time::Moment;
use std::collections::BTreeMap;

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

/// A reminder that a reader's own silence held back.
#[derive(Debug, Clone)]
pub struct HeldBack {
    /// The decision not to send it.
    pub alert: Alert,
    /// When it was taken.
    pub decided: Moment,
    /// When the reader was last told of the same matter.
    pub told: Option<Moment>,
}

/// Why a reminder is told after its point.
const AFTER_SILENCE: &str = "静默结束后补发：静默期间最近一次提醒";

/// What a reader is told once no silence of theirs is in force, out of all that these held back: of each matter the newest,
/// unless they were told of it since. It waits for their next summary.
pub fn after_silence(held: &[HeldBack]) -> Vec<Alert> {
    let age = |one: &HeldBack| (one.alert.at, one.alert.identity.clone());
    let mut newest: BTreeMap<&str, &HeldBack> = BTreeMap::new();
    for one in held {
        let known = newest.entry(&one.alert.subject_id).or_insert(one);
        if age(known) < age(one) {
            *known = one;
        }
    }
    newest
        .into_values()
        .filter(|one| one.told.is_none_or(|told| told < one.decided))
        .map(|one| Alert {
            outcome: Outcome::Sent,
            reason: AFTER_SILENCE.to_owned(),
            waits: true,
            ..one.alert.clone()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::alert::{Point, Recipient, Severity, identity};
    use crate::domain::contact::Role;
    use crate::domain::ids::AlertId;

    fn held(subject: &str, point: Point, day: i64, told: Option<i64>) -> HeldBack {
        let identity = identity(subject, 1, point, "he@x.example");
        HeldBack {
            alert: Alert {
                id: AlertId::of(&identity),
                identity,
                subject_key: subject.to_owned(),
                subject_id: subject.to_owned(),
                kind: Kind::Rectification,
                point,
                revision: 1,
                severity: Severity::Urgent,
                number: None,
                due: "2026-09-08".parse().expect("a day"),
                clause: String::new(),
                recipient: Some(Recipient {
                    email: "he@x.example".to_owned(),
                    name: "甲".to_owned(),
                    role: Role::Handler,
                }),
                at: Moment::from_millis(day),
                outcome: Outcome::Silenced,
                reason: String::new(),
                title: String::new(),
                waits: false,
            },
            decided: Moment::from_millis(day),
            told: told.map(Moment::from_millis),
        }
    }

    #[test]
    fn after_a_silence_the_newest_of_each_matter_is_told_unless_it_was_since() {
        let all = [
            held("a", Point::Before(3), 1, None),
            held("a", Point::Due, 4, None),
            held("b", Point::Due, 2, Some(1)),
            held("c", Point::Due, 2, Some(3)),
            held("d", Point::Due, 2, Some(3)),
            held("d", Point::After(1), 5, Some(3)),
        ];
        let told = after_silence(&all);
        let points: Vec<(&str, Point)> = told.iter().map(|one| (one.subject_id.as_str(), one.point)).collect();
        assert_eq!(points, [("a", Point::Due), ("b", Point::Due), ("d", Point::After(1))]);
        assert!(told.iter().all(|one| one.waits && one.outcome == Outcome::Sent));
        assert!(after_silence(&[]).is_empty());
    }

    #[test]
    fn a_unit_covers_those_below_it_and_no_namesake() {
        assert!(is_of("云川市/住建局", "云川市/住建局/"));
        assert!(is_of("云川市/住建局/质监站", "云川市/住建局"));
        assert!(!is_of("云川市/住建局二处", "云川市/住建局"));
        assert!(!is_of("云川市", "云川市/住建局"));
    }
}
