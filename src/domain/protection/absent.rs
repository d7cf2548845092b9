//! Protected cadres who are missing from a list that covers their unit.

use super::facts::CaseFacts;
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
use crate::domain::unit::Relation;
use std::collections::HashSet;

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
            .filter(|seen| seen.domain == domain && (seen.sheet == sheet || may_be_of(seen, scope)))
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

/// Says that nobody was missed on a roster, where somebody could have been, because it does not say whose it is or what
/// it is for. One of several units is no unit's own.
pub(super) fn unchecked(bench: &Bench<'_>, seen: &[Seen<'_>]) -> Option<String> {
    // Not whether this unit has any: who may not see its cases must not learn it so.
    let mut everybody = 0..bench.register.people.len();
    if !everybody.any(|person| !is_gone(bench, person) && protection(bench, person).is_some()) {
        return None;
    }
    let mut missing = (false, false);
    for (sheet, scope) in bench.scopes.iter().enumerate() {
        let is_checked = roster(scope, bench.words).is_some_and(|domain| bench.options.protected.contains(&domain));
        let is_form = is_form(&bench.list.file) || bench.list.sheets[sheet].name.as_deref().is_some_and(is_form);
        if is_checked && !is_form && (scope.unit.is_some() || !names_several(bench, seen, sheet)) {
            missing.0 |= scope.unit.is_none();
            missing.1 |= scope.period.is_none();
        }
    }
    let (what, options, fields) = match missing {
        (false, false) => return None,
        (true, false) => ("单位", "--unit", "「单位」"),
        (false, true) => ("期间", "--period", "「年度」"),
        (true, true) => ("单位和期间", "--unit、--period", "「单位」「年度」"),
    };
    Some(format!(
        "没有认出名单的{what}，没有核对有没有该列而没有列的人；请指明（命令行用 {options}，网页上填写{fields}）后重新预检"
    ))
}

/// An approval form is about one person and no list of anybody else.
fn is_form(file: &str) -> bool {
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["lrmx", "lrm"].iter().any(|form| ending.eq_ignore_ascii_case(form))
}

/// Whether the rows of a sheet name units that have nothing to do with one another.
fn names_several(bench: &Bench<'_>, seen: &[Seen<'_>], sheet: usize) -> bool {
    let mut units = seen
        .iter()
        .filter(|seen| seen.sheet == sheet)
        .filter_map(|seen| seen.unit.as_deref());
    let Some(first) = units.next() else { return false };
    units.any(|unit| bench.people.units.relation(first, unit) == Relation::Apart)
}

/// A list of everybody, of a kind that is checked for those who are missing.
fn roster(scope: &Scope, words: &Words) -> Option<Domain> {
    let is_roster = |domain: &Domain| words.names(*domain).is_some_and(|names| names.roster);
    // A sheet beside the list is no list of everybody.
    scope.domain.filter(is_roster).filter(|_| !scope.is_lent)
}

/// A roster that names its unit and its period.
fn covers<'a>(scope: &'a Scope, words: &Words) -> Option<(Domain, &'a str, &'a Period)> {
    let domain = roster(scope, words)?;
    Some((domain, scope.unit.as_deref()?, scope.period.as_ref()?))
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
            .is_some_and(|post| bench.words.gone.iter().any(|word| post.contains(word.as_str()))),
    }
}

/// What protects somebody fully: the first of their cases that does.
fn protection<'a>(bench: &Bench<'a>, person: usize) -> Option<&'a CaseFacts> {
    let as_of = bench.options.as_of;
    let cases = bench.register.people[person].cases.iter();
    let live = cases
        .filter(|case| case.conclusion.level() == Level::Full)
        .filter(|case| !(case.revoked && case.revoked_on.is_none_or(|day| day <= as_of)))
        .filter(|case| case.concluded_on.is_none_or(|day| day <= as_of));
    live.min_by(|a, b| a.case_no.cmp(&b.case_no))
}

fn line(bench: &Bench<'_>, sheet: usize, scope: &Scope, domain: Domain, person: usize) -> Option<Judged> {
    let facts = &bench.register.people[person];
    let case = protection(bench, person)?;
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
