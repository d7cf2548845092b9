//! Events that limits run from and are done by: those of the procedure, and those a profile adds.

use crate::domain::name::Name;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What happened on a day.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Event(pub Name);

macro_rules! events {
    ($(#[$doc:meta])* $list:ident: $($constant:ident $word:literal $zh:literal)*) => {
        impl Event {
            $(#[doc = $zh] pub const $constant: Self = Self(Name::known($word));)*

            $(#[$doc])*
            pub const $list: &[(Self, &str)] = &[$((Self::$constant, $zh)),*];
        }
    };
}

events! {
    /// What happens to an item of the rectification ledger, with the words people see.
    OF_LEDGER:
    RECTIFICATION_ISSUED "rectification_issued" "交办整改"
    RECTIFICATION_RECEIVED "rectification_received" "签收整改"
    PROGRESS_REPORTED "progress_reported" "报告整改进展"
    RECTIFICATION_CONFIRMED "rectification_confirmed" "长期坚持确认"
    EXTENSION_ASKED "extension_asked" "申请延期"
    EXTENSION_DECIDED "extension_decided" "审批延期"
    CLOSING_ASKED "closing_asked" "申请销号"
    CLOSING_CHECKED "closing_checked" "验收"
    RECTIFICATION_CLOSED "rectification_closed" "销号"
    RECHECKED_1 "rechecked_1" "销号后第一次回访"
    RECHECKED_2 "rechecked_2" "销号后第二次回访"
    RECHECKED_3 "rechecked_3" "销号后第三次回访"
}

events! {
    /// The events that the procedure itself emits, with the words people see.
    BUILT_IN:
    ACCOUNTABILITY_STARTED "accountability_started" "问责启动"
    APPLIED "applied" "收到容错申请"
    REVIEWED "reviewed" "同步研判容错情形"
    ACCEPTED "accepted" "受理容错申请"
    INVESTIGATION_STARTED "investigation_started" "启动容错认定"
    REPORT_FORMED "report_formed" "调查报告形成"
    DECIDED "decided" "集体研究"
    CONCLUSION "conclusion" "结论作出"
    FEEDBACK_SUBJECT "feedback_subject" "反馈容错对象"
    FEEDBACK_COMPETENT "feedback_competent" "抄送主管部门"
    FEEDBACK_SUPERIOR "feedback_superior" "抄送上级部门"
    FEEDBACK_ORGANIZATION "feedback_organization" "抄送组织部门"
    EXPLAINED "explained" "解释答复"
    ARCHIVED_PERSONNEL "archived_personnel" "归入干部人事档案"
    ARCHIVED_INTEGRITY "archived_integrity" "归入廉政档案"
    ARCHIVED_FILE "archived_file" "入卷归档"
    REVOKED "revoked" "撤销认定"
    REVOCATION_TOLD "revocation_told" "撤销决定送达和抄送"
    REVOCATION_ARCHIVED "revocation_archived" "撤销决定归入两份档案"
    OVERRIDDEN "overridden" "书面特批"
    OVERRIDE_REPORTED "override_reported" "特批报告"
    REMEDIED "remedied" "采取补救措施"
    REMEDY_CHECKED "remedy_checked" "补救措施回看"
    GUIDED "guided" "教育指导"
    GUIDANCE_CHECKED "guidance_checked" "教育指导回访"
    CLARIFICATION_OPENED "clarification_opened" "启动澄清"
    CLARIFIED "clarified" "澄清正名"
    REFERRED "referred" "移送诬告陷害线索"
    REFERRAL_ANSWERED "referral_answered" "诬告陷害线索办理结果反馈"
    VISITED_1 "visited_1" "第一次回访"
    VISITED_2 "visited_2" "第二次回访"
    VISITED_3 "visited_3" "第三次回访"
}

impl Event {
    /// The word other programs read.
    pub const fn as_str(self) -> &'static str {
        self.0.as_str()
    }

    /// Whether it happens to an item of the rectification ledger and not in a case.
    pub fn is_of_ledger(self) -> bool {
        Self::OF_LEDGER.iter().any(|(event, _)| *event == self)
    }

    /// The words people see, for an event of the procedure or the ledger.
    pub fn built_in_zh(self) -> Option<&'static str> {
        Self::BUILT_IN
            .iter()
            .chain(Self::OF_LEDGER)
            .find(|(event, _)| *event == self)
            .map(|(_, zh)| *zh)
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An event that a profile adds; people record it by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnEvent {
    /// The word a limit refers to.
    pub id: Event,
    /// The words people see.
    pub name: String,
}
