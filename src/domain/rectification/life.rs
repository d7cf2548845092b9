//! Where an item stands on its three axes: received, done, accepted. The sum of what has happened to it.

use super::act::{Act, Dealt, Happened};
use super::facts::{Facts, Stage};
use crate::domain::contact::Role;
use crate::domain::name::Name;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 自评状态: what the unit says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelfRating {
    /// 未启动
    NotStarted,
    /// 整改中
    Ongoing,
    /// 基本完成
    NearlyDone,
    /// 已完成
    Done,
    /// 长期坚持
    Standing,
}

impl SelfRating {
    /// Every rating.
    pub const ALL: [Self; 5] = [
        Self::NotStarted,
        Self::Ongoing,
        Self::NearlyDone,
        Self::Done,
        Self::Standing,
    ];

    /// The word people see.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::NotStarted => "未启动",
            Self::Ongoing => "整改中",
            Self::NearlyDone => "基本完成",
            Self::Done => "已完成",
            Self::Standing => "长期坚持",
        }
    }

    /// Reads what ledgers write.
    pub fn read(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let found = match text.as_str() {
            "未启动" | "未开展" | "尚未启动" | "未整改" => Self::NotStarted,
            "整改中" | "正在整改" | "进行中" | "推进中" | "未完成" | "正在推进" => Self::Ongoing,
            "基本完成" | "基本整改" | "基本整改到位" => Self::NearlyDone,
            "已完成" | "完成" | "整改完成" | "已整改" | "已整改到位" | "整改到位" | "已办结" | "已销号" => {
                Self::Done
            }
            "长期坚持" | "持续推进" | "长期整改" => Self::Standing,
            _ => return None,
        };
        Some(found)
    }
}

/// 佐证材料.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// File name, or the name of a paper that a ledger names.
    pub name: String,
    /// SHA-256 of the file; none where there is only a name.
    pub hash: Option<String>,
    /// Size in bytes; 0 without a file.
    pub bytes: u64,
    /// What the content is: `pdf`, `docx`, …; empty without a file.
    pub kind: String,
}

/// 签收
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// Day.
    pub on: NaiveDate,
    /// By whom.
    pub by: String,
}

/// The last report of progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Day.
    pub on: NaiveDate,
    /// What was said.
    pub text: String,
}

/// What a supervisor said to something that was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Yes.
    Granted,
    /// No.
    Refused,
}

/// A decision about something that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Day.
    pub on: NaiveDate,
    /// By whom.
    pub by: String,
    /// As what.
    pub role: Option<Role>,
    /// Which.
    pub verdict: Verdict,
    /// What was said.
    pub said: String,
}

/// A request for another day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extending {
    /// The day it was to be done by when it was asked.
    pub from: NaiveDate,
    /// The new day.
    pub to: NaiveDate,
    /// Why.
    pub reason: String,
    /// Day of the request.
    pub asked_on: NaiveDate,
    /// By whom.
    pub by: String,
    /// The decision; none while it waits.
    pub decided: Option<Decided>,
}

/// A request to close it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Day of the request: the day it was done.
    pub asked_on: NaiveDate,
    /// By whom.
    pub by: String,
    /// As what.
    pub role: Option<Role>,
    /// The day it was to be done by then.
    pub due_on: Option<NaiveDate>,
    /// The check; none while it waits.
    pub checked: Option<Decided>,
}

/// 回访
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Day.
    pub on: NaiveDate,
    /// What was seen.
    pub result: String,
}

/// A step of the ladder that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Level.
    pub level: Name,
    /// Day.
    pub on: NaiveDate,
    /// By whom; empty when it was reached by itself.
    pub by: String,
    /// 扣分, in hundredths.
    pub deduction: u32,
}

/// Where an item stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Life {
    /// What describes it.
    pub facts: Facts,
    /// Day it was listed.
    pub listed_on: Option<NaiveDate>,
    /// 整改时限(原); none for 长期坚持.
    pub first_due: Option<NaiveDate>,
    /// The day it is to be done by now; none for 长期坚持.
    pub due_on: Option<NaiveDate>,
    /// 延期次数 that a ledger brought along.
    pub earlier_extensions: u32,
    /// 阶段节点
    pub stages: Vec<Stage>,
    /// 交办日期
    pub issued_on: Option<NaiveDate>,
    /// 签收
    pub received: Option<Received>,
    /// The last report.
    pub report: Option<Report>,
    /// 完成比例
    pub percent: u8,
    /// 自评状态
    pub rating: Option<SelfRating>,
    /// Who has ever reported or handed in material: they do not accept it.
    pub doers: Vec<String>,
    /// 佐证材料
    pub evidence: Vec<Evidence>,
    /// The last confirmation of a 长期坚持 item.
    pub confirmed: Option<Report>,
    /// Requests for another day, in order.
    pub extensions: Vec<Extending>,
    /// Requests to close it since it was last open, in order.
    pub closings: Vec<Closing>,
    /// 销号日期
    pub closed_on: Option<NaiveDate>,
    /// Accepted by a ledger, not checked here.
    pub closed_by_ledger: bool,
    /// Days on which it was found to have come back.
    pub relapses: Vec<NaiveDate>,
    /// Days on which it was closed and came back later.
    pub earlier_closings: Vec<NaiveDate>,
    /// 回访 since it was closed.
    pub visits: Vec<Visit>,
    /// Level of the ladder now.
    pub level: Option<Name>,
    /// Whoever raised the level by hand.
    pub raised_by: Option<String>,
    /// Every step of the ladder that was taken.
    pub steps: Vec<Reached>,
    /// Papers issued.
    pub papers: Vec<(String, String)>,
    /// Who was dealt with for neglect.
    pub dealt: Vec<Dealt>,
    /// Somebody has done something about it here: it is closed here, too.
    #[serde(default)]
    pub handled_here: bool,
    /// What the ledger said last: the same again is no news.
    #[serde(default)]
    pub ledger: LedgerSaid,
    /// Evidence before this place was handed in before it came back.
    #[serde(default)]
    pub evidence_from: usize,
    /// It had come back before it was listed here.
    #[serde(default)]
    pub relapsed_before: bool,
}

/// What a ledger said of the progress.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LedgerSaid {
    /// 最近进展
    pub text: Option<String>,
    /// 完成比例
    pub percent: Option<u8>,
    /// 自评状态
    pub rating: Option<SelfRating>,
}

impl Life {
    /// 长期坚持: confirmed from time to time instead of being done by a day.
    pub fn is_standing(&self) -> bool {
        self.due_on.is_none()
    }

    /// 已销号
    pub fn is_closed(&self) -> bool {
        self.closed_on.is_some()
    }

    /// The request to close it that waits for a check.
    pub fn closing_pending(&self) -> Option<&Closing> {
        self.closings.last().filter(|one| one.checked.is_none())
    }

    /// The request for another day that waits for a decision.
    pub fn extension_pending(&self) -> Option<&Extending> {
        self.extensions.last().filter(|one| one.decided.is_none())
    }

    /// What it waits for, in a stored word: the check of what was handed in, or the answer to a request for another day.
    pub fn waits_for(&self) -> Option<&'static str> {
        if self.closing_pending().is_some() {
            return Some("check");
        }
        self.extension_pending().map(|_| "extension")
    }

    /// Day on which it was done, as far as nobody has said that it is not.
    pub fn done_on(&self) -> Option<NaiveDate> {
        let asked = self.closings.last().filter(|one| {
            one.checked
                .as_ref()
                .is_none_or(|checked| checked.verdict == Verdict::Granted)
        });
        asked.map(|one| one.asked_on).or(self.closed_on)
    }

    /// Extensions granted so far, those of the ledger among them.
    pub fn extension_count(&self) -> u32 {
        self.earlier_extensions + self.granted().count() as u32
    }

    /// The extensions that were granted.
    pub fn granted(&self) -> impl Iterator<Item = &Extending> {
        self.extensions.iter().filter(|one| {
            one.decided
                .as_ref()
                .is_some_and(|decided| decided.verdict == Verdict::Granted)
        })
    }

    /// 办: the middle axis in a word, on a day.
    pub fn done_zh(&self, today: NaiveDate) -> &'static str {
        match (self.done_on(), self.due_on) {
            (Some(on), Some(due)) if on > due => "逾期完成",
            (Some(_), _) => "已完成",
            (None, None) => "长期坚持",
            (None, Some(due)) if today > due => "逾期未完成",
            (None, Some(_)) => match self.rating {
                Some(SelfRating::NearlyDone | SelfRating::Done) => "基本完成",
                Some(SelfRating::NotStarted) => "未启动",
                None if self.report.is_none() && self.percent == 0 => "未启动",
                _ => "整改中",
            },
        }
    }

    /// 收: the first axis in a word.
    pub fn received_zh(&self) -> &'static str {
        match (&self.received, self.issued_on) {
            (Some(_), _) => "已签收",
            (None, Some(_)) => "未签收",
            (None, None) => "—",
        }
    }

    /// 验: the last axis in a word.
    pub fn accepted_zh(&self) -> &'static str {
        if self.is_closed() {
            return "已销号";
        }
        match self.closings.last().map(|one| &one.checked) {
            Some(None) => "待验收",
            Some(Some(checked)) if checked.verdict == Verdict::Refused => "已退回",
            _ if !self.relapses.is_empty() => "反弹",
            _ => "未申请",
        }
    }

    /// Takes in what happened. Everything was decided before; this only adds up.
    pub fn take(&mut self, happened: &Happened) {
        let on = happened.on;
        self.handled_here |= happened.role.is_some();
        match &happened.act {
            Act::Listed {
                facts,
                due_on,
                extended_to,
                extensions,
                stages,
                percent,
                rating,
                relapsed,
            } => {
                self.relapsed_before = *relapsed;
                self.ledger.percent = Some(*percent);
                self.ledger.rating = *rating;
                self.facts = (**facts).clone();
                self.listed_on = Some(on);
                self.first_due = *due_on;
                self.due_on = extended_to.or(*due_on);
                self.earlier_extensions = *extensions;
                self.stages.clone_from(stages);
                self.percent = *percent;
                self.rating = *rating;
            }
            Act::Changed { facts, stages, .. } => {
                self.facts = (**facts).clone();
                self.stages.clone_from(stages);
            }
            Act::Issued => self.issued_on = Some(on),
            Act::Received => {
                self.received = Some(Received {
                    on,
                    by: happened.by.clone(),
                });
            }
            Act::Reported {
                percent,
                rating,
                text,
                stage,
            } => {
                if happened.role.is_none() {
                    self.ledger.text = Some(text.clone());
                    self.ledger.percent = percent.or(self.ledger.percent);
                    self.ledger.rating = rating.or(self.ledger.rating);
                }
                self.reported(happened, *percent, *rating, text, stage.as_deref());
            }
            Act::Attached { evidence } => {
                self.did(&happened.by);
                self.evidence.push(evidence.clone());
            }
            Act::Confirmed { text } => {
                self.did(&happened.by);
                self.confirmed = Some(Report { on, text: text.clone() });
            }
            Act::ExtensionAsked { to, reason } => {
                if let Some(from) = self.due_on {
                    self.extensions.push(Extending {
                        from,
                        to: *to,
                        reason: reason.clone(),
                        asked_on: on,
                        by: happened.by.clone(),
                        decided: None,
                    });
                }
            }
            Act::ExtensionGranted { remark, due } => {
                let to = self.decide_extension(happened, Verdict::Granted, remark.as_deref().unwrap_or_default());
                self.due_on = due.or(to).or(self.due_on);
                // The second person who moved the day has lowered what was reached under the day before.
                self.level = None;
                self.raised_by = None;
            }
            Act::ExtensionRefused { reason, due } => {
                self.decide_extension(happened, Verdict::Refused, reason);
                self.due_on = due.or(self.due_on);
            }
            Act::ClosingAsked => {
                self.did(&happened.by);
                self.closings.push(Closing {
                    asked_on: on,
                    by: happened.by.clone(),
                    role: happened.role,
                    due_on: self.due_on,
                    checked: None,
                });
            }
            Act::Accepted { opinion, by_ledger } => {
                self.check(happened, Verdict::Granted, opinion.as_deref().unwrap_or_default());
                self.closed_on = Some(on);
                self.closed_by_ledger = *by_ledger;
                self.visits.clear();
                self.level = None;
                self.raised_by = None;
            }
            Act::Returned { reason, redo_by } => {
                self.check(happened, Verdict::Refused, reason);
                self.due_on = redo_by.or(self.due_on);
            }
            Act::Relapsed { due_on, .. } => {
                self.earlier_closings.extend(self.closed_on.take());
                self.relapses.push(on);
                self.evidence_from = self.evidence.len();
                self.closings.clear();
                self.closed_by_ledger = false;
                self.visits.clear();
                self.due_on = Some(*due_on);
                self.report = None;
                self.percent = 0;
                self.rating = Some(SelfRating::Ongoing);
            }
            Act::Visited { result } => self.visits.push(Visit {
                on,
                result: result.clone(),
            }),
            Act::Reached { level, deduction, .. } => self.climb(*level, happened, *deduction, ""),
            Act::Raised { level, deduction, .. } => {
                self.climb(*level, happened, *deduction, &happened.by);
                self.raised_by = Some(happened.by.clone());
            }
            Act::Lowered { level, .. } => {
                self.level = *level;
                self.raised_by = None;
            }
            Act::Papered { paper, doc_no } => self.papers.push((paper.clone(), doc_no.clone())),
            Act::Dealt(dealt) => self.dealt.push(dealt.clone()),
            Act::HandedOver { facts, .. } => self.facts = (**facts).clone(),
        }
    }

    fn did(&mut self, by: &str) {
        if !by.is_empty() && !self.doers.iter().any(|known| known == by) {
            self.doers.push(by.to_owned());
        }
    }

    fn reported(
        &mut self,
        happened: &Happened,
        percent: Option<u8>,
        rating: Option<SelfRating>,
        text: &str,
        stage: Option<&str>,
    ) {
        self.did(&happened.by);
        self.report = Some(Report {
            on: happened.on,
            text: text.to_owned(),
        });
        self.percent = percent.unwrap_or(self.percent);
        self.rating = rating.or(self.rating);
        if let Some(stage) = stage.and_then(|name| self.stages.iter_mut().find(|one| one.name == name)) {
            stage.done_on = Some(happened.on);
        }
    }

    fn decide_extension(&mut self, happened: &Happened, verdict: Verdict, said: &str) -> Option<NaiveDate> {
        let pending = self.extensions.last_mut().filter(|one| one.decided.is_none())?;
        pending.decided = Some(decided(happened, verdict, said));
        Some(pending.to)
    }

    fn check(&mut self, happened: &Happened, verdict: Verdict, said: &str) {
        if let Some(pending) = self.closings.last_mut().filter(|one| one.checked.is_none()) {
            pending.checked = Some(decided(happened, verdict, said));
        }
    }

    fn climb(&mut self, level: Name, happened: &Happened, deduction: u32, by: &str) {
        self.level = Some(level);
        self.steps.push(Reached {
            level,
            on: happened.on,
            by: by.to_owned(),
            deduction,
        });
    }
}

fn decided(happened: &Happened, verdict: Verdict, said: &str) -> Decided {
    Decided {
        on: happened.on,
        by: happened.by.clone(),
        role: happened.role,
        verdict,
        said: said.to_owned(),
    }
}
