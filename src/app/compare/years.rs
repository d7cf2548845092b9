//! This year against the years before, person by person.

use super::{Given, Unclear, first, follow, register, surveyed, unclear};
use crate::app::{App, AppError};
use crate::domain::case::Level;
use crate::domain::compare::{Fall, Presence, Track, Worth, fall};
use crate::domain::protection::list::Domain;
use crate::domain::protection::{CaseFacts, Grade, PersonFacts, Register, Surveyed};
use chrono::Datelike as _;
use std::collections::BTreeMap;

/// How many years before this one are looked at.
const BEFORE: i32 = 3;

/// What the years say.
pub struct YearReport {
    /// The years, ascending; the last is this year.
    pub years: Vec<i32>,
    /// A line for every person and kind of result.
    pub lines: Vec<Line>,
    /// Who cannot be told from a namesake; `list` is the place of the year.
    pub unclear: Vec<Unclear>,
    /// Records without a year, and those more than three years back; neither is looked at.
    pub left_out: u32,
}

/// One person's results of one kind.
pub struct Line {
    /// 姓名, as written.
    pub name: String,
    /// 单位
    pub unit: Option<String>,
    /// Domain.
    pub domain: Domain,
    /// 事项, without its year.
    pub item: String,
    /// Year by year.
    pub values: Vec<Option<Value>>,
    /// This year against the best year it fell from.
    pub fall: Option<Fall>,
    /// On an earlier list and not on this year's.
    pub missing: bool,
    /// Graded before and not this year.
    pub ungraded: bool,
    /// The case that protects, for a protected cadre.
    pub recognised: Option<Recognised>,
}

/// The result of a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// As written.
    pub result: String,
    /// What it is worth, where that can be compared.
    pub worth: Option<Worth>,
    /// From the results kept earlier, not from a list given now.
    pub kept: bool,
}

/// A case beside a fall; information, no judgement.
pub struct Recognised {
    /// 案件编号
    pub case: String,
    /// Year of 认定.
    pub year: Option<i32>,
    /// Whether the fall begins in or after that year.
    pub since: Option<bool>,
}

/// Compares the lists of several years.
pub async fn years(app: &App, given: &[Given]) -> Result<YearReport, AppError> {
    let register = register(app, given).await?;
    let mut by_year: BTreeMap<i32, Vec<Surveyed<'_>>> = BTreeMap::new();
    let mut left_out = 0;
    for one in given {
        for row in surveyed(app, one, &register)? {
            match row.year {
                Some(year) => by_year.entry(year).or_default().push(row),
                None => left_out += 1,
            }
        }
    }
    let Some(this) = by_year.keys().next_back().copied() else {
        return Err(AppError::Input(
            "名单里看不出是哪一年；请用 --period 按文件的次序逐个指明，如 --period 2026 --period 2025".to_owned(),
        ));
    };
    let recent = by_year.split_off(&(this - BEFORE));
    left_out += by_year
        .values()
        .map(|rows| u32::try_from(rows.len()).unwrap_or(u32::MAX))
        .sum::<u32>();
    let given_years: Vec<i32> = recent.keys().copied().collect();
    let lists: Vec<Vec<Surveyed<'_>>> = recent.into_values().collect();
    let mut report = YearReport {
        years: (this - BEFORE..=this).collect(),
        lines: Vec::new(),
        unclear: Vec::new(),
        left_out,
    };
    for track in follow(&lists, &register) {
        report
            .unclear
            .extend(unclear(&track, &lists).into_iter().map(|unclear| Unclear {
                list: place(&report.years, given_years[unclear.list]),
                ..unclear
            }));
        report
            .lines
            .extend(lines(app, &track, &lists, &given_years, &report.years, &register));
    }
    // A year that neither a list nor anything kept tells of is no column.
    let told: Vec<bool> = (0..report.years.len())
        .map(|at| given_years.contains(&report.years[at]) || report.lines.iter().any(|line| line.values[at].is_some()))
        .collect();
    let keep = |at: usize| told[at];
    let shift: Vec<usize> = (0..told.len())
        .map(|at| (0..at).filter(|at| keep(*at)).count())
        .collect();
    for unclear in &mut report.unclear {
        unclear.list = shift[unclear.list];
    }
    let mut at = 0..told.len();
    report.years.retain(|_| at.next().is_some_and(keep));
    for line in &mut report.lines {
        let mut at = 0..told.len();
        line.values.retain(|_| at.next().is_some_and(keep));
    }
    Ok(report)
}

fn place(years: &[i32], year: i32) -> usize {
    years.iter().position(|own| *own == year).expect("a year of the report")
}

/// The lines of one person: one for each domain and 事项.
fn lines(
    app: &App,
    track: &Track,
    lists: &[Vec<Surveyed<'_>>],
    given_years: &[i32],
    years: &[i32],
    register: &Register,
) -> Vec<Line> {
    let who = first(track, lists);
    let mut series: BTreeMap<(Domain, String), Vec<Option<Value>>> = BTreeMap::new();
    let mut person = None;
    for (list, year) in given_years.iter().enumerate() {
        for at in track.records(list) {
            let row = &lists[list][*at];
            person = person.or(row.person);
            let item = without_year(row.row.item.as_deref().unwrap_or_default());
            let values = series
                .entry((row.domain, item))
                .or_insert_with(|| vec![None; years.len()]);
            put(&mut values[place(years, *year)], value(app, row));
        }
    }
    // What somebody else's list cannot tell is not known of this person.
    let sure = track.lists.iter().all(|one| !matches!(one, Presence::Unclear(_)));
    let known = person.filter(|_| sure).map(|person| &register.people[person]);
    let protected = known.filter(|known| !known.cases.is_empty());
    series
        .into_iter()
        .map(|((domain, item), mut values)| {
            if let Some(known) = protected.filter(|_| domain == Domain::AnnualAppraisal) {
                add_kept(app, known, register, given_years, years, &mut values);
            }
            line(who, domain, item, values, years, sure, protected)
        })
        .collect()
}

fn value(app: &App, row: &Surveyed<'_>) -> Value {
    let result = row.row.result.clone().unwrap_or_default();
    let grade = || {
        app.vocabulary()
            .words
            .grade(&result)
            .filter(|_| row.domain == Domain::AnnualAppraisal)
    };
    Value {
        worth: grade().map(Worth::Grade).or(row.sum.map(Worth::Sum)),
        result,
        kept: false,
    }
}

/// Two results of one year that do not agree are both shown and compared with nothing.
fn put(place: &mut Option<Value>, value: Value) {
    match place {
        Some(known) if known.result != value.result => {
            known.result = format!("{}／{}", known.result, value.result);
            known.worth = None;
        }
        Some(_) => {}
        None => *place = Some(value),
    }
}

/// Grades kept earlier, for years of which no list is given.
fn add_kept(
    app: &App,
    known: &PersonFacts,
    register: &Register,
    given_years: &[i32],
    years: &[i32],
    values: &mut [Option<Value>],
) {
    for grade in register.grades.iter().filter(|grade| grade.person == known.person) {
        let year = grade.period.get(..4).and_then(|year| year.parse::<i32>().ok());
        let Some(at) = year.and_then(|year| years.iter().position(|own| *own == year)) else {
            continue;
        };
        if !given_years.contains(&years[at]) {
            let kept = Value {
                result: grade.grade.clone(),
                worth: app.vocabulary().words.grade(&grade.grade).map(Worth::Grade),
                kept: true,
            };
            put(&mut values[at], kept);
        }
    }
}

fn line(
    who: &Surveyed<'_>,
    domain: Domain,
    item: String,
    values: Vec<Option<Value>>,
    years: &[i32],
    sure: bool,
    protected: Option<&PersonFacts>,
) -> Line {
    let worths: Vec<(i32, Worth)> = years
        .iter()
        .zip(&values)
        .filter_map(|(year, value)| Some((*year, value.as_ref()?.worth?)))
        .collect();
    let this = values.last().and_then(Option::as_ref);
    let has_this = this.is_some_and(|value| value.worth.is_some());
    let fall = has_this.then(|| fall(&worths)).flatten();
    let graded = |worth: &Worth| matches!(worth, Worth::Grade(Grade::Rank(_)));
    let before = &worths[..worths.len() - usize::from(has_this)];
    Line {
        name: who.row.name.clone(),
        unit: who.unit.clone(),
        domain,
        item,
        fall,
        missing: sure && this.is_none(),
        ungraded: this.and_then(|value| value.worth).is_some_and(|worth| {
            matches!(worth, Worth::Grade(_)) && !graded(&worth) && before.iter().any(|(_, worth)| graded(worth))
        }),
        recognised: protected.and_then(|known| recognised(&known.cases, fall)),
        values,
    }
}

/// The case to name beside a fall: the latest that was decided by the year it begins, else the first.
fn recognised(cases: &[CaseFacts], fall: Option<Fall>) -> Option<Recognised> {
    let year = |case: &CaseFacts| case.concluded_on.map(|day| day.year());
    let mut live: Vec<&CaseFacts> = cases
        .iter()
        .filter(|case| !case.revoked && case.conclusion.level() != Level::None)
        .collect();
    live.sort_by_key(|case| (year(case).unwrap_or(i32::MAX), case.case_no.clone()));
    let before = |case: &&&CaseFacts| fall.is_some_and(|fall| year(case).is_some_and(|year| year <= fall.begins));
    let case = live.iter().rev().find(before).or(live.first())?;
    Some(Recognised {
        case: case.case_no.clone(),
        year: year(case),
        since: fall.and_then(|fall| Some(fall.begins >= year(case)?)),
    })
}

/// A name of a bonus without the year it is for.
fn without_year(item: &str) -> String {
    let chars: Vec<char> = item.chars().filter(|c| !c.is_whitespace()).collect();
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        let digits = chars[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        if digits == 4 && chars.get(at + 4) == Some(&'年') {
            at += if chars.get(at + 5) == Some(&'度') { 6 } else { 5 };
        } else {
            out.extend(&chars[at..=at + digits.saturating_sub(1)]);
            at += digits.max(1);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bonus_of_every_year_is_one_and_the_same() {
        for (item, plain) in [
            ("2026年度年终奖金", "年终奖金"),
            ("2025 年年终奖金", "年终奖金"),
            ("年终奖金", "年终奖金"),
            ("12345年", "12345年"),
            ("第1季度", "第1季度"),
            ("", ""),
        ] {
            assert_eq!(without_year(item), plain, "{item}");
        }
    }
}
