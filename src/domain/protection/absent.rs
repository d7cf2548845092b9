//! Protected cadres who are missing from a list that covers their unit.

use super::identity::Who;
use super::judge::Seen;
use super::list::Domain;
use super::period::Period;
use super::report::{Judged, Verdict};
use super::row::{Bench, CLAUSE};
use super::scope::Scope;
use super::words::Words;
use crate::domain::case::Level;
use crate::domain::person::CadreStatus;
use std::collections::HashSet;

/// Words of 职务 that say somebody is no longer there.
const GONE: [&str; 6] = ["退休", "离休", "调出", "调离", "去世", "病故"];

/// A line for every fully protected cadre of a covered unit who is not on the list.
pub(super) fn find(bench: &Bench<'_>, seen: &[Seen<'_>]) -> Vec<Judged> {
    let mut out = Vec::new();
    let mut done: HashSet<(usize, Domain, &str)> = HashSet::new();
    for (sheet, scope) in bench.scopes.iter().enumerate() {
        let Some((domain, unit, period)) =
            covers(scope, bench.words).filter(|(domain, ..)| bench.options.protected.contains(domain))
        else {
            continue;
        };
        let mut here: HashSet<usize> = HashSet::new();
        for seen in seen
            .iter()
            .filter(|seen| seen.domain == domain && may_be_of(seen, scope))
        {
            match &seen.who {
                Who::Person(person) => {
                    here.insert(*person);
                }
                Who::Unsure { people, .. } => here.extend(people),
                Who::Nobody => {}
            }
        }
        for person in 0..bench.register.people.len() {
            let missing = bench.people.home(person) == Some(unit) && !here.contains(&person) && !is_gone(bench, person);
            if missing && done.insert((person, domain, &period.text)) {
                out.extend(line(bench, sheet, scope, domain, person));
            }
        }
    }
    out
}

/// A roster that names its unit and its period.
fn covers<'a>(scope: &'a Scope, words: &Words) -> Option<(Domain, &'a str, &'a Period)> {
    let is_roster = |domain: &Domain| words.names(*domain).is_some_and(|names| names.roster);
    let domain = scope.domain.filter(is_roster)?;
    let period = scope.period.as_ref()?;
    // A sheet beside the list is no list of everybody.
    if scope.is_lent {
        return None;
    }
    Some((domain, scope.unit.as_deref()?, period))
}

/// Whether a row may be of the period that a sheet is about: a workbook may have a sheet for each month.
fn may_be_of(seen: &Seen<'_>, scope: &Scope) -> bool {
    match (&seen.period, &scope.period) {
        (Some(of_row), Some(of_sheet)) => of_row.overlaps(of_sheet),
        (_, _) => true,
    }
}

fn is_gone(bench: &Bench<'_>, person: usize) -> bool {
    let facts = &bench.register.people[person];
    match facts.status {
        Some(status) => status != CadreStatus::Active,
        None => facts
            .post
            .as_deref()
            .is_some_and(|post| GONE.iter().any(|word| post.contains(word))),
    }
}

fn line(bench: &Bench<'_>, sheet: usize, scope: &Scope, domain: Domain, person: usize) -> Option<Judged> {
    let as_of = bench.options.as_of;
    let facts = &bench.register.people[person];
    let mut live: Vec<_> = facts
        .cases
        .iter()
        .filter(|case| case.conclusion.level() == Level::Full)
        .filter(|case| !(case.revoked && case.revoked_on.is_none_or(|day| day <= as_of)))
        .filter(|case| case.concluded_on.is_none_or(|day| day <= as_of))
        .collect();
    live.sort_by(|a, b| a.case_no.cmp(&b.case_no));
    let case = live.first()?;
    let (unit, period) = (scope.unit.as_deref()?, scope.period.as_ref()?);
    Some(Judged {
        sheet: bench.list.sheets[sheet].name.clone(),
        at_sheet: sheet,
        row: None,
        name: facts.name.clone(),
        unit: Some(unit.to_owned()),
        domain,
        verdict: Verdict::Absent,
        outcome_class: None,
        attribution: None,
        level: Some(Level::Full),
        clause: CLAUSE.to_owned(),
        case: Some(case.case_no.clone()),
        case_id: Some(case.case.clone()),
        person: Some(facts.person.clone()),
        note: None,
        cell: "absent".to_owned(),
        why: format!(
            "名单覆盖{unit} {} 期间的{}，该单位受完全保护的{}（{}）不在名单上 → 名单缺漏。",
            period.text,
            domain.zh(),
            facts.name,
            case.case_no
        ),
        matched: Vec::new(),
        item: String::new(),
        result: String::new(),
        baseline: String::new(),
        reason: String::new(),
        evidence: String::new(),
        period: Some(period.text.clone()),
        decided_on: None,
        is_final: false,
    })
}
