//! The judgement of a whole list.

use super::absent;
use super::amount;
use super::facts::{CaseFacts, IdKey, JudgeOptions, Register};
use super::identity::{People, Who, number_note};
use super::list::{Domain, List, ListRow, RowFault};
use super::naming::Index;
use super::outcome::{Around, Classified, classify};
use super::period::{self, Period};
use super::reason::{Reading, Reasoned};
use super::report::{Attribution, Judged, Match, Note, OutcomeClass, Report, Verdict};
use super::ruling::{Standing, When, is_proposal, rule, standing};
use super::scope::{self, Scope};
use super::text::folded;
use super::words::Words;
use crate::domain::case::Level;
use crate::domain::person::CitizenId;
use crate::domain::unit::Units;
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The clause all ten domains rest on.
pub(super) const CLAUSE: &str = "二(五)";

/// Why a list cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// Neither the list nor the options say what kind of outcomes it holds.
    #[error("看不出名单属于哪一类人事结果；请用 --domain 指明，可用：{}", domains())]
    NoDomain,
}

fn domains() -> String {
    let all: Vec<String> = Domain::ALL
        .iter()
        .map(|domain| format!("{}（{}）", domain.as_str(), domain.zh()))
        .collect();
    all.join("、")
}

/// A row with all that was found out about it before its outcome is looked at.
pub(super) struct Seen<'a> {
    pub sheet: usize,
    pub row: &'a ListRow,
    pub domain: Domain,
    pub who: Who,
    pub unit: Option<String>,
    period: Option<Period>,
}

impl Seen<'_> {
    pub fn person(&self) -> Option<usize> {
        match self.who {
            Who::Person(person) => Some(person),
            Who::Nobody | Who::Unsure { .. } => None,
        }
    }
}

/// What the judgement of every row needs.
pub(super) struct Bench<'a> {
    pub list: &'a List,
    pub register: &'a Register,
    pub people: &'a People<'a>,
    pub scopes: &'a [Scope],
    pub options: &'a JudgeOptions,
    words: &'a Words,
    index: &'a Index,
    /// Per sheet and domain: every row fell by the same share.
    fell_alike: HashMap<(usize, Domain), bool>,
    /// Persons with a new post, by day.
    new_posts: HashSet<(usize, Option<NaiveDate>)>,
}

/// Judges a list. `key_of` hashes an ID number as the register's were hashed.
///
/// # Errors
/// The list does not say what kind of outcomes it holds.
pub fn judge(
    list: &List,
    register: &Register,
    words: &Words,
    options: &JudgeOptions,
    key_of: &dyn Fn(&CitizenId) -> IdKey,
) -> Result<Report, JudgeError> {
    let units = Units::new(&register.units);
    let people = People::new(register, &units);
    let scopes: Vec<Scope> = list
        .sheets
        .iter()
        .map(|sheet| scope::of(list, sheet, words, &units, options))
        .collect();
    let mut unreadable = list.unreadable.clone();
    let seen = see(list, &scopes, &people, words, key_of, &mut unreadable)?;
    let index = Index::new(register, words);
    let mut bench = Bench {
        list,
        register,
        people: &people,
        scopes: &scopes,
        options,
        words,
        index: &index,
        fell_alike: fell_alike(&seen),
        new_posts: HashSet::new(),
    };
    bench.new_posts = bench.new_posts(&seen);
    let mut results: Vec<Judged> = seen.iter().filter_map(|seen| bench.row(seen)).collect();
    contradictions(&seen, &mut results);
    let rows_protected = u32::try_from(results.len()).unwrap_or(u32::MAX);
    results.extend(absent::find(&bench, &seen));
    results.sort_by_key(|line| (line.at_sheet, line.row.unwrap_or(u32::MAX)));
    let domains: BTreeSet<Domain> = seen
        .iter()
        .map(|seen| seen.domain)
        .chain(scopes.iter().filter_map(|scope| scope.domain))
        .collect();
    Ok(Report {
        rows_read: list.rows_read,
        rows_protected,
        results,
        unreadable,
        unit: scopes.iter().find_map(|scope| scope.unit.clone()),
        period: scopes
            .iter()
            .find_map(|scope| scope.period.as_ref().map(|period| period.text.clone())),
        domains: domains.into_iter().collect(),
    })
}

/// Finds domain, unit and person of every row.
fn see<'a>(
    list: &'a List,
    scopes: &[Scope],
    people: &People<'_>,
    words: &Words,
    key_of: &dyn Fn(&CitizenId) -> IdKey,
    unreadable: &mut Vec<RowFault>,
) -> Result<Vec<Seen<'a>>, JudgeError> {
    let mut out = Vec::new();
    let mut any_row = false;
    for (at, (sheet, scope)) in list.sheets.iter().zip(scopes).enumerate() {
        for row in &sheet.rows {
            any_row = true;
            let Some(domain) = scope::domain_of_row(row, scope, words) else {
                let said = row.category.as_deref().unwrap_or("");
                unreadable.push(RowFault {
                    sheet: sheet.name.clone(),
                    row: row.row,
                    column: Some("事项类别".to_owned()),
                    reason: format!("「{said}」看不出属于哪一类人事结果；请填写事项类别，或用 --domain 指明"),
                });
                continue;
            };
            let own = row
                .unit
                .as_deref()
                .map(|text| people.units.find(text).unwrap_or(text).to_owned());
            let unit = own.or_else(|| scope.unit.clone());
            let period = row.period.as_deref().and_then(period::parse);
            out.push(Seen {
                sheet: at,
                row,
                domain,
                who: people.find(row, unit.as_deref(), key_of),
                unit,
                period: period
                    .or_else(|| row.item.as_deref().and_then(period::find))
                    .or_else(|| scope.period.clone()),
            });
        }
    }
    if any_row && out.is_empty() {
        return Err(JudgeError::NoDomain);
    }
    Ok(out)
}

fn fell_alike(seen: &[Seen<'_>]) -> HashMap<(usize, Domain), bool> {
    let mut pairs: HashMap<(usize, Domain), Option<Vec<(i128, i128)>>> = HashMap::new();
    for seen in seen {
        let number = |cell: &Option<String>| cell.as_deref().and_then(amount::parse);
        let pair = number(&seen.row.baseline).zip(number(&seen.row.result));
        let known = pairs
            .entry((seen.sheet, seen.domain))
            .or_insert_with(|| Some(Vec::new()));
        match (known.as_mut(), pair) {
            (Some(known), Some(pair)) => known.push(pair),
            _ => *known = None,
        }
    }
    pairs
        .into_iter()
        .map(|(key, pairs)| (key, pairs.is_some_and(|pairs| amount::fell_alike(&pairs))))
        .collect()
}

/// Two rows of one person and item with different outcomes: both are to be looked at.
fn contradictions(seen: &[Seen<'_>], results: &mut [Judged]) {
    let mut by_item: HashMap<(usize, Domain, Vec<char>, Vec<char>), Vec<&Seen<'_>>> = HashMap::new();
    for seen in seen {
        if let Some(person) = seen.person() {
            let fold = |cell: &Option<String>| cell.as_deref().map(folded).unwrap_or_default();
            by_item
                .entry((person, seen.domain, fold(&seen.row.item), fold(&seen.row.period)))
                .or_default()
                .push(seen);
        }
    }
    for rows in by_item.values().filter(|rows| rows.len() > 1) {
        let outcomes: HashSet<Vec<char>> = rows
            .iter()
            .map(|seen| folded(seen.row.result.as_deref().unwrap_or("")))
            .collect();
        if outcomes.len() < 2 {
            continue;
        }
        mark_contradiction(rows, results);
    }
}

fn mark_contradiction(rows: &[&Seen<'_>], results: &mut [Judged]) {
    let here = |line: &Judged| {
        rows.iter()
            .any(|seen| line.row == Some(seen.row.row) && line.domain == seen.domain && line.at_sheet == seen.sheet)
    };
    let lines: Vec<usize> = (0..results.len()).filter(|at| here(&results[*at])).collect();
    let live = |line: &Judged| !matches!(line.note, Some(Note::Revoked | Note::NotYet));
    if !lines.iter().any(|at| live(&results[*at])) {
        return;
    }
    let said: Vec<String> = lines.iter().map(|at| results[*at].result.clone()).collect();
    let gravest = lines
        .iter()
        .map(|at| results[*at].verdict)
        .max()
        .unwrap_or(Verdict::Review);
    for at in lines {
        let line = &mut results[at];
        let own = if gravest > Verdict::Review {
            format!("；其中按表判为{}", gravest.zh())
        } else {
            String::new()
        };
        line.why = format!(
            "同一人同一事项有不同的结果（{}），两行都待核{own}。本行：{}",
            said.join("／"),
            line.why
        );
        line.verdict = Verdict::Review;
        line.note = None;
        "duplicate".clone_into(&mut line.cell);
    }
}

/// A ruling of one protection.
struct Ruling<'a> {
    case: &'a CaseFacts,
    standing: Standing,
    reasoned: Reasoned,
    verdict: Verdict,
    note: Option<Note>,
}

impl Bench<'_> {
    fn new_posts(&self, seen: &[Seen<'_>]) -> HashSet<(usize, Option<NaiveDate>)> {
        let mut out = HashSet::new();
        for seen in seen.iter().filter(|seen| seen.domain == Domain::Appointment) {
            if let Some(person) = seen.person()
                && self.classify(seen, Some(person), &self.read(seen)).class == OutcomeClass::Favourable
            {
                out.insert((person, seen.row.decided_on));
            }
        }
        out
    }

    fn read(&self, seen: &Seen<'_>) -> Reading<'_> {
        Reading::of(seen.row, self.words, self.index)
    }

    fn classify(&self, seen: &Seen<'_>, person: Option<usize>, reading: &Reading<'_>) -> Classified {
        let sheet = &self.list.sheets[seen.sheet];
        let titles: Vec<String> = sheet.title.iter().cloned().chain(sheet.name.clone()).collect();
        let around = Around {
            domain: seen.domain,
            tolerance: self.options.tolerance,
            titles: &titles,
            fell_alike: self
                .fell_alike
                .get(&(seen.sheet, seen.domain))
                .copied()
                .unwrap_or(false),
            new_post: person.is_some_and(|person| self.new_posts.contains(&(person, seen.row.decided_on))),
            grade: person.and_then(|person| self.grade(person, seen.period.as_ref())),
        };
        classify(seen.row, &around, reading, self.words)
    }

    fn grade(&self, person: usize, period: Option<&Period>) -> Option<&str> {
        let year = period?.text.get(..4)?;
        let who = &self.register.people[person].person;
        let found = self
            .register
            .grades
            .iter()
            .find(|grade| grade.person == *who && grade.period.starts_with(year));
        found.map(|grade| grade.grade.as_str())
    }

    fn when<'b>(&self, seen: &'b Seen<'_>) -> When<'b> {
        let decided = seen.row.decided_on;
        When {
            domain: seen.domain,
            day: decided.unwrap_or(self.options.as_of),
            is_final: decided.is_some_and(|day| day <= self.options.as_of),
            proposed: is_proposal(seen.row.result.as_deref().unwrap_or("")),
            period: seen.period.as_ref(),
        }
    }

    fn row(&self, seen: &Seen<'_>) -> Option<Judged> {
        match &seen.who {
            Who::Nobody => None,
            Who::Person(person) => self.certain(seen, *person),
            Who::Unsure { people, why } => self.unsure(seen, people, why),
        }
    }

    /// The row of somebody known: the gravest of what that person's protections say.
    fn certain(&self, seen: &Seen<'_>, person: usize) -> Option<Judged> {
        let reading = self.read(seen);
        let classified = self.classify(seen, Some(person), &reading);
        let when = self.when(seen);
        let cases = &self.register.people[person].cases;
        let mut rulings: Vec<Ruling<'_>> = Vec::new();
        for (at, case) in cases.iter().enumerate() {
            if let Some(standing) = standing(case, &when, &self.words.effects) {
                let reasoned = reading.for_case((person, at));
                let (mut verdict, note) = rule(standing, classified.class, reasoned.attribution, reasoned.documented);
                let asked = note.is_none() && !matches!(standing, Standing::PendingFinal | Standing::PendingProposed);
                if asked && reasoned.names_other {
                    verdict = Verdict::Review;
                }
                rulings.push(Ruling {
                    case,
                    standing,
                    reasoned,
                    verdict,
                    note,
                });
            }
        }
        // The gravest; of equals the case the reason names, else the lowest number.
        rulings.sort_by(|a, b| {
            (b.verdict, b.reasoned.names_case)
                .cmp(&(a.verdict, a.reasoned.names_case))
                .then_with(|| a.case.case_no.cmp(&b.case.case_no))
        });
        let others = rulings.len().saturating_sub(1);
        let ruling = rulings.into_iter().next()?;
        let mut line = self.line(seen, ruling.case.conclusion.level());
        line.person = Some(self.register.people[person].person.clone());
        line.case = Some(ruling.case.case_no.clone());
        line.case_id = Some(ruling.case.case.clone());
        line.verdict = ruling.verdict;
        line.note = ruling.note;
        line.outcome_class = Some(classified.class);
        line.attribution = Some(ruling.reasoned.attribution);
        line.cell = cell(&ruling, classified.class);
        line.why = why(&ruling, &classified, others, person_unit_differs(self, seen, person));
        line.matched.extend(classified.matched);
        line.matched.extend(ruling.reasoned.matched);
        Some(line)
    }

    /// The row of somebody who cannot be told: looked at when a candidate is protected.
    fn unsure(&self, seen: &Seen<'_>, people: &BTreeSet<usize>, why: &str) -> Option<Judged> {
        let when = self.when(seen);
        let mut possible: Vec<(usize, usize)> = Vec::new();
        for person in people {
            for (at, case) in self.register.people[*person].cases.iter().enumerate() {
                let live =
                    standing(case, &when, &self.words.effects).is_some_and(|standing| standing != Standing::Revoked);
                if live {
                    possible.push((*person, at));
                }
            }
        }
        let first = possible.first().copied()?;
        let reading = self.read(seen);
        let classified = self.classify(seen, None, &reading);
        let case = &self.register.people[first.0].cases[first.1];
        let mut line = self.line(seen, case.conclusion.level());
        line.verdict = Verdict::Review;
        line.outcome_class = Some(classified.class);
        line.attribution = Some(reading.for_case(first).attribution);
        "identity".clone_into(&mut line.cell);
        if let [only] = possible.as_slice() {
            let person = &self.register.people[only.0];
            line.case = Some(case.case_no.clone());
            line.case_id = Some(case.case.clone());
            line.person = (people.len() == 1).then(|| person.person.clone());
        } else {
            line.level = None;
        }
        line.why = format!("{why}；其中有受保护的干部，不能认定是不是本人 → 待核。");
        line.matched.extend(classified.matched);
        Some(line)
    }

    /// A line with what does not depend on the ruling.
    pub(super) fn line(&self, seen: &Seen<'_>, level: Level) -> Judged {
        let row = seen.row;
        let when = self.when(seen);
        Judged {
            sheet: self.list.sheets[seen.sheet].name.clone(),
            at_sheet: seen.sheet,
            row: Some(row.row),
            name: row.name.clone(),
            unit: row.unit.clone().or_else(|| seen.unit.clone()),
            domain: seen.domain,
            verdict: Verdict::Clear,
            outcome_class: None,
            attribution: None,
            level: Some(level),
            clause: CLAUSE.to_owned(),
            case: None,
            case_id: None,
            person: None,
            note: None,
            cell: String::new(),
            why: String::new(),
            matched: number_note(row).into_iter().collect::<Vec<Match>>(),
            item: row.item.clone().unwrap_or_default(),
            result: row.result.clone().unwrap_or_default(),
            reason: row.reasons.join("；"),
            period: seen
                .period
                .as_ref()
                .map(|period| period.text.clone())
                .or_else(|| row.period.clone()),
            decided_on: row.decided_on,
            is_final: when.is_final,
        }
    }
}

fn cell(ruling: &Ruling<'_>, class: OutcomeClass) -> String {
    let attribution = match ruling.reasoned.attribution {
        Attribution::Independent if ruling.reasoned.documented => "independent-documented",
        Attribution::Independent => "independent-undocumented",
        other => other.as_str(),
    };
    format!("{}/{}/{attribution}", ruling.standing.as_str(), class.as_str())
}

fn person_unit_differs(bench: &Bench<'_>, seen: &Seen<'_>, person: usize) -> bool {
    use crate::domain::unit::Relation;
    match (&seen.unit, bench.people.home(person)) {
        (Some(unit), Some(home)) => bench.people.units.relation(unit, home) == Relation::Apart,
        _ => false,
    }
}

/// The reasons in one sentence a person can check.
fn why(ruling: &Ruling<'_>, classified: &Classified, others: usize, unit_differs: bool) -> String {
    let reasoned = &ruling.reasoned;
    let words: Vec<String> = reasoned
        .matched
        .iter()
        .map(|found| format!("“{}”", found.text))
        .collect();
    let quoted = words.join("、");
    let reason = match reasoned.attribution {
        Attribution::Explicit => format!("理由{quoted}指向该容错事项（明示）"),
        Attribution::Implied => format!("理由{quoted}只有笼统的问责用语（暗示）"),
        Attribution::None => "没有说明理由".to_owned(),
        Attribution::Independent if reasoned.documented => format!("理由{quoted}是另外的原因，且有佐证"),
        Attribution::Independent => format!("理由{quoted}是另外的原因，但没有佐证"),
    };
    let mut out = format!(
        "{} {}；{}；{reason}",
        ruling.case.case_no,
        ruling.standing.zh(),
        classified.said
    );
    if reasoned.names_other {
        out.push_str("；理由里写的是另一名干部的容错事项");
    }
    if let Some(note) = ruling.note {
        out.push('；');
        out.push_str(note.zh());
    }
    if others > 0 {
        out.push_str(&format!("；此人另有 {others} 项保护，取最重的判断"));
    }
    if unit_differs {
        out.push_str("；表上单位与名册不同，以身份证号为准");
    }
    if ruling.standing == Standing::PendingFinal && ruling.verdict == Verdict::Suspect {
        out.push_str("；建议暂缓作出，或记录理由");
    }
    out.push_str(" → ");
    out.push_str(ruling.verdict.zh());
    out.push('。');
    out
}
