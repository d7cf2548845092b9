//! 期限事项: someone must do something by a day, under a clause.

use super::calendar::{Calendar, CalendarError, Calendars, Certainty};
use super::case::{CaseRecord, Conclusion, Level};
use super::deadline::{self, Adjustment, Terms};
use super::ids::{ObligationId, RunId};
use super::name::Name;
use super::policy::{Anchor, AppliesTo, Event, Limit, NumberFrom, Policy};
use super::time::Moment;
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// What must be done; the words other programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// 结论归入干部人事档案
    ArchivePersonnel,
    /// 结论归入廉政档案
    ArchiveIntegrity,
    /// 入卷归档
    ArchiveFile,
    /// 反馈容错对象
    FeedbackSubject,
    /// 抄送主管部门
    FeedbackCompetent,
    /// 抄送上级部门
    FeedbackSuperior,
    /// 抄送组织部门
    FeedbackOrganization,
    /// 不予容错解释答复
    Explanation,
    /// 受理
    Acceptance,
    /// 问责启动时同步研判容错
    ParallelReview,
    /// 调查核实
    Investigation,
    /// 集体研究和认定
    Decision,
    /// 整改
    Rectification,
    /// 签收整改事项
    Receipt,
    /// 报告整改进展
    Progress,
    /// 整改的阶段节点
    Stage,
    /// 长期坚持事项的定期确认
    Confirmation,
    /// 审批延期
    Extension,
    /// 验收
    AcceptanceCheck,
    /// 处置级别升高后的办理
    Escalation,
    /// A finding was opened.
    Finding,
    /// 疑似问题答复
    FindingReply,
    /// 疑似问题答复的复核
    FindingConfirm,
    /// 应补定未补定
    Regrade,
    /// 应恢复未恢复
    Restore,
    /// 历史存量
    Backlog,
    /// 回访
    FollowUp,
    /// 苗头性问题提醒后的回看
    ReminderFollowUp,
    /// The notice of a year is not out.
    CalendarMissing,
    /// A due day moved.
    DeadlineMoved,
    /// A role without a holder, or a contact who cannot be reached.
    ContactTrouble,
    /// A mail that was refused for good.
    MailTrouble,
    /// A kind that the profile adds.
    Own(Name),
}

impl Kind {
    /// The kinds the program knows by name.
    pub const KNOWN: [Self; 32] = [
        Self::ArchivePersonnel,
        Self::ArchiveIntegrity,
        Self::ArchiveFile,
        Self::FeedbackSubject,
        Self::FeedbackCompetent,
        Self::FeedbackSuperior,
        Self::FeedbackOrganization,
        Self::Explanation,
        Self::Acceptance,
        Self::ParallelReview,
        Self::Investigation,
        Self::Decision,
        Self::Rectification,
        Self::Receipt,
        Self::Progress,
        Self::Stage,
        Self::Confirmation,
        Self::Extension,
        Self::AcceptanceCheck,
        Self::Escalation,
        Self::Finding,
        Self::FindingReply,
        Self::FindingConfirm,
        Self::Regrade,
        Self::Restore,
        Self::Backlog,
        Self::FollowUp,
        Self::ReminderFollowUp,
        Self::CalendarMissing,
        Self::DeadlineMoved,
        Self::ContactTrouble,
        Self::MailTrouble,
    ];

    /// The word other programs read.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ArchivePersonnel => "archive_personnel",
            Self::ArchiveIntegrity => "archive_integrity",
            Self::ArchiveFile => "archive_file",
            Self::FeedbackSubject => "feedback_subject",
            Self::FeedbackCompetent => "feedback_competent",
            Self::FeedbackSuperior => "feedback_superior",
            Self::FeedbackOrganization => "feedback_organization",
            Self::Explanation => "explanation",
            Self::Acceptance => "acceptance",
            Self::ParallelReview => "parallel_review",
            Self::Investigation => "investigation",
            Self::Decision => "decision",
            Self::Rectification => "rectification",
            Self::Receipt => "receipt",
            Self::Progress => "progress",
            Self::Stage => "stage",
            Self::Confirmation => "confirmation",
            Self::Extension => "extension",
            Self::AcceptanceCheck => "acceptance_check",
            Self::Escalation => "escalation",
            Self::Finding => "finding",
            Self::FindingReply => "finding_reply",
            Self::FindingConfirm => "finding_confirm",
            Self::Regrade => "regrade",
            Self::Restore => "restore",
            Self::Backlog => "backlog",
            Self::FollowUp => "follow_up",
            Self::ReminderFollowUp => "reminder_follow_up",
            Self::CalendarMissing => "calendar_missing",
            Self::DeadlineMoved => "deadline_moved",
            Self::ContactTrouble => "contact_trouble",
            Self::MailTrouble => "mail_trouble",
            Self::Own(name) => name.as_str(),
        }
    }

    /// The word as a name, for a limit that has no other.
    pub const fn name(self) -> Name {
        Name::known(self.as_str())
    }

    /// Whether it names a sort of alert rather than something to be done.
    pub const fn is_of_alerts(self) -> bool {
        matches!(self, Self::Finding | Self::DeadlineMoved)
    }

    /// What the service itself lets a limit of this kind run from, where it does not run from the events of a case.
    pub const fn own_anchor(self) -> Option<Anchor> {
        match self {
            Self::Rectification | Self::Stage | Self::ReminderFollowUp | Self::CalendarMissing => Some(Anchor::Given),
            Self::FindingReply
            | Self::FindingConfirm
            | Self::Regrade
            | Self::Restore
            | Self::Backlog
            | Self::ContactTrouble
            | Self::MailTrouble
            | Self::Escalation => Some(Anchor::Opened),
            _ => None,
        }
    }

    /// Whether it begins anew each time it is done: done and begun by the same event.
    pub const fn recurs(self) -> bool {
        matches!(self, Self::Progress | Self::Confirmation)
    }

    /// Reads the word.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::KNOWN
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .or_else(|| Name::new(text).map(Self::Own))
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Name::deserialize(deserializer)?;
        Ok(Self::from_text(name.as_str()).unwrap_or(Self::Own(name)))
    }
}

/// Where an obligation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Still to be done.
    Open,
    /// Done.
    Met,
    /// No longer asked for: the case changed or was revoked.
    Void,
}

impl State {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Met => "met",
            Self::Void => "void",
        }
    }

    /// Reads the stored word.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Open, Self::Met, Self::Void]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// A due day and how sure it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The day shown.
    pub day: NaiveDate,
    /// The day reminders go by: the earlier of the estimate and plain Monday to Friday.
    pub alert_day: NaiveDate,
    /// How sure the day is.
    pub certainty: Certainty,
    /// Calendar it was computed from.
    pub calendar_revision: String,
}

/// An obligation as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligation {
    /// Derived from the key.
    pub id: ObligationId,
    /// Natural key.
    pub key: String,
    /// What must be done.
    pub kind: Kind,
    /// The limit of the profile it comes from.
    pub rule: Name,
    /// Id of the case, rectification or finding it belongs to.
    pub subject_id: String,
    /// Number people know it by: of the case or of the rectification.
    pub number: String,
    /// Unit whose contacts are told first.
    pub scope_unit: Option<String>,
    /// Unit that must act, where it is another one.
    pub acting_unit: Option<String>,
    /// Person of that unit who must act, where one is named.
    pub acting_person: Option<String>,
    /// Unit whose own calendar rules; `None`: the national one.
    pub calendar_unit: Option<String>,
    /// Day the limit runs from.
    pub event_day: NaiveDate,
    /// How long and how counted; nothing to count where the day was given.
    pub terms: Terms,
    /// Extensions, stopped clocks, time lost to obstacles.
    pub adjustments: Vec<Adjustment>,
    /// Due day.
    pub due: Due,
    /// Raised each time the due day moves.
    pub revision: u32,
    /// The last move that people must be told of.
    pub moved: Option<Moved>,
    /// Clause.
    pub clause: String,
    /// Whose number.
    pub number_from: NumberFrom,
    /// Where it stands.
    pub state: State,
    /// Day it was done.
    pub met_on: Option<NaiveDate>,
    /// Had lapsed before it was first imported.
    pub backlog: bool,
    /// How loud its opening is; only for findings.
    pub opened_severity: Option<super::alert::Severity>,
    /// Import that made it.
    pub run: Option<RunId>,
    /// When it was made, or last had to be told anew: raised, owed again, handed over.
    pub created: Moment,
    /// When reconcile must look at it next; `None`: never again.
    pub next_at: Option<Moment>,
}

impl Obligation {
    /// Whether it is a step of a case, which its key says.
    pub fn is_step(&self) -> bool {
        self.key.starts_with("case:")
    }
}

/// A due day that a calendar moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The day before.
    pub from: NaiveDate,
    /// When it moved.
    pub at: Moment,
    /// Why.
    pub cause: String,
}

/// An open obligation as far as a changed calendar can move it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Which one.
    pub id: ObligationId,
    /// Number of its case or rectification.
    pub number: String,
    /// What must be done.
    pub kind: Kind,
    /// Unit whose calendar rules.
    pub scope_unit: Option<String>,
    /// Unit whose own calendar ruled so far.
    pub calendar_unit: Option<String>,
    /// Day the limit runs from.
    pub event_day: NaiveDate,
    /// How long and how counted.
    pub terms: Terms,
    /// Extensions, stopped clocks, time lost to obstacles.
    pub adjustments: Vec<Adjustment>,
    /// Due day so far.
    pub day: NaiveDate,
    /// The day reminders went by.
    pub alert_day: NaiveDate,
    /// How sure the day was.
    pub certainty: Certainty,
    /// Raised each time the due day moves.
    pub revision: u32,
    /// Had lapsed before it was first imported.
    pub backlog: bool,
}

/// What a changed calendar makes of an obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restated {
    /// Which one.
    pub id: ObligationId,
    /// Due day now.
    pub due: Due,
    /// Unit whose own calendar rules now.
    pub calendar_unit: Option<String>,
    /// One more when the due day or the day reminders go by has moved.
    pub revision: u32,
    /// The day before, when people must be told that it moved.
    pub moved_from: Option<NaiveDate>,
}

impl Standing {
    /// The obligation under the calendars of now; `None` when all that is stored of it stands.
    pub fn under(&self, calendars: &Calendars) -> Result<Option<Restated>, CalendarError> {
        if !self.terms.counts() {
            return Ok(None);
        }
        let (calendar, unit) = calendars.of(self.scope_unit.as_deref());
        let due = due_of(self.terms, self.event_day, &self.adjustments, calendar)?;
        let same_day = (due.day, due.alert_day) == (self.day, self.alert_day);
        if same_day && due.certainty == self.certainty && unit == self.calendar_unit.as_deref() {
            return Ok(None);
        }
        Ok(Some(Restated {
            id: self.id.clone(),
            calendar_unit: unit.map(str::to_owned),
            revision: self.revision + u32::from(!same_day),
            moved_from: (due.day != self.day && !self.backlog).then_some(self.day),
            due,
        }))
    }
}

/// What a record asks for, before it is compared with what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Natural key.
    pub key: String,
    /// What must be done.
    pub kind: Kind,
    /// The limit it comes from.
    pub rule: Name,
    /// Day the limit runs from.
    pub event_day: NaiveDate,
    /// How long and how counted.
    pub terms: Terms,
    /// Due day.
    pub due: Due,
    /// Clause.
    pub clause: String,
    /// Whose number.
    pub number_from: NumberFrom,
    /// Day it was done.
    pub met_on: Option<NaiveDate>,
}

impl Wanted {
    /// What a limit asks for from a day on.
    pub fn under(limit: &Limit, key: String, event_day: NaiveDate, due: Due) -> Self {
        Self {
            key,
            kind: limit.kind,
            rule: limit.id,
            event_day,
            terms: limit.terms,
            due,
            clause: limit.clause.clone(),
            number_from: limit.number_from,
            met_on: None,
        }
    }

    /// What a limit asks from today on, as it begins, by the calendar of the unit it belongs to.
    ///
    /// # Errors
    /// The calendar does not reach that far.
    pub fn begun_of(
        limit: &Limit,
        key: String,
        unit: Option<&str>,
        calendars: &Calendars,
        now: Moment,
    ) -> Result<Obligation, CalendarError> {
        let (calendar, calendar_unit) = calendars.of(unit);
        let due = due_of(limit.terms, now.day(), &[], calendar)?;
        Ok(Obligation {
            scope_unit: unit.map(str::to_owned),
            calendar_unit: calendar_unit.map(str::to_owned),
            ..Self::under(limit, key, now.day(), due).begun(now)
        })
    }

    /// The obligation as it begins; what it belongs to and who is told is the caller's.
    pub fn begun(&self, now: Moment) -> Obligation {
        let state = if self.met_on.is_some() { State::Met } else { State::Open };
        Obligation {
            id: ObligationId::of(&self.key),
            key: self.key.clone(),
            kind: self.kind,
            rule: self.rule,
            subject_id: String::new(),
            number: String::new(),
            scope_unit: None,
            acting_unit: None,
            acting_person: None,
            calendar_unit: None,
            event_day: self.event_day,
            terms: self.terms,
            adjustments: Vec::new(),
            due: self.due.clone(),
            revision: 1,
            moved: None,
            clause: self.clause.clone(),
            number_from: self.number_from,
            state,
            met_on: self.met_on,
            backlog: false,
            opened_severity: None,
            run: None,
            created: now,
            next_at: (state == State::Open).then_some(now),
        }
    }
}

/// What changes in a stored obligation, with the reason for the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    Same,
    /// Done on this day.
    Met(NaiveDate),
    /// A recorded day was taken back: open again.
    Reopened,
    /// The due day is another one.
    Moved {
        /// The day before.
        from: NaiveDate,
        /// The day now.
        to: NaiveDate,
    },
}

/// What happened in a case on which day, as far as limits run from it or are done by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The day of each event.
    pub days: BTreeMap<Event, NaiveDate>,
    /// What the conclusion is, once there is one.
    pub level: Option<AppliesTo>,
}

impl Timeline {
    /// The events a line of the register tells of. A withdrawn conclusion and an open investigation ask for nothing.
    pub fn of_record(case: &CaseRecord, today: NaiveDate) -> Self {
        let Some(concluded) = case.concluded_on.filter(|_| !case.is_revoked(today)) else {
            return Self::default();
        };
        let told = if case.conclusion.level() == Level::None {
            Event::EXPLAINED
        } else {
            Event::FEEDBACK_SUBJECT
        };
        let days = [
            (Event::CONCLUSION, Some(concluded)),
            (Event::ARCHIVED_PERSONNEL, case.done.archive_personnel),
            (Event::ARCHIVED_INTEGRITY, case.done.archive_integrity),
            (Event::ARCHIVED_FILE, case.done.archive_file),
            (told, case.done.feedback_subject),
            (Event::FEEDBACK_COMPETENT, case.done.feedback_competent),
            (Event::FEEDBACK_SUPERIOR, case.done.feedback_superior),
            (Event::FEEDBACK_ORGANIZATION, case.done.feedback_organization),
        ];
        Self {
            days: days
                .into_iter()
                .filter_map(|(event, day)| Some((event, day?)))
                .collect(),
            level: applies_to(case.conclusion),
        }
    }
}

/// The limits a conclusion of this kind is subject to.
pub fn applies_to(conclusion: Conclusion) -> Option<AppliesTo> {
    match conclusion.level() {
        _ if conclusion == Conclusion::Clarified => Some(AppliesTo::Clarified),
        _ if conclusion == Conclusion::NoTrack => None,
        Level::Full => Some(AppliesTo::Full),
        Level::Capped => Some(AppliesTo::Capped),
        Level::None => Some(AppliesTo::NotTolerated),
        Level::Pending => None,
    }
}

/// The natural key of a case's obligation under a limit.
pub fn case_key(case_key: &str, limit: Name) -> String {
    format!("case:{case_key}:{limit}")
}

/// The limits that run from what happened in a case. `adjustments` gives what was decided about a stored one.
pub fn wanted_of_case(
    case: &str,
    timeline: &Timeline,
    policy: &Policy,
    calendar: &Calendar,
    adjustments: impl Fn(&str) -> Vec<Adjustment>,
) -> Result<Vec<Wanted>, CalendarError> {
    let mut wanted = Vec::new();
    for limit in policy.limits() {
        let Anchor::Event(anchor) = limit.anchor else {
            continue;
        };
        let Some(event_day) = timeline.days.get(&anchor).copied() else {
            continue;
        };
        if !applies(limit, timeline.level, policy) {
            continue;
        }
        let key = case_key(case, limit.id);
        let due = due_of(limit.terms, event_day, &adjustments(&key), calendar)?;
        wanted.push(Wanted {
            met_on: limit.done_by.and_then(|event| timeline.days.get(&event).copied()),
            ..Wanted::under(limit, key, event_day, due)
        });
    }
    Ok(wanted)
}

fn applies(limit: &Limit, level: Option<AppliesTo>, policy: &Policy) -> bool {
    if limit.levels.is_empty() {
        return true;
    }
    let archive = matches!(
        limit.kind,
        Kind::ArchivePersonnel | Kind::ArchiveIntegrity | Kind::ArchiveFile
    );
    level.is_some_and(|level| {
        let switched_off = level == AppliesTo::NotTolerated && archive && !policy.archive_when_not_tolerated;
        limit.levels.contains(&level) && !switched_off
    })
}

/// The due day of a limit.
pub fn due_of(
    terms: Terms,
    event_day: NaiveDate,
    adjustments: &[Adjustment],
    calendar: &Calendar,
) -> Result<Due, CalendarError> {
    if !terms.counts() {
        return Ok(due_given(event_day, calendar));
    }
    let end = deadline::reckon(terms, event_day, adjustments, calendar)?;
    Ok(Due {
        day: end.day,
        alert_day: end.alert_day,
        certainty: end.certainty,
        calendar_revision: calendar.revision().to_owned(),
    })
}

/// A day that a ledger gives: sure, whatever the calendar says.
pub fn due_given(day: NaiveDate, calendar: &Calendar) -> Due {
    Due {
        day,
        alert_day: day,
        certainty: Certainty::Firm,
        calendar_revision: calendar.revision().to_owned(),
    }
}

/// Compares what is stored with what the record asks for now.
pub fn change(stored: &Obligation, wanted: &Wanted) -> Change {
    if let Some(day) = wanted.met_on {
        return if stored.state == State::Met && stored.met_on == Some(day) {
            Change::Same
        } else {
            Change::Met(day)
        };
    }
    if stored.state != State::Open {
        return Change::Reopened;
    }
    if stored.due.day != wanted.due.day
        || stored.due.alert_day != wanted.due.alert_day
        || stored.event_day != wanted.event_day
    {
        return Change::Moved {
            from: stored.due.day,
            to: wanted.due.day,
        };
    }
    Change::Same
}

/// Whether something first imported on `today` had lapsed before.
pub fn is_backlog(wanted: &Wanted, today: NaiveDate) -> bool {
    wanted.met_on.is_none() && wanted.due.day < today
}
