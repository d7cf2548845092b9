//! What one protection says of one row: its state on the day of the decision, then the table.

use super::facts::CaseFacts;
use super::list::Domain;
use super::period::Period;
use super::report::{Attribution, Note, OutcomeClass, Standing, Verdict};
use super::words::Effect;
use crate::domain::case::Level;
use chrono::{Months, NaiveDate};

/// When an outcome was decided and what for.
pub(super) struct When<'a> {
    pub domain: Domain,
    /// 决定日期, or the day of judgement.
    pub day: NaiveDate,
    pub is_final: bool,
    /// Worded as a proposal (拟…).
    pub proposed: bool,
    /// Compared with a 影响期 by the year it is about.
    pub by_year: bool,
    /// The row's period, else the list's.
    pub period: Option<&'a Period>,
}

/// The state of a case's protection towards an outcome; `None`: no protection at all.
pub(super) fn standing(case: &CaseFacts, when: &When<'_>, effects: &[Effect]) -> Option<Standing> {
    let level = case.conclusion.level();
    if level == Level::None {
        return None;
    }
    if case.revoked && case.revoked_on.is_none_or(|day| day <= when.day) {
        return Some(Standing::Revoked);
    }
    if case
        .concluded_on
        .is_some_and(|begun| when.day < begun && !takes_effect_later(begun, when))
    {
        return Some(Standing::NotYet);
    }
    Some(match level {
        Level::Full | Level::None => Standing::Full,
        Level::Capped => capped(case, when, effects),
        Level::Pending if when.is_final => Standing::PendingFinal,
        Level::Pending => Standing::PendingProposed,
    })
}

/// Decided before, still only proposed, and for a period that ends after the protection began, whose first day counts.
fn takes_effect_later(begun: NaiveDate, when: &When<'_>) -> bool {
    when.proposed && when.period.is_some_and(|period| period.to >= begun)
}

fn capped(case: &CaseFacts, when: &When<'_>, effects: &[Effect]) -> Standing {
    let (Some(begun), Some(measure)) = (case.concluded_on, &case.measure) else {
        return Standing::CappedUnlisted;
    };
    let sanctions = sanctions(measure, effects);
    if sanctions.is_empty() {
        return Standing::CappedUnlisted;
    }
    let running: Vec<&Effect> = sanctions
        .into_iter()
        .filter(|effect| is_inside(begun, effect.months, when))
        .collect();
    if running.is_empty() {
        Standing::CappedAfter
    } else if running.iter().any(|effect| effect.domains.contains(&when.domain)) {
        Standing::CappedReached
    } else {
        Standing::CappedApart
    }
}

/// The sanctions a measure names, the longer word before the shorter.
fn sanctions<'a>(measure: &str, effects: &'a [Effect]) -> Vec<&'a Effect> {
    let text = super::text::folded(measure);
    let words = effects
        .iter()
        .enumerate()
        .flat_map(|(at, effect)| effect.words.iter().map(move |word| (word, at)));
    super::pattern::find_each(&text, words)
        .into_iter()
        .map(|hit| &effects[hit.what])
        .collect()
}

/// An appraisal is inside when its year overlaps the 影响期, everything else by the day of the decision.
fn is_inside(begun: NaiveDate, months: u32, when: &When<'_>) -> bool {
    let Some(end) = begun.checked_add_months(Months::new(months)) else {
        return true;
    };
    match when.period {
        Some(period) if when.by_year => period.from < end && begun <= period.to,
        _ => (begun..end).contains(&when.day),
    }
}

/// The verdict for a protection in a state, with the note where the table was not asked.
pub(super) fn rule(
    standing: Standing,
    class: OutcomeClass,
    attribution: Attribution,
    documented: bool,
) -> (Verdict, Option<Note>) {
    match standing {
        Standing::NotYet => (Verdict::Clear, Some(Note::NotYet)),
        Standing::Revoked => (Verdict::Clear, Some(Note::Revoked)),
        Standing::PendingProposed => (Verdict::Clear, None),
        Standing::PendingFinal => {
            let cites = matches!(attribution, Attribution::Explicit | Attribution::Implied);
            if class == OutcomeClass::Adverse && cites {
                (Verdict::Suspect, None)
            } else {
                (Verdict::Clear, None)
            }
        }
        Standing::CappedReached if matches!(class, OutcomeClass::Adverse | OutcomeClass::Ordinary) => {
            (Verdict::Clear, Some(Note::WithinEffectPeriod))
        }
        Standing::Full
        | Standing::CappedReached
        | Standing::CappedApart
        | Standing::CappedAfter
        | Standing::CappedUnlisted => (table(class, attribution, documented), None),
    }
}

/// The decision table.
fn table(class: OutcomeClass, attribution: Attribution, documented: bool) -> Verdict {
    use {Attribution as A, OutcomeClass as C};
    match (class, attribution) {
        (C::Adverse | C::Ordinary | C::Unknown, A::Explicit) => Verdict::Violation,
        (C::Adverse, A::Implied | A::None) | (C::Ordinary, A::Implied) => Verdict::Suspect,
        (C::Adverse, A::Independent) if documented => Verdict::Clear,
        (C::Adverse, A::Independent) => Verdict::Explain,
        (C::Favourable, _) | (C::Ordinary, A::None | A::Independent) => Verdict::Clear,
        (C::Unknown, A::Implied | A::None | A::Independent) => Verdict::Review,
    }
}

/// Whether a result is worded as a proposal.
pub(super) fn is_proposal(result: &str) -> bool {
    result.trim_start().starts_with('拟')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_of_the_table() {
        use {Attribution as A, OutcomeClass as C, Verdict as V};
        let columns = [
            (A::Explicit, false),
            (A::Implied, false),
            (A::None, false),
            (A::Independent, true),
            (A::Independent, false),
        ];
        let rows = [
            (C::Adverse, [V::Violation, V::Suspect, V::Suspect, V::Clear, V::Explain]),
            (C::Ordinary, [V::Violation, V::Suspect, V::Clear, V::Clear, V::Clear]),
            (C::Favourable, [V::Clear; 5]),
            (C::Unknown, [V::Violation, V::Review, V::Review, V::Review, V::Review]),
        ];
        for (class, verdicts) in rows {
            for ((attribution, documented), verdict) in columns.into_iter().zip(verdicts) {
                assert_eq!(
                    rule(Standing::Full, class, attribution, documented),
                    (verdict, None),
                    "{class:?} {attribution:?}"
                );
            }
        }
    }
}
