//! The judgement of a whole list.

use super::facts::{GradeFacts, IdKey, JudgeOptions, Register};
use super::identity::{People, Who};
use super::list::{Domain, Falls, List, ListRow, ListSheet, RowFault, Unread, UnreadKind};
use super::naming::Index;
use super::period::{self, Period};
use super::report::{Judged, Report};
use super::row::{Bench, ListedKey};
use super::scope::{self, Headed, Scope};
use super::text::folded;
use super::words::Words;
use super::{absent, contradiction, survey};
use crate::domain::ids::PersonId;
use crate::domain::person::{CitizenId, IdFault, IdNumber};
use crate::domain::shares::{by_shares, joined};
use crate::domain::tables::{Set, Table};
use crate::domain::unit::{Finder, Units};
use chrono::Datelike;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Why a list cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// Neither the list nor the options say what kind of outcomes it holds.
    #[error("看不出名单属于哪一类人事结果；请用 --domain 指明，可用：{}", domains())]
    NoDomain,
}

fn domains() -> String {
    let all: Vec<String> = Domain::known()
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
    pub period: Option<Period>,
    /// What the row is about: 事项, or what stands under 类别 and is no domain.
    pub item: Option<&'a str>,
    /// Period of the row itself, else of the list: rows of one item share it.
    pub item_period: String,
}

impl Seen<'_> {
    pub fn person(&self) -> Option<usize> {
        match self.who {
            Who::Person(person) => Some(person),
            Who::Nobody | Who::Unsure { .. } => None,
        }
    }
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
    key_of: &(dyn Fn(&CitizenId) -> IdKey + Sync),
) -> Result<Report, JudgeError> {
    std::thread::scope(|scope| {
        // It asks for nothing that is found before the rows are judged.
        let index = scope.spawn(|| Index::new(register, words));
        let index = || index.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        judge_by(list, register, words, options, key_of, index)
    })
}

/// The same by an index that is on its way.
fn judge_by<'a>(
    list: &List,
    register: &Register,
    words: &'a Words,
    options: &JudgeOptions,
    key_of: &(dyn Fn(&CitizenId) -> IdKey + Sync),
    index: impl FnOnce() -> Index<'a>,
) -> Result<Report, JudgeError> {
    let units = Units::new(&register.units);
    let people = People::new(register, &units);
    let scopes = scope::of_all(list, words, &units, options);
    let mut unreadable = list.unreadable.clone();
    let sight = see(list, &scopes, &people, words, key_of, &mut unreadable);
    let index = index();
    let Sight {
        seen,
        falls,
        passed_domains,
    } = sight?;
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
    let mut results = rows(&bench, &seen);
    contradiction::mark(&seen, register, words, &mut results);
    let rows_protected = u32::try_from(results.len()).unwrap_or(u32::MAX);
    results.extend(absent::find(&bench, &seen));
    let unchecked = absent::unchecked(&bench, &seen);
    drop(bench);
    let domains: BTreeSet<Domain> = seen
        .iter()
        .map(|seen| seen.domain)
        .chain(passed_domains)
        .chain(scopes.iter().filter_map(|scope| scope.domain))
        .collect();
    std::thread::scope(|scope| {
        // Many small pieces, which take their time.
        scope.spawn(|| drop((seen, index)));
        results.sort_by_key(|line| (line.at_sheet, line.row.unwrap_or(u32::MAX)));
        results.iter_mut().for_each(Judged::mask);
    });
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
        appraised: survey::appraised(list, &scopes, words),
        notices: scopes
            .iter()
            .find_map(|scope| scope.notice.clone())
            .into_iter()
            .chain(unchecked)
            .chain(guessed(list))
            .chain(unread(list))
            .collect(),
    })
}

/// Columns that were read as a field because they look like it.
fn guessed(list: &List) -> Option<String> {
    let all: BTreeSet<&(String, String)> = list.sheets.iter().flat_map(|sheet| &sheet.guessed).collect();
    let named: Vec<String> = all
        .iter()
        .map(|(header, field)| format!("「{header}」当作{field}"))
        .collect();
    (!all.is_empty()).then(|| {
        format!(
            "按表头和内容推断：{}；不是这样的，请指明各是哪一栏（命令行用 --map 栏目=表头，网页上在「列的对应」中选）后重新预检",
            named.join("、")
        )
    })
}

/// Columns that nothing was read under: a reason may stand there that nobody looked at. Those that look like it are named
/// first, and many that do not matter are only counted.
fn unread(list: &List) -> Option<String> {
    let mut all: Vec<&Unread> = list.sheets.iter().flat_map(|sheet| &sheet.unread).collect();
    all.sort_by_key(|unread| unread.kind);
    let mut seen = HashSet::new();
    all.retain(|unread| seen.insert(unread.header.as_str()));
    let named = |kinds: &[UnreadKind], most: usize| -> Vec<String> {
        let headers = all.iter().filter(|unread| kinds.contains(&unread.kind));
        headers
            .map(|unread| format!("「{}」", unread.header))
            .take(most)
            .collect()
    };
    let likely = named(&[UnreadKind::Likely], UNREAD);
    let open = named(&[UnreadKind::Open, UnreadKind::Headless], UNREAD - likely.len());
    let left = all.len() - likely.len() - open.len();
    let mut parts = Vec::new();
    if !likely.is_empty() {
        parts.push(format!("{}（像是结果、理由或者日期）", likely.concat()));
    }
    if !open.is_empty() {
        parts.push(open.concat());
    }
    if left > 0 {
        let slight = named(&[UnreadKind::Slight], UNREAD_SLIGHT);
        parts.push(if slight.len() == left {
            slight.concat()
        } else if parts.is_empty() {
            format!("{}等 {left} 栏", slight.concat())
        } else {
            format!("另有 {left} 栏")
        });
    }
    (!all.is_empty()).then(|| {
        // What nothing stands over cannot be named.
        let is_bare = all.iter().any(|unread| unread.kind == UnreadKind::Headless);
        let bare = if is_bare { "先补上表头，再" } else { "" };
        format!(
            "没有读的栏：{}；其中有理由、结果或者其他要核对的内容的，请{bare}指明各是哪一栏（命令行用 --map 栏目=表头，网页上在「列的对应」中选）后重新预检",
            parts.join("、")
        )
    })
}

/// So many unread columns are named, and so many of those that hardly matter.
const UNREAD: usize = 12;
const UNREAD_SLIGHT: usize = 3;

/// Rows that are worth a thread of their own.
const WORTH_WHILE: usize = 500;

/// The lines of all rows in their order; no row's depends on another's.
fn rows(bench: &Bench<'_>, seen: &[Seen<'_>]) -> Vec<Judged> {
    let judged = |seen: &[Seen<'_>]| -> Vec<Judged> { seen.iter().filter_map(|seen| bench.row(seen)).collect() };
    joined(by_shares(seen, WORTH_WHILE, judged))
}

/// The bench that rows are laid on, with what the list says of all of them.
#[expect(
    clippy::too_many_arguments,
    reason = "each is one of the things a row is held against"
)]
pub(super) fn bench<'a>(
    list: &'a List,
    register: &'a Register,
    people: &'a People<'a>,
    scopes: &'a [Scope],
    options: &'a JudgeOptions,
    words: &'a Words,
    index: &'a Index<'a>,
    (seen, falls): (&[Seen<'a>], &HashMap<(usize, Domain), Falls>),
) -> Bench<'a> {
    let mut bench = Bench {
        list,
        register,
        people,
        scopes,
        options,
        words,
        index,
        fell_alike: falls.iter().map(|(key, falls)| (*key, falls.alike())).collect(),
        new_posts: Set::default(),
        grades: grades(register),
        listed_grades: listed_grades(seen),
    };
    bench.new_posts = bench.new_posts(seen);
    bench
}

/// Grades on record, by person and in their order.
fn grades(register: &Register) -> Table<&PersonId, Vec<&GradeFacts>> {
    let mut grades: Table<&PersonId, Vec<&GradeFacts>> = Table::default();
    for grade in &register.grades {
        grades.entry(&grade.person).or_default().push(grade);
    }
    grades
}

/// Grades that appraisal rows of the list give, by person and appraised year. Where two rows of one year differ, none
/// is known.
fn listed_grades<'a>(seen: &[Seen<'a>]) -> Table<ListedKey, Option<&'a str>> {
    let mut grades = Table::default();
    for seen in seen.iter().filter(|seen| seen.domain == Domain::AnnualAppraisal) {
        let year = match &seen.period {
            None => None,
            Some(period) if period.is_year() => Some(period.from.year()),
            // The appraisal of a quarter is not the year's.
            Some(_) => continue,
        };
        if let (Some(person), Some(grade)) = (seen.person(), seen.row.result.as_deref()) {
            grades
                .entry((person, year))
                .and_modify(|known: &mut Option<&str>| {
                    if known.is_some_and(|known| folded(known) != folded(grade)) {
                        *known = None;
                    }
                })
                .or_insert(Some(grade));
        }
    }
    grades
}

/// What was seen of a list.
pub(super) struct Sight<'a> {
    pub seen: Vec<Seen<'a>>,
    /// Per sheet and domain, of all rows, those left out too.
    pub falls: HashMap<(usize, Domain), Falls>,
    /// Domains of rows that were left out.
    passed_domains: BTreeSet<Domain>,
}

/// Finds domain, unit and person of every row.
pub(super) fn see<'a>(
    list: &'a List,
    scopes: &[Scope],
    people: &People<'_>,
    words: &Words,
    key_of: &(dyn Fn(&CitizenId) -> IdKey + Sync),
    unreadable: &mut Vec<RowFault>,
) -> Result<Sight<'a>, JudgeError> {
    let mut out = Sight {
        seen: Vec::new(),
        falls: HashMap::new(),
        passed_domains: BTreeSet::new(),
    };
    let mut any_row = false;
    for (at, (sheet, scope)) in list.sheets.iter().zip(scopes).enumerate() {
        let mut faults = Vec::new();
        any_row |= !sheet.rows.is_empty();
        let mut finder = Finder::below(people.units, scope.unit.as_deref());
        // Each is looked for once, and not once in each share.
        for unit in sheet.rows.iter().filter_map(|row| row.unit.as_deref()) {
            finder.look(unit);
        }
        let shares = by_shares(&sheet.rows, WORTH_WHILE, |rows| {
            see_rows((at, sheet, rows), (scope, &finder), people, words, key_of)
        });
        out.seen.reserve(shares.iter().map(|share| share.seen.len()).sum());
        for share in shares {
            out.seen.extend(share.seen);
            for (domain, falls) in &share.falls {
                out.falls.entry((at, *domain)).or_default().merge(falls);
            }
            faults.extend(share.faults);
        }
        for passed in &sheet.passed.by_category {
            any_row = true;
            let category = passed.category.as_deref();
            match scope::domain_of_row(category, scope, words) {
                Some(domain) => {
                    out.falls.entry((at, domain)).or_default().merge(&passed.falls);
                    out.passed_domains.insert(domain);
                }
                None => faults.extend(passed.rows().map(|row| no_domain(sheet, row, category))),
            }
        }
        faults.sort_by_key(|fault| fault.row);
        unreadable.extend(faults);
    }
    if any_row && out.seen.is_empty() && out.passed_domains.is_empty() {
        return Err(JudgeError::NoDomain);
    }
    Ok(out)
}

/// What some rows of a sheet come to.
#[derive(Default)]
struct Share<'a> {
    seen: Vec<Seen<'a>>,
    falls: HashMap<Domain, Falls>,
    faults: Vec<RowFault>,
}

/// No row is seen otherwise because of others.
fn see_rows<'a: 'b, 'b>(
    (at, sheet, rows): (usize, &'a ListSheet, &'a [ListRow]),
    (scope, finder): (&Scope, &Finder<'b>),
    people: &'b People<'_>,
    words: &Words,
    key_of: &dyn Fn(&CitizenId) -> IdKey,
) -> Share<'a> {
    let mut out = Share {
        seen: Vec::with_capacity(rows.len()),
        ..Share::default()
    };
    let mut finder = finder.clone();
    let mut sections: HashMap<&str, Headed<'_>> = HashMap::new();
    // Most rows say what others say.
    let mut domains: HashMap<Option<&str>, Option<Domain>> = HashMap::new();
    for row in rows {
        let category = row.category.as_deref();
        let domain = domains
            .entry(category)
            .or_insert_with(|| scope::domain_of_row(category, scope, words));
        let Some(domain) = *domain else {
            out.faults.push(no_domain(sheet, row.row, row.category.as_deref()));
            continue;
        };
        let named = row.unit.as_deref().map(|text| finder.name(text));
        let headed = match row.section.as_deref().filter(|_| named.is_none()) {
            None => Headed::AsListed,
            Some(headings) => *sections
                .entry(headings)
                .or_insert_with(|| scope::unit_of_section(headings, scope, people.units, words)),
        };
        let unit = match headed {
            Headed::Unit(unit) => Some(unit),
            Headed::AsListed => named.as_deref().or(scope.unit.as_deref()),
            Headed::Unknown => None,
        };
        let seen = see_row((at, row, domain), unit, scope, people, key_of);
        out.faults.extend(nobody(&seen, sheet.name.as_deref()));
        let falls = out.falls.entry(domain).or_default();
        falls.add(row.row, row.baseline.as_deref(), row.result.as_deref());
        out.seen.push(seen);
    }
    out
}

fn no_domain(sheet: &ListSheet, row: u32, category: Option<&str>) -> RowFault {
    let said = category.unwrap_or("");
    let reason = format!("「{said}」看不出属于哪一类人事结果；请填写事项类别，或用 --domain 指明");
    RowFault::of_column(sheet.name.as_deref(), row, "事项类别", reason)
}

fn see_row<'a>(
    (sheet, row, domain): (usize, &'a ListRow, Domain),
    unit: Option<&str>,
    scope: &Scope,
    people: &People<'_>,
    key_of: &dyn Fn(&CitizenId) -> IdKey,
) -> Seen<'a> {
    let period = row.period.as_deref().and_then(period::parse);
    let listed = scope.period.as_ref().map(|period| period.text.clone());
    let item_period = match (&period, &row.period) {
        (Some(period), _) => period.text.clone(),
        (None, Some(other)) => folded(other).into_iter().collect(),
        (None, None) => listed.unwrap_or_default(),
    };
    Seen {
        sheet,
        row,
        domain,
        who: people.find(row, unit, key_of),
        unit: unit.map(str::to_owned),
        item: row
            .item
            .as_deref()
            .or_else(|| row.category.as_deref().filter(|_| !scope.has_categories)),
        item_period,
        period: period
            .or_else(|| row.item.as_deref().and_then(period::find))
            .or_else(|| scope.period.clone()),
    }
}

/// A row whose ID number cannot be used and whose name nobody has: it stays unknown who it is.
fn nobody(seen: &Seen<'_>, sheet: Option<&str>) -> Option<RowFault> {
    match (&seen.who, &seen.row.id) {
        // Whoever publishes a list hides some places of every number.
        (Who::Nobody, IdNumber::Unusable(IdFault::Masked)) => None,
        (Who::Nobody, IdNumber::Unusable(fault)) => {
            let reason = format!("{fault}；名册和台账里也没有这个姓名，认不出是谁。请更正号码后重新预检");
            Some(RowFault::of_column(sheet, seen.row.row, "公民身份号码", reason))
        }
        _ => None,
    }
}
