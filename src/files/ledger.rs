//! Reads the rectification ledger, with whatever columns a site's own has.

use super::grid::{Grid, Record, cut, is_dash};
use super::headers::{HeaderWords, squeezed};
use super::records::{Taken, needed, read, said};
use super::table::{Cell, Document, Opens};
use super::{Parsed, ReadError, dates};
use crate::domain::protection::list::RowFault;
use crate::domain::rectification::{Facts, Listed, Progressed, RectificationRecord, SelfRating, Shape, Source, Stage};
use crate::domain::written::{self, Size};
use chrono::NaiveDate;
use std::collections::HashSet;

/// Reads the rectification ledger.
pub fn read_rectifications(
    file: &str,
    bytes: &[u8],
    words: &HeaderWords,
    by: &impl Opens,
) -> Result<Parsed<RectificationRecord>, ReadError> {
    rectifications(&super::single(file, bytes, by)?, words)
}

/// The shape of the first sheet that is a ledger.
pub fn ledger_shape(document: &Document, words: &HeaderWords) -> Option<Shape> {
    let tables = document.tables.as_ref().ok()?;
    let grid = tables
        .iter()
        .find_map(|table| Grid::of(table, &words.rectifications, words))?;
    Some(Shape {
        title: grid.title.into_iter().find(|line| !line.is_empty()).unwrap_or_default(),
        columns: grid.columns,
    })
}

/// Reads the rectification ledger that was opened.
pub fn rectifications(document: &Document, words: &HeaderWords) -> Result<Parsed<RectificationRecord>, ReadError> {
    let mut seen = HashSet::new();
    read(document, &words.rectifications, words, |record, sheet, faults| {
        let mut row = Row { record, sheet, faults };
        let (number, paper_no) = row.numbers()?;
        let (problem, unit) = (needed(record, sheet, "问题")?, needed(record, sheet, "责任单位")?);
        if !seen.insert(number.clone()) {
            return Err(record.fault(sheet, Some("编号"), format!("编号「{}」与前面的行重复", cut(&number))));
        }
        let standing = record.text("整改时限").is_some_and(|text| text.contains("长期"))
            || record.cell("整改时限").is_none()
                && said(record, "状态").and_then(|text| SelfRating::read(&text)) == Some(SelfRating::Standing);
        let due_on = if standing {
            None
        } else {
            record.date(sheet, "整改时限")?
        };
        let extended_to = row.day("延期后时限");
        if due_on.is_none() && !standing {
            return Err(record.fault(sheet, Some("整改时限"), "缺少整改时限；没有期限的事项请写「长期坚持」"));
        }
        let extended_to = row.later(extended_to, due_on);
        row.readable()?;
        let state = said(record, "状态");
        let mut facts = Facts {
            problem,
            sort: said(record, "问题类型"),
            source: said(record, "来源").map(|text| Source::read(&text)),
            measures: said(record, "整改措施"),
            goal: said(record, "整改目标"),
            unit,
            lead: said(record, "牵头领导"),
            person: said(record, "责任人"),
            contact: said(record, "联系人"),
            supervisor: said(record, "督办单位"),
            paper_no,
            extra: record
                .unknown()
                .into_iter()
                .filter(|(header, _)| !is_running_number(header))
                .collect(),
        };
        if let Some(state) = state.as_ref().filter(|text| SelfRating::read(text).is_none()) {
            facts.extra.insert("状态".to_owned(), state.clone());
        }
        Ok(RectificationRecord {
            number,
            facts,
            progress: Progressed {
                state,
                percent: row.percent(),
                text: said(record, "最近进展"),
                on: row.day("最近进展日期"),
            },
            listed: Listed {
                due_on,
                extended_to,
                extensions: row.count("延期次数"),
                issued_on: row.day("交办日期"),
                received_on: row.day("签收日期"),
                stages: row.stages(),
                evidence: said(record, "佐证材料").map(|text| names(&text)).unwrap_or_default(),
                asked_on: row.day("申请销号日期"),
                checked_by: said(record, "验收人"),
                opinion: said(record, "验收意见"),
                closed_on: row.day("销号日期"),
                relapsed: row.yes("是否反弹"),
                visited_on: row.day("回访日期"),
            },
        })
    })
}

/// A running number says where a row stands today, and nothing of the item.
pub fn is_running_number(header: &str) -> bool {
    matches!(squeezed(header).as_str(), "序号" | "行号" | "#" | "No." | "NO.")
}

struct Row<'a, 'b> {
    record: &'a Record<'b>,
    sheet: Option<&'a str>,
    faults: &'a mut Vec<RowFault>,
}

impl Row<'_, '_> {
    /// 编号, and 督办单号 where a ledger has both.
    fn numbers(&self) -> Taken<(String, Option<String>)> {
        let is_paper = |header: &str| squeezed(header) == "督办单号";
        let all = self.record.texts("编号");
        let own = all.iter().find(|(header, _)| !is_paper(header));
        match own {
            Some((_, number)) => {
                let paper = all.iter().find(|(header, _)| is_paper(header));
                Ok((
                    number.clone(),
                    paper.map(|(_, text)| text.clone()).filter(|text| !is_dash(text)),
                ))
            }
            None => Ok((needed(self.record, self.sheet, "编号")?, None)),
        }
    }

    /// What no record may hold: an ID number, a text without end, signs nobody sees.
    fn readable(&self) -> Taken<()> {
        let lines = ["编号", "责任单位", "督办单位"].map(|field| (field, Size::Line));
        let texts = [
            "问题",
            "问题类型",
            "来源",
            "整改措施",
            "整改目标",
            "牵头领导",
            "责任人",
            "联系人",
            "最近进展",
            "阶段节点",
            "佐证材料",
            "验收人",
            "验收意见",
        ]
        .map(|field| (field, Size::Lines));
        for (field, size) in lines.into_iter().chain(texts) {
            let text = self.record.text(field).unwrap_or_default();
            if let Err(why) = written::check(field, &text, size) {
                return Err(self.record.fault(self.sheet, Some(field), why));
            }
        }
        for (header, text) in self.record.unknown() {
            if let Err(why) = written::check(&cut(&header), &text, Size::Lines) {
                return Err(self.record.fault(self.sheet, None, why));
            }
        }
        Ok(())
    }

    fn fault(&mut self, field: &str, why: impl Into<String>) {
        self.faults.push(self.record.fault(self.sheet, Some(field), why));
    }

    fn day(&mut self, field: &str) -> Option<NaiveDate> {
        match self.record.date(self.sheet, field) {
            Ok(day) => day,
            Err(fault) => {
                self.faults.push(fault);
                None
            }
        }
    }

    fn later(&mut self, extended_to: Option<NaiveDate>, due_on: Option<NaiveDate>) -> Option<NaiveDate> {
        match (extended_to, due_on) {
            (Some(to), Some(due)) if to < due => {
                self.fault("延期后时限", format!("{to} 早于原定的时限 {due}，未采用"));
                None
            }
            // The same day is none.
            (Some(to), Some(due)) if to > due => Some(to),
            _ => None,
        }
    }

    /// `85%`, `85`, and 0.85 as a spreadsheet keeps 85%.
    fn percent(&mut self) -> Option<u8> {
        let text = said(self.record, "完成比例")?;
        let plain: String = super::cells::half_width(&text)
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        let share = match self.record.cell("完成比例") {
            Some(Cell::Number(number)) if (0.0..=1.0).contains(number) => Some(number * 100.0),
            // A share as text, as a spreadsheet saved as text has it.
            _ if plain.contains('.') && plain.parse().is_ok_and(|share: f64| (0.0..=1.0).contains(&share)) => {
                plain.parse().ok().map(|share: f64| share * 100.0)
            }
            _ => plain.trim_end_matches('%').parse::<f64>().ok(),
        };
        let share = share.filter(|share| (0.0..=100.0).contains(share));
        if share.is_none() {
            self.fault("完成比例", format!("「{}」不是百分比，应写成 85%", cut(&text)));
        }
        share.map(|share| share.round() as u8)
    }

    fn count(&mut self, field: &str) -> Option<u32> {
        let text = said(self.record, field)?;
        let plain: String = super::cells::half_width(&text)
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        let count = plain.parse().ok().filter(|count| *count <= 100);
        if count.is_none() {
            self.fault(field, format!("「{}」不是次数，应写成 1", cut(&text)));
        }
        count
    }

    fn yes(&mut self, field: &str) -> Option<bool> {
        let text = said(self.record, field)?;
        match squeezed(&text).as_str() {
            "是" | "有" | "反弹" | "√" | "Y" | "y" => Some(true),
            "否" | "未反弹" | "没有" | "×" | "N" | "n" => Some(false),
            _ => {
                self.fault(field, format!("「{}」应写成 是 或 否", cut(&text)));
                None
            }
        }
    }

    /// `一阶段：摸底 2026-03-31；二阶段：整治 2026-06-30`.
    fn stages(&mut self) -> Vec<Stage> {
        let Some(text) = said(self.record, "阶段节点") else {
            return Vec::new();
        };
        let mut stages: Vec<Stage> = Vec::new();
        for part in text.split(['；', ';', '\n']).flat_map(parts) {
            let part = part.as_str();
            match stage(part) {
                Some(stage) if stages.iter().all(|other| other.name != stage.name) => stages.push(stage),
                Some(stage) => {
                    let why = format!("阶段「{}」写了两次", cut(&stage.name));
                    self.fault("阶段节点", why);
                }
                None => {
                    let why = format!(
                        "「{}」没有可以读的日期（{}），应写成 摸底排查 2026-03-31，阶段之间用分号隔开",
                        cut(part),
                        dates::years_zh()
                    );
                    self.fault("阶段节点", why);
                }
            }
        }
        stages
    }
}

/// A part that has several days is as many stages.
fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut has_day = false;
    for piece in text
        .split(['、', '，', ','])
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
    {
        let day = stage(piece).is_some();
        match parts.last_mut() {
            Some(last) if !(day && has_day) => {
                last.push(' ');
                last.push_str(piece);
                has_day |= day;
            }
            _ => {
                parts.push(piece.to_owned());
                has_day = day;
            }
        }
    }
    parts
}

/// A day at the beginning of a word, and the rest of the word.
fn leading_day(word: &str) -> Option<(NaiveDate, &str)> {
    let ends: Vec<usize> = word
        .char_indices()
        .map(|(at, _)| at)
        .chain([word.len()])
        .skip(1)
        .collect();
    ends.into_iter()
        .rev()
        .filter(|end| *end <= LONGEST_DAY)
        .find_map(|end| Some((dates::parse(&word[..end])?, &word[end..])))
}

/// Bytes of the longest writing of a day.
const LONGEST_DAY: usize = 24;

/// A stage with the day in its text.
fn stage(part: &str) -> Option<Stage> {
    let is_gap = |c: char| c.is_whitespace() || "：:（）()，,、".contains(c);
    let mut name = Vec::new();
    let mut due_on = None;
    let mut done = false;
    for token in part.split(is_gap).filter(|token| !token.is_empty()) {
        match leading_day(token) {
            Some((day, rest)) if due_on.is_none() => {
                due_on = Some(day);
                let rest = rest.trim_start_matches(['前', '底', '止']);
                if !rest.is_empty() {
                    name.push(rest);
                }
            }
            _ if matches!(token, "已完成" | "完成" | "√") => done = true,
            _ => name.push(token),
        }
    }
    let due_on = due_on?;
    let name = if name.is_empty() {
        due_on.to_string()
    } else {
        name.join(" ")
    };
    Some(Stage {
        name,
        due_on,
        done_on: done.then_some(due_on),
    })
}

/// Names of papers as a cell lists them.
fn names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in text.split(['；', ';', '\n', '、']).map(str::trim) {
        if !name.is_empty() && !is_dash(name) && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_has_a_name_and_a_day_however_they_stand() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a day");
        for (text, name, due, done) in [
            ("摸底排查 2026-03-31", "摸底排查", day(2026, 3, 31), false),
            ("第一阶段（2026年3月31日前）", "第一阶段", day(2026, 3, 31), false),
            ("2026.6.30：全面整治", "全面整治", day(2026, 6, 30), false),
            ("验收 2026/9/30 已完成", "验收", day(2026, 9, 30), true),
            (
                "第一阶段：2026-11-20前完成摸底",
                "第一阶段 完成摸底",
                day(2026, 11, 20),
                false,
            ),
        ] {
            let read = stage(text).expect(text);
            assert_eq!(
                (read.name.as_str(), read.due_on, read.done_on.is_some()),
                (name, due, done),
                "{text}"
            );
        }
        assert!(stage("没有日期").is_none());
        assert_eq!(parts("一阶段 2026.11.20、二阶段 2026.12.10").len(), 2);
        assert_eq!(parts("摸底、整治 2026.11.20").len(), 1);
    }
}
