//! What is said of a file without a header: what to do first, then what was looked for and what was found.

use super::{Kind, SEARCH_ROWS, joined, squeezed, texts, without_brackets};
use crate::domain::protection::is_sum;
use crate::files::ReadError;
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
        ReadError::NoHeader {
            file: file.to_owned(),
            advice: advice.map(|advice| format!("。{advice}")).unwrap_or_default(),
            wanted: self.wanted(),
            found,
        }
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
            below: rows.get(at + height..).unwrap_or_default(),
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
        is_line.then(|| joined(upper, &lower))
    }

    /// What to do about a list whose header was nearly found.
    fn advice(&self, nearest: &Nearest<'_>) -> Option<String> {
        if !self.is_list() {
            return None;
        }
        let texts = &nearest.texts;
        let (columns, _) = self.columns_of(texts, true);
        let has = |fields: &[String]| fields.is_empty() || fields.iter().any(|field| columns.contains_key(field));
        let open = texts.iter().enumerate().filter(|(_, text)| {
            let said = without_brackets(&squeezed(text));
            let is_short = !said.is_empty() && said.chars().count() <= LONGEST;
            is_short && self.field(text).is_none() && !self.aside.contains(&said)
        });
        // Where words of outcomes stand, the result is.
        let outcomes = |column: usize| {
            let cells = nearest.cells(column);
            cells.filter(|text| self.guesses.is_outcome(text)).count()
        };
        let open = open.map(|(column, text)| (outcomes(column), text.as_str()));
        let mut open: Vec<(usize, &str)> = open.collect();
        open.sort_by_key(|(outcomes, _)| std::cmp::Reverse(*outcomes));
        let says_most = open
            .first()
            .filter(|(outcomes, _)| *outcomes > 0)
            .map(|(_, text)| *text);
        let open: Vec<&str> = open.into_iter().map(|(_, text)| text).collect();
        let person = (!has(&self.any)).then_some("姓名");
        let result = (!has(&self.result_any)).then_some("结果");
        let likely = match result {
            Some(_) => {
                let likely = self.may_be_results(&open);
                if likely.is_empty() {
                    says_most.into_iter().collect()
                } else {
                    likely
                }
            }
            None => Vec::new(),
        };
        let several = likely.len() > 1;
        let missing: Vec<&str> = person.into_iter().chain(result).collect();
        let mut others: Vec<&str> = open.iter().copied().filter(|text| !likely.contains(text)).collect();
        let named = if likely.is_empty() {
            others.clone()
        } else {
            likely.clone()
        };
        if missing.is_empty() || named.is_empty() {
            return None;
        }
        let shown = |text: &&str| format!("「{}」", text.replace('\n', ""));
        let candidates: Vec<String> = named.iter().take(PROPOSED).map(shown).collect();
        let may_be = match (several, &candidates[..]) {
            (true, _) => format!("，可能是{}，请选定一栏", candidates.concat()),
            (false, [only]) => format!("，可能是{only}"),
            (false, _) => String::new(),
        };
        let example: Vec<String> = missing
            .iter()
            .map_while(|field| {
                let result = likely.first().filter(|_| *field == "结果").copied();
                let header = result.or_else(|| (!others.is_empty()).then(|| others.remove(0)))?;
                Some(format!("--map {field}={}", squeezed(header)))
            })
            .collect();
        Some(format!(
            "看不出哪一栏是{}{may_be}。请指明后重做，如：{}（网页上在「列的对应」中选）",
            missing.join("、"),
            example.join(" ")
        ))
    }

    /// The columns that must be there, in words.
    fn wanted(&self) -> String {
        let mut groups: Vec<String> = self.required.iter().map(|field| self.spellings(field)).collect();
        for any in [&self.any, &self.result_any] {
            if !any.is_empty() {
                groups.push(
                    any.iter()
                        .map(|field| self.spellings(field))
                        .collect::<Vec<_>>()
                        .join("或"),
                );
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
