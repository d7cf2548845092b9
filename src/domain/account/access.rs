//! The one table of what a role may see and do. Pages and routes ask it; none decides for itself.

use super::Role::{
    self, Auditor, Handler, Leader, Liaison, Prechecker, SecurityAdministrator, Supervisor, SystemAdministrator,
};

/// Something a page shows or does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// 工作台
    SeeDesk,
    /// 期限事项, with what they are about
    SeeObligations,
    /// 案件, with their details
    SeeCases,
    /// Entering and continuing a case, archive check-offs, papers
    HandleCases,
    /// 保护名册
    SeeProtections,
    /// 预检
    Precheck,
    /// What a case is about beside a verdict of a pre-check
    SeeDetails,
    /// Keeping the outcome of a pre-check
    KeepOutcomes,
    /// 疑似问题 and the standing lists
    SeeFindings,
    /// One of the four answers
    AnswerFindings,
    /// Confirming another's answer
    ConfirmFindings,
    /// 整改台账
    SeeRectifications,
    /// Reporting progress, applying for an extension
    ReportProgress,
    /// Reminding, granting an extension, accepting, escalating
    Supervise,
    /// 告警与邮件
    SeeMails,
    /// Taking note of a reminder, silencing
    HandleAlerts,
    /// Sending a held mail again, ending one
    HandleMails,
    /// 日历
    SeeCalendar,
    /// Importing a notice or a local arrangement
    ChangeCalendar,
    /// 统计
    SeeStatistics,
    /// 设置: rules, words, channels, units, people
    ChangeSettings,
    /// Making accounts, passwords, closing them
    ManageAccounts,
    /// Roles, units, locks and sessions of accounts
    GrantRoles,
    /// 审计
    Audit,
    /// 帮助, the own account
    UseOwnAccount,
}

/// Who may do what.
pub const TABLE: &[(Act, &[Role])] = &[
    (Act::SeeDesk, &[Handler, Supervisor, Liaison, Leader]),
    (Act::SeeObligations, &[Handler, Supervisor, Liaison]),
    (Act::SeeCases, &[Handler]),
    (Act::HandleCases, &[Handler]),
    (Act::SeeProtections, &[Handler]),
    (Act::Precheck, &[Handler, Prechecker]),
    (Act::SeeDetails, &[Handler]),
    (Act::KeepOutcomes, &[Handler]),
    (Act::SeeFindings, &[Handler, Liaison]),
    (Act::AnswerFindings, &[Handler, Liaison]),
    (Act::ConfirmFindings, &[Handler]),
    (Act::SeeRectifications, &[Handler, Supervisor, Liaison, Leader]),
    (Act::ReportProgress, &[Supervisor, Liaison]),
    (Act::Supervise, &[Supervisor]),
    (Act::SeeMails, &[Handler, Supervisor]),
    (Act::HandleAlerts, &[Handler, Supervisor]),
    (Act::HandleMails, &[Handler, Supervisor, SystemAdministrator]),
    (
        Act::SeeCalendar,
        &[Handler, Prechecker, Supervisor, Liaison, Leader, SystemAdministrator],
    ),
    (Act::ChangeCalendar, &[Handler, SystemAdministrator]),
    (Act::SeeStatistics, &[Handler, Supervisor, Leader]),
    (Act::ChangeSettings, &[SystemAdministrator]),
    (Act::ManageAccounts, &[SystemAdministrator]),
    (Act::GrantRoles, &[SecurityAdministrator]),
    (Act::Audit, &[Auditor]),
    (
        Act::UseOwnAccount,
        &[
            Handler,
            Prechecker,
            Supervisor,
            Liaison,
            Leader,
            SystemAdministrator,
            SecurityAdministrator,
            Auditor,
        ],
    ),
];

/// Whether a role may do something.
pub fn may(role: Role, act: Act) -> bool {
    who_may(act).contains(&role)
}

/// The roles that may do something.
pub fn who_may(act: Act) -> &'static [Role] {
    TABLE
        .iter()
        .find(|(one, _)| *one == act)
        .map_or(&[], |(_, roles)| roles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_stands_once_in_the_table() {
        for (at, (act, roles)) in TABLE.iter().enumerate() {
            assert!(TABLE[..at].iter().all(|(earlier, _)| earlier != act), "{act:?}");
            assert!(!roles.is_empty(), "{act:?}");
        }
    }

    #[test]
    fn administrators_handle_no_matter_and_watch_one_another() {
        let matters = [
            Act::SeeCases,
            Act::SeeObligations,
            Act::SeeProtections,
            Act::SeeDetails,
            Act::SeeFindings,
            Act::SeeRectifications,
            Act::Precheck,
            Act::SeeMails,
        ];
        for role in Role::ADMINISTRATORS {
            assert!(matters.iter().all(|act| !may(role, *act)), "{role:?}");
        }
        // No two administrators share a power beyond their own account.
        for (act, roles) in TABLE.iter().filter(|(act, _)| *act != Act::UseOwnAccount) {
            let count = roles.iter().filter(|role| role.is_administrator()).count();
            assert!(count <= 1, "{act:?}");
        }
    }

    #[test]
    fn a_prechecker_never_sees_details_and_a_liaison_only_answers_and_reports() {
        assert!(may(Prechecker, Act::Precheck) && !may(Prechecker, Act::SeeDetails) && !may(Prechecker, Act::SeeCases));
        let changes = [
            Act::HandleCases,
            Act::KeepOutcomes,
            Act::ConfirmFindings,
            Act::Supervise,
            Act::HandleAlerts,
            Act::HandleMails,
            Act::ChangeCalendar,
        ];
        assert!(changes.iter().all(|act| !may(Liaison, *act)));
        assert!(may(Liaison, Act::AnswerFindings) && may(Liaison, Act::ReportProgress));
    }
}
