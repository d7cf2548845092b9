//! What a list is about: domain, unit and period, from its title, sheet name, file name or the options.

use super::amount::is_sum;
use super::facts::JudgeOptions;
use super::list::{Domain, List, ListSheet};
use super::pattern::find_each;
use super::period::{self, Period};
use super::text::{Folded, folded};
use super::words::{DomainNames, Titles, Words};
use crate::domain::unit::{Relation, Units, is_han, lies_within, names_an_office};
use std::borrow::Cow;
use std::collections::HashSet;

/// What a sheet says of all its rows.
pub(super) struct Scope {
    pub domain: Option<Domain>,
    /// What stands under 事项类别 names domains. Under 类别 honours or kinds of staff may stand as well, which are what a row
    /// is about.
    pub has_categories: bool,
    pub unit: Option<String>,
    pub period: Option<Period>,
    /// The list says another unit or period than it is judged for.
    pub notice: Option<String>,
    /// It says nothing itself, and what another sheet says was taken: it names no unit's people in full.
    pub is_lent: bool,
}

/// The scopes of all sheets. One without a title of its own is about what the titles of its workbook say, where what
/// stands in it is of that kind.
pub(super) fn of_all(list: &List, words: &Words, units: &Units, options: &JudgeOptions) -> Vec<Scope> {
    let own = list.sheets.iter().map(|sheet| of(list, sheet, words, units, options));
    let mut scopes: Vec<Scope> = own.collect();
    let domain = only(scopes.iter().filter_map(|scope| scope.domain));
    let period = only(scopes.iter().filter_map(|scope| scope.period.clone()));
    let unit = only(scopes.iter().filter_map(|scope| scope.unit.clone()));
    for (sheet, scope) in list.sheets.iter().zip(&mut scopes) {
        let is_untitled = sheet.title.iter().all(|line| line.chars().count() <= LONGEST_LABEL);
        let Some(domain) = domain.filter(|domain| scope.domain.is_none() && is_untitled && fits(sheet, *domain, words))
        else {
            continue;
        };
        scope.is_lent = true;
        scope.domain = Some(domain);
        scope.period = scope.period.take().or_else(|| period.clone());
        scope.unit = scope.unit.take().or_else(|| unit.clone());
    }
    for (sheet, scope) in list.sheets.iter().zip(&mut scopes) {
        let Some(domain) = scope.domain.is_none().then(|| by_outcomes(sheet, words)).flatten() else {
            continue;
        };
        // It may be a list of everybody or not: nobody is missed on it.
        scope.is_lent = true;
        scope.domain = Some(domain);
        // Rows that each say their kind do not need it.
        let passed = sheet.passed.by_category.iter().map(|of| of.category.is_some());
        let rows = sheet.rows.iter().map(|row| row.category.is_some());
        let is_needed = !scope.has_categories || passed.chain(rows).any(|says| !says);
        scope.notice = scope.notice.take().or_else(|| is_needed.then(|| inferred(domain)));
    }
    scopes
}

/// The domain that alone knows the results of a sheet, where neither title nor columns say one.
fn by_outcomes(sheet: &ListSheet, words: &Words) -> Option<Domain> {
    let known = words
        .domains
        .keys()
        .map(|domain| (known_results(sheet, *domain, words), *domain));
    let mut known: Vec<(u64, Domain)> = known.collect();
    known.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let (most, domain) = *known.first()?;
    let next = known.get(1).map_or(0, |(count, _)| *count);
    (most > next && most * 2 > results(sheet)).then_some(domain)
}

fn inferred(domain: Domain) -> String {
    format!(
        "标题、表名和文件名看不出名单属于哪一类，按结果用词当作{}；不是这样的，请用 --domain 指明后重新预检",
        domain.zh()
    )
}

/// Characters of a line that numbers a sheet (附件2) and is no title.
const LONGEST_LABEL: usize = 4;

/// What all say alike.
fn only<T: PartialEq>(mut said: impl Iterator<Item = T>) -> Option<T> {
    let first = said.next()?;
    said.all(|other| other == first).then_some(first)
}

/// Whether most results of a sheet are such as lists of a domain have.
fn fits(sheet: &ListSheet, domain: Domain, words: &Words) -> bool {
    known_results(sheet, domain, words) * 2 > results(sheet)
}

fn results(sheet: &ListSheet) -> u64 {
    sheet.tally.counts.values().copied().map(u64::from).sum()
}

/// Results of a sheet that lists of a domain have.
fn known_results(sheet: &ListSheet, domain: Domain, words: &Words) -> u64 {
    let classes = &words.of(domain).classes;
    let has_sums = words.names(domain).is_some_and(|names| names.tolerance.is_some())
        || [Domain::Salary, Domain::PerformancePay, Domain::Bonus].contains(&domain);
    let is_known = |said: &str| {
        let text = folded(said);
        (has_sums && is_sum(said)) || classes.any_in(&text)
    };
    let known = sheet.tally.counts.iter().filter(|(said, _)| is_known(said));
    known.map(|(_, count)| u64::from(*count)).sum()
}

/// What the headings above a row say of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Headed<'u> {
    Unit(&'u str),
    /// They say nothing: it is the list's.
    AsListed,
    /// Another list begins there, of a unit that nobody knows.
    Unknown,
}

/// The unit that the headings above a row name, a line each: the lowest that names one. One that names an office nobody
/// knows leaves nothing of those above it.
pub(super) fn unit_of_section<'u>(headings: &str, scope: &Scope, units: &'u Units, words: &Words) -> Headed<'u> {
    for line in headings.lines().rev() {
        if let Some(unit) = unit_of_heading(line, scope, units, words) {
            return Headed::Unit(unit);
        }
        if names_an_office(line) && !begins(line, &words.titles.own) {
            let is_title = domain_of_title(line, words).is_some();
            return if is_title { Headed::Unknown } else { Headed::AsListed };
        }
    }
    Headed::AsListed
}

/// The unit that a heading names: one below that of the list, unless it is the title of another list.
fn unit_of_heading<'u>(heading: &str, scope: &Scope, units: &'u Units, words: &Words) -> Option<&'u str> {
    if domain_of_title(heading, words).is_some() {
        return units.find(heading);
    }
    let (said, behind) = match heading.split_once([':', '(', '[', '【', '〔', '—']) {
        Some(("", behind)) => (behind, ""),
        Some((said, behind)) => (said, behind),
        None => (heading, ""),
    };
    let closed = |text: &str| text.trim_matches(|c: char| "()[]【】〔〕:—".contains(c)).to_owned();
    [closed(said), closed(behind)].iter().find_map(|said| {
        let Some(top) = &scope.unit else {
            return units.find_exact(said);
        };
        let below = |unit: &&str| lies_within(unit, top);
        let path = format!("{top}/{said}");
        let named = units.find_exact(said).filter(below);
        named.or_else(|| units.find_exact(&path).filter(below).filter(|unit| *unit == path))
    })
}

/// Reads the scope of a sheet. The unit and the period that were given as options win; the domain given as an
/// option wins over the title's.
pub(super) fn of(list: &List, sheet: &ListSheet, words: &Words, units: &Units, options: &JudgeOptions) -> Scope {
    let (folders, own) = list.file.rsplit_once('/').unwrap_or(("", &list.file));
    let stem = own.rsplit_once('.').map_or(own, |(stem, _)| stem);
    let name = sheet.name.as_deref().unwrap_or("");
    let own: Vec<&str> = sheet.title.iter().map(String::as_str).chain([name, stem]).collect();
    // What the folders around it are called counts where the list itself does not say.
    let places: Vec<&str> = own.iter().copied().chain(folders.rsplit('/')).collect();
    let naming: Vec<Cow<'_, str>> = own.iter().map(|text| without_asides(text, words)).collect();
    let titled = titled(&naming, folders, units, words);
    let domain = options
        .domain
        .or_else(|| places.iter().find_map(|text| domain_of_title(text, words)))
        .or_else(|| sheet.header.iter().find_map(|header| domain_of_header(header, words)));
    let mut apart = Vec::new();
    if let (Some(given), Some(own)) = (&options.unit, &titled)
        && units.relation(given, own) == Relation::Apart
    {
        apart.push(format!("单位「{own}」（按指明的「{given}」判断）"));
    }
    if let (Some(given), Some(own)) = (
        options.period.as_deref().and_then(period::parse),
        places.iter().find_map(|text| period::find(text)),
    ) && (own.to < given.from || given.to < own.from)
    {
        apart.push(format!("期间「{}」（按指明的「{}」判断）", own.text, given.text));
    }
    let passed = sheet.passed.by_category.iter().map(|of| of.category.as_deref());
    let rows = sheet.rows.iter().map(|row| row.category.as_deref());
    let categories: HashSet<&str> = passed.chain(rows).flatten().collect();
    Scope {
        domain,
        has_categories: are_categories(&categories, words),
        is_lent: false,
        notice: (!apart.is_empty()).then(|| format!("名单的标题、表名或文件名写的是{}，请核对", apart.join("、"))),
        unit: match &options.unit {
            Some(given) => Some(units.name_of(given).into_owned()),
            None => titled.map(Cow::into_owned),
        },
        period: options
            .period
            .as_deref()
            .and_then(period::parse)
            .or_else(|| places.iter().find_map(|text| period::find(text))),
    }
}

/// The unit that the list itself names, else that of the folders it lies in, unless it names an office nobody knows.
fn titled<'a>(own: &[Cow<'_, str>], folders: &str, units: &'a Units, words: &Words) -> Option<Cow<'a, str>> {
    let around = units.find_in_folders(folders);
    let found = own.iter().filter_map(|text| units.find_titled(text, around.as_deref()));
    let mut found: Vec<Cow<'_, str>> = found.collect();
    if found.is_empty() {
        return around.filter(|_| !own.iter().any(|text| names_another_office(text, words)));
    }
    let exact = found.iter().position(|unit| !units.is_top(unit));
    Some(found.swap_remove(exact.unwrap_or(0)))
}

/// A title without the brackets that say whom the list holds besides or leaves out, or who gets it: what they name is
/// not its unit.
fn without_asides<'t>(text: &'t str, words: &Words) -> Cow<'t, str> {
    let mut out = Cow::Borrowed(text);
    let mut from = 0;
    while let Some(open) = out[from..].find(['(', '（']).map(|at| from + at) {
        let inside = folded(out[open..].trim_start_matches(['(', '（']));
        let close = out[open..].find([')', '）']).map_or(out.len(), |at| open + at);
        if words.titles.asides.iter().any(|word| inside.starts_with(word)) {
            let behind = out[close..].trim_start_matches([')', '）']).to_owned();
            out = Cow::Owned(format!("{}{behind}", &out[..open]));
            from = open;
        } else {
            from = close;
        }
    }
    out
}

/// Whether a text names an office, and not only as a list calls its own (局机关, 学校教职工).
fn names_another_office(text: &str, words: &Words) -> bool {
    let Titles { own, called, .. } = &words.titles;
    text.split(|c| !is_han(c)).any(|run| {
        let run = run.trim_start_matches(|c| "年度月份第一二三四季上下半".contains(c));
        names_an_office(run) && !begins(run, own) && !begins(run, called)
    })
}

fn begins(text: &str, words: &[String]) -> bool {
    words.iter().any(|word| text.starts_with(word.as_str()))
}

/// The domain of one row: its own column where such columns name domains, else the sheet's.
pub(super) fn domain_of_row(category: Option<&str>, sheet: &Scope, words: &Words) -> Option<Domain> {
    match category {
        Some(category) if sheet.has_categories => domain_of_category(category, words),
        Some(category) => sheet.domain.or_else(|| domain_of_category(category, words)),
        None => sheet.domain,
    }
}

/// Whether what stands under 事项类别 names domains: one by its own name, or each in words of titles. 优秀教师 beside 师德标兵
/// are honours.
fn are_categories(said: &HashSet<&str>, words: &Words) -> bool {
    let is_name = |text: &&str| domain_by_name(&folded(text), words).is_some();
    said.iter().any(is_name) || said.iter().all(|text| domain_of_category(text, words).is_some())
}

fn domain_of_category(text: &str, words: &Words) -> Option<Domain> {
    let text = folded(text);
    domain_by_name(&text, words).or_else(|| last_title_word(&text, words))
}

fn domain_by_name(text: &Vec<char>, words: &Words) -> Option<Domain> {
    let exact = words.domains.iter().find(|(_, names)| names.categories.contains(text));
    exact
        .map(|(domain, _)| *domain)
        .or_else(|| Domain::from_id(&text.iter().collect::<String>().to_lowercase()))
}

fn domain_of_title(text: &str, words: &Words) -> Option<Domain> {
    let chars = Folded::of(text).chars;
    let mut depth = 0_u32;
    let outside: Vec<char> = chars
        .iter()
        .copied()
        .filter(|c| {
            depth += u32::from(*c == '(');
            let keep = depth == 0;
            depth = depth.saturating_sub(u32::from(*c == ')'));
            keep
        })
        .collect();
    labelled(&chars, words)
        .or_else(|| last_title_word(&outside, words))
        .or_else(|| last_title_word(&chars, words))
}

/// The kind that a bracket of a title holds and nothing else: （表彰奖励） is there to say it.
fn labelled(text: &[char], words: &Words) -> Option<Domain> {
    let mut brackets = text.split(|c| *c == '(').skip(1);
    brackets.find_map(|from| {
        let close = from.iter().position(|c| *c == ')')?;
        let category = |names: &DomainNames| names.categories.iter().any(|category| category == &from[..close]);
        words
            .domains
            .iter()
            .find(|(_, names)| category(names))
            .map(|(domain, _)| *domain)
    })
}

fn last_title_word(text: &[char], words: &Words) -> Option<Domain> {
    let all = words
        .domains
        .iter()
        .flat_map(|(domain, names)| names.titles.iter().map(|word| (word, *domain)));
    find_each(text, all).last().map(|hit| hit.what)
}

fn domain_of_header(text: &str, words: &Words) -> Option<Domain> {
    let text = folded(text);
    // 2026年度考核等次 says it as 考核等次 does.
    let digits = text.iter().take_while(|c| c.is_ascii_digit()).count();
    let behind_year = if digits == 4 { &text[digits..] } else { &text };
    let year = [&['年', '度'][..], &['年']];
    let behind_year = year
        .iter()
        .find_map(|word| behind_year.strip_prefix(*word))
        .unwrap_or(behind_year);
    let is_named = |names: &DomainNames| names.headers.iter().any(|name| *name == text || *name == behind_year);
    let found = words.domains.iter().find(|(_, names)| is_named(names));
    found.map(|(domain, _)| *domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_name_their_domain_behind_a_year_too() {
        let words = Words::builtin();
        let of = |text: &str| domain_of_header(text, &words);
        for text in ["考核等次", "2026年度考核等次", "2026年考核等次"] {
            assert_eq!(of(text), Some(Domain::AnnualAppraisal), "{text}");
        }
        assert_eq!(of("2026年度"), None);
        assert_eq!(of("206年度考核等次"), None);
    }

    #[test]
    fn folders_count_where_the_list_itself_names_no_unit() {
        let units = Units::new(&[
            "岭泽市/发改委",
            "岭泽市/水利局/工程股",
            "岭泽市/财政局",
            "岭泽市/丹枫县/水利局",
            "岭泽市/丹枫县/石桥镇",
        ]);
        let (words, options) = (Words::builtin(), crate::domain::protection::tests::options());
        let of = |file: &str, title: &str| {
            let list = List {
                file: file.to_owned(),
                ..List::default()
            };
            let sheet = ListSheet {
                title: vec![title.to_owned()],
                ..ListSheet::default()
            };
            let scope = of(&list, &sheet, &words, &units, &options);
            (scope.unit, scope.period.map(|period| period.text))
        };
        for (file, title, unit) in [
            (
                "18全市报送/市发改委/岭泽市发改委2026年度考核等次.csv",
                "",
                Some("岭泽市/发改委"),
            ),
            (
                "18全市报送.zip/丹枫县/岭泽市发改委2026年度考核等次.csv",
                "",
                Some("岭泽市/发改委"),
            ),
            ("市水利局/岭泽市发改委2026年度考核等次.csv", "", Some("岭泽市/发改委")),
            (
                "岭泽市水利局.zip/岭泽市发改委2026年度考核等次.csv",
                "",
                Some("岭泽市/发改委"),
            ),
            (
                "岭泽市水利局.zip/2026年度.csv",
                "岭泽市发改委考核等次",
                Some("岭泽市/发改委"),
            ),
            ("市水利局/2026年度考核等次.csv", "", Some("岭泽市/水利局")),
            ("市水利局/2026年度局机关考核等次.csv", "", Some("岭泽市/水利局")),
            ("岭泽市水利局.zip/报送/2026年度考核等次.csv", "", Some("岭泽市/水利局")),
            ("丹枫县/水利局/2026年度考核等次.csv", "", Some("岭泽市/丹枫县/水利局")),
            (
                "丹枫县/2026年度考核等次.csv",
                "水利局考核等次",
                Some("岭泽市/丹枫县/水利局"),
            ),
            ("丹枫县/财政局2026年度考核等次.csv", "", Some("岭泽市/丹枫县/财政局")),
            ("丹枫县/市财政局2026年度考核等次.csv", "", Some("岭泽市/财政局")),
            // Nobody knows the office, and it is not the folder's.
            ("岭泽市2026年报送/市档案局2026年度考核等次.csv", "", None),
            ("市水利局/市档案局2026年度考核等次.csv", "", None),
        ] {
            let found = of(file, title);
            assert_eq!(found, (unit.map(str::to_owned), Some("2026".to_owned())), "{file}");
        }
        let period = |file: &str| of(file, "").1;
        assert_eq!(period("2025年度报送/2026年度考核.csv").as_deref(), Some("2026"));
        assert_eq!(period("2025年度/2026年度报送/考核.csv").as_deref(), Some("2026"));
    }

    #[test]
    fn titles_name_their_domain() {
        let words = Words::builtin();
        for (title, domain) in [
            ("云川市住建局2026年度公务员年度考核等次汇总表", Domain::AnnualAppraisal),
            ("云川市拟任免干部情况表（干部选拔任用）", Domain::Appointment),
            ("云川市2026年第三季度绩效工资发放表", Domain::PerformancePay),
            ("2026年度年终一次性奖金发放表", Domain::Bonus),
            ("2026年度考核奖金发放表", Domain::Bonus),
            ("14-党代表人大代表政协委员资格审核", Domain::Representative),
            ("云川市2026年度表彰奖励对象审核表", Domain::Commendation),
            ("云川市档案馆2026年工作人员考核备案表", Domain::AnnualAppraisal),
            ("云川市教育局先进典型人选", Domain::MeritSelection),
            ("云川市领导干部职务调整名册", Domain::Appointment),
            ("云川市城管局2026年10月津贴补贴发放明细", Domain::Salary),
            ("云川市城管局2026年绩效津贴发放表", Domain::PerformancePay),
            ("2026年10月工资发放表", Domain::Salary),
            ("澜溪市水务局三季度绩效奖励发放表", Domain::PerformancePay),
            ("2026年季度综合考核奖发放明细", Domain::Bonus),
            ("安全生产先进个人奖励兑现表", Domain::Bonus),
            ("试用期满副科级干部考核情况表", Domain::Appointment),
            ("集团中层管理岗位竞聘结果", Domain::Appointment),
            ("专业技术岗位竞聘结果", Domain::TitlePromotion),
            ("卫生系列职称竞聘排名", Domain::TitlePromotion),
            ("技术能手、岗位能手称号复核表（表彰奖励）", Domain::Commendation),
            ("年度考核结果（含奖励情况）", Domain::AnnualAppraisal),
            ("云川一中教师专业技术职务评审推荐人员公示", Domain::TitlePromotion),
            ("市文化馆专业技术中级岗位分级聘任情况表", Domain::TitlePromotion),
            ("事业单位岗位等级变动表", Domain::TitlePromotion),
            ("政协云川市第十届委员会委员变动名册", Domain::Representative),
            ("政协云川市委员会机关公务员年度考核", Domain::AnnualAppraisal),
            ("2026年目标责任奖发放表", Domain::Bonus),
            ("开发区效能奖分配表", Domain::Bonus),
            ("优秀党务工作者拟表彰对象公示", Domain::MeritSelection),
        ] {
            assert_eq!(domain_of_title(title, &words), Some(domain), "{title}");
        }
        assert_eq!(domain_of_title("人事结果", &words), None);
    }
}
