//! What the columns of a list hold where no word of their headers says it: by how a header ends, by two headers that
//! belong together, and by whether sums stand below. Whoever reads the result is told of each such column; where several
//! readings are possible none is taken.

use super::money::{Step, fronted};
use super::ticks::LONGEST_MARK;
use super::{Kind, squeezed, without_brackets, year_in, year_of};
use crate::domain::protection::is_sum;
use crate::domain::tables::Table;
use crate::files::grid::is_dash;
use crate::files::table::{Cell, RawRow};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Rows below a header that say whether a column holds sums.
pub(in crate::files) const LOOKED_AT: usize = 20;

/// Fields that are guessed by the header alone: rows that are not kept would say nothing else of them.
const BY_HEADER: [&str; 3] = ["理由", "基准", "决定日期"];
/// How headers of days end.
const OF_DAYS: [&str; 2] = ["日期", "时间"];
/// Words of outcomes that make a column one of results.
const FEWEST_OUTCOMES: usize = 2;
/// Characters of a sentence.
const SHORTEST_SENTENCE: usize = 4;

/// Words that mean something only where nothing better is there.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Guesses {
    /// Headers of a field, where no column has a word of its own for it.
    words: HashMap<String, Vec<String>>,
    /// How headers of results end, those first that say it best; within a group offices say theirs one after the other.
    results: Vec<Vec<String>>,
    /// What such a header must not have in it.
    not: Vec<String>,
    /// Headers of results where there is no other, else of reasons.
    either: Vec<String>,
    /// What stands behind the only outcome of a list in the header of its reasons, the longer before the shorter.
    why: Vec<String>,
    /// How headers of reasons end beside a result, whatever stands there.
    reasons: Vec<String>,
    /// The same of what is a reason only where it speaks of a matter or of accountability.
    remarks: Vec<String>,
    /// What such a header must not have in it.
    beside: Vec<String>,
    /// What headers of a sum before and a sum after begin with, the rest being the same.
    pub(super) pairs: Vec<[String; 2]>,
    /// What the rest is of a pair that is the sum of others.
    sums: Vec<String>,
    /// What the rest is of a pair that is no sum.
    levels: Vec<String>,
    /// What headers of pay have in them.
    pub(super) pay: Vec<String>,
    /// Headers of what somebody becomes and what not, which may be sums or posts.
    after: Vec<String>,
    /// Headers of what kind of change it is, beside such columns.
    kinds: Vec<String>,
    /// Headers of a post somebody is to have, and of one somebody is to lose.
    to: Vec<String>,
    from: Vec<String>,
    /// Headers of evidence that say the reason where no column of reasons does, which papers are called by, and what
    /// stands beside a document number and says nothing.
    grounds: Vec<String>,
    pub(super) papers: Vec<String>,
    pub(super) fillers: Vec<String>,
    /// What headers have in them that describe people and their work.
    described: Vec<String>,
    /// What stands behind the name of a result in the header of a column that holds both it and why.
    pub(super) behind: Vec<String>,
    /// How an opinion begins that only takes a stand.
    pub(super) stances: Vec<String>,
    /// What looks at a result one after the other is called by, before what a result is called.
    #[serde(default)]
    stages: Vec<String>,
    /// What stands in an upper header over what is taken or added.
    #[serde(default)]
    differences: Vec<String>,
    /// How headers end that stand below a header of opinions and name who gives them.
    #[serde(default)]
    pub(super) offices: Vec<String>,
    /// How opinions end that say the outcome where others are opinions only.
    #[serde(default)]
    conclusions: Vec<String>,
    /// How headers begin that say whether something was paid.
    #[serde(default)]
    paid: Vec<String>,
    /// What a header of the result may have in it beside what it must not, where outcomes stand below.
    decided: Vec<String>,
    /// Headers of what is done to whom, which may as well be posts.
    acts: Vec<String>,
    /// Headers of what somebody is chosen as, where cells below speak of it: 身份 is 市人大代表 in one list and 事业编制 in
    /// another.
    pub(super) capacity: Vec<String>,
    pub(super) capacities: Vec<String>,
    /// How headers of sums speak, from what is held against to what was paid.
    pub(super) steps: Vec<Step>,
    /// How headers of sums end without saying of what.
    pub(super) plain: Vec<String>,
    /// What headers of figures have in them that are no pay.
    pub(super) unpaid: Vec<String>,
    /// How the second line of a header ends that is no result though the first one is.
    pub(super) parts: Vec<String>,
    /// What stands in brackets behind a header and belongs before it.
    pub(super) fronts: Vec<String>,
    /// Columns that somebody pointed out: the field, and the header as it was given, by the header without spaces.
    #[serde(skip)]
    pub(super) pointed: HashMap<String, (String, String)>,
    /// Words of outcomes, without spaces.
    #[serde(skip)]
    pub(super) outcomes: Arc<HashSet<String>>,
}

impl Guesses {
    /// Every word, to be written without spaces.
    pub(super) fn words_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let lists = [
            &mut self.not,
            &mut self.either,
            &mut self.why,
            &mut self.reasons,
            &mut self.remarks,
            &mut self.beside,
            &mut self.sums,
            &mut self.levels,
            &mut self.pay,
            &mut self.after,
            &mut self.kinds,
            &mut self.to,
            &mut self.from,
            &mut self.grounds,
            &mut self.papers,
            &mut self.fillers,
            &mut self.described,
            &mut self.behind,
            &mut self.stances,
            &mut self.decided,
            &mut self.acts,
            &mut self.capacity,
            &mut self.capacities,
            &mut self.stages,
            &mut self.differences,
            &mut self.offices,
            &mut self.conclusions,
            &mut self.paid,
            &mut self.plain,
            &mut self.unpaid,
            &mut self.parts,
            &mut self.fronts,
        ];
        let words = self.words.values_mut().chain(&mut self.results).flatten();
        words
            .chain(lists.into_iter().flatten())
            .chain(self.pairs.iter_mut().flatten())
            .chain(self.steps.iter_mut().flat_map(Step::words_mut))
    }

    /// The words for some fields.
    pub(super) fn words_for<'a>(&'a self, fields: &'a [String]) -> impl Iterator<Item = &'a str> {
        let words = self.words.iter().filter(|(field, _)| fields.contains(field));
        words.flat_map(|(_, words)| words).map(String::as_str)
    }

    /// Whether a text is a word of an outcome, or begins with one: 追回2000元.
    pub(super) fn is_outcome(&self, text: &str) -> bool {
        let said = squeezed(text);
        let ends = said.char_indices().map(|(at, c)| at + c.len_utf8());
        let mut ends = ends.skip(1);
        ends.any(|end| self.outcomes.contains(&said[..end]))
    }

    /// Whether a word of an outcome stands anywhere in a text.
    pub(super) fn speaks_of_outcome(&self, said: &str) -> bool {
        said.char_indices().any(|(at, _)| self.is_outcome(&said[at..]))
    }

    /// Whether a header is of what people say of themselves, of other years, of marks: never the result.
    pub(super) fn is_other(&self, said: &str) -> bool {
        self.not.iter().any(|word| said.contains(word.as_str()))
    }

    fn is_reason(&self, said: &str) -> bool {
        self.is_beside(said, &self.reasons)
    }

    fn is_remark(&self, said: &str) -> bool {
        self.is_beside(said, &self.remarks)
    }

    fn is_beside(&self, said: &str, endings: &[String]) -> bool {
        endings.iter().any(|end| said.ends_with(end.as_str()))
            && !self.is_other(said)
            && !self.beside.iter().any(|word| said.contains(word.as_str()))
    }

    fn has_word(&self, field: &str, said: &str) -> bool {
        self.words
            .get(field)
            .is_some_and(|words| words.iter().any(|word| word == said))
    }
}

/// The texts of a header and the rows above and below it.
pub(super) struct Sheet<'a> {
    pub(super) texts: &'a [String],
    pub(super) above: &'a [RawRow],
    pub(super) below: &'a [RawRow],
    /// Columns for one result each.
    pub(super) ticks: &'a [(usize, String)],
}

/// What follows from more than the words of a header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::files) struct Inferred {
    /// Columns, each with the field it was taken for.
    guessed: Vec<(usize, String)>,
    /// Columns of posts that somebody is to have and to lose, which say the result.
    to: Vec<usize>,
    from: Vec<usize>,
    /// Columns of reasons of which only some say a reason.
    remarks: Vec<usize>,
    /// Of those, opinions beside the result of the same name, which do where they do more than take a stand.
    opinions: Vec<usize>,
    /// Columns of evidence that say the reason.
    grounds: Vec<usize>,
    /// Columns that say the result and behind it why.
    pub(super) both: Vec<usize>,
    /// The rows below decided.
    pub(super) by_rows: bool,
}

impl Inferred {
    /// Whether there is anything that the header alone does not say.
    pub(in crate::files) fn is_some(&self) -> bool {
        let by_header = |(_, field): &(usize, String)| BY_HEADER.contains(&field.as_str());
        self.by_rows || self.says_posts() || !self.guessed.iter().all(by_header)
    }

    /// Columns of reasons of which only some say a reason.
    pub(super) fn remarks(&self) -> &[usize] {
        &self.remarks
    }

    /// Of those, opinions that do where they do more than take a stand.
    pub(super) fn opinions(&self) -> &[usize] {
        &self.opinions
    }

    /// Columns of evidence that say the reason.
    pub(super) fn grounds(&self) -> &[usize] {
        &self.grounds
    }

    /// Columns, each with the field it was taken for.
    pub(in crate::files) fn guessed(&self) -> &[(usize, String)] {
        &self.guessed
    }

    /// Whether posts say the result.
    pub(super) fn says_posts(&self) -> bool {
        !self.from.is_empty() || !self.to.is_empty()
    }

    /// Columns of posts that somebody is to have, and to lose.
    pub(in crate::files) fn posts(&self) -> (&[usize], &[usize]) {
        (&self.to, &self.from)
    }

    /// What of it is about some columns.
    pub(super) fn of(&self, holds: &impl Fn(&usize) -> bool) -> Self {
        let own = |columns: &[usize]| columns.iter().copied().filter(|column| holds(column)).collect();
        Self {
            guessed: self
                .guessed
                .iter()
                .filter(|(column, _)| holds(column))
                .cloned()
                .collect(),
            to: own(&self.to),
            from: own(&self.from),
            remarks: own(&self.remarks),
            opinions: own(&self.opinions),
            grounds: own(&self.grounds),
            both: own(&self.both),
            by_rows: self.by_rows,
        }
    }
}

pub(super) type Columns = Table<String, Vec<usize>>;

impl Kind {
    /// What the columns of a sheet hold that has no header by its words. `None`: that cannot be told.
    pub(super) fn guessed(
        &self,
        columns: &mut Columns,
        ticks: &[(usize, String)],
        sheet: &Sheet<'_>,
    ) -> Option<Inferred> {
        if !self.is_list() {
            return None;
        }
        let mut out = Inferred::default();
        if !columns.contains_key("姓名") && !columns.contains_key("公民身份号码") {
            self.by_word("姓名", columns, sheet, &mut out);
        }
        let has_result = self.result_any.is_empty()
            || !ticks.is_empty()
            || self.result_any.iter().any(|field| columns.contains_key(field));
        if has_result {
            self.settle(columns, sheet, &mut out);
            return Some(out);
        }
        let found = self.by_pair(columns, sheet, &mut out)
            || self.by_steps(columns, sheet, &mut out)
            || self.by_word("结果", columns, sheet, &mut out)
            || self.by_stages(columns, sheet, &mut out)
            || self.by_likeness(columns, sheet, &mut out, 0..1)?
            || self.by_outcomes(columns, sheet, &mut out)
            || self.by_posts(sheet, &mut out)
            || self.by_likeness(columns, sheet, &mut out, 1..self.guesses.results.len())?
            || self.by_year(columns, sheet, &mut out);
        self.beside(columns, sheet, &mut out);
        self.proposals(columns, sheet, &mut out);
        found.then_some(out)
    }

    /// Posts to have and to lose that stand below an opinion (拟任免意见: 拟任, 拟免) are posts.
    pub(super) fn posts_below(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) {
        let Some(opinions) = columns.get("意见") else { return };
        let is_post = |column: &usize| {
            let below = sheet.texts[*column].rsplit_once('\n').map(|(_, below)| squeezed(below));
            below.is_some_and(|below| self.guesses.to.contains(&below) || self.guesses.from.contains(&below))
        };
        if opinions.iter().all(is_post) {
            columns.remove("意见");
            self.by_posts(sheet, out);
        }
    }

    /// Before the columns of results the opinions that propose one: who decides often only agrees to it.
    fn proposals(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) {
        let Some(field) = ["结果", "意见"].into_iter().find(|field| columns.contains_key(*field)) else {
            return;
        };
        let last = columns[field].iter().copied().max().unwrap_or_default();
        let is_proposal = |column: &usize| {
            let said = bare(&sheet.texts[*column]);
            *column < last && said.ends_with("意见") && !self.guesses.is_other(&said)
        };
        let open: Vec<usize> = (out.remarks.iter().copied())
            .chain(self.unlisted(columns, sheet))
            .filter(is_proposal)
            .collect();
        if open.is_empty() {
            return;
        }
        out.by_rows = true;
        let agrees = columns[field]
            .iter()
            .any(|column| sheet.said(*column).any(|text| self.is_agreed(&text)));
        let holds = |column: &usize| self.outcomes_in(sheet, *column) > 0;
        let mut found: Vec<usize> = open.into_iter().filter(holds).collect();
        if agrees && !found.is_empty() {
            let results = columns.entry(field.to_owned()).or_default();
            found.append(results);
            found.sort_unstable();
            found.dedup();
            *results = found;
        }
    }

    /// What stands beside columns that a header names by its words.
    pub(super) fn settle(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) {
        self.said_apart(columns, sheet);
        self.later_result(columns, sheet, out);
        self.outcomes_beside(columns, sheet, out);
        if columns.contains_key("结果") {
            self.differences(columns, sheet);
            if !columns.contains_key("基准") {
                self.baseline_of_pair(columns, sheet, out);
                self.baseline_by_steps(columns, sheet, out);
                self.words_over_sums(columns, sheet, out);
            }
        } else if self.may_be_pay(columns, sheet, out) {
            let has_baseline = columns.contains_key("基准");
            let _ = (!has_baseline && self.by_pair(columns, sheet, out)) || self.by_steps(columns, sheet, out);
        }
        self.kind_of_change(columns, sheet, out);
        self.beside(columns, sheet, out);
        self.proposals(columns, sheet, out);
    }

    /// Sums below a header of what is taken or added (扣减: 金额) are no result where another column says what was paid.
    fn differences(&self, columns: &mut Columns, sheet: &Sheet<'_>) {
        let is_part = |column: &usize| {
            let above = sheet.texts[*column].split_once('\n').map(|(above, _)| squeezed(above));
            above.is_some_and(|above| {
                self.guesses
                    .differences
                    .iter()
                    .any(|word| above.contains(word.as_str()))
            })
        };
        if let Some(results) = columns.get_mut("结果")
            && !results.iter().all(is_part)
        {
            results.retain(|column| !is_part(column));
        }
    }

    /// A sum that nothing says what to hold against tells nothing; where words of outcomes stand beside it, they do.
    fn words_over_sums(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) {
        let lacks = |field: &str| !columns.contains_key(field);
        let [sum] = columns["结果"][..] else { return };
        if !lacks("基准") || !lacks("应发") || !lacks("考核等次") || !lacks("意见") {
            return;
        }
        let open: Vec<usize> = self.unlisted(columns, sheet);
        let is_like = |column: &usize| self.is_like_result(&sheet.texts[*column]);
        let mut open = open.into_iter().filter(is_like);
        let (Some(column), None) = (open.next(), open.next()) else {
            return;
        };
        out.by_rows = true;
        let outcomes = self.outcomes_in(sheet, column);
        let is_told = outcomes >= FEWEST_OUTCOMES && outcomes * 2 > sheet.said(column).count();
        if is_told && sheet.holds_sums(sum) {
            columns.remove("结果");
            take(columns, out, column, "结果");
        }
    }

    /// Beside opinions the conclusion is the result, and beside a grade what was paid.
    fn said_apart(&self, columns: &mut Columns, sheet: &Sheet<'_>) {
        if columns.contains_key("结果") {
            return;
        }
        let opinions = columns.get("意见").cloned().unwrap_or_default();
        let said = |column: &usize| bare(&sheet.texts[*column]);
        let concludes = |column: &usize| {
            let said = said(column);
            self.guesses.conclusions.iter().any(|end| said.ends_with(end.as_str()))
        };
        let pays = |column: &usize| {
            let said = said(column);
            self.guesses.paid.iter().any(|begins| said.starts_with(begins.as_str()))
        };
        let found = if columns.contains_key("考核等次") {
            opinions.iter().copied().rfind(pays)
        } else if opinions.iter().any(|column| said(column).ends_with("意见")) {
            opinions.iter().copied().rfind(concludes)
        } else {
            None
        };
        if let Some(found) = found {
            let rest: Vec<usize> = opinions.into_iter().filter(|column| *column != found).collect();
            if rest.is_empty() {
                columns.remove("意见");
            } else {
                columns.insert("意见".to_owned(), rest);
            }
            columns.insert("结果".to_owned(), vec![found]);
        }
    }

    /// Opinions that are called like a result beside them: 审批结果, 审批意见.
    fn opinions_of_results(&self, columns: &Columns, sheet: &Sheet<'_>, out: &Inferred) -> Vec<usize> {
        let results = columns.get("结果").into_iter().flatten();
        let results: Vec<String> = results.map(|column| bare(&sheet.texts[*column])).collect();
        let ends = || self.guesses.conclusions.iter().map(String::as_str).chain(["结果"]);
        let is_of_result = |column: &usize| {
            let said = bare(&sheet.texts[*column]);
            let stem = said.strip_suffix("意见").filter(|stem| !stem.is_empty());
            let is_called = |result: &String| ends().any(|end| result.strip_suffix(end) == stem);
            stem.is_some() && results.iter().any(is_called)
        };
        out.remarks.iter().copied().filter(is_of_result).collect()
    }

    /// What somebody is chosen as is what a result is about: one person may be two.
    fn capacity(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) {
        if columns.contains_key("事项") {
            return;
        }
        let mut headed = (0..sheet.texts.len()).filter(|column| {
            field_of(columns, *column).is_none() && self.guesses.capacity.contains(&bare(&sheet.texts[*column]))
        });
        let Some(column) = headed.next() else { return };
        out.by_rows = true;
        let speaks = |text: &String| self.guesses.capacities.iter().any(|word| text.contains(word.as_str()));
        let said: Vec<String> = sheet.said(column).collect();
        if said.iter().filter(|text| speaks(text)).count() * 2 > said.len() {
            take(columns, out, column, "事项");
        }
    }

    /// What stands beside a result, whatever that was told by.
    fn beside(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) {
        self.capacity(columns, sheet, out);
        let lacks = |field: &str| !columns.contains_key(field);
        if columns.contains_key("结果") && lacks("基准") && lacks("应发") {
            self.by_word("基准", columns, sheet, out);
        }
        self.decided(columns, sheet, out);
        self.reasons_beside(columns, sheet, out);
        // What an office says beside a result may say why.
        if let Some(opinions) = columns.get("意见").cloned()
            && ["结果", "考核等次"].iter().any(|field| columns.contains_key(*field))
        {
            let new: Vec<usize> = opinions
                .into_iter()
                .filter(|column| !out.remarks.contains(column))
                .collect();
            columns.entry("理由".to_owned()).or_default().extend(&new);
            out.remarks.extend(new);
        }
        let has_reasons = |columns: &Columns, out: &Inferred| {
            let reasons = columns.get("理由").into_iter().flatten();
            reasons.into_iter().any(|column| !out.remarks.contains(column))
        };
        if has_reasons(columns, out) || !out.both.is_empty() {
            return;
        }
        let is_ground = |column: &&usize| self.guesses.grounds.contains(&bare(&sheet.texts[**column]));
        let evidence = columns.get("佐证材料").into_iter().flatten();
        out.grounds = evidence.filter(is_ground).copied().collect();
        let read = out.grounds.iter().map(|column| (*column, "理由".to_owned()));
        out.guessed.extend(read);
        out.opinions = self.opinions_of_results(columns, sheet, out);
        if out.grounds.is_empty() && out.remarks.is_empty() {
            self.last_words(columns, sheet, out);
        }
    }

    /// In a list without any column of reasons, the last one of a header nobody knows, where sentences stand in it: clerks
    /// call remarks by ever new names. It is a reason only where it speaks of a matter or of accountability.
    fn last_words(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) {
        let open = self.unlisted(columns, sheet);
        let Some(last) = open.last().copied() else { return };
        let is_behind = |column: usize| {
            let said = bare(&sheet.texts[column]);
            let is_other = matches!(field_of(columns, column), Some("决定日期" | "期间" | "佐证材料"));
            said.is_empty() || is_other || self.aside.contains(&said)
        };
        let said = bare(&sheet.texts[last]);
        let ends = |word: &String| said.ends_with(word.as_str());
        let is_known = self.slight.iter().any(ends)
            || OF_DAYS.iter().any(|end| said.ends_with(end))
            || self.guesses.is_other(&said)
            || (self.guesses.beside.iter())
                .chain(&self.guesses.described)
                .any(|word| said.contains(word.as_str()));
        if is_known || !(last + 1..sheet.texts.len()).all(is_behind) {
            return;
        }
        out.by_rows = true;
        let is_sentence = |text: &String| text.chars().count() >= SHORTEST_SENTENCE && !is_sum(text);
        if sheet
            .said(last)
            .any(|text| is_sentence(&text) && !self.guesses.is_outcome(&text))
        {
            take(columns, out, last, "理由");
            out.remarks.push(last);
        }
    }

    /// How many outcomes stand in a column.
    fn outcomes_in(&self, sheet: &Sheet<'_>, column: usize) -> usize {
        let is_outcome = |text: &String| self.guesses.is_outcome(text) && !self.is_agreed(text);
        sheet.said(column).filter(is_outcome).count()
    }

    /// Behind opinions and earlier stages (推荐情况), the column that is headed like a result (公示后结果) and holds outcomes:
    /// what came of it in the end.
    fn later_result(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) {
        let has = |field: &str| columns.contains_key(field);
        let Some(last) = columns.get("意见").and_then(|columns| columns.last()).copied() else {
            return;
        };
        let endings = self.guesses.results.first().map_or(&[][..], Vec::as_slice);
        if has("结果") || has("考核等次") || !sheet.ticks.is_empty() {
            return;
        }
        let is_headed = |column: &usize| {
            let said = bare(&sheet.texts[*column]);
            *column > last
                && endings.iter().any(|end| said.ends_with(end.as_str()))
                && !self.guesses.is_other(&said)
                && year_in(&said).is_none()
        };
        let open: Vec<usize> = self.unlisted(columns, sheet).into_iter().filter(is_headed).collect();
        if open.is_empty() {
            return;
        }
        out.by_rows = true;
        let holds = |column: &usize| self.outcomes_in(sheet, *column) >= FEWEST_OUTCOMES;
        if let Some(column) = open.into_iter().rfind(holds) {
            take(columns, out, column, "结果");
        }
    }

    /// Where outcomes stand in a column nobody knows and none in the one that is called the result, the former is it.
    /// What the other holds is what it is about.
    fn outcomes_beside(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) {
        let called = ["结果", "意见"].into_iter().find(|field| columns.contains_key(*field));
        let Some(called) = called.filter(|called| *called == "结果" || !columns.contains_key("考核等次")) else {
            return;
        };
        let [known] = columns[called][..] else { return };
        let is_act = self.guesses.acts.contains(&bare(&sheet.texts[known]));
        // A column of results is not given up because its words are new.
        if called == "结果" && !is_act {
            return;
        }
        let is_open = |column: &usize| {
            let said = bare(&sheet.texts[*column]);
            !self.guesses.is_other(&said) && year_in(&said).is_none()
        };
        let mut open: Vec<usize> = self.unlisted(columns, sheet).into_iter().filter(is_open).collect();
        // 类别 is what kind of change it is, where the posts stand beside it.
        let kinds = columns.get("事项类别").into_iter().flatten();
        open.extend(kinds.filter(|_| is_act).copied());
        if open.is_empty() {
            return;
        }
        out.by_rows = true;
        let says_result = |text: &String| (self.guesses.is_outcome(text) && !self.is_agreed(text)) || is_sum(text);
        let said: Vec<String> = sheet.said(known).collect();
        let results = said.iter().filter(|text| says_result(text)).count();
        let few = if is_act {
            results * 2 <= said.len()
        } else {
            results == 0
        };
        let holds = |column: &usize| {
            let outcomes = self.outcomes_in(sheet, *column);
            outcomes >= FEWEST_OUTCOMES && outcomes * 2 > sheet.said(*column).count() && outcomes > results
        };
        let found: Vec<usize> = open.into_iter().filter(holds).collect();
        let [column] = found[..] else { return };
        if !few || said.is_empty() {
            return;
        }
        // An opinion stays one beside the result.
        if is_act {
            columns.remove(called);
            columns.retain(|_, columns| {
                columns.retain(|other| *other != column);
                !columns.is_empty()
            });
            columns.entry("事项".to_owned()).or_insert_with(|| vec![known]);
        }
        take(columns, out, column, "结果");
    }

    /// The only column of days, where nothing says what day that is. The day of a signature is none.
    fn decided(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) {
        let open = self.unlisted(columns, sheet).into_iter();
        let is_day = |column: &usize| OF_DAYS.iter().any(|end| bare(&sheet.texts[*column]).ends_with(end));
        let days: Vec<usize> = open.filter(is_day).collect();
        let [day] = days[..] else {
            return;
        };
        let before = day.checked_sub(1).map(|column| bare(&sheet.texts[column]));
        let is_signed = before.is_some_and(|before| before.contains('签'));
        let is_it = self.guesses.has_word("决定日期", &bare(&sheet.texts[day]));
        if is_it && !is_signed && !columns.contains_key("决定日期") {
            take(columns, out, day, "决定日期");
        }
    }

    /// A word that means the field where nothing better does.
    fn by_word(&self, field: &str, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) -> bool {
        let unlisted = self.unlisted(columns, sheet);
        let is_it = |column: &usize| self.guesses.has_word(field, &bare(&sheet.texts[*column]));
        let found: Vec<usize> = unlisted.into_iter().filter(is_it).collect();
        // Of several nobody knows which; the same one several times is a list that is folded.
        let first = found.first().map(|column| bare(&sheet.texts[*column]));
        if found.is_empty() || found.iter().any(|column| Some(bare(&sheet.texts[*column])) != first) {
            return false;
        }
        for column in found {
            take(columns, out, column, field);
        }
        true
    }

    /// Two columns of sums, one before and one after a change.
    fn by_pair(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) -> bool {
        let Some((before, after)) = self.pair(columns, sheet, out, None) else {
            return false;
        };
        take(columns, out, after, "结果");
        // What is called due is the baseline by itself.
        if !columns.get("应发").is_some_and(|due| due.contains(&before)) {
            take(columns, out, before, "基准");
        }
        true
    }

    /// The sum that stands before one that is called the result.
    fn baseline_of_pair(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) {
        let result = columns.get("结果").and_then(|columns| columns.first()).copied();
        if columns.contains_key("应发") {
            return;
        }
        if let Some((before, _)) = self.pair(columns, sheet, out, result) {
            take(columns, out, before, "基准");
        }
    }

    /// A pair of sums: the only one, or the one that is the sum of the others. `after`: the later one, where it is known.
    fn pair(
        &self,
        columns: &Columns,
        sheet: &Sheet<'_>,
        out: &mut Inferred,
        after: Option<usize>,
    ) -> Option<(usize, usize)> {
        let texts: Vec<String> = sheet.texts.iter().map(|text| self.fronted(text)).collect();
        let open = |column: &usize| match field_of(columns, *column) {
            None => true,
            Some(field) => field == "应发" || (field == "结果" && Some(*column) == after),
        };
        let mut found: Vec<(usize, usize, String)> = Vec::new();
        for [first, second] in &self.guesses.pairs {
            for (before, text) in texts.iter().enumerate().filter(|(column, _)| open(column)) {
                let Some(rest) = text.strip_prefix(first.as_str()) else {
                    continue;
                };
                // One character alone begins too many words.
                if rest.is_empty() && first.chars().count() < 2 {
                    continue;
                }
                let is_other = |column: &usize| {
                    *column != before && texts[*column].strip_prefix(second.as_str()) == Some(rest) && open(column)
                };
                let others = (0..texts.len()).filter(is_other);
                let others = others.filter(|column| after.is_none_or(|after| after == *column));
                found.extend(others.map(|other| (before, other, rest.to_owned())));
            }
        }
        found.extend(
            in_turn(&texts, |column| open(&column)).filter(|(_, other, _)| after.is_none_or(|after| after == *other)),
        );
        if !found.is_empty() {
            out.by_rows = true;
        }
        found.retain(|(_, after, _)| sheet.holds_sums(*after) && self.may_be_money(&sheet.texts[*after]));
        found.sort();
        // 上年度 begins with 上年, too.
        found.dedup_by_key(|(before, after, _)| (*before, *after));
        // A step of a scale is no sum where the sum of that very scale stands beside it.
        let sums: Vec<String> = found.iter().map(|(_, _, rest)| rest.clone()).collect();
        let is_step = |rest: &String| {
            let has_sum = sums.iter().any(|sum| sum != rest && sum.starts_with(rest.as_str()));
            self.guesses.levels.contains(rest) && has_sum
        };
        found.retain(|(_, _, rest)| !is_step(rest));
        let is_total = |rest: &String| self.guesses.sums.iter().any(|word| rest.contains(word.as_str()));
        let mut totals = found.iter().filter(|(_, _, rest)| is_total(rest));
        match (&found[..], totals.next(), totals.next()) {
            ([(before, after, _)], _, _) | (_, Some((before, after, _)), None) => Some((*before, *after)),
            _ => None,
        }
    }

    /// Columns that are headed by nothing but a year: the one of the list's year, else the latest; the year before it is
    /// what its sum is held against.
    fn by_year(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) -> bool {
        let mut years: Vec<(i32, usize)> = Vec::new();
        for column in self.unlisted(columns, sheet) {
            let said = bare(&sheet.texts[column]);
            if let Some((year, "")) = year_of(&said) {
                years.push((year, column));
            }
        }
        years.sort_unstable();
        if years.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return false;
        }
        let titles = sheet.above.iter().flat_map(|row| &row.cells).filter_map(Cell::text);
        let titled: Vec<i32> = titles.filter_map(|title| year_in(&title)).collect();
        let of_title = years.iter().rfind(|(year, _)| titled.contains(year));
        let Some((year, column)) = of_title.or(years.last()).copied() else {
            return false;
        };
        take(columns, out, column, "结果");
        let before = years.iter().find(|(other, _)| *other == year - 1);
        out.by_rows = true;
        if let Some((_, before)) = before.filter(|_| sheet.holds_sums(column)) {
            take(columns, out, *before, "基准");
        }
        true
    }

    /// In a list of people with one outcome, the column of its reasons names it: 不确定等次原因. Whoever has a reason has
    /// the outcome.
    pub(super) fn why_of_one_outcome(
        &self,
        columns: &Columns,
        sheet: &Sheet<'_>,
    ) -> Option<((usize, String), Inferred)> {
        // Where sums stand, those are the result.
        let holds_sums = |column: &usize| sheet.holds_sums(*column) && sheet.said(*column).next().is_some();
        if self.unlisted(columns, sheet).iter().any(holds_sums) {
            return None;
        }
        let mut found = columns.get("理由")?.iter().filter_map(|column| {
            let said = bare(&sheet.texts[*column]);
            let outcome = self
                .guesses
                .why
                .iter()
                .find_map(|end| said.strip_suffix(end.as_str()))?;
            self.guesses
                .outcomes
                .contains(outcome)
                .then(|| (*column, outcome.to_owned()))
        });
        let only = found.next().filter(|_| found.next().is_none())?;
        let inferred = Inferred {
            guessed: vec![(only.0, "结果".to_owned())],
            by_rows: true,
            ..Inferred::default()
        };
        Some((only, inferred))
    }

    /// The only column that mostly holds words of outcomes, whatever it is headed by.
    fn by_outcomes(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) -> bool {
        let holds_outcomes = |column: &usize| {
            let said: Vec<String> = sheet.said(*column).collect();
            let outcomes = said.iter().filter(|text| self.guesses.is_outcome(text)).count();
            outcomes >= FEWEST_OUTCOMES && outcomes * 2 > said.len()
        };
        let is_open = |column: &usize| {
            let said = bare(&sheet.texts[*column]);
            !self.guesses.is_other(&said) || self.guesses.decided.iter().any(|word| said.contains(word.as_str()))
        };
        let unlisted = self.unlisted(columns, sheet).into_iter();
        let found: Vec<usize> = unlisted.filter(is_open).filter(holds_outcomes).collect();
        let [column] = found[..] else { return false };
        out.by_rows = true;
        take(columns, out, column, "结果");
        true
    }

    /// Posts that people are to have and to lose: that is the result.
    fn by_posts(&self, sheet: &Sheet<'_>, out: &mut Inferred) -> bool {
        let called = |words: &[String]| -> Vec<usize> {
            let is_it = |column: &usize| {
                let text = &sheet.texts[*column];
                let last = squeezed(text.rsplit('\n').next().unwrap_or_default());
                words.contains(&bare(text)) || words.contains(&last)
            };
            (0..sheet.texts.len()).filter(is_it).collect()
        };
        (out.to, out.from) = (called(&self.guesses.to), called(&self.guesses.from));
        out.says_posts()
    }

    /// Several looks at one result, one after the other (初评, 复核, 终评): the last that says something counts. Signatures
    /// are headed by the same words.
    fn by_stages(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) -> bool {
        let guesses = &self.guesses;
        let endings = guesses.results.first().map_or(&[][..], Vec::as_slice);
        let is_stage = |text: &str| guesses.stages.iter().any(|stage| text.ends_with(stage.as_str()));
        // What each is called besides must be the same: a result and a decision are two things.
        let behind = |said: &str| match endings.iter().find(|end| said.ends_with(end.as_str())) {
            _ if is_stage(said) => Some(String::new()),
            Some(end) => is_stage(said.strip_suffix(end.as_str())?).then(|| end.clone()),
            None => None,
        };
        let mut stages: Vec<(usize, String)> = Vec::new();
        for column in self.unlisted(columns, sheet) {
            let said = bare(&sheet.texts[column]);
            match behind(&said).filter(|_| !guesses.is_other(&said)) {
                Some(behind) => stages.push((column, behind)),
                None if self.ends_like(&said, endings) => return false,
                None => {}
            }
        }
        if stages.len() < 2 || stages.iter().any(|(_, behind)| *behind != stages[0].1) {
            return false;
        }
        let found: Vec<usize> = stages.into_iter().map(|(column, _)| column).collect();
        out.by_rows = true;
        let holds = |column: &usize| self.outcomes_in(sheet, *column) > 0;
        let found: Vec<usize> = found.into_iter().filter(holds).collect();
        for column in &found {
            take(columns, out, *column, "结果");
        }
        !found.is_empty()
    }

    /// A header that ends as headers of results do. What may be a reason is one where another says the result. `None`:
    /// there are several.
    fn by_likeness(
        &self,
        columns: &mut Columns,
        sheet: &Sheet<'_>,
        out: &mut Inferred,
        groups: std::ops::Range<usize>,
    ) -> Option<bool> {
        let unlisted = self.unlisted(columns, sheet);
        let is_either = |column: &usize| self.guesses.either.contains(&bare(&sheet.texts[*column]));
        let groups = self.guesses.results.get(groups).unwrap_or_default();
        let likely = |either: bool| {
            groups.iter().find_map(|group| {
                let ends = |column: &usize| self.ends_like(&sheet.texts[*column], group) && is_either(column) == either;
                let found: Vec<usize> = unlisted.iter().copied().filter(ends).collect();
                (!found.is_empty()).then_some(found)
            })
        };
        let Some(found) = likely(false).or_else(|| likely(true)) else {
            return Some(false);
        };
        // Offices give their opinions one after the other; of other things nobody knows which is meant.
        let is_opinion = |column: &usize| bare(&sheet.texts[*column]).ends_with("意见");
        if found.len() > 1 && !found.iter().all(is_opinion) {
            return None;
        }
        for column in found {
            take(columns, out, column, "结果");
        }
        Some(true)
    }

    fn ends_like(&self, text: &str, endings: &[String]) -> bool {
        let said = bare(text);
        !self.guesses.is_other(&said) && endings.iter().any(|end| said.ends_with(end.as_str()))
    }

    /// What says the result where nothing else does says the reason beside one, and so does what is headed like a reason.
    fn reasons_beside(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) {
        let guesses = &self.guesses;
        for column in self.unlisted(columns, sheet) {
            let text = &sheet.texts[column];
            let last = bare(text.rsplit('\n').next().unwrap_or_default());
            if guesses.either.contains(&bare(text)) {
                columns.entry("理由".to_owned()).or_default().push(column);
                continue;
            }
            // What says elsewhere what came of it is seldom a reason.
            let is_result = self.is_like_result(text);
            if guesses.is_reason(&last) && !is_result {
                take(columns, out, column, "理由");
            } else if guesses.is_reason(&last) || guesses.is_remark(&last) {
                take(columns, out, column, "理由");
                out.remarks.push(column);
            }
        }
    }

    /// What somebody becomes is a post and not a sum, and another column says what kind of change it is: that is the
    /// result.
    fn kind_of_change(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) {
        let is_after = |column: &usize| self.guesses.after.contains(&bare(&sheet.texts[*column]));
        let Some(results) = columns.get("结果").filter(|results| results.iter().all(is_after)) else {
            return;
        };
        let is_kind = |column: &usize| self.guesses.kinds.contains(&bare(&sheet.texts[*column]));
        let kinds: Vec<usize> = self.unlisted(columns, sheet).into_iter().filter(is_kind).collect();
        let [kind] = kinds[..] else {
            return;
        };
        out.by_rows = true;
        if results.iter().any(|column| sheet.holds_sums(*column)) {
            return;
        }
        let posts = columns.remove("结果").unwrap_or_default();
        columns.remove("基准");
        columns.entry("事项".to_owned()).or_insert(posts);
        take(columns, out, kind, "结果");
    }

    /// Columns that mean no field, left to right, those apart that have nothing to do with what is asked.
    pub(super) fn unlisted(&self, columns: &Columns, sheet: &Sheet<'_>) -> Vec<usize> {
        let is_open = |column: &usize| {
            let said = bare(&sheet.texts[*column]);
            let is_tick = sheet.ticks.iter().any(|(tick, _)| tick == column);
            !said.is_empty() && !is_tick && field_of(columns, *column).is_none() && !self.aside.contains(&said)
        };
        (0..sheet.texts.len()).filter(is_open).collect()
    }

    /// Whether a header that means no field may be one of a result, a reason or a day.
    pub(super) fn may_matter(&self, text: &str) -> bool {
        let said = bare(text.rsplit('\n').next().unwrap_or_default());
        let guesses = &self.guesses;
        let ends = |words: &[String]| words.iter().any(|end| said.ends_with(end.as_str()));
        let is_day = OF_DAYS.iter().any(|end| said.ends_with(end));
        let is_level = guesses.levels.contains(&said);
        is_day || ends(&guesses.reasons) || ends(&guesses.remarks) || (self.is_like_result(text) && !is_level)
    }

    /// Whether a header ends as headers of results do.
    fn is_like_result(&self, text: &str) -> bool {
        let groups = &self.guesses.results;
        groups.iter().any(|group| self.ends_like(text, group))
    }

    /// Of headers that mean no field, those that may be of results.
    pub(super) fn may_be_results<'a>(&self, texts: &[&'a str]) -> Vec<&'a str> {
        texts.iter().copied().filter(|text| self.is_like_result(text)).collect()
    }
}

impl Kind {
    /// A header with what its brackets say before it (岗位工资（原）), else without them.
    pub(super) fn fronted(&self, text: &str) -> String {
        fronted(text, &self.guesses.fronts).unwrap_or_else(|| bare(text))
    }

    /// Whether the sums of a list may be its result though none of them is called so: beside grades the header speaks of
    /// pay, and opinions say no outcome.
    fn may_be_pay(&self, columns: &Columns, sheet: &Sheet<'_>, out: &mut Inferred) -> bool {
        // The title of an appraisal may well speak of performance.
        let is_of_pay = || columns.contains_key("基准") || sheet.is_titled_pay(&self.guesses.pay);
        let is_titled = || !columns.contains_key("考核等次") && is_of_pay();
        if !sheet.speaks_of_pay(&self.guesses.pay) && !is_titled() {
            return false;
        }
        let opinions = columns.get("意见").into_iter().flatten();
        let mut said = opinions.flat_map(|column| sheet.said(*column)).peekable();
        out.by_rows |= said.peek().is_some();
        said.all(|text| self.is_agreed(&text) || !self.guesses.is_outcome(&text))
    }
}

/// Whether a row is one text over several columns, as a note in merged cells is: it says nothing of any of them.
fn is_spread(row: &RawRow) -> bool {
    let mut said = row.cells.iter().filter(|cell| !matches!(cell, Cell::Empty));
    let Some(Cell::Text(first)) = said.next() else {
        return false;
    };
    let mut others = said.peekable();
    first.chars().count() > LONGEST_MARK
        && others.peek().is_some()
        && others.all(|other| matches!(other, Cell::Text(text) if text == first))
}

impl Sheet<'_> {
    /// Whether a header speaks of pay: beside a grade, figures may as well be marks.
    fn speaks_of_pay(&self, words: &[String]) -> bool {
        let mut texts = self.texts.iter().map(|text| squeezed(text));
        texts.any(|text| words.iter().any(|word| text.contains(word.as_str())))
    }

    /// Whether a line above the header does.
    fn is_titled_pay(&self, words: &[String]) -> bool {
        let titles = self.above.iter().flat_map(|row| &row.cells).filter_map(Cell::text);
        let mut titles = titles.map(|text| squeezed(&text));
        titles.any(|text| words.iter().any(|word| text.contains(word.as_str())))
    }

    /// What the first rows below the header say in a column.
    pub(super) fn said(&self, column: usize) -> impl Iterator<Item = String> {
        let rows = self.below.iter().take(LOOKED_AT).filter(|row| !is_spread(row));
        let cells = rows.filter_map(move |row| row.cells.get(column)?.text());
        cells.filter(|text| !is_dash(text))
    }

    /// Whether nothing but marks stands below the header in a column.
    pub(super) fn holds_marks(&self, column: usize) -> bool {
        self.said(column).all(|text| text.chars().count() <= LONGEST_MARK)
    }

    /// Whether most of what stands below the header in a column are sums.
    pub(super) fn holds_sums(&self, column: usize) -> bool {
        let said: Vec<String> = self.said(column).collect();
        let sums = said.iter().filter(|text| is_sum(text)).count();
        sums * 2 > said.len()
    }
}

/// Columns headed by one quarter, month or year and by the next, the rest being the same: the earlier, the later, the rest.
fn in_turn(texts: &[String], open: impl Fn(usize) -> bool) -> impl Iterator<Item = (usize, usize, String)> {
    let spans: Vec<(usize, (char, u32), &str)> = texts
        .iter()
        .enumerate()
        .filter(|(column, _)| open(*column))
        .filter_map(|(column, text)| span_of(text).map(|(span, rest)| (column, span, rest)))
        .collect();
    let mut found = Vec::new();
    for (before, (kind, number), rest) in &spans {
        let next = spans
            .iter()
            .filter(|(_, span, other)| *span == (*kind, number + 1) && other == rest);
        found.extend(next.map(|(after, ..)| (*before, *after, (*rest).to_owned())));
    }
    found.into_iter()
}

/// The year, quarter or month that a header begins with, and what stands behind it.
fn span_of(text: &str) -> Option<((char, u32), &str)> {
    let text = text.strip_prefix('第').unwrap_or(text);
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let (number, rest) = if digits > 0 {
        (text[..digits].parse().ok()?, &text[digits..])
    } else {
        let first = text.chars().next()?;
        let at = ['一', '二', '三', '四'].iter().position(|c| *c == first)?;
        (u32::try_from(at + 1).ok()?, &text[first.len_utf8()..])
    };
    let behind = |words: [&str; 2]| words.iter().find_map(|word| rest.strip_prefix(word));
    if let Some(rest) = behind(["季度", "季"]) {
        return Some((('季', number), rest));
    }
    let is_year = digits == 4;
    // 2026年9月 is a month of that year.
    if is_year
        && let Some(within) = behind(["年度", "年"])
        && let Some((part, rest)) = span_of(within)
        && matches!(part.0, '月' | '季')
    {
        let parts = if part.0 == '季' { 4 } else { 12 };
        return Some(((part.0, number * parts + part.1), rest));
    }
    let (kind, words) = if is_year {
        ('年', ["年度", "年"])
    } else {
        ('月', ["月份", "月"])
    };
    (is_year || (1..=12).contains(&number)).then_some(())?;
    behind(words).map(|rest| ((kind, number), rest))
}

pub(super) fn take(columns: &mut Columns, out: &mut Inferred, column: usize, field: &str) {
    columns.entry(field.to_owned()).or_default().push(column);
    out.guessed.push((column, field.to_owned()));
}

pub(super) fn field_of(columns: &Columns, column: usize) -> Option<&str> {
    let found = columns.iter().find(|(_, columns)| columns.contains(&column));
    found.map(|(field, _)| field.as_str())
}

/// A header without spaces and without what is in brackets.
pub(super) fn bare(text: &str) -> String {
    without_brackets(&squeezed(text))
}
