//! Where a case stands: what its acts add up to.

use super::{Act, Aspect, Meeting, Weight};
use crate::domain::case::{CaseRecord, Conclusion, StepsDone};
use crate::domain::deadline::Adjustment;
use crate::domain::name::Name;
use crate::domain::obligation::{Timeline, applies_to};
use crate::domain::policy::Event;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// How far a case has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// Nothing has happened yet.
    #[default]
    New,
    /// 问责启动，容错尚未研判
    AccountabilityOnly,
    /// 研判无容错情形
    NoCircumstance,
    /// 有申请，尚未受理
    Applied,
    /// 认定中: taken up, being looked into.
    Open,
    /// 调查报告已形成
    Reported,
    /// 已集体研究
    Decided,
    /// 已作结论
    Concluded,
    /// 澄清核实中
    Clarifying,
    /// 已撤销
    Revoked,
    /// 已撤回
    Withdrawn,
    /// 已终止
    Terminated,
}

impl Stage {
    /// The words people see.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::New => "未登记",
            Self::AccountabilityOnly => "问责已启动，容错待研判",
            Self::NoCircumstance => "研判无容错情形",
            Self::Applied => "申请待受理",
            Self::Open => "调查核实中",
            Self::Reported => "调查报告已形成",
            Self::Decided => "已集体研究",
            Self::Concluded => "已作结论",
            Self::Clarifying => "澄清核实中",
            Self::Revoked => "已撤销",
            Self::Withdrawn => "申请已撤回",
            Self::Terminated => "已终止",
        }
    }

    /// Whether nothing more can be decided about tolerance.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Revoked | Self::Withdrawn | Self::Terminated)
    }
}

/// One of 六看 as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Considered {
    /// What it speaks for.
    pub weight: Weight,
    /// The grave thing that was found, now or before.
    pub once_grave: Option<Weight>,
    /// The finding in words.
    pub finding: String,
    /// The evidence.
    pub evidence: String,
    /// The day of the finding.
    pub day: NaiveDate,
}

/// What must be answered although the case has ended, each with what answers it: measures were taken, a clue was
/// handed over, an override has to be reported, whatever became of the case.
pub(super) const OUTLIVING: [(Event, Event); 6] = [
    (Event::OVERRIDDEN, Event::OVERRIDE_REPORTED),
    (Event::REMEDIED, Event::REMEDY_CHECKED),
    (Event::GUIDED, Event::GUIDANCE_CHECKED),
    (Event::REFERRED, Event::REFERRAL_ANSWERED),
    (Event::REVOKED, Event::REVOCATION_TOLD),
    (Event::REVOKED, Event::REVOCATION_ARCHIVED),
];

/// What a case's acts add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseState {
    /// How far it has come.
    pub stage: Stage,
    /// The day of each event.
    pub days: BTreeMap<Event, NaiveDate>,
    /// 六看
    pub considered: BTreeMap<Aspect, Considered>,
    /// The collective decision.
    pub meeting: Option<Meeting>,
    /// The conclusion.
    pub conclusion: Option<Conclusion>,
    /// 文号
    pub doc_no: Option<String>,
    /// 处理措施
    pub measure: Option<String>,
    /// Legal basis.
    pub basis: Option<String>,
    /// The report finds the conditions for tolerance not fulfilled.
    pub unfit: bool,
    /// Receipts by event.
    pub receipts: BTreeMap<Event, String>,
    /// What was decided about each limit.
    pub adjustments: BTreeMap<Name, Vec<Adjustment>>,
    /// Whether the case came from a register rather than from acts.
    pub registered: bool,
    /// Whether the register had it under investigation: it began without an application.
    pub under_way: bool,
    /// Further measures and referrals that wait for an answer of their own, after the one the limit runs from.
    pub waiting: BTreeMap<Event, Vec<NaiveDate>>,
}

impl CaseState {
    /// Adds up acts in order.
    pub fn of<'a>(acts: impl IntoIterator<Item = (&'a Act, NaiveDate)>) -> Self {
        let mut state = Self::default();
        for (act, day) in acts {
            state.apply(act, day);
        }
        state
    }

    /// The act that stands for what a register said before the first act.
    pub fn baseline(record: &CaseRecord, today: NaiveDate) -> Act {
        Act::Register {
            conclusion: record.conclusion.zh().to_owned(),
            days: Timeline::of_record(
                &CaseRecord {
                    revoked: false,
                    ..record.clone()
                },
                today,
            )
            .days,
            doc_no: record.doc_no.clone(),
            measure: record.measure.clone(),
            revoked_on: record.revoked_on,
            revoked: record.revoked,
        }
    }

    /// Whether something of that kind has happened.
    pub fn has(&self, event: Event) -> bool {
        self.days.contains_key(&event)
    }

    /// The grave findings among 六看, those made lighter since too: what was found once is answered in writing.
    pub fn grave(&self) -> Vec<(Aspect, Weight)> {
        self.considered
            .iter()
            .filter_map(|(aspect, considered)| Some((*aspect, considered.once_grave?)))
            .collect()
    }

    /// 六看 that nobody has recorded yet.
    pub fn unconsidered(&self) -> Vec<Aspect> {
        Aspect::ALL
            .into_iter()
            .filter(|aspect| !self.considered.contains_key(aspect))
            .collect()
    }

    /// Whether it was the acceptance that took the case up.
    pub(super) fn began_with_acceptance(&self) -> bool {
        let began = self.days.get(&Event::INVESTIGATION_STARTED);
        began.is_some() && began == self.days.get(&Event::ACCEPTED) && began != self.days.get(&Event::REVIEWED)
    }

    /// What limits run from. A withdrawn case asks for nothing more, an ended or revoked one for what outlives it.
    pub fn timeline(&self) -> Timeline {
        let kept: &[(Event, Event)] = match self.stage {
            Stage::Withdrawn => &[],
            Stage::Terminated | Stage::Revoked => &OUTLIVING,
            _ => {
                return Timeline {
                    days: self.days.clone(),
                    level: self.conclusion.and_then(applies_to),
                };
            }
        };
        Timeline {
            days: self
                .days
                .iter()
                .filter(|(event, _)| kept.iter().any(|(since, answer)| since == *event || answer == *event))
                .map(|(event, day)| (*event, *day))
                .collect(),
            level: None,
        }
    }

    /// The conclusion as lists are judged by it.
    pub fn standing(&self) -> Conclusion {
        match (self.stage, self.conclusion) {
            (_, Some(conclusion)) => conclusion,
            (Stage::Applied | Stage::Open | Stage::Reported | Stage::Decided, None) => Conclusion::Investigating,
            (_, None) => Conclusion::NoTrack,
        }
    }

    /// The days on which the steps after the conclusion were done.
    pub fn done(&self) -> StepsDone {
        let day = |event: Event| self.days.get(&event).copied();
        StepsDone {
            archive_personnel: day(Event::ARCHIVED_PERSONNEL),
            archive_integrity: day(Event::ARCHIVED_INTEGRITY),
            archive_file: day(Event::ARCHIVED_FILE),
            feedback_subject: day(Event::FEEDBACK_SUBJECT).or_else(|| day(Event::EXPLAINED)),
            feedback_competent: day(Event::FEEDBACK_COMPETENT),
            feedback_superior: day(Event::FEEDBACK_SUPERIOR),
            feedback_organization: day(Event::FEEDBACK_ORGANIZATION),
        }
    }

    /// Takes an act in that was accepted; `step` says which are.
    pub(super) fn apply(&mut self, act: &Act, day: NaiveDate) {
        match act {
            Act::Register {
                conclusion,
                days,
                doc_no,
                measure,
                revoked_on,
                revoked,
            } => {
                self.registered = true;
                self.doc_no.clone_from(doc_no);
                self.measure.clone_from(measure);
                // Days of a conclusion that was never made would fulfil the limits of one that is made later.
                match Conclusion::from_zh(conclusion) {
                    Some(Conclusion::Investigating) | None => {
                        self.under_way = true;
                        self.stage = Stage::Open;
                    }
                    Some(Conclusion::NoTrack) => self.stage = Stage::NoCircumstance,
                    Some(known) => {
                        self.days.extend(days.iter().map(|(event, day)| (*event, *day)));
                        self.conclusion = Some(known);
                        self.stage = Stage::Concluded;
                    }
                }
                if *revoked {
                    self.stage = Stage::Revoked;
                    self.days.extend(revoked_on.map(|day| (Event::REVOKED, day)));
                }
            }
            Act::StartAccountability => {
                self.days.insert(Event::ACCOUNTABILITY_STARTED, day);
                // An application that came first goes on, and so does a review.
                if matches!(self.stage, Stage::New | Stage::NoCircumstance) && !self.has(Event::REVIEWED) {
                    self.stage = Stage::AccountabilityOnly;
                }
            }
            Act::Review { fits, .. } => {
                self.days.insert(Event::REVIEWED, day);
                if *fits {
                    self.take_up(day);
                } else if matches!(self.stage, Stage::New | Stage::AccountabilityOnly) {
                    self.stage = Stage::NoCircumstance;
                }
            }
            Act::Apply { .. } => {
                self.days.insert(Event::APPLIED, day);
                if matches!(
                    self.stage,
                    Stage::New | Stage::AccountabilityOnly | Stage::NoCircumstance
                ) {
                    self.stage = Stage::Applied;
                }
            }
            Act::Accept => {
                self.days.insert(Event::ACCEPTED, day);
                self.take_up(day);
            }
            Act::Consider {
                aspect,
                weight,
                finding,
                evidence,
            } => {
                let before = self.considered.get(aspect).and_then(|before| before.once_grave);
                let considered = Considered {
                    once_grave: weight.is_grave().then_some(*weight).or(before),
                    weight: *weight,
                    finding: finding.clone(),
                    evidence: evidence.clone(),
                    day,
                };
                self.considered.insert(*aspect, considered);
            }
            Act::Report { fits, .. } => {
                self.unfit = !fits;
                self.enter(Stage::Reported, Event::REPORT_FORMED, day);
            }
            Act::Decide { meeting } => {
                self.meeting = Some(meeting.clone());
                self.enter(Stage::Decided, Event::DECIDED, day);
            }
            Act::Conclude {
                conclusion,
                doc_no,
                measure,
                basis,
                approved_over,
                ..
            } => {
                self.conclusion = Some(*conclusion);
                self.doc_no.clone_from(doc_no);
                self.measure.clone_from(measure);
                self.basis.clone_from(basis);
                if approved_over.is_some() {
                    self.days.insert(Event::OVERRIDDEN, day);
                }
                self.enter(Stage::Concluded, Event::CONCLUSION, day);
            }
            Act::Tell { to, receipt } => self.done_with(to.event(), receipt.as_ref(), day),
            Act::Explain { .. } => self.done_with(Event::EXPLAINED, None, day),
            Act::Archive { into, receipt } => self.done_with(into.event(), receipt.as_ref(), day),
            Act::Revoke { .. } => self.enter(Stage::Revoked, Event::REVOKED, day),
            Act::Withdraw { .. } => self.stage = Stage::Withdrawn,
            Act::Terminate { .. } => self.stage = Stage::Terminated,
            Act::Remedy { .. } => self.again(Event::REMEDIED, Event::REMEDY_CHECKED, day),
            Act::Guide { .. } => self.again(Event::GUIDED, Event::GUIDANCE_CHECKED, day),
            Act::OpenClarification { .. } => self.enter(Stage::Clarifying, Event::CLARIFICATION_OPENED, day),
            Act::Refer { .. } => self.again(Event::REFERRED, Event::REFERRAL_ANSWERED, day),
            Act::Clarify { doc_no, .. } => {
                self.conclusion = Some(Conclusion::Clarified);
                self.doc_no.clone_from(doc_no);
                self.days.insert(Event::CLARIFIED, day);
                self.enter(Stage::Concluded, Event::CONCLUSION, day);
            }
            Act::Record { event, .. } => {
                self.days.insert(*event, day);
                self.answered(*event, day);
            }
            Act::Correct { event, .. } => {
                // What began with the acceptance began on the right day too.
                if *event == Event::ACCEPTED && self.began_with_acceptance() {
                    self.days.insert(Event::INVESTIGATION_STARTED, day);
                }
                self.days.insert(*event, day);
            }
            Act::Amend { changes, .. } => {
                if let Some(doc_no) = &changes.doc_no {
                    self.doc_no = Some(doc_no.trim().to_owned());
                }
            }
            Act::Extend {
                limit,
                amount,
                unit,
                approver,
                reason,
                informed_on,
            } => self.adjust(
                *limit,
                Adjustment::Extended {
                    amount: *amount,
                    unit: *unit,
                    on: day,
                    approver: approver.zh().to_owned(),
                    reason: reason.clone(),
                    informed_on: *informed_on,
                },
            ),
            Act::Suspend {
                limit,
                approver,
                reason,
            } => self.adjust(
                *limit,
                Adjustment::Suspended {
                    from: day,
                    until: None,
                    reason: reason.clone(),
                    approver: approver.zh().to_owned(),
                },
            ),
            Act::Resume { limit } => {
                for one in self.adjustments.entry(*limit).or_default() {
                    if let Adjustment::Suspended { until, .. } = one {
                        until.get_or_insert(day);
                    }
                }
            }
            Act::Postpone {
                limit,
                from,
                until,
                reason,
            } => self.adjust(
                *limit,
                Adjustment::Postponed {
                    from: *from,
                    until: *until,
                    applied_on: day,
                    reason: reason.clone(),
                },
            ),
        }
    }

    fn enter(&mut self, stage: Stage, event: Event, day: NaiveDate) {
        self.stage = stage;
        self.days.insert(event, day);
    }

    /// The case is taken up, once, whichever way came first.
    fn take_up(&mut self, day: NaiveDate) {
        if matches!(
            self.stage,
            Stage::New | Stage::AccountabilityOnly | Stage::NoCircumstance | Stage::Applied | Stage::Open
        ) {
            self.days.entry(Event::INVESTIGATION_STARTED).or_insert(day);
            self.stage = Stage::Open;
        }
    }

    /// Another one waits behind one that is not answered yet, whose limit it does not put off. One that is recorded late
    /// and was done before an answered one asks for no other look.
    fn again(&mut self, event: Event, answer: Event, day: NaiveDate) {
        match (self.days.get(&event), self.days.get(&answer)) {
            (Some(_), None) => {
                let waiting = self.waiting.entry(event).or_default();
                let at = waiting.partition_point(|earlier| *earlier <= day);
                waiting.insert(at, day);
            }
            (Some(last), Some(_)) if day <= *last && event != Event::REFERRED => {}
            _ => {
                self.days.insert(event, day);
                self.days.remove(&answer);
            }
        }
    }

    /// A look sees whatever was done before it; an answer about a clue is about one. The next one begins its limit.
    fn answered(&mut self, answer: Event, day: NaiveDate) {
        let Some((event, _)) = OUTLIVING.into_iter().find(|(_, this)| *this == answer) else {
            return;
        };
        let Some(waiting) = self.waiting.get_mut(&event) else {
            return;
        };
        if event != Event::REFERRED {
            waiting.retain(|done| *done >= day);
        }
        if !waiting.is_empty() {
            let next = waiting.remove(0);
            self.days.insert(event, next);
            self.days.remove(&answer);
        }
        if waiting.is_empty() {
            self.waiting.remove(&event);
        }
    }

    fn done_with(&mut self, event: Event, receipt: Option<&String>, day: NaiveDate) {
        self.days.insert(event, day);
        self.receipts.extend(receipt.map(|receipt| (event, receipt.clone())));
    }

    fn adjust(&mut self, limit: Name, one: Adjustment) {
        self.adjustments.entry(limit).or_default().push(one);
    }
}
