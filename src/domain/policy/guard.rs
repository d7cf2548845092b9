//! What the procedure insists on, each with the clause it rests on. A profile lists those in force.

use serde::Deserialize;

macro_rules! guards {
    ($($(#[$doc:meta])* $name:ident $word:literal $zh:literal;)*) => {
        /// A rule of the procedure that can be in force or not.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Guard {
            $($(#[$doc])* $name,)*
        }

        impl Guard {
            /// Every guard.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The word of a profile.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// What it asks, for people.
            pub const fn zh(self) -> &'static str {
                match self {
                    $(Self::$name => $zh,)*
                }
            }
        }
    };
}

guards! {
    /// A case names the organ that holds to account, because that organ tolerates.
    OrganNamed "organ_named" "登记案件须写明问责实施机关";
    /// A review belongs to an accountability procedure that has begun.
    ReviewFollowsAccountability "review_follows_accountability" "同步研判随问责启动进行";
    /// Nothing goes on while an application lies unaccepted.
    ApplicationAcceptedFirst "application_accepted_first" "书面申请应当受理，未受理的不能往下办";
    /// What the organ had to begin by itself does not end with a withdrawn application.
    AutomaticStartStands "automatic_start_stands" "机关自动启动的认定不因撤回申请而停止";
    /// No decision before the investigation has its report.
    ReportBeforeDecision "report_before_decision" "调查报告形成以后才能集体研究";
    /// A conclusion rests on a collective decision that is minuted.
    CollectiveDecision "collective_decision" "结论须经集体研究，写明参加人数和纪要编号";
    /// No tolerant conclusion without all six considerations.
    SixConsiderations "six_considerations" "容错结论须六看齐全，各有认定和证据";
    /// Premeditation and private gain are not exonerated by the way.
    NoUmbrella "no_umbrella" "六看认定明知故犯、谋取私利的，没有书面特批不能免责";
    /// A measure beside an exoneration is no sanction.
    LenientMeasures "lenient_measures" "免责只可附批评教育、责令检查，超出的提示核对";
    /// Mitigation rests on rectification that worked.
    MitigationEvidence "mitigation_evidence" "从轻、减轻须有积极整改、挽回或减轻损失的证据，没有的提示";
    /// Leniency stays within the rules of accountability.
    BasisNamed "basis_named" "从轻、减轻和所附处理须写明法规依据，没有的提示";
    /// Who is tolerated is told, who is not gets an explanation.
    ToldOrExplained "told_or_explained" "给予容错的反馈和抄送，不予容错的解释答复，不能相互代替";
    /// Both archives give a receipt.
    ArchiveReceipts "archive_receipts" "归入两份档案须各有回执编号";
    /// A public clarification needs the cadre's consent.
    ClarificationConsent "clarification_consent" "公开澄清须征得本人同意";
    /// Reports of false accusation belong to a clarification.
    ReferralFromClarification "referral_from_clarification" "诬告陷害线索在澄清案件中移送";
}

/// A guard in force.
#[derive(Debug, Clone)]
pub struct GuardRule {
    /// Which.
    pub guard: Guard,
    /// Clause it rests on.
    pub clause: String,
    /// The words of the clause.
    pub quote: String,
}
