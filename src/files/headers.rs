//! Finds the header of a table by what its words mean.

mod guess;
mod money;
mod refusal;
mod ticks;

use super::cells::half_widths;
use super::split::text_of;
use super::starts::{Starts, is_han};
use super::table::{Cell, RawRow};
use crate::domain::person::CitizenId;
use crate::domain::protection::list::{Unread, UnreadKind};
use crate::domain::protection::{Words, is_sum};
use crate::domain::tables::Table;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, LazyLock};
use ticks::{Ticks, last_lines};

const BUILTIN: &str = include_str!("../../config/words/headers.toml");
/// Rows from the top in which a header is looked for.
const SEARCH_ROWS: usize = 60;
/// Those, and below a header in the last of them the rows that may say what its columns hold.
pub(super) const HEAD: usize = SEARCH_ROWS + 1 + LOOKED_AT;

/// Why a header word file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("表头用词文件无法读取：\n{0}")]
pub struct HeaderWordsError(#[from] toml::de::Error);

impl HeaderWordsError {
    /// Where in the file, as its offset, where known.
    pub fn at(&self) -> Option<usize> {
        self.0.span().map(|span| span.start)
    }
}

/// Accepted header words of each kind of list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderWords {
    stop: Stop,
    /// Posts as they end a text that begins with a unit.
    #[serde(default = "builtin_posts")]
    pub(super) posts: Vec<String>,
    pub(super) register: Kind,
    pub(super) cadres: Kind,
    pub(super) contacts: Kind,
    pub(super) rectifications: Kind,
    pub(super) list: Kind,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stop {
    starts: Vec<String>,
    whole: Vec<String>,
    /// What stands before a colon in a line of signatures.
    #[serde(default)]
    signed: Vec<String>,
    /// What stands in lines of signatures and notices, which name nobody.
    #[serde(default)]
    marks: Vec<String>,
    /// What titles end with, and no name does.
    #[serde(default)]
    titles: Vec<String>,
}

/// A shorter text is no title.
const SHORTEST_TITLE: usize = 5;

/// Columns of one kind of list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kind {
    required: Vec<String>,
    any: Vec<String>,
    #[serde(default)]
    result_any: Vec<String>,
    columns: BTreeMap<String, Vec<String>>,
    /// How headers of a field end that no word says: whoever writes a list finds ever new words for a reason.
    #[serde(default)]
    endings: BTreeMap<String, Vec<String>>,
    /// What a line calls the unit of the rows below it.
    #[serde(default)]
    pub(super) unit_labels: Vec<String>,
    /// Headers of columns that say nothing about what is asked, so that nobody is told that they were not read.
    #[serde(default)]
    aside: Vec<String>,
    /// How headers end of columns that hardly matter, so that they are told last.
    #[serde(default)]
    slight: Vec<String>,
    /// What an office says that leaves the result as the one before said it.
    #[serde(default)]
    agreed: Vec<String>,
    /// Columns of which one is marked.
    #[serde(default)]
    ticks: Ticks,
    /// What is read where the words above do not say it.
    #[serde(default)]
    guesses: Box<guess::Guesses>,
    /// The field each word means, by the word without spaces: every cell of every row is looked up here.
    #[serde(skip)]
    fields: HashMap<String, String>,
}

/// A word file of an earlier version names no posts.
fn builtin_posts() -> Vec<String> {
    #[derive(Deserialize)]
    struct Posts {
        posts: Vec<String>,
    }
    toml::from_str::<Posts>(BUILTIN)
        .expect("the built-in header words are checked by a test")
        .posts
}

/// It does not say what lines call a unit either.
fn builtin_unit_labels() -> Vec<String> {
    #[derive(Deserialize)]
    struct Lists {
        list: Labels,
    }
    #[derive(Deserialize)]
    struct Labels {
        unit_labels: Vec<String>,
    }
    let lists = toml::from_str::<Lists>(BUILTIN);
    lists
        .expect("the built-in header words are checked by a test")
        .list
        .unit_labels
}

/// What a header is told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Certainty {
    /// Its words, each of which means a field.
    Words,
    /// Words that often mean one, and what stands below them.
    Guess,
}

/// Where the columns of a recognised header are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    columns: Table<String, Vec<usize>>,
    /// Header texts, left to right.
    pub(super) texts: Vec<String>,
    /// Columns for one result each, of which one is marked.
    ticks: Vec<(usize, String)>,
    /// Rings mark one, since nothing else does.
    rings: bool,
    /// Where the result stands: left to right as one office after the other says it.
    results: Vec<usize>,
    /// Where the grade stands, which may be the result.
    grades: Vec<usize>,
    /// Of lists that stand side by side, the columns of this one: from the first to before the last.
    span: Option<(usize, usize)>,
    /// Columns that somebody pointed out.
    pointed: Vec<usize>,
    /// What follows from more than the words of the header.
    inferred: guess::Inferred,
}

impl HeaderWords {
    /// The words compiled in.
    pub fn builtin() -> Self {
        static OUTCOMES: LazyLock<Arc<HashSet<String>>> = LazyLock::new(|| outcomes(&Words::builtin()));
        let mut words = Self::parse(BUILTIN).expect("the built-in header words are checked by a test");
        words.list.guesses.outcomes = OUTCOMES.clone();
        words
    }

    /// The same with the words that outcomes are called by: a column of them is likely the result.
    #[must_use]
    pub fn knowing(mut self, words: &Words) -> Self {
        self.list.guesses.outcomes = outcomes(words);
        self
    }

    /// The words that outcomes are called by.
    pub(super) fn outcomes(&self) -> &HashSet<String> {
        &self.list.guesses.outcomes
    }

    /// Whether a text begins with a word of an outcome.
    pub fn is_outcome(&self, text: &str) -> bool {
        self.list.guesses.is_outcome(text)
    }

    /// The words that outcomes are called by, as [`Self::outcomes`] gave them.
    pub(super) fn with_outcomes(mut self, outcomes: HashSet<String>) -> Self {
        self.list.guesses.outcomes = Arc::new(outcomes);
        self
    }

    /// The words compiled in, as they are written.
    pub const fn builtin_text() -> &'static str {
        BUILTIN
    }

    /// Reads a word file.
    pub fn parse(text: &str) -> Result<Self, HeaderWordsError> {
        let mut words: Self = toml::from_str(text)?;
        let stop = &mut words.stop;
        for word in stop
            .starts
            .iter_mut()
            .chain(&mut stop.whole)
            .chain(&mut stop.signed)
            .chain(&mut stop.marks)
        {
            *word = squeezed(word);
        }
        // Every row begins with nothing.
        words.stop.starts.retain(|word| !word.is_empty());
        words.stop.marks.retain(|word| !word.is_empty());
        words.stop.signed.retain(|word| !word.is_empty());
        let list = &mut words.list;
        if list.unit_labels.is_empty() {
            list.unit_labels = builtin_unit_labels();
        }
        for word in list
            .endings
            .values_mut()
            .flatten()
            .chain(&mut list.aside)
            .chain(&mut list.agreed)
            .chain(&mut list.slight)
            .chain(&mut list.unit_labels)
            .chain(list.ticks.words_mut())
            .chain(list.guesses.words_mut())
        {
            *word = squeezed(word);
        }
        // Every header ends with nothing.
        list.endings
            .values_mut()
            .for_each(|words| words.retain(|word| !word.is_empty()));
        Ok(words.indexed())
    }

    /// The same with columns of lists that somebody pointed out: where a sheet has such a header no other counts for its
    /// field, but every column of reasons does; where it has not, the usual words do.
    ///
    /// # Errors
    /// A field that lists do not have.
    pub fn with_list_columns(&self, pairs: &[(&str, &str)]) -> Result<Self, String> {
        let mut words = self.clone();
        let list = &mut words.list;
        for (field, header) in pairs {
            if !list.columns.contains_key(*field) {
                let known: Vec<&str> = list.columns.keys().map(String::as_str).collect();
                return Err(format!("「{field}」不是名单的栏目，可用的是 {}", known.join("、")));
            }
            let given = ((*field).to_owned(), (*header).to_owned());
            list.guesses.pointed.insert(squeezed(header), given);
        }
        Ok(words)
    }

    /// Whether a list is told by such a column.
    pub fn is_told_by(&self, field: &str) -> bool {
        let list = &self.list;
        list.any.iter().chain(&list.result_any).any(|known| known == field)
    }

    /// Whether such a column says what came of it.
    pub fn is_result(&self, field: &str) -> bool {
        self.list.result_any.iter().any(|known| known == field)
    }

    /// The fields that lists have.
    pub fn list_fields(&self) -> Vec<String> {
        self.list.columns.keys().cloned().collect()
    }

    /// The same with columns of a ledger: those that were found in it before, and those that somebody points out now, for
    /// whose field no other header counts.
    ///
    /// # Errors
    /// A field that ledgers do not have.
    pub fn with_ledger_columns(&self, before: &[(String, String)], pointed: &[(&str, &str)]) -> Result<Self, String> {
        let mut words = self.clone();
        let ledger = &mut words.rectifications;
        for (field, header) in before {
            if ledger.columns.contains_key(field) {
                ledger.fields.entry(squeezed(header)).or_insert_with(|| field.clone());
            }
        }
        for (field, _) in pointed {
            if !ledger.columns.contains_key(*field) {
                let known: Vec<&str> = ledger.columns.keys().map(String::as_str).collect();
                return Err(format!("「{field}」不是整改台账的栏目，可用的是 {}", known.join("、")));
            }
            ledger.fields.retain(|_, known| known != field);
        }
        for (field, header) in pointed {
            ledger.fields.insert(squeezed(header), (*field).to_owned());
        }
        Ok(words)
    }

    /// The same for lists of names: no column of results is asked for.
    #[must_use]
    pub fn without_results(&self) -> Self {
        let mut words = self.clone();
        words.list.result_any.clear();
        words
    }

    /// The words with their index, which is not sent with them.
    pub(super) fn indexed(mut self) -> Self {
        for kind in [
            &mut self.register,
            &mut self.cadres,
            &mut self.contacts,
            &mut self.rectifications,
            &mut self.list,
        ] {
            for (field, spellings) in &kind.columns {
                for word in spellings {
                    kind.fields.entry(squeezed(word)).or_insert_with(|| field.clone());
                }
            }
        }
        self
    }

    /// The words that end a list.
    fn stops(&self) -> impl Iterator<Item = &str> {
        self.stop.starts.iter().chain(&self.stop.whole).map(String::as_str)
    }

    /// Whether a row whose first filled cell says this is a total, a note or a signature.
    pub(super) fn is_stop(&self, first: &str) -> bool {
        let plain = squeeze(first);
        let is_signed = |(label, _): (&str, &str)| {
            // 负责人（签字）：
            let bracket = label.rfind(['(', '（']).filter(|_| label.ends_with([')', '）']));
            let label = &label[..bracket.unwrap_or(label.len())];
            self.stop.signed.iter().any(|word| label.ends_with(word.as_str()))
        };
        self.stop.whole.iter().any(|word| *word == plain)
            || self.stop.starts.iter().any(|word| plain.starts_with(word))
            || plain.split_once([':', '：']).is_some_and(is_signed)
    }

    /// Whether a cell belongs to a signature, a notice or a count of people.
    pub(super) fn is_remark(&self, text: &str) -> bool {
        let plain = squeeze(text);
        self.stop.marks.iter().any(|mark| plain.contains(mark.as_str())) || is_count(&plain)
    }

    /// Whether a text alone in its row is the title of another list rather than somebody's name.
    pub(super) fn is_title(&self, text: &str) -> bool {
        let plain = squeeze(text);
        let ends = self.stop.titles.iter().any(|word| plain.ends_with(word.as_str()));
        plain.chars().count() > SHORTEST_TITLE && (ends || plain.contains(|c: char| c.is_ascii_digit()))
    }

    /// Whether a cell says this and nothing else of a total, a note or a signature.
    pub(super) fn is_total(&self, text: &str) -> bool {
        let plain = squeeze(text);
        self.stop
            .whole
            .iter()
            .chain(&self.stop.starts)
            .any(|word| *word == plain)
    }
}

/// The words that end a list, with a glance before the look: hardly any cell begins with the first character of one.
pub(super) struct Stops<'a> {
    pub(super) words: &'a HeaderWords,
    starts: Starts,
}

impl<'a> Stops<'a> {
    pub(super) fn of(words: &'a HeaderWords) -> Self {
        Self {
            words,
            starts: Starts::of(words.stops()),
        }
    }

    /// What [`HeaderWords::is_stop`] says of a text, which is UTF-8.
    #[inline]
    pub(super) fn is_stop(&self, text: &[u8]) -> bool {
        // A name is nearly always of Chinese characters alone, and so has no colon.
        let may_be = self.starts.may_begin(text) || (!is_han(text) && may_have_colon(text));
        may_be && self.words.is_stop(text_of(text))
    }

    /// Whether one of them begins as figures do.
    pub(super) fn begin_as_figures(&self) -> bool {
        self.starts.figures
    }
}

/// Whether a text may have a colon, half or full width, of which this is the first byte.
fn may_have_colon(text: &[u8]) -> bool {
    text.iter().any(|byte| matches!(byte, b':' | 0xEF))
}

/// The words of outcomes without spaces.
fn outcomes(words: &Words) -> Arc<HashSet<String>> {
    Arc::new(words.outcome_words().map(|word| squeezed(&word)).collect())
}

impl Header {
    /// Whether its columns are headed by the same texts.
    fn says(&self, texts: &[String]) -> bool {
        let bare = |text: &str| squeezed(text);
        let filled = |texts: &[String]| texts.iter().rposition(|text| !text.is_empty());
        filled(texts) == filled(&self.texts)
            && self
                .texts
                .iter()
                .zip(texts)
                .all(|(one, other)| bare(one) == bare(other))
    }

    /// Whether these texts are its lower line, as it stands again on every page: nothing where only the upper one says
    /// anything.
    fn ends_with(&self, texts: &[String]) -> bool {
        let at = |texts: &[String], column: usize| texts.get(column).map(|text| squeezed(text)).unwrap_or_default();
        let (mut is_part, mut said) = (false, 0);
        for column in 0..self.texts.len().max(texts.len()) {
            let own = self.texts.get(column).map_or("", String::as_str);
            let lower = at(texts, column);
            if lower.is_empty() {
                // Of two lines neither is blank here.
                if own.contains('\n') {
                    return false;
                }
                is_part |= !own.is_empty();
            } else if squeezed(own.rsplit('\n').next().unwrap_or_default()) == lower {
                is_part |= own.contains('\n');
                said += 1;
            } else {
                return false;
            }
        }
        is_part && said > 1
    }

    /// Columns that it knows and another one does not.
    fn known_beside(&self, other: &Self) -> impl Iterator<Item = usize> {
        let knows = |header: &Self, column: usize| {
            let is_tick = header.ticks.iter().any(|(tick, _)| *tick == column);
            is_tick || header.columns.values().any(|columns| columns.contains(&column))
        };
        (0..self.texts.len()).filter(move |column| knows(self, *column) && !knows(other, *column))
    }

    /// How much a header says.
    fn weight(&self) -> usize {
        self.columns.len() + self.ticks.len()
    }

    /// The first column of a field.
    pub(super) fn first(&self, field: &str) -> Option<usize> {
        self.columns.get(field).and_then(|columns| columns.first()).copied()
    }

    /// Whether a usable ID number stands in a row where numbers stand, written plainly.
    pub(super) fn has_number(&self, row: &RawRow) -> bool {
        let number = self.first("公民身份号码").and_then(|column| row.cells.get(column));
        matches!(number, Some(Cell::Text(text)) if CitizenId::is_plain(text.as_bytes()))
    }

    /// Every column of a field, left to right.
    pub(super) fn all(&self, field: &str) -> &[usize] {
        self.columns.get(field).map_or(&[], Vec::as_slice)
    }

    /// Header texts left to right with the field each means.
    pub(super) fn with_fields(&self) -> Vec<(String, Option<String>)> {
        let field_of = |column: usize| {
            let mut fields: Vec<&String> = self
                .columns
                .iter()
                .filter(|(_, columns)| columns.contains(&column))
                .map(|(field, _)| field)
                .collect();
            fields.sort();
            let tick = self.ticks.iter().any(|(tick, _)| *tick == column);
            let field = fields.first().map(|field| (*field).clone());
            field.or_else(|| tick.then(|| "结果".to_owned()))
        };
        self.texts
            .iter()
            .enumerate()
            .map(|(column, text)| (text.replace('\n', " "), field_of(column)))
            .collect()
    }

    /// Columns that were taken for a field without a word that says so, with that field.
    pub(super) fn guessed(&self) -> Vec<(String, String)> {
        let guessed = self.inferred.guessed().iter();
        // An opinion that does more than take a stand is a reason whatever it speaks of.
        let is_partly = |column: usize| self.is_remark(column) && !self.is_opinion(column);
        let named = guessed.map(|(column, field)| {
            let part = if is_partly(*column) {
                "（只限点到事项或者问责的话）"
            } else {
                ""
            };
            (self.texts[*column].replace('\n', " "), format!("{field}{part}"))
        });
        let (to, from) = self.posts();
        let posts = to
            .iter()
            .chain(from)
            .map(|column| (self.texts[*column].replace('\n', " "), "结果".to_owned()));
        named.chain(posts).collect()
    }

    /// Columns of posts that somebody is to have, and to lose, where they say the result.
    pub(super) fn posts(&self) -> (&[usize], &[usize]) {
        self.inferred.posts()
    }

    /// Whether a column of reasons says one only where it speaks of a matter or of accountability.
    pub(super) fn is_remark(&self, column: usize) -> bool {
        self.inferred.remarks().contains(&column)
    }

    /// Whether an opinion says a reason where it does more than take a stand.
    pub(super) fn is_opinion(&self, column: usize) -> bool {
        self.inferred.opinions().contains(&column)
    }

    /// Whether a column of evidence says the reason, too.
    pub(super) fn is_ground(&self, column: usize) -> bool {
        self.inferred.grounds().contains(&column)
    }

    /// Columns that say the result and behind it why.
    pub(super) fn with_reasons(&self) -> &[usize] {
        &self.inferred.both
    }

    /// Whether a column was taken for its field without a word that says so.
    pub(super) fn is_guessed(&self, column: usize) -> bool {
        self.inferred.guessed().iter().any(|(guessed, _)| *guessed == column)
    }

    /// Whether more than its words says what its columns hold.
    pub(super) fn is_inferred(&self) -> bool {
        self.inferred.is_some()
    }

    /// Where the result stands, left to right. An opinion, or what is due, is the result only where no column is called
    /// one: lists carry opinions of several offices beside their results.
    pub(super) fn results(&self) -> &[usize] {
        &self.results
    }

    /// Where the grade stands, left to right.
    pub(super) fn grades(&self) -> &[usize] {
        &self.grades
    }

    /// Whether what stands in the columns of the result may be sums: of grades figures are codes.
    pub(super) fn has_sums(&self) -> bool {
        self.columns.contains_key("结果") || !self.columns.contains_key("考核等次")
    }

    /// The columns that mean no field, left to right, with their header.
    pub(super) fn unknown(&self) -> impl Iterator<Item = (usize, &str)> {
        self.texts.iter().enumerate().filter_map(|(column, text)| {
            let (to, from) = self.posts();
            let known = self.columns.values().any(|columns| columns.contains(&column))
                || to.contains(&column)
                || from.contains(&column)
                || self.ticks.iter().any(|(tick, _)| *tick == column);
            (!known && self.holds(column) && !text.is_empty()).then_some((column, text.as_str()))
        })
    }

    /// Whether a column has no header: none stands over it, or it is past the last one.
    pub(super) fn is_headless(&self, column: usize) -> bool {
        self.text(column).is_none()
            && self.holds(column)
            && !self.columns.values().any(|columns| columns.contains(&column))
    }

    /// Columns for one result each, with what a mark in it says.
    pub(super) fn ticks(&self) -> &[(usize, String)] {
        &self.ticks
    }

    /// Whether a column belongs to this one of lists that stand side by side.
    pub(super) fn holds(&self, column: usize) -> bool {
        self.span.is_none_or(|(from, to)| (from..to).contains(&column))
    }

    /// The year that the only column of results is headed by and by nothing else: its rows are of that year.
    pub(super) fn year_of_result(&self) -> Option<i32> {
        let [only] = self.results[..] else { return None };
        match year_of(&without_brackets(&squeezed(self.text(only)?))) {
            Some((year, "")) => Some(year),
            _ => None,
        }
    }

    /// Whether a row holds several people.
    pub(super) fn is_repeated(&self) -> bool {
        self.same_names().len() > 1
    }

    /// The columns of names that are called the same: a list that is folded to fit on paper has several.
    fn same_names(&self) -> Vec<usize> {
        let names = self.all("姓名");
        let called = |column: &usize| squeezed(self.text(*column).unwrap_or_default());
        let first = names.first().map(called);
        names
            .iter()
            .copied()
            .filter(|column| Some(called(column)) == first)
            .collect()
    }

    /// The headers of lists that stand side by side, left to right; this one where there is but one, `None` where several
    /// columns of names do not make several lists.
    pub(super) fn side_by_side(&self) -> Option<Vec<Self>> {
        let names = self.same_names();
        let [first, second, ..] = names[..] else {
            return Some(vec![self.clone()]);
        };
        let period = second - first;
        if names.windows(2).any(|pair| pair[1] - pair[0] != period) {
            return None;
        }
        let called = |column: usize| squeezed(self.text(column).unwrap_or_default());
        // What stands before the name and is called the same in both belongs to the list: a number in the row.
        let lead = (1..period.min(first + 1))
            .take_while(|before| called(first - before) == called(second - before))
            .count();
        let begin = first - lead;
        let alike = |column: usize| {
            (1..names.len()).all(|list| {
                let other = column + list * period;
                called(column) == called(other)
            })
        };
        if !(begin..begin + period).all(alike) {
            return None;
        }
        let part = |list: usize| {
            let span = (begin + list * period, begin + (list + 1) * period);
            // What stands before all lists is said of each.
            let holds = |column: &usize| *column < begin || (span.0..span.1).contains(column);
            let own = |columns: &Vec<usize>| columns.iter().copied().filter(holds).collect::<Vec<_>>();
            let columns: Table<String, Vec<usize>> = self
                .columns
                .iter()
                .map(|(field, columns)| (field.clone(), own(columns)))
                .filter(|(_, columns)| !columns.is_empty())
                .collect();
            Self {
                results: results(&columns, &self.texts),
                grades: latest(columns.get("考核等次").cloned().unwrap_or_default(), &self.texts),
                columns,
                texts: self.texts.clone(),
                ticks: self.ticks.iter().filter(|(column, _)| holds(column)).cloned().collect(),
                rings: self.rings,
                span: Some(span),
                pointed: self.pointed.iter().copied().filter(|column| holds(column)).collect(),
                inferred: self.inferred.of(&holds),
            }
        };
        Some((0..names.len()).map(part).collect())
    }

    /// The one of several lists side by side that a name of a row stands in; this header where that is not told.
    pub(super) fn of_name(&self, row: &RawRow, name: &str) -> Self {
        let parts = self.side_by_side().unwrap_or_default();
        let named = |part: &Self| {
            let cell = part.first("姓名").and_then(|column| row.cells.get(column));
            cell.and_then(Cell::text).is_some_and(|text| text == name)
        };
        parts.into_iter().find(named).unwrap_or_else(|| self.clone())
    }

    /// The header text over a column.
    pub(super) fn text(&self, column: usize) -> Option<&str> {
        self.texts
            .get(column)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }
}

impl Kind {
    /// The first header of a sheet: its index, how many rows it takes, and its columns. Only where no row is a header by
    /// its words is one looked for that may be one.
    pub(super) fn find(&self, rows: &[RawRow]) -> Option<(usize, usize, Header)> {
        self.find_by(rows, Certainty::Words)
            .or_else(|| self.find_by(rows, Certainty::Guess))
    }

    fn find_by(&self, rows: &[RawRow], by: Certainty) -> Option<(usize, usize, Header)> {
        let header = |at: usize, height: usize, texts: &[String]| {
            let below = rows.get(at + height..).unwrap_or_default();
            self.header(texts, (&rows[..at], below), by)
        };
        for index in 0..rows.len().min(SEARCH_ROWS) {
            let upper = texts(&rows[index]);
            let below = rows.get(index + 1);
            let two_lines = |lower: &RawRow| header(index, 2, &self.joined(&upper, &texts(lower)));
            if let Some(alone) = header(index, 1, &upper) {
                let second = below.and_then(|lower| {
                    let both = two_lines(lower)?;
                    let says_more = both.ticks.len() > alone.ticks.len()
                        || both.pointed.len() > alone.pointed.len()
                        || both.inferred.says_posts();
                    let is_second = (says_more && !self.names_somebody(&upper, &texts(lower)))
                        || self.is_second_line(&rows[index], lower);
                    is_second.then_some(both)
                });
                return match second {
                    Some(both) => Some((index, 2, both)),
                    None => Some((index, 1, alone)),
                };
            }
            if let Some(lower) = below
                && let Some(both) = two_lines(lower)
                && !self.names_somebody(&upper, &texts(lower))
                && header(index + 1, 1, &texts(lower)).is_none_or(|alone| {
                    let is_above = |column| is_only_above(&upper, &texts(lower), column);
                    let more = || both.known_beside(&alone).any(is_above);
                    alone.weight() < both.weight() || (follows(&rows[index], lower) && more())
                })
            {
                return Some((index, 2, both));
            }
        }
        None
    }

    /// What of a header was pointed out, as it was given.
    pub(super) fn pointed_in(&self, header: &Header) -> Vec<String> {
        let words = header
            .pointed
            .iter()
            .filter_map(|column| self.pointed_word(&header.texts[*column]));
        words
            .filter_map(|word| Some(self.guesses.pointed.get(word)?.1.clone()))
            .collect()
    }

    /// Whether an office that says this leaves the result as it was.
    pub(super) fn is_agreed(&self, text: &str) -> bool {
        !self.agreed.is_empty() && self.agreed.contains(&squeezed(text))
    }

    /// Whether an opinion does no more than agree, refuse or say the outcome again.
    pub(super) fn only_takes_a_stand(&self, text: &str) -> bool {
        let said = squeezed(text);
        self.is_agreed(text)
            || self.guesses.stances.iter().any(|word| said.starts_with(word.as_str()))
            || self.guesses.speaks_of_outcome(&said)
    }

    /// What papers are called by, and what stands beside a document number and says nothing.
    pub(super) fn of_papers(&self) -> (&[String], &[String]) {
        (&self.guesses.papers, &self.guesses.fillers)
    }

    /// Of what stands in the columns of one field, left to right, the one that counts: the last words that do more than agree,
    /// since offices say theirs one after the other; of sums the first.
    pub(super) fn counting<T: AsRef<[u8]>>(&self, said: Vec<T>, sums: bool) -> Option<T> {
        let is_sum = |text: &T| sums && is_sum(text_of(text.as_ref()));
        let words = |text: &T| !is_sum(text) && !self.is_agreed(text_of(text.as_ref()));
        let at = said.iter().rposition(words);
        let at = at.or_else(|| said.iter().position(is_sum));
        let at = at.or_else(|| said.len().checked_sub(1))?;
        said.into_iter().nth(at)
    }

    /// Headers that no field knows, of columns that may matter; those first that look like it.
    pub(super) fn unread(&self, header: &Header) -> Vec<Unread> {
        let of = |text: &str| {
            let said = without_brackets(&squeezed(text));
            let ends = |word: &String| said.ends_with(word.as_str());
            let kind = if said.is_empty() || self.aside.contains(&said) {
                return None;
            } else if self.may_matter(text) {
                UnreadKind::Likely
            } else if self.slight.iter().any(ends) {
                UnreadKind::Slight
            } else {
                UnreadKind::Open
            };
            let header = text.replace('\n', " ");
            Some(Unread { kind, header })
        };
        let mut found: Vec<Unread> = header.unknown().filter_map(|(_, text)| of(text)).collect();
        found.sort_by_key(|unread| unread.kind);
        found
    }

    /// Whether these are lists of outcomes, whose blocks may each have a line for the unit.
    pub(super) fn is_list(&self) -> bool {
        self.columns.contains_key("结果")
    }

    /// A few fields of which every header of this kind has one.
    pub(super) fn telling(&self) -> &[String] {
        match (&self.any[..], &self.required[..]) {
            ([], []) => &self.result_any,
            ([], [first, ..]) => std::slice::from_ref(first),
            (any, _) => any,
        }
    }

    /// The words for some fields, without spaces.
    pub(super) fn words_for<'a>(&'a self, fields: &'a [String]) -> impl Iterator<Item = &'a str> {
        let pointed = self.guesses.pointed.iter().map(|(word, (field, _))| (word, field));
        let words = self.fields.iter().chain(pointed);
        let words = words.filter(|(_, field)| fields.contains(field));
        words
            .map(|(word, _)| word.as_str())
            .chain(self.guesses.words_for(fields))
    }

    /// Whether a row is a header of this kind; one that says what the header above it said means the same. Somebody with an
    /// ID number is none, whatever else the row says.
    pub(super) fn of_row(&self, row: &RawRow, above: &Header) -> Option<Header> {
        if above.has_number(row) {
            return None;
        }
        let texts = texts(row);
        if above.says(&texts) || above.ends_with(&texts) {
            return Some(above.clone());
        }
        self.header(&texts, (&[], &[]), Certainty::Words)
    }

    /// The header that some texts are, with the rows above and below them.
    fn header(&self, texts: &[String], around: (&[RawRow], &[RawRow]), by: Certainty) -> Option<Header> {
        // One cell cannot be a header: merged titles carry one text over many columns.
        let distinct: std::collections::BTreeSet<&String> = texts.iter().filter(|text| !text.is_empty()).collect();
        if distinct.len() < 2 {
            return None;
        }
        let pointed = !self.guesses.pointed.is_empty();
        let found = pointed.then(|| self.header_with(texts, around, by, true)).flatten();
        // What was pointed out never hides a list from the usual words.
        found.or_else(|| self.header_with(texts, around, by, false))
    }

    fn header_with(
        &self,
        texts: &[String],
        (above, below): (&[RawRow], &[RawRow]),
        by: Certainty,
        by_pointed: bool,
    ) -> Option<Header> {
        let ticks = self.ticks_of(&guess::Sheet {
            texts,
            above,
            below,
            ticks: &[],
        });
        let sheet = guess::Sheet {
            texts,
            above,
            below,
            ticks: &ticks,
        };
        let (mut columns, pointed) = self.columns_of(texts, by_pointed);
        let both = self.with_reasons(&mut columns, texts);
        // The line above says what they are, and none of them is the column it names.
        columns.retain(|_, columns| {
            columns.retain(|column| !ticks.iter().any(|(tick, _)| tick == column));
            !columns.is_empty()
        });
        let mut inferred = guess::Inferred::default();
        let mut titled = None;
        if by == Certainty::Words {
            self.posts_below(&mut columns, &sheet, &mut inferred);
        } else {
            inferred = if let Some(inferred) = self.guessed(&mut columns, &ticks, &sheet) {
                inferred
            } else {
                let (reason, inferred) = self.why_of_one_outcome(&columns, &sheet)?;
                titled = Some(vec![reason]);
                inferred
            };
        }
        let has = |field: &String| {
            let results = !ticks.is_empty() || titled.is_some() || inferred.says_posts();
            columns.contains_key(field) || (field == "结果" && results)
        };
        let any = |fields: &[String]| fields.is_empty() || fields.iter().any(has);
        let is_header = self.required.iter().all(has) && any(&self.any) && any(&self.result_any);
        if !is_header {
            return None;
        }
        if by == Certainty::Words && self.is_list() {
            inferred.both = both;
            self.settle(&mut columns, &sheet, &mut inferred);
        }
        // Whether these are columns for one result each, the rows say.
        inferred.by_rows |= self.is_list() && !self.tick_runs(&last_lines(texts), |_| true).is_empty();
        let mut header = Header {
            results: results(&columns, texts),
            grades: latest(columns.get("考核等次").cloned().unwrap_or_default(), texts),
            columns,
            texts: texts.to_vec(),
            rings: self.has_rings(&sheet),
            ticks: titled.unwrap_or(ticks),
            span: None,
            pointed,
            inferred,
        };
        // Of several people in a row, the results are not all of one of them.
        if header.is_repeated() {
            header.results.truncate(1);
        }
        Some(header)
    }

    /// The columns of each field, and which of them were pointed out. Where a column was, no other of its field counts,
    /// but every column of reasons does.
    fn columns_of(&self, texts: &[String], by_pointed: bool) -> (Table<String, Vec<usize>>, Vec<usize>) {
        let mut found: Table<String, Vec<usize>> = Table::default();
        let mut pointed = Vec::new();
        for (column, text) in texts.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let own = self.pointed_field(text).filter(|_| by_pointed);
            pointed.extend(own.map(|_| column));
            if let Some(field) = own.or_else(|| self.usual_field(text)) {
                found.entry(field.to_owned()).or_default().push(column);
            }
        }
        let fields = self.guesses.pointed.values().filter(|_| by_pointed);
        let fields: Vec<&String> = fields.map(|(field, _)| field).collect();
        found.retain(|field, columns| {
            let is_here = columns.iter().any(|column| pointed.contains(column));
            if field != "理由" && fields.contains(&field) && is_here {
                columns.retain(|column| pointed.contains(column));
            }
            !columns.is_empty()
        });
        (found, pointed)
    }

    /// The only column of a result that holds, behind it, why: 考核等次及理由. Where another column says the result, it says
    /// why.
    fn with_reasons(&self, columns: &mut Table<String, Vec<usize>>, texts: &[String]) -> Vec<usize> {
        if !self.is_list() || self.result_any.iter().any(|field| columns.contains_key(field)) {
            return Vec::new();
        }
        let of = |column: usize| {
            let said = without_brackets(&squeezed(&texts[column]));
            let ends = self
                .guesses
                .behind
                .iter()
                .find_map(|end| said.strip_suffix(end.as_str()));
            let field = self.known(ends?)?;
            let is_result = self.result_any.iter().any(|result| result == field);
            is_result.then(|| (column, field.to_owned()))
        };
        let found: Vec<(usize, String)> = (0..texts.len()).filter_map(of).collect();
        let [(column, field)] = &found[..] else {
            return Vec::new();
        };
        columns.retain(|_, columns| {
            columns.retain(|other| other != column);
            !columns.is_empty()
        });
        columns.entry(field.clone()).or_default().push(*column);
        vec![*column]
    }

    /// The field a header text means, as it was pointed out or by its words.
    pub(super) fn field(&self, text: &str) -> Option<&str> {
        self.pointed_field(text).or_else(|| self.usual_field(text))
    }

    /// The field that a header was pointed out for.
    fn pointed_field(&self, text: &str) -> Option<&str> {
        let word = self.pointed_word(text)?;
        self.guesses.pointed.get(word).map(|(field, _)| field.as_str())
    }

    /// The header that was pointed out, as it stands or as either of its lines.
    fn pointed_word(&self, text: &str) -> Option<&str> {
        if self.guesses.pointed.is_empty() {
            return None;
        }
        let whole = squeezed(text);
        let known = |word: &str| self.guesses.pointed.get_key_value(word).map(|(word, _)| word.as_str());
        known(&whole)
            .or_else(|| known(&without_brackets(&whole)))
            .or_else(|| text.split('\n').rev().find_map(|line| known(&squeezed(line))))
    }

    /// The field a header text means: as it stands, else without what is in brackets, else either line of a
    /// header of two lines, else without the year it begins with, else without what it is called in another language, else
    /// by how it ends, a number behind it apart.
    fn usual_field(&self, text: &str) -> Option<&str> {
        let whole = squeezed(text);
        // 年终奖（应发） is no other 年终奖 than 应发年终奖.
        let bare = self.fronted(text);
        // 考核结果 over 系数 is no result.
        let last = squeezed(text.rsplit('\n').next().unwrap_or_default());
        let is_part = self.guesses.parts.iter().any(|end| last.ends_with(end.as_str()));
        let of_lines = || {
            let mut lines = text.split('\n').rev().filter(|_| text.contains('\n'));
            lines.find_map(|line| self.known(&squeezed(line)).filter(|_| !is_part))
        };
        self.known(&whole)
            .or_else(|| self.known(&bare))
            .or_else(of_lines)
            .or_else(|| self.of_year(&bare))
            // 姓名 Name.
            .or_else(|| self.known(whole.trim_matches(|c: char| c.is_ascii_alphabetic())))
            .or_else(|| self.by_ending(bare.trim_end_matches(|c: char| c.is_ascii_digit())))
    }

    /// Whether what stands directly below a header is its second line: it names nobody, says more only below what is
    /// merged over several columns, and says it as headers do.
    fn is_second_line(&self, row: &RawRow, below: &RawRow) -> bool {
        let (upper, lower) = (texts(row), texts(below));
        if !follows(row, below) || !self.is_list() {
            return false;
        }
        let at = |texts: &[String], column: usize| texts.get(column).cloned().unwrap_or_default();
        let says = |column: &usize| {
            let said = at(&lower, *column);
            !said.is_empty() && said != at(&upper, *column)
        };
        let said: Vec<usize> = (0..lower.len()).filter(says).collect();
        let is_spanned = |column: &usize| {
            let over = at(&upper, *column);
            let beside = |other: Option<usize>| {
                other.is_some_and(|other| {
                    said.contains(&other) && (at(&upper, other) == over || at(&upper, other).is_empty())
                })
            };
            if over.is_empty() {
                return upper[..(*column).min(upper.len())].iter().any(|text| !text.is_empty());
            }
            beside(Some(column + 1)) || beside(column.checked_sub(1))
        };
        let is_person = |column: &usize| matches!(self.field(&at(&upper, *column)), Some("姓名" | "公民身份号码"));
        let is_header = |column: &usize| {
            let text = at(&lower, *column);
            self.field(&text).is_some() || self.says_nothing_alone(&text) || !self.may_be_results(&[&text]).is_empty()
        };
        // 上月 and 本月 may stand below several texts.
        let over = |column: usize| {
            let before = upper.iter().take(column + 1).rposition(|text| !text.is_empty());
            before.map(|column| at(&upper, column)).unwrap_or_default()
        };
        let both = |column: &usize| (over(*column), at(&lower, *column));
        let different: std::collections::BTreeSet<(String, String)> = said.iter().map(both).collect();
        said.len() >= 2
            && different.len() == said.len()
            && said.iter().all(is_spanned)
            && !said.iter().any(is_person)
            && said.iter().any(is_header)
    }

    /// Two lines of a header as one. Where cells are merged over several columns a text file has blanks: what stands below
    /// those and means nothing by itself (2025年, 本月) stands below the text they follow.
    fn joined(&self, upper: &[String], lower: &[String]) -> Vec<String> {
        let at = |texts: &[String], column: usize| texts.get(column).cloned().unwrap_or_default();
        let mut merged = String::new();
        (0..upper.len().max(lower.len()))
            .map(|column| {
                let (up, low) = (at(upper, column), at(lower, column));
                if !up.is_empty() || low.is_empty() {
                    merged = if low.is_empty() { String::new() } else { up.clone() };
                }
                match (up.as_str(), low.as_str()) {
                    ("", _)
                        if !merged.is_empty() && (self.says_nothing_alone(&low) || self.is_office(&merged, &low)) =>
                    {
                        format!("{merged}\n{low}")
                    }
                    ("", low) => low.to_owned(),
                    (up, "") => up.to_owned(),
                    (up, low) if up == low => up.to_owned(),
                    (up, low) => format!("{up}\n{low}"),
                }
            })
            .collect()
    }

    /// Whether a header only says which of several columns this is: a year, or one of two words that belong together.
    fn says_nothing_alone(&self, text: &str) -> bool {
        let said = squeezed(text);
        let is_year = year_of(&said).is_some_and(|(_, rest)| rest.is_empty());
        self.field(text).is_none() && (is_year || self.guesses.pairs.iter().flatten().any(|word| *word == said))
    }

    /// Whether the lower of two lines names an office whose opinion stands there.
    fn is_office(&self, upper: &str, lower: &str) -> bool {
        let said = squeezed(lower);
        let ends = |word: &String| said.ends_with(word.as_str());
        self.field(upper) == Some("意见") && self.field(lower).is_none() && self.guesses.offices.iter().any(ends)
    }

    /// Whether the lower of two lines names somebody below a header: then it is no line of that header.
    fn names_somebody(&self, upper: &[String], lower: &[String]) -> bool {
        upper.iter().zip(lower).any(|(above, below)| {
            let is_person = matches!(self.field(above), Some("姓名" | "公民身份号码"));
            is_person && !below.is_empty() && below != above && self.field(below).is_none()
        })
    }

    fn known(&self, word: &str) -> Option<&str> {
        let field = self.fields.get(word).filter(|_| !word.is_empty());
        field.map(String::as_str)
    }

    /// The field of a result whose header begins with a year.
    fn of_year(&self, bare: &str) -> Option<&str> {
        let (_, rest) = year_of(bare)?;
        self.known(rest)
            .filter(|field| self.result_any.iter().any(|result| result == field))
    }

    fn by_ending(&self, bare: &str) -> Option<&str> {
        let ends = |words: &Vec<String>| words.iter().any(|word| bare.ends_with(word.as_str()));
        let found = self.endings.iter().find(|(_, words)| ends(words));
        found.map(|(field, _)| field.as_str())
    }
}

/// Whether a text only counts people: 优秀2人，称职10人.
fn is_count(plain: &str) -> bool {
    let counts = |part: &str| {
        let Some(part) = part.strip_suffix(['人', '名']) else {
            return false;
        };
        let word = part.trim_end_matches(|c: char| c.is_ascii_digit());
        word.len() < part.len() && !word.contains(|c: char| c.is_ascii_digit())
    };
    let mut parts = plain
        .split(['、', ',', ';', '。'])
        .filter(|part| !part.is_empty())
        .peekable();
    parts.peek().is_some() && parts.all(counts)
}

/// Whether a header stands in the upper of two lines alone: the blank below it is its own, and no other column has the
/// same text as titles do.
fn is_only_above(upper: &[String], lower: &[String], column: usize) -> bool {
    let is_blank = lower.get(column).is_none_or(String::is_empty);
    let same = |text: &String| upper.iter().filter(|other| *other == text).count();
    is_blank
        && upper
            .get(column)
            .is_some_and(|text| !text.is_empty() && same(text) == 1)
}

/// The year that a header begins with, and what follows it.
fn year_of(text: &str) -> Option<(i32, &str)> {
    let digits = text.get(..4)?;
    let year = digits.parse().ok().filter(|year| (1990..2100).contains(year))?;
    let rest = &text[4..];
    let rest = ["年度", "年", "度"]
        .into_iter()
        .find_map(|word| rest.strip_prefix(word))
        .unwrap_or(rest);
    Some((year, rest))
}

/// A year that stands anywhere in a header.
fn year_in(text: &str) -> Option<i32> {
    let said = squeezed(text);
    let starts = said.char_indices().map(|(at, _)| at);
    starts
        .filter_map(|at| year_of(&said[at..]))
        .map(|(year, _)| year)
        .next()
}

/// Where the result stands: in the columns called so, else in those of the grade, else in opinions and what is due.
fn results(columns: &Table<String, Vec<usize>>, texts: &[String]) -> Vec<usize> {
    let of = |field: &str| columns.get(field).cloned().unwrap_or_default();
    let called = ["结果", "考核等次"]
        .into_iter()
        .find(|field| columns.contains_key(*field));
    match called {
        Some(field) => latest(of(field), texts),
        None => [of("应发").into_iter().take(1).collect(), of("意见")].concat(),
    }
}

/// Of columns of several years those of the latest, and before all of them those that name no year.
fn latest(columns: Vec<usize>, texts: &[String]) -> Vec<usize> {
    let year = |column: &usize| year_in(&texts[*column]);
    let counts = if columns.iter().any(|column| year(column).is_none()) {
        None
    } else {
        columns.iter().filter_map(year).max()
    };
    columns.into_iter().filter(|column| year(column) == counts).collect()
}

fn texts(row: &RawRow) -> Vec<String> {
    let text = |cell: &Cell| cell.text().map(|text| in_one_line(&text).into_owned());
    row.cells.iter().map(|cell| text(cell).unwrap_or_default()).collect()
}

/// A header that is broken to fit its column: a line break within it is a blank, and between Chinese characters not even
/// that. Only two lines of a header stand below each other.
pub(super) fn in_one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(['\n', '\r']) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len());
    for part in text.split(['\n', '\r']).map(str::trim).filter(|part| !part.is_empty()) {
        let is_plain = |c: Option<char>| c.is_none_or(|c| !c.is_ascii());
        if !is_plain(line.chars().last()) || !is_plain(part.chars().next()) {
            line.push(' ');
        }
        line.push_str(part);
    }
    Cow::Owned(line)
}

/// Whether the lower of two rows stands directly below the upper, whose texts may take several lines of a file.
fn follows(upper: &RawRow, lower: &RawRow) -> bool {
    let breaks = |cell: &Cell| cell.text().map_or(0, |text| text.matches('\n').count());
    let most = 1 + upper.cells.iter().map(breaks).sum::<usize>();
    let apart = lower.number.saturating_sub(upper.number);
    (1..=most).contains(&(apart as usize))
}

pub(super) use guess::LOOKED_AT;

pub(super) fn squeezed(text: &str) -> String {
    squeeze(text).into_owned()
}

/// The same, lent where it stands so already.
pub(super) fn squeeze(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}') || c.is_ascii_alphanumeric();
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let plain = half_widths(text).filter(|c| !c.is_whitespace() && *c != '*' && *c != '\u{feff}');
    Cow::Owned(plain.collect())
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|c| match c {
            '(' | '（' | '[' | '【' | '〔' => {
                depth += 1;
                false
            }
            ')' | '）' | ']' | '】' | '〕' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::table::Cell;

    fn row(number: u32, texts: &[&str]) -> RawRow {
        let cells = texts
            .iter()
            .map(|t| {
                if t.is_empty() {
                    Cell::Empty
                } else {
                    Cell::Text((*t).to_owned())
                }
            })
            .collect();
        RawRow { number, cells }
    }

    #[test]
    fn a_header_is_found_below_titles_and_over_two_lines() {
        let words = HeaderWords::builtin();
        let rows = [
            row(1, &["临江市财政局2026年度考核", "临江市财政局2026年度考核"]),
            row(2, &["姓 名", "考核情况", ""]),
            row(3, &["", "考核等次", "备注（原因）"]),
        ];
        let (index, height, header) = words.list.find(&rows).expect("a header");
        assert_eq!((index, height), (1, 2));
        assert_eq!(header.first("考核等次"), Some(1));
        assert_eq!(header.first("理由"), Some(2));
    }

    #[test]
    fn a_title_in_one_cell_is_no_part_of_the_header_below() {
        let words = HeaderWords::builtin();
        let rows = [
            row(1, &["云川市2026年度考核等次一览表", "", ""]),
            row(2, &["姓名", "职务", "考核等次"]),
        ];
        let (index, height, _) = words.list.find(&rows).expect("a header");
        assert_eq!((index, height), (1, 1));
    }

    #[test]
    fn brackets_behind_a_word_do_not_matter() {
        let words = HeaderWords::builtin();
        let header = words
            .list
            .find(&[row(1, &["姓名", "结果（本月应发）", "基准(上月应发)"])])
            .expect("a header")
            .2;
        assert_eq!((header.first("结果"), header.first("基准")), (Some(1), Some(2)));
    }

    #[test]
    fn headers_of_many_kinds_of_lists_are_known() {
        let words = HeaderWords::builtin();
        let known = [
            ("审批结果", "结果"),
            ("最终结果", "结果"),
            ("评聘结果", "结果"),
            ("考核等级", "考核等次"),
            ("2026年度考核等次", "考核等次"),
            ("职工姓名", "姓名"),
            ("教职工姓名", "姓名"),
            ("证件号码", "公民身份号码"),
            ("批准时间", "决定日期"),
            ("具体事项", "事项"),
            ("未发或少发原因", "理由"),
            ("任免事由", "理由"),
            ("有关情况说明", "理由"),
        ];
        for (header, field) in known {
            assert_eq!(words.list.field(header), Some(field), "{header}");
        }
        for other in ["序号", "出生年月", "参加工作时间", "得票数", "2026", "年度目标"] {
            assert_eq!(words.list.field(other), None, "{other}");
        }
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(HeaderWords::parse(&BUILTIN.replacen("required = ", "requird = ", 1)).is_err());
    }
}
