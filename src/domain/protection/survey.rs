//! What the records of a list are about, without judging them: for comparing lists and for counting peers.

use super::facts::{CaseFacts, IdKey, JudgeOptions, Register};
use super::identity::{People, Who};
use super::judge::{JudgeError, Seen, Sight, bench, see};
use super::list::{Domain, List, ListRow};
use super::report::{OutcomeClass, Standing};
use super::ruling::{When, standing};
use super::scope::{self, Scope};
use super::words::Words;
use super::{amount, period::Period};
use crate::domain::person::CitizenId;
use crate::domain::quota::Appraised;
use crate::domain::unit::Units;
use chrono::{Datelike as _, NaiveDate};

/// A record with what it is about.
pub struct Surveyed<'a> {
    /// Place of the sheet in the list.
    pub sheet: usize,
    /// The record.
    pub row: &'a ListRow,
    /// Domain.
    pub domain: Domain,
    /// Who, by place in the register; `None`: nobody on record, or not certain.
    pub person: Option<usize>,
    /// Unit: the row's, else the list's, else the roster's; in the tree's words where it is known.
    pub unit: Option<String>,
    /// 期间: the row's, else the list's.
    pub period: Option<String>,
    /// Year of the period, else of the decision.
    pub year: Option<i32>,
    /// What kind of outcome.
    pub class: OutcomeClass,
    /// The result, where it is a number, in ten-thousandths.
    pub sum: Option<i128>,
    /// Whether a case protects the person.
    pub watched: Watched,
}

/// Whether a case protects somebody from an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watched {
    /// No live case.
    No,
    /// 免责, in force on the day.
    Fully,
    /// A case that limits more than it protects, or one without a conclusion; or it is not certain who it is.
    Otherwise,
}

/// Looks through a list. `key_of` hashes an ID number as the register's were hashed.
///
/// # Errors
/// The list does not say what kind of outcomes it holds.
pub fn survey<'a>(
    list: &'a List,
    register: &Register,
    words: &Words,
    options: &JudgeOptions,
    key_of: &(dyn Fn(&CitizenId) -> IdKey + Sync),
) -> Result<Vec<Surveyed<'a>>, JudgeError> {
    let units = Units::new(&register.units);
    let people = People::new(register, &units);
    let scopes = scope::of_all(list, words, &units, options);
    // Rows that cannot be read are told by whoever judges the list.
    let Sight { seen, falls, .. } = see(list, &scopes, &people, words, key_of, &mut Vec::new())?;
    let index = super::naming::Index::new(register, words);
    let bench = bench(
        list,
        register,
        &people,
        &scopes,
        options,
        words,
        &index,
        (&seen, &falls),
    );
    Ok(seen
        .iter()
        .map(|seen| {
            let person = seen.person();
            let home = || person.and_then(|person| people.home(person)).map(str::to_owned);
            let period = seen.period.as_ref();
            Surveyed {
                sheet: seen.sheet,
                row: seen.row,
                domain: seen.domain,
                person,
                unit: seen.unit.clone().or_else(home),
                period: period.map(|period| period.text.clone()),
                year: period
                    .map(|period| period.from.year())
                    .or_else(|| seen.row.decided_on.map(|day| day.year())),
                class: bench.class(seen),
                sum: seen.row.result.as_deref().and_then(amount::parse),
                watched: watched_row(seen, register, options, words),
            }
        })
        .collect())
}

fn watched_row(seen: &Seen<'_>, register: &Register, options: &JudgeOptions, words: &Words) -> Watched {
    let of = |person: usize| {
        let cases = &register.people[person].cases;
        watched_on(
            cases,
            seen.domain,
            seen.row.decided_on,
            seen.period.as_ref(),
            options,
            words,
        )
    };
    match &seen.who {
        Who::Person(person) => of(*person),
        Who::Unsure { people, .. } if people.iter().any(|person| of(*person) != Watched::No) => Watched::Otherwise,
        Who::Nobody | Who::Unsure { .. } => Watched::No,
    }
}

/// Whether somebody's cases protect from an outcome of a domain that was decided on a day.
pub fn watched(
    cases: &[CaseFacts],
    domain: Domain,
    decided_on: Option<NaiveDate>,
    options: &JudgeOptions,
    words: &Words,
) -> Watched {
    watched_on(cases, domain, decided_on, None, options, words)
}

fn watched_on(
    cases: &[CaseFacts],
    domain: Domain,
    decided_on: Option<NaiveDate>,
    period: Option<&Period>,
    options: &JudgeOptions,
    words: &Words,
) -> Watched {
    if !options.protected.contains(&domain) {
        return Watched::No;
    }
    let when = When {
        domain,
        by_year: words.names(domain).is_some_and(|names| names.by_year),
        day: decided_on.unwrap_or(options.as_of),
        is_final: true,
        proposed: false,
        period,
    };
    let standings = cases.iter().filter_map(|case| standing(case, &when, &words.effects));
    standings.fold(Watched::No, |so_far, standing| match (so_far, standing) {
        (Watched::Fully, _) | (_, Standing::Full) => Watched::Fully,
        (so_far, Standing::NotYet | Standing::Revoked) => so_far,
        _ => Watched::Otherwise,
    })
}

/// The grades of every sheet that holds nothing but appraisals, counted.
pub(super) fn appraised(list: &List, scopes: &[Scope], words: &Words) -> Vec<Appraised> {
    list.sheets
        .iter()
        .zip(scopes)
        .filter(|(sheet, scope)| {
            let is_appraisal =
                |category: Option<&str>| scope::domain_of_row(category, scope, words) == Some(Domain::AnnualAppraisal);
            let passed = &sheet.passed.by_category;
            let of_all = scope.domain == Some(Domain::AnnualAppraisal) || !sheet.rows.is_empty() || !passed.is_empty();
            of_all
                && sheet.rows.iter().all(|row| is_appraisal(row.category.as_deref()))
                && passed.iter().all(|of| is_appraisal(of.category.as_deref()))
        })
        .filter_map(|(sheet, scope)| {
            Some(Appraised {
                sheet: sheet.name.clone(),
                unit: scope.unit.clone(),
                ..Appraised::of(&sheet.tally, words)?
            })
        })
        .collect()
}
