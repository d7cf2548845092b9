//! What is said of a file without a header: what to do first, then what was looked for and what was found.

use super::{Kind, SEARCH_ROWS, squeezed, texts, without_brackets};
use crate::files::ReadError;
use crate::files::table::Table;

/// Headers that are named in a message.
const NAMED: usize = 20;
/// Headers that are proposed for one field.
const PROPOSED: usize = 4;
/// Characters of a header that may be proposed.
const LONGEST: usize = 20;

impl Kind {
    /// Why none of the tables of a file is a list of this kind.
    pub(in crate::files) fn refusal(&self, file: &str, tables: &[Table]) -> ReadError {
        let of = |table: &Table| {
            let rows = table.rows.iter().take(SEARCH_ROWS);
            let rows = rows.map(|row| (row.number, texts(row)));
            rows.max_by_key(|(number, texts)| (self.known_of(texts), std::cmp::Reverse(*number)))
        };
        let best = tables.iter().filter_map(of);
        let best = best.max_by_key(|(_, texts)| self.known_of(texts));
        let (advice, found) = match &best {
            None => (None, "文件中没有数据".to_owned()),
            Some((_, texts)) if self.known_of(texts) == 0 => (None, "没有一行像表头".to_owned()),
            Some((number, texts)) => (self.advice(texts), self.nearest(*number, texts)),
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

    /// What to do about a list whose header was nearly found.
    fn advice(&self, texts: &[String]) -> Option<String> {
        if !self.is_list() {
            return None;
        }
        let (columns, _) = self.columns_of(texts, true);
        let has = |fields: &[String]| fields.is_empty() || fields.iter().any(|field| columns.contains_key(field));
        let open = texts.iter().map(String::as_str).filter(|text| {
            let said = without_brackets(&squeezed(text));
            let is_short = !said.is_empty() && said.chars().count() <= LONGEST;
            is_short && self.field(text).is_none() && !self.aside.contains(&said)
        });
        let open: Vec<&str> = open.collect();
        let person = (!has(&self.any)).then_some("姓名");
        let result = (!has(&self.result_any)).then_some("结果");
        let likely = match result {
            Some(_) => self.may_be_results(&open),
            None => Vec::new(),
        };
        let several = likely.len() > 1;
        let mut left = if likely.is_empty() { open } else { likely };
        let missing: Vec<&str> = person.into_iter().chain(result).collect();
        if missing.is_empty() || left.is_empty() {
            return None;
        }
        let shown = |text: &str| format!("「{}」", text.replace('\n', ""));
        let candidates: Vec<String> = left.iter().take(PROPOSED).map(|text| shown(text)).collect();
        let may_be = match (several, &candidates[..]) {
            (true, _) => format!("，可能是{}，请选定一栏", candidates.concat()),
            (false, [only]) => format!("，可能是{only}"),
            (false, _) => String::new(),
        };
        let example: Vec<String> = missing
            .iter()
            .map_while(|field| {
                let header: String = squeezed(if left.is_empty() { return None } else { left.remove(0) });
                Some(format!("--map {field}={header}"))
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
