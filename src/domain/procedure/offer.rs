//! Which acts a case offers. Each is tried on the state with facts that would do, so that what refuses it is the case
//! itself and not something that nobody has written yet.

use super::record::PRECONDITIONS;
use super::{Act, Applicant, Archive, Aspect, CaseState, Changes, Dated, Meeting, Reach, Refused, Told, Weight, step};
use crate::domain::case::Conclusion;
use crate::domain::contact::Role;
use crate::domain::policy::{Anchor, Event, Limit, Policy};
use chrono::{Days, NaiveDate};

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident $key:literal $zh:literal;)*) => {
        /// A kind of act that people choose. The opening of a clarification is none: it is a case of its own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum What {
            $($(#[$doc])* $name,)*
        }

        impl What {
            /// Every kind, in the order of the procedure.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The word of an address.
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }

            /// What it is called.
            pub const fn zh(self) -> &'static str {
                match self {
                    $(Self::$name => $zh,)*
                }
            }
        }
    };
}

acts! {
    /// [`Act::StartAccountability`]
    Accountability "accountability" "登记问责启动";
    /// [`Act::Review`]
    Review "review" "登记同步研判";
    /// [`Act::Apply`]
    Apply "apply" "登记书面申请";
    /// [`Act::Accept`]
    Accept "accept" "登记受理";
    /// [`Act::Consider`]
    Consider "consider" "登记六看";
    /// [`Act::Report`]
    Report "report" "登记调查报告";
    /// [`Act::Decide`]
    Decide "decide" "登记集体研究";
    /// [`Act::Conclude`]
    Conclude "conclude" "登记结论";
    /// [`Act::Clarify`]
    Clarify "clarify" "登记澄清正名";
    /// [`Act::Refer`]
    Refer "refer" "登记线索移送";
    /// [`Told::Subject`]
    TellSubject "tell-subject" "登记反馈容错对象";
    /// [`Told::Competent`]
    TellCompetent "tell-competent" "登记抄送主管部门";
    /// [`Told::Superior`]
    TellSuperior "tell-superior" "登记抄送上级部门";
    /// [`Told::Organization`]
    TellOrganization "tell-organization" "登记抄送组织部门";
    /// [`Act::Explain`]
    Explain "explain" "登记解释答复";
    /// [`Archive::Personnel`]
    ArchivePersonnel "archive-personnel" "登记归入干部人事档案";
    /// [`Archive::Integrity`]
    ArchiveIntegrity "archive-integrity" "登记归入廉政档案";
    /// [`Archive::File`]
    ArchiveFile "archive-file" "登记入卷归档";
    /// [`Act::Remedy`]
    Remedy "remedy" "登记补救措施";
    /// [`Act::Guide`]
    Guide "guide" "登记教育指导";
    /// [`Act::Record`]
    Record "record" "登记其他事件";
    /// [`Act::Extend`]
    Extend "extend" "延长期限";
    /// [`Act::Suspend`]
    Suspend "suspend" "中止期限";
    /// [`Act::Resume`]
    Resume "resume" "恢复期限";
    /// [`Act::Postpone`]
    Postpone "postpone" "顺延期限";
    /// [`Act::Amend`]
    Amend "amend" "补填或更改基本情况";
    /// [`Act::Correct`]
    Correct "correct" "更正日期";
    /// [`Act::Withdraw`]
    Withdraw "withdraw" "撤回申请";
    /// [`Act::Terminate`]
    Terminate "terminate" "终止认定";
    /// [`Act::Revoke`]
    Revoke "revoke" "撤销认定";
}

impl What {
    /// Reads the word of an address.
    pub fn from_key(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|what| what.key() == text)
    }

    /// Whether it is a decision that no later entry takes back.
    pub const fn is_decision(self) -> bool {
        matches!(
            self,
            Self::Conclude | Self::Clarify | Self::Withdraw | Self::Terminate | Self::Revoke
        )
    }

    /// The act that an event is recorded by, where it has one of its own.
    pub fn of_event(event: Event) -> Option<Self> {
        Some(match event {
            Event::REVIEWED => Self::Review,
            Event::ACCEPTED => Self::Accept,
            Event::REPORT_FORMED => Self::Report,
            Event::DECIDED => Self::Decide,
            Event::CONCLUSION => Self::Conclude,
            Event::CLARIFIED => Self::Clarify,
            Event::FEEDBACK_SUBJECT => Self::TellSubject,
            Event::FEEDBACK_COMPETENT => Self::TellCompetent,
            Event::FEEDBACK_SUPERIOR => Self::TellSuperior,
            Event::FEEDBACK_ORGANIZATION => Self::TellOrganization,
            Event::EXPLAINED => Self::Explain,
            Event::ARCHIVED_PERSONNEL => Self::ArchivePersonnel,
            Event::ARCHIVED_INTEGRITY => Self::ArchiveIntegrity,
            Event::ARCHIVED_FILE => Self::ArchiveFile,
            other if PRECONDITIONS.iter().any(|(_, event)| *event == other) => Self::Record,
            _ => return None,
        })
    }

    /// Whom it tells.
    pub const fn told(self) -> Option<Told> {
        match self {
            Self::TellSubject => Some(Told::Subject),
            Self::TellCompetent => Some(Told::Competent),
            Self::TellSuperior => Some(Told::Superior),
            Self::TellOrganization => Some(Told::Organization),
            _ => None,
        }
    }

    /// Into which file it puts the conclusion.
    pub const fn archive(self) -> Option<Archive> {
        match self {
            Self::ArchivePersonnel => Some(Archive::Personnel),
            Self::ArchiveIntegrity => Some(Archive::Integrity),
            Self::ArchiveFile => Some(Archive::File),
            _ => None,
        }
    }
}

/// The acts of a kind that are possible today, each as an example; or the case's reason why none is.
pub fn offered(state: &CaseState, what: What, policy: &Policy, today: NaiveDate) -> Result<Vec<Act>, Refused> {
    let (mut possible, mut reason) = (Vec::new(), None);
    for (act, day) in examples(state, what, policy, today) {
        match step(state, &Dated { act: &act, day }, policy, today) {
            Ok(_) => possible.push(act),
            Err(refused) => reason = reason.or(Some(refused)),
        }
    }
    match reason {
        _ if !possible.is_empty() => Ok(possible),
        Some(reason) => Err(reason),
        None => Err(Refused(nothing(what).to_owned())),
    }
}

fn nothing(what: What) -> &'static str {
    match what {
        What::Correct => "还没有可以更正日期的登记",
        What::Extend => "没有正在计算、可以延长的期限",
        What::Suspend => "没有正在计算、可以中止的期限",
        What::Resume => "没有中止的期限",
        What::Postpone => "没有正在计算、可以顺延的期限",
        _ => "现在没有可以这样登记的",
    }
}

/// A text where one is asked for.
fn some() -> String {
    "另见材料".to_owned()
}

fn meeting() -> Meeting {
    Meeting {
        attendees: 3,
        minutes_no: some(),
    }
}

fn examples(state: &CaseState, what: What, policy: &Policy, today: NaiveDate) -> Vec<(Act, NaiveDate)> {
    let acts = match what {
        What::Correct => {
            return state
                .days
                .iter()
                .map(|(event, day)| {
                    let (event, reason) = (*event, some());
                    (Act::Correct { event, reason }, *day)
                })
                .collect();
        }
        What::Accountability => vec![Act::StartAccountability],
        What::Review => vec![Act::Review {
            fits: true,
            note: some(),
        }],
        What::Apply => vec![Act::Apply { by: Applicant::Cadre }],
        What::Accept => vec![Act::Accept],
        What::Consider => Aspect::ALL.into_iter().map(|aspect| consider(state, aspect)).collect(),
        What::Report => vec![Act::Report {
            title: some(),
            fits: true,
        }],
        What::Decide => vec![Act::Decide { meeting: meeting() }],
        What::Conclude => vec![conclude(Conclusion::NotTolerated), conclude(Conclusion::Mitigated)],
        What::Clarify => vec![Act::Clarify {
            verified_by: some(),
            form: some(),
            reach: Reach::Subject,
            consent: true,
            doc_no: None,
        }],
        What::Refer => vec![Act::Refer {
            to: some(),
            doc_no: some(),
        }],
        What::TellSubject | What::TellCompetent | What::TellSuperior | What::TellOrganization => {
            let to = what.told().into_iter();
            to.map(|to| Act::Tell { to, receipt: None }).collect()
        }
        What::Explain => vec![Act::Explain { reasons: some() }],
        What::ArchivePersonnel | What::ArchiveIntegrity | What::ArchiveFile => {
            let receipt = Some(some());
            let into = what.archive().into_iter();
            into.map(|into| Act::Archive {
                into,
                receipt: receipt.clone(),
            })
            .collect()
        }
        What::Remedy => vec![Act::Remedy { measures: some() }],
        What::Guide => vec![Act::Guide { content: some() }],
        What::Record => PRECONDITIONS
            .iter()
            .map(|(_, event)| *event)
            .chain(policy.own_events().iter().map(|own| own.id))
            .map(|event| Act::Record { event, note: some() })
            .collect(),
        What::Extend | What::Suspend | What::Resume | What::Postpone => running(state, policy)
            .filter_map(|(limit, begun)| clock(what, limit, begun, today))
            .collect(),
        What::Amend => vec![Act::Amend {
            changes: Changes {
                matter: Some(some()),
                ..Changes::default()
            },
            reason: some(),
        }],
        What::Withdraw => vec![Act::Withdraw { reason: some() }],
        What::Terminate => vec![Act::Terminate { reason: some() }],
        What::Revoke => vec![Act::Revoke {
            doc_no: some(),
            reason: some(),
            meeting: meeting(),
        }],
    };
    acts.into_iter().map(|act| (act, today)).collect()
}

/// One of 六看 as it stands, so that nothing is made lighter.
fn consider(state: &CaseState, aspect: Aspect) -> Act {
    Act::Consider {
        aspect,
        weight: state.considered.get(&aspect).map_or(Weight::For, |one| one.weight),
        finding: some(),
        evidence: some(),
    }
}

fn conclude(conclusion: Conclusion) -> Act {
    Act::Conclude {
        conclusion,
        doc_no: None,
        measure: None,
        basis: None,
        mitigation: None,
        approved_over: None,
    }
}

/// The limits that run from what has happened, with the day they began.
fn running<'a>(state: &'a CaseState, policy: &'a Policy) -> impl Iterator<Item = (&'a Limit, NaiveDate)> {
    policy.limits().iter().filter_map(|limit| {
        let Anchor::Event(event) = limit.anchor else {
            return None;
        };
        let done = limit.done_by.is_some_and(|event| state.has(event));
        let begun = state.days.get(&event).filter(|_| !done)?;
        Some((limit, *begun))
    })
}

fn clock(what: What, limit: &Limit, begun: NaiveDate, today: NaiveDate) -> Option<Act> {
    let id = limit.id;
    match what {
        What::Extend => limit.extension.as_ref().map(|rule| Act::Extend {
            limit: id,
            amount: 1,
            unit: rule.unit,
            approver: rule.approver,
            reason: some(),
            informed_on: Some(today),
        }),
        What::Suspend => limit.suspension.as_ref().map(|rule| Act::Suspend {
            limit: id,
            approver: rule.approver,
            reason: rule.grounds.first().cloned().unwrap_or_else(some),
        }),
        What::Resume => limit.suspension.as_ref().map(|_| Act::Resume { limit: id }),
        What::Postpone => limit.postponement.as_ref().map(|_| Act::Postpone {
            limit: id,
            from: begun,
            until: begun.checked_add_days(Days::new(1)).unwrap_or(begun),
            reason: some(),
        }),
        _ => None,
    }
}

/// Whose word a change of a limit's clock needs under the profile.
pub fn approver_of(what: What, limit: &Limit) -> Option<Role> {
    match what {
        What::Extend => limit.extension.as_ref().map(|rule| rule.approver),
        What::Suspend => limit.suspension.as_ref().map(|rule| rule.approver),
        _ => None,
    }
}
