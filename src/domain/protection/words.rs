//! The word lists a judgement goes by, checked when they are loaded.

use super::list::Domain;
use super::naming::DISTINCTIVE;
use super::pattern::{Inflections, Pattern, Patterns, find_all, find_each};
use super::report::OutcomeClass;
use super::text::folded;
use crate::domain::tables::Table;
use raw::{
    RawBeside, RawCauses, RawClasses, RawComparison, RawEffects, RawEveryday, RawGrades, RawLeave, RawNames,
    RawOutcomes, RawStages, RawTitles,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

mod raw;

const FILES: [(&str, &str); 6] = [
    ("outcomes.toml", include_str!("../../../config/words/outcomes.toml")),
    ("causes.toml", include_str!("../../../config/words/causes.toml")),
    ("everyday.toml", include_str!("../../../config/words/everyday.toml")),
    ("effects.toml", include_str!("../../../config/words/effects.toml")),
    ("domains.toml", include_str!("../../../config/words/domains.toml")),
    ("comparison.toml", include_str!("../../../config/words/comparison.toml")),
];

/// Kinds whose lists name everybody of a unit, where the file does not say.
const ROSTERS: [Domain; 4] = [
    Domain::AnnualAppraisal,
    Domain::Salary,
    Domain::PerformancePay,
    Domain::Bonus,
];

/// Every word list.
#[derive(Debug, Clone)]
pub struct Words {
    pub(super) outcomes: BTreeMap<Domain, Outcomes>,
    nothing: Outcomes,
    pub(super) overturned: Overturned,
    /// Without it every favourable word counts whatever stands beside it.
    pub(super) beside_favourable: Option<Beside>,
    pub(super) year_end: YearEnd,
    pub(super) across_the_board: AcrossTheBoard,
    pub(super) restored: Vec<Pattern>,
    pub(super) causes: Causes,
    pub(super) everyday: Vec<Vec<char>>,
    /// What many a matter has in its name besides.
    pub(super) common: Option<Vec<Vec<char>>>,
    pub(super) effects: Vec<Effect>,
    pub(super) domains: BTreeMap<Domain, DomainNames>,
    pub(super) grades: Vec<(Pattern, Grade)>,
    pub(super) titles: Titles,
    /// Words of 职务 that say somebody is no longer there.
    pub(super) gone: Vec<String>,
    /// How the lists of one selection are called.
    pub stages: Stages,
}

/// What titles and headings say of units that are not the list's.
#[derive(Debug, Clone)]
pub(super) struct Titles {
    /// How brackets begin that say whom a list holds besides or leaves out, or who gets it.
    pub asides: Vec<Vec<char>>,
    /// How a list calls its own parts: 局机关, 本部.
    pub own: Vec<String>,
    /// How its title calls the unit besides: 学校教职工.
    pub called: Vec<String>,
}

/// What an appraisal says of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grade {
    /// A grade; 0 is the best.
    Rank(u8),
    /// Took part, and no grade was set.
    Undetermined,
    /// Took no part.
    Absent,
}

impl Grade {
    /// 优秀
    pub const BEST: Self = Self::Rank(0);
}

/// Names of the lists of one selection.
#[derive(Debug, Clone)]
pub struct Stages {
    /// In their order.
    pub names: Vec<String>,
    /// Words of titles and file names; the first of them that stands there is the list's name.
    pub known: Vec<String>,
    /// The outcome of somebody protected who is no longer on a later list.
    pub withdrawn: String,
}

/// A leave that is long enough to excuse an open grade.
#[derive(Debug, Clone)]
pub(super) struct Leave {
    pub words: Vec<Pattern>,
    pub days: u16,
    /// What stands before a time that was not reached.
    pub short: Vec<Vec<char>>,
}

/// Words of one domain.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcomes {
    pub classes: Patterns<OutcomeClass>,
    pub undetermined: Vec<Pattern>,
    pub excused_by: Vec<Pattern>,
    pub long_leave: Option<Leave>,
    /// Favourable whatever they hold: an adverse outcome was put right.
    pub corrected: Vec<Pattern>,
    pub regrade: Vec<Pattern>,
    pub graded: Vec<Pattern>,
    pub dismissal: Vec<Pattern>,
    pub new_post: Vec<Pattern>,
    /// What takes the new post away directly before such a word.
    pub not_new: Vec<Vec<char>>,
    /// The same where a reason says them: fewer, since a reason may speak of posts in other ways.
    pub new_post_in_reason: Vec<Pattern>,
}

/// What may stand beside a favourable word.
#[derive(Debug, Clone)]
pub(super) struct Beside {
    /// Words that change nothing.
    pub plain: Vec<Vec<char>>,
    /// How names of posts, ranks, honours and units end.
    pub names: Vec<Vec<char>>,
    /// What no such name has.
    pub turning: Vec<Vec<char>>,
}

/// What says that a change is everybody's.
#[derive(Debug, Clone)]
pub(super) struct AcrossTheBoard {
    /// Says it alone.
    pub words: Vec<Pattern>,
    /// Says whose it is; with one of `lowered` in the same clause.
    pub everyone: Vec<Pattern>,
    /// Says what it is.
    pub lowered: Vec<Pattern>,
}

/// Words before an outcome that turn it round.
#[derive(Debug, Clone)]
pub(super) struct Overturned {
    pub reversed: Vec<Vec<char>>,
    pub withheld: Vec<Vec<char>>,
    pub spared: Vec<Vec<char>>,
    pub followed: Vec<Vec<char>>,
    /// What takes a word back only from a bracket behind it: 晋升（缓）.
    pub bracketed: Vec<Vec<char>>,
    /// Words that hold one of these and take nothing back: 不动产, 退役.
    pub harmless: Vec<Vec<char>>,
    /// Words directly before an adverse one that take it back.
    pub undoing: Vec<Vec<char>>,
    /// Words behind it that do.
    pub undone: Vec<Vec<char>>,
    /// Words directly behind a grade that mean a lower one, and such before it.
    pub below: Vec<Vec<char>>,
    pub short: Vec<Vec<char>>,
    /// Words between that leave the grade itself in.
    pub through: Vec<Vec<char>>,
    /// What a grade may be called with.
    pub rung: Vec<Vec<char>>,
    /// What in a bracket behind a grade leaves open which one it is.
    pub lowered: Vec<Vec<char>>,
}

/// A grade that is not meant itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Below {
    /// 称职以下
    Lower,
    /// 称职及以下
    OrIt,
}

impl Overturned {
    /// Whether the words around a grade mean a lower one.
    pub fn below(&self, before: &[char], behind: &[char]) -> Option<Below> {
        let begins =
            |words: &[Vec<char>], text: &[char]| words.iter().find(|word| text.starts_with(word)).map(Vec::len);
        let denied = |before: &[char]| self.spared.iter().any(|word| before.ends_with(word));
        let short = self.short.iter().find(|word| before.ends_with(word));
        if short.is_some_and(|word| !denied(&before[..before.len() - word.len()])) {
            return Some(Below::Lower);
        }
        let rest = &behind[begins(&self.rung, behind).unwrap_or(0)..];
        if begins(&self.below, rest).is_some() {
            return Some(Below::Lower);
        }
        let rest = &rest[begins(&self.through, rest)?..];
        begins(&self.below, rest).map(|_| Below::OrIt)
    }
}

/// Words of the year-end bonus.
#[derive(Debug, Clone)]
pub(super) struct YearEnd {
    pub items: Vec<Pattern>,
    pub unpaid: Vec<Pattern>,
    /// Grades, with whether they are entitled to the bonus.
    pub grades: Vec<(Pattern, bool)>,
}

/// What a word of a reason says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    Explicit,
    Implied,
    Nothing,
    Independent,
}

/// Words of reasons.
#[derive(Debug, Clone)]
pub(super) struct Causes {
    pub words: Patterns<Cause>,
    /// Cells that say nothing.
    pub empty: Vec<Vec<char>>,
    /// Words of procedure: a clause of nothing else gives no reason.
    pub procedure: Vec<Vec<char>>,
    pub before: Vec<Vec<char>>,
    pub after: Vec<Vec<char>>,
    pub affirmed: Vec<Vec<char>>,
    pub cancels: Vec<Vec<char>>,
    pub between: Vec<Vec<char>>,
    /// How clauses of a result end and begin that say that nothing is held against anybody.
    pub settled: Vec<Vec<char>>,
    pub clears: Vec<Vec<char>>,
    pub leads: Vec<Vec<char>>,
    /// Words around a document number of the protected case that add nothing to it.
    pub papers: Vec<Vec<char>>,
}

/// What a sanction allows, and for how long.
#[derive(Debug, Clone)]
pub(super) struct Effect {
    pub months: u32,
    pub domains: Vec<Domain>,
    pub words: Vec<Pattern>,
}

/// How lists name a domain.
#[derive(Debug, Clone)]
pub(super) struct DomainNames {
    pub titles: Vec<Pattern>,
    pub categories: Vec<Vec<char>>,
    pub headers: Vec<Vec<char>>,
    /// Lists of it name everybody of a unit; the others are choices, not rosters.
    pub roster: bool,
    /// Compared with a 影响期 by the year it is about.
    pub by_year: bool,
    /// Percent below the baseline that count as no fall; the profile's where it has one.
    pub tolerance: Option<u8>,
}

/// Why a word list cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}：{message}")]
pub struct WordsError {
    /// File name.
    pub file: String,
    /// What is wrong, with line and column where known.
    pub message: String,
    /// Where in the file, as its offset, where known.
    pub at: Option<usize>,
}

impl Words {
    /// The lists compiled in.
    ///
    /// # Panics
    /// Never: a test loads them.
    pub fn builtin() -> Self {
        Self::parse(&[]).expect("the built-in word lists are checked by a test")
    }

    /// Reads lists by file name; a list that is not given is the built-in one.
    ///
    /// # Errors
    /// A file that is no word list, an unknown key, an empty word, a word of two classes.
    pub fn parse(given: &[(&str, &str)]) -> Result<Self, WordsError> {
        if let Some((name, _)) = given
            .iter()
            .find(|(name, _)| FILES.iter().all(|(known, _)| known != name))
        {
            let known: Vec<&str> = FILES.iter().map(|(known, _)| *known).collect();
            let message = format!("不认识的用词文件；可用的有 {}、headers.toml", known.join("、"));
            return Err(error(name, message));
        }
        let text = |file: &str| {
            let given = given.iter().find(|(name, _)| *name == file).map(|(_, text)| *text);
            given.unwrap_or_else(|| FILES.iter().find(|(name, _)| *name == file).expect("a known file").1)
        };
        let domains = names(read("domains.toml", text("domains.toml"))?)?;
        let outcomes = read::<RawOutcomes>("outcomes.toml", text("outcomes.toml"))?;
        let year_end = year_end(&outcomes)?;
        let overturned = Overturned {
            reversed: plain("outcomes.toml", &outcomes.overturned.reversed)?,
            withheld: plain("outcomes.toml", &outcomes.overturned.withheld)?,
            spared: plain("outcomes.toml", &outcomes.overturned.spared)?,
            followed: plain("outcomes.toml", &outcomes.overturned.followed)?,
            bracketed: plain("outcomes.toml", &outcomes.overturned.bracketed)?,
            harmless: plain("outcomes.toml", &outcomes.overturned.harmless)?,
            undoing: plain("outcomes.toml", &outcomes.overturned.undoing)?,
            undone: plain("outcomes.toml", &outcomes.overturned.undone)?,
            below: plain("outcomes.toml", &outcomes.overturned.below)?,
            short: plain("outcomes.toml", &outcomes.overturned.short)?,
            through: plain("outcomes.toml", &outcomes.overturned.through)?,
            rung: plain("outcomes.toml", &outcomes.overturned.rung)?,
            lowered: plain("outcomes.toml", &outcomes.overturned.lowered)?,
        };
        let harmless = &outcomes.overturned.harmless;
        let beside_favourable = outcomes.beside_favourable.as_ref();
        let beside_favourable = beside_favourable.map(|raw| beside(raw, harmless)).transpose()?;
        let everybody = &outcomes.across_the_board;
        let across_the_board = AcrossTheBoard {
            words: patterns("outcomes.toml", &everybody.words)?,
            everyone: patterns("outcomes.toml", &everybody.everyone)?,
            lowered: patterns("outcomes.toml", &everybody.lowered)?,
        };
        let restored = patterns("outcomes.toml", &outcomes.restored.words)?;
        let everyday = read::<RawEveryday>("everyday.toml", text("everyday.toml"))?;
        let common = everyday.common.map(|words| plain("everyday.toml", &words));
        let comparison = read::<RawComparison>("comparison.toml", text("comparison.toml"))?;
        let builtin = read::<RawComparison>("comparison.toml", FILES[5].1)?;
        Ok(Self {
            grades: grades(&comparison.grades)?,
            stages: stages(comparison.stages)?,
            titles: titles(comparison.titles, builtin.titles)?,
            gone: texts(comparison.cadres.or(builtin.cadres).map(|cadres| cadres.gone))?,
            overturned,
            beside_favourable,
            year_end,
            across_the_board,
            restored,
            outcomes: classes(outcomes, &domains)?,
            nothing: Outcomes::default(),
            causes: causes(&read("causes.toml", text("causes.toml"))?)?,
            everyday: plain("everyday.toml", &everyday.words)?,
            common: common.transpose()?,
            effects: effects(read("effects.toml", text("effects.toml"))?)?,
            domains,
        })
    }

    /// Whether the lists name a kind of outcome.
    pub fn knows(&self, domain: Domain) -> bool {
        self.domains.contains_key(&domain)
    }

    /// A list as it is compiled in.
    pub fn builtin_text(file: &str) -> Option<&'static str> {
        FILES.iter().find(|(known, _)| *known == file).map(|(_, text)| *text)
    }

    /// How lists name a domain, and what sort of lists it has; `None` of one whose word list is gone.
    pub(super) fn names(&self, domain: Domain) -> Option<&DomainNames> {
        self.domains.get(&domain)
    }

    /// The grade an appraisal result says; `None` where no rule knows it, or a word before it takes it back.
    pub fn grade(&self, result: &str) -> Option<Grade> {
        let text = folded(result);
        let hits = find_all(&text, &self.grades);
        let [hit] = hits.as_slice() else { return None };
        // A few characters may stand between: 未评优秀.
        let before = &text[hit.span.from.saturating_sub(4)..hit.span.from];
        let taken_back = [&self.overturned.reversed, &self.overturned.withheld]
            .into_iter()
            .flatten()
            .any(|word| before.windows(word.len()).any(|at| at == word.as_slice()));
        let lower = self
            .overturned
            .below(&text[..hit.span.from], &text[hit.span.to..])
            .is_some();
        (!taken_back && !lower).then_some(hit.what)
    }

    /// The plain words by which grades and kinds of outcome are called, and those of outcomes that are long enough to be
    /// taken for a part of a title: every list has them.
    pub(super) fn of_outcomes(&self) -> impl Iterator<Item = Vec<char>> {
        let classes = self
            .outcomes
            .values()
            .flat_map(|of| of.classes.iter().map(|(word, _)| word))
            .filter(|word| word.text.chars().count() >= DISTINCTIVE);
        let titles = self.domains.values().flat_map(|names| &names.titles);
        let grades = self.year_end.grades.iter().map(|(word, _)| word);
        let patterns = classes.chain(titles).chain(grades).chain(&self.year_end.items);
        let plain = patterns.filter(|word| !word.text.contains(['=', '~']));
        let names = self.domains.values();
        plain
            .map(|word| folded(&word.text))
            .chain(names.flat_map(|names| names.categories.iter().chain(&names.headers).cloned()))
            // One sign says something in its cell and nothing in a title.
            .filter(|word| word.len() > 1)
    }

    /// The words of all outcomes that stand as they are, each of two characters or more.
    pub fn outcome_words(&self) -> impl Iterator<Item = String> {
        let classes = self.outcomes.values().flat_map(|of| of.classes.iter());
        let words = classes.map(|(word, _)| word.text.trim_start_matches('='));
        let plain = words.filter(|word| !word.contains('~') && word.chars().count() > 1);
        plain.map(str::to_owned)
    }

    /// Words of a domain; none of one that was kept under word lists which are gone.
    pub(super) fn of(&self, domain: Domain) -> &Outcomes {
        self.outcomes.get(&domain).unwrap_or(&self.nothing)
    }
}

/// Whether any of the words stands in a text.
pub(super) fn any_in(words: &[Pattern], text: &[char]) -> bool {
    !find_each(text, words.iter().map(|word| (word, ()))).is_empty()
}

fn read<T: for<'a> Deserialize<'a>>(file: &str, text: &str) -> Result<T, WordsError> {
    toml::from_str(text).map_err(|found| WordsError {
        at: found.span().map(|span| span.start),
        ..error(file, format!("\n{found}"))
    })
}

fn error(file: &str, message: String) -> WordsError {
    WordsError {
        file: file.to_owned(),
        message,
        at: None,
    }
}

fn pattern(file: &str, word: &str) -> Result<Pattern, WordsError> {
    Pattern::parse(word).ok_or_else(|| error(file, format!("「{word}」不是可用的词")))
}

fn patterns(file: &str, words: &[String]) -> Result<Vec<Pattern>, WordsError> {
    words.iter().map(|word| pattern(file, word)).collect()
}

fn titles(raw: RawTitles, builtin: RawTitles) -> Result<Titles, WordsError> {
    Ok(Titles {
        asides: plain("comparison.toml", &raw.asides)?,
        own: texts(raw.own.or(builtin.own))?,
        called: texts(raw.called.or(builtin.called))?,
    })
}

/// Words that are looked for as they are.
fn texts(words: Option<Vec<String>>) -> Result<Vec<String>, WordsError> {
    let words = words.unwrap_or_default();
    if words.iter().any(|word| word.trim().is_empty()) {
        return Err(error("comparison.toml", "「」不是可用的词".to_owned()));
    }
    Ok(words)
}

fn plain(file: &str, words: &[String]) -> Result<Vec<Vec<char>>, WordsError> {
    let mut out = Vec::new();
    for word in words {
        let chars = folded(word);
        if chars.is_empty() {
            return Err(error(file, format!("「{word}」不是可用的词")));
        }
        out.push(chars);
    }
    // Longest first, so that a prefix does not hide the longer word.
    out.sort_by_key(|word| std::cmp::Reverse(word.len()));
    Ok(out)
}

fn beside(raw: &RawBeside, harmless: &[String]) -> Result<Beside, WordsError> {
    let file = "outcomes.toml";
    Ok(Beside {
        plain: plain(file, &[raw.plain.as_slice(), harmless].concat())?,
        names: plain(file, &raw.names)?,
        turning: plain(file, &raw.turning)?,
    })
}

fn year_end(raw: &RawOutcomes) -> Result<YearEnd, WordsError> {
    let file = "outcomes.toml";
    let raw = &raw.year_end;
    let mut grades = Vec::new();
    for grade in &raw.grades {
        grades.push((pattern(file, grade)?, raw.entitled.contains(grade)));
    }
    if let Some(missing) = raw.entitled.iter().find(|grade| !raw.grades.contains(grade)) {
        return Err(error(
            file,
            format!("[year_end] entitled 的「{missing}」不在 grades 之内"),
        ));
    }
    Ok(YearEnd {
        items: patterns(file, &raw.items)?,
        unpaid: patterns(file, &raw.unpaid)?,
        grades,
    })
}

fn classes(
    raw: RawOutcomes,
    domains: &BTreeMap<Domain, DomainNames>,
) -> Result<BTreeMap<Domain, Outcomes>, WordsError> {
    let file = "outcomes.toml";
    if let Some(missing) = domains.keys().find(|domain| !raw.domains.contains_key(domain)) {
        return Err(error(
            file,
            format!("缺少 [{}]：domains.toml 有这一类", missing.as_str()),
        ));
    }
    if let Some(surplus) = raw.domains.keys().find(|domain| !domains.contains_key(domain)) {
        return Err(error(file, format!("[{}] 在 domains.toml 里没有", surplus.as_str())));
    }
    let words = raw.domains.into_iter();
    words
        .map(|(domain, raw)| Ok((domain, domain_words(domain, &raw)?)))
        .collect()
}

fn domain_words(domain: Domain, raw: &RawClasses) -> Result<Outcomes, WordsError> {
    let file = "outcomes.toml";
    let mut classes: Vec<(Pattern, OutcomeClass)> = Vec::new();
    let mut known: Table<&str, OutcomeClass> = Table::default();
    for (words, class) in [
        (&raw.adverse, OutcomeClass::Adverse),
        (&raw.ordinary, OutcomeClass::Ordinary),
        (&raw.favourable, OutcomeClass::Favourable),
        (&raw.corrected, OutcomeClass::Favourable),
    ] {
        for word in words {
            let other = *known.entry(word).or_insert(class);
            if other != class {
                let message = format!("[{}]「{word}」既算{}又算{}", domain.as_str(), other.zh(), class.zh());
                return Err(error(file, message));
            }
            classes.push((pattern(file, word)?, class));
        }
    }
    Ok(Outcomes {
        classes: Patterns::new(classes),
        undetermined: patterns(file, &raw.undetermined)?,
        excused_by: patterns(file, &raw.excused_by)?,
        long_leave: raw.long_leave.as_ref().map(leave).transpose()?,
        corrected: patterns(file, &raw.corrected)?,
        regrade: regrade(domain, raw)?,
        graded: patterns(file, &raw.graded)?,
        dismissal: patterns(file, &raw.dismissal)?,
        new_post: patterns(file, &raw.new_post)?,
        not_new: plain(file, &raw.not_new)?,
        new_post_in_reason: patterns(file, &raw.new_post_in_reason)?,
    })
}

fn leave(raw: &RawLeave) -> Result<Leave, WordsError> {
    let file = "outcomes.toml";
    if raw.days == 0 {
        return Err(error(file, "long_leave 的 days 不能是 0".to_owned()));
    }
    Ok(Leave {
        words: patterns(file, &raw.words)?,
        days: raw.days,
        short: plain(file, &raw.short)?,
    })
}

/// Grades that are set later must be adverse now: one that takes nothing away is set.
fn regrade(domain: Domain, raw: &RawClasses) -> Result<Vec<Pattern>, WordsError> {
    let file = "outcomes.toml";
    if let Some(other) = raw.regrade.iter().find(|word| !raw.adverse.contains(word)) {
        let message = format!("[{}] regrade 的「{other}」不在 adverse 之内", domain.as_str());
        return Err(error(file, message));
    }
    patterns(file, &raw.regrade)
}

fn causes(raw: &RawCauses) -> Result<Causes, WordsError> {
    let file = "causes.toml";
    let inflections = Arc::new(Inflections::new(
        plain(file, &raw.inflected.within)?,
        plain(file, &raw.inflected.except)?,
    ));
    let mut words: Vec<(Pattern, Cause)> = Vec::new();
    let mut known: Table<&str, Cause> = Table::default();
    for (list, cause) in [
        (&raw.explicit.words, Cause::Explicit),
        (&raw.implied.words, Cause::Implied),
        (&raw.nothing.words, Cause::Nothing),
        (&raw.independent.words, Cause::Independent),
    ] {
        for word in list {
            if *known.entry(word).or_insert(cause) != cause {
                return Err(error(file, format!("「{word}」写在了两类理由里")));
            }
            let pattern = pattern(file, word)?;
            let word = match cause {
                Cause::Explicit | Cause::Implied => pattern.inflected(&inflections),
                Cause::Nothing | Cause::Independent => pattern,
            };
            words.push((word, cause));
        }
    }
    Ok(Causes {
        words: Patterns::new(words),
        empty: plain(file, &raw.nothing.whole)?,
        procedure: plain(file, &raw.nothing.procedure)?,
        before: plain(file, &raw.negation.before)?,
        after: plain(file, &raw.negation.after)?,
        affirmed: plain(file, &raw.negation.affirmed)?,
        cancels: plain(file, &raw.negation.cancels)?,
        between: plain(file, &raw.negation.between)?,
        settled: plain(file, &raw.negation.settled)?,
        clears: plain(file, &raw.negation.clears)?,
        leads: plain(file, &raw.document.leads)?,
        papers: plain(file, &raw.document.papers)?,
    })
}

fn effects(raw: RawEffects) -> Result<Vec<Effect>, WordsError> {
    let file = "effects.toml";
    let mut out = Vec::new();
    for effect in raw.effect {
        let name = effect.words.join("、");
        if !(1..=120).contains(&effect.months) {
            return Err(error(file, format!("「{name}」的影响期须在 1 到 120 个月之间")));
        }
        if effect.clause.trim().is_empty() {
            return Err(error(file, format!("「{name}」没有写明依据（clause）")));
        }
        out.push(Effect {
            months: effect.months,
            domains: effect.domains,
            words: patterns(file, &effect.words)?,
        });
    }
    Ok(out)
}

fn grades(raw: &RawGrades) -> Result<Vec<(Pattern, Grade)>, WordsError> {
    let file = "comparison.toml";
    if raw.order.len() < 2 {
        return Err(error(file, "[grades] order 至少要有两档".to_owned()));
    }
    let ranks = (0_u8..).map(Grade::Rank).zip(&raw.order);
    let others = [(Grade::Undetermined, &raw.undetermined), (Grade::Absent, &raw.absent)];
    let mut out: Vec<(Pattern, Grade)> = Vec::new();
    for (grade, words) in ranks.chain(others) {
        for word in words {
            if out.iter().any(|(known, other)| known.text == *word && *other != grade) {
                return Err(error(file, format!("「{word}」写在了两档等次里")));
            }
            out.push((pattern(file, word)?, grade));
        }
    }
    Ok(out)
}

fn stages(raw: RawStages) -> Result<Stages, WordsError> {
    let file = "comparison.toml";
    let words = raw.names.iter().chain(&raw.known).chain([&raw.withdrawn]);
    if let Some(word) = words.into_iter().find(|word| word.trim().is_empty()) {
        return Err(error(file, format!("[stages]「{word}」不是可用的词")));
    }
    Ok(Stages {
        names: raw.names,
        known: raw.known,
        withdrawn: raw.withdrawn,
    })
}

fn names(raw: BTreeMap<String, RawNames>) -> Result<BTreeMap<Domain, DomainNames>, WordsError> {
    let file = "domains.toml";
    if let Some(missing) = Domain::ALL.iter().find(|domain| !raw.contains_key(domain.as_str())) {
        return Err(error(file, format!("缺少 [{}]", missing.as_str())));
    }
    raw.into_iter()
        .map(|(id, raw)| {
            let domain = domain(&id, raw.name.as_deref()).map_err(|message| error(file, message))?;
            if raw.tolerance.is_some_and(|percent| percent > 100) {
                return Err(error(file, format!("[{id}] tolerance 须在 0 到 100 之间")));
            }
            let names = DomainNames {
                titles: patterns(file, &raw.titles)?,
                categories: plain(file, &raw.categories)?,
                headers: plain(file, &raw.headers)?,
                // A file of an earlier version does not say so of the ten.
                roster: raw.roster.unwrap_or(ROSTERS.contains(&domain)),
                by_year: raw.by_year.unwrap_or(domain == Domain::AnnualAppraisal),
                tolerance: raw.tolerance,
            };
            Ok((domain, names))
        })
        .collect()
}

/// One of the ten, or one that the file adds with its name.
fn domain(id: &str, name: Option<&str>) -> Result<Domain, String> {
    match (Domain::ALL.into_iter().find(|domain| domain.as_str() == id), name) {
        (Some(domain), None) => Ok(domain),
        (Some(domain), Some(_)) => Err(format!("[{id}] 是{}，名称不能另取（删去 name）", domain.zh())),
        (None, Some(name)) if !name.trim().is_empty() => Domain::add(id, name.trim())
            .ok_or_else(|| format!("[{id}] 不能作代号：须以小写字母开头，只含小写字母、数字和下划线")),
        (None, _) => Err(format!("[{id}] 是本单位增加的类别，须用 name 写明中文名称")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_lists_load() {
        assert_eq!(Words::builtin().outcomes.len(), Domain::ALL.len());
    }

    #[test]
    fn faults_name_the_file_and_the_word() {
        let fault = |file: &str, text: &str| Words::parse(&[(file, text)]).unwrap_err().to_string();
        assert!(fault("colours.toml", "").contains("不认识"));
        assert!(fault("everyday.toml", "words = [\"\"]").contains("everyday.toml"));
        assert!(fault("everyday.toml", "words = []\nwort = 1").contains("line 2"));
        let twice = FILES[0].1.replacen("ordinary = [\"称职\"", "ordinary = [\"不称职\"", 1);
        assert!(fault("outcomes.toml", &twice).contains("不称职"));
        let unknown = FILES[0].1.replacen("regrade = [\"", "regrade = [\"称职\", \"", 1);
        assert!(fault("outcomes.toml", &unknown).contains("regrade"));
        let endless = FILES[3].1.replacen("months = 6", "months = 0", 1);
        assert!(fault("effects.toml", &endless).contains("警告"));
    }

    #[test]
    fn lists_of_a_site_from_before_a_table_existed_are_judged_as_before() {
        let cut = |text: &str, from: &str, to: &str| {
            let at = text.find(from).expect("the table");
            let end = text[at..].find(to).map_or(text.len(), |end| at + end);
            format!("{}{}", &text[..at], &text[end..])
        };
        let outcomes = cut(FILES[0].1, "[beside_favourable]", "[year_end]");
        let comparison = cut(FILES[5].1, "[titles]", "\0");
        let words = Words::parse(&[("outcomes.toml", &outcomes), ("comparison.toml", &comparison)]).unwrap();
        assert!(words.beside_favourable.is_none() && words.titles.asides.is_empty());
        let builtin = Words::builtin();
        assert_eq!(words.titles.own, builtin.titles.own);
        assert_eq!(words.titles.called, builtin.titles.called);
        assert!(words.gone.iter().any(|word| word == "病故"));
        let empty = FILES[5].1.replacen("gone = [", "gone = [\"\", ", 1);
        assert!(Words::parse(&[("comparison.toml", &empty)]).is_err());
    }

    #[test]
    fn a_domain_is_added_by_two_tables() {
        let names = format!(
            "{}\n[secondment_tested]\nname = \"挂职锻炼\"\nroster = true\ntitles = [\"挂职\"]\ncategories = [\"挂职\"]\nheaders = []\n",
            FILES[4].1
        );
        let classes = format!(
            "{}\n[secondment_tested]\nadverse = [\"提前召回\"]\nordinary = [\"期满\"]\nfavourable = [\"优秀\"]\n",
            FILES[0].1
        );
        let fault = |given: &[(&str, &str)]| Words::parse(given).unwrap_err().to_string();
        assert!(fault(&[("domains.toml", &names)]).contains("缺少 [secondment_tested]"));
        let unnamed = names.replace("name = \"挂职锻炼\"\n", "");
        assert!(fault(&[("domains.toml", &unnamed), ("outcomes.toml", &classes)]).contains("name"));
        assert!(
            fault(&[(
                "outcomes.toml",
                &classes.replace("[secondment_tested]", "[secondment_mistyped]")
            )])
            .contains("domains.toml")
        );
        let words = Words::parse(&[("domains.toml", &names), ("outcomes.toml", &classes)]).unwrap();
        let added = Domain::from_id("secondment_tested").unwrap();
        assert_eq!((words.outcomes.len(), added.zh()), (11, "挂职锻炼"));
        assert!(words.names(added).is_some_and(|names| names.roster));
        assert!(words.names(Domain::Salary).is_some_and(|names| names.roster));
        assert!(words.names(Domain::Appointment).is_some_and(|names| !names.roster));
    }

    #[test]
    fn grades_are_read_from_what_lists_say() {
        let words = Words::builtin();
        for (text, grade) in [
            ("优秀", Some(Grade::BEST)),
            ("拟定优秀等次", Some(Grade::BEST)),
            ("称 职", Some(Grade::Rank(1))),
            ("基本合格", Some(Grade::Rank(2))),
            ("不称职", Some(Grade::Rank(3))),
            ("2B", Some(Grade::Rank(1))),
            ("不确定等次", Some(Grade::Undetermined)),
            ("试用期不定等次", Some(Grade::Undetermined)),
            ("未参加考核", Some(Grade::Absent)),
            ("取消优秀", None),
            ("未评优秀", None),
            ("称职以下", None),
            ("不到合格等次", None),
            ("92.5", None),
            ("", None),
        ] {
            assert_eq!(words.grade(text), grade, "{text}");
        }
        let fault = |from: &str, to: &str| {
            let text = FILES[5].1.replacen(from, to, 1);
            assert_ne!(text, FILES[5].1, "{from}");
            Words::parse(&[("comparison.toml", &text)]).unwrap_err().to_string()
        };
        assert!(fault("\"合格\"", "\"优秀\"").contains("两档"));
        assert!(fault("\"推荐后撤下\"", "\" \"").contains("[stages]"));
    }

    #[test]
    fn a_words_file_of_the_site_replaces_only_itself() {
        let words = Words::parse(&[("everyday.toml", "words = [\"甲\"]")]).unwrap();
        assert_eq!(words.everyday, [vec!['甲']]);
        assert_eq!(words.outcomes.len(), 10);
    }
}
