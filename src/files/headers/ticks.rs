//! Columns for one result each, of which a mark says one.

use super::guess::Sheet;
use super::{Header, Kind, squeezed, without_brackets};
use serde::{Deserialize, Serialize};

/// Characters of a mark.
pub(super) const LONGEST_MARK: usize = 2;
/// Figures of a count of people.
const LONGEST_COUNT: usize = 3;

/// Lists that have a column for each result and a mark in one of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ticks {
    /// Headers of such columns, those together that exclude one another.
    words: Vec<Vec<String>>,
    /// Headers of further results that may stand beside such words.
    #[serde(default)]
    beside: Vec<String>,
    /// How further headers end that stand beside such words under the same line.
    #[serde(default)]
    endings: Vec<String>,
    /// What stands before such words and those of outcomes: 同意晋升, 拟晋升.
    #[serde(default)]
    before: Vec<String>,
    /// Words that are marks.
    #[serde(default)]
    marks: Vec<String>,
    /// Marks that are none where others stand beside them.
    #[serde(default)]
    rings: Vec<String>,
    /// What is no mark.
    not: Vec<String>,
}

impl Ticks {
    /// Its single words, to be written without spaces.
    pub(super) fn words_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let lists = [
            &mut self.beside,
            &mut self.endings,
            &mut self.before,
            &mut self.marks,
            &mut self.rings,
        ];
        lists.into_iter().flatten()
    }
}

impl Kind {
    /// Whether what stands in a column for one result marks it.
    pub(in crate::files) fn is_mark(&self, text: &str, header: &Header) -> bool {
        let said = squeezed(text);
        let is_ring = || header.rings && self.ticks.rings.contains(&said);
        !said.is_empty() && (!self.ticks.not.contains(&said) || is_ring())
    }

    /// Columns for one result each; one alone is some other column. Beside them, what stands under the same upper line
    /// is a result like them.
    pub(super) fn ticks_of(&self, sheet: &Sheet<'_>) -> Vec<(usize, String)> {
        let texts = sheet.texts;
        let lasts = last_lines(texts);
        let of = |group: &Vec<String>| {
            let word = |text: &String| group.iter().find(|word| *word == text).cloned();
            let found = lasts.iter().enumerate();
            let found: Vec<(usize, String)> = found.filter_map(|(column, text)| Some((column, word(text)?))).collect();
            let different = found.iter().any(|(_, word)| *word != found[0].1);
            different.then_some(found)
        };
        let groups = self.ticks.words.iter().filter_map(of);
        let mut found = groups.rev().max_by_key(Vec::len).unwrap_or_default();
        if found.is_empty() {
            found = self.ticks_by_rows(&lasts, sheet);
        }
        let upper = |column: usize| texts[column].split_once('\n').map(|(upper, _)| upper);
        let over = found.first().and_then(|(column, _)| upper(*column));
        if let Some(over) = over
            && found.iter().all(|(column, _)| upper(*column) == Some(over))
        {
            let ends = |column: &usize| {
                self.ticks
                    .endings
                    .iter()
                    .any(|end| lasts[*column].ends_with(end.as_str()))
            };
            let same = (0..texts.len()).filter(|column| upper(*column) == Some(over) && ends(column));
            let more: Vec<usize> = same
                .filter(|column| found.iter().all(|(tick, _)| tick != column))
                .collect();
            found.extend(more.into_iter().map(|column| (column, lasts[column].clone())));
            found.sort();
        }
        self.ticks_beside(&mut found, &lasts, sheet);
        found
    }

    /// Columns between and directly beside those, headed by a word of an outcome, with nothing but marks below.
    fn ticks_beside(&self, found: &mut Vec<(usize, String)>, lasts: &[String], sheet: &Sheet<'_>) {
        let (Some((first, _)), Some((last, _))) = (found.first(), found.last()) else {
            return;
        };
        let (first, last) = (*first, *last);
        let is_result = |column: &usize| {
            let said = &lasts[*column];
            self.is_tick_header(said) && sheet.holds_marks(*column)
        };
        let is_new = |column: &usize| found.iter().all(|(tick, _)| tick != column);
        let between = (first..last).filter(is_new).filter(is_result);
        let before = (0..first).rev().take_while(is_result);
        let behind = (last + 1..lasts.len()).take_while(is_result);
        let more: Vec<usize> = between.chain(before).chain(behind).collect();
        found.extend(more.into_iter().map(|column| (column, lasts[column].clone())));
        found.sort();
    }

    /// Where columns stand beside each other that are headed by different results and hold nothing but marks, those: the
    /// longest such run. One alone is some other column.
    fn ticks_by_rows(&self, lasts: &[String], sheet: &Sheet<'_>) -> Vec<(usize, String)> {
        let holds = |column: usize| sheet.said(column).all(|text| self.may_be_mark(&text));
        let runs = self.tick_runs(lasts, holds).into_iter();
        let marked = runs.filter(|run| {
            let said: Vec<String> = run.iter().flat_map(|column| sheet.said(*column)).collect();
            // Votes are counted under such headers, too.
            let is_count = said
                .iter()
                .any(|text| squeezed(text).parse().is_ok_and(|count: u32| count > 1));
            let is_sign = |text: &String| !text.chars().all(|c| c.is_ascii_digit()) && self.marks_or_rings(text);
            let is_mark = |text: &String| is_sign(text) || (!is_count && self.marks_or_rings(text));
            said.iter().any(is_mark)
        });
        let found = marked.rev().max_by_key(Vec::len).unwrap_or_default();
        found
            .into_iter()
            .map(|column| (column, lasts[column].clone()))
            .collect()
    }

    /// Columns beside each other that are headed by different results, and of which each is as is asked.
    pub(super) fn tick_runs(&self, lasts: &[String], is_it: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
        let mut runs: Vec<Vec<usize>> = Vec::new();
        for column in (0..lasts.len()).filter(|column| self.is_tick_header(&lasts[*column]) && is_it(*column)) {
            match runs
                .last_mut()
                .filter(|run| run.last() == column.checked_sub(1).as_ref())
            {
                Some(run) => run.push(column),
                None => runs.push(vec![column]),
            }
        }
        runs.retain(|run| run.iter().any(|column| lasts[*column] != lasts[run[0]]));
        runs
    }

    /// Whether a header says one result: a word of one, or one with what stands before it.
    fn is_tick_header(&self, said: &str) -> bool {
        let is_word = |said: &str| {
            let words = self.ticks.words.iter().flatten().chain(&self.ticks.beside);
            self.guesses.outcomes.contains(said) || words.into_iter().any(|word| word == said)
        };
        let behind = |word: &String| said.strip_prefix(word.as_str()).is_some_and(is_word);
        self.known(said).is_none() && (is_word(said) || self.ticks.before.iter().any(behind))
    }

    /// Whether a text may stand in a column for one result: a mark, none, or how many there are.
    fn may_be_mark(&self, text: &str) -> bool {
        let said = squeezed(text);
        let is_figure = said.len() <= LONGEST_COUNT && said.chars().all(|c| c.is_ascii_digit());
        let is_sign = said.chars().count() <= LONGEST_MARK && !said.contains(char::is_alphanumeric);
        is_figure
            || is_sign
            || [&self.ticks.marks, &self.ticks.not]
                .iter()
                .any(|words| words.contains(&said))
    }

    fn marks_or_rings(&self, text: &str) -> bool {
        let said = squeezed(text);
        !self.ticks.not.contains(&said) || self.ticks.rings.contains(&said)
    }

    /// Whether rings mark a result: no other mark stands in the columns for one result each.
    pub(super) fn has_rings(&self, sheet: &Sheet<'_>) -> bool {
        let said = || sheet.ticks.iter().flat_map(|(column, _)| sheet.said(*column));
        let is_ring = |text: &String| self.ticks.rings.contains(&squeezed(text));
        said().any(|text| is_ring(&text))
            && said().all(|text| is_ring(&text) || self.ticks.not.contains(&squeezed(&text)))
    }
}

/// What headers say in their last line, without brackets.
pub(super) fn last_lines(texts: &[String]) -> Vec<String> {
    let last = |text: &String| without_brackets(&squeezed(text.rsplit('\n').next().unwrap_or_default()));
    texts.iter().map(last).collect()
}
