//! What is said of a file without a header: what to do first, then what was looked for and what was found.

use super::guess::Sheet;
use super::{HEAD, Kind, SEARCH_ROWS, squeezed, texts, without_brackets};
use crate::domain::protection::is_sum;
use crate::domain::protection::list::RowFault;
use crate::files::ReadError;
use crate::files::grid::is_dash;
use crate::files::table::{RawRow, Table};
use std::collections::BTreeSet;

/// Headers that are named in a message.
const NAMED: usize = 20;
/// Headers that are proposed for one field.
const PROPOSED: usize = 4;
/// Characters of a header that may be proposed.
const LONGEST: usize = 20;

/// The row that looks most like a header, with the line below it that belongs to it.
struct Nearest<'a> {
    number: u32,
    texts: Vec<String>,
    /// What stands below.
    below: &'a [RawRow],
}

impl Nearest<'_> {
    fn cells(&self, column: usize) -> impl Iterator<Item = String> {
        self.below.iter().filter_map(move |row| row.cells.get(column)?.text())
    }
}

impl Kind {
    /// Why none of the tables of a file is a list of this kind.
    pub(in crate::files) fn refusal(&self, file: &str, tables: &[Table]) -> ReadError {
        let best = tables.iter().filter_map(|table| self.nearest_of(&table.rows));
        let best = best.max_by_key(|nearest| self.known_of(&nearest.texts));
        let (advice, found) = match &best {
            None => (None, "文件中没有数据".to_owned()),
            Some(nearest) if self.known_of(&nearest.texts) == 0 => (None, "没有一行像表头".to_owned()),
            Some(nearest) => (self.advice(nearest), self.nearest(nearest.number, &nearest.texts)),
        };
        let wanted = match (&advice, &best) {
            (Some(_), Some(nearest)) => self.wanted(Some(&nearest.texts)),
            _ => self.wanted(None),
        };
        ReadError::NoHeader {
            file: file.to_owned(),
            advice: match (advice, &best) {
                (Some(advice), Some(nearest)) => {
                    let place = nearest.number;
                    format!("第 {place} 行像是表头，但缺少要用的栏。{advice}")
                }
                _ => "没有找到表头".to_owned(),
            },
            wanted,
            found,
        }
    }

    /// Of a sheet beside good ones: that it names people and something like a result, which nobody can tell for certain,
    /// so that nothing of it was read.
    pub(in crate::files) fn left_unread(&self, table: &Table) -> Option<RowFault> {
        let nearest = self.nearest_of(&table.rows)?;
        let (columns, _) = self.columns_of(&nearest.texts, true);
        let has = |fields: &[String]| fields.iter().any(|field| columns.contains_key(field));
        let is_list = has(&self.any) && !has(&self.result_any);
        if !is_list || self.proposed(&nearest, &self.open(&nearest.texts)).is_empty() {
            return None;
        }
        Some(RowFault {
            sheet: table.sheet.clone(),
            row: nearest.number,
            column: None,
            reason: format!("这一行像是表头，这张工作表没有读：{}", self.advice(&nearest)?),
        })
    }

    fn known_of(&self, texts: &[String]) -> usize {
        self.columns_of(texts, true).0.len()
    }

    /// The row that has most of the words, the upper one of two.
    fn nearest_of<'a>(&self, rows: &'a [RawRow]) -> Option<Nearest<'a>> {
        let near = 0..rows.len().min(SEARCH_ROWS);
        let near = near.map(|at| (at, texts(&rows[at])));
        let (at, texts) = near.max_by_key(|(at, texts)| (self.known_of(texts), std::cmp::Reverse(*at)))?;
        let second = rows
            .get(at + 1)
            .and_then(|below| self.second_line(&rows[at], &texts, below));
        let height = if second.is_some() { 2 } else { 1 };
        Some(Nearest {
            number: rows[at].number,
            texts: second.unwrap_or(texts),
            below: rows.get(at + height..rows.len().min(HEAD)).unwrap_or_default(),
        })
    }

    /// A header with its second line, where what stands below it is one: under texts that stand over several columns,
    /// with different words and no sums, and nobody named.
    fn second_line(&self, row: &RawRow, upper: &[String], below: &RawRow) -> Option<Vec<String>> {
        let lower = texts(below);
        let says = |column: &usize| {
            let over = upper.get(*column).map_or("", String::as_str);
            !lower[*column].is_empty() && lower[*column] != over
        };
        let said: Vec<usize> = (0..lower.len()).filter(says).collect();
        let over = |column: usize| upper.get(column).filter(|text| !text.is_empty());
        let is_spanned = |column: &usize| {
            let beside = [column.checked_sub(1), Some(column + 1)];
            let mut beside = beside.into_iter().flatten().filter(|other| said.contains(other));
            beside.any(|other| over(other) == over(*column) || over(other).is_none() || over(*column).is_none())
        };
        let words: BTreeSet<&String> = said.iter().map(|column| &lower[*column]).collect();
        let is_line = below.number == row.number + 1
            && words.len() >= 2
            && said.iter().all(|column| is_spanned(column) && !is_sum(&lower[*column]))
            && !self.names_somebody(upper, &lower);
        is_line.then(|| self.joined(upper, &lower))
    }

    /// What to do about a list whose header was nearly found.
    fn advice(&self, nearest: &Nearest<'_>) -> Option<String> {
        if !self.is_list() {
            return None;
        }
        let texts = &nearest.texts;
        let (columns, _) = self.columns_of(texts, true);
        let has = |fields: &[String]| fields.is_empty() || fields.iter().any(|field| columns.contains_key(field));
        let (lacks_person, lacks_result) = (!has(&self.any), !has(&self.result_any));
        if !lacks_person && !lacks_result {
            return None;
        }
        let open = self.open(texts);
        let results = if lacks_result {
            self.proposed(nearest, &open)
        } else {
            Vec::new()
        };
        // Nobody is called by an outcome or by a sum.
        let name = open.iter().copied().filter(|_| lacks_person).find(|column| {
            let is_other = |text: &String| self.guesses.is_outcome(text) || is_sum(text);
            !results.contains(column) && !nearest.cells(*column).any(|text| is_other(&text))
        });
        let missing: Vec<&str> = [(lacks_person, "姓名"), (lacks_result, "结果")]
            .into_iter()
            .filter_map(|(lacks, field)| lacks.then_some(field))
            .collect();
        let candidates = if lacks_result { results.clone() } else { open.clone() };
        let shown = |column: &usize| format!("「{}」", texts[*column].replace('\n', ""));
        let candidates: Vec<String> = candidates.iter().take(PROPOSED).map(shown).collect();
        let may_be = match (&candidates[..], lacks_result) {
            ([], true) => "，没有一栏像是写着结果用词或者发放的数额".to_owned(),
            ([only], _) => format!("，可能是{only}"),
            (several, true) => format!("，可能是{}，请选定一栏", several.concat()),
            (_, false) => String::new(),
        };
        let example = |field: &str, column: Option<usize>| {
            let header = column.map_or_else(|| "表头".to_owned(), |column| squeezed(&texts[column]));
            format!("--map {field}={header}")
        };
        let mut examples = Vec::new();
        if lacks_person {
            examples.push(example("姓名", name));
        }
        if lacks_result {
            let result = results.first().copied();
            examples.push(example("结果", result));
            // A sum alone says nothing.
            let base = result.filter(|_| !columns.contains_key("基准") && !columns.contains_key("应发"));
            let base = base.and_then(|result| self.proposed_baseline(nearest, &open, result));
            examples.extend(base.map(|base| example("基准", Some(base))));
        }
        Some(format!(
            "看不出哪一栏是{}{may_be}。请指明后重做，如：{}（网页上在「列的对应」中选）",
            missing.join("、"),
            examples.join(" ")
        ))
    }

    /// Columns that mean no field and may matter.
    fn open(&self, texts: &[String]) -> Vec<usize> {
        let is_open = |column: &usize| {
            let said = without_brackets(&squeezed(&texts[*column]));
            let is_short = !said.is_empty() && said.chars().count() <= LONGEST;
            is_short && self.field(&texts[*column]).is_none() && !self.aside.contains(&said)
        };
        (0..texts.len()).filter(is_open).collect()
    }

    /// Of columns that mean no field those that may be the result, the likeliest first: those headed like one, those that
    /// hold outcomes, else sums that may have been paid. What people say of themselves only where nothing else is.
    fn proposed(&self, nearest: &Nearest<'_>, open: &[usize]) -> Vec<usize> {
        let text = |column: &usize| nearest.texts[*column].as_str();
        let outcomes = |column: &usize| {
            let cells = nearest.cells(*column);
            cells.filter(|text| self.guesses.is_outcome(text)).count()
        };
        let is_like = |column: &usize| !self.may_be_results(&[text(column)]).is_empty();
        let is_other = |column: &usize| self.guesses.is_other(&squeezed(text(column)));
        let holds = |column: &usize| outcomes(column) > 0;
        let mut likely: Vec<usize> = open.iter().copied().filter(is_like).collect();
        if likely.is_empty() {
            likely = open
                .iter()
                .copied()
                .filter(|column| holds(column) && !is_other(column))
                .collect();
        }
        if likely.is_empty() {
            likely = open.iter().copied().filter(holds).collect();
            likely.truncate(1);
        }
        likely.sort_by_key(|column| std::cmp::Reverse(outcomes(column)));
        if !likely.is_empty() {
            return likely;
        }
        let mut sums = self.sums_of(nearest, open);
        sums.retain(|column| !self.is_held_against(text(column)));
        // What was paid stands to the right of what it is held against.
        sums.sort_by_key(|column| std::cmp::Reverse((self.step(text(column)), *column)));
        sums
    }

    /// What the sum proposed for the result may be held against: the only other one.
    fn proposed_baseline(&self, nearest: &Nearest<'_>, open: &[usize], result: usize) -> Option<usize> {
        let sums = self.sums_of(nearest, open);
        if !sums.contains(&result) {
            return None;
        }
        let mut others = sums.into_iter().filter(|column| *column != result);
        let first = others.next().filter(|first| *first < result)?;
        let sheet = Sheet {
            texts: &nearest.texts,
            above: &[],
            below: nearest.below,
            ticks: &[],
        };
        (others.next().is_none() && self.is_whole((first, result), &sheet)).then_some(first)
    }

    fn sums_of(&self, nearest: &Nearest<'_>, open: &[usize]) -> Vec<usize> {
        let holds_sums = |column: &usize| {
            let cells: Vec<String> = nearest.cells(*column).filter(|text| !is_dash(text)).collect();
            let sums = cells.iter().filter(|text| is_sum(text)).count();
            sums * 2 > cells.len() && self.may_be_money(&nearest.texts[*column])
        };
        open.iter().copied().filter(holds_sums).collect()
    }

    /// The columns that must be there, in words; of a header that was found, those it lacks.
    fn wanted(&self, header: Option<&[String]>) -> String {
        let here = header.map(|texts| self.columns_of(texts, true).0);
        let has = |field: &String| here.as_ref().is_some_and(|columns| columns.contains_key(field));
        let required = self.required.iter().filter(|field| !has(field));
        let mut groups: Vec<String> = required.map(|field| self.spellings(field)).collect();
        for any in [&self.any, &self.result_any] {
            if !any.is_empty() && !any.iter().any(has) {
                let first = any.iter().take(1).map(|field| self.spellings(field));
                let others = any.iter().skip(1).map(|field| format!("「{field}」"));
                groups.push(first.chain(others).collect::<Vec<_>>().join("或"));
            }
        }
        groups.join("、")
    }

    fn spellings(&self, field: &str) -> String {
        let others: Vec<&str> = self
            .columns
            .get(field)
            .into_iter()
            .flatten()
            .map(String::as_str)
            .filter(|word| *word != field)
            .take(3)
            .collect();
        if others.is_empty() {
            format!("「{field}」")
        } else {
            format!("「{field}」（也可写作{}）", others.join("、"))
        }
    }

    /// The row that looks most like a header: what it has and what it lacks.
    fn nearest(&self, number: u32, texts: &[String]) -> String {
        let (known, _) = self.columns_of(texts, true);
        let lacking = self.required.iter().filter(|field| !known.contains_key(*field));
        let missing: Vec<&str> = lacking.map(String::as_str).collect();
        let seen = texts.iter().filter(|text| !text.is_empty()).take(NAMED);
        let seen: Vec<String> = seen.map(|text| text.replace('\n', "")).collect();
        let lacks = if missing.is_empty() {
            String::new()
        } else {
            format!("，缺少：{}", missing.join("、"))
        };
        format!("最像表头的是第 {number} 行：{}{lacks}", seen.join("、"))
    }
}
