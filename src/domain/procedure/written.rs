//! The texts of an act, by the names people know them by.

use super::Act;
use crate::domain::written::Size::{self, Line, Lines};

impl Act {
    /// What people wrote, in order; what was left out is not there.
    pub fn texts(&self) -> Vec<(&'static str, &str, Size)> {
        let all: Vec<(&'static str, Option<&str>, Size)> = match self {
            Self::Register { doc_no, measure, .. } => vec![
                ("结论文号", doc_no.as_deref(), Line),
                ("处理措施", measure.as_deref(), Lines),
            ],
            Self::StartAccountability | Self::Apply { .. } | Self::Accept | Self::Resume { .. } => Vec::new(),
            Self::Review { note, .. } => vec![("研判情况", Some(note), Lines)],
            Self::Consider { finding, evidence, .. } => {
                vec![("认定情况", Some(finding), Lines), ("证据", Some(evidence), Lines)]
            }
            Self::Report { title, .. } => vec![("调查报告的名称或编号", Some(title), Line)],
            Self::Decide { meeting } => vec![("会议纪要编号", Some(&meeting.minutes_no), Line)],
            Self::Conclude {
                doc_no,
                measure,
                basis,
                mitigation,
                approved_over,
                ..
            } => {
                let over = approved_over.as_ref();
                vec![
                    ("结论文号", doc_no.as_deref(), Line),
                    ("处理措施", measure.as_deref(), Lines),
                    ("法规依据", basis.as_deref(), Lines),
                    ("挽回或减轻损失的证据", mitigation.as_deref(), Lines),
                    ("特批的批准人", over.map(|over| over.by.as_str()), Line),
                    ("特批的理由", over.map(|over| over.reason.as_str()), Lines),
                    ("特批的文号", over.map(|over| over.doc_no.as_str()), Line),
                ]
            }
            Self::Tell { receipt, .. } | Self::Archive { receipt, .. } => {
                vec![("回执编号", receipt.as_deref(), Line)]
            }
            Self::Explain { reasons } => vec![("解释答复的理由", Some(reasons), Lines)],
            Self::Revoke {
                doc_no,
                reason,
                meeting,
            } => vec![
                ("撤销决定的文号", Some(doc_no), Line),
                ("撤销的理由", Some(reason), Lines),
                ("会议纪要编号", Some(&meeting.minutes_no), Line),
            ],
            Self::Withdraw { reason }
            | Self::Terminate { reason }
            | Self::Correct { reason, .. }
            | Self::Extend { reason, .. }
            | Self::Suspend { reason, .. }
            | Self::Postpone { reason, .. } => vec![("理由", Some(reason), Lines)],
            Self::Remedy { measures: text } | Self::Guide { content: text } => vec![("内容", Some(text), Lines)],
            Self::OpenClarification { reported } => vec![("反映的问题", Some(reported), Lines)],
            Self::Refer { to, doc_no } => vec![("移送给哪个机关", Some(to), Line), ("移送文号", Some(doc_no), Line)],
            Self::Clarify {
                verified_by,
                form,
                doc_no,
                ..
            } => vec![
                ("由谁核实", Some(verified_by), Line),
                ("澄清的形式", Some(form), Line),
                ("文号", doc_no.as_deref(), Line),
            ],
            Self::Record { note, .. } => vec![("情况", Some(note), Lines)],
            Self::Amend { changes, reason } => {
                let mut texts: Vec<(&'static str, Option<&str>, Size)> = changes
                    .named()
                    .into_iter()
                    .map(|(name, text)| (name, Some(text), Line))
                    .collect();
                texts.push(("更改的理由", Some(reason), Lines));
                texts
            }
        };
        all.into_iter()
            .filter_map(|(name, text, size)| Some((name, text?, size)))
            .filter(|(_, text, _)| !text.trim().is_empty())
            .collect()
    }
}
