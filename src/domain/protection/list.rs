//! A list as a clerk has it, read but not yet judged.

pub use super::amount::Falls;
pub use super::domain::Domain;
pub use super::passed::{OfCategory, Passed};
use crate::domain::person::IdNumber;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A whole file: its sheets and what could not be read of it.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// File name without folder; it may name unit, period and domain.
    pub file: String,
    /// Sheets that have a header, in order. A delimited file has one.
    pub sheets: Vec<ListSheet>,
    /// Rows that hold something but cannot be read.
    pub unreadable: Vec<RowFault>,
    /// Records under a header, readable or not, without totals, notes and blank lines.
    pub rows_read: u32,
}

/// One sheet.
#[derive(Debug, Clone, Default)]
pub struct ListSheet {
    /// Sheet name; `None` for delimited text.
    pub name: Option<String>,
    /// The lines above the header, top to bottom, cells of one line joined by a space.
    pub title: Vec<String>,
    /// The words of the header cells, left to right (two-row headers joined).
    pub header: Vec<String>,
    /// Those of them that nothing was read under, those first that may matter most.
    pub unread: Vec<Unread>,
    /// Those that were taken for a field without a word that says so, with that field.
    pub guessed: Vec<(String, String)>,
    /// Those that somebody pointed out.
    pub pointed: Vec<String>,
    /// The records.
    pub rows: Vec<ListRow>,
    /// How often each 结果 stands among all its records, whoever they are.
    pub tally: Tally,
    /// What the records come to that were left out of `rows`.
    pub passed: Passed,
}

/// A column that nothing was read under.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// How likely it matters.
    pub kind: UnreadKind,
    /// Its header.
    pub header: String,
}

/// How likely a column matters that nothing was read under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnreadKind {
    /// Its header looks like one of a result, a reason or a day.
    Likely,
    /// Its header does not say.
    Open,
    /// It has none.
    Headless,
    /// Its header says that it hardly does.
    Slight,
}

/// How often each word stands in a column; so many different words at most, since figures all differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Word, as written, and how often.
    pub counts: BTreeMap<String, u32>,
    /// There were more different words than are counted.
    pub cut: bool,
}

impl Tally {
    /// Different words counted.
    pub const MOST: usize = 200;

    /// Counts one more.
    pub fn add(&mut self, word: &str) {
        self.add_many(word, 1);
    }

    /// Counts so many more.
    pub fn add_many(&mut self, word: &str, more: u32) {
        if let Some(count) = self.counts.get_mut(word) {
            *count += more;
        } else if self.counts.len() < Self::MOST {
            self.counts.insert(word.to_owned(), more);
        } else {
            self.cut = true;
        }
    }
}

/// One record of a list; every text is as it stood in the cell, trimmed at both ends.
#[derive(Debug, Clone)]
pub struct ListRow {
    /// The row number a person sees: first physical line of the record, 1-based.
    pub row: u32,
    /// 姓名; empty when the row names nobody.
    pub name: String,
    /// 公民身份号码
    pub id: IdNumber,
    /// 单位
    pub unit: Option<String>,
    /// What a heading between the rows calls those below it; it may name their unit.
    pub section: Option<String>,
    /// 职务; never decides who somebody is.
    pub post: Option<String>,
    /// 职级; only says whom somebody is compared with.
    pub rank: Option<String>,
    /// 事项类别, as written.
    pub category: Option<String>,
    /// 事项
    pub item: Option<String>,
    /// 结果: words or a number.
    pub result: Option<String>,
    /// 基准: the number the result is compared with.
    pub baseline: Option<String>,
    /// 考核等次 standing beside another result (a bonus list).
    pub grade: Option<String>,
    /// 理由 and 备注 columns in that order, each cell a part of its own.
    pub reasons: Vec<String>,
    /// What stands in columns that say a reason only where they speak of a matter or of accountability.
    pub remarks: Vec<String>,
    /// 佐证材料
    pub evidence: Option<String>,
    /// 期间
    pub period: Option<String>,
    /// 决定日期
    pub decided_on: Option<NaiveDate>,
}

/// A row or cell that cannot be read: where and why, in words for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFault {
    /// Sheet name; `None` for delimited text.
    pub sheet: Option<String>,
    /// Row number as a person sees it.
    pub row: u32,
    /// Header word of the column at fault, if one is.
    pub column: Option<String>,
    /// What is wrong and what to do.
    pub reason: String,
}

impl RowFault {
    /// What is wrong in a column of a row.
    pub fn of_column(sheet: Option<&str>, row: u32, column: &str, reason: impl Into<String>) -> Self {
        Self {
            sheet: sheet.map(str::to_owned),
            row,
            column: Some(column.to_owned()),
            reason: reason.into(),
        }
    }
}

/// A record with the place it came from.
#[derive(Debug, Clone)]
pub struct Located<T> {
    /// Sheet name; `None` for delimited text.
    pub sheet: Option<String>,
    /// Row number as a person sees it.
    pub row: u32,
    /// The record.
    pub value: T,
}
