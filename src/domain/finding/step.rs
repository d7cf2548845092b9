//! What may happen to a finding in each stage, and what follows from it.

use super::life::{Act, Answer, Closing, Given, Gravity, Owner, Stage, State};
use crate::domain::account::signed;
use crate::domain::person::normal_name;
use crate::domain::protection::{Document, OutcomeClass, Verdict};
use crate::domain::written::{self, Size};
use chrono::NaiveDate;

/// Why something is not possible, in words for whoever tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub String);

/// An act, by whom and on which day.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// What is done.
    pub act: &'a Act,
    /// By whom.
    pub by: &'a str,
    /// Today.
    pub today: NaiveDate,
}

/// What is known about an answer beside its words.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Class of the new record, with the words that say so.
    pub outcome: Option<(OutcomeClass, &'a str)>,
    /// The new record gives back what was taken.
    pub restores: bool,
    /// What its document number is.
    pub document: Document,
    /// The day of the decision that was found.
    pub decided_on: Option<NaiveDate>,
}

/// What follows from what happened; the shell does it in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The answer was given.
    ReplyMet,
    /// No answer is asked for any more.
    ReplyVoid,
    /// An answer is owed anew, in a time of its own.
    ReplyAgain,
    /// It has become graver: people are told at once, the day stays.
    ReplyRaised,
    /// Somebody else owes the answer: they are told at once, the day stays.
    ReplyHandedOver,
    /// A second person has to look at the answer.
    ConfirmOpened,
    /// They have.
    ConfirmMet,
    /// There is nothing left to look at.
    ConfirmVoid,
}

impl Effect {
    /// What follows, in a sentence.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::ReplyMet => "答复期限办结，不再提醒",
            Self::ReplyVoid => "不再要求答复",
            Self::ReplyAgain => "须在新的期限内再次答复",
            Self::ReplyRaised => "情况加重，立即通知答复人，期限不变",
            Self::ReplyHandedOver => "改由新的责任人答复，期限不变",
            Self::ConfirmOpened => "由另一人在期限内复核",
            Self::ConfirmMet => "复核期限办结",
            Self::ConfirmVoid => "不再要求复核",
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Where the finding stands now.
    pub state: State,
    /// What follows.
    pub effects: Vec<Effect>,
    /// Why, where the service itself decided.
    pub said: String,
}

/// Decides whether an act is possible and what follows from it.
///
/// # Errors
/// It is not, and why.
pub fn step(state: &State, said: &Said<'_>, known: &Known<'_>) -> Result<Accepted, Refused> {
    if said.by.trim().is_empty() {
        return refused("请写明由谁办理（--by）");
    }
    let mut next = state.clone();
    let effects = match (state.stage, said.act) {
        (Stage::Closed, _) => {
            let how = state.closed_by.map_or("", Closing::zh);
            return refused(format!(
                "该疑似问题已办结（{how}），不能再登记；以后的名单与答复矛盾时会重新打开"
            ));
        }
        (Stage::Open, Act::Confirm | Act::Refuse { .. }) => {
            return refused("还没有须复核的答复：有其他原因、误报的答复才要另一人复核");
        }
        (Stage::Answered, Act::Answer(_)) => {
            return refused("已有答复，正待复核：复核退回后才能另行答复");
        }
        (Stage::Answered, Act::HandOver { .. }) => {
            return refused("已有答复，正待复核：复核退回后才能转办");
        }
        (Stage::Open, Act::Answer(answer)) => answered(&mut next, answer, said, known)?,
        (Stage::Open, Act::HandOver { unit, person, reason }) => {
            hand_over(&mut next, unit, person.as_deref(), reason)?;
            vec![Effect::ReplyHandedOver]
        }
        (Stage::Answered, Act::Confirm) => {
            next.closed_by = Some(second_person(state, said.by)?.answer.closing());
            next.stage = Stage::Closed;
            vec![Effect::ConfirmMet]
        }
        (Stage::Answered, Act::Refuse { reason }) => {
            second_person(state, said.by)?;
            written_down("退回的理由", reason)?;
            next.stage = Stage::Open;
            next.given = None;
            vec![Effect::ConfirmMet, Effect::ReplyAgain]
        }
    };
    Ok(Accepted {
        state: next,
        effects,
        said: said.act.zh(),
    })
}

fn refused<T>(why: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(why.into()))
}

fn written_down(what: &str, text: &str) -> Result<(), Refused> {
    if text.trim().is_empty() {
        return refused(format!("请写明{what}"));
    }
    written::check(what, text, Size::Lines).map_err(Refused)
}

fn answered(next: &mut State, answer: &Answer, said: &Said<'_>, known: &Known<'_>) -> Result<Vec<Effect>, Refused> {
    match answer {
        Answer::Corrected {
            result,
            baseline,
            decided_on,
            doc_no,
        } => {
            written_down("新结果", result)?;
            written::check("基准", baseline.as_deref().unwrap_or_default(), Size::Line).map_err(Refused)?;
            document(doc_no, known.document)?;
            corrected(*decided_on, said.today, known)?;
        }
        Answer::OtherCause { doc_no, reason } => {
            written_down("其他原因", reason)?;
            document(doc_no, known.document)?;
            if known.document == Document::OfCase {
                return refused("这是该容错案件自己的文号，不能证明另有原因；请写另一份文件的文号");
            }
        }
        Answer::Mistaken { reason } => written_down("误报的理由", reason)?,
    }
    next.given = Some(Given {
        answer: answer.clone(),
        by: said.by.trim().to_owned(),
    });
    Ok(if answer.closing() == Closing::Corrected {
        next.stage = Stage::Closed;
        next.closed_by = Some(Closing::Corrected);
        vec![Effect::ReplyMet]
    } else {
        next.stage = Stage::Answered;
        vec![Effect::ReplyMet, Effect::ConfirmOpened]
    })
}

fn document(doc_no: &str, document: Document) -> Result<(), Refused> {
    written_down("文号", doc_no)?;
    if document == Document::Missing {
        return refused(format!("「{}」不是文号，应如 云组干〔2026〕12号", doc_no.trim()));
    }
    Ok(())
}

/// The new record goes through the same words as the old one.
fn corrected(decided_on: NaiveDate, today: NaiveDate, known: &Known<'_>) -> Result<(), Refused> {
    if decided_on > today {
        return refused(format!("纠正的决定日期 {decided_on} 晚于今天：作出决定后再答复"));
    }
    if known.decided_on.is_some_and(|found| decided_on < found) {
        return refused(format!("纠正的决定日期 {decided_on} 早于被纠正的决定"));
    }
    match known.outcome {
        Some((OutcomeClass::Adverse, said)) => refused(format!("{said}：新结果仍然不利，不是纠正")),
        Some((OutcomeClass::Unknown, said)) if !known.restores => {
            refused(format!("{said}，不能认定已经纠正；请写名单上的用词，数额须另写基准"))
        }
        _ => Ok(()),
    }
}

/// Whether two records name one person: by the account where both have one, else by the name, without blanks and in one
/// width.
pub fn same_person(one: &str, other: &str) -> bool {
    match (signed(one), signed(other)) {
        ((_, Some(one)), (_, Some(other))) => one == other,
        ((one, _), (other, _)) => normal_name(one) == normal_name(other),
    }
}

/// 复核 is another person's.
fn second_person<'a>(state: &'a State, by: &str) -> Result<&'a Given, Refused> {
    let Some(given) = &state.given else {
        return refused("没有须复核的答复");
    };
    if same_person(&given.by, by) {
        return refused(format!("答复人是「{}」：须由另一人复核", given.by));
    }
    Ok(given)
}

fn hand_over(next: &mut State, unit: &str, person: Option<&str>, reason: &str) -> Result<(), Refused> {
    let line = |what: &str, text: &str| written::check(what, text, Size::Line).map_err(Refused);
    if unit.trim().is_empty() {
        return refused("请写明转办给哪个单位");
    }
    line("转办的单位", unit)?;
    line("责任人", person.unwrap_or_default())?;
    written_down("转办的理由", reason)?;
    let owner = Owner {
        unit: Some(unit.trim().to_owned()),
        person: person
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty()),
    };
    if owner == next.owner {
        return refused(format!("该疑似问题已由{}答复，不必转办", owner.zh()));
    }
    next.owner = owner;
    Ok(())
}

/// The same outcome came again in a list.
#[derive(Debug, Clone)]
pub struct Again {
    /// How grave it is there.
    pub gravity: Gravity,
    /// The list was not known when the answer was given.
    pub later: bool,
    /// Where it stands: file, sheet, row.
    pub place: String,
}

/// What a repeated outcome does to a finding; `None`: nothing, it is known.
///
/// A correction that did not hold is contradicted by any later list; a cause or a mistake that a second person has
/// agreed with only by something graver than what they looked at.
pub fn recur(state: &State, again: &Again) -> Option<Accepted> {
    let graver = state.gravity.risen_in(again.gravity);
    let why = match (state.stage, state.closed_by, &graver) {
        (_, _, Some(graver)) => format!("{graver}（{}）", again.place),
        (Stage::Closed, Some(Closing::Corrected | Closing::Unprotected), None) if again.later => {
            let how = state.closed_by.map_or("", Closing::zh);
            format!("答复为{how}，而此后的名单仍有这一结果（{}）", again.place)
        }
        _ => return None,
    };
    let mut next = state.clone();
    next.gravity.rise_to(again.gravity);
    Some(raised(next, why))
}

/// Whatever was answered was answered to something milder.
fn raised(mut next: State, said: String) -> Accepted {
    let effects = match next.stage {
        Stage::Open => vec![Effect::ReplyRaised],
        Stage::Answered => vec![Effect::ConfirmVoid, Effect::ReplyAgain],
        Stage::Closed => vec![Effect::ReplyAgain],
    };
    next.stage = Stage::Open;
    next.given = None;
    next.closed_by = None;
    Accepted {
        state: next,
        effects,
        said,
    }
}

/// What a changed protection makes of the outcome.
#[derive(Debug, Clone)]
pub struct Ruled {
    /// The verdict now; `None`: it is no finding any more.
    pub verdict: Option<Verdict>,
    /// Why.
    pub why: String,
}

/// What judging it again does to a finding; `None`: it is the same, or was closed by an answer. One that nothing
/// protected any more is opened again when it is protected again.
pub fn rejudged(state: &State, ruled: &Ruled) -> Option<Accepted> {
    let mut next = state.clone();
    if state.stage == Stage::Closed {
        let verdict = ruled
            .verdict
            .filter(|_| state.closed_by == Some(Closing::Unprotected))?;
        next.gravity.verdict = verdict;
        return Some(raised(next, format!("{}：重新成为{}", ruled.why, verdict.zh())));
    }
    let Some(verdict) = ruled.verdict else {
        let effects = match state.stage {
            Stage::Answered => vec![Effect::ConfirmVoid],
            _ => vec![Effect::ReplyVoid],
        };
        next.stage = Stage::Closed;
        next.closed_by = Some(Closing::Unprotected);
        return Some(Accepted {
            state: next,
            effects,
            said: ruled.why.clone(),
        });
    };
    let before = state.gravity.verdict;
    if verdict == before {
        return None;
    }
    next.gravity.verdict = verdict;
    let said = format!("{}：由{}改判为{}", ruled.why, before.zh(), verdict.zh());
    Some(if verdict > before {
        raised(next, said)
    } else {
        Accepted {
            state: next,
            effects: Vec::new(),
            said,
        }
    })
}
