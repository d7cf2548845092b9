//! One row: the gravest of what a person's protections say, or that it cannot be told whose row it is.

use super::facts::{CaseFacts, GradeFacts, JudgeOptions, NeglectFacts, Register};
use super::identity::{People, Who, number_note};
use super::judge::Seen;
use super::list::{Domain, List};
use super::naming::Index;
use super::outcome::{Around, Classified, classify};
use super::period::Period;
use super::reason::{Reading, Reasoned};
use super::report::{Attribution, Cell, Judged, Match, Note, OutcomeClass, Standing, Verdict};
use super::ruling::{When, is_proposal, rule, standing};
use super::scope::Scope;
use super::words::Words;
use crate::domain::case::Level;
use crate::domain::ids::PersonId;
use crate::domain::tables::{Set, Table};
use crate::domain::unit::Relation;
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeSet, HashMap};

/// The clause all ten domains rest on.
pub(super) const CLAUSE: &str = "二(五)";

/// A person and the appraised year, if the list says which.
pub(super) type ListedKey = (usize, Option<i32>);

/// What the judgement of every row needs.
pub(super) struct Bench<'a> {
    pub list: &'a List,
    pub register: &'a Register,
    pub people: &'a People<'a>,
    pub scopes: &'a [Scope],
    pub options: &'a JudgeOptions,
    pub words: &'a Words,
    pub index: &'a Index<'a>,
    /// Per sheet and domain: every row fell by the same share.
    pub fell_alike: HashMap<(usize, Domain), bool>,
    /// Persons with a new post, by day.
    pub new_posts: Set<(usize, Option<NaiveDate>)>,
    /// Grades on record, by person.
    pub grades: Table<&'a PersonId, Vec<&'a GradeFacts>>,
    /// Grades of appraisal rows of this very file; `None` where they contradict one another.
    pub listed_grades: Table<ListedKey, Option<&'a str>>,
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
    pub fn new_posts(&self, seen: &[Seen<'_>]) -> Set<(usize, Option<NaiveDate>)> {
        let mut out = Set::default();
        for seen in seen.iter().filter(|seen| seen.domain == Domain::Appointment) {
            if let Some(person) = seen.person()
                && self.classify(seen, Some(person), &self.read(seen, &[person])).class == OutcomeClass::Favourable
            {
                out.insert((person, seen.row.decided_on));
            }
        }
        out
    }

    fn read<'b>(&'b self, seen: &'b Seen<'_>, people: &[usize]) -> Reading<'b> {
        Reading::of(seen.row, seen.domain, self.words, self.index, people)
    }

    fn classify(&self, seen: &Seen<'_>, person: Option<usize>, reading: &Reading<'_>) -> Classified {
        let sheet = &self.list.sheets[seen.sheet];
        let around = Around {
            domain: seen.domain,
            tolerance: self.options.tolerance,
            titles: &sheet.title,
            sheet: sheet.name.as_ref(),
            fell_alike: self
                .fell_alike
                .get(&(seen.sheet, seen.domain))
                .copied()
                .unwrap_or(false),
            new_post: person.is_some_and(|person| self.new_posts.contains(&(person, seen.row.decided_on))),
            grade: person.and_then(|person| self.grade(person, seen.period.as_ref())),
            year: seen.period.as_ref().map(|period| period.from.year()),
        };
        classify(seen.row, &around, reading, self.words)
    }

    /// What kind of outcome a row holds, whoever it is about.
    pub fn class(&self, seen: &Seen<'_>) -> OutcomeClass {
        let people: Vec<usize> = seen.person().into_iter().collect();
        self.classify(seen, seen.person(), &self.read(seen, &people)).class
    }

    /// The grade of the year an outcome is for: this file's, else the one on record, else one of this file that says
    /// no year. An outcome that says none goes by the only year the file has.
    fn grade(&self, person: usize, period: Option<&Period>) -> Option<&str> {
        let year = period.map(|period| period.from.year());
        if let Some(listed) = self.listed_grades.get(&(person, year)) {
            return *listed;
        }
        let Some(year) = year else {
            let mut listed = self.listed_grades.iter().filter(|((of, _), _)| *of == person);
            let only = listed.next().filter(|_| listed.next().is_none());
            return only.and_then(|(_, grade)| *grade);
        };
        let known = self.grades.get(&self.register.people[person].person);
        let of_year = |grade: &&&GradeFacts| grade.period.starts_with(&year.to_string());
        match known.and_then(|known| known.iter().find(of_year)) {
            Some(grade) => Some(&grade.grade),
            None => self.listed_grades.get(&(person, None)).copied().flatten(),
        }
    }

    fn when<'b>(&self, seen: &'b Seen<'_>) -> When<'b> {
        let decided = seen.row.decided_on;
        When {
            domain: seen.domain,
            by_year: self.words.names(seen.domain).is_some_and(|names| names.by_year),
            day: decided.unwrap_or(self.options.as_of),
            is_final: decided.map_or(self.options.undated_is_final, |day| day <= self.options.as_of),
            proposed: is_proposal(seen.row.result.as_deref().unwrap_or("")),
            period: seen.period.as_ref(),
        }
    }

    pub fn row(&self, seen: &Seen<'_>) -> Option<Judged> {
        match &seen.who {
            Who::Nobody => None,
            Who::Person(person) => self.certain(seen, *person),
            Who::Unsure { people, why } => self.unsure(seen, people, why),
        }
    }

    /// The row of somebody known: the gravest of what that person's protections say.
    fn certain(&self, seen: &Seen<'_>, person: usize) -> Option<Judged> {
        let cases = &self.register.people[person].cases;
        if cases.is_empty() {
            return None;
        }
        let reading = self.read(seen, &[person]);
        let classified = self.classify(seen, Some(person), &reading);
        let when = self.when(seen);
        let mut rulings: Vec<Ruling<'_>> = Vec::new();
        for (at, case) in cases.iter().enumerate() {
            if let Some(standing) = self.standing(case, &when) {
                let mut reasoned = reading.for_case((person, at));
                reading.rest_on(&mut reasoned, &self.neglect(person, when.day));
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
        let mut line = self.line(seen, ruling.case.conclusion.level(), &reading);
        line.person = Some(self.register.people[person].person.clone());
        line.case = Some(ruling.case.case_no.clone());
        line.case_id = Some(ruling.case.case.clone());
        line.verdict = ruling.verdict;
        line.note = ruling.note;
        line.outcome_class = Some(classified.class);
        line.attribution = Some(ruling.reasoned.attribution);
        let cell = Cell {
            standing: ruling.standing,
            class: classified.class,
            attribution: ruling.reasoned.attribution,
            documented: ruling.reasoned.documented,
        };
        line.cell = cell.to_string();
        line.why = why(&ruling, &classified, others, person_unit_differs(self, seen, person));
        line.matched.extend(classified.matched);
        line.matched.extend(ruling.reasoned.matched);
        Some(line)
    }

    /// Sanctions for neglect that were on record when it was decided.
    fn neglect(&self, person: usize, day: NaiveDate) -> Vec<&NeglectFacts> {
        let person = &self.register.people[person].person;
        let known = self.register.neglect.iter();
        known
            .filter(|one| one.person == *person && one.decided_on <= day)
            .collect()
    }

    /// The state of a case's protection; none where the profile does not protect this kind of outcome.
    fn standing(&self, case: &CaseFacts, when: &When<'_>) -> Option<Standing> {
        if !self.options.protected.contains(&when.domain) {
            return None;
        }
        standing(case, when, &self.words.effects)
    }

    /// The row of somebody who cannot be told: looked at when a candidate is protected.
    fn unsure(&self, seen: &Seen<'_>, people: &BTreeSet<usize>, why: &str) -> Option<Judged> {
        let when = self.when(seen);
        let mut possible: Vec<(usize, usize)> = Vec::new();
        for person in people {
            for (at, case) in self.register.people[*person].cases.iter().enumerate() {
                let live = self
                    .standing(case, &when)
                    .is_some_and(|standing| standing != Standing::Revoked);
                if live {
                    possible.push((*person, at));
                }
            }
        }
        let first = possible.first().copied()?;
        let candidates: Vec<usize> = people.iter().copied().collect();
        let reading = self.read(seen, &candidates);
        let classified = self.classify(seen, None, &reading);
        let case = &self.register.people[first.0].cases[first.1];
        let mut line = self.line(seen, case.conclusion.level(), &reading);
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
    fn line(&self, seen: &Seen<'_>, level: Level, reading: &Reading<'_>) -> Judged {
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
            baseline: row.baseline.clone().unwrap_or_default(),
            reason: reading.given.join("；"),
            evidence: row.evidence.clone().unwrap_or_default(),
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

fn person_unit_differs(bench: &Bench<'_>, seen: &Seen<'_>, person: usize) -> bool {
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
    if let Some(note) = ruling.note.filter(|note| note.zh() != ruling.standing.zh()) {
        out.push('；');
        out.push_str(note.zh());
    }
    if others > 0 {
        out.push_str("；此人另有 ");
        out.push_str(&others.to_string());
        out.push_str(" 项保护，取最重的判断");
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
