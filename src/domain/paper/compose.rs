//! From facts to a paper: first whether this paper may be made of this case at all, then the paper.

use super::facts::{Facts, Needs, PaperError, optional};
use super::phrases::Policy;
use super::{Block, DocNumber, Paper, PaperKind, archive, to_person, to_units};
use crate::domain::case::{Conclusion, Level};
use chrono::NaiveDate;

/// Composes a paper. `number` is absent in a draft; `date` is 成文日期.
pub fn compose(
    kind: PaperKind,
    facts: &Facts,
    number: Option<DocNumber>,
    date: NaiveDate,
) -> Result<Paper, PaperError> {
    fits(kind, facts.conclusion)?;
    if let Some(concluded_on) = facts.concluded_on {
        in_order(kind, ("认定日期", concluded_on), ("成文日期", date))?;
    }
    let text = match kind {
        PaperKind::Conclusion => to_person::conclusion(facts),
        PaperKind::Refusal => to_person::refusal(facts),
        PaperKind::CopyLetter => to_units::copy_letter(facts),
        PaperKind::ArchiveList => archive::list(facts),
        PaperKind::RegradeLetter => to_units::regrade_letter(facts),
        PaperKind::Inquiry => to_units::inquiry(facts, date),
        PaperKind::Opinion => Err(of_no_case(facts.conclusion)),
        PaperKind::Reminder | PaperKind::Supervision | PaperKind::Warning | PaperKind::Referral => {
            Err(of_an_item(kind, facts.conclusion))
        }
    }?;
    Ok(Paper {
        kind,
        title: text.title,
        number,
        salutation: text.salutation,
        body: text.body,
        attachments: text.attachments,
        organ: text.organ,
        date,
        copies: text.copies,
    })
}

/// 预检意见 comes from a list, see [`super::opinion`].
fn of_no_case(conclusion: Conclusion) -> PaperError {
    PaperError::Unfit {
        kind: PaperKind::Opinion,
        conclusion,
        advice: "预检意见不属于个案，请用 precheck --opinion 生成",
    }
}

/// What belongs to the ladder of rectification is of no case either, see [`super::ladder`].
fn of_an_item(kind: PaperKind, conclusion: Conclusion) -> PaperError {
    PaperError::Unfit {
        kind,
        conclusion,
        advice: "它属于整改事项，请用 rectification paper 制发",
    }
}

/// What the kinds fill in.
pub(super) struct Text {
    pub title: String,
    pub salutation: String,
    pub body: Vec<Block>,
    pub attachments: Vec<String>,
    pub organ: String,
    pub copies: Vec<String>,
}

/// Facts that every paper needs.
pub(super) struct Common {
    pub policy: Policy,
    pub organ: String,
    pub name: String,
    pub unit: String,
    pub post: Option<String>,
    pub matter: String,
    pub doc_no: Option<String>,
}

impl Common {
    pub(super) fn take(facts: &Facts, needs: &mut Needs) -> Self {
        Self {
            policy: Policy::of(&needs.text("容错政策文件名称", &facts.policy)),
            organ: needs.text("问责实施机关", &facts.organ),
            name: needs.text("姓名", &facts.name),
            unit: needs.text("单位", &facts.unit),
            post: optional(facts.post.as_deref()),
            matter: needs.text("事项名称", &facts.matter),
            doc_no: optional(facts.doc_no.as_deref()),
        }
    }
}

/// Whether the paper goes with the conclusion.
fn fits(kind: PaperKind, conclusion: Conclusion) -> Result<(), PaperError> {
    let level = conclusion.level();
    if conclusion == Conclusion::Clarified
        && matches!(
            kind,
            PaperKind::Conclusion | PaperKind::CopyLetter | PaperKind::ArchiveList
        )
    {
        return Err(PaperError::Unfit {
            kind,
            conclusion,
            advice: "没有失误错误，不是容错认定，请另行制发澄清的公文",
        });
    }
    let advice = match (kind, level) {
        (PaperKind::Inquiry, Level::Pending)
        | (PaperKind::Refusal, Level::None)
        | (PaperKind::ArchiveList, Level::Full | Level::Capped | Level::None)
        | (PaperKind::Conclusion | PaperKind::CopyLetter | PaperKind::Inquiry, Level::Full | Level::Capped)
        | (PaperKind::RegradeLetter, Level::Full) => return Ok(()),
        (PaperKind::Opinion, _) => return Err(of_no_case(conclusion)),
        (PaperKind::Reminder | PaperKind::Supervision | PaperKind::Warning | PaperKind::Referral, _) => {
            return Err(of_an_item(kind, conclusion));
        }
        (_, Level::Pending) => "尚未作出结论性认定意见，请在结论作出后再生成",
        (PaperKind::Conclusion, Level::None) => "应当使用《不予容错答复》",
        (PaperKind::Refusal, _) => "应当使用《容错认定意见反馈书》",
        (PaperKind::CopyLetter, Level::None) => "抄送只适用于给予容错的，请使用《不予容错答复》答复本人",
        (PaperKind::Inquiry, Level::None) => "不在保护范围，不作核查",
        (PaperKind::RegradeLetter, _) => "补定等次建议只适用于容错免责的",
    };
    Err(PaperError::Unfit {
        kind,
        conclusion,
        advice,
    })
}

/// Whether two named days stand in their order; the same day is in order.
pub(super) fn in_order(
    kind: PaperKind,
    (earlier, earlier_on): (&'static str, NaiveDate),
    (later, later_on): (&'static str, NaiveDate),
) -> Result<(), PaperError> {
    if later_on >= earlier_on {
        return Ok(());
    }
    Err(PaperError::Order {
        kind,
        earlier,
        earlier_on,
        later,
        later_on,
    })
}
