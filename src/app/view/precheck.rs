//! Pre-checks: one at work or done, and the record of earlier ones.

use super::PageOf;
use super::finding::words;
use crate::domain::protection::Verdict;
use crate::domain::time::Moment;
use chrono::NaiveDate;

pub use crate::app::precheck::export::Sums;
pub use crate::app::precheck::jobs::Stage;
pub use crate::domain::protection::list::RowFault;

words! {
    /// Which lines of a list are shown.
    LineShow {
        /// Every line that is told.
        All = "all", "全部";
        /// 违反
        Violation = "violation", "违反";
        /// 疑似
        Suspect = "suspect", "疑似";
        /// 名单缺漏
        Absent = "absent", "缺漏";
        /// 待核, 待佐证
        Check = "check", "需核对";
    }
}

impl LineShow {
    /// Whether a line is one of these.
    pub fn takes(self, verdict: Verdict) -> bool {
        match self {
            Self::All => true,
            Self::Violation => verdict == Verdict::Violation,
            Self::Suspect => verdict == Verdict::Suspect,
            Self::Absent => verdict == Verdict::Absent,
            Self::Check => matches!(verdict, Verdict::Review | Verdict::Explain),
        }
    }
}

/// What of a job is looked at.
#[derive(Debug, Clone, Copy)]
pub struct JobFilter {
    /// Which list, by its place.
    pub list: usize,
    /// Which lines.
    pub show: LineShow,
    /// Page, counted from 1.
    pub page: u32,
}

/// A job of the viewer.
#[derive(Debug, Clone)]
pub struct JobView {
    /// Its name.
    pub id: String,
    /// When it was sent.
    pub begun: Moment,
    /// When it is dropped.
    pub until: Moment,
    /// The day its lists are judged for.
    pub as_of: NaiveDate,
    /// Results are kept.
    pub keep: bool,
    /// Something is still to be done.
    pub running: bool,
    /// Something could not be used.
    pub failed: bool,
    /// Its files.
    pub files: Vec<FileLine>,
    /// Its lists.
    pub lists: Vec<ListLine>,
    /// The list that is looked at.
    pub list: Option<ListView>,
}

impl JobView {
    /// Files that are done.
    pub fn done(&self) -> usize {
        self.files.iter().filter(|file| file.stage == Stage::Ended).count()
    }

    /// The file at hand.
    pub fn at_hand(&self) -> Option<&FileLine> {
        let busy = |file: &&FileLine| matches!(file.stage, Stage::Reading | Stage::Judging);
        self.files.iter().find(busy)
    }

    /// Rows read up to now.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }
}

/// A file of a job.
#[derive(Debug, Clone)]
pub struct FileLine {
    /// Its name.
    pub name: String,
    /// Its length in KiB, rounded up.
    pub kib: u64,
    /// How far it is.
    pub stage: Stage,
    /// Rows read up to now.
    pub rows: u64,
    /// What could not be used, and why.
    pub failures: Vec<FileFailure>,
}

/// What of a file could not be used.
#[derive(Debug, Clone)]
pub struct FileFailure {
    /// The list; none for the file as a whole.
    pub list: Option<String>,
    /// Why.
    pub reason: String,
}

impl FileLine {
    /// How far it is, in words.
    pub fn word(&self) -> &'static str {
        match self.stage {
            Stage::Waiting => "等待",
            Stage::Reading => "正在读取",
            Stage::Judging => "正在判断",
            Stage::Ended if self.failures.is_empty() => "已预检",
            Stage::Ended if self.rows > 0 => "部分未能预检",
            Stage::Ended => "未能预检",
        }
    }
}

/// A list of a job.
#[derive(Debug, Clone)]
pub struct ListLine {
    /// Its place.
    pub at: usize,
    /// Its name.
    pub name: String,
    /// Rows read.
    pub rows_read: u32,
    /// Lines of each kind.
    pub sums: Sums,
    /// Places that could not be read.
    pub faults: usize,
}

/// A header and the field it was taken for.
pub type Head = (String, Option<String>);

/// One list with what was found.
#[derive(Debug, Clone)]
pub struct ListView {
    /// Its line.
    pub line: ListLine,
    /// The place of its file.
    pub file: usize,
    /// Its unit.
    pub unit: Option<String>,
    /// Its period.
    pub period: Option<String>,
    /// Kinds of outcomes.
    pub kinds: String,
    /// Rows of protected people, for those who may know.
    pub protected: Option<u32>,
    /// Lines of units that the viewer does not see.
    pub withheld: u32,
    /// Outcomes kept, findings opened, findings raised.
    pub kept: Option<(u32, u32, u32)>,
    /// The last time the same bytes were judged, in a sentence.
    pub earlier: Option<String>,
    /// What people should know.
    pub notices: Vec<String>,
    /// Which lines are shown.
    pub show: LineShow,
    /// The lines.
    pub lines: PageOf<LineView>,
    /// The first of the places that could not be read.
    pub unreadable: Vec<RowFault>,
    /// Its headers with the field each was taken for, sheet by sheet.
    pub heads: Vec<(Option<String>, Vec<Head>)>,
    /// Columns that were pointed out: field and header.
    pub pointed: Vec<(String, String)>,
    /// Fields a column may be.
    pub fields: Vec<String>,
    /// The unit each opinion is for.
    pub papers: Vec<Option<String>>,
}

/// A line with the row it is about.
#[derive(Debug, Clone)]
pub struct LineView {
    /// 工作表
    pub sheet: Option<String>,
    /// Row; none for somebody who is missing.
    pub row: Option<u32>,
    /// 姓名
    pub name: String,
    /// 单位
    pub unit: Option<String>,
    /// The kind of outcome.
    pub domain: &'static str,
    /// What was found.
    pub verdict: Verdict,
    /// 依据
    pub basis: String,
    /// Whom to ask.
    pub contact: String,
    /// Its row as it stands in the list.
    pub cells: Vec<CellView>,
}

/// A cell of a row.
#[derive(Debug, Clone)]
pub struct CellView {
    /// What stands over it.
    pub head: String,
    /// Its text.
    pub text: String,
    /// It decided something.
    pub decides: bool,
    /// Words of it that decided and may be pointed at; none: the whole cell.
    pub words: Vec<String>,
    /// What to say of it.
    pub notes: Vec<String>,
}

/// An earlier pre-check; it names nobody but who ran it.
#[derive(Debug, Clone)]
pub struct RunRow {
    /// When.
    pub at: Moment,
    /// The file.
    pub file: String,
    /// The first places of its fingerprint.
    pub hash: String,
    /// Kinds of outcomes.
    pub kinds: String,
    /// Unit of the list.
    pub unit: Option<String>,
    /// Period of the list.
    pub period: Option<String>,
    /// The day it was judged for.
    pub as_of: Option<NaiveDate>,
    /// By whom.
    pub by: String,
    /// Rows read.
    pub rows: i64,
    /// What was found to be checked.
    pub found: String,
    /// Results were kept.
    pub kept: bool,
}
