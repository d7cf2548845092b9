//! Which outcome an outcome follows from: a wrong 基本称职 bars the promotion of the next year.

use super::Finding;
use crate::domain::policy::NumberFrom;
use crate::domain::protection::list::Domain;

/// A rule of the profile: outcomes of these domains follow from one of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consequence {
    /// The domain of the earlier outcome.
    pub after: Domain,
    /// The domains it reaches.
    pub domains: Vec<Domain>,
    /// For how many years after its own.
    pub years: u32,
    /// Words of a reason that point to it whatever the year.
    pub named: Vec<String>,
    /// Clause it rests on.
    pub clause: String,
    /// Whether the number of years stands in a rule or is a local default.
    pub number_from: NumberFrom,
}

/// The earlier finding of the same protection that a finding follows from, with the rule; the nearest in time where
/// there are several.
pub fn predecessor<'a>(
    finding: &Finding,
    others: impl IntoIterator<Item = &'a Finding>,
    rules: &'a [Consequence],
) -> Option<(&'a Finding, &'a Consequence)> {
    let year = finding.year();
    let mut found: Option<(&Finding, &Consequence)> = None;
    for other in others {
        let before = i64::from(year) - i64::from(other.year());
        if other.id == finding.id || other.case != finding.case || before < 0 {
            continue;
        }
        let rule = rules.iter().find(|rule| {
            let named = || rule.named.iter().any(|word| finding.reason.contains(word.as_str()));
            let in_time = (1..=i64::from(rule.years)).contains(&before);
            rule.after == other.domain && rule.domains.contains(&finding.domain) && (in_time || named())
        });
        if let Some(rule) = rule
            && found.is_none_or(|(nearest, _)| nearest.year() < other.year())
        {
            found = Some((other, rule));
        }
    }
    found
}

impl Consequence {
    /// What is said of it where the later outcome is explained.
    pub fn says(&self, earlier: &Finding) -> String {
        format!(
            "可能由此前的疑似问题（{}）引起，依据{}（{}）",
            earlier.short(),
            self.clause,
            self.number_from.zh()
        )
    }
}
