//! Cases: the list, one of them as a file, and what an act would come to.

use super::finding::words;
use super::{Day, FindingRow, Level, Light, NumberSource, ObligationRow};
use crate::domain::ids::{CaseId, ObligationId, PersonId};
use crate::domain::policy::Event;
use crate::domain::procedure::What;
use crate::domain::time::Moment;
use chrono::NaiveDate;

words! {
    /// Which cases a list shows.
    CaseShow {
        /// Without a conclusion, and something is still to be done.
        UnderWay = "open", "办理中";
        /// The viewer is named as who handles it, and something is still to be done, after a conclusion too.
        Mine = "mine", "本人经办";
        /// The conclusion protects.
        Protecting = "protecting", "保护中";
        /// 不予容错
        NotTolerated = "refused", "不予容错";
        /// Withdrawn.
        Revoked = "revoked", "已撤销";
        /// Every one.
        All = "all", "全部";
    }
}
words! {
    /// Which lines of the register of protections are shown.
    ProtectionShow {
        /// Every one.
        All = "all", "全部";
        /// 免责
        Full = "full", "完全保护";
        /// 从轻, 减轻
        Capped = "capped", "限额保护";
        /// No conclusion yet.
        Pending = "pending", "调查中";
        /// Withdrawn.
        Revoked = "revoked", "已撤销";
    }
}

/// What a list of cases, or of protections, is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFilter<T> {
    /// Which.
    pub show: T,
    /// In the number, the name or the matter.
    pub text: Option<String>,
    /// A unit with what lies below it.
    pub unit: Option<String>,
    /// Page, counted from 1.
    pub page: u32,
}

/// One line of the list of cases.
#[derive(Debug, Clone)]
pub struct CaseRow {
    /// Its id.
    pub id: CaseId,
    /// 案件编号
    pub number: String,
    /// The cadre.
    pub person: String,
    /// The cadre's unit.
    pub unit: String,
    /// The matter's title.
    pub matter: String,
    /// The conclusion's words.
    pub conclusion: String,
    /// How far the case protects, if it does.
    pub level: Option<Level>,
    /// The day of the conclusion.
    pub since: Option<NaiveDate>,
    /// What is due first of what is open.
    pub next: Option<ObligationRow>,
    /// How many limits are open.
    pub open: usize,
}

/// One line of the register of protections: a cadre protected by a case.
#[derive(Debug, Clone)]
pub struct ProtectedRow {
    /// The cadre.
    pub person_id: PersonId,
    /// 姓名
    pub person: String,
    /// The cadre's unit.
    pub unit: String,
    /// How far the protection reaches.
    pub level: Level,
    /// Its first day, when one is known.
    pub since: Option<NaiveDate>,
    /// The day it was revoked.
    pub revoked: Option<NaiveDate>,
    /// The case.
    pub case: CaseId,
    /// Its number.
    pub number: String,
    /// The matter's title.
    pub matter: String,
    /// The conclusion's words.
    pub conclusion: String,
    /// What was decided about the cadre last, newest first.
    pub outcomes: Vec<String>,
    /// Findings that are not closed.
    pub findings: u64,
}

/// A protected cadre with what was decided about them.
#[derive(Debug, Clone)]
pub struct PersonView {
    /// 姓名
    pub person: String,
    /// Unit.
    pub unit: String,
    /// 职务
    pub post: Option<String>,
    /// 职级
    pub rank: Option<String>,
    /// 管理状态
    pub status: Option<&'static str>,
    /// The cases the viewer sees.
    pub cases: Vec<CaseRow>,
    /// What was decided, newest first.
    pub outcomes: Vec<OutcomeRow>,
    /// Outcomes that are not listed because there are too many.
    pub more_outcomes: usize,
    /// What was found, open ones first.
    pub findings: Vec<FindingRow>,
}

/// One kept outcome of a cadre.
#[derive(Debug, Clone)]
pub struct OutcomeRow {
    /// What kind, e.g. 年度考核.
    pub domain: String,
    /// Item and period.
    pub item: String,
    /// The result in the list's words.
    pub result: String,
    /// The reason in the list's words.
    pub reason: String,
    /// The verdict, when one was reached.
    pub verdict: Option<super::Verdict>,
    /// Decided, or only proposed.
    pub is_final: bool,
    /// The day it was decided on.
    pub decided: Option<NaiveDate>,
    /// The list.
    pub file: String,
    /// When it was kept.
    pub at: Moment,
}

/// One case as a file.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// Its id.
    pub id: CaseId,
    /// Raised by every act.
    pub version: i64,
    /// 案件编号
    pub number: String,
    /// 事项编号
    pub matter_no: Option<String>,
    /// The matter's title.
    pub matter: String,
    /// Other cases of the matter that the viewer sees.
    pub siblings: Vec<(CaseId, String)>,
    /// The cadre.
    pub person_id: PersonId,
    /// 姓名
    pub person: String,
    /// Unit.
    pub unit: String,
    /// 职务
    pub post: Option<String>,
    /// Where it stands.
    pub stage: &'static str,
    /// The conclusion's words.
    pub conclusion: String,
    /// How far the case protects, if it does.
    pub level: Option<Level>,
    /// Day of the conclusion.
    pub concluded_on: Option<NaiveDate>,
    /// Day of the revocation.
    pub revoked_on: Option<NaiveDate>,
    /// What else the file says, by the names people know.
    pub facts: Vec<(&'static str, String)>,
    /// The way it has come.
    pub steps: Vec<StepView>,
    /// 六看
    pub aspects: Vec<AspectView>,
    /// Every limit, open ones first.
    pub limits: Vec<LimitView>,
    /// What happened, newest first.
    pub history: Vec<CaseEventRow>,
    /// Papers issued.
    pub papers: Vec<PaperRow>,
    /// Findings that are not closed.
    pub findings: Vec<FindingRow>,
    /// The case against the calendar.
    pub span: Span,
    /// What may be recorded, and why not.
    pub offers: Vec<Offer>,
}

/// 启动、调查、集体研究、反馈、归档
#[derive(Debug, Clone)]
pub struct StepView {
    /// Its name.
    pub word: &'static str,
    /// How far it is.
    pub state: StepState,
    /// What belongs to it, with the day it was done.
    pub items: Vec<StepItem>,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Done.
    Done,
    /// Begun, or next.
    Now,
    /// To come.
    Ahead,
}

impl StepState {
    /// The word on the page.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "已完成",
            Self::Now => "办理中",
            Self::Ahead => "未到",
        }
    }

    /// A short key for styles.
    pub fn key(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Now => "now",
            Self::Ahead => "ahead",
        }
    }
}

/// One thing of a step.
#[derive(Debug, Clone)]
pub struct StepItem {
    /// What.
    pub word: String,
    /// When it was done.
    pub day: Option<NaiveDate>,
    /// How urgent it is, while it is not done and due.
    pub light: Option<Light>,
}

/// One of 六看.
#[derive(Debug, Clone)]
pub struct AspectView {
    /// Its name.
    pub word: &'static str,
    /// What is asked.
    pub question: &'static str,
    /// The finding, once there is one: weight, words, evidence, day.
    pub found: Option<(&'static str, String, String, NaiveDate)>,
}

/// One limit of a case.
#[derive(Debug, Clone)]
pub struct LimitView {
    /// The line of the list.
    pub row: ObligationRow,
    /// What it runs from.
    pub anchor: String,
    /// The day of that.
    pub event_day: Day,
    /// How long.
    pub limit: String,
    /// Whose number.
    pub source: NumberSource,
    /// The act that fulfils it, when that is possible now.
    pub act: Option<What>,
    /// Whether that act needs no more than a day and a receipt.
    pub is_quick: bool,
    /// Whether a receipt is asked for.
    pub receipt: bool,
    /// The event to record, where the act is for several.
    pub event: Option<Event>,
}

/// One act of the history.
#[derive(Debug, Clone)]
pub struct CaseEventRow {
    /// The day it happened on.
    pub day: NaiveDate,
    /// When it was recorded.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// What, in a few words.
    pub text: String,
    /// What people wrote, by the names people know.
    pub details: Vec<(&'static str, String)>,
}

/// A paper that was issued.
#[derive(Debug, Clone)]
pub struct PaperRow {
    /// Its id.
    pub id: String,
    /// What kind.
    pub kind: String,
    /// 文号
    pub number: String,
    /// 成文日期
    pub dated: String,
    /// Who issued it.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// The days of a case, for its picture.
#[derive(Debug, Clone)]
pub struct Span {
    /// Every day, in order.
    pub days: Vec<Day>,
    /// What happened, by day.
    pub events: Vec<(NaiveDate, String)>,
    /// What is or was due, by day.
    pub dues: Vec<(NaiveDate, Light, String)>,
    /// Today.
    pub today: NaiveDate,
    /// Days behind the last that are not drawn.
    pub clipped: bool,
}

/// An act that may be recorded, or the reason why not.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Which.
    pub what: What,
    /// Why not; none when it may.
    pub why_not: Option<String>,
}

/// A limit that an act would make, change or fulfil.
#[derive(Debug, Clone)]
pub struct PlannedLimit {
    /// As it would stand in a list.
    pub row: ObligationRow,
    /// Its id.
    pub id: ObligationId,
    /// What it runs from.
    pub anchor: String,
    /// The day of that.
    pub event_day: Day,
    /// How long.
    pub limit: String,
    /// Whose number.
    pub source: NumberSource,
    /// The words of the clause.
    pub quote: String,
    /// Day by day: day and what it counts as.
    pub reckoning: Vec<(String, String)>,
    /// 办结、不再要求; empty for one that is to be done.
    pub becomes: &'static str,
}
