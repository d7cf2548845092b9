//! 期限事项: someone must do something by a day, under a clause.

use super::calendar::{Calendar, CalendarError, Certainty};
use super::case::{CaseRecord, Conclusion, Level};
use super::ids::{ObligationId, RunId};
use super::policy::{Anchor, AppliesTo, Limit, NumberFrom, Policy};
use super::time::Moment;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What must be done; the words other programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// 整改
    Rectification,
    /// A finding was opened.
    Finding,
    /// 疑似问题答复
    FindingReply,
    /// 历史存量
    Backlog,
}

impl Kind {
    /// Every kind of this release.
    pub const ALL: [Self; 12] = [
        Self::ArchivePersonnel,
        Self::ArchiveIntegrity,
        Self::ArchiveFile,
        Self::FeedbackSubject,
        Self::FeedbackCompetent,
        Self::FeedbackSuperior,
        Self::FeedbackOrganization,
        Self::Explanation,
        Self::Rectification,
        Self::Finding,
        Self::FindingReply,
        Self::Backlog,
    ];

    /// The word other programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ArchivePersonnel => "archive_personnel",
            Self::ArchiveIntegrity => "archive_integrity",
            Self::ArchiveFile => "archive_file",
            Self::FeedbackSubject => "feedback_subject",
            Self::FeedbackCompetent => "feedback_competent",
            Self::FeedbackSuperior => "feedback_superior",
            Self::FeedbackOrganization => "feedback_organization",
            Self::Explanation => "explanation",
            Self::Rectification => "rectification",
            Self::Finding => "finding",
            Self::FindingReply => "finding_reply",
            Self::Backlog => "backlog",
        }
    }

    /// Reads the word.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The day on which a register says this was done.
    pub fn done_on(self, case: &CaseRecord) -> Option<NaiveDate> {
        match self {
            Self::ArchivePersonnel => case.done.archive_personnel,
            Self::ArchiveIntegrity => case.done.archive_integrity,
            Self::ArchiveFile => case.done.archive_file,
            Self::FeedbackSubject | Self::Explanation => case.done.feedback_subject,
            Self::FeedbackCompetent => case.done.feedback_competent,
            Self::FeedbackSuperior => case.done.feedback_superior,
            Self::FeedbackOrganization => case.done.feedback_organization,
            Self::Rectification | Self::Finding | Self::FindingReply | Self::Backlog => None,
        }
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
    /// Id of the case, rectification or finding it belongs to.
    pub subject_id: String,
    /// Number people know it by: of the case or of the rectification.
    pub number: String,
    /// Unit whose contacts are told first.
    pub scope_unit: Option<String>,
    /// Unit that must act, where it is another one.
    pub acting_unit: Option<String>,
    /// Day the limit runs from.
    pub event_day: NaiveDate,
    /// Working days counted; 0 where the day was given.
    pub days: u32,
    /// Due day.
    pub due: Due,
    /// Raised each time the due day moves.
    pub revision: u32,
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
    /// When it was made.
    pub created: Moment,
    /// When reconcile must look at it next; `None`: never again.
    pub next_at: Option<Moment>,
}

/// What a record asks for, before it is compared with what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Natural key.
    pub key: String,
    /// What must be done.
    pub kind: Kind,
    /// Day the limit runs from.
    pub event_day: NaiveDate,
    /// Working days counted.
    pub days: u32,
    /// Due day.
    pub due: Due,
    /// Clause.
    pub clause: String,
    /// Whose number.
    pub number_from: NumberFrom,
    /// Day it was done.
    pub met_on: Option<NaiveDate>,
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

/// The limits that follow from a case's conclusion (clauses 二(四)4 and 二(四)5).
/// A revoked conclusion and an open investigation ask for nothing.
pub fn wanted_of_case(
    case_key: &str,
    case: &CaseRecord,
    policy: &Policy,
    calendar: &Calendar,
    today: NaiveDate,
) -> Result<Vec<Wanted>, CalendarError> {
    let Some(event_day) = case.concluded_on.filter(|_| !case.is_revoked(today)) else {
        return Ok(Vec::new());
    };
    policy
        .limits()
        .iter()
        .filter(|limit| applies(limit, case.conclusion, policy))
        .map(|limit| {
            Ok(Wanted {
                key: format!("case:{case_key}:{}", limit.kind.as_str()),
                kind: limit.kind,
                event_day,
                days: limit.days,
                due: due_after(event_day, limit.days, calendar)?,
                clause: limit.clause.clone(),
                number_from: limit.number_from,
                met_on: limit.kind.done_on(case),
            })
        })
        .collect()
}

fn applies(limit: &Limit, conclusion: Conclusion, policy: &Policy) -> bool {
    if limit.anchor != Anchor::Conclusion {
        return false;
    }
    let applies_to = match conclusion.level() {
        Level::Full => AppliesTo::Full,
        Level::Capped => AppliesTo::Capped,
        Level::None => AppliesTo::NotTolerated,
        Level::Pending => return false,
    };
    let archive = matches!(
        limit.kind,
        Kind::ArchivePersonnel | Kind::ArchiveIntegrity | Kind::ArchiveFile
    );
    let switched_off = applies_to == AppliesTo::NotTolerated && archive && !policy.archive_when_not_tolerated;
    limit.levels.contains(&applies_to) && !switched_off
}

/// The day `days` working days after an event.
pub fn due_after(event_day: NaiveDate, days: u32, calendar: &Calendar) -> Result<Due, CalendarError> {
    let deadline = calendar.add(event_day, days)?;
    Ok(Due {
        day: deadline.day,
        alert_day: deadline.alert_day,
        certainty: deadline.certainty,
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
